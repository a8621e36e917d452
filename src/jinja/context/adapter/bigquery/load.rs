//! The rows of a seed. dbt-bigquery starts a load job with the file; here the table is made by DDL, and INSERT statements
//! of many rows fill it.

use minijinja::{Error, Value};

use super::super::super::host::ExecutionHost;
use super::super::plain;
use super::schema::{quoted, run};
use crate::adapter::{Cell, Relation, Table};
use crate::value::Value as Plain;

/// A statement is to be shorter than this, in bytes: BigQuery takes a megabyte.
const LONGEST: usize = 500_000;

/// Makes the table, if it is not there, and adds the rows. `types` has the types that the project gives to columns.
pub(super) fn load(
    host: &dyn ExecutionHost,
    relation: &Relation,
    table: &Table,
    types: &Value,
) -> Result<(), Error> {
    let dialect = host.adapter().dialect();
    let types = plain(types)?;
    let kind = |column: usize| match types.get(&table.column_names()[column]).filter(|kind| !kind.is_null()) {
        Some(kind) => Plain::py_str(kind),
        None => dialect.seed_type(table, column),
    };
    let kinds: Vec<String> = (0..table.column_names().len()).map(kind).collect();
    let names: Vec<String> = table.column_names().iter().map(|name| dialect.quote(name)).collect();
    let columns: Vec<String> =
        names.iter().zip(&kinds).map(|(name, kind)| format!("{name} {kind}")).collect();
    let target = relation.render();
    run(host, &format!("create table if not exists {target} ({})", columns.join(", ")))?;
    let head = format!("insert into {target} ({}) values", names.join(", "));
    let mut statement = String::new();
    for row in table.rows() {
        let cells = row.iter().zip(&kinds).map(|(cell, kind)| literal(host, cell, kind));
        let line = format!("({})", cells.collect::<Vec<_>>().join(", "));
        if !statement.is_empty() && statement.len() + line.len() > LONGEST {
            run(host, &statement)?;
            statement.clear();
        }
        statement.push_str(if statement.is_empty() { &head } else { "," });
        statement.push('\n');
        statement.push_str(&line);
    }
    if statement.is_empty() { Ok(()) } else { run(host, &statement) }
}

/// A value of the column's type. Text becomes another type by a cast alone.
fn literal(host: &dyn ExecutionHost, cell: &Cell, kind: &str) -> String {
    let number = matches!(cell, Cell::Int(_) | Cell::BigInt(_) | Cell::Decimal(_));
    let is = |kinds: &[&str]| kinds.iter().any(|name| kind.eq_ignore_ascii_case(name));
    match cell {
        Cell::Null => "null".into(),
        Cell::Bool(value) if is(&["bool", "boolean"]) => value.to_string(),
        _ if number && is(&["int64", "integer", "float64", "float"]) => cell.py_str(),
        _ if is(&["string"]) => quoted(host, &cell.py_str()),
        _ if is(&["json"]) => format!("parse_json({})", quoted(host, &cell.py_str())),
        _ if is(&["geography"]) => format!("st_geogfromtext({})", quoted(host, &cell.py_str())),
        _ => format!("cast({} as {kind})", quoted(host, &cell.py_str())),
    }
}
