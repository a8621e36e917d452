//! `retry`: what is run again, and with which options.

use crate::program::Project;

const CHAIN: &[(&str, &str)] = &[
    ("models/fine.sql", "select 1 as id"),
    ("models/broken.sql", "select nothing_here as id"),
    ("models/below.sql", "select * from {{ ref('broken') }}"),
];

#[test]
fn what_failed_and_what_was_skipped_runs_again() {
    let project = Project::new(CHAIN);
    project.call(&["build"]).exits(1);
    project.call(&["retry"]).exits(1);
    assert_eq!(project.results(), ["model.shop.below skipped", "model.shop.broken error"]);
    project.write(&[("models/broken.sql", "select 2 as id")]);
    project.call(&["retry"]).exits(0);
    assert_eq!(project.results(), ["model.shop.below success", "model.shop.broken success"]);
    project.call(&["retry"]).exits(0).says("Nothing to do");
    assert!(project.results().is_empty());
}

#[test]
fn what_began_beside_the_first_failure_ends_and_retry_fails_fast_as_well() {
    // So many that the system has not woken each thread when the first of them fails.
    let fine: Vec<String> = (10..74).map(|number| format!("fine_{number}")).collect();
    let paths: Vec<String> = fine.iter().map(|name| format!("models/{name}.sql")).collect();
    let mut files = vec![
        ("models/broken.sql", "{% if execute %}{{ exceptions.raise_compiler_error('no') }}{% endif %}"),
        ("models/below.sql", "select * from {{ ref('broken') }}"),
    ];
    files.extend(paths.iter().map(|path| (&**path, "select 1 as id")));
    let project = Project::new(&files);
    project.call(&["run", "--fail-fast", "--threads", "65"]).exits(1);
    let mut expected = vec!["model.shop.below skipped".to_string(), "model.shop.broken error".to_string()];
    let broken = expected.clone();
    expected.extend(fine.iter().map(|name| format!("model.shop.{name} success")));
    assert_eq!(project.results(), expected);
    project.call(&["retry", "--threads", "1"]).exits(1);
    assert_eq!(project.results(), broken);
    assert_eq!(project.json("target/run_results.json")["args"]["fail_fast"], true);
}

#[test]
fn options_are_those_of_the_run_before() {
    let project = Project::new(&[(
        "models/options.sql",
        "select '{{ flags.FULL_REFRESH }} {{ var('word', 'none') }}' as text, {{ var('column', 'missing') }} as id",
    )]);
    project.call(&["run", "--full-refresh", "--vars", "{word: first}", "--select", "options"]).exits(1);
    let args = |project: &Project| project.json("target/run_results.json")["args"].clone();
    project.call(&["retry"]).exits(1);
    let again = args(&project);
    assert_eq!((&again["which"], &again["full_refresh"]), (&"run".into(), &true.into()));
    assert_eq!(again["vars"], serde_json::json!({"word": "first"}));
    // Variables on the command line take the place of the old ones.
    project.call(&["retry", "--vars", "{column: 1}"]).exits(0);
    assert_eq!(args(&project)["vars"], serde_json::json!({"column": 1}));
    let compiled = project.read("target/compiled/shop/models/options.sql");
    assert_eq!(compiled, "select 'True none' as text, 1 as id");
}

#[test]
fn warnings_are_tried_again_where_they_are_errors() {
    let project = Project::new(&[
        ("models/fine.sql", "select 1 as id"),
        ("tests/soft.sql", "{{ config(severity='warn') }} select * from {{ ref('fine') }}"),
    ]);
    project.call(&["build"]).exits(0);
    project.call(&["retry"]).exits(0);
    assert!(project.results().is_empty());
    project.call(&["build"]).exits(0);
    project.call(&["retry", "--warn-error"]).exits(1);
    assert_eq!(project.results(), ["test.shop.soft fail"]);
}

#[test]
fn the_state_folder_names_the_run() {
    let project = Project::new(CHAIN);
    project.call(&["run", "--target-path", "elsewhere"]).exits(1);
    project.call(&["retry"]).exits(2).says("Could not find previous run in 'target' target directory");
    project.call(&["retry", "--state", "elsewhere"]).exits(1);
    assert_eq!(project.results(), ["model.shop.below skipped", "model.shop.broken error"]);
}

#[test]
fn a_node_that_is_gone_is_named() {
    let project = Project::new(CHAIN);
    project.call(&["run"]).exits(1);
    std::fs::remove_file(project.root().join("models/below.sql")).expect("removed");
    project.call(&["retry"]).exits(2).says("Couldn't find model 'model.shop.below'");
}

#[test]
fn an_operation_is_called_again_only_when_it_failed() {
    let project = Project::new(&[(
        "macros/say.sql",
        "{% macro say(word) %}{% do log('said ' ~ word, info=true) %}{% do run_query('select ' ~ word) %}{% endmacro %}",
    )]);
    let call = ["run-operation", "say", "--args", "{word: nobody}"];
    project.call(&call).exits(1).says("said nobody");
    project.call(&["retry"]).exits(1).says("said nobody");
    project.call(&["run-operation", "say", "--args", "{word: 1}"]).exits(0);
    assert!(!project.call(&["retry"]).exits(0).output().contains("said"));
}

#[test]
fn batches_that_were_done_are_not_done_again() {
    let project = Project::new(&[
        (
            "models/days.sql",
            "{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='day', \
             batch_size='day', begin='2024-01-01', concurrent_batches=false) }} \
             select day, case when day = '2024-01-02' then cast('{{ var('checked') }}' as date) end as checked \
             from {{ ref('calendar') }}",
        ),
        (
            "models/calendar.sql",
            "{{ config(event_time='day') }} select cast(day as timestamp) as day \
             from (values ('2024-01-01'), ('2024-01-02'), ('2024-01-03')) as days (day)",
        ),
    ]);
    let window = ["--event-time-start", "2024-01-01", "--event-time-end", "2024-01-04"];
    project.call(&[&["run", "--vars", "{checked: never}"][..], &window].concat()).exits(1);
    assert_eq!(project.results(), ["model.shop.calendar success", "model.shop.days partial success"]);
    let retried = project.call(&["retry", "--vars", "{checked: '2024-01-02'}"]).exits(0);
    let retried = retried.says("Batch 1 of 1 OK created batch 2024-01-02 of main.days").output();
    assert!(!retried.contains("2024-01-01 of") && !retried.contains("2024-01-03 of"), "{retried}");
    assert_eq!(project.results(), ["model.shop.days success"]);
}
