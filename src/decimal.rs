//! Python's `decimal.Decimal`: numbers of query results and seeds, printed and computed as Python does.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use num_bigint::BigUint;

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

    fn rounded(self) -> Decimal {
        let Kind::Finite { digits, exponent } = &self.kind else { return self };
        if digits.bits() <= 93 {
            // Below 10^28.
            return self;
        }
        let excess = decimal_length(digits) as i64 - PRECISION as i64;
        if excess <= 0 {
            return self;
        }
        let (mut kept, mut exponent) = (drop_digits(digits, excess), exponent + excess);
        if decimal_length(&kept) > PRECISION {
            kept /= 10u8;
            exponent += 1;
        }
        Decimal::new(self.negative, kept, exponent)
    }

    /// `self * 1` in Python's context: at most [`PRECISION`] digits.
    pub fn in_context(self) -> Decimal {
        self.rounded()
    }

    /// The number times minus one, zeros included.
    pub fn negated(&self) -> Decimal {
        Decimal { negative: !self.negative, kind: self.kind.clone() }
    }

    pub fn neg(&self) -> Decimal {
        let flipped = Decimal { negative: !self.negative && !self.is_zero(), kind: self.kind.clone() };
        flipped.rounded()
    }

    pub fn abs(&self) -> Decimal {
        Decimal { negative: false, kind: self.kind.clone() }.rounded()
    }

    pub fn add(&self, other: &Decimal) -> Decimal {
        match (&self.kind, &other.kind) {
            (Kind::NaN, _) | (_, Kind::NaN) => Decimal::nan(),
            (Kind::Infinity, Kind::Infinity) if self.negative != other.negative => Decimal::nan(),
            (Kind::Infinity, _) => self.clone(),
            (_, Kind::Infinity) => other.clone(),
            (Kind::Finite { .. }, Kind::Finite { .. }) => {
                let Some((a, b, exponent)) = align(self, other) else { return Decimal::nan() };
                let sum = if self.negative == other.negative {
                    let negative = self.negative;
                    Decimal::new(negative, a + b, exponent)
                } else if a >= b {
                    let negative = self.negative && a != b;
                    Decimal::new(negative, a - b, exponent)
                } else {
                    Decimal::new(other.negative, b - a, exponent)
                };
                sum.rounded()
            }
        }
    }

    pub fn sub(&self, other: &Decimal) -> Decimal {
        self.add(&Decimal { negative: !other.negative, kind: other.kind.clone() })
    }

    pub fn mul(&self, other: &Decimal) -> Decimal {
        let negative = self.negative != other.negative;
        match (&self.kind, &other.kind) {
            (Kind::NaN, _) | (_, Kind::NaN) => Decimal::nan(),
            (Kind::Finite { digits: a, exponent: ea }, Kind::Finite { digits: b, exponent: eb }) => {
                Decimal::new(negative, a * b, ea + eb).rounded()
            }
            _ if self.is_zero() || other.is_zero() => Decimal::nan(),
            _ => Decimal::infinity(negative),
        }
    }

    /// Python's `/`; none when dividing by zero.
    pub fn div(&self, other: &Decimal) -> Option<Decimal> {
        let negative = self.negative != other.negative;
        let (Kind::Finite { digits: a, exponent: ea }, Kind::Finite { digits: b, exponent: eb }) =
            (&self.kind, &other.kind)
        else {
            return Some(match (&self.kind, &other.kind) {
                (Kind::NaN, _) | (_, Kind::NaN) | (Kind::Infinity, Kind::Infinity) => Decimal::nan(),
                (Kind::Infinity, _) => Decimal::infinity(negative),
                _ => Decimal::zero(),
            });
        };
        if *b == BigUint::ZERO {
            return None;
        }
        let ideal = ea - eb;
        if *a == BigUint::ZERO {
            return Some(Decimal::new(negative, BigUint::ZERO, ideal));
        }
        let shift = (PRECISION + 1 + decimal_length(b)).saturating_sub(decimal_length(a)) as u32;
        let scaled = a * BigUint::from(10u8).pow(shift);
        let (mut quotient, remainder) = (&scaled / b, &scaled % b);
        let mut exponent = ideal - i64::from(shift);
        if remainder == BigUint::ZERO {
            while exponent < ideal && &quotient % 10u8 == BigUint::ZERO {
                quotient /= 10u8;
                exponent += 1;
            }
        } else if &quotient % 5u8 == BigUint::ZERO {
            // A sticky digit, so that rounding sees that something follows.
            quotient += 1u8;
        }
        Some(Decimal::new(negative, quotient, exponent).rounded())
    }
}

impl Decimal {
    /// Python's `//` and `%` of decimals: the quotient is cut towards zero, the remainder has the sign
    /// of the dividend. None when dividing by zero, NaN for what has no quotient.
    pub fn div_rem(&self, other: &Decimal) -> Option<(Decimal, Decimal)> {
        if other.is_zero() {
            return None;
        }
        let negative = self.negative != other.negative;
        let Some((a, b, exponent)) = align(self, other) else {
            let quotient = match (&self.kind, &other.kind) {
                (Kind::Finite { .. }, Kind::Infinity) => return Some((Decimal::zero(), self.clone())),
                (Kind::Infinity, Kind::Finite { .. }) => Decimal::infinity(negative),
                _ => Decimal::nan(),
            };
            return Some((quotient, Decimal::nan()));
        };
        let (quotient, remainder) = (&a / &b, &a % &b);
        Some((
            Decimal::new(negative, quotient, 0).rounded(),
            Decimal::new(self.negative, remainder, exponent).rounded(),
        ))
    }

    /// Python's `**`, exact for small whole exponents.
    pub fn pow(&self, exponent: &Decimal) -> Decimal {
        let whole = exponent.to_integer_text().and_then(|text| text.parse::<i32>().ok());
        match whole
            .filter(|whole| Decimal::from_i128(i128::from(*whole), 0) == *exponent && whole.abs() <= 1000)
        {
            Some(whole) => {
                let one = Decimal::from_i128(1, 0);
                let power = (0..whole.abs()).fold(one.clone(), |power, _| power.mul(self));
                if whole < 0 { one.div(&power).unwrap_or_else(|| Decimal::infinity(false)) } else { power }
            }
            None => Decimal::from_f64(self.to_f64().powf(exponent.to_f64())),
        }
    }
}

/// Both numbers' digits at their smaller exponent; none when they lie absurdly far apart.
fn align(a: &Decimal, b: &Decimal) -> Option<(BigUint, BigUint, i64)> {
    let ((_, da, ea), (_, db, eb)) = (a.parts()?, b.parts()?);
    let exponent = ea.min(eb);
    let scale = |digits: &BigUint, from: i64| {
        let places = u32::try_from(from - exponent).ok().filter(|places| *places < 100_000)?;
        Some(digits * BigUint::from(10u8).pow(places))
    };
    Some((scale(da, ea)?, scale(db, eb)?, exponent))
}

fn decimal_length(digits: &BigUint) -> usize {
    digits.to_string().len()
}

/// Divides by `10^count`, rounding half to even.
fn drop_digits(digits: &BigUint, count: i64) -> BigUint {
    let Some(places) =
        u32::try_from(count).ok().filter(|places| (*places as usize) <= decimal_length(digits))
    else {
        return BigUint::ZERO;
    };
    let power = BigUint::from(10u8).pow(places);
    let (mut quotient, remainder) = (digits / &power, digits % &power);
    let twice = remainder * 2u8;
    if twice > power || (twice == power && quotient.bit(0)) {
        quotient += 1u8;
    }
    quotient
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
