//! The part of a node that events repeat.

use std::sync::Arc;

use crate::manifest::{Config, Manifest, Node, ResourceType};
use crate::value::{Map, Str, Value};

/// Facts that stay the same while the node runs; made once, shared by all of its events.
#[derive(Clone, Debug)]
pub struct NodeFacts {
    pub path: Str,
    pub name: Str,
    pub unique_id: Str,
    pub resource_type: &'static str,
    pub materialized: Str,
    pub meta: Map,
    pub database: Option<Str>,
    pub schema: Str,
    pub alias: Str,
    pub relation_name: Option<Str>,
    pub checksum: Str,
    pub group: Option<GroupInfo>,
    /// A snapshot's settings that are not null, as text; empty for other nodes.
    pub snapshot_config: Map,
}

/// The group that a node belongs to, for messages about its owner.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupInfo {
    pub name: Str,
    pub package: Str,
    pub owner: Map,
}

/// A node as an event names it.
#[derive(Clone, Debug)]
pub struct NodeInfo {
    pub facts: Arc<NodeFacts>,
    /// `started`, `compiling`, `executing`, or the result's status.
    pub status: Str,
    /// ISO time, UTC, without a zone; empty before.
    pub started_at: Str,
    pub finished_at: Str,
}

impl NodeInfo {
    pub fn of(node: &Node, manifest: &Manifest) -> NodeInfo {
        let group = node.group.as_ref().and_then(|name| group_named(manifest, name, &node.package));
        let is_unit_test = node.resource_type == ResourceType::UnitTest;
        let snapshot_config = match node.resource_type {
            ResourceType::Snapshot => config_texts(&node.config),
            _ => Map::default(),
        };
        let facts = NodeFacts {
            path: node.path.clone(),
            name: node.name.clone(),
            unique_id: node.unique_id.clone(),
            resource_type: node.resource_type.as_str(),
            materialized: node.config.get_str("materialized").unwrap_or_default().into(),
            meta: node.meta.clone(),
            database: node.database.clone(),
            schema: node.schema.clone(),
            alias: node.alias.clone(),
            relation_name: node.relation_name.clone(),
            checksum: if is_unit_test { "".into() } else { node.checksum.checksum.clone() },
            group,
            snapshot_config,
        };
        NodeInfo {
            facts: Arc::new(facts),
            status: "None".into(),
            started_at: "".into(),
            finished_at: "".into(),
        }
    }

    /// The same node in another state.
    pub fn with_status(&self, status: &str) -> NodeInfo {
        NodeInfo { status: status.into(), ..self.clone() }
    }
}

fn config_texts(config: &Config) -> Map {
    let set = config.effective().filter(|(_, value)| !value.is_null());
    set.map(|(key, value)| (key.into(), Value::str(value.py_str()))).collect()
}

fn group_named(manifest: &Manifest, name: &str, package: &str) -> Option<GroupInfo> {
    let own = manifest.groups.get(format!("group.{package}.{name}").as_str());
    let group = own.or_else(|| manifest.groups.values().find(|group| &*group.name == name))?;
    Some(GroupInfo { name: group.name.clone(), package: group.package.clone(), owner: group.owner.clone() })
}
