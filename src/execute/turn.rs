//! One node's turn on a worker: its events, its compilation, what is done with it, its result.

use std::sync::{Arc, Mutex};
use std::time::Instant;

use chrono::{DateTime, Utc};

use super::{Run, Task, describe, freshness, materialize, microbatch, show, test, unit_test};
use crate::adapter::{Connection, Table};
use crate::compile::Failed;
use crate::diag::Diagnostic;
use crate::event::{
    BatchResults, Event, EventKind, Freshness, NodeInfo, Progress, ResultLine, RunResult, RunStatus, Timing,
    thread_name,
};
use crate::jinja::context::execution::Execution;
use crate::manifest::{Node, NodeId, NodeKind, ResourceType};
use crate::value::Map;

/// What a node's work gives when it went through.
#[derive(Debug)]
pub struct Done {
    pub status: RunStatus,
    pub message: Option<String>,
    pub failures: Option<i64>,
    pub adapter_response: Map,
    pub batch_results: Option<BatchResults>,
    pub freshness: Option<Freshness>,
    /// Rows to show.
    pub table: Option<Table>,
    /// What went wrong in a part of the work.
    pub diagnostic: Option<Box<Diagnostic>>,
}

impl Default for Done {
    fn default() -> Done {
        Done {
            status: RunStatus::Success,
            message: None,
            failures: None,
            adapter_response: Map::default(),
            batch_results: None,
            freshness: None,
            table: None,
            diagnostic: None,
        }
    }
}

impl Done {
    pub fn success(message: impl Into<String>) -> Done {
        Done { message: Some(message.into()), ..Done::default() }
    }
}

/// A worker's connection, opened with its first statement.
pub type SharedConnection = Arc<Mutex<Box<dyn Connection>>>;

/// A node's turn.
pub struct Turn<'a> {
    pub run: &'a Run<'a>,
    pub id: NodeId,
    pub node: &'a Node,
    pub progress: Progress,
    pub execution: Arc<Execution>,
    info: NodeInfo,
    timing: Vec<Timing>,
}

impl<'a> Turn<'a> {
    pub fn new(run: &'a Run<'a>, id: NodeId, progress: Progress, connection: &SharedConnection) -> Turn<'a> {
        let runtime = &run.compiler.runtime;
        let node = run.plan.graph().manifest.node(id);
        let execution = Arc::new(Execution::new(runtime, Some(id), connection));
        let info = NodeInfo::of(node, &run.plan.graph().manifest);
        Turn { run, id, node, progress, execution, info, timing: vec![] }
    }

    /// Runs the turn to its end.
    pub fn take(mut self) -> RunResult {
        let started = Instant::now();
        self.info.started_at = iso(Utc::now());
        self.state("started");
        self.emit(EventKind::NodeStart);
        if self.is_announced() {
            let description = describe::description(self.run, self.node);
            self.emit(EventKind::LogStartLine { description, progress: self.progress });
        }
        self.execution.rename_connection(&self.node.unique_id);
        let mut outcome = self.work();
        self.execution.roll_back();
        if let Some(message) = self.execution.take_escalated() {
            outcome = Err(Failed::compilation(message));
        }
        let result = self.result(outcome, started.elapsed().as_secs_f64());
        self.info.finished_at = iso(Utc::now());
        self.state(result.status.as_str());
        self.log_result(&result);
        self.emit(EventKind::NodeFinished { result: Arc::new(result.clone()) });
        result
    }

    fn is_announced(&self) -> bool {
        let task = matches!(self.run.task, Task::Build | Task::Freshness);
        let seed_shown = self.run.task == Task::Show && self.is_seed();
        (task || seed_shown) && !self.node.is_ephemeral() && !self.is_no_op()
    }

    fn is_seed(&self) -> bool {
        matches!(self.node.kind, NodeKind::Seed(_))
    }

    fn work(&mut self) -> Result<Done, Failed> {
        self.state("compiling");
        self.emit(EventKind::NodeCompiling);
        let began = Utc::now();
        let compiled = if self.compiles() {
            self.run.compiler.compile_node(&self.execution).map(|_| ())
        } else {
            Ok(())
        };
        self.timed("compile", began);
        compiled.map_err(|failed| failed.about(self.node))?;
        if self.run.task == Task::Build && self.node.is_ephemeral() {
            return Ok(Done::default());
        }
        self.state("executing");
        self.emit(EventKind::NodeExecuting);
        let began = Utc::now();
        let done = match self.run.task {
            Task::Compile => Ok(Done::default()),
            Task::Show if self.is_seed() => self.build(),
            Task::Show => show::run(&self.execution, self.run.compiler.sources),
            Task::Clone => self.clone_relation(),
            Task::Freshness => freshness::run(&self.execution, self.run.compiler.sources),
            Task::Build => self.build(),
        };
        self.timed("execute", began);
        done.map_err(|failed| failed.about(self.node))
    }

    fn compiles(&self) -> bool {
        let batched = || self.run.task == Task::Build && self.is_microbatch();
        let never = matches!(self.node.kind, NodeKind::Seed(_) | NodeKind::UnitTest(_) | NodeKind::Source(_));
        !never && !matches!(self.run.task, Task::Clone | Task::Freshness) && !self.is_no_op() && !batched()
    }

    fn is_no_op(&self) -> bool {
        matches!(self.node.kind, NodeKind::Exposure(_) | NodeKind::SavedQuery(_))
    }

    fn is_microbatch(&self) -> bool {
        describe::is_microbatch(&self.run.compiler.runtime, self.node)
    }

    fn build(&mut self) -> Result<Done, Failed> {
        let sources = self.run.compiler.sources;
        match self.node.kind {
            NodeKind::Exposure(_) | NodeKind::SavedQuery(_) => {
                Ok(Done { status: RunStatus::NoOp, failures: Some(0), ..Done::success("NO-OP") })
            }
            NodeKind::GenericTest(_) | NodeKind::SingularTest => test::run(&self.execution, sources),
            NodeKind::UnitTest(_) => unit_test::run(&self.execution, self.run.compiler),
            NodeKind::Function(_) => {
                materialize::run(&self.execution, sources, None, Default::default())?;
                main_result(&self.execution)
            }
            NodeKind::Model(_) if self.is_microbatch() => microbatch::run(self),
            _ => {
                self.materialize(None)?;
                let table = self.is_seed().then(|| self.execution.result("agate_table")).flatten();
                Ok(Done { table: table.map(|result| result.table), ..main_result(&self.execution)? })
            }
        }
    }

    fn clone_relation(&self) -> Result<Done, Failed> {
        self.materialize(Some("clone"))?;
        match self.execution.result("main") {
            Some(_) => main_result(&self.execution),
            None => Ok(Done::success("No-op")),
        }
    }

    /// Runs the node's materialization, or the one named, and makes what it built known.
    fn materialize(&self, named: Option<&str>) -> Result<(), Failed> {
        let sources = self.run.compiler.sources;
        let returned = materialize::run(&self.execution, sources, named, Default::default())?;
        for relation in materialize::relations(&returned, self.node)? {
            self.run.compiler.runtime.adapter.cache().add(relation);
        }
        Ok(())
    }

    fn timed(&mut self, name: &'static str, began: DateTime<Utc>) {
        self.timing.push(Timing { name, started_at: Some(began), completed_at: Some(Utc::now()) });
    }

    fn result(&mut self, outcome: Result<Done, Failed>, seconds: f64) -> RunResult {
        let mut result =
            RunResult::without_work(Some(self.id), self.node.unique_id.clone(), RunStatus::Success);
        result.thread_id = thread_name();
        result.timing = std::mem::take(&mut self.timing);
        result.execution_time = seconds;
        result.compiled = self.execution.outcome();
        match outcome {
            Ok(done) => {
                result.status = done.status;
                result.message = done.message;
                result.failures = done.failures;
                result.adapter_response = done.adapter_response;
                result.batch_results = done.batch_results;
                result.freshness = done.freshness;
                result.diagnostic = done.diagnostic.map(Arc::from);
                if let Some(table) = done.table {
                    self.run.keep_table(self.id, table);
                }
            }
            Err(failed) => {
                let freshness = self.run.task == Task::Freshness;
                result.status = if freshness { RunStatus::RuntimeError } else { RunStatus::Error };
                let caught = Event::message("CatchableExceptionOnRun", failed.message.clone());
                let exc = failed.message.as_str();
                self.execution.tell(caught.data("exc", exc).data("exc_info", ""));
                result.message = Some(failed.message);
                result.diagnostic = Some(Arc::from(failed.diagnostic));
            }
        }
        result
    }

    fn log_result(&self, result: &RunResult) {
        let built = self.run.task == Task::Build && self.is_no_op();
        if !self.is_announced() && !built {
            return;
        }
        let execution_time = result.execution_time;
        self.emit(match &self.node.kind {
            NodeKind::Source(source) => EventKind::LogFreshnessResult {
                status: result.status,
                source_name: source.source_name.clone(),
                table_name: self.node.name.clone(),
                execution_time,
                progress: self.progress,
            },
            NodeKind::GenericTest(_) | NodeKind::SingularTest | NodeKind::UnitTest(_) => {
                EventKind::LogTestResult {
                    name: describe::test_name(self.node).into(),
                    status: result.status,
                    failures: result.failures,
                    execution_time,
                    attached_node: self.node.generic_test().and_then(|test| test.attached_node.clone()),
                    progress: self.progress,
                }
            }
            _ => EventKind::LogResult(ResultLine {
                kind: describe::result_kind(self.node),
                description: self.result_description(),
                status: result.status,
                message: result.message.clone().unwrap_or_default(),
                execution_time,
                progress: self.progress,
            }),
        });
    }

    /// Lines that end a node name seeds and snapshots without their kind.
    fn result_description(&self) -> String {
        match self.node.resource_type {
            ResourceType::Seed => format!("{}.{}", self.node.schema, self.node.alias),
            ResourceType::Snapshot => describe::place(&self.run.compiler.runtime, self.node),
            _ => describe::description(self.run, self.node),
        }
    }

    fn state(&mut self, status: &str) {
        self.info = self.info.with_status(status);
        *self.execution.info.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) =
            Some(Arc::new(self.info.clone()));
    }

    pub fn emit(&self, kind: EventKind) {
        self.execution.emit(kind);
    }
}

/// What the statement `main` answered: every materialization runs one.
///
/// # Errors
/// None ran.
pub fn main_result(execution: &Execution) -> Result<Done, Failed> {
    let Some(result) = execution.result("main") else {
        return Err(Failed::runtime("main is not being called during running model"));
    };
    Ok(Done { adapter_response: result.response.to_map(), ..Done::success(result.response.message) })
}

/// As dbt writes times of nodes: UTC, without a zone.
fn iso(time: DateTime<Utc>) -> crate::value::Str {
    time.format("%Y-%m-%dT%H:%M:%S%.6f").to_string().into()
}
