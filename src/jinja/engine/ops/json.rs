//! Python's `json.dumps` and `json.loads`.

use minijinja::Value;
use minijinja::value::ValueKind;

use super::super::error::{R, Raise};
use super::super::modules;
use super::super::run::access::mapping_entries;
use super::super::value::dict::Entries;
use super::super::value::{Key, Num, PyDict, PyList, as_tuple, int, list, none, number, text, type_name};
use super::compare::sort_by_key;
use crate::value::py_float;

const MAX_DEPTH: usize = 200;

/// How `dumps` lays its text out.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    pub sort_keys: bool,
    pub ensure_ascii: bool,
    pub indent: Option<String>,
    pub item_separator: String,
    pub key_separator: String,
}

impl Default for Layout {
    fn default() -> Layout {
        Layout {
            sort_keys: false,
            ensure_ascii: true,
            indent: None,
            item_separator: ", ".into(),
            key_separator: ": ".into(),
        }
    }
}

/// `json.dumps(value)`
///
/// # Errors
/// Python's `TypeError` for what JSON has no form for, `ValueError` for a value that contains itself.
pub(crate) fn dumps(value: &Value, layout: &Layout) -> R<String> {
    let mut out = String::new();
    write(value, layout, &mut out, 0)?;
    Ok(out)
}

fn write(value: &Value, layout: &Layout, out: &mut String, depth: usize) -> R<()> {
    if depth > MAX_DEPTH {
        return Err(Raise::value_error("Circular reference detected"));
    }
    match value.kind() {
        ValueKind::None => out.push_str("null"),
        ValueKind::Bool => out.push_str(if value.is_true() { "true" } else { "false" }),
        ValueKind::String => write_str(value.as_str().unwrap_or_default(), layout.ensure_ascii, out),
        ValueKind::Number => write_number(value, out),
        _ => return write_container(value, layout, out, depth),
    }
    Ok(())
}

fn write_number(value: &Value, out: &mut String) {
    match number(value) {
        Some(Num::Float(float)) if float.is_nan() => out.push_str("NaN"),
        Some(Num::Float(float)) if float.is_infinite() => {
            out.push_str(if float > 0.0 { "Infinity" } else { "-Infinity" });
        }
        Some(Num::Float(float)) => out.push_str(&py_float(float)),
        _ => out.push_str(&value.to_string()),
    }
}

fn write_container(value: &Value, layout: &Layout, out: &mut String, depth: usize) -> R<()> {
    let items = if let Some(items) = value.downcast_object_ref::<PyList>() {
        Some(items.items())
    } else if let Some(items) = as_tuple(value) {
        Some(items.to_vec())
    } else if value.kind() == ValueKind::Seq && modules::text(value).is_none() {
        Some(super::super::value::iter::collect(value)?)
    } else {
        None
    };
    if let Some(items) = items {
        return write_parts(('[', ']'), items.len(), layout, out, depth, |at, out| {
            items.get(at).map_or(Ok(()), |item| write(item, layout, out, depth + 1))
        });
    }
    let entries = if value.downcast_object_ref::<PyDict>().is_some() || value.kind() == ValueKind::Map {
        mapping_entries(value)
    } else {
        None
    };
    let Some(mut entries) = entries else {
        let name = type_name(value);
        return Err(Raise::type_error(format!("Object of type {name} is not JSON serializable")));
    };
    if layout.sort_keys {
        let keyed = entries.into_iter().map(|entry| (entry.0.clone(), entry)).collect();
        entries = sort_by_key(keyed, false)?;
    }
    write_parts(('{', '}'), entries.len(), layout, out, depth, |at, out| {
        let Some((key, item)) = entries.get(at) else { return Ok(()) };
        write_str(&key_text(key)?, layout.ensure_ascii, out);
        out.push_str(&layout.key_separator);
        write(item, layout, out, depth + 1)
    })
}

fn write_parts(
    (open, close): (char, char),
    count: usize,
    layout: &Layout,
    out: &mut String,
    depth: usize,
    mut part: impl FnMut(usize, &mut String) -> R<()>,
) -> R<()> {
    out.push(open);
    let newline = |out: &mut String, depth: usize| {
        if let Some(indent) = &layout.indent {
            out.push('\n');
            out.push_str(&indent.repeat(depth));
        }
    };
    for at in 0..count {
        if at > 0 {
            out.push_str(&layout.item_separator);
        }
        newline(out, depth + 1);
        part(at, out)?;
    }
    if count > 0 {
        newline(out, depth);
    }
    out.push(close);
    Ok(())
}

fn key_text(key: &Value) -> R<String> {
    Ok(match key.kind() {
        ValueKind::String => text::str(key),
        ValueKind::None => "null".into(),
        ValueKind::Bool => if key.is_true() { "true" } else { "false" }.into(),
        ValueKind::Number => {
            let mut out = String::new();
            write_number(key, &mut out);
            out
        }
        _ => {
            return Err(Raise::type_error(format!(
                "keys must be str, int, float, bool or None, not {}",
                type_name(key)
            )));
        }
    })
}

fn write_str(text: &str, ensure_ascii: bool, out: &mut String) {
    use std::fmt::Write;
    out.push('"');
    for c in text.chars() {
        // Writing to a String cannot fail.
        let _ = match c {
            '"' => out.write_str("\\\""),
            '\\' => out.write_str("\\\\"),
            '\n' => out.write_str("\\n"),
            '\r' => out.write_str("\\r"),
            '\t' => out.write_str("\\t"),
            '\x08' => out.write_str("\\b"),
            '\x0c' => out.write_str("\\f"),
            c if (c as u32) < 0x20 => write!(out, "\\u{:04x}", c as u32),
            c if ensure_ascii && !(' '..='~').contains(&c) => {
                c.encode_utf16(&mut [0; 2]).iter().try_for_each(|unit| write!(out, "\\u{unit:04x}"))
            }
            c => out.write_char(c),
        };
    }
    out.push('"');
}

/// `json.loads(text)`; `None` when the text is no JSON.
pub(crate) fn loads(text: &str) -> Option<Value> {
    let mut reader = Reader { text, at: 0 };
    let value = reader.value(0)?;
    reader.space();
    (reader.at == text.len()).then_some(value)
}

/// Reads as Python's decoder does: `NaN`, `Infinity`, big integers, and the last of repeated keys.
struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl Reader<'_> {
    fn space(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
    }

    fn eat(&mut self, token: &str) -> bool {
        let found = self.text[self.at..].starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        if depth > MAX_DEPTH {
            return None;
        }
        self.space();
        if self.eat("null") {
            return Some(none());
        }
        for (word, value) in [("true", true), ("false", false)] {
            if self.eat(word) {
                return Some(Value::from(value));
            }
        }
        for (word, value) in
            [("NaN", f64::NAN), ("Infinity", f64::INFINITY), ("-Infinity", f64::NEG_INFINITY)]
        {
            if self.eat(word) {
                return Some(Value::from(value));
            }
        }
        if self.eat("\"") {
            return self.string().map(Value::from);
        }
        if self.eat("[") {
            return self.array(depth);
        }
        if self.eat("{") {
            return self.object(depth);
        }
        self.number()
    }

    fn array(&mut self, depth: usize) -> Option<Value> {
        let mut items = vec![];
        self.space();
        if self.eat("]") {
            return Some(list(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            self.space();
            if self.eat("]") {
                return Some(list(items));
            }
            if !self.eat(",") {
                return None;
            }
        }
    }

    fn object(&mut self, depth: usize) -> Option<Value> {
        let mut entries = Entries::default();
        self.space();
        if self.eat("}") {
            return Some(PyDict::value(entries));
        }
        loop {
            self.space();
            if !self.eat("\"") {
                return None;
            }
            let key = self.string()?;
            self.space();
            if !self.eat(":") {
                return None;
            }
            entries.insert(Key::text(&key), self.value(depth + 1)?);
            self.space();
            if self.eat("}") {
                return Some(PyDict::value(entries));
            }
            if !self.eat(",") {
                return None;
            }
        }
    }

    fn string(&mut self) -> Option<String> {
        let rest = &self.text[self.at..];
        let bytes = rest.as_bytes();
        let mut at = 0;
        loop {
            match bytes.get(at)? {
                b'"' => break,
                b'\\' => at += 2,
                byte if *byte < 0x20 => return None,
                _ => at += 1,
            }
        }
        // The quotes are needed by the parser of the inside.
        let value = serde_json::from_str(&self.text[self.at - 1..=self.at + at]).ok()?;
        self.at += at + 1;
        Some(value)
    }

    fn number(&mut self) -> Option<Value> {
        let rest = &self.text[self.at..];
        let end = rest
            .find(|c: char| !(c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E')))
            .unwrap_or(rest.len());
        let digits = &rest[..end];
        let unsigned = digits.strip_prefix('-').unwrap_or(digits);
        let leading_zero =
            unsigned.len() > 1 && unsigned.starts_with('0') && unsigned.as_bytes()[1].is_ascii_digit();
        if !unsigned.starts_with(|c: char| c.is_ascii_digit()) || leading_zero {
            return None;
        }
        let value = match digits.parse::<i128>() {
            Ok(value) => int(value),
            Err(_) => {
                let valid = serde_json::from_str::<serde_json::Value>(digits).is_ok();
                Value::from(digits.parse::<f64>().ok().filter(|_| valid || !digits.contains('.'))?)
            }
        };
        self.at += end;
        Some(value)
    }
}
