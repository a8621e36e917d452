//! How nodes are called in the lines of a run.

use super::Run;
use crate::event::ResultKind;
use crate::jinja::context::execution::Runtime;
use crate::manifest::{Node, NodeKind, ResourceType};

/// What runs, and where: `sql table model main.orders`, `seed file main.countries`, `test unique_id`.
pub fn description(run: &Run<'_>, node: &Node) -> String {
    let runtime = &run.compiler.runtime;
    match &node.kind {
        NodeKind::Source(source) => format!("freshness of {}.{}", source.source_name, node.name),
        NodeKind::Model(_) if is_microbatch(runtime, node) => {
            format!("{} microbatch model {}", node.language.as_str(), place(runtime, node))
        }
        NodeKind::Seed(_) => format!("seed file {}", place(runtime, node)),
        NodeKind::Snapshot => format!("snapshot {}", place(runtime, node)),
        NodeKind::GenericTest(_) | NodeKind::SingularTest => format!("test {}", node.name),
        NodeKind::UnitTest(_) => format!("unit_test {}", test_name(node)),
        NodeKind::Exposure(_) => format!("exposure {}", node.name),
        NodeKind::SavedQuery(_) => format!("saved query {}", node.name),
        NodeKind::Function(_) => format!("function {}", place(runtime, node)),
        _ => format!(
            "{} {} {} {}",
            node.language.as_str(),
            node.materialized(),
            node.resource_type,
            place(runtime, node)
        ),
    }
}

/// The name of a test in its lines: for a unit test with the model in front.
pub fn test_name(node: &Node) -> String {
    match &node.kind {
        NodeKind::UnitTest(test) => {
            let version =
                test.version.as_ref().map(|version| format!("_v{}", version.py_str())).unwrap_or_default();
            format!("{}::{}{version}", test.model, node.name)
        }
        _ => node.name.to_string(),
    }
}

/// `schema.alias`, with the database in front unless it is the default one.
pub fn place(runtime: &Runtime, node: &Node) -> String {
    let relation = runtime.relation_of(node).quote([Some(false); 3]);
    let default = runtime.run.project.profile.database.as_deref();
    let shown = if node.database.as_deref() == default {
        relation.include([Some(false), None, None])
    } else {
        relation
    };
    shown.render()
}

pub fn result_kind(node: &Node) -> ResultKind {
    match node.resource_type {
        ResourceType::Model => ResultKind::Model,
        ResourceType::Snapshot => ResultKind::Snapshot,
        ResourceType::Seed => ResultKind::Seed,
        ResourceType::Function => ResultKind::Function,
        ResourceType::Exposure | ResourceType::SavedQuery => ResultKind::NoOp,
        _ => ResultKind::Node,
    }
}

/// Whether a model is built batch by batch.
pub fn is_microbatch(runtime: &Runtime, node: &Node) -> bool {
    node.resource_type == ResourceType::Model
        && node.materialized() == "incremental"
        && node.config.get_str("incremental_strategy") == Some("microbatch")
        && !uses_own_strategy(runtime)
}

/// A project that wrote its own `get_incremental_microbatch_sql` before dbt had one keeps it, unless
/// it asks for batches.
fn uses_own_strategy(runtime: &Runtime) -> bool {
    !runtime.flags.behaviour("require_batched_execution_for_custom_microbatch_strategy")
        && runtime
            .run
            .macros
            .find("get_incremental_microbatch_sql")
            .is_some_and(|entry| !entry.unique_id.starts_with("macro.dbt"))
}
