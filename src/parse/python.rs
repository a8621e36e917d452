//! Python models: finds `dbt.ref`, `dbt.source` and `dbt.config` without running Python.
//!
//! Arguments must be literals, as dbt demands.
//! <https://docs.getdbt.com/docs/build/python-models>

use super::{Capture, RawNode};
use crate::diag::Diagnostic;
use crate::manifest::RefArgs;
use crate::source::Span;
use crate::value::{Map, Str, Value};

/// What the code of a Python model mentions.
///
/// # Errors
/// No `model` function or several, arguments that are not literals, Jinja.
pub fn capture(raw: &RawNode) -> Result<Capture, Diagnostic> {
    let code = &*raw.raw_code;
    let fail = |message: String, at: usize| {
        let span =
            raw.span.map(|span| Span::new(span.file, span.start as usize + at, span.start as usize + at));
        Diagnostic::error("invalid-python-model", message).at(span).node(&*raw.unique_id)
    };
    if let Some(at) = code.find("{{").or_else(|| code.find("{%")).filter(|at| !inside_text(code, *at)) {
        return Err(fail("No jinja in python model code is allowed".into(), at));
    }
    let mut capture = Capture::default();
    let (mut models, mut keys) = (0, Keys::default());
    let mut scanner = Scanner { code, at: 0 };
    while let Some(token) = scanner.next_word() {
        if token.text == "def" {
            let name = scanner.next_word();
            if name.is_some_and(|name| name.text == "model") && scanner.peek() == Some(b'(') {
                models += 1;
                let start = scanner.at;
                let arguments = scanner.balanced().unwrap_or_default();
                check_signature(arguments).map_err(|message| fail(message.into(), start))?;
            }
            continue;
        }
        let Some(function) = token.text.strip_prefix("dbt.") else { continue };
        if !matches!(function, "ref" | "source" | "config" | "config.get" | "config.meta_get") {
            continue;
        }
        let Some(inner) = scanner.balanced() else { continue };
        let arguments = arguments(inner).ok_or_else(|| {
            fail(
                format!("the arguments of `dbt.{function}` must be literals, because they are read without running the code"),
                token.start,
            )
        })?;
        record(function, arguments, &mut capture, &mut keys).map_err(|message| fail(message, token.start))?;
    }
    if models != 1 {
        return Err(fail(format!("dbt allows exactly one model defined per python file, found {models}"), 0));
    }
    keys.into_config(&mut capture.config);
    Ok(capture)
}

fn check_signature(arguments: &str) -> Result<(), &'static str> {
    let names: Vec<&str> = arguments
        .split(',')
        .map(|name| name.trim().split([':', '=']).next().unwrap_or_default().trim())
        .collect();
    let names: Vec<&str> = names.into_iter().filter(|name| !name.is_empty()).collect();
    if names.first().is_some_and(|name| *name != "dbt") {
        return Err("'dbt' not provided for model as the first argument");
    }
    if names.len() != 2 {
        return Err("model function should have two args, `dbt` and a session to current warehouse");
    }
    Ok(())
}

/// The configuration keys that the code reads, which dbt passes to the running model.
#[derive(Default)]
struct Keys {
    used: Vec<Value>,
    defaults: Vec<Value>,
    meta_used: Vec<Value>,
    meta_defaults: Vec<Value>,
}

impl Keys {
    fn into_config(self, config: &mut Map) {
        if self.used.is_empty() && self.meta_used.is_empty() {
            return;
        }
        for (key, list) in [
            ("config_keys_used", self.used),
            ("config_keys_defaults", self.defaults),
            ("meta_keys_used", self.meta_used),
            ("meta_keys_defaults", self.meta_defaults),
        ] {
            config.insert(key.into(), Value::List(list));
        }
    }
}

type Arguments = (Vec<Value>, Vec<(Str, Value)>);

fn record(
    function: &str,
    (positional, keyword): Arguments,
    capture: &mut Capture,
    keys: &mut Keys,
) -> Result<(), String> {
    let text = |value: &Value| {
        value.as_shared_str().cloned().ok_or_else(|| format!("`dbt.{function}` takes strings"))
    };
    match (function, positional.as_slice()) {
        ("ref", [name] | [_, name]) => {
            let package = if positional.len() == 2 { Some(text(&positional[0])?) } else { None };
            let version = keyword
                .iter()
                .find(|(key, _)| matches!(&**key, "v" | "version"))
                .map(|(_, value)| value.clone());
            capture.refs.push(RefArgs { name: text(name)?, package, version, span: None });
        }
        ("source", [source, table]) => capture.sources.push([text(source)?, text(table)?]),
        ("config", []) => {
            crate::jinja::context::config::merge_call(&mut capture.config, keyword.into_iter().collect())?
        }
        ("config.get", [key, rest @ ..]) if rest.len() < 2 => {
            keys.used.push(key.clone());
            keys.defaults.push(rest.first().cloned().unwrap_or_default());
        }
        ("config.meta_get", [key, rest @ ..]) if rest.len() < 2 => {
            keys.meta_used.push(key.clone());
            keys.meta_defaults.push(rest.first().cloned().unwrap_or_default());
        }
        _ => return Err(format!("`dbt.{function}` was given {} arguments", positional.len())),
    }
    Ok(())
}

/// Literal arguments of a call; none when one is not a literal.
fn arguments(text: &str) -> Option<Arguments> {
    let mut found: Arguments = (vec![], vec![]);
    let mut literals = Literals { text, at: 0 };
    loop {
        literals.skip_space();
        if literals.at >= text.len() {
            return Some(found);
        }
        let start = literals.at;
        match literals.keyword() {
            Some(key) => found.1.push((key.into(), literals.value(0)?)),
            None => {
                literals.at = start;
                found.0.push(literals.value(0)?);
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

/// Python's literals, as `ast.literal_eval` reads them.
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
            b'[' => self.items(b']', depth),
            b'(' => self.items(b')', depth),
            b'{' => self.dict(depth),
            b'\'' | b'"' => self.string(),
            byte if byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.') => self.number(),
            _ => match self.word() {
                "True" => Some(Value::Bool(true)),
                "False" => Some(Value::Bool(false)),
                "None" => Some(Value::Null),
                _ => None,
            },
        }
    }

    fn items(&mut self, close: u8, depth: usize) -> Option<Value> {
        self.at += 1;
        let mut items = vec![];
        loop {
            self.skip_space();
            if self.peek()? == close {
                self.at += 1;
                return Some(Value::List(items));
            }
            items.push(self.value(depth + 1)?);
            self.separator(close)?;
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

    fn separator(&mut self, close: u8) -> Option<()> {
        self.skip_space();
        match self.peek()? {
            b',' => self.at += 1,
            byte if byte == close => {}
            _ => return None,
        }
        Some(())
    }

    fn string(&mut self) -> Option<Value> {
        let quote = self.peek()?;
        self.at += 1;
        let mut out = String::new();
        let mut chars = self.text[self.at..].char_indices();
        while let Some((offset, c)) = chars.next() {
            match c {
                '\\' => match chars.next()?.1 {
                    'n' => out.push('\n'),
                    't' => out.push('\t'),
                    other => out.push(other),
                },
                c if c as u32 == u32::from(quote) => {
                    self.at += offset + 1;
                    return Some(Value::from(out));
                }
                c => out.push(c),
            }
        }
        None
    }

    fn number(&mut self) -> Option<Value> {
        let rest = &self.text[self.at..];
        let end = rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+' | '_')))
            .unwrap_or(rest.len());
        self.at += end;
        let digits = rest[..end].replace('_', "");
        digits.parse().map(Value::Int).or_else(|_| digits.parse().map(Value::Float)).ok()
    }
}

/// Walks over words of code, leaving strings and comments aside.
struct Scanner<'a> {
    code: &'a str,
    at: usize,
}

struct Word<'a> {
    text: &'a str,
    start: usize,
}

impl<'a> Scanner<'a> {
    fn peek(&mut self) -> Option<u8> {
        while self.code.as_bytes().get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
        self.code.as_bytes().get(self.at).copied()
    }

    /// The next dotted name.
    fn next_word(&mut self) -> Option<Word<'a>> {
        loop {
            let c = self.code[self.at..].chars().next()?;
            match c {
                '#' => self.at += self.code[self.at..].find('\n').unwrap_or(self.code.len() - self.at),
                '\'' | '"' => self.skip_string(c),
                c if c.is_alphabetic() || c == '_' => {
                    let start = self.at;
                    let rest = &self.code[start..];
                    let end = rest
                        .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.'))
                        .unwrap_or(rest.len());
                    self.at += end;
                    return Some(Word { text: &rest[..end], start });
                }
                c => self.at += c.len_utf8(),
            }
        }
    }

    fn skip_string(&mut self, quote: char) {
        let rest = &self.code[self.at..];
        let triple = quote.to_string().repeat(3);
        let (open, close) = if rest.starts_with(&triple) { (3, triple) } else { (1, quote.to_string()) };
        let mut from = self.at + open;
        loop {
            match self.code[from..].find(&*close) {
                Some(found) if self.code[..from + found].ends_with('\\') => from += found + 1,
                Some(found) => {
                    self.at = from + found + close.len();
                    return;
                }
                None => {
                    self.at = self.code.len();
                    return;
                }
            }
        }
    }

    /// The text between the parentheses that open here.
    fn balanced(&mut self) -> Option<&'a str> {
        if self.peek()? != b'(' {
            return None;
        }
        let start = self.at + 1;
        let mut depth = 0usize;
        while let Some(c) = self.code[self.at..].chars().next() {
            match c {
                '\'' | '"' => {
                    self.skip_string(c);
                    continue;
                }
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        let inner = &self.code[start..self.at];
                        // The scan goes on inside, for calls within calls.
                        self.at = start;
                        return Some(inner);
                    }
                }
                _ => {}
            }
            self.at += c.len_utf8();
        }
        None
    }
}

/// Whether a position lies inside a string or comment.
fn inside_text(code: &str, position: usize) -> bool {
    let mut scanner = Scanner { code, at: 0 };
    while let Some(c) = code[scanner.at..].chars().next() {
        if scanner.at > position {
            return true;
        }
        let before = scanner.at;
        match c {
            '#' => scanner.at += code[scanner.at..].find('\n').unwrap_or(code.len() - scanner.at),
            '\'' | '"' => scanner.skip_string(c),
            c => scanner.at += c.len_utf8(),
        }
        if (before..scanner.at).contains(&position) {
            return c == '#' || c == '\'' || c == '"';
        }
    }
    false
}
