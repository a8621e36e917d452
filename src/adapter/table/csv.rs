//! Seeds: CSV as Python's `csv` module reads it, columns typed as dbt types them.

use std::borrow::Cow;

use super::{Cell, Table, infer, unique_names};
use crate::adapter::error::Position;
use crate::value::Str;

/// A seed that cannot be read.
#[derive(Clone, Debug, PartialEq)]
pub struct SeedError {
    pub message: String,
    /// Where in the file, when the fault has a place.
    pub at: Option<Position>,
}

impl std::fmt::Display for SeedError {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.message)
    }
}

impl std::error::Error for SeedError {}

impl SeedError {
    fn new(message: impl Into<String>, at: Option<Position>) -> SeedError {
        SeedError { message: message.into(), at }
    }
}

/// Reads the CSV of a seed. Columns named in `text_columns` stay text; short rows are filled with
/// nulls.
///
/// Errors: not UTF-8, no header, a row with more values than the header has names, a delimiter that
/// is not one character.
pub fn read_csv(bytes: &[u8], delimiter: &str, text_columns: &[&str]) -> Result<Table, SeedError> {
    let mut characters = delimiter.chars();
    let (Some(delimiter), None) = (characters.next(), characters.next()) else {
        return Err(SeedError::new(format!("a delimiter is one character; this is `{delimiter}`"), None));
    };
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let valid = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
        SeedError::new("the file is not UTF-8", Some(Position { line: 1, column: 1 }.behind(&valid)))
    })?;
    let text = normalise_breaks(text.strip_prefix('\u{feff}').unwrap_or(text));
    let mut reader = Reader { rest: &text, line: 1, delimiter };
    let Some(header) = reader.record() else {
        return Err(SeedError::new("the file is empty; a seed needs a header line", None));
    };
    let names = unique_names(header.fields.iter().map(|name| Str::from(name.as_ref())).collect());
    let mut records = vec![];
    loop {
        let (start, line) = (reader.rest, reader.line);
        let Some(record) = reader.record() else { break };
        if record.fields.len() > names.len() {
            let message = format!(
                "this row has {} values, but the header names {} columns",
                record.fields.len(),
                names.len()
            );
            return Err(SeedError::new(message, Some(field_place(start, line, delimiter, names.len()))));
        }
        records.push(record.fields);
    }
    let mut types = vec![];
    let mut rows: Vec<Vec<Cell>> = records.iter().map(|_| Vec::with_capacity(names.len())).collect();
    for (column, name) in names.iter().enumerate() {
        let values = records.iter().map(|record| record.get(column).map(Cow::as_ref));
        let (kind, cells) = infer::text_column(values, text_columns.contains(&name.as_ref()));
        types.push(kind);
        for (row, cell) in rows.iter_mut().zip(cells) {
            row.push(cell);
        }
    }
    Ok(Table::from_parts(names, types, rows))
}

/// Where the field `index` of the record at `start` begins.
fn field_place(start: &str, line: usize, delimiter: char, index: usize) -> Position {
    let mut reader = Reader { rest: start, line, delimiter };
    for _ in 0..index {
        reader.field();
        reader.rest = reader.rest.strip_prefix(delimiter).unwrap_or(reader.rest);
    }
    Position { line, column: 1 }.behind(&start[..start.len() - reader.rest.len()])
}

/// Where the value of `column` stands in the record that begins at a line of a seed.
pub fn value_place(text: &str, delimiter: char, line: usize, column: &str) -> Option<Position> {
    let text = normalise_breaks(text.strip_prefix('\u{feff}').unwrap_or(text));
    let header = Reader { rest: &text, line: 1, delimiter }.record()?;
    let index = header.fields.iter().position(|name| name.eq_ignore_ascii_case(column))?;
    let start = text.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).sum();
    Some(field_place(text.get(start..)?, line, delimiter, index))
}

/// Python's text mode: every kind of line break is one `\n`.
fn normalise_breaks(text: &str) -> Cow<'_, str> {
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    }
}

struct Record<'a> {
    fields: Vec<Cow<'a, str>>,
}

struct Reader<'a> {
    rest: &'a str,
    line: usize,
    delimiter: char,
}

impl<'a> Reader<'a> {
    /// The next record; an empty line is a record without fields.
    fn record(&mut self) -> Option<Record<'a>> {
        if self.rest.is_empty() {
            return None;
        }
        let mut fields = vec![];
        if self.eat_break() {
            return Some(Record { fields });
        }
        loop {
            fields.push(self.field());
            if self.rest.starts_with(self.delimiter) {
                self.rest = &self.rest[self.delimiter.len_utf8()..];
                continue;
            }
            self.eat_break();
            return Some(Record { fields });
        }
    }

    fn eat_break(&mut self) -> bool {
        match self.rest.strip_prefix('\n') {
            Some(rest) => {
                self.rest = rest;
                self.line += 1;
                true
            }
            None => false,
        }
    }

    /// A field, up to the delimiter or line break after it.
    fn field(&mut self) -> Cow<'a, str> {
        let Some(quoted) = self.rest.strip_prefix('"') else { return Cow::Borrowed(self.plain()) };
        self.rest = quoted;
        let mut value = String::new();
        loop {
            let Some(at) = self.rest.find('"') else {
                // No closing quote: the rest of the file is the field.
                value.push_str(self.take(self.rest.len()));
                return Cow::Owned(value);
            };
            value.push_str(self.take(at));
            self.rest = &self.rest[1..];
            if self.rest.starts_with('"') {
                value.push('"');
                self.rest = &self.rest[1..];
            } else {
                // What follows a closing quote belongs to the field all the same.
                value.push_str(self.plain());
                return Cow::Owned(value);
            }
        }
    }

    fn plain(&mut self) -> &'a str {
        let delimiter = self.delimiter;
        let end = self.rest.find([delimiter, '\n']).unwrap_or(self.rest.len());
        self.take(end)
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (head, rest) = self.rest.split_at(length);
        self.line += head.bytes().filter(|b| *b == b'\n').count();
        self.rest = rest;
        head
    }
}
