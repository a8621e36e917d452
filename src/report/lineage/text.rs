//! Trees: each node that reads nothing selected is a root, and what reads a node stands below it.
//! What was shown with all that follows it is not shown again in full.

use super::{Lineage, label, materialized, one_line};
use crate::manifest::Node;

/// A node that is still to be written.
struct Waiting {
    node: usize,
    /// The lines that pass by on its left.
    indent: String,
    is_root: bool,
    is_last: bool,
}

pub fn write(lineage: &Lineage<'_>) -> String {
    let mut children: Vec<Vec<usize>> = vec![vec![]; lineage.nodes.len()];
    let mut is_root = vec![true; lineage.nodes.len()];
    for (from, to) in &lineage.edges {
        children[*from].push(*to);
        is_root[*to] = false;
    }
    for below in &mut children {
        below.sort_by_cached_key(|node| sort_key(lineage.nodes[*node]));
    }
    let mut roots: Vec<usize> = (0..lineage.nodes.len()).filter(|node| is_root[*node]).collect();
    roots.sort_by_cached_key(|node| sort_key(lineage.nodes[*node]));
    let mut shown = vec![false; lineage.nodes.len()];
    let mut out = String::new();
    let root = |node| Waiting { node, indent: String::new(), is_root: true, is_last: true };
    let mut waiting: Vec<Waiting> = roots.into_iter().rev().map(root).collect();
    while let Some(next) = waiting.pop() {
        out += &next.indent;
        out += match (next.is_root, next.is_last) {
            (true, _) => "",
            (false, true) => "└── ",
            (false, false) => "├── ",
        };
        out += &described(lineage.nodes[next.node]);
        let below = &children[next.node];
        if shown[next.node] && !below.is_empty() {
            out += " (see above)\n";
            continue;
        }
        out.push('\n');
        shown[next.node] = true;
        let passing = match (next.is_root, next.is_last) {
            (true, _) => "",
            (false, true) => "    ",
            (false, false) => "│   ",
        };
        let indent = format!("{}{passing}", next.indent);
        waiting.extend(below.iter().enumerate().rev().map(|(place, node)| Waiting {
            node: *node,
            indent: indent.clone(),
            is_root: false,
            is_last: place + 1 == below.len(),
        }));
    }
    out
}

fn sort_key(node: &Node) -> (String, String) {
    (label(node), node.unique_id.to_string())
}

fn described(node: &Node) -> String {
    let name = one_line(&label(node));
    match materialized(node) {
        Some(materialized) => format!("{name} [{} {materialized}]", node.resource_type),
        None => format!("{name} [{}]", node.resource_type),
    }
}
