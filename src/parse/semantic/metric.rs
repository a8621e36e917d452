//! Metrics.

use super::{null, shape, where_filter, word};
use crate::diag::Diagnostic;
use crate::manifest::{Node, NodeKind, ResourceType, SpecData, TIME_GRAINS};
use crate::parse::Parser;
use crate::parse::properties::Entry;
use crate::value::{Map, Value};

const METRIC_TYPES: [&str; 5] = ["simple", "ratio", "cumulative", "derived", "conversion"];
const CALCULATIONS: [&str; 2] = ["conversions", "conversion_rate"];
const PERIOD_AGGREGATIONS: [&str; 3] = ["first", "last", "average"];

impl Parser<'_> {
    /// An entry of `metrics:`.
    pub fn metric(&self, entry: &Entry<'_>) -> Result<Node, Diagnostic> {
        check_name(entry)?;
        let mut node = self.semantic_node(entry, ResourceType::Metric)?;
        if node.meta.is_empty() {
            node.meta = entry.map("meta")?;
        }
        node.tags = entry.str_list("tags")?;
        let kind = word(entry, "type", &entry.required_str("type")?, &METRIC_TYPES)?;
        let params = type_params(entry, kind.as_str().unwrap_or_default())?;
        let spec = Map::from_iter([
            ("label".into(), Value::Str(entry.required_str("label")?)),
            ("type".into(), kind),
            ("type_params".into(), Value::Map(params)),
            ("filter".into(), where_filter(entry.data.get("filter"))),
            ("metadata".into(), Value::Null),
            ("time_granularity".into(), entry.data.get("time_granularity").cloned().unwrap_or_default()),
        ]);
        node.kind = NodeKind::Metric(Box::new(SpecData { spec }));
        Ok(node)
    }
}

/// dbt's rules for the name of a metric.
fn check_name(entry: &Entry<'_>) -> Result<(), Diagnostic> {
    let name = entry.required_str("name")?;
    let mut faults = vec![];
    if name.contains(' ') {
        faults.push("cannot contain spaces");
    }
    if name.chars().count() > 250 {
        faults.push("cannot contain more than 250 characters");
    }
    if !name.starts_with(|first: char| first.is_ascii_alphabetic()) {
        faults.push("must begin with a letter");
    }
    if !name.chars().all(|c| c.is_alphanumeric() || c == '_') {
        faults.push("must contain only letters, numbers and underscores");
    }
    if faults.is_empty() {
        return Ok(());
    }
    let message = format!("The metric name '{name}' is invalid.  It {}", faults.join(", "));
    Err(entry.error("invalid-property", "name", message))
}

fn type_params(entry: &Entry<'_>, kind: &str) -> Result<Map, Diagnostic> {
    let given = entry.map("type_params")?;
    let optional = |key: &str| given.get(key).filter(|value| !value.is_null());
    let window = |value: Option<&Value>| time_window(entry, value);
    let grain = match optional("grain_to_date") {
        Some(Value::Str(grain)) => word(entry, "type_params", grain, &TIME_GRAINS)?,
        _ => Value::Null,
    };
    let one = |value: Option<&Value>, default: &str, allowed: &[&str]| {
        word(entry, "type_params", value.and_then(Value::as_str).unwrap_or(default), allowed)
    };
    let mut metrics = vec![];
    for metric in given.get("metrics").and_then(Value::as_list).unwrap_or_default() {
        metrics.push(metric_input(entry, metric)?);
    }
    let input = |key: &str| optional(key).map(|value| metric_input(entry, value)).transpose();
    let conversion = match optional("conversion_type_params").and_then(Value::as_map) {
        None => Value::Null,
        Some(params) => Value::Map(Map::from_iter([
            ("base_measure".into(), input_measure(params.get("base_measure"))),
            ("conversion_measure".into(), input_measure(params.get("conversion_measure"))),
            ("entity".into(), params.get("entity").cloned().unwrap_or_default()),
            ("calculation".into(), one(params.get("calculation"), "conversion_rate", &CALCULATIONS)?),
            ("window".into(), window(params.get("window"))?),
            ("constant_properties".into(), params.get("constant_properties").cloned().unwrap_or_default()),
        ])),
    };
    let cumulative = if kind == "cumulative" {
        let params = optional("cumulative_type_params").and_then(Value::as_map).cloned().unwrap_or_default();
        let own = |key: &str| params.get(key).filter(|value| value.is_truthy()).or(optional(key));
        Value::Map(Map::from_iter([
            ("window".into(), window(own("window"))?),
            ("grain_to_date".into(), own("grain_to_date").cloned().unwrap_or_default()),
            ("period_agg".into(), one(params.get("period_agg"), "first", &PERIOD_AGGREGATIONS)?),
            ("metric".into(), Value::Null),
        ]))
    } else {
        Value::Null
    };
    Ok(Map::from_iter([
        ("measure".into(), optional("measure").map_or(Value::Null, |value| input_measure(Some(value)))),
        ("input_measures".into(), Value::List(vec![])),
        ("numerator".into(), input("numerator")?.unwrap_or_default()),
        ("denominator".into(), input("denominator")?.unwrap_or_default()),
        ("expr".into(), optional("expr").map_or(Value::Null, |value| Value::from(value.py_str()))),
        ("window".into(), window(optional("window"))?),
        ("grain_to_date".into(), grain),
        ("metrics".into(), Value::List(metrics)),
        ("conversion_type_params".into(), conversion),
        ("cumulative_type_params".into(), cumulative),
        ("metric_aggregation_params".into(), Value::Null),
    ]))
}

fn input_measure(value: Option<&Value>) -> Value {
    let given = match value {
        Some(Value::Map(map)) => map.clone(),
        Some(name) => Map::from_iter([("name".into(), name.clone())]),
        None => return Value::Null,
    };
    let mut shaped = shape(
        &given,
        &[
            null("name"),
            null("filter"),
            null("alias"),
            ("join_to_timespine", false.into()),
            null("fill_nulls_with"),
        ],
    );
    shaped.insert("filter".into(), where_filter(given.get("filter")));
    Value::Map(shaped)
}

fn metric_input(entry: &Entry<'_>, value: &Value) -> Result<Value, Diagnostic> {
    let given = match value {
        Value::Map(map) => map.clone(),
        name => Map::from_iter([("name".into(), name.clone())]),
    };
    let mut shaped = shape(
        &given,
        &[null("name"), null("filter"), null("alias"), null("offset_window"), null("offset_to_grain")],
    );
    shaped.insert("filter".into(), where_filter(given.get("filter")));
    shaped.insert("offset_window".into(), time_window(entry, given.get("offset_window"))?);
    Ok(Value::Map(shaped))
}

/// `28 days` as count and granularity.
fn time_window(entry: &Entry<'_>, value: Option<&Value>) -> Result<Value, Diagnostic> {
    let text = match value {
        None | Some(Value::Null) => return Ok(Value::Null),
        Some(value) => value.py_str().to_lowercase(),
    };
    let fail = || {
        entry
            .error("invalid-property", "type_params", format!("`{text}` is not a window"))
            .help("write a count and a granularity: `28 days`")
    };
    let (count, grain) = text.split_once(' ').ok_or_else(fail)?;
    let count: i64 = count.parse().map_err(|_| fail())?;
    let singular = grain.strip_suffix('s').filter(|grain| TIME_GRAINS.contains(grain)).unwrap_or(grain);
    Ok(Value::Map(Map::from_iter([
        ("count".into(), Value::Int(count)),
        ("granularity".into(), singular.into()),
    ])))
}
