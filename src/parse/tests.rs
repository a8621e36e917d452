//! Generic test nodes: one for each test of an entry, its columns and its versions.

use std::sync::{Arc, Mutex};

use rustc_hash::FxHashMap;

use super::columns::{ColumnProps, NodePatch, TestEntry};
use super::config::{self, NodeLevels};
use super::deprecated::generic_tests as deprecated;
use super::generic_tests::{Request, Target, TestBuilder, build};
use super::nodes::fqn_prefix;
use super::sources::{SourceEntry, TableEntry};
use super::{Capture, Parser};
use crate::diag::Diagnostic;
use crate::jinja::macros::MacroTable;
use crate::jinja::visible::Visible;
use crate::manifest::{
    Checksum, Config, Docs, GenericTestData, Language, Macro, Node, NodeKind, RefArgs, ResourceType, StrMap,
};
use crate::project::Package;
use crate::value::{Map, Str, Value};

/// Where tests hang: the entry they stand in, and what they test.
pub struct TestHost<'a> {
    pub package: &'a Arc<Package>,
    pub original_file_path: &'a Str,
    pub target: Target<'a>,
    /// `models.orders`, `sources.raw`.
    pub file_key_name: Str,
    pub quote_columns: Option<bool>,
    /// Tags that every test of the host inherits.
    pub tags: Vec<Str>,
}

impl TestHost<'_> {
    /// What is tested, in a word.
    fn tested(&self) -> std::borrow::Cow<'_, str> {
        match &self.target {
            Target::Ref { name, .. } => (*name).into(),
            Target::Source { source, table } => format!("{source}_{table}").into(),
        }
    }
}

/// A test that is still to be made.
pub struct PendingTest<'a> {
    pub host: Arc<TestHost<'a>>,
    pub entry: &'a TestEntry,
    pub column: Option<&'a ColumnProps>,
}

/// The tests of a model's, seed's or snapshot's entry.
pub fn of_patch<'a>(package: &'a Arc<Package>, patch: &'a NodePatch, found: &mut Vec<PendingTest<'a>>) {
    let host = |version: Option<&'a Value>| {
        Arc::new(TestHost {
            package,
            original_file_path: &patch.original_file_path,
            target: Target::Ref { name: &patch.name, version },
            file_key_name: format!("{}.{}", patch.section.key(), patch.name).into(),
            quote_columns: patch.quote_columns,
            tags: vec![],
        })
    };
    if patch.versions.is_empty() {
        let host = host(None);
        collect(&host, patch.columns.iter(), &patch.tests, found);
        return;
    }
    for version in &patch.versions {
        let host = host(Some(&version.v));
        let tests = version.tests.as_ref().unwrap_or(&patch.tests);
        collect(&host, patch.columns_of(version).into_iter(), tests, found);
    }
}

/// The tests of a source's table.
pub fn of_table<'a>(
    package: &'a Arc<Package>,
    (source, table): (&'a SourceEntry, &'a TableEntry),
    name: &'a Str,
    found: &mut Vec<PendingTest<'a>>,
) {
    let flag = |data: &Map| data.get("quote_columns").and_then(Value::as_bool);
    let quoted =
        |data: &Map| data.get("quoting").and_then(|quoting| quoting.get("column")).and_then(Value::as_bool);
    let host = Arc::new(TestHost {
        package,
        original_file_path: &source.original_file_path,
        target: Target::Source { source: name, table: &table.name },
        file_key_name: format!("sources.{name}").into(),
        quote_columns: quoted(&table.data).or(quoted(&source.data)).or(flag(&table.data)),
        tags: source.test_tags(table),
    });
    collect(&host, table.columns.iter(), &table.tests, found);
}

fn collect<'a>(
    host: &Arc<TestHost<'a>>,
    columns: impl Iterator<Item = &'a ColumnProps>,
    tests: &'a [TestEntry],
    found: &mut Vec<PendingTest<'a>>,
) {
    for column in columns {
        found.extend(column.tests.iter().map(|entry| PendingTest {
            host: host.clone(),
            entry,
            column: Some(column),
        }));
    }
    found.extend(tests.iter().map(|entry| PendingTest { host: host.clone(), entry, column: None }));
}

/// What the macros of tests call, found once for each.
pub struct TestMacros<'a> {
    macros: &'a StrMap<Arc<Macro>>,
    seen: Mutex<FxHashMap<Option<Str>, Arc<Visible>>>,
}

impl<'a> TestMacros<'a> {
    pub fn new(macros: &'a StrMap<Arc<Macro>>) -> TestMacros<'a> {
        TestMacros { macros, seen: Mutex::default() }
    }

    fn visible(&self, table: &MacroTable, test: Option<&Str>) -> Arc<Visible> {
        let mut seen = self.seen.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let known = seen.entry(test.cloned()).or_insert_with(|| {
            let wrapper = table.find("get_where_subquery").map(|entry| entry.unique_id.clone());
            let calls = |id: &str| self.macros.get(id).map_or(&[][..], |found| &found.depends_on);
            Arc::new(Visible::of(table, wrapper.into_iter().chain(test.cloned()), calls))
        });
        known.clone()
    }
}

impl Parser<'_> {
    /// Makes the node of a test.
    ///
    /// # Errors
    /// Malformed definitions, invalid configuration, and what its rendering raises.
    pub fn test_node(&self, pending: &PendingTest<'_>, macros: &TestMacros<'_>) -> Result<Node, Diagnostic> {
        self.build_test(pending, macros).map_err(|problem| {
            let span = problem.span.or(Some(pending.entry.span));
            problem.at(span)
        })
    }

    fn build_test(&self, pending: &PendingTest<'_>, macros: &TestMacros<'_>) -> Result<Node, Diagnostic> {
        let host = &*pending.host;
        let column_name = pending.column.map(|column| {
            let quote = column.info.quote.unwrap_or(host.quote_columns == Some(true));
            if quote { self.run.dialect.quote(&column.info.name) } else { column.info.name.to_string() }
        });
        let render = self.yaml_renderer(host.package);
        let arguments_property = self.flags.behaviour("require_generic_test_arguments_property");
        self.sink.extend(deprecated::warnings(&deprecated::Written {
            definition: &pending.entry.definition,
            span: pending.entry.span,
            tested: &host.tested(),
            package: &host.package.config.name,
            file: host.original_file_path,
            arguments_property,
        }));
        let builder = build(&Request {
            definition: &pending.entry.definition,
            span: pending.entry.span,
            target: host.target.clone(),
            column_name: column_name.as_deref(),
            arguments_property,
            render: &*render,
        })?;
        let mut node = self.bare_test(host, &builder, column_name.as_deref());
        node.tags = test_tags(pending, &builder)?;
        self.render_test(host, &builder, macros, &mut node)?;
        Ok(node)
    }

    fn bare_test(&self, host: &TestHost<'_>, builder: &TestBuilder, column_name: Option<&str>) -> Node {
        let package = &host.package.config.name;
        let inner =
            host.original_file_path.split_once('/').map_or(&**host.original_file_path, |(_, rest)| rest);
        let mut fqn = fqn_prefix(package, inner);
        fqn.push(builder.full_name.clone());
        Node {
            unique_id: format!("test.{package}.{}.{}", builder.full_name, builder.hash()).into(),
            name: builder.full_name.clone(),
            resource_type: ResourceType::Test,
            package: package.clone(),
            path: format!("{}.sql", builder.short_name).into(),
            original_file_path: host.original_file_path.clone(),
            fqn,
            raw_code: builder.raw_code().into(),
            language: Language::Sql,
            checksum: Checksum::default(),
            database: None,
            schema: "".into(),
            alias: "".into(),
            relation_name: None,
            description: builder.description.clone(),
            doc_blocks: vec![],
            columns: StrMap::default(),
            meta: Map::default(),
            tags: vec![],
            group: None,
            docs: Docs::default(),
            patch_path: None,
            config: Config::new(ResourceType::Test),
            unrendered_config: Map::default(),
            config_call: Map::default(),
            unrendered_config_call: Map::default(),
            created_at: self.now,
            refs: vec![],
            sources: vec![],
            metrics: vec![],
            functions: vec![],
            depends_on: Default::default(),
            reads: Default::default(),
            span: Some(builder.span),
            kind: NodeKind::GenericTest(Box::new(GenericTestData {
                test_name: builder.name.clone(),
                namespace: builder.namespace.clone(),
                kwargs: builder.kwargs.clone(),
                column_name: column_name.map(Str::from),
                file_key_name: Some(host.file_key_name.clone()),
                attached_node: None,
                description: builder.description.clone(),
            })),
        }
    }

    /// Finds what the test refers to, by rendering it, and settles its configuration.
    fn render_test(
        &self,
        host: &TestHost<'_>,
        builder: &TestBuilder,
        macros: &TestMacros<'_>,
        node: &mut Node,
    ) -> Result<(), Diagnostic> {
        // A namespace counts for naming only: a macro of the test's own package or the root project wins.
        let macro_id = self.run.macros.resolve_test(&host.package.config.name, &builder.name);
        let mut capture = Capture { config: builder.config.clone(), ..Capture::default() };
        capture.macros.extend(macro_id.clone());
        match macro_id.as_deref() {
            Some("macro.dbt.test_not_null" | "macro.dbt.test_unique") => match &host.target {
                Target::Ref { name, version } => capture.refs.push(RefArgs {
                    name: (*name).into(),
                    package: None,
                    version: version.cloned(),
                    span: node.span,
                }),
                Target::Source { source, table } => capture.sources.push([(*source).into(), (*table).into()]),
            },
            _ => {
                let known = macro_id
                    .as_deref()
                    .and_then(|id| self.builtin_tests.capture(id, builder, &capture, node.span));
                capture = match known {
                    Some(known) => known,
                    None => {
                        let visible = macros.visible(&self.run.macros, macro_id.as_ref());
                        self.capture_test(host.package, node, capture, visible)?
                    }
                };
                if self.flags.behaviour("state_modified_compare_more_unrendered_values") {
                    capture.unrendered_config = self.config_as_written(&node.raw_code);
                }
            }
        }
        let levels = NodeLevels { patch: None, call: Some(&capture.config) };
        let fqn = node.fqn.clone();
        node.config = config::build(self.project, host.package, (ResourceType::Test, &fqn), levels)?;
        let written = Some(&capture.unrendered_config).filter(|call| !call.is_empty());
        let levels = NodeLevels { patch: None, call: written.or(levels.call) };
        node.unrendered_config =
            config::build_unrendered(self.project, host.package, (ResourceType::Test, &fqn), levels);
        for tag in node.config.tags() {
            if !node.tags.contains(&tag) {
                node.tags.push(tag);
            }
        }
        if let Some(Value::Map(meta)) = node.config.get("meta") {
            node.meta = meta.clone();
        }
        node.group = node.config.get("group").and_then(Value::as_shared_str).cloned();
        node.config_call = capture.config;
        node.unrendered_config_call = capture.unrendered_config;
        (node.refs, node.sources, node.metrics) = (capture.refs, capture.sources, capture.metrics);
        node.functions = capture.functions;
        node.depends_on.macros = capture.macros;
        node.reads = crate::manifest::Reads { vars: capture.vars, env_vars: capture.env_vars };
        self.relation_names(node)
    }
}

/// Sorted tags of the column or table and of the test itself.
fn test_tags(pending: &PendingTest<'_>, builder: &TestBuilder) -> Result<Vec<Str>, Diagnostic> {
    let mut tags = pending.host.tags.clone();
    tags.extend(pending.column.iter().flat_map(|column| column.test_tags.iter().cloned()));
    match builder.config.get("tags") {
        None => {}
        Some(Value::Str(tag)) => tags.push(tag.clone()),
        Some(Value::List(items)) => {
            for item in items {
                match item {
                    Value::Str(tag) => tags.push(tag.clone()),
                    other => {
                        return Err(Diagnostic::error(
                            "invalid-test",
                            format!("got {} ({}) for tag, expected a str", other.py_str(), other.type_name()),
                        ));
                    }
                }
            }
        }
        Some(other) => {
            return Err(Diagnostic::error(
                "invalid-test",
                format!(
                    "got {} ({}) for tags, expected a list of strings",
                    other.py_str(),
                    other.type_name()
                ),
            ));
        }
    }
    tags.sort();
    tags.dedup();
    Ok(tags)
}
