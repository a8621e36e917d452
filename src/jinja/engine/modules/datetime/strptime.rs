//! `datetime.strptime`, by way of a regular expression as in Python, and `fromisoformat`.

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, Weekday};
use regex::{Captures, Regex};

use super::super::super::error::{R, Raise};
use super::strftime::{day_name, month_name};
use super::zone::Zone;
use super::{PyDateTime, PyTime};
use crate::value::write_str_repr;

fn quoted(text: &str) -> String {
    let mut out = String::new();
    write_str_repr(text, &mut out);
    out
}

fn names(all: impl Iterator<Item = &'static str>, short: bool) -> String {
    let shown = |name: &str| if short { name.chars().take(3).collect() } else { name.to_string() };
    all.map(shown).collect::<Vec<String>>().join("|")
}

/// The expression for a directive; the group is named after it.
fn pattern(directive: char) -> Option<String> {
    Some(match directive {
        'd' => r"(?P<d>3[0-1]|[1-2]\d|0[1-9]|[1-9]| [1-9])".into(),
        'f' => r"(?P<f>[0-9]{1,6})".into(),
        'H' => r"(?P<H>2[0-3]|[0-1]\d|\d)".into(),
        'I' => r"(?P<I>1[0-2]|0[1-9]|[1-9])".into(),
        'G' => r"(?P<G>\d\d\d\d)".into(),
        'j' => r"(?P<j>36[0-6]|3[0-5]\d|[1-2]\d\d|0[1-9]\d|00[1-9]|[1-9]\d|0[1-9]|[1-9])".into(),
        'm' => r"(?P<m>1[0-2]|0[1-9]|[1-9])".into(),
        'M' => r"(?P<M>[0-5]\d|\d)".into(),
        'S' => r"(?P<S>6[0-1]|[0-5]\d|\d)".into(),
        'U' => r"(?P<U>5[0-3]|[0-4]\d|\d)".into(),
        'W' => r"(?P<W>5[0-3]|[0-4]\d|\d)".into(),
        'w' => r"(?P<w>[0-6])".into(),
        'u' => r"(?P<u>[1-7])".into(),
        'V' => r"(?P<V>5[0-3]|0[1-9]|[1-4]\d|\d)".into(),
        'y' => r"(?P<y>\d\d)".into(),
        'Y' => r"(?P<Y>\d\d\d\d)".into(),
        'z' => r"(?P<z>[+-]\d\d:?[0-5]\d(?::?[0-5]\d(?:\.\d{1,6})?)?|Z)".into(),
        'Z' => "(?P<Z>utc|gmt)".into(),
        'p' => "(?P<p>am|pm)".into(),
        'A' => format!("(?P<A>{})", names((0..7).map(day_name), false)),
        'a' => format!("(?P<a>{})", names((0..7).map(day_name), true)),
        'B' => format!("(?P<B>{})", names((1..=12).map(month_name), false)),
        'b' | 'h' => format!("(?P<b>{})", names((1..=12).map(month_name), true)),
        '%' => "%".into(),
        _ => return None,
    })
}

fn expression(format: &str) -> R<String> {
    let mut out = String::from("^(?i)");
    let mut chars = format.chars().peekable();
    while let Some(c) = chars.next() {
        if c.is_whitespace() {
            while chars.next_if(|c| c.is_whitespace()).is_some() {}
            out.push_str(r"\s+");
            continue;
        }
        if c != '%' {
            out.push_str(&regex::escape(c.encode_utf8(&mut [0; 4])));
            continue;
        }
        match chars.next() {
            None => return Err(Raise::value_error(format!("stray % in format {}", quoted(format)))),
            Some('c') => out.push_str(&expression("%a %b %d %H:%M:%S %Y")?[5..]),
            Some('x') => out.push_str(&expression("%m/%d/%y")?[5..]),
            Some('X') => out.push_str(&expression("%H:%M:%S")?[5..]),
            Some(directive) => match pattern(directive) {
                Some(pattern) => out.push_str(&pattern),
                None => {
                    return Err(Raise::value_error(format!(
                        "'{directive}' is a bad directive in format {}",
                        quoted(format)
                    )));
                }
            },
        }
    }
    Ok(out)
}

/// `datetime.strptime(text, format)`
///
/// # Errors
/// Python's `ValueError` when the text does not have the format.
pub(super) fn strptime(text: &str, format: &str) -> R<PyDateTime> {
    let regex = Regex::new(&expression(format)?)
        .map_err(|_| Raise::value_error(format!("redefinition of a group in format {}", quoted(format))))?;
    let Some(found) = regex.captures(text) else {
        return Err(Raise::value_error(format!(
            "time data {} does not match format {}",
            quoted(text),
            quoted(format)
        )));
    };
    let end = found.get(0).map_or(0, |whole| whole.end());
    if end < text.len() {
        return Err(Raise::value_error(format!("unconverted data remains: {}", &text[end..])));
    }
    build(&found)
}

fn build(found: &Captures<'_>) -> R<PyDateTime> {
    let text = |name: &str| found.name(name).map(|part| part.as_str());
    let number = |name: &str| text(name).and_then(|part| part.trim().parse::<i64>().ok());
    let position = |name: &str, all: &mut dyn Iterator<Item = &'static str>| {
        let wanted = text(name)?.to_lowercase();
        all.enumerate().find(|(_, name)| name.to_lowercase().starts_with(&wanted)).map(|(at, _)| at as i64)
    };
    let mut year = number("Y");
    if let Some(short) = number("y") {
        year = Some(if short <= 68 { 2000 + short } else { 1900 + short });
    }
    let month = number("m")
        .or_else(|| position("B", &mut (1..=12).map(month_name)).map(|at| at + 1))
        .or_else(|| position("b", &mut (1..=12).map(month_name)).map(|at| at + 1));
    let day = number("d");
    let mut hour = number("H").unwrap_or(0);
    if let Some(hour12) = number("I") {
        let afternoon = text("p").is_some_and(|half| half.eq_ignore_ascii_case("pm"));
        hour = hour12 % 12 + if afternoon { 12 } else { 0 };
    }
    // Days from Monday.
    let weekday = number("w")
        .map(|day| (day + 6) % 7)
        .or_else(|| number("u").map(|day| day - 1))
        .or_else(|| position("A", &mut (0..7).map(day_name)).map(|at| (at + 6) % 7))
        .or_else(|| position("a", &mut (0..7).map(day_name)).map(|at| (at + 6) % 7));
    let micros = text("f").map_or(0, |digits| format!("{digits:0<6}").parse::<i64>().unwrap_or(0));
    let date = build_date(found, year, (month, day), weekday)?;
    let (second, leap) = match number("S").unwrap_or(0) {
        second @ 60.. => (59, second - 59),
        second => (second, 0),
    };
    let time = NaiveTime::from_hms_micro_opt(
        hour as u32,
        number("M").unwrap_or(0) as u32,
        second as u32,
        micros as u32,
    );
    let naive = NaiveDateTime::new(date, time.unwrap_or(NaiveTime::MIN)) + chrono::TimeDelta::seconds(leap);
    let zone = text("z").map(|offset| Zone::fixed(parse_offset(offset).unwrap_or(0)));
    Ok(PyDateTime { naive, zone })
}

fn build_date(
    found: &Captures<'_>,
    year: Option<i64>,
    (month, day): (Option<i64>, Option<i64>),
    weekday: Option<i64>,
) -> R<NaiveDate> {
    let number = |name: &str| found.name(name).and_then(|part| part.as_str().parse::<i64>().ok());
    let out_of_range = || Raise::value_error("day is out of range for month");
    let weekday_of = |from_monday: i64| Weekday::try_from(from_monday as u8).unwrap_or(Weekday::Mon);
    if let (Some(iso_year), Some(week), Some(weekday)) = (number("G"), number("V"), weekday) {
        return NaiveDate::from_isoywd_opt(iso_year as i32, week as u32, weekday_of(weekday))
            .ok_or_else(|| Raise::value_error(format!("Invalid week: {week}")));
    }
    let in_year = year.unwrap_or(1900) as i32;
    if let Some(ordinal) = number("j").filter(|_| month.is_none() || day.is_none()) {
        return NaiveDate::from_yo_opt(in_year, ordinal as u32).ok_or_else(out_of_range);
    }
    let weeks = number("U").map(|week| (week, 6)).or_else(|| number("W").map(|week| (week, 0)));
    if let (Some((week, first)), Some(weekday), Some(_)) = (weeks, weekday, year) {
        let start = NaiveDate::from_ymd_opt(in_year, 1, 1).ok_or_else(out_of_range)?;
        let start_day = i64::from(start.weekday().num_days_from_monday());
        let first_weekday = (start_day - first).rem_euclid(7);
        let in_week = (weekday - first).rem_euclid(7);
        let days = match week {
            0 => in_week - first_weekday,
            week => (7 - first_weekday) % 7 + 7 * (week - 1) + in_week,
        };
        return start.checked_add_signed(chrono::TimeDelta::days(days)).ok_or_else(out_of_range);
    }
    let (month, day) = (month.unwrap_or(1) as u32, day.unwrap_or(1) as u32);
    // A leap day without a year is one of 1904.
    let in_year = if year.is_none() && (month, day) == (2, 29) { 1904 } else { in_year };
    match NaiveDate::from_ymd_opt(in_year, month, day) {
        Some(date) if year.is_none() && in_year == 1904 => Ok(date.with_year(1900).unwrap_or(date)),
        Some(date) => Ok(date),
        None => Err(out_of_range()),
    }
}

/// Seconds east of UTC of `+02:00`, `+0200`, `-05:30:15` or `Z`.
fn parse_offset(text: &str) -> Option<i64> {
    if text.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = text.get(1..)?.split('.').next()?.chars().filter(|c| *c != ':').collect();
    if !matches!(digits.len(), 2 | 4 | 6) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let part = |at: usize| digits.get(at..at + 2).map_or(Some(0), |part| part.parse::<i64>().ok());
    Some(sign * (part(0)? * 3600 + part(2)? * 60 + part(4)?))
}

/// `date.fromisoformat(text)`
pub(super) fn iso_date(text: &str) -> Option<NaiveDate> {
    if !text.is_ascii() {
        return None;
    }
    let number = |from: usize, to: usize| {
        text.get(from..to).filter(|part| part.bytes().all(|byte| byte.is_ascii_digit()))?.parse::<u32>().ok()
    };
    let year = number(0, 4)? as i32;
    let dashed = text.as_bytes().get(4) == Some(&b'-');
    let at = 4 + usize::from(dashed);
    if text.as_bytes().get(at) == Some(&b'W') {
        let week = number(at + 1, at + 3)?;
        let day = match text.len() - (at + 3) {
            0 => 1,
            1 if !dashed => number(at + 3, at + 4)?,
            2 if dashed && text.as_bytes()[at + 3] == b'-' => number(at + 4, at + 5)?,
            _ => return None,
        };
        let weekday = Weekday::try_from(u8::try_from(day.checked_sub(1)?).ok()?).ok()?;
        return NaiveDate::from_isoywd_opt(year, week, weekday);
    }
    let valid = if dashed { text.len() == 10 && text.as_bytes()[7] == b'-' } else { text.len() == 8 };
    let day_at = at + 2 + usize::from(dashed);
    if !valid {
        return None;
    }
    NaiveDate::from_ymd_opt(year, number(at, at + 2)?, number(day_at, day_at + 2)?)
}

/// `time.fromisoformat(text)`
pub(super) fn iso_time(text: &str) -> Option<PyTime> {
    if !text.is_ascii() {
        return None;
    }
    let text = text.strip_prefix(['T', 't']).unwrap_or(text);
    let zone_at = text.find(['+', '-', 'Z', 'z']).unwrap_or(text.len());
    let (clock, offset) = text.split_at(zone_at);
    let zone = if offset.is_empty() { None } else { Some(Zone::fixed(parse_offset(offset)?)) };
    let (clock, fraction) = match clock.split_once(['.', ',']) {
        Some((clock, fraction)) => (clock, Some(fraction)),
        None => (clock, None),
    };
    let colons = clock.contains(':');
    let parts: Vec<&str> = if colons {
        clock.split(':').collect()
    } else {
        (0..clock.len()).step_by(2).map(|at| clock.get(at..at + 2).unwrap_or("x")).collect()
    };
    if parts.is_empty() || parts.len() > 3 || parts.iter().any(|part| part.len() != 2) {
        return None;
    }
    let number = |at: usize| parts.get(at).map_or(Some(0), |part| part.parse::<u32>().ok());
    let micros = match fraction {
        None => 0,
        Some(digits)
            if parts.len() == 3 && !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) =>
        {
            format!("{digits:0<6}").get(..6)?.parse().ok()?
        }
        Some(_) => return None,
    };
    let time = NaiveTime::from_hms_micro_opt(number(0)?, number(1)?, number(2)?, micros)?;
    Some(PyTime { time, zone })
}

/// `datetime.fromisoformat(text)`
pub(super) fn iso_datetime(text: &str) -> Option<PyDateTime> {
    // The date ends at the separator, which may be any character.
    for length in [10, 8, 7] {
        let Some(date) = text.get(..length).and_then(iso_date) else { continue };
        let rest = &text[length..];
        let Some(separator) = rest.chars().next() else {
            return Some(PyDateTime { naive: date.and_time(NaiveTime::MIN), zone: None });
        };
        if let Some(time) = iso_time(&rest[separator.len_utf8()..]) {
            return Some(PyDateTime { naive: date.and_time(time.time), zone: time.zone });
        }
    }
    None
}

/// The error of the three above.
pub(super) fn invalid_iso(text: &str) -> Raise {
    Raise::value_error(format!("Invalid isoformat string: {}", quoted(text)))
}
