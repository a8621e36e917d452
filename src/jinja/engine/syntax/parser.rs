//! The token stream and the top of the grammar.

use std::ops::Range;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::Pos;
use super::ast::{Expr, ExprKind, NOWHERE, Name, Stmt, StmtKind, Sym, Var};
use super::lexer::{Tok, tokenize};
use crate::jinja::engine::error::{ErrorKind, Origin, R, Raise};

/// Nesting beyond this is refused, so that no stage that walks the tree runs out of stack.
pub(super) const MAX_DEPTH: usize = 120;
/// Longest chain of left-associative operators, filters or attribute accesses.
pub(super) const MAX_CHAIN: usize = 400;

pub(crate) struct Parser<'s> {
    pub(super) origin: &'s Origin,
    tokens: Vec<(Tok<'s>, Pos)>,
    error: Option<(Raise, Pos)>,
    at: usize,
    depth: usize,
    names: FxHashMap<&'s str, Sym>,
    /// How often each of [`SPECIAL`] has been named so far.
    pub(super) seen: [u32; 4],
    /// Tags that are open, for messages.
    pub(super) tags: Vec<&'s str>,
    /// What each open body waits for, for messages.
    pub(super) waiting: Vec<&'static [&'static str]>,
}

/// Names that a body gets for free, if it uses them.
pub(super) const SPECIAL: [&str; 4] = ["caller", "kwargs", "varargs", "loop"];

const EOF: Tok<'static> = Tok::Eof;

impl<'s> Parser<'s> {
    pub fn new(origin: &'s Origin, range: Range<usize>) -> R<Parser<'s>> {
        if u32::try_from(origin.source.len()).is_err() {
            return Err(Raise::new(ErrorKind::Syntax, "the file is larger than 4 GiB"));
        }
        let tokens = tokenize(&origin.source, range);
        let parser = Parser {
            origin,
            tokens: tokens.list,
            error: tokens.error,
            at: 0,
            depth: 0,
            names: FxHashMap::default(),
            seen: [0; 4],
            tags: vec![],
            waiting: vec![],
        };
        parser.check()?;
        Ok(parser)
    }

    /// Parses everything.
    pub fn template(mut self) -> R<Vec<Stmt>> {
        let body = self.body(&[])?;
        Ok(body)
    }

    pub(super) fn peek(&self) -> &Tok<'s> {
        self.tokens.get(self.at).map_or(&EOF, |(tok, _)| tok)
    }

    pub(super) fn look(&self) -> &Tok<'s> {
        self.tokens.get(self.at + 1).map_or(&EOF, |(tok, _)| tok)
    }

    pub(super) fn pos(&self) -> Pos {
        match self.tokens.get(self.at).or(self.tokens.last()) {
            Some((_, pos)) => *pos,
            None => Pos::default(),
        }
    }

    /// Position of the token before the current one.
    pub(super) fn previous(&self) -> Pos {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(Pos::default(), |(_, pos)| *pos)
    }

    /// The tokenizer's error surfaces when the parser reaches it, as Jinja2's lazy lexer does.
    fn check(&self) -> R<()> {
        match &self.error {
            Some((raise, pos)) if self.at >= self.tokens.len() => Err(raise.clone().at(self.origin, *pos)),
            _ => Ok(()),
        }
    }

    pub(super) fn advance(&mut self) -> R<(Tok<'s>, Pos)> {
        let pos = self.pos();
        let tok = match self.tokens.get_mut(self.at) {
            Some((tok, _)) => match tok {
                // Kept, because messages and lookbehind read it again.
                Tok::Name(_) | Tok::Op(_) => tok.clone(),
                tok => std::mem::replace(tok, Tok::Eof),
            },
            None => Tok::Eof,
        };
        self.at += 1;
        self.check()?;
        Ok((tok, pos))
    }

    pub(super) fn is_op(&self, op: &str) -> bool {
        matches!(self.peek(), Tok::Op(found) if *found == op)
    }

    pub(super) fn is_name(&self, name: &str) -> bool {
        matches!(self.peek(), Tok::Name(found) if *found == name)
    }

    pub(super) fn skip_op(&mut self, op: &str) -> R<bool> {
        let found = self.is_op(op);
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    pub(super) fn skip_name(&mut self, name: &str) -> R<bool> {
        let found = self.is_name(name);
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    pub(super) fn expect_op(&mut self, op: &str) -> R<Pos> {
        if self.is_op(op) { Ok(self.advance()?.1) } else { Err(self.expected(op)) }
    }

    pub(super) fn expect_word(&mut self, word: &str) -> R<Pos> {
        if self.is_name(word) { Ok(self.advance()?.1) } else { Err(self.expected(word)) }
    }

    pub(super) fn expect_name(&mut self) -> R<(&'s str, Pos)> {
        if let Tok::Name(name) = *self.peek() {
            let (_, pos) = self.advance()?;
            return Ok((name, pos));
        }
        Err(self.expected("name"))
    }

    pub(super) fn expect_end(&mut self, variable: bool) -> R<Pos> {
        let wanted = if variable { Tok::VarEnd } else { Tok::BlockEnd };
        if *self.peek() == wanted { Ok(self.advance()?.1) } else { Err(self.expected(wanted.describe())) }
    }

    fn expected(&self, what: &str) -> Raise {
        match self.peek() {
            Tok::Eof => self.fail(format!("unexpected end of template, expected '{what}'.")),
            tok => self.fail(format!("expected token '{what}', got {}", quoted(tok.describe()))),
        }
    }

    pub(super) fn fail(&self, message: impl Into<String>) -> Raise {
        self.fail_at(message, self.pos())
    }

    pub(super) fn fail_at(&self, message: impl Into<String>, pos: Pos) -> Raise {
        Raise::new(ErrorKind::Syntax, message).at(self.origin, pos)
    }

    /// Runs `parse` one level deeper.
    pub(super) fn nested<T>(&mut self, parse: impl FnOnce(&mut Self) -> R<T>) -> R<T> {
        if self.depth >= MAX_DEPTH {
            return Err(self.fail("the template is nested too deep"));
        }
        self.depth += 1;
        let parsed = parse(self);
        self.depth -= 1;
        parsed
    }

    pub(super) fn chain(&self, length: &mut usize) -> R<()> {
        *length += 1;
        if *length > MAX_CHAIN { Err(self.fail("the expression is too long")) } else { Ok(()) }
    }

    pub(super) fn sym(&mut self, name: &'s str) -> Sym {
        self.names.entry(name).or_insert_with(|| Arc::from(name)).clone()
    }

    pub(super) fn name(&mut self, name: &'s str) -> Name {
        if let Some(at) = SPECIAL.iter().position(|special| *special == name) {
            self.seen[at] += 1;
        }
        Name { sym: self.sym(name), var: Var::Unresolved, next: NOWHERE }
    }

    pub(super) fn stmt(&self, kind: StmtKind, start: Pos) -> Stmt {
        Stmt { kind, pos: start.to(self.previous()) }
    }

    pub(super) fn expr(&self, kind: ExprKind, start: Pos) -> Expr {
        Expr { kind, pos: start.to(self.previous()) }
    }
}

/// Python's `repr` of a token's description.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    crate::value::write_str_repr(text, &mut out);
    out
}
