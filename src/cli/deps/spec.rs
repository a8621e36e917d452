//! Entries of packages.yml.
//!
//! An entry is data: its address, revision and folder are checked here, before anything is done with
//! them, so that none can become an option of a program or lead out of a folder.

use crate::diag::Diagnostic;
use crate::semver::Specifier;
use crate::value::{Str, Value};
use crate::yaml::{Yaml, to_map};

/// What an entry asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Spec {
    Hub(HubSpec),
    Git(GitSpec),
    Tarball { url: Str, written: Str, name: Str },
    Local { path: Str },
}

#[derive(Clone, Debug, PartialEq)]
pub struct HubSpec {
    pub package: Str,
    /// What is asked for, and by whom.
    pub versions: Vec<(Specifier, Str)>,
    pub prerelease: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct GitSpec {
    pub url: Str,
    /// The address before rendering, which may name a secret instead of holding it.
    pub written: Str,
    pub revisions: Vec<Str>,
    pub warn_unpinned: bool,
    pub subdirectory: Option<Str>,
}

/// An entry and the value that dbt's lock hash is made of.
#[derive(Clone, Debug)]
pub struct Entry {
    pub spec: Spec,
    /// The project's name, which lock files have.
    pub name: Option<Str>,
    /// dbt's `to_dict()` of the entry, keys sorted.
    pub hashed: Value,
}

fn malformed(entry: &Yaml, problem: impl Into<String>) -> Diagnostic {
    Diagnostic::error("invalid-packages", problem)
        .at(entry.span)
        .note("The packages.yml file in this project is malformed.")
}

/// Reads the entries of a list of packages that `by` asks for; `raw` is the list before rendering.
///
/// # Errors
/// An entry of no known shape, or with a value that is not safe to use.
pub fn entries(list: &Yaml, raw: Option<&Yaml>, by: &str) -> Result<Vec<Entry>, Diagnostic> {
    let items = list.as_list().ok_or_else(|| malformed(list, "`packages` must be a list"))?;
    let raw_items = raw.and_then(Yaml::as_list).unwrap_or_default();
    items
        .iter()
        .enumerate()
        .map(|(index, item)| entry(item, raw_items.get(index).unwrap_or(item), by))
        .collect()
}

fn entry(item: &Yaml, raw: &Yaml, by: &str) -> Result<Entry, Diagnostic> {
    let Some(fields) = item.as_map() else {
        return Err(malformed(item, "an entry of `packages` must be a mapping"));
    };
    let has = |key: &str| item.get(key).is_some();
    let (kind, known): (&str, &[&str]) = if has("package") {
        ("package", &["package", "version", "install_prerelease", "name"])
    } else if has("git") {
        ("git", &["git", "revision", "warn-unpinned", "subdirectory", "name"])
    } else if has("tarball") {
        ("tarball", &["tarball", "name"])
    } else if has("local") {
        ("local", &["local", "name"])
    } else if has("private") {
        ("private", &["private", "provider", "revision", "warn-unpinned", "subdirectory", "name"])
    } else {
        return Err(malformed(item, "an entry of `packages` needs `package`, `git`, `tarball` or `local`"));
    };
    if let Some(entry) = fields.iter().find(|entry| !known.contains(&&*entry.key)) {
        return Err(
            malformed(item, format!("`{}` is not a key of a `{kind}` entry", entry.key)).at(entry.key_span)
        );
    }
    let spec = match kind {
        "package" => hub(item, by)?,
        "git" => git(item, raw)?,
        "tarball" => {
            let name = required(item, "name")?;
            check_name(item, &name)?;
            Spec::Tarball { url: required(item, "tarball")?, written: written(raw, "tarball"), name }
        }
        "local" => Spec::Local { path: required(item, "local")? },
        _ => {
            let address = required(item, "private")?;
            return Err(malformed(
                item,
                format!(
                    "the private package `{address}` needs a `git` entry: its provider is not known here"
                ),
            )
            .note(format!(
                "Cannot resolve private package {address} because git provider integration is missing."
            )));
        }
    };
    let name = item.get("name").and_then(Yaml::as_str).map(Str::from);
    Ok(Entry { spec, name, hashed: hashed(item, raw, kind) })
}

fn required(item: &Yaml, key: &str) -> Result<Str, Diagnostic> {
    match item.get(key).map(Yaml::to_value) {
        Some(Value::Str(text)) if !text.is_empty() => Ok(text),
        Some(Value::Str(_)) => {
            let kind = if key == "package" { "hub" } else { key };
            Err(malformed(item, format!("`{key}` is empty"))
                .note(format!("A {kind} package is missing the value. It is a required property.")))
        }
        _ => Err(malformed(item, format!("`{key}` must be a text"))),
    }
}

/// The value before rendering.
fn written(raw: &Yaml, key: &str) -> Str {
    raw.get(key).map_or_else(Str::default, |value| value.to_value().py_str().into())
}

/// A package's name becomes the name of its folder.
fn check_name(item: &Yaml, name: &str) -> Result<(), Diagnostic> {
    if is_package_name(name) { Ok(()) } else { Err(unsafe_name(name).at(item.span)) }
}

/// Letters, digits and `_`: nothing that could lead out of a folder.
pub fn is_package_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c == '_' || c.is_alphanumeric())
}

pub fn unsafe_name(name: &str) -> Diagnostic {
    Diagnostic::error(
        "unsafe-package",
        format!("`{name}` cannot name a package: use letters, digits and `_`"),
    )
    .note(format!("Invalid package name '{name}'"))
}

fn hub(item: &Yaml, by: &str) -> Result<Spec, Diagnostic> {
    let package = required(item, "package")?;
    let plain = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
    };
    if !package.split_once('/').is_some_and(|(owner, name)| plain(owner) && plain(name)) {
        return Err(malformed(item, format!("`{package}` is not a package of the hub"))
            .help("write it as `owner/name`, for example `dbt-labs/dbt_utils`")
            .note(format!("{package} was not found in the package index. Packages on the index require a namespace, e.g dbt-labs/dbt_utils")));
    }
    let version = item.get("version").map(Yaml::to_value).filter(Value::is_truthy);
    let texts: Vec<String> = match version {
        Some(Value::List(items)) => items.iter().map(Value::py_str).collect(),
        Some(value @ (Value::Str(_) | Value::Int(_) | Value::Float(_))) => vec![value.py_str()],
        _ => {
            return Err(malformed(item, format!("`{package}` has no `version`"))
                .note(format!("{package} is missing the version. When installing from the Hub package index, version is a required property")));
        }
    };
    let versions = texts
        .iter()
        .map(|text| {
            Specifier::parse(text).map(|version| (version, Str::from(by))).map_err(|invalid| {
                malformed(item, format!("`{package}`: {invalid}"))
                    .note(format!("\"{text}\" is not a valid semantic version."))
            })
        })
        .collect::<Result<_, _>>()?;
    let prerelease = item.get("install_prerelease").is_some_and(|value| value.to_value().is_truthy());
    Ok(Spec::Hub(HubSpec { package, versions, prerelease }))
}

fn git(item: &Yaml, raw: &Yaml) -> Result<Spec, Diagnostic> {
    let url = required(item, "git")?;
    let text = |key: &str| {
        item.get(key).filter(|value| !value.is_null()).map(|value| Str::from(value.to_value().py_str()))
    };
    let (revision, subdirectory) = (text("revision"), text("subdirectory"));
    check_url(item, &url)?;
    if let Some(revision) = &revision {
        check_revision(item, revision)?;
    }
    if let Some(folder) = &subdirectory {
        check_subdirectory(item, folder)?;
    }
    Ok(Spec::Git(GitSpec {
        url,
        written: written(raw, "git"),
        revisions: revision.into_iter().collect(),
        warn_unpinned: item.get("warn-unpinned").is_none_or(|value| value.to_value() != Value::Bool(false)),
        subdirectory,
    }))
}

fn refused(item: &Yaml, problem: String) -> Diagnostic {
    Diagnostic::error("unsafe-package", problem).at(item.span)
}

/// Addresses that git reads itself. `ext::` and other helpers run programs.
fn check_url(item: &Yaml, url: &str) -> Result<(), Diagnostic> {
    let shown = super::git::without_credentials(url);
    let helper = url
        .split_once("::")
        .is_some_and(|(helper, _)| helper.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'));
    if url.starts_with('-') || helper || url.chars().any(char::is_control) {
        return Err(refused(item, format!("`{shown}` is not an address of a git repository")));
    }
    if let Some((scheme, _)) = url.split_once("://")
        && !["https", "http", "ssh", "git", "file"].contains(&scheme)
    {
        return Err(refused(item, format!("`{shown}`: git packages come by https, http, ssh, git or file")));
    }
    Ok(())
}

fn check_revision(item: &Yaml, revision: &str) -> Result<(), Diagnostic> {
    let odd = |c: char| c.is_control() || " ~^:?*[\\".contains(c);
    if revision.is_empty()
        || revision.starts_with(['-', '+'])
        || revision.contains("..")
        || revision.chars().any(odd)
    {
        return Err(refused(item, format!("`{revision}` is not a name of a tag, branch or commit")));
    }
    Ok(())
}

fn check_subdirectory(item: &Yaml, folder: &str) -> Result<(), Diagnostic> {
    use std::path::{Component, Path};
    let inside =
        Path::new(folder).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    if !inside || folder.starts_with('-') || folder.chars().any(char::is_control) {
        return Err(refused(item, format!("`subdirectory: {folder}` must lie inside of the repository")));
    }
    Ok(())
}

/// What dbt hashes: every field of the entry's class, and the entry before rendering.
fn hashed(item: &Yaml, raw: &Yaml, kind: &str) -> Value {
    let mut fields = to_map(item.as_map().unwrap_or_default());
    match kind {
        "package" => {
            fields.entry("install_prerelease".into()).or_insert(Value::Bool(false));
        }
        "git" => {
            for key in ["revision", "subdirectory", "warn-unpinned"] {
                fields.entry(key.into()).or_insert(Value::Null);
            }
        }
        _ => {}
    }
    if fields.get("name").is_some_and(Value::is_null) {
        fields.shift_remove("name");
    }
    fields.insert("unrendered".into(), raw.to_value());
    Value::Map(fields)
}
