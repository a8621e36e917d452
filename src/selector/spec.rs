//! Selections as the command line writes them: spaces unite, commas intersect.

use super::{Criteria, Group, Indirect, Method, Operation, Reach, Selector};
use crate::diag::{Diagnostic, nearest};
use crate::value::{Str, Value};

/// What a command works on when nothing is selected.
const DEFAULT_INCLUDES: [&str; 5] = ["fqn:*", "source:*", "exposure:*", "metric:*", "semantic_model:*"];

/// Parses `--select` and `--exclude`; no `select` at all means everything.
///
/// # Errors
/// An unknown method, `@` together with a trailing `+`, or a depth that is no number.
pub fn parse(select: &[String], exclude: &[String], indirect: Indirect) -> Result<Selector, Diagnostic> {
    let included = if select.is_empty() {
        union(DEFAULT_INCLUDES, indirect, false)?
    } else {
        union(select.iter().map(String::as_str), indirect, true)?
    };
    let excluded = union(exclude.iter().map(String::as_str), indirect, true)?;
    Ok(Selector::group(Operation::Difference, vec![included, excluded]))
}

fn union<'a>(
    words: impl IntoIterator<Item = &'a str>,
    indirect: Indirect,
    expected: bool,
) -> Result<Selector, Diagnostic> {
    let mut parts = vec![];
    for spec in words.into_iter().flat_map(|word| word.split(' ')) {
        let criteria = spec
            .split(',')
            .map(|part| parse_criteria(part, indirect).map(Selector::Criteria))
            .collect::<Result<Vec<_>, _>>()?;
        parts.push(Selector::Group(Group {
            operation: Operation::Intersection,
            parts: criteria,
            indirect,
            expected: expected.then(|| spec.to_string()),
        }));
    }
    Ok(Selector::Group(Group { operation: Operation::Union, parts, indirect, expected: None }))
}

/// One criterion: `[@][n+][method:]value[+n]`.
///
/// # Errors
/// As [`parse`].
pub fn parse_criteria(spec: &str, indirect: Indirect) -> Result<Criteria, Diagnostic> {
    let (childrens_parents, rest) = match spec.strip_prefix('@') {
        Some(rest) => (true, rest),
        None => (false, spec),
    };
    let (parents, rest) = leading_reach(rest, spec)?;
    let (method, rest) = match rest.split_once(':') {
        Some((word, value)) if is_method_word(word) => (Some(word), value),
        _ => (None, rest),
    };
    let (value, children) = trailing_reach(rest, spec)?;
    let (method, arguments) = match method {
        Some(word) => parse_method(word)?,
        None => (default_method(value), vec![]),
    };
    let criteria = Criteria {
        method,
        arguments,
        value: Value::from(value),
        childrens_parents,
        parents,
        children,
        indirect,
    };
    criteria.check(spec)
}

impl Criteria {
    pub(super) fn check(self, spec: &str) -> Result<Criteria, Diagnostic> {
        if self.childrens_parents && self.children != Reach::None {
            return Err(Diagnostic::error(
                "invalid-selector",
                format!("the selection `{spec}` has both a leading `@` and a trailing `+`"),
            )
            .help("`@` takes all descendants already: drop the `+`"));
        }
        Ok(self)
    }
}

/// `config.meta.owner` → the method and its arguments.
pub(super) fn parse_method(word: &str) -> Result<(Method, Vec<Str>), Diagnostic> {
    let mut parts = word.split('.');
    let name = parts.next().unwrap_or_default();
    let method = Method::parse(name).ok_or_else(|| unknown_method(name))?;
    Ok((method, parts.map(Str::from).collect()))
}

fn unknown_method(name: &str) -> Diagnostic {
    let names = Method::ALL.map(|(name, _)| name);
    let diagnostic = Diagnostic::error("invalid-selector", format!("'{name}' is not a valid method name"));
    match nearest(name, names) {
        Some(near) => diagnostic.help(format!("did you mean `{near}:`?")),
        None => diagnostic.help(format!("selection methods are {}", names.join(", "))),
    }
}

fn default_method(value: &str) -> Method {
    if value.contains(std::path::MAIN_SEPARATOR) || value.contains('/') {
        return Method::Path;
    }
    let lower = value.to_lowercase();
    if [".sql", ".py", ".csv"].iter().any(|ending| lower.ends_with(ending)) {
        return Method::File;
    }
    Method::Fqn
}

fn is_method_word(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.')
}

fn leading_reach<'a>(text: &'a str, spec: &str) -> Result<(Reach, &'a str), Diagnostic> {
    let after = text.trim_start_matches(|c: char| c.is_ascii_digit());
    match after.strip_prefix('+') {
        Some(rest) => Ok((reach(&text[..text.len() - after.len()], spec)?, rest)),
        None => Ok((Reach::None, text)),
    }
}

fn trailing_reach<'a>(text: &'a str, spec: &str) -> Result<(&'a str, Reach), Diagnostic> {
    let before = text.trim_end_matches(|c: char| c.is_ascii_digit());
    match before.strip_suffix('+') {
        Some(value) => Ok((value, reach(&text[before.len()..], spec)?)),
        None => Ok((text, Reach::None)),
    }
}

/// A depth as digits: none is unbounded, and so is any number beyond counting.
fn reach(digits: &str, spec: &str) -> Result<Reach, Diagnostic> {
    if digits.is_empty() {
        return Ok(Reach::All);
    }
    digits.parse().map(Reach::Steps).map_err(|_| {
        Diagnostic::error("invalid-selector", format!("the depth in the selection `{spec}` is too large"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(spec: &str) -> String {
        match parse_criteria(spec, Indirect::Eager) {
            Ok(c) => format!(
                "{}{:?} {}{}:{} {:?}",
                if c.childrens_parents { "@" } else { "" },
                c.parents,
                c.method.as_str(),
                c.arguments.iter().map(|argument| format!(".{argument}")).collect::<String>(),
                c.value.py_str(),
                c.children
            ),
            Err(diagnostic) => format!("{} / {}", diagnostic.message, diagnostic.help.join("; ")),
        }
    }

    #[test]
    fn reads_one_criterion() {
        for (spec, expected) in [
            ("a", "None fqn:a None"),
            ("2+a+3", "Steps(2) fqn:a Steps(3)"),
            ("+a+", "All fqn:a All"),
            ("@a", "@None fqn:a None"),
            ("@+a", "@All fqn:a None"),
            ("a++", "None fqn:a+ All"),
            ("a+b+1", "None fqn:a+b Steps(1)"),
            ("+", "All fqn: None"),
            ("12", "None fqn:12 None"),
            ("models/x", "None path:models/x None"),
            ("a.SQL", "None file:a.SQL None"),
            ("a.yml", "None fqn:a.yml None"),
            ("1+config.meta.x:y", "Steps(1) config.meta.x:y None"),
            ("foo-bar:x", "None fqn:foo-bar:x None"),
            ("tag:a:b", "None tag:a:b None"),
            ("tga:x", "'tga' is not a valid method name / did you mean `tag:`?"),
            (
                "@a+",
                "the selection `@a+` has both a leading `@` and a trailing `+` / \
                 `@` takes all descendants already: drop the `+`",
            ),
            (
                "99999999999999999999999+a",
                "the depth in the selection `99999999999999999999999+a` is too large / ",
            ),
        ] {
            assert_eq!(shape(spec), expected, "{spec}");
        }
    }
}
