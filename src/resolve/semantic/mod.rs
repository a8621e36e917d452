//! Rules of the semantic layer: names, measures, time dimensions, entities, derived metrics, time
//! spines. A project that breaks one does not parse.
//!
//! <https://docs.getdbt.com/docs/build/validation>

mod conversion;
mod filters;
mod items;
mod measures;
mod models;
mod spines;
mod windows;

use rustc_hash::{FxHashMap, FxHashSet};

use super::Rules;
use crate::diag::{Diagnostic, Sink};
use crate::manifest::{Manifest, Node, NodeKind, ResourceType, TIME_GRAINS};
use crate::value::{Map, Value};
use models::Model;

/// Words that no common warehouse takes as a column's name.
const KEYWORDS: [&str; 26] = [
    "and", "as", "create", "distinct", "for", "from", "full", "having", "in", "inner", "into", "is", "join",
    "left", "like", "natural", "not", "null", "on", "or", "right", "select", "union", "using", "where",
    "with",
];

/// Judges all semantic models, metrics and saved queries.
pub fn check(manifest: &Manifest, rules: &Rules, sink: &Sink) {
    let of = |kind: ResourceType| manifest.nodes.iter().filter(move |node| node.resource_type == kind);
    let has_models = of(ResourceType::SemanticModel).next().is_some();
    if has_models {
        spines::required(manifest, sink);
    }
    // dbt looks no further unless there is both, and what could not be read is not there.
    if sink.has_errors() || !has_models || of(ResourceType::Metric).next().is_none() {
        return;
    }
    let mut faults = Faults { sink, count: 0 };
    let kinds = [ResourceType::SemanticModel, ResourceType::Metric, ResourceType::SavedQuery];
    for node in kinds.into_iter().flat_map(of) {
        faults.name(node, &node.name);
    }
    labels(of(ResourceType::Metric), "metric", &mut faults);
    labels(of(ResourceType::SemanticModel), "semantic model", &mut faults);
    let models: Vec<Model<'_>> = of(ResourceType::SemanticModel)
        .filter_map(|node| match &node.kind {
            NodeKind::SemanticModel(model) => Some((node, &model.spec)),
            _ => None,
        })
        .collect();
    let custom = spines::custom_granularities(manifest);
    let mut measures: FxHashMap<&str, &str> = FxHashMap::default();
    for &(node, spec) in &models {
        semantic_model(node, spec, &mut faults);
        models::validity((node, spec), &mut faults);
        for measure in elements(spec, "measures") {
            if let Some(other) = measures.insert(text(measure, "name"), &node.name)
                && other != &*node.name
            {
                let name = text(measure, "name");
                let message = format!(
                    "Found measure with name {name} in multiple semantic models with names (['{other}', '{}'])",
                    node.name
                );
                faults.push(node, message);
            }
        }
    }
    for node in of(ResourceType::Metric) {
        if let NodeKind::Metric(metric) = &node.kind {
            metric_rules(node, &metric.spec, &custom, &mut faults);
        }
    }
    models::shared(&models, &mut faults);
    measures::aliases(manifest, &models, &mut faults);
    filters::check(manifest, &custom, &mut faults);
    spines::custom_names(manifest, &models, &mut faults);
    spines::granularities(manifest, &models, &mut faults);
    conversion::check(manifest, &mut faults);
    moved_params(of(ResourceType::Metric), rules.nested_cumulative_params, &mut faults);
    spines::legacy(manifest, rules.configured_time_spines, sink);
    if faults.count > 0 {
        sink.push(Diagnostic::error("invalid-semantic-layer", "Semantic Manifest validation failed."));
    }
}

/// Counts what breaks a rule on its way to the sink.
pub struct Faults<'a> {
    sink: &'a Sink,
    count: usize,
}

impl Faults<'_> {
    pub fn push(&mut self, node: &Node, message: String) {
        self.count += 1;
        self.sink.push(
            Diagnostic::error("invalid-semantic-layer", message)
                .at(node.span)
                .node(&*node.unique_id)
                .event("SemanticValidationFailure"),
        );
    }

    /// What works, but hardly as it is meant.
    pub fn warn(&self, node: &Node, message: String) {
        self.sink.push(
            Diagnostic::warning("invalid-semantic-layer", message)
                .at(node.span)
                .node(&*node.unique_id)
                .event("SemanticValidationFailure"),
        );
    }

    /// The rules for every name of the semantic layer.
    fn name(&mut self, node: &Node, name: &str) {
        let lower_or_digit = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        let is_valid = name.len() >= 2
            && name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.ends_with(lower_or_digit)
            && name.chars().all(|c| lower_or_digit(c) || c == '_')
            && !name.contains("__");
        if !is_valid {
            self.push(
                node,
                format!(
                    "Invalid name `{name}` - names may only contain lower case letters, numbers, and underscores. \
                     Additionally, names must start with a lower case letter, cannot end with an underscore, cannot \
                     contain dunders (double underscores, or __), and must be at least 2 characters long."
                ),
            );
        }
        if TIME_GRAINS.contains(&&*name.to_lowercase()) {
            self.push(
                node,
                format!("Invalid name `{name}` - names cannot match reserved time granularity keywords"),
            );
        }
        if matches!(&*name.to_lowercase(), "metric_time" | "mf_internal_uuid") {
            self.push(node, format!("Invalid name `{name}` - this name is reserved by MetricFlow"));
        }
    }
}

/// The dictionaries in the list under a key.
pub fn elements<'a>(spec: &'a Map, key: &str) -> impl Iterator<Item = &'a Map> {
    spec.get(key).and_then(Value::as_list).unwrap_or_default().iter().filter_map(Value::as_map)
}

/// The text under a key; empty when there is none.
pub fn text<'a>(map: &'a Map, key: &str) -> &'a str {
    map.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn labels<'a>(nodes: impl Iterator<Item = &'a Node>, what: &str, faults: &mut Faults<'_>) {
    let mut seen: FxHashMap<&str, &Node> = FxHashMap::default();
    for node in nodes {
        let (NodeKind::Metric(data) | NodeKind::SemanticModel(data)) = &node.kind else { continue };
        let label = text(&data.spec, "label");
        if label.is_empty() {
            continue;
        }
        if let Some(other) = seen.insert(label, node) {
            let message = format!(
                "Can't use label `{label}` for {what} `{}` as it's already used for {what} `{}`",
                node.name, other.name
            );
            faults.push(node, message);
        }
    }
}

fn semantic_model(node: &Node, spec: &Map, faults: &mut Faults<'_>) {
    for (key, what) in [("measures", "measure"), ("entities", "entity"), ("dimensions", "dimension")] {
        let (mut names, mut labels) = (FxHashSet::default(), FxHashSet::default());
        for element in elements(spec, key) {
            let name = text(element, "name");
            if !names.insert(name) {
                let message = format!(
                    "In semantic model `{}`, can't use name `{name}` for a {what} when it was already used for a {what}",
                    node.name
                );
                faults.push(node, message);
            }
            let label = text(element, "label");
            if !label.is_empty() && !labels.insert(label) {
                let message = format!(
                    "Labels must be unique within a semantic model: `{label}` stands for more than one {what} of `{}`",
                    node.name
                );
                faults.push(node, message);
            }
            faults.name(node, name);
            if KEYWORDS.contains(&&*name.to_lowercase()) {
                let message =
                    format!("'{name}' is an SQL reserved keyword, and thus cannot be used as a {what}");
                faults.push(node, message);
            }
        }
    }
    primary_entity(node, spec, faults);
    let time: Vec<&str> = elements(spec, "dimensions")
        .filter(|dimension| text(dimension, "type") == "time")
        .map(|dimension| text(dimension, "name"))
        .collect();
    let default = spec
        .get("defaults")
        .and_then(Value::as_map)
        .map_or("", |defaults| text(defaults, "agg_time_dimension"));
    if !default.is_empty() && !time.contains(&default) {
        let message = format!(
            "Default aggregation time dimension was specified as '{default}' which doesn't exist as a time dimension in \
             semantic model named '{}'.",
            node.name
        );
        faults.push(node, message);
    }
    for measure in elements(spec, "measures") {
        measure_rules((node, spec), measure, (&time, default), faults);
    }
}

fn primary_entity(node: &Node, spec: &Map, faults: &mut Faults<'_>) {
    let primary: Vec<&str> = elements(spec, "entities")
        .filter(|entity| text(entity, "type") == "primary")
        .map(|entity| text(entity, "name"))
        .collect();
    let declared = text(spec, "primary_entity");
    let message = match &*primary {
        [_, _, ..] => format!(
            "Semantic models can have only one primary entity. The semantic model `{}` has {}: {}",
            node.name,
            primary.len(),
            primary.join(", ")
        ),
        [one] if !declared.is_empty() => format!(
            "The semantic model `{}` has an entity named `{one}` with type primary but it also has the `primary_entity` \
             field set to `{declared}`. Both should not be present in the model.",
            node.name
        ),
        [] if declared.is_empty() && elements(spec, "dimensions").next().is_some() => format!(
            "The semantic model {} contains dimensions, but it does not define a primary entity. Either add an entity \
             with type PRIMARY or set a value for the primary_entity key.",
            node.name
        ),
        _ => return,
    };
    faults.push(node, message);
}

fn measure_rules(
    (node, spec): Model<'_>,
    measure: &Map,
    (time, default): (&[&str], &str),
    faults: &mut Faults<'_>,
) {
    measures::aggregation((node, spec), measure, faults);
    let name = text(measure, "name");
    let own = text(measure, "agg_time_dimension");
    let dimension = if own.is_empty() { default } else { own };
    if dimension.is_empty() {
        let message = format!(
            "Aggregation time dimension for measure {name} is not set! Set it on the measure, or as `agg_time_dimension` \
             in the `defaults` of semantic model {}.",
            node.name
        );
        faults.push(node, message);
    } else if !time.contains(&dimension) {
        let message = format!(
            "In semantic model '{}', measure '{name}' has the aggregation time dimension set to '{dimension}', which is \
             not a valid time dimension in the semantic model",
            node.name
        );
        faults.push(node, message);
    }
    measures::non_additive((node, spec), measure, dimension, faults);
    let expr = measure.get("expr").filter(|expr| !expr.is_null()).map(Value::py_str);
    let percentile = measure.get("agg_params").and_then(|params| params.get("percentile"));
    match (text(measure, "agg"), &expr) {
        ("count", None) => faults.push(
            node,
            format!(
                "Measure '{name}' uses a COUNT aggregation, which requires an expr to be provided. Provide 'expr: 1' if a \
                 count of all rows is desired."
            ),
        ),
        ("count", Some(expr)) if expr.to_lowercase().starts_with("distinct ") => faults.push(
            node,
            format!(
                "Measure '{name}' uses a 'count' aggregation with a DISTINCT expr: '{expr}'. Please use the \
                 count_distinct aggregation type."
            ),
        ),
        ("percentile", _) => {
            let share = percentile.and_then(|value| value.py_str().parse::<f64>().ok());
            if !share.is_some_and(|share| share > 0.0 && share < 1.0) {
                let message = format!(
                    "Measure '{name}' uses a PERCENTILE aggregation, which requires agg_params.percentile between 0 and \
                     1 (non-inclusive)."
                );
                faults.push(node, message);
            }
        }
        _ => {}
    }
}

/// Windows of cumulative metrics that stand where they used to.
fn moved_params<'a>(metrics: impl Iterator<Item = &'a Node>, nested: bool, faults: &mut Faults<'_>) {
    let is_moved = |node: &&Node| {
        let NodeKind::Metric(metric) = &node.kind else { return false };
        let params = metric.spec.get("type_params");
        ["window", "grain_to_date"]
            .iter()
            .any(|key| params.and_then(|params| params.get(key)).is_some_and(Value::is_truthy))
    };
    let moved: Vec<&Node> = metrics.filter(is_moved).collect();
    let Some(first) = moved.first() else { return };
    let names: Vec<&str> = moved.iter().map(|node| &*node.name).collect();
    let message = format!(
        "Cumulative fields `type_params.window` and `type_params.grain_to_date` should be nested under \
         `type_params.cumulative_type_params.window` and `type_params.cumulative_type_params.grain_to_date`. Invalid \
         metrics: {}.",
        names.join(", ")
    );
    if nested {
        return faults.push(first, message);
    }
    faults.sink.push(
        Diagnostic::warning("deprecated-key", message)
            .at(first.span)
            .event("MFCumulativeTypeParamsDeprecation"),
    );
}

fn metric_rules(node: &Node, spec: &Map, custom: &[&str], faults: &mut Faults<'_>) {
    let Some(Value::Map(params)) = spec.get("type_params") else { return };
    windows::metric(node, params, custom, faults);
    let set = |map: &Map, key: &str| map.get(key).is_some_and(Value::is_truthy);
    match text(spec, "type") {
        "cumulative" => {
            let nested = params.get("cumulative_type_params").and_then(Value::as_map);
            if nested.is_some_and(|nested| set(nested, "window") && set(nested, "grain_to_date")) {
                let message =
                    "Both window and grain_to_date set for cumulative metric. Please set one or the other.";
                faults.push(node, message.into());
            }
        }
        "derived" => {
            windows::derived(node, params, faults);
            if elements(params, "metrics").next().is_none() {
                let message = format!(
                    "No input metrics found for derived metric '{}'. Please add metrics to type_params.metrics.",
                    node.name
                );
                faults.push(node, message);
            }
            for input in elements(params, "metrics") {
                if set(input, "offset_window") && set(input, "offset_to_grain") {
                    let message = format!(
                        "Both offset_window and offset_to_grain set for derived metric '{}' on input metric '{}'. Please \
                         set one or the other.",
                        node.name,
                        text(input, "name")
                    );
                    faults.push(node, message);
                }
            }
        }
        _ => {}
    }
}
