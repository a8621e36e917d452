//! A word of the command line to the value that its option takes.

use chrono::{NaiveDate, NaiveDateTime};

use super::options::{Kind, OptionSpec};
use crate::event::names;
use crate::source::FileId;
use crate::value::{Map, Str, Value};
use crate::yaml::{self, Yaml};

/// The option's value, or what is wrong with the words.
pub fn convert(spec: &OptionSpec, words: &[&str]) -> Result<Value, String> {
    let word = words.last().copied().unwrap_or_default();
    match spec.kind {
        Kind::Toggle | Kind::Flag => boolean(word),
        Kind::Text | Kind::Path | Kind::Sample => Ok(Value::str(word)),
        Kind::ExistingPath if std::path::Path::new(word).exists() => Ok(Value::str(word)),
        Kind::ExistingPath => Err(format!("the path `{word}` does not exist")),
        Kind::Int => word.parse().map(Value::Int).map_err(|_| format!("`{word}` is not a valid integer")),
        Kind::Choice(choices) => choice(word, choices).map(Value::str),
        // An empty criterion matches nothing: it must not turn into no criterion, which selects everything.
        Kind::Many if is_selection(spec) => Ok(list(split_all(words).map(Str::from))),
        Kind::Many => Ok(list(split(words).map(Str::from))),
        Kind::ManyChoice(choices) => {
            let words = split(words).map(|word| choice(word, choices).map(Str::from));
            Ok(list(words.collect::<Result<Vec<_>, _>>()?.into_iter()))
        }
        Kind::Yaml => mapping(spec, word).map(Value::Map),
        Kind::DateTime => datetime(word).map(Value::DateTime),
        Kind::Package => Ok(package(word)),
        Kind::WarnErrorOptions => warn_error_options(mapping(spec, word)?).map(Value::Map),
    }
}

fn is_selection(spec: &OptionSpec) -> bool {
    matches!(spec.name, "select" | "exclude" | "models")
}

/// dbt splits each word at its blanks: `--select "a b"` names two nodes.
fn split_all<'w>(words: &[&'w str]) -> impl Iterator<Item = &'w str> {
    words.iter().flat_map(|word| word.split(' '))
}

fn split<'w>(words: &[&'w str]) -> impl Iterator<Item = &'w str> {
    split_all(words).filter(|word| !word.is_empty())
}

fn list(words: impl Iterator<Item = Str>) -> Value {
    Value::List(words.map(Value::Str).collect())
}

fn boolean(word: &str) -> Result<Value, String> {
    match word.trim().to_ascii_lowercase().as_str() {
        "1" | "true" | "t" | "yes" | "y" | "on" => Ok(Value::Bool(true)),
        "0" | "false" | "f" | "no" | "n" | "off" => Ok(Value::Bool(false)),
        _ => Err(format!("`{word}` is not a valid boolean: use true or false")),
    }
}

fn choice(word: &str, choices: &[&'static str]) -> Result<&'static str, String> {
    choices
        .iter()
        .find(|choice| choice.eq_ignore_ascii_case(word))
        .copied()
        .ok_or_else(|| format!("`{word}` is not one of {}", choices.join(", ")))
}

fn mapping(spec: &OptionSpec, text: &str) -> Result<Map, String> {
    let problem =
        |detail: String| format!("the YAML provided in the {} argument is not valid: {detail}", spec.shown());
    match yaml::parse(text, FileId(u32::MAX)) {
        Err(error) => Err(problem(error.message)),
        Ok((tree, _)) => match tree.as_ref().and_then(Yaml::as_map) {
            Some(entries) => Ok(yaml::to_map(entries)),
            None => Err(problem("a mapping is needed, such as '{name: value}'".into())),
        },
    }
}

fn datetime(word: &str) -> Result<NaiveDateTime, String> {
    ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(word, format).ok())
        .or_else(|| {
            NaiveDate::parse_from_str(word, "%Y-%m-%d").ok().and_then(|date| date.and_hms_opt(0, 0, 0))
        })
        .ok_or_else(|| format!("`{word}` is not a date such as 2024-01-31 or 2024-01-31T12:00:00"))
}

fn package(word: &str) -> Value {
    let (name, version) = match word.split_once('@') {
        Some((name, version)) if !version.contains('@') => (name, Value::str(version)),
        // An address such as `git@host:x.git` holds more than a version.
        _ => (word, Value::Null),
    };
    Value::Map([("name".into(), Value::str(name)), ("version".into(), version)].into_iter().collect())
}

/// Brings `include`/`exclude` to their new names, and checks what is named.
pub fn warn_error_options(mut options: Map) -> Result<Map, String> {
    for (new, old) in [("error", "include"), ("warn", "exclude")] {
        let truthy = |key: &str| options.get(key).is_some_and(Value::is_truthy);
        if truthy(new) && truthy(old) {
            return Err(format!("Only `{old}` or `{new}` can be specified, not both"));
        }
        if let Some(value) = options.shift_remove(old) {
            options.insert(new.into(), value);
        }
    }
    let mut checked = Map::default();
    for key in ["error", "warn", "silence"] {
        let value = options.get(key).cloned().unwrap_or_default();
        let all = matches!(value.as_str(), Some("all" | "*"));
        let value = match value {
            Value::Null => Value::List(vec![]),
            Value::Str(_) if all && key == "error" => value,
            Value::List(ref names) => {
                let texts: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
                if let Some(wrong) =
                    texts.iter().find(|name| **name != "Deprecations" && !names::is_known(name))
                {
                    return Err(format!("{wrong} is not a valid dbt error name."));
                }
                value
            }
            _ if key == "error" => {
                return Err("error must be one of ('all', '*') or a list of strings".into());
            }
            _ => return Err(format!("`{key}` must be a list of warnings' names")),
        };
        checked.insert(key.into(), value);
    }
    let has = |key: &str, name: &str| {
        checked.get(key).and_then(Value::as_list).is_some_and(|names| names.contains(&Value::str(name)))
    };
    let error_all = checked.get("error").is_some_and(|value| value.as_str().is_some());
    let warns = checked.get("warn").is_some_and(Value::is_truthy);
    if warns && !error_all && !has("error", "Deprecations") && !has("silence", "Deprecations") {
        return Err("`warn` can only be given when `error` is `all`, or `Deprecations` stands in `error` or `silence`".into());
    }
    Ok(checked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_split_at_blanks() {
        let spec = &super::super::options::SELECT;
        assert_eq!(
            convert(spec, &["a b", "+c"]).map(|value| value.py_repr()),
            Ok("['a', 'b', '+c']".to_string())
        );
    }

    #[test]
    fn packages_have_a_version_unless_they_are_addresses() {
        assert_eq!(
            package("dbt-labs/dbt_utils@1.0.0").py_repr(),
            "{'name': 'dbt-labs/dbt_utils', 'version': '1.0.0'}"
        );
        assert_eq!(package("../x").py_repr(), "{'name': '../x', 'version': None}");
    }

    #[test]
    fn old_names_of_warning_options_still_work() {
        let read = |text: &str| {
            let tree = yaml::parse(text, FileId(0)).ok().and_then(|parsed| parsed.0);
            warn_error_options(tree.and_then(|tree| tree.as_map().map(yaml::to_map)).unwrap_or_default())
                .map(|map| Value::Map(map).py_repr())
        };
        assert_eq!(read("{include: all}"), Ok("{'error': 'all', 'warn': [], 'silence': []}".into()));
        assert_eq!(read("{error: [Nope]}"), Err("Nope is not a valid dbt error name.".into()));
        assert!(read("{error: foo}").is_err());
        assert!(read("{warn: [NoNodesForSelectionCriteria]}").is_err());
        assert!(read("{error: all, include: all}").is_err());
    }
}
