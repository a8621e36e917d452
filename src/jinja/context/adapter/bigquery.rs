//! What only BigQuery's adapter has: the partitioning of a table, and the options of a CREATE.
//!
//! <https://docs.getdbt.com/reference/resource-configs/bigquery-configs>

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Object, ObjectRepr};
use minijinja::{Error, State, Value};

use super::super::agate::tuple;
use super::super::args::{CallArgs, flag, optional_text, type_error, unknown_method};
use super::super::host::ExecutionHost;
use super::{Answer, CallGet, plain};
use crate::jinja::engine::{dict, is_undefined, list, to_jinja};
use crate::value::{Map, Str, Value as Plain};

pub(super) fn call(
    host: &dyn ExecutionHost,
    state: &mut State<'_, '_>,
    method: &str,
    args: &[Value],
) -> Answer {
    if host.adapter().dialect().type_name() != "bigquery" {
        return Ok(None);
    }
    let args = CallArgs::new(args);
    Ok(Some(match method {
        "parse_partition_by" => partitioning(&args.one(method, "raw_partition_by")?)?,
        "get_table_options" => {
            let [config, node, temporary] = args.bind(method, ["config", "node", "temporary"], 2)?;
            let of = Options { config: config.unwrap_or_default(), node: node.unwrap_or_default() };
            of.table(state, flag(temporary, false))?
        }
        "get_view_options" => {
            let [config, node] = args.bind(method, ["config", "node"], 2)?;
            let of = Options { config: config.unwrap_or_default(), node: node.unwrap_or_default() };
            dict(of.common(state, false)?)
        }
        "nest_column_data_types" => {
            let [columns, _] = args.bind(method, ["columns", "constraints"], 1)?;
            nested(&plain(&columns.unwrap_or_default())?)
        }
        _ => return Ok(None),
    }))
}

/// A column of a struct, with those inside it.
#[derive(Default)]
struct Field {
    data_type: Option<String>,
    fields: indexmap::IndexMap<String, Field>,
}

impl Field {
    fn insert(&mut self, path: &str, data_type: Option<&str>) {
        match path.split_once('.') {
            Some((first, rest)) => self.fields.entry(first.into()).or_default().insert(rest, data_type),
            None => {
                self.fields.entry(path.into()).or_default().data_type = data_type.map(str::to_string);
            }
        }
    }

    /// The type, with what follows it: `array<struct<a int64>> not null`.
    fn rendered(&self) -> Option<String> {
        if self.fields.is_empty() {
            return self.data_type.clone();
        }
        let inside = self.fields.iter().map(|(name, field)| match field.rendered() {
            Some(data_type) => format!("{name} {data_type}"),
            None => name.clone(),
        });
        let inside = format!("struct<{}>", inside.collect::<Vec<_>>().join(", "));
        let own = self.data_type.as_deref().unwrap_or_default();
        let (kind, constraints) = own.split_once(' ').unwrap_or((own, ""));
        let whole = if kind.eq_ignore_ascii_case("array") { format!("array<{inside}>") } else { inside };
        Some(format!("{whole} {constraints}").trim_end().to_string())
    }
}

/// Columns whose names have dots become structs.
fn nested(columns: &Plain) -> Value {
    let mut root = Field::default();
    let columns = columns.as_map().cloned().unwrap_or_default();
    for column in columns.values() {
        let text = |key: &str| column.get(key).and_then(Plain::as_str);
        root.insert(text("name").unwrap_or_default(), text("data_type"));
    }
    let entry = |(name, field): (&String, &Field)| {
        let mut shown = columns.get(&**name).and_then(Plain::as_map).cloned().unwrap_or_default();
        shown.insert("name".into(), Plain::str(&**name));
        shown.insert("data_type".into(), field.rendered().map_or(Plain::Null, Plain::str));
        (name.clone(), to_jinja(&Plain::Map(shown)))
    };
    dict(root.fields.iter().map(entry))
}

/// The configuration and node that the options follow from.
struct Options {
    config: Value,
    node: Value,
}

type Pairs = Vec<(&'static str, Value)>;

impl Options {
    fn setting(&self, state: &mut State<'_, '_>, key: &str) -> Result<Option<Value>, Error> {
        let found = self.config.call_method(state, "get", &[Value::from(key)])?;
        Ok((!found.is_none() && !is_undefined(&found)).then_some(found))
    }

    fn common(&self, state: &mut State<'_, '_>, temporary: bool) -> Result<Pairs, Error> {
        let mut options = vec![];
        if let Some(hours) = self.setting(state, "hours_to_expiration")?.filter(|_| !temporary) {
            options.push(("expiration_timestamp", Value::from(expiration(&hours.to_string()))));
        }
        let persists = self.config.call_method(state, "persist_relation_docs", &[])?.is_true();
        if let Some(description) = self.node.call_get("description").filter(|_| persists) {
            let text =
                description.to_string().replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            options.push(("description", Value::from(format!("\"\"\"{text}\"\"\""))));
        }
        let mut labels = Map::default();
        if self.setting(state, "labels_from_meta")?.is_some_and(|on| on.is_true()) {
            labels.extend(self.mapping(state, "meta")?);
        }
        labels.extend(self.mapping(state, "labels")?);
        for (name, map) in [("labels", labels), ("tags", self.mapping(state, "resource_tags")?)] {
            if !map.is_empty() {
                let pair =
                    |(key, value): (&Str, &Plain)| tuple(vec![Value::from(key.clone()), to_jinja(value)]);
                options.push((name, list(map.iter().map(pair).collect())));
            }
        }
        Ok(options)
    }

    fn mapping(&self, state: &mut State<'_, '_>, key: &str) -> Result<Map, Error> {
        let value = self.setting(state, key)?.map(|value| plain(&value)).transpose()?;
        Ok(value.as_ref().and_then(Plain::as_map).cloned().unwrap_or_default())
    }

    fn table(&self, state: &mut State<'_, '_>, temporary: bool) -> Result<Value, Error> {
        let mut options = self.common(state, temporary)?;
        if let Some(key) = self.setting(state, "kms_key_name")? {
            options.push(("kms_key_name", Value::from(format!("'{key}'"))));
        }
        if temporary {
            options.retain(|(name, _)| *name != "expiration_timestamp");
            options.push(("expiration_timestamp", Value::from(expiration("12"))));
            return Ok(dict(options));
        }
        let partitioned = self.setting(state, "partition_by")?.is_some();
        for name in ["require_partition_filter", "partition_expiration_days", "enable_change_history"] {
            let counts = partitioned || name != "require_partition_filter";
            if let Some(value) = self.setting(state, name)?.filter(|_| counts) {
                options.push((name, value));
            }
        }
        Ok(dict(options))
    }
}

fn expiration(hours: &str) -> String {
    format!("TIMESTAMP_ADD(CURRENT_TIMESTAMP(), INTERVAL {hours} hour)")
}

/// How a table is divided into partitions.
#[derive(Debug)]
struct Partitioning {
    field: Str,
    data_type: Str,
    granularity: Str,
    range: Plain,
    by_ingestion: bool,
    copy_partitions: bool,
}

fn partitioning(raw: &Value) -> Result<Value, Error> {
    if raw.is_none() || is_undefined(raw) {
        return Ok(Value::from(()));
    }
    let raw = plain(raw)?;
    let invalid = || {
        type_error(format!(
            "`partition_by` is a mapping with the keys `field` and `data_type`; this is {}",
            raw.py_repr()
        ))
    };
    let map = raw.as_map().ok_or_else(invalid)?;
    let word = |key: &str| map.get(key).and_then(Plain::as_str).map(|text| Str::from(text.to_lowercase()));
    let is_on = |key: &str| map.get(key).is_some_and(Plain::is_truthy);
    Ok(Value::from_object(Partitioning {
        field: word("field").ok_or_else(invalid)?,
        data_type: word("data_type").unwrap_or_else(|| "date".into()),
        granularity: word("granularity").unwrap_or_else(|| "day".into()),
        range: map.get("range").cloned().unwrap_or_default(),
        by_ingestion: is_on("time_ingestion_partitioning"),
        copy_partitions: is_on("copy_partitions"),
    }))
}

impl Partitioning {
    /// Whether a time is cut down to its partition.
    fn truncates(&self) -> bool {
        !(&*self.data_type == "int64" || (&*self.data_type == "date" && &*self.granularity == "day"))
    }

    fn ingestion_field(&self) -> &'static str {
        if &*self.data_type == "date" { "_PARTITIONDATE" } else { "_PARTITIONTIME" }
    }

    fn rendered(&self, alias: Option<&str>) -> String {
        let field = if self.by_ingestion { self.ingestion_field() } else { &*self.field };
        let column = alias.map_or_else(|| field.to_string(), |alias| format!("{alias}.{field}"));
        if self.truncates() {
            format!("{}_trunc({column}, {})", self.data_type, self.granularity)
        } else {
            column
        }
    }

    fn wrapped(&self, alias: Option<&str>) -> String {
        let is_time = matches!(&*self.data_type, "date" | "timestamp" | "datetime");
        let is_date_already = self.by_ingestion && &*self.data_type == "date";
        let rendered = self.rendered(alias);
        if is_time && !self.truncates() && !is_date_already {
            format!("{}({rendered})", self.data_type)
        } else {
            rendered
        }
    }
}

impl Object for Partitioning {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        Some(match key.as_str()? {
            "field" => Value::from(self.field.clone()),
            "data_type" => Value::from(self.data_type.clone()),
            "granularity" => Value::from(self.granularity.clone()),
            "range" => to_jinja(&self.range),
            "time_ingestion_partitioning" => Value::from(self.by_ingestion),
            "copy_partitions" => Value::from(self.copy_partitions),
            "__name__" => Value::from("PartitionConfig"),
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
        let args = CallArgs::new(args);
        Ok(Value::from(match method {
            "render" | "render_wrapped" => {
                let [alias] = args.bind(method, ["alias"], 0)?;
                let alias = optional_text(alias, "alias")?;
                if method == "render" {
                    self.rendered(alias.as_deref())
                } else {
                    self.wrapped(alias.as_deref())
                }
            }
            "data_type_for_partition" => match (&*self.data_type, self.by_ingestion) {
                (own, false) => own.to_string(),
                ("date", true) => "date".into(),
                (_, true) => "timestamp".into(),
            },
            "time_partitioning_field" => self.ingestion_field().into(),
            "insertable_time_partitioning_field" => "_PARTITIONTIME".into(),
            "data_type_should_be_truncated" => return Ok(Value::from(self.truncates())),
            _ => return Err(unknown_method("PartitionConfig", method)),
        }))
    }

    fn render(self: &Arc<Self>, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "PartitionConfig(field='{}', data_type='{}')", self.field, self.data_type)
    }
}
