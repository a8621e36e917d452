//! The command line.

use std::path::PathBuf;

use crate::bench;
use crate::date::Day;
use crate::generate::roster::Size;
use crate::scale;

pub const USAGE: &str = "\
usage: xtask generate --out DIR [--scale 0.1|1|10|100] [--seed N] [--faulty | --fault TEST] [--project DIR]
       xtask recompute --raw DIR [--out DIR] [--spine-end YYYY-MM-DD]
       xtask check --raw DIR
       xtask judge --target DIR (--raw DIR | --warnings FILE --scale SCALE)
       xtask faults --out DIR [--scale 0.1|1|10|100] [--seed N] [--project DIR]
       xtask scale --out DIR [--scale 0.1|1|10|100] [--seed N] [--project DIR]
       xtask bench --headwater FILE --cache DIR [--models N] [--runs N] [--only CASE]... [--no-python] [--anew] [--out FILE]
       xtask schema";

pub enum Task {
    Generate {
        size: Size,
        out: PathBuf,
        faults: Option<Faults>,
    },
    /// Without `out`, JSON goes to standard output.
    Recompute {
        raw: PathBuf,
        spine_end: Day,
        out: Option<PathBuf>,
    },
    Check {
        raw: PathBuf,
    },
    /// `target` holds the artifacts of a test run.
    Judge {
        data: Judged,
        target: PathBuf,
    },
    /// Tries each fault on a copy of the project; `out` holds the copies.
    Faults {
        size: Size,
        out: PathBuf,
        project: PathBuf,
    },
    /// Measures a build at one scale.
    Scale(scale::Options),
    Bench(bench::Options),
    Schema,
}

/// The data set whose tests are judged.
pub enum Judged {
    Faulty { raw: PathBuf },
    Clean { warnings: PathBuf, scale: String },
}

/// Which faults to put into the data.
pub struct Faults {
    /// A single test id instead of all.
    pub only: Option<String>,
    /// The root of the project.
    pub project: PathBuf,
}

/// What was given on the command line.
#[derive(Default)]
struct Flags {
    out: Option<PathBuf>,
    raw: Option<PathBuf>,
    target: Option<PathBuf>,
    warnings: Option<PathBuf>,
    project: Option<PathBuf>,
    only: Option<String>,
    faulty: bool,
    scale: Option<String>,
    seed: Option<u64>,
    spine_end: Option<Day>,
    headwater: Option<PathBuf>,
    cache: Option<PathBuf>,
    models: Option<usize>,
    runs: Option<usize>,
    cases: Vec<String>,
    without_python: bool,
    anew: bool,
}

/// Reads the arguments behind the program's name; the error is a message for the user.
pub fn parse(args: impl Iterator<Item = String>) -> Result<Task, String> {
    let mut args = args;
    let task = args.next().ok_or("no task given")?;
    let flags = Flags::parse(args)?;
    let size = Size {
        seed: flags.seed.unwrap_or(Size::DEFAULT.seed),
        permille: permille(flags.scale.as_deref().unwrap_or("1"))?,
    };
    let need = |path: Option<PathBuf>, flag: &str| path.ok_or(format!("`{task}` needs `{flag}`"));
    match task.as_str() {
        "generate" => {
            let wanted = flags.faulty || flags.only.is_some();
            let project = flags.project.unwrap_or_else(|| PathBuf::from("."));
            let faults = wanted.then_some(Faults { only: flags.only, project });
            Ok(Task::Generate { size, out: need(flags.out, "--out DIR")?, faults })
        }
        "recompute" => {
            let spine_end = flags.spine_end.unwrap_or(Day::ymd(2024, 12, 31));
            Ok(Task::Recompute { raw: need(flags.raw, "--raw DIR")?, spine_end, out: flags.out })
        }
        "check" => Ok(Task::Check { raw: need(flags.raw, "--raw DIR")? }),
        "judge" => {
            let data = match flags.warnings {
                Some(warnings) => {
                    Judged::Clean { warnings, scale: flags.scale.unwrap_or_else(|| "1".into()) }
                }
                None => Judged::Faulty { raw: need(flags.raw, "--raw DIR")? },
            };
            Ok(Task::Judge { data, target: need(flags.target, "--target DIR")? })
        }
        "faults" => {
            let project = flags.project.unwrap_or_else(|| PathBuf::from("."));
            Ok(Task::Faults { size, out: need(flags.out, "--out DIR")?, project })
        }
        "scale" => Ok(Task::Scale(scale::Options {
            size,
            scale: flags.scale.unwrap_or_else(|| "1".into()),
            out: need(flags.out, "--out DIR")?,
            project: flags.project.unwrap_or_else(|| PathBuf::from(".")),
        })),
        "bench" => Ok(Task::Bench(bench::Options {
            headwater: need(flags.headwater, "--headwater FILE")?,
            cache: need(flags.cache, "--cache DIR")?,
            models: flags.models.unwrap_or(5000),
            runs: flags.runs.unwrap_or(5),
            only: flags.cases,
            python: !flags.without_python,
            anew: flags.anew,
            out: flags.out,
        })),
        "schema" => Ok(Task::Schema),
        _ => Err(format!("unknown task `{task}`")),
    }
}

impl Flags {
    fn parse(mut args: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut flags = Self::default();
        while let Some(flag) = args.next() {
            let mut value = || args.next().ok_or(format!("`{flag}` needs a value"));
            match flag.as_str() {
                "--faulty" => flags.faulty = true,
                "--no-python" => flags.without_python = true,
                "--anew" => flags.anew = true,
                "--headwater" => flags.headwater = Some(value()?.into()),
                "--cache" => flags.cache = Some(value()?.into()),
                "--models" => flags.models = Some(number(&value()?, "--models")?),
                "--runs" => flags.runs = Some(number(&value()?, "--runs")?),
                "--only" => flags.cases.push(value()?),
                "--out" => flags.out = Some(value()?.into()),
                "--raw" => flags.raw = Some(value()?.into()),
                "--target" => flags.target = Some(value()?.into()),
                "--warnings" => flags.warnings = Some(value()?.into()),
                "--project" => flags.project = Some(value()?.into()),
                "--fault" => flags.only = Some(value()?),
                "--scale" => flags.scale = Some(value()?),
                "--seed" => {
                    flags.seed = Some(value()?.parse().map_err(|_| "`--seed` is a whole number".to_owned())?);
                }
                "--spine-end" => {
                    flags.spine_end =
                        Some(Day::parse(&value()?).ok_or("`--spine-end` is a date, YYYY-MM-DD")?);
                }
                _ => return Err(format!("unknown argument `{flag}`")),
            }
        }
        Ok(flags)
    }
}

fn number(text: &str, flag: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) | Err(_) => Err(format!("`{flag}` is a whole number above 0, not `{text}`")),
        Ok(number) => Ok(number),
    }
}

fn permille(scale: &str) -> Result<u64, String> {
    match scale {
        "0.1" => Ok(100),
        "1" => Ok(1000),
        "10" => Ok(10_000),
        "100" => Ok(100_000),
        _ => Err(format!("`--scale` is 0.1, 1, 10 or 100, not `{scale}`")),
    }
}
