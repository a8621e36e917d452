//! Named tuples: what `groupby` and `date.isocalendar` give.

use std::fmt;
use std::sync::Arc;

use minijinja::Value;
use minijinja::value::{Enumerator, Object, ObjectRepr};

use super::{index, text, tuple};

/// A tuple whose items have names.
#[derive(Debug)]
pub(crate) struct NamedTuple {
    /// As `repr` shows the type; empty when it shows a plain tuple.
    pub shown: &'static str,
    pub fields: &'static [&'static str],
    pub items: Vec<Value>,
}

impl NamedTuple {
    pub fn value(shown: &'static str, fields: &'static [&'static str], items: Vec<Value>) -> Value {
        Value::from_object(NamedTuple { shown, fields, items })
    }
}

impl Object for NamedTuple {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Seq
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let at = match key.as_str() {
            Some(name) => self.fields.iter().position(|field| *field == name)?,
            None => {
                let at = index(key)?;
                usize::try_from(if at < 0 { at + self.items.len() as i128 } else { at }).ok()?
            }
        };
        self.items.get(at).cloned()
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.items.clone())
    }

    fn enumerator_len(self: &Arc<Self>) -> Option<usize> {
        Some(self.items.len())
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.shown.is_empty() {
            return f.write_str(&text::repr(&tuple(self.items.clone())));
        }
        let parts: Vec<String> = self
            .fields
            .iter()
            .zip(&self.items)
            .map(|(field, item)| format!("{field}={}", text::repr(item)))
            .collect();
        write!(f, "{}({})", self.shown, parts.join(", "))
    }
}
