//! Renders descriptions: `{{ doc('…') }}` and what else dbt allows there.

use rayon::prelude::*;

use crate::diag::{Diagnostic, Sink};
use crate::manifest::{Manifest, Node, NodeKind};
use crate::source::Span;
use crate::value::{Str, Value};

/// Renders one description of a resource in a package; gives the text and the unique ids of the
/// docs blocks that it used.
pub type RenderDescription<'a> = dyn Fn(&str, &Str) -> Result<(String, Vec<Str>), Diagnostic> + Sync + 'a;

/// Renders the descriptions of all nodes, their columns, sources and macros.
pub fn render(manifest: &mut Manifest, render: &RenderDescription<'_>, sink: &Sink) {
    manifest.nodes.par_iter_mut().for_each(|node| render_node(node, render, sink));
    for entry in manifest.macros.values_mut() {
        let arguments = entry.arguments.iter().any(|argument| has_jinja(&argument.description));
        if !has_jinja(&entry.description) && !arguments {
            continue;
        }
        let mut rendered = (**entry).clone();
        let package = rendered.package.clone();
        let mut texts: Vec<&mut Str> = vec![&mut rendered.description];
        texts.extend(rendered.arguments.iter_mut().map(|argument| &mut argument.description));
        for text in texts {
            replace(text, &mut vec![], (&package, None), render, sink);
        }
        *entry = std::sync::Arc::new(rendered);
    }
}

/// Renders the descriptions of a node and its columns.
pub fn render_node(node: &mut Node, render: &RenderDescription<'_>, sink: &Sink) {
    let at = (&node.package.clone(), node.span);
    replace(&mut node.description, &mut node.doc_blocks, at, render, sink);
    for column in node.columns.values_mut() {
        replace(&mut column.description, &mut column.doc_blocks, at, render, sink);
    }
    match &mut node.kind {
        NodeKind::Source(source) => {
            replace(&mut source.source_description, &mut vec![], at, render, sink);
        }
        NodeKind::SemanticModel(model) => {
            for key in ["dimensions", "measures", "entities"] {
                let Some(Value::List(elements)) = model.spec.get_mut(key) else { continue };
                let described =
                    elements.iter_mut().filter_map(|element| element.as_map_mut()?.get_mut("description"));
                for description in described {
                    if let Value::Str(text) = description {
                        replace(text, &mut vec![], at, render, sink);
                    }
                }
            }
        }
        _ => {}
    }
}

fn has_jinja(text: &str) -> bool {
    text.contains("{{") || text.contains("{%") || text.contains("{#")
}

fn replace(
    text: &mut Str,
    doc_blocks: &mut Vec<Str>,
    (package, span): (&Str, Option<Span>),
    render: &RenderDescription<'_>,
    sink: &Sink,
) {
    if !has_jinja(text) {
        return;
    }
    match render(text, package) {
        Ok((rendered, used)) => {
            *text = rendered.into();
            *doc_blocks = used;
        }
        Err(problem) => {
            let span = problem.span.or(span);
            sink.push(problem.at(span));
        }
    }
}
