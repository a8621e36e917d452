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
use crate::event::Event;
use crate::load::{self, Settings};
use crate::parse::judge_project_file;
use crate::value::Value;
use crate::yaml::Yaml;
use install::Staging;
use listing::{Pinned, PinnedKind, Resolver};
use spec::{Entry, entries};
use web::Web;

/// Runs the command.
///
/// # Errors
/// Entries that are not valid, packages that cannot be had or do not go together, folders that
/// cannot be written.
pub fn run(session: &Session) -> Result<Exit, Diagnostic> {
    let flags = &session.flags;
    let mut settings = read_settings(session)?;
    let source = settings.config.source.iter();
    session.sink.extend(source.flat_map(|tree| judge_project_file(tree, &flags.project_dir)));
    if let Some(package) = &flags.deps.add_package {
        add::add(session, &settings, package)?;
        settings = read_settings(session)?;
    }
    let wanted = wanted(&settings)?;
    let downloads = Downloads::make(session)?;
    let web = Web::new(session);
    let mut resolver = Resolver::new(session, &web, downloads.path.clone());
    let unchanged = !flags.deps.upgrade && is_locked(session, &wanted)?;
    let resolved = match wanted.is_empty() || unchanged {
        true => None,
        false => {
            downloads.told(session);
            Some(resolver.resolve(wanted.clone())?)
        }
    };
    if let Some(pinned) = &resolved {
        check_names(pinned, &settings)?;
        if !lock::write(session, pinned, &wanted)? {
            return Ok(Exit::Stopped);
        }
    } else if !unchanged {
        nothing_found(session);
    }
    if flags.deps.lock {
        return Ok(Exit::Fine);
    }
    let folder = install::folder(&flags.project_dir, &settings.config)?;
    downloads.told(session);
    let pinned = match resolved {
        Some(pinned) => pinned,
        None => locked_packages(session, &mut resolver, &folder)?,
    };
    check_names(&pinned, &settings)?;
    let staging = Staging::begin(session, &web, &folder)?;
    install_all(session, &pinned, staging, &downloads.path, unchanged)?;
    Ok(Exit::Fine)
}

fn nothing_found(session: &Session) {
    session.say("DepsNoPackagesFound", "Warning: No packages were found in packages.yml");
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

impl Downloads {
    /// Tells where packages are about to be fetched to.
    fn told(&self, session: &Session) {
        let shown = self.path.display().to_string();
        let event = Event::message("DepsSetDownloadDirectory", format!("Set downloads directory='{shown}'"));
        session.emit(event.data("path", shown));
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
    staging: Staging<'_>,
    downloads: &Path,
    unchanged: bool,
) -> Result<(), Diagnostic> {
    if pinned.is_empty() {
        nothing_found(session);
    }
    let tell = |name: &'static str, text: String, key: &'static str, value: &str| {
        session.emit(Event::message(name, text).data(key, value));
    };
    let mut outdated = vec![];
    for package in pinned {
        let shown = package.shown();
        tell("DepsStartPackageInstall", format!("Installing {shown}"), "package_name", &shown);
        if staging.install(package, downloads, unchanged)? {
            session.sink.push(Diagnostic::warning(
                "download",
                format!("`{shown}` cannot be fetched; the installed one is kept"),
            ));
            continue;
        }
        let version = package.version();
        tell("DepsInstallInfo", format!("Installed from {version}"), "version_name", &version);
        match &package.kind {
            PinnedKind::Hub(release) if release.latest != release.version => {
                let latest = &release.latest;
                let text = format!("Updated version available: {latest}");
                tell("DepsUpdateAvailable", text, "version_latest", latest);
                outdated.push(Value::Str(release.package.clone()));
            }
            PinnedKind::Hub(_) => session.say("DepsUpToDate", "Up to date!"),
            PinnedKind::Git { spec, .. } => {
                if let Some(folder) = &spec.subdirectory {
                    let text = format!("and subdirectory {folder}");
                    tell("DepsListSubdirectory", text, "subdirectory", folder);
                }
            }
            _ => {}
        }
    }
    staging.finish()?;
    if !outdated.is_empty() {
        let packages = Value::List(outdated);
        let text = format!(
            "Updates available for packages: {}\nTake them with `deps --upgrade`, if packages.yml allows.",
            packages.py_str()
        );
        session.emit(Event::formatting(""));
        session.emit(Event::message("DepsNotifyUpdatesAvailable", text).data("packages", packages));
    }
    Ok(())
}
