//! Query results and seeds in templates: dbt's agate table, its rows and columns.

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Enumerator, Object, ObjectRepr};
use minijinja::{Error, State, Value};

use super::agate_sequence::{Part, Sequence};
use super::args::{CallArgs, flag, items, optional_count, optional_text, texts, type_error, unknown_method};
use crate::adapter::table::PrintOptions;
use crate::adapter::{Cell, Table};
use crate::jinja::engine::{is_undefined, list, py_str, scope_of, to_jinja};
use crate::value::Str;

/// A table in a template.
#[derive(Debug)]
pub struct TableValue(pub Table);

impl TableValue {
    pub fn value(table: Table) -> Value {
        Value::from_object(TableValue(table))
    }

    /// The table that a value is.
    pub fn of(value: &Value) -> Option<&Table> {
        value.downcast_object_ref::<TableValue>().map(|table| &table.0)
    }

    fn attribute(&self, name: &str) -> Option<Value> {
        let table = &self.0;
        Some(match name {
            "columns" => Sequence::value(table.clone(), Part::Columns),
            "rows" => Sequence::value(table.clone(), Part::Rows),
            "column_names" => tuple(table.column_names().iter().cloned().map(Value::from).collect()),
            "column_types" => {
                tuple(table.column_types().iter().map(|kind| TypeValue::value(kind.name())).collect())
            }
            "row_names" => Value::from(()),
            "original_abspath" => Value::from(table.origin()?.display().to_string()),
            "__name__" => Value::from("Table"),
            "__callable__" => Value::from(false),
            _ => return None,
        })
    }
}

/// A cell as a template sees it.
pub fn cell_value(cell: &Cell) -> Value {
    match cell {
        Cell::Decimal(value) => crate::jinja::engine::decimal(value.clone()),
        other => to_jinja(&other.to_value()),
    }
}

/// A template's value as a cell.
pub fn value_cell(value: &Value) -> Cell {
    if let Some(decimal) = crate::jinja::engine::as_decimal(value) {
        return Cell::Decimal(decimal);
    }
    match crate::jinja::engine::from_jinja(value) {
        Ok(plain) => Cell::from_value(&plain),
        Err(_) => Cell::str(py_str(value)),
    }
}

/// Rows as dbt hands them out beside the table: a list of tuples.
pub fn as_matrix(table: &Table) -> Value {
    list(table.rows().map(|row| tuple(row.iter().map(cell_value).collect())).collect())
}

pub(super) fn tuple(items: Vec<Value>) -> Value {
    Value::from(minijinja::value::Tuple::new(items))
}

impl Object for TableValue {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Seq
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        match key.as_str() {
            Some(name) => self.attribute(name),
            None => Sequence::row_at(&self.0, key),
        }
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        self.attribute(key)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Seq(self.0.len())
    }

    fn enumerator_len(self: &Arc<Self>) -> Option<usize> {
        Some(self.0.len())
    }

    fn call_method(
        self: &Arc<Self>,
        state: &mut State<'_, '_>,
        method: &str,
        args: &[Value],
    ) -> Result<Value, Error> {
        call(&self.0, state, method, CallArgs::new(args))
    }

    /// A table prints its structure.
    fn render(self: &Arc<Self>, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.0.column_names().iter().map(|name| Cell::Str(name.clone()));
        let types = self.0.column_types().iter().map(|kind| Cell::str(kind.name()));
        let rows = names.zip(types).map(|(name, kind)| vec![name, kind]).collect();
        let structure = Table::from_rows(vec!["column".into(), "data_type".into()], rows);
        let all =
            PrintOptions { max_rows: None, max_columns: None, max_column_width: None, max_precision: None };
        out.write_str(&structure.print(all))
    }
}

fn call(table: &Table, state: &mut State<'_, '_>, method: &str, args: CallArgs) -> Result<Value, Error> {
    match method {
        "print_table" => {
            let params = ["max_rows", "max_columns", "output", "max_column_width", "locale", "max_precision"];
            let [rows, columns, _, width, _, precision] = args.bind(method, params, 0)?;
            let defaults = PrintOptions::default();
            let limit =
                |value: Option<Value>, default| value.map_or(default, |value| optional_count(Some(value)));
            let options = PrintOptions {
                max_rows: limit(rows, defaults.max_rows),
                max_columns: limit(columns, defaults.max_columns),
                max_column_width: limit(width, defaults.max_column_width),
                max_precision: limit(precision, defaults.max_precision),
            };
            print(state, &table.print(options))
        }
        "print_json" => print(state, &table.to_json().to_string()),
        "print_csv" => print(state, &csv_text(table)),
        "print_structure" => print(state, &Value::from_object(TableValue(table.clone())).to_string()),
        "select" | "exclude" => {
            let wanted = texts(&args.one(method, "key")?);
            Ok(TableValue::value(table.select(&columns(table, &wanted, method == "exclude")?)))
        }
        "rename" => {
            let [names] = args.bind(method, ["column_names"], 1)?;
            Ok(TableValue::value(table.rename(renamed(table, &names.unwrap_or_default())?)))
        }
        "merge" => {
            // In Python a method of the class: the table itself is not one of them.
            let tables = items(&args.one(method, "tables")?)?;
            let tables: Option<Vec<Table>> =
                tables.iter().map(|table| TableValue::of(table).cloned()).collect();
            let tables = tables.ok_or_else(|| type_error("`merge` takes a list of tables"))?;
            Ok(TableValue::value(Table::merge(&tables)))
        }
        "limit" => {
            let [first, stop, step] = args.bind(method, ["start_or_stop", "stop", "step"], 0)?;
            Ok(TableValue::value(table.take(&slice(table.len(), [first, stop, step]))))
        }
        "distinct" => {
            let [key] = args.bind(method, ["key"], 0)?;
            Ok(TableValue::value(table.take(&distinct(table, state, key)?)))
        }
        "order_by" => {
            let [key, reverse] = args.bind(method, ["key", "reverse"], 1)?;
            let key = key.unwrap_or_default();
            Ok(TableValue::value(table.take(&ordered(table, state, &key, flag(reverse, false))?)))
        }
        "where" => {
            let test = args.one(method, "test")?;
            let rows = passing(table, state, &test)?;
            Ok(TableValue::value(table.take(&rows)))
        }
        "find" => {
            let test = args.one(method, "test")?;
            let first = passing(table, state, &test)?.first().copied();
            Ok(first.map_or(Value::from(()), |row| Sequence::value(table.clone(), Part::Row(row))))
        }
        "group_by" => {
            let [key, _, _] = args.bind(method, ["key", "key_name", "key_type"], 1)?;
            group(table, state, &key.unwrap_or_default())
        }
        "to_csv" | "to_json" => {
            let path = optional_text(args.positional.first().cloned(), "the path")?;
            let path =
                path.ok_or_else(|| type_error(format!("{method}() missing required argument: 'path'")))?;
            let text = if method == "to_csv" { csv_text(table) } else { table.to_json().to_string() };
            match std::fs::write(&path, text) {
                Ok(()) => Ok(Value::from(())),
                Err(error) => Err(type_error(format!("cannot write `{path}`: {error}"))),
            }
        }
        _ => Err(unknown_method("Table", method)),
    }
}

/// Prints through the context's own `print`, which knows whether printing is wanted.
fn print(state: &mut State<'_, '_>, text: &str) -> Result<Value, Error> {
    let print = scope_of(state).and_then(|scope| scope.get("print"));
    if let Some(print) = print {
        print.call(state, &[Value::from(text.strip_suffix('\n').unwrap_or(text))])?;
    }
    Ok(Value::from(()))
}

fn csv_text(table: &Table) -> String {
    let field = |text: String| {
        if text.contains([',', '"', '\n', '\r']) {
            format!("\"{}\"", text.replace('"', "\"\""))
        } else {
            text
        }
    };
    let line = |fields: Vec<String>| fields.into_iter().map(field).collect::<Vec<_>>().join(",") + "\n";
    let mut out = line(table.column_names().iter().map(|name| name.to_string()).collect());
    for row in table.rows() {
        out += &line(
            row.iter().map(|cell| if cell.is_null() { String::new() } else { cell.py_str() }).collect(),
        );
    }
    out
}

fn columns(table: &Table, wanted: &[String], exclude: bool) -> Result<Vec<usize>, Error> {
    if exclude {
        let keep = |at: &usize| !wanted.iter().any(|name| **name == *table.column_names()[*at]);
        return Ok((0..table.column_names().len()).filter(keep).collect());
    }
    let index = |name: &String| {
        table.column_index(name).ok_or_else(|| type_error(format!("the table has no column '{name}'")))
    };
    wanted.iter().map(index).collect()
}

fn renamed(table: &Table, names: &Value) -> Result<Vec<Str>, Error> {
    if let Some(pairs) = names.as_object().filter(|object| object.repr() == ObjectRepr::Map) {
        let name = |old: &Str| match pairs.get_value(&Value::from(old.clone())) {
            Some(new) if !is_undefined(&new) => py_str(&new).into(),
            _ => old.clone(),
        };
        return Ok(table.column_names().iter().map(name).collect());
    }
    let names: Vec<Str> = items(names)?.iter().map(|name| py_str(name).into()).collect();
    if names.len() == table.column_names().len() {
        return Ok(names);
    }
    Err(type_error("column_names and column_types must be the same length."))
}

/// Python's slice over the rows; a single bound is where to stop.
fn slice(len: usize, [first, stop, step]: [Option<Value>; 3]) -> Vec<usize> {
    let number = |value: &Option<Value>| value.as_ref().and_then(Value::as_i64);
    let position = |at: i64| usize::try_from(if at < 0 { at + len as i64 } else { at }).unwrap_or(0).min(len);
    let both = number(&stop).is_some_and(|stop| stop != 0) || number(&step).is_some_and(|step| step != 0);
    let start = if both { number(&first).map_or(0, position) } else { 0 };
    let end = if both { number(&stop) } else { number(&first) }.map_or(len, position);
    let step =
        number(&step).and_then(|step| usize::try_from(step).ok()).filter(|step| *step > 0).unwrap_or(1);
    (start..end).step_by(step).collect()
}

/// What a row is told apart by: a column, several, or what a callable makes of it.
fn key_of(table: &Table, state: &mut State<'_, '_>, key: &Value, row: usize) -> Result<Vec<Cell>, Error> {
    if crate::jinja::engine::py_callable(key) {
        let row = Sequence::value(table.clone(), Part::Row(row));
        return Ok(vec![value_cell(&key.call(state, &[row])?)]);
    }
    columns(table, &texts(key), false)
        .map(|columns| columns.iter().map(|column| table.cell(row, *column)).collect())
}

fn distinct(table: &Table, state: &mut State<'_, '_>, key: Option<Value>) -> Result<Vec<usize>, Error> {
    let mut seen = rustc_hash::FxHashSet::default();
    let mut rows = vec![];
    for row in 0..table.len() {
        let cells = match &key {
            Some(key) if !key.is_none() => key_of(table, state, key, row)?,
            _ => table.row(row),
        };
        // Equal cells have equal texts; a type's name keeps 1 and '1' apart.
        let text: Vec<String> = cells.iter().map(|cell| format!("{}{cell:?}", cell.py_str().len())).collect();
        if seen.insert(text) {
            rows.push(row);
        }
    }
    Ok(rows)
}

fn ordered(
    table: &Table,
    state: &mut State<'_, '_>,
    key: &Value,
    reverse: bool,
) -> Result<Vec<usize>, Error> {
    let mut keyed = Vec::with_capacity(table.len());
    for row in 0..table.len() {
        keyed.push((key_of(table, state, key, row)?, row));
    }
    let compare =
        |a: &[Cell], b: &[Cell]| a.iter().zip(b).map(|(a, b)| compare_cells(a, b)).find(|o| o.is_ne());
    keyed.sort_by(|(a, _), (b, _)| {
        let order = compare(a, b).unwrap_or(std::cmp::Ordering::Equal);
        if reverse { order.reverse() } else { order }
    });
    Ok(keyed.into_iter().map(|(_, row)| row).collect())
}

/// Order within a column: nulls last, text by its characters.
pub fn compare_cells(a: &Cell, b: &Cell) -> std::cmp::Ordering {
    use std::cmp::Ordering;
    match (a, b) {
        (Cell::Null, Cell::Null) => Ordering::Equal,
        (Cell::Null, _) => Ordering::Greater,
        (_, Cell::Null) => Ordering::Less,
        (Cell::Str(a), Cell::Str(b)) => a.cmp(b),
        (Cell::Bool(a), Cell::Bool(b)) => a.cmp(b),
        (Cell::Date(a), Cell::Date(b)) => a.cmp(b),
        (Cell::DateTime(a), Cell::DateTime(b)) => a.cmp(b),
        (Cell::DateTimeTz(a), Cell::DateTimeTz(b)) => a.cmp(b),
        _ => match (a.as_decimal(), b.as_decimal()) {
            (Some(a), Some(b)) => a.partial_cmp(&b).unwrap_or(Ordering::Equal),
            _ => a.py_str().cmp(&b.py_str()),
        },
    }
}

fn passing(table: &Table, state: &mut State<'_, '_>, test: &Value) -> Result<Vec<usize>, Error> {
    let mut rows = vec![];
    for row in 0..table.len() {
        if test.call(state, &[Sequence::value(table.clone(), Part::Row(row))])?.is_true() {
            rows.push(row);
        }
    }
    Ok(rows)
}

fn group(table: &Table, state: &mut State<'_, '_>, key: &Value) -> Result<Value, Error> {
    let mut groups: indexmap::IndexMap<String, (Value, Vec<usize>)> = indexmap::IndexMap::new();
    for row in 0..table.len() {
        let cell = key_of(table, state, key, row)?.into_iter().next().unwrap_or_default();
        let entry = groups.entry(format!("{cell:?}")).or_insert_with(|| (cell_value(&cell), vec![]));
        entry.1.push(row);
    }
    let groups =
        groups.into_values().map(|(key, rows)| (key, TableValue::value(table.take(&rows)))).collect();
    Ok(Sequence::mapped("TableSet", groups))
}

/// The type of a column, as `table.column_types` lists it.
#[derive(Debug)]
struct TypeValue(&'static str);

impl TypeValue {
    fn value(name: &'static str) -> Value {
        Value::from_object(TypeValue(name))
    }
}

impl Object for TypeValue {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        match key.as_str()? {
            "__name__" => Some(Value::from(self.0)),
            "__callable__" => Some(Value::from(false)),
            _ => None,
        }
    }

    fn render(self: &Arc<Self>, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "<{} object>", self.0)
    }
}

/// The type of a column, for `column.data_type`.
pub(super) fn type_value(table: &Table, column: usize) -> Value {
    table.column_types().get(column).map_or(Value::from(()), |kind| TypeValue::value(kind.name()))
}
