//! A relation's path and policies as templates see them.

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Enumerator, Object, ObjectRepr};
use minijinja::{Error, State, Value};

use super::args::unknown_method;
use crate::adapter::Policy;
use crate::jinja::engine::{dict, py_repr};
use crate::value::Str;

/// Text, or `None`.
pub fn text_or_none(text: Option<&Str>) -> Value {
    text.map_or(Value::from(()), |text| Value::from(text.clone()))
}

/// `relation.path`: database, schema and identifier.
#[derive(Debug)]
pub struct PathValue(pub [Option<Str>; 3]);

impl PathValue {
    pub fn value(path: [Option<Str>; 3]) -> Value {
        Value::from_object(PathValue(path))
    }

    pub fn to_dict(&self) -> Value {
        let [database, schema, identifier] = &self.0;
        dict([
            ("database", text_or_none(database.as_ref())),
            ("schema", text_or_none(schema.as_ref())),
            ("identifier", text_or_none(identifier.as_ref())),
        ])
    }
}

impl Object for PathValue {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Map
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let at = match key.as_str()? {
            "database" => 0,
            "schema" => 1,
            "identifier" => 2,
            "__name__" => return Some(Value::from("Path")),
            _ => return None,
        };
        Some(text_or_none(self.0[at].as_ref()))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Str(&["database", "schema", "identifier"])
    }

    fn is_true(self: &Arc<Self>) -> bool {
        true
    }

    fn call_method(
        self: &Arc<Self>,
        _: &mut State<'_, '_>,
        method: &str,
        _: &[Value],
    ) -> Result<Value, Error> {
        match method {
            "to_dict" => Ok(self.to_dict()),
            _ => Err(unknown_method("Path", method)),
        }
    }

    fn render(self: &Arc<Self>, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [database, schema, identifier] =
            self.0.each_ref().map(|part| py_repr(&text_or_none(part.as_ref())));
        write!(out, "Path(database={database}, schema={schema}, identifier={identifier})")
    }
}

/// `relation.quote_policy` and `relation.include_policy`.
#[derive(Debug)]
pub struct PolicyValue(pub Policy);

impl PolicyValue {
    pub fn value(policy: Policy) -> Value {
        Value::from_object(PolicyValue(policy))
    }

    pub fn to_dict(&self) -> Value {
        dict([
            ("database", Value::from(self.0.database)),
            ("schema", Value::from(self.0.schema)),
            ("identifier", Value::from(self.0.identifier)),
        ])
    }
}

impl Object for PolicyValue {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Map
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        match key.as_str()? {
            "database" => Some(Value::from(self.0.database)),
            "schema" => Some(Value::from(self.0.schema)),
            "identifier" => Some(Value::from(self.0.identifier)),
            "__name__" => Some(Value::from("Policy")),
            _ => None,
        }
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Str(&["database", "schema", "identifier"])
    }

    fn is_true(self: &Arc<Self>) -> bool {
        true
    }

    fn call_method(
        self: &Arc<Self>,
        _: &mut State<'_, '_>,
        method: &str,
        _: &[Value],
    ) -> Result<Value, Error> {
        match method {
            "to_dict" => Ok(self.to_dict()),
            _ => Err(unknown_method("Policy", method)),
        }
    }

    fn render(self: &Arc<Self>, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let show = |on| if on { "True" } else { "False" };
        let Policy { database, schema, identifier } = self.0;
        write!(
            out,
            "Policy(database={}, schema={}, identifier={})",
            show(database),
            show(schema),
            show(identifier)
        )
    }
}
