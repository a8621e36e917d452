//! Methods and attributes of `int`, `bool` and `float`.

use minijinja::Value;
use minijinja::value::ValueKind;

use super::super::error::{ErrorKind, R, Raise};
use super::super::value::{Num, int, number, tuple};
use super::Method;

fn float_of(value: &Value) -> f64 {
    number(value).map_or(f64::NAN, Num::float)
}

fn int_of(value: &Value) -> i128 {
    match number(value) {
        Some(Num::Int(value)) => value,
        _ => 0,
    }
}

pub(super) fn find(value: &Value, name: &str) -> Option<Method> {
    let is_int = value.kind() == ValueKind::Bool || value.is_integer();
    Some(match (name, is_int) {
        ("bit_length", true) => |_, receiver, args| {
            args.none("bit_length")?;
            Ok(Value::from(128 - int_of(receiver).unsigned_abs().leading_zeros()))
        },
        ("bit_count", true) => |_, receiver, args| {
            args.none("bit_count")?;
            Ok(Value::from(int_of(receiver).unsigned_abs().count_ones()))
        },
        ("conjugate", _) => |_, receiver, args| {
            args.none("conjugate")?;
            Ok(receiver.clone())
        },
        ("is_integer", false) => |_, receiver, args| {
            args.none("is_integer")?;
            Ok(Value::from(float_of(receiver).fract() == 0.0))
        },
        ("as_integer_ratio", true) => |_, receiver, args| {
            args.none("as_integer_ratio")?;
            Ok(tuple(vec![int(int_of(receiver)), Value::from(1)]))
        },
        ("as_integer_ratio", false) => |_, receiver, args| {
            args.none("as_integer_ratio")?;
            ratio(float_of(receiver))
        },
        ("hex", false) => |_, receiver, args| {
            args.none("hex")?;
            Ok(Value::from(hex(float_of(receiver))))
        },
        _ => return None,
    })
}

/// Attributes of numbers.
pub(crate) fn attribute(value: &Value, name: &str) -> Option<Value> {
    let is_int = value.kind() == ValueKind::Bool || value.is_integer();
    Some(match (name, is_int) {
        ("real" | "numerator", true) => int(int_of(value)),
        ("imag", true) => Value::from(0),
        ("denominator", true) => Value::from(1),
        ("real", false) => value.clone(),
        ("imag", false) => Value::from(0.0),
        _ => return None,
    })
}

fn ratio(value: f64) -> R<Value> {
    if !value.is_finite() {
        return Err(Raise::new(ErrorKind::Overflow, "cannot convert Infinity to integer ratio"));
    }
    let (mut numerator, mut denominator) = (value, 1.0f64);
    while numerator.fract() != 0.0 {
        numerator *= 2.0;
        denominator *= 2.0;
    }
    if numerator.abs() >= 1.7e38 || denominator >= 1.7e38 {
        return Err(Raise::new(ErrorKind::Overflow, "integer does not fit into 128 bits"));
    }
    Ok(tuple(vec![int(numerator as i128), int(denominator as i128)]))
}

fn hex(value: f64) -> String {
    if !value.is_finite() {
        return crate::value::py_float(value);
    }
    let bits = value.to_bits();
    let sign = if value.is_sign_negative() { "-" } else { "" };
    let mantissa = bits & ((1 << 52) - 1);
    let exponent = ((bits >> 52) & 0x7ff) as i64;
    if exponent == 0 && mantissa == 0 {
        return format!("{sign}0x0.0p+0");
    }
    let (lead, exponent) = if exponent == 0 { (0, -1022) } else { (1, exponent - 1023) };
    format!("{sign}0x{lead}.{mantissa:013x}p{exponent:+}")
}
