//! Puts packages into their folders: all of them or none.

use std::path::{Component, Path, PathBuf};

use super::archive;
use super::listing::{Pinned, PinnedKind};
use super::web::Web;
use crate::cli::session::Session;
use crate::diag::Diagnostic;
use crate::project::ProjectConfig;

/// The folder of installed packages.
///
/// # Errors
/// A folder that holds more than packages: it would be emptied.
pub fn folder(project: &Path, config: &ProjectConfig) -> Result<PathBuf, Diagnostic> {
    let written = &config.packages_install_path;
    let folder = project.join(&**written);
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| normal(path));
    let (install, root) = (real(&folder), real(project));
    let holds_sources = config.source_paths().any(|path| real(&project.join(&**path)).starts_with(&install));
    if root.starts_with(&install) || holds_sources || install.parent().is_none() {
        return Err(Diagnostic::error(
            "unsafe-package",
            format!("`packages-install-path: {written}` is no folder of its own"),
        )
        .help("`deps` empties that folder: name one that holds nothing else"));
    }
    Ok(folder)
}

/// The path with `..` taken back, for what does not exist yet.
fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                out.pop();
            }
            Component::CurDir => {}
            other => out.push(other),
        }
    }
    out
}

fn failed(what: &Path, error: &std::io::Error) -> Diagnostic {
    Diagnostic::error("install", format!("cannot install into `{}`: {error}", what.display()))
}

/// A folder being filled beside the one that it will replace.
pub struct Staging<'a> {
    session: &'a Session<'a>,
    web: &'a Web<'a>,
    target: PathBuf,
    staged: PathBuf,
}

impl<'a> Staging<'a> {
    /// # Errors
    /// The folder cannot be made.
    pub fn begin(
        session: &'a Session<'a>,
        web: &'a Web<'a>,
        target: &Path,
    ) -> Result<Staging<'a>, Diagnostic> {
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let staged = target.with_file_name(format!("__{name}-{}", std::process::id()));
        if staged.exists() {
            std::fs::remove_dir_all(&staged).map_err(|error| failed(target, &error))?;
        }
        std::fs::create_dir_all(&staged).map_err(|error| failed(target, &error))?;
        Ok(Staging { session, web, target: target.to_path_buf(), staged })
    }

    /// Installs a package. A hub package that cannot be fetched is taken from where it stood before,
    /// when `keep` allows it; true when that happened.
    ///
    /// # Errors
    /// It cannot be fetched, unpacked or linked.
    pub fn install(&self, package: &Pinned, downloads: &Path, keep: bool) -> Result<bool, Diagnostic> {
        let place = self.staged.join(&*package.name);
        match &package.kind {
            PinnedKind::Local { folder, .. } => self.link(folder, &place)?,
            PinnedKind::Git { folder, .. } => {
                move_folder(folder, &place).map_err(|error| failed(&place, &error))?;
                // The history is not part of the package.
                let _ = std::fs::remove_dir_all(place.join(".git"));
            }
            PinnedKind::Tarball { folder, .. } => {
                move_folder(folder, &place).map_err(|error| failed(&place, &error))?;
            }
            PinnedKind::Kept => {
                let old = self.target.join(&*package.name);
                copy_folder(&old, &place).map_err(|error| failed(&place, &error))?;
                return Ok(true);
            }
            PinnedKind::Hub(release) => {
                let body = match self.web.archive(&release.tarball) {
                    Ok(body) => body,
                    Err(_) if keep && self.target.join(&*package.name).is_dir() => {
                        let old = self.target.join(&*package.name);
                        copy_folder(&old, &place).map_err(|error| failed(&place, &error))?;
                        return Ok(true);
                    }
                    Err(error) => return Err(error.diagnostic(&release.tarball)),
                };
                let folder = downloads.join(format!("hub-{}", package.name));
                let unpacked = archive::unpack(&body, &folder).and_then(|()| archive::only_folder(&folder));
                let moved = unpacked.and_then(|folder| move_folder(&folder, &place));
                moved.map_err(|error| {
                    Diagnostic::error("download", format!("cannot unpack `{}`: {error}", release.package))
                })?;
            }
        }
        Ok(false)
    }

    /// Links to a local package, so that changes to it show at once; copies it where links are not to
    /// be had.
    fn link(&self, folder: &Path, place: &Path) -> Result<(), Diagnostic> {
        let folder = folder.canonicalize().map_err(|error| failed(folder, &error))?;
        self.session.say("DepsCreatingLocalSymlink", "Creating symlink to local dependency.");
        #[cfg(unix)]
        let linked = std::os::unix::fs::symlink(&folder, place);
        #[cfg(windows)]
        let linked = std::os::windows::fs::symlink_dir(&folder, place);
        let placed = linked.or_else(|_| {
            let text = "Symlinks are not available on this OS, copying dependency.";
            self.session.say("DepsSymlinkNotAvailable", text);
            copy_folder(&folder, place)
        });
        placed.map_err(|error| failed(place, &error))
    }

    /// Puts the staged folder in the place of the old one.
    ///
    /// # Errors
    /// The folders cannot be renamed; the old one is left then.
    pub fn finish(self) -> Result<(), Diagnostic> {
        let old = self.staged.with_extension("old");
        let swap = || -> std::io::Result<()> {
            if self.target.symlink_metadata().is_ok() {
                std::fs::rename(&self.target, &old)?;
            }
            if let Err(error) = std::fs::rename(&self.staged, &self.target) {
                let _ = std::fs::rename(&old, &self.target);
                return Err(error);
            }
            Ok(())
        };
        swap().map_err(|error| failed(&self.target, &error))?;
        // What is left of the old folder does no harm.
        let _ = if old.is_symlink() { std::fs::remove_file(&old) } else { std::fs::remove_dir_all(&old) };
        Ok(())
    }
}

impl Drop for Staging<'_> {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.staged);
    }
}

/// Moves a folder; copies it when it lies on another disk.
fn move_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::rename(from, to).or_else(|_| copy_folder(from, to))
}

/// Copies a folder; links in it are left out.
fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        let target = to.join(entry.file_name());
        if kind.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else if kind.is_file() {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
