//! Fields of a relation set by name, as `create`, `incorporate` and `replace` take them.

use minijinja::{Error, Value};

use super::args::{flag, optional_count, optional_text, type_error};
use super::relation_parts::{PathValue, PolicyValue};
use crate::adapter::{EventTimeFilter, Policy, Relation};
use crate::jinja::engine::{from_jinja, is_undefined, py_str};
use crate::value::Str;

/// Sets the parts of the name that are given.
pub(super) fn set_path(relation: &mut Relation, parts: &[(String, Value)]) -> Result<(), Error> {
    for (name, value) in parts {
        let slot = match name.as_str() {
            "database" => 0,
            "schema" => 1,
            "identifier" => 2,
            _ => return Err(type_error(format!("a relation's path has no part '{name}'"))),
        };
        relation.path[slot] = if value.is_none() {
            None
        } else if let Some(text) = value.as_str() {
            Some(text.into())
        } else {
            let shown = if is_undefined(value) { String::new() } else { py_str(value) };
            return Err(type_error(format!("Got an invalid path {name}: {shown}")));
        };
    }
    Ok(())
}

/// Sets one field; what is no field of relations is kept beside them.
pub(super) fn set_field(relation: &mut Relation, name: &str, value: Value) -> Result<(), Error> {
    let empty = value.is_none() || is_undefined(&value);
    match name {
        "path" => {
            if let Some(path) = value.downcast_object_ref::<PathValue>() {
                // An empty part of a path object says nothing.
                for (slot, part) in relation.path.iter_mut().zip(&path.0) {
                    if part.is_some() {
                        slot.clone_from(part);
                    }
                }
                return Ok(());
            }
            // dbt passes over names that are no parts of a path.
            let mut parts = pairs(&value)?;
            parts.retain(|(name, _)| matches!(name.as_str(), "database" | "schema" | "identifier"));
            set_path(relation, &parts)?;
        }
        "type" => {
            relation.kind = if empty {
                None
            } else {
                let kind = py_str(&value);
                let known = relation.dialect.relation_type(&kind);
                Some(known.ok_or_else(|| type_error(format!("'{kind}' is not a valid RelationType")))?)
            };
        }
        "quote_policy" => relation.quote_policy = policy(relation.quote_policy, &value)?,
        "include_policy" => relation.include_policy = policy(relation.include_policy, &value)?,
        "quote_character" => relation.quote_character = py_str(&value).chars().next().unwrap_or('"'),
        "dbt_created" => relation.dbt_created = flag(Some(value), false),
        "require_alias" => relation.require_alias = flag(Some(value), relation.dialect.require_alias()),
        "limit" => relation.limit = optional_count(Some(value)).map(|limit| limit as u64),
        "catalog" => relation.catalog = optional_text(Some(value), name)?.map(Str::from),
        "external" => relation.external = optional_text(Some(value), name)?.map(Str::from),
        "location" => relation.location = optional_text(Some(value), name)?.map(Str::from),
        "information_schema_view" => {
            relation.information_schema_view = Some(optional_text(Some(value), name)?.map(Str::from));
            let of = relation.clone();
            of.dialect.adjust_information_schema(&of, relation);
        }
        "event_time_filter" => relation.event_time_filter = event_filter(&value)?,
        // A plain table is what says nothing else.
        "table_format" if value.as_str().is_some_and(|format| format.eq_ignore_ascii_case("default")) => {
            relation.extra.shift_remove(name);
        }
        _ if empty => {
            relation.extra.shift_remove(name);
        }
        _ => {
            let plain = from_jinja(&value).map_err(|error| type_error(error.message))?;
            relation.extra.insert(name.into(), plain);
        }
    }
    Ok(())
}

fn event_filter(value: &Value) -> Result<Option<EventTimeFilter>, Error> {
    if value.is_none() || is_undefined(value) {
        return Ok(None);
    }
    let part = |name: &str| -> Result<Option<Str>, Error> {
        let part = value.get_attr(name)?;
        Ok((!part.is_none() && !is_undefined(&part)).then(|| py_str(&part).into()))
    };
    Ok(Some(EventTimeFilter {
        field: part("field_name")?.unwrap_or_default(),
        start: part("start")?,
        end: part("end")?,
    }))
}

/// The base policy with what a dict or policy object sets.
fn policy(base: Policy, value: &Value) -> Result<Policy, Error> {
    if let Some(policy) = value.downcast_object_ref::<PolicyValue>() {
        return Ok(policy.0);
    }
    if value.is_none() || is_undefined(value) {
        return Ok(base);
    }
    let mut parts = [None; 3];
    for (name, value) in pairs(value)? {
        if let Some(slot) = ["database", "schema", "identifier"].iter().position(|part| *part == name) {
            parts[slot] = (!value.is_none()).then(|| value.is_true());
        }
    }
    Ok(base.replace(parts))
}

/// The entries of a dict with text keys.
fn pairs(value: &Value) -> Result<Vec<(String, Value)>, Error> {
    let object = value.as_object().ok_or_else(|| type_error("expected a mapping"))?;
    let pairs = object.try_iter_pairs().ok_or_else(|| type_error("expected a mapping"))?;
    Ok(pairs.map(|(key, value)| (py_str(&key), value)).collect())
}
