//! Generic tests whose references are plain to see: `accepted_values` and `relationships`, unless
//! something overrides them.
//!
//! A test is rendered at parse time to learn what it refers to. These two refer to the node that
//! they stand on and to what `to` names, so that their templates need not run.

use super::Capture;
use super::generic_tests::TestBuilder;
use super::references::{self, Reference};
use crate::jinja::context::{Invocation, test_kwargs};
use crate::jinja::engine::has_jinja;
use crate::manifest::RefArgs;
use crate::source::Span;
use crate::value::{Map, Str, Value};

const WHERE: &str = "get_where_subquery";

/// Whether the answers of this module are those that the templates would give.
#[derive(Clone, Copy, Debug, Default)]
pub struct BuiltinTests {
    untouched: bool,
}

impl BuiltinTests {
    /// Looks whether a project or package has a macro that takes part in the rendering of these tests.
    pub fn of(run: &Invocation) -> BuiltinTests {
        const PARTS: [&str; 3] = [WHERE, "test_accepted_values", "test_relationships"];
        let takes_part = |name: &str| {
            PARTS.iter().any(|part| name.ends_with(part))
                || matches!(name, "ref" | "source" | "adapter" | "return" | "config")
        };
        BuiltinTests { untouched: !run.macros.own_names().any(takes_part) }
    }

    /// What rendering the test would capture, starting from `capture`; none when only rendering tells.
    pub fn capture(
        self,
        macro_id: &str,
        builder: &TestBuilder,
        capture: &Capture,
        span: Option<Span>,
    ) -> Option<Capture> {
        let known: &[&str] = match macro_id {
            "macro.dbt.test_accepted_values" => &["column_name", "values", "quote", "model"],
            "macro.dbt.test_relationships" => &["column_name", "to", "field", "model"],
            _ => return None,
        };
        // The template of a test with a configuration calls `config` as well.
        if !self.untouched || !builder.config.is_empty() {
            return None;
        }
        let mut targets = vec![];
        for (key, value) in &builder.kwargs {
            match (&**key, value) {
                (key, _) if !known.contains(&key) => return None,
                ("model", _) => targets.push(model(&builder.kwargs)?),
                ("to", Value::Str(text)) => targets.push(plain_reference(text)?),
                ("column_name", Value::Str(_)) => {}
                ("values", Value::List(items)) if items.iter().all(is_plain) => {}
                ("field" | "quote", value) if is_plain(value) => {}
                _ => return None,
            }
        }
        let needed = known.iter().filter(|key| **key != "quote");
        if !needed.into_iter().all(|key| builder.kwargs.contains_key(*key)) {
            return None;
        }
        let mut capture = with(capture.clone(), targets, span);
        capture.macros.push(Str::from(format!("macro.dbt.{WHERE}")));
        Some(capture)
    }
}

fn with(mut capture: Capture, targets: impl IntoIterator<Item = Reference>, span: Option<Span>) -> Capture {
    for target in targets {
        match target {
            Reference::Ref(args) => capture.refs.push(RefArgs { span, ..args }),
            Reference::Source(names) => capture.sources.push(names),
        }
    }
    capture
}

/// The node that the test stands on.
fn model(kwargs: &Map) -> Option<Reference> {
    let text = kwargs.get("model")?.as_str()?;
    let inner = text.strip_prefix("{{ get_where_subquery(")?.strip_suffix(") }}")?;
    plain_reference(inner)
}

/// A reference that reads the same as plain text and as a template.
fn plain_reference(text: &str) -> Option<Reference> {
    let is_name = |name: &str| !name.contains(['\'', '"', '\\']);
    let reference = references::parse(text)?;
    let plain = match &reference {
        Reference::Ref(args) => {
            let version = args.version.as_ref().is_none_or(Value::is_truthy);
            version && is_name(&args.name) && args.package.as_deref().is_none_or(is_name)
        }
        Reference::Source(names) => names.iter().all(|name| is_name(name)),
    };
    (plain && text.matches('=').count() <= 1).then_some(reference)
}

/// Whether a value is its own rendering.
fn is_plain(value: &Value) -> bool {
    match value {
        Value::Str(text) => !has_jinja(text) && !test_kwargs::looks_like_call(text),
        Value::List(_) | Value::Map(_) => false,
        _ => true,
    }
}
