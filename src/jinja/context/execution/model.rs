//! `model`, `graph`, and single facts of the node: `schema`, `database`, `sql`, `compiled_code`, …

use std::sync::Arc;

use minijinja::Value as Jinja;

use super::Execution;
use crate::adapter::Column;
use crate::event::CompiledNode;
use crate::jinja::engine::{dict, list, map_to_jinja, to_jinja};
use crate::manifest::{Language, ResourceType};
use crate::value::{Map, Str, Value};

pub fn get(execution: &Arc<Execution>, name: &str) -> Option<Jinja> {
    let text = |text: Option<&str>| text.map_or_else(|| Jinja::from(()), Jinja::from);
    let profile = &execution.runtime.run.project.profile;
    Some(match name {
        "model" => value(execution),
        "graph" => graph(execution),
        "schema" => Jinja::from(execution.node().map_or(&*profile.schema, |node| &*node.schema)),
        "database" => match execution.node() {
            Some(node) => text(node.database.as_deref()),
            None => text(profile.database.as_deref()),
        },
        "selected_resources" => selected(execution),
        "compiled_code" => compiled_code(execution),
        // For old macros: SQL models only.
        "sql" => match execution.node() {
            Some(node) if node.language == Language::Sql => compiled_code(execution),
            _ => Jinja::from(()),
        },
        _ => return None,
    })
}

fn compiled_code(execution: &Execution) -> Jinja {
    // What `clone` makes is a query over the other environment's relation.
    if &*execution.runtime.flags.which == "clone"
        && let Some(relation) =
            execution.node().and_then(|node| execution.runtime.deferred.get(&node.unique_id))
    {
        return Jinja::from(format!("select * from {}", relation.render()));
    }
    execution
        .compiled()
        .map_or_else(|| Jinja::from(()), |compiled| Jinja::from(compiled.compiled_code.clone()))
}

fn selected(execution: &Execution) -> Jinja {
    let runtime = &execution.runtime;
    let ids =
        runtime.selected.iter().map(|id| Jinja::from(runtime.graph.manifest.node(id).unique_id.clone()));
    list(ids.collect())
}

/// The node as a dict, made once it is compiled and kept from then on.
pub fn value(execution: &Arc<Execution>) -> Jinja {
    let compiled = execution.compiled();
    // Before compilation the dict lacks its code: such a one is not kept.
    if compiled.is_none() {
        return describe(execution, None);
    }
    execution.model.get_or_init(|| describe(execution, compiled.as_deref())).clone()
}

fn describe(execution: &Execution, compiled: Option<&CompiledNode>) -> Jinja {
    let Some(node) = execution.node() else { return Jinja::from(()) };
    let runtime = &execution.runtime;
    let mut map = without_nulls((runtime.describe)(node, &runtime.graph.manifest, compiled));
    if let Some(code) = map.get("compiled_code").cloned() {
        map.insert("compiled_sql".into(), code);
    }
    if let Some(batch) = &execution.batch {
        let time = |time: chrono::DateTime<chrono::Utc>| Value::DateTimeTz(time.fixed_offset());
        let batch = Map::from_iter([
            ("id".into(), Value::Str(batch.id.clone())),
            ("event_time_start".into(), time(batch.start)),
            ("event_time_end".into(), time(batch.end)),
        ]);
        map.insert("batch".into(), Value::Map(batch));
    }
    translate_types(execution, &mut map);
    map_to_jinja(&map)
}

/// `data_type: string` of a contract becomes the warehouse's own type, unless switched off.
fn translate_types(execution: &Execution, map: &mut Map) {
    let aliased =
        map.get("contract").and_then(|contract| contract.get("alias_types")).is_some_and(Value::is_truthy);
    if !aliased {
        return;
    }
    let dialect = execution.runtime.adapter.dialect();
    for column in map
        .get_mut("columns")
        .and_then(Value::as_map_mut)
        .into_iter()
        .flat_map(|columns| columns.values_mut())
    {
        if let Some(data_type) = column.as_map_mut().and_then(|column| column.get_mut("data_type"))
            && let Value::Str(text) = data_type
        {
            *data_type = Value::Str(Column::translate_type(dialect, text));
        }
    }
}

/// Drops what is not set, as dbt's `to_dict(omit_none=True)` does; what users wrote stays.
fn without_nulls(mut map: Map) -> Map {
    let drop_nulls = |value: Option<&mut Value>| {
        if let Some(inner) = value.and_then(Value::as_map_mut) {
            inner.retain(|_, value| !value.is_null());
        }
    };
    map.retain(|_, value| !value.is_null());
    for key in ["config", "docs", "contract", "checksum"] {
        drop_nulls(map.get_mut(key));
    }
    if let Some(config) = map.get_mut("config").and_then(Value::as_map_mut) {
        drop_nulls(config.get_mut("docs"));
        for key in ["pre-hook", "post-hook"] {
            if let Some(Value::List(hooks)) = config.get_mut(key) {
                hooks.iter_mut().for_each(|hook| drop_nulls(Some(hook)));
            }
        }
    }
    for column in map
        .get_mut("columns")
        .and_then(Value::as_map_mut)
        .into_iter()
        .flat_map(|columns| columns.values_mut())
    {
        drop_nulls(Some(column));
    }
    map
}

/// All resources by kind and unique id, as dbt's `flat_graph`.
fn graph(execution: &Execution) -> Jinja {
    let runtime = &execution.runtime;
    let make = || {
        let manifest = &runtime.graph.manifest;
        let mut sections: Vec<(&str, Vec<(Str, Jinja)>)> = [
            "exposures",
            "groups",
            "metrics",
            "nodes",
            "sources",
            "semantic_models",
            "saved_queries",
            "functions",
        ]
        .map(|name| (name, vec![]))
        .into();
        for node in &manifest.nodes {
            let section = match node.resource_type {
                ResourceType::Exposure => "exposures",
                ResourceType::Metric => "metrics",
                ResourceType::Source => "sources",
                ResourceType::SemanticModel => "semantic_models",
                ResourceType::SavedQuery => "saved_queries",
                ResourceType::Function => "functions",
                ResourceType::UnitTest => continue,
                _ => "nodes",
            };
            let entry = (node.unique_id.clone(), map_to_jinja(&(runtime.describe)(node, manifest, None)));
            if let Some((_, entries)) = sections.iter_mut().find(|(name, _)| *name == section) {
                entries.push(entry);
            }
        }
        if let Some((_, entries)) = sections.iter_mut().find(|(name, _)| *name == "groups") {
            entries.extend(manifest.groups.values().map(|group| {
                let map = Map::from_iter([
                    ("name".into(), Value::Str(group.name.clone())),
                    ("resource_type".into(), "group".into()),
                    ("package_name".into(), Value::Str(group.package.clone())),
                    ("path".into(), Value::Str(group.path.clone())),
                    ("original_file_path".into(), Value::Str(group.original_file_path.clone())),
                    ("unique_id".into(), Value::Str(group.unique_id.clone())),
                    ("owner".into(), Value::Map(group.owner.clone())),
                ]);
                (group.unique_id.clone(), to_jinja(&Value::Map(map)))
            }));
        }
        dict(sections.into_iter().map(|(name, entries)| (name, dict(entries))).collect::<Vec<_>>())
    };
    runtime.graph_value.get_or_init(make).clone()
}
