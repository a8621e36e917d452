//! Rows of a node's query, without building anything: <https://docs.getdbt.com/reference/commands/show>.

use std::sync::Arc;

use minijinja::Value as Jinja;
use rustc_hash::FxHashMap;

use super::turn::Done;
use crate::adapter::Execute;
use crate::compile::Failed;
use crate::jinja::context::NodeScope;
use crate::jinja::context::execution::{Execution, Host, facts_of};
use crate::jinja::context::host::ExecutionHost;
use crate::jinja::engine::Undefined;
use crate::source::SourceMap;
use crate::value::Str;

const TEMPLATE: &str = "{{ get_show_sql(compiled_code, config.get('sql_header'), __show_limit) }}";

/// Runs the compiled query of the node whose turn it is, cut down to `--limit` rows.
///
/// # Errors
/// The query fails.
pub fn run(execution: &Arc<Execution>, sources: &SourceMap) -> Result<Done, Failed> {
    let node = execution.node().ok_or_else(|| Failed::internal("there is no node to show"))?;
    let runtime = &execution.runtime;
    // A negative limit asks for all rows.
    let limit = runtime.flags.output.limit;
    let limit = if limit < 0 { Jinja::from(()) } else { Jinja::from(limit) };
    let extra = FxHashMap::from_iter([(Str::from("__show_limit"), limit)]);
    let scope = NodeScope::shared(&execution.context(facts_of(node), extra));
    let sql = runtime
        .run
        .engine
        .render_str(&node.unique_id, TEMPLATE, scope, Undefined::Strict)
        .map_err(|error| Failed::of_render(&error, execution, sources))?;
    let result = Host(execution.clone())
        .execute(&sql, Execute::fetch())
        .map_err(|error| Failed::of_statement(&error, execution, sources))?;
    Ok(Done { adapter_response: result.response.to_map(), table: Some(result.table), ..Done::default() })
}
