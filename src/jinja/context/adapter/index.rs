//! `adapter.parse_index`: the `indexes` config of a model.

use std::fmt;
use std::sync::Arc;

use md5::{Digest, Md5};
use minijinja::value::{Object, ObjectRepr};
use minijinja::{Error, State, Value};

use super::super::args::{CallArgs, type_error, unknown_method};
use super::super::relation::RelationValue;
use super::super::relation_parts::text_or_none;
use super::plain;
use crate::jinja::engine::{is_undefined, list, py_str};
use crate::value::{Str, Value as Plain};

/// One index as the config states it.
#[derive(Debug)]
pub(super) struct IndexValue {
    pub columns: Vec<Str>,
    pub unique: bool,
    pub kind: Option<Str>,
}

/// The index of a raw config; nothing for nothing.
pub(super) fn parse(raw: &Value) -> Result<Value, Error> {
    if raw.is_none() || is_undefined(raw) {
        return Ok(Value::from(()));
    }
    read(&plain(raw)?).map(Value::from_object)
}

/// An entry of the config `indexes`.
///
/// Errors: it is no mapping, or has no list of columns.
pub(super) fn read(raw: &Plain) -> Result<IndexValue, Error> {
    let malformed = || {
        type_error(format!(
            "`indexes` entries are mappings with a list of `columns`; this is {}",
            raw.py_repr()
        ))
    };
    let map = raw.as_map().ok_or_else(malformed)?;
    let columns = map.get("columns").and_then(Plain::as_list).ok_or_else(malformed)?;
    let columns = columns.iter().map(|column| column.as_shared_str().cloned().ok_or_else(malformed));
    Ok(IndexValue {
        columns: columns.collect::<Result<_, _>>()?,
        unique: map.get("unique").is_some_and(Plain::is_truthy),
        kind: map.get("type").and_then(Plain::as_shared_str).cloned(),
    })
}

impl Object for IndexValue {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        match key.as_str()? {
            "columns" => Some(list(self.columns.iter().cloned().map(Value::from).collect())),
            "unique" => Some(Value::from(self.unique)),
            "type" => Some(text_or_none(self.kind.as_ref())),
            "__name__" => Some(Value::from("IndexConfig")),
            "__callable__" => Some(Value::from(false)),
            _ => None,
        }
    }

    fn call_method(
        self: &Arc<Self>,
        _: &mut State<'_, '_>,
        method: &str,
        args: &[Value],
    ) -> Result<Value, Error> {
        if method != "render" {
            return Err(unknown_method("IndexConfig", method));
        }
        let relation = CallArgs::new(args).one(method, "relation")?;
        let name =
            RelationValue::of(&relation).map_or_else(|| py_str(&relation), |relation| relation.render());
        // The time makes the name new each run: an index of the old table may still stand.
        let now = chrono::Utc::now().naive_utc().format("%Y-%m-%dT%H:%M:%S%.6f");
        let text = format!("{}_{name}_{}_{now}", self.columns.join("_"), self.unique);
        let digest = Md5::digest(text.as_bytes());
        Ok(Value::from(digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>()))
    }

    fn render(self: &Arc<Self>, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "IndexConfig(columns={:?}, unique={})", self.columns, self.unique)
    }
}
