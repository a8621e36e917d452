//! `re.sub`, `re.subn` and `re.split`.

use std::sync::Arc;

use minijinja::Value;

use super::super::super::error::{R, Raise};
use super::super::super::run::{Args, Vm};
use super::super::super::value::{list, none, tuple};
use super::{Pattern, Replacement, Spans, flags_of, limit, pattern_of, pattern_ref, subject_of};

enum Part {
    Text(String),
    Group(usize),
}

/// A replacement text with its group references resolved.
pub(super) struct Template(Vec<Part>);

impl Template {
    /// # Errors
    /// For a reference to a group that is not there, and for a bad escape.
    pub fn parse(template: &str, pattern: &Pattern) -> R<Template> {
        let mut parts = vec![];
        let mut text = String::new();
        let mut rest = template.chars().peekable();
        while let Some(c) = rest.next() {
            if c != '\\' {
                text.push(c);
                continue;
            }
            let Some(escaped) = rest.next() else {
                return Err(Raise::value_error("bad escape (end of pattern)"));
            };
            let group = match escaped {
                'g' => {
                    if rest.next() != Some('<') {
                        return Err(Raise::value_error("missing <"));
                    }
                    let name: String = rest.by_ref().take_while(|c| *c != '>').collect();
                    let key = name.parse::<i64>().map_or_else(|_| Value::from(name.as_str()), Value::from);
                    let unknown = || {
                        Raise::new(
                            super::super::super::error::ErrorKind::Index,
                            format!("unknown group name '{name}'"),
                        )
                    };
                    pattern.group_number(&key).map_err(|_| unknown())?
                }
                '1'..='9' => {
                    let mut number = escaped.to_digit(10).unwrap_or(0) as usize;
                    if let Some(digit) = rest.next_if(char::is_ascii_digit) {
                        number = number * 10 + digit.to_digit(10).unwrap_or(0) as usize;
                    }
                    if number > pattern.groups() {
                        return Err(Raise::value_error(format!("invalid group reference {number}")));
                    }
                    number
                }
                _ => {
                    let c = match escaped {
                        'n' => '\n',
                        't' => '\t',
                        'r' => '\r',
                        'a' => '\x07',
                        'b' => '\x08',
                        'f' => '\x0c',
                        'v' => '\x0b',
                        '0' => '\0',
                        c if c.is_ascii_alphabetic() => {
                            return Err(Raise::value_error(format!("bad escape \\{c}")));
                        }
                        c => {
                            if c != '\\' {
                                text.push('\\');
                            }
                            c
                        }
                    };
                    text.push(c);
                    continue;
                }
            };
            parts.push(Part::Text(std::mem::take(&mut text)));
            parts.push(Part::Group(group));
        }
        parts.push(Part::Text(text));
        Ok(Template(parts))
    }

    pub fn expand(&self, subject: &str, spans: &Spans) -> String {
        let mut out = String::new();
        for part in &self.0 {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Group(group) => {
                    if let Some((start, end)) = spans.get(*group).copied().flatten() {
                        out.push_str(&subject[start..end]);
                    }
                }
            }
        }
        out
    }
}

pub(super) fn module_sub(vm: &mut Vm<'_, '_, '_>, args: Args, counted: bool) -> R<Value> {
    let [pattern, repl, string, count, flags] =
        args.bind("sub", ["pattern", "repl", "string", "count", "flags"], 3)?;
    let pattern = pattern_of(&pattern.unwrap_or_default(), flags_of(flags)?)?;
    sub(vm, &pattern, (repl, string, count), counted)
}

pub(super) fn method_sub(vm: &mut Vm<'_, '_, '_>, receiver: &Value, args: Args, counted: bool) -> R<Value> {
    let [repl, string, count] = args.bind("sub", ["repl", "string", "count"], 2)?;
    sub(vm, &pattern_ref(receiver)?, (repl, string, count), counted)
}

fn sub(
    vm: &mut Vm<'_, '_, '_>,
    pattern: &Arc<Pattern>,
    (repl, string, count): (Option<Value>, Option<Value>, Option<Value>),
    counted: bool,
) -> R<Value> {
    let subject = subject_of(&string.unwrap_or_default())?;
    let replacement = Replacement::of(&repl.unwrap_or_default(), pattern)?;
    let found = pattern.find_all(&subject, limit(count)?)?;
    let mut out = String::with_capacity(subject.len());
    let mut from = 0;
    for spans in &found {
        let Some((start, end)) = spans.first().copied().flatten() else { continue };
        out.push_str(&subject[from..start]);
        out.push_str(&replacement.text(vm, pattern, &subject, spans)?);
        from = end;
    }
    out.push_str(&subject[from..]);
    Ok(if counted { tuple(vec![Value::from(out), Value::from(found.len())]) } else { Value::from(out) })
}

pub(super) fn module_split(args: Args) -> R<Value> {
    let [pattern, string, count, flags] =
        args.bind("split", ["pattern", "string", "maxsplit", "flags"], 2)?;
    let pattern = pattern_of(&pattern.unwrap_or_default(), flags_of(flags)?)?;
    split(&pattern, string, count)
}

pub(super) fn method_split(receiver: &Value, args: Args) -> R<Value> {
    let [string, count] = args.bind("split", ["string", "maxsplit"], 1)?;
    split(&pattern_ref(receiver)?, string, count)
}

fn split(pattern: &Arc<Pattern>, string: Option<Value>, count: Option<Value>) -> R<Value> {
    let subject = subject_of(&string.unwrap_or_default())?;
    let mut parts = vec![];
    let mut from = 0;
    for spans in pattern.find_all(&subject, limit(count)?)? {
        let Some((start, end)) = spans.first().copied().flatten() else { continue };
        parts.push(Value::from(&subject[from..start]));
        for span in &spans[1..] {
            parts.push(span.map_or_else(none, |(start, end)| Value::from(&subject[start..end])));
        }
        from = end;
    }
    parts.push(Value::from(&subject[from..]));
    Ok(list(parts))
}
