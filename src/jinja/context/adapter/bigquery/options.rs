//! The options of a CREATE, from a node's configuration.

use minijinja::{Error, State, Value};

use super::super::super::agate::tuple;
use super::super::{CallGet, plain};
use crate::jinja::engine::{dict, is_undefined, list, to_jinja};
use crate::value::{Map, Str, Value as Plain};

/// The configuration and node that the options follow from.
pub(super) struct Options {
    pub config: Value,
    pub node: Value,
}

type Pairs = Vec<(&'static str, Value)>;

impl Options {
    fn setting(&self, state: &mut State<'_, '_>, key: &str) -> Result<Option<Value>, Error> {
        let found = self.config.call_method(state, "get", &[Value::from(key)])?;
        Ok((!found.is_none() && !is_undefined(&found)).then_some(found))
    }

    pub fn common(&self, state: &mut State<'_, '_>, temporary: bool) -> Result<Pairs, Error> {
        let mut options = vec![];
        if let Some(hours) = self.setting(state, "hours_to_expiration")?.filter(|_| !temporary) {
            options.push(("expiration_timestamp", Value::from(expiration(&hours.to_string()))));
        }
        let persists = self.config.call_method(state, "persist_relation_docs", &[])?.is_true();
        if let Some(description) = self.node.call_get("description").filter(|_| persists) {
            options.push(("description", Value::from(escaped(&description.to_string()))));
        }
        let mut labels = Map::default();
        if self.setting(state, "labels_from_meta")?.is_some_and(|on| on.is_true()) {
            labels.extend(self.mapping(state, "meta")?);
        }
        labels.extend(self.mapping(state, "labels")?);
        for (name, map) in [("labels", labels), ("tags", self.mapping(state, "resource_tags")?)] {
            if !map.is_empty() {
                let pair =
                    |(key, value): (&Str, &Plain)| tuple(vec![Value::from(key.clone()), to_jinja(value)]);
                options.push((name, list(map.iter().map(pair).collect())));
            }
        }
        Ok(options)
    }

    fn mapping(&self, state: &mut State<'_, '_>, key: &str) -> Result<Map, Error> {
        let value = self.setting(state, key)?.map(|value| plain(&value)).transpose()?;
        Ok(value.as_ref().and_then(Plain::as_map).cloned().unwrap_or_default())
    }

    pub fn table(&self, state: &mut State<'_, '_>, temporary: bool) -> Result<Value, Error> {
        let mut options = self.common(state, temporary)?;
        if let Some(key) = self.setting(state, "kms_key_name")? {
            options.push(("kms_key_name", Value::from(format!("'{key}'"))));
        }
        if temporary {
            options.retain(|(name, _)| *name != "expiration_timestamp");
            options.push(("expiration_timestamp", Value::from(expiration("12"))));
            return Ok(dict(options));
        }
        let partitioned = self.setting(state, "partition_by")?.is_some();
        for name in ["require_partition_filter", "partition_expiration_days", "enable_change_history"] {
            let counts = partitioned || name != "require_partition_filter";
            if let Some(value) = self.setting(state, name)?.filter(|_| counts) {
                options.push((name, value));
            }
        }
        Ok(dict(options))
    }
}

fn expiration(hours: &str) -> String {
    format!("TIMESTAMP_ADD(CURRENT_TIMESTAMP(), INTERVAL {hours} hour)")
}

/// A text in three quotation marks.
pub(super) fn escaped(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("\"\"\"{text}\"\"\"")
}
