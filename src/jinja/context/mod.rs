//! dbt's context: the names that a template of a node sees.
//!
//! One file a name (or a small family of names). What a name does may depend on the [`Phase`]:
//! at parse time `ref` records, at execution it resolves. The names of the execute phase that need
//! a warehouse come from a [`Names`] provider that the execute stage passes in.
//!
//! <https://docs.getdbt.com/reference/dbt-jinja-functions>

pub mod adapter;
pub mod agate;
mod agate_sequence;
pub mod args;
pub mod capture;
pub mod column;
pub mod config;
pub mod descriptions;
pub mod env_var;
pub mod exceptions;
pub mod execution;
pub mod external;
pub mod function;
pub mod host;
pub mod metric;
pub mod misc;
pub mod model;
pub mod parse_adapter;
pub mod references;
pub mod relation;
mod relation_fields;
pub mod relation_parts;
pub mod test_kwargs;
pub mod var;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use minijinja::Value as Jinja;
use rustc_hash::FxHashMap;

use super::engine::{Engine, Scope};
use super::macros::MacroTable;
use super::visible::Visible;
use crate::adapter::{AdbcAdapter, Dialect, Policy};
use crate::env::Env;
use crate::manifest::ResourceType;
use crate::project::{Profile, Project};
use crate::value::{Map, Str, Value};
pub use capture::Capture;

/// Whether a template is read for what it refers to, or rendered for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    Parse,
    Execute,
}

/// What all renders of an invocation share.
pub struct Invocation {
    pub engine: Engine,
    pub project: Arc<Project>,
    pub dialect: &'static dyn Dialect,
    pub adapter: Arc<AdbcAdapter>,
    /// Behaviour flags by name.
    pub behaviour: Map,
    pub macros: MacroTable,
    pub env: Env,
    /// `flags` and `invocation_args_dict`.
    pub flags: Map,
    pub invocation_args: Map,
    pub invocation_id: Str,
    pub run_started_at: chrono::DateTime<chrono::Utc>,
    /// `target`, made once.
    pub target: Jinja,
    pub observed: Arc<Observed>,
    /// Where `log`, `print` and warnings go.
    pub messages: Box<dyn Fn(Message) + Send + Sync>,
}

/// What templates have read that is no part of the project: it decides whether a later invocation may
/// reuse what this one has parsed.
#[derive(Debug, Default)]
pub struct Observed {
    variables: Mutex<BTreeSet<Str>>,
    fleeting: AtomicBool,
}

impl Observed {
    /// An environment variable was asked for.
    pub fn variable(&self, name: &str) {
        let mut variables = self.variables.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if !variables.contains(name) {
            variables.insert(name.into());
        }
    }

    /// Something was read that differs from one invocation to the next, or something was said.
    pub fn fleeting(&self) {
        self.fleeting.store(true, Ordering::Relaxed);
    }

    /// Names of the variables so far; none when something fleeting was read.
    pub fn variables(&self) -> Option<Vec<Str>> {
        let variables = self.variables.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        (!self.fleeting.load(Ordering::Relaxed)).then(|| variables.iter().cloned().collect())
    }
}

impl Invocation {
    /// The project's quoting over the adapter's own.
    pub fn quoting(&self) -> Policy {
        self.dialect.quote_policy().replace(self.project.root().config.quoting)
    }
}

/// Where templates send what they have to say.
pub type Messages = Arc<dyn Fn(Message) + Send + Sync>;

/// What a template says to the user.
#[derive(Clone, Debug)]
pub enum Message {
    /// `log(text, info)`.
    Log { text: String, info: bool, node: Str },
    /// `print(text)`.
    Print { text: String, node: Str },
    /// `exceptions.warn(text)`.
    Warn { text: String, node: Str },
}

/// The facts of the node that a template belongs to.
#[derive(Clone, Debug)]
pub struct NodeFacts {
    pub unique_id: Str,
    pub name: Str,
    pub resource_type: ResourceType,
    pub package: Str,
    pub path: Str,
    pub original_file_path: Str,
    pub fqn: Vec<Str>,
    pub raw_code: Str,
    pub database: Option<Str>,
    pub schema: Str,
    pub alias: Str,
    pub version: Option<Value>,
    pub tags: Vec<Str>,
}

impl NodeFacts {
    /// The facts of a template that belongs to a package but to no node.
    pub fn of_package(package: &Str, profile: &Profile) -> NodeFacts {
        NodeFacts {
            unique_id: "".into(),
            name: "".into(),
            resource_type: ResourceType::Model,
            package: package.clone(),
            path: "".into(),
            original_file_path: "".into(),
            fqn: vec![],
            raw_code: "".into(),
            database: profile.database.clone(),
            schema: profile.schema.clone(),
            alias: "".into(),
            version: None,
            tags: vec![],
        }
    }
}

/// Names that another layer adds or replaces.
pub trait Names: Send + Sync {
    fn get(&self, context: &Arc<NodeContext>, name: &str) -> Option<Jinja>;

    /// For finding the provider again behind a context.
    fn as_any(self: Arc<Self>) -> Arc<dyn std::any::Any + Send + Sync>;
}

/// The context of one render.
pub struct NodeContext {
    pub run: Arc<Invocation>,
    pub phase: Phase,
    pub node: NodeFacts,
    pub captured: Mutex<Capture>,
    /// Values that stand above everything else, such as `_dbt_generic_test_kwargs`.
    pub extra: FxHashMap<Str, Jinja>,
    pub names: Option<Arc<dyn Names>>,
    /// Where fewer macros can be named than all.
    pub visible: Option<Arc<Visible>>,
}

impl NodeContext {
    /// A context without names of its own.
    pub fn of(run: &Arc<Invocation>, phase: Phase, node: NodeFacts, captured: Capture) -> NodeContext {
        NodeContext {
            run: run.clone(),
            phase,
            node,
            captured: Mutex::new(captured),
            extra: FxHashMap::default(),
            names: None,
            visible: None,
        }
    }

    pub fn parse(run: &Arc<Invocation>, node: NodeFacts, captured: Capture) -> Arc<NodeContext> {
        Arc::new(Self::of(run, Phase::Parse, node, captured))
    }

    /// The same context with one more name, which stands above all others; what was captured goes along.
    pub fn with(&self, name: &str, value: Jinja) -> Arc<NodeContext> {
        let mut extra = self.extra.clone();
        extra.insert(Str::from(name), value);
        Arc::new(NodeContext {
            extra,
            names: self.names.clone(),
            visible: self.visible.clone(),
            ..Self::of(&self.run, self.phase, self.node.clone(), self.take_captured())
        })
    }

    pub fn captured(&self) -> MutexGuard<'_, Capture> {
        self.captured.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Takes what was recorded.
    pub fn take_captured(&self) -> Capture {
        std::mem::take(&mut *self.captured())
    }
}

/// A context as the engine's scope.
pub struct NodeScope(pub Arc<NodeContext>);

impl NodeScope {
    pub fn shared(context: &Arc<NodeContext>) -> Arc<dyn Scope> {
        Arc::new(NodeScope(context.clone()))
    }
}

impl Scope for NodeScope {
    fn get(&self, name: &str) -> Option<Jinja> {
        let context = &self.0;
        if let Some(value) = context.extra.get(name) {
            return Some(value.clone());
        }
        let named = match &context.visible {
            Some(visible) => visible.get(name),
            None => context.run.macros.lookup(&context.node.package, name),
        };
        named.or_else(|| builtin(context, name))
    }

    fn names(&self) -> Vec<String> {
        let macros = self.0.run.macros.names_for(&self.0.node.package);
        macros.chain(NAMES.iter().copied()).map(str::to_string).collect()
    }

    fn on_macro_call(&self, unique_id: &Arc<str>, depth: usize) {
        if depth == 0 && self.0.phase == Phase::Parse {
            capture::note(&mut self.0.captured().macros, unique_id);
        }
    }
}

/// The context of YAML files: no macros, no `ref`.
pub struct YamlScope(pub Arc<NodeContext>);

impl Scope for YamlScope {
    fn get(&self, name: &str) -> Option<Jinja> {
        match name {
            "ref" | "source" | "metric" | "function" | "this" | "config" | "model" | "graph" | "execute" => {
                None
            }
            "var" => Some(var::in_yaml(&self.0)),
            _ => builtin(&self.0, name),
        }
    }

    fn names(&self) -> Vec<String> {
        NAMES.iter().filter(|name| self.get(name).is_some()).map(ToString::to_string).collect()
    }
}

/// The names that people write, for hints.
#[rustfmt::skip]
const NAMES: [&str; 44] = [
    "adapter", "api", "builtins", "config", "context", "database", "dbt_version", "diff_of_two_dicts",
    "doc", "env_var", "exceptions", "execute", "flags", "fromjson", "fromyaml", "function", "graph",
    "invocation_args_dict", "invocation_id", "is_incremental", "load_result", "local_md5", "log", "metric",
    "model", "modules", "print", "project_name", "ref", "render", "run_query", "run_started_at", "schema",
    "selected_resources", "set", "set_strict", "source", "store_result", "target", "this", "thread_id",
    "tojson", "toyaml", "var",
];

/// A name of dbt's own, macros left aside: what `builtins.<name>` gives.
pub fn builtin(context: &Arc<NodeContext>, name: &str) -> Option<Jinja> {
    if let Some(names) = &context.names
        && let Some(value) = names.get(context, name)
    {
        return Some(value);
    }
    match name {
        "ref" | "source" | "metric" | "function" | "this" => references::get(context, name),
        "config" => Some(config::value(context)),
        "var" => Some(var::value(context)),
        "env_var" => Some(env_var::value(context)),
        "exceptions" => Some(exceptions::value(context)),
        "model" | "graph" | "schema" | "database" | "pre_hooks" | "post_hooks" => model::get(context, name),
        _ => misc::get(context, name),
    }
}
