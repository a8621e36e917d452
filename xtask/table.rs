//! The CSV dialect of the raw data: LF, UTF-8, a header line, empty = NULL, `""` = the empty string.
//! DuckDB (`allow_quoted_nulls = false`) and PostgreSQL's COPY read it that way.

use std::fmt::{self, Write as _};
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::date::{Day, Moment};
use crate::schema::Spec;

/// An amount in hundredths, printed with two decimals.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Cents(pub i64);

impl fmt::Display for Cents {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(out, "{sign}{}.{:02}", self.0.abs() / 100, self.0.abs() % 100)
    }
}

/// One table being written, a row at a time; nothing but the current line is held.
pub struct Writer {
    spec: &'static Spec,
    out: BufWriter<File>,
    digest: Sha256,
    line: String,
    fields: usize,
    rows: u64,
}

/// What the manifest says of one file.
pub struct Written {
    pub path: String,
    pub rows: u64,
    pub sha256: String,
}

impl Writer {
    /// Creates `DIR/<schema>/<table>.csv` and writes its header.
    pub fn create(dir: &Path, spec: &'static Spec) -> io::Result<Self> {
        let path = spec.path(dir);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let out = BufWriter::with_capacity(1 << 18, File::create(path)?);
        let mut writer = Self { spec, out, digest: Sha256::new(), line: String::new(), fields: 0, rows: 0 };
        for column in spec.columns() {
            writer.text(column);
        }
        writer.end()?;
        writer.rows = 0;
        Ok(writer)
    }

    pub fn null(&mut self) -> &mut Self {
        if self.fields > 0 {
            self.line.push(',');
        }
        self.fields += 1;
        self
    }

    pub fn text(&mut self, value: &str) -> &mut Self {
        self.null();
        push_quoted(&mut self.line, value);
        self
    }

    pub fn text_or_null(&mut self, value: Option<&str>) -> &mut Self {
        match value {
            Some(text) => self.text(text),
            None => self.null(),
        }
    }

    /// For values whose text needs no quotes: ids, numbers, dates, booleans.
    pub fn plain(&mut self, value: impl fmt::Display) -> &mut Self {
        self.null();
        // Writing to a String cannot fail.
        let _ = write!(self.line, "{value}");
        self
    }

    pub fn plain_or_null(&mut self, value: Option<impl fmt::Display>) -> &mut Self {
        match value {
            Some(value) => self.plain(value),
            None => self.null(),
        }
    }

    /// The columns every table ends with: created, updated, loaded.
    pub fn stamps(&mut self, stamps: Stamps) -> &mut Self {
        self.plain(stamps.created).plain_or_null(stamps.updated).plain(stamps.batched)
    }

    pub fn end(&mut self) -> io::Result<()> {
        if self.fields != self.spec.columns().count() {
            let got = self.fields;
            return Err(io::Error::other(format!(
                "{}: a row of {got} fields: {}",
                self.spec.table, self.line
            )));
        }
        self.line.push('\n');
        self.digest.update(self.line.as_bytes());
        self.out.write_all(self.line.as_bytes())?;
        self.line.clear();
        self.fields = 0;
        self.rows += 1;
        Ok(())
    }

    pub fn finish(mut self) -> io::Result<Written> {
        self.out.flush()?;
        let sha256 = self.digest.finalize().iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        Ok(Written { path: format!("{}/{}.csv", self.spec.schema, self.spec.table), rows: self.rows, sha256 })
    }
}

/// Row metadata; `updated` NULL is older than any date.
#[derive(Clone, Copy)]
pub struct Stamps {
    pub created: Moment,
    pub updated: Option<Moment>,
    pub batched: Moment,
}

impl Stamps {
    /// Loaded by the six-hourly batch that follows the last change; every tenth row again by the newest one.
    pub fn new(created: Moment, updated: Moment, row: u64) -> Self {
        let batch = Moment((updated.0 / 21_600 + 1) * 21_600);
        let batched = if row.is_multiple_of(10) { crate::AS_OF.at(0) } else { batch.min(crate::AS_OF.at(0)) };
        Self { created, updated: Some(updated), batched }
    }

    /// For rows whose day of change is known: created then, last changed up to `later` days after.
    pub fn on(day: Day, later: i64, row: u64) -> Self {
        let last = crate::AS_OF.at(-3600);
        let seconds = 28_800 + (row as i64 * 7919) % 36_000;
        let created = day.at(seconds).min(last);
        Self::new(created, day.plus(later).at(seconds + 600).min(last), row)
    }
}

fn push_quoted(line: &mut String, value: &str) {
    if value.is_empty() || value.contains([',', '"', '\n', '\r']) {
        line.push('"');
        line.push_str(&value.replace('"', "\"\""));
        line.push('"');
    } else {
        line.push_str(value);
    }
}

/// A row as read back: `None` is NULL.
pub type Record = Vec<Option<String>>;

/// Reads a table of this dialect, one row at a time.
pub struct Reader {
    path: PathBuf,
    input: BufReader<File>,
    line: String,
    pub columns: Vec<String>,
}

impl Reader {
    pub fn open(path: PathBuf) -> io::Result<Self> {
        let file =
            File::open(&path).map_err(|e| io::Error::new(e.kind(), format!("{}: {e}", path.display())))?;
        let mut reader = Self { path, input: BufReader::new(file), line: String::new(), columns: Vec::new() };
        let header = reader.record()?.unwrap_or_default();
        reader.columns = header.into_iter().map(Option::unwrap_or_default).collect();
        Ok(reader)
    }

    /// The place of a column; an error that names file and column when there is none.
    pub fn column(&self, name: &str) -> io::Result<usize> {
        let found = self.columns.iter().position(|column| column == name);
        found.ok_or_else(|| io::Error::other(format!("{}: no column `{name}`", self.path.display())))
    }

    /// The next row, or `None` at the end.
    pub fn record(&mut self) -> io::Result<Option<Record>> {
        self.line.clear();
        loop {
            let read = self.input.read_line(&mut self.line)?;
            if read == 0 && self.line.is_empty() {
                return Ok(None);
            }
            // An odd number of quotes: the line break is inside a field.
            if read == 0 || self.line.bytes().filter(|&b| b == b'"').count().is_multiple_of(2) {
                return Ok(Some(split(self.line.trim_end_matches(['\n', '\r']))));
            }
        }
    }
}

fn split(line: &str) -> Record {
    let mut record = Vec::new();
    let mut rest = line;
    loop {
        if let Some(quoted) = rest.strip_prefix('"') {
            let mut value = String::new();
            let mut chars = quoted.char_indices().peekable();
            let mut end = quoted.len();
            while let Some((at, c)) = chars.next() {
                if c != '"' {
                    value.push(c);
                } else if chars.peek().is_some_and(|(_, next)| *next == '"') {
                    value.push('"');
                    chars.next();
                } else {
                    end = at + 1;
                    break;
                }
            }
            record.push(Some(value));
            rest = quoted.get(end..).unwrap_or_default();
        } else {
            let end = rest.find(',').unwrap_or(rest.len());
            record.push((end > 0).then(|| rest[..end].to_owned()));
            rest = &rest[end..];
        }
        match rest.strip_prefix(',') {
            Some(more) => rest = more,
            None => return record,
        }
    }
}

/// One row as a line of this dialect, without the line break.
pub fn join(record: &[Option<String>]) -> String {
    let mut line = String::new();
    for (i, field) in record.iter().enumerate() {
        if i > 0 {
            line.push(',');
        }
        if let Some(value) = field {
            push_quoted(&mut line, value);
        }
    }
    line
}
