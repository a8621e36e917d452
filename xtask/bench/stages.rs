//! Where a cold parse spends its time, and the floors that nothing can go below.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::time::Instant;
use std::{fs, io};

use serde_json::Value;

use super::tools::Tool;
use super::{Options, Project, cases, folder_of, measure};

/// Milliseconds, medians.
pub struct Stages {
    /// Stages and steps in order of their first start.
    pub spans: Vec<(String, String, f64)>,
    /// Reading every file of the project, one after the other.
    pub reading: f64,
    /// Writing as many bytes as the manifest has.
    pub writing: f64,
    pub read_bytes: u64,
    pub manifest_bytes: u64,
}

/// Runs cold parses under `--profile-trace`.
///
/// # Errors
/// A parse that fails, a trace that is none.
pub fn measure(tool: &Tool, cache: &Path, options: &Options) -> io::Result<Stages> {
    let folder = folder_of(Project::Large, tool, cache, options.models)?;
    let mut seen: BTreeMap<String, (f64, String, Vec<f64>)> = BTreeMap::new();
    for number in 0..=options.runs {
        cases::prepare(cases::Before::Cold, &folder, number)?;
        let command = tool.command(&["parse", "--profile-trace", "trace.json"]);
        measure::run(&command, &folder, &tool.variables)?;
        let trace: Value = serde_json::from_slice(&fs::read(folder.join("trace.json"))?)?;
        let mut totals: BTreeMap<String, (f64, String, f64)> = BTreeMap::new();
        for event in trace.get("traceEvents").and_then(Value::as_array).into_iter().flatten() {
            let text = |key: &str| event.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
            let figure = |key: &str| event.get(key).and_then(Value::as_f64).unwrap_or(0.0) / 1000.0;
            if matches!(&*text("cat"), "stage" | "step") {
                let total = totals.entry(text("name")).or_insert((figure("ts"), text("cat"), 0.0));
                total.2 += figure("dur");
            }
        }
        for (name, (start, kind, took)) in totals {
            let entry = seen.entry(name).or_insert((start, kind, vec![]));
            entry.2.push(took);
        }
    }
    let mut ordered: Vec<(f64, String, String, f64)> =
        seen.into_iter().map(|(name, (start, kind, took))| (start, name, kind, median(took))).collect();
    ordered.sort_by(|a, b| a.0.total_cmp(&b.0));
    let manifest_bytes = fs::metadata(folder.join("target/manifest.json"))?.len();
    let (mut reading, mut writing, mut read_bytes) = (vec![], vec![], 0);
    let manifest = fs::read(folder.join("target/manifest.json"))?;
    for _ in 0..options.runs {
        let began = Instant::now();
        read_bytes = read_all(&folder)?;
        reading.push(millis(began));
        let began = Instant::now();
        fs::File::create(folder.join("target/floor.bin"))?.write_all(&manifest)?;
        writing.push(millis(began));
    }
    fs::remove_file(folder.join("target/floor.bin"))?;
    Ok(Stages {
        spans: ordered.into_iter().map(|(_, name, kind, took)| (name, kind, took)).collect(),
        reading: median(reading),
        writing: median(writing),
        read_bytes,
        manifest_bytes,
    })
}

fn millis(began: Instant) -> f64 {
    began.elapsed().as_secs_f64() * 1000.0
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Bytes of all files below the project's folders.
fn read_all(folder: &Path) -> io::Result<u64> {
    let mut folders = vec![folder.join("models"), folder.join("macros")];
    let mut bytes = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                bytes += fs::read(&path)?.len() as u64;
            }
        }
    }
    Ok(bytes)
}
