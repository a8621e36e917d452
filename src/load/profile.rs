//! profiles.yml: the chosen output, rendered, ready for the adapter.
//!
//! Only the chosen output is rendered, so that a variable that another one needs may be missing.

use std::path::{Path, PathBuf};

use super::contract::Checked;
use super::files::read_text;
use super::render::{self, Render};
use crate::adapter::Credentials;
use crate::adapter::dialect::{DIALECTS, dialect};
use crate::adapter::secret;
use crate::diag::{Diagnostic, Severity, Sink, nearest};
use crate::flags::ProfileFlags;
use crate::project::Profile;
use crate::source::{SourceMap, Span};
use crate::value::{Map, Str, Value};
use crate::yaml::{self, Yaml, to_map};

/// profiles.yml as read.
pub struct ProfilesFile {
    pub path: PathBuf,
    pub tree: Yaml,
}

/// Reads profiles.yml; none when the folder has none.
pub fn read_file(folder: &Path, sources: &SourceMap, sink: &Sink) -> Checked<Option<ProfilesFile>> {
    let path = folder.join("profiles.yml");
    if !path.is_file() {
        return Ok(None);
    }
    let shown = path.display().to_string();
    let (text, _) = read_text(&path).map_err(|problem| problem.diagnostic(&shown, sources))?;
    // Messages quote the file, so they get it without its secrets.
    let file = sources.add(shown.as_str(), secret::starred(&text));
    let (tree, warnings) = yaml::parse(&text, file)?;
    sink.extend(warnings);
    match tree {
        Some(tree) if tree.to_value().is_truthy() => match tree.as_map() {
            Some(_) => Ok(Some(ProfilesFile { path, tree })),
            None => Err(invalid("profiles.yml must be a mapping of profile names").at(tree.span)),
        },
        _ => Err(invalid(format!("`{shown}` is empty"))
            .at(Span::new(file, 0, 0))
            .help("write a profile into it, or delete it to use the embedded DuckDB")),
    }
}

fn invalid(message: impl Into<String>) -> Diagnostic {
    Diagnostic::error("invalid-profile", message)
}

/// The user named a folder that has no profiles.yml.
pub fn missing_file(folder: &Path, profile: Option<(&str, Span)>) -> Diagnostic {
    let here = std::env::current_dir().ok();
    let folder = here.and_then(|here| folder.strip_prefix(here).ok()).unwrap_or(folder);
    let error = Diagnostic::error(
        "profile-not-found",
        format!("dbt looked for a profiles.yml file in {}, and there is none", folder.display()),
    )
    .help("name another folder with `--profiles-dir`, or leave it out");
    match profile {
        Some((name, _)) => error.note(format!("Could not find profile named '{name}'")),
        None => error,
    }
}

/// Which profile and output to take.
pub struct Choice<'a> {
    /// The project file's `profile`, rendered, and where it stands.
    pub project_profile: Option<(&'a str, Span)>,
    pub flags: &'a ProfileFlags,
    /// What relative paths in the output are relative to.
    pub base: &'a Path,
}

/// The chosen output of the file.
pub fn choose(file: &ProfilesFile, choice: &Choice, render: Render) -> Result<Profile, Diagnostic> {
    let shown = file.path.display();
    let given = choice.flags.profile.as_deref().map(|name| (name, None));
    let Some((name, place)) = given.or(choice.project_profile.map(|(name, span)| (name, Some(span)))) else {
        return Err(Diagnostic::error("no-profile", "the project names no profile")
            .help(format!("add a line such as `profile: {}` to the project file", first_key(&file.tree)))
            .note(format!("profiles are defined in `{shown}`")));
    };
    let Some(entry) = file.tree.entry(name) else {
        return Err(unknown("profile-not-found", "profile", name, &file.tree)
            .at(place)
            .note(format!("Could not find profile named '{name}' in `{shown}`")));
    };
    if !entry.value.to_value().is_truthy() {
        return Err(invalid(format!("the profile `{name}` is empty")).at(entry.key_span));
    }
    let target = target_name(&entry.value, choice.flags, render)?;
    let output = output(&entry.value, name, &target, entry.key_span)?;
    let rendered = render::tree(output, &mut vec![], &|_| false, render)?;
    let mut fields = to_map(rendered.as_map().unwrap_or_default());
    let threads = threads(&mut fields, choice.flags, output)?;
    let Some(adapter_type) = fields.shift_remove("type").filter(Value::is_truthy) else {
        return Err(invalid(format!("the target `{target}` of profile `{name}` has no `type`"))
            .at(output.span)
            .help(format!("known types are {}", known_types()))
            .note(format!("required field \"type\" not found in profile {name} and target {target}")));
    };
    let names = Names { profile: name.into(), target, adapter_type: adapter_type.py_str().into(), threads };
    let type_span = output.get("type").map_or(output.span, |value| value.span);
    finish(names, fields, choice.base, (type_span, output.span))
}

/// The remark that the output called `default` is taken, since nobody names one.
pub fn default_target(file: &ProfilesFile, choice: &Choice) -> Option<Diagnostic> {
    let name = choice.flags.profile.as_deref().or(choice.project_profile.map(|(name, _)| name))?;
    let entry = file.tree.get(name)?;
    if choice.flags.target.is_some() || entry.get("target").is_some() {
        return None;
    }
    let message = format!("target not specified in profile '{name}', using 'default'");
    let remark = Diagnostic::warning("default-target", message).event("MissingProfileTarget");
    let remark = Diagnostic { severity: Severity::Note, ..remark };
    Some(remark.data("profile_name", name).data("target_name", "default"))
}

fn first_key(tree: &Yaml) -> &str {
    tree.as_map().and_then(|entries| entries.first()).map_or("my_profile", |entry| &entry.key)
}

/// Nothing has this name: says what names there are.
fn unknown(code: &'static str, what: &str, name: &str, among: &Yaml) -> Diagnostic {
    let entries = among.as_map().unwrap_or_default();
    let names: Vec<&str> =
        entries.iter().map(|entry| &*entry.key).filter(|key| what != "profile" || *key != "config").collect();
    let error = Diagnostic::error(code, format!("there is no {what} `{name}`"));
    let error = match nearest(name, names.iter().copied()) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None => error,
    };
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    error.help(format!("known {what}s: {}", quoted.join(", ")))
}

fn target_name(profile: &Yaml, flags: &ProfileFlags, render: Render) -> Result<Str, Diagnostic> {
    if let Some(target) = &flags.target {
        return Ok(target.clone());
    }
    match profile.get("target").filter(|target| !target.is_null()) {
        None => Ok("default".into()),
        Some(target) => {
            let rendered = render::tree(target, &mut vec![], &|_| false, render)?;
            Ok(rendered.to_value().py_str().into())
        }
    }
}

fn output<'y>(profile: &'y Yaml, name: &str, target: &str, key: Span) -> Result<&'y Yaml, Diagnostic> {
    let Some(outputs) = profile.get("outputs") else {
        return Err(invalid(format!("the profile `{name}` has no `outputs`"))
            .at(key)
            .note(format!("outputs not specified in profile '{name}'")));
    };
    let Some(entry) = outputs.entry(target) else {
        let mut error = unknown("target-not-found", "target", target, outputs).at(outputs.span);
        error.message = format!("the profile `{name}` has no target `{target}`");
        return Err(error.note(format!("The profile '{name}' does not have a target named '{target}'.")));
    };
    match entry.value.as_map() {
        Some(_) => Ok(&entry.value),
        None => Err(invalid(format!("the target `{target}` of profile `{name}` must be a mapping"))
            .at(entry.value.span)),
    }
}

fn threads(fields: &mut Map, flags: &ProfileFlags, output: &Yaml) -> Result<usize, Diagnostic> {
    let given = fields.shift_remove("threads");
    if let Some(threads) = flags.threads {
        return Ok(threads.max(1));
    }
    let span = output.get("threads").map_or(output.span, |value| value.span);
    match given {
        None => Ok(1),
        Some(Value::Int(threads)) => Ok(usize::try_from(threads).unwrap_or(1).max(1)),
        Some(other) => match other.py_str().trim().parse::<usize>() {
            Ok(threads) => Ok(threads.max(1)),
            Err(_) => Err(invalid(format!("`threads` must be a number, not `{}`", other.py_str())).at(span)),
        },
    }
}

struct Names {
    profile: Str,
    target: Str,
    adapter_type: Str,
    threads: usize,
}

fn known_types() -> String {
    let types: Vec<String> = DIALECTS.iter().map(|dialect| format!("`{}`", dialect.type_name())).collect();
    types.join(", ")
}

/// Completes an output through its adapter: aliases, database, schema, and what `target` shows.
fn finish(names: Names, fields: Map, base: &Path, spans: (Span, Span)) -> Result<Profile, Diagnostic> {
    let Some(dialect) = dialect(&names.adapter_type) else {
        let message = format!("there is no adapter for `type: {}`", names.adapter_type);
        let error = Diagnostic::error("unknown-adapter", message).at(spans.0);
        let near = nearest(&names.adapter_type, DIALECTS.iter().map(|dialect| dialect.type_name()));
        let error = near.into_iter().fold(error, |error, near| error.help(format!("did you mean `{near}`?")));
        return Err(error
            .help(format!("known types are {}", known_types()))
            .note(format!("Could not find adapter type {}!", names.adapter_type)));
    };
    let credentials = Credentials::new(dialect, &fields, base).map_err(|problem| {
        let message =
            format!("the target `{}` of profile `{}`: {}", names.target, names.profile, problem.message);
        problem.help.into_iter().fold(invalid(message).at(spans.1), Diagnostic::help)
    })?;
    let mut target = credentials.target_fields();
    for (key, value) in [
        ("type", Value::Str(names.adapter_type.clone())),
        ("threads", Value::Int(i64::try_from(names.threads).unwrap_or(i64::MAX))),
        ("name", Value::Str(names.target.clone())),
        ("target_name", Value::Str(names.target.clone())),
        ("profile_name", Value::Str(names.profile.clone())),
    ] {
        target.insert(key.into(), value);
    }
    Ok(Profile {
        profile_name: names.profile,
        target_name: names.target,
        adapter_type: names.adapter_type,
        threads: names.threads,
        database: credentials.database.clone(),
        schema: credentials.schema.clone(),
        credentials: fields,
        target,
        base: base.to_path_buf(),
    })
}

/// The same target on another kind of warehouse, which is never connected to (`emit --dialect`).
///
/// # Errors
/// No such adapter.
pub fn with_dialect(profile: Profile, type_name: &str) -> Result<Profile, Diagnostic> {
    if *profile.adapter_type == *type_name {
        return Ok(profile);
    }
    let own = dialect(type_name).map(|dialect| dialect.unconnected_fields()).unwrap_or_default();
    let mut fields: Map = own.iter().map(|(key, value)| (Str::from(*key), Value::str(*value))).collect();
    fields.insert("schema".into(), Value::Str(profile.schema.clone()));
    if let Some(database) = profile.database.clone().filter(|_| type_name != "spark") {
        fields.insert("database".into(), Value::Str(database));
    }
    let names = Names {
        profile: profile.profile_name,
        target: profile.target_name,
        adapter_type: type_name.into(),
        threads: profile.threads,
    };
    let nowhere = Span::new(crate::source::FileId(u32::MAX), 0, 0);
    finish(names, fields, &profile.base, (nowhere, nowhere))
}

/// The connection of a project without any profiles.yml: a DuckDB file in the target folder.
pub fn embedded(
    project: &str,
    target_path: &Path,
    flags: &ProfileFlags,
    base: &Path,
) -> Result<Profile, Diagnostic> {
    if let Some(name) = &flags.profile {
        return Err(Diagnostic::error(
            "profile-not-found",
            format!("there is no profile `{name}`: no profiles.yml was found"),
        )
        .help(format!(
            "write one into `{}`, or name its folder with `--profiles-dir`",
            flags.profiles_dir.display()
        ))
        .note(format!("Could not find profile named '{name}'")));
    }
    if let Some(target) = flags.target.as_deref().filter(|target| *target != "dev") {
        return Err(Diagnostic::error(
            "target-not-found",
            format!("there is no target `{target}`: without profiles.yml there is only `dev`"),
        )
        .help(format!(
            "write profiles.yml into `{}`, or leave `--target` out",
            flags.profiles_dir.display()
        )));
    }
    let path = target_path.strip_prefix(base).unwrap_or(target_path).join(format!("{project}.duckdb"));
    let fields: Map = [("path", Value::str(path.to_string_lossy())), ("schema", Value::str("main"))]
        .into_iter()
        .map(|(key, value)| (Str::from(key), value))
        .collect();
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let names = Names {
        profile: project.into(),
        target: "dev".into(),
        adapter_type: "duckdb".into(),
        threads: flags.threads.unwrap_or(cores).max(1),
    };
    let nowhere = Span::new(crate::source::FileId(u32::MAX), 0, 0);
    finish(names, fields, base, (nowhere, nowhere))
}
