//! Methods of `list`, and those `tuple` and `range` share with it.

use std::sync::Arc;

use minijinja::Value;

use super::super::error::{ErrorKind, Raise};
use super::super::ops::compare::{equal, shown, sort_by_key};
use super::super::run::args::{bool_or, int, int_or};
use super::super::value::{PyList, iter, list, none};
use super::Method;

fn of(value: &Value) -> Arc<PyList> {
    value.downcast_object::<PyList>().unwrap_or_default()
}

pub(super) fn find(name: &str) -> Option<Method> {
    Some(match name {
        "append" => |_, receiver, args| {
            let item = args.one_arg("list.append")?;
            of(receiver).with(|items| items.push(item));
            Ok(none())
        },
        "extend" => |_, receiver, args| {
            let more = iter::collect(&args.one_arg("list.extend")?)?;
            of(receiver).with(|items| items.extend(more));
            Ok(none())
        },
        "insert" => |_, receiver, args| {
            let [at, item] = args.native::<2>("list.insert", 2)?;
            let at = int(&at.unwrap_or_default())?;
            let item = item.unwrap_or_default();
            of(receiver).with(|items| {
                let at = clamp(at, items.len());
                items.insert(at, item);
            });
            Ok(none())
        },
        "pop" => |_, receiver, args| {
            let [at] = args.native::<1>("list.pop", 0)?;
            let at = int_or(at, -1)?;
            of(receiver).with(|items| {
                if items.is_empty() {
                    return Err(Raise::new(ErrorKind::Index, "pop from empty list"));
                }
                let at = if at < 0 { at + items.len() as i128 } else { at };
                match usize::try_from(at).ok().filter(|at| *at < items.len()) {
                    Some(at) => Ok(items.remove(at)),
                    None => Err(Raise::new(ErrorKind::Index, "pop index out of range")),
                }
            })
        },
        "remove" => |_, receiver, args| {
            let wanted = args.one_arg("list.remove")?;
            let target = of(receiver);
            match target.items().iter().position(|item| equal(item, &wanted)) {
                Some(at) => {
                    target.with(|items| {
                        if at < items.len() {
                            items.remove(at);
                        }
                    });
                    Ok(none())
                }
                None => Err(Raise::value_error("list.remove(x): x not in list")),
            }
        },
        "clear" => |_, receiver, args| {
            args.no_args("list.clear")?;
            of(receiver).with(std::mem::take);
            Ok(none())
        },
        "copy" => |_, receiver, args| {
            args.no_args("list.copy")?;
            Ok(list(of(receiver).items()))
        },
        "reverse" => |_, receiver, args| {
            args.no_args("list.reverse")?;
            of(receiver).with(|items| items.reverse());
            Ok(none())
        },
        "sort" => |vm, receiver, args| {
            let [key, reverse] = args.bind("sort", ["key", "reverse"], 0)?;
            let target = of(receiver);
            let mut keyed = vec![];
            for item in target.items() {
                let key = match &key {
                    Some(key) if !key.is_none() => {
                        vm.call(key, super::super::run::Args::of(vec![item.clone()]))?
                    }
                    _ => item.clone(),
                };
                keyed.push((key, item));
            }
            let sorted = sort_by_key(keyed, bool_or(reverse, false))?;
            target.with(|items| *items = sorted);
            Ok(none())
        },
        _ => return find_immutable(name),
    })
}

pub(super) fn find_immutable(name: &str) -> Option<Method> {
    Some(match name {
        "index" => |_, receiver, args| {
            let [wanted, start, stop] = args.native::<3>("list.index", 1)?;
            let wanted = wanted.unwrap_or_default();
            let items = iter::collect(receiver)?;
            let start = clamp(int_or(start, 0)?, items.len());
            let stop = clamp(int_or(stop, i128::MAX)?, items.len());
            let found = items.iter().take(stop).skip(start).position(|item| equal(item, &wanted));
            match found {
                Some(at) => Ok(Value::from(at + start)),
                None if super::super::value::as_tuple(receiver).is_some() => {
                    Err(Raise::value_error("tuple.index(x): x not in tuple"))
                }
                None => Err(Raise::value_error(format!("{} is not in list", shown(&wanted)))),
            }
        },
        "count" => |_, receiver, args| {
            let wanted = args.one_arg("list.count")?;
            let items = iter::collect(receiver)?;
            Ok(Value::from(items.iter().filter(|item| equal(item, &wanted)).count()))
        },
        _ => return None,
    })
}

/// A Python position into `length` items, cut to what exists.
fn clamp(at: i128, length: usize) -> usize {
    let at = if at < 0 { at.saturating_add(length as i128).max(0) } else { at };
    usize::try_from(at).unwrap_or(usize::MAX).min(length)
}
