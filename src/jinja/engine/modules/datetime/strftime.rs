//! `strftime`, as glibc prints it, and the clock of `isoformat`.

use chrono::{Datelike, NaiveTime, Timelike};

use super::super::super::error::{R, Raise};
use super::{PyDateTime, iso_clock};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

pub(super) fn month_name(month: u32) -> &'static str {
    MONTHS.get(month as usize - 1).copied().unwrap_or_default()
}

/// Name of a day, counted from Sunday.
pub(super) fn day_name(day: u32) -> &'static str {
    DAYS.get(day as usize).copied().unwrap_or_default()
}

/// A clock in `isoformat`'s precision.
pub(super) fn clock(time: NaiveTime, timespec: &str) -> R<String> {
    let micros = time.nanosecond() / 1_000;
    let (hour, minute, second) = (time.hour(), time.minute(), time.second());
    Ok(match timespec {
        "auto" => iso_clock(time),
        "hours" => format!("{hour:02}"),
        "minutes" => format!("{hour:02}:{minute:02}"),
        "seconds" => format!("{hour:02}:{minute:02}:{second:02}"),
        "milliseconds" => format!("{hour:02}:{minute:02}:{second:02}.{:03}", micros / 1_000),
        "microseconds" => format!("{hour:02}:{minute:02}:{second:02}.{micros:06}"),
        _ => return Err(Raise::value_error("Unknown timespec value")),
    })
}

/// Prints by a format; flags and unknown directives are treated as glibc treats them.
pub(super) fn strftime(datetime: &PyDateTime, format: &str) -> R<String> {
    let mut out = String::with_capacity(format.len() * 2);
    let mut rest = format;
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        let directive = &rest[at + 1..];
        let flags =
            directive.find(|c: char| !matches!(c, '-' | '_' | '0' | '^' | '#')).unwrap_or(directive.len());
        let (flags, after) = directive.split_at(flags);
        let digits = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
        let (width, after) = after.split_at(digits);
        let after = after.strip_prefix(['E', 'O']).unwrap_or(after);
        let Some(kind) = after.chars().next() else {
            out.push_str(&rest[at..]);
            return Ok(out);
        };
        rest = &after[kind.len_utf8()..];
        match field(datetime, kind)? {
            Some(field) => out.push_str(&field.print(flags, width.parse().ok())),
            None => {
                out.push('%');
                out.push_str(flags);
                out.push_str(width);
                out.push(kind);
            }
        }
    }
    out.push_str(rest);
    Ok(out)
}

enum Field {
    Text(String),
    /// A number, its width, and what fills it.
    Number(i64, usize, char),
}

impl Field {
    fn print(self, flags: &str, width: Option<usize>) -> String {
        let mut fill = None;
        let mut upper = false;
        for flag in flags.chars() {
            match flag {
                '-' | '_' | '0' => fill = Some(flag),
                '^' | '#' => upper = true,
                _ => {}
            }
        }
        let text = match self {
            Field::Text(text) => {
                let missing = width.unwrap_or(0).min(1_000).saturating_sub(text.chars().count());
                let c = if fill == Some('0') { "0" } else { " " };
                format!("{}{text}", c.repeat(missing))
            }
            Field::Number(value, default, c) => {
                let width = width.unwrap_or(default).min(1_000);
                match fill {
                    Some('-') => value.to_string(),
                    Some('_') => format!("{value:width$}"),
                    Some('0') => format!("{value:0width$}"),
                    _ if c == ' ' => format!("{value:width$}"),
                    _ => format!("{value:0width$}"),
                }
            }
        };
        if upper { text.to_uppercase() } else { text }
    }
}

fn field(datetime: &PyDateTime, kind: char) -> R<Option<Field>> {
    let (date, time) = (datetime.naive.date(), datetime.naive.time());
    let number = |value: i64, width: usize| Field::Number(value, width, '0');
    let text = |text: &str| Field::Text(text.to_string());
    let short = |text: &str| Field::Text(text.chars().take(3).collect());
    let hour12 = i64::from(time.hour12().1);
    let weekday = date.weekday().num_days_from_sunday();
    let ordinal = i64::from(date.ordinal0());
    let nested = |format: &str| strftime(datetime, format).map(Field::Text);
    Ok(Some(match kind {
        'Y' => Field::Number(i64::from(date.year()), 1, '0'),
        'C' => number(i64::from(date.year() / 100), 2),
        'y' => number(i64::from(date.year().rem_euclid(100)), 2),
        'G' => Field::Number(i64::from(date.iso_week().year()), 1, '0'),
        'g' => number(i64::from(date.iso_week().year().rem_euclid(100)), 2),
        'm' => number(i64::from(date.month()), 2),
        'B' => text(month_name(date.month())),
        'b' | 'h' => short(month_name(date.month())),
        'd' => number(i64::from(date.day()), 2),
        'e' => Field::Number(i64::from(date.day()), 2, ' '),
        'j' => number(ordinal + 1, 3),
        'A' => text(day_name(weekday)),
        'a' => short(day_name(weekday)),
        'w' => number(i64::from(weekday), 1),
        'u' => number(i64::from(date.weekday().number_from_monday()), 1),
        'U' => number((ordinal + 7 - i64::from(weekday)) / 7, 2),
        'W' => number((ordinal + 7 - i64::from(date.weekday().num_days_from_monday())) / 7, 2),
        'V' => number(i64::from(date.iso_week().week()), 2),
        'H' => number(i64::from(time.hour()), 2),
        'k' => Field::Number(i64::from(time.hour()), 2, ' '),
        'I' => number(hour12, 2),
        'l' => Field::Number(hour12, 2, ' '),
        'M' => number(i64::from(time.minute()), 2),
        'S' => number(i64::from(time.second()), 2),
        'f' => number(i64::from(time.nanosecond() / 1_000), 6),
        'p' => text(if time.hour() < 12 { "AM" } else { "PM" }),
        'P' => text(if time.hour() < 12 { "am" } else { "pm" }),
        's' => number((datetime.micros() / 1_000_000) as i64, 1),
        'z' => Field::Text(offset_text(datetime)),
        'Z' => Field::Text(datetime.zone.as_ref().map_or_else(String::new, super::Zone::name)),
        'D' | 'x' => nested("%m/%d/%y")?,
        'F' => nested("%Y-%m-%d")?,
        'T' | 'X' => nested("%H:%M:%S")?,
        'R' => nested("%H:%M")?,
        'r' => nested("%I:%M:%S %p")?,
        'c' => nested("%a %b %e %H:%M:%S %Y")?,
        'n' => text("\n"),
        't' => text("\t"),
        '%' => text("%"),
        _ => return Ok(None),
    }))
}

/// `%z`: `+0200`, empty without a time zone.
fn offset_text(datetime: &PyDateTime) -> String {
    let Some(offset) = datetime.offset() else { return String::new() };
    let sign = if offset < 0 { '-' } else { '+' };
    let seconds = offset.unsigned_abs();
    let mut out = format!("{sign}{:02}{:02}", seconds / 3600, seconds / 60 % 60);
    if seconds % 60 != 0 {
        out += &format!("{:02}", seconds % 60);
    }
    out
}
