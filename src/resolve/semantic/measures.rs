//! Rules of measures, and of the measures that metrics take in.

use rustc_hash::{FxHashMap, FxHashSet};

use super::models::Model;
use super::{Faults, elements, text};
use crate::manifest::{Manifest, NodeKind};
use crate::value::{Map, Value};

/// Parameters of an aggregation that has another meaning for them, or none.
pub fn aggregation((node, _): Model<'_>, measure: &Map, faults: &mut Faults<'_>) {
    let (name, agg) = (text(measure, "name"), text(measure, "agg"));
    let Some(params) = measure.get("agg_params").and_then(Value::as_map) else { return };
    let given = |key: &str| params.get(key).filter(|value| value.is_truthy()).map(|_| key.to_string());
    if agg == "median" {
        let share = params.get("percentile").filter(|share| !share.is_null()).map(Value::py_str);
        if share.is_some_and(|share| share.parse() != Ok(0.5)) || given("use_discrete_percentile").is_some() {
            let message = format!(
                "Measure '{name}' uses a MEDIAN aggregation, whose percentile is 0.5 and continuous: remove `agg_params`."
            );
            faults.push(node, message);
        }
    } else if agg != "percentile" {
        let keys = ["percentile", "use_discrete_percentile", "use_approximate_percentile"];
        let wrong: Vec<String> = keys.into_iter().filter_map(given).collect();
        if !wrong.is_empty() {
            let message = format!(
                "Measure '{name}' with aggregation '{agg}' uses agg_params ({}) only relevant to Percentile measures.",
                wrong.join(", ")
            );
            faults.push(node, message);
        }
    }
}

/// `non_additive_dimension`: a time dimension of the model, as fine as the measure's own.
pub fn non_additive((node, spec): Model<'_>, measure: &Map, own: &str, faults: &mut Faults<'_>) {
    let Some(given) = measure.get("non_additive_dimension").and_then(Value::as_map) else { return };
    let find = |name: &str| elements(spec, "dimensions").find(|dimension| text(dimension, "name") == name);
    // A measure without a time dimension has been named already.
    let Some(own) = find(own) else { return };
    let (name, dimension) = (text(measure, "name"), text(given, "name"));
    let grain = |dimension: &Map| Some(dimension.get("type_params")?.get("time_granularity")?.py_str());
    match find(dimension) {
        None => faults.push(
            node,
            format!(
                "Measure '{name}' has a non_additive_dimension with name '{dimension}' that is not defined as a dimension \
                 in semantic model '{}'.",
                node.name
            ),
        ),
        Some(found) => {
            if text(found, "type") != "time" {
                let message = format!(
                    "Measure '{name}' has a non_additive_dimension with name '{dimension}', which is not a time dimension."
                );
                faults.push(node, message);
            }
            if let (Some(found), Some(own_grain)) = (grain(found), grain(own))
                && found != own_grain
            {
                let message = format!(
                    "Measure '{name}' has a non_additive_dimension with name '{dimension}' by {found}, but aggregates over \
                     '{}' by {own_grain}.",
                    text(own, "name")
                );
                faults.push(node, message);
            }
        }
    }
    let choice = text(given, "window_choice");
    if !matches!(choice, "min" | "max") {
        let message = format!(
            "Measure '{name}' has a non_additive_dimension with an invalid 'window_choice' of '{choice}': it is 'min' or \
             'max'."
        );
        faults.push(node, message);
    }
    let groupings = given.get("window_groupings").and_then(Value::as_list).unwrap_or_default();
    let unknown: Vec<String> = groupings
        .iter()
        .map(Value::py_str)
        .filter(|group| !elements(spec, "entities").any(|entity| text(entity, "name") == group))
        .collect();
    if !unknown.is_empty() {
        let message = format!(
            "Measure '{name}' has a non_additive_dimension with an invalid 'window_groupings': `{}` is no entity of the \
             semantic model.",
            unknown.join("`, `")
        );
        faults.push(node, message);
    }
}

/// Measures that a metric takes in more than once, and the aliases that tell them apart.
pub fn aliases(manifest: &Manifest, models: &[Model<'_>], faults: &mut Faults<'_>) {
    let measures: FxHashSet<&str> = models
        .iter()
        .flat_map(|(_, spec)| elements(spec, "measures"))
        .map(|measure| text(measure, "name"))
        .collect();
    let mut taken: FxHashMap<&str, &str> = FxHashMap::default();
    for node in &manifest.nodes {
        let NodeKind::Metric(metric) = &node.kind else { continue };
        let Some(params) = metric.spec.get("type_params").and_then(Value::as_map) else { continue };
        let inputs: Vec<&Map> = elements(params, "input_measures").collect();
        for (at, input) in inputs.iter().enumerate() {
            let name = text(input, "name");
            let is_bare = |input: &&&Map| {
                text(input, "alias").is_empty() && input.get("filter").is_some_and(Value::is_truthy)
            };
            let same: Vec<&&Map> = inputs.iter().filter(|other| text(other, "name") == name).collect();
            let is_first = inputs.iter().position(|other| text(other, "name") == name) == Some(at);
            if is_first && same.len() > 1 && same.iter().any(is_bare) {
                let message = format!(
                    "Metric {} depends on multiple different constrained versions of measure {name}. In such cases, \
                     aliases must be provided to those with a filter.",
                    node.name
                );
                faults.push(node, message);
            }
        }
        for input in inputs.iter().filter(|input| !text(input, "alias").is_empty()) {
            let alias = text(input, "alias");
            faults.name(node, alias);
            if measures.contains(alias) {
                let message = format!(
                    "Alias `{alias}` for measure `{}` conflicts with measure names defined elsewhere in the project.",
                    text(input, "name")
                );
                faults.push(node, message);
            }
            if let Some(other) = taken.insert(alias, &node.name) {
                let message = format!(
                    "Measure alias {alias} conflicts with a measure alias used elsewhere in the project: the metrics \
                     `{other}` and `{}` have it.",
                    node.name
                );
                faults.push(node, message);
            }
        }
    }
}
