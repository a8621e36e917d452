//! The program in a folder of its own: arguments in, exit code and output out.

use std::path::{Path, PathBuf};
use std::process::Command;

/// What a call of the program came to.
pub struct Call {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Call {
    /// Runs a command to its end.
    pub fn of(command: &mut Command) -> Call {
        let output = command.output().expect("the program runs");
        Call {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Both streams.
    pub fn output(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }

    /// The call, with an exit code that was expected.
    #[track_caller]
    pub fn exits(self, code: i32) -> Call {
        assert_eq!(self.code, code, "{}", self.output());
        self
    }

    /// The call, with a text that was expected in what it said.
    #[track_caller]
    pub fn says(self, text: &str) -> Call {
        assert!(self.output().contains(text), "`{text}` is not in:\n{}", self.output());
        self
    }
}

/// Calls the program in `folder` with variables of the environment and arguments.
pub fn call(folder: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> Call {
    let mut command = Command::new(env!("CARGO_BIN_EXE_headwater"));
    command.current_dir(folder).args(arguments).env("HOME", folder).env("DO_NOT_TRACK", "1");
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("DBT_")) {
        command.env_remove(name);
    }
    command.env_remove("GITHUB_ACTIONS");
    Call::of(command.envs(variables.iter().copied()))
}

/// Writes `files` (path and content) below `root`.
pub fn write(root: &Path, files: &[(&str, &str)]) {
    for (path, content) in files {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, content).expect("written");
    }
}

/// A project of its own on DuckDB, in a folder that goes with it.
pub struct Project {
    folder: tempfile::TempDir,
}

impl Project {
    /// A project called `shop` with `files` beside its project file and profile.
    pub fn new(files: &[(&str, &str)]) -> Project {
        let folder = tempfile::tempdir().expect("a folder");
        let project = Project { folder };
        project.write(&[
            ("dbt_project.yml", "name: shop\nversion: '1.0'\nprofile: shop\nflags: {use_colors: false}\n"),
            (
                "profiles.yml",
                &format!(
                    "shop:\n  target: dev\n  outputs:\n    dev: {{type: duckdb, path: shop.duckdb, threads: 2, driver: '{}'}}\n",
                    crate::drivers::duckdb()
                ),
            ),
        ]);
        project.write(files);
        project
    }

    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    pub fn write(&self, files: &[(&str, &str)]) {
        write(self.root(), files);
    }

    pub fn call(&self, arguments: &[&str]) -> Call {
        call(self.root(), &[], arguments)
    }

    pub fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    pub fn json(&self, path: &str) -> serde_json::Value {
        serde_json::from_str(&self.read(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// `unique id status` of each result of the last run, in order of their ids.
    pub fn results(&self) -> Vec<String> {
        let results = self.json("target/run_results.json");
        let text =
            |result: &serde_json::Value, key: &str| result[key].as_str().unwrap_or_default().to_string();
        let mut lines: Vec<String> = results["results"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|result| format!("{} {}", text(result, "unique_id"), text(result, "status")))
            .collect();
        lines.sort();
        lines
    }
}

/// The path in a variable of the environment, or a word on stderr that it is not there.
pub fn tool(variable: &str, what: &str) -> Option<PathBuf> {
    let path = std::env::var_os(variable).map(PathBuf::from).filter(|path| path.exists());
    if path.is_none() {
        eprintln!("skipped: {what} ({variable} is not set)");
    }
    path
}
