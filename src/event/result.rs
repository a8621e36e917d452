//! What a run makes: compiled SQL, and the result of each node.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use rustc_hash::FxHashMap;

use super::Level;
use crate::diag::Diagnostic;
use crate::manifest::NodeId;
use crate::value::{Map, Str};

/// A node after compilation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CompiledNode {
    /// SQL (or Python) that the warehouse gets, without the materialization around it.
    pub compiled_code: Str,
    /// Relative to the project's root: `target/compiled/<package>/models/orders.sql`; none when not written.
    pub compiled_path: Option<Str>,
    /// Where the statement that ran was written: `target/run/…`.
    pub build_path: Option<Str>,
    /// Ephemeral models that were put in front as CTEs, in order.
    pub extra_ctes: Vec<ExtraCte>,
    /// The node's relation when compilation knows another than the manifest (stored test failures).
    pub relation_name: Option<Str>,
    /// What the foreign keys of the model refer to: `ref(...)` as written, and the relation it means.
    pub foreign_keys: Vec<(Str, Str)>,
}

impl CompiledNode {
    /// Whether there was anything to compile: `clone` only writes the statement that it runs.
    pub fn has_code(&self) -> bool {
        self.build_path.is_none() || self.compiled_path.is_some() || !self.compiled_code.is_empty()
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct ExtraCte {
    /// Unique id of the ephemeral model.
    pub id: Str,
    pub sql: Str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RunStatus {
    Success,
    Error,
    Skipped,
    /// Some batches of a microbatch model failed.
    PartialSuccess,
    NoOp,
    Pass,
    Fail,
    Warn,
    /// A freshness query that failed.
    RuntimeError,
}

impl RunStatus {
    pub const ALL: [RunStatus; 9] = [
        RunStatus::Success,
        RunStatus::Error,
        RunStatus::Skipped,
        RunStatus::PartialSuccess,
        RunStatus::NoOp,
        RunStatus::Pass,
        RunStatus::Fail,
        RunStatus::Warn,
        RunStatus::RuntimeError,
    ];

    /// dbt's word, as in run_results.json.
    pub fn as_str(self) -> &'static str {
        match self {
            RunStatus::Success => "success",
            RunStatus::Error => "error",
            RunStatus::Skipped => "skipped",
            RunStatus::PartialSuccess => "partial success",
            RunStatus::NoOp => "no-op",
            RunStatus::Pass => "pass",
            RunStatus::Fail => "fail",
            RunStatus::Warn => "warn",
            RunStatus::RuntimeError => "runtime error",
        }
    }

    pub fn parse(word: &str) -> Option<RunStatus> {
        RunStatus::ALL.into_iter().find(|status| status.as_str() == word)
    }

    /// Whether the run as a whole failed because of it.
    pub fn is_failure(self) -> bool {
        matches!(
            self,
            RunStatus::Error | RunStatus::Fail | RunStatus::RuntimeError | RunStatus::PartialSuccess
        )
    }

    pub fn level(self) -> Level {
        match self {
            RunStatus::Error | RunStatus::Fail | RunStatus::RuntimeError => Level::Error,
            RunStatus::Warn => Level::Warn,
            _ => Level::Info,
        }
    }
}

/// One measured phase of a node: `compile` or `execute`.
#[derive(Clone, Debug, PartialEq)]
pub struct Timing {
    pub name: &'static str,
    pub started_at: Option<DateTime<Utc>>,
    pub completed_at: Option<DateTime<Utc>>,
}

/// How a node, a hook or an operation ended.
#[derive(Clone, Debug)]
pub struct RunResult {
    /// None for what is no node of the manifest (`run-operation`'s macro).
    pub node: Option<NodeId>,
    pub unique_id: Str,
    pub status: RunStatus,
    pub timing: Vec<Timing>,
    /// As dbt names its workers: `Thread-1 (worker)`.
    pub thread_id: Str,
    /// Seconds.
    pub execution_time: f64,
    pub message: Option<String>,
    /// What went wrong, with its place, for people; `message` says the same in dbt's form.
    pub diagnostic: Option<Arc<Diagnostic>>,
    /// Rows that a test found.
    pub failures: Option<i64>,
    /// `{_message, code, rows_affected, …}` as the warehouse answered.
    pub adapter_response: Map,
    /// What was compiled, also when running it failed.
    pub compiled: Option<Arc<CompiledNode>>,
    pub batch_results: Option<BatchResults>,
    /// Only of `source freshness`.
    pub freshness: Option<Freshness>,
}

impl RunResult {
    /// A result without any work done: skipped, or stopped before it began.
    pub fn without_work(node: Option<NodeId>, unique_id: Str, status: RunStatus) -> RunResult {
        RunResult {
            node,
            unique_id,
            status,
            timing: vec![],
            thread_id: super::thread_name(),
            execution_time: 0.0,
            message: None,
            diagnostic: None,
            failures: None,
            adapter_response: Map::default(),
            compiled: None,
            batch_results: None,
            freshness: None,
        }
    }
}

/// Batches of a microbatch model: start and end of each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BatchResults {
    pub successful: Vec<(DateTime<Utc>, DateTime<Utc>)>,
    pub failed: Vec<(DateTime<Utc>, DateTime<Utc>)>,
}

/// What a freshness query found.
#[derive(Clone, Debug, PartialEq)]
pub struct Freshness {
    pub max_loaded_at: DateTime<Utc>,
    pub snapshotted_at: DateTime<Utc>,
    /// Seconds.
    pub age: f64,
}

/// What was compiled in this invocation, by node.
pub type CompiledNodes = FxHashMap<NodeId, Arc<CompiledNode>>;
