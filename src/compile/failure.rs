//! A failed render or statement as a diagnostic: the node, the place in its file, the macros between.

use super::source_map::{Place, origin};
use crate::adapter::error::Position;
use crate::adapter::{AdapterError, ErrorKind};
use crate::diag::Diagnostic;
use crate::jinja::context::exceptions::Raised;
use crate::jinja::context::execution::Execution;
use crate::jinja::engine::{Frame, JinjaError};
use crate::manifest::{Node, NodeKind};
use crate::source::{SourceMap, Span};

/// Why a node's turn failed: for people, and in the words of run_results.json.
#[derive(Clone, Debug)]
pub struct Failed {
    pub diagnostic: Box<Diagnostic>,
    pub message: String,
}

impl Failed {
    /// A failure that no render raised.
    pub fn of(diagnostic: Diagnostic) -> Failed {
        Failed::classed("Runtime", diagnostic)
    }

    fn classed(class: &str, diagnostic: Diagnostic) -> Failed {
        let text: Vec<String> = diagnostic.message.lines().map(|line| format!("  {line}")).collect();
        Failed { message: format!("{class} Error\n{}", text.join("\n")), diagnostic: Box::new(diagnostic) }
    }

    pub fn internal(message: impl Into<String>) -> Failed {
        Failed::classed("Internal", Diagnostic::error("internal", message))
    }

    pub fn compilation(message: impl Into<String>) -> Failed {
        Failed::classed("Compilation", Diagnostic::error("compilation-error", message))
    }

    pub fn runtime(message: impl Into<String>) -> Failed {
        Failed::classed("Runtime", Diagnostic::error("runtime-error", message))
    }

    /// A failed render or statement of a node's turn.
    pub fn of_render(error: &JinjaError, execution: &Execution, sources: &SourceMap) -> Failed {
        Failed {
            diagnostic: Box::new(of_turn(error, execution, sources)),
            message: message(error, execution),
        }
    }

    /// A statement that a turn sent itself, not through a template.
    pub fn of_statement(error: &AdapterError, execution: &Execution, sources: &SourceMap) -> Failed {
        let raised = minijinja::Error::new(minijinja::ErrorKind::InvalidOperation, error.message.clone());
        Failed::of_render(&JinjaError::of_function(raised.with_source(error.clone())), execution, sources)
    }

    /// Names the node in the message and in the diagnostic, as far as they do not yet.
    pub fn about(mut self, node: &Node) -> Failed {
        let (head, rest) = self.message.split_once('\n').unwrap_or((&self.message, ""));
        if !head.contains(" in ") {
            self.message = format!("{head}{}\n{rest}", in_node(node));
        }
        self.diagnostic.node.get_or_insert_with(|| node.unique_id.to_string());
        if self.diagnostic.span.is_none() {
            self.diagnostic.span = node.span;
        }
        self
    }
}

/// The diagnostic of a render of `node`.
pub fn diagnostic(error: &JinjaError, node: &Node, sources: &SourceMap) -> Diagnostic {
    let base = template_start(node);
    let place = |frame: &Frame| -> Option<Span> {
        match (sources.find(&frame.file), base) {
            (Some(file), _) => Some(Span::new(file, frame.span.start, frame.span.end)),
            (None, Some(base)) if *frame.name == *node.unique_id => {
                let start = base.start as usize;
                Some(Span::new(base.file, start + frame.span.start, start + frame.span.end))
            }
            (None, _) => node.span,
        }
    };
    let at = error.at.as_ref().and_then(place).or(node.span);
    let mut found = match error.source_as::<AdapterError>() {
        Some(warehouse) => Diagnostic::from(warehouse.clone()),
        None => Diagnostic::error(code(error), error.message.clone()),
    };
    found = found.at(at).node(&*node.unique_id);
    for frame in &error.frames {
        let who = if *frame.name == *node.unique_id {
            who(node)
        } else {
            format!("macro `{}`", short(&frame.name))
        };
        found = found.frame(format!("called by {who}"), place(frame));
    }
    found
}

/// `model `orders``, as messages name a node.
pub fn who(node: &Node) -> String {
    format!("{} `{}`", node.resource_type, node.name)
}

/// `macro.package.name` → `name`.
fn short(unique_id: &str) -> &str {
    unique_id.splitn(3, '.').nth(2).unwrap_or(unique_id)
}

/// Where the node's template begins in its file; none when no file holds it as it is rendered.
fn template_start(node: &Node) -> Option<Span> {
    match node.kind {
        NodeKind::GenericTest(_) | NodeKind::Operation(_) | NodeKind::UnitTest(_) => None,
        _ if node.original_file_path.ends_with(".yml") || node.original_file_path.ends_with(".yaml") => None,
        _ => node.span,
    }
}

fn code(error: &JinjaError) -> &'static str {
    use crate::jinja::engine::ErrorKind as Kind;
    match error.kind {
        Kind::Syntax | Kind::Assertion => "jinja-syntax",
        Kind::Undefined => "undefined-variable",
        Kind::Recursion => "recursion-limit",
        Kind::External if error.source_as::<Raised>().is_some() => "raised",
        Kind::Type => "invalid-arguments",
        _ => "jinja-error",
    }
}

/// The diagnostic of a node's turn: as [`diagnostic`], and a warehouse's error points into the node's
/// own file.
pub fn of_turn(error: &JinjaError, execution: &Execution, sources: &SourceMap) -> Diagnostic {
    let Some(node) = execution.node() else {
        return Diagnostic::error(code(error), error.message.clone());
    };
    let mut found = diagnostic(error, node, sources);
    let Some(warehouse) = error.source_as::<AdapterError>() else { return found };
    found.trace.clear();
    found.span = node.span;
    let place = warehouse.position.and_then(|position| in_compiled(position, execution));
    let Some((line, column)) = place else { return found };
    if let Some(compiled) = execution.compiled() {
        if let Some(base) = template_start(node) {
            found.span = origin(&node.raw_code, &compiled.compiled_code, line, column)
                .and_then(|place| span_of(place, &node.raw_code, base))
                .or(found.span);
        }
        if let Some(path) = &compiled.compiled_path {
            found = found.note(format!("in the compiled SQL: {path}:{line}:{column}"));
        }
    }
    found
}

/// From a place in the statement that ran to one in the node's compiled SQL, which it holds.
fn in_compiled(position: Position, execution: &Execution) -> Option<(usize, usize)> {
    let (statement, compiled) = (execution.last_sql()?, execution.compiled()?);
    let code = compiled.compiled_code.trim_end();
    let start = statement.find(code)?;
    let before = &statement[..start];
    let lines_before = before.matches('\n').count();
    let line = position.line.checked_sub(lines_before).filter(|line| *line > 0)?;
    if line > code.lines().count() {
        return None;
    }
    let lead = before.rsplit('\n').next().map_or(0, |lead| lead.chars().count());
    let column = if line == 1 { position.column.saturating_sub(lead) } else { position.column };
    Some((line, column.max(1)))
}

/// The rest of a template's line, from the column on.
fn span_of(place: Place, template: &str, base: Span) -> Option<Span> {
    let mut start = 0;
    for (number, line) in template.split_inclusive('\n').enumerate() {
        if number + 1 < place.line {
            start += line.len();
            continue;
        }
        let text = line.trim_end();
        let indent = text.len() - text.trim_start().len();
        let from = match place.column {
            Some(column) => text.char_indices().nth(column - 1).map_or(indent, |(at, _)| at),
            None => indent,
        };
        // A single word where the place is known, else all of the line.
        let len = match place.column {
            Some(_) => text[from..]
                .find(|c: char| !(c.is_alphanumeric() || c == '_'))
                .unwrap_or(text.len() - from)
                .max(1),
            None => text.len() - from,
        };
        let offset = base.start as usize + start + from;
        return Some(Span::new(base.file, offset, offset + len));
    }
    None
}

/// ` in model orders (models/orders.sql)`, as dbt's errors name a node.
pub fn in_node(node: &Node) -> String {
    format!(" in {} {} ({})", node.resource_type, node.name, node.original_file_path)
}

/// The error as dbt words it in run_results.json: its class and the node, the text, the macros between.
pub fn message(error: &JinjaError, execution: &Execution) -> String {
    let who = execution.node().map(in_node).unwrap_or_default();
    let warehouse = error.source_as::<AdapterError>();
    let embedded = execution.runtime.adapter.dialect().type_name() == "duckdb";
    let class = match warehouse.map(|error| error.kind) {
        Some(ErrorKind::Database | ErrorKind::Connect | ErrorKind::Locked) if !embedded => "Database",
        Some(_) => "Runtime",
        None => "Compilation",
    };
    let mut lines = vec![format!("{class} Error{who}")];
    let text = warehouse.map_or(&error.message, |error| &error.message);
    lines.extend(text.lines().map(|line| format!("  {line}")));
    if warehouse.is_none() {
        lines.extend(stack(error, execution));
    }
    lines.join("\n")
}

/// The macros between the node and the error, innermost first.
fn stack(error: &JinjaError, execution: &Execution) -> Vec<String> {
    let macros = &execution.runtime.graph.manifest.macros;
    let named = |name: &str| {
        let found = macros.get(name)?;
        Some(format!("macro {} ({})", found.name, found.original_file_path))
    };
    let places = error.at.iter().chain(&error.frames);
    let mut names: Vec<String> = places.filter_map(|frame| named(&frame.name)).collect();
    names.dedup();
    if names.is_empty() {
        return vec![];
    }
    names.extend(execution.node().map(|node| in_node(node).trim_start_matches(" in ").to_string()));
    let line =
        |(at, name): (usize, String)| format!("  > {} {name}", if at == 0 { "in" } else { "called by" });
    std::iter::once("  ".to_string()).chain(names.into_iter().enumerate().map(line)).collect()
}
