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
fn each_batch_that_fails_is_told_of() {
    let project = Project::new(&[
        (
            "models/days.sql",
            "{{ config(materialized='table', event_time='day') }} select unnest([date '2024-01-01', date '2024-01-02', date \
             '2024-01-03']) as day",
        ),
        (
            "models/slices.sql",
            "{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='day', batch_size='day', \
             begin='2024-01-01') }} select day, {{ 'nothing_there' if model.batch and model.batch.id == '20240102' else 1 }} as \
             x from {{ ref('days') }}",
        ),
    ]);
    let until = ["run", "--event-time-start", "2024-01-01", "--event-time-end", "2024-01-04"];
    let call = project.call(&until).exits(1);
    call.says("Unhandled error while executing model.shop.slices")
        .says("Exception on worker thread. Runtime Error in model slices (models/slices.sql)")
        .says("PARTIAL SUCCESS (2/3)");
}

#[test]
fn what_is_taken_by_default_is_said() {
    let project = Project::new(&[
        ("models/a.sql", "select 1 as id"),
        ("models/b.sql", "select 1 as id"),
        ("selectors.yml", "selectors: [{name: first, default: true, definition: 'fqn:a'}]\n"),
    ]);
    let profile = project.read("profiles.yml").replace("  target: dev\n", "").replace("dev:", "default:");
    project.write(&[("profiles.yml", &profile)]);
    let output = project.call(&["run"]).exits(0).output();
    for line in ["target not specified in profile 'shop', using 'default'", "Using default selector first"] {
        assert_eq!(output.matches(line).count(), 1, "{output}");
    }
    assert_eq!(project.results(), ["model.shop.a success"]);
    let output = project.call(&["run", "--select", "b", "--target", "default"]).exits(0).output();
    assert!(!output.contains("using 'default'") && !output.contains("default selector"), "{output}");
}

#[test]
fn batches_at_once_are_not_for_every_warehouse() {
    let profile = "shop:\n  target: dev\n  outputs:\n    dev: {type: postgres, host: h, port: 1, user: u, password: p, dbname: d, \
                   schema: s}\n";
    let config = "materialized='incremental', incremental_strategy='microbatch', event_time='day', batch_size='day', \
                  begin='2024-01-01', concurrent_batches=true";
    let model = format!("{{{{ config({config}) }}}} select 1 as day from {{{{ ref('days') }}}}");
    let project = Project::new(&[
        ("models/days.sql", "{{ config(event_time='day') }} select 1 as day"),
        ("models/slices.sql", &model),
    ]);
    let warning = "Found 1 microbatch model with the `concurrent_batches` config set to true";
    assert!(!project.call(&["parse"]).exits(0).output().contains(warning));
    project.write(&[("profiles.yml", profile)]);
    project.call(&["parse"]).exits(0).says(warning);
    project.call(&["--warn-error", "parse"]).exits(2).says(warning);
}

#[test]
fn settings_may_log_but_no_secrets() {
    let project = Project::new(&[
        ("dbt_project.yml", "name: \"shop{{ log('of the project', info=true) }}\"\nprofile: shop\n"),
        ("models/one.sql", "select 1 as id"),
    ]);
    let profile = project.read("profiles.yml");
    let schema = "schema: \"main{{ log('of ' ~ env_var('DBT_ENV_SECRET_PLACE') ~ '!', info=true) }}{{ print('plain') }}\"";
    project.write(&[("profiles.yml", &profile.replace("threads: 2", &format!("threads: 2, {schema}")))]);
    let variables = [("DBT_ENV_SECRET_PLACE", "hidden")];
    let call = crate::program::call(project.root(), &variables, &["parse"]).exits(0);
    let call = call.says("of the project").says("of *****!").says("plain");
    assert!(!call.output().contains("hidden") && !call.output().contains("SECRET"), "{}", call.output());
}

#[test]
fn hooks_of_the_root_project_come_before_those_of_packages() {
    let hooks = |name: &str| {
        format!("name: {name}\nprofile: shop\non-run-start: [select 1, select 2]\non-run-end: select 3\n")
    };
    let project = Project::new(&[
        ("dbt_project.yml", &hooks("shop")),
        ("packages.yml", "packages:\n  - local: zoo\n  - local: art\n"),
        ("zoo/dbt_project.yml", &hooks("zoo")),
        ("art/dbt_project.yml", &hooks("art")),
        ("models/one.sql", "select 1 as id"),
    ]);
    project.call(&["deps"]).exits(0);
    let output = project.call(&["run"]).exits(0).stdout;
    let hooks = output.lines().filter_map(|line| line.split_once("START hook: ")?.1.split_once(' '));
    let hooks: Vec<&str> = hooks.map(|(name, _)| name).collect();
    let starts = ["shop.on-run-start.0", "shop.on-run-start.1", "art.on-run-start.2", "art.on-run-start.3"];
    assert_eq!(hooks[..4], starts);
    assert_eq!(hooks[4..6], ["zoo.on-run-start.4", "zoo.on-run-start.5"]);
    assert_eq!(hooks[6..], ["shop.on-run-end.0", "art.on-run-end.1", "zoo.on-run-end.2"]);
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
