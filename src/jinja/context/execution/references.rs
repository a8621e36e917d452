//! `ref`, `source`, `metric`, `function` and `this`, resolved.
//!
//! <https://docs.getdbt.com/reference/dbt-jinja-functions/ref>

use std::sync::Arc;

use minijinja::{Error, Value as Jinja};

use super::super::exceptions::raised;
use super::super::function::{function, function_with};
use super::super::references::{name_args, ref_args, settings, source_args};
use super::super::relation::RelationValue;
use super::super::{NodeContext, external};
use super::{Execution, Runtime, lock};
use crate::adapter::{Column, EventTimeFilter, Relation, RelationType};
use crate::event::{EventKind, Message};
use crate::manifest::lookup::Found;
use crate::manifest::reference::{self, Reference};
use crate::manifest::{Node, NodeId, RefArgs, ResourceType, compare_versions};
use crate::value::{Str, Value};

pub fn get(execution: &Arc<Execution>, _: &Arc<NodeContext>, name: &str) -> Option<Jinja> {
    let own = execution.clone();
    Some(match name {
        "ref" => {
            let run = own.runtime.run.clone();
            function_with("ref", ("config", move || settings(&run)), move |_, args| {
                own.resolve_ref(&ref_args(&args)?)
            })
        }
        "source" => function("source", move |_, args| own.resolve_source(&source_args(&args)?)),
        "metric" => function("metric", move |_, args| own.resolve_metric(&name_args("metric", &args)?)),
        "function" => {
            function("function", move |_, args| own.resolve_function(&name_args("function", &args)?))
        }
        "defer_relation" => {
            let relation = own.node().and_then(|node| own.runtime.deferred.get(&node.unique_id));
            relation.map_or_else(|| Jinja::from(()), |relation| RelationValue::value(relation.clone()))
        }
        _ => own.this(),
    })
}

impl Runtime {
    /// The relation of a node of the project, as templates write it.
    pub fn relation_of(&self, node: &Node) -> Relation {
        let path = [node.database.clone(), Some(node.schema.clone()), Some(node.alias.clone())];
        let relation = Relation::new(self.adapter.dialect(), path);
        let mut relation = match node.source() {
            // The project's quoting does not concern sources: they have their own.
            Some(source) => relation.quote(parts(|key| source.quoting.get(key))),
            None => {
                let own = node.config.get("quoting");
                relation
                    .quote(self.run.project.root().config.quoting)
                    .quote(parts(|key| own.and_then(|quoting| quoting.get(key))))
            }
        };
        if node.source().is_some() && self.adapter.dialect().type_name() == "duckdb" {
            relation.external = external::location(node);
        }
        if let Some(catalog) = node.config.get("catalog_name").and_then(Value::as_shared_str) {
            relation.catalog = Some(catalog.clone());
        }
        relation
    }

    fn deferred_relation(&self, id: NodeId, node: &Node) -> Option<&Relation> {
        if !self.flags.state.defer {
            return None;
        }
        let relation = self.deferred.get(&node.unique_id)?;
        if self.flags.state.favor_state && !self.selected.contains(id) {
            return Some(relation);
        }
        let known = self.adapter.cache().get(node.database.as_deref(), Some(&node.schema), &node.alias);
        known.is_none().then_some(relation)
    }
}

fn parts<'a>(get: impl Fn(&str) -> Option<&'a Value>) -> [Option<bool>; 3] {
    ["database", "schema", "identifier"].map(|key| get(key).and_then(Value::as_bool))
}

impl Execution {
    fn package(&self) -> &str {
        self.node().map_or(&self.runtime.run.project.root().config.name, |node| &node.package)
    }

    /// The node's name and file, for messages.
    fn who(&self) -> String {
        self.node().map_or_else(
            || "this operation".into(),
            |node| format!("the {} `{}` ({})", node.resource_type, node.name, node.original_file_path),
        )
    }

    fn missing(&self, kind: &str, name: &str, disabled: bool) -> Error {
        let why = if disabled { "which is disabled" } else { "which was not found" };
        raised(format!("{} depends on a {kind} named `{name}` {why}", self.who()))
    }

    fn resolve_ref(&self, args: &RefArgs) -> Result<Jinja, Error> {
        let runtime = &self.runtime;
        let found = runtime.lookup.resolve_ref(
            &args.name,
            args.package.as_deref(),
            args.version.as_ref(),
            self.package(),
        );
        let id = match found {
            Found::One(id) => id,
            Found::Disabled => return Err(self.missing("node", &args.name, true)),
            Found::Missing => return Err(self.missing("node", &args.name, false)),
            Found::Ambiguous(_) => {
                return Err(raised(format!(
                    "several packages have a node named `{}`: name the package",
                    args.name
                )));
            }
        };
        let known = self.free_refs || self.node().is_none_or(|node| node.depends_on.nodes.contains(&id));
        if !known {
            return Err(raised(self.unseen(args)));
        }
        if args.version.is_none() {
            self.note_newer_version(runtime.graph.manifest.node(id));
        }
        self.relation_for(id).map(RelationValue::value)
    }

    /// Says that an unpinned ref means an older version than there is.
    fn note_newer_version(&self, target: &Node) {
        let (Some(version), Some(newest)) =
            (target.version(), self.runtime.lookup.newest_version(&target.name))
        else {
            return;
        };
        if compare_versions(newest, version).is_le() {
            return;
        }
        let (name, package) = (&target.name, &target.package);
        let (version, newest) = (version.py_str(), newest.py_str());
        let text = format!(
            "While compiling '{}':\nFound an unpinned reference to versioned model '{name}' in project '{package}'.\n\
             Resolving to latest version: {name}.v{version}\nA prerelease version {newest} is available, which its \
             maintainer has not marked 'latest' yet.\n\n  Try out v{newest}: {{{{ ref('{package}', '{name}', \
             v='{newest}') }}}}\n  Pin to  v{version}: {{{{ ref('{package}', '{name}', v='{version}') }}}}\n",
            self.node().map_or("", |node| &node.name)
        );
        let data = [
            ("ref_node_name", name.clone()),
            ("ref_node_package", package.clone()),
            ("ref_node_version", version.into()),
            ("ref_max_version", newest.into()),
        ];
        self.emit(EventKind::Message(Message {
            name: "UnpinnedRefNewVersionAvailable",
            text,
            data: data.into_iter().map(|(key, value)| (key.into(), Value::Str(value))).collect(),
        }));
    }

    /// The message for a ref that parsing did not meet, so that the order of the run ignores it.
    fn unseen(&self, args: &RefArgs) -> String {
        let name = self.node().map_or("", |node| &node.name);
        let version =
            args.version.as_ref().map(|version| format!(", v={}", version.py_repr())).unwrap_or_default();
        let call = match &args.package {
            Some(package) => format!("ref('{package}', '{}'{version})", args.name),
            None => format!("ref('{}'{version})", args.name),
        };
        format!(
            "dbt was unable to infer all dependencies for the model \"{name}\": {call} was not seen when the project \
             was parsed, because it stands in a block that only runs later. Put this line at the top of the \
             model:\n\n-- depends_on: {{{{ {call} }}}}"
        )
    }

    /// The relation of a node as a `ref` gives it.
    pub(super) fn relation_for(&self, id: NodeId) -> Result<Relation, Error> {
        let runtime = &self.runtime;
        let node = runtime.graph.manifest.node(id);
        if let Some(stubs) = &self.stubs {
            // A unit test knows the inputs that it gives, and nothing else.
            let stub = stubs.relations.get(&id).ok_or_else(|| self.missing("node", &node.name, false))?;
            lock(&self.ctes).push(id);
            return Ok(self.cte(stub));
        }
        let mut relation = if node.is_ephemeral() {
            if self.free_refs {
                return Err(raised(format!(
                    "Operations can not ref() ephemeral nodes, but {} is ephemeral",
                    node.name
                )));
            }
            lock(&self.ctes).push(id);
            self.cte(&format!("__dbt__cte__{}", node.alias))
        } else {
            match runtime.deferred_relation(id, node) {
                Some(relation) => relation.clone(),
                None => runtime.relation_of(node),
            }
        };
        self.narrow(&mut relation, node);
        Ok(relation)
    }

    fn cte(&self, name: &str) -> Relation {
        let mut relation = Relation::new(self.runtime.adapter.dialect(), [None, None, Some(name.into())]);
        relation.kind = Some(RelationType::Cte);
        relation.quote([None, None, Some(false)])
    }

    /// Cuts a relation down to what `--empty`, `--sample` or a batch leaves of it.
    fn narrow(&self, relation: &mut Relation, target: &Node) {
        if self.stubs.is_some() {
            return;
        }
        if self.runtime.flags.run.empty {
            relation.limit = Some(0);
        }
        relation.event_time_filter = self.event_time_filter(target);
    }

    fn event_time_filter(&self, target: &Node) -> Option<EventTimeFilter> {
        let own = self.node()?;
        let field = target.config.get("event_time").filter(|field| field.is_truthy())?.py_str();
        if !matches!(own.resource_type, ResourceType::Model | ResourceType::Snapshot) {
            return None;
        }
        let sample = self.runtime.flags.run.sample;
        let (start, end) = match (&self.batch, sample) {
            (Some(batch), Some(sample)) => (batch.start.max(sample.start), batch.end.min(sample.end)),
            (Some(batch), None) => (batch.start, batch.end),
            (None, Some(sample)) => (sample.start, sample.end),
            (None, None) => return None,
        };
        let text =
            |time: chrono::DateTime<chrono::Utc>| Str::from(Value::DateTimeTz(time.fixed_offset()).py_str());
        Some(EventTimeFilter {
            field: self.event_time_field(target, &field).into(),
            start: Some(text(start)),
            end: Some(text(end)),
        })
    }

    fn event_time_field(&self, target: &Node, field: &str) -> String {
        let of_source =
            || target.source().and_then(|source| source.quoting.get("column")).and_then(Value::as_bool);
        let of_column =
            target.columns.values().find(|column| &*column.name == field).and_then(|column| column.quote);
        if of_column.or_else(of_source) == Some(true) {
            Column::new(self.runtime.adapter.dialect(), field, "").quoted()
        } else {
            field.to_string()
        }
    }

    fn resolve_source(self: &Arc<Self>, [source, table]: &[Str; 2]) -> Result<Jinja, Error> {
        let name = format!("{source}.{table}");
        let id = match self.runtime.lookup.resolve_source(source, table, self.package()) {
            Found::One(id) => id,
            Found::Disabled => return Err(self.missing("source", &name, true)),
            Found::Missing | Found::Ambiguous(_) => return Err(self.missing("source", &name, false)),
        };
        if let Some(stubs) = &self.stubs {
            let stub = stubs.relations.get(&id).ok_or_else(|| self.missing("source", &name, false))?;
            lock(&self.ctes).push(id);
            return Ok(RelationValue::value(self.cte(stub)));
        }
        let node = self.runtime.graph.manifest.node(id);
        let mut relation = self.runtime.relation_of(node);
        if self.runtime.adapter.dialect().type_name() == "duckdb" {
            self.load_by_plugin(node, &relation)?;
        }
        self.narrow(&mut relation, node);
        Ok(RelationValue::value(relation))
    }

    fn resolve_metric(&self, args: &[Str]) -> Result<Jinja, Error> {
        match self.runtime.lookup.resolve_metric(args, self.package()) {
            Found::One(id) => {
                let manifest = &self.runtime.graph.manifest;
                let node = manifest.node(id);
                let described = (self.runtime.describe)(node, manifest, None);
                Ok(super::super::metric::resolved(&node.name, described))
            }
            _ => Err(self.missing("metric", args.last().map_or("", |name| name), false)),
        }
    }

    fn resolve_function(&self, args: &[Str]) -> Result<Jinja, Error> {
        let name = args.last().map_or("", |name| &**name);
        match self.runtime.lookup.resolve_function(args, self.package()) {
            Found::One(id) => {
                let node = self.runtime.graph.manifest.node(id);
                let path = [node.database.clone(), Some(node.schema.clone()), Some(node.alias.clone())];
                let mut relation = match self.runtime.deferred_relation(id, node) {
                    Some(relation) => relation.clone(),
                    None => Relation::new(self.runtime.adapter.dialect(), path),
                };
                relation.kind = Some(RelationType::Function);
                Ok(RelationValue::value(relation))
            }
            Found::Disabled => Err(self.missing("function", name, true)),
            Found::Missing | Found::Ambiguous(_) => Err(self.missing("function", name, false)),
        }
    }

    /// What the foreign keys of a model refer to: each text as written, and the relation it means.
    pub fn foreign_keys(&self, node: &Node) -> Vec<(Str, Str)> {
        let Some(model) = node.model() else { return vec![] };
        let of_columns = node.columns.values().flat_map(|column| &column.constraints);
        let mut found: Vec<(Str, Str)> = vec![];
        for constraint in model.constraints.iter().chain(of_columns) {
            let Some(text) = constraint.get("to").and_then(Value::as_shared_str) else { continue };
            if found.iter().any(|(known, _)| known == text) {
                continue;
            }
            let target = match reference::parse(text) {
                Some(Reference::Ref(args)) => self.runtime.lookup.resolve_ref(
                    &args.name,
                    args.package.as_deref(),
                    args.version.as_ref(),
                    &node.package,
                ),
                Some(Reference::Source([source, table])) => {
                    self.runtime.lookup.resolve_source(&source, &table, &node.package)
                }
                None => continue,
            };
            let Found::One(id) = target else { continue };
            let target = self.runtime.graph.manifest.node(id);
            let deferred = self.runtime.deferred.get(&target.unique_id);
            let relation = match deferred.filter(|_| self.runtime.flags.state.defer) {
                Some(relation) => relation.render(),
                None => self.runtime.relation_of(target).render(),
            };
            found.push((text.clone(), relation.into()));
        }
        found
    }

    fn this(&self) -> Jinja {
        if let Some(stubs) = &self.stubs {
            if let (Some(this), Some(id)) = (&stubs.this, self.node) {
                lock(&self.ctes).push(id);
                return Jinja::from(this.clone());
            }
            return Jinja::from(());
        }
        match self.node() {
            Some(node) if node.resource_type != ResourceType::Operation => {
                RelationValue::value(self.runtime.relation_of(node))
            }
            _ => Jinja::from(()),
        }
    }
}
