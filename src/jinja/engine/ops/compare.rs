//! Equality, ordering and membership.

use std::cmp::Ordering;

use minijinja::Value;
use minijinja::value::ValueKind;

use super::super::error::{R, Raise};
use super::super::modules;
use super::super::run::call::is_foreign;
use super::super::run::native::Marker;
use super::super::syntax::ast::CmpOp;
use super::super::value::dict::DictView;
use super::super::value::range::PyRange;
use super::super::value::undefined::undefined_error;
use super::super::value::{
    Num, PyDict, PyList, PySet, as_tuple, index, is_str, is_undefined, iter, number, text, type_name,
};

/// Containers nested deeper than this count as unequal, so that one that contains itself ends.
const MAX_DEPTH: usize = 100;

/// `left == right`
pub(crate) fn equal(left: &Value, right: &Value) -> bool {
    equal_at(left, right, 0)
}

fn equal_at(left: &Value, right: &Value, depth: usize) -> bool {
    if depth > MAX_DEPTH {
        return false;
    }
    if let (Some(left), Some(right)) = (left.as_str(), right.as_str()) {
        return left == right;
    }
    if let (Some(left), Some(right)) = (number(left), number(right)) {
        return compare_numbers(left, right) == Some(Ordering::Equal);
    }
    if is_undefined(left) || is_undefined(right) {
        return is_undefined(left) && is_undefined(right);
    }
    if let (Some(left), Some(right)) = (marked_text(left), marked_text(right)) {
        return left == right;
    }
    if left.as_object().is_none() || right.as_object().is_none() {
        return left.is_none() && right.is_none()
            || left.kind() == ValueKind::Bytes
                && right.kind() == ValueKind::Bytes
                && left.as_bytes() == right.as_bytes()
            // A `Decimal` equals plain numbers.
            || modules::compare(left, right) == Some(Some(Ordering::Equal));
    }
    if identity(left).is_some_and(|left| identity(right) == Some(left)) {
        return true;
    }
    if let Some(answer) = equal_containers(left, right, depth) {
        return answer;
    }
    if let Some(ordering) = modules::compare(left, right) {
        return ordering == Some(Ordering::Equal);
    }
    if is_foreign(left) && is_foreign(right) {
        return left == right;
    }
    // A list of the engine and one of a context function are both lists.
    if left.kind() == ValueKind::Seq && right.kind() == ValueKind::Seq {
        return equal_items(left, right, depth);
    }
    false
}

/// The text of a string or of what `as_bool` and its kin made of one, which is a string still.
fn marked_text(value: &Value) -> Option<&str> {
    value.as_str().or_else(|| Some(&*value.downcast_object_ref::<Marker>()?.text))
}

/// Where a container of the engine lies, which tells one from another of the same content.
pub(crate) fn identity(value: &Value) -> Option<usize> {
    fn address<T: 'static>(value: &Value) -> Option<usize> {
        value.downcast_object_ref::<T>().map(|object| std::ptr::from_ref(object) as usize)
    }
    address::<PyList>(value)
        .or_else(|| address::<PyDict>(value))
        .or_else(|| address::<PySet>(value))
        .or_else(|| as_tuple(value).map(|items| std::ptr::from_ref(items) as usize))
}

fn equal_containers(left: &Value, right: &Value, depth: usize) -> Option<bool> {
    if let (Some(left), Some(right)) =
        (left.downcast_object_ref::<PyList>(), right.downcast_object_ref::<PyList>())
    {
        return Some(equal_slices(&left.items(), &right.items(), depth));
    }
    match (as_tuple(left), as_tuple(right)) {
        (Some(left), Some(right)) => return Some(equal_slices(left, right, depth)),
        (None, None) => {}
        _ => return Some(false),
    }
    if let (Some(left), Some(right)) =
        (left.downcast_object_ref::<PyDict>(), right.downcast_object_ref::<PyDict>())
    {
        let entries = left.entries();
        return Some(
            entries.len() == right.len()
                && entries.iter().all(|(key, value)| {
                    matches!(right.get(key), Ok(Some(other)) if equal_at(value, &other, depth + 1))
                }),
        );
    }
    if let (Some(left), Some(right)) = (members(left), members(right)) {
        return Some(left.len() == right.len() && left.iter().all(|item| contains_in(&right, item)));
    }
    if let (Some(left), Some(right)) =
        (left.downcast_object_ref::<PyRange>(), right.downcast_object_ref::<PyRange>())
    {
        let first = |range: &PyRange| range.get(0).and_then(|value| index(&value));
        let same = left.len() == right.len()
            && first(left) == first(right)
            && (left.len() < 2 || left.step == right.step);
        return Some(same);
    }
    None
}

/// The members of a set, or of the keys or items of a dict, which compare as sets.
fn members(value: &Value) -> Option<Vec<Value>> {
    if let Some(set) = value.downcast_object_ref::<PySet>() {
        return Some(set.items());
    }
    let view = value.downcast_object_ref::<DictView>()?;
    (view.type_name() != "dict_values").then(|| view.items())
}

fn contains_in(items: &[Value], wanted: &Value) -> bool {
    items.iter().any(|item| equal(item, wanted))
}

fn equal_slices(left: &[Value], right: &[Value], depth: usize) -> bool {
    left.len() == right.len() && left.iter().zip(right).all(|(left, right)| equal_at(left, right, depth + 1))
}

fn equal_items(left: &Value, right: &Value, depth: usize) -> bool {
    match (iter::collect(left), iter::collect(right)) {
        (Ok(left), Ok(right)) => equal_slices(&left, &right, depth),
        _ => false,
    }
}

fn compare_numbers(left: Num, right: Num) -> Option<Ordering> {
    match (left, right) {
        (Num::Int(left), Num::Int(right)) => Some(left.cmp(&right)),
        (Num::Float(left), Num::Float(right)) => left.partial_cmp(&right),
        (Num::Int(left), Num::Float(right)) => compare_mixed(left, right),
        (Num::Float(left), Num::Int(right)) => compare_mixed(right, left).map(Ordering::reverse),
    }
}

/// Exact, as Python compares an `int` with a `float`.
fn compare_mixed(int: i128, float: f64) -> Option<Ordering> {
    if float.is_nan() {
        return None;
    }
    if float >= 1.7e38 {
        return Some(Ordering::Less);
    }
    if float <= -1.7e38 {
        return Some(Ordering::Greater);
    }
    let whole = float.trunc();
    Some(int.cmp(&(whole as i128)).then_with(|| whole.partial_cmp(&float).unwrap_or(Ordering::Equal)))
}

/// The order of two values, `None` when they are unordered (NaN, sets).
///
/// # Errors
/// Python's `TypeError` for values that have no order.
fn order(op: CmpOp, left: &Value, right: &Value) -> R<Option<Ordering>> {
    if let (Some(left), Some(right)) = (left.as_str(), right.as_str()) {
        return Ok(Some(left.cmp(right)));
    }
    if let (Some(left), Some(right)) = (number(left), number(right)) {
        return Ok(compare_numbers(left, right));
    }
    if let Some(error) = undefined_error(left).or_else(|| undefined_error(right)) {
        return Err(error);
    }
    if let (Some(left_items), Some(right_items)) = (as_tuple(left), as_tuple(right)) {
        return order_slices(op, left_items, right_items);
    }
    if let (Some(left), Some(right)) =
        (left.downcast_object_ref::<PyList>(), right.downcast_object_ref::<PyList>())
    {
        return order_slices(op, &left.items(), &right.items());
    }
    if let (Some(left), Some(right)) = (members(left), members(right)) {
        let within = |inner: &[Value], outer: &[Value]| inner.iter().all(|item| contains_in(outer, item));
        return Ok(match (within(&left, &right), within(&right, &left)) {
            (true, true) => Some(Ordering::Equal),
            (true, false) => Some(Ordering::Less),
            (false, true) => Some(Ordering::Greater),
            (false, false) => None,
        });
    }
    if left.kind() == ValueKind::Bytes && right.kind() == ValueKind::Bytes {
        return Ok(Some(left.as_bytes().cmp(&right.as_bytes())));
    }
    if let Some(Some(ordering)) = modules::compare(left, right) {
        return Ok(Some(ordering));
    }
    if let Some(reason) = modules::order_error(left, right) {
        return Err(Raise::type_error(reason));
    }
    if is_foreign(left) && is_foreign(right) {
        return Ok(Some(left.cmp(right)));
    }
    let sign = match op {
        CmpOp::Lt => "<",
        CmpOp::Le => "<=",
        CmpOp::Gt => ">",
        _ => ">=",
    };
    Err(Raise::type_error(format!(
        "'{sign}' not supported between instances of '{}' and '{}'",
        operand_type(left),
        operand_type(right)
    )))
}

/// The type as messages of operators name it.
pub(crate) fn operand_type(value: &Value) -> String {
    modules::long_type_name(value).unwrap_or_else(|| type_name(value))
}

fn order_slices(op: CmpOp, left: &[Value], right: &[Value]) -> R<Option<Ordering>> {
    for (left, right) in left.iter().zip(right) {
        if !equal(left, right) {
            return order(op, left, right);
        }
    }
    Ok(Some(left.len().cmp(&right.len())))
}

/// One comparison of a chain.
pub(crate) fn compare(op: CmpOp, left: &Value, right: &Value) -> R<bool> {
    Ok(match op {
        CmpOp::Eq => equal(left, right),
        CmpOp::Ne => !equal(left, right),
        CmpOp::In => contains(right, left)?,
        CmpOp::NotIn => !contains(right, left)?,
        CmpOp::Lt => order(op, left, right)? == Some(Ordering::Less),
        CmpOp::Le => matches!(order(op, left, right)?, Some(Ordering::Less | Ordering::Equal)),
        CmpOp::Gt => order(op, left, right)? == Some(Ordering::Greater),
        CmpOp::Ge => matches!(order(op, left, right)?, Some(Ordering::Greater | Ordering::Equal)),
    })
}

/// `left < right`
pub(crate) fn less(left: &Value, right: &Value) -> R<bool> {
    compare(CmpOp::Lt, left, right)
}

/// Sorts stably with Python's `<`.
///
/// # Errors
/// When two of the keys have no order.
pub(crate) fn sort_by_key<T>(items: Vec<(Value, T)>, reverse: bool) -> R<Vec<T>> {
    let mut items = items;
    let mut failed = None;
    let mut compare = |left: &Value, right: &Value| -> Ordering {
        if failed.is_some() {
            return Ordering::Equal;
        }
        match less(left, right) {
            Ok(true) => return Ordering::Less,
            Ok(false) => {}
            Err(error) => {
                failed = Some(error);
                return Ordering::Equal;
            }
        }
        match less(right, left) {
            Ok(true) => Ordering::Greater,
            _ => Ordering::Equal,
        }
    };
    // A merge sort of our own: the standard one may panic when the order is not total (NaN).
    items = merge_sort(items, &mut |left, right| {
        let ordering = compare(&left.0, &right.0);
        if reverse { ordering.reverse() } else { ordering }
    });
    match failed {
        Some(error) => Err(error),
        None => Ok(items.into_iter().map(|(_, item)| item).collect()),
    }
}

fn merge_sort<T>(mut items: Vec<T>, compare: &mut impl FnMut(&T, &T) -> Ordering) -> Vec<T> {
    if items.len() < 2 {
        return items;
    }
    let right = items.split_off(items.len() / 2);
    let mut left = merge_sort(items, compare).into_iter().peekable();
    let mut right = merge_sort(right, compare).into_iter().peekable();
    let mut merged = Vec::with_capacity(left.len() + right.len());
    loop {
        let take_right = match (left.peek(), right.peek()) {
            (Some(left), Some(right)) => compare(right, left) == Ordering::Less,
            (None, Some(_)) => true,
            (Some(_), None) => false,
            (None, None) => return merged,
        };
        merged.extend(if take_right { right.next() } else { left.next() });
    }
}

/// `wanted in holder`
///
/// # Errors
/// Python's `TypeError` when `holder` holds nothing.
pub(crate) fn contains(holder: &Value, wanted: &Value) -> R<bool> {
    if let Some(text) = marked_text(holder) {
        return match marked_text(wanted) {
            Some(part) => Ok(text.contains(part)),
            None => Err(Raise::type_error(format!(
                "'in <string>' requires string as left operand, not {}",
                type_name(wanted)
            ))),
        };
    }
    if let Some(dict) = holder.downcast_object_ref::<PyDict>() {
        return Ok(dict.get(wanted)?.is_some());
    }
    if let Some(set) = holder.downcast_object_ref::<PySet>() {
        return set.contains(wanted);
    }
    if let Some(range) = holder.downcast_object_ref::<PyRange>() {
        return Ok(match number(wanted) {
            Some(Num::Int(value)) => range.contains(value),
            Some(Num::Float(value)) => {
                value.fract() == 0.0 && value.abs() < 1e30 && range.contains(value as i128)
            }
            None => false,
        });
    }
    if let Some(view) = holder.downcast_object_ref::<DictView>()
        && view.type_name() == "dict_keys"
    {
        return Ok(view.dict.get(wanted)?.is_some());
    }
    if holder.kind() == ValueKind::Bytes {
        let bytes = holder.as_bytes().unwrap_or_default();
        let found = match (index(wanted), wanted.as_bytes().filter(|_| !is_str(wanted))) {
            (Some(byte), _) => bytes.iter().any(|known| i128::from(*known) == byte),
            (None, Some(part)) => part.is_empty() || bytes.windows(part.len()).any(|window| window == part),
            _ => {
                let name = type_name(wanted);
                return Err(Raise::type_error(format!("a bytes-like object is required, not '{name}'")));
            }
        };
        return Ok(found);
    }
    if holder.kind() == ValueKind::Map && is_foreign(holder) {
        return Ok(holder.as_object().and_then(|object| object.get_value(wanted)).is_some());
    }
    let iter = iter::iterate(holder).map_err(|_| {
        Raise::type_error(format!("argument of type '{}' is not iterable", type_name(holder)))
    })?;
    for item in iter {
        if equal(&item?, wanted) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Case-insensitive form of a value, by which Jinja2's filters sort and compare.
pub(crate) fn ignore_case(value: Value) -> Value {
    match value.as_str() {
        Some(text) => Value::from(text.to_lowercase()),
        None => value,
    }
}

/// For messages: what a value looks like.
pub(crate) fn shown(value: &Value) -> String {
    text::repr(value)
}
