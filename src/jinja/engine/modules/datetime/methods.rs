//! Methods of dates, times, datetimes and durations.

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike};
use minijinja::Value;

use super::super::super::error::{R, Raise};
use super::super::super::methods::Method;
use super::super::super::run::Args;
use super::super::super::run::args::{int, text_or};
use super::super::super::value::named::NamedTuple;
use super::super::super::value::{none, tuple, type_name};
use super::strftime::{clock, strftime};
use super::zone::{self, Zone};
use super::{PyDate, PyDateTime, PyDelta, PyTime, date_value, delta_value, iso_date, iso_offset};

pub(super) fn find(value: &Value, name: &str) -> Option<Method> {
    if value.downcast_object_ref::<PyDateTime>().is_some() {
        datetime(name)
    } else if value.downcast_object_ref::<PyDate>().is_some() {
        date(name)
    } else if value.downcast_object_ref::<PyTime>().is_some() {
        time(name)
    } else if value.downcast_object_ref::<PyDelta>().is_some() {
        delta(name)
    } else if value.downcast_object_ref::<Zone>().is_some() {
        zone::method(name)
    } else {
        None
    }
}

/// The datetime in a value, also that of a date at midnight.
pub(super) fn datetime_of(value: &Value) -> R<PyDateTime> {
    if let Some(datetime) = value.downcast_object_ref::<PyDateTime>() {
        return Ok(datetime.clone());
    }
    match value.downcast_object_ref::<PyDate>() {
        Some(date) => Ok(PyDateTime { naive: date.0.and_time(NaiveTime::MIN), zone: None }),
        None => Err(Raise::type_error(format!("expected a datetime, not {}", type_name(value)))),
    }
}

fn date_of(value: &Value) -> R<NaiveDate> {
    datetime_of(value).map(|datetime| datetime.naive.date())
}

/// Methods that dates and datetimes share.
pub(super) fn date(name: &str) -> Option<Method> {
    Some(match name {
        "isoformat" => |_, receiver, args| {
            args.none("isoformat")?;
            Ok(Value::from(iso_date(date_of(receiver)?)))
        },
        "replace" => |_, receiver, args| {
            let [year, month, day] = args.clinic("replace", ["year", "month", "day"], 0)?;
            let date = date_of(receiver)?;
            let fields = [year, month, day];
            make_date(&fields, [date.year(), date.month() as i32, date.day() as i32]).map(date_value)
        },
        "weekday" => |_, receiver, args| {
            args.none("weekday")?;
            Ok(Value::from(date_of(receiver)?.weekday().num_days_from_monday()))
        },
        "isoweekday" => |_, receiver, args| {
            args.none("isoweekday")?;
            Ok(Value::from(date_of(receiver)?.weekday().number_from_monday()))
        },
        "isocalendar" => |_, receiver, args| {
            args.none("isocalendar")?;
            let date = date_of(receiver)?;
            let week = date.iso_week();
            let items = vec![
                Value::from(week.year()),
                Value::from(week.week()),
                Value::from(date.weekday().number_from_monday()),
            ];
            Ok(NamedTuple::value("datetime.IsoCalendarDate", &["year", "week", "weekday"], items))
        },
        "toordinal" => |_, receiver, args| {
            args.none("toordinal")?;
            Ok(Value::from(date_of(receiver)?.num_days_from_ce()))
        },
        "timetuple" => |_, receiver, args| {
            args.none("timetuple")?;
            let datetime = datetime_of(receiver)?;
            let (date, time) = (datetime.naive.date(), datetime.naive.time());
            let fields = [
                i64::from(date.year()),
                i64::from(date.month()),
                i64::from(date.day()),
                i64::from(time.hour()),
                i64::from(time.minute()),
                i64::from(time.second()),
                i64::from(date.weekday().num_days_from_monday()),
                i64::from(date.ordinal()),
                -1,
            ];
            Ok(tuple(fields.into_iter().map(Value::from).collect()))
        },
        "ctime" => |_, receiver, args| {
            args.none("ctime")?;
            strftime(&datetime_of(receiver)?, "%a %b %e %H:%M:%S %Y").map(Value::from)
        },
        "strftime" => |_, receiver, args| {
            let format = format_of(args)?;
            strftime(&datetime_of(receiver)?, &format).map(Value::from)
        },
        _ => return None,
    })
}

fn format_of(args: Args) -> R<String> {
    let [format] = args.clinic("strftime", ["format"], 1)?;
    let format = format.unwrap_or_default();
    match format.as_str() {
        Some(format) => Ok(format.to_string()),
        None => {
            Err(Raise::type_error(format!("strftime() argument 1 must be str, not {}", type_name(&format))))
        }
    }
}

pub(super) fn datetime(name: &str) -> Option<Method> {
    Some(match name {
        "date" => |_, receiver, args| {
            args.none("date")?;
            Ok(date_value(date_of(receiver)?))
        },
        "time" => |_, receiver, args| {
            args.none("time")?;
            Ok(Value::from_object(PyTime { time: datetime_of(receiver)?.naive.time(), zone: None }))
        },
        "timetz" => |_, receiver, args| {
            args.none("timetz")?;
            let datetime = datetime_of(receiver)?;
            Ok(Value::from_object(PyTime { time: datetime.naive.time(), zone: datetime.zone }))
        },
        "isoformat" => |_, receiver, args| {
            let [sep, timespec] = args.clinic("isoformat", ["sep", "timespec"], 0)?;
            let datetime = datetime_of(receiver)?;
            let mut out = iso_date(datetime.naive.date());
            out += &text_or(sep, "T");
            out += &clock(datetime.naive.time(), &text_or(timespec, "auto"))?;
            if let Some(offset) = datetime.offset() {
                out += &iso_offset(offset);
            }
            Ok(Value::from(out))
        },
        "replace" => |_, receiver, args| replace(receiver, args),
        "timestamp" => |_, receiver, args| {
            args.none("timestamp")?;
            let datetime = datetime_of(receiver)?;
            let micros = match datetime.zone {
                Some(_) => datetime.micros(),
                None => zone::system_to_utc(&datetime).micros(),
            };
            Ok(Value::from(micros as f64 / 1e6))
        },
        "utcoffset" => |_, receiver, args| {
            args.none("utcoffset")?;
            let offset = datetime_of(receiver)?.offset();
            Ok(offset.map_or_else(none, |offset| delta_value(i128::from(offset) * 1_000_000)))
        },
        "dst" => |_, receiver, args| {
            args.none("dst")?;
            Ok(datetime_of(receiver)?.zone.map_or_else(none, |zone| zone.dst()))
        },
        "tzname" => |_, receiver, args| {
            args.none("tzname")?;
            Ok(datetime_of(receiver)?.zone.map_or_else(none, |zone| Value::from(zone.name())))
        },
        "astimezone" => |_, receiver, args| {
            let [tz] = args.clinic("astimezone", ["tz"], 0)?;
            zone::convert(&datetime_of(receiver)?, tz).map(Value::from_object)
        },
        "utctimetuple" => |vm, receiver, args| {
            args.none("utctimetuple")?;
            let datetime = datetime_of(receiver)?;
            let utc =
                super::arith::shift(&datetime, -i128::from(datetime.offset().unwrap_or(0)) * 1_000_000)?;
            let utc = Value::from_object(PyDateTime { zone: None, ..utc });
            vm.call_method(&utc, "timetuple", Args::default())
        },
        _ => return date(name),
    })
}

fn replace(receiver: &Value, args: Args) -> R<Value> {
    let names = ["year", "month", "day", "hour", "minute", "second", "microsecond", "tzinfo", "fold"];
    let [year, month, day, hour, minute, second, micro, tzinfo, _] = args.clinic("replace", names, 0)?;
    let datetime = datetime_of(receiver)?;
    let (date, time) = (datetime.naive.date(), datetime.naive.time());
    let date = make_date(&[year, month, day], [date.year(), date.month() as i32, date.day() as i32])?;
    let time = make_time(
        &[hour, minute, second, micro],
        [time.hour(), time.minute(), time.second(), time.nanosecond() / 1_000],
    )?;
    let zone = match tzinfo {
        None => datetime.zone,
        Some(tzinfo) => zone::of(&tzinfo)?,
    };
    Ok(Value::from_object(PyDateTime { naive: NaiveDateTime::new(date, time), zone }))
}

/// A date from given fields, with those of another date where none is given.
pub(super) fn make_date(fields: &[Option<Value>; 3], defaults: [i32; 3]) -> R<NaiveDate> {
    let mut numbers = [0; 3];
    for ((number, field), default) in numbers.iter_mut().zip(fields).zip(defaults) {
        *number = match field {
            Some(field) => int(field)?,
            None => i128::from(default),
        };
    }
    let [year, month, day] = numbers;
    if !(1..=9999).contains(&year) {
        return Err(Raise::value_error(format!("year {year} is out of range")));
    }
    if !(1..=12).contains(&month) {
        return Err(Raise::value_error("month must be in 1..12"));
    }
    NaiveDate::from_ymd_opt(year as i32, month as u32, u32::try_from(day).unwrap_or(0))
        .ok_or_else(|| Raise::value_error("day is out of range for month"))
}

/// A time of day from given fields.
pub(super) fn make_time(fields: &[Option<Value>; 4], defaults: [u32; 4]) -> R<NaiveTime> {
    const NAMES: [(&str, i128); 4] = [("hour", 23), ("minute", 59), ("second", 59), ("microsecond", 999_999)];
    let mut numbers = [0; 4];
    for (((number, field), default), (name, most)) in numbers.iter_mut().zip(fields).zip(defaults).zip(NAMES)
    {
        let value = match field {
            Some(field) => int(field)?,
            None => i128::from(default),
        };
        if !(0..=most).contains(&value) {
            return Err(Raise::value_error(format!("{name} must be in 0..{most}")));
        }
        *number = value as u32;
    }
    let [hour, minute, second, micro] = numbers;
    NaiveTime::from_hms_micro_opt(hour, minute, second, micro)
        .ok_or_else(|| Raise::value_error("the time is out of range"))
}

pub(super) fn time(name: &str) -> Option<Method> {
    fn of(value: &Value) -> R<PyTime> {
        match value.downcast_object_ref::<PyTime>() {
            Some(time) => Ok(time.clone()),
            None => Err(Raise::type_error(format!("expected a time, not {}", type_name(value)))),
        }
    }
    Some(match name {
        "isoformat" => |_, receiver, args| {
            let [timespec] = args.clinic("isoformat", ["timespec"], 0)?;
            let time = of(receiver)?;
            let mut out = clock(time.time, &text_or(timespec, "auto"))?;
            if let Some(offset) = time.zone.as_ref().and_then(Zone::constant_offset) {
                out += &iso_offset(offset);
            }
            Ok(Value::from(out))
        },
        "replace" => |_, receiver, args| {
            let names = ["hour", "minute", "second", "microsecond", "tzinfo", "fold"];
            let [hour, minute, second, micro, tzinfo, _] = args.clinic("replace", names, 0)?;
            let old = of(receiver)?;
            let defaults =
                [old.time.hour(), old.time.minute(), old.time.second(), old.time.nanosecond() / 1_000];
            let time = make_time(&[hour, minute, second, micro], defaults)?;
            let zone = match tzinfo {
                None => old.zone,
                Some(tzinfo) => zone::of(&tzinfo)?,
            };
            Ok(Value::from_object(PyTime { time, zone }))
        },
        "strftime" => |_, receiver, args| {
            let time = of(receiver)?;
            let day = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap_or_default();
            let datetime = PyDateTime { naive: day.and_time(time.time), zone: time.zone };
            strftime(&datetime, &format_of(args)?).map(Value::from)
        },
        "utcoffset" => |_, receiver, args| {
            args.none("utcoffset")?;
            let offset = of(receiver)?.zone.and_then(|zone| zone.constant_offset());
            Ok(offset.map_or_else(none, |offset| delta_value(i128::from(offset) * 1_000_000)))
        },
        "tzname" => |_, receiver, args| {
            args.none("tzname")?;
            Ok(of(receiver)?.zone.map_or_else(none, |zone| Value::from(zone.name())))
        },
        "dst" => |_, receiver, args| {
            args.none("dst")?;
            Ok(of(receiver)?.zone.map_or_else(none, |zone| zone.dst()))
        },
        _ => return None,
    })
}

pub(super) fn delta(name: &str) -> Option<Method> {
    Some(match name {
        "total_seconds" => |_, receiver, args| {
            args.none("total_seconds")?;
            let micros = receiver.downcast_object_ref::<PyDelta>().map_or(0, |delta| delta.0);
            Ok(Value::from(micros as f64 / 1e6))
        },
        _ => return None,
    })
}
