//! What a profile holds that nobody is to see.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::value::{Map, Value};

/// What stands in a secret's place.
pub(super) const HIDDEN: &str = "********";

/// Parts of the names of keys that hold secrets.
const WORDS: [&str; 6] = ["pass", "pwd", "secret", "token", "key", "credential"];

/// Keys beside a secret that tell what it is for.
const PLAIN: [&str; 10] = [
    "chain",
    "endpoint",
    "name",
    "persistent",
    "provider",
    "region",
    "scope",
    "type",
    "url_style",
    "use_ssl",
];

/// Shorter values would take half of each message away.
const SHORTEST: usize = 4;

/// The text of a profiles.yml with the rest of each line behind a key that sounds secret starred out, and the secrets in
/// connection strings, byte for byte, so that positions hold.
pub fn starred(text: &str) -> String {
    static LINE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let words = WORDS.join("|");
        Regex::new(&format!(r#"(?im)[\w-]*(?:{words})[\w-]*["']?[ \t]*:[ \t]*(.*)$"#)).ok()
    });
    let stars = |mut text: String, range: Range<usize>| {
        text.replace_range(range.clone(), &"*".repeat(range.len()));
        text
    };
    let lines = LINE.iter().flat_map(|line| line.captures_iter(text)).filter_map(|found| found.get(1));
    let shown = lines.map(|value| value.range()).fold(text.to_string(), stars);
    within(&shown).into_iter().fold(shown, stars)
}

/// Where a text such as `host=h password=p` or `scheme://user:p@host` has its secrets.
fn within(text: &str) -> Vec<Range<usize>> {
    // Most have none, and the expression takes time to make.
    if !text.contains('=') && !text.contains("://") {
        return vec![];
    }
    static SECRET: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let key = format!(r"[\w-]*(?:{})[\w-]*", WORDS.join("|"));
        Regex::new(&format!(r#"(?i){key}=(?:'([^']*)'|"([^"]*)"|([^\s&;'"]+))|://[^\s/@:]*:([^\s/@]+)@"#))
            .ok()
    });
    let found = SECRET.iter().flat_map(|secret| secret.captures_iter(text));
    found.filter_map(|found| found.iter().skip(1).flatten().next()).map(|value| value.range()).collect()
}

/// The text with stars in these places.
pub(super) fn without(text: &str) -> String {
    let mut shown = text.to_string();
    for range in within(text).into_iter().rev() {
        shown.replace_range(range, HIDDEN);
    }
    shown
}

/// The value with stars for the secrets in it. `keys` are those whose values are secrets, in lower case.
pub(super) fn masked(value: Value, keys: &[&str]) -> Value {
    match value {
        Value::Map(map) => Value::Map(
            map.into_iter()
                .map(|(key, value)| {
                    let value = if is_secret(&key, keys) { Value::str(HIDDEN) } else { masked(value, keys) };
                    (key, value)
                })
                .collect(),
        ),
        Value::List(items) => Value::List(items.into_iter().map(|item| masked(item, keys)).collect()),
        Value::Str(text) => Value::Str(without(&text).into()),
        other => other,
    }
}

/// The secrets of a profile's fields, the longest first, since one may be a part of another.
pub(super) fn secrets(fields: &Map, keys: &[&str]) -> Vec<String> {
    let mut found = vec![];
    for (key, value) in fields {
        gather(value, keys.contains(&&**key), keys, &mut found);
    }
    found.retain(|secret| secret.len() >= SHORTEST);
    found.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    found
}

fn gather(value: &Value, hidden: bool, keys: &[&str], found: &mut Vec<String>) {
    match value {
        Value::Map(map) => {
            for (key, value) in map {
                let hidden = is_secret(key, keys) || hidden && !PLAIN.contains(&&*key.to_lowercase());
                gather(value, hidden, keys, found);
            }
        }
        Value::List(items) => items.iter().for_each(|item| gather(item, hidden, keys, found)),
        Value::Null | Value::Bool(_) => {}
        value if hidden => found.push(value.py_str()),
        Value::Str(text) => found.extend(within(text).into_iter().map(|range| text[range].to_string())),
        _ => {}
    }
}

/// Whether a key within a profile's values is a secret's.
fn is_secret(key: &str, keys: &[&str]) -> bool {
    let key = key.to_lowercase();
    keys.contains(&&*key) || WORDS.iter().any(|word| key.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_found_in_connection_strings() {
        let found = |text: &str| -> Vec<String> {
            within(text).into_iter().map(|range| text[range].to_string()).collect()
        };
        assert_eq!(found("postgres:host=h password=p,w port=1"), ["p,w"]);
        assert_eq!(found("dbname=d PASSWORD='p w' user=me"), ["p w"]);
        assert_eq!(found("postgresql://me:pw@host:5432/d?sslmode=require"), ["pw"]);
        assert_eq!(found("md:db?motherduck_token=abc&x=1"), ["abc"]);
        assert!(found("data/keys.duckdb https://host:80/a").is_empty());
    }

    #[test]
    fn secrets_are_starred_out_in_place() {
        let text = "p:\n  user: me\n  Password: 'a: b' # c\n  x: {token: \"t\", port: 1}\n  private_key_path: é\n  path: pg:password=pw\n";
        let shown = "p:\n  user: me\n  Password: **********\n  x: {token: *************\n  private_key_path: **\n  path: pg:password=**\n";
        assert_eq!(starred(text), shown);
        assert_eq!(starred(text).len(), text.len());
    }
}
