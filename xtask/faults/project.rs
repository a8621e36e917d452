//! Faults outside the raw data: files that lie over the project, and the macro that spoils built tables.

use std::fs;
use std::io;
use std::path::Path;

/// Writes a file to be copied over the project.
pub fn write(folder: &Path, path: &str, text: &str) -> io::Result<()> {
    let path = folder.join("project").join(path);
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(path, text)
}

/// A file of the project with `old`, which it must hold exactly once, replaced by `new`.
pub fn replaced(project: &Path, path: &str, old: &str, new: &str) -> io::Result<String> {
    let file = project.join(path);
    let text = fs::read_to_string(&file)
        .map_err(|e| io::Error::new(e.kind(), format!("{}: {e}", file.display())))?;
    match text.matches(old).count() {
        1 => Ok(text.replace(old, new)),
        n => Err(io::Error::other(format!("{}: `{old}` stands {n} times, not once", file.display()))),
    }
}

/// A macro that runs the statements in order.
pub fn macro_of(statements: &[&str]) -> String {
    let mut text = String::from(
        "{# Spoil the built tables, so that each test sees its fault. #}\n{% macro apply_faults() %}\n",
    );
    for statement in statements {
        text.push_str("    {%- set statement -%}\n        ");
        text.push_str(statement);
        text.push_str("\n    {%- endset -%}\n    {%- do run_raw_data_statement(statement) -%}\n");
    }
    text.push_str("{% endmacro %}\n");
    text
}
