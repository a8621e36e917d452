//! Two methods of dbt-databricks' relation types, an enumeration whose members are texts.

use minijinja::Value;

use super::Method;
use super::str::of;

/// The members.
const KINDS: [&str; 9] = [
    "table",
    "view",
    "cte",
    "materialized_view",
    "foreign",
    "streaming_table",
    "metric_view",
    "function",
    "unknown",
];

/// The method, when the text is such a type.
pub(super) fn find(value: &Value, name: &str) -> Option<Method> {
    if !KINDS.contains(&of(value)) {
        return None;
    }
    Some(match name {
        "render" => |_, receiver, args| {
            args.no_args("render")?;
            Ok(Value::from(words(of(receiver))))
        },
        // A metric view is altered as a view.
        "render_for_alter" => |_, receiver, args| {
            args.no_args("render_for_alter")?;
            let kind = of(receiver);
            Ok(Value::from(words(if kind == "metric_view" { "view" } else { kind })))
        },
        _ => return None,
    })
}

/// The type as SQL has it.
fn words(kind: &str) -> String {
    kind.replace('_', " ").to_uppercase()
}
