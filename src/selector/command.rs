//! What each command works on: its resource types, and its selection from all that the user may say.

use super::evaluate::{Context, Outcome, evaluate};
use super::matcher::is_plain;
use super::{Definition, Definitions, Indirect, NodeSet, Selector, parse};
use crate::dag::Graph;
use crate::diag::Diagnostic;
use crate::manifest::{Node, NodeKind, ResourceType};
use crate::value::Str;

/// Commands that select nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    Build,
    Run,
    Test,
    Seed,
    Snapshot,
    Compile,
    /// `show` takes what `compile` does.
    Show,
    List,
    Clone,
    Freshness,
}

/// What the command line says about selection.
#[derive(Clone, Debug, Default)]
pub struct Request {
    pub select: Vec<String>,
    pub exclude: Vec<String>,
    /// `--selector`: the name of a definition in selectors.yml.
    pub selector: Option<String>,
    /// `--resource-type`: names, `all` or `default`.
    pub resource_types: Vec<String>,
    pub exclude_resource_types: Vec<String>,
    pub indirect: Indirect,
}

/// Resource types as the user may narrow them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Types(Vec<ResourceType>);

impl Types {
    pub fn contains(&self, resource_type: ResourceType) -> bool {
        self.0.contains(&resource_type)
    }
}

const BUILD: [ResourceType; 8] = [
    ResourceType::Model,
    ResourceType::Snapshot,
    ResourceType::Seed,
    ResourceType::Test,
    ResourceType::UnitTest,
    ResourceType::SavedQuery,
    ResourceType::Exposure,
    ResourceType::Function,
];
const LIST: [ResourceType; 11] = [
    ResourceType::Model,
    ResourceType::Snapshot,
    ResourceType::Seed,
    ResourceType::Test,
    ResourceType::Source,
    ResourceType::Exposure,
    ResourceType::Metric,
    ResourceType::SavedQuery,
    ResourceType::SemanticModel,
    ResourceType::UnitTest,
    ResourceType::Function,
];
const LIST_ALL: [ResourceType; 12] = [
    ResourceType::Model,
    ResourceType::Snapshot,
    ResourceType::Seed,
    ResourceType::Test,
    ResourceType::Source,
    ResourceType::Exposure,
    ResourceType::Metric,
    ResourceType::SavedQuery,
    ResourceType::SemanticModel,
    ResourceType::UnitTest,
    ResourceType::Function,
    ResourceType::Analysis,
];
const EXECUTABLE: [ResourceType; 8] = [
    ResourceType::Model,
    ResourceType::Test,
    ResourceType::Snapshot,
    ResourceType::Analysis,
    ResourceType::Operation,
    ResourceType::Seed,
    ResourceType::SqlOperation,
    ResourceType::Function,
];
const TESTS: [ResourceType; 2] = [ResourceType::Test, ResourceType::UnitTest];
const REFABLE: [ResourceType; 3] = [ResourceType::Model, ResourceType::Seed, ResourceType::Snapshot];

/// The types that a command works on when none are named.
pub fn default_types(command: Command) -> &'static [ResourceType] {
    match command {
        Command::Build => &BUILD,
        Command::Run => &[ResourceType::Model],
        Command::Test => &TESTS,
        Command::Seed => &[ResourceType::Seed],
        Command::Snapshot => &[ResourceType::Snapshot],
        Command::Compile | Command::Show => &EXECUTABLE,
        Command::List => &LIST,
        Command::Clone => &REFABLE,
        Command::Freshness => &[ResourceType::Source],
    }
}

/// The types that `--resource-type` and `--exclude-resource-type` leave of a command's.
///
/// # Errors
/// A word that is no resource type.
pub fn types(command: Command, request: &Request) -> Result<Types, Diagnostic> {
    let default = default_types(command);
    // Only these commands have the options.
    if !matches!(command, Command::Build | Command::Test | Command::List | Command::Clone) {
        return Ok(Types(default.to_vec()));
    }
    let mut types = vec![];
    for word in &request.resource_types {
        match word.as_str() {
            "all" if command == Command::List => types.extend(LIST_ALL),
            "all" | "default" => types.extend(default),
            word => types.push(resource_type(word)?),
        }
    }
    if request.resource_types.is_empty() {
        types.extend(default);
    }
    for word in &request.exclude_resource_types {
        let excluded = resource_type(word)?;
        types.retain(|kept| *kept != excluded);
    }
    match command {
        Command::Test => types.retain(|kept| TESTS.contains(kept)),
        Command::Clone => types.retain(|kept| REFABLE.contains(kept)),
        _ => {}
    }
    Ok(Types(types))
}

fn resource_type(word: &str) -> Result<ResourceType, Diagnostic> {
    let lower = word.to_lowercase();
    ResourceType::parse(&lower).filter(|kind| LIST_ALL.contains(kind)).ok_or_else(|| {
        let names = LIST_ALL.map(ResourceType::as_str);
        let diagnostic = Diagnostic::error("invalid-selector", format!("`{word}` is not a resource type"));
        match crate::diag::nearest(&lower, names) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None => diagnostic.help(format!("resource types are {}", names.join(", "))),
        }
    })
}

/// The selector that a request names: `--selector`, else the default of selectors.yml when nothing
/// is selected or excluded, else `--select` and `--exclude`.
///
/// # Errors
/// An unknown definition, or a selection that does not parse.
pub fn selector_of(request: &Request, definitions: &Definitions) -> Result<Selector, Diagnostic> {
    if let Some(name) = &request.selector {
        return definitions.get(name).cloned();
    }
    match default_of(request, definitions) {
        Some(default) => Ok(default.selector.clone()),
        None => parse(&request.select, &request.exclude, request.indirect),
    }
}

/// The name of the default definition, where a request says nothing itself.
pub fn default_taken(request: &Request, definitions: &Definitions) -> Option<Str> {
    default_of(request, definitions).map(|default| default.name.clone())
}

fn default_of<'d>(request: &Request, definitions: &'d Definitions) -> Option<&'d Definition> {
    let says_nothing = request.selector.is_none() && request.select.is_empty() && request.exclude.is_empty();
    definitions.default_definition().filter(|_| says_nothing)
}

/// The nodes that a command works on.
///
/// # Errors
/// As [`parse`] and [`evaluate`].
pub fn select_for_command(
    command: Command,
    request: &Request,
    definitions: &Definitions,
    graph: &Graph,
    context: &Context,
) -> Result<Outcome, Diagnostic> {
    let selector = selector_of(request, definitions)?;
    let types = types(command, request)?;
    let mut outcome = evaluate(&selector, graph, context)?;
    outcome.nodes = narrow(&outcome.nodes, command, &types, graph);
    if outcome.nodes.is_empty() {
        outcome.warnings.push(nothing(command));
    }
    Ok(outcome)
}

/// Keeps the nodes of a command's types; only `ls` shows those that have no code.
fn narrow(selected: &NodeSet, command: Command, types: &Types, graph: &Graph) -> NodeSet {
    let mut nodes = NodeSet::with_len(graph.dag.len());
    for id in selected.iter() {
        let node = graph.manifest.node(id);
        if types.contains(node.resource_type) && (command == Command::List || !is_blank(node)) {
            nodes.insert(id);
        }
    }
    nodes
}

fn is_blank(node: &Node) -> bool {
    is_plain(node) && !matches!(node.kind, NodeKind::Seed(_)) && node.raw_code.trim().is_empty()
}

/// The warning that a command has no node to work on.
pub fn nothing(command: Command) -> Diagnostic {
    let (event, message) = match command {
        Command::List => ("NoNodesSelected", "No nodes selected!"),
        _ => ("NothingToDo", "Nothing to do. Try checking your model configs and model specification args"),
    };
    Diagnostic::warning("nothing-to-do", message).event(event)
}
