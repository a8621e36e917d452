//! `docs generate`: the catalog and a site that shows it; `docs serve`: a web server for the site.
//! <https://docs.getdbt.com/reference/commands/cmd-docs>

use std::path::{Path, PathBuf};

use super::artifacts::write_manifest;
use super::project::{open, outcome, request, select};
use super::run::{listened, work};
use super::{Outcome, server};
use crate::catalog::Catalog;
use crate::cli::exit::Exit;
use crate::cli::session::Session;
use crate::diag::Diagnostic;
use crate::event::{CompiledNodes, Event, Level};
use crate::load::load_settings;
use crate::manifest::ResourceType;
use crate::pipeline::run::Job;
use crate::pipeline::{Opened, catalog};
use crate::report::{artifacts, site};
use crate::selector::{Command, NodeSet};

/// Compiles, asks the warehouse for the catalog, and writes the site.
pub fn generate(session: &Session) -> Outcome {
    let Some(opened) = open(session)? else { return Ok(Exit::Stopped) };
    let compiles = session.flags.docs.compile;
    let selected = if compiles { Some(select(session, &opened, Command::Compile)?) } else { None };
    generate_of(session, &opened, selected)
}

/// As [`generate`], for nodes that are selected already; none: without compiling, and without a manifest unless the
/// whole page needs one.
pub fn generate_of(session: &Session, opened: &Opened<'_>, selected: Option<NodeSet>) -> Outcome {
    let mut wanted = selected.clone();
    if let Some(nodes) = selected {
        let exit =
            work(session, opened, |interrupt, emit| Job::new(Command::Compile, nodes, interrupt, emit))?;
        if exit != Exit::Fine {
            session.say("CannotGenerateDocs", "compile failed, cannot generate docs");
            return Ok(exit);
        }
    } else if session.flags.docs.r#static && !opened.run.project.target_path.join("manifest.json").is_file() {
        write_manifest(session, opened, &CompiledNodes::default())?;
    }
    let folder = &opened.run.project.target_path;
    std::fs::create_dir_all(folder).map_err(|error| cannot_write(folder, &error))?;
    write(&folder.join("index.html"), site::index())?;
    copy_assets(session, opened)?;
    let found = if session.flags.docs.empty_catalog {
        Catalog::default()
    } else {
        session.say("BuildingCatalog", "Building catalog");
        if let Some(nodes) = &mut wanted {
            nodes.union_with(&sources(session, opened)?);
        }
        listened(session, |emit| catalog::catalog(opened, wanted.as_ref(), emit))?
    };
    session.sink.extend(found.errors.iter().map(|error| failed(error)));
    if session.report() {
        return Ok(Exit::Stopped);
    }
    let path = folder.join("catalog.json");
    artifacts::write_catalog(&path, &found, &session.invocation)
        .map_err(|error| cannot_write(&path, &error))?;
    session.wrote("CatalogArtifact", &path);
    if session.flags.docs.r#static {
        write_static(folder)?;
    }
    finish(session, &found, &path)
}

/// What could not be asked for is warned of; `--warn-error` makes it the end.
fn failed(error: &str) -> Diagnostic {
    Diagnostic::warning("catalog", format!("Encountered an error while generating catalog: {error}"))
        .event("CatalogGenerationError")
        .data("exc", error)
}

fn finish(session: &Session, found: &Catalog, path: &Path) -> Outcome {
    let failures = found.errors.len();
    if failures > 0 {
        let plural = if failures == 1 { "" } else { "s" };
        let text = format!("dbt encountered {failures} failure{plural} while writing the catalog");
        let event = Event::message("WriteCatalogFailure", text).level(Level::Error);
        session.emit(event.data("num_exceptions", failures as i64));
    }
    let shown = path.display().to_string();
    let event = Event::message("CatalogWritten", format!("Catalog written to {shown}"));
    session.emit(event.data("path", shown.as_str()));
    Ok(if failures > 0 { Exit::NodeFailed } else { Exit::Fine })
}

/// The sources that the selection names: they are not compiled, but they are in the catalog.
fn sources(session: &Session, opened: &Opened<'_>) -> Result<NodeSet, Diagnostic> {
    let request = crate::selector::Request {
        resource_types: vec!["source".into()],
        exclude_resource_types: vec![],
        ..request(session)
    };
    let mut nodes = outcome(session, opened, Command::List, &request)?.nodes;
    let manifest = &opened.graph.manifest;
    let others: Vec<_> =
        nodes.iter().filter(|id| manifest.node(*id).resource_type != ResourceType::Source).collect();
    others.into_iter().for_each(|id| nodes.remove(id));
    Ok(nodes)
}

fn write_static(folder: &Path) -> Result<(), Diagnostic> {
    let read = |name: &str| {
        let path = folder.join(name);
        std::fs::read_to_string(&path).map_err(|error| {
            Diagnostic::error("cannot-read", format!("cannot read `{}`: {error}", path.display()))
        })
    };
    let page = site::whole(&read("manifest.json")?, &read("catalog.json")?);
    write(&folder.join("static_index.html"), &page)
}

fn cannot_write(path: &Path, error: &std::io::Error) -> Diagnostic {
    Diagnostic::error("cannot-write", format!("cannot write `{}`: {error}", path.display()))
}

fn write(path: &Path, text: &str) -> Result<(), Diagnostic> {
    std::fs::write(path, text).map_err(|error| cannot_write(path, &error))
}

/// Copies the folders of `asset-paths` beside the site.
fn copy_assets(session: &Session, opened: &Opened<'_>) -> Result<(), Diagnostic> {
    let project = &opened.run.project;
    for asset in &project.root().config.asset_paths {
        let (from, to) = (session.flags.project_dir.join(&**asset), project.target_path.join(&**asset));
        if !from.is_dir() || to.starts_with(&from) {
            continue;
        }
        copy_folder(&from, &to).map_err(|error| cannot_write(&to, &error))?;
    }
    Ok(())
}

fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    if to.exists() {
        std::fs::remove_dir_all(to)?;
    }
    for entry in walkdir::WalkDir::new(from).follow_links(false) {
        let entry = entry?;
        let place = to.join(entry.path().strip_prefix(from).unwrap_or(entry.path()));
        if entry.file_type().is_dir() {
            std::fs::create_dir_all(&place)?;
        } else if entry.file_type().is_file() {
            std::fs::copy(entry.path(), &place)?;
        }
    }
    Ok(())
}

/// Serves the site in the target folder until it is interrupted.
pub fn serve(session: &Session) -> Outcome {
    let settings = load_settings(&session.load_request(), session.sources, session.sink)?;
    let folder: PathBuf = settings.target_path;
    if !folder.is_dir() {
        let message = format!("there is nothing to serve in `{}`", folder.display());
        return Err(Diagnostic::error("no-site", message).help("make the site with `docs generate`"));
    }
    write(&folder.join("index.html"), site::index())?;
    server::serve(session, &folder)
}
