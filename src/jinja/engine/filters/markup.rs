//! Filters for HTML, URLs and JSON. dbt renders without escaping, so marked-up text is plain text.

use std::sync::LazyLock;

use minijinja::Value;
use regex::Regex;

use super::super::error::{R, Raise};
use super::super::ops::json;
use super::super::run::access::mapping_entries;
use super::super::run::args::{bool_or, int};
use super::super::run::{Args, Vm};
use super::super::value::callable::Native;
use super::super::value::{is_undefined, iter, text};

pub(super) const FILTERS: &[(&str, Native)] = &[
    ("e", |_, args| Ok(Value::from(escape(&text::str(&args.one("escape", "s")?))))),
    ("escape", |_, args| Ok(Value::from(escape(&text::str(&args.one("escape", "s")?))))),
    ("forceescape", |_, args| Ok(Value::from(escape(&text::str(&args.one("do_forceescape", "value")?))))),
    ("safe", |_, args| Ok(Value::from(text::str(&args.one("do_mark_safe", "value")?)))),
    ("striptags", |_, args| Ok(Value::from(strip_tags(&text::str(&args.one("do_striptags", "value")?))))),
    ("urlencode", urlencode),
    ("urlize", urlize),
    ("xmlattr", xmlattr),
    ("tojson", tojson),
];

type M<'a, 'b, 'c, 'd> = &'a mut Vm<'b, 'c, 'd>;

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\'' => out.push_str("&#39;"),
            '"' => out.push_str("&#34;"),
            c => out.push(c),
        }
    }
    out
}

fn strip_tags(text: &str) -> String {
    let mut out = text.to_string();
    for (open, close) in [("<!--", "-->"), ("<", ">")] {
        let mut kept = String::with_capacity(out.len());
        let mut rest = out.as_str();
        while let Some(start) = rest.find(open) {
            let Some(end) = rest[start..].find(close) else { break };
            kept.push_str(&rest[..start]);
            rest = &rest[start + end + close.len()..];
        }
        kept.push_str(rest);
        out = kept;
    }
    let plain = out
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&#34;", "\"")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&nbsp;", "\u{a0}")
        .replace("&amp;", "&");
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Percent-encodes; in a query string `/` is encoded too and blanks become `+`.
fn url_quote(text: &str, query: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'.' | b'-' | b'~' => out.push(byte as char),
            b'/' if !query => out.push('/'),
            b' ' if query => out.push('+'),
            byte => out += &format!("%{byte:02X}"),
        }
    }
    out
}

fn urlencode(_: M, args: Args) -> R<Value> {
    let value = args.one("do_urlencode", "value")?;
    let quoted = |value: &Value| url_quote(&text::str(value), true);
    if value.as_str().is_some() || iter::iterate(&value).is_err() {
        return Ok(Value::from(url_quote(&text::str(&value), false)));
    }
    let mut parts = vec![];
    if let Some(entries) = mapping_entries(&value) {
        parts.extend(entries.iter().map(|(key, value)| format!("{}={}", quoted(key), quoted(value))));
    } else {
        for pair in iter::iterate(&value)? {
            match iter::collect(&pair?)?.as_slice() {
                [key, value] => parts.push(format!("{}={}", quoted(key), quoted(value))),
                items => {
                    return Err(Raise::value_error(format!(
                        "not enough values to unpack (expected 2, got {})",
                        items.len()
                    )));
                }
            }
        }
    }
    Ok(Value::from(parts.join("&")))
}

fn xmlattr(_: M, args: Args) -> R<Value> {
    let [value, autospace] = args.bind("do_xmlattr", ["d", "autospace"], 1)?;
    let value = value.unwrap_or_default();
    let Some(entries) = mapping_entries(&value) else {
        return Err(super::sequences::no_items(&value));
    };
    let mut parts = vec![];
    for (key, value) in entries {
        if value.is_none() || is_undefined(&value) {
            continue;
        }
        let key = text::str(&key);
        if key.contains([' ', '\t', '\n', '\r', '\x0b', '\x0c', '/', '>', '=']) {
            let shown = text::repr(&Value::from(key));
            return Err(Raise::value_error(format!("Invalid character in attribute name: {shown}")));
        }
        parts.push(format!("{}=\"{}\"", escape(&key), escape(&text::str(&value))));
    }
    let mut joined = parts.join(" ");
    if bool_or(autospace, true) && !joined.is_empty() {
        joined.insert(0, ' ');
    }
    Ok(Value::from(joined))
}

fn tojson(_: M, args: Args) -> R<Value> {
    let [value, indent] = args.bind("do_tojson", ["value", "indent"], 1)?;
    let indent = match indent {
        Some(indent) if !indent.is_none() => match indent.as_str() {
            Some(text) => Some(text.to_string()),
            None => Some(" ".repeat(usize::try_from(int(&indent)?).unwrap_or(0).min(100))),
        },
        _ => None,
    };
    let item_separator = if indent.is_some() { "," } else { ", " }.to_string();
    let layout = json::Layout { sort_keys: true, indent, item_separator, ..json::Layout::default() };
    let text = json::dumps(&value.unwrap_or_default(), &layout)?;
    Ok(Value::from(
        text.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026").replace('\'', "\\u0027"),
    ))
}

static URL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?ix)^(?:(?:https?://|www\.)(?:(?:[\w%-]+\.)+)?(?:[a-z]{2,63}|xn--[\w%]{2,59})
        |(?:[\w%-]{2,63}\.)+(?:com|net|int|edu|gov|org|info|mil)
        |https?://(?:(?:[\d]{1,3})(?:\.[\d]{1,3}){3}|\[(?:[\da-f]{0,4}:){2}(?:[\da-f]{0,4}:?){1,6}\])
        )(?::[\d]{1,5})?(?:[/?\#]\S*)?$",
    )
    .ok()
});
static MAIL: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^\S+@\w[\w.-]*\.\w+$").ok());

fn urlize(_: M, args: Args) -> R<Value> {
    let [value, limit, nofollow, target, rel, _] =
        args.bind("do_urlize", ["value", "trim_url_limit", "nofollow", "target", "rel", "extra_schemes"], 1)?;
    let limit = match limit {
        Some(limit) if !limit.is_none() => usize::try_from(int(&limit)?).ok(),
        _ => None,
    };
    let given = |value: Option<Value>| value.filter(|value| !value.is_none()).map(|value| text::str(&value));
    let mut rels: Vec<String> =
        given(rel).unwrap_or_default().split_whitespace().map(str::to_string).collect();
    if bool_or(nofollow, false) {
        rels.push("nofollow".into());
    }
    rels.push("noopener".into());
    rels.sort();
    rels.dedup();
    let mut attributes = format!(" rel=\"{}\"", escape(&rels.join(" ")));
    if let Some(target) = given(target) {
        attributes += &format!(" target=\"{}\"", escape(&target));
    }
    let escaped = escape(&text::str(&value.unwrap_or_default()));
    let mut out = String::with_capacity(escaped.len());
    for part in escaped.split_inclusive(char::is_whitespace) {
        let word = part.trim_end_matches(char::is_whitespace);
        out.push_str(&link(word, &attributes, limit));
        out.push_str(&part[word.len()..]);
    }
    Ok(Value::from(out))
}

/// One word as a link, if it is an address.
fn link(word: &str, attributes: &str, limit: Option<usize>) -> String {
    let mut middle = word;
    while let Some(rest) = ["(", "<", "&lt;"].iter().find_map(|open| middle.strip_prefix(open)) {
        middle = rest;
    }
    let head = &word[..word.len() - middle.len()];
    let after_head = middle;
    while let Some(rest) =
        [")", ">", ".", ",", "\n", "&gt;"].iter().find_map(|close| middle.strip_suffix(close))
    {
        middle = rest;
    }
    let mut end = middle.len();
    for (open, close) in [("(", ")"), ("<", ">"), ("&lt;", "&gt;")] {
        let inner = &after_head[..end];
        let opened = inner.matches(open).count();
        if opened <= inner.matches(close).count() {
            continue;
        }
        for _ in 0..opened {
            match after_head[end..].find(close) {
                Some(at) => end += at + close.len(),
                None => break,
            }
        }
    }
    let (middle, tail) = after_head.split_at(end);
    let trimmed = |text: &str| match limit {
        Some(limit) if text.chars().count() > limit => text.chars().take(limit).collect::<String>() + "...",
        _ => text.to_string(),
    };
    let matches = |regex: &LazyLock<Option<Regex>>, text: &str| {
        regex.as_ref().is_some_and(|regex| regex.is_match(text))
    };
    let linked = if matches(&URL, middle) {
        let scheme =
            if middle.starts_with("http://") || middle.starts_with("https://") { "" } else { "https://" };
        format!("<a href=\"{scheme}{middle}\"{attributes}>{}</a>", trimmed(middle))
    } else if let Some(address) = middle.strip_prefix("mailto:").filter(|address| matches(&MAIL, address)) {
        format!("<a href=\"{middle}\">{address}</a>")
    } else if middle.contains('@')
        && !middle.starts_with("www.")
        && !middle.starts_with('@')
        && !middle.contains(':')
        && matches(&MAIL, middle)
    {
        format!("<a href=\"mailto:{middle}\">{middle}</a>")
    } else {
        middle.to_string()
    };
    format!("{head}{linked}{tail}")
}
