//! Every fault of a project gives one diagnostic: with its place, a hint, the right exit code, and never a panic.
//! Cases are files under tests/cases/errors; `HEADWATER_BLESS=1` writes what is said now into them.
//!
//! A case is made of sections: `command`, `exit`, `file PATH`, `env NAME=VALUE`, `expected`, and words on what
//! it is about: `escaped` (files have `\xNN`, `\r`, `\n`), `anywhere` (there is no place to point to), `warning`
//! (not an error), `poor` (what is still wrong with the message: remove it when it is mended), `locked` (another process holds the warehouse), `full` (no file may grow beyond 4 MiB).

use std::path::{Path, PathBuf};
use std::process::Command;

use headwater::adapter::{Adapter, Execute};

use crate::adapter::open;
use crate::drivers;
use crate::program::{Call, call};

struct Case {
    path: PathBuf,
    text: String,
}

impl Case {
    fn sections(&self) -> impl Iterator<Item = (&str, &str)> {
        // A line of a message may begin with dashes as well: heads are words that the format knows.
        let mut starts: Vec<usize> = vec![];
        let mut at = 0;
        for line in self.text.split_inclusive('\n') {
            if line.strip_prefix("--- ").is_some_and(is_head) {
                starts.push(at);
            }
            at += line.len();
        }
        let ends: Vec<usize> = starts.iter().copied().skip(1).chain([at]).collect();
        starts.into_iter().zip(ends).map(|(start, end)| {
            let section = &self.text[start + 4..end];
            section.split_once('\n').unwrap_or((section, ""))
        })
    }

    fn has(&self, word: &str) -> bool {
        self.sections().any(|(head, _)| head == word)
    }

    fn value(&self, key: &str) -> Option<&str> {
        self.sections().find_map(|(head, _)| head.strip_prefix(key)?.strip_prefix(' '))
    }

    fn expected(&self) -> &str {
        self.sections().find(|(head, _)| *head == "expected").map_or("", |(_, text)| text)
    }

    /// Stores what is said now, and what is poor about it.
    fn bless(&self, said: &str, found: &str) {
        let kept = self.text.split("\n--- expected\n").next().unwrap_or_default();
        let kept = kept
            .lines()
            .filter(|line| !line.starts_with("--- poor"))
            .fold(String::new(), |text, line| text + line + "\n");
        let poor = if found.is_empty() { String::new() } else { format!("--- poor {found}\n") };
        std::fs::write(&self.path, format!("{kept}{poor}--- expected\n{said}")).expect("written");
    }
}

fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/errors");
    let mut paths: Vec<PathBuf> =
        folder.read_dir().expect("cases").map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    let read = |path: PathBuf| Case { text: std::fs::read_to_string(&path).expect("a case"), path };
    paths.into_iter().map(read).collect()
}

/// Whether a line behind `--- ` begins a section.
fn is_head(line: &str) -> bool {
    let word = line.split([' ', '\n']).next().unwrap_or_default();
    ["command", "exit", "file", "env", "expected", "escaped", "anywhere", "warning", "poor", "locked", "full"]
        .contains(&word)
}

/// Bytes of a text in which `\xNN`, `\r` and `\n` stand for themselves.
fn unescaped(text: &str) -> Vec<u8> {
    let (mut bytes, mut letters) = (vec![], text.chars());
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            bytes.extend(letter.to_string().bytes());
            continue;
        }
        match letters.next() {
            Some('r') => bytes.push(b'\r'),
            Some('n') => bytes.push(b'\n'),
            Some('x') => {
                let digits: String = letters.by_ref().take(2).collect();
                bytes.push(u8::from_str_radix(&digits, 16).expect("two hexadecimal digits"));
            }
            other => bytes.extend(other.into_iter().collect::<String>().bytes()),
        }
    }
    bytes
}

/// Calls the program in the case's project, under the conditions that it names.
fn run(case: &Case, folder: &Path) -> Call {
    for (head, text) in case.sections() {
        let Some(path) = head.strip_prefix("file ") else { continue };
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        let bytes = if case.has("escaped") { unescaped(text) } else { text.into() };
        std::fs::write(path, bytes).expect("written");
    }
    let driver = drivers::duckdb();
    let mut variables = vec![("HEADWATER_DRIVER_DUCKDB", &*driver)];
    variables.extend(case.sections().filter_map(|(head, _)| head.strip_prefix("env ")?.split_once('=')));
    let arguments: Vec<&str> = case.value("command").expect("a command").split(' ').collect();
    if case.has("full") {
        let mut command = Command::new("sh");
        // Ignored, the signal becomes an error of the write, as on a full disk.
        command.args(["-c", "trap '' XFSZ; ulimit -f 8192; exec \"$0\" \"$@\""]);
        command.arg(env!("CARGO_BIN_EXE_headwater")).args(&arguments);
        return Call::of(command.current_dir(folder).env("HOME", folder).envs(variables));
    }
    let _held = case.has("locked").then(|| {
        std::fs::create_dir_all(folder.join("target")).expect("made");
        let adapter = open(serde_json::json!({"path": "target/shop.duckdb"}), folder);
        let mut connection = adapter.connect("holder");
        assert!(connection.execute("select 1", Execute::fetch()).is_ok());
        connection
    });
    call(folder, &variables, &arguments)
}

/// What was said, without what is of the moment.
fn settled(call: &Call, folder: &Path) -> String {
    let pid = std::process::id().to_string();
    let root = folder.canonicalize().expect("the folder").display().to_string();
    let text = call.output().replace(&root, "<project>").replace(&folder.display().to_string(), "<project>");
    let program = std::env::current_exe().expect("this program").display().to_string();
    let text = text
        .replace(&program, "<program>")
        .replace(&drivers::duckdb(), "<driver>")
        .replace(&format!("PID {pid}"), "PID <pid>");
    let (mut lines, mut wanted) = (vec![], true);
    for line in text.lines() {
        // A line of talk ends a message, unless it begins the next one.
        let talk =
            line.get(8..10) == Some("  ") && line.get(2..3) == Some(":") && line.get(5..6) == Some(":");
        let line = if talk { &line[10..] } else { line };
        if talk {
            wanted = ["error[", "error:", "Encountered an error:", "[WARNING]"]
                .iter()
                .any(|start| line.starts_with(start));
        }
        // Behind the message about the run comes the one that matters.
        if wanted && !line.trim().is_empty() && line != "Encountered an error:" {
            lines.push(line);
        }
    }
    lines.join("\n") + "\n"
}

fn problems(case: &Case, call: &Call, said: &str) -> Vec<String> {
    let mut found = vec![];
    let mut want = |holds: bool, what: &str| {
        if !holds {
            found.push(what.to_string());
        }
    };
    let code = case.value("exit").and_then(|code| code.parse().ok());
    want(Some(call.code) == code, &format!("exit code {}", call.code));
    want(!said.contains("panicked"), "a panic");
    let mark = if case.has("warning") { "[WARNING]" } else { "error" };
    let count = said.lines().filter(|line| line.starts_with(mark)).count();
    want(count == 1, &format!("{count} diagnostics"));
    want(case.has("anywhere") || said.contains("--> "), "no place");
    want(case.has("anywhere") || said.contains('^'), "no caret");
    want(said.contains("help: ") || said.contains("tip: "), "no hint");
    found
}

#[test]
fn every_fault_has_one_good_message() {
    let bless = std::env::var_os("HEADWATER_BLESS").is_some();
    let mut wrong = vec![];
    for case in cases() {
        let folder = tempfile::tempdir().expect("a folder");
        let call = run(&case, folder.path());
        let said = settled(&call, folder.path());
        let found = problems(&case, &call, &said).join(", ");
        if bless {
            case.bless(&said, &found);
            continue;
        }
        let known = case.value("poor").unwrap_or_default();
        if found != known || said != case.expected() {
            let name = case.path.file_stem().unwrap_or_default().display();
            wrong.push(format!("== {name}: {}\n{said}", found));
        }
    }
    assert!(wrong.is_empty(), "{} poor messages:\n{}", wrong.len(), wrong.join("\n"));
}

/// The codes that a Rust file gives to diagnostics.
fn codes(path: &Path, found: &mut Vec<String>) {
    if path.is_dir() {
        for entry in path.read_dir().expect("a folder") {
            codes(&entry.expect("an entry").path(), found);
        }
        return;
    }
    let text = std::fs::read_to_string(path).expect("a Rust file");
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    for severity in ["error", "warning"] {
        for call in text.split(&format!("Diagnostic::{severity}(")).skip(1) {
            if let Some((code, _)) = call.trim_start().strip_prefix('"').and_then(|rest| rest.split_once('"'))
            {
                found.push(code.into());
            }
        }
    }
}

#[test]
fn every_code_is_explained() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let explained = std::fs::read_to_string(root.join("docs/errors.md")).expect("docs/errors.md");
    let mut found = vec![];
    codes(&root.join("src"), &mut found);
    assert!(found.len() > 150);
    found.retain(|code| !explained.contains(&format!("`{code}`")));
    assert!(found.is_empty(), "docs/errors.md does not explain {found:?}");
}
