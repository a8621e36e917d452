//! Scalars in single or double quotes.

use std::borrow::Cow;

use super::plain::Gap;
use super::{Scan, ScanError, Scanner, TokenKind};

impl<'t> Scanner<'t> {
    pub(super) fn fetch_quoted(&mut self, single: bool) -> Scan<()> {
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.at.pos;
        let text = match self.scan_simple_quoted(single) {
            Some(text) => Cow::Borrowed(text),
            None => Cow::Owned(self.scan_quoted(single)?),
        };
        self.push(TokenKind::Scalar { text, plain: false }, start);
        Ok(())
    }

    /// The common case: one line of ASCII without an escape is the source itself.
    fn scan_simple_quoted(&mut self, single: bool) -> Option<&'t str> {
        let quote = if single { b'\'' } else { b'"' };
        let rest = &self.at.text.as_bytes()[self.at.pos + 1..];
        let stop = |byte: u8| byte == quote || !(b' '..0x80).contains(&byte) || (!single && byte == b'\\');
        let length = rest.iter().position(|byte| stop(*byte))?;
        if rest[length] != quote || (single && rest.get(length + 1) == Some(&quote)) {
            return None;
        }
        let start = self.at.pos + 1;
        self.at.advance(length + 2);
        Some(&self.at.text[start..start + length])
    }

    fn scan_quoted(&mut self, single: bool) -> Scan<String> {
        let quote = if single { b'\'' } else { b'"' };
        let start = self.at.pos;
        self.at.advance(1);
        let mut out = String::new();
        loop {
            if self.at.column() == 0 && self.at.at_document_indicator() {
                return Err(self.unclosed(start, "a document marker stands inside the quotes"));
            }
            if self.at.byte(0).is_none() {
                return Err(self.unclosed(start, "this quote is never closed"));
            }
            let mut gap = Gap::default();
            self.scan_word(quote, &mut out, &mut gap)?;
            if self.at.byte(0) == Some(quote) {
                self.at.advance(1);
                return Ok(out);
            }
            self.scan_gap(&mut gap);
            gap.fold_into(&mut out);
        }
    }

    fn unclosed(&self, start: usize, message: &str) -> ScanError {
        ScanError { start: self.at.pos, end: self.at.pos, message: message.into(), help: None }
            .opened_at(start)
    }

    /// Reads up to a blank, a break or the closing quote. An escaped break opens `gap`.
    fn scan_word(&mut self, quote: u8, out: &mut String, gap: &mut Gap<'t>) -> Scan<()> {
        while !self.at.blank_or_end(0) {
            match self.at.byte(0) {
                Some(b'\'') if quote == b'\'' && self.at.byte(1) == Some(b'\'') => {
                    out.push('\'');
                    self.at.advance(2);
                }
                Some(byte) if byte == quote => return Ok(()),
                Some(b'\\') if quote == b'"' => {
                    if self.at.break_length(1) > 0 {
                        self.at.advance(1);
                        self.at.skip_break();
                        gap.broken = true;
                        return Ok(());
                    }
                    let escaped = self.scan_escape()?;
                    out.push(escaped);
                }
                _ => {
                    let from = self.at.pos;
                    self.at.advance_char();
                    out.push_str(&self.at.text[from..self.at.pos]);
                }
            }
        }
        Ok(())
    }

    fn scan_gap(&mut self, gap: &mut Gap<'t>) {
        loop {
            if self.at.at_blank() {
                let start = self.at.pos;
                self.at.skip_blanks();
                if !gap.broken {
                    gap.blanks = &self.at.text[start..self.at.pos];
                }
            } else if self.at.break_length(0) > 0 {
                let text = self.at.take_break();
                gap.add_break(text);
            } else {
                return;
            }
        }
    }

    fn scan_escape(&mut self) -> Scan<char> {
        let digits = match self.at.byte(1) {
            Some(b'x') => 2,
            Some(b'u') => 4,
            Some(b'U') => 8,
            other => {
                let Some(c) = other.and_then(simple_escape) else {
                    return Err(self.escape_error("this escape does not exist").with_help(
                        "in double quotes a backslash is written `\\\\`; single quotes need none",
                    ));
                };
                self.at.advance(2);
                return Ok(c);
            }
        };
        let from = self.at.pos + 2;
        let code =
            self.at.text.get(from..from + digits).filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()));
        let Some(code) = code.and_then(|hex| u32::from_str_radix(hex, 16).ok()) else {
            return Err(self.escape_error(format!("this escape needs {digits} hexadecimal digits")));
        };
        let c = char::from_u32(code).ok_or_else(|| self.escape_error("this escape is not a character"))?;
        self.at.advance(2 + digits);
        Ok(c)
    }

    fn escape_error(&self, message: impl Into<String>) -> ScanError {
        let mut error = self.error_here(message);
        error.end += 1;
        error
    }
}

fn simple_escape(byte: u8) -> Option<char> {
    Some(match byte {
        b'0' => '\0',
        b'a' => '\x07',
        b'b' => '\x08',
        b't' | b'\t' => '\t',
        b'n' => '\n',
        b'v' => '\x0b',
        b'f' => '\x0c',
        b'r' => '\r',
        b'e' => '\x1b',
        b' ' => ' ',
        b'"' => '"',
        b'/' => '/',
        b'\\' => '\\',
        b'N' => '\u{85}',
        b'_' => '\u{a0}',
        b'L' => '\u{2028}',
        b'P' => '\u{2029}',
        _ => return None,
    })
}

impl ScanError {
    /// Points at the opening quote: that is where the mistake is looked for.
    fn opened_at(mut self, start: usize) -> ScanError {
        self.start = start;
        self.end = start + 1;
        self
    }
}
