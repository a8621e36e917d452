//! What stands in Snowflake: SHOW's answers about dynamic and interactive tables.

use minijinja::{Error, Value};

use super::super::super::agate::TableValue;
use super::super::super::args::type_error;
use super::super::super::host::ExecutionHost;
use super::super::super::relation::raised;
use crate::adapter::table::ColumnType;
use crate::adapter::{Cell, Execute, Relation, Table};
use crate::jinja::engine::dict;
use crate::value::Str;

const DYNAMIC_COLUMNS: [&str; 9] = [
    "name",
    "schema_name",
    "database_name",
    "text",
    "target_lag",
    "warehouse",
    "refresh_mode",
    "immutable_where",
    "cluster_by",
];

const INTERACTIVE_COLUMNS: [&str; 8] = [
    "name",
    "schema_name",
    "database_name",
    "text",
    "target_lag",
    "refresh_warehouse",
    "initialization_warehouse",
    "cluster_by",
];

/// dbt's description of a dynamic table: `dynamic_table`, a table of one row. Whether it is transient is
/// asked apart, since SHOW DYNAMIC TABLES does not say.
///
/// # Errors
/// The warehouse's, or columns that are missing from its answer.
pub fn dynamic_table(host: &dyn ExecutionHost, relation: &Relation, transient: bool) -> Result<Value, Error> {
    let shown = show(host, "dynamic tables", relation)?;
    let mut wanted = DYNAMIC_COLUMNS.to_vec();
    if shown.column_index("initialization_warehouse").is_some() {
        wanted.insert(6, "initialization_warehouse");
    }
    if shown.column_index("scheduler").is_some() {
        wanted.push("scheduler");
    }
    let mut selected = selected(&shown, &wanted)?;
    if transient {
        let tables = show(host, "tables", relation)?;
        let kind = tables.column_index("kind").filter(|_| !tables.is_empty());
        let is_transient = kind.is_some_and(|column| tables.cell(0, column).py_str() == "TRANSIENT");
        selected = with_column(&selected, "transient", Cell::Bool(is_transient));
    }
    Ok(dict([("dynamic_table", TableValue::value(selected))]))
}

/// The description of an interactive table: `interactive_table`, a table of one row.
///
/// # Errors
/// As of [`dynamic_table`].
pub fn interactive_table(host: &dyn ExecutionHost, relation: &Relation) -> Result<Value, Error> {
    let shown = show(host, "interactive tables", relation)?;
    let name = relation.identifier().unwrap_or_default();
    let quoted = relation.quote_policy.identifier;
    let column = shown.column_index("name").unwrap_or_default();
    // LIKE also finds names that only look like this one.
    let same = |row: &usize| {
        let own = shown.cell(*row, column).py_str();
        if quoted { own == name } else { own.eq_ignore_ascii_case(name) }
    };
    let shown = shown.take(&(0..shown.len()).filter(same).collect::<Vec<_>>());
    if shown.is_empty() {
        return Err(type_error(format!("Snowflake shows no interactive table {}", relation.render())));
    }
    let there = INTERACTIVE_COLUMNS.into_iter().filter(|name| shown.column_index(name).is_some());
    let selected = selected(&shown, &there.collect::<Vec<_>>())?;
    Ok(dict([("interactive_table", TableValue::value(selected))]))
}

/// What SHOW says of one relation, with the columns' names in lower case.
fn show(host: &dyn ExecutionHost, kind: &str, relation: &Relation) -> Result<Table, Error> {
    let quoted = |name: Option<&str>, quotes: bool| {
        let name = name.unwrap_or_default();
        if quotes { format!("\"{name}\"") } else { name.to_string() }
    };
    let policy = relation.quote_policy;
    let sql = format!(
        "show {kind} like '{}' in schema {}.{}",
        relation.identifier().unwrap_or_default(),
        quoted(relation.database(), policy.database),
        quoted(relation.schema(), policy.schema)
    );
    let shown = host.execute(&sql, Execute::fetch()).map_err(raised)?.table;
    let names: Vec<Str> = shown.column_names().iter().map(|name| name.to_lowercase().into()).collect();
    Ok(shown.rename(names))
}

fn selected(table: &Table, names: &[&str]) -> Result<Table, Error> {
    let places = names.iter().map(|name| {
        table.column_index(name).ok_or_else(|| type_error(format!("SHOW's answer has no column `{name}`")))
    });
    Ok(table.select(&places.collect::<Result<Vec<_>, _>>()?))
}

/// The table with one more column, of the same value in all rows.
fn with_column(table: &Table, name: &str, cell: Cell) -> Table {
    let names = table.column_names().iter().cloned().chain([name.into()]).collect();
    let types = table.column_types().iter().copied().chain([ColumnType::Boolean]).collect();
    let rows = table.rows().map(|row| row.into_iter().chain([cell.clone()]).collect()).collect();
    Table::from_parts(names, types, rows)
}
