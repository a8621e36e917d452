//! `+ - * / // % **` and the signs.

use minijinja::Value;
use minijinja::value::ValueKind;

use super::super::error::{ErrorKind, R, Raise};
use super::super::modules;
use super::super::run::call::is_foreign;
use super::super::run::{Args, Vm};
use super::super::syntax::ast::BinOp;
use super::super::value::dict::DictView;
use super::super::value::undefined::undefined_error;
use super::super::value::{Num, PyList, PySet, as_tuple, index, int, iter, list, number, tuple, type_name};
use super::compare::operand_type;

/// Longest text or list that repetition may make.
const MAX_REPEAT: usize = 100_000_000;

pub(crate) fn binary(vm: &mut Vm<'_, '_, '_>, op: BinOp, left: &Value, right: &Value) -> R<Value> {
    if let (Some(left), Some(right)) = (number(left), number(right)) {
        return numeric(op, left, right);
    }
    if let Some(error) = undefined_error(left).or_else(|| undefined_error(right)) {
        // `'…' % undefined` formats nothing, as in Python.
        if !(op == BinOp::Mod && left.as_str().is_some()) {
            return Err(error);
        }
    }
    if let Some(value) = sequences(op, left, right)? {
        return Ok(value);
    }
    if let Some(value) = modules::arithmetic(op, left, right) {
        return value;
    }
    if let Some(value) = foreign(vm, op, left, right)? {
        return Ok(value);
    }
    Err(unsupported(op, left, right))
}

fn symbol(op: BinOp) -> &'static str {
    match op {
        BinOp::Add => "+",
        BinOp::Sub => "-",
        BinOp::Mul => "*",
        BinOp::Div => "/",
        BinOp::FloorDiv => "//",
        BinOp::Mod => "%",
        BinOp::Pow => "** or pow()",
    }
}

fn unsupported(op: BinOp, left: &Value, right: &Value) -> Raise {
    let (left_type, right_type) = (operand_type(left), operand_type(right));
    Raise::type_error(match op {
        BinOp::Add if left.as_str().is_some() => {
            format!("can only concatenate str (not \"{right_type}\") to str")
        }
        BinOp::Add if left_type == "list" || left_type == "tuple" => {
            format!("can only concatenate {left_type} (not \"{right_type}\") to {left_type}")
        }
        BinOp::Mul if repeatable(left) => {
            format!("can't multiply sequence by non-int of type '{right_type}'")
        }
        BinOp::Mul if repeatable(right) => {
            format!("can't multiply sequence by non-int of type '{left_type}'")
        }
        _ => format!("unsupported operand type(s) for {}: '{left_type}' and '{right_type}'", symbol(op)),
    })
}

fn repeatable(value: &Value) -> bool {
    value.as_str().is_some()
        || as_tuple(value).is_some()
        || value.downcast_object_ref::<PyList>().is_some()
        || value.kind() == ValueKind::Bytes
}

fn overflow() -> Raise {
    Raise::new(ErrorKind::Overflow, "integer does not fit into 128 bits")
}

fn zero_division(message: &str) -> Raise {
    Raise::new(ErrorKind::ZeroDivision, message)
}

fn numeric(op: BinOp, left: Num, right: Num) -> R<Value> {
    match (left, right) {
        (Num::Int(left), Num::Int(right)) => integers(op, left, right),
        _ => floats(op, left.float(), right.float()).map(Value::from),
    }
}

fn integers(op: BinOp, left: i128, right: i128) -> R<Value> {
    let value = match op {
        BinOp::Add => left.checked_add(right),
        BinOp::Sub => left.checked_sub(right),
        BinOp::Mul => left.checked_mul(right),
        BinOp::Div => {
            if right == 0 {
                return Err(zero_division("division by zero"));
            }
            return Ok(Value::from(left as f64 / right as f64));
        }
        BinOp::FloorDiv => {
            if right == 0 {
                return Err(zero_division("integer division or modulo by zero"));
            }
            left.checked_div(right).map(|quotient| {
                if left % right != 0 && (left < 0) != (right < 0) { quotient - 1 } else { quotient }
            })
        }
        BinOp::Mod => {
            if right == 0 {
                return Err(zero_division("integer modulo by zero"));
            }
            left.checked_rem(right)
                .map(|rest| if rest != 0 && (rest < 0) != (right < 0) { rest + right } else { rest })
        }
        BinOp::Pow => {
            if right < 0 {
                if left == 0 {
                    return Err(zero_division("0.0 cannot be raised to a negative power"));
                }
                return Ok(Value::from((left as f64).powf(right as f64)));
            }
            match left {
                0 | 1 => Some(if right == 0 { 1 } else { left }),
                -1 => Some(if right % 2 == 0 { 1 } else { -1 }),
                _ => u32::try_from(right).ok().and_then(|right| left.checked_pow(right)),
            }
        }
    };
    value.map(int).ok_or_else(overflow)
}

fn floats(op: BinOp, left: f64, right: f64) -> R<f64> {
    Ok(match op {
        BinOp::Add => left + right,
        BinOp::Sub => left - right,
        BinOp::Mul => left * right,
        BinOp::Div if right == 0.0 => return Err(zero_division("float division by zero")),
        BinOp::Div => left / right,
        BinOp::FloorDiv if right == 0.0 => return Err(zero_division("float floor division by zero")),
        BinOp::FloorDiv => floor_div(left, right),
        BinOp::Mod if right == 0.0 => return Err(zero_division("float modulo")),
        BinOp::Mod => modulo(left, right),
        BinOp::Pow => {
            if left == 0.0 && right < 0.0 {
                return Err(zero_division("0.0 cannot be raised to a negative power"));
            }
            if left < 0.0 && right.fract() != 0.0 && right.is_finite() {
                return Err(Raise::value_error("a negative number has no real power of this exponent"));
            }
            let power = left.powf(right);
            if power.is_infinite() && left.is_finite() && right.is_finite() {
                return Err(Raise::new(ErrorKind::Overflow, "(34, 'Numerical result out of range')"));
            }
            power
        }
    })
}

/// Python's float modulo: the sign of the right operand.
pub(crate) fn modulo(left: f64, right: f64) -> f64 {
    let rest = left % right;
    if rest == 0.0 {
        0.0_f64.copysign(right)
    } else if (rest < 0.0) != (right < 0.0) {
        rest + right
    } else {
        rest
    }
}

fn floor_div(left: f64, right: f64) -> f64 {
    let rest = modulo(left, right);
    let quotient = (left - rest) / right;
    if quotient == 0.0 {
        return 0.0_f64.copysign(left / right);
    }
    let floor = quotient.floor();
    if quotient - floor > 0.5 { floor + 1.0 } else { floor }
}

fn sequences(op: BinOp, left: &Value, right: &Value) -> R<Option<Value>> {
    match op {
        BinOp::Add => add(left, right),
        BinOp::Mul => repeat(left, right),
        BinOp::Mod => match left.as_str() {
            Some(format) => super::percent::format(format, right).map(|text| Some(Value::from(text))),
            None => Ok(None),
        },
        BinOp::Sub => {
            let Some(items) = set_like(left) else { return Ok(None) };
            // A view takes anything that can be walked, a set only what is like a set.
            let view = left.downcast_object_ref::<DictView>().is_some();
            let right = match set_like(right) {
                Some(right) => right,
                None if view && iter::iterate(right).is_ok() => iter::collect(right)?,
                None => return Ok(None),
            };
            let right = PySet::members_of(right)?;
            let mut members = PySet::members_of(items)?;
            members.retain(|member| !right.contains(member));
            Ok(Some(PySet::value(members)))
        }
        _ => Ok(None),
    }
}

/// What takes part in set arithmetic.
pub(crate) fn set_like(value: &Value) -> Option<Vec<Value>> {
    if let Some(set) = value.downcast_object_ref::<PySet>() {
        return Some(set.items());
    }
    let view = value.downcast_object_ref::<DictView>()?;
    (view.type_name() != "dict_values").then(|| view.items())
}

fn add(left: &Value, right: &Value) -> R<Option<Value>> {
    if let (Some(left), Some(right)) = (left.as_str(), right.as_str()) {
        let mut joined = String::with_capacity(left.len() + right.len());
        joined.push_str(left);
        joined.push_str(right);
        return Ok(Some(Value::from(joined)));
    }
    if let (Some(left), Some(right)) = (as_tuple(left), as_tuple(right)) {
        return Ok(Some(tuple(left.iter().chain(right.iter()).cloned().collect())));
    }
    let is_list = |value: &Value| {
        value.downcast_object_ref::<PyList>().is_some() || value.kind() == ValueKind::Seq && is_foreign(value)
    };
    if is_list(left) && is_list(right) {
        let mut items = iter::collect(left)?;
        items.extend(iter::collect(right)?);
        return Ok(Some(list(items)));
    }
    if left.kind() == ValueKind::Bytes && right.kind() == ValueKind::Bytes {
        let mut bytes = left.as_bytes().unwrap_or_default().to_vec();
        bytes.extend(right.as_bytes().unwrap_or_default());
        return Ok(Some(Value::from_bytes(bytes)));
    }
    Ok(None)
}

fn repeat(left: &Value, right: &Value) -> R<Option<Value>> {
    let (sequence, count) = match (index(left), index(right)) {
        (None, Some(count)) => (left, count),
        (Some(count), None) => (right, count),
        _ => return Ok(None),
    };
    if !repeatable(sequence) {
        return Ok(None);
    }
    let count = usize::try_from(count.max(0)).unwrap_or(usize::MAX);
    let check = |length: usize| match length.checked_mul(count) {
        Some(total) if total <= MAX_REPEAT => Ok(()),
        _ => Err(Raise::new(ErrorKind::Overflow, "the repeated sequence is too long")),
    };
    if let Some(text) = sequence.as_str() {
        check(text.len())?;
        return Ok(Some(Value::from(text.repeat(count))));
    }
    if sequence.kind() == ValueKind::Bytes {
        let bytes = sequence.as_bytes().unwrap_or_default();
        check(bytes.len())?;
        return Ok(Some(Value::from_bytes(bytes.repeat(count))));
    }
    let items = iter::collect(sequence)?;
    check(items.len().saturating_mul(24))?;
    let mut repeated = Vec::with_capacity(items.len() * count);
    for _ in 0..count {
        repeated.extend(items.iter().cloned());
    }
    Ok(Some(if as_tuple(sequence).is_some() { tuple(repeated) } else { list(repeated) }))
}

/// Objects of the context may answer Python's operator methods.
fn foreign(vm: &mut Vm<'_, '_, '_>, op: BinOp, left: &Value, right: &Value) -> R<Option<Value>> {
    let name = match op {
        BinOp::Add => "add",
        BinOp::Sub => "sub",
        BinOp::Mul => "mul",
        BinOp::Div => "truediv",
        BinOp::FloorDiv => "floordiv",
        BinOp::Mod => "mod",
        BinOp::Pow => "pow",
    };
    for (receiver, other, prefix) in [(left, right, "__"), (right, left, "__r")] {
        if !is_foreign(receiver) {
            continue;
        }
        let args = Args::of(vec![other.clone()]).into_values();
        match receiver.call_method(vm.state, &format!("{prefix}{name}__"), &args) {
            Ok(value) => return Ok(Some(value)),
            Err(error) if error.kind() == minijinja::ErrorKind::UnknownMethod => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(None)
}

/// `-value`
pub(crate) fn negate(value: &Value) -> R<Value> {
    match number(value) {
        Some(Num::Int(value)) => value.checked_neg().map(int).ok_or_else(overflow),
        Some(Num::Float(value)) => Ok(Value::from(-value)),
        None => modules::negate(value).unwrap_or_else(|| Err(bad_operand("-", value))),
    }
}

/// `+value`
pub(crate) fn plus(value: &Value) -> R<Value> {
    match number(value) {
        Some(Num::Int(value)) => Ok(int(value)),
        Some(Num::Float(value)) => Ok(Value::from(value)),
        None if modules::negate(value).is_some() => Ok(value.clone()),
        None => Err(bad_operand("+", value)),
    }
}

fn bad_operand(sign: &str, value: &Value) -> Raise {
    undefined_error(value).unwrap_or_else(|| {
        Raise::type_error(format!("bad operand type for unary {sign}: '{}'", type_name(value)))
    })
}
