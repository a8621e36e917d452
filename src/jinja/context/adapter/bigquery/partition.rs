//! How a table is divided into partitions: what `adapter.parse_partition_by` hands out.

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Object, ObjectRepr};
use minijinja::{Error, State, Value};

use super::super::super::args::{CallArgs, items, optional_text, type_error, unknown_method};
use super::super::super::column::ColumnValue;
use super::super::plain;
use crate::jinja::engine::{is_undefined, list, to_jinja};
use crate::value::{Str, Value as Plain};

/// How a table is divided into partitions.
#[derive(Debug, PartialEq)]
pub(super) struct Partitioning {
    pub field: Str,
    pub data_type: Str,
    pub granularity: Str,
    pub range: Plain,
    pub by_ingestion: bool,
    pub copy_partitions: bool,
}

/// The partitioning of a raw `partition_by`; none for none.
pub(super) fn partitioning(raw: &Value) -> Result<Value, Error> {
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
    /// The partitioning that a template's value is.
    pub fn of(value: Option<&Value>) -> Option<&Partitioning> {
        value?.downcast_object_ref::<Partitioning>()
    }

    pub fn data_type_for_partition(&self) -> &str {
        match (&*self.data_type, self.by_ingestion) {
            (own, false) => own,
            ("date", true) => "date",
            (_, true) => "timestamp",
        }
    }

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
            "data_type_for_partition" => self.data_type_for_partition().to_string(),
            "time_partitioning_field" => self.ingestion_field().into(),
            "insertable_time_partitioning_field" => "_PARTITIONTIME".into(),
            "reject_partition_field_column" => {
                let columns = items(&args.one(method, "columns")?)?;
                let is_own = |column: &Value| {
                    ColumnValue::of(column)
                        .is_some_and(|column| column.name.eq_ignore_ascii_case(&self.field))
                };
                return Ok(list(columns.into_iter().filter(|column| !is_own(column)).collect()));
            }
            "data_type_should_be_truncated" => return Ok(Value::from(self.truncates())),
            _ => return Err(unknown_method("PartitionConfig", method)),
        }))
    }

    fn render(self: &Arc<Self>, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "PartitionConfig(field='{}', data_type='{}')", self.field, self.data_type)
    }
}
