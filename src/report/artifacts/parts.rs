//! Pieces that several resources of the manifest share.

use super::Json;
use crate::event::CompiledNode;
use crate::manifest::config::defaults;
use crate::manifest::{Checksum, ColumnInfo, Config, DependsOn, Docs, Manifest, RefArgs, StrMap};
use crate::value::{Map, Str, Value};

/// The effective configuration: defaults in dbt's order, then further keys as set.
pub fn config(json: &mut Json, config: &Config) {
    let defaults = defaults(config.resource_type);
    json.open();
    let mut known = 0;
    for (key, default) in defaults {
        json.key(key);
        match config.values.get(*key) {
            Some(value) => {
                known += 1;
                overlaid(json, value, default);
            }
            None => {
                json.value(default);
            }
        }
    }
    if known < config.values.len() {
        for (key, value) in &config.values {
            if !defaults.iter().any(|(known, _)| **known == **key) {
                json.key(key).value(value);
            }
        }
    }
    json.close();
}

/// A value whose default is a structure gets the structure's missing entries.
pub fn overlaid(json: &mut Json, value: &Value, default: &Value) {
    match (value, default) {
        (Value::Map(map), Value::Map(default)) if !default.is_empty() => {
            json.open();
            for (key, default) in default {
                json.key(key);
                match map.get(key) {
                    Some(value) => overlaid(json, value, default),
                    None => {
                        json.value(default);
                    }
                }
            }
            for (key, value) in map.iter().filter(|(key, _)| !default.contains_key(*key)) {
                json.key(key).value(value);
            }
            json.close();
        }
        _ => {
            json.value(value);
        }
    }
}

/// Constraints; compilation knows which relations their foreign keys mean.
pub fn constraints(json: &mut Json, constraints: &[Map], compiled: Option<&CompiledNode>) {
    json.key("constraints");
    let targets = compiled.map(|compiled| compiled.foreign_keys.as_slice()).unwrap_or_default();
    if targets.is_empty() {
        json.maps(constraints);
        return;
    }
    let settled: Vec<Map> = constraints
        .iter()
        .map(|constraint| {
            let mut settled = constraint.clone();
            if let Some(Value::Str(to)) = settled.get_mut("to")
                && let Some((_, relation)) = targets.iter().find(|(text, _)| text == to)
            {
                *to = relation.clone();
            }
            settled
        })
        .collect();
    json.maps(&settled);
}

pub fn columns(json: &mut Json, columns: &StrMap<ColumnInfo>, compiled: Option<&CompiledNode>) {
    json.key("columns").open();
    for (name, info) in columns {
        json.key(name).open();
        json.key("name").str(&info.name);
        json.key("description").str(&info.description);
        json.key("meta").map(&info.meta);
        json.key("data_type").opt_str(info.data_type.as_deref());
        constraints(json, &info.constraints, compiled);
        json.key("quote");
        match info.quote {
            Some(quote) => json.bool(quote),
            None => json.null(),
        };
        json.key("config").open();
        column_config(json, info);
        json.close();
        json.key("tags").strs(&info.tags);
        json.key("granularity").opt_str(info.granularity.as_deref());
        json.key("doc_blocks").strs(&info.doc_blocks);
        json.entries(&info.extra).close();
    }
    json.close();
}

fn column_config(json: &mut Json, info: &ColumnInfo) {
    json.key("meta");
    match info.config.get("meta") {
        Some(meta) => json.value(meta),
        None => json.map(&info.meta),
    };
    json.key("tags");
    match info.config.get("tags") {
        Some(tags) => json.value(tags),
        None => json.strs(&info.tags),
    };
    for (key, value) in info.config.iter().filter(|(key, _)| !matches!(&***key, "meta" | "tags")) {
        json.key(key).value(value);
    }
}

pub fn checksum(json: &mut Json, checksum: &Checksum) {
    json.key("checksum").open();
    json.key("name").str(checksum.name).key("checksum").str(&checksum.checksum);
    json.close();
}

pub fn docs(json: &mut Json, docs: &Docs) {
    json.key("docs").open();
    json.key("show").bool(docs.show).key("node_color").opt_str(docs.node_color.as_deref());
    json.close();
}

pub fn refs(json: &mut Json, refs: &[RefArgs]) {
    json.key("refs").open_list();
    for arguments in refs {
        json.open();
        json.key("name").str(&arguments.name).key("package").opt_str(arguments.package.as_deref());
        json.key("version").value(arguments.version.as_ref().unwrap_or(&Value::Null));
        json.close();
    }
    json.close_list();
}

pub fn sources(json: &mut Json, sources: &[[Str; 2]]) {
    json.key("sources").open_list();
    for source in sources {
        json.strs(source);
    }
    json.close_list();
}

pub fn string_lists(json: &mut Json, key: &str, lists: &[Vec<Str>]) {
    json.key(key).open_list();
    for list in lists {
        json.strs(list);
    }
    json.close_list();
}

pub fn depends_on(json: &mut Json, depends_on: &DependsOn, manifest: &Manifest) {
    json.key("depends_on").open().key("macros").strs(&depends_on.macros);
    let nodes = depends_on.nodes.iter().map(|id| &manifest.node(*id).unique_id);
    json.key("nodes").strs(nodes.chain(&depends_on.external)).close();
}

/// Who owns a group or an exposure: both keys that dbt knows, then the others.
pub fn owner(json: &mut Json, owner: &Map) {
    json.key("owner").open();
    for key in ["email", "name"] {
        json.key(key).value(owner.get(key).unwrap_or(&Value::Null));
    }
    for (key, value) in owner.iter().filter(|(key, _)| !matches!(&***key, "email" | "name")) {
        json.key(key).value(value);
    }
    json.close();
}
