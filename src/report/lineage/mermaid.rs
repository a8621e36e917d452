//! Mermaid's flowchart: <https://mermaid.js.org/syntax/flowchart.html>. Ids are the unique ids with
//! `_` for what Mermaid takes for syntax.

use std::collections::BTreeSet;

use super::{Lineage, color, label, mermaid_text, plain_names};
use crate::manifest::ResourceType;

pub fn write(lineage: &Lineage<'_>) -> String {
    let names = plain_names(lineage.nodes.iter().map(|node| &*node.unique_id));
    let mut out = String::from("flowchart LR\n");
    for (name, node) in names.iter().zip(&lineage.nodes) {
        let (open, close) = match node.resource_type {
            ResourceType::Source | ResourceType::Seed => ("[(", ")]"),
            ResourceType::Exposure => ("([", "])"),
            _ => ("[", "]"),
        };
        let label = mermaid_text(&label(node));
        out += &format!("  {name}{open}\"{label}\"{close}:::{}_node\n", node.resource_type);
    }
    for (from, to) in &lineage.edges {
        out += &format!("  {} --> {}\n", names[*from], names[*to]);
    }
    let kinds: BTreeSet<ResourceType> = lineage.nodes.iter().map(|node| node.resource_type).collect();
    for kind in kinds {
        out += &format!("  classDef {kind}_node fill:{},stroke:#666,color:#000\n", color(kind));
    }
    out
}
