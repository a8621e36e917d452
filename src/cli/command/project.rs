//! What all commands that work on a parsed project share, and `parse`.

use std::io;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Outcome, parsed};
use crate::cli::exit::Exit;
use crate::cli::session::Session;
use crate::diag::Diagnostic;
use crate::event::{CompiledNodes, Event, EventKind};
use crate::pipeline::{self, Opened, Request};
use crate::plan;
use crate::report::artifacts;
use crate::selector::{self, Context, Definitions, Indirect};
use crate::trace;
use crate::value::{Str, Value};

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
    session.emit(adapter_registered(&opened.run.project.profile.adapter_type));
    parsed::tell(session, &opened);
    let in_inline = inline_is_wrong(session);
    if !session.report() {
        return Ok(Some(opened));
    }
    if in_inline {
        session.sink.push(Diagnostic::error("invalid-inline", "Error parsing inline query"));
    }
    Ok(None)
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
    manifest(session, opened, compiled).map_err(failed)?;
    session.wrote("WritableManifest", &folder.join("manifest.json"));
    let path = folder.join("semantic_manifest.json");
    artifacts::write_semantic_manifest(&path, &opened.graph.manifest).map_err(failed)?;
    session.wrote("SemanticManifest", &path);
    if &*session.flags.which == "parse" {
        return Ok(());
    }
    // Builds alone let tests hold up what lies below.
    let with_tests = (&*session.flags.which == "build").then(|| plan::all_test_edges(&opened.graph));
    let path = folder.join("graph_summary.json");
    artifacts::write_graph_summary(&path, &opened.graph, &session.invocation, with_tests.as_deref())
        .map_err(failed)
}

/// manifest.json. When the one that is there is of this very parse, only its metadata are written; when
/// this parse came from the one it is of, what has changed.
fn manifest(session: &Session, opened: &Opened<'_>, compiled: &CompiledNodes) -> io::Result<()> {
    let folder = &opened.run.project.target_path;
    let (path, note) = (folder.join("manifest.json"), folder.join(WRITTEN));
    let (graph, invocation) = (&opened.graph, &session.invocation);
    let earlier = std::fs::read(&note).ok().filter(|_| compiled.is_empty());
    let earlier = earlier.and_then(|text| serde_json::from_slice::<Written>(&text).ok());
    let mut tally = None;
    if let Some(Written { parsed_by, tally: written }) = &earlier {
        if *parsed_by == opened.parsed_by && artifacts::renew_manifest(&path, written, graph, invocation)? {
            return Ok(());
        }
        if let Some(renewed) = opened.renewed.as_ref().filter(|renewed| renewed.from == *parsed_by) {
            let changed = artifacts::Changed { nodes: &renewed.nodes, edges: &renewed.edges };
            tally = artifacts::update_manifest(&path, written, (graph, &changed), invocation)?;
        }
    }
    let tally = match tally {
        Some(tally) => tally,
        None => artifacts::write_manifest(&path, graph, compiled, invocation)?,
    };
    let written = Written { parsed_by: opened.parsed_by.clone(), tally };
    if compiled.is_empty() && opened.is_kept() {
        // Without it the next manifest is written as a whole.
        let _ = artifacts::write_file(&note, |out| Ok(serde_json::to_writer(out, &written)?));
    }
    Ok(())
}

/// Of which parse the last manifest was, and how to know it again.
#[derive(Serialize, Deserialize)]
struct Written {
    parsed_by: Str,
    tally: artifacts::Tally,
}

/// The name of its file in the target folder.
const WRITTEN: &str = "headwater.manifest";

/// `parse`.
pub fn parse(session: &Session) -> Outcome {
    let Some(opened) = open(session)? else { return Ok(Exit::Stopped) };
    write_manifest(session, &opened, &CompiledNodes::default())?;
    parsed::perf_info(session, &opened)?;
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
    let root = session.flags.project_dir.clone();
    let exists = move |path: &str| root.join(path).exists();
    let previous = pipeline::state::previous(opened)?;
    let context = Context { previous: previous.as_ref(), exists: &exists };
    selector::select_for_command(command, request, &definitions, &opened.graph, &context)
}
