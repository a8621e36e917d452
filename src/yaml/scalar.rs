//! What a plain scalar means: YAML 1.1's implicit types, in PyYAML's reading of them.

use std::sync::LazyLock;

use chrono::{DateTime, FixedOffset, NaiveDate};
use regex::Regex;

use super::digits;
use crate::value::Value;

/// YAML's tag for a scalar, without the `tag:yaml.org,2002:` prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Null,
    Bool,
    Int,
    Float,
    Timestamp,
    Str,
    /// `<<` as a key.
    Merge,
    /// `=`, which only a key may be.
    Default,
}

/// The type of a plain scalar without a tag.
pub fn implicit_kind(text: &str) -> Kind {
    match text.as_bytes() {
        [] | b"~" | b"null" | b"Null" | b"NULL" => Kind::Null,
        b"<<" => Kind::Merge,
        b"=" => Kind::Default,
        [first, ..] => match first {
            b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' if is_bool(text) => {
                Kind::Bool
            }
            b'0'..=b'9' | b'+' | b'-' | b'.' => numeric_kind(text),
            _ => Kind::Str,
        },
    }
}

/// The kind that an explicit `!!name` asks for.
pub fn tagged_kind(name: &str) -> Option<Kind> {
    Some(match name {
        "str" => Kind::Str,
        "int" => Kind::Int,
        "float" => Kind::Float,
        "bool" => Kind::Bool,
        "null" => Kind::Null,
        "timestamp" => Kind::Timestamp,
        "merge" => Kind::Merge,
        "value" => Kind::Default,
        _ => return None,
    })
}

fn is_bool(text: &str) -> bool {
    let lower = || text.to_ascii_lowercase();
    // Only `yes`, `Yes` and `YES`: no other mix of cases.
    let rest = &text[1..];
    let one_case = rest.bytes().all(|byte| byte.is_ascii_lowercase())
        || text.bytes().all(|byte| byte.is_ascii_uppercase());
    one_case && matches!(lower().as_str(), "yes" | "no" | "true" | "false" | "on" | "off")
}

fn numeric_kind(text: &str) -> Kind {
    // Most that begins like a number is one: plain digits need no pattern.
    if text.len() < 19 && text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'))
    {
        return Kind::Int;
    }
    if INT.is_match(text) {
        Kind::Int
    } else if FLOAT.is_match(text) {
        Kind::Float
    } else if TIMESTAMP.is_match(text) {
        Kind::Timestamp
    } else {
        Kind::Str
    }
}

/// The scalar's value as `kind`, or why it has none.
pub fn resolve(kind: Kind, text: &str) -> Result<Value, String> {
    let value = match kind {
        Kind::Null => Some(Value::Null),
        Kind::Str | Kind::Merge | Kind::Default => Some(Value::str(text)),
        Kind::Bool => parse_bool(text),
        Kind::Int => parse_int(text),
        Kind::Float => parse_float(text),
        Kind::Timestamp => parse_timestamp(text),
    };
    value.ok_or_else(|| {
        let wanted = match kind {
            Kind::Bool => "a boolean",
            Kind::Int => "an integer",
            Kind::Float => "a number",
            _ => "a date or time",
        };
        format!("`{text}` is not {wanted}")
    })
}

fn parse_bool(text: &str) -> Option<Value> {
    match text.to_lowercase().as_str() {
        "yes" | "true" | "on" => Some(Value::Bool(true)),
        "no" | "false" | "off" => Some(Value::Bool(false)),
        _ => None,
    }
}

fn split_sign(text: &str) -> (bool, &str) {
    match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    }
}

fn parse_int(text: &str) -> Option<Value> {
    let text = text.replace('_', "");
    let (negative, digits) = split_sign(&text);
    if let Some(binary) = digits.strip_prefix("0b") {
        digits::parse(negative, binary, 2)
    } else if let Some(hex) = digits.strip_prefix("0x") {
        digits::parse(negative, hex, 16)
    } else if digits.len() > 1 && digits.starts_with('0') {
        digits::parse(negative, digits, 8)
    } else if digits.contains(':') {
        digits::parse_sexagesimal(negative, digits)
    } else {
        digits::parse(negative, digits, 10)
    }
}

fn parse_float(text: &str) -> Option<Value> {
    let text = text.replace('_', "").to_ascii_lowercase();
    let (negative, digits) = split_sign(&text);
    let magnitude = match digits {
        ".inf" => f64::INFINITY,
        ".nan" => f64::NAN,
        _ => {
            let mut total = 0.0;
            for part in digits.split(':') {
                total = total * 60.0 + part.parse::<f64>().ok()?;
            }
            total
        }
    };
    Some(Value::Float(if negative { -magnitude } else { magnitude }))
}

fn parse_timestamp(text: &str) -> Option<Value> {
    let fields = LOOSE_TIMESTAMP.captures(text)?;
    let number = |name: &str| fields.name(name).map_or(Some(0), |found| found.as_str().parse::<u32>().ok());
    let year = number("year").filter(|year| *year > 0)?;
    let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, number("month")?, number("day")?)?;
    if fields.name("hour").is_none() {
        return Some(Value::Date(date));
    }
    let fraction = fields.name("fraction").map_or("", |found| found.as_str());
    let micros = format!("{:0<6}", fraction.get(..6).unwrap_or(fraction)).parse().ok()?;
    let local = date.and_hms_micro_opt(number("hour")?, number("minute")?, number("second")?, micros)?;
    let offset = match (fields.name("zone"), fields.name("sign")) {
        (None, _) => return Some(Value::DateTime(local)),
        (Some(_), None) => 0,
        (Some(_), Some(sign)) => {
            let seconds = i32::try_from(number("zone_hour")? * 3600 + number("zone_minute")? * 60).ok()?;
            if sign.as_str() == "-" { -seconds } else { seconds }
        }
    };
    let zone = FixedOffset::east_opt(offset)?;
    let time: Option<DateTime<FixedOffset>> = local.and_local_timezone(zone).single();
    time.map(Value::DateTimeTz)
}

fn pattern(text: &str) -> Regex {
    #[expect(clippy::expect_used, reason = "the patterns are constants, compiled by the tests below")]
    Regex::new(text).expect("constant pattern")
}

static INT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"^(?:[-+]?0b[01_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)",
        r"|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$"
    ))
});

static FLOAT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?",
        r"|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$"
    ))
});

static TIMESTAMP: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"^(?:[0-9]{4}-[0-9]{2}-[0-9]{2}",
        r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?",
        r"(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?)$"
    ))
});

/// What an explicit `!!timestamp` may hold besides: a date with one-digit parts.
static LOOSE_TIMESTAMP: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"^(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})",
        r"(?:(?:[Tt]|[ \t]+)(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})",
        r"(?:\.(?P<fraction>[0-9]*))?",
        r"(?:[ \t]*(?P<zone>Z|(?P<sign>[-+])(?P<zone_hour>[0-9]{1,2})(?::(?P<zone_minute>[0-9]{2}))?))?)?$"
    ))
});
