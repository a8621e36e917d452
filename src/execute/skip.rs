//! Nodes that do not run because something before them went wrong.

use super::Run;
use crate::event::{Event, EventKind, NodeInfo, Progress, RunResult, RunStatus};
use crate::manifest::{NodeId, NodeKind};
use std::sync::Arc;

/// The result of a node that is skipped, and the line that says so. `cause` is the result of an
/// ephemeral model that did not compile: then the skipped node counts as an error.
pub fn one(run: &Run<'_>, id: NodeId, progress: Progress, cause: Option<&RunResult>) -> RunResult {
    let runtime = &run.compiler.runtime;
    let manifest = &run.plan.graph().manifest;
    let node = manifest.node(id);
    let mut result = RunResult::without_work(Some(id), node.unique_id.clone(), RunStatus::Skipped);
    if node.is_ephemeral() {
        return result;
    }
    let info = Arc::new(NodeInfo::of(node, manifest).with_status(RunStatus::Skipped.as_str()));
    let kind = match cause {
        Some(cause) => {
            result.message = Some(format!(
                "Compilation Error in {}, caused by compilation error in referenced ephemeral model {}",
                node.unique_id, cause.unique_id
            ));
            EventKind::LogSkipBecauseError {
                schema: node.schema.clone(),
                relation: node.name.clone(),
                status: cause.status,
                progress,
            }
        }
        None => EventKind::SkippingDetails { schema: schema_shown(run, id), progress },
    };
    // Programs that follow a run see its skipped nodes come and go like the others.
    let finished = EventKind::NodeFinished { result: Arc::new(result.clone()) };
    for kind in [EventKind::NodeStart, kind, finished] {
        (runtime.emit)(Event::of(&info, kind));
    }
    result
}

fn schema_shown(run: &Run<'_>, id: NodeId) -> crate::value::Str {
    let node = run.plan.graph().manifest.node(id);
    match node.kind {
        NodeKind::Exposure(_) | NodeKind::SavedQuery(_) | NodeKind::UnitTest(_) => "".into(),
        _ => node.schema.clone(),
    }
}

/// Skips everything: a hook before the run failed.
pub fn all(run: &Run<'_>, results: &mut Vec<RunResult>) {
    let nodes = run.plan.nodes();
    let total = nodes.len();
    for (at, id) in nodes.into_iter().enumerate() {
        results.push(one(run, id, Progress { index: at + 1, total }, None));
    }
}
