//! Tries the faults: each one alone is put into a copy of the project, which is built and tested, and the tests
//! that turn red are shown beside it. Faults of built tables share one build.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::args::Faults;
use crate::faults;
use crate::generate;
use crate::generate::roster::Size;
use crate::judge::{self, Verdict};

/// What a copy of the project consists of, besides its build.
const PARTS: [&str; 5] = ["project.yml", "models", "macros", "seeds", "tests/data"];

struct Trial<'a> {
    size: Size,
    out: &'a Path,
    project: &'a Path,
    /// The program, which lies beside this one.
    headwater: PathBuf,
}

/// Tries every fault of a data set of this size. The copies are made in `out` and deleted at the end.
///
/// The verdict has a line for each fault. It fails when a fault is not found by exactly one test with its id,
/// when another test turns red with it, and when an error-level check of the project has no fault.
pub fn run(size: Size, out: &Path, project: &Path) -> io::Result<Verdict> {
    let headwater = std::env::current_exe()?.with_file_name("headwater");
    fs::create_dir_all(out)?;
    let (out, project) = (&out.canonicalize()?, &project.canonicalize()?);
    let trial = Trial { size, out, project, headwater };
    let clean = trial.clean()?;
    let tests = faults::ids(size);
    let next = AtomicUsize::new(0);
    let verdicts: Mutex<Vec<(&str, io::Result<Verdict>)>> = Mutex::default();
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(test) = tests.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let verdict = trial.fault(test, &clean);
                    if let Ok(mut verdicts) = verdicts.lock() {
                        verdicts.push((test, verdict));
                    }
                }
            });
        }
    });
    let mut verdicts = verdicts.into_inner().map_err(|_| io::Error::other("a trial broke off"))?;
    verdicts.sort_by_key(|(test, _)| *test);
    let mut all = judge::without_fault(&tests, &clean.join("target"))?;
    for (test, verdict) in verdicts {
        let verdict = verdict.map_err(|error| io::Error::other(format!("{test}: {error}")))?;
        all.holds &= verdict.holds;
        all.lines.extend(verdict.lines);
    }
    fs::remove_dir_all(out)?;
    Ok(all)
}

impl Trial<'_> {
    /// The project built on clean data.
    fn clean(&self) -> io::Result<PathBuf> {
        let (raw, copy) = (self.out.join("clean/raw"), self.out.join("clean/project"));
        generate::generate(self.size, &raw, None)?;
        copy_project(self.project, &copy)?;
        self.build(&copy, &raw)?;
        Ok(copy)
    }

    fn fault(&self, test: &str, clean: &Path) -> io::Result<Verdict> {
        let folder = self.out.join(test);
        let (raw, copy) = (folder.join("raw"), folder.join("project"));
        let wanted = Faults { only: Some(test.to_owned()), project: self.project.to_owned() };
        generate::generate(self.size, &raw, Some(&wanted))?;
        copy_project(self.project, &copy)?;
        copy_over(&raw.join("faults/project"), &copy)?;
        let in_tables = faults::only_in_tables(test, self.size);
        if in_tables {
            let warehouse = "target/segmentation.duckdb";
            fs::create_dir_all(copy.join("target"))?;
            fs::copy(clean.join(warehouse), copy.join(warehouse))?;
        } else {
            self.build(&copy, &raw)?;
        }
        self.call(&copy, &["run-operation", "apply_faults"], &[0])?;
        self.call(&copy, &["test"], &[0, 1])?;
        if !in_tables {
            // Its results are kept, since a run of tests writes another file.
            self.call(&copy, &["source", "freshness"], &[0, 1])?;
        }
        let verdict = judge::faulty(&raw, &copy.join("target"))?;
        fs::remove_dir_all(&folder)?;
        Ok(verdict)
    }

    fn build(&self, copy: &Path, raw: &Path) -> io::Result<()> {
        let arguments = format!("{{raw_data_dir: '{}'}}", raw.display());
        self.call(copy, &["run-operation", "load_raw_data", "--args", &arguments], &[0])?;
        self.call(copy, &["build", "--exclude-resource-type", "test"], &[0])
    }

    /// Calls the program in a copy; fails with its output when it ends with another code than these.
    fn call(&self, copy: &Path, arguments: &[&str], codes: &[i32]) -> io::Result<()> {
        let Size { seed, permille } = self.size;
        let variables = format!("{{data_scale: {}, data_seed: {seed}}}", permille as f64 / 1000.0);
        let mut command = Command::new(&self.headwater);
        let output = command.current_dir(copy).args(arguments).args(["--vars", &variables]).output()?;
        if output.status.code().is_some_and(|code| codes.contains(&code)) {
            return Ok(());
        }
        let said =
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        Err(io::Error::other(format!("`headwater {}`: {}\n{said}", arguments.join(" "), output.status)))
    }
}

/// Copies a project without what a build of it made.
pub fn copy_project(from: &Path, to: &Path) -> io::Result<()> {
    PARTS.iter().try_for_each(|part| copy_over(&from.join(part), &to.join(part)))
}

/// Copies a file, or a folder with all below it.
fn copy_over(from: &Path, to: &Path) -> io::Result<()> {
    if !from.is_dir() {
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder)?;
        }
        return fs::copy(from, to).map(drop);
    }
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        copy_over(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}
