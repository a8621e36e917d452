//! `config` at execution: the node's settled configuration.
//!
//! <https://docs.getdbt.com/reference/dbt-jinja-functions/config>

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Object, ObjectRepr};
use minijinja::{Error, ErrorKind, State, Value as Jinja};

use super::super::exceptions::raised;
use super::super::function::Arguments;
use super::Execution;
use crate::jinja::engine::to_jinja;
use crate::manifest::{Config, Node};
use crate::value::{Map, Str, Value};

struct RuntimeConfig {
    execution: Arc<Execution>,
}

pub fn value(execution: &Arc<Execution>) -> Jinja {
    Jinja::from_object(RuntimeConfig { execution: execution.clone() })
}

impl RuntimeConfig {
    fn node(&self) -> Option<&Node> {
        self.execution.node()
    }

    fn find(&self, name: &str, in_meta: bool) -> Option<Jinja> {
        let config = &self.node()?.config;
        if in_meta {
            return config.get("meta")?.get(name).map(to_jinja);
        }
        if let Some(hooks) = super::hooks::of_config(&self.execution, name) {
            return Some(hooks);
        }
        // Old strategies for microbatch models read their window here.
        if let Some(batch) = &self.execution.batch {
            let time = match name {
                "__dbt_internal_microbatch_event_time_start" => Some(batch.start),
                "__dbt_internal_microbatch_event_time_end" => Some(batch.end),
                _ => None,
            };
            if let Some(time) = time {
                return Some(to_jinja(&Value::DateTimeTz(time.fixed_offset())));
            }
        }
        if name == "snapshot_table_column_names" {
            return snapshot_columns(config).map(|names| to_jinja(&Value::Map(names)));
        }
        config.get(name).map(to_jinja)
    }

    fn read(&self, state: &mut State<'_, '_>, args: &Arguments, method: &str) -> Result<Jinja, Error> {
        let required = method.ends_with("require");
        let name = args.required(method, 0, "name")?.to_string();
        let validator_at = if required { 1 } else { 2 };
        let default = if required { None } else { args.get(1, "default").cloned() };
        let found = self.find(&name, method.starts_with("meta"));
        let value = match (found, required) {
            (Some(value), _) => value,
            (None, false) => default.clone().unwrap_or_else(|| Jinja::from(())),
            (None, true) => {
                let unique_id = self.node().map_or("", |node| &node.unique_id);
                return Err(raised(format!(
                    "Model '{unique_id}' does not define a required config parameter '{name}'."
                )));
            }
        };
        let checked = required || default.is_some_and(|default| !default.is_none());
        if let Some(validator) =
            args.get(validator_at, "validator").filter(|validator| checked && !validator.is_none())
        {
            validator.call(state, std::slice::from_ref(&value))?;
        }
        Ok(value)
    }

    fn persists(&self, what: &str) -> Result<Jinja, Error> {
        match self.node().and_then(|node| node.config.get("persist_docs")) {
            None | Some(Value::Null) => Ok(Jinja::from(false)),
            Some(Value::Map(map)) => Ok(map.get(what).map_or_else(|| Jinja::from(false), to_jinja)),
            Some(other) => Err(raised(format!(
                "Invalid value provided for 'persist_docs'. Expected dict but received {}",
                other.type_name()
            ))),
        }
    }
}

/// The columns that a snapshot adds, by dbt's names for them: renamed ones, else those names.
fn snapshot_columns(config: &Config) -> Option<Map> {
    let names = config.get("snapshot_meta_column_names")?.as_map()?;
    let named = |(key, name): (&Str, &Value)| {
        let name = if name.is_truthy() { name.clone() } else { Value::Str(key.clone()) };
        (key.clone(), name)
    };
    Some(names.iter().map(named).collect())
}

impl fmt::Debug for RuntimeConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<config>")
    }
}

impl Object for RuntimeConfig {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    /// The call in the model's file was read at parse time.
    fn call(self: &Arc<Self>, _: &mut State<'_, '_>, _: &[Jinja]) -> Result<Jinja, Error> {
        Ok(Jinja::from(""))
    }

    fn get_value(self: &Arc<Self>, key: &Jinja) -> Option<Jinja> {
        // Old packages read `config.model.alias` and the like.
        (key.as_str()? == "model").then(|| super::model::value(&self.execution))
    }

    fn call_method(
        self: &Arc<Self>,
        state: &mut State<'_, '_>,
        method: &str,
        args: &[Jinja],
    ) -> Result<Jinja, Error> {
        match method {
            "set" => Ok(Jinja::from("")),
            "get" | "require" | "meta_get" | "meta_require" => {
                self.read(state, &Arguments::from_values(args)?, method)
            }
            "persist_relation_docs" => self.persists("relation"),
            "persist_column_docs" => self.persists("columns"),
            _ => Err(Error::from(ErrorKind::UnknownMethod)),
        }
    }
}
