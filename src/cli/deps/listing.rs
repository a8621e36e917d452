//! From the entries of packages.yml to the packages to install: entries of all packages brought
//! together, each resolved to one version.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use rustc_hash::{FxHashMap, FxHashSet};

use super::archive;
use super::git;
use super::hub::{Hub, Release};
use super::spec::{Entry, GitSpec, HubSpec, Spec, entries, is_package_name, unsafe_name};
use super::web::Web;
use crate::cli::session::Session;
use crate::diag::Diagnostic;
use crate::event::Event;
use crate::load;
use crate::value::{Map, Str, Value};

/// A package settled to one version, its project file read.
#[derive(Clone, Debug)]
pub struct Pinned {
    pub kind: PinnedKind,
    /// The name of its project, and of its folder.
    pub name: Str,
    /// What it asks for itself.
    pub packages: Vec<Entry>,
}

#[derive(Clone, Debug)]
pub enum PinnedKind {
    Hub(Release),
    /// `commit` is what the revision came to; `folder` holds the package, checked out.
    Git {
        spec: GitSpec,
        commit: Str,
        folder: PathBuf,
    },
    /// `folder` holds the package, unpacked.
    Tarball {
        url: Str,
        written: Str,
        folder: PathBuf,
    },
    /// `folder` is where the package lies.
    Local {
        path: Str,
        folder: PathBuf,
    },
    /// It cannot be fetched, but stands in the folder of packages from before.
    Kept,
}

impl Pinned {
    /// The entry of package-lock.yml. An address that has a secret in it loses it, with a warning.
    pub fn locked(&self, session: &Session) -> Map {
        let text = |text: &str| {
            let scrubbed = session.invocation.scrub(text.to_string());
            if scrubbed != text {
                session.sink.push(with_secret(&scrubbed));
            }
            Value::str(scrubbed)
        };
        let mut fields: Vec<(&str, Value)> = vec![("name", Value::Str(self.name.clone()))];
        match &self.kind {
            PinnedKind::Hub(release) => {
                fields.push(("package", Value::Str(release.package.clone())));
                fields.push(("version", Value::Str(release.version.clone())));
            }
            PinnedKind::Git { spec, commit, .. } => {
                fields.push(("git", text(&spec.written)));
                fields.push(("revision", Value::Str(commit.clone())));
                fields.extend(spec.subdirectory.clone().map(|folder| ("subdirectory", Value::Str(folder))));
            }
            PinnedKind::Tarball { written, .. } => fields.push(("tarball", text(written))),
            PinnedKind::Local { path, .. } => fields.push(("local", Value::Str(path.clone()))),
            PinnedKind::Kept => {}
        }
        fields.sort_by_key(|(key, _)| *key);
        fields.into_iter().map(|(key, value)| (Str::from(key), value)).collect()
    }

    /// How messages call it.
    pub fn shown(&self) -> String {
        match &self.kind {
            PinnedKind::Hub(release) => release.package.to_string(),
            PinnedKind::Git { spec, .. } => {
                let folder = spec.subdirectory.iter().map(|folder| format!("/{folder}"));
                folder.fold(git::without_credentials(&spec.url), |url, folder| url + &folder)
            }
            PinnedKind::Tarball { .. } | PinnedKind::Kept => self.name.to_string(),
            PinnedKind::Local { path, .. } => path.to_string(),
        }
    }

    /// What it was settled to, for messages.
    pub fn version(&self) -> String {
        match &self.kind {
            PinnedKind::Hub(release) => format!("version {}", release.version),
            PinnedKind::Git { commit, .. } => format!("revision {commit}"),
            PinnedKind::Tarball { url, .. } => format!("tarball (url: {})", git::without_credentials(url)),
            PinnedKind::Local { path, .. } => format!("<local @ {path}>"),
            PinnedKind::Kept => String::new(),
        }
    }
}

/// The folder that a repository is checked out into, below that for downloads.
fn folder_name(spec: &GitSpec) -> String {
    use md5::{Digest, Md5};
    let folder = spec.subdirectory.iter().map(|folder| format!("/{folder}"));
    let name = folder.fold(spec.url.to_string(), |url, folder| url + &folder);
    crate::value::hex(&Md5::digest(name.as_bytes()))
}

fn with_secret(address: &str) -> Diagnostic {
    let message = format!("the address `{address}` has a secret in it, which the lock file must not hold");
    Diagnostic::warning("secret-in-address", message)
        .help("name the secret in packages.yml: `{{ env_var('DBT_ENV_SECRET_TOKEN') }}`")
        .event("DepsScrubbedPackageName")
        .data("package_name", address)
}

/// Resolves packages, downloading what it must look into.
pub struct Resolver<'a> {
    session: &'a Session<'a>,
    web: &'a Web<'a>,
    hub: Hub<'a>,
    /// Where packages are unpacked and checked out.
    downloads: PathBuf,
    fetched: FxHashMap<String, Pinned>,
}

/// The specs of packages by name, in the order they came up.
#[derive(Default)]
struct Listing {
    specs: IndexMap<String, Spec>,
}

/// Names that mean the same package.
fn names(spec: &Spec) -> Vec<String> {
    match spec {
        Spec::Hub(hub) => vec![hub.package.to_string()],
        Spec::Tarball { url, .. } => vec![url.to_string()],
        Spec::Local { path } => vec![path.to_string()],
        Spec::Git(spec) => {
            let other = match spec.url.strip_suffix(".git") {
                Some(short) => short.to_string(),
                None => format!("{}.git", spec.url),
            };
            let with_folder = |url: &str| match &spec.subdirectory {
                Some(folder) => format!("{url}/{folder}"),
                None => url.to_string(),
            };
            vec![with_folder(&spec.url), with_folder(&other)]
        }
    }
}

impl Listing {
    fn of(entries: Vec<Entry>) -> Result<Listing, Diagnostic> {
        let mut listing = Listing::default();
        listing.extend(entries)?;
        Ok(listing)
    }

    fn extend(&mut self, entries: Vec<Entry>) -> Result<(), Diagnostic> {
        entries.into_iter().try_for_each(|entry| self.add(entry.spec).map(|_| ()))
    }

    /// Adds a spec to what is known of its package; gives the package's name in the listing.
    fn add(&mut self, spec: Spec) -> Result<String, Diagnostic> {
        let names = names(&spec);
        let known = names.iter().find(|name| self.specs.contains_key(name.as_str())).cloned();
        let Some(name) = known else {
            let name = names.into_iter().next().unwrap_or_default();
            self.specs.insert(name.clone(), spec);
            return Ok(name);
        };
        let merged = match (self.specs.get(&name).cloned(), spec) {
            (Some(Spec::Hub(old)), Spec::Hub(new)) => Spec::Hub(HubSpec {
                versions: old.versions.into_iter().chain(new.versions).collect(),
                ..HubSpec { package: old.package, versions: vec![], prerelease: old.prerelease }
            }),
            (Some(Spec::Git(old)), Spec::Git(new)) => Spec::Git(GitSpec {
                revisions: old.revisions.iter().chain(&new.revisions).cloned().collect(),
                warn_unpinned: old.warn_unpinned && new.warn_unpinned,
                ..old
            }),
            (Some(Spec::Local { .. }), new @ Spec::Local { .. })
            | (Some(Spec::Tarball { .. }), new @ Spec::Tarball { .. })
            | (None, new) => new,
            _ => {
                let shown = git::without_credentials(&name);
                return Err(Diagnostic::error(
                    "version-conflict",
                    format!("`{shown}` is asked for as packages of different kinds"),
                ));
            }
        };
        self.specs.insert(name.clone(), merged);
        Ok(name)
    }
}

fn check_distinct(pinned: &[Pinned]) -> Result<(), Diagnostic> {
    for (index, package) in pinned.iter().enumerate() {
        let Some(other) = pinned.iter().take(index).find(|other| other.name == package.name) else {
            continue;
        };
        let name = &package.name;
        return Err(Diagnostic::error("duplicate-package", format!("two packages are projects named `{name}`"))
            .note(format!("one is `{}`, the other `{}`", other.shown(), package.shown()))
            .note(format!("Found duplicate project \"{name}\". This occurs when a dependency has the same project name as some other dependency.")));
    }
    Ok(())
}

impl<'a> Resolver<'a> {
    pub fn new(session: &'a Session<'a>, web: &'a Web<'a>, downloads: PathBuf) -> Resolver<'a> {
        Resolver { session, web, hub: Hub::new(session, web), downloads, fetched: FxHashMap::default() }
    }

    /// All packages that the entries need, directly or not.
    ///
    /// # Errors
    /// A package that cannot be had, versions that exclude each other, two projects of one name.
    pub fn resolve(&mut self, wanted: Vec<Entry>) -> Result<Vec<Pinned>, Diagnostic> {
        let mut listing = Listing::default();
        // What stands side by side is one wish, before anything is fetched.
        let mut pending = Listing::of(wanted)?;
        // Packages may ask for each other in a circle.
        let mut seen: FxHashSet<String> = FxHashSet::default();
        while !pending.specs.is_empty() {
            let mut next = Listing::default();
            for spec in pending.specs.into_values() {
                let name = listing.add(spec)?;
                let Some(spec) = listing.specs.get(&name).cloned() else { continue };
                let pinned = self.pin(&spec)?;
                if seen.insert(format!("{name} {}", pinned.version())) {
                    next.extend(pinned.packages)?;
                }
            }
            pending = next;
        }
        self.pin_all(listing)
    }

    /// The packages of a lock file, whose entries are single versions. One that cannot be fetched is
    /// kept as it stands in `installed`.
    ///
    /// # Errors
    /// As [`Self::resolve`].
    pub fn resolve_locked(
        &mut self,
        locked: Vec<Entry>,
        installed: &Path,
    ) -> Result<Vec<Pinned>, Diagnostic> {
        let mut pinned = vec![];
        for entry in locked {
            let kept = entry.name.filter(|name| is_package_name(name) && installed.join(&**name).is_dir());
            match (self.pin(&entry.spec), kept) {
                (Err(error), Some(name)) if matches!(error.code, "download" | "git-package" | "no-git") => {
                    pinned.push(Pinned { kind: PinnedKind::Kept, name, packages: vec![] });
                }
                (outcome, _) => pinned.push(outcome?),
            }
        }
        check_distinct(&pinned)?;
        Ok(pinned)
    }

    fn pin_all(&mut self, listing: Listing) -> Result<Vec<Pinned>, Diagnostic> {
        let pinned = listing.specs.values().map(|spec| self.pin(spec)).collect::<Result<Vec<_>, _>>()?;
        check_distinct(&pinned)?;
        Ok(pinned)
    }

    fn pin(&mut self, spec: &Spec) -> Result<Pinned, Diagnostic> {
        match spec {
            Spec::Hub(spec) => {
                let release = self.hub.resolve(spec)?;
                let (name, packages) = (release.name.clone(), release.packages.clone());
                Ok(Pinned { kind: PinnedKind::Hub(release), name, packages })
            }
            Spec::Git(spec) => self.pin_git(spec),
            Spec::Tarball { url, written, name } => self.once(format!("tarball {url}"), |this| {
                let folder = this.unpack(url, name)?;
                let (_, packages) = this.read_project(&folder)?;
                let kind = PinnedKind::Tarball { url: url.clone(), written: written.clone(), folder };
                Ok(Pinned { kind, name: name.clone(), packages })
            }),
            Spec::Local { path } => self.once(format!("local {path}"), |this| {
                let folder = this.session.flags.project_dir.join(&**path);
                let (name, packages) = this.read_project(&folder)?;
                Ok(Pinned { kind: PinnedKind::Local { path: path.clone(), folder }, name, packages })
            }),
        }
    }

    fn once(
        &mut self,
        key: String,
        make: impl FnOnce(&mut Self) -> Result<Pinned, Diagnostic>,
    ) -> Result<Pinned, Diagnostic> {
        if let Some(known) = self.fetched.get(&key) {
            return Ok(known.clone());
        }
        let made = make(self)?;
        self.fetched.insert(key, made.clone());
        Ok(made)
    }

    fn pin_git(&mut self, spec: &GitSpec) -> Result<Pinned, Diagnostic> {
        let mut revisions = spec.revisions.clone();
        revisions.sort();
        revisions.dedup();
        let shown = git::without_credentials(&spec.url);
        if revisions.len() > 1 {
            let list: Vec<String> = revisions.iter().map(|revision| format!("'{revision}'")).collect();
            return Err(Diagnostic::error(
                "version-conflict",
                format!("`{shown}` is asked for in several revisions: {}", list.join(", ")),
            )
            .note(format!(
                "git dependencies should contain exactly one version. {shown} contains: {{{}}}",
                list.join(", ")
            )));
        }
        let revision = revisions.pop().unwrap_or_else(|| "HEAD".into());
        let folder_name = folder_name(spec);
        self.once(format!("git {} {revision} {:?}", spec.url, spec.subdirectory), |this| {
            let checkout = this.downloads.join(folder_name);
            let commit = this.check_out(spec, &revision, &checkout)?;
            if spec.warn_unpinned && matches!(&*revision, "HEAD" | "main" | "master") {
                this.session.sink.push(
                    Diagnostic::warning(
                        "unpinned-package",
                        format!("the git package `{shown}` is pinned to the branch `{revision}`"),
                    )
                    .help("pin it to a tag or commit, or set `warn-unpinned: false`")
                    .event("DepsUnpinned")
                    .data("revision", revision.clone())
                    .data("git", shown.as_str()),
                );
            }
            let folder = git::package_folder(&checkout, spec.subdirectory.as_deref())?;
            let (name, packages) = this.read_project(&folder)?;
            let kind = PinnedKind::Git { spec: spec.clone(), commit: commit.into(), folder };
            Ok(Pinned { kind, name, packages })
        })
    }

    fn check_out(&self, spec: &GitSpec, revision: &str, folder: &Path) -> Result<String, Diagnostic> {
        let tell = |name: &'static str, text: String, key: &'static str, value: &str| {
            self.session.emit(Event::message(name, text).data(key, value));
        };
        if let Some(subdirectory) = &spec.subdirectory {
            let text = format!("Subdirectory specified: {subdirectory}, using sparse checkout.");
            tell("GitSparseCheckoutSubdirectory", text, "subdir", subdirectory);
        }
        let dir = folder.file_name().unwrap_or_default().to_string_lossy();
        tell("GitProgressPullingNewDependency", format!("Pulling new dependency {dir}."), "dir", &dir);
        let text = format!("Checking out revision {revision}.");
        tell("GitProgressCheckoutRevision", text, "revision", revision);
        let commit = git::check_out(&spec.url, revision, folder)?;
        let short: String = commit.chars().take(7).collect();
        tell("GitProgressCheckedOutAt", format!("Checked out at {short}."), "end_sha", &short);
        Ok(commit)
    }

    fn unpack(&self, url: &str, name: &str) -> Result<PathBuf, Diagnostic> {
        let body = self.web.archive(url).map_err(|error| error.diagnostic(url))?;
        let folder = self.downloads.join(format!("tarball-{name}"));
        let unpacked = archive::unpack(&body, &folder).and_then(|()| archive::only_folder(&folder));
        unpacked.map_err(|error| {
            let shown = git::without_credentials(url);
            Diagnostic::error("download", format!("cannot unpack `{shown}`: {error}"))
        })
    }

    /// The project's name, and what it asks for.
    fn read_project(&self, folder: &Path) -> Result<(Str, Vec<Entry>), Diagnostic> {
        let wanted = load::load_package_request(
            &self.session.load_request(),
            folder,
            self.session.sources,
            self.session.sink,
        )?;
        if !is_package_name(&wanted.name) {
            return Err(unsafe_name(&wanted.name));
        }
        let packages = match &wanted.packages.packages {
            Some(list) => entries(list, wanted.packages.raw.as_ref(), &wanted.name)?,
            None => vec![],
        };
        Ok((wanted.name, packages))
    }
}
