//! Commands that run nodes, and what these have in common: `compile`, `seed`, `run`, `snapshot`,
//! `test`, `build`, `clone`.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use chrono::Utc;
use rustc_hash::FxHashMap;

use super::Outcome;
use super::artifacts::write_manifest;
use super::project::{open, select};
use super::show;
use crate::adapter::Table;
use crate::cli::exit::Exit;
use crate::cli::session::Session;
use crate::diag::Diagnostic;
use crate::event::{CompiledNodes, Event, EventKind, RunResult, RunStatus};
use crate::execute::Interrupt;
use crate::manifest::{NodeId, ResourceType};
use crate::pipeline::run::{Emit, Ended, Job};
use crate::pipeline::{self, Opened};
use crate::report::artifacts::{RunTimes, write_run_results};
use crate::report::junit::write_junit;
use crate::report::log::Told;
use crate::report::summary::{end_of_run, finished_running, found_line};
use crate::selector::{Command, NodeSet};

/// Runs what the command selects.
pub fn run(session: &Session, command: Command) -> Outcome {
    let Some(opened) = open(session)? else { return Ok(Exit::Stopped) };
    let selected = select(session, &opened, command)?;
    work(session, &opened, |interrupt, emit| Job::new(command, selected, interrupt, emit))
}

/// Runs a job and tells of it: lines, artifacts, exit code.
pub fn work(
    session: &Session,
    opened: &Opened<'_>,
    job: impl FnOnce(Arc<Interrupt>, Emit) -> Job,
) -> Outcome {
    let started = Instant::now();
    session.emit(Event::new(EventKind::FoundStats { stat_line: found_line(&opened.graph.manifest) }));
    if session.report() {
        return Ok(Exit::Stopped);
    }
    let (command, ended) = listened(session, |emit| {
        let interrupt = Arc::new(Interrupt::default());
        stop_on_ctrl_c(&interrupt);
        let job = job(interrupt, emit);
        announce(session, opened, &job.selected);
        pipeline::run::run(opened, &job).map(|ended| (job.command, ended))
    })?;
    close(session, opened, command, &ended, started)
}

/// Runs `body` with a way to send events from any thread; they are shown on one.
pub fn listened<T>(session: &Session, body: impl FnOnce(Emit) -> T) -> T {
    let (events, received) = channel::<Option<Told>>();
    std::thread::scope(|scope| {
        let listener = scope.spawn(move || show_all(session, &received));
        // What templates say takes the same way, so that it keeps its place among the lines.
        session.reporter.listen(Some(events.clone()));
        let sender = events.clone();
        // The listener lives as long as anyone can send.
        let done = body(Arc::new(move |event: Event| drop(sender.send(Some(Told { node: None, event })))));
        session.reporter.listen(None);
        drop(events.send(None));
        listener.thread().unpark();
        done
    })
}

/// Shows events as they come, until one is the end.
fn show_all(session: &Session, received: &Receiver<Option<Told>>) {
    while let Ok(Some(told)) = received.recv() {
        session.reporter.hear(told);
        while let Ok(told) = received.try_recv() {
            let Some(told) = told else { return session.reporter.flush() };
            session.reporter.hear(told);
        }
        session.reporter.flush();
        // To be woken for each event would cost those who send them more than their work. The end interrupts this.
        std::thread::park_timeout(PAUSE);
    }
}

/// Short enough for the eye.
const PAUSE: Duration = Duration::from_millis(5);

fn stop_on_ctrl_c(interrupt: &Arc<Interrupt>) {
    let interrupt = interrupt.clone();
    // A second handler is refused; then the first one is ours as well.
    let _ = ctrlc::set_handler(move || interrupt.set());
}

/// Says how many threads will work, when there is work.
pub fn announce(session: &Session, opened: &Opened<'_>, selected: &NodeSet) {
    let manifest = &opened.graph.manifest;
    let node_count = selected.iter().filter(|id| !manifest.node(*id).is_ephemeral()).count();
    if selected.is_empty() {
        return;
    }
    let profile = &opened.run.project.profile;
    session.emit(Event::formatting(""));
    session.emit(Event::new(EventKind::ConcurrencyLine {
        num_threads: profile.threads,
        target_name: profile.target_name.clone(),
        node_count,
    }));
    session.emit(Event::formatting(""));
}

fn close(
    session: &Session,
    opened: &Opened<'_>,
    command: Command,
    ended: &Ended,
    started: Instant,
) -> Outcome {
    let (outcome, seconds) = (&ended.outcome, started.elapsed().as_secs_f64());
    let results = &outcome.results;
    let builds = !matches!(command, Command::Compile | Command::Show | Command::Clone);
    if builds && !results.is_empty() {
        session.emit(Event::formatting(""));
        session.emit(finished_running(results, &opened.graph, seconds));
    }
    let success = outcome.is_success() && !results.iter().any(|result| failed(result, opened));
    session.emit(Event::new(EventKind::EndRunResult {
        results: Arc::new(results.clone()),
        elapsed_time: seconds,
        generated_at: Utc::now(),
        success,
    }));
    let mut compiled: CompiledNodes = outcome.ephemerals.iter().cloned().collect();
    compiled.extend(results.iter().filter_map(|result| Some((result.node?, result.compiled.clone()?))));
    // With an inline query dbt writes what it has parsed, and no more.
    let parsed = CompiledNodes::default();
    let inline = session.flags.output.inline.is_some();
    write_manifest(session, opened, if inline { &parsed } else { &compiled })?;
    if command != Command::Compile || outcome.fatal.is_none() {
        write_results(session, opened, results, seconds)?;
    }
    write_test_report(session, opened, results, seconds)?;
    session.reporter.annotate_results(results, &opened.graph);
    if let Some(fatal) = &outcome.fatal {
        return Err(fatal.clone());
    }
    match command {
        Command::Compile if &*session.flags.which == "compile" => show::compiled(session, opened, results),
        Command::Compile => {}
        Command::Show => show::rows(session, opened, results, &ended.tables),
        _ if !results.is_empty() => {
            if session.flags.output.show {
                seeds(session, opened, results, &ended.tables);
            }
            let mut events = end_of_run(results, &opened.graph, outcome.interrupted);
            // The last line, after an empty one, is the sum.
            let sum = events.split_off(events.len().saturating_sub(2));
            events.into_iter().for_each(|event| session.emit(event));
            tell_places(session, results);
            sum.into_iter().for_each(|event| session.emit(event));
        }
        _ => {}
    }
    if outcome.interrupted {
        return Ok(Exit::Stopped);
    }
    Ok(if success { Exit::Fine } else { Exit::NodeFailed })
}

fn failed(result: &RunResult, opened: &Opened<'_>) -> bool {
    let exposure = || {
        result.node.is_some_and(|id| opened.graph.manifest.node(id).resource_type == ResourceType::Exposure)
    };
    result.status.is_failure() || (result.status == RunStatus::Skipped && !exposure())
}

/// Some rows of each seed that was loaded.
fn seeds(session: &Session, opened: &Opened<'_>, results: &[RunResult], tables: &FxHashMap<NodeId, Table>) {
    for result in results.iter().filter(|result| result.status != RunStatus::Error) {
        let Some((id, table)) = result.node.and_then(|id| Some((id, tables.get(&id)?))) else { continue };
        let node = opened.graph.manifest.node(id);
        let header = format!("Random sample of table: {}.{}", node.schema, node.alias);
        let rule = "-".repeat(header.chars().count());
        session.emit(Event::formatting(""));
        session.emit(Event::message("SeedHeader", header.as_str()).data("header", header.as_str()));
        session.emit(Event::formatting(rule));
        session.emit(Event::print(table.print(Default::default())));
        session.emit(Event::formatting(""));
    }
}

/// Writes run_results.json, unless `--no-write-json` says otherwise.
///
/// # Errors
/// A target folder that cannot be written.
pub fn write_results(
    session: &Session,
    opened: &Opened<'_>,
    results: &[RunResult],
    seconds: f64,
) -> Result<(), Diagnostic> {
    if !session.flags.output.write_json {
        return Ok(());
    }
    let folder = &opened.run.project.target_path;
    let path = folder.join("run_results.json");
    let times = RunTimes { generated_at: Utc::now(), elapsed: seconds };
    std::fs::create_dir_all(folder)
        .and_then(|()| write_run_results(&path, results, &opened.graph, &session.invocation, times))
        .map_err(|error| {
            Diagnostic::error("cannot-write", format!("cannot write `{}`: {error}", path.display()))
        })?;
    let kind =
        if &*session.flags.which == "run-operation" { "RunResultsArtifact" } else { "RunExecutionResult" };
    session.wrote(kind, &path);
    Ok(())
}

/// Writes the file of `--junit`; `run` has no tests to tell of, but all of its nodes.
fn write_test_report(
    session: &Session,
    opened: &Opened<'_>,
    results: &[RunResult],
    seconds: f64,
) -> Result<(), Diagnostic> {
    let Some(path) = &session.flags.output.junit else { return Ok(()) };
    let all = &*session.flags.which == "run";
    write_junit(path, results, &opened.graph, &session.invocation, (seconds, all)).map_err(|error| {
        Diagnostic::error("cannot-write", format!("cannot write `{}`: {error}", path.display()))
    })
}

/// Shows where in the project's files the nodes went wrong, and what may help.
pub fn tell_places(session: &Session, results: &[RunResult]) {
    let found = results.iter().filter_map(|result| result.diagnostic.as_deref().cloned());
    // Programs that read events have the failure already.
    session.sink.extend(found.map(|problem| problem.event("Note")));
    session.report();
}
