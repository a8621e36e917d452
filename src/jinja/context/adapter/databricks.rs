//! What dbt-databricks adds to the `adapter` object.

use minijinja::{Error, State, Value};

use super::super::args::{CallArgs, text, type_error};
use super::super::host::ExecutionHost;
use super::{Answer, plain};
use crate::adapter::Credentials;
use crate::jinja::engine::{dict, map_to_jinja};
use crate::value::{Map, Value as Plain};

/// What newer Databricks Runtimes can do. All but one are there in every SQL warehouse.
const CAPABILITIES: [&str; 9] = [
    "comment_on_column",
    "describe_table_extended_as_json",
    "iceberg",
    "insert_by_name",
    "insert_by_name_replace_where",
    "json_column_metadata",
    "replace_on",
    "streaming_table_json_metadata",
    "timestampdiff",
];

pub(super) fn call(host: &dyn ExecutionHost, _: &mut State<'_, '_>, method: &str, args: &[Value]) -> Answer {
    if host.adapter().dialect().type_name() != "databricks" {
        return Ok(None);
    }
    let credentials = host.adapter().credentials();
    let args = CallArgs::new(args);
    Ok(Some(match method {
        "has_dbr_capability" => {
            let name = text(&args.one(method, "capability_name")?, "the capability")?;
            Value::from(has_capability(credentials, host.executing(), &name)?)
        }
        "is_cluster" => args.none(method).map(|()| Value::from(is_cluster(credentials)))?,
        "clean_sql" => {
            let sql = text(&args.one(method, "sql")?, "the SQL")?;
            let sql = sql.trim();
            Value::from(sql.strip_suffix(';').unwrap_or(sql))
        }
        "get_column_tags_from_model" => column_tags(&args.one(method, "model")?)?,
        // What is configured is only compared with what stands, which happens when the project runs.
        "get_config_from_model" if !host.executing() => map_to_jinja(&Map::default()),
        _ => return Ok(None),
    }))
}

/// The tags of a model's columns, as texts: `set_column_tags`, by the columns' names.
fn column_tags(model: &Value) -> Result<Value, Error> {
    let columns = plain(&model.get_attr("columns").unwrap_or_default())?;
    let mut found = Map::default();
    for (name, column) in columns.as_map().into_iter().flatten() {
        let Some(tags) = column.get("databricks_tags").filter(|tags| tags.is_truthy()) else { continue };
        let tags = tags.as_map().ok_or_else(|| type_error("databricks_tags must be a dictionary"))?;
        let text = |value: &Plain| if value.is_null() { String::new() } else { value.py_str() };
        let tags: Map = tags.iter().map(|(tag, value)| (tag.clone(), Plain::str(text(value)))).collect();
        found.insert(name.clone(), Plain::Map(tags));
    }
    Ok(dict([("set_column_tags", map_to_jinja(&found))]))
}

/// A cluster's runtime is not known before it is asked, so that it is taken to be an old one.
fn has_capability(credentials: &Credentials, executing: bool, name: &str) -> Result<bool, Error> {
    let name = name.to_lowercase();
    if !CAPABILITIES.contains(&&*name) {
        return if executing {
            Err(type_error(format!("Unknown DBR capability: '{name}'")))
        } else {
            Ok(false)
        };
    }
    Ok(!is_cluster(credentials) && name != "streaming_table_json_metadata")
}

fn is_cluster(credentials: &Credentials) -> bool {
    let path = credentials.text("http_path").unwrap_or_default();
    !path.contains("/warehouses/")
        && (path.contains("/protocolv1/") || credentials.text("cluster_id").is_some())
}
