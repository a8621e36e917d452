//! Jinja2's tests (`is …`).

use std::sync::LazyLock;

use minijinja::Value;
use minijinja::value::ValueKind;
use rustc_hash::FxHashMap;

use super::error::{R, Raise};
use super::ops::{arith, compare};
use super::run::access::mapping_entries;
use super::run::{Args, Vm};
use super::syntax::ast::{BinOp, CmpOp};
use super::value::callable::is_callable;
use super::value::iter::PyIter;
use super::value::{PySet, as_tuple, is_undefined, iter, number, text};

type Test = fn(&mut Vm<'_, '_, '_>, Args) -> R<bool>;

static TESTS: LazyLock<FxHashMap<&'static str, Test>> = LazyLock::new(|| {
    let tests: [(&'static str, Test); 39] = [
        ("defined", |_, args| Ok(!is_undefined(&args.one("test_defined", "value")?))),
        ("undefined", |_, args| Ok(is_undefined(&args.one("test_undefined", "value")?))),
        ("none", |_, args| Ok(args.one("test_none", "value")?.is_none())),
        ("boolean", |_, args| Ok(args.one("test_boolean", "value")?.kind() == ValueKind::Bool)),
        ("true", |_, args| is_bool(args, true)),
        ("false", |_, args| is_bool(args, false)),
        ("string", |_, args| Ok(args.one("test_string", "value")?.kind() == ValueKind::String)),
        ("number", |_, args| Ok(is_number(&args.one("test_number", "value")?))),
        ("integer", |_, args| {
            let value = args.one("test_integer", "value")?;
            Ok(value.kind() == ValueKind::Number && value.is_integer())
        }),
        ("float", |_, args| {
            let value = args.one("test_float", "value")?;
            Ok(value.kind() == ValueKind::Number && !value.is_integer())
        }),
        ("odd", |vm, args| remainder(vm, args, "test_odd", 1)),
        ("even", |vm, args| remainder(vm, args, "test_even", 0)),
        ("divisibleby", |vm, args| {
            let [value, divisor] = two(args, "test_divisibleby", ["value", "num"])?;
            is_zero(&arith::binary(vm, BinOp::Mod, &value, &divisor)?)
        }),
        ("mapping", |_, args| Ok(mapping_entries(&args.one("test_mapping", "value")?).is_some())),
        ("sequence", |_, args| Ok(is_sequence(&args.one("test_sequence", "value")?))),
        ("iterable", |_, args| Ok(iter::iterate(&args.one("test_iterable", "value")?).is_ok())),
        ("callable", |_, args| Ok(is_callable(&args.one("callable", "obj")?))),
        ("sameas", |_, args| {
            let [value, other] = two(args, "test_sameas", ["value", "other"])?;
            Ok(same(&value, &other))
        }),
        ("escaped", |_, args| args.one("test_escaped", "value").map(|_| false)),
        ("lower", |vm, args| cased(vm, args, "islower")),
        ("upper", |vm, args| cased(vm, args, "isupper")),
        ("filter", |_, args| {
            let value = args.one("test_filter", "value")?;
            Ok(value.as_str().is_some_and(|name| super::filters::get(name).is_some()))
        }),
        ("test", |_, args| {
            let value = args.one("test_test", "value")?;
            Ok(value.as_str().is_some_and(|name| get(name).is_some()))
        }),
        ("in", |_, args| compared(args, CmpOp::In)),
        ("==", |_, args| compared(args, CmpOp::Eq)),
        ("eq", |_, args| compared(args, CmpOp::Eq)),
        ("equalto", |_, args| compared(args, CmpOp::Eq)),
        ("!=", |_, args| compared(args, CmpOp::Ne)),
        ("ne", |_, args| compared(args, CmpOp::Ne)),
        (">", |_, args| compared(args, CmpOp::Gt)),
        ("gt", |_, args| compared(args, CmpOp::Gt)),
        ("greaterthan", |_, args| compared(args, CmpOp::Gt)),
        (">=", |_, args| compared(args, CmpOp::Ge)),
        ("ge", |_, args| compared(args, CmpOp::Ge)),
        ("<", |_, args| compared(args, CmpOp::Lt)),
        ("lt", |_, args| compared(args, CmpOp::Lt)),
        ("lessthan", |_, args| compared(args, CmpOp::Lt)),
        ("<=", |_, args| compared(args, CmpOp::Le)),
        ("le", |_, args| compared(args, CmpOp::Le)),
    ];
    tests.into_iter().collect()
});

/// The names of all tests.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    TESTS.keys().copied()
}

/// The test of that name; what is tested is the first positional argument.
pub(crate) fn get(name: &str) -> Option<Test> {
    TESTS.get(name).copied()
}

fn two(args: Args, name: &str, params: [&str; 2]) -> R<[Value; 2]> {
    let [left, right] = args.bind(name, params, 2)?;
    Ok([left.unwrap_or_default(), right.unwrap_or_default()])
}

fn compared(args: Args, op: CmpOp) -> R<bool> {
    let [left, right] = two(args, "test", ["a", "b"])?;
    compare::compare(op, &left, &right)
}

fn is_bool(args: Args, wanted: bool) -> R<bool> {
    let value = args.one("test_true", "value")?;
    Ok(value.kind() == ValueKind::Bool && value.is_true() == wanted)
}

fn is_number(value: &Value) -> bool {
    number(value).is_some() || super::modules::to_float(value).is_some()
}

fn is_zero(value: &Value) -> R<bool> {
    Ok(compare::equal(value, &Value::from(0)))
}

fn remainder(vm: &mut Vm<'_, '_, '_>, args: Args, name: &str, wanted: i64) -> R<bool> {
    let value = args.one(name, "value")?;
    if value.as_str().is_some() {
        // `'…' % 2` formats.
        return Err(Raise::type_error("not all arguments converted during string formatting"));
    }
    let rest = arith::binary(vm, BinOp::Mod, &value, &Value::from(2))?;
    Ok(compare::equal(&rest, &Value::from(wanted)))
}

fn is_sequence(value: &Value) -> bool {
    if is_undefined(value) {
        // Jinja2's Undefined has a length and a `__getitem__`.
        return true;
    }
    match value.kind() {
        ValueKind::String | ValueKind::Bytes | ValueKind::Seq | ValueKind::Map => true,
        ValueKind::Iterable => {
            value.downcast_object_ref::<PyIter>().is_none()
                && value.downcast_object_ref::<PySet>().is_none()
                && value.downcast_object_ref::<super::value::dict::DictView>().is_none()
                && value.len().is_some()
        }
        _ => false,
    }
}

/// `value is other`: identity, which small values share.
fn same(value: &Value, other: &Value) -> bool {
    let empty = |value: &Value| as_tuple(value).is_some_and(|items| items.is_empty());
    match (compare::identity(value), compare::identity(other)) {
        (Some(left), Some(right)) => left == right || empty(value) && empty(other),
        // Objects of a context have no address to compare, so equal ones pass for the same.
        (None, None) => {
            value.kind() == other.kind() && value.is_integer() == other.is_integer() && value == other
        }
        _ => false,
    }
}

fn cased(vm: &mut Vm<'_, '_, '_>, args: Args, method: &str) -> R<bool> {
    let value = Value::from(text::str(&args.one("test", "value")?));
    Ok(vm.call_method(&value, method, Args::default())?.is_true())
}
