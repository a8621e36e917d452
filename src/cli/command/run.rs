//! Commands that run nodes: `compile`, `seed`, `run`, `snapshot`, `test`, `build`.

use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Instant;

use chrono::Utc;

use super::Outcome;
use super::project::{open, select, write_manifest};
use crate::cli::exit::Exit;
use crate::cli::session::Session;
use crate::diag::Diagnostic;
use crate::event::{CompiledNodes, Event, RunResult};
use crate::execute::Interrupt;
use crate::pipeline::{self, Opened};
use crate::report::artifacts::{RunTimes, write_run_results};
use crate::selector::Command;

/// Runs what the command selects.
pub fn run(session: &Session, command: Command) -> Outcome {
    let started = Instant::now();
    let Some(opened) = open(session)? else { return Ok(Exit::Stopped) };
    let selected = select(session, &opened, command)?;
    let interrupt = Arc::new(Interrupt::default());
    let (events, received) = channel::<Option<Event>>();
    let outcome = std::thread::scope(|scope| {
        scope.spawn(move || {
            while let Ok(Some(event)) = received.recv() {
                session.emit(event);
            }
        });
        let sender = events.clone();
        // The listener lives as long as anyone can send.
        let emit = Arc::new(move |event: Event| drop(sender.send(Some(event))));
        let outcome = pipeline::run::run(&opened, command, &selected, &interrupt, emit);
        drop(events.send(None));
        outcome
    });
    let compiled: CompiledNodes =
        outcome.results.iter().filter_map(|result| Some((result.node?, result.compiled.clone()?))).collect();
    write_manifest(session, &opened, &compiled)?;
    write_results(session, &opened, &outcome.results, started)?;
    session.sink.extend(outcome.results.iter().filter_map(|result| result.diagnostic.as_deref().cloned()));
    match outcome.fatal {
        Some(fatal) if command != Command::Compile => Err(fatal),
        Some(_) => Ok(Exit::Stopped),
        None if outcome.interrupted => Ok(Exit::Stopped),
        None if outcome.results.iter().any(failed) => Ok(Exit::NodeFailed),
        None => Ok(Exit::Fine),
    }
}

fn failed(result: &RunResult) -> bool {
    use crate::event::RunStatus;
    result.status.is_failure() || result.status == RunStatus::Skipped
}

pub fn write_results(
    session: &Session,
    opened: &Opened<'_>,
    results: &[RunResult],
    started: Instant,
) -> Result<(), Diagnostic> {
    if !session.flags.output.write_json {
        return Ok(());
    }
    let path = opened.run.project.target_path.join("run_results.json");
    let times = RunTimes { generated_at: Utc::now(), elapsed: started.elapsed().as_secs_f64() };
    write_run_results(&path, results, &opened.graph, &session.invocation, times).map_err(|error| {
        Diagnostic::error("cannot-write", format!("cannot write `{}`: {error}", path.display()))
    })
}
