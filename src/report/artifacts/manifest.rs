//! manifest.json, version 12.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::ops::Range;
use std::path::Path;

use chrono::{DateTime, Utc};
use indexmap::IndexMap;
use rayon::prelude::*;
use rustc_hash::{FxBuildHasher, FxHashSet};

use super::node::write_node;
use super::parts::{docs, owner};
use super::stamp::Stamp;
use super::tally::Tally;
use super::{Json, iso_time, open_metadata, write_file};
use crate::dag::Graph;
use crate::event::CompiledNodes;
use crate::invocation::Invocation;
use crate::manifest::{Doc, Group, Macro, Node, NodeId, ProjectInfo, ResourceType, StrMap};
use crate::value::{Str, Value};

/// Nodes of one piece of work: enough to outweigh handing it to a thread, few enough to share out.
const NODES_A_PIECE: usize = 64;
/// Pieces made before they are written, so that memory stays small.
const PIECES_A_ROUND: usize = 8;

/// Writes manifest.json to `path`; nodes in `compiled` carry their compiled code.
///
/// # Errors
/// When the file cannot be written.
pub fn write_manifest(
    path: &Path,
    graph: &Graph,
    compiled: &CompiledNodes,
    invocation: &Invocation,
) -> io::Result<Tally> {
    let mut tally = Tally::default();
    write_file(path, |out| {
        tally = write_to(out, graph, compiled, invocation)?;
        Ok(())
    })?;
    Ok(tally)
}

/// Writes new metadata over those of the manifest at `path`, when it has this stamp and they are as long as
/// those that are there. Tells whether it did.
///
/// # Errors
/// When the file cannot be written.
pub fn overwrite_metadata(
    path: &Path,
    (stamp, tally): (&Stamp, &Tally),
    project: &ProjectInfo,
    invocation: &Invocation,
) -> io::Result<bool> {
    let head = head(project, invocation, Utc::now());
    let Ok(mut file) = OpenOptions::new().write(true).open(path) else { return Ok(false) };
    let metadata = file.metadata()?;
    let length = metadata.len().checked_sub(tally.bytes().saturating_add(1));
    if length != Some(head.len() as u64) || Stamp::of(&metadata).as_ref() != Some(stamp) {
        return Ok(false);
    }
    file.write_all(&head).map(|()| true)
}

/// Gives the manifest at `path` new metadata, when it still is the file that `tally` describes: for a
/// project that has not changed, all else stays. Tells whether it did.
///
/// # Errors
/// When the file cannot be written.
pub fn renew_manifest(
    path: &Path,
    tally: &Tally,
    project: &ProjectInfo,
    invocation: &Invocation,
) -> io::Result<bool> {
    let Ok(mut file) = File::open(path) else { return Ok(false) };
    let mut same = false;
    let renewed = write_file(path, |out| {
        out.write_all(&head(project, invocation, Utc::now()))?;
        same = tally.copy_body(&mut file, out)?;
        // Nothing is put into place then.
        if same { Ok(()) } else { Err(io::ErrorKind::InvalidData.into()) }
    });
    if same { renewed.map(|()| true) } else { Ok(false) }
}

/// Brings the manifest at `path` up to date, when it still is the file that `tally` describes: what
/// states none of the `changed` nodes, nor an edge of theirs, is copied. None when it is another file.
///
/// # Errors
/// When the file cannot be written.
pub fn update_manifest(
    path: &Path,
    tally: &Tally,
    (graph, changed): (&Graph, &Changed<'_>),
    invocation: &Invocation,
) -> io::Result<Option<Tally>> {
    let Ok(mut file) = File::open(path) else { return Ok(None) };
    let nothing = CompiledNodes::default();
    let maker = Maker { graph, compiled: &nothing, sections: Sections::of(graph) };
    let is_stale = |piece: &&Piece| match piece {
        Piece::Nodes(key, range) => {
            maker.sections.get(key)[range.clone()].iter().any(|id| changed.nodes.contains(id))
        }
        Piece::Edges(_, range) => {
            maker.sections.all[range.clone()].iter().any(|id| changed.edges.contains(id))
        }
        _ => false,
    };
    let plan = maker.plan();
    let make = |index: usize| plan.get(index).filter(is_stale).map(|piece| maker.make(piece));
    let mut updated = None;
    let written = write_file(path, |out| {
        out.write_all(&head(&graph.manifest.project, invocation, Utc::now()))?;
        updated = tally.update_body(&mut file, plan.len(), &make, out)?;
        // Nothing is put into place then.
        if updated.is_some() { Ok(()) } else { Err(io::ErrorKind::InvalidData.into()) }
    });
    if updated.is_some() { written.map(|()| updated) } else { Ok(None) }
}

/// The nodes of a manifest that are others than in the file.
#[derive(Clone, Copy)]
pub struct Changed<'a> {
    pub nodes: &'a FxHashSet<NodeId>,
    /// These, and those whose parents or children may have changed.
    pub edges: &'a FxHashSet<NodeId>,
}

/// The manifest as bytes, for readers inside the program.
pub fn manifest_bytes(graph: &Graph, compiled: &CompiledNodes, invocation: &Invocation) -> Vec<u8> {
    let mut out = vec![];
    // Writing to a Vec cannot fail.
    let _ = write_to(&mut out, graph, compiled, invocation);
    out
}

fn write_to(
    out: &mut dyn Write,
    graph: &Graph,
    compiled: &CompiledNodes,
    invocation: &Invocation,
) -> io::Result<Tally> {
    let maker = Maker { graph, compiled, sections: Sections::of(graph) };
    out.write_all(&head(&graph.manifest.project, invocation, Utc::now()))?;
    let plan = maker.plan();
    let mut tally = Tally::default();
    for round in plan.chunks(PIECES_A_ROUND) {
        let made = |piece| {
            let bytes = maker.make(piece);
            let facts = Tally::of(&bytes);
            (bytes, facts)
        };
        let pieces: Vec<_> = round.par_iter().map(made).collect();
        for (bytes, facts) in pieces {
            out.write_all(&bytes)?;
            tally.push(facts);
        }
    }
    out.write_all(b"}")?;
    Ok(tally)
}

/// The opening brace and `metadata`.
fn head(project: &ProjectInfo, invocation: &Invocation, generated_at: DateTime<Utc>) -> Vec<u8> {
    let mut json = Json::default();
    json.open();
    open_metadata(&mut json, "manifest/v12", invocation, generated_at);
    json.key("project_name").str(&project.name);
    json.key("project_id").str(&project.project_id);
    json.key("user_id").null();
    json.key("send_anonymous_usage_stats").bool(invocation.send_anonymous_usage_stats);
    json.key("adapter_type").str(&project.adapter_type);
    json.key("quoting").open();
    for (key, quote) in ["database", "schema", "identifier"].into_iter().zip(project.quoting) {
        json.key(key).bool(quote);
    }
    json.key("column").null().close();
    json.key("run_started_at");
    if project.run_started_at.is_empty() {
        json.str(&iso_time(invocation.started_at).replace('Z', "+00:00"));
    } else {
        json.str(&project.run_started_at);
    }
    json.close();
    json.into_bytes()
}

/// The nodes of each top-level key, in manifest order.
struct Sections {
    lists: Vec<(&'static str, Vec<NodeId>)>,
    /// Every node, in the order in which dbt walks its collections.
    all: Vec<NodeId>,
}

impl Sections {
    fn of(graph: &Graph) -> Sections {
        const KEYS: [&str; 8] = [
            "nodes",
            "sources",
            "exposures",
            "functions",
            "metrics",
            "semantic_models",
            "saved_queries",
            "unit_tests",
        ];
        let mut lists: Vec<(&'static str, Vec<NodeId>)> = KEYS.map(|key| (key, vec![])).into();
        // The query of `--inline` is no part of the project.
        for (id, node) in graph.manifest.iter().filter(|(_, node)| !is_inline(node)) {
            let place = match node.resource_type {
                ResourceType::Source => 1,
                ResourceType::Exposure => 2,
                ResourceType::Function => 3,
                ResourceType::Metric => 4,
                ResourceType::SemanticModel => 5,
                ResourceType::SavedQuery => 6,
                ResourceType::UnitTest => 7,
                _ => 0,
            };
            lists[place].1.push(id);
        }
        let all = lists.iter().flat_map(|(_, ids)| ids.iter().copied()).collect();
        Sections { lists, all }
    }

    fn get(&self, key: &str) -> &[NodeId] {
        self.lists.iter().find(|(known, _)| *known == key).map_or(&[], |(_, ids)| ids)
    }
}

/// A stretch of the file that one thread makes.
enum Piece {
    /// Text between stretches.
    Text(String),
    Nodes(&'static str, Range<usize>),
    Macros(Range<usize>),
    /// Docs, groups, selectors and disabled nodes.
    SmallSections,
    Edges(Direction, Range<usize>),
}

#[derive(Clone, Copy)]
enum Direction {
    Parents,
    Children,
}

struct Maker<'a> {
    graph: &'a Graph,
    compiled: &'a CompiledNodes,
    sections: Sections,
}

impl Maker<'_> {
    /// The pieces in file order; each writes the comma in front of itself where one is due.
    fn plan(&self) -> Vec<Piece> {
        let mut plan = vec![];
        for (key, ids) in &self.sections.lists {
            section(&mut plan, key, ids.len(), |range| Piece::Nodes(key, range));
        }
        section(&mut plan, "macros", self.graph.manifest.macros.len(), Piece::Macros);
        plan.push(Piece::SmallSections);
        let count = self.sections.all.len();
        section(&mut plan, "parent_map", count, |range| Piece::Edges(Direction::Parents, range));
        section(&mut plan, "child_map", count, |range| Piece::Edges(Direction::Children, range));
        plan
    }

    fn make(&self, piece: &Piece) -> Vec<u8> {
        let manifest = &self.graph.manifest;
        let (mut json, range) = match piece {
            Piece::Text(text) => return text.clone().into_bytes(),
            Piece::SmallSections => {
                let mut json = Json::default();
                self.small_sections(&mut json);
                return [b",", &*json.into_bytes()].concat();
            }
            Piece::Nodes(key, range) => {
                let mut json = Json::with_capacity(range.len() * 4096);
                for id in &self.sections.get(key)[range.clone()] {
                    let node = manifest.node(*id);
                    json.key(&node.unique_id);
                    write_node(&mut json, node, manifest, self.compiled.get(id).map(|compiled| &**compiled));
                }
                (json, range)
            }
            Piece::Macros(range) => {
                let mut json = Json::with_capacity(range.len() * 2048);
                for (unique_id, item) in manifest.macros.get_range(range.clone()).into_iter().flatten() {
                    json.key(unique_id);
                    write_macro(&mut json, item);
                }
                (json, range)
            }
            Piece::Edges(direction, range) => {
                let mut json = Json::with_capacity(range.len() * 256);
                for id in &self.sections.all[range.clone()] {
                    self.write_edges(&mut json, *id, *direction);
                }
                (json, range)
            }
        };
        if range.start == 0 {
            return json.into_bytes();
        }
        let mut bytes = vec![b','];
        bytes.append(&mut std::mem::take(&mut json).into_bytes());
        bytes
    }

    fn write_edges(&self, json: &mut Json, id: NodeId, direction: Direction) {
        let manifest = &self.graph.manifest;
        let node = manifest.node(id);
        let mut ends: Vec<&Str> = match direction {
            Direction::Parents => {
                let bound = node.depends_on.nodes.iter().map(|parent| &manifest.node(*parent).unique_id);
                bound.chain(&node.depends_on.external).collect()
            }
            Direction::Children => {
                let children = self.graph.dag.children(id).map(|child| manifest.node(child));
                children.filter(|child| !is_inline(child)).map(|child| &child.unique_id).collect()
            }
        };
        ends.sort_unstable();
        ends.dedup();
        json.key(&node.unique_id).strs(ends);
    }

    fn small_sections(&self, json: &mut Json) {
        let manifest = &self.graph.manifest;
        json.key("docs").open();
        for (unique_id, doc) in &manifest.docs {
            json.key(unique_id);
            write_doc(json, doc);
        }
        json.close().key("groups").open();
        for (unique_id, group) in &manifest.groups {
            json.key(unique_id);
            write_group(json, group);
        }
        json.close().key("group_map").open();
        self.group_map(json);
        json.close().key("selectors").map(&manifest.selectors);
        json.key("disabled").open();
        self.disabled(json);
        json.close();
    }

    fn group_map(&self, json: &mut Json) {
        let manifest = &self.graph.manifest;
        let mut members: IndexMap<&Str, Vec<&Str>, FxBuildHasher> =
            manifest.groups.values().map(|group| (&group.name, vec![])).collect();
        for key in ["nodes", "saved_queries", "semantic_models", "metrics"] {
            for node in self.sections.get(key).iter().map(|id| manifest.node(*id)) {
                if let Some(ids) = node.group.as_ref().and_then(|group| members.get_mut(group)) {
                    ids.push(&node.unique_id);
                }
            }
        }
        for (name, ids) in members {
            json.key(name).strs(ids);
        }
    }

    fn disabled(&self, json: &mut Json) {
        let manifest = &self.graph.manifest;
        let mut by_id: StrMap<Vec<usize>> = StrMap::default();
        for (index, node) in manifest.disabled.iter().enumerate() {
            by_id.entry(node.unique_id.clone()).or_default().push(index);
        }
        for (unique_id, indices) in by_id {
            json.key(&unique_id).open_list();
            for index in indices {
                write_node(json, &manifest.disabled[index], manifest, None);
            }
            json.close_list();
        }
    }
}

/// Adds the pieces of one top-level object with `count` entries.
fn is_inline(node: &Node) -> bool {
    node.resource_type == ResourceType::SqlOperation
}

fn section(plan: &mut Vec<Piece>, key: &str, count: usize, piece: impl Fn(Range<usize>) -> Piece) {
    plan.push(Piece::Text(format!(",\"{key}\":{{")));
    let starts = (0..count).step_by(NODES_A_PIECE);
    plan.extend(starts.map(|start| piece(start..(start + NODES_A_PIECE).min(count))));
    plan.push(Piece::Text("}".into()));
}

fn write_macro(json: &mut Json, item: &Macro) {
    json.open().key("name").str(&item.name);
    json.key("resource_type").str("macro");
    json.key("package_name").str(&item.package);
    json.key("path").str(&item.path);
    json.key("original_file_path").str(&item.original_file_path);
    json.key("unique_id").str(&item.unique_id);
    json.key("macro_sql").str(&item.macro_sql);
    json.key("depends_on").open().key("macros").strs(&item.depends_on).close();
    json.key("description").str(&item.description);
    json.key("meta").map(&item.meta);
    docs(json, &item.docs);
    json.key("config").open().key("meta").map(&item.meta);
    docs(json, &item.docs);
    json.close();
    json.key("patch_path").opt_str(item.patch_path.as_deref());
    json.key("arguments").open_list();
    for argument in &item.arguments {
        json.open().key("name").str(&argument.name).key("type").opt_str(argument.kind.as_deref());
        json.key("description").str(&argument.description).close();
    }
    json.close_list();
    json.key("created_at").float(item.created_at);
    json.key("supported_languages");
    match &item.supported_languages {
        Some(languages) => json.strs(languages),
        None => json.null(),
    };
    json.close();
}

fn write_doc(json: &mut Json, doc: &Doc) {
    json.open().key("name").str(&doc.name);
    json.key("resource_type").str("doc");
    json.key("package_name").str(&doc.package);
    json.key("path").str(&doc.path);
    json.key("original_file_path").str(&doc.original_file_path);
    json.key("unique_id").str(&doc.unique_id);
    json.key("block_contents").str(&doc.contents).close();
}

fn write_group(json: &mut Json, group: &Group) {
    json.open().key("name").str(&group.name);
    json.key("resource_type").str("group");
    json.key("package_name").str(&group.package);
    json.key("path").str(&group.path);
    json.key("original_file_path").str(&group.original_file_path);
    json.key("unique_id").str(&group.unique_id);
    owner(json, &group.owner);
    json.key("description").opt_str(group.description.as_deref());
    json.key("config").open();
    json.key("meta").value(group.config.get("meta").unwrap_or(&Value::Map(Default::default())));
    for (key, value) in group.config.iter().filter(|(key, _)| &***key != "meta") {
        json.key(key).value(value);
    }
    json.close().close();
}
