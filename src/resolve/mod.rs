//! The resolve stage: binds every reference of the manifest and builds the DAG.
//!
//! It knows nothing of files, YAML or warehouses; descriptions are rendered through a function
//! that the pipeline passes in.

pub mod checks;
pub mod docs;
pub mod metrics;
pub mod refs;
pub mod unit_tests;

use crate::dag::{Dag, Graph};
use crate::diag::Sink;
use crate::manifest::Manifest;

pub use crate::manifest::lookup::{self, Found, Lookup};

/// What resolve needs beside the manifest.
pub struct Request<'a> {
    /// Whether a package has `restrict-access: true`.
    pub restricted: &'a (dyn Fn(&str) -> bool + Sync),
    pub render_description: &'a docs::RenderDescription<'a>,
    /// Behaviour flag: a package's own nodes are searched before the root project's.
    pub node_package_first: bool,
    /// Behaviour flag: names must be unique among models, seeds and snapshots.
    pub require_unique_names: bool,
}

/// Binds references, checks the whole, and returns the graph with all that could be bound.
/// Problems go to `sink`.
pub fn resolve(mut manifest: Manifest, request: &Request<'_>, sink: &Sink) -> Graph {
    let mut lookup = Lookup::of(&manifest, request.node_package_first);
    if unit_tests::bind(&mut manifest, &lookup, sink) {
        // Ids have moved.
        lookup = Lookup::of(&manifest, request.node_package_first);
    }
    refs::bind(&mut manifest, &lookup, &refs::AccessRules { restricted: request.restricted }, sink);
    metrics::bind(&mut manifest, &lookup, sink);
    docs::render(&mut manifest, request.render_description, sink);
    checks::primary_keys(&mut manifest);
    checks::groups(&manifest, sink);
    checks::access(&manifest, sink);
    checks::snapshots(&manifest, sink);
    checks::unique_relations(&manifest, request.require_unique_names, sink);
    let dag = Dag::of(&manifest);
    checks::cycles(&manifest, &dag, sink);
    Graph { manifest, dag }
}
