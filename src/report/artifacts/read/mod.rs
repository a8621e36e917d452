//! Reading artifacts of earlier runs, ours or dbt's, back into core types.

mod fields;
mod manifest;
mod node;
mod results;

use std::path::Path;

pub use manifest::read_manifest;
pub use results::{PreviousResult, PreviousResults, read_run_results, read_sources};

use crate::diag::Diagnostic;

/// The file's bytes.
fn bytes_of(path: &Path) -> Result<Vec<u8>, Box<Diagnostic>> {
    std::fs::read(path).map_err(|error| {
        let message = format!("cannot read the artifact `{}`: {error}", path.display());
        Box::new(Diagnostic::error("unreadable-artifact", message))
    })
}

fn not_json(path: &Path, error: &serde_json::Error) -> Box<Diagnostic> {
    let message = format!("`{}` is not a JSON artifact: {error}", path.display());
    Box::new(Diagnostic::error("unreadable-artifact", message))
}

/// Checks `metadata.dbt_schema_version` against the versions of `name` that can be read.
fn check_version(path: &Path, found: &str, name: &str, versions: std::ops::RangeInclusive<u32>) -> Checked {
    let version = found
        .rsplit_once(&format!("/dbt/{name}/v"))
        .and_then(|(_, rest)| rest.strip_suffix(".json"))
        .and_then(|number| number.parse().ok());
    if version.is_some_and(|version| versions.contains(&version)) {
        return Ok(());
    }
    let expected = format!("https://schemas.getdbt.com/dbt/{name}/v{}.json", versions.end());
    let message =
        format!("expected a schema version of `{expected}` in `{}`, but found `{found}`", path.display());
    Err(Box::new(
        Diagnostic::error("incompatible-artifact", message)
            .help("the artifact was written by another release; make it again with this one"),
    ))
}

type Checked = Result<(), Box<Diagnostic>>;
