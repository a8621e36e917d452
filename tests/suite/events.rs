//! Which events the commands tell, under dbt's names and with the data that readers of logs look for.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::Value as Json;

use crate::program::{Project, tool};

/// A project in which something of each kind happens: seeds, models that build and one that does not, tests, hooks.
fn shop() -> Project {
    Project::new(&[
        (
            "dbt_project.yml",
            "name: shop\nversion: '1.0'\nprofile: shop\non-run-start: select 1\non-run-end: select 2\n",
        ),
        ("seeds/s.csv", "id\n1\n2\n"),
        ("models/a.sql", "select 1 as id, current_timestamp as ts"),
        (
            "models/b.sql",
            "{{ config(materialized='table', schema='own') }} select a.id from {{ ref('a') }} a",
        ),
        ("models/bad.sql", "select nope from {{ ref('b') }}"),
        ("models/after.sql", "select 1 as id from {{ ref('bad') }}"),
        (
            "models/m.yml",
            "models: [{name: a, columns: [{name: id, data_tests: [unique]}]}]\nsources:\n  - name: raw\n    schema: main\n    \
             config: {loaded_at_field: ts, freshness: {warn_after: {count: 1, period: day}}}\n    tables: [{name: a}]\n",
        ),
        (
            "macros/m.sql",
            "{% macro drop_it() %}{% do adapter.drop_schema(api.Relation.create(database=target.database, schema='gone')) %}\
             {% endmacro %}{% macro fails() %}{{ exceptions.raise_compiler_error('no') }}{% endmacro %}",
        ),
    ])
}

/// The events of a command, as names with their data.
fn events(project: &Project, arguments: &[&str]) -> Vec<(String, Json)> {
    let arguments = [&["--log-format", "json", "--log-level", "debug"], arguments].concat();
    told(&project.call(&arguments).stdout)
}

fn told(lines: &str) -> Vec<(String, Json)> {
    let events = lines.lines().filter_map(|line| serde_json::from_str::<Json>(line).ok());
    events.map(|event| (event["info"]["name"].as_str().unwrap().to_string(), event)).collect()
}

fn names(events: &[(String, Json)]) -> Vec<&str> {
    events.iter().map(|(name, _)| name.as_str()).collect()
}

fn one<'e>(events: &'e [(String, Json)], name: &str) -> &'e Json {
    &events.iter().find(|(own, _)| own == name).unwrap_or_else(|| panic!("{name} in {:?}", names(events))).1
}

#[test]
fn a_connections_life_is_told() {
    let project = shop();
    let run = events(&project, &["run"]);
    let sent: Vec<&str> = run.iter().filter_map(|(_, event)| event["data"]["sql"].as_str()).collect();
    for sql in ["BEGIN", "COMMIT"] {
        assert!(sent.contains(&sql), "{sql}");
    }
    let queries = names(&run).iter().filter(|name| **name == "SQLQuery").count();
    assert_eq!(queries, names(&run).iter().filter(|name| **name == "ConnectionUsed").count());
    for (name, key, value) in [
        ("NewConnection", "conn_name", "master"),
        ("NewConnectionOpening", "connection_state", "init"),
        ("ConnectionReused", "orig_conn_name", "master"),
        ("CatchableExceptionOnRun", "exc_info", ""),
    ] {
        assert_eq!(one(&run, name)["data"][key], value, "{name}");
        assert_eq!(one(&run, name)["info"]["level"], "debug", "{name}");
    }
    // Within its turn an event has its node.
    for name in ["Rollback", "CatchableExceptionOnRun"] {
        let of_bad =
            |(own, event): &&(String, Json)| own == name && event["data"]["node_info"]["node_name"] == "bad";
        assert_eq!(run.iter().filter(of_bad).count(), 1, "{name}");
    }
    let closed = names(&run).iter().filter(|name| **name == "ConnectionClosedInCleanup").count();
    let opened = names(&run).iter().filter(|name| **name == "NewConnection").count();
    assert_eq!(closed, opened);
    assert_eq!(names(&run).last(), Some(&"FlushEvents"));
    // The failure is an error twice, as with dbt: its line, and its text at the end.
    let errors: Vec<&str> = run
        .iter()
        .filter(|(_, event)| event["info"]["level"] == "error")
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(errors, ["LogModelResult", "RunResultFailure", "RunResultError"]);
    let operation = events(&project, &["run-operation", "drop_it"]);
    assert_eq!(one(&operation, "SchemaDrop")["data"]["relation"]["schema"], "gone");
    let failed = events(&project, &["run-operation", "fails"]);
    assert!(one(&failed, "RunningOperationCaughtError")["data"]["exc"].as_str().unwrap().contains("no"));
}

#[test]
fn warnings_carry_what_they_are_about() {
    let project = Project::new(&[
        ("packages.yml", "packages: [{local: dep}]\n"),
        ("dep/dbt_project.yml", "name: dep\n"),
        ("dep/models/s.yml", "sources: [{name: raw, tables: [{name: t}]}]\n"),
        ("models/a.sql", "select 1 as id"),
        ("seeds/s.csv", "id\n1\n"),
        (
            "models/m.yml",
            "models:\n  - {name: gone}\n  - {name: s}\nseeds:\n  - {name: s, constraints: [{type: check, expression: id}]}\nmacros: [{name: lost}]\nsources:\n  - \
             {name: raw, overrides: dep, tables: [{name: t}, {name: u}]}\n  - {name: other, overrides: dep}\n",
        ),
        ("macros/m.sql", "{% endmacro %}"),
        ("tests/t.sql", "select * from {{ ref('nowhere') }}"),
        ("tests/off.sql", "select * from {{ source('off', 't') }}"),
        ("models/off.yml", "sources: [{name: 'off', config: {enabled: false}, tables: [{name: t}]}]\n"),
    ]);
    project.call(&["deps"]).exits(0);
    let arguments = ["--log-format", "json", "ls", "--select", "tag:none"];
    let call = crate::program::call(project.root(), &[("DBT_ENGINE_MINE", "1")], &arguments);
    let told = told(&call.stdout);
    for (event, key, value) in [
        ("EnvironmentVariableNamespaceDeprecation", "env_var", "DBT_ENGINE_MINE"),
        ("EnvironmentVariableNamespaceDeprecation", "reserved_prefix", "DBT_ENGINE"),
        ("NoNodeForYamlKey", "patch_name", "gone"),
        ("NoNodeForYamlKey", "file_path", "models/m.yml"),
        ("WrongResourceSchemaFile", "plural_resource_type", "seeds"),
        ("ValidationWarning", "field_name", "constraints"),
        ("MacroNotFoundForPatch", "patch_name", "lost"),
        ("UnexpectedJinjaBlockDeprecation", "file", "macros/m.sql"),
        ("NodeNotFoundOrDisabled", "target_name", "nowhere"),
        ("NodeNotFoundOrDisabled", "disabled", "False"),
        ("InvalidDisabledTargetInTestNode", "target_name", "off.t"),
        ("NoNodesForSelectionCriteria", "spec_raw", "tag:none"),
    ] {
        assert_eq!(one(&told, event)["data"][key], value, "{event}: {key}");
    }
    let unused = serde_json::json!([
        "  - Source table dep.raw.u (in models/m.yml)",
        "  - Source dep.other (in models/m.yml)"
    ]);
    assert_eq!(one(&told, "UnusedTables")["data"]["unused_tables"], unused);
}

#[test]
fn how_a_project_was_parsed_is_told() {
    let project = shop();
    let first = events(&project, &["parse", "--vars", "{b: 1, a: x}"]);
    let check = &one(&first, "StateCheckVarsHash")["data"];
    // What Python dbt 1.11.16 makes of the same variables.
    assert_eq!(check["vars"], "{'a': 'x', 'b': 1}");
    assert_eq!(check["checksum"], "e0d59579d0b2b707edf5aab3372e66ab8877febbb4381d5c251e0b7b08dea3c0");
    assert!(one(&first, "ParsePerfInfoPath")["data"]["path"].as_str().unwrap().ends_with("perf_info.json"));
    let facts = project.json("target/perf_info.json");
    assert_eq!(facts["path_count"], facts["parsed_path_count"]);
    events(&project, &["parse"]);
    let again = events(&project, &["ls"]);
    assert_eq!(one(&again, "PartialParsingEnabled")["data"]["changed"], 0);
    assert!(names(&again).contains(&"PartialParsingSkipParsing"));
    assert!(one(&again, "FoundStats")["data"]["stat_line"].as_str().unwrap().starts_with("4 models"));
    project.write(&[("models/a.sql", "select 2 as id")]);
    let changed = events(&project, &["ls"]);
    assert_eq!(one(&changed, "PartialParsingEnabled")["data"]["changed"], 1);
    assert_eq!(one(&changed, "PartialParsingFile")["data"]["file_id"], "shop://models/a.sql");
    let never = events(&project, &["--no-partial-parse", "ls"]);
    assert!(names(&never).contains(&"PartialParsingNotEnabled"));
}

/// Events of dbt's whose number is its own affair, or which tell of its Python: docs/compatibility.md names them.
const OWN_AFFAIRS: [&str; 19] = [
    "AdapterEventDebug",
    "ArtifactWritten",
    "ConnectionClosed",
    "ConnectionClosedInCleanup",
    "ConnectionReused",
    "ConnectionUsed",
    "DebugCmdOut",
    "DepsNoPackagesFound",
    "LogDebugStackTrace",
    "NewConnection",
    "NewConnectionOpening",
    "Note",
    "Rollback",
    "SQLCommit",
    "SQLQuery",
    "SQLQueryStatus",
    "SystemExecutingCmd",
    "SystemStdErr",
    "SystemStdOut",
];

/// How often each event was told, at which level, and which data it had.
fn facts(events: &[(String, Json)]) -> BTreeMap<String, (usize, Vec<String>)> {
    let mut facts: BTreeMap<String, (usize, Vec<String>)> = BTreeMap::new();
    for (name, event) in events.iter().filter(|(name, _)| !OWN_AFFAIRS.contains(&name.as_str())) {
        let level = event["info"]["level"].as_str().unwrap();
        let (count, keys) = facts.entry(format!("{name} {level}")).or_default();
        *count += 1;
        keys.extend(event["data"].as_object().unwrap().keys().cloned());
        keys.sort();
        keys.dedup();
    }
    facts
}

fn dbts_events(program: &Path, project: &Project, arguments: &[&str]) -> Vec<(String, Json)> {
    let output = Command::new(program)
        .args(["--no-send-anonymous-usage-stats", "--log-format", "json", "--log-level", "debug"])
        .args(arguments)
        .current_dir(project.root())
        .output()
        .expect("dbt starts");
    told(&String::from_utf8_lossy(&output.stdout))
}

#[test]
fn commands_tell_what_dbts_tell() {
    let Some(program) = tool("HEADWATER_DBT", "comparing events with Python dbt") else { return };
    let (ours, theirs) = (shop(), shop());
    let commands: [&[&str]; 7] = [
        &["ls"],
        &["build"],
        &["compile"],
        &["run-operation", "fails"],
        &["source", "freshness"],
        &["docs", "generate"],
        &["clean"],
    ];
    for arguments in commands {
        let (ours, theirs) =
            (facts(&events(&ours, arguments)), facts(&dbts_events(&program, &theirs, arguments)));
        assert_eq!(ours, theirs, "{arguments:?}");
    }
}
