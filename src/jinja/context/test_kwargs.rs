//! The arguments of a generic test, rendered: `_dbt_generic_test_kwargs`.

use std::sync::Arc;

use minijinja::Value as Jinja;

use super::{NodeContext, NodeScope};
use crate::jinja::engine::{self, JinjaError, Undefined};
use crate::value::{Map, Str, Value};

/// The name under which a test's code finds its arguments.
pub const NAME: &str = "_dbt_generic_test_kwargs";

/// Renders the strings of the arguments natively; what looks like a call of `ref`, `source`, `var`,
/// `env_var` or `doc` is one. Column names stay text.
///
/// # Errors
/// What the templates raise.
pub fn rendered(kwargs: &Map, context: &Arc<NodeContext>) -> Result<Jinja, JinjaError> {
    let mut entries: Vec<(Str, Jinja)> = Vec::with_capacity(kwargs.len());
    for (key, value) in kwargs {
        let rendered = match value {
            Value::Str(_) if &**key == "column_name" => engine::to_jinja(value),
            other => render(other, context)?,
        };
        entries.push((key.clone(), rendered));
    }
    Ok(engine::dict(entries))
}

fn render(value: &Value, context: &Arc<NodeContext>) -> Result<Jinja, JinjaError> {
    match value {
        Value::Str(text) => {
            let scope = NodeScope::shared(context);
            if looks_like_call(text) {
                let code = format!("{{{{ {text} }}}}");
                return context.run.engine.render_native(NAME, &code, scope, Undefined::Lenient);
            }
            if engine::has_jinja(text) || text.ends_with('\n') {
                return context.run.engine.render_native(NAME, text, scope, Undefined::Lenient);
            }
            Ok(engine::to_jinja(value))
        }
        Value::List(items) => {
            let items = items.iter().map(|item| render(item, context)).collect::<Result<Vec<_>, _>>()?;
            Ok(engine::list(items))
        }
        Value::Map(map) => {
            let entries = map
                .iter()
                .map(|(key, item)| Ok((key.clone(), render(item, context)?)))
                .collect::<Result<Vec<_>, JinjaError>>()?;
            Ok(engine::dict(entries))
        }
        other => Ok(engine::to_jinja(other)),
    }
}

/// Whether dbt takes the text for a call although it stands in no braces.
pub fn looks_like_call(text: &str) -> bool {
    let text = text.trim();
    text.ends_with(')')
        && ["env_var", "ref", "var", "source", "doc"].iter().any(|name| {
            text.strip_prefix(name).is_some_and(|rest| {
                let rest = rest.trim_start();
                rest.starts_with('(') && rest.len() > 2
            })
        })
}
