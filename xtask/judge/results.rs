//! Reads a run's artifacts: which tests failed or warned, and which sources are stale.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::Path;

use serde_json::Value;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// A test of error level found rows or could not run, or a source is stale.
    Red,
    Warned,
}

struct Test {
    id: String,
    name: String,
    outcome: Outcome,
    rows: u64,
}

pub struct Results(Vec<Test>);

/// The id under which stale sources stand.
const FRESHNESS: &str = "T-03";

impl Results {
    /// Reads `manifest.json`, `run_results.json` and, when there is one, `sources.json`.
    pub fn read(target: &Path) -> io::Result<Self> {
        let manifest = json(&target.join("manifest.json"))?;
        let run = json(&target.join("run_results.json"))?;
        let mut tests = Vec::new();
        for result in list(&run) {
            let Some(outcome) = outcome(result) else { continue };
            let unique_id = result["unique_id"].as_str().unwrap_or_default();
            let node = &manifest["nodes"][unique_id];
            let id = node["config"]["meta"]["test_id"].as_str().unwrap_or("-");
            let name = node["name"].as_str().unwrap_or(unique_id);
            let rows = result["failures"].as_u64().unwrap_or(0);
            tests.push(Test { id: id.to_owned(), name: name.to_owned(), outcome, rows });
        }
        let sources = target.join("sources.json");
        if sources.exists() {
            let stale = json(&sources)?;
            for result in list(&stale).iter().filter(|result| outcome(result) == Some(Outcome::Red)) {
                let name = result["unique_id"].as_str().unwrap_or_default().to_owned();
                tests.push(Test { id: FRESHNESS.to_owned(), name, outcome: Outcome::Red, rows: 0 });
            }
        }
        Ok(Self(tests))
    }

    /// Ids of the checks whose tests are errors when they find something.
    pub fn ids_of_error_level(target: &Path) -> io::Result<BTreeSet<String>> {
        let manifest = json(&target.join("manifest.json"))?;
        let nodes = manifest["nodes"].as_object().into_iter().flatten().map(|(_, node)| node);
        let tests = nodes.filter(|node| {
            let severity = node["config"]["severity"].as_str().unwrap_or_default();
            node["resource_type"] == "test" && severity.eq_ignore_ascii_case("error")
        });
        Ok(tests.filter_map(|node| node["config"]["meta"]["test_id"].as_str().map(String::from)).collect())
    }

    /// Names and rows of the tests of an outcome, by the id of the check they implement.
    pub fn by_id(&self, outcome: Outcome) -> BTreeMap<String, Vec<(String, u64)>> {
        let mut result: BTreeMap<String, Vec<(String, u64)>> = BTreeMap::new();
        for test in self.0.iter().filter(|test| test.outcome == outcome) {
            result.entry(test.id.clone()).or_default().push((test.name.clone(), test.rows));
        }
        result
    }
}

fn outcome(result: &Value) -> Option<Outcome> {
    match result["status"].as_str()? {
        "pass" | "success" => None,
        "warn" => Some(Outcome::Warned),
        // Failed, broken or skipped: none of them shows that all is well.
        _ => Some(Outcome::Red),
    }
}

fn list(artifact: &Value) -> &[Value] {
    artifact["results"].as_array().map_or(&[], Vec::as_slice)
}

fn json(path: &Path) -> io::Result<Value> {
    let text = fs::read(path).map_err(|e| io::Error::new(e.kind(), format!("{}: {e}", path.display())))?;
    serde_json::from_slice(&text).map_err(|e| io::Error::other(format!("{}: {e}", path.display())))
}
