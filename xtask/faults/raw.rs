//! Faults in raw files: a file is read row by row, changed and put in place of the old one.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::schema::Spec;
use crate::table::{Reader, Record, Written, join};

/// A change of one raw file.
pub struct Edit {
    pub spec: &'static Spec,
    pub action: Action,
}

pub enum Action {
    /// In the chosen row, these columns get these values.
    Set(Choice, &'static [(&'static str, Option<&'static str>)]),
    /// Behind the chosen row comes a copy of it with other values.
    Copy(Choice, &'static [(&'static str, Option<&'static str>)]),
    /// A column gets another name.
    Rename(&'static str, &'static str),
    /// No value of a column is greater than this.
    Cap(&'static str, &'static str),
    /// Only so many rows stay.
    Keep(u64),
}

/// The n-th row (from 0) that meets a condition on some of its columns.
pub struct Choice {
    pub nth: usize,
    pub wanted: fn(&Columns) -> bool,
}

/// A row by the names of its columns.
pub struct Columns<'a> {
    places: &'a HashMap<String, usize>,
    record: &'a Record,
}

impl<'a> Columns<'a> {
    pub fn get(&self, column: &str) -> Option<&'a str> {
        self.record.get(*self.places.get(column)?)?.as_deref()
    }

    pub fn is(&self, column: &str, value: &str) -> bool {
        self.get(column) == Some(value)
    }
}

/// Changes the file; the key of the changed row where there is one, and what the manifest says of the new file.
pub fn apply(dir: &Path, edit: &Edit) -> io::Result<(Option<String>, Written)> {
    let path = edit.spec.path(dir);
    let mut reader = Reader::open(path.clone())?;
    let places = reader.columns.iter().cloned().enumerate().map(|(i, column)| (column, i)).collect();
    let beside = path.with_extension("csv.new");
    let mut out = Output { file: BufWriter::new(fs::File::create(&beside)?), digest: Sha256::new(), rows: 0 };
    let mut header: Record = reader.columns.iter().cloned().map(Some).collect();
    if let Action::Rename(old, new) = edit.action {
        header[reader.column(old)?] = Some(new.to_owned());
    }
    out.line(&header)?;
    out.rows = 0;
    let (mut key, mut met) = (None, 0);
    while let Some(mut record) = reader.record()? {
        let row = Columns { places: &places, record: &record };
        match &edit.action {
            Action::Set(choice, values) | Action::Copy(choice, values) => {
                if !(choice.wanted)(&row) {
                    out.line(&record)?;
                    continue;
                }
                met += 1;
                if met != choice.nth + 1 {
                    out.line(&record)?;
                    continue;
                }
                if matches!(edit.action, Action::Copy(..)) {
                    out.line(&record)?;
                }
                for (column, value) in *values {
                    record[reader.column(column)?] = value.map(str::to_owned);
                }
                let row = Columns { places: &places, record: &record };
                let parts: Vec<&str> = edit.spec.key.iter().filter_map(|column| row.get(column)).collect();
                key = Some(parts.join("|"));
                out.line(&record)?;
            }
            Action::Rename(..) => out.line(&record)?,
            Action::Cap(column, most) => {
                let at = reader.column(column)?;
                if record[at].as_deref().is_some_and(|value| value > *most) {
                    record[at] = Some((*most).to_owned());
                }
                out.line(&record)?;
            }
            Action::Keep(rows) => {
                if out.rows < *rows {
                    out.line(&record)?;
                }
            }
        }
    }
    if matches!(edit.action, Action::Set(..) | Action::Copy(..)) && key.is_none() {
        return Err(io::Error::other(format!("{}: no row for the fault", path.display())));
    }
    let written = out.finish(edit.spec)?;
    fs::rename(beside, path)?;
    Ok((key, written))
}

struct Output {
    file: BufWriter<fs::File>,
    digest: Sha256,
    rows: u64,
}

impl Output {
    fn line(&mut self, record: &Record) -> io::Result<()> {
        let mut line = join(record);
        line.push('\n');
        self.digest.update(line.as_bytes());
        self.rows += 1;
        self.file.write_all(line.as_bytes())
    }

    fn finish(mut self, spec: &Spec) -> io::Result<Written> {
        self.file.flush()?;
        let sha256 = self.digest.finalize().iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        Ok(Written { path: format!("{}/{}.csv", spec.schema, spec.table), rows: self.rows, sha256 })
    }
}
