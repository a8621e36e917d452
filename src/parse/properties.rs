//! Reading of properties files: sections, entries, and the rendering of their values.
//!
//! Shapes: <https://docs.getdbt.com/reference/model-properties> and its sister pages.

use std::borrow::Cow;
use std::sync::Arc;

use crate::diag::Diagnostic;
use crate::project::{Package, PackageFile};
use crate::source::Span;
use crate::value::{Map, Str, Value};
use crate::yaml::{Yaml, YamlEntry, YamlKind};

/// Renders one YAML string that holds Jinja; anything may come out of it.
pub type RenderText<'a> = dyn Fn(&str, Span) -> Result<Value, Diagnostic> + Sync + 'a;

/// The sections of a properties file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Section {
    Models,
    Seeds,
    Snapshots,
    Sources,
    Macros,
    /// `data_tests:`, properties of singular tests.
    DataTests,
    Analyses,
    Exposures,
    Functions,
    Metrics,
    Groups,
    SemanticModels,
    UnitTests,
    SavedQueries,
}

impl Section {
    pub const ALL: [Section; 14] = [
        Section::Models,
        Section::Seeds,
        Section::Snapshots,
        Section::Sources,
        Section::Macros,
        Section::DataTests,
        Section::Analyses,
        Section::Exposures,
        Section::Functions,
        Section::Metrics,
        Section::Groups,
        Section::SemanticModels,
        Section::UnitTests,
        Section::SavedQueries,
    ];

    pub fn key(self) -> &'static str {
        match self {
            Section::Models => "models",
            Section::Seeds => "seeds",
            Section::Snapshots => "snapshots",
            Section::Sources => "sources",
            Section::Macros => "macros",
            Section::DataTests => "data_tests",
            Section::Analyses => "analyses",
            Section::Exposures => "exposures",
            Section::Functions => "functions",
            Section::Metrics => "metrics",
            Section::Groups => "groups",
            Section::SemanticModels => "semantic_models",
            Section::UnitTests => "unit_tests",
            Section::SavedQueries => "saved_queries",
        }
    }
}

/// One entry of a section, its strings rendered where dbt renders them now.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    pub package: &'a Arc<Package>,
    pub file: &'a PackageFile,
    pub section: Section,
    pub yaml: Cow<'a, Yaml>,
    pub data: Map,
}

impl<'a> Entry<'a> {
    /// The same entry, able to outlive its file's tree.
    pub fn owned<'b>(&self, package: &'b Arc<Package>, file: &'b PackageFile) -> Entry<'b> {
        let yaml = Cow::Owned(Yaml::clone(&self.yaml));
        Entry { package, file, section: self.section, yaml, data: self.data.clone() }
    }

    pub fn name(&self) -> &str {
        self.data.get("name").or_else(|| self.data.get("model")).and_then(Value::as_str).unwrap_or_default()
    }

    /// The name in backticks, or what stands for one.
    fn shown(&self) -> String {
        match self.name() {
            "" => "this entry".into(),
            name => format!("`{name}`"),
        }
    }

    /// `<package>://<path>`, as manifests name the file.
    pub fn patch_path(&self) -> Str {
        format!("{}://{}", self.package.config.name, self.file.original_file_path).into()
    }

    /// The span of a key's value, or of the entry.
    pub fn span_of(&self, key: &str) -> Span {
        self.yaml.get(key).map_or(self.yaml.span, |value| value.span)
    }

    pub fn error(&self, code: &'static str, key: &str, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(code, message).at(self.span_of(key))
    }

    /// An optional string; numbers and booleans are refused as dbt refuses them.
    pub fn opt_str(&self, key: &str) -> Result<Option<Str>, Diagnostic> {
        match self.data.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Str(text)) => Ok(Some(text.clone())),
            Some(other) => Err(self.wrong_type(key, "a string", other)),
        }
    }

    pub fn required_str(&self, key: &str) -> Result<Str, Diagnostic> {
        self.opt_str(key)?.ok_or_else(|| {
            self.error("missing-property", key, format!("`{}` needs the property `{key}`", self.name()))
        })
    }

    pub fn map(&self, key: &str) -> Result<Map, Diagnostic> {
        match self.data.get(key) {
            None | Some(Value::Null) => Ok(Map::default()),
            Some(Value::Map(map)) => Ok(map.clone()),
            Some(other) => Err(self.wrong_type(key, "a dictionary", other)),
        }
    }

    pub fn list(&self, key: &str) -> Result<&[Value], Diagnostic> {
        match self.data.get(key) {
            None | Some(Value::Null) => Ok(&[]),
            Some(Value::List(items)) => Ok(items),
            Some(other) => Err(self.wrong_type(key, "a list", other)),
        }
    }

    pub fn str_list(&self, key: &str) -> Result<Vec<Str>, Diagnostic> {
        let items = match self.data.get(key) {
            Some(Value::Str(text)) => return Ok(vec![text.clone()]),
            _ => self.list(key)?,
        };
        items
            .iter()
            .map(|item| match item {
                Value::Str(text) => Ok(text.clone()),
                other => Err(self.wrong_type(key, "a list of strings", other)),
            })
            .collect()
    }

    pub fn wrong_type(&self, key: &str, expected: &str, found: &Value) -> Diagnostic {
        self.error(
            "invalid-property",
            key,
            format!("`{key}` of {} must be {expected}, but it is {}", self.shown(), found.type_name()),
        )
        .help(shape_of(key, expected))
    }
}

/// How a value of a kind is written.
fn shape_of(key: &str, expected: &str) -> String {
    match expected {
        "a list" if key == "columns" => "start each entry with a dash: `columns:\n  - name: …`".into(),
        "a list" => format!("start each entry with a dash: `{key}:\n  - …`"),
        "a list of strings" => format!("write `{key}: [a, b]`"),
        "a dictionary" => format!("write keys and values: `{key}:\n  key: value`"),
        "a string" => format!("put it in quotes: `{key}: \"…\"`"),
        other => format!("write {other} behind `{key}:`"),
    }
}

/// The entries of one section of a properties file, rendered. Bad entries become diagnostics.
pub fn entries<'a>(
    (package, file): (&'a Arc<Package>, &'a PackageFile),
    root: &'a Yaml,
    section: Section,
    render: &RenderText<'_>,
    problems: &mut Vec<Diagnostic>,
) -> Vec<Entry<'a>> {
    let Some(list) = root.get(section.key()) else { return vec![] };
    let items = match &list.kind {
        YamlKind::List(items) => items,
        YamlKind::Scalar(Value::Null) => return vec![],
        _ => {
            problems.push(
                Diagnostic::error(
                    "invalid-property",
                    format!("`{}` must be a list, but it is {}", section.key(), list.type_name()),
                )
                .at(list.span)
                .note(format!("'{}' is not a list", section.key()))
                .help(format!("start each entry with a dash: `{}:\n  - name: …`", section.key())),
            );
            return vec![];
        }
    };
    let mut found = Vec::with_capacity(items.len());
    for yaml in items {
        match entry((package, file), yaml, section, render) {
            Ok(entry) => {
                super::deprecated::strict::check(yaml, section, problems);
                found.push(entry);
            }
            // A patch of a test does not stop the rest.
            Err(problem) if section == Section::DataTests => {
                let message = format!(
                    "Unable to parse 'data_tests' section of file '{}'\n{}",
                    file.original_file_path, problem.message
                );
                problems.push(
                    Diagnostic { message, severity: crate::diag::Severity::Warning, ..problem }.event("Note"),
                );
            }
            Err(problem) => problems.push(problem),
        }
    }
    found
}

fn entry<'a>(
    (package, file): (&'a Arc<Package>, &'a PackageFile),
    yaml: &'a Yaml,
    section: Section,
    render: &RenderText<'_>,
) -> Result<Entry<'a>, Diagnostic> {
    if yaml.as_map().is_none() {
        return Err(Diagnostic::error(
            "invalid-property",
            format!("an entry of `{}` must be a dictionary, but it is {}", section.key(), yaml.type_name()),
        )
        .at(yaml.span));
    }
    if yaml.get("name").is_none() && yaml.get("model").is_none() {
        return Err(Diagnostic::error(
            "missing-property",
            format!("an entry of `{}` has no `name`: Entry did not contain a name", section.key()),
        )
        .at(yaml.span)
        .help("add `name:` to the entry"));
    }
    let mut path = Vec::new();
    let Value::Map(data) = render_yaml(yaml, section, &mut path, render)? else {
        return Err(Diagnostic::error("invalid-property", "the entry is not a dictionary").at(yaml.span));
    };
    let entry = Entry { package, file, section, yaml: Cow::Borrowed(yaml), data };
    match entry.data.get("name").or_else(|| entry.data.get("model")) {
        Some(Value::Str(_)) => Ok(entry),
        Some(other) => Err(entry.wrong_type("name", "a string", other)),
        None => Err(entry.error("missing-property", "name", "the entry has no `name`")),
    }
}

/// One step of the way to a value: a key, or an index of a list (which matches no key).
#[derive(Clone)]
enum Step {
    Key(Str),
    Index,
}

impl Step {
    fn is_one_of(&self, keys: &[&str]) -> bool {
        matches!(self, Step::Key(key) if keys.contains(&&**key))
    }
}

fn render_yaml(
    yaml: &Yaml,
    section: Section,
    path: &mut Vec<Step>,
    render: &RenderText<'_>,
) -> Result<Value, Diagnostic> {
    match &yaml.kind {
        YamlKind::Scalar(Value::Str(text)) if is_rendered(text) && renders_at(section, path) => {
            render(text, yaml.span)
        }
        YamlKind::Scalar(value) => Ok(value.clone()),
        YamlKind::List(items) => {
            let mut values = Vec::with_capacity(items.len());
            for item in items {
                path.push(Step::Index);
                values.push(render_yaml(item, section, path, render)?);
                path.pop();
            }
            Ok(Value::List(values))
        }
        YamlKind::Map(entries) => {
            let mut map = Map::with_capacity(entries.len());
            for YamlEntry { key, value, .. } in entries {
                path.push(Step::Key(key.clone()));
                map.insert(key.clone(), render_yaml(value, section, path, render)?);
                path.pop();
            }
            Ok(Value::Map(map))
        }
    }
}

/// Whether rendering changes a text: Jinja drops a line break at its end.
pub fn is_rendered(text: &str) -> bool {
    has_jinja(text) || text.ends_with('\n')
}

/// Whether a text may hold Jinja at all.
pub fn has_jinja(text: &str) -> bool {
    text.contains("{{") || text.contains("{%") || text.contains("{#")
}

/// Whether dbt renders the value at `path` while it reads the file. Tests, descriptions and hooks
/// are rendered later, filters of the semantic layer never.
fn renders_at(section: Section, path: &[Step]) -> bool {
    let Some(first) = path.first() else { return true };
    match section {
        Section::Sources => {
            let query_in_config =
                path.len() >= 2 && first.is_one_of(&["config"]) && path[1].is_one_of(&["loaded_at_query"]);
            let table_key = first.is_one_of(&["tables"]) && path.len() > 2 && renders_late(&path[2..]);
            !(first.is_one_of(&["description", "loaded_at_query"]) || query_in_config || table_key)
        }
        Section::Macros if first.is_one_of(&["arguments"]) => !renders_late(&path[1..]),
        Section::Metrics => {
            let filter = |step: Option<&Step>| step.is_some_and(|step| step.is_one_of(&["filter"]));
            let parent = path.len().checked_sub(2).and_then(|at| path.get(at));
            !(filter(path.last()) || filter(parent) || renders_late(path))
        }
        Section::SavedQueries => {
            let filter =
                path.len() > 1 && first.is_one_of(&["query_params"]) && path[1].is_one_of(&["where"]);
            !(filter || renders_late(path))
        }
        _ => !renders_late(path),
    }
}

fn renders_late(path: &[Step]) -> bool {
    const LATE: [&str; 4] = ["tests", "data_tests", "description", "loaded_at_query"];
    let at = |index: usize, keys: &[&str]| path.get(index).is_some_and(|step| step.is_one_of(keys));
    at(0, &LATE)
        || (path.len() == 2 && at(1, &LATE))
        || (at(0, &["config"]) && at(1, &["pre_hook", "post_hook", "loaded_at_query"]))
        || (path.len() == 5 && at(4, &["description"]))
        || (at(0, &["columns", "dimensions", "measures", "entities"])
            && at(2, &["tests", "data_tests", "description"]))
}
