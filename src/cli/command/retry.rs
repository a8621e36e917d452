//! `retry`: runs again what failed, or was skipped, in the last run, with that run's options.
//! <https://docs.getdbt.com/reference/commands/retry>

use rustc_hash::FxHashMap;

use super::project::open;
use super::run::work;
use super::{Outcome, docs, operation, show};
use crate::cli::commands::{self, CommandSpec};
use crate::cli::parse::{self, Parsed, Source};
use crate::cli::resolve;
use crate::cli::session::Session;
use crate::cli::{exit::Exit, parsed};
use crate::diag::Diagnostic;
use crate::event::{BatchResults, RunStatus};
use crate::invocation::Invocation;
use crate::load::load_settings;
use crate::manifest::{Manifest, NodeId};
use crate::pipeline::run::Job;
use crate::report::artifacts::{PreviousResult, PreviousResults, read_run_results};
use crate::selector::{Command, NodeSet, nothing};
use crate::value::{Map, Value};

/// Options of this invocation that beat those of the run before.
#[rustfmt::skip]
const OWN: &[&str] = &[
    "log_path", "profiles_dir", "project_dir", "defer_state", "target_path", "warn_error",
];
/// Options that beat those of the run before when they stand on the command line.
const OVERRIDES: &[&str] = &["vars", "threads"];

pub fn run(session: &Session) -> Outcome {
    let previous = previous_run(session)?;
    let which = previous.args.get("which").and_then(Value::as_str).unwrap_or_default();
    let command = commands::by_which(which).filter(|command| can_retry(command));
    let Some(command) = command else {
        return Err(Diagnostic::error("nothing-to-retry", format!("the previous run was `{which}`"))
            .help("only commands that run nodes, and `run-operation`, can be tried again"));
    };
    if command.which == "run-operation" && !previous.results.iter().any(|result| failed(session, result)) {
        return Ok(Exit::Fine);
    }
    let session = taken_over(session, command, &previous.args)?;
    session.reporter.judge_by(&session.flags.warnings);
    match command.which {
        "run-operation" => operation::run(&session),
        "compile" if session.flags.output.inline.is_some() => show::with_inline(&session, Command::Compile),
        which => again(&session, selector_command(which), &previous),
    }
}

fn can_retry(command: &CommandSpec) -> bool {
    command.which == "run-operation" || selector_command(command.which) != Command::List
}

fn selector_command(which: &str) -> Command {
    match which {
        "build" => Command::Build,
        "clone" => Command::Clone,
        "compile" | "generate" => Command::Compile,
        "run" => Command::Run,
        "seed" => Command::Seed,
        "snapshot" => Command::Snapshot,
        "test" => Command::Test,
        _ => Command::List,
    }
}

/// run_results.json in the `--state` folder, or in the target folder.
fn previous_run(session: &Session) -> Result<PreviousResults, Diagnostic> {
    let flags = &session.flags;
    let folder = match &flags.state.state {
        Some(folder) => folder.clone(),
        None => {
            let settings = load_settings(&session.load_request(), session.sources, session.sink)?;
            // What this reading found is found again when the project is opened.
            session.sink.drain();
            settings.target_path
        }
    };
    let path = flags.project_dir.join(&folder).join("run_results.json");
    if path.is_file() {
        return read_run_results(&path).map_err(|problem| *problem);
    }
    let shown = folder.strip_prefix(&flags.project_dir).unwrap_or(&folder);
    let message = format!("Could not find previous run in '{}' target directory", shown.display());
    Err(Diagnostic::error("no-previous-run", message)
        .help("name the folder of its run_results.json with `--state`"))
}

/// The session as it would be had the previous command been called again.
fn taken_over<'a>(
    session: &Session<'a>,
    command: &'static CommandSpec,
    args: &Map,
) -> Result<Session<'a>, Diagnostic> {
    let surroundings = session.surroundings.clone();
    let mut stored = args.clone();
    stored.retain(|name, value| {
        let is_own = OWN.contains(&&**name);
        // All that was asked for of a seed's rows, dbt does not ask for again.
        !is_own && &**name != "show" && !(&**name == "warn_error_options" && is_default_options(value))
    });
    let own = parsed(&surroundings)?;
    let mut taken = parse::from_stored(command, &stored, &surroundings.env)?;
    carry_over(&own, &mut taken);
    let flags = resolve::resolve(taken, &surroundings, session.sources, session.sink)?;
    let invocation = Invocation { args: flags.args.clone(), ..(*session.invocation).clone() };
    Ok(Session {
        flags,
        surroundings,
        invocation: invocation.into(),
        sources: session.sources,
        sink: session.sink,
        reporter: session.reporter.clone(),
    })
}

fn is_default_options(options: &Value) -> bool {
    options.as_map().is_none_or(|options| options.values().all(|value| !value.is_truthy()))
}

fn carry_over(own: &Parsed, taken: &mut Parsed) {
    for name in OWN {
        taken.given.remove(name);
    }
    for (name, given) in &own.given {
        let overrides = OVERRIDES.contains(name) && given.source == Source::CommandLine;
        if OWN.contains(name) || overrides {
            taken.given.insert(name, given.clone());
        }
    }
}

/// What did not come to its end; warnings too where they are errors.
fn failed(session: &Session, result: &PreviousResult) -> bool {
    match result.status {
        RunStatus::Error
        | RunStatus::Fail
        | RunStatus::Skipped
        | RunStatus::RuntimeError
        | RunStatus::PartialSuccess => true,
        RunStatus::Warn => session.flags.warnings.warn_error,
        RunStatus::Success | RunStatus::Pass | RunStatus::NoOp => false,
    }
}

/// Hooks belong to every run and are no reason for one.
fn is_hook(result: &PreviousResult) -> bool {
    result.unique_id.starts_with("operation.")
}

fn again(session: &Session, command: Command, previous: &PreviousResults) -> Outcome {
    let Some(opened) = open(session)? else { return Ok(Exit::Stopped) };
    let manifest = &opened.graph.manifest;
    let left = previous.results.iter().filter(|result| failed(session, result) && !is_hook(result));
    let mut selected = NodeSet::with_len(manifest.nodes.len());
    for result in left {
        selected.insert(found(manifest, &result.unique_id)?);
    }
    if selected.is_empty() {
        session.sink.push(nothing(command));
    }
    let runs_models = matches!(command, Command::Run | Command::Build);
    let batches_left = if runs_models { batches_left(manifest, previous) } else { FxHashMap::default() };
    if session.flags.which.as_ref() == "generate" {
        return docs::generate_of(session, &opened, Some(selected));
    }
    work(session, &opened, |interrupt, emit| Job {
        resumed: previous.started_at.filter(|_| runs_models),
        batches_left,
        ..Job::new(command, selected, interrupt, emit)
    })
}

fn found(manifest: &Manifest, unique_id: &str) -> Result<NodeId, Diagnostic> {
    let is_there = manifest.id_of(unique_id).filter(|id| manifest.node(*id).config.enabled());
    is_there.ok_or_else(|| {
        let kind = unique_id.split('.').next().unwrap_or("node");
        Diagnostic::error(
            "unknown-node",
            format!("Couldn't find {kind} '{unique_id}', which is to be retried"),
        )
        .help("it was removed or disabled after the previous run: start a new run")
    })
}

/// The batches of models of which some were done; a model without any starts from the beginning.
fn batches_left(manifest: &Manifest, previous: &PreviousResults) -> FxHashMap<NodeId, BatchResults> {
    let is_partial = |batches: &&BatchResults| !batches.successful.is_empty() && !batches.failed.is_empty();
    previous
        .results
        .iter()
        .filter_map(|result| {
            let batches = result.batch_results.as_ref().filter(is_partial)?;
            Some((manifest.id_of(&result.unique_id)?, batches.clone()))
        })
        .collect()
}
