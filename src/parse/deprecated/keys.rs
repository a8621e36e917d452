//! Keys that no shape knows: custom ones, and properties that have moved below `config:`. Keys that are
//! missing, and words that are none of those that are known, are remarked upon.
//!
//! dbt judges them for the warehouses whose configuration it knows in full.

use super::shapes::{Below, Shape, shape};
use crate::diag::{Diagnostic, Severity};
use crate::source::Span;
use crate::value::{Map, Value};
use crate::yaml::{Yaml, YamlEntry};

/// Trees of configuration in the project file.
const TREES: [&str; 11] = [
    "seeds",
    "sources",
    "models",
    "snapshots",
    "tests",
    "exposures",
    "data_tests",
    "metrics",
    "saved_queries",
    "semantic_models",
    "unit_tests",
];

/// One file, for a warehouse.
pub struct Keys<'a> {
    /// None where the command needs no warehouse.
    pub adapter: Option<&'a str>,
    pub file: &'a str,
}

/// Where in a file an entry stands.
#[derive(Clone, Copy)]
struct Place<'p> {
    path: &'p str,
    /// The configuration that the nearest entry of a list may have.
    config: Option<&'static Shape>,
}

impl Keys<'_> {
    /// Whether dbt judges keys at all.
    pub fn are_judged(&self) -> bool {
        matches!(self.adapter, None | Some("bigquery" | "databricks" | "redshift" | "snowflake"))
    }

    /// Other names that the warehouse gives to configuration.
    fn is_alias(&self, key: &str) -> bool {
        self.adapter == Some("bigquery") && matches!(key, "dataset" | "project")
    }

    /// What a properties file has of them.
    pub fn of_properties(&self, tree: &Yaml) -> Vec<Diagnostic> {
        let mut found = vec![];
        if let Some(known) = shape("properties").filter(|_| self.are_judged()) {
            self.walk(known, tree, Place { path: "", config: None }, &mut found);
        }
        found
    }

    /// What the project file has of them.
    pub fn of_project(&self, tree: &Yaml) -> Vec<Diagnostic> {
        let mut found = vec![];
        let Some(known) = shape("project").filter(|_| self.are_judged()) else { return found };
        self.walk(known, tree, Place { path: "", config: None }, &mut found);
        for key in TREES {
            if let (Some(known), Some(tree)) = (shape(&format!("project_{key}")), tree.get(key)) {
                self.tree(known, tree, &mut vec![], &mut found);
            }
        }
        found
    }

    /// What the `config()` calls of a model have of them.
    pub fn of_call(&self, config: &Map, span: Option<Span>) -> Vec<Diagnostic> {
        let mut found = vec![];
        let Some(known) = shape("model_config").filter(|_| self.are_judged()) else { return found };
        for (key, value) in config {
            match known.get(&**key) {
                None if matches!(&**key, "pre-hook" | "post-hook") || self.is_alias(key) => {}
                None => found.push(self.custom_config(key, "").at(span)),
                Some(below @ (Below::Word(_) | Below::Words(_) | Below::Count)) => {
                    found.extend(self.violations(*below, value, key).into_iter().map(|note| note.at(span)));
                }
                Some(Below::One(kind) | Below::Maybe(kind)) => {
                    let inner = value.as_map().zip(shape(kind));
                    let custom = inner
                        .iter()
                        .flat_map(|(map, known)| map.keys().filter(|inner| !known.contains_key(&***inner)));
                    found.extend(custom.map(|inner| self.custom(inner, &format!("config.{key}")).at(span)));
                }
                Some(_) => {}
            }
        }
        found
    }

    fn walk(&self, known: &'static Shape, tree: &Yaml, place: Place<'_>, found: &mut Vec<Diagnostic>) {
        let Place { path, config } = place;
        if tree.as_map().is_some() {
            let missing = known.required.iter().filter(|key| tree.get(key).is_none());
            let notes = missing.map(|key| self.violation(&format!("'{key}' is a required property"), path));
            found.extend(notes.map(|note| note.at(tree.span)));
        }
        for entry in tree.as_map().unwrap_or_default() {
            let below_path = || {
                if path.is_empty() { entry.key.to_string() } else { format!("{path}.{}", entry.key) }
            };
            match known.get(&*entry.key) {
                None => found.extend(self.unknown(entry, place)),
                Some(Below::Many(kind)) => {
                    let Some(known) = shape(kind) else { continue };
                    let own = match known.get("config") {
                        Some(Below::Maybe(kind)) => shape(kind),
                        _ => None,
                    };
                    for (at, item) in entry.value.as_list().unwrap_or_default().iter().enumerate() {
                        let path = format!("{}[{at}]", below_path());
                        self.walk(known, item, Place { path: &path, config: own }, found);
                    }
                }
                Some(Below::One(kind)) => {
                    if let Some(known) = shape(kind) {
                        self.walk(known, &entry.value, Place { path: &below_path(), config }, found);
                    }
                }
                Some(Below::Maybe(kind)) if &*entry.key == "config" => {
                    let Some(known) = shape(kind) else { continue };
                    let path = below_path();
                    let custom = entry
                        .value
                        .as_map()
                        .unwrap_or_default()
                        .iter()
                        .filter(|entry| !known.contains_key(&*entry.key) && !self.is_alias(&entry.key));
                    found
                        .extend(custom.map(|entry| self.custom_config(&entry.key, &path).at(entry.key_span)));
                }
                Some(below @ Below::Word(_)) => {
                    let notes = self.violations(*below, &entry.value.to_value(), &below_path());
                    found.extend(notes.into_iter().map(|note| note.at(entry.value.span)));
                }
                Some(_) => {}
            }
        }
    }

    /// What is wrong with a value: a word that is none of those known, a negative number.
    fn violations(&self, below: Below, value: &Value, path: &str) -> Vec<Diagnostic> {
        let word = |words: &str, value: &Value, path: &str| {
            let mut known = words.split('|');
            let is_known = value.as_str().is_some_and(|value| known.any(|word| word == value));
            let list = || Value::List(words.split('|').map(Value::str).collect()).py_repr();
            (!is_known)
                .then(|| self.violation(&format!("{} is not one of {}", value.py_repr(), list()), path))
        };
        match below {
            Below::Word(words) => word(words, value, path).into_iter().collect(),
            Below::Words(words) => {
                let entries = value.as_map().into_iter().flatten();
                entries.filter_map(|(key, value)| word(words, value, &format!("{path}.{key}"))).collect()
            }
            Below::Count => {
                let is_negative = match value {
                    Value::Int(number) => *number < 0,
                    Value::Float(number) => *number < 0.0,
                    _ => false,
                };
                let text = || format!("{} is less than the minimum of 0.0", value.py_repr());
                is_negative.then(|| self.violation(&text(), path)).into_iter().collect()
            }
            _ => vec![],
        }
    }

    /// dbt only notes what it has no deprecation for.
    fn violation(&self, what: &str, path: &str) -> Diagnostic {
        let place = if path.is_empty() { String::new() } else { format!(" at path `{path}`") };
        let message = format!(
            "GenericJSONSchemaValidationDeprecation: {what} in file `{}`{place}; dbt may refuse this one day",
            self.file
        );
        let mut note = Diagnostic::warning("unknown-shape", message).event("Note");
        note.severity = Severity::Note;
        note
    }

    fn unknown(&self, entry: &YamlEntry, place: Place<'_>) -> Option<Diagnostic> {
        let (key, Place { path, config }) = (&*entry.key, place);
        if path.is_empty() {
            let message = format!("Unexpected top-level key {key} in file `{}`", self.file);
            return Some(
                Diagnostic::warning("unknown-key", message)
                    .at(entry.key_span)
                    .event("CustomTopLevelKeyDeprecation")
                    .data("msg", format!("Unexpected top-level key {key}"))
                    .data("file", self.file),
            );
        }
        let is_source = path.starts_with("sources") && !path.contains('.');
        if key == "type_params" || is_source && self.is_alias(key) {
            return None;
        }
        if key == "overrides" && path.starts_with("sources") {
            let message = "`overrides` of sources is deprecated";
            return Some(
                Diagnostic::warning("deprecated-key", message)
                    .at(entry.key_span)
                    .help("turn the package's source off with `enabled`, and describe one of your own")
                    .event("SourceOverrideDeprecation")
                    .data("source_name", path.rsplit('.').next().unwrap_or(path))
                    .data("file", self.file),
            );
        }
        if config.is_some_and(|config| config.contains_key(key) || self.is_alias(key)) {
            let message = format!("`{key}` of `{path}` belongs below `config:`");
            return Some(
                Diagnostic::warning("deprecated-key", message)
                    .at(entry.key_span)
                    .event("PropertyMovedToConfigDeprecation")
                    .data("key", key)
                    .data("key_path", path)
                    .data("file", self.file),
            );
        }
        Some(self.custom(key, path).at(entry.key_span))
    }

    /// Configuration by folder: settings want a `+`, and everything else leads to a folder.
    fn tree(&self, known: &Shape, tree: &Yaml, path: &mut Vec<String>, found: &mut Vec<Diagnostic>) {
        for entry in tree.as_map().unwrap_or_default() {
            let key = &*entry.key;
            if key.strip_prefix('+').is_some_and(|key| known.contains_key(key) || self.is_alias(key)) {
                continue;
            }
            path.push(key.to_string());
            let is_setting = known.contains_key(key) || self.is_alias(key);
            if entry.value.as_map().is_some() {
                self.tree(known, &entry.value, path, found);
            } else if !entry.value.is_null() {
                let path = path.join(".");
                let problem = if is_setting {
                    let message = format!("`{key}` at `{path}` is a setting, and wants to be `+{key}`");
                    Diagnostic::warning("deprecated-key", message)
                        .event("MissingPlusPrefixDeprecation")
                        .data("key", key)
                        .data("key_path", path)
                        .data("file", self.file)
                } else {
                    self.custom_config(key, &path)
                };
                found.push(problem.at(entry.key_span));
            }
            path.pop();
        }
    }

    fn custom_config(&self, key: &str, path: &str) -> Diagnostic {
        let place = if path.is_empty() { String::new() } else { format!(" at `{path}`") };
        Diagnostic::warning("unknown-key", format!("the configuration has a key of its own, `{key}`{place}"))
            .help("own keys belong below `meta:`")
            .event("CustomKeyInConfigDeprecation")
            .data("key", key)
            .data("key_path", path)
            .data("file", self.file)
    }

    fn custom(&self, key: &str, path: &str) -> Diagnostic {
        Diagnostic::warning("unknown-key", format!("nothing reads the key `{key}` of `{path}`"))
            .event("CustomKeyInObjectDeprecation")
            .data("key", key)
            .data("key_path", path)
            .data("file", self.file)
    }
}
