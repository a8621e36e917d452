//! What a run says at its end, and the lines that count nodes.

use std::sync::Arc;

use crate::dag::Graph;
use crate::event::{Event, EventKind, Level, NodeInfo, RunCounts, RunResult, RunStatus};
use crate::manifest::{Manifest, Node, NodeKind, ResourceType};
use crate::value::Value;

/// The events that close a run: how it went, each failure and warning, the counts.
pub fn end_of_run(results: &[RunResult], graph: &Graph, interrupted: bool) -> Vec<Event> {
    let errors: Vec<&RunResult> = results.iter().filter(|result| counts_as_error(result, graph)).collect();
    let of_status = |status| results.iter().filter(move |result| result.status == status);
    let summary = EventKind::EndOfRunSummary {
        num_errors: errors.len(),
        num_warnings: of_status(RunStatus::Warn).count(),
        num_partial_success: of_status(RunStatus::PartialSuccess).count(),
        keyboard_interrupt: interrupted,
    };
    let mut events = vec![Event::formatting(""), Event::new(summary)];
    for result in errors {
        events.extend(result_events(result, graph, false));
    }
    for result in of_status(RunStatus::Warn) {
        events.extend(result_events(result, graph, true));
    }
    events.push(Event::formatting(""));
    events.push(Event::new(EventKind::StatsLine(RunCounts::of(results))));
    events
}

/// The events that close `source freshness`.
pub fn end_of_freshness(results: &[RunResult], graph: &Graph) -> Vec<Event> {
    let failed = results.iter().filter(|result| result.status.is_failure());
    let mut events: Vec<Event> = failed.flat_map(|result| result_events(result, graph, false)).collect();
    events.push(Event::message("FreshnessCheckComplete", "Done."));
    events
}

/// A node skipped for a reason of its own counts as an error, because something upstream broke.
fn counts_as_error(result: &RunResult, graph: &Graph) -> bool {
    let is_exposure =
        || result.node.is_some_and(|id| graph.manifest.node(id).resource_type == ResourceType::Exposure);
    match result.status {
        RunStatus::RuntimeError | RunStatus::Error | RunStatus::Fail => true,
        RunStatus::Skipped => result.message.is_some() && !is_exposure(),
        _ => false,
    }
}

/// One failure or warning in full: what and where, the message, where the SQL is.
pub fn result_events(result: &RunResult, graph: &Graph, as_warning: bool) -> Vec<Event> {
    let message = result.message.clone();
    let error = |msg: String| Event::new(EventKind::RunResultError { msg });
    let Some(node) = result.node.map(|id| graph.manifest.node(id)) else {
        return message.into_iter().flat_map(|msg| [Event::formatting(""), error(msg)]).collect();
    };
    match (result.status, message) {
        (RunStatus::Fail | RunStatus::Error, message) => in_full(result, node, graph, message, false),
        (RunStatus::Warn, message) if as_warning => in_full(result, node, graph, message, true),
        (RunStatus::Skipped, Some(msg)) => {
            [Event::formatting(""), error(msg)].map(|event| event.level(Level::Debug)).into()
        }
        (_, Some(msg)) => {
            let info = Arc::new(NodeInfo::of(node, &graph.manifest).with_status(result.status.as_str()));
            vec![Event::formatting(""), error(msg).about(&info)]
        }
        (_, None) => vec![],
    }
}

fn in_full(
    result: &RunResult,
    node: &Node,
    graph: &Graph,
    message: Option<String>,
    as_warning: bool,
) -> Vec<Event> {
    let info = Arc::new(NodeInfo::of(node, &graph.manifest).with_status(result.status.as_str()));
    let path = node.original_file_path.clone();
    let head =
        if as_warning { EventKind::RunResultWarning { path } } else { EventKind::RunResultFailure { path } };
    let mut events = vec![Event::formatting(""), Event::of(&info, head)];
    events.push(match message {
        Some(msg) if as_warning => {
            Event::message("RunResultWarningMessage", msg.clone()).data("msg", msg.as_str()).about(&info)
        }
        Some(msg) => Event::of(&info, EventKind::RunResultError { msg }),
        None => {
            let status = result.status.as_str();
            Event::message("RunResultErrorNoMessage", format!("  Status: {status}"))
                .data("status", status)
                .about(&info)
                .level(Level::Error)
        }
    });
    // A unit test that did not come to its end has nothing compiled that could be looked at.
    let has_sql = node.resource_type != ResourceType::UnitTest || result.status != RunStatus::Error;
    let compiled = result.compiled.as_ref().filter(|_| has_sql);
    if let Some(path) = compiled.and_then(|compiled| compiled.compiled_path.clone()) {
        let text = format!("  compiled code at {path}");
        let event = Event::message("SQLCompiledPath", text).data("path", Value::Str(path));
        events.extend([Event::formatting(""), event.about(&info)]);
    }
    if node.config.get("store_failures").is_some_and(Value::is_truthy) {
        let relation = node.relation_name.clone().unwrap_or_default();
        let query = format!("select * from {relation}");
        let border = "-".repeat(query.chars().count());
        let text = format!("  See test failures:\n  {border}\n  {query}\n  {border}");
        let event = Event::message("CheckNodeTestFailure", text).data("relation_name", Value::Str(relation));
        events.extend([Event::formatting(""), event.about(&info)]);
    }
    events
}

/// `Found 5 models, 1 seed, …`, without its first word.
pub fn found_line(manifest: &Manifest) -> String {
    use ResourceType::{
        Analysis, Exposure, Metric, Model, Operation, SavedQuery, Seed, SemanticModel, Snapshot, Source,
        SqlOperation, Test, UnitTest,
    };
    let of = |kind: ResourceType| {
        let enabled = |node: &&Node| kind != Test || node.config.enabled();
        (
            manifest.nodes.iter().filter(|node| node.resource_type == kind).filter(enabled).count(),
            kind.as_str(),
        )
    };
    // Singular tests are files and read before seeds; generic tests come last, with the properties.
    let first_singular = manifest.nodes.iter().any(|node| matches!(node.kind, NodeKind::SingularTest));
    let (early, late) = if first_singular { (Some(Test), None) } else { (None, Some(Test)) };
    let files = [
        Some(Model),
        Some(Snapshot),
        Some(Analysis),
        early,
        Some(Seed),
        Some(Operation),
        Some(SqlOperation),
        late,
    ];
    let mut counts: Vec<(usize, &str)> = files.into_iter().flatten().map(of).collect();
    counts.extend([Source, Exposure, Metric].map(of));
    counts.extend([(manifest.macros.len(), "macro"), (manifest.groups.len(), "group")]);
    counts.extend([SemanticModel, SavedQuery, UnitTest].map(of));
    join_counts(counts.into_iter().filter(|(count, _)| *count > 0))
}

/// `1 seed, 3 table models, 2 data tests`: what a run worked on, by kind.
pub fn worked_line(results: &[RunResult], graph: &Graph) -> String {
    let mut counts: std::collections::BTreeMap<String, usize> = std::collections::BTreeMap::new();
    for node in results.iter().filter_map(|result| result.node).map(|id| graph.manifest.node(id)) {
        let kind = match node.resource_type {
            ResourceType::Model => format!("{} model", node.materialized()),
            ResourceType::Operation => "project hook".into(),
            kind => kind.as_str().into(),
        };
        *counts.entry(kind).or_default() += 1;
    }
    join_counts(counts.iter().map(|(kind, count)| (*count, kind.as_str())))
}

/// The line after all work is done; `seconds` since it began.
pub fn finished_running(results: &[RunResult], graph: &Graph, seconds: f64) -> Event {
    let whole = seconds as u64;
    let execution = format!(
        " in {} hours {} minutes and {:.2} seconds",
        whole / 3600,
        whole / 60 % 60,
        seconds - (whole / 60 * 60) as f64
    );
    let stat_line = worked_line(results, graph);
    Event::new(EventKind::FinishedRunningStats { stat_line, execution, execution_time: seconds })
}

fn join_counts<'a>(counts: impl Iterator<Item = (usize, &'a str)>) -> String {
    let words: Vec<String> = counts.map(|(count, kind)| format!("{count} {}", plural(count, kind))).collect();
    words.join(", ")
}

fn plural(count: usize, kind: &str) -> String {
    let word = match kind {
        kind if count == 1 => kind.to_string(),
        "analysis" => "analyses".into(),
        "saved_query" => "saved queries".into(),
        "test" => "data tests".into(),
        kind => format!("{kind}s"),
    };
    word.replace('_', " ")
}
