//! Jinja2's `Undefined`: it remembers what was missing, so that using it can say so.

use std::fmt;
use std::sync::Arc;

use minijinja::Value;
use minijinja::value::{Object, ObjectRepr};

use super::super::error::{ErrorKind, Raise};
use super::super::suggest::Missing;
use super::super::syntax::ast::Code;
use super::type_repr;

#[derive(Clone, Debug)]
enum Hint {
    Text(String),
    /// An inline `if` without `else` at a byte of a source, whose line is found when it is asked.
    InlineIf(Arc<str>, u32),
}

/// A missing value. `lenient` ones answer attribute access and calls with themselves, as dbt's
/// parse phase wants.
pub(crate) struct Undef {
    hint: Option<Hint>,
    /// The name that was looked for, as it is shown.
    pub name: Value,
    /// What it was looked for in, as Jinja2 names the type.
    owner: Option<String>,
    kind: ErrorKind,
    /// Where to look for what was meant.
    missing: Option<Missing>,
    pub lenient: bool,
}

impl Undef {
    /// A name that is not in scope.
    pub fn name(name: &str, lenient: bool, code: &Arc<Code>) -> Value {
        Value::from_object(Undef {
            hint: None,
            name: Value::from(name),
            owner: None,
            kind: ErrorKind::Undefined,
            missing: (!lenient).then(|| Missing::Variable(name.into(), code.clone())),
            lenient,
        })
    }

    /// An attribute or item that `owner` has not.
    pub fn member(owner: &Value, name: Value, lenient: bool) -> Value {
        // dbt's lenient class forgets the owner.
        let missing = match name.as_str() {
            Some(name) if !lenient => Some(Missing::Member(name.into(), owner.clone())),
            _ => None,
        };
        let owner = (!lenient).then(|| type_repr(owner));
        Value::from_object(Undef { hint: None, name, owner, kind: ErrorKind::Undefined, missing, lenient })
    }

    /// A value that is missing for a reason of its own.
    pub fn hint(hint: impl Into<String>, name: &str, lenient: bool) -> Value {
        Value::from_object(Undef {
            hint: Some(Hint::Text(hint.into())),
            name: Value::from(name),
            owner: None,
            kind: ErrorKind::Undefined,
            missing: None,
            lenient,
        })
    }

    /// The value of `a if b` when `b` is false; strict even where others are lenient.
    pub fn inline_if(source: Arc<str>, at: u32) -> Value {
        Value::from_object(Undef {
            hint: Some(Hint::InlineIf(source, at)),
            name: Value::from(()),
            owner: None,
            kind: ErrorKind::Undefined,
            missing: None,
            lenient: false,
        })
    }

    /// An attribute that the sandbox hides.
    pub fn unsafe_attribute(owner: &Value, name: &str) -> Value {
        Value::from_object(Undef {
            hint: Some(Hint::Text(format!(
                "access to attribute '{name}' of '{}' object is unsafe.",
                super::type_name(owner)
            ))),
            name: Value::from(name),
            owner: None,
            kind: ErrorKind::Security,
            missing: None,
            lenient: false,
        })
    }

    /// The undefined that attribute `name` of a lenient undefined is.
    pub fn lenient_member(&self, name: &str) -> Value {
        Value::from_object(Undef {
            hint: self.hint.clone(),
            name: Value::from(name),
            owner: None,
            kind: self.kind,
            missing: None,
            lenient: true,
        })
    }

    pub fn message(&self) -> String {
        match &self.hint {
            Some(Hint::Text(text)) => return text.clone(),
            Some(Hint::InlineIf(source, at)) => {
                let before = source.get(..*at as usize).unwrap_or_default();
                let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
                return format!(
                    "the inline if-expression on line {line} evaluated to false and no else section was \
                     defined."
                );
            }
            None => {}
        }
        let shown = super::text::repr(&self.name);
        match (&self.owner, self.name.as_str()) {
            (None, _) => format!("{shown} is undefined"),
            (Some(owner), None) => format!("{owner} has no element {shown}"),
            (Some(owner), Some(_)) => format!("'{owner}' has no attribute {shown}"),
        }
    }

    pub fn error(&self) -> Raise {
        Raise::new(self.kind, self.message()).missing(self.missing.clone())
    }
}

/// The error that any use of an undefined value gives.
pub(crate) fn undefined_error(value: &Value) -> Option<Raise> {
    if let Some(undef) = value.downcast_object_ref::<Undef>() {
        return Some(undef.error());
    }
    value.is_undefined().then(|| Raise::new(ErrorKind::Undefined, "the value is undefined"))
}

pub(crate) fn is_undefined(value: &Value) -> bool {
    value.is_undefined() || value.downcast_object_ref::<Undef>().is_some()
}

impl fmt::Debug for Undef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Undef({})", self.message())
    }
}

impl Object for Undef {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn is_true(self: &Arc<Self>) -> bool {
        false
    }

    fn render(self: &Arc<Self>, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}
