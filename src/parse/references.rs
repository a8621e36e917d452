//! What an entry refers to by a plain text.

use crate::diag::Diagnostic;
use crate::manifest::Node;
pub use crate::manifest::reference::{Reference, parse};

/// Adds what a text names to the node's refs or sources.
///
/// # Errors
/// `invalid-reference` when the text is neither.
pub fn add_static(node: &mut Node, text: &str) -> Result<(), Diagnostic> {
    match parse(text) {
        Some(Reference::Ref(args)) => node.refs.push(args),
        Some(Reference::Source(args)) => node.sources.push(args),
        None => {
            return Err(Diagnostic::error(
                "invalid-reference",
                format!(
                    "Invalid 'ref' or 'source' syntax on foreign key constraint 'to' on model {}: {text}.",
                    node.name
                ),
            )
            .help("write `ref('model')` or `source('source', 'table')`"));
        }
    }
    Ok(())
}

/// Whether the only Jinja of a model are calls of `ref`, `source` and `config` with plain values.
pub fn are_plain(code: &str) -> bool {
    if code.contains("{%") || code.contains("{#") {
        return false;
    }
    code.split("{{").skip(1).all(|rest| {
        let Some((call, _)) = rest.split_once("}}") else { return false };
        let call = call.trim_matches('-').trim();
        let Some((name, arguments)) = call.split_once('(') else { return false };
        match name.trim_end() {
            "ref" | "source" => parse(call).is_some(),
            "config" => arguments.ends_with(')') && !arguments[..arguments.len() - 1].contains('('),
            _ => false,
        }
    })
}
