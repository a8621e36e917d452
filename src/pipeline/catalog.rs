//! What the warehouse says about the project's relations: the adapter's catalog macros, asked once an
//! information schema. <https://docs.getdbt.com/reference/artifacts/catalog-json>

use std::sync::{Arc, Mutex};

use indexmap::{IndexMap, IndexSet};
use minijinja::Value as Jinja;
use rustc_hash::{FxBuildHasher, FxHashMap};

use super::Opened;
use super::run::{Emit, Job, runtime};
use crate::adapter::dialect::Capability;
use crate::adapter::relation::Part;
use crate::adapter::{Cell, Connection, Relation, Table};
use crate::catalog::{Catalog, CatalogColumn, CatalogStat, CatalogTable};
use crate::compile::Failed;
use crate::diag::Diagnostic;
use crate::jinja::context::agate::TableValue;
use crate::jinja::context::execution::{Execution, Runtime};
use crate::jinja::context::relation::RelationValue;
use crate::jinja::context::{NodeFacts, NodeScope};
use crate::jinja::engine::{Undefined, list};
use crate::manifest::{Node, ResourceType};
use crate::selector::{Command, NodeSet};
use crate::value::{Str, Value};

/// More relations than this are asked for by their schemas.
const MOST_RELATIONS: usize = 100;

/// Database, schema and name, in lower case.
type Key = (Option<String>, String, String);

/// Asks for the nodes in `wanted`; without it, for all that stands in the project's schemas.
///
/// # Errors
/// Deferral was asked for, and there is nothing to defer to. A query that fails is in the catalog.
pub fn catalog(opened: &Opened<'_>, wanted: Option<&NodeSet>, emit: Emit) -> Result<Catalog, Diagnostic> {
    let job = Job::new(Command::Compile, NodeSet::default(), Arc::default(), emit);
    let runtime = runtime(opened, &job)?;
    let manifest = &opened.graph.manifest;
    let asked = manifest
        .iter()
        .filter(|(id, node)| has_relation(node) && wanted.is_none_or(|wanted| wanted.contains(*id)));
    let relations: Vec<Relation> = asked.map(|(_, node)| runtime.relation_of(node)).collect();
    let connection: Box<dyn Connection> = runtime.adapter.connect("generate_catalog");
    let connection = Arc::new(Mutex::new(connection));
    let execution = Arc::new(Execution::new(&runtime, None, &connection));
    execution.acquired();
    let mut found = Found::new(opened, &runtime, wanted);
    let one_by_one = wanted.is_some()
        && relations.len() <= MOST_RELATIONS
        && runtime.adapter.dialect().capabilities().contains(&Capability::SchemaMetadataByRelations);
    let dialect = runtime.adapter.dialect();
    let is_missing = |failed: &Failed| {
        let message = failed.message.to_lowercase();
        dialect.catalog_by_schema() && dialect.missing_schema().is_some_and(|words| message.contains(words))
    };
    for group in grouped(relations, dialect.catalog_by_schema()).into_values() {
        match ask(opened, &execution, group, one_by_one) {
            Ok(table) => found.read(&table),
            // Nothing stands in a schema that is not there.
            Err(failed) if is_missing(&failed) => {}
            Err(failed) => found.catalog.errors.push(failed.message.into()),
        }
    }
    execution.roll_back();
    execution.close_connection();
    Ok(found.catalog)
}

fn has_relation(node: &Node) -> bool {
    match node.resource_type {
        ResourceType::Model => !node.is_ephemeral(),
        ResourceType::Seed | ResourceType::Snapshot | ResourceType::Source => true,
        _ => false,
    }
}

/// The relations that one information schema knows.
fn grouped(
    relations: Vec<Relation>,
    by_schema: bool,
) -> IndexMap<(Option<Str>, Option<Str>), Vec<Relation>, FxBuildHasher> {
    let mut groups: IndexMap<_, Vec<Relation>, FxBuildHasher> = IndexMap::default();
    for relation in relations {
        let schema = relation.part(Part::Schema).filter(|_| by_schema).cloned();
        groups.entry((relation.part(Part::Database).cloned(), schema)).or_default().push(relation);
    }
    groups
}

fn ask(
    opened: &Opened<'_>,
    execution: &Arc<Execution>,
    relations: Vec<Relation>,
    one_by_one: bool,
) -> Result<Table, Failed> {
    let schemas: IndexSet<String, FxBuildHasher> =
        relations.iter().filter_map(|relation| Some(relation.part(Part::Schema)?.to_lowercase())).collect();
    let template = if one_by_one {
        "{{ get_catalog_relations(__relations[0].information_schema_only(), __relations) }}"
    } else {
        "{{ get_catalog(__relations[0].information_schema_only(), __schemas) }}"
    };
    let extra = FxHashMap::from_iter([
        ("__relations".into(), list(relations.into_iter().map(RelationValue::value).collect())),
        ("__schemas".into(), list(schemas.into_iter().map(Jinja::from).collect())),
    ]);
    let project = &opened.run.project;
    let facts = NodeFacts::of_package(&project.root().config.name, &project.profile);
    let scope = NodeScope::shared(&execution.context(facts, extra));
    let engine = &opened.run.engine;
    let answer = engine
        .render_native("catalog", template, scope, Undefined::Strict)
        .map_err(|error| Failed::of_render(&error, execution, opened.sources))?;
    let table = TableValue::of(&answer).cloned();
    table.ok_or_else(|| Failed::runtime("the macro that asks for the catalog must return a table"))
}

/// The catalog as it grows: rows of columns become tables under their nodes' ids.
struct Found {
    catalog: Catalog,
    /// Unique ids by relation: of the node, and of every source that is the same relation.
    ids: FxHashMap<Key, Vec<Str>>,
}

impl Found {
    fn new(opened: &Opened<'_>, runtime: &Runtime, wanted: Option<&NodeSet>) -> Found {
        let mut ids: FxHashMap<Key, Vec<Str>> = FxHashMap::default();
        for (id, node) in opened.graph.manifest.iter() {
            let stands = has_relation(node) || node.resource_type == ResourceType::Test && wanted.is_none();
            if !stands || wanted.is_some_and(|wanted| !wanted.contains(id)) {
                continue;
            }
            let relation = runtime.relation_of(node);
            let part = |part| relation.part(part).map(|text| text.to_lowercase());
            let schema = part(Part::Schema).unwrap_or_default();
            let name = part(Part::Identifier).unwrap_or_default();
            ids.entry((part(Part::Database), schema, name)).or_default().push(node.unique_id.clone());
        }
        Found { catalog: Catalog::default(), ids }
    }

    fn read(&mut self, table: &Table) {
        // Where names have no colons, two underscores stand for them.
        let plain = |name: &Str| match name.to_lowercase() {
            name if name.starts_with("stats__") => name.replace("__", ":"),
            name => name,
        };
        let names: Vec<String> = table.column_names().iter().map(plain).collect();
        let at = |name: &str| names.iter().position(|known| known == name);
        let places = ["table_database", "table_schema", "table_name"].map(at);
        let mut last: Option<(Key, Vec<CatalogTable>)> = None;
        for row in table.rows() {
            let text = |place: Option<usize>| {
                Some(row.get(place?)?).filter(|cell| !cell.is_null()).map(Cell::py_str)
            };
            let [database, schema, name] = places.map(text);
            let lower = |text: Option<String>| text.map(|text| text.to_lowercase());
            let key = (lower(database), lower(schema).unwrap_or_default(), lower(name).unwrap_or_default());
            if last.as_ref().is_none_or(|(open, _)| *open != key) {
                self.keep(last.take());
                let ids = self.ids.get(&key).map(Vec::as_slice).unwrap_or_default();
                let tables = ids.iter().map(|id| table_of(id, &names, &row)).collect();
                last = Some((key, tables));
            }
            for open in last.iter_mut().flat_map(|(_, tables)| tables) {
                open.columns.extend(column_of(&names, &row));
            }
        }
        self.keep(last);
    }

    /// Takes tables in; the rows of one need not stand together.
    fn keep(&mut self, tables: Option<(Key, Vec<CatalogTable>)>) {
        for table in tables.into_iter().flat_map(|(_, tables)| tables) {
            match self.catalog.tables.iter_mut().rev().find(|known| known.unique_id == table.unique_id) {
                Some(known) => known.columns.extend(table.columns),
                None => self.catalog.tables.push(table),
            }
        }
    }
}

/// The cell under a name, when it is there and not null.
fn cell<'r>(names: &[String], row: &'r [Cell], name: &str) -> Option<&'r Cell> {
    let place = names.iter().position(|known| known == name)?;
    row.get(place).filter(|cell| !cell.is_null())
}

fn table_of(unique_id: &Str, names: &[String], row: &[Cell]) -> CatalogTable {
    let text = |name: &str| cell(names, row, name).map(|cell| Str::from(cell.py_str()));
    CatalogTable {
        unique_id: unique_id.clone(),
        kind: text("table_type").unwrap_or_default(),
        database: text("table_database"),
        schema: text("table_schema").unwrap_or_default(),
        name: text("table_name").unwrap_or_default(),
        comment: text("table_comment"),
        owner: text("table_owner"),
        columns: vec![],
        stats: stats(names, row),
    }
}

fn column_of(names: &[String], row: &[Cell]) -> Option<CatalogColumn> {
    let text = |name: &str| cell(names, row, name).map(|cell| Str::from(cell.py_str()));
    Some(CatalogColumn {
        name: text("column_name")?,
        data_type: text("column_type").unwrap_or_default(),
        index: cell(names, row, "column_index").and_then(Cell::as_i64).unwrap_or_default(),
        comment: text("column_comment"),
    })
}

/// `stats:<id>:label`, `…:value`, `…:description` and `…:include` are one statistic.
fn stats(names: &[String], row: &[Cell]) -> Vec<CatalogStat> {
    let ids = names.iter().filter_map(|name| name.strip_prefix("stats:")?.strip_suffix(":value"));
    let stat = |id: &str| {
        let part = |part: &str| cell(names, row, &format!("stats:{id}:{part}"));
        let text = |name: &str| part(name).map(|cell| Str::from(cell.py_str())).unwrap_or_default();
        let value = match part("value").map(Cell::to_value).unwrap_or_default() {
            Value::Int(number) => Value::Float(number as f64),
            value @ (Value::Null | Value::Bool(_) | Value::Float(_) | Value::Str(_)) => value,
            other => Value::str(other.py_str()),
        };
        let include = part("include").is_some_and(|cell| cell.to_value().is_truthy());
        CatalogStat { id: id.into(), label: text("label"), value, include, description: text("description") }
    };
    ids.map(stat).filter(|stat| stat.include).collect()
}
