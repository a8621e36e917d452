//! `emit`: a build written down as SQL, with no warehouse at hand.

use std::sync::{Arc, OnceLock};

use super::Opened;
use super::run::Emit;
use crate::adapter::{Adapter, Credentials, ScriptAdapter, dialect};
use crate::compile::Compiler;
use crate::diag::Diagnostic;
use crate::execute::emit::{self, Script};
use crate::jinja::context::execution::Runtime;
use crate::manifest::lookup::Lookup;
use crate::report::artifacts::node_map;
use crate::selector::NodeSet;

/// Writes all that is selected. Compiled files go to the folder `emit` in the target folder.
///
/// # Errors
/// Keys of the profile that make no sense; what goes wrong with nodes is in the script.
pub fn script(
    opened: &Opened<'_>,
    selected: &NodeSet,
    next_build: bool,
    events: Emit,
) -> Result<Script, Diagnostic> {
    let project = &opened.run.project;
    let profile = &project.profile;
    let dialect = dialect::dialect(&profile.adapter_type).ok_or_else(|| {
        Diagnostic::error("unknown-adapter", format!("there is no adapter `{}`", profile.adapter_type))
    })?;
    let credentials = Credentials::new(dialect, &profile.credentials, &profile.base)?;
    let adapter = Arc::new(ScriptAdapter::new(credentials));
    let root = project.root().root.clone();
    let target = project.target_path.join("emit");
    let flags = &opened.request.flags;
    let node_package_first = flags.behaviour("require_ref_searches_node_package_before_root");
    let runtime = Arc::new(Runtime {
        run: opened.run.clone(),
        graph: opened.graph.clone(),
        lookup: Lookup::of(&opened.graph.manifest, node_package_first),
        adapter: adapter.clone() as Arc<dyn Adapter>,
        flags: flags.clone(),
        selected: selected.clone(),
        deferred: Default::default(),
        describe: Box::new(node_map),
        emit: Box::new(move |event| events(event)),
        target_path: target.strip_prefix(&root).unwrap_or(&target).to_path_buf(),
        project_root: root,
        graph_value: OnceLock::new(),
    });
    let compiler = Compiler::new(&runtime, opened.sources);
    Ok(emit::emit(&emit::Emit { compiler: &compiler, script: &adapter, selected, next_build }))
}
