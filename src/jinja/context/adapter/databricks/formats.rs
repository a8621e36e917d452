//! In which catalog, format and place a table is to stand.

use minijinja::{Error, State, Value};

use super::super::super::args::type_error;
use super::super::super::host::ExecutionHost;
use super::super::plain;
use super::{part, runtime, setting};
use crate::jinja::engine::{dict, from_jinja, is_undefined, map_to_jinja, py_str};
use crate::value::{Map, Value as Plain};

const ICEBERG: &str = "iceberg";
const DELTA: &str = "delta";

/// `adapter.build_catalog_relation`: of a node, given as `config.model`. A node may choose a catalog's type by
/// its name; catalogs of catalogs.yml are not known.
pub(in super::super) fn catalog_relation(model: &Value) -> Value {
    let config = model.get_attr("config").unwrap_or_default();
    let text = |key: &str| {
        let found = config.get_item(&Value::from(key)).unwrap_or_default();
        (!is_undefined(&found) && found.is_true()).then(|| py_str(&found))
    };
    let lower = |key: &str| text(key).map(|text| text.to_lowercase());
    let part = |key: &str| {
        let found = model.get_attr(key).unwrap_or_default();
        if is_undefined(&found) { Value::from(()) } else { found }
    };
    let identifier = || match part("identifier") {
        none if none.is_none() => part("alias"),
        found => found,
    };
    let full = config.get_item(&Value::from("include_full_name_in_path")).is_ok_and(|on| on.is_true());
    let path = match full {
        true => {
            Value::from(joined([part("database"), part("schema"), identifier()].map(|part| py_str(&part))))
        }
        false => identifier(),
    };
    let root = text("location_root");
    let location = root.as_ref().filter(|_| path.is_true()).map(|root| joined([root.clone(), py_str(&path)]));
    let hive = lower("catalog_name").as_deref() == Some("hive_metastore");
    let or_none = |text: Option<String>| text.map_or(Value::from(()), Value::from);
    dict([
        ("catalog_type", Value::from(if hive { "hive_metastore" } else { "unity" })),
        ("catalog_name", part("database")),
        ("catalog_database", Value::from(())),
        ("table_format", Value::from(lower("table_format").unwrap_or_else(|| "default".into()))),
        ("file_format", Value::from(lower("file_format").unwrap_or_else(|| DELTA.into()))),
        ("external_volume", or_none(root.clone())),
        ("location_root", or_none(root)),
        ("location_path", path),
        ("location", or_none(location)),
    ])
}

/// Parts of a path, with one slash between two of them; a part that begins with a slash starts anew.
fn joined<const N: usize>(parts: [String; N]) -> String {
    let mut path = String::new();
    for part in parts {
        if part.starts_with('/') {
            path.clear();
        } else if !path.is_empty() && !path.ends_with('/') {
            path.push('/');
        }
        path += &part;
    }
    path
}

fn is_managed_iceberg(host: &dyn ExecutionHost) -> bool {
    host.behavior("use_managed_iceberg") == Some(true)
}

/// The format of a table's files, by its `config`.
///
/// # Errors
/// `config` cannot be asked.
pub(super) fn of_files(
    host: &dyn ExecutionHost,
    state: &mut State<'_, '_>,
    config: &Value,
) -> Result<String, Error> {
    let table_format = setting(state, config, "table_format")?;
    if table_format.as_ref().and_then(Value::as_str) == Some(ICEBERG) {
        return Ok(if is_managed_iceberg(host) { "parquet".into() } else { DELTA.into() });
    }
    Ok(setting(state, config, "file_format")?.map_or_else(|| DELTA.into(), |format| py_str(&format)))
}

/// Whether the table is Delta that reads as Iceberg.
///
/// # Errors
/// The model wants Iceberg where it cannot be had.
pub(super) fn is_uniform(
    host: &dyn ExecutionHost,
    state: &mut State<'_, '_>,
    config: &Value,
) -> Result<bool, Error> {
    let catalog = catalog_relation(&config.get_attr("model")?);
    let is = |key: &str, text: &str| {
        catalog.get_item(&Value::from(key)).is_ok_and(|found| found.as_str() == Some(text))
    };
    if !is("table_format", ICEBERG) {
        return Ok(false);
    }
    if !runtime::has_capability(host, ICEBERG)? {
        return Err(type_error(
            "iceberg requires DBR 14.3+. Current connection does not meet this requirement.",
        ));
    }
    let materialized = setting(state, config, "materialized")?;
    let materialized = materialized.as_ref().and_then(Value::as_str).unwrap_or_default();
    if !matches!(materialized, "incremental" | "table" | "snapshot") {
        return Err(type_error(
            "table_format `iceberg` is for the materializations incremental, table and snapshot",
        ));
    }
    if is_managed_iceberg(host) && !is("catalog_type", "unity") {
        return Err(type_error(
            "managed Iceberg tables stand in Unity Catalog alone; for the Hive metastore set the flag \
             `use_managed_iceberg` to false",
        ));
    }
    Ok(!is_managed_iceberg(host))
}

/// What makes a Delta table read as Iceberg.
pub(super) fn uniform() -> [(&'static str, &'static str); 2] {
    [("delta.enableIcebergCompatV2", "true"), ("delta.universalFormat.enabledFormats", ICEBERG)]
}

/// The table's properties with those of [`uniform`] among them.
///
/// # Errors
/// The table's files are not Delta's.
pub(super) fn uniform_properties(
    state: &mut State<'_, '_>,
    config: &Value,
    given: Option<Value>,
) -> Result<Value, Error> {
    let given = given.filter(Value::is_true);
    let properties = match given {
        Some(given) => Some(given),
        None => setting(state, config, "tblproperties")?,
    };
    let mut found: Map = match properties {
        Some(properties) => plain(&properties)?.as_map().cloned().unwrap_or_default(),
        None => Map::default(),
    };
    let catalog = from_jinja(&catalog_relation(&config.get_attr("model")?)).unwrap_or_default();
    let is = |key: &str, text: &str| catalog.get(key).and_then(Plain::as_str) == Some(text);
    if is("table_format", ICEBERG) {
        if !is("file_format", DELTA) {
            return Err(type_error("table_format `iceberg` goes with the file_format `delta` alone"));
        }
        found.extend(uniform().map(|(key, value)| (key.into(), value.into())));
    }
    Ok(map_to_jinja(&found))
}

/// Where a table with a `location_root` lies.
///
/// # Errors
/// There is no `location_root`.
pub(super) fn external_path(
    state: &mut State<'_, '_>,
    config: &Value,
    model: &Value,
    is_incremental: bool,
) -> Result<String, Error> {
    let root = setting(state, config, "location_root")?.map(|root| py_str(&root));
    let root = root.ok_or_else(|| type_error("location_root is required for external tables."))?;
    let named = |key: &str, default: &str| {
        part(model, key).map(|found| if found.is_null() { default.to_string() } else { found.py_str() })
    };
    let alias = named("alias", "")?;
    let path = match setting(state, config, "include_full_name_in_path")?.is_some_and(|on| on.is_true()) {
        true => joined([root, named("database", "hive_metastore")?, named("schema", "default")?, alias]),
        false => joined([root, alias]),
    };
    Ok(if is_incremental { path + "_tmp" } else { path })
}

/// A metric view's YAML, in which a `source:` that begins with a backtick is quoted: YAML has no use for one.
pub(super) fn quote_sources(yaml: &str) -> String {
    let quoted = |line: &str| -> Option<String> {
        let value_at = line.find('`')?;
        let (before, rest) = line.split_at(value_at);
        let key = before.trim_matches(' ').strip_suffix(':')?;
        if key.trim_end_matches(' ') != "source" || !before.ends_with(' ') {
            return None;
        }
        let end = rest.rfind('`')? + 1;
        let (value, after) = rest.split_at(end);
        let names = value.split('.').all(|name| {
            name.len() > 2
                && name.starts_with('`')
                && name.ends_with('`')
                && !name[1..name.len() - 1].contains('`')
        });
        let after_trimmed = after.trim_start_matches(' ');
        let ends = after_trimmed.is_empty() || after_trimmed.starts_with('#');
        (names && ends).then(|| format!("{before}\"{value}\"{after}"))
    };
    let lines = yaml.split('\n').map(|line| quoted(line).unwrap_or_else(|| line.to_string()));
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_in_backticks_are_quoted_for_yaml() {
        let yaml = "version: 0.1\nsource: `main`.`mart`.`orders`  # all\nfilter: `a` > 1\nsource: plain";
        let quoted =
            "version: 0.1\nsource: \"`main`.`mart`.`orders`\"  # all\nfilter: `a` > 1\nsource: plain";
        assert_eq!(quote_sources(yaml), quoted);
    }

    #[test]
    fn paths_are_joined_as_posix_has_it() {
        assert_eq!(joined(["s3://b/root".to_string(), "orders".into()]), "s3://b/root/orders");
        assert_eq!(joined(["root/".to_string(), "a".into(), "b".into()]), "root/a/b");
    }
}
