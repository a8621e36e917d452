//! What counts as a change since an earlier state.

use crate::program::{Project, call};
use serde_json::json;

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
    project
        .write(&[("models/m.yml", "models: [{name: b, config: {tags: [x, y], grants: {select: [me]}}}]\n")]);
    call(project.root(), &[("PLACE", "table")], &["parse"]).exits(0);
    let config = manifest(&project)["nodes"]["model.shop.b"]["unrendered_config"].clone();
    let twice = json!({"tags": ["x", "y", "x", "y"], "grants": {"select": ["me", "me"]}});
    assert_eq!(config, twice, "dbt lays the unrendered form over the rendered one");
}

#[test]
fn a_broken_contract_is_told_of_whatever_else_has_changed() {
    let entry = |kind: &str| {
        format!(
            "models:\n  - name: m\n    latest_version: 1\n    config: {{contract: {{enforced: true}}}}\n    columns: [{{name: id, \
             data_type: {kind}}}]\n    versions: [{{v: 1}}]\n"
        )
    };
    let project = Project::new(&[("models/m.sql", "select 1 as id"), ("models/m.yml", &entry("int"))]);
    project.call(&["parse"]).exits(0);
    std::fs::rename(project.root().join("target"), project.root().join("state")).unwrap();
    let list = |words: [&str; 2]| project.call(&["ls", words[0], words[1], "--state", "state"]);
    project.write(&[("models/m.sql", "-- other\nselect 1 as id"), ("models/m.yml", &entry("text"))]);
    for words in [["--select", "state:modified"], ["--exclude", "state:unmodified"]] {
        list(words).exits(2).says("the contract of the model `m.v1` was broken");
    }
}

/// A folder that is laid out as an installed dbt's, with two macros.
fn installed(project: &Project, text: &str) {
    let include = "venv/lib/python3.11/site-packages/dbt/include";
    let path = |rest: &str| format!("{include}/{rest}");
    project.write(&[
        (&path("global_project/dbt_project.yml"), "name: dbt\nversion: 1.0\nconfig-version: 2\n"),
        (
            &path("global_project/macros/a/run_query.sql"),
            &format!("{{% macro run_query(sql) %}}{text}{{% endmacro %}}"),
        ),
        (&path("duckdb/dbt_project.yml"), "name: dbt_duckdb\nversion: 1.0\nconfig-version: 2\n"),
        (&path("duckdb/macros/b.sql"), "{% macro duckdb__b() %}{{ run_query('') }}{% endmacro %}"),
    ]);
}

#[test]
fn texts_of_an_installed_dbt_stand_in_the_manifest() {
    let project = Project::new(&[
        ("models/a.sql", "select {{ own() }} as id"),
        ("macros/own.sql", "{% macro own() %}{% do run_query('select 1') %}1{% endmacro %}"),
    ]);
    let stated = |variables: &[(&str, &str)]| {
        call(project.root(), variables, &["run"]).exits(0);
        let macros = project.json("target/manifest.json")["macros"].clone();
        let mut builtin: Vec<String> =
            macros.as_object().unwrap().keys().filter(|id| !id.contains(".shop.")).cloned().collect();
        builtin.sort_unstable();
        (builtin, macros)
    };
    assert!(stated(&[]).0.len() > 100);
    let named = [("HEADWATER_MACRO_TEXTS_OF", "venv")];
    // An earlier parse of the same files with other texts is no parse of these.
    for text in ["one", "two"] {
        installed(&project, text);
        let (builtin, macros) = stated(&named);
        assert_eq!(builtin, ["macro.dbt.run_query", "macro.dbt_duckdb.duckdb__b"]);
        let found = &macros["macro.dbt.run_query"];
        assert_eq!(found["macro_sql"], format!("{{% macro run_query(sql) %}}{text}{{% endmacro %}}"));
        assert_eq!(found["original_file_path"], "macros/a/run_query.sql");
        for caller in ["macro.shop.own", "macro.dbt_duckdb.duckdb__b"] {
            assert_eq!(macros[caller]["depends_on"]["macros"][0], "macro.dbt.run_query");
        }
    }
    assert!(stated(&[]).0.len() > 100);
}

#[test]
fn a_place_without_dbt_is_said() {
    let project = Project::new(&[("models/a.sql", "select 1 as id")]);
    let parse = |place: &str| project.call(&["parse", "--macro-texts-of", place]);
    parse("nowhere").exits(2).says("does not exist");
    parse("models").exits(2).says("[no-dbt]").says("there is no dbt in");
    installed(&project, "one");
    std::fs::remove_dir_all(project.root().join("venv/lib/python3.11/site-packages/dbt/include/duckdb"))
        .unwrap();
    parse("venv").exits(2).says("has no `dbt_duckdb`");
}
