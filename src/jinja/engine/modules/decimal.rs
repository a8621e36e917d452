//! Python's `Decimal`: what numbers of query results are.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use minijinja::Value;
use minijinja::value::{Object, ObjectRepr};

use super::super::error::{ErrorKind, R, Raise};
use super::super::syntax::ast::BinOp;
use super::super::value::{Num, number};
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
