//! What counts as the same node in an earlier manifest, per kind and aspect, as dbt compares them.

use crate::diag::Diagnostic;
use crate::manifest::{ExposureData, Manifest, Node, NodeId, NodeKind, SourceData, SpecData, StrMap};
use crate::selector::config::py_eq;
use crate::selector::matcher::is_plain;
use crate::value::{Map, Str, Value};

/// A node as it was and as it is.
pub struct Pair<'a> {
    pub old: &'a Node,
    pub new: &'a Node,
    pub old_manifest: &'a Manifest,
    pub new_manifest: &'a Manifest,
    pub compare_unrendered: bool,
}

/// Whether nothing counts as changed: macros and contracts are compared apart.
pub fn contents(pair: &Pair) -> bool {
    let same_fqn = pair.old.fqn == pair.new.fqn;
    match (&pair.old.kind, &pair.new.kind) {
        (NodeKind::Source(old), NodeKind::Source(new)) => same_fqn && same_source(pair, old, new),
        (NodeKind::Exposure(old), NodeKind::Exposure(new)) => same_fqn && same_exposure(pair, old, new),
        (NodeKind::Metric(old), NodeKind::Metric(new)) => {
            same_config(pair)
                && same_description(pair)
                && ["type", "label"].iter().all(|key| old.spec.get(*key) == new.spec.get(*key))
        }
        (NodeKind::SemanticModel(old), NodeKind::SemanticModel(new)) => same_semantic_model(pair, old, new),
        (NodeKind::SavedQuery(old), NodeKind::SavedQuery(new)) => same_saved_query(pair, old, new),
        (NodeKind::UnitTest(old), NodeKind::UnitTest(new)) => old.checksum == new.checksum,
        (NodeKind::GenericTest(_), NodeKind::GenericTest(_)) => same_fqn && same_config(pair),
        (NodeKind::Function(old), NodeKind::Function(new)) => {
            same_parsed(pair) && old.arguments == new.arguments && old.returns == new.returns
        }
        (NodeKind::Model(old), NodeKind::Model(new)) => {
            same_parsed(pair)
                && old.latest_version == new.latest_version
                && old.access == new.access
                && old.deprecation_date == new.deprecation_date
        }
        _ => same_parsed(pair),
    }
}

fn same_parsed(pair: &Pair) -> bool {
    same_body(pair)
        && same_config(pair)
        && same_persisted(pair)
        && pair.old.fqn == pair.new.fqn
        && same_configured_relation(pair)
}

/// The aspects below give none for a kind of node that has no such aspect.
pub fn body(pair: &Pair) -> Option<bool> {
    is_parsed(pair.new).then(|| same_body(pair))
}

pub fn config(pair: &Pair) -> Option<bool> {
    Some(pair.new).filter(|node| !matches!(node.kind, NodeKind::UnitTest(_))).map(|_| same_config(pair))
}

pub fn persisted_descriptions(pair: &Pair) -> Option<bool> {
    is_parsed(pair.new).then(|| same_persisted(pair))
}

pub fn relation(pair: &Pair) -> Option<bool> {
    match (&pair.old.kind, &pair.new.kind) {
        (NodeKind::Source(old), NodeKind::Source(new)) => Some(same_source_relation(pair, old, new)),
        _ => is_parsed(pair.new).then(|| same_configured_relation(pair)),
    }
}

pub fn has_contract(node: &Node) -> bool {
    is_parsed(node)
}

fn is_parsed(node: &Node) -> bool {
    is_plain(node) || matches!(node.kind, NodeKind::Function(_))
}

fn same_body(pair: &Pair) -> bool {
    match pair.new.kind {
        NodeKind::Seed(_) => pair.old.checksum == pair.new.checksum,
        _ => pair.old.raw_code == pair.new.raw_code,
    }
}

/// A seed too large to hash is compared by its path alone, which deserves a word.
pub fn seed_warning(pair: &Pair) -> Option<Diagnostic> {
    if !matches!(pair.new.kind, NodeKind::Seed(_)) || pair.new.checksum.name != "path" {
        return None;
    }
    let name = format!("{}.{}", pair.new.package, pair.new.name);
    let (event, what) = if pair.old.checksum.name != "path" {
        ("SeedIncreased", "was below 1MB and now is >1MB: it counts as changed")
    } else if pair.old.checksum == pair.new.checksum {
        ("SeedExceedsLimitSamePath", "is >1MB at the same path: it counts as unchanged")
    } else {
        ("SeedExceedsLimitAndPathChanged", "is >1MB and its path changed: it counts as changed")
    };
    let diagnostic = Diagnostic::warning("large-seed", format!("the seed `{name}` {what}"));
    Some(diagnostic.node(&*pair.new.unique_id).event(event))
}

fn same_config(pair: &Pair) -> bool {
    let (old, new) = (&pair.old.unrendered_config, &pair.new.unrendered_config);
    let same = |key: &str| match (old.get(key), new.get(key)) {
        (None, None) => true,
        (Some(old), Some(new)) => py_eq(old, new),
        _ => false,
    };
    match pair.new.kind {
        NodeKind::GenericTest(_) | NodeKind::SingularTest => [
            "severity",
            "where",
            "limit",
            "fail_calc",
            "warn_if",
            "error_if",
            "store_failures",
            "store_failures_as",
        ]
        .into_iter()
        .all(same),
        _ => {
            let ignored = |key: &Str| is_ignored(&pair.new.kind, key);
            old.keys().chain(new.keys()).filter(|key| !ignored(key)).all(|key| same(key))
        }
    }
}

/// Keys whose change is no change of the node, or that another aspect compares.
fn is_ignored(kind: &NodeKind, key: &str) -> bool {
    match kind {
        NodeKind::Source(_) | NodeKind::Exposure(_) => false,
        NodeKind::Metric(_) | NodeKind::SemanticModel(_) | NodeKind::SavedQuery(_) => key == "group",
        _ => matches!(key, "alias" | "schema" | "database" | "tags" | "group"),
    }
}

fn same_description(pair: &Pair) -> bool {
    pair.old.description == pair.new.description
}

fn same_persisted(pair: &Pair) -> bool {
    let persists = |what: &str| {
        pair.new.config.get("persist_docs").and_then(|docs| docs.get(what)).is_some_and(Value::is_truthy)
    };
    let columns = |node: &Node| -> StrMap<Str> {
        node.columns.iter().map(|(name, column)| (name.clone(), column.description.clone())).collect()
    };
    (!persists("relation") || same_description(pair))
        && (!persists("columns") || columns(pair.old) == columns(pair.new))
}

fn same_configured_relation(pair: &Pair) -> bool {
    ["database", "schema", "alias"]
        .iter()
        .all(|key| pair.old.unrendered_config.get(*key) == pair.new.unrendered_config.get(*key))
}

fn same_source(pair: &Pair, old: &SourceData, new: &SourceData) -> bool {
    same_source_relation(pair, old, new)
        && same_config(pair)
        && same_map(&old.quoting, &new.quoting)
        && old.freshness == new.freshness
        && old.loaded_at_field == new.loaded_at_field
        && old.external == new.external
}

fn same_source_relation(pair: &Pair, old: &SourceData, new: &SourceData) -> bool {
    let rendered = pair.old.database == pair.new.database && pair.old.schema == pair.new.schema;
    let written =
        old.unrendered_database == new.unrendered_database && old.unrendered_schema == new.unrendered_schema;
    // Another environment renders the same text to other names: that is no change.
    let named = new.unrendered_database.is_some() || new.unrendered_schema.is_some();
    let same = if pair.compare_unrendered { written } else { rendered || (written && named) };
    same && pair.old.alias == pair.new.alias
}

fn same_exposure(pair: &Pair, old: &ExposureData, new: &ExposureData) -> bool {
    old.kind == new.kind
        && same_map(&old.owner, &new.owner)
        && old.maturity == new.maturity
        && old.url == new.url
        && old.label == new.label
        && same_description(pair)
        && same_config(pair)
        && parents(pair.old_manifest, &pair.old.depends_on.nodes)
            == parents(pair.new_manifest, &pair.new.depends_on.nodes)
}

fn parents<'a>(manifest: &'a Manifest, ids: &[NodeId]) -> Vec<&'a str> {
    let mut names: Vec<&str> = ids.iter().map(|id| &*manifest.node(*id).unique_id).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn same_semantic_model(pair: &Pair, old: &SpecData, new: &SpecData) -> bool {
    ["model", "defaults", "entities", "dimensions", "measures", "primary_entity"]
        .iter()
        .all(|key| old.spec.get(*key) == new.spec.get(*key))
        && same_description(pair)
        && same_effective_config(pair)
        && pair.old.group == pair.new.group
}

fn same_saved_query(pair: &Pair, old: &SpecData, new: &SpecData) -> bool {
    let query =
        |spec: &SpecData, key: &str| spec.spec.get("query_params").and_then(|query| query.get(key)).cloned();
    ["metrics", "group_by", "where"].iter().all(|key| query(old, key) == query(new, key))
        && old.spec.get("label") == new.spec.get("label")
        && same_description(pair)
        && same_effective_config(pair)
        && pair.old.group == pair.new.group
        && pair.old.tags == pair.new.tags
        && same_exports(old.spec.get("exports"), new.spec.get("exports"))
}

fn same_exports(old: Option<&Value>, new: Option<&Value>) -> bool {
    let list = |exports: Option<&Value>| exports.and_then(Value::as_list).unwrap_or_default().to_vec();
    let (old, new) = (list(old), list(new));
    let part = |export: &Value, key: &str| {
        export.get("unrendered_config").and_then(|config| config.get(key)).cloned()
    };
    old.len() == new.len()
        && old.iter().zip(&new).all(|(old, new)| {
            old.get("name") == new.get("name")
                && ["export_as", "schema", "alias"].iter().all(|key| part(old, key) == part(new, key))
        })
}

fn same_effective_config(pair: &Pair) -> bool {
    let entries = |node: &Node| -> Map {
        node.config.effective().map(|(key, value)| (Str::from(key), value.clone())).collect()
    };
    same_map(&entries(pair.old), &entries(pair.new))
}

fn same_map(old: &Map, new: &Map) -> bool {
    old.len() == new.len()
        && old.iter().all(|(key, value)| new.get(key).is_some_and(|other| py_eq(value, other)))
}
