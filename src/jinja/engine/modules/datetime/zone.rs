//! Time zones: those of `datetime.timezone` and those of `pytz`.

use std::fmt::Write;

use chrono::{
    Local as SystemZone, MappedLocalTime, NaiveDateTime, Offset, TimeDelta, TimeZone, Timelike, Utc,
};
use chrono_tz::{OffsetComponents, OffsetName, Tz};
use minijinja::Value;

use super::super::super::error::{ErrorKind, R, Raise};
use super::super::super::fleeting;
use super::super::super::methods::Method;
use super::super::super::run::args::bool_or;
use super::super::super::value::{none, text, type_name};
use super::{PyDateTime, PyDelta, delta_repr, delta_value, iso_offset};

/// A `tzinfo`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Zone {
    /// `datetime.timezone.utc`
    Utc,
    /// `datetime.timezone(…)`: seconds east of UTC, and a name if one was given.
    Fixed(i64, Option<String>),
    /// `pytz.utc`
    PytzUtc,
    /// `pytz.FixedOffset(…)`, in minutes.
    PytzFixed(i64),
    /// `pytz.timezone(…)`; once a time has been localized, the offset that held then.
    Named(Tz, Option<Local>),
}

/// What holds in a time zone at one time.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Local {
    /// Seconds east of UTC, rounded to minutes as pytz rounds them.
    pub offset: i64,
    /// The part of it that is daylight saving.
    pub dst: i64,
    pub name: String,
}

impl Zone {
    pub fn fixed(offset: i64) -> Zone {
        if offset == 0 { Zone::Utc } else { Zone::Fixed(offset, None) }
    }

    pub fn type_name(&self) -> &'static str {
        match self {
            Zone::Utc | Zone::Fixed(..) => "timezone",
            Zone::PytzUtc => "UTC",
            Zone::PytzFixed(_) => "_FixedOffset",
            Zone::Named(..) => "DstTzInfo",
        }
    }

    /// Seconds east of UTC, as this value of the zone has them: pytz's zones carry the offset that
    /// they were localized with, and local mean time before.
    pub fn constant_offset(&self) -> Option<i64> {
        Some(match self {
            Zone::Utc | Zone::PytzUtc => 0,
            Zone::Fixed(offset, _) => *offset,
            Zone::PytzFixed(minutes) => minutes * 60,
            Zone::Named(tz, local) => {
                local.as_ref().map_or_else(|| mean_time(*tz).offset, |local| local.offset)
            }
        })
    }

    /// What holds at a moment of UTC.
    pub fn local_at_utc(tz: Tz, utc: NaiveDateTime) -> Local {
        let offset = tz.offset_from_utc_datetime(&utc);
        local_of(&offset)
    }

    /// `str(zone)`
    pub fn text(&self) -> String {
        match self {
            Zone::Utc | Zone::PytzUtc => "UTC".into(),
            Zone::Fixed(_, Some(name)) => name.clone(),
            Zone::Fixed(offset, None) => format!("UTC{}", iso_offset(*offset)),
            Zone::PytzFixed(_) => self.repr(),
            Zone::Named(tz, _) => tz.name().into(),
        }
    }

    /// `repr(zone)`
    pub fn repr(&self) -> String {
        match self {
            Zone::Utc => "datetime.timezone.utc".into(),
            Zone::PytzUtc => "<UTC>".into(),
            Zone::PytzFixed(minutes) => format!("pytz.FixedOffset({minutes})"),
            Zone::Fixed(offset, name) => {
                let mut out =
                    format!("datetime.timezone({}", delta_repr(PyDelta(i128::from(*offset) * 1_000_000)));
                if let Some(name) = name {
                    // Writing to a String cannot fail.
                    let _ = write!(out, ", {}", text::repr(&Value::from(&**name)));
                }
                out + ")"
            }
            Zone::Named(tz, local) => {
                let local = local.clone().unwrap_or_else(|| mean_time(*tz));
                let delta = super::delta_text(PyDelta(i128::from(local.offset) * 1_000_000));
                let sign = if local.offset >= 0 { "+" } else { "" };
                let kind = if local.dst == 0 { "STD" } else { "DST" };
                format!("<DstTzInfo '{}' {}{sign}{delta} {kind}>", tz.name(), local.name)
            }
        }
    }

    /// `dst()`
    pub fn dst(&self) -> Value {
        match self {
            Zone::Utc | Zone::Fixed(..) => none(),
            Zone::PytzUtc | Zone::PytzFixed(_) => delta_value(0),
            Zone::Named(tz, local) => {
                let dst = local.as_ref().map_or_else(|| mean_time(*tz).dst, |local| local.dst);
                delta_value(i128::from(dst) * 1_000_000)
            }
        }
    }

    /// `tzname()`
    pub fn name(&self) -> String {
        match self {
            Zone::Named(tz, local) => {
                local.as_ref().map_or_else(|| mean_time(*tz).name, |local| local.name.clone())
            }
            other => other.text(),
        }
    }

    pub(super) fn attribute(&self, name: &str) -> Option<Value> {
        match (name, self) {
            ("zone", Zone::Named(tz, _)) => Some(Value::from(tz.name())),
            ("zone", Zone::PytzUtc) => Some(Value::from("UTC")),
            ("zone", Zone::PytzFixed(_)) => Some(none()),
            _ => None,
        }
    }
}

fn local_of(offset: &<Tz as TimeZone>::Offset) -> Local {
    let seconds = i64::from(offset.fix().local_minus_utc());
    Local {
        // pytz keeps offsets in whole minutes.
        offset: (seconds + 30).div_euclid(60) * 60,
        dst: offset.dst_offset().num_seconds(),
        name: offset.abbreviation().unwrap_or_default().to_string(),
    }
}

/// Local mean time, the first entry of a zone, which an unlocalized pytz zone stands for.
fn mean_time(tz: Tz) -> Local {
    let long_ago =
        chrono::NaiveDate::from_ymd_opt(1, 1, 2).unwrap_or_default().and_time(chrono::NaiveTime::MIN);
    Zone::local_at_utc(tz, long_ago)
}

/// The zone in a `tzinfo` argument, where `None` is none.
pub(super) fn of(value: &Value) -> R<Option<Zone>> {
    if value.is_none() {
        return Ok(None);
    }
    match value.downcast_object_ref::<Zone>() {
        Some(zone) => Ok(Some(zone.clone())),
        None => Err(Raise::type_error(format!(
            "tzinfo argument must be None or of a tzinfo subclass, not type '{}'",
            type_name(value)
        ))),
    }
}

/// Microseconds only, as Python keeps time.
fn whole_micros(naive: NaiveDateTime) -> NaiveDateTime {
    naive.with_nanosecond(naive.nanosecond() / 1_000 * 1_000).unwrap_or(naive)
}

pub(super) fn now_utc() -> NaiveDateTime {
    fleeting::note();
    whole_micros(Utc::now().naive_utc())
}

pub(super) fn now_local() -> NaiveDateTime {
    fleeting::note();
    whole_micros(SystemZone::now().naive_local())
}

pub(super) fn utc_to_system(utc: NaiveDateTime) -> NaiveDateTime {
    fleeting::note();
    SystemZone.from_utc_datetime(&utc).naive_local()
}

/// A time of the system's clock as UTC.
pub(super) fn system_to_utc(datetime: &PyDateTime) -> PyDateTime {
    fleeting::note();
    let naive = match SystemZone.from_local_datetime(&datetime.naive) {
        MappedLocalTime::Single(moment) | MappedLocalTime::Ambiguous(moment, _) => moment.naive_utc(),
        MappedLocalTime::None => datetime.naive,
    };
    PyDateTime { naive, zone: Some(Zone::Utc) }
}

/// `datetime.astimezone(tz)`
pub(super) fn convert(datetime: &PyDateTime, tz: Option<Value>) -> R<PyDateTime> {
    let utc = match datetime.zone {
        Some(_) => super::arith::shift(datetime, -i128::from(datetime.offset().unwrap_or(0)) * 1_000_000)?,
        None => system_to_utc(datetime),
    };
    let target = match tz.filter(|tz| !tz.is_none()) {
        Some(tz) => match of(&tz)? {
            Some(zone) => zone,
            None => Zone::Utc,
        },
        None => {
            let moment = SystemZone.from_utc_datetime(&utc.naive);
            Zone::fixed(i64::from(moment.offset().fix().local_minus_utc()))
        }
    };
    in_zone(utc.naive, target)
}

/// A moment of UTC in a zone.
fn in_zone(utc: NaiveDateTime, zone: Zone) -> R<PyDateTime> {
    let zone = match zone {
        Zone::Named(tz, _) => Zone::Named(tz, Some(Zone::local_at_utc(tz, utc))),
        other => other,
    };
    let offset = i128::from(zone.constant_offset().unwrap_or(0)) * 1_000_000;
    super::arith::shift(&PyDateTime { naive: utc, zone: Some(zone) }, offset)
}

/// Methods of time zones.
pub(super) fn method(name: &str) -> Option<Method> {
    fn zone(value: &Value) -> Zone {
        value.downcast_object_ref::<Zone>().cloned().unwrap_or(Zone::Utc)
    }
    Some(match name {
        "localize" => |_, receiver, args| {
            let [datetime, is_dst] = args.bind("localize", ["dt", "is_dst"], 1)?;
            let datetime = super::methods::datetime_of(&datetime.unwrap_or_default())?;
            let unknown = is_dst.as_ref().is_some_and(Value::is_none);
            let is_dst = bool_or(is_dst, false);
            localize(&zone(receiver), &datetime, (!unknown).then_some(is_dst)).map(Value::from_object)
        },
        "normalize" => |_, receiver, args| {
            let datetime = super::methods::datetime_of(&args.one("normalize", "dt")?)?;
            if datetime.zone.is_none() {
                return Err(Raise::value_error("Naive time - no tzinfo set"));
            }
            convert(&datetime, Some(receiver.clone())).map(Value::from_object)
        },
        "fromutc" => |_, receiver, args| {
            let datetime = super::methods::datetime_of(&args.one("fromutc", "dt")?)?;
            in_zone(datetime.naive, zone(receiver)).map(Value::from_object)
        },
        "utcoffset" => |_, receiver, args| {
            let local = local_argument(&zone(receiver), args.one("utcoffset", "dt")?)?;
            Ok(local.map_or_else(none, |zone| {
                delta_value(i128::from(zone.constant_offset().unwrap_or(0)) * 1_000_000)
            }))
        },
        "dst" => |_, receiver, args| {
            let local = local_argument(&zone(receiver), args.one("dst", "dt")?)?;
            Ok(local.map_or_else(none, |zone| zone.dst()))
        },
        "tzname" => |_, receiver, args| {
            let own = zone(receiver);
            let local = local_argument(&own, args.one("tzname", "dt")?)?;
            Ok(Value::from(local.map_or_else(|| own.text(), |zone| zone.name())))
        },
        _ => return None,
    })
}

/// The zone as it is at a local time, `None` for no time.
fn local_argument(zone: &Zone, datetime: Value) -> R<Option<Zone>> {
    if datetime.is_none() {
        return Ok(if matches!(zone, Zone::Named(..)) { None } else { Some(zone.clone()) });
    }
    let datetime = super::methods::datetime_of(&datetime)?;
    let naive = PyDateTime { zone: None, ..datetime };
    localize(zone, &naive, Some(false)).map(|datetime| datetime.zone)
}

/// pytz's `localize`: `is_dst` decides between the two readings of an ambiguous time, and `None`
/// refuses one.
fn localize(zone: &Zone, datetime: &PyDateTime, is_dst: Option<bool>) -> R<PyDateTime> {
    if datetime.zone.is_some() {
        return Err(Raise::value_error("Not naive datetime (tzinfo is already set)"));
    }
    let naive = datetime.naive;
    let Zone::Named(tz, _) = zone else {
        return Ok(PyDateTime { naive, zone: Some(zone.clone()) });
    };
    let shown = || super::iso_datetime(datetime, ' ');
    let local = match tz.offset_from_local_datetime(&naive) {
        MappedLocalTime::Single(offset) => local_of(&offset),
        MappedLocalTime::Ambiguous(first, second) => match is_dst {
            None => return Err(Raise::new(ErrorKind::Value, shown())),
            Some(is_dst) => pick(local_of(&first), local_of(&second), is_dst),
        },
        MappedLocalTime::None => match is_dst {
            None => return Err(Raise::new(ErrorKind::Value, shown())),
            Some(is_dst) => {
                let around = |hours: i64| {
                    Zone::local_at_utc(
                        *tz,
                        naive.checked_add_signed(TimeDelta::hours(hours)).unwrap_or(naive),
                    )
                };
                pick(around(-30), around(30), is_dst)
            }
        },
    };
    Ok(PyDateTime { naive, zone: Some(Zone::Named(*tz, Some(local))) })
}

/// Of two readings the one with daylight saving, or the one without.
fn pick(first: Local, second: Local, is_dst: bool) -> Local {
    match (first.dst != 0, second.dst != 0) {
        (first_dst, second_dst) if first_dst == second_dst => {
            if is_dst {
                first
            } else {
                second
            }
        }
        (first_dst, _) => {
            if first_dst == is_dst {
                first
            } else {
                second
            }
        }
    }
}

/// A zone by name, without regard to case; `UTC` is pytz's own.
pub(crate) fn by_name(name: &str) -> Option<Zone> {
    if name.eq_ignore_ascii_case("utc") {
        return Some(Zone::PytzUtc);
    }
    let exact: Option<Tz> = name.parse().ok();
    let tz = exact
        .or_else(|| chrono_tz::TZ_VARIANTS.iter().copied().find(|tz| tz.name().eq_ignore_ascii_case(name)));
    tz.map(|tz| Zone::Named(tz, None))
}
