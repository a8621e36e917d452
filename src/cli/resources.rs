//! What an invocation took of the machine: dbt's `ResourceReport`, from what Linux tells of a process.

use std::fs;

use crate::event::{Event, Level};
use crate::value::Value;

/// The kernel counts time in hundredths of a second, whatever the machine.
const TICKS: f64 = 100.0;
const BLOCK_BYTES: u64 = 512;

/// The event at the end of a command; what the system does not tell is left out.
pub fn report(command: &str, success: bool, elapsed: f64) -> Event {
    let mut found: Vec<(&'static str, Value)> = vec![
        ("command_name", command.into()),
        ("command_success", success.into()),
        ("command_wall_clock_time", Value::Float(elapsed)),
    ];
    found.extend(used().unwrap_or_default());
    let told: serde_json::Map<String, serde_json::Value> =
        found.iter().map(|(key, value)| ((*key).to_string(), value.to_json())).collect();
    let text = format!("Resource report: {}", serde_json::Value::Object(told));
    let event = Event::message("ResourceReport", text).level(Level::Debug);
    found.into_iter().fold(event, |event, (key, value)| event.data(key, value))
}

fn used() -> Option<Vec<(&'static str, Value)>> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program may hold blanks, and ends with the last parenthesis.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let seconds = |at: usize| Some(Value::Float(fields.get(at)?.parse::<f64>().ok()? / TICKS));
    let (user, kernel) = (seconds(11)?, seconds(12)?);
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let io = fs::read_to_string("/proc/self/io").unwrap_or_default();
    let blocks = |key: &str| (number(&io, key).unwrap_or(0) / BLOCK_BYTES).to_string();
    Some(vec![
        ("process_in_blocks", blocks("read_bytes:").into()),
        ("process_kernel_time", kernel),
        ("process_mem_max_rss", number(&status, "VmHWM:").unwrap_or(0).to_string().into()),
        ("process_out_blocks", blocks("write_bytes:").into()),
        ("process_user_time", user),
    ])
}

/// The number behind a key at the start of a line.
fn number(text: &str, key: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(key))?;
    line.split_whitespace().next()?.parse().ok()
}
