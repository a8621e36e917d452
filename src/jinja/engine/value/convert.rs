//! Between the house's plain values and the engine's.

use minijinja::Value;
use minijinja::value::ValueKind;

use super::super::error::{R, Raise};
use super::super::modules::datetime;
use super::dict::Entries;
use super::{Key, Num, PyDict, PySet, as_tuple, is_undefined, iter, number, text};
use crate::value::{Map, Value as Plain};

/// A plain value as templates see it: fresh mutable lists and dicts, dates as dates.
pub fn to_jinja(value: &Plain) -> Value {
    match value {
        Plain::Null => super::none(),
        Plain::Bool(value) => Value::from(*value),
        Plain::Int(value) => Value::from(*value),
        Plain::BigInt(digits) => match digits.parse::<i128>() {
            Ok(value) => super::int(value),
            Err(_) => Value::from(&**digits),
        },
        Plain::Float(value) => Value::from(*value),
        Plain::Str(text) => Value::from(text.clone()),
        Plain::Date(date) => datetime::date_value(*date),
        Plain::DateTime(time) => datetime::datetime_value(*time, None),
        Plain::DateTimeTz(time) => datetime::datetime_value(time.naive_local(), Some(*time.offset())),
        Plain::List(items) => super::list(items.iter().map(to_jinja).collect()),
        Plain::Map(map) => map_to_jinja(map),
    }
}

/// A plain map as a template's dict.
pub fn map_to_jinja(map: &Map) -> Value {
    let entries: Entries = map.iter().map(|(key, value)| (Key::text(key), to_jinja(value))).collect();
    PyDict::value(entries)
}

const MAX_DEPTH: usize = 200;

/// A template's value as plain data. Keys of dicts become text, as JSON makes them; tuples and sets
/// become lists.
///
/// # Errors
/// For what is no data (functions, relations, iterators), and for what contains itself.
pub fn from_jinja(value: &Value) -> Result<Plain, super::super::JinjaError> {
    plain(value, 0).map_err(Raise::into_public)
}

pub(crate) fn plain(value: &Value, depth: usize) -> R<Plain> {
    if depth > MAX_DEPTH {
        return Err(Raise::value_error("Circular reference detected"));
    }
    Ok(match value.kind() {
        ValueKind::None | ValueKind::Undefined => Plain::Null,
        ValueKind::Bool => Plain::Bool(value.is_true()),
        ValueKind::Number => match number(value) {
            Some(Num::Int(int)) => {
                i64::try_from(int).map_or_else(|_| Plain::BigInt(int.to_string().into()), Plain::Int)
            }
            Some(Num::Float(float)) => Plain::Float(float),
            None => Plain::BigInt(value.to_string().into()),
        },
        ValueKind::String => value.to_str().map_or(Plain::Null, Plain::Str),
        _ => return object(value, depth),
    })
}

fn object(value: &Value, depth: usize) -> R<Plain> {
    if let Some(dict) = value.downcast_object_ref::<PyDict>() {
        let mut map = Map::default();
        for (key, item) in dict.entries() {
            map.insert(key_text(&key), plain(&item, depth + 1)?);
        }
        return Ok(Plain::Map(map));
    }
    if let Some(plain) = datetime::plain(value) {
        return Ok(plain);
    }
    if let Some(float) = super::super::modules::to_float(value) {
        return Ok(Plain::Float(float));
    }
    let is_list = as_tuple(value).is_some()
        || value.downcast_object_ref::<PySet>().is_some()
        || value.kind() == ValueKind::Seq;
    if is_list {
        let items: R<Vec<_>> = iter::collect(value)?.iter().map(|item| plain(item, depth + 1)).collect();
        return Ok(Plain::List(items?));
    }
    if is_undefined(value) {
        return Ok(Plain::Null);
    }
    if value.kind() == ValueKind::Map {
        let mut map = Map::default();
        for key in value.try_iter().map_err(Raise::from)? {
            let item = value.get_item(&key).map_err(Raise::from)?;
            map.insert(key_text(&key), plain(&item, depth + 1)?);
        }
        return Ok(Plain::Map(map));
    }
    Err(Raise::type_error(format!("Object of type {} is not JSON serializable", super::type_name(value))))
}

fn key_text(key: &Value) -> crate::value::Str {
    match key.to_str() {
        Some(text) => text,
        None => match key.kind() {
            ValueKind::None => "null".into(),
            ValueKind::Bool => if key.is_true() { "true" } else { "false" }.into(),
            _ => text::str(key).into(),
        },
    }
}
