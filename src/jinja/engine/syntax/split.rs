//! Finds the top-level blocks of a file (macros, tests, snapshots, docs) without compiling them,
//! with the exact byte ranges that dbt takes.

use std::ops::Range;

use super::Pos;
use super::lexer::is_space;
use crate::jinja::engine::error::{ErrorKind, Origin, R, Raise};

/// A block `{% kind name … %}contents{% endkind %}` at the top level of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// `macro`, `test`, `snapshot`, …
    pub kind: String,
    /// The word after the kind.
    pub name: Option<String>,
    /// Bytes of the opening tag.
    pub open: Range<usize>,
    /// Bytes between the tags.
    pub contents: Range<usize>,
    /// Bytes of the whole, as dbt keeps them: with the white space that `{%-` and `-%}` eat.
    pub full: Range<usize>,
}

/// The blocks of a file, and the tags at its top level that belong to none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Blocks {
    pub blocks: Vec<Block>,
    /// dbt warns of them (`unexpected-jinja-block`).
    pub stray: Vec<Stray>,
}

/// Name and byte range of a tag that belongs to no block.
pub type Stray = (String, Range<usize>);

struct Tag<'s> {
    kind: &'s str,
    name: Option<&'s str>,
    start: usize,
    end: usize,
}

struct Tags<'s> {
    origin: &'s Origin,
    text: &'s str,
    at: usize,
}

/// Splits the origin's text into its blocks of the `allowed` kinds.
pub(crate) fn split(origin: &Origin, allowed: &[&str]) -> R<Blocks> {
    let mut tags = Tags { origin, text: &origin.source, at: 0 };
    let mut found = Blocks::default();
    let mut control: Vec<&str> = vec![];
    let mut current: Option<Tag<'_>> = None;
    while let Some(tag) = tags.next()? {
        match tag.kind {
            "if" | "for" => control.push(tag.kind),
            "endif" | "endfor" => tags.end_of_control(&tag, control.pop())?,
            _ => {}
        }
        if allowed.contains(&tag.kind) {
            if !control.is_empty() {
                let message = format!(
                    "Got a block definition inside control flow at {}. All dbt block definitions must be at \
                     the top level",
                    tags.line_position(tag.start)
                );
                return Err(tags.fail(message, &tag));
            }
            if let Some(outer) = &current {
                let message = format!(
                    "Got nested tags: {0} (started at {1}) did not have a matching {{{{% end{0} %}}}} before a \
                     subsequent {2} was found (started at {3})",
                    outer.kind,
                    tags.characters(outer.start),
                    tag.kind,
                    tags.characters(tag.start)
                );
                return Err(tags.fail(message, &tag));
            }
            current = Some(tag);
            continue;
        }
        match &current {
            Some(open) if tag.kind.strip_prefix("end") == Some(open.kind) => {
                found.blocks.push(Block {
                    kind: open.kind.to_string(),
                    name: open.name.map(str::to_string),
                    open: open.start..open.end,
                    contents: open.end..tag.start.max(open.end),
                    full: open.start..tag.end,
                });
                current = None;
            }
            Some(_) => {}
            None => found.stray.push((tag.kind.to_string(), tag.start..tag.end)),
        }
    }
    if let Some(open) = current {
        let line = tags.text[..open.end].matches('\n').count() + 1;
        let message =
            format!("Reached EOF without finding a close tag for {} (searched from line {line})", open.kind);
        return Err(tags.fail(message, &open));
    }
    Ok(found)
}

impl<'s> Tags<'s> {
    fn fail(&self, message: String, tag: &Tag<'_>) -> Raise {
        let core = self.text[tag.start..].find("{%").map_or(tag.start, |at| tag.start + at);
        self.fail_at(message, core, tag.end)
    }

    fn fail_at(&self, message: String, start: usize, end: usize) -> Raise {
        Raise::new(ErrorKind::Syntax, message)
            .at(self.origin, Pos { start: start as u32, end: end.max(start) as u32 })
    }

    fn end_of_control(&self, tag: &Tag<'_>, open: Option<&str>) -> R<()> {
        let message = match open {
            None => {
                let start = tag.kind.trim_start_matches("end");
                format!("but never saw a preceeding {start} (@ {})", self.line_position(tag.start))
            }
            Some(open) if format!("end{open}") != tag.kind => {
                format!("but expected end{open} next (@ {})", self.line_position(tag.start))
            }
            Some(_) => return Ok(()),
        };
        Err(self.fail(format!("Got an unexpected control flow end tag, got {} {message}", tag.kind), tag))
    }

    /// dbt's `line:column`, the column from zero.
    fn line_position(&self, at: usize) -> String {
        let before = &self.text[..at];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        format!("{}:{}", before.matches('\n').count() + 1, before[line_start..].chars().count())
    }

    fn characters(&self, at: usize) -> usize {
        self.text[..at].chars().count()
    }

    fn next(&mut self) -> R<Option<Tag<'s>>> {
        loop {
            let Some(at) = self.find_opening() else { return Ok(None) };
            match self.text.as_bytes()[at + 1] {
                b'{' => {
                    self.at = at + 2;
                    self.expression()?;
                }
                b'#' => {
                    let start = self.at;
                    match self.text[at + 2..].find("#}") {
                        Some(close) => self.at = at + 2 + close + 2,
                        None => return Err(self.unexpected_end("#}", start, at)),
                    }
                }
                _ => {
                    if let Some(tag) = self.tag(at)? {
                        return Ok(Some(tag));
                    }
                    self.at = at + 1;
                }
            }
        }
    }

    fn find_opening(&self) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let mut from = self.at;
        while let Some(found) = bytes[from..].iter().position(|byte| *byte == b'{') {
            let at = from + found;
            if matches!(bytes.get(at + 1), Some(b'{' | b'%' | b'#')) {
                return Some(at);
            }
            from = at + 1;
        }
        None
    }

    fn unexpected_end(&self, expected: &str, from: usize, at: usize) -> Raise {
        let rest: String = self.text[from..].chars().take(200).collect();
        let message = format!("unexpected EOF, expected {expected}, got \"{rest}\"");
        self.fail_at(message, at, at + 2)
    }

    /// The inside of `{{ … }}`, in which only strings can hide the end.
    fn expression(&mut self) -> R<()> {
        let start = self.at;
        loop {
            let rest = &self.text[self.at..];
            match rest.find(['}', '"', '\'']) {
                None => return Err(self.unexpected_end("}}", start, start.saturating_sub(2))),
                Some(at) if rest[at..].starts_with("}}") => {
                    self.at += at + 2;
                    return Ok(());
                }
                Some(at) if rest[at..].starts_with('}') => self.at += at + 1,
                Some(at) => {
                    self.at += at;
                    self.string()?;
                }
            }
        }
    }

    /// The next complete string from here on; an apostrophe that starts none is passed over.
    fn string(&mut self) -> R<()> {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut at = start;
        while at < bytes.len() {
            let quote = bytes[at];
            if (quote == b'"' || quote == b'\'')
                && let Some(end) = string_end(bytes, at)
            {
                self.at = end;
                return Ok(());
            }
            at += 1;
        }
        Err(self.unexpected_end("string", start, start))
    }

    fn tag(&mut self, at: usize) -> R<Option<Tag<'s>>> {
        let mut start = at;
        let mut rest = &self.text[at + 2..];
        if let Some(stripped) = rest.strip_prefix('-') {
            rest = stripped;
            start = self.at + self.text[self.at..at].trim_end_matches(is_space).len();
        }
        let rest = rest.trim_start_matches(is_space);
        let Some(kind) = word(rest) else { return Ok(None) };
        if kind == "raw" {
            self.at = start;
            self.raw(at)?;
            return Ok(Some(Tag { kind, name: None, start, end: self.at }));
        }
        let after_kind = &rest[kind.len()..];
        let spaced = after_kind.trim_start_matches(is_space);
        let name = if spaced.len() < after_kind.len() { word(spaced) } else { None };
        let after = name.map_or(after_kind, |name| &spaced[name.len()..]);
        self.at = self.text.len() - after.len();
        self.close(at)?;
        Ok(Some(Tag { kind, name, start, end: self.at }))
    }

    /// Up to and including `%}`, or `-%}` with the white space after it.
    fn close(&mut self, tag_at: usize) -> R<()> {
        let start = self.at;
        loop {
            let rest = &self.text[self.at..];
            let Some(at) = rest.find(['%', '"', '\'']) else {
                return Err(self.unexpected_end("tag close (\"%}\")", start, tag_at));
            };
            if rest[at..].starts_with("%}") {
                self.at += at + 2;
                if at > 0 && rest.as_bytes()[at - 1] == b'-' {
                    let after = &self.text[self.at..];
                    self.at += after.len() - after.trim_start_matches(is_space).len();
                }
                return Ok(());
            }
            if rest[at..].starts_with('%') {
                self.at += at + 1;
            } else {
                self.at += at;
                self.string()?;
            }
        }
    }

    fn raw(&mut self, tag_at: usize) -> R<()> {
        let start = self.at;
        let marker = |from: usize, word: &str| -> Option<usize> {
            let mut from = from;
            while let Some(found) = self.text[from..].find("{%") {
                let inner = &self.text[from + found + 2..];
                let inner = inner.strip_prefix('-').unwrap_or(inner).trim_start_matches(is_space);
                let close = inner.strip_prefix(word).map(|rest| rest.trim_start_matches(is_space));
                if let Some(after) = close.and_then(|close| close.strip_prefix("%}")) {
                    return Some(self.text.len() - after.len());
                }
                if let Some(after) = close.and_then(|close| close.strip_prefix("-%}")) {
                    return Some(self.text.len() - after.trim_start_matches(is_space).len());
                }
                from += found + 2;
            }
            None
        };
        match marker(start, "raw").and_then(|open| marker(open, "endraw")) {
            Some(end) => {
                self.at = end;
                Ok(())
            }
            None => Err(self.unexpected_end("{% raw %}...{% endraw %}", start, tag_at)),
        }
    }
}

fn word(text: &str) -> Option<&str> {
    let length = text.find(|c: char| !(c == '_' || c.is_ascii_alphanumeric())).unwrap_or(text.len());
    let word = &text[..length];
    word.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic()).then_some(word)
}

fn string_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        match bytes.get(at)? {
            b'\\' => at += 2,
            byte if *byte == bytes[start] => return Some(at + 1),
            _ => at += 1,
        }
    }
}
