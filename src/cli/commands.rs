//! The commands, as data: their names, what they say of themselves, and their options.

use super::options::{self as o, OptionSpec};

/// One command.
#[derive(Debug)]
pub struct CommandSpec {
    /// The words that call it: `["docs", "generate"]`.
    pub path: &'static [&'static str],
    /// Another last word that calls it.
    pub alias: Option<&'static str>,
    /// dbt's name of it, as in `which`.
    pub which: &'static str,
    pub about: &'static str,
    pub options: &'static [&'static OptionSpec],
    pub argument: Option<Argument>,
    /// Works on a project, so that flags are read from it.
    pub in_project: bool,
}

/// A word that follows the command's name.
#[derive(Debug)]
pub struct Argument {
    /// The name of its value.
    pub name: &'static str,
    pub required: bool,
    pub choices: &'static [&'static str],
    pub help: &'static str,
}

/// Groups of commands.
pub static GROUPS: &[(&str, &str)] = &[
    ("docs", "Make or serve the project's documentation"),
    ("source", "Look after the project's sources"),
    ("driver", "Install and list the drivers of warehouses"),
];

const fn command(
    path: &'static [&'static str],
    which: &'static str,
    about: &'static str,
    options: &'static [&'static OptionSpec],
) -> CommandSpec {
    CommandSpec { path, alias: None, which, about, options, argument: None, in_project: true }
}

impl CommandSpec {
    const fn alias(mut self, alias: &'static str) -> CommandSpec {
        self.alias = Some(alias);
        self
    }

    const fn argument(mut self, name: &'static str, required: bool, help: &'static str) -> CommandSpec {
        self.argument = Some(Argument { name, required, choices: &[], help });
        self
    }

    const fn anywhere(mut self) -> CommandSpec {
        self.in_project = false;
        self
    }

    const fn choices(mut self, choices: &'static [&'static str]) -> CommandSpec {
        if let Some(argument) = &mut self.argument {
            argument.choices = choices;
        }
        self
    }
}

#[rustfmt::skip]
pub static COMMANDS: &[CommandSpec] = &[
    command(&["build"], "build", "Run seeds, models, snapshots and tests in the order of the DAG", &[
        &o::EMPTY, &o::EVENT_TIME_START, &o::EVENT_TIME_END, &o::EXCLUDE, &o::EXPORT_SAVED_QUERIES,
        &o::FULL_REFRESH, &o::INCLUDE_SAVED_QUERY, &o::PROFILES_DIR, &o::PROJECT_DIR, &o::RESOURCE_TYPES,
        &o::EXCLUDE_RESOURCE_TYPES, &o::SQLPARSE, &o::SAMPLE, &o::SELECT, &o::SELECTOR, &o::SHOW,
        &o::STORE_FAILURES, &o::TARGET_PATH, &o::THREADS, &o::VARS, &o::JUNIT,
    ]),
    command(&["clean"], "clean", "Delete the folders in clean-targets", &[
        &o::CLEAN_PROJECT_FILES_ONLY, &o::PROFILES_DIR_ANY, &o::PROJECT_DIR, &o::TARGET_PATH, &o::VARS,
    ]),
    command(&["clone"], "clone", "Clone nodes from the manifest in the --state folder", &[
        &o::EXCLUDE, &o::FULL_REFRESH, &o::PROFILES_DIR, &o::PROJECT_DIR, &o::RESOURCE_TYPES,
        &o::EXCLUDE_RESOURCE_TYPES, &o::SELECT, &o::SELECTOR, &o::TARGET_PATH, &o::THREADS, &o::VARS,
    ]),
    command(&["compile"], "compile", "Write the SQL of models, tests and analyses to the target folder", &[
        &o::EXCLUDE, &o::FULL_REFRESH, &o::OUTPUT_SHOW, &o::INTROSPECT, &o::PROFILES_DIR, &o::PROJECT_DIR,
        &o::EMPTY, &o::SELECT, &o::SELECTOR, &o::INLINE, &o::INJECT_EPHEMERAL_CTES, &o::SQLPARSE,
        &o::TARGET_PATH, &o::THREADS, &o::VARS,
    ]),
    command(&["debug"], "debug", "Show the set-up and test the connection", &[
        &o::CONNECTION, &o::CONFIG_DIR, &o::PROFILES_DIR_ANY, &o::PROJECT_DIR, &o::VARS,
    ]),
    command(&["deps"], "deps", "Install the packages of packages.yml", &[
        &o::PROFILES_DIR_ANY, &o::PROJECT_DIR, &o::VARS, &o::SOURCE, &o::LOCK, &o::UPGRADE, &o::ADD_PACKAGE,
    ]),
    command(&["docs", "generate"], "generate", "Make the documentation site", &[
        &o::COMPILE, &o::EXCLUDE, &o::SQLPARSE, &o::PROFILES_DIR, &o::PROJECT_DIR, &o::SELECT, &o::SELECTOR,
        &o::EMPTY_CATALOG, &o::STATIC, &o::TARGET_PATH, &o::THREADS, &o::VARS,
    ]),
    command(&["docs", "serve"], "serve", "Serve the documentation site", &[
        &o::BROWSER, &o::HOST, &o::PORT, &o::PROFILES_DIR, &o::PROJECT_DIR, &o::TARGET_PATH, &o::VARS,
    ]),
    command(&["init"], "init", "Make a new project", &[
        &o::PROFILES_DIR_ANY, &o::PROJECT_DIR, &o::SKIP_PROFILE_SETUP, &o::VARS,
    ])
    .argument("project_name", false, "Name of the project and its folder"),
    command(&["list"], "list", "List the resources of the project", &[
        &o::EXCLUDE, &o::MODELS, &o::OUTPUT_LIST, &o::OUTPUT_KEYS, &o::PROFILES_DIR, &o::PROJECT_DIR,
        &o::RESOURCE_TYPES, &o::EXCLUDE_RESOURCE_TYPES, &o::SELECT_ONLY, &o::SELECTOR, &o::TARGET_PATH, &o::VARS,
    ])
    .alias("ls"),
    command(&["parse"], "parse", "Read the project and write its manifest", &[
        &o::PROFILES_DIR, &o::PROJECT_DIR, &o::TARGET_PATH, &o::THREADS, &o::VARS,
    ]),
    command(&["retry"], "retry", "Run again what failed in the last run", &[
        &o::PROJECT_DIR, &o::PROFILES_DIR, &o::VARS, &o::TARGET_PATH, &o::THREADS, &o::FULL_REFRESH,
    ]),
    command(&["run"], "run", "Build models in the target", &[
        &o::EXCLUDE, &o::FULL_REFRESH, &o::PROFILES_DIR, &o::PROJECT_DIR, &o::EMPTY, &o::EVENT_TIME_START,
        &o::EVENT_TIME_END, &o::SQLPARSE, &o::SAMPLE, &o::SELECT, &o::SELECTOR, &o::TARGET_PATH, &o::THREADS,
        &o::VARS, &o::JUNIT,
    ]),
    command(&["run-operation"], "run-operation", "Call a macro", &[
        &o::ARGS, &o::PROFILES_DIR, &o::PROJECT_DIR, &o::TARGET_PATH, &o::THREADS, &o::VARS,
    ])
    .argument("macro", true, "Name of the macro"),
    command(&["seed"], "seed", "Load CSV files into the target", &[
        &o::EXCLUDE, &o::FULL_REFRESH, &o::PROFILES_DIR, &o::PROJECT_DIR, &o::SQLPARSE, &o::SELECT, &o::SELECTOR,
        &o::SHOW, &o::TARGET_PATH, &o::THREADS, &o::VARS,
    ]),
    command(&["show"], "show", "Run the SQL of a node or of --inline, and show the first rows", &[
        &o::EXCLUDE, &o::FULL_REFRESH, &o::OUTPUT_SHOW, &o::LIMIT, &o::INTROSPECT, &o::PROFILES_DIR,
        &o::PROJECT_DIR, &o::SELECT, &o::SELECTOR, &o::INLINE, &o::INLINE_DIRECT, &o::SQLPARSE, &o::TARGET_PATH,
        &o::THREADS, &o::VARS,
    ]),
    command(&["snapshot"], "snapshot", "Run snapshots", &[
        &o::EMPTY, &o::EXCLUDE, &o::PROFILES_DIR, &o::PROJECT_DIR, &o::SQLPARSE, &o::SELECT, &o::SELECTOR,
        &o::TARGET_PATH, &o::THREADS, &o::VARS,
    ]),
    command(&["source", "freshness"], "freshness", "Check how old the sources' data are", &[
        &o::EXCLUDE, &o::OUTPUT_FRESHNESS, &o::SQLPARSE, &o::PROFILES_DIR, &o::PROJECT_DIR, &o::SELECT,
        &o::SELECTOR, &o::TARGET_PATH, &o::THREADS, &o::VARS,
    ])
    .alias("snapshot-freshness"),
    command(&["test"], "test", "Run tests", &[
        &o::EXCLUDE, &o::RESOURCE_TYPES, &o::EXCLUDE_RESOURCE_TYPES, &o::PROFILES_DIR, &o::PROJECT_DIR,
        &o::SQLPARSE, &o::SELECT, &o::SELECTOR, &o::STORE_FAILURES, &o::TARGET_PATH, &o::THREADS, &o::VARS,
        &o::JUNIT,
    ]),
    command(&["emit"], "emit", "Write the build as SQL for a warehouse, in order, without connecting", &[
        &o::DIALECT, &o::EMIT_OUTPUT, &o::EMIT_OUTPUT_DIR, &o::EMIT_INCREMENTAL, &o::EVENT_TIME_START, &o::EVENT_TIME_END, &o::EXCLUDE, &o::FULL_REFRESH,
        &o::PROFILES_DIR, &o::PROJECT_DIR, &o::RESOURCE_TYPES, &o::EXCLUDE_RESOURCE_TYPES, &o::SELECT,
        &o::SELECTOR, &o::TARGET_PATH, &o::VARS,
    ]),
    command(&["lineage"], "lineage", "Write the lineage graph, or the diagram of entities and keys", &[
        &o::LINEAGE_FORMAT, &o::ERD_FORMAT, &o::LINEAGE_OUTPUT, &o::TESTS, &o::EXCLUDE, &o::PROFILES_DIR, &o::PROJECT_DIR,
        &o::RESOURCE_TYPES, &o::EXCLUDE_RESOURCE_TYPES, &o::SELECT, &o::SELECTOR, &o::TARGET_PATH, &o::VARS,
    ]),
    command(&["driver", "install"], "driver-install", "Fetch the driver of a warehouse", &[&o::FROM])
        .argument("driver", true, "Name of the driver, such as `duckdb`")
        .anywhere(),
    command(&["driver", "list"], "driver-list", "List the drivers and where they are", &[]).anywhere(),
    command(&["completions"], "completions", "Print a completion script for a shell", &[])
        .argument("shell", true, "The shell")
        .choices(&["bash", "zsh", "fish", "elvish", "powershell"])
        .anywhere(),
    command(&["man"], "man", "Write man pages into a folder", &[])
        .argument("folder", true, "Folder to write to")
        .anywhere(),
];

/// The command that dbt calls `which`.
pub fn by_which(which: &str) -> Option<&'static CommandSpec> {
    COMMANDS.iter().find(|command| command.which == which)
}

/// The command of these words.
pub fn find(words: &[&str]) -> Option<&'static CommandSpec> {
    COMMANDS.iter().find(|command| {
        let (Some((last, group)), Some((word, before))) = (command.path.split_last(), words.split_last())
        else {
            return false;
        };
        group == before && (last == word || command.alias == Some(*word))
    })
}
