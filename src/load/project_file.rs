//! The project file: rendered, checked, defaults filled in.
//!
//! Keys and defaults are dbt 1.11's: <https://docs.getdbt.com/reference/dbt_project.yml>.

use std::path::Path;

use super::contract::{self, Checked, boolean, check_keys, given, hooks, map, text, texts, wrong_type};
use super::render::{self, Render};
use super::version::required_versions;
use crate::diag::{Diagnostic, Sink};
use crate::project::{Dispatch, ProjectConfig};
use crate::value::{Map, Str, Value};
use crate::yaml::{Yaml, YamlEntry, YamlKind};

const KEYS: &[&str] = &[
    "name",
    "config-version",
    "version",
    "project-root",
    "source-paths",
    "model-paths",
    "macro-paths",
    "data-paths",
    "seed-paths",
    "test-paths",
    "analysis-paths",
    "docs-paths",
    "asset-paths",
    "function-paths",
    "target-path",
    "snapshot-paths",
    "clean-targets",
    "profile",
    "log-path",
    "packages-install-path",
    "quoting",
    "on-run-start",
    "on-run-end",
    "require-dbt-version",
    "dispatch",
    "models",
    "seeds",
    "snapshots",
    "analyses",
    "sources",
    "tests",
    "data_tests",
    "unit_tests",
    "metrics",
    "semantic-models",
    "saved-queries",
    "exposures",
    "functions",
    "vars",
    "packages",
    "query-comment",
    "restrict-access",
    "dbt-cloud",
    "flags",
];

/// Keys that hold a tree of configuration.
const TREES: [&str; 12] = [
    "models",
    "seeds",
    "snapshots",
    "analyses",
    "sources",
    "data_tests",
    "unit_tests",
    "metrics",
    "semantic-models",
    "saved-queries",
    "exposures",
    "functions",
];

/// Names that templates use themselves.
#[rustfmt::skip]
const RESERVED: &[&str] = &[
    "_sql_results", "adapter", "api", "column", "config", "context", "database", "env", "env_var",
    "exceptions", "execute", "flags", "fromjson", "fromyaml", "graph", "invocation_id",
    "load_agate_table", "load_result", "log", "model", "modules", "post_hooks", "pre_hooks", "ref",
    "render", "return", "run_started_at", "schema", "source", "sql", "sql_now", "store_result",
    "store_raw_result", "target", "this", "tojson", "toyaml", "try_or_compiler_error", "var", "write",
];

/// How a project file is read.
pub struct Reading<'a> {
    pub render: Render<'a>,
    /// `--target-path`, which overrides the file's own.
    pub target_path: Option<&'a Path>,
    /// Compare `require-dbt-version` with the release that is matched.
    pub check_version: bool,
}

/// The settings in a project file's tree. Deprecated keys are reported to `sink`.
pub fn read(raw: &Yaml, reading: &Reading, sink: &Sink) -> Result<ProjectConfig, Diagnostic> {
    let raw = &with_data_tests(raw)?;
    let file = &render::tree(raw, &mut vec![], &keeps, reading.render)?;
    let entries = file.as_map().unwrap_or_default();
    let name = file.get("name").map(|name| name.to_value().py_str()).unwrap_or_default();
    let require_dbt_version = required_versions(file, &name, reading.check_version)?;
    let deprecated = deprecated_paths(file, sink)?;
    check_keys(entries, KEYS, "a project file")?;
    let name = project_name(file)?;
    check_scalars(file)?;
    let paths = |key: &str, default: &str| -> Checked<Vec<Str>> {
        let old = deprecated.iter().find(|(_, new)| *new == key).map_or(key, |(old, _)| *old);
        Ok(texts(file, old)?.unwrap_or_else(|| vec![default.into()]))
    };
    let own_target = text(file, "target-path")?;
    let target_path = match reading.target_path {
        Some(path) => path.to_string_lossy().into(),
        None => own_target.clone().unwrap_or_else(|| "target".into()),
    };
    let mut config = ProjectConfig {
        name,
        version: given(file, "version").map(Yaml::to_value),
        profile: text(file, "profile")?,
        model_paths: paths("model-paths", "models")?,
        macro_paths: paths("macro-paths", "macros")?,
        seed_paths: paths("seed-paths", "seeds")?,
        test_paths: paths("test-paths", "tests")?,
        analysis_paths: paths("analysis-paths", "analyses")?,
        snapshot_paths: paths("snapshot-paths", "snapshots")?,
        function_paths: paths("function-paths", "functions")?,
        docs_paths: vec![],
        asset_paths: texts(file, "asset-paths")?.unwrap_or_default(),
        target_path: own_target,
        clean_targets: texts(file, "clean-targets")?.unwrap_or_else(|| vec![target_path]),
        packages_install_path: text(file, "packages-install-path")?.unwrap_or_else(|| "dbt_packages".into()),
        trees: trees(file)?,
        raw_trees: trees(raw).unwrap_or_default(),
        vars: map(file, "vars")?,
        on_run_start: hooks(file, "on-run-start")?,
        on_run_end: hooks(file, "on-run-end")?,
        dispatch: dispatch(file)?,
        quoting: quoting(file)?,
        query_comment: query_comment(file)?,
        require_dbt_version,
        restrict_access: boolean(file, "restrict-access")?.unwrap_or_default(),
        source: Some(raw.clone()),
    };
    config.docs_paths = texts(file, "docs-paths")?.unwrap_or_else(|| all_source_paths(&config));
    Ok(config)
}

/// All folders that may hold properties or docs blocks; slashes at the end dropped, each one once.
fn all_source_paths(config: &ProjectConfig) -> Vec<Str> {
    let mut paths: Vec<Str> = vec![];
    for path in config.source_paths() {
        let path = path.trim_end_matches('/');
        if !paths.iter().any(|known| &**known == path) {
            paths.push(path.into());
        }
    }
    paths
}

/// Templates in hooks, vars and the query comment are rendered later, with more in scope.
fn keeps(path: &[Str]) -> bool {
    match path.first().map(|key| &**key) {
        Some("on-run-start" | "on-run-end" | "query-comment" | "vars") => true,
        Some("seeds" | "models" | "snapshots" | "tests" | "data_tests") => path.iter().any(|key| {
            let key = key.trim_start_matches(['+', ' ']);
            matches!(key, "pre-hook" | "post-hook" | "pre_hook" | "post_hook")
        }),
        _ => false,
    }
}

/// `tests:` is the old name of `data_tests:`.
fn with_data_tests(raw: &Yaml) -> Checked<Yaml> {
    let mut file = raw.clone();
    let YamlKind::Map(entries) = &mut file.kind else { return Ok(file) };
    let find = |entries: &[YamlEntry], key: &str| entries.iter().position(|entry| &*entry.key == key);
    match (find(entries, "tests"), find(entries, "data_tests")) {
        (Some(tests), Some(_)) => {
            let both = [&raw.get("tests"), &raw.get("data_tests")]
                .iter()
                .all(|tree| tree.is_some_and(|tree| tree.to_value().is_truthy()));
            if both {
                let key_span = entries.get(tests).map(|entry| entry.key_span);
                return Err(Diagnostic::error(
                    "invalid-project-file",
                    "`tests` and `data_tests` mean the same; keep one",
                )
                .at(key_span)
                .note("Invalid project config: cannot have both 'tests' and 'data_tests' defined"));
            }
            entries.remove(tests);
        }
        (Some(tests), None) => {
            if let Some(entry) = entries.get_mut(tests) {
                entry.key = "data_tests".into();
                entry.key_value = Value::str("data_tests");
            }
        }
        (None, _) => {}
    }
    Ok(file)
}

/// Reports old spellings; gives those that stand for a new key.
fn deprecated_paths(file: &Yaml, sink: &Sink) -> Checked<Vec<(&'static str, &'static str)>> {
    let mut renamed = vec![];
    let moved = [
        ("source-paths", "model-paths", "ConfigSourcePathDeprecation"),
        ("data-paths", "seed-paths", "ConfigDataPathDeprecation"),
    ];
    for (old, new, event) in moved {
        let Some(entry) = file.entry(old) else { continue };
        if file.get(new).is_some() {
            let message = format!("`{old}` and `{new}` mean the same; keep `{new}`");
            let classic = format!("{old} and {new} cannot both be defined.");
            return Err(Diagnostic::error("invalid-project-file", message).at(entry.key_span).note(classic));
        }
        let message = format!("The `{old}` config has been renamed to `{new}`.");
        sink.push(Diagnostic::warning("deprecated-key", message).at(entry.key_span).event(event));
        renamed.push((old, new));
    }
    let flags = [
        ("log-path", "logs", "DBT_LOG_PATH", "ConfigLogPathDeprecation"),
        ("target-path", "target", "DBT_TARGET_PATH", "ConfigTargetPathDeprecation"),
    ];
    for (key, default, variable, event) in flags {
        let Some(entry) = file.entry(key).filter(|entry| entry.value.as_str() != Some(default)) else {
            continue;
        };
        let message = format!("the key `{key}` is deprecated in a project file");
        sink.push(
            Diagnostic::warning("deprecated-key", message)
                .at(entry.key_span)
                .help(format!("use `--{key}` or the environment variable `{variable}`"))
                .event(event),
        );
    }
    Ok(renamed)
}

fn project_name(file: &Yaml) -> Checked<Str> {
    let fail = |message: String| Diagnostic::error("invalid-project-file", message);
    let Some(value) = given(file, "name") else {
        return Err(fail("the project file has no `name`".into())
            .at(file.span)
            .help("add `name: my_project`")
            .note("Required \"name\" field not present in project"));
    };
    let Some(name) = value.as_str() else { return Err(wrong_type("name", value, "text")) };
    let starts_well = name.chars().next().is_some_and(|c| c == '_' || c.is_alphabetic());
    if !starts_well || !name.chars().all(|c| c == '_' || c.is_alphanumeric()) {
        return Err(fail(format!("`{name}` is not a project name: use letters, digits and `_`"))
            .at(value.span)
            .help(format!("for example `{}`", name.replace(|c: char| !c.is_alphanumeric(), "_")))
            .note(format!("at path ['name']: '{name}' does not match '^[^\\\\d\\\\W]\\\\w*$'")));
    }
    if RESERVED.contains(&name) {
        return Err(fail(format!("`{name}` cannot name a project: templates use that word"))
            .at(value.span)
            .note(format!("Invalid project name: {name} is a reserved word")));
    }
    Ok(name.into())
}

/// Keys that are not kept but must have the right type all the same.
fn check_scalars(file: &Yaml) -> Checked<()> {
    if let Some(value) = given(file, "config-version")
        && !matches!(value.to_value(), Value::Int(_))
    {
        return Err(wrong_type("config-version", value, "a number"));
    }
    if let Some(value) = given(file, "version") {
        let valid = match value.to_value() {
            Value::Str(text) => is_version(&text),
            Value::Float(_) | Value::Int(_) => true,
            _ => false,
        };
        if !valid {
            return Err(wrong_type("version", value, "a version such as `1.0.0`"));
        }
    }
    for key in ["dbt-cloud", "flags"] {
        map(file, key)?;
    }
    text(file, "log-path")?;
    Ok(())
}

/// `1.0` or a full semantic version.
fn is_version(text: &str) -> bool {
    let full = if text.matches('.').count() == 1 { format!("{text}.0") } else { text.to_string() };
    full.starts_with(|c: char| c.is_ascii_digit()) && crate::semver::Specifier::parse(&full).is_ok()
}

fn trees(file: &Yaml) -> Checked<Map> {
    let mut trees = Map::default();
    for key in TREES {
        if file.get(key).is_some() {
            trees.insert(key.into(), Value::Map(map(file, key)?));
        }
    }
    Ok(trees)
}

fn dispatch(file: &Yaml) -> Checked<Vec<Dispatch>> {
    const KEY: &str = "dispatch";
    let Some(value) = given(file, KEY) else { return Ok(vec![]) };
    let items = value.as_list().ok_or_else(|| wrong_type(KEY, value, "a list"))?;
    let wrong = |item: &Yaml| {
        let shown = item.to_value().py_repr();
        Diagnostic::error(
            "invalid-project-file",
            "a `dispatch` entry needs `macro_namespace` and a list `search_order`",
        )
        .at(item.span)
        .note(format!("Invalid project dispatch config: {shown}"))
    };
    let entry = |item: &Yaml| {
        let namespace = item.get("macro_namespace").ok_or_else(|| wrong(item))?;
        let order = item.get("search_order").and_then(Yaml::as_list).ok_or_else(|| wrong(item))?;
        Ok(Dispatch {
            macro_namespace: namespace.to_value().py_str().into(),
            search_order: order.iter().map(|package| package.to_value().py_str().into()).collect(),
        })
    };
    items.iter().map(entry).collect()
}

fn quoting(file: &Yaml) -> Checked<[Option<bool>; 3]> {
    let Some(quoting) = given(file, "quoting") else { return Ok([None; 3]) };
    let entries = quoting.as_map().ok_or_else(|| wrong_type("quoting", quoting, "a mapping"))?;
    let known = ["database", "project", "schema", "identifier", "snowflake_ignore_case"];
    check_keys(entries, &known, "`quoting`")?;
    for key in known {
        boolean(quoting, key)?;
    }
    // `project` is BigQuery's word for the database.
    let database = boolean(quoting, "database")?.or(boolean(quoting, "project")?);
    Ok([database, boolean(quoting, "schema")?, boolean(quoting, "identifier")?])
}

fn query_comment(file: &Yaml) -> Checked<Option<Value>> {
    const KEY: &str = "query-comment";
    let Some(value) = file.get(KEY) else { return Ok(None) };
    match &value.kind {
        // An empty comment is a way to have none.
        YamlKind::Scalar(Value::Null) => Ok(Some(Value::str(""))),
        YamlKind::Scalar(Value::Str(_)) => Ok(Some(value.to_value())),
        YamlKind::Map(entries) => {
            check_keys(entries, &["comment", "append", "job-label"], "`query-comment`")?;
            boolean(value, "append")?;
            boolean(value, "job-label")?;
            contract::text(value, "comment")?;
            Ok(Some(value.to_value()))
        }
        _ => Err(wrong_type(KEY, value, "a text or a mapping with `comment`")),
    }
}
