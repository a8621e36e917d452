//! The command line.

use std::path::PathBuf;

use crate::date::Day;
use crate::generate::roster::Size;

pub const USAGE: &str = "\
usage: xtask generate --out DIR [--scale 0.1|1|10|100] [--seed N] [--faulty | --fault TEST] [--project DIR]
       xtask recompute --raw DIR [--out DIR] [--spine-end YYYY-MM-DD]
       xtask check --raw DIR
       xtask schema";

const DEFAULT_SEED: u64 = 20_210_801;

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
    Schema,
}

/// Which faults to put into the data.
pub struct Faults {
    /// A single test id instead of all.
    pub only: Option<String>,
    /// The root of the project.
    pub project: PathBuf,
}

/// Reads the arguments behind the program's name; the error is a message for the user.
pub fn parse(args: impl Iterator<Item = String>) -> Result<Task, String> {
    let mut args = args;
    let task = args.next().ok_or("no task given")?;
    let mut size = Size { seed: DEFAULT_SEED, permille: 1000 };
    let (mut out, mut raw, mut faulty, mut only) = (None, None, false, None);
    let mut project = PathBuf::from(".");
    let mut spine_end = Day::ymd(2024, 12, 31);
    while let Some(flag) = args.next() {
        let mut value = || args.next().ok_or(format!("`{flag}` needs a value"));
        match flag.as_str() {
            "--out" => out = Some(PathBuf::from(value()?)),
            "--faulty" => faulty = true,
            "--fault" => only = Some(value()?),
            "--project" => project = PathBuf::from(value()?),
            "--raw" => raw = Some(PathBuf::from(value()?)),
            "--spine-end" => {
                spine_end = Day::parse(&value()?).ok_or("`--spine-end` is a date, YYYY-MM-DD")?
            }
            "--scale" => size.permille = scale(&value()?)?,
            "--seed" => size.seed = value()?.parse().map_err(|_| "`--seed` is a whole number".to_owned())?,
            _ => return Err(format!("unknown argument `{flag}`")),
        }
    }
    match task.as_str() {
        "generate" => {
            let faults = (faulty || only.is_some()).then_some(Faults { only, project });
            Ok(Task::Generate { size, out: out.ok_or("`generate` needs `--out DIR`")?, faults })
        }
        "recompute" => {
            Ok(Task::Recompute { raw: raw.ok_or("`recompute` needs `--raw DIR`")?, spine_end, out })
        }
        "check" => Ok(Task::Check { raw: raw.ok_or("`check` needs `--raw DIR`")? }),
        "schema" => Ok(Task::Schema),
        _ => Err(format!("unknown task `{task}`")),
    }
}

fn scale(text: &str) -> Result<u64, String> {
    match text {
        "0.1" => Ok(100),
        "1" => Ok(1000),
        "10" => Ok(10_000),
        "100" => Ok(100_000),
        _ => Err(format!("`--scale` is 0.1, 1, 10 or 100, not `{text}`")),
    }
}
