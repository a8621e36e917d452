//! `driver install NAME` and `driver list`.

use super::{Exit, Outcome};
use crate::adapter::AdapterError;
use crate::adapter::driver::{self, DRIVERS, Found};
use crate::diag::Diagnostic;

fn failed(error: AdapterError) -> Diagnostic {
    error.help.into_iter().fold(Diagnostic::error("driver", error.message), Diagnostic::help)
}

/// Installs a driver; `source` is a package or library that stands in for the pinned one.
pub fn install(name: &str, source: Option<&str>) -> Outcome {
    let installed = match source {
        Some(source) => driver::install_from_file(name, source, None),
        None => driver::install(name),
    }
    .map_err(failed)?;
    let done = if installed.already { "is already in" } else { "is now in" };
    println!("{} {} {done} {}", installed.name, installed.version, installed.path.display());
    Ok(Exit::Fine)
}

/// One line a driver and place; drivers that are nowhere come last.
pub fn list() -> Outcome {
    let found = driver::list();
    let width = DRIVERS.iter().map(|spec| spec.name.len()).max().unwrap_or_default();
    let line = |name: &str, version: &str, place: String| println!("{name:width$}  {version:10}  {place}");
    for Found { name, version, path, origin } in &found {
        line(
            name,
            version.as_deref().unwrap_or("unknown"),
            format!("{}  ({})", path.display(), origin.words()),
        );
    }
    for spec in DRIVERS.iter().filter(|spec| !found.iter().any(|found| found.name == spec.name)) {
        let place = match spec.version() {
            Some(_) => format!("not installed: driver install {}", spec.name),
            None => "not installed".to_string(),
        };
        line(spec.name, spec.version().unwrap_or("-"), place);
    }
    Ok(Exit::Fine)
}
