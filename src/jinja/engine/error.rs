//! What goes wrong in a template: the message Jinja2 or Python would give, the exact place, and
//! the macro calls that led there, gathered while the error travels outward.

use std::error::Error as StdError;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use minijinja::Value;

use super::run::Scope;
use super::suggest::Missing;
use super::syntax::Pos;
use crate::diag::nearest;

/// The class of an error, named after the Python exception that dbt would see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// `TemplateSyntaxError`: the text is not a template.
    Syntax,
    /// `TemplateAssertionError`: unknown filter, test, or misuse found before rendering.
    Assertion,
    /// `TemplateRuntimeError`.
    Runtime,
    /// `UndefinedError`.
    Undefined,
    /// `SecurityError`: the sandbox refused.
    Security,
    /// Python's `TypeError`.
    Type,
    /// Python's `ValueError`.
    Value,
    /// Python's `KeyError`.
    Key,
    /// Python's `IndexError`.
    Index,
    /// Python's `AttributeError`.
    Attribute,
    /// Python's `ZeroDivisionError`.
    ZeroDivision,
    /// Python's `OverflowError`.
    Overflow,
    /// Python's `RecursionError`: macro calls nested too deep.
    Recursion,
    /// dbt's `JinjaRenderingError`: a native marker (`as_bool`, `as_number`) that did not fit.
    Rendering,
    /// An error that a context function raised; see [`JinjaError::source_as`].
    External,
}

/// One place on the way from the failing expression out to the rendered template.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// Unique id of the macro, or the name given to the template.
    pub name: Arc<str>,
    /// The file name given to the engine.
    pub file: Arc<str>,
    /// Bytes of the file.
    pub span: Range<usize>,
    /// One-based.
    pub line: usize,
    /// One-based, in characters.
    pub column: usize,
}

/// A failed parse or render.
#[derive(Clone)]
pub struct JinjaError {
    /// As Jinja2, Python or the context function words it.
    pub message: String,
    pub kind: ErrorKind,
    /// Where it happened; `None` when no template text is involved.
    pub at: Option<Frame>,
    /// The calls that led there, innermost first; the failing place itself is not among them.
    pub frames: Vec<Frame>,
    /// What may have been meant.
    pub help: Option<String>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl JinjaError {
    /// An error of a context function, met outside of any template.
    pub fn of_function(error: minijinja::Error) -> JinjaError {
        Raise::from(error).into_public()
    }

    /// The error of type `E` that a context function raised, if that is what happened.
    pub fn source_as<E: StdError + 'static>(&self) -> Option<&E> {
        let mut current: &(dyn StdError + 'static) = self.source.as_deref()?;
        loop {
            if let Some(found) = current.downcast_ref::<E>() {
                return Some(found);
            }
            current = current.source()?;
        }
    }
}

impl fmt::Debug for JinjaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {self}", self.kind)
    }
}

impl fmt::Display for JinjaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if let Some(at) = &self.at {
            write!(f, "\n --> {}:{}:{}", at.file, at.line, at.column)?;
        }
        for frame in &self.frames {
            write!(f, "\n  called by `{}` at {}:{}:{}", frame.name, frame.file, frame.line, frame.column)?;
        }
        Ok(())
    }
}

impl StdError for JinjaError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}

/// The text an error points into: who owns it, and where it lies in which file.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    pub name: Arc<str>,
    pub file: Arc<str>,
    pub source: Arc<str>,
}

impl Origin {
    fn frame(&self, pos: Pos) -> Frame {
        let mut start = (pos.start as usize).min(self.source.len());
        while !self.source.is_char_boundary(start) {
            start -= 1;
        }
        let before = &self.source[..start];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Frame {
            name: self.name.clone(),
            file: self.file.clone(),
            span: start..(pos.end as usize).clamp(start, self.source.len()),
            line: before.bytes().filter(|byte| *byte == b'\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }
}

/// What interrupts evaluation: an error, or dbt's `return(value)` on its way to the macro call.
#[derive(Clone)]
enum Signal {
    Error { kind: ErrorKind, message: String, source: Option<Arc<dyn StdError + Send + Sync>> },
    Return(Value),
}

/// The internal error: cheap to pass along, and turned into a [`JinjaError`] at the engine's edge.
#[derive(Clone)]
pub(crate) struct Raise(Box<RaiseInner>);

#[derive(Clone)]
struct RaiseInner {
    signal: Signal,
    at: Option<(Origin, Pos)>,
    frames: Vec<(Origin, Pos)>,
    help: Option<String>,
    missing: Option<Missing>,
}

pub(crate) type R<T> = Result<T, Raise>;

impl Raise {
    fn from_signal(signal: Signal) -> Raise {
        Raise(Box::new(RaiseInner { signal, at: None, frames: vec![], help: None, missing: None }))
    }

    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Raise {
        Raise::from_signal(Signal::Error { kind, message: message.into(), source: None })
    }

    pub fn type_error(message: impl Into<String>) -> Raise {
        Raise::new(ErrorKind::Type, message)
    }

    pub fn value_error(message: impl Into<String>) -> Raise {
        Raise::new(ErrorKind::Value, message)
    }

    pub fn runtime(message: impl Into<String>) -> Raise {
        Raise::new(ErrorKind::Runtime, message)
    }

    /// dbt's `return(value)`.
    pub fn returning(value: Value) -> Raise {
        Raise::from_signal(Signal::Return(value))
    }

    /// The value of a `return`, or the error itself.
    pub fn into_return(self) -> R<Value> {
        match self.0.signal {
            Signal::Return(value) => Ok(value),
            Signal::Error { .. } => Err(self),
        }
    }

    pub fn is_kind(&self, wanted: ErrorKind) -> bool {
        matches!(&self.0.signal, Signal::Error { kind, .. } if *kind == wanted)
    }

    /// Whether this is an error that Python code would catch as an `Exception` of its own.
    pub fn message(&self) -> &str {
        match &self.0.signal {
            Signal::Error { message, .. } => message,
            Signal::Return(_) => "`return` outside of a macro",
        }
    }

    pub fn has_place(&self) -> bool {
        self.0.at.is_some()
    }

    /// How to get out of it.
    pub fn help(mut self, help: impl Into<String>) -> Raise {
        self.0.help = Some(help.into());
        self
    }

    /// The nearest of the names that could have been meant, as a hint.
    pub fn near<'n>(self, name: &str, known: impl IntoIterator<Item = &'n str>) -> Raise {
        match nearest(name, known) {
            Some(near) => self.help(format!("did you mean `{near}`?")),
            None => self,
        }
    }

    /// What was looked for.
    pub fn missing(mut self, missing: Option<Missing>) -> Raise {
        self.0.missing = missing;
        self
    }

    /// Finds the hint among the names of a render that failed.
    pub fn hinted(mut self, scope: &dyn Scope) -> Raise {
        if self.0.help.is_none() {
            self.0.help = self.0.missing.take().and_then(|missing| missing.hint(Some(scope)));
        }
        self
    }

    /// Sets the place unless an inner one is known.
    pub fn at(mut self, origin: &Origin, pos: Pos) -> Raise {
        if self.0.at.is_none() {
            self.0.at = Some((origin.clone(), pos));
        }
        self
    }

    /// Adds a caller.
    pub fn called_by(mut self, origin: &Origin, pos: Pos) -> Raise {
        // Endless recursion would otherwise repeat the same lines hundreds of times.
        if self.0.frames.len() < 64 {
            self.0.frames.push((origin.clone(), pos));
        }
        self
    }

    pub fn into_public(self) -> JinjaError {
        let inner = *self.0;
        let (kind, message, source) = match inner.signal {
            Signal::Error { kind, message, source } => (kind, message, source),
            Signal::Return(_) => (ErrorKind::Runtime, "`return` outside of a macro".to_string(), None),
        };
        JinjaError {
            message,
            kind,
            at: inner.at.map(|(origin, pos)| origin.frame(pos)),
            frames: inner.frames.iter().map(|(origin, pos)| origin.frame(*pos)).collect(),
            help: inner.help.or_else(|| inner.missing.and_then(|missing| missing.hint(None))),
            source,
        }
    }
}

impl fmt::Debug for Raise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl fmt::Display for Raise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl StdError for Raise {}

/// Out of the engine into a context function's error, losing nothing.
impl From<Raise> for minijinja::Error {
    fn from(raise: Raise) -> minijinja::Error {
        let message = raise.message().to_string();
        minijinja::Error::new(minijinja::ErrorKind::InvalidOperation, message).with_source(raise)
    }
}

/// Back from a context function.
impl From<minijinja::Error> for Raise {
    fn from(error: minijinja::Error) -> Raise {
        let mut current: Option<&(dyn StdError + 'static)> = error.source();
        while let Some(source) = current {
            if let Some(raise) = source.downcast_ref::<Raise>() {
                return raise.clone();
            }
            current = source.source();
        }
        let message = error.detail().map_or_else(|| error.kind().to_string(), str::to_string);
        let kind = match (error.source().is_some(), error.kind()) {
            (true, _) => ErrorKind::External,
            (false, minijinja::ErrorKind::MissingArgument | minijinja::ErrorKind::TooManyArguments) => {
                ErrorKind::Type
            }
            (false, minijinja::ErrorKind::UndefinedError) => ErrorKind::Undefined,
            _ => ErrorKind::External,
        };
        Raise::from_signal(Signal::Error { kind, message, source: Some(Arc::new(error)) })
    }
}
