//! DuckDB sources that are files: `meta.external_location`, filled in.
//!
//! <https://github.com/duckdb/dbt-duckdb#reading-from-external-files>

use crate::manifest::config::is_known;
use crate::manifest::{Node, ResourceType};
use crate::value::{Map, Str, Value};

/// What stands in for the source's name in SQL; none for an ordinary table, or one that a plugin makes.
pub fn location(node: &Node) -> Option<Str> {
    let fields = fields(node);
    if fields.contains_key("plugin") {
        return None;
    }
    let template = fields.get("external_location")?.py_str();
    let text = match fields.get("formatter").and_then(Value::as_str) {
        Some("oldstyle") => filled(&template, "%(", ")s", &fields),
        Some("template") => filled(&template, "${", "}", &fields),
        _ => filled(&template, "{", "}", &fields),
    };
    // A function call, or text that is quoted already, stands as it is.
    let ready = text.contains('(') || text.starts_with('\'');
    Some(if ready { text.into() } else { format!("'{text}'").into() })
}

/// What a template may name: the source's own facts, and its metadata.
fn fields(node: &Node) -> Map {
    let mut fields = Map::default();
    fields.insert("name".into(), Value::Str(node.name.clone()));
    fields.insert("identifier".into(), Value::Str(node.alias.clone()));
    fields.insert("schema".into(), Value::Str(node.schema.clone()));
    fields.insert("database".into(), node.database.clone().map_or(Value::Null, Value::Str));
    fields.extend(settings(node));
    fields
}

/// A source's metadata, and the keys of its configuration that dbt does not know.
pub fn settings(node: &Node) -> Map {
    let mut fields = Map::default();
    let source_meta = node.source().map(|source| &source.source_meta);
    for meta in [source_meta, Some(&node.meta)].into_iter().flatten() {
        fields.extend(meta.iter().map(|(key, value)| (key.clone(), value.clone())));
    }
    let custom = node.config.values.iter().filter(|(key, _)| !is_known(ResourceType::Source, key));
    fields.extend(custom.map(|(key, value)| (key.clone(), value.clone())));
    fields
}

fn filled(template: &str, open: &str, close: &str, fields: &Map) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once(open) {
        let Some((name, tail)) = after.split_once(close) else { break };
        out.push_str(before);
        match fields.get(name.trim()) {
            Some(value) => out.push_str(&value.py_str()),
            None => out.extend([open, name, close]),
        }
        rest = tail;
    }
    out + rest
}
