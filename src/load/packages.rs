//! Packages: those installed beside the project, and those built into the binary.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::contract::Checked;
use super::files::read_files;
use super::project_file::{self, Reading};
use super::render::{self, Render};
use super::{find, parse_yaml};
use crate::adapter::library;
use crate::diag::{Diagnostic, Sink};
use crate::project::{FileKind, Package, PackageFile, ProjectConfig};
use crate::source::SourceMap;
use crate::value::Str;
use crate::yaml::Yaml;

/// What packages.yml or dependencies.yml asks for.
#[derive(Debug)]
pub struct Wanted {
    /// The list of `packages`, rendered; none when there is none.
    pub packages: Option<Yaml>,
    /// The same list before rendering.
    pub raw: Option<Yaml>,
    /// `packages.yml` or `dependencies.yml`.
    pub file_name: &'static str,
}

/// Reads packages.yml and dependencies.yml of the project in `root`.
pub fn wanted(root: &Path, render: Render, sources: &SourceMap, sink: &Sink) -> Checked<Wanted> {
    let packages = optional(root, "packages.yml", sources, sink)?;
    let dependencies = optional(root, "dependencies.yml", sources, sink)?;
    let listed = |file: &Option<Yaml>| file.as_ref().and_then(|file| file.entry("packages").cloned());
    if let Some(entry) = packages.as_ref().and_then(|file| file.entry("projects")) {
        return Err(Diagnostic::error("invalid-packages", "`projects` belongs into dependencies.yml")
            .at(entry.key_span)
            .note("The 'projects' key cannot be specified in packages.yml"));
    }
    match (listed(&packages), listed(&dependencies)) {
        (Some(_), Some(entry)) => Err(Diagnostic::error(
            "invalid-packages",
            "`packages` stands in packages.yml and in dependencies.yml; keep one",
        )
        .at(entry.key_span)
        .note("The 'packages' key cannot be specified in both packages.yml and dependencies.yml")),
        // dbt renders packages.yml only.
        (None, Some(entry)) => Ok(Wanted {
            packages: Some(entry.value.clone()),
            raw: Some(entry.value),
            file_name: "dependencies.yml",
        }),
        (Some(entry), None) => {
            only_packages(&packages)?;
            let rendered = render::tree(&entry.value, &mut vec![], &|_| false, render)?;
            Ok(Wanted { packages: Some(rendered), raw: Some(entry.value), file_name: "packages.yml" })
        }
        (None, None) => {
            only_packages(&packages)?;
            Ok(Wanted { packages: None, raw: None, file_name: "packages.yml" })
        }
    }
}

/// packages.yml has no other key than `packages`.
fn only_packages(file: &Option<Yaml>) -> Checked<()> {
    let mut entries = file.iter().filter_map(Yaml::as_map).flatten();
    match entries.find(|entry| &*entry.key != "packages") {
        None => Ok(()),
        Some(entry) => {
            let message = format!("packages.yml has the key `{}`, where only `packages` belongs", entry.key);
            Err(Diagnostic::error("invalid-packages", message)
                .at(entry.key_span)
                .note("The packages.yml file in this project is malformed."))
        }
    }
}

impl Wanted {
    pub fn count(&self) -> usize {
        self.packages.as_ref().and_then(Yaml::as_list).map_or(0, <[Yaml]>::len)
    }
}

fn optional(root: &Path, name: &str, sources: &SourceMap, sink: &Sink) -> Checked<Option<Yaml>> {
    let path = root.join(name);
    if !path.exists() {
        return Ok(None);
    }
    parse_yaml(&path, name, sources, sink)
}

/// Folders of installed packages, ordered by name.
pub fn installed(root: &Path, config: &ProjectConfig) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(root.join(&*config.packages_install_path)) else { return vec![] };
    let mut folders: Vec<PathBuf> = entries
        .flatten()
        .filter(|entry| !entry.file_name().to_string_lossy().starts_with("__"))
        .map(|entry| entry.path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    folders
}

/// The project wants more packages than are installed.
pub fn check_installed(wanted: &Wanted, installed: usize, install_path: &str) -> Checked<()> {
    let count = wanted.count();
    if count <= installed {
        return Ok(());
    }
    let message =
        format!("{} lists {count} package(s), but `{install_path}` holds only {installed}", wanted.file_name);
    let classic = format!(
        "dbt found {count} package(s) specified in {}, but only {installed} package(s) installed in {install_path}.",
        wanted.file_name
    );
    let span = wanted.packages.as_ref().map(|packages| packages.span);
    Err(Diagnostic::error("packages-not-installed", message)
        .at(span)
        .help("run `deps` to install them")
        .note(classic))
}

/// What loading a package needs, besides its folder.
pub struct Loading<'a> {
    pub reading: Reading<'a>,
    pub sources: &'a SourceMap,
    pub sink: &'a Sink,
    /// Whether the command is `emit`, which has macros of its own.
    pub emits: bool,
}

/// Loads the package in `folder`; `shown` is the folder as messages name it, with a slash at its end.
pub fn load_folder(folder: &Path, shown: &str, loading: &Loading) -> Checked<Package> {
    let Some(path) = find::project_file(folder) else {
        return Err(find::missing(folder).frame(format!("while reading the package in `{shown}`"), None));
    };
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let raw = project_tree(&path, &format!("{shown}{name}"), loading)?;
    let config = project_file::read(&raw, &loading.reading, loading.sink)?;
    let files = read_files(folder, shown, &config, loading.sources, loading.sink);
    Ok(Package { config, root: folder.to_path_buf(), builtin: false, files })
}

fn project_tree(path: &Path, shown: &str, loading: &Loading) -> Checked<Yaml> {
    let tree = parse_yaml(path, shown, loading.sources, loading.sink)?;
    super::mapping(tree, shown)
}

/// The packages inside the binary that an adapter uses.
pub fn builtin(adapter_type: &str, loading: &Loading) -> Checked<Vec<Package>> {
    library::packages_for(adapter_type)
        .iter()
        .filter_map(|name| library::package(name))
        .map(|package| load_embedded(package, loading))
        .collect()
}

fn load_embedded(package: &library::EmbeddedPackage, loading: &Loading) -> Checked<Package> {
    let shown = |path: &str| format!("<{}>/{path}", package.name);
    let find = |wanted: &str| package.files.iter().find(|(path, _)| *path == wanted).map(|(_, text)| *text);
    let text = find("dbt_project.yml").unwrap_or_default();
    let file = loading.sources.add(shown("dbt_project.yml"), text);
    let tree = super::mapping(crate::yaml::parse(text, file)?.0, package.name)?;
    let mut config = project_file::read(&tree, &loading.reading, loading.sink)?;
    config.source = None;
    let mut files: Vec<PackageFile> = package
        .files_for(loading.emits)
        .filter_map(|(path, text)| {
            let (folder, rest) = path.split_once('/')?;
            let kind = match (folder, rest.rsplit_once('.')?.1) {
                ("macros", "sql") => FileKind::Macro,
                ("docs" | "macros", "md") => FileKind::Documentation,
                ("macros", "yml") => FileKind::Properties,
                _ => return None,
            };
            let text: Arc<str> = text.into();
            let file = loading.sources.add(shown(path), text.clone());
            Some(PackageFile {
                kind,
                path: Str::from(rest),
                original_file_path: Str::from(path),
                text,
                file,
                modified: 0.0,
            })
        })
        .collect();
    files.par_sort_unstable_by(|a, b| (a.kind, &a.original_file_path).cmp(&(b.kind, &b.original_file_path)));
    Ok(Package { config, root: PathBuf::new(), builtin: true, files })
}
