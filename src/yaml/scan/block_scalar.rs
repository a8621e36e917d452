//! Block scalars: `|` keeps its lines, `>` folds them.

use std::borrow::Cow;

use super::{Scan, Scanner, TokenKind};

/// What becomes of the line breaks at the end.
#[derive(Clone, Copy, PartialEq)]
enum Chomp {
    Strip,
    Clip,
    Keep,
}

impl<'t> Scanner<'t> {
    pub(super) fn fetch_block_scalar(&mut self, literal: bool) -> Scan<()> {
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        let start = self.at.pos;
        let (text, end) = self.scan_block_scalar(literal)?;
        self.push(TokenKind::Scalar { text: Cow::Owned(text), plain: false }, start);
        if let Some(token) = self.queue.back_mut() {
            token.end = end;
        }
        Ok(())
    }

    fn scan_block_scalar(&mut self, literal: bool) -> Scan<(String, usize)> {
        let (chomp, increment) = self.scan_block_header()?;
        let base = self.indent.max(0) as usize;
        let mut indent = increment.map(|increment| base + increment);
        let mut breaks = String::new();
        let width = self.scan_block_breaks(&mut indent, &mut breaks)?;
        let mut out = String::new();
        let mut end = self.at.pos;
        let (mut last_break, mut after_blank) = ("", false);
        while self.at.column() == width && self.at.byte(0).is_some() {
            let blank = self.at.at_blank();
            if !literal && last_break == "\n" && !after_blank && !blank {
                if breaks.is_empty() {
                    out.push(' ');
                }
            } else {
                out.push_str(last_break);
            }
            out.push_str(&breaks);
            breaks.clear();
            after_blank = blank;
            let start = self.at.pos;
            self.at.skip_line_rest();
            end = self.at.pos;
            out.push_str(&self.at.text[start..end]);
            last_break = self.at.take_break();
            self.scan_block_breaks(&mut Some(width), &mut breaks)?;
        }
        if chomp != Chomp::Strip {
            out.push_str(last_break);
        }
        if chomp == Chomp::Keep {
            out.push_str(&breaks);
        }
        Ok((out, end))
    }

    /// The indicators behind `|` or `>`, and the rest of their line.
    fn scan_block_header(&mut self) -> Scan<(Chomp, Option<usize>)> {
        self.at.advance(1);
        let (mut chomp, mut increment) = (None, None);
        for _ in 0..2 {
            match self.at.byte(0) {
                Some(sign @ (b'+' | b'-')) if chomp.is_none() => {
                    chomp = Some(if sign == b'+' { Chomp::Keep } else { Chomp::Strip });
                    self.at.advance(1);
                }
                Some(b'0') if increment.is_none() => {
                    return Err(self.error_here("a block's indentation is at least 1"));
                }
                Some(digit @ b'1'..=b'9') if increment.is_none() => {
                    increment = Some(usize::from(digit - b'0'));
                    self.at.advance(1);
                }
                _ => break,
            }
        }
        self.at.skip_blanks();
        if self.at.byte(0) == Some(b'#') {
            self.at.skip_line_rest();
        }
        if !self.at.break_or_end(0) {
            return Err(self
                .error_here("expected the end of the line after `|` or `>`")
                .with_help("put quotes around a value that begins with `|` or `>`"));
        }
        self.at.skip_break();
        Ok((chomp.unwrap_or(Chomp::Clip), increment))
    }

    /// Skips indentation and empty lines; settles the block's width when it is not known yet.
    fn scan_block_breaks(&mut self, indent: &mut Option<usize>, breaks: &mut String) -> Scan<usize> {
        let mut deepest = 0;
        loop {
            let inside = |column: usize| indent.is_none_or(|indent| column < indent);
            while inside(self.at.column()) && self.at.byte(0) == Some(b' ') {
                self.at.advance(1);
            }
            deepest = deepest.max(self.at.column());
            if inside(self.at.column()) && self.at.byte(0) == Some(b'\t') {
                return Err(self
                    .error_here("a tab cannot indent a block")
                    .with_help("indent with spaces: YAML does not allow tabs here"));
            }
            if self.at.break_length(0) == 0 {
                break;
            }
            let text = self.at.take_break();
            breaks.push_str(text);
        }
        let least = usize::try_from(self.indent + 1).unwrap_or(0).max(1);
        Ok(*indent.get_or_insert(deepest.max(least)))
    }
}
