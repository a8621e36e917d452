//! Sources: each table of a `sources:` entry is a node of its own.
//!
//! Shapes and precedence: <https://docs.getdbt.com/reference/source-properties>.

use super::columns::{ColumnProps, TestEntry, columns, tests};
use super::properties::Entry;
use crate::diag::Diagnostic;
use crate::source::Span;
use crate::value::{Map, Str, Value};
use crate::yaml::Yaml;

/// A `sources:` entry, defaults of its tables not yet applied.
#[derive(Clone, Debug)]
pub struct SourceEntry {
    pub package: Str,
    pub original_file_path: Str,
    /// Folder-relative path of the file, for the fqn.
    pub path: Str,
    pub data: Map,
    pub tables: Vec<TableEntry>,
    /// `database` and `schema` as written.
    pub raw_database: Option<Str>,
    pub raw_schema: Option<Str>,
    pub overrides: Option<Str>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct TableEntry {
    pub name: Str,
    pub data: Map,
    pub columns: Vec<ColumnProps>,
    pub tests: Vec<TestEntry>,
    /// The key stands in the file, whatever its value.
    pub has_loaded_at_field: bool,
    pub span: Span,
}

/// What a table's node gets from its entry and the source's.
#[derive(Clone, Debug)]
pub struct TableSettings {
    /// Levels between the project file and nothing: the `config` that the YAML amounts to.
    pub config: Map,
    pub source_meta: Map,
    pub quoting: Map,
}

/// Reads an entry of `sources:`; adapter aliases (`project`, `dataset`) become dbt's names.
pub fn source_entry(
    entry: &Entry<'_>,
    adapter: &str,
    problems: &mut Vec<Diagnostic>,
) -> Result<SourceEntry, Diagnostic> {
    let data = translate(&entry.data, adapter);
    let mut found = vec![];
    let places = entry.yaml.get("tables").and_then(Yaml::as_list).unwrap_or_default();
    check_loaded_at(entry, &data)?;
    for (index, table) in entry.list("tables")?.iter().enumerate() {
        let yaml = places.get(index).unwrap_or(&entry.yaml);
        let Value::Map(table) = table else {
            return Err(entry.wrong_type("tables", "a list of dictionaries", table));
        };
        let Some(Value::Str(name)) = table.get("name") else {
            return Err(Diagnostic::error(
                "missing-property",
                format!("a table of source `{}` has no `name` in text form", entry.name()),
            )
            .at(yaml.span));
        };
        let table = translate(table, adapter);
        check_loaded_at(entry, &table)?;
        let in_config = table
            .get("config")
            .and_then(|config| config.get("loaded_at_field"))
            .is_some_and(Value::is_truthy);
        found.push(TableEntry {
            name: name.clone(),
            columns: columns(entry, table.get("columns"), yaml.get("columns"), problems)?,
            tests: tests(entry, &table, yaml)?.unwrap_or_default(),
            has_loaded_at_field: table.contains_key("loaded_at_field") || in_config,
            data: table,
            span: yaml.get("name").map_or(yaml.span, |name| name.span),
        });
    }
    let raw = |key: &str| entry.yaml.get(key).and_then(Yaml::as_str).map(Str::from);
    Ok(SourceEntry {
        package: entry.package.config.name.clone(),
        original_file_path: entry.file.original_file_path.clone(),
        path: entry.file.path.clone(),
        overrides: entry.opt_str("overrides")?,
        tables: found,
        raw_database: raw("database"),
        raw_schema: raw("schema"),
        span: entry.yaml.get("name").map_or(entry.yaml.span, |name| name.span),
        data,
    })
}

fn check_loaded_at(entry: &Entry<'_>, data: &Map) -> Result<(), Diagnostic> {
    match data.get("loaded_at_field") {
        Some(Value::Str(text)) if text.is_empty() => Err(entry.error(
            "invalid-property",
            "loaded_at_field",
            "loaded_at_field cannot be an empty string.",
        )),
        _ => Ok(()),
    }
}

fn translate(data: &Map, adapter: &str) -> Map {
    data.iter()
        .map(|(key, value)| (Str::from(super::config::translate_alias(adapter, key)), value.clone()))
        .collect()
}

fn sub_map<'a>(data: &'a Map, key: &str) -> Option<&'a Map> {
    data.get(key).and_then(Value::as_map)
}

/// The string under `key`, none for null.
pub fn text(data: &Map, key: &str) -> Option<Str> {
    data.get(key).and_then(Value::as_shared_str).cloned()
}

impl SourceEntry {
    pub fn name(&self) -> Str {
        text(&self.data, "name").unwrap_or_else(|| "".into())
    }

    /// Applies another package's override of this source: keys of the patch win. Gives the names of tables that
    /// this source has not.
    pub fn apply_override(&mut self, patch: &SourceEntry) -> Vec<Str> {
        for (key, value) in &patch.data {
            if !matches!(&**key, "name" | "overrides" | "tables") {
                self.data.insert(key.clone(), value.clone());
            }
        }
        let mut unused = vec![];
        for table in &patch.tables {
            let Some(own) = self.tables.iter_mut().find(|own| own.name == table.name) else {
                unused.push(table.name.clone());
                continue;
            };
            own.data.extend(table.data.iter().map(|(key, value)| (key.clone(), value.clone())));
            own.has_loaded_at_field |= table.has_loaded_at_field;
            if table.data.contains_key("columns") {
                own.columns = table.columns.clone();
            }
            if table.data.contains_key("tests") || table.data.contains_key("data_tests") {
                own.tests = table.tests.clone();
            }
        }
        unused.sort_unstable();
        unused
    }

    /// What the YAML says about one table, source and table levels combined as dbt combines them.
    ///
    /// # Errors
    /// `invalid-property` when both ways to find the load time are given at one level.
    pub fn settings(&self, table: &TableEntry) -> Result<TableSettings, Diagnostic> {
        let mut config = Map::default();
        for level in [sub_map(&self.data, "config"), sub_map(&table.data, "config")].into_iter().flatten() {
            config.extend(level.iter().map(|(key, value)| (key.clone(), value.clone())));
        }
        match merged_freshness(&[
            freshness(&self.data, false),
            freshness(&self.data, true),
            freshness(&table.data, false),
            freshness(&table.data, true),
        ]) {
            Some(freshness) if is_set(&freshness) => config.insert("freshness".into(), Value::Map(freshness)),
            Some(_) => config.shift_remove("freshness"),
            None => config.insert("freshness".into(), Value::Null),
        };
        let (field, query) = self.loaded_at(table)?;
        config.insert("loaded_at_field".into(), field.map_or(Value::Null, Value::Str));
        config.insert("loaded_at_query".into(), query.map_or(Value::Null, Value::Str));
        let (mut meta, mut tags) = (Map::default(), vec![]);
        for data in [&self.data, &table.data] {
            let nested = sub_map(data, "config");
            for level in [sub_map(data, "meta"), nested.and_then(|config| sub_map(config, "meta"))]
                .into_iter()
                .flatten()
            {
                meta.extend(level.iter().map(|(key, value)| (key.clone(), value.clone())));
            }
            for level in
                [data.get("tags"), nested.and_then(|config| config.get("tags"))].into_iter().flatten()
            {
                tags.extend(tag_list(level));
            }
        }
        tags.sort();
        tags.dedup();
        config.insert("meta".into(), Value::Map(meta));
        config.insert("tags".into(), Value::List(tags.into_iter().map(Value::Str).collect()));
        let mut source_meta = sub_map(&self.data, "meta").cloned().unwrap_or_default();
        if let Some(more) = sub_map(&self.data, "config").and_then(|config| sub_map(config, "meta")) {
            source_meta.extend(more.iter().map(|(key, value)| (key.clone(), value.clone())));
        }
        let mut quoting = Map::from_iter(
            ["database", "schema", "identifier", "column"].map(|key| (Str::from(key), Value::Null)),
        );
        for level in [sub_map(&self.data, "quoting"), sub_map(&table.data, "quoting")].into_iter().flatten() {
            quoting.extend(
                level
                    .iter()
                    .filter(|(_, value)| !value.is_null())
                    .map(|(key, value)| (key.clone(), value.clone())),
            );
        }
        Ok(TableSettings { config, source_meta, quoting })
    }

    fn loaded_at(&self, table: &TableEntry) -> Result<(Option<Str>, Option<Str>), Diagnostic> {
        let at = |data: &Map, key: &str| {
            text(data, key)
                .filter(|text| !text.is_empty())
                .or_else(|| sub_map(data, "config").and_then(|config| text(config, key)))
        };
        let both = |level: &str| {
            Diagnostic::error(
                "invalid-property",
                format!("Cannot specify both loaded_at_field and loaded_at_query at {level} level."),
            )
        };
        let table_query = at(&table.data, "loaded_at_query");
        if table.has_loaded_at_field && table_query.is_some() {
            return Err(both("table").at(table.span));
        }
        let (field, query) = (at(&self.data, "loaded_at_field"), at(&self.data, "loaded_at_query"));
        if field.is_some() && query.is_some() {
            return Err(both("source").at(self.span));
        }
        let field = if table.has_loaded_at_field { at(&table.data, "loaded_at_field") } else { field };
        let query = match table_query {
            Some(query) => Some(query),
            None if table.has_loaded_at_field => None,
            None => query,
        };
        Ok((field, query))
    }

    /// Tags that the tests of a table inherit: the source's, the table's.
    pub fn test_tags(&self, table: &TableEntry) -> Vec<Str> {
        [self.data.get("tags"), table.data.get("tags")].into_iter().flatten().flat_map(tag_list).collect()
    }
}

fn tag_list(value: &Value) -> Vec<Str> {
    match value {
        Value::Str(tag) => vec![tag.clone()],
        Value::List(tags) => tags.iter().filter_map(Value::as_shared_str).cloned().collect(),
        _ => vec![],
    }
}

/// One level's freshness: none when switched off by null, empty when not given.
fn freshness(data: &Map, in_config: bool) -> Option<Map> {
    let given = if in_config {
        sub_map(data, "config").and_then(|config| config.get("freshness"))
    } else {
        data.get("freshness")
    };
    match given {
        None => Some(Map::default()),
        Some(Value::Map(map)) => Some(map.clone()),
        Some(_) => None,
    }
}

fn is_set(freshness: &Map) -> bool {
    let time_is_set = |key: &str| {
        freshness.get(key).is_some_and(|time| {
            ["count", "period"].iter().all(|part| time.get(part).is_some_and(|value| !value.is_null()))
        })
    };
    time_is_set("warn_after") || time_is_set("error_after")
}

/// Later levels win key by key; a null switches off, until a later level sets times again.
fn merged_freshness(levels: &[Option<Map>]) -> Option<Map> {
    let (first, rest) = levels.split_first()?;
    let mut merged = first.clone();
    for level in rest {
        merged = match (merged, level) {
            (Some(base), Some(update)) => Some(merge_thresholds(&base, update)),
            (None, Some(update)) if is_set(update) => Some(shaped(update)),
            _ => None,
        };
    }
    merged.map(|freshness| shaped(&freshness))
}

fn merge_thresholds(base: &Map, update: &Map) -> Map {
    let mut merged = base.clone();
    for (key, value) in update {
        let combined = match (&**key, merged.get(&**key), value) {
            ("warn_after" | "error_after", Some(Value::Map(old)), Value::Map(new)) => {
                let mut time = old.clone();
                time.extend(
                    new.iter()
                        .filter(|(_, part)| !part.is_null())
                        .map(|(key, part)| (key.clone(), part.clone())),
                );
                Value::Map(time)
            }
            ("filter", Some(old), Value::Null) => old.clone(),
            (_, _, value) => value.clone(),
        };
        merged.insert(key.clone(), combined);
    }
    merged
}

/// All keys present: a threshold that was not given counts as one without count and period.
fn shaped(freshness: &Map) -> Map {
    let time = |key: &str| match freshness.get(key) {
        Some(Value::Null) => Value::Null,
        given => {
            let part = |name: &str| given.and_then(|time| time.get(name)).cloned().unwrap_or_default();
            Value::Map(Map::from_iter([("count".into(), part("count")), ("period".into(), part("period"))]))
        }
    };
    Map::from_iter([
        ("warn_after".into(), time("warn_after")),
        ("error_after".into(), time("error_after")),
        ("filter".into(), freshness.get("filter").cloned().unwrap_or_default()),
    ])
}
