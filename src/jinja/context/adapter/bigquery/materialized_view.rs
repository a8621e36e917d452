//! Materialized views: what a model asks for, how the view stands, and what differs. A change of options is an ALTER;
//! one of partitions or clusters is a rebuild.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use minijinja::value::{Object, ObjectRepr};
use minijinja::{Error, State, Value};

use super::super::super::agate::tuple;
use super::super::super::args::{CallArgs, texts, type_error, unknown_method};
use super::super::super::host::ExecutionHost;
use super::super::{CallGet, plain};
use super::layout::{Partitions, layout_of};
use super::options::escaped;
use super::partition::{Partitioning, partitioning};
use super::schema::{columns, quoted, read};
use crate::adapter::Relation;
use crate::jinja::engine::{dict, list, to_jinja};
use crate::value::{Map, Value as Plain};

/// The options of a view; those that have defaults always have a value.
#[derive(Debug, PartialEq)]
struct Options {
    enable_refresh: bool,
    refresh_interval_minutes: f64,
    expiration: Option<String>,
    max_staleness: Option<String>,
    kms_key_name: Option<String>,
    description: Option<String>,
    labels: Map,
    tags: Map,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            enable_refresh: true,
            refresh_interval_minutes: 30.0,
            expiration: None,
            max_staleness: None,
            kms_key_name: None,
            description: None,
            labels: Map::default(),
            tags: Map::default(),
        }
    }
}

/// The methods of `api.Relation` that are about materialized views; none for others.
pub(in super::super::super) fn call_class(method: &str, args: &CallArgs) -> Result<Option<Value>, Error> {
    Ok(Some(match method {
        "materialized_view_from_relation_config" => {
            configured(&args.clone().one(method, "relation_config")?)?
        }
        "materialized_view_config_changeset" => {
            let [standing, wanted] =
                args.clone().bind(method, ["existing_materialized_view", "relation_config"], 2)?;
            changes(&standing.unwrap_or_default(), &configured(&wanted.unwrap_or_default())?)
        }
        _ => return Ok(None),
    }))
}

fn view(options: Options, partition: Value, clusters: Option<BTreeSet<String>>) -> Value {
    let cluster = clusters.map_or(Value::from(()), |fields| {
        dict([("fields", list(fields.into_iter().map(Value::from).collect()))])
    });
    dict([("options", Value::from_object(options)), ("partition", partition), ("cluster", cluster)])
}

/// The view that a model asks for.
fn configured(model: &Value) -> Result<Value, Error> {
    let config = plain(&model.get_attr("config").unwrap_or_default())?;
    let setting = |key: &str| config.get(key).filter(|value| !value.is_null());
    let text = |key: &str| setting(key).map(Plain::py_str);
    let mapping = |key: &str| setting(key).and_then(Plain::as_map).cloned().unwrap_or_default();
    let mut options = Options {
        max_staleness: text("max_staleness"),
        kms_key_name: text("kms_key_name"),
        expiration: text("expiration_timestamp"),
        labels: mapping("labels"),
        tags: mapping("resource_tags"),
        ..Options::default()
    };
    if let Some(hours) = setting("hours_to_expiration").filter(|hours| hours.is_truthy()) {
        options.expiration =
            Some(format!("TIMESTAMP_ADD(CURRENT_TIMESTAMP(), INTERVAL {} hour)", hours.py_str()));
    }
    if setting("persist_docs").is_some_and(Plain::is_truthy) {
        options.description = text("description");
    }
    if let Some(minutes) = text("refresh_interval_minutes") {
        let wrong = || type_error(format!("refresh_interval_minutes is a number, not {minutes}"));
        options.refresh_interval_minutes = minutes.parse().map_err(|_| wrong())?;
    }
    if let Some(on) = setting("enable_refresh") {
        options.enable_refresh = on.as_str().map_or(on.is_truthy(), |on| on.eq_ignore_ascii_case("true"));
    }
    if !options.enable_refresh {
        (options.refresh_interval_minutes, options.max_staleness) = (30.0, None);
    }
    let mut partition = mapping("partition_by");
    partition.shift_remove("time_ingestion_partitioning");
    partition.shift_remove("copy_partitions");
    let partition = if partition.is_empty() { Value::from(()) } else { to_jinja(&Plain::Map(partition)) };
    let clusters = setting("cluster_by").filter(|clusters| clusters.is_truthy());
    let clusters = clusters.map(|clusters| texts(&to_jinja(clusters)).into_iter().collect());
    Ok(view(options, partitioning(&partition)?, clusters))
}

/// The view as it stands; none where there is no such view.
pub(super) fn described(host: &dyn ExecutionHost, relation: &Relation) -> Result<Value, Error> {
    if relation.kind.is_some_and(|kind| kind.name() != "materialized_view") {
        return Err(type_error(format!(
            "describe_relation() takes a materialized view, not {}",
            relation.render()
        )));
    }
    let Some(layout) = layout_of(host, relation)? else { return Ok(Value::from(())) };
    let sql = format!(
        "select option_name, option_value from {} where table_name = {}",
        relation.information_schema(Some("TABLE_OPTIONS")).render(),
        quoted(host, relation.identifier().unwrap_or_default())
    );
    let mut options = Options::default();
    if let Some(table) = read(host, &sql)? {
        for row in 0..table.len() {
            options.take(&table.cell(row, 0).py_str(), &table.cell(row, 1).py_str());
        }
    }
    let raw = match &layout.partitions {
        Some(Partitions::Time { field: Some(field), granularity }) => {
            let columns = columns(host, relation)?;
            let kind = columns.iter().find(|column| column.name.eq_ignore_ascii_case(field));
            let kind = kind.map_or("date".into(), |column| column.dtype.to_lowercase());
            serde_json::json!({"field": field, "data_type": kind, "granularity": granularity})
        }
        Some(Partitions::Range { field, start, end, interval }) => serde_json::json!({
            "field": field, "data_type": "int64", "range": {"start": start, "end": end, "interval": interval}
        }),
        _ => serde_json::Value::Null,
    };
    let partition = partitioning(&to_jinja(&Plain::from_json(&raw)))?;
    let clusters = (!layout.clusters.is_empty()).then(|| layout.clusters.into_iter().collect());
    Ok(view(options, partition, clusters))
}

/// What of the wanted view differs from the standing one; none when nothing does.
fn changes(standing: &Value, wanted: &Value) -> Value {
    let part = |view: &Value, key: &str| view.call_get(key);
    let is_new = |key: &str| match (part(standing, key), part(wanted, key)) {
        (None, None) => false,
        (Some(standing), Some(wanted)) => match key {
            "options" => standing.downcast_object_ref::<Options>() != wanted.downcast_object_ref::<Options>(),
            "partition" => Partitioning::of(Some(&standing)) != Partitioning::of(Some(&wanted)),
            _ => {
                part(&standing, "fields").map(|fields| texts(&fields))
                    != part(&wanted, "fields").map(|fields| texts(&fields))
            }
        },
        _ => true,
    };
    let change = |key: &str| match is_new(key) {
        true => dict([("context", part(wanted, key).unwrap_or_default())]),
        false => Value::from(()),
    };
    let rebuilds = is_new("partition") || is_new("cluster");
    if !rebuilds && !is_new("options") {
        return Value::from(());
    }
    dict([
        ("options", change("options")),
        ("partition", change("partition")),
        ("cluster", change("cluster")),
        ("requires_full_refresh", Value::from(rebuilds)),
        ("has_changes", Value::from(true)),
    ])
}

impl Options {
    /// An option as TABLE_OPTIONS writes it: an expression of SQL.
    fn take(&mut self, name: &str, value: &str) {
        match name {
            "enable_refresh" => self.enable_refresh = value.eq_ignore_ascii_case("true"),
            "refresh_interval_minutes" => {
                self.refresh_interval_minutes = value.parse().unwrap_or(self.refresh_interval_minutes);
            }
            "expiration_timestamp" => self.expiration = Some(value.to_string()),
            "kms_key_name" => self.kms_key_name = literals(value).pop(),
            "description" => self.description = literals(value).pop().filter(|text| !text.is_empty()),
            "labels" => self.labels = pairs(value),
            "tags" => self.tags = pairs(value),
            _ => {}
        }
    }

    fn as_ddl(&self) -> Value {
        let pairs = |map: &Map| {
            let pair = |(key, value): (&crate::value::Str, &Plain)| {
                tuple(vec![Value::from(key.clone()), to_jinja(value)])
            };
            list(map.iter().map(pair).collect())
        };
        let mut options = vec![("enable_refresh", Value::from(self.enable_refresh))];
        options.push(("refresh_interval_minutes", to_jinja(&number(self.refresh_interval_minutes))));
        let texts = [
            ("expiration_timestamp", self.expiration.clone()),
            ("max_staleness", self.max_staleness.clone()),
            ("kms_key_name", self.kms_key_name.as_ref().map(|key| format!("'{key}'"))),
            ("description", self.description.as_ref().map(|text| escaped(text))),
        ];
        options.extend(texts.into_iter().filter_map(|(name, text)| Some((name, Value::from(text?)))));
        options.push(("labels", pairs(&self.labels)));
        options.push(("tags", pairs(&self.tags)));
        dict(options)
    }
}

/// The default is written as dbt writes it.
fn number(value: f64) -> Plain {
    if value == 30.0 { Plain::Int(30) } else { Plain::Float(value) }
}

/// The texts in an expression of SQL: `[STRUCT("a", "b")]`.
fn literals(value: &str) -> Vec<String> {
    let mut found = vec![];
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        if c != '"' {
            continue;
        }
        let mut text = String::new();
        while let Some(c) = chars.next() {
            match c {
                '"' => break,
                '\\' => match chars.next() {
                    Some('n') => text.push('\n'),
                    Some(c) => text.push(c),
                    None => {}
                },
                c => text.push(c),
            }
        }
        found.push(text);
    }
    found
}

fn pairs(value: &str) -> Map {
    let texts = literals(value);
    texts.chunks_exact(2).map(|pair| (pair[0].as_str().into(), Plain::str(pair[1].clone()))).collect()
}

impl Object for Options {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        Some(match key.as_str()? {
            "__name__" => Value::from("BigQueryOptionsConfig"),
            "__callable__" => Value::from(false),
            _ => return None,
        })
    }

    fn call_method(
        self: &Arc<Self>,
        _: &mut State<'_, '_>,
        method: &str,
        args: &[Value],
    ) -> Result<Value, Error> {
        match method {
            "as_ddl_dict" => CallArgs::new(args).none(method).map(|()| self.as_ddl()),
            _ => Err(unknown_method("BigQueryOptionsConfig", method)),
        }
    }

    fn render(self: &Arc<Self>, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "BigQueryOptionsConfig({})", self.as_ddl())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(config: serde_json::Value) -> Value {
        configured(&to_jinja(&Plain::from_json(&serde_json::json!({"config": config})))).unwrap()
    }

    fn differs(standing: serde_json::Value, config: serde_json::Value) -> String {
        let changes = changes(&wanted(standing), &wanted(config));
        if changes.is_none() {
            "nothing".into()
        } else {
            changes.get_attr("requires_full_refresh").unwrap().to_string()
        }
    }

    #[test]
    fn what_differs_decides() {
        let clustered = serde_json::json!({"cluster_by": ["b", "a"], "labels": {"x": "y"}});
        assert_eq!(differs(clustered.clone(), clustered.clone()), "nothing");
        assert_eq!(differs(clustered.clone(), serde_json::json!({"cluster_by": ["a", "b"]})), "False");
        assert_eq!(differs(clustered, serde_json::json!({"labels": {"x": "y"}})), "True");
        let refreshed = serde_json::json!({"refresh_interval_minutes": 60});
        assert_eq!(differs(serde_json::json!({}), refreshed), "False");
        let off = serde_json::json!({"enable_refresh": false, "refresh_interval_minutes": 60});
        assert_eq!(differs(off, serde_json::json!({"enable_refresh": "false"})), "nothing");
    }

    #[test]
    fn options_are_read_back() {
        let mut options = Options::default();
        for (name, value) in [
            ("enable_refresh", "true"),
            ("refresh_interval_minutes", "60.0"),
            ("description", r#""a \"b\"\nc""#),
            ("labels", r#"[STRUCT("team", "core"), STRUCT("tier", "1")]"#),
        ] {
            options.take(name, value);
        }
        assert_eq!(options.refresh_interval_minutes, 60.0);
        assert_eq!(options.description.as_deref(), Some("a \"b\"\nc"));
        let labels: Vec<String> =
            options.labels.iter().map(|(key, value)| format!("{key}={}", value.py_str())).collect();
        assert_eq!(labels, ["team=core", "tier=1"]);
    }
}
