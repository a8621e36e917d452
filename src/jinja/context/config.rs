//! `config`: <https://docs.getdbt.com/reference/dbt-jinja-functions/config>.
//!
//! At parse time the calls are recorded and reads give nothing; at execution it is the other way
//! round, so the execute stage passes the node's settled configuration.

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Object, ObjectRepr, Value as Jinja, ValueKind};
use minijinja::{Error, ErrorKind, State};

use super::NodeContext;
use super::function::Arguments;
use crate::jinja::engine;
use crate::jinja::errors::nested;
use crate::manifest::config::{Merge, listify, merge_rule};
use crate::value::{Map, Str, Value};

struct ParseConfig {
    context: Arc<NodeContext>,
}

pub fn value(context: &Arc<NodeContext>) -> Jinja {
    Jinja::from_object(ParseConfig { context: context.clone() })
}

impl fmt::Debug for ParseConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<config>")
    }
}

/// The options of a call: one dictionary, or keywords.
///
/// # Errors
/// Anything else, and `pre_hook` given under both spellings.
pub fn options(args: &[Jinja]) -> Result<Map, Error> {
    let args = Arguments::from_values(args)?;
    let given: Vec<(Str, Jinja)> = match (args.positional.as_slice(), args.keyword.is_empty()) {
        ([], false) => {
            args.keyword.iter().map(|(key, value)| (Str::from(key.as_str()), value.clone())).collect()
        }
        ([dict], true) if dict.kind() == ValueKind::Map => dict
            .try_iter()?
            .map(|key| Ok((Str::from(key.to_string()), dict.get_item(&key)?)))
            .collect::<Result<_, Error>>()?,
        _ => {
            return Err(Error::new(ErrorKind::InvalidOperation, "Invalid inline model config"));
        }
    };
    let mut map = Map::default();
    for (key, value) in given {
        let name = match &*key {
            "pre_hook" => "pre-hook".into(),
            "post_hook" => "post-hook".into(),
            _ => key.clone(),
        };
        if map.contains_key(&*name) {
            let other = name.replace('-', "_");
            return Err(Error::new(
                ErrorKind::InvalidOperation,
                format!("Invalid config, has conflicting keys \"{other}\" and \"{name}\""),
            ));
        }
        map.insert(name, engine::from_jinja(&value).map_err(nested)?);
    }
    Ok(map)
}

/// Merges the options of one more call into those seen before, as dbt merges config levels.
///
/// # Errors
/// A dictionary option that is given something else.
pub fn merge_call(seen: &mut Map, call: Map) -> Result<(), String> {
    if seen.is_empty() {
        *seen = call;
        return Ok(());
    }
    for (key, value) in call {
        if &*key == "grants" && seen.contains_key("grants") {
            merge_grants(seen, &call_map(&key, &value)?);
            continue;
        }
        let rule = if &*key == "packages" { Merge::Clobber } else { merge_rule(&key) };
        let merged = rule.apply(&key, seen.get(&*key), &value)?;
        seen.insert(key, merged);
    }
    Ok(())
}

fn call_map(key: &str, value: &Value) -> Result<Map, String> {
    let map = value.as_map().cloned();
    map.ok_or_else(|| format!("`{key}` must be a dictionary, not {}", value.type_name()))
}

/// Grants of a further call. Their `+` stays: it still has to act on what stands outside the file.
fn merge_grants(seen: &mut Map, call: &Map) {
    let Some(Value::Map(grants)) = seen.get_mut("grants") else { return };
    for (key, value) in call {
        let mut items = match grants.get(key) {
            Some(before) if key.starts_with('+') => listify(before),
            _ => vec![],
        };
        items.extend(listify(value));
        grants.insert(key.clone(), Value::List(items));
    }
}

impl ParseConfig {
    fn record(&self, options: Map) -> Result<Jinja, Error> {
        merge_call(&mut self.context.captured().config, options)
            .map_err(|message| Error::new(ErrorKind::InvalidOperation, message))?;
        Ok(Jinja::from(""))
    }
}

impl Object for ParseConfig {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn call(self: &Arc<Self>, _: &mut State<'_, '_>, args: &[Jinja]) -> Result<Jinja, Error> {
        self.record(options(args)?)
    }

    fn call_method(
        self: &Arc<Self>,
        _: &mut State<'_, '_>,
        method: &str,
        args: &[Jinja],
    ) -> Result<Jinja, Error> {
        match method {
            "set" => {
                let args = Arguments::from_values(args)?;
                let name = args.required("set", 0, "name")?.to_string();
                let value = engine::from_jinja(args.required("set", 1, "value")?).map_err(nested)?;
                self.record(Map::from_iter([(Str::from(name), value)]))
            }
            "get" | "require" | "meta_get" | "meta_require" => Ok(Jinja::from("")),
            "persist_relation_docs" | "persist_column_docs" => Ok(Jinja::from(false)),
            _ => Err(Error::from(ErrorKind::UnknownMethod)),
        }
    }
}

/// Python's truth of a configuration value, for callers that read flags out of maps.
pub fn is_set(map: &Map, key: &str) -> bool {
    map.get(key).is_some_and(Value::is_truthy)
}
