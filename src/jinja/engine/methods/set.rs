//! Methods of `set` and `frozenset`.

use std::sync::Arc;

use minijinja::Value;

use super::super::error::{ErrorKind, R, Raise};
use super::super::ops::compare::shown;
use super::super::value::set::{Members, PySet};
use super::super::value::{Key, iter, none};
use super::Method;

fn of(value: &Value) -> Arc<PySet> {
    value.downcast_object::<PySet>().unwrap_or_default()
}

fn members(value: &Value) -> R<Members> {
    PySet::members_of(iter::collect(value)?)
}

/// Members of all arguments.
fn others(args: super::super::run::Args, function: &str) -> R<Vec<Members>> {
    args.positional(function)?.iter().map(members).collect()
}

fn like(receiver: &Value, found: Members) -> Value {
    Value::from_object(PySet::new(found, of(receiver).frozen))
}

pub(super) fn find(name: &str) -> Option<Method> {
    Some(match name {
        "union" => |_, receiver, args| {
            let mut all = of(receiver).copy();
            others(args, "union")?.into_iter().for_each(|more| all.extend(more));
            Ok(like(receiver, all))
        },
        "intersection" => |_, receiver, args| {
            let mut all = of(receiver).copy();
            for other in others(args, "intersection")? {
                all.retain(|member| other.contains(member));
            }
            Ok(like(receiver, all))
        },
        "difference" => |_, receiver, args| {
            let mut all = of(receiver).copy();
            for other in others(args, "difference")? {
                all.retain(|member| !other.contains(member));
            }
            Ok(like(receiver, all))
        },
        "symmetric_difference" => |_, receiver, args| {
            let other = members(&args.one_arg("set.symmetric_difference")?)?;
            let own = of(receiver).copy();
            Ok(like(receiver, own.symmetric_difference(&other).cloned().collect()))
        },
        "issubset" => |_, receiver, args| {
            let other = members(&args.one_arg("set.issubset")?)?;
            Ok(Value::from(of(receiver).copy().is_subset(&other)))
        },
        "issuperset" => |_, receiver, args| {
            let other = members(&args.one_arg("set.issuperset")?)?;
            Ok(Value::from(of(receiver).copy().is_superset(&other)))
        },
        "isdisjoint" => |_, receiver, args| {
            let other = members(&args.one_arg("set.isdisjoint")?)?;
            Ok(Value::from(of(receiver).copy().is_disjoint(&other)))
        },
        "copy" => |_, receiver, args| {
            args.no_args("set.copy")?;
            Ok(like(receiver, of(receiver).copy()))
        },
        _ => return find_mutable(name),
    })
}

fn find_mutable(name: &str) -> Option<Method> {
    Some(match name {
        "add" => |_, receiver, args| {
            let key = Key::new(args.one_arg("set.add")?)?;
            of(receiver).with(|own| own.insert(key));
            Ok(none())
        },
        "remove" => |_, receiver, args| {
            let key = Key::new(args.one_arg("set.remove")?)?;
            if of(receiver).with(|own| own.shift_remove(&key)) {
                return Ok(none());
            }
            Err(Raise::new(ErrorKind::Key, shown(key.value())))
        },
        "discard" => |_, receiver, args| {
            let key = Key::new(args.one_arg("set.discard")?)?;
            of(receiver).with(|own| own.shift_remove(&key));
            Ok(none())
        },
        "pop" => |_, receiver, args| {
            args.no_args("set.pop")?;
            let first = of(receiver).with(|own| own.shift_remove_index(0));
            first.map(Key::into_value).ok_or_else(|| Raise::new(ErrorKind::Key, "'pop from an empty set'"))
        },
        "clear" => |_, receiver, args| {
            args.no_args("set.clear")?;
            of(receiver).with(std::mem::take);
            Ok(none())
        },
        "update" => |_, receiver, args| {
            let more = others(args, "update")?;
            of(receiver).with(|own| more.into_iter().for_each(|more| own.extend(more)));
            Ok(none())
        },
        "intersection_update" => |_, receiver, args| {
            let all = others(args, "intersection_update")?;
            of(receiver).with(|own| own.retain(|member| all.iter().all(|other| other.contains(member))));
            Ok(none())
        },
        "difference_update" => |_, receiver, args| {
            let all = others(args, "difference_update")?;
            of(receiver).with(|own| own.retain(|member| !all.iter().any(|other| other.contains(member))));
            Ok(none())
        },
        "symmetric_difference_update" => |_, receiver, args| {
            let other = members(&args.one_arg("set.symmetric_difference_update")?)?;
            of(receiver).with(|own| *own = own.symmetric_difference(&other).cloned().collect());
            Ok(none())
        },
        _ => return None,
    })
}
