//! The program in a folder of its own: arguments in, exit code and output out.

use std::path::Path;
use std::process::Command;

/// What a call of the program came to.
pub struct Call {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Call {
    /// Both streams.
    pub fn output(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }

    /// The call, with an exit code that was expected.
    #[track_caller]
    pub fn exits(self, code: i32) -> Call {
        assert_eq!(self.code, code, "{}", self.output());
        self
    }

    /// The call, with a text that was expected in what it said.
    #[track_caller]
    pub fn says(self, text: &str) -> Call {
        assert!(self.output().contains(text), "`{text}` is not in:\n{}", self.output());
        self
    }
}

/// Calls the program in `folder` with variables of the environment and arguments.
pub fn call(folder: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> Call {
    let mut command = Command::new(env!("CARGO_BIN_EXE_headwater"));
    command.current_dir(folder).args(arguments).env("HOME", folder).env("DO_NOT_TRACK", "1");
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("DBT_")) {
        command.env_remove(name);
    }
    let output = command.envs(variables.iter().copied()).output().expect("the program runs");
    Call {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Writes `files` (path and content) below `root`.
pub fn write(root: &Path, files: &[(&str, &str)]) {
    for (path, content) in files {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, content).expect("written");
    }
}
