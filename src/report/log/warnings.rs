//! Which warnings are shown, which are errors, and the sum of deprecations.

use std::sync::{Mutex, PoisonError, RwLock};

use indexmap::IndexMap;

use crate::diag::{Diagnostic, Severity};
use crate::event::names::{code_of, of_diagnostic};
use crate::event::{Event, EventKind, Level};
use crate::flags::{Verdict, WarningFlags};
use crate::value::{Map, Value};

pub struct Warnings {
    flags: RwLock<WarningFlags>,
    show_all: bool,
    /// How often each deprecation occurred, in order of first occurrence.
    deprecations: Mutex<IndexMap<&'static str, i64>>,
}

impl Warnings {
    pub fn new(flags: &WarningFlags, show_all: bool) -> Warnings {
        Warnings { flags: RwLock::new(flags.clone()), show_all, deprecations: Mutex::default() }
    }

    /// Judges by other flags from now on.
    pub fn judge_by(&self, flags: &WarningFlags) {
        *self.flags.write().unwrap_or_else(PoisonError::into_inner) = flags.clone();
    }

    fn verdict_of(&self, event: &str) -> Verdict {
        self.flags.read().unwrap_or_else(PoisonError::into_inner).verdict(event)
    }

    /// What is left to show, errors last. Each deprecation is shown once unless all are asked for.
    pub fn judge(&self, diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
        let mut judged: Vec<Diagnostic> =
            diagnostics.into_iter().filter_map(|diagnostic| self.verdict(diagnostic)).collect();
        judged.sort_by_key(|diagnostic| diagnostic.severity);
        judged
    }

    fn verdict(&self, mut diagnostic: Diagnostic) -> Option<Diagnostic> {
        if diagnostic.severity != Severity::Warning {
            return Some(diagnostic);
        }
        let name = of_diagnostic(&diagnostic);
        let verdict = self.verdict_of(name);
        // As with dbt, the error is the event then, and no deprecation.
        if verdict == Verdict::Error {
            diagnostic.severity = Severity::Error;
            diagnostic.event = None;
            diagnostic.data.clear();
            return Some(diagnostic);
        }
        if is_deprecation(name) && !self.counts(name) || verdict == Verdict::Silent {
            return None;
        }
        Some(diagnostic)
    }

    /// Counts a deprecation; tells whether it is to be shown.
    fn counts(&self, name: &'static str) -> bool {
        let mut seen = self.deprecations.lock().unwrap_or_else(PoisonError::into_inner);
        let count = seen.entry(name).or_default();
        *count += 1;
        *count == 1 || self.show_all
    }

    /// Whether an event that a node's work gave is to be shown: a deprecation is counted.
    pub fn admits(&self, event: &Event) -> bool {
        let name = event.name();
        let is_told = matches!(event.kind, EventKind::Message(_)) && name.ends_with("Deprecation");
        !is_told || !is_deprecation(name) || self.counts(name)
    }

    /// The event that counts the deprecations, when there were any.
    pub fn summary(&self) -> Option<Event> {
        const NAME: &str = "DeprecationsSummary";
        let seen = self.deprecations.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if seen.is_empty() || self.verdict_of(NAME) == Verdict::Silent {
            return None;
        }
        let mut text =
            "[WARNING][DeprecationsSummary]: Deprecated functionality\nDeprecations found:".to_string();
        let mut summaries = vec![];
        for (name, count) in seen.iter() {
            text += &format!("\n- {name}: {count} occurrence{}", if *count == 1 { "" } else { "s" });
            let entries = [
                ("event_name".into(), Value::str(*name)),
                ("event_code".into(), Value::str(code_of(name))),
                ("occurrences".into(), Value::Int(*count)),
            ];
            summaries.push(Value::Map(entries.into_iter().collect::<Map>()));
        }
        if !self.show_all {
            text += "\nOnly the first of each is shown; `--show-all-deprecations` shows them all.";
        }
        let event = Event::message(NAME, text).level(Level::Warn);
        Some(event.data("summaries", Value::List(summaries)).data("show_all_hint", !self.show_all))
    }
}

/// Names in the deprecation range that dbt counts.
fn is_deprecation(name: &str) -> bool {
    // Each name with a space has an event of its own; the sum of them is the deprecation.
    let others = ["BehaviorChangeEvent", "InternalDeprecation", "SpacesInResourceNameDeprecation"];
    code_of(name).starts_with('D') && !others.contains(&name) && name != "GetMetaKeyWarning"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flags::{ErrorSet, WarnErrorOptions};

    fn warning(event: &'static str) -> Diagnostic {
        Diagnostic::warning("w", "text").event(event)
    }

    #[test]
    fn a_deprecation_is_shown_once_and_counted() {
        let warnings = Warnings::new(&WarningFlags::default(), false);
        let shown = warnings.judge(vec![
            warning("CustomTopLevelKeyDeprecation"),
            warning("CustomTopLevelKeyDeprecation"),
            warning("NoNodeForYamlKey"),
            warning("NoNodeForYamlKey"),
        ]);
        assert_eq!(shown.len(), 3);
        let summary = format!("{:?}", warnings.summary().unwrap().kind);
        assert!(summary.contains("CustomTopLevelKeyDeprecation: 2 occurrences"), "{summary}");
    }

    #[test]
    fn options_make_errors_and_silence() {
        let options = WarnErrorOptions {
            error: ErrorSet::Named(vec!["NoNodeForYamlKey".into()]),
            warn: vec![],
            silence: vec!["UnusedTables".into()],
        };
        let warnings = Warnings::new(&WarningFlags { options, ..WarningFlags::default() }, false);
        let shown = warnings.judge(vec![warning("NoNodeForYamlKey"), warning("UnusedTables")]);
        assert_eq!(shown.len(), 1);
        assert!(shown[0].is_error());
        assert!(warnings.summary().is_none());
    }
}
