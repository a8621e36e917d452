//! `'…' % values`

use minijinja::Value;

use super::super::error::{ErrorKind, R, Raise};
use super::super::run::access::mapping_entries;
use super::super::value::{Num, PyDict, as_tuple, index, number, text, type_name};
use super::numbers::{float_digits, int_digits};

/// Widest field that may be asked for.
const MAX_WIDTH: usize = 1_000_000;

#[derive(Default)]
struct Spec {
    left: bool,
    plus: bool,
    space: bool,
    alternate: bool,
    zero: bool,
    width: usize,
    precision: Option<usize>,
}

struct Values<'a> {
    all: &'a Value,
    /// Characters of the whole format, to tell where a bad one stands.
    length: usize,
    /// The tuple's items, or the one value.
    items: Vec<Value>,
    next: usize,
    keyed: bool,
}

impl Values<'_> {
    fn next(&mut self) -> R<Value> {
        let value = self.items.get(self.next).cloned();
        self.next += 1;
        value.ok_or_else(|| Raise::type_error("not enough arguments for format string"))
    }
}

/// Python's printf-style formatting.
///
/// # Errors
/// Python's `TypeError` and `ValueError` for values that do not fit the format.
pub(crate) fn format(format: &str, values: &Value) -> R<String> {
    let items = match as_tuple(values) {
        Some(items) => items.to_vec(),
        None => vec![values.clone()],
    };
    let mut values = Values { all: values, length: format.chars().count(), items, next: 0, keyed: false };
    let mut out = String::with_capacity(format.len() + 16);
    let mut rest = format;
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        rest = conversion(&rest[at + 1..], &mut values, &mut out)?;
    }
    out.push_str(rest);
    let is_mapping = mapping_entries(values.all).is_some();
    if values.next < values.items.len() && !values.keyed && !is_mapping {
        return Err(Raise::type_error("not all arguments converted during string formatting"));
    }
    Ok(out)
}

/// One conversion, standing after its `%`; returns what follows it.
fn conversion<'f>(format: &'f str, values: &mut Values<'_>, out: &mut String) -> R<&'f str> {
    let incomplete = || Raise::value_error("incomplete format");
    let mut rest = format;
    let mut keyed = None;
    if let Some(after) = rest.strip_prefix('(') {
        let close = matching_paren(after).ok_or_else(|| Raise::value_error("incomplete format key"))?;
        keyed = Some(lookup(values.all, &after[..close])?);
        values.keyed = true;
        rest = &after[close + 1..];
    }
    let mut spec = Spec::default();
    while let Some(flag) = rest.chars().next() {
        match flag {
            '-' => spec.left = true,
            '+' => spec.plus = true,
            ' ' => spec.space = true,
            '#' => spec.alternate = true,
            '0' => spec.zero = true,
            _ => break,
        }
        rest = &rest[1..];
    }
    if let Some(after) = rest.strip_prefix('*') {
        let width = star(values)?;
        spec.left |= width < 0;
        spec.width = width.unsigned_abs() as usize;
        rest = after;
    } else {
        (spec.width, rest) = digits(rest);
    }
    if let Some(after) = rest.strip_prefix('.') {
        if let Some(after) = after.strip_prefix('*') {
            spec.precision = Some(usize::try_from(star(values)?).unwrap_or(0));
            rest = after;
        } else {
            let (precision, after) = digits(after);
            spec.precision = Some(precision);
            rest = after;
        }
    }
    if spec.width > MAX_WIDTH || spec.precision.is_some_and(|precision| precision > MAX_WIDTH) {
        return Err(Raise::value_error("width too big"));
    }
    rest = rest.trim_start_matches(['h', 'l', 'L']);
    let kind = rest.chars().next().ok_or_else(incomplete)?;
    rest = &rest[kind.len_utf8()..];
    if kind == '%' {
        out.push('%');
        return Ok(rest);
    }
    let value = match keyed {
        Some(value) => value,
        None => values.next()?,
    };
    if !"srcadiuxXoeEfFgG".contains(kind) {
        let at = values.length - rest.chars().count() - 1;
        let code = kind as u32;
        return Err(Raise::value_error(format!(
            "unsupported format character '{kind}' (0x{code:x}) at index {at}"
        )));
    }
    convert(kind, &value, &spec, out)?;
    Ok(rest)
}

fn star(values: &mut Values<'_>) -> R<i64> {
    let value = values.next()?;
    index(&value).and_then(|value| i64::try_from(value).ok()).ok_or_else(|| Raise::type_error("* wants int"))
}

fn digits(text: &str) -> (usize, &str) {
    let length = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, rest) = text.split_at(length);
    (if number.is_empty() { 0 } else { number.parse().unwrap_or(usize::MAX) }, rest)
}

fn matching_paren(text: &str) -> Option<usize> {
    let mut open = 1;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' => open += 1,
            b')' => open -= 1,
            _ => {}
        }
        if open == 0 {
            return Some(at);
        }
    }
    None
}

fn lookup(values: &Value, key: &str) -> R<Value> {
    let missing = || Raise::new(ErrorKind::Key, text::repr(&Value::from(key)));
    if let Some(dict) = values.downcast_object_ref::<PyDict>() {
        return dict.get_str(key).ok_or_else(missing);
    }
    match mapping_entries(values) {
        Some(entries) => entries
            .into_iter()
            .find(|(known, _)| known.as_str() == Some(key))
            .map(|(_, value)| value)
            .ok_or_else(missing),
        None => Err(Raise::type_error("format requires a mapping")),
    }
}

fn convert(kind: char, value: &Value, spec: &Spec, out: &mut String) -> R<()> {
    match kind {
        's' | 'r' | 'a' => {
            let mut shown = match kind {
                's' => text::str(value),
                'r' => text::repr(value),
                _ => super::format::ascii(&text::repr(value)),
            };
            if let Some(precision) = spec.precision {
                shown = shown.chars().take(precision).collect();
            }
            pad(&shown, spec, out);
        }
        'c' => {
            let c = match value.as_str() {
                Some(text) if text.chars().count() == 1 => text.to_string(),
                Some(_) => return Err(Raise::type_error("%c requires int or char")),
                None => index(value)
                    .and_then(|code| char::from_u32(u32::try_from(code).ok()?))
                    .ok_or_else(|| Raise::type_error("%c requires int or char"))?
                    .to_string(),
            };
            pad(&c, spec, out);
        }
        'd' | 'i' | 'u' | 'x' | 'X' | 'o' => integer(kind, value, spec, out)?,
        'e' | 'E' | 'f' | 'F' | 'g' | 'G' => {
            let number = number(value)
                .ok_or_else(|| Raise::type_error(format!("must be real number, not {}", type_name(value))))?;
            let number = number.float();
            let digits = if number.is_finite() {
                float_digits(number.abs(), kind, spec.precision.unwrap_or(6), spec.alternate, false)
            } else {
                let text = if number.is_nan() { "nan" } else { "inf" };
                if kind.is_ascii_uppercase() { text.to_uppercase() } else { text.to_string() }
            };
            numeric(number.is_sign_negative() && !number.is_nan(), "", &digits, spec, out);
        }
        _ => {}
    }
    Ok(())
}

fn integer(kind: char, value: &Value, spec: &Spec, out: &mut String) -> R<()> {
    let number = match number(value) {
        Some(Num::Int(number)) => number,
        Some(Num::Float(float)) if matches!(kind, 'd' | 'i' | 'u') && float.is_finite() => {
            float.trunc() as i128
        }
        Some(Num::Float(_)) if matches!(kind, 'd' | 'i' | 'u') => {
            return Err(Raise::value_error("cannot convert float NaN or infinity to integer"));
        }
        _ => {
            let wanted = if matches!(kind, 'd' | 'i' | 'u') { "a real number is" } else { "an integer is" };
            return Err(Raise::type_error(format!(
                "%{kind} format: {wanted} required, not {}",
                type_name(value)
            )));
        }
    };
    let mut digits = int_digits(number.unsigned_abs(), kind);
    if let Some(precision) = spec.precision {
        digits = format!("{digits:0>precision$}");
    }
    let prefix = match kind {
        'x' if spec.alternate => "0x",
        'X' if spec.alternate => "0X",
        'o' if spec.alternate => "0o",
        _ => "",
    };
    numeric(number < 0, prefix, &digits, spec, out);
    Ok(())
}

fn numeric(negative: bool, prefix: &str, digits: &str, spec: &Spec, out: &mut String) {
    let sign = match (negative, spec.plus, spec.space) {
        (true, _, _) => "-",
        (_, true, _) => "+",
        (_, _, true) => " ",
        _ => "",
    };
    if spec.zero && !spec.left {
        let width = spec.width.saturating_sub(sign.len() + prefix.len());
        out.push_str(sign);
        out.push_str(prefix);
        out.extend(std::iter::repeat_n('0', width.saturating_sub(digits.len())));
        out.push_str(digits);
    } else {
        pad(&format!("{sign}{prefix}{digits}"), spec, out);
    }
}

fn pad(text: &str, spec: &Spec, out: &mut String) {
    let fill = spec.width.saturating_sub(text.chars().count());
    if !spec.left {
        out.extend(std::iter::repeat_n(' ', fill));
    }
    out.push_str(text);
    if spec.left {
        out.extend(std::iter::repeat_n(' ', fill));
    }
}
