//! Filters of metrics, and what saved queries group, filter and order by.

use rustc_hash::FxHashSet;

use super::items::{self, Item};
use super::{Faults, elements, text};
use crate::manifest::{Manifest, Node, NodeKind, ResourceType, TIME_GRAINS};
use crate::value::{Map, Value};

/// Judges the filters of all metrics and all saved queries. `custom` are the project's own granularities.
pub fn check(manifest: &Manifest, custom: &[&str], faults: &mut Faults<'_>) {
    for node in &manifest.nodes {
        let NodeKind::Metric(metric) = &node.kind else { continue };
        let own = format!("filter of metric `{}`", node.name);
        filter(node, (metric.spec.get("filter"), &own), custom, faults);
        let Some(params) = metric.spec.get("type_params").and_then(Value::as_map) else { continue };
        let input = |key: &str| params.get(key).and_then(Value::as_map);
        let inputs = ["measure", "numerator", "denominator"].into_iter().filter_map(input);
        for given in inputs.chain(elements(params, "metrics")) {
            let what = format!("filter of `{}` in metric `{}`", text(given, "name"), node.name);
            filter(node, (given.get("filter"), &what), custom, faults);
        }
    }
    let names = names(manifest);
    for node in &manifest.nodes {
        let NodeKind::SavedQuery(query) = &node.kind else { continue };
        let Some(params) = query.spec.get("query_params").and_then(Value::as_map) else { continue };
        let what = format!("filter in saved query `{}`", node.name);
        filter(node, (params.get("where"), &what), custom, faults);
        saved_query(node, params, (&names, custom), faults);
    }
}

/// What a saved query can group by.
fn names(manifest: &Manifest) -> FxHashSet<&str> {
    let mut names = FxHashSet::from_iter(["metric_time"]);
    for node in &manifest.nodes {
        match &node.kind {
            NodeKind::SemanticModel(model) => {
                for key in ["dimensions", "entities"] {
                    names.extend(elements(&model.spec, key).map(|element| text(element, "name")));
                }
            }
            _ if node.resource_type == ResourceType::Metric => {
                names.insert(&node.name);
            }
            _ => {}
        }
    }
    names
}

fn filter(node: &Node, (filters, what): (Option<&Value>, &str), custom: &[&str], faults: &mut Faults<'_>) {
    let Some(Value::Map(filters)) = filters else { return };
    for one in elements(filters, "where_filters") {
        let read = items::collect(text(one, "where_sql_template"), false);
        let grains = read.and_then(|items| {
            items
                .iter()
                .map(|item| item.element(custom).map(|(_, grain)| grain))
                .collect::<Result<Vec<_>, _>>()
        });
        match grains {
            Err(problem) => faults.push(node, format!("The {what} cannot be read: {problem}.")),
            Ok(grains) => {
                for grain in grains.into_iter().flatten() {
                    let grain = grain.to_lowercase();
                    if !TIME_GRAINS.contains(&&*grain) && !custom.contains(&&*grain) {
                        faults.warn(node, format!("The {what} asks for `{grain}`, which is no granularity."));
                    }
                }
            }
        }
    }
}

fn saved_query(
    node: &Node,
    params: &Map,
    (names, custom): (&FxHashSet<&str>, &[&str]),
    faults: &mut Faults<'_>,
) {
    let list =
        |key: &str| params.get(key).and_then(Value::as_list).unwrap_or_default().iter().map(Value::py_str);
    let mut groups: Vec<Item> = list("metrics")
        .filter_map(|metric| items::collect(&format!("{{{{ Metric('{metric}') }}}}"), false).ok()?.pop())
        .collect();
    let mut all_read = true;
    for group in list("group_by") {
        let read = one(&group, false).and_then(|item| {
            let is_known = names.contains(item.element(custom)?.0);
            groups.push(item);
            if is_known { Ok(()) } else { Err("nothing has this name".into()) }
        });
        if let Err(problem) = read {
            all_read = false;
            let message =
                format!("`{group}` is not a valid group-by name in saved query `{}`: {problem}.", node.name);
            faults.push(node, message);
        }
    }
    for order in list("order_by").filter(|_| all_read) {
        let known = one(&order, true).and_then(|item| match groups.contains(&item.unordered()) {
            true => Ok(()),
            false => Err("does not match any of the listed metrics or group-by items".into()),
        });
        if let Err(problem) = known {
            faults.push(
                node,
                format!("`{order}` in the `order_by` of saved query `{}`: {problem}.", node.name),
            );
        }
    }
    if let Some(Value::Int(limit)) = params.get("limit")
        && *limit < 0
    {
        faults.push(node, format!("Invalid limit value: {limit} (should be >= 0)"));
    }
}

/// The one item that a text names.
fn one(given: &str, in_order: bool) -> Result<Item, String> {
    let mut items = items::collect(&format!("{{{{ {given} }}}}"), in_order)?;
    match (items.pop(), items.is_empty()) {
        (Some(item), true) => Ok(item),
        _ => Err("it is not one item".into()),
    }
}
