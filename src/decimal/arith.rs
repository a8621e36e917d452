//! Arithmetic of decimals, rounded to Python's default context.

use num_bigint::BigUint;

use super::{Decimal, Kind, PRECISION};

impl Decimal {
    pub(super) fn rounded(self) -> Decimal {
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
pub(super) fn align(a: &Decimal, b: &Decimal) -> Option<(BigUint, BigUint, i64)> {
    let ((_, da, ea), (_, db, eb)) = (a.parts()?, b.parts()?);
    let exponent = ea.min(eb);
    let scale = |digits: &BigUint, from: i64| {
        let places = u32::try_from(from - exponent).ok().filter(|places| *places < 100_000)?;
        Some(digits * BigUint::from(10u8).pow(places))
    };
    Some((scale(da, ea)?, scale(db, eb)?, exponent))
}

pub(super) fn decimal_length(digits: &BigUint) -> usize {
    digits.to_string().len()
}

/// Divides by `10^count`, rounding half to even.
pub(super) fn drop_digits(digits: &BigUint, count: i64) -> BigUint {
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
