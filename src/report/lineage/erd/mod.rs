//! The entity-relationship diagram that a project's tests and constraints describe.
//!
//! Columns and types come from YAML, or from the catalog where that knows them. A `relationships` test
//! or a foreign key makes a line; `unique` and `not_null` tests and constraints say how many stand at
//! its ends: <https://docs.getdbt.com/reference/resource-properties/data-tests>.

mod dot;
mod facts;
mod mermaid;

use indexmap::IndexMap;
use rustc_hash::{FxHashMap, FxHashSet};

use super::{label, one_line, plain_names};
use crate::dag::Graph;
use crate::manifest::{Node, NodeId, ResourceType};
use facts::{Facts, Reference};

/// `--erd-format`, those that are text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErdFormat {
    Mermaid,
    Dot,
}

/// Columns of a relation with their types, as the warehouse has them, by unique id.
pub type CatalogColumns = FxHashMap<String, Vec<(String, String)>>;

/// Tables and what ties them together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Erd {
    /// In the order of their names.
    pub entities: Vec<Entity>,
    pub links: Vec<Link>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Entity {
    pub name: String,
    pub columns: Vec<Attribute>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Attribute {
    pub name: String,
    pub data_type: Option<String>,
    pub primary_key: bool,
    pub foreign_key: bool,
    pub unique: bool,
    pub required: bool,
    pub description: String,
}

/// A foreign key: `child` holds the key of `parent`. Places in [`Erd::entities`].
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    pub parent: usize,
    pub child: usize,
    pub columns: Vec<String>,
    pub parent_columns: Vec<String>,
    /// Every row of the child has a parent.
    pub required: bool,
    /// No two rows of the child have the same parent.
    pub one: bool,
}

impl Link {
    /// `customer_id`, or `buyer_id = customer_id` where the two names differ.
    pub fn label(&self) -> String {
        let (own, other) = (self.columns.join(", "), self.parent_columns.join(", "));
        if other.is_empty() || own.eq_ignore_ascii_case(&other) { own } else { format!("{own} = {other}") }
    }
}

impl Erd {
    /// The diagram of the selected nodes. With `related` those that nothing ties to another are left out.
    pub fn of(
        graph: &Graph,
        selected: impl Iterator<Item = NodeId>,
        catalog: &CatalogColumns,
        related: bool,
    ) -> Erd {
        let manifest = &graph.manifest;
        let mut ids: Vec<NodeId> =
            selected.filter(|id| is_entity(manifest.node(*id).resource_type)).collect();
        let facts = Facts::of(manifest, &ids);
        if related {
            let tied: FxHashSet<NodeId> = facts.tied(&ids);
            ids.retain(|id| tied.contains(id));
        }
        ids.sort_by_cached_key(|id| (label(manifest.node(*id)), manifest.node(*id).unique_id.to_string()));
        ids.dedup();
        let places: FxHashMap<NodeId, usize> =
            ids.iter().enumerate().map(|(place, id)| (*id, place)).collect();
        let entity = |id: &NodeId| {
            let node = manifest.node(*id);
            Entity { name: one_line(&label(node)), columns: columns(node, *id, &facts, catalog) }
        };
        let mut links: Vec<Link> =
            facts.references.iter().filter_map(|reference| link(reference, &places, &facts)).collect();
        links.sort_by(|a, b| (a.parent, a.child, &a.columns).cmp(&(b.parent, b.child, &b.columns)));
        links.dedup_by(|a, b| (a.parent, a.child, &a.columns) == (b.parent, b.child, &b.columns));
        Erd { entities: ids.iter().map(entity).collect(), links }
    }

    /// The whole document, ending in a line feed.
    pub fn write(&self, format: ErdFormat) -> String {
        match format {
            ErdFormat::Mermaid => mermaid::write(self),
            ErdFormat::Dot => dot::write(self),
        }
    }

    /// Names of the entities that every format takes.
    fn plain_names(&self) -> Vec<String> {
        let names = plain_names(self.entities.iter().map(|entity| &*entity.name));
        let starts_well = |name: &String| !name.starts_with(|c: char| c.is_ascii_digit());
        names.into_iter().map(|name| if starts_well(&name) { name } else { format!("_{name}") }).collect()
    }
}

fn is_entity(kind: ResourceType) -> bool {
    kind.is_refable() || kind == ResourceType::Source
}

fn link(reference: &Reference, places: &FxHashMap<NodeId, usize>, facts: &Facts) -> Option<Link> {
    let (child, parent) = (*places.get(&reference.child)?, *places.get(&reference.parent)?);
    let required =
        reference.whole && reference.columns.iter().all(|column| facts.is_required(reference.child, column));
    let one = match &*reference.columns {
        [column] => facts.is_unique(reference.child, column),
        columns => facts.is_key(reference.child, columns),
    };
    Some(Link {
        parent,
        child,
        columns: reference.columns.clone(),
        parent_columns: reference.parent_columns.clone(),
        required,
        one,
    })
}

/// Columns of the YAML, those that tests name, and those of the catalog.
fn columns(node: &Node, id: NodeId, facts: &Facts, catalog: &CatalogColumns) -> Vec<Attribute> {
    let mut all: IndexMap<String, Attribute> = IndexMap::new();
    let mut at = |name: &str| -> usize {
        let entry = all.entry(name.to_lowercase());
        let place = entry.index();
        entry.or_insert_with(|| Attribute { name: one_line(name), ..Attribute::default() });
        place
    };
    for column in node.columns.values() {
        at(&column.name);
    }
    for name in facts.named_columns(id) {
        at(name);
    }
    let known = catalog.get(&*node.unique_id).map(Vec::as_slice).unwrap_or_default();
    for (name, _) in known {
        at(name);
    }
    for column in node.columns.values() {
        if let Some(attribute) = all.get_mut(&column.name.to_lowercase()) {
            attribute.data_type = column.data_type.as_deref().map(str::to_string);
            attribute.description = column.description.to_string();
        }
    }
    for (name, data_type) in known {
        if let Some(attribute) = all.get_mut(&name.to_lowercase()) {
            attribute.data_type.get_or_insert_with(|| data_type.clone());
        }
    }
    let primary = facts.primary_key(id);
    for (name, attribute) in &mut all {
        attribute.primary_key = primary.contains(name);
        attribute.foreign_key = facts.is_foreign(id, name);
        attribute.unique = facts.is_unique(id, name);
        attribute.required = facts.is_required(id, name);
    }
    all.into_values().collect()
}
