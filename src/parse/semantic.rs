//! The semantic layer: metrics, semantic models, saved queries, in the manifest's shape.
//! <https://docs.getdbt.com/docs/build/about-metricflow>

use super::Parser;
use super::config::{self, NodeLevels};
use super::nodes::fqn_prefix;
use super::properties::Entry;
use super::yaml_nodes::one_of;
use crate::diag::Diagnostic;
use crate::manifest::{Config, Node, NodeKind, ResourceType, SpecData};
use crate::value::{Map, Str, Value};

const METRIC_TYPES: [&str; 5] = ["simple", "ratio", "cumulative", "derived", "conversion"];
const GRAINS: [&str; 11] = [
    "nanosecond",
    "microsecond",
    "millisecond",
    "second",
    "minute",
    "hour",
    "day",
    "week",
    "month",
    "quarter",
    "year",
];
const AGGREGATIONS: [&str; 9] =
    ["sum", "min", "max", "count_distinct", "sum_boolean", "average", "percentile", "median", "count"];

/// A map of the keys in order; those not given are null, or have the default that is named.
fn shape(given: &Map, keys: &[(&str, Value)]) -> Map {
    keys.iter()
        .map(|(key, default)| {
            let value =
                given.get(*key).filter(|value| !value.is_null()).cloned().unwrap_or_else(|| default.clone());
            (Str::from(*key), value)
        })
        .collect()
}

fn null(key: &'static str) -> (&'static str, Value) {
    (key, Value::Null)
}

/// `where` and `filter`: one condition or several.
fn where_filter(value: Option<&Value>) -> Value {
    let filters: Vec<Value> = match value {
        None | Some(Value::Null) => return Value::Null,
        Some(Value::List(items)) => items.clone(),
        Some(one) => vec![one.clone()],
    };
    let filters = filters
        .into_iter()
        .map(|filter| {
            Value::Map(Map::from_iter([("where_sql_template".into(), Value::from(filter.py_str()))]))
        })
        .collect();
    Value::Map(Map::from_iter([("where_filters".into(), Value::List(filters))]))
}

impl Parser<'_> {
    fn semantic_node(&self, entry: &Entry<'_>, kind: ResourceType) -> Result<Node, Diagnostic> {
        let package = &entry.package.config.name;
        let mut fqn = fqn_prefix(package, &entry.file.path);
        fqn.push(entry.name().into());
        let given = entry.map("config")?;
        let levels = NodeLevels { patch: Some(&given), call: None };
        let config = config::build(self.project, entry.package, (kind, &fqn), levels)?;
        let unrendered = config::build_unrendered(self.project, entry.package, (kind, &fqn), levels);
        let mut node = self.bare_node(entry, kind, format!("{kind}.{package}.{}", entry.name()), fqn);
        node.group = config.get("group").and_then(Value::as_shared_str).cloned();
        node.meta = config.get("meta").and_then(Value::as_map).cloned().unwrap_or_default();
        node.config = config;
        node.unrendered_config = unrendered;
        Ok(node)
    }

    /// An entry of `metrics:`.
    pub fn metric(&self, entry: &Entry<'_>) -> Result<Node, Diagnostic> {
        let mut node = self.semantic_node(entry, ResourceType::Metric)?;
        if node.meta.is_empty() {
            node.meta = entry.map("meta")?;
        }
        node.tags = entry.str_list("tags")?;
        let kind = entry.required_str("type")?.to_lowercase();
        one_of(entry, "type", &kind, &METRIC_TYPES)?;
        let params = type_params(entry, &kind)?;
        let spec = Map::from_iter([
            ("label".into(), Value::Str(entry.required_str("label")?)),
            ("type".into(), kind.into()),
            ("type_params".into(), Value::Map(params)),
            ("filter".into(), where_filter(entry.data.get("filter"))),
            ("metadata".into(), Value::Null),
            ("time_granularity".into(), entry.data.get("time_granularity").cloned().unwrap_or_default()),
        ]);
        node.kind = NodeKind::Metric(Box::new(SpecData { spec }));
        Ok(node)
    }

    /// An entry of `semantic_models:`, and the metrics that its measures ask for.
    pub fn semantic_model(&self, entry: &Entry<'_>) -> Result<Vec<Node>, Diagnostic> {
        let mut node = self.semantic_node(entry, ResourceType::SemanticModel)?;
        let model = entry.required_str("model")?;
        let capture = self.render_references(entry, &format!("{{{{ {model} }}}}"))?;
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

    /// An entry of `saved_queries:`.
    pub fn saved_query(&self, entry: &Entry<'_>) -> Result<Node, Diagnostic> {
        let mut node = self.semantic_node(entry, ResourceType::SavedQuery)?;
        let mut tags = entry.str_list("tags")?;
        tags.extend(node.config.tags());
        tags.sort();
        tags.dedup();
        node.tags = tags;
        let params = entry.map("query_params")?;
        let list = |key: &str| {
            params.get(key).filter(|value| !value.is_null()).cloned().unwrap_or(Value::List(vec![]))
        };
        let query_params = Map::from_iter([
            ("metrics".into(), list("metrics")),
            ("group_by".into(), list("group_by")),
            ("where".into(), where_filter(params.get("where"))),
            ("order_by".into(), list("order_by")),
            ("limit".into(), params.get("limit").cloned().unwrap_or_default()),
        ]);
        for metric in query_params.get("metrics").and_then(Value::as_list).unwrap_or_default() {
            node.metrics.push(vec![Str::from(metric.py_str())]);
        }
        let mut exports = vec![];
        for export in entry.list("exports")? {
            let Value::Map(export) = export else {
                return Err(entry.wrong_type("exports", "a list of dictionaries", export));
            };
            exports.push(Value::Map(self.export(entry, export, &node.config)?));
        }
        let spec = Map::from_iter([
            ("query_params".into(), Value::Map(query_params)),
            ("exports".into(), Value::List(exports)),
            ("label".into(), entry.data.get("label").cloned().unwrap_or_default()),
            ("metadata".into(), Value::Null),
        ]);
        node.kind = NodeKind::SavedQuery(Box::new(SpecData { spec }));
        Ok(node)
    }

    fn export(&self, entry: &Entry<'_>, given: &Map, config: &Config) -> Result<Map, Diagnostic> {
        let name = given.get("name").and_then(Value::as_shared_str).cloned();
        let Some(name) = name else {
            return Err(entry.error("missing-property", "exports", "an export has no `name`"));
        };
        let own = given.get("config").and_then(Value::as_map).cloned().unwrap_or_default();
        let pick = |keys: &[&str]| {
            keys.iter().find_map(|key| own.get(*key).filter(|value| value.is_truthy()).cloned()).or_else(
                || keys.iter().find_map(|key| config.get(key).filter(|value| value.is_truthy()).cloned()),
            )
        };
        let mut probe = self.bare_node(entry, ResourceType::SavedQuery, String::new(), vec![]);
        probe.name = name.clone();
        for key in ["alias", "database", "schema"] {
            if let Some(value) = own.get(key) {
                probe.config.set(key, value.clone());
            }
        }
        self.relation_names(&mut probe)?;
        let schema = pick(&["schema_name", "schema"]).unwrap_or(Value::Str(probe.schema));
        let database = probe.database.map(Value::Str).unwrap_or_default();
        let shaped = Map::from_iter([
            ("export_as".into(), pick(&["export_as"]).unwrap_or_default()),
            ("schema_name".into(), schema),
            ("alias".into(), pick(&["alias"]).unwrap_or(Value::Str(probe.alias))),
            ("database".into(), database),
        ]);
        Ok(Map::from_iter([
            ("name".into(), Value::Str(name)),
            ("config".into(), Value::Map(shaped)),
            ("unrendered_config".into(), Value::Map(own)),
        ]))
    }
}

fn type_params(entry: &Entry<'_>, kind: &str) -> Result<Map, Diagnostic> {
    let given = entry.map("type_params")?;
    let optional = |key: &str| given.get(key).filter(|value| !value.is_null());
    let window = |value: Option<&Value>| time_window(entry, value);
    let grain = optional("grain_to_date").cloned().unwrap_or_default();
    if let Value::Str(grain) = &grain {
        one_of(entry, "type_params", grain, &GRAINS)?;
    }
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
            (
                "calculation".into(),
                params.get("calculation").cloned().unwrap_or_else(|| "conversion_rate".into()),
            ),
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
            ("period_agg".into(), params.get("period_agg").cloned().unwrap_or_else(|| "first".into())),
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
    let singular = grain.strip_suffix('s').filter(|grain| GRAINS.contains(grain)).unwrap_or(grain);
    Ok(Value::Map(Map::from_iter([
        ("count".into(), Value::Int(count)),
        ("granularity".into(), singular.into()),
    ])))
}

fn entity(entry: &Entry<'_>, given: &Map) -> Result<Map, Diagnostic> {
    check_word(entry, given, "type", &["foreign", "natural", "primary", "unique"])?;
    Ok(shape(
        given,
        &[null("name"), null("type"), null("description"), null("label"), null("role"), null("expr")],
    ))
}

fn measure(entry: &Entry<'_>, given: &Map) -> Result<Map, Diagnostic> {
    check_word(entry, given, "agg", &AGGREGATIONS)?;
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
        let dimension = shape(
            dimension,
            &[null("name"), ("window_choice", "min".into()), ("window_groupings", Value::List(vec![]))],
        );
        shaped.insert("non_additive_dimension".into(), Value::Map(dimension));
    }
    Ok(shaped)
}

fn dimension(entry: &Entry<'_>, given: &Map) -> Result<Map, Diagnostic> {
    check_word(entry, given, "type", &["categorical", "time"])?;
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
    if let Some(Value::Map(params)) = given.get("type_params") {
        check_word(entry, params, "time_granularity", &GRAINS)?;
        let mut params = shape(params, &[null("time_granularity"), null("validity_params")]);
        if let Some(Value::Map(validity)) = params.get("validity_params").cloned() {
            let validity = shape(&validity, &[("is_start", false.into()), ("is_end", false.into())]);
            params.insert("validity_params".into(), Value::Map(validity));
        }
        shaped.insert("type_params".into(), Value::Map(params));
    }
    Ok(shaped)
}

fn check_word(entry: &Entry<'_>, given: &Map, key: &str, allowed: &[&str]) -> Result<(), Diagnostic> {
    match given.get(key) {
        Some(Value::Str(word)) => one_of(entry, key, word, allowed),
        _ => Err(entry.error(
            "missing-property",
            key,
            format!("an element of `{}` has no `{key}`", entry.name()),
        )),
    }
}
