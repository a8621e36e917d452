//! One line an edge, and one with an empty end for a node without any. Fields as in RFC 4180.

use super::Lineage;

pub fn write(lineage: &Lineage<'_>) -> String {
    let mut out = String::from("from,from_type,to,to_type\n");
    let mut has_edge = vec![false; lineage.nodes.len()];
    let pair = |node: usize| {
        let node = lineage.nodes[node];
        format!("{},{}", field(&node.unique_id), node.resource_type)
    };
    for (from, to) in &lineage.edges {
        has_edge[*from] = true;
        has_edge[*to] = true;
        out += &format!("{},{}\n", pair(*from), pair(*to));
    }
    for node in (0..lineage.nodes.len()).filter(|node| !has_edge[*node]) {
        out += &format!("{},,\n", pair(node));
    }
    out
}

fn field(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        return format!("\"{}\"", text.replace('"', "\"\""));
    }
    text.to_string()
}
