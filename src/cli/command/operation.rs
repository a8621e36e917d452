//! `run-operation`.

use std::time::Instant;

use super::Outcome;
use super::artifacts::write_manifest;
use super::project::open;
use super::run::{listened, write_results};
use crate::cli::exit::Exit;
use crate::cli::session::Session;
use crate::event::{CompiledNodes, Event, EventKind, RunStatus};
use crate::pipeline::operation::run_operation;
use crate::report::summary::found_line;

/// Calls the macro that the command line names.
pub fn run(session: &Session) -> Outcome {
    let started = Instant::now();
    let Some(opened) = open(session)? else { return Ok(Exit::Stopped) };
    let flags = &session.flags.operation;
    write_manifest(session, &opened, &CompiledNodes::default())?;
    session.emit(Event::new(EventKind::FoundStats { stat_line: found_line(&opened.graph.manifest) }));
    let result =
        listened(session, |emit| run_operation(&opened, &flags.macro_name, &flags.macro_args, emit))?;
    let status = result.status;
    let problem = result.diagnostic.as_deref().cloned();
    session.sink.extend(problem.map(|problem| problem.event("RunningOperationCaughtError")));
    session.report();
    write_results(session, &opened, &[result], started.elapsed().as_secs_f64())?;
    Ok(if status == RunStatus::Success { Exit::Fine } else { Exit::NodeFailed })
}
