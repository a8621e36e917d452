//! Databricks: tests/recorder/databricks holds a project with every kind of relation, what a workspace answers, and
//! what it is then sent. `HEADWATER_BLESS=1` writes the latter; `dbt_side.py` tells what dbt-databricks sends.

use std::path::{Path, PathBuf};

use super::Recorded;

const PROFILE: &str = "{type: databricks, host: shop.example, http_path: /sql/1.0/warehouses/w, token: t, \
                       catalog: main, schema: mart, threads: 1}";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorder/databricks")
}

fn read(name: &str) -> String {
    std::fs::read_to_string(folder().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn project(changed: (&str, &str)) -> Recorded {
    let mut files =
        vec![("dbt_project.yml".to_string(), read("dbt_project.yml").replace(changed.0, changed.1))];
    for kind in ["models", "seeds", "snapshots"] {
        for entry in std::fs::read_dir(folder().join(kind)).expect("a folder of the project") {
            let name = format!("{kind}/{}", entry.expect("an entry").file_name().to_string_lossy());
            files.push((name.clone(), read(&name)));
        }
    }
    let files: Vec<_> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    Recorded::new(PROFILE, "HEADWATER_DRIVER_DATABRICKS", &files)
}

/// The statements that change something, one a line.
fn changes(sent: Vec<String>) -> String {
    let lines = sent.iter().map(|sql| sql.split_whitespace().collect::<Vec<_>>().join(" "));
    let asks = |line: &String| {
        let first = line.split(' ').next().unwrap_or_default().to_lowercase();
        ["select", "show", "describe"].contains(&&*first)
    };
    lines.filter(|line| !asks(line)).map(|line| line + "\n").collect()
}

fn check(answers: &str, expected: &str, changed: (&str, &str)) {
    let window = ["build", "--event-time-start", "2024-01-01", "--event-time-end", "2024-01-03"];
    let (call, sent) = project(changed).call(&read(answers), &window);
    call.exits(0);
    let sent = changes(sent);
    let name = format!("expected/{expected}.sql");
    if std::env::var_os("HEADWATER_BLESS").is_some() {
        std::fs::write(folder().join(&name), &sent).expect("the file can be written");
    }
    let expected = read(&name);
    let missing: Vec<&str> = expected.lines().filter(|line| !sent.lines().any(|own| own == *line)).collect();
    let surplus: Vec<&str> = sent.lines().filter(|line| !expected.lines().any(|own| own == *line)).collect();
    assert!(sent == expected, "{name}\nmissing: {missing:#?}\nsurplus: {surplus:#?}");
}

const FIRST_FORM: (&str, &str) = ("use_materialization_v2: false", "use_materialization_v2: false");
const SECOND_FORM: (&str, &str) = ("use_materialization_v2: false", "use_materialization_v2: true");

#[test]
fn all_is_built_in_a_new_schema() {
    check("new.json", "new", FIRST_FORM);
}

#[test]
fn what_stands_is_replaced_altered_or_filled() {
    check("standing.json", "standing", FIRST_FORM);
}

#[test]
fn the_catalog_is_asked_for_by_schema() {
    let (call, sent) =
        project(FIRST_FORM).call(&read("standing.json"), &["docs", "generate", "--no-compile"]);
    call.exits(0);
    let asked = sent.iter().find(|sql| sql.contains("information_schema`.`columns`"));
    assert!(asked.is_some_and(|sql| sql.contains("table_schema = 'mart'")), "{sent:#?}");
}

#[test]
fn a_cluster_is_asked_for_its_runtime_once() {
    let recorded = project(FIRST_FORM);
    let cluster = format!("shop:\n  target: dev\n  outputs:\n    dev: {PROFILE}\n")
        .replace("/sql/1.0/warehouses/w", "sql/protocolv1/o/1/2");
    recorded.project.write(&[("profiles.yml", &cluster)]);
    let version = r#"{"sql": "sparkVersion", "columns": {"key": "Utf8", "value": "Utf8"}, "rows": [["k", "VERSION"]]},"#;
    let sent = |runtime: &str| {
        let answers =
            read("standing.json").replacen('[', &format!("[{}", version.replace("VERSION", runtime)), 1);
        let (call, sent) = recorded.call(&answers, &["run", "--select", "appended", "deleted_inserted"]);
        call.exits(0);
        assert_eq!(sent.iter().filter(|sql| sql.contains("sparkVersion")).count(), 1, "{sent:#?}");
        changes(sent)
    };
    let [old, new] = ["11.3.x-scala2.12", "17.3.x-scala2.13"].map(sent);
    assert!(
        old.contains("delete from `main`.`mart`.`deleted_inserted`") && !old.contains("by name"),
        "{old}"
    );
    assert!(new.contains("replace on (target.`id` <=> temp.`id`)") && new.contains("by name"), "{new}");
}

#[test]
fn the_second_form_declares_tables_before_it_fills_them() {
    check("new.json", "new_second_form", SECOND_FORM);
    check("standing.json", "standing_second_form", SECOND_FORM);
}
