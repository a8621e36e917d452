//! Checks over the whole manifest, and what follows from all nodes together.

use rustc_hash::FxHashMap;

use crate::dag::Dag;
use crate::diag::{Diagnostic, Sink, nearest};
use crate::manifest::{Manifest, Node, NodeKind, ResourceType, duplicate_name};
use crate::value::{Str, Value};

/// Every node's group must exist.
pub fn groups(manifest: &Manifest, sink: &Sink) {
    let mut known: Vec<&str> = manifest.groups.values().map(|group| &*group.name).collect();
    known.sort_unstable();
    known.dedup();
    for node in &manifest.nodes {
        let Some(group) = &node.group else { continue };
        if !known.contains(&&**group) {
            let listed: Vec<String> = known.iter().map(|name| format!("'{name}'")).collect();
            let problem = Diagnostic::error(
                "unknown-group",
                format!("Invalid group '{group}', expected one of [{}]", listed.join(", ")),
            )
            .at(node.span)
            .data("key", "group")
            .data("value", group.clone())
            .node(&*node.unique_id);
            sink.push(match nearest(group, known.iter().copied()) {
                Some(near) => problem.help(format!("did you mean `{near}`?")),
                None => problem,
            });
        }
    }
}

/// A public model cannot be ephemeral: other projects could not read it.
pub fn access(manifest: &Manifest, sink: &Sink) {
    for node in &manifest.nodes {
        if node.model().is_some_and(|model| &*model.access == "public") && node.is_ephemeral() {
            sink.push(
                Diagnostic::error(
                    "invalid-access",
                    format!(
                        "Node {} with 'ephemeral' materialization has an invalid value (public) for the access field",
                        node.unique_id
                    ),
                )
                .at(node.span)
                .node(&*node.unique_id),
            );
        }
    }
}

/// Snapshots need a strategy, a key, and what the strategy needs.
pub fn snapshots(manifest: &Manifest, sink: &Sink) {
    for node in manifest.nodes.iter().filter(|node| node.resource_type == ResourceType::Snapshot) {
        let set = |key: &str| node.config.get(key).is_some_and(Value::is_truthy);
        let problem = if !set("strategy") || !set("unique_key") {
            Some("Snapshots must be configured with a 'strategy' and 'unique_key'.".to_string())
        } else {
            match node.config.get_str("strategy") {
                Some("check") if !set("check_cols") => {
                    Some("A snapshot configured with the check strategy must specify a check_cols configuration.".into())
                }
                Some("check") => match node.config.get("check_cols") {
                    Some(Value::Str(cols)) if &**cols != "all" => Some(format!(
                        "Invalid value for 'check_cols': {cols}. Expected 'all' or a list of strings."
                    )),
                    _ => None,
                },
                Some("timestamp") if !set("updated_at") => Some(
                    "A snapshot configured with the timestamp strategy must specify an updated_at configuration.".into(),
                ),
                Some("timestamp") if set("check_cols") => {
                    Some("A 'timestamp' snapshot should not have 'check_cols'".into())
                }
                _ => None,
            }
        };
        let wrong_kind = (node.materialized() != "snapshot")
            .then(|| "A snapshot must have a materialized value of 'snapshot'".to_string());
        if let Some(message) = problem.or(wrong_kind) {
            sink.push(Diagnostic::error("invalid-snapshot", message).at(node.span).node(&*node.unique_id));
        }
    }
}

/// Two nodes may not share a relation, nor two refable ones a name within a package.
pub fn unique_relations(manifest: &Manifest, require_unique_names: bool, sink: &Sink) {
    let mut relations: FxHashMap<&str, &Node> = FxHashMap::default();
    let mut names: FxHashMap<(&Str, &Str), &Node> = FxHashMap::default();
    versioned_beside_unversioned(manifest, sink);
    for node in &manifest.nodes {
        let relational = node.resource_type.is_refable()
            || (node.resource_type == ResourceType::Test && node.relation_name.is_some());
        if !relational {
            continue;
        }
        if !node.is_versioned()
            && let Some(other) = names.insert((&node.package, &node.name), node)
        {
            let problem = duplicate_name(other, node);
            sink.push(if require_unique_names {
                problem
            } else {
                Diagnostic { severity: crate::diag::Severity::Warning, ..problem }
                    .event("DuplicateNameDistinctNodeTypesDeprecation")
                    .data("resource_name", node.name.clone())
                    .data("package_name", node.package.clone())
                    .data("unique_id1", other.unique_id.clone())
                    .data("unique_id2", node.unique_id.clone())
            });
        }
        let Some(relation) = node.relation_name.as_deref() else { continue };
        if let Some(other) = relations.insert(relation, node) {
            sink.push(
                Diagnostic::error(
                    "ambiguous-alias",
                    format!(
                        "dbt found two resources with the database representation \"{relation}\".\ndbt cannot create \
                         two resources with identical database representations. To fix this,\nchange the configuration \
                         of one of these resources:\n- {} ({})\n- {} ({})",
                        other.unique_id, other.original_file_path, node.unique_id, node.original_file_path
                    ),
                )
                .at(node.span)
                .node(&*node.unique_id),
            );
        }
    }
}

/// A model with versions and another node of the same name without any.
fn versioned_beside_unversioned(manifest: &Manifest, sink: &Sink) {
    let refable = || manifest.nodes.iter().filter(|node| node.resource_type.is_refable());
    let versioned: FxHashMap<(&Str, &Str), &Node> = refable()
        .filter(|node| node.is_versioned())
        .map(|node| ((&node.package, &node.name), node))
        .collect();
    if versioned.is_empty() {
        return;
    }
    for node in refable().filter(|node| !node.is_versioned()) {
        let Some(other) = versioned.get(&(&node.package, &node.name)) else { continue };
        let message = format!(
            "dbt found versioned and unversioned models with the name \"{0}\".\n\nSince these resources have the same \
             name, dbt will be unable to find the correct resource\nwhen looking for ref('{0}').\n\nTo fix this, change \
             the name of the unversioned resource\n{1} ({2})\nor add the unversioned model to the versions in {3}",
            node.name,
            node.unique_id,
            node.original_file_path,
            other.patch_path.as_deref().unwrap_or_default()
        );
        sink.push(Diagnostic::error("duplicate-name", message).at(node.span).node(&*node.unique_id));
    }
}

/// Reports one cycle with its path.
pub fn cycles(manifest: &Manifest, dag: &Dag, sink: &Sink) {
    let Some(cycle) = dag.find_cycle() else { return };
    let mut path: Vec<&str> = cycle.iter().map(|id| &*manifest.node(*id).unique_id).collect();
    path.extend(path.first().copied());
    let mut problem = Diagnostic::error("cycle", format!("Found a cycle: {}", path.join(" --> ")))
        .event("MainEncounteredError");
    for id in &cycle {
        let node = manifest.node(*id);
        problem = problem.frame(format!("`{}`", node.unique_id), node.span);
    }
    sink.push(problem.at(cycle.first().and_then(|id| manifest.node(*id).span)));
}

/// Which columns identify a model's rows, from constraints or from its tests.
pub fn primary_keys(manifest: &mut Manifest) {
    #[derive(Default)]
    struct Tested {
        unique: Vec<Str>,
        disabled_unique: Vec<Str>,
        not_null: Vec<Str>,
    }
    let mut tested: FxHashMap<Str, Tested> = FxHashMap::default();
    for node in manifest.nodes.iter().chain(&manifest.disabled) {
        let NodeKind::GenericTest(test) = &node.kind else { continue };
        let Some(attached) = &test.attached_node else { continue };
        let is_unique = matches!(&*test.test_name, "unique" | "unique_combination_of_columns");
        if !is_unique && &*test.test_name != "not_null" {
            continue;
        }
        let columns: Vec<Str> =
            match (test.kwargs.get("column_name"), test.kwargs.get("combination_of_columns")) {
                (Some(Value::Str(column)), _) => vec![column.clone()],
                (_, Some(Value::List(columns))) => {
                    columns.iter().filter_map(Value::as_shared_str).cloned().collect()
                }
                _ => vec![],
            };
        let entry = tested.entry(attached.clone()).or_default();
        match (is_unique, node.config.enabled()) {
            (true, true) => entry.unique.extend(columns),
            (true, false) => entry.disabled_unique.extend(columns),
            _ => entry.not_null.extend(columns),
        }
    }
    let nothing = Tested::default();
    for node in &mut manifest.nodes {
        let tested = tested.get(&node.unique_id).unwrap_or(&nothing);
        let by_column = node
            .columns
            .values()
            .find(|column| column.constraints.iter().any(is_primary_key))
            .map(|column| vec![column.name.clone()]);
        let NodeKind::Model(model) = &mut node.kind else { continue };
        let by_model =
            model.constraints.iter().find(|constraint| is_primary_key(constraint)).map(|constraint| {
                let columns = constraint.get("columns").and_then(Value::as_list).unwrap_or_default();
                columns.iter().filter_map(Value::as_shared_str).cloned().collect()
            });
        let mut key: Vec<Str> = by_model.or(by_column).unwrap_or_else(|| {
            let both: Vec<Str> = tested
                .not_null
                .iter()
                .filter(|column| tested.unique.contains(column) || tested.disabled_unique.contains(column))
                .cloned()
                .collect();
            [both, tested.unique.clone(), tested.disabled_unique.clone()]
                .into_iter()
                .find(|columns| !columns.is_empty())
                .unwrap_or_default()
        });
        key.sort();
        key.dedup();
        model.primary_key = key;
    }
}

fn is_primary_key(constraint: &crate::value::Map) -> bool {
    constraint.get("type").and_then(Value::as_str) == Some("primary_key")
}
