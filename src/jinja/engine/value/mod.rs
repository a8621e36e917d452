//! Python's values on top of [`minijinja::Value`]: `None`, `bool`, numbers and `str` are the
//! stock ones, everything that is mutable, ordered or named differently in Python is an object of
//! this module.

pub(crate) mod callable;
pub(crate) mod convert;
pub(crate) mod dict;
pub(crate) mod iter;
pub(crate) mod key;
pub(crate) mod list;
pub(crate) mod named;
pub(crate) mod namespace;
pub(crate) mod range;
pub(crate) mod set;
pub(crate) mod text;
pub(crate) mod undefined;

use std::sync::{Mutex, MutexGuard};

use minijinja::Value;
use minijinja::value::{Tuple, ValueKind};

pub(crate) use dict::PyDict;
pub(crate) use key::Key;
pub(crate) use list::PyList;
pub(crate) use set::PySet;
pub(crate) use undefined::{Undef, is_undefined};

/// The lock of a value. Values are not shared by renders, so a panic cannot leave one half changed.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

pub(crate) fn none() -> Value {
    Value::from(())
}

/// A Python `int`.
pub(crate) fn int(value: i128) -> Value {
    i64::try_from(value).map_or_else(|_| Value::from(value), Value::from)
}

/// A Python `tuple`.
pub fn tuple(items: Vec<Value>) -> Value {
    Value::from(Tuple::new(items))
}

/// A mutable Python `list`.
pub fn list(items: Vec<Value>) -> Value {
    Value::from_object(PyList::new(items))
}

/// A number as Python's arithmetic sees it; `bool` is an `int`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Num {
    Int(i128),
    Float(f64),
}

impl Num {
    pub fn float(self) -> f64 {
        match self {
            Num::Int(value) => value as f64,
            Num::Float(value) => value,
        }
    }
}

pub(crate) fn number(value: &Value) -> Option<Num> {
    match value.kind() {
        ValueKind::Bool => Some(Num::Int(i128::from(value.is_true()))),
        ValueKind::Number if value.is_integer() => match value.as_i64() {
            Some(small) => Some(Num::Int(i128::from(small))),
            None => i128::try_from(value.clone()).ok().map(Num::Int),
        },
        ValueKind::Number => f64::try_from(value.clone()).ok().map(Num::Float),
        _ => None,
    }
}

/// The value as Python's `operator.index` takes it: `int` and `bool` only.
pub(crate) fn index(value: &Value) -> Option<i128> {
    match number(value) {
        Some(Num::Int(value)) => Some(value),
        _ => None,
    }
}

pub(crate) fn is_str(value: &Value) -> bool {
    value.kind() == ValueKind::String
}

pub(crate) fn as_tuple(value: &Value) -> Option<&Tuple> {
    value.downcast_object_ref::<Tuple>()
}

/// `type(value).__name__`
pub(crate) fn type_name(value: &Value) -> String {
    match value.kind() {
        ValueKind::Undefined => "Undefined".into(),
        ValueKind::None => "NoneType".into(),
        ValueKind::Bool => "bool".into(),
        ValueKind::Number if value.is_integer() => "int".into(),
        ValueKind::Number => "float".into(),
        ValueKind::String => "str".into(),
        ValueKind::Bytes => "bytes".into(),
        kind => object_type_name(value, kind),
    }
}

fn object_type_name(value: &Value, kind: ValueKind) -> String {
    let known = if value.downcast_object_ref::<PyList>().is_some() {
        "list"
    } else if value.downcast_object_ref::<PyDict>().is_some() {
        "dict"
    } else if let Some(set) = value.downcast_object_ref::<PySet>() {
        set.type_name()
    } else if value.is_tuple() {
        "tuple"
    } else if is_undefined(value) {
        "Undefined"
    } else if value.downcast_object_ref::<range::PyRange>().is_some() {
        "range"
    } else if let Some(view) = value.downcast_object_ref::<dict::DictView>() {
        view.type_name()
    } else if let Some(iter) = value.downcast_object_ref::<iter::PyIter>() {
        iter.type_name()
    } else if let Some(name) = callable::type_name(value) {
        name
    } else if value.downcast_object_ref::<namespace::Namespace>().is_some() {
        "Namespace"
    } else if let Some(name) = super::modules::type_name(value) {
        name
    } else {
        // A context object may say what it is.
        if let Some(name) = value.as_object().and_then(|object| object.get_value(&Value::from("__name__")))
            && let Some(name) = name.as_str()
        {
            return name.to_string();
        }
        match kind {
            ValueKind::Seq => "list",
            ValueKind::Map => "dict",
            ValueKind::Iterable => "generator",
            _ => "object",
        }
    };
    known.into()
}

/// As Jinja2's messages call a value: `None`, `dict object`, `datetime.date object`.
pub(crate) fn type_repr(value: &Value) -> String {
    if value.is_none() {
        return "None".into();
    }
    let name = super::modules::long_type_name(value).unwrap_or_else(|| type_name(value));
    let module = match name.as_str() {
        "Namespace" => "jinja2.utils.",
        "Macro" | "LoopContext" | "Undefined" => "jinja2.runtime.",
        "Cycler" | "Joiner" => "jinja2.utils.",
        _ => "",
    };
    format!("{module}{name} object")
}
