//! Which nodes wait for which tests in a build.
//!
//! A test guards a node when everything that the test looks at is upstream of the node: then waiting
//! for it cannot close a cycle. Only the first such nodes below get an edge; the rest follow.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::dag::Graph;
use crate::manifest::{Node, NodeId, ResourceType};
use crate::selector::NodeSet;

/// Edges from each test that runs to the nodes that wait for it.
pub fn find(graph: &Graph, queued: &NodeSet) -> FxHashMap<NodeId, Vec<NodeId>> {
    let tests: Vec<(NodeId, Vec<NodeId>)> = queued
        .iter()
        .filter(|id| graph.manifest.node(*id).resource_type == ResourceType::Test)
        .map(|id| (id, distinct(&graph.manifest.node(id).depends_on.nodes)))
        .collect();
    let tracked = Tracked::of(graph, &tests);
    let mut edges = FxHashMap::default();
    for (test, needs) in tests {
        let guarded = match needs[..] {
            [] => continue,
            [only] => guarded_below(graph, only, |_| true),
            _ => {
                let Some(last) = needs.iter().copied().max_by_key(|id| tracked.order[id.index()]) else {
                    continue;
                };
                guarded_below(graph, last, |node| needs.iter().all(|need| tracked.is_above(*need, node)))
            }
        };
        if !guarded.is_empty() {
            edges.insert(test, guarded);
        }
    }
    edges
}

fn distinct(ids: &[NodeId]) -> Vec<NodeId> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// Whether a node waits for tests: all that is built or compiled, but not tests, and not what dbt
/// keeps apart from its nodes (exposures, metrics, functions, …).
fn waits(node: &Node) -> bool {
    matches!(
        node.resource_type,
        ResourceType::Model
            | ResourceType::Seed
            | ResourceType::Snapshot
            | ResourceType::Analysis
            | ResourceType::Operation
            | ResourceType::SqlOperation
    )
}

/// The first nodes below `start` on each path that wait for tests and satisfy `is_guarded`.
fn guarded_below(graph: &Graph, start: NodeId, is_guarded: impl Fn(NodeId) -> bool) -> Vec<NodeId> {
    let mut seen = FxHashSet::default();
    let mut guarded = vec![];
    let mut frontier = vec![start];
    while let Some(id) = frontier.pop() {
        for child in graph.dag.children(id) {
            if !seen.insert(child) {
                continue;
            }
            if waits(graph.manifest.node(child)) && is_guarded(child) {
                guarded.push(child);
            } else {
                frontier.push(child);
            }
        }
    }
    guarded.sort_unstable();
    guarded
}

/// For the nodes that tests of several nodes look at: where they stand above each node, as bits.
struct Tracked {
    /// Place of each node, parents before children.
    order: Vec<u32>,
    column: FxHashMap<NodeId, usize>,
    words: usize,
    above: Vec<u64>,
}

impl Tracked {
    fn of(graph: &Graph, tests: &[(NodeId, Vec<NodeId>)]) -> Tracked {
        let mut column = FxHashMap::default();
        for (_, needs) in tests.iter().filter(|(_, needs)| needs.len() > 1) {
            for need in needs {
                let next = column.len();
                column.entry(*need).or_insert(next);
            }
        }
        let len = graph.dag.len();
        let words = column.len().div_ceil(64);
        let mut tracked = Tracked { order: vec![0; len], column, words, above: vec![0; len * words] };
        if words > 0 {
            tracked.fill(graph);
        }
        tracked
    }

    fn fill(&mut self, graph: &Graph) {
        let mut waiting: Vec<u32> = vec![0; graph.dag.len()];
        for id in graph.manifest.ids() {
            for child in graph.dag.children(id) {
                waiting[child.index()] += 1;
            }
        }
        let mut ready: Vec<NodeId> = graph.manifest.ids().filter(|id| waiting[id.index()] == 0).collect();
        let mut place = 0;
        while let Some(id) = ready.pop() {
            self.order[id.index()] = place;
            place += 1;
            let from = id.index() * self.words;
            let mut row = self.above[from..from + self.words].to_vec();
            if let Some(column) = self.column.get(&id) {
                row[column / 64] |= 1 << (column % 64);
            }
            for child in graph.dag.children(id) {
                let to = child.index() * self.words;
                for (word, more) in self.above[to..to + self.words].iter_mut().zip(&row) {
                    *word |= more;
                }
                waiting[child.index()] -= 1;
                if waiting[child.index()] == 0 {
                    ready.push(child);
                }
            }
        }
    }

    fn is_above(&self, need: NodeId, node: NodeId) -> bool {
        self.column.get(&need).is_some_and(|column| {
            self.above[node.index() * self.words + column / 64] >> (column % 64) & 1 == 1
        })
    }
}
