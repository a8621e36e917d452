//! What the warehouse says about a project's tables.

use crate::value::{Str, Value};

#[derive(Clone, Debug, Default)]
pub struct Catalog {
    /// Tables of the project's nodes and sources.
    pub tables: Vec<CatalogTable>,
    /// What went wrong while asking; the rest stands.
    pub errors: Vec<Str>,
}

/// One table or view, under the unique id of its node or source.
#[derive(Clone, Debug, Default)]
pub struct CatalogTable {
    pub unique_id: Str,
    /// The warehouse's word: `BASE TABLE`, `VIEW`, …
    pub kind: Str,
    pub database: Option<Str>,
    pub schema: Str,
    pub name: Str,
    pub comment: Option<Str>,
    pub owner: Option<Str>,
    pub columns: Vec<CatalogColumn>,
    /// Further facts, such as a row count; most warehouses give none.
    pub stats: Vec<CatalogStat>,
}

impl CatalogTable {
    pub fn is_source(&self) -> bool {
        self.unique_id.starts_with("source.")
    }
}

#[derive(Clone, Debug, Default)]
pub struct CatalogColumn {
    pub name: Str,
    pub data_type: Str,
    /// Position, from 1 on most warehouses.
    pub index: i64,
    pub comment: Option<Str>,
}

#[derive(Clone, Debug, Default)]
pub struct CatalogStat {
    pub id: Str,
    pub label: Str,
    pub value: Value,
    pub include: bool,
    pub description: Str,
}
