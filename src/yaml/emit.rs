//! Values to YAML in block style, as PyYAML's `dump` lays it out.

use crate::value::Value;

use super::scalar::{Kind, implicit_kind};

/// YAML of a value, ending in a line break. Lists inside mappings are indented by two, keys stand in
/// the order of the map.
pub fn emit(value: &Value) -> String {
    let mut out = String::new();
    match value {
        Value::Map(map) if !map.is_empty() => block(value, 0, &mut out),
        Value::List(items) if !items.is_empty() => block(value, 0, &mut out),
        scalar => {
            out += &flow(scalar);
            out.push('\n');
        }
    }
    out
}

fn is_block(value: &Value) -> bool {
    match value {
        Value::Map(map) => !map.is_empty(),
        Value::List(items) => !items.is_empty(),
        _ => false,
    }
}

/// Writes a map or list whose lines begin at `indent`; the first line's indentation is there.
fn block(value: &Value, indent: usize, out: &mut String) {
    let pad = " ".repeat(indent);
    let mut first = true;
    let mut begin = |out: &mut String| {
        if !std::mem::take(&mut first) {
            *out += &pad;
        }
    };
    match value {
        Value::Map(map) => {
            for (key, item) in map {
                begin(out);
                *out += &text(key);
                out.push(':');
                if is_block(item) {
                    out.push('\n');
                    *out += &" ".repeat(indent + 2);
                    block(item, indent + 2, out);
                } else {
                    *out += &format!(" {}\n", flow(item));
                }
            }
        }
        Value::List(items) => {
            for item in items {
                begin(out);
                *out += "- ";
                if is_block(item) {
                    block(item, indent + 2, out);
                } else {
                    *out += &format!("{}\n", flow(item));
                }
            }
        }
        scalar => *out += &flow(scalar),
    }
}

/// A scalar or an empty collection.
fn flow(value: &Value) -> String {
    match value {
        Value::Null => "null".into(),
        Value::Bool(value) => value.to_string(),
        Value::Float(value) if value.is_infinite() => if *value > 0.0 { ".inf" } else { "-.inf" }.into(),
        Value::Float(value) if value.is_nan() => ".nan".into(),
        Value::Str(value) => text(value),
        Value::List(_) => "[]".into(),
        Value::Map(_) => "{}".into(),
        other => other.py_str(),
    }
}

/// A text, in quotes where it would be read as something else.
fn text(text: &str) -> String {
    if text.chars().any(|c| c.is_control() || !c.is_ascii()) {
        // JSON's escapes are YAML's.
        let escaped: String = serde_json::Value::from(text)
            .to_string()
            .chars()
            .map(|c| if c.is_ascii() { c.to_string() } else { escape(c) })
            .collect();
        return escaped;
    }
    if is_plain(text) { text.to_string() } else { format!("'{}'", text.replace('\'', "''")) }
}

pub(super) fn escape(c: char) -> String {
    match u32::from(c) {
        code @ ..0x100 => format!("\\x{code:02X}"),
        code @ ..0x10000 => format!("\\u{code:04X}"),
        code => format!("\\U{code:08X}"),
    }
}

pub(super) fn is_plain(text: &str) -> bool {
    let Some(first) = text.chars().next() else { return false };
    let second_blank = text.chars().nth(1).is_none_or(|c| c == ' ');
    let bad_start = "#,[]{}&*!|>'\"%@`".contains(first) || ("-?:".contains(first) && second_blank);
    let bad_inside = text.contains(": ") || text.ends_with(':') || text.contains(" #");
    let marker = text.starts_with("---") || text.starts_with("...");
    !bad_start && !bad_inside && !marker && text.trim_matches(' ') == text && implicit_kind(text) == Kind::Str
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;
    use crate::yaml::parse;

    #[test]
    fn reads_back_as_it_was() {
        let source = "packages:\n  - name: x\n    version: '1.0'\n  - b: true\n    c: 'a: b'\n    colon: 'a:'\n    \
                      d: '2020-01-01'\n    dash: '-'\n    e: ''\n    emp: []\n    empd: {}\n    f: 1.0\n    \
                      h: '#a'\n    i: 1\n    n: it's\n    n2: null\n    pct: '%a'\n    q: '?'\n    s: ' x'\n    \
                      star: '*a'\n    sub: a b\n    t: 'true'\n    u: \"\\xE9\"\n    v:\n      - '>=1'\n      - <2\n\
                      sha1_hash: '12345678'\n";
        let value = parse(source, FileId(0)).ok().and_then(|parsed| parsed.0).map(|tree| tree.to_value());
        assert_eq!(emit(&value.unwrap_or_default()), source);
    }

    #[test]
    fn line_breaks_are_escaped() {
        assert_eq!(emit(&Value::str("a\nb \u{1F600}")), "\"a\\nb \\U0001F600\"\n");
    }
}
