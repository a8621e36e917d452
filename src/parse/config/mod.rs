//! Configuration of a node: project file by folder, then YAML properties, then `config()` in the
//! file, then the root project's file for nodes of installed packages.
//!
//! One merge serves every kind of node. Order and rules are dbt's:
//! <https://docs.getdbt.com/reference/define-configs>.

mod color;
mod unused;

use crate::diag::Diagnostic;
use crate::manifest::config::{Merge, default_of, defaults, listify, merge_rule};
use crate::manifest::{Config, ResourceType};
use crate::project::{Package, Project};
use crate::value::{Map, Str, Value};
pub use unused::unused_paths;

/// What the node itself says, in the order of precedence.
#[derive(Clone, Copy, Default)]
pub struct NodeLevels<'a> {
    /// `config:` of its YAML entry, rendered.
    pub patch: Option<&'a Map>,
    /// Merged `config(...)` calls of its file.
    pub call: Option<&'a Map>,
}

/// The effective configuration of a node.
///
/// # Errors
/// `invalid-config` when a value cannot be merged (a list where a dictionary belongs, …).
pub fn build(
    project: &Project,
    package: &Package,
    (resource_type, fqn): (ResourceType, &[Str]),
    levels: NodeLevels<'_>,
) -> Result<Config, Diagnostic> {
    let mut config = Config::new(resource_type);
    let adapter = &*project.profile.adapter_type;
    for level in tree_levels(tree_of(package, resource_type, true), fqn) {
        merge_level(&mut config, level, adapter)?;
    }
    for level in [levels.patch, levels.call].into_iter().flatten() {
        for (key, value) in level {
            merge_key(&mut config, key, value, adapter)?;
        }
    }
    if package.config.name != project.root().config.name {
        for level in tree_levels(tree_of(project.root(), resource_type, true), fqn) {
            merge_level(&mut config, level, adapter)?;
        }
    }
    finish(&mut config)?;
    Ok(config)
}

/// The configuration of a group, which knows no key but `meta`: every other one replaces what stood
/// above it. dbt looks groups up in the project file's `models:`.
///
/// # Errors
/// A `meta` that is no dictionary.
pub fn build_group(
    project: &Project,
    package: &Package,
    fqn: &[Str],
    given: &Map,
) -> Result<Map, Diagnostic> {
    let mut config = Config::new(ResourceType::SemanticModel);
    let adapter = &*project.profile.adapter_type;
    for level in tree_levels(tree_of(package, ResourceType::Model, true), fqn) {
        merge_level(&mut config, level, adapter)?;
    }
    for (key, value) in given {
        merge_key(&mut config, key, value, adapter)?;
    }
    if package.config.name != project.root().config.name {
        for level in tree_levels(tree_of(project.root(), ResourceType::Model, true), fqn) {
            merge_level(&mut config, level, adapter)?;
        }
    }
    // Hooks mean nothing to a group, and dbt drops them.
    config.values.retain(|key, _| !matches!(&**key, "pre-hook" | "post-hook"));
    Ok(config.values)
}

/// The configuration as written: the same levels, Jinja not rendered, each key clobbering.
pub fn build_unrendered(
    project: &Project,
    package: &Package,
    (resource_type, fqn): (ResourceType, &[Str]),
    levels: NodeLevels<'_>,
) -> Map {
    let mut result = Map::default();
    let adapter = &*project.profile.adapter_type;
    let mut apply = |tree: Option<&Map>| {
        for level in tree_levels(tree, fqn) {
            for (key, value) in level_entries(level) {
                result.insert(translate_alias(adapter, key).into(), value.clone());
            }
        }
    };
    apply(tree_of(package, resource_type, false));
    for level in [levels.patch, levels.call].into_iter().flatten() {
        for (key, value) in level {
            result.insert(translate_alias(adapter, key).into(), value.clone());
        }
    }
    if package.config.name != project.root().config.name {
        for level in tree_levels(tree_of(project.root(), resource_type, false), fqn) {
            for (key, value) in level_entries(level) {
                result.insert(translate_alias(adapter, key).into(), value.clone());
            }
        }
    }
    result
}

/// The project file's tree for a resource type. dbt looks some up under other names when it wants
/// the unrendered form; the manifest's `unrendered_config` shows it, so this follows.
fn tree_of(package: &Package, resource_type: ResourceType, rendered: bool) -> Option<&Map> {
    let key = match resource_type {
        ResourceType::Seed => "seeds",
        ResourceType::Snapshot => "snapshots",
        ResourceType::Source => "sources",
        ResourceType::Test => "data_tests",
        ResourceType::Metric => "metrics",
        ResourceType::SemanticModel if rendered => "semantic-models",
        ResourceType::SemanticModel => "semantic_models",
        ResourceType::SavedQuery if rendered => "saved-queries",
        ResourceType::SavedQuery => "saved_queries",
        ResourceType::Exposure => "exposures",
        ResourceType::UnitTest => "unit_tests",
        ResourceType::Function if rendered => "functions",
        _ => "models",
    };
    let trees = if rendered { &package.config.trees } else { &package.config.raw_trees };
    trees.get(key).and_then(Value::as_map).filter(|tree| !tree.is_empty())
}

/// The tree's root, then each deeper level that the node's fqn leads to.
fn tree_levels<'a>(tree: Option<&'a Map>, fqn: &'a [Str]) -> impl Iterator<Item = &'a Map> {
    let mut level = tree;
    let mut parts = fqn.iter();
    std::iter::from_fn(move || {
        let current = level?;
        level = parts.next().and_then(|part| current.get(part)).and_then(Value::as_map);
        Some(current)
    })
}

/// The settings of one level: `+key`, and plain keys that are not folders.
fn level_entries(level: &Map) -> impl Iterator<Item = (&str, &Value)> {
    level.iter().filter_map(|(key, value)| match key.strip_prefix('+') {
        Some(key) => Some((key.trim(), value)),
        None if value.as_map().is_none() => Some((&**key, value)),
        None => None,
    })
}

fn merge_level(config: &mut Config, level: &Map, adapter: &str) -> Result<(), Diagnostic> {
    for (key, value) in level_entries(level) {
        merge_key(config, key, value, adapter)?;
    }
    Ok(())
}

/// Other names that an adapter gives to `database` and `schema`.
pub fn translate_alias<'a>(adapter: &str, key: &'a str) -> &'a str {
    match (adapter, key) {
        ("bigquery", "project") => "database",
        ("bigquery", "dataset" | "data_set") => "schema",
        ("bigquery", "target_project") => "target_database",
        ("bigquery", "target_dataset") => "target_schema",
        ("postgres" | "redshift", "dbname") => "database",
        ("databricks", "catalog") => "database",
        _ => key,
    }
}

/// Merge rules that differ from the common ones: sources and exposures replace what others append.
fn rule_for(resource_type: ResourceType, key: &str) -> Merge {
    match resource_type {
        ResourceType::Exposure => Merge::Clobber,
        ResourceType::Source
        | ResourceType::Metric
        | ResourceType::SemanticModel
        | ResourceType::SavedQuery => {
            if key == "meta" {
                Merge::Update
            } else {
                Merge::Clobber
            }
        }
        ResourceType::UnitTest | ResourceType::Test => match key {
            "tags" | "meta" => merge_rule(key),
            _ => Merge::Clobber,
        },
        _ => merge_rule(key),
    }
}

fn merge_key(config: &mut Config, key: &str, value: &Value, adapter: &str) -> Result<(), Diagnostic> {
    let key = match translate_alias(adapter, key.trim()) {
        "pre_hook" => "pre-hook",
        "post_hook" => "post-hook",
        key => key,
    };
    let merged = rule_for(config.resource_type, key)
        .apply(key, config.get(key), value)
        .map_err(|message| Diagnostic::error("invalid-config", message))?;
    config.set(key, merged);
    Ok(())
}

/// Puts values into the shape that dbt's config classes give them, and checks them.
fn finish(config: &mut Config) -> Result<(), Diagnostic> {
    for key in ["pre-hook", "post-hook"] {
        if let Some(hooks) = config.values.get_mut(key) {
            let shaped = listify(hooks).iter().map(hook_dict).collect::<Result<_, _>>()?;
            *hooks = Value::List(shaped);
        }
    }
    if let Some(Value::Bool(on)) = config.values.get("static_analysis") {
        let word = if *on { "on" } else { "off" };
        config.set("static_analysis", word.into());
    }
    // dbt omits unset values before it builds the final config, so a null falls back to the default.
    let resource_type = config.resource_type;
    config.values.retain(|key, value| {
        // A source's `freshness: null` switches it off.
        !value.is_null()
            || (resource_type == ResourceType::Source && &**key == "freshness")
            || !defaults(resource_type).iter().any(|(known, default)| *known == &**key && !default.is_null())
    });
    match resource_type {
        ResourceType::Model => finish_model(config)?,
        ResourceType::Test => finish_test(config)?,
        ResourceType::Snapshot => finish_snapshot(config),
        ResourceType::Seed => fixed_materialization(config, "seed")?,
        _ => {}
    }
    drop_unknown_parts(config);
    check_types(config)
}

/// Takes out of the settings that have parts those that dbt's classes of them do not know.
fn drop_unknown_parts(config: &mut Config) {
    for key in ["contract", "docs", "snapshot_meta_column_names"] {
        let Some(Value::Map(known)) = default_of(config.resource_type, key) else { continue };
        if let Some(Value::Map(given)) = config.values.get_mut(key) {
            given.retain(|part, _| known.contains_key(part));
        }
    }
}

fn fixed_materialization(config: &Config, expected: &str) -> Result<(), Diagnostic> {
    match config.get_str("materialized") {
        Some(found) if found != expected => Err(Diagnostic::error(
            "invalid-config",
            format!(
                "a {} must have a materialized value of `{expected}`, not `{found}`",
                config.resource_type
            ),
        )),
        _ => Ok(()),
    }
}

fn finish_model(config: &mut Config) -> Result<(), Diagnostic> {
    let build_after = config.values.get("freshness").and_then(|freshness| freshness.get("build_after"));
    match build_after.and_then(Value::as_map).cloned() {
        None => {
            config.values.shift_remove("freshness");
        }
        Some(given) => {
            let part = |key: &str| given.get(key).cloned().unwrap_or_default();
            for (has, needs) in [("period", "count"), ("count", "period")] {
                if !part(has).is_null() && part(needs).is_null() {
                    return Err(Diagnostic::error(
                        "invalid-config",
                        format!(
                            "`freshness.build_after` must have a value for `{needs}` if a `{has}` is provided"
                        ),
                    ));
                }
            }
            let updates_on = given.get("updates_on").cloned().unwrap_or_else(|| "any".into());
            let shaped: Map = [
                ("count".into(), part("count")),
                ("period".into(), part("period")),
                ("updates_on".into(), updates_on),
            ]
            .into_iter()
            .collect();
            let freshness = Map::from_iter([("build_after".into(), Value::Map(shaped))]);
            config.set("freshness", Value::Map(freshness));
        }
    }
    let enforced =
        config.get("contract").and_then(|contract| contract.get("enforced")).is_some_and(Value::is_truthy);
    let on_schema_change = config.get_str("on_schema_change").unwrap_or("ignore");
    if enforced
        && config.get_str("materialized") == Some("incremental")
        && !matches!(on_schema_change, "append_new_columns" | "fail")
    {
        return Err(Diagnostic::error(
            "invalid-config",
            format!(
                "Invalid value for on_schema_change: {on_schema_change}. Models materialized as incremental with \
                 contracts enabled must set on_schema_change to 'append_new_columns' or 'fail'"
            ),
        ));
    }
    Ok(())
}

/// `store_failures_as` rules; where only `store_failures` is set, it follows from that.
fn finish_test(config: &mut Config) -> Result<(), Diagnostic> {
    if let Some(severity) = config.values.get("severity") {
        let word = severity.py_str();
        if !word.eq_ignore_ascii_case("warn") && !word.eq_ignore_ascii_case("error") {
            return Err(Diagnostic::error(
                "invalid-config",
                format!("Severity must be either 'warn' or 'error'. Got '{word}'"),
            ));
        }
    }
    fixed_materialization(config, "test")?;
    match config.values.get("store_failures_as").and_then(Value::as_str) {
        Some(kind) => {
            let stored = kind != "ephemeral";
            config.set("store_failures", stored.into());
        }
        None => match config.get_bool("store_failures") {
            Some(true) => config.set("store_failures_as", "table".into()),
            Some(false) => config.set("store_failures_as", "ephemeral".into()),
            None => {}
        },
    }
    Ok(())
}

fn finish_snapshot(config: &mut Config) {
    if let Some(Value::Map(given)) = config.values.get("snapshot_meta_column_names") {
        let of = default_of(ResourceType::Snapshot, "snapshot_meta_column_names").cloned();
        let Some(Value::Map(mut names)) = of else { return };
        names.extend(given.iter().map(|(key, value)| (key.clone(), value.clone())));
        config.set("snapshot_meta_column_names", Value::Map(names));
    }
}

/// A hook as dbt keeps it: `{sql, transaction, index}`. A JSON text is read as one.
fn hook_dict(hook: &Value) -> Result<Value, Diagnostic> {
    let given = match hook {
        Value::Map(map) => map.clone(),
        Value::Str(text) => {
            match serde_json::from_str::<serde_json::Value>(text).map(|json| Value::from_json(&json)) {
                Ok(Value::Map(map)) => map,
                _ => Map::from_iter([("sql".into(), hook.clone())]),
            }
        }
        other => {
            return Err(Diagnostic::error(
                "invalid-config",
                format!("a hook must be a string or a dictionary with `sql`, not {}", other.type_name()),
            ));
        }
    };
    let Some(sql) = given.get("sql") else {
        return Err(Diagnostic::error("invalid-config", "a hook given as a dictionary needs the key `sql`"));
    };
    Ok(Value::Map(Map::from_iter([
        ("sql".into(), sql.clone()),
        ("transaction".into(), given.get("transaction").cloned().unwrap_or(Value::Bool(true))),
        ("index".into(), given.get("index").cloned().unwrap_or_default()),
    ])))
}

/// Keys whose type dbt checks for every node.
fn check_types(config: &Config) -> Result<(), Diagnostic> {
    let wrong = |key: &str, expected: &str, value: &Value| {
        Diagnostic::error(
            "invalid-config",
            format!("`{key}` must be {expected}, but it is {} (`{}`)", value.type_name(), value.py_str()),
        )
        .data("key", key)
        .data("value", value.py_str())
        .help(format!("write {expected} behind `{key}`"))
    };
    if let Some(color) = config.get("docs").and_then(|docs| docs.get("node_color")).and_then(Value::as_str)
        && !color.is_empty()
        && !color::is_known(color)
    {
        return Err(Diagnostic::error(
            "invalid-config",
            format!(
                "Invalid color name for docs.node_color: {color}. It is neither a valid HTML color name nor a valid HEX \
                 code."
            ),
        ));
    }
    for (key, value) in &config.values {
        match (&**key, value) {
            (_, Value::Null) => {}
            ("enabled", Value::Bool(_)) => {}
            ("enabled", other) => {
                return Err(wrong(key, "true or false", other)
                    .note(format!("{} is not of type 'boolean'", other.py_repr())));
            }
            (
                "meta" | "persist_docs" | "quoting" | "column_types" | "grants" | "docs" | "contract",
                other,
            ) if other.as_map().is_none() => {
                return Err(wrong(key, "a dictionary", other));
            }
            ("tags", Value::List(items)) => {
                if let Some(other) = items.iter().find(|item| item.as_str().is_none()) {
                    return Err(wrong(key, "a text or a list of texts", other)
                        .note(format!("at path ['tags']: {} is not a string", other.py_repr())));
                }
            }
            ("alias" | "schema" | "database" | "group" | "materialized", other)
                if other.as_str().is_none()
                    && crate::manifest::config::is_known(config.resource_type, key) =>
            {
                return Err(wrong(key, "a string", other));
            }
            _ => {}
        }
    }
    Ok(())
}
