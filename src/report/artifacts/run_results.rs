//! run_results.json, version 6, and sources.json, version 3.

use std::io;
use std::path::Path;

use chrono::{DateTime, SecondsFormat, Utc};

use super::node::freshness;
use super::{Json, open_metadata, write_file};
use crate::dag::Graph;
use crate::event::{BatchResults, Freshness, RunResult, RunStatus, Timing};
use crate::invocation::Invocation;
use crate::jinja::context::env_var::SECRET_PREFIX;
use crate::manifest::{Node, ResourceType};
use crate::value::{Map, Value};

/// When a run ended and how long it took.
#[derive(Clone, Copy, Debug)]
pub struct RunTimes {
    pub generated_at: DateTime<Utc>,
    /// Seconds.
    pub elapsed: f64,
}

/// Writes run_results.json; `args` are the invocation's flags, secrets replaced.
///
/// # Errors
/// When the file cannot be written.
pub fn write_run_results(
    path: &Path,
    results: &[RunResult],
    graph: &Graph,
    invocation: &Invocation,
    times: RunTimes,
) -> io::Result<()> {
    let mut json = Json::with_capacity(results.len() * 1024);
    json.open();
    open_metadata(&mut json, "run-results/v6", invocation, times.generated_at);
    json.close().key("results").open_list();
    for result in results {
        write_result(&mut json, result, graph);
    }
    json.close_list().key("elapsed_time").float(times.elapsed);
    json.key("args");
    scrubbed_args(&mut json, invocation);
    json.close();
    write_file(path, |out| out.write_all(&json.into_bytes()))
}

/// Writes sources.json: what `source freshness` found.
///
/// # Errors
/// When the file cannot be written.
pub fn write_sources(
    path: &Path,
    results: &[RunResult],
    graph: &Graph,
    invocation: &Invocation,
    times: RunTimes,
) -> io::Result<()> {
    let mut json = Json::default();
    json.open();
    open_metadata(&mut json, "sources/v3", invocation, times.generated_at);
    json.close().key("results").open_list();
    for result in results {
        match (&result.freshness, node_of(result, graph)) {
            (Some(found), Some(node)) if result.status != RunStatus::RuntimeError => {
                write_freshness(&mut json, result, found, node);
            }
            _ => {
                json.open().key("unique_id").str(&result.unique_id);
                json.key("error").opt_str(result.message.as_deref());
                json.key("status").str(RunStatus::RuntimeError.as_str()).close();
            }
        }
    }
    json.close_list().key("elapsed_time").float(times.elapsed).close();
    write_file(path, |out| out.write_all(&json.into_bytes()))
}

fn node_of<'a>(result: &RunResult, graph: &'a Graph) -> Option<&'a Node> {
    result.node.map(|id| graph.manifest.node(id))
}

fn write_result(json: &mut Json, result: &RunResult, graph: &Graph) {
    json.open().key("status").str(result.status.as_str());
    write_timing(json, &result.timing);
    json.key("thread_id").str(&result.thread_id);
    json.key("execution_time").float(result.execution_time);
    json.key("adapter_response").map(&result.adapter_response);
    json.key("message").opt_str(result.message.as_deref());
    json.key("failures").value(&result.failures.map_or(Value::Null, Value::Int));
    json.key("unique_id").str(&result.unique_id);
    write_compiled(json, result, node_of(result, graph));
    json.key("batch_results");
    match &result.batch_results {
        Some(batches) => write_batches(json, batches),
        None => {
            json.null();
        }
    }
    json.close();
}

/// Seeds, sources and what has no SQL of its own are neither compiled nor not compiled.
fn write_compiled(json: &mut Json, result: &RunResult, node: Option<&Node>) {
    let has_sql = match node.map(|node| node.resource_type) {
        Some(
            ResourceType::Model
            | ResourceType::Analysis
            | ResourceType::Test
            | ResourceType::Snapshot
            | ResourceType::Operation
            | ResourceType::SqlOperation
            | ResourceType::Function,
        )
        | None => true,
        // A unit test becomes SQL only when it runs.
        Some(ResourceType::UnitTest) => result.compiled.is_some(),
        Some(_) => false,
    };
    let compiled = result.compiled.as_deref().filter(|compiled| has_sql && compiled.has_code());
    json.key("compiled");
    if has_sql {
        json.bool(compiled.is_some())
    } else {
        json.null()
    };
    json.key("compiled_code").opt_str(compiled.map(|compiled| &*compiled.compiled_code));
    let own_name = node.filter(|_| has_sql).and_then(|node| node.relation_name.as_deref());
    let relation_name = compiled.and_then(|compiled| compiled.relation_name.as_deref());
    json.key("relation_name").opt_str(relation_name.or(own_name));
}

fn write_timing(json: &mut Json, timing: &[Timing]) {
    json.key("timing").open_list();
    for step in timing {
        json.open().key("name").str(step.name);
        for (key, time) in [("started_at", step.started_at), ("completed_at", step.completed_at)] {
            json.key(key);
            match time {
                Some(time) => json.time(time),
                None => json.null(),
            };
        }
        json.close();
    }
    json.close_list();
}

fn write_batches(json: &mut Json, batches: &BatchResults) {
    json.open();
    for (key, list) in [("successful", &batches.successful), ("failed", &batches.failed)] {
        json.key(key).open_list();
        for (start, end) in list {
            json.open_list().str(&zoned(*start)).str(&zoned(*end)).close_list();
        }
        json.close_list();
    }
    json.close();
}

fn write_freshness(json: &mut Json, result: &RunResult, found: &Freshness, node: &Node) {
    json.open().key("unique_id").str(&result.unique_id);
    json.key("max_loaded_at").str(&zoned(found.max_loaded_at));
    json.key("snapshotted_at").str(&zoned(found.snapshotted_at));
    json.key("max_loaded_at_time_ago_in_s").float(found.age);
    json.key("status").str(result.status.as_str());
    json.key("criteria");
    freshness(json, node.source().and_then(|source| source.freshness.as_ref()));
    json.key("adapter_response").map(&result.adapter_response);
    write_timing(json, &result.timing);
    json.key("thread_id").str(&result.thread_id);
    json.key("execution_time").float(result.execution_time).close();
}

/// As Python's `isoformat` of a time with a zone.
fn zoned(time: DateTime<Utc>) -> String {
    let whole = time.timestamp_subsec_micros() == 0;
    time.to_rfc3339_opts(if whole { SecondsFormat::Secs } else { SecondsFormat::Micros }, false)
}

fn scrubbed_args(json: &mut Json, invocation: &Invocation) {
    json.open();
    for (key, value) in &invocation.args {
        json.key(key);
        match (&**key, value) {
            ("invocation_command", Value::Str(command)) => {
                json.str(&invocation.scrub(command.to_string()));
            }
            ("vars", Value::Map(vars)) => {
                json.map(&scrubbed_vars(vars, invocation));
            }
            _ => {
                json.value(value);
            }
        }
    }
    json.close();
}

/// Variables whose text shows a secret become that text without it.
fn scrubbed_vars(vars: &Map, invocation: &Invocation) -> Map {
    let scrub = |value: &Value| {
        let text = value.py_str();
        let scrubbed = invocation.scrub(text.clone());
        if scrubbed == text { value.clone() } else { Value::str(scrubbed) }
    };
    // A variable named as a secret is one.
    let hidden = |key: &str| key.starts_with(SECRET_PREFIX);
    vars.iter()
        .map(|(key, value)| (key.clone(), if hidden(key) { "*****".into() } else { scrub(value) }))
        .collect()
}
