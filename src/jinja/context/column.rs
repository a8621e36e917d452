//! `api.Column` and the columns that templates handle.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use minijinja::value::{DynObject, Object, ObjectRepr};
use minijinja::{Error, State, Value};

use super::adapter::databricks;
use super::args::{CallArgs, optional_count, optional_text, text, type_error, unknown_method};
use super::relation::raised;
use super::relation_parts::text_or_none;
use crate::adapter::{Column, Dialect, unconnected};
use crate::jinja::engine::{list, py_repr, py_str, to_jinja};

/// A column in a template.
#[derive(Debug)]
pub struct ColumnValue(pub Column);

impl ColumnValue {
    pub fn value(column: Column) -> Value {
        Value::from_object(ColumnValue(column))
    }

    /// The column that a value is.
    pub fn of(value: &Value) -> Option<&Column> {
        value.downcast_object_ref::<ColumnValue>().map(|column| &column.0)
    }

    fn attribute(&self, name: &str) -> Option<Value> {
        let column = &self.0;
        let number = |number: Option<i64>| number.map_or(Value::from(()), Value::from);
        Some(match name {
            "dtype" | "data_type" | "expanded_data_type" if column.dtype.is_empty() => unknown_type(column),
            "name" | "column" => Value::from(column.name.clone()),
            "dtype" => Value::from(column.dtype.clone()),
            "char_size" => number(column.char_size),
            "numeric_precision" => number(column.numeric_precision),
            "numeric_scale" => number(column.numeric_scale),
            "quoted" => Value::from(column.quoted()),
            "data_type" => Value::from(column.data_type()),
            "expanded_data_type" => Value::from(column.expanded_data_type()),
            "fields" => list(column.fields.iter().cloned().map(ColumnValue::value).collect()),
            "mode" => text_or_none(column.mode.as_ref()),
            "TYPE_LABELS" => labels(column.dialect),
            "__name__" => Value::from(class_name(column.dialect)),
            "__callable__" => Value::from(false),
            // What was not said is none, where columns have such attributes at all.
            "comment" | "mask" | "not_null" | "databricks_tags" | "table_comment"
                if column.dialect.type_name() == "databricks" =>
            {
                column.extra.get(name).map_or(Value::from(()), to_jinja)
            }
            _ => to_jinja(column.extra.get(name)?),
        })
    }
}

/// Where no warehouse is connected only the name may be known: whoever uses the type is told.
fn unknown_type(column: &Column) -> Value {
    Value::from(raised(unconnected(&format!("which type has the column {}", column.name))))
}

fn labels(dialect: &'static dyn Dialect) -> Value {
    crate::jinja::engine::dict(dialect.type_labels().iter().map(|(from, to)| (*from, Value::from(*to))))
}

fn class_name(dialect: &'static dyn Dialect) -> &'static str {
    match dialect.type_name() {
        "duckdb" => "DuckDBColumn",
        "postgres" => "PostgresColumn",
        "snowflake" => "SnowflakeColumn",
        "bigquery" => "BigQueryColumn",
        "spark" => "SparkColumn",
        "databricks" => "DatabricksColumn",
        _ => "Column",
    }
}

impl Object for ColumnValue {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.attribute(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        self.attribute(key)
    }

    fn call_method(
        self: &Arc<Self>,
        _: &mut State<'_, '_>,
        method: &str,
        args: &[Value],
    ) -> Result<Value, Error> {
        let (column, args) = (&self.0, CallArgs::new(args));
        match method {
            "is_string" => args.none(method).map(|()| Value::from(column.is_string())),
            "is_number" => args.none(method).map(|()| Value::from(column.is_number())),
            "is_float" => args.none(method).map(|()| Value::from(column.is_float())),
            "is_integer" => args.none(method).map(|()| Value::from(column.is_integer())),
            "is_numeric" => args.none(method).map(|()| Value::from(column.is_numeric())),
            "is_struct" => args.none(method).map(|()| Value::from(column.is_struct())),
            "string_size" => {
                args.none(method)?;
                column.string_size().map(Value::from).map_err(raised)
            }
            "literal" => {
                let value = args.one(method, "value")?;
                Ok(Value::from(column.literal(&py_str(&value))))
            }
            "can_expand_to" => {
                let other = args.one(method, "other_column")?;
                let other =
                    ColumnValue::of(&other).ok_or_else(|| type_error("can_expand_to() takes a column"))?;
                column.can_expand_to(other).map(Value::from).map_err(raised)
            }
            "flatten" => {
                args.none(method)?;
                Ok(list(column.flatten().into_iter().map(ColumnValue::value).collect()))
            }
            "render_for_create" if column.dialect.type_name() == "databricks" => {
                args.none(method).map(|()| Value::from(databricks::render_for_create(column)))
            }
            _ => call_class(column.dialect, method, args),
        }
    }

    fn custom_cmp(self: &Arc<Self>, other: &DynObject) -> Option<Ordering> {
        let other = other.downcast_ref::<ColumnValue>()?;
        if self.0 == other.0 {
            return Some(Ordering::Equal);
        }
        let key = |column: &Column| (column.name.clone(), format!("{column:?} {}", column.dtype));
        Some(key(&self.0).cmp(&key(&other.0)).then(Ordering::Less))
    }

    /// A Python dataclass prints its fields.
    fn render(self: &Arc<Self>, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let column = &self.0;
        let show = |name: &str| py_repr(&self.attribute(name).unwrap_or_default());
        write!(
            out,
            "{}(column={}, dtype={}, char_size={}, numeric_precision={}, numeric_scale={}",
            class_name(column.dialect),
            show("column"),
            show("dtype"),
            show("char_size"),
            show("numeric_precision"),
            show("numeric_scale"),
        )?;
        if column.dialect.type_name() == "duckdb" {
            write!(out, ", fields={}", show("fields"))?;
        }
        out.write_str(")")
    }
}

fn call_class(dialect: &'static dyn Dialect, method: &str, args: CallArgs) -> Result<Value, Error> {
    match method {
        "create" => {
            let [name, label] = args.bind(method, ["name", "label_or_dtype"], 2)?;
            let (name, label) = (
                text(&name.unwrap_or_default(), "name")?,
                text(&label.unwrap_or_default(), "label_or_dtype")?,
            );
            Ok(ColumnValue::value(Column::create(dialect, name, &label)))
        }
        "translate_type" => {
            let label = text(&args.one(method, "dtype")?, "dtype")?;
            Ok(Value::from(Column::translate_type(dialect, &label)))
        }
        // A struct is taken as it stands, its fields in the order of the query.
        "get_struct_select_expression" => {
            let [name, _] = args.bind(method, ["name", "data_type"], 2)?;
            Ok(name.unwrap_or_default())
        }
        "from_description" => {
            let [name, raw] = args.bind(method, ["name", "raw_data_type"], 2)?;
            let (name, raw) =
                (text(&name.unwrap_or_default(), "name")?, text(&raw.unwrap_or_default(), "raw_data_type")?);
            Column::from_description(dialect, &name, &raw).map(ColumnValue::value).map_err(raised)
        }
        "string_type" => {
            let size = args.one(method, "size")?;
            Ok(Value::from(match size.as_i64() {
                Some(size) => dialect.string_type(size),
                None => format!("character varying({})", py_str(&size)),
            }))
        }
        "numeric_type" => {
            let [dtype, precision, scale] = args.bind(method, ["dtype", "precision", "scale"], 3)?;
            let number = |value: Option<Value>| value.and_then(|value| value.as_i64());
            let dtype = py_str(&dtype.unwrap_or_default());
            Ok(Value::from(dialect.numeric_type(&dtype, number(precision), number(scale))))
        }
        "format_add_column_list" | "format_remove_column_list" => {
            let columns = super::args::items(&args.one(method, "columns")?)?;
            let columns = columns.iter().filter_map(ColumnValue::of);
            let parts: Vec<String> = columns
                .map(|column| match method {
                    "format_add_column_list" => format!("{} {}", column.quoted(), column.data_type()),
                    _ => column.quoted(),
                })
                .collect();
            Ok(Value::from(parts.join(", ")))
        }
        _ => Err(unknown_method(class_name(dialect), method)),
    }
}

/// `api.Column`.
pub struct ColumnClass(pub &'static dyn Dialect);

impl fmt::Debug for ColumnClass {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "<class '{}'>", class_name(self.0))
    }
}

impl Object for ColumnClass {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        match key.as_str()? {
            "TYPE_LABELS" => Some(labels(self.0)),
            "__name__" => Some(Value::from("type")),
            _ => None,
        }
    }

    fn call(self: &Arc<Self>, _: &mut State<'_, '_>, args: &[Value]) -> Result<Value, Error> {
        let params = ["column", "dtype", "char_size", "numeric_precision", "numeric_scale", "fields", "mode"];
        let [name, dtype, size, precision, scale, _, mode] =
            CallArgs::new(args).bind(class_name(self.0), params, 2)?;
        let name = text(&name.unwrap_or_default(), "column")?;
        let dtype = text(&dtype.unwrap_or_default(), "dtype")?;
        let number = |value| optional_count(value).map(|value| value as i64);
        let mut column = Column::new(self.0, name, dtype);
        column.char_size = number(size);
        column.numeric_precision = number(precision);
        column.numeric_scale = number(scale);
        column.mode = optional_text(mode, "mode")?.map(Into::into);
        Ok(ColumnValue::value(column))
    }

    fn call_method(
        self: &Arc<Self>,
        _: &mut State<'_, '_>,
        method: &str,
        args: &[Value],
    ) -> Result<Value, Error> {
        call_class(self.0, method, CallArgs::new(args))
    }

    fn render(self: &Arc<Self>, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, out)
    }
}
