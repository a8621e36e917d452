//! Values by name to the [`Flags`] that the stages read, and to what artifacts and templates show.

use std::path::{Path, PathBuf};

use super::parse::Parsed;
use super::resolve::Values;
use crate::flags::*;
use crate::value::{Map, Str, Value};

/// Left out of `args` when false.
#[rustfmt::skip]
const HIDDEN_WHEN_FALSE: &[&str] = &[
    "debug", "full_refresh", "fail_fast", "warn_error", "single_threaded", "log_cache_events",
    "store_failures", "use_experimental_parser",
];

/// Shown by the templates' `flags`.
#[rustfmt::skip]
const TEMPLATE: &[&str] = &[
    "use_experimental_parser", "static_parser", "warn_error", "warn_error_options", "write_json",
    "partial_parse", "use_colors", "profiles_dir", "debug", "log_format", "version_check", "fail_fast",
    "send_anonymous_usage_stats", "printer_width", "indirect_selection", "log_cache_events", "quiet",
    "no_print", "cache_selected_only", "introspect", "target_path", "log_path", "invocation_command",
    "empty", "full_refresh", "store_failures", "which",
];

struct Reader<'v>(&'v Values);

impl Reader<'_> {
    fn flag(&self, name: &str) -> bool {
        self.0.get(name).is_truthy()
    }

    /// A flag that is on where the command does not have it.
    fn flag_on(&self, name: &str) -> bool {
        self.0.get(name).as_bool().unwrap_or(true)
    }

    fn text(&self, name: &str) -> Option<Str> {
        self.0.get(name).as_shared_str().cloned()
    }

    fn word(&self, name: &str) -> Str {
        self.text(name).unwrap_or_default()
    }

    fn int(&self, name: &str) -> Option<i64> {
        self.0.get(name).as_i64()
    }

    fn list(&self, name: &str) -> Vec<Str> {
        let items = self.0.get(name).as_list().unwrap_or_default();
        items.iter().filter_map(|item| item.as_shared_str().cloned()).collect()
    }

    fn map(&self, name: &str) -> Map {
        self.0.get(name).as_map().cloned().unwrap_or_default()
    }

    fn path(&self, name: &str) -> Option<PathBuf> {
        self.text(name).map(|text| PathBuf::from(&*text))
    }

    fn datetime(&self, name: &str) -> Option<chrono::NaiveDateTime> {
        match self.0.get(name) {
            Value::DateTime(time) => Some(*time),
            _ => None,
        }
    }
}

/// The flags of a command, from all its values.
pub fn flags(parsed: &Parsed, values: &Values, behaviour: Map, args: &[String]) -> Flags {
    let read = Reader(values);
    let which = parsed.command.which;
    let project_dir = read.path("project_dir").unwrap_or_default();
    let below_project = |name: &str| read.path(name).map(|path| project_dir.join(path));
    let all = all_values(parsed, values, &behaviour, args);
    Flags {
        which: which.into(),
        target_path: read.path("target_path"),
        vars: read.map("vars"),
        profiles: ProfileFlags {
            profiles_dir: read.path("profiles_dir").unwrap_or_default(),
            profiles_dir_given: false,
            profile: read.text("profile"),
            target: read.text("target"),
            threads: read.int("threads").and_then(|threads| usize::try_from(threads).ok()),
        },
        selection: selection(&read),
        state: StateFlags {
            state: below_project("state"),
            defer_state: below_project("defer_state"),
            defer: read.flag("defer"),
            favor_state: read.flag("favor_state"),
        },
        run: run(&read),
        output: output(&read, which, &project_dir),
        log: log(&read),
        warnings: WarningFlags {
            warn_error: read.flag("warn_error"),
            options: warn_error_options(&read.map("warn_error_options")),
            all: behaviour.get("require_all_warnings_handled_by_warn_error").is_some_and(Value::is_truthy),
        },
        parse: ParseFlags {
            partial_parse: read.flag("partial_parse"),
            compares_files: read.flag("partial_parse_file_diff"),
            static_parser: read.flag("static_parser"),
            version_check: read.flag("version_check"),
            macro_texts_of: read.path("macro_texts_of"),
        },
        deps: deps(&read),
        docs: DocsFlags {
            compile: read.flag_on("compile"),
            empty_catalog: read.flag("empty_catalog"),
            r#static: read.flag("static"),
            host: read.word("host"),
            port: read.int("port").and_then(|port| u16::try_from(port).ok()).unwrap_or(8080),
            browser: read.flag("browser"),
        },
        debug_command: DebugFlags {
            config_dir: read.flag("config_dir"),
            connection: read.flag("connection"),
        },
        operation: OperationFlags {
            macro_name: parsed.argument.clone().filter(|_| which == "run-operation").unwrap_or_default(),
            macro_args: read.map("args"),
            project_name: parsed.argument.clone().filter(|_| which == "init"),
            skip_profile_setup: read.flag("skip_profile_setup"),
            clean_project_files_only: read.flag_on("clean_project_files_only"),
        },
        send_anonymous_usage_stats: read.flag("send_anonymous_usage_stats"),
        record_timing_info: below_project("record_timing_info"),
        profile_trace: below_project("profile_trace"),
        template: template(&all),
        args: shown_args(all),
        behaviour,
        project_dir,
    }
}

fn selection(read: &Reader) -> SelectionFlags {
    SelectionFlags {
        select: read.list("select"),
        models: read.list("models"),
        exclude: read.list("exclude"),
        selector: read.text("selector"),
        resource_types: read.list("resource_types"),
        exclude_resource_types: read.list("exclude_resource_types"),
        indirect_selection: read.word("indirect_selection"),
    }
}

fn run(read: &Reader) -> RunFlags {
    RunFlags {
        full_refresh: read.flag("full_refresh"),
        empty: read.flag("empty"),
        fail_fast: read.flag("fail_fast"),
        store_failures: read.flag("store_failures"),
        introspect: read.flag_on("introspect"),
        inject_ephemeral_ctes: read.flag_on("inject_ephemeral_ctes"),
        single_threaded: read.flag("single_threaded"),
        populate_cache: read.flag("populate_cache"),
        cache_selected_only: read.flag("cache_selected_only"),
        export_saved_queries: read.flag("export_saved_queries"),
        event_time_start: read.datetime("event_time_start"),
        event_time_end: read.datetime("event_time_end"),
        sample: None,
    }
}

fn output(read: &Reader, which: &str, project_dir: &Path) -> OutputFlags {
    let is_file = matches!(which, "freshness" | "emit" | "lineage");
    OutputFlags {
        inline: read.text("inline"),
        inline_direct: read.text("inline_direct"),
        limit: read.int("limit").unwrap_or(5),
        format: read
            .text("format")
            .unwrap_or_else(|| if is_file { Str::default() } else { read.word("output") }),
        keys: read.list("output_keys"),
        path: read.path("output").filter(|_| is_file).map(|path| project_dir.join(path)),
        folder: read.path("output_dir").map(|path| project_dir.join(path)),
        dialect: read.text("dialect"),
        erd_format: read.word("erd_format"),
        tests: read.flag("tests"),
        incremental: read.flag("incremental"),
        junit: read.path("junit"),
        annotations: None,
        show: read.flag("show"),
        write_json: read.flag_on("write_json"),
    }
}

fn log(read: &Reader) -> LogFlags {
    let unsigned =
        |name: &str| read.int(name).and_then(|value| u64::try_from(value).ok()).unwrap_or_default();
    LogFlags {
        level: read.word("log_level"),
        level_file: read.word("log_level_file"),
        format: read.word("log_format"),
        format_file: read.word("log_format_file"),
        path: read.path("log_path").unwrap_or_default(),
        file_max_bytes: unsigned("log_file_max_bytes"),
        debug: read.flag("debug"),
        quiet: read.flag("quiet"),
        print: read.flag("print"),
        use_colors: read.flag("use_colors"),
        use_colors_file: read.flag("use_colors_file"),
        printer_width: usize::try_from(unsigned("printer_width")).unwrap_or(80),
        cache_events: read.flag("log_cache_events"),
        show_all_deprecations: read.flag("show_all_deprecations"),
        show_resource_report: read.flag("show_resource_report"),
        macro_debugging: read.flag("macro_debugging"),
    }
}

fn deps(read: &Reader) -> DepsFlags {
    let package = read.map("add_package");
    DepsFlags {
        add_package: package.get("name").and_then(Value::as_shared_str).map(|name| NewPackage {
            name: name.clone(),
            version: package.get("version").and_then(Value::as_shared_str).cloned(),
        }),
        source: read.word("source"),
        lock: read.flag("lock"),
        upgrade: read.flag("upgrade"),
    }
}

fn warn_error_options(options: &Map) -> WarnErrorOptions {
    let list = |key: &str| -> Vec<Str> {
        let names = options.get(key).and_then(Value::as_list).unwrap_or_default();
        names.iter().filter_map(|name| name.as_shared_str().cloned()).collect()
    };
    let all = options.get("error").is_some_and(|value| value.as_str().is_some());
    WarnErrorOptions {
        error: if all { ErrorSet::All } else { ErrorSet::Named(list("error")) },
        warn: list("warn"),
        silence: list("silence"),
    }
}

/// Everything under dbt's names.
fn all_values(parsed: &Parsed, values: &Values, behaviour: &Map, args: &[String]) -> Map {
    let mut all = Map::default();
    for (name, default) in [
        ("indirect_selection", Value::str("eager")),
        ("full_refresh", Value::Bool(false)),
        ("strict_mode", Value::Bool(false)),
        ("store_failures", Value::Bool(false)),
        ("introspect", Value::Bool(true)),
        ("empty", Value::Null),
    ] {
        all.insert(name.into(), default);
    }
    all.extend(values.map.iter().map(|(name, value)| (name.clone(), value.clone())));
    all.extend(behaviour.iter().map(|(name, value)| (name.clone(), value.clone())));
    if let (Some(argument), Some(word)) = (&parsed.command.argument, &parsed.argument) {
        all.insert(argument.name.into(), Value::Str(word.clone()));
    }
    if all.contains_key("sqlparse") {
        let unlimited =
            ["MAX_GROUPING_DEPTH", "MAX_GROUPING_TOKENS"].map(|key| (Str::from(key), Value::Null));
        if all.get("sqlparse").is_some_and(|value| !value.is_truthy()) {
            all.insert("sqlparse".into(), Value::Map(unlimited.into_iter().collect()));
        }
    }
    let options = values.get("warn_error_options").as_map().filter(|options| !options.is_empty()).cloned();
    let options = options.map_or_else(|| WarnErrorOptions::default().to_value(), Value::Map);
    all.insert("warn_error_options".into(), options);
    all.insert("which".into(), Value::str(parsed.word.clone()));
    let words = std::iter::once("dbt").chain(args.iter().map(String::as_str)).collect::<Vec<_>>();
    all.insert("invocation_command".into(), Value::str(words.join(" ")));
    all
}

/// What artifacts and `invocation_args_dict` show.
fn shown_args(all: Map) -> Map {
    all.into_iter()
        .filter(|(name, value)| {
            let hidden = HIDDEN_WHEN_FALSE.contains(&&**name) && *value == Value::Bool(false);
            !value.is_null()
                && !hidden
                && !matches!(&**name, "junit" | "profile_trace" | "github_annotations" | "macro_texts_of")
        })
        .collect()
}

fn template(all: &Map) -> Map {
    TEMPLATE
        .iter()
        .map(|name| (Str::from(name.to_uppercase()), all.get(*name).cloned().unwrap_or_default()))
        .collect()
}
