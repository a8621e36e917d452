//! Development tasks of the repository; README.md beside this file says what each makes.

mod args;
mod bench;
mod check;
mod date;
mod faults;
mod generate;
mod judge;
mod recompute;
mod scale;
mod schema;
mod table;
#[cfg(test)]
mod tests;
mod trial;

use std::io::{self, Write};
use std::process::ExitCode;

use args::{Judged, Task};
use date::Day;

/// The project's `as_of_date`: no row of the data is younger.
const AS_OF: Day = Day::ymd(2021, 8, 1);
/// The project's `history_start_month`: no contract is older.
const HISTORY_START: Day = Day::ymd(2018, 8, 1);

fn main() -> ExitCode {
    let task = match args::parse(std::env::args().skip(1)) {
        Ok(task) => task,
        Err(message) => {
            eprintln!("error: {message}\n\n{}", args::USAGE);
            return ExitCode::from(2);
        }
    };
    match run(task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> io::Result<()> {
    match task {
        Task::Generate { size, out, faults } => generate::generate(size, &out, faults.as_ref()),
        Task::Recompute { raw, spine_end, out } => {
            recompute::print(&recompute::recompute(&raw, spine_end)?, out.as_deref())
        }
        Task::Judge { data, target } => {
            let verdict = match data {
                Judged::Faulty { raw } => judge::faulty(&raw, &target)?,
                Judged::Clean { warnings, scale } => judge::clean(&warnings, &scale, &target)?,
            };
            pronounce(&verdict)
        }
        Task::Faults { size, out, project } => pronounce(&trial::run(size, &out, &project)?),
        Task::Scale(options) => scale::run(&options),
        Task::Check { raw } => {
            let cases = check::check(&raw)?;
            io::stdout().lock().write_all(check::listing(&cases).as_bytes())?;
            match cases.iter().filter(|case| !case.holds()).count() {
                0 => Ok(()),
                missing => Err(io::Error::other(format!("{missing} edge cases are too rare"))),
            }
        }
        Task::Bench(options) => bench::bench(&options),
        Task::Schema => io::stdout().lock().write_all(schema::listing().as_bytes()),
    }
}

fn pronounce(verdict: &judge::Verdict) -> io::Result<()> {
    let lines = verdict.lines.join("\n") + "\n";
    io::stdout().lock().write_all(lines.as_bytes())?;
    if verdict.holds { Ok(()) } else { Err(io::Error::other("the tests do not see what the data holds")) }
}
