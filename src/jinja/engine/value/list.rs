//! Python's `list`: mutable, shared by everyone who holds it.

use std::cell::RefCell;
use std::fmt;
use std::sync::{Arc, Mutex};

use minijinja::value::{Enumerator, Object, ObjectRepr};
use minijinja::{Error, State, Value};

use super::super::methods;
use super::lock;
use super::text;

#[derive(Debug, Default)]
pub(crate) struct PyList(Mutex<Vec<Value>>);

impl PyList {
    pub fn new(items: Vec<Value>) -> PyList {
        PyList(Mutex::new(items))
    }

    /// A copy of the items, for work that may call back into the list.
    pub fn items(&self) -> Vec<Value> {
        lock(&self.0).clone()
    }

    pub fn len(&self) -> usize {
        lock(&self.0).len()
    }

    pub fn get(&self, at: usize) -> Option<Value> {
        lock(&self.0).get(at).cloned()
    }

    /// Runs `change` on the items, which must not reach back into this list.
    pub fn with<T>(&self, change: impl FnOnce(&mut Vec<Value>) -> T) -> T {
        change(&mut lock(&self.0))
    }
}

thread_local! {
    static GRAVE: RefCell<Option<Vec<Value>>> = const { RefCell::new(None) };
}

/// Drops values one after another instead of recursively, so that a list nested a hundred thousand
/// deep does not exhaust the stack.
pub(super) fn bury(values: impl IntoIterator<Item = Value>) {
    let nested = GRAVE.with(|grave| match grave.try_borrow_mut() {
        Ok(mut grave) => match grave.as_mut() {
            Some(waiting) => {
                waiting.extend(values);
                true
            }
            None => {
                *grave = Some(values.into_iter().collect());
                false
            }
        },
        Err(_) => true,
    });
    if nested {
        return;
    }
    while let Some(value) = GRAVE.with(|grave| grave.borrow_mut().as_mut().and_then(Vec::pop)) {
        drop(value);
    }
    GRAVE.with(|grave| *grave.borrow_mut() = None);
}

impl Drop for PyList {
    fn drop(&mut self) {
        let items = std::mem::take(&mut *lock(&self.0));
        if items.iter().any(|item| item.as_object().is_some()) {
            bury(items);
        }
    }
}

impl Object for PyList {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Seq
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let items = lock(&self.0);
        let at = key.as_i64()?;
        let at = if at < 0 { at + items.len() as i64 } else { at };
        items.get(usize::try_from(at).ok()?).cloned()
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
