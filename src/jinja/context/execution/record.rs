//! Objects of dbt that templates read as they read a dict, and can turn into one with `to_dict`.

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Enumerator, Object, ObjectRepr, ValueKind};
use minijinja::{Error, State, Value as Jinja};

/// Parts of a node that are objects as well.
const PARTS: [&str; 4] = ["config", "depends_on", "docs", "contract"];

/// The fields, and what `to_dict` gives.
pub struct Record {
    fields: Jinja,
    plain: Jinja,
}

impl Record {
    /// A record whose dict has the very values of its fields.
    pub fn of(fields: Jinja) -> Jinja {
        Record::with_plain(fields.clone(), fields)
    }

    /// A record that `to_dict` writes in another way than its fields are read.
    pub fn with_plain(fields: Jinja, plain: Jinja) -> Jinja {
        Jinja::from_object(Record { fields, plain })
    }
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.fields, f)
    }
}

impl Object for Record {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Map
    }

    fn get_value(self: &Arc<Self>, key: &Jinja) -> Option<Jinja> {
        let value = self.fields.as_object()?.get_value(key)?;
        let part = value.kind() == ValueKind::Map && key.as_str().is_some_and(|name| PARTS.contains(&name));
        Some(if part { Record::of(value) } else { value })
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        self.fields.as_object().map_or(Enumerator::NonEnumerable, |fields| fields.enumerate())
    }

    fn call_method(
        self: &Arc<Self>,
        state: &mut State<'_, '_>,
        method: &str,
        args: &[Jinja],
    ) -> Result<Jinja, Error> {
        match method {
            "to_dict" => Ok(self.plain.clone()),
            _ => self.fields.call_method(state, method, args),
        }
    }
}
