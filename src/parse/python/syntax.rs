//! What Python itself says of the syntax of Python models, where there is one to ask.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value as Json;

/// Reads a list of `[name, code]`, answers with a list of `null` or `[message, line, column]`.
const CHECK: &str = r"
import ast, json, sys
def check(name, code):
    try:
        ast.parse(code, filename=name)
    except SyntaxError as error:
        return [error.msg, error.lineno or 1, error.offset or 1]
    except ValueError as error:
        return [str(error), 1, 1]
files = json.loads(sys.stdin.buffer.read())
print(json.dumps([check(*file) for file in files]))
";

/// A syntax error; line and column (in characters) are counted from 1.
#[derive(Clone, Debug, PartialEq)]
pub struct SyntaxError {
    pub message: String,
    pub line: usize,
    pub column: usize,
}

/// The syntax error of each file (name and code); none at all when Python does not answer.
pub fn check(python: &Path, files: &[[&str; 2]]) -> Option<Vec<Option<SyntaxError>>> {
    let answer = ask(python, &serde_json::to_vec(files).ok()?)?;
    let errors = answer.as_array()?.iter().map(|error| {
        let number = |at: usize| error[at].as_u64().and_then(|number| usize::try_from(number).ok());
        Some(SyntaxError { message: error[0].as_str()?.to_string(), line: number(1)?, column: number(2)? })
    });
    Some(errors.collect::<Vec<_>>()).filter(|errors| errors.len() == files.len())
}

fn ask(python: &Path, question: &[u8]) -> Option<Json> {
    let mut command = Command::new(python);
    // Without the user's modules: nothing of theirs is needed, and nothing of theirs runs.
    command.args(["-I", "-S", "-B", "-c", CHECK]).stderr(Stdio::null());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().ok()?;
    let mut stdin = child.stdin.take()?;
    // It reads all before it writes, so neither side waits for the other.
    let sent = stdin.write_all(question);
    drop(stdin);
    let output = child.wait_with_output().ok()?;
    sent.ok()?;
    serde_json::from_slice(&output.stdout).ok()
}

/// The byte of `code` that a line and a column mean.
pub fn place(code: &str, error: &SyntaxError) -> usize {
    let line_start = match error.line {
        0 | 1 => 0,
        line => code.match_indices('\n').nth(line - 2).map_or(code.len(), |(at, _)| at + 1),
    };
    let line = code[line_start..].split('\n').next().unwrap_or_default();
    let column = error.column.saturating_sub(1);
    line_start + line.char_indices().nth(column).map_or(line.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_found() {
        let error = |line, column| SyntaxError { message: String::new(), line, column };
        assert_eq!(place("a\né = 1)\n", &error(2, 6)), 8);
        assert_eq!(place("a", &error(1, 9)), 1);
        assert_eq!(place("a", &error(9, 9)), 1);
    }
}
