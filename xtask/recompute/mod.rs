//! The headline figures, computed from the raw CSV files in plain Rust.
//!
//! Nothing here reads the project's SQL: the rules are written from the specification a second time, so that
//! an error in a model shows up as a difference. Money is integer cents throughout.

pub mod facts;
pub mod figures;
mod latest;
mod retention;
pub mod rules;

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use crate::date::Day;

/// A named table of figures, ready to print.
pub struct Figures {
    pub name: &'static str,
    pub columns: &'static [&'static str],
    /// `None` is NULL; numbers are printed without quotes in JSON.
    pub rows: Vec<Vec<Cell>>,
}

pub enum Cell {
    Text(String),
    Number(String),
    Null,
}

#[cfg(test)]
impl Cell {
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(value) | Self::Number(value) => Some(value),
            Self::Null => None,
        }
    }

    pub fn number(&self) -> Option<f64> {
        self.text()?.parse().ok()
    }

    /// The same text, or the same number in another spelling.
    pub fn same(&self, other: Option<&str>) -> bool {
        let number = other.and_then(|other| other.parse::<f64>().ok());
        self.text() == other || number.is_some() && self.number() == number
    }
}

/// The figures of a data set; `spine_end` closes charges without an end.
pub fn recompute(raw: &Path, spine_end: Day) -> io::Result<Vec<Figures>> {
    let facts = facts::Facts::read(raw, spine_end)?;
    Ok(vec![
        figures::months(&facts),
        figures::dimensions(&facts),
        figures::quarters(&facts),
        retention::retention(&facts),
    ])
}

/// Writes one CSV file for each table of figures into `out`, or all of them as JSON to standard output.
pub fn print(figures: &[Figures], out: Option<&Path>) -> io::Result<()> {
    let Some(dir) = out else {
        return io::stdout().lock().write_all(json(figures).as_bytes());
    };
    fs::create_dir_all(dir)?;
    for table in figures {
        fs::write(dir.join(format!("{}.csv", table.name)), csv(table))?;
    }
    Ok(())
}

fn csv(table: &Figures) -> String {
    let mut text = table.columns.join(",");
    text.push('\n');
    for row in &table.rows {
        let record: Vec<Option<String>> = row
            .iter()
            .map(|cell| match cell {
                Cell::Text(value) | Cell::Number(value) => Some(value.clone()),
                Cell::Null => None,
            })
            .collect();
        text.push_str(&crate::table::join(&record));
        text.push('\n');
    }
    text
}

fn json(figures: &[Figures]) -> String {
    let mut text = String::from("{");
    for (t, table) in figures.iter().enumerate() {
        text.push_str(&format!("{}\n\"{}\": [", if t > 0 { "," } else { "" }, table.name));
        for (r, row) in table.rows.iter().enumerate() {
            let fields: Vec<String> = table.columns.iter().zip(row).map(field).collect();
            text.push_str(&format!("{}\n  {{{}}}", if r > 0 { "," } else { "" }, fields.join(", ")));
        }
        text.push_str("\n]");
    }
    text.push_str("\n}\n");
    text
}

fn field((column, cell): (&&str, &Cell)) -> String {
    match cell {
        Cell::Text(value) => {
            format!("\"{column}\": \"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
        }
        Cell::Number(value) => format!("\"{column}\": {value}"),
        Cell::Null => format!("\"{column}\": null"),
    }
}
