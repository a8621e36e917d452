//! Macro files of all packages: what the manifest says of each macro, and the table that finds them.

use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::properties::{Entry, Section};
use crate::diag::{Diagnostic, Sink};
use crate::jinja::engine::{Engine, MacroDef, MacroKind, StaticCall};
use crate::jinja::errors::diagnostic_in;
use crate::jinja::macros::{Dispatch, Entry as MacroEntry, MacroTable, Namespace};
use crate::manifest::{Docs, Macro, MacroArgument, Manifest, StrMap};
use crate::project::{FileKind, Package, PackageFile, Project};
use crate::source::SourceMap;
use crate::value::{Map, Str, Value};

/// All macros of an invocation.
pub struct MacroSet {
    pub macros: StrMap<Arc<Macro>>,
    defs: Vec<(Str, Arc<MacroDef>)>,
}

/// Reads the macro files of all packages, bodies left uncompiled.
pub fn read(
    project: &Project,
    engine: &Engine,
    now: f64,
    (sources, sink): (&SourceMap, &Sink),
) -> (MacroSet, MacroTable) {
    let files: Vec<(&Arc<Package>, &PackageFile)> = project
        .packages
        .iter()
        .flat_map(|package| package.files.iter().map(move |file| (package, file)))
        .filter(|(_, file)| matches!(file.kind, FileKind::Macro | FileKind::GenericTest))
        .collect();
    let read: Vec<(&Arc<Package>, &PackageFile, Vec<Arc<MacroDef>>)> = files
        .into_par_iter()
        .filter_map(|(package, file)| match engine.macro_file(&sources.path(file.file), file.text.clone()) {
            Ok(found) => {
                // dbt judges the tags of macro files alone.
                if file.kind == FileKind::Macro {
                    sink.extend(found.stray.iter().map(|(name, span)| stray_tag(name, span, file)));
                }
                Some((package, file, found.macros))
            }
            Err(error) => {
                sink.push(diagnostic_in(&error, file.file));
                None
            }
        })
        .collect();
    let mut set = MacroSet { macros: StrMap::default(), defs: vec![] };
    let mut namespaces: FxHashMap<Str, Namespace> = FxHashMap::default();
    for package in &project.packages {
        namespaces.entry(package.config.name.clone()).or_default();
    }
    for (package, file, defs) in read {
        let package_name = &package.config.name;
        for def in defs {
            if file.kind == FileKind::GenericTest
                && !matches!(def.kind, MacroKind::Test { .. } | MacroKind::DataTest { .. })
            {
                continue;
            }
            let unique_id = Str::from(format!("macro.{package_name}.{}", def.name));
            if let Some(first) = set.macros.get(&unique_id) {
                sink.push(duplicate(first, &def, file));
                continue;
            }
            let name = Str::from(&*def.name);
            set.defs.push((unique_id.clone(), def.clone()));
            set.macros
                .insert(unique_id.clone(), Arc::new(describe(&unique_id, package_name, file, &def, now)));
            let value = def.bind(unique_id.clone());
            if let Some(namespace) = namespaces.get_mut(package_name) {
                namespace.insert(name, MacroEntry { unique_id, value });
            }
        }
    }
    let order = project.packages.iter().map(|package| package.config.name.clone()).collect();
    let internal = project
        .packages
        .iter()
        .filter(|package| package.builtin)
        .map(|package| package.config.name.clone())
        .collect();
    let table = MacroTable::new(project.root().config.name.clone(), internal, order, namespaces);
    (set, table)
}

impl MacroSet {
    /// All macros, each with those that its body names, as `depends_on.macros` lists them.
    pub fn bound(mut self, table: &MacroTable, project: &Project) -> StrMap<Arc<Macro>> {
        let found: Vec<(Str, Vec<Str>)> = std::mem::take(&mut self.defs)
            .into_par_iter()
            .filter_map(|(unique_id, def)| {
                // A body that does not parse is reported when something calls it.
                let calls = def.static_calls().ok()?;
                Some((unique_id.clone(), called(&unique_id, &calls, table, project)))
            })
            .collect();
        for (unique_id, called) in found {
            if let Some(entry) = self.macros.get_mut(&unique_id).and_then(Arc::get_mut) {
                entry.depends_on = called;
            }
        }
        self.macros
    }
}

/// Puts the macros of an installed dbt into the manifest in place of the built-in ones, where the user has named one.
pub fn state_texts(manifest: &mut Manifest, project: &Project) {
    if project.macro_texts.is_empty() {
        return;
    }
    let own = project.packages.iter().filter(|package| !package.builtin);
    let other = Project {
        packages: own.chain(&project.macro_texts).cloned().collect(),
        macro_texts: vec![],
        profile: project.profile.clone(),
        cli_vars: Map::default(),
        flags: Map::default(),
        catalogs: Map::default(),
        selectors: None,
        target_path: project.target_path.clone(),
    };
    let created_at = manifest.macros.first().map_or(0.0, |(_, first)| first.created_at);
    // The project's own macros have been read before: there is nothing new to say of them.
    let (sources, sink) = (SourceMap::default(), Sink::default());
    let (set, table) = read(&other, &Engine::new(), created_at, (&sources, &sink));
    let is_own = |found: &Macro| project.package(&found.package).is_some_and(|package| !package.builtin);
    manifest.macros.retain(|_, found| is_own(found));
    for (unique_id, found) in set.bound(&table, &other) {
        match manifest.macros.get_mut(&unique_id).map(Arc::make_mut) {
            Some(own) => own.depends_on = found.depends_on.clone(),
            None => drop(manifest.macros.insert(unique_id, found)),
        }
    }
}

/// The ids behind the calls of one macro's body.
fn called(unique_id: &str, calls: &[StaticCall], table: &MacroTable, project: &Project) -> Vec<Str> {
    let mut parts = unique_id.splitn(3, '.').skip(1);
    let (own_package, own_name) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let mut found: Vec<Str> = vec![];
    let mut add = |id: Option<Str>| found.extend(id.filter(|id| !found.contains(id)));
    for call in calls {
        match call {
            // Not even where the project has macros of these names.
            StaticCall::Name(name) if name == own_name || matches!(&**name, "ref" | "source" | "config") => {}
            StaticCall::Name(name) => add(table.resolve(own_package, name)),
            StaticCall::Qualified { package, name } => add(table.resolve(package, name)),
            StaticCall::Dispatch { name, namespace } => {
                if name != own_name {
                    add(table.resolve(own_package, name));
                }
                let search = Dispatch::of(project, namespace.as_deref());
                add(table.resolve_dispatch(name, &search));
            }
        }
    }
    found
}

fn describe(unique_id: &Str, package: &Str, file: &PackageFile, def: &MacroDef, now: f64) -> Macro {
    Macro {
        unique_id: unique_id.clone(),
        name: Str::from(&*def.name),
        package: package.clone(),
        path: file.original_file_path.clone(),
        original_file_path: file.original_file_path.clone(),
        macro_sql: def.sql().into(),
        depends_on: vec![],
        description: "".into(),
        meta: Map::default(),
        docs: Docs::default(),
        patch_path: None,
        arguments: vec![],
        parameters: parameters(file, def),
        supported_languages: match &def.kind {
            MacroKind::Materialization { supported_languages, .. } => {
                Some(supported_languages.iter().map(|language| Str::from(language.as_str())).collect())
            }
            _ => None,
        },
        created_at: now,
    }
}

/// The names that the arguments in YAML are held against; dbt knows none of a file among the tests.
fn parameters(file: &PackageFile, def: &MacroDef) -> Vec<Str> {
    match file.kind {
        FileKind::GenericTest => vec![],
        _ => def.params.iter().map(|param| Str::from(&*param.name)).collect(),
    }
}

/// A tag in a file of macros or snapshots that belongs to none.
pub(super) fn stray_tag(name: &str, span: &std::ops::Range<usize>, file: &PackageFile) -> Diagnostic {
    let message = format!("Found unexpected '{name}' block tag in file `{}`", file.original_file_path);
    Diagnostic::warning("stray-tag", message)
        .at(crate::source::Span::new(file.file, span.start, span.end))
        .event("UnexpectedJinjaBlockDeprecation")
        .data(
            "file",
            if file.kind == FileKind::Snapshot { &file.path } else { &file.original_file_path }.clone(),
        )
}

fn duplicate(first: &Macro, second: &MacroDef, file: &PackageFile) -> Diagnostic {
    let span = &second.block_span;
    Diagnostic::error(
        "duplicate-macro",
        format!(
            "dbt found multiple macros named \"{}\" in the project\n\"{}\".\nTo fix this error, rename or remove one of the \
             following macros:\n    - {}\n    - {}",
            first.name, first.package, first.original_file_path, file.original_file_path
        ),
    )
    .at(crate::source::Span::new(file.file, span.start, span.end))
}

/// Applies the `macros:` entries of properties files.
pub fn apply_patches(macros: &mut StrMap<Arc<Macro>>, entries: &[Entry<'_>], sink: &Sink) {
    for entry in entries.iter().filter(|entry| entry.section == Section::Macros) {
        if let Err(problem) = apply_patch(macros, entry) {
            sink.push(problem);
        }
    }
}

fn apply_patch(macros: &mut StrMap<Arc<Macro>>, entry: &Entry<'_>) -> Result<(), Diagnostic> {
    let name = entry.name();
    let package = &entry.package.config.name;
    let unique_id = format!("macro.{package}.{name}");
    if !macros.contains_key(&*unique_id) {
        let problem = Diagnostic::warning(
            "no-macro-for-entry",
            format!("Found patch for macro \"{name}\" which was not found"),
        )
        .at(entry.span_of("name"))
        .event("MacroNotFoundForPatch")
        .data("patch_name", name);
        let names = macros.values().filter(|known| known.package == *package).map(|known| &*known.name);
        return Err(match crate::diag::nearest(name, names) {
            Some(near) => problem.help(format!("did you mean `{near}`?")),
            None => problem,
        });
    }
    let Some(found) = macros.get_mut(&*unique_id) else { return Ok(()) };
    if let Some(first) = &found.patch_path {
        return Err(entry.error(
            "duplicate-patch",
            "name",
            format!("dbt found two schema.yml entries for the same macro in package {package} named {name}: the other is in {first}"),
        ));
    }
    let config = entry.map("config")?;
    let mut patched = (**found).clone();
    patched.patch_path = Some(entry.patch_path());
    patched.description = entry.opt_str("description")?.unwrap_or_else(|| "".into());
    patched.meta = entry.map("meta")?;
    if let Some(Value::Map(more)) = config.get("meta") {
        patched.meta.extend(more.iter().map(|(key, value)| (key.clone(), value.clone())));
    }
    patched.docs =
        Docs::from_value(config.get("docs").filter(|docs| docs.is_truthy()).or(entry.data.get("docs")));
    patched.arguments = entry
        .list("arguments")?
        .iter()
        .map(|argument| {
            let text = |key: &str| argument.get(key).and_then(Value::as_shared_str).cloned();
            match text("name") {
                Some(name) => Ok(MacroArgument {
                    name,
                    kind: text("type"),
                    description: text("description").unwrap_or_else(|| "".into()),
                }),
                None => Err(entry.error(
                    "missing-property",
                    "arguments",
                    format!("an argument of macro `{name}` has no `name`"),
                )),
            }
        })
        .collect::<Result<_, _>>()?;
    *found = Arc::new(patched);
    Ok(())
}
