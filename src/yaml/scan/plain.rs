//! Scalars without quotes.

use std::borrow::Cow;

use super::{Scan, Scanner, TokenKind};

/// Line breaks and blanks seen since the last word, not yet part of the scalar.
#[derive(Default)]
pub struct Gap<'t> {
    pub blanks: &'t str,
    pub first_break: &'t str,
    pub more_breaks: String,
    pub broken: bool,
}

impl<'t> Gap<'t> {
    /// Appends what the gap stands for: one break folds into a space, further ones stay.
    pub fn fold_into(&mut self, out: &mut String) {
        if !self.broken {
            out.push_str(self.blanks);
        } else if self.first_break == "\n" {
            out.push_str(if self.more_breaks.is_empty() { " " } else { &self.more_breaks });
        } else {
            out.push_str(self.first_break);
            out.push_str(&self.more_breaks);
        }
        *self = Gap::default();
    }

    pub fn add_break(&mut self, text: &'t str) {
        if self.broken {
            self.more_breaks.push_str(text);
        } else {
            self.blanks = "";
            self.first_break = text;
            self.broken = true;
        }
    }
}

impl<'t> Scanner<'t> {
    pub(super) fn fetch_plain(&mut self) -> Scan<()> {
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.at.pos;
        let (text, end) = self.scan_plain()?;
        self.push(TokenKind::Scalar { text, plain: true }, start);
        if let Some(token) = self.queue.back_mut() {
            token.end = end;
        }
        Ok(())
    }

    /// The scalar's text and the byte offset where it ends.
    fn scan_plain(&mut self) -> Scan<(Cow<'t, str>, usize)> {
        let text = self.at.text;
        let start = self.at.pos;
        let mut end = start;
        // Stays none while the scalar is one line: then it borrows the source.
        let mut folded: Option<String> = None;
        let mut gap = Gap::default();
        loop {
            if self.at.byte(0) == Some(b'#') || (self.at.column() == 0 && self.at.at_document_indicator()) {
                break;
            }
            let word = self.skip_word()?;
            if !word.is_empty() {
                if gap.broken && folded.is_none() {
                    folded = Some(text[start..end].to_string());
                }
                if let Some(folded) = &mut folded {
                    gap.fold_into(folded);
                    folded.push_str(word);
                } else {
                    gap = Gap::default();
                }
                end = self.at.pos;
            }
            if !self.skip_gap(&mut gap)? {
                break;
            }
            if self.flow_level == 0 && (self.at.column() as isize) < self.indent + 1 {
                break;
            }
        }
        if gap.broken {
            self.simple_key_allowed = true;
        }
        Ok((folded.map_or(Cow::Borrowed(&text[start..end]), Cow::Owned), end))
    }

    /// Skips to the next blank, break or indicator that ends the scalar.
    fn skip_word(&mut self) -> Scan<&'t str> {
        let start = self.at.pos;
        let in_flow = self.flow_level > 0;
        while !self.at.blank_or_end(0) {
            match self.at.byte(0) {
                Some(b':') => {
                    if in_flow && matches!(self.at.byte(1), Some(b',' | b'?' | b'[' | b']' | b'{' | b'}')) {
                        return Err(self
                            .error_here("a `:` cannot stand here")
                            .with_help("put quotes around the value, or a space after the `:`"));
                    }
                    if self.at.blank_or_end(1) {
                        break;
                    }
                }
                Some(b',' | b'[' | b']' | b'{' | b'}') if in_flow => break,
                _ => {}
            }
            self.at.advance_char();
        }
        Ok(&self.at.text[start..self.at.pos])
    }

    /// Skips blanks and breaks into `gap`; false when neither stands here.
    fn skip_gap(&mut self, gap: &mut Gap<'t>) -> Scan<bool> {
        let start = self.at.pos;
        loop {
            if self.at.at_blank() {
                let blanks_start = self.at.pos;
                let tab_too_early = gap.broken
                    && (self.at.column() as isize) < self.indent + 1
                    && self.at.byte(0) == Some(b'\t');
                if tab_too_early {
                    return Err(self
                        .error_here("a tab cannot indent here")
                        .with_help("indent with spaces: YAML does not allow tabs here"));
                }
                if gap.broken {
                    self.at.advance(1);
                } else {
                    self.at.skip_blanks();
                    gap.blanks = &self.at.text[blanks_start..self.at.pos];
                }
            } else if self.at.break_length(0) > 0 {
                let text = self.at.take_break();
                gap.add_break(text);
            } else {
                return Ok(self.at.pos > start);
            }
        }
    }
}
