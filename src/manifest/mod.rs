//! The manifest: every resource of a project and its packages, as plain data.
//!
//! Parse fills it, resolve binds its references, every later stage reads it. It knows nothing of
//! Jinja, files, warehouses, or dbt's JSON shapes (those are made in `report::artifacts`).

pub mod config;
mod duplicates;
pub mod lookup;
pub mod node;
pub mod reference;
pub mod resource;
pub mod written;

use std::sync::Arc;

use rustc_hash::FxHashMap;

pub use config::Config;
pub use duplicates::duplicate_name;
pub use node::*;
pub use resource::*;

use crate::value::{Map, Str, Value};

pub use crate::value::StrMap;

/// Facts about the project and invocation that the manifest's metadata states.
#[derive(Clone, Debug, Default)]
pub struct ProjectInfo {
    pub name: Str,
    /// md5 of the name, as dbt has it.
    pub project_id: String,
    pub adapter_type: Str,
    /// Default quoting of relation parts: database, schema, identifier.
    pub quoting: [bool; 3],
    pub run_started_at: Str,
}

/// All resources. Nodes are addressed by [`NodeId`]; strings are made at the edge.
#[derive(Clone, Debug, Default)]
pub struct Manifest {
    pub project: ProjectInfo,
    /// Everything that stands in the DAG, sources and exposures included, ordered by package, kind and path.
    pub nodes: Vec<Node>,
    pub by_unique_id: FxHashMap<Str, NodeId>,
    /// Nodes switched off by `enabled: false`; several may share one unique id.
    pub disabled: Vec<Node>,
    pub macros: StrMap<Arc<Macro>>,
    pub docs: StrMap<Doc>,
    pub groups: StrMap<Group>,
    /// selectors.yml, as written (defaults filled in).
    pub selectors: Map,
    /// Environment variables that the parse read, with their values (secrets are never recorded).
    pub env_vars: StrMap<Str>,
}

impl Manifest {
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    pub fn id_of(&self, unique_id: &str) -> Option<NodeId> {
        self.by_unique_id.get(unique_id).copied()
    }

    pub fn get(&self, unique_id: &str) -> Option<&Node> {
        self.id_of(unique_id).map(|id| self.node(id))
    }

    pub fn ids(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..self.nodes.len()).map(NodeId::new)
    }

    pub fn iter(&self) -> impl Iterator<Item = (NodeId, &Node)> {
        self.nodes.iter().enumerate().map(|(index, node)| (NodeId::new(index), node))
    }
}

/// A named set of parameters that some YAML entry declares for a macro.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MacroArgument {
    pub name: Str,
    pub kind: Option<Str>,
    pub description: Str,
}

/// A macro of a package: an ordinary macro, a materialization, or a generic test.
#[derive(Clone, Debug)]
pub struct Macro {
    /// `macro.<package>.<name>`.
    pub unique_id: Str,
    pub name: Str,
    pub package: Str,
    /// Relative to the package's root, as is `original_file_path`.
    pub path: Str,
    pub original_file_path: Str,
    /// The exact text of the block, tags included.
    pub macro_sql: Str,
    /// Unique ids of the macros that the body names.
    pub depends_on: Vec<Str>,
    pub description: Str,
    pub meta: Map,
    pub docs: Docs,
    pub patch_path: Option<Str>,
    pub arguments: Vec<MacroArgument>,
    /// The names that the definition takes.
    pub parameters: Vec<Str>,
    pub supported_languages: Option<Vec<Str>>,
    pub created_at: f64,
}

/// A `{% docs %}` block.
#[derive(Clone, Debug)]
pub struct Doc {
    /// `doc.<package>.<name>`.
    pub unique_id: Str,
    pub name: Str,
    pub package: Str,
    pub path: Str,
    pub original_file_path: Str,
    pub contents: Str,
}

#[derive(Clone, Debug)]
pub struct Group {
    /// `group.<package>.<name>`.
    pub unique_id: Str,
    pub name: Str,
    pub package: Str,
    pub path: Str,
    pub original_file_path: Str,
    /// Name, e-mail addresses and any further key.
    pub owner: Map,
    pub description: Option<Str>,
    pub config: Map,
}

/// Whether and how the documentation site shows a resource.
#[derive(Clone, Debug, PartialEq)]
pub struct Docs {
    pub show: bool,
    pub node_color: Option<Str>,
}

impl Default for Docs {
    fn default() -> Docs {
        Docs { show: true, node_color: None }
    }
}

impl Docs {
    /// Reads `{show, node_color}`; anything else keeps the default.
    pub fn from_value(value: Option<&Value>) -> Docs {
        let show = value.and_then(|docs| docs.get("show")).is_none_or(Value::is_truthy);
        let node_color =
            value.and_then(|docs| docs.get("node_color")).and_then(Value::as_shared_str).cloned();
        Docs { show, node_color }
    }
}
