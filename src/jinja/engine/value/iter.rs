//! Iteration, over everything Python iterates, and Python's one-shot iterators.

use std::fmt;
use std::sync::{Arc, Mutex};

use minijinja::Value;
use minijinja::value::{Enumerator, Object, ObjectRepr, ValueIter, ValueKind};

use super::super::error::{R, Raise};
use super::super::ops::compare::operand_type;
use super::dict::DictView;
use super::range::PyRange;
use super::{PyDict, PyList, PySet, as_tuple, is_undefined};

type Next = Box<dyn FnMut() -> Option<R<Value>> + Send>;

/// A walk over a value. Lists are read live, as Python reads them.
pub(crate) enum Iter {
    Empty,
    List(Arc<PyList>, usize),
    /// The dict, the position, and how long the dict was at the start.
    Dict(Arc<PyDict>, usize, usize),
    View(Arc<DictView>, usize, usize),
    Range(PyRange, usize),
    Chars(Value, usize),
    Values(std::vec::IntoIter<Value>),
    Shared(Arc<PyIter>),
    Lazy(Next),
    Foreign(ValueIter),
}

impl Iter {
    pub fn lazy(next: impl FnMut() -> Option<R<Value>> + Send + 'static) -> Iter {
        Iter::Lazy(Box::new(next))
    }

    /// How many items are left, when that is known without walking.
    pub fn known_len(&self) -> Option<usize> {
        match self {
            Iter::Empty => Some(0),
            Iter::List(list, at) => Some(list.len().saturating_sub(*at)),
            Iter::Dict(dict, at, _) => Some(dict.len().saturating_sub(*at)),
            Iter::View(view, at, _) => Some(view.dict.len().saturating_sub(*at)),
            Iter::Range(range, at) => Some(range.len().saturating_sub(*at)),
            Iter::Chars(text, at) => text.as_str().map(|text| text[*at..].chars().count()),
            Iter::Values(values) => Some(values.len()),
            Iter::Shared(_) | Iter::Lazy(_) | Iter::Foreign(_) => None,
        }
    }
}

impl Iterator for Iter {
    type Item = R<Value>;

    fn next(&mut self) -> Option<R<Value>> {
        match self {
            Iter::Empty => None,
            Iter::List(list, at) => {
                let item = list.get(*at)?;
                *at += 1;
                Some(Ok(item))
            }
            Iter::Dict(dict, at, len) => {
                if dict.len() != *len {
                    return Some(Err(changed()));
                }
                let (key, _) = dict.at(*at)?;
                *at += 1;
                Some(Ok(key))
            }
            Iter::View(view, at, len) => {
                if view.dict.len() != *len {
                    return Some(Err(changed()));
                }
                let item = view.at(*at)?;
                *at += 1;
                Some(Ok(item))
            }
            Iter::Range(range, at) => {
                let item = range.get(*at)?;
                *at += 1;
                Some(Ok(item))
            }
            Iter::Chars(text, at) => {
                let next = text.as_str()?.get(*at..)?.chars().next()?;
                *at += next.len_utf8();
                Some(Ok(char_value(next)))
            }
            Iter::Values(values) => values.next().map(Ok),
            Iter::Shared(iter) => iter.next(),
            Iter::Lazy(next) => next(),
            Iter::Foreign(iter) => iter.next().map(Ok),
        }
    }
}

fn changed() -> Raise {
    Raise::runtime("dictionary changed size during iteration")
}

pub(crate) fn char_value(c: char) -> Value {
    Value::from(&*c.encode_utf8(&mut [0; 4]))
}

/// `iter(value)`
///
/// # Errors
/// Python's `TypeError` when the value is not iterable.
pub(crate) fn iterate(value: &Value) -> R<Iter> {
    match value.kind() {
        ValueKind::String => return Ok(Iter::Chars(value.clone(), 0)),
        ValueKind::Undefined => return Ok(Iter::Empty),
        ValueKind::Bytes => {
            let bytes = value.as_bytes().unwrap_or_default();
            return Ok(Iter::Values(
                bytes.iter().map(|byte| Value::from(*byte)).collect::<Vec<_>>().into_iter(),
            ));
        }
        ValueKind::None | ValueKind::Bool | ValueKind::Number => return Err(not_iterable(value)),
        _ => {}
    }
    if let Some(list) = value.downcast_object::<PyList>() {
        Ok(Iter::List(list, 0))
    } else if let Some(dict) = value.downcast_object::<PyDict>() {
        let len = dict.len();
        Ok(Iter::Dict(dict, 0, len))
    } else if let Some(items) = as_tuple(value) {
        Ok(Iter::Values(items.iter().cloned().collect::<Vec<_>>().into_iter()))
    } else if let Some(view) = value.downcast_object::<DictView>() {
        let len = view.dict.len();
        Ok(Iter::View(view, 0, len))
    } else if let Some(set) = value.downcast_object_ref::<PySet>() {
        Ok(Iter::Values(set.items().into_iter()))
    } else if let Some(range) = value.downcast_object_ref::<PyRange>() {
        Ok(Iter::Range(*range, 0))
    } else if let Some(iter) = value.downcast_object::<PyIter>() {
        Ok(Iter::Shared(iter))
    } else if is_undefined(value) {
        Ok(Iter::Empty)
    } else {
        value.try_iter().map(Iter::Foreign).map_err(|_| not_iterable(value))
    }
}

fn not_iterable(value: &Value) -> Raise {
    Raise::type_error(format!("'{}' object is not iterable", operand_type(value)))
}

/// `list(value)` as a plain vector.
pub(crate) fn collect(value: &Value) -> R<Vec<Value>> {
    if let Some(list) = value.downcast_object_ref::<PyList>() {
        return Ok(list.items());
    }
    iterate(value)?.collect()
}

/// `len(value)`
///
/// # Errors
/// Python's `TypeError` when the value has no length.
pub(crate) fn length(value: &Value) -> R<usize> {
    if let Some(text) = value.as_str() {
        return Ok(text.chars().count());
    }
    if is_undefined(value) {
        return Ok(0);
    }
    let sized =
        !matches!(value.kind(), ValueKind::Plain | ValueKind::None | ValueKind::Bool | ValueKind::Number)
            && value.downcast_object_ref::<PyIter>().is_none();
    match value.len().filter(|_| sized) {
        Some(length) => Ok(length),
        None => Err(Raise::type_error(format!("object of type '{}' has no len()", operand_type(value)))),
    }
}

/// A Python iterator or generator: it can be walked once.
pub(crate) struct PyIter {
    iter: Mutex<Iter>,
    name: &'static str,
}

impl PyIter {
    /// `name` is the type's name, for example `generator` or `zip`.
    pub fn value(iter: Iter, name: &'static str) -> Value {
        Value::from_object(PyIter { iter: Mutex::new(iter), name })
    }

    /// A generator over items that are known already.
    pub fn generator(items: Vec<Value>) -> Value {
        PyIter::value(Iter::Values(items.into_iter()), "generator")
    }

    pub fn next(&self) -> Option<R<Value>> {
        match self.iter.try_lock() {
            Ok(mut iter) => iter.next(),
            // An iterator that feeds itself.
            Err(_) => Some(Err(Raise::value_error("generator already executing"))),
        }
    }

    pub fn type_name(&self) -> &'static str {
        self.name
    }
}

impl fmt::Debug for PyIter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{} object>", self.name)
    }
}

impl Object for PyIter {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Iterable
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        let iter = self.clone();
        Enumerator::Iter(Box::new(std::iter::from_fn(move || iter.next()?.ok())))
    }

    fn is_true(self: &Arc<Self>) -> bool {
        true
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = if self.name == "generator" { "generator object" } else { self.name };
        write!(f, "<{name} object at 0x{:012x}>", Arc::as_ptr(self) as *const () as usize)
    }
}
