//! `run-operation`.

use std::time::Instant;

use super::Outcome;
use super::project::{open, write_manifest};
use super::run::{listened, tell_places, write_results};
use crate::cli::exit::Exit;
use crate::cli::session::Session;
use crate::event::{CompiledNodes, RunStatus};
use crate::pipeline::operation::run_operation;

/// Calls the macro that the command line names.
pub fn run(session: &Session) -> Outcome {
    let started = Instant::now();
    let Some(opened) = open(session)? else { return Ok(Exit::Stopped) };
    let flags = &session.flags.operation;
    write_manifest(session, &opened, &CompiledNodes::default())?;
    let result =
        listened(session, |emit| run_operation(&opened, &flags.macro_name, &flags.macro_args, emit))?;
    let status = result.status;
    tell_places(session, std::slice::from_ref(&result));
    write_results(session, &opened, &[result], started.elapsed().as_secs_f64())?;
    Ok(if status == RunStatus::Success { Exit::Fine } else { Exit::NodeFailed })
}
