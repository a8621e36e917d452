//! `{"nodes": […], "edges": [{"from", "to"}]}`, by unique ids.

use serde_json::{Value as Json, json};

use super::{Lineage, label, materialized};
use crate::manifest::Node;

pub fn write(lineage: &Lineage<'_>) -> String {
    let id = |node: usize| &*lineage.nodes[node].unique_id;
    let nodes: Vec<Json> = lineage.nodes.iter().map(|node| described(node)).collect();
    let edges: Vec<Json> =
        lineage.edges.iter().map(|(from, to)| json!({"from": id(*from), "to": id(*to)})).collect();
    // Writing JSON to a string cannot fail.
    serde_json::to_string_pretty(&json!({"nodes": nodes, "edges": edges})).unwrap_or_default() + "\n"
}

fn described(node: &Node) -> Json {
    let tags: Vec<&str> = node.tags.iter().map(|tag| &**tag).collect();
    json!({
        "unique_id": &*node.unique_id,
        "name": label(node),
        "resource_type": node.resource_type.as_str(),
        "package": &*node.package,
        "path": &*node.original_file_path,
        "materialized": materialized(node),
        "relation_name": node.relation_name.as_deref(),
        "tags": tags,
        "description": &*node.description,
    })
}
