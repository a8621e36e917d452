//! Runs of a program, timed from outside, in alternation.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Starts a program, waits for it alone, and tells what the system says of it. Python is there
/// anyway, for the rivals.
const WATCH: &str = "
import json, os, sys, time
null = os.open(os.devnull, os.O_RDWR)
actions = [(os.POSIX_SPAWN_DUP2, null, 0), (os.POSIX_SPAWN_DUP2, null, 1), (os.POSIX_SPAWN_DUP2, null, 2)]
began = time.monotonic()
child = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=actions)
_, status, used = os.wait4(child, 0)
wall = time.monotonic() - began
unit = 1 if sys.platform == 'darwin' else 1024
print(json.dumps([wall, used.ru_utime + used.ru_stime, used.ru_maxrss * unit, os.waitstatus_to_exitcode(status)]))
";

/// One run.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Sample {
    pub wall: f64,
    pub cpu: f64,
    pub bytes: f64,
}

/// Runs a command in `folder` and measures it.
///
/// # Errors
/// It cannot be started, or ends with another exit code than 0.
pub fn run(command: &[String], folder: &Path, variables: &[(String, String)]) -> io::Result<Sample> {
    let mut watch = Command::new("python3");
    watch.args(["-c", WATCH]).args(command).current_dir(folder).stderr(Stdio::inherit());
    watch.envs(variables.iter().map(|(name, value)| (name, value)));
    let output = watch.output()?;
    let found: Value = serde_json::from_slice(&output.stdout)?;
    let figure = |at: usize| found.get(at).and_then(Value::as_f64).unwrap_or(f64::NAN);
    if figure(3) != 0.0 {
        let shown = command.join(" ");
        return Err(io::Error::other(format!("`{shown}` in {} ended with {}", folder.display(), figure(3))));
    }
    Ok(Sample { wall: figure(0), cpu: figure(1), bytes: figure(2) })
}

/// The runs of one program.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Runs(Vec<Sample>);

impl Runs {
    pub fn push(&mut self, sample: Sample) {
        self.0.push(sample);
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn sorted(&self, figure: impl Fn(&Sample) -> f64) -> Vec<f64> {
        let mut figures: Vec<f64> = self.0.iter().map(figure).collect();
        figures.sort_by(f64::total_cmp);
        figures
    }

    pub fn median(&self, figure: impl Fn(&Sample) -> f64) -> f64 {
        let sorted = self.sorted(figure);
        match (sorted.len(), sorted.len() / 2) {
            (0, _) => f64::NAN,
            (len, middle) if len % 2 == 1 => sorted[middle],
            (_, middle) => f64::midpoint(sorted[middle - 1], sorted[middle]),
        }
    }

    /// Least and greatest wall time.
    pub fn spread(&self) -> (f64, f64) {
        let sorted = self.sorted(|sample| sample.wall);
        (sorted.first().copied().unwrap_or(f64::NAN), sorted.last().copied().unwrap_or(f64::NAN))
    }
}
