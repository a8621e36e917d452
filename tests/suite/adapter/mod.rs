//! The warehouse layer on a real DuckDB.

mod cache;
mod column;
mod decimal;
mod drivers;
mod duckdb;
mod postgres;
mod relation;
mod results;
mod seeds;

use std::path::Path;

use headwater::adapter::{Adapter, AdbcAdapter, Connection, Execute, Table, adapter_for};
use headwater::value::{Map, Value};

/// A profile of type `duckdb` from JSON, with the test driver.
pub fn profile(json: serde_json::Value) -> Map {
    let Value::Map(mut map) = Value::from_json(&json) else { panic!("a profile is a mapping") };
    map.insert("type".into(), "duckdb".into());
    map.insert("driver".into(), crate::drivers::duckdb().as_str().into());
    map
}

pub fn open(json: serde_json::Value, base: &Path) -> AdbcAdapter {
    adapter_for("duckdb", &profile(json), base).expect("the profile is fine")
}

pub fn memory() -> (AdbcAdapter, Box<dyn Connection>) {
    let adapter = open(serde_json::json!({}), Path::new("."));
    let connection = adapter.connect("test");
    (adapter, connection)
}

pub fn query(connection: &mut dyn Connection, sql: &str) -> Table {
    match connection.execute(sql, Execute::fetch()) {
        Ok(result) => result.table,
        Err(error) => panic!("{sql}\n{error}"),
    }
}

/// Each row as the texts of its cells.
pub fn texts(table: &Table) -> Vec<Vec<String>> {
    table.rows().map(|row| row.iter().map(|cell| cell.py_str()).collect()).collect()
}
