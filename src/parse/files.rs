//! From files to raw nodes: models, snapshots, analyses, singular tests, seeds, functions, hooks, docs.

use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::macros::stray_tag;
use super::nodes::{checksum, file_stem, fqn_prefix, without_extension};
use super::properties::{Entry, Section};
use super::python::syntax;
use super::{Capture, Parser, RawNode};
use crate::adapter::python::interpreter;
use crate::diag::Diagnostic;
use crate::jinja::engine::{Engine, Scope, Undefined};
use crate::jinja::errors::diagnostic_in;
use crate::manifest::{Checksum, Doc, Language, OperationData, ResourceType};
use crate::project::{FileKind, Package, PackageFile};
use crate::source::{FileId, Span};
use crate::value::{Str, Value};

impl Parser<'_> {
    /// Reads and renders all files that make nodes, in the order of packages, kinds and paths.
    pub fn raw_nodes(&self) -> Vec<RawNode> {
        let files: Vec<_> = self
            .project
            .packages
            .iter()
            .filter(|package| !package.builtin)
            .flat_map(|package| package.files.iter().map(move |file| (package, file)))
            .filter_map(|(package, file)| Some((package, file, kind_of(file.kind)?)))
            .collect();
        let broken = self.broken_python(files.iter().map(|(package, file, _)| (*package, *file)));
        let mut raws: Vec<RawNode> = files
            .into_par_iter()
            .filter(|(_, file, _)| !broken.contains(&file.file))
            .flat_map_iter(|(package, file, kind)| self.raws_of(package, file, kind))
            .collect();
        for package in &self.project.packages {
            raws.extend(self.hooks(package));
        }
        raws
    }

    /// The raw nodes of one file.
    pub fn raws_of(&self, package: &Arc<Package>, file: &PackageFile, kind: ResourceType) -> Vec<RawNode> {
        if let Some(raw) = self.kept(file.file) {
            return vec![raw];
        }
        if kind == ResourceType::Snapshot {
            return self.snapshots(package, file);
        }
        let raw = raw_node(package, file, kind, file_stem(&file.path), file.text.trim());
        self.rendered(raw).into_iter().collect()
    }

    /// The Python models that Python cannot read, each reported.
    pub fn broken_python<'f>(
        &self,
        files: impl Iterator<Item = (&'f Arc<Package>, &'f PackageFile)>,
    ) -> FxHashSet<FileId> {
        let mut broken = FxHashSet::default();
        let models: Vec<_> = files
            .filter(|(_, file)| file.kind == FileKind::Model && file.path.ends_with(".py"))
            .filter(|(_, file)| !self.is_kept(file.file))
            .collect();
        if models.is_empty() {
            return broken;
        }
        let codes: Vec<[&str; 2]> =
            models.iter().map(|(_, file)| [&*file.original_file_path, file.text.trim()]).collect();
        let python = interpreter(&self.run.env).ok();
        let Some(errors) = python.and_then(|python| syntax::check(&python, &codes)) else { return broken };
        for ((package, file), error) in models.into_iter().zip(errors) {
            let Some(error) = error else { continue };
            let leading = file.text.len() - file.text.trim_start().len();
            let at = leading + syntax::place(file.text.trim(), &error);
            let name = file.original_file_path.rsplit('/').next().unwrap_or_default();
            let message = format!("{} ({name}, line {})", error.message, error.line);
            broken.insert(file.file);
            self.sink.push(
                Diagnostic::error("invalid-python-model", message)
                    .at(Span::new(file.file, at, at))
                    .node(format!("model.{}.{}", package.config.name, file_stem(&file.path))),
            );
        }
        broken
    }

    fn rendered(&self, mut raw: RawNode) -> Option<RawNode> {
        if raw.resource_type == ResourceType::Seed {
            return Some(raw);
        }
        let capture = match raw.language {
            // A Python function is a template, a Python model is not.
            Language::Python if raw.resource_type == ResourceType::Model => super::python::capture(&raw),
            _ => self.capture_code(&raw),
        };
        match capture {
            Ok(capture) => {
                raw.capture = capture;
                Some(raw)
            }
            Err(problem) => {
                self.sink.push(problem);
                None
            }
        }
    }

    /// The `{% snapshot %}` blocks of a file.
    fn snapshots(&self, package: &Arc<Package>, file: &PackageFile) -> Vec<RawNode> {
        let blocks = match self.run.engine.snapshot_blocks(&self.sources.path(file.file), &file.text) {
            Ok((blocks, stray)) => {
                self.sink.extend(stray.iter().map(|(name, span)| stray_tag(name, span, file)));
                blocks
            }
            Err(error) => {
                self.sink.push(diagnostic_in(&error, file.file));
                return vec![];
            }
        };
        blocks
            .into_iter()
            .filter_map(|block| {
                let mut raw = raw_node(
                    package,
                    file,
                    ResourceType::Snapshot,
                    &block.name,
                    file.text.get(block.contents.clone()).unwrap_or_default(),
                );
                raw.span = Some(Span::new(file.file, block.contents.start, block.contents.end));
                self.rendered(raw)
            })
            .collect()
    }

    /// Snapshots that YAML alone defines, by `relation:`.
    pub fn yaml_snapshots(&self, entries: &[Entry<'_>]) -> Vec<RawNode> {
        let mut raws = vec![];
        for entry in entries.iter().filter(|entry| entry.section == Section::Snapshots) {
            let Some(Value::Str(relation)) = entry.data.get("relation") else { continue };
            let name = Str::from(entry.name());
            let package = &entry.package.config.name;
            let mut fqn = fqn_prefix(package, &entry.file.path);
            fqn.push(name.clone());
            let mut capture = Capture::default();
            match super::references::parse(relation) {
                Some(super::references::Reference::Ref(args)) => capture.refs.push(args),
                Some(super::references::Reference::Source(args)) => capture.sources.push(args),
                None => {
                    self.sink.push(
                        entry
                            .error(
                                "invalid-reference",
                                "relation",
                                format!("Invalid 'ref' or 'source' syntax in `relation`: {relation}"),
                            )
                            .help("write `ref('model')` or `source('source', 'table')`"),
                    );
                    continue;
                }
            }
            raws.push(RawNode {
                package: entry.package.clone(),
                resource_type: ResourceType::Snapshot,
                unique_id: format!("snapshot.{package}.{name}").into(),
                path: format!("{}/{name}.sql", entry.file.path).into(),
                original_file_path: entry.file.original_file_path.clone(),
                fqn,
                raw_code: format!("select * from {{{{ {relation} }}}}").into(),
                language: Language::Sql,
                checksum: checksum(entry.file.text.trim()),
                tags: vec![],
                capture,
                operation: None,
                span: Some(entry.span_of("name")),
                name,
            });
        }
        raws
    }

    /// The project's `on-run-start` and `on-run-end` as operations.
    fn hooks(&self, package: &Arc<Package>) -> Vec<RawNode> {
        let config = &package.config;
        // dbt states the project file's hash for each of its hooks.
        let file = config.source.as_ref().and_then(|yaml| self.sources.get(yaml.span.file));
        let project_text = file.as_ref().map_or("", |file| &*file.text);
        let mut raws = vec![];
        for (hook, list) in [("on-run-start", &config.on_run_start), ("on-run-end", &config.on_run_end)] {
            for (index, sql) in list.iter().enumerate() {
                let name = Str::from(format!("{}-{hook}-{index}", config.name));
                let path = Str::from(format!("hooks/{name}.sql"));
                let mut fqn = fqn_prefix(&config.name, &path);
                fqn.push(name.clone());
                let raw = RawNode {
                    package: package.clone(),
                    resource_type: ResourceType::Operation,
                    unique_id: format!("operation.{}.{name}", config.name).into(),
                    name,
                    path,
                    original_file_path: "./dbt_project.yml".into(),
                    fqn,
                    raw_code: sql.clone(),
                    language: Language::Sql,
                    checksum: checksum(project_text.trim()),
                    tags: vec![hook.into()],
                    capture: Capture::default(),
                    operation: Some(OperationData { index, hook }),
                    span: config
                        .source
                        .as_ref()
                        .and_then(|yaml| yaml.entry(hook))
                        .map(|entry| text_span(entry.value.span, project_text, sql)),
                };
                raws.extend(self.rendered(raw));
            }
        }
        raws
    }
}

/// Where a text stands in the value of a YAML file; where it is written otherwise, the value.
fn text_span(value: Span, file: &str, text: &str) -> Span {
    let range = value.start as usize..value.end as usize;
    let at = file.get(range).and_then(|written| written.find(text));
    at.map_or(value, |at| Span::new(value.file, value.start as usize + at, value.start as usize + at))
}

/// What a file of a kind makes, if it makes nodes.
pub fn kind_of(kind: FileKind) -> Option<ResourceType> {
    Some(match kind {
        FileKind::Model => ResourceType::Model,
        FileKind::Snapshot => ResourceType::Snapshot,
        FileKind::Analysis => ResourceType::Analysis,
        FileKind::SingularTest => ResourceType::Test,
        FileKind::Seed => ResourceType::Seed,
        FileKind::Function => ResourceType::Function,
        _ => return None,
    })
}

fn raw_node(
    package: &Arc<Package>,
    file: &PackageFile,
    kind: ResourceType,
    name: &str,
    code: &str,
) -> RawNode {
    let package_name = &package.config.name;
    let path: Str = match kind {
        ResourceType::Analysis => format!("analysis/{}", file.path).into(),
        ResourceType::Test => {
            let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
            if folder.is_empty() {
                format!("{name}.sql").into()
            } else {
                format!("{folder}/{name}.sql").into()
            }
        }
        _ => file.path.clone(),
    };
    let mut fqn = fqn_prefix(package_name, &path);
    if kind == ResourceType::Snapshot {
        fqn.push(file_stem(without_extension(&path)).into());
    }
    fqn.push(name.into());
    let leading = file.text.len() - file.text.trim_start().len();
    RawNode {
        package: package.clone(),
        resource_type: kind,
        unique_id: format!("{kind}.{package_name}.{name}").into(),
        name: name.into(),
        path,
        original_file_path: file.original_file_path.clone(),
        fqn,
        raw_code: if kind == ResourceType::Seed { "".into() } else { code.into() },
        language: match file.path.rsplit_once('.') {
            Some((_, "py")) => Language::Python,
            Some((_, "js")) => Language::Javascript,
            _ => Language::Sql,
        },
        checksum: if kind == ResourceType::Seed {
            seed_checksum(package, file)
        } else {
            checksum(file.text.trim())
        },
        tags: vec![],
        capture: Capture::default(),
        operation: None,
        span: Some(Span::new(file.file, leading, leading)),
    }
}

/// Large seeds are told apart by their path, as dbt does, so that parsing stays quick.
fn seed_checksum(package: &Package, file: &PackageFile) -> Checksum {
    const LARGE: u64 = 1024 * 1024;
    let path = package.root.join(&*file.original_file_path);
    let by_path = || Checksum { name: "path", checksum: file.original_file_path.clone() };
    match std::fs::metadata(&path) {
        Ok(facts) if facts.len() <= LARGE => match std::fs::read_to_string(&path) {
            Ok(text) => checksum(text.trim()),
            Err(_) => by_path(),
        },
        _ => by_path(),
    }
}

/// The docs blocks of a Markdown file.
pub fn docs(engine: &Engine, package: &Arc<Package>, file: &PackageFile) -> Result<Vec<Doc>, Diagnostic> {
    let blocks = engine
        .docs_blocks(&file.original_file_path, &file.text)
        .map_err(|error| diagnostic_in(&error, file.file))?;
    let package = &package.config.name;
    let mut docs = blocks
        .into_iter()
        .map(|block| Doc {
            unique_id: format!("doc.{package}.{}", block.name).into(),
            name: Str::from(&*block.name),
            package: package.clone(),
            path: file.path.clone(),
            original_file_path: file.original_file_path.clone(),
            contents: file.text.get(block.contents.clone()).unwrap_or_default().trim().into(),
        })
        .collect::<Vec<_>>();
    // A block's text is a template of its own, in which no name is known.
    for doc in docs.iter_mut().filter(|doc| doc.contents.contains(['{'])) {
        let rendered = engine.render_str(&doc.unique_id, &doc.contents, Arc::new(NoNames), Undefined::Strict);
        doc.contents = rendered.map_err(|error| diagnostic_in(&error, file.file))?.trim().into();
    }
    Ok(docs)
}

struct NoNames;

impl Scope for NoNames {
    fn get(&self, _: &str) -> Option<minijinja::Value> {
        None
    }
}

/// Two docs blocks with one name.
pub fn duplicate_doc(first: &Doc, second: &Doc, file: &PackageFile) -> Diagnostic {
    Diagnostic::error(
        "duplicate-name",
        format!(
            "dbt found two docs with the name \"{}\".\n\nSince these resources have the same name,\ndbt will be unable to \
             find the correct resource\nwhen looking for doc(\"{}\").\n\nTo fix this, change the name of one of these \
             resources:\n- {} ({})\n- {} ({})",
            first.name,
            first.name,
            first.unique_id,
            first.original_file_path,
            second.unique_id,
            second.original_file_path
        ),
    )
    .at(Span::new(file.file, 0, 0))
}
