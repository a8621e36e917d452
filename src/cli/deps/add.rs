//! `deps --add-package`: writes an entry to packages.yml.

use crate::cli::session::Session;
use crate::diag::Diagnostic;
use crate::event::Event;
use crate::flags::NewPackage;
use crate::load::{self, Settings};
use crate::value::{Map, Str, Value};
use crate::yaml::emit;

/// Adds the package to the file that lists packages, in the place of an entry for the same package.
///
/// # Errors
/// No version where one is needed; a file that cannot be read or written.
pub fn add(session: &Session, settings: &Settings, package: &NewPackage) -> Result<(), Diagnostic> {
    let source = &*session.flags.deps.source;
    if package.version.is_none() && source != "local" {
        return Err(Diagnostic::error(
            "usage",
            format!("`--add-package {}` needs a version: `{}@1.0.0`", package.name, package.name),
        )
        .note(format!("Version is required in --add-package when a package when source is {source}")));
    }
    let path = session.flags.project_dir.join(settings.wanted.file_name);
    let shown = path.display().to_string();
    if !path.exists() {
        session.emit(Event::formatting("Created packages.yml"));
    }
    let tree = load::read_yaml(&path, settings.wanted.file_name, session.sources, session.sink)?;
    let mut file =
        tree.map(|tree| tree.to_value()).and_then(|value| value.as_map().cloned()).unwrap_or_default();
    let mut packages = file.get("packages").and_then(Value::as_list).unwrap_or_default().to_vec();
    remove_same(session, &mut packages, &package.name);
    packages.push(Value::Map(entry(source, package)));
    file.insert("packages".into(), Value::List(packages));
    std::fs::write(&path, emit(&sorted(Value::Map(file))))
        .map_err(|error| Diagnostic::error("output", format!("cannot write `{shown}`: {error}")))?;
    let version = package.version.as_deref().unwrap_or_default();
    let text = format!("Added new package {}@{version} to {shown}", package.name);
    let event = Event::message("DepsAddPackage", text).data("package_name", package.name.clone());
    session.emit(event.data("version", version).data("packages_filepath", shown));
    Ok(())
}

/// Takes entries for the package out of the list, from its end on.
fn remove_same(session: &Session, packages: &mut Vec<Value>, name: &str) {
    for at in (0..packages.len()).rev() {
        let Some(entry) = packages[at].as_map().filter(|entry| is_same(entry, name)) else { continue };
        let told = entry
            .iter()
            .filter(|(_, value)| matches!(value, Value::Str(_) | Value::Int(_) | Value::Float(_)))
            .map(|(key, value)| (key.clone(), Value::str(value.py_str())));
        let told = Value::Map(told.collect());
        let text = format!("Found duplicate package in packages.yml, removing: {}", told.py_str());
        session.emit(Event::message("DepsFoundDuplicatePackage", text).data("removed_package", told));
        packages.remove(at);
    }
}

/// The value with the keys of its mappings in order, as dbt writes them.
fn sorted(value: Value) -> Value {
    match value {
        Value::Map(map) => {
            let mut entries: Vec<(Str, Value)> =
                map.into_iter().map(|(key, value)| (key, sorted(value))).collect();
            entries.sort_by(|(a, _), (b, _)| a.cmp(b));
            Value::Map(entries.into_iter().collect())
        }
        Value::List(items) => Value::List(items.into_iter().map(sorted).collect()),
        other => other,
    }
}

fn entry(source: &str, package: &NewPackage) -> Map {
    let (key, version_key) = match source {
        "hub" => ("package", "version"),
        "git" => ("git", "revision"),
        other => (other, "version"),
    };
    let mut entry = Map::default();
    entry.insert(key.into(), Value::Str(package.name.clone()));
    if let Some(version) = package.version.as_ref().filter(|_| source != "local") {
        let value = if version.contains(',') {
            Value::List(version.split(',').map(Value::str).collect())
        } else {
            Value::Str(version.clone())
        };
        entry.insert(version_key.into(), value);
    }
    entry
}

/// Whether an entry stands for the package of this name, wherever it comes from: `dbt_utils`,
/// `dbt-labs/dbt_utils` and `https://…/dbt-utils.git` are one.
fn is_same(entry: &Map, name: &str) -> bool {
    let address = ["package", "git", "local", "tarball", "private"]
        .iter()
        .find_map(|key| entry.get(*key).and_then(Value::as_shared_str));
    let Some(address) = address else { return false };
    let short = name.rsplit('/').next().unwrap_or(name);
    let spellings = |name: &str| [name.to_string(), name.replace('_', "-"), name.replace('-', "_")];
    spellings(name).iter().chain(&spellings(short)).any(|spelling| stands_alone(address, spelling))
}

/// Whether the first place of `part` in `address` begins and ends at a `/`, a `.` or an end.
fn stands_alone(address: &Str, part: &str) -> bool {
    let Some(at) = address.find(part).filter(|_| !part.is_empty()) else { return false };
    let is_edge = |c: Option<char>| c.is_none_or(|c| c == '/' || c == '.');
    is_edge(address[..at].chars().next_back()) && is_edge(address[at + part.len()..].chars().next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_package_has_many_addresses() {
        let is = |key: &str, address: &str, name: &str| {
            is_same(&Map::from_iter([(Str::from(key), Value::str(address))]), name)
        };
        assert!(is("package", "dbt-labs/dbt_utils", "dbt-labs/dbt_utils"));
        assert!(is("git", "https://github.com/dbt-labs/dbt-utils.git", "dbt-labs/dbt_utils"));
        assert!(!is("git", "https://github.com/dbt-labs/dbt-utils-extra.git", "dbt-labs/dbt_utils"));
        assert!(!is("package", "a/b", "c/d"));
    }
}
