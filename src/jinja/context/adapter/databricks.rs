//! What dbt-databricks adds to the `adapter` object.

use minijinja::{Error, State, Value};

use super::super::args::{CallArgs, text, type_error};
use super::super::host::ExecutionHost;
use super::Answer;
use crate::adapter::Credentials;

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
    if host.adapter().dialect().type_name() != "databricks" || method != "has_dbr_capability" {
        return Ok(None);
    }
    let name = text(&CallArgs::new(args).one(method, "capability_name")?, "the capability")?;
    has_capability(host.adapter().credentials(), host.executing(), &name).map(Value::from).map(Some)
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
