//! `exceptions`: what macros raise. <https://docs.getdbt.com/reference/dbt-jinja-functions/exceptions>

use std::fmt;
use std::sync::Arc;

use minijinja::value::Value as Jinja;
use minijinja::{Error, ErrorKind};

use super::function::{Arguments, function};
use super::{Message, NodeContext};
use crate::jinja::engine;

/// A dict, as dbt's is.
pub fn value(context: &Arc<NodeContext>) -> Jinja {
    engine::dict(NAMES.map(|name| {
        let context = context.clone();
        (name, function(name, move |_, args| call(&context, name, &args)))
    }))
}

/// An error that a macro raised on purpose; its message is the user's own.
#[derive(Clone, Debug)]
pub struct Raised {
    pub message: String,
}

impl fmt::Display for Raised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Raised {}

/// The error of `raise_compiler_error` and its kin.
pub fn raised(message: String) -> Error {
    Error::new(ErrorKind::InvalidOperation, message.clone()).with_source(Raised { message })
}

/// What macros can raise, in dbt's order.
const NAMES: [&str; 21] = [
    "warn",
    "missing_config",
    "missing_materialization",
    "missing_relation",
    "raise_ambiguous_alias",
    "raise_ambiguous_catalog_match",
    "raise_cache_inconsistent",
    "raise_dataclass_not_dict",
    "raise_compiler_error",
    "raise_database_error",
    "raise_dep_not_found",
    "raise_dependency_error",
    "raise_duplicate_patch_name",
    "raise_duplicate_resource_name",
    "raise_invalid_property_yml_version",
    "raise_not_implemented",
    "relation_wrong_type",
    "raise_contract_error",
    "column_type_missing",
    "raise_fail_fast_error",
    "warn_snapshot_timestamp_data_types",
];

fn call(context: &NodeContext, name: &str, args: &Arguments) -> Result<Jinja, Error> {
    let text = |index: usize, key: &str| args.required(name, index, key).map(Jinja::to_string);
    let warn = |text: String| {
        (context.run.messages)(Message::Warn { text, node: context.node.unique_id.clone() });
    };
    let message = match name {
        "warn" => {
            warn(text(0, "msg")?);
            return Ok(Jinja::from(""));
        }
        "warn_snapshot_timestamp_data_types" => {
            warn(format!(
                "Data type of snapshot table timestamp columns ({}) doesn't match derived column 'updated_at' \
                 ({}). Please update snapshot config 'updated_at'.",
                text(0, "snapshot_time_data_type")?,
                text(1, "updated_at_data_type")?
            ));
            return Ok(Jinja::from(()));
        }
        "raise_contract_error" => return Err(contract_error(args)),
        "raise_compiler_error"
        | "raise_database_error"
        | "raise_fail_fast_error"
        | "raise_not_implemented"
        | "raise_dependency_error" => text(0, "msg")?,
        "missing_config" => format!(
            "Model '{}' does not define a required config parameter '{}'.",
            context.node.unique_id,
            text(1, "name")?
        ),
        "missing_materialization" => format!(
            "No materialization was found for `{}` on adapter {}",
            context.node.name,
            text(1, "adapter_type")?
        ),
        "missing_relation" => format!("Relation {} not found!", text(0, "relation")?),
        "column_type_missing" => format!(
            "Contracted models require data_type to be defined for each column. Please ensure that the column name and data_type are defined within the YAML configuration for the {} column(s).",
            text(0, "column_names")?
        ),
        _ => {
            let said: Vec<String> = args.positional.iter().map(Jinja::to_string).collect();
            said.join(": ")
        }
    };
    Err(raised(message))
}

/// Columns of a contract beside those of the query, as a table that shows what differs.
fn contract_error(args: &Arguments) -> Error {
    let columns = |index: usize, name: &str| -> Vec<(String, String)> {
        let Some(list) = args.get(index, name).and_then(|list| list.try_iter().ok()) else { return vec![] };
        list.map(|column| {
            let part = |key: &str| column.get_attr(key).map(|value| value.to_string()).unwrap_or_default();
            (part("name"), part("data_type"))
        })
        .collect()
    };
    let (yaml, sql) = (columns(0, "yaml_columns"), columns(1, "sql_columns"));
    if yaml.is_empty() {
        return raised(
            "This model has an enforced contract, and its 'columns' specification is missing".into(),
        );
    }
    let mut rows: Vec<[String; 4]> = vec![];
    for (name, actual) in &sql {
        let declared = yaml.iter().find(|(other, _)| other == name).map(|(_, data_type)| data_type);
        match declared {
            None => rows.push([name.clone(), actual.clone(), String::new(), "missing in contract".into()]),
            Some(declared) if declared != actual => {
                rows.push([name.clone(), actual.clone(), declared.clone(), "data type mismatch".into()]);
            }
            Some(_) => {}
        }
    }
    for (name, data_type) in &yaml {
        if !sql.iter().any(|(other, _)| other == name) {
            rows.push([name.clone(), String::new(), data_type.clone(), "missing in definition".into()]);
        }
    }
    rows.sort_by(|a, b| a[0].cmp(&b[0]));
    raised(format!(
        "This model has an enforced contract that failed.\nPlease ensure the name, data_type, and number of columns in \
         your contract match the columns in your model's definition.\n\n{}",
        table(["column_name", "definition_type", "contract_type", "mismatch_reason"], &rows)
    ))
}

fn table(header: [&str; 4], rows: &[[String; 4]]) -> String {
    let width = |at: usize| {
        rows.iter().map(|row| row[at].chars().count()).chain([header[at].len()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..4).map(width).collect();
    let line = |cells: [&str; 4]| {
        let cells: Vec<String> =
            cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        format!("| {} |", cells.join(" | "))
    };
    let rule: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
    let mut lines = vec![line(header), format!("| {} |", rule.join(" | "))];
    lines.extend(rows.iter().map(|row| line([&row[0], &row[1], &row[2], &row[3]])));
    lines.join("\n")
}
