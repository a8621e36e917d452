//! Events as dbt's JSON lines: `{"info": {…}, "data": {…}}`.

use chrono::{DateTime, SecondsFormat, SubsecRound, Utc};

use crate::event::names::code_of;
use crate::event::{
    Event, EventKind, GroupInfo, Level, NodeInfo, Preview, Progress, ResultKind, ResultLine, RunCounts,
    RunResult, Timing,
};
use crate::invocation::Invocation;
use crate::report::artifacts::Json;
use crate::value::{Map, Value};

/// One event as one line of JSON, without a line break; `message` is its sentence.
pub fn line(event: &Event, level: Level, message: &str, invocation: &Invocation) -> String {
    let mut json = Json::with_capacity(512);
    json.open().key("data").open();
    data(&mut json, event);
    json.close().key("info").open();
    json.key("category").str("").key("code").str(code_of(event.name()));
    json.key("extra").open();
    for (key, value) in &invocation.metadata_env {
        json.key(key).str(value);
    }
    json.close();
    json.key("invocation_id").str(&invocation.id);
    json.key("level").str(level.as_str());
    json.key("msg").str(message);
    json.key("name").str(event.name());
    json.key("pid").int(i64::from(std::process::id()));
    json.key("thread").str(&event.thread);
    json.key("ts").str(&proto_time(event.at));
    json.close().close();
    json.into_string()
}

/// Events whose name says it all.
const BARE: [&str; 9] = [
    "BuildingCatalog",
    "DepsCreatingLocalSymlink",
    "DepsNoPackagesFound",
    "DepsSymlinkNotAvailable",
    "DepsUpToDate",
    "FinishedCleanPaths",
    "FlushEvents",
    "FreshnessCheckComplete",
    "PartialParsingSkipParsing",
];

fn data(json: &mut Json, event: &Event) {
    if let Some(node) = &event.node {
        json.key("node_info");
        node_info(json, node);
        if names_group(&event.kind)
            && let Some(info) = &node.facts.group
        {
            json.key("group");
            group(json, info);
        }
    }
    match &event.kind {
        EventKind::Message(message) => {
            if matches!(message.name, "Formatting" | "Note" | "PrintEvent")
                || message.data.is_empty() && !BARE.contains(&message.name)
            {
                json.key("msg").str(&message.text);
            }
            json.entries(&message.data);
        }
        EventKind::Diagnostic(diagnostic) => {
            let is_caught = matches!(
                event.name(),
                "MainEncounteredError" | "ParseInlineNodeError" | "RunningOperationCaughtError"
            );
            let key = if is_caught { "exc" } else { "msg" };
            if !diagnostic.data.contains_key(key) {
                json.key(key).str(&diagnostic.message);
            }
            if !is_caught {
                json.entries(&diagnostic.data);
            }
        }
        EventKind::LogResult(line) => result_line(json, line, event.node.as_deref()),
        EventKind::ShowNode(preview) => shown(json, preview, "preview"),
        EventKind::CompiledNode(preview) => shown(json, preview, "compiled"),
        EventKind::EndRunResult { results, elapsed_time, generated_at, success } => {
            json.key("results").open_list();
            for result in results.iter() {
                run_result(json, result);
            }
            json.close_list();
            float(json, "elapsed_time", *elapsed_time);
            json.key("generated_at").str(&generated_at.format("%Y-%m-%dT%H:%M:%SZ").to_string());
            json.key("success").bool(*success);
        }
        EventKind::JinjaLogInfo { msg }
        | EventKind::JinjaLogDebug { msg }
        | EventKind::JinjaLogWarning { msg }
        | EventKind::RunResultError { msg } => {
            json.key("msg").str(msg);
        }
        EventKind::NodeFinished { result } => {
            json.key("run_result");
            run_result(json, result);
        }
        kind => {
            start(json, kind);
            node(json, kind, event.node.as_deref());
            warehouse(json, kind);
            end(json, kind, event.node.as_deref());
        }
    }
}

/// Events that name the owner of the node.
fn names_group(kind: &EventKind) -> bool {
    matches!(
        kind,
        EventKind::LogResult(_)
            | EventKind::LogTestResult { .. }
            | EventKind::SkippingDetails { .. }
            | EventKind::LogSkipBecauseError { .. }
            | EventKind::LogBatchResult { .. }
            | EventKind::RunResultWarning { .. }
            | EventKind::RunResultFailure { .. }
            | EventKind::RunResultError { .. }
    )
}

fn start(json: &mut Json, kind: &EventKind) {
    match kind {
        EventKind::MainReportVersion { version } => {
            json.key("log_version").int(3).key("version").str(version);
        }
        EventKind::MainReportArgs { args } => {
            json.key("args");
            texts(json, args);
        }
        EventKind::AdapterRegistered { name, version } => {
            json.key("adapter_name").str(name).key("adapter_version").str(version);
        }
        EventKind::FoundStats { stat_line } => {
            json.key("stat_line").str(stat_line);
        }
        EventKind::ConcurrencyLine { num_threads, target_name, node_count } => {
            number(json, "num_threads", *num_threads);
            json.key("target_name").str(target_name);
            number(json, "node_count", *node_count);
        }
        _ => {}
    }
}

fn node(json: &mut Json, kind: &EventKind, node: Option<&NodeInfo>) {
    match kind {
        EventKind::LogStartLine { description, progress } => {
            json.key("description").str(description);
            place(json, *progress, ["index", "total"]);
        }
        EventKind::LogTestResult { name, status, failures, execution_time, attached_node, progress } => {
            json.key("name").str(name).key("status").str(status.as_str());
            json.key("num_failures").int(failures.unwrap_or_default());
            json.key("attached_node").str(attached_node.as_deref().unwrap_or_default());
            float(json, "execution_time", *execution_time);
            place(json, *progress, ["index", "num_models"]);
        }
        EventKind::LogFreshnessResult { status, source_name, table_name, execution_time, progress } => {
            json.key("status").str(status.as_str());
            json.key("source_name").str(source_name).key("table_name").str(table_name);
            float(json, "execution_time", *execution_time);
            place(json, *progress, ["index", "total"]);
        }
        EventKind::LogHookStartLine { statement, progress } => {
            json.key("statement").str(statement);
            place(json, *progress, ["index", "total"]);
        }
        EventKind::LogHookEndLine { statement, status, execution_time, progress } => {
            json.key("statement").str(statement).key("status").str(status.as_str());
            float(json, "execution_time", *execution_time);
            place(json, *progress, ["index", "total"]);
        }
        EventKind::SkippingDetails { schema, progress } => {
            let facts = node.map(|node| &node.facts);
            json.key("resource_type").str(facts.map_or("", |facts| facts.resource_type));
            json.key("schema").str(schema).key("node_name").str(facts.map_or("", |facts| &facts.name));
            place(json, *progress, ["index", "total"]);
        }
        EventKind::LogSkipBecauseError { schema, relation, status, progress } => {
            json.key("schema").str(schema).key("relation").str(relation).key("status").str(status.as_str());
            place(json, *progress, ["index", "total"]);
        }
        EventKind::MarkSkippedChildren { unique_id, result } => {
            json.key("unique_id").str(unique_id).key("status").str(result.status.as_str());
            json.key("run_result");
            run_result(json, result);
        }
        EventKind::LogStartBatch { description, progress } => {
            json.key("description").str(description);
            place(json, *progress, ["batch_index", "total_batches"]);
        }
        EventKind::LogBatchResult { description, status, message, execution_time, progress } => {
            let failed = status.is_failure() || *status == crate::event::RunStatus::Skipped;
            json.key("description").str(description);
            json.key("status").str(if failed { status.as_str() } else { message });
            float(json, "execution_time", *execution_time);
            place(json, *progress, ["batch_index", "total_batches"]);
        }
        _ => {}
    }
}

fn warehouse(json: &mut Json, kind: &EventKind) {
    match kind {
        EventKind::NewConnection { conn_type, conn_name }
        | EventKind::ConnectionUsed { conn_type, conn_name } => {
            json.key("conn_type").str(conn_type).key("conn_name").str(conn_name);
        }
        EventKind::ConnectionClosed { conn_name }
        | EventKind::SqlCommit { conn_name }
        | EventKind::LogCancelLine { conn_name }
        | EventKind::Rollback { conn_name } => {
            json.key("conn_name").str(conn_name);
        }
        EventKind::SqlQuery { conn_name, sql } => {
            json.key("conn_name").str(conn_name).key("sql").str(sql);
        }
        EventKind::SqlQueryStatus { status, elapsed, query_id } => {
            json.key("status").str(status).key("query_id").str(query_id);
            float(json, "elapsed", *elapsed);
        }
        _ => {}
    }
}

fn end(json: &mut Json, kind: &EventKind, node: Option<&NodeInfo>) {
    match kind {
        EventKind::FinishedRunningStats { stat_line, execution, execution_time } => {
            json.key("stat_line").str(stat_line).key("execution").str(execution);
            float(json, "execution_time", *execution_time);
        }
        EventKind::EndOfRunSummary { num_errors, num_warnings, num_partial_success, keyboard_interrupt } => {
            number(json, "num_errors", *num_errors);
            number(json, "num_warnings", *num_warnings);
            number(json, "num_partial_success", *num_partial_success);
            json.key("keyboard_interrupt").bool(*keyboard_interrupt);
        }
        EventKind::RunResultWarning { path } | EventKind::RunResultFailure { path } => {
            let facts = node.map(|node| &node.facts);
            json.key("resource_type").str(facts.map_or("", |facts| facts.resource_type));
            json.key("node_name").str(facts.map_or("", |facts| &facts.name)).key("path").str(path);
        }
        EventKind::StatsLine(counts) => {
            let RunCounts { pass, warn, error, skip, no_op, total } = *counts;
            json.key("stats").open();
            let stats = [
                ("error", error),
                ("skip", skip),
                ("pass", pass),
                ("warn", warn),
                ("noop", no_op),
                ("total", total),
            ];
            for (key, value) in stats {
                number(json, key, value);
            }
            json.close();
        }
        EventKind::CommandCompleted { command, success, completed_at, elapsed } => {
            json.key("command").str(command).key("success").bool(*success);
            json.key("completed_at").str(&proto_time(*completed_at));
            float(json, "elapsed", *elapsed);
        }
        _ => {}
    }
}

fn result_line(json: &mut Json, line: &ResultLine, node: Option<&NodeInfo>) {
    let failed = line.status.is_failure() && line.status != crate::event::RunStatus::PartialSuccess;
    match line.kind {
        ResultKind::Seed => {
            let facts = node.map(|node| &node.facts);
            json.key("status").str(line.status.as_str()).key("result_message").str(&line.message);
            json.key("schema").str(facts.map_or("", |facts| &facts.schema));
            json.key("relation").str(facts.map_or("", |facts| &facts.alias));
        }
        ResultKind::Snapshot => {
            json.key("description").str(&line.description).key("status").str(line.status.as_str());
            json.key("result_message").str(&line.message).key("cfg");
            match node {
                Some(node) => json.map(&node.facts.snapshot_config),
                None => json.open().close(),
            };
        }
        ResultKind::NoOp => {
            // dbt leaves the status of what does not run empty.
            json.key("description").str(&line.description).key("status").str("");
        }
        ResultKind::Node => {
            json.key("description").str(&line.description).key("status").str(line.status.as_str());
            json.key("msg").str(&line.message);
        }
        ResultKind::Model | ResultKind::Function => {
            json.key("description").str(&line.description);
            json.key("status").str(if failed { line.status.as_str() } else { &line.message });
        }
    }
    float(json, "execution_time", line.execution_time);
    place(json, line.progress, ["index", "total"]);
}

fn shown(json: &mut Json, preview: &Preview, key: &str) {
    json.key("node_name").str(&preview.node_name).key(key).str(&preview.text);
    json.key("is_inline").bool(preview.is_inline);
    json.key("output_format").str(if preview.json { "json" } else { "text" });
    json.key("unique_id").str(&preview.unique_id).key("quiet").bool(preview.quiet);
}

fn node_info(json: &mut Json, node: &NodeInfo) {
    let facts = &node.facts;
    json.open().key("node_path").str(&facts.path).key("node_name").str(&facts.name);
    json.key("unique_id").str(&facts.unique_id).key("resource_type").str(facts.resource_type);
    json.key("materialized").str(&facts.materialized).key("node_status").str(&node.status);
    json.key("node_started_at").str(&node.started_at).key("node_finished_at").str(&node.finished_at);
    json.key("meta").map(&facts.meta);
    json.key("node_relation").open();
    json.key("database").str(facts.database.as_deref().unwrap_or_default());
    json.key("schema").str(&facts.schema).key("alias").str(&facts.alias);
    json.key("relation_name").str(facts.relation_name.as_deref().unwrap_or_default()).close();
    json.key("node_checksum").str(&facts.checksum).close();
}

fn group(json: &mut Json, group: &GroupInfo) {
    json.open().key("name").str(&group.name).key("package_name").str(&group.package).key("owner");
    texts(json, &group.owner);
    json.close();
}

fn run_result(json: &mut Json, result: &RunResult) {
    json.open().key("status").str(result.status.as_str());
    json.key("message").str(result.message.as_deref().unwrap_or_default());
    json.key("timing_info").open_list();
    for timing in &result.timing {
        timing_info(json, timing);
    }
    json.close_list().key("thread").str(&result.thread_id);
    float(json, "execution_time", result.execution_time);
    json.key("adapter_response").map(&result.adapter_response);
    json.key("num_failures").int(result.failures.unwrap_or_default()).close();
}

fn timing_info(json: &mut Json, timing: &Timing) {
    json.open().key("name").str(timing.name);
    for (key, time) in [("started_at", timing.started_at), ("completed_at", timing.completed_at)] {
        if let Some(time) = time {
            json.key(key).str(&proto_time(time));
        }
    }
    json.close();
}

fn place(json: &mut Json, progress: Progress, [index, total]: [&str; 2]) {
    number(json, index, progress.index);
    number(json, total, progress.total);
}

fn number(json: &mut Json, key: &str, value: usize) {
    json.key(key).int(i64::try_from(value).unwrap_or(i64::MAX));
}

/// dbt's messages carry single precision.
fn float(json: &mut Json, key: &str, value: f64) {
    json.key(key);
    let value = value as f32;
    if value.is_finite() {
        json.raw(format!("{value:?}").as_bytes())
    } else {
        json.null()
    };
}

/// Times as Protobuf's JSON has them: as many groups of three digits as needed.
fn proto_time(time: DateTime<Utc>) -> String {
    time.trunc_subsecs(6).to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// A map of text: every value as Python prints it.
fn texts(json: &mut Json, map: &Map) {
    json.open();
    for (key, value) in map {
        match value {
            Value::Str(text) => json.key(key).str(text),
            value => json.key(key).str(&value.py_str()),
        };
    }
    json.close();
}
