//! Binds unit tests to the models that they check, one node for each version tested.

use super::lookup::{Found, Lookup};
use crate::diag::{Diagnostic, Sink};
use crate::manifest::{Manifest, Node, NodeId, NodeKind, ResourceType};
use crate::value::{Map, Str, Value};

/// Replaces unit tests of versioned models by one for each version; those of disabled models are
/// disabled too. Says whether the manifest's ids have changed; it runs before references are bound.
pub fn bind(manifest: &mut Manifest, lookup: &Lookup, sink: &Sink) -> bool {
    if !manifest.nodes.iter().any(|node| node.resource_type == ResourceType::UnitTest) {
        return false;
    }
    let (mut bound, mut disabled) = (vec![], vec![]);
    for (_, test) in manifest.iter().filter(|(_, node)| node.resource_type == ResourceType::UnitTest) {
        match bind_one(manifest, lookup, test) {
            Ok(Some(nodes)) => bound.extend(nodes),
            Ok(None) => {
                let mut test = test.clone();
                test.config.set("enabled", Value::Bool(false));
                disabled.push(test);
            }
            Err(problem) => sink.push(problem.at(test.span).node(&*test.unique_id)),
        }
    }
    // Unit tests go last; what they are bound to moves up by as many as stood before it.
    let mut moved: Vec<NodeId> = Vec::with_capacity(manifest.nodes.len());
    let mut kept = vec![];
    for node in std::mem::take(&mut manifest.nodes) {
        moved.push(NodeId::new(kept.len()));
        if node.resource_type != ResourceType::UnitTest {
            kept.push(node);
        }
    }
    for node in &mut bound {
        for id in &mut node.depends_on.nodes {
            *id = moved[id.index()];
        }
        if let NodeKind::UnitTest(data) = &mut node.kind {
            data.tested_node = data.tested_node.map(|id| moved[id.index()]);
        }
    }
    manifest.nodes = kept;
    manifest.nodes.extend(bound);
    manifest.disabled.extend(disabled);
    manifest.by_unique_id = manifest.iter().map(|(id, node)| (node.unique_id.clone(), id)).collect();
    true
}

/// The nodes of one unit test; none when its model is disabled.
fn bind_one(manifest: &Manifest, lookup: &Lookup, test: &Node) -> Result<Option<Vec<Node>>, Diagnostic> {
    let NodeKind::UnitTest(data) = &test.kind else { return Ok(Some(vec![test.clone()])) };
    let mut words = data.model.split_whitespace();
    let name = words.next().unwrap_or_default();
    let version = words.next().map(Value::from);
    let target = match lookup.resolve_ref(name, Some(&test.package), version.as_ref(), &test.package) {
        Found::One(id) => id,
        Found::Disabled => return Ok(None),
        Found::Missing | Found::Ambiguous(_) => {
            let known = lookup.ref_names();
            let problem = Diagnostic::error(
                "missing-ref",
                format!(
                    "Unable to find model '{}.{}' for unit test '{}' in {}",
                    test.package, data.model, test.name, test.original_file_path
                ),
            );
            return Err(match crate::diag::nearest(name, known) {
                Some(near) => problem.help(format!("did you mean `{near}`?")),
                None => problem,
            });
        }
    };
    let model = manifest.node(target);
    check_incremental(model, test, data.overrides.as_ref(), &data.given)?;
    let picks = data.versions.as_ref().filter(|versions| {
        ["include", "exclude"].iter().any(|key| versions.get(*key).is_some_and(Value::is_truthy))
    });
    if !model.is_versioned() {
        return match picks {
            Some(_) => Err(Diagnostic::error(
                "invalid-unit-test",
                format!(
                    "Unit test '{}' should not have a versions include or exclude when referencing non-versioned model '{}'",
                    test.name, model.name
                ),
            )),
            None => Ok(Some(vec![attach(test, manifest, target)])),
        };
    }
    let chosen: Vec<NodeId> = manifest
        .iter()
        .filter(|(_, node)| {
            node.resource_type == ResourceType::Model
                && node.name == model.name
                && node.package == model.package
        })
        .filter(|(_, node)| is_picked(node.version(), picks))
        .map(|(id, _)| id)
        .collect();
    if chosen.is_empty() {
        return Err(Diagnostic::error(
            "invalid-unit-test",
            format!(
                "Unit test '{}' referenced a version of '{}' which was not found.",
                test.name, model.name
            ),
        ));
    }
    Ok(Some(chosen.into_iter().map(|id| attach_version(test, manifest, id)).collect()))
}

fn is_picked(version: Option<&Value>, picks: Option<&Map>) -> bool {
    let listed = |key: &str| {
        let list = picks?.get(key)?.as_list().filter(|list| !list.is_empty())?;
        Some(version.is_some_and(|version| list.contains(version)))
    };
    match (listed("exclude"), listed("include")) {
        (Some(excluded), _) => !excluded,
        (None, Some(included)) => included,
        (None, None) => true,
    }
}

/// An incremental model's test must say which branch it tests, and what `this` holds.
fn check_incremental(
    model: &Node,
    test: &Node,
    overrides: Option<&Map>,
    given: &[Value],
) -> Result<(), Diagnostic> {
    if !model.depends_on.macros.iter().any(|name| &**name == "macro.dbt.is_incremental") {
        return Ok(());
    }
    let choice = overrides
        .and_then(|overrides| overrides.get("macros"))
        .and_then(|macros| macros.get("is_incremental"))
        .and_then(Value::as_bool);
    let Some(incremental) = choice else {
        return Err(Diagnostic::error(
            "invalid-unit-test",
            format!(
                "Boolean override for 'is_incremental' must be provided for unit test '{}' in model '{}'",
                test.name, model.name
            ),
        ));
    };
    let has_this = given.iter().any(|input| input.get("input").and_then(Value::as_str) == Some("this"));
    if incremental && !has_this {
        return Err(Diagnostic::error(
            "invalid-unit-test",
            format!(
                "Unit test '{}' for incremental model '{}' must have a 'this' input",
                test.name, model.name
            ),
        ));
    }
    Ok(())
}

fn attach(test: &Node, manifest: &Manifest, target: NodeId) -> Node {
    let mut node = test.clone();
    node.depends_on.nodes = vec![target];
    node.schema = manifest.node(target).schema.clone();
    if let NodeKind::UnitTest(data) = &mut node.kind {
        data.tested_node = Some(target);
    }
    node
}

fn attach_version(test: &Node, manifest: &Manifest, target: NodeId) -> Node {
    let mut node = attach(test, manifest, target);
    let version = manifest.node(target).version().cloned();
    if let NodeKind::UnitTest(data) = &mut node.kind {
        let suffix = version.as_ref().map(Value::py_str).unwrap_or_default();
        node.unique_id =
            Str::from(format!("unit_test.{}.{}.{}_v{suffix}", node.package, data.model, node.name));
        data.version = version;
    }
    node
}
