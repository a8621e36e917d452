//! The form that dbt wants of the function `model`.

use super::text::{Fault, Line, closing, parts};

const RETURNS: &str = "In current version, model function should return only one dataframe object";

/// One function called `model`, with two arguments, whose last statement returns one thing.
pub fn check(code: &str, lines: &[Line]) -> Result<(), Fault> {
    let models = models(code, lines);
    let [model] = models.as_slice() else {
        let message = format!("dbt allows exactly one model defined per python file, found {}", models.len());
        let at = models.get(1).map_or(0, |second| lines[*second].range.start);
        return Err(Fault { message, at });
    };
    let head = &lines[*model];
    let mut faults = vec![];
    let statement = &code[head.range.clone()];
    let open = head.range.start + statement.find('(').unwrap_or_default();
    let end = closing(code, open)?;
    let names = parameters(&code[open + 1..end - 1]);
    if names.first().is_some_and(|name| *name != "dbt") {
        faults.push("'dbt' not provided for model as the first argument");
    }
    if names.len() != 2 {
        faults.push("model function should have two args, `dbt` and a session to current warehouse");
    }
    let body = code[end..head.range.end].split_once(':').map_or("", |(_, body)| body.trim());
    let last = match body.is_empty() {
        true => last_statement(code, &lines[model + 1..], head.indent),
        false => last_of(body),
    };
    if !returns_one(last) {
        faults.push(RETURNS);
    }
    if faults.is_empty() {
        return Ok(());
    }
    Err(Fault { message: faults.join("\n"), at: head.range.start })
}

/// Which lines begin a function called `model` that is not inside of another function.
fn models(code: &str, lines: &[Line]) -> Vec<usize> {
    let mut models = vec![];
    let mut inside: Option<usize> = None;
    for (at, line) in lines.iter().enumerate() {
        if inside.is_some_and(|indent| line.indent > indent) {
            continue;
        }
        inside = None;
        let statement = &code[line.range.clone()];
        let head = statement.strip_prefix("async ").map_or(statement, str::trim_start);
        let Some(name) = head.strip_prefix("def ") else { continue };
        inside = Some(line.indent);
        let name = name.split('(').next().unwrap_or_default().trim();
        // One that is `async` is no model to dbt.
        if name == "model" && head.len() == statement.len() {
            models.push(at);
        }
    }
    models
}

/// The names of parameters that can be given by position and by name.
fn parameters(list: &str) -> Vec<&str> {
    let mut names = vec![];
    for part in parts(list, ',') {
        let name = part.split([':', '=']).next().unwrap_or_default().trim();
        match name {
            "" => {}
            "/" => names.clear(),
            name if name.starts_with('*') => break,
            name => names.push(name),
        }
    }
    names
}

/// The statement that ends the block below a line of this indentation.
fn last_statement<'a>(code: &'a str, lines: &[Line], indent: usize) -> &'a str {
    let block = || lines.iter().take_while(|line| line.indent > indent);
    let Some(first) = block().next() else { return "" };
    let last = block().filter(|line| line.indent == first.indent).last();
    let statement = last.map_or("", |line| &code[line.range.clone()]);
    last_of(statement)
}

/// The last of several statements on one line.
fn last_of(line: &str) -> &str {
    parts(line, ';').into_iter().rev().map(str::trim).find(|part| !part.is_empty()).unwrap_or_default()
}

/// Whether a statement returns, and no tuple.
fn returns_one(statement: &str) -> bool {
    let Some(value) = statement.strip_prefix("return") else { return false };
    if value.chars().next().is_some_and(|c| c.is_alphanumeric() || c == '_') {
        return false;
    }
    let value = value.trim();
    let inner = value.strip_prefix('(').and_then(|inner| inner.strip_suffix(')'));
    // Only where the first bracket is the one that the last one closes.
    let inner = inner.filter(|_| closing(value, 0) == Ok(value.len()));
    let is_tuple = |value: &str| parts(value, ',').len() > 1;
    !is_tuple(value) && !inner.is_some_and(|inner| inner.trim().is_empty() || is_tuple(inner))
}
