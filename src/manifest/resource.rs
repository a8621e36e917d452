//! Kinds of resources and their identity.

use std::fmt;

/// Grains of time in the semantic layer, from fine to coarse.
pub const TIME_GRAINS: [&str; 11] = [
    "nanosecond",
    "microsecond",
    "millisecond",
    "second",
    "minute",
    "hour",
    "day",
    "week",
    "month",
    "quarter",
    "year",
];

/// Index of a node in [`super::Manifest::nodes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(u32);

impl NodeId {
    pub fn new(index: usize) -> NodeId {
        NodeId(u32::try_from(index).unwrap_or(u32::MAX))
    }

    pub fn index(self) -> usize {
        self.0 as usize
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ResourceType {
    Model,
    Seed,
    Snapshot,
    Analysis,
    Test,
    Operation,
    SqlOperation,
    Source,
    Exposure,
    Metric,
    SemanticModel,
    SavedQuery,
    UnitTest,
    Function,
}

impl ResourceType {
    pub const ALL: [ResourceType; 14] = [
        ResourceType::Model,
        ResourceType::Seed,
        ResourceType::Snapshot,
        ResourceType::Analysis,
        ResourceType::Test,
        ResourceType::Operation,
        ResourceType::SqlOperation,
        ResourceType::Source,
        ResourceType::Exposure,
        ResourceType::Metric,
        ResourceType::SemanticModel,
        ResourceType::SavedQuery,
        ResourceType::UnitTest,
        ResourceType::Function,
    ];

    /// dbt's word: the first part of the unique id.
    pub fn as_str(self) -> &'static str {
        match self {
            ResourceType::Model => "model",
            ResourceType::Seed => "seed",
            ResourceType::Snapshot => "snapshot",
            ResourceType::Analysis => "analysis",
            ResourceType::Test => "test",
            ResourceType::Operation => "operation",
            ResourceType::SqlOperation => "sql_operation",
            ResourceType::Source => "source",
            ResourceType::Exposure => "exposure",
            ResourceType::Metric => "metric",
            ResourceType::SemanticModel => "semantic_model",
            ResourceType::SavedQuery => "saved_query",
            ResourceType::UnitTest => "unit_test",
            ResourceType::Function => "function",
        }
    }

    pub fn parse(word: &str) -> Option<ResourceType> {
        ResourceType::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// dbt's plural, as in log lines: `analyses`, `data tests`.
    pub fn plural(self) -> &'static str {
        match self {
            ResourceType::Model => "models",
            ResourceType::Seed => "seeds",
            ResourceType::Snapshot => "snapshots",
            ResourceType::Analysis => "analyses",
            ResourceType::Test => "data tests",
            ResourceType::Operation => "operations",
            ResourceType::SqlOperation => "sql operations",
            ResourceType::Source => "sources",
            ResourceType::Exposure => "exposures",
            ResourceType::Metric => "metrics",
            ResourceType::SemanticModel => "semantic models",
            ResourceType::SavedQuery => "saved queries",
            ResourceType::UnitTest => "unit tests",
            ResourceType::Function => "functions",
        }
    }

    /// Whether `ref` can name it.
    pub fn is_refable(self) -> bool {
        matches!(self, ResourceType::Model | ResourceType::Seed | ResourceType::Snapshot)
    }
}

impl fmt::Display for ResourceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
