//! Python's standard library as dbt exposes it under `modules`, and the values it works with.

pub(crate) mod datetime;
pub(crate) mod decimal;

use std::cmp::Ordering;

use minijinja::Value;

use super::error::R;
use super::methods::Method;
use super::syntax::ast::BinOp;

/// `type(value).__name__` of a value of these modules.
pub(crate) fn type_name(value: &Value) -> Option<&'static str> {
    datetime::type_name(value).or_else(|| decimal::type_name(value))
}

pub(crate) fn is_own(value: &Value) -> bool {
    type_name(value).is_some()
}

/// `str(value)`
pub(crate) fn text(value: &Value) -> Option<String> {
    datetime::text(value).or_else(|| decimal::text(value))
}

/// `repr(value)`
pub(crate) fn repr(value: &Value) -> Option<String> {
    datetime::repr(value).or_else(|| decimal::repr(value))
}

/// How two values compare: `None` when this is not for these modules to say, `Some(None)` when they
/// have no order.
pub(crate) fn compare(left: &Value, right: &Value) -> Option<Option<Ordering>> {
    datetime::compare(left, right).or_else(|| decimal::compare(left, right))
}

/// Whether both are values that could be compared, had they the same awareness of time zones.
pub(crate) fn same_kind(left: &Value, right: &Value) -> bool {
    type_name(left).is_some() && type_name(left) == type_name(right)
}

pub(crate) fn arithmetic(op: BinOp, left: &Value, right: &Value) -> Option<R<Value>> {
    datetime::arithmetic(op, left, right).or_else(|| decimal::arithmetic(op, left, right))
}

pub(crate) fn negate(value: &Value) -> Option<R<Value>> {
    datetime::negate(value).or_else(|| decimal::negate(value))
}

pub(crate) fn absolute(value: &Value) -> Option<R<Value>> {
    datetime::absolute(value).or_else(|| decimal::absolute(value))
}

/// The value as a float, for `Decimal`.
pub(crate) fn to_float(value: &Value) -> Option<f64> {
    decimal::to_float(value)
}

/// `round(value, places)`
pub(crate) fn round(value: &Value, places: i128) -> Option<R<Value>> {
    decimal::round(value, places)
}

/// `format(value, spec)`
pub(crate) fn format(value: &Value, spec: &str) -> Option<R<String>> {
    datetime::format(value, spec)
}

/// `value[index]`
pub(crate) fn item(value: &Value, index: &Value) -> Option<Value> {
    let _ = (value, index);
    None
}

pub(crate) fn method(value: &Value, name: &str) -> Option<Method> {
    datetime::method(value, name)
}

pub(crate) fn is_callable(value: &Value) -> Option<bool> {
    type_name(value).map(|_| false)
}
