//! Windows and granularities of metrics, and the inputs of derived ones.

use rustc_hash::FxHashSet;

use super::{Faults, elements, text};
use crate::manifest::{Node, NodeKind, TIME_GRAINS};
use crate::value::{Map, Value};

const NOT_YET: &str = "Custom granularities are not supported for this field yet.";

/// Windows of cumulative, conversion and derived metrics, by known granularities.
pub fn metric(node: &Node, params: &Map, custom: &[&str], faults: &mut Faults<'_>) {
    let nested = |key: &str| params.get(key).and_then(Value::as_map);
    let NodeKind::Metric(metric) = &node.kind else { return };
    let kind = text(&metric.spec, "type");
    if let Some(own) = nested("cumulative_type_params").filter(|_| kind == "cumulative") {
        if let (Some(outer @ Value::Map(_)), Some(inner @ Value::Map(_))) =
            (params.get("window"), own.get("window"))
            && outer != inner
        {
            let message = format!(
                "Got differing values for `window` on cumulative metric '{}': remove it from `type_params`.",
                node.name
            );
            faults.push(node, message);
        }
        grain(node, ("grain_to_date", own), faults);
        window(node, own.get("window"), (custom, false), faults);
    }
    if let Some(own) = nested("conversion_type_params").filter(|_| kind == "conversion") {
        window(node, own.get("window"), (custom, false), faults);
    }
    for input in elements(params, "metrics") {
        window(node, input.get("offset_window"), (custom, true), faults);
        grain(node, ("offset_to_grain", input), faults);
    }
}

fn grain(node: &Node, (key, given): (&str, &Map), faults: &mut Faults<'_>) {
    let grain = text(given, key);
    if !grain.is_empty() && !TIME_GRAINS.contains(&grain) {
        faults.push(node, format!("Invalid time granularity found in `{key}`: '{grain}'. {NOT_YET}"));
    }
}

fn window(
    node: &Node,
    window: Option<&Value>,
    (custom, takes_custom): (&[&str], bool),
    faults: &mut Faults<'_>,
) {
    let Some(Value::Map(window)) = window else { return };
    let given = text(window, "granularity");
    let known = |grain: &str| TIME_GRAINS.contains(&grain) || custom.contains(&grain);
    let grain = given.strip_suffix('s').filter(|grain| known(grain)).unwrap_or(given);
    if TIME_GRAINS.contains(&grain) || takes_custom && custom.contains(&grain) {
        return;
    }
    let count = window.get("count").map(Value::py_str).unwrap_or_default();
    let more = if custom.contains(&grain) { format!(" {NOT_YET}") } else { String::new() };
    faults.push(node, format!("Invalid time granularity '{grain}' in window: '{count} {given}'{more}"));
}

/// What `expr` of a derived metric is made of, and under which names.
pub fn derived(node: &Node, params: &Map, faults: &mut Faults<'_>) {
    let expr = text(params, "expr");
    if expr.is_empty() {
        faults.warn(node, format!("No `expr` set for derived metric {}.", node.name));
    }
    let names: FxHashSet<&str> = elements(params, "metrics").map(|input| text(input, "name")).collect();
    for input in elements(params, "metrics") {
        let (name, alias) = (text(input, "name"), text(input, "alias"));
        if !alias.is_empty() {
            faults.name(node, alias);
            if names.contains(alias) {
                faults
                    .push(node, format!("Alias '{alias}' for input metric: '{name}' is already being used."));
            }
        }
        let used = if alias.is_empty() { name } else { alias };
        if !expr.is_empty() && !expr.contains(used) {
            let message = format!(
                "Input metric '{used}' is not used in `expr`: '{expr}' for derived metric '{}'.",
                node.name
            );
            faults.warn(node, message);
        }
    }
}
