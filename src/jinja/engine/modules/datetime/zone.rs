//! Time zones: those of `datetime.timezone` and those of `pytz`.

use std::fmt::Write;

use chrono::{NaiveDateTime, Offset, TimeZone};
use chrono_tz::{OffsetComponents, OffsetName, Tz};
use minijinja::Value;

use super::{PyDelta, delta_repr, iso_offset};

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

    /// Seconds east of UTC at a local time.
    pub fn offset_at(&self, local: NaiveDateTime) -> i64 {
        let _ = local;
        self.constant_offset().unwrap_or(0)
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
                    let _ =
                        write!(out, ", {}", super::super::super::value::text::repr(&Value::from(&**name)));
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
            ("zone", Zone::PytzFixed(_)) => Some(super::super::super::value::none()),
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
