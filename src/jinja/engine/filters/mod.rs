//! Jinja2's filters, and the few that dbt adds.

mod markup;
mod numbers;
mod sequences;
mod texts;

use std::sync::LazyLock;

use minijinja::Value;
use rustc_hash::FxHashMap;

use super::error::{R, Raise};
use super::ops::compare::ignore_case;
use super::run::access::{self};
use super::run::native::{Marker, MarkerKind};
use super::run::{Args, Vm};
use super::value::callable::Native;
use super::value::{PyList, Undef, is_undefined, iter, list, text, tuple};

static FILTERS: LazyLock<FxHashMap<&'static str, Native>> = LazyLock::new(|| {
    let own: &[(&'static str, Native)] = &[
        ("default", default),
        ("d", default),
        ("length", length),
        ("count", length),
        ("list", |_, args| Ok(list(iter::collect(&args.one("list", "value")?)?))),
        ("string", |_, args| Ok(Value::from(text::str(&args.one("string", "value")?)))),
        ("items", items),
        ("attr", attr),
        ("as_text", |vm, args| marked(vm, args, MarkerKind::Text)),
        ("as_bool", |vm, args| marked(vm, args, MarkerKind::Bool)),
        ("as_number", |vm, args| marked(vm, args, MarkerKind::Number)),
        ("as_native", |vm, args| marked(vm, args, MarkerKind::Native)),
        ("is_list", |_, args| {
            let value = args.one("is_list", "value")?;
            Ok(Value::from(value.downcast_object_ref::<PyList>().is_some()))
        }),
    ];
    [own, markup::FILTERS, numbers::FILTERS, sequences::FILTERS, texts::FILTERS]
        .into_iter()
        .flatten()
        .copied()
        .collect()
});

/// The filter of that name; its input is the first positional argument.
pub(crate) fn get(name: &str) -> Option<Native> {
    FILTERS.get(name).copied()
}

/// The names of all filters.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    FILTERS.keys().copied()
}

/// What a filter that found nothing gives.
pub(crate) fn nothing(name: &str, lenient: bool) -> Value {
    let hint = match name {
        "first" => "No first item, sequence was empty.",
        "last" => "No last item, sequence was empty.",
        "random" => "No random item, sequence was empty.",
        _ => "No aggregated item, sequence was empty.",
    };
    Undef::hint(hint, name, lenient)
}

fn default(_: &mut Vm<'_, '_, '_>, args: Args) -> R<Value> {
    let [value, default, boolean] = args.bind("do_default", ["value", "default_value", "boolean"], 1)?;
    let value = value.unwrap_or_default();
    let boolean = boolean.is_some_and(|flag| flag.is_true());
    if is_undefined(&value) || boolean && !value.is_true() {
        return Ok(default.unwrap_or_else(|| Value::from("")));
    }
    Ok(value)
}

fn length(_: &mut Vm<'_, '_, '_>, args: Args) -> R<Value> {
    iter::length(&args.one("len", "obj")?).map(Value::from)
}

fn items(_: &mut Vm<'_, '_, '_>, args: Args) -> R<Value> {
    let value = args.one("do_items", "value")?;
    if is_undefined(&value) {
        return Ok(iter::PyIter::generator(vec![]));
    }
    match access::mapping_entries(&value) {
        Some(entries) => Ok(iter::PyIter::generator(
            entries.into_iter().map(|(key, value)| tuple(vec![key, value])).collect(),
        )),
        None => Err(Raise::type_error("Can only get item pairs from a mapping.")),
    }
}

fn attr(vm: &mut Vm<'_, '_, '_>, args: Args) -> R<Value> {
    let [value, name] = args.bind("do_attr", ["obj", "name"], 2)?;
    let (value, name) = (value.unwrap_or_default(), name.unwrap_or_default());
    let name = text::str(&name);
    // Only attributes count here, not items.
    if value.downcast_object_ref::<super::value::PyDict>().is_some()
        && super::methods::find(&value, &name).is_none()
    {
        return Ok(Undef::member(&value, Value::from(name), vm.lenient));
    }
    vm.getattr(&value, &name, vm.lenient)
}

/// Only YAML's texts have types to mark; in SQL and in macros the filter changes nothing.
fn marked(vm: &Vm<'_, '_, '_>, args: Args, kind: MarkerKind) -> R<Value> {
    let value = args.one("as_native", "value")?;
    Ok(if vm.render.is_native() { Marker::value(kind, &value) } else { value })
}

/// The value a filter works on and its other arguments.
fn input(mut args: Args) -> (Value, Args) {
    let value = if args.pos.is_empty() { Value::UNDEFINED } else { args.pos.remove(0) };
    (value, args)
}

/// Jinja2's `make_attrgetter`: follows `a.b.0`, or takes an index; `None` is the value itself.
struct Getter {
    attribute: Option<Value>,
    default: Option<Value>,
    case_sensitive: bool,
}

impl Getter {
    fn new(attribute: Option<Value>, case_sensitive: bool) -> Getter {
        Getter { attribute: attribute.filter(|name| !name.is_none()), default: None, case_sensitive }
    }

    fn get(&self, vm: &mut Vm<'_, '_, '_>, item: &Value) -> R<Value> {
        let found = match &self.attribute {
            None => item.clone(),
            Some(attribute) => match attribute.as_str() {
                Some(path) => self.path(vm, item, path)?,
                None => vm.getitem(item, attribute, vm.lenient)?,
            },
        };
        let found = match &self.default {
            Some(default) if is_undefined(&found) => default.clone(),
            _ => found,
        };
        Ok(if self.case_sensitive { found } else { ignore_case(found) })
    }

    fn path(&self, vm: &mut Vm<'_, '_, '_>, item: &Value, path: &str) -> R<Value> {
        let Some(default) = &self.default else { return access::path(vm, item, path, vm.lenient) };
        let mut value = item.clone();
        for part in path.split('.') {
            value = access::path(vm, &value, part, vm.lenient)?;
            if is_undefined(&value) {
                value = default.clone();
            }
        }
        Ok(value)
    }
}
