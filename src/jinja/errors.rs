//! From a template's error to a diagnostic: place, macro stack, and a spelling hint.

use super::engine::{ErrorKind, Frame, JinjaError};
use crate::diag::Diagnostic;
use crate::source::{FileId, SourceMap, Span};

/// An error of a render. `node` is where the rendered template's text begins; macros are found by
/// the path under which their file was given to the engine.
pub fn diagnostic(error: &JinjaError, sources: &SourceMap, node: Option<Span>) -> Diagnostic {
    let place = |frame: &Frame| -> Option<Span> {
        match sources.find(&frame.file) {
            Some(file) => Some(Span::new(file, frame.span.start, frame.span.end)),
            None => node.map(|node| {
                let base = node.start as usize;
                Span::new(node.file, base + frame.span.start, base + frame.span.end)
            }),
        }
    };
    let mut found =
        Diagnostic::error(code(error), error.message.clone()).at(error.at.as_ref().and_then(place).or(node));
    found.help.extend(error.help.clone());
    for frame in &error.frames {
        found = found.frame(format!("called by {}", who(&frame.name)), place(frame));
    }
    found
}

/// `macro.package.name` → `macro `name``; what is no unique id stays as it is.
fn who(unique_id: &str) -> String {
    let mut parts = unique_id.splitn(3, '.');
    match (parts.next(), parts.nth(1)) {
        (Some(kind), Some(name)) => format!("{kind} `{name}`"),
        _ => format!("`{unique_id}`"),
    }
}

/// The error of a render inside of a context function, as that function's own.
pub fn nested(error: JinjaError) -> minijinja::Error {
    minijinja::Error::new(minijinja::ErrorKind::InvalidOperation, error.message.clone()).with_source(error)
}

/// An error of splitting or parsing one file.
pub fn diagnostic_in(error: &JinjaError, file: FileId) -> Diagnostic {
    let span =
        error.at.as_ref().map_or(Span::new(file, 0, 0), |at| Span::new(file, at.span.start, at.span.end));
    let mut found = Diagnostic::error(code(error), error.message.clone()).at(span);
    found.help.extend(error.help.clone());
    found
}

/// The code that an error has among diagnostics.
pub fn code(error: &JinjaError) -> &'static str {
    match error.kind {
        ErrorKind::Syntax | ErrorKind::Assertion => "jinja-syntax",
        ErrorKind::Undefined => "undefined-variable",
        ErrorKind::Recursion => "recursion-limit",
        ErrorKind::External if error.source_as::<super::context::exceptions::Raised>().is_some() => "raised",
        ErrorKind::Type => "invalid-arguments",
        _ => "jinja-error",
    }
}
