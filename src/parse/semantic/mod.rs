//! The semantic layer: metrics, semantic models, saved queries, in the manifest's shape.
//! <https://docs.getdbt.com/docs/build/about-metricflow>

mod metric;
mod model;
mod saved_query;
pub mod time_spine;

use super::Parser;
use super::config::{self, NodeLevels};
use super::nodes::fqn_prefix;
use super::properties::Entry;
use super::yaml_nodes::one_of;
use crate::diag::Diagnostic;
use crate::manifest::{Node, ResourceType};
use crate::value::{Map, Str, Value};

/// A map of the keys in order; those not given are null, or have the default that is named.
fn shape(given: &Map, keys: &[(&str, Value)]) -> Map {
    keys.iter()
        .map(|(key, default)| {
            let value =
                given.get(*key).filter(|value| !value.is_null()).cloned().unwrap_or_else(|| default.clone());
            (Str::from(*key), value)
        })
        .collect()
}

/// `expr` of an element, which is SQL.
fn sql_text(entry: &Entry<'_>, given: &Map) -> Result<(), Diagnostic> {
    match given.get("expr") {
        None | Some(Value::Null | Value::Str(_)) => Ok(()),
        Some(other) => Err(entry.wrong_type("expr", "a string", other)),
    }
}

fn null(key: &'static str) -> (&'static str, Value) {
    (key, Value::Null)
}

/// `where` and `filter`: one condition or several.
fn where_filter(value: Option<&Value>) -> Value {
    let filters: Vec<Value> = match value {
        None | Some(Value::Null) => return Value::Null,
        Some(Value::List(items)) => items.clone(),
        Some(one) => vec![one.clone()],
    };
    let filters = filters
        .into_iter()
        .map(|filter| {
            Value::Map(Map::from_iter([("where_sql_template".into(), Value::from(filter.py_str()))]))
        })
        .collect();
    Value::Map(Map::from_iter([("where_filters".into(), Value::List(filters))]))
}

/// A word of a closed list, which may be written in either case.
fn word(entry: &Entry<'_>, key: &str, given: &str, allowed: &[&str]) -> Result<Value, Diagnostic> {
    let lower = given.to_lowercase();
    one_of(entry, key, &lower, allowed)?;
    Ok(lower.into())
}

impl Parser<'_> {
    fn semantic_node(&self, entry: &Entry<'_>, kind: ResourceType) -> Result<Node, Diagnostic> {
        let package = &entry.package.config.name;
        let mut fqn = fqn_prefix(package, &entry.file.path);
        fqn.push(entry.name().into());
        let given = entry.map("config")?;
        let levels = NodeLevels { patch: Some(&given), call: None };
        let config = config::build(self.project, entry.package, (kind, &fqn), levels)?;
        let unrendered = config::build_unrendered(self.project, entry.package, (kind, &fqn), levels);
        let mut node = self.bare_node(entry, kind, format!("{kind}.{package}.{}", entry.name()), fqn);
        node.group = config.get("group").and_then(Value::as_shared_str).cloned();
        node.meta = config.get("meta").and_then(Value::as_map).cloned().unwrap_or_default();
        node.config = config;
        node.unrendered_config = unrendered;
        Ok(node)
    }
}
