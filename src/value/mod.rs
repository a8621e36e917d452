//! The plain value of YAML, configuration and query cells: what Python's `None`, `bool`, `int`,
//! `float`, `str`, `date`, `datetime`, `list` and `dict` hold in dbt.

mod map;

use std::sync::{Arc, LazyLock};

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime};
use regex::Regex;

pub use map::StrMap;

/// Shared immutable text: names and strings are cloned far more often than made.
pub type Str = Arc<str>;

/// An insertion-ordered map with string keys, as a YAML mapping or a Python `dict`.
pub type Map = StrMap<Value>;

#[derive(Clone, Debug, PartialEq, Default)]
pub enum Value {
    #[default]
    Null,
    Bool(bool),
    Int(i64),
    /// An integer beyond 64 bits, as its decimal digits.
    BigInt(Str),
    Float(f64),
    Str(Str),
    Date(NaiveDate),
    DateTime(NaiveDateTime),
    DateTimeTz(DateTime<FixedOffset>),
    List(Vec<Value>),
    Map(Map),
}

impl Value {
    pub fn str(text: impl Into<Str>) -> Value {
        Value::Str(text.into())
    }

    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::Str(text) => Some(text),
            _ => None,
        }
    }

    pub fn as_shared_str(&self) -> Option<&Str> {
        match self {
            Value::Str(text) => Some(text),
            _ => None,
        }
    }

    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(value) => Some(*value),
            _ => None,
        }
    }

    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Value::Int(value) => Some(*value),
            _ => None,
        }
    }

    pub fn as_map(&self) -> Option<&Map> {
        match self {
            Value::Map(map) => Some(map),
            _ => None,
        }
    }

    pub fn as_map_mut(&mut self) -> Option<&mut Map> {
        match self {
            Value::Map(map) => Some(map),
            _ => None,
        }
    }

    pub fn as_list(&self) -> Option<&[Value]> {
        match self {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// The value under `key` when this is a map that has it.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.as_map()?.get(key)
    }

    /// Python's truth test.
    pub fn is_truthy(&self) -> bool {
        match self {
            Value::Null => false,
            Value::Bool(value) => *value,
            Value::Int(value) => *value != 0,
            Value::Float(value) => *value != 0.0,
            Value::Str(text) => !text.is_empty(),
            Value::List(items) => !items.is_empty(),
            Value::Map(map) => !map.is_empty(),
            Value::BigInt(_) | Value::Date(_) | Value::DateTime(_) | Value::DateTimeTz(_) => true,
        }
    }

    /// The name of the Python type, for messages.
    pub fn type_name(&self) -> &'static str {
        match self {
            Value::Null => "None",
            Value::Bool(_) => "bool",
            Value::Int(_) | Value::BigInt(_) => "int",
            Value::Float(_) => "float",
            Value::Str(_) => "str",
            Value::Date(_) => "date",
            Value::DateTime(_) | Value::DateTimeTz(_) => "datetime",
            Value::List(_) => "list",
            Value::Map(_) => "dict",
        }
    }

    /// Python's `str()`.
    pub fn py_str(&self) -> String {
        match self {
            Value::Str(text) => text.to_string(),
            Value::Date(date) => date.format("%Y-%m-%d").to_string(),
            Value::DateTime(time) => iso_datetime(*time, ' '),
            Value::DateTimeTz(time) => {
                format!("{}{}", iso_datetime(time.naive_local(), ' '), iso_offset(*time))
            }
            other => {
                let mut out = String::new();
                other.write_repr(&mut out);
                out
            }
        }
    }

    /// Python's `repr()`.
    pub fn py_repr(&self) -> String {
        let mut out = String::new();
        self.write_repr(&mut out);
        out
    }

    fn write_repr(&self, out: &mut String) {
        use std::fmt::Write;
        // Writing to a String cannot fail.
        let _ = match self {
            Value::Null => write!(out, "None"),
            Value::Bool(true) => write!(out, "True"),
            Value::Bool(false) => write!(out, "False"),
            Value::Int(value) => write!(out, "{value}"),
            Value::BigInt(digits) => write!(out, "{digits}"),
            Value::Float(value) => write!(out, "{}", py_float(*value)),
            Value::Str(text) => {
                write_str_repr(text, out);
                Ok(())
            }
            Value::Date(date) => write!(out, "{}", date.format("datetime.date(%-Y, %-m, %-d)")),
            Value::DateTime(time) => write!(out, "{}", datetime_repr(*time, None)),
            Value::DateTimeTz(time) => write!(out, "{}", datetime_repr(time.naive_local(), Some(*time))),
            Value::List(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push_str(", ");
                    }
                    item.write_repr(out);
                }
                write!(out, "]")
            }
            Value::Map(map) => {
                out.push('{');
                for (index, (key, item)) in map.iter().enumerate() {
                    if index > 0 {
                        out.push_str(", ");
                    }
                    write_str_repr(key, out);
                    out.push_str(": ");
                    item.write_repr(out);
                }
                write!(out, "}}")
            }
        };
    }

    /// The JSON that Python's `json.dumps` with ISO dates gives.
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value as Json;
        match self {
            Value::Null => Json::Null,
            Value::Bool(value) => Json::Bool(*value),
            Value::Int(value) => Json::from(*value),
            Value::BigInt(digits) => digits
                .parse::<serde_json::Number>()
                .map_or_else(|_| Json::String(digits.to_string()), Json::Number),
            Value::Float(value) => serde_json::Number::from_f64(*value).map_or(Json::Null, Json::Number),
            Value::Str(text) => Json::String(text.to_string()),
            Value::Date(_) => Json::String(self.py_str()),
            Value::DateTime(time) => Json::String(iso_datetime(*time, 'T')),
            Value::DateTimeTz(time) => {
                Json::String(format!("{}{}", iso_datetime(time.naive_local(), 'T'), iso_offset(*time)))
            }
            Value::List(items) => Json::Array(items.iter().map(Value::to_json).collect()),
            Value::Map(map) => {
                Json::Object(map.iter().map(|(key, item)| (key.to_string(), item.to_json())).collect())
            }
        }
    }

    pub fn from_json(json: &serde_json::Value) -> Value {
        use serde_json::Value as Json;
        match json {
            Json::Null => Value::Null,
            Json::Bool(value) => Value::Bool(*value),
            Json::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(value), _) => Value::Int(value),
                (None, _) if number.is_u64() => Value::BigInt(number.to_string().into()),
                (None, Some(value)) => Value::Float(value),
                (None, None) => Value::Null,
            },
            Json::String(text) => Value::str(text.as_str()),
            Json::Array(items) => Value::List(items.iter().map(Value::from_json).collect()),
            Json::Object(map) => Value::Map(
                map.iter().map(|(key, item)| (Str::from(key.as_str()), Value::from_json(item))).collect(),
            ),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Str(text.into())
    }
}

impl From<Str> for Value {
    fn from(text: Str) -> Value {
        Value::Str(text)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Str(text.into())
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Value {
        Value::Bool(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Value {
        Value::Int(value)
    }
}

/// Python's `repr` of a float: shortest round trip, exponent from 1e16 and below 1e-4.
pub fn py_float(value: f64) -> String {
    if value.is_nan() {
        return "nan".into();
    }
    if value.is_infinite() {
        return if value > 0.0 { "inf".into() } else { "-inf".into() };
    }
    if value == 0.0 || (1e-4..1e16).contains(&value.abs()) {
        return format!("{value:?}");
    }
    let text = format!("{value:e}");
    match text.split_once('e') {
        Some((mantissa, exponent)) => {
            let (sign, digits) = exponent.strip_prefix('-').map_or(('+', exponent), |digits| ('-', digits));
            format!("{mantissa}e{sign}{digits:0>2}")
        }
        None => text,
    }
}

/// Appends Python's `repr` of a string: single quotes unless only single quotes stand inside.
pub fn write_str_repr(text: &str, out: &mut String) {
    use std::fmt::Write;
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    out.push(quote);
    for c in text.chars() {
        let _ = match c {
            '\\' => write!(out, "\\\\"),
            '\n' => write!(out, "\\n"),
            '\r' => write!(out, "\\r"),
            '\t' => write!(out, "\\t"),
            c if c == quote => write!(out, "\\{c}"),
            c if (c as u32) < 0x20 || (0x7f..0xa1).contains(&(c as u32)) || c == '\u{ad}' => {
                write!(out, "\\x{:02x}", c as u32)
            }
            c if (c as u32) >= 0x100 && !is_printable(c) => match c as u32 {
                code @ ..0x10000 => write!(out, "\\u{code:04x}"),
                code => write!(out, "\\U{code:08x}"),
            },
            c => {
                out.push(c);
                Ok(())
            }
        };
    }
    out.push(quote);
}

/// Python's `str.isprintable` beyond Latin-1: no control, format, private, unassigned or separator
/// character.
fn is_printable(c: char) -> bool {
    static HIDDEN: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^[\p{C}\p{Z}]$").ok());
    HIDDEN.as_ref().is_none_or(|hidden| !hidden.is_match(c.encode_utf8(&mut [0; 4])))
}

fn iso_datetime(time: NaiveDateTime, separator: char) -> String {
    use chrono::Timelike;
    let format = if time.nanosecond() == 0 { "%H:%M:%S" } else { "%H:%M:%S%.6f" };
    format!("{}{separator}{}", time.format("%Y-%m-%d"), time.format(format))
}

fn iso_offset(time: DateTime<FixedOffset>) -> String {
    time.format("%:z").to_string()
}

fn datetime_repr(time: NaiveDateTime, zone: Option<DateTime<FixedOffset>>) -> String {
    use chrono::Timelike;
    let mut out = time.format("datetime.datetime(%-Y, %-m, %-d, %-H, %-M").to_string();
    let micros = time.nanosecond() / 1000;
    if time.second() != 0 || micros != 0 {
        out += &format!(", {}", time.second());
    }
    if micros != 0 {
        out += &format!(", {micros}");
    }
    if let Some(zone) = zone {
        let seconds = zone.offset().local_minus_utc();
        out += &match seconds {
            0 => ", tzinfo=datetime.timezone.utc".to_string(),
            s if s > 0 => format!(", tzinfo=datetime.timezone(datetime.timedelta(seconds={s}))"),
            s => format!(", tzinfo=datetime.timezone(datetime.timedelta(days=-1, seconds={}))", 86_400 + s),
        };
    }
    out + ")"
}

/// Lower-case hexadecimal form of a digest.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [DIGITS[usize::from(byte >> 4)] as char, DIGITS[usize::from(byte & 15)] as char])
        .collect()
}
