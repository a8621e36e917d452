//! Filters over sequences.

use minijinja::Value;

use super::super::error::{ErrorKind, R, Raise};
use super::super::ops::arith;
use super::super::ops::compare::{equal, less, sort_by_key};
use super::super::run::args::{bool_or, int, text_or};
use super::super::run::{Args, Vm, access};
use super::super::syntax::ast::BinOp;
use super::super::value::callable::Native;
use super::super::value::iter::{PyIter, collect, iterate};
use super::super::value::named::NamedTuple;
use super::super::value::{Key, PyDict, as_tuple, list, text, tuple};
use super::{Getter, input};

pub(super) const FILTERS: &[(&str, Native)] = &[
    ("batch", batch),
    ("slice", slice),
    ("dictsort", dictsort),
    ("first", first),
    ("last", last),
    ("random", random),
    ("groupby", groupby),
    ("join", join),
    ("map", map),
    ("select", |vm, args| select(vm, args, true, false)),
    ("reject", |vm, args| select(vm, args, false, false)),
    ("selectattr", |vm, args| select(vm, args, true, true)),
    ("rejectattr", |vm, args| select(vm, args, false, true)),
    ("max", |vm, args| extreme(vm, args, "do_max")),
    ("min", |vm, args| extreme(vm, args, "do_min")),
    ("reverse", reverse),
    ("sort", sort),
    ("sum", sum),
    ("unique", unique),
];

type M<'a, 'b, 'c, 'd> = &'a mut Vm<'b, 'c, 'd>;

fn batch(_: M, args: Args) -> R<Value> {
    let [value, count, fill] = args.bind("do_batch", ["value", "linecount", "fill_with"], 2)?;
    let count = usize::try_from(int(&count.unwrap_or_default())?).unwrap_or(0);
    let mut batches: Vec<Vec<Value>> = vec![];
    for item in iterate(&value.unwrap_or_default())? {
        match batches.last_mut() {
            Some(last) if last.len() != count => last.push(item?),
            _ => batches.push(vec![item?]),
        }
    }
    if let (Some(fill), Some(last)) = (fill.filter(|fill| !fill.is_none()), batches.last_mut()) {
        let missing = count.saturating_sub(last.len()).min(1_000_000);
        last.extend(std::iter::repeat_n(fill, missing));
    }
    Ok(PyIter::generator(batches.into_iter().map(list).collect()))
}

fn slice(_: M, args: Args) -> R<Value> {
    let [value, slices, fill] = args.bind("sync_do_slice", ["value", "slices", "fill_with"], 2)?;
    let items = collect(&value.unwrap_or_default())?;
    let slices = usize::try_from(int(&slices.unwrap_or_default())?).unwrap_or(0).min(1_000_000);
    if slices == 0 {
        return Err(Raise::new(ErrorKind::ZeroDivision, "integer division or modulo by zero"));
    }
    let (per_slice, with_extra) = (items.len() / slices, items.len() % slices);
    let fill = fill.filter(|fill| !fill.is_none());
    let mut rest = items.into_iter();
    let mut out = vec![];
    for number in 0..slices {
        let mut part: Vec<Value> = rest.by_ref().take(per_slice + usize::from(number < with_extra)).collect();
        if number >= with_extra {
            part.extend(fill.clone());
        }
        out.push(list(part));
    }
    Ok(PyIter::generator(out))
}

fn dictsort(vm: M, args: Args) -> R<Value> {
    let [value, case_sensitive, by, reverse] =
        args.bind("do_dictsort", ["value", "case_sensitive", "by", "reverse"], 1)?;
    let value = value.unwrap_or_default();
    let entries = access::mapping_entries(&value);
    let entries = match entries {
        Some(entries) => entries,
        None => {
            return Err(no_items(&value));
        }
    };
    let by_value = match text_or(by, "key").as_str() {
        "key" => false,
        "value" => true,
        _ => return Err(Raise::runtime("You can only sort by either \"key\" or \"value\"")),
    };
    let getter = Getter::new(None, bool_or(case_sensitive, false));
    let mut keyed = vec![];
    for (key, value) in entries {
        let by = getter.get(vm, if by_value { &value } else { &key })?;
        keyed.push((by, tuple(vec![key, value])));
    }
    sort_by_key(keyed, bool_or(reverse, false)).map(list)
}

/// Python's error for `value.items()`.
pub(super) fn no_items(value: &Value) -> Raise {
    super::super::value::undefined::undefined_error(value).unwrap_or_else(|| {
        let name = super::super::value::type_name(value);
        Raise::new(ErrorKind::Attribute, format!("'{name}' object has no attribute 'items'"))
    })
}

fn first(_: M, args: Args) -> R<Value> {
    let value = args.one("sync_do_first", "seq")?;
    iterate(&value)?.next().unwrap_or(Ok(Value::UNDEFINED))
}

fn last(_: M, args: Args) -> R<Value> {
    let value = args.one("do_last", "seq")?;
    if value.downcast_object_ref::<PyIter>().is_some() {
        return Err(Raise::type_error(format!(
            "'{}' object is not reversible",
            super::super::value::type_name(&value)
        )));
    }
    Ok(collect(&value)?.pop().unwrap_or(Value::UNDEFINED))
}

/// Any item will do: the choice changes with every call, as far as a clock can tell.
fn random(_: M, args: Args) -> R<Value> {
    let items = collect(&args.one("do_random", "seq")?)?;
    super::super::fleeting::note();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let seed = now.map_or(0, |elapsed| elapsed.subsec_nanos() as usize);
    Ok(items.get((seed / 7) % items.len().max(1)).cloned().unwrap_or(Value::UNDEFINED))
}

fn groupby(vm: M, args: Args) -> R<Value> {
    let [value, attribute, default, case_sensitive] =
        args.bind("sync_do_groupby", ["value", "attribute", "default", "case_sensitive"], 2)?;
    let case_sensitive = bool_or(case_sensitive, false);
    let default = default.filter(|default| !default.is_none());
    let getter = Getter { attribute, default, case_sensitive };
    let mut keyed = vec![];
    for item in collect(&value.unwrap_or_default())? {
        let key = getter.get(vm, &item)?;
        keyed.push((key.clone(), (key, item)));
    }
    let mut groups: Vec<(Value, Vec<Value>)> = vec![];
    for (key, item) in sort_by_key(keyed, false)? {
        match groups.last_mut() {
            Some((known, items)) if equal(known, &key) => items.push(item),
            _ => groups.push((key, vec![item])),
        }
    }
    let exact = Getter { case_sensitive: true, ..getter };
    let mut out = vec![];
    for (key, items) in groups {
        let key = match items.first() {
            Some(first) if !case_sensitive => exact.get(vm, first)?,
            _ => key,
        };
        out.push(NamedTuple::value("", &["grouper", "list"], vec![key, list(items)]));
    }
    Ok(list(out))
}

fn join(vm: M, args: Args) -> R<Value> {
    let [value, separator, attribute] = args.bind("sync_do_join", ["value", "d", "attribute"], 1)?;
    let separator = text_or(separator, "");
    let getter = Getter::new(attribute, true);
    let mut joined = String::new();
    for (at, item) in iterate(&value.unwrap_or_default())?.enumerate() {
        if at > 0 {
            joined.push_str(&separator);
        }
        text::write_str(&getter.get(vm, &item?)?, &mut joined);
    }
    Ok(Value::from(joined))
}

fn map(vm: M, args: Args) -> R<Value> {
    let (value, mut args) = input(args);
    if !value.is_true() {
        return Ok(PyIter::generator(vec![]));
    }
    let mut out = vec![];
    let by_attribute = args.pos.is_empty() && args.kw.iter().any(|(name, _)| &**name == "attribute");
    if by_attribute {
        let mut getter = Getter::new(None, true);
        for (name, value) in args.kw {
            match &*name {
                "attribute" => getter.attribute = Some(value),
                "default" => getter.default = Some(value).filter(|value| !value.is_none()),
                other => return Err(Raise::runtime(format!("Unexpected keyword argument '{other}'"))),
            }
        }
        for item in iterate(&value)? {
            out.push(getter.get(vm, &item?)?);
        }
        return Ok(PyIter::generator(out));
    }
    if args.pos.is_empty() {
        return Err(Raise::runtime("map requires a filter argument"));
    }
    let name = text::str(&args.pos.remove(0));
    for item in iterate(&value)? {
        let mut call = args.clone();
        call.pos.insert(0, item?);
        out.push(vm.call_filter(&name, call, vm.lenient)?);
    }
    Ok(PyIter::generator(out))
}

fn select(vm: M, args: Args, keep: bool, by_attribute: bool) -> R<Value> {
    let (value, mut args) = input(args);
    if !value.is_true() {
        return Ok(PyIter::generator(vec![]));
    }
    let getter = if by_attribute {
        if args.pos.is_empty() {
            return Err(Raise::runtime("Missing parameter for attribute name"));
        }
        Getter::new(Some(args.pos.remove(0)), true)
    } else {
        Getter::new(None, true)
    };
    let test = if args.pos.is_empty() { None } else { Some(text::str(&args.pos.remove(0))) };
    let mut kept = vec![];
    for item in iterate(&value)? {
        let item = item?;
        let tested = getter.get(vm, &item)?;
        let passes = match &test {
            None => tested.is_true(),
            Some(name) => {
                let mut call = args.clone();
                call.pos.insert(0, tested);
                vm.call_test(name, call)?
            }
        };
        if passes == keep {
            kept.push(item);
        }
    }
    Ok(PyIter::generator(kept))
}

fn extreme(vm: M, args: Args, name: &str) -> R<Value> {
    let [value, case_sensitive, attribute] = args.bind(name, ["value", "case_sensitive", "attribute"], 1)?;
    let getter = Getter::new(attribute, bool_or(case_sensitive, false));
    let mut best: Option<(Value, Value)> = None;
    for item in iterate(&value.unwrap_or_default())? {
        let item = item?;
        let key = getter.get(vm, &item)?;
        let better = match &best {
            None => true,
            Some((known, _)) if name == "do_min" => less(&key, known)?,
            Some((known, _)) => less(known, &key)?,
        };
        if better {
            best = Some((key, item));
        }
    }
    Ok(best.map_or(Value::UNDEFINED, |(_, item)| item))
}

fn reverse(_: M, args: Args) -> R<Value> {
    let value = args.one("do_reverse", "value")?;
    if let Some(text) = value.as_str() {
        return Ok(Value::from(text.chars().rev().collect::<String>()));
    }
    let mut items = collect(&value).map_err(|_| Raise::runtime("argument must be iterable"))?;
    items.reverse();
    // `reversed` gives an iterator; what it does not take becomes a list.
    let sequence = value.downcast_object_ref::<super::super::value::PyList>().is_some();
    let name = if sequence {
        "list_reverseiterator"
    } else if as_tuple(&value).is_some() {
        "reversed"
    } else if value.downcast_object_ref::<PyDict>().is_some() {
        "dict_reversekeyiterator"
    } else if value.downcast_object_ref::<super::super::value::range::PyRange>().is_some() {
        "range_iterator"
    } else {
        return Ok(list(items));
    };
    Ok(PyIter::value(super::super::value::iter::Iter::Values(items.into_iter()), name))
}

fn sort(vm: M, args: Args) -> R<Value> {
    let [value, reverse, case_sensitive, attribute] =
        args.bind("do_sort", ["value", "reverse", "case_sensitive", "attribute"], 1)?;
    let case_sensitive = bool_or(case_sensitive, false);
    // Several attributes may stand in one text, with commas between them.
    let attributes: Vec<Option<Value>> = match attribute.as_ref().and_then(Value::as_str) {
        Some(names) => names.split(',').map(|name| Some(Value::from(name))).collect(),
        None => vec![attribute],
    };
    let getters: Vec<Getter> = attributes.into_iter().map(|name| Getter::new(name, case_sensitive)).collect();
    let mut keyed = vec![];
    for item in iterate(&value.unwrap_or_default())? {
        let item = item?;
        let key: R<Vec<Value>> = getters.iter().map(|getter| getter.get(vm, &item)).collect();
        keyed.push((tuple(key?), item));
    }
    sort_by_key(keyed, bool_or(reverse, false)).map(list)
}

fn sum(vm: M, args: Args) -> R<Value> {
    let [value, attribute, start] = args.bind("sync_do_sum", ["iterable", "attribute", "start"], 1)?;
    let getter = Getter::new(attribute, true);
    let mut total = start.unwrap_or_else(|| Value::from(0));
    if total.as_str().is_some() {
        return Err(Raise::type_error("sum() can't sum strings [use ''.join(seq) instead]"));
    }
    for item in iterate(&value.unwrap_or_default())? {
        let item = getter.get(vm, &item?)?;
        total = arith::binary(vm, BinOp::Add, &total, &item)?;
    }
    Ok(total)
}

fn unique(vm: M, args: Args) -> R<Value> {
    let [value, case_sensitive, attribute] =
        args.bind("sync_do_unique", ["value", "case_sensitive", "attribute"], 1)?;
    let getter = Getter::new(attribute, bool_or(case_sensitive, false));
    let mut seen = super::super::value::set::Members::default();
    let mut kept = vec![];
    for item in iterate(&value.unwrap_or_default())? {
        let item = item?;
        if seen.insert(Key::new(getter.get(vm, &item)?)?) {
            kept.push(item);
        }
    }
    Ok(PyIter::generator(kept))
}
