//! What runs, and in which order: the selected part of the DAG as a queue.
//!
//! Paths through nodes that are not selected count: they order what lies at their ends. For `build`,
//! tests stand between the nodes that they test and all that lies downstream.

mod queue;
mod test_edges;
#[cfg(test)]
mod tests;

use rustc_hash::FxHashMap;

pub use queue::Queue;

use crate::dag::Graph;
use crate::manifest::{NodeId, ResourceType};
use crate::selector::NodeSet;

/// Chains of up to this many nodes are not worth reordering: they keep the order that users expect.
const SHORT_CHAIN: u32 = 8;

/// What a command asks of its plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Tests hold up what lies downstream of the nodes that they test, and unit tests run just before
    /// their model (`build`).
    pub tests_guard: bool,
    /// No order at all (`clone`).
    pub independent: bool,
}

/// The nodes that run and what each of them waits for.
#[derive(Debug)]
pub struct Plan<'a> {
    graph: &'a Graph,
    /// What the queue hands out.
    queued: NodeSet,
    /// For a model, the unit tests that run just before it.
    unit_tests: FxHashMap<NodeId, Vec<NodeId>>,
    /// Edges from tests to the nodes that wait for them.
    test_edges: FxHashMap<NodeId, Vec<NodeId>>,
    independent: bool,
    /// Place of each node in the order of preference among those that are ready.
    rank: Vec<u32>,
}

/// The further edges of a build of everything: from each test to the nodes that wait for it.
pub fn all_test_edges(graph: &Graph) -> Vec<(NodeId, NodeId)> {
    let mut all = NodeSet::with_len(graph.manifest.nodes.len());
    graph.manifest.ids().for_each(|id| {
        all.insert(id);
    });
    let edges = test_edges::find(graph, &all).into_iter();
    let mut pairs: Vec<_> =
        edges.flat_map(|(test, nodes)| nodes.into_iter().map(move |node| (test, node))).collect();
    pairs.sort_unstable();
    pairs
}

/// Plans the run of `selected`.
pub fn plan<'a>(graph: &'a Graph, selected: &NodeSet, options: Options) -> Plan<'a> {
    let mut queued = selected.clone();
    let mut unit_tests: FxHashMap<NodeId, Vec<NodeId>> = FxHashMap::default();
    let mut test_edges = FxHashMap::default();
    if options.tests_guard {
        for id in selected.iter() {
            let node = graph.manifest.node(id);
            if node.resource_type == ResourceType::UnitTest {
                queued.remove(id);
                if let Some(model) = node.depends_on.nodes.first() {
                    unit_tests.entry(*model).or_default().push(id);
                }
            }
        }
        test_edges = test_edges::find(graph, &queued);
    }
    let mut plan =
        Plan { graph, queued, unit_tests, test_edges, independent: options.independent, rank: vec![] };
    plan.rank = plan.ranked();
    plan
}

impl<'a> Plan<'a> {
    pub fn graph(&self) -> &'a Graph {
        self.graph
    }

    /// All that the queue hands out; unit tests that run with their model are not among them.
    pub fn queued(&self) -> &NodeSet {
        &self.queued
    }

    /// The unit tests that run before a model, in order of their names.
    pub fn unit_tests_of(&self, model: NodeId) -> &[NodeId] {
        self.unit_tests.get(&model).map_or(&[], Vec::as_slice)
    }

    /// All nodes that run, unit tests included, in order of preference.
    pub fn nodes(&self) -> Vec<NodeId> {
        let mut nodes: Vec<NodeId> = self.queued.iter().collect();
        nodes.sort_by_key(|id| self.rank[id.index()]);
        let with_tests = |id: NodeId| self.unit_tests_of(id).iter().copied().chain([id]);
        nodes.into_iter().flat_map(with_tests).collect()
    }

    pub fn len(&self) -> usize {
        let with_model = self.unit_tests.iter().filter(|(model, _)| self.queued.contains(**model));
        self.queued.len() + with_model.map(|(_, tests)| tests.len()).sum::<usize>()
    }

    pub fn is_empty(&self) -> bool {
        self.queued.is_empty()
    }

    pub fn queue(&self) -> Queue<'_> {
        Queue::new(self)
    }

    /// Adds to `skipped` all that cannot run because `failed` did not do well: everything downstream,
    /// through tests too. What `skipped` holds already is taken as complete with all below it.
    pub fn mark_downstream(&self, failed: NodeId, skipped: &mut NodeSet) {
        let mut frontier = vec![failed];
        while let Some(id) = frontier.pop() {
            for child in self.children(id) {
                if skipped.insert(child) {
                    frontier.push(child);
                }
            }
        }
    }

    fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let guarded = self.test_edges.get(&id).into_iter().flatten().copied();
        self.graph.dag.children(id).chain(guarded)
    }

    /// How many nodes each one waits for.
    fn in_degrees(&self) -> Vec<u32> {
        let mut degrees = vec![0; self.graph.dag.len()];
        for id in self.graph.manifest.ids() {
            for child in self.children(id) {
                degrees[child.index()] += 1;
            }
        }
        degrees
    }

    /// All nodes, parents first.
    fn topological(&self) -> Vec<NodeId> {
        let mut waiting = self.in_degrees();
        let mut order: Vec<NodeId> =
            self.graph.manifest.ids().filter(|id| waiting[id.index()] == 0).collect();
        let mut next = 0;
        while let Some(id) = order.get(next).copied() {
            next += 1;
            for child in self.children(id) {
                waiting[child.index()] -= 1;
                if waiting[child.index()] == 0 {
                    order.push(child);
                }
            }
        }
        order
    }

    /// Ranks nodes: long chains below them first, then by depth, then by name.
    fn ranked(&self) -> Vec<u32> {
        let order = self.topological();
        let len = self.graph.dag.len();
        let (mut depth, mut height) = (vec![0_u32; len], vec![0_u32; len]);
        let own = |id: NodeId| u32::from(self.queued.contains(id));
        if !self.independent {
            for id in &order {
                for child in self.children(*id) {
                    depth[child.index()] = depth[child.index()].max(depth[id.index()] + own(*id));
                }
            }
            for id in order.iter().rev() {
                let below = self.children(*id).map(|child| height[child.index()]).max().unwrap_or(0);
                height[id.index()] = below + own(*id);
            }
        }
        let mut nodes: Vec<NodeId> = self.queued.iter().collect();
        nodes.sort_by(|a, b| {
            let key = |id: NodeId| {
                let node = self.graph.manifest.node(id);
                // What tests a source comes behind the seeds, which may fill it.
                let of_source = depth[id.index()] == 0 && node.resource_type == ResourceType::Test;
                let chains = if of_source { 0 } else { height[id.index()] / SHORT_CHAIN };
                (std::cmp::Reverse(chains), depth[id.index()], &node.unique_id)
            };
            key(*a).cmp(&key(*b))
        });
        let mut rank = vec![u32::MAX; len];
        for (place, id) in nodes.into_iter().enumerate() {
            rank[id.index()] = u32::try_from(place).unwrap_or(u32::MAX);
        }
        rank
    }
}
