//! Integers of any length: Python's have no limit.

use crate::value::Value;

/// The integer that `digits` spell in `radix`; none when there is no digit or a wrong one.
pub fn parse(negative: bool, digits: &str, radix: u32) -> Option<Value> {
    let places = digits.chars().map(|c| c.to_digit(radix)).collect::<Option<Vec<u32>>>()?;
    (!places.is_empty()).then(|| from_places(negative, places.iter().map(|place| (*place, radix))))
}

/// The value of `1:30:00`: base 60, each part decimal.
pub fn parse_sexagesimal(negative: bool, text: &str) -> Option<Value> {
    let mut parts = text.split(':');
    let head = parts.next()?;
    let mut places = head.chars().map(|c| Some((c.to_digit(10)?, 10))).collect::<Option<Vec<_>>>()?;
    for part in parts {
        places.push((part.parse().ok()?, 60));
    }
    Some(from_places(negative, places.into_iter()))
}

fn from_places(negative: bool, places: impl Iterator<Item = (u32, u32)> + Clone) -> Value {
    let small = places
        .clone()
        .try_fold(0i64, |total, (place, radix)| total.checked_mul(radix.into())?.checked_add(place.into()));
    match small {
        Some(total) => Value::Int(if negative { -total } else { total }),
        None => {
            let text = decimal(places);
            let signed = if negative { format!("-{text}") } else { text };
            signed.parse().map_or_else(|_| Value::BigInt(signed.into()), Value::Int)
        }
    }
}

/// Decimal text of a number too large for 64 bits, worked out in limbs of nine digits.
fn decimal(places: impl Iterator<Item = (u32, u32)>) -> String {
    const LIMB: u64 = 1_000_000_000;
    let mut limbs: Vec<u32> = vec![0];
    for (place, radix) in places {
        let mut carry = u64::from(place);
        for limb in &mut limbs {
            let total = u64::from(*limb) * u64::from(radix) + carry;
            *limb = (total % LIMB) as u32;
            carry = total / LIMB;
        }
        if carry > 0 {
            limbs.push(carry as u32);
        }
    }
    let mut text = String::new();
    for (index, limb) in limbs.iter().rev().enumerate() {
        text += &if index == 0 { limb.to_string() } else { format!("{limb:09}") };
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_integers_beyond_64_bits() {
        let all_ones = parse(false, &"f".repeat(32), 16);
        assert_eq!(all_ones, Some(Value::BigInt("340282366920938463463374607431768211455".into())));
        assert_eq!(parse(true, "9223372036854775808", 10), Some(Value::Int(i64::MIN)));
    }

    #[test]
    fn refuses_what_has_no_digits() {
        assert_eq!(parse(false, "", 2), None);
        assert_eq!(parse(false, "2", 2), None);
    }

    #[test]
    fn counts_in_sixties() {
        assert_eq!(parse_sexagesimal(false, "1:30"), Some(Value::Int(90)));
        assert_eq!(parse_sexagesimal(true, "1:0:5"), Some(Value::Int(-3605)));
    }
}
