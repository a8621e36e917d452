//! The groups that `groupby` makes: tuples of two that also have names.

use std::fmt;
use std::sync::Arc;

use minijinja::Value;
use minijinja::value::{Enumerator, Object, ObjectRepr};

use super::{index, text, tuple};

/// `(grouper, list)`
#[derive(Debug)]
pub(crate) struct Group {
    pub grouper: Value,
    pub list: Value,
}

impl Group {
    pub fn value(grouper: Value, list: Value) -> Value {
        Value::from_object(Group { grouper, list })
    }
}

impl Object for Group {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Seq
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        match (key.as_str(), index(key)) {
            (Some("grouper"), _) | (None, Some(0 | -2)) => Some(self.grouper.clone()),
            (Some("list"), _) | (None, Some(1 | -1)) => Some(self.list.clone()),
            _ => None,
        }
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(vec![self.grouper.clone(), self.list.clone()])
    }

    fn enumerator_len(self: &Arc<Self>) -> Option<usize> {
        Some(2)
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text::repr(&tuple(vec![self.grouper.clone(), self.list.clone()])))
    }
}
