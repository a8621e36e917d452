//! Methods of `str`: case, trimming, splitting, searching, padding. The rest is in `str_more.rs`.

use minijinja::Value;

use super::super::error::{R, Raise};
use super::super::ops::format;
use super::super::run::Args;
use super::super::run::access::expect_str;
use super::super::run::args::{bool_or, int, int_or};
use super::super::syntax::is_space;
use super::super::value::{as_tuple, is_str, iter, list, tuple, type_name};
use super::Method;

pub(super) fn of(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

pub(super) fn find(name: &str) -> Option<Method> {
    Some(match name {
        "upper" => |_, receiver, args| {
            args.no_args("str.upper")?;
            Ok(Value::from(of(receiver).to_uppercase()))
        },
        "lower" => |_, receiver, args| {
            args.no_args("str.lower")?;
            Ok(Value::from(of(receiver).to_lowercase()))
        },
        "strip" => |_, receiver, args| strip(receiver, args, "strip", (true, true)),
        "lstrip" => |_, receiver, args| strip(receiver, args, "lstrip", (true, false)),
        "rstrip" => |_, receiver, args| strip(receiver, args, "rstrip", (false, true)),
        "split" => |_, receiver, args| split(receiver, args, "split"),
        "rsplit" => |_, receiver, args| split(receiver, args, "rsplit"),
        "join" => |_, receiver, args| join(of(receiver), &args.one_arg("str.join")?),
        "replace" => |_, receiver, args| {
            let [old, new, count] = args.native::<3>("str.replace", 2)?;
            let old = expect_str(&old.unwrap_or_default(), "replace() argument 1")?;
            let new = expect_str(&new.unwrap_or_default(), "replace() argument 2")?;
            let count = int_or(count, -1)?;
            Ok(Value::from(match usize::try_from(count) {
                Ok(count) => of(receiver).replacen(&old, &new, count),
                Err(_) => of(receiver).replace(&old, &new),
            }))
        },
        "startswith" => {
            |_, receiver, args| affix(receiver, args, "startswith", |text, start| text.starts_with(start))
        }
        "endswith" => |_, receiver, args| affix(receiver, args, "endswith", |text, end| text.ends_with(end)),
        "format" => |vm, receiver, args| format::format(vm, of(receiver), args).map(Value::from),
        "format_map" => |vm, receiver, args| {
            format::format_map(vm, of(receiver), &args.one_arg("str.format_map")?).map(Value::from)
        },
        "find" => {
            |_, receiver, args| Ok(Value::from(search(receiver, args, "find")?.map_or(-1, |at| at as i64)))
        }
        "rfind" => {
            |_, receiver, args| Ok(Value::from(search(receiver, args, "rfind")?.map_or(-1, |at| at as i64)))
        }
        "index" => |_, receiver, args| found(search(receiver, args, "index")?),
        "rindex" => |_, receiver, args| found(search(receiver, args, "rindex")?),
        "count" => |_, receiver, args| {
            let (text, part, _) = window(receiver, args, "count")?;
            Ok(Value::from(match (text, part.is_empty()) {
                (None, _) => 0,
                (Some(text), true) => text.chars().count() + 1,
                (Some(text), false) => text.matches(&*part).count(),
            }))
        },
        "zfill" => |_, receiver, args| {
            let width = width(&args.one_arg("str.zfill")?)?;
            let text = of(receiver);
            let (sign, digits) = match text.chars().next() {
                Some('+' | '-') => text.split_at(1),
                _ => ("", text),
            };
            let zeros = width.saturating_sub(text.chars().count());
            Ok(Value::from(format!("{sign}{}{digits}", "0".repeat(zeros))))
        },
        "ljust" => |_, receiver, args| pad(receiver, args, "ljust", |_, _| 0),
        "rjust" => |_, receiver, args| pad(receiver, args, "rjust", |fill, _| fill),
        "center" => |_, receiver, args| {
            // Python puts the odd blank left when the width is odd.
            pad(receiver, args, "center", |fill, width| fill / 2 + (fill & width & 1))
        },
        "partition" => |_, receiver, args| {
            let separator = separator(&args.one_arg("str.partition")?, false)?;
            let text = of(receiver);
            Ok(match text.split_once(&*separator) {
                Some((head, tail)) => strings(&[head, &separator, tail]),
                None => strings(&[text, "", ""]),
            })
        },
        "rpartition" => |_, receiver, args| {
            let separator = separator(&args.one_arg("str.rpartition")?, false)?;
            let text = of(receiver);
            Ok(match text.rsplit_once(&*separator) {
                Some((head, tail)) => strings(&[head, &separator, tail]),
                None => strings(&["", "", text]),
            })
        },
        "removeprefix" => |_, receiver, args| {
            let prefix = expect_str(&args.one_arg("str.removeprefix")?, "removeprefix() argument")?;
            let text = of(receiver);
            Ok(Value::from(text.strip_prefix(&*prefix).unwrap_or(text)))
        },
        "removesuffix" => |_, receiver, args| {
            let suffix = expect_str(&args.one_arg("str.removesuffix")?, "removesuffix() argument")?;
            let text = of(receiver);
            Ok(Value::from(text.strip_suffix(&*suffix).unwrap_or(text)))
        },
        _ => return super::str_more::find(name),
    })
}

fn strings(parts: &[&str]) -> Value {
    tuple(parts.iter().map(|part| Value::from(*part)).collect())
}

fn found(at: Option<usize>) -> R<Value> {
    at.map(Value::from).ok_or_else(|| Raise::value_error("substring not found"))
}

/// A width that padding may reach.
fn width(value: &Value) -> R<usize> {
    let width = int(value)?.max(0);
    match usize::try_from(width) {
        Ok(width) if width <= 100_000_000 => Ok(width),
        _ => Err(Raise::new(super::super::error::ErrorKind::Overflow, "padded string is too long")),
    }
}

fn strip(receiver: &Value, args: Args, name: &str, (left, right): (bool, bool)) -> R<Value> {
    let [chars] = args.native(&format!("str.{name}"), 0)?;
    let chars = match chars.filter(|chars| !chars.is_none()) {
        Some(chars) => match chars.as_str() {
            Some(chars) => Some(chars.to_string()),
            None => return Err(Raise::type_error(format!("{name} arg must be None or str"))),
        },
        None => None,
    };
    let strips = |c: char| chars.as_ref().map_or_else(|| is_space(c), |chars| chars.contains(c));
    let mut text = of(receiver);
    if left {
        text = text.trim_start_matches(strips);
    }
    if right {
        text = text.trim_end_matches(strips);
    }
    Ok(Value::from(text))
}

fn separator(value: &Value, or_none: bool) -> R<String> {
    let Some(separator) = value.as_str().map(str::to_string) else {
        let or_none = if or_none { " or None" } else { "" };
        return Err(Raise::type_error(format!("must be str{or_none}, not {}", type_name(value))));
    };
    if separator.is_empty() { Err(Raise::value_error("empty separator")) } else { Ok(separator) }
}

fn split(receiver: &Value, args: Args, name: &str) -> R<Value> {
    let [sep, limit] = args.bind(name, ["sep", "maxsplit"], 0)?;
    let limit = usize::try_from(int_or(limit, -1)?).unwrap_or(usize::MAX);
    let text = of(receiver);
    let from_right = name == "rsplit";
    let mut parts: Vec<&str> = vec![];
    let sep = match sep.filter(|sep| !sep.is_none()) {
        Some(sep) => Some(separator(&sep, true)?),
        None => None,
    };
    let pieces = limit.saturating_add(1);
    match (&sep, from_right) {
        (Some(sep), false) => parts.extend(text.splitn(pieces, &**sep)),
        (Some(sep), true) => {
            parts.extend(text.rsplitn(pieces, &**sep));
            parts.reverse();
        }
        (None, false) => {
            let mut rest = text.trim_start_matches(is_space);
            while !rest.is_empty() {
                if parts.len() == limit {
                    parts.push(rest);
                    break;
                }
                let end = rest.find(is_space).unwrap_or(rest.len());
                parts.push(&rest[..end]);
                rest = rest[end..].trim_start_matches(is_space);
            }
        }
        (None, true) => {
            let mut rest = text.trim_end_matches(is_space);
            while !rest.is_empty() {
                if parts.len() == limit {
                    parts.push(rest);
                    break;
                }
                let word = rest.rsplit(is_space).next().unwrap_or(rest);
                parts.push(word);
                rest = rest[..rest.len() - word.len()].trim_end_matches(is_space);
            }
            parts.reverse();
        }
    }
    Ok(list(parts.into_iter().map(Value::from).collect()))
}

fn join(separator: &str, items: &Value) -> R<Value> {
    let mut joined = String::new();
    let items = iter::iterate(items).map_err(|_| Raise::type_error("can only join an iterable"))?;
    for (at, item) in items.enumerate() {
        let item = item?;
        let Some(text) = item.as_str() else {
            return Err(Raise::type_error(format!(
                "sequence item {at}: expected str instance, {} found",
                type_name(&item)
            )));
        };
        if at > 0 {
            joined.push_str(separator);
        }
        joined.push_str(text);
    }
    Ok(Value::from(joined))
}

fn affix(receiver: &Value, args: Args, name: &str, test: fn(&str, &str) -> bool) -> R<Value> {
    let [wanted, start, end] = args.native(&format!("str.{name}"), 1)?;
    let wanted = wanted.unwrap_or_default();
    let Some((text, _)) = cut(of(receiver), start, end)? else { return Ok(Value::from(false)) };
    if let Some(any) = as_tuple(&wanted) {
        return Ok(Value::from(
            any.iter().any(|wanted| wanted.as_str().is_some_and(|wanted| test(text, wanted))),
        ));
    }
    match wanted.as_str() {
        Some(wanted) => Ok(Value::from(test(text, wanted))),
        None => Err(Raise::type_error(format!(
            "{name} first arg must be str or a tuple of str, not {}",
            type_name(&wanted)
        ))),
    }
}

/// The part of a text between two positions, and the position it starts at; `None` when the start
/// lies beyond the end.
fn cut(text: &str, start: Option<Value>, end: Option<Value>) -> R<Option<(&str, usize)>> {
    let given = |value: Option<Value>| value.filter(|value| !value.is_none());
    let (start, end) = (given(start), given(end));
    if start.is_none() && end.is_none() {
        return Ok(Some((text, 0)));
    }
    let length = text.chars().count();
    let place = |at: i128| {
        let at = if at < 0 { at.saturating_add(length as i128).max(0) } else { at };
        usize::try_from(at).unwrap_or(usize::MAX)
    };
    let start = place(int_or(start, 0)?);
    let end = place(int_or(end, i128::MAX)?).min(length);
    if start > length || start > end {
        return Ok(None);
    }
    let byte = |at: usize| text.char_indices().nth(at).map_or(text.len(), |(byte, _)| byte);
    Ok(Some((&text[byte(start)..byte(end)], start)))
}

/// The text to search, what to search, and where the text starts.
fn window<'v>(receiver: &'v Value, args: Args, name: &str) -> R<(Option<&'v str>, String, usize)> {
    let [part, start, end] = args.native(&format!("str.{name}"), 1)?;
    let part = part.unwrap_or_default();
    if !is_str(&part) {
        return Err(Raise::type_error(format!("must be str, not {}", type_name(&part))));
    }
    let part = of(&part).to_string();
    Ok(match cut(of(receiver), start, end)? {
        Some((text, at)) => (Some(text), part, at),
        None => (None, part, 0),
    })
}

fn search(receiver: &Value, args: Args, name: &str) -> R<Option<usize>> {
    let (text, part, start) = window(receiver, args, name)?;
    let Some(text) = text else { return Ok(None) };
    let byte = if name.starts_with('r') { text.rfind(&*part) } else { text.find(&*part) };
    Ok(byte.map(|byte| start + text[..byte].chars().count()))
}

fn pad(receiver: &Value, args: Args, name: &str, left: fn(usize, usize) -> usize) -> R<Value> {
    let [wide, fill] = args.native(&format!("str.{name}"), 1)?;
    let wide = width(&wide.unwrap_or_default())?;
    let fill = match fill {
        Some(fill) => expect_str(&fill, "the fill character")?,
        None => " ".to_string(),
    };
    if fill.chars().count() != 1 {
        return Err(Raise::type_error("The fill character must be exactly one character long"));
    }
    let text = of(receiver);
    let missing = wide.saturating_sub(text.chars().count());
    let before = left(missing, wide);
    Ok(Value::from(format!("{}{text}{}", fill.repeat(before), fill.repeat(missing - before))))
}

/// `keepends` and the like.
pub(super) fn flag(args: Args, name: &str, param: &str) -> R<bool> {
    let [value] = args.bind(name, [param], 0)?;
    Ok(bool_or(value, false))
}
