//! Python's `str()` and `repr()`.

use minijinja::Value;
use minijinja::value::ValueKind;

use super::super::modules;
use super::super::run::call::is_foreign;
use super::dict::DictView;
use super::namespace::Namespace;
use super::{PyDict, PyList, PySet, as_tuple, is_undefined};
use crate::value::{py_float, write_str_repr};

/// `str(value)`
pub(crate) fn str(value: &Value) -> String {
    match value.as_str() {
        Some(text) => text.to_string(),
        None => {
            let mut out = String::new();
            write_str(value, &mut out);
            out
        }
    }
}

/// Appends `str(value)`, as `{{ value }}` does.
pub(crate) fn write_str(value: &Value, out: &mut String) {
    match value.kind() {
        ValueKind::String => out.push_str(value.as_str().unwrap_or_default()),
        ValueKind::Undefined => {}
        ValueKind::Plain if is_undefined(value) => {}
        ValueKind::None | ValueKind::Bool | ValueKind::Number | ValueKind::Bytes => write_repr(value, out),
        _ => match modules::text(value) {
            Some(text) => out.push_str(&text),
            None if is_foreign(value) => out.push_str(&value.to_string()),
            None => write_repr(value, out),
        },
    }
}

/// `repr(value)`
pub(crate) fn repr(value: &Value) -> String {
    let mut out = String::new();
    write_repr(value, &mut out);
    out
}

pub(crate) fn write_repr(value: &Value, out: &mut String) {
    write(value, out, &mut vec![]);
}

/// Deeper than this a container is shown as `...`, like one that contains itself.
const MAX_DEPTH: usize = 100;

fn write(value: &Value, out: &mut String, open: &mut Vec<usize>) {
    use std::fmt::Write;
    match value.kind() {
        ValueKind::String => write_str_repr(value.as_str().unwrap_or_default(), out),
        ValueKind::Undefined => out.push_str("Undefined"),
        ValueKind::Number if !value.is_integer() => {
            out.push_str(&py_float(f64::try_from(value.clone()).unwrap_or(f64::NAN)));
        }
        ValueKind::Bytes => write_bytes(value.as_bytes().unwrap_or_default(), out),
        ValueKind::None | ValueKind::Bool | ValueKind::Number => {
            // Writing to a String cannot fail.
            let _ = write!(out, "{value}");
        }
        _ => write_object(value, out, open),
    }
}

fn write_object(value: &Value, out: &mut String, open: &mut Vec<usize>) {
    if let Some(list) = value.downcast_object_ref::<PyList>() {
        container(out, open, (std::ptr::from_ref(list) as usize, "[...]"), |out, open| {
            out.push('[');
            sequence(&list.items(), out, open);
            out.push(']');
        });
    } else if let Some(dict) = value.downcast_object_ref::<PyDict>() {
        container(out, open, (std::ptr::from_ref(dict) as usize, "{...}"), |out, open| {
            out.push('{');
            for (index, (key, item)) in dict.entries().iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                write(key, out, open);
                out.push_str(": ");
                write(item, out, open);
            }
            out.push('}');
        });
    } else if let Some(items) = as_tuple(value) {
        container(out, open, (std::ptr::from_ref(items) as usize, "(...)"), |out, open| {
            out.push('(');
            sequence(items, out, open);
            out.push_str(if items.len() == 1 { ",)" } else { ")" });
        });
    } else if let Some(set) = value.downcast_object_ref::<PySet>() {
        let items = set.items();
        if items.is_empty() {
            out.push_str(set.type_name());
            out.push_str("()");
            return;
        }
        out.push_str(if set.frozen { "frozenset({" } else { "{" });
        sequence(&items, out, open);
        out.push_str(if set.frozen { "})" } else { "}" });
    } else if let Some(view) = value.downcast_object_ref::<DictView>() {
        let address = std::sync::Arc::as_ptr(&view.dict) as usize;
        container(out, open, (address, "..."), |out, open| {
            out.push_str(view.type_name());
            out.push_str("([");
            sequence(&view.items(), out, open);
            out.push_str("])");
        });
    } else if let Some(namespace) = value.downcast_object_ref::<Namespace>() {
        out.push_str("<Namespace ");
        write(&Value::from_dyn_object(namespace.attrs.clone()), out, open);
        out.push('>');
    } else if is_undefined(value) {
        out.push_str("Undefined");
    } else if let Some(text) = modules::repr(value) {
        out.push_str(&text);
    } else if let Some(text) = value.as_object().and_then(|object| object.get_value_by_str("__repr__")) {
        // A context object whose `repr` is not its `str`.
        out.push_str(text.as_str().unwrap_or_default());
    } else {
        out.push_str(&value.to_string());
    }
}

fn container(
    out: &mut String,
    open: &mut Vec<usize>,
    (address, again): (usize, &str),
    inside: impl FnOnce(&mut String, &mut Vec<usize>),
) {
    if open.contains(&address) || open.len() >= MAX_DEPTH {
        out.push_str(again);
        return;
    }
    open.push(address);
    inside(out, open);
    open.pop();
}

fn sequence(items: &[Value], out: &mut String, open: &mut Vec<usize>) {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        write(item, out, open);
    }
}

fn write_bytes(bytes: &[u8], out: &mut String) {
    use std::fmt::Write;
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') { '"' } else { '\'' };
    out.push('b');
    out.push(quote);
    for byte in bytes {
        let _ = match byte {
            b'\\' => write!(out, "\\\\"),
            b'\n' => write!(out, "\\n"),
            b'\r' => write!(out, "\\r"),
            b'\t' => write!(out, "\\t"),
            byte if *byte as char == quote => write!(out, "\\{quote}"),
            0x20..0x7f => write!(out, "{}", *byte as char),
            byte => write!(out, "\\x{byte:02x}"),
        };
    }
    out.push(quote);
}
