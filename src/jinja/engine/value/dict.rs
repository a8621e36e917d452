//! Python's `dict`, and the live views `keys()`, `values()` and `items()` give of it.

use std::fmt;
use std::sync::{Arc, Mutex};

use indexmap::IndexMap;
use minijinja::value::{Enumerator, Object, ObjectRepr};
use minijinja::{Error, State, Value};
use rustc_hash::FxBuildHasher;

use super::super::error::R;
use super::super::methods;
use super::key::StrKey;
use super::{Key, lock, text, tuple};

pub(crate) type Entries = IndexMap<Key, Value, FxBuildHasher>;

#[derive(Debug, Default)]
pub(crate) struct PyDict(Mutex<Entries>);

/// A mutable Python `dict` with string keys.
pub fn dict<K: AsRef<str>>(entries: impl IntoIterator<Item = (K, Value)>) -> Value {
    let entries = entries.into_iter().map(|(key, value)| (Key::text(key.as_ref()), value)).collect();
    Value::from_object(PyDict::new(entries))
}

impl PyDict {
    pub fn new(entries: Entries) -> PyDict {
        PyDict(Mutex::new(entries))
    }

    pub fn value(entries: Entries) -> Value {
        Value::from_object(PyDict::new(entries))
    }

    pub fn len(&self) -> usize {
        lock(&self.0).len()
    }

    pub fn get_str(&self, key: &str) -> Option<Value> {
        lock(&self.0).get(&StrKey(key)).cloned()
    }

    /// # Errors
    /// When the key is unhashable.
    pub fn get(&self, key: &Value) -> R<Option<Value>> {
        if let Some(key) = key.as_str() {
            return Ok(self.get_str(key));
        }
        let key = Key::new(key.clone())?;
        Ok(lock(&self.0).get(&key).cloned())
    }

    pub fn insert(&self, key: Key, value: Value) -> Option<Value> {
        lock(&self.0).insert(key, value)
    }

    pub fn entries(&self) -> Vec<(Value, Value)> {
        lock(&self.0).iter().map(|(key, value)| (key.value().clone(), value.clone())).collect()
    }

    pub fn keys(&self) -> Vec<Value> {
        lock(&self.0).keys().map(|key| key.value().clone()).collect()
    }

    pub fn values(&self) -> Vec<Value> {
        lock(&self.0).values().cloned().collect()
    }

    pub fn at(&self, position: usize) -> Option<(Value, Value)> {
        lock(&self.0).get_index(position).map(|(key, value)| (key.value().clone(), value.clone()))
    }

    pub fn copy(&self) -> Entries {
        lock(&self.0).clone()
    }

    /// Runs `change` on the entries, which must not reach back into this dict.
    pub fn with<T>(&self, change: impl FnOnce(&mut Entries) -> T) -> T {
        change(&mut lock(&self.0))
    }
}

impl Drop for PyDict {
    fn drop(&mut self) {
        let entries = std::mem::take(&mut *lock(&self.0));
        if entries.values().any(|value| value.as_object().is_some()) {
            super::list::bury(entries.into_values());
        }
    }
}

impl Object for PyDict {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Map
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get(key).ok().flatten()
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        self.get_str(key)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.keys())
    }

    fn enumerator_len(self: &Arc<Self>) -> Option<usize> {
        Some(self.len())
    }

    fn is_true(self: &Arc<Self>) -> bool {
        self.len() > 0
    }

    fn call_method(
        self: &Arc<Self>,
        state: &mut State<'_, '_>,
        method: &str,
        args: &[Value],
    ) -> Result<Value, Error> {
        methods::from_foreign(state, &Value::from_dyn_object(self.clone()), method, args)
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text::repr(&Value::from_dyn_object(self.clone())))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ViewKind {
    Keys,
    Values,
    Items,
}

/// What `d.keys()`, `d.values()` or `d.items()` returns.
#[derive(Debug)]
pub(crate) struct DictView {
    pub dict: Arc<PyDict>,
    pub kind: ViewKind,
}

impl DictView {
    pub fn value(dict: Arc<PyDict>, kind: ViewKind) -> Value {
        Value::from_object(DictView { dict, kind })
    }

    pub fn type_name(&self) -> &'static str {
        match self.kind {
            ViewKind::Keys => "dict_keys",
            ViewKind::Values => "dict_values",
            ViewKind::Items => "dict_items",
        }
    }

    pub fn at(&self, position: usize) -> Option<Value> {
        let (key, value) = self.dict.at(position)?;
        Some(match self.kind {
            ViewKind::Keys => key,
            ViewKind::Values => value,
            ViewKind::Items => tuple(vec![key, value]),
        })
    }

    pub fn items(&self) -> Vec<Value> {
        match self.kind {
            ViewKind::Keys => self.dict.keys(),
            ViewKind::Values => self.dict.values(),
            ViewKind::Items => {
                self.dict.entries().into_iter().map(|(key, value)| tuple(vec![key, value])).collect()
            }
        }
    }
}

impl Object for DictView {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Iterable
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.items())
    }

    fn enumerator_len(self: &Arc<Self>) -> Option<usize> {
        Some(self.dict.len())
    }

    fn is_true(self: &Arc<Self>) -> bool {
        self.dict.len() > 0
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({})", self.type_name(), text::repr(&super::list(self.items())))
    }
}
