//! Where in the project's files a statement that failed came from.

use std::sync::LazyLock;

use regex::Regex;

use super::source_map::{Place, origin};
use crate::adapter::AdapterError;
use crate::adapter::error::Position;
use crate::adapter::table::value_place;
use crate::diag::Diagnostic;
use crate::event::CompiledNode;
use crate::jinja::context::execution::Execution;
use crate::manifest::written::{self, Written};
use crate::manifest::{Node, NodeKind};
use crate::source::{SourceMap, Span};
use crate::yaml::Yaml;

/// Where the node's template begins in its file; none when no file holds it as it is rendered.
pub fn template_start(node: &Node) -> Option<Span> {
    match node.kind {
        NodeKind::GenericTest(_) | NodeKind::Operation(_) | NodeKind::UnitTest(_) => None,
        _ if node.original_file_path.ends_with(".yml") || node.original_file_path.ends_with(".yaml") => None,
        _ => node.span,
    }
}

/// Points the diagnostic of a refused statement into the node's file, or that of an ephemeral model in it.
pub fn of_warehouse(
    mut found: Diagnostic,
    warehouse: &AdapterError,
    execution: &Execution,
    sources: &SourceMap,
) -> Diagnostic {
    let Some(node) = execution.node() else { return found };
    let place = warehouse.position.and_then(|position| in_compiled(position, execution));
    let compiled = execution.compiled();
    if let Some(compiled) = compiled.as_ref().filter(|compiled| holds(execution, &compiled.compiled_code)) {
        found.help.extend(advice(&found.message, &compiled.compiled_code).map(String::from));
    }
    let (Some(at), Some(compiled)) = (place, compiled) else {
        return not_compiled(found, node, execution, sources);
    };
    found.trace.clear();
    found.span = node.span;
    if let Some((base, span)) = in_ephemeral(at, &compiled, execution) {
        found = found.frame(super::failure::called_by(node), node.span);
        found.span = Some(span).or(base.span);
    } else if let Some(base) = template_start(node) {
        let place = origin(&node.raw_code, &compiled.compiled_code, at.line, at.column);
        found.span = place.and_then(|place| span_of(place, &node.raw_code, base)).or(found.span);
    }
    match &compiled.compiled_path {
        Some(path) => found.note(format!("in the compiled SQL: {path}:{}:{}", at.line, at.column)),
        None => found,
    }
}

/// Whether the statement that ran holds this text.
fn holds(execution: &Execution, code: &str) -> bool {
    execution.last_sql().is_some_and(|sent| sent.contains(code.trim_end()))
}

/// What is wrong with a model's SQL as a whole, where a parser of SQL says little.
fn advice(message: &str, code: &str) -> Option<&'static str> {
    if !message.contains("syntax error") {
        return None;
    }
    if code.lines().map(str::trim).all(|line| line.is_empty() || line.starts_with("--")) {
        return Some("the model has no query: write a `select`, or leave the file out");
    }
    let ends = code.trim_end().ends_with(';') && message.contains("near \";\"");
    ends.then_some("leave out the `;` at the end: the query is put into another statement")
}

/// An error that a built-in macro raised is about the project's own file that called it, or about the node.
pub fn of_builtin(mut found: Diagnostic, node: &Node, sources: &SourceMap) -> Diagnostic {
    let Some(raised) = found.span.filter(|span| !is_own(*span, sources)) else { return found };
    let called = innermost_own(&mut found, sources);
    if called.is_none() {
        found.trace.clear();
    }
    found.span = called.or_else(|| in_contract(&found.message, node, sources)).or(node.span);
    match crate::diag::render::place(raised, sources) {
        Some(place) => found.note(format!("raised at {place}")),
        None => found,
    }
}

fn is_own(span: Span, sources: &SourceMap) -> bool {
    sources.get(span.file).is_some_and(|file| !file.path.starts_with('<'))
}

/// Takes the stack up to the innermost call that stands in a file of the project.
fn innermost_own(found: &mut Diagnostic, sources: &SourceMap) -> Option<Span> {
    let own = |span: Option<Span>| span.is_some_and(|span| is_own(span, sources));
    let at = found.trace.iter().position(|frame| own(frame.span))?;
    found.trace.drain(..=at).next_back()?.span
}

/// The column that a contract's error names first, in the YAML entry of the node.
fn in_contract(message: &str, node: &Node, sources: &SourceMap) -> Option<Span> {
    if !message.starts_with("This model has an enforced contract") {
        return None;
    }
    let entry = written::entry(&Written::of(node), sources)?;
    let columns = entry.get("columns")?;
    let named = |column: &Yaml| -> Option<(usize, Span)> {
        let name = column.get("name")?;
        let at = message.find(&format!("\n| {} ", name.to_value().py_str()))?;
        Some((at, column.get("data_type").unwrap_or(name).span))
    };
    let first = columns.as_list()?.iter().filter_map(named).min_by_key(|(at, _)| *at);
    Some(first.map_or(columns.span, |(_, span)| span))
}

/// A statement that is not the node's own SQL: of a macro, or the rows of a seed.
fn not_compiled(
    mut found: Diagnostic,
    node: &Node,
    execution: &Execution,
    sources: &SourceMap,
) -> Diagnostic {
    let called = match found.span.filter(|span| is_own(*span, sources) && Some(*span) != node.span) {
        Some(span) => Some(span),
        None => innermost_own(&mut found, sources),
    };
    if called.is_none() {
        found.trace.clear();
    }
    found.span = called.or_else(|| in_text(node, execution)).or(node.span);
    if matches!(node.kind, NodeKind::Seed(_)) {
        let place = value_in_seed(&found.message, node, execution, sources);
        if place.is_some() {
            // Behind it come advice and all options of the reader.
            let lines = found.message.lines().take_while(|line| !line.starts_with("* "));
            found.message = lines.collect::<Vec<_>>().join("\n");
        }
        found.span = place.or_else(|| in_seed(node, Position { line: 1, column: 1 }, execution, sources));
    }
    found
}

/// A statement that stands in the node's text as it was sent, as hooks do.
fn in_text(node: &Node, execution: &Execution) -> Option<Span> {
    let sent = execution.last_sql()?;
    // In front stands the query comment.
    let statement = sent.split_once("*/").map_or(&*sent, |(_, rest)| rest).trim().trim_end_matches(';');
    let at = node.raw_code.find(statement).filter(|_| !statement.is_empty())?;
    let base = template_start(node)?;
    let start = base.start as usize + at;
    Some(Span::new(base.file, start, start + statement.len()))
}

/// The value that a database could not convert, where it names line and column.
fn value_in_seed(message: &str, node: &Node, execution: &Execution, sources: &SourceMap) -> Option<Span> {
    static CONVERTING: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r#"(?s)CSV Error on Line: (\d+)\n.*?converting column "([^"\n]+)""#).ok()
    });
    let named = CONVERTING.as_ref()?.captures(message)?;
    let text = execution.seed_text()?;
    let delimiter = node.config.get_str("delimiter").and_then(|text| text.chars().next()).unwrap_or(',');
    let at = value_place(&text, delimiter, named[1].parse().ok()?, &named[2])?;
    in_seed(node, at, execution, sources)
}

/// From a place in a seed up to the next comma or the end of the line.
pub fn in_seed(node: &Node, at: Position, execution: &Execution, sources: &SourceMap) -> Option<Span> {
    let text = execution.seed_text()?;
    let line = text.lines().nth(at.line.checked_sub(1)?)?;
    let start = line.char_indices().nth(at.column - 1).map_or(line.len(), |(at, _)| at);
    let length = line[start..].find(',').unwrap_or(line.len() - start);
    let shown = sources.path(node.span?.file);
    let file = sources.add(&*shown, &*text);
    let start = sources.get(file)?.line_start(at.line) + start;
    Some(Span::new(file, start, start + length))
}

/// From a place in the statement that ran to one in the node's compiled SQL, which it holds.
fn in_compiled(position: Position, execution: &Execution) -> Option<Position> {
    within(position, &execution.last_sql()?, execution.compiled()?.compiled_code.trim_end())
}

/// From a place in `whole` to one in `part`, which it holds.
fn within(position: Position, whole: &str, part: &str) -> Option<Position> {
    let before = &whole[..whole.find(part)?];
    let line = position.line.checked_sub(before.matches('\n').count()).filter(|line| *line > 0)?;
    if line > part.lines().count() {
        return None;
    }
    let lead = before.rsplit('\n').next().map_or(0, |lead| lead.chars().count());
    let column = if line == 1 { position.column.saturating_sub(lead) } else { position.column };
    Some(Position { line, column: column.max(1) })
}

/// The ephemeral model whose SQL, put in front of the node's, holds the place.
fn in_ephemeral<'e>(
    at: Position,
    compiled: &CompiledNode,
    execution: &'e Execution,
) -> Option<(&'e Node, Span)> {
    let manifest = &execution.runtime.graph.manifest;
    compiled.extra_ctes.iter().find_map(|cte| {
        let own = cte.sql.split_once(" as (\n")?.1.strip_suffix("\n)")?;
        let inner = within(at, &compiled.compiled_code, own)?;
        let node = manifest.node(manifest.id_of(&cte.id)?);
        let place = origin(&node.raw_code, own, inner.line, inner.column)?;
        Some((node, span_of(place, &node.raw_code, template_start(node)?)?))
    })
}

/// A place of a template in its file.
fn span_of(place: Place, template: &str, base: Span) -> Option<Span> {
    let line = template.split_inclusive('\n').nth(place.line.checked_sub(1)?)?;
    let start: usize = template.split_inclusive('\n').take(place.line - 1).map(str::len).sum();
    let text = line.trim_end();
    let offset = |column: usize| text.char_indices().nth(column).map_or(text.len(), |(at, _)| at);
    let (from, to) = match place.columns {
        // All that stands on the line.
        None => (text.len() - text.trim_start().len(), text.len()),
        Some((first, 0)) => {
            let from = offset(first - 1);
            let word = text[from..].find(|c: char| !(c.is_alphanumeric() || c == '_'));
            (from, from + word.unwrap_or(text.len() - from).max(1))
        }
        Some((first, length)) => (offset(first - 1), offset(first - 1 + length)),
    };
    let start = base.start as usize + start;
    Some(Span::new(base.file, start + from, start + to))
}
