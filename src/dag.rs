//! The lineage DAG over [`NodeId`]s, and the manifest together with it.

use petgraph::Direction;
use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::{Bfs, Reversed};
use rustc_hash::FxHashSet;

use crate::manifest::{Manifest, NodeId};

/// A resolved project: what parse found, with every reference bound.
#[derive(Clone, Debug)]
pub struct Graph {
    pub manifest: Manifest,
    pub dag: Dag,
}

/// Edges run from a node to those that depend on it. Node indices equal [`NodeId`]s.
#[derive(Clone, Debug, Default)]
pub struct Dag {
    graph: DiGraph<(), ()>,
}

impl Dag {
    /// Builds the DAG from every node's bound `depends_on`.
    pub fn of(manifest: &Manifest) -> Dag {
        let edges = manifest.nodes.iter().map(|node| node.depends_on.nodes.len()).sum();
        let mut graph = DiGraph::with_capacity(manifest.nodes.len(), edges);
        for _ in &manifest.nodes {
            graph.add_node(());
        }
        for (id, node) in manifest.iter() {
            for parent in &node.depends_on.nodes {
                graph.add_edge(at(*parent), at(id), ());
            }
        }
        Dag { graph }
    }

    pub fn len(&self) -> usize {
        self.graph.node_count()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn parents(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        self.graph.neighbors_directed(at(id), Direction::Incoming).map(id_of)
    }

    pub fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        self.graph.neighbors_directed(at(id), Direction::Outgoing).map(id_of)
    }

    /// All nodes upstream, the node itself not included; at most `depth` steps away when given.
    pub fn ancestors(&self, id: NodeId, depth: Option<usize>) -> FxHashSet<NodeId> {
        match depth {
            Some(depth) => self.within(id, depth, Direction::Incoming),
            None => {
                let reversed = Reversed(&self.graph);
                let mut walk = Bfs::new(reversed, at(id));
                std::iter::from_fn(|| walk.next(reversed)).skip(1).map(id_of).collect()
            }
        }
    }

    /// All nodes downstream, the node itself not included; at most `depth` steps away when given.
    pub fn descendants(&self, id: NodeId, depth: Option<usize>) -> FxHashSet<NodeId> {
        match depth {
            Some(depth) => self.within(id, depth, Direction::Outgoing),
            None => {
                let mut walk = Bfs::new(&self.graph, at(id));
                std::iter::from_fn(|| walk.next(&self.graph)).skip(1).map(id_of).collect()
            }
        }
    }

    fn within(&self, id: NodeId, depth: usize, direction: Direction) -> FxHashSet<NodeId> {
        let mut seen = FxHashSet::default();
        let mut frontier = vec![at(id)];
        for _ in 0..depth {
            let mut next = vec![];
            for node in frontier {
                for neighbor in self.graph.neighbors_directed(node, direction) {
                    if neighbor != at(id) && seen.insert(id_of(neighbor)) {
                        next.push(neighbor);
                    }
                }
            }
            if next.is_empty() {
                break;
            }
            frontier = next;
        }
        seen
    }

    /// One cycle as a path whose last node depends on nothing but its first, if there is any.
    pub fn find_cycle(&self) -> Option<Vec<NodeId>> {
        let component = tarjan_scc(&self.graph)
            .into_iter()
            .filter(|nodes| {
                nodes.len() > 1 || nodes.iter().any(|node| self.graph.contains_edge(*node, *node))
            })
            .min_by_key(|nodes| nodes.iter().min().copied())?;
        let members: FxHashSet<NodeIndex> = component.iter().copied().collect();
        let start = component.into_iter().min()?;
        let mut path = vec![start];
        let mut place = FxHashSet::from_iter([start]);
        loop {
            let last = *path.last()?;
            let next = self.graph.neighbors(last).filter(|node| members.contains(node)).min()?;
            if !place.insert(next) {
                let from = path.iter().position(|node| *node == next)?;
                return Some(path.split_off(from).into_iter().map(id_of).collect());
            }
            path.push(next);
        }
    }
}

fn at(id: NodeId) -> NodeIndex {
    NodeIndex::new(id.index())
}

fn id_of(index: NodeIndex) -> NodeId {
    NodeId::new(index.index())
}
