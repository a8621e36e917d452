//! What a schema holds, with what the server says of each relation.

use std::sync::Arc;

use minijinja::{Error, State, Value};

use super::super::super::agate::{TableValue, tuple};
use super::super::super::host::ExecutionHost;
use super::super::super::relation::RelationValue;
use super::super::execute_macro;
use super::super::relations::says;
use super::relation::is_hive;
use crate::adapter::{Cell, Policy, Relation, Table};
use crate::jinja::engine::list;
use crate::value::{Map, Str, Value as Plain};

/// What errors say, in lower case, about a schema or a relation that is not there.
const NOT_THERE: [&str; 4] =
    ["[schema_not_found]", "[table_or_view_not_found]", "table or view not found", "nosuchtableexception"];

/// Whether the error says that there is no such thing.
pub(super) fn is_missing(error: &Error) -> bool {
    NOT_THERE.iter().any(|words| says(error, words)) || says(error, "database") && says(error, "not found")
}

/// A relation as the server lists it: name, type, format, owner, and which kind of table it is.
type Row = [Option<Str>; 5];

/// `adapter.get_relations_without_caching`.
///
/// # Errors
/// The warehouse's.
pub(super) fn rows(
    host: &dyn ExecutionHost,
    state: &mut State<'_, '_>,
    schema: &Relation,
) -> Result<Value, Error> {
    let cell = |text: Option<Str>| text.map_or(Value::from(()), Value::from);
    let found = ask(host, state, schema)?;
    Ok(list(found.into_iter().map(|row| tuple(row.map(cell).to_vec())).collect()))
}

/// The relations of a schema; none when the schema is not there.
///
/// # Errors
/// The warehouse's.
pub(in super::super) fn listed(
    host: &dyn ExecutionHost,
    state: &mut State<'_, '_>,
    schema: &Relation,
) -> Result<Vec<Relation>, Error> {
    let rows = match ask(host, state, schema) {
        Err(error) if is_missing(&error) => vec![],
        rows => rows?,
    };
    Ok(rows.into_iter().map(|row| made(schema, row)).collect())
}

fn made(schema: &Relation, [name, kind, format, owner, table_type]: Row) -> Relation {
    let path = [schema.path[0].clone(), schema.path[1].clone(), name];
    let mut relation = Relation::new(schema.dialect, path);
    relation.quote_policy = Policy::ALL;
    relation.kind = kind.as_deref().and_then(|kind| schema.dialect.relation_type(kind));
    relation.extra.insert("is_delta".into(), (format.as_deref() == Some("delta")).into());
    if let Some(format) = format {
        let owner = owner.map_or(Plain::Null, Plain::Str);
        let facts = [("Owner".into(), owner), ("Provider".into(), Plain::Str(format))];
        relation.extra.insert("metadata".into(), Plain::Map(Map::from_iter(facts)));
    }
    if let Some(table_type) = table_type {
        relation.extra.insert("databricks_table_type".into(), Plain::Str(table_type));
    }
    relation
}

fn ask(host: &dyn ExecutionHost, state: &mut State<'_, '_>, schema: &Relation) -> Result<Vec<Row>, Error> {
    let of_schema = || vec![("relation", RelationValue::value(schema.clone()))];
    if !is_hive(schema) {
        let answer = execute_macro(host, state, "get_uc_tables", of_schema())?;
        let names = ["table_name", "table_type", "file_format", "table_owner", "databricks_table_type"];
        return Ok(columns(&answer, names));
    }
    // The metastore lists views among the tables.
    let tables = columns(&execute_macro(host, state, "show_tables", of_schema())?, ["tableName"]);
    if tables.is_empty() {
        return Ok(vec![]);
    }
    let views = columns(&execute_macro(host, state, "show_views", of_schema())?, ["viewName"]);
    let row = |[name]: [Option<Str>; 1]| {
        let kind = if views.iter().any(|[view]| *view == name) { "view" } else { "table" };
        [name, Some(kind.into()), None, None, None]
    };
    Ok(tables.into_iter().map(row).collect())
}

/// The rows of an answer, of the columns that are named so.
fn columns<const N: usize>(answer: &Value, names: [&str; N]) -> Vec<[Option<Str>; N]> {
    let empty = Table::empty();
    let table = TableValue::of(answer).unwrap_or(&empty);
    let at = names.map(|name| table.column_names().iter().position(|own| own.eq_ignore_ascii_case(name)));
    let text = |cell: Cell| (!cell.is_null()).then(|| Str::from(cell.py_str()));
    (0..table.len()).map(|row| at.map(|at| at.and_then(|column| text(table.cell(row, column))))).collect()
}

/// The relation with what the server says of it; asked unless it is known.
///
/// # Errors
/// The warehouse's.
pub(in super::super) fn with_information(
    host: &dyn ExecutionHost,
    state: &mut State<'_, '_>,
    relation: Arc<Relation>,
) -> Result<Arc<Relation>, Error> {
    if relation.extra.contains_key("metadata") || !host.adapter().is_connected() {
        return Ok(relation);
    }
    let kwargs = vec![("relation", RelationValue::shared(relation.clone()))];
    let described = match execute_macro(host, state, "get_columns_in_relation_raw", kwargs) {
        Err(error) if is_missing(&error) => vec![],
        described => columns(&described?, ["col_name", "data_type"]),
    };
    // Behind the columns, which end with an empty row or a heading.
    let is_column =
        |name: &Option<Str>| name.as_ref().is_some_and(|name| !name.is_empty() && !name.starts_with('#'));
    let facts = described.into_iter().skip_while(|[name, _]| is_column(name)).skip(1);
    let facts = facts.filter_map(|[name, fact]| Some((name?, fact.map_or(Plain::Null, Plain::Str))));
    let facts = Map::from_iter(facts);
    let mut known = relation.as_ref().clone();
    let provider = facts.get("Provider").and_then(Plain::as_str);
    known.extra.insert("is_delta".into(), (provider == Some("delta")).into());
    known.extra.insert("metadata".into(), Plain::Map(facts));
    Ok(Arc::new(known))
}
