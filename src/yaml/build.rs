//! From the grammar's nodes to the tree: tags, anchors and their bounds.

use rustc_hash::{FxHashMap, FxHashSet};

use super::grammar::{Grammar, Properties};
use super::mapping::{self, Pair};
use super::scalar::{self, Kind};
use super::scan::ScanError;
use super::{Yaml, YamlEntry, YamlKind};
use crate::diag::Diagnostic;
use crate::source::{FileId, Span};
use crate::value::{Str, Value};

/// Nesting deeper than this is refused, so that no reader of the tree runs out of stack.
const MAX_DEPTH: usize = 128;
/// Nodes that aliases may copy in all, so that nested aliases cannot fill the memory.
const MAX_ALIASED_NODES: usize = 1_000_000;

/// What `!!` stands for.
pub const CORE: &str = "tag:yaml.org,2002:";

/// Reads one YAML document as PyYAML's `safe_load` does. `None` for an empty document. The second
/// part holds warnings (duplicate keys).
///
/// # Errors
/// One diagnostic (`yaml-syntax`) with its position: text that is not YAML, a second document, an
/// unknown tag, an unhashable key, a bad alias.
pub fn parse(text: &str, file: FileId) -> Result<(Option<Yaml>, Vec<Diagnostic>), Diagnostic> {
    let builder = Builder::new(text, file);
    builder.check_characters().map_err(|error| *error)?;
    let builder = Grammar::new(text, builder).run().map_err(|error| *error)?;
    Ok((builder.root, builder.warnings))
}

type Parsed<T> = Result<T, Box<Diagnostic>>;

/// Builds the tree from the grammar's calls.
pub struct Builder<'t> {
    text: &'t str,
    file: FileId,
    open: Vec<Open<'t>>,
    root: Option<Yaml>,
    anchors: FxHashMap<&'t str, Anchor>,
    aliased_nodes: usize,
    /// Keys seen in this file: `name` and `description` are allocated once.
    keys: FxHashSet<Str>,
    warnings: Vec<Diagnostic>,
}

enum Anchor {
    /// The node it stands on is not finished.
    Open,
    Done(Anchored),
}

/// A node that an alias can stand for, with the number of nodes in it.
#[derive(Clone)]
struct Anchored {
    node: Yaml,
    kind: Option<Kind>,
    size: usize,
}

/// A list or mapping whose end has not come yet.
struct Open<'t> {
    start: usize,
    end: usize,
    size: usize,
    anchor: Option<&'t str>,
    tag: Option<String>,
    shape: Shape,
}

enum Shape {
    List(Vec<Yaml>),
    Map { pairs: Vec<Pair>, key: Option<(Yaml, Option<Kind>)> },
}

impl<'t> Builder<'t> {
    fn new(text: &'t str, file: FileId) -> Builder<'t> {
        Builder {
            text,
            file,
            open: vec![],
            root: None,
            anchors: FxHashMap::default(),
            aliased_nodes: 0,
            keys: FxHashSet::default(),
            warnings: vec![],
        }
    }

    /// YAML allows no control characters.
    fn check_characters(&self) -> Parsed<()> {
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

    pub fn error_at(&self, start: usize, end: usize, message: impl Into<String>) -> Box<Diagnostic> {
        Diagnostic::error("yaml-syntax", message).at(Span::new(self.file, start, end)).into()
    }

    fn alias_error(&self, (start, end): (usize, usize), message: impl Into<String>) -> Box<Diagnostic> {
        let help = "`*name` repeats what `&name` marks before it; write the entries out, or quote a text that begins with `*`";
        Diagnostic::error("yaml-syntax", message).at(Span::new(self.file, start, end)).help(help).into()
    }

    pub fn scan_error(&self, error: ScanError) -> Box<Diagnostic> {
        let mut diagnostic = self.error_at(error.start, error.end, error.message);
        diagnostic.help.extend(error.help.map(String::from));
        diagnostic
    }

    pub fn scalar(
        &mut self,
        text: &str,
        plain: bool,
        properties: Properties<'t>,
        (start, end): (usize, usize),
    ) -> Parsed<()> {
        let kind = match properties.tag.as_deref() {
            // A lone `!` asks for the implicit type, in quotes too.
            Some("!") => scalar::implicit_kind(text),
            None if plain => scalar::implicit_kind(text),
            None => Kind::Str,
            Some(tag) => tag
                .strip_prefix(CORE)
                .and_then(scalar::tagged_kind)
                .ok_or_else(|| self.unknown_tag(tag, start, end))?,
        };
        let value = scalar::resolve(kind, text).map_err(|problem| self.error_at(start, end, problem))?;
        self.declare(properties.anchor, start, end)?;
        let node = Yaml { span: Span::new(self.file, start, end), kind: YamlKind::Scalar(value) };
        self.finish(Anchored { node, kind: Some(kind), size: 1 }, properties.anchor)
    }

    fn unknown_tag(&self, tag: &str, start: usize, end: usize) -> Box<Diagnostic> {
        let shown = tag.strip_prefix(CORE).map_or_else(|| tag.to_string(), |name| format!("!!{name}"));
        self.error_at(start, end, format!("the YAML tag `{shown}` is not supported here"))
    }

    pub fn begin_list(&mut self, properties: Properties<'t>, start: usize) -> Parsed<()> {
        self.begin(Shape::List(vec![]), properties, start)
    }

    pub fn begin_map(&mut self, properties: Properties<'t>, start: usize) -> Parsed<()> {
        self.begin(Shape::Map { pairs: vec![], key: None }, properties, start)
    }

    fn begin(&mut self, shape: Shape, properties: Properties<'t>, start: usize) -> Parsed<()> {
        if self.open.len() >= MAX_DEPTH {
            let message = format!("YAML is nested deeper than {MAX_DEPTH} levels");
            return Err(self.error_at(start, start, message));
        }
        self.declare(properties.anchor, start, start)?;
        let Properties { anchor, tag, .. } = properties;
        self.open.push(Open { start, end: start, size: 1, anchor, tag, shape });
        Ok(())
    }

    fn declare(&mut self, anchor: Option<&'t str>, start: usize, end: usize) -> Parsed<()> {
        let Some(name) = anchor else { return Ok(()) };
        match self.anchors.insert(name, Anchor::Open) {
            None => Ok(()),
            Some(_) => Err(self.error_at(start, end, format!("the anchor `{name}` is given twice"))),
        }
    }

    /// Ends the innermost collection; a block collection ends with its last child.
    pub fn close(&mut self, end: Option<usize>) -> Parsed<()> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        let end = end.unwrap_or(open.end);
        let span = Span::new(self.file, open.start, end);
        let kind = match open.shape {
            Shape::List(items) => YamlKind::List(items),
            Shape::Map { pairs, .. } => YamlKind::Map(mapping::entries(pairs, &mut self.warnings)?),
        };
        let kind = self.tagged(kind, open.tag.as_deref(), open.start, end)?;
        self.finish(Anchored { node: Yaml { span, kind }, kind: None, size: open.size }, open.anchor)
    }

    /// A collection under an explicit tag, as Python's constructors shape it.
    fn tagged(&self, kind: YamlKind, tag: Option<&str>, start: usize, end: usize) -> Parsed<YamlKind> {
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
            (Some(name), YamlKind::Map(entries)) => {
                // A mapping may stand for a scalar through its `=` key.
                let default = entries.iter().find(|entry| &*entry.key == "=").map(|entry| &entry.value.kind);
                match (scalar::tagged_kind(name), default) {
                    (Some(kind), Some(YamlKind::Scalar(value))) => scalar::resolve(kind, &value.py_str())
                        .map(YamlKind::Scalar)
                        .map_err(|problem| self.error_at(start, end, problem)),
                    _ => Err(self.unknown_tag(tag, start, end)),
                }
            }
            _ => Err(self.unknown_tag(tag, start, end)),
        }
    }

    fn ordered_pairs(&self, items: Vec<Yaml>) -> Parsed<YamlKind> {
        let pair = |item: Yaml| -> Parsed<Yaml> {
            let YamlKind::Map(mut entries) = item.kind else { return Err(not_a_pair(item.span)) };
            let (Some(entry), true) = (entries.pop(), entries.is_empty()) else {
                return Err(not_a_pair(item.span));
            };
            let key = Yaml { span: entry.key_span, kind: YamlKind::Scalar(entry.key_value) };
            Ok(Yaml { span: item.span, kind: YamlKind::List(vec![key, entry.value]) })
        };
        Ok(YamlKind::List(items.into_iter().map(pair).collect::<Result<_, _>>()?))
    }

    pub fn alias(&mut self, name: &'t str, start: usize, end: usize) -> Parsed<()> {
        let mut known = match self.anchors.get(name) {
            Some(Anchor::Done(known)) => known.clone(),
            Some(Anchor::Open) => {
                return Err(
                    self.alias_error((start, end), format!("`*{name}` stands inside the node it names"))
                );
            }
            None => {
                return Err(
                    self.alias_error((start, end), format!("there is no anchor `&{name}` before this"))
                );
            }
        };
        self.aliased_nodes += known.size;
        if self.aliased_nodes > MAX_ALIASED_NODES {
            let message = "the aliases of this file expand to too many nodes";
            return Err(self.alias_error((start, end), message));
        }
        known.node.span = Span::new(self.file, start, end);
        self.finish(known, None)
    }

    /// Hands a finished node to what encloses it.
    fn finish(&mut self, done: Anchored, anchor: Option<&'t str>) -> Parsed<()> {
        if let Some(name) = anchor {
            self.anchors.insert(name, Anchor::Done(done.clone()));
        }
        let Anchored { node, kind, size } = done;
        let expects_key = matches!(self.open.last(), Some(Open { shape: Shape::Map { key: None, .. }, .. }));
        if !expects_key && matches!(kind, Some(Kind::Merge | Kind::Default)) {
            return Err(Diagnostic::error("yaml-syntax", "`<<` and `=` can only be keys")
                .at(node.span)
                .help("put quotes around the value")
                .into());
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
                None => *key = Some((node, kind)),
                Some((key, kind)) => {
                    let merge = kind == Some(Kind::Merge);
                    pairs.push(Pair { entry: entry(key, node, &mut self.keys)?, merge });
                }
            },
        }
        Ok(())
    }
}

fn not_a_pair(span: Span) -> Box<Diagnostic> {
    Diagnostic::error("yaml-syntax", "expected a mapping with one key").at(span).into()
}

fn entry(key: Yaml, value: Yaml, keys: &mut FxHashSet<Str>) -> Parsed<YamlEntry> {
    let YamlKind::Scalar(key_value) = key.kind else {
        return Err(Diagnostic::error("yaml-syntax", "a mapping's key cannot be a list or a mapping")
            .at(key.span)
            .help("put quotes around a value that begins with `{{`")
            .into());
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
