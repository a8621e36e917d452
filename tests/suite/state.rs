//! What counts as a change since an earlier state.

use crate::program::{Project, call};

/// `ls --select state:modified` against the last run's artifacts, with `PLACE` in the environment.
fn modified(project: &Project, place: &str) -> String {
    let root = project.root();
    let arguments = ["ls", "--quiet", "--select", "state:modified", "--state", "state"];
    call(root, &[("PLACE", place)], &arguments).exits(0).output()
}

#[test]
fn what_is_written_is_compared_where_the_project_asks() {
    let files = [
        ("models/a.sql", "{{ config(materialized=env_var('PLACE')) }} select 1 as id"),
        ("models/b.sql", "select 1 as id"),
        ("models/c.sql", "select 1 as id"),
        (
            "models/m.yml",
            "models:\n  - {name: b, config: {materialized: \"{{ env_var('PLACE') }}\"}}\n  - name: c\n    versions:\n      - {v: 1, \
             defined_in: c, config: {materialized: \"{{ env_var('PLACE') }}\"}}\n",
        ),
    ];
    for (asks, expected) in [(true, vec![]), (false, vec!["shop.a", "shop.b", "shop.c.v1"])] {
        let settings = format!(
            "name: shop\nprofile: shop\nflags: {{state_modified_compare_more_unrendered_values: {asks}}}\n"
        );
        let project = Project::new(&[&files[..], &[("dbt_project.yml", &settings)]].concat());
        call(project.root(), &[("PLACE", "table")], &["parse"]).exits(0);
        std::fs::rename(project.root().join("target"), project.root().join("state")).unwrap();
        assert_eq!(modified(&project, "table").lines().count(), 0, "nothing has changed");
        let output = modified(&project, "view");
        assert_eq!(output.lines().collect::<Vec<_>>(), expected);
    }
    let manifest = |project: &Project| project.json("target/manifest.json");
    let settings =
        "name: shop\nprofile: shop\nflags: {state_modified_compare_more_unrendered_values: true}\n";
    let project = Project::new(&[&files[..], &[("dbt_project.yml", settings)]].concat());
    call(project.root(), &[("PLACE", "table")], &["parse"]).exits(0);
    let config = manifest(&project)["nodes"]["model.shop.b"]["unrendered_config"].clone();
    assert_eq!(config["materialized"], "{{ env_var('PLACE') }}");
}
