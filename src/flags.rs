//! The resolved flags of an invocation: command line over environment over the project's `flags:`.
//!
//! Plain data, filled by the command line's code and read by every stage. Names and meanings are
//! dbt's: <https://docs.getdbt.com/reference/global-configs/about-global-configs>.

use std::path::PathBuf;

use chrono::{DateTime, NaiveDateTime, Utc};

use crate::event::names::code_of;
use crate::value::{Map, Str, Value};

/// All flags. Paths are absolute.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    /// dbt's name of the command: `run`, `list`, `generate`, `freshness`, `run-operation`, …
    pub which: Str,
    pub project_dir: PathBuf,
    pub profiles: ProfileFlags,
    /// `--target-path`, relative to the project; none when not given.
    pub target_path: Option<PathBuf>,
    /// `--vars`, as read from YAML.
    pub vars: Map,
    pub selection: SelectionFlags,
    pub state: StateFlags,
    pub run: RunFlags,
    pub output: OutputFlags,
    pub log: LogFlags,
    pub warnings: WarningFlags,
    pub parse: ParseFlags,
    pub deps: DepsFlags,
    pub docs: DocsFlags,
    pub debug_command: DebugFlags,
    pub operation: OperationFlags,
    pub send_anonymous_usage_stats: bool,
    pub record_timing_info: Option<PathBuf>,
    /// `--profile-trace`.
    pub profile_trace: Option<PathBuf>,
    /// Behaviour flags, which only a project can set, by their names.
    pub behaviour: Map,
    /// `args` of run_results.json and `invocation_args_dict` in templates.
    pub args: Map,
    /// The `flags` object of templates: names in capitals.
    pub template: Map,
}

/// Where the connection comes from.
#[derive(Clone, Debug, Default)]
pub struct ProfileFlags {
    pub profiles_dir: PathBuf,
    /// The user named the folder, so that a missing profiles.yml is an error.
    pub profiles_dir_given: bool,
    pub profile: Option<Str>,
    pub target: Option<Str>,
    pub threads: Option<usize>,
}

/// What to work on.
#[derive(Clone, Debug, Default)]
pub struct SelectionFlags {
    /// `--select`; the command `list` keeps `--models` apart.
    pub select: Vec<Str>,
    pub models: Vec<Str>,
    pub exclude: Vec<Str>,
    pub selector: Option<Str>,
    pub resource_types: Vec<Str>,
    pub exclude_resource_types: Vec<Str>,
    /// `eager`, `cautious`, `buildable` or `empty`.
    pub indirect_selection: Str,
}

/// What to compare with or defer to.
#[derive(Clone, Debug, Default)]
pub struct StateFlags {
    pub state: Option<PathBuf>,
    pub defer_state: Option<PathBuf>,
    pub defer: bool,
    pub favor_state: bool,
}

/// How nodes are run.
#[derive(Clone, Debug, Default)]
pub struct RunFlags {
    pub full_refresh: bool,
    pub empty: bool,
    pub fail_fast: bool,
    pub store_failures: bool,
    pub introspect: bool,
    pub inject_ephemeral_ctes: bool,
    pub single_threaded: bool,
    pub populate_cache: bool,
    pub cache_selected_only: bool,
    pub export_saved_queries: bool,
    pub event_time_start: Option<NaiveDateTime>,
    pub event_time_end: Option<NaiveDateTime>,
    pub sample: Option<SampleWindow>,
}

/// `--sample`: the rows that refs and sources are cut down to, by event time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SampleWindow {
    pub start: DateTime<Utc>,
    pub end: DateTime<Utc>,
}

/// What a command prints or writes.
#[derive(Clone, Debug, Default)]
pub struct OutputFlags {
    pub inline: Option<Str>,
    /// `show --inline-direct`: SQL that is sent as it is.
    pub inline_direct: Option<Str>,
    /// `show --limit`; -1 for all rows.
    pub limit: i64,
    /// `--output` as a format: `selector`, `name`, `path`, `json`, `text`.
    pub format: Str,
    pub keys: Vec<Str>,
    /// The file that `source freshness`, `emit` and `lineage` write.
    pub path: Option<PathBuf>,
    /// `emit --output-dir`.
    pub folder: Option<PathBuf>,
    /// `emit --dialect`.
    pub dialect: Option<Str>,
    /// `lineage --erd-format`: `mermaid`, `dot` or `svg`.
    pub erd_format: Str,
    /// `lineage --tests`.
    pub tests: bool,
    /// `emit --incremental`.
    pub incremental: bool,
    /// `--junit`.
    pub junit: Option<PathBuf>,
    /// `--github-annotations`: the folder of the checkout, to which paths are relative.
    pub annotations: Option<PathBuf>,
    /// `seed --show`, `build --show`.
    pub show: bool,
    pub write_json: bool,
}

/// Console and log file.
#[derive(Clone, Debug, Default)]
pub struct LogFlags {
    /// `debug`, `info`, `warn`, `error` or `none`.
    pub level: Str,
    pub level_file: Str,
    /// `default`, `text`, `debug` or `json`.
    pub format: Str,
    pub format_file: Str,
    pub path: PathBuf,
    /// 0: without limit.
    pub file_max_bytes: u64,
    pub debug: bool,
    pub quiet: bool,
    /// `--no-print` silences `{{ print() }}`.
    pub print: bool,
    pub use_colors: bool,
    pub use_colors_file: bool,
    pub printer_width: usize,
    pub cache_events: bool,
    pub show_all_deprecations: bool,
    pub show_resource_report: bool,
    pub macro_debugging: bool,
}

/// Which warnings are errors, and which are silent.
#[derive(Clone, Debug, Default)]
pub struct WarningFlags {
    pub warn_error: bool,
    pub options: WarnErrorOptions,
    /// Behaviour flag: no warning is left out.
    pub all: bool,
}

/// `--warn-error-options`: warnings by the names of their events; `Deprecations` stands for all of
/// those.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WarnErrorOptions {
    pub error: ErrorSet,
    pub warn: Vec<Str>,
    pub silence: Vec<Str>,
}

/// The warnings that are errors.
#[derive(Clone, Debug, PartialEq)]
pub enum ErrorSet {
    All,
    Named(Vec<Str>),
}

impl Default for ErrorSet {
    fn default() -> ErrorSet {
        ErrorSet::Named(vec![])
    }
}

/// What becomes of a warning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Error,
    Warn,
    Silent,
}

impl WarningFlags {
    /// What becomes of a warning of this event.
    pub fn verdict(&self, event: &str) -> Verdict {
        if !self.all && UNTOUCHED.contains(&event) {
            Verdict::Warn
        } else if self.options.silences(event) {
            Verdict::Silent
        } else if self.warn_error || self.options.is_error(event) {
            Verdict::Error
        } else {
            Verdict::Warn
        }
    }
}

/// Warnings that stay warnings unless `require_all_warnings_handled_by_warn_error` is set.
const UNTOUCHED: [&str; 6] = [
    "FreshnessConfigProblem",
    "GetMetaKeyWarning",
    "InvalidDisabledTargetInTestNode",
    "MicrobatchModelNoEventTimeInputs",
    "Note",
    "WarnStateTargetEqual",
];
const DEPRECATIONS: &str = "Deprecations";

fn names(list: &[Str], name: &str) -> bool {
    list.iter().any(|listed| &**listed == name)
}

fn is_deprecation(event: &str) -> bool {
    code_of(event).starts_with('D')
}

impl WarnErrorOptions {
    /// A name beats `Deprecations`, which beats `all`; silence beats warn, which beats error.
    fn is_error(&self, event: &str) -> bool {
        if names(&self.warn, event) || names(&self.silence, event) {
            return false;
        }
        let spared =
            is_deprecation(event) && (names(&self.warn, DEPRECATIONS) || names(&self.silence, DEPRECATIONS));
        match &self.error {
            ErrorSet::All => !spared,
            ErrorSet::Named(list) => {
                names(list, event) || (is_deprecation(event) && names(list, DEPRECATIONS) && !spared)
            }
        }
    }

    fn silences(&self, event: &str) -> bool {
        let named_error = matches!(&self.error, ErrorSet::Named(list) if names(list, event));
        names(&self.silence, event)
            || (is_deprecation(event)
                && names(&self.silence, DEPRECATIONS)
                && !named_error
                && !names(&self.warn, event))
    }

    /// As templates and artifacts show it.
    pub fn to_value(&self) -> Value {
        let names = |names: &[Str]| Value::List(names.iter().cloned().map(Value::Str).collect());
        let error = match &self.error {
            ErrorSet::All => Value::str("all"),
            ErrorSet::Named(list) => names(list),
        };
        let mut map = Map::default();
        map.insert("error".into(), error);
        map.insert("warn".into(), names(&self.warn));
        map.insert("silence".into(), names(&self.silence));
        Value::Map(map)
    }
}

/// How the project is read.
#[derive(Clone, Debug, Default)]
pub struct ParseFlags {
    pub partial_parse: bool,
    /// An earlier parse is reused only for files that are as they were.
    pub compares_files: bool,
    pub static_parser: bool,
    pub version_check: bool,
    /// `--macro-texts-of`: where a Python dbt is installed.
    pub macro_texts_of: Option<PathBuf>,
}

/// `deps`.
#[derive(Clone, Debug, Default)]
pub struct DepsFlags {
    pub add_package: Option<NewPackage>,
    /// `hub`, `git` or `local`.
    pub source: Str,
    pub lock: bool,
    pub upgrade: bool,
}

/// `--add-package name@version`.
#[derive(Clone, Debug, PartialEq)]
pub struct NewPackage {
    pub name: Str,
    pub version: Option<Str>,
}

/// `docs generate` and `docs serve`.
#[derive(Clone, Debug, Default)]
pub struct DocsFlags {
    pub compile: bool,
    pub empty_catalog: bool,
    pub r#static: bool,
    pub host: Str,
    pub port: u16,
    pub browser: bool,
}

/// `debug`.
#[derive(Clone, Debug, Default)]
pub struct DebugFlags {
    pub config_dir: bool,
    pub connection: bool,
}

/// `run-operation`, `init` and `clean`.
#[derive(Clone, Debug, Default)]
pub struct OperationFlags {
    pub macro_name: Str,
    pub macro_args: Map,
    pub project_name: Option<Str>,
    pub skip_profile_setup: bool,
    pub clean_project_files_only: bool,
}

impl Flags {
    /// A behaviour flag; false for an unknown name.
    pub fn behaviour(&self, name: &str) -> bool {
        self.behaviour.get(name).is_some_and(Value::is_truthy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(error: &[&str], warn: &[&str], silence: &[&str], event: &str) -> Verdict {
        let list = |names: &[&str]| names.iter().map(|name| Str::from(*name)).collect::<Vec<_>>();
        let error = if error == ["all"] { ErrorSet::All } else { ErrorSet::Named(list(error)) };
        let options = WarnErrorOptions { error, warn: list(warn), silence: list(silence) };
        WarningFlags { warn_error: false, options, all: false }.verdict(event)
    }

    #[test]
    fn some_warnings_are_judged_only_where_the_project_asks() {
        let judged = |all| {
            let flags = WarningFlags { warn_error: true, all, ..WarningFlags::default() };
            flags.verdict("MicrobatchModelNoEventTimeInputs")
        };
        assert_eq!([judged(false), judged(true)], [Verdict::Warn, Verdict::Error]);
    }

    #[test]
    fn a_name_beats_the_group_and_silence_beats_all() {
        let (deprecation, other) = ("ConfigDataPathDeprecation", "NoNodesForSelectionCriteria");
        assert_eq!(verdict(&[], &[], &[], other), Verdict::Warn);
        assert_eq!(verdict(&["all"], &[], &[], other), Verdict::Error);
        assert_eq!(verdict(&["all"], &[other], &[], other), Verdict::Warn);
        assert_eq!(verdict(&["all"], &["Deprecations"], &[], deprecation), Verdict::Warn);
        assert_eq!(verdict(&["all"], &["Deprecations"], &[], other), Verdict::Error);
        assert_eq!(verdict(&["Deprecations"], &[], &[], deprecation), Verdict::Error);
        assert_eq!(verdict(&["Deprecations"], &[], &[deprecation], deprecation), Verdict::Silent);
        assert_eq!(verdict(&[deprecation], &[], &["Deprecations"], deprecation), Verdict::Error);
        assert_eq!(verdict(&[other], &[], &["Deprecations"], other), Verdict::Error);
    }
}
