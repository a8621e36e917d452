//! What an adapter remembers for one invocation: warnings given, answers that do not change.

use std::sync::{Mutex, MutexGuard};

use rustc_hash::FxHashMap;

use crate::value::Value;

/// Answers by name, shared by all threads.
#[derive(Debug, Default)]
pub struct Memo(Mutex<FxHashMap<String, Value>>);

impl Memo {
    pub fn get(&self, key: &str) -> Option<Value> {
        self.lock().get(key).cloned()
    }

    pub fn set(&self, key: impl Into<String>, value: Value) {
        self.lock().insert(key.into(), value);
    }

    /// The answer, made now if it is not there.
    pub fn get_or_insert_with(&self, key: &str, make: impl FnOnce() -> Value) -> Value {
        self.lock().entry(key.to_string()).or_insert_with(make).clone()
    }

    /// True the first time that it is asked for this key.
    pub fn is_first(&self, key: &str) -> bool {
        self.lock().insert(format!("first:{key}"), Value::Bool(true)).is_none()
    }

    fn lock(&self) -> MutexGuard<'_, FxHashMap<String, Value>> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}
