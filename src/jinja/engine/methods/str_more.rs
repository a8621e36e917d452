//! More methods of `str`: classes of characters, lines, encodings, translation; and of `bytes`.

use std::sync::LazyLock;

use minijinja::Value;
use regex::Regex;

use super::super::error::{R, Raise};
use super::super::run::Args;
use super::super::run::access::{expect_str, mapping_entries};
use super::super::run::args::{int_or, text_or};
use super::super::syntax::is_space;
use super::super::value::dict::Entries;
use super::super::value::{Key, PyDict, index, int, list, none};
use super::Method;
use super::str::{flag, of};

pub(super) fn find(name: &str) -> Option<Method> {
    Some(match name {
        "title" => |_, receiver, args| {
            args.no_args("str.title")?;
            Ok(Value::from(title(of(receiver))))
        },
        "capitalize" => |_, receiver, args| {
            args.no_args("str.capitalize")?;
            Ok(Value::from(capitalize(of(receiver))))
        },
        "swapcase" => |_, receiver, args| {
            args.no_args("str.swapcase")?;
            let swapped = of(receiver).chars().flat_map(|c| -> Vec<char> {
                if c.is_uppercase() { c.to_lowercase().collect() } else { c.to_uppercase().collect() }
            });
            Ok(Value::from(swapped.collect::<String>()))
        },
        "casefold" => |_, receiver, args| {
            args.no_args("str.casefold")?;
            Ok(Value::from(casefold(of(receiver))))
        },
        "splitlines" => |_, receiver, args| {
            let keep = flag(args, "splitlines", "keepends")?;
            Ok(list(split_lines(of(receiver), keep).into_iter().map(Value::from).collect()))
        },
        "expandtabs" => |_, receiver, args| {
            let [size] = args.bind("expandtabs", ["tabsize"], 0)?;
            let size = usize::try_from(int_or(size, 8)?).unwrap_or(0).min(1_000);
            Ok(Value::from(expand_tabs(of(receiver), size)))
        },
        "encode" => |_, receiver, args| {
            let [encoding, errors] = args.bind("encode", ["encoding", "errors"], 0)?;
            encode(of(receiver), &text_or(encoding, "utf-8"), &text_or(errors, "strict"))
        },
        "translate" => |_, receiver, args| translate(of(receiver), &args.one_arg("str.translate")?),
        "maketrans" => |_, _, args| make_table(args),
        _ => return find_class(name),
    })
}

/// Python's `str.casefold`.
pub(crate) fn casefold(text: &str) -> String {
    text.to_lowercase().replace('ß', "ss")
}

fn find_class(name: &str) -> Option<Method> {
    Some(match name {
        "isdigit" => |_, receiver, args| all(receiver, args, is_digit),
        "isdecimal" => |_, receiver, args| all(receiver, args, is_decimal),
        "isnumeric" => |_, receiver, args| all(receiver, args, char::is_numeric),
        "isalpha" => |_, receiver, args| all(receiver, args, char::is_alphabetic),
        "isalnum" => |_, receiver, args| all(receiver, args, char::is_alphanumeric),
        "isspace" => |_, receiver, args| all(receiver, args, is_space),
        "isascii" => |_, receiver, args| {
            args.no_args("str.isascii")?;
            Ok(Value::from(of(receiver).is_ascii()))
        },
        "isprintable" => |_, receiver, args| {
            args.no_args("str.isprintable")?;
            Ok(Value::from(of(receiver).chars().all(|c| c == ' ' || !(c.is_control() || is_space(c)))))
        },
        "isidentifier" => |_, receiver, args| {
            args.no_args("str.isidentifier")?;
            let text = of(receiver);
            let starts = text.starts_with(|c: char| c == '_' || c.is_alphabetic());
            Ok(Value::from(starts && text.chars().all(|c| c == '_' || c.is_alphanumeric())))
        },
        "isupper" => |_, receiver, args| {
            args.no_args("str.isupper")?;
            let text = of(receiver);
            Ok(Value::from(text.chars().any(char::is_uppercase) && !text.chars().any(char::is_lowercase)))
        },
        "islower" => |_, receiver, args| {
            args.no_args("str.islower")?;
            let text = of(receiver);
            Ok(Value::from(text.chars().any(char::is_lowercase) && !text.chars().any(char::is_uppercase)))
        },
        "istitle" => |_, receiver, args| {
            args.no_args("str.istitle")?;
            let text = of(receiver);
            let cased = text.chars().any(|c| c.is_uppercase() || c.is_lowercase());
            Ok(Value::from(cased && title(text) == text))
        },
        _ => return None,
    })
}

fn all(receiver: &Value, args: Args, test: fn(char) -> bool) -> R<Value> {
    args.no_args("str.str")?;
    let text = of(receiver);
    Ok(Value::from(!text.is_empty() && text.chars().all(test)))
}

fn is_decimal(c: char) -> bool {
    static DECIMAL: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^\p{Nd}$").ok());
    c.is_ascii_digit()
        || !c.is_ascii() && DECIMAL.as_ref().is_some_and(|regex| regex.is_match(c.encode_utf8(&mut [0; 4])))
}

fn is_digit(c: char) -> bool {
    is_decimal(c) || matches!(c, '²' | '³' | '¹' | '⁰' | '⁴'..='⁹' | '₀'..='₉' | '①'..='⑨')
}

/// `str.title`: every run of letters starts large.
pub(crate) fn title(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut inside = false;
    for c in text.chars() {
        let cased = c.is_uppercase() || c.is_lowercase();
        if inside {
            out.extend(c.to_lowercase());
        } else {
            out.extend(c.to_uppercase());
        }
        inside = cased;
    }
    out
}

/// `str.capitalize`
pub(crate) fn capitalize(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars.as_str().to_lowercase().chars()).collect(),
        None => String::new(),
    }
}

/// `str.splitlines`
pub(crate) fn split_lines(text: &str, keep_ends: bool) -> Vec<&str> {
    let mut lines = vec![];
    let mut rest = text;
    while !rest.is_empty() {
        let is_end = |c: char| {
            matches!(c, '\n' | '\r' | '\x0b' | '\x0c' | '\x1c'..='\x1e' | '\u{85}' | '\u{2028}' | '\u{2029}')
        };
        let Some(at) = rest.find(is_end) else {
            lines.push(rest);
            break;
        };
        let width = match rest[at..].starts_with("\r\n") {
            true => 2,
            false => rest[at..].chars().next().map_or(1, char::len_utf8),
        };
        lines.push(&rest[..if keep_ends { at + width } else { at }]);
        rest = &rest[at + width..];
    }
    lines
}

fn expand_tabs(text: &str, size: usize) -> String {
    let mut out = String::with_capacity(text.len());
    let mut column = 0;
    for c in text.chars() {
        match c {
            '\t' => {
                let blanks = if size == 0 { 0 } else { size - column % size };
                out.extend(std::iter::repeat_n(' ', blanks));
                column += blanks;
            }
            '\n' | '\r' => {
                out.push(c);
                column = 0;
            }
            c => {
                out.push(c);
                column += 1;
            }
        }
    }
    out
}

fn encode(text: &str, encoding: &str, errors: &str) -> R<Value> {
    let name = encoding.to_ascii_lowercase().replace(['-', '_', ' '], "");
    let limit = match name.as_str() {
        "utf8" | "u8" => return Ok(Value::from_bytes(text.as_bytes().to_vec())),
        "ascii" | "usascii" => 0x80,
        "latin1" | "iso88591" | "l1" | "cp1252" => 0x100,
        "utf16le" | "utf16" => {
            let mut bytes = if name == "utf16" { vec![0xff, 0xfe] } else { vec![] };
            bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
            return Ok(Value::from_bytes(bytes));
        }
        _ => {
            return Err(Raise::new(
                super::super::error::ErrorKind::Value,
                format!("unknown encoding: {encoding}"),
            ));
        }
    };
    let mut bytes = Vec::with_capacity(text.len());
    for (at, c) in text.chars().enumerate() {
        match (c as u32, errors) {
            (code, _) if code < limit => bytes.push(code as u8),
            (_, "ignore") => {}
            (_, "replace") => bytes.push(b'?'),
            (_, "backslashreplace") => {
                bytes.extend(super::super::ops::format::ascii(&c.to_string()).bytes());
            }
            (code, "xmlcharrefreplace") => bytes.extend(format!("&#{code};").bytes()),
            (code, _) => {
                let codec = if limit == 0x80 { "ascii" } else { "latin-1" };
                return Err(Raise::value_error(format!(
                    "'{codec}' codec can't encode character '\\x{code:02x}' in position {at}: ordinal not in \
                     range({limit})"
                )));
            }
        }
    }
    Ok(Value::from_bytes(bytes))
}

fn translate(text: &str, table: &Value) -> R<Value> {
    let entries = mapping_entries(table).unwrap_or_default();
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let code = i128::from(c as u32);
        match entries.iter().find(|(key, _)| index(key) == Some(code)).map(|(_, value)| value) {
            None => out.push(c),
            Some(value) if value.is_none() => {}
            Some(value) => match (value.as_str(), index(value)) {
                (Some(text), _) => out.push_str(text),
                (None, Some(code)) => out.extend(u32::try_from(code).ok().and_then(char::from_u32)),
                _ => {
                    return Err(Raise::type_error("character mapping must return integer, None or str"));
                }
            },
        }
    }
    Ok(Value::from(out))
}

fn make_table(args: Args) -> R<Value> {
    let [from, to, removed] = args.native::<3>("str.maketrans", 1)?;
    let from = from.unwrap_or_default();
    let mut entries = Entries::default();
    let key = |c: char| Key::new(int(i128::from(c as u32)));
    let Some(to) = to else {
        let Some(pairs) = mapping_entries(&from) else {
            return Err(Raise::type_error("if you give only one argument to maketrans it must be a dict"));
        };
        for (from, to) in pairs {
            let from = match from.as_str().map(|text| text.chars().collect::<Vec<_>>()).as_deref() {
                Some([only]) => key(*only)?,
                Some(_) => {
                    return Err(Raise::value_error("string keys in translate table must be of length 1"));
                }
                None => Key::new(from)?,
            };
            entries.insert(from, to);
        }
        return Ok(PyDict::value(entries));
    };
    let from = expect_str(&from, "maketrans() argument 1")?;
    let to = expect_str(&to, "maketrans() argument 2")?;
    if from.chars().count() != to.chars().count() {
        return Err(Raise::value_error("the first two maketrans arguments must have equal length"));
    }
    for (from, to) in from.chars().zip(to.chars()) {
        entries.insert(key(from)?, int(i128::from(to as u32)));
    }
    if let Some(removed) = removed {
        for c in expect_str(&removed, "maketrans() argument 3")?.chars() {
            entries.insert(key(c)?, none());
        }
    }
    Ok(PyDict::value(entries))
}

/// Methods of `bytes`.
pub(super) fn find_bytes(name: &str) -> Option<Method> {
    Some(match name {
        "decode" => |_, receiver, args| {
            let [encoding, errors] = args.bind("decode", ["encoding", "errors"], 0)?;
            decode(
                receiver.as_bytes().unwrap_or_default(),
                &text_or(encoding, "utf-8"),
                &text_or(errors, "strict"),
            )
        },
        "hex" => |_, receiver, args| {
            args.no_args("str.hex")?;
            let bytes = receiver.as_bytes().unwrap_or_default();
            Ok(Value::from(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>()))
        },
        _ => return None,
    })
}

fn decode(bytes: &[u8], encoding: &str, errors: &str) -> R<Value> {
    let name = encoding.to_ascii_lowercase().replace(['-', '_', ' '], "");
    if matches!(name.as_str(), "latin1" | "iso88591" | "l1") {
        return Ok(Value::from(bytes.iter().map(|byte| *byte as char).collect::<String>()));
    }
    if errors != "strict" {
        let text = String::from_utf8_lossy(bytes);
        return Ok(Value::from(if errors == "ignore" {
            text.replace('\u{fffd}', "")
        } else {
            text.into_owned()
        }));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Value::from(text)),
        Err(error) => {
            let at = error.valid_up_to();
            let byte = bytes.get(at).copied().unwrap_or_default();
            Err(Raise::value_error(format!(
                "'utf-8' codec can't decode byte 0x{byte:02x} in position {at}: invalid start byte"
            )))
        }
    }
}
