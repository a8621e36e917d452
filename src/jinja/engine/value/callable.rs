//! Functions of the engine and methods taken off a value, as values.

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Object, ObjectRepr};
use minijinja::{Error, State, Value};

use super::super::error::R;
use super::super::run::loops::LoopContext;
use super::super::run::macros::{LocalMacro, MacroRef};
use super::super::run::{Args, Vm};
use super::namespace::{Cycler, Joiner};

pub(crate) type Native = fn(&mut Vm<'_, '_, '_>, Args) -> R<Value>;

/// A function of the engine, such as `range` or `return`.
pub(crate) struct NativeFn {
    pub name: &'static str,
    pub call: Native,
}

impl fmt::Debug for NativeFn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<function {}>", self.name)
    }
}

impl Object for NativeFn {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn call(self: &Arc<Self>, state: &mut State<'_, '_>, args: &[Value]) -> Result<Value, Error> {
        let mut vm = Vm::resume(state)?;
        Ok((self.call)(&mut vm, Args::from_values(args))?)
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<function {}>", self.name)
    }
}

/// `value.method`, not called yet.
#[derive(Debug)]
pub(crate) struct BoundMethod {
    pub receiver: Value,
    pub name: Arc<str>,
}

impl BoundMethod {
    pub fn value(receiver: &Value, name: &str) -> Value {
        Value::from_object(BoundMethod { receiver: receiver.clone(), name: name.into() })
    }
}

impl Object for BoundMethod {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn call(self: &Arc<Self>, state: &mut State<'_, '_>, args: &[Value]) -> Result<Value, Error> {
        let mut vm = Vm::resume(state)?;
        Ok(vm.call_method(&self.receiver, &self.name, Args::from_values(args))?)
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<built-in method {} of {} object>", self.name, super::type_name(&self.receiver))
    }
}

/// Whether `callable(value)` holds.
pub(crate) fn is_callable(value: &Value) -> bool {
    if value.as_object().is_none() || value.kind() != minijinja::value::ValueKind::Plain {
        return false;
    }
    if super::is_undefined(value) {
        // Jinja2's Undefined has a `__call__`, even if all it does is fail.
        return true;
    }
    match type_name(value) {
        Some(name) => name != "Cycler",
        None => super::super::modules::is_callable(value).unwrap_or_else(|| {
            // A context object says so, or is taken for a function because it is nothing else.
            value
                .as_object()
                .and_then(|object| object.get_value(&Value::from("__callable__")))
                .is_none_or(|answer| answer.is_true())
        }),
    }
}

/// The Python type of the callables of this engine.
pub(crate) fn type_name(value: &Value) -> Option<&'static str> {
    if value.downcast_object_ref::<NativeFn>().is_some() {
        Some("function")
    } else if value.downcast_object_ref::<BoundMethod>().is_some() {
        Some("builtin_function_or_method")
    } else if value.downcast_object_ref::<MacroRef>().is_some() {
        Some("MacroGenerator")
    } else if value.downcast_object_ref::<LocalMacro>().is_some() {
        Some("Macro")
    } else if value.downcast_object_ref::<LoopContext>().is_some() {
        Some("LoopContext")
    } else if value.downcast_object_ref::<Cycler>().is_some() {
        Some("Cycler")
    } else if value.downcast_object_ref::<Joiner>().is_some() {
        Some("Joiner")
    } else {
        None
    }
}
