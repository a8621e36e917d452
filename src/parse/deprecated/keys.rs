//! Keys that no shape knows: custom ones, and properties that have moved below `config:`.
//!
//! dbt judges them for the warehouses whose configuration it knows in full.

use super::shapes::{Below, Shape, shape};
use crate::diag::Diagnostic;
use crate::source::Span;
use crate::value::Map;
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
    pub adapter: &'a str,
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
        matches!(self.adapter, "bigquery" | "databricks" | "redshift" | "snowflake")
    }

    /// Other names that the warehouse gives to configuration.
    fn is_alias(&self, key: &str) -> bool {
        self.adapter == "bigquery" && matches!(key, "dataset" | "project")
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
        for entry in tree.as_map().unwrap_or_default() {
            let below = || {
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
                        let path = format!("{}[{at}]", below());
                        self.walk(known, item, Place { path: &path, config: own }, found);
                    }
                }
                Some(Below::One(kind)) => {
                    if let Some(known) = shape(kind) {
                        self.walk(known, &entry.value, Place { path: &below(), config }, found);
                    }
                }
                Some(Below::Maybe(kind)) if &*entry.key == "config" => {
                    let Some(known) = shape(kind) else { continue };
                    let path = below();
                    let custom = entry
                        .value
                        .as_map()
                        .unwrap_or_default()
                        .iter()
                        .filter(|entry| !known.contains_key(&*entry.key) && !self.is_alias(&entry.key));
                    found
                        .extend(custom.map(|entry| self.custom_config(&entry.key, &path).at(entry.key_span)));
                }
                Some(_) => {}
            }
        }
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
