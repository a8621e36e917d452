//! Python's `Decimal`. Expectations were read off Python.

use headwater::decimal::Decimal;

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap_or_else(|_| panic!("{text} is a decimal"))
}

#[test]
fn texts_round_trip_as_in_python() {
    for (text, expected) in [
        ("1.50", "1.50"),
        ("-0", "-0"),
        ("1E5", "1E+5"),
        ("0.0000001", "1E-7"),
        ("0.000001", "0.000001"),
        ("1.23e-10", "1.23E-10"),
        ("12e3", "1.2E+4"),
        ("0e2", "0E+2"),
        ("0.00", "0.00"),
        (" 1_0 ", "10"),
        (".5", "0.5"),
        ("nan12", "NaN"),
        ("-inf", "-Infinity"),
    ] {
        assert_eq!(decimal(text).to_string(), expected);
    }
    for text in ["", ".", "e5", "1e", "1.2.3", "snan", "0x1", "--1", "nanx"] {
        assert!(text.parse::<Decimal>().is_err(), "{text}");
    }
}

#[test]
fn arithmetic_rounds_to_28_digits() {
    let show = |value: Option<Decimal>| value.map(|value| value.to_string());
    assert_eq!(decimal("1.10").add(&decimal("2.2")).to_string(), "3.30");
    assert_eq!(decimal("1").sub(&decimal("1.00")).to_string(), "0.00");
    assert_eq!(decimal("-1.5").mul(&decimal("2")).to_string(), "-3.0");
    assert_eq!(show(decimal("1").div(&decimal("3"))).as_deref(), Some("0.3333333333333333333333333333"));
    assert_eq!(show(decimal("2").div(&decimal("3"))).as_deref(), Some("0.6666666666666666666666666667"));
    assert_eq!(show(decimal("10").div(&decimal("4"))).as_deref(), Some("2.5"));
    assert_eq!(show(decimal("1.00").div(&decimal("2"))).as_deref(), Some("0.50"));
    assert_eq!(show(decimal("100").div(&decimal("10"))).as_deref(), Some("10"));
    assert_eq!(show(decimal("1e3").div(&decimal("1"))).as_deref(), Some("1E+3"));
    assert_eq!(show(decimal("1").div(&decimal("0"))), None);
    assert_eq!(
        decimal("9999999999999999999999999999").add(&decimal("0.5")).to_string(),
        "1.000000000000000000000000000E+28"
    );
    assert_eq!(decimal("1e20").mul(&decimal("1.23456789012345678901")).to_string(), "123456789012345678901");
    assert!(decimal("inf").sub(&decimal("inf")).is_nan());
}

#[test]
fn comparison_ignores_trailing_zeros() {
    assert_eq!(decimal("1.50"), decimal("1.5"));
    assert_eq!(decimal("-0"), decimal("0"));
    assert!(decimal("-2") < decimal("-1.999"));
    assert!(decimal("1e10") > decimal("9999999999"));
    assert!(decimal("-inf") < decimal("-1e999"));
    assert_ne!(decimal("nan"), decimal("nan"));
    let hash = |text: &str| {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let mut hasher = DefaultHasher::new();
        decimal(text).hash(&mut hasher);
        hasher.finish()
    };
    assert_eq!(hash("1.50"), hash("1.5"));
    assert_eq!(hash("100"), hash("1e2"));
    assert_eq!(hash("0.0"), hash("-0"));
}

#[test]
fn conversions() {
    assert_eq!(decimal("-1234.99").to_integer_text().as_deref(), Some("-1234"));
    assert_eq!(decimal("0.9").to_integer_text().as_deref(), Some("0"));
    assert_eq!(decimal("12e2").to_integer_text().as_deref(), Some("1200"));
    assert_eq!(decimal("nan").to_integer_text(), None);
    assert_eq!(decimal("0.1").to_f64(), 0.1);
    assert_eq!(Decimal::from_f64(1e22).to_string(), "1E+22");
    assert_eq!(Decimal::from_i128(-12345, 3).to_string(), "-12.345");
    assert_eq!(decimal("2.675").round_places(2).to_string(), "2.68");
    assert_eq!(decimal("2.665").round_places(2).to_string(), "2.66");
    assert_eq!(decimal("2.5").round_places(4).to_string(), "2.5000");
    assert_eq!(decimal("0.06").round_places(0).to_string(), "0");
}
