//! `lineage`: the selected part of the DAG, or its tables and keys, for other tools.

use std::io::{ErrorKind, Write};
use std::process::{Command as Process, Stdio};

use serde_json::Value as Json;

use super::project::{open, select};
use super::{Exit, Outcome};
use crate::cli::parse::usage;
use crate::cli::session::Session;
use crate::diag::Diagnostic;
use crate::pipeline::Opened;
use crate::report::lineage::erd::{CatalogColumns, Erd, ErdFormat};
use crate::report::lineage::{Lineage, LineageFormat};
use crate::selector::Command;

pub fn run(session: &Session) -> Outcome {
    let Some(opened) = open(session)? else { return Ok(Exit::Stopped) };
    let output = &session.flags.output;
    let text = match &*output.format {
        "erd" => erd(session, &opened)?,
        "svg" => svg(&lineage(session, &opened)?.write(LineageFormat::Dot), "dot")?,
        word => {
            let format = LineageFormat::parse(word)
                .ok_or_else(|| usage(format!("`{word}` is not a format of `lineage`")))?;
            lineage(session, &opened)?.write(format)
        }
    };
    match &output.path {
        Some(path) => {
            let folder = path.parent().map_or(Ok(()), std::fs::create_dir_all);
            folder.and_then(|()| std::fs::write(path, text)).map_err(|error| {
                Diagnostic::error("output", format!("cannot write `{}`: {error}", path.display()))
            })?;
        }
        // A closed pipe is no reason to fail.
        None => drop(std::io::stdout().lock().write_all(text.as_bytes())),
    }
    Ok(Exit::Fine)
}

fn lineage<'o>(session: &Session, opened: &'o Opened<'_>) -> Result<Lineage<'o>, Diagnostic> {
    let selected = select(session, opened, Command::List)?;
    let types = &session.flags.selection.resource_types;
    let tests = session.flags.output.tests || types.iter().any(|kind| kind.ends_with("test"));
    Ok(Lineage::of(&opened.graph, selected.iter(), tests))
}

/// The entities are the selected ones; without a selection, those that have to do with others.
fn erd(session: &Session, opened: &Opened<'_>) -> Result<String, Diagnostic> {
    let selected = select(session, opened, Command::List)?;
    let flags = &session.flags.selection;
    let all = flags.select.is_empty() && flags.selector.is_none();
    let erd = Erd::of(&opened.graph, selected.iter(), &catalog(opened), all);
    match &*session.flags.output.erd_format {
        "dot" => Ok(erd.write(ErdFormat::Dot)),
        "svg" => svg(&erd.write(ErdFormat::Dot), "dot"),
        _ => Ok(erd.write(ErdFormat::Mermaid)),
    }
}

/// Columns and types of target/catalog.json, as far as it is there and readable.
fn catalog(opened: &Opened<'_>) -> CatalogColumns {
    let path = opened.run.project.target_path.join("catalog.json");
    let text = std::fs::read(path).unwrap_or_default();
    let catalog: Json = serde_json::from_slice(&text).unwrap_or_default();
    let tables = ["nodes", "sources"].into_iter().filter_map(|key| catalog.get(key)?.as_object()).flatten();
    let columns = |table: &Json| -> Option<Vec<(String, String)>> {
        let mut columns: Vec<&Json> = table.get("columns")?.as_object()?.values().collect();
        columns.sort_by_key(|column| column.get("index").and_then(Json::as_i64));
        let text = |column: &Json, key: &str| column.get(key)?.as_str().map(str::to_string);
        columns.into_iter().map(|column| Some((text(column, "name")?, text(column, "type")?))).collect()
    };
    tables.filter_map(|(unique_id, table)| Some((unique_id.clone(), columns(table)?))).collect()
}

/// Has Graphviz lay out a graph.
///
/// # Errors
/// Graphviz is not installed, or refuses the graph.
fn svg(dot: &str, program: &str) -> Result<String, Diagnostic> {
    let failed = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => Diagnostic::error(
            "graphviz-missing",
            format!("`svg` needs Graphviz, and there is no `{program}` here"),
        )
        .help("install the package `graphviz`, or take `--format dot` or `--format mermaid`"),
        _ => Diagnostic::error("graphviz", format!("`{program}` cannot be run: {error}")),
    };
    let mut process = Process::new(program)
        .arg("-Tsvg")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    let stdin = process.stdin.take();
    let output = std::thread::scope(|scope| {
        scope.spawn(move || stdin.map(|mut stdin| stdin.write_all(dot.as_bytes())));
        process.wait_with_output()
    });
    let output = output.map_err(failed)?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).trim().to_string();
        return Err(Diagnostic::error(
            "graphviz",
            format!("`{program}` could not lay out the graph: {said}"),
        ));
    }
    String::from_utf8(output.stdout)
        .map_err(|_| Diagnostic::error("graphviz", format!("`{program}` gave no text")))
}
