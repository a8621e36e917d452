//! Which type a column has, and its cells in that type: the order of trial is dbt's, integer,
//! number, date, date and time, boolean, text.

use chrono::NaiveDate;

use super::iso;
use super::{Cell, ColumnType};
use crate::decimal::Decimal;

/// Types tried on text, in order of preference; text never fails. Text is never a plain integer.
const TRIALS: [ColumnType; 5] = [
    ColumnType::Number,
    ColumnType::Date,
    ColumnType::DateTime,
    ColumnType::IsoDateTime,
    ColumnType::Boolean,
];

/// Symbols that a number may carry at its ends.
const CURRENCY: [char; 19] =
    ['؋', '$', 'ƒ', '៛', '¥', '₡', '₱', '£', '€', '¢', '﷼', '₪', '₩', '₭', '₮', '₦', '฿', '₤', '₫'];

/// The cells of a column read as text; `None` where a row was too short.
pub(super) fn text_column<'a>(
    values: impl Iterator<Item = Option<&'a str>> + Clone,
    as_text: bool,
) -> (ColumnType, Vec<Cell>) {
    let kind = if as_text { ColumnType::Text } else { text_type(values.clone()) };
    let cells = values.map(|value| value.and_then(|value| cast(value, kind)).unwrap_or_default()).collect();
    (kind, cells)
}

fn text_type<'a>(values: impl Iterator<Item = Option<&'a str>>) -> ColumnType {
    let mut possible = TRIALS.to_vec();
    let mut any = false;
    for value in values.flatten() {
        any = true;
        possible.retain(|kind| cast(value, *kind).is_some());
        if possible.is_empty() {
            return ColumnType::Text;
        }
    }
    // With nothing to test, the first of all types stands.
    if any { possible[0] } else { ColumnType::Integer }
}

/// The text in the given type; none when it does not fit, a null cell for null words.
fn cast(text: &str, kind: ColumnType) -> Option<Cell> {
    let stripped = strip(text);
    if stripped.is_empty() || stripped.eq_ignore_ascii_case("null") {
        return Some(Cell::Null);
    }
    match kind {
        ColumnType::Integer => None,
        ColumnType::Number => number(stripped).map(Cell::Decimal),
        ColumnType::Date => iso::calendar_date(stripped).map(Cell::Date),
        ColumnType::DateTime => iso::plain_datetime(stripped).map(Cell::DateTime),
        ColumnType::IsoDateTime => iso::datetime(stripped),
        ColumnType::Boolean => boolean(text).map(|value| value.map_or(Cell::Null, Cell::Bool)),
        ColumnType::Text => Some(Cell::str(text)),
    }
}

/// Python's `str.strip()`.
fn strip(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c))
}

fn number(text: &str) -> Option<Decimal> {
    let text = text.trim_matches('%');
    let (negative, mut text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    for symbol in CURRENCY {
        text = text.trim_matches(symbol);
    }
    let value: Decimal =
        if text.contains(',') { text.replace(',', "").parse() } else { text.parse() }.ok()?;
    Some(if negative && !value.is_nan() { value.in_context().negated() } else { value.in_context() })
}

fn boolean(text: &str) -> Option<Option<bool>> {
    let text = if text.contains(',') { &text.replace(',', "") } else { text };
    match strip(text) {
        word if word.is_empty() || word.eq_ignore_ascii_case("null") => Some(None),
        word if word.eq_ignore_ascii_case("true") => Some(Some(true)),
        word if word.eq_ignore_ascii_case("false") => Some(Some(false)),
        _ => None,
    }
}

/// The type of a column of made cells, which are converted to it where they differ.
pub(super) fn column_type(rows: &mut [Vec<Cell>], column: usize) -> ColumnType {
    let kind = cell_type(rows.iter().filter_map(|row| row.get(column)));
    for cell in rows.iter_mut().filter_map(|row| row.get_mut(column)) {
        convert(cell, kind);
    }
    kind
}

fn cell_type<'a>(cells: impl Iterator<Item = &'a Cell>) -> ColumnType {
    let (mut integer, mut number, mut date, mut datetime, mut boolean) = (true, true, true, true, true);
    for cell in cells {
        let (is_int, is_decimal) = match cell {
            Cell::Null => continue,
            Cell::Int(_) | Cell::BigInt(_) => (true, true),
            Cell::Decimal(_) => (false, true),
            _ => (false, false),
        };
        let is_date = matches!(cell, Cell::Date(_));
        integer &= is_int;
        number &= is_decimal;
        date &= is_date;
        datetime &= is_date || matches!(cell, Cell::DateTime(_) | Cell::DateTimeTz(_));
        boolean &= as_bool(cell).is_some();
    }
    match (integer, number, date, datetime, boolean) {
        (true, ..) => ColumnType::Integer,
        (_, true, ..) => ColumnType::Number,
        (_, _, true, ..) => ColumnType::Date,
        (_, _, _, true, _) => ColumnType::DateTime,
        (.., true) => ColumnType::Boolean,
        _ => ColumnType::Text,
    }
}

fn as_bool(cell: &Cell) -> Option<bool> {
    match cell {
        Cell::Bool(value) => Some(*value),
        Cell::Int(_) | Cell::Decimal(_) => {
            let value = cell.as_decimal()?;
            let one = Decimal::from_i128(1, 0);
            if value == one { Some(true) } else { value.is_zero().then_some(false) }
        }
        _ => None,
    }
}

fn convert(cell: &mut Cell, kind: ColumnType) {
    if cell.is_null() {
        return;
    }
    match kind {
        ColumnType::Number => {
            if let Some(value) = cell.as_decimal() {
                *cell = Cell::Decimal(value);
            }
        }
        ColumnType::DateTime => {
            if let Cell::Date(date) = cell {
                *cell = Cell::DateTime(midnight(*date));
            }
        }
        ColumnType::Boolean => {
            if let Some(value) = as_bool(cell) {
                *cell = Cell::Bool(value);
            }
        }
        ColumnType::Text if cell.as_str().is_none() => *cell = Cell::str(cell.py_str()),
        _ => {}
    }
}

fn midnight(date: NaiveDate) -> chrono::NaiveDateTime {
    date.and_time(chrono::NaiveTime::MIN)
}
