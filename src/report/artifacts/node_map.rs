//! A node in manifest form as plain data: what templates see as `model`.

use super::Json;
use super::node::write_node;
use crate::event::CompiledNode;
use crate::manifest::{Manifest, Node};
use crate::value::{Map, Value};

/// The keys and values that manifest.json has for the node.
pub fn node_map(node: &Node, manifest: &Manifest, compiled: Option<&CompiledNode>) -> Map {
    let mut json = Json::default();
    write_node(&mut json, node, manifest, compiled);
    // What was just written is JSON, and an object.
    match serde_json::from_slice(&json.into_bytes()).map(|json| Value::from_json(&json)) {
        Ok(Value::Map(map)) => map,
        _ => Map::default(),
    }
}
