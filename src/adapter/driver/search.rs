//! Where driver libraries are looked for: the profile, an environment variable, beside the program,
//! the user's data folder, the active Python environment, ADBC's own manifests.

use std::env;
use std::path::{Path, PathBuf};

use super::{DRIVERS, DriverSpec};
use crate::adapter::error::{AdapterError, ErrorKind, Result};

/// Which of the places a driver was found in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    Profile,
    Variable,
    Executable,
    DataFolder,
    Python,
    Manifest,
}

impl Origin {
    /// A few words for a listing.
    pub fn words(self) -> &'static str {
        match self {
            Origin::Profile => "the profile",
            Origin::Variable => "environment variable",
            Origin::Executable => "beside the program",
            Origin::DataFolder => "installed",
            Origin::Python => "Python environment",
            Origin::Manifest => "ADBC manifest",
        }
    }
}

/// A driver's library, or the ADBC manifest that leads to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub name: &'static str,
    /// Known for drivers that were installed by this program.
    pub version: Option<String>,
    pub path: PathBuf,
    pub origin: Origin,
}

/// The first place that has the driver. `named` is the profile's `driver`: a path, or the name of an
/// ADBC manifest.
///
/// Errors: a place that was named explicitly has no driver.
pub fn find(spec: &'static DriverSpec, named: Option<&str>) -> Result<Option<Found>> {
    let found = |path: PathBuf, origin| Found { name: spec.name, version: None, path, origin };
    if let Some(named) = named {
        let path = PathBuf::from(named);
        if path.is_file() {
            return Ok(Some(found(path, Origin::Profile)));
        }
        let manifest = (path.components().count() == 1).then(|| manifest(named)).flatten();
        return match manifest {
            Some(path) => Ok(Some(found(path, Origin::Profile))),
            None => Err(AdapterError::new(
                ErrorKind::MissingDriver,
                format!("the profile's `driver: {named}` is no file"),
            )
            .help("leave `driver` out to use the installed one")),
        };
    }
    if let Some(path) = env::var_os(spec.variable()).filter(|value| !value.is_empty()).map(PathBuf::from) {
        if path.is_file() {
            return Ok(Some(found(path, Origin::Variable)));
        }
        let message = format!("{} names `{}`, which is no file", spec.variable(), path.display());
        return Err(AdapterError::new(ErrorKind::MissingDriver, message));
    }
    Ok(everywhere(spec).into_iter().next())
}

/// All drivers found, in the order of the search; several places may have the same one.
pub fn list() -> Vec<Found> {
    let variable = |spec: &'static DriverSpec| {
        let path = PathBuf::from(env::var_os(spec.variable())?);
        path.is_file().then_some(Found { name: spec.name, version: None, path, origin: Origin::Variable })
    };
    DRIVERS.iter().flat_map(|spec| variable(spec).into_iter().chain(everywhere(spec))).collect()
}

fn everywhere(spec: &'static DriverSpec) -> Vec<Found> {
    let mut found = vec![];
    let mut push =
        |path: PathBuf, origin, version| found.push(Found { name: spec.name, version, path, origin });
    if let Some(folder) =
        env::current_exe().ok().and_then(|exe| Some(exe.canonicalize().ok()?.parent()?.to_path_buf()))
    {
        for folder in [folder.clone(), folder.join("../lib/headwater")] {
            if let Some(path) = library_in(spec, &folder) {
                push(path, Origin::Executable, None);
            }
        }
    }
    for (version, path) in installed(spec) {
        push(path, Origin::DataFolder, Some(version));
    }
    for folder in site_packages() {
        if let Some(path) = library_in(spec, &folder.join(spec.library)) {
            push(path, Origin::Python, None);
        }
    }
    if let Some(path) = manifest(spec.name) {
        push(path, Origin::Manifest, None);
    }
    found
}

fn library_in(spec: &DriverSpec, folder: &Path) -> Option<PathBuf> {
    spec.file_names().into_iter().map(|name| folder.join(name)).find(|path| path.is_file())
}

/// Installed versions with their libraries, the one that `install` fetches first, then the newest.
fn installed(spec: &DriverSpec) -> Vec<(String, PathBuf)> {
    let Some(folder) = data_folder().map(|folder| folder.join("drivers").join(spec.name)) else {
        return vec![];
    };
    let Ok(entries) = folder.read_dir() else { return vec![] };
    let mut versions: Vec<(String, PathBuf)> = entries
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let version = path.file_name()?.to_str()?.to_string();
            if version.starts_with('.') {
                return None;
            }
            Some((version, library_in(spec, &path)?))
        })
        .collect();
    let numbers = |version: &str| -> Vec<u64> {
        version.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok()).collect()
    };
    versions.sort_by_key(|(version, _)| {
        (Some(version.as_str()) != spec.version(), std::cmp::Reverse(numbers(version)))
    });
    versions
}

/// The folder that holds this user's installed drivers: `HEADWATER_DATA_DIR`, or the platform's place
/// for data.
pub fn data_folder() -> Option<PathBuf> {
    let variable = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(folder) = variable("HEADWATER_DATA_DIR") {
        return Some(folder);
    }
    let base = if cfg!(windows) {
        variable("LOCALAPPDATA")?
    } else if let Some(folder) = variable("XDG_DATA_HOME") {
        folder
    } else if cfg!(target_os = "macos") {
        variable("HOME")?.join("Library/Application Support")
    } else {
        variable("HOME")?.join(".local/share")
    };
    Some(base.join("headwater"))
}

/// The package folders of the active Python environment.
fn site_packages() -> Vec<PathBuf> {
    let roots = ["VIRTUAL_ENV", "CONDA_PREFIX"].into_iter().filter_map(env::var_os).map(PathBuf::from);
    let mut folders = vec![];
    for root in roots {
        folders.push(root.join("Lib/site-packages"));
        let Ok(entries) = root.join("lib").read_dir() else { continue };
        let mut versions: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        versions.sort();
        let python = |path: &&PathBuf| {
            path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("python"))
        };
        folders.extend(versions.iter().filter(python).map(|path| path.join("site-packages")));
    }
    folders
}

/// The ADBC manifest of that name, in the folders that ADBC looks in.
fn manifest(name: &str) -> Option<PathBuf> {
    let variable = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
    let mut folders: Vec<PathBuf> = vec![];
    if let Some(paths) = variable("ADBC_DRIVER_PATH") {
        folders.extend(env::split_paths(&paths));
    }
    for root in ["VIRTUAL_ENV", "CONDA_PREFIX"].into_iter().filter_map(variable) {
        folders.push(PathBuf::from(root).join("etc/adbc/drivers"));
    }
    let home = variable("HOME").map(PathBuf::from);
    if cfg!(target_os = "macos") {
        folders.extend(home.map(|home| home.join("Library/Application Support/ADBC/Drivers")));
        folders.push("/Library/Application Support/ADBC/Drivers".into());
    } else if cfg!(windows) {
        folders.extend(variable("LOCALAPPDATA").map(|base| PathBuf::from(base).join("ADBC/Drivers")));
    } else {
        let config = variable("XDG_CONFIG_HOME").map(PathBuf::from).or_else(|| Some(home?.join(".config")));
        folders.extend(config.map(|config| config.join("adbc/drivers")));
        folders.push("/etc/adbc/drivers".into());
    }
    folders.into_iter().map(|folder| folder.join(format!("{name}.toml"))).find(|path| path.is_file())
}
