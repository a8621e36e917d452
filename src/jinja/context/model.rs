//! `model`, `graph`, `schema`, `database` at parse time.

use std::sync::Arc;

use minijinja::value::Value as Jinja;

use super::{NodeContext, Phase};
use crate::jinja::engine;
use crate::value::{Map, Str, Value};

pub fn get(context: &Arc<NodeContext>, name: &str) -> Option<Jinja> {
    if context.phase != Phase::Parse {
        return None;
    }
    let node = &context.node;
    Some(match name {
        "schema" => Jinja::from(&*node.schema),
        "database" => node.database.as_deref().map_or_else(|| Jinja::from(()), Jinja::from),
        "model" => engine::to_jinja(&Value::Map(facts(context))),
        // The graph is empty until everything is parsed.
        "graph" => engine::to_jinja(&Value::Map(Map::default())),
        _ => engine::to_jinja(&Value::List(vec![])),
    })
}

/// What is known of the node before its configuration is settled.
pub fn facts(context: &NodeContext) -> Map {
    let node = &context.node;
    let text = |value: &Str| Value::Str(value.clone());
    let list = |items: &[Str]| Value::List(items.iter().cloned().map(Value::Str).collect());
    Map::from_iter([
        ("unique_id".into(), text(&node.unique_id)),
        ("name".into(), text(&node.name)),
        ("resource_type".into(), node.resource_type.as_str().into()),
        ("package_name".into(), text(&node.package)),
        ("path".into(), text(&node.path)),
        ("original_file_path".into(), text(&node.original_file_path)),
        ("fqn".into(), list(&node.fqn)),
        ("raw_code".into(), text(&node.raw_code)),
        ("language".into(), "sql".into()),
        ("database".into(), node.database.clone().map_or(Value::Null, Value::Str)),
        ("schema".into(), text(&node.schema)),
        ("alias".into(), text(&node.alias)),
        ("tags".into(), list(&node.tags)),
        ("meta".into(), Value::Map(Map::default())),
        ("description".into(), "".into()),
        ("columns".into(), Value::Map(Map::default())),
        ("config".into(), Value::Map(Map::default())),
        ("version".into(), node.version.clone().unwrap_or_default()),
        (
            "depends_on".into(),
            Value::Map(Map::from_iter([
                ("nodes".into(), Value::List(vec![])),
                ("macros".into(), Value::List(vec![])),
            ])),
        ),
    ])
}
