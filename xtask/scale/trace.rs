//! How the time of a build splits into warehouse and Headwater, read from `--profile-trace`.

use std::fs;
use std::io;
use std::path::Path;

use serde_json::Value;

/// Seconds of a build.
#[derive(Debug, PartialEq)]
pub struct Split {
    /// While at least one connection was inside the driver.
    pub inside: f64,
    /// The same summed over all connections.
    pub summed: f64,
    pub statements: usize,
}

impl Split {
    /// # Errors
    /// A file that is no trace.
    pub fn read(path: &Path) -> io::Result<Split> {
        let trace: Value = serde_json::from_slice(&fs::read(path)?)?;
        let mut spans = vec![];
        for event in trace.get("traceEvents").and_then(Value::as_array).into_iter().flatten() {
            let figure = |key: &str| event.get(key).and_then(Value::as_f64).unwrap_or(0.0) / 1e6;
            if event.get("cat").and_then(Value::as_str) == Some("statement") {
                spans.push((figure("ts"), figure("ts") + figure("dur")));
            }
        }
        Ok(Split::of(spans))
    }

    fn of(mut spans: Vec<(f64, f64)>) -> Split {
        spans.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut split = Split { inside: 0.0, summed: 0.0, statements: spans.len() };
        let mut end = 0.0_f64;
        for (from, to) in spans {
            split.summed += to - from;
            split.inside += (to - from.max(end)).max(0.0);
            end = end.max(to);
        }
        split
    }

    /// Lines on a build that took `wall` seconds.
    pub fn told(&self, wall: f64) -> String {
        let outside = wall - self.inside;
        format!(
            "    in the driver    {:.2} s ({} calls, {:.2} s summed over connections)\n    \
             outside of it    {outside:.2} s = {:.1} % of the build\n",
            self.inside,
            self.statements,
            self.summed,
            outside / wall * 100.0
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Split;

    #[test]
    fn time_in_two_connections_counts_once() {
        let split = Split::of(vec![(5.0, 6.0), (0.0, 2.0), (1.0, 3.0), (1.5, 2.5)]);
        assert_eq!(split, Split { inside: 4.0, summed: 6.0, statements: 4 });
        assert!(split.told(5.0).contains("outside of it    1.00 s = 20.0 % of the build"));
    }
}
