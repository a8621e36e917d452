//! A failed render or statement as a diagnostic: the node, the place in its file, the macros between.

use super::place;
use crate::adapter::table::SeedError;
use crate::adapter::{AdapterError, ErrorKind};
use crate::diag::Diagnostic;
use crate::jinja::context::execution::Execution;
use crate::jinja::engine::{Frame, JinjaError};
use crate::jinja::errors::code;
use crate::manifest::Node;
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
    let base = place::template_start(node);
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
    found.help.extend(error.help.clone());
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

/// `called by model `orders``, as the stack of a message names a node.
pub fn called_by(node: &Node) -> String {
    format!("called by {}", who(node))
}

/// `macro.package.name` → `name`.
fn short(unique_id: &str) -> &str {
    unique_id.splitn(3, '.').nth(2).unwrap_or(unique_id)
}

/// The diagnostic of a node's turn: as [`diagnostic`], and an error of the warehouse or of a seed's rows
/// points into the file that holds the fault.
pub fn of_turn(error: &JinjaError, execution: &Execution, sources: &SourceMap) -> Diagnostic {
    let Some(node) = execution.node() else {
        return Diagnostic::error(code(error), error.message.clone());
    };
    let found = diagnostic(error, node, sources);
    if let Some(fault) = error.source_as::<SeedError>() {
        let span = fault.at.and_then(|at| place::in_seed(node, at, execution, sources));
        let found = Diagnostic { code: "bad-seed", message: fault.message.clone(), trace: vec![], ..found };
        return Diagnostic { span: span.or(node.span), ..found };
    }
    match error.source_as::<AdapterError>() {
        Some(warehouse) => place::of_warehouse(found, warehouse, execution, sources),
        None => place::of_builtin(found, node, sources),
    }
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
