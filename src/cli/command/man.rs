//! `man FOLDER`: a man page a command.

use std::path::Path;

use super::{Exit, Outcome};
use crate::cli::command_line::command_line;
use crate::diag::Diagnostic;

pub fn run(folder: &str) -> Outcome {
    let write = || -> std::io::Result<()> {
        std::fs::create_dir_all(folder)?;
        clap_mangen::generate_to(command_line("headwater").disable_help_flag(true), Path::new(folder))
    };
    write().map_err(|error| {
        Diagnostic::error("output", format!("cannot write man pages to `{folder}`: {error}"))
    })?;
    Ok(Exit::Fine)
}
