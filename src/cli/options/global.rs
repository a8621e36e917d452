//! Options of every command; they may stand before the command's name as well.

use super::Default::{Bool, Int, None as Nothing, Text as Words};
use super::Kind::{Choice, Flag, Path, Text, Toggle};
use super::{Kind, OptionSpec};

type Spec = OptionSpec;

const FORMATS: Kind = Choice(&["text", "debug", "json", "default"]);
const LEVELS: Kind = Choice(&["debug", "info", "warn", "error", "none"]);

const fn toggle(name: &'static str, long: &'static [&'static str], help: &'static str) -> Spec {
    OptionSpec::new(name, long, Toggle, help)
}

pub static GLOBAL: &[OptionSpec] = &[
    toggle("cache_selected_only", &["cache-selected-only"], "Look only into the schemas of selected nodes when a run starts")
        .env("DBT_CACHE_SELECTED_ONLY"),
    toggle("debug", &["debug"], "Show debug messages").short('d').env("DBT_DEBUG"),
    toggle("defer", &["defer"], "Take nodes that are not selected from the manifest in the --state folder")
        .env("DBT_DEFER"),
    Spec::new("defer_state", &["defer-state"], Path, "State folder for --defer, when it differs from --state")
        .env("DBT_DEFER_STATE"),
    toggle("fail_fast", &["fail-fast"], "Stop at the first failure").short('x').env("DBT_FAIL_FAST"),
    toggle("favor_state", &["favor-state"], "With --defer, prefer the state even where the node exists in this target")
        .env("DBT_FAVOR_STATE"),
    Spec::new(
        "indirect_selection",
        &["indirect-selection"],
        Choice(&["eager", "cautious", "buildable", "empty"]),
        "Which tests come along with the nodes that they test",
    )
    .env("DBT_INDIRECT_SELECTION")
    .default(Words("eager")),
    toggle("github_annotations", &["github-annotations"], "Say errors and warnings as annotations of a GitHub workflow too")
        .env("GITHUB_ACTIONS"),
    toggle("log_cache_events", &["log-cache-events"], "Log what happens to the relation cache").env("DBT_LOG_CACHE_EVENTS"),
    Spec::new("log_file_max_bytes", &["log-file-max-bytes"], Kind::Int, "Size at which the log file is rotated; 0 for never")
        .env("DBT_LOG_FILE_MAX_BYTES")
        .default(Int(10 * 1024 * 1024))
        .hide(),
    Spec::new("log_format", &["log-format"], FORMATS, "Format of console and log file")
        .env("DBT_LOG_FORMAT")
        .default(Words("default")),
    Spec::new("log_format_file", &["log-format-file"], FORMATS, "Format of the log file")
        .env("DBT_LOG_FORMAT_FILE")
        .default(Words("debug")),
    Spec::new("log_level", &["log-level"], LEVELS, "Least severity that console and log file show")
        .env("DBT_LOG_LEVEL")
        .default(Words("info")),
    Spec::new("log_level_file", &["log-level-file"], LEVELS, "Least severity that the log file shows")
        .env("DBT_LOG_LEVEL_FILE")
        .default(Words("debug")),
    Spec::new("log_path", &["log-path"], Path, "Folder of the log file").env("DBT_LOG_PATH"),
    toggle("macro_debugging", &["macro-debugging"], "Accepted for compatibility").env("DBT_MACRO_DEBUGGING").hide(),
    Spec::new(
        "macro_texts_of",
        &["macro-texts-of"],
        Kind::ExistingPath,
        "Virtual environment of a Python dbt whose built-in macros manifest.json shows, so that both find the same state",
    )
    .env("HEADWATER_MACRO_TEXTS_OF"),
    toggle("partial_parse", &["partial-parse"], "Reuse what an earlier run has parsed").env("DBT_PARTIAL_PARSE").on(),
    Spec::new("partial_parse_file_path", &["partial-parse-file-path"], Kind::ExistingPath, "Accepted for compatibility")
        .env("DBT_PARTIAL_PARSE_FILE_PATH")
        .hide(),
    toggle("partial_parse_file_diff", &["partial-parse-file-diff"], "Parse files that have changed since the last parse")
        .env("DBT_PARTIAL_PARSE_FILE_DIFF")
        .on()
        .hide(),
    toggle("populate_cache", &["populate-cache"], "Ask the warehouse for its relations when a run starts")
        .env("DBT_POPULATE_CACHE")
        .on(),
    toggle("print", &["print"], "Show what {{ print() }} prints").env("DBT_PRINT").on(),
    Spec::new("printer_width", &["printer-width"], Kind::Int, "Width of the lines on the console")
        .env("DBT_PRINTER_WIDTH")
        .default(Int(80)),
    Spec::new("profile", &["profile"], Text, "Profile to use in place of the project's own").env("DBT_PROFILE"),
    Spec::new("profile_trace", &["profile-trace"], Path, "Write where the time goes to this file, for Perfetto"),
    toggle("quiet", &["quiet"], "Show errors only").short('q').env("DBT_QUIET"),
    Spec::new("record_timing_info", &["record-timing-info"], Path, "Write where the time goes to this file, as --profile-trace does").short('r'),
    toggle("send_anonymous_usage_stats", &["send-anonymous-usage-stats"], "Accepted for compatibility: nothing is ever sent")
        .env("DBT_SEND_ANONYMOUS_USAGE_STATS"),
    toggle("single_threaded", &["single-threaded"], "Run everything on one thread").env("DBT_SINGLE_THREADED").hide(),
    toggle("show_all_deprecations", &["show-all-deprecations"], "Show every deprecation, not only the first of a kind"),
    Spec::new("state", &["state"], Path, "Folder with the artifacts of an earlier run, to compare with and defer to")
        .env("DBT_STATE"),
    toggle("static_parser", &["static-parser"], "Accepted for compatibility").env("DBT_STATIC_PARSER").on(),
    Spec::new("target", &["target"], Text, "Target of the profile").short('t').env("DBT_TARGET"),
    toggle("use_colors", &["use-colors"], "Colour the console and the log file").env("DBT_USE_COLORS").on(),
    toggle("use_colors_file", &["use-colors-file"], "Colour the log file").env("DBT_USE_COLORS_FILE").on(),
    toggle("use_experimental_parser", &["use-experimental-parser"], "Accepted for compatibility")
        .env("DBT_USE_EXPERIMENTAL_PARSER"),
    toggle("version_check", &["version-check"], "Check the project's require-dbt-version").env("DBT_VERSION_CHECK").on(),
    Spec::new("warn_error", &["warn-error"], Flag, "Turn warnings into errors").env("DBT_WARN_ERROR").default(Nothing),
    Spec::new(
        "warn_error_options",
        &["warn-error-options"],
        Kind::WarnErrorOptions,
        "Which warnings are errors, by their names, as YAML: '{error: all, warn: [NoNodesForSelectionCriteria]}'",
    )
    .env("DBT_WARN_ERROR_OPTIONS"),
    toggle("write_json", &["write-json"], "Write manifest.json and the other artifacts").env("DBT_WRITE_JSON").on(),
    toggle("use_fast_test_edges", &["use-fast-test-edges"], "Accepted for compatibility")
        .env("DBT_USE_FAST_TEST_EDGES")
        .hide(),
    toggle("upload_to_artifacts_ingest_api", &["upload-to-artifacts-ingest-api"], "Accepted for compatibility: nothing is sent")
        .env("DBT_UPLOAD_TO_ARTIFACTS_INGEST_API")
        .hide(),
];

/// Stands before the command's name only.
pub static ROOT_ONLY: &[OptionSpec] =
    &[toggle("show_resource_report", &["show-resource-report"], "Show time and memory used at the end")
        .env("DBT_SHOW_RESOURCE_REPORT")
        .hide()
        .default(Bool(false))];

/// Old names of variables: the variable, the value's name, and whether its sense is turned round.
pub static OLD_VARIABLES: &[(&str, &str, bool)] = &[
    ("DBT_DEFER_TO_STATE", "defer", false),
    ("DBT_FAVOR_STATE_MODE", "favor_state", false),
    ("DBT_NO_PRINT", "print", true),
    ("DBT_ARTIFACT_STATE_PATH", "state", false),
];

/// Variables that are no options but may carry the prefix `DBT_ENGINE_`.
pub static OTHER_VARIABLES: &[&str] = &[
    "DBT_INVOCATION_ENV",
    "DBT_RECORDED_FILE_PATH",
    "DBT_TEST_STATE_MODIFIED",
    "DBT_PACKAGE_HUB_URL",
    "DBT_DOWNLOAD_DIR",
    "DBT_PP_FILE_DIFF_TEST",
    "DBT_PP_TEST",
];
