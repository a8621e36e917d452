//! Reads a raw table and keeps the latest row of each key.

use std::collections::HashMap;
use std::io;
use std::path::Path;

use crate::table::Reader;

/// The wanted columns of the latest rows, in order of first appearance.
pub struct Latest {
    places: HashMap<String, usize>,
    rows: Vec<Vec<Option<String>>>,
}

impl Latest {
    /// Reads `DIR/<table>.csv`. The first wanted column is the key. A column that the file lacks is NULL and a
    /// file that is missing is an empty table, as for the project's loader.
    pub fn read(dir: &Path, table: &str, wanted: &[&str]) -> io::Result<Self> {
        let mut latest = Self { places: HashMap::new(), rows: Vec::new() };
        let path = dir.join(format!("{table}.csv"));
        if !path.exists() {
            return Ok(latest);
        }
        let mut reader = Reader::open(path)?;
        let place = |column: &str| reader.columns.iter().position(|c| c == column);
        let columns: Vec<Option<usize>> = wanted.iter().map(|column| place(column)).collect();
        let updated = place("updateddate").or_else(|| place("lastmodifieddate"));
        let batched = place("_sdc_batched_at");
        let mut ages: Vec<[Option<String>; 2]> = Vec::new();
        while let Some(record) = reader.record()? {
            let take = |at: Option<usize>| at.and_then(|at| record.get(at).cloned().flatten());
            // `None` sorts before any value: a row without a date is the oldest.
            let age = [take(updated), take(batched)];
            let key = take(columns.first().copied().flatten()).unwrap_or_default();
            let row = || columns.iter().map(|at| take(*at)).collect();
            match latest.places.get(&key) {
                None => {
                    latest.places.insert(key, latest.rows.len());
                    latest.rows.push(row());
                    ages.push(age);
                }
                Some(&at) if ages[at] < age => {
                    latest.rows[at] = row();
                    ages[at] = age;
                }
                Some(_) => {}
            }
        }
        Ok(latest)
    }

    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|row| Row(row))
    }

    pub fn get(&self, key: &str) -> Option<Row<'_>> {
        self.places.get(key).map(|&at| Row(&self.rows[at]))
    }
}

/// One row, its columns by their place among the wanted ones.
#[derive(Clone, Copy)]
pub struct Row<'a>(&'a [Option<String>]);

impl<'a> Row<'a> {
    pub fn text(self, at: usize) -> Option<&'a str> {
        self.0[at].as_deref()
    }

    /// An id: blank counts as NULL.
    pub fn id(self, at: usize) -> Option<&'a str> {
        self.text(at).filter(|id| !id.is_empty())
    }

    /// A soft-delete flag: NULL is not deleted.
    pub fn is_true(self, at: usize) -> bool {
        self.text(at).is_some_and(|flag| flag.eq_ignore_ascii_case("true"))
    }

    /// A decimal with at most two places, in hundredths; NULL is 0.
    pub fn cents(self, at: usize) -> i64 {
        let Some(text) = self.text(at) else { return 0 };
        let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let part = format!("{part:0<2}");
        sign * (whole.parse::<i64>().unwrap_or(0) * 100 + part[..2].parse::<i64>().unwrap_or(0))
    }
}
