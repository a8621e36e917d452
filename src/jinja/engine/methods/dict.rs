//! Methods of `dict`.

use std::sync::Arc;

use minijinja::Value;

use super::super::error::{ErrorKind, R, Raise};
use super::super::ops::compare::shown;
use super::super::run::Args;
use super::super::run::access::mapping_entries;
use super::super::value::dict::{DictView, Entries, PyDict, ViewKind};
use super::super::value::{Key, iter, none, tuple};
use super::Method;

fn of(value: &Value) -> Arc<PyDict> {
    value.downcast_object::<PyDict>().unwrap_or_default()
}

pub(super) fn find(name: &str) -> Option<Method> {
    Some(match name {
        "get" => |_, receiver, args| {
            let [key, default] = args.native::<2>("dict.get", 1)?;
            Ok(of(receiver).get(&key.unwrap_or_default())?.unwrap_or_else(|| default.unwrap_or_else(none)))
        },
        "items" => |_, receiver, args| view(receiver, args, ViewKind::Items),
        "keys" => |_, receiver, args| view(receiver, args, ViewKind::Keys),
        "values" => |_, receiver, args| view(receiver, args, ViewKind::Values),
        "update" => |_, receiver, args| {
            let entries = entries_of(args, "update")?;
            of(receiver).with(|target| target.extend(entries));
            Ok(none())
        },
        "setdefault" => |_, receiver, args| {
            let [key, default] = args.native::<2>("dict.setdefault", 1)?;
            let key = Key::new(key.unwrap_or_default())?;
            let default = default.unwrap_or_else(none);
            Ok(of(receiver).with(|target| target.entry(key).or_insert(default).clone()))
        },
        "pop" => |_, receiver, args| {
            let [key, default] = args.native::<2>("dict.pop", 1)?;
            let key = Key::new(key.unwrap_or_default())?;
            let removed = of(receiver).with(|target| target.shift_remove(&key));
            removed.or(default).ok_or_else(|| Raise::new(ErrorKind::Key, shown(key.value())))
        },
        "popitem" => |_, receiver, args| {
            args.no_args("dict.popitem")?;
            match of(receiver).with(|target| target.pop()) {
                Some((key, value)) => Ok(tuple(vec![key.into_value(), value])),
                None => Err(Raise::new(ErrorKind::Key, "'popitem(): dictionary is empty'")),
            }
        },
        "clear" => |_, receiver, args| {
            args.no_args("dict.clear")?;
            of(receiver).with(std::mem::take);
            Ok(none())
        },
        "copy" => |_, receiver, args| {
            args.no_args("dict.copy")?;
            Ok(PyDict::value(of(receiver).copy()))
        },
        "fromkeys" => |_, _, args| {
            let [keys, value] = args.native::<2>("dict.fromkeys", 1)?;
            let value = value.unwrap_or_else(none);
            let mut entries = Entries::default();
            for key in iter::iterate(&keys.unwrap_or_default())? {
                entries.insert(Key::new(key?)?, value.clone());
            }
            Ok(PyDict::value(entries))
        },
        _ => return None,
    })
}

fn view(receiver: &Value, args: Args, kind: ViewKind) -> R<Value> {
    let name = match kind {
        ViewKind::Keys => "keys",
        ViewKind::Values => "values",
        ViewKind::Items => "items",
    };
    args.none(name)?;
    Ok(DictView::value(of(receiver), kind))
}

/// What `dict(…)` and `d.update(…)` take: a mapping or pairs, and keywords.
pub(crate) fn entries_of(args: Args, function: &str) -> R<Entries> {
    let Args { pos, kw } = args;
    if pos.len() > 1 {
        return Err(Raise::type_error(format!("{function} expected at most 1 argument, got {}", pos.len())));
    }
    let mut entries = Entries::default();
    if let Some(source) = pos.first() {
        match mapping_entries(source) {
            Some(pairs) => {
                for (key, value) in pairs {
                    entries.insert(Key::new(key)?, value);
                }
            }
            None => pairs_into(source, &mut entries)?,
        }
    }
    for (name, value) in kw {
        entries.insert(Key::text(&name), value);
    }
    Ok(entries)
}

fn pairs_into(source: &Value, entries: &mut Entries) -> R<()> {
    for (at, pair) in iter::iterate(source)?.enumerate() {
        let items = iter::collect(&pair?).map_err(|_| {
            Raise::type_error(format!(
                "cannot convert dictionary update sequence element #{at} to a sequence"
            ))
        })?;
        let [key, value] = <[Value; 2]>::try_from(items).map_err(|items| {
            Raise::value_error(format!(
                "dictionary update sequence element #{at} has length {}; 2 is required",
                items.len()
            ))
        })?;
        entries.insert(Key::new(key)?, value);
    }
    Ok(())
}
