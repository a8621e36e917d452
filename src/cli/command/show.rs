//! `show`: the first rows of a query; and what `compile` prints of nodes that were named.

use rustc_hash::FxHashMap;

use super::Outcome;
use super::project::open;
use super::run::work;
use crate::adapter::table::PrintOptions;
use crate::adapter::{Adapter, Execute, Table};
use crate::cli::exit::Exit;
use crate::cli::parse::usage;
use crate::cli::session::Session;
use crate::event::{Event, EventKind, Preview, RunResult};
use crate::manifest::{Node, NodeId};
use crate::pipeline::Opened;
use crate::pipeline::run::Job;
use crate::selector::{Command, NodeSet};

/// dbt's name of the node of `--inline`.
const INLINE: &str = "inline_query";

pub fn run(session: &Session) -> Outcome {
    let flags = &session.flags;
    if let Some(sql) = &flags.output.inline_direct {
        return direct(session, sql);
    }
    if flags.selection.select.is_empty() && flags.output.inline.is_none() {
        return Err(usage("Either --select or --inline must be passed to show"));
    }
    with_inline(session, Command::Show)
}

/// `compile` and `show`, of what is selected or of `--inline` alone.
pub fn with_inline(session: &Session, command: Command) -> Outcome {
    let Some(opened) = open(session)? else { return Ok(Exit::Stopped) };
    let inline = session.flags.output.inline.is_some();
    let selected =
        if inline { inline_node(&opened) } else { super::project::select(session, &opened, command)? };
    work(session, &opened, |interrupt, emit| Job::new(command, selected, interrupt, emit))
}

fn inline_node(opened: &Opened<'_>) -> NodeSet {
    opened.graph.manifest.iter().filter(|(_, node)| &*node.name == INLINE).map(|(id, _)| id).collect()
}

/// SQL as it is, without a project's templates.
fn direct(session: &Session, sql: &str) -> Outcome {
    let Some(opened) = open(session)? else { return Ok(Exit::Stopped) };
    let limit = usize::try_from(session.flags.output.limit).ok();
    let mut connection = opened.run.adapter.connect("show");
    let result = connection.execute(sql, Execute { limit, ..Execute::fetch() })?;
    emit(
        session,
        Shown { name: "direct-query", unique_id: "direct-query", inline: true },
        text_of(session, &result.table),
    );
    Ok(Exit::Fine)
}

/// Shows the rows that a run kept.
pub fn rows(
    session: &Session,
    opened: &Opened<'_>,
    results: &[RunResult],
    tables: &FxHashMap<NodeId, Table>,
) {
    for (node, id) in asked_for(session, opened, results) {
        let Some(table) = tables.get(&id) else { continue };
        let name = node.search_name();
        let shown = Shown { name: &name, unique_id: &node.unique_id, inline: &*node.name == INLINE };
        emit(session, shown, text_of(session, table));
    }
}

/// Shows the SQL of nodes that were named; of a whole project it is in the files.
pub fn compiled(session: &Session, opened: &Opened<'_>, results: &[RunResult]) {
    for (node, id) in asked_for(session, opened, results) {
        let result = results.iter().find(|result| result.node == Some(id));
        let Some(compiled) = result.and_then(|result| result.compiled.as_ref()) else { continue };
        let preview = preview(session, &node.name, &node.unique_id, compiled.compiled_code.to_string());
        session.emit(Event::new(EventKind::CompiledNode(preview)));
    }
}

/// The nodes whose name stands in the selection, in the order in which they ran.
fn asked_for<'o>(
    session: &Session,
    opened: &'o Opened<'_>,
    results: &[RunResult],
) -> Vec<(&'o Node, NodeId)> {
    let select = &session.flags.selection.select;
    let asked = |node: &Node| &*node.name == INLINE || select.iter().any(|word| word.contains(&*node.name));
    let ids = results.iter().filter_map(|result| result.node);
    ids.map(|id| (opened.graph.manifest.node(id), id)).filter(|(node, _)| asked(node)).collect()
}

struct Shown<'a> {
    name: &'a str,
    unique_id: &'a str,
    inline: bool,
}

fn emit(session: &Session, shown: Shown<'_>, text: String) {
    let preview = Preview { is_inline: shown.inline, ..preview(session, shown.name, shown.unique_id, text) };
    session.emit(Event::new(EventKind::ShowNode(preview)));
}

fn preview(session: &Session, name: &str, unique_id: &str, text: String) -> Preview {
    Preview {
        node_name: name.into(),
        unique_id: unique_id.into(),
        is_inline: name == INLINE,
        text,
        json: &*session.flags.output.format == "json",
        quiet: session.flags.log.quiet,
    }
}

fn text_of(session: &Session, table: &Table) -> String {
    if &*session.flags.output.format == "json" {
        let rows = table.rows().map(|row| {
            let cells = table.column_names().iter().zip(row);
            serde_json::Value::Object(cells.map(|(name, cell)| (name.to_string(), cell.to_json())).collect())
        });
        return serde_json::Value::Array(rows.collect()).to_string();
    }
    table.print(PrintOptions { max_rows: None, ..PrintOptions::default() })
}
