//! Tables as text: the bordered form of `show` and `print_table`, and JSON rows.

use super::{Cell, ColumnType, Table, max_precision};
use crate::decimal::Decimal;

/// Limits of the printed form; `None` means no limit.
#[derive(Clone, Copy, Debug)]
pub struct PrintOptions {
    pub max_rows: Option<usize>,
    pub max_columns: Option<usize>,
    pub max_column_width: Option<usize>,
    /// Digits shown after the point.
    pub max_precision: Option<usize>,
}

impl Default for PrintOptions {
    fn default() -> PrintOptions {
        PrintOptions {
            max_rows: Some(20),
            max_columns: Some(6),
            max_column_width: Some(20),
            max_precision: Some(3),
        }
    }
}

const ELLIPSIS: &str = "...";

impl Table {
    /// The table in borders, as agate's `print_table` writes it.
    pub fn print(&self, options: PrintOptions) -> String {
        let shown_rows = options.max_rows.unwrap_or(self.len()).min(self.len());
        let shown = options.max_columns.unwrap_or(usize::MAX).min(self.column_names().len());
        let cut = shown < self.column_names().len();
        let clip = |text: String| clip(text, options.max_column_width);
        let mut lines: Vec<Vec<String>> = Vec::with_capacity(shown_rows + 1);
        lines.push(self.column_names()[..shown].iter().map(|name| clip(name.to_string())).collect());
        let formats: Vec<_> =
            (0..shown).map(|column| self.number_format(column, shown_rows, options)).collect();
        for row in 0..shown_rows {
            let cells = (0..shown).map(|column| clip(format_cell(self.cell(row, column), formats[column])));
            lines.push(cells.collect());
        }
        if cut {
            for line in &mut lines {
                line.push(ELLIPSIS.into());
            }
        }
        let width = |column: usize| lines.iter().map(|line| length(&line[column])).max().unwrap_or(0);
        let widths: Vec<usize> = (0..shown + usize::from(cut)).map(width).collect();
        let mut out = String::new();
        for (index, line) in lines.iter().enumerate() {
            self.write_line(line, &widths, &mut out);
            if index == 0 {
                let rules: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
                out += &format!("| {} |\n", rules.join(" | "));
            }
        }
        if shown_rows < self.len() {
            self.write_line(&vec![ELLIPSIS.to_string(); widths.len()], &widths, &mut out);
        }
        out
    }

    /// Text stands left, all else right.
    fn write_line(&self, line: &[String], widths: &[usize], out: &mut String) {
        out.push('|');
        for (column, text) in line.iter().enumerate() {
            let padding = " ".repeat(widths[column].saturating_sub(length(text)));
            if self.column_types()[column] == ColumnType::Text {
                *out += &format!(" {text}{padding} |");
            } else {
                *out += &format!(" {padding}{text} |");
            }
        }
        out.push('\n');
    }

    /// Digits after the point for a number column, and whether more were cut off.
    fn number_format(&self, column: usize, rows: usize, options: PrintOptions) -> Option<(usize, bool)> {
        if self.column_types()[column] != ColumnType::Number {
            return None;
        }
        let places = max_precision((0..rows).filter_map(|row| self.cell(row, column).as_decimal()));
        let places = usize::try_from(places).unwrap_or_default();
        Some(match options.max_precision {
            Some(limit) if places > limit => (limit, true),
            _ => (places, false),
        })
    }

    /// Rows as a JSON list of objects, as agate's `to_json` writes them.
    pub fn to_json(&self) -> serde_json::Value {
        let rows = self.rows().map(|row| {
            let names = self.column_names().iter().map(|name| name.to_string());
            serde_json::Value::Object(names.zip(row.iter().map(Cell::to_json)).collect())
        });
        serde_json::Value::Array(rows.collect())
    }

    /// A table of JSON objects; columns appear in the order in which they are first seen.
    pub fn from_json(rows: &[serde_json::Map<String, serde_json::Value>]) -> Table {
        let mut names = indexmap::IndexSet::new();
        for row in rows {
            names.extend(row.keys().cloned());
        }
        let cell = |row: &serde_json::Map<String, serde_json::Value>, name: &String| {
            row.get(name).map_or(Cell::Null, |json| Cell::from_value(&crate::value::Value::from_json(json)))
        };
        let cells = rows.iter().map(|row| names.iter().map(|name| cell(row, name)).collect()).collect();
        Table::from_rows(names.iter().map(|name| name.as_str().into()).collect(), cells)
    }
}

fn length(text: &str) -> usize {
    text.chars().count()
}

fn clip(text: String, limit: Option<usize>) -> String {
    match limit {
        Some(limit) if length(&text) > limit => {
            text.chars().take(limit.saturating_sub(ELLIPSIS.len())).chain(ELLIPSIS.chars()).collect()
        }
        _ => text,
    }
}

fn format_cell(cell: Cell, number: Option<(usize, bool)>) -> String {
    match (cell, number) {
        (Cell::Null, _) => String::new(),
        (Cell::Decimal(value), Some((places, more))) if !value.is_infinite() => {
            grouped(&value, places) + if more && !value.is_nan() { "…" } else { "" }
        }
        (cell, _) => cell.py_str(),
    }
}

/// `1,234.50`: the English form with a fixed number of digits after the point.
fn grouped(value: &Decimal, places: usize) -> String {
    let rounded = value.round_places(places as i64);
    let Some((negative, digits, _)) = rounded.parts() else { return value.to_string() };
    let digits = format!("{:0>width$}", digits.to_string(), width = places + 1);
    let (whole, fraction) = digits.split_at(digits.len() - places);
    let mut out = String::from(if negative { "-" } else { "" });
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    if places > 0 {
        out.push('.');
        out += fraction;
    }
    out
}
