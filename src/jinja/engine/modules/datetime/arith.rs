//! Arithmetic of dates and durations.

use minijinja::Value;

use super::super::super::error::{ErrorKind, R, Raise};
use super::super::super::syntax::ast::BinOp;
use super::super::super::value::{Num, int, number};
use super::{DAY, PyDate, PyDateTime, PyDelta, delta_value};

/// Longest duration: 999,999,999 days.
const MAX_DELTA: i128 = 1_000_000_000 * DAY - 1;

fn delta(value: &Value) -> Option<i128> {
    value.downcast_object_ref::<PyDelta>().map(|delta| delta.0)
}

/// A duration within Python's limits.
pub(crate) fn checked_delta(micros: i128) -> R<Value> {
    if (-999_999_999 * DAY..=MAX_DELTA).contains(&micros) {
        return Ok(delta_value(micros));
    }
    let days = micros.div_euclid(DAY);
    Err(Raise::new(ErrorKind::Overflow, format!("days={days}; must have magnitude <= 999999999")))
}

fn out_of_range() -> Raise {
    Raise::new(ErrorKind::Overflow, "date value out of range")
}

/// A datetime moved by microseconds, between the years 1 and 9999.
pub(crate) fn shift(datetime: &PyDateTime, micros: i128) -> R<PyDateTime> {
    let amount = i64::try_from(micros).ok().map(chrono::TimeDelta::microseconds);
    let moved = amount.and_then(|amount| datetime.naive.checked_add_signed(amount));
    let moved = moved.filter(|moved| in_range(moved.date())).ok_or_else(out_of_range)?;
    Ok(PyDateTime { naive: moved, zone: datetime.zone.clone() })
}

pub(crate) fn in_range(date: chrono::NaiveDate) -> bool {
    use chrono::Datelike;
    (1..=9999).contains(&date.year())
}

/// A date moves by the whole days of a duration, which are its floor.
fn shift_date(date: PyDate, sign: i128, delta: i128) -> R<Value> {
    let days = sign * delta.div_euclid(DAY);
    let days = i64::try_from(days).ok().and_then(chrono::TimeDelta::try_days);
    let moved = days.and_then(|days| date.0.checked_add_signed(days)).filter(|date| in_range(*date));
    moved.map(super::date_value).ok_or_else(out_of_range)
}

pub(crate) fn arithmetic(op: BinOp, left: &Value, right: &Value) -> Option<R<Value>> {
    let datetime = |value: &Value| value.downcast_object_ref::<PyDateTime>().cloned();
    let date = |value: &Value| value.downcast_object_ref::<PyDate>().copied();
    match op {
        BinOp::Add | BinOp::Sub => {
            let sign = if op == BinOp::Add { 1 } else { -1 };
            if let (Some(left), Some(right)) = (delta(left), delta(right)) {
                return Some(checked_delta(left + sign * right));
            }
            let (moment, amount) = match (delta(left), delta(right)) {
                (None, Some(amount)) => (left, amount),
                (Some(amount), None) if op == BinOp::Add => (right, amount),
                _ => return difference(op, left, right),
            };
            if let Some(moment) = datetime(moment) {
                return Some(shift(&moment, sign * amount).map(Value::from_object));
            }
            date(moment).map(|date| shift_date(date, sign, amount))
        }
        _ => scale(op, left, right),
    }
}

fn difference(op: BinOp, left: &Value, right: &Value) -> Option<R<Value>> {
    if op != BinOp::Sub {
        return None;
    }
    if let (Some(left), Some(right)) =
        (left.downcast_object_ref::<PyDateTime>(), right.downcast_object_ref::<PyDateTime>())
    {
        if left.zone.is_some() != right.zone.is_some() {
            return Some(Err(Raise::type_error("can't subtract offset-naive and offset-aware datetimes")));
        }
        return Some(checked_delta(left.micros() - right.micros()));
    }
    let left = left.downcast_object_ref::<PyDate>()?;
    let right = right.downcast_object_ref::<PyDate>()?;
    Some(checked_delta(i128::from((left.0 - right.0).num_days()) * DAY))
}

/// `numerator / denominator`, rounded half to even.
pub(crate) fn divide_round(numerator: i128, denominator: i128) -> i128 {
    let quotient = numerator.div_euclid(denominator);
    let rest = numerator.rem_euclid(denominator);
    let double = rest * 2;
    let size = denominator.abs();
    if double > size || double == size && quotient % 2 != 0 {
        quotient + denominator.signum()
    } else {
        quotient
    }
}

fn scale(op: BinOp, left: &Value, right: &Value) -> Option<R<Value>> {
    let zero = || Raise::new(ErrorKind::ZeroDivision, "integer division or modulo by zero");
    match (op, delta(left), delta(right)) {
        (BinOp::Mul, Some(amount), None) => times(amount, number(right)?),
        (BinOp::Mul, None, Some(amount)) => times(amount, number(left)?),
        (BinOp::Div, Some(_), Some(0)) => Some(Err(Raise::new(ErrorKind::ZeroDivision, "division by zero"))),
        (BinOp::Div, Some(left), Some(right)) => Some(Ok(Value::from(left as f64 / right as f64))),
        (BinOp::FloorDiv | BinOp::Mod, Some(_), Some(0)) => Some(Err(zero())),
        (BinOp::FloorDiv, Some(left), Some(right)) => Some(Ok(int(floor_div(left, right)))),
        (BinOp::Mod, Some(left), Some(right)) => Some(checked_delta(left - right * floor_div(left, right))),
        (BinOp::Div, Some(amount), None) => match number(right)? {
            Num::Int(0) => Some(Err(zero())),
            Num::Int(by) => Some(checked_delta(divide_round(amount, by))),
            Num::Float(0.0) => Some(Err(Raise::new(ErrorKind::ZeroDivision, "division by zero"))),
            Num::Float(by) => Some(from_float(amount as f64 / by)),
        },
        (BinOp::FloorDiv, Some(amount), None) => match number(right)? {
            Num::Int(0) => Some(Err(zero())),
            Num::Int(by) => Some(checked_delta(floor_div(amount, by))),
            Num::Float(_) => None,
        },
        _ => None,
    }
}

fn floor_div(left: i128, right: i128) -> i128 {
    let quotient = left / right;
    if left % right != 0 && (left < 0) != (right < 0) { quotient - 1 } else { quotient }
}

fn times(amount: i128, by: Num) -> Option<R<Value>> {
    Some(match by {
        Num::Int(by) => amount.checked_mul(by).map_or_else(|| checked_delta(i128::MAX / 2), checked_delta),
        Num::Float(by) => from_float(amount as f64 * by),
    })
}

fn from_float(micros: f64) -> R<Value> {
    if !micros.is_finite() {
        return Err(Raise::value_error("cannot convert float NaN to integer"));
    }
    checked_delta(micros.round_ties_even().clamp(-1e30, 1e30) as i128)
}

pub(crate) fn negate(value: &Value) -> Option<R<Value>> {
    delta(value).map(|micros| checked_delta(-micros))
}

pub(crate) fn absolute(value: &Value) -> Option<R<Value>> {
    delta(value).map(|micros| checked_delta(micros.abs()))
}
