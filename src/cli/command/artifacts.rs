//! Writes manifest.json and its companions: as little of them as has changed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::cache::Head;
use crate::cli::session::Session;
use crate::diag::Diagnostic;
use crate::event::CompiledNodes;
use crate::manifest::ProjectInfo;
use crate::pipeline::Opened;
use crate::plan;
use crate::project::Project;
use crate::report::artifacts::{self, Changed, Stamp, Tally};
use crate::trace;
use crate::value::Str;

/// Of which parse the last manifest was, and how to know it again.
#[derive(Serialize, Deserialize)]
struct Written {
    parsed_by: Str,
    tally: Tally,
    manifest: Option<Stamp>,
    semantic_manifest: Option<Stamp>,
    /// Whether the stamps were taken early enough to tell of every later write.
    #[serde(skip)]
    has_sure_stamps: bool,
}

/// Where this is kept, and the files that it is about.
struct Paths {
    note: PathBuf,
    manifest: PathBuf,
    semantic_manifest: PathBuf,
}

/// How often a note is written again until the file system's clock has moved on.
const NOTES: usize = 12;

impl Paths {
    fn of(folder: &Path) -> Paths {
        Paths {
            note: folder.join("headwater.manifest"),
            manifest: folder.join("manifest.json"),
            semantic_manifest: folder.join("semantic_manifest.json"),
        }
    }

    fn note(&self) -> Option<Written> {
        let text = fs::read(&self.note).ok()?;
        let mut written: Written = serde_json::from_slice(&text).ok()?;
        let at = fs::metadata(&self.note).and_then(|file| file.modified()).ok()?;
        let stamps = [&written.manifest, &written.semantic_manifest];
        written.has_sure_stamps = stamps.into_iter().flatten().all(|stamp| stamp.is_before(at));
        Some(written)
    }

    fn say_written(&self, session: &Session) {
        session.wrote("WritableManifest", &self.manifest);
        session.wrote("SemanticManifest", &self.semantic_manifest);
    }

    /// Keeps a note of what the files are. Without one, the next manifest is written as a whole.
    fn keep(&self, parsed_by: &Str, tally: Tally) {
        let written = Written {
            parsed_by: parsed_by.clone(),
            tally,
            manifest: Stamp::at(&self.manifest),
            semantic_manifest: Stamp::at(&self.semantic_manifest),
            has_sure_stamps: false,
        };
        for _ in 0..NOTES {
            let note = artifacts::write_file(&self.note, |out| Ok(serde_json::to_writer(out, &written)?));
            if note.is_err() || self.note().is_none_or(|note| note.has_sure_stamps) {
                break;
            }
            thread::sleep(Duration::from_millis(1));
        }
    }
}

/// Brings the artifacts of `parse` up to date where nothing but the invocation is another; tells whether
/// that was enough.
///
/// # Errors
/// A target folder that cannot be written.
pub fn renew(session: &Session, project: &Project, kept: &Head) -> Result<bool, Diagnostic> {
    if !session.flags.output.write_json {
        return Ok(true);
    }
    let _span = trace::stage("report");
    let paths = Paths::of(&project.target_path);
    let Some(written) = paths.note().filter(|note| note.parsed_by == kept.made_by) else { return Ok(false) };
    let semantic = Stamp::at(&paths.semantic_manifest);
    if !written.has_sure_stamps || semantic.is_none() || semantic != written.semantic_manifest {
        return Ok(false);
    }
    let renewed = renew_metadata(session, &paths, &written, &kept.project);
    let renewed = renewed.map_err(|error| cannot_write(&project.target_path, &error))?;
    if renewed {
        paths.keep(&kept.made_by, written.tally);
        paths.say_written(session);
    }
    Ok(renewed)
}

fn renew_metadata(
    session: &Session,
    paths: &Paths,
    written: &Written,
    project: &ProjectInfo,
) -> io::Result<bool> {
    let (path, invocation) = (&paths.manifest, &session.invocation);
    if let Some(stamp) = written.manifest.as_ref().filter(|_| written.has_sure_stamps)
        && artifacts::overwrite_metadata(path, (stamp, &written.tally), project, invocation)?
    {
        return Ok(true);
    }
    artifacts::renew_manifest(path, &written.tally, project, invocation)
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
    let failed = |error: io::Error| cannot_write(folder, &error);
    fs::create_dir_all(folder).map_err(failed)?;
    let paths = Paths::of(folder);
    let tally = manifest(session, opened, compiled, &paths).map_err(failed)?;
    artifacts::write_semantic_manifest(&paths.semantic_manifest, &opened.graph.manifest).map_err(failed)?;
    if compiled.is_empty() && opened.is_kept() {
        paths.keep(&opened.parsed_by, tally);
    }
    paths.say_written(session);
    if &*session.flags.which == "parse" {
        return Ok(());
    }
    // Builds alone let tests hold up what lies below.
    let with_tests = (&*session.flags.which == "build").then(|| plan::all_test_edges(&opened.graph));
    let path = folder.join("graph_summary.json");
    artifacts::write_graph_summary(&path, &opened.graph, &session.invocation, with_tests.as_deref())
        .map_err(failed)
}

fn cannot_write(folder: &Path, error: &io::Error) -> Diagnostic {
    Diagnostic::error("cannot-write", format!("cannot write to `{}`: {error}", folder.display()))
        .help("choose another folder with `--target-path`, or `--no-write-json`")
}

/// manifest.json. When the one that is there is of this very parse, only its metadata are written; when
/// this parse came from the one it is of, what has changed.
fn manifest(
    session: &Session,
    opened: &Opened<'_>,
    compiled: &CompiledNodes,
    paths: &Paths,
) -> io::Result<Tally> {
    let (path, graph, invocation) = (&paths.manifest, &opened.graph, &session.invocation);
    if let Some(written) = paths.note().filter(|_| compiled.is_empty()) {
        if written.parsed_by == opened.parsed_by
            && renew_metadata(session, paths, &written, &graph.manifest.project)?
        {
            return Ok(written.tally);
        }
        if let Some(renewed) = opened.renewed.as_ref().filter(|renewed| renewed.from == written.parsed_by) {
            let changed = Changed { nodes: &renewed.nodes, edges: &renewed.edges };
            let updated = artifacts::update_manifest(path, &written.tally, (graph, &changed), invocation)?;
            if let Some(tally) = updated {
                return Ok(tally);
            }
        }
    }
    artifacts::write_manifest(path, graph, compiled, invocation)
}
