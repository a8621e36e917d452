//! Log lines against those of Python dbt 1.11.16 (recorded by tests/oracles/record_events.py).

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use headwater::env::Env;
use headwater::event::{
    Event, EventKind, GroupInfo, Level, NodeFacts, NodeInfo, Progress, ResultKind, ResultLine, RunCounts,
    RunResult, RunStatus, Timing,
};
use headwater::flags::{Flags, LogFlags};
use headwater::invocation::Invocation;
use headwater::report::log::Reporter;
use headwater::value::{Map, Str, Value};
use serde_json::Value as Json;

use crate::json::assert_same;

fn map_of(json: &Json) -> Map {
    Value::from_json(json).as_map().cloned().unwrap_or_default()
}

struct Data<'a>(&'a Json);

impl Data<'_> {
    fn str(&self, key: &str) -> Str {
        self.0[key].as_str().unwrap_or_default().into()
    }

    fn text(&self, key: &str) -> String {
        self.str(key).to_string()
    }

    fn number(&self, key: &str) -> usize {
        self.0[key].as_u64().unwrap() as usize
    }

    fn seconds(&self) -> f64 {
        self.0["execution_time"].as_f64().unwrap()
    }

    fn status(&self) -> RunStatus {
        RunStatus::parse(&self.str("status")).unwrap_or(RunStatus::Success)
    }

    fn time(&self, key: &str) -> DateTime<Utc> {
        time_of(&self.0[key]).unwrap()
    }

    fn progress(&self) -> Progress {
        let [index, total] = [["index", "batch_index"], ["total", "total_batches"]]
            .map(|keys| keys.into_iter().find_map(|key| self.0[key].as_u64()).map(|number| number as usize));
        let total = total.or_else(|| self.0["num_models"].as_u64().map(|number| number as usize));
        Progress { index: index.unwrap(), total: total.unwrap() }
    }
}

fn time_of(json: &Json) -> Option<DateTime<Utc>> {
    Some(DateTime::parse_from_rfc3339(json.as_str()?).ok()?.with_timezone(&Utc))
}

fn node_of(data: &Json) -> Option<Arc<NodeInfo>> {
    let info = data.get("node_info")?;
    let (fields, relation) = (Data(info), Data(&info["node_relation"]));
    let types =
        ["model", "seed", "snapshot", "test", "unit_test", "operation", "function", "source", "exposure"];
    let some = |text: Str| Some(text).filter(|text| !text.is_empty());
    let facts = NodeFacts {
        path: fields.str("node_path"),
        name: fields.str("node_name"),
        unique_id: fields.str("unique_id"),
        resource_type: types.into_iter().find(|kind| info["resource_type"] == *kind).unwrap(),
        materialized: fields.str("materialized"),
        meta: map_of(&info["meta"]),
        database: some(relation.str("database")),
        schema: relation.str("schema"),
        alias: relation.str("alias"),
        relation_name: some(relation.str("relation_name")),
        checksum: fields.str("node_checksum"),
        group: data.get("group").map(|group| GroupInfo {
            name: Data(group).str("name"),
            package: Data(group).str("package_name"),
            owner: map_of(&group["owner"]),
        }),
        snapshot_config: map_of(&data["cfg"]),
    };
    Some(Arc::new(NodeInfo {
        facts: Arc::new(facts),
        status: fields.str("node_status"),
        started_at: fields.str("node_started_at"),
        finished_at: fields.str("node_finished_at"),
    }))
}

fn timing_of(json: &Json) -> Timing {
    let name = if json["name"] == "compile" { "compile" } else { "execute" };
    Timing { name, started_at: time_of(&json["started_at"]), completed_at: time_of(&json["completed_at"]) }
}

fn result_of(json: &Json) -> RunResult {
    let data = Data(json);
    let status = RunStatus::parse(&data.str("status")).unwrap();
    RunResult {
        timing: json["timing_info"].as_array().unwrap().iter().map(timing_of).collect(),
        thread_id: data.str("thread"),
        execution_time: data.seconds(),
        message: Some(data.text("message")).filter(|message| !message.is_empty()),
        failures: json["num_failures"].as_i64(),
        adapter_response: map_of(&json["adapter_response"]),
        ..RunResult::without_work(None, "".into(), status)
    }
}

/// The event that dbt's data describes; none for events that are plain messages here.
fn kind_of(name: &str, json: &Json) -> Option<EventKind> {
    let data = Data(json);
    let line = |kind: ResultKind, message: &str| {
        EventKind::LogResult(ResultLine {
            kind,
            description: data.text("description"),
            status: data.status(),
            message: data.text(message),
            execution_time: data.seconds(),
            progress: data.progress(),
        })
    };
    let counts = |key: &str| json["stats"][key].as_u64().unwrap_or_default() as usize;
    Some(match name {
        "MainReportVersion" => EventKind::MainReportVersion { version: data.str("version") },
        "AdapterRegistered" => EventKind::AdapterRegistered {
            name: data.str("adapter_name"),
            version: data.str("adapter_version"),
        },
        "FoundStats" => EventKind::FoundStats { stat_line: data.text("stat_line") },
        "ConcurrencyLine" => EventKind::ConcurrencyLine {
            num_threads: data.number("num_threads"),
            target_name: data.str("target_name"),
            node_count: data.number("node_count"),
        },
        "NodeStart" => EventKind::NodeStart,
        "NodeCompiling" => EventKind::NodeCompiling,
        "NodeExecuting" => EventKind::NodeExecuting,
        "WritingInjectedSQLForNode" => EventKind::WritingInjectedSql,
        "NodeFinished" => EventKind::NodeFinished { result: Arc::new(result_of(&json["run_result"])) },
        "LogStartLine" => {
            EventKind::LogStartLine { description: data.text("description"), progress: data.progress() }
        }
        "LogModelResult" => line(ResultKind::Model, "status"),
        "LogFunctionResult" => line(ResultKind::Function, "status"),
        "LogSnapshotResult" => line(ResultKind::Snapshot, "result_message"),
        "LogSeedResult" => line(ResultKind::Seed, "result_message"),
        "LogNodeNoOpResult" => line(ResultKind::NoOp, "status"),
        "LogTestResult" => EventKind::LogTestResult {
            name: data.str("name"),
            status: data.status(),
            failures: json["num_failures"].as_i64(),
            execution_time: data.seconds(),
            attached_node: Some(data.str("attached_node")),
            progress: data.progress(),
        },
        "LogFreshnessResult" => EventKind::LogFreshnessResult {
            status: data.status(),
            source_name: data.str("source_name"),
            table_name: data.str("table_name"),
            execution_time: data.seconds(),
            progress: data.progress(),
        },
        "LogHookStartLine" => {
            EventKind::LogHookStartLine { statement: data.text("statement"), progress: data.progress() }
        }
        "LogHookEndLine" => EventKind::LogHookEndLine {
            statement: data.text("statement"),
            status: data.status(),
            execution_time: data.seconds(),
            progress: data.progress(),
        },
        "SkippingDetails" => {
            EventKind::SkippingDetails { schema: data.str("schema"), progress: data.progress() }
        }
        "MarkSkippedChildren" => EventKind::MarkSkippedChildren {
            unique_id: data.str("unique_id"),
            result: Arc::new(result_of(&json["run_result"])),
        },
        "LogStartBatch" => {
            EventKind::LogStartBatch { description: data.text("description"), progress: data.progress() }
        }
        "LogBatchResult" => EventKind::LogBatchResult {
            description: data.text("description"),
            status: data.status(),
            message: data.text("status"),
            execution_time: data.seconds(),
            progress: data.progress(),
        },
        "NewConnection" => {
            EventKind::NewConnection { conn_type: data.str("conn_type"), conn_name: data.str("conn_name") }
        }
        "ConnectionUsed" => {
            EventKind::ConnectionUsed { conn_type: data.str("conn_type"), conn_name: data.str("conn_name") }
        }
        "ConnectionClosed" => EventKind::ConnectionClosed { conn_name: data.str("conn_name") },
        "SQLQuery" => EventKind::SqlQuery { conn_name: data.str("conn_name"), sql: data.str("sql") },
        "SQLQueryStatus" => EventKind::SqlQueryStatus {
            status: data.str("status"),
            elapsed: json["elapsed"].as_f64().unwrap(),
            query_id: data.str("query_id"),
        },
        "SQLCommit" => EventKind::SqlCommit { conn_name: data.str("conn_name") },
        "Rollback" => EventKind::Rollback { conn_name: data.str("conn_name") },
        "JinjaLogInfo" => EventKind::JinjaLogInfo { msg: data.text("msg") },
        "JinjaLogDebug" => EventKind::JinjaLogDebug { msg: data.text("msg") },
        "JinjaLogWarning" => EventKind::JinjaLogWarning { msg: data.text("msg") },
        "FinishedRunningStats" => EventKind::FinishedRunningStats {
            stat_line: data.text("stat_line"),
            execution: data.text("execution"),
            execution_time: data.seconds(),
        },
        "EndRunResult" => EventKind::EndRunResult {
            results: Arc::new(json["results"].as_array().unwrap().iter().map(result_of).collect()),
            elapsed_time: json["elapsed_time"].as_f64().unwrap(),
            generated_at: data.time("generated_at"),
            success: json["success"].as_bool().unwrap(),
        },
        "EndOfRunSummary" => EventKind::EndOfRunSummary {
            num_errors: data.number("num_errors"),
            num_warnings: data.number("num_warnings"),
            num_partial_success: data.number("num_partial_success"),
            keyboard_interrupt: json["keyboard_interrupt"].as_bool().unwrap(),
        },
        "RunResultWarning" => EventKind::RunResultWarning { path: data.str("path") },
        "RunResultFailure" => EventKind::RunResultFailure { path: data.str("path") },
        "RunResultError" => EventKind::RunResultError { msg: data.text("msg") },
        "StatsLine" => EventKind::StatsLine(RunCounts {
            pass: counts("pass"),
            warn: counts("warn"),
            error: counts("error"),
            skip: counts("skip"),
            no_op: counts("noop"),
            total: counts("total"),
        }),
        _ => return None,
    })
}

fn flags(folder: &Path, format: &str) -> Flags {
    let log = LogFlags {
        level: "none".into(),
        level_file: "debug".into(),
        format_file: format.into(),
        path: folder.to_path_buf(),
        ..LogFlags::default()
    };
    Flags { log, ..Flags::default() }
}

/// The lines that the log file gets for `events`.
fn logged(events: &[Event], flags: &Flags) -> Vec<String> {
    let invocation = Invocation {
        secrets: vec!["s3cret".into()],
        metadata_env: vec![("JOB".into(), "nightly".into())],
        ..Invocation::start(&Env::default(), flags)
    };
    let reporter = Reporter::open(flags, Arc::new(invocation), Arc::default());
    events.iter().for_each(|event| reporter.emit(event));
    let text = std::fs::read_to_string(flags.log.path.join("dbt.log")).unwrap();
    text.lines().map(String::from).collect()
}

/// Times of day are local in two sentences; take them out.
fn without_clock(message: &str) -> String {
    match message.split_once(" at ") {
        Some((head, tail)) if head.starts_with("Command") => format!("{head}{}", &tail[15..]),
        _ => message.to_string(),
    }
}

#[test]
fn events_read_as_dbts() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expected/every_field/events.jsonl");
    let recorded: Vec<Json> = std::fs::read_to_string(path)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let mut names = BTreeSet::new();
    for theirs in &recorded {
        let name = theirs["name"].as_str().unwrap();
        let Some(kind) = kind_of(name, &theirs["data"]) else { continue };
        names.insert(name);
        let mut event = Event::new(kind);
        event.node = node_of(&theirs["data"]);
        let folder = tempfile::tempdir().unwrap();
        let ours: Json = serde_json::from_str(&logged(&[event], &flags(folder.path(), "json"))[0]).unwrap();
        let info = &ours["info"];
        for key in ["name", "code", "level"] {
            assert_eq!(info[key], theirs[key], "{key} of {theirs}");
        }
        let messages = [&info["msg"], &theirs["msg"]].map(|json| without_clock(json.as_str().unwrap()));
        assert_eq!(messages[0], messages[1]);
        assert_same(&ours["data"], &theirs["data"]);
    }
    assert!(names.len() >= 38, "{names:?}");
}

#[test]
fn the_envelope_has_dbts_keys() {
    let folder = tempfile::tempdir().unwrap();
    let lines = logged(&[Event::note("it is s3cret")], &flags(folder.path(), "json"));
    let line: Json = serde_json::from_str(&lines[0]).unwrap();
    let keys: BTreeSet<&str> = line["info"].as_object().unwrap().keys().map(String::as_str).collect();
    let expected =
        ["category", "code", "extra", "invocation_id", "level", "msg", "name", "pid", "thread", "ts"];
    assert_eq!(keys, BTreeSet::from(expected));
    assert_eq!(line["info"]["msg"], "it is *****");
    assert_eq!(line["info"]["extra"]["JOB"], "nightly");
    assert_eq!(line["info"]["code"], "Z050");
    assert_eq!(line["data"]["msg"], "it is *****");
}

#[test]
fn debug_text_has_level_and_thread() {
    let folder = tempfile::tempdir().unwrap();
    let mut event = Event::note("hello").level(Level::Warn);
    event.thread = "Thread-1 (worker)".into();
    let report = Event::new(EventKind::MainReportVersion { version: "=1.11.16".into() });
    let lines = logged(&[report, event], &flags(folder.path(), "debug"));
    assert_eq!(lines[0], "");
    assert!(lines[2].starts_with("============================== "), "{}", lines[2]);
    assert!(lines[3].contains(" [info ] ["), "{}", lines[3]);
    assert!(lines[4].ends_with(" [warn ] [Thread-1 (]: hello"), "{}", lines[4]);
}

#[test]
fn clean_talks_to_the_console_alone() {
    let folder = tempfile::tempdir().unwrap();
    let events = [Event::message("CheckCleanPath", "Checking target/*"), Event::note("kept")];
    assert_eq!(logged(&events, &flags(folder.path(), "text")).len(), 1);
}

#[test]
fn a_hook_that_failed_is_told_at_the_end_of_source_freshness() {
    let project = crate::program::Project::new(&[
        (
            "dbt_project.yml",
            "name: shop\nversion: '1.0'\nprofile: shop\nflags: {use_colors: false, source_freshness_run_project_hooks: \
             true}\non-run-start: select 1 from nowhere\n",
        ),
        ("models/a.sql", "select 1 as a"),
        (
            "models/a.yml",
            "sources: [{name: raw, loaded_at_field: at, freshness: {warn_after: {count: 1, period: day}}, tables: [{name: t}]}]",
        ),
    ]);
    project.call(&["source", "freshness"]).exits(1).says("shop.on-run-start.0 failed, error:");
}

#[test]
fn no_variable_named_as_a_secret_is_logged() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("dbt_project.yml"), "name: shop\n").expect("written");
    let vars = "{DBT_ENV_SECRET_key: hunter2, other: seen}";
    let called = crate::program::call(folder.path(), &[], &["--debug", "parse", "--vars", vars]);
    assert_eq!(called.code, 0, "{}", called.output());
    let log = std::fs::read_to_string(folder.path().join("logs/dbt.log")).expect("a log");
    let line = log.lines().find(|line| line.contains("checksum: ")).expect("the sum of the variables");
    assert!(line.contains("'DBT_ENV_SECRET_key': '*****', 'other': 'seen'"), "{line}");
}
