//! Saved queries and their exports.

use super::where_filter;
use crate::diag::Diagnostic;
use crate::manifest::{Config, Node, NodeKind, ResourceType, SpecData};
use crate::parse::Parser;
use crate::parse::properties::Entry;
use crate::parse::yaml_nodes::one_of;
use crate::value::{Map, Str, Value};

impl Parser<'_> {
    /// An entry of `saved_queries:`.
    pub fn saved_query(&self, entry: &Entry<'_>) -> Result<Node, Diagnostic> {
        let mut node = self.semantic_node(entry, ResourceType::SavedQuery)?;
        let mut tags = entry.str_list("tags")?;
        tags.extend(node.config.tags());
        tags.sort();
        tags.dedup();
        node.tags = tags;
        if entry.data.get("query_params").is_none() {
            return Err(entry.error("missing-property", "name", "`query_params` is a required property"));
        }
        let params = entry.map("query_params")?;
        let list = |key: &str| {
            params.get(key).filter(|value| !value.is_null()).cloned().unwrap_or(Value::List(vec![]))
        };
        let query_params = Map::from_iter([
            ("metrics".into(), list("metrics")),
            ("group_by".into(), list("group_by")),
            ("where".into(), where_filter(params.get("where"))),
            ("order_by".into(), list("order_by")),
            ("limit".into(), params.get("limit").cloned().unwrap_or_default()),
        ]);
        for metric in query_params.get("metrics").and_then(Value::as_list).unwrap_or_default() {
            node.metrics.push(vec![Str::from(metric.py_str())]);
        }
        let mut exports = vec![];
        for export in entry.list("exports")? {
            let Value::Map(export) = export else {
                return Err(entry.wrong_type("exports", "a list of dictionaries", export));
            };
            exports.push(Value::Map(self.export(entry, export, &node.config)?));
        }
        let spec = Map::from_iter([
            ("query_params".into(), Value::Map(query_params)),
            ("exports".into(), Value::List(exports)),
            ("label".into(), entry.data.get("label").cloned().unwrap_or_default()),
            ("metadata".into(), Value::Null),
        ]);
        node.kind = NodeKind::SavedQuery(Box::new(SpecData { spec }));
        Ok(node)
    }

    fn export(&self, entry: &Entry<'_>, given: &Map, config: &Config) -> Result<Map, Diagnostic> {
        let name = given.get("name").and_then(Value::as_shared_str).cloned();
        let Some(name) = name else {
            return Err(entry.error("missing-property", "exports", "an export has no `name`"));
        };
        let own = given.get("config").and_then(Value::as_map).cloned().unwrap_or_default();
        let pick = |keys: &[&str]| {
            keys.iter().find_map(|key| own.get(*key).filter(|value| value.is_truthy()).cloned()).or_else(
                || keys.iter().find_map(|key| config.get(key).filter(|value| value.is_truthy()).cloned()),
            )
        };
        let mut probe = self.bare_node(entry, ResourceType::SavedQuery, String::new(), vec![]);
        probe.name = name.clone();
        for key in ["alias", "database", "schema"] {
            if let Some(value) = own.get(key) {
                probe.config.set(key, value.clone());
            }
        }
        self.relation_names(&mut probe)?;
        let schema = pick(&["schema_name", "schema"]).unwrap_or(Value::Str(probe.schema));
        let database = probe.database.map(Value::Str).unwrap_or_default();
        let Some(export_as) = pick(&["export_as"]) else {
            return Err(entry.error(
                "missing-property",
                "exports",
                format!("the export `{name}` has no `export_as`"),
            ));
        };
        one_of(entry, "export_as", &export_as.py_str(), &["table", "view"])?;
        let shaped = Map::from_iter([
            ("export_as".into(), export_as),
            ("schema_name".into(), schema),
            ("alias".into(), pick(&["alias"]).unwrap_or(Value::Str(probe.alias))),
            ("database".into(), database),
        ]);
        Ok(Map::from_iter([
            ("name".into(), Value::Str(name)),
            ("config".into(), Value::Map(shaped)),
            ("unrendered_config".into(), Value::Map(own)),
        ]))
    }
}
