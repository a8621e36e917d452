//! A node's configuration: explicit values over the defaults of its resource type.
//!
//! Defaults and merge rules are dbt's: <https://docs.getdbt.com/reference/define-configs>.

use super::ResourceType;
use crate::value::{Map, Str, Value};

/// How a more specific level combines with what stands above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Merge {
    /// The more specific value replaces the other.
    Clobber,
    /// Lists (and single values) are appended.
    Append,
    /// Dictionaries are updated key by key.
    Update,
    /// Dictionaries whose `+key` entries append to the inherited list; others replace it.
    DictKeyAppend,
}

impl Merge {
    /// Combines an inherited value with a more specific one.
    ///
    /// # Errors
    /// A message when a dictionary is needed and something else is given.
    pub fn apply(self, key: &str, old: Option<&Value>, new: &Value) -> Result<Value, String> {
        match (self, old) {
            (Merge::Clobber, _) => Ok(new.clone()),
            (Merge::Append, old) => {
                let mut items = old.map(listify).unwrap_or_default();
                items.extend(listify(new));
                Ok(Value::List(items))
            }
            (Merge::Update, old) => {
                let new = expect_map(key, new)?;
                let mut merged = old.and_then(Value::as_map).cloned().unwrap_or_default();
                merged.extend(new.iter().map(|(key, value)| (key.clone(), value.clone())));
                Ok(Value::Map(merged))
            }
            (Merge::DictKeyAppend, old) => {
                let new = expect_map(key, new)?;
                let old = old.and_then(Value::as_map).into_iter().flatten();
                let mut merged: Map =
                    old.map(|(key, value)| (key.clone(), Value::List(listify(value)))).collect();
                for (key, value) in new {
                    let name = key.trim_start_matches('+');
                    let inherited = if key.starts_with('+') { merged.get(name).map(listify) } else { None };
                    let mut items = inherited.unwrap_or_default();
                    items.extend(listify(value));
                    merged.insert(name.into(), Value::List(items));
                }
                Ok(Value::Map(merged))
            }
        }
    }
}

fn expect_map<'a>(key: &str, value: &'a Value) -> Result<&'a Map, String> {
    value.as_map().ok_or_else(|| format!("`{key}` must be a dictionary, not {}", value.type_name()))
}

/// A list as it is, anything else as the only item of one.
pub fn listify(value: &Value) -> Vec<Value> {
    match value {
        Value::List(items) => items.clone(),
        other => vec![other.clone()],
    }
}

/// The merge rule of a configuration key; keys that dbt does not know clobber.
pub fn merge_rule(key: &str) -> Merge {
    match key {
        "tags" | "pre-hook" | "post-hook" | "packages" => Merge::Append,
        "meta" | "quoting" | "column_types" | "docs" | "contract" => Merge::Update,
        "grants" => Merge::DictKeyAppend,
        _ => Merge::Clobber,
    }
}

/// Explicitly set values. Read through [`Config::get`], which falls back to the type's defaults.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    pub resource_type: ResourceType,
    pub values: Map,
}

impl Config {
    pub fn new(resource_type: ResourceType) -> Config {
        Config { resource_type, values: Map::default() }
    }

    /// The effective value: set, or the default; none for an unknown key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.values.get(key).or_else(|| default_of(self.resource_type, key))
    }

    pub fn get_str(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(Value::as_str)
    }

    pub fn get_bool(&self, key: &str) -> Option<bool> {
        self.get(key).and_then(Value::as_bool)
    }

    pub fn enabled(&self) -> bool {
        self.get_bool("enabled").unwrap_or(true)
    }

    pub fn set(&mut self, key: impl Into<Str>, value: Value) {
        self.values.insert(key.into(), value);
    }

    /// All effective entries: defaults in dbt's order, then further keys as set.
    pub fn effective(&self) -> impl Iterator<Item = (&str, &Value)> {
        let defaults = defaults(self.resource_type);
        defaults.iter().map(|(key, default)| (*key, self.values.get(*key).unwrap_or(default))).chain(
            self.values
                .iter()
                .filter(|(key, _)| !defaults.iter().any(|(known, _)| *known == &***key))
                .map(|(key, value)| (&**key, value)),
        )
    }

    pub fn tags(&self) -> Vec<Str> {
        match self.get("tags") {
            Some(Value::Str(tag)) => vec![tag.clone()],
            Some(Value::List(tags)) => tags.iter().map(|tag| Str::from(tag.py_str())).collect(),
            _ => vec![],
        }
    }
}

/// The default of `key` for a resource type.
pub fn default_of(resource_type: ResourceType, key: &str) -> Option<&'static Value> {
    defaults(resource_type).iter().find(|(known, _)| *known == key).map(|(_, value)| value)
}

/// Whether dbt knows `key` for the resource type (others are custom keys, carried along).
pub fn is_known(resource_type: ResourceType, key: &str) -> bool {
    default_of(resource_type, key).is_some()
}

/// The keys of a resource type with their defaults, in dbt's order.
pub fn defaults(resource_type: ResourceType) -> &'static [(&'static str, Value)] {
    use std::sync::LazyLock;
    type Table = LazyLock<Vec<(&'static str, Value)>>;
    static MODEL: Table = LazyLock::new(|| {
        node_defaults("view")
            .into_iter()
            .chain([("access", "protected".into()), ("freshness", Value::Null)])
            .collect()
    });
    static SEED: Table = LazyLock::new(|| {
        node_defaults("seed")
            .into_iter()
            .chain([("delimiter", ",".into()), ("quote_columns", Value::Null)])
            .collect()
    });
    static SNAPSHOT: Table = LazyLock::new(snapshot_defaults);
    static TEST: Table = LazyLock::new(test_defaults);
    static FUNCTION: Table = LazyLock::new(|| {
        node_defaults("function")
            .into_iter()
            .chain([
                ("type", "scalar".into()),
                ("volatility", Value::Null),
                ("runtime_version", Value::Null),
                ("entry_point", Value::Null),
            ])
            .collect()
    });
    static NODE: Table = LazyLock::new(|| node_defaults("view"));
    static SOURCE: Table = LazyLock::new(source_defaults);
    static EXPOSURE: Table =
        LazyLock::new(|| vec![("enabled", true.into()), ("tags", empty_list()), ("meta", empty_map())]);
    static SEMANTIC: Table =
        LazyLock::new(|| vec![("enabled", true.into()), ("group", Value::Null), ("meta", empty_map())]);
    static SAVED_QUERY: Table = LazyLock::new(|| {
        let cache = Value::Map([("enabled".into(), false.into())].into_iter().collect());
        vec![
            ("enabled", true.into()),
            ("group", Value::Null),
            ("meta", empty_map()),
            ("export_as", Value::Null),
            ("schema", Value::Null),
            ("cache", cache),
        ]
    });
    static UNIT_TEST: Table = LazyLock::new(|| {
        vec![
            ("tags", empty_list()),
            ("meta", empty_map()),
            ("enabled", true.into()),
            ("static_analysis", Value::Null),
        ]
    });
    match resource_type {
        ResourceType::Model => &MODEL,
        ResourceType::Seed => &SEED,
        ResourceType::Snapshot => &SNAPSHOT,
        ResourceType::Test => &TEST,
        ResourceType::Function => &FUNCTION,
        ResourceType::Analysis | ResourceType::Operation | ResourceType::SqlOperation => &NODE,
        ResourceType::Source => &SOURCE,
        ResourceType::Exposure => &EXPOSURE,
        ResourceType::Metric | ResourceType::SemanticModel => &SEMANTIC,
        ResourceType::SavedQuery => &SAVED_QUERY,
        ResourceType::UnitTest => &UNIT_TEST,
    }
}

fn empty_map() -> Value {
    Value::Map(Map::default())
}

fn empty_list() -> Value {
    Value::List(vec![])
}

fn common_defaults(schema: Value) -> Vec<(&'static str, Value)> {
    vec![
        ("enabled", true.into()),
        ("alias", Value::Null),
        ("schema", schema),
        ("database", Value::Null),
        ("tags", empty_list()),
        ("meta", empty_map()),
        ("group", Value::Null),
        ("static_analysis", Value::Null),
    ]
}

fn node_defaults(materialized: &str) -> Vec<(&'static str, Value)> {
    let docs = [("show".into(), true.into()), ("node_color".into(), Value::Null)];
    let contract = [("enforced".into(), false.into()), ("alias_types".into(), true.into())];
    let mut table = common_defaults(Value::Null);
    table.extend([
        ("materialized", materialized.into()),
        ("incremental_strategy", Value::Null),
        ("batch_size", Value::Null),
        ("lookback", 1.into()),
        ("begin", Value::Null),
        ("persist_docs", empty_map()),
        ("post-hook", empty_list()),
        ("pre-hook", empty_list()),
        ("quoting", empty_map()),
        ("column_types", empty_map()),
        ("full_refresh", Value::Null),
        ("unique_key", Value::Null),
        ("on_schema_change", "ignore".into()),
        ("on_configuration_change", "apply".into()),
        ("grants", empty_map()),
        ("packages", empty_list()),
        ("docs", Value::Map(docs.into_iter().collect())),
        ("contract", Value::Map(contract.into_iter().collect())),
        ("event_time", Value::Null),
        ("concurrent_batches", Value::Null),
    ]);
    table
}

fn snapshot_defaults() -> Vec<(&'static str, Value)> {
    let names = ["dbt_valid_to", "dbt_valid_from", "dbt_scd_id", "dbt_updated_at", "dbt_is_deleted"];
    let names = names.map(|name| (Str::from(name), Value::Null));
    let mut table = node_defaults("snapshot");
    table.extend([
        ("strategy", Value::Null),
        ("target_schema", Value::Null),
        ("target_database", Value::Null),
        ("updated_at", Value::Null),
        ("check_cols", Value::Null),
        ("snapshot_meta_column_names", Value::Map(names.into_iter().collect())),
        ("dbt_valid_to_current", Value::Null),
    ]);
    table
}

fn test_defaults() -> Vec<(&'static str, Value)> {
    let mut table = common_defaults("dbt_test__audit".into());
    table.extend([
        ("materialized", "test".into()),
        ("severity", "ERROR".into()),
        ("store_failures", Value::Null),
        ("store_failures_as", Value::Null),
        ("where", Value::Null),
        ("limit", Value::Null),
        ("fail_calc", "count(*)".into()),
        ("warn_if", "!= 0".into()),
        ("error_if", "!= 0".into()),
    ]);
    table
}

fn source_defaults() -> Vec<(&'static str, Value)> {
    let time =
        || Value::Map([("count".into(), Value::Null), ("period".into(), Value::Null)].into_iter().collect());
    let freshness =
        [("warn_after".into(), time()), ("error_after".into(), time()), ("filter".into(), Value::Null)];
    vec![
        ("enabled", true.into()),
        ("event_time", Value::Null),
        ("freshness", Value::Map(freshness.into_iter().collect())),
        ("loaded_at_field", Value::Null),
        ("loaded_at_query", Value::Null),
        ("meta", empty_map()),
        ("tags", empty_list()),
        ("static_analysis", Value::Null),
    ]
}
