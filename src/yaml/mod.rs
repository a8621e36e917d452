//! YAML as PyYAML's safe loader reads it (YAML 1.1 scalars), with a span on every node.
//!
//! Why no crate: docs/decisions/0002-yaml.md.

mod build;
mod digits;
mod dump;
mod emit;
mod grammar;
mod mapping;
mod scalar;
mod scan;

pub use build::parse;
pub use dump::dump;
pub use emit::emit;

use crate::source::Span;
use crate::value::{Map, Str, Value};

/// A YAML node and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Yaml {
    pub span: Span,
    pub kind: YamlKind,
}

#[derive(Clone, Debug, PartialEq)]
pub enum YamlKind {
    /// A resolved scalar; never a list or map.
    Scalar(Value),
    List(Vec<Yaml>),
    Map(Vec<YamlEntry>),
}

/// One key of a mapping; the last duplicate wins, so keys are unique here. (`1:` beside `"1":` are
/// two keys, as in Python, though their texts agree.)
#[derive(Clone, Debug, PartialEq)]
pub struct YamlEntry {
    pub key: Str,
    /// The key before it became text: `1:` is an int, `yes:` a bool.
    pub key_value: Value,
    pub key_span: Span,
    pub value: Yaml,
}

impl Yaml {
    pub fn as_map(&self) -> Option<&[YamlEntry]> {
        match &self.kind {
            YamlKind::Map(entries) => Some(entries),
            _ => None,
        }
    }

    pub fn as_list(&self) -> Option<&[Yaml]> {
        match &self.kind {
            YamlKind::List(items) => Some(items),
            _ => None,
        }
    }

    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            YamlKind::Scalar(Value::Str(text)) => Some(text),
            _ => None,
        }
    }

    pub fn is_null(&self) -> bool {
        matches!(self.kind, YamlKind::Scalar(Value::Null))
    }

    pub fn entry(&self, key: &str) -> Option<&YamlEntry> {
        self.as_map()?.iter().find(|entry| &*entry.key == key)
    }

    pub fn get(&self, key: &str) -> Option<&Yaml> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The plain value, positions dropped.
    pub fn to_value(&self) -> Value {
        match &self.kind {
            YamlKind::Scalar(value) => value.clone(),
            YamlKind::List(items) => Value::List(items.iter().map(Yaml::to_value).collect()),
            YamlKind::Map(entries) => Value::Map(to_map(entries)),
        }
    }

    /// A value as a tree, all of it at one place.
    pub fn from_value(value: Value, span: Span) -> Yaml {
        let item = |value| Yaml::from_value(value, span);
        let kind = match value {
            Value::List(items) => YamlKind::List(items.into_iter().map(item).collect()),
            Value::Map(map) => {
                let entry = |(key, value): (Str, Value)| YamlEntry {
                    key_value: Value::Str(key.clone()),
                    key,
                    key_span: span,
                    value: item(value),
                };
                YamlKind::Map(map.into_iter().map(entry).collect())
            }
            scalar => YamlKind::Scalar(scalar),
        };
        Yaml { span, kind }
    }

    /// The Python type's name, for messages.
    pub fn type_name(&self) -> &'static str {
        match &self.kind {
            YamlKind::Scalar(value) => value.type_name(),
            YamlKind::List(_) => "list",
            YamlKind::Map(_) => "dict",
        }
    }
}

/// The plain map of a mapping's entries.
pub fn to_map(entries: &[YamlEntry]) -> Map {
    entries.iter().map(|entry| (entry.key.clone(), entry.value.to_value())).collect()
}
