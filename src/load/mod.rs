//! The first stage: a folder becomes a [`Project`].
//!
//! Nothing else reads project files. YAML properties are read by `parse`, from the text kept here.

mod catalogs;
mod contract;
pub mod files;
pub mod find;
mod macro_texts;
pub mod packages;
mod profile;
mod project_file;
mod render;
mod templates;
mod version;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::diag::{Diagnostic, Sink};
use crate::env::Env;
use crate::flags::Flags;
use crate::invocation::Invocation;
use crate::jinja::context::Messages;
use crate::project::{Package, Profile, Project, ProjectConfig};
use crate::source::SourceMap;
use crate::value::{Map, Str};
use crate::yaml::{self, Yaml};
use packages::Loading;
use project_file::Reading;
use render::Text;
use templates::Templates;

/// What to load: the project's folder and all that overrides its files.
#[derive(Clone)]
pub struct LoadRequest<'a> {
    pub flags: &'a Flags,
    pub env: &'a Env,
    pub invocation: &'a Arc<Invocation>,
    /// `log` and `print` of templates.
    pub messages: Messages,
}

/// Loads the project, its profile and its packages.
///
/// Files that cannot be read are reported to `sink` and left out, as are warnings.
///
/// # Errors
/// What makes it pointless to go on: no project file or one that is not valid, no such profile or
/// target, packages that are not installed, two packages of one name.
pub fn load(request: &LoadRequest, sources: &SourceMap, sink: &Sink) -> Result<Project, Diagnostic> {
    let raw = raw_project(&request.flags.project_dir, sources, sink)?;
    let profile = load_profile(request, &raw, sources, sink)?;
    let templates = Templates::new(request);
    let render = |text: &Text| templates.project(text, Some(&profile));
    let config = project_file::read(&raw, &reading(request, &render), sink)?;
    let secret = |text: &Text| templates.secret(text);
    let wanted = packages::wanted(&request.flags.project_dir, &secret, sources, sink)?;
    let folders = packages::installed(&request.flags.project_dir, &config);
    packages::check_installed(&wanted, folders.len(), &config.packages_install_path)?;
    let selectors = load_selectors(request, &render, sources, sink)?;
    let catalogs = catalogs::read(request, &profile.adapter_type, &secret, (sources, sink))?;
    let target_path = target_path(request.flags, &raw, &config);

    let root_folder = &request.flags.project_dir;
    let files = files::read_files(root_folder, "", &config, sources, sink);
    let root = Package { config, root: root_folder.clone(), builtin: false, files };
    let installed = load_installed(request, &root.config, &folders, &profile, (sources, sink))?;
    // Packages see the target, but not `--vars`.
    let render = |text: &Text| templates.package(text, Some(&profile));
    let loading =
        Loading { reading: reading(request, &render), sources, sink, emits: &*request.flags.which == "emit" };
    let builtin = packages::builtin(&profile.adapter_type, &loading)?;
    let packages: Vec<Arc<Package>> =
        std::iter::once(root).chain(installed).chain(builtin).map(Arc::new).collect();
    check_unique(&packages)?;
    let macro_texts = load_macro_texts(request, &profile, sources)?;
    Ok(Project {
        profile,
        cli_vars: request.flags.vars.clone(),
        flags: raw_flags(&raw),
        catalogs,
        selectors,
        target_path,
        packages,
        macro_texts,
    })
}

/// The project's settings alone, without profile and files: what `deps` and `clean` need.
///
/// # Errors
/// No project file, or one that is not valid.
pub fn load_settings(
    request: &LoadRequest,
    sources: &SourceMap,
    sink: &Sink,
) -> Result<Settings, Diagnostic> {
    let raw = raw_project(&request.flags.project_dir, sources, sink)?;
    let templates = Templates::new(request);
    let render = |text: &Text| templates.project(text, None);
    let config = project_file::read(&raw, &reading(request, &render), sink)?;
    let secret = |text: &Text| templates.secret(text);
    let wanted = packages::wanted(&request.flags.project_dir, &secret, sources, sink)?;
    let target_path = target_path(request.flags, &raw, &config);
    Ok(Settings { config, wanted, target_path })
}

/// The project's settings, rendered with the profile when there is one.
///
/// # Errors
/// No project file, or one that is not valid.
pub fn load_config(
    request: &LoadRequest,
    profile: Option<&Profile>,
    sources: &SourceMap,
    sink: &Sink,
) -> Result<ProjectConfig, Diagnostic> {
    let raw = raw_project(&request.flags.project_dir, sources, sink)?;
    let templates = Templates::new(request);
    let render = |text: &Text| templates.project(text, profile);
    project_file::read(&raw, &reading(request, &render), sink)
}

/// The project file's settings.
#[derive(Debug)]
pub struct Settings {
    pub config: ProjectConfig,
    pub wanted: packages::Wanted,
    /// Absolute path of the target folder.
    pub target_path: PathBuf,
}

/// The name of the project in `folder` as it stands in its file, and the packages that it asks for.
///
/// # Errors
/// No project file, or one without a name.
pub fn load_package_request(
    request: &LoadRequest,
    folder: &Path,
    sources: &SourceMap,
    sink: &Sink,
) -> Result<PackageRequest, Diagnostic> {
    let raw = raw_project(folder, sources, sink)?;
    let Some(name) = raw.get("name").and_then(Yaml::as_str) else {
        return Err(Diagnostic::error("invalid-project-file", "a package needs a `name`").at(raw.span));
    };
    let templates = Templates::new(request);
    let secret = |text: &Text| templates.secret(text);
    let packages = packages::wanted(folder, &secret, sources, sink)?;
    Ok(PackageRequest { name: name.into(), packages })
}

/// A package's name and what it asks for.
#[derive(Debug)]
pub struct PackageRequest {
    pub name: Str,
    pub packages: packages::Wanted,
}

/// The profile alone, as `debug` shows it.
///
/// # Errors
/// No such profile, target or adapter; an output that is not valid.
pub fn load_profile(
    request: &LoadRequest,
    raw: &Yaml,
    sources: &SourceMap,
    sink: &Sink,
) -> Result<Profile, Diagnostic> {
    let flags = &request.flags.profiles;
    let templates = Templates::new(request);
    let secret = |text: &Text| templates.secret(text);
    let named = match raw.get("profile").filter(|value| !value.is_null()) {
        Some(value) => {
            Some((render::tree(value, &mut vec![], &|_| false, &secret)?.to_value().py_str(), value.span))
        }
        None => None,
    };
    let named = named.as_ref().map(|(name, span)| (&**name, *span));
    let base = &request.flags.project_dir;
    let chosen = match profile::read_file(&flags.profiles_dir, sources, sink)? {
        Some(file) => {
            let choice = profile::Choice { project_profile: named, flags, base };
            sink.extend(profile::default_target(&file, &choice));
            profile::choose(&file, &choice, &secret)
        }
        None if flags.profiles_dir_given => Err(profile::missing_file(&flags.profiles_dir, named)),
        None => {
            let name = raw.get("name").map_or_else(String::new, |name| name.to_value().py_str());
            profile::embedded(&name, &raw_target_path(request.flags, raw), flags, base)
        }
    }?;
    match &request.flags.output.dialect {
        Some(dialect) => profile::with_dialect(chosen, dialect),
        None => Ok(chosen),
    }
}

/// The tree of the project file in `folder`, not rendered.
///
/// # Errors
/// No project file, or one that is no mapping.
pub fn raw_project(folder: &Path, sources: &SourceMap, sink: &Sink) -> Result<Yaml, Diagnostic> {
    let path = find::project_file(folder).ok_or_else(|| find::missing(folder))?;
    let shown = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let tree = parse_yaml(&path, &shown, sources, sink)?;
    mapping(tree, &shown)
}

/// The `flags:` of a project file.
pub fn raw_flags(raw: &Yaml) -> Map {
    raw.get("flags").and_then(Yaml::as_map).map(yaml::to_map).unwrap_or_default()
}

/// The `config:` of profiles.yml, an old place of the project's flags; none when there is none or
/// the file cannot be read.
pub fn profiles_config(folder: &Path, sources: &SourceMap) -> Option<Map> {
    let file = profile::read_file(folder, sources, &Sink::default()).ok()??;
    file.tree.get("config").and_then(Yaml::as_map).map(yaml::to_map).filter(|config| !config.is_empty())
}

fn mapping(tree: Option<Yaml>, shown: &str) -> Result<Yaml, Diagnostic> {
    let fail = || {
        Diagnostic::error(
            "invalid-project-file",
            format!("`{shown}` must hold a mapping with the project's settings"),
        )
        .help("begin with `name: my_project`")
        .note("dbt_project.yml does not parse to a dictionary")
    };
    match tree {
        None => Err(fail()),
        Some(tree) if tree.as_map().is_none() => Err(fail().at(tree.span)),
        Some(tree) => Ok(tree),
    }
}

/// Reads and parses a YAML file; none when there is none, or it is empty.
///
/// # Errors
/// It cannot be read, or is not YAML.
pub fn read_yaml(
    path: &Path,
    shown: &str,
    sources: &SourceMap,
    sink: &Sink,
) -> Result<Option<Yaml>, Diagnostic> {
    if path.exists() { parse_yaml(path, shown, sources, sink) } else { Ok(None) }
}

/// A tree with its templates rendered as in packages.yml: secrets may be read.
///
/// # Errors
/// A template that cannot be rendered.
pub fn render_secrets(request: &LoadRequest, tree: &Yaml) -> Result<Yaml, Diagnostic> {
    let templates = Templates::new(request);
    render::tree(tree, &mut vec![], &|_| false, &|text: &Text| templates.secret(text))
}

/// Reads and parses a YAML file; none when it is empty.
fn parse_yaml(
    path: &Path,
    shown: &str,
    sources: &SourceMap,
    sink: &Sink,
) -> Result<Option<Yaml>, Diagnostic> {
    let (text, _) = files::read_text(path).map_err(|problem| problem.diagnostic(shown, sources))?;
    let file = sources.add(shown, text.clone());
    let (tree, warnings) = yaml::parse(&text, file)?;
    sink.extend(warnings);
    Ok(tree)
}

fn reading<'a>(request: &'a LoadRequest, render: render::Render<'a>) -> Reading<'a> {
    Reading {
        render,
        target_path: request.flags.target_path.as_deref(),
        check_version: request.flags.parse.version_check,
    }
}

fn load_selectors(
    request: &LoadRequest,
    render: render::Render,
    sources: &SourceMap,
    sink: &Sink,
) -> Result<Option<Yaml>, Diagnostic> {
    let path = request.flags.project_dir.join("selectors.yml");
    if !path.exists() {
        return Ok(None);
    }
    let tree = parse_yaml(&path, "selectors.yml", sources, sink)?;
    tree.map(|tree| render::tree(&tree, &mut vec![], &|_| false, render)).transpose()
}

fn load_installed(
    request: &LoadRequest,
    root: &ProjectConfig,
    folders: &[PathBuf],
    profile: &Profile,
    (sources, sink): (&SourceMap, &Sink),
) -> Result<Vec<Package>, Diagnostic> {
    // One after the other: the order of file ids must not depend on threads. Each reads in parallel.
    let loaded = folders.iter().map(|folder| {
        let templates = Templates::new(request);
        let render = |text: &Text| templates.package(text, Some(profile));
        let mut reading = reading(request, &render);
        reading.target_path = None;
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        let shown = format!("{}/{name}/", root.packages_install_path.trim_end_matches('/'));
        packages::load_folder(folder, &shown, &Loading { reading, sources, sink, emits: false })
    });
    let mut packages = loaded.collect::<Result<Vec<_>, _>>()?;
    packages.sort_by(|a, b| a.config.name.cmp(&b.config.name));
    Ok(packages)
}

/// The macros that manifest.json states in place of the built-in ones; none unless asked for.
fn load_macro_texts(
    request: &LoadRequest,
    profile: &Profile,
    sources: &SourceMap,
) -> Result<Vec<Arc<Package>>, Diagnostic> {
    let Some(place) = &request.flags.parse.macro_texts_of else { return Ok(vec![]) };
    let templates = Templates::new(request);
    let render = |text: &Text| templates.package(text, Some(profile));
    // What there is to say about the settings of dbt's own packages is nothing to this project's owner.
    let sink = Sink::default();
    let loading = Loading { reading: reading(request, &render), sources, sink: &sink, emits: false };
    macro_texts::read(place, &profile.adapter_type, &loading)
}

/// The target folder before the project file is rendered: a template in `target-path` counts as it
/// stands.
fn raw_target_path(flags: &Flags, raw: &Yaml) -> PathBuf {
    let own = raw.get("target-path").and_then(Yaml::as_str).unwrap_or("target");
    flags.project_dir.join(flags.target_path.as_deref().unwrap_or(Path::new(own)))
}

fn target_path(flags: &Flags, raw: &Yaml, config: &ProjectConfig) -> PathBuf {
    match &config.target_path {
        Some(own) if flags.target_path.is_none() => flags.project_dir.join(&**own),
        _ => raw_target_path(flags, raw),
    }
}

fn check_unique(packages: &[Arc<Package>]) -> Result<(), Diagnostic> {
    let mut seen: FxHashMap<&str, &Package> = FxHashMap::default();
    for package in packages {
        if let Some(other) = seen.insert(&package.config.name, package) {
            let name = &package.config.name;
            let folder = |package: &Package| match package.builtin {
                true => "built in".to_string(),
                false => format!("`{}`", package.root.display()),
            };
            return Err(Diagnostic::error("duplicate-package", format!("two packages are named `{name}`"))
                .help("rename one of them, or remove it and run `deps` again")
                .note(format!("one is {}, the other {}", folder(other), folder(package)))
                .note(format!(
                    "dbt found more than one package with the name \"{name}\" included in this project."
                )));
        }
    }
    Ok(())
}
