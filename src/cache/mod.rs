//! What an earlier invocation has parsed, for the next one that finds everything as it was.
//!
//! An entry is good for one [`Key`], which covers all that a parse reads, and for the environment
//! variables that this parse has read. Nothing is ever inferred from time stamps. Whatever is not a
//! whole entry, written by this very program, is no entry.

mod codec;
mod key;
mod shapes;

use std::hash::Hasher;
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHasher};

use crate::dag::{Dag, Graph};
use crate::diag::Diagnostic;
use crate::env::Env;
use crate::manifest::{Manifest, Node};
use crate::source::{FileId, SourceMap};
use crate::value::Str;
use codec::{Code, Reader, Writer};

pub use key::{Key, Part, key};

const MAGIC: &[u8; 8] = b"hwparse2";
/// Nodes that are written and read as one piece, on one thread.
const NODES_A_CHUNK: usize = 1024;

/// A project that was parsed and resolved.
#[derive(Clone, Debug)]
pub struct Parsed {
    pub graph: Arc<Graph>,
    /// What there was to say about it.
    pub diagnostics: Vec<Diagnostic>,
    /// Id of the invocation that parsed it.
    pub made_by: Str,
}

/// What a file of the cache holds.
#[derive(Debug)]
pub enum Found {
    Parsed(Box<Parsed>),
    /// A project in another state, by the first part that is not as it was.
    Other(Part),
    /// Nothing that this program has written.
    Damaged,
}

/// What must still hold when an entry is to be used, and what its positions refer to.
#[derive(Clone, Debug)]
pub struct Conditions {
    pub key: Key,
    /// Names of the environment variables that the parse read.
    pub variables: Vec<Str>,
    pub env: Env,
    /// The paths of all files, by their ids.
    pub paths: Vec<Str>,
}

/// The bytes of an entry.
pub fn encode(parsed: &Parsed, conditions: &Conditions) -> Vec<u8> {
    let manifest = &parsed.graph.manifest;
    let mut chunks = vec![conditions.write(), rest(parsed)];
    let nodes: Vec<Vec<u8>> = manifest.nodes.par_chunks(NODES_A_CHUNK).map(list).collect();
    chunks.extend(nodes);
    let mut out = Vec::with_capacity(chunks.iter().map(|chunk| chunk.len() + 16).sum::<usize>() + 64);
    out.extend_from_slice(MAGIC);
    out.extend_from_slice(&conditions.key.0);
    out.extend_from_slice(&(chunks.len() as u64).to_le_bytes());
    let sums: Vec<u64> = chunks.par_iter().map(|chunk| sum(chunk)).collect();
    for (chunk, sum) in chunks.iter().zip(sums) {
        out.extend_from_slice(&(chunk.len() as u64).to_le_bytes());
        out.extend_from_slice(&sum.to_le_bytes());
    }
    for chunk in chunks {
        out.extend_from_slice(&chunk);
    }
    out
}

/// Reads an entry back, if it is one for this key and environment.
pub fn decode(bytes: &[u8], key: &Key, env: &Env, sources: &SourceMap) -> Found {
    let Some(rest) = bytes.strip_prefix(MAGIC) else { return Found::Damaged };
    let Some((written_for, rest)) = rest.split_first_chunk() else { return Found::Damaged };
    if let Some(part) = key.change(written_for) {
        return Found::Other(part);
    }
    let Some(chunks) = chunks(rest) else { return Found::Damaged };
    match open(&chunks, env, sources) {
        Some(found) => found,
        None => Found::Damaged,
    }
}

/// The chunks, each as it was written.
fn chunks(bytes: &[u8]) -> Option<Vec<&[u8]>> {
    let (count, mut rest) = number(bytes)?;
    let mut facts = vec![];
    for _ in 0..count {
        let (len, after) = number(rest)?;
        let (sum, after) = number(after)?;
        facts.push((usize::try_from(len).ok()?, sum));
        rest = after;
    }
    let mut chunks = vec![];
    for (len, sum) in facts {
        let (chunk, after) = rest.split_at_checked(len)?;
        chunks.push((chunk, sum));
        rest = after;
    }
    let whole = rest.is_empty() && chunks.par_iter().all(|(chunk, written)| sum(chunk) == *written);
    whole.then(|| chunks.into_iter().map(|(chunk, _)| chunk).collect())
}

fn number(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let (number, rest) = bytes.split_first_chunk::<8>()?;
    Some((u64::from_le_bytes(*number), rest))
}

fn open(chunks: &[&[u8]], env: &Env, sources: &SourceMap) -> Option<Found> {
    let [conditions, rest, nodes @ ..] = chunks else { return None };
    let mut input = Reader::new(conditions, &[])?;
    let variables = <Vec<(Str, Option<Str>)>>::read(&mut input)?;
    if variables.iter().any(|(name, then)| key::of_variable(env, name) != *then) {
        return Some(Found::Other(Part::Files));
    }
    let files = files_now(&<Vec<Str>>::read(&mut input)?, sources);
    let (parsed, nodes) = rayon::join(
        || read_rest(rest, &files),
        || nodes.par_iter().map(|chunk| read_list(chunk, &files)).collect::<Option<Vec<Vec<Node>>>>(),
    );
    let (mut manifest, diagnostics, made_by) = parsed?;
    manifest.nodes = nodes?.into_iter().flatten().collect();
    manifest.by_unique_id = manifest.iter().map(|(id, node)| (node.unique_id.clone(), id)).collect();
    let known = manifest.nodes.len();
    if manifest.nodes.iter().any(|node| node.depends_on.nodes.iter().any(|id| id.index() >= known)) {
        return None;
    }
    let dag = Dag::of(&manifest);
    let graph = Arc::new(Graph { manifest, dag });
    Some(Found::Parsed(Box::new(Parsed { graph, diagnostics, made_by })))
}

/// What the files of then are called now.
fn files_now(then: &[Str], sources: &SourceMap) -> Vec<Option<FileId>> {
    let now = sources.paths();
    let same = |index: usize, path: &Str| now.get(index).is_some_and(|now| now == path);
    if then.iter().enumerate().all(|(index, path)| same(index, path)) {
        return (0..then.len()).map(file_id).collect();
    }
    let by_path: FxHashMap<&str, usize> =
        now.iter().enumerate().map(|(index, path)| (&**path, index)).collect();
    then.iter().map(|path| by_path.get(&**path).copied().and_then(file_id)).collect()
}

fn file_id(index: usize) -> Option<FileId> {
    u32::try_from(index).ok().map(FileId)
}

impl Conditions {
    fn write(&self) -> Vec<u8> {
        let mut out = Writer::default();
        let value = |name: &Str| (name.clone(), key::of_variable(&self.env, name));
        let variables: Vec<(Str, Option<Str>)> = self.variables.iter().map(value).collect();
        variables.write(&mut out);
        self.paths.write(&mut out);
        out.finish()
    }
}

/// All but the nodes.
fn rest(parsed: &Parsed) -> Vec<u8> {
    let mut out = Writer::default();
    let Manifest { project, nodes: _, by_unique_id: _, disabled, macros, docs, groups, selectors, env_vars } =
        &parsed.graph.manifest;
    project.write(&mut out);
    disabled.write(&mut out);
    macros.write(&mut out);
    docs.write(&mut out);
    groups.write(&mut out);
    selectors.write(&mut out);
    env_vars.write(&mut out);
    parsed.diagnostics.write(&mut out);
    parsed.made_by.write(&mut out);
    out.finish()
}

fn read_rest(chunk: &[u8], files: &[Option<FileId>]) -> Option<(Manifest, Vec<Diagnostic>, Str)> {
    let mut input = Reader::new(chunk, files)?;
    let manifest = Manifest {
        project: Code::read(&mut input)?,
        nodes: vec![],
        by_unique_id: FxHashMap::default(),
        disabled: Code::read(&mut input)?,
        macros: Code::read(&mut input)?,
        docs: Code::read(&mut input)?,
        groups: Code::read(&mut input)?,
        selectors: Code::read(&mut input)?,
        env_vars: Code::read(&mut input)?,
    };
    let (diagnostics, made_by) = (Code::read(&mut input)?, Code::read(&mut input)?);
    input.is_at_end().then_some((manifest, diagnostics, made_by))
}

fn list(nodes: &[Node]) -> Vec<u8> {
    let mut out = Writer::default();
    nodes.len().write(&mut out);
    nodes.iter().for_each(|node| node.write(&mut out));
    out.finish()
}

fn read_list(chunk: &[u8], files: &[Option<FileId>]) -> Option<Vec<Node>> {
    let mut input = Reader::new(chunk, files)?;
    let nodes = Code::read(&mut input)?;
    input.is_at_end().then_some(nodes)
}

/// Tells a damaged chunk from a whole one.
fn sum(bytes: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(bytes);
    hasher.finish()
}
