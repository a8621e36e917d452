//! Workers and the order of work: nodes go to whoever is free as soon as nothing holds them up.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use rustc_hash::FxHashMap;

use super::turn::{SharedConnection, Turn};
use super::{Outcome, Run, Task, skip};
use crate::adapter::Canceller;
use crate::compile::Failed;
use crate::event::{Event, EventKind, Progress, RunResult, RunStatus};
use crate::jinja::context::execution::{Execution, NEW_CONNECTION};
use crate::manifest::NodeId;
use crate::plan::Queue;
use crate::selector::NodeSet;
use crate::trace;

/// Macros nest deeply, and so does the evaluator.
pub const STACK_BYTES: usize = 8 << 20;
/// How often the coordinator looks whether it should stop.
const TICK: Duration = Duration::from_millis(50);

/// Jobs that a thread has before it when their work is small: to wait for each other would take longer.
const SMALL_JOBS_AHEAD: usize = 64;
/// How long the coordinator lets small jobs be done before it looks.
const SMALL_PAUSE: Duration = Duration::from_millis(1);

/// A node to run, after its unit tests.
struct Job {
    id: NodeId,
    unit_tests: Vec<NodeId>,
}

/// What a worker reports: all results of a job, the node's own last.
struct Report {
    id: NodeId,
    results: Vec<RunResult>,
}

/// Runs all nodes of the plan.
pub fn run(run: &Run<'_>, outcome: &mut Outcome) {
    let threads = run.threads.clamp(1, run.plan.len().max(1));
    let (jobs, queued) = channel::<Job>();
    let queued = Arc::new(Mutex::new(queued));
    let (done, reports) = channel::<Report>();
    let counter = Counter::new(run);
    let cancellers: Mutex<Vec<Arc<dyn Canceller>>> = Mutex::default();
    let stopped = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for number in 1..=threads {
            let worker = Worker {
                run,
                jobs: queued.clone(),
                done: done.clone(),
                counter: &counter,
                cancellers: &cancellers,
                stopped: &stopped,
            };
            let spawned = std::thread::Builder::new()
                .name(format!("Thread-{number} (worker)"))
                .stack_size(STACK_BYTES)
                .spawn_scoped(scope, move || worker.serve());
            if spawned.is_err() && number == 1 {
                outcome.fatal = Some(*Failed::runtime("no thread could be started").diagnostic);
            }
        }
        drop(done);
        if outcome.fatal.is_none() {
            let coordinator = Coordinator {
                run,
                queue: run.plan.queue(),
                counter: &counter,
                skipped: NodeSet::default(),
                causes: FxHashMap::default(),
                threads,
                ahead: if run.task == Task::Compile { threads * SMALL_JOBS_AHEAD } else { threads },
                running: 0,
                stopping: None,
                stopped: &stopped,
                cancellers: &cancellers,
                outcome,
            };
            coordinator.serve(jobs, &reports);
        }
    });
}

/// Numbers the lines of a run.
struct Counter {
    next: AtomicUsize,
    total: usize,
}

impl Counter {
    fn new(run: &Run<'_>) -> Counter {
        let manifest = &run.plan.graph().manifest;
        let total = run.plan.nodes().iter().filter(|id| !manifest.node(**id).is_ephemeral()).count();
        Counter { next: AtomicUsize::new(0), total }
    }

    fn progress(&self, run: &Run<'_>, id: NodeId) -> Progress {
        if run.plan.graph().manifest.node(id).is_ephemeral() {
            return Progress { index: 0, total: 0 };
        }
        Progress { index: self.next.fetch_add(1, Ordering::Relaxed) + 1, total: self.total }
    }
}

struct Worker<'r, 'a> {
    run: &'r Run<'a>,
    jobs: Arc<Mutex<Receiver<Job>>>,
    done: Sender<Report>,
    counter: &'r Counter,
    cancellers: &'r Mutex<Vec<Arc<dyn Canceller>>>,
    /// Jobs that are handed out count as never begun.
    stopped: &'r AtomicBool,
}

impl Worker<'_, '_> {
    /// Works until there are no more jobs.
    fn serve(self) {
        let connection = self.run.compiler.runtime.adapter.connect(NEW_CONNECTION);
        lock(self.cancellers).push(connection.canceller());
        let connection: SharedConnection = Arc::new(Mutex::new(connection));
        loop {
            let job = lock(&self.jobs).recv();
            let Ok(job) = job else { break };
            let begins = !self.stopped.load(Ordering::SeqCst);
            let results = if begins { self.work(&job, &connection) } else { vec![] };
            if self.done.send(Report { id: job.id, results }).is_err() {
                break;
            }
        }
        Execution::new(&self.run.compiler.runtime, None, &connection).close_connection();
    }

    fn work(&self, job: &Job, connection: &SharedConnection) -> Vec<RunResult> {
        let mut results = vec![];
        // After the first unit test that fails, the other ones are skipped as the model is.
        let mut failed = false;
        for id in job.unit_tests.iter().chain([&job.id]) {
            let result = match failed {
                true => skip::one(self.run, *id, self.counter.progress(self.run, *id), None),
                false => self.turn(*id, connection),
            };
            failed |= blocks(self.run, result.status);
            results.push(result);
        }
        results
    }

    fn turn(&self, id: NodeId, connection: &SharedConnection) -> RunResult {
        let progress = self.counter.progress(self.run, id);
        let _span = trace::node(&self.run.plan.graph().manifest.node(id).unique_id);
        let turn = AssertUnwindSafe(|| Turn::new(self.run, id, progress, connection).take());
        catch_unwind(turn).unwrap_or_else(|panic| {
            let node = self.run.plan.graph().manifest.node(id);
            let said = panic.downcast_ref::<String>().map(String::as_str);
            let said = said.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("it panicked");
            let failed = Failed::internal(format!("Exception on worker thread. {said}")).about(node);
            lock(connection).release();
            let mut result = RunResult::without_work(Some(id), node.unique_id.clone(), RunStatus::Error);
            result.message = Some(failed.message);
            result.diagnostic = Some(Arc::from(failed.diagnostic));
            result
        })
    }
}

/// Whether a result holds up what lies downstream.
fn blocks(run: &Run<'_>, status: RunStatus) -> bool {
    match status {
        RunStatus::Error | RunStatus::PartialSuccess | RunStatus::RuntimeError => true,
        RunStatus::Fail | RunStatus::Skipped => run.tests_guard,
        _ => false,
    }
}

/// Why no more nodes are started.
enum Stop {
    FailFast,
    FirstError,
    Interrupt,
}

struct Coordinator<'r, 'a> {
    run: &'r Run<'a>,
    queue: Queue<'r>,
    counter: &'r Counter,
    skipped: NodeSet,
    /// For nodes skipped because an ephemeral model did not compile: its result.
    causes: FxHashMap<NodeId, Arc<RunResult>>,
    threads: usize,
    /// Jobs handed out at most.
    ahead: usize,
    running: usize,
    stopping: Option<Stop>,
    stopped: &'r AtomicBool,
    cancellers: &'r Mutex<Vec<Arc<dyn Canceller>>>,
    outcome: &'r mut Outcome,
}

impl Coordinator<'_, '_> {
    fn serve(mut self, jobs: Sender<Job>, reports: &Receiver<Report>) {
        loop {
            self.hand_out(&jobs);
            if self.running == 0 {
                break;
            }
            if self.running > self.threads {
                std::thread::sleep(SMALL_PAUSE);
            }
            match reports.recv_timeout(TICK) {
                Ok(report) => {
                    self.receive(report);
                    reports.try_iter().for_each(|report| self.receive(report));
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if self.run.interrupt.is_set() && !matches!(self.stopping, Some(Stop::Interrupt)) {
                self.stop(Stop::Interrupt);
            }
        }
        drop(jobs);
        self.close();
    }

    fn hand_out(&mut self, jobs: &Sender<Job>) {
        while self.stopping.is_none() && self.running < self.ahead && self.take_place() {
            let Some(id) = self.queue.pop() else {
                self.give_place();
                return;
            };
            if self.skipped.contains(id) {
                self.give_place();
                self.skip(id);
                continue;
            }
            let unit_tests = self.run.plan.unit_tests_of(id).to_vec();
            if jobs.send(Job { id, unit_tests }).is_ok() {
                self.running += 1;
            }
        }
    }

    fn skip(&mut self, id: NodeId) {
        for test in self.run.plan.unit_tests_of(id) {
            let progress = self.counter.progress(self.run, *test);
            self.outcome.results.push(skip::one(self.run, *test, progress, None));
        }
        let cause = self.causes.remove(&id);
        let result = skip::one(self.run, id, self.counter.progress(self.run, id), cause.as_deref());
        self.settle(id, result);
    }

    /// Batches of a model share the places with other nodes; small jobs have none.
    fn take_place(&self) -> bool {
        self.ahead > self.threads || self.run.take_place()
    }

    fn give_place(&self) {
        if self.ahead <= self.threads {
            self.run.give_place();
        }
    }

    fn receive(&mut self, report: Report) {
        self.give_place();
        self.running -= 1;
        let mut results = report.results;
        let own = results.pop();
        for result in results {
            self.look(&result);
            self.outcome.results.push(result);
        }
        if let Some(result) = own {
            self.look(&result);
            self.settle(report.id, result);
        }
    }

    /// Whether a result ends the run early.
    fn look(&mut self, result: &RunResult) {
        if self.stopping.is_some() {
            return;
        }
        let fail_fast = self.run.compiler.runtime.flags.run.fail_fast;
        let failed = matches!(result.status, RunStatus::Error | RunStatus::Fail | RunStatus::PartialSuccess);
        if failed && fail_fast {
            self.stop(Stop::FailFast);
        } else if result.status == RunStatus::Error && self.run.stop_at_error {
            self.outcome.fatal = result.diagnostic.as_deref().cloned();
            self.stop(Stop::FirstError);
        }
    }

    fn stop(&mut self, why: Stop) {
        // Without its own wish to cancel, a warehouse ends what it has begun, and the results say so.
        let cancels =
            matches!(why, Stop::Interrupt) || self.run.compiler.runtime.run.dialect.cancels_queries();
        let cancelled = if cancels {
            lock(self.cancellers).iter().filter(|canceller| canceller.cancel()).count()
        } else {
            0
        };
        for _ in 0..cancelled {
            let conn_name = "worker".into();
            (self.run.compiler.runtime.emit)(Event::new(EventKind::LogCancelLine { conn_name }));
        }
        // A node handed to a free thread has begun, however late the system wakes that one. What waits behind others has
        // not, and what would begin after the others were cancelled is not to.
        self.stopped.store(cancels || self.ahead > self.threads, Ordering::SeqCst);
        self.outcome.interrupted |= matches!(why, Stop::Interrupt);
        self.stopping = Some(why);
    }

    /// Takes a result in and lets go, or holds up, what waits for the node.
    fn settle(&mut self, id: NodeId, result: RunResult) {
        let ephemeral = self.run.plan.graph().manifest.node(id).is_ephemeral();
        if blocks(self.run, result.status) {
            let result = Arc::new(result.clone());
            if ephemeral && result.status == RunStatus::Error {
                let mut below = NodeSet::default();
                self.run.plan.mark_downstream(id, &mut below);
                self.causes.extend(below.iter().map(|id| (id, result.clone())));
            }
            self.run.plan.mark_downstream(id, &mut self.skipped);
            // Nothing waits for a source's freshness.
            if self.run.task != Task::Freshness {
                let unique_id = result.unique_id.clone();
                let event = Event::new(EventKind::MarkSkippedChildren { unique_id, result });
                (self.run.compiler.runtime.emit)(event);
            }
        }
        if !ephemeral || self.run.report_ephemeral {
            self.outcome.results.push(result);
        }
        self.queue.done(id);
    }

    /// Gives those that never ran their result.
    fn close(self) {
        let message = match self.stopping {
            Some(Stop::FailFast) => Some("Skipping due to fail_fast"),
            Some(Stop::Interrupt) => Some("Skipping due to an interrupt"),
            Some(Stop::FirstError) | None => None,
        };
        let Some(message) = message else { return };
        let manifest = &self.run.plan.graph().manifest;
        let ran: NodeSet = self.outcome.results.iter().filter_map(|result| result.node).collect();
        for id in self.run.plan.nodes() {
            let node = manifest.node(id);
            if ran.contains(id) || node.is_ephemeral() {
                continue;
            }
            let mut result = RunResult::without_work(Some(id), node.unique_id.clone(), RunStatus::Skipped);
            result.message = Some(message.to_string());
            self.outcome.results.push(result);
        }
    }
}

fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}
