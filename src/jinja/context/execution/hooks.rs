//! `pre_hooks` and `post_hooks`: <https://docs.getdbt.com/reference/resource-configs/pre-hook-post-hook>.

use std::sync::Arc;

use minijinja::Value as Jinja;

use super::Execution;
use crate::jinja::engine::{list, map_to_jinja, to_jinja};
use crate::manifest::ResourceType;
use crate::value::{Map, Value};

/// A node's hooks as macros see them: `{sql, transaction, index}`.
pub fn get(execution: &Arc<Execution>, name: &str) -> Jinja {
    let key = if name == "pre_hooks" { "pre-hook" } else { "post-hook" };
    to_jinja(&Value::List(hooks(execution, key)))
}

/// `config.get('pre_hook')`, under either spelling.
pub fn of_config(execution: &Arc<Execution>, name: &str) -> Option<Jinja> {
    let key = match name {
        "pre-hook" | "pre_hook" => "pre-hook",
        "post-hook" | "post_hook" => "post-hook",
        _ => return None,
    };
    execution.node()?;
    Some(list(hooks(execution, key).iter().map(to_jinja).collect()))
}

fn hooks(execution: &Execution, key: &str) -> Vec<Value> {
    let Some(node) = execution.node() else { return vec![] };
    if matches!(node.resource_type, ResourceType::Source | ResourceType::Test | ResourceType::UnitTest) {
        return vec![];
    }
    // The batches of a model share its hooks: those before run with the first, those after with the last.
    let off_turn = execution.batch.as_ref().is_some_and(|batch| match key {
        "pre-hook" => !batch.is_first,
        _ => !batch.is_last,
    });
    if off_turn {
        return vec![];
    }
    match node.config.get(key) {
        Some(Value::List(items)) => items.iter().map(hook).collect(),
        Some(Value::Null) | None => vec![],
        Some(single) => vec![hook(single)],
    }
}

/// Brings a hook to the form `{sql, transaction}`: text may be a JSON object, which is what
/// `before_begin()` and its kin give.
pub fn hook(written: &Value) -> Value {
    let mut map = match written {
        Value::Map(map) => map.clone(),
        Value::Str(text) => {
            match serde_json::from_str::<serde_json::Value>(text).map(|json| Value::from_json(&json)) {
                Ok(Value::Map(map)) => map,
                _ => Map::from_iter([("sql".into(), written.clone())]),
            }
        }
        other => Map::from_iter([("sql".into(), Value::str(other.py_str()))]),
    };
    map.entry("transaction".into()).or_insert(Value::Bool(true));
    Value::Map(map)
}

/// The same for a template.
pub fn hook_value(written: &Value) -> Jinja {
    match hook(written) {
        Value::Map(map) => map_to_jinja(&map),
        other => to_jinja(&other),
    }
}
