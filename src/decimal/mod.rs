//! Python's `decimal.Decimal`: numbers of query results and seeds, printed and computed as Python does.

mod arith;

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use num_bigint::BigUint;

use arith::{align, decimal_length, drop_digits};

/// Digits kept by arithmetic: Python's default context.
pub const PRECISION: usize = 28;

/// A decimal number: sign, digits and exponent, so that `1.50` and `1.5` stay apart when printed.
#[derive(Clone, Debug)]
pub struct Decimal {
    negative: bool,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Finite { digits: BigUint, exponent: i64 },
    Infinity,
    NaN,
}

/// The text is not a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidDecimal;

impl Decimal {
    pub fn new(negative: bool, digits: BigUint, exponent: i64) -> Decimal {
        Decimal { negative, kind: Kind::Finite { digits, exponent } }
    }

    pub fn zero() -> Decimal {
        Decimal::new(false, BigUint::ZERO, 0)
    }

    pub fn nan() -> Decimal {
        Decimal { negative: false, kind: Kind::NaN }
    }

    pub fn infinity(negative: bool) -> Decimal {
        Decimal { negative, kind: Kind::Infinity }
    }

    /// `unscaled * 10^-scale`, as Arrow stores decimals.
    pub fn from_i128(unscaled: i128, scale: i8) -> Decimal {
        Decimal::new(unscaled < 0, BigUint::from(unscaled.unsigned_abs()), -i64::from(scale))
    }

    /// `Decimal(repr(value))`.
    pub fn from_f64(value: f64) -> Decimal {
        if value.is_nan() {
            return Decimal::nan();
        }
        if value.is_infinite() {
            return Decimal::infinity(value < 0.0);
        }
        crate::value::py_float(value).parse().unwrap_or_else(|_| Decimal::nan())
    }

    /// `Decimal(value)`: all digits of the binary number.
    pub fn exact_f64(value: f64) -> Decimal {
        if !value.is_finite() {
            return Decimal::from_f64(value);
        }
        let text = format!("{value:.1080}");
        text.trim_end_matches('0').parse().unwrap_or_else(|_| Decimal::nan())
    }

    /// Without the zeros at the end: `1.50` is `1.5`, `100` is `1E+2`.
    pub fn normalized(&self) -> Decimal {
        let rounded = self.clone().in_context();
        let Kind::Finite { digits, exponent } = &rounded.kind else { return rounded };
        if rounded.is_zero() {
            return Decimal::new(rounded.negative, BigUint::ZERO, 0);
        }
        let written = digits.to_string();
        let kept = written.trim_end_matches('0');
        let zeros = written.len() - kept.len();
        let digits = kept.parse().unwrap_or_else(|_| digits.clone());
        Decimal::new(rounded.negative, digits, exponent.saturating_add(i64::try_from(zeros).unwrap_or(0)))
    }

    pub fn is_nan(&self) -> bool {
        matches!(self.kind, Kind::NaN)
    }

    pub fn is_infinite(&self) -> bool {
        matches!(self.kind, Kind::Infinity)
    }

    pub fn is_zero(&self) -> bool {
        matches!(&self.kind, Kind::Finite { digits, .. } if *digits == BigUint::ZERO)
    }

    pub fn is_negative(&self) -> bool {
        self.negative
    }

    /// Python's `float()`.
    pub fn to_f64(&self) -> f64 {
        let size = match &self.kind {
            Kind::Finite { digits, exponent } => {
                format!("{digits}e{exponent}").parse::<f64>().unwrap_or(f64::NAN)
            }
            Kind::Infinity => f64::INFINITY,
            Kind::NaN => f64::NAN,
        };
        if self.negative { -size } else { size }
    }

    /// Python's `int()` as decimal digits; none for NaN and infinities.
    pub fn to_integer_text(&self) -> Option<String> {
        let Kind::Finite { digits, exponent } = &self.kind else { return None };
        let whole = match u32::try_from(exponent.unsigned_abs()) {
            Ok(places) if *exponent >= 0 => digits * BigUint::from(10u8).pow(places),
            Ok(places) if (places as usize) < decimal_length(digits) => {
                digits / BigUint::from(10u8).pow(places)
            }
            _ => BigUint::ZERO,
        };
        let sign = if self.negative && whole != BigUint::ZERO { "-" } else { "" };
        Some(format!("{sign}{whole}"))
    }

    /// Digits after the point once trailing zeros are dropped; negative for trailing zeros before it.
    /// None for NaN and infinities.
    pub fn fraction_digits(&self) -> Option<(usize, i64)> {
        let Kind::Finite { digits, exponent } = &self.kind else { return None };
        if *digits == BigUint::ZERO {
            return Some((1, 0));
        }
        let text = digits.to_string();
        let trimmed = text.trim_end_matches('0');
        Some((trimmed.len(), -(exponent + (text.len() - trimmed.len()) as i64)))
    }

    /// Rounds half to even to `places` digits after the point, as `quantize` does.
    pub fn round_places(&self, places: i64) -> Decimal {
        let Kind::Finite { digits, exponent } = &self.kind else { return self.clone() };
        let drop = -places - exponent;
        if drop <= 0 {
            let Ok(power) = u32::try_from(-drop) else { return self.clone() };
            return Decimal::new(self.negative, digits * BigUint::from(10u8).pow(power), -places);
        }
        Decimal::new(self.negative, drop_digits(digits, drop), -places)
    }

    /// Digits and exponent of a finite number.
    pub fn parts(&self) -> Option<(bool, &BigUint, i64)> {
        match &self.kind {
            Kind::Finite { digits, exponent } => Some((self.negative, digits, *exponent)),
            _ => None,
        }
    }
}

impl FromStr for Decimal {
    type Err = InvalidDecimal;

    /// What Python's `Decimal(text)` takes: surrounding blanks, underscores, `inf`, `nan`, exponents.
    fn from_str(text: &str) -> Result<Decimal, InvalidDecimal> {
        let text = text.trim();
        let text = if text.contains('_') { Cow::Owned(text.replace('_', "")) } else { Cow::Borrowed(text) };
        let (negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(&text)),
        };
        if rest.eq_ignore_ascii_case("inf") || rest.eq_ignore_ascii_case("infinity") {
            return Ok(Decimal::infinity(negative));
        }
        if rest.get(..3).is_some_and(|head| head.eq_ignore_ascii_case("nan"))
            && rest[3..].bytes().all(|b| b.is_ascii_digit())
        {
            return Ok(Decimal { negative, kind: Kind::NaN });
        }
        let (mantissa, exponent) = match rest.find(['e', 'E']) {
            Some(at) => (&rest[..at], rest[at + 1..].parse::<i64>().map_err(|_| InvalidDecimal)?),
            None => (rest, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let mut bytes = whole.bytes().chain(fraction.bytes());
        let length = whole.len() + fraction.len();
        if length == 0 || exponent.abs() > 999_999 || !bytes.clone().all(|byte| byte.is_ascii_digit()) {
            return Err(InvalidDecimal);
        }
        let digits = if length <= 19 {
            BigUint::from(bytes.by_ref().fold(0u64, |digits, byte| digits * 10 + u64::from(byte - b'0')))
        } else {
            BigUint::parse_bytes(&bytes.collect::<Vec<u8>>(), 10).ok_or(InvalidDecimal)?
        };
        Ok(Decimal::new(negative, digits, exponent - fraction.len() as i64))
    }
}

impl fmt::Display for Decimal {
    /// Python's `str()`: plain unless the exponent is positive or the number very small.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.negative {
            out.write_str("-")?;
        }
        let (digits, exponent) = match &self.kind {
            Kind::Infinity => return out.write_str("Infinity"),
            Kind::NaN => return out.write_str("NaN"),
            Kind::Finite { digits, exponent } => (digits.to_string(), *exponent),
        };
        let adjusted = exponent + digits.len() as i64;
        if exponent <= 0 && adjusted > -6 {
            if exponent == 0 {
                return out.write_str(&digits);
            }
            return match usize::try_from(adjusted) {
                Ok(point) if point > 0 => write!(out, "{}.{}", &digits[..point], &digits[point..]),
                _ => write!(out, "0.{}{digits}", "0".repeat(adjusted.unsigned_abs() as usize)),
            };
        }
        let (first, rest) = digits.split_at(1);
        let point = if rest.is_empty() { "" } else { "." };
        write!(out, "{first}{point}{rest}E{:+}", adjusted - 1)
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Decimal) -> bool {
        self.partial_cmp(other) == Some(Ordering::Equal)
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Decimal) -> Option<Ordering> {
        if self.is_nan() || other.is_nan() {
            return None;
        }
        let sign = |d: &Decimal| match (d.is_zero(), d.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        };
        let (a, b) = (sign(self), sign(other));
        if a != b || a == 0 {
            return Some(a.cmp(&b));
        }
        let size = match (self.is_infinite(), other.is_infinite()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Greater,
            (false, true) => Ordering::Less,
            (false, false) => {
                let (x, y, _) = align(self, other)?;
                x.cmp(&y)
            }
        };
        Some(if self.negative { size.reverse() } else { size })
    }
}

impl Hash for Decimal {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match &self.kind {
            Kind::Finite { digits, exponent } => {
                let text = digits.to_string();
                let trimmed = text.trim_end_matches('0');
                (self.negative && !trimmed.is_empty()).hash(state);
                trimmed.hash(state);
                if !trimmed.is_empty() {
                    (exponent + (text.len() - trimmed.len()) as i64).hash(state);
                }
            }
            Kind::Infinity => (self.negative, "inf").hash(state),
            Kind::NaN => "nan".hash(state),
        }
    }
}
