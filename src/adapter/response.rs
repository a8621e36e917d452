//! What a warehouse answers beside rows.

use super::table::Table;
use crate::value::{Map, Value};

/// dbt's `AdapterResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AdapterResponse {
    /// What the console shows after the node: `OK`, `INSERT 0 5`.
    pub message: String,
    pub code: Option<String>,
    pub rows_affected: Option<i64>,
    pub query_id: Option<String>,
    /// What the warehouse tells beside, under dbt's names: `rows_inserted`.
    pub counts: Vec<(&'static str, i64)>,
}

impl AdapterResponse {
    pub fn ok() -> AdapterResponse {
        AdapterResponse { message: "OK".into(), ..AdapterResponse::default() }
    }

    /// The fields that are set, under dbt's names.
    pub fn to_map(&self) -> Map {
        let mut map = Map::default();
        map.insert("_message".into(), self.message.as_str().into());
        if let Some(code) = &self.code {
            map.insert("code".into(), code.as_str().into());
        }
        if let Some(rows) = self.rows_affected {
            map.insert("rows_affected".into(), Value::Int(rows));
        }
        if let Some(id) = &self.query_id {
            map.insert("query_id".into(), id.as_str().into());
        }
        map.extend(self.counts.iter().map(|(name, count)| ((*name).into(), Value::Int(*count))));
        map
    }
}

impl std::fmt::Display for AdapterResponse {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.message)
    }
}

/// A statement's outcome: its answer, and its rows when they were asked for.
#[derive(Clone, Debug)]
pub struct QueryResult {
    pub response: AdapterResponse,
    pub table: Table,
}
