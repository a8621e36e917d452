//! A build as SQL files: what `emit` wrote, with a header for each node.

use std::collections::BTreeSet;

use crate::manifest::{Manifest, Node, NodeId, NodeKind, ResourceType};

/// The first line of every file, by which an earlier one is known.
pub const MARK: &str = "-- Written by `headwater emit`.";

/// A part of the script: the schemas, or what one node or hook comes to.
pub struct Section {
    /// Name of its file without number and ending.
    pub name: String,
    pub text: String,
}

/// What the headers tell of the whole.
pub struct Title<'a> {
    pub project: &'a str,
    pub dialect: &'a str,
    pub next_build: bool,
}

impl Title<'_> {
    fn text(&self) -> String {
        let build = if self.next_build { "next build" } else { "first build" };
        format!("{MARK}\n-- Project {}, {build}, for {}.\n", line(self.project), self.dialect)
    }
}

/// The schemas' section; none when there are none to make.
pub fn schemas(statements: &[String]) -> Option<Section> {
    if statements.is_empty() {
        return None;
    }
    let text = format!("{}-- schemas\n\n{}", rule(), joined(statements));
    Some(Section { name: "schemas".into(), text })
}

/// The section of a node.
pub fn node(manifest: &Manifest, id: NodeId, statements: &[String]) -> Section {
    let node = manifest.node(id);
    let mut text = rule();
    text += &format!("-- {}\n-- file:      {}\n", line(&node.unique_id), line(&node.original_file_path));
    text += &format!("-- makes:     {}\n", line(&made(node)));
    let upstreams: BTreeSet<&str> =
        node.depends_on.nodes.iter().map(|id| &*manifest.node(*id).unique_id).collect();
    if upstreams.is_empty() {
        text += "-- upstreams: none\n";
    }
    for (place, upstream) in upstreams.iter().enumerate() {
        let head = if place == 0 { "-- upstreams:" } else { "--           " };
        text += &format!("{head} {}\n", line(upstream));
    }
    text += &format!("\n{}", joined(statements));
    let name = format!("{}_{}", node.resource_type, file_name(&node.search_name()));
    Section { name, text }
}

/// A section of comments that names tests without SQL; none when there are none.
pub fn left_out(manifest: &Manifest, tests: &[NodeId]) -> Option<Section> {
    if tests.is_empty() {
        return None;
    }
    let mut text = format!("{}-- Left out: these tests ask the warehouse what to test.\n", rule());
    for id in tests {
        text += &format!("-- {}\n", line(&manifest.node(*id).unique_id));
    }
    Some(Section { name: "left_out".into(), text })
}

/// One script.
pub fn whole(title: &Title<'_>, sections: &[Section]) -> String {
    let mut text = title.text();
    for section in sections {
        text += &format!("\n{}", section.text);
    }
    text
}

/// File names and texts, numbered in the order in which they are to be run.
pub fn files(title: &Title<'_>, sections: Vec<Section>) -> Vec<(String, String)> {
    let width = sections.len().to_string().len().max(4);
    let file = |(place, section): (usize, Section)| {
        let name = format!("{:0width$}_{}.sql", place + 1, section.name);
        (name, format!("{}\n{}", title.text(), section.text))
    };
    sections.into_iter().enumerate().map(file).collect()
}

fn made(node: &Node) -> String {
    match &node.kind {
        NodeKind::GenericTest(_) | NodeKind::SingularTest => {
            let severity = node.config.get_str("severity").unwrap_or("error").to_lowercase();
            format!("one row, failures of a test whose severity is {severity}")
        }
        NodeKind::UnitTest(_) => "one row, how many rows are only expected or only there".into(),
        NodeKind::Operation(operation) => format!("what the hook {} does", operation.hook),
        _ => {
            let kind = match node.resource_type {
                ResourceType::Seed | ResourceType::Function => node.resource_type.as_str(),
                _ => node.materialized(),
            };
            format!("{kind} {}", node.relation_name.as_deref().unwrap_or(&node.alias))
        }
    }
}

fn rule() -> String {
    format!("-- {}\n", "-".repeat(97))
}

/// A comment must not end where its line does.
fn line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Each statement ends in a semicolon, which a comment at its end does not swallow.
fn joined(statements: &[String]) -> String {
    let mut text = String::new();
    for statement in statements {
        let body = statement.trim();
        text += body;
        let last = body.rsplit('\n').next().unwrap_or(body);
        if !body.ends_with(';') || last.contains("--") {
            text += if last.contains("--") { "\n;" } else { ";" };
        }
        text += "\n\n";
    }
    text.truncate(text.trim_end().len());
    text + "\n"
}

fn file_name(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| if c.is_alphanumeric() || matches!(c, '_' | '-' | '.') { c } else { '_' })
        .collect();
    // Names of tests may be longer than file systems take.
    plain.chars().take(120).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_end_in_one_semicolon() {
        let statements = ["  select 1;\n", "select 2 -- two", "select 3 -- three;", "select 4"];
        let text = joined(&statements.map(String::from));
        assert_eq!(text, "select 1;\n\nselect 2 -- two\n;\n\nselect 3 -- three;\n;\n\nselect 4;\n");
    }
}
