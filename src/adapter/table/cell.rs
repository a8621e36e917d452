//! One value of a table, after the conversions that dbt's table object makes.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime};

use crate::decimal::Decimal;
use crate::value::{Str, Value};

/// A cell: what dbt's table holds once its column type was chosen. Floats became decimals; times,
/// intervals, blobs and nested values became text.
#[derive(Clone, Debug, PartialEq, Default)]
pub enum Cell {
    #[default]
    Null,
    Bool(bool),
    Int(i64),
    /// An integer beyond 64 bits, as its digits.
    BigInt(Str),
    Decimal(Decimal),
    Str(Str),
    Date(NaiveDate),
    DateTime(NaiveDateTime),
    DateTimeTz(DateTime<FixedOffset>),
}

impl Cell {
    pub fn str(text: impl Into<Str>) -> Cell {
        Cell::Str(text.into())
    }

    pub fn is_null(&self) -> bool {
        matches!(self, Cell::Null)
    }

    pub fn as_str(&self) -> Option<&str> {
        match self {
            Cell::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The number as a decimal, when this is one.
    pub fn as_decimal(&self) -> Option<Decimal> {
        match self {
            Cell::Int(value) => Some(Decimal::from_i128(i128::from(*value), 0)),
            Cell::BigInt(digits) => digits.parse().ok(),
            Cell::Decimal(value) => Some(value.clone()),
            _ => None,
        }
    }

    /// The number as an integer, when it is a whole one.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Cell::Int(value) => Some(*value),
            Cell::Bool(value) => Some(i64::from(*value)),
            Cell::Decimal(value) => value.to_integer_text()?.parse().ok(),
            _ => None,
        }
    }

    /// The same as a plain value; a decimal becomes a float, or an int when it has no fraction.
    pub fn to_value(&self) -> Value {
        match self {
            Cell::Null => Value::Null,
            Cell::Bool(value) => Value::Bool(*value),
            Cell::Int(value) => Value::Int(*value),
            Cell::BigInt(digits) => Value::BigInt(digits.clone()),
            Cell::Decimal(value) => Value::Float(value.to_f64()),
            Cell::Str(text) => Value::Str(text.clone()),
            Cell::Date(date) => Value::Date(*date),
            Cell::DateTime(time) => Value::DateTime(*time),
            Cell::DateTimeTz(time) => Value::DateTimeTz(*time),
        }
    }

    /// A plain value as a cell; lists and maps become their JSON text.
    pub fn from_value(value: &Value) -> Cell {
        match value {
            Value::Null => Cell::Null,
            Value::Bool(value) => Cell::Bool(*value),
            Value::Int(value) => Cell::Int(*value),
            Value::BigInt(digits) => Cell::BigInt(digits.clone()),
            Value::Float(value) => Cell::Decimal(Decimal::from_f64(*value)),
            Value::Str(text) => Cell::Str(text.clone()),
            Value::Date(date) => Cell::Date(*date),
            Value::DateTime(time) => Cell::DateTime(*time),
            Value::DateTimeTz(time) => Cell::DateTimeTz(*time),
            Value::List(_) | Value::Map(_) => Cell::str(value.to_json().to_string()),
        }
    }

    /// Python's `str()`.
    pub fn py_str(&self) -> String {
        match self {
            Cell::Decimal(value) => value.to_string(),
            other => other.to_value().py_str(),
        }
    }

    /// What the table's `to_json` writes: numbers as floats, dates as ISO text.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Cell::Decimal(value) => {
                serde_json::Number::from_f64(value.to_f64()).map_or(serde_json::Value::Null, Into::into)
            }
            other => other.to_value().to_json(),
        }
    }
}
