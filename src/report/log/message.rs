//! The sentence of each event, as dbt words it.

use super::style::{Style, count};
use crate::diag::{Diagnostic, Severity, render};
use crate::event::names::code_of;
use crate::event::{
    Event, EventKind, NodeInfo, Preview, Progress, ResultKind, ResultLine, RunCounts, RunStatus,
};
use crate::source::SourceMap;
use crate::value::Value;

/// Warnings that dbt prints without the word for it.
const UNTAGGED: [&str; 15] = [
    "DepsScrubbedPackageName",
    "DepsUnpinned",
    "FreshnessConfigProblem",
    "InvalidMacroAnnotation",
    "InvalidValueForField",
    "NoNodesForSelectionCriteria",
    "NoNodesSelected",
    "Note",
    "NothingToDo",
    "SeedExceedsLimitAndPathChanged",
    "SeedExceedsLimitChecksumChanged",
    "SeedExceedsLimitSamePath",
    "SeedIncreased",
    "SnapshotTimestampWarning",
    "WarnStateTargetEqual",
];

/// Where sentences get their colours, width and places in files from.
#[derive(Clone, Copy)]
pub struct Writer<'a> {
    pub style: Style,
    pub sources: &'a SourceMap,
}

impl Writer<'_> {
    pub fn message(&self, event: &Event) -> String {
        let style = self.style;
        let node = event.node.as_deref();
        match &event.kind {
            EventKind::MainReportVersion { version } => format!("Running with dbt{version}"),
            EventKind::MainReportArgs { args } => {
                format!("running dbt with arguments {}", Value::Map(args.clone()).py_repr())
            }
            EventKind::AdapterRegistered { name, version } => format!("Registered adapter: {name}{version}"),
            EventKind::FoundStats { stat_line } => format!("Found {stat_line}"),
            EventKind::ConcurrencyLine { num_threads, target_name, .. } => {
                format!("Concurrency: {num_threads} threads (target='{target_name}')")
            }
            EventKind::LogStartLine { description, progress } => {
                style.line(&format!("START {description}"), "RUN", Some(*progress), None)
            }
            EventKind::LogResult(line) => self.result_line(line, node),
            EventKind::LogTestResult { name, status, failures, execution_time, progress, .. } => {
                self.test_line(name, *status, *failures, *progress, *execution_time)
            }
            EventKind::LogFreshnessResult { status, source_name, table_name, execution_time, progress } => {
                let (info, status) = self.freshness_words(*status);
                let message = format!("{info} freshness of {source_name}.{table_name}");
                style.line(&message, &status, Some(*progress), Some(*execution_time))
            }
            EventKind::LogStartBatch { description, progress } => {
                format!("Batch {}", style.line(&format!("START {description}"), "RUN", Some(*progress), None))
            }
            EventKind::LogBatchResult { description, status, message, execution_time, progress } => {
                let (info, word) = match status {
                    RunStatus::Error => ("ERROR creating", style.red("ERROR")),
                    RunStatus::Skipped => ("SKIP", style.yellow("SKIPPED")),
                    _ => ("OK created", style.green(message)),
                };
                let line = style.line(
                    &format!("{info} {description}"),
                    &word,
                    Some(*progress),
                    Some(*execution_time),
                );
                format!("Batch {line}")
            }
            EventKind::LogHookStartLine { statement, progress } => {
                style.cut_line(&format!("START hook: {statement}"), "RUN", *progress, None)
            }
            EventKind::LogHookEndLine { statement, status, execution_time, progress } => {
                let (info, word) = match status {
                    RunStatus::Success => ("OK", style.green("OK")),
                    RunStatus::Skipped => ("SKIP", style.yellow("SKIP")),
                    _ => ("ERROR", style.red("ERROR")),
                };
                style.cut_line(&format!("{info} hook: {statement}"), &word, *progress, Some(*execution_time))
            }
            EventKind::SkippingDetails { schema, progress } => {
                let what = skipped_thing(node, schema);
                style.line(&format!("SKIP {what}"), &style.yellow("SKIP"), Some(*progress), None)
            }
            EventKind::LogSkipBecauseError { schema, relation, status, progress } => {
                let status = status.as_str();
                let message =
                    format!("SKIP relation {schema}.{relation} due to ephemeral model status '{status}'");
                style.line(&message, &style.red("ERROR SKIP"), Some(*progress), None)
            }
            EventKind::LogCancelLine { conn_name } => {
                style.line(&format!("CANCEL query {conn_name}"), &style.red("CANCEL"), None, None)
            }
            EventKind::JinjaLogInfo { msg }
            | EventKind::JinjaLogDebug { msg }
            | EventKind::JinjaLogWarning { msg } => msg.clone(),
            EventKind::ShowNode(preview) => shown(preview, "show", "Previewing"),
            EventKind::CompiledNode(preview) => shown(preview, "compiled", "Compiled"),
            EventKind::Diagnostic(diagnostic) => self.diagnostic(diagnostic),
            EventKind::Message(message) => message.text.clone(),
            kind => self.other(kind, node),
        }
    }

    /// Life of a node, traffic with the warehouse, and the end of the run.
    fn other(&self, kind: &EventKind, node: Option<&NodeInfo>) -> String {
        let style = self.style;
        let id = node.map_or("", |node| &*node.facts.unique_id);
        let subject = || {
            node.map(|node| format!("{} {}", node.facts.resource_type, node.facts.name)).unwrap_or_default()
        };
        match kind {
            EventKind::NodeStart => format!("Began running node {id}"),
            EventKind::NodeCompiling => format!("Began compiling node {id}"),
            EventKind::NodeExecuting => format!("Began executing node {id}"),
            EventKind::NodeFinished { .. } => format!("Finished running node {id}"),
            EventKind::WritingInjectedSql => format!("Writing injected SQL for node \"{id}\""),
            EventKind::MarkSkippedChildren { unique_id, result } => {
                let status = result.status.as_str();
                let reason = result.message.as_ref().map(|message| format!(" Reason: {message}."));
                let reason = reason.unwrap_or_default();
                format!(
                    "Marking all children of '{unique_id}' to be skipped because of status '{status}'. {reason}"
                )
            }
            EventKind::NewConnection { conn_type, conn_name } => {
                format!("Acquiring new {conn_type} connection '{conn_name}'")
            }
            EventKind::ConnectionUsed { conn_type, conn_name } => {
                format!("Using {conn_type} connection \"{conn_name}\"")
            }
            EventKind::ConnectionClosed { conn_name } => format!("On {conn_name}: Close"),
            EventKind::SqlQuery { conn_name, sql } => format!("On {conn_name}: {sql}"),
            EventKind::SqlQueryStatus { status, elapsed, .. } => {
                format!("SQL status: {status} in {elapsed:.3} seconds")
            }
            EventKind::SqlCommit { conn_name } => format!("On {conn_name}: COMMIT"),
            EventKind::Rollback { conn_name } => format!("On {conn_name}: ROLLBACK"),
            EventKind::FinishedRunningStats { stat_line, execution, execution_time } => {
                format!("Finished running {stat_line}{execution} ({execution_time:.2}s).")
            }
            EventKind::EndRunResult { .. } => "Command end result".into(),
            EventKind::EndOfRunSummary { .. } => self.summary(kind),
            EventKind::RunResultWarning { path } => {
                style.yellow(&format!("Warning in {} ({path})", subject()))
            }
            EventKind::RunResultFailure { path } => style.red(&format!("Failure in {} ({path})", subject())),
            EventKind::RunResultError { msg } => format!("  {msg}"),
            EventKind::StatsLine(counts) => stats_line(counts),
            EventKind::CommandCompleted { command, success, completed_at, elapsed } => {
                let word = if *success { "succeeded" } else { "failed" };
                format!("Command `{command}` {word} at {} after {elapsed:.2} seconds", clock(*completed_at))
            }
            _ => String::new(),
        }
    }

    fn result_line(&self, line: &ResultLine, node: Option<&NodeInfo>) -> String {
        let style = self.style;
        let failed = line.status == RunStatus::Error;
        let described = |info: &str| format!("{info} {}", line.description);
        let (message, word) = match line.kind {
            ResultKind::NoOp => (described("NO-OP"), style.yellow("NO-OP")),
            ResultKind::Node => return line.message.clone(),
            ResultKind::Snapshot if failed => (described("ERROR snapshotting"), style.red("ERROR")),
            ResultKind::Snapshot => (described("OK snapshotted"), style.green(&line.message)),
            ResultKind::Seed => {
                let info = if failed { "ERROR loading" } else { "OK loaded" };
                let word = if failed { style.red("ERROR") } else { style.green(&line.message) };
                let name = node.map(|node| format!("{}.{}", node.facts.schema, node.facts.alias));
                (format!("{info} seed file {}", name.as_deref().unwrap_or(&line.description)), word)
            }
            _ if failed => (described("ERROR creating"), style.red("ERROR")),
            ResultKind::Function if line.status == RunStatus::Skipped => {
                (described("SKIP"), style.yellow("SKIPPED"))
            }
            ResultKind::Model if line.status == RunStatus::PartialSuccess => {
                (described("PARTIALLY created"), style.yellow(&line.message.to_uppercase()))
            }
            ResultKind::Function => (described("OK created"), style.green(&line.message.to_uppercase())),
            ResultKind::Model => (described("OK created"), style.green(&line.message)),
        };
        style.line(&message, &word, Some(line.progress), Some(line.execution_time))
    }

    fn test_line(
        &self,
        name: &str,
        status: RunStatus,
        failures: Option<i64>,
        progress: Progress,
        seconds: f64,
    ) -> String {
        let style = self.style;
        let failures = failures.unwrap_or_default();
        let (info, word) = match status {
            RunStatus::Error => ("ERROR".to_string(), style.red("ERROR")),
            RunStatus::Pass => ("PASS".to_string(), style.green("PASS")),
            RunStatus::Warn => (format!("WARN {failures}"), style.yellow(&format!("WARN {failures}"))),
            _ => (format!("FAIL {failures}"), style.red(&format!("FAIL {failures}"))),
        };
        style.line(&format!("{info} {name}"), &word, Some(progress), Some(seconds))
    }

    fn freshness_words(&self, status: RunStatus) -> (&'static str, String) {
        match status {
            RunStatus::RuntimeError => ("ERROR", self.style.red("ERROR")),
            RunStatus::Error => ("ERROR STALE", self.style.red("ERROR STALE")),
            RunStatus::Warn => ("WARN", self.style.yellow("WARN")),
            _ => ("PASS", self.style.green("PASS")),
        }
    }

    fn summary(&self, kind: &EventKind) -> String {
        let EventKind::EndOfRunSummary { num_errors, num_warnings, num_partial_success, keyboard_interrupt } =
            kind
        else {
            return String::new();
        };
        let warnings = count(*num_warnings, "warning");
        let successes = if *num_partial_success == 1 { "success" } else { "successes" };
        let partial = format!("{num_partial_success} partial {successes}");
        if *keyboard_interrupt {
            self.style.yellow("Exited because of keyboard interrupt")
        } else if *num_errors > 0 {
            let errors = count(*num_errors, "error");
            self.style.red(&format!("Completed with {errors}, {partial}, and {warnings}:"))
        } else if *num_partial_success > 0 {
            self.style.yellow(&format!("Completed with {partial} and {warnings}"))
        } else if *num_warnings > 0 {
            self.style.yellow(&format!("Completed with {warnings}:"))
        } else {
            self.style.green("Completed successfully")
        }
    }

    /// Errors in full with their place; warnings in dbt's form, their place below.
    fn diagnostic(&self, diagnostic: &Diagnostic) -> String {
        if diagnostic.severity == Severity::Note && diagnostic.event.is_some() {
            return diagnostic.message.clone();
        }
        if diagnostic.severity != Severity::Warning {
            let text = render::human(diagnostic, self.sources, self.style.colors);
            let text = text.trim_end();
            let stops = diagnostic.is_error() && diagnostic.event.is_none();
            return if stops { format!("Encountered an error:\n{text}") } else { text.to_string() };
        }
        let mut text = match diagnostic.event {
            Some(name) if is_deprecation(name) => self.style.deprecation(name, &diagnostic.message),
            Some(name) if UNTAGGED.contains(&name) => diagnostic.message.clone(),
            _ => self.style.warning(&diagnostic.message),
        };
        let is_deprecation = diagnostic.event.is_some_and(is_deprecation);
        match diagnostic.span {
            // There may be hundreds of them.
            Some(span) if is_deprecation => {
                let place = render::place(span, self.sources);
                text += &place.map(|place| format!("\n  --> {place}")).unwrap_or_default();
            }
            Some(span) => {
                let excerpt = render::excerpt(span, self.sources, self.style.colors);
                text += &format!("\n{}", excerpt.trim_end());
            }
            None => {}
        }
        for help in &diagnostic.help {
            text += &format!("\n  help: {help}");
        }
        text
    }
}

/// Names among the deprecations; others only tell of one.
fn is_deprecation(name: &str) -> bool {
    name.ends_with("Deprecation") && code_of(name).starts_with('D')
}

/// `Done. PASS=… TOTAL=…`.
pub fn stats_line(counts: &RunCounts) -> String {
    let RunCounts { pass, warn, error, skip, no_op, total } = counts;
    format!("Done. PASS={pass} WARN={warn} ERROR={error} SKIP={skip} NO-OP={no_op} TOTAL={total}")
}

fn skipped_thing(node: Option<&NodeInfo>, schema: &str) -> String {
    let Some(facts) = node.map(|node| &node.facts) else { return String::new() };
    match facts.resource_type {
        "model" | "seed" | "snapshot" => format!("relation {schema}.{}", facts.name),
        kind => format!("{kind} {}", facts.name),
    }
}

fn shown(preview: &Preview, key: &str, word: &str) -> String {
    if preview.json {
        let mut object = serde_json::Map::new();
        if !preview.is_inline {
            object.insert("node".into(), preview.node_name.to_string().into());
        }
        // Rows come as JSON already, SQL as text.
        let content = serde_json::from_str(&preview.text).ok().filter(|_| key == "show");
        object.insert(key.into(), content.unwrap_or_else(|| preview.text.clone().into()));
        return serde_json::to_string_pretty(&object).unwrap_or_default();
    }
    let is = if key == "compiled" { " is" } else { "" };
    match (preview.quiet, preview.is_inline) {
        (true, _) => preview.text.clone(),
        (false, true) => format!("{word} inline node{is}:\n{}", preview.text),
        (false, false) => format!("{word} node '{}'{is}:\n{}", preview.node_name, preview.text),
    }
}

/// Local time of day with microseconds.
fn clock(time: chrono::DateTime<chrono::Utc>) -> String {
    time.with_timezone(&chrono::Local).format("%H:%M:%S%.6f").to_string()
}
