//! Where the time goes: spans of stages and nodes, as a Chrome trace for `--profile-trace`.
//!
//! The file is the JSON that Perfetto and chrome://tracing open:
//! <https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU>.
//!
//! The recorder is the process's own, since a span may begin on any thread and floor; a span that
//! nobody records costs one load.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

static RECORDING: AtomicBool = AtomicBool::new(false);
static BEGAN: OnceLock<Instant> = OnceLock::new();
static SPANS: Mutex<Vec<Finished>> = Mutex::new(Vec::new());
static THREADS: AtomicU32 = AtomicU32::new(1);

thread_local! {
    static THREAD: u32 = THREADS.fetch_add(1, Ordering::Relaxed);
}

/// A span that ended.
#[derive(Debug)]
struct Finished {
    kind: Kind,
    name: String,
    start: Duration,
    took: Duration,
    thread: u32,
    /// Memory that the process had at the end, in bytes, where the system tells.
    resident: Option<u64>,
}

/// What a span measures; the category in the trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Stage,
    /// A part of a stage.
    Step,
    /// One node in one stage.
    Node,
    /// What the warehouse does.
    Statement,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Kind::Stage => "stage",
            Kind::Step => "step",
            Kind::Node => "node",
            Kind::Statement => "statement",
        }
    }
}

/// Begins to record; the trace starts here.
pub fn start() {
    BEGAN.get_or_init(Instant::now);
    RECORDING.store(true, Ordering::Relaxed);
}

/// A span from now until it is dropped.
#[must_use = "the span ends when it is dropped"]
pub struct Span(Option<(Kind, String, Instant)>);

pub fn stage(name: &str) -> Span {
    span(Kind::Stage, name)
}

pub fn step(name: &str) -> Span {
    span(Kind::Step, name)
}

/// A node's turn in a stage, by its unique id.
pub fn node(unique_id: &str) -> Span {
    span(Kind::Node, unique_id)
}

/// A statement that a warehouse runs; only its beginning is kept.
pub fn statement(sql: &str) -> Span {
    const SHOWN: usize = 120;
    let end = sql.char_indices().nth(SHOWN).map_or(sql.len(), |(at, _)| at);
    span(Kind::Statement, sql.get(..end).unwrap_or_default())
}

fn span(kind: Kind, name: &str) -> Span {
    Span(RECORDING.load(Ordering::Relaxed).then(|| (kind, name.to_owned(), Instant::now())))
}

impl Drop for Span {
    fn drop(&mut self) {
        let (Some((kind, name, began)), Some(zero)) = (self.0.take(), BEGAN.get()) else { return };
        let (start, took) = (began.saturating_duration_since(*zero), began.elapsed());
        let thread = THREAD.try_with(|thread| *thread).unwrap_or(0);
        let resident = matches!(kind, Kind::Stage | Kind::Step).then(resident).flatten();
        let finished = Finished { kind, name, start, took, thread, resident };
        SPANS.lock().unwrap_or_else(PoisonError::into_inner).push(finished);
    }
}

/// Linux tells it in pages, which are as good as always of 4 KiB.
fn resident() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = text.split(' ').nth(1)?.parse().ok()?;
    Some(pages * 4096)
}

/// Writes the spans that ended, and forgets them.
///
/// # Errors
/// What `out` answers.
pub fn write(out: &mut dyn Write) -> io::Result<()> {
    let mut spans = std::mem::take(&mut *SPANS.lock().unwrap_or_else(PoisonError::into_inner));
    // Where two begin at once, the outer one comes first.
    spans.sort_by(|a, b| (a.start, b.took).cmp(&(b.start, a.took)));
    out.write_all(b"{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n")?;
    out.write_all(br#"{"name":"process_name","ph":"M","pid":1,"tid":1,"args":{"name":"headwater"}}"#)?;
    for span in &spans {
        let name = serde_json::to_string(&span.name)?;
        write!(
            out,
            ",\n{{\"name\":{name},\"cat\":\"{}\",\"ph\":\"X\",\"ts\":{:.3},\"dur\":{:.3},\"pid\":1,\"tid\":{}}}",
            span.kind.as_str(),
            micros(span.start),
            micros(span.took),
            span.thread,
        )?;
        if let Some(resident) = span.resident {
            let end = micros(span.start + span.took);
            write!(
                out,
                ",\n{{\"name\":\"memory\",\"ph\":\"C\",\"ts\":{end:.3},\"pid\":1,\"args\":{{\"resident\":{resident}}}}}"
            )?;
        }
    }
    out.write_all(b"\n]}\n")
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_nest_and_the_file_is_json() {
        drop(stage("not recorded"));
        start();
        let outer = stage("outer");
        drop(node("model.shop.\"a\""));
        drop(statement(&"x".repeat(500)));
        drop(outer);
        let mut out = vec![];
        write(&mut out).unwrap();
        let trace: serde_json::Value = serde_json::from_slice(&out).unwrap();
        let events = trace["traceEvents"].as_array().unwrap();
        let of = |name: &str| events.iter().find(|event| event["name"] == name).unwrap();
        let (outer, inner) = (of("outer"), of("model.shop.\"a\""));
        assert_eq!((&outer["cat"], &inner["cat"]), (&"stage".into(), &"node".into()));
        assert!(outer["ts"].as_f64().unwrap() <= inner["ts"].as_f64().unwrap());
        assert!(outer["dur"].as_f64().unwrap() >= inner["dur"].as_f64().unwrap());
        assert_eq!(of(&"x".repeat(120))["tid"], outer["tid"]);
        assert!(!events.iter().any(|event| event["name"] == "not recorded"));
    }
}
