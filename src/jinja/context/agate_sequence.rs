//! Agate's `MappedSequence`: rows, columns, and the lists of them. Indexed by number and by name,
//! walked by value.

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Enumerator, Object, ObjectRepr};
use minijinja::{Error, State, Value};

use super::agate::{cell_value, compare_cells, tuple, type_value};
use super::args::{CallArgs, type_error, unknown_method};
use crate::adapter::{Cell, Table};
use crate::jinja::engine::{dict, list, py_repr, py_str};

/// Which sequence of a table.
#[derive(Clone, Copy, Debug)]
pub enum Part {
    Rows,
    Columns,
    Row(usize),
    Column(usize),
}

/// A row, a column, or all of either.
pub enum Sequence {
    Table(Table, Part),
    /// Values with keys of their own, under the name of a Python class.
    Mapped(&'static str, Vec<(Value, Value)>),
}

impl Sequence {
    pub fn value(table: Table, part: Part) -> Value {
        Value::from_object(Sequence::Table(table, part))
    }

    pub fn mapped(name: &'static str, entries: Vec<(Value, Value)>) -> Value {
        Value::from_object(Sequence::Mapped(name, entries))
    }

    /// The row under a Python index.
    pub fn row_at(table: &Table, key: &Value) -> Option<Value> {
        let at = position(key, table.len())?;
        Some(Sequence::value(table.clone(), Part::Row(at)))
    }

    fn len(&self) -> usize {
        match self {
            Sequence::Table(table, Part::Rows | Part::Column(_)) => table.len(),
            Sequence::Table(table, Part::Columns | Part::Row(_)) => table.column_names().len(),
            Sequence::Mapped(_, entries) => entries.len(),
        }
    }

    fn at(&self, at: usize) -> Value {
        match self {
            Sequence::Table(table, Part::Rows) => Sequence::value(table.clone(), Part::Row(at)),
            Sequence::Table(table, Part::Columns) => Sequence::value(table.clone(), Part::Column(at)),
            Sequence::Table(table, Part::Row(row)) => cell_value(&table.cell(*row, at)),
            Sequence::Table(table, Part::Column(column)) => cell_value(&table.cell(at, *column)),
            Sequence::Mapped(_, entries) => {
                entries.get(at).map(|(_, value)| value.clone()).unwrap_or_default()
            }
        }
    }

    fn values(&self) -> Vec<Value> {
        (0..self.len()).map(|at| self.at(at)).collect()
    }

    /// Names of the items; none for what has only numbers.
    fn keys(&self) -> Option<Vec<Value>> {
        match self {
            Sequence::Table(table, Part::Columns | Part::Row(_)) => {
                Some(table.column_names().iter().cloned().map(Value::from).collect())
            }
            Sequence::Table(_, Part::Rows | Part::Column(_)) => None,
            Sequence::Mapped(_, entries) => Some(entries.iter().map(|(key, _)| key.clone()).collect()),
        }
    }

    fn named(&self, name: &str) -> Option<Value> {
        match self {
            Sequence::Table(table, Part::Columns | Part::Row(_)) => {
                table.column_index(name).map(|at| self.at(at))
            }
            Sequence::Table(..) => None,
            Sequence::Mapped(_, entries) => {
                entries.iter().find(|(key, _)| key.as_str() == Some(name)).map(|(_, value)| value.clone())
            }
        }
    }

    fn class_name(&self) -> &'static str {
        match self {
            Sequence::Table(_, Part::Rows | Part::Columns) => "MappedSequence",
            Sequence::Table(_, Part::Row(_)) => "Row",
            Sequence::Table(_, Part::Column(_)) => "Column",
            Sequence::Mapped(name, _) => name,
        }
    }

    fn items(&self, method: &str) -> Result<Vec<(Value, Value)>, Error> {
        let keys = self.keys().ok_or_else(|| type_error(format!("{method}(): the rows have no names")))?;
        Ok(keys.into_iter().zip(self.values()).collect())
    }

    /// A column's methods beside those of every sequence.
    fn column_method(table: &Table, column: usize, method: &str) -> Option<Value> {
        let mut cells: Vec<Cell> = table.column(column).collect();
        match method {
            "values_distinct" => {
                let mut seen = rustc_hash::FxHashSet::default();
                cells.retain(|cell| seen.insert(format!("{cell:?}")));
            }
            "values_without_nulls" => cells.retain(|cell| !cell.is_null()),
            "values_sorted" | "values_without_nulls_sorted" => {
                if method.contains("without") {
                    cells.retain(|cell| !cell.is_null());
                }
                cells.sort_by(compare_cells);
                return Some(list(cells.iter().map(cell_value).collect()));
            }
            _ => return None,
        }
        Some(tuple(cells.iter().map(cell_value).collect()))
    }
}

/// A Python index into `len` items.
fn position(key: &Value, len: usize) -> Option<usize> {
    let at = key.as_i64()?;
    let at = if at < 0 { at.checked_add(len as i64)? } else { at };
    usize::try_from(at).ok().filter(|at| *at < len)
}

impl fmt::Debug for Sequence {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown: Vec<String> = (0..self.len().min(5)).map(|at| py_repr(&self.at(at))).collect();
        let more = if self.len() > 5 { ", ..." } else { "" };
        write!(out, "<agate.{}: ({}{more})>", self.class_name(), shown.join(", "))
    }
}

impl Object for Sequence {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Seq
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        match key.as_str() {
            Some(name) => self.named(name).or_else(|| self.get_value_by_str(name)),
            None => position(key, self.len()).map(|at| self.at(at)),
        }
    }

    /// Attributes; a template also reaches an item by `row.name`.
    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        match key {
            "__name__" => return Some(Value::from(self.class_name())),
            "__callable__" => return Some(Value::from(false)),
            "keys" | "values" | "items" | "get" | "dict" | "index" | "count"
                if !matches!(**self, Sequence::Table(_, Part::Column(_))) =>
            {
                // These are methods, whatever the columns are called.
                return None;
            }
            _ => {}
        }
        if let Sequence::Table(table, Part::Column(column)) = &**self {
            return match key {
                "name" => table.column_names().get(*column).cloned().map(Value::from),
                "index" => Some(Value::from(*column)),
                "data_type" => Some(type_value(table, *column)),
                _ => None,
            };
        }
        self.named(key)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Seq(self.len())
    }

    fn enumerator_len(self: &Arc<Self>) -> Option<usize> {
        Some(self.len())
    }

    fn call_method(
        self: &Arc<Self>,
        _: &mut State<'_, '_>,
        method: &str,
        args: &[Value],
    ) -> Result<Value, Error> {
        let args = CallArgs::new(args);
        match method {
            "values" => args.none(method).map(|()| tuple(self.values())),
            "keys" => args.none(method).map(|()| self.keys().map_or(Value::from(()), tuple)),
            "items" => {
                args.none(method)?;
                let pairs = self.items(method)?.into_iter().map(|(key, value)| tuple(vec![key, value]));
                Ok(tuple(pairs.collect()))
            }
            "dict" => {
                args.none(method)?;
                Ok(dict(self.items(method)?.into_iter().map(|(key, value)| (py_str(&key), value))))
            }
            "get" => {
                let [key, default] = args.bind(method, ["key", "default"], 1)?;
                let found = key.and_then(|key| self.named(key.as_str()?));
                Ok(found.or(default).unwrap_or_else(|| Value::from(())))
            }
            "count" | "index" => {
                let wanted = args.one(method, "value")?;
                let mut places = self.values().into_iter().enumerate().filter(|(_, value)| *value == wanted);
                match (method, places.next()) {
                    ("count", first) => Ok(Value::from(usize::from(first.is_some()) + places.count())),
                    (_, Some((at, _))) => Ok(Value::from(at)),
                    (_, None) => Err(type_error("the value is not in the sequence")),
                }
            }
            _ => {
                let column = match &**self {
                    Sequence::Table(table, Part::Column(column)) => {
                        Sequence::column_method(table, *column, method)
                    }
                    _ => None,
                };
                column.ok_or_else(|| unknown_method(self.class_name(), method))
            }
        }
    }

    fn render(self: &Arc<Self>, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, out)
    }
}
