//! `deps`: installs the packages that packages.yml or dependencies.yml asks for.
//!
//! What is asked for is resolved to single versions and written to package-lock.yml, unless that
//! file was made for the same entries already; then what the lock file holds is installed.
//! <https://docs.getdbt.com/reference/commands/deps>

mod add;
mod archive;
mod git;
mod hub;
mod install;
mod listing;
mod lock;
mod spec;
mod web;

use std::path::Path;

use super::exit::Exit;
use super::session::Session;
use crate::diag::Diagnostic;
use crate::load::{self, Settings};
use crate::yaml::Yaml;
use hub::Hub;
use listing::{Pinned, PinnedKind, Resolver};
use spec::{Entry, entries};

/// Runs the command.
///
/// # Errors
/// Entries that are not valid, packages that cannot be had or do not go together, folders that
/// cannot be written.
pub fn run(session: &Session) -> Result<Exit, Diagnostic> {
    let flags = &session.flags;
    let mut settings = read_settings(session)?;
    if let Some(package) = &flags.deps.add_package {
        add::add(session, &settings, package)?;
        settings = read_settings(session)?;
    }
    let wanted = wanted(&settings)?;
    let downloads = Downloads::make(session)?;
    let hub = Hub::new(
        session.surroundings.env.filled("DBT_PACKAGE_HUB_URL"),
        flags.parse.version_check,
        session.sink,
    );
    let mut resolver = Resolver::new(session, hub, downloads.path.clone());
    let unchanged = !flags.deps.upgrade && is_locked(session, &wanted)?;
    let mut resolved = None;
    if !unchanged {
        resolved = write_lock(session, &mut resolver, wanted)?;
    }
    if flags.deps.lock {
        return Ok(Exit::Fine);
    }
    let folder = install::folder(&flags.project_dir, &settings.config)?;
    let pinned = match resolved {
        Some(pinned) => pinned,
        None => locked_packages(session, &mut resolver, &folder)?,
    };
    check_names(&pinned, &settings)?;
    install_all(session, &pinned, &folder, &downloads.path, unchanged)?;
    Ok(Exit::Fine)
}

fn read_settings(session: &Session) -> Result<Settings, Diagnostic> {
    load::load_settings(&session.load_request(), session.sources, session.sink)
}

fn wanted(settings: &Settings) -> Result<Vec<Entry>, Diagnostic> {
    let by = format!("the project `{}`", settings.config.name);
    let wanted = &settings.wanted;
    match &wanted.packages {
        Some(list) if !list.is_null() => entries(list, wanted.raw.as_ref(), &by),
        _ => Ok(vec![]),
    }
}

/// A folder for downloads, deleted at the end.
struct Downloads {
    path: std::path::PathBuf,
    kept: bool,
}

impl Downloads {
    fn make(session: &Session) -> Result<Downloads, Diagnostic> {
        let named = session.surroundings.env.filled("DBT_DOWNLOADS_DIR");
        let path = match named {
            Some(path) => session.surroundings.folder.join(path),
            None => std::env::temp_dir().join(format!("dbt-downloads-{}", session.invocation.id)),
        };
        std::fs::create_dir_all(&path).map_err(|error| {
            Diagnostic::error("output", format!("cannot make the folder `{}`: {error}", path.display()))
        })?;
        Ok(Downloads { path, kept: named.is_some() })
    }
}

impl Drop for Downloads {
    fn drop(&mut self) {
        if !self.kept {
            // What is left in the folder for temporary files does no harm.
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}

/// Whether the lock file was made for these entries.
fn is_locked(session: &Session, wanted: &[Entry]) -> Result<bool, Diagnostic> {
    let Some(lock) = read_lock(session)? else { return Ok(false) };
    Ok(lock::recorded_hash(&lock.to_value()).as_deref() == Some(lock::hash(wanted).as_str()))
}

fn read_lock(session: &Session) -> Result<Option<Yaml>, Diagnostic> {
    load::read_yaml(&lock::path(&session.flags.project_dir), lock::FILE, session.sources, session.sink)
}

fn write_lock(
    session: &Session,
    resolver: &mut Resolver,
    wanted: Vec<Entry>,
) -> Result<Option<Vec<Pinned>>, Diagnostic> {
    if wanted.is_empty() {
        return Ok(None);
    }
    let pinned = resolver.resolve(wanted.clone())?;
    lock::write(session, &pinned, &wanted)?;
    let path = lock::path(&session.flags.project_dir);
    session.say("DepsLockUpdating", format!("Updating lock file in file path: {}", path.display()));
    Ok(Some(pinned))
}

/// What the lock file holds.
fn locked_packages(
    session: &Session,
    resolver: &mut Resolver,
    installed: &Path,
) -> Result<Vec<Pinned>, Diagnostic> {
    let Some(lock) = read_lock(session)? else { return Ok(vec![]) };
    let Some(raw) = lock.get("packages").filter(|list| !list.is_null()) else { return Ok(vec![]) };
    let list = load::render_secrets(&session.load_request(), raw)?;
    resolver.resolve_locked(entries(&list, Some(raw), lock::FILE)?, installed)
}

fn check_names(pinned: &[Pinned], settings: &Settings) -> Result<(), Diagnostic> {
    let root = &settings.config.name;
    match pinned.iter().find(|package| package.name == *root) {
        None => Ok(()),
        Some(package) => Err(Diagnostic::error(
            "duplicate-package",
            format!("the package `{}` has the name of this project, `{root}`", package.shown()),
        )
        .note(format!("Found a dependency with the same name as the root project \"{root}\"."))),
    }
}

fn install_all(
    session: &Session,
    pinned: &[Pinned],
    folder: &Path,
    downloads: &Path,
    unchanged: bool,
) -> Result<(), Diagnostic> {
    if pinned.is_empty() {
        session.say("DepsNoPackagesFound", "No packages were found in packages.yml");
    }
    let staging = install::Staging::begin(folder)?;
    let mut outdated = vec![];
    for package in pinned {
        session.say("DepsStartPackageInstall", format!("Installing {}", package.shown()));
        if staging.install(package, downloads, unchanged)? {
            session.sink.push(Diagnostic::warning(
                "download",
                format!("`{}` cannot be fetched; the installed one is kept", package.shown()),
            ));
            continue;
        }
        session.say("DepsInstallInfo", format!("Installed from {}", package.version()));
        match &package.kind {
            PinnedKind::Hub(release) if release.latest != release.version => {
                session.say("DepsUpdateAvailable", format!("Updated version available: {}", release.latest));
                outdated.push(release.package.to_string());
            }
            PinnedKind::Hub(_) => session.say("DepsUpToDate", "Up to date!"),
            PinnedKind::Git { spec, .. } => {
                if let Some(folder) = &spec.subdirectory {
                    session.say("DepsListSubdirectory", format!("and subdirectory {folder}"));
                }
            }
            _ => {}
        }
    }
    staging.finish()?;
    if !outdated.is_empty() {
        let text = format!(
            "Newer versions are available of {}. Take them with `deps --upgrade`, if packages.yml allows.",
            outdated.join(", ")
        );
        session.say("DepsNotifyUpdatesAvailable", text);
    }
    Ok(())
}
