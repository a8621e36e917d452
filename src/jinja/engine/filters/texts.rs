//! Filters on text.

use std::sync::LazyLock;

use minijinja::Value;
use regex::Regex;

use super::super::error::{R, Raise};
use super::super::methods;
use super::super::ops::percent;
use super::super::run::args::{bool_or, int, int_or, text_or};
use super::super::run::{Args, Vm};
use super::super::value::callable::Native;
use super::super::value::{Key, PyDict, dict::Entries, iter, text, tuple};
use super::input;

pub(super) const FILTERS: &[(&str, Native)] = &[
    ("upper", |_, args| Ok(Value::from(shown(args, "do_upper")?.to_uppercase()))),
    ("lower", |_, args| Ok(Value::from(shown(args, "do_lower")?.to_lowercase()))),
    ("capitalize", |_, args| Ok(Value::from(methods::capitalize(&shown(args, "do_capitalize")?)))),
    ("title", |_, args| Ok(Value::from(title(&shown(args, "do_title")?)))),
    ("center", center),
    ("trim", trim),
    ("replace", replace),
    ("format", format),
    ("indent", indent),
    ("truncate", truncate),
    ("wordcount", wordcount),
    ("wordwrap", wordwrap),
    ("pprint", |_, args| Ok(Value::from(text::repr(&args.one("do_pprint", "value")?)))),
];

type M<'a, 'b, 'c, 'd> = &'a mut Vm<'b, 'c, 'd>;

fn shown(args: Args, name: &str) -> R<String> {
    Ok(text::str(&args.one(name, "s")?))
}

/// Jinja2's own title case: words begin after blanks, hyphens and opening brackets.
fn title(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut start = true;
    for c in text.chars() {
        if c == '-' || c.is_whitespace() || matches!(c, '(' | '{' | '[' | '<') {
            out.push(c);
            start = true;
        } else if start {
            out.extend(c.to_uppercase());
            start = false;
        } else {
            out.extend(c.to_lowercase());
        }
    }
    out
}

fn center(vm: M, args: Args) -> R<Value> {
    let [value, width] = args.bind("do_center", ["value", "width"], 1)?;
    let text = Value::from(text::str(&value.unwrap_or_default()));
    vm.call_method(&text, "center", Args::of(vec![width.unwrap_or_else(|| Value::from(80))]))
}

fn trim(vm: M, args: Args) -> R<Value> {
    let [value, chars] = args.bind("do_trim", ["value", "chars"], 1)?;
    let text = Value::from(text::str(&value.unwrap_or_default()));
    vm.call_method(&text, "strip", Args::of(chars.into_iter().collect()))
}

fn replace(_: M, args: Args) -> R<Value> {
    let [s, old, new, count] = args.bind("do_replace", ["s", "old", "new", "count"], 3)?;
    let shown = |value: Option<Value>| text::str(&value.unwrap_or_default());
    let (s, old, new) = (shown(s), shown(old), shown(new));
    let count = match count {
        Some(count) if !count.is_none() => int(&count)?,
        _ => -1,
    };
    Ok(Value::from(match usize::try_from(count) {
        Ok(count) => s.replacen(&old, &new, count),
        Err(_) => s.replace(&old, &new),
    }))
}

fn format(_: M, args: Args) -> R<Value> {
    let (value, args) = input(args);
    if !args.pos.is_empty() && !args.kw.is_empty() {
        return Err(Raise::runtime("can't handle positional and keyword arguments at the same time"));
    }
    let values = if args.kw.is_empty() {
        tuple(args.pos)
    } else {
        let entries: Entries = args.kw.into_iter().map(|(key, value)| (Key::text(&key), value)).collect();
        PyDict::value(entries)
    };
    percent::format(&text::str(&value), &values).map(Value::from)
}

fn indent(_: M, args: Args) -> R<Value> {
    let [s, width, first, blank] = args.bind("do_indent", ["s", "width", "first", "blank"], 1)?;
    let s = s.unwrap_or_default();
    if s.as_str().is_none() && !super::super::value::is_undefined(&s) {
        let name = super::super::value::type_name(&s);
        return Err(Raise::type_error(format!("unsupported operand type(s) for +=: '{name}' and 'str'")));
    }
    if let Some(error) = super::super::value::undefined::undefined_error(&s) {
        return Err(error);
    }
    let indention = match &width {
        Some(width) if width.as_str().is_some() => text::str(width),
        _ => " ".repeat(usize::try_from(int_or(width, 4)?).unwrap_or(0).min(10_000)),
    };
    let (first, blank) = (bool_or(first, false), bool_or(blank, false));
    let text = text::str(&s) + "\n";
    let lines = methods::split_lines(&text, false);
    let mut out = String::with_capacity(text.len() + lines.len() * indention.len());
    for (at, line) in lines.iter().enumerate() {
        if at > 0 {
            out.push('\n');
        }
        if (at == 0 && first) || (at > 0 && (blank || !line.is_empty())) {
            out.push_str(&indention);
        }
        out.push_str(line);
    }
    Ok(Value::from(out))
}

fn truncate(_: M, args: Args) -> R<Value> {
    let [s, length, killwords, end, leeway] =
        args.bind("do_truncate", ["s", "length", "killwords", "end", "leeway"], 1)?;
    let s = s.unwrap_or_default();
    let end = text_or(end, "...");
    let end_length = end.chars().count();
    let length = int_or(length, 255)?;
    let leeway = match leeway {
        Some(leeway) if !leeway.is_none() => int(&leeway)?,
        _ => 5,
    };
    if length < end_length as i128 {
        return Err(Raise::runtime(format!("expected length >= {end_length}, got {length}")));
    }
    if leeway < 0 {
        return Err(Raise::runtime(format!("expected leeway >= 0, got {leeway}")));
    }
    if iter::length(&s)? as i128 <= length.saturating_add(leeway) {
        return Ok(s);
    }
    let keep = usize::try_from(length).unwrap_or(0) - end_length;
    let kept: String = text::str(&s).chars().take(keep).collect();
    if bool_or(killwords, false) {
        return Ok(Value::from(kept + &end));
    }
    let whole = kept.rsplit_once(' ').map_or(kept.as_str(), |(whole, _)| whole);
    Ok(Value::from(format!("{whole}{end}")))
}

static WORD: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\w+").ok());

fn wordcount(_: M, args: Args) -> R<Value> {
    let text = shown(args, "do_wordcount")?;
    Ok(Value::from(WORD.as_ref().map_or(0, |word| word.find_iter(&text).count())))
}

fn wordwrap(_: M, args: Args) -> R<Value> {
    let [s, width, break_long, wrapstring, hyphens] =
        args.bind("do_wordwrap", ["s", "width", "break_long_words", "wrapstring", "break_on_hyphens"], 1)?;
    let width = usize::try_from(int_or(width, 79)?).ok().filter(|width| *width > 0);
    let Some(width) = width else { return Err(Raise::value_error("invalid width (must be > 0)")) };
    let (break_long, hyphens) = (bool_or(break_long, true), bool_or(hyphens, true));
    let wrapstring = match wrapstring {
        Some(text) if !text.is_none() => text::str(&text),
        _ => "\n".into(),
    };
    let s = text::str(&s.unwrap_or_default());
    let lines = methods::split_lines(&s, false);
    let wrapped: Vec<String> =
        lines.iter().map(|line| wrap(line, width, break_long, hyphens).join(&wrapstring)).collect();
    Ok(Value::from(wrapped.join(&wrapstring)))
}

/// Python's `textwrap.wrap` without expanding tabs or replacing white space.
fn wrap(line: &str, width: usize, break_long: bool, hyphens: bool) -> Vec<String> {
    let mut chunks: Vec<String> = chunks(line, hyphens);
    chunks.reverse();
    let mut lines: Vec<String> = vec![];
    while !chunks.is_empty() {
        if !lines.is_empty() && chunks.last().is_some_and(|chunk| chunk.trim().is_empty()) {
            chunks.pop();
        }
        let mut current: Vec<String> = vec![];
        let mut length = 0;
        while let Some(chunk) = chunks.last() {
            let chunk_length = chunk.chars().count();
            if length + chunk_length > width {
                break;
            }
            length += chunk_length;
            current.extend(chunks.pop());
        }
        if let Some(chunk) = chunks.last().filter(|chunk| chunk.chars().count() > width).cloned() {
            let room = width.saturating_sub(length).max(usize::from(length == 0));
            if break_long {
                let cut = if hyphens { hyphen_cut(&chunk, room) } else { room };
                current.push(chunk.chars().take(cut).collect());
                let rest: String = chunk.chars().skip(cut).collect();
                chunks.pop();
                if !rest.is_empty() {
                    chunks.push(rest);
                }
            } else if current.is_empty() {
                current.extend(chunks.pop());
            }
        }
        if current.last().is_some_and(|chunk| chunk.trim().is_empty()) {
            current.pop();
        }
        if !current.is_empty() {
            lines.push(current.concat());
        }
    }
    lines
}

/// Where to cut a long word: behind its last hyphen that fits, unless nothing stands before it.
fn hyphen_cut(chunk: &str, room: usize) -> usize {
    let chars: Vec<char> = chunk.chars().collect();
    let last = chars.iter().take(room).rposition(|c| *c == '-');
    match last {
        Some(at) if at > 0 && chars[..at].iter().any(|c| *c != '-') && chars.len() > room => at + 1,
        _ => room,
    }
}

/// Words and the white space between them; hyphenated words come apart behind their hyphens.
fn chunks(line: &str, hyphens: bool) -> Vec<String> {
    let mut chunks: Vec<String> = vec![];
    let mut current = String::new();
    let mut blank = false;
    for c in line.chars() {
        if !current.is_empty() && c.is_whitespace() != blank {
            chunks.push(std::mem::take(&mut current));
        }
        blank = c.is_whitespace();
        current.push(c);
    }
    if !current.is_empty() {
        chunks.push(current);
    }
    if !hyphens {
        return chunks;
    }
    let mut parts = vec![];
    for chunk in chunks {
        let chars: Vec<char> = chunk.chars().collect();
        let mut part = String::new();
        for (at, c) in chars.iter().enumerate() {
            part.push(*c);
            let letter =
                |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(|c| c.is_alphabetic());
            let breaks = *c == '-'
                && letter(at.checked_sub(1))
                && (letter(at.checked_sub(2)) || at.checked_sub(2).is_some_and(|at| chars[at] == '-'))
                && letter(Some(at + 1))
                && (letter(Some(at + 2)) || chars.get(at + 2) == Some(&'-'));
            if breaks {
                parts.push(std::mem::take(&mut part));
            }
        }
        if !part.is_empty() {
            parts.push(part);
        }
    }
    parts
}
