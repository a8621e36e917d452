//! What an earlier invocation left behind, for selection by state and for deferral.

use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;

use super::Opened;
use crate::adapter::dialect::{ConstraintKind, ConstraintSupport};
use crate::adapter::{Dialect, Relation};
use crate::diag::Diagnostic;
use crate::manifest::{Manifest, Node, ResourceType};
use crate::report::artifacts::{PreviousResults, read_manifest, read_run_results, read_sources};
use crate::selector::state::{FreshnessState, PreviousState};
use crate::value::{Str, Value};

const CONSTRAINTS: [(ConstraintKind, &str); 5] = [
    (ConstraintKind::Check, "check"),
    (ConstraintKind::NotNull, "not_null"),
    (ConstraintKind::Unique, "unique"),
    (ConstraintKind::PrimaryKey, "primary_key"),
    (ConstraintKind::ForeignKey, "foreign_key"),
];

/// The artifacts in the `--state` folder, as far as they are there; none without the option.
///
/// # Errors
/// An artifact that cannot be read, or is of a version that nobody knows.
pub fn previous(opened: &Opened<'_>) -> Result<Option<PreviousState>, Diagnostic> {
    let flags = &opened.request.flags;
    let Some(folder) = &flags.state.state else { return Ok(None) };
    let target = &opened.run.project.target_path;
    let read = |path: PathBuf| path.is_file().then_some(path);
    let results = read(folder.join("run_results.json")).map(|path| read_run_results(&path)).transpose();
    let manifest = read(folder.join("manifest.json")).map(|path| read_manifest(&path)).transpose();
    let sources =
        |folder: &Path| read(folder.join("sources.json")).map(|path| read_sources(&path)).transpose();
    let unboxed = |diagnostic: Box<Diagnostic>| *diagnostic;
    let statuses = |results: PreviousResults| {
        let status = |result: crate::report::artifacts::PreviousResult| {
            (result.unique_id, Str::from(result.status.as_str()))
        };
        results.results.into_iter().map(status).collect()
    };
    Ok(Some(PreviousState {
        manifest: manifest.map_err(unboxed)?,
        results: results.map_err(unboxed)?.map(statuses),
        sources: sources(folder).map_err(unboxed)?.map(freshness),
        sources_current: sources(target).map_err(unboxed)?.map(freshness),
        compare_unrendered: flags.behaviour("state_modified_compare_more_unrendered_values"),
        enforced_constraints: enforced(opened.run.dialect),
    }))
}

fn freshness(results: PreviousResults) -> FreshnessState {
    let time =
        |time: chrono::DateTime<chrono::Utc>| Str::from(time.format("%Y-%m-%dT%H:%M:%S%.6f").to_string());
    results.results.into_iter().map(|result| (result.unique_id, result.max_loaded_at.map(time))).collect()
}

fn enforced(dialect: &'static dyn Dialect) -> Vec<Str> {
    let is_enforced = |kind| dialect.constraint_support(kind) == ConstraintSupport::Enforced;
    CONSTRAINTS.iter().filter(|(kind, _)| is_enforced(*kind)).map(|(_, name)| Str::from(*name)).collect()
}

/// The relations of the environment to defer to, by unique id. `always`: the command cannot do
/// without (`clone`); else only with `--defer`.
///
/// # Errors
/// No folder named, or no manifest in it.
pub fn deferred(opened: &Opened<'_>, always: bool) -> Result<FxHashMap<Str, Relation>, Diagnostic> {
    let flags = &opened.request.flags.state;
    if !flags.defer && !always {
        return Ok(FxHashMap::default());
    }
    let folder = flags.defer_state.as_ref().or(flags.state.as_ref()).ok_or_else(|| {
        Diagnostic::error(
            "no-state",
            "--state or --defer-state are required for deferral, but neither was provided",
        )
        .help("name the folder of the other environment's manifest.json with `--state`")
    })?;
    let path = folder.join("manifest.json");
    if !path.is_file() {
        let message = format!("Could not find manifest in --state path: \"{}\"", folder.display());
        return Err(Diagnostic::error("no-state", message));
    }
    let other = read_manifest(&path).map_err(|diagnostic| *diagnostic)?;
    Ok(relations(opened, &other))
}

fn relations(opened: &Opened<'_>, other: &Manifest) -> FxHashMap<Str, Relation> {
    let manifest = &opened.graph.manifest;
    let usable = |node: &&Node| {
        (node.resource_type.is_refable() || node.resource_type == ResourceType::Function)
            && !node.is_ephemeral()
            && manifest.id_of(&node.unique_id).is_some()
    };
    let relation = |node: &Node| {
        let path = [node.database.clone(), Some(node.schema.clone()), Some(node.alias.clone())];
        let own = node.config.get("quoting");
        let part = |key: &str| own.and_then(|quoting| quoting.get(key)).and_then(Value::as_bool);
        Relation::new(opened.run.dialect, path).quote(opened.run.project.root().config.quoting).quote([
            part("database"),
            part("schema"),
            part("identifier"),
        ])
    };
    other.nodes.iter().filter(usable).map(|node| (node.unique_id.clone(), relation(node))).collect()
}
