//! Exit codes, and the one place where diagnostics are printed.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use crate::diag::{Diagnostic, render};
use crate::source::SourceMap;

/// How an invocation ended. The codes are dbt's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    Fine = 0,
    /// A node failed, or a test.
    NodeFailed = 1,
    /// The invocation was stopped: wrong arguments, or an error in the project.
    Stopped = 2,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

/// Prints to stderr; warnings first, so that an error stands last.
pub fn print_diagnostics(mut diagnostics: Vec<Diagnostic>, sources: &SourceMap) {
    let mut stderr = std::io::stderr().lock();
    let color = stderr.is_terminal();
    diagnostics.sort_by_key(|diagnostic| diagnostic.severity);
    for diagnostic in diagnostics {
        // Nobody is left to tell when stderr is closed.
        let _ = writeln!(stderr, "{}", render::human(&diagnostic, sources, color));
    }
}
