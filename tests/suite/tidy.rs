//! The house rules that no compiler checks: floors, file sizes, folder sizes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Files that may be longer than the limit, with the reason.
const LONG_FILES: &[(&str, &str)] = &[];
const MAX_LINES: usize = 600;

fn sources() -> Vec<(String, String)> {
    files_below("src", "rs")
}

/// The files of a kind below a folder of the repository, by their paths in it.
fn files_below(folder: &str, kind: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut found = vec![];
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder that can be listed") {
            let path: PathBuf = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == kind) {
                let name = path.strip_prefix(&root).expect("below it").to_string_lossy().replace('\\', "/");
                found.push((name, std::fs::read_to_string(&path).expect("the file is text")));
            }
        }
    }
    found.sort();
    found
}

/// The part of a file before its tests.
fn code(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap_or(text)
}

/// The floor of a module, by the first part of its path.
fn floor(module: &str) -> Option<u8> {
    Some(match module {
        "value" | "source" | "diag" | "decimal" | "semver" | "env" | "trace" => 0,
        "yaml" | "manifest" | "dag" | "project" | "selector" | "flags" | "invocation" | "event"
        | "catalog" | "sql" => 1,
        "adapter" => 2,
        "jinja" => 3,
        "cache" | "load" | "parse" | "resolve" | "compile" | "plan" | "execute" | "report" => 4,
        "pipeline" => 5,
        "cli" | "lsp" => 6,
        _ => return None,
    })
}

fn module_of(path: &str) -> &str {
    path.split('/').next().unwrap_or(path).trim_end_matches(".rs")
}

/// `crate::name` mentions of a text.
fn mentions(text: &str) -> Vec<String> {
    let mut found = vec![];
    for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
        for part in line.split("crate::").skip(1) {
            let name: String = part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if !name.is_empty() {
                found.push(name);
            }
        }
    }
    found
}

#[test]
fn imports_go_down() {
    let mut wrong = vec![];
    for (path, text) in sources() {
        let own = module_of(&path);
        let Some(own_floor) = floor(own) else { continue };
        for name in mentions(code(&text)) {
            let Some(other_floor) = floor(&name) else { continue };
            let sibling = other_floor == 4 && own_floor == 4 && name != own;
            let allowed = own == "execute" && matches!(&*name, "compile" | "plan");
            if other_floor > own_floor || sibling && !allowed {
                wrong.push(format!(
                    "src/{path} (floor {own_floor}) imports crate::{name} (floor {other_floor})"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "imports must go down:\n{}", wrong.join("\n"));
}

#[test]
fn every_module_has_a_floor() {
    let mut unknown: Vec<String> = sources()
        .iter()
        .map(|(path, _)| module_of(path).to_string())
        .filter(|name| floor(name).is_none())
        .collect();
    unknown.retain(|name| !matches!(name.as_str(), "main" | "lib"));
    assert!(unknown.is_empty(), "give these modules a floor here and in docs/architecture.md: {unknown:?}");
}

#[test]
fn files_stay_short() {
    let long: Vec<String> = sources()
        .iter()
        .map(|(path, text)| (path, code(text).lines().count()))
        .filter(|(path, lines)| *lines > MAX_LINES && !LONG_FILES.iter().any(|(known, _)| known == path))
        .map(|(path, lines)| format!("src/{path}: {lines} lines"))
        .collect();
    assert!(long.is_empty(), "split these files:\n{}", long.join("\n"));
}

#[test]
fn folders_stay_small() {
    let mut folders: BTreeMap<String, usize> = BTreeMap::new();
    for (path, _) in sources() {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        *folders.entry(folder.to_string()).or_default() += 1;
    }
    let large: Vec<_> = folders.iter().filter(|(_, count)| **count > 26).collect();
    assert!(large.is_empty(), "too many files in one folder: {large:?}");
}

#[test]
fn nothing_is_left_open() {
    let marks = ["todo!(", "unimplemented!(", "FIXME", "dbg!("];
    let open: Vec<String> = sources()
        .iter()
        .filter(|(_, text)| marks.iter().any(|mark| text.contains(mark)))
        .map(|(path, _)| path.clone())
        .collect();
    assert!(open.is_empty(), "left open: {open:?}");
}

#[test]
fn the_architecture_names_every_module() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text =
        std::fs::read_to_string(root.join("docs/architecture.md")).expect("docs/architecture.md is there");
    let missing: Vec<String> = sources()
        .iter()
        .map(|(path, _)| module_of(path).to_string())
        .filter(|name| !matches!(name.as_str(), "main" | "lib"))
        .filter(|name| {
            !text.contains(&format!("`{name}`"))
                && !text.contains(&format!("`{name}.rs`"))
                && !text.contains(&format!("`{name}/`"))
        })
        .collect();
    assert!(missing.is_empty(), "docs/architecture.md does not mention {missing:?}");
}

#[test]
fn what_can_be_skipped_is_shown() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let settings =
        std::fs::read_to_string(root.join(".config/nextest.toml")).expect("nextest's settings are there");
    let shown = settings.split(['(', ')', '|', '/', '^']).collect::<Vec<_>>();
    let hidden: Vec<String> = files_below("tests/suite", "rs")
        .into_iter()
        .filter(|(path, text)| {
            !matches!(path.as_str(), "program.rs" | "tidy.rs")
                && ["\"skipped: ", " tool(\""].iter().any(|mark| text.contains(mark))
        })
        .map(|(path, _)| path.trim_end_matches(".rs").replace('/', "::"))
        .filter(|module| !shown.contains(&&**module))
        .collect();
    assert!(hidden.is_empty(), "name these modules in .config/nextest.toml: {hidden:?}");
}

#[test]
fn macros_call_what_there_is() {
    let code: String = files_below("src/jinja/context", "rs").into_iter().map(|(_, text)| text).collect();
    let called = files_below("src/adapter/library", "sql").into_iter().flat_map(|(_, text)| {
        let calls = ["adapter.", "relation."].map(|object| {
            let calls = text.split(object).skip(1).filter_map(|call| call.split_once('('));
            calls.map(|(name, _)| format!("{object}{name}")).collect::<Vec<_>>()
        });
        calls.concat()
    });
    let lacking: BTreeSet<String> = called
        .filter(|call| {
            let name = call.split_once('.').map_or("", |(_, name)| name);
            let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
            is_name && !code.contains(&format!("\"{name}\""))
        })
        .collect();
    assert_eq!(lacking, BTreeSet::new(), "no file of src/jinja/context answers these");
}
