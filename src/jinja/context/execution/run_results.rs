//! `results` of hooks at the end of a run: <https://docs.getdbt.com/reference/dbt-jinja-functions/on-run-end-context>.

use std::fmt;
use std::sync::{Arc, OnceLock};

use chrono::{DateTime, Utc};
use minijinja::value::{Object, ObjectRepr};
use minijinja::{Error, ErrorKind, State, Value as Jinja};

use super::Runtime;
use super::record::Record;
use crate::event::RunResult;
use crate::jinja::engine::{dict, list, map_to_jinja, to_jinja};
use crate::value::{Map, Value};

/// One result, with its node made when someone asks.
struct ResultValue {
    runtime: Arc<Runtime>,
    result: RunResult,
    node: OnceLock<Jinja>,
}

const FIELDS: [&str; 9] = [
    "status",
    "timing",
    "thread_id",
    "execution_time",
    "adapter_response",
    "message",
    "failures",
    "unique_id",
    "node",
];

pub fn run_result_value(runtime: &Arc<Runtime>, result: &RunResult) -> Jinja {
    Jinja::from_object(ResultValue {
        runtime: runtime.clone(),
        result: result.clone(),
        node: OnceLock::new(),
    })
}

impl ResultValue {
    fn field(&self, name: &str) -> Option<Jinja> {
        let result = &self.result;
        Some(match name {
            "status" => Jinja::from(result.status.as_str()),
            "thread_id" => Jinja::from(result.thread_id.clone()),
            "execution_time" => Jinja::from(result.execution_time),
            "adapter_response" => map_to_jinja(&result.adapter_response),
            "message" => result.message.clone().map_or_else(|| Jinja::from(()), Jinja::from),
            "failures" => result.failures.map_or_else(|| Jinja::from(()), Jinja::from),
            "unique_id" => Jinja::from(result.unique_id.clone()),
            "timing" => self.timing(),
            "node" => self.node.get_or_init(|| self.describe()).clone(),
            _ => return None,
        })
    }

    fn timing(&self) -> Jinja {
        let entries = self.result.timing.iter().map(|timing| {
            let with = |shown: fn(DateTime<Utc>) -> Value| {
                let time = |time: Option<DateTime<Utc>>| time.map_or(Value::Null, shown);
                to_jinja(&Value::Map(Map::from_iter([
                    ("name".into(), timing.name.into()),
                    ("started_at".into(), time(timing.started_at)),
                    ("completed_at".into(), time(timing.completed_at)),
                ])))
            };
            let text = |time: DateTime<Utc>| time.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string().into();
            Record::with_plain(with(|time| Value::DateTime(time.naive_utc())), with(text))
        });
        list(entries.collect())
    }

    fn describe(&self) -> Jinja {
        let manifest = &self.runtime.graph.manifest;
        let Some(node) = self.result.node.map(|id| manifest.node(id)) else { return Jinja::from(()) };
        Record::of(map_to_jinja(&(self.runtime.describe)(node, manifest, self.result.compiled.as_deref())))
    }

    fn to_dict(&self) -> Jinja {
        dict(FIELDS.iter().map(|name| (*name, self.field(name).unwrap_or_default())).collect::<Vec<_>>())
    }
}

impl fmt::Debug for ResultValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<RunResult {} {}>", self.result.unique_id, self.result.status.as_str())
    }
}

impl Object for ResultValue {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Jinja) -> Option<Jinja> {
        self.field(key.as_str()?)
    }

    fn call_method(
        self: &Arc<Self>,
        _: &mut State<'_, '_>,
        method: &str,
        _: &[Jinja],
    ) -> Result<Jinja, Error> {
        match method {
            "to_dict" => Ok(self.to_dict()),
            _ => Err(Error::from(ErrorKind::UnknownMethod)),
        }
    }
}
