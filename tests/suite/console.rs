//! The lines and events of a run, and what commands say when they refuse.

use serde_json::Value as Json;

use crate::program::Project;

const SHOP: &[(&str, &str)] = &[
    (
        "dbt_project.yml",
        "name: shop\nprofile: shop\nflags: {use_colors: false}\non-run-end: [\"{{ log('at the end', info=true) }}\"]\n",
    ),
    ("models/a.sql", "{{ config(materialized='table') }}{{ log('in a', info=true) }} select 1 as id"),
    ("models/broken.sql", "select nothing_here from {{ ref('a') }}"),
    ("models/skipped.sql", "select * from {{ ref('broken') }}"),
];

/// The lines without time of day and durations; from `Concurrency` on.
fn lines(output: &str) -> Vec<String> {
    let times = regex::Regex::new(r" in \d+\.\d+s|\d+ hours .*$").expect("a pattern");
    let stamp = regex::Regex::new(r"^\d\d:\d\d:\d\d  ").expect("a pattern");
    let lines = output.lines().map(|line| times.replace_all(&stamp.replace(line, ""), "").into_owned());
    lines.skip_while(|line| !line.starts_with("Concurrency")).collect()
}

/// Packages that write down what ran read results, their nodes and times as objects of dbt.
#[test]
fn results_can_be_turned_into_dicts() {
    let project = Project::new(&[
        ("models/one.sql", "select 1 as id"),
        (
            "macros/m.sql",
            "{% macro said(results) %}{% set it = results[0] %}{% do log(it.node.to_dict()['name'] ~ ' ' \
         ~ it.node.config.to_dict()['materialized'] ~ ' ' ~ it.node.get('resource_type') ~ ' ' \
         ~ (it.timing[0].started_at is string) ~ ' ' ~ (it.timing[0].to_dict()['started_at'] is string), info=true) %}{% endmacro %}",
        ),
        ("dbt_project.yml", "name: shop\nprofile: shop\non-run-end: ['{{ said(results) }}']\n"),
    ]);
    project.call(&["run"]).exits(0).says("one view model False True");
}

#[test]
fn a_run_reads_as_dbt_s() {
    let project = Project::new(SHOP);
    let told = lines(&project.call(&["run", "--threads", "1"]).exits(1).stdout);
    let expected = [
        "Concurrency: 1 threads (target='dev')",
        "",
        "1 of 3 START sql table model main.a ............................................ [RUN]",
        "in a",
        "1 of 3 OK created sql table model main.a ....................................... [OK]",
        "2 of 3 START sql view model main.broken ........................................ [RUN]",
        "2 of 3 ERROR creating sql view model main.broken ............................... [ERROR]",
        "3 of 3 SKIP relation main.skipped .............................................. [SKIP]",
        "",
        "at the end",
        "1 of 1 START hook: shop.on-run-end.0 ........................................... [RUN]",
        "1 of 1 OK hook: shop.on-run-end.0 .............................................. [OK]",
        "",
        "Finished running 1 project hook, 1 table model, 2 view models in ",
        "",
        "Completed with 1 error, 0 partial successes, and 0 warnings:",
        "",
        "Failure in model broken (models/broken.sql)",
        "  Runtime Error in model broken (models/broken.sql)",
    ];
    assert_eq!(told[..expected.len()], expected);
    let place =
        told.iter().position(|line| line.contains("--> models/broken.sql:1:")).expect("the place is told");
    assert!(told[place..].iter().any(|line| line.contains("^^^^")), "{told:?}");
    assert_eq!(told.last().map(String::as_str), Some("Done. PASS=2 WARN=0 ERROR=1 SKIP=1 NO-OP=0 TOTAL=4"));
    assert!(!told.iter().any(|line| line.contains("Encountered an error")), "{told:?}");
    let quiet = project.call(&["run", "--quiet"]).exits(1).stdout;
    assert!(
        !quiet.contains("START") && !quiet.contains("Done.") && quiet.contains("Failure in model broken")
    );
    let narrow = lines(&project.call(&["run", "--printer-width", "60", "--select", "a"]).exits(0).stdout);
    assert_eq!(narrow[2], "1 of 1 START sql table model main.a ........................ [RUN]");
}

#[test]
fn events_tell_of_every_node() {
    let project = Project::new(SHOP);
    let output = project.call(&["run", "--log-format", "json", "--log-level", "debug"]).exits(1).stdout;
    let events: Vec<Json> =
        output.lines().map(|line| serde_json::from_str(line).expect("each line is an event")).collect();
    let named = |name: &str| -> Vec<&Json> {
        events.iter().filter(|event| event["info"]["name"] == name).map(|event| &event["data"]).collect()
    };
    let ids = |name: &str| {
        let id = |data: &&Json| data["node_info"]["unique_id"].as_str().unwrap_or_default().to_string();
        let mut ids: Vec<String> = named(name).iter().map(id).collect();
        ids.sort();
        ids
    };
    let models = ["model.shop.a", "model.shop.broken", "model.shop.skipped"];
    assert_eq!(
        (ids("NodeStart"), ids("NodeFinished")),
        (models.map(String::from).into(), models.map(String::from).into())
    );
    let skipped = named("NodeFinished").into_iter().find(|data| data["node_info"]["unique_id"] == models[2]);
    assert_eq!(skipped.map(|data| &data["run_result"]["status"]), Some(&Json::from("skipped")));
    let said = named("JinjaLogInfo").into_iter().rfind(|data| data["msg"] == "in a").expect("it was said");
    assert_eq!(said["node_info"]["unique_id"], models[0]);
    let written: Vec<&str> =
        named("ArtifactWritten").iter().filter_map(|data| data["artifact_type"].as_str()).collect();
    assert_eq!(written, ["WritableManifest", "SemanticManifest", "RunExecutionResult"]);
    assert!(named("MainEncounteredError").is_empty(), "a node that fails is no error of the program");
    for name in ["NewConnection", "SQLCommit", "ResourceReport"] {
        assert!(!named(name).is_empty(), "no event {name}");
    }
    assert!(named("ConnectionReused").iter().all(|data| data["conn_name"].is_string()));
}

#[test]
fn commands_refuse_with_a_reason() {
    let project = Project::new(SHOP);
    project
        .call(&["compile", "--inline", "select {{ ref('nobody') }}"])
        .exits(2)
        .says("Error parsing inline query");
    project.write(&[(
        "models/asks.sql",
        "select '{{ run_query('select 1').columns[0].values()[0] if execute }}' as one",
    )]);
    project.call(&["compile", "--select", "asks"]).exits(0).says("select '1' as one");
    let call = project.call(&["compile", "--select", "asks", "--no-introspect"]);
    assert_ne!(call.code, 0);
    call.says("connection never acquired for thread");
    let summary = project.json("target/graph_summary.json");
    assert!(summary["linked"].is_object() && summary["with_test_edges"].is_null(), "{summary}");
    project.call(&["run", "--select", "nobody"]).exits(0).says("does not match any enabled nodes\n");
    project
        .call(&["ls", "--state", "target"])
        .exits(0)
        .says("The state and target directories are the same: 'target'");
    let above = "name: shop\nprofile: shop\nclean-targets: ['..']\n";
    project.write(&[("dbt_project.yml", above)]);
    project.call(&["clean"]).exits(2).says("will not clean the following directories outside the project");
    assert!(project.root().exists());
}
