//! In which catalog a table of Snowflake's is to stand, and what its CREATE says of that: the catalogs of
//! catalogs.yml, beside the two that every account has.
//!
//! <https://docs.getdbt.com/docs/mesh/iceberg/snowflake-iceberg-support>

use minijinja::{Error, Value};

use super::super::super::args::type_error;
use super::super::super::host::ExecutionHost;
use super::dynamic_table::invalid;
use super::{ICEBERG_FORMAT, PLAIN_FORMAT, clustering, or, part, setting};
use crate::jinja::engine::{dict, py_str, to_jinja};
use crate::value::Map;

/// The catalog of plain tables, and Snowflake's own of Iceberg tables.
const PLAIN: &str = "INFO_SCHEMA";
const BUILT_IN: &str = "SNOWFLAKE";

/// One catalog: what its active write integration says.
struct Catalog {
    /// In upper case, as Snowflake keeps names.
    name: String,
    kind: String,
    fields: Map,
}

impl Catalog {
    fn named(host: &dyn ExecutionHost, name: &str) -> Result<Catalog, Error> {
        let name = name.to_uppercase();
        let catalogs = host.project().map(|project| &project.catalogs);
        let own = catalogs.into_iter().flat_map(|all| all.iter()).find(|(key, _)| key.to_uppercase() == name);
        if let Some((_, fields)) = own {
            let fields = fields.as_map().cloned().unwrap_or_default();
            let kind = fields.get("catalog_type").map(|kind| kind.py_str().to_uppercase());
            let catalog = Catalog { name, kind: kind.unwrap_or_default(), fields };
            if catalog.kind == "ICEBERG_REST" && catalog.property("catalog_linked_database").is_none() {
                return Err(invalid(&format!(
                    "the catalog `{}` needs `catalog_linked_database` among its `adapter_properties`",
                    catalog.name
                )));
            }
            return Ok(catalog);
        }
        let kind = match name.as_str() {
            PLAIN => PLAIN,
            BUILT_IN => "BUILT_IN",
            _ => {
                let mut known: Vec<String> =
                    catalogs.into_iter().flat_map(|all| all.keys().map(|name| name.to_uppercase())).collect();
                known.extend([PLAIN.to_string(), BUILT_IN.to_string()]);
                return Err(type_error(format!(
                    "there is no catalog `{name}`; known are {}",
                    known.join(", ")
                )));
            }
        };
        Ok(Catalog { name, kind: kind.into(), fields: Map::default() })
    }

    fn field(&self, key: &str) -> Value {
        self.fields.get(key).map_or(Value::from(()), to_jinja)
    }

    fn property(&self, key: &str) -> Value {
        let properties = self.fields.get("adapter_properties").and_then(crate::value::Value::as_map);
        properties.and_then(|all| all.get(key)).map_or(Value::from(()), to_jinja)
    }
}

/// `adapter.get_catalog_integration`.
///
/// # Errors
/// There is no such catalog.
pub fn integration(host: &dyn ExecutionHost, name: &str) -> Result<Value, Error> {
    let catalog = Catalog::named(host, name)?;
    let iceberg = catalog.kind != PLAIN;
    let mut entries = vec![
        ("name", Value::from(catalog.name.clone())),
        ("catalog_type", Value::from(catalog.kind.clone())),
        ("catalog_name", catalog.field("catalog_name")),
        ("table_format", Value::from(if iceberg { ICEBERG_FORMAT } else { PLAIN_FORMAT })),
        ("file_format", Value::from(())),
        ("external_volume", catalog.field("external_volume")),
        ("allows_writes", Value::from(true)),
    ];
    for key in [
        "catalog_linked_database",
        "catalog_linked_database_type",
        "auto_refresh",
        "target_file_size",
        "max_data_extension_time_in_days",
        "data_retention_time_in_days",
        "storage_serialization_policy",
        "change_tracking",
    ] {
        entries.push((key, catalog.property(key)));
    }
    Ok(dict(entries))
}

/// `adapter.build_catalog_relation`: the catalog of a node, given as `config.model`.
///
/// # Errors
/// There is no such catalog, or the catalog cannot do what the model wants.
pub fn relation(host: &dyn ExecutionHost, model: &Value) -> Result<Value, Error> {
    let format = setting(model, "table_format");
    let wants_iceberg = format.as_str().is_some_and(|format| format.eq_ignore_ascii_case(ICEBERG_FORMAT));
    let name = match setting(model, "catalog_name") {
        name if name.is_true() => py_str(&name),
        _ => String::from(if wants_iceberg { BUILT_IN } else { PLAIN }),
    };
    let catalog = Catalog::named(host, &name)?;
    match catalog.kind.as_str() {
        PLAIN => plain(model, wants_iceberg),
        "BUILT_IN" => built_in(&catalog, model),
        _ => rest(&catalog, model),
    }
}

fn plain(model: &Value, wants_iceberg: bool) -> Result<Value, Error> {
    let transient = setting(model, "transient");
    let is_transient = !wants_iceberg && (transient.is_none() || transient.is_true());
    Ok(dict([
        ("catalog_type", Value::from(PLAIN)),
        ("catalog_name", Value::from(PLAIN)),
        ("table_format", Value::from(PLAIN_FORMAT)),
        ("external_volume", Value::from(())),
        ("file_format", Value::from(())),
        ("cluster_by", clustering(model)?),
        ("automatic_clustering", Value::from(setting(model, "automatic_clustering").is_true())),
        ("is_transient", Value::from(is_transient)),
        ("change_tracking", setting(model, "change_tracking")),
    ]))
}

/// Snowflake's own catalog of Iceberg tables, or one like it.
fn built_in(catalog: &Catalog, model: &Value) -> Result<Value, Error> {
    let set = |key: &str| match setting(model, key) {
        value if value.is_none() => catalog.property(key),
        value => value,
    };
    let policy = set("storage_serialization_policy");
    if policy.is_true() && !matches!(py_str(&policy).to_uppercase().as_str(), "COMPATIBLE" | "OPTIMIZED") {
        return Err(invalid(&format!(
            "Invalid storage serialization policy: {policy}. Expected 'COMPATIBLE' or 'OPTIMIZED'."
        )));
    }
    let extension = "max_data_extension_time_in_days";
    Ok(dict([
        ("catalog_type", Value::from("BUILT_IN")),
        ("catalog_name", Value::from(BUILT_IN)),
        ("table_format", Value::from(ICEBERG_FORMAT)),
        ("base_location", base_location(model)),
        ("external_volume", or(setting(model, "external_volume"), || catalog.field("external_volume"))),
        ("file_format", Value::from(())),
        ("cluster_by", clustering(model)?),
        ("partition_by", setting(model, "partition_by")),
        ("automatic_clustering", Value::from(setting(model, "automatic_clustering").is_true())),
        ("is_transient", Value::from(false)),
        (extension, or(setting(model, extension), || catalog.property(extension))),
        ("data_retention_time_in_days", set("data_retention_time_in_days")),
        ("storage_serialization_policy", policy),
        ("change_tracking", tracking(&set("change_tracking"))?),
        ("iceberg_version", setting(model, "iceberg_version")),
    ]))
}

/// A catalog behind Iceberg's REST interface, which Snowflake shows as a database of its own.
fn rest(catalog: &Catalog, model: &Value) -> Result<Value, Error> {
    for key in ["cluster_by", "external_volume"] {
        if setting(model, key).is_true() {
            return Err(invalid(&format!(
                "`{key}` is not supported for tables of the catalog `{}`, which is of the type iceberg_rest",
                catalog.name
            )));
        }
    }
    let either = |key: &str| or(setting(model, key), || catalog.property(key));
    Ok(dict([
        ("catalog_type", Value::from("ICEBERG_REST")),
        ("catalog_name", Value::from(catalog.name.clone())),
        ("table_format", Value::from(ICEBERG_FORMAT)),
        ("partition_by", setting(model, "partition_by")),
        ("catalog_linked_database", catalog.property("catalog_linked_database")),
        ("catalog_linked_database_type", catalog.property("catalog_linked_database_type")),
        ("external_volume", Value::from(())),
        ("file_format", Value::from(())),
        ("target_file_size", either("target_file_size")),
        ("max_data_extension_time_in_days", either("max_data_extension_time_in_days")),
        ("auto_refresh", either("auto_refresh")),
        ("iceberg_version", setting(model, "iceberg_version")),
        ("is_transient", Value::from(false)),
    ]))
}

/// `change_tracking` as DDL takes it.
fn tracking(set: &Value) -> Result<Value, Error> {
    if set.is_none() {
        return Ok(set.clone());
    }
    match py_str(set).to_uppercase().as_str() {
        word @ ("TRUE" | "FALSE") => Ok(Value::from(word)),
        _ => Err(invalid("Invalid value for change_tracking. Expected 'true' or 'false'.")),
    }
}

/// The folder of an Iceberg table's files.
fn base_location(model: &Value) -> Value {
    let text = |key: &str| setting(model, key).as_str().map(str::to_string).filter(|text| !text.is_empty());
    let root = text("base_location_root").unwrap_or_else(|| "_dbt".into());
    let mut path = format!("{root}/{}/{}", part(model, "schema"), part(model, "alias"));
    if let Some(below) = text("base_location_subpath") {
        path += &format!("/{below}");
    }
    Value::from(path)
}
