//! `driver install`: fetch, verify, unpack, and only then let it be seen.

use std::fs;
use std::path::{Path, PathBuf};

use super::archive;
use super::download;
use super::search::data_folder;
use super::{DriverSpec, Pin, Source, load_library, spec};
use crate::adapter::error::{AdapterError, ErrorKind, Result};

/// A driver that now stands in the data folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installed {
    pub name: &'static str,
    pub version: String,
    pub path: PathBuf,
    /// It stood there before; nothing was fetched.
    pub already: bool,
}

/// Installs the driver of that name in the version known to work, unless it stands there.
///
/// Errors: unknown name, nothing for this platform, the fetch fails, the checksum differs, the
/// library does not load. Nothing is left behind then.
pub fn install(name: &str) -> Result<Installed> {
    install_in(name, &data_folder_or_error()?)
}

/// As [`install`], in another data folder than the user's.
///
/// Errors: as [`install`].
pub fn install_in(name: &str, data_folder: &Path) -> Result<Installed> {
    let spec = spec(name)?;
    let folder = version_folder(spec, data_folder);
    let _alone = lock(&folder)?;
    let library = folder.join(&spec.file_names()[0]);
    if library.is_file() {
        return Ok(installed(spec, library, true));
    }
    let work = WorkFolder::new(&folder)?;
    let fetched = work.0.join("fetched");
    fs::create_dir(&fetched).map_err(|error| cannot_write(&fetched, &error))?;
    let package = download::fetch(spec, &fetched).map_err(|error| by_hand(spec, &library, error))?;
    unpack(spec, &package, &work, &folder)
}

/// Installs the driver from a package file or its address: the npm tarball or wheel, or the library.
///
/// Errors: as [`install`].
pub fn install_from_file(name: &str, source: &str, data_folder: Option<&Path>) -> Result<Installed> {
    let spec = spec(name)?;
    let folder = match data_folder {
        Some(data_folder) => version_folder(spec, data_folder),
        None => version_folder(spec, &data_folder_or_error()?),
    };
    let _alone = lock(&folder)?;
    let work = WorkFolder::new(&folder)?;
    let mut package = PathBuf::from(source);
    if source.starts_with("https://") || source.starts_with("http://") {
        package = work.0.join(source.rsplit('/').next().unwrap_or("package"));
        download::fetch_url(source, &package)?;
    }
    if !package.is_file() {
        return Err(AdapterError::new(ErrorKind::MissingDriver, format!("`{source}` is no file")));
    }
    unpack(spec, &package, &work, &folder)
}

fn unpack(spec: &'static DriverSpec, package: &Path, work: &WorkFolder, folder: &Path) -> Result<Installed> {
    let name = &spec.file_names()[0];
    let ready = work.0.join("ready");
    fs::create_dir(&ready).map_err(|error| cannot_write(&ready, &error))?;
    let library = ready.join(name);
    let broken = |error: std::io::Error| {
        AdapterError::new(ErrorKind::MissingDriver, format!("cannot unpack `{}`: {error}", package.display()))
    };
    let is_library =
        package.extension().is_some_and(|end| ["so", "dylib", "dll"].iter().any(|known| end == *known));
    if is_library {
        fs::copy(package, &library).map_err(broken)?;
    } else {
        verify(spec, package)?;
        if !archive::extract(package, &spec.file_names(), &library).map_err(broken)? {
            let message = format!("`{}` holds no {name}", package.display());
            return Err(AdapterError::new(ErrorKind::MissingDriver, message));
        }
    }
    load_library(spec, &library)?;
    put_in_place(&ready, folder)?;
    Ok(installed(spec, folder.join(name), false))
}

fn installed(spec: &'static DriverSpec, path: PathBuf, already: bool) -> Installed {
    Installed { name: spec.name, version: spec.version().unwrap_or("local").to_string(), path, already }
}

/// Compares the package with the pinned checksum of this platform, where one is known.
fn verify(spec: &DriverSpec, package: &Path) -> Result<()> {
    let Some(Pin { sha256: pinned, .. }) = spec.pin() else { return Ok(()) };
    let actual = archive::sha256(package).map_err(|error| cannot_write(package, &error))?;
    if actual == *pinned {
        return Ok(());
    }
    let message =
        format!("`{}` is not the package expected: its SHA-256 is {actual}, not {pinned}", package.display());
    Err(AdapterError::new(ErrorKind::MissingDriver, message)
        .help("the download was cut short or changed on its way; nothing was installed"))
}

/// Renames the finished folder to its place; a version that stands there gives way.
fn put_in_place(ready: &Path, folder: &Path) -> Result<()> {
    if folder.exists() {
        let old = ready.with_file_name("old");
        fs::rename(folder, &old).map_err(|error| cannot_write(folder, &error))?;
    }
    fs::rename(ready, folder).map_err(|error| cannot_write(folder, &error))
}

fn data_folder_or_error() -> Result<PathBuf> {
    data_folder().ok_or_else(|| {
        AdapterError::new(ErrorKind::MissingDriver, "there is no folder to install drivers in")
            .help("set HEADWATER_DATA_DIR")
    })
}

fn version_folder(spec: &DriverSpec, data_folder: &Path) -> PathBuf {
    data_folder.join("drivers").join(spec.name).join(spec.version().unwrap_or("local"))
}

/// Waits until no other process installs the same driver.
fn lock(folder: &Path) -> Result<fs::File> {
    let parent = folder.parent().unwrap_or(folder);
    let path = parent.join(".lock");
    let file = fs::create_dir_all(parent).and_then(|()| fs::File::create(&path));
    let file = file.map_err(|error| cannot_write(&path, &error))?;
    file.lock().map_err(|error| cannot_write(&path, &error))?;
    Ok(file)
}

fn cannot_write(path: &Path, error: &std::io::Error) -> AdapterError {
    AdapterError::new(ErrorKind::MissingDriver, format!("cannot write `{}`: {error}", path.display()))
}

/// What to do where the fetch does not work.
fn by_hand(spec: &DriverSpec, library: &Path, error: AdapterError) -> AdapterError {
    let (Some(package), Some(version)) = (download::package_name(&spec.source), spec.version()) else {
        return error;
    };
    let command = match spec.source {
        Source::Npm { .. } => format!("npm pack {package}@{version}"),
        _ => format!("pip download --no-deps {package}=={version}"),
    };
    error
        .help(format!(
            "where there is a network, run `{command}`; then `headwater driver install {} --from FILE`",
            spec.name
        ))
        .help(format!("or put {} at {}", spec.file_names()[0], library.display()))
}

/// A folder beside the target that is gone at the end, whatever happens.
struct WorkFolder(PathBuf);

impl WorkFolder {
    fn new(beside: &Path) -> Result<WorkFolder> {
        let parent = beside.parent().unwrap_or(beside);
        let folder = parent.join(format!(".{}", uuid::Uuid::new_v4()));
        fs::create_dir_all(&folder).map_err(|error| cannot_write(&folder, &error))?;
        Ok(WorkFolder(folder))
    }
}

impl Drop for WorkFolder {
    fn drop(&mut self) {
        // What cannot be removed is a hidden folder that nothing reads.
        let _ = fs::remove_dir_all(&self.0);
    }
}
