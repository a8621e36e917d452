//! Time spines: that there is one, and what they are called and counted by.

use rustc_hash::{FxHashMap, FxHashSet};

use super::models::Model;
use super::{Faults, elements, text};
use crate::diag::{Diagnostic, Sink};
use crate::manifest::{Manifest, Node, ResourceType, TIME_GRAINS};
use crate::value::Map;

/// The model that serves as time spine without any configuration.
const LEGACY_SPINE: &str = "metricflow_time_spine";

/// There must be a time spine of grain day or finer.
pub fn required(manifest: &Manifest, sink: &Sink) {
    let rank = |grain: &str| TIME_GRAINS.iter().position(|known| *known == grain.to_lowercase());
    let finest = manifest
        .nodes
        .iter()
        .filter_map(|node| {
            let spine = node.model()?.time_spine.as_ref()?;
            let column = spine.get("standard_granularity_column")?.as_str()?;
            rank(node.columns.get(column)?.granularity.as_deref()?)
        })
        .min();
    let legacy =
        manifest.nodes.iter().any(|node| node.resource_type.is_refable() && &*node.name == LEGACY_SPINE);
    if legacy || finest <= rank("day") && finest.is_some() {
        return;
    }
    sink.push(
        Diagnostic::error(
            "no-time-spine",
            "The semantic layer requires a time spine model with granularity DAY or smaller in the project, but none was \
             found. Guidance on creating this model can be found on our docs site \
             (https://docs.getdbt.com/docs/build/metricflow-time-spine).",
        )
        .help("give a model `time_spine: {standard_granularity_column: …}` and the column a `granularity`"),
    );
}

/// A time spine that is one by its name alone.
pub fn legacy(manifest: &Manifest, configured: bool, sink: &Sink) {
    let has_day = |node: &Node| {
        let grain = || {
            let spine = node.model()?.time_spine.as_ref()?;
            let column = spine.get("standard_granularity_column")?.as_str()?;
            node.columns.get(column)?.granularity.clone()
        };
        grain().is_some_and(|grain| grain.eq_ignore_ascii_case("day"))
    };
    let is_legacy = |node: &&Node| {
        &*node.name == LEGACY_SPINE && node.model().is_some_and(|model| model.time_spine.is_none())
    };
    let legacy = manifest.nodes.iter().find(is_legacy);
    if let Some(legacy) = legacy
        && !configured
        && !manifest.nodes.iter().any(has_day)
    {
        let message = format!("`{LEGACY_SPINE}` is a time spine by its name alone");
        sink.push(
            Diagnostic::warning("deprecated-time-spine", message)
                .at(legacy.span)
                .help("give it `time_spine: {standard_granularity_column: …}` and the column a `granularity`")
                .event("MFTimespineWithoutYamlConfigurationDeprecation"),
        );
    }
}

/// The granularities that time spines declare beside the standard ones.
pub fn custom_granularities(manifest: &Manifest) -> Vec<&str> {
    let spines = manifest.nodes.iter().filter_map(|node| node.model()?.time_spine.as_ref());
    spines
        .flat_map(|spine| elements(spine, "custom_granularities"))
        .map(|granularity| text(granularity, "name"))
        .collect()
}

/// Names of custom granularities are valid, and mean nothing else.
pub fn custom_names(manifest: &Manifest, models: &[Model<'_>], faults: &mut Faults<'_>) {
    let mut others: FxHashMap<&str, &str> = FxHashMap::default();
    for (_, spec) in models {
        for (key, what) in [("measures", "measure"), ("entities", "entity"), ("dimensions", "dimension")] {
            others.extend(elements(spec, key).map(|element| (text(element, "name"), what)));
        }
    }
    for node in &manifest.nodes {
        match node.resource_type {
            ResourceType::Metric => others.insert(&node.name, "metric"),
            ResourceType::SemanticModel => others.insert(&node.name, "semantic model"),
            _ => None,
        };
    }
    let mut seen = FxHashSet::default();
    for node in &manifest.nodes {
        let Some(spine) = node.model().and_then(|model| model.time_spine.as_ref()) else { continue };
        for granularity in elements(spine, "custom_granularities") {
            let name = text(granularity, "name");
            faults.name(node, name);
            if let Some(what) = others.get(name) {
                let message = format!(
                    "Can't use name `{name}` for a custom granularity when it was already used for a {what}."
                );
                faults.push(node, message);
            }
            if !seen.insert(name) {
                let message =
                    format!("Custom granularity names must be unique, but `{name}` is there more than once.");
                faults.push(node, message);
            }
        }
    }
}

/// One time spine a granularity, and one as fine as the finest time dimension.
pub fn granularities(manifest: &Manifest, models: &[Model<'_>], faults: &mut Faults<'_>) {
    let rank = |grain: &str| TIME_GRAINS.iter().position(|known| *known == grain.to_lowercase());
    let mut spines: FxHashMap<usize, &Node> = FxHashMap::default();
    for node in &manifest.nodes {
        let spine = || {
            let spine = node.model()?.time_spine.as_ref()?;
            let column = node.columns.get(spine.get("standard_granularity_column")?.as_str()?)?;
            rank(column.granularity.as_deref()?)
        };
        let Some(grain) = spine() else { continue };
        if let Some(other) = spines.insert(grain, node) {
            let message = format!(
                "Only one time spine is supported per granularity. `{}` and `{}` are by {}.",
                other.name, node.name, TIME_GRAINS[grain]
            );
            faults.warn(node, message);
        }
    }
    let dimension = |dimension: &Map| rank(&dimension.get("type_params")?.get("time_granularity")?.py_str());
    let finest = models.iter().flat_map(|(_, spec)| elements(spec, "dimensions")).filter_map(dimension).min();
    let Some((spine, node)) = spines.into_iter().min_by_key(|(grain, _)| *grain) else { return };
    if let Some(finest) = finest
        && finest < spine
    {
        let message = format!(
            "To avoid unexpected query errors, configuring a time spine at or below the smallest time dimension \
             granularity is recommended. Smallest time dimension granularity: {}; smallest time spine granularity: {}.",
            TIME_GRAINS[finest], TIME_GRAINS[spine]
        );
        faults.warn(node, message);
    }
}
