//! catalog.json, version 1.

use std::io;
use std::path::Path;

use chrono::Utc;

use super::{Json, open_metadata, write_file};
use crate::catalog::{Catalog, CatalogTable};
use crate::invocation::Invocation;
use crate::value::Value;

/// Writes catalog.json: the warehouse's tables as `docs generate` found them.
///
/// # Errors
/// When the file cannot be written.
pub fn write_catalog(path: &Path, catalog: &Catalog, invocation: &Invocation) -> io::Result<()> {
    let mut json = Json::with_capacity(catalog.tables.len() * 1024);
    json.open();
    open_metadata(&mut json, "catalog/v1", invocation, Utc::now());
    json.close();
    for (key, of_source) in [("nodes", false), ("sources", true)] {
        json.key(key).open();
        for table in catalog.tables.iter().filter(|table| table.is_source() == of_source) {
            json.key(&table.unique_id);
            write_table(&mut json, table);
        }
        json.close();
    }
    json.key("errors");
    if catalog.errors.is_empty() {
        json.null()
    } else {
        json.strs(&catalog.errors)
    };
    json.close();
    write_file(path, |out| out.write_all(&json.into_bytes()))
}

fn write_table(json: &mut Json, table: &CatalogTable) {
    json.open().key("metadata").open();
    json.key("type").str(&table.kind);
    json.key("schema").str(&table.schema);
    json.key("name").str(&table.name);
    json.key("database").opt_str(table.database.as_deref());
    json.key("comment").opt_str(table.comment.as_deref());
    json.key("owner").opt_str(table.owner.as_deref());
    json.close().key("columns").open();
    for column in &table.columns {
        json.key(&column.name).open();
        json.key("type").str(&column.data_type);
        json.key("index").int(column.index).key("name").str(&column.name);
        json.key("comment").opt_str(column.comment.as_deref()).close();
    }
    json.close().key("stats").open();
    for stat in &table.stats {
        write_stat(json, [&stat.id, &stat.label, &stat.description], &stat.value, stat.include);
    }
    let any = !table.stats.is_empty();
    let summary = ["has_stats", "Has Stats?", "Indicates whether there are statistics for this table"];
    write_stat(json, summary, &Value::Bool(any), false);
    json.close().key("unique_id").str(&table.unique_id).close();
}

fn write_stat(json: &mut Json, [id, label, description]: [&str; 3], value: &Value, include: bool) {
    json.key(id).open().key("id").str(id).key("label").str(label);
    json.key("value").value(value).key("include").bool(include);
    json.key("description").str(description).close();
}
