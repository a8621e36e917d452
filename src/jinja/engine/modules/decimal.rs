//! Python's `Decimal`: what numbers of query results are.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use minijinja::Value;
use minijinja::value::{Object, ObjectRepr};

use super::super::error::{ErrorKind, R, Raise};
use super::super::methods::Method;
use super::super::syntax::ast::BinOp;
use super::super::value::{Num, int, number, tuple};
use crate::decimal::Decimal;

#[derive(Debug)]
pub(crate) struct PyDecimal(pub Decimal);

impl Object for PyDecimal {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn is_true(self: &Arc<Self>) -> bool {
        !self.0.is_zero()
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A decimal as a template's value.
pub fn decimal(value: Decimal) -> Value {
    Value::from_object(PyDecimal(value))
}

/// The decimal that a template's value is.
pub fn as_decimal(value: &Value) -> Option<Decimal> {
    own(value).cloned()
}

fn own(value: &Value) -> Option<&Decimal> {
    value.downcast_object_ref::<PyDecimal>().map(|decimal| &decimal.0)
}

pub(crate) fn type_name(value: &Value) -> Option<&'static str> {
    own(value).map(|_| "Decimal")
}

pub(crate) fn text(value: &Value) -> Option<String> {
    own(value).map(Decimal::to_string)
}

pub(crate) fn repr(value: &Value) -> Option<String> {
    own(value).map(|decimal| format!("Decimal('{decimal}')"))
}

pub(crate) fn to_float(value: &Value) -> Option<f64> {
    own(value).map(Decimal::to_f64)
}

/// The operand of a `Decimal`: another one, or an `int`.
fn operand(value: &Value) -> Option<Decimal> {
    match (own(value), number(value)) {
        (Some(decimal), _) => Some(decimal.clone()),
        (None, Some(Num::Int(int))) => Some(Decimal::from_i128(int, 0)),
        _ => None,
    }
}

/// Python compares a `Decimal` with every number, exactly.
pub(crate) fn compare(left: &Value, right: &Value) -> Option<Option<Ordering>> {
    own(left).or_else(|| own(right))?;
    let exact = |value: &Value| {
        operand(value).or_else(|| match number(value) {
            Some(Num::Float(float)) => Some(Decimal::exact_f64(float)),
            _ => None,
        })
    };
    Some(exact(left)?.partial_cmp(&exact(right)?))
}

pub(crate) fn arithmetic(op: BinOp, left: &Value, right: &Value) -> Option<R<Value>> {
    own(left).or_else(|| own(right))?;
    let (left, right) = (operand(left)?, operand(right)?);
    let by_zero = || Raise::new(ErrorKind::ZeroDivision, "division by zero");
    let result = match op {
        BinOp::Add => Ok(left.add(&right)),
        BinOp::Sub => Ok(left.sub(&right)),
        BinOp::Mul => Ok(left.mul(&right)),
        BinOp::Div => left.div(&right).ok_or_else(by_zero),
        BinOp::FloorDiv => left.div_rem(&right).map(|(quotient, _)| quotient).ok_or_else(by_zero),
        BinOp::Mod => left.div_rem(&right).map(|(_, remainder)| remainder).ok_or_else(by_zero),
        BinOp::Pow => Ok(left.pow(&right)),
    };
    Some(result.map(decimal))
}

pub(crate) fn negate(value: &Value) -> Option<R<Value>> {
    own(value).map(|value| Ok(decimal(value.neg())))
}

pub(crate) fn absolute(value: &Value) -> Option<R<Value>> {
    own(value).map(|value| Ok(decimal(value.abs())))
}

pub(crate) fn round(value: &Value, places: i128) -> Option<R<Value>> {
    let places = i64::try_from(places).ok()?;
    own(value).map(|value| Ok(decimal(value.round_places(places))))
}

/// `format(value, spec)`
pub(crate) fn format(value: &Value, spec: &str) -> Option<R<String>> {
    let value = own(value)?;
    // Fixed notation and separators are what templates ask for; digits beyond a float's are kept.
    let places = spec.rsplit_once('.').and_then(|(_, places)| places.strip_suffix('f')?.parse::<i64>().ok());
    let rounded = places.map_or_else(|| value.clone(), |places| value.round_places(places));
    let shown = rounded.to_string();
    let bare = spec.strip_suffix('f').unwrap_or(spec);
    let bare = bare.split('.').next().unwrap_or_default();
    let grouped = bare.contains(',');
    let (sign, digits) = shown.strip_prefix('-').map_or(("", shown.as_str()), |digits| ("-", digits));
    let digits = if grouped { super::super::ops::numbers::group(digits, ',', 3) } else { digits.to_string() };
    let layout = bare.replace(',', "");
    let text = Value::from(format!("{sign}{digits}"));
    let aligned = layout.starts_with(['<', '>', '^']) || layout.get(1..2).is_some_and(|c| "<>^".contains(c));
    let layout = if aligned || layout.is_empty() { layout } else { format!(">{layout}") };
    Some(super::super::ops::format::format_value(&text, &layout))
}

pub(crate) fn method(name: &str) -> Option<Method> {
    Some(match name {
        "is_nan" => |_, receiver, _| Ok(Value::from(own(receiver).is_some_and(Decimal::is_nan))),
        "is_infinite" => |_, receiver, _| Ok(Value::from(own(receiver).is_some_and(Decimal::is_infinite))),
        "is_zero" => |_, receiver, _| Ok(Value::from(own(receiver).is_some_and(Decimal::is_zero))),
        "is_signed" => |_, receiver, _| Ok(Value::from(own(receiver).is_some_and(Decimal::is_negative))),
        "is_finite" => |_, receiver, _| {
            Ok(Value::from(own(receiver).is_some_and(|it| !it.is_nan() && !it.is_infinite())))
        },
        "normalize" => {
            |_, receiver, _| Ok(own(receiver).map_or(Value::UNDEFINED, |it| decimal(it.normalized())))
        }
        "to_integral_value" => {
            |_, receiver, _| Ok(own(receiver).map_or(Value::UNDEFINED, |value| decimal(value.round_places(0))))
        }
        "as_tuple" => |_, receiver, _| {
            let Some((negative, digits, exponent)) = own(receiver).and_then(Decimal::parts) else {
                return Ok(tuple(vec![]));
            };
            let digits = digits.to_string().bytes().map(|digit| Value::from(digit - b'0')).collect();
            Ok(tuple(vec![Value::from(i64::from(negative)), tuple(digits), int(i128::from(exponent))]))
        },
        _ => return None,
    })
}
