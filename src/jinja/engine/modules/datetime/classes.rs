//! The classes of the module: constructors and the functions called on a class.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use minijinja::Value;

use super::super::super::error::{ErrorKind, R, Raise};
use super::super::super::run::Args;
use super::super::super::run::args::int;
use super::super::super::value::callable::Native;
use super::super::super::value::{Num, number, type_name};
use super::super::class::{Class, ClassDef};
use super::arith::{checked_delta, in_range};
use super::methods::{self, make_date, make_time};
use super::zone::{self, Zone};
use super::{DAY, PyDate, PyDateTime, PyTime, date_value, delta_value, strptime};

pub(super) fn exports() -> Vec<(&'static str, Value)> {
    vec![
        ("date", Value::from_object(Class(&DATE))),
        ("datetime", Value::from_object(Class(&DATETIME))),
        ("time", Value::from_object(Class(&TIME))),
        ("timedelta", Value::from_object(Class(&TIMEDELTA))),
        ("tzinfo", Value::from_object(Class(&TZINFO))),
    ]
}

static DATE: ClassDef = ClassDef {
    path: "datetime.date",
    construct: |_, args| {
        let fields = args.clinic("", ["year", "month", "day"], 3)?;
        make_date(&fields, [1, 1, 1]).map(date_value)
    },
    function: date_function,
    constant: |name| {
        Some(match name {
            "min" => date_value(NaiveDate::from_ymd_opt(1, 1, 1)?),
            "max" => date_value(NaiveDate::from_ymd_opt(9999, 12, 31)?),
            "resolution" => delta_value(DAY),
            _ => return None,
        })
    },
    method: methods::date,
};

static DATETIME: ClassDef = ClassDef {
    path: "datetime.datetime",
    construct: |_, args| datetime(args),
    function: datetime_function,
    constant: |name| {
        let datetime = |date: NaiveDate, time: NaiveTime| {
            Value::from_object(PyDateTime { naive: date.and_time(time), zone: None })
        };
        Some(match name {
            "min" => datetime(NaiveDate::from_ymd_opt(1, 1, 1)?, NaiveTime::MIN),
            "max" => datetime(NaiveDate::from_ymd_opt(9999, 12, 31)?, last_time()),
            "resolution" => delta_value(1),
            _ => return None,
        })
    },
    method: methods::datetime,
};

static TIME: ClassDef = ClassDef {
    path: "datetime.time",
    construct: |_, args| {
        let names = ["hour", "minute", "second", "microsecond", "tzinfo", "fold"];
        let [hour, minute, second, micro, tzinfo, _] = args.clinic("", names, 0)?;
        let time = make_time(&[hour, minute, second, micro], [0; 4])?;
        let zone = tzinfo.map_or(Ok(None), |tzinfo| zone::of(&tzinfo))?;
        Ok(Value::from_object(PyTime { time, zone }))
    },
    function: |name| match name {
        "fromisoformat" => Some(("fromisoformat", |_, args| {
            let text = text_argument(args, "fromisoformat")?;
            strptime::iso_time(&text).map(Value::from_object).ok_or_else(|| strptime::invalid_iso(&text))
        })),
        _ => None,
    },
    constant: |name| {
        Some(match name {
            "min" => Value::from_object(PyTime { time: NaiveTime::MIN, zone: None }),
            "max" => Value::from_object(PyTime { time: last_time(), zone: None }),
            "resolution" => delta_value(1),
            _ => return None,
        })
    },
    method: methods::time,
};

static TIMEDELTA: ClassDef = ClassDef {
    path: "datetime.timedelta",
    construct: |_, args| timedelta(args),
    function: |_| None,
    constant: |name| {
        Some(match name {
            "min" => delta_value(-999_999_999 * DAY),
            "max" => delta_value(1_000_000_000 * DAY - 1),
            "resolution" => delta_value(1),
            _ => return None,
        })
    },
    method: methods::delta,
};

static TZINFO: ClassDef = ClassDef {
    path: "datetime.tzinfo",
    construct: |_, _| Err(Raise::type_error("a tzinfo subclass must implement utcoffset()")),
    function: |_| None,
    constant: |_| None,
    method: |_| None,
};

fn last_time() -> NaiveTime {
    NaiveTime::from_hms_micro_opt(23, 59, 59, 999_999).unwrap_or(NaiveTime::MIN)
}

fn datetime(args: Args) -> R<Value> {
    let names = ["year", "month", "day", "hour", "minute", "second", "microsecond", "tzinfo", "fold"];
    let [year, month, day, hour, minute, second, micro, tzinfo, _] = args.clinic("", names, 3)?;
    let date = make_date(&[year, month, day], [1, 1, 1])?;
    let time = make_time(&[hour, minute, second, micro], [0; 4])?;
    let zone = tzinfo.map_or(Ok(None), |tzinfo| zone::of(&tzinfo))?;
    Ok(Value::from_object(PyDateTime { naive: NaiveDateTime::new(date, time), zone }))
}

fn timedelta(args: Args) -> R<Value> {
    const UNITS: [i128; 7] = [DAY, 1_000_000, 1, 1_000, 60_000_000, 3_600_000_000, 7 * DAY];
    let names = ["days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks"];
    let values = args.clinic("", names, 0)?;
    let (mut whole, mut fraction) = (0i128, 0f64);
    for ((value, unit), name) in values.iter().zip(UNITS).zip(names) {
        let Some(value) = value else { continue };
        match number(value) {
            Some(Num::Int(count)) => {
                whole = count.checked_mul(unit).and_then(|micros| whole.checked_add(micros)).ok_or_else(
                    || Raise::new(ErrorKind::Overflow, "Python int too large to convert to C int"),
                )?;
            }
            Some(Num::Float(count)) if count.is_finite() && count.abs() < 1e15 => {
                whole += count.trunc() as i128 * unit;
                fraction += count.fract() * unit as f64;
            }
            Some(Num::Float(_)) => {
                return Err(Raise::new(ErrorKind::Overflow, "cannot convert float infinity to integer"));
            }
            None => {
                return Err(Raise::type_error(format!(
                    "unsupported type for timedelta {name} component: {}",
                    type_name(value)
                )));
            }
        }
    }
    checked_delta(whole + fraction.round_ties_even() as i128)
}

fn text_argument(args: Args, function: &str) -> R<String> {
    let text = args.one(function, "date_string")?;
    match text.as_str() {
        Some(text) => Ok(text.to_string()),
        None => Err(Raise::type_error(format!("{function}: argument must be str"))),
    }
}

fn ordinal(args: Args) -> R<NaiveDate> {
    let days = int(&args.one("fromordinal", "ordinal")?)?;
    if days < 1 {
        return Err(Raise::value_error("ordinal must be >= 1"));
    }
    let date = i32::try_from(days).ok().and_then(NaiveDate::from_num_days_from_ce_opt);
    date.filter(|date| in_range(*date))
        .ok_or_else(|| Raise::value_error(format!("year {} is out of range", 10_000)))
}

fn iso_calendar(args: Args) -> R<NaiveDate> {
    let [year, week, day] = args.clinic("fromisocalendar", ["year", "week", "day"], 3)?;
    let field = |value: Option<Value>| int(&value.unwrap_or_default());
    let (year, week, day) = (field(year)?, field(week)?, field(day)?);
    if !(1..=9999).contains(&year) {
        return Err(Raise::value_error(format!("Year is out of range: {year}")));
    }
    let weekday = u8::try_from(day - 1).ok().and_then(|day| chrono::Weekday::try_from(day).ok());
    let Some(weekday) = weekday else {
        return Err(Raise::value_error(format!("Invalid day: {day} (range is [1, 7])")));
    };
    NaiveDate::from_isoywd_opt(year as i32, u32::try_from(week).unwrap_or(0), weekday)
        .ok_or_else(|| Raise::value_error(format!("Invalid week: {week}")))
}

fn date_function(name: &str) -> Option<(&'static str, Native)> {
    Some(match name {
        "today" => ("today", |_, args| {
            args.none("today")?;
            Ok(date_value(zone::now_local().date()))
        }),
        "fromisoformat" => ("fromisoformat", |_, args| {
            let text = text_argument(args, "fromisoformat")?;
            strptime::iso_date(&text).map(date_value).ok_or_else(|| strptime::invalid_iso(&text))
        }),
        "fromordinal" => ("fromordinal", |_, args| ordinal(args).map(date_value)),
        "fromisocalendar" => ("fromisocalendar", |_, args| iso_calendar(args).map(date_value)),
        "fromtimestamp" => ("fromtimestamp", |_, args| {
            let seconds = args.one("fromtimestamp", "timestamp")?;
            Ok(date_value(zone::utc_to_system(moment(&seconds)?).date()))
        }),
        _ => return None,
    })
}

fn datetime_function(name: &str) -> Option<(&'static str, Native)> {
    Some(match name {
        "now" => ("now", |_, args| {
            let [tz] = args.clinic("now", ["tz"], 0)?;
            match tz.filter(|tz| !tz.is_none()) {
                None => Ok(naive_value(zone::now_local())),
                Some(tz) => {
                    let now = PyDateTime { naive: zone::now_utc(), zone: Some(Zone::Utc) };
                    zone::convert(&now, Some(tz)).map(Value::from_object)
                }
            }
        }),
        "today" => ("today", |_, args| {
            args.none("today")?;
            Ok(naive_value(zone::now_local()))
        }),
        "utcnow" => ("utcnow", |_, args| {
            args.none("utcnow")?;
            Ok(naive_value(zone::now_utc()))
        }),
        "fromtimestamp" => ("fromtimestamp", |_, args| {
            let [seconds, tz] = args.clinic("fromtimestamp", ["timestamp", "tz"], 1)?;
            let utc = moment(&seconds.unwrap_or_default())?;
            match tz.filter(|tz| !tz.is_none()) {
                None => Ok(naive_value(zone::utc_to_system(utc))),
                Some(tz) => {
                    let utc = PyDateTime { naive: utc, zone: Some(Zone::Utc) };
                    zone::convert(&utc, Some(tz)).map(Value::from_object)
                }
            }
        }),
        "utcfromtimestamp" => ("utcfromtimestamp", |_, args| {
            moment(&args.one("utcfromtimestamp", "timestamp")?).map(naive_value)
        }),
        "fromordinal" => ("fromordinal", |_, args| Ok(naive_value(ordinal(args)?.and_time(NaiveTime::MIN)))),
        "fromisocalendar" => {
            ("fromisocalendar", |_, args| Ok(naive_value(iso_calendar(args)?.and_time(NaiveTime::MIN))))
        }
        "fromisoformat" => ("fromisoformat", |_, args| {
            let text = text_argument(args, "fromisoformat")?;
            strptime::iso_datetime(&text).map(Value::from_object).ok_or_else(|| strptime::invalid_iso(&text))
        }),
        "strptime" => ("strptime", |_, args| {
            let [text, format] = args.clinic("strptime", ["date_string", "format"], 2)?;
            let (text, format) = (text.unwrap_or_default(), format.unwrap_or_default());
            for (at, value) in [&text, &format].iter().enumerate() {
                if value.as_str().is_none() {
                    return Err(Raise::type_error(format!(
                        "strptime() argument {} must be str, not {}",
                        at + 1,
                        type_name(value)
                    )));
                }
            }
            strptime::strptime(text.as_str().unwrap_or_default(), format.as_str().unwrap_or_default())
                .map(Value::from_object)
        }),
        "combine" => ("combine", |_, args| combine(args)),
        _ => return None,
    })
}

fn naive_value(naive: NaiveDateTime) -> Value {
    Value::from_object(PyDateTime { naive, zone: None })
}

fn combine(args: Args) -> R<Value> {
    let [date, time, tzinfo] = args.clinic("combine", ["date", "time", "tzinfo"], 2)?;
    let date = date.unwrap_or_default();
    let day = match (date.downcast_object_ref::<PyDate>(), date.downcast_object_ref::<PyDateTime>()) {
        (Some(date), _) => date.0,
        (None, Some(datetime)) => datetime.naive.date(),
        _ => {
            return Err(Raise::type_error(format!(
                "combine() argument 1 must be datetime.date, not {}",
                type_name(&date)
            )));
        }
    };
    let time = time.unwrap_or_default();
    let Some(time) = time.downcast_object_ref::<PyTime>() else {
        return Err(Raise::type_error(format!(
            "combine() argument 2 must be datetime.time, not {}",
            type_name(&time)
        )));
    };
    let zone = match tzinfo {
        Some(tzinfo) => zone::of(&tzinfo)?,
        None => time.zone.clone(),
    };
    Ok(Value::from_object(PyDateTime { naive: day.and_time(time.time), zone }))
}

/// A moment of UTC from seconds since 1970.
fn moment(seconds: &Value) -> R<NaiveDateTime> {
    let Some(seconds) = number(seconds) else {
        return Err(Raise::type_error(format!(
            "'{}' object cannot be interpreted as an integer",
            type_name(seconds)
        )));
    };
    let micros = match seconds {
        Num::Int(seconds) => seconds.checked_mul(1_000_000),
        Num::Float(seconds) if seconds.is_finite() && seconds.abs() < 1e15 => {
            Some((seconds * 1e6).round_ties_even() as i128)
        }
        Num::Float(_) => None,
    };
    let utc = micros
        .and_then(|micros| i64::try_from(micros).ok())
        .and_then(chrono::DateTime::from_timestamp_micros)
        .map(|moment| moment.naive_utc())
        .filter(|moment| in_range(moment.date()));
    utc.ok_or_else(|| Raise::value_error("year is out of range"))
}
