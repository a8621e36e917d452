//! What a relation on Databricks tells beside its name and type.

use minijinja::{Error, Value};

use super::super::super::args::{CallArgs, items, type_error};
use super::super::super::relation::{RelationValue, raised};
use super::constraints::{self, ConstraintValue};
use crate::adapter::constraint::Constraint;
use crate::adapter::dialect::{ConstraintKind, ConstraintSupport};
use crate::adapter::{Relation, RelationType};
use crate::jinja::engine::{list, to_jinja};
use crate::value::Value as Plain;

/// An attribute that only relations on Databricks have.
pub(in crate::jinja::context) fn attribute(relation: &Relation, name: &str) -> Option<Value> {
    if relation.dialect.type_name() != "databricks" {
        return None;
    }
    let fact = |name: &str| relation.extra.get("metadata").and_then(|facts| facts.get(name));
    let provider = || fact("Provider").and_then(Plain::as_str);
    let table_type = || relation.extra.get("databricks_table_type").and_then(Plain::as_str);
    let plain = |value: Option<&Plain>| value.map_or(Value::from(()), to_jinja);
    Some(match name {
        "is_hudi" => Value::from(provider() == Some("hudi")),
        "is_iceberg" => Value::from(provider() == Some("iceberg")),
        "is_foreign_table" => Value::from(relation.is(RelationType::Foreign)),
        "is_external_table" => Value::from(table_type() == Some("external")),
        "is_shallow_clone" => {
            Value::from(matches!(table_type(), Some("managed_shallow_clone" | "external_shallow_clone")))
        }
        "is_dlt" => {
            let kinds = [RelationType::MaterializedView, RelationType::StreamingTable];
            Value::from(kinds.into_iter().any(|kind| relation.is(kind)))
        }
        "owner" => plain(fact("Owner")),
        "stats" => plain(fact("Statistics")),
        "create_constraints" | "alter_constraints" => {
            let kept = relation.extra.get(name).and_then(Plain::as_list).unwrap_or_default();
            let kept = kept.iter().filter_map(|raw| Constraint::parse(raw).ok());
            list(kept.map(ConstraintValue::value).collect())
        }
        "is_delta" | "metadata" | "databricks_table_type" => plain(relation.extra.get(name)),
        "is_staging" | "temporary" => Value::from(relation.extra.get(name).is_some_and(Plain::is_truthy)),
        _ => return None,
    })
}

/// A method that only relations on Databricks have; none for others.
///
/// # Errors
/// Arguments that do not fit.
pub(in crate::jinja::context) fn call(
    relation: &Relation,
    method: &str,
    args: &CallArgs,
) -> Result<Option<Value>, Error> {
    Ok(Some(match method {
        "is_hive_metastore" => Value::from(is_hive(relation)),
        "has_information" => Value::from(relation.extra.contains_key("metadata")),
        "enrich" | "add_constraint" => {
            let given = args.positional.first().or(args.keyword.first().map(|(_, value)| value));
            let given = given.ok_or_else(|| type_error(format!("{method}() takes constraints")))?;
            let given = if method == "enrich" { items(given)? } else { vec![given.clone()] };
            let mut changed = relation.clone();
            for constraint in &given {
                let constraint = ConstraintValue::of(constraint)
                    .ok_or_else(|| type_error(format!("{method}() takes constraints")))?;
                add(&mut changed, constraint.clone());
            }
            RelationValue::value(changed)
        }
        "render_constraints_for_create" => {
            let kept = relation.extra.get("create_constraints").and_then(Plain::as_list).unwrap_or_default();
            let mut lines = vec![];
            for raw in kept {
                let constraint = Constraint::parse(raw).map_err(raised)?;
                let support = relation.dialect.constraint_support(constraint.kind);
                let taken =
                    constraint.kind == ConstraintKind::Custom || support != ConstraintSupport::NotSupported;
                lines.extend(taken.then(|| constraints::written(&constraint)));
            }
            Value::from(lines.join(", "))
        }
        _ => return Ok(None),
    }))
}

/// Whether the relation lies outside Unity Catalog. A temporary one lies nowhere.
pub(super) fn is_hive(relation: &Relation) -> bool {
    let hive = relation.database().is_none_or(|name| name.eq_ignore_ascii_case("hive_metastore"));
    hive && !relation.extra.get("temporary").is_some_and(Plain::is_truthy)
}

/// Checks are added once the table stands; all else is part of its CREATE. Keys without a name get one that later
/// runs find again, and so do all keys of a table that is built beside another. Materialized views let the server
/// name them.
fn add(relation: &mut Relation, mut constraint: Constraint) {
    let staging = relation.extra.get("is_staging").is_some_and(Plain::is_truthy);
    let renames = constraint.name.is_none() || staging;
    if renames
        && !relation.is(RelationType::MaterializedView)
        && let Some(name) = constraints::made_up_name(&constraint, relation.identifier().unwrap_or("None"))
    {
        constraint.name = Some(name);
    }
    let key =
        if constraint.kind == ConstraintKind::Check { "alter_constraints" } else { "create_constraints" };
    let mut kept = relation.extra.get(key).and_then(Plain::as_list).unwrap_or_default().to_vec();
    kept.push(constraints::to_plain(&constraint));
    relation.extra.insert(key.into(), Plain::List(kept));
}
