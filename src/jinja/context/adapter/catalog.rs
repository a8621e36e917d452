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
