//! Digits of numbers, as Python's two formatting languages print them.

use crate::value::py_float;

/// The digits of a non-negative finite float in presentation `kind`: one of `e f g` in either case,
/// or `r` for the shortest text. `dot_zero` asks for at least one digit after the point.
pub(crate) fn float_digits(
    value: f64,
    kind: char,
    precision: usize,
    alternate: bool,
    dot_zero: bool,
) -> String {
    let mut text = match kind.to_ascii_lowercase() {
        'f' => {
            let mut text = format!("{value:.precision$}");
            if alternate && precision == 0 {
                text.push('.');
            }
            text
        }
        'e' => {
            let mut text = exponent(value, precision);
            if alternate && precision == 0 {
                text = text.replacen('e', ".e", 1);
            }
            text
        }
        'r' => {
            let text = py_float(value);
            if dot_zero { text } else { text.strip_suffix(".0").map_or(text.clone(), str::to_string) }
        }
        _ => general(value, precision.max(1), alternate, dot_zero),
    };
    if kind.is_ascii_uppercase() {
        text = text.to_ascii_uppercase();
    }
    text
}

/// `1.50e+10`
fn exponent(value: f64, precision: usize) -> String {
    let text = format!("{value:.precision$e}");
    match text.split_once('e') {
        Some((mantissa, exponent)) => {
            let (sign, digits) = exponent.strip_prefix('-').map_or(('+', exponent), |digits| ('-', digits));
            format!("{mantissa}e{sign}{digits:0>2}")
        }
        None => text,
    }
}

fn general(value: f64, precision: usize, alternate: bool, dot_zero: bool) -> String {
    let scientific = format!("{value:.*e}", precision - 1);
    let exponent_value: i64 =
        scientific.split_once('e').and_then(|(_, exponent)| exponent.parse().ok()).unwrap_or(0);
    let limit = precision as i64 - i64::from(dot_zero);
    if exponent_value < -4 || exponent_value >= limit {
        let text = exponent(value, precision - 1);
        if alternate {
            return text;
        }
        return match text.split_once('e') {
            Some((mantissa, exponent)) => format!("{}e{exponent}", strip_zeros(mantissa)),
            None => text,
        };
    }
    let decimals = usize::try_from(precision as i64 - 1 - exponent_value).unwrap_or(0);
    let text = format!("{value:.decimals$}");
    if alternate {
        return if text.contains('.') { text } else { format!("{text}.") };
    }
    let text = strip_zeros(&text);
    if dot_zero && !text.contains('.') { format!("{text}.0") } else { text.to_string() }
}

fn strip_zeros(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

/// Puts `separator` between groups of `size` digits of the part before the point.
pub(crate) fn group(digits: &str, separator: char, size: usize) -> String {
    let whole = digits.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(digits.len());
    let whole =
        if digits.contains(['.', 'e', 'E']) { digits.find(['.', 'e', 'E']).unwrap_or(whole) } else { whole };
    let (integer, rest) = digits.split_at(whole);
    let mut out = String::with_capacity(digits.len() * 2);
    for (index, c) in integer.chars().enumerate() {
        if index > 0 && (integer.len() - index) % size == 0 {
            out.push(separator);
        }
        out.push(c);
    }
    out.push_str(rest);
    out
}

/// An integer's digits in a base, without sign or prefix.
pub(crate) fn int_digits(value: u128, kind: char) -> String {
    match kind {
        'x' => format!("{value:x}"),
        'X' => format!("{value:X}"),
        'o' => format!("{value:o}"),
        'b' => format!("{value:b}"),
        _ => value.to_string(),
    }
}
