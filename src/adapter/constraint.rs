//! Column and model constraints as DDL text (<https://docs.getdbt.com/reference/resource-properties/constraints>).

use super::dialect::{ConstraintKind, ConstraintSupport, Dialect};
use super::error::{AdapterError, Result};
use crate::value::{Map, Str, Value};

/// One constraint of a column or a model, as the properties state it.
#[derive(Clone, Debug, PartialEq)]
pub struct Constraint {
    pub kind: ConstraintKind,
    pub name: Option<Str>,
    pub expression: Option<Str>,
    pub columns: Vec<Str>,
    /// The referenced relation and its columns, for a foreign key.
    pub to: Option<Str>,
    pub to_columns: Vec<Str>,
    pub warn_unenforced: bool,
    pub warn_unsupported: bool,
}

/// A constraint that the warehouse does not take, or takes and does not check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConstraintWarning {
    /// dbt's event: `ConstraintNotSupported` or `ConstraintNotEnforced`.
    pub event: &'static str,
    pub message: String,
}

impl ConstraintKind {
    pub fn from_name(name: &str) -> Option<ConstraintKind> {
        Some(match name {
            "check" => ConstraintKind::Check,
            "not_null" => ConstraintKind::NotNull,
            "unique" => ConstraintKind::Unique,
            "primary_key" => ConstraintKind::PrimaryKey,
            "foreign_key" => ConstraintKind::ForeignKey,
            "custom" => ConstraintKind::Custom,
            _ => return None,
        })
    }

    pub fn name(self) -> &'static str {
        match self {
            ConstraintKind::Check => "check",
            ConstraintKind::NotNull => "not_null",
            ConstraintKind::Unique => "unique",
            ConstraintKind::PrimaryKey => "primary_key",
            ConstraintKind::ForeignKey => "foreign_key",
            ConstraintKind::Custom => "custom",
        }
    }
}

impl Constraint {
    /// Errors: no known `type`, or a field of the wrong shape.
    pub fn parse(raw: &Value) -> Result<Constraint> {
        let malformed = || AdapterError::runtime(format!("Could not parse constraint: {}", raw.py_repr()));
        let map = raw.as_map().ok_or_else(malformed)?;
        let text = |key: &str| match map.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Str(text)) => Ok(Some(text.clone()).filter(|text| !text.is_empty())),
            Some(_) => Err(malformed()),
        };
        let texts = |key: &str| match map.get(key) {
            None | Some(Value::Null) => Ok(vec![]),
            Some(Value::List(items)) => {
                items.iter().map(|item| item.as_shared_str().cloned().ok_or_else(malformed)).collect()
            }
            Some(_) => Err(malformed()),
        };
        let flag = |key: &str| map.get(key).and_then(Value::as_bool).unwrap_or(true);
        let kind = map.get("type").and_then(Value::as_str).and_then(ConstraintKind::from_name);
        Ok(Constraint {
            kind: kind.ok_or_else(malformed)?,
            name: text("name")?,
            expression: text("expression")?,
            columns: texts("columns")?,
            to: text("to")?,
            to_columns: texts("to_columns")?,
            warn_unenforced: flag("warn_unenforced"),
            warn_unsupported: flag("warn_unsupported"),
        })
    }

    /// The reference of a foreign key: `table (a, b)`.
    fn reference(&self, dialect: &dyn Dialect) -> Option<String> {
        match &self.to {
            Some(to) if !self.to_columns.is_empty() => {
                Some(format!("{} ({})", dialect.constraint_target(to), self.to_columns.join(", ")))
            }
            _ => self.expression.as_ref().map(|expression| expression.to_string()),
        }
    }

    /// The text after a column's type; none for what cannot be said there.
    fn column_ddl(&self, dialect: &dyn Dialect) -> Option<String> {
        let expression = self.expression.as_deref();
        let with = |words: &str| Some(format!("{words} {}", expression.unwrap_or_default()));
        let ddl = match self.kind {
            ConstraintKind::Check => Some(format!("check ({})", expression?)),
            ConstraintKind::NotNull => with("not null"),
            ConstraintKind::Unique => with("unique"),
            ConstraintKind::PrimaryKey => with("primary key"),
            ConstraintKind::ForeignKey => Some(format!("references {}", self.reference(dialect)?)),
            ConstraintKind::Custom => Some(expression?.to_string()),
        };
        ddl.map(|ddl| ddl.trim().to_string() + dialect.constraint_suffix(self.kind))
    }

    /// The text of its own line in a table's definition.
    fn model_ddl(&self, dialect: &dyn Dialect) -> Option<String> {
        let prefix = self.name.as_ref().map(|name| format!("constraint {name} ")).unwrap_or_default();
        let columns = self.columns.join(", ");
        let expression = self.expression.as_deref();
        let between = expression.map(|expression| format!(" {expression}")).unwrap_or_default();
        let ddl = match self.kind {
            ConstraintKind::Check => format!("check ({})", expression?),
            ConstraintKind::Unique => format!("unique{between} ({columns})"),
            ConstraintKind::PrimaryKey => format!("primary key{between} ({columns})"),
            ConstraintKind::ForeignKey => {
                format!("foreign key ({columns}) references {}", self.reference(dialect)?)
            }
            ConstraintKind::Custom => expression?.to_string(),
            ConstraintKind::NotNull => return None,
        };
        Some(prefix + &ddl + dialect.constraint_suffix(self.kind))
    }

    /// Whether the warehouse takes the constraint at all, with the warnings that belong to it.
    fn is_taken(&self, dialect: &dyn Dialect, warnings: &mut Vec<ConstraintWarning>) -> bool {
        if self.kind == ConstraintKind::Custom {
            return true;
        }
        let (name, adapter) = (self.kind.name(), dialect.type_name());
        match dialect.constraint_support(self.kind) {
            ConstraintSupport::Enforced => true,
            ConstraintSupport::NotEnforced => {
                if self.warn_unenforced {
                    let message = format!("{adapter} takes the constraint `{name}` but does not check it");
                    warnings.push(ConstraintWarning { event: "ConstraintNotEnforced", message });
                }
                true
            }
            ConstraintSupport::NotSupported => {
                if self.warn_unsupported {
                    let message = format!("{adapter} does not know the constraint `{name}`; it is left out");
                    warnings.push(ConstraintWarning { event: "ConstraintNotSupported", message });
                }
                false
            }
        }
    }
}

/// Each column with its type and constraints: the lines of a `create table`.
///
/// Errors: a column without `name`, a malformed constraint.
pub fn column_lines(
    dialect: &dyn Dialect,
    columns: &Map,
    warnings: &mut Vec<ConstraintWarning>,
) -> Result<Vec<String>> {
    let mut lines = vec![];
    for (key, column) in columns {
        let name = column.get("name").map_or_else(|| key.to_string(), Value::py_str);
        let name =
            if column.get("quote").is_some_and(Value::is_truthy) { dialect.quote(&name) } else { name };
        let mut line = format!("{name} {}", column.get("data_type").map(Value::py_str).unwrap_or_default());
        for raw in column.get("constraints").and_then(Value::as_list).unwrap_or_default() {
            let constraint = Constraint::parse(raw)?;
            if constraint.is_taken(dialect, warnings)
                && let Some(ddl) = constraint.column_ddl(dialect)
            {
                line += " ";
                line += &ddl;
            }
        }
        lines.push(line);
    }
    Ok(lines)
}

/// The lines of a model's own constraints.
///
/// Errors: a malformed constraint.
pub fn model_lines(
    dialect: &dyn Dialect,
    constraints: &[Value],
    warnings: &mut Vec<ConstraintWarning>,
) -> Result<Vec<String>> {
    let mut lines = vec![];
    for raw in constraints {
        let constraint = Constraint::parse(raw)?;
        if constraint.is_taken(dialect, warnings) {
            lines.extend(constraint.model_ddl(dialect));
        }
    }
    Ok(lines)
}
