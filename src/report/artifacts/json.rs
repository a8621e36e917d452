//! A JSON writer straight into bytes, for artifacts of many megabytes.
//!
//! Text comes out as Python's `json.dumps` writes it: ASCII only, so that readers with another
//! default encoding still read it.

use std::io::Write;

use chrono::{DateTime, SubsecRound, Utc};

use crate::value::{Map, Str, Value, py_float};

/// Appends JSON to a buffer; commas come by themselves.
#[derive(Default)]
pub struct Json {
    out: Vec<u8>,
}

impl Json {
    pub fn with_capacity(bytes: usize) -> Json {
        Json { out: Vec::with_capacity(bytes) }
    }

    pub fn into_bytes(self) -> Vec<u8> {
        self.out
    }

    /// The text so far; all of it is ASCII.
    pub fn into_string(self) -> String {
        String::from_utf8(self.out).unwrap_or_default()
    }

    fn separate(&mut self) {
        // A string's last byte is its quote, so these three only ever open something.
        if !matches!(self.out.last(), None | Some(b'{' | b'[' | b':')) {
            self.out.push(b',');
        }
    }

    pub fn open(&mut self) -> &mut Json {
        self.separate();
        self.out.push(b'{');
        self
    }

    pub fn close(&mut self) -> &mut Json {
        self.out.push(b'}');
        self
    }

    pub fn open_list(&mut self) -> &mut Json {
        self.separate();
        self.out.push(b'[');
        self
    }

    pub fn close_list(&mut self) -> &mut Json {
        self.out.push(b']');
        self
    }

    /// A key; what is written next is its value.
    pub fn key(&mut self, key: &str) -> &mut Json {
        self.separate();
        write_escaped(&mut self.out, key);
        self.out.push(b':');
        self
    }

    pub fn null(&mut self) -> &mut Json {
        self.raw(b"null")
    }

    pub fn bool(&mut self, value: bool) -> &mut Json {
        self.raw(if value { b"true" } else { b"false" })
    }

    pub fn int(&mut self, value: i64) -> &mut Json {
        self.separate();
        // Writing to a Vec cannot fail.
        let _ = write!(self.out, "{value}");
        self
    }

    pub fn float(&mut self, value: f64) -> &mut Json {
        if value.is_finite() { self.raw(py_float(value).as_bytes()) } else { self.null() }
    }

    pub fn str(&mut self, text: &str) -> &mut Json {
        self.separate();
        write_escaped(&mut self.out, text);
        self
    }

    pub fn opt_str(&mut self, text: Option<&str>) -> &mut Json {
        match text {
            Some(text) => self.str(text),
            None => self.null(),
        }
    }

    /// ISO time in UTC with microseconds and a final `Z`.
    pub fn time(&mut self, time: DateTime<Utc>) -> &mut Json {
        self.str(&iso_time(time))
    }

    pub fn strs<'a>(&mut self, items: impl IntoIterator<Item = &'a Str>) -> &mut Json {
        self.open_list();
        for item in items {
            self.str(item);
        }
        self.close_list()
    }

    pub fn value(&mut self, value: &Value) -> &mut Json {
        match value {
            Value::Null => self.null(),
            Value::Bool(value) => self.bool(*value),
            Value::Int(value) => self.int(*value),
            Value::BigInt(digits) => self.raw(digits.as_bytes()),
            Value::Float(value) => self.float(*value),
            Value::Str(text) => self.str(text),
            Value::Date(_) | Value::DateTime(_) | Value::DateTimeTz(_) => match value.to_json() {
                serde_json::Value::String(text) => self.str(&text),
                _ => self.null(),
            },
            Value::List(items) => {
                self.open_list();
                for item in items {
                    self.value(item);
                }
                self.close_list()
            }
            Value::Map(map) => self.map(map),
        }
    }

    pub fn map(&mut self, map: &Map) -> &mut Json {
        self.open();
        self.entries(map);
        self.close()
    }

    /// The entries of `map` inside an object that is open.
    pub fn entries(&mut self, map: &Map) -> &mut Json {
        for (key, value) in map {
            self.key(key).value(value);
        }
        self
    }

    pub fn opt_map(&mut self, map: Option<&Map>) -> &mut Json {
        match map {
            Some(map) => self.map(map),
            None => self.null(),
        }
    }

    pub fn values(&mut self, values: &[Value]) -> &mut Json {
        self.open_list();
        for value in values {
            self.value(value);
        }
        self.close_list()
    }

    pub fn maps(&mut self, maps: &[Map]) -> &mut Json {
        self.open_list();
        for map in maps {
            self.map(map);
        }
        self.close_list()
    }

    /// A piece that is JSON already.
    pub fn raw(&mut self, json: &[u8]) -> &mut Json {
        self.separate();
        self.out.extend_from_slice(json);
        self
    }
}

/// `2026-01-31T08:00:00.123456Z`.
pub fn iso_time(time: DateTime<Utc>) -> String {
    time.trunc_subsecs(6).format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
}

fn write_escaped(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let bytes = text.as_bytes();
    let mut done = 0;
    let mut at = 0;
    loop {
        at += plain_prefix(&bytes[at..]);
        let Some(byte) = bytes.get(at).copied() else { break };
        out.extend_from_slice(&bytes[done..at]);
        if byte < 0x80 {
            escape_ascii(out, byte);
            at += 1;
        } else {
            // `at` stands on a character's first byte, because ASCII is consumed byte by byte.
            let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) else { break };
            escape_char(out, c);
            at += c.len_utf8();
        }
        done = at;
    }
    out.extend_from_slice(&bytes[done..]);
    out.push(b'"');
}

/// Bytes that stand for themselves.
static PLAIN: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0x20;
    while byte < 0x80 {
        table[byte] = byte != b'"' as usize && byte != b'\\' as usize;
        byte += 1;
    }
    table
};

/// How many bytes from the start stand for themselves.
fn plain_prefix(bytes: &[u8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    // The high bit of every byte that is zero; exact up to the first one, which is all that counts.
    let zero = |word: u64| word.wrapping_sub(ONES) & !word & HIGH;
    let mut at = 0;
    while let Some(chunk) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let word = u64::from_le_bytes(*chunk);
        let control = word.wrapping_sub(ONES * 0x20) & !word & HIGH;
        let special = zero(word ^ (ONES * u64::from(b'"'))) | zero(word ^ (ONES * u64::from(b'\\')));
        let found = control | special | (word & HIGH);
        if found != 0 {
            return at + found.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    at + bytes.get(at..).unwrap_or_default().iter().take_while(|byte| PLAIN[usize::from(**byte)]).count()
}

fn escape_ascii(out: &mut Vec<u8>, byte: u8) {
    match byte {
        b'"' => out.extend_from_slice(b"\\\""),
        b'\\' => out.extend_from_slice(b"\\\\"),
        b'\n' => out.extend_from_slice(b"\\n"),
        b'\r' => out.extend_from_slice(b"\\r"),
        b'\t' => out.extend_from_slice(b"\\t"),
        0x08 => out.extend_from_slice(b"\\b"),
        0x0c => out.extend_from_slice(b"\\f"),
        byte => push_unit(out, u16::from(byte)),
    }
}

fn escape_char(out: &mut Vec<u8>, c: char) {
    for unit in c.encode_utf16(&mut [0; 2]) {
        push_unit(out, *unit);
    }
}

fn push_unit(out: &mut Vec<u8>, unit: u16) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    out.extend_from_slice(b"\\u");
    for shift in [12, 8, 4, 0] {
        out.push(HEX[usize::from((unit >> shift) & 0xf)]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_as_python_does() {
        let mut json = Json::default();
        json.open().key("a\"b").str("ä\u{1f600}\n\\\u{7f}\u{1}").key("n").float(1e22).close();
        assert_eq!(
            json.into_string(),
            r#"{"a\"b":"\u00e4\ud83d\ude00\n\\"#.to_owned() + "\u{7f}" + r#"\u0001","n":1e+22}"#
        );
    }

    #[test]
    fn every_byte_is_found_wherever_it_stands() {
        for before in 0..20 {
            for byte in 0..=0x7f_u8 {
                let text = format!("{}{}{}", "a".repeat(before), char::from(byte), "b".repeat(9));
                let plain = PLAIN[usize::from(byte)];
                assert_eq!(plain_prefix(text.as_bytes()), if plain { text.len() } else { before }, "{byte}");
            }
            let text = format!("{}\u{e9} and more", "a".repeat(before));
            assert_eq!(plain_prefix(text.as_bytes()), before);
        }
    }

    #[test]
    fn commas_stand_between_values_only() {
        let mut json = Json::default();
        json.open_list().open().close().open_list().close_list().null().str("[").str("{").close_list();
        assert_eq!(json.into_string(), r#"[{},[],null,"[","{"]"#);
    }
}
