//! Brings an earlier parse up to date where only files have changed that say nothing about any node
//! but their own.
//!
//! Such a file is parsed and bound by the same code as in a parse of everything; the checks of the
//! whole run over the whole. Whatever could reach further than the node itself, and whatever there
//! is to say about it, is left to a parse of everything.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use crate::cache::{self, Carried, Parsed};
use crate::dag::Graph;
use crate::diag::{Diagnostic, Sink};
use crate::jinja::engine;
use crate::manifest::{Manifest, Node, NodeId, NodeKind};
use crate::parse::Parser;
use crate::project::{Package, PackageFile};
use crate::resolve;
use crate::source::FileId;
use crate::trace;
use crate::value::Str;

/// How a parse came from an earlier one.
#[derive(Clone, Debug)]
pub struct Renewed {
    /// Id of the invocation that made the earlier one.
    pub from: Str,
    /// The nodes that are others.
    pub nodes: FxHashSet<NodeId>,
    /// These, and the nodes that they depend on or depended on.
    pub edges: FxHashSet<NodeId>,
}

/// The earlier parse with the changed files' nodes in it; none when everything must be parsed.
pub fn renew(
    (earlier, mut carried): (Parsed, Carried),
    changed: &[usize],
    parser: &Parser<'_>,
) -> Option<(Parsed, Renewed, Carried)> {
    let _span = trace::stage("parse changes");
    let files: Vec<(&Arc<Package>, &PackageFile)> = cache::own_files(parser.project).collect();
    let Graph { mut manifest, dag: _ } = Arc::into_inner(earlier.graph)?;
    let (mut nodes, mut edges) = (vec![], FxHashSet::default());
    let itertools_calls = engine::itertools_calls();
    for index in changed {
        let (package, file) = *files.get(*index)?;
        let id = node_of(&manifest, package, file)?;
        let before = manifest.node(id);
        if earlier.diagnostics.iter().any(|said| is_about(said, before, file.file)) {
            return None;
        }
        let node = parser.node_again(package, file, before)?;
        if parser.sink.any(|_| true) || reaches_further(&manifest, id, &node) {
            return None;
        }
        edges.extend(before.depends_on.nodes.iter().copied());
        manifest.nodes[id.index()] = node;
        carried.forget(id);
        nodes.push(id);
    }
    let checked = Sink::default();
    let graph = super::binding(manifest, parser, |manifest, request| {
        let graph = resolve::rebind(manifest, &nodes, request, parser.sink);
        resolve::check(&graph, &request.rules, &checked);
        graph
    });
    if parser.sink.any(|_| true) || itertools_calls != engine::itertools_calls() {
        return None;
    }
    edges.extend(nodes.iter().flat_map(|id| graph.manifest.node(*id).depends_on.nodes.iter().copied()));
    edges.extend(nodes.iter().copied());
    let parsed = Parsed {
        graph: Arc::new(graph),
        diagnostics: earlier.diagnostics,
        checks: checked.drain(),
        made_by: parser.run.invocation_id.clone(),
    };
    let renewed = Renewed { from: earlier.made_by, nodes: nodes.into_iter().collect(), edges };
    Some((parsed, renewed, carried))
}

/// The one node that a file makes.
fn node_of(manifest: &Manifest, package: &Package, file: &PackageFile) -> Option<NodeId> {
    let is_of = |node: &Node| {
        node.original_file_path == file.original_file_path
            && node.package == package.config.name
            && matches!(node.kind, NodeKind::Model(_) | NodeKind::Analysis | NodeKind::SingularTest)
    };
    let mut found = manifest.iter().filter(|(_, node)| is_of(node)).map(|(id, _)| id);
    let id = found.next()?;
    let alone = found.next().is_none() && !manifest.disabled.iter().any(is_of);
    alone.then_some(id)
}

fn is_about(said: &Diagnostic, node: &Node, file: FileId) -> bool {
    said.node.as_deref() == Some(&*node.unique_id) || said.span.is_some_and(|span| span.file == file)
}

/// Whether other nodes state something of this one that differs now: unit tests are bound to what their
/// model is, semantic models name its relation.
fn reaches_further(manifest: &Manifest, id: NodeId, node: &Node) -> bool {
    let before = manifest.node(id);
    let relation = |node: &Node| {
        (node.database.clone(), node.schema.clone(), node.alias.clone(), node.relation_name.clone())
    };
    let moved = relation(node) != relation(before);
    manifest.nodes.iter().any(|other| match &other.kind {
        NodeKind::UnitTest(test) => test.tested_node == Some(id),
        NodeKind::SemanticModel(_) => moved && other.depends_on.nodes.contains(&id),
        _ => false,
    })
}
