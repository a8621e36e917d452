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

/// What a platform's package must be.
#[derive(Debug)]
pub struct Pin {
    /// In npm's words: `linux-x64`.
    pub platform: &'static str,
    /// SHA-256 of the package.
    pub sha256: &'static str,
    /// Where it is another version than the driver's.
    pub version: Option<&'static str>,
}

impl Pin {
    const fn new(platform: &'static str, sha256: &'static str) -> Pin {
        Pin { platform, sha256, version: None }
    }

    const fn of(version: &'static str, platform: &'static str, sha256: &'static str) -> Pin {
        Pin { platform, sha256, version: Some(version) }
    }
}

/// Where a driver comes from.
#[derive(Debug)]
pub enum Source {
    /// One npm package a platform: `<package>-<os>-<arch>`; pins are SHA-256 of the tarballs.
    Npm { package: &'static str, version: &'static str, pins: &'static [Pin] },
    /// A Python wheel; pins are SHA-256 of the platforms' wheels.
    Wheel { package: &'static str, version: &'static str, pins: &'static [Pin] },
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
            pins: &[
                Pin::new("linux-x64", "1b9f82478539bb9a1d1df44bd103121a12ae52142c07158dc52b97d2ec1d69ff"),
                Pin::of(
                    "1.5.5-r.5",
                    "linux-arm64",
                    "3b85f3ea438f7dc3691d7b5e6e4222ffe9127fd17885f96ca72e0c99925c348e",
                ),
                Pin::of(
                    "1.5.5-r.5",
                    "darwin-arm64",
                    "08b3cfd7d4d620a5fb67ef49db28551b767107266af3a8e2600e49d99ee59456",
                ),
                Pin::of(
                    "1.5.5-r.5",
                    "darwin-x64",
                    "1266f62ac7c02f7971554a2b0b2c4c19923a97258bfdf1b203873e174e7a28c4",
                ),
                Pin::of(
                    "1.5.5-r.5",
                    "win32-x64",
                    "6b7233b34ef489427b5b29f79d3db978fef738c7a6cd59ab3de6d06ae40462fe",
                ),
            ],
        },
    },
    DriverSpec {
        name: "postgresql",
        library: "adbc_driver_postgresql",
        entry_point: None,
        source: Source::Wheel {
            package: "adbc-driver-postgresql",
            version: "1.13.0",
            pins: &[
                Pin::new("linux-x64", "a86819ba7c79b1d067c4a5344358b4d346bab58e888d7879ed2b25d97cc59ba1"),
                Pin::new("linux-arm64", "f2f3c51076fc27ba768bad2dc4cc3888655ac719473aa7d933b2813860491014"),
                Pin::new("darwin-arm64", "7981ae7c5ecd7ba4c649cd00a96e81cf0e39475d3fa472901c5fd19b4e9de4a8"),
                Pin::new("darwin-x64", "12fd64bf6ec16705d30d26c38ac2cc47fe8c7006ac2902c43234d61cb6ae8a43"),
                Pin::new("win32-x64", "c97a0b71e7205b7aac7f8bcd85a41280ef56e2d788110d2572c52ac3d447e25d"),
            ],
        },
    },
    DriverSpec {
        name: "snowflake",
        library: "adbc_driver_snowflake",
        entry_point: None,
        source: Source::Wheel {
            package: "adbc-driver-snowflake",
            version: "1.11.0",
            pins: &[
                Pin::new("linux-x64", "7c7d7ecef7246303648a08cee3d78c383133bea8f2e1568cf6e8750ab94b5a57"),
                Pin::new("linux-arm64", "07b5edbeb1b85be0882d7095641df26a24b3b4c2ba4d8edda35e3bbe89e70a06"),
                Pin::new("darwin-arm64", "be862f8d0b6a507dae5c0644e13be79290180532c097d97c5a95a294c0bb5302"),
                Pin::new("darwin-x64", "5ebddfa5fc0b5cd7c86b5cce17bb578889c8db5ff2b756903b64e684b56829e8"),
                Pin::new("win32-x64", "83b1a363a44ae4cb1e4956f9cc6c4e44dddd7c768a0f0a8b42d9cb8eb8906305"),
            ],
        },
    },
    DriverSpec {
        name: "bigquery",
        library: "adbc_driver_bigquery",
        entry_point: None,
        source: Source::Wheel {
            package: "adbc-driver-bigquery",
            version: "1.11.0",
            pins: &[
                Pin::new("linux-x64", "3067b90ccbb6801936567bddcc56e79540efb7e09023f0300e9f6090cb7245e1"),
                Pin::new("linux-arm64", "dea28d663b622e1b4c803fd063b0b959dc867218461ecb6e34b557423e956527"),
                Pin::new("darwin-arm64", "023744303c4900fc8e3d12cd044835d406ee8a84880458766aff0800601d4999"),
                Pin::new("darwin-x64", "4153bb759dcfa6c45420c4ee9a1505f3c5daa7685d10cf068a91b8876e183732"),
                Pin::new("win32-x64", "75ff98aa9071707419c300f9da74e19da375cd6524ecf09493c8131960e31c3c"),
            ],
        },
    },
    DriverSpec {
        name: "flightsql",
        library: "adbc_driver_flightsql",
        entry_point: None,
        source: Source::Wheel {
            package: "adbc-driver-flightsql",
            version: "1.13.0",
            pins: &[
                Pin::new("linux-x64", "1199552b5cfe3349554a972c372fcaa2ecfdfac27b942c8ddf8c3bf798690c31"),
                Pin::new("linux-arm64", "38886f49e3504c0b226796bcae914cf32293b79104c273459510c36592880749"),
                Pin::new("darwin-arm64", "0a6e7edee439e35490d2ec49dea7463635a9985e0dba6b61fd78f42cda776fa1"),
                Pin::new("darwin-x64", "e73d8e456805b8fae8274e84772864d06481b41a9969c5ea2aed74893f31fc8d"),
                Pin::new("win32-x64", "6f11164214d979abb61600d96479781c7c47ea79f4f1c843837faeb772724f25"),
            ],
        },
    },
    DriverSpec {
        name: "spark",
        library: "adbc_driver_spark",
        entry_point: None,
        source: Source::Wheel {
            package: "adbc-driver-spark",
            version: "0.3.0",
            pins: &[
                Pin::new("linux-x64", "d0aea98bfa425d802b8bcb2dfae0dba5f9d1d1f730e3241e6b043cd318d1212d"),
                Pin::new("darwin-arm64", "70b75a6cdfd7c322b3a1605bfaa037bcd3b64be02d44cb14128e83888c1a2cd5"),
                Pin::new("win32-x64", "139c5fa9d2f56d0a9f9621271b34a7bed600ea29837ca90db3a5737486d56608"),
            ],
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
    /// The version that `install` fetches on this platform.
    pub fn version(&self) -> Option<&'static str> {
        match self.source {
            Source::Npm { version, .. } | Source::Wheel { version, .. } => {
                Some(self.pin().and_then(|pin| pin.version).unwrap_or(version))
            }
            Source::Manual { .. } => None,
        }
    }

    /// The checksum of this platform's package, where one is known.
    pub fn pin(&self) -> Option<&'static Pin> {
        let (Source::Npm { pins, .. } | Source::Wheel { pins, .. }) = self.source else { return None };
        let platform = download::npm_platform()?;
        pins.iter().find(|pin| pin.platform == platform)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_platform_has_one_checksum() {
        for spec in DRIVERS {
            let (Source::Npm { pins, .. } | Source::Wheel { pins, .. }) = spec.source else { continue };
            let mut platforms: Vec<&str> = pins.iter().map(|pin| pin.platform).collect();
            platforms.sort_unstable();
            platforms.dedup();
            assert_eq!(platforms.len(), pins.len(), "{}", spec.name);
            for pin in pins {
                assert!(
                    pin.sha256.len() == 64 && pin.sha256.bytes().all(|byte| byte.is_ascii_hexdigit()),
                    "{}",
                    pin.sha256
                );
            }
        }
    }
}
