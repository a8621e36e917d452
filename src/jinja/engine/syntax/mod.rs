//! From text to tree: Jinja2's lexer and grammar with dbt's additions, name resolution, and the
//! static readings dbt takes of a template.

pub(crate) mod ast;
pub(crate) mod calls;
mod dump;
mod expressions;
mod lexer;
mod parser;
mod scope;
mod signature;
pub(crate) mod split;
mod statements;
mod strings;

pub(crate) use lexer::is_space;
pub(crate) use strings::unescape;

use std::sync::Arc;

use super::error::{Origin, R};

/// A byte range of the file a template came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pos {
    pub start: u32,
    pub end: u32,
}

impl Pos {
    pub fn to(self, end: Pos) -> Pos {
        Pos { start: self.start, end: end.end.max(self.start) }
    }
}

/// Reads the opening tag of a block at bytes `range`: its name and parameters.
pub(crate) fn head(origin: &Origin, range: std::ops::Range<usize>) -> R<signature::Head<'_>> {
    parser::Parser::new(origin, range)?.head()
}

/// Parses bytes `range` of the origin's text as one template and resolves its names.
pub(crate) fn parse(origin: &Origin, range: std::ops::Range<usize>) -> R<Arc<ast::Code>> {
    let body = parser::Parser::new(origin, range)?.template()?;
    scope::resolve(origin, body).map(Arc::new)
}
