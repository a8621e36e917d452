//! Errors and warnings as annotations of a GitHub workflow run, which show beside the lines of a
//! pull request: `::error file=models/orders.sql,line=3::message`.
//!
//! <https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands>

use std::path::{Component, Path};

use crate::dag::Graph;
use crate::diag::{Diagnostic, Severity};
use crate::event::{RunResult, RunStatus};
use crate::source::{SourceMap, Span};

/// What annotations name files by.
#[derive(Clone, Copy, Debug)]
pub struct Annotator<'a> {
    pub sources: &'a SourceMap,
    /// The project's folder, to which paths of messages are relative.
    pub project: &'a Path,
    /// The folder of the checkout, to which annotations are relative.
    pub checkout: &'a Path,
}

impl Annotator<'_> {
    /// The annotation of an error or a warning; notes have none.
    pub fn diagnostic(self, diagnostic: &Diagnostic) -> Option<String> {
        let level = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => return None,
        };
        let mut text = diagnostic.message.clone();
        for (word, lines) in [("help", &diagnostic.help), ("note", &diagnostic.notes)] {
            lines.iter().for_each(|line| text += &format!("\n{word}: {line}"));
        }
        diagnostic.trace.iter().for_each(|frame| text += &format!("\n{}", frame.what));
        Some(command(level, &self.place(diagnostic.span, None), diagnostic.code, &text))
    }

    /// The annotation of a node that did not do well and has no diagnostic that says so: a test.
    pub fn result(self, result: &RunResult, graph: &Graph) -> Option<String> {
        let level = match result.status {
            RunStatus::Fail | RunStatus::Error | RunStatus::RuntimeError => "error",
            RunStatus::Warn => "warning",
            _ => return None,
        };
        let node = graph.manifest.node(result.node?);
        if result.diagnostic.is_some() {
            return None;
        }
        let mut text = result.message.as_deref().unwrap_or(result.status.as_str()).trim().to_string();
        if let Some(path) = result.compiled.as_ref().and_then(|compiled| compiled.compiled_path.as_ref()) {
            text += &format!("\ncompiled code at {path}");
        }
        let title = format!("{} {}", node.resource_type, node.name);
        Some(command(level, &self.place(node.span, Some(&node.original_file_path)), &title, &text))
    }

    /// `file`, `line` and `col`, as far as they are known.
    fn place(self, span: Option<Span>, path: Option<&str>) -> Vec<(&'static str, String)> {
        let file = span.and_then(|span| Some((span, self.sources.get(span.file)?)));
        match file {
            Some((span, file)) => {
                let at = file.line_col(span.start);
                let (line, column) = (at.line.to_string(), at.column.to_string());
                vec![("file", self.shown(&file.path)), ("line", line), ("col", column)]
            }
            None => path.map(|path| ("file", self.shown(path))).into_iter().collect(),
        }
    }

    /// The path within the checkout, with slashes.
    fn shown(self, path: &str) -> String {
        let whole = self.project.join(path);
        let inside = whole.strip_prefix(self.checkout).unwrap_or(&whole);
        let parts = inside.components().map(|part| match part {
            Component::RootDir => "".into(),
            part => part.as_os_str().to_string_lossy(),
        });
        parts.collect::<Vec<_>>().join("/")
    }
}

fn command(level: &str, place: &[(&'static str, String)], title: &str, text: &str) -> String {
    let mut properties: Vec<String> =
        place.iter().map(|(key, value)| format!("{key}={}", property(value))).collect();
    properties.push(format!("title={}", property(title)));
    format!("::{level} {}::{}", properties.join(","), data(text))
}

/// A message on one line.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_of_the_checkout() {
        let sources = SourceMap::default();
        let file = sources.add("models/a,b.sql", "select 1\nfrom nowhere");
        let annotator = Annotator {
            sources: &sources,
            project: Path::new("/checkout/shop"),
            checkout: Path::new("/checkout"),
        };
        let problem =
            Diagnostic::error("missing-ref", "100% gone:\nreally").at(Span::new(file, 14, 21)).help("look");
        assert_eq!(
            annotator.diagnostic(&problem).as_deref(),
            Some(
                "::error file=shop/models/a%2Cb.sql,line=2,col=6,title=missing-ref::100%25 gone:%0Areally%0Ahelp: look"
            )
        );
        let elsewhere = Annotator { checkout: Path::new("/other"), ..annotator };
        let warning = Diagnostic::warning("w", "text").at(Span::new(file, 0, 0));
        assert_eq!(
            elsewhere.diagnostic(&warning).as_deref(),
            Some("::warning file=/checkout/shop/models/a%2Cb.sql,line=1,col=1,title=w::text")
        );
    }
}
