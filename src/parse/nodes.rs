//! From a file and its rendering to a node: identity, configuration, properties, relation name.

use sha2::{Digest, Sha256};

use super::columns::{NodePatch, VersionProps, column_map, constraints_are_valid};
use super::config::{self, NodeLevels};
use super::{Parser, RawNode};
use crate::diag::Diagnostic;
use crate::manifest::written::{self, Written};
use crate::manifest::{
    Checksum, ColumnInfo, Config, Docs, FunctionData, ModelData, Node, NodeKind, ResourceType, SeedData,
};
use crate::value::{Map, Str, Value, hex};

/// sha256 of a text, as the manifest states it.
pub fn checksum(text: &str) -> Checksum {
    Checksum { name: "sha256", checksum: hex(&Sha256::digest(text.as_bytes())).into() }
}

/// The fqn prefix: package, then the folders of a path.
pub fn fqn_prefix(package: &Str, path: &str) -> Vec<Str> {
    let mut fqn = vec![package.clone()];
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    fqn.extend(parts.into_iter().filter(|part| !part.is_empty()).map(Str::from));
    fqn
}

/// A path without its extension.
pub fn without_extension(path: &str) -> &str {
    match path.rsplit_once('.') {
        Some((stem, extension)) if !extension.contains('/') && !stem.is_empty() && !stem.ends_with('/') => {
            stem
        }
        _ => path,
    }
}

/// A file's name without folders and extension.
pub fn file_stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    without_extension(name)
}

/// What the version of a model changes in its node.
pub struct VersionOf<'a> {
    pub version: &'a VersionProps,
    pub latest: Option<&'a Value>,
}

impl Parser<'_> {
    /// Makes the node of a rendered file; `patch` is its YAML entry, if it has one.
    ///
    /// # Errors
    /// Invalid configuration, contract or access.
    pub fn finish_node(
        &self,
        raw: RawNode,
        patch: Option<&NodePatch>,
        version: Option<VersionOf<'_>>,
    ) -> Result<Node, Diagnostic> {
        let (span, code, name) = (raw.span, raw.raw_code.clone(), raw.name.clone());
        self.build_node(raw, patch, version).map_err(|problem| {
            let patch_path = patch.map(|patch| &*patch.patch_path);
            let written = Written { name: &name, code: &code, span, patch_path };
            let part = |key: &str| problem.data.get(key).and_then(Value::as_str);
            let value = part("key").zip(part("value"));
            let value =
                value.and_then(|(key, value)| written::config_value(&written, key, value, self.sources));
            let place = problem.span.or(value).or(patch.map(|patch| patch.span)).or(span);
            problem.at(place)
        })
    }

    fn build_node(
        &self,
        mut raw: RawNode,
        patch: Option<&NodePatch>,
        version: Option<VersionOf<'_>>,
    ) -> Result<Node, Diagnostic> {
        if let Some(VersionOf { version, .. }) = &version
            && let Some(patch) = patch
        {
            raw.name = patch.name.clone();
            raw.unique_id = format!("model.{}.{}.{}", patch.package, patch.name, version.formatted()).into();
        }
        let patch_config = match (patch, &version) {
            (Some(patch), Some(version)) => Some(added_up(&patch.config, &version.version.config)),
            (Some(patch), None) => Some(patch.config.clone()),
            (None, _) => None,
        };
        let patch_config = with_python_default(&raw, patch_config);
        let levels = NodeLevels { patch: patch_config.as_ref(), call: Some(&raw.capture.config) };
        let package = &raw.package;
        // dbt looks up a version's configuration under the fqn that the file had before the version was known.
        let mut fqn = raw.fqn.clone();
        if version.is_some() {
            fqn = versioned_fqn(fqn, &raw.name, version.as_ref());
        }
        let config = config::build(self.project, package, (raw.resource_type, &fqn), levels)?;
        if raw.resource_type == ResourceType::Model {
            self.sink.extend(self.keys_of(&raw.original_file_path).of_call(&raw.capture.config, raw.span));
        }
        let unrendered = if self.flags.behaviour("state_modified_compare_more_unrendered_values") {
            let written = patch.map(|patch| patch.config_as_written(version.as_ref().map(|of| of.version)));
            let call = Some(&raw.capture.unrendered_config).filter(|call| !call.is_empty());
            let patch = written.as_ref().or(levels.patch);
            let levels = NodeLevels { patch, call: call.or(levels.call) };
            config::build_unrendered(self.project, package, (raw.resource_type, &fqn), levels)
        } else {
            config::build_unrendered(self.project, package, (raw.resource_type, &fqn), levels)
        };
        let mut node = Node {
            unique_id: raw.unique_id,
            name: raw.name,
            resource_type: raw.resource_type,
            package: package.config.name.clone(),
            path: raw.path,
            original_file_path: raw.original_file_path,
            fqn,
            raw_code: raw.raw_code,
            language: raw.language,
            checksum: raw.checksum,
            database: None,
            schema: "".into(),
            alias: "".into(),
            relation_name: None,
            description: patch.map_or_else(|| "".into(), |patch| patch.description.clone()),
            doc_blocks: vec![],
            columns: patch.map(|patch| column_map(&patch.columns)).unwrap_or_default(),
            meta: config.get("meta").and_then(Value::as_map).cloned().unwrap_or_default(),
            tags: raw.tags,
            group: config.get("group").and_then(Value::as_shared_str).cloned(),
            docs: Docs::from_value(config.get("docs")),
            patch_path: patch.map(|patch| patch.patch_path.clone()),
            unrendered_config: unrendered,
            config_call: raw.capture.config,
            unrendered_config_call: raw.capture.unrendered_config,
            created_at: self.now,
            refs: raw.capture.refs,
            sources: raw.capture.sources,
            metrics: raw.capture.metrics,
            functions: raw.capture.functions,
            depends_on: crate::manifest::DependsOn { macros: raw.capture.macros, ..Default::default() },
            reads: crate::manifest::Reads { vars: raw.capture.vars, env_vars: raw.capture.env_vars },
            span: raw.span,
            kind: kind_of(raw.resource_type, raw.operation),
            config,
        };
        for tag in node.config.tags() {
            if !node.tags.contains(&tag) {
                node.tags.push(tag);
            }
        }
        self.apply_properties(&mut node, patch, version)?;
        if let NodeKind::Seed(seed) = &mut node.kind {
            *seed = SeedData { root_path: Some(package.root.display().to_string().into()) };
        }
        self.relation_names(&mut node)?;
        if node.resource_type != ResourceType::Test {
            self.render_hooks(&mut node)?;
        }
        let depends = !(node.refs.is_empty() && node.sources.is_empty() && node.metrics.is_empty());
        if node.resource_type == ResourceType::Seed && depends {
            return Err(seed_that_depends(&node));
        }
        Ok(node)
    }

    fn apply_properties(
        &self,
        node: &mut Node,
        patch: Option<&NodePatch>,
        version: Option<VersionOf<'_>>,
    ) -> Result<(), Diagnostic> {
        let access: Str = node.config.get_str("access").unwrap_or("protected").into();
        match &mut node.kind {
            NodeKind::Model(model) => {
                if !matches!(&*access, "private" | "protected" | "public") {
                    return Err(Diagnostic::error(
                        "invalid-access",
                        format!(
                            "Node {} has an invalid value ({access}) for the access field",
                            node.unique_id
                        ),
                    )
                    .help("access is one of `private`, `protected`, `public`"));
                }
                model.access = access;
            }
            NodeKind::Function(function) => {
                function.returns.insert("data_type".into(), "INVALID_TYPE".into());
                function.returns.insert("description".into(), Value::Null);
                if let Some(patch) = patch {
                    let shaped = |map: &Map, keys: &[&str]| -> Map {
                        keys.iter()
                            .map(|key| (Str::from(*key), map.get(*key).cloned().unwrap_or_default()))
                            .collect()
                    };
                    const ARGUMENT: [&str; 4] = ["name", "data_type", "description", "default_value"];
                    let arguments = patch.arguments.iter().filter_map(Value::as_map);
                    **function = FunctionData {
                        arguments: arguments.map(|given| Value::Map(shaped(given, &ARGUMENT))).collect(),
                        returns: shaped(&patch.returns, &["data_type", "description"]),
                    };
                }
                return Ok(());
            }
            _ => return Ok(()),
        }
        let Some(patch) = patch else { return Ok(()) };
        let mut constraints = patch.constraints.clone();
        if let Some(VersionOf { version, latest }) = &version {
            if !version.description.is_empty() {
                node.description = version.description.clone();
            }
            node.columns = column_map(patch.columns_of(version));
            if let Some(own) = &version.constraints {
                constraints = own.clone();
            }
            if let NodeKind::Model(model) = &mut node.kind {
                model.version = Some(version.v.clone());
                model.latest_version = latest.cloned();
                model.deprecation_date = version.deprecation_date.clone();
            }
        } else if let NodeKind::Model(model) = &mut node.kind {
            model.deprecation_date = patch.deprecation_date.clone();
            model.time_spine = patch.time_spine.clone();
        }
        self.warn_unsupported_constraints(node);
        apply_constraints(node, constraints)
    }

    /// Says that the constraints of a contract come to nothing in a view and its like.
    fn warn_unsupported_constraints(&self, node: &Node) {
        let warns = |constraint: &Map| constraint.get("warn_unsupported").is_none_or(Value::is_truthy);
        let any = node.columns.values().flat_map(|column| &column.constraints).any(warns);
        if !any || !has_enforced_contract(&node.config) || enforces_constraints(&node.config) {
            return;
        }
        self.sink.push(
            Diagnostic::warning(
                "unsupported-constraint",
                format!(
                    "Constraint types are not supported for {} materializations and will be ignored.",
                    node.materialized()
                ),
            )
            .at(node.span)
            .help("`warn_unsupported: false` on the constraint silences this")
            .node(&*node.unique_id)
            .event("UnsupportedConstraintMaterialization")
            .data("materialized", node.materialized()),
        );
    }
}

fn versioned_fqn(mut fqn: Vec<Str>, name: &Str, version: Option<&VersionOf<'_>>) -> Vec<Str> {
    if let Some(VersionOf { version, .. }) = version {
        fqn.pop();
        fqn.push(name.clone());
        fqn.push(version.formatted().into());
    }
    fqn
}

fn seed_that_depends(node: &Node) -> Diagnostic {
    let message = format!(
        "Seeds cannot depend on other nodes: a hook of `{}` calls `ref`, `source` or `metric`, itself or by way of a macro",
        node.unique_id
    );
    Diagnostic::error("invalid-hook", message)
        .at(node.span)
        .node(&*node.unique_id)
        .help("take the hook to a model that reads the seed")
}

fn kind_of(resource_type: ResourceType, operation: Option<crate::manifest::OperationData>) -> NodeKind {
    match resource_type {
        ResourceType::Seed => NodeKind::Seed(SeedData::default()),
        ResourceType::Snapshot => NodeKind::Snapshot,
        ResourceType::Analysis => NodeKind::Analysis,
        ResourceType::Test => NodeKind::SingularTest,
        ResourceType::Function => NodeKind::Function(Box::default()),
        ResourceType::SqlOperation => NodeKind::SqlOperation,
        _ => match operation {
            Some(operation) => NodeKind::Operation(operation),
            None => {
                NodeKind::Model(Box::new(ModelData { access: "protected".into(), ..ModelData::default() }))
            }
        },
    }
}

/// A Python model is a table unless it says otherwise.
fn with_python_default(raw: &RawNode, patch: Option<Map>) -> Option<Map> {
    if raw.language != crate::manifest::Language::Python || raw.resource_type != ResourceType::Model {
        return patch;
    }
    let mut patch = patch.unwrap_or_default();
    patch.entry("materialized".into()).or_insert_with(|| "table".into());
    Some(patch)
}

/// A version's configuration over its model's: maps are merged, and lists go in front of those below.
pub fn added_up(base: &Map, over: &Map) -> Map {
    let mut merged = base.clone();
    for (key, value) in over {
        let combined = match (merged.get(key), value) {
            (Some(Value::Map(old)), Value::Map(new)) => Value::Map(added_up(old, new)),
            (Some(Value::List(old)), Value::List(new)) => Value::List([&new[..], old].concat()),
            // To Python, a text is a list of its characters.
            (Some(Value::Str(old)), Value::List(new)) => {
                let old = old.chars().map(|c| Value::str(c.to_string()));
                Value::List(new.iter().cloned().chain(old).collect())
            }
            _ => value.clone(),
        };
        merged.insert(key.clone(), combined);
    }
    merged
}

fn has_enforced_contract(config: &Config) -> bool {
    config.get("contract").and_then(|contract| contract.get("enforced")).is_some_and(Value::is_truthy)
}

/// Materializations that create the constraints of a contract.
fn enforces_constraints(config: &Config) -> bool {
    matches!(config.get_str("materialized"), Some("table" | "incremental"))
}

fn apply_constraints(node: &mut Node, constraints: Vec<Map>) -> Result<(), Diagnostic> {
    let enforced = has_enforced_contract(&node.config);
    if enforced {
        let mut errors = vec![];
        if node.columns.is_empty() {
            errors.push(
                "Constraints must be defined in a `yml` schema configuration file like `schema.yml`."
                    .to_string(),
            );
        }
        if node.language != crate::manifest::Language::Sql {
            errors.push(format!("Language Error: Expected 'sql' but found '{}'", node.language.as_str()));
        }
        if !errors.is_empty() {
            return Err(Diagnostic::error(
                "invalid-contract",
                format!(
                    "Contract enforcement failed for: ({})\n{}",
                    node.original_file_path,
                    errors.join("\n")
                ),
            ));
        }
        if !constraints_are_valid(&constraints) {
            return Err(Diagnostic::error(
                "invalid-contract",
                format!(
                    "Invalid constraint type on model {}: Type must be one of ['check', 'not_null', 'unique', \
                     'primary_key', 'foreign_key', 'custom']",
                    node.name
                ),
            ));
        }
    }
    check_primary_keys(node, &constraints)?;
    let constraints: Vec<Map> =
        constraints.iter().map(|constraint| constraint_shape(constraint, true)).collect();
    let mut foreign = vec![];
    for column in node.columns.values_mut() {
        for constraint in &mut column.constraints {
            *constraint = constraint_shape(constraint, false);
        }
        foreign.extend(column.constraints.iter().filter_map(foreign_key_target));
    }
    let model_level: Vec<Str> = constraints.iter().filter_map(foreign_key_target).collect();
    foreign.splice(0..0, model_level);
    for target in foreign {
        super::references::add_static(node, &target)?;
    }
    if let NodeKind::Model(model) = &mut node.kind {
        model.constraints = constraints;
    }
    if enforced {
        let checksum = contract_checksum(node);
        if let NodeKind::Model(model) = &mut node.kind {
            model.contract_checksum = Some(checksum.into());
        }
    }
    Ok(())
}

fn foreign_key_target(constraint: &Map) -> Option<Str> {
    let is_foreign = constraint.get("type").and_then(Value::as_str) == Some("foreign_key");
    constraint
        .get("to")
        .and_then(Value::as_shared_str)
        .filter(|target| is_foreign && !target.is_empty())
        .cloned()
}

fn check_primary_keys(node: &Node, constraints: &[Map]) -> Result<(), Diagnostic> {
    let is_primary = |constraint: &Map| constraint.get("type").and_then(Value::as_str) == Some("primary_key");
    let columns: Vec<String> = node
        .columns
        .values()
        .flat_map(|column| {
            column.constraints.iter().filter(|constraint| is_primary(constraint)).map(|_| &column.name)
        })
        .map(|name| format!("'{name}'"))
        .collect();
    let mut errors = vec![];
    if columns.len() > 1 {
        errors.push(format!(
            "Found {} columns ([{}]) with primary key constraints defined. Primary keys for multiple columns must be \
             defined as a model level constraint.",
            columns.len(),
            columns.join(", ")
        ));
    }
    if !columns.is_empty() && constraints.iter().any(is_primary) {
        errors.push(
            "Primary key constraints defined at the model level and the columns level. Primary keys can be defined at \
             the model level or the column level, not both."
                .into(),
        );
    }
    if errors.is_empty() {
        return Ok(());
    }
    Err(Diagnostic::error(
        "invalid-contract",
        format!("Primary key constraint error: ({})\n{}", node.original_file_path, errors.join("\n")),
    ))
}

/// A constraint with all keys that the manifest states.
pub fn constraint_shape(given: &Map, model_level: bool) -> Map {
    let part = |key: &str| given.get(key).cloned().unwrap_or_default();
    let flag = |key: &str| given.get(key).cloned().unwrap_or(Value::Bool(true));
    let list =
        |key: &str| given.get(key).filter(|value| !value.is_null()).cloned().unwrap_or(Value::List(vec![]));
    let mut shape = Map::from_iter([
        ("type".into(), part("type")),
        ("name".into(), part("name")),
        ("expression".into(), part("expression")),
        ("warn_unenforced".into(), flag("warn_unenforced")),
        ("warn_unsupported".into(), flag("warn_unsupported")),
        ("to".into(), part("to")),
        ("to_columns".into(), list("to_columns")),
    ]);
    if model_level {
        shape.insert("columns".into(), list("columns"));
    }
    shape
}

/// The hash by which `state:modified.contract` sees a changed contract.
fn contract_checksum(node: &Node) -> String {
    let mut columns: Vec<&ColumnInfo> = node.columns.values().collect();
    columns.sort_by(|a, b| a.name.cmp(&b.name));
    let mut state = String::new();
    for column in columns {
        state += &format!("|{}", column.name);
        state += column.data_type.as_deref().unwrap_or("None");
        state += &constraints_repr(&column.constraints, "ColumnLevelConstraint");
    }
    if enforces_constraints(&node.config)
        && let NodeKind::Model(model) = &node.kind
    {
        state += node.materialized();
        state += &constraints_repr(&model.constraints, "ModelLevelConstraint");
    }
    hex(&Sha256::digest(state.as_bytes()))
}

/// Python's `str()` of a list of dbt's constraint objects, which the hash is made of.
fn constraints_repr(constraints: &[Map], class: &str) -> String {
    let items: Vec<String> = constraints
        .iter()
        .map(|constraint| {
            let text = |key: &str| constraint.get(key).unwrap_or(&Value::Null).py_repr();
            let kind = constraint.get("type").and_then(Value::as_str).unwrap_or_default();
            let mut parts = format!(
                "type=<ConstraintType.{kind}: '{kind}'>, name={}, expression={}, warn_unenforced={}, \
                 warn_unsupported={}, to={}, to_columns={}",
                text("name"),
                text("expression"),
                text("warn_unenforced"),
                text("warn_unsupported"),
                text("to"),
                text("to_columns")
            );
            if constraint.contains_key("columns") {
                parts += &format!(", columns={}", text("columns"));
            }
            format!("{class}({parts})")
        })
        .collect();
    format!("[{}]", items.join(", "))
}
