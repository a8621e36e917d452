//! The warehouse that a node's config names, in use for the node's turn alone: `snowflake_warehouse`.

use std::sync::Arc;

use crate::adapter::Execute;
use crate::compile::Failed;
use crate::jinja::context::execution::{Execution, Host};
use crate::jinja::context::host::ExecutionHost as _;
use crate::source::SourceMap;
use crate::value::Value;

/// Does `work` with the node's own warehouse, where it names another than the profile's.
///
/// # Errors
/// Those of `work`; the warehouse cannot be used.
pub fn with_own<T>(
    execution: &Arc<Execution>,
    sources: &SourceMap,
    work: impl FnOnce() -> Result<T, Failed>,
) -> Result<T, Failed> {
    let Some(previous) = enter(execution, sources)? else { return work() };
    let outcome = work();
    let left = use_warehouse(execution, sources, &previous);
    let done = outcome?;
    left.map(|()| done)
}

/// The warehouse that was in use, when another one is now.
fn enter(execution: &Arc<Execution>, sources: &SourceMap) -> Result<Option<String>, Failed> {
    let adapter = &execution.runtime.adapter;
    let key = adapter.dialect().warehouse_setting().filter(|_| adapter.is_connected());
    let own = key.zip(execution.node()).and_then(|(key, node)| node.config.get(key)).and_then(Value::as_str);
    let Some(own) = own else { return Ok(None) };
    if adapter.credentials().text("warehouse").as_deref() == Some(own) {
        return Ok(None);
    }
    let sql = "select current_warehouse() as warehouse";
    let found = Host(execution.clone()).execute(sql, Execute::fetch());
    let found = found.map_err(|error| Failed::of_statement(&error, execution, sources))?;
    use_warehouse(execution, sources, own)?;
    let previous = found.table.scalar().filter(|cell| !cell.is_null()).map(|cell| cell.py_str());
    Ok(previous.filter(|name| !name.eq_ignore_ascii_case("null")))
}

fn use_warehouse(execution: &Arc<Execution>, sources: &SourceMap, name: &str) -> Result<(), Failed> {
    let used = Host(execution.clone()).execute(&format!("use warehouse {name}"), Execute::default());
    used.map(|_| ()).map_err(|error| Failed::of_statement(&error, execution, sources))
}
