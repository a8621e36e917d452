//! The commands, one file each.

mod clean;
mod completions;
mod driver;
mod man;
pub mod project;

use super::commands::CommandSpec;
use super::deps;
use super::exit::Exit;
use super::parse::{Parsed, usage};
use super::session::Session;
use crate::diag::Diagnostic;

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
        "parse" => project::parse(session),
        "list" => project::list(session),
        "deps" => deps::run(session),
        other => Err(usage(format!("`{other}` is not a command"))),
    }
}
