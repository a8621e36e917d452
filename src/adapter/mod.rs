//! Warehouses: one way in, ADBC. Connections and transactions, relations and columns, query results
//! as dbt's table object, the relation cache, and the drivers' installation.
//!
//! Knows no Jinja and no materialization: those ask for what is here.

mod adbc;
pub mod cache;
pub mod column;
pub mod connection;
pub mod constraint;
pub mod credentials;
pub mod dialect;
pub mod driver;
pub mod error;
pub mod grants;
mod known;
pub mod library;
mod memo;
mod position;
pub mod python;
pub mod relation;
pub mod response;
mod script;
pub mod secret;
mod sql_text;
pub mod table;

use std::path::Path;

pub use adbc::AdbcAdapter;
pub use cache::RelationCache;
pub use column::Column;
pub use connection::{Adapter, Canceller, Connection, Execute};
pub use credentials::Credentials;
pub use dialect::Dialect;
pub use error::{AdapterError, ErrorKind};
pub use memo::Memo;
pub use relation::{EventTimeFilter, Policy, Relation, RelationType};
pub use response::{AdapterResponse, QueryResult};
pub use script::{ScriptAdapter, unconnected};
pub use sql_text::statements;
pub use table::{Cell, ColumnType, Table};

use crate::value::Map;

/// The adapter for a profile output. Relative paths of the profile are relative to `base`.
///
/// Errors: an unknown `type`, keys that are missing or contradict each other.
pub fn adapter_for(type_name: &str, profile: &Map, base: &Path) -> error::Result<AdbcAdapter> {
    let Some(dialect) = dialect::dialect(type_name) else {
        let known: Vec<&str> = dialect::DIALECTS.iter().map(|dialect| dialect.type_name()).collect();
        let unknown = AdapterError::profile(format!("`type: {type_name}` is no known adapter"));
        return Err(match crate::diag::nearest(type_name, known.iter().copied()) {
            Some(near) => unknown.help(format!("did you mean `{near}`?")),
            None => unknown.help(format!("known are {}", known.join(", "))),
        });
    };
    AdbcAdapter::new(Credentials::new(dialect, profile, base)?)
}
