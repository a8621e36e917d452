//! Binds what nodes refer to: refs, sources, metrics, functions; checks access.

use rayon::prelude::*;

use super::lookup::{Found, Lookup};
use crate::diag::{Diagnostic, Sink, nearest};
use crate::manifest::{Manifest, Node, NodeId, ResourceType};
use crate::source::Span;
use crate::value::Value;

/// Settings of the packages that decide which refs are allowed.
pub struct AccessRules<'a> {
    /// Packages with `restrict-access: true`.
    pub restricted: &'a (dyn Fn(&str) -> bool + Sync),
}

/// Fills every node's `depends_on.nodes`, in dbt's order: sources, refs, metrics, functions.
pub fn bind(manifest: &mut Manifest, lookup: &Lookup, rules: &AccessRules<'_>, sink: &Sink) {
    let bound: Vec<Bound> =
        manifest.nodes.par_iter().map(|node| bind_node(manifest, lookup, rules, node)).collect();
    for (node, bound) in manifest.nodes.iter_mut().zip(bound) {
        apply(node, bound, sink);
    }
}

/// As [`bind`], for some nodes.
pub fn bind_some(
    manifest: &mut Manifest,
    nodes: &[NodeId],
    (lookup, rules): (&Lookup, &AccessRules<'_>),
    sink: &Sink,
) {
    for id in nodes {
        let bound = bind_node(manifest, lookup, rules, manifest.node(*id));
        apply(&mut manifest.nodes[id.index()], bound, sink);
    }
}

fn apply(node: &mut Node, bound: Bound, sink: &Sink) {
    for id in bound.parents {
        if !node.depends_on.nodes.contains(&id) {
            node.depends_on.nodes.push(id);
        }
    }
    if bound.disables {
        node.config.set("enabled", Value::Bool(false));
    }
    sink.extend(bound.problems);
}

#[derive(Default)]
struct Bound {
    parents: Vec<NodeId>,
    problems: Vec<Diagnostic>,
    /// A test whose target is missing switches itself off.
    disables: bool,
}

/// One reference as it stands in a node.
struct Mention<'a> {
    kind: &'static str,
    /// The source, of a source's table.
    source: Option<&'a str>,
    word: &'a str,
    package: Option<&'a str>,
    version: Option<&'a Value>,
    span: Option<Span>,
}

impl Mention<'_> {
    fn name(&self) -> String {
        self.source.map_or_else(|| self.word.to_string(), |source| format!("{source}.{}", self.word))
    }

    /// Where the call stands; looked for only when there is something to say about it.
    fn place(&self, node: &Node) -> Option<Span> {
        self.span.or_else(|| {
            let span = node.span?;
            // An empty span is where the node's code begins in its file.
            let found = (span.start == span.end).then(|| self.within(&node.raw_code)).flatten();
            let start = span.start as usize;
            Some(found.map_or(span, |(at, end)| Span::new(span.file, start + at, start + end)))
        })
    }

    /// The quoted name in the call that mentions it.
    fn within(&self, code: &str) -> Option<(usize, usize)> {
        let call = if self.kind == "node" { "ref" } else { self.kind };
        ['\'', '"'].into_iter().find_map(|quote| {
            let quoted = format!("{quote}{}{quote}", self.word);
            code.match_indices(&quoted).map(|(at, _)| at).find_map(|at| {
                let callee = code[..code[..at].rfind('(')?].trim_end();
                callee.ends_with(call).then_some((at, at + quoted.len()))
            })
        })
    }
}

fn bind_node(manifest: &Manifest, lookup: &Lookup, rules: &AccessRules<'_>, node: &Node) -> Bound {
    let mut bound = Bound::default();
    if node.resource_type == ResourceType::Seed {
        return bound;
    }
    for [source, table] in &node.sources {
        let mention = Mention {
            kind: "source",
            source: Some(source),
            word: table,
            package: None,
            version: None,
            span: None,
        };
        settle(lookup.resolve_source(source, table, &node.package), node, lookup, &mention, &mut bound);
    }
    for reference in &node.refs {
        let found = lookup.resolve_ref(
            &reference.name,
            reference.package.as_deref(),
            reference.version.as_ref(),
            &node.package,
        );
        let mention = Mention {
            kind: "node",
            source: None,
            word: &reference.name,
            package: reference.package.as_deref(),
            version: reference.version.as_ref(),
            span: reference.span,
        };
        if let Found::One(id) = &found
            && let Some(problem) = forbidden(node, manifest.node(*id), rules)
        {
            bound.problems.push(problem.at(mention.place(node)));
            continue;
        }
        settle(found, node, lookup, &mention, &mut bound);
    }
    for (kind, lists) in [("metric", &node.metrics), ("function", &node.functions)] {
        for args in lists {
            let found = match kind {
                "metric" => lookup.resolve_metric(args, &node.package),
                _ => lookup.resolve_function(args, &node.package),
            };
            let mention = Mention {
                kind,
                source: None,
                word: args.last().map_or("", |name| &**name),
                package: (args.len() > 1).then(|| &*args[0]),
                version: None,
                span: None,
            };
            settle(found, node, lookup, &mention, &mut bound);
        }
    }
    bound
}

fn settle(found: Found<NodeId>, node: &Node, lookup: &Lookup, mention: &Mention<'_>, bound: &mut Bound) {
    match found {
        Found::One(id) => bound.parents.push(id),
        Found::Ambiguous(ids) => bound.problems.push(
            Diagnostic::error(
                "ambiguous-ref",
                format!("`{}` names {} nodes in different packages", mention.name(), ids.len()),
            )
            .at(mention.place(node))
            .help(format!("name the package: `ref('<package>', '{}')`", mention.word))
            .node(&*node.unique_id),
        ),
        Found::Disabled | Found::Missing => {
            let disabled = found == Found::Disabled;
            bound.disables |= node.resource_type == ResourceType::Test;
            bound.problems.extend(unresolved(node, mention, disabled, lookup));
        }
    }
}

/// dbt's sentence for a target that is not there; a warning for tests, an error otherwise.
fn unresolved(node: &Node, mention: &Mention<'_>, disabled: bool, lookup: &Lookup) -> Option<Diagnostic> {
    let is_test = node.resource_type == ResourceType::Test;
    if is_test && disabled && mention.kind != "source" {
        return None;
    }
    let version = match mention.version {
        Some(version) => format!("with version '{}' ", version.py_str()),
        None => String::new(),
    };
    let package = match mention.package {
        Some(package) => format!("in package or project '{package}' "),
        None if is_test && !disabled => "in package '' ".into(),
        None => String::new(),
    };
    let name = mention.name();
    let message = format!(
        "{} '{}' ({}) depends on a {} named '{}' {version}{package}which {}",
        title(node.resource_type),
        node.unique_id,
        node.original_file_path,
        mention.kind,
        name,
        if disabled { "is disabled" } else { "was not found" }
    );
    let (code, near) = match mention.kind {
        "source" => ("missing-source", nearest(&name, lookup.source_names())),
        "node" => ("missing-ref", nearest(&name, lookup.ref_names())),
        "metric" => ("missing-metric", None),
        _ => ("missing-function", None),
    };
    let mut problem = if is_test {
        let warning = Diagnostic::warning(code, message)
            .data("original_file_path", node.original_file_path.clone())
            .data("unique_id", node.unique_id.clone())
            .data("resource_type_title", title(node.resource_type))
            .data("target_name", name.as_str())
            .data("target_kind", mention.kind)
            .data("target_package", mention.package.unwrap_or_default());
        match disabled {
            true => warning.event("InvalidDisabledTargetInTestNode"),
            false => warning.event("NodeNotFoundOrDisabled").data("disabled", "False"),
        }
    } else {
        Diagnostic::error(code, message)
    };
    problem = problem.at(mention.place(node)).node(&*node.unique_id);
    Some(match near {
        // The name is right, but not the package or the version.
        Some(near) if near == name => {
            problem.help(format!("`{near}` is there, but not in that package or version"))
        }
        Some(near) if !disabled => problem.help(format!("did you mean `{near}`?")),
        _ => problem,
    })
}

/// Python's `str.title()` of the resource type: `Unit_Test`.
fn title(kind: ResourceType) -> String {
    let mut out = String::new();
    let mut start = true;
    for c in kind.as_str().chars() {
        out.push(if start { c.to_ascii_uppercase() } else { c });
        start = !c.is_ascii_alphanumeric();
    }
    out
}

/// A private model refers only within its group; a protected one only within its package when
/// that restricts access.
fn forbidden(node: &Node, target: &Node, rules: &AccessRules<'_>) -> Option<Diagnostic> {
    let model = target.model()?;
    if node.resource_type == ResourceType::SqlOperation {
        return None;
    }
    let other_package = node.package != target.package && (rules.restricted)(&target.package);
    let (kind, scope_name, scope) = match &*model.access {
        "private" if node.group.is_none() || node.group != target.group || other_package => {
            ("private", target.group.as_deref().unwrap_or_default(), "group")
        }
        "protected" if other_package => ("protected", &*target.package, "package"),
        _ => return None,
    };
    Some(
        Diagnostic::error(
            "access-denied",
            format!(
                "Node {} attempted to reference node {}, which is not allowed because the referenced node is {kind} \
                 to the '{scope_name}' {scope}.",
                node.unique_id, target.unique_id
            ),
        )
        .node(&*node.unique_id),
    )
}
