//! `modules.pytz`

use chrono_tz::TZ_VARIANTS;
use minijinja::Value;

use super::super::error::{ErrorKind, R, Raise};
use super::super::run::Args;
use super::super::run::args::int;
use super::super::value::callable::NativeFn;
use super::super::value::set::Members;
use super::super::value::{Key, PySet, list, text};
use super::datetime::{Zone, by_name};

pub(super) fn exports() -> Vec<(&'static str, Value)> {
    let all: Vec<&str> = TZ_VARIANTS.iter().map(|tz| tz.name()).collect();
    let common: Vec<&str> = all.iter().copied().filter(|name| is_common(name)).collect();
    let as_list = |names: &[&str]| list(names.iter().map(|name| Value::from(*name)).collect());
    let as_set = |names: &[&str]| PySet::value(names.iter().map(|name| Key::text(name)).collect::<Members>());
    vec![
        ("timezone", Value::from_object(NativeFn { name: "timezone", call: |_, args| timezone(args) })),
        ("utc", Value::from_object(Zone::PytzUtc)),
        ("FixedOffset", Value::from_object(NativeFn { name: "FixedOffset", call: |_, args| fixed(args) })),
        ("all_timezones", as_list(&all)),
        ("all_timezones_set", as_set(&all)),
        ("common_timezones", as_list(&common)),
        ("common_timezones_set", as_set(&common)),
    ]
}

/// The zones that pytz calls common: those of a place, and a few more.
fn is_common(name: &str) -> bool {
    const REGIONS: [&str; 10] = [
        "Africa/",
        "America/",
        "Antarctica/",
        "Arctic/",
        "Asia/",
        "Atlantic/",
        "Australia/",
        "Europe/",
        "Indian/",
        "Pacific/",
    ];
    REGIONS.iter().any(|region| name.starts_with(region))
        || ["Canada/", "US/"].iter().any(|region| name.starts_with(region))
        || matches!(name, "GMT" | "UTC")
}

fn timezone(args: Args) -> R<Value> {
    let zone = args.one("timezone", "zone")?;
    if zone.is_none() {
        return Err(Raise::new(ErrorKind::Key, "None"));
    }
    let name = text::str(&zone);
    by_name(&name)
        .map(Value::from_object)
        .ok_or_else(|| Raise::new(ErrorKind::Key, text::repr(&Value::from(name.as_str()))))
}

fn fixed(args: Args) -> R<Value> {
    let minutes = int(&args.one("FixedOffset", "offset")?)?;
    if minutes == 0 {
        return Ok(Value::from_object(Zone::PytzUtc));
    }
    match i64::try_from(minutes) {
        Ok(minutes) if minutes.abs() < 1440 => Ok(Value::from_object(Zone::PytzFixed(minutes))),
        _ => Err(Raise::value_error(format!("('absolute offset is too large', {minutes})"))),
    }
}
