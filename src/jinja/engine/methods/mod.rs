//! Methods of Python's built-in types.

mod dict;
mod kind;
mod list;
pub(crate) mod number;
mod set;
pub(crate) mod str;
mod str_more;

use minijinja::value::ValueKind;
use minijinja::{Error, State, Value};

use super::error::R;
use super::modules;
use super::run::loops::{self, LoopContext};
use super::run::{Args, Vm};
use super::value::callable;
use super::value::iter::PyIter;
use super::value::namespace::{Cycler, Namespace};
use super::value::range::PyRange;
use super::value::{PyDict, PyList, PySet, as_tuple, is_undefined};

pub(crate) use dict::entries_of as dict_entries;
pub(crate) use str_more::{capitalize, casefold, split_lines};

pub(crate) type Method = fn(&mut Vm<'_, '_, '_>, &Value, Args) -> R<Value>;

/// The method `name` of the value's type.
pub(crate) fn find(value: &Value, name: &str) -> Option<Method> {
    match value.kind() {
        ValueKind::String => return str::find(name).or_else(|| kind::find(value, name)),
        ValueKind::Number | ValueKind::Bool => return number::find(value, name),
        ValueKind::Bytes => return str_more::find_bytes(name),
        ValueKind::None | ValueKind::Undefined => return None,
        _ => {}
    }
    if value.downcast_object_ref::<PyDict>().is_some() {
        dict::find(name)
    } else if value.downcast_object_ref::<PyList>().is_some() {
        list::find(name)
    } else if as_tuple(value).is_some() || value.downcast_object_ref::<PyRange>().is_some() {
        list::find_immutable(name)
    } else if value.downcast_object_ref::<PySet>().is_some() {
        set::find(name)
    } else if value.downcast_object_ref::<LoopContext>().is_some() {
        loops::method(name)
    } else if value.downcast_object_ref::<Cycler>().is_some() {
        super::globals::cycler_method(name)
    } else {
        modules::method(value, name)
    }
}

/// Whether the value is an object of the engine rather than of a context.
pub(crate) fn is_own(value: &Value) -> bool {
    is_undefined(value)
        || callable::type_name(value).is_some()
        || value.downcast_object_ref::<PyRange>().is_some()
        || value.downcast_object_ref::<PyIter>().is_some()
        || value.downcast_object_ref::<Namespace>().is_some()
        || value.downcast_object_ref::<super::value::dict::DictView>().is_some()
        || modules::is_own(value)
}

/// A method call that comes from a context function.
pub(crate) fn from_foreign(
    state: &mut State<'_, '_>,
    value: &Value,
    name: &str,
    args: &[Value],
) -> Result<Value, Error> {
    match find(value, name) {
        Some(method) => {
            let mut vm = Vm::resume(state)?;
            Ok(method(&mut vm, value, Args::from_values(args))?)
        }
        None => Err(Error::from(minijinja::ErrorKind::UnknownMethod)),
    }
}
