//! The files of a package: found in its resource folders, read at once, in one order.
//!
//! Which folders hold what is dbt's: <https://docs.getdbt.com/reference/dbt_project.yml>.

mod decode;
mod ignore;
mod walk;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use crate::diag::{Diagnostic, Sink};
use crate::project::{FileKind, PackageFile, ProjectConfig};
use crate::source::{SourceMap, Span};
use crate::trace;
use crate::value::Str;

pub use decode::{decode, read_text};
use ignore::IgnoreRules;

/// A file to read: what it is and where it lies.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Found {
    kind: FileKind,
    original_file_path: String,
    path: String,
    absolute: PathBuf,
}

/// Reads all files of the package in `root`, ordered by kind and path. `shown` comes before the
/// paths in messages (`dbt_packages/x/`). A file that cannot be read is reported and left out.
pub fn read_files(
    root: &Path,
    shown: &str,
    config: &ProjectConfig,
    sources: &SourceMap,
    sink: &Sink,
) -> Vec<PackageFile> {
    let rules = std::fs::read(root.join(".dbtignore"))
        .map(|bytes| IgnoreRules::parse(&String::from_utf8_lossy(&bytes)))
        .unwrap_or_default();
    let span = trace::step("find files");
    let mut found = find(root, config);
    drop(span);
    let _span = trace::step("read files");
    found.retain(|file| !rules.ignores(&file.original_file_path));
    found.par_sort_unstable();
    found.dedup_by(|a, b| a.kind == b.kind && a.original_file_path == b.original_file_path);
    let read = read_all(&found);
    let mut files = Vec::with_capacity(found.len());
    for (found, read) in found.into_iter().zip(read) {
        let shown_path = format!("{shown}{}", found.original_file_path);
        match read {
            Ok((text, modified)) => {
                let file = sources.add(shown_path, text.clone());
                files.push(PackageFile {
                    kind: found.kind,
                    path: Str::from(found.path),
                    original_file_path: Str::from(found.original_file_path),
                    text,
                    file,
                    modified,
                });
            }
            Err(problem) => sink.push(problem.diagnostic(&shown_path, sources)),
        }
    }
    files
}

/// Threads wait for the disk more than they work, where the system does not hold the files already.
const READERS: usize = 16;
/// With fewer files the threads of all other work do.
const MANY: usize = 200;
/// Files that one thread reads at a time.
const FILES_A_BATCH: usize = 16;

type Text = Result<(Arc<str>, f64), Unreadable>;

/// The text of each file, in order.
fn read_all(found: &[Found]) -> Vec<Text> {
    let batches = || found.par_chunks(FILES_A_BATCH).map(Batch::read).collect::<Vec<_>>();
    let readers = rayon::ThreadPoolBuilder::new().num_threads(READERS);
    let batches = match (found.len() >= MANY).then(|| readers.build()) {
        Some(Ok(readers)) => readers.install(batches),
        _ => batches(),
    };
    batches.into_par_iter().flat_map_iter(Batch::texts).collect()
}

/// The bytes of some files, one after the other.
struct Batch {
    bytes: Vec<u8>,
    /// Where each file ends, and when it was changed last.
    files: Vec<std::io::Result<(usize, f64)>>,
}

impl Batch {
    fn read(found: &[Found]) -> Batch {
        let mut bytes = vec![];
        let read = |found: &Found| {
            let whole = bytes.len();
            let modified = match found.kind {
                FileKind::Seed => std::fs::metadata(&found.absolute).map(|facts| decode::modified(&facts)),
                _ => decode::append(&found.absolute, &mut bytes),
            };
            if modified.is_err() {
                bytes.truncate(whole);
            }
            Ok((bytes.len(), modified?))
        };
        let files = found.iter().map(read).collect();
        Batch { bytes, files }
    }

    fn texts(self) -> Vec<Text> {
        let mut start = 0;
        let text = |file: std::io::Result<(usize, f64)>| {
            let (end, modified) = file.map_err(Unreadable::Io)?;
            let bytes = &self.bytes[start..end];
            start = end;
            Ok((decode(bytes)?, modified))
        };
        self.files.into_iter().map(text).collect()
    }
}

/// Why a file has no text.
pub enum Unreadable {
    Io(std::io::Error),
    /// The text up to the first byte that is not UTF-8.
    NotUtf8 {
        valid: String,
        position: usize,
    },
}

impl Unreadable {
    pub fn diagnostic(self, shown: &str, sources: &SourceMap) -> Diagnostic {
        match self {
            Unreadable::Io(error) => {
                Diagnostic::error("unreadable-file", format!("cannot read `{shown}`: {error}"))
            }
            Unreadable::NotUtf8 { valid, position } => {
                let end = valid.len();
                let file = sources.add(shown, valid);
                let message = format!(
                    "`{shown}` is not UTF-8: the byte at position {position} is part of no character"
                );
                Diagnostic::error("not-utf8", message)
                    .at(Span::new(file, end, end))
                    .help("save the file in the encoding UTF-8")
            }
        }
    }
}

/// What a folder holds, by the ending of the file.
struct Rule<'a> {
    folder: &'a str,
    kind: FileKind,
    endings: &'static [&'static str],
}

fn find(root: &Path, config: &ProjectConfig) -> Vec<Found> {
    let rules = rules(config);
    let mut folders: Vec<&str> = rules.iter().map(|rule| rule.folder).collect();
    folders.sort_unstable();
    folders.dedup();
    let mut found = vec![];
    for folder in folders {
        for path in walk::files_below(&root.join(folder)) {
            let in_folder = rules.iter().filter(|rule| rule.folder == folder);
            for rule in in_folder.filter(|rule| rule.endings.iter().any(|ending| ends_with(&path, ending))) {
                found.extend(place(root, rule, &path));
            }
        }
    }
    found
}

fn rules(config: &ProjectConfig) -> Vec<Rule<'_>> {
    let folders: [(&[Str], FileKind, &'static [&'static str]); 8] = [
        (&config.macro_paths, FileKind::Macro, &[".sql"]),
        (&config.model_paths, FileKind::Model, &[".sql", ".py"]),
        (&config.snapshot_paths, FileKind::Snapshot, &[".sql"]),
        (&config.analysis_paths, FileKind::Analysis, &[".sql"]),
        (&config.test_paths, FileKind::SingularTest, &[".sql", ".csv"]),
        (&config.seed_paths, FileKind::Seed, &[".csv"]),
        (&config.function_paths, FileKind::Function, &[".sql", ".py"]),
        (&config.docs_paths, FileKind::Documentation, &[".md"]),
    ];
    let mut rules = vec![];
    for (folders, kind, endings) in folders {
        for folder in folders {
            rules.push(Rule { folder, kind, endings });
            if kind != FileKind::Documentation {
                rules.push(Rule { folder, kind: FileKind::Properties, endings: &[".yml", ".yaml"] });
            }
        }
    }
    rules
}

/// dbt compares endings without regard to case.
fn ends_with(path: &str, ending: &str) -> bool {
    path.len() >= ending.len()
        && path.is_char_boundary(path.len() - ending.len())
        && path[path.len() - ending.len()..].eq_ignore_ascii_case(ending)
}

/// Settles what a file of a test folder is: `generic/` and `fixtures/` are folders of their own.
fn place(root: &Path, rule: &Rule, path: &str) -> Option<Found> {
    let join = |folder: &str, path: &str| match folder {
        "" => path.to_string(),
        folder if folder.ends_with('/') => format!("{folder}{path}"),
        folder => format!("{folder}/{path}"),
    };
    let original_file_path = join(rule.folder, path);
    let absolute = root.join(rule.folder).join(path);
    let (kind, path) = match (rule.kind, path.split_once('/')) {
        (FileKind::SingularTest, Some(("fixtures", rest))) => (FileKind::Fixture, rest),
        (FileKind::SingularTest, _) if ends_with(path, ".csv") => return None,
        (FileKind::SingularTest, Some(("generic", rest))) => (FileKind::GenericTest, rest),
        (kind, _) => (kind, path),
    };
    Some(Found { kind, original_file_path, path: path.to_string(), absolute })
}
