//! What Snowflake's relations know beside the common: the format of the table, and the configuration of
//! dynamic and interactive tables.

use std::sync::Arc;

use minijinja::{Error, Value};

use super::super::super::args::{CallArgs, flag, type_error};
use super::super::super::relation::RelationValue;
use super::super::CallGet;
use super::{ICEBERG_FORMAT, PLAIN_FORMAT, changes, dynamic_table, interactive_table, setting};
use crate::adapter::relation::Part;
use crate::adapter::{Relation, RelationType};
use crate::jinja::engine::py_str;

/// An attribute of a Snowflake relation.
pub fn attribute(relation: &Relation, name: &str) -> Option<Value> {
    if relation.dialect.type_name() != "snowflake" {
        return None;
    }
    match name {
        "table_format" if !is_iceberg(relation) => Some(Value::from(PLAIN_FORMAT)),
        "is_iceberg_format" => Some(Value::from(is_iceberg(relation))),
        // Snowflake renames no Iceberg tables.
        "can_be_renamed" => Some(Value::from(relation.can_be_renamed() && !is_iceberg(relation))),
        _ => None,
    }
}

/// A method of a Snowflake relation; none where it is none of its own.
///
/// # Errors
/// Those of the method.
pub fn call(relation: &Arc<Relation>, method: &str, args: &CallArgs) -> Result<Option<Value>, Error> {
    let args = args.clone();
    Ok(Some(match method {
        "get_ddl_prefix_for_alter" => {
            args.none(method).map(|()| Value::from(if is_iceberg(relation) { "iceberg" } else { "" }))?
        }
        "get_ddl_prefix_for_create" => {
            let [config, temporary] = args.bind(method, ["config", "temporary"], 2)?;
            let transient = config.unwrap_or_default().call_get("transient");
            Value::from(match (flag(temporary, false), is_iceberg(relation)) {
                (true, _) => "temporary",
                (_, true) => "iceberg",
                _ if transient.is_none_or(|set| set.is_true()) => "transient",
                _ => "",
            })
        }
        "as_case_sensitive" => args.none(method).map(|()| RelationValue::value(as_stored(relation)))?,
        "needs_to_drop" => {
            let old = args.one(method, "old_relation")?;
            Value::from(
                RelationValue::of(&old).is_some_and(|old| {
                    !old.is(RelationType::Table) || is_iceberg(&old) != is_iceberg(relation)
                }),
            )
        }
        "from_config" => {
            let model = args.one(method, "config")?;
            match py_str(&setting(&model, "materialized")).as_str() {
                "dynamic_table" => dynamic_table::wanted(&model)?.to_value(),
                "interactive_table" => interactive_table::wanted(&model)?.to_value(),
                other => {
                    return Err(type_error(format!(
                        "from_config() is not supported for the provided relation type: {other}"
                    )));
                }
            }
        }
        "dynamic_table_config_changeset" => {
            let [standing, model] = args.bind(method, ["relation_results", "relation_config"], 2)?;
            let standing = dynamic_table::standing(&standing.unwrap_or_default())?;
            changes::of_dynamic(&standing, &dynamic_table::wanted(&model.unwrap_or_default())?)
        }
        "interactive_table_config_changeset" => {
            let [standing, model] = args.bind(method, ["relation_results", "relation_config"], 2)?;
            let standing = interactive_table::standing(&standing.unwrap_or_default())?;
            changes::of_interactive(&standing, &interactive_table::wanted(&model.unwrap_or_default())?)
        }
        _ => return Ok(None),
    }))
}

fn is_iceberg(relation: &Relation) -> bool {
    let format = relation.extra.get("table_format").and_then(crate::value::Value::as_str);
    format.is_some_and(|format| format.eq_ignore_ascii_case(ICEBERG_FORMAT))
}

/// The name as Snowflake keeps it: what is not quoted is in upper case.
fn as_stored(relation: &Relation) -> Relation {
    let mut stored = relation.clone();
    for (slot, part) in [Part::Database, Part::Schema, Part::Identifier].into_iter().enumerate() {
        let quoted =
            [relation.quote_policy.database, relation.quote_policy.schema, relation.quote_policy.identifier];
        if !quoted[slot]
            && let Some(name) = relation.part(part)
        {
            stored.path[slot] = Some(name.to_uppercase().into());
        }
    }
    stored
}
