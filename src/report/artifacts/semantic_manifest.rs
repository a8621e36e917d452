//! semantic_manifest.json: semantic models, metrics and saved queries for MetricFlow.

use std::io;
use std::path::Path;

use super::{Json, write_file};
use crate::manifest::{Manifest, Node, NodeKind};
use crate::value::{Map, Value};

/// What of a structure is written: the keys, and the shape of what stands under them.
struct Shape(&'static [(&'static str, Part)]);

enum Part {
    /// As it is; null when missing.
    Any,
    /// An empty list when missing.
    List,
    Object(&'static Shape),
    Objects(&'static Shape),
}

use Part::{Any, List, Object, Objects};

static META: Shape = Shape(&[("meta", Any)]);
static ENTITY: Shape = Shape(&[
    ("name", Any),
    ("description", Any),
    ("type", Any),
    ("role", Any),
    ("expr", Any),
    ("metadata", Any),
    ("label", Any),
    ("config", Object(&META)),
]);
static MEASURE: Shape = Shape(&[
    ("name", Any),
    ("agg", Any),
    ("description", Any),
    ("create_metric", Any),
    ("expr", Any),
    ("agg_params", Any),
    ("metadata", Any),
    ("non_additive_dimension", Any),
    ("agg_time_dimension", Any),
    ("label", Any),
    ("config", Object(&META)),
]);
static DIMENSION: Shape = Shape(&[
    ("name", Any),
    ("description", Any),
    ("type", Any),
    ("is_partition", Any),
    ("type_params", Any),
    ("expr", Any),
    ("metadata", Any),
    ("label", Any),
    ("config", Object(&META)),
]);
static SEMANTIC_MODEL: Shape = Shape(&[
    ("defaults", Any),
    ("node_relation", Any),
    ("primary_entity", Any),
    ("entities", Objects(&ENTITY)),
    ("measures", Objects(&MEASURE)),
    ("dimensions", Objects(&DIMENSION)),
    ("label", Any),
    ("metadata", Any),
]);
static CUMULATIVE: Shape = Shape(&[("window", Any), ("grain_to_date", Any), ("period_agg", Any)]);
static TYPE_PARAMS: Shape = Shape(&[
    ("measure", Any),
    ("numerator", Any),
    ("denominator", Any),
    ("expr", Any),
    ("window", Any),
    ("grain_to_date", Any),
    ("metrics", List),
    ("conversion_type_params", Any),
    ("cumulative_type_params", Object(&CUMULATIVE)),
    ("input_measures", List),
]);
static METRIC: Shape = Shape(&[
    ("type", Any),
    ("type_params", Object(&TYPE_PARAMS)),
    ("filter", Any),
    ("metadata", Any),
    ("label", Any),
    ("time_granularity", Any),
]);
static QUERY_PARAMS: Shape =
    Shape(&[("metrics", List), ("group_by", List), ("order_by", List), ("limit", Any), ("where", Any)]);
static EXPORT_CONFIG: Shape = Shape(&[("export_as", Any), ("schema_name", Any), ("alias", Any)]);
static EXPORT: Shape = Shape(&[("name", Any), ("config", Object(&EXPORT_CONFIG))]);
static SAVED_QUERY: Shape = Shape(&[
    ("query_params", Object(&QUERY_PARAMS)),
    ("metadata", Any),
    ("label", Any),
    ("exports", Objects(&EXPORT)),
]);

/// Version of the interface package whose shape this is.
const DSI_VERSION: [&str; 3] = ["0", "9", "0"];
/// A model of this name is a time spine also without configuration.
const LEGACY_TIME_SPINE: &str = "metricflow_time_spine";

/// Writes semantic_manifest.json.
///
/// # Errors
/// When the file cannot be written.
pub fn write_semantic_manifest(path: &Path, manifest: &Manifest) -> io::Result<()> {
    let bytes = semantic_manifest(manifest);
    write_file(path, |out| out.write_all(&bytes))
}

fn semantic_manifest(manifest: &Manifest) -> Vec<u8> {
    let mut json = Json::default();
    json.open().key("semantic_models").open_list();
    for (node, spec) in specs(manifest, |kind| matches!(kind, NodeKind::SemanticModel(_))) {
        json.open().key("name").str(&node.name);
        description(&mut json, node, true);
        entries(&mut json, spec, &SEMANTIC_MODEL);
        meta_config(&mut json, node);
        json.close();
    }
    json.close_list().key("metrics").open_list();
    for (node, spec) in specs(manifest, |kind| matches!(kind, NodeKind::Metric(_))) {
        json.open().key("name").str(&node.name);
        description(&mut json, node, false);
        entries(&mut json, spec, &METRIC);
        meta_config(&mut json, node);
        json.close();
    }
    json.close_list();
    project_configuration(&mut json, manifest);
    json.key("saved_queries").open_list();
    for (node, spec) in specs(manifest, |kind| matches!(kind, NodeKind::SavedQuery(_))) {
        json.open().key("name").str(&node.name);
        description(&mut json, node, true);
        entries(&mut json, spec, &SAVED_QUERY);
        json.key("tags").strs(&node.tags).close();
    }
    json.close_list().close();
    json.into_bytes()
}

fn specs(manifest: &Manifest, wanted: fn(&NodeKind) -> bool) -> impl Iterator<Item = (&Node, &Map)> {
    manifest.nodes.iter().filter(move |node| wanted(&node.kind)).filter_map(|node| match &node.kind {
        NodeKind::SemanticModel(data) | NodeKind::Metric(data) | NodeKind::SavedQuery(data) => {
            Some((node, &data.spec))
        }
        _ => None,
    })
}

fn description(json: &mut Json, node: &Node, null_when_empty: bool) {
    let none = null_when_empty && node.description.is_empty();
    json.key("description").opt_str(Some(&*node.description).filter(|_| !none));
}

fn meta_config(json: &mut Json, node: &Node) {
    json.key("config").open().key("meta");
    json.value(node.config.get("meta").unwrap_or(&Value::Map(Map::default()))).close();
}

fn entries(json: &mut Json, map: &Map, shape: &Shape) {
    for (key, part) in shape.0 {
        let value = map.get(*key).unwrap_or(&Value::Null);
        json.key(key);
        match (part, value) {
            (List | Objects(_), Value::Null) => {
                json.open_list().close_list();
            }
            (Object(shape), Value::Map(map)) => object(json, map, shape),
            (Objects(shape), Value::List(items)) => {
                json.open_list();
                for map in items.iter().filter_map(Value::as_map) {
                    object(json, map, shape);
                }
                json.close_list();
            }
            (_, value) => {
                json.value(value);
            }
        }
    }
}

fn object(json: &mut Json, map: &Map, shape: &Shape) {
    json.open();
    entries(json, map, shape);
    json.close();
}

fn project_configuration(json: &mut Json, manifest: &Manifest) {
    json.key("project_configuration").open();
    json.key("time_spine_table_configurations").open_list();
    let has_models = manifest.nodes.iter().any(|node| matches!(node.kind, NodeKind::SemanticModel(_)));
    let legacy = manifest.nodes.iter().find(|node| {
        &*node.name == LEGACY_TIME_SPINE && node.model().is_some_and(|model| model.time_spine.is_none())
    });
    if let Some(node) = legacy.filter(|_| has_models) {
        json.open().key("location").opt_str(node.relation_name.as_deref());
        json.key("column_name").str("date_day").key("grain").str("day").close();
    }
    json.close_list().key("metadata").null();
    json.key("dsi_package_version").open();
    for (key, part) in ["major_version", "minor_version", "patch_version"].into_iter().zip(DSI_VERSION) {
        json.key(key).str(part);
    }
    json.close().key("time_spines").open_list();
    for node in &manifest.nodes {
        if let Some(spine) = node.model().and_then(|model| model.time_spine.as_ref()) {
            time_spine(json, node, spine);
        }
    }
    json.close_list().close();
}

fn time_spine(json: &mut Json, node: &Node, spine: &Map) {
    let column = spine.get("standard_granularity_column").and_then(Value::as_str).unwrap_or_default();
    let granularity = node.columns.get(column).and_then(|column| column.granularity.as_deref());
    json.open().key("node_relation").open();
    json.key("alias").str(&node.alias).key("schema_name").str(&node.schema);
    json.key("database").opt_str(node.database.as_deref());
    json.key("relation_name").opt_str(node.relation_name.as_deref()).close();
    json.key("primary_column").open();
    json.key("name").str(column).key("time_granularity").opt_str(granularity).close();
    json.key("custom_granularities");
    match spine.get("custom_granularities") {
        Some(Value::List(items)) => json.values(items),
        _ => json.open_list().close_list(),
    };
    json.close();
}
