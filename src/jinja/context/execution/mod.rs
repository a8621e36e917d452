//! The execute phase: the names that resolve, run and write, where the parse phase only records.
//!
//! A [`Runtime`] is shared by all renders of a run; an [`Execution`] belongs to one node's turn: it
//! carries the worker's connection, the results of `statement` blocks, and what compilation found.

mod config;
mod files;
mod hooks;
mod host;
pub mod model;
mod overrides;
mod python;
mod query_comment;
mod record;
pub mod references;
mod results;
mod run_results;
mod told;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};

use minijinja::Value as Jinja;
use rustc_hash::FxHashMap;

use super::adapter::AdapterObject;
use super::{Capture, Names, NodeContext, NodeFacts, Phase};
use crate::adapter::{Adapter, Connection, Relation};
use crate::dag::Graph;
use crate::event::{CompiledNode, Event, ExtraCte, NodeInfo};
use crate::flags::Flags;
use crate::jinja::context::Invocation;
use crate::jinja::engine::dict;
use crate::manifest::lookup::Lookup;
use crate::manifest::{Manifest, Node, NodeId};
use crate::selector::NodeSet;
use crate::value::{Map, Str};

pub use files::{write_file, write_path};
pub use hooks::hook_value;
pub use host::Host;
pub use results::StatementResult;
pub use run_results::run_result_value;
pub use told::NEW_CONNECTION;

/// A node in manifest form; what compilation made of it is added when given.
pub type Describe = dyn Fn(&Node, &Manifest, Option<&CompiledNode>) -> Map + Send + Sync;

/// What all renders of a run share, beside the [`Invocation`].
pub struct Runtime {
    pub run: Arc<Invocation>,
    pub graph: Arc<Graph>,
    pub lookup: Lookup,
    pub adapter: Arc<dyn Adapter>,
    pub flags: Arc<Flags>,
    /// What the command works on: `selected_resources`, and what `--favor-state` leaves alone.
    pub selected: NodeSet,
    /// The relations of an earlier run that refs fall back to, by unique id.
    pub deferred: FxHashMap<Str, Relation>,
    pub describe: Box<Describe>,
    pub emit: Box<dyn Fn(Event) + Send + Sync>,
    pub project_root: PathBuf,
    /// Relative to the project's root where it lies inside, as artifacts name it.
    pub target_path: PathBuf,
    /// `graph`, made when a template first asks for it.
    pub graph_value: OnceLock<Jinja>,
}

/// One batch of a microbatch model.
#[derive(Clone, Debug)]
pub struct BatchContext {
    pub id: Str,
    pub label: Str,
    pub start: chrono::DateTime<chrono::Utc>,
    pub end: chrono::DateTime<chrono::Utc>,
    /// The table is there already, so that this batch is added to it.
    pub incremental: bool,
    pub is_first: bool,
    pub is_last: bool,
}

/// What a ref or source is replaced by in a unit test.
#[derive(Clone, Debug, Default)]
pub struct Stubs {
    /// The name of the CTE that stands for a node.
    pub relations: FxHashMap<NodeId, Str>,
    /// The CTE itself.
    pub fixtures: FxHashMap<NodeId, ExtraCte>,
    /// What `this` is; none when the test gives no input for it.
    pub this: Option<Str>,
    pub macros: Map,
    pub vars: Map,
    pub env_vars: Map,
}

/// One node's turn.
pub struct Execution {
    pub runtime: Arc<Runtime>,
    /// None for what belongs to no node: operations and hooks of the project.
    pub node: Option<NodeId>,
    /// A node that is not in the manifest (inline SQL), or that differs from the manifest's.
    pub own_node: Option<Arc<Node>>,
    pub connection: Arc<Mutex<Box<dyn Connection>>>,
    /// Refs outside of `depends_on` are fine (operations).
    pub free_refs: bool,
    pub batch: Option<BatchContext>,
    pub stubs: Option<Stubs>,
    pub results: Mutex<FxHashMap<String, Option<Jinja>>>,
    /// Ephemeral models that were referred to, in order.
    pub ctes: Mutex<Vec<NodeId>>,
    pub compiled: Mutex<Option<Arc<CompiledNode>>>,
    /// Where `write` put the statement, relative to the project's root.
    pub build_path: Mutex<Option<Str>>,
    /// The node as events name it, in its present state.
    pub info: Mutex<Option<Arc<NodeInfo>>>,
    /// A warning that `--warn-error` makes an error, met where nothing can be raised.
    escalated: Mutex<Option<String>>,
    comment: OnceLock<query_comment::QueryComment>,
    /// The statement sent last, for finding the place of an error in it.
    last_sql: Mutex<Option<String>>,
    model: OnceLock<Jinja>,
}

impl Execution {
    pub fn new(
        runtime: &Arc<Runtime>,
        node: Option<NodeId>,
        connection: &Arc<Mutex<Box<dyn Connection>>>,
    ) -> Execution {
        Execution {
            runtime: runtime.clone(),
            node,
            own_node: None,
            connection: connection.clone(),
            free_refs: false,
            batch: None,
            stubs: None,
            results: Mutex::default(),
            ctes: Mutex::default(),
            compiled: Mutex::default(),
            build_path: Mutex::default(),
            info: Mutex::default(),
            escalated: Mutex::default(),
            comment: OnceLock::new(),
            last_sql: Mutex::default(),
            model: OnceLock::new(),
        }
    }

    /// The node whose turn it is.
    pub fn node(&self) -> Option<&Node> {
        match &self.own_node {
            Some(node) => Some(node),
            None => self.node.map(|id| self.runtime.graph.manifest.node(id)),
        }
    }

    /// The context of this turn's renders. `extra` stands above all else.
    pub fn context(self: &Arc<Self>, facts: NodeFacts, extra: FxHashMap<Str, Jinja>) -> Arc<NodeContext> {
        let make = |facts: NodeFacts, extra: FxHashMap<Str, Jinja>| {
            Arc::new(NodeContext {
                extra,
                names: Some(self.clone()),
                ..NodeContext::of(&self.runtime.run, Phase::Execute, facts, Capture::default())
            })
        };
        let Some(stubs) = &self.stubs else { return make(facts, extra) };
        let mut replaced = overrides::values(&make(facts.clone(), FxHashMap::default()), stubs);
        replaced.extend(extra);
        make(facts, replaced)
    }

    pub fn connection(&self) -> MutexGuard<'_, Box<dyn Connection>> {
        lock(&self.connection)
    }

    fn connection_name(&self) -> String {
        self.connection().name().to_string()
    }

    fn escalate(&self, message: String) {
        *lock(&self.escalated) = Some(message);
    }

    /// Shows the same node in events as another turn does.
    pub fn share_info(&self, of: &Execution) {
        let info = lock(&of.info).clone();
        *lock(&self.info) = info;
    }

    /// Takes over what a part of this turn compiled and wrote.
    pub fn take_over(&self, part: &Execution) {
        let (compiled, build_path) = (part.compiled(), lock(&part.build_path).clone());
        *lock(&self.compiled) = compiled;
        *lock(&self.build_path) = build_path;
    }

    /// The statement sent last, comment included.
    pub fn last_sql(&self) -> Option<String> {
        lock(&self.last_sql).clone()
    }

    /// What compilation made of the node, with the place of the statement that ran.
    pub fn outcome(&self) -> Option<Arc<CompiledNode>> {
        let build_path = lock(&self.build_path).clone();
        let compiled = self.compiled();
        if build_path.is_none() {
            return compiled;
        }
        let compiled = compiled.map(|compiled| (*compiled).clone()).unwrap_or_default();
        Some(Arc::new(CompiledNode { build_path, ..compiled }))
    }

    /// Takes the warning that became an error, if there was one.
    pub fn take_escalated(&self) -> Option<String> {
        lock(&self.escalated).take()
    }

    /// What compilation made of the node, once it has.
    pub fn compiled(&self) -> Option<Arc<CompiledNode>> {
        lock(&self.compiled).clone()
    }
}

/// The facts of a settled node.
pub fn facts_of(node: &Node) -> NodeFacts {
    NodeFacts {
        unique_id: node.unique_id.clone(),
        name: node.name.clone(),
        resource_type: node.resource_type,
        package: node.package.clone(),
        path: node.path.clone(),
        original_file_path: node.original_file_path.clone(),
        fqn: node.fqn.clone(),
        raw_code: node.raw_code.clone(),
        database: node.database.clone(),
        schema: node.schema.clone(),
        alias: node.alias.clone(),
        version: node.version().cloned(),
        tags: node.tags.clone(),
    }
}

impl Names for Execution {
    fn get(&self, context: &Arc<NodeContext>, name: &str) -> Option<Jinja> {
        // The trait hands out `&self`; functions keep what they need of it through the context.
        let this = execution_of(context)?;
        match name {
            "ref" | "source" | "metric" | "function" | "this" | "defer_relation" => {
                references::get(&this, context, name)
            }
            "config" => Some(config::value(&this)),
            "load_result" | "store_result" | "store_raw_result" | "_sql_results" => results::get(&this, name),
            "model" | "graph" | "schema" | "database" | "selected_resources" | "compiled_code" | "sql" => {
                model::get(&this, name)
            }
            "adapter" => Some(AdapterObject::value(Arc::new(host::Host(this)))),
            "api" => {
                let adapter = AdapterObject::value(Arc::new(host::Host(this)));
                let part = |name: &str| adapter.get_attr(name).unwrap_or_default();
                Some(dict([("Relation", part("Relation")), ("Column", part("Column"))]))
            }
            "column" => AdapterObject::value(Arc::new(host::Host(this))).get_attr("Column").ok(),
            "pre_hooks" | "post_hooks" => Some(hooks::get(&this, name)),
            "write" | "load_agate_table" => files::get(&this, name),
            "submit_python_job" => Some(python::get(&this)),
            "sql_now" => Some(Jinja::from(self.runtime.adapter.dialect().date_function())),
            _ => None,
        }
    }

    fn as_any(self: Arc<Self>) -> Arc<dyn std::any::Any + Send + Sync> {
        self
    }
}

/// The turn that a context belongs to; none at parse time.
pub fn execution_of(context: &NodeContext) -> Option<Arc<Execution>> {
    context.names.clone()?.as_any().downcast::<Execution>().ok()
}

pub(super) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}
