//! What an invocation has parsed, kept in the target folder for the next one.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use super::Request;
use crate::cache::{self, Conditions, Found, Key, Parsed, Part};
use crate::diag::{Diagnostic, Severity, Sink};
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
        }
    }

    /// The same project as an earlier invocation has parsed it, or in dbt's words why there is none. No
    /// words are lost on changed files, as those are what people change.
    pub fn find(
        &self,
        run: &Invocation,
        sources: &SourceMap,
        sink: &Sink,
    ) -> Result<Parsed, Option<&'static str>> {
        let Some(key) = self.key.as_ref().filter(|_| self.reads) else { return Err(None) };
        let _span = trace::stage("reuse");
        let Ok(bytes) = fs::read(&self.file) else {
            return Err(Some("saved manifest not found. Starting full parse."));
        };
        match cache::decode(&bytes, key, &run.env, sources) {
            Found::Parsed(mut parsed) => {
                // Nobody else has it yet.
                let graph = Arc::get_mut(&mut parsed.graph).ok_or(None)?;
                graph.manifest.project.run_started_at = run_started_at(run);
                Ok(*parsed)
            }
            Found::Other(part) => Err(reason(part)),
            Found::Damaged => {
                let message = format!("`{}` is damaged: everything is parsed anew", self.file.display());
                let mut note = Diagnostic::warning("cache-ignored", message).event("UnableToPartialParse");
                note.severity = Severity::Note;
                sink.push(note);
                Err(None)
            }
        }
    }

    /// Keeps a parse, unless it read what will not be the same the next time.
    pub fn save(self, parsed: Parsed, run: &Invocation, sources: &SourceMap) -> Option<Saving> {
        // What is said of such models depends on the day.
        let dated = |node: &Node| node.model().is_some_and(|model| model.deprecation_date.is_some());
        if parsed.graph.manifest.nodes.iter().any(dated) {
            return None;
        }
        let conditions = Conditions {
            key: self.key?,
            variables: run.observed.variables()?,
            env: run.env.clone(),
            paths: sources.paths(),
        };
        let save = move || {
            let _span = trace::step("write the cache");
            let bytes = cache::encode(&parsed, &conditions);
            // As above: whoever cannot write it parses the next time.
            let _ = write_file(&self.file, |out| out.write_all(&bytes));
            // Freeing the graph is left to the end of the process.
            std::mem::forget(parsed);
        };
        thread::Builder::new().spawn(save).ok().map(|thread| Saving(Some(thread)))
    }
}
