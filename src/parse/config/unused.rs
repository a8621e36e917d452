//! Paths of the project file's configuration that lead to no resource.

use rustc_hash::FxHashMap;

use crate::diag::Diagnostic;
use crate::manifest::{Manifest, ResourceType};
use crate::project::Project;
use crate::value::{Map, Str, Value};

/// dbt's warning about configuration paths that nothing uses, if there are any.
pub fn unused_paths(project: &Project, manifest: &Manifest) -> Option<Diagnostic> {
    let mut fqns: FxHashMap<&'static str, Vec<&[Str]>> = FxHashMap::default();
    for node in &manifest.nodes {
        if let Some(key) = tree_key(node.resource_type) {
            fqns.entry(key).or_default().push(&node.fqn);
        }
    }
    // dbt counts a disabled node for every kind of tree.
    let disabled: Vec<&[Str]> = manifest.disabled.iter().map(|node| &*node.fqn).collect();
    let mut unused: Vec<String> = vec![];
    for (key, tree) in &project.root().config.trees {
        let Some(tree) = tree.as_map() else { continue };
        let key = key.replace('-', "_");
        let mut paths = vec![];
        collect(tree, &mut vec![], &mut paths);
        let of_kind = fqns.get(&*key).map(Vec::as_slice).unwrap_or_default();
        for path in paths {
            let is_used = of_kind.iter().chain(&disabled).any(|fqn| begins_with(fqn, &path));
            if !is_used {
                unused.push([&[&*key], &*path].concat().join("."));
            }
        }
    }
    if unused.is_empty() {
        return None;
    }
    let listed: Vec<String> = unused.iter().map(|path| format!("- {path}")).collect();
    let message = format!(
        "Configuration paths exist in your dbt_project.yml file which do not apply to any resources.\n\
         There are {} unused configuration paths:\n{}",
        unused.len(),
        listed.join("\n")
    );
    let list = Value::List(unused.into_iter().map(Value::from).collect());
    Some(
        Diagnostic::warning("unused-config", message)
            .help("a path is made of the project's or package's name and folders below `model-paths` and its kin")
            .event("UnusedResourceConfigPath")
            .data("unused_config_paths", list),
    )
}

/// The paths at which something is set, each once.
fn collect<'a>(level: &'a Map, path: &mut Vec<&'a str>, paths: &mut Vec<Vec<&'a str>>) {
    let is_folder = |key: &str, value: &Value| !key.starts_with('+') && value.as_map().is_some();
    if level.iter().any(|(key, value)| !is_folder(key, value)) {
        paths.push(path.clone());
    }
    for (key, value) in level.iter().filter(|(key, value)| is_folder(key, value)) {
        let Some(inner) = value.as_map() else { continue };
        path.push(key);
        collect(inner, path, paths);
        path.pop();
    }
}

fn begins_with(fqn: &[Str], path: &[&str]) -> bool {
    path.len() <= fqn.len() && path.iter().zip(fqn).all(|(part, name)| **part == **name)
}

/// The project file's key for a kind of resource.
fn tree_key(kind: ResourceType) -> Option<&'static str> {
    Some(match kind {
        ResourceType::Model => "models",
        ResourceType::Seed => "seeds",
        ResourceType::Snapshot => "snapshots",
        ResourceType::Source => "sources",
        ResourceType::Test => "data_tests",
        ResourceType::UnitTest => "unit_tests",
        ResourceType::Metric => "metrics",
        ResourceType::SemanticModel => "semantic_models",
        ResourceType::SavedQuery => "saved_queries",
        ResourceType::Exposure => "exposures",
        ResourceType::Function => "functions",
        _ => return None,
    })
}
