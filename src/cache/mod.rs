//! What an earlier invocation has parsed, for the next one that finds everything as it was.
//!
//! An entry is good for one [`Key`], which covers all that a parse reads, and for the environment
//! variables that this parse has read. Where only files have changed that say nothing about any node but
//! their own, it is good for all the others. Nothing is ever inferred from time stamps. Whatever is not
//! a whole entry, written by this very program, is no entry.

mod codec;
mod key;
mod shapes;

use std::borrow::Cow;
use std::hash::Hasher;
use std::io::{self, Write};
use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHasher};

use crate::dag::{Dag, Graph};
use crate::diag::Diagnostic;
use crate::env::Env;
use crate::manifest::{Manifest, Node, NodeId, ProjectInfo};
use crate::source::{FileId, SourceMap};
use crate::value::Str;
use codec::{Code, Reader, Writer};

pub use key::{Key, Part, key, own_files};

/// Behind it stand the parts of the key, the first of which is the program that wrote the file.
const MAGIC: &[u8; 8] = b"hwparse3";
/// Nodes that are written and read as one piece, on one thread.
const NODES_A_CHUNK: usize = 1024;
/// Chunks made before they are written.
const CHUNKS_A_ROUND: usize = 4;
/// Chunks before those of nodes.
const FIRST_CHUNKS: usize = 3;
/// With more files changed than these, or one in sixteen, a parse of everything is as quick.
const MOST_CHANGED: usize = 8;

/// A project that was parsed and resolved.
#[derive(Clone, Debug)]
pub struct Parsed {
    pub graph: Arc<Graph>,
    /// What there was to say about its parts.
    pub diagnostics: Vec<Diagnostic>,
    /// What there was to say about the whole.
    pub checks: Vec<Diagnostic>,
    /// Id of the invocation that parsed it.
    pub made_by: Str,
}

/// What is known of a parse without its nodes.
#[derive(Clone, Debug)]
pub struct Head {
    pub project: ProjectInfo,
    /// As in [`Parsed`].
    pub diagnostics: Vec<Diagnostic>,
    pub checks: Vec<Diagnostic>,
    pub made_by: Str,
}

/// What an earlier invocation has kept.
#[derive(Debug)]
pub struct Entry {
    pub head: Head,
    /// Which of the [`own_files`] are others than then.
    pub changed: Vec<usize>,
    /// The nodes, where they were read ahead.
    graph: Option<Graph>,
    carried: Carried,
    chunks: Vec<Range<usize>>,
    files: Vec<Option<FileId>>,
}

impl Entry {
    /// The project, and what goes into the next entry; none when the nodes are not what was written.
    pub fn open(self) -> Option<(Parsed, Carried)> {
        let Entry { head, changed: _, graph, carried, chunks, files } = self;
        let mut graph = match graph {
            Some(graph) => graph,
            None => read_graph(&carried.bytes, &chunks, &files)?,
        };
        let Head { project, diagnostics, checks, made_by } = head;
        graph.manifest.project = project;
        Some((Parsed { graph: Arc::new(graph), diagnostics, checks, made_by }, carried))
    }
}

/// What of an entry goes into the one that follows it.
#[derive(Debug, Default)]
pub struct Carried {
    /// Names of the environment variables that the parse read.
    pub variables: Vec<Str>,
    /// The file, where positions in it still mean what they meant.
    bytes: Vec<u8>,
    /// Where its nodes are, [`NODES_A_CHUNK`] at a time; those that hold a changed node are empty.
    nodes: Vec<Range<usize>>,
}

impl Carried {
    /// Takes note that a node is another.
    pub fn forget(&mut self, node: NodeId) {
        if let Some(range) = self.nodes.get_mut(node.index() / NODES_A_CHUNK) {
            *range = 0..0;
        }
    }

    fn chunk(&self, index: usize) -> Option<&[u8]> {
        self.bytes.get(self.nodes.get(index)?.clone()).filter(|bytes| !bytes.is_empty())
    }
}

/// What a file of the cache holds.
#[derive(Debug)]
pub enum Found {
    Entry(Box<Entry>),
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

/// Writes an entry, a few chunks at a time: all of it at once would be the most that a parse ever holds.
///
/// # Errors
/// What `out` answers.
pub fn write(
    parsed: &Parsed,
    conditions: &Conditions,
    carried: &Carried,
    out: &mut dyn Write,
) -> io::Result<()> {
    let lists: Vec<(usize, &[Node])> =
        parsed.graph.manifest.nodes.chunks(NODES_A_CHUNK).enumerate().collect();
    let chunk = |(index, nodes): &(usize, &[Node])| match carried.chunk(*index) {
        Some(bytes) => Cow::Borrowed(bytes),
        None => Cow::Owned(list(nodes)),
    };
    out.write_all(MAGIC)?;
    out.write_all(&conditions.key.parts)?;
    let mut table = vec![];
    let mut put = |chunk: &[u8]| {
        table.extend_from_slice(&(chunk.len() as u64).to_le_bytes());
        table.extend_from_slice(&sum(chunk).to_le_bytes());
        out.write_all(chunk)
    };
    put(&conditions.write())?;
    put(&write_head(parsed))?;
    put(&rest(parsed))?;
    for round in lists.chunks(CHUNKS_A_ROUND) {
        let made: Vec<Cow<[u8]>> = round.par_iter().map(chunk).collect();
        made.iter().try_for_each(|chunk| put(chunk))?;
    }
    let count = (lists.len() + FIRST_CHUNKS) as u64;
    out.write_all(&table)?;
    out.write_all(&count.to_le_bytes())
}

/// A file of the cache, read before it is known whether it is of any use.
#[derive(Debug)]
pub struct Stored {
    written_for: [u8; key::LEN],
    /// The hashes of [`Key::own`], one after the other.
    own: Vec<u8>,
    variables: Vec<(Str, Option<Str>)>,
    paths: Vec<Str>,
    head: Head,
    graph: Option<Graph>,
    bytes: Vec<u8>,
    chunks: Vec<Range<usize>>,
}

impl Stored {
    /// Reads a file as it was written, its nodes only when they are asked for. Positions take it that the files of now are those of then, which
    /// [`Stored::found`] makes sure of.
    ///
    /// # Errors
    /// Why it is of no use, whatever the project is.
    pub fn read(bytes: Vec<u8>, with_nodes: bool) -> Result<Stored, Found> {
        let start = bytes.strip_prefix(MAGIC).and_then(|rest| rest.first_chunk::<{ key::LEN }>());
        let written_for = *start.ok_or(Found::Damaged)?;
        if !key::is_of_this_program(&written_for) {
            return Err(Found::Other(Part::Program));
        }
        Stored::decode(bytes, written_for, with_nodes).ok_or(Found::Damaged)
    }

    fn decode(bytes: Vec<u8>, written_for: [u8; key::LEN], with_nodes: bool) -> Option<Stored> {
        let chunks = chunks(&bytes)?;
        let mut input = Reader::new(bytes.get(chunks.first()?.clone())?, &[])?;
        let variables = Code::read(&mut input)?;
        let count = input.count()?;
        let own = input.take(count)?.to_vec();
        let paths = <Vec<Str>>::read(&mut input)?;
        let files: Vec<Option<FileId>> = (0..paths.len()).map(file_id).collect();
        let head = read_head(&bytes, &chunks, &files)?;
        let graph = if with_nodes { Some(read_graph(&bytes, &chunks, &files)?) } else { None };
        Some(Stored { written_for, own, variables, paths, head, graph, bytes, chunks })
    }

    /// The entry, if it is one for this key and environment; without `compares`, whatever has become of the
    /// files of nodes and macros.
    pub fn found(mut self, key: &Key, env: &Env, sources: &SourceMap, compares: bool) -> Found {
        let counts = |part: &Part| compares || !matches!(part, Part::Macros | Part::Files);
        if let Some(part) = key.change(&self.written_for).filter(counts) {
            return Found::Other(part);
        }
        let same = |(name, then): &(Str, Option<Str>)| key::of_variable(env, name) == *then;
        if !self.variables.iter().all(same) {
            return Found::Other(Part::Files);
        }
        let changed = if compares { self.changed(key) } else { Some(vec![]) };
        let Some(changed) = changed else { return Found::Other(Part::Files) };
        let mut nodes = self.chunks.get(FIRST_CHUNKS..).map(<[_]>::to_vec).unwrap_or_default();
        let files = match moved_files(&self.paths, &sources.paths()) {
            None => (0..self.paths.len()).map(file_id).collect(),
            Some(files) => {
                let Some(head) = read_head(&self.bytes, &self.chunks, &files) else { return Found::Damaged };
                (self.head, self.graph) = (head, None);
                nodes.clear();
                files
            }
        };
        let variables = self.variables.into_iter().map(|(name, _)| name).collect();
        let Stored { head, graph, bytes, chunks, .. } = self;
        let carried = Carried { variables, bytes, nodes };
        Found::Entry(Box::new(Entry { head, changed, graph, carried, chunks, files }))
    }

    /// Which of the [`own_files`] are others than then; none when they are too many.
    fn changed(&self, key: &Key) -> Option<Vec<usize>> {
        if self.own.len() != key.own.len() * 32 {
            return None;
        }
        let differs = |(index, (then, now)): (usize, (&[u8], &[u8; 32]))| (then != now).then_some(index);
        let pairs = self.own.chunks_exact(32).zip(&key.own);
        let changed: Vec<usize> = pairs.enumerate().filter_map(differs).collect();
        (changed.len() <= MOST_CHANGED.max(key.own.len() / 16)).then_some(changed)
    }
}

/// Where a file's chunks are, when each is as it was written.
fn chunks(file: &[u8]) -> Option<Vec<Range<usize>>> {
    let (rest, count) = file.split_last_chunk::<8>()?;
    let count = usize::try_from(u64::from_le_bytes(*count)).ok()?;
    let (rest, table) = rest.split_at_checked(rest.len().checked_sub(count.checked_mul(16)?)?)?;
    let mut end = MAGIC.len() + key::LEN;
    let mut chunks = vec![];
    for facts in table.chunks_exact(16) {
        let (len, sum) = facts.split_at(8);
        let start = end;
        end = start.checked_add(usize::try_from(u64::from_le_bytes(len.try_into().ok()?)).ok()?)?;
        chunks.push((start..end, u64::from_le_bytes(sum.try_into().ok()?)));
    }
    let is_whole = |(range, written): &(Range<usize>, u64)| {
        rest.get(range.clone()).is_some_and(|chunk| sum(chunk) == *written)
    };
    let whole = end == rest.len() && chunks.par_iter().all(is_whole);
    whole.then(|| chunks.into_iter().map(|(range, _)| range).collect())
}

fn read_graph(bytes: &[u8], chunks: &[Range<usize>], files: &[Option<FileId>]) -> Option<Graph> {
    let [_, _, rest, nodes @ ..] = chunks else { return None };
    let chunk = |range: &Range<usize>| bytes.get(range.clone());
    let (manifest, nodes) = rayon::join(
        || read_rest(chunk(rest)?, files),
        || nodes.par_iter().map(|range| read_list(chunk(range)?, files)).collect::<Option<Vec<Vec<Node>>>>(),
    );
    let mut manifest = manifest?;
    manifest.nodes = nodes?.into_iter().flatten().collect();
    manifest.by_unique_id = manifest.iter().map(|(id, node)| (node.unique_id.clone(), id)).collect();
    let known = manifest.nodes.len();
    if manifest.nodes.iter().any(|node| node.depends_on.nodes.iter().any(|id| id.index() >= known)) {
        return None;
    }
    let dag = Dag::of(&manifest);
    Some(Graph { manifest, dag })
}

/// What the files of then are called now, where that is not what they were.
fn moved_files(then: &[Str], now: &[Str]) -> Option<Vec<Option<FileId>>> {
    if then == now {
        return None;
    }
    let by_path: FxHashMap<&str, usize> =
        now.iter().enumerate().map(|(index, path)| (&**path, index)).collect();
    Some(then.iter().map(|path| by_path.get(&**path).copied().and_then(file_id)).collect())
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
        (self.key.own.len() * 32).write(&mut out);
        self.key.own.iter().flatten().for_each(|byte| out.byte(*byte));
        self.paths.write(&mut out);
        out.finish()
    }
}

/// All but the nodes and the head.
fn rest(parsed: &Parsed) -> Vec<u8> {
    let mut out = Writer::default();
    let Manifest {
        project: _,
        nodes: _,
        by_unique_id: _,
        disabled,
        macros,
        docs,
        groups,
        selectors,
        env_vars,
    } = &parsed.graph.manifest;
    disabled.write(&mut out);
    macros.write(&mut out);
    docs.write(&mut out);
    groups.write(&mut out);
    selectors.write(&mut out);
    env_vars.write(&mut out);
    out.finish()
}

fn read_rest(chunk: &[u8], files: &[Option<FileId>]) -> Option<Manifest> {
    let mut input = Reader::new(chunk, files)?;
    let manifest = Manifest {
        project: ProjectInfo::default(),
        nodes: vec![],
        by_unique_id: FxHashMap::default(),
        disabled: Code::read(&mut input)?,
        macros: Code::read(&mut input)?,
        docs: Code::read(&mut input)?,
        groups: Code::read(&mut input)?,
        selectors: Code::read(&mut input)?,
        env_vars: Code::read(&mut input)?,
    };
    input.is_at_end().then_some(manifest)
}

fn write_head(parsed: &Parsed) -> Vec<u8> {
    let mut out = Writer::default();
    parsed.graph.manifest.project.write(&mut out);
    parsed.diagnostics.write(&mut out);
    parsed.checks.write(&mut out);
    parsed.made_by.write(&mut out);
    out.finish()
}

fn read_head(bytes: &[u8], chunks: &[Range<usize>], files: &[Option<FileId>]) -> Option<Head> {
    let mut input = Reader::new(bytes.get(chunks.get(1)?.clone())?, files)?;
    let project = Code::read(&mut input)?;
    let [diagnostics, checks] = [Code::read(&mut input)?, Code::read(&mut input)?];
    let made_by = Code::read(&mut input)?;
    input.is_at_end().then_some(Head { project, diagnostics, checks, made_by })
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
