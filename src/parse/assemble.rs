//! Brings files, properties and tests together into one manifest.

use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::columns::NodePatch;
use super::config::{self, NodeLevels};
use super::nodes::VersionOf;
use super::properties::{Entry, Section};
use super::sources::SourceEntry;
use super::tests::{PendingTest, TestMacros, of_patch, of_table};
use super::{Parser, RawNode};
use crate::diag::Diagnostic;
use crate::jinja::context::external;
use crate::manifest::{Macro, Manifest, Node, NodeKind, ResourceType, SourceData, StrMap};
use crate::project::Package;
use crate::source::Span;
use crate::value::{Map, Str, Value};

/// A patch, and the package whose file holds it.
pub type OwnedPatch<'a> = (&'a Arc<Package>, NodePatch);

/// The entries of all properties files: of nodes, of sources, and the others.
pub type Entries<'e, 'a> = (&'e [OwnedPatch<'a>], &'e [(Arc<Package>, SourceEntry)], &'e [Entry<'a>]);

/// Enough that threads seldom wait for each other.
const TESTS_A_ROUND: usize = 1024;

/// Which patch, and which version of it, describes a raw node.
#[derive(Clone, Copy)]
struct Described {
    patch: usize,
    version: Option<usize>,
}

impl Parser<'_> {
    /// Finishes all nodes of files, each with the entry that describes it.
    pub fn finish_all(&self, raws: Vec<RawNode>, patches: &[OwnedPatch<'_>]) -> Vec<Node> {
        let described = self.match_patches(&raws, patches);
        let finished: Vec<Option<Node>> = raws
            .into_par_iter()
            .zip(described)
            .map(|(raw, described)| {
                let finish = |raw, patch: Option<&NodePatch>, version: Option<VersionOf<'_>>| {
                    self.finish_node(raw, patch, version).map_err(|problem| self.sink.push(problem)).ok()
                };
                with_entry(raw, described, patches, finish)
            })
            .collect();
        finished.into_iter().flatten().collect()
    }

    /// Finishes one node through `finish`, with the entry among `patches` that describes it.
    pub fn finish_one(
        &self,
        raw: RawNode,
        patches: &[OwnedPatch<'_>],
        finish: impl Fn(RawNode, Option<&NodePatch>, Option<VersionOf<'_>>) -> Option<Node>,
    ) -> Option<Node> {
        let raws = [raw];
        let described = self.match_patches(&raws, patches).pop()?;
        let [raw] = raws;
        with_entry(raw, described, patches, finish)
    }

    fn match_patches(&self, raws: &[RawNode], patches: &[OwnedPatch<'_>]) -> Vec<Option<Described>> {
        let mut by_name: FxHashMap<(bool, &str), Vec<usize>> = FxHashMap::default();
        for (index, raw) in raws.iter().enumerate() {
            by_name.entry((raw.resource_type.is_refable(), &raw.name)).or_default().push(index);
        }
        let mut described: Vec<Option<Described>> = vec![None; raws.len()];
        for (index, (package, patch)) in patches.iter().enumerate() {
            let find = |name: &str, any_package: bool| {
                let refable = matches!(patch.section, Section::Models | Section::Seeds | Section::Snapshots);
                let candidates = by_name.get(&(refable, name)).map(Vec::as_slice).unwrap_or_default();
                let fits = |at: &usize| refable || section_of(raws[*at].resource_type) == Some(patch.section);
                let own = |at: &usize| raws[*at].package.config.name == package.config.name;
                let same_section = |at: &usize| section_of(raws[*at].resource_type) == Some(patch.section);
                // What is disabled without the entry is not there for it, if another package has one.
                let enabled: Vec<usize> = match candidates {
                    [] | [_] => candidates.to_vec(),
                    several => several.iter().copied().filter(|at| self.is_enabled(&raws[*at])).collect(),
                };
                let candidates = if enabled.is_empty() { candidates } else { &enabled };
                candidates
                    .iter()
                    .copied()
                    .find(|at| own(at) && same_section(at))
                    .or_else(|| candidates.iter().copied().find(|at| own(at) && fits(at)))
                    .or_else(|| candidates.iter().copied().find(|at| any_package && fits(at)))
            };
            if patch.versions.is_empty() {
                let refable = matches!(patch.section, Section::Models | Section::Seeds | Section::Snapshots);
                let named = by_name.get(&(refable, &*patch.name)).map(Vec::as_slice).unwrap_or_default();
                self.check_disabled_twins(patch, package, named.iter().map(|at| &raws[*at]));
                match find(&patch.name, patch.section != Section::DataTests) {
                    Some(at) if section_of(raws[at].resource_type) != Some(patch.section) => {
                        self.sink.push(wrong_section(patch, &raws[at]));
                    }
                    Some(at) => {
                        self.describe(&mut described, at, Described { patch: index, version: None }, patches)
                    }
                    None => self.sink.push(no_node(patch, &patch.name, raws)),
                }
                continue;
            }
            let latest = patch.latest();
            for (number, version) in patch.versions.iter().enumerate() {
                let file = version
                    .defined_in
                    .as_ref()
                    .map_or_else(|| format!("{}_{}", patch.name, version.formatted()), Str::to_string);
                let found = find(&file, false).or_else(|| {
                    (latest.as_ref() == Some(&version.v)).then(|| find(&patch.name, false)).flatten()
                });
                match found {
                    Some(at) => {
                        self.describe(
                            &mut described,
                            at,
                            Described { patch: index, version: Some(number) },
                            patches,
                        );
                    }
                    None => self.sink.push(no_node(patch, &file, raws)),
                }
            }
        }
        described
    }

    /// Whether a file's node is enabled by its own code and the project files.
    fn is_enabled(&self, raw: &RawNode) -> bool {
        let levels = NodeLevels { patch: None, call: Some(&raw.capture.config) };
        let config = config::build(self.project, &raw.package, (raw.resource_type, &raw.fqn), levels);
        config.map_or(true, |config| config.enabled())
    }

    /// An entry cannot enable a node when several files of its name have switched themselves off.
    fn check_disabled_twins<'r>(
        &self,
        patch: &NodePatch,
        package: &Package,
        named: impl Iterator<Item = &'r RawNode>,
    ) {
        if patch.config.get("enabled").and_then(Value::as_bool) != Some(true) {
            return;
        }
        let twins: Vec<&RawNode> = named
            .filter(|raw| {
                raw.package.config.name == package.config.name
                    && section_of(raw.resource_type) == Some(patch.section)
            })
            .collect();
        let off = |raw: &&RawNode| raw.capture.config.get("enabled").and_then(Value::as_bool) == Some(false);
        if twins.len() > 1 && twins.iter().all(off) {
            self.sink.push(
                Diagnostic::error(
                    "ambiguous-entry",
                    format!(
                        "Found {} matching disabled nodes for {} '{}'. Multiple nodes for the same unique id cannot be \
                         enabled in the schema file. They must be enabled in `dbt_project.yml` or in the sql files.",
                        twins.len(),
                        twins[0].resource_type,
                        patch.name
                    ),
                )
                .at(patch.span),
            );
        }
    }

    fn describe(
        &self,
        described: &mut [Option<Described>],
        at: usize,
        by: Described,
        patches: &[OwnedPatch<'_>],
    ) {
        let patch = &patches[by.patch].1;
        match described[at] {
            Some(first) => {
                let first = &patches[first.patch].1;
                self.sink.push(
                    Diagnostic::error(
                        "duplicate-patch",
                        format!(
                            "dbt found two schema.yml entries for the same resource named {}. Resources and their \
                             associated columns may only be described a single time.",
                            patch.name
                        ),
                    )
                    .at(patch.span)
                    .note(format!("the other entry is in {}", first.original_file_path))
                    .help(format!("remove one of the entries in {} and {}", first.original_file_path, patch.original_file_path)),
                );
            }
            None => described[at] = Some(by),
        }
    }

    /// Adds all generic tests to the nodes, made in parallel, in the order of the entries; there is room then for what
    /// else the properties hold.
    pub fn all_tests(
        &self,
        nodes: &mut Vec<Node>,
        (patches, sources, others): Entries<'_, '_>,
        macros: &StrMap<Arc<Macro>>,
    ) {
        let macros = TestMacros::new(macros);
        let mut pending: Vec<PendingTest<'_>> = vec![];
        for (package, patch) in patches {
            if matches!(patch.section, Section::Models | Section::Seeds | Section::Snapshots) {
                of_patch(package, patch, &mut pending);
            }
        }
        let names: Vec<Str> = sources.iter().map(|(_, source)| source.name()).collect();
        for ((package, source), name) in sources.iter().zip(&names) {
            for table in &source.tables {
                of_table(package, (source, table), name, &mut pending);
            }
        }
        let tables: usize = sources.iter().map(|(_, source)| source.tables.len()).sum();
        // Memory is at its highest here, and nodes are large: they are put in their place a round at a time.
        nodes.reserve_exact(pending.len() + tables + others.len());
        let made = |test: &PendingTest<'_>| {
            self.test_node(test, &macros).map_err(|problem| self.sink.push(problem)).ok()
        };
        for round in pending.chunks(TESTS_A_ROUND) {
            let tests: Vec<Option<Node>> = round.par_iter().map(made).collect();
            nodes.extend(tests.into_iter().flatten());
        }
    }

    /// Applies overrides and makes a node of every table.
    pub fn source_nodes(&self, sources: &[(Arc<Package>, SourceEntry)]) -> Vec<Node> {
        let mut nodes = vec![];
        for (package, source) in sources {
            for table in &source.tables {
                match self.source_node(package, source, table) {
                    Ok(node) => nodes.push(node),
                    Err(problem) => {
                        let span = problem.span.or(Some(table.span));
                        self.sink.push(problem.at(span));
                    }
                }
            }
        }
        nodes
    }

    /// Warns of freshness that nothing can tell.
    fn check_freshness(
        &self,
        config: &crate::manifest::Config,
        source: &str,
        table: &super::sources::TableEntry,
    ) {
        use crate::adapter::dialect::Capability;
        let is_set = |key: &str| config.get(key).is_some_and(Value::is_truthy);
        let by_metadata = self.run.dialect.capabilities().contains(&Capability::TableLastModifiedMetadata);
        let states = |threshold: &Value| {
            let filled = |key: &str| threshold.get(key).is_some_and(|value| !value.is_null());
            filled("count") && filled("period")
        };
        let after = |key: &str| config.get("freshness").and_then(|freshness| freshness.get(key));
        let has_threshold = ["warn_after", "error_after"].into_iter().filter_map(after).any(states);
        if has_threshold && !is_set("loaded_at_field") && !is_set("loaded_at_query") && !by_metadata {
            let message = format!(
                "The configured adapter does not support metadata-based freshness. A loaded_at_field must be \
                 specified for source '{source}.{}'.",
                table.name
            );
            let warning = Diagnostic::warning("freshness-unknown", message).at(table.span);
            self.sink.push(warning.event("FreshnessConfigProblem"));
        }
    }

    fn source_node(
        &self,
        package: &Arc<Package>,
        source: &SourceEntry,
        table: &super::sources::TableEntry,
    ) -> Result<Node, Diagnostic> {
        use super::config::{self, NodeLevels};
        use super::sources::text;
        let name = source.name();
        let mut fqn = super::nodes::fqn_prefix(&package.config.name, &source.path);
        fqn.extend([name.clone(), table.name.clone()]);
        let settings = source.settings(table)?;
        let levels = NodeLevels { patch: Some(&settings.config), call: None };
        let target = (ResourceType::Source, &*fqn);
        let config = config::build(self.project, package, target, levels)?;
        let unrendered = config::build_unrendered(self.project, package, target, levels);
        let pick = |key: &str| config.get(key).and_then(Value::as_shared_str).cloned();
        self.check_freshness(&config, &name, table);
        let data = SourceData {
            source_name: name.clone(),
            source_description: text(&source.data, "description").unwrap_or_else(|| "".into()),
            source_meta: settings.source_meta,
            loader: text(&source.data, "loader").unwrap_or_else(|| "".into()),
            quoting: settings.quoting,
            loaded_at_field: pick("loaded_at_field"),
            loaded_at_query: pick("loaded_at_query"),
            freshness: config.get("freshness").and_then(Value::as_map).cloned(),
            external: table.data.get("external").and_then(Value::as_map).cloned(),
            unrendered_database: source.raw_database.clone(),
            unrendered_schema: source.raw_schema.clone(),
        };
        let filled = |text: Option<Str>| text.filter(|text| !text.is_empty());
        let mut node = Node {
            unique_id: format!("source.{}.{name}.{}", package.config.name, table.name).into(),
            name: table.name.clone(),
            resource_type: ResourceType::Source,
            package: package.config.name.clone(),
            path: source.original_file_path.clone(),
            original_file_path: source.original_file_path.clone(),
            fqn,
            raw_code: "".into(),
            language: Default::default(),
            checksum: Default::default(),
            database: filled(text(&source.data, "database"))
                .or_else(|| self.project.profile.database.clone()),
            schema: filled(text(&source.data, "schema")).unwrap_or_else(|| name.clone()),
            alias: filled(text(&table.data, "identifier")).unwrap_or_else(|| table.name.clone()),
            relation_name: None,
            description: text(&table.data, "description").unwrap_or_else(|| "".into()),
            doc_blocks: vec![],
            columns: super::columns::column_map(&table.columns),
            meta: config.get("meta").and_then(Value::as_map).cloned().unwrap_or_else(Map::default),
            tags: config.tags(),
            group: None,
            docs: Default::default(),
            patch_path: None,
            config,
            unrendered_config: unrendered,
            config_call: Map::default(),
            unrendered_config_call: Map::default(),
            created_at: self.now,
            refs: vec![],
            sources: vec![],
            metrics: vec![],
            functions: vec![],
            depends_on: Default::default(),
            reads: Default::default(),
            span: Some(table.span),
            kind: NodeKind::Source(Box::new(data)),
        };
        let file =
            (&*self.project.profile.adapter_type == "duckdb").then(|| external::location(&node)).flatten();
        node.relation_name = Some(file.unwrap_or_else(|| self.source_relation(&node)));
        Ok(node)
    }
}

/// Hands a node and its entry to `finish`.
fn with_entry<T>(
    raw: RawNode,
    described: Option<Described>,
    patches: &[OwnedPatch<'_>],
    finish: impl Fn(RawNode, Option<&NodePatch>, Option<VersionOf<'_>>) -> T,
) -> T {
    let patch = described.map(|found| &patches[found.patch].1);
    let version = described.and_then(|found| {
        let version = patch?.versions.get(found.version?)?;
        Some((version, patch?.latest()))
    });
    let version = version.as_ref().map(|(version, latest)| VersionOf { version, latest: latest.as_ref() });
    finish(raw, patch, version)
}

fn section_of(kind: ResourceType) -> Option<Section> {
    Some(match kind {
        ResourceType::Model => Section::Models,
        ResourceType::Seed => Section::Seeds,
        ResourceType::Snapshot => Section::Snapshots,
        ResourceType::Analysis => Section::Analyses,
        ResourceType::Test => Section::DataTests,
        ResourceType::Function => Section::Functions,
        _ => return None,
    })
}

fn wrong_section(patch: &NodePatch, raw: &RawNode) -> Diagnostic {
    let plural = section_of(raw.resource_type).map_or("other", Section::key);
    Diagnostic::warning(
        "wrong-section",
        format!(
            "'{}' is a {} node, but it is specified in the {} section of {}.",
            patch.name,
            raw.resource_type,
            patch.section.key(),
            patch.original_file_path
        ),
    )
    .at(patch.span)
    .help(format!("place the `{}` entry under the `{plural}` key", patch.name))
    .event("WrongResourceSchemaFile")
    .data("patch_name", patch.name.clone())
    .data("resource_type", raw.resource_type.as_str())
    .data("plural_resource_type", plural)
    .data("yaml_key", patch.section.key())
    .data("file_path", patch.original_file_path.clone())
}

fn no_node(patch: &NodePatch, name: &str, raws: &[RawNode]) -> Diagnostic {
    let known =
        raws.iter().filter(|raw| section_of(raw.resource_type) == Some(patch.section)).map(|raw| &*raw.name);
    let problem = Diagnostic::warning(
        "no-node-for-entry",
        format!(
            "Did not find matching node for patch with name '{name}' in the '{}' section of file '{}'",
            patch.section.key(),
            patch.original_file_path
        ),
    )
    .at(patch.span)
    .event("NoNodeForYamlKey")
    .data("patch_name", name)
    .data("yaml_key", patch.section.key())
    .data("file_path", patch.original_file_path.clone());
    match crate::diag::nearest(name, known) {
        Some(near) => problem.help(format!("did you mean `{near}`?")),
        None => problem,
    }
}

/// Takes up all nodes: enabled ones get ids, disabled ones stand apart; a second node with the
/// same unique id is an error.
pub fn take_up(manifest: &mut Manifest, nodes: Vec<Node>, report: &dyn Fn(Diagnostic)) {
    // `--inline` runs, whatever the project's file says of its models.
    let is_on = |node: &Node| node.config.enabled() || node.resource_type == ResourceType::SqlOperation;
    let mut first_of: FxHashMap<Str, usize> = FxHashMap::default();
    first_of.reserve(nodes.len());
    let mut others = vec![];
    for (index, node) in nodes.iter().enumerate() {
        if !is_on(node) {
            others.push(index);
        } else if let Some(first) = first_of.get(&node.unique_id) {
            report(duplicate(&nodes[*first], node));
            others.push(index);
        } else {
            first_of.insert(node.unique_id.clone(), index);
        }
    }
    // Nodes are large, and nearly always all of them stay where they are.
    if others.is_empty() {
        manifest.nodes = nodes;
    } else {
        let mut others = others.into_iter().peekable();
        for (index, node) in nodes.into_iter().enumerate() {
            match others.next_if_eq(&index) {
                Some(_) if is_on(&node) => {}
                Some(_) => manifest.disabled.push(node),
                None => manifest.nodes.push(node),
            }
        }
    }
    manifest.by_unique_id = manifest.iter().map(|(id, node)| (node.unique_id.clone(), id)).collect();
}

fn duplicate(first: &Node, second: &Node) -> Diagnostic {
    let span: Option<Span> = second.span;
    match &second.kind {
        NodeKind::Source(source) => Diagnostic::error(
            "duplicate-name",
            format!(
                "dbt found two sources with the name \"{}_{}\".\n\nSince these resources have the same name,\ndbt will be \
                 unable to find the correct resource\nwhen looking for source(\"{}\", \"{}\").\n\nTo fix this, change the \
                 name of one of these resources:\n- {} ({})\n- {} ({})",
                source.source_name,
                second.name,
                source.source_name,
                second.name,
                first.unique_id,
                first.original_file_path,
                second.unique_id,
                second.original_file_path
            ),
        ),
        NodeKind::GenericTest(test) => {
            let column = test.column_name.as_ref().map(|name| format!("column \"{name}\" in ")).unwrap_or_default();
            let name = format!("{}\" defined on {column}\"{}", second.name, test.file_key_name.as_deref().unwrap_or_default());
            Diagnostic::error(
                "duplicate-name",
                format!(
                    "dbt found two data_tests with the name \"{name}\".\n\nSince these resources have the same name,\ndbt \
                     will be unable to find the correct resource\nwhen running tests.\n\nTo fix this, change the name of \
                     one of these resources:\n- {} ({})\n- {} ({})",
                    first.unique_id, first.original_file_path, second.unique_id, second.original_file_path
                ),
            )
        }
        _ => {
            return crate::manifest::duplicate_name(first, second);
        }
    }
    .at(span)
    .node(&*second.unique_id)
}
