//! Rules of conversion metrics: both measures count, and what ties them is there on both sides.

use super::{Faults, elements, text};
use crate::manifest::{Manifest, Node, NodeKind};
use crate::value::{Map, Value};

/// Judges the conversion metrics.
pub fn check(manifest: &Manifest, faults: &mut Faults<'_>) {
    for node in &manifest.nodes {
        let NodeKind::Metric(metric) = &node.kind else { continue };
        let params = metric.spec.get("type_params").and_then(|params| params.get("conversion_type_params"));
        if let Some(params) =
            params.and_then(Value::as_map).filter(|_| text(&metric.spec, "type") == "conversion")
        {
            judge(manifest, (node, params), faults);
        }
    }
}

fn judge(manifest: &Manifest, (node, params): (&Node, &Map), faults: &mut Faults<'_>) {
    for (side, key, property) in [
        ("base", "base_measure", "base_property"),
        ("conversion", "conversion_measure", "conversion_property"),
    ] {
        let Some(input) = params.get(key).and_then(Value::as_map) else { continue };
        // A measure that is nowhere has been named already.
        let Some((model, spec, measure)) = measure(manifest, text(input, "name")) else { continue };
        let counts = match text(measure, "agg") {
            "count" | "count_distinct" => true,
            "sum" => measure.get("expr").is_some_and(|expr| expr.py_str() == "1"),
            _ => false,
        };
        if !counts {
            faults.push(
                node,
                format!(
                    "For conversion metrics, the measure must be COUNT/SUM(1)/COUNT_DISTINCT. Measure: {} is agg type: {}",
                    text(measure, "name"),
                    text(measure, "agg")
                ),
            );
        }
        if side == "conversion" && input.get("filter").is_some_and(Value::is_truthy) {
            let message = format!(
                "Measure input {} has a filter. For conversion metrics, filtering on a conversion input measure is not \
                 fully supported yet.",
                text(measure, "name")
            );
            faults.warn(node, message);
        }
        let entity = text(params, "entity");
        let names = |key: &'static str| elements(spec, key).map(|element| text(element, "name"));
        if !names("entities").any(|name| name == entity) {
            faults
                .push(node, format!("Entity: {entity} not found in {side} semantic model: {}.", model.name));
        }
        for constant in elements(params, "constant_properties") {
            let property = text(constant, property);
            if !names("entities").chain(names("dimensions")).any(|name| name == property) {
                faults.push(
                    node,
                    format!(
                        "The provided constant property: {property}, cannot be found in semantic model {}",
                        model.name
                    ),
                );
            }
        }
    }
}

/// A measure, and the semantic model that has it.
fn measure<'a>(manifest: &'a Manifest, name: &str) -> Option<(&'a Node, &'a Map, &'a Map)> {
    manifest.nodes.iter().find_map(|node| {
        let NodeKind::SemanticModel(model) = &node.kind else { return None };
        let measure = elements(&model.spec, "measures").find(|measure| text(measure, "name") == name)?;
        Some((node, &model.spec, measure))
    })
}
