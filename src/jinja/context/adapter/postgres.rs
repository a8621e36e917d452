//! PostgreSQL's materialized views: of what their config says, indexes alone can change without a rebuild.

use std::collections::BTreeSet;
use std::sync::Arc;

use minijinja::{Error, Value};

use super::super::agate::TableValue;
use super::super::args::{CallArgs, type_error};
use super::{Answer, index, plain};
use crate::adapter::Relation;
use crate::jinja::engine::{dict, list};
use crate::value::Value as Plain;

/// What makes an index the same under another name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Index {
    columns: BTreeSet<String>,
    unique: bool,
    method: String,
}

impl Index {
    fn change(&self, action: &'static str, name: Option<String>) -> Value {
        let columns = self.columns.iter().map(|column| Value::from(column.as_str())).collect();
        let config = dict([
            ("columns", list(columns)),
            ("unique", Value::from(self.unique)),
            ("type", Value::from(self.method.as_str())),
        ]);
        let context =
            dict([("name", name.map_or_else(|| Value::from(()), Value::from)), ("as_node_config", config)]);
        dict([("action", Value::from(action)), ("context", context)])
    }
}

/// A method of a PostgreSQL relation: what is to be done to a view's indexes, nothing where they are as they should be.
/// None for other methods.
///
/// Errors: arguments of other shapes than the macros hand over.
pub(super) fn call_relation(_: &Arc<Relation>, method: &str, args: &CallArgs) -> Answer {
    if method != "get_materialized_view_config_change_collection" {
        return Ok(None);
    }
    let [standing, wanted] = args.clone().bind(method, ["relation_results", "relation_config"], 2)?;
    let standing = standing_indexes(&standing.unwrap_or_default())?;
    let wanted = wanted_indexes(&wanted.unwrap_or_default())?;
    // Drops come first: an index that is made anew has to go before.
    let drops = standing
        .iter()
        .filter(|(_, index)| !wanted.contains(index))
        .map(|(name, index)| index.change("drop", Some(name.clone())));
    let creates = wanted
        .iter()
        .filter(|index| !standing.iter().any(|(_, other)| other == *index))
        .map(|index| index.change("create", None));
    let changes: Vec<Value> = drops.chain(creates).collect();
    if changes.is_empty() {
        return Ok(Some(Value::from(())));
    }
    Ok(Some(dict([("indexes", list(changes)), ("requires_full_refresh", Value::from(false))])))
}

/// The indexes of the view as it stands, with their names.
fn standing_indexes(described: &Value) -> Result<Vec<(String, Index)>, Error> {
    let table = described.get_item(&Value::from("indexes"))?;
    let table = TableValue::of(&table).ok_or_else(|| type_error("`indexes` is to be a table"))?;
    let place = |name: &str| {
        table.column_index(name).ok_or_else(|| type_error(format!("the table of indexes has no `{name}`")))
    };
    let [name, columns, unique, method] =
        [place("name")?, place("column_names")?, place("unique")?, place("method")?];
    let text = |row: usize, column: usize| table.cell(row, column).py_str();
    let index = |row: usize| Index {
        columns: text(row, columns).split(',').map(str::to_lowercase).collect(),
        unique: text(row, unique) == "True",
        method: text(row, method),
    };
    Ok((0..table.len()).map(|row| (text(row, name), index(row))).collect())
}

/// The indexes that the model's `config` asks for.
fn wanted_indexes(model: &Value) -> Result<BTreeSet<Index>, Error> {
    let config = plain(&model.get_attr("config").unwrap_or_default())?;
    let indexes = config.get("indexes").and_then(Plain::as_list).unwrap_or_default();
    let index = |raw: &Plain| {
        let wanted = index::read(raw)?;
        Ok(Index {
            columns: wanted.columns.iter().map(|column| column.to_lowercase()).collect(),
            unique: wanted.unique,
            method: wanted.kind.as_deref().unwrap_or("btree").to_string(),
        })
    };
    indexes.iter().map(index).collect()
}
