//! What `ls` prints: <https://docs.getdbt.com/reference/commands/list>.

use serde_json::Value as Json;
use serde_json::ser::{Formatter, Serializer};

use super::artifacts::{Json as Writer, write_node};
use crate::dag::Graph;
use crate::manifest::{Manifest, Node, NodeId, NodeKind};
use crate::value::Str;

/// `--output`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListingForm {
    Selector,
    Name,
    Path,
    Json,
}

impl ListingForm {
    pub fn parse(word: &str) -> Option<ListingForm> {
        match word {
            "selector" => Some(ListingForm::Selector),
            "name" => Some(ListingForm::Name),
            "path" => Some(ListingForm::Path),
            "json" => Some(ListingForm::Json),
            _ => None,
        }
    }
}

/// Keys that the JSON form shows when none are asked for.
const DEFAULT_KEYS: [&str; 10] = [
    "alias",
    "name",
    "package_name",
    "depends_on",
    "tags",
    "config",
    "resource_type",
    "source_name",
    "original_file_path",
    "unique_id",
];

/// One line a node, in the order of unique ids. `keys` are those of `--output-keys`, dots reaching
/// into structures; none means dbt's default keys.
pub fn listing(graph: &Graph, selected: &[NodeId], form: ListingForm, keys: &[Str]) -> Vec<String> {
    let manifest = &graph.manifest;
    let mut nodes: Vec<&Node> = selected.iter().map(|id| manifest.node(*id)).collect();
    nodes.sort_unstable_by(|a, b| a.unique_id.cmp(&b.unique_id));
    let line = |node: &Node| match form {
        ListingForm::Selector => selector(node),
        ListingForm::Name => name(node),
        ListingForm::Path => node.original_file_path.to_string(),
        ListingForm::Json => json(node, manifest, keys),
    };
    nodes.into_iter().map(line).collect()
}

/// The node as `--select` would name it.
fn selector(node: &Node) -> String {
    let kind = node.resource_type.as_str();
    match &node.kind {
        NodeKind::Source(source) => {
            format!("source:{}.{}.{}", node.package, source.source_name, node.name)
        }
        NodeKind::Exposure(_)
        | NodeKind::Metric(_)
        | NodeKind::SavedQuery(_)
        | NodeKind::SemanticModel(_) => format!("{kind}:{}.{}", node.package, node.name),
        NodeKind::UnitTest(test) => {
            let version = test.version.as_ref().map(|version| format!("_v{}", version.py_str()));
            format!("{kind}:{}.{}{}", node.package, node.name, version.unwrap_or_default())
        }
        _ => node.fqn.join("."),
    }
}

fn name(node: &Node) -> String {
    match node.source() {
        Some(source) => format!("{}.{}", source.source_name, node.name),
        None => node.search_name(),
    }
}

fn json(node: &Node, manifest: &Manifest, keys: &[Str]) -> String {
    let mut writer = Writer::with_capacity(4096);
    write_node(&mut writer, node, manifest, None);
    let mut whole: serde_json::Map<String, Json> =
        serde_json::from_slice(&writer.into_bytes()).unwrap_or_default();
    let mut shown = serde_json::Map::new();
    if keys.is_empty() {
        whole.retain(|key, _| DEFAULT_KEYS.contains(&key.as_str()));
        shown = whole;
    } else {
        // Two keys that the manifest leaves out.
        for (key, map) in [
            ("config_call_dict", &node.config_call),
            ("unrendered_config_call_dict", &node.unrendered_config_call),
        ] {
            whole.insert(key.into(), crate::value::Value::Map(map.clone()).to_json());
        }
        for key in keys {
            let found = match key.contains('.') {
                true => nested(&whole, key).filter(|value| !value.is_null()),
                false => whole.get(&**key),
            };
            if let Some(value) = found {
                shown.insert(key.to_string(), value.clone());
            }
        }
    }
    python_json(&Json::Object(shown))
}

fn nested<'a>(whole: &'a serde_json::Map<String, Json>, path: &str) -> Option<&'a Json> {
    let mut parts = path.split('.');
    let first = whole.get(parts.next()?)?;
    parts.try_fold(first, |value, key| value.as_object()?.get(key))
}

/// JSON with Python's spaces, ASCII only.
fn python_json(value: &Json) -> String {
    let mut out = vec![];
    let mut serializer = Serializer::with_formatter(&mut out, PythonFormatter);
    // Writing JSON to a Vec cannot fail.
    let _ = serde::Serialize::serialize(value, &mut serializer);
    String::from_utf8(out).unwrap_or_default()
}

struct PythonFormatter;

impl Formatter for PythonFormatter {
    fn begin_array_value<W: std::io::Write + ?Sized>(
        &mut self,
        out: &mut W,
        first: bool,
    ) -> std::io::Result<()> {
        if first { Ok(()) } else { out.write_all(b", ") }
    }

    fn begin_object_key<W: std::io::Write + ?Sized>(
        &mut self,
        out: &mut W,
        first: bool,
    ) -> std::io::Result<()> {
        if first { Ok(()) } else { out.write_all(b", ") }
    }

    fn begin_object_value<W: std::io::Write + ?Sized>(&mut self, out: &mut W) -> std::io::Result<()> {
        out.write_all(b": ")
    }

    fn write_string_fragment<W: std::io::Write + ?Sized>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> std::io::Result<()> {
        for c in fragment.chars() {
            if c.is_ascii() {
                out.write_all(&[c as u8])?;
                continue;
            }
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_has_pythons_spaces() {
        let value = serde_json::json!({"a": [1, "ä\"\n"], "b": {}});
        assert_eq!(python_json(&value), r#"{"a": [1, "\u00e4\"\n"], "b": {}}"#);
    }
}
