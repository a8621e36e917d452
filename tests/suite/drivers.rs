//! The DuckDB library for tests: the installed one, or one fetched once into the target folder.

use std::path::Path;

use headwater::adapter::driver;

/// Path of the DuckDB library, for the profile key `driver`.
pub fn duckdb() -> String {
    let spec = driver::spec("duckdb").expect("the driver is known");
    if let Ok(Some(found)) = driver::find(spec, None) {
        return found.path.display().to_string();
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("headwater");
    let installed = driver::install_in("duckdb", &folder).expect("the driver installs");
    installed.path.display().to_string()
}
