//! Text to tokens, as libyaml (which PyYAML's C loader runs on) cuts them.
//!
//! Why an own scanner: crates read YAML 1.2, which differs in tabs, flow collections, block scalars
//! at a file's end and more; projects that Python reads must read the same here
//! (docs/decisions/0002-yaml.md).

mod block_scalar;
mod cursor;
mod names;
mod plain;
mod quoted;

use std::borrow::Cow;
use std::collections::VecDeque;

use cursor::Cursor;

/// A problem and the byte range it stands at.
#[derive(Debug)]
pub struct ScanError {
    pub start: usize,
    pub end: usize,
    pub message: String,
    pub help: Option<&'static str>,
}

pub type Scan<T> = Result<T, ScanError>;

#[derive(Debug, PartialEq)]
pub enum TokenKind<'t> {
    StreamEnd,
    VersionDirective { major: u32, minor: u32 },
    TagDirective { handle: &'t str, prefix: String },
    DocumentStart,
    DocumentEnd,
    BlockSequenceStart,
    BlockMappingStart,
    BlockEnd,
    FlowSequenceStart,
    FlowSequenceEnd,
    FlowMappingStart,
    FlowMappingEnd,
    BlockEntry,
    FlowEntry,
    Key,
    Value,
    Alias(&'t str),
    Anchor(&'t str),
    Tag { handle: &'t str, suffix: String },
    Scalar { text: Cow<'t, str>, plain: bool },
}

#[derive(Debug)]
pub struct Token<'t> {
    pub kind: TokenKind<'t>,
    pub start: usize,
    pub end: usize,
}

/// Where a key without `?` may have begun; known only once its `:` comes.
#[derive(Clone, Copy, Default)]
struct SimpleKey {
    possible: bool,
    /// Nothing but a key can stand here.
    required: bool,
    token_number: usize,
    line: usize,
    column: usize,
    start: usize,
}

/// A simple key is at most this many characters long.
const MAX_KEY_LENGTH: usize = 1024;

pub struct Scanner<'t> {
    at: Cursor<'t>,
    queue: VecDeque<Token<'t>>,
    /// Tokens handed out so far.
    taken: usize,
    done: bool,
    /// Column of the innermost open block collection; -1 outside of any.
    indent: isize,
    indents: Vec<isize>,
    flow_level: usize,
    simple_key_allowed: bool,
    /// One for the block context, one more for each open flow collection.
    simple_keys: Vec<SimpleKey>,
}

impl<'t> Scanner<'t> {
    pub fn new(text: &'t str) -> Scanner<'t> {
        Scanner {
            at: Cursor::new(text),
            queue: VecDeque::new(),
            taken: 0,
            done: false,
            indent: -1,
            indents: vec![],
            flow_level: 0,
            simple_key_allowed: true,
            simple_keys: vec![SimpleKey::default()],
        }
    }

    /// The next token, left in place.
    pub fn peek(&mut self) -> Scan<&Token<'t>> {
        self.fill()?;
        // `fill` leaves a token unless the stream has ended, and the parser stops there.
        self.queue.front().ok_or_else(|| ScanError {
            start: self.at.pos,
            end: self.at.pos,
            message: "the text ends too early".into(),
            help: None,
        })
    }

    /// Takes the token that `peek` showed.
    pub fn take(&mut self) -> Option<Token<'t>> {
        let token = self.queue.pop_front()?;
        self.taken += 1;
        Some(token)
    }

    fn fill(&mut self) -> Scan<()> {
        while !self.done && self.needs_more()? {
            self.fetch()?;
        }
        Ok(())
    }

    /// More text must be read while the first token may turn out to be a key.
    fn needs_more(&mut self) -> Scan<bool> {
        if self.queue.is_empty() {
            return Ok(true);
        }
        for index in 0..self.simple_keys.len() {
            if self.key_is_valid(index)? && self.simple_keys[index].token_number == self.taken {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn key_is_valid(&mut self, index: usize) -> Scan<bool> {
        let Some(key) = self.simple_keys.get_mut(index).filter(|key| key.possible) else { return Ok(false) };
        let long = self.at.pos - key.start > MAX_KEY_LENGTH
            && self.at.text[key.start..self.at.pos].chars().count() > MAX_KEY_LENGTH;
        if key.line == self.at.line && !long {
            return Ok(true);
        }
        if key.required {
            return Err(missing_colon(&self.at, key.start));
        }
        key.possible = false;
        Ok(false)
    }

    fn push(&mut self, kind: TokenKind<'t>, start: usize) {
        self.queue.push_back(Token { kind, start, end: self.at.pos });
    }

    fn fetch(&mut self) -> Scan<()> {
        self.skip_to_token();
        self.unroll_indent(self.at.column() as isize);
        let at = self.at;
        let in_flow = self.flow_level > 0;
        let Some(byte) = at.byte(0) else { return self.fetch_stream_end() };
        if at.column() == 0 {
            if byte == b'%' {
                return self.fetch_directive();
            }
            if at.at_document_indicator() {
                return self.fetch_document_indicator(byte == b'-');
            }
        }
        match byte {
            b'[' => self.fetch_flow_start(TokenKind::FlowSequenceStart),
            b'{' => self.fetch_flow_start(TokenKind::FlowMappingStart),
            b']' => self.fetch_flow_end(TokenKind::FlowSequenceEnd),
            b'}' => self.fetch_flow_end(TokenKind::FlowMappingEnd),
            b',' => self.fetch_flow_entry(),
            b'-' if at.blank_or_end(1) => self.fetch_block_entry(),
            b'?' if in_flow || at.blank_or_end(1) => self.fetch_key(),
            b':' if in_flow || at.blank_or_end(1) => self.fetch_value(),
            b'*' | b'&' => self.fetch_anchor(byte == b'*'),
            b'!' => self.fetch_tag(),
            b'|' | b'>' if !in_flow => self.fetch_block_scalar(byte == b'|'),
            b'\'' | b'"' => self.fetch_quoted(byte == b'\''),
            b'-' if !matches!(at.byte(1), Some(b' ' | b'\t')) => self.fetch_plain(),
            b'?' | b':' if !in_flow && !at.blank_or_end(1) => self.fetch_plain(),
            b' ' | b'\t' | b'-' | b'?' | b':' | b'#' | b'|' | b'>' | b'%' | b'@' | b'`' => {
                Err(self.bad_start())
            }
            _ => self.fetch_plain(),
        }
    }

    fn bad_start(&self) -> ScanError {
        let shown = self.at.char().map_or_else(String::new, |c| c.escape_debug().to_string());
        let help = match self.at.byte(0) {
            Some(b'\t') => "indent with spaces: YAML does not allow tabs here",
            _ => "put quotes around the value",
        };
        self.error_here(format!("`{shown}` cannot begin a value")).with_help(help)
    }

    /// Skips blanks, comments and line breaks. A tab counts as a blank only where no block
    /// collection can begin.
    fn skip_to_token(&mut self) {
        loop {
            let tabs = self.flow_level > 0 || !self.simple_key_allowed;
            while self.at.byte(0).is_some_and(|byte| byte == b' ' || (tabs && byte == b'\t')) {
                self.at.advance(1);
            }
            if self.at.byte(0) == Some(b'#') {
                self.at.skip_line_rest();
            }
            if !self.at.skip_break() {
                return;
            }
            if self.flow_level == 0 {
                self.simple_key_allowed = true;
            }
        }
    }

    fn save_simple_key(&mut self) -> Scan<()> {
        let required = self.flow_level == 0 && self.indent == self.at.column() as isize;
        if self.simple_key_allowed {
            self.remove_simple_key()?;
            let key = SimpleKey {
                possible: true,
                required,
                token_number: self.taken + self.queue.len(),
                line: self.at.line,
                column: self.at.column(),
                start: self.at.pos,
            };
            if let Some(top) = self.simple_keys.last_mut() {
                *top = key;
            }
        }
        Ok(())
    }

    fn remove_simple_key(&mut self) -> Scan<()> {
        if let Some(top) = self.simple_keys.last_mut() {
            if top.possible && top.required {
                return Err(missing_colon(&self.at, top.start));
            }
            top.possible = false;
        }
        Ok(())
    }

    /// Opens a block collection when the column lies deeper than the one around it.
    fn roll_indent(&mut self, column: usize, kind: TokenKind<'t>, start: usize, place: Option<usize>) {
        if self.flow_level > 0 || self.indent >= column as isize {
            return;
        }
        self.indents.push(self.indent);
        self.indent = column as isize;
        let token = Token { kind, start, end: start };
        match place {
            Some(number) => self.queue.insert(number - self.taken, token),
            None => self.queue.push_back(token),
        }
    }

    fn unroll_indent(&mut self, column: isize) {
        if self.flow_level > 0 {
            return;
        }
        while self.indent > column {
            self.push(TokenKind::BlockEnd, self.at.pos);
            self.indent = self.indents.pop().unwrap_or(-1);
        }
    }

    fn fetch_stream_end(&mut self) -> Scan<()> {
        self.unroll_indent(-1);
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        self.push(TokenKind::StreamEnd, self.at.pos);
        self.done = true;
        Ok(())
    }

    fn fetch_directive(&mut self) -> Scan<()> {
        self.unroll_indent(-1);
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.at.pos;
        let kind = self.scan_directive()?;
        self.push(kind, start);
        Ok(())
    }

    fn fetch_document_indicator(&mut self, begins: bool) -> Scan<()> {
        self.unroll_indent(-1);
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.at.pos;
        self.at.advance(3);
        self.push(if begins { TokenKind::DocumentStart } else { TokenKind::DocumentEnd }, start);
        Ok(())
    }

    fn fetch_flow_start(&mut self, kind: TokenKind<'t>) -> Scan<()> {
        self.save_simple_key()?;
        self.simple_keys.push(SimpleKey::default());
        self.flow_level += 1;
        self.simple_key_allowed = true;
        self.indicator(kind);
        Ok(())
    }

    fn fetch_flow_end(&mut self, kind: TokenKind<'t>) -> Scan<()> {
        self.remove_simple_key()?;
        if self.flow_level > 0 {
            self.flow_level -= 1;
            self.simple_keys.pop();
        }
        self.simple_key_allowed = false;
        self.indicator(kind);
        Ok(())
    }

    fn fetch_flow_entry(&mut self) -> Scan<()> {
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        self.indicator(TokenKind::FlowEntry);
        Ok(())
    }

    fn fetch_block_entry(&mut self) -> Scan<()> {
        if self.flow_level == 0 {
            if !self.simple_key_allowed {
                return Err(self
                    .error_here("a list item cannot begin here")
                    .with_help("put the `-` on a line of its own, or quotes around the value"));
            }
            self.roll_indent(self.at.column(), TokenKind::BlockSequenceStart, self.at.pos, None);
        }
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        self.indicator(TokenKind::BlockEntry);
        Ok(())
    }

    fn fetch_key(&mut self) -> Scan<()> {
        if self.flow_level == 0 {
            if !self.simple_key_allowed {
                return Err(self.error_here("a mapping key cannot begin here"));
            }
            self.roll_indent(self.at.column(), TokenKind::BlockMappingStart, self.at.pos, None);
        }
        self.remove_simple_key()?;
        self.simple_key_allowed = self.flow_level == 0;
        self.indicator(TokenKind::Key);
        Ok(())
    }

    fn fetch_value(&mut self) -> Scan<()> {
        let top = self.simple_keys.len().saturating_sub(1);
        if self.key_is_valid(top)? {
            let key = self.simple_keys[top];
            let token = Token { kind: TokenKind::Key, start: key.start, end: key.start };
            self.queue.insert(key.token_number - self.taken, token);
            self.roll_indent(key.column, TokenKind::BlockMappingStart, key.start, Some(key.token_number));
            self.simple_keys[top].possible = false;
            self.simple_key_allowed = false;
        } else {
            if self.flow_level == 0 {
                if !self.simple_key_allowed {
                    return Err(self
                        .error_here("a `:` cannot stand here")
                        .with_help("put quotes around a value that holds `: `"));
                }
                self.roll_indent(self.at.column(), TokenKind::BlockMappingStart, self.at.pos, None);
            }
            self.simple_key_allowed = self.flow_level == 0;
        }
        self.indicator(TokenKind::Value);
        Ok(())
    }

    fn indicator(&mut self, kind: TokenKind<'t>) {
        let start = self.at.pos;
        self.at.advance(1);
        self.push(kind, start);
    }

    fn error_here(&self, message: impl Into<String>) -> ScanError {
        let end = self.at.char().map_or(self.at.pos, |c| self.at.pos + c.len_utf8());
        ScanError { start: self.at.pos, end, message: message.into(), help: None }
    }
}

impl ScanError {
    fn with_help(mut self, help: &'static str) -> ScanError {
        self.help = Some(help);
        self
    }
}

/// The problem is shown at the line that should have been a key.
fn missing_colon(at: &Cursor, start: usize) -> ScanError {
    let end = at.text[start..].find('\n').map_or(at.text.len(), |length| start + length);
    let message = "expected a key followed by `:`".into();
    ScanError { start, end, message, help: Some("check the indentation and the quotes of this line") }
}
