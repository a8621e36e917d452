//! From parser events to the tree: tags, anchors and their bounds.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Tag};

use super::mapping::{self, Pair};
use super::scalar::{self, Kind};
use super::{Yaml, YamlEntry, YamlKind};
use crate::diag::Diagnostic;
use crate::source::{FileId, Span};
use crate::value::{Str, Value};

/// Nesting deeper than this is refused, so that no reader of the tree runs out of stack.
const MAX_DEPTH: usize = 500;
/// Nodes that aliases may copy in all, so that nested aliases cannot fill the memory.
const MAX_ALIASED_NODES: usize = 1_000_000;

/// Reads one YAML document as PyYAML's `safe_load` does. `None` for an empty document. The second
/// part holds warnings (duplicate keys).
///
/// # Errors
/// One diagnostic (`yaml-syntax`) with its position: text that is not YAML, a second document, an
/// unknown tag, an unhashable key, a bad alias.
pub fn parse(text: &str, file: FileId) -> Result<(Option<Yaml>, Vec<Diagnostic>), Diagnostic> {
    let mut builder = Builder::new(text, file);
    builder.check_characters()?;
    let mut parser = Parser::new_from_str(text);
    while let Some(event) = parser.next_event() {
        match event {
            Ok((event, span)) => builder.event(event, span)?,
            Err(error) => return Err(builder.scan_error(&error)),
        }
    }
    Ok((builder.root, builder.warnings))
}

struct Builder<'t> {
    text: &'t str,
    file: FileId,
    /// Byte offset of each character; empty for ASCII, where the two are the same.
    offsets: Vec<u32>,
    open: Vec<Open>,
    root: Option<Yaml>,
    documents: usize,
    anchors: FxHashMap<usize, Anchored>,
    aliased_nodes: usize,
    /// Keys seen in this file: `name` and `description` are allocated once.
    keys: FxHashSet<Str>,
    warnings: Vec<Diagnostic>,
}

/// A node that an alias can stand for, with the number of nodes in it.
struct Anchored {
    node: Yaml,
    plain: Option<Kind>,
    size: usize,
}

/// A list or mapping whose end has not come yet.
struct Open {
    start: usize,
    end: usize,
    anchor: usize,
    size: usize,
    tag: Option<Arc<str>>,
    shape: Shape,
}

enum Shape {
    List(Vec<Yaml>),
    Map { pairs: Vec<Pair>, key: Option<(Yaml, Option<Kind>)> },
}

const CORE: &str = "tag:yaml.org,2002:";

impl<'t> Builder<'t> {
    fn new(text: &'t str, file: FileId) -> Builder<'t> {
        let offsets = if text.is_ascii() {
            vec![]
        } else {
            text.char_indices().map(|(at, _)| u32::try_from(at).unwrap_or(u32::MAX)).collect()
        };
        Builder {
            text,
            file,
            offsets,
            open: vec![],
            root: None,
            documents: 0,
            anchors: FxHashMap::default(),
            aliased_nodes: 0,
            keys: FxHashSet::default(),
            warnings: vec![],
        }
    }

    /// YAML allows no control characters.
    fn check_characters(&self) -> Result<(), Diagnostic> {
        let is_control = |c: char| {
            matches!(c, '\0'..='\x08' | '\x0b'..='\x1f' | '\x7f'..='\u{9f}' | '\u{fffe}' | '\u{ffff}')
                && c != '\r'
                && c != '\u{85}'
        };
        match self.text.char_indices().find(|(_, c)| is_control(*c)) {
            None => Ok(()),
            Some((at, c)) => Err(self.error_at(
                at,
                at + c.len_utf8(),
                format!("the character U+{:04X} is not allowed in YAML", u32::from(c)),
            )),
        }
    }

    fn byte(&self, mark: Marker) -> usize {
        if self.offsets.is_empty() {
            mark.index().min(self.text.len())
        } else {
            self.offsets.get(mark.index()).map_or(self.text.len(), |at| *at as usize)
        }
    }

    fn error_at(&self, start: usize, end: usize, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error("yaml-syntax", message).at(Span::new(self.file, start, end))
    }

    fn scan_error(&self, error: &ScanError) -> Diagnostic {
        let at = self.byte(*error.marker());
        self.error_at(at, at, format!("not valid YAML: {}", error.info()))
    }

    fn event(&mut self, event: Event, span: saphyr_parser::Span) -> Result<(), Diagnostic> {
        let (start, end) = (self.byte(span.start), self.byte(span.end));
        match event {
            Event::DocumentStart(_) => {
                self.documents += 1;
                if self.documents > 1 {
                    return Err(self
                        .error_at(start, end, "expected one YAML document, found a second")
                        .help("remove the `---` line or move what follows to a file of its own"));
                }
                Ok(())
            }
            Event::Scalar(text, style, anchor, tag) => {
                let tag = tag.map(|tag| full_tag(&tag));
                let (value, kind) = self.scalar(&text, style, tag.as_deref(), (start, end))?;
                let node = Yaml { span: Span::new(self.file, start, end), kind: YamlKind::Scalar(value) };
                self.finish(node, kind, anchor, 1)
            }
            Event::SequenceStart(anchor, tag) => {
                self.begin(Shape::List(vec![]), anchor, tag.map(|tag| full_tag(&tag)), (start, end))
            }
            Event::MappingStart(anchor, tag) => {
                let shape = Shape::Map { pairs: vec![], key: None };
                self.begin(shape, anchor, tag.map(|tag| full_tag(&tag)), (start, end))
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(start, end),
            Event::Alias(anchor) => self.alias(anchor, start, end),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
        }
    }

    fn scalar(
        &self,
        text: &str,
        style: ScalarStyle,
        tag: Option<&str>,
        (start, end): (usize, usize),
    ) -> Result<(Value, Option<Kind>), Diagnostic> {
        let kind = match tag {
            None if style == ScalarStyle::Plain => scalar::implicit_kind(text),
            None | Some("!") => Kind::Str,
            Some(tag) => match tag.strip_prefix(CORE) {
                Some("str") => Kind::Str,
                Some("int") => Kind::Int,
                Some("float") => Kind::Float,
                Some("bool") => Kind::Bool,
                Some("null") => Kind::Null,
                Some("timestamp") => Kind::Timestamp,
                Some("merge") => Kind::Merge,
                Some("value") => Kind::Default,
                _ => return Err(self.unknown_tag(tag, start, end)),
            },
        };
        let value = scalar::resolve(kind, text).map_err(|problem| self.error_at(start, end, problem))?;
        Ok((value, Some(kind)))
    }

    fn unknown_tag(&self, tag: &str, start: usize, end: usize) -> Diagnostic {
        let shown = tag.strip_prefix(CORE).map_or_else(|| tag.to_string(), |name| format!("!!{name}"));
        self.error_at(start, end, format!("the YAML tag `{shown}` is not supported here"))
    }

    fn begin(
        &mut self,
        shape: Shape,
        anchor: usize,
        tag: Option<Arc<str>>,
        (start, end): (usize, usize),
    ) -> Result<(), Diagnostic> {
        if self.open.len() >= MAX_DEPTH {
            return Err(self.error_at(start, end, format!("YAML is nested deeper than {MAX_DEPTH} levels")));
        }
        self.open.push(Open { start, end, anchor, size: 1, tag, shape });
        Ok(())
    }

    fn close(&mut self, event_start: usize, event_end: usize) -> Result<(), Diagnostic> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        // A block collection's end event stands where the next token begins: its last child ends it.
        let end = if event_end > event_start { event_end } else { open.end };
        let span = Span::new(self.file, open.start, end);
        let kind = match open.shape {
            Shape::List(items) => YamlKind::List(items),
            Shape::Map { pairs, .. } => YamlKind::Map(mapping::entries(pairs, &mut self.warnings)?),
        };
        let kind = self.tagged(kind, open.tag.as_deref(), open.start, end)?;
        self.finish(Yaml { span, kind }, None, open.anchor, open.size)
    }

    /// A collection under an explicit tag, as Python's constructors shape it.
    fn tagged(
        &self,
        kind: YamlKind,
        tag: Option<&str>,
        start: usize,
        end: usize,
    ) -> Result<YamlKind, Diagnostic> {
        let Some(tag) = tag.filter(|tag| *tag != "!") else { return Ok(kind) };
        match (tag.strip_prefix(CORE), kind) {
            (Some("seq"), kind @ YamlKind::List(_)) | (Some("map"), kind @ YamlKind::Map(_)) => Ok(kind),
            (Some("omap" | "pairs"), YamlKind::List(items)) => self.ordered_pairs(items),
            (Some("set"), YamlKind::Map(entries)) => {
                let key =
                    |entry: YamlEntry| Yaml { span: entry.key_span, kind: YamlKind::Scalar(entry.key_value) };
                Ok(YamlKind::List(entries.into_iter().map(key).collect()))
            }
            (Some(name @ ("seq" | "map" | "set" | "omap" | "pairs")), _) => Err(self.error_at(
                start,
                end,
                format!("the YAML tag `!!{name}` does not fit what it stands on"),
            )),
            (Some(_), YamlKind::Map(entries)) => {
                // A mapping may stand for a scalar through its `=` key.
                match entries.into_iter().find(|entry| &*entry.key == "=") {
                    Some(entry) if matches!(entry.value.kind, YamlKind::Scalar(_)) => Ok(entry.value.kind),
                    _ => Err(self.unknown_tag(tag, start, end)),
                }
            }
            _ => Err(self.unknown_tag(tag, start, end)),
        }
    }

    fn ordered_pairs(&self, items: Vec<Yaml>) -> Result<YamlKind, Diagnostic> {
        let pair = |item: Yaml| match item.kind {
            YamlKind::Map(mut entries) if entries.len() == 1 => {
                let entry = entries.remove(0);
                let key = Yaml { span: entry.key_span, kind: YamlKind::Scalar(entry.key_value) };
                Ok(Yaml { span: item.span, kind: YamlKind::List(vec![key, entry.value]) })
            }
            _ => Err(Diagnostic::error("yaml-syntax", "expected a mapping with one key").at(item.span)),
        };
        Ok(YamlKind::List(items.into_iter().map(pair).collect::<Result<_, _>>()?))
    }

    fn alias(&mut self, anchor: usize, start: usize, end: usize) -> Result<(), Diagnostic> {
        let Some(known) = self.anchors.get(&anchor) else {
            return Err(self.error_at(start, end, "this alias names a node that it stands in"));
        };
        let (mut node, plain, size) = (known.node.clone(), known.plain, known.size);
        self.aliased_nodes += size;
        if self.aliased_nodes > MAX_ALIASED_NODES {
            return Err(self.error_at(start, end, "the aliases of this file expand to too many nodes"));
        }
        node.span = Span::new(self.file, start, end);
        self.finish(node, plain, 0, size)
    }

    /// Hands a finished node to what encloses it.
    fn finish(
        &mut self,
        node: Yaml,
        plain: Option<Kind>,
        anchor: usize,
        size: usize,
    ) -> Result<(), Diagnostic> {
        if anchor > 0 {
            self.anchors.insert(anchor, Anchored { node: node.clone(), plain, size });
        }
        let Some(parent) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        parent.size += size;
        parent.end = parent.end.max(node.span.end as usize);
        match &mut parent.shape {
            Shape::List(items) => items.push(node),
            Shape::Map { pairs, key } => match key.take() {
                None => *key = Some((node, plain)),
                Some((key, plain)) => {
                    let merge = plain == Some(Kind::Merge);
                    pairs.push(Pair { entry: entry(key, node, &mut self.keys)?, merge });
                }
            },
        }
        Ok(())
    }
}

fn entry(key: Yaml, value: Yaml, keys: &mut FxHashSet<Str>) -> Result<YamlEntry, Diagnostic> {
    let YamlKind::Scalar(key_value) = key.kind else {
        return Err(Diagnostic::error("yaml-syntax", "a mapping's key cannot be a list or a mapping")
            .at(key.span)
            .help("put quotes around a value that begins with `{{`"));
    };
    let (key_text, key_value) = match key_value {
        Value::Str(text) => {
            let shared = intern(text, keys);
            (shared.clone(), Value::Str(shared))
        }
        other => (Str::from(other.py_str()), other),
    };
    Ok(YamlEntry { key: key_text, key_value, key_span: key.span, value })
}

fn intern(text: Str, keys: &mut FxHashSet<Str>) -> Str {
    match keys.get(&*text) {
        Some(known) => known.clone(),
        None => {
            keys.insert(text.clone());
            text
        }
    }
}

fn full_tag(tag: &Tag) -> Arc<str> {
    format!("{}{}", tag.handle, tag.suffix).into()
}
