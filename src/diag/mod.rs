//! Diagnostics: what went wrong, where, and how to get out of it.
//!
//! A stage pushes [`Diagnostic`]s to a [`Sink`] and returns what it could; printing lives in
//! [`render`]. Codes are stable names, explained in docs/errors.md.

mod hints;
pub mod render;

use std::sync::Mutex;

use crate::source::Span;
use crate::value::{Map, Value};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Note,
    Warning,
    Error,
}

/// One step of the way from the failing place out to the node: `called by macro …`.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    pub what: String,
    pub span: Option<Span>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostic {
    /// Stable kebab-case name, for example `undefined-variable`.
    pub code: &'static str,
    pub severity: Severity,
    /// One short sentence, names in backticks.
    pub message: String,
    pub span: Option<Span>,
    /// A word beside the caret.
    pub label: Option<String>,
    pub help: Vec<String>,
    pub notes: Vec<String>,
    pub trace: Vec<Frame>,
    /// Unique id of the node concerned.
    pub node: Option<String>,
    /// The name of dbt's event for this message (`MainEncounteredError`, `NoNodesForSelectionCriteria`, …).
    pub event: Option<&'static str>,
    /// The event's named values, where dbt's event has some.
    pub data: Map,
}

impl Diagnostic {
    pub fn error(code: &'static str, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Severity::Error, code, message.into())
    }

    pub fn warning(code: &'static str, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Severity::Warning, code, message.into())
    }

    fn new(severity: Severity, code: &'static str, message: String) -> Diagnostic {
        Diagnostic {
            code,
            severity,
            message,
            span: None,
            label: None,
            help: vec![],
            notes: vec![],
            trace: vec![],
            node: None,
            event: None,
            data: Map::default(),
        }
    }

    pub fn at(mut self, span: impl Into<Option<Span>>) -> Diagnostic {
        self.span = span.into();
        self
    }

    pub fn label(mut self, label: impl Into<String>) -> Diagnostic {
        self.label = Some(label.into());
        self
    }

    pub fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help.push(help.into());
        self
    }

    pub fn note(mut self, note: impl Into<String>) -> Diagnostic {
        self.notes.push(note.into());
        self
    }

    pub fn frame(mut self, what: impl Into<String>, span: Option<Span>) -> Diagnostic {
        self.trace.push(Frame { what: what.into(), span });
        self
    }

    pub fn node(mut self, unique_id: impl Into<String>) -> Diagnostic {
        self.node = Some(unique_id.into());
        self
    }

    /// The name that dbt's structured log gives this message.
    pub fn event(mut self, name: &'static str) -> Diagnostic {
        self.event = Some(name);
        self
    }

    /// A named value of the event.
    pub fn data(mut self, key: &'static str, value: impl Into<Value>) -> Diagnostic {
        self.data.insert(key.into(), value.into());
        self
    }

    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// Collects diagnostics from all threads.
#[derive(Debug, Default)]
pub struct Sink {
    diagnostics: Mutex<Vec<Diagnostic>>,
}

impl Sink {
    pub fn push(&self, diagnostic: Diagnostic) {
        self.lock().push(diagnostic);
    }

    pub fn extend(&self, diagnostics: impl IntoIterator<Item = Diagnostic>) {
        self.lock().extend(diagnostics);
    }

    /// Whether one of the diagnostics is such.
    pub fn any(&self, is_such: impl Fn(&Diagnostic) -> bool) -> bool {
        self.lock().iter().any(is_such)
    }

    pub fn has_errors(&self) -> bool {
        self.lock().iter().any(Diagnostic::is_error)
    }

    /// Takes all that was collected, in an order that does not depend on thread timing.
    pub fn drain(&self) -> Vec<Diagnostic> {
        let mut taken = std::mem::take(&mut *self.lock());
        taken.sort_by(|a, b| {
            (a.span, a.code, &a.node, &a.message).cmp(&(b.span, b.code, &b.node, &b.message))
        });
        taken
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Diagnostic>> {
        self.diagnostics.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// The candidate nearest to `name` by edit distance, when one is near enough to be a typo.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (name.chars().count() / 3).clamp(1, 4);
    candidates
        .into_iter()
        .filter(|candidate| candidate.len().abs_diff(name.len()) <= limit)
        .map(|candidate| (edit_distance(name, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Optimal string alignment distance: a swap of neighbours counts as one edit, as typos go.
fn edit_distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![(0..=b.len()).collect::<Vec<_>>()];
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let cost = usize::from(!a[i - 1].eq_ignore_ascii_case(&b[j - 1]));
            let mut best = (rows[i - 1][j] + 1).min(row[j - 1] + 1).min(rows[i - 1][j - 1] + cost);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row[j] = best;
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}
