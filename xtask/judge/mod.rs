//! Holds the results of a test run against what the data set promises: on faulty data each fault turns its own
//! test red and no other, on clean data nothing is red and the warnings are those that were stored.

mod results;

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use crate::table::Reader;
use results::{Outcome, Results};

/// What the judge has to say, a line each, and whether all is well.
pub struct Verdict {
    pub lines: Vec<String>,
    pub holds: bool,
}

/// Compares the red tests of a run, whose artifacts lie in `target`, with `RAW/faults/faults.csv`.
pub fn faulty(raw: &Path, target: &Path) -> io::Result<Verdict> {
    let results = Results::read(target)?;
    let mut red = results.by_id(Outcome::Red);
    let mut verdict = Verdict { lines: Vec::new(), holds: true };
    for (test, fault) in faults(raw)? {
        let found = red.remove(&test).unwrap_or_default();
        let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
        let (mark, what) = match names.as_slice() {
            [] => ("MISSED", "no test is red".to_owned()),
            [one] => ("found", (*one).to_owned()),
            more => ("BROAD", more.join(", ")),
        };
        verdict.holds &= mark == "found";
        verdict.lines.push(format!("{test:5} {mark:7} {fault}: {what}"));
    }
    for (test, found) in red {
        verdict.holds = false;
        let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
        verdict.lines.push(format!("{test:5} STRAY   no fault was placed: {}", names.join(", ")));
    }
    Ok(verdict)
}

/// The ids of error-level checks for which `tried` holds no fault. `target` holds a manifest.
pub fn without_fault(tried: &[&str], target: &Path) -> io::Result<Verdict> {
    let ids = Results::ids_of_error_level(target)?;
    let untried = ids.iter().filter(|id| !tried.contains(&id.as_str()));
    let lines: Vec<String> = untried.map(|id| format!("{id:5} UNTRIED no fault is made for it")).collect();
    Ok(Verdict { holds: lines.is_empty(), lines })
}

/// Compares the tests that failed or warned with the stored list `scale,test_id,test,rows`.
pub fn clean(warnings: &Path, scale: &str, target: &Path) -> io::Result<Verdict> {
    let results = Results::read(target)?;
    let mut verdict = Verdict { lines: Vec::new(), holds: true };
    for (test, found) in results.by_id(Outcome::Red) {
        verdict.holds = false;
        verdict
            .lines
            .extend(found.iter().map(|(name, rows)| format!("{test:5} RED     {name}: {rows} rows")));
    }
    let mut warned: BTreeMap<String, u64> = results.by_id(Outcome::Warned).into_values().flatten().collect();
    let mut reader = Reader::open(warnings.to_owned())?;
    while let Some(record) = reader.record()? {
        let field = |at: usize| record.get(at).cloned().flatten().unwrap_or_default();
        if field(0) != scale {
            continue;
        }
        let (test, name, stored) = (field(1), field(2), field(3));
        let found = warned.remove(&name).unwrap_or(0).to_string();
        verdict.holds &= found == stored;
        let mark = if found == stored { "warns" } else { "CHANGED" };
        verdict.lines.push(format!("{test:5} {mark:7} {name}: {found} rows, {stored} stored"));
    }
    for (name, rows) in warned {
        verdict.holds = false;
        verdict.lines.push(format!("      STRAY   {name}: {rows} rows, none stored"));
    }
    Ok(verdict)
}

/// Test ids and their faults, each id once.
fn faults(raw: &Path) -> io::Result<BTreeMap<String, String>> {
    let mut reader = Reader::open(raw.join("faults/faults.csv"))?;
    let (test, fault) = (reader.column("test_id")?, reader.column("fault")?);
    let mut faults = BTreeMap::new();
    while let Some(record) = reader.record()? {
        if let (Some(test), Some(fault)) = (record[test].clone(), record[fault].clone()) {
            faults.insert(test, fault);
        }
    }
    Ok(faults)
}
