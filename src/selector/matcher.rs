//! One criterion's method, taken apart once and then asked for every node.

use rustc_hash::FxHashSet;

use super::config::ConfigPattern;
use super::fqn::FqnPattern;
use super::path::PathPattern;
use super::state::StateCheck;
use super::{Context, Criteria, Glob, Method};
use crate::dag::Graph;
use crate::diag::Diagnostic;
use crate::manifest::{Node, NodeKind, ResourceType, compare_versions};
use crate::value::Str;

pub enum Matcher<'a> {
    Fqn(FqnPattern),
    Tag(Glob),
    Group(Glob),
    Access(String),
    Source {
        package: Glob,
        source: Glob,
        table: Glob,
    },
    /// `[package.]name` of one resource type.
    Named {
        resource_type: ResourceType,
        package: Glob,
        name: Glob,
    },
    Path(PathPattern<'a>),
    File(Glob),
    Package(Glob),
    Config(ConfigPattern),
    TestName(Glob),
    TestType {
        generic: bool,
        singular: bool,
        unit: bool,
    },
    /// None for a type of dbt's that never stands in the graph.
    ResourceType(Option<ResourceType>),
    Version(VersionKind),
    State(StateCheck<'a>),
    /// Unique ids found beforehand: `result:` and `source_status:`.
    Ids(FxHashSet<Str>),
}

#[derive(Clone, Copy)]
pub enum VersionKind {
    Latest,
    Prerelease,
    Old,
    None,
}

impl<'a> Matcher<'a> {
    /// # Errors
    /// A value that the method does not take, or a comparison with earlier runs that are not there.
    pub fn new(
        criteria: &Criteria,
        graph: &'a Graph,
        context: &'a Context<'a>,
    ) -> Result<Matcher<'a>, Diagnostic> {
        let text = criteria.value.py_str();
        let glob = || Glob::new(&text);
        Ok(match criteria.method {
            Method::Fqn => Matcher::Fqn(FqnPattern::new(&text)),
            Method::Tag => Matcher::Tag(glob()),
            Method::Group => Matcher::Group(glob()),
            Method::Access => Matcher::Access(text),
            Method::Source => source(&text)?,
            Method::Exposure => named(ResourceType::Exposure, "exposure", &text)?,
            Method::Metric => named(ResourceType::Metric, "metric", &text)?,
            Method::SemanticModel => named(ResourceType::SemanticModel, "semantic model", &text)?,
            Method::SavedQuery => named(ResourceType::SavedQuery, "saved query", &text)?,
            Method::UnitTest => named(ResourceType::UnitTest, "unit test", &text)?,
            Method::Path => Matcher::Path(PathPattern::new(&text, context.exists)?),
            Method::File => Matcher::File(glob()),
            Method::Package if text == "this" => Matcher::Package(Glob::new(&graph.manifest.project.name)),
            Method::Package => Matcher::Package(glob()),
            Method::Config => {
                Matcher::Config(ConfigPattern::new(criteria.arguments.clone(), criteria.value.clone()))
            }
            Method::TestName => Matcher::TestName(glob()),
            Method::TestType => test_type(&text)?,
            Method::ResourceType => resource_type(&text)?,
            Method::Version => version(&text)?,
            Method::State => Matcher::State(StateCheck::new(&text, &graph.manifest, context.previous)?),
            Method::Result => Matcher::Ids(super::state::with_result(context.previous, &text)?),
            Method::SourceStatus => Matcher::Ids(super::state::with_source_status(context.previous, &text)?),
        })
    }

    pub fn matches(&self, node: &Node) -> bool {
        match self {
            Matcher::Fqn(pattern) => node.resource_type != ResourceType::Source && pattern.matches(node),
            Matcher::Tag(glob) => node.tags.iter().any(|tag| glob.matches(tag)),
            Matcher::Group(glob) => {
                (is_plain(node) || node.resource_type == ResourceType::Metric)
                    && node
                        .config
                        .get_str("group")
                        .is_some_and(|group| !group.is_empty() && glob.matches(group))
            }
            Matcher::Access(access) => node.model().is_some_and(|model| *model.access == **access),
            Matcher::Source { package, source, table } => node.source().is_some_and(|data| {
                package.matches(&node.package)
                    && source.matches(&data.source_name)
                    && table.matches(&node.name)
            }),
            Matcher::Named { resource_type, package, name } => {
                node.resource_type == *resource_type
                    && package.matches(&node.package)
                    && name.matches(&node.name)
            }
            Matcher::Path(pattern) => pattern.matches(node),
            Matcher::File(glob) => file_matches(glob, &node.original_file_path),
            Matcher::Package(glob) => glob.matches(&node.package),
            Matcher::Config(pattern) => {
                (is_plain(node) || node.resource_type == ResourceType::Source)
                    && pattern.matches(&node.config)
            }
            Matcher::TestName(glob) => match &node.kind {
                NodeKind::GenericTest(test) => glob.matches(&test.test_name),
                NodeKind::UnitTest(_) => glob.matches(&node.name),
                _ => false,
            },
            Matcher::TestType { generic, singular, unit } => match &node.kind {
                NodeKind::GenericTest(_) => *generic,
                NodeKind::SingularTest => *singular,
                NodeKind::UnitTest(_) => *unit,
                _ => false,
            },
            Matcher::ResourceType(resource_type) => *resource_type == Some(node.resource_type),
            Matcher::Version(kind) => version_matches(*kind, node),
            Matcher::State(check) => check.matches(node),
            Matcher::Ids(ids) => ids.contains(&node.unique_id),
        }
    }
}

/// Whether the node is among those that dbt's manifest lists under `nodes`.
pub fn is_plain(node: &Node) -> bool {
    !matches!(
        node.resource_type,
        ResourceType::Source
            | ResourceType::Exposure
            | ResourceType::Metric
            | ResourceType::SemanticModel
            | ResourceType::SavedQuery
            | ResourceType::UnitTest
            | ResourceType::Function
    )
}

fn invalid(message: String) -> Diagnostic {
    Diagnostic::error("invalid-selector", message)
}

fn source<'a>(text: &str) -> Result<Matcher<'a>, Diagnostic> {
    let parts: Vec<&str> = text.split('.').collect();
    let (package, source, table) = match parts[..] {
        [source] => ("*", source, "*"),
        [source, table] => ("*", source, table),
        [package, source, table] => (package, source, table),
        _ => {
            return Err(invalid(format!("the selection `source:{text}` has too many parts"))
                .help("write `source:NAME`, `source:NAME.TABLE` or `source:PACKAGE.NAME.TABLE`"));
        }
    };
    Ok(Matcher::Source { package: Glob::new(package), source: Glob::new(source), table: Glob::new(table) })
}

fn named<'a>(resource_type: ResourceType, what: &str, text: &str) -> Result<Matcher<'a>, Diagnostic> {
    let parts: Vec<&str> = text.split('.').collect();
    let (package, name) = match parts[..] {
        [name] => ("*", name),
        [package, name] => (package, name),
        _ => {
            let method = resource_type.as_str();
            return Err(invalid(format!("`{text}` has too many parts to name a {what}"))
                .help(format!("write `{method}:NAME` or `{method}:PACKAGE.NAME`")));
        }
    };
    Ok(Matcher::Named { resource_type, package: Glob::new(package), name: Glob::new(name) })
}

fn test_type<'a>(text: &str) -> Result<Matcher<'a>, Diagnostic> {
    let (generic, singular, unit) = match text {
        "generic" | "schema" => (true, false, false),
        "data" => (true, true, false),
        "singular" => (false, true, false),
        "unit" => (false, false, true),
        _ => {
            return Err(invalid(format!("`{text}` is not a type of test"))
                .help("write `generic`, `singular`, `unit`, or `data` for generic and singular"));
        }
    };
    Ok(Matcher::TestType { generic, singular, unit })
}

fn resource_type<'a>(text: &str) -> Result<Matcher<'a>, Diagnostic> {
    if let Some(resource_type) = ResourceType::parse(text) {
        return Ok(Matcher::ResourceType(Some(resource_type)));
    }
    if ["rpc", "doc", "macro", "group", "fixture"].contains(&text) {
        return Ok(Matcher::ResourceType(None));
    }
    let diagnostic = invalid(format!("Invalid resource_type selector \"{text}\""));
    let names = ResourceType::ALL.map(ResourceType::as_str);
    Err(match crate::diag::nearest(text, names) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic.help(format!("resource types are {}", names.join(", "))),
    })
}

fn version<'a>(text: &str) -> Result<Matcher<'a>, Diagnostic> {
    Ok(Matcher::Version(match text {
        "latest" => VersionKind::Latest,
        "prerelease" => VersionKind::Prerelease,
        "old" => VersionKind::Old,
        "none" => VersionKind::None,
        _ => {
            return Err(invalid(format!("`{text}` does not say which versions to select"))
                .help("write `latest`, `prerelease`, `old` or `none`"));
        }
    }))
}

fn version_matches(kind: VersionKind, node: &Node) -> bool {
    use std::cmp::Ordering;
    let Some(model) = node.model() else { return false };
    let against_latest = || match (&model.version, &model.latest_version) {
        (Some(version), Some(latest)) if version.is_truthy() && latest.is_truthy() => {
            Some(compare_versions(version, latest))
        }
        _ => None,
    };
    match kind {
        VersionKind::Latest => node.is_latest_version(),
        VersionKind::Prerelease => against_latest() == Some(Ordering::Greater),
        VersionKind::Old => against_latest() == Some(Ordering::Less),
        VersionKind::None => model.version.is_none(),
    }
}

fn file_matches(glob: &Glob, path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    // A name that only begins with a dot has no extension.
    let stem = name.rfind('.').filter(|at| *at > 0).map_or(name, |at| &name[..at]);
    glob.matches(name) || glob.matches(stem)
}
