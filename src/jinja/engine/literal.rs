//! Python's `ast.literal_eval`, which dbt's native rendering ends in.

use minijinja::Value;

use super::syntax::unescape;
use super::value::dict::Entries;
use super::value::{Key, PyDict, PySet, int, list, none, tuple};

/// The value that a Python literal stands for, `None` when the text is no literal.
pub(crate) fn evaluate(text: &str) -> Option<Value> {
    // Leading blanks are ignored, other white space around is not a problem for Python either.
    let mut reader = Reader { rest: text.trim_start_matches([' ', '\t']) };
    let value = reader.list_of(0)?;
    reader.space();
    reader.rest.is_empty().then_some(value)
}

struct Reader<'t> {
    rest: &'t str,
}

impl Reader<'_> {
    fn space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r', '\x0c']);
    }

    fn eat(&mut self, token: &str) -> bool {
        self.space();
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn word(&mut self, word: &str) -> bool {
        let found = self
            .rest
            .strip_prefix(word)
            .filter(|rest| !rest.starts_with(|c: char| c == '_' || c.is_alphanumeric()));
        match found {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// An expression, or a tuple without parentheses.
    fn list_of(&mut self, depth: usize) -> Option<Value> {
        let first = self.value(depth)?;
        if !self.eat(",") {
            return Some(first);
        }
        let mut items = vec![first];
        self.space();
        while !self.rest.is_empty() {
            items.push(self.value(depth)?);
            if !self.eat(",") {
                break;
            }
            self.space();
        }
        Some(tuple(items))
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        if depth > 100 {
            return None;
        }
        self.space();
        if self.word("None") {
            return Some(none());
        }
        for (word, value) in [("True", true), ("False", false)] {
            if self.word(word) {
                return Some(Value::from(value));
            }
        }
        match self.rest.chars().next()? {
            '[' => {
                self.eat("[");
                self.items("]", depth).map(|(items, _)| list(items))
            }
            '(' => {
                self.eat("(");
                let (mut items, comma) = self.items(")", depth)?;
                if items.len() == 1 && !comma { items.pop() } else { Some(tuple(items)) }
            }
            '{' => self.braces(depth),
            '-' => {
                self.eat("-");
                self.space();
                super::ops::arith::negate(&self.number()?).ok()
            }
            '+' => {
                self.eat("+");
                self.space();
                self.number()
            }
            c if c.is_ascii_digit() || c == '.' => self.number(),
            _ => self.strings(),
        }
    }

    fn items(&mut self, close: &str, depth: usize) -> Option<(Vec<Value>, bool)> {
        let mut items = vec![];
        let mut comma = false;
        while !self.eat(close) {
            if !items.is_empty() && !comma {
                return None;
            }
            items.push(self.value(depth + 1)?);
            comma = self.eat(",");
        }
        Some((items, comma))
    }

    fn braces(&mut self, depth: usize) -> Option<Value> {
        self.eat("{");
        if self.eat("}") {
            return Some(PyDict::value(Entries::default()));
        }
        let first = self.value(depth + 1)?;
        if !self.eat(":") {
            let mut items = vec![first];
            if self.eat(",") {
                items.extend(self.items("}", depth)?.0);
            } else if !self.eat("}") {
                return None;
            }
            return PySet::members_of(items).ok().map(PySet::value);
        }
        let mut entries = Entries::default();
        entries.insert(Key::new(first).ok()?, self.value(depth + 1)?);
        while !self.eat("}") {
            if !self.eat(",") {
                return None;
            }
            if self.eat("}") {
                break;
            }
            let key = Key::new(self.value(depth + 1)?).ok()?;
            if !self.eat(":") {
                return None;
            }
            entries.insert(key, self.value(depth + 1)?);
        }
        Some(PyDict::value(entries))
    }

    fn number(&mut self) -> Option<Value> {
        let length = self
            .rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.'))
            .unwrap_or(self.rest.len());
        let mut length = length;
        let (mut text, mut after) = self.rest.split_at(length);
        // The sign of an exponent belongs to the number.
        if text.ends_with(['e', 'E']) && !text.starts_with("0x") && after.starts_with(['+', '-']) {
            let digits = after[1..].find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len() - 1);
            length += 1 + digits;
            (text, after) = self.rest.split_at(length);
        }
        let bad_underscore = text.ends_with('_') || text.contains("__") || text.starts_with('_');
        let digits: String = text.chars().filter(|c| *c != '_').collect();
        let lower = digits.to_ascii_lowercase();
        let radix = match lower.get(..2) {
            Some("0x") => 16,
            Some("0o") => 8,
            Some("0b") => 2,
            _ => 10,
        };
        let value = if radix != 10 {
            i128::from_str_radix(&lower[2..], radix).ok().map(int)
        } else if lower.contains(['.', 'e']) {
            let plain =
                lower.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'+' | b'-'));
            lower.parse::<f64>().ok().filter(|_| plain).map(Value::from)
        } else if lower.len() > 1 && lower.starts_with('0') && lower.bytes().any(|byte| byte != b'0') {
            // Python refuses leading zeros.
            None
        } else {
            lower.parse::<i128>().ok().map(int)
        }?;
        if bad_underscore {
            return None;
        }
        self.rest = after;
        Some(value)
    }

    /// One string literal or several beside one another.
    fn strings(&mut self) -> Option<Value> {
        let mut joined = String::new();
        let mut bytes = None;
        let mut any = false;
        loop {
            self.space();
            let prefix_length = self.rest.find(['"', '\'']).filter(|length| *length <= 2);
            let Some(length) = prefix_length else { break };
            let prefix = self.rest[..length].to_ascii_lowercase();
            if !matches!(prefix.as_str(), "" | "r" | "u" | "b" | "br" | "rb") {
                break;
            }
            let is_bytes = prefix.contains('b');
            if *bytes.get_or_insert(is_bytes) != is_bytes {
                return None;
            }
            self.rest = &self.rest[length..];
            let inner = self.quoted()?;
            if prefix.contains('r') {
                joined.push_str(inner);
            } else {
                joined.push_str(&unescape(inner).ok()?);
            }
            any = true;
        }
        if !any {
            return None;
        }
        if bytes == Some(true) {
            return Some(Value::from_bytes(joined.chars().map(|c| c as u32 as u8).collect()));
        }
        Some(Value::from(joined))
    }

    fn quoted(&mut self) -> Option<&str> {
        let quote = &self.rest[..1];
        let triple = quote.repeat(3);
        let (delimiter, long) =
            if self.rest.starts_with(&triple) { (triple.as_str(), true) } else { (quote, false) };
        let inner = &self.rest[delimiter.len()..];
        let bytes = inner.as_bytes();
        let mut at = 0;
        loop {
            match bytes.get(at)? {
                b'\\' => at += 2,
                b'\n' if !long => return None,
                _ if inner.is_char_boundary(at) && inner[at..].starts_with(delimiter) => break,
                _ => at += 1,
            }
        }
        let (text, rest) = (&inner[..at], &inner[at + delimiter.len()..]);
        self.rest = rest;
        Some(text)
    }
}
