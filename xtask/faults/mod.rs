//! The fault set: the clean data with one fault for each error-level test of the project, so that every test
//! is seen to turn red, and no other one with it.
//!
//! A fault lies where its test looks. Some are in the raw files. Some can only be in the project (a column the
//! declaration does not know) and are written as files to lay over it. Some can only be in built tables (a sum
//! that the models would never get wrong) and are statements to run between building and testing.

mod list;
mod project;
mod raw;

use std::fs;
use std::io;
use std::path::Path;

use crate::generate::roster::Size;
use crate::table::{Written, join};
use raw::Edit;

/// One fault and the test that must find it.
pub struct Fault {
    /// The id in `meta.test_id` of the test.
    pub test: &'static str,
    pub what: &'static str,
    pub changes: Vec<Change>,
}

pub enum Change {
    /// In a raw file.
    Raw(Edit),
    /// A new file of the project: path, text.
    File(&'static str, &'static str),
    /// A file of the project with one text replaced: path, old, new.
    Patch(&'static str, &'static str, &'static str),
    /// A statement on a built model: model, statement (a template).
    Statement(&'static str, &'static str),
}

/// The tests that have a fault at this scale and seed.
pub fn ids(size: Size) -> Vec<&'static str> {
    list::faults(size).into_iter().map(|fault| fault.test).collect()
}

/// Whether the fault of that test lies in built tables alone.
pub fn only_in_tables(test: &str, size: Size) -> bool {
    let faults = list::faults(size);
    let fault = faults.iter().find(|fault| fault.test == test);
    fault.is_some_and(|fault| fault.changes.iter().all(|change| matches!(change, Change::Statement(..))))
}

/// Where the faults go and which ones.
pub struct Target<'a> {
    /// The data set.
    pub out: &'a Path,
    /// The root of the project whose files are changed.
    pub project: &'a Path,
    /// A single test id instead of all.
    pub only: Option<&'a str>,
}

/// Puts the faults into the data set and lists them in `OUT/faults/faults.csv`.
///
/// Fails when no fault has the wanted id, when no row answers to a fault, or when a file of the project does
/// not hold the text to replace.
pub fn inject(target: &Target, size: Size, written: &mut [Written]) -> io::Result<()> {
    let mut faults = list::faults(size);
    if let Some(only) = target.only {
        faults.retain(|fault| fault.test == only);
        if faults.is_empty() {
            return Err(io::Error::other(format!("no fault for test `{only}` at this scale and seed")));
        }
    }
    let folder = target.out.join("faults");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let mut table = String::from("test_id,kind,fault,place,row_key\n");
    let mut statements = Vec::new();
    for fault in &faults {
        for change in &fault.changes {
            let (kind, place, key) = match change {
                Change::Raw(edit) => {
                    let (key, file) = raw::apply(target.out, edit)?;
                    let place = format!("{}.{}", edit.spec.schema, edit.spec.table);
                    if let Some(old) = written.iter_mut().find(|old| old.path == file.path) {
                        *old = file;
                    }
                    ("raw", place, key)
                }
                Change::File(path, text) => {
                    project::write(&folder, path, text)?;
                    ("project", (*path).to_owned(), None)
                }
                Change::Patch(path, old, new) => {
                    let text = project::replaced(target.project, path, old, new)?;
                    project::write(&folder, path, &text)?;
                    ("project", (*path).to_owned(), None)
                }
                Change::Statement(model, statement) => {
                    statements.push(*statement);
                    ("table", (*model).to_owned(), None)
                }
            };
            let fields = [fault.test.to_owned(), kind.to_owned(), fault.what.to_owned(), place];
            let record: Vec<Option<String>> = fields.into_iter().map(Some).chain([key]).collect();
            table.push_str(&join(&record));
            table.push('\n');
        }
    }
    project::write(&folder, "macros/faults/apply_faults.sql", &project::macro_of(&statements))?;
    fs::write(folder.join("faults.csv"), table)
}
