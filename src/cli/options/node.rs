//! Options of the commands that work on nodes.

use super::Default::{Int, Text as Words};
use super::Kind::{Choice, DateTime, Flag, Many, ManyChoice, Path, Text, Toggle};
use super::{Kind, OptionSpec};

type Spec = OptionSpec;

#[rustfmt::skip]
const TYPES: &[&str] = &[
    "metric", "semantic_model", "saved_query", "source", "analysis", "function", "model", "test",
    "unit_test", "exposure", "snapshot", "seed", "default", "all",
];
#[rustfmt::skip]
const EXCLUDABLE_TYPES: &[&str] = &[
    "metric", "semantic_model", "saved_query", "source", "analysis", "model", "test", "unit_test",
    "exposure", "snapshot", "seed", "function", "default",
];

pub static EMPTY: Spec =
    Spec::new("empty", &["empty"], Toggle, "Read no rows from refs and sources").env("DBT_EMPTY");
pub static EVENT_TIME_START: Spec = Spec::new(
    "event_time_start",
    &["event-time-start"],
    DateTime,
    "First moment that microbatch models process (inclusive)",
)
.env("DBT_EVENT_TIME_START");
pub static EVENT_TIME_END: Spec = Spec::new(
    "event_time_end",
    &["event-time-end"],
    DateTime,
    "Moment at which microbatch models stop (exclusive)",
)
.env("DBT_EVENT_TIME_END");
pub static EXCLUDE: Spec = Spec::new("exclude", &["exclude"], Many, "Nodes to leave out");
pub static EXPORT_SAVED_QUERIES: Spec =
    Spec::new("export_saved_queries", &["export-saved-queries"], Toggle, "Accepted for compatibility")
        .env("DBT_EXPORT_SAVED_QUERIES")
        .hide();
pub static INCLUDE_SAVED_QUERY: Spec =
    Spec::new("include_saved_query", &["include-saved-query"], Toggle, "Accepted for compatibility")
        .env("DBT_INCLUDE_SAVED_QUERY")
        .hide();
pub static FULL_REFRESH: Spec = Spec::new(
    "full_refresh",
    &["full-refresh"],
    Flag,
    "Build incremental models and seeds anew from the start",
)
.short('f')
.env("DBT_FULL_REFRESH");
pub static RESOURCE_TYPES: Spec = Spec::new(
    "resource_types",
    &["resource-types", "resource-type"],
    ManyChoice(TYPES),
    "Types of resources to work on",
)
.env("DBT_RESOURCE_TYPES");
pub static EXCLUDE_RESOURCE_TYPES: Spec = Spec::new(
    "exclude_resource_types",
    &["exclude-resource-types", "exclude-resource-type"],
    ManyChoice(EXCLUDABLE_TYPES),
    "Types of resources to leave out",
)
.env("DBT_EXCLUDE_RESOURCE_TYPES");
pub static SAMPLE: Spec = Spec::new(
    "sample",
    &["sample"],
    Kind::Sample,
    "Read only rows of a time window from refs and sources: `3 days`, or '{start: …, end: …}'",
)
.env("DBT_SAMPLE");
pub static SELECT: Spec =
    Spec::new("select", &["select", "models", "model"], Many, "Nodes to work on").short('s').short_alias('m');
/// `list` keeps the two apart.
pub static SELECT_ONLY: Spec = Spec::new("select", &["select"], Many, "Nodes to list").short('s');
pub static MODELS: Spec = Spec::new("models", &["models", "model"], Many, "Models to list").short('m');
pub static SELECTOR: Spec = Spec::new("selector", &["selector"], Text, "Name of a selector in selectors.yml");
pub static SQLPARSE: Spec = Spec::new("sqlparse", &["sqlparse"], Kind::Yaml, "Accepted for compatibility")
    .env("DBT_ENGINE_SQLPARSE")
    .hide();
pub static STORE_FAILURES: Spec =
    Spec::new("store_failures", &["store-failures"], Flag, "Keep the failing rows of tests in tables")
        .env("DBT_STORE_FAILURES");
pub static SHOW: Spec = Spec::new("show", &["show"], Flag, "Show the first rows of what was loaded");
pub static INTROSPECT: Spec =
    Spec::new("introspect", &["introspect"], Toggle, "Allow queries while compiling")
        .env("DBT_INTROSPECT")
        .on();
pub static INJECT_EPHEMERAL_CTES: Spec = Spec::new(
    "inject_ephemeral_ctes",
    &["inject-ephemeral-ctes"],
    Toggle,
    "Put ephemeral models into the SQL that uses them",
)
.on()
.hide();
pub static INLINE: Spec = Spec::new("inline", &["inline"], Text, "A template to use in place of nodes");
pub static INLINE_DIRECT: Spec =
    Spec::new("inline_direct", &["inline-direct"], Text, "SQL to send as it is").hide();
pub static LIMIT: Spec =
    Spec::new("limit", &["limit"], Kind::Int, "Number of rows to show; -1 for all").default(Int(5));
pub static OUTPUT_SHOW: Spec =
    Spec::new("output", &["output"], Choice(&["json", "text"]), "Output format").default(Words("text"));
pub static OUTPUT_LIST: Spec =
    Spec::new("output", &["output"], Choice(&["json", "name", "path", "selector"]), "Output format")
        .default(Words("selector"));
pub static OUTPUT_KEYS: Spec = Spec::new(
    "output_keys",
    &["output-keys"],
    Many,
    "With --output json: the keys to show; `config.materialized` reaches inside",
);
pub static OUTPUT_FRESHNESS: Spec =
    Spec::new("output", &["output"], Path, "File of the report, in place of target/sources.json").short('o');
pub static JUNIT: Spec =
    Spec::new("junit", &["junit"], Path, "Also write the results to this file as JUnit XML");
