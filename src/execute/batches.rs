//! The time slices that a microbatch model is built in.
//!
//! <https://docs.getdbt.com/docs/build/incremental-microbatch>

use chrono::{DateTime, Datelike, Duration, Months, NaiveDate, NaiveDateTime, Timelike, Utc};

use crate::diag::Diagnostic;
use crate::manifest::Node;
use crate::value::Value;

/// Start and end of one batch.
pub type Batch = (DateTime<Utc>, DateTime<Utc>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchSize {
    Hour,
    Day,
    Month,
    Year,
}

impl BatchSize {
    pub fn parse(word: &str) -> Option<BatchSize> {
        match word {
            "hour" => Some(BatchSize::Hour),
            "day" => Some(BatchSize::Day),
            "month" => Some(BatchSize::Month),
            "year" => Some(BatchSize::Year),
            _ => None,
        }
    }

    /// The start of the slice that holds `time`.
    pub fn truncate(self, time: DateTime<Utc>) -> DateTime<Utc> {
        let (month, day, hour) = match self {
            BatchSize::Hour => (time.month(), time.day(), time.hour()),
            BatchSize::Day => (time.month(), time.day(), 0),
            BatchSize::Month => (time.month(), 1, 0),
            BatchSize::Year => (1, 1, 0),
        };
        NaiveDate::from_ymd_opt(time.year(), month, day)
            .and_then(|date| date.and_hms_opt(hour, 0, 0))
            .map_or(time, |time| time.and_utc())
    }

    /// The start of the slice that lies `steps` after the one that holds `time`.
    pub fn offset(self, time: DateTime<Utc>, steps: i64) -> DateTime<Utc> {
        let start = self.truncate(time);
        let months = |count: i64| {
            let by = Months::new(u32::try_from(count.unsigned_abs()).unwrap_or(u32::MAX));
            if count < 0 { start.checked_sub_months(by) } else { start.checked_add_months(by) }
        };
        let moved = match self {
            BatchSize::Hour => Duration::try_hours(steps).and_then(|by| start.checked_add_signed(by)),
            BatchSize::Day => Duration::try_days(steps).and_then(|by| start.checked_add_signed(by)),
            BatchSize::Month => months(steps),
            BatchSize::Year => months(steps.saturating_mul(12)),
        };
        // Beyond the calendar there is nothing to build.
        moved.unwrap_or(start)
    }

    /// `time` itself when a slice starts there, else the start of the next one.
    pub fn ceiling(self, time: DateTime<Utc>) -> DateTime<Utc> {
        if self.truncate(time) == time { time } else { self.offset(time, 1) }
    }

    /// How a batch is called in logs and in file names.
    pub fn label(self, start: DateTime<Utc>) -> String {
        let format = match self {
            BatchSize::Hour => "%Y-%m-%dT%H",
            BatchSize::Day => "%Y-%m-%d",
            BatchSize::Month => "%Y-%m",
            BatchSize::Year => "%Y",
        };
        start.format(format).to_string()
    }

    /// `model.batch.id`.
    pub fn id(self, start: DateTime<Utc>) -> String {
        self.label(start).replace('-', "")
    }
}

/// What decides the slices besides the model.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// `--event-time-start` and `--event-time-end`, or those of `--sample`.
    pub start: Option<DateTime<Utc>>,
    pub end: Option<DateTime<Utc>>,
    /// When the invocation (or the one that is retried) began.
    pub now: DateTime<Utc>,
    /// The model's table is there and is added to.
    pub is_incremental: bool,
}

/// The model's batch size.
///
/// # Errors
/// It is not set, or is no size.
pub fn size_of(node: &Node) -> Result<BatchSize, Diagnostic> {
    node.config.get_str("batch_size").and_then(BatchSize::parse).ok_or_else(|| {
        Diagnostic::error(
            "microbatch",
            format!("Microbatch model '{}' does not have a 'batch_size' config", node.name),
        )
        .at(node.span)
        .help("set `batch_size` to `hour`, `day`, `month` or `year`")
    })
}

/// The batches to build, in order of time; none when the window ends before it begins.
///
/// # Errors
/// No batch size, or no `begin` where it is needed.
pub fn batches(node: &Node, window: &Window) -> Result<Vec<Batch>, Diagnostic> {
    let size = size_of(node)?;
    let end = size.ceiling(window.end.unwrap_or(window.now));
    let start = start_of(node, size, window, end)?;
    let mut batches = vec![(start, size.offset(start, 1))];
    while let Some((_, until)) = batches.last().copied().filter(|(_, until)| *until < end) {
        let next = size.offset(until, 1);
        if next <= until {
            break;
        }
        batches.push((until, next));
    }
    if let Some(last) = batches.last_mut() {
        last.1 = end;
    }
    Ok(batches)
}

fn start_of(
    node: &Node,
    size: BatchSize,
    window: &Window,
    end: DateTime<Utc>,
) -> Result<DateTime<Utc>, Diagnostic> {
    if let Some(start) = window.start {
        return Ok(size.truncate(start));
    }
    if !window.is_incremental {
        let begin = node.config.get("begin").and_then(time_of).ok_or_else(|| {
            Diagnostic::error(
                "microbatch",
                format!("Microbatch model '{}' requires a 'begin' configuration.", node.name),
            )
            .at(node.span)
            .help("`begin` is the event time at which the first batch starts, such as `2024-01-01`")
        })?;
        return Ok(size.truncate(begin));
    }
    let lookback = node.config.get("lookback").and_then(Value::as_i64).unwrap_or(1);
    // An end on a boundary opens no slice of its own.
    let boundary = i64::from(size.truncate(end) == end);
    Ok(size.offset(end, -lookback - boundary))
}

/// A date or time of the configuration; without a zone it is UTC.
pub fn time_of(value: &Value) -> Option<DateTime<Utc>> {
    match value {
        Value::Date(date) => date.and_hms_opt(0, 0, 0).map(|time| time.and_utc()),
        Value::DateTime(time) => Some(time.and_utc()),
        Value::DateTimeTz(time) => Some(time.to_utc()),
        Value::Str(text) => parse_time(text),
        _ => None,
    }
}

fn parse_time(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if let Ok(time) = DateTime::parse_from_rfc3339(&text.replacen(' ', "T", 1)) {
        return Some(time.to_utc());
    }
    ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
        .or_else(|| {
            let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
            date.and_hms_opt(0, 0, 0)
        })
        .map(|time| time.and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        parse_time(text).expect("a time")
    }

    /// Expectations are those of dbt's own documentation of these functions.
    #[test]
    fn slices_as_dbt_does() {
        let time = at("2024-09-17 16:06:00");
        for (size, truncated, before, after) in [
            (BatchSize::Hour, "2024-09-17 16:00", "2024-09-17 15:00", "2024-09-17 17:00"),
            (BatchSize::Day, "2024-09-17", "2024-09-16", "2024-09-18"),
            (BatchSize::Month, "2024-09-01", "2024-08-01", "2024-10-01"),
            (BatchSize::Year, "2024-01-01", "2023-01-01", "2025-01-01"),
        ] {
            assert_eq!(size.truncate(time), at(truncated), "{size:?}");
            assert_eq!(size.offset(time, -1), at(before), "{size:?}");
            assert_eq!(size.offset(time, 1), at(after), "{size:?}");
            assert_eq!(size.ceiling(time), at(after), "{size:?}");
            assert_eq!(size.ceiling(at(truncated)), at(truncated), "{size:?}");
        }
        assert_eq!(BatchSize::Month.offset(at("2024-01-31"), -14), at("2022-11-01"));
        assert_eq!(BatchSize::Hour.label(time), "2024-09-17T16");
        assert_eq!(BatchSize::Day.id(time), "20240917");
    }
}
