//! `list`: the resources of the project, one a line.
//!
//! <https://docs.getdbt.com/reference/commands/list>

use std::io::Write;

use serde_json::{Map as JsonMap, Value as Json};

use super::project::{open, request, select_request, write_manifest};
use super::{Exit, Outcome};
use crate::cli::parse::usage;
use crate::cli::session::Session;
use crate::diag::Diagnostic;
use crate::event::CompiledNodes;
use crate::jinja::engine::{to_jinja, to_json};
use crate::manifest::{Manifest, Node, ResourceType};
use crate::report::artifacts::{Json as Writer, write_node};
use crate::selector;
use crate::value::{Str, Value};

/// Keys that `--output json` shows unless `--output-keys` names others.
#[rustfmt::skip]
const KEYS: &[&str] = &[
    "alias", "name", "package_name", "depends_on", "tags", "config", "resource_type", "source_name",
    "original_file_path", "unique_id",
];

pub fn run(session: &Session) -> Outcome {
    let flags = &session.flags.selection;
    let mut wanted = request(session);
    if !flags.models.is_empty() {
        if !flags.select.is_empty() {
            return Err(usage("`--models` and `--select` exclude each other")
                .note("\"models\" and \"select\" are mutually exclusive arguments"));
        }
        if !flags.resource_types.is_empty() {
            return Err(usage("`--models` and `--resource-type` exclude each other")
                .note("\"models\" and \"resource_type\" are mutually exclusive arguments"));
        }
        wanted.resource_types = vec!["model".into()];
    }
    let Some(opened) = open(session)? else { return Ok(Exit::Stopped) };
    write_manifest(session, &opened, &CompiledNodes::default())?;
    let selected = select_request(session, &opened, selector::Command::List, &wanted)?;
    let manifest = &opened.graph.manifest;
    let mut nodes: Vec<&Node> = selected.iter().map(|id| manifest.node(id)).collect();
    nodes.sort_by(|a, b| a.unique_id.cmp(&b.unique_id));
    let output = &session.flags.output;
    let mut text = String::new();
    for node in nodes {
        text += &match &*output.format {
            "name" => node.search_name().to_string(),
            "path" => node.original_file_path.to_string(),
            "json" => json(node, manifest, &output.keys)?,
            _ => selector_of(node),
        };
        text.push('\n');
    }
    // A closed pipe is no reason to fail.
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
    Ok(Exit::Fine)
}

/// How a selection names the node.
fn selector_of(node: &Node) -> String {
    let package = &node.package;
    match (node.resource_type, node.source()) {
        (ResourceType::Source, Some(source)) => {
            format!("source:{package}.{}.{}", source.source_name, node.name)
        }
        (ResourceType::Exposure, _) => format!("exposure:{package}.{}", node.name),
        (ResourceType::Metric, _) => format!("metric:{package}.{}", node.name),
        (ResourceType::SavedQuery, _) => format!("saved_query:{package}.{}", node.name),
        (ResourceType::SemanticModel, _) => format!("semantic_model:{package}.{}", node.name),
        (ResourceType::UnitTest, _) => format!("unit_test:{package}.{}", node.search_name()),
        _ => node.fqn.join("."),
    }
}

/// The node as one line of JSON with the keys that were asked for.
fn json(node: &Node, manifest: &Manifest, keys: &[Str]) -> Result<String, Diagnostic> {
    let mut writer = Writer::default();
    write_node(&mut writer, node, manifest, None);
    let whole: Json = serde_json::from_slice(&writer.into_bytes()).map_err(|error| {
        Diagnostic::error("internal", format!("`{}` has no JSON form: {error}", node.unique_id))
    })?;
    let mut shown = JsonMap::new();
    if keys.is_empty() {
        let fields = whole.as_object().into_iter().flatten();
        shown.extend(
            fields
                .filter(|(key, _)| KEYS.contains(&key.as_str()))
                .map(|(key, value)| (key.clone(), value.clone())),
        );
    }
    for key in keys {
        if let Some(value) = value_at(&whole, key) {
            shown.insert(key.to_string(), value.clone());
        }
    }
    to_json(&to_jinja(&Value::from_json(&Json::Object(shown))), false)
        .map_err(|error| Diagnostic::error("internal", error.message))
}

/// The value under a key; `config.materialized` reaches inside, where null counts as missing.
fn value_at<'j>(whole: &'j Json, key: &str) -> Option<&'j Json> {
    if !key.contains('.') {
        return whole.get(key);
    }
    key.split('.').try_fold(whole, |at, part| at.as_object()?.get(part)).filter(|value| !value.is_null())
}
