//! What dbt-redshift adds to the `adapter` object: facts of the profile and of the project's flags, and the answers of
//! SHOW made into those that macros expect, for profiles with `datasharing`.

pub(super) mod materialized_view;

use std::collections::HashMap;

use minijinja::{Error, State, Value};

use super::super::agate::TableValue;
use super::super::args::{CallArgs, items};
use super::super::host::ExecutionHost;
use super::super::relation::raised;
use super::Answer;
use super::query::table_of;
use crate::adapter::table::ColumnType;
use crate::adapter::{Cell, Execute, Relation, Table};
use crate::value::Str;

pub(super) fn call(host: &dyn ExecutionHost, _: &mut State<'_, '_>, method: &str, args: &[Value]) -> Answer {
    if host.adapter().dialect().type_name() != "redshift" {
        return Ok(None);
    }
    let args = CallArgs::new(args);
    let credentials = host.adapter().credentials();
    let fact = match method {
        "use_show_apis" => credentials.flag("datasharing"),
        "drop_without_cascade" => credentials.flag("drop_without_cascade"),
        "use_grants_extended" => host.behavior("redshift_grants_extended") == Some(true),
        "transform_show_tables_for_list_relations" => {
            let shown = args.one(method, "show_tables")?;
            return Ok(Some(TableValue::value(relations(table_of(&shown)?))));
        }
        "combine_show_tables_and_function_relations" => {
            let [tables, functions] =
                args.bind(method, ["table_and_view_relations", "function_relations"], 2)?;
            let mut rows = vec![];
            for part in [tables, functions].into_iter().flatten() {
                rows.extend(named(table_of(&part)?, RELATION));
            }
            return Ok(Some(TableValue::value(texts(&RELATION, rows))));
        }
        "build_catalog_from_show_tables_and_svv_columns" => {
            let [shown, columns] = args.bind(method, ["show_tables_results", "svv_columns"], 2)?;
            let shown = items(&shown.unwrap_or_default())?;
            let columns = columns.unwrap_or_default();
            let shown: Vec<&Table> = shown.iter().map(table_of).collect::<Result<_, Error>>()?;
            return Ok(Some(TableValue::value(catalog(&shown, table_of(&columns)?))));
        }
        _ => return Ok(None),
    };
    args.none(method).map(|()| Some(Value::from(fact)))
}

/// Runs `work` in the database of `relation`: one that is shared with this one is gone to before, and left behind it.
///
/// # Errors
/// The warehouse's, and those of `work`.
pub(super) fn in_database_of<T>(
    host: &dyn ExecutionHost,
    relation: &Relation,
    work: impl FnOnce() -> Result<T, Error>,
) -> Result<T, Error> {
    let adapter = host.adapter();
    let own = adapter.credentials().database.as_deref().unwrap_or_default().to_lowercase();
    let other = relation.database().map(|name| name.trim_matches('"').to_lowercase());
    let shares = adapter.dialect().type_name() == "redshift" && adapter.credentials().flag("datasharing");
    let Some(other) = other.filter(|name| shares && *name != own.trim_matches('"')) else { return work() };
    let send = |sql: &str| host.execute(sql, Execute::default()).map_err(raised);
    send(&format!("USE {}", adapter.dialect().quote(&other)))?;
    let done = work();
    let left = send("RESET USE");
    let done = done?;
    left.map(|_| done)
}

/// What a list of relations says of each.
const RELATION: [&str; 4] = ["database", "name", "schema", "type"];

/// The columns of a catalog.
const CATALOG: [&str; 10] = [
    "table_database",
    "table_schema",
    "table_name",
    "table_type",
    "table_comment",
    "table_owner",
    "column_name",
    "column_index",
    "column_type",
    "column_comment",
];

/// The cells of each row under these names; null where there is no such column.
fn named<'t, const N: usize>(
    table: &'t Table,
    names: [&str; N],
) -> impl Iterator<Item = Vec<Cell>> + use<'t, N> {
    let at = names.map(|name| table.column_index(name));
    (0..table.len())
        .map(move |row| at.iter().map(|at| at.map_or(Cell::Null, |at| table.cell(row, at))).collect())
}

/// A table of texts, empty ones too.
fn texts(names: &[&str], rows: Vec<Vec<Cell>>) -> Table {
    let names: Vec<Str> = names.iter().map(|name| Str::from(*name)).collect();
    let types = vec![ColumnType::Text; names.len()];
    Table::from_parts(names, types, rows)
}

/// In upper case, without white space around it.
fn word(cell: &Cell) -> String {
    if cell.is_null() { String::new() } else { cell.py_str().trim().to_uppercase() }
}

/// SHOW TABLES as a list of relations. Servers before patch 197 do not tell materialized views from others.
fn relations(shown: &Table) -> Table {
    let parts = ["database_name", "table_name", "schema_name", "table_type", "table_subtype"];
    let row = |mut row: Vec<Cell>| {
        let kind = match (&*word(&row[3]), &*word(&row[4])) {
            ("VIEW", "MATERIALIZED VIEW") => "materialized_view",
            ("VIEW", _) => "view",
            _ => "table",
        };
        row.truncate(3);
        row.push(Cell::str(kind));
        row
    };
    texts(&RELATION, named(shown, parts).map(row).collect())
}

/// The columns of all tables that SHOW TABLES told of, each with what it said of the table.
fn catalog(shown: &[&Table], columns: &Table) -> Table {
    let lower = |cell: &Cell| cell.py_str().to_lowercase();
    let parts =
        ["database_name", "schema_name", "table_name", "table_type", "remarks", "owner", "table_subtype"];
    let mut tables: HashMap<[String; 3], Vec<Cell>> = HashMap::new();
    for mut row in shown.iter().flat_map(|shown| named(shown, parts)) {
        let known = ["MATERIALIZED VIEW", "LATE BINDING VIEW"];
        let (kind, subtype) = (word(&row[3]), word(&row[6]));
        row[3] = Cell::str(match known.into_iter().find(|known| *known == subtype || *known == kind) {
            Some(known) => known,
            None if kind == "VIEW" || subtype == "VIEW" => "VIEW",
            None => "BASE TABLE",
        });
        row.truncate(6);
        tables.insert([row[0].py_str(), lower(&row[1]), lower(&row[2])], row);
    }
    let parts = [
        "database_name",
        "schema_name",
        "table_name",
        "column_name",
        "ordinal_position",
        "data_type",
        "remarks",
    ];
    let joined = named(columns, parts).filter_map(|row| {
        let table = tables.get(&[row[0].py_str(), lower(&row[1]), lower(&row[2])])?;
        Some(table.iter().chain(&row[3..]).cloned().collect())
    });
    let types = CATALOG.map(|name| match name {
        "column_index" => ColumnType::Number,
        _ => ColumnType::Text,
    });
    let names = CATALOG.map(Str::from);
    Table::from_parts(names.to_vec(), types.to_vec(), joined.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(names: &[&str], rows: &[&[&str]]) -> Table {
        let cell = |text: &&str| if text.is_empty() { Cell::Null } else { Cell::str(*text) };
        texts(names, rows.iter().map(|row| row.iter().map(cell).collect()).collect())
    }

    fn rows(table: &Table) -> Vec<String> {
        table.rows().map(|row| row.iter().map(Cell::py_str).collect::<Vec<_>>().join("|")).collect()
    }

    const SHOWN: [&str; 7] =
        ["database_name", "schema_name", "table_name", "table_type", "table_subtype", "remarks", "owner"];

    fn shown() -> Table {
        let rows: [&[&str]; 3] = [
            &["db", "s", "Orders", "TABLE", "REGULAR TABLE", "all of them", "me"],
            &["db", "s", "fresh", "VIEW", "MATERIALIZED VIEW", "", "me"],
            &["db", "s", "late", "VIEW", "LATE BINDING VIEW", "", "me"],
        ];
        table(&SHOWN, &rows)
    }

    #[test]
    fn what_show_tables_says_becomes_relations() {
        let listed = relations(&shown());
        assert_eq!(listed.column_names().iter().map(|name| &**name).collect::<Vec<_>>(), RELATION);
        assert_eq!(rows(&listed), ["db|Orders|s|table", "db|fresh|s|materialized_view", "db|late|s|view"]);
        let older = table(
            &["database_name", "schema_name", "table_name", "table_type"],
            &[&["db", "s", "v", "VIEW"]],
        );
        assert_eq!(rows(&relations(&older)), ["db|v|s|view"]);
    }

    #[test]
    fn a_catalog_joins_tables_and_columns_whatever_their_case() {
        let names = [
            "database_name",
            "schema_name",
            "table_name",
            "column_name",
            "ordinal_position",
            "data_type",
            "remarks",
        ];
        let columns: [&[&str]; 3] = [
            &["db", "S", "orders", "id", "1", "integer", "key"],
            &["db", "s", "late", "id", "1", "integer", ""],
            &["db", "s", "unknown", "id", "1", "integer", ""],
        ];
        let found = catalog(&[&shown()], &table(&names, &columns));
        let expected = [
            "db|s|Orders|BASE TABLE|all of them|me|id|1|integer|key",
            "db|s|late|LATE BINDING VIEW|None|me|id|1|integer|None",
        ];
        assert_eq!(rows(&found), expected);
    }
}
