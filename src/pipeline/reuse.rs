//! What an invocation has parsed, kept in the target folder for the next one.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};

use super::Request;
use crate::cache::{self, Carried, Conditions, Entry, Found, Key, Parsed, Part, Stored};
use crate::diag::{Diagnostic, Severity, Sink};
use crate::flags::Flags;
use crate::jinja::context::Invocation;
use crate::manifest::Node;
use crate::parse::run_started_at;
use crate::project::Project;
use crate::report::artifacts::write_file;
use crate::source::SourceMap;
use crate::trace;

/// The file's name in the target folder.
pub const FILE: &str = "headwater.parse";

/// Where the cache is, and what it is asked for.
pub struct Reuse {
    file: PathBuf,
    key: Option<Key>,
    /// `--no-partial-parse` reads nothing, but writes for those that come after.
    reads: bool,
    /// `--no-partial-parse-file-diff` takes the last parse, whatever has become of the files.
    compares: bool,
}

/// The cache as it is being read, while the project's files are.
pub struct Early {
    file: PathBuf,
    thread: JoinHandle<Option<Result<Stored, Found>>>,
}

impl Early {
    /// Begins to read the cache in the folder where it most likely is. `parse` most often needs no node.
    pub fn start(flags: &Flags) -> Option<Early> {
        let folder = flags.target_path.as_deref().unwrap_or(Path::new("target"));
        let file = flags.project_dir.join(folder).join(FILE);
        let path = file.clone();
        let with_nodes = &*flags.which != "parse";
        let read = move || read(&path, with_nodes);
        let thread = thread::Builder::new().spawn(read).ok().filter(|_| flags.parse.partial_parse)?;
        Some(Early { file, thread })
    }
}

fn read(file: &Path, with_nodes: bool) -> Option<Result<Stored, Found>> {
    let _span = trace::step("read the cache");
    Some(Stored::read(fs::read(file).ok()?, with_nodes))
}

/// A parse on its way into the cache.
pub struct Saving(Option<JoinHandle<()>>);

impl Drop for Saving {
    fn drop(&mut self) {
        if let Some(thread) = self.0.take() {
            // A cache that cannot be written costs time at most.
            let _ = thread.join();
        }
    }
}

/// Why a change of this part lets nothing be reused.
fn reason(part: Part) -> Option<&'static str> {
    match part {
        Part::Program => Some("of a version mismatch. Starting full parse."),
        Part::Choice => Some("config vars, config profile, or config target have changed"),
        Part::Profile => Some("profile has changed"),
        Part::Settings => Some("a project config has changed"),
        Part::Macros => Some("a macro has changed. Starting full parse."),
        Part::Files => None,
    }
}

impl Reuse {
    pub fn of(request: &Request, project: &Project) -> Reuse {
        let _span = trace::step("hash files");
        Reuse {
            file: project.target_path.join(FILE),
            key: cache::key(project, &request.flags),
            reads: request.flags.parse.partial_parse,
            compares: request.flags.parse.compares_files,
        }
    }

    /// The project as an earlier invocation has parsed it, when it is the same or nearly so; or in dbt's
    /// words why there is none. No words are lost on changed files, as those are what people change.
    pub fn find(
        &self,
        early: Option<Early>,
        run: &Invocation,
        (sources, sink): (&SourceMap, &Sink),
    ) -> Result<Box<Entry>, Option<&'static str>> {
        let Some(key) = self.key.as_ref().filter(|_| self.reads) else { return Err(None) };
        let _span = trace::stage("reuse");
        let stored = match early.filter(|early| early.file == self.file) {
            Some(early) => early.thread.join().unwrap_or(Some(Err(Found::Damaged))),
            None => read(&self.file, false),
        };
        let found = match stored {
            None => return Err(Some("saved manifest not found. Starting full parse.")),
            Some(Ok(stored)) => stored.found(key, &run.env, sources, self.compares),
            Some(Err(found)) => found,
        };
        match found {
            Found::Entry(mut entry) => {
                entry.head.project.run_started_at = run_started_at(run);
                Ok(entry)
            }
            Found::Other(part) => Err(reason(part)),
            Found::Damaged => {
                self.say_damaged(sink);
                Err(None)
            }
        }
    }

    pub fn say_damaged(&self, sink: &Sink) {
        let message = format!("`{}` is damaged: everything is parsed anew", self.file.display());
        let mut note = Diagnostic::warning("cache-ignored", message).event("UnableToPartialParse");
        note.severity = Severity::Note;
        sink.push(note);
    }

    /// Keeps a parse, unless it read what will not be the same the next time. `carried` is what it has
    /// from an earlier one.
    pub fn save(
        self,
        parsed: Parsed,
        mut carried: Carried,
        run: &Invocation,
        sources: &SourceMap,
    ) -> Option<Saving> {
        // What is said of such models depends on the day.
        let dated = |node: &Node| node.model().is_some_and(|model| model.deprecation_date.is_some());
        if parsed.graph.manifest.nodes.iter().any(dated) {
            return None;
        }
        let mut variables = std::mem::take(&mut carried.variables);
        variables.extend(run.observed.variables()?);
        variables.sort_unstable();
        variables.dedup();
        let conditions =
            Conditions { key: self.key?, variables, env: run.env.clone(), paths: sources.paths() };
        let save = move || {
            let _span = trace::step("write the cache");
            // As above: whoever cannot write it parses the next time.
            let _ = write_file(&self.file, |out| cache::write(&parsed, &conditions, &carried, out));
            // Freeing the graph is left to the end of the process.
            std::mem::forget(parsed);
        };
        thread::Builder::new().spawn(save).ok().map(|thread| Saving(Some(thread)))
    }
}
