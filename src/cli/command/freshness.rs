//! `source freshness`.

use std::time::Instant;

use chrono::Utc;

use super::Outcome;
use super::artifacts::write_manifest;
use super::project::{open, select};
use super::run::{announce, listened, tell_places};
use crate::cli::exit::Exit;
use crate::cli::session::Session;
use crate::diag::Diagnostic;
use crate::event::{CompiledNodes, Event, EventKind};
use crate::execute::{Interrupt, freshness};
use crate::manifest::{Manifest, NodeId, NodeKind};
use crate::pipeline::run::{Job, run as run_job};
use crate::report::artifacts::{RunTimes, write_sources};
use crate::report::summary::{end_of_freshness, finished_running, found_line};
use crate::selector::{Command, NodeSet};

pub fn run(session: &Session) -> Outcome {
    let started = Instant::now();
    let Some(opened) = open(session)? else { return Ok(Exit::Stopped) };
    write_manifest(session, &opened, &CompiledNodes::default())?;
    let manifest = &opened.graph.manifest;
    let asked = |id: &NodeId| freshness::is_asked(manifest.node(*id));
    let selected: NodeSet = select(session, &opened, Command::Freshness)?.iter().filter(asked).collect();
    session.emit(Event::new(EventKind::FoundStats { stat_line: found_line(manifest) }));
    warn_of_hooks(session, manifest);
    if let Some(path) = &session.flags.output.path {
        let text = format!("`--output {}` of `source freshness` is deprecated", path.display());
        session.sink.push(
            Diagnostic::warning("deprecated-option", text)
                .event("CustomOutputPathInSourceFreshnessDeprecation")
                .data("path", path.display().to_string()),
        );
    }
    if session.report() {
        return Ok(Exit::Stopped);
    }
    announce(session, &opened, &selected);
    let ended = listened(session, |emit| {
        run_job(&opened, &Job::new(Command::Freshness, selected, Interrupt::default().into(), emit))
    })?;
    let results = &ended.outcome.results;
    let seconds = started.elapsed().as_secs_f64();
    session.emit(Event::formatting(""));
    session.emit(finished_running(results, &opened.graph, seconds));
    let checked: Vec<_> =
        results.iter().filter(|result| result.node.is_some_and(|id| asked(&id))).cloned().collect();
    let path = match &session.flags.output.path {
        Some(path) => path.clone(),
        None => opened.run.project.target_path.join("sources.json"),
    };
    if session.flags.output.write_json {
        let times = RunTimes { generated_at: Utc::now(), elapsed: seconds };
        let folder = path.parent().map_or(Ok(()), std::fs::create_dir_all);
        folder
            .and_then(|()| write_sources(&path, &checked, &opened.graph, &session.invocation, times))
            .map_err(|error| {
                Diagnostic::error("cannot-write", format!("cannot write `{}`: {error}", path.display()))
            })?;
    }
    if session.flags.output.write_json {
        session.wrote("FreshnessExecutionResultArtifact", &path);
    }
    end_of_freshness(results, &opened.graph).into_iter().for_each(|event| session.emit(event));
    tell_places(session, results);
    if let Some(fatal) = ended.outcome.fatal {
        return Err(fatal);
    }
    Ok(if results.iter().any(|result| result.status.is_failure()) { Exit::NodeFailed } else { Exit::Fine })
}

/// Says that the project's hooks are left out, as its flags want it.
fn warn_of_hooks(session: &Session, manifest: &Manifest) {
    let has_hooks = manifest.nodes.iter().any(|node| matches!(node.kind, NodeKind::Operation(_)));
    if has_hooks && !session.flags.behaviour("source_freshness_run_project_hooks") {
        let text = "`source freshness` leaves `on-run-start` and `on-run-end` out, because the flag \
                    `source_freshness_run_project_hooks` is off.";
        let warning = Diagnostic::warning("deprecated-flag", text);
        session.sink.push(warning.event("SourceFreshnessProjectHooksNotRun"));
    }
}
