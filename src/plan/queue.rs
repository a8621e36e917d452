//! Hands out the nodes of a plan as their turn comes.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::Plan;
use crate::manifest::NodeId;

/// The nodes still to run. [`Queue::pop`] gives one that waits for nothing any more; [`Queue::done`]
/// releases what waited for it.
#[derive(Debug)]
pub struct Queue<'a> {
    plan: &'a Plan<'a>,
    /// Unfinished parents of each node.
    waiting: Vec<u32>,
    ready: BinaryHeap<Reverse<(u32, NodeId)>>,
    unfinished: usize,
}

impl<'a> Queue<'a> {
    pub(super) fn new(plan: &'a Plan<'a>) -> Queue<'a> {
        let len = plan.graph.dag.len();
        let waiting = if plan.independent { vec![0; len] } else { plan.in_degrees() };
        let mut queue = Queue { plan, waiting, ready: BinaryHeap::new(), unfinished: plan.queued.len() };
        let free: Vec<NodeId> =
            plan.graph.manifest.ids().filter(|id| queue.waiting[id.index()] == 0).collect();
        queue.offer(free);
        queue
    }

    /// The most urgent node that can run now; none when all others wait or the queue is exhausted.
    pub fn pop(&mut self) -> Option<NodeId> {
        self.ready.pop().map(|Reverse((_, id))| id)
    }

    /// Says that a node handed out has run (or was skipped).
    pub fn done(&mut self, id: NodeId) {
        self.unfinished = self.unfinished.saturating_sub(1);
        let mut released = vec![];
        self.release(id, &mut released);
        self.offer(released);
    }

    /// Whether every node was handed out and done.
    pub fn is_finished(&self) -> bool {
        self.unfinished == 0
    }

    /// Queues those that are selected; the others are done at once and let the next ones through.
    fn offer(&mut self, mut free: Vec<NodeId>) {
        while let Some(id) = free.pop() {
            if self.plan.queued.contains(id) {
                self.ready.push(Reverse((self.plan.rank[id.index()], id)));
            } else {
                self.release(id, &mut free);
            }
        }
    }

    fn release(&mut self, id: NodeId, released: &mut Vec<NodeId>) {
        if self.plan.independent {
            return;
        }
        for child in self.plan.children(id) {
            let waiting = &mut self.waiting[child.index()];
            *waiting = waiting.saturating_sub(1);
            if *waiting == 0 {
                released.push(child);
            }
        }
    }
}
