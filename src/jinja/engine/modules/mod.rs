//! Python's standard library as dbt exposes it under `modules`, and the values it works with.

pub(crate) mod class;
pub(crate) mod datetime;
pub(crate) mod decimal;
mod itertools;
mod pytz;
mod re;

use std::cmp::Ordering;
use std::sync::LazyLock;

use minijinja::Value;

use super::error::R;
use super::methods::Method;
use super::syntax::ast::BinOp;
use super::value::callable::NativeFn;
use super::value::dict::dict;
use class::{Class, Unbound};
pub use itertools::calls as itertools_calls;

static MODULES: LazyLock<Value> = LazyLock::new(|| {
    let function = |(name, call): &(&'static str, super::value::callable::Native)| {
        (*name, Value::from_object(NativeFn { name, call: *call }))
    };
    dict([
        ("pytz", dict(pytz::exports())),
        ("datetime", dict(datetime::exports())),
        ("re", dict(re::exports())),
        ("itertools", dict(itertools::FUNCTIONS.iter().map(function))),
    ])
});

/// dbt's `modules`.
pub fn modules() -> Value {
    MODULES.clone()
}

/// `type(value).__name__` of a value of these modules.
pub(crate) fn type_name(value: &Value) -> Option<&'static str> {
    if let Some(name) = decimal::type_name(value) {
        return Some(name);
    }
    if value.downcast_object_ref::<Class>().is_some() {
        return Some("type");
    }
    if value.downcast_object_ref::<Unbound>().is_some() {
        return Some("method_descriptor");
    }
    datetime::type_name(value).or_else(|| re::type_name(value))
}

/// The name of the type as messages of operators have it, with its module.
pub(crate) fn long_type_name(value: &Value) -> Option<String> {
    let name = type_name(value)?;
    let module = match name {
        "datetime" | "date" | "time" | "timedelta" | "timezone" => "datetime.",
        "Decimal" => "decimal.",
        "Pattern" | "Match" => "re.",
        _ => "",
    };
    Some(format!("{module}{name}"))
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
    decimal::compare(left, right)
        .or_else(|| datetime::compare(left, right))
        .or_else(|| re::compare(left, right))
}

/// Why two values that are not ordered are not.
pub(crate) fn order_error(left: &Value, right: &Value) -> Option<&'static str> {
    match (type_name(left)?, type_name(right)?) {
        ("datetime", "datetime") => Some("can't compare offset-naive and offset-aware datetimes"),
        ("time", "time") => Some("can't compare offset-naive and offset-aware times"),
        ("datetime", "date") => Some("can't compare datetime.datetime to datetime.date"),
        ("date", "datetime") => Some("can't compare datetime.datetime to datetime.date"),
        _ => None,
    }
}

pub(crate) fn arithmetic(op: BinOp, left: &Value, right: &Value) -> Option<R<Value>> {
    decimal::arithmetic(op, left, right).or_else(|| datetime::arithmetic(op, left, right))
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
    decimal::format(value, spec).or_else(|| datetime::format(value, spec))
}

/// `value[index]`
pub(crate) fn item(value: &Value, index: &Value) -> Option<Value> {
    re::item(value, index)
}

pub(crate) fn method(value: &Value, name: &str) -> Option<Method> {
    if decimal::type_name(value).is_some() {
        return decimal::method(name);
    }
    datetime::method(value, name).or_else(|| re::method(value, name))
}

pub(crate) fn is_callable(value: &Value) -> Option<bool> {
    type_name(value).map(|name| matches!(name, "type" | "method_descriptor"))
}
