//! Options of places and values, and of single commands.

use super::Default::{Int, Text as Words};
use super::Kind::{Choice, ExistingPath, Flag, Path, Text, Toggle};
use super::{Kind, OptionSpec};

type Spec = OptionSpec;

const PROFILES_HELP: &str = "Folder of profiles.yml; otherwise the current folder, the project's, or ~/.dbt";

pub static PROFILES_DIR: Spec =
    Spec::new("profiles_dir", &["profiles-dir"], ExistingPath, PROFILES_HELP).env("DBT_PROFILES_DIR");
/// For commands that can do without the folder.
pub static PROFILES_DIR_ANY: Spec =
    Spec::new("profiles_dir", &["profiles-dir"], Path, PROFILES_HELP).env("DBT_PROFILES_DIR");
pub static PROJECT_DIR: Spec = Spec::new(
    "project_dir",
    &["project-dir"],
    ExistingPath,
    "Folder of the project file; otherwise the current folder or the nearest above it",
)
.env("DBT_PROJECT_DIR");
pub static TARGET_PATH: Spec =
    Spec::new("target_path", &["target-path"], Path, "Folder for compiled files and artifacts")
        .env("DBT_TARGET_PATH");
pub static THREADS: Spec =
    Spec::new("threads", &["threads"], Kind::Int, "Number of nodes to run at the same time");
pub static VARS: Spec =
    Spec::new("vars", &["vars"], Kind::Yaml, "Variables for the project, as YAML: '{start: 2024-01-01}'");

pub static CLEAN_PROJECT_FILES_ONLY: Spec = Spec::new(
    "clean_project_files_only",
    &["clean-project-files-only"],
    Toggle,
    "Refuse to delete what lies outside of the project",
)
.env("DBT_CLEAN_PROJECT_FILES_ONLY")
.on();

pub static CONFIG_DIR: Spec =
    Spec::new("config_dir", &["config-dir"], Flag, "Only say where profiles.yml is looked for");
pub static CONNECTION: Spec = Spec::new("connection", &["connection"], Flag, "Test the connection only");

pub static ADD_PACKAGE: Spec =
    Spec::new("add_package", &["add-package"], Kind::Package, "Add a package to packages.yml: name@version");
pub static LOCK: Spec =
    Spec::new("lock", &["lock"], Flag, "Write package-lock.yml without installing anything");
pub static SOURCE: Spec =
    Spec::new("source", &["source"], Choice(&["hub", "git", "local"]), "Where the added package comes from")
        .default(Words("hub"));
pub static UPGRADE: Spec =
    Spec::new("upgrade", &["upgrade"], Flag, "Take the newest versions that packages.yml allows");

pub static COMPILE: Spec = Spec::new("compile", &["compile"], Toggle, "Compile the project as well").on();
pub static EMPTY_CATALOG: Spec =
    Spec::new("empty_catalog", &["empty-catalog"], Flag, "Write a catalog without asking the warehouse");
pub static STATIC: Spec = Spec::new("static", &["static"], Flag, "Write one HTML file that holds everything");
pub static HOST: Spec =
    Spec::new("host", &["host"], Text, "Address to serve on").env("DBT_HOST").default(Words("127.0.0.1"));
pub static PORT: Spec = Spec::new("port", &["port"], Kind::Int, "Port to serve on").default(Int(8080));
pub static BROWSER: Spec = Spec::new("browser", &["browser"], Toggle, "Open a browser").on();

pub static ARGS: Spec =
    Spec::new("args", &["args"], Kind::Yaml, "Arguments of the macro, as YAML: '{name: value}'");
pub static SKIP_PROFILE_SETUP: Spec =
    Spec::new("skip_profile_setup", &["skip-profile-setup"], Flag, "Do not ask for a connection").short('s');

pub static DIALECT: Spec = Spec::new(
    "dialect",
    &["dialect"],
    Choice(&["duckdb", "postgres", "snowflake", "bigquery", "spark"]),
    "SQL to write; otherwise that of the target",
);
pub static EMIT_OUTPUT: Spec =
    Spec::new("output", &["output"], Path, "File of the script; otherwise it goes to the console").short('o');
pub static EMIT_OUTPUT_DIR: Spec =
    Spec::new("output_dir", &["output-dir"], Path, "Folder for one numbered file a node");
pub static EMIT_INCREMENTAL: Spec = Spec::new(
    "incremental",
    &["incremental"],
    Flag,
    "Write incremental models and snapshots as their next build, not as their first",
);
pub static LINEAGE_FORMAT: Spec = Spec::new(
    "format",
    &["format"],
    Choice(&["text", "json", "dot", "mermaid", "graphml", "csv", "svg", "erd"]),
    "Output format; `svg` needs Graphviz, `erd` shows tables and keys",
)
.default(Words("text"));
pub static ERD_FORMAT: Spec = Spec::new(
    "erd_format",
    &["erd-format"],
    Choice(&["mermaid", "dot", "svg"]),
    "Format of the diagram of --format erd",
)
.default(Words("mermaid"));
pub static TESTS: Spec = Spec::new("tests", &["tests"], Flag, "Show tests as well");
pub static LINEAGE_OUTPUT: Spec =
    Spec::new("output", &["output"], Path, "File to write; otherwise the console").short('o');
pub static FROM: Spec = Spec::new(
    "from",
    &["from"],
    Text,
    "Take the driver from this file or address: the package, or the library itself",
);
