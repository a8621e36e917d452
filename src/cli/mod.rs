//! The command line: arguments in, exit code out.
//!
//! [`commands`] and [`options`] are tables; [`parse`] and [`resolve`] turn arguments, environment and
//! the project's `flags:` into [`Flags`]; `command/` has one file a command. Errors are printed and
//! become exit codes in one place, [`main`].

mod assemble;
mod command;
mod command_line;
mod commands;
mod convert;
mod deps;
mod exit;
mod options;
mod parse;
mod resolve;
mod resources;
mod sample;
mod session;
mod version;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::error::ErrorKind;

use crate::diag::{Diagnostic, Sink};
use crate::env::Env;
use crate::event::{Event, EventKind};
use crate::flags::Flags;
use crate::invocation::{DBT_VERSION, Invocation};
use crate::report::artifacts;
use crate::report::log::Reporter;
use crate::source::SourceMap;
use crate::trace;
use crate::value::{Map, Str, Value};
use exit::Exit;
use parse::usage;
use resolve::Surroundings;
use session::Session;

pub use exit::Exit as ExitStatus;

/// Stack of the threads that parse, as much as a main thread has.
const STACK_BYTES: usize = 8 << 20;

/// Runs the program with the process's arguments and environment.
pub fn main() -> std::process::ExitCode {
    // Templates are parsed and rendered on these threads; macros nest deeply. Where the pool is there
    // already, it stays as it is.
    let _ = rayon::ThreadPoolBuilder::new().stack_size(STACK_BYTES).build_global();
    let mut words = std::env::args_os();
    let program = words.next().unwrap_or_default();
    let program = Path::new(&program)
        .file_stem()
        .map_or("headwater".into(), |name| name.to_string_lossy().into_owned());
    let (sources, sink) = (Arc::new(SourceMap::default()), Sink::default());
    let exit = match run(&program, words, &sources, &sink) {
        Ok(exit) => exit,
        Err(error) => {
            sink.push(error);
            Exit::Stopped
        }
    };
    exit::print_diagnostics(sink.drain(), &sources);
    // All texts of the project: the process ends here anyway.
    std::mem::forget(sources);
    exit.into()
}

fn run(
    program: &str,
    words: impl Iterator<Item = OsString>,
    sources: &Arc<SourceMap>,
    sink: &Sink,
) -> Result<Exit, Diagnostic> {
    let args = words
        .map(|word| {
            word.into_string().map_err(|word| usage(format!("`{}` is not Unicode", word.to_string_lossy())))
        })
        .collect::<Result<Vec<String>, _>>()?;
    let line = command_line::command_line(program);
    let given = std::iter::once(program.to_string()).chain(command_line::split_attached(args.clone()));
    let matches = match line.try_get_matches_from(given) {
        Ok(matches) => matches,
        Err(error) => return Ok(answer(&error, program)),
    };
    let names = commands::COMMANDS.iter().flat_map(|command| command.options.iter().copied());
    let names = names.chain(options::GLOBAL).chain(options::ROOT_ONLY).filter_map(|spec| spec.env);
    let env = Env::of_process().with_engine_names(names.chain(options::OTHER_VARIABLES.iter().copied()));
    let surroundings = Surroundings {
        home: env.filled("HOME").or_else(|| env.filled("USERPROFILE")).map(PathBuf::from),
        folder: std::env::current_dir()
            .map_err(|error| usage(format!("the current folder cannot be read: {error}")))?,
        env,
        args,
    };
    let parsed = parse::read(&matches, &surroundings.env)?;
    if !parsed.command.in_project {
        return command::without_project(&parsed, program);
    }
    let command = parsed.command;
    let flags = resolve::resolve(parsed, &surroundings, sources, sink)?;
    let profiles: Vec<PathBuf> =
        [&flags.profile_trace, &flags.record_timing_info].into_iter().flatten().cloned().collect();
    if !profiles.is_empty() {
        trace::start();
    }
    let invocation = Arc::new(Invocation::start(&surroundings.env, &flags));
    let reporter = Arc::new(Reporter::open(&flags, invocation.clone(), sources.clone()));
    let session = Session { flags, surroundings, invocation, sources, sink, reporter };
    let exit = run_command(command, &session);
    profiles.iter().try_for_each(|path| write_trace(path)).map(|()| exit)
}

fn write_trace(path: &Path) -> Result<(), Diagnostic> {
    artifacts::write_file(path, |out| trace::write(out)).map_err(|error| {
        Diagnostic::error("cannot-write", format!("cannot write `{}`: {error}", path.display()))
    })
}

/// Runs a command between the events that open and close every invocation.
fn run_command(command: &commands::CommandSpec, session: &Session) -> Exit {
    let version = format!("={DBT_VERSION}").into();
    session.emit(Event::new(EventKind::MainReportVersion { version }));
    session.emit(Event::new(EventKind::MainReportArgs { args: reported_args(&session.flags) }));
    let exit = command::run(command, session).unwrap_or_else(|error| {
        session.sink.push(error);
        Exit::Stopped
    });
    let failed = session.report();
    let exit = if failed && exit == Exit::Fine { Exit::Stopped } else { exit };
    session.reporter.finish();
    let completed_at = chrono::Utc::now();
    let elapsed = (completed_at - session.invocation.started_at).as_seconds_f64();
    session.emit(resources::report(&session.flags.which, exit == Exit::Fine, elapsed));
    session.emit(Event::new(EventKind::CommandCompleted {
        command: format!("dbt {}", session.flags.which),
        success: exit == Exit::Fine,
        completed_at,
        elapsed,
    }));
    session.emit(Event::message("FlushEvents", "Flushing usage events"));
    exit
}

/// What dbt's first debug line shows of the flags: most of those that templates see.
fn reported_args(flags: &Flags) -> Map {
    let is_shown = |name: &str| !matches!(name, "FULL_REFRESH" | "STORE_FAILURES" | "WHICH");
    let shown = flags.template.iter().filter(|(name, _)| is_shown(name));
    let text = |value: &Value| Value::Str(value.py_str().into());
    let mut shown: Map = shown.map(|(name, value)| (Str::from(name.to_lowercase()), text(value))).collect();
    let options = flags.warnings.options.to_value();
    let list = |key: &str| options.get(key).map(Value::py_repr).unwrap_or_default();
    let [error, warn, silence] = ["error", "warn", "silence"].map(list);
    let options = format!("WarnErrorOptionsV2(error={error}, warn={warn}, silence={silence})");
    shown.insert("warn_error_options".into(), Value::str(options));
    shown
}

/// The flags that arguments come to in a folder, as [`main`] resolves them. Warnings go to `sink`.
///
/// # Errors
/// Arguments that are none, or exclude each other.
pub fn flags_of(args: &[&str], env: Env, folder: &Path, sink: &Sink) -> Result<Flags, Diagnostic> {
    let args: Vec<String> = args.iter().map(|arg| arg.to_string()).collect();
    let home = env.filled("HOME").map(PathBuf::from);
    let surroundings = Surroundings { env, folder: folder.to_path_buf(), home, args };
    let parsed = parsed(&surroundings)?;
    resolve::resolve(parsed, &surroundings, &SourceMap::default(), sink)
}

/// What the arguments and the environment say.
fn parsed(surroundings: &Surroundings) -> Result<parse::Parsed, Diagnostic> {
    let words = command_line::split_attached(surroundings.args.clone());
    let matches = command_line::command_line("dbt")
        .try_get_matches_from(std::iter::once("dbt".to_string()).chain(words))
        .map_err(|error| usage(error.to_string().trim_start_matches("error: ").trim().to_string()))?;
    parse::read(&matches, &surroundings.env)
}

/// Help and version are answers; all else is a mistake, which clap explains.
fn answer(error: &clap::Error, program: &str) -> Exit {
    match error.kind() {
        ErrorKind::DisplayVersion => {
            print!("{}", version::text(program));
            Exit::Fine
        }
        ErrorKind::DisplayHelp => {
            // A closed pipe is no reason to fail.
            let _ = error.print();
            Exit::Fine
        }
        _ => {
            let _ = error.print();
            Exit::Stopped
        }
    }
}
