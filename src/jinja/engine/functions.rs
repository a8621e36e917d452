//! Functions of dbt's context that need nothing but values: `set`, `zip`, `tojson`, ….

use minijinja::Value;
use rustc_hash::{FxHashMap, FxHashSet};

use super::error::{ErrorKind, R, Raise};
use super::methods::casefold;
use super::ops::json;
use super::run::Args;
use super::run::access::mapping_entries;
use super::run::args::bool_or;
use super::value::callable::NativeFn;
use super::value::dict::Entries;
use super::value::iter::{Iter, PyIter, iterate};
use super::value::{Key, PyDict, PySet, list, none, tuple, type_name};

/// The function of that name, ready for a scope: `set`, `set_strict`, `zip`, `zip_strict`, `tojson`,
/// `fromjson` or `diff_of_two_dicts`.
pub fn function(name: &str) -> Option<Value> {
    let (name, call): (&'static str, super::value::callable::Native) = match name {
        "set" => ("set", |_, args| {
            let [value, default] = args.bind("_set", ["value", "default"], 1)?;
            let made = set(&value.unwrap_or_default());
            or_default(made, default)
        }),
        "set_strict" => ("set_strict", |_, args| set(&args.one("set_strict", "value")?)),
        "zip" => ("zip", |_, mut args| {
            let default = args.kw.iter().position(|(name, _)| &**name == "default");
            let default = default.map(|at| args.kw.remove(at).1);
            or_default(zip(args), default)
        }),
        "zip_strict" => ("zip_strict", |_, args| zip(args)),
        "tojson" => ("tojson", |_, args| {
            let [value, default, sort_keys] = args.bind("tojson", ["value", "default", "sort_keys"], 1)?;
            let layout = json::Layout { sort_keys: bool_or(sort_keys, false), ..json::Layout::default() };
            match json::dumps(&value.unwrap_or_default(), &layout) {
                Ok(text) => Ok(Value::from(text)),
                Err(error) if error.is_kind(ErrorKind::Value) => Ok(default.unwrap_or_else(none)),
                Err(error) => Err(error),
            }
        }),
        "fromjson" => ("fromjson", |_, args| {
            let [string, default] = args.bind("fromjson", ["string", "default"], 1)?;
            let string = string.unwrap_or_default();
            let Some(text) = string.as_str() else {
                let name = super::value::type_name(&string);
                return Err(Raise::type_error(format!(
                    "the JSON object must be str, bytes or bytearray, not {name}"
                )));
            };
            Ok(json::loads(text).unwrap_or_else(|| default.unwrap_or_else(none)))
        }),
        "diff_of_two_dicts" => ("diff_of_two_dicts", |_, args| {
            let [a, b] = args.bind("diff_of_two_dicts", ["dict_a", "dict_b"], 2)?;
            diff_of_two_dicts(&a.unwrap_or_default(), &b.unwrap_or_default())
        }),
        _ => return None,
    };
    Some(Value::from_object(NativeFn { name, call }))
}

/// What dbt gives back where Python's function raised `TypeError`.
fn or_default(made: R<Value>, default: Option<Value>) -> R<Value> {
    match made {
        Err(error) if error.is_kind(ErrorKind::Type) => Ok(default.unwrap_or_else(none)),
        made => made,
    }
}

fn set(value: &Value) -> R<Value> {
    let items: R<Vec<Value>> = iterate(value)?.collect();
    PySet::members_of(items?).map(PySet::value)
}

/// The texts in the lists of one dict that the list under the same key of another lacks; letter case does
/// not count, and keys without any are left out.
fn diff_of_two_dicts(dict: &Value, other: &Value) -> R<Value> {
    let mut known: FxHashMap<String, FxHashSet<String>> = FxHashMap::default();
    for (key, items) in entries(other)? {
        let items: R<FxHashSet<String>> = iterate(&items)?.map(|item| folded(&item?)).collect();
        known.insert(folded(&key)?, items?);
    }
    let mut left = Entries::default();
    for (key, items) in entries(dict)? {
        let Some(known) = known.get(&folded(&key)?) else {
            left.insert(Key::new(key)?, items);
            continue;
        };
        let mut lacking = vec![];
        for item in iterate(&items)? {
            let item = item?;
            if !known.contains(&folded(&item)?) {
                lacking.push(item);
            }
        }
        if !lacking.is_empty() {
            left.insert(Key::new(key)?, list(lacking));
        }
    }
    Ok(PyDict::value(left))
}

fn entries(dict: &Value) -> R<Vec<(Value, Value)>> {
    mapping_entries(dict).ok_or_else(|| has_no(dict, "items"))
}

fn folded(text: &Value) -> R<String> {
    text.as_str().map(casefold).ok_or_else(|| has_no(text, "casefold"))
}

fn has_no(value: &Value, attribute: &str) -> Raise {
    Raise::type_error(format!("'{}' object has no attribute '{attribute}'", type_name(value)))
}

fn zip(args: Args) -> R<Value> {
    let mut iters: Vec<Iter> = vec![];
    for value in &args.positional("zip")? {
        iters.push(iterate(value)?);
    }
    Ok(PyIter::value(
        Iter::lazy(move || {
            if iters.is_empty() {
                return None;
            }
            let items: Option<R<Vec<Value>>> = iters.iter_mut().map(Iterator::next).collect();
            items.map(|items| items.map(tuple))
        }),
        "zip",
    ))
}

/// Python's `json.dumps(value)`.
///
/// # Errors
/// For a value JSON has no form for.
pub fn to_json(value: &Value, sort_keys: bool) -> Result<String, super::JinjaError> {
    let layout = json::Layout { sort_keys, ..json::Layout::default() };
    json::dumps(value, &layout).map_err(Raise::into_public)
}

/// Python's `json.dumps(value, sort_keys=True, indent=4)`, as messages show values.
///
/// # Errors
/// For a value JSON has no form for.
pub fn to_shown_json(value: &Value) -> Result<String, super::JinjaError> {
    let (indent, item_separator) = (Some("    ".into()), ",".into());
    let layout = json::Layout { sort_keys: true, indent, item_separator, ..json::Layout::default() };
    json::dumps(value, &layout).map_err(Raise::into_public)
}

/// Python's `json.loads(text)`.
pub fn from_json(text: &str) -> Option<Value> {
    json::loads(text)
}
