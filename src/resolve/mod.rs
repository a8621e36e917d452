//! The resolve stage: binds every reference of the manifest and builds the DAG.
//!
//! It knows nothing of files, YAML or warehouses; descriptions are rendered through a function
//! that the pipeline passes in.

pub mod advice;
pub mod checks;
pub mod docs;
pub mod metrics;
pub mod refs;
pub mod semantic;
pub mod unit_tests;

use crate::dag::{Dag, Graph};
use crate::diag::Sink;
use crate::manifest::{Manifest, NodeId};

pub use crate::manifest::lookup::{self, Found, Lookup};

/// What resolve needs beside the manifest.
pub struct Request<'a> {
    /// Whether a package has `restrict-access: true`.
    pub restricted: &'a (dyn Fn(&str) -> bool + Sync),
    pub render_description: &'a docs::RenderDescription<'a>,
    pub rules: Rules,
}

/// Settings of the invocation that decide what is allowed, and what is warned about.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Behaviour flag: a package's own nodes are searched before the root project's.
    pub node_package_first: bool,
    /// Behaviour flag: names must be unique among models, seeds and snapshots.
    pub require_unique_names: bool,
    /// Behaviour flag: no resource has a space in its name.
    pub names_without_spaces: bool,
    /// Behaviour flag: a microbatch macro of the user runs in batches too.
    pub batched_custom_microbatch: bool,
    /// The project or a package has a microbatch macro of its own.
    pub custom_microbatch: bool,
    /// The adapter's name where it builds one batch after the other.
    pub sequential_batches: Option<&'static str>,
    /// Behaviour flag: windows of cumulative metrics stand below `cumulative_type_params`.
    pub nested_cumulative_params: bool,
    /// Behaviour flag: a time spine is one by its configuration alone.
    pub configured_time_spines: bool,
    /// `--debug` shows every name with spaces.
    pub debug: bool,
    /// The time at which models count as deprecated.
    pub now: chrono::DateTime<chrono::Utc>,
}

/// Binds every reference. Problems go to `sink`.
pub fn bind(mut manifest: Manifest, request: &Request<'_>, sink: &Sink) -> Graph {
    let rules = &request.rules;
    let mut lookup = Lookup::of(&manifest, rules.node_package_first);
    if unit_tests::bind(&mut manifest, &lookup, sink) {
        // Ids have moved.
        lookup = Lookup::of(&manifest, rules.node_package_first);
    }
    refs::bind(&mut manifest, &lookup, &refs::AccessRules { restricted: request.restricted }, sink);
    metrics::bind(&mut manifest, &lookup, sink);
    docs::render(&mut manifest, request.render_description, sink);
    settled(manifest, rules)
}

/// Binds some nodes that have taken the place of others with the same name, package and access, in a
/// manifest whose other nodes are bound. Problems go to `sink`.
pub fn rebind(mut manifest: Manifest, nodes: &[NodeId], request: &Request<'_>, sink: &Sink) -> Graph {
    let lookup = Lookup::of(&manifest, request.rules.node_package_first);
    let access = refs::AccessRules { restricted: request.restricted };
    refs::bind_some(&mut manifest, nodes, (&lookup, &access), sink);
    for id in nodes {
        docs::render_node(&mut manifest.nodes[id.index()], request.render_description, sink);
    }
    settled(manifest, &request.rules)
}

/// What follows from all nodes together.
fn settled(mut manifest: Manifest, rules: &Rules) -> Graph {
    checks::primary_keys(&mut manifest);
    advice::settle_begins(&mut manifest, rules);
    let dag = Dag::of(&manifest);
    Graph { manifest, dag }
}

/// Checks a bound graph as a whole.
pub fn check(graph: &Graph, rules: &Rules, sink: &Sink) {
    let Graph { manifest, dag } = graph;
    semantic::check(manifest, rules, sink);
    checks::groups(manifest, sink);
    checks::access(manifest, sink);
    checks::snapshots(manifest, sink);
    checks::unique_relations(manifest, rules.require_unique_names, sink);
    advice::spaces_in_names(manifest, rules, sink);
    advice::microbatch(manifest, rules, sink);
    advice::function_arguments(manifest, sink);
    if !rules.node_package_first {
        advice::inverted_refs(manifest, sink);
    }
    advice::deprecated_models(manifest, dag, rules.now, sink);
    checks::cycles(manifest, dag, sink);
}
