//! Query results and seeds as dbt's table object holds them.
//!
//! A result stays in the Arrow batches it came in; cells are made when someone asks for them. The
//! column types and the conversions of values follow dbt's use of agate
//! (<https://agate.readthedocs.io>): strings stay strings, floats become decimals, and what has no
//! type of its own becomes text.

mod cell;
mod csv;
mod fetch;
mod infer;
mod iso;
mod nested;
mod print;
mod temporal;

use std::path::PathBuf;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{Field, Schema};

use crate::decimal::Decimal;
use crate::value::Str;

pub use cell::Cell;
pub use csv::{SeedError, read_csv, value_place};
pub use print::PrintOptions;

/// A column's type in dbt's terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ColumnType {
    Integer,
    Number,
    Date,
    DateTime,
    /// Date and time in another ISO 8601 form than `YYYY-MM-DD hh:mm:ss`.
    IsoDateTime,
    Boolean,
    Text,
}

impl ColumnType {
    /// The class name in Python.
    pub fn name(self) -> &'static str {
        match self {
            ColumnType::Integer => "Integer",
            ColumnType::Number => "Number",
            ColumnType::Date => "Date",
            ColumnType::DateTime => "DateTime",
            ColumnType::IsoDateTime => "ISODateTime",
            ColumnType::Boolean => "Boolean",
            ColumnType::Text => "Text",
        }
    }
}

/// A table: named, typed columns over Arrow batches or plain rows. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Table {
    names: Arc<[Str]>,
    types: Arc<[ColumnType]>,
    data: Data,
    len: usize,
    origin: Option<Arc<PathBuf>>,
}

#[derive(Clone, Debug)]
enum Data {
    Arrow(Arc<fetch::Batches>),
    Rows(Arc<[Row]>),
}

type Row = Box<[Cell]>;

impl Default for Table {
    fn default() -> Table {
        Table::empty()
    }
}

impl Table {
    /// The table that stands for no result.
    pub fn empty() -> Table {
        Table::from_parts(vec![], vec![], vec![])
    }

    /// Rows whose types are known. Rows must be as long as `names` and `types`.
    pub fn from_parts(names: Vec<Str>, types: Vec<ColumnType>, rows: Vec<Vec<Cell>>) -> Table {
        let rows: Arc<[Row]> = rows.into_iter().map(Vec::into_boxed_slice).collect();
        Table {
            names: names.into(),
            types: types.into(),
            len: rows.len(),
            data: Data::Rows(rows),
            origin: None,
        }
    }

    /// Rows whose types are to be found as dbt finds them for query results; short rows are padded.
    pub fn from_rows(names: Vec<Str>, mut rows: Vec<Vec<Cell>>) -> Table {
        for row in &mut rows {
            row.resize(names.len(), Cell::Null);
        }
        let types = (0..names.len()).map(|column| infer::column_type(&mut rows, column)).collect();
        Table::from_parts(unique_names(names), types, rows)
    }

    /// A query's result: its batches, unread. Duplicate column names get a number, as dbt gives them.
    pub fn from_arrow(schema: &Schema, batches: Vec<RecordBatch>) -> Table {
        let names = schema.fields().iter().map(|field| Str::from(field.name().as_str())).collect();
        let batches = fetch::Batches::new(schema, batches);
        let types = (0..batches.width()).map(|column| batches.column_type(column)).collect();
        Table {
            names: unique_names(number_duplicates(names)).into(),
            types,
            len: batches.len(),
            data: Data::Arrow(Arc::new(batches)),
            origin: None,
        }
    }

    /// The rows of all tables, one after the other. A column that a table lacks is null in its rows.
    pub fn merge(tables: &[Table]) -> Table {
        if let [only] = tables {
            return only.clone();
        }
        let mut names: Vec<Str> = vec![];
        let mut types = vec![];
        for table in tables {
            for (name, kind) in table.names.iter().zip(&*table.types) {
                if !names.contains(name) {
                    names.push(name.clone());
                    types.push(*kind);
                }
            }
        }
        let mut rows = Vec::with_capacity(tables.iter().map(Table::len).sum());
        for table in tables {
            let places: Vec<Option<usize>> = names.iter().map(|name| table.column_index(name)).collect();
            rows.extend((0..table.len()).map(|row| {
                let cell = |place: &Option<usize>| place.map_or(Cell::Null, |column| table.cell(row, column));
                places.iter().map(cell).collect::<Vec<Cell>>()
            }));
        }
        Table::from_parts(names, types, rows)
    }

    /// Remembers the file that the table was read from.
    pub fn with_origin(mut self, path: PathBuf) -> Table {
        self.origin = Some(Arc::new(path));
        self
    }

    /// The file that the table was read from (`original_abspath` of a seed's table).
    pub fn origin(&self) -> Option<&PathBuf> {
        self.origin.as_deref()
    }

    pub fn column_names(&self) -> &[Str] {
        &self.names
    }

    /// The fields of a query's result, as Arrow has them; none of other tables.
    pub fn fields(&self) -> &[Field] {
        match &self.data {
            Data::Arrow(batches) => batches.fields(),
            Data::Rows(_) => &[],
        }
    }

    pub fn column_types(&self) -> &[ColumnType] {
        &self.types
    }

    pub fn column_index(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|column| &**column == name)
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The cell of `row` and `column`; null when either is out of range.
    pub fn cell(&self, row: usize, column: usize) -> Cell {
        match &self.data {
            Data::Arrow(batches) => batches.cell(row, column),
            Data::Rows(rows) => rows.get(row).and_then(|row| row.get(column)).cloned().unwrap_or_default(),
        }
    }

    pub fn row(&self, row: usize) -> Vec<Cell> {
        (0..self.names.len()).map(|column| self.cell(row, column)).collect()
    }

    pub fn rows(&self) -> impl Iterator<Item = Vec<Cell>> + '_ {
        (0..self.len).map(|row| self.row(row))
    }

    pub fn column(&self, column: usize) -> impl Iterator<Item = Cell> + '_ {
        (0..self.len).map(move |row| self.cell(row, column))
    }

    /// The first cell of the first row, as scalar queries give it.
    pub fn scalar(&self) -> Option<Cell> {
        (self.len > 0 && !self.names.is_empty()).then(|| self.cell(0, 0))
    }

    /// The same rows with some columns, in the order given.
    pub fn select(&self, columns: &[usize]) -> Table {
        let pick = |row: usize| columns.iter().map(|column| self.cell(row, *column)).collect();
        self.derive(
            columns.iter().filter_map(|column| self.names.get(*column).cloned()).collect(),
            columns.iter().filter_map(|column| self.types.get(*column).copied()).collect(),
            (0..self.len).map(pick).collect(),
        )
    }

    /// The same columns with some rows, in the order given.
    pub fn take(&self, rows: &[usize]) -> Table {
        let rows = rows.iter().map(|row| self.row(*row)).collect();
        self.derive(self.names.to_vec(), self.types.to_vec(), rows)
    }

    /// The same table with other column names.
    pub fn rename(&self, names: Vec<Str>) -> Table {
        let mut renamed = self.clone();
        renamed.names = unique_names(names).into();
        renamed
    }

    /// One column replaced by the text of its cells (dbt-duckdb's datetime conversion).
    pub fn column_as_text(&self, column: usize) -> Table {
        let mut rows: Vec<Vec<Cell>> = self.rows().collect();
        for row in &mut rows {
            if let Some(cell) = row.get_mut(column).filter(|cell| !cell.is_null()) {
                *cell = Cell::str(cell.py_str());
            }
        }
        let mut types = self.types.to_vec();
        if let Some(kind) = types.get_mut(column) {
            *kind = ColumnType::Text;
        }
        self.derive(self.names.to_vec(), types, rows)
    }

    fn derive(&self, names: Vec<Str>, types: Vec<ColumnType>, rows: Vec<Vec<Cell>>) -> Table {
        let mut table = Table::from_parts(names, types, rows);
        table.origin.clone_from(&self.origin);
        table
    }

    /// The most digits after the point that any number of the column has (agate's `MaxPrecision`);
    /// negative, as agate has it, where numbers have more digits than it works with.
    pub fn max_precision(&self, column: usize) -> i64 {
        max_precision(self.column(column).filter_map(|cell| cell.as_decimal()))
    }
}

fn max_precision(values: impl Iterator<Item = Decimal>) -> i64 {
    let (mut whole, mut fraction) = (1i64, 0i64);
    for value in values {
        if let Some((digits, places)) = value.fraction_digits() {
            whole = whole.max(digits as i64 - places);
            fraction = fraction.max(places);
        }
    }
    fraction.min(crate::decimal::PRECISION as i64 - whole)
}

/// `a, a` → `a, a_2`: what dbt does to a result's column names before the table sees them.
fn number_duplicates(names: Vec<Str>) -> Vec<Str> {
    let mut seen: rustc_hash::FxHashMap<Str, usize> = Default::default();
    names
        .into_iter()
        .map(|name| {
            let count = seen.entry(name.clone()).or_default();
            *count += 1;
            if *count == 1 { name } else { Str::from(format!("{name}_{count}")) }
        })
        .collect()
}

/// Names a table accepts: unnamed columns get a letter, repeated ones a number.
fn unique_names(names: Vec<Str>) -> Vec<Str> {
    let mut taken: rustc_hash::FxHashSet<Str> = Default::default();
    names
        .into_iter()
        .enumerate()
        .map(|(index, name)| {
            let name = if name.is_empty() { letter_name(index) } else { name };
            let mut unique = name.clone();
            let mut number = 2;
            while !taken.insert(unique.clone()) {
                unique = Str::from(format!("{name}_{number}"));
                number += 1;
            }
            unique
        })
        .collect()
}

/// `a` … `z`, `aa`, `bb`, …
fn letter_name(index: usize) -> Str {
    let letter = char::from(b'a' + (index % 26) as u8);
    std::iter::repeat_n(letter, index / 26 + 1).collect::<String>().into()
}
