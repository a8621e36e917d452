//! The project's hooks: <https://docs.getdbt.com/reference/project-configs/on-run-start-on-run-end>.

use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use minijinja::Value as Jinja;
use rustc_hash::FxHashMap;

use super::Run;
use super::turn::SharedConnection;
use crate::adapter::Execute;
use crate::compile::Failed;
use crate::dag::Graph;
use crate::diag::Diagnostic;
use crate::event::{Event, EventKind, NodeInfo, Progress, RunResult, RunStatus, Timing};
use crate::jinja::context::NodeScope;
use crate::jinja::context::execution::{Execution, Runtime, facts_of, hook_value, run_result_value};
use crate::jinja::context::host::ExecutionHost;
use crate::jinja::engine::{Undefined, list, tuple};
use crate::manifest::{Node, NodeId, NodeKind};
use crate::source::SourceMap;
use crate::value::Str;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HookKind {
    Start,
    End,
}

impl HookKind {
    fn as_str(self) -> &'static str {
        match self {
            HookKind::Start => "on-run-start",
            HookKind::End => "on-run-end",
        }
    }
}

/// The name of the connection of what belongs to no worker.
pub const MASTER: &str = "master";

/// The connection of what belongs to no worker.
pub struct Master {
    pub connection: SharedConnection,
}

impl Master {
    pub fn new(runtime: &Arc<Runtime>) -> Master {
        let master = Master { connection: Arc::new(Mutex::new(runtime.adapter.connect(MASTER))) };
        master.execution(runtime).acquired();
        master
    }

    /// What is done over the connection on behalf of no node.
    pub fn execution(&self, runtime: &Arc<Runtime>) -> Execution {
        Execution::new(runtime, None, &self.connection)
    }
}

/// Runs the hooks of one kind in order: the root project's, then packages by name. After a failure the
/// rest are skipped. Gives whether all went well.
///
/// # Errors
/// A hook whose text does not render ends the run.
pub fn run(
    run: &Run<'_>,
    master: &Master,
    kind: HookKind,
    results: &mut Vec<RunResult>,
) -> Result<bool, Diagnostic> {
    let hooks = hook_ids(run.plan.graph(), kind);
    let runtime = &run.compiler.runtime;
    if hooks.is_empty() {
        return Ok(true);
    }
    if kind == HookKind::End {
        (runtime.emit)(Event::formatting(""));
    }
    // Hooks stand outside of any transaction.
    master.execution(runtime).clear_transaction();
    let extra = match kind {
        HookKind::Start => FxHashMap::default(),
        HookKind::End => end_context(run, results),
    };
    let total = hooks.len();
    let mut failed = false;
    for (at, id) in hooks.into_iter().enumerate() {
        let node = run.plan.graph().manifest.node(id);
        let name = format!("{}.{}.{at}", node.package, kind.as_str());
        let progress = Progress { index: at + 1, total };
        let hook = Hook { run, master, id, node, name, progress, extra: &extra };
        let result = if failed { hook.skipped() } else { hook.take()? };
        failed |= result.status == RunStatus::Error;
        results.push(result);
    }
    master.execution(runtime).roll_back();
    if kind == HookKind::Start {
        (runtime.emit)(Event::formatting(""));
    }
    Ok(!failed)
}

/// The hooks of one kind in order: the root project's, then packages by name.
pub fn hook_ids(graph: &Graph, kind: HookKind) -> Vec<NodeId> {
    let manifest = &graph.manifest;
    let root = &manifest.project.name;
    let mut hooks: Vec<(NodeId, &Node, usize)> = manifest
        .iter()
        .filter_map(|(id, node)| match &node.kind {
            NodeKind::Operation(operation) if operation.hook == kind.as_str() => {
                Some((id, node, operation.index))
            }
            _ => None,
        })
        .collect();
    hooks.sort_by_key(|(_, node, index)| (node.package != *root, node.package.clone(), *index));
    hooks.into_iter().map(|(id, _, _)| id).collect()
}

/// What hooks at the end know of the run: `results`, `schemas`, `database_schemas`.
fn end_context(run: &Run<'_>, results: &[RunResult]) -> FxHashMap<Str, Jinja> {
    let manifest = &run.plan.graph().manifest;
    let well = |result: &&RunResult| {
        !matches!(result.status, RunStatus::Error | RunStatus::Fail | RunStatus::Skipped)
    };
    let built = results.iter().filter(well).filter_map(|result| Some(manifest.node(result.node?)));
    let mut context = schemas_of(built);
    let shown =
        results.iter().filter(|result| &*result.thread_id != "main" || result.status == RunStatus::Error);
    let shown = shown.map(|result| run_result_value(&run.compiler.runtime, result)).collect();
    context.insert("results".into(), list(shown));
    context
}

/// `schemas` and `database_schemas`: where these nodes have their relations.
pub fn schemas_of<'n>(nodes: impl Iterator<Item = &'n Node>) -> FxHashMap<Str, Jinja> {
    let mut pairs: Vec<(Option<Str>, Str)> = vec![];
    for node in nodes {
        let pair = (node.database.clone(), node.schema.clone());
        if node.relation_name.is_some() && !pairs.contains(&pair) {
            pairs.push(pair);
        }
    }
    pairs.sort();
    let mut schemas: Vec<Str> = pairs.iter().map(|(_, schema)| schema.clone()).collect();
    schemas.sort();
    schemas.dedup();
    let pair = |(database, schema): &(Option<Str>, Str)| {
        let database = database.clone().map_or_else(|| Jinja::from(()), Jinja::from);
        tuple(vec![database, Jinja::from(schema.clone())])
    };
    FxHashMap::from_iter([
        ("schemas".into(), list(schemas.into_iter().map(Jinja::from).collect())),
        ("database_schemas".into(), list(pairs.iter().map(pair).collect())),
    ])
}

/// The SQL of the hook whose turn it is.
pub fn hook_sql(
    execution: &Arc<Execution>,
    sources: &SourceMap,
    extra: &FxHashMap<Str, Jinja>,
) -> Result<String, Failed> {
    let node = execution.node().ok_or_else(|| Failed::internal("there is no hook to render"))?;
    let context = execution.context(facts_of(node), extra.clone());
    let scope = NodeScope::shared(&context);
    let engine = &execution.runtime.run.engine;
    let rendered = engine
        .render_str(&node.unique_id, &node.raw_code, scope, Undefined::Strict)
        .map_err(|error| Failed::of_render(&error, execution, sources))?;
    let hook = hook_value(&rendered.as_str().into());
    let sql = hook.get_attr("sql").ok().and_then(|sql| sql.as_str().map(str::to_string));
    Ok(sql.unwrap_or_default())
}

struct Hook<'r, 'a> {
    run: &'r Run<'a>,
    master: &'r Master,
    id: NodeId,
    node: &'r Node,
    name: String,
    progress: Progress,
    extra: &'r FxHashMap<Str, Jinja>,
}

impl Hook<'_, '_> {
    fn take(&self) -> Result<RunResult, Diagnostic> {
        let runtime = &self.run.compiler.runtime;
        let execution = Arc::new(Execution::new(runtime, Some(self.id), &self.master.connection));
        let info = NodeInfo::of(self.node, &self.run.plan.graph().manifest).with_status("started");
        *execution.info.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = Some(Arc::new(info));
        let began = Utc::now();
        let sql = hook_sql(&execution, self.run.compiler.sources, self.extra)
            .map_err(|failed| *failed.about(self.node).diagnostic)?;
        let kept = self.run.compiler.keep(&execution, self.node, &sql);
        let compiled = Timing { name: "compile", started_at: Some(began), completed_at: Some(Utc::now()) };
        self.emit(
            &execution,
            EventKind::LogHookStartLine { statement: self.name.clone(), progress: self.progress },
        );
        let executing = Utc::now();
        let outcome = self.send(&execution, &sql);
        let executed =
            Timing { name: "execute", started_at: Some(executing), completed_at: Some(Utc::now()) };
        let mut result = self.result(match outcome {
            Ok(()) => RunStatus::Success,
            Err(_) => RunStatus::Error,
        });
        result.timing = vec![compiled, executed];
        // A hook that cannot be written has run all the same.
        result.compiled = kept.ok();
        result.execution_time = seconds_since(began);
        result.message = Some(match outcome {
            Ok(()) => format!("{} passed", self.name),
            Err(failed) => {
                let message = format!("{} failed, error:\n {}", self.name, failed.diagnostic.message);
                result.diagnostic = Some(Arc::from(failed.about(self.node).diagnostic));
                message
            }
        });
        self.finished(&execution, &result);
        Ok(result)
    }

    fn skipped(&self) -> RunResult {
        let runtime = &self.run.compiler.runtime;
        let execution = Arc::new(Execution::new(runtime, Some(self.id), &self.master.connection));
        let mut result = self.result(RunStatus::Skipped);
        result.message = Some(format!("{} skipped", self.name));
        self.finished(&execution, &result);
        result
    }

    fn result(&self, status: RunStatus) -> RunResult {
        let mut result = RunResult::without_work(Some(self.id), self.node.unique_id.clone(), status);
        result.thread_id = "main".into();
        result.failures = Some(i64::from(status != RunStatus::Success));
        result
    }

    fn finished(&self, execution: &Arc<Execution>, result: &RunResult) {
        let line = EventKind::LogHookEndLine {
            statement: self.name.clone(),
            status: result.status,
            execution_time: result.execution_time,
            progress: self.progress,
        };
        self.emit(execution, line);
    }

    fn send(&self, execution: &Arc<Execution>, sql: &str) -> Result<(), Failed> {
        if sql.trim().is_empty() {
            return Ok(());
        }
        let host = crate::jinja::context::execution::Host(execution.clone());
        host.execute(sql, Execute::default()).map(|_| ()).map_err(|error| Failed::of(error.into()))
    }

    fn emit(&self, execution: &Execution, kind: EventKind) {
        execution.emit(kind);
    }
}

fn seconds_since(began: DateTime<Utc>) -> f64 {
    (Utc::now() - began).num_microseconds().unwrap_or_default() as f64 / 1e6
}
