//! Jinja2's tokenizer. Newlines are normalised as Jinja2 does, but positions stay those of the
//! original text.

use std::borrow::Cow;
use std::ops::Range;

use super::Pos;
use super::strings::unescape;
use crate::jinja::engine::error::{ErrorKind, Raise};

/// Operators by their text; the text is also what messages show.
pub(crate) type Op = &'static str;

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Tok<'s> {
    Data(Cow<'s, str>),
    VarBegin,
    VarEnd,
    BlockBegin,
    BlockEnd,
    Name(&'s str),
    Str(String),
    Int(i128),
    Float(f64),
    Op(Op),
    Eof,
}

impl Tok<'_> {
    /// As Jinja2 names a token in a message.
    pub fn describe(&self) -> &str {
        match self {
            Tok::Data(_) => "template data / text",
            Tok::VarBegin => "begin of print statement",
            Tok::VarEnd => "end of print statement",
            Tok::BlockBegin => "begin of statement block",
            Tok::BlockEnd => "end of statement block",
            Tok::Name(name) => name,
            Tok::Str(_) => "string",
            Tok::Int(_) => "integer",
            Tok::Float(_) => "float",
            Tok::Op(op) => op,
            Tok::Eof => "end of template",
        }
    }
}

/// The tokens up to the end, or up to the first piece of text that is none.
pub(crate) struct Tokens<'s> {
    pub list: Vec<(Tok<'s>, Pos)>,
    pub error: Option<(Raise, Pos)>,
}

const OPS: [&str; 6] = ["//", "**", "==", "!=", ">=", "<="];
const SINGLE: [&str; 20] =
    ["+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=", ".", ":", "|", ",", ";"];

struct Lexer<'s> {
    text: &'s str,
    at: usize,
    end: usize,
    out: Vec<(Tok<'s>, Pos)>,
    open: Vec<char>,
}

type Lexed<T> = Result<T, (Raise, Pos)>;

/// Tokenizes bytes `range` of `text`.
pub(crate) fn tokenize(text: &str, range: Range<usize>) -> Tokens<'_> {
    let mut end = range.end;
    // Jinja2's `keep_trailing_newline=False`.
    if text[range.start..end].ends_with('\n') {
        end -= 1;
        if text[range.start..end].ends_with('\r') {
            end -= 1;
        }
    } else if text[range.start..end].ends_with('\r') {
        end -= 1;
    }
    let capacity = 8 + (end - range.start) / 8;
    let mut lexer = Lexer { text, at: range.start, end, out: Vec::with_capacity(capacity), open: Vec::new() };
    let error = lexer.run().err();
    Tokens { list: lexer.out, error }
}

/// Python's `\s` and `str.isspace`.
pub(crate) fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\x1c'..='\x1f').contains(&c)
}

fn syntax(message: impl Into<String>, start: usize, end: usize) -> (Raise, Pos) {
    (Raise::new(ErrorKind::Syntax, message), pos(start, end))
}

fn pos(start: usize, end: usize) -> Pos {
    Pos { start: start as u32, end: end as u32 }
}

impl<'s> Lexer<'s> {
    fn rest(&self) -> &'s str {
        &self.text[self.at..self.end]
    }

    fn bytes(&self) -> &'s [u8] {
        &self.text.as_bytes()[self.at..self.end]
    }

    fn push(&mut self, tok: Tok<'s>, start: usize) {
        self.out.push((tok, pos(start, self.at)));
    }

    fn skip_space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches(is_space).len();
    }

    fn run(&mut self) -> Lexed<()> {
        while self.at < self.end {
            let start = self.at;
            let Some(tag) = find_tag(self.bytes()) else {
                self.data(start, self.end);
                self.at = self.end;
                break;
            };
            let tag_at = start + tag;
            let kind = self.text.as_bytes()[tag_at + 1];
            let sign = self.text.as_bytes().get(tag_at + 2).filter(|_| tag_at + 2 < self.end).copied();
            let mut data_end = tag_at;
            if sign == Some(b'-') {
                data_end = start + self.text[start..tag_at].trim_end_matches(is_space).len();
            }
            self.data(start, data_end);
            self.at = tag_at + 2 + usize::from(matches!(sign, Some(b'-' | b'+')));
            match kind {
                b'#' => self.comment(tag_at)?,
                b'{' => {
                    self.push(Tok::VarBegin, tag_at);
                    self.code(true)?;
                }
                _ => {
                    if !self.raw(tag_at)? {
                        self.push(Tok::BlockBegin, tag_at);
                        self.code(false)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn data(&mut self, start: usize, end: usize) {
        if start < end {
            let text = normalise_newlines(&self.text[start..end]);
            self.out.push((Tok::Data(text), pos(start, end)));
        }
    }

    fn comment(&mut self, tag_at: usize) -> Lexed<()> {
        let rest = self.rest();
        let Some(close) = rest.find("#}") else {
            return Err(syntax("Missing end of comment tag", tag_at, tag_at + 2));
        };
        let strips = close > 0 && rest.as_bytes()[close - 1] == b'-';
        self.at += close + 2;
        if strips {
            self.skip_space();
        }
        Ok(())
    }

    /// `{% raw %}…{% endraw %}`, standing after `{%` and its sign; false when it is another tag.
    fn raw(&mut self, tag_at: usize) -> Lexed<bool> {
        let rest = self.rest();
        let trimmed = rest.trim_start_matches(is_space);
        let Some(after) = trimmed.strip_prefix("raw") else { return Ok(false) };
        let after = after.trim_start_matches(is_space);
        let body_at = if let Some(body) = after.strip_prefix("-%}") {
            self.end - body.trim_start_matches(is_space).len()
        } else if let Some(body) = after.strip_prefix("%}") {
            self.end - body.len()
        } else {
            return Ok(false);
        };
        let mut from = body_at;
        while let Some(found) = self.text[from..self.end].find("{%") {
            let tag = from + found;
            let inner = &self.text[tag + 2..self.end];
            let (strip, inner) = match inner.as_bytes().first() {
                Some(b'-') => (true, &inner[1..]),
                Some(b'+') => (false, &inner[1..]),
                _ => (false, inner),
            };
            let close = inner
                .trim_start_matches(is_space)
                .strip_prefix("endraw")
                .map(|rest| rest.trim_start_matches(is_space));
            let after = close.and_then(|close| {
                close
                    .strip_prefix("-%}")
                    .map(|rest| rest.trim_start_matches(is_space))
                    .or_else(|| close.strip_prefix("+%}"))
                    .or_else(|| close.strip_prefix("%}"))
            });
            if let Some(after) = after {
                let body = &self.text[body_at..tag];
                let body = if strip { body.trim_end_matches(is_space) } else { body };
                self.data(body_at, body_at + body.len());
                self.at = self.end - after.len();
                return Ok(true);
            }
            from = tag + 2;
        }
        Err(syntax("Missing end of raw directive", tag_at, body_at))
    }

    /// The inside of `{{ … }}` or `{% … %}`, up to and including its end.
    fn code(&mut self, variable: bool) -> Lexed<()> {
        self.open.clear();
        loop {
            self.skip_space();
            let start = self.at;
            let bytes = self.bytes();
            let Some(&first) = bytes.first() else { return Ok(()) };
            if self.open.is_empty() && self.close(variable, bytes) {
                let tok = if variable { Tok::VarEnd } else { Tok::BlockEnd };
                self.out.push((tok, pos(start, self.at)));
                return Ok(());
            }
            if first.is_ascii_digit() {
                self.number();
            } else if first == b'_' || first.is_ascii_alphabetic() || first >= 0x80 {
                self.name()?;
            } else if first == b'"' || first == b'\'' {
                self.string(first)?;
            } else {
                self.operator()?;
            }
        }
    }

    fn close(&mut self, variable: bool, bytes: &[u8]) -> bool {
        let close: &[u8] = if variable { b"}}" } else { b"%}" };
        if bytes.starts_with(close) {
            self.at += 2;
        } else if bytes.first() == Some(&b'-') && bytes[1..].starts_with(close) {
            self.at += 3;
            self.skip_space();
        } else if !variable && bytes.first() == Some(&b'+') && bytes[1..].starts_with(close) {
            self.at += 3;
        } else {
            return false;
        }
        true
    }

    fn name(&mut self) -> Lexed<()> {
        let start = self.at;
        let rest = self.rest();
        let length = rest.find(|c: char| !(c == '_' || c.is_alphanumeric())).unwrap_or(rest.len());
        if length == 0 {
            let c = rest.chars().next().unwrap_or(' ');
            return Err(self.unexpected(c));
        }
        self.at += length;
        self.push(Tok::Name(&rest[..length]), start);
        Ok(())
    }

    fn unexpected(&self, c: char) -> (Raise, Pos) {
        let mut shown = String::new();
        crate::value::write_str_repr(c.encode_utf8(&mut [0; 4]), &mut shown);
        let at = self.at;
        syntax(format!("unexpected char {shown} at {at}"), at, at + c.len_utf8())
    }

    fn string(&mut self, quote: u8) -> Lexed<()> {
        let start = self.at;
        let bytes = self.bytes();
        let mut i = 1;
        loop {
            match bytes.get(i) {
                None => return Err(self.unexpected(quote as char)),
                Some(b'\\') => i += 2,
                Some(byte) if *byte == quote => break,
                Some(_) => i += 1,
            }
        }
        let inner = &self.text[start + 1..start + i];
        self.at = start + i + 1;
        let value =
            unescape(&normalise_newlines(inner)).map_err(|message| syntax(message, start, self.at))?;
        self.push(Tok::Str(value), start);
        Ok(())
    }

    fn number(&mut self) {
        let start = self.at;
        let bytes = self.bytes();
        let after_dot = start > 0 && self.text.as_bytes()[start - 1] == b'.';
        if let Some(length) = float_length(bytes).filter(|_| !after_dot) {
            let text: String = self.text[start..start + length].chars().filter(|c| *c != '_').collect();
            self.at += length;
            self.push(Tok::Float(text.parse().unwrap_or(f64::INFINITY)), start);
            return;
        }
        let (length, radix) = integer_length(bytes);
        let digits: String = self.text[start..start + length].chars().filter(|c| *c != '_').collect();
        self.at += length;
        let digits = if radix == 10 { digits.as_str() } else { &digits[2..] };
        // An integer beyond 128 bits is read as a float, the nearest that the engine can hold.
        let tok = match i128::from_str_radix(digits, radix) {
            Ok(value) => Tok::Int(value),
            Err(_) => Tok::Float(digits.parse().unwrap_or(f64::INFINITY)),
        };
        self.push(tok, start);
    }

    fn operator(&mut self) -> Lexed<()> {
        let start = self.at;
        let rest = self.rest();
        let found = OPS.iter().chain(&SINGLE).find(|op| rest.starts_with(**op));
        let Some(op) = found else {
            let c = rest.chars().next().unwrap_or(' ');
            return Err(self.unexpected(c));
        };
        match *op {
            "(" => self.open.push(')'),
            "[" => self.open.push(']'),
            "{" => self.open.push('}'),
            ")" | "]" | "}" => {
                let end = start + 1;
                match self.open.pop() {
                    None => return Err(syntax(format!("unexpected '{op}'"), start, end)),
                    Some(expected) if !op.starts_with(expected) => {
                        let message = format!("unexpected '{op}', expected '{expected}'");
                        return Err(syntax(message, start, end));
                    }
                    Some(_) => {}
                }
            }
            _ => {}
        }
        self.at += op.len();
        self.push(Tok::Op(op), start);
        Ok(())
    }
}

/// Offset of the first `{{`, `{%` or `{#`.
fn find_tag(bytes: &[u8]) -> Option<usize> {
    let mut from = 0;
    while let Some(found) = bytes[from..].iter().position(|byte| *byte == b'{') {
        let at = from + found;
        if matches!(bytes.get(at + 1), Some(b'{' | b'%' | b'#')) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

fn normalise_newlines(text: &str) -> Cow<'_, str> {
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Length of `digit(_?digit)*` at the start.
fn digits(bytes: &[u8], is_digit: impl Fn(u8) -> bool) -> usize {
    let mut length = 0;
    loop {
        let at = length + usize::from(length > 0 && bytes.get(length) == Some(&b'_'));
        match bytes.get(at) {
            Some(byte) if is_digit(*byte) => length = at + 1,
            _ => return length,
        }
    }
}

fn float_length(bytes: &[u8]) -> Option<usize> {
    let decimal = |bytes: &[u8]| digits(bytes, |byte| byte.is_ascii_digit());
    let mut length = decimal(bytes);
    let mut fraction = false;
    if bytes.get(length) == Some(&b'.') {
        let more = decimal(&bytes[length + 1..]);
        if more > 0 {
            length += 1 + more;
            fraction = true;
        }
    }
    if matches!(bytes.get(length), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(length + 1), Some(b'+' | b'-')));
        let more = decimal(bytes.get(length + 1 + sign..).unwrap_or_default());
        if more > 0 {
            return Some(length + 1 + sign + more);
        }
    }
    fraction.then_some(length)
}

fn integer_length(bytes: &[u8]) -> (usize, u32) {
    let prefixed = |is_digit: fn(u8) -> bool| {
        let skip = 2 + usize::from(bytes.get(2) == Some(&b'_'));
        let more = digits(bytes.get(skip..).unwrap_or_default(), is_digit);
        (more > 0).then_some(skip + more)
    };
    let (length, radix) = match bytes.get(1) {
        Some(b'b' | b'B') if bytes[0] == b'0' => (prefixed(|byte| matches!(byte, b'0' | b'1')), 2),
        Some(b'o' | b'O') if bytes[0] == b'0' => (prefixed(|byte| matches!(byte, b'0'..=b'7')), 8),
        Some(b'x' | b'X') if bytes[0] == b'0' => (prefixed(|byte| byte.is_ascii_hexdigit()), 16),
        _ => (None, 10),
    };
    match length {
        Some(length) => (length, radix),
        // A leading zero is followed by zeros only: `01` is two numbers, as in Jinja2.
        None if bytes[0] == b'0' => (digits(bytes, |byte| byte == b'0'), 10),
        None => (digits(bytes, |byte| byte.is_ascii_digit()), 10),
    }
}
