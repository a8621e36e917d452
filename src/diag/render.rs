//! Prints diagnostics for people, one line each for tools (`short`), or as JSON.

use std::fmt::Write;

use super::{Diagnostic, Severity};
use crate::source::{SourceMap, Span};

/// More calls than these are shown only at both ends of the stack.
const FRAMES: usize = 24;
const HEAD_FRAMES: usize = 6;

fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

struct Paint {
    color: bool,
}

impl Paint {
    fn wrap(&self, code: &str, text: &str) -> String {
        if self.color { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_string() }
    }
}

/// The full form: message, place with caret, help, notes and the macro stack.
pub fn human(diagnostic: &Diagnostic, sources: &SourceMap, color: bool) -> String {
    let paint = Paint { color };
    let accent = if diagnostic.is_error() { "1;31" } else { "1;33" };
    let mut out = format!(
        "{}: {}\n",
        paint.wrap(accent, &format!("{}[{}]", severity_word(diagnostic.severity), diagnostic.code)),
        paint.wrap("1", &diagnostic.message)
    );
    if let Some(span) = diagnostic.span {
        write_excerpt(&mut out, span, diagnostic.label.as_deref(), sources, &paint);
    }
    let hint = super::hints::of(diagnostic).map(String::from);
    let help = diagnostic.help.iter().chain(&hint).map(|line| ("help", line));
    let notes = diagnostic.notes.iter().map(|line| ("note", line));
    for (word, line) in help.chain(notes) {
        let _ = writeln!(out, "{}: {}", paint.wrap("1;36", word), line.replace('\n', "\n      "));
    }
    let all = diagnostic.trace.len();
    for (number, frame) in diagnostic.trace.iter().enumerate() {
        // Macros that call each other without an end would fill the screen.
        if all > FRAMES && (HEAD_FRAMES..all - HEAD_FRAMES).contains(&number) {
            if number == HEAD_FRAMES {
                let _ = writeln!(out, "  … {} more", all - 2 * HEAD_FRAMES);
            }
            continue;
        }
        let place = frame.span.and_then(|span| place(span, sources));
        let _ = match place {
            Some(place) => writeln!(out, "  {} at {place}", frame.what),
            None => writeln!(out, "  {}", frame.what),
        };
    }
    out
}

/// The place of a warning below its message: the line with carets.
pub fn excerpt(span: Span, sources: &SourceMap, color: bool) -> String {
    let mut out = String::new();
    write_excerpt(&mut out, span, None, sources, &Paint { color });
    out
}

/// `path:line:column: severity[code]: message`, one line.
pub fn short(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let place =
        diagnostic.span.and_then(|span| place(span, sources)).map(|place| place + ": ").unwrap_or_default();
    format!(
        "{place}{}[{}]: {}",
        severity_word(diagnostic.severity),
        diagnostic.code,
        diagnostic.message.replace('\n', " ")
    )
}

/// One JSON object: code, severity, message, file, line, column, help, notes, node.
pub fn json(diagnostic: &Diagnostic, sources: &SourceMap) -> serde_json::Value {
    let start = diagnostic.span.and_then(|span| {
        let file = sources.get(span.file)?;
        Some((file.path.to_string(), file.line_col(span.start)))
    });
    serde_json::json!({
        "code": diagnostic.code,
        "severity": severity_word(diagnostic.severity),
        "message": diagnostic.message,
        "file": start.as_ref().map(|(path, _)| path),
        "line": start.as_ref().map(|(_, at)| at.line),
        "column": start.as_ref().map(|(_, at)| at.column),
        "help": diagnostic.help,
        "notes": diagnostic.notes,
        "trace": diagnostic.trace.iter().map(|frame| &frame.what).collect::<Vec<_>>(),
        "node": diagnostic.node,
    })
}

/// `path:line:column` of a span's start.
pub fn place(span: Span, sources: &SourceMap) -> Option<String> {
    let file = sources.get(span.file)?;
    let at = file.line_col(span.start);
    Some(format!("{}:{}:{}", file.path, at.line, at.column))
}

fn write_excerpt(out: &mut String, span: Span, label: Option<&str>, sources: &SourceMap, paint: &Paint) {
    let Some(file) = sources.get(span.file) else { return };
    let at = file.line_col(span.start);
    let gutter = at.line.to_string().len().max(3);
    let bar = paint.wrap("34", "|");
    let _ =
        writeln!(out, "{:gutter$}{} {}:{}:{}", "", paint.wrap("34", "-->"), file.path, at.line, at.column);
    // Behind the last line break nothing stands.
    let line = file.line(at.line).unwrap_or_default();
    let end = file.line_col(span.end.max(span.start));
    let line_len = line.chars().count();
    let width = if end.line == at.line {
        end.column.saturating_sub(at.column)
    } else {
        line_len + 1 - at.column.min(line_len)
    };
    let carets = "^".repeat(width.clamp(1, 120));
    // Tabs keep their width so that the caret stands below its place in any terminal.
    let indent: String =
        line.chars().take(at.column - 1).map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
    let label = label.map(|label| format!(" {label}")).unwrap_or_default();
    let _ = writeln!(out, "{:gutter$} {bar}", "");
    let _ = writeln!(out, "{:>gutter$} {bar} {line}", at.line);
    let _ = writeln!(out, "{:gutter$} {bar} {indent}{}", "", paint.wrap("1;31", &(carets + &label)));
}
