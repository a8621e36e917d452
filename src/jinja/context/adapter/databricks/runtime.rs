//! What the compute can do. A SQL warehouse is taken to be of the newest runtime; a cluster is asked once.

use minijinja::Error;

use super::super::super::args::type_error;
use super::super::super::host::ExecutionHost;
use crate::adapter::{Credentials, Execute};
use crate::value::Value;

/// Major and minor number of a runtime.
type Version = (i64, i64);

/// What came with which runtime.
const CAPABILITIES: [(&str, Version); 9] = [
    ("comment_on_column", (16, 1)),
    ("describe_table_extended_as_json", (17, 3)),
    ("iceberg", (14, 3)),
    ("insert_by_name", (12, 2)),
    ("insert_by_name_replace_where", (18, 0)),
    ("json_column_metadata", (16, 2)),
    ("replace_on", (17, 1)),
    ("streaming_table_json_metadata", (17, 1)),
    ("timestampdiff", (10, 4)),
];

/// The one that SQL warehouses lack.
const NOT_IN_WAREHOUSES: &str = "streaming_table_json_metadata";

const ASK_VERSION: &str = "SET spark.databricks.clusterUsageTags.sparkVersion";

/// Whether the compute can do what is called so. A cluster is only asked while the project runs.
///
/// # Errors
/// There is no such capability.
pub(super) fn has_capability(host: &dyn ExecutionHost, name: &str) -> Result<bool, Error> {
    let name = name.to_lowercase();
    let Some((_, since)) = CAPABILITIES.iter().find(|(known, _)| *known == name) else {
        return match host.executing() {
            true => Err(type_error(format!("Unknown DBR capability: '{name}'"))),
            false => Ok(false),
        };
    };
    if !is_cluster(host.adapter().credentials()) {
        return Ok(name != NOT_IN_WAREHOUSES);
    }
    Ok(version(host).is_some_and(|version| version >= *since))
}

/// How the runtime's version compares with the given one: negative, zero or positive.
///
/// # Errors
/// A cluster does not tell its version.
pub(super) fn compare(host: &dyn ExecutionHost, with: Version) -> Result<i64, Error> {
    if !is_cluster(host.adapter().credentials()) {
        return Ok(1);
    }
    let own = version(host).ok_or_else(|| type_error("Failed to detect DBR version"))?;
    Ok(own.cmp(&with) as i64)
}

/// Whether the profile names a cluster rather than a SQL warehouse.
pub(super) fn is_cluster(credentials: &Credentials) -> bool {
    let path = credentials.text("http_path").unwrap_or_default();
    !path.contains("/warehouses/")
        && (path.contains("/protocolv1/") || credentials.text("cluster_id").is_some())
}

/// The cluster's runtime; none where nobody can be asked, or the answer says nothing.
fn version(host: &dyn ExecutionHost) -> Option<Version> {
    if !host.executing() || !host.adapter().is_connected() {
        return None;
    }
    let text = match host.adapter().memo().get(ASK_VERSION) {
        Some(known) => known.py_str(),
        None => {
            let answer = host.execute(ASK_VERSION, Execute::fetch()).ok()?.table;
            let text = if answer.is_empty() { String::new() } else { answer.cell(0, 1).py_str() };
            host.adapter().memo().set(ASK_VERSION, Value::str(text.as_str()));
            text
        }
    };
    parsed(&text)
}

/// `17.3.x-scala2.13` and the like; an `x` counts as the newest minor version.
fn parsed(text: &str) -> Option<Version> {
    let (major, rest) = text.split_once('.')?;
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let major = major.get(major.len() - major.bytes().rev().take_while(u8::is_ascii_digit).count()..)?;
    let minor = match rest.starts_with('x') {
        true => i64::MAX,
        false => rest.get(..digits(rest))?.parse().ok()?,
    };
    Some((major.parse().ok()?, minor))
}

#[cfg(test)]
mod tests {
    use super::parsed;

    #[test]
    fn versions_of_clusters_are_read() {
        assert_eq!(parsed("16.4.x-scala2.12"), Some((16, 4)));
        assert_eq!(parsed("17.x-photon"), Some((17, i64::MAX)));
        assert_eq!(parsed("custom:release__15.1"), Some((15, 1)));
        assert_eq!(parsed("latest"), None);
    }
}
