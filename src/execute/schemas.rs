//! Before nodes run: the schemas that they need, and what is in them.

use std::collections::BTreeSet;
use std::sync::Arc;

use minijinja::Value as Jinja;
use rustc_hash::FxHashMap;

use super::Run;
use super::hooks::Master;
use crate::adapter::{Cell, Relation};
use crate::diag::Diagnostic;
use crate::jinja::context::agate::TableValue;
use crate::jinja::context::relation::RelationValue;
use crate::jinja::context::{NodeFacts, NodeScope};
use crate::jinja::engine::{JinjaError, Undefined};
use crate::manifest::{Node, ResourceType};
use crate::value::Str;

/// Creates what is missing and lists each schema once, so that macros need not ask again.
///
/// # Errors
/// The warehouse cannot be reached, or refuses a schema.
pub fn prepare(run: &Run<'_>, master: &Master) -> Result<(), Diagnostic> {
    let manifest = &run.plan.graph().manifest;
    let mut needed: BTreeSet<(Option<Str>, Str)> = BTreeSet::new();
    for node in run.plan.nodes().into_iter().map(|id| manifest.node(id)).filter(|node| has_relation(node)) {
        needed.insert((node.database.clone(), node.schema.clone()));
    }
    let ask = Ask { run, master };
    let mut databases: Vec<&Option<Str>> = needed.iter().map(|(database, _)| database).collect();
    databases.dedup();
    let mut existing: BTreeSet<(Option<String>, String)> = BTreeSet::new();
    for database in databases {
        let listed = ask.schemas(database.as_ref())?;
        let lower = database.as_ref().map(|name| name.to_lowercase());
        existing.extend(listed.into_iter().map(|schema| (lower.clone(), schema.to_lowercase())));
    }
    for (database, schema) in &needed {
        let key = (database.as_ref().map(|name| name.to_lowercase()), schema.to_lowercase());
        if !schema.is_empty() && existing.insert(key) {
            ask.create(database, schema)?;
        }
    }
    if run.compiler.runtime.flags.run.populate_cache {
        needed.extend(deferrable(run));
        for (database, schema) in &needed {
            ask.list(database, schema)?;
        }
        if let Some(name) = run.compiler.runtime.adapter.dialect().links_macro() {
            ask.link(name)?;
        }
    }
    Ok(())
}

/// Lists the schemas of all that is deferred unless it is found there.
///
/// # Errors
/// The warehouse cannot be reached.
pub fn look_for_deferred(run: &Run<'_>, master: &Master) -> Result<(), Diagnostic> {
    let ask = Ask { run, master };
    deferrable(run).into_iter().try_for_each(|(database, schema)| ask.list(&database, &schema))
}

fn deferrable(run: &Run<'_>) -> BTreeSet<(Option<Str>, Str)> {
    let runtime = &run.compiler.runtime;
    if !runtime.flags.state.defer {
        return BTreeSet::new();
    }
    let manifest = &run.plan.graph().manifest;
    let nodes = runtime.deferred.keys().filter_map(|unique_id| manifest.get(unique_id));
    nodes.filter(|node| has_relation(node)).map(|node| (node.database.clone(), node.schema.clone())).collect()
}

/// Whether the node makes something that lives in a schema.
fn has_relation(node: &Node) -> bool {
    match node.resource_type {
        ResourceType::Test => node.relation_name.is_some(),
        ResourceType::Function => true,
        kind => kind.is_refable() && !node.is_ephemeral(),
    }
}

/// Questions to the warehouse, by way of the macros that projects may override.
struct Ask<'r, 'a> {
    run: &'r Run<'a>,
    master: &'r Master,
}

impl Ask<'_, '_> {
    /// `name` is what the connection is called meanwhile, as logs and comments of queries have it.
    fn call(&self, name: &str, template: &str, extra: FxHashMap<Str, Jinja>) -> Result<Jinja, Diagnostic> {
        let runtime = &self.run.compiler.runtime;
        let execution = Arc::new(self.master.execution(runtime));
        execution.rename_connection(name);
        let run = &runtime.run;
        let facts = NodeFacts::of_package(&run.project.root().config.name, &run.project.profile);
        let context = execution.context(facts, extra);
        let asked =
            run.engine.render_native("schemas", template, NodeScope::shared(&context), Undefined::Strict);
        match execution.take_escalated() {
            Some(message) => Err(Diagnostic::error("query-comment", message)),
            None => asked.map_err(|error| diagnostic(&error)),
        }
    }

    fn schemas(&self, database: Option<&Str>) -> Result<Vec<String>, Diagnostic> {
        let runtime = &self.run.compiler.runtime;
        let connection = connection_name("list", database, None);
        let database = match database {
            None => Jinja::from(()),
            Some(name) => {
                let relation = Relation::new(runtime.adapter.dialect(), [Some(name.clone()), None, None]);
                let quoted = relation.quote(runtime.run.project.root().config.quoting).render();
                Jinja::from(quoted)
            }
        };
        let found = self.call(&connection, "{{ list_schemas(database) }}", with("database", database))?;
        if let Some(table) = TableValue::of(&found) {
            let named =
                runtime.adapter.dialect().schema_column().and_then(|name| {
                    table.column_names().iter().position(|own| own.eq_ignore_ascii_case(name))
                });
            return Ok(table
                .column(named.unwrap_or(0))
                .filter(|cell| !cell.is_null())
                .map(|cell| cell.py_str())
                .collect());
        }
        let rows = found.try_iter().map_err(|error| Diagnostic::error("adapter-error", error.to_string()))?;
        let name =
            |row: Jinja| row.get_item_by_index(0).ok().and_then(|name| name.as_str().map(str::to_string));
        Ok(rows.filter_map(name).collect())
    }

    fn create(&self, database: &Option<Str>, schema: &Str) -> Result<(), Diagnostic> {
        let runtime = &self.run.compiler.runtime;
        let path = [database.clone(), Some(schema.clone()), None];
        let relation =
            Relation::new(runtime.adapter.dialect(), path).quote(runtime.run.project.root().config.quoting);
        let extra = with("relation", RelationValue::value(relation.without_identifier()));
        let name = connection_name("create", database.as_ref(), Some(schema));
        self.call(&name, "{% do adapter.create_schema(relation) %}", extra).map(|_| ())
    }

    fn list(&self, database: &Option<Str>, schema: &Str) -> Result<(), Diagnostic> {
        let name = connection_name("list", database.as_ref(), Some(schema));
        let mut extra = with("schema", Jinja::from(schema.clone()));
        let database = database.clone().map_or_else(|| Jinja::from(()), Jinja::from);
        extra.insert("database".into(), database);
        self.call(&name, "{% do adapter.get_relation(database, schema, '') %}", extra).map(|_| ())
    }

    /// Takes up what refers to what: a replaced view is dropped with all that stands on it.
    fn link(&self, links_macro: &str) -> Result<(), Diagnostic> {
        let adapter = &self.run.compiler.runtime.adapter;
        let database = adapter.credentials().database.clone();
        let found = self.call("master", &format!("{{{{ {links_macro}() }}}}"), FxHashMap::default())?;
        let Some(links) = TableValue::of(&found) else {
            let message = format!(
                "`{links_macro}` returns a table of schema and name of what refers, and of what is referred to"
            );
            return Err(Diagnostic::error("adapter-error", message));
        };
        let relation = |names: &[Cell]| {
            let [schema, name] = [0, 1].map(|part| names.get(part).map(|name| Str::from(name.py_str())));
            Relation::new(adapter.dialect(), [database.clone(), schema, name])
        };
        for row in links.rows() {
            let (dependent, referenced) = row.split_at(row.len().min(2));
            adapter.cache().add_link(&relation(referenced), &relation(dependent));
        }
        Ok(())
    }
}

fn connection_name(verb: &str, database: Option<&Str>, schema: Option<&Str>) -> String {
    let parts: Vec<&str> = [database, schema].into_iter().flatten().map(|part| &**part).collect();
    format!("{verb}_{}", parts.join("_"))
}

fn with(name: &str, value: Jinja) -> FxHashMap<Str, Jinja> {
    FxHashMap::from_iter([(Str::from(name), value)])
}

fn diagnostic(error: &JinjaError) -> Diagnostic {
    match error.source_as::<crate::adapter::AdapterError>() {
        Some(warehouse) => warehouse.clone().into(),
        None => Diagnostic::error("adapter-error", error.message.clone()),
    }
}
