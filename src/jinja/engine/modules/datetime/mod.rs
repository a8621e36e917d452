//! Python's `datetime`: dates, times, datetimes, timedeltas and time zones.

mod arith;
mod classes;
mod methods;
mod strftime;
mod strptime;
mod zone;

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use chrono::{Datelike, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Timelike};
use minijinja::Value;
use minijinja::value::{Object, ObjectRepr};

use super::super::error::R;
use super::super::methods::Method;
pub(crate) use arith::{absolute, arithmetic, negate};
pub(crate) use zone::{Zone, by_name};

/// Microseconds of a day.
pub(crate) const DAY: i128 = 86_400_000_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PyDate(pub NaiveDate);

#[derive(Clone, Debug)]
pub(crate) struct PyTime {
    pub time: NaiveTime,
    pub zone: Option<Zone>,
}

#[derive(Clone, Debug)]
pub(crate) struct PyDateTime {
    pub naive: NaiveDateTime,
    pub zone: Option<Zone>,
}

/// A duration in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PyDelta(pub i128);

impl PyDateTime {
    /// Seconds east of UTC, when there is a time zone.
    pub fn offset(&self) -> Option<i64> {
        self.zone.as_ref().and_then(Zone::constant_offset)
    }

    /// The moment in microseconds of UTC, or of the clock when there is no time zone.
    pub fn micros(&self) -> i128 {
        let utc = self.naive.and_utc();
        i128::from(utc.timestamp()) * 1_000_000 + i128::from(utc.timestamp_subsec_micros())
            - i128::from(self.offset().unwrap_or(0)) * 1_000_000
    }
}

pub(crate) fn date_value(date: NaiveDate) -> Value {
    Value::from_object(PyDate(date))
}

pub(crate) fn datetime_value(naive: NaiveDateTime, offset: Option<FixedOffset>) -> Value {
    let zone = offset.map(|offset| Zone::fixed(i64::from(offset.local_minus_utc())));
    Value::from_object(PyDateTime { naive, zone })
}

pub(crate) fn delta_value(micros: i128) -> Value {
    Value::from_object(PyDelta(micros))
}

/// The plain value of a date or a datetime; times and durations become their text.
pub(crate) fn plain(value: &Value) -> Option<crate::value::Value> {
    use crate::value::Value as Plain;
    if let Some(date) = value.downcast_object_ref::<PyDate>() {
        return Some(Plain::Date(date.0));
    }
    if let Some(datetime) = value.downcast_object_ref::<PyDateTime>() {
        let offset = datetime.offset().and_then(|offset| FixedOffset::east_opt(i32::try_from(offset).ok()?));
        return Some(match offset.and_then(|offset| offset.from_local_datetime(&datetime.naive).single()) {
            Some(time) => Plain::DateTimeTz(time),
            None => Plain::DateTime(datetime.naive),
        });
    }
    text(value).map(Plain::str)
}

pub(crate) fn type_name(value: &Value) -> Option<&'static str> {
    value.as_object()?;
    if value.downcast_object_ref::<PyDateTime>().is_some() {
        Some("datetime")
    } else if value.downcast_object_ref::<PyDate>().is_some() {
        Some("date")
    } else if value.downcast_object_ref::<PyTime>().is_some() {
        Some("time")
    } else if value.downcast_object_ref::<PyDelta>().is_some() {
        Some("timedelta")
    } else {
        value.downcast_object_ref::<Zone>().map(Zone::type_name)
    }
}

/// `str(value)`
pub(crate) fn text(value: &Value) -> Option<String> {
    if let Some(datetime) = value.downcast_object_ref::<PyDateTime>() {
        return Some(iso_datetime(datetime, ' '));
    }
    if let Some(date) = value.downcast_object_ref::<PyDate>() {
        return Some(iso_date(date.0));
    }
    if let Some(time) = value.downcast_object_ref::<PyTime>() {
        return Some(iso_time(time));
    }
    if let Some(delta) = value.downcast_object_ref::<PyDelta>() {
        return Some(delta_text(*delta));
    }
    value.downcast_object_ref::<Zone>().map(Zone::text)
}

/// `repr(value)`
pub(crate) fn repr(value: &Value) -> Option<String> {
    if let Some(datetime) = value.downcast_object_ref::<PyDateTime>() {
        let date = datetime.naive.date();
        let clock = clock_fields(datetime.naive.time());
        let zone = zone_field(datetime.zone.as_ref());
        return Some(format!(
            "datetime.datetime({}, {}, {}, {clock}{zone})",
            date.year(),
            date.month(),
            date.day()
        ));
    }
    if let Some(PyDate(date)) = value.downcast_object_ref::<PyDate>() {
        return Some(format!("datetime.date({}, {}, {})", date.year(), date.month(), date.day()));
    }
    if let Some(time) = value.downcast_object_ref::<PyTime>() {
        return Some(format!("datetime.time({}{})", clock_fields(time.time), zone_field(time.zone.as_ref())));
    }
    if let Some(delta) = value.downcast_object_ref::<PyDelta>() {
        return Some(delta_repr(*delta));
    }
    value.downcast_object_ref::<Zone>().map(Zone::repr)
}

fn clock_fields(time: NaiveTime) -> String {
    let micros = time.nanosecond() / 1_000;
    let mut out = format!("{}, {}", time.hour(), time.minute());
    if time.second() != 0 || micros != 0 {
        out += &format!(", {}", time.second());
    }
    if micros != 0 {
        out += &format!(", {micros}");
    }
    out
}

fn zone_field(zone: Option<&Zone>) -> String {
    zone.map_or_else(String::new, |zone| format!(", tzinfo={}", zone.repr()))
}

pub(crate) fn iso_date(date: NaiveDate) -> String {
    format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day())
}

pub(crate) fn iso_clock(time: NaiveTime) -> String {
    let micros = time.nanosecond() / 1_000;
    let mut out = format!("{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second());
    if micros != 0 {
        out += &format!(".{micros:06}");
    }
    out
}

/// `+02:00`, with seconds when there are some.
pub(crate) fn iso_offset(offset: i64) -> String {
    let sign = if offset < 0 { '-' } else { '+' };
    let seconds = offset.unsigned_abs();
    let mut out = format!("{sign}{:02}:{:02}", seconds / 3600, seconds / 60 % 60);
    if !seconds.is_multiple_of(60) {
        out += &format!(":{:02}", seconds % 60);
    }
    out
}

pub(crate) fn iso_datetime(datetime: &PyDateTime, separator: char) -> String {
    let mut out = iso_date(datetime.naive.date());
    out.push(separator);
    out += &iso_clock(datetime.naive.time());
    if let Some(offset) = datetime.offset() {
        out += &iso_offset(offset);
    }
    out
}

pub(crate) fn iso_time(time: &PyTime) -> String {
    let mut out = iso_clock(time.time);
    if let Some(offset) = time.zone.as_ref().and_then(Zone::constant_offset) {
        out += &iso_offset(offset);
    }
    out
}

/// Days, seconds and microseconds as Python keeps them: only the days may be negative.
pub(crate) fn delta_parts(delta: PyDelta) -> (i128, i128, i128) {
    let rest = delta.0.rem_euclid(DAY);
    (delta.0.div_euclid(DAY), rest / 1_000_000, rest % 1_000_000)
}

fn delta_text(delta: PyDelta) -> String {
    let (days, seconds, micros) = delta_parts(delta);
    let mut out = String::new();
    if days != 0 {
        let plural = if days.abs() == 1 { "" } else { "s" };
        out += &format!("{days} day{plural}, ");
    }
    out += &format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if micros != 0 {
        out += &format!(".{micros:06}");
    }
    out
}

pub(crate) fn delta_repr(delta: PyDelta) -> String {
    let (days, seconds, micros) = delta_parts(delta);
    let parts: Vec<String> = [("days", days), ("seconds", seconds), ("microseconds", micros)]
        .iter()
        .filter(|(_, count)| *count != 0)
        .map(|(name, count)| format!("{name}={count}"))
        .collect();
    let inside = if parts.is_empty() { "0".to_string() } else { parts.join(", ") };
    format!("datetime.timedelta({inside})")
}

pub(crate) fn compare(left: &Value, right: &Value) -> Option<Option<Ordering>> {
    if let (Some(left), Some(right)) =
        (left.downcast_object_ref::<PyDateTime>(), right.downcast_object_ref::<PyDateTime>())
    {
        let comparable = left.zone.is_some() == right.zone.is_some();
        return Some(comparable.then(|| left.micros().cmp(&right.micros())));
    }
    if let (Some(left), Some(right)) =
        (left.downcast_object_ref::<PyDate>(), right.downcast_object_ref::<PyDate>())
    {
        return Some(Some(left.0.cmp(&right.0)));
    }
    if let (Some(left), Some(right)) =
        (left.downcast_object_ref::<PyDelta>(), right.downcast_object_ref::<PyDelta>())
    {
        return Some(Some(left.0.cmp(&right.0)));
    }
    if let (Some(left), Some(right)) =
        (left.downcast_object_ref::<PyTime>(), right.downcast_object_ref::<PyTime>())
    {
        let comparable = left.zone.is_some() == right.zone.is_some();
        return Some(comparable.then(|| left.time.cmp(&right.time)));
    }
    if let (Some(left), Some(right)) =
        (left.downcast_object_ref::<Zone>(), right.downcast_object_ref::<Zone>())
    {
        return Some((left == right).then_some(Ordering::Equal));
    }
    type_name(left).or_else(|| type_name(right)).map(|_| None)
}

/// `format(value, spec)`: `strftime`.
pub(crate) fn format(value: &Value, spec: &str) -> Option<R<String>> {
    if let Some(time) = value.downcast_object_ref::<PyTime>() {
        let day = NaiveDate::from_ymd_opt(1900, 1, 1)?;
        let datetime = PyDateTime { naive: day.and_time(time.time), zone: time.zone.clone() };
        return Some(strftime::strftime(&datetime, spec));
    }
    let datetime = methods::datetime_of(value).ok()?;
    Some(strftime::strftime(&datetime, spec))
}

pub(crate) fn method(value: &Value, name: &str) -> Option<Method> {
    value.as_object()?;
    methods::find(value, name)
}

/// What `modules.datetime` holds.
pub(super) fn exports() -> Vec<(&'static str, Value)> {
    classes::exports()
}

macro_rules! value_object {
    ($($type:ty),+) => {$(
        impl Object for $type {
            fn repr(self: &Arc<Self>) -> ObjectRepr {
                ObjectRepr::Plain
            }

            fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
                self.attribute(key.as_str()?)
            }

            fn is_true(self: &Arc<Self>) -> bool {
                self.truth()
            }

            fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&text(&Value::from_dyn_object(self.clone())).unwrap_or_default())
            }
        }
    )+};
}

value_object!(PyDate, PyTime, PyDateTime, PyDelta, Zone);

impl PyDate {
    fn attribute(&self, name: &str) -> Option<Value> {
        date_attribute(self.0, name)
    }

    fn truth(&self) -> bool {
        true
    }
}

fn date_attribute(date: NaiveDate, name: &str) -> Option<Value> {
    Some(match name {
        "year" => Value::from(date.year()),
        "month" => Value::from(date.month()),
        "day" => Value::from(date.day()),
        _ => return None,
    })
}

fn time_attribute(time: NaiveTime, name: &str) -> Option<Value> {
    Some(match name {
        "hour" => Value::from(time.hour()),
        "minute" => Value::from(time.minute()),
        "second" => Value::from(time.second()),
        "microsecond" => Value::from(time.nanosecond() / 1_000),
        "fold" => Value::from(0),
        _ => return None,
    })
}

fn zone_value(zone: Option<&Zone>) -> Value {
    zone.map_or_else(super::super::value::none, |zone| Value::from_object(zone.clone()))
}

impl PyTime {
    fn attribute(&self, name: &str) -> Option<Value> {
        match name {
            "tzinfo" => Some(zone_value(self.zone.as_ref())),
            _ => time_attribute(self.time, name),
        }
    }

    fn truth(&self) -> bool {
        true
    }
}

impl PyDateTime {
    fn attribute(&self, name: &str) -> Option<Value> {
        match name {
            "tzinfo" => Some(zone_value(self.zone.as_ref())),
            _ => date_attribute(self.naive.date(), name).or_else(|| time_attribute(self.naive.time(), name)),
        }
    }

    fn truth(&self) -> bool {
        true
    }
}

impl PyDelta {
    fn attribute(&self, name: &str) -> Option<Value> {
        let (days, seconds, micros) = delta_parts(*self);
        let number = super::super::value::int;
        Some(match name {
            "days" => number(days),
            "seconds" => number(seconds),
            "microseconds" => number(micros),
            _ => return None,
        })
    }

    fn truth(&self) -> bool {
        self.0 != 0
    }
}

impl Zone {
    fn truth(&self) -> bool {
        true
    }
}
