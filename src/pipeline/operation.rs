//! `run-operation`: calls one macro with a connection of its own.
//! <https://docs.getdbt.com/reference/commands/run-operation>

use std::sync::{Arc, Mutex};

use chrono::Utc;
use minijinja::Value as Jinja;

use super::Opened;
use super::run::{Emit, Job, runtime};
use crate::adapter::Connection;
use crate::compile::Failed;
use crate::diag::{Diagnostic, nearest};
use crate::event::{RunResult, RunStatus, Timing};
use crate::jinja::context::execution::Execution;
use crate::jinja::context::{NodeFacts, NodeScope};
use crate::jinja::engine::to_jinja;
use crate::manifest::ResourceType;
use crate::selector::{Command, NodeSet};
use crate::value::{Map, Str};

/// Calls the macro `name`, or `package.name`, with keyword arguments.
///
/// # Errors
/// No such macro. What goes wrong in it is in the result.
pub fn run_operation(
    opened: &Opened<'_>,
    name: &str,
    args: &Map,
    emit: Emit,
) -> Result<RunResult, Diagnostic> {
    let table = &opened.run.macros;
    let found = match name.split_once('.') {
        Some((package, name)) => table.by_unique_id(&format!("macro.{package}.{name}")),
        None => table.find(name),
    };
    let Some(entry) = found else {
        let problem = Diagnostic::error(
            "unknown-macro",
            format!("dbt could not find a macro with the name '{name}' in any package"),
        );
        return Err(match nearest(name, table.names()) {
            Some(near) => problem.help(format!("did you mean `{near}`?")),
            None => problem,
        });
    };
    let job = Job::new(Command::Run, NodeSet::default(), Arc::default(), emit);
    let runtime = runtime(opened, &job)?;
    let connection: Box<dyn Connection> = runtime.adapter.connect(&format!("macro_{name}"));
    let connection = Arc::new(Mutex::new(connection));
    let mut execution = Execution::new(&runtime, None, &connection);
    execution.free_refs = true;
    let execution = Arc::new(execution);
    execution.acquired();
    let context = execution.context(facts(opened, &entry.unique_id, name), Default::default());
    let began = Utc::now();
    let arguments = keyword_arguments(args);
    let outcome = opened.run.engine.call(&entry.value, &arguments, NodeScope::shared(&context));
    let finished = Utc::now();
    let status = if outcome.is_ok() { RunStatus::Success } else { RunStatus::Error };
    let mut result = RunResult::without_work(None, entry.unique_id.clone(), status);
    result.thread_id = "main".into();
    result.failures = Some(i64::from(outcome.is_err()));
    result.execution_time = (finished - began).as_seconds_f64();
    let timing = |name| Timing { name, started_at: Some(began), completed_at: Some(finished) };
    result.timing = vec![timing("compile"), timing("execute")];
    if let Err(error) = outcome {
        let failed = Failed::of_render(&error, &execution, opened.sources);
        result.diagnostic = Some(Arc::from(failed.diagnostic));
    }
    execution.roll_back();
    execution.close_connection();
    Ok(result)
}

/// Keyword arguments as minijinja passes them: one value after the positional ones.
fn keyword_arguments(args: &Map) -> Vec<Jinja> {
    if args.is_empty() {
        return vec![];
    }
    let entries = args.iter().map(|(key, value)| (key.to_string(), to_jinja(value)));
    vec![minijinja::value::Kwargs::from_iter(entries).into()]
}

fn facts(opened: &Opened<'_>, unique_id: &Str, name: &str) -> NodeFacts {
    let package = unique_id.split('.').nth(1).map(Str::from).unwrap_or_default();
    NodeFacts {
        unique_id: unique_id.clone(),
        name: name.into(),
        resource_type: ResourceType::Operation,
        ..NodeFacts::of_package(&package, &opened.run.project.profile)
    }
}
