//! What all commands that work on a parsed project share, and `parse`.

use std::sync::Arc;

use super::Outcome;
use crate::cli::exit::Exit;
use crate::cli::session::Session;
use crate::diag::Diagnostic;
use crate::event::CompiledNodes;
use crate::pipeline::{self, Opened, Request};
use crate::report::artifacts;
use crate::selector::{self, Context, Definitions, Indirect};
use crate::trace;

/// Loads, parses and resolves the project.
///
/// # Errors
/// A project that cannot be loaded; errors of its files are in the sink, and the answer is none.
pub fn open<'a>(session: &'a Session<'a>) -> Result<Option<Opened<'a>>, Diagnostic> {
    let request = Request {
        flags: Arc::new(session.flags.clone()),
        env: session.surroundings.env.clone(),
        invocation: session.invocation.clone(),
        messages: session.template_messages(),
    };
    let opened = pipeline::open(request, session.sources, session.sink)?;
    // The process ends with its command; to free a project's millions of values takes a tenth of the time
    // that a parse takes.
    std::mem::forget((opened.graph.clone(), opened.run.project.clone()));
    Ok(if session.report() { None } else { Some(opened) })
}

/// Writes manifest.json and its companions, unless `--no-write-json` says otherwise.
///
/// # Errors
/// A target folder that cannot be written.
pub fn write_manifest(
    session: &Session,
    opened: &Opened<'_>,
    compiled: &CompiledNodes,
) -> Result<(), Diagnostic> {
    if !session.flags.output.write_json {
        return Ok(());
    }
    let _span = trace::stage("report");
    let folder = &opened.run.project.target_path;
    let failed = |error: std::io::Error| {
        Diagnostic::error("cannot-write", format!("cannot write to `{}`: {error}", folder.display()))
            .help("choose another folder with `--target-path`, or `--no-write-json`")
    };
    std::fs::create_dir_all(folder).map_err(failed)?;
    artifacts::write_manifest(&folder.join("manifest.json"), &opened.graph, compiled, &session.invocation)
        .map_err(failed)?;
    artifacts::write_semantic_manifest(&folder.join("semantic_manifest.json"), &opened.graph.manifest)
        .map_err(failed)
}

/// `parse`.
pub fn parse(session: &Session) -> Outcome {
    let Some(opened) = open(session)? else { return Ok(Exit::Stopped) };
    write_manifest(session, &opened, &CompiledNodes::default())?;
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
    let outcome = outcome(session, opened, command, request)?;
    session.sink.extend(outcome.warnings);
    Ok(outcome.nodes)
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
    let root = session.flags.project_dir.clone();
    let exists = move |path: &str| root.join(path).exists();
    let previous = pipeline::state::previous(opened)?;
    let context = Context { previous: previous.as_ref(), exists: &exists };
    selector::select_for_command(command, request, &definitions, &opened.graph, &context)
}
