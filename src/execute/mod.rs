//! The execute stage: a plan's nodes run on the warehouse, each on a worker with a connection of its own.
//!
//! What is done to a warehouse is written in macros; this stage gives them the node's turn: its
//! connection, its place in the order, its result. It emits events and never prints.

pub mod batches;
mod describe;
pub mod emit;
pub mod freshness;
mod hooks;
mod materialize;
mod microbatch;
mod pool;
mod schemas;
mod show;
mod skip;
mod test;
mod turn;
mod unit_diff;
mod unit_test;
mod warehouse;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use rustc_hash::FxHashMap;

use crate::adapter::Table;

use crate::compile::Compiler;
use crate::diag::Diagnostic;
use crate::event::{BatchResults, CompiledNode, RunResult, RunStatus};
use crate::manifest::NodeId;
use crate::plan::Plan;

pub use hooks::HookKind;

/// What is done with each node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// Build models, seeds, snapshots and functions; run tests.
    Build,
    Compile,
    /// Run compiled SQL and keep the rows.
    Show,
    /// Make what another environment has appear here.
    Clone,
    /// Ask how old the rows of sources are.
    Freshness,
}

impl Task {
    /// Whether the project's hooks run around the nodes.
    fn has_hooks(self) -> bool {
        matches!(self, Task::Build | Task::Freshness)
    }

    fn needs_schemas(self) -> bool {
        matches!(self, Task::Build | Task::Clone)
    }
}

/// Set from outside to stop a run: by Ctrl-C.
#[derive(Debug, Default)]
pub struct Interrupt(AtomicBool);

impl Interrupt {
    pub fn set(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// One run.
pub struct Run<'a> {
    pub plan: &'a Plan<'a>,
    pub compiler: &'a Compiler<'a>,
    pub task: Task,
    /// A failed test counts as much as an error for what lies downstream (`build`).
    pub tests_guard: bool,
    /// Ephemeral models have results of their own (`compile --select`, `show`).
    pub report_ephemeral: bool,
    /// The first error ends the command (`compile`).
    pub stop_at_error: bool,
    pub threads: usize,
    pub interrupt: Arc<Interrupt>,
    /// When the run that this one goes on with began, and the batches that it left to do (`retry`).
    pub began: DateTime<Utc>,
    pub batches_left: FxHashMap<NodeId, BatchResults>,
    /// Threads at work: workers, and those that run batches beside them.
    pub busy: AtomicUsize,
    /// Rows to show, by node.
    pub tables: Mutex<FxHashMap<NodeId, Table>>,
}

impl Run<'_> {
    fn keep_table(&self, id: NodeId, table: Table) {
        self.tables.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).insert(id, table);
    }

    /// Takes a thread's place when one is free.
    fn take_place(&self) -> bool {
        let place = |busy| (busy < self.threads).then_some(busy + 1);
        self.busy.fetch_update(Ordering::SeqCst, Ordering::SeqCst, place).is_ok()
    }

    fn give_place(&self) {
        self.busy.fetch_sub(1, Ordering::SeqCst);
    }
}

/// How a run ended.
#[derive(Debug, Default)]
pub struct Outcome {
    /// In the order in which they ended, hooks of the project included.
    pub results: Vec<RunResult>,
    pub interrupted: bool,
    /// Ephemeral models that others needed: they are compiled, but have no result.
    pub ephemerals: Vec<(NodeId, Arc<CompiledNode>)>,
    /// What ended the run as a whole.
    pub fatal: Option<Diagnostic>,
}

impl Outcome {
    /// Whether every node did well.
    pub fn is_success(&self) -> bool {
        self.fatal.is_none()
            && !self.interrupted
            && !self
                .results
                .iter()
                .any(|result| result.status.is_failure() || result.status == RunStatus::Skipped)
    }
}

/// Runs a plan: schemas, the cache of relations, hooks before, the nodes, hooks after.
pub fn execute(run: &Run<'_>) -> Outcome {
    let runtime = &run.compiler.runtime;
    let mut outcome = Outcome::default();
    if run.plan.is_empty() {
        return outcome;
    }
    let master = hooks::Master::new(runtime);
    run_nodes(run, &master, &mut outcome);
    master.execution(runtime).close_connection();
    outcome
}

fn run_nodes(run: &Run<'_>, master: &hooks::Master, outcome: &mut Outcome) {
    let runtime = &run.compiler.runtime;
    let prepared = if run.task.needs_schemas() {
        schemas::prepare(run, master)
    } else {
        schemas::look_for_deferred(run, master)
    };
    master.execution(runtime).rename_connection(hooks::MASTER);
    if let Err(diagnostic) = prepared {
        outcome.fatal = Some(diagnostic);
        return;
    }
    let has_hooks = run.task.has_hooks()
        && (run.task != Task::Freshness || runtime.flags.behaviour("source_freshness_run_project_hooks"));
    if has_hooks {
        let started = match hooks::run(run, master, HookKind::Start, &mut outcome.results) {
            Ok(started) => started,
            Err(diagnostic) => {
                outcome.fatal = Some(diagnostic);
                return;
            }
        };
        if !started && runtime.flags.behaviour("skip_nodes_if_on_run_start_fails") {
            skip::all(run, &mut outcome.results);
            outcome.fatal = hooks::run(run, master, HookKind::End, &mut outcome.results).err();
            return;
        }
    }
    pool::run(run, outcome);
    outcome.ephemerals = run.compiler.ephemerals();
    if has_hooks && !outcome.interrupted {
        let ended = hooks::run(run, master, HookKind::End, &mut outcome.results);
        outcome.fatal = ended.err().or(outcome.fatal.take());
    }
}
