//! `ref(...)` and `source(...)` written as plain text: foreign keys, YAML snapshots, unit test inputs.

use super::RefArgs;
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
