//! What `statement` blocks leave behind: `load_result`, `store_result`, `store_raw_result`.
//!
//! <https://docs.getdbt.com/reference/dbt-jinja-functions/statement-blocks>

use std::sync::Arc;

use minijinja::{Error, Value as Jinja};

use super::super::agate::{TableValue, as_matrix};
use super::super::exceptions::raised;
use super::super::function::function;
use super::{Execution, lock};
use crate::adapter::{AdapterResponse, Table};
use crate::jinja::context::adapter::{ResponseValue, response_of};
use crate::jinja::engine::dict;

/// A stored result taken apart.
pub struct StatementResult {
    pub response: AdapterResponse,
    pub table: Table,
}

impl Execution {
    /// The result stored under a name, left in place.
    pub fn result(&self, name: &str) -> Option<StatementResult> {
        let stored = lock(&self.results).get(name).cloned()??;
        let response = stored.get_attr("response").ok()?;
        let table = stored.get_attr("table").ok()?;
        Some(StatementResult {
            response: response_of(&response),
            table: TableValue::of(&table).cloned().unwrap_or_else(Table::empty),
        })
    }

    fn store(&self, name: &str, response: Jinja, table: Option<Jinja>) {
        let table = table
            .filter(|table| !table.is_none() && !table.is_undefined())
            .unwrap_or_else(|| TableValue::value(Table::empty()));
        let data = TableValue::of(&table).map_or_else(|| crate::jinja::engine::list(vec![]), as_matrix);
        let stored = dict([("response", response), ("data", data), ("table", table)]);
        lock(&self.results).insert(name.to_string(), Some(stored));
    }

    /// The main result may be read again and again, any other once.
    fn load(&self, name: &str) -> Result<Jinja, Error> {
        let mut results = lock(&self.results);
        match results.get_mut(name) {
            None => Ok(Jinja::from(())),
            Some(stored) if name == "main" => Ok(stored.clone().unwrap_or_default()),
            Some(stored) => stored.take().ok_or_else(|| {
                raised(format!(
                    "The 'statement' result named '{name}' has already been loaded into a variable"
                ))
            }),
        }
    }
}

pub fn get(execution: &Arc<Execution>, name: &str) -> Option<Jinja> {
    let execution = execution.clone();
    Some(match name {
        "load_result" => function("load_result", move |_, args| {
            execution.load(&args.required("load_result", 0, "name")?.to_string())
        }),
        "store_result" => function("store_result", move |_, args| {
            let name = args.required("store_result", 0, "name")?.to_string();
            let response = args.required("store_result", 1, "response")?.clone();
            execution.store(&name, response, args.get(2, "agate_table").cloned());
            Ok(Jinja::from(""))
        }),
        "store_raw_result" => function("store_raw_result", move |_, args| {
            let name = args.required("store_raw_result", 0, "name")?.to_string();
            let text = |at: usize, key: &str| {
                args.get(at, key).filter(|value| !value.is_none()).map(Jinja::to_string)
            };
            let response = AdapterResponse {
                message: text(1, "message").unwrap_or_default(),
                code: text(2, "code"),
                rows_affected: text(3, "rows_affected").and_then(|rows| rows.parse().ok()),
                ..AdapterResponse::default()
            };
            execution.store(&name, ResponseValue::value(response), args.get(4, "agate_table").cloned());
            Ok(Jinja::from(""))
        }),
        _ => {
            let results = lock(&execution.results);
            let entries =
                results.iter().map(|(name, stored)| (name.clone(), stored.clone().unwrap_or_default()));
            dict(entries.collect::<Vec<_>>())
        }
    })
}
