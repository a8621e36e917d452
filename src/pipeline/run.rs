//! Plan and execute: what a command that works on nodes does with an open project.

use std::sync::{Arc, OnceLock};

use chrono::{DateTime, Utc};
use rustc_hash::FxHashMap;

use super::{Opened, state};
use crate::adapter::{Adapter, Table};
use crate::compile::Compiler;
use crate::diag::Diagnostic;
use crate::event::{BatchResults, Event};
use crate::execute::{self, Interrupt, Outcome, Run, Task};
use crate::jinja::context::execution::Runtime;
use crate::manifest::NodeId;
use crate::manifest::lookup::Lookup;
use crate::plan::{self, Options};
use crate::report::artifacts::node_map;
use crate::selector::{Command, NodeSet};
use crate::trace;

/// Where events go, from all threads.
pub type Emit = Arc<dyn Fn(Event) + Send + Sync>;

/// What is to be run, and how.
pub struct Job {
    pub command: Command,
    pub selected: NodeSet,
    pub interrupt: Arc<Interrupt>,
    pub emit: Emit,
    /// When the run that this one goes on with began, and the batches that it left to do (`retry`).
    pub resumed: Option<DateTime<Utc>>,
    pub batches_left: FxHashMap<NodeId, BatchResults>,
}

impl Job {
    pub fn new(command: Command, selected: NodeSet, interrupt: Arc<Interrupt>, emit: Emit) -> Job {
        Job { command, selected, interrupt, emit, resumed: None, batches_left: FxHashMap::default() }
    }
}

/// How a job ended, and the rows that it was to show.
pub struct Ended {
    pub outcome: Outcome,
    pub tables: FxHashMap<NodeId, Table>,
}

/// What all renders of a run share.
///
/// # Errors
/// Deferral was asked for, and there is nothing to defer to.
pub fn runtime(opened: &Opened<'_>, job: &Job) -> Result<Arc<Runtime>, Diagnostic> {
    let project = &opened.run.project;
    let root = project.root().root.clone();
    let target = &project.target_path;
    let flags = &opened.request.flags;
    let node_package_first = flags.behaviour("require_ref_searches_node_package_before_root");
    let adapter: Arc<dyn Adapter> = opened.run.adapter.clone();
    let emit = job.emit.clone();
    Ok(Arc::new(Runtime {
        run: opened.run.clone(),
        graph: opened.graph.clone(),
        lookup: Lookup::of(&opened.graph.manifest, node_package_first),
        adapter,
        flags: flags.clone(),
        selected: job.selected.clone(),
        deferred: state::deferred(opened, job.command == Command::Clone)?,
        describe: Box::new(node_map),
        emit: Box::new(move |event| emit(event)),
        target_path: target.strip_prefix(&root).unwrap_or(target).to_path_buf(),
        project_root: root,
        graph_value: OnceLock::new(),
    }))
}

/// Runs a job.
///
/// # Errors
/// As [`runtime`]; what goes wrong with nodes is in the outcome.
pub fn run(opened: &Opened<'_>, job: &Job) -> Result<Ended, Diagnostic> {
    let tests_guard = job.command == Command::Build;
    let independent = job.command == Command::Clone;
    let span = trace::stage("plan");
    let plan = plan::plan(&opened.graph, &job.selected, Options { tests_guard, independent });
    drop(span);
    let runtime = runtime(opened, job)?;
    let compiler = Compiler::new(&runtime, opened.sources);
    let flags = &opened.request.flags;
    let compiling = matches!(job.command, Command::Compile | Command::Show);
    let named = !flags.selection.select.is_empty() || flags.output.inline.is_some();
    let run = Run {
        plan: &plan,
        compiler: &compiler,
        task: task(job.command),
        tests_guard,
        report_ephemeral: compiling && named,
        stop_at_error: compiling,
        threads: if flags.run.single_threaded { 1 } else { opened.run.project.profile.threads },
        interrupt: job.interrupt.clone(),
        began: job.resumed.unwrap_or(opened.run.run_started_at),
        batches_left: job.batches_left.clone(),
        busy: Default::default(),
        tables: Default::default(),
    };
    let span = trace::stage("execute");
    let outcome = execute::execute(&run);
    drop(span);
    let tables = run.tables.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
    Ok(Ended { outcome, tables })
}

fn task(command: Command) -> Task {
    match command {
        Command::Compile => Task::Compile,
        Command::Show => Task::Show,
        Command::Clone => Task::Clone,
        Command::Freshness => Task::Freshness,
        _ => Task::Build,
    }
}
