//! What happens during an invocation, as plain data: stages emit [`Event`]s, `report` prints them.
//!
//! Names and payloads follow dbt's structured log
//! (<https://docs.getdbt.com/reference/events-logging>), so that programs which read it go on
//! working. Sentences, colours and JSON are made in `report`, never by who emits.

pub mod names;
mod node_info;
mod result;

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::diag::Diagnostic;
use crate::value::{Map, Str, Value};

pub use node_info::{GroupInfo, NodeFacts, NodeInfo};
pub use result::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    Debug,
    Info,
    Warn,
    Error,
}

impl Level {
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Debug => "debug",
            Level::Info => "info",
            Level::Warn => "warn",
            Level::Error => "error",
        }
    }

    /// Reads dbt's word; `test` is its old name for debug.
    pub fn parse(word: &str) -> Option<Level> {
        match word {
            "debug" | "test" => Some(Level::Debug),
            "info" => Some(Level::Info),
            "warn" => Some(Level::Warn),
            "error" => Some(Level::Error),
            _ => None,
        }
    }
}

/// One thing that happened, when, on which thread, and for which node.
#[derive(Clone, Debug)]
pub struct Event {
    pub kind: EventKind,
    pub level: Level,
    pub node: Option<Arc<NodeInfo>>,
    pub at: DateTime<Utc>,
    pub thread: Str,
}

impl Event {
    /// An event at this moment on this thread, at the level that its kind has.
    pub fn new(kind: EventKind) -> Event {
        let level = kind.default_level();
        Event { kind, level, node: None, at: Utc::now(), thread: thread_name() }
    }

    /// An event of a node.
    pub fn of(node: &Arc<NodeInfo>, kind: EventKind) -> Event {
        Event { node: Some(node.clone()), ..Event::new(kind) }
    }

    /// An event that is only a name, a sentence and its data.
    pub fn message(name: &'static str, text: impl Into<String>) -> Event {
        Event::new(EventKind::Message(Message { name, text: text.into(), data: Map::default() }))
    }

    /// A blank line, or a line without meaning to programs.
    pub fn formatting(text: impl Into<String>) -> Event {
        Event::message("Formatting", text)
    }

    /// A remark that has no event of its own.
    pub fn note(text: impl Into<String>) -> Event {
        Event::message("Note", text)
    }

    /// Text that goes to stdout as it is, also under `--quiet`.
    pub fn print(text: impl Into<String>) -> Event {
        Event::message("PrintEvent", text)
    }

    /// A connection reaches the warehouse for the first time.
    pub fn opening() -> Event {
        let text = "Opening a new connection, currently in state init";
        Event::message("NewConnectionOpening", text).data("connection_state", "init")
    }

    /// The command is done with a connection.
    pub fn closed(conn_name: &str) -> Event {
        let text = format!("Connection '{conn_name}' was properly closed.");
        Event::message("ConnectionClosedInCleanup", text).data("conn_name", conn_name)
    }

    /// A named value of an event that is a [`Message`]; of no use to others.
    pub fn data(mut self, key: &'static str, value: impl Into<Value>) -> Event {
        if let EventKind::Message(message) = &mut self.kind {
            message.data.insert(key.into(), value.into());
        }
        self
    }

    /// The same event, told about a node.
    pub fn about(mut self, node: &Arc<NodeInfo>) -> Event {
        self.node = Some(node.clone());
        self
    }

    pub fn level(mut self, level: Level) -> Event {
        self.level = level;
        self
    }

    /// dbt's name of the event.
    pub fn name(&self) -> &'static str {
        self.kind.name()
    }
}

/// The current thread as dbt names it.
pub fn thread_name() -> Str {
    match std::thread::current().name() {
        None | Some("main") => "MainThread".into(),
        Some(name) => name.into(),
    }
}

/// Place of a node among those that run; `index` counts from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    pub index: usize,
    pub total: usize,
}

/// An event that carries no more than a name, a sentence and named values.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    pub name: &'static str,
    pub text: String,
    pub data: Map,
}

/// What happened. Kinds that a consumer looks into have a variant; all others are [`Message`]s.
#[derive(Clone, Debug)]
pub enum EventKind {
    // Start of the invocation.
    MainReportVersion {
        version: Str,
    },
    MainReportArgs {
        args: Map,
    },
    /// `version` as in `=1.9.6`.
    AdapterRegistered {
        name: Str,
        version: Str,
    },
    FoundStats {
        stat_line: String,
    },
    ConcurrencyLine {
        num_threads: usize,
        target_name: Str,
        node_count: usize,
    },

    // Life of a node.
    NodeStart,
    NodeCompiling,
    NodeExecuting,
    WritingInjectedSql,
    /// `description` as in `sql table model main.orders`.
    LogStartLine {
        description: String,
        progress: Progress,
    },
    /// The result of a model, a snapshot, a function and so on, by the kind of line that dbt prints.
    LogResult(ResultLine),
    LogTestResult {
        name: Str,
        status: RunStatus,
        failures: Option<i64>,
        execution_time: f64,
        attached_node: Option<Str>,
        progress: Progress,
    },
    LogFreshnessResult {
        status: RunStatus,
        source_name: Str,
        table_name: Str,
        execution_time: f64,
        progress: Progress,
    },
    LogHookStartLine {
        statement: String,
        progress: Progress,
    },
    LogHookEndLine {
        statement: String,
        status: RunStatus,
        execution_time: f64,
        progress: Progress,
    },
    /// A node that is not run because something upstream failed; `schema` as printed.
    SkippingDetails {
        schema: Str,
        progress: Progress,
    },
    /// A node skipped because an ephemeral model that it uses did not compile.
    LogSkipBecauseError {
        schema: Str,
        relation: Str,
        status: RunStatus,
        progress: Progress,
    },
    MarkSkippedChildren {
        unique_id: Str,
        result: Arc<RunResult>,
    },
    LogStartBatch {
        description: String,
        progress: Progress,
    },
    LogBatchResult {
        description: String,
        status: RunStatus,
        /// What the warehouse answered.
        message: String,
        execution_time: f64,
        progress: Progress,
    },
    LogCancelLine {
        conn_name: Str,
    },
    NodeFinished {
        result: Arc<RunResult>,
    },

    // Warehouse.
    NewConnection {
        conn_type: Str,
        conn_name: Str,
    },
    ConnectionUsed {
        conn_type: Str,
        conn_name: Str,
    },
    ConnectionClosed {
        conn_name: Str,
    },
    SqlQuery {
        conn_name: Str,
        sql: Str,
    },
    SqlQueryStatus {
        status: Str,
        /// Seconds.
        elapsed: f64,
        query_id: Str,
    },
    SqlCommit {
        conn_name: Str,
    },
    Rollback {
        conn_name: Str,
    },

    // What a template says.
    JinjaLogInfo {
        msg: String,
    },
    JinjaLogDebug {
        msg: String,
    },
    JinjaLogWarning {
        msg: String,
    },

    // Output of `show` and `compile`.
    ShowNode(Preview),
    CompiledNode(Preview),

    // End of the run.
    /// `execution` as in ` in 0 hours 0 minutes and 1.20 seconds`.
    FinishedRunningStats {
        stat_line: String,
        execution: String,
        execution_time: f64,
    },
    EndRunResult {
        results: Arc<Vec<RunResult>>,
        elapsed_time: f64,
        generated_at: DateTime<Utc>,
        success: bool,
    },
    EndOfRunSummary {
        num_errors: usize,
        num_warnings: usize,
        num_partial_success: usize,
        keyboard_interrupt: bool,
    },
    RunResultWarning {
        path: Str,
    },
    RunResultFailure {
        path: Str,
    },
    RunResultError {
        msg: String,
    },
    StatsLine(RunCounts),
    CommandCompleted {
        command: String,
        success: bool,
        completed_at: DateTime<Utc>,
        elapsed: f64,
    },

    /// An error, warning or note of any stage.
    Diagnostic(Box<Diagnostic>),
    Message(Message),
}

/// The line that dbt prints when a node is done.
#[derive(Clone, Debug)]
pub struct ResultLine {
    pub kind: ResultKind,
    /// `sql table model main.orders`; for a seed its schema and name.
    pub description: String,
    pub status: RunStatus,
    /// What the warehouse answered: `OK`, `INSERT 3`.
    pub message: String,
    pub execution_time: f64,
    pub progress: Progress,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResultKind {
    Model,
    Snapshot,
    Seed,
    Function,
    /// Saved queries, exposures and the like, where nothing runs.
    NoOp,
    /// Any other node.
    Node,
}

/// Rows or SQL shown to the user.
#[derive(Clone, Debug, PartialEq)]
pub struct Preview {
    pub node_name: Str,
    pub unique_id: Str,
    pub is_inline: bool,
    /// Rows as a printed table, as JSON text, or the compiled SQL.
    pub text: String,
    pub json: bool,
    pub quiet: bool,
}

/// Results counted as the last line of a run has them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RunCounts {
    pub pass: usize,
    pub warn: usize,
    pub error: usize,
    pub skip: usize,
    pub no_op: usize,
    pub total: usize,
}

impl RunCounts {
    pub fn of<'a>(results: impl IntoIterator<Item = &'a RunResult>) -> RunCounts {
        let mut counts = RunCounts::default();
        for result in results {
            counts.total += 1;
            match result.status {
                RunStatus::Success | RunStatus::Pass => counts.pass += 1,
                RunStatus::Warn => counts.warn += 1,
                RunStatus::Skipped => counts.skip += 1,
                RunStatus::NoOp => counts.no_op += 1,
                RunStatus::Error | RunStatus::Fail | RunStatus::PartialSuccess | RunStatus::RuntimeError => {
                    counts.error += 1;
                }
            }
        }
        counts
    }
}

impl EventKind {
    /// dbt's name.
    pub fn name(&self) -> &'static str {
        match self {
            EventKind::MainReportVersion { .. } => "MainReportVersion",
            EventKind::MainReportArgs { .. } => "MainReportArgs",
            EventKind::AdapterRegistered { .. } => "AdapterRegistered",
            EventKind::FoundStats { .. } => "FoundStats",
            EventKind::ConcurrencyLine { .. } => "ConcurrencyLine",
            EventKind::NodeStart => "NodeStart",
            EventKind::NodeCompiling => "NodeCompiling",
            EventKind::NodeExecuting => "NodeExecuting",
            EventKind::WritingInjectedSql => "WritingInjectedSQLForNode",
            EventKind::LogStartLine { .. } => "LogStartLine",
            EventKind::LogResult(line) => line.kind.event_name(),
            EventKind::LogTestResult { .. } => "LogTestResult",
            EventKind::LogFreshnessResult { .. } => "LogFreshnessResult",
            EventKind::LogHookStartLine { .. } => "LogHookStartLine",
            EventKind::LogHookEndLine { .. } => "LogHookEndLine",
            EventKind::SkippingDetails { .. } => "SkippingDetails",
            EventKind::LogSkipBecauseError { .. } => "LogSkipBecauseError",
            EventKind::MarkSkippedChildren { .. } => "MarkSkippedChildren",
            EventKind::LogStartBatch { .. } => "LogStartBatch",
            EventKind::LogBatchResult { .. } => "LogBatchResult",
            EventKind::LogCancelLine { .. } => "LogCancelLine",
            EventKind::NodeFinished { .. } => "NodeFinished",
            EventKind::NewConnection { .. } => "NewConnection",
            EventKind::ConnectionUsed { .. } => "ConnectionUsed",
            EventKind::ConnectionClosed { .. } => "ConnectionClosed",
            EventKind::SqlQuery { .. } => "SQLQuery",
            EventKind::SqlQueryStatus { .. } => "SQLQueryStatus",
            EventKind::SqlCommit { .. } => "SQLCommit",
            EventKind::Rollback { .. } => "Rollback",
            EventKind::JinjaLogInfo { .. } => "JinjaLogInfo",
            EventKind::JinjaLogDebug { .. } => "JinjaLogDebug",
            EventKind::JinjaLogWarning { .. } => "JinjaLogWarning",
            EventKind::ShowNode(_) => "ShowNode",
            EventKind::CompiledNode(_) => "CompiledNode",
            EventKind::FinishedRunningStats { .. } => "FinishedRunningStats",
            EventKind::EndRunResult { .. } => "EndRunResult",
            EventKind::EndOfRunSummary { .. } => "EndOfRunSummary",
            EventKind::RunResultWarning { .. } => "RunResultWarning",
            EventKind::RunResultFailure { .. } => "RunResultFailure",
            EventKind::RunResultError { .. } => "RunResultError",
            EventKind::StatsLine(_) => "StatsLine",
            EventKind::CommandCompleted { .. } => "CommandCompleted",
            EventKind::Diagnostic(diagnostic) => names::of_diagnostic(diagnostic),
            EventKind::Message(message) => message.name,
        }
    }

    /// The level at which dbt reports it.
    fn default_level(&self) -> Level {
        match self {
            EventKind::LogResult(line) => line.status.level(),
            EventKind::LogTestResult { status, .. } | EventKind::LogFreshnessResult { status, .. } => {
                status.level()
            }
            EventKind::LogBatchResult { status, .. } => status.level(),
            EventKind::Diagnostic(diagnostic) => match diagnostic.severity {
                crate::diag::Severity::Error => Level::Error,
                crate::diag::Severity::Warning => Level::Warn,
                crate::diag::Severity::Note => Level::Info,
            },
            kind => names::level_of(kind.name()),
        }
    }
}

impl ResultKind {
    fn event_name(self) -> &'static str {
        match self {
            ResultKind::Model => "LogModelResult",
            ResultKind::Snapshot => "LogSnapshotResult",
            ResultKind::Seed => "LogSeedResult",
            ResultKind::Function => "LogFunctionResult",
            ResultKind::NoOp => "LogNodeNoOpResult",
            ResultKind::Node => "LogNodeResult",
        }
    }
}
