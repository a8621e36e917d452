//! When a materialized view or streaming table refreshes itself.

use minijinja::{Error, Value};

use super::super::super::args::type_error;
use crate::jinja::engine::dict;
use crate::value::{Str, Value as Plain};

/// By hand, by cron, at intervals, or when the inputs change.
#[derive(Clone, Debug, Default)]
pub(super) struct Schedule {
    cron: Option<Str>,
    time_zone: Option<Str>,
    every: Option<Str>,
    on_update: bool,
    at_most_every: Option<Str>,
    /// Whether there was a schedule before, which is altered then.
    is_altered: bool,
}

/// What two schedules have to have in common to be the same.
#[derive(PartialEq)]
enum Mode {
    Manual,
    Cron(Str, String),
    Every(u64, String),
    OnUpdate(Option<u64>),
}

impl Schedule {
    /// From a model's `schedule`.
    ///
    /// # Errors
    /// It says nothing, or several things at once.
    pub fn configured(raw: Option<&Plain>) -> Result<Schedule, Error> {
        let Some(raw) = raw.filter(|raw| raw.is_truthy()) else { return Ok(Schedule::default()) };
        let map = raw
            .as_map()
            .ok_or_else(|| type_error(format!("`schedule` must be a dict; got {}.", raw.py_repr())))?;
        let keys = ["cron", "time_zone_value", "every", "on_update", "at_most_every"];
        if !keys.iter().any(|key| map.contains_key(*key)) {
            return Err(type_error(format!(
                "`schedule` must say one of `cron`, `every` and `on_update`; got {}",
                raw.py_repr()
            )));
        }
        let text =
            |key: &str| map.get(key).filter(|value| !value.is_null()).map(|value| Str::from(value.py_str()));
        let schedule = Schedule {
            cron: text("cron"),
            time_zone: text("time_zone_value"),
            every: text("every"),
            on_update: map.get("on_update").is_some_and(Plain::is_truthy),
            at_most_every: text("at_most_every"),
            is_altered: false,
        };
        schedule.checked()
    }

    fn checked(self) -> Result<Schedule, Error> {
        let modes = [self.cron.is_some(), self.every.is_some(), self.on_update];
        if modes.into_iter().filter(|set| *set).count() > 1 {
            return Err(type_error("`schedule` takes one of `cron`, `every` and `on_update` at most"));
        }
        if self.time_zone.is_some() && self.cron.is_none() {
            return Err(type_error("in `schedule`, `time_zone_value` belongs to `cron`"));
        }
        if let Some(interval) = &self.at_most_every {
            if !self.on_update {
                return Err(type_error("in `schedule`, `at_most_every` belongs to `on_update`"));
            }
            if seconds(interval)? < 60 {
                return Err(type_error(format!(
                    "in `schedule`, `at_most_every` is a minute at least; got `{interval}`"
                )));
            }
        }
        self.mode()?;
        Ok(self)
    }

    /// From the line `Refresh Schedule` of DESCRIBE EXTENDED.
    ///
    /// # Errors
    /// The line is not understood.
    pub fn described(text: &str) -> Result<Schedule, Error> {
        let unknown =
            || type_error(format!("the refresh schedule of the server is not understood: `{text}`"));
        if text == "MANUAL" {
            return Ok(Schedule::default());
        }
        if let Some(rest) = text.strip_prefix("CRON '").and_then(|rest| rest.strip_suffix('\'')) {
            let (cron, zone) = rest.rsplit_once("' AT TIME ZONE '").ok_or_else(unknown)?;
            let (cron, time_zone) = (Some(cron.into()), Some(zone.into()));
            return Ok(Schedule { cron, time_zone, ..Schedule::default() });
        }
        let upper = text.to_uppercase();
        if let Some(interval) = upper.strip_prefix("EVERY ") {
            let every = Some(interval.into());
            let schedule = Schedule { every, ..Schedule::default() };
            return schedule.mode().map(|_| schedule).map_err(|_| unknown());
        }
        let limit = match upper.strip_prefix("TRIGGER ON UPDATE").ok_or_else(unknown)? {
            "" => None,
            rest => {
                let number = rest.strip_prefix(" AT MOST EVERY INTERVAL ").ok_or_else(unknown)?;
                let number = number.strip_suffix(" SECONDS").or_else(|| number.strip_suffix(" SECOND"));
                Some(Str::from(format!("{} SECOND", number.ok_or_else(unknown)?)))
            }
        };
        Ok(Schedule { on_update: true, at_most_every: limit, ..Schedule::default() })
    }

    fn mode(&self) -> Result<Mode, Error> {
        if let Some(cron) = &self.cron {
            // The server writes UTC where no zone is given.
            let zone = self.time_zone.as_deref().unwrap_or("UTC").to_uppercase();
            let zone = if zone == "ETC/UTC" { "UTC".into() } else { zone };
            return Ok(Mode::Cron(cron.clone(), zone));
        }
        if let Some(every) = &self.every {
            let (number, unit) = quantity(every)?;
            if !matches!(&*unit, "HOUR" | "DAY" | "WEEK") {
                return Err(type_error(format!(
                    "in `schedule`, `every` is a number of hours, days or weeks; got `{every}`"
                )));
            }
            return Ok(Mode::Every(number, unit));
        }
        if self.on_update {
            return Ok(Mode::OnUpdate(self.at_most_every.as_deref().map(seconds).transpose()?));
        }
        Ok(Mode::Manual)
    }

    /// This schedule, when it is another than the one that stands.
    pub fn change_from(&self, standing: &Schedule) -> Option<Schedule> {
        let (own, before) = (self.mode().ok()?, standing.mode().ok()?);
        let scheduled = own != Mode::Manual && before != Mode::Manual;
        (own != before).then(|| Schedule { is_altered: scheduled, ..self.clone() })
    }

    /// As templates read it.
    pub fn value(&self) -> Value {
        let text = |text: &Option<Str>| text.clone().map_or(Value::from(()), Value::from);
        let mode = match (&self.cron, &self.every, self.on_update) {
            (Some(_), _, _) => "cron",
            (None, Some(_), _) => "every",
            (None, None, true) => "on_update",
            (None, None, false) => "manual",
        };
        dict([
            ("cron", text(&self.cron)),
            ("time_zone_value", text(&self.time_zone)),
            ("every", text(&self.every)),
            ("on_update", Value::from(self.on_update)),
            ("at_most_every", text(&self.at_most_every)),
            ("is_altered", Value::from(self.is_altered)),
            ("mode", Value::from(mode)),
            ("auto_refreshed", Value::from(matches!(mode, "every" | "on_update"))),
        ])
    }
}

/// `2 hours`: the number and the unit, in upper case and in the singular.
fn quantity(text: &str) -> Result<(u64, String), Error> {
    let mut words = text.split_whitespace();
    let number = words.next().and_then(|number| number.parse().ok());
    let unit = words.next().map(str::to_uppercase);
    match (number, unit, words.next()) {
        (Some(number), Some(unit), None) => Ok((number, unit.strip_suffix('S').unwrap_or(&unit).to_string())),
        _ => Err(type_error(format!("`{text}` is no interval; write a whole number and a unit"))),
    }
}

fn seconds(text: &str) -> Result<u64, Error> {
    let (number, unit) = quantity(text)?;
    let one = match &*unit {
        "SECOND" => 1,
        "MINUTE" => 60,
        "HOUR" => 3_600,
        "DAY" => 86_400,
        "WEEK" => 604_800,
        _ => return Err(type_error(format!("`{text}` is no interval; units are seconds to weeks"))),
    };
    Ok(number.saturating_mul(one))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn configured(json: serde_json::Value) -> Result<Schedule, Error> {
        Schedule::configured(Some(&Plain::from_json(&json)))
    }

    fn is_same(json: serde_json::Value, described: &str) -> bool {
        let own = configured(json).expect("a schedule");
        own.change_from(&Schedule::described(described).expect("a line of the server's")).is_none()
    }

    #[test]
    fn schedules_are_compared_by_what_they_mean() {
        use serde_json::json;
        assert!(is_same(json!({"cron": "0 0 * * * ? *"}), "CRON '0 0 * * * ? *' AT TIME ZONE 'Etc/UTC'"));
        assert!(is_same(json!({"every": "1 day"}), "EVERY 1 DAYS"));
        assert!(is_same(
            json!({"on_update": true, "at_most_every": "15 minutes"}),
            "TRIGGER ON UPDATE AT MOST EVERY INTERVAL 900 SECONDS"
        ));
        assert!(is_same(json!({}), "MANUAL"));
        assert!(!is_same(json!({"every": "2 days"}), "EVERY 1 DAY"));
        let change = configured(json!({"every": "2 days"})).unwrap();
        assert!(change.change_from(&Schedule::described("EVERY 1 DAY").unwrap()).unwrap().is_altered);
        assert!(!change.change_from(&Schedule::default()).unwrap().is_altered);
    }

    #[test]
    fn schedules_say_one_thing() {
        use serde_json::json;
        for wrong in [
            json!({"every": "1 day", "on_update": true}),
            json!({"at_most_every": "2 hours"}),
            json!({"on_update": true, "at_most_every": "30 seconds"}),
            json!({"every": "5 minutes"}),
            json!({"often": true}),
        ] {
            assert!(configured(wrong.clone()).is_err(), "{wrong}");
        }
    }
}
