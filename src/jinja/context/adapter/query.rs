//! `adapter.execute`, `add_query` and the transaction.

use std::cell::RefCell;

use minijinja::{Error, State, Value};

use super::super::agate::{TableValue, tuple, value_cell};
use super::super::args::{CallArgs, flag, items, optional_count, text, type_error};
use super::super::host::ExecutionHost;
use super::super::relation::{RelationValue, raised};
use super::{Answer, ResponseValue};
use crate::adapter::grants::GrantRow;
use crate::adapter::{Cell, Execute, Table};
use crate::jinja::engine::{dict, is_undefined, list};

pub(super) fn call(
    host: &dyn ExecutionHost,
    state: &mut State<'_, '_>,
    method: &str,
    args: &[Value],
) -> Answer {
    let args = CallArgs::new(args);
    Ok(Some(match method {
        "execute" => {
            // On Databricks a table that the statement reads from may be given, which is dropped behind it.
            let [sql, auto_begin, fetch, limit, staging] =
                args.bind(method, ["sql", "auto_begin", "fetch", "limit", "staging_table"], 1)?;
            let sql = text(&sql.unwrap_or_default(), "the SQL")?;
            let how = Execute {
                auto_begin: flag(auto_begin, false),
                fetch: flag(fetch, false),
                limit: optional_count(limit),
            };
            let result = host.execute(&sql, how).map_err(raised);
            if let Some(staging) = staging.as_ref().and_then(RelationValue::of) {
                super::relations::drop(host, state, staging)?;
            }
            let result = result?;
            tuple(vec![ResponseValue::value(result.response), TableValue::value(result.table)])
        }
        "add_query" => {
            // A cursor is closed in any case.
            let params = ["sql", "auto_begin", "bindings", "abridge_sql_log", "close_cursor"];
            let [sql, auto_begin, bindings, abridged, _] = args.bind(method, params, 1)?;
            let sql = text(&sql.unwrap_or_default(), "the SQL")?;
            let bindings: Vec<Cell> = match bindings {
                Some(bindings) if !bindings.is_none() && !is_undefined(&bindings) => {
                    items(&bindings)?.iter().map(value_cell).collect()
                }
                _ => vec![],
            };
            let response = host
                .add_query(&sql, &bindings, flag(auto_begin, true), flag(abridged, false))
                .map_err(raised)?;
            tuple(vec![Value::from(()), ResponseValue::value(response)])
        }
        "commit" => {
            args.none(method)?;
            commit_if_open(host)?;
            Value::from(())
        }
        "standardize_grants_dict" => grants(host, &args.one(method, "grants_table")?)?,
        "convert_type" => {
            let [table, column] = args.bind(method, ["agate_table", "col_idx"], 2)?;
            let table = table.unwrap_or_default();
            let table = table_of(&table)?;
            let column = column.and_then(|column| column.as_usize());
            let column = column.ok_or_else(|| type_error("col_idx is the number of a column"))?;
            Value::from(host.adapter().dialect().seed_type(table, column))
        }
        "get_partitions_metadata" => {
            return Err(type_error("`get_partitions_metadata` is not implemented for this adapter!"));
        }
        _ => return Ok(None),
    }))
}

/// Commits when a transaction is open; otherwise there is nothing to do.
pub(super) fn commit_if_open(host: &dyn ExecutionHost) -> Result<(), Error> {
    let commit = host.with_connection(&mut |connection| {
        if connection.transaction_open() { connection.commit() } else { Ok(()) }
    });
    commit.map_err(raised)
}

pub(super) fn table_of(value: &Value) -> Result<&Table, Error> {
    TableValue::of(value).ok_or_else(|| type_error("expected a table"))
}

/// Privileges with their grantees, from the result of the grants query.
fn grants(host: &dyn ExecutionHost, value: &Value) -> Result<Value, Error> {
    let table = table_of(value)?;
    let adapter = host.adapter();
    let user = adapter.credentials().text("user").unwrap_or_default();
    let flag = |name: &str| host.behavior(name) == Some(true);
    let missing = RefCell::new(None);
    let mut grants: indexmap::IndexMap<String, Vec<Value>> = indexmap::IndexMap::new();
    for row in 0..table.len() {
        let column = |name: &str| {
            let found = table.column_names().iter().position(|column| column.eq_ignore_ascii_case(name));
            if found.is_none() {
                *missing.borrow_mut() = Some(name.to_string());
            }
            Some(table.cell(row, found?).py_str())
        };
        let grant = adapter.dialect().grant(&GrantRow { column: &column, flag: &flag, user: &user });
        match (grant, missing.take()) {
            (Some(grant), _) => {
                grants.entry(grant.privilege).or_default().push(Value::from(grant.grantee));
            }
            (None, Some(name)) => return Err(type_error(format!("the grants have no column `{name}`"))),
            (None, None) => {}
        }
    }
    Ok(dict(grants.into_iter().map(|(privilege, who)| (privilege, list(who)))))
}
