//! The line at the bottom of a terminal that shows how far a run is.
//!
//! Log lines scroll above it: it is wiped before each of them and drawn again after.

use std::io::{self, Write};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use unicode_width::UnicodeWidthChar;

use super::style::Style;
use crate::event::{Event, EventKind, RunStatus};
use crate::value::Str;

/// How often the elapsed time moves on.
const TICK: Duration = Duration::from_millis(200);
const BAR: usize = 20;

/// Draws while it lives; wipes its line when dropped.
pub struct Live {
    board: Arc<Mutex<Board>>,
    stop: Option<Sender<()>>,
    ticker: Option<JoinHandle<()>>,
}

impl Live {
    pub fn start(style: Style, columns: usize) -> Live {
        let board = Arc::new(Mutex::new(Board::new(style, columns)));
        let (stop, stopped) = channel();
        let ticking = board.clone();
        let ticker = std::thread::spawn(move || {
            while stopped.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                lock(&ticking).draw(&mut io::stdout());
            }
        });
        Live { board, stop: Some(stop), ticker: Some(ticker) }
    }

    /// Counts an event; tells whether the line makes its log line superfluous.
    pub fn observe(&self, event: &Event) -> bool {
        lock(&self.board).observe(event)
    }

    /// Prints `text` above the line.
    pub fn print(&self, text: &str) {
        let mut board = lock(&self.board);
        let mut out = io::stdout();
        board.wipe(&mut out);
        // A terminal that is gone has no reader to tell.
        let _ = writeln!(out, "{text}");
        board.draw(&mut out);
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(ticker) = self.ticker.take() {
            // A panic of the ticker leaves nothing to clean up.
            let _ = ticker.join();
        }
        lock(&self.board).wipe(&mut io::stdout());
    }
}

fn lock(board: &Mutex<Board>) -> MutexGuard<'_, Board> {
    board.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

struct Board {
    style: Style,
    columns: usize,
    begun: Option<Instant>,
    total: usize,
    done: usize,
    failed: usize,
    warned: usize,
    skipped: usize,
    /// Name and start of what runs now, oldest first.
    running: Vec<(Str, Str, Instant)>,
    drawn: bool,
}

impl Board {
    fn new(style: Style, columns: usize) -> Board {
        Board {
            style,
            columns,
            begun: None,
            total: 0,
            done: 0,
            failed: 0,
            warned: 0,
            skipped: 0,
            running: vec![],
            drawn: false,
        }
    }

    fn observe(&mut self, event: &Event) -> bool {
        match &event.kind {
            EventKind::ConcurrencyLine { node_count, .. } => {
                self.total = *node_count;
                self.begun = Some(Instant::now());
            }
            EventKind::NodeStart => {
                if let Some(node) = &event.node {
                    let facts = &node.facts;
                    self.running.push((facts.unique_id.clone(), facts.name.clone(), Instant::now()));
                }
            }
            EventKind::NodeFinished { result } => {
                self.running.retain(|(unique_id, _, _)| *unique_id != result.unique_id);
                // Ephemeral models are not among those that are counted.
                let counts = event.node.as_ref().is_none_or(|node| &*node.facts.materialized != "ephemeral");
                self.done += usize::from(counts);
                match result.status {
                    RunStatus::Skipped => self.skipped += 1,
                    RunStatus::Warn => self.warned += 1,
                    status if status.is_failure() => self.failed += 1,
                    _ => {}
                }
            }
            EventKind::FinishedRunningStats { .. } => self.begun = None,
            EventKind::LogStartLine { .. } => return true,
            _ => {}
        }
        false
    }

    fn wipe(&mut self, out: &mut impl Write) {
        if self.drawn {
            // A terminal that is gone has no reader to tell.
            let _ = write!(out, "\r\x1b[2K");
            let _ = out.flush();
            self.drawn = false;
        }
    }

    fn draw(&mut self, out: &mut impl Write) {
        let Some(begun) = self.begun.filter(|_| self.total > 0) else { return self.wipe(out) };
        let line = self.line(begun.elapsed());
        let _ = write!(out, "\r\x1b[2K{line}");
        let _ = out.flush();
        self.drawn = true;
    }

    /// `[=====>      ] 12 of 39  1 failed  7s  orders 3s, customers 1s`, at most as wide as the screen.
    fn line(&self, elapsed: Duration) -> String {
        let filled = (self.done * BAR).checked_div(self.total).unwrap_or_default().min(BAR);
        let head = if filled < BAR { ">" } else { "" };
        let bar = format!("{}{head}", "=".repeat(filled));
        let mut line = format!("[{bar:<BAR$}] {} of {}", self.done, self.total);
        let mut colored = vec![];
        for (count, word, paint) in [
            (self.failed, "failed", Style::red as fn(Style, &str) -> String),
            (self.warned, "warned", Style::yellow),
            (self.skipped, "skipped", Style::yellow),
        ] {
            if count > 0 {
                let text = format!("{count} {word}");
                colored.push((text.clone(), paint(self.style, &text)));
                line += &format!("  {text}");
            }
        }
        line += &format!("  {}s", elapsed.as_secs());
        let running: Vec<String> = self
            .running
            .iter()
            .map(|(_, name, start)| format!("{name} {}s", start.elapsed().as_secs()))
            .collect();
        if !running.is_empty() {
            line += &format!("  {}", running.join(", "));
        }
        let mut line = cut(&line, self.columns.saturating_sub(1));
        for (plain, painted) in colored {
            line = line.replacen(&plain, &painted, 1);
        }
        line
    }
}

/// The longest start of `text` that fits into `columns`.
fn cut(text: &str, columns: usize) -> String {
    let mut used = 0;
    text.chars()
        .take_while(|c| {
            used += c.width().unwrap_or_default();
            used <= columns
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::RunResult;

    #[test]
    fn the_line_tells_what_is_done_and_what_failed() {
        let mut board = Board::new(Style { colors: false, width: 80 }, 60);
        let concurrency =
            EventKind::ConcurrencyLine { num_threads: 2, target_name: "dev".into(), node_count: 4 };
        board.observe(&Event::new(concurrency));
        for status in [RunStatus::Success, RunStatus::Error] {
            let result = RunResult::without_work(None, "model.a.b".into(), status);
            board.observe(&Event::new(EventKind::NodeFinished { result: Arc::new(result) }));
        }
        assert_eq!(board.line(Duration::from_secs(7)), "[==========>         ] 2 of 4  1 failed  7s");
    }

    #[test]
    fn what_was_drawn_is_wiped_before_it_is_gone() {
        let mut board = Board::new(Style { colors: false, width: 80 }, 60);
        let mut out = vec![];
        board.draw(&mut out);
        board.wipe(&mut out);
        assert!(out.is_empty(), "nothing runs, nothing is drawn");
        let concurrency =
            EventKind::ConcurrencyLine { num_threads: 1, target_name: "dev".into(), node_count: 1 };
        board.observe(&Event::new(concurrency));
        board.draw(&mut out);
        board.wipe(&mut out);
        assert!(out.ends_with(b"\r\x1b[2K"));
    }

    #[test]
    fn wide_characters_count_twice() {
        assert_eq!(cut("a日本", 3), "a日");
    }
}
