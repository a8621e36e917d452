//! Which nodes a command works on: dbt's selection grammar, parsed and evaluated on a graph.
//!
//! The grammar is dbt's <https://docs.getdbt.com/reference/node-selection/syntax>; its evaluation
//! rules (which methods look at which kinds of nodes, how tests follow what they test) are those of
//! dbt 1.11. Everything here is pure: files on disk and earlier runs come in through [`Context`].

mod command;
mod config;
mod definitions;
mod evaluate;
mod fqn;
mod glob;
mod matcher;
mod path;
mod set;
mod spec;
pub mod state;

pub use command::{
    Command, Request, Types, default_taken, default_types, nothing, select_for_command, selector_of, types,
};
pub use definitions::{Definition, Definitions, manifest_form};
pub use evaluate::{Context, Outcome, evaluate};
pub use glob::Glob;
pub use set::NodeSet;
pub use spec::{parse, parse_criteria};

use crate::value::{Str, Value};

/// A selection: single criteria, combined by set operations.
#[derive(Clone, Debug, PartialEq)]
pub enum Selector {
    Criteria(Criteria),
    Group(Group),
}

/// Several selections as one.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    pub operation: Operation,
    pub parts: Vec<Selector>,
    /// How tests that single parts left undecided are looked at again for the whole group.
    pub indirect: Indirect,
    /// As the user wrote it, when a warning is due if it selects nothing.
    pub expected: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    Union,
    Intersection,
    /// The first part less all others.
    Difference,
}

/// `@`, `2+`, a method with its value, `+3`: one piece of a selection.
#[derive(Clone, Debug, PartialEq)]
pub struct Criteria {
    pub method: Method,
    /// What follows the method's first dot: `config.meta.owner` has `meta` and `owner`.
    pub arguments: Vec<Str>,
    /// Text on the command line; selectors.yml may give any value.
    pub value: Value,
    /// `@`: descendants, and all that these need.
    pub childrens_parents: bool,
    pub parents: Reach,
    pub children: Reach,
    pub indirect: Indirect,
}

/// How far a `+` goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    None,
    /// At most so many steps.
    Steps(usize),
    All,
}

/// How tests follow the nodes that they test (`--indirect-selection`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Indirect {
    /// A test comes along when any node that it depends on is selected.
    #[default]
    Eager,
    /// … when all of them are.
    Cautious,
    /// … when all of them are selected or upstream of what is.
    Buildable,
    /// Never.
    Empty,
}

impl Indirect {
    pub fn parse(word: &str) -> Option<Indirect> {
        match word {
            "eager" => Some(Indirect::Eager),
            "cautious" => Some(Indirect::Cautious),
            "buildable" => Some(Indirect::Buildable),
            "empty" => Some(Indirect::Empty),
            _ => None,
        }
    }
}

/// What a criterion compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Fqn,
    Tag,
    Group,
    Access,
    Source,
    Path,
    File,
    Package,
    Config,
    TestName,
    TestType,
    ResourceType,
    State,
    Exposure,
    Metric,
    Result,
    SourceStatus,
    Version,
    SemanticModel,
    SavedQuery,
    UnitTest,
}

impl Method {
    pub const ALL: [(&'static str, Method); 21] = [
        ("fqn", Method::Fqn),
        ("tag", Method::Tag),
        ("group", Method::Group),
        ("access", Method::Access),
        ("source", Method::Source),
        ("path", Method::Path),
        ("file", Method::File),
        ("package", Method::Package),
        ("config", Method::Config),
        ("test_name", Method::TestName),
        ("test_type", Method::TestType),
        ("resource_type", Method::ResourceType),
        ("state", Method::State),
        ("exposure", Method::Exposure),
        ("metric", Method::Metric),
        ("result", Method::Result),
        ("source_status", Method::SourceStatus),
        ("version", Method::Version),
        ("semantic_model", Method::SemanticModel),
        ("saved_query", Method::SavedQuery),
        ("unit_test", Method::UnitTest),
    ];

    pub fn parse(word: &str) -> Option<Method> {
        Method::ALL.iter().find(|(name, _)| *name == word).map(|(_, method)| *method)
    }

    pub fn as_str(self) -> &'static str {
        Method::ALL.iter().find(|(_, method)| *method == self).map_or("", |(name, _)| name)
    }
}

impl Selector {
    fn group(operation: Operation, parts: Vec<Selector>) -> Selector {
        Selector::Group(Group { operation, parts, indirect: Indirect::Eager, expected: None })
    }
}
