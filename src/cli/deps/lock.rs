//! package-lock.yml: what was resolved, and a hash of what was asked for.

use std::path::{Path, PathBuf};

use super::listing::Pinned;
use super::spec::Entry;
use crate::cli::session::Session;
use crate::diag::Diagnostic;
use crate::event::Event;
use crate::jinja::engine::{to_jinja, to_json};
use crate::value::{Map, Value};
use crate::yaml::emit;

pub const FILE: &str = "package-lock.yml";
const HASH: &str = "sha1_hash";

pub fn path(project: &Path) -> PathBuf {
    project.join(FILE)
}

/// dbt's hash of the entries, by which it sees whether packages.yml has changed.
pub fn hash(entries: &[Entry]) -> String {
    use sha1::{Digest, Sha1};
    let mut texts: Vec<String> =
        entries.iter().map(|entry| to_json(&to_jinja(&entry.hashed), true).unwrap_or_default()).collect();
    texts.sort();
    Sha1::digest(texts.join("\n").as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The hash that a lock file holds.
pub fn recorded_hash(lock: &Value) -> Option<String> {
    lock.get(HASH).map(Value::py_str)
}

/// Writes the lock file; not so when a warning of the packages counts as an error, and tells whether it did.
///
/// # Errors
/// The file cannot be written.
pub fn write(session: &Session, pinned: &[Pinned], entries: &[Entry]) -> Result<bool, Diagnostic> {
    if session.report() {
        return Ok(false);
    }
    let packages = pinned.iter().map(|package| Value::Map(package.locked(session))).collect();
    if session.report() {
        return Ok(false);
    }
    let mut lock = Map::default();
    lock.insert("packages".into(), Value::List(packages));
    lock.insert(HASH.into(), Value::str(hash(entries)));
    let path = path(&session.flags.project_dir);
    let shown = path.display().to_string();
    std::fs::write(&path, emit(&Value::Map(lock)))
        .map_err(|error| Diagnostic::error("output", format!("cannot write `{shown}`: {error}")))?;
    let event = Event::message("DepsLockUpdating", format!("Updating lock file in file path: {shown}"));
    session.emit(event.data("lock_filepath", shown));
    Ok(true)
}
