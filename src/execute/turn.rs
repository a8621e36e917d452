//! One node's turn on a worker: its events, its compilation, what is done with it, its result.

use std::sync::{Arc, Mutex};
use std::time::Instant;

use chrono::{DateTime, Utc};

use super::{Run, Task, describe, materialize, test, unit_test};
use crate::adapter::Connection;
use crate::compile::Failed;
use crate::event::{EventKind, NodeInfo, Progress, ResultLine, RunResult, RunStatus, Timing, thread_name};
use crate::jinja::context::execution::Execution;
use crate::manifest::{Node, NodeId, NodeKind, ResourceType};
use crate::value::Map;

/// What a node's work gives when it went well.
#[derive(Debug)]
pub struct Done {
    pub status: RunStatus,
    pub message: Option<String>,
    pub failures: Option<i64>,
    pub adapter_response: Map,
}

impl Done {
    pub fn success(message: impl Into<String>) -> Done {
        Done {
            status: RunStatus::Success,
            message: Some(message.into()),
            failures: None,
            adapter_response: Map::default(),
        }
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
        execution.connection().set_name(&node.unique_id);
        let info = NodeInfo::of(node, &run.plan.graph().manifest);
        Turn { run, id, node, progress, execution, info, timing: vec![] }
    }

    /// Runs the turn to its end.
    pub fn take(mut self) -> RunResult {
        let started = Instant::now();
        self.info.started_at = iso(Utc::now());
        self.state("started");
        self.emit(EventKind::NodeStart);
        if !self.node.is_ephemeral() && !self.is_no_op() && self.run.task == Task::Build {
            let description = describe::description(&self.run.compiler.runtime, self.node);
            self.emit(EventKind::LogStartLine { description, progress: self.progress });
        }
        let mut outcome = self.work();
        self.execution.connection().rollback_if_open();
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
        if self.run.task == Task::Compile || self.node.is_ephemeral() {
            return Ok(Done { message: None, ..Done::success("") });
        }
        self.state("executing");
        self.emit(EventKind::NodeExecuting);
        let began = Utc::now();
        let done = self.build();
        self.timed("execute", began);
        done.map_err(|failed| failed.about(self.node))
    }

    fn compiles(&self) -> bool {
        let batched =
            || self.run.task == Task::Build && describe::is_microbatch(&self.run.compiler.runtime, self.node);
        !matches!(self.node.kind, NodeKind::Seed(_) | NodeKind::UnitTest(_)) && !self.is_no_op() && !batched()
    }

    fn is_no_op(&self) -> bool {
        matches!(self.node.kind, NodeKind::Exposure(_) | NodeKind::SavedQuery(_))
    }

    fn build(&mut self) -> Result<Done, Failed> {
        match self.node.kind {
            NodeKind::Exposure(_) | NodeKind::SavedQuery(_) => {
                Ok(Done { status: RunStatus::NoOp, failures: Some(0), ..Done::success("NO-OP") })
            }
            NodeKind::GenericTest(_) | NodeKind::SingularTest => {
                test::run(&self.execution, self.run.compiler.sources)
            }
            NodeKind::UnitTest(_) => unit_test::run(&self.execution, self.run.compiler),
            NodeKind::Function(_) => {
                materialize::run(&self.execution, self.run.compiler.sources, Default::default())?;
                self.main_result()
            }
            _ => {
                let returned =
                    materialize::run(&self.execution, self.run.compiler.sources, Default::default())?;
                for relation in materialize::relations(&returned, self.node)? {
                    self.run.compiler.runtime.adapter.cache().add(relation);
                }
                self.main_result()
            }
        }
    }

    /// What the statement `main` answered: every materialization runs one.
    fn main_result(&self) -> Result<Done, Failed> {
        let Some(result) = self.execution.result("main") else {
            return Err(Failed::runtime("main is not being called during running model"));
        };
        Ok(Done { adapter_response: result.response.to_map(), ..Done::success(result.response.message) })
    }

    fn timed(&mut self, name: &'static str, began: DateTime<Utc>) {
        let timing = Timing { name, started_at: Some(began), completed_at: Some(Utc::now()) };
        self.emit(EventKind::TimingInfoCollected(timing.clone()));
        self.timing.push(timing);
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
            }
            Err(failed) => {
                result.status = RunStatus::Error;
                result.message = Some(failed.message);
                result.diagnostic = Some(Arc::from(failed.diagnostic));
            }
        }
        result
    }

    fn log_result(&self, result: &RunResult) {
        if self.node.is_ephemeral() || self.run.task != Task::Build {
            return;
        }
        let execution_time = result.execution_time;
        self.emit(match &self.node.kind {
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
        let runtime = &self.run.compiler.runtime;
        match self.node.resource_type {
            ResourceType::Seed => format!("{}.{}", self.node.schema, self.node.alias),
            ResourceType::Snapshot => describe::place(runtime, self.node),
            _ => describe::description(runtime, self.node),
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

/// As dbt writes times of nodes: UTC, without a zone.
fn iso(time: DateTime<Utc>) -> crate::value::Str {
    time.format("%Y-%m-%dT%H:%M:%S%.6f").to_string().into()
}
