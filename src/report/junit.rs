//! Results as JUnit XML, for the test reports of CI systems: a testcase for each test.
//!
//! Elements and attributes are those that Jenkins' and GitLab's readers know
//! (<https://github.com/testmoapp/junitxml>); tags, severity and meta are properties.

use std::fmt::Write;
use std::io;
use std::path::Path;

use chrono::{DateTime, Utc};

use super::artifacts::write_file;
use crate::dag::Graph;
use crate::event::{RunResult, RunStatus};
use crate::invocation::Invocation;
use crate::manifest::{Node, ResourceType};
use crate::value::Value;

/// Writes the results. Tests are always among them, other nodes when they did not do well, or when
/// `all` are asked for. `seconds` is the time that the whole took.
///
/// # Errors
/// When the file cannot be written.
pub fn write_junit(
    path: &Path,
    results: &[RunResult],
    graph: &Graph,
    invocation: &Invocation,
    (seconds, all): (f64, bool),
) -> io::Result<()> {
    let xml = invocation.scrub(junit(results, graph, invocation.started_at, (seconds, all)));
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    write_file(path, |out| out.write_all(xml.as_bytes()))
}

#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
    seconds: f64,
}

impl Counts {
    fn add(&mut self, result: &RunResult) {
        self.tests += 1;
        self.seconds += result.execution_time;
        match result.status {
            RunStatus::Fail => self.failures += 1,
            RunStatus::Error | RunStatus::RuntimeError | RunStatus::PartialSuccess => self.errors += 1,
            RunStatus::Skipped | RunStatus::NoOp => self.skipped += 1,
            RunStatus::Success | RunStatus::Pass | RunStatus::Warn => {}
        }
    }

    fn attributes(self) -> String {
        let Counts { tests, failures, errors, skipped, seconds } = self;
        format!(
            "tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\" time=\"{seconds:.3}\""
        )
    }
}

/// The suites, in the order in which they are written.
const SUITES: [&str; 3] = ["data tests", "unit tests", "nodes"];

fn suite_of(node: Option<&Node>) -> usize {
    match node.map(|node| node.resource_type) {
        Some(ResourceType::Test) => 0,
        Some(ResourceType::UnitTest) => 1,
        _ => 2,
    }
}

fn junit(
    results: &[RunResult],
    graph: &Graph,
    started: DateTime<Utc>,
    (seconds, all): (f64, bool),
) -> String {
    let node_of = |result: &RunResult| result.node.map(|id| graph.manifest.node(id));
    let mut suites = [(); 3].map(|()| (Counts::default(), String::new()));
    for result in results {
        let node = node_of(result);
        let suite = suite_of(node);
        let well = matches!(result.status, RunStatus::Success | RunStatus::Pass | RunStatus::NoOp);
        if suite == 2 && well && !all {
            continue;
        }
        let (counts, cases) = &mut suites[suite];
        counts.add(result);
        write_case(cases, result, node);
    }
    let total = suites.iter().fold(Counts::default(), |sum, (counts, _)| Counts {
        tests: sum.tests + counts.tests,
        failures: sum.failures + counts.failures,
        errors: sum.errors + counts.errors,
        skipped: sum.skipped + counts.skipped,
        seconds,
    });
    let project = attribute(&graph.manifest.project.name);
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(out, "<testsuites name=\"{project}\" {}>", total.attributes());
    let timestamp = started.format("%Y-%m-%dT%H:%M:%S");
    for (name, (counts, cases)) in SUITES.iter().zip(suites).filter(|(_, (counts, _))| counts.tests > 0) {
        let _ =
            writeln!(out, "  <testsuite name=\"{name}\" timestamp=\"{timestamp}\" {}>", counts.attributes());
        out += &cases;
        out += "  </testsuite>\n";
    }
    out + "</testsuites>\n"
}

fn write_case(out: &mut String, result: &RunResult, node: Option<&Node>) {
    let name = node.map_or(&*result.unique_id, |node| &*node.name);
    let class = node.map_or_else(String::new, class_name);
    let _ = writeln!(
        out,
        "    <testcase name=\"{}\" classname=\"{}\"{} time=\"{:.3}\">",
        attribute(name),
        attribute(&class),
        node.map(|node| format!(" file=\"{}\"", attribute(&node.original_file_path))).unwrap_or_default(),
        result.execution_time
    );
    write_properties(out, result, node);
    write_outcome(out, result);
    out.push_str("    </testcase>\n");
}

/// The folders of the test, as other test runners name classes: `shop.staging.orders`.
fn class_name(node: &Node) -> String {
    let parts = node.fqn.split_last().map(|(_, folders)| folders).unwrap_or_default();
    parts.iter().map(|part| &**part).collect::<Vec<_>>().join(".")
}

fn write_properties(out: &mut String, result: &RunResult, node: Option<&Node>) {
    out.push_str("      <properties>\n");
    for (name, value) in properties(result, node) {
        let (name, value) = (attribute(&name), attribute(&value));
        let _ = writeln!(out, "        <property name=\"{name}\" value=\"{value}\"/>");
    }
    out.push_str("      </properties>\n");
}

/// One for each tag and each key of `meta`.
fn properties(result: &RunResult, node: Option<&Node>) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = vec![];
    let mut add = |name: &str, value: &str| found.push((name.into(), value.into()));
    add("unique_id", &result.unique_id);
    add("status", result.status.as_str());
    if let Some(failures) = result.failures {
        add("failures", &failures.to_string());
    }
    if let Some(path) = compiled_path(result) {
        add("compiled_path", path);
    }
    let Some(node) = node else { return found };
    if node.resource_type == ResourceType::Test {
        let severity = node.config.get("severity").and_then(Value::as_str).unwrap_or("ERROR");
        add("severity", &severity.to_lowercase());
    }
    node.tags.iter().for_each(|tag| add("tag", tag));
    node.meta.iter().for_each(|(key, value)| add(&format!("meta.{key}"), &value.py_str()));
    if let Some(test) = node.generic_test() {
        test.attached_node.iter().for_each(|attached| add("node", attached));
        test.column_name.iter().for_each(|column| add("column", column));
    }
    found
}

fn compiled_path(result: &RunResult) -> Option<&str> {
    result.compiled.as_ref()?.compiled_path.as_deref()
}

fn write_outcome(out: &mut String, result: &RunResult) {
    let message = result.message.as_deref().unwrap_or_default().trim();
    let first = message.lines().find(|line| !line.trim().is_empty()).unwrap_or(result.status.as_str()).trim();
    let mut text = message.to_string();
    if let Some(path) = compiled_path(result) {
        text += &format!("\ncompiled code at {path}");
    }
    let (first, text) = (attribute(first), content(text.trim()));
    let _ = match result.status {
        RunStatus::Fail => {
            writeln!(out, "      <failure message=\"{first}\" type=\"fail\">{text}</failure>")
        }
        RunStatus::Error | RunStatus::RuntimeError | RunStatus::PartialSuccess => {
            let kind = attribute(result.status.as_str());
            writeln!(out, "      <error message=\"{first}\" type=\"{kind}\">{text}</error>")
        }
        RunStatus::Skipped | RunStatus::NoOp => writeln!(out, "      <skipped message=\"{first}\"/>"),
        RunStatus::Warn => writeln!(out, "      <system-out>warning: {text}</system-out>"),
        RunStatus::Success | RunStatus::Pass => Ok(()),
    };
}

/// Text within an element.
fn content(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().filter(|c| is_xml(*c)) {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\r' => out.push_str("&#13;"),
            c => out.push(c),
        }
    }
    out
}

/// Text within an attribute: quotes and line breaks too.
fn attribute(text: &str) -> String {
    content(text).replace('"', "&quot;").replace('\n', "&#10;").replace('\t', "&#9;")
}

/// XML 1.0 has no way to write other characters.
fn is_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_breaks_the_document() {
        assert_eq!(content("a < b && c > \u{1b}[31m\u{0}]]>"), "a &lt; b &amp;&amp; c &gt; [31m]]&gt;");
        assert_eq!(attribute("\"x\"\n\t\u{ffff}é"), "&quot;x&quot;&#10;&#9;é");
    }
}
