//! Values to YAML exactly as Python's `yaml.safe_dump` writes them: `toyaml` of templates.

use std::fmt::Write;

use super::emit::{escape, is_plain};
use crate::value::{Map, Value};

/// Columns after which PyYAML folds a text.
const BEST_WIDTH: usize = 80;

/// YAML of a value, ending in a line break; keys in the order of the map or sorted.
pub fn dump(value: &Value, sort_keys: bool) -> String {
    let mut dumper = Dumper { out: String::new(), sort_keys };
    match value {
        Value::Map(map) if !map.is_empty() => dumper.map(map, 0),
        Value::List(items) if !items.is_empty() => dumper.list(items, 0),
        scalar => {
            let plain = dumper.scalar(scalar, 0);
            dumper.out.push('\n');
            if plain && !matches!(scalar, Value::Map(_) | Value::List(_)) {
                dumper.out.push_str("...\n");
            }
        }
    }
    dumper.out
}

struct Dumper {
    out: String,
    sort_keys: bool,
}

impl Dumper {
    /// Characters of the current line.
    fn column(&self) -> usize {
        let line = self.out.rsplit('\n').next().unwrap_or_default();
        line.chars().count()
    }

    fn pad(&mut self, indent: usize) {
        self.out.extend(std::iter::repeat_n(' ', indent));
    }

    /// Entries at `indent`; the first line's indentation is there already.
    fn map(&mut self, map: &Map, indent: usize) {
        let mut entries: Vec<_> = map.iter().collect();
        if self.sort_keys {
            entries.sort_by(|left, right| left.0.cmp(right.0));
        }
        for (index, (key, value)) in entries.into_iter().enumerate() {
            if index > 0 {
                self.pad(indent);
            }
            self.key(key);
            match value {
                Value::Map(inner) if !inner.is_empty() => {
                    self.out.push('\n');
                    self.pad(indent + 2);
                    self.map(inner, indent + 2);
                }
                // PyYAML does not indent a list below its key.
                Value::List(items) if !items.is_empty() => {
                    self.out.push('\n');
                    self.pad(indent);
                    self.list(items, indent);
                }
                scalar => {
                    self.out.push(' ');
                    self.scalar(scalar, indent + 2);
                    self.out.push('\n');
                }
            }
        }
    }

    fn list(&mut self, items: &[Value], indent: usize) {
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.pad(indent);
            }
            self.out.push_str("- ");
            match item {
                Value::Map(inner) if !inner.is_empty() => self.map(inner, indent + 2),
                Value::List(inner) if !inner.is_empty() => self.list(inner, indent + 2),
                scalar => {
                    self.scalar(scalar, indent + 2);
                    self.out.push('\n');
                }
            }
        }
    }

    /// A key, which stands on one line: PyYAML marks long ones and those with line breaks with `?`,
    /// which no configuration has.
    fn key(&mut self, key: &str) {
        match style(key) {
            Style::Plain => self.out.push_str(key),
            Style::Single if !key.contains('\n') => {
                let _ = write!(self.out, "'{}'", key.replace('\'', "''"));
            }
            _ => self.double(key),
        }
        self.out.push(':');
    }

    /// Writes a scalar or an empty collection; whether it is a plain one.
    fn scalar(&mut self, value: &Value, indent: usize) -> bool {
        let text = match value {
            Value::Null => "null".into(),
            Value::Bool(value) => value.to_string(),
            Value::Float(value) if value.is_infinite() => {
                if *value > 0.0 { ".inf" } else { "-.inf" }.to_string()
            }
            Value::Float(value) if value.is_nan() => ".nan".into(),
            Value::Float(_) => {
                let text = value.py_str();
                // `1e+20` would be read as a text.
                if text.contains('.') { text } else { text.replacen('e', ".0e", 1) }
            }
            Value::List(_) => "[]".into(),
            Value::Map(_) => "{}".into(),
            Value::Str(text) => return self.text(text, indent),
            other => other.py_str(),
        };
        self.out.push_str(&text);
        true
    }

    fn text(&mut self, text: &str, indent: usize) -> bool {
        let style = style(text);
        match style {
            Style::Plain => self.words(text, indent),
            Style::Single => {
                self.out.push('\'');
                for (index, line) in text.split('\n').enumerate() {
                    if index > 0 {
                        self.out.push('\n');
                    }
                    let is_between = index > 0 && !line.is_empty();
                    if is_between {
                        self.out.push('\n');
                        self.pad(indent);
                    }
                    self.words(&line.replace('\'', "''"), indent);
                }
                if text.ends_with('\n') {
                    self.out.push('\n');
                    self.pad(indent);
                }
                self.out.push('\'');
            }
            Style::Double => self.double(text),
        }
        style == Style::Plain
    }

    /// Words of a line; a single blank beyond the width becomes a line break.
    fn words(&mut self, line: &str, indent: usize) {
        let chars: Vec<char> = line.chars().collect();
        let mut column = self.column();
        for (index, c) in chars.iter().enumerate() {
            let is_alone = *c == ' '
                && index > 0
                && chars[index - 1] != ' '
                && chars.get(index + 1).is_some_and(|next| *next != ' ');
            if is_alone && column > BEST_WIDTH {
                self.out.push('\n');
                self.pad(indent);
                column = indent;
            } else {
                self.out.push(*c);
                column += 1;
            }
        }
    }

    fn double(&mut self, text: &str) {
        self.out.push('"');
        for c in text.chars() {
            match c {
                '"' => self.out.push_str("\\\""),
                '\\' => self.out.push_str("\\\\"),
                '\n' => self.out.push_str("\\n"),
                '\r' => self.out.push_str("\\r"),
                '\t' => self.out.push_str("\\t"),
                '\0' => self.out.push_str("\\0"),
                '\x07' => self.out.push_str("\\a"),
                '\x08' => self.out.push_str("\\b"),
                '\x0b' => self.out.push_str("\\v"),
                '\x0c' => self.out.push_str("\\f"),
                '\x1b' => self.out.push_str("\\e"),
                '\u{85}' => self.out.push_str("\\N"),
                '\u{a0}' => self.out.push_str("\\_"),
                ' '..='~' => self.out.push(c),
                other => self.out.push_str(&escape(other)),
            }
        }
        self.out.push('"');
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    Plain,
    Single,
    Double,
}

fn style(text: &str) -> Style {
    let is_special = |c: char| !matches!(c, '\n' | ' '..='~');
    let blank_at_break = text.contains(" \n") || text.contains("\n ");
    if text.chars().any(is_special) || blank_at_break {
        return Style::Double;
    }
    if text.contains('\n') || !is_plain(text) { Style::Single } else { Style::Plain }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(yaml: &str, expected: &str) {
        let tree = crate::yaml::parse(yaml, crate::source::FileId(0)).unwrap().0.unwrap();
        assert_eq!(dump(&tree.to_value(), false), expected);
    }

    #[test]
    fn lists_stand_below_their_keys() {
        check(
            "{b: [1, {c: 2, d: []}], a: {x: 1.0, y: 1.0e+20}}",
            "b:\n- 1\n- c: 2\n  d: []\na:\n  x: 1.0\n  y: 1.0e+20\n",
        );
        check("[[1, 2], [3]]", "- - 1\n  - 2\n- - 3\n");
    }

    #[test]
    fn texts_are_quoted_where_they_would_mean_something_else() {
        check(
            r#"{a: "true", b: "it's", c: "a: b", d: "é", e: "x\ny", f: "", g: "tab\t", h: "end\n", i: "a \nb"}"#,
            "a: 'true'\nb: it's\nc: 'a: b'\nd: \"\\xE9\"\ne: 'x\n\n  y'\nf: ''\ng: \"tab\\t\"\nh: 'end\n\n  '\n\
             i: \"a \\nb\"\n",
        );
    }

    #[test]
    fn long_texts_are_folded() {
        let long = vec!["word"; 20].join(" ");
        let expected = format!("a: {}\n  word word word word\n", vec!["word"; 16].join(" "));
        check(&format!("a: {long}"), &expected);
    }

    #[test]
    fn a_scalar_ends_the_document() {
        check("5", "5\n...\n");
        check("'5'", "'5'\n");
    }
}
