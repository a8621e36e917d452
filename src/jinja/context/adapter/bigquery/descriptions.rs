//! Descriptions of relations and columns, set by ALTER statements.

use minijinja::{Error, Value};

use super::super::super::exceptions;
use super::super::super::host::ExecutionHost;
use super::super::plain;
use super::schema::{kind, quoted, relations, run};
use crate::adapter::Relation;
use crate::value::{Map, Value as Plain};

/// Describes a relation, which need not say what it is.
pub(super) fn describe(host: &dyn ExecutionHost, mut relation: Relation, text: &str) -> Result<(), Error> {
    if relation.kind.is_none() {
        let beside = relations(host, &relation.without_identifier())?;
        relation.kind =
            beside.iter().find(|known| known.path[2] == relation.path[2]).and_then(|known| known.kind);
    }
    let (kind, text) = (kind(host, &relation), quoted(host, text));
    run(host, &format!("alter {kind} {} set options (description = {text})", relation.render()))
}

/// Describes columns that are there: a mapping of their names to what the project says of them.
///
/// # Errors
/// A column has `policy_tags`, which SQL cannot set.
pub(super) fn describe_columns(
    host: &dyn ExecutionHost,
    relation: &Relation,
    wanted: &Value,
) -> Result<(), Error> {
    let wanted = plain(wanted)?;
    let wanted = wanted.as_map().cloned().unwrap_or_default();
    if wanted.is_empty() {
        return Ok(());
    }
    refuse_policy_tags(&wanted)?;
    let text = |column: &Plain| {
        column.get("description").filter(|text| !text.is_null()).map_or(String::new(), Plain::py_str)
    };
    let mut changes = vec![];
    let mut nested = vec![];
    for (name, column) in &wanted {
        if !name.contains('.') {
            let quoted_name = host.adapter().dialect().quote(name);
            changes.push(format!(
                "alter column {quoted_name} set options (description = {})",
                quoted(host, &text(column))
            ));
        } else if !text(column).is_empty() {
            nested.push(&**name);
        }
    }
    if !nested.is_empty() {
        let message = format!(
            "{}: SQL describes no fields of structs, so these have no description in BigQuery: {}",
            relation.render(),
            nested.join(", ")
        );
        host.warn("AdapterEventWarning", &message);
    }
    if changes.is_empty() {
        return Ok(());
    }
    run(host, &format!("alter {} {} {}", kind(host, relation), relation.render(), changes.join(", ")))
}

fn refuse_policy_tags(wanted: &Map) -> Result<(), Error> {
    let tagged = wanted.iter().find(|(_, column)| column.get("policy_tags").is_some_and(Plain::is_truthy));
    match tagged {
        None => Ok(()),
        Some((name, _)) => Err(exceptions::raised(format!(
            "the column `{name}` has `policy_tags`, which BigQuery takes through its API alone; \
             set them there (or by Terraform), and take them out of the project"
        ))),
    }
}
