//! `xtask bench`: Headwater against both dbts, run for run, and docs/performance.md.

mod cases;
mod growth;
mod kept;
pub mod measure;
mod project;
mod report;
mod stages;
mod tools;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, io};

use cases::{Case, Project};
use measure::Runs;
use tools::Tool;

/// What to measure.
#[derive(Debug)]
pub struct Options {
    pub headwater: PathBuf,
    /// Where the rivals and the projects are.
    pub cache: PathBuf,
    /// Models of the large project.
    pub models: usize,
    pub runs: usize,
    /// Some of the cases alone.
    pub only: Vec<String>,
    /// Whether Python dbt takes part.
    pub python: bool,
    /// Whether what an earlier bench of the same program measured is measured again.
    pub anew: bool,
    /// The report.
    pub out: Option<PathBuf>,
}

/// The runs of one case, by tool.
pub struct Measured {
    pub case: &'static Case,
    pub runs: Vec<Runs>,
}

/// Installs the rivals, makes the projects, runs everything, prints the table and writes the report.
///
/// # Errors
/// A program that cannot be installed or fails.
pub fn bench(options: &Options) -> io::Result<()> {
    let cache = std::path::absolute(&options.cache)?;
    fs::create_dir_all(&cache)?;
    let tools = tools::tools(&options.headwater, &cache, options.python)?;
    let mut measured = vec![];
    let mut kept = kept::Kept::read(options, &cache)?;
    for case in cases::CASES.iter().filter(|case| options.wants(case.name)) {
        let runs = match kept.of(case, &tools, options.runs) {
            Some(runs) => runs,
            None => {
                let runs = alternate(case, &tools, &cache, options)?;
                kept.keep(case, &tools, &runs)?;
                runs
            }
        };
        let found = Measured { case, runs };
        eprintln!("{}", report::line(&found, &tools));
        measured.push(found);
    }
    let headwater = &tools[0];
    let growth = if options.wants("growth") { growth::measure(headwater, &cache, options)? } else { vec![] };
    let stages =
        if options.wants("stages") { Some(stages::measure(headwater, &cache, options)?) } else { None };
    let facts = report::Facts { options, tools: &tools, measured: &measured, growth: &growth, stages };
    print!("{}", report::tables(&facts));
    cases::clean_up(&cache)?;
    match &options.out {
        Some(path) => fs::write(path, report::document(&facts)),
        None => Ok(()),
    }
}

impl Options {
    fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|wanted| wanted == name)
    }
}

/// Runs Headwater and those it is held against in turn, `runs` times; after one that does not count, where a run builds on the one before.
fn alternate(case: &Case, tools: &[Tool], cache: &Path, options: &Options) -> io::Result<Vec<Runs>> {
    let mut all = vec![Runs::default(); tools.len()];
    let mut folders = vec![];
    for tool in tools {
        folders.push(folder_of(case.project, tool, cache, options.models)?);
    }
    let first = usize::from(case.before.is_fresh());
    for number in first..=options.runs {
        let in_turn = tools.iter().zip(&folders).zip(&mut all);
        for ((tool, folder), runs) in in_turn.filter(|((tool, _), _)| case.measures(tool.name)) {
            cases::prepare(case.before, folder, number)?;
            let sample = measure::run(&tool.command(case.arguments), folder, &tool.variables)?;
            if number > 0 {
                runs.push(sample);
            }
        }
    }
    Ok(all)
}

/// A tool's own copy of a project, made when it is not there yet.
fn folder_of(project: Project, tool: &Tool, cache: &Path, models: usize) -> io::Result<PathBuf> {
    let folder = cache.join(format!("{}-{models}-{}", project.name(), tool.name));
    if folder.join(".done").exists() {
        return Ok(folder);
    }
    project::write(project.shape(models), &folder)?;
    if project == Project::Built {
        raw_warehouse(&folder, &cache.join(format!("raw-{models}.duckdb")), tool, models)?;
    }
    fs::write(folder.join(".done"), "")?;
    Ok(folder)
}

/// The warehouse with the source tables: Headwater, which comes first, makes it for all.
fn raw_warehouse(folder: &Path, shared: &Path, tool: &Tool, models: usize) -> io::Result<()> {
    if !shared.exists() {
        let tables = format!("{{tables: {}}}", project::tables(models / 5));
        let command = tool.command(&["run-operation", "create_raw", "--args", &tables]);
        let mut make = Command::new(&command[0]);
        make.args(&command[1..])
            .current_dir(folder)
            .envs(tool.variables.iter().map(|(name, value)| (name, value)));
        tools::checked(&mut make)?;
        fs::copy(folder.join(cases::WAREHOUSE), shared)?;
    }
    fs::copy(shared, folder.join(cases::RAW_WAREHOUSE)).map(|_| ())
}
