//! One node of the manifest: what all kinds share, and the payload of each kind.

use super::{Config, Docs, NodeId, ResourceType, StrMap};
use crate::source::Span;
use crate::value::{Map, Str, Value};

/// A node of the DAG. Fields that a kind does not have stay empty.
#[derive(Clone, Debug)]
pub struct Node {
    /// `model.<package>.<name>`, `test.<package>.<name>.<hash>`, `source.<package>.<source>.<table>`, …
    pub unique_id: Str,
    pub name: Str,
    pub resource_type: ResourceType,
    pub package: Str,
    /// Relative to the resource folder (`models/`, …).
    pub path: Str,
    /// Relative to the package's root.
    pub original_file_path: Str,
    pub fqn: Vec<Str>,
    pub raw_code: Str,
    pub language: Language,
    pub checksum: Checksum,
    pub database: Option<Str>,
    pub schema: Str,
    /// Name in the warehouse; a source's `identifier`.
    pub alias: Str,
    /// Fully quoted, as rendered SQL names it; none for what has no relation (ephemeral models, tests).
    pub relation_name: Option<Str>,
    /// Rendered (doc blocks resolved).
    pub description: Str,
    /// Unique ids of the doc blocks that the description uses.
    pub doc_blocks: Vec<Str>,
    pub columns: StrMap<ColumnInfo>,
    pub meta: Map,
    pub tags: Vec<Str>,
    pub group: Option<Str>,
    pub docs: Docs,
    /// `<package>://<path>` of the YAML that describes it.
    pub patch_path: Option<Str>,
    pub config: Config,
    /// Configuration as written, Jinja not rendered.
    pub unrendered_config: Map,
    /// What `config(...)` in the file gave, rendered; and as written where it differs.
    pub config_call: Map,
    pub unrendered_config_call: Map,
    pub created_at: f64,
    pub refs: Vec<RefArgs>,
    /// `[source name, table name]`.
    pub sources: Vec<[Str; 2]>,
    /// Arguments of `metric(...)`: name, or package and name.
    pub metrics: Vec<Vec<Str>>,
    /// Arguments of `function(...)`.
    pub functions: Vec<Vec<Str>>,
    pub depends_on: DependsOn,
    /// What rendering the node at parse time read besides its own file.
    pub reads: Reads,
    /// Where the node is defined: its file, or its YAML entry.
    pub span: Option<Span>,
    pub kind: NodeKind,
}

/// What only one kind of node has.
#[derive(Clone, Debug)]
pub enum NodeKind {
    Model(Box<ModelData>),
    Seed(SeedData),
    Snapshot,
    Analysis,
    /// A test made from a generic test's definition.
    GenericTest(Box<GenericTestData>),
    SingularTest,
    /// A hook of the project: `on-run-start` or `on-run-end`.
    Operation(OperationData),
    SqlOperation,
    Source(Box<SourceData>),
    Exposure(Box<ExposureData>),
    /// Kinds of the semantic layer hold their validated entry in manifest shape.
    Metric(Box<SpecData>),
    SemanticModel(Box<SpecData>),
    SavedQuery(Box<SpecData>),
    UnitTest(Box<UnitTestData>),
    Function(Box<FunctionData>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Language {
    #[default]
    Sql,
    Python,
    Javascript,
}

impl Language {
    pub fn as_str(self) -> &'static str {
        match self {
            Language::Sql => "sql",
            Language::Python => "python",
            Language::Javascript => "javascript",
        }
    }
}

/// Hash of a file's content; `none` where there is no file, `path` for seeds too large to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checksum {
    pub name: &'static str,
    pub checksum: Str,
}

impl Default for Checksum {
    fn default() -> Checksum {
        Checksum { name: "none", checksum: "".into() }
    }
}

/// A model's version: dbt keeps the YAML type, so `1` and `"1"` print differently.
pub type NodeVersion = Value;

/// The order of versions: numbers by size, everything else by text.
pub fn compare_versions(a: &NodeVersion, b: &NodeVersion) -> std::cmp::Ordering {
    match (a.py_str().parse::<f64>(), b.py_str().parse::<f64>()) {
        (Ok(a), Ok(b)) => a.total_cmp(&b),
        _ => a.py_str().cmp(&b.py_str()),
    }
}

/// The arguments of one `ref(...)`.
#[derive(Clone, Debug, PartialEq)]
pub struct RefArgs {
    pub name: Str,
    pub package: Option<Str>,
    pub version: Option<NodeVersion>,
    /// Where it stands in the file, for messages.
    pub span: Option<Span>,
}

#[derive(Clone, Debug, Default)]
pub struct DependsOn {
    /// Bound by resolve, in order of first mention.
    pub nodes: Vec<NodeId>,
    /// Unique ids of the macros that the node calls directly.
    pub macros: Vec<Str>,
    /// Public models of other projects, which have no node of their own.
    pub external: Vec<Str>,
}

/// What a node's parse read, for the cache, `state:modified` and impact analysis.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reads {
    pub vars: Vec<Str>,
    pub env_vars: Vec<Str>,
}

#[derive(Clone, Debug, Default)]
pub struct ColumnInfo {
    pub name: Str,
    pub description: Str,
    pub doc_blocks: Vec<Str>,
    pub meta: Map,
    pub tags: Vec<Str>,
    pub data_type: Option<Str>,
    /// In manifest shape: type, name, expression, warn_unenforced, warn_unsupported, …
    pub constraints: Vec<Map>,
    pub quote: Option<bool>,
    pub granularity: Option<Str>,
    /// `{meta, tags}` and further keys of `config:`.
    pub config: Map,
    /// Keys that dbt does not know; it carries them along.
    pub extra: Map,
}

#[derive(Clone, Debug, Default)]
pub struct ModelData {
    /// `private`, `protected` or `public`.
    pub access: Str,
    pub constraints: Vec<Map>,
    pub version: Option<NodeVersion>,
    pub latest_version: Option<NodeVersion>,
    /// ISO text with time zone, as the manifest prints it.
    pub deprecation_date: Option<Str>,
    pub primary_key: Vec<Str>,
    /// `{standard_granularity_column, custom_granularities}`.
    pub time_spine: Option<Map>,
    pub contract_checksum: Option<Str>,
}

#[derive(Clone, Debug, Default)]
pub struct SeedData {
    /// The package's root folder, where the file is read when the seed runs.
    pub root_path: Option<Str>,
}

#[derive(Clone, Debug, Default)]
pub struct GenericTestData {
    /// Name of the test macro without its `test_` prefix.
    pub test_name: Str,
    pub namespace: Option<Str>,
    pub kwargs: Map,
    pub column_name: Option<Str>,
    /// `models.orders`, `sources.raw`: the YAML entry that holds the test.
    pub file_key_name: Option<Str>,
    /// The unique id of the node tested; none when the test hangs on a source.
    pub attached_node: Option<Str>,
    /// Which `sources`/`refs` entry is the tested one.
    pub description: Str,
}

#[derive(Clone, Debug)]
pub struct OperationData {
    /// Position within the project's list.
    pub index: usize,
    /// `on-run-start` or `on-run-end`.
    pub hook: &'static str,
}

#[derive(Clone, Debug, Default)]
pub struct SourceData {
    pub source_name: Str,
    pub source_description: Str,
    pub source_meta: Map,
    pub loader: Str,
    pub quoting: Map,
    pub loaded_at_field: Option<Str>,
    pub loaded_at_query: Option<Str>,
    /// `{warn_after: {count, period}, error_after: …, filter}`; none when switched off.
    pub freshness: Option<Map>,
    pub external: Option<Map>,
    pub unrendered_database: Option<Str>,
    pub unrendered_schema: Option<Str>,
}

#[derive(Clone, Debug, Default)]
pub struct ExposureData {
    /// `dashboard`, `notebook`, `analysis`, `ml` or `application`.
    pub kind: Str,
    pub owner: Map,
    pub label: Option<Str>,
    pub maturity: Option<Str>,
    pub url: Option<Str>,
}

#[derive(Clone, Debug, Default)]
pub struct SpecData {
    /// Manifest keys that only this kind has (a metric's `type_params`, a semantic model's `entities`, …).
    pub spec: Map,
}

#[derive(Clone, Debug, Default)]
pub struct UnitTestData {
    pub model: Str,
    /// The node that the test checks; bound by resolve.
    pub tested_node: Option<NodeId>,
    /// Entries `{input, rows, format, fixture}`.
    pub given: Vec<Value>,
    pub expect: Map,
    pub overrides: Option<Map>,
    pub versions: Option<Map>,
    pub version: Option<NodeVersion>,
    pub checksum: Str,
}

#[derive(Clone, Debug, Default)]
pub struct FunctionData {
    pub arguments: Vec<Value>,
    pub returns: Map,
}

impl Node {
    /// The model's materialization, `seed`, `snapshot`, `test`, `view`, …
    pub fn materialized(&self) -> &str {
        self.config.get_str("materialized").unwrap_or("view")
    }

    pub fn is_ephemeral(&self) -> bool {
        self.resource_type == ResourceType::Model && self.materialized() == "ephemeral"
    }

    pub fn model(&self) -> Option<&ModelData> {
        match &self.kind {
            NodeKind::Model(model) => Some(model),
            _ => None,
        }
    }

    pub fn source(&self) -> Option<&SourceData> {
        match &self.kind {
            NodeKind::Source(source) => Some(source),
            _ => None,
        }
    }

    pub fn generic_test(&self) -> Option<&GenericTestData> {
        match &self.kind {
            NodeKind::GenericTest(test) => Some(test),
            _ => None,
        }
    }

    pub fn version(&self) -> Option<&NodeVersion> {
        self.model().and_then(|model| model.version.as_ref())
    }

    pub fn is_versioned(&self) -> bool {
        self.version().is_some()
    }

    pub fn is_latest_version(&self) -> bool {
        self.model().is_some_and(|model| model.version.is_some() && model.version == model.latest_version)
    }

    /// The name that selection and listing use: `package.name`, with `.vN` for a versioned model.
    pub fn search_name(&self) -> String {
        match self.version() {
            Some(version) => format!("{}.v{}", self.name, version.py_str()),
            None => self.name.to_string(),
        }
    }
}
