//! `adapter.build_catalog_relation`: in which of the warehouse's catalogs a table is to stand, and what
//! its CREATE says of that. Catalogs that a project defines itself (catalogs.yml) are not known.

use minijinja::Value;

use crate::jinja::engine::{dict, is_undefined};

/// The catalog of a node, given as `config.model`; none where the warehouse has but one.
pub(super) fn relation(adapter: &str, model: &Value) -> Value {
    let config = model.get_attr("config").unwrap_or_default();
    let setting = |key: &str| {
        let found = config.get_item(&Value::from(key)).unwrap_or_default();
        if is_undefined(&found) { Value::from(()) } else { found }
    };
    match adapter {
        "snowflake" => snowflake(model, &setting),
        "bigquery" => dict([
            ("catalog_type", Value::from("INFO_SCHEMA")),
            ("catalog_name", Value::from("INFO_SCHEMA")),
            ("table_format", Value::from("default")),
            ("file_format", Value::from("default")),
            ("external_volume", Value::from(())),
            ("storage_uri", setting("storage_uri")),
        ]),
        "databricks" => super::databricks::catalog_relation(model),
        _ => Value::from(()),
    }
}

fn snowflake(model: &Value, setting: &dyn Fn(&str) -> Value) -> Value {
    let format = setting("table_format");
    let iceberg = format.as_str().is_some_and(|format| format.eq_ignore_ascii_case("iceberg"));
    let transient = setting("transient");
    let is_transient = !iceberg && (transient.is_none() || transient.is_true());
    let mut entries = vec![
        ("catalog_type", Value::from(if iceberg { "BUILT_IN" } else { "INFO_SCHEMA" })),
        ("catalog_name", Value::from(if iceberg { "SNOWFLAKE" } else { "INFO_SCHEMA" })),
        ("table_format", Value::from(if iceberg { "iceberg" } else { "default" })),
        ("is_transient", Value::from(is_transient)),
        ("cluster_by", columns(&setting("cluster_by"))),
        ("automatic_clustering", Value::from(setting("automatic_clustering").is_true())),
    ];
    for key in [
        "external_volume",
        "file_format",
        "change_tracking",
        "data_retention_time_in_days",
        "max_data_extension_time_in_days",
        "storage_serialization_policy",
        "partition_by",
        "iceberg_version",
    ] {
        entries.push((key, setting(key)));
    }
    if iceberg {
        entries.push(("base_location", base_location(model, setting)));
    }
    dict(entries)
}

/// One text of a list of columns.
fn columns(value: &Value) -> Value {
    match value.as_str() {
        Some(_) => value.clone(),
        None if value.is_none() => Value::from(()),
        None => {
            let names: Vec<String> = value
                .try_iter()
                .map(|names| names.map(|name| name.to_string()).collect())
                .unwrap_or_default();
            Value::from(names.join(", "))
        }
    }
}

fn base_location(model: &Value, setting: &dyn Fn(&str) -> Value) -> Value {
    let text = |key: &str| setting(key).as_str().map(str::to_string).filter(|text| !text.is_empty());
    let part = |key: &str| model.get_attr(key).unwrap_or_default().to_string();
    let root = text("base_location_root").unwrap_or_else(|| "_dbt".into());
    let mut path = format!("{root}/{}/{}", part("schema"), part("alias"));
    if let Some(below) = text("base_location_subpath") {
        path += &format!("/{below}");
    }
    Value::from(path)
}
