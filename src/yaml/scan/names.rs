//! Anchors, aliases, tags and directives.

use super::{Scan, Scanner, TokenKind};

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

impl<'t> Scanner<'t> {
    pub(super) fn fetch_anchor(&mut self, alias: bool) -> Scan<()> {
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.at.pos;
        self.at.advance(1);
        let name = self.scan_name();
        let ends = self.at.blank_or_end(0)
            || matches!(self.at.byte(0), Some(b'?' | b':' | b',' | b']' | b'}' | b'%' | b'@' | b'`'));
        if name.is_empty() || !ends {
            let what = if alias { "an alias" } else { "an anchor" };
            return Err(self
                .error_here(format!("{what} is letters, digits, `_` and `-`"))
                .with_help("put quotes around a value that begins with `*` or `&`"));
        }
        self.push(if alias { TokenKind::Alias(name) } else { TokenKind::Anchor(name) }, start);
        Ok(())
    }

    fn scan_name(&mut self) -> &'t str {
        let start = self.at.pos;
        while self.at.byte(0).is_some_and(is_name_byte) {
            self.at.advance(1);
        }
        &self.at.text[start..self.at.pos]
    }

    pub(super) fn fetch_tag(&mut self) -> Scan<()> {
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.at.pos;
        let (handle, suffix) = self.scan_tag()?;
        let before_comma = self.flow_level > 0 && self.at.byte(0) == Some(b',');
        if !before_comma && !self.at.blank_or_end(0) {
            return Err(self
                .error_here("expected a blank after the tag")
                .with_help("put quotes around a value that begins with `!`"));
        }
        self.push(TokenKind::Tag { handle, suffix }, start);
        Ok(())
    }

    fn scan_tag(&mut self) -> Scan<(&'t str, String)> {
        if self.at.byte(1) == Some(b'<') {
            self.at.advance(2);
            let suffix = self.scan_tag_text(true)?;
            if suffix.is_empty() || self.at.byte(0) != Some(b'>') {
                return Err(self.error_here("expected the tag's name and `>`"));
            }
            self.at.advance(1);
            return Ok(("", suffix));
        }
        let handle = self.scan_tag_handle();
        let suffix = self.scan_tag_text(false)?;
        if handle.len() > 1 && handle.ends_with('!') {
            if suffix.is_empty() {
                return Err(self.error_here("expected the tag's name"));
            }
            return Ok((handle, suffix));
        }
        // `!word` has the primary handle; a lone `!` has none.
        match format!("{}{suffix}", &handle[1..]) {
            name if name.is_empty() => Ok(("", "!".into())),
            name => Ok(("!", name)),
        }
    }

    /// `!`, `!word` or `!word!`; the caller stands at the first `!`.
    fn scan_tag_handle(&mut self) -> &'t str {
        let start = self.at.pos;
        self.at.advance(1);
        self.scan_name();
        if self.at.byte(0) == Some(b'!') {
            self.at.advance(1);
        }
        &self.at.text[start..self.at.pos]
    }

    fn scan_tag_text(&mut self, verbatim: bool) -> Scan<String> {
        let mut bytes = vec![];
        while let Some(byte) = self.at.byte(0) {
            match byte {
                b'%' => {
                    let from = self.at.pos + 1;
                    let hex = self.at.text.get(from..from + 2);
                    let Some(code) = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) else {
                        return Err(self.error_here("`%` in a tag needs two hexadecimal digits"));
                    };
                    bytes.push(code);
                    self.at.advance(3);
                }
                b';' | b'/' | b'?' | b':' | b'@' | b'&' | b'=' | b'+' | b'$' | b'.' | b'!' | b'~' | b'*'
                | b'\'' | b'(' | b')' => {
                    bytes.push(byte);
                    self.at.advance(1);
                }
                b',' | b'[' | b']' if verbatim => {
                    bytes.push(byte);
                    self.at.advance(1);
                }
                byte if is_name_byte(byte) => {
                    bytes.push(byte);
                    self.at.advance(1);
                }
                _ => break,
            }
        }
        String::from_utf8(bytes).map_err(|_| self.error_here("the tag's name is not UTF-8"))
    }

    pub(super) fn scan_directive(&mut self) -> Scan<TokenKind<'t>> {
        self.at.advance(1);
        let kind = match self.scan_name() {
            "YAML" => self.scan_version()?,
            "TAG" => self.scan_tag_directive()?,
            _ => {
                return Err(self
                    .error_here("only the directives `%YAML` and `%TAG` exist")
                    .with_help("a line cannot begin with `%`; put quotes around the value"));
            }
        };
        self.at.skip_blanks();
        if self.at.byte(0) == Some(b'#') {
            self.at.skip_line_rest();
        }
        if !self.at.break_or_end(0) {
            return Err(self.error_here("expected the end of the line after the directive"));
        }
        self.at.skip_break();
        Ok(kind)
    }

    fn scan_version(&mut self) -> Scan<TokenKind<'t>> {
        self.at.skip_blanks();
        let major = self.scan_version_number()?;
        if self.at.byte(0) != Some(b'.') {
            return Err(self.error_here("expected a version such as `1.1`"));
        }
        self.at.advance(1);
        let minor = self.scan_version_number()?;
        Ok(TokenKind::VersionDirective { major, minor })
    }

    fn scan_version_number(&mut self) -> Scan<u32> {
        let start = self.at.pos;
        while self.at.byte(0).is_some_and(|byte| byte.is_ascii_digit()) {
            self.at.advance(1);
        }
        let digits = &self.at.text[start..self.at.pos];
        digits.parse().map_err(|_| self.error_here("expected a version such as `1.1`"))
    }

    fn scan_tag_directive(&mut self) -> Scan<TokenKind<'t>> {
        self.at.skip_blanks();
        if self.at.byte(0) != Some(b'!') {
            return Err(self.error_here("expected a tag handle such as `!e!`"));
        }
        let handle = self.scan_tag_handle();
        if handle != "!" && !handle.ends_with('!') || !self.at.at_blank() {
            return Err(self.error_here("expected a tag handle such as `!e!`"));
        }
        self.at.skip_blanks();
        let prefix = self.scan_tag_text(true)?;
        if prefix.is_empty() || !self.at.blank_or_end(0) {
            return Err(self.error_here("expected the prefix that the handle stands for"));
        }
        Ok(TokenKind::TagDirective { handle, prefix })
    }
}
