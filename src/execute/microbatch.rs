//! A microbatch model: built slice by slice of event time, each slice a run of its materialization.
//!
//! The first slice goes alone, since it may make the table, and the last one too, since the hooks
//! after the model belong to it; those between run side by side where there are threads to spare.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use minijinja::Value as Jinja;
use rustc_hash::FxHashMap;

use super::batches::{Batch, BatchSize, Window, batches, size_of};
use super::turn::{Done, SharedConnection, Turn, main_result};
use super::{describe, materialize};
use crate::adapter::RelationType;
use crate::adapter::dialect::Capability;
use crate::compile::Failed;
use crate::diag::Diagnostic;
use crate::event::{BatchResults, Event, EventKind, Progress, RunStatus};
use crate::jinja::context::execution::{BatchContext, Execution};
use crate::jinja::context::function::function;
use crate::value::Str;

/// What the batches of a model made of it so far.
#[derive(Default)]
struct Tally {
    results: BatchResults,
    diagnostic: Option<Box<Diagnostic>>,
}

/// Builds the model whose turn it is.
///
/// # Errors
/// Its configuration does not say how to slice it. Failed batches are in the result.
pub fn run(turn: &Turn<'_>) -> Result<Done, Failed> {
    let size = size_of(turn.node).map_err(Failed::of)?;
    let left = turn.run.batches_left.get(&turn.id);
    let incremental = is_incremental(turn);
    let batches = match left {
        Some(left) => left.failed.clone(),
        None => batches(turn.node, &window(turn, incremental)).map_err(Failed::of)?,
    };
    let slices = Slices { turn, size, batches: &batches, tally: Mutex::default() };
    slices.run_all(incremental);
    let Tally { mut results, diagnostic } =
        slices.tally.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
    results.successful.sort();
    results.failed.sort();
    let (well, badly) = (results.successful.len(), results.failed.len());
    let (status, message) = match (well, badly) {
        (_, 0) => (RunStatus::Success, "SUCCESS".to_string()),
        (0, _) => (RunStatus::Error, "ERROR".to_string()),
        _ => (RunStatus::PartialSuccess, format!("PARTIAL SUCCESS ({well}/{})", well + badly)),
    };
    results.successful.extend(left.into_iter().flat_map(|left| left.successful.iter().copied()));
    Ok(Done { status, batch_results: Some(results), diagnostic, failures: Some(0), ..Done::success(message) })
}

fn window(turn: &Turn<'_>, is_incremental: bool) -> Window {
    let flags = &turn.run.compiler.runtime.flags.run;
    let (start, end) = match flags.sample {
        Some(sample) => (Some(sample.start), Some(sample.end)),
        None => (
            flags.event_time_start.map(|time| time.and_utc()),
            flags.event_time_end.map(|time| time.and_utc()),
        ),
    };
    Window { start, end, now: turn.run.began, is_incremental }
}

/// Whether the table is there and is to be added to.
fn is_incremental(turn: &Turn<'_>) -> bool {
    let runtime = &turn.run.compiler.runtime;
    let node = turn.node;
    let known = runtime.adapter.cache().get(node.database.as_deref(), Some(&node.schema), &node.alias);
    let is_table = known.is_some_and(|relation| relation.is(RelationType::Table));
    let refresh = node.config.get_bool("full_refresh").unwrap_or(runtime.flags.run.full_refresh);
    is_table && !refresh
}

struct Slices<'r, 'a> {
    turn: &'r Turn<'a>,
    size: BatchSize,
    batches: &'r [Batch],
    tally: Mutex<Tally>,
}

impl Slices<'_, '_> {
    fn run_all(&self, incremental: bool) {
        let count = self.batches.len();
        if count == 0 {
            return;
        }
        if !self.slice(0, incremental, &self.turn.execution.connection) {
            // Nothing can be added to a table that could not be made.
            (1..count).for_each(|at| self.skip(at));
            return;
        }
        self.between(1..count.saturating_sub(1));
        if count > 1 {
            self.slice(count - 1, true, &self.turn.execution.connection);
        }
    }

    /// The slices that need not wait for each other.
    fn between(&self, range: std::ops::Range<usize>) {
        let next = AtomicUsize::new(range.start);
        let work = |connection: &SharedConnection| {
            loop {
                let at = next.fetch_add(1, Ordering::SeqCst);
                if at >= range.end || self.turn.run.interrupt.is_set() {
                    break;
                }
                self.slice(at, true, connection);
            }
        };
        let helpers = if self.side_by_side() { range.len().saturating_sub(1) } else { 0 };
        std::thread::scope(|scope| {
            for _ in 0..helpers {
                if !self.turn.run.take_place() {
                    break;
                }
                let name = std::thread::current().name().unwrap_or("worker").to_string();
                let spawned = std::thread::Builder::new()
                    .name(name)
                    .stack_size(super::pool::STACK_BYTES)
                    .spawn_scoped(scope, || {
                        let own = self.turn.run.compiler.runtime.adapter.connect(&self.turn.node.unique_id);
                        work(&Arc::new(Mutex::new(own)));
                        self.turn.run.give_place();
                    });
                if spawned.is_err() {
                    self.turn.run.give_place();
                    break;
                }
            }
            work(&self.turn.execution.connection);
        });
        (next.load(Ordering::SeqCst).min(range.end)..range.end).for_each(|at| self.skip(at));
    }

    /// Whether slices may run at once: the warehouse allows it, and the model says so or does not
    /// look at itself.
    fn side_by_side(&self) -> bool {
        let runtime = &self.turn.run.compiler.runtime;
        let able = runtime.adapter.dialect().capabilities().contains(&Capability::MicrobatchConcurrency);
        let looks_at_itself = || {
            let node = self.turn.node;
            let template = runtime.run.engine.template(&node.unique_id, node.raw_code.clone());
            template.map_or(true, |template| template.mentions("this"))
        };
        able && self.turn.node.config.get_bool("concurrent_batches").unwrap_or_else(|| !looks_at_itself())
    }

    fn progress(&self, at: usize) -> Progress {
        Progress { index: at + 1, total: self.batches.len() }
    }

    fn description(&self, at: usize) -> String {
        let place = describe::place(&self.turn.run.compiler.runtime, self.turn.node);
        format!("batch {} of {place}", self.size.label(self.batches[at].0))
    }

    /// Builds one slice; whether it went well.
    fn slice(&self, at: usize, incremental: bool, connection: &SharedConnection) -> bool {
        let started = Instant::now();
        self.turn.emit(EventKind::LogStartBatch {
            description: self.description(at),
            progress: self.progress(at),
        });
        let outcome = self.build(at, incremental, connection);
        connection.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).rollback_if_open();
        let well = outcome.is_ok();
        let mut tally = self.tally.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let message = match outcome {
            Ok(done) => {
                tally.results.successful.push(self.batches[at]);
                done.message
            }
            Err(failed) => {
                tally.results.failed.push(self.batches[at]);
                let diagnostic = failed.about(self.turn.node).diagnostic;
                tally.diagnostic.get_or_insert(diagnostic);
                None
            }
        };
        drop(tally);
        self.finished(at, if well { RunStatus::Success } else { RunStatus::Error }, message, started);
        well
    }

    fn skip(&self, at: usize) {
        self.tally
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
            .results
            .failed
            .push(self.batches[at]);
        self.finished(at, RunStatus::Skipped, None, Instant::now());
    }

    fn finished(&self, at: usize, status: RunStatus, message: Option<String>, started: Instant) {
        self.turn.emit(EventKind::LogBatchResult {
            description: self.description(at),
            status,
            message: message.unwrap_or_default(),
            execution_time: started.elapsed().as_secs_f64(),
            progress: self.progress(at),
        });
    }

    fn build(&self, at: usize, incremental: bool, connection: &SharedConnection) -> Result<Done, Failed> {
        let run = self.turn.run;
        let (start, end) = self.batches[at];
        let mut execution = Execution::new(&run.compiler.runtime, Some(self.turn.id), connection);
        execution.batch = Some(BatchContext {
            id: self.size.id(start).into(),
            label: self.size.label(start).into(),
            start,
            end,
            incremental,
            is_first: at == 0,
            is_last: at + 1 == self.batches.len(),
        });
        let execution = Arc::new(execution);
        execution.share_info(&self.turn.execution);
        run.compiler.compile_node(&execution)?;
        let mut extra: FxHashMap<Str, Jinja> = FxHashMap::default();
        if incremental {
            extra.insert("is_incremental".into(), function("is_incremental", |_, _| Ok(Jinja::from(true))));
            extra.insert(
                "should_full_refresh".into(),
                function("should_full_refresh", |_, _| Ok(Jinja::from(false))),
            );
        }
        self.materialize(&execution, extra).inspect_err(|failed| self.tell_of(failed))
    }

    fn materialize(&self, execution: &Arc<Execution>, extra: FxHashMap<Str, Jinja>) -> Result<Done, Failed> {
        let compiler = &self.turn.run.compiler;
        let returned = materialize::run(execution, compiler.sources, None, extra)?;
        for relation in materialize::relations(&returned, self.turn.node)? {
            compiler.runtime.adapter.cache().add(relation);
        }
        self.turn.execution.take_over(execution);
        main_result(execution)
    }

    /// Tells of a batch that failed; the model itself has failed when all its batches have had their turn.
    fn tell_of(&self, failed: &Failed) {
        let unique_id = &self.turn.node.unique_id;
        let exc = format!("Exception on worker thread. {}", failed.message);
        let text = format!("Unhandled error while executing {unique_id}\n{exc}");
        let event = Event::message("GenericExceptionOnRun", text).data("build_path", "");
        self.turn.execution.tell(event.data("unique_id", unique_id.clone()).data("exc", exc));
    }
}
