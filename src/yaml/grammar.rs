//! Tokens to nodes: the productions of YAML 1.1, as libyaml has them.

use rustc_hash::FxHashMap;

use super::build::Builder;
use super::scan::{Scanner, TokenKind};
use crate::diag::Diagnostic;

/// What an anchor and a tag say of the node that follows.
#[derive(Default)]
pub struct Properties<'t> {
    pub anchor: Option<&'t str>,
    /// Resolved; `!` for a lone `!`.
    pub tag: Option<String>,
    /// Where the first of them begins.
    pub start: Option<usize>,
}

/// The collections that a node can open, by their context.
#[derive(Clone, Copy, PartialEq)]
enum Context {
    Block,
    /// Within a block mapping a list need not be indented.
    BlockOrIndentless,
    Flow,
}

pub struct Grammar<'t> {
    scanner: Scanner<'t>,
    builder: Builder<'t>,
    tags: FxHashMap<&'t str, String>,
}

/// Boxed, because a result lies in every frame of the recursion.
type Parsed<T> = Result<T, Box<Diagnostic>>;

impl<'t> Grammar<'t> {
    pub fn new(text: &'t str, builder: Builder<'t>) -> Grammar<'t> {
        Grammar { scanner: Scanner::new(text), builder, tags: FxHashMap::default() }
    }

    /// Reads the one document that the text may hold.
    pub fn run(mut self) -> Parsed<Builder<'t>> {
        use TokenKind::{DocumentEnd, DocumentStart, StreamEnd, TagDirective, VersionDirective};
        let explicit =
            self.at(|kind| matches!(kind, VersionDirective { .. } | TagDirective { .. } | DocumentStart))?;
        if self.at(|kind| *kind == StreamEnd)? {
            return Ok(self.builder);
        }
        if explicit {
            self.directives()?;
        }
        let empty = explicit
            && self.at(|kind| {
                matches!(
                    kind,
                    VersionDirective { .. } | TagDirective { .. } | DocumentStart | DocumentEnd | StreamEnd
                )
            })?;
        if empty {
            self.empty(Properties::default())?;
        } else {
            self.node(Context::Block)?;
        }
        while self.at(|kind| *kind == DocumentEnd)? {
            self.skip();
        }
        if self.at(|kind| *kind == StreamEnd)? {
            return Ok(self.builder);
        }
        let second =
            self.at(|kind| matches!(kind, VersionDirective { .. } | TagDirective { .. } | DocumentStart))?;
        if second {
            let help = "remove the `---` line or move what follows to a file of its own";
            self.unexpected("expected one YAML document, found a second", help)?;
        }
        self.unexpected("expected the end of the document", "check the indentation of this line")?;
        Ok(self.builder)
    }

    fn directives(&mut self) -> Parsed<()> {
        let mut version = false;
        loop {
            let token = self.peek()?;
            let (start, end) = (token.start, token.end);
            let problem = match &token.kind {
                TokenKind::VersionDirective { .. } if version => Some("a second `%YAML` directive"),
                TokenKind::VersionDirective { major: 1, minor: 1 | 2 } => {
                    version = true;
                    None
                }
                TokenKind::VersionDirective { .. } => Some("only YAML 1.1 and 1.2 are read"),
                TokenKind::TagDirective { handle, prefix } => {
                    let (handle, prefix) = (*handle, prefix.clone());
                    self.tags.insert(handle, prefix).map(|_| "a second `%TAG` directive for this handle")
                }
                TokenKind::DocumentStart => {
                    self.skip();
                    return Ok(());
                }
                _ => Some("expected `---` after the directives"),
            };
            if let Some(problem) = problem {
                return Err(self.builder.error_at(start, end, problem));
            }
            self.skip();
        }
    }

    fn peek(&mut self) -> Parsed<&super::scan::Token<'t>> {
        self.scanner.peek().map_err(|error| self.builder.scan_error(error))
    }

    fn at(&mut self, test: impl Fn(&TokenKind<'t>) -> bool) -> Parsed<bool> {
        Ok(test(&self.peek()?.kind))
    }

    fn skip(&mut self) {
        self.scanner.take();
    }

    fn unexpected(&mut self, message: &str, help: &str) -> Parsed<()> {
        let token = self.peek()?;
        let (start, end) = (token.start, token.end);
        let mut error = self.builder.error_at(start, end, message);
        error.help.extend((!help.is_empty()).then(|| help.to_string()));
        Err(error)
    }

    fn node(&mut self, context: Context) -> Parsed<()> {
        let token = self.peek()?;
        if let TokenKind::Alias(name) = token.kind {
            let (start, end) = (token.start, token.end);
            self.skip();
            return self.builder.alias(name, start, end);
        }
        let properties = self.properties()?;
        let token = self.peek()?;
        let (start, end) = (token.start, token.end);
        let in_block = context != Context::Flow;
        match &token.kind {
            TokenKind::BlockEntry if context == Context::BlockOrIndentless => {
                self.builder.begin_list(properties, start)?;
                self.indentless_sequence()
            }
            TokenKind::Scalar { .. } => match self.scanner.take().map(|token| token.kind) {
                Some(TokenKind::Scalar { text, plain }) => {
                    self.builder.scalar(&text, plain, properties, (start, end))
                }
                _ => Ok(()),
            },
            TokenKind::FlowSequenceStart => {
                self.builder.begin_list(properties, start)?;
                self.flow_sequence()
            }
            TokenKind::FlowMappingStart => {
                self.builder.begin_map(properties, start)?;
                self.flow_mapping()
            }
            TokenKind::BlockSequenceStart if in_block => {
                self.builder.begin_list(properties, start)?;
                self.block_sequence()
            }
            TokenKind::BlockMappingStart if in_block => {
                self.builder.begin_map(properties, start)?;
                self.block_mapping()
            }
            _ if properties.start.is_some() => self.empty(properties),
            _ => Err(self.builder.error_at(start, end, "expected a value here")),
        }
    }

    fn properties(&mut self) -> Parsed<Properties<'t>> {
        let mut properties = Properties::default();
        loop {
            let token = self.peek()?;
            let (start, end) = (token.start, token.end);
            match &token.kind {
                TokenKind::Anchor(name) if properties.anchor.is_none() => properties.anchor = Some(*name),
                TokenKind::Tag { handle, suffix } if properties.tag.is_none() => {
                    let (handle, suffix) = (*handle, suffix.clone());
                    properties.tag = Some(self.full_tag(handle, &suffix, start, end)?);
                }
                _ => return Ok(properties),
            }
            properties.start.get_or_insert(start);
            self.skip();
        }
    }

    fn full_tag(&self, handle: &str, suffix: &str, start: usize, end: usize) -> Parsed<String> {
        let prefix = match (self.tags.get(handle), handle) {
            (Some(prefix), _) => prefix,
            (None, "" | "!") => handle,
            (None, "!!") => super::build::CORE,
            (None, _) => {
                return Err(self.builder.error_at(
                    start,
                    end,
                    format!("the tag handle `{handle}` is not defined"),
                ));
            }
        };
        Ok(format!("{prefix}{suffix}"))
    }

    /// A node that is not written, where the next token begins.
    fn empty(&mut self, mut properties: Properties<'t>) -> Parsed<()> {
        if properties.tag.as_deref() == Some("!") {
            properties.tag = Some(format!("{}str", super::build::CORE));
        }
        let next = self.peek()?.start;
        let at = properties.start.unwrap_or(next);
        self.builder.scalar("", true, properties, (at, at))
    }

    fn node_unless(&mut self, context: Context, ends: impl Fn(&TokenKind<'t>) -> bool) -> Parsed<()> {
        if self.at(ends)? { self.empty(Properties::default()) } else { self.node(context) }
    }

    fn block_sequence(&mut self) -> Parsed<()> {
        use TokenKind::{BlockEnd, BlockEntry};
        self.skip();
        while self.at(|kind| *kind == BlockEntry)? {
            self.skip();
            self.node_unless(Context::Block, |kind| matches!(kind, BlockEntry | BlockEnd))?;
        }
        if !self.at(|kind| *kind == BlockEnd)? {
            self.unexpected("expected `-` for the next list item", "check the indentation")?;
        }
        self.skip();
        self.builder.close(None)
    }

    fn indentless_sequence(&mut self) -> Parsed<()> {
        use TokenKind::{BlockEnd, BlockEntry, Key, Value};
        while self.at(|kind| *kind == BlockEntry)? {
            self.skip();
            self.node_unless(Context::Block, |kind| matches!(kind, BlockEntry | Key | Value | BlockEnd))?;
        }
        self.builder.close(None)
    }

    fn block_mapping(&mut self) -> Parsed<()> {
        use TokenKind::{BlockEnd, Key, Value};
        self.skip();
        while self.at(|kind| *kind == Key)? {
            self.skip();
            let ends = |kind: &TokenKind| matches!(kind, Key | Value | BlockEnd);
            self.node_unless(Context::BlockOrIndentless, ends)?;
            if self.at(|kind| *kind == Value)? {
                self.skip();
                self.node_unless(Context::BlockOrIndentless, ends)?;
            } else {
                self.empty(Properties::default())?;
            }
        }
        if !self.at(|kind| *kind == BlockEnd)? {
            self.unexpected("expected a key here", "check the indentation")?;
        }
        self.skip();
        self.builder.close(None)
    }

    fn flow_sequence(&mut self) -> Parsed<()> {
        use TokenKind::{FlowSequenceEnd, Key};
        self.skip();
        let mut first = true;
        while !self.at(|kind| *kind == FlowSequenceEnd)? {
            if !std::mem::take(&mut first) {
                self.flow_comma("expected `,` or `]`")?;
            }
            if self.at(|kind| *kind == Key)? {
                self.flow_pair()?;
            } else if !self.at(|kind| *kind == FlowSequenceEnd)? {
                self.node(Context::Flow)?;
            }
        }
        let end = self.peek()?.end;
        self.skip();
        self.builder.close(Some(end))
    }

    fn flow_comma(&mut self, message: &str) -> Parsed<()> {
        if !self.at(|kind| *kind == TokenKind::FlowEntry)? {
            self.unexpected(message, "")?;
        }
        self.skip();
        Ok(())
    }

    /// `[key: value]`: a mapping of one pair inside a flow list.
    fn flow_pair(&mut self) -> Parsed<()> {
        use TokenKind::{FlowEntry, FlowSequenceEnd, Value};
        let start = self.peek()?.start;
        self.skip();
        self.builder.begin_map(Properties::default(), start)?;
        if self.at(|kind| matches!(kind, Value | FlowEntry | FlowSequenceEnd))? {
            // libyaml drops this token, so that only `[? : x]` without a value after it is read.
            self.empty(Properties::default())?;
            self.skip();
        } else {
            self.node(Context::Flow)?;
        }
        if self.at(|kind| *kind == Value)? {
            self.skip();
            self.node_unless(Context::Flow, |kind| matches!(kind, FlowEntry | FlowSequenceEnd))?;
        } else {
            self.empty(Properties::default())?;
        }
        self.builder.close(None)
    }

    fn flow_mapping(&mut self) -> Parsed<()> {
        use TokenKind::{FlowEntry, FlowMappingEnd, Key, Value};
        self.skip();
        let mut first = true;
        while !self.at(|kind| *kind == FlowMappingEnd)? {
            if !std::mem::take(&mut first) {
                self.flow_comma("expected `,` or `}`")?;
            }
            if self.at(|kind| *kind == Key)? {
                self.skip();
                self.node_unless(Context::Flow, |kind| matches!(kind, Value | FlowEntry | FlowMappingEnd))?;
                if self.at(|kind| *kind == Value)? {
                    self.skip();
                    self.node_unless(Context::Flow, |kind| matches!(kind, FlowEntry | FlowMappingEnd))?;
                } else {
                    self.empty(Properties::default())?;
                }
            } else if !self.at(|kind| *kind == FlowMappingEnd)? {
                self.node(Context::Flow)?;
                self.empty(Properties::default())?;
            }
        }
        let end = self.peek()?.end;
        self.skip();
        self.builder.close(Some(end))
    }
}
