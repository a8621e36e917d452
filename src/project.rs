//! A loaded project: its packages, their files, the profile and the invocation's flags.
//!
//! `load` makes it; nobody else reads project files.

use std::path::PathBuf;
use std::sync::Arc;

use crate::source::FileId;
use crate::value::{Map, Str, Value};
use crate::yaml::Yaml;

/// What `load` hands to the other stages.
#[derive(Debug)]
pub struct Project {
    /// The root project first, then installed packages in order of their names, then the built-in
    /// packages (`dbt_duckdb`, `dbt`).
    pub packages: Vec<Arc<Package>>,
    /// Packages of an installed dbt whose macros manifest.json states in place of the built-in ones, which
    /// are those that run; empty unless `--macro-texts-of` names one.
    pub macro_texts: Vec<Arc<Package>>,
    pub profile: Profile,
    /// `--vars`, rendered.
    pub cli_vars: Map,
    /// The `flags:` of the project file.
    pub flags: Map,
    /// The catalogs of catalogs.yml by name: the entry of each one's active write integration.
    pub catalogs: Map,
    /// selectors.yml, parsed.
    pub selectors: Option<Yaml>,
    /// Absolute path of the target folder.
    pub target_path: PathBuf,
}

impl Project {
    pub fn root(&self) -> &Arc<Package> {
        &self.packages[0]
    }

    pub fn package(&self, name: &str) -> Option<&Arc<Package>> {
        self.packages.iter().find(|package| &*package.config.name == name)
    }
}

/// One package: the project itself, an installed one, or a built-in one.
#[derive(Debug)]
pub struct Package {
    pub config: ProjectConfig,
    /// Absolute folder; empty for built-in packages.
    pub root: PathBuf,
    pub builtin: bool,
    /// Ordered by kind, then by path, so that nothing depends on the file system's order.
    pub files: Vec<PackageFile>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FileKind {
    Macro,
    /// `.sql` or `.py` under model-paths.
    Model,
    Snapshot,
    Analysis,
    /// `.sql` directly under test-paths, except in a `generic` folder.
    SingularTest,
    /// `.sql` under `<test-path>/generic`.
    GenericTest,
    Seed,
    /// `.md` holding docs blocks.
    Documentation,
    /// `.yml`/`.yaml` properties.
    Properties,
    /// Unit test fixtures: `.csv` and `.sql` under `<test-path>/fixtures`.
    Fixture,
    Function,
}

#[derive(Debug)]
pub struct PackageFile {
    pub kind: FileKind,
    /// Relative to its resource folder: `staging/stg_orders.sql`.
    pub path: Str,
    /// Relative to the package's root: `models/staging/stg_orders.sql`.
    pub original_file_path: Str,
    /// UTF-8, BOM and trailing white space dropped; line breaks as on disk, since checksums and `raw_code` keep `\r\n` (the
    /// template engine turns them into `\n`). Empty for seeds, which are not read here.
    pub text: Arc<str>,
    /// Files built into the binary have one too.
    pub file: FileId,
    /// Unix seconds of the last change; 0 for built-in files.
    pub modified: f64,
}

/// A project file's settings, Jinja rendered, defaults filled in.
#[derive(Clone, Debug, Default)]
pub struct ProjectConfig {
    pub name: Str,
    pub version: Option<Value>,
    pub profile: Option<Str>,
    pub model_paths: Vec<Str>,
    pub macro_paths: Vec<Str>,
    pub seed_paths: Vec<Str>,
    pub test_paths: Vec<Str>,
    pub analysis_paths: Vec<Str>,
    pub snapshot_paths: Vec<Str>,
    pub docs_paths: Vec<Str>,
    pub function_paths: Vec<Str>,
    pub asset_paths: Vec<Str>,
    /// `target-path`, when the file has it.
    pub target_path: Option<Str>,
    pub clean_targets: Vec<Str>,
    pub packages_install_path: Str,
    /// Configuration trees by the project file's key: `models`, `seeds`, `snapshots`, `data_tests`
    /// (the old name `tests` merged in), `unit_tests`, `sources`, `exposures`, `metrics`, `semantic-models`,
    /// `saved-queries`, `functions`; `+` prefixes kept as written. Rendered; `raw_trees` is not.
    pub trees: Map,
    pub raw_trees: Map,
    /// `vars:` as written, package scopes included.
    pub vars: Map,
    pub on_run_start: Vec<Str>,
    pub on_run_end: Vec<Str>,
    /// Entries `{macro_namespace, search_order}`.
    pub dispatch: Vec<Dispatch>,
    /// `quoting:`: database, schema, identifier; none where unset.
    pub quoting: [Option<bool>; 3],
    pub query_comment: Option<Value>,
    pub require_dbt_version: Vec<Str>,
    pub restrict_access: bool,
    /// The parsed file, for messages; none for built-in packages.
    pub source: Option<Yaml>,
}

impl ProjectConfig {
    /// All folders that hold sources of the project.
    pub fn source_paths(&self) -> impl Iterator<Item = &Str> {
        [
            &self.model_paths,
            &self.seed_paths,
            &self.snapshot_paths,
            &self.analysis_paths,
            &self.macro_paths,
            &self.test_paths,
            &self.function_paths,
        ]
        .into_iter()
        .flatten()
    }
}

#[derive(Clone, Debug, Default)]
pub struct Dispatch {
    pub macro_namespace: Str,
    pub search_order: Vec<Str>,
}

/// The chosen output of profiles.yml, or the embedded DuckDB's.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    pub profile_name: Str,
    pub target_name: Str,
    pub adapter_type: Str,
    pub threads: usize,
    /// All keys of the output, rendered; may hold secrets, so it has no printed form.
    pub credentials: Map,
    /// Database and schema that nodes get by default.
    pub database: Option<Str>,
    pub schema: Str,
    /// What `target` is in templates: the keys that may be shown, name, type and threads.
    pub target: Map,
    /// The folder that relative paths of the profile are relative to.
    pub base: PathBuf,
}
