//! `ref(...)` and `source(...)` written as plain text: foreign keys, YAML snapshots, unit test inputs.

use crate::diag::Diagnostic;
use crate::manifest::{Node, RefArgs};
use crate::value::{Str, Value};

/// What such a text names.
#[derive(Clone, Debug, PartialEq)]
pub enum Reference {
    Ref(RefArgs),
    Source([Str; 2]),
}

/// Reads `ref('name')`, `ref('package', 'name', v=2)` or `source('source', 'table')`.
pub fn parse(text: &str) -> Option<Reference> {
    let text = text.trim();
    let (function, rest) = text.split_once('(')?;
    let inner = rest.trim_end().strip_suffix(')')?;
    let (mut positional, mut version) = (vec![], None);
    for part in split_arguments(inner)? {
        match part.split_once('=') {
            Some((key, value)) if matches!(key.trim(), "v" | "version") => {
                version = Some(literal(value.trim())?)
            }
            _ => match literal(part.trim())? {
                Value::Str(text) => positional.push(text),
                _ => return None,
            },
        }
    }
    match (function.trim(), positional.as_slice()) {
        ("ref", [name]) => {
            Some(Reference::Ref(RefArgs { name: name.clone(), package: None, version, span: None }))
        }
        ("ref", [package, name]) => Some(Reference::Ref(RefArgs {
            name: name.clone(),
            package: Some(package.clone()),
            version,
            span: None,
        })),
        ("source", [source, table]) => Some(Reference::Source([source.clone(), table.clone()])),
        _ => None,
    }
}

fn split_arguments(text: &str) -> Option<Vec<&str>> {
    let (mut parts, mut start, mut quote) = (vec![], 0, None);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => quote = Some(c),
            (None, ',') => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    if quote.is_some() {
        return None;
    }
    if !text[start..].trim().is_empty() {
        parts.push(&text[start..]);
    }
    Some(parts)
}

fn literal(text: &str) -> Option<Value> {
    let first = text.chars().next()?;
    if matches!(first, '\'' | '"') && text.len() >= 2 && text.ends_with(first) {
        return Some(Value::from(&text[1..text.len() - 1]));
    }
    text.parse::<i64>().map(Value::Int).or_else(|_| text.parse::<f64>().map(Value::Float)).ok()
}

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
                format!("Invalid 'ref' or 'source' syntax on `{}`: {text}.", node.name),
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
