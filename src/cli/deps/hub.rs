//! Packages of the hub: which versions there are, and which one to take.
//!
//! <https://hub.getdbt.com>; another one is named by `DBT_PACKAGE_HUB_URL`.

use rustc_hash::FxHashMap;
use serde_json::Value as Json;

use super::spec::{Entry, HubSpec, entries, is_package_name, unsafe_name};
use super::web::{Told, Web, WebError};
use crate::cli::session::Session;
use crate::diag::{Diagnostic, nearest};
use crate::invocation::DBT_VERSION;
use crate::semver::{Range, Specifier, compatible};
use crate::source::{FileId, Span};
use crate::value::{Str, Value};
use crate::yaml::Yaml;

const HUB: &str = "https://hub.getdbt.com/";

const PACKAGE: Told = Told {
    what: "package registry",
    who: "registry",
    request: "RegistryProgressGETRequest",
    response: "RegistryProgressGETResponse",
};
const INDEX: Told = Told {
    what: "package index registry",
    who: "registry index",
    request: "RegistryIndexProgressGETRequest",
    response: "RegistryIndexProgressGETResponse",
};

/// The hub, and what it has said so far.
pub struct Hub<'a> {
    base: String,
    session: &'a Session<'a>,
    web: &'a Web<'a>,
    /// The names of all packages, or why they are not known.
    index: Option<Result<Vec<String>, Diagnostic>>,
    known: FxHashMap<Str, Json>,
}

/// One version of a package.
#[derive(Clone, Debug)]
pub struct Release {
    pub package: Str,
    pub version: Str,
    /// The newest version that could be installed.
    pub latest: Str,
    /// The project's name, which is the name of its folder.
    pub name: Str,
    pub tarball: String,
    pub packages: Vec<Entry>,
}

impl<'a> Hub<'a> {
    /// The hub at `DBT_PACKAGE_HUB_URL`, or else the usual one.
    pub fn new(session: &'a Session<'a>, web: &'a Web<'a>) -> Hub<'a> {
        let mut base = session.surroundings.env.filled("DBT_PACKAGE_HUB_URL").unwrap_or(HUB).to_string();
        if !base.ends_with('/') {
            base.push('/');
        }
        Hub { base, session, web, index: None, known: FxHashMap::default() }
    }

    /// The release that satisfies a spec: the newest one.
    ///
    /// # Errors
    /// No such package, no version that all agree on, or the hub does not answer.
    pub fn resolve(&mut self, spec: &HubSpec) -> Result<Release, Diagnostic> {
        self.check_listed(&spec.package)?;
        let range =
            Range::reduce(spec.versions.iter().map(|(version, _)| version)).ok_or_else(|| conflict(spec))?;
        // Only versions that fit the release that is matched, unless the user wants all.
        let check_version = self.session.flags.parse.version_check;
        let page = self.page(&spec.package)?;
        let versions = page["versions"].as_object();
        let prerelease =
            spec.prerelease || spec.versions.iter().any(|(version, _)| version.prerelease.is_some());
        let mut installable: Vec<(Specifier, &str, &Json)> = versions
            .into_iter()
            .flatten()
            .filter(|(_, info)| !check_version || fits(info))
            .filter_map(|(text, info)| Some((Specifier::parse(text).ok()?, text.as_str(), info)))
            .filter(|(version, ..)| prerelease || version.prerelease.is_none())
            .collect();
        installable.sort_by(|(a, ..), (b, ..)| a.compare(b));
        let latest = installable.last().map(|(_, text, _)| Str::from(*text)).unwrap_or_default();
        let chosen = installable.iter().rev().find(|(version, ..)| range.contains(version));
        match chosen {
            Some((_, version, info)) => release(&spec.package, version, latest, info),
            None => {
                let all: Vec<&str> = installable.iter().map(|(_, text, _)| *text).collect();
                Err(no_version(spec, &range, &all, check_version))
            }
        }
    }

    fn page(&mut self, package: &Str) -> Result<&Json, Diagnostic> {
        if !self.known.contains_key(package) {
            let url = format!("{}api/v1/{package}.json", self.base);
            let page = match self.web.get(&url, Some(PACKAGE), package_page) {
                Ok(page) => page,
                Err(WebError::NotFound) => return Err(self.unknown(package)),
                Err(error) => return Err(error.diagnostic(&url)),
            };
            self.warn_of_redirect(package, &page);
            self.known.insert(package.clone(), page);
        }
        Ok(self.known.get(package).unwrap_or(&Json::Null))
    }

    /// A package is one that the index names.
    fn check_listed(&mut self, package: &str) -> Result<(), Diagnostic> {
        let (web, base) = (self.web, &self.base);
        let index = self.index.get_or_insert_with(|| {
            let url = format!("{base}api/v1/index.json");
            let names =
                |body: &[u8]| serde_json::from_slice::<Vec<String>>(body).map_err(|error| error.to_string());
            web.get(&url, Some(INDEX), names).map_err(|error| error.diagnostic(&url))
        });
        match index {
            Err(problem) => Err(problem.clone()),
            Ok(names) if names.iter().any(|name| name == package) => Ok(()),
            Ok(_) => Err(self.unknown(package)),
        }
    }

    fn unknown(&self, package: &str) -> Diagnostic {
        let error = Diagnostic::error("unknown-package", format!("the hub has no package `{package}`"))
            .note(format!("Package {package} was not found in the package index"));
        let names = self.index.iter().flatten().flatten().map(String::as_str);
        match nearest(package, names.filter(|name| *name != package)) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error,
        }
    }

    /// A page that names another owner or another name, even the same again, says that the package moved.
    fn warn_of_redirect(&self, package: &str, page: &Json) {
        let keys = ["redirectnamespace", "redirectname"];
        if keys.iter().all(|key| page.get(*key).is_none()) {
            return;
        }
        let text = |key: &str| page[key].as_str().filter(|text| !text.is_empty());
        let owner = text("redirectnamespace").or(text("namespace")).unwrap_or_default();
        let name = text("redirectname").or(text("name")).unwrap_or_default();
        let moved = format!("{owner}/{name}");
        self.session.sink.push(
            Diagnostic::warning("moved-package", format!("the package `{package}` has moved to `{moved}`"))
                .help("change its name in packages.yml")
                .event("PackageRedirectDeprecation")
                .data("old_name", package)
                .data("new_name", moved),
        );
    }
}

/// A package's page: a mapping with its name and its versions.
fn package_page(body: &[u8]) -> Result<Json, String> {
    let page: Json = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    if page["versions"].is_object() && page.get("name").is_some() {
        return Ok(page);
    }
    Err("the answer describes no package".into())
}

fn specifiers(info: &Json) -> Vec<Specifier> {
    let required = &info["require_dbt_version"];
    let texts: Vec<&str> = match required {
        Json::String(text) => vec![text],
        Json::Array(items) => items.iter().filter_map(Json::as_str).collect(),
        _ => vec![],
    };
    let parts = texts.iter().flat_map(|text| text.split(','));
    parts.filter_map(|text| Specifier::parse(text).ok()).collect()
}

/// Whether a version of a package works with the release that is matched.
fn fits(info: &Json) -> bool {
    let installed = Specifier::parse(DBT_VERSION).ok();
    let required = specifiers(info);
    required.is_empty() || compatible(installed.iter().chain(&required))
}

fn release(package: &Str, version: &str, latest: Str, info: &Json) -> Result<Release, Diagnostic> {
    let name = info["name"].as_str().unwrap_or_default();
    if !is_package_name(name) {
        return Err(unsafe_name(name));
    }
    let tarball = info["downloads"]["tarball"].as_str().unwrap_or_default();
    if !tarball.starts_with("https://") && !tarball.starts_with("http://") {
        return Err(Diagnostic::error(
            "download",
            format!("the hub names no archive for `{package}` {version}"),
        ));
    }
    let nowhere = Span::new(FileId(u32::MAX), 0, 0);
    let listed = Yaml::from_value(Value::from_json(&info["packages"]), nowhere);
    let packages = if listed.is_null() {
        vec![]
    } else {
        entries(&listed, None, &format!("{package} {version}")).map_err(|mut error| {
            error.span = None;
            error.frame(format!("in the package `{package}` {version}"), None)
        })?
    };
    Ok(Release {
        package: package.clone(),
        version: version.into(),
        latest,
        name: name.into(),
        tarball: tarball.to_string(),
        packages,
    })
}

/// Says who wants what.
fn wishes(spec: &HubSpec) -> String {
    spec.versions.iter().map(|(version, by)| format!("{by} wants {version}")).collect::<Vec<_>>().join("; ")
}

fn conflict(spec: &HubSpec) -> Diagnostic {
    let all: Vec<String> = spec.versions.iter().map(|(version, _)| format!("'{version}'")).collect();
    Diagnostic::error(
        "version-conflict",
        format!("no version of `{}` satisfies all that ask for it", spec.package),
    )
    .note(wishes(spec))
    .note(format!(
        "Version error for package {}: Could not find a satisfactory version from options: [{}]",
        spec.package,
        all.join(", ")
    ))
}

fn no_version(spec: &HubSpec, range: &Range, installable: &[&str], checked: bool) -> Diagnostic {
    let wanted = range.bounds().join(", ");
    let error = Diagnostic::error(
        "version-conflict",
        format!("there is no version of `{}` for {wanted}", spec.package),
    )
    .note(wishes(spec))
    .note(format!("Could not find a matching compatible version for package {}", spec.package));
    let tail: Vec<&str> = installable.iter().rev().take(10).copied().collect();
    let error =
        if tail.is_empty() { error } else { error.note(format!("available are {}", tail.join(", "))) };
    if checked {
        error.help(format!(
            "versions that do not fit dbt {DBT_VERSION} are left out; `--no-version-check` takes them too"
        ))
    } else {
        error
    }
}
