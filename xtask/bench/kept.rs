//! What was measured already, so that a bench that was stopped goes on where it was.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Options;
use super::cases::Case;
use super::measure::Runs;
use super::tools::Tool;

/// Runs by case and tool, of one Headwater.
pub struct Kept {
    path: PathBuf,
    all: All,
}

#[derive(Default, Serialize, Deserialize)]
struct All {
    /// Hash of the program that was measured.
    headwater: String,
    models: usize,
    runs: BTreeMap<String, BTreeMap<String, Runs>>,
}

impl Kept {
    /// What the cache holds of this very program and as many models.
    ///
    /// # Errors
    /// A program that cannot be read.
    pub fn read(options: &Options, cache: &Path) -> io::Result<Kept> {
        let path = cache.join("measured.json");
        let hash = Sha256::digest(fs::read(&options.headwater)?);
        let headwater: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        let fresh = All { headwater, models: options.models, ..All::default() };
        let found = fs::read(&path).ok().and_then(|text| serde_json::from_slice::<All>(&text).ok());
        let same = |found: &All| found.headwater == fresh.headwater && found.models == fresh.models;
        let all = found.filter(|found| !options.anew && same(found)).unwrap_or(fresh);
        Ok(Kept { path, all })
    }

    /// The runs of a case, when all programs that take part have enough of them.
    pub fn of(&self, case: &Case, tools: &[Tool], runs: usize) -> Option<Vec<Runs>> {
        let kept = self.all.runs.get(case.name)?;
        let of = |tool: &Tool| kept.get(tool.name).cloned().unwrap_or_default();
        let found: Vec<Runs> = tools.iter().map(of).collect();
        let mut pairs = tools.iter().zip(&found);
        let whole = pairs.all(|(tool, found)| !case.measures(tool.name) || found.len() >= runs);
        whole.then_some(found)
    }

    /// Keeps the runs of a case.
    ///
    /// # Errors
    /// A cache that cannot be written.
    pub fn keep(&mut self, case: &Case, tools: &[Tool], runs: &[Runs]) -> io::Result<()> {
        let by_tool = tools.iter().zip(runs).map(|(tool, runs)| (tool.name.to_owned(), runs.clone()));
        self.all.runs.insert(case.name.to_owned(), by_tool.collect());
        fs::write(&self.path, serde_json::to_vec(&self.all)?)
    }
}
