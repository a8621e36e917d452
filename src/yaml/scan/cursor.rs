//! A position in the text, with its line and column.

#[derive(Clone, Copy)]
pub struct Cursor<'t> {
    pub text: &'t str,
    /// Byte offset, always at a character's start.
    pub pos: usize,
    /// Zero-based.
    pub line: usize,
    line_start: usize,
}

impl<'t> Cursor<'t> {
    pub fn new(text: &'t str) -> Cursor<'t> {
        let start = if text.starts_with('\u{feff}') { 3 } else { 0 };
        Cursor { text, pos: start, line: 0, line_start: start }
    }

    pub fn byte(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.pos + ahead).copied()
    }

    pub fn char(&self) -> Option<char> {
        self.text[self.pos..].chars().next()
    }

    /// Bytes since the line began: indentation is ASCII, so bytes serve as characters.
    pub fn column(&self) -> usize {
        self.pos - self.line_start
    }

    /// Skips `bytes` bytes, which hold no line break.
    pub fn advance(&mut self, bytes: usize) {
        self.pos += bytes;
    }

    /// Skips one character that is no line break.
    pub fn advance_char(&mut self) {
        self.pos += match self.byte(0) {
            Some(byte) if byte < 0x80 => 1,
            _ => self.char().map_or(0, char::len_utf8),
        };
    }

    /// Length in bytes of the line break `ahead`, 0 when there is none. YAML 1.1 has five breaks.
    pub fn break_length(&self, ahead: usize) -> usize {
        match self.byte(ahead) {
            Some(b'\n') => 1,
            Some(b'\r') => 1 + usize::from(self.byte(ahead + 1) == Some(b'\n')),
            Some(0xC2) if self.byte(ahead + 1) == Some(0x85) => 2,
            Some(0xE2)
                if self.byte(ahead + 1) == Some(0x80)
                    && matches!(self.byte(ahead + 2), Some(0xA8 | 0xA9)) =>
            {
                3
            }
            _ => 0,
        }
    }

    /// A line break or the end of the text.
    pub fn break_or_end(&self, ahead: usize) -> bool {
        self.byte(ahead).is_none() || self.break_length(ahead) > 0
    }

    pub fn blank_or_end(&self, ahead: usize) -> bool {
        matches!(self.byte(ahead), Some(b' ' | b'\t')) || self.break_or_end(ahead)
    }

    pub fn at_blank(&self) -> bool {
        matches!(self.byte(0), Some(b' ' | b'\t'))
    }

    /// Skips a line break when one stands here.
    pub fn skip_break(&mut self) -> bool {
        let length = self.break_length(0);
        if length > 0 {
            self.pos += length;
            self.line += 1;
            self.line_start = self.pos;
        }
        length > 0
    }

    /// Skips a line break and gives its text: the two Unicode separators stay, the rest become `\n`.
    pub fn take_break(&mut self) -> &'t str {
        let start = self.pos;
        match self.skip_break() {
            false => "",
            true if self.pos - start == 3 => &self.text[start..self.pos],
            true => "\n",
        }
    }

    pub fn skip_blanks(&mut self) {
        while self.at_blank() {
            self.pos += 1;
        }
    }

    /// Skips to the end of the line, before its break.
    pub fn skip_line_rest(&mut self) {
        while !self.break_or_end(0) {
            self.advance_char();
        }
    }

    /// `---` or `...`, alone or before a blank.
    pub fn at_document_indicator(&self) -> bool {
        let rest = &self.text.as_bytes()[self.pos..];
        (rest.starts_with(b"---") || rest.starts_with(b"...")) && self.blank_or_end(3)
    }
}
