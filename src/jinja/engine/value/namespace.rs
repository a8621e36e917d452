//! Jinja2's `namespace`, and the `cycler` and `joiner` helpers.

use std::fmt;
use std::sync::{Arc, Mutex};

use minijinja::Value;
use minijinja::value::{Object, ObjectRepr};

use super::PyDict;
use super::lock;
use super::text;

/// What `namespace(…)` makes: an object whose attributes templates may set.
#[derive(Debug)]
pub(crate) struct Namespace {
    pub attrs: Arc<PyDict>,
}

impl Object for Namespace {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.attrs.get(key).ok().flatten()
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<Namespace {}>", text::repr(&Value::from_dyn_object(self.attrs.clone())))
    }
}

/// What `cycler(…)` makes.
#[derive(Debug)]
pub(crate) struct Cycler {
    pub items: Vec<Value>,
    pub at: Mutex<usize>,
}

impl Cycler {
    pub fn current(&self) -> Option<Value> {
        self.items.get(*lock(&self.at)).cloned()
    }

    pub fn next(&self) -> Option<Value> {
        let mut at = lock(&self.at);
        let item = self.items.get(*at).cloned();
        *at = (*at + 1) % self.items.len().max(1);
        item
    }

    pub fn reset(&self) {
        *lock(&self.at) = 0;
    }
}

impl Object for Cycler {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        match key.as_str()? {
            "current" => self.current(),
            "items" => Some(super::tuple(self.items.clone())),
            "pos" => Some(Value::from(*lock(&self.at))),
            _ => None,
        }
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<jinja2.utils.Cycler object>")
    }
}

/// What `joiner(…)` makes: empty the first time, the separator afterwards.
#[derive(Debug)]
pub(crate) struct Joiner {
    pub sep: Value,
    pub used: Mutex<bool>,
}

impl Joiner {
    pub fn call(&self) -> Value {
        if std::mem::replace(&mut *lock(&self.used), true) { self.sep.clone() } else { Value::from("") }
    }
}

impl Object for Joiner {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        match key.as_str()? {
            "sep" => Some(self.sep.clone()),
            "used" => Some(Value::from(*lock(&self.used))),
            _ => None,
        }
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<jinja2.utils.Joiner object>")
    }
}
