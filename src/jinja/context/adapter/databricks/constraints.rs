//! Constraints as dbt-databricks hands them to macros: with a name, and able to write themselves.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use md5::{Digest, Md5};
use minijinja::value::{DynObject, Object, ObjectRepr};
use minijinja::{Error, State, Value};

use super::super::super::args::{CallArgs, type_error, unknown_method};
use super::super::super::relation::raised;
use crate::adapter::constraint::Constraint;
use crate::adapter::dialect::ConstraintKind;
use crate::jinja::engine::list;
use crate::value::{Map, Str, Value as Plain, hex};

/// One constraint in a template.
#[derive(Debug)]
pub(super) struct ConstraintValue(pub Constraint);

impl ConstraintValue {
    pub fn value(constraint: Constraint) -> Value {
        Value::from_object(ConstraintValue(constraint))
    }

    pub fn of(value: &Value) -> Option<&Constraint> {
        value.downcast_object_ref::<ConstraintValue>().map(|value| &value.0)
    }
}

impl Object for ConstraintValue {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let constraint = &self.0;
        let text = |text: &Option<Str>| text.clone().map_or(Value::from(()), Value::from);
        let texts = |texts: &[Str]| list(texts.iter().cloned().map(Value::from).collect());
        Some(match key.as_str()? {
            "type" => Value::from(constraint.kind.name()),
            "name" => text(&constraint.name),
            "expression" => text(&constraint.expression),
            "columns" => texts(&constraint.columns),
            "to" => text(&constraint.to),
            "to_columns" => texts(&constraint.to_columns),
            "warn_unenforced" => Value::from(constraint.warn_unenforced),
            "warn_unsupported" => Value::from(constraint.warn_unsupported),
            "__name__" => Value::from("TypedConstraint"),
            "__callable__" => Value::from(false),
            _ => return None,
        })
    }

    fn call_method(
        self: &Arc<Self>,
        _: &mut State<'_, '_>,
        method: &str,
        args: &[Value],
    ) -> Result<Value, Error> {
        match method {
            "render" => CallArgs::new(args).none(method).map(|()| Value::from(written(&self.0))),
            _ => Err(unknown_method("TypedConstraint", method)),
        }
    }

    fn custom_cmp(self: &Arc<Self>, other: &DynObject) -> Option<Ordering> {
        let other = other.downcast_ref::<ConstraintValue>()?;
        Some(written(&self.0).cmp(&written(&other.0)))
    }

    fn render(self: &Arc<Self>, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&written(&self.0))
    }
}

/// The constraint as a line of a CREATE, or after ADD in an ALTER.
pub(super) fn written(constraint: &Constraint) -> String {
    let prefix = constraint.name.as_ref().map(|name| format!("CONSTRAINT {name} ")).unwrap_or_default();
    let columns = constraint.columns.join(", ");
    let expression = constraint.expression.as_deref();
    let body = match constraint.kind {
        ConstraintKind::PrimaryKey => {
            let more = expression.map(|expression| format!(" {expression}")).unwrap_or_default();
            format!("PRIMARY KEY ({columns}){more}")
        }
        ConstraintKind::ForeignKey => match expression {
            Some(whole) if whole.trim().starts_with('(') => format!("FOREIGN KEY {whole}"),
            Some(reference) => format!("FOREIGN KEY ({columns}) {reference}"),
            None => format!(
                "FOREIGN KEY ({columns}) REFERENCES {} ({})",
                constraint.to.as_deref().unwrap_or_default(),
                constraint.to_columns.join(", ")
            ),
        },
        ConstraintKind::Check => match expression.unwrap_or_default() {
            wrapped if wrapped.starts_with('(') && wrapped.ends_with(')') => format!("CHECK {wrapped}"),
            bare => format!("CHECK ({bare})"),
        },
        _ => expression.unwrap_or_default().to_string(),
    };
    prefix + &body
}

/// The name of a key that has none: a hash of what it says, so that every run finds it again.
pub(super) fn made_up_name(constraint: &Constraint, identifier: &str) -> Option<Str> {
    let names = |names: &[Str]| Plain::List(names.iter().cloned().map(Plain::Str).collect()).py_repr();
    let columns = names(&constraint.columns);
    let text = match (constraint.kind, &constraint.expression) {
        (ConstraintKind::PrimaryKey, None) => format!("primary_key;{identifier};{columns};"),
        (ConstraintKind::PrimaryKey, Some(more)) => format!("primary_key;{identifier};{columns};{more};"),
        (ConstraintKind::ForeignKey, Some(more)) => format!("foreign_key;{identifier};{columns};{more};"),
        (ConstraintKind::ForeignKey, None) => {
            let to = constraint.to.as_deref().unwrap_or("None");
            let parents = match constraint.to_columns.is_empty() {
                true => String::new(),
                false => names(&constraint.to_columns) + ";",
            };
            format!("foreign_key;{identifier};{columns};{to};{parents}")
        }
        _ => return None,
    };
    Some(hex(&Md5::digest(text.as_bytes())).into())
}

/// The columns that must not be null, and all other constraints; of the columns first.
///
/// # Errors
/// A malformed constraint, or one that Databricks does not know.
pub(super) fn parse<'m>(
    columns: impl IntoIterator<Item = (&'m Str, &'m Plain)>,
    of_model: &[Plain],
) -> Result<(Vec<Str>, Vec<Constraint>), Error> {
    let (mut required, mut found) = (vec![], vec![]);
    let mut add = |name: &Str| {
        if !required.contains(name) {
            required.push(name.clone());
        }
    };
    for (key, column) in columns {
        let name = column.get("name").and_then(Plain::as_shared_str).unwrap_or(key);
        for raw in column.get("constraints").and_then(Plain::as_list).unwrap_or_default() {
            let mut raw = raw.as_map().cloned().unwrap_or_default();
            raw.insert("columns".into(), Plain::List(vec![Plain::Str(name.clone())]));
            match checked(&raw)? {
                constraint if constraint.kind == ConstraintKind::NotNull => add(name),
                constraint => found.push(constraint),
            }
        }
    }
    for raw in of_model {
        let constraint = checked(&raw.as_map().cloned().unwrap_or_default())?;
        if constraint.kind != ConstraintKind::NotNull {
            found.push(constraint);
        } else if constraint.columns.is_empty() {
            return Err(type_error("not_null constraint on model must have 'columns' defined"));
        } else {
            constraint.columns.iter().for_each(&mut add);
        }
    }
    Ok((required, found))
}

fn checked(raw: &Map) -> Result<Constraint, Error> {
    let mut constraint = Constraint::parse(&Plain::Map(raw.clone())).map_err(raised)?;
    let has_columns = !constraint.columns.is_empty();
    let has_expression = constraint.expression.is_some();
    let complete = match constraint.kind {
        ConstraintKind::Unique => {
            return Err(type_error("Unique constraints are not supported on Databricks"));
        }
        ConstraintKind::NotNull => true,
        ConstraintKind::PrimaryKey => has_columns,
        ConstraintKind::ForeignKey => {
            let refers = constraint.to.is_some() && !constraint.to_columns.is_empty();
            has_columns && (refers || has_expression)
        }
        ConstraintKind::Check | ConstraintKind::Custom => has_expression,
    };
    if !complete {
        return Err(type_error(format!("Could not parse constraint: {}", Plain::Map(raw.clone()).py_repr())));
    }
    if constraint.kind == ConstraintKind::Check && constraint.name.is_none() {
        let id = uuid::Uuid::new_v4().simple().to_string();
        constraint.name = Some(format!("chk_{}", &id[..8]).into());
    }
    Ok(constraint)
}

/// A constraint as a relation keeps it.
pub(super) fn to_plain(constraint: &Constraint) -> Plain {
    let text = |text: &Option<Str>| text.clone().map_or(Plain::Null, Plain::Str);
    let texts = |texts: &[Str]| Plain::List(texts.iter().cloned().map(Plain::Str).collect());
    Plain::Map(Map::from_iter([
        ("type".into(), constraint.kind.name().into()),
        ("name".into(), text(&constraint.name)),
        ("expression".into(), text(&constraint.expression)),
        ("columns".into(), texts(&constraint.columns)),
        ("to".into(), text(&constraint.to)),
        ("to_columns".into(), texts(&constraint.to_columns)),
        ("warn_unenforced".into(), constraint.warn_unenforced.into()),
        ("warn_unsupported".into(), constraint.warn_unsupported.into()),
    ]))
}
