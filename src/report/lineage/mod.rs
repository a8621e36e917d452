//! The lineage graph in the formats that other tools read.
//!
//! One file a format. Nodes stand in the order of their unique ids and edges run from what is read to
//! what reads it, so that two exports differ only where the projects do.

mod csv;
mod dot;
pub mod erd;
mod graphml;
mod json;
mod mermaid;
mod text;

use rustc_hash::FxHashMap;

use crate::dag::Graph;
use crate::manifest::{Node, NodeId, ResourceType};

/// `--format` of `lineage`, those that are text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineageFormat {
    Text,
    Json,
    Dot,
    Mermaid,
    GraphMl,
    Csv,
}

impl LineageFormat {
    pub fn parse(word: &str) -> Option<LineageFormat> {
        Some(match word {
            "text" => LineageFormat::Text,
            "json" => LineageFormat::Json,
            "dot" => LineageFormat::Dot,
            "mermaid" => LineageFormat::Mermaid,
            "graphml" => LineageFormat::GraphMl,
            "csv" => LineageFormat::Csv,
            _ => return None,
        })
    }
}

/// A part of the DAG.
#[derive(Clone, Debug)]
pub struct Lineage<'g> {
    /// In the order of their unique ids.
    pub nodes: Vec<&'g Node>,
    /// Pairs of places in `nodes`: upstream, downstream. Sorted, each once.
    pub edges: Vec<(usize, usize)>,
}

impl<'g> Lineage<'g> {
    /// The selected nodes and the edges between them; without tests unless `tests` says so.
    pub fn of(graph: &'g Graph, selected: impl Iterator<Item = NodeId>, tests: bool) -> Lineage<'g> {
        let manifest = &graph.manifest;
        let mut ids: Vec<NodeId> =
            selected.filter(|id| is_shown(manifest.node(*id).resource_type, tests)).collect();
        ids.sort_unstable_by(|a, b| manifest.node(*a).unique_id.cmp(&manifest.node(*b).unique_id));
        ids.dedup();
        let places: FxHashMap<NodeId, usize> =
            ids.iter().enumerate().map(|(place, id)| (*id, place)).collect();
        let mut edges: Vec<(usize, usize)> = ids
            .iter()
            .enumerate()
            .flat_map(|(place, id)| {
                let parents = graph.dag.parents(*id).filter_map(|parent| places.get(&parent));
                parents.map(move |parent| (*parent, place))
            })
            .collect();
        edges.sort_unstable();
        edges.dedup();
        Lineage { nodes: ids.into_iter().map(|id| manifest.node(id)).collect(), edges }
    }

    /// The whole document, ending in a line feed.
    pub fn write(&self, format: LineageFormat) -> String {
        match format {
            LineageFormat::Text => text::write(self),
            LineageFormat::Json => json::write(self),
            LineageFormat::Dot => dot::write(self),
            LineageFormat::Mermaid => mermaid::write(self),
            LineageFormat::GraphMl => graphml::write(self),
            LineageFormat::Csv => csv::write(self),
        }
    }
}

fn is_shown(kind: ResourceType, tests: bool) -> bool {
    match kind {
        ResourceType::Test | ResourceType::UnitTest => tests,
        ResourceType::Operation | ResourceType::SqlOperation => false,
        _ => true,
    }
}

/// The node as people name it: `raw.orders`, `orders`, `orders.v2`.
fn label(node: &Node) -> String {
    match node.source() {
        Some(source) => format!("{}.{}", source.source_name, node.name),
        None => node.search_name(),
    }
}

/// How the warehouse holds it; none where that says nothing beyond the kind of node.
fn materialized(node: &Node) -> Option<&str> {
    (node.resource_type == ResourceType::Model).then(|| node.materialized())
}

/// Fill colours of the drawn formats, one a kind.
fn color(kind: ResourceType) -> &'static str {
    match kind {
        ResourceType::Source => "#d9ead3",
        ResourceType::Seed => "#fff2cc",
        ResourceType::Model => "#dae8fc",
        ResourceType::Snapshot => "#e1d5e7",
        ResourceType::Exposure => "#f8cecc",
        ResourceType::Test | ResourceType::UnitTest => "#f5f5f5",
        _ => "#ffe6cc",
    }
}

/// One line: control characters, line feeds among them, become blanks.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A name that a format without quotes takes: ASCII letters, digits and `_`.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

/// [`plain`] names, told apart by a number where two would be the same.
fn plain_names<'t>(texts: impl Iterator<Item = &'t str>) -> Vec<String> {
    let mut seen: FxHashMap<String, usize> = FxHashMap::default();
    let mut names = vec![];
    for text in texts {
        let mut name = plain(text);
        while let Some(count) = seen.get_mut(&name) {
            *count += 1;
            name = format!("{name}__{count}");
        }
        seen.insert(name.clone(), 1);
        names.push(name);
    }
    names
}

/// A text inside Mermaid's double quotes, where `#name;` is a character.
fn mermaid_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in one_line(text).chars() {
        match c {
            '"' => out += "#quot;",
            '#' => out += "#35;",
            '<' => out += "#lt;",
            '>' => out += "#gt;",
            '&' => out += "#amp;",
            '`' => out += "#96;",
            c => out.push(c),
        }
    }
    out
}

/// A text in XML or in Graphviz's HTML labels; what XML 1.0 cannot hold becomes a blank.
fn xml_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\n' => out += "&#10;",
            '\t' => out += "&#9;",
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// A double-quoted string of the DOT language.
fn dot_string(text: &str) -> String {
    let escaped = one_line(text).replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{escaped}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_format_escapes_what_it_must() {
        let hard = "a\"b<c>&#`\\\n";
        assert_eq!(mermaid_text(hard), "a#quot;b#lt;c#gt;#amp;#35;#96;\\ ");
        assert_eq!(xml_text(hard), "a&quot;b&lt;c&gt;&amp;#`\\&#10;");
        assert_eq!(dot_string(hard), "\"a\\\"b<c>&#`\\\\ \"");
        assert_eq!(xml_text("\u{1}"), " ");
    }

    #[test]
    fn plain_names_stay_apart() {
        let names = plain_names(["a.b", "a_b", "a-b", "a_b__2", "c"].into_iter());
        assert_eq!(names[0], "a_b");
        assert_eq!(names[4], "c");
        let distinct: std::collections::BTreeSet<&String> = names.iter().collect();
        assert_eq!(distinct.len(), 5, "{names:?}");
    }
}
