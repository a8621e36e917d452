//! `--sample`: a window of event time.

use chrono::{DateTime, Months, NaiveDate, NaiveDateTime, TimeDelta, Utc};

use crate::flags::SampleWindow;
use crate::source::FileId;
use crate::value::Value;
use crate::yaml;

/// Reads `3 days` (the window that ends now), or a YAML mapping with `start` and `end`.
///
/// # Errors
/// Says what is wrong with the text.
pub fn parse(text: &str, now: DateTime<Utc>) -> Result<SampleWindow, String> {
    if !text.trim_start().starts_with('{') {
        return relative(text, now);
    }
    let tree = yaml::parse(text, FileId(u32::MAX)).map_err(|error| error.message)?.0;
    let bound = |key: &str| {
        let value = tree.as_ref().and_then(|tree| tree.get(key)).map(|value| value.to_value());
        moment(&value.unwrap_or_default())
            .ok_or_else(|| format!("the sample window needs `{key}`, a date or a time"))
    };
    Ok(SampleWindow { start: bound("start")?, end: bound("end")? })
}

fn moment(value: &Value) -> Option<DateTime<Utc>> {
    match value {
        Value::Date(date) => date.and_hms_opt(0, 0, 0).map(|time| time.and_utc()),
        Value::DateTime(time) => Some(time.and_utc()),
        Value::DateTimeTz(time) => Some(time.naive_local().and_utc()),
        Value::Str(text) => ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"]
            .iter()
            .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
            .or_else(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0))
            .map(|time| time.and_utc()),
        _ => None,
    }
}

fn relative(text: &str, now: DateTime<Utc>) -> Result<SampleWindow, String> {
    let words: Vec<&str> = text.split(' ').collect();
    let [count, grain] = words.as_slice() else {
        return Err(format!("the sample window `{text}` must be a number and a unit, such as `3 days`"));
    };
    let count: u32 = count.parse().map_err(|_| format!("Unable to convert '{count}' to an integer."))?;
    let start = match grain.to_lowercase().trim_end_matches('s') {
        "hour" => now.checked_sub_signed(TimeDelta::hours(count.into())),
        "day" => now.checked_sub_signed(TimeDelta::days(count.into())),
        "month" => now.checked_sub_months(Months::new(count)),
        "year" => now.checked_sub_months(Months::new(count.saturating_mul(12))),
        _ => return Err(format!("Invalid grain size '{grain}': use hours, days, months or years")),
    };
    start
        .map(|start| SampleWindow { start, end: now })
        .ok_or_else(|| format!("`{text}` reaches too far back"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_end_now_or_where_they_say() {
        let now = moment(&Value::str("2024-03-31T12:00:00")).expect("a time");
        let shown =
            |text: &str| parse(text, now).map(|window| (window.start.to_rfc3339(), window.end.to_rfc3339()));
        let noon = "2024-03-31T12:00:00+00:00".to_string();
        assert_eq!(shown("2 days"), Ok(("2024-03-29T12:00:00+00:00".into(), noon.clone())));
        assert_eq!(shown("1 Month"), Ok(("2024-02-29T12:00:00+00:00".into(), noon)));
        let days = ("2024-01-01T00:00:00+00:00".to_string(), "2024-01-02T00:00:00+00:00".to_string());
        assert_eq!(shown("{start: 2024-01-01, end: 2024-01-02}"), Ok(days));
        assert!(shown("3 weeks").is_err());
        assert!(shown("soon").is_err());
    }
}
