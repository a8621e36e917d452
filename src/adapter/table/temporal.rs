//! Dates, times and intervals out of Arrow arrays, within the range that Python knows.

use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_array::types::*;
use arrow_schema::{DataType, IntervalUnit, TimeUnit};
use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone};

use super::fetch::Raw;

pub(super) fn read_date(array: &dyn Array, row: usize) -> Raw<'static> {
    let days = match array.data_type() {
        DataType::Date32 => i64::from(array.as_primitive::<Date32Type>().value(row)),
        _ => array.as_primitive::<Date64Type>().value(row).div_euclid(86_400_000),
    };
    let epoch = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap_or_default();
    let date = chrono::TimeDelta::try_days(days).and_then(|delta| epoch.checked_add_signed(delta));
    match date {
        Some(date) if (1..=9999).contains(&chrono::Datelike::year(&date)) => Raw::Date(date),
        _ if days > 0 => NaiveDate::from_ymd_opt(9999, 12, 31).map_or(Raw::None, Raw::Date),
        _ => NaiveDate::from_ymd_opt(1, 1, 1).map_or(Raw::None, Raw::Date),
    }
}

pub(super) fn read_time(array: &dyn Array, row: usize) -> Raw<'static> {
    let micros = match array.data_type() {
        DataType::Time32(TimeUnit::Second) => {
            i64::from(array.as_primitive::<Time32SecondType>().value(row)) * 1_000_000
        }
        DataType::Time32(_) => i64::from(array.as_primitive::<Time32MillisecondType>().value(row)) * 1000,
        DataType::Time64(TimeUnit::Nanosecond) => {
            array.as_primitive::<Time64NanosecondType>().value(row) / 1000
        }
        _ => array.as_primitive::<Time64MicrosecondType>().value(row),
    };
    time_text(micros).map_or(Raw::None, Raw::Time)
}

/// Python's `str(time)` of the microseconds since midnight.
pub(super) fn time_text(micros: i64) -> Option<String> {
    let seconds = u32::try_from(micros / 1_000_000).ok()?.min(86_399);
    let rest = (micros % 1_000_000) as u32;
    let time = NaiveTime::from_num_seconds_from_midnight_opt(seconds, rest * 1000)?;
    Some(time.format(if rest == 0 { "%H:%M:%S" } else { "%H:%M:%S%.6f" }).to_string())
}

pub(super) fn offset_text(seconds: i32) -> String {
    let (sign, size) = (if seconds < 0 { '-' } else { '+' }, seconds.abs());
    let rest = if size % 60 == 0 { String::new() } else { format!(":{:02}", size % 60) };
    format!("{sign}{:02}:{:02}{rest}", size / 3600, size / 60 % 60)
}

pub(super) fn read_timestamp(
    array: &dyn Array,
    unit: TimeUnit,
    zone: Option<&str>,
    row: usize,
) -> Raw<'static> {
    let micros = match unit {
        TimeUnit::Second => array.as_primitive::<TimestampSecondType>().value(row).checked_mul(1_000_000),
        TimeUnit::Millisecond => {
            array.as_primitive::<TimestampMillisecondType>().value(row).checked_mul(1000)
        }
        TimeUnit::Microsecond => Some(array.as_primitive::<TimestampMicrosecondType>().value(row)),
        TimeUnit::Nanosecond => {
            Some(array.as_primitive::<TimestampNanosecondType>().value(row).div_euclid(1000))
        }
    };
    // The last and first moments that Python knows stand for the infinities.
    let bound = |last: bool| {
        let date =
            if last { NaiveDate::from_ymd_opt(9999, 12, 31) } else { NaiveDate::from_ymd_opt(1, 1, 1) };
        date.and_then(|date| {
            if last { date.and_hms_micro_opt(23, 59, 59, 999_999) } else { date.and_hms_opt(0, 0, 0) }
        })
    };
    let time = micros
        .filter(|micros| *micros != i64::MAX && *micros != -i64::MAX)
        .and_then(DateTime::from_timestamp_micros)
        .map(|time| time.naive_utc())
        .filter(|time| (1..=9999).contains(&chrono::Datelike::year(time)))
        .or_else(|| bound(micros.unwrap_or(i64::MAX) > 0));
    let Some(time) = time else { return Raw::None };
    match zone {
        None => Raw::DateTime(time),
        Some(zone) => Raw::DateTimeTz(in_zone(time, zone)),
    }
}

fn in_zone(utc: NaiveDateTime, zone: &str) -> DateTime<FixedOffset> {
    let offset = if let Ok(zone) = zone.parse::<chrono_tz::Tz>() {
        zone.offset_from_utc_datetime(&utc).fix()
    } else {
        parse_offset(zone).unwrap_or_else(|| chrono::Utc.fix())
    };
    offset.from_utc_datetime(&utc)
}

/// `+02:00` or `-0330`.
fn parse_offset(text: &str) -> Option<FixedOffset> {
    let (sign, rest) = match text.as_bytes().first()? {
        b'+' => (1, &text[1..]),
        b'-' => (-1, &text[1..]),
        _ => return None,
    };
    let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
    let hours: i32 = digits.get(..2)?.parse().ok()?;
    let minutes: i32 = digits.get(2..4).map_or(Ok(0), str::parse).ok()?;
    FixedOffset::east_opt(sign * (hours * 3600 + minutes * 60))
}

pub(super) fn read_interval(array: &dyn Array, unit: IntervalUnit, row: usize) -> Raw<'static> {
    match unit {
        IntervalUnit::YearMonth => {
            Raw::Delta(i64::from(array.as_primitive::<IntervalYearMonthType>().value(row)) * 30, 0)
        }
        IntervalUnit::DayTime => {
            let value = array.as_primitive::<IntervalDayTimeType>().value(row);
            Raw::Delta(i64::from(value.days), i64::from(value.milliseconds) * 1000)
        }
        IntervalUnit::MonthDayNano => {
            let value = array.as_primitive::<IntervalMonthDayNanoType>().value(row);
            Raw::Delta(i64::from(value.months) * 30 + i64::from(value.days), value.nanoseconds / 1000)
        }
    }
}

pub(super) fn read_duration(array: &dyn Array, unit: TimeUnit, row: usize) -> Raw<'static> {
    let micros = match unit {
        TimeUnit::Second => array.as_primitive::<DurationSecondType>().value(row).saturating_mul(1_000_000),
        TimeUnit::Millisecond => {
            array.as_primitive::<DurationMillisecondType>().value(row).saturating_mul(1000)
        }
        TimeUnit::Microsecond => array.as_primitive::<DurationMicrosecondType>().value(row),
        TimeUnit::Nanosecond => array.as_primitive::<DurationNanosecondType>().value(row) / 1000,
    };
    Raw::Delta(0, micros)
}
