//! Plan and execute: what a command that works on nodes does with an open project.

use std::sync::{Arc, OnceLock};

use super::Opened;
use crate::adapter::Adapter;
use crate::compile::Compiler;
use crate::event::Event;
use crate::execute::{self, Interrupt, Outcome, Run, Task};
use crate::jinja::context::execution::Runtime;
use crate::manifest::lookup::Lookup;
use crate::plan::{self, Options};
use crate::report::artifacts::node_map;
use crate::selector::{Command, NodeSet};

/// Where events go, from all threads.
pub type Emit = Arc<dyn Fn(Event) + Send + Sync>;

/// What all renders of a run share.
pub fn runtime(opened: &Opened<'_>, selected: &NodeSet, emit: Emit) -> Arc<Runtime> {
    let project = &opened.run.project;
    let root = project.root().root.clone();
    let target = &project.target_path;
    let node_package_first = opened.request.flags.behaviour("require_ref_searches_node_package_before_root");
    let adapter: Arc<dyn Adapter> = opened.run.adapter.clone();
    Arc::new(Runtime {
        run: opened.run.clone(),
        graph: opened.graph.clone(),
        lookup: Lookup::of(&opened.graph.manifest, node_package_first),
        adapter,
        flags: opened.request.flags.clone(),
        selected: selected.clone(),
        deferred: Default::default(),
        describe: Box::new(node_map),
        emit: Box::new(move |event| emit(event)),
        target_path: target.strip_prefix(&root).unwrap_or(target).to_path_buf(),
        project_root: root,
        graph_value: OnceLock::new(),
    })
}

/// Runs what a command selected.
pub fn run(
    opened: &Opened<'_>,
    command: Command,
    selected: &NodeSet,
    interrupt: &Arc<Interrupt>,
    emit: Emit,
) -> Outcome {
    let tests_guard = command == Command::Build;
    let plan = plan::plan(&opened.graph, selected, Options { tests_guard, independent: false });
    let runtime = runtime(opened, selected, emit);
    let compiler = Compiler::new(&runtime, opened.sources);
    let flags = &opened.request.flags;
    let compiling = command == Command::Compile;
    execute::execute(&Run {
        plan: &plan,
        compiler: &compiler,
        task: if compiling { Task::Compile } else { Task::Build },
        tests_guard,
        report_ephemeral: compiling && !flags.selection.select.is_empty(),
        stop_at_error: compiling,
        threads: if flags.run.single_threaded { 1 } else { opened.run.project.profile.threads },
        interrupt: interrupt.clone(),
    })
}
