//! Columns with comments, masks and tags: reading them, and writing them into a CREATE.

use minijinja::{Error, State, Value};

use super::super::super::agate::{TableValue, tuple};
use super::super::super::args::{CallArgs, flag, items, type_error};
use super::super::super::column::ColumnValue;
use super::super::super::host::ExecutionHost;
use super::super::super::relation::RelationValue;
use super::super::relations::says;
use super::super::{execute_macro, plain};
use super::constraints::{self, ConstraintValue};
use super::relation::is_hive;
use super::relations::is_missing;
use super::{describe, runtime};
use crate::adapter::{Column, Relation, RelationType, Table};
use crate::event::Event;
use crate::jinja::engine::{dict, list, to_jinja};
use crate::value::{Str, Value as Plain};

/// `adapter.get_columns_in_relation`. A relation that is not there has none. What cannot be described as JSON is
/// described in rows.
///
/// # Errors
/// The warehouse's.
pub(in super::super) fn of_relation(
    host: &dyn ExecutionHost,
    state: &mut State<'_, '_>,
    relation: &Relation,
) -> Result<Vec<Column>, Error> {
    let in_rows = [RelationType::MaterializedView, RelationType::StreamingTable, RelationType::Foreign];
    let as_json = !is_hive(relation)
        && runtime::has_capability(host, "json_column_metadata")?
        && !in_rows.into_iter().any(|kind| relation.is(kind));
    let kwargs = || vec![("relation", RelationValue::value(relation.clone()))];
    if as_json {
        match execute_macro(host, state, "get_columns_comments_as_json", kwargs()) {
            Err(error) if is_missing(&error) => return Ok(vec![]),
            Err(error) if says(&error, "parse_syntax_error") || says(&error, "unsupported_feature") => {}
            answer => {
                let facts = describe::facts(&answer?)?;
                return Ok(facts.map_or_else(Vec::new, |facts| describe::columns(relation.dialect, &facts)));
            }
        }
    }
    match execute_macro(host, state, "get_columns_comments", kwargs()) {
        Err(error) if is_missing(&error) => Ok(vec![]),
        answer => Ok(described(relation, TableValue::of(&answer?).unwrap_or(&Table::empty()))),
    }
}

/// The rows of DESCRIBE up to the first heading.
fn described(relation: &Relation, table: &Table) -> Vec<Column> {
    let at = ["col_name", "data_type", "comment"].map(|name| table.column_index(name));
    let text = |row: usize, at: Option<usize>| {
        let cell = table.cell(row, at?);
        (!cell.is_null()).then(|| Str::from(cell.py_str()))
    };
    let mut columns = vec![];
    for row in 0..table.len() {
        let name = text(row, at[0]).unwrap_or_default();
        if name.starts_with('#') {
            break;
        }
        let mut column = Column::new(relation.dialect, name, text(row, at[1]).unwrap_or_default());
        if let Some(comment) = text(row, at[2]) {
            column.extra.insert("comment".into(), Plain::Str(comment));
        }
        columns.push(column);
    }
    columns
}

/// `adapter.parse_columns_and_constraints`: columns with what the model says of them, and the constraints of an
/// enforced contract.
///
/// # Errors
/// Malformed constraints.
pub(super) fn parse(host: &dyn ExecutionHost, args: CallArgs) -> Result<Value, Error> {
    let method = "parse_columns_and_constraints";
    let params =
        ["existing_columns", "model_columns", "model_constraints", "contract_enforced", "model_name"];
    let [existing, declared, of_model, enforced, name] = args.bind(method, params, 3)?;
    let existing = items(&existing.unwrap_or_default())?;
    let declared = plain(&declared.unwrap_or_default())?;
    let declared = declared.as_map().cloned().unwrap_or_default();
    let of_model = plain(&of_model.unwrap_or_default())?;
    let (required, found) = match flag(enforced, false) {
        true => constraints::parse(&declared, of_model.as_list().unwrap_or_default())?,
        false => {
            let constrained = |column: &Plain| column.get("constraints").is_some_and(Plain::is_truthy);
            if declared.values().any(constrained) {
                let of = name.filter(Value::is_true).map(|name| format!(" on '{name}'")).unwrap_or_default();
                let message = format!(
                    "the constraints of columns{of} are left out: they are applied when `contract.enforced` is true"
                );
                host.tell(Event::message("AdapterEventInfo", message));
            }
            (vec![], vec![])
        }
    };
    let lower = |text: &str| text.to_lowercase();
    let required: Vec<String> = required.iter().map(|name| lower(name)).collect();
    let mut columns = vec![];
    for value in &existing {
        let column = ColumnValue::of(value).ok_or_else(|| type_error(format!("{method}() takes columns")))?;
        let own = lower(&column.name);
        let declared = declared.iter().rev().find(|(name, _)| lower(name) == own).map(|(_, column)| column);
        columns.push(ColumnValue::value(enriched(column, declared, required.contains(&own))));
    }
    let found = found.into_iter().map(ConstraintValue::value).collect();
    Ok(tuple(vec![list(columns), list(found)]))
}

/// The column with what its declaration adds.
fn enriched(column: &Column, declared: Option<&Plain>, not_null: bool) -> Column {
    let Some(declared) = declared else {
        let mut column = column.clone();
        if not_null {
            column.extra.insert("not_null".into(), true.into());
        }
        return column;
    };
    let given = |key: &str| declared.get(key).filter(|value| value.is_truthy());
    let data_type = given("data_type").map_or_else(|| column.dtype.to_string(), Plain::py_str);
    let mut made = Column::create(column.dialect, column.name.clone(), &data_type);
    let facts = [("comment", "description"), ("mask", "column_mask"), ("databricks_tags", "databricks_tags")];
    for (fact, key) in facts {
        if let Some(value) = given(key) {
            made.extra.insert(fact.into(), value.clone());
        }
    }
    made.extra.insert("not_null".into(), not_null.into());
    made
}

/// The column as a line of a CREATE.
pub(in crate::jinja::context) fn render_for_create(column: &Column) -> String {
    let mut line = format!("{} {}", column.quoted(), column.dtype);
    let fact = |name: &str| column.extra.get(name).filter(|value| value.is_truthy());
    if fact("not_null").is_some() {
        line += " NOT NULL";
    }
    if let Some(comment) = fact("comment") {
        line += &format!(" COMMENT '{}'", comment.py_str().replace('\'', "\\'"));
    }
    if let Some(mask) = fact("mask") {
        line += &format!(" MASK {}", mask.get("function").map(Plain::py_str).unwrap_or_default());
        if let Some(using) = mask.get("using_columns") {
            line += &format!(" USING COLUMNS ({})", using.py_str());
        }
    }
    line
}

/// `adapter.get_persist_doc_columns`: of the described columns those whose comment is not the wanted one yet, by
/// their names in the table.
///
/// # Errors
/// The arguments are no columns.
pub(super) fn undocumented(existing: &Value, declared: &Value) -> Result<Value, Error> {
    let declared = plain(declared)?;
    let Some(declared) = declared.as_map() else { return Ok(dict::<&str>([])) };
    let mut found = vec![];
    for value in items(existing)? {
        let column =
            ColumnValue::of(&value).ok_or_else(|| type_error("get_persist_doc_columns() takes columns"))?;
        let own = column.name.to_lowercase();
        let Some((_, wanted)) = declared.iter().rev().find(|(name, _)| name.to_lowercase() == own) else {
            continue;
        };
        let text = wanted.get("description").map(Plain::py_str);
        let standing = column.extra.get("comment").map(Plain::py_str).unwrap_or_default();
        if text.as_deref() != Some(&standing) {
            found.push((column.name.clone(), to_jinja(wanted)));
        }
    }
    Ok(dict(found))
}
