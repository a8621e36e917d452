//! One node of the manifest as dbt writes it.

use super::Json;
use super::parts::{
    checksum, columns, config, constraints, depends_on, docs, overlaid, owner, refs, sources, string_lists,
};
use crate::event::CompiledNode;
use crate::manifest::config::default_of;
use crate::manifest::{
    ExposureData, FunctionData, GenericTestData, Manifest, ModelData, Node, NodeKind, ResourceType,
    SourceData, SpecData, UnitTestData,
};
use crate::value::{Map, Value};

/// Writes `node` as a JSON object; `compiled` adds what compilation made of it.
pub fn write_node(json: &mut Json, node: &Node, manifest: &Manifest, compiled: Option<&CompiledNode>) {
    json.open();
    match &node.kind {
        NodeKind::Source(data) => source(json, node, data),
        NodeKind::Exposure(data) => exposure(json, node, data, manifest),
        NodeKind::Metric(data) => metric(json, node, data, manifest),
        NodeKind::SemanticModel(data) => semantic_model(json, node, data, manifest),
        NodeKind::SavedQuery(data) => saved_query(json, node, data, manifest),
        NodeKind::UnitTest(data) => unit_test(json, node, data, manifest),
        NodeKind::Seed(data) => {
            parsed(json, node, compiled);
            json.key("root_path").opt_str(data.root_path.as_deref());
            json.key("depends_on").open().key("macros").strs(&node.depends_on.macros).close();
        }
        kind => {
            if let NodeKind::Function(data) = kind {
                json.key("returns").map(&data.returns);
            }
            parsed(json, node, compiled);
            compilable(json, node, manifest, compiled);
            match kind {
                NodeKind::Model(data) => model(json, data, compiled),
                NodeKind::GenericTest(data) => generic_test(json, data),
                NodeKind::Operation(data) => {
                    json.key("index").int(i64::try_from(data.index).unwrap_or(i64::MAX));
                }
                NodeKind::Function(data) => function(json, data),
                _ => {}
            }
        }
    }
    json.close();
}

fn identity(json: &mut Json, node: &Node) {
    json.key("name").str(&node.name);
    json.key("resource_type").str(node.resource_type.as_str());
    json.key("package_name").str(&node.package);
    json.key("path").str(&node.path);
    json.key("original_file_path").str(&node.original_file_path);
    json.key("unique_id").str(&node.unique_id);
    json.key("fqn").strs(&node.fqn);
}

fn place(json: &mut Json, node: &Node) {
    json.key("database").opt_str(node.database.as_deref());
    json.key("schema").str(&node.schema);
}

fn parsed(json: &mut Json, node: &Node, compiled: Option<&CompiledNode>) {
    place(json, node);
    identity(json, node);
    json.key("alias").str(&node.alias);
    checksum(json, &node.checksum);
    json.key("config");
    config(json, &node.config);
    json.key("tags").strs(&node.tags);
    json.key("description").str(&node.description);
    columns(json, &node.columns, compiled);
    json.key("meta").map(&node.meta);
    json.key("group").opt_str(node.group.as_deref());
    docs(json, &node.docs);
    json.key("patch_path").opt_str(node.patch_path.as_deref());
    json.key("build_path").opt_str(compiled.and_then(|compiled| compiled.build_path.as_deref()));
    json.key("unrendered_config").map(&node.unrendered_config);
    json.key("created_at").float(node.created_at);
    let relation_name = compiled.and_then(|compiled| compiled.relation_name.as_ref());
    json.key("relation_name").opt_str(relation_name.or(node.relation_name.as_ref()).map(|name| &**name));
    json.key("raw_code").str(&node.raw_code);
    json.key("doc_blocks").strs(&node.doc_blocks);
}

fn compilable(json: &mut Json, node: &Node, manifest: &Manifest, compiled: Option<&CompiledNode>) {
    json.key("language").str(node.language.as_str());
    refs(json, &node.refs);
    sources(json, &node.sources);
    string_lists(json, "metrics", &node.metrics);
    string_lists(json, "functions", &node.functions);
    depends_on(json, &node.depends_on, manifest);
    json.key("compiled_path").opt_str(compiled.and_then(|compiled| compiled.compiled_path.as_deref()));
    if let Some(compiled) = compiled.filter(|compiled| compiled.has_code()) {
        json.key("compiled").bool(true);
        json.key("compiled_code").str(&compiled.compiled_code);
        json.key("extra_ctes_injected").bool(true);
        json.key("extra_ctes").open_list();
        for cte in &compiled.extra_ctes {
            json.open().key("id").str(&cte.id).key("sql").str(&cte.sql).close();
        }
        json.close_list();
    }
    contract(json, node);
}

fn contract(json: &mut Json, node: &Node) {
    let contract = node.config.get("contract");
    let flag = |key: &str, default: bool| {
        contract.and_then(|contract| contract.get(key)).and_then(Value::as_bool).unwrap_or(default)
    };
    let checksum = node.model().and_then(|model| model.contract_checksum.as_deref());
    json.key("contract").open();
    json.key("enforced").bool(flag("enforced", false)).key("alias_types").bool(flag("alias_types", true));
    json.key("checksum").opt_str(checksum).close();
}

fn model(json: &mut Json, data: &ModelData, compiled: Option<&CompiledNode>) {
    json.key("access").str(&data.access);
    constraints(json, &data.constraints, compiled);
    json.key("version").value(data.version.as_ref().unwrap_or(&Value::Null));
    json.key("latest_version").value(data.latest_version.as_ref().unwrap_or(&Value::Null));
    json.key("deprecation_date").opt_str(data.deprecation_date.as_deref());
    json.key("primary_key").strs(&data.primary_key);
    json.key("time_spine").opt_map(data.time_spine.as_ref());
}

fn generic_test(json: &mut Json, data: &GenericTestData) {
    json.key("column_name").opt_str(data.column_name.as_deref());
    json.key("file_key_name").opt_str(data.file_key_name.as_deref());
    json.key("attached_node").opt_str(data.attached_node.as_deref());
    json.key("test_metadata").open();
    json.key("name").str(&data.test_name).key("kwargs").map(&data.kwargs);
    json.key("namespace").opt_str(data.namespace.as_deref()).close();
}

fn function(json: &mut Json, data: &FunctionData) {
    json.key("arguments").open_list();
    for argument in &data.arguments {
        json.open();
        for key in ["name", "data_type", "description", "default_value"] {
            json.key(key).value(argument.get(key).unwrap_or(&Value::Null));
        }
        json.close();
    }
    json.close_list();
}

fn source(json: &mut Json, node: &Node, data: &SourceData) {
    place(json, node);
    identity(json, node);
    json.key("source_name").str(&data.source_name);
    json.key("source_description").str(&data.source_description);
    json.key("loader").str(&data.loader);
    json.key("identifier").str(&node.alias);
    json.key("quoting").open();
    for key in ["database", "schema", "identifier", "column"] {
        json.key(key).value(data.quoting.get(key).unwrap_or(&Value::Null));
    }
    json.close();
    json.key("loaded_at_field").opt_str(data.loaded_at_field.as_deref());
    json.key("loaded_at_query").opt_str(data.loaded_at_query.as_deref());
    json.key("freshness");
    freshness(json, data.freshness.as_ref());
    json.key("external");
    external(json, data.external.as_ref());
    json.key("description").str(&node.description);
    columns(json, &node.columns, None);
    json.key("meta").map(&node.meta);
    json.key("source_meta").map(&data.source_meta);
    json.key("tags").strs(&node.tags);
    json.key("config");
    config(json, &node.config);
    json.key("patch_path").opt_str(node.patch_path.as_deref());
    json.key("unrendered_config").map(&node.unrendered_config);
    json.key("relation_name").opt_str(node.relation_name.as_deref());
    json.key("created_at").float(node.created_at);
    json.key("unrendered_database").opt_str(data.unrendered_database.as_deref());
    json.key("unrendered_schema").opt_str(data.unrendered_schema.as_deref());
    json.key("doc_blocks").strs(&node.doc_blocks);
}

/// The criteria of a source's freshness, all keys present.
pub fn freshness(json: &mut Json, freshness: Option<&Map>) {
    match (freshness, default_of(ResourceType::Source, "freshness")) {
        (Some(map), Some(default)) => overlaid(json, &Value::Map(map.clone()), default),
        _ => {
            json.opt_map(freshness);
        }
    }
}

fn external(json: &mut Json, external: Option<&Map>) {
    const KNOWN: [&str; 5] = ["location", "file_format", "row_format", "tbl_properties", "partitions"];
    let Some(map) = external else {
        json.null();
        return;
    };
    json.open();
    for key in KNOWN {
        json.key(key).value(map.get(key).unwrap_or(&Value::Null));
    }
    for (key, value) in map.iter().filter(|(key, _)| !KNOWN.contains(&&***key)) {
        json.key(key).value(value);
    }
    json.close();
}

fn exposure(json: &mut Json, node: &Node, data: &ExposureData, manifest: &Manifest) {
    identity(json, node);
    json.key("type").str(&data.kind);
    owner(json, &data.owner);
    json.key("description").str(&node.description);
    json.key("label").opt_str(data.label.as_deref());
    json.key("maturity").opt_str(data.maturity.as_deref());
    json.key("meta").map(&node.meta);
    json.key("tags").strs(&node.tags);
    json.key("config");
    config(json, &node.config);
    json.key("unrendered_config").map(&node.unrendered_config);
    json.key("url").opt_str(data.url.as_deref());
    depends_on(json, &node.depends_on, manifest);
    refs(json, &node.refs);
    sources(json, &node.sources);
    string_lists(json, "metrics", &node.metrics);
    json.key("created_at").float(node.created_at);
}

fn metric(json: &mut Json, node: &Node, data: &SpecData, manifest: &Manifest) {
    identity(json, node);
    json.key("description").str(&node.description);
    json.entries(&data.spec);
    json.key("meta").map(&node.meta);
    json.key("tags").strs(&node.tags);
    json.key("config");
    config(json, &node.config);
    json.key("unrendered_config").map(&node.unrendered_config);
    sources(json, &node.sources);
    depends_on(json, &node.depends_on, manifest);
    refs(json, &node.refs);
    string_lists(json, "metrics", &node.metrics);
    json.key("created_at").float(node.created_at);
    json.key("group").opt_str(node.group.as_deref());
}

fn semantic_model(json: &mut Json, node: &Node, data: &SpecData, manifest: &Manifest) {
    identity(json, node);
    json.key("description").opt_str(non_empty(&node.description));
    json.entries(&data.spec);
    depends_on(json, &node.depends_on, manifest);
    refs(json, &node.refs);
    json.key("created_at").float(node.created_at);
    json.key("config");
    config(json, &node.config);
    json.key("unrendered_config").map(&node.unrendered_config);
    json.key("group").opt_str(node.group.as_deref());
}

fn saved_query(json: &mut Json, node: &Node, data: &SpecData, manifest: &Manifest) {
    identity(json, node);
    json.entries(&data.spec);
    json.key("description").opt_str(non_empty(&node.description));
    json.key("config");
    config(json, &node.config);
    json.key("unrendered_config").map(&node.unrendered_config);
    json.key("group").opt_str(node.group.as_deref());
    depends_on(json, &node.depends_on, manifest);
    json.key("created_at").float(node.created_at);
    refs(json, &node.refs);
    json.key("tags").strs(&node.tags);
}

fn unit_test(json: &mut Json, node: &Node, data: &UnitTestData, manifest: &Manifest) {
    json.key("model").str(&data.model);
    json.key("given").open_list();
    for given in &data.given {
        json.open().key("input").value(given.get("input").unwrap_or(&Value::Null));
        fixture(json, given.as_map());
        json.close();
    }
    json.close_list();
    json.key("expect").open();
    fixture(json, Some(&data.expect));
    json.close();
    identity(json, node);
    json.key("description").str(&node.description);
    json.key("overrides");
    sections(json, data.overrides.as_ref(), &["macros", "vars", "env_vars"], &Value::Map(Map::default()));
    depends_on(json, &node.depends_on, manifest);
    json.key("config");
    config(json, &node.config);
    json.key("checksum").opt_str(non_empty(&data.checksum));
    json.key("schema").opt_str(non_empty(&node.schema));
    json.key("created_at").float(node.created_at);
    json.key("versions");
    sections(json, data.versions.as_ref(), &["include", "exclude"], &Value::Null);
    json.key("version").value(data.version.as_ref().unwrap_or(&Value::Null));
}

fn fixture(json: &mut Json, fixture: Option<&Map>) {
    let entry = |key: &str| fixture.and_then(|map| map.get(key)).unwrap_or(&Value::Null);
    json.key("rows").value(entry("rows"));
    json.key("format").str(entry("format").as_str().unwrap_or("dict"));
    json.key("fixture").value(entry("fixture"));
}

/// A structure with fixed keys, or null.
fn sections(json: &mut Json, map: Option<&Map>, keys: &[&str], missing: &Value) {
    let Some(map) = map else {
        json.null();
        return;
    };
    json.open();
    for key in keys {
        json.key(key).value(map.get(*key).unwrap_or(missing));
    }
    json.close();
}

fn non_empty(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}
