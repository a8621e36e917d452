//! Nodes that YAML alone defines: exposures, groups, unit tests.

use super::config::{self, NodeLevels};
use super::nodes::{fqn_prefix, without_extension};
use super::properties::Entry;
use super::{Capture, Parser};
use crate::diag::Diagnostic;
use crate::manifest::{
    Checksum, Config, Docs, ExposureData, Group, Language, Node, NodeKind, ResourceType, SpecData, StrMap,
};
use crate::value::{Map, Str, Value};

impl Parser<'_> {
    /// A node without file: only what all kinds share.
    pub fn bare_node(
        &self,
        entry: &Entry<'_>,
        resource_type: ResourceType,
        unique_id: String,
        fqn: Vec<Str>,
    ) -> Node {
        Node {
            unique_id: unique_id.into(),
            name: entry.name().into(),
            resource_type,
            package: entry.package.config.name.clone(),
            path: entry.file.path.clone(),
            original_file_path: entry.file.original_file_path.clone(),
            fqn,
            raw_code: "".into(),
            language: Language::Sql,
            checksum: Checksum::default(),
            database: None,
            schema: "".into(),
            alias: "".into(),
            relation_name: None,
            description: entry
                .data
                .get("description")
                .and_then(Value::as_shared_str)
                .cloned()
                .unwrap_or_else(|| "".into()),
            doc_blocks: vec![],
            columns: StrMap::default(),
            meta: Map::default(),
            tags: vec![],
            group: None,
            docs: Docs::default(),
            patch_path: None,
            config: Config::new(resource_type),
            unrendered_config: Map::default(),
            config_call: Map::default(),
            unrendered_config_call: Map::default(),
            created_at: self.now,
            refs: vec![],
            sources: vec![],
            metrics: vec![],
            functions: vec![],
            depends_on: Default::default(),
            reads: Default::default(),
            span: Some(entry.span_of("name")),
            kind: NodeKind::Metric(Box::<SpecData>::default()),
        }
    }

    /// An exposure: <https://docs.getdbt.com/docs/build/exposures>.
    pub fn exposure(&self, entry: &Entry<'_>) -> Result<Node, Diagnostic> {
        let package = entry.package;
        let mut fqn = fqn_prefix(&package.config.name, &entry.file.path);
        fqn.push(entry.name().into());
        let given = entry.map("config")?;
        let levels = NodeLevels { patch: Some(&given), call: None };
        let mut config = config::build(self.project, package, (ResourceType::Exposure, &fqn), levels)?;
        let unrendered =
            config::build_unrendered(self.project, package, (ResourceType::Exposure, &fqn), levels);
        // The project file's own `tags` and `meta` hold for all exposures, however deep they lie.
        let project = package.config.trees.get("exposures");
        let mut tags = entry.str_list("tags")?;
        if let Some(more) = project.and_then(|tree| tree.get("tags")) {
            tags.extend(crate::manifest::config::listify(more).iter().map(|tag| Str::from(tag.py_str())));
        }
        tags.extend(config.tags());
        tags.sort();
        tags.dedup();
        let mut meta = project.and_then(|tree| tree.get("meta")?.as_map()).cloned().unwrap_or_default();
        meta.extend(entry.map("meta")?);
        if let Some(Value::Map(more)) = config.get("meta") {
            meta.extend(more.iter().map(|(key, value)| (key.clone(), value.clone())));
        }
        config.set("tags", Value::List(tags.iter().cloned().map(Value::Str).collect()));
        config.set("meta", Value::Map(meta.clone()));
        if !entry.name().chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-')) {
            let message = format!(
                "Starting in v1.3, the 'name' of an exposure should contain only letters, numbers, and underscores. `{}` does \
                 not follow this pattern",
                entry.name()
            );
            self.sink.push(
                Diagnostic::warning("exposure-name", message)
                    .at(entry.span_of("name"))
                    .help("give it a `label`, which may contain anything")
                    .event("ExposureNameDeprecation")
                    .data("exposure", entry.name()),
            );
        }
        let kind = entry.required_str("type")?;
        one_of(entry, "type", &kind, &["dashboard", "notebook", "analysis", "ml", "application"])?;
        let maturity = entry.opt_str("maturity")?;
        if let Some(maturity) = &maturity {
            one_of(entry, "maturity", maturity, &["low", "medium", "high"])?;
        }
        let mut owner = entry.map("owner")?;
        if !["name", "email"].iter().any(|key| owner.get(*key).is_some_and(|value| !value.is_null())) {
            return Err(entry.error(
                "invalid-property",
                "owner",
                "Exposure owner must have at least one of 'name' or 'email'.",
            ));
        }
        for key in ["email", "name"] {
            owner.entry(key.into()).or_insert(Value::Null);
        }
        let unique_id = format!("exposure.{}.{}", package.config.name, entry.name());
        let mut node = self.bare_node(entry, ResourceType::Exposure, unique_id, fqn);
        node.kind = NodeKind::Exposure(Box::new(ExposureData {
            kind,
            owner,
            label: entry.opt_str("label")?,
            maturity,
            url: entry.opt_str("url")?,
        }));
        (node.tags, node.meta, node.config, node.unrendered_config) = (tags, meta, config, unrendered);
        let lines: Vec<String> =
            entry.str_list("depends_on")?.iter().map(|line| format!("{{{{ {line} }}}}")).collect();
        let capture: Capture = self.render_references(entry, &lines.join("\n"))?;
        (node.refs, node.sources, node.metrics) = (capture.refs, capture.sources, capture.metrics);
        Ok(node)
    }

    /// A group: <https://docs.getdbt.com/docs/build/groups>.
    pub fn group(&self, entry: &Entry<'_>) -> Result<Group, Diagnostic> {
        let mut owner = entry.map("owner")?;
        if owner.get("name").is_none() && owner.get("email").is_none() {
            return Err(entry.error(
                "invalid-property",
                "owner",
                "Group owner must have at least one of 'name' or 'email'.",
            ));
        }
        for key in ["email", "name"] {
            owner.entry(key.into()).or_insert(Value::Null);
        }
        let given = entry.map("config")?;
        let mut fqn = fqn_prefix(&entry.package.config.name, &entry.file.path);
        fqn.push(entry.name().into());
        let mut config = config::build_group(self.project, entry.package, &fqn, &given)?;
        config.entry("meta".into()).or_insert_with(|| Value::Map(Map::default()));
        Ok(Group {
            unique_id: format!("group.{}.{}", entry.package.config.name, entry.name()).into(),
            name: entry.name().into(),
            package: entry.package.config.name.clone(),
            path: entry.file.path.clone(),
            original_file_path: entry.file.original_file_path.clone(),
            owner,
            description: entry.opt_str("description")?,
            config,
        })
    }

    /// The fqn of a unit test: folders of its file, model, name.
    pub fn unit_test_fqn(&self, entry: &Entry<'_>, model: &str) -> Vec<Str> {
        let path = &*entry.file.original_file_path;
        let inner = path.split_once('/').map_or(path, |(_, rest)| rest);
        let mut fqn = fqn_prefix(&entry.package.config.name, without_extension(inner));
        fqn.push(model.into());
        fqn.push(entry.data.get("name").and_then(Value::as_str).unwrap_or_default().into());
        fqn
    }
}

/// Refuses a value outside a closed list.
pub fn one_of(entry: &Entry<'_>, key: &str, value: &str, allowed: &[&str]) -> Result<(), Diagnostic> {
    if allowed.contains(&value) {
        return Ok(());
    }
    let problem = entry.error(
        "invalid-property",
        key,
        format!("`{value}` is not a valid `{key}`; it is one of {}", allowed.join(", ")),
    );
    Err(match crate::diag::nearest(value, allowed.iter().copied()) {
        Some(near) => problem.help(format!("did you mean `{near}`?")),
        None => problem,
    })
}
