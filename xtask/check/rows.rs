//! All raw rows of a table, duplicates included, with columns by name.

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::Path;

use crate::schema::Spec;
use crate::table::{Reader, Record};

pub struct Rows {
    columns: HashMap<String, usize>,
    rows: Vec<Record>,
}

impl Rows {
    pub fn read(raw: &Path, spec: &Spec) -> io::Result<Self> {
        let mut reader = Reader::open(spec.path(raw))?;
        for column in spec.columns() {
            reader.column(column)?;
        }
        let columns = reader.columns.iter().cloned().enumerate().map(|(i, column)| (column, i)).collect();
        let mut rows = Vec::new();
        while let Some(record) = reader.record()? {
            rows.push(record);
        }
        Ok(Self { columns, rows })
    }

    pub fn iter(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|record| Row { rows: self, record })
    }

    pub fn count(&self, wanted: impl Fn(Row) -> bool) -> usize {
        self.iter().filter(|row| wanted(*row)).count()
    }

    /// Rows by id.
    pub fn by_id(&self) -> HashMap<&str, Row<'_>> {
        self.iter().filter_map(|row| Some((row.get("id")?, row))).collect()
    }

    /// How many distinct values a column has among the wanted rows.
    pub fn distinct(&self, column: &str, wanted: impl Fn(Row) -> bool) -> usize {
        self.iter().filter(|row| wanted(*row)).filter_map(|row| row.get(column)).collect::<HashSet<_>>().len()
    }

    /// Rows that repeat an earlier one exactly, and rows that are older than another one of their id.
    pub fn doubles(&self, updated: &str) -> (usize, usize) {
        let mut exact = 0;
        let mut seen: HashSet<&Record> = HashSet::new();
        let mut newest: HashMap<&str, &str> = HashMap::new();
        for row in self.iter() {
            exact += usize::from(!seen.insert(row.record));
            if let (Some(id), Some(time)) = (row.get("id"), row.get(updated)) {
                let best = newest.entry(id).or_insert(time);
                *best = (*best).max(time);
            }
        }
        let older = |row: Row| {
            row.get(updated).is_some_and(|time| {
                row.get("id").and_then(|id| newest.get(id)).is_some_and(|best| time < *best)
            })
        };
        (exact, self.count(older))
    }
}

#[derive(Clone, Copy)]
pub struct Row<'a> {
    rows: &'a Rows,
    record: &'a Record,
}

impl<'a> Row<'a> {
    pub fn get(self, column: &str) -> Option<&'a str> {
        self.record.get(*self.rows.columns.get(column)?)?.as_deref()
    }

    pub fn is(self, column: &str, value: &str) -> bool {
        self.get(column) == Some(value)
    }
}
