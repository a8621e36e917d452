//! `emit`: the selected build as SQL, in one script or in numbered files.

use std::io::Write;
use std::path::Path;

use super::project::{open, select};
use super::run::listened;
use super::{Exit, Outcome};
use crate::cli::parse::usage;
use crate::cli::session::Session;
use crate::diag::Diagnostic;
use crate::manifest::{Manifest, NodeId};
use crate::pipeline::emit::script;
use crate::report::script::{self as report, MARK, Section, Title};
use crate::selector::Command;

pub fn run(session: &Session) -> Outcome {
    let output = &session.flags.output;
    if output.path.is_some() && output.folder.is_some() {
        return Err(usage("`--output` and `--output-dir` exclude each other"));
    }
    let Some(opened) = open(session)? else { return Ok(Exit::Stopped) };
    let selected = select(session, &opened, Command::Build)?;
    let written = listened(session, |emit| script(&opened, &selected, output.incremental, emit))?;
    if !written.failed.is_empty() {
        let count = written.failed.len();
        session.sink.extend(written.failed);
        session.sink.push(Diagnostic::error(
            "not-emitted",
            format!(
                "nothing was written: {count} {} no SQL",
                if count == 1 { "node has" } else { "nodes have" }
            ),
        ));
        return Ok(Exit::NodeFailed);
    }
    let manifest = &opened.graph.manifest;
    if !written.left_out.is_empty() {
        session.sink.push(left_out(manifest, &written.left_out));
    }
    let mut sections: Vec<Section> = report::schemas(&written.schemas).into_iter().collect();
    sections.extend(written.pieces.iter().map(|piece| report::node(manifest, piece.node, &piece.statements)));
    sections.extend(report::left_out(manifest, &written.left_out));
    let title = Title {
        project: &manifest.project.name,
        dialect: &opened.run.project.profile.adapter_type,
        next_build: output.incremental,
    };
    match (&output.path, &output.folder) {
        (Some(path), _) => {
            let folder = path.parent().map_or(Ok(()), std::fs::create_dir_all);
            folder
                .and_then(|()| std::fs::write(path, report::whole(&title, &sections)))
                .map_err(|error| cannot_write(path, &error))?;
        }
        (None, Some(folder)) => {
            let files = report::files(&title, sections);
            write_files(folder, &files).map_err(|error| cannot_write(folder, &error))?;
        }
        // A closed pipe is no reason to fail.
        (None, None) => {
            drop(std::io::stdout().lock().write_all(report::whole(&title, &sections).as_bytes()));
        }
    }
    Ok(Exit::Fine)
}

/// Tests whose SQL depends on what is in the warehouse.
fn left_out(manifest: &Manifest, tests: &[NodeId]) -> Diagnostic {
    let names: Vec<String> =
        tests.iter().take(3).map(|id| format!("`{}`", manifest.node(*id).name)).collect();
    let more = tests.len() - names.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let plural = if tests.len() == 1 { "test asks" } else { "tests ask" };
    let message = format!("{} {plural} the warehouse what to test, and stand as comments only", tests.len());
    Diagnostic::warning("tests-left-out", message).note(format!("these are {}{more}", names.join(", ")))
}

fn cannot_write(path: &Path, error: &std::io::Error) -> Diagnostic {
    Diagnostic::error("output", format!("cannot write `{}`: {error}", path.display()))
}

/// Writes the files in place of those that an earlier `emit` left; others stay.
fn write_files(folder: &Path, files: &[(String, String)]) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let is_sql = path.extension().is_some_and(|ending| ending == "sql");
        if is_sql && std::fs::read(&path)?.starts_with(MARK.as_bytes()) {
            std::fs::remove_file(&path)?;
        }
    }
    for (name, text) in files {
        std::fs::write(folder.join(name), text)?;
    }
    Ok(())
}
