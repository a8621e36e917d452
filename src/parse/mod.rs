//! The parse stage: project files in, nodes with unresolved references out.
//!
//! Templates run in their parse phase, where `ref` and its kin record what they are asked for.
//! The stage knows nothing of warehouses, and it binds nothing: that is `resolve`'s job.

mod again;
mod assemble;
mod builtin_tests;
pub mod columns;
pub mod config;
mod deprecated;
mod files;
pub mod generic_tests;
mod inline;
mod macro_arguments;
pub mod macros;
pub mod nodes;
pub mod properties;
mod python;
mod references;
mod relation_names;
mod render;
mod semantic;
pub mod sources;
mod tests;
mod unit_tests;
mod yaml_nodes;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::diag::{Diagnostic, Sink};
use crate::flags::Flags;
use crate::jinja::context::{Capture, Invocation};
use crate::manifest::{Checksum, Language, Manifest, Node, OperationData, ResourceType};
use crate::project::{FileKind, Package, PackageFile, Project};
use crate::source::{FileId, SourceMap, Span};
use crate::trace;
use crate::value::{Str, Value};
use crate::yaml::Yaml;
use assemble::OwnedPatch;
use builtin_tests::BuiltinTests;
use properties::{Entry, Section};
use relation_names::RelationNames;
use sources::SourceEntry;

/// What is deprecated in a project file, for commands that know of no warehouse: dbt judges it then as
/// for those whose configuration it knows.
pub fn judge_project_file(tree: &Yaml, folder: &Path) -> Vec<Diagnostic> {
    let file = folder.join("dbt_project.yml");
    deprecated::keys::Keys { adapter: None, file: &file.to_string_lossy() }.of_project(tree)
}

/// What every part of the stage needs.
pub struct Parser<'a> {
    pub project: &'a Project,
    pub run: Arc<Invocation>,
    pub flags: &'a Flags,
    pub sources: &'a SourceMap,
    pub sink: &'a Sink,
    /// Unix seconds, the `created_at` of all nodes.
    pub now: f64,
    names: RelationNames,
    builtin_tests: BuiltinTests,
    /// Files that are rendered already: no template runs twice, since it may say something.
    rendered: Mutex<FxHashMap<FileId, RawNode>>,
}

/// A file's node before its configuration is settled.
#[derive(Clone, Debug)]
pub struct RawNode {
    pub package: Arc<Package>,
    pub resource_type: ResourceType,
    pub unique_id: Str,
    pub name: Str,
    pub path: Str,
    pub original_file_path: Str,
    pub fqn: Vec<Str>,
    pub raw_code: Str,
    pub language: Language,
    pub checksum: Checksum,
    pub tags: Vec<Str>,
    pub capture: Capture,
    pub operation: Option<OperationData>,
    pub span: Option<Span>,
}

/// Everything that YAML files say, by kind.
#[derive(Default)]
struct Properties<'a> {
    patches: Vec<OwnedPatch<'a>>,
    sources: Vec<(Arc<Package>, SourceEntry)>,
    others: Vec<Entry<'a>>,
}

impl<'a> Parser<'a> {
    pub fn new(
        project: &'a Project,
        run: Arc<Invocation>,
        flags: &'a Flags,
        (sources, sink): (&'a SourceMap, &'a Sink),
    ) -> Parser<'a> {
        let now = run.run_started_at.timestamp_micros() as f64 / 1e6;
        let names = RelationNames::of(&run);
        let builtin_tests = BuiltinTests::of(&run);
        let rendered = Mutex::default();
        Parser { project, run, flags, sources, sink, now, names, builtin_tests, rendered }
    }

    /// Parses everything. Problems go to the sink; what could be read is in the manifest.
    pub fn parse(&self, macros: macros::MacroSet) -> Manifest {
        let mut manifest = self.empty_manifest();
        manifest.macros = macros.bound(&self.run.macros, self.project);
        let span = trace::step("read and render files");
        let (mut properties, raws) = rayon::join(|| self.read_properties(), || self.raw_nodes());
        drop(span);
        macros::apply_patches(&mut manifest.macros, &properties.others, self.sink);
        if self.flags.behaviour("validate_macro_args") {
            macro_arguments::validate(&mut manifest.macros, self.sink);
        }
        if let Some(tree) = &self.project.root().config.source {
            let file = self.project.root().root.join("dbt_project.yml");
            self.sink.extend(self.keys_of(&file.to_string_lossy()).of_project(tree));
        }
        self.apply_overrides(&mut properties.sources);
        let mut raws = raws;
        raws.extend(self.yaml_snapshots(&properties.others));
        raws.extend(self.inline_query());
        let Properties { patches, sources, others } = properties;
        let span = trace::step("nodes of files");
        let mut nodes = self.finish_all(raws, &patches);
        drop(span);
        let span = trace::step("generic tests");
        self.all_tests(&mut nodes, (&patches, &sources, &others), &manifest.macros);
        // What they say is in the nodes now, and memory is at its highest here.
        drop(patches);
        drop(span);
        let _span = trace::step("nodes of properties");
        nodes.extend(self.source_nodes(&sources));
        nodes.extend(self.yaml_nodes(&others, &mut manifest, &nodes));
        assemble::take_up(&mut manifest, nodes, &|problem| self.sink.push(problem));
        // A node that could not be made leaves its paths without use.
        if !self.sink.has_errors() {
            self.sink.extend(config::unused_paths(self.project, &manifest));
        }
        self.check_fixtures();
        macros::state_texts(&mut manifest, self.project);
        self.attach_tests(&mut manifest);
        self.read_docs(&mut manifest);
        manifest
    }

    /// Keeps what a file has been rendered to, should everything have to be parsed after all.
    fn keep(&self, file: FileId, raw: &RawNode) {
        self.rendered.lock().unwrap_or_else(PoisonError::into_inner).insert(file, raw.clone());
    }

    /// Whether a file is rendered already.
    fn is_kept(&self, file: FileId) -> bool {
        self.rendered.lock().unwrap_or_else(PoisonError::into_inner).contains_key(&file)
    }

    fn kept(&self, file: FileId) -> Option<RawNode> {
        let mut rendered = self.rendered.lock().unwrap_or_else(PoisonError::into_inner);
        if rendered.is_empty() { None } else { rendered.remove(&file) }
    }

    fn empty_manifest(&self) -> Manifest {
        use crate::manifest::ProjectInfo;
        let root = self.project.root();
        let mut manifest = Manifest {
            project: ProjectInfo {
                name: root.config.name.clone(),
                project_id: generic_tests::md5_hex(&root.config.name),
                adapter_type: self.project.profile.adapter_type.clone(),
                quoting: {
                    let policy = self.run.dialect.quote_policy().replace(root.config.quoting);
                    [policy.database, policy.schema, policy.identifier]
                },
                run_started_at: run_started_at(&self.run),
            },
            ..Manifest::default()
        };
        if let Some(file) = &self.project.selectors {
            manifest.selectors = crate::selector::manifest_form(file);
        }
        manifest
    }

    /// What the properties files of all packages say, in order. A file's tree is dropped as soon as it is
    /// read, since all of them together take more memory than anything else.
    fn read_properties(&self) -> Properties<'a> {
        let files: Vec<(&'a Arc<Package>, &'a PackageFile)> = self
            .project
            .packages
            .iter()
            .flat_map(|package| package.files.iter().map(move |file| (package, file)))
            .filter(|(_, file)| file.kind == FileKind::Properties)
            .collect();
        let parts: Vec<Properties<'a>> = files
            .into_par_iter()
            .filter_map(|(package, file)| Some(self.read_file(package, file, &self.properties_tree(file)?)))
            .collect();
        let mut all = Properties::default();
        for part in parts {
            all.patches.extend(part.patches);
            all.sources.extend(part.sources);
            all.others.extend(part.others);
        }
        all
    }

    /// The warning about a key that is given twice, in the words of dbt's reader.
    fn repeated_key(&self, file: &PackageFile, mut warning: Diagnostic) -> Diagnostic {
        if let Some(span) = warning.span
            && let Some(source) = self.sources.get(span.file)
        {
            let at = source.line_col(span.start);
            let key = source.text.get(span.start as usize..span.end as usize).unwrap_or_default();
            // As dbt counts, which takes off blank lines at the start of a file.
            let blank = source.text.len() - source.text.trim_start().len();
            let above = source.text[..blank].bytes().filter(|byte| *byte == b'\n').count();
            let (line, column) = (at.line - above, at.column);
            let what = format!("Duplicate key '{key}' in \"<unicode string>\", line {line}, column {column}");
            warning.message = format!("{what} in file `{}`: the last one counts", file.original_file_path);
            warning = warning.data("duplicate_description", what);
            warning = warning.data("file", file.original_file_path.clone());
        }
        warning
    }

    /// The judge of a file's keys.
    pub fn keys_of<'f>(&'f self, file: &'f str) -> deprecated::keys::Keys<'f> {
        deprecated::keys::Keys { adapter: Some(&self.project.profile.adapter_type), file }
    }

    /// The file's tree; none when it is empty or no properties file.
    fn properties_tree(&self, file: &PackageFile) -> Option<Yaml> {
        match crate::yaml::parse(&file.text, file.file) {
            Ok((yaml, warnings)) => {
                self.sink.extend(warnings.into_iter().map(|warning| self.repeated_key(file, warning)));
                let yaml = yaml.filter(|yaml| !yaml.is_null())?;
                if yaml.as_map().is_none() {
                    self.sink.push(
                        Diagnostic::error(
                            "invalid-property",
                            format!(
                                "Contents of file '{}' are not valid. Dictionary expected.",
                                file.original_file_path
                            ),
                        )
                        .at(yaml.span),
                    );
                    return None;
                }
                self.sink.extend(self.keys_of(&file.original_file_path).of_properties(&yaml));
                Some(yaml)
            }
            Err(problem) => {
                self.sink.push(problem);
                None
            }
        }
    }

    fn read_file(&self, package: &'a Arc<Package>, file: &'a PackageFile, yaml: &Yaml) -> Properties<'a> {
        let mut found = Properties::default();
        let mut problems = vec![];
        let render = self.yaml_renderer(package);
        check_sections(yaml, &mut problems);
        for section in Section::ALL {
            for entry in properties::entries((package, file), yaml, section, &*render, &mut problems) {
                let result = match section {
                    Section::Models
                    | Section::Seeds
                    | Section::Snapshots
                    | Section::DataTests
                    | Section::Analyses
                    | Section::Functions => {
                        let patch = columns::node_patch(&entry, &mut problems);
                        if section == Section::Snapshots && entry.data.contains_key("relation") {
                            found.others.push(entry.owned(package, file));
                        }
                        patch.map(|patch| found.patches.push((package, patch)))
                    }
                    Section::Sources => {
                        sources::source_entry(&entry, &self.project.profile.adapter_type, &mut problems)
                            .map(|source| found.sources.push((package.clone(), source)))
                    }
                    _ => {
                        found.others.push(entry.owned(package, file));
                        Ok(())
                    }
                };
                if let Err(problem) = result {
                    let span = problem.span.or(Some(entry.yaml.span));
                    problems.push(problem.at(span));
                }
            }
        }
        self.sink.extend(problems);
        found
    }

    /// Applies `overrides:` of sources to the packages' own.
    fn apply_overrides(&self, sources: &mut Vec<(Arc<Package>, SourceEntry)>) {
        let (patches, mut own): (Vec<_>, Vec<_>) =
            std::mem::take(sources).into_iter().partition(|(_, source)| source.overrides.is_some());
        let mut seen: FxHashMap<(Str, Str), &SourceEntry> = FxHashMap::default();
        let (mut unused, mut place) = (vec![], None);
        for (_, patch) in &patches {
            let package = patch.overrides.clone().unwrap_or_default();
            if let Some(first) = seen.insert((package.clone(), patch.name()), patch) {
                let message = format!(
                    "dbt found two schema.yml entries for the same source named {} in package {package}. Sources may only \
                     be overridden a single time. To fix this, remove the entry in one of these files:\n - {}\n - {}",
                    patch.name(),
                    first.original_file_path,
                    patch.original_file_path
                );
                self.sink.push(Diagnostic::error("duplicate-patch", message).at(patch.span));
                continue;
            }
            let target =
                own.iter_mut().find(|(_, source)| source.package == package && source.name() == patch.name());
            let (name, path) = (patch.name(), &patch.original_file_path);
            let idle = match target {
                Some((_, source)) => source.apply_override(patch),
                None => {
                    unused.push(format!("  - Source {package}.{name} (in {path})"));
                    vec![]
                }
            };
            unused.extend(
                idle.iter().map(|table| format!("  - Source table {package}.{name}.{table} (in {path})")),
            );
            if !unused.is_empty() {
                place.get_or_insert(patch.span);
            }
        }
        if let Some(place) = place {
            let message = "During parsing, dbt encountered source overrides that had no target:\n";
            let warning = Diagnostic::warning("unused-override", message.to_string() + &unused.join("\n"));
            let listed = Value::List(unused.into_iter().map(Value::str).collect());
            self.sink.push(warning.at(place).event("UnusedTables").data("unused_tables", listed));
        }
        *sources = own;
    }

    /// Exposures, groups, unit tests, and the semantic layer.
    fn yaml_nodes(&self, entries: &[Entry<'_>], manifest: &mut Manifest, nodes: &[Node]) -> Vec<Node> {
        let mut made = vec![];
        for entry in entries {
            let result = match entry.section {
                Section::Exposures => self.exposure(entry).map(|node| made.push(node)),
                Section::Metrics => self.metric(entry).map(|node| made.push(node)),
                Section::SemanticModels => self.semantic_model(entry).map(|nodes| made.extend(nodes)),
                Section::SavedQueries => self.saved_query(entry).map(|node| made.push(node)),
                Section::UnitTests => self.unit_test(entry, nodes).map(|node| made.push(node)),
                Section::Groups => self.group(entry).and_then(|group| {
                    match manifest.groups.insert(group.unique_id.clone(), group) {
                        Some(first) => Err(duplicate_group(&first, entry)),
                        None => Ok(()),
                    }
                }),
                _ => Ok(()),
            };
            if let Err(problem) = result {
                let span = problem.span.or(Some(entry.yaml.span));
                self.sink.push(problem.at(span));
            }
        }
        made
    }

    /// Ties generic tests to the nodes that they test, enabled or not.
    fn attach_tests(&self, manifest: &mut Manifest) {
        let mut by_name: FxHashMap<(Str, Str), (Str, Option<Str>)> = FxHashMap::default();
        let mut disabled: FxHashMap<Str, (Str, Option<Str>)> = FxHashMap::default();
        for node in manifest.nodes.iter().filter(|node| node.resource_type.is_refable()) {
            let value = (node.unique_id.clone(), node.group.clone());
            if node.is_versioned() {
                by_name.insert((node.package.clone(), node.search_name().into()), value.clone());
            }
            if !node.is_versioned() || node.is_latest_version() {
                by_name.insert((node.package.clone(), node.name.clone()), value);
            }
        }
        for node in manifest.disabled.iter().filter(|node| node.resource_type.is_refable()) {
            disabled.entry(node.name.clone()).or_insert((node.unique_id.clone(), node.group.clone()));
        }
        for node in manifest.nodes.iter_mut().chain(&mut manifest.disabled) {
            let Some(reference) = node.refs.first().cloned() else { continue };
            let package = node.package.clone();
            let crate::manifest::NodeKind::GenericTest(test) = &mut node.kind else { continue };
            let tested = tested_name(test).unwrap_or((reference.name.clone(), reference.version.clone()));
            let key = match &tested.1 {
                Some(version) => Str::from(format!("{}.v{}", tested.0, version.py_str())),
                None => tested.0.clone(),
            };
            if let Some((unique_id, group)) = by_name.get(&(package, key)).or_else(|| disabled.get(&tested.0))
            {
                test.attached_node = Some(unique_id.clone());
                node.group = group.clone();
            }
        }
    }

    fn read_docs(&self, manifest: &mut Manifest) {
        for package in &self.project.packages {
            for file in package.files.iter().filter(|file| file.kind == FileKind::Documentation) {
                match files::docs(&self.run.engine, package, file) {
                    Ok(docs) => {
                        for doc in docs {
                            if let Some(first) = manifest.docs.get(&doc.unique_id) {
                                self.sink.push(files::duplicate_doc(first, &doc, file));
                            } else {
                                manifest.docs.insert(doc.unique_id.clone(), doc);
                            }
                        }
                    }
                    Err(problem) => self.sink.push(problem),
                }
            }
        }
    }
}

fn duplicate_group(first: &crate::manifest::Group, entry: &Entry<'_>) -> Diagnostic {
    let (name, path) = (&first.name, &first.original_file_path);
    let message = format!("dbt found two groups with the name \"{name}\".");
    Diagnostic::error("duplicate-name", message)
        .at(entry.span_of("name"))
        .note(format!("one stands in {path}, the other in {}", entry.file.original_file_path))
        .help("give one of them another name")
}

/// When the invocation began, as the manifest states it.
pub fn run_started_at(run: &Invocation) -> Str {
    run.run_started_at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true).into()
}

/// The name and version that a test's `model` argument refers to; none for sources.
fn tested_name(test: &crate::manifest::GenericTestData) -> Option<(Str, Option<crate::value::Value>)> {
    let model = test.kwargs.get("model")?.as_str()?;
    let inner = model.strip_prefix("{{ get_where_subquery(")?.strip_suffix(") }}")?;
    match references::parse(inner)? {
        references::Reference::Ref(args) => Some((args.name, args.version)),
        references::Reference::Source(_) => None,
    }
}

/// Top-level keys of properties files that dbt knows.
fn check_sections(yaml: &Yaml, problems: &mut Vec<Diagnostic>) {
    const OTHER: [&str; 3] = ["version", "anchors", "config-version"];
    for entry in yaml.as_map().unwrap_or_default() {
        let known = || Section::ALL.iter().map(|section| section.key()).chain(OTHER);
        if known().any(|key| key == &*entry.key) {
            continue;
        }
        if let Some(near) = crate::diag::nearest(&entry.key, known()) {
            problems.push(
                Diagnostic::warning("unknown-property", format!("unknown section `{}`", entry.key))
                    .at(entry.key_span)
                    .help(format!("did you mean `{near}`?")),
            );
        }
    }
}
