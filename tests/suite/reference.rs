//! The reference project at the repository's root, copied into a folder of its own and built through the program.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use crate::drivers;
use crate::program::{Call, call};

/// A row of a table, its values by column.
pub type Row = serde_json::Map<String, Json>;

/// A copy of the project with its own warehouse file.
pub struct Reference {
    folder: tempfile::TempDir,
    variables: String,
}

pub fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Copies a folder with all below it over another.
pub fn lay_over(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("made");
    for entry in std::fs::read_dir(from).unwrap_or_else(|error| panic!("{}: {error}", from.display())) {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            lay_over(&path, &target);
        } else {
            std::fs::copy(&path, &target).expect("copied");
        }
    }
}

impl Reference {
    /// A copy whose calls get these variables (a YAML mapping).
    pub fn copy(variables: &str) -> Reference {
        let folder = tempfile::tempdir().expect("a folder");
        let root = repository();
        for name in ["models", "macros", "seeds", "tests/data"] {
            lay_over(&root.join(name), &folder.path().join(name));
        }
        std::fs::copy(root.join("project.yml"), folder.path().join("project.yml")).expect("copied");
        Reference { folder, variables: variables.into() }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Calls the program in the copy.
    pub fn call(&self, arguments: &[&str]) -> Call {
        let driver = drivers::duckdb();
        let arguments = [arguments, &["--vars", &self.variables]].concat();
        call(self.path(), &[("HEADWATER_DRIVER_DUCKDB", &driver)], &arguments)
    }

    /// Fills the raw tables from a folder.
    pub fn load(&self, raw: &Path, fill_missing_columns: bool) {
        let raw = raw.display();
        let arguments = format!("{{raw_data_dir: '{raw}', fill_missing_columns: {fill_missing_columns}}}");
        self.call(&["run-operation", "load_raw_data", "--args", &arguments]).exits(0);
    }

    /// All rows of a query, which is a template.
    pub fn query(&self, sql: &str) -> Vec<Row> {
        let call =
            self.call(&["--quiet", "show", "--inline", sql, "--output", "json", "--limit", "-1"]).exits(0);
        let shown: Json = serde_json::from_str(&call.stdout).expect("JSON");
        let rows = shown["show"].as_array().expect("a list of rows").iter();
        rows.map(|row| row.as_object().expect("a row").clone()).collect()
    }

    /// All rows of a model.
    pub fn table(&self, name: &str) -> Vec<Row> {
        self.query(&format!("select * from {{{{ ref('{name}') }}}}"))
    }

    /// Status of every node of the last run, by its unique id.
    pub fn statuses(&self) -> BTreeMap<String, String> {
        let text = std::fs::read(self.path().join("target/run_results.json")).expect("run_results.json");
        let results: Json = serde_json::from_slice(&text).expect("JSON");
        let text = |result: &Json, key: &str| result[key].as_str().unwrap_or_default().to_string();
        let results = results["results"].as_array().expect("a list of results").iter();
        results.map(|result| (text(result, "unique_id"), text(result, "status"))).collect()
    }
}
