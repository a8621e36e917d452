//! Datasets and what is in them. dbt-bigquery asks the REST API; here INFORMATION_SCHEMA answers, and DDL drops and renames.

use std::sync::Arc;

use minijinja::{Error, Value};

use super::super::super::args::type_error;
use super::super::super::column::ColumnValue;
use super::super::super::host::ExecutionHost;
use super::super::super::relation::{RelationValue, raised};
use crate::adapter::{AdapterError, Column, Execute, Policy, Relation, RelationType, Table};
use crate::jinja::engine::{list, to_jinja};

/// A text as it stands in SQL.
pub(super) fn quoted(host: &dyn ExecutionHost, text: &str) -> String {
    host.adapter().dialect().text_literal(text)
}

/// Runs a statement for its effect.
pub(super) fn run(host: &dyn ExecutionHost, sql: &str) -> Result<(), Error> {
    host.execute(sql, Execute::default()).map(|_| ()).map_err(raised)
}

/// The result of a query; none where its dataset or table is not there.
pub(super) fn read(host: &dyn ExecutionHost, sql: &str) -> Result<Option<Table>, Error> {
    match host.execute(sql, Execute::fetch()) {
        Ok(result) => Ok(Some(result.table)),
        Err(error) if says(&error, "not found: dataset") || says(&error, "not found: table") => Ok(None),
        Err(error) => Err(raised(error)),
    }
}

fn says(error: &AdapterError, words: &str) -> bool {
    error.message.to_lowercase().contains(words)
}

/// The names of a project's datasets: those of the profile's `location`, else of the US, for there is no list of all of
/// them in SQL. Nothing is known where the project may not be looked at; each dataset is then asked for by its name.
pub(super) fn schemas(host: &dyn ExecutionHost, database: &str) -> Result<Value, Error> {
    let sql = format!("select schema_name from {}", schemata(host, database));
    let table = match host.execute(&sql, Execute::fetch()) {
        Ok(result) => result.table,
        Err(error) if says(&error, "access denied") => Table::empty(),
        Err(error) => return Err(raised(error)),
    };
    // dbt's list is of names; the common code takes rows too.
    Ok(list(
        table.rows().filter_map(|row| row.first().map(|name| Value::from(vec![name.py_str()]))).collect(),
    ))
}

fn schemata(host: &dyn ExecutionHost, database: &str) -> String {
    let dialect = host.adapter().dialect();
    let region = host.adapter().credentials().text("location").filter(|location| !location.is_empty());
    let region =
        region.map(|location| format!("{}.", dialect.quote(&format!("region-{}", location.to_lowercase()))));
    let database = dialect.quote(database.trim_matches('`'));
    format!("{database}.{}INFORMATION_SCHEMA.SCHEMATA", region.unwrap_or_default())
}

/// Whether a dataset is there, hidden ones included.
pub(super) fn exists(host: &dyn ExecutionHost, database: &str, schema: &str) -> Result<bool, Error> {
    let path = [Some(database.trim_matches('`').into()), Some(schema.into()), None];
    let relation = Relation::new(host.adapter().dialect(), path);
    let sql = format!("select 1 from {} limit 1", relation.information_schema(Some("TABLES")).render());
    read(host, &sql).map(|table| table.is_some())
}

/// The region of a dataset, as the views of a region take it.
pub(super) fn location(host: &dyn ExecutionHost, relation: &Relation) -> Result<Value, Error> {
    let (database, schema) = (relation.database().unwrap_or_default(), relation.schema().unwrap_or_default());
    // Every node with grants asks for it.
    let memo = format!("location of {database}.{schema}");
    if let Some(known) = host.adapter().memo().get(&memo) {
        return Ok(to_jinja(&known));
    }
    let schemata = schemata(host, database);
    let sql = format!("select location from {schemata} where schema_name = {}", quoted(host, schema));
    let found = host.execute(&sql, Execute::fetch()).map_err(raised)?.table.scalar();
    let found = found.filter(|cell| !cell.is_null()).ok_or_else(|| {
        let error =
            AdapterError::runtime(format!("the location of the dataset `{database}.{schema}` is not known"));
        raised(error.help("datasets outside the US are found when the profile says `location`"))
    })?;
    host.adapter().memo().set(memo, found.to_value());
    Ok(Value::from(found.py_str()))
}

/// The relations of a dataset; none where there is no such dataset.
pub(super) fn relations(host: &dyn ExecutionHost, schema: &Relation) -> Result<Vec<Relation>, Error> {
    let dialect = host.adapter().dialect();
    let sql =
        format!("select table_name, table_type from {}", schema.information_schema(Some("TABLES")).render());
    let Some(table) = read(host, &sql)? else { return Ok(vec![]) };
    let relation = |row: usize| {
        let name = table.cell(row, 0).py_str();
        let mut relation =
            Relation::new(dialect, [schema.path[0].clone(), schema.path[1].clone(), Some(name.into())]);
        relation.quote_policy = Policy::ALL;
        relation.kind = Some(match table.cell(row, 1).py_str().as_str() {
            "BASE TABLE" | "CLONE" => RelationType::Table,
            "VIEW" => RelationType::View,
            "MATERIALIZED VIEW" => RelationType::MaterializedView,
            _ => RelationType::External,
        });
        relation
    };
    Ok((0..table.len()).map(relation).collect())
}

/// The columns of a relation, structs whole; none where there is no such relation.
pub(super) fn columns(host: &dyn ExecutionHost, relation: &Relation) -> Result<Vec<Column>, Error> {
    let sql = format!(
        "select column_name, data_type from {} where table_name = {} and ordinal_position is not null order by ordinal_position",
        relation.information_schema(Some("COLUMNS")).render(),
        quoted(host, relation.identifier().unwrap_or_default())
    );
    let Some(table) = read(host, &sql)? else { return Ok(vec![]) };
    let dialect = host.adapter().dialect();
    let column = |row: usize| {
        Column::from_description(dialect, &table.cell(row, 0).py_str(), &table.cell(row, 1).py_str())
    };
    (0..table.len()).map(column).collect::<Result<_, _>>().map_err(raised)
}

pub(super) fn column_values(columns: Vec<Column>) -> Value {
    list(columns.into_iter().map(ColumnValue::value).collect())
}

pub(super) fn relation_values(relations: Vec<Relation>) -> Value {
    list(relations.into_iter().map(RelationValue::value).collect())
}

/// What the relation is, as DDL calls it. Relations whose type nobody has said are tables, unless the cache knows better.
pub(super) fn kind(host: &dyn ExecutionHost, relation: &Relation) -> &'static str {
    let known = || {
        let cache = host.adapter().cache();
        cache.get(relation.database(), relation.schema(), relation.identifier()?)?.kind
    };
    match relation.kind.or_else(known) {
        Some(RelationType::View) => "view",
        Some(RelationType::MaterializedView) => "materialized view",
        Some(RelationType::External) => "external table",
        Some(RelationType::Function) => "function",
        _ => "table",
    }
}

/// Drops a relation, if it is there.
pub(super) fn drop_relation(host: &dyn ExecutionHost, relation: &Relation) -> Result<(), Error> {
    let sql = format!("drop {} if exists {}", kind(host, relation), relation.render());
    host.adapter().cache().drop_relation(relation);
    run(host, &sql)
}

/// Gives a table another name: in its dataset by a rename, elsewhere by a copy.
pub(super) fn rename(
    host: &dyn ExecutionHost,
    from: &Arc<Relation>,
    to: &Arc<Relation>,
) -> Result<(), Error> {
    if [kind(host, from), kind(host, to)].contains(&"view") {
        return Err(type_error("BigQuery renames no views"));
    }
    host.adapter().cache().rename(from, to).map_err(raised)?;
    let (old, new) = (from.render(), to.render());
    if from.path[..2] == to.path[..2] {
        let name = host.adapter().dialect().quote(to.identifier().unwrap_or_default());
        return run(host, &format!("alter table {old} rename to {name}"));
    }
    run(host, &format!("create table {new} copy {old}"))?;
    run(host, &format!("drop table {old}"))
}
