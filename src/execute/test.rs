//! Data tests: a query that finds what is wrong, and what to make of the number of rows it finds.
//!
//! <https://docs.getdbt.com/reference/data-test-configs>

use std::sync::Arc;

use super::materialize;
use super::turn::Done;
use crate::adapter::{Cell, Table};
use crate::compile::Failed;
use crate::event::RunStatus;
use crate::flags::Verdict;
use crate::jinja::context::execution::Execution;
use crate::manifest::Node;
use crate::source::SourceMap;

/// The one row that a test's statement gives.
struct Found {
    failures: i64,
    should_warn: bool,
    should_error: bool,
}

/// Runs the test whose turn it is.
///
/// # Errors
/// Its query fails, or gives something else than one row of three columns.
pub fn run(execution: &Arc<Execution>, sources: &SourceMap) -> Result<Done, Failed> {
    let node = execution.node().ok_or_else(|| Failed::internal("there is no test to run"))?;
    materialize::run(execution, sources, None, Default::default())?;
    let Some(result) = execution.result("main") else {
        return Err(Failed::runtime("main is not being called during running model"));
    };
    let found = read(&result.table, node)?;
    let mut done = judged(execution, node, &found);
    done.adapter_response = result.response.to_map();
    Ok(done)
}

fn read(table: &Table, node: &Node) -> Result<Found, Failed> {
    let shape = |what: &str, got: usize, expected: usize| {
        Failed::internal(format!(
            "dbt internally failed to execute {}: Returned {got} {what}, but expected {expected} {what}",
            node.unique_id
        ))
    };
    if table.len() != 1 {
        return Err(shape("rows", table.len(), 1));
    }
    if table.column_names().len() != 3 {
        return Err(shape("columns", table.column_names().len(), 3));
    }
    let cell = |name: &str| {
        let column = table.column_names().iter().position(|column| column.to_lowercase() == name);
        column.map(|column| table.cell(0, column)).unwrap_or_default()
    };
    Ok(Found {
        failures: number(&cell("failures"))
            .ok_or_else(|| Failed::runtime("the test's `fail_calc` gives no number"))?,
        should_warn: flag(&cell("should_warn"))?,
        should_error: flag(&cell("should_error"))?,
    })
}

fn number(cell: &Cell) -> Option<i64> {
    cell.as_i64().or_else(|| match cell {
        Cell::Decimal(value) => Some(value.to_f64() as i64),
        Cell::Str(text) => text.trim().parse().ok(),
        _ => None,
    })
}

/// Warehouses without booleans give numbers or text.
fn flag(cell: &Cell) -> Result<bool, Failed> {
    let text = cell.py_str().to_lowercase();
    match text.as_str() {
        "true" | "t" | "yes" | "y" | "on" | "1" => Ok(true),
        "false" | "f" | "no" | "n" | "off" | "0" | "none" => Ok(false),
        _ => match cell.as_decimal() {
            Some(decimal) => Ok(!decimal.is_zero()),
            None => Err(Failed::runtime(format!(
                "The macro 'get_test_sql' returns '{}', and should return a boolean",
                cell.py_str()
            ))),
        },
    }
}

fn judged(execution: &Execution, node: &Node, found: &Found) -> Done {
    let plural = if found.failures == 1 { "" } else { "s" };
    let config = |key: &str| node.config.get_str(key).unwrap_or("!= 0").to_string();
    let got = |how: &str, condition: &str| {
        Some(format!("Got {} result{plural}, configured to {how} if {}", found.failures, config(condition)))
    };
    let strict =
        node.config.get_str("severity").is_none_or(|severity| severity.eq_ignore_ascii_case("error"));
    let (status, message, failures) = if strict && found.should_error {
        (RunStatus::Fail, got("fail", "error_if"), found.failures)
    } else if found.should_warn {
        match execution.runtime.flags.warnings.verdict("LogTestResult") {
            Verdict::Error => (RunStatus::Fail, got("fail", "warn_if"), found.failures),
            _ => (RunStatus::Warn, got("warn", "warn_if"), found.failures),
        }
    } else {
        (RunStatus::Pass, None, 0)
    };
    Done { status, message, failures: Some(failures), ..Done::default() }
}
