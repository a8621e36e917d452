//! The commands, one file each.

mod artifacts;
mod clean;
mod completions;
mod debug;
mod docs;
mod driver;
mod emit;
mod freshness;
mod init;
mod lineage;
mod list;
mod man;
mod operation;
pub mod parsed;
mod project;
mod retry;
mod run;
mod server;
mod show;

use super::commands::CommandSpec;
use super::deps;
use super::exit::Exit;
use super::parse::{Parsed, usage};
use super::session::Session;
use crate::diag::Diagnostic;
use crate::selector::Command;

pub type Outcome = Result<Exit, Diagnostic>;

/// Runs a command that looks at no project.
pub fn without_project(parsed: &Parsed, program: &str) -> Outcome {
    let argument = parsed.argument.as_deref().unwrap_or_default();
    match parsed.command.which {
        "driver-install" => driver::install(argument, parsed.text("from")),
        "driver-list" => driver::list(),
        "completions" => completions::run(argument, program),
        "man" => man::run(argument),
        other => Err(usage(format!("`{other}` is not a command"))),
    }
}

/// Runs a command with its flags.
pub fn run(command: &CommandSpec, session: &Session) -> Outcome {
    match command.which {
        "clean" => clean::run(session),
        "debug" => debug::run(session),
        "init" => init::run(session),
        "parse" => project::parse(session),
        "list" => list::run(session),
        "emit" => emit::run(session),
        "lineage" => lineage::run(session),
        "deps" => deps::run(session),
        "run-operation" => operation::run(session),
        "retry" => retry::run(session),
        "compile" => show::with_inline(session, Command::Compile),
        "show" => show::run(session),
        "clone" => run::run(session, Command::Clone),
        "freshness" => freshness::run(session),
        "generate" => docs::generate(session),
        "serve" => docs::serve(session),
        "seed" => run::run(session, Command::Seed),
        "run" => run::run(session, Command::Run),
        "snapshot" => run::run(session, Command::Snapshot),
        "test" => run::run(session, Command::Test),
        "build" => run::run(session, Command::Build),
        other => Err(usage(format!("`{other}` is not a command"))),
    }
}
