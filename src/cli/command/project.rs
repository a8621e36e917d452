//! What all commands that work on a parsed project share, and `parse`.

use std::sync::Arc;

use super::artifacts::{self, write_manifest};
use super::{Outcome, parsed};
use crate::cli::exit::Exit;
use crate::cli::session::Session;
use crate::diag::{Diagnostic, Sink};
use crate::event::{CompiledNodes, Event, EventKind};
use crate::pipeline::{self, Begun, Opened, Request};
use crate::selector::{self, Context, Definitions, Indirect};
use crate::trace;
use crate::value::{Str, Value};

/// Loads, parses and resolves the project.
///
/// # Errors
/// A project that cannot be loaded; errors of its files are in the sink, and the answer is none.
pub fn open<'a>(session: &'a Session<'a>) -> Result<Option<Opened<'a>>, Diagnostic> {
    Ok(opened(session, begin(session)?))
}

fn begin<'a>(session: &'a Session<'a>) -> Result<Begun<'a>, Diagnostic> {
    let request = Request {
        flags: Arc::new(session.flags.clone()),
        env: session.surroundings.env.clone(),
        invocation: session.invocation.clone(),
        messages: session.template_messages(),
    };
    let begun = pipeline::begin(request, session.sources, session.sink)?;
    // The process ends with its command; to free a project's millions of values takes a tenth of the time
    // that a parse takes.
    std::mem::forget(begun.run.project.clone());
    session.emit(adapter_registered(&begun.run.project.profile.adapter_type));
    Ok(begun)
}

fn opened<'a>(session: &'a Session<'a>, begun: Begun<'a>) -> Option<Opened<'a>> {
    let opened = begun.open(session.sink);
    std::mem::forget(opened.graph.clone());
    parsed::tell(session, &parsed::How::of(session, &opened));
    let in_inline = inline_is_wrong(session);
    if !session.report() {
        return Some(opened);
    }
    if in_inline {
        session.sink.push(Diagnostic::error("invalid-inline", "Error parsing inline query"));
    }
    None
}

/// The adapter is known.
pub fn adapter_registered(name: &Str) -> Event {
    let version = format!("={}", env!("CARGO_PKG_VERSION")).into();
    Event::new(EventKind::AdapterRegistered { name: name.clone(), version })
}

/// Whether an error so far lies in the text of `--inline`.
fn inline_is_wrong(session: &Session) -> bool {
    let file = session.flags.output.inline.as_ref().and_then(|_| session.sources.find("--inline"));
    let is_there =
        |problem: &Diagnostic| problem.is_error() && problem.span.is_some_and(|span| Some(span.file) == file);
    file.is_some() && session.sink.any(is_there)
}

/// `parse`.
pub fn parse(session: &Session) -> Outcome {
    let begun = begin(session)?;
    let opened = match begun.unchanged() {
        Some(kept) => {
            let checks = kept.checks.iter().cloned().map(|check| pipeline::judged(check, &session.flags));
            session.sink.extend(kept.diagnostics.iter().cloned().chain(checks));
            parsed::tell(session, &parsed::How::Unchanged);
            if session.report() {
                return Ok(Exit::Stopped);
            }
            if artifacts::renew(session, &begun.run.project, kept)? {
                parsed::perf_info(session, &begun.run.project, &parsed::How::Unchanged)?;
                return Ok(Exit::Fine);
            }
            // What there is to say has been said.
            begun.open(&Sink::default())
        }
        None => match opened(session, begun) {
            Some(opened) => opened,
            None => return Ok(Exit::Stopped),
        },
    };
    write_manifest(session, &opened, &CompiledNodes::default())?;
    parsed::perf_info(session, &opened.run.project, &parsed::How::of(session, &opened))?;
    Ok(Exit::Fine)
}

/// The selection of the command line.
pub fn request(session: &Session) -> selector::Request {
    let flags = &session.flags.selection;
    let texts = |list: &[crate::value::Str]| list.iter().map(|text| text.to_string()).collect();
    selector::Request {
        select: texts(if flags.models.is_empty() { &flags.select } else { &flags.models }),
        exclude: texts(&flags.exclude),
        selector: flags.selector.as_ref().map(|name| name.to_string()),
        resource_types: texts(&flags.resource_types),
        exclude_resource_types: texts(&flags.exclude_resource_types),
        indirect: Indirect::parse(&flags.indirect_selection).unwrap_or_default(),
    }
}

/// The nodes that a command works on, in the manifest's order. Warnings go to the sink.
///
/// # Errors
/// A selection that does not parse.
pub fn select(
    session: &Session,
    opened: &Opened<'_>,
    command: selector::Command,
) -> Result<selector::NodeSet, Diagnostic> {
    select_request(session, opened, command, &request(session))
}

/// As [`select`], with a selection that need not be the command line's.
///
/// # Errors
/// A selection that does not parse.
pub fn select_request(
    session: &Session,
    opened: &Opened<'_>,
    command: selector::Command,
    request: &selector::Request,
) -> Result<selector::NodeSet, Diagnostic> {
    warn_of_state(session, opened);
    let outcome = outcome(session, opened, command, request)?;
    session.sink.extend(outcome.warnings);
    Ok(outcome.nodes)
}

/// A run that compares with the folder that it writes to has nothing to compare with the next time.
fn warn_of_state(session: &Session, opened: &Opened<'_>) {
    let state = &session.flags.state.state;
    if state.as_ref().is_some_and(|state| *state == opened.run.project.target_path) {
        let shown = session.flags.args.get("state").and_then(Value::as_str).unwrap_or_default();
        let message = format!(
            "Warning: The state and target directories are the same: '{shown}'. What the state holds is \
             overwritten by this run, so that changes can be missed."
        );
        let warning = Diagnostic::warning("state-is-target", message).event("WarnStateTargetEqual");
        session.sink.push(warning.data("state_path", shown));
    }
}

/// The nodes of a selection, and its warnings.
///
/// # Errors
/// A selection that does not parse.
pub fn outcome(
    session: &Session,
    opened: &Opened<'_>,
    command: selector::Command,
    request: &selector::Request,
) -> Result<selector::Outcome, Diagnostic> {
    let _span = trace::stage("select");
    let definitions = match &opened.run.project.selectors {
        Some(file) => Definitions::parse(file, request.indirect)?,
        None => Definitions::default(),
    };
    if let Some(name) = selector::default_taken(request, &definitions) {
        let text = format!("Using default selector {name}");
        session.emit(Event::message("DefaultSelector", text).data("name", name));
    }
    let root = session.flags.project_dir.clone();
    let exists = move |path: &str| root.join(path).exists();
    let previous = pipeline::state::previous(opened)?;
    let context = Context { previous: previous.as_ref(), exists: &exists };
    selector::select_for_command(command, request, &definitions, &opened.graph, &context)
}
