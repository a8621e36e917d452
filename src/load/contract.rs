//! Types of the keys in a project file: each key read as what it must be, or one error that points
//! at it.

use crate::diag::{Diagnostic, nearest};
use crate::value::{Map, Str, Value};
use crate::yaml::{Yaml, YamlEntry, to_map};

/// What dbt's own message says, kept as a note for those who search for it.
fn classic(path: &[&str], problem: &str) -> String {
    let path: Vec<String> = path.iter().map(|key| format!("'{key}'")).collect();
    format!("at path [{}]: {problem}", path.join(", "))
}

pub type Checked<T> = Result<T, Diagnostic>;

/// The value of `key` is not `wanted`.
pub fn wrong_type(key: &str, found: &Yaml, wanted: &str) -> Diagnostic {
    let shown = found.to_value().py_repr();
    // Keys that may not be null have one schema, the others several.
    let problem = match key {
        "name" => "is not of type 'string'",
        "dispatch" => "is not of type 'array'",
        "restrict-access" => "is not of type 'boolean'",
        "models" | "seeds" | "snapshots" | "analyses" | "sources" | "tests" | "data_tests" | "unit_tests"
        | "metrics" | "semantic-models" | "saved-queries" | "exposures" | "functions" | "flags" => {
            "is not of type 'object'"
        }
        _ => "is not valid under any of the given schemas",
    };
    Diagnostic::error("invalid-project-file", format!("`{key}` must be {wanted}"))
        .at(found.span)
        .label(format!("this is a {}", found.type_name()))
        .note(classic(&[key], &format!("{shown} {problem}")))
}

/// Checks that a mapping has none but the known keys.
pub fn check_keys(entries: &[YamlEntry], known: &[&str], what: &str) -> Checked<()> {
    let Some(entry) = entries.iter().find(|entry| !known.contains(&&*entry.key)) else { return Ok(()) };
    let classic =
        classic(&[], &format!("Additional properties are not allowed ('{}' was unexpected)", entry.key));
    let error = Diagnostic::error("unknown-key", format!("`{}` is not a key of {what}", entry.key))
        .at(entry.key_span)
        .note(classic);
    Err(match near_key(&entry.key, known) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None => error,
    })
}

/// The known key that was meant; `_` and `-` are often mixed up.
fn near_key<'a>(key: &str, known: &[&'a str]) -> Option<&'a str> {
    let plain = |key: &str| key.replace('_', "-");
    known
        .iter()
        .find(|known| plain(known) == plain(key))
        .copied()
        .or_else(|| nearest(key, known.iter().copied()))
}

/// The entry's value, unless it is missing or null.
pub fn given<'y>(file: &'y Yaml, key: &str) -> Option<&'y Yaml> {
    file.get(key).filter(|value| !value.is_null())
}

pub fn text(file: &Yaml, key: &str) -> Checked<Option<Str>> {
    given(file, key)
        .map(|value| value.as_str().map(Str::from).ok_or_else(|| wrong_type(key, value, "text")))
        .transpose()
}

pub fn boolean(file: &Yaml, key: &str) -> Checked<Option<bool>> {
    given(file, key)
        .map(|value| match value.to_value() {
            Value::Bool(value) => Ok(value),
            _ => Err(wrong_type(key, value, "`true` or `false`")),
        })
        .transpose()
}

/// A list of strings; none when the key is missing.
pub fn texts(file: &Yaml, key: &str) -> Checked<Option<Vec<Str>>> {
    let Some(value) = given(file, key) else { return Ok(None) };
    let wrong = |found: &Yaml| {
        let mut error = wrong_type(key, value, "a list of texts").at(found.span);
        error.label = Some(format!("this is a {}", found.type_name()));
        match found.as_str() {
            Some(text) => error.help(format!("write `{key}: [\"{text}\"]`")),
            None => error,
        }
    };
    let items = value.as_list().ok_or_else(|| wrong(value))?;
    items
        .iter()
        .map(|item| item.as_str().map(Str::from).ok_or_else(|| wrong(item)))
        .collect::<Checked<_>>()
        .map(Some)
}

/// Hooks: one text or a list of them.
pub fn hooks(file: &Yaml, key: &str) -> Checked<Vec<Str>> {
    match given(file, key).and_then(Yaml::as_str) {
        Some(hook) => Ok(vec![hook.into()]),
        None => Ok(texts(file, key)?.unwrap_or_default()),
    }
}

pub fn map(file: &Yaml, key: &str) -> Checked<Map> {
    match given(file, key) {
        None => Ok(Map::default()),
        Some(value) => match value.as_map() {
            Some(entries) => Ok(to_map(entries)),
            None => Err(wrong_type(key, value, "a mapping")),
        },
    }
}
