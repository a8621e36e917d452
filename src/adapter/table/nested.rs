//! Lists, structs and maps as the JSON text that dbt's table holds, and Python's text of odd values.

use std::fmt::Write;

use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_schema::{DataType, Field};

use super::fetch::{Raw, read};
use crate::value::py_float;

/// Python's `json.dumps` of the nested value at `row`.
pub(super) fn to_json(array: &dyn Array, field: &Field, row: usize) -> String {
    let mut out = String::new();
    write_json(array, field, row, &mut out);
    out
}

fn write_json(array: &dyn Array, field: &Field, row: usize, out: &mut String) {
    if array.is_null(row) {
        out.push_str("null");
        return;
    }
    match array.data_type() {
        DataType::List(item) => write_list(array.as_list::<i32>().value(row).as_ref(), item, out),
        DataType::LargeList(item) => write_list(array.as_list::<i64>().value(row).as_ref(), item, out),
        DataType::ListView(item) => write_list(array.as_list_view::<i32>().value(row).as_ref(), item, out),
        DataType::FixedSizeList(item, _) => {
            write_list(array.as_fixed_size_list().value(row).as_ref(), item, out)
        }
        DataType::Struct(fields) => {
            let values = array.as_struct();
            // An unnamed struct is a tuple in Python.
            let tuple = fields.iter().all(|field| field.name().is_empty());
            out.push(if tuple { '[' } else { '{' });
            for (index, field) in fields.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                if !tuple {
                    write_string(field.name(), out);
                    out.push_str(": ");
                }
                write_json(values.column(index).as_ref(), field, row, out);
            }
            out.push(if tuple { ']' } else { '}' });
        }
        DataType::Map(entry, _) => {
            let entries = array.as_map().value(row);
            let DataType::Struct(fields) = entry.data_type() else { return };
            let [key, value] = fields.as_ref() else { return };
            out.push('{');
            for index in 0..entries.len() {
                if index > 0 {
                    out.push_str(", ");
                }
                write_key(entries.column(0).as_ref(), key, index, out);
                out.push_str(": ");
                write_json(entries.column(1).as_ref(), value, index, out);
            }
            out.push('}');
        }
        _ => write_scalar(read(array, field, row), out),
    }
}

fn write_list(items: &dyn Array, field: &Field, out: &mut String) {
    out.push('[');
    for index in 0..items.len() {
        if index > 0 {
            out.push_str(", ");
        }
        write_json(items, field, index, out);
    }
    out.push(']');
}

/// A dict's key: JSON has text keys only.
fn write_key(keys: &dyn Array, field: &Field, row: usize, out: &mut String) {
    let mut text = String::new();
    write_json(keys, field, row, &mut text);
    if text.starts_with('"') {
        out.push_str(&text);
    } else {
        write_string(&text, out);
    }
}

fn write_scalar(raw: Raw<'_>, out: &mut String) {
    // Writing to a String cannot fail.
    let _ = match raw {
        Raw::None => write!(out, "null"),
        Raw::Bool(value) => write!(out, "{value}"),
        Raw::Int(value) => write!(out, "{value}"),
        Raw::Float(value) => write!(out, "{}", json_float(value)),
        Raw::Decimal(value) => write!(out, "{}", json_float(value.to_f64())),
        Raw::Json(text) => write!(out, "{text}"),
        Raw::Str(text) => {
            write_string(text, out);
            Ok(())
        }
        Raw::DateTime(_) | Raw::DateTimeTz(_) => {
            let json = raw.into_cell().to_json();
            write_string(json.as_str().unwrap_or_default(), out);
            Ok(())
        }
        other => {
            write_string(&other.into_cell().py_str(), out);
            Ok(())
        }
    };
}

fn json_float(value: f64) -> String {
    if value.is_nan() {
        "NaN".into()
    } else if value.is_infinite() {
        if value > 0.0 { "Infinity".into() } else { "-Infinity".into() }
    } else {
        py_float(value)
    }
}

/// A JSON string with everything beyond ASCII escaped, as Python writes it.
fn write_string(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        let _ = match c {
            '"' => write!(out, "\\\""),
            '\\' => write!(out, "\\\\"),
            '\n' => write!(out, "\\n"),
            '\r' => write!(out, "\\r"),
            '\t' => write!(out, "\\t"),
            '\u{8}' => write!(out, "\\b"),
            '\u{c}' => write!(out, "\\f"),
            ' '..='~' => {
                out.push(c);
                Ok(())
            }
            c => c.encode_utf16(&mut [0; 2]).iter().try_for_each(|unit| write!(out, "\\u{unit:04x}")),
        };
    }
    out.push('"');
}

/// Python's `str()` of bytes: `b'x\x00y'`.
pub(super) fn bytes_repr(bytes: &[u8]) -> String {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') { '"' } else { '\'' };
    let mut out = format!("b{quote}");
    for byte in bytes {
        let _ = match char::from(*byte) {
            '\\' => write!(out, "\\\\"),
            '\n' => write!(out, "\\n"),
            '\r' => write!(out, "\\r"),
            '\t' => write!(out, "\\t"),
            c if c == quote => write!(out, "\\{c}"),
            c @ ' '..='~' => write!(out, "{c}"),
            _ => write!(out, "\\x{byte:02x}"),
        };
    }
    out.push(quote);
    out
}

/// Python's `str(timedelta)`: `32 days, 0:00:03`.
pub(super) fn delta_text(days: i64, micros: i64) -> String {
    const DAY: i64 = 86_400_000_000;
    let days = days + micros.div_euclid(DAY);
    let rest = micros.rem_euclid(DAY);
    let (seconds, fraction) = (rest / 1_000_000, rest % 1_000_000);
    let mut out = match days {
        0 => String::new(),
        1 | -1 => format!("{days} day, "),
        _ => format!("{days} days, "),
    };
    let _ = write!(out, "{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if fraction != 0 {
        let _ = write!(out, ".{fraction:06}");
    }
    out
}
