//! Artifacts against those that Python dbt 1.11.16 wrote for tests/projects/every_field
//! (recorded by tests/oracles/record_artifacts.py).

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use headwater::catalog::{Catalog, CatalogColumn, CatalogTable};
use headwater::dag::{Dag, Graph};
use headwater::env::Env;
use headwater::event::{
    BatchResults, CompiledNode, CompiledNodes, ExtraCte, Freshness, RunResult, RunStatus, Timing,
};
use headwater::flags::Flags;
use headwater::invocation::Invocation;
use headwater::report::artifacts::{
    RunTimes, read_manifest, read_run_results, read_sources, write_catalog, write_graph_summary,
    write_manifest, write_run_results, write_semantic_manifest, write_sources,
};
use headwater::value::{Map, Value};
use serde_json::Value as Json;

use crate::json::assert_same;

fn expected_path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/expected/every_field").join(name)
}

fn expected(name: &str) -> Json {
    serde_json::from_slice(&std::fs::read(expected_path(name)).unwrap()).unwrap()
}

/// Compiled code is no part of the manifest's core types; take it from the expectation.
fn compiled_of(graph: &Graph, manifest: &Json) -> CompiledNodes {
    let text = |node: &Json, key: &str| node[key].as_str().map(Into::into);
    let nodes = ["nodes", "functions"].into_iter().flat_map(|key| manifest[key].as_object().unwrap());
    nodes
        .filter(|(_, node)| node["compiled"] == true || !node["build_path"].is_null())
        .map(|(unique_id, node)| {
            let ctes = node["extra_ctes"].as_array().into_iter().flatten();
            let compiled = CompiledNode {
                compiled_code: text(node, "compiled_code").unwrap_or_default(),
                compiled_path: text(node, "compiled_path"),
                build_path: text(node, "build_path"),
                extra_ctes: ctes
                    .map(|cte| ExtraCte { id: text(cte, "id").unwrap(), sql: text(cte, "sql").unwrap() })
                    .collect(),
                relation_name: None,
                foreign_keys: vec![],
            };
            (graph.manifest.id_of(unique_id).unwrap(), Arc::new(compiled))
        })
        .collect()
}

fn graph_of(name: &str) -> Graph {
    let manifest = read_manifest(&expected_path(name)).unwrap();
    Graph { dag: Dag::of(&manifest), manifest }
}

fn invocation() -> Invocation {
    Invocation::start(&Env::default(), &Flags::default())
}

/// What `write` puts into a file, with the facts of this moment replaced by the expectation's.
fn written(theirs: &Json, write: impl FnOnce(&Path) -> std::io::Result<()>) -> Json {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("target/artifact.json");
    write(&path).unwrap();
    let mut ours: Json = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    for key in ["generated_at", "invocation_id", "invocation_started_at"] {
        if let Some(found) = theirs["metadata"].get(key) {
            ours["metadata"][key] = found.clone();
        }
    }
    if theirs.get("_invocation_id").is_some() {
        ours["_invocation_id"] = theirs["_invocation_id"].clone();
    }
    ours
}

fn check_round_trip(name: &str) {
    let theirs = expected(name);
    let graph = graph_of(name);
    let compiled = compiled_of(&graph, &theirs);
    let mut ours = written(&theirs, |path| write_manifest(path, &graph, &compiled, &invocation()).map(drop));
    for members in ours["group_map"].as_object_mut().unwrap().values_mut() {
        members.as_array_mut().unwrap().sort_by_key(Json::to_string);
    }
    assert_same(&ours, &theirs);
}

#[test]
fn a_parsed_manifest_survives_reading_and_writing() {
    check_round_trip("parse.manifest.json");
}

#[test]
fn a_built_manifest_survives_reading_and_writing() {
    check_round_trip("build.manifest.json");
}

fn time(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().with_timezone(&Utc)
}

fn result_of(graph: &Graph, recorded: &Json) -> RunResult {
    let unique_id = recorded["unique_id"].as_str().unwrap();
    let text = |key: &str| recorded[key].as_str().map(String::from);
    let compiled = (recorded["compiled"] == true).then(|| {
        let compiled_code = text("compiled_code").unwrap().as_str().into();
        Arc::new(CompiledNode { compiled_code, ..CompiledNode::default() })
    });
    let some_time = Some(time("2026-01-02T03:04:05.000006Z"));
    let steps = recorded["timing"].as_array().map_or(0, Vec::len);
    let timing = ["compile", "execute"].into_iter().take(steps);
    RunResult {
        timing: timing.map(|name| Timing { name, started_at: some_time, completed_at: some_time }).collect(),
        thread_id: "<thread>".into(),
        message: text("message"),
        failures: recorded["failures"].as_i64(),
        adapter_response: match Value::from_json(&recorded["adapter_response"]) {
            Value::Map(map) => map,
            _ => Map::default(),
        },
        compiled,
        ..RunResult::without_work(
            graph.manifest.id_of(unique_id),
            unique_id.into(),
            RunStatus::parse(recorded["status"].as_str().unwrap()).unwrap(),
        )
    }
}

/// Replaces times that end in a fraction, as the recording does.
fn settled(json: &mut Json) {
    match json {
        Json::String(text) if text.starts_with("20") && text.contains(".0000") => *text = "<time>".into(),
        Json::Array(items) => items.iter_mut().for_each(settled),
        Json::Object(entries) => entries.values_mut().for_each(settled),
        _ => {}
    }
}

#[test]
fn run_results_have_dbts_shape() {
    let theirs = expected("build.run_results.json");
    let graph = graph_of("build.manifest.json");
    let mut results: Vec<RunResult> =
        theirs["results"].as_array().unwrap().iter().map(|result| result_of(&graph, result)).collect();
    let micro =
        results.iter_mut().find(|result| &*result.unique_id == "model.every_field.events_micro").unwrap();
    micro.batch_results = Some(BatchResults {
        successful: vec![
            (time("2024-01-01T00:00:00Z"), time("2025-01-01T00:00:00Z")),
            (time("2025-01-01T00:00:00Z"), time("2026-01-01T00:00:00Z")),
            (time("2026-01-01T00:00:00Z"), time("2027-01-01T00:00:00Z")),
        ],
        failed: vec![],
    });
    let times = RunTimes { generated_at: Utc::now(), elapsed: 0.0 };
    let mut ours = written(&theirs, |path| write_run_results(path, &results, &graph, &invocation(), times));
    settled(&mut ours);
    assert_same(&ours, &theirs);
    let read = read_run_results(&expected_path("build.run_results.json")).unwrap();
    assert_eq!(read.results.len(), results.len());
    let batches = read.results.iter().find_map(|result| result.batch_results.clone()).unwrap();
    assert_eq!(batches.successful[0].0, time("2024-01-01T00:00:00Z"));
}

#[test]
fn run_results_hide_secrets() {
    let vars = [("token".into(), Value::str("is s3cret!"))].into_iter().collect();
    let args = [
        ("which".into(), Value::str("run")),
        ("invocation_command".into(), Value::str("dbt run --vars 'token: s3cret'")),
        ("vars".into(), Value::Map(vars)),
    ];
    let invocation =
        Invocation { secrets: vec!["s3cret".into()], args: args.into_iter().collect(), ..invocation() };
    let graph = graph_of("parse.manifest.json");
    let times = RunTimes { generated_at: Utc::now(), elapsed: 1.5 };
    let ours = written(&Json::Null, |path| write_run_results(path, &[], &graph, &invocation, times));
    assert_eq!(ours["args"]["invocation_command"], "dbt run --vars 'token: *****'");
    assert_eq!(ours["args"]["vars"]["token"], "is *****!");
    assert_eq!(ours["elapsed_time"], 1.5);
}

#[test]
fn source_freshness_has_dbts_shape() {
    let theirs = expected("source-freshness.sources.json");
    let graph = graph_of("parse.manifest.json");
    let mut result = result_of(&graph, &theirs["results"][0]);
    result.freshness = Some(Freshness {
        max_loaded_at: time("2024-01-02T00:00:00Z"),
        snapshotted_at: time("2026-01-02T03:04:05.000006Z"),
        age: 0.0,
    });
    let times = RunTimes { generated_at: Utc::now(), elapsed: 0.0 };
    let mut ours = written(&theirs, |path| write_sources(path, &[result], &graph, &invocation(), times));
    settled(&mut ours);
    assert_same(&ours, &theirs);
    let read = read_sources(&expected_path("source-freshness.sources.json")).unwrap();
    assert_eq!(read.results[0].status, RunStatus::Error);
    assert_eq!(read.results[0].max_loaded_at, Some(time("2024-01-02T00:00:00Z")));
}

#[test]
fn the_semantic_manifest_has_dbts_shape() {
    let theirs = expected("parse.semantic_manifest.json");
    let manifest = read_manifest(&expected_path("parse.manifest.json")).unwrap();
    let mut ours = written(&theirs, |path| write_semantic_manifest(path, &manifest));
    let mut theirs = theirs;
    for document in [&mut ours, &mut theirs] {
        document["metrics"].as_array_mut().unwrap().sort_by_key(|metric| metric["name"].to_string());
    }
    assert_same(&ours, &theirs);
}

#[test]
fn the_catalog_has_dbts_shape() {
    let theirs = expected("docs-generate.catalog.json");
    let text = |json: &Json| json.as_str().map(headwater::value::Str::from);
    let tables = ["nodes", "sources"].into_iter().flat_map(|key| theirs[key].as_object().unwrap().values());
    let catalog = Catalog {
        tables: tables
            .map(|table| CatalogTable {
                unique_id: text(&table["unique_id"]).unwrap(),
                kind: text(&table["metadata"]["type"]).unwrap(),
                database: text(&table["metadata"]["database"]),
                schema: text(&table["metadata"]["schema"]).unwrap(),
                name: text(&table["metadata"]["name"]).unwrap(),
                comment: text(&table["metadata"]["comment"]),
                columns: table["columns"]
                    .as_object()
                    .unwrap()
                    .values()
                    .map(|column| CatalogColumn {
                        name: text(&column["name"]).unwrap(),
                        data_type: text(&column["type"]).unwrap(),
                        index: column["index"].as_i64().unwrap(),
                        comment: text(&column["comment"]),
                    })
                    .collect(),
                ..CatalogTable::default()
            })
            .collect(),
        errors: vec![],
    };
    assert_same(&written(&theirs, |path| write_catalog(path, &catalog, &invocation())), &theirs);
}

/// Nodes with what follows them, by name: their numbers are free.
fn named(linked: &Json) -> Vec<(String, String, Vec<String>)> {
    let name = |index: &str| linked[index]["name"].as_str().unwrap().to_string();
    let mut rows: Vec<_> = linked
        .as_object()
        .unwrap()
        .values()
        .map(|node| {
            let next = node["succ"].as_array().into_iter().flatten();
            let mut next: Vec<String> = next.map(|index| name(&index.to_string())).collect();
            next.sort();
            (node["name"].as_str().unwrap().into(), node["type"].as_str().unwrap().into(), next)
        })
        .collect();
    rows.sort();
    rows
}

#[test]
fn the_graph_summary_has_dbts_edges() {
    let theirs = expected("build.graph_summary.json");
    let graph = graph_of("build.manifest.json");
    let ours = written(&theirs, |path| write_graph_summary(path, &graph, &invocation(), Some(&[])));
    assert_eq!(named(&ours["linked"]), named(&theirs["linked"]));
    assert!(ours.get("with_test_edges").is_some());
}

#[test]
fn another_schema_version_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("manifest.json");
    let version = "https://schemas.getdbt.com/dbt/manifest/v99.json";
    std::fs::write(&path, format!(r#"{{"metadata": {{"dbt_schema_version": "{version}"}}}}"#)).unwrap();
    let error = read_manifest(&path).unwrap_err();
    assert_eq!(error.code, "incompatible-artifact");
    assert!(error.message.contains(version), "{}", error.message);
    std::fs::write(&path, "{").unwrap();
    assert_eq!(read_manifest(&path).unwrap_err().code, "unreadable-artifact");
}
