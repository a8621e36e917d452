//! Filters on numbers.

use minijinja::Value;
use minijinja::value::ValueKind;

use super::super::error::{ErrorKind, R, Raise};
use super::super::modules;
use super::super::ops::arith;
use super::super::ops::numbers::float_digits;
use super::super::run::args::{bool_or, int_or, text_or};
use super::super::run::{Args, Vm};
use super::super::syntax::ast::BinOp;
use super::super::value::callable::Native;
use super::super::value::undefined::undefined_error;
use super::super::value::{Num, int, number, type_name};

pub(super) const FILTERS: &[(&str, Native)] = &[
    ("abs", abs),
    ("float", |_, args| {
        let [value, default] = args.bind("do_float", ["value", "default"], 1)?;
        let value = value.unwrap_or_default();
        if let Some(error) = undefined_error(&value) {
            return Err(error);
        }
        Ok(to_float(&value).map_or_else(|| default.unwrap_or_else(|| Value::from(0.0)), Value::from))
    }),
    ("int", to_int_filter),
    ("round", round_filter),
    ("filesizeformat", filesizeformat),
];

type M<'a, 'b, 'c, 'd> = &'a mut Vm<'b, 'c, 'd>;

fn abs(_: M, args: Args) -> R<Value> {
    let value = args.one("abs", "x")?;
    match number(&value) {
        Some(Num::Int(value)) => Ok(int(value.saturating_abs())),
        Some(Num::Float(value)) => Ok(Value::from(value.abs())),
        None => modules::absolute(&value).unwrap_or_else(|| {
            Err(Raise::type_error(format!("bad operand type for abs(): '{}'", type_name(&value))))
        }),
    }
}

/// Python's `float(text)` or `float(number)`.
pub(crate) fn to_float(value: &Value) -> Option<f64> {
    if let Some(number) = number(value) {
        return Some(number.float());
    }
    if let Some(float) = modules::to_float(value) {
        return Some(float);
    }
    let text = value.as_str()?.trim();
    let bare = text.strip_prefix(['+', '-']).unwrap_or(text).to_ascii_lowercase();
    if matches!(bare.as_str(), "inf" | "infinity" | "nan") {
        return text.to_ascii_lowercase().parse().ok();
    }
    let valid = !bare.is_empty()
        && !bare.starts_with('_')
        && !bare.ends_with('_')
        && !bare.contains("__")
        && bare.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'+' | b'-' | b'_'));
    if valid { text.replace('_', "").parse().ok() } else { None }
}

/// Python's `int(text, base)`.
pub(crate) fn int_from_text(text: &str, base: u32) -> Option<i128> {
    let text = text.trim();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let lower = digits.to_ascii_lowercase();
    let prefixed = |prefix: &str| lower.strip_prefix(prefix).map(|rest| rest.trim_start_matches('_'));
    let (body, radix) = match base {
        0 => match (prefixed("0x"), prefixed("0o"), prefixed("0b")) {
            (Some(body), _, _) => (body, 16),
            (_, Some(body), _) => (body, 8),
            (_, _, Some(body)) => (body, 2),
            _ => (lower.as_str(), 10),
        },
        16 => (prefixed("0x").unwrap_or(&lower), 16),
        8 => (prefixed("0o").unwrap_or(&lower), 8),
        2 => (prefixed("0b").unwrap_or(&lower), 2),
        base if (2..=36).contains(&base) => (lower.as_str(), base),
        _ => return None,
    };
    if body.starts_with(['_', '+', '-']) || body.ends_with('_') || body.contains("__") {
        return None;
    }
    let value = i128::from_str_radix(&body.replace('_', ""), radix).ok()?;
    Some(if negative { -value } else { value })
}

fn to_int_filter(_: M, args: Args) -> R<Value> {
    let [value, default, base] = args.bind("do_int", ["value", "default", "base"], 1)?;
    let value = value.unwrap_or_default();
    let base = u32::try_from(int_or(base, 10)?).unwrap_or(10);
    if let Some(error) = undefined_error(&value) {
        return Err(error);
    }
    let found = match value.as_str() {
        Some(text) => int_from_text(text, base).or_else(|| to_float(&value).and_then(truncated)),
        None => match number(&value) {
            Some(Num::Int(value)) => Some(value),
            Some(Num::Float(value)) => {
                if value.is_infinite() {
                    return Err(Raise::new(ErrorKind::Overflow, "cannot convert float infinity to integer"));
                }
                truncated(value)
            }
            None => modules::to_float(&value).and_then(truncated),
        },
    };
    Ok(found.map_or_else(|| default.unwrap_or_else(|| Value::from(0)), int))
}

fn truncated(value: f64) -> Option<i128> {
    (value.is_finite() && value.abs() < 1.7e38).then_some(value.trunc() as i128)
}

/// Python's `round(value, places)`: half to even, on the exact decimal value.
pub(crate) fn round(value: f64, places: i128) -> f64 {
    if !value.is_finite() || places > 330 {
        return value;
    }
    if places < -330 {
        return 0.0 * value;
    }
    if places >= 0 {
        let text = float_digits(value.abs(), 'f', places as usize, false, false);
        return text.parse::<f64>().unwrap_or(value).copysign(value);
    }
    let unit = 10f64.powi(-places as i32);
    (value / unit).round_ties_even() * unit
}

fn round_int(value: i128, places: i128) -> i128 {
    let Some(unit) = u32::try_from(-places).ok().and_then(|places| 10i128.checked_pow(places)) else {
        return 0;
    };
    let below = value.div_euclid(unit) * unit;
    let rest = value - below;
    let up = rest * 2 > unit || rest * 2 == unit && (below / unit) % 2 != 0;
    if up { below + unit } else { below }
}

fn round_filter(vm: M, args: Args) -> R<Value> {
    let [value, precision, method] = args.bind("do_round", ["value", "precision", "method"], 1)?;
    let value = value.unwrap_or_default();
    let places = int_or(precision, 0)?;
    let method = text_or(method, "common");
    if !matches!(method.as_str(), "common" | "ceil" | "floor") {
        return Err(Raise::runtime("method must be common, ceil or floor"));
    }
    let bad = || Raise::type_error(format!("type {} doesn't define __round__ method", type_name(&value)));
    if method == "common" {
        return match number(&value) {
            Some(Num::Int(value)) if places < 0 => Ok(int(round_int(value, places))),
            Some(Num::Int(value)) => Ok(int(value)),
            Some(Num::Float(value)) => Ok(Value::from(round(value, places))),
            None => modules::round(&value, places).unwrap_or_else(|| Err(bad())),
        };
    }
    if value.kind() != ValueKind::Number
        && value.kind() != ValueKind::Bool
        && modules::to_float(&value).is_none()
    {
        return Err(bad());
    }
    let factor = arith::binary(vm, BinOp::Pow, &Value::from(10), &int(places))?;
    let scaled = arith::binary(vm, BinOp::Mul, &value, &factor)?;
    let cut = match number(&scaled) {
        Some(Num::Float(value)) if !value.is_finite() => {
            return Err(Raise::new(ErrorKind::Overflow, "cannot convert float infinity to integer"));
        }
        Some(Num::Float(value)) if method == "ceil" => int(value.ceil() as i128),
        Some(Num::Float(value)) => int(value.floor() as i128),
        _ => scaled,
    };
    arith::binary(vm, BinOp::Div, &cut, &factor)
}

fn filesizeformat(_: M, args: Args) -> R<Value> {
    let [value, binary] = args.bind("do_filesizeformat", ["value", "binary"], 1)?;
    let value = value.unwrap_or_default();
    let Some(bytes) = to_float(&value) else {
        return Err(undefined_error(&value).unwrap_or_else(|| {
            Raise::value_error(format!(
                "could not convert string to float: {}",
                super::super::ops::compare::shown(&value)
            ))
        }));
    };
    let binary = bool_or(binary, false);
    let base: f64 = if binary { 1024.0 } else { 1000.0 };
    if bytes == 1.0 {
        return Ok(Value::from("1 Byte"));
    }
    if bytes < base {
        return Ok(Value::from(format!("{} Bytes", bytes.trunc() as i128)));
    }
    let mut unit = base;
    let mut letter = 'Y';
    for c in "kMGTPEZY".chars() {
        unit *= base;
        letter = c;
        if bytes < unit {
            break;
        }
    }
    let suffix = if binary { format!("{}iB", letter.to_ascii_uppercase()) } else { format!("{letter}B") };
    Ok(Value::from(format!("{:.1} {suffix}", base * bytes / unit)))
}
