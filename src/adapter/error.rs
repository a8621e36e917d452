//! What can go wrong between here and a warehouse.

use std::fmt;

/// A place in the SQL that was sent: one-based line and column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

impl Position {
    /// The place behind `text`, which begins here.
    pub fn behind(self, text: &str) -> Position {
        let last = text.rsplit('\n').next().unwrap_or_default().chars().count();
        match text.matches('\n').count() {
            0 => Position { column: self.column + last, ..self },
            breaks => Position { line: self.line + breaks, column: last + 1 },
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The warehouse refused or failed the statement.
    Database,
    /// No driver library where one was looked for, or it does not load.
    MissingDriver,
    /// The profile's keys contradict each other or lack something.
    Profile,
    /// The connection could not be opened.
    Connect,
    /// Another process holds the database file.
    Locked,
    /// The statement was cancelled from here.
    Cancelled,
    /// There is no warehouse at hand, and an answer is needed.
    Unconnected,
    /// Misuse of the layer, or of dbt's interface to it.
    Runtime,
}

/// An error of the warehouse layer. `message` is the database's own text where there is one.
#[derive(Clone, Debug, PartialEq)]
pub struct AdapterError {
    pub kind: ErrorKind,
    pub message: String,
    /// How to get out of it, a line each.
    pub help: Vec<String>,
    /// Where in the statement, when the database says so.
    pub position: Option<Position>,
}

pub type Result<T> = std::result::Result<T, AdapterError>;

impl AdapterError {
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> AdapterError {
        AdapterError { kind, message: message.into(), help: vec![], position: None }
    }

    pub fn runtime(message: impl Into<String>) -> AdapterError {
        AdapterError::new(ErrorKind::Runtime, message)
    }

    pub fn profile(message: impl Into<String>) -> AdapterError {
        AdapterError::new(ErrorKind::Profile, message)
    }

    pub fn help(mut self, help: impl Into<String>) -> AdapterError {
        self.help.push(help.into());
        self
    }
}

impl fmt::Display for AdapterError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl std::error::Error for AdapterError {}

impl From<AdapterError> for crate::diag::Diagnostic {
    fn from(error: AdapterError) -> crate::diag::Diagnostic {
        let code = match error.kind {
            ErrorKind::Database => "database-error",
            ErrorKind::MissingDriver => "missing-driver",
            ErrorKind::Profile => "profile-error",
            ErrorKind::Connect => "connection-failed",
            ErrorKind::Locked => "database-locked",
            ErrorKind::Cancelled => "cancelled",
            ErrorKind::Unconnected => "needs-warehouse",
            ErrorKind::Runtime => "runtime-error",
        };
        let diagnostic = crate::diag::Diagnostic::error(code, error.message);
        error.help.into_iter().fold(diagnostic, |diagnostic, help| diagnostic.help(help))
    }
}
