//! `run-operation`.

use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Instant;

use super::Outcome;
use super::project::{open, write_manifest};
use super::run::write_results;
use crate::cli::exit::Exit;
use crate::cli::session::Session;
use crate::event::{CompiledNodes, Event, RunStatus};
use crate::pipeline::operation::run_operation;

/// Calls the macro that the command line names.
pub fn run(session: &Session) -> Outcome {
    let started = Instant::now();
    let Some(opened) = open(session)? else { return Ok(Exit::Stopped) };
    let flags = &session.flags.operation;
    let (events, received) = channel::<Option<Event>>();
    let result = std::thread::scope(|scope| {
        scope.spawn(move || {
            while let Ok(Some(event)) = received.recv() {
                session.emit(event);
            }
        });
        let sender = events.clone();
        let emit = Arc::new(move |event: Event| drop(sender.send(Some(event))));
        let result = run_operation(&opened, &flags.macro_name, &flags.macro_args, emit);
        drop(events.send(None));
        result
    })?;
    write_manifest(session, &opened, &CompiledNodes::default())?;
    let status = result.status;
    session.sink.extend(result.diagnostic.as_deref().cloned());
    write_results(session, &opened, &[result], started)?;
    Ok(if status == RunStatus::Success { Exit::Fine } else { Exit::NodeFailed })
}
