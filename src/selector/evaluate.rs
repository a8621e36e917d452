//! Evaluates a selection: criteria give sets of nodes, `+` and `@` widen them, tests come along, and
//! set operations combine them.

use super::matcher::{Matcher, is_plain};
use super::state::PreviousState;
use super::{Criteria, Group, Indirect, NodeSet, Operation, Reach, Selector};
use crate::dag::Graph;
use crate::diag::Diagnostic;
use crate::manifest::{NodeId, ResourceType};

/// Nesting beyond this is refused: selectors.yml may inherit, but nobody writes this deep by hand.
const MAX_DEPTH: usize = 200;

/// What a selection may look at besides the graph.
pub struct Context<'a> {
    /// Artifacts of an earlier run, for `state:`, `result:` and `source_status:`.
    pub previous: Option<&'a PreviousState>,
    /// Whether a path, relative to the project's root, is there.
    pub exists: &'a dyn Fn(&str) -> bool,
}

/// What a selection gives.
#[derive(Debug, Default)]
pub struct Outcome {
    pub nodes: NodeSet,
    /// Pieces of the selection that match nothing.
    pub warnings: Vec<Diagnostic>,
}

/// All nodes that the selection takes, whatever their type.
///
/// # Errors
/// A criterion whose value makes no sense for its method, or that needs an earlier run's artifacts.
pub fn evaluate(selector: &Selector, graph: &Graph, context: &Context) -> Result<Outcome, Diagnostic> {
    let mut evaluation = Evaluation { graph, context, warnings: vec![] };
    let mut nodes = evaluation.select(selector, 0)?.direct;
    for (id, node) in graph.manifest.iter() {
        if !node.config.enabled() {
            nodes.remove(id);
        }
    }
    Ok(Outcome { nodes, warnings: evaluation.warnings })
}

struct Evaluation<'a> {
    graph: &'a Graph,
    context: &'a Context<'a>,
    warnings: Vec<Diagnostic>,
}

/// What a part selects, and the tests that it leaves undecided because some of the nodes that they
/// depend on are missing: another part may bring these.
struct Selected {
    direct: NodeSet,
    undecided: NodeSet,
}

impl Evaluation<'_> {
    fn select(&mut self, selector: &Selector, depth: usize) -> Result<Selected, Diagnostic> {
        if depth > MAX_DEPTH {
            return Err(Diagnostic::error("invalid-selector", "the selection is nested too deeply"));
        }
        match selector {
            Selector::Criteria(criteria) => self.select_criteria(criteria),
            Selector::Group(group) => self.select_group(group, depth),
        }
    }

    fn select_group(&mut self, group: &Group, depth: usize) -> Result<Selected, Diagnostic> {
        let mut combined: Option<Selected> = None;
        for part in &group.parts {
            let mut part = self.select(part, depth + 1)?;
            part.undecided.union_with(&part.direct);
            match &mut combined {
                None => combined = Some(part),
                Some(combined) => {
                    combine(group.operation, &mut combined.direct, &part.direct);
                    combine(group.operation, &mut combined.undecided, &part.undecided);
                }
            }
        }
        let Selected { mut direct, undecided } = combined.unwrap_or_else(|| self.none());
        self.decide(&mut direct, &undecided, group.indirect);
        if let Some(raw) = &group.expected
            && direct.is_empty()
        {
            self.warnings.push(no_nodes(raw));
        }
        Ok(Selected { direct, undecided })
    }

    fn none(&self) -> Selected {
        Selected { direct: self.empty(), undecided: self.empty() }
    }

    fn empty(&self) -> NodeSet {
        NodeSet::with_len(self.graph.dag.len())
    }

    fn select_criteria(&mut self, criteria: &Criteria) -> Result<Selected, Diagnostic> {
        let matcher = Matcher::new(criteria, self.graph, self.context)?;
        let mut found = self.empty();
        for (id, node) in self.graph.manifest.iter() {
            // A test whose model is missing has switched itself off.
            if node.config.enabled() && matcher.matches(node) {
                found.insert(id);
            }
        }
        if let Matcher::State(check) = matcher {
            let (mut errors, warnings): (Vec<_>, Vec<_>) =
                check.into_diagnostics().into_iter().partition(Diagnostic::is_error);
            if let Some(error) = errors.pop() {
                return Err(error);
            }
            self.warnings.extend(warnings);
        }
        let mut selected = found.clone();
        if criteria.childrens_parents {
            let mut family = self.reach(&found, Reach::All, Direction::Down);
            family.union_with(&found);
            selected.union_with(&self.reach(&family, Reach::All, Direction::Up));
            selected.union_with(&family);
        }
        selected.union_with(&self.reach(&found, criteria.parents, Direction::Up));
        selected.union_with(&self.reach(&found, criteria.children, Direction::Down));
        Ok(match criteria.indirect {
            Indirect::Empty => Selected { direct: selected, undecided: self.empty() },
            indirect => self.bring_tests(selected, indirect),
        })
    }

    /// Nodes reached from `start` in at most as many steps as asked; those of `start` only when
    /// another leads to them (they are selected anyway).
    fn reach(&self, start: &NodeSet, reach: Reach, direction: Direction) -> NodeSet {
        let mut seen = self.empty();
        let mut steps = match reach {
            Reach::None => return seen,
            Reach::Steps(steps) => steps,
            Reach::All => usize::MAX,
        };
        let mut frontier: Vec<NodeId> = start.iter().collect();
        while steps > 0 && !frontier.is_empty() {
            let mut next = vec![];
            let mut visit = |id: NodeId| {
                if seen.insert(id) && !start.contains(id) {
                    next.push(id);
                }
            };
            for id in frontier {
                match direction {
                    Direction::Up => self.graph.dag.parents(id).for_each(&mut visit),
                    Direction::Down => self.graph.dag.children(id).for_each(&mut visit),
                }
            }
            frontier = next;
            steps -= 1;
        }
        seen
    }

    fn bring_tests(&self, selected: NodeSet, indirect: Indirect) -> Selected {
        let mut reachable = selected.clone();
        if indirect == Indirect::Buildable {
            reachable.union_with(&self.reach(&selected, Reach::All, Direction::Up));
            let sources = self.graph.manifest.iter();
            for (id, _) in sources.filter(|(_, node)| node.resource_type == ResourceType::Source) {
                reachable.insert(id);
            }
        }
        let mut direct = selected.clone();
        let mut undecided = self.empty();
        for id in selected.iter().flat_map(|id| self.graph.dag.children(id)) {
            if !self.is_test(id) {
                continue;
            }
            if indirect == Indirect::Eager || self.needs_only(id, &reachable) {
                direct.insert(id);
            } else {
                undecided.insert(id);
            }
        }
        Selected { direct, undecided }
    }

    /// Takes in those undecided tests whose parents all came together in a group.
    fn decide(&self, direct: &mut NodeSet, undecided: &NodeSet, indirect: Indirect) {
        if direct == undecided {
            return;
        }
        let mut reachable = direct.clone();
        match indirect {
            Indirect::Eager | Indirect::Empty => return,
            Indirect::Cautious => {}
            Indirect::Buildable => {
                reachable.union_with(&self.reach(direct, Reach::All, Direction::Up));
            }
        }
        for id in undecided.iter() {
            if is_plain(self.graph.manifest.node(id)) && self.needs_only(id, &reachable) {
                direct.insert(id);
            }
        }
    }

    fn is_test(&self, id: NodeId) -> bool {
        matches!(self.graph.manifest.node(id).resource_type, ResourceType::Test | ResourceType::UnitTest)
    }

    fn needs_only(&self, id: NodeId, set: &NodeSet) -> bool {
        self.graph.manifest.node(id).depends_on.nodes.iter().all(|parent| set.contains(*parent))
    }
}

#[derive(Clone, Copy)]
enum Direction {
    Up,
    Down,
}

fn combine(operation: Operation, into: &mut NodeSet, part: &NodeSet) {
    match operation {
        Operation::Union => into.union_with(part),
        Operation::Intersection => into.intersect_with(part),
        Operation::Difference => into.subtract(part),
    }
}

fn no_nodes(raw: &str) -> Diagnostic {
    Diagnostic::warning(
        "nothing-selected",
        format!("The selection criterion '{raw}' does not match any enabled nodes"),
    )
    .event("NoNodesForSelectionCriteria")
    .data("spec_raw", raw)
}
