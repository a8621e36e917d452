//! graph_summary.json: the shape of the DAG in few bytes.

use std::io;
use std::path::Path;

use rustc_hash::FxHashMap;

use super::{Json, write_file};
use crate::dag::Graph;
use crate::invocation::Invocation;
use crate::manifest::NodeId;

/// Writes graph_summary.json. `with_tests` are the further edges of `build`, from a test to what
/// must wait for it; only `build` has them.
///
/// # Errors
/// When the file cannot be written.
pub fn write_graph_summary(
    path: &Path,
    graph: &Graph,
    invocation: &Invocation,
    with_tests: Option<&[(NodeId, NodeId)]>,
) -> io::Result<()> {
    let mut json = Json::with_capacity(graph.manifest.nodes.len() * 128);
    json.open().key("_invocation_id").str(&invocation.id);
    json.key("linked");
    write_nodes(&mut json, graph, &FxHashMap::default());
    if let Some(edges) = with_tests {
        let mut further: FxHashMap<NodeId, Vec<NodeId>> = FxHashMap::default();
        for (from, to) in edges {
            further.entry(*from).or_default().push(*to);
        }
        json.key("with_test_edges");
        write_nodes(&mut json, graph, &further);
    }
    json.close();
    write_file(path, |out| out.write_all(&json.into_bytes()))
}

fn write_nodes(json: &mut Json, graph: &Graph, further: &FxHashMap<NodeId, Vec<NodeId>>) {
    json.open();
    for (id, node) in graph.manifest.iter() {
        json.key(&id.index().to_string()).open();
        json.key("name").str(&node.unique_id).key("type").str(node.resource_type.as_str());
        let mut successors: Vec<NodeId> = graph.dag.children(id).collect();
        successors.extend(further.get(&id).into_iter().flatten());
        successors.sort_unstable();
        successors.dedup();
        if !successors.is_empty() {
            json.key("succ").open_list();
            for successor in successors {
                json.int(i64::try_from(successor.index()).unwrap_or(i64::MAX));
            }
            json.close_list();
        }
        json.close();
    }
    json.close();
}
