//! Binds metrics to the semantic models and metrics that they are computed from.

use rustc_hash::FxHashMap;

use super::lookup::{Found, Lookup};
use crate::diag::{Diagnostic, Sink};
use crate::manifest::{Manifest, NodeId, NodeKind, ResourceType};
use crate::value::{Map, Str, Value};

/// Deepest chain of metrics that are computed from metrics.
const MAX_DEPTH: usize = 100;

/// Fills `depends_on` and `input_measures` of all metrics, and the relations of semantic models.
pub fn bind(manifest: &mut Manifest, lookup: &Lookup, sink: &Sink) {
    relations(manifest);
    let mut measures: FxHashMap<Str, NodeId> = FxHashMap::default();
    for (id, node) in manifest.iter() {
        if let NodeKind::SemanticModel(data) = &node.kind {
            for measure in data.spec.get("measures").and_then(Value::as_list).unwrap_or_default() {
                if let Some(name) = measure.get("name").and_then(Value::as_shared_str) {
                    measures.insert(name.clone(), id);
                }
            }
        }
    }
    // A semantic model that could not be read has been named; its measures are missed by many.
    let is_partial = sink.has_errors();
    let metrics: Vec<NodeId> = manifest
        .iter()
        .filter(|(_, node)| node.resource_type == ResourceType::Metric)
        .map(|(id, _)| id)
        .collect();
    let mut done: FxHashMap<NodeId, Vec<Value>> = FxHashMap::default();
    for id in metrics {
        if let Err(problem) = settle(manifest, id, (lookup, &measures), &mut done, 0) {
            if is_partial && problem.code == "missing-measure" {
                continue;
            }
            let node = manifest.node(id);
            sink.push(problem.at(node.span).node(&*node.unique_id));
        }
    }
}

/// A semantic model states the relation of its model.
fn relations(manifest: &mut Manifest) {
    let found: Vec<(usize, Value)> = manifest
        .iter()
        .filter(|(_, node)| node.resource_type == ResourceType::SemanticModel)
        .filter_map(|(id, node)| {
            let model = manifest.node(*node.depends_on.nodes.first()?);
            let text = |value: &Option<Str>| value.clone().map_or(Value::Null, Value::Str);
            Some((
                id.index(),
                Value::Map(Map::from_iter([
                    ("alias".into(), Value::Str(model.alias.clone())),
                    ("schema_name".into(), Value::Str(model.schema.clone())),
                    ("database".into(), text(&model.database)),
                    ("relation_name".into(), text(&model.relation_name)),
                ])),
            ))
        })
        .collect();
    for (index, relation) in found {
        if let NodeKind::SemanticModel(data) = &mut manifest.nodes[index].kind {
            data.spec.insert("node_relation".into(), relation);
        }
    }
}

type Tables<'a> = (&'a Lookup, &'a FxHashMap<Str, NodeId>);

/// The input measures of a metric, settling those that it is computed from first.
fn settle(
    manifest: &mut Manifest,
    id: NodeId,
    (lookup, measures): Tables<'_>,
    done: &mut FxHashMap<NodeId, Vec<Value>>,
    depth: usize,
) -> Result<Vec<Value>, Diagnostic> {
    if let Some(inputs) = done.get(&id) {
        return Ok(inputs.clone());
    }
    if depth > MAX_DEPTH {
        return Err(Diagnostic::error("cycle", "metrics are computed from each other without an end"));
    }
    let node = manifest.node(id);
    let (package, name) = (node.package.clone(), node.name.clone());
    let NodeKind::Metric(data) = &node.kind else { return Ok(vec![]) };
    let kind = data.spec.get("type").and_then(Value::as_str).unwrap_or_default().to_string();
    let params = data.spec.get("type_params").and_then(Value::as_map).cloned().unwrap_or_default();
    let (mut inputs, mut parents) = (vec![], vec![]);
    let given = |params: &Map, key: &str| params.get(key).filter(|value| !value.is_null()).cloned();
    match kind.as_str() {
        "simple" | "cumulative" | "conversion" => {
            let conversion =
                params.get("conversion_type_params").and_then(Value::as_map).cloned().unwrap_or_default();
            let found = match kind.as_str() {
                "conversion" => {
                    [given(&conversion, "base_measure"), given(&conversion, "conversion_measure")]
                }
                _ => [given(&params, "measure"), None],
            };
            inputs.extend(found.into_iter().flatten());
            if inputs.is_empty() {
                return Err(Diagnostic::error(
                    "invalid-metric",
                    format!("the {kind} metric `{name}` needs a measure"),
                ));
            }
            for input in &inputs {
                let measure = input.get("name").and_then(Value::as_str).unwrap_or_default();
                match measures.get(measure) {
                    Some(model) => parents.push(*model),
                    None if let Some(model) = disabled_owner(manifest, measure) => {
                        let message = format!(
                            "The measure `{measure}` is referenced on disabled semantic model `{model}`."
                        );
                        return Err(Diagnostic::error("missing-measure", message));
                    }
                    None => {
                        let message = format!(
                            "A semantic model having a measure `{measure}` does not exist but was referenced."
                        );
                        let problem = Diagnostic::error("missing-measure", message);
                        return Err(
                            match crate::diag::nearest(measure, measures.keys().map(|name| &**name)) {
                                Some(near) => problem.help(format!("did you mean `{near}`?")),
                                None => problem,
                            },
                        );
                    }
                }
            }
        }
        _ => {
            let wanted: Vec<Value> = if kind == "ratio" {
                let parts = [given(&params, "numerator"), given(&params, "denominator")];
                if parts.iter().any(Option::is_none) {
                    return Err(Diagnostic::error(
                        "invalid-metric",
                        "Invalid ratio metric. Both a numerator and denominator must be specified",
                    ));
                }
                parts.into_iter().flatten().collect()
            } else {
                params.get("metrics").and_then(Value::as_list).unwrap_or_default().to_vec()
            };
            for metric in wanted {
                let wanted = Str::from(metric.get("name").map(Value::py_str).unwrap_or_default());
                match lookup.resolve_metric(std::slice::from_ref(&wanted), &package) {
                    Found::One(parent) => {
                        for input in settle(manifest, parent, (lookup, measures), done, depth + 1)? {
                            if !inputs.contains(&input) {
                                inputs.push(input);
                            }
                        }
                        parents.push(parent);
                    }
                    Found::Disabled => {
                        return Err(Diagnostic::error(
                            "missing-metric",
                            format!("The metric `{wanted}` is disabled and thus cannot be referenced."),
                        ));
                    }
                    _ => {
                        return Err(Diagnostic::error(
                            "missing-metric",
                            format!(
                                "The metric `{wanted}` does not exist but was referenced by metric `{name}`."
                            ),
                        ));
                    }
                }
            }
        }
    }
    let node = &mut manifest.nodes[id.index()];
    for parent in parents {
        if !node.depends_on.nodes.contains(&parent) {
            node.depends_on.nodes.push(parent);
        }
    }
    if let NodeKind::Metric(data) = &mut node.kind
        && let Some(Value::Map(params)) = data.spec.get_mut("type_params")
    {
        params.insert("input_measures".into(), Value::List(inputs.clone()));
    }
    done.insert(id, inputs.clone());
    Ok(inputs)
}

/// The disabled semantic model that has a measure.
fn disabled_owner<'m>(manifest: &'m Manifest, measure: &str) -> Option<&'m str> {
    let has = |data: &crate::manifest::SpecData| {
        let measures = data.spec.get("measures").and_then(Value::as_list).unwrap_or_default();
        measures.iter().any(|own| own.get("name").and_then(Value::as_str) == Some(measure))
    };
    manifest.disabled.iter().find_map(|node| match &node.kind {
        NodeKind::SemanticModel(data) if has(data) => Some(&*node.name),
        _ => None,
    })
}
