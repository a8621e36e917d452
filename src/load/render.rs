//! Renders the templates in a YAML tree, each string by itself, positions kept.

use crate::diag::Diagnostic;
use crate::jinja::engine::has_jinja;
use crate::source::Span;
use crate::value::{Str, Value};
use crate::yaml::{Yaml, YamlEntry, YamlKind};

/// A string of the tree, where it stands, and the keys that lead to it.
pub struct Text<'t> {
    pub text: &'t str,
    pub span: Span,
    pub path: &'t [Str],
}

/// Renders one string to the value that it stands for.
pub type Render<'a> = &'a dyn Fn(&Text) -> Result<Value, Diagnostic>;

/// The tree with every string rendered, except below keys for which `keeps` holds; it is asked with
/// the keys from the root (a list item's key is empty).
pub fn tree(
    yaml: &Yaml,
    path: &mut Vec<Str>,
    keeps: &dyn Fn(&[Str]) -> bool,
    render: Render,
) -> Result<Yaml, Diagnostic> {
    let kind = match &yaml.kind {
        YamlKind::Map(entries) => {
            let mut rendered = Vec::with_capacity(entries.len());
            for entry in entries {
                path.push(entry.key.clone());
                let value = tree(&entry.value, path, keeps, render)?;
                path.pop();
                rendered.push(YamlEntry { value, ..entry.clone() });
            }
            YamlKind::Map(rendered)
        }
        YamlKind::List(items) => {
            path.push("".into());
            let rendered =
                items.iter().map(|item| tree(item, path, keeps, render)).collect::<Result<_, _>>()?;
            path.pop();
            YamlKind::List(rendered)
        }
        YamlKind::Scalar(value) if keeps(path) => YamlKind::Scalar(value.clone()),
        YamlKind::Scalar(value) => {
            return Ok(Yaml::from_value(scalar(value, yaml.span, path, render)?, yaml.span));
        }
    };
    Ok(Yaml { span: yaml.span, kind })
}

/// A rendered scalar. Dates become their ISO text, as in dbt.
fn scalar(value: &Value, span: Span, path: &[Str], render: Render) -> Result<Value, Diagnostic> {
    Ok(match value {
        // Jinja drops a line break at the end of what it renders.
        Value::Str(text) if has_jinja(text) || text.ends_with('\n') => render(&Text { text, span, path })?,
        Value::Date(_) | Value::DateTime(_) | Value::DateTimeTz(_) => match value.to_json() {
            serde_json::Value::String(text) => Value::str(text),
            _ => value.clone(),
        },
        other => other.clone(),
    })
}
