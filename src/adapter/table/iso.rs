//! Dates and times in text, in the forms that dbt's seeds know.

use chrono::{Datelike, Days, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeZone};

use super::Cell;

/// A cursor over text that takes numbers as Python's `strptime` does: as many digits as make sense.
struct Scanner<'a>(&'a str);

impl Scanner<'_> {
    fn literal(&mut self, c: char) -> Option<()> {
        self.0 = self.0.strip_prefix(c)?;
        Some(())
    }

    fn blanks(&mut self) -> Option<()> {
        let rest = self.0.trim_start();
        (rest.len() < self.0.len()).then(|| self.0 = rest)
    }

    fn year(&mut self) -> Option<i32> {
        let digits = self.0.get(..4).filter(|text| text.bytes().all(|b| b.is_ascii_digit()))?;
        self.0 = &self.0[4..];
        digits.parse().ok()
    }

    /// One or two digits between `low` and `high`.
    fn number(&mut self, low: u32, high: u32) -> Option<u32> {
        for length in [2, 1] {
            let digits = self.0.get(..length).filter(|text| text.bytes().all(|b| b.is_ascii_digit()));
            if let Some(value) = digits.and_then(|text| text.parse().ok())
                && (low..=high).contains(&value)
            {
                self.0 = &self.0[length..];
                return Some(value);
            }
        }
        None
    }

    fn date(&mut self) -> Option<NaiveDate> {
        let year = self.year().filter(|year| *year > 0)?;
        self.literal('-')?;
        let month = self.number(1, 12)?;
        self.literal('-')?;
        // `%d` takes a blank for its first digit.
        let blank = self.0.strip_prefix(' ').filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        let day = match blank {
            Some(rest) => {
                let day = u32::from(rest.as_bytes()[0] - b'0');
                self.0 = &rest[1..];
                day
            }
            None => self.number(1, 31)?,
        };
        NaiveDate::from_ymd_opt(year, month, day)
    }
}

/// `%Y-%m-%d`.
pub(super) fn calendar_date(text: &str) -> Option<NaiveDate> {
    let mut scanner = Scanner(text);
    scanner.date().filter(|_| scanner.0.is_empty())
}

/// `%Y-%m-%d %H:%M:%S`.
pub(super) fn plain_datetime(text: &str) -> Option<NaiveDateTime> {
    let mut scanner = Scanner(text);
    let date = scanner.date()?;
    scanner.blanks()?;
    let hour = scanner.number(0, 23)?;
    scanner.literal(':')?;
    let minute = scanner.number(0, 59)?;
    scanner.literal(':')?;
    let second = scanner.number(0, 61)?;
    if !scanner.0.is_empty() {
        return None;
    }
    date.and_hms_opt(hour, minute, second)
}

/// An ISO 8601 date and time with the designator `T` between them.
pub(super) fn datetime(text: &str) -> Option<Cell> {
    let (date, time) = text.split_once('T')?;
    if time.contains('T') {
        return None;
    }
    let date = date_of(date)?;
    let (time, zone) = split_zone(time)?;
    let time = date.and_time(time_of(time)?);
    Some(match zone {
        None => Cell::DateTime(time),
        Some(offset) => Cell::DateTimeTz(offset.from_local_datetime(&time).single()?),
    })
}

/// All ISO 8601 date forms with a four-digit year: calendar, week, ordinal, and the shortened ones.
fn date_of(text: &str) -> Option<NaiveDate> {
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { 'd' } else { c }).collect();
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<u32>().ok();
    let calendar = |month: u32, day: u32| {
        let year = number(0, 4)?;
        NaiveDate::from_ymd_opt(year as i32, if month == 0 { 1 } else { month }, day)
    };
    let date = match shape.as_str() {
        "dddd-dd-dd" => calendar(number(5, 7)?, number(8, 10)?),
        "dddddddd" => calendar(number(4, 6)?, number(6, 8)?),
        "dddd-Wdd-d" => week(number(0, 4)?, number(6, 8)?, number(9, 10)?),
        "ddddWddd" => week(number(0, 4)?, number(5, 7)?, number(7, 8)?),
        "dddd-ddd" => ordinal(number(0, 4)?, number(5, 8)?),
        "ddddddd" => ordinal(number(0, 4)?, number(4, 7)?),
        "dddd-Wdd" => week(number(0, 4)?, number(6, 8)?, 1),
        "ddddWdd" => week(number(0, 4)?, number(5, 7)?, 1),
        "dddd-dd" => calendar(number(5, 7)?, 1),
        "dddddd" => calendar(number(4, 6)?, 1),
        "dddd" => calendar(1, 1),
        "dd" => NaiveDate::from_ymd_opt(number(0, 2)? as i32 * 100 + 1, 1, 1),
        _ => None,
    };
    date.filter(|date| date.year() > 0)
}

fn first_of(year: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year as i32, 1, 1).filter(|date| date.year() > 0)
}

fn ordinal(year: u32, day: u32) -> Option<NaiveDate> {
    first_of(year)?.checked_sub_days(Days::new(1))?.checked_add_days(Days::new(u64::from(day)))
}

fn week(year: u32, week: u32, day: u32) -> Option<NaiveDate> {
    let first = first_of(year)?;
    let weeks = i64::from(week) - i64::from(first.iso_week().week() == 1);
    let days = weeks * 7 + i64::from(day) - i64::from(first.weekday().number_from_monday());
    first.checked_add_signed(chrono::TimeDelta::try_days(days)?)
}

/// The time before the zone designator, and the zone's offset.
fn split_zone(text: &str) -> Option<(&str, Option<FixedOffset>)> {
    if let Some(time) = text.strip_suffix('Z') {
        return Some((time, FixedOffset::east_opt(0)));
    }
    let Some(at) = text.find(['+', '-']) else { return Some((text, None)) };
    let (time, zone) = text.split_at(at);
    let digits = &zone.as_bytes()[1..];
    let digits: Vec<u8> = match digits {
        [_, _] | [_, _, _, _] => digits.to_vec(),
        [a, b, b':', c, d] => vec![*a, *b, *c, *d],
        _ => return None,
    };
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let pair = |at: usize| {
        digits.get(at..at + 2).map_or(0, |p| i32::from(p[0] - b'0') * 10 + i32::from(p[1] - b'0'))
    };
    let seconds = pair(0) * 3600 + pair(2) * 60;
    let offset = FixedOffset::east_opt(if zone.starts_with('-') { -seconds } else { seconds })?;
    Some((time, Some(offset)))
}

/// `hh:mm:ss`, `hhmmss`, `hh:mm`, `hhmm` or `hh`, the last part with a fraction or without.
fn time_of(text: &str) -> Option<NaiveTime> {
    let (whole, fraction) = match text.find([',', '.']) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let shape: String = whole.chars().map(|c| if c.is_ascii_digit() { 'd' } else { c }).collect();
    let number = |from: usize| whole.get(from..from + 2).and_then(|text| text.parse::<u64>().ok());
    let (parts, unit) = match shape.as_str() {
        "dd:dd:dd" => ([number(0)?, number(3)?, number(6)?], 1),
        "dddddd" => ([number(0)?, number(2)?, number(4)?], 1),
        "dd:dd" => ([number(0)?, number(3)?, 0], 60),
        "dddd" => ([number(0)?, number(2)?, 0], 60),
        "dd" => ([number(0)?, 0, 0], 3600),
        _ => return None,
    };
    let micros = match fraction {
        None => 0,
        Some(digits) if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) => {
            // More than 20 digits cannot change a microsecond.
            let digits = &digits[..digits.len().min(20)];
            let value = digits.parse::<u128>().ok()? * unit * 1_000_000;
            u64::try_from(value / 10u128.pow(digits.len() as u32)).ok()?
        }
        Some(_) => return None,
    };
    let [hour, minute, second] = parts;
    let base = NaiveTime::from_hms_opt(hour as u32, minute as u32, second as u32)?;
    base.overflowing_add_signed(chrono::TimeDelta::microseconds(micros as i64)).0.into()
}
