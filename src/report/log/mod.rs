//! Events → console and log file, as text, debug text or JSON lines.
//!
//! Lines, levels and the file's name are dbt's:
//! <https://docs.getdbt.com/reference/global-configs/logs>.

mod file;
mod json;
mod live;
mod message;
mod style;
mod warnings;

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard};

use chrono::Local;
use rustc_hash::FxHashMap;

use crate::dag::Graph;
use crate::diag::{Diagnostic, Severity};
use crate::event::{Event, EventKind, Level, NodeInfo, RunResult};
use crate::flags::{Flags, LogFlags, WarningFlags};
use crate::invocation::Invocation;
use crate::source::SourceMap;
use crate::value::Str;

use super::annotations::Annotator;
use file::LogFile;
use live::Live;
use message::Writer;
pub use message::stats_line;
use style::Style;
use warnings::Warnings;

/// Events that are output, not talk: they appear under `--quiet` and without a time.
const PRINTED: [&str; 3] = ["PrintEvent", "ShowNode", "CompiledNode"];
/// Talk about the relation cache, shown on request only.
const CACHE: [&str; 2] = ["CacheAction", "CacheDumpGraph"];
/// `clean` may have removed the log folder, so its talk stays on the console.
const CONSOLE_ONLY: [&str; 4] =
    ["CheckCleanPath", "ConfirmCleanPath", "ProtectedCleanPath", "FinishedCleanPaths"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Text,
    Debug,
    Json,
}

/// An event, and the unique id of the node that it comes from where only that is known.
#[derive(Debug)]
pub struct Told {
    pub node: Option<Str>,
    pub event: Event,
}

/// Takes every event of an invocation and shows it where the flags say. Threads may share it.
pub struct Reporter {
    invocation: Arc<Invocation>,
    sources: Arc<SourceMap>,
    cache_events: bool,
    warnings: Warnings,
    sinks: Mutex<Sinks>,
    /// Folders of the checkout and of the project, when GitHub is to be told.
    annotated: Option<(PathBuf, PathBuf)>,
    /// Who shows what is told, while nodes run.
    listener: Mutex<Option<Sender<Option<Told>>>>,
    /// Nodes whose turn it is, in the state that was told last.
    running: Mutex<FxHashMap<Str, Arc<NodeInfo>>>,
}

struct Sinks {
    console: Option<Console>,
    file: Option<FileSink>,
}

struct Console {
    format: Format,
    level: Level,
    style: Style,
    /// Talk goes to stderr where stdout carries data.
    talk_on_stderr: bool,
    live: Option<Live>,
}

struct FileSink {
    format: Format,
    level: Level,
    style: Style,
    log: LogFile,
}

impl Reporter {
    /// Opens the console and the log file. A log file that cannot be opened is left out, and a
    /// warning says so.
    pub fn open(flags: &Flags, invocation: Arc<Invocation>, sources: Arc<SourceMap>) -> Reporter {
        let log = &flags.log;
        let (file, trouble) = match open_file(log) {
            Ok(file) => (file, None),
            Err(error) => (None, Some(error)),
        };
        let sinks = Mutex::new(Sinks { console: open_console(flags), file });
        let warnings = Warnings::new(&flags.warnings, log.show_all_deprecations);
        let annotated =
            flags.output.annotations.clone().map(|checkout| (checkout, flags.project_dir.clone()));
        let reporter = Reporter {
            invocation,
            sources,
            cache_events: log.cache_events,
            warnings,
            sinks,
            annotated,
            listener: Mutex::default(),
            running: Mutex::default(),
        };
        if let Some(error) = trouble {
            let text = format!("cannot write the log file in `{}`: {error}", log.path.display());
            reporter.emit(&Event::note(text).level(Level::Warn));
        }
        reporter
    }

    /// Shows one event.
    pub fn emit(&self, event: &Event) {
        self.put(event);
        self.flush();
    }

    /// Brings what was heard into the log file.
    pub fn flush(&self) {
        let mut sinks = self.lock();
        if sinks.file.as_mut().is_some_and(|sink| sink.log.flush().is_err()) {
            // A full disk must not stop the run, and the console has the same text.
            sinks.file = None;
        }
    }

    fn put(&self, event: &Event) {
        let name = event.name();
        if CACHE.contains(&name) && !self.cache_events || !self.warnings.admits(event) {
            return;
        }
        self.follow(event);
        if let EventKind::Diagnostic(diagnostic) = &event.kind {
            self.annotate(|annotator| annotator.diagnostic(diagnostic));
        }
        let level = |format: Format| match format {
            _ if PRINTED.contains(&name) => Level::Error,
            Format::Json => level_for_programs(event),
            _ => event.level,
        };
        let mut sinks = self.lock();
        if let Some(console) = &mut sinks.console {
            let superfluous = console.live.as_ref().is_some_and(|live| live.observe(event));
            if level(console.format) >= console.level && !superfluous {
                let line = self.line(event, console.format, console.style);
                console.print(&line, PRINTED.contains(&name));
            }
        }
        if let Some(sink) = sinks.file.as_mut().filter(|sink| level(sink.format) >= sink.level)
            && !CONSOLE_ONLY.contains(&name)
        {
            let line = self.line(event, sink.format, sink.style);
            if sink.log.write_line(&line).is_err() {
                // As above.
                sinks.file = None;
            }
        }
    }

    /// From now on [`Reporter::tell`] sends to `listener`; none: it shows at once.
    pub fn listen(&self, listener: Option<Sender<Option<Told>>>) {
        *self.listener.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = listener;
    }

    /// Shows an event, or lets who listens show it in its turn.
    pub fn tell(&self, told: Told) {
        let listener = self.listener.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        match &*listener {
            Some(listener) => drop(listener.send(Some(told))),
            None => {
                drop(listener);
                self.hear(told);
                self.flush();
            }
        }
    }

    /// Shows an event that was told; [`Self::flush`] comes after the last of several.
    pub fn hear(&self, told: Told) {
        let node = told.node.and_then(|unique_id| self.running().get(&unique_id).cloned());
        self.put(&Event { node: node.or(told.event.node.clone()), ..told.event });
    }

    /// Annotates tests that did not do well, where GitHub is to be told.
    pub fn annotate_results(&self, results: &[RunResult], graph: &Graph) {
        for result in results {
            self.annotate(|annotator| annotator.result(result, graph));
        }
    }

    /// To stderr, which GitHub reads as well, so that stdout stays what other programs expect.
    fn annotate(&self, line: impl FnOnce(Annotator) -> Option<String>) {
        let Some((checkout, project)) = &self.annotated else { return };
        if let Some(line) = line(Annotator { sources: &self.sources, project, checkout }) {
            // Nobody is left to tell when the stream is closed.
            let _ = writeln!(io::stderr(), "{}", self.invocation.scrub(line));
        }
    }

    fn follow(&self, event: &Event) {
        let Some(node) = &event.node else { return };
        match event.kind {
            EventKind::NodeStart
            | EventKind::NodeCompiling
            | EventKind::NodeExecuting
            | EventKind::LogHookStartLine { .. } => {
                self.running().insert(node.facts.unique_id.clone(), node.clone());
            }
            EventKind::NodeFinished { .. } | EventKind::LogHookEndLine { .. } => {
                self.running().remove(&node.facts.unique_id);
            }
            _ => {}
        }
    }

    fn running(&self) -> MutexGuard<'_, FxHashMap<Str, Arc<NodeInfo>>> {
        self.running.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Judges warnings by other flags from now on: `retry` takes over those of the run before.
    pub fn judge_by(&self, flags: &WarningFlags) {
        self.warnings.judge_by(flags);
    }

    /// Shows what stages found; warnings become errors or silent as the flags say. Tells whether an
    /// error is among them.
    pub fn report(&self, diagnostics: Vec<Diagnostic>) -> bool {
        let judged = self.warnings.judge(diagnostics);
        let failed = judged.iter().any(Diagnostic::is_error);
        for diagnostic in judged {
            self.emit(&Event::new(EventKind::Diagnostic(Box::new(diagnostic))));
        }
        failed
    }

    /// Sums deprecations up and takes the live line off the terminal; call it before the program ends.
    pub fn finish(&self) {
        if let Some(summary) = self.warnings.summary() {
            self.emit(&summary);
        }
        if let Some(console) = &mut self.lock().console {
            console.live = None;
        }
    }

    fn line(&self, event: &Event, format: Format, style: Style) -> String {
        // Programs that read JSON have no use for colours.
        let style = Style { colors: style.colors && format != Format::Json, ..style };
        let mut message = Writer { style, sources: &self.sources }.message(event);
        // Programs look for dbt's words; people want to know what they are running.
        if format != Format::Json && matches!(event.kind, EventKind::MainReportVersion { .. }) {
            message.push_str(concat!(" (Headwater ", env!("CARGO_PKG_VERSION"), ")"));
        }
        let line = match format {
            Format::Json => json::line(event, level_for_programs(event), &message, &self.invocation),
            Format::Text => info_line(event, &message, style),
            Format::Debug => self.debug_line(event, &message, style),
        };
        self.invocation.scrub(line)
    }

    fn debug_line(&self, event: &Event, message: &str, style: Style) -> String {
        let time = event.at.with_timezone(&Local).format("%H:%M:%S%.6f");
        let reset = if style.colors { "\x1b[0m" } else { "" };
        let thread: String = event.thread.chars().take(10).collect();
        let line = format!("{reset}{time} [{:<5}] [{thread:<10}]: {message}", event.level.as_str());
        if event.name() == "MainReportVersion" {
            let rule = "=".repeat(30);
            return format!("\n\n{rule} {time} | {} {rule}\n{line}", self.invocation.id);
        }
        line
    }

    fn lock(&self) -> MutexGuard<'_, Sinks> {
        self.sinks.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Console {
    fn print(&self, line: &str, printed: bool) {
        // Nobody is left to tell when the stream is closed.
        if self.talk_on_stderr && !printed {
            let _ = writeln!(io::stderr(), "{line}");
        } else if let Some(live) = &self.live {
            live.print(line);
        } else {
            let mut out = io::stdout().lock();
            let _ = writeln!(out, "{line}").and_then(|()| out.flush());
        }
    }
}

/// The place of a failure in the project's files is for people: programs have the failure already.
fn level_for_programs(event: &Event) -> Level {
    match &event.kind {
        EventKind::Diagnostic(diagnostic) if event.name() == "Note" => match diagnostic.event {
            Some(_) if diagnostic.severity != Severity::Error => event.level,
            _ => Level::Debug,
        },
        _ => event.level,
    }
}

fn info_line(event: &Event, message: &str, style: Style) -> String {
    if PRINTED.contains(&event.name()) {
        return message.to_string();
    }
    let reset = if style.colors { "\x1b[0m" } else { "" };
    format!("{reset}{}  {message}", event.at.format("%H:%M:%S"))
}

fn open_console(flags: &Flags) -> Option<Console> {
    let log = &flags.log;
    let level = if log.quiet {
        Level::Error
    } else if log.debug {
        Level::Debug
    } else {
        level_of(&log.level, Level::Info)?
    };
    let format = format_of(&log.format, Format::Text);
    let style = Style { colors: log.use_colors, width: printer_width(log) };
    let shows_json = matches!(&*flags.which, "show" | "compile") && &*flags.output.format == "json";
    let writes_document = matches!(&*flags.which, "lineage" | "emit");
    let talk_on_stderr = writes_document || format != Format::Json && (&*flags.which == "list" || shows_json);
    let alive = format == Format::Text && level == Level::Info && !talk_on_stderr && is_live_terminal();
    let live = alive.then(|| {
        let columns = terminal_size::terminal_size().map_or(80, |(width, _)| usize::from(width.0));
        Live::start(style, columns)
    });
    Some(Console { format, level, style, talk_on_stderr, live })
}

fn open_file(log: &LogFlags) -> io::Result<Option<FileSink>> {
    let level = if log.debug { Some(Level::Debug) } else { level_of(&log.level_file, Level::Debug) };
    let Some(level) = level else { return Ok(None) };
    let format = format_of(&log.format_file, Format::Debug);
    let style = Style { colors: log.use_colors && log.use_colors_file, width: printer_width(log) };
    let log = LogFile::open(&log.path.join("dbt.log"), log.file_max_bytes)?;
    Ok(Some(FileSink { format, level, style, log }))
}

/// None for `none`: nothing is shown at all.
fn level_of(word: &str, default: Level) -> Option<Level> {
    match word {
        "none" => None,
        word => Some(Level::parse(word).unwrap_or(default)),
    }
}

fn format_of(word: &str, default: Format) -> Format {
    match word {
        "text" => Format::Text,
        "debug" => Format::Debug,
        "json" => Format::Json,
        _ => default,
    }
}

fn printer_width(log: &LogFlags) -> usize {
    if log.printer_width == 0 { 80 } else { log.printer_width }
}

fn is_live_terminal() -> bool {
    let dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb");
    io::stdout().is_terminal() && !dumb && std::env::var_os("CI").is_none()
}
