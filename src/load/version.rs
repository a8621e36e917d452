//! `require-dbt-version`: does the project agree with the release that is matched?

use super::contract::{Checked, given, wrong_type};
use crate::diag::Diagnostic;
use crate::invocation::DBT_VERSION;
use crate::semver::{Specifier, compatible};
use crate::value::{Str, Value};
use crate::yaml::Yaml;

/// The project's requirements; checked against [`DBT_VERSION`] when `check` is set.
pub fn required_versions(file: &Yaml, project: &str, check: bool) -> Checked<Vec<Str>> {
    const KEY: &str = "require-dbt-version";
    let Some(value) = given(file, KEY) else { return Ok(vec![">=0.0.0".into()]) };
    let texts: Vec<Str> = match value.to_value() {
        Value::Str(text) => text.split(',').map(Str::from).collect(),
        Value::List(items) => items
            .iter()
            .map(|item| {
                item.as_shared_str().cloned().ok_or_else(|| wrong_type(KEY, value, "a list of texts"))
            })
            .collect::<Checked<_>>()?,
        _ => return Err(wrong_type(KEY, value, "a text or a list of texts")),
    };
    let specifiers = texts
        .iter()
        .map(|text| {
            Specifier::parse(text).map_err(|invalid| {
                Diagnostic::error("invalid-project-file", format!("`{KEY}`: {invalid}"))
                    .at(value.span)
                    .note(format!("\"{text}\" is not a valid semantic version."))
            })
        })
        .collect::<Checked<Vec<Specifier>>>()?;
    let shown: Vec<String> = specifiers.iter().map(Specifier::to_string).collect();
    if check {
        let fail = |message: String| Diagnostic::error("dbt-version", message).at(value.span);
        let way_out = "ask for another version of the package, or run again with `--no-version-check`";
        if !compatible(&specifiers) {
            let message = format!("no version can satisfy what `{project}` requires: {}", shown.join(", "));
            return Err(fail(message).help(way_out));
        }
        let installed = Specifier::parse(DBT_VERSION).ok();
        if !compatible(installed.iter().chain(&specifiers)) {
            let message = format!(
                "`{project}` requires dbt {}, and this program matches dbt {DBT_VERSION}",
                shown.join(", ")
            );
            let classic = format!("This version of dbt is not supported with the '{project}' package.");
            return Err(fail(message).help(way_out).note(classic));
        }
    }
    Ok(shown.into_iter().map(Str::from).collect())
}
