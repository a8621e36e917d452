//! Rules among the elements of semantic models: validity windows, natural entities, and names that mean the
//! same everywhere.

use rustc_hash::FxHashMap;

use super::{Faults, elements, text};
use crate::manifest::Node;
use crate::value::{Map, Value};

/// A semantic model with what it declares.
pub type Model<'a> = (&'a Node, &'a Map);

const ELEMENTS: [(&str, &str); 3] =
    [("measures", "measure"), ("dimensions", "dimension"), ("entities", "entity")];

/// The names of a semantic model's entities of one type.
fn entities<'a>(spec: &'a Map, kind: &'static str) -> impl Iterator<Item = &'a str> {
    elements(spec, "entities")
        .filter(move |entity| text(entity, "type") == kind)
        .map(|entity| text(entity, "name"))
}

fn quoted(names: &[&str]) -> String {
    format!("`{}`", names.join("`, `"))
}

/// Dimensions that say from when until when a row holds.
pub fn validity((node, spec): Model<'_>, faults: &mut Faults<'_>) {
    let params = |dimension: &Map| match dimension.get("type_params")?.get("validity_params")? {
        Value::Map(params) => Some(params.clone()),
        _ => None,
    };
    let windows: Vec<(&str, Map)> = elements(spec, "dimensions")
        .filter_map(|dimension| Some((text(dimension, "name"), params(dimension)?)))
        .collect();
    let natural: Vec<&str> = entities(spec, "natural").collect();
    let name = &node.name;
    if natural.len() > 1 {
        let message = format!(
            "Semantic models can have at most one natural entity, `{name}` has {}: {}.",
            natural.len(),
            quoted(&natural)
        );
        faults.push(node, message);
    }
    if windows.is_empty() {
        if !natural.is_empty() {
            let message = format!(
                "The natural entity {} needs a validity window, and semantic model `{name}` has none.",
                quoted(&natural)
            );
            faults.push(node, message);
        }
        return;
    }
    let marked = |key: &str| {
        windows.iter().filter(|(_, params)| params.get(key).is_some_and(Value::is_truthy)).count()
    };
    let names: Vec<&str> = windows.iter().map(|(name, _)| *name).collect();
    if windows.len() != 2 || marked("is_start") != 1 || marked("is_end") != 1 {
        let message = format!(
            "A validity window is two time dimensions with `validity_params`, one with `is_start` and one with `is_end`. \
             Semantic model `{name}` has {}.",
            quoted(&names)
        );
        faults.push(node, message);
    }
    let keys: Vec<&str> = entities(spec, "primary").chain(entities(spec, "unique")).collect();
    if natural.is_empty() {
        let message = format!(
            "Semantic model `{name}` has validity param dimensions defined, but no entity with type `natural`."
        );
        faults.push(node, message);
    }
    if !keys.is_empty() {
        let message = format!(
            "Semantic model `{name}` has validity param dimensions defined, so that no entity can be `primary` or \
             `unique`: {}.",
            quoted(&keys)
        );
        faults.push(node, message);
    }
    let measures: Vec<&str> = elements(spec, "measures").map(|measure| text(measure, "name")).collect();
    if !measures.is_empty() {
        let message = format!(
            "Semantic model `{name}` has both measures and validity param dimensions defined. Measures: {}. Dimensions: \
             {}.",
            quoted(&measures),
            quoted(&names)
        );
        faults.push(node, message);
    }
}

/// Names that stand in several models, or for several kinds of element.
pub fn shared(models: &[Model<'_>], faults: &mut Faults<'_>) {
    let mut dimensions: FxHashMap<&str, (&str, bool)> = FxHashMap::default();
    let mut labels: FxHashMap<&str, (&str, &str)> = FxHashMap::default();
    let mut kinds: FxHashMap<&str, Vec<(&str, &Node)>> = FxHashMap::default();
    let mut pairs: FxHashMap<(&str, &str), &str> = FxHashMap::default();
    for &(node, spec) in models {
        for (key, what) in ELEMENTS {
            for element in elements(spec, key) {
                let found = kinds.entry(text(element, "name")).or_default();
                if !found.iter().any(|(kind, _)| *kind == what) {
                    found.push((what, node));
                }
            }
        }
        for entity in elements(spec, "entities") {
            let (name, label) = (text(entity, "name"), text(entity, "label"));
            if label.is_empty() {
                continue;
            }
            let (first, model) = labels.entry(name).or_insert((label, &node.name));
            if *first != label {
                let message = format!(
                    "Entities with the same name must have the same label: `{name}` is `{first}` in semantic model \
                     `{model}` and `{label}` in `{}`.",
                    node.name
                );
                faults.push(node, message);
            }
        }
        let declared = text(spec, "primary_entity");
        let primary = if declared.is_empty() { entities(spec, "primary").next() } else { Some(declared) };
        for dimension in elements(spec, "dimensions") {
            let name = text(dimension, "name");
            same_dimension(node, dimension, &mut dimensions, faults);
            if let Some(primary) = primary
                && let Some(other) = pairs.insert((primary, name), &node.name)
            {
                let message = format!(
                    "Duplicate dimension + primary entity pairing detected: dimension `{name}` of primary entity \
                     `{primary}` is in the semantic models `{other}` and `{}`.",
                    node.name
                );
                faults.push(node, message);
            }
        }
    }
    let mut mixed: Vec<_> = kinds.into_iter().filter(|(_, kinds)| kinds.len() > 1).collect();
    mixed.sort_by_key(|(name, _)| *name);
    for (name, kinds) in mixed {
        let all: Vec<&str> = kinds.iter().map(|(kind, _)| *kind).collect();
        for (kind, node) in &kinds {
            let message = format!(
                "Element `{name}` is a {kind} in semantic model `{}`, but it is used as types {} across the project.",
                node.name,
                quoted(&all)
            );
            faults.push(node, message);
        }
    }
}

fn same_dimension<'a>(
    node: &'a Node,
    dimension: &'a Map,
    dimensions: &mut FxHashMap<&'a str, (&'a str, bool)>,
    faults: &mut Faults<'_>,
) {
    let (name, kind) = (text(dimension, "name"), text(dimension, "type"));
    let is_partition = dimension.get("is_partition").is_some_and(Value::is_truthy);
    let (first, was_partition) = *dimensions.entry(name).or_insert((kind, is_partition));
    if first != kind {
        let message = format!(
            "In semantic model `{}`, type conflict for dimension `{name}`: it is `{first}` in another one, and `{kind}` \
             here.",
            node.name
        );
        faults.push(node, message);
    }
    if was_partition != is_partition {
        let message = format!(
            "In semantic model `{}`, conflicting is_partition attribute for dimension `{name}`: it is `{was_partition}` in \
             another one, and `{is_partition}` here.",
            node.name
        );
        faults.push(node, message);
    }
}
