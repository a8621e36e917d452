//! Hashing and equality as Python's dicts and sets need them: `1`, `1.0` and `True` are one key.

use std::hash::{Hash, Hasher};

use indexmap::Equivalent;
use minijinja::Value;
use minijinja::value::ValueKind;

use super::super::error::{R, Raise};
use super::super::ops::compare::equal;
use super::{Num, PyDict, PyList, PySet, as_tuple, is_undefined, number, type_name};

/// A hashable value.
#[derive(Clone, Debug)]
pub(crate) struct Key(Value);

impl Key {
    /// # Errors
    /// Python's `TypeError` for a list, a dict or a set.
    pub fn new(value: Value) -> R<Key> {
        check(&value)?;
        Ok(Key(value))
    }

    pub fn text(text: &str) -> Key {
        Key(Value::from(text))
    }

    pub fn value(&self) -> &Value {
        &self.0
    }

    pub fn into_value(self) -> Value {
        self.0
    }
}

fn check(value: &Value) -> R<()> {
    if value.as_object().is_none() {
        return Ok(());
    }
    if let Some(items) = as_tuple(value) {
        return items.iter().try_for_each(check);
    }
    let mutable = value.downcast_object_ref::<PyList>().is_some()
        || value.downcast_object_ref::<PyDict>().is_some()
        || value.downcast_object_ref::<PySet>().is_some_and(|set| !set.frozen);
    if mutable {
        return Err(Raise::type_error(format!("unhashable type: '{}'", type_name(value))));
    }
    Ok(())
}

/// A string to look up without making a [`Key`] of it.
pub(crate) struct StrKey<'a>(pub &'a str);

impl Hash for StrKey<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl Equivalent<Key> for StrKey<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        key.0.as_str() == Some(self.0)
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Key) -> bool {
        match (self.0.as_str(), other.0.as_str()) {
            (Some(left), Some(right)) => left == right,
            (None, None) => equal(&self.0, &other.0),
            _ => false,
        }
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash(&self.0, state);
    }
}

fn hash<H: Hasher>(value: &Value, state: &mut H) {
    if let Some(text) = value.as_str() {
        return text.hash(state);
    }
    match number(value) {
        Some(Num::Int(value)) => return value.hash(state),
        Some(Num::Float(value)) if value.fract() == 0.0 && value.abs() < 1e38 => {
            return (value as i128).hash(state);
        }
        Some(Num::Float(value)) => return value.to_bits().hash(state),
        None => {}
    }
    if let Some(items) = as_tuple(value) {
        2u8.hash(state);
        for item in items.iter() {
            hash(item, state);
        }
    } else if let Some(bytes) = value.as_bytes().filter(|_| value.kind() == ValueKind::Bytes) {
        bytes.hash(state);
    } else if value.is_none() || is_undefined(value) {
        0u8.hash(state);
    } else {
        // Objects with an equality of their own compare equal by text.
        value.to_string().hash(state);
    }
}
