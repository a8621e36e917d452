//! Graphviz: <https://graphviz.org/doc/info/lang.html>.

use super::{Lineage, color, dot_string, label, materialized};
use crate::manifest::ResourceType;

pub fn write(lineage: &Lineage<'_>) -> String {
    let mut out = String::from(
        "digraph lineage {\n  rankdir=LR;\n  node [shape=box, style=\"rounded,filled\", \
         fontname=\"Helvetica\", fontsize=11];\n  edge [color=\"#666666\"];\n",
    );
    for node in &lineage.nodes {
        let kind = materialized(node).unwrap_or(node.resource_type.as_str());
        let shape = match node.resource_type {
            ResourceType::Source | ResourceType::Seed => ", shape=cylinder, style=filled",
            ResourceType::Exposure => ", shape=component, style=filled",
            _ => "",
        };
        out += &format!(
            "  {} [label={}, tooltip={}, fillcolor=\"{}\"{shape}];\n",
            dot_string(&node.unique_id),
            dot_string(&label(node)),
            dot_string(&format!("{kind} {}", node.original_file_path)),
            color(node.resource_type),
        );
    }
    for (from, to) in &lineage.edges {
        let id = |node: usize| dot_string(&lineage.nodes[node].unique_id);
        out += &format!("  {} -> {};\n", id(*from), id(*to));
    }
    out + "}\n"
}
