//! What CI systems read: JUnit XML and GitHub's annotations.

use crate::program::{Project, call};

const SHOP: &[(&str, &str)] = &[
    ("models/orders.sql", "select 1 as id union all select 1"),
    ("models/people.sql", "select 1 as id"),
    (
        "models/schema.yml",
        "models:
  - name: orders
    columns:
      - name: id
        data_tests:
          - not_null
          - unique:
              config: {tags: [tdf, 'a & b'], meta: {owner: '<Ann>', level: 2}}
          - accepted_values: {arguments: {values: [2]}, config: {severity: warn}}
unit_tests:
  - name: counts
    model: people
    given: []
    expect: {rows: [{id: 2}]}
",
    ),
    ("tests/few.sql", "select * from {{ ref('orders') }} where id > 5"),
];

/// Elements of a document by name, each with its attributes and what it holds, for documents as
/// simple as ours. Fails on what is not well-formed.
fn elements<'x>(xml: &'x str, name: &str) -> Vec<(&'x str, &'x str)> {
    let (open, close) = (format!("<{name} "), format!("</{name}>"));
    let mut found = vec![];
    for part in xml.split(&open).skip(1) {
        let (attributes, rest) = part.split_once('>').expect("a tag ends");
        let held =
            if attributes.ends_with('/') { "" } else { rest.split(&close).next().expect("it is closed") };
        found.push((attributes, held));
    }
    found
}

fn attribute<'x>(attributes: &'x str, name: &str) -> &'x str {
    let start = format!("{name}=\"");
    let rest = attributes.split_once(&start).unwrap_or_else(|| panic!("no {name} in {attributes}")).1;
    rest.split('"').next().expect("it is closed")
}

#[test]
fn a_test_run_is_a_junit_document() {
    let project = Project::new(SHOP);
    project.call(&["run"]).exits(0);
    project.call(&["test", "--junit", "reports/junit.xml"]).exits(1);
    let xml = project.read("reports/junit.xml");
    assert!(xml.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"shop\" tests=\"5\" failures=\"2\" errors=\"0\" skipped=\"0\""), "{xml}");
    let cases = elements(&xml, "testcase");
    let mut names: Vec<&str> = cases.iter().map(|(attributes, _)| attribute(attributes, "name")).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        ["accepted_values_orders_id__2", "counts", "few", "not_null_orders_id", "unique_orders_id"]
    );
    let case = |name: &str| {
        cases.iter().find(|(attributes, _)| attribute(attributes, "name") == name).expect("there").1
    };
    let unique = case("unique_orders_id");
    for property in [
        "name=\"severity\" value=\"error\"",
        "name=\"tag\" value=\"a &amp; b\"",
        "name=\"tag\" value=\"tdf\"",
        "name=\"meta.owner\" value=\"&lt;Ann&gt;\"",
        "name=\"meta.level\" value=\"2\"",
        "name=\"column\" value=\"id\"",
        "name=\"node\" value=\"model.shop.orders\"",
    ] {
        assert!(unique.contains(property), "{property} is not in {unique}");
    }
    let failure = elements(unique, "failure");
    assert_eq!(attribute(failure[0].0, "message"), "Got 1 result, configured to fail if != 0");
    assert!(
        failure[0].1.contains("compiled code at target/compiled/shop/models/schema.yml/unique_orders_id.sql")
    );
    assert!(case("accepted_values_orders_id__2").contains("<system-out>warning: Got 1 result"));
    assert!(!case("few").contains("<failure") && case("counts").contains("<failure "));
}

#[test]
fn a_build_tells_of_nodes_that_fail() {
    let project = Project::new(SHOP);
    project.write(&[("models/orders.sql", "select nothing_here as id")]);
    project.call(&["build", "--junit", "junit.xml", "--exclude", "people"]).exits(1);
    let xml = project.read("junit.xml");
    let nodes = elements(&xml, "testsuite").pop().expect("a suite");
    assert_eq!((attribute(nodes.0, "name"), attribute(nodes.0, "errors")), ("nodes", "1"));
    assert_eq!(attribute(elements(nodes.1, "testcase")[0].0, "file"), "models/orders.sql");
    assert_eq!(elements(&xml, "skipped").len(), 4, "the tests below are skipped: {xml}");
    project.call(&["run", "--junit", "run.xml", "--select", "people"]).exits(0);
    assert_eq!(elements(&project.read("run.xml"), "testcase").len(), 1);
}

#[test]
fn github_is_told_where() {
    let project = Project::new(SHOP);
    project.call(&["run"]).exits(0);
    let quiet = project.call(&["test"]).exits(1);
    assert!(!quiet.output().contains("::error"));
    let told = project.call(&["test", "--github-annotations"]).exits(1);
    let lines: Vec<&str> = told.stderr.lines().filter(|line| line.starts_with("::")).collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    let line = |text: &str| lines.iter().find(|line| line.contains(text)).copied().unwrap_or_default();
    let unique = line("unique_orders_id");
    assert!(unique.starts_with("::error file=models/schema.yml,line="), "{unique}");
    assert!(unique.contains("::Got 1 result, configured to fail if != 0%0Acompiled code at"), "{unique}");
    assert!(line("accepted_values").starts_with("::warning file=models/schema.yml"));
    // In a workflow it goes without saying, and paths are those of the checkout.
    project.write(&[("models/broken.sql", "select * from {{ ref('nobody, 100%') }}")]);
    let outside = project.root().parent().expect("a folder above").display().to_string();
    let variables = [("GITHUB_ACTIONS", "true"), ("GITHUB_WORKSPACE", &*outside)];
    let told = call(project.root(), &variables, &["parse"]).exits(2);
    let folder = project.root().file_name().expect("a name").to_string_lossy().into_owned();
    let start = format!("::error file={folder}/models/broken.sql,line=1,");
    let error = told
        .stderr
        .lines()
        .find(|line| line.starts_with(&start))
        .unwrap_or_else(|| panic!("{}", told.stderr));
    assert!(error.contains("100%25"), "{error}");
    let off = call(project.root(), &variables, &["parse", "--no-github-annotations"]).exits(2);
    assert!(!off.output().contains("::error"));
}
