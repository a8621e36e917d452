//! What was given, the project's `flags:` and the defaults become [`Flags`].

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use chrono::Utc;
use rustc_hash::FxHashSet;

use super::convert::warn_error_options;
use super::options::{Default, OLD_VARIABLES, OTHER_VARIABLES, OptionSpec};
use super::parse::{Given, Parsed, Source, usage};
use super::{assemble, sample};
use crate::diag::{Diagnostic, Sink};
use crate::env::Env;
use crate::flags::Flags;
use crate::load;
use crate::source::{FileId, SourceMap};
use crate::value::{Map, Str, Value};
use crate::yaml::{Yaml, to_map};

/// Where the program was started.
#[derive(Clone, Debug)]
pub struct Surroundings {
    pub env: Env,
    pub folder: PathBuf,
    pub home: Option<PathBuf>,
    /// The arguments as given, without the program's name.
    pub args: Vec<String>,
}

/// Behaviour flags, which only a project can set, with dbt 1.11's defaults.
const BEHAVIOUR: &[(&str, bool)] = &[
    ("require_batched_execution_for_custom_microbatch_strategy", false),
    ("require_explicit_package_overrides_for_builtin_materializations", true),
    ("require_resource_names_without_spaces", true),
    ("source_freshness_run_project_hooks", true),
    ("skip_nodes_if_on_run_start_fails", false),
    ("state_modified_compare_more_unrendered_values", false),
    ("state_modified_compare_vars", false),
    ("require_yaml_configuration_for_mf_time_spines", false),
    ("require_nested_cumulative_type_params", false),
    ("validate_macro_args", false),
    ("require_all_warnings_handled_by_warn_error", false),
    ("require_generic_test_arguments_property", true),
    ("require_unique_project_resource_names", false),
    ("require_ref_searches_node_package_before_root", false),
];

/// Options that a project's `flags:` may set.
#[rustfmt::skip]
const PROJECT_OPTIONS: &[&str] = &[
    "cache_selected_only", "debug", "fail_fast", "indirect_selection", "log_format", "log_format_file",
    "log_level", "log_level_file", "partial_parse", "populate_cache", "printer_width",
    "send_anonymous_usage_stats", "static_parser", "use_colors", "use_colors_file",
    "use_experimental_parser", "version_check", "warn_error", "warn_error_options", "write_json",
];

/// Values of all options by name; null where there is none.
pub struct Values {
    pub map: Map,
    /// Names whose value is a default.
    pub defaulted: FxHashSet<&'static str>,
}

impl Values {
    pub fn get(&self, name: &str) -> &Value {
        self.map.get(name).unwrap_or(&Value::Null)
    }
}

/// The flags of an invocation. Warnings about old spellings go to `sink`.
///
/// # Errors
/// Options that exclude each other; a project's `flags:` that cannot be read.
pub fn resolve(
    mut parsed: Parsed,
    surroundings: &Surroundings,
    sources: &SourceMap,
    sink: &Sink,
) -> Result<Flags, Diagnostic> {
    old_spellings(&mut parsed, surroundings, sink)?;
    let places = Places::find(&parsed, surroundings);
    let project = quiet_project(&places.project_dir, sources);
    let project_flags = project_flags(project.as_ref(), &places.profiles_dir, sources, sink)?;
    old_warning_keys(surroundings, &project_flags, sink);
    let mut values = Values { map: Map::default(), defaulted: FxHashSet::default() };
    for spec in parsed.specs() {
        let value = match (parsed.given.get(spec.name), project_value(spec, &project_flags)?) {
            (Some(given), _) => given.value.clone(),
            (None, Some(value)) => value,
            (None, None) => {
                values.defaulted.insert(spec.name);
                default(spec)
            }
        };
        values.map.entry(spec.name.into()).or_insert(value);
    }
    for (lead, follow) in [
        ("use_colors", "use_colors_file"),
        ("log_level", "log_level_file"),
        ("log_format", "log_format_file"),
    ] {
        if !values.defaulted.contains(lead) && values.defaulted.contains(follow) {
            let value = values.get(lead).clone();
            values.map.insert(follow.into(), value);
        }
    }
    check_exclusive(&values)?;
    check_event_times(&values)?;
    if surroundings
        .env
        .get("DO_NOT_TRACK")
        .is_some_and(|word| matches!(word.to_ascii_lowercase().as_str(), "1" | "t" | "true" | "y" | "yes"))
    {
        values.map.insert("send_anonymous_usage_stats".into(), Value::Bool(false));
    }
    places.write_into(&mut values.map, project.as_ref(), surroundings);
    let window = match values.get("sample").as_str() {
        Some(text) => {
            Some(sample::parse(text, Utc::now()).map_err(|problem| usage(format!("`--sample`: {problem}")))?)
        }
        None => None,
    };
    let mut flags = assemble::flags(&parsed, &values, behaviour(&project_flags), &surroundings.args);
    flags.run.sample = window;
    flags.parse.macro_texts_of = flags.parse.macro_texts_of.map(|path| surroundings.folder.join(path));
    flags.output.junit = flags.output.junit.map(|path| surroundings.folder.join(path));
    if values.get("github_annotations").is_truthy() {
        let checkout = surroundings.env.filled("GITHUB_WORKSPACE").map(PathBuf::from);
        flags.output.annotations = Some(checkout.unwrap_or_else(|| surroundings.folder.clone()));
    }
    // Escape codes in a pipe are for those who ask for them.
    flags.log.use_colors &= !values.defaulted.contains("use_colors") || std::io::stdout().is_terminal();
    flags.profiles.profiles_dir_given = parsed.given.contains_key("profiles_dir");
    Ok(flags)
}

fn default(spec: &OptionSpec) -> Value {
    match spec.default {
        Default::None => Value::Null,
        Default::Bool(value) => Value::Bool(value),
        Default::Int(value) => Value::Int(value),
        Default::Text(text) => Value::str(text),
        Default::EmptyList => Value::List(vec![]),
        Default::EmptyMap => Value::Map(Map::default()),
    }
}

/// Variables under their old names, unknown ones under the reserved prefix, and `--models`.
fn old_spellings(parsed: &mut Parsed, surroundings: &Surroundings, sink: &Sink) -> Result<(), Diagnostic> {
    let env = &surroundings.env;
    for (old, name, reversed) in OLD_VARIABLES {
        let Some(text) = env.filled(old) else { continue };
        let Some(spec) = parsed.specs().find(|spec| spec.name == *name) else { continue };
        let value = super::convert::convert(spec, &[text])
            .map_err(|problem| usage(format!("the environment variable `{old}`: {problem}")))?;
        let value = if *reversed { Value::Bool(!value.is_truthy()) } else { value };
        if parsed.given.get(name).is_none_or(|given| given.source != Source::CommandLine) {
            parsed.given.insert(spec.name, Given { value, source: Source::Environment });
        }
        let new = spec.env.unwrap_or_default().replacen("DBT_", "DBT_ENGINE_", 1);
        sink.push(
            Diagnostic::warning(
                "deprecated-variable",
                format!("The environment variable `{old}` has been renamed as `{new}`"),
            )
            .event("EnvironmentVariableRenamed")
            .data("old_name", *old)
            .data("new_name", new),
        );
    }
    let known: FxHashSet<String> = super::commands::COMMANDS
        .iter()
        .flat_map(|command| command.options.iter().copied())
        .chain(parsed.specs())
        .filter_map(|spec| spec.env)
        .chain(OTHER_VARIABLES.iter().copied())
        .chain(OLD_VARIABLES.iter().map(|(old, ..)| *old))
        .map(|name| format!("DBT_ENGINE_{}", name.trim_start_matches("DBT_").trim_start_matches("ENGINE_")))
        .collect();
    for (name, _) in env.iter().filter(|(name, _)| name.starts_with("DBT_ENGINE_") && !known.contains(*name))
    {
        sink.push(
            Diagnostic::warning(
                "reserved-variable",
                format!("no option has the environment variable `{name}`"),
            )
            .help("the prefix `DBT_ENGINE_` is reserved: rename the variable")
            .event("EnvironmentVariableNamespaceDeprecation")
            .data("env_var", name)
            .data("reserved_prefix", "DBT_ENGINE"),
        );
    }
    if surroundings.args.iter().any(|arg| matches!(arg.as_str(), "--models" | "--model" | "-m")) {
        sink.push(
            Diagnostic::warning(
                "deprecated-option",
                "`--models`, `--model` and `-m` are now called `--select`",
            )
            .event("ModelParamUsageDeprecation"),
        );
    }
    Ok(())
}

/// `include` and `exclude` of `--warn-error-options`, which are now called `error` and `warn`.
fn old_warning_keys(surroundings: &Surroundings, project_flags: &Map, sink: &Sink) {
    const OPTION: &str = "--warn-error-options";
    let args = &surroundings.args;
    let given = args.iter().enumerate().find_map(|(at, arg)| match arg.strip_prefix(OPTION) {
        Some("") => args.get(at + 1).map(String::as_str),
        Some(rest) => rest.strip_prefix('='),
        None => None,
    });
    let variable = || surroundings.env.filled("DBT_WARN_ERROR_OPTIONS");
    let tree = given.or_else(variable).and_then(|text| crate::yaml::parse(text, FileId(u32::MAX)).ok()?.0);
    let own = tree.as_ref().and_then(Yaml::as_map).map(to_map);
    let settings = || project_flags.get("warn_error_options").and_then(Value::as_map);
    let Some(options) = own.as_ref().or_else(settings) else { return };
    let (include, exclude) = (options.contains_key("include"), options.contains_key("exclude"));
    if include || exclude {
        let keys =
            [(include, "`include` is now called `error`"), (exclude, "`exclude` is now called `warn`")];
        let text: Vec<&str> = keys.into_iter().filter(|(found, _)| *found).map(|(_, text)| text).collect();
        let text = format!("`warn_error_options`: {}", text.join(", "));
        sink.push(
            Diagnostic::warning("deprecated-option", text)
                .event("WEOIncludeExcludeDeprecation")
                .data("found_include", include)
                .data("found_exclude", exclude),
        );
    }
}

struct Places {
    project_dir: PathBuf,
    profiles_dir: PathBuf,
}

impl Places {
    fn find(parsed: &Parsed, surroundings: &Surroundings) -> Places {
        let given = |name: &str| parsed.given.get(name).and_then(|given| given.value.as_str()).map(Path::new);
        let start = &surroundings.folder;
        let project_dir = match given("project_dir") {
            Some(path) => clean(&start.join(path)),
            None => load::find::project_folder(start),
        };
        let profiles_dir = match given("profiles_dir") {
            Some(path) => clean(&start.join(path)),
            None => load::find::profiles_folder(start, &project_dir, surroundings.home.as_deref()),
        };
        Places { project_dir, profiles_dir }
    }

    /// The folders as values: absolute, `log_path` in the project unless it was given.
    fn write_into(&self, map: &mut Map, project: Option<&Yaml>, surroundings: &Surroundings) {
        let shown = |path: &Path| Value::str(path.to_string_lossy());
        let log_path = match map.get("log_path").and_then(Value::as_str) {
            Some(path) => clean(&surroundings.folder.join(path)),
            None => {
                let own = project.and_then(|project| project.get("log-path")).and_then(Yaml::as_str);
                self.project_dir.join(own.unwrap_or("logs"))
            }
        };
        map.insert("log_path".into(), shown(&log_path));
        for (name, path) in [("project_dir", &self.project_dir), ("profiles_dir", &self.profiles_dir)] {
            if map.contains_key(name) {
                map.insert(name.into(), shown(path));
            }
        }
    }
}

/// The path without `.` and with `..` taken back, links left alone.
fn clean(path: &Path) -> PathBuf {
    use std::path::Component;
    let mut out = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir
                if !matches!(out.components().next_back(), None | Some(Component::RootDir)) =>
            {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

/// The project file, when it can be read; its mistakes are reported when the project is loaded.
fn quiet_project(folder: &Path, sources: &SourceMap) -> Option<Yaml> {
    load::raw_project(folder, sources, &Sink::default()).ok()
}

/// `flags:` of the project file, or the old `config:` of profiles.yml.
fn project_flags(
    project: Option<&Yaml>,
    profiles_dir: &Path,
    sources: &SourceMap,
    sink: &Sink,
) -> Result<Map, Diagnostic> {
    let own = project.and_then(|project| project.get("flags"));
    let flags = own.and_then(Yaml::as_map).map(to_map).unwrap_or_default();
    let Some(old) = load::profiles_config(profiles_dir, sources) else { return Ok(flags) };
    if !flags.is_empty() {
        let span = own.map(|flags| flags.span);
        return Err(Diagnostic::error(
            "invalid-project-file",
            "flags stand in profiles.yml (`config`) and in the project file (`flags`)",
        )
        .at(span)
        .help("keep the `flags` of the project file")
        .note("Do not specify both 'config' in profiles.yml and 'flags' in dbt_project.yml."));
    }
    sink.push(
        Diagnostic::warning(
            "deprecated-key",
            "the `config` of profiles.yml has moved to `flags` in the project file",
        )
        .event("ProjectFlagsMovedDeprecation"),
    );
    Ok(old)
}

/// What the project's flags say of an option.
fn project_value(spec: &OptionSpec, flags: &Map) -> Result<Option<Value>, Diagnostic> {
    if !PROJECT_OPTIONS.contains(&spec.name) {
        return Ok(None);
    }
    let Some(value) = flags.get(spec.name).filter(|value| !value.is_null()) else { return Ok(None) };
    if spec.name == "warn_error_options" {
        let options = value.as_map().cloned().unwrap_or_default();
        let options = warn_error_options(options).map_err(|problem| {
            Diagnostic::error("invalid-project-file", format!("`warn_error_options`: {problem}"))
        })?;
        return Ok(Some(Value::Map(options)));
    }
    let fits = matches!(
        (default(spec), value),
        (Value::Bool(_) | Value::Null, Value::Bool(_))
            | (Value::Int(_), Value::Int(_))
            | (Value::Str(_), Value::Str(_))
    );
    // dbt passes over flags of the wrong type, and so must a project that has one.
    Ok(fits.then(|| value.clone()))
}

fn behaviour(flags: &Map) -> Map {
    BEHAVIOUR
        .iter()
        .map(|(name, default)| {
            let value = flags.get(*name).filter(|value| value.as_bool().is_some());
            (Str::from(*name), value.cloned().unwrap_or(Value::Bool(*default)))
        })
        .collect()
}

fn check_exclusive(values: &Values) -> Result<(), Diagnostic> {
    for pair in [["warn_error", "warn_error_options"], ["select", "inline"], ["selector", "inline"]] {
        let given = |name: &str| values.map.contains_key(name) && !values.defaulted.contains(name);
        if pair.iter().all(|name| given(name)) {
            let [first, second] = pair.map(|name| name.replace('_', "-"));
            return Err(usage(format!("`--{first}` and `--{second}` exclude each other"))
                .note(format!("{}: not allowed with argument {}", pair[1], pair[0])));
        }
    }
    Ok(())
}

fn check_event_times(values: &Values) -> Result<(), Diagnostic> {
    let (start, end) = (values.get("event_time_start"), values.get("event_time_end"));
    let needs = |given: &str, missing: &str| {
        usage(format!("`--{given}` needs `--{missing}`"))
            .note(format!("When specifying `--{given}`, `--{missing}` must also be present."))
    };
    match (start, end) {
        (Value::Null, Value::Null) => Ok(()),
        (Value::Null, _) => Err(needs("event-time-end", "event-time-start")),
        (_, Value::Null) => Err(needs("event-time-start", "event-time-end")),
        (Value::DateTime(start), Value::DateTime(end)) if start < end => Ok(()),
        _ => Err(usage("Value for `--event-time-start` must be less than `--event-time-end`")),
    }
}
