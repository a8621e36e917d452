//! `completions SHELL`: a completion script, on stdout.

use std::io::Write;

use clap_complete::Shell;

use super::{Exit, Outcome};
use crate::cli::command_line::command_line;
use crate::cli::parse::usage;

pub fn run(shell: &str, program: &str) -> Outcome {
    let shell: Shell = shell.parse().map_err(|_| usage(format!("`{shell}` is not a shell known here")))?;
    let mut script = vec![];
    clap_complete::generate(shell, &mut command_line(program), program, &mut script);
    // A closed pipe is no reason to fail.
    let _ = std::io::stdout().write_all(&script);
    Ok(Exit::Fine)
}
