//! The reference project at one scale: raw data, load and build, and what they took.

mod trace;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use serde_json::Value;

use crate::bench::measure::{self, Sample};
use crate::generate;
use crate::generate::roster::Size;
use crate::judge;
use crate::trial::copy_project;
use trace::Split;

/// What is to be measured.
pub struct Options {
    pub size: Size,
    /// The scale as the command line had it.
    pub scale: String,
    /// Holds the raw data and a copy of the project; emptied first.
    pub out: PathBuf,
    /// The root of the project.
    pub project: PathBuf,
}

/// Files of raw data, their rows and bytes.
struct Raw {
    files: usize,
    rows: u64,
    bytes: u64,
}

/// Generates the data, loads it, builds the project in a copy of it, and prints what that came to. The
/// program lies beside this one.
///
/// # Errors
/// A step that fails, a test of error level that is red, a warning that differs from the stored ones.
pub fn run(options: &Options) -> io::Result<()> {
    if options.out.exists() {
        fs::remove_dir_all(&options.out)?;
    }
    fs::create_dir_all(&options.out)?;
    let out = options.out.canonicalize()?;
    let (folder, copy) = (out.join("raw"), out.join("project"));
    let began = Instant::now();
    generate::generate(options.size, &folder, None)?;
    let generated = began.elapsed().as_secs_f64();
    let raw = Raw::read(&folder)?;
    copy_project(&options.project, &copy)?;
    let headwater = Headwater::new(options, &copy, &folder)?;
    let loaded = headwater.measured(&["run-operation", "load_raw_data"])?;
    let trace = out.join("trace.json");
    let built = headwater.measured(&["build", "--profile-trace", &trace.to_string_lossy()])?;
    let split = Split::read(&trace)?;
    let verdict = judge::clean(
        &options.project.join("xtask/expected/warnings.csv"),
        &options.scale,
        &copy.join("target"),
    )?;
    let mut report = String::new();
    report += &format!("Scale {}\n\n", options.scale);
    report += &format!(
        "  raw data           {} files, {} rows, {:.1} MB, generated in {generated:.1} s\n",
        raw.files,
        grouped(raw.rows),
        raw.bytes as f64 / 1e6
    );
    report += &format!("  load               {}\n", told(&loaded));
    report += &format!("  build              {}\n", told(&built));
    report += &split.told(built.wall);
    report += &outcomes(&copy.join("target"))?;
    report += &layers(&headwater)?;
    io::stdout().lock().write_all(report.as_bytes())?;
    if verdict.holds {
        return Ok(());
    }
    Err(io::Error::other(format!("the tests do not see what the data holds:\n{}", verdict.lines.join("\n"))))
}

fn told(sample: &Sample) -> String {
    format!(
        "{:.1} s wall, {:.1} s CPU, {:.0} MB at most in memory",
        sample.wall,
        sample.cpu,
        sample.bytes / 1e6
    )
}

impl Raw {
    fn read(folder: &Path) -> io::Result<Raw> {
        let manifest: Value = serde_json::from_slice(&fs::read(folder.join("manifest.json"))?)?;
        let files = manifest.get("files").and_then(Value::as_array).cloned().unwrap_or_default();
        let mut raw = Raw { files: files.len(), rows: 0, bytes: 0 };
        for file in &files {
            let path = file.get("path").and_then(Value::as_str).unwrap_or_default();
            raw.rows += file.get("rows").and_then(Value::as_u64).unwrap_or(0);
            raw.bytes += fs::metadata(folder.join(path))?.len();
        }
        Ok(raw)
    }
}

/// The program in the copy of the project.
struct Headwater<'a> {
    program: String,
    variables: String,
    folder: &'a Path,
}

impl<'a> Headwater<'a> {
    fn new(options: &Options, folder: &'a Path, raw: &Path) -> io::Result<Headwater<'a>> {
        let program = std::env::current_exe()?.with_file_name("headwater").to_string_lossy().into_owned();
        let variables = format!(
            "{{data_scale: {}, data_seed: {}, raw_data_dir: '{}'}}",
            options.scale,
            options.size.seed,
            raw.display()
        );
        Ok(Headwater { program, variables, folder })
    }

    fn measured(&self, arguments: &[&str]) -> io::Result<Sample> {
        let all = [&[&*self.program][..], arguments, &["--vars", &self.variables]].concat();
        let command: Vec<String> = all.into_iter().map(str::to_owned).collect();
        measure::run(&command, self.folder, &[])
    }

    /// The rows of a query, which is a template.
    fn rows(&self, sql: &str) -> io::Result<Vec<Value>> {
        let output = Command::new(&self.program)
            .current_dir(self.folder)
            .args(["--quiet", "show", "--inline", sql, "--output", "json", "--limit", "-1"])
            .args(["--vars", &self.variables])
            .output()?;
        let shown: Value = serde_json::from_slice(&output.stdout)
            .map_err(|_| io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()))?;
        Ok(shown.get("show").and_then(Value::as_array).cloned().unwrap_or_default())
    }
}

/// How the nodes ended, and the test that reconciles the segments with the mart.
fn outcomes(target: &Path) -> io::Result<String> {
    let read =
        |name: &str| -> io::Result<Value> { Ok(serde_json::from_slice(&fs::read(target.join(name))?)?) };
    let (manifest, results) = (read("manifest.json")?, read("run_results.json")?);
    let text =
        |value: &Value, key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut counts = std::collections::BTreeMap::<String, usize>::new();
    let mut reconciled = "did not run".to_owned();
    for result in results.get("results").and_then(Value::as_array).into_iter().flatten() {
        let status = text(result, "status");
        let id = manifest.pointer("/nodes").and_then(|nodes| nodes.get(text(result, "unique_id")));
        if id.and_then(|node| node.pointer("/config/meta/test_id")).and_then(Value::as_str) == Some("T-24") {
            reconciled.clone_from(&status);
        }
        *counts.entry(status).or_default() += 1;
    }
    let counts: Vec<String> = counts.into_iter().map(|(status, count)| format!("{count} {status}")).collect();
    Ok(format!("  nodes              {}\n  T-24, every month  {reconciled}\n", counts.join(", ")))
}

fn layers(headwater: &Headwater<'_>) -> io::Result<String> {
    let sql = "select layer, count(*) as objects, cast(sum(row_count) as bigint) as row_count
        from {{ ref('tdf_row_counts') }} group by layer";
    let rows = headwater.rows(sql)?;
    let mut text = String::from("\n  Rows by layer      objects            rows\n");
    for layer in ["raw", "staging", "dimension", "fact", "mart"] {
        let Some(row) = rows.iter().find(|row| row.get("layer").and_then(Value::as_str) == Some(layer))
        else {
            continue;
        };
        let figure = |key: &str| row.get(key).and_then(Value::as_u64).unwrap_or(0);
        text += &format!("  {layer:<12}{:>14}{:>16}\n", figure("objects"), grouped(figure("row_count")));
    }
    Ok(text)
}

/// 1234567 as 1,234,567.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!([0, 999, 1000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
    }
}
