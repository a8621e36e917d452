//! Where a fact about a node was written: looked up once more when a message needs the place.

use std::sync::Arc;

use super::Node;
use crate::source::{SourceFile, SourceMap, Span};
use crate::yaml::{self, Yaml};

/// What is known of a node for finding its texts.
pub struct Written<'a> {
    pub name: &'a str,
    pub code: &'a str,
    /// Where its file begins.
    pub span: Option<Span>,
    /// `<package>://<path>` of the YAML that describes it.
    pub patch_path: Option<&'a str>,
}

impl<'a> Written<'a> {
    pub fn of(node: &'a Node) -> Written<'a> {
        let patch_path = node.patch_path.as_deref();
        Written { name: &node.name, code: &node.raw_code, span: node.span, patch_path }
    }
}

/// The YAML entry that describes a node.
pub fn entry(node: &Written, sources: &SourceMap) -> Option<Yaml> {
    let (_, path) = node.patch_path?.split_once("://")?;
    let file = sources.find(path)?;
    let (tree, _) = yaml::parse(&sources.get(file)?.text, file).ok()?;
    let tree = tree?;
    let sections = tree.as_map()?.iter().filter_map(|section| section.value.as_list());
    let named =
        |entry: &&Yaml| entry.get("name").is_some_and(|name| name.to_value().as_str() == Some(node.name));
    sections.flatten().find(named).cloned()
}

/// Where a value of the node's configuration was given: in its file, its YAML entry, or the project file.
pub fn config_value(node: &Written, key: &str, value: &str, sources: &SourceMap) -> Option<Span> {
    in_code(node, key, value)
        .or_else(|| {
            let entry = entry(node, sources)?;
            let config = entry.get("config").and_then(|config| config.get(key));
            config.or_else(|| entry.get(key)).map(|found| found.span)
        })
        .or_else(|| {
            let path = ["project.yml", "dbt_project.yml"].into_iter().find_map(|path| sources.find(path))?;
            let (tree, _) = yaml::parse(&sources.get(path)?.text, path).ok()?;
            in_tree(&tree?, key, value)
        })
}

/// `key='value'` in the node's own text.
fn in_code(node: &Written, key: &str, value: &str) -> Option<Span> {
    let base = node.span.filter(|_| !value.is_empty())?;
    let code = node.code;
    let starts = code.match_indices(key).map(|(at, _)| at + key.len());
    starts
        .filter_map(|at| {
            let rest = code[at..].trim_start_matches(|c: char| c.is_whitespace() || "=:'\"".contains(c));
            let start = base.start as usize + (code.len() - rest.len());
            rest.starts_with(value).then(|| Span::new(base.file, start, start + value.len()))
        })
        .next()
}

/// The value of a key, with or without `+`, anywhere in a tree.
fn in_tree(tree: &Yaml, key: &str, value: &str) -> Option<Span> {
    for entry in tree.as_map()? {
        let is_it = entry.key.strip_prefix('+').unwrap_or(&entry.key) == key;
        if is_it && entry.value.to_value().py_str() == value {
            return Some(entry.value.span);
        }
        if let Some(found) = in_tree(&entry.value, key, value) {
            return Some(found);
        }
    }
    None
}

/// Where a YAML file has a text on one line, and `part` in it.
pub fn in_yaml(text: &str, part: &str, sources: &SourceMap) -> Option<Span> {
    let line = text.lines().find(|line| line.contains(part))?.trim();
    let is_yaml = |file: &Arc<SourceFile>| file.path.ends_with(".yml") || file.path.ends_with(".yaml");
    let files = sources.paths().into_iter().filter_map(|path| sources.find(&path));
    files.filter_map(|id| Some((id, sources.get(id).filter(is_yaml)?))).find_map(|(id, file)| {
        let start = file.text.find(line)? + line.find(part)?;
        Some(Span::new(id, start, start + part.len()))
    })
}
