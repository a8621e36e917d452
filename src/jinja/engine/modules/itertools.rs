//! `modules.itertools`: the functions of Python's module that dbt exposes.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use minijinja::Value;

use super::super::error::{ErrorKind, R, Raise};
use super::super::ops::arith;
use super::super::run::args::{int, int_or};
use super::super::run::{Args, Vm};
use super::super::syntax::ast::BinOp;
use super::super::value::callable::Native;
use super::super::value::iter::{Iter, PyIter, collect, iterate};
use super::super::value::{Num, lock, none, number, tuple, type_name};

// The process's own, as a module knows nothing of the render that uses it.
static CALLS: AtomicUsize = AtomicUsize::new(0);

/// How often its functions were called so far: dbt warns of each call.
pub fn calls() -> usize {
    CALLS.load(Ordering::Relaxed)
}

fn used(result: R<Value>) -> R<Value> {
    CALLS.fetch_add(1, Ordering::Relaxed);
    result
}

pub(super) const FUNCTIONS: &[(&str, Native)] = &[
    ("count", |_, args| used(count(args))),
    ("cycle", |_, args| used(cycle(args))),
    ("repeat", |_, args| used(repeat(args))),
    ("accumulate", |vm, args| used(accumulate(vm, args))),
    ("chain", |_, args| used(chain(args))),
    ("compress", |_, args| used(compress(args))),
    ("islice", |_, args| used(islice(args))),
    ("starmap", |vm, args| used(starmap(vm, args))),
    ("tee", |_, args| used(tee(args))),
    ("zip_longest", |_, args| used(zip_longest(args))),
    ("product", |_, args| used(product(args))),
    ("permutations", |_, args| used(permutations(args))),
    ("combinations", |_, args| used(combinations(args, false))),
    ("combinations_with_replacement", |_, args| used(combinations(args, true))),
];

fn count(args: Args) -> R<Value> {
    let [start, step] = args.bind("count", ["start", "step"], 0)?;
    let start = start.unwrap_or_else(|| Value::from(0));
    let step = step.unwrap_or_else(|| Value::from(1));
    let (Some(mut at), Some(step)) = (number(&start), number(&step)) else {
        return Err(Raise::type_error("a number is required"));
    };
    Ok(PyIter::value(
        Iter::lazy(move || {
            let current = at;
            at = match (at, step) {
                (Num::Int(at), Num::Int(step)) => Num::Int(at.checked_add(step)?),
                (at, step) => Num::Float(at.float() + step.float()),
            };
            Some(Ok(match current {
                Num::Int(value) => super::super::value::int(value),
                Num::Float(value) => Value::from(value),
            }))
        }),
        "itertools.count",
    ))
}

fn cycle(args: Args) -> R<Value> {
    let mut iter = iterate(&args.one("cycle", "iterable")?)?;
    let mut seen: Vec<Value> = vec![];
    let mut at = None;
    Ok(PyIter::value(
        Iter::lazy(move || {
            if at.is_none() {
                match iter.next() {
                    Some(Ok(item)) => {
                        seen.push(item.clone());
                        return Some(Ok(item));
                    }
                    Some(error) => return Some(error),
                    None => at = Some(0),
                }
            }
            let position = at.unwrap_or(0);
            let item = seen.get(position)?.clone();
            at = Some((position + 1) % seen.len());
            Some(Ok(item))
        }),
        "itertools.cycle",
    ))
}

fn repeat(args: Args) -> R<Value> {
    let [item, times] = args.bind("repeat", ["object", "times"], 1)?;
    let item = item.unwrap_or_default();
    let mut left = match times {
        Some(times) => Some(int(&times)?.max(0)),
        None => None,
    };
    Ok(PyIter::value(
        Iter::lazy(move || {
            if let Some(left) = &mut left {
                if *left == 0 {
                    return None;
                }
                *left -= 1;
            }
            Some(Ok(item.clone()))
        }),
        "itertools.repeat",
    ))
}

fn accumulate(vm: &mut Vm<'_, '_, '_>, args: Args) -> R<Value> {
    let [items, function, initial] = args.bind("accumulate", ["iterable", "func", "initial"], 1)?;
    let function = function.filter(|function| !function.is_none());
    let mut total = initial.filter(|initial| !initial.is_none());
    let mut out: Vec<Value> = total.iter().cloned().collect();
    for item in iterate(&items.unwrap_or_default())? {
        let item = item?;
        let next = match (total, &function) {
            (None, _) => item,
            (Some(total), Some(function)) => vm.call(function, Args::of(vec![total, item]))?,
            (Some(total), None) => arith::binary(vm, BinOp::Add, &total, &item)?,
        };
        out.push(next.clone());
        total = Some(next);
    }
    Ok(iterator(out, "itertools.accumulate"))
}

fn iterator(items: Vec<Value>, name: &'static str) -> Value {
    PyIter::value(Iter::Values(items.into_iter()), name)
}

fn chain(args: Args) -> R<Value> {
    let mut rest = args.positional("chain")?.into_iter();
    let mut current = Iter::Empty;
    Ok(PyIter::value(
        Iter::lazy(move || {
            loop {
                if let Some(item) = current.next() {
                    return Some(item);
                }
                match iterate(&rest.next()?) {
                    Ok(iter) => current = iter,
                    Err(error) => return Some(Err(error)),
                }
            }
        }),
        "itertools.chain",
    ))
}

fn compress(args: Args) -> R<Value> {
    let [data, selectors] = args.bind("compress", ["data", "selectors"], 2)?;
    let mut pairs = iterate(&data.unwrap_or_default())?.zip(iterate(&selectors.unwrap_or_default())?);
    Ok(PyIter::value(
        Iter::lazy(move || {
            loop {
                match pairs.next()? {
                    (Err(error), _) | (_, Err(error)) => return Some(Err(error)),
                    (Ok(item), Ok(selector)) if selector.is_true() => return Some(Ok(item)),
                    _ => {}
                }
            }
        }),
        "itertools.compress",
    ))
}

fn islice(args: Args) -> R<Value> {
    let values = args.positional("islice")?;
    let bound = |value: Option<&Value>, name: &str| -> R<Option<usize>> {
        match value.filter(|value| !value.is_none()) {
            None => Ok(None),
            Some(value) => {
                let number = super::super::value::index(value).and_then(|value| usize::try_from(value).ok());
                number.map(Some).ok_or_else(|| {
                    Raise::value_error(format!(
                        "{name} for islice() must be None or an integer: 0 <= x <= sys.maxsize."
                    ))
                })
            }
        }
    };
    let (items, start, stop, step) = match values.as_slice() {
        [items, stop] => (items, None, bound(Some(stop), "Stop argument")?, None),
        [items, start, stop] => {
            (items, bound(Some(start), "Indices")?, bound(Some(stop), "Stop argument")?, None)
        }
        [items, start, stop, step] => (
            items,
            bound(Some(start), "Indices")?,
            bound(Some(stop), "Stop argument")?,
            bound(Some(step), "Step")?,
        ),
        more => {
            return Err(Raise::type_error(format!(
                "islice expected at least 2 arguments, got {}",
                more.len()
            )));
        }
    };
    if step == Some(0) {
        return Err(Raise::value_error("Step for islice() must be a positive integer or None."));
    }
    let (start, step) = (start.unwrap_or(0), step.unwrap_or(1));
    let mut iter = iterate(items)?;
    let mut at = 0;
    let mut next = start;
    Ok(PyIter::value(
        Iter::lazy(move || {
            if stop.is_some_and(|stop| next >= stop) {
                return None;
            }
            loop {
                let item = iter.next()?;
                at += 1;
                if item.is_err() {
                    return Some(item);
                }
                if at - 1 == next {
                    next = next.saturating_add(step);
                    return Some(item);
                }
            }
        }),
        "itertools.islice",
    ))
}

fn starmap(vm: &mut Vm<'_, '_, '_>, args: Args) -> R<Value> {
    let [function, items] = args.bind("starmap", ["function", "iterable"], 2)?;
    let function = function.unwrap_or_default();
    let mut out = vec![];
    for item in iterate(&items.unwrap_or_default())? {
        let args = collect(&item?)?;
        out.push(vm.call(&function, Args::of(args))?);
    }
    Ok(iterator(out, "itertools.starmap"))
}

/// Items of an iterator that several readers share.
struct Shared {
    iter: Iter,
    seen: Vec<Value>,
}

fn tee(args: Args) -> R<Value> {
    let [items, count] = args.bind("tee", ["iterable", "n"], 1)?;
    let count = usize::try_from(int_or(count, 2)?).map_err(|_| Raise::value_error("n must be >= 0"))?;
    let shared = Arc::new(Mutex::new(Shared { iter: iterate(&items.unwrap_or_default())?, seen: vec![] }));
    let reader = || {
        let shared = shared.clone();
        let mut at = 0;
        PyIter::value(
            Iter::lazy(move || {
                let mut shared = lock(&shared);
                if at == shared.seen.len() {
                    match shared.iter.next()? {
                        Ok(item) => shared.seen.push(item),
                        Err(error) => return Some(Err(error)),
                    }
                }
                at += 1;
                shared.seen.get(at - 1).cloned().map(Ok)
            }),
            "itertools._tee",
        )
    };
    Ok(tuple((0..count.min(10_000)).map(|_| reader()).collect()))
}

fn zip_longest(mut args: Args) -> R<Value> {
    let fill = args.kw.iter().position(|(name, _)| &**name == "fillvalue");
    let fill = fill.map_or_else(none, |at| args.kw.remove(at).1);
    let mut iters: Vec<Iter> = args.positional("zip_longest")?.iter().map(iterate).collect::<R<_>>()?;
    Ok(PyIter::value(
        Iter::lazy(move || {
            let mut row = vec![];
            let mut any = false;
            for iter in &mut iters {
                match iter.next() {
                    Some(Ok(item)) => {
                        any = true;
                        row.push(item);
                    }
                    Some(Err(error)) => return Some(Err(error)),
                    None => row.push(fill.clone()),
                }
            }
            any.then(|| Ok(tuple(row)))
        }),
        "itertools.zip_longest",
    ))
}

fn product(mut args: Args) -> R<Value> {
    let times = args.kw.iter().position(|(name, _)| &**name == "repeat");
    let times = match times {
        Some(at) => int(&args.kw.remove(at).1)?,
        None => 1,
    };
    let times = usize::try_from(times)
        .ok()
        .filter(|times| *times <= 10_000)
        .ok_or_else(|| Raise::value_error("repeat argument cannot be negative"))?;
    let pools: Vec<Vec<Value>> = args.positional("product")?.iter().map(collect).collect::<R<_>>()?;
    let pools: Vec<Vec<Value>> = (0..times).flat_map(|_| pools.clone()).collect();
    let mut indices = if pools.iter().any(Vec::is_empty) { None } else { Some(vec![0; pools.len()]) };
    Ok(PyIter::value(
        Iter::lazy(move || {
            let current = indices.clone()?;
            let row = current.iter().zip(&pools).filter_map(|(at, pool)| pool.get(*at).cloned()).collect();
            let mut next = current;
            let mut more = false;
            for (at, pool) in next.iter_mut().zip(&pools).rev() {
                *at += 1;
                if *at < pool.len() {
                    more = true;
                    break;
                }
                *at = 0;
            }
            indices = more.then_some(next);
            Some(Ok(tuple(row)))
        }),
        "itertools.product",
    ))
}

fn size(value: Option<Value>, name: &str) -> R<Option<usize>> {
    match value.filter(|value| !value.is_none()) {
        None => Ok(None),
        Some(value) if super::super::value::index(&value).is_none() => {
            Err(Raise::type_error(format!("Expected int as {name}, not {}", type_name(&value))))
        }
        Some(value) => match usize::try_from(int(&value)?) {
            Ok(size) => Ok(Some(size)),
            Err(_) => Err(Raise::new(ErrorKind::Value, format!("{name} must be non-negative"))),
        },
    }
}

fn permutations(args: Args) -> R<Value> {
    let [items, length] = args.bind("permutations", ["iterable", "r"], 1)?;
    let pool = collect(&items.unwrap_or_default())?;
    let count = pool.len();
    let length = size(length, "r")?.unwrap_or(count);
    let mut indices: Vec<usize> = (0..count).collect();
    let mut cycles: Vec<usize> = (0..length.min(count)).map(|at| count - at).collect();
    let mut state = if length > count { None } else { Some(true) };
    Ok(PyIter::value(
        Iter::lazy(move || {
            if state == Some(true) {
                state = Some(false);
            } else {
                state?;
                let mut moved = false;
                for at in (0..length).rev() {
                    cycles[at] -= 1;
                    if cycles[at] == 0 {
                        indices[at..].rotate_left(1);
                        cycles[at] = count - at;
                    } else {
                        indices.swap(at, count - cycles[at]);
                        moved = true;
                        break;
                    }
                }
                if !moved {
                    state = None;
                    return None;
                }
            }
            Some(Ok(tuple(indices.iter().take(length).filter_map(|at| pool.get(*at).cloned()).collect())))
        }),
        "itertools.permutations",
    ))
}

fn combinations(args: Args, replace: bool) -> R<Value> {
    let name = if replace { "combinations_with_replacement" } else { "combinations" };
    let [items, length] = args.bind(name, ["iterable", "r"], 2)?;
    let pool = collect(&items.unwrap_or_default())?;
    let count = pool.len();
    let length = size(length, "r")?.unwrap_or(0);
    let possible = if replace { count > 0 || length == 0 } else { length <= count };
    let start: Vec<usize> =
        if replace { vec![0; length.min(1_000_000)] } else { (0..length.min(count)).collect() };
    let mut indices = possible.then_some(start);
    Ok(PyIter::value(
        Iter::lazy(move || {
            let current = indices.clone()?;
            let row = current.iter().filter_map(|at| pool.get(*at).cloned()).collect();
            let limit = |at: usize| if replace { count - 1 } else { at + count - length };
            indices = (0..length).rev().find(|at| current[*at] < limit(*at)).map(|at| {
                let mut next = current.clone();
                let base = next[at] + 1;
                for (offset, index) in next[at..].iter_mut().enumerate() {
                    *index = if replace { base } else { base + offset };
                }
                next
            });
            Some(Ok(tuple(row)))
        }),
        if replace { "itertools.combinations_with_replacement" } else { "itertools.combinations" },
    ))
}
