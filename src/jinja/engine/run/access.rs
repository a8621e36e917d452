//! `value.name`, `value[index]` and slices, by the rules of Jinja2's sandbox.

use minijinja::Value;
use minijinja::value::ValueKind;

use super::super::error::{R, Raise};
use super::super::methods;
use super::super::value::callable::BoundMethod;
use super::super::value::range::PyRange;
use super::super::value::{
    PyDict, PyList, Undef, as_tuple, index, int, is_str, iter, list, tuple, type_name,
};
use super::Vm;
use super::call::{is_foreign, returned};

impl Vm<'_, '_, '_> {
    /// `value.name`: the attribute, else the item of that name, else undefined.
    pub fn getattr(&mut self, value: &Value, name: &str, lenient: bool) -> R<Value> {
        if let Some(dict) = value.downcast_object_ref::<PyDict>() {
            if methods::find(value, name).is_some() {
                return Ok(BoundMethod::value(value, name));
            }
            if let Some(item) = dict.get_str(name) {
                return Ok(item);
            }
        } else if let Some(undef) = value.downcast_object_ref::<Undef>() {
            return match undef.lenient {
                true if name == "name" => Ok(undef.name.clone()),
                true if is_dunder(name) => Ok(value.clone()),
                true => Ok(undef.lenient_member(name)),
                // Attributes that every object has are there, but not safe.
                false if is_object_attribute(name) => Ok(Undef::unsafe_attribute(value, name)),
                false => Err(undef.error()),
            };
        } else if methods::find(value, name).is_some() {
            return Ok(BoundMethod::value(value, name));
        } else if let Some(item) = attribute(value, name) {
            return Ok(item);
        }
        if is_dunder(name) && !is_foreign(value) {
            return Ok(Undef::unsafe_attribute(value, name));
        }
        Ok(Undef::member(value, Value::from(name), lenient))
    }

    /// `value[index]`: the item, else the attribute of that name, else undefined.
    pub fn getitem(&mut self, value: &Value, at: &Value, lenient: bool) -> R<Value> {
        if let Some(undef) = value.downcast_object_ref::<Undef>() {
            return if undef.lenient { Ok(value.clone()) } else { Err(undef.error()) };
        }
        if let Some(item) = item(value, at) {
            return Ok(item);
        }
        if let Some(name) = at.as_str() {
            if methods::find(value, name).is_some() {
                return Ok(BoundMethod::value(value, name));
            }
            if value.downcast_object_ref::<PyDict>().is_none()
                && let Some(item) = attribute(value, name)
            {
                return Ok(item);
            }
            if is_dunder(name) && !is_foreign(value) {
                return Ok(Undef::unsafe_attribute(value, name));
            }
        }
        Ok(Undef::member(value, at.clone(), lenient))
    }

    /// `value[start:stop:step]`
    pub fn slice(&mut self, value: &Value, bounds: &[Option<Value>; 3], lenient: bool) -> R<Value> {
        if let Some(undef) = value.downcast_object_ref::<Undef>() {
            return if undef.lenient { Ok(value.clone()) } else { Err(undef.error()) };
        }
        let mut numbers = [None; 3];
        for (number, bound) in numbers.iter_mut().zip(bounds) {
            *number = match bound {
                Some(bound) if !bound.is_none() => Some(slice_index(bound)?),
                _ => None,
            };
        }
        if let Some(text) = value.as_str() {
            let chars: Vec<char> = text.chars().collect();
            let picked = positions(chars.len(), numbers)?.filter_map(|at| chars.get(at)).collect::<String>();
            return Ok(Value::from(picked));
        }
        if let Some(range) = value.downcast_object_ref::<PyRange>() {
            return slice_range(*range, numbers);
        }
        let pick = |items: &[Value]| -> R<Vec<Value>> {
            Ok(positions(items.len(), numbers)?.filter_map(|at| items.get(at).cloned()).collect())
        };
        if let Some(items) = value.downcast_object_ref::<PyList>() {
            return Ok(list(pick(&items.items())?));
        }
        if let Some(items) = as_tuple(value) {
            return Ok(tuple(pick(items)?));
        }
        if let Some(bytes) = value.as_bytes().filter(|_| value.kind() == ValueKind::Bytes) {
            let picked = positions(bytes.len(), numbers)?.filter_map(|at| bytes.get(at).copied()).collect();
            return Ok(Value::from_bytes(picked));
        }
        if value.kind() == ValueKind::Seq && is_foreign(value) {
            return Ok(list(pick(&iter::collect(value)?)?));
        }
        Ok(Undef::member(value, Value::from("slice"), lenient))
    }
}

fn is_object_attribute(name: &str) -> bool {
    matches!(
        name,
        "__class__"
            | "__dict__"
            | "__doc__"
            | "__module__"
            | "__init__"
            | "__new__"
            | "__eq__"
            | "__ne__"
            | "__hash__"
            | "__str__"
            | "__repr__"
            | "__len__"
            | "__iter__"
            | "__bool__"
            | "__getattribute__"
    )
}

fn is_dunder(name: &str) -> bool {
    name.len() > 4 && name.starts_with("__") && name.ends_with("__")
}

/// An attribute of an object.
fn attribute(value: &Value, name: &str) -> Option<Value> {
    if matches!(value.kind(), ValueKind::Number | ValueKind::Bool) {
        return methods::number::attribute(value, name);
    }
    let found = value.as_object()?.get_value_by_str(name)?;
    (!found.is_undefined()).then(|| returned(found))
}

fn item(value: &Value, at: &Value) -> Option<Value> {
    if let Some(dict) = value.downcast_object_ref::<PyDict>() {
        return dict.get(at).ok().flatten();
    }
    if let Some(items) = value.downcast_object_ref::<PyList>() {
        let length = items.len();
        return items.get(position(at, length)?);
    }
    if let Some(items) = as_tuple(value) {
        return items.get(position(at, items.len())?).cloned();
    }
    if is_str(value) {
        let text = value.as_str()?;
        let at = index(at)?;
        let c = if at >= 0 {
            text.chars().nth(usize::try_from(at).ok()?)?
        } else {
            text.chars().rev().nth(usize::try_from(-(at + 1)).ok()?)?
        };
        return Some(iter::char_value(c));
    }
    if let Some(range) = value.downcast_object_ref::<PyRange>() {
        return range.get(position(at, range.len())?);
    }
    if let Some(bytes) = value.as_bytes().filter(|_| value.kind() == ValueKind::Bytes) {
        return bytes.get(position(at, bytes.len())?).map(|byte| Value::from(*byte));
    }
    if let Some(found) = super::super::modules::item(value, at) {
        return Some(found);
    }
    if !is_foreign(value) {
        return None;
    }
    let found = value.as_object()?.get_value(at)?;
    (!found.is_undefined()).then(|| returned(found))
}

/// A Python index into `length` items.
fn position(at: &Value, length: usize) -> Option<usize> {
    let at = index(at)?;
    let at = if at < 0 { at + length as i128 } else { at };
    usize::try_from(at).ok()
}

fn slice_index(bound: &Value) -> R<i128> {
    index(bound).ok_or_else(|| {
        Raise::type_error("slice indices must be integers or None or have an __index__ method")
    })
}

/// Python's `slice.indices(length)`.
fn slice_bounds(length: usize, [start, stop, step]: [Option<i128>; 3]) -> R<(i128, i128, i128)> {
    let length = length as i128;
    let step = step.unwrap_or(1);
    if step == 0 {
        return Err(Raise::value_error("slice step cannot be zero"));
    }
    let (low, high) = if step > 0 { (0, length) } else { (-1, length - 1) };
    let clamp = |bound: i128| {
        let bound = if bound < 0 { bound.saturating_add(length) } else { bound };
        bound.clamp(low, high)
    };
    let start = start.map_or(if step > 0 { low } else { high }, clamp);
    let stop = stop.map_or(if step > 0 { high } else { low }, clamp);
    Ok((start, stop, step))
}

fn positions(length: usize, bounds: [Option<i128>; 3]) -> R<impl Iterator<Item = usize>> {
    let (start, stop, step) = slice_bounds(length, bounds)?;
    let mut at = start;
    Ok(std::iter::from_fn(move || {
        let inside = if step > 0 { at < stop } else { at > stop };
        let current = usize::try_from(at).ok().filter(|_| inside)?;
        at = at.saturating_add(step);
        Some(current)
    }))
}

fn slice_range(range: PyRange, bounds: [Option<i128>; 3]) -> R<Value> {
    let (start, stop, step) = slice_bounds(range.len(), bounds)?;
    let at = |position: i128| range.start.saturating_add(range.step.saturating_mul(position));
    Ok(Value::from_object(PyRange {
        start: at(start),
        stop: at(stop),
        step: range.step.checked_mul(step).filter(|step| *step != 0).unwrap_or(1),
    }))
}

/// The entries of anything that is a mapping.
pub(crate) fn mapping_entries(value: &Value) -> Option<Vec<(Value, Value)>> {
    if let Some(dict) = value.downcast_object_ref::<PyDict>() {
        return Some(dict.entries());
    }
    if value.kind() != ValueKind::Map {
        return None;
    }
    let object = value.as_object()?;
    let keys = object.try_iter()?;
    Some(
        keys.map(|key| {
            let item = object.get_value(&key).unwrap_or_default();
            (key, item)
        })
        .collect(),
    )
}

/// `operator.getitem(value, key)` for a dotted path such as filters take: `a.b.0`.
pub(crate) fn path(vm: &mut Vm<'_, '_, '_>, value: &Value, path: &str, lenient: bool) -> R<Value> {
    let mut value = value.clone();
    for part in path.split('.') {
        let key = match part.parse::<i128>() {
            Ok(number) if part.bytes().all(|byte| byte.is_ascii_digit()) => int(number),
            _ => Value::from(part),
        };
        value = vm.getitem(&value, &key, lenient)?;
    }
    Ok(value)
}

/// Text that must be text.
pub(crate) fn expect_str(value: &Value, what: &str) -> R<String> {
    match value.as_str() {
        Some(text) => Ok(text.to_string()),
        None => Err(Raise::type_error(format!("{what} must be str, not {}", type_name(value)))),
    }
}
