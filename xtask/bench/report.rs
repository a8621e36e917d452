//! The tables, and docs/performance.md.

use std::fmt::Write as _;
use std::{env, fs};

use super::cases::Figure;
use super::growth::Growth;
use super::measure::Sample;
use super::stages::Stages;
use super::tools::Tool;
use super::{Measured, Options};

/// Where the time goes, in words.
const EXPLANATION: &str = include_str!("explanation.md");

/// All that was found.
pub struct Facts<'a> {
    pub options: &'a Options,
    pub tools: &'a [Tool],
    pub measured: &'a [Measured],
    pub growth: &'a [Growth],
    pub stages: Option<Stages>,
}

fn figure_of(figure: Figure) -> fn(&Sample) -> f64 {
    match figure {
        Figure::Wall => |sample| sample.wall,
        Figure::Cpu => |sample| sample.cpu,
        Figure::Memory => |sample| sample.bytes,
    }
}

/// One case in a line, for the console.
pub fn line(measured: &Measured, tools: &[Tool]) -> String {
    let mut text = format!("{:45}", measured.case.title);
    for (tool, runs) in tools.iter().zip(&measured.runs).filter(|(_, runs)| !runs.is_empty()) {
        let (least, greatest) = runs.spread();
        let _ = write!(
            text,
            "  {} {:.2} s ({least:.2} to {greatest:.2})",
            tool.name,
            runs.median(|run| run.wall)
        );
    }
    text
}

/// The tables as Markdown.
pub fn tables(facts: &Facts) -> String {
    let mut text = String::new();
    if !facts.measured.is_empty() {
        text += &figures(facts);
        text += "\n";
        text += &goals(facts);
    }
    if !facts.growth.is_empty() {
        text += "\n## Growth\n\nCold parses by Headwater. The last columns are the cost of a model against the first line's: the goal is 1.1 at most.\n\n";
        text += &growth(facts.growth);
    }
    if let Some(stages) = &facts.stages {
        text += "\n## Stages of a cold parse\n\n";
        text += &stage_table(stages);
    }
    text
}

fn figures(facts: &Facts) -> String {
    let mut text = String::from(
        "| Work | Program | Wall, median | least to greatest | CPU | Memory |\n|---|---|---|---|---|---|\n",
    );
    for measured in facts.measured {
        for (tool, runs) in facts.tools.iter().zip(&measured.runs).filter(|(_, runs)| !runs.is_empty()) {
            let (least, greatest) = runs.spread();
            let _ = writeln!(
                text,
                "| {} | {} | {:.2} s | {least:.2} to {greatest:.2} s | {:.2} s | {:.0} MB |",
                measured.case.title,
                tool.title,
                runs.median(|run| run.wall),
                runs.median(|run| run.cpu),
                runs.median(|run| run.bytes) / 1e6,
            );
        }
    }
    text
}

fn goals(facts: &Facts) -> String {
    let mut text = String::from("| Work | Against | Figure | Ratio | Goal |\n|---|---|---|---|---|\n");
    for measured in facts.measured {
        for goal in measured.case.goals {
            let rival = facts.tools.iter().zip(&measured.runs).find(|(tool, _)| tool.name == goal.rival);
            let Some((tool, runs)) = rival else { continue };
            let figure = figure_of(goal.figure);
            let ratio = runs.median(figure) / measured.runs[0].median(figure);
            let _ = writeln!(
                text,
                "| {} | {} | {} | {ratio:.1} | {} {} |",
                measured.case.title,
                tool.title,
                goal.figure.title(),
                goal.at_least,
                if ratio >= goal.at_least { "met" } else { "not met" },
            );
        }
    }
    text
}

fn growth(growth: &[Growth]) -> String {
    let mut text = String::from(
        "| Project | Models | Wall | CPU | Memory | Wall a model | CPU a model | Memory a model |\n|---|---|---|---|---|---|---|---|\n",
    );
    let Some(first) = growth.first() else { return text };
    for growth in growth {
        let share = |figure: fn(&Sample) -> f64| {
            let a_model = |growth: &Growth| growth.runs.median(figure) / growth.models as f64;
            a_model(growth) / a_model(first)
        };
        let _ = writeln!(
            text,
            "| {} | {} | {:.2} s | {:.2} s | {:.0} MB | {:.2} | {:.2} | {:.2} |",
            growth.title,
            growth.models,
            growth.runs.median(|run| run.wall),
            growth.runs.median(|run| run.cpu),
            growth.runs.median(|run| run.bytes) / 1e6,
            share(|run| run.wall),
            share(|run| run.cpu),
            share(|run| run.bytes),
        );
    }
    text
}

fn stage_table(stages: &Stages) -> String {
    let mut text = String::from("| Stage | Time | Floor |\n|---|---|---|\n");
    for (name, kind, took) in &stages.spans {
        let floor = match name.as_str() {
            "load" => {
                format!(
                    "{:.0} ms: reading {:.1} MB on one thread",
                    stages.reading,
                    stages.read_bytes as f64 / 1e6
                )
            }
            "report" => {
                format!("{:.0} ms: writing {:.1} MB", stages.writing, stages.manifest_bytes as f64 / 1e6)
            }
            _ => String::new(),
        };
        let name = if kind == "step" { format!("… {name}") } else { format!("**{name}**") };
        let _ = writeln!(text, "| {name} | {took:.0} ms | {floor} |");
    }
    text
}

/// docs/performance.md.
pub fn document(facts: &Facts) -> String {
    let models = facts.options.models;
    format!(
        "# Performance

Made by `make bench`; medians of {} runs of each program in alternation, each on its own copy of one project of {models}
models with {} tests. Every program writes its manifest. Those that Headwater has no goal against in some work are not run for it. The built project has {} models and {} tests.

{}
{}
{EXPLANATION}",
        facts.options.runs,
        models * 2,
        models / 5,
        models / 5 * 2,
        machine(),
        tables(facts),
    )
}

/// Machine, versions and date.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let field = |file: &str, key: &str| {
        let text = fs::read_to_string(file).unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with(key)).unwrap_or_default().to_owned();
        line.split_once(':').map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
    };
    let processor = field("/proc/cpuinfo", "model name");
    let memory = field("/proc/meminfo", "MemTotal");
    let kibibytes: f64 = memory.trim_end_matches(" kB").parse().unwrap_or(0.0);
    let date = chrono::Utc::now().format("%Y-%m-%d");
    format!(
        "| | |\n|---|---|\n| Date | {date} |\n| Processor | {processor}, {cores} cores |\n| Memory | {:.0} GB |\n| System | {} {} |\n\
         | Headwater | {} |\n| dbt | dbt-core 2.0.0a4 (Rust), dbt-core 1.11.16 with dbt-duckdb 1.11.1 (Python) |\n",
        kibibytes * 1024.0 / 1e9,
        env::consts::OS,
        env::consts::ARCH,
        env!("CARGO_PKG_VERSION"),
    )
}
