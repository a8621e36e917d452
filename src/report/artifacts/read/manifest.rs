//! manifest.json → [`Manifest`].

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

use indexmap::IndexMap;
use rayon::prelude::*;
use rustc_hash::FxBuildHasher;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::fields::{Fields, Parsed};
use super::node::{docs_of, node_of};
use super::{bytes_of, check_version, not_json};
use crate::diag::Diagnostic;
use crate::manifest::{Doc, Group, Macro, MacroArgument, Manifest, Node, NodeId, ProjectInfo, StrMap};
use crate::value::{Str, Value};

/// Entries whose text is parsed later, on all threads.
type RawEntries<'a> = IndexMap<Cow<'a, str>, &'a RawValue, FxBuildHasher>;

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawManifest<'a> {
    #[serde(borrow)]
    metadata: Option<&'a RawValue>,
    #[serde(borrow)]
    nodes: RawEntries<'a>,
    #[serde(borrow)]
    sources: RawEntries<'a>,
    #[serde(borrow)]
    macros: RawEntries<'a>,
    #[serde(borrow)]
    docs: RawEntries<'a>,
    #[serde(borrow)]
    exposures: RawEntries<'a>,
    #[serde(borrow)]
    metrics: RawEntries<'a>,
    #[serde(borrow)]
    groups: RawEntries<'a>,
    #[serde(borrow)]
    selectors: Option<&'a RawValue>,
    #[serde(borrow)]
    disabled: Option<&'a RawValue>,
    #[serde(borrow)]
    saved_queries: RawEntries<'a>,
    #[serde(borrow)]
    semantic_models: RawEntries<'a>,
    #[serde(borrow)]
    unit_tests: RawEntries<'a>,
    #[serde(borrow)]
    functions: RawEntries<'a>,
}

/// A node whose dependencies are still names.
type Unbound = (Node, Vec<Str>);

/// Reads a manifest of dbt 1.3 (schema version 4) or later, ours included.
///
/// # Errors
/// When the file is missing, is not JSON, or has another schema version.
pub fn read_manifest(path: &Path) -> Result<Manifest, Box<Diagnostic>> {
    let bytes = bytes_of(path)?;
    let raw: RawManifest = serde_json::from_slice(&bytes).map_err(|error| not_json(path, &error))?;
    let failed = |error: serde_json::Error| not_json(path, &error);
    let mut metadata = parsed_opt(raw.metadata).map(Fields::of).map_err(failed)?;
    check_version(path, &metadata.str("dbt_schema_version"), "manifest", 4..=12)?;
    let sections = [
        &raw.nodes,
        &raw.sources,
        &raw.exposures,
        &raw.functions,
        &raw.metrics,
        &raw.semantic_models,
        &raw.saved_queries,
        &raw.unit_tests,
    ];
    let entries: Vec<&RawValue> =
        sections.into_iter().flat_map(|section| section.values().copied()).collect();
    let unbound: Result<Vec<Unbound>, _> =
        entries.par_iter().map(|entry| Ok(node_of(Fields::of(parsed(entry)?)))).collect();
    let disabled = parsed_opt(raw.disabled).map(Fields::of).map_err(failed)?;
    let mut manifest = Manifest {
        project: project_of(metadata),
        disabled: disabled_of(disabled),
        macros: section_of(&raw.macros, |fields| Arc::new(macro_of(fields))).map_err(failed)?,
        docs: section_of(&raw.docs, doc_of).map_err(failed)?,
        groups: section_of(&raw.groups, group_of).map_err(failed)?,
        selectors: Fields::of(parsed_opt(raw.selectors).map_err(failed)?).rest(),
        ..Manifest::default()
    };
    bind(&mut manifest, unbound.map_err(failed)?);
    Ok(manifest)
}

fn parsed(raw: &RawValue) -> Result<Value, serde_json::Error> {
    serde_json::from_str::<Parsed>(raw.get()).map(|Parsed(value)| value)
}

fn parsed_opt(raw: Option<&RawValue>) -> Result<Value, serde_json::Error> {
    raw.map_or(Ok(Value::Null), parsed)
}

/// Numbers the nodes and turns the names that they depend on into ids.
fn bind(manifest: &mut Manifest, unbound: Vec<Unbound>) {
    manifest.by_unique_id = unbound
        .iter()
        .enumerate()
        .map(|(index, (node, _))| (node.unique_id.clone(), NodeId::new(index)))
        .collect();
    for (mut node, parents) in unbound {
        for parent in parents {
            match manifest.by_unique_id.get(&parent) {
                Some(id) => node.depends_on.nodes.push(*id),
                None => node.depends_on.external.push(parent),
            }
        }
        if let crate::manifest::NodeKind::UnitTest(test) = &mut node.kind {
            test.tested_node = node.depends_on.nodes.first().copied();
        }
        manifest.nodes.push(node);
    }
}

fn section_of<T: Send + 'static>(
    entries: &RawEntries<'_>,
    make: impl Fn(Fields) -> T + Sync,
) -> Result<StrMap<T>, serde_json::Error> {
    let entries: Vec<_> = entries.iter().collect();
    let made: Result<Vec<_>, _> = entries
        .par_iter()
        .map(|(key, entry)| Ok((Str::from(&***key), make(Fields::of(parsed(entry)?)))))
        .collect();
    Ok(made?.into_iter().collect())
}

fn disabled_of(disabled: Fields) -> Vec<Node> {
    let lists = disabled.rest().into_iter().map(|(_, list)| list);
    let nodes = lists.flat_map(|list| if let Value::List(nodes) = list { nodes } else { vec![] });
    nodes
        .map(|node| {
            let (mut node, parents) = node_of(Fields::of(node));
            node.depends_on.external = parents;
            node
        })
        .collect()
}

fn project_of(mut metadata: Fields) -> ProjectInfo {
    let quoting = metadata.map("quoting");
    let quote = |key: &str| quoting.get(key).and_then(Value::as_bool).unwrap_or(true);
    ProjectInfo {
        name: metadata.str("project_name"),
        project_id: metadata.str("project_id").to_string(),
        adapter_type: metadata.str("adapter_type"),
        quoting: ["database", "schema", "identifier"].map(quote),
        run_started_at: metadata.str("run_started_at"),
    }
}

fn macro_of(mut fields: Fields) -> Macro {
    let arguments = fields.list("arguments").into_iter().map(|argument| {
        let mut argument = Fields::of(argument);
        MacroArgument {
            name: argument.str("name"),
            kind: argument.opt_str("type"),
            description: argument.str("description"),
        }
    });
    Macro {
        arguments: arguments.collect(),
        unique_id: fields.str("unique_id"),
        name: fields.str("name"),
        package: fields.str("package_name"),
        path: fields.str("path"),
        original_file_path: fields.str("original_file_path"),
        macro_sql: fields.str("macro_sql"),
        depends_on: fields.fields("depends_on").strs("macros"),
        description: fields.str("description"),
        meta: fields.map("meta"),
        docs: docs_of(&fields.take("docs")),
        patch_path: fields.opt_str("patch_path"),
        parameters: vec![],
        supported_languages: fields.opt("supported_languages").map(|value| match value {
            Value::List(items) => super::fields::strs_of(items),
            _ => vec![],
        }),
        created_at: fields.float("created_at"),
    }
}

fn doc_of(mut fields: Fields) -> Doc {
    Doc {
        unique_id: fields.str("unique_id"),
        name: fields.str("name"),
        package: fields.str("package_name"),
        path: fields.str("path"),
        original_file_path: fields.str("original_file_path"),
        contents: fields.str("block_contents"),
    }
}

fn group_of(mut fields: Fields) -> Group {
    Group {
        unique_id: fields.str("unique_id"),
        name: fields.str("name"),
        package: fields.str("package_name"),
        path: fields.str("path"),
        original_file_path: fields.str("original_file_path"),
        owner: fields.map("owner"),
        description: fields.opt_str("description"),
        config: fields.map("config"),
    }
}
