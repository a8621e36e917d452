//! Python classes as values: callable, with functions and constants of their own.

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Object, ObjectRepr};
use minijinja::{Error, State, Value};

use super::super::error::R;
use super::super::methods::Method;
use super::super::run::{Args, Vm};
use super::super::value::callable::{Native, NativeFn};

/// What a class offers.
pub(crate) struct ClassDef {
    /// As `repr` shows it, with the module.
    pub path: &'static str,
    pub construct: Native,
    /// Functions called on the class, such as `now`.
    pub function: fn(&str) -> Option<(&'static str, Native)>,
    /// Constants, such as `min`.
    pub constant: fn(&str) -> Option<Value>,
    /// Methods of its instances, which may be called on the class with the instance first.
    pub method: fn(&str) -> Option<Method>,
}

#[derive(Clone, Copy)]
pub(crate) struct Class(pub &'static ClassDef);

impl fmt::Debug for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<class '{}'>", self.0.path)
    }
}

impl Class {
    pub fn construct(&self, vm: &mut Vm<'_, '_, '_>, args: Args) -> R<Value> {
        (self.0.construct)(vm, args)
    }
}

impl Object for Class {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let name = key.as_str()?;
        if let Some((name, call)) = (self.0.function)(name) {
            return Some(Value::from_object(NativeFn { name, call }));
        }
        if let Some(constant) = (self.0.constant)(name) {
            return Some(constant);
        }
        (self.0.method)(name).map(|method| Value::from_object(Unbound { method }))
    }

    fn call(self: &Arc<Self>, state: &mut State<'_, '_>, args: &[Value]) -> Result<Value, Error> {
        let mut vm = Vm::resume(state)?;
        Ok(self.construct(&mut vm, Args::from_values(args))?)
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<class '{}'>", self.0.path)
    }
}

/// A method taken off its class.
pub(crate) struct Unbound {
    method: Method,
}

impl Unbound {
    pub fn call(&self, vm: &mut Vm<'_, '_, '_>, mut args: Args) -> R<Value> {
        if args.pos.is_empty() {
            return Err(super::super::error::Raise::type_error("unbound method needs an argument"));
        }
        let receiver = args.pos.remove(0);
        (self.method)(vm, &receiver, args)
    }
}

impl fmt::Debug for Unbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<method>")
    }
}

impl Object for Unbound {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn call(self: &Arc<Self>, state: &mut State<'_, '_>, args: &[Value]) -> Result<Value, Error> {
        let mut vm = Vm::resume(state)?;
        Ok(Unbound::call(self, &mut vm, Args::from_values(args))?)
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<method>")
    }
}
