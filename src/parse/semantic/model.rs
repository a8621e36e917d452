//! Semantic models and their elements.

use super::{null, shape, sql_text, word};
use crate::diag::Diagnostic;
use crate::manifest::{Node, NodeKind, ResourceType, SpecData, TIME_GRAINS};
use crate::parse::Parser;
use crate::parse::properties::Entry;
use crate::value::{Map, Value};

const AGGREGATIONS: [&str; 9] =
    ["sum", "min", "max", "count_distinct", "sum_boolean", "average", "percentile", "median", "count"];

impl Parser<'_> {
    /// An entry of `semantic_models:`, and the metrics that its measures ask for.
    pub fn semantic_model(&self, entry: &Entry<'_>) -> Result<Vec<Node>, Diagnostic> {
        let mut node = self.semantic_node(entry, ResourceType::SemanticModel)?;
        let model = entry.required_str("model")?;
        let capture = self.render_references(entry, &format!("{{{{ {model} }}}}"))?;
        if capture.refs.is_empty() {
            let problem =
                entry.error("invalid-property", "model", format!("`{model}` is not a reference to a model"));
            return Err(problem.help(format!("write `model: ref('{model}')`")));
        }
        node.refs = capture.refs;
        let meta = node.meta.clone();
        let elements = |key: &str,
                        make: &dyn Fn(&Map) -> Result<Map, Diagnostic>|
         -> Result<Value, Diagnostic> {
            let mut made = vec![];
            for element in entry.list(key)? {
                let Value::Map(given) = element else {
                    return Err(entry.wrong_type(key, "a list of dictionaries", element));
                };
                if given.get("name").and_then(Value::as_str).is_none() {
                    return Err(entry.error(
                        "missing-property",
                        key,
                        format!("an entry of `{key}` has no `name`"),
                    ));
                }
                let mut shaped = make(given)?;
                let mut merged = meta.clone();
                let own = given.get("config").and_then(|config| config.get("meta")).and_then(Value::as_map);
                merged.extend(own.into_iter().flatten().map(|(key, value)| (key.clone(), value.clone())));
                shaped.insert(
                    "config".into(),
                    Value::Map(Map::from_iter([("meta".into(), Value::Map(merged))])),
                );
                made.push(Value::Map(shaped));
            }
            Ok(Value::List(made))
        };
        let entities = elements("entities", &|given| entity(entry, given))?;
        let measures = elements("measures", &|given| measure(entry, given))?;
        let dimensions = elements("dimensions", &|given| dimension(entry, given))?;
        let spec = Map::from_iter([
            ("model".into(), Value::Str(model)),
            ("node_relation".into(), Value::Null),
            ("label".into(), entry.data.get("label").cloned().unwrap_or_default()),
            (
                "defaults".into(),
                match entry.data.get("defaults") {
                    Some(Value::Map(defaults)) => Value::Map(shape(defaults, &[null("agg_time_dimension")])),
                    _ => Value::Null,
                },
            ),
            ("entities".into(), entities),
            ("measures".into(), measures),
            ("dimensions".into(), dimensions),
            ("metadata".into(), Value::Null),
            ("primary_entity".into(), entry.data.get("primary_entity").cloned().unwrap_or_default()),
        ]);
        node.kind = NodeKind::SemanticModel(Box::new(SpecData { spec }));
        let mut nodes = vec![];
        for given in entry.list("measures")?.iter().filter_map(Value::as_map) {
            if given.get("create_metric").is_some_and(Value::is_truthy) {
                nodes.push(self.measure_metric(entry, given, &node)?);
            }
        }
        nodes.insert(0, node);
        Ok(nodes)
    }

    /// The metric that `create_metric: true` makes of a measure.
    fn measure_metric(&self, entry: &Entry<'_>, measure: &Map, model: &Node) -> Result<Node, Diagnostic> {
        let text = |key: &str| measure.get(key).filter(|value| value.is_truthy()).cloned();
        let name = text("name").unwrap_or_default();
        let config = Map::from_iter([
            ("enabled".into(), Value::Bool(model.config.enabled())),
            ("meta".into(), Value::Map(model.meta.clone())),
        ]);
        let data = Map::from_iter([
            ("name".into(), name.clone()),
            ("label".into(), text("label").unwrap_or_else(|| name.clone())),
            ("type".into(), "simple".into()),
            (
                "type_params".into(),
                Value::Map(Map::from_iter([
                    ("measure".into(), name.clone()),
                    ("expr".into(), text("expr").unwrap_or_else(|| name.clone())),
                ])),
            ),
            (
                "description".into(),
                text("description")
                    .unwrap_or_else(|| Value::from(format!("Metric created from measure {}", name.py_str()))),
            ),
            ("config".into(), Value::Map(config)),
        ]);
        self.metric(&Entry { data, ..entry.clone() })
    }
}

fn entity(entry: &Entry<'_>, given: &Map) -> Result<Map, Diagnostic> {
    sql_text(entry, given)?;
    let mut shaped = shape(
        given,
        &[null("name"), null("type"), null("description"), null("label"), null("role"), null("expr")],
    );
    settle_word(entry, &mut shaped, ("type", &["foreign", "natural", "primary", "unique"]))?;
    Ok(shaped)
}

fn measure(entry: &Entry<'_>, given: &Map) -> Result<Map, Diagnostic> {
    let mut shaped = shape(
        given,
        &[
            null("name"),
            null("agg"),
            null("description"),
            null("label"),
            ("create_metric", false.into()),
            null("expr"),
            null("agg_params"),
            null("non_additive_dimension"),
            null("agg_time_dimension"),
        ],
    );
    settle_word(entry, &mut shaped, ("agg", &AGGREGATIONS))?;
    // dbt builds the measure without this flag; only the metric that comes of it shows.
    shaped.insert("create_metric".into(), false.into());
    if let Some(expr) = given.get("expr").filter(|expr| !expr.is_null()) {
        shaped.insert("expr".into(), Value::from(expr.py_str()));
    }
    if let Some(Value::Map(params)) = given.get("agg_params") {
        let params = shape(
            params,
            &[
                null("percentile"),
                ("use_discrete_percentile", false.into()),
                ("use_approximate_percentile", false.into()),
            ],
        );
        shaped.insert("agg_params".into(), Value::Map(params));
    }
    if let Some(Value::Map(dimension)) = given.get("non_additive_dimension") {
        let mut dimension = shape(
            dimension,
            &[null("name"), ("window_choice", "min".into()), ("window_groupings", Value::List(vec![]))],
        );
        settle_word(entry, &mut dimension, ("window_choice", &AGGREGATIONS))?;
        shaped.insert("non_additive_dimension".into(), Value::Map(dimension));
    }
    Ok(shaped)
}

fn dimension(entry: &Entry<'_>, given: &Map) -> Result<Map, Diagnostic> {
    sql_text(entry, given)?;
    let mut shaped = shape(
        given,
        &[
            null("name"),
            null("type"),
            null("description"),
            null("label"),
            ("is_partition", false.into()),
            null("type_params"),
            null("expr"),
            null("metadata"),
        ],
    );
    settle_word(entry, &mut shaped, ("type", &["categorical", "time"]))?;
    if let Some(Value::Map(params)) = given.get("type_params") {
        let mut params = shape(params, &[null("time_granularity"), null("validity_params")]);
        settle_word(entry, &mut params, ("time_granularity", &TIME_GRAINS))?;
        if let Some(Value::Map(validity)) = params.get("validity_params").cloned() {
            let validity = shape(&validity, &[("is_start", false.into()), ("is_end", false.into())]);
            params.insert("validity_params".into(), Value::Map(validity));
        }
        shaped.insert("type_params".into(), Value::Map(params));
    }
    Ok(shaped)
}

/// Puts a word of a closed list in its own spelling.
fn settle_word(
    entry: &Entry<'_>,
    shaped: &mut Map,
    (key, allowed): (&str, &[&str]),
) -> Result<(), Diagnostic> {
    let Some(Value::Str(given)) = shaped.get(key) else {
        let message = format!("an element of `{}` has no `{key}`", entry.name());
        return Err(entry.error("missing-property", key, message));
    };
    let settled = word(entry, key, given, allowed)?;
    shaped.insert(key.into(), settled);
    Ok(())
}
