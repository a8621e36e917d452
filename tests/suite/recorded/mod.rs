//! Warehouses that are out of reach: what they would be sent, through the recorder (tests/recorder/driver.rs).

mod bigquery;
mod contracts;
mod databricks;
mod errors;
mod query_comment;
mod redshift;
mod snowflake;

use std::path::PathBuf;

use crate::program::{Call, Project};

/// A project whose warehouse is the recorder.
pub struct Recorded {
    pub project: Project,
    driver: &'static str,
}

impl Recorded {
    /// A project with `files`, whose profile `shop` is `profile` (the keys of one output, YAML in braces).
    pub fn new(profile: &str, driver: &'static str, files: &[(&str, &str)]) -> Recorded {
        let project = Project::new(files);
        let profiles = format!("shop:\n  target: dev\n  outputs:\n    dev: {profile}\n");
        project.write(&[("profiles.yml", &profiles)]);
        Recorded { project, driver }
    }

    /// The statements of the last call with their comments.
    pub fn sent_with_comments(&self) -> String {
        self.project.read("sent.jsonl")
    }

    /// Calls the program with `answers` (tests/recorder/driver.rs has their form): what it said, and the
    /// statements that it sent, without the comment that stands before each.
    pub fn call(&self, answers: &str, arguments: &[&str]) -> (Call, Vec<String>) {
        let log = self.project.root().join("sent.jsonl");
        _ = std::fs::remove_file(&log);
        self.project.write(&[("answers.json", answers)]);
        let answers = self.project.root().join("answers.json");
        let path = |path: &PathBuf| path.to_str().expect("a path in UTF-8").to_string();
        let call = crate::program::call(
            self.project.root(),
            &[
                (self.driver, &path(&driver())),
                ("RECORDER_ANSWERS", &path(&answers)),
                ("RECORDER_LOG", &path(&log)),
            ],
            arguments,
        );
        let sent = std::fs::read_to_string(log).unwrap_or_default();
        (call, sent.lines().map(statement).collect())
    }
}

/// The library, which cargo builds beside the tests as an example.
fn driver() -> PathBuf {
    let file = format!("{}recorder{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    let path = PathBuf::from(env!("CARGO_BIN_EXE_headwater")).with_file_name("examples").join(file);
    assert!(path.exists(), "{} is missing: `cargo build --example recorder` makes it", path.display());
    path
}

fn statement(line: &str) -> String {
    let entry: serde_json::Value = serde_json::from_str(line).expect("a line of the log");
    let sql = entry["sql"].as_str().expect("SQL").trim();
    let sql = match sql.strip_prefix("/*") {
        Some(rest) => rest.split_once("*/").expect("the end of the comment").1.trim(),
        None => sql,
    };
    // Snowflake's stands after the statement.
    let sql = match sql.trim_end_matches(';').strip_suffix("*/") {
        Some(rest) => rest.rsplit_once("/*").expect("the start of the comment").0.trim(),
        None => sql,
    };
    sql.to_string()
}
