//! Columns of relations and of queries.

use minijinja::{Error, State, Value};

use super::super::args::{CallArgs, items, text, type_error};
use super::super::column::ColumnValue;
use super::super::host::ExecutionHost;
use super::super::relation::{RelationValue, raised};
use super::relations::{relation_arg, relation_of, says, two_relations};
use super::{Answer, CallGet, execute_macro};
use crate::adapter::{Column, Execute, Relation, unconnected};
use crate::jinja::engine::{list, py_str};

pub(super) fn call(
    host: &dyn ExecutionHost,
    state: &mut State<'_, '_>,
    method: &str,
    args: &[Value],
) -> Answer {
    let args = CallArgs::new(args);
    Ok(Some(match method {
        "get_columns_in_relation" => {
            let relation = relation_arg(args, method, "relation")?;
            // A project's own macro may return what it likes.
            answer_of(host, state, &relation)?
        }
        "get_columns_in_table" => {
            let [schema, identifier] = args.bind(method, ["schema", "identifier"], 2)?;
            let database = host.adapter().credentials().database.clone();
            let part = |value: Option<Value>| value.map(|value| py_str(&value).into());
            let mut relation =
                Relation::new(host.adapter().dialect(), [database, part(schema), part(identifier)]);
            relation.quote_policy = host.quoting();
            values(columns_of(host, state, &relation)?)
        }
        "get_missing_columns" => {
            let (from, to) = two_relations(args, method, ["from_relation", "to_relation"])?;
            let mut missing = columns_of(host, state, &from)?;
            let known = columns_of(host, state, &to)?;
            missing.retain(|column| !known.iter().any(|other| other.name == column.name));
            values(missing)
        }
        "expand_target_column_types" => {
            let (from, to) = two_relations(args, method, ["from_relation", "to_relation"])?;
            expand(host, state, &from, &to)?;
            Value::from(())
        }
        "get_column_schema_from_query" => {
            let sql = text(&args.one(method, "sql")?, "the SQL")?;
            values(columns_of_query(host, state, &sql)?)
        }
        "valid_snapshot_target" => {
            let [relation, names] = args.bind(method, ["relation", "column_names"], 1)?;
            let relation = relation_of(&relation.unwrap_or_default(), method, "relation")?;
            let wanted = ["dbt_scd_id", "dbt_valid_from", "dbt_valid_to"];
            snapshot_columns(host, state, &relation, (&wanted, names.as_ref()))?;
            Value::from(())
        }
        "assert_valid_snapshot_target_given_strategy" => {
            let [relation, names, strategy] =
                args.bind(method, ["relation", "column_names", "strategy"], 3)?;
            let relation = relation_of(&relation.unwrap_or_default(), method, "relation")?;
            let mut wanted = vec!["dbt_scd_id", "dbt_valid_from", "dbt_valid_to"];
            let behavior = strategy.and_then(|strategy| strategy.call_get("hard_deletes"));
            if behavior.as_ref().and_then(Value::as_str) == Some("new_record") {
                wanted.push("dbt_is_deleted");
            }
            snapshot_columns(host, state, &relation, (&wanted, names.as_ref()))?;
            Value::from(())
        }
        _ => return Ok(None),
    }))
}

fn values(columns: Vec<Column>) -> Value {
    list(columns.into_iter().map(ColumnValue::value).collect())
}

/// What the macro says about the columns of a relation. A relation that is not there has none in
/// DuckDB.
fn answer_of(
    host: &dyn ExecutionHost,
    state: &mut State<'_, '_>,
    relation: &Relation,
) -> Result<Value, Error> {
    if !host.adapter().is_connected() {
        let known = host.adapter().known_columns(relation).map(values);
        return known.ok_or_else(|| raised(unconnected(&format!("which columns has {}", relation.render()))));
    }
    if host.adapter().dialect().type_name() == "databricks" {
        return super::databricks::columns_of_relation(host, state, relation).map(values);
    }
    let kwargs = vec![("relation", RelationValue::value(relation.clone()))];
    match execute_macro(host, state, "get_columns_in_relation", kwargs) {
        Err(error) if host.adapter().dialect().type_name() == "duckdb" && says(&error, "does not exist") => {
            Ok(values(vec![]))
        }
        columns => columns,
    }
}

fn columns_of(
    host: &dyn ExecutionHost,
    state: &mut State<'_, '_>,
    relation: &Relation,
) -> Result<Vec<Column>, Error> {
    let columns = answer_of(host, state, relation)?;
    let columns = items(&columns)?;
    let column = |value: &Value| {
        ColumnValue::of(value)
            .cloned()
            .ok_or_else(|| type_error("get_columns_in_relation returns a list of columns"))
    };
    columns.iter().map(column).collect()
}

/// Widens text columns of `to` that are narrower than those of `from`.
fn expand(
    host: &dyn ExecutionHost,
    state: &mut State<'_, '_>,
    from: &Relation,
    to: &Relation,
) -> Result<(), Error> {
    let dialect = host.adapter().dialect();
    if dialect.type_name() == "duckdb" {
        // Text has no size in DuckDB: there is nothing to widen.
        return Ok(());
    }
    let wide = columns_of(host, state, from)?;
    let narrow = columns_of(host, state, to)?;
    for goal in &wide {
        let Some(current) = narrow.iter().find(|column| column.name == goal.name) else { continue };
        if current.can_expand_to(goal).map_err(raised)? {
            let size = goal.string_size().map_err(raised)?;
            let kwargs = vec![
                ("relation", RelationValue::value(to.clone())),
                ("column_name", Value::from(goal.name.clone())),
                ("new_column_type", Value::from(dialect.string_type(size))),
            ];
            execute_macro(host, state, "alter_column_type", kwargs)?;
        }
    }
    Ok(())
}

/// Names and types of what a query returns. DuckDB describes a query; others tell by an empty result.
fn columns_of_query(
    host: &dyn ExecutionHost,
    state: &mut State<'_, '_>,
    sql: &str,
) -> Result<Vec<Column>, Error> {
    let dialect = host.adapter().dialect();
    if dialect.type_name() == "duckdb" {
        let described = host.execute(&format!("describe ({sql})"), Execute::fetch()).map_err(raised)?.table;
        let column = |row: Vec<crate::adapter::Cell>| {
            let mut texts = row.iter().map(|cell| cell.py_str());
            Column::new(dialect, texts.next().unwrap_or_default(), texts.next().unwrap_or_default())
        };
        return Ok(described.rows().flat_map(|row| column(row).flatten()).collect());
    }
    let _ = state;
    let empty = host.execute(&dialect.columns_query(sql), Execute::fetch()).map_err(raised)?.table;
    let columns = |field: &arrow_schema::Field| match dialect.arrow_column(field) {
        Some(column) => column.flatten(),
        None => vec![Column::new(dialect, field.name().as_str(), dialect.result_type(field))],
    };
    Ok(empty.fields().iter().flat_map(columns).collect())
}

/// Checks that a snapshot's table has dbt's columns; `names` may rename them.
fn snapshot_columns(
    host: &dyn ExecutionHost,
    state: &mut State<'_, '_>,
    relation: &Relation,
    (wanted, names): (&[&str], Option<&Value>),
) -> Result<(), Error> {
    let columns = columns_of(host, state, relation)?;
    let named = |column: &&str| match names.and_then(|names| names.call_get(column)) {
        Some(name) => py_str(&name),
        None => (*column).to_string(),
    };
    let has = |name: &String| columns.iter().any(|column| column.name.to_lowercase() == name.to_lowercase());
    let missing: Vec<String> =
        wanted.iter().map(named).filter(|name| !has(name)).map(|name| format!("\"{name}\"")).collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(super::super::exceptions::raised(format!(
        "Snapshot target is missing configured columns (missing {}) in {}",
        missing.join(", "),
        relation.render()
    )))
}
