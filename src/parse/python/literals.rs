//! Python's literals, as `ast.literal_eval` reads them.

use super::text;
use crate::value::{Map, Str, Value};

/// The literal arguments of a call.
#[derive(Debug, Default)]
pub struct Arguments {
    pub positional: Vec<Value>,
    pub keyword: Vec<(Str, Value)>,
}

/// The arguments between the parentheses of a call; none when one is not a literal.
pub fn arguments(text: &str) -> Option<Arguments> {
    let mut found = Arguments::default();
    let mut literals = Literals { text, at: 0 };
    loop {
        literals.skip_space();
        if literals.at >= text.len() {
            return Some(found);
        }
        let start = literals.at;
        match literals.keyword() {
            Some(key) => found.keyword.push((key.into(), literals.value(0)?)),
            None => {
                literals.at = start;
                found.positional.push(literals.value(0)?);
            }
        }
        literals.skip_space();
        match literals.peek() {
            Some(b',') => literals.at += 1,
            None => return Some(found),
            _ => return None,
        }
    }
}

struct Literals<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Literals<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while let Some(byte) = self.peek() {
            match byte {
                b'#' => self.at += self.text[self.at..].find('\n').unwrap_or(self.text.len() - self.at),
                b'\\' if self.text[self.at + 1..].starts_with('\n') => self.at += 2,
                byte if byte.is_ascii_whitespace() => self.at += 1,
                _ => break,
            }
        }
    }

    fn word(&mut self) -> &'a str {
        let rest = &self.text[self.at..];
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    fn keyword(&mut self) -> Option<&'a str> {
        let word = self.word();
        self.skip_space();
        if word.is_empty() || self.peek() != Some(b'=') || self.text[self.at..].starts_with("==") {
            return None;
        }
        self.at += 1;
        Some(word)
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        if depth > 64 {
            return None;
        }
        self.skip_space();
        match self.peek()? {
            b'[' => self.items(b']', depth).map(|(items, _)| Value::List(items)),
            b'(' => {
                let (mut items, is_tuple) = self.items(b')', depth)?;
                // Parentheses alone make no tuple.
                if is_tuple { Some(Value::List(items)) } else { items.pop() }
            }
            b'{' => self.dict(depth),
            byte if byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.') => self.number(),
            _ => {
                let start = self.at;
                match self.word() {
                    "True" => Some(Value::Bool(true)),
                    "False" => Some(Value::Bool(false)),
                    "None" => Some(Value::Null),
                    _ => {
                        self.at = start;
                        self.strings()
                    }
                }
            }
        }
    }

    /// Items up to the closing bracket; whether a comma or an empty pair makes them a tuple.
    fn items(&mut self, close: u8, depth: usize) -> Option<(Vec<Value>, bool)> {
        self.at += 1;
        let (mut items, mut commas) = (vec![], false);
        loop {
            self.skip_space();
            if self.peek()? == close {
                self.at += 1;
                let is_tuple = commas || items.is_empty();
                return Some((items, is_tuple));
            }
            items.push(self.value(depth + 1)?);
            commas |= self.separator(close)?;
        }
    }

    fn dict(&mut self, depth: usize) -> Option<Value> {
        self.at += 1;
        let mut map = Map::default();
        loop {
            self.skip_space();
            if self.peek()? == b'}' {
                self.at += 1;
                return Some(Value::Map(map));
            }
            let key = self.value(depth + 1)?;
            self.skip_space();
            if self.peek()? != b':' {
                return None;
            }
            self.at += 1;
            map.insert(key.py_str().into(), self.value(depth + 1)?);
            self.separator(b'}')?;
        }
    }

    /// Steps over a comma; tells whether there was one.
    fn separator(&mut self, close: u8) -> Option<bool> {
        self.skip_space();
        match self.peek()? {
            b',' => {
                self.at += 1;
                Some(true)
            }
            byte if byte == close => Some(false),
            _ => None,
        }
    }

    /// One string, or several that follow each other and are one.
    fn strings(&mut self) -> Option<Value> {
        let mut out = String::new();
        loop {
            let prefix = self.word().to_lowercase();
            if !matches!(self.peek()?, b'\'' | b'"') || !matches!(&*prefix, "" | "r" | "u") {
                return None;
            }
            let start = self.at;
            let end = text::text(self.text, start).ok()?.end;
            let quotes = if self.text[start..].starts_with("'''") || self.text[start..].starts_with("\"\"\"")
            {
                3
            } else {
                1
            };
            let inner = self.text.get(start + quotes..end - quotes)?;
            out += &if prefix == "r" { inner.to_string() } else { unescaped(inner)? };
            self.at = end;
            self.skip_space();
            let rest = self.text[self.at..].trim_start_matches(|c: char| c.is_ascii_alphabetic());
            if !rest.starts_with(['\'', '"']) {
                return Some(Value::from(out));
            }
        }
    }

    fn number(&mut self) -> Option<Value> {
        let rest = &self.text[self.at..];
        let sign_ends = rest.find(|c| !matches!(c, '-' | '+')).unwrap_or(rest.len());
        let digits = &rest[sign_ends..];
        let is_exponent = |at: usize| {
            let before = digits[..at].chars().next_back();
            matches!(before, Some('e' | 'E')) && !digits.starts_with("0x")
        };
        let end = digits
            .char_indices()
            .find(|(at, c)| {
                !(c.is_ascii_alphanumeric()
                    || matches!(c, '.' | '_')
                    || "+-".contains(*c) && is_exponent(*at))
            })
            .map_or(digits.len(), |(at, _)| at);
        self.at += sign_ends + end;
        let negative = rest[..sign_ends].matches('-').count() % 2 == 1;
        let digits = digits[..end].replace('_', "").to_lowercase();
        let based = |prefix: &str, base: u32| i64::from_str_radix(digits.strip_prefix(prefix)?, base).ok();
        let whole = digits.parse().ok().or(based("0x", 16)).or(based("0o", 8)).or(based("0b", 2));
        match whole {
            Some(number) => Some(Value::Int(if negative { -number } else { number })),
            None => {
                digits.parse().ok().map(|number: f64| Value::Float(if negative { -number } else { number }))
            }
        }
    }
}

/// The text that a string with escapes means; none for an escape that is not valid.
fn unescaped(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next()? {
            '\n' => {}
            'n' => out.push('\n'),
            't' => out.push('\t'),
            'r' => out.push('\r'),
            'a' => out.push('\u{7}'),
            'b' => out.push('\u{8}'),
            'f' => out.push('\u{c}'),
            'v' => out.push('\u{b}'),
            'x' => out.push(code_point(&mut chars, 2)?),
            'u' => out.push(code_point(&mut chars, 4)?),
            'U' => out.push(code_point(&mut chars, 8)?),
            digit @ '0'..='7' => {
                let mut code = digit.to_digit(8)?;
                for _ in 0..2 {
                    let Some(next) = chars.clone().next().and_then(|c| c.to_digit(8)) else { break };
                    chars.next();
                    code = code * 8 + next;
                }
                out.push(char::from_u32(code)?);
            }
            quoted @ ('\\' | '\'' | '"') => out.push(quoted),
            // Python keeps the backslash of what is no escape.
            other => out.extend(['\\', other]),
        }
    }
    Some(out)
}

fn code_point(chars: &mut std::str::Chars<'_>, digits: usize) -> Option<char> {
    let hex: String = chars.by_ref().take(digits).collect();
    (hex.len() == digits).then(|| u32::from_str_radix(&hex, 16).ok()).flatten().and_then(char::from_u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        let found = arguments(text)?;
        let keyword = found.keyword.into_iter().map(|(key, value)| format!("{key}={}", value.py_repr()));
        let all: Vec<String> = found.positional.iter().map(Value::py_repr).chain(keyword).collect();
        Some(all.join(" "))
    }

    #[test]
    fn literals_are_pythons() {
        let same = |text: &str, expected: &str| assert_eq!(read(text).as_deref(), Some(expected), "{text}");
        same("'a' \"b\", u'c'", "'ab' 'c'");
        same("('a'\n  'b')", "'ab'");
        same("('a',), ()", "['a'] []");
        same(r"'\x41\u00e9\n\101', r'\n'", r"'Aé\nA' '\\n'");
        same("'''it's'''", "\"it's\"");
        same("-1, 0x1F, 1_000, 1.5e-3, .5", "-1 31 1000 0.0015 0.5");
        same("a={'b': [True, None]}, # why\n", "a={'b': [True, None]}");
        for text in ["name", "f'x'", "b'x'", "1 + name", "*names", "**more", "'a' + 'b'"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
