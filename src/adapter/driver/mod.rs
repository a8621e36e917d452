//! Driver libraries: which there are, where they are found, how they are fetched.

mod archive;
mod download;
mod install;
mod search;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex};

use adbc_core::LOAD_FLAG_DEFAULT;
use adbc_core::options::AdbcVersion;
use adbc_driver_manager::ManagedDriver;

use super::error::{AdapterError, ErrorKind, Result};

pub use install::{Installed, install, install_from_file, install_in};
pub use search::{Found, Origin, data_folder, find, list};

/// A driver we know how to find and fetch.
#[derive(Debug)]
pub struct DriverSpec {
    /// The name in `driver install NAME`.
    pub name: &'static str,
    /// File name stem of the library, without `lib`.
    pub library: &'static str,
    /// The library's initialisation function, when it is not the one derived from its name.
    pub entry_point: Option<&'static [u8]>,
    pub source: Source,
}

/// Checksums by platform.
pub type Pins = &'static [(&'static str, &'static str)];

/// Where a driver comes from.
#[derive(Debug)]
pub enum Source {
    /// One npm package a platform: `<package>-<os>-<arch>`; pins are SHA-256 of the tarballs.
    Npm { package: &'static str, version: &'static str, pins: Pins },
    /// A Python wheel; pins are SHA-256 of the platforms' wheels.
    Wheel { package: &'static str, version: &'static str, pins: Pins },
    /// Fetched by the user.
    Manual { hint: &'static str },
}

/// All drivers known.
pub static DRIVERS: &[DriverSpec] = &[
    DriverSpec {
        name: "duckdb",
        library: "duckdb",
        entry_point: Some(b"duckdb_adbc_init"),
        source: Source::Npm {
            package: "@duckdb/node-bindings",
            version: "1.5.6-r.1",
            pins: &[("linux-x64", "1b9f82478539bb9a1d1df44bd103121a12ae52142c07158dc52b97d2ec1d69ff")],
        },
    },
    DriverSpec {
        name: "postgresql",
        library: "adbc_driver_postgresql",
        entry_point: None,
        source: Source::Wheel {
            package: "adbc-driver-postgresql",
            version: "1.13.0",
            pins: &[("linux-x64", "a86819ba7c79b1d067c4a5344358b4d346bab58e888d7879ed2b25d97cc59ba1")],
        },
    },
    DriverSpec {
        name: "snowflake",
        library: "adbc_driver_snowflake",
        entry_point: None,
        source: Source::Wheel {
            package: "adbc-driver-snowflake",
            version: "1.11.0",
            pins: &[("linux-x64", "7c7d7ecef7246303648a08cee3d78c383133bea8f2e1568cf6e8750ab94b5a57")],
        },
    },
    DriverSpec {
        name: "bigquery",
        library: "adbc_driver_bigquery",
        entry_point: None,
        source: Source::Wheel {
            package: "adbc-driver-bigquery",
            version: "1.11.0",
            pins: &[("linux-x64", "3067b90ccbb6801936567bddcc56e79540efb7e09023f0300e9f6090cb7245e1")],
        },
    },
    DriverSpec {
        name: "flightsql",
        library: "adbc_driver_flightsql",
        entry_point: None,
        source: Source::Wheel { package: "adbc-driver-flightsql", version: "1.13.0", pins: &[] },
    },
    DriverSpec {
        name: "spark",
        library: "adbc_driver_spark",
        entry_point: None,
        source: Source::Wheel {
            package: "adbc-driver-spark",
            version: "0.3.0",
            pins: &[("linux-x64", "d0aea98bfa425d802b8bcb2dfae0dba5f9d1d1f730e3241e6b043cd318d1212d")],
        },
    },
    DriverSpec {
        name: "databricks",
        library: "adbc_driver_databricks",
        entry_point: None,
        source: Source::Manual {
            hint: "install an ADBC driver for Databricks and name its library by `driver:` in the profile",
        },
    },
];

impl DriverSpec {
    /// The version that `install` fetches.
    pub fn version(&self) -> Option<&'static str> {
        match self.source {
            Source::Npm { version, .. } | Source::Wheel { version, .. } => Some(version),
            Source::Manual { .. } => None,
        }
    }

    /// Names that the library's file may have, the platform's own first.
    pub fn file_names(&self) -> Vec<String> {
        let native =
            format!("{}{}{}", std::env::consts::DLL_PREFIX, self.library, std::env::consts::DLL_SUFFIX);
        // Wheels call it `lib….so` on every platform.
        let wheel = format!("lib{}.so", self.library);
        if native == wheel { vec![native] } else { vec![native, wheel] }
    }

    /// The environment variable that names the library.
    pub fn variable(&self) -> String {
        format!("HEADWATER_DRIVER_{}", self.name.to_uppercase())
    }
}

/// The driver of that name; dbt's adapter names are understood too.
///
/// Errors: no such driver.
pub fn spec(name: &str) -> Result<&'static DriverSpec> {
    let name = if name == "postgres" || name == "redshift" { "postgresql" } else { name };
    DRIVERS.iter().find(|spec| spec.name == name).ok_or_else(|| {
        let known: Vec<&str> = DRIVERS.iter().map(|spec| spec.name).collect();
        AdapterError::new(ErrorKind::MissingDriver, format!("no driver is called `{name}`"))
            .help(format!("known are {}", known.join(", ")))
    })
}

static LOADED: LazyLock<Mutex<HashMap<PathBuf, ManagedDriver>>> = LazyLock::new(Mutex::default);

/// Loads the driver, wherever it is found first. `named` is the profile's `driver`.
///
/// Errors: it is nowhere, or does not load.
pub fn load(name: &str, named: Option<&str>) -> Result<ManagedDriver> {
    let spec = spec(name)?;
    let Some(found) = find(spec, named)? else { return Err(missing(spec)) };
    let mut loaded = LOADED.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    if let Some(driver) = loaded.get(&found.path) {
        return Ok(driver.clone());
    }
    let driver = load_library(spec, &found.path)?;
    loaded.insert(found.path, driver.clone());
    Ok(driver)
}

fn load_library(spec: &DriverSpec, path: &Path) -> Result<ManagedDriver> {
    let by_manifest = path.extension().is_some_and(|extension| extension == "toml");
    let entry_point = if by_manifest { None } else { spec.entry_point };
    let load = |version| {
        if by_manifest {
            ManagedDriver::load_from_name(path, entry_point, version, LOAD_FLAG_DEFAULT, None)
        } else {
            ManagedDriver::load_dynamic_from_filename(path, entry_point, version)
        }
    };
    load(AdbcVersion::V110).or_else(|_| load(AdbcVersion::V100)).map_err(|error| {
        let message =
            format!("the driver `{}` at `{}` does not load: {}", spec.name, path.display(), error.message);
        AdapterError::new(ErrorKind::MissingDriver, message)
            .help(format!("`headwater driver install {}` fetches one that fits", spec.name))
    })
}

fn missing(spec: &DriverSpec) -> AdapterError {
    let error =
        AdapterError::new(ErrorKind::MissingDriver, format!("the driver `{}` is not installed", spec.name));
    match spec.source {
        Source::Manual { hint } => error.help(hint),
        _ => error.help(format!("run `headwater driver install {}`", spec.name)).help(format!(
            "or set {} to the path of {}",
            spec.variable(),
            spec.file_names()[0]
        )),
    }
}
