//! The calls of `dbt`'s functions in Python code.

use super::text::{self, closing};

/// A call, and what stands between its parentheses.
#[derive(Debug)]
pub struct Call<'a> {
    /// `ref`, `source`, `config`, `config.get`, `config.meta_get`.
    pub function: &'a str,
    pub at: usize,
    pub arguments: &'a str,
}

/// Finds the calls in `code`, which begins at `offset`: also those within arguments and in f-strings.
pub fn find<'a>(code: &'a str, offset: usize, found: &mut Vec<Call<'a>>) {
    let mut at = 0;
    let mut before = ' ';
    while let Some(c) = code[at..].chars().next() {
        match c {
            '#' => at += code[at..].find('\n').unwrap_or(code.len() - at),
            '\'' | '"' => {
                let Ok(text) = text::text(code, at) else { return };
                for range in text.expressions {
                    find(&code[range.clone()], offset + range.start, found);
                }
                at = text.end;
            }
            c if c.is_alphabetic() || c == '_' => {
                let rest = &code[at..];
                let end =
                    rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.')).unwrap_or(rest.len());
                let is_whole = before != '.' && !before.is_alphanumeric() && before != '_';
                if let Some(function) = function(&rest[..end]).filter(|_| is_whole) {
                    found.extend(arguments(code, at + end).map(|arguments| Call {
                        function,
                        at: offset + at,
                        arguments,
                    }));
                }
                at += end;
            }
            c => at += c.len_utf8(),
        }
        before = code[..at].chars().next_back().unwrap_or(' ');
    }
}

fn function(name: &str) -> Option<&str> {
    let function = name.strip_prefix("dbt.")?;
    matches!(function, "ref" | "source" | "config" | "config.get" | "config.meta_get").then_some(function)
}

/// What stands between the parentheses that open behind `at`; none when it is no call.
fn arguments(code: &str, at: usize) -> Option<&str> {
    let open = at + code[at..].find(|c: char| !c.is_whitespace())?;
    if !code[open..].starts_with('(') {
        return None;
    }
    code.get(open + 1..closing(code, open).ok()? - 1)
}
