//! Python's `set` and `frozenset`. Order is that of insertion, where Python's is arbitrary.

use std::fmt;
use std::sync::{Arc, Mutex};

use indexmap::IndexSet;
use minijinja::value::{Enumerator, Object, ObjectRepr};
use minijinja::{Error, State, Value};
use rustc_hash::FxBuildHasher;

use super::super::error::R;
use super::super::methods;
use super::{Key, lock, text};

pub(crate) type Members = IndexSet<Key, FxBuildHasher>;

#[derive(Debug, Default)]
pub(crate) struct PySet {
    members: Mutex<Members>,
    pub frozen: bool,
}

impl PySet {
    pub fn new(members: Members, frozen: bool) -> PySet {
        PySet { members: Mutex::new(members), frozen }
    }

    pub fn value(members: Members) -> Value {
        Value::from_object(PySet::new(members, false))
    }

    /// # Errors
    /// When an item is unhashable.
    pub fn members_of(items: impl IntoIterator<Item = Value>) -> R<Members> {
        items.into_iter().map(Key::new).collect()
    }

    pub fn type_name(&self) -> &'static str {
        if self.frozen { "frozenset" } else { "set" }
    }

    pub fn len(&self) -> usize {
        lock(&self.members).len()
    }

    pub fn items(&self) -> Vec<Value> {
        lock(&self.members).iter().map(|key| key.value().clone()).collect()
    }

    pub fn copy(&self) -> Members {
        lock(&self.members).clone()
    }

    pub fn contains(&self, value: &Value) -> R<bool> {
        let key = Key::new(value.clone())?;
        Ok(lock(&self.members).contains(&key))
    }

    pub fn with<T>(&self, change: impl FnOnce(&mut Members) -> T) -> T {
        change(&mut lock(&self.members))
    }
}

impl Object for PySet {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Iterable
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.items())
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
