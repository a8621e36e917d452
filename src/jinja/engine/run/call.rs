//! Calls: of macros, engine functions, methods, and context functions.

use minijinja::Value;
use minijinja::value::ValueKind;

use super::super::error::{R, Raise};
use super::super::methods;
use super::super::modules::class::{Class, Unbound};
use super::super::ops::compare::operand_type;
use super::super::syntax::ast::{Args as ArgExprs, Expr, ExprKind};
use super::super::value::Undef;
use super::super::value::callable::{BoundMethod, NativeFn};
use super::super::value::namespace::{Cycler, Joiner};
use super::loops::LoopContext;
use super::macros::{LocalMacro, MacroRef};
use super::{Act, Args, Vm};

impl Vm<'_, '_, '_> {
    /// A call expression; `caller` is the body of a `{% call %}` block.
    pub(super) fn eval_call<'u>(
        &mut self,
        act: &mut Act<'u>,
        expr: &'u Expr,
        call: &'u (Expr, ArgExprs),
        caller: Option<Value>,
    ) -> R<Value> {
        let (callee, arg_exprs) = call;
        let result = if let ExprKind::Attr(node, name) = &callee.kind {
            let receiver = self.eval(act, node)?;
            let args = self.call_args(act, arg_exprs, caller)?;
            self.call_method_in(&receiver, name, args, act.lenient)
        } else {
            let function = self.eval(act, callee)?;
            let args = self.call_args(act, arg_exprs, caller)?;
            if let Some(context) = function.downcast_object_ref::<LoopContext>() {
                self.recurse(act, context, args)
            } else {
                self.call(&function, args)
            }
        };
        result.map_err(|error| {
            if error.has_place() {
                error.called_by(&act.unit.origin, expr.pos)
            } else {
                error.at(&act.unit.origin, expr.pos)
            }
        })
    }

    fn call_args<'u>(&mut self, act: &mut Act<'u>, exprs: &'u ArgExprs, caller: Option<Value>) -> R<Args> {
        let mut args = self.eval_args(act, exprs, vec![])?;
        if let Some(caller) = caller {
            args.kw.push(("caller".into(), caller));
        }
        Ok(args)
    }

    /// Calls any callable value.
    pub fn call(&mut self, function: &Value, args: Args) -> R<Value> {
        if let Some(native) = function.downcast_object_ref::<NativeFn>() {
            return (native.call)(self, args);
        }
        if let Some(target) = function.downcast_object_ref::<MacroRef>() {
            return target.invoke(self, args);
        }
        if let Some(target) = function.downcast_object_ref::<LocalMacro>() {
            return target.invoke(self, args);
        }
        if let Some(bound) = function.downcast_object_ref::<BoundMethod>() {
            return self.call_method(&bound.receiver, &bound.name, args);
        }
        if let Some(undef) = function.downcast_object_ref::<Undef>() {
            return if undef.lenient { Ok(function.clone()) } else { Err(undef.error()) };
        }
        if let Some(class) = function.downcast_object_ref::<Class>() {
            return class.construct(self, args);
        }
        if let Some(unbound) = function.downcast_object_ref::<Unbound>() {
            return unbound.call(self, args);
        }
        if let Some(joiner) = function.downcast_object_ref::<Joiner>() {
            return Ok(joiner.call());
        }
        let Some(object) = function.as_object().filter(|_| !is_data(function)) else {
            return Err(Raise::type_error(format!("'{}' object is not callable", operand_type(function))));
        };
        let value = object.call(self.state, &args.into_values())?;
        Ok(returned(value))
    }

    /// `receiver.name(args)`, strict about what is missing.
    pub fn call_method(&mut self, receiver: &Value, name: &str, args: Args) -> R<Value> {
        self.call_method_in(receiver, name, args, false)
    }

    fn call_method_in(&mut self, receiver: &Value, name: &str, args: Args, lenient: bool) -> R<Value> {
        if let Some(method) = methods::find(receiver, name) {
            return method(self, receiver, args);
        }
        if !is_foreign(receiver) || name.starts_with('_') {
            let function = self.getattr(receiver, name, lenient)?;
            return self.call(&function, args);
        }
        if let Some(function) = receiver.as_object().and_then(|object| object.get_value_by_str(name))
            && !function.is_undefined()
        {
            return self.call(&function, args);
        }
        match receiver.call_method(self.state, name, &args.into_values()) {
            Ok(value) => Ok(returned(value)),
            Err(error)
                if error.kind() == minijinja::ErrorKind::UnknownMethod
                    && std::error::Error::source(&error).is_none() =>
            {
                let missing = Undef::member(receiver, Value::from(name), lenient);
                self.call(&missing, Args::default())
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// A value handed back by a context function, made one of the engine's.
pub(crate) fn returned(value: Value) -> Value {
    if value.is_undefined() {
        return Undef::hint("the value is undefined", "value", false);
    }
    if value.kind() == ValueKind::Seq
        && let Some(items) = value.downcast_object_ref::<Vec<Value>>()
    {
        return super::super::value::list(items.iter().cloned().map(returned).collect());
    }
    value
}

/// An object of a context layer, whose attributes and methods are its own affair.
pub(crate) fn is_foreign(value: &Value) -> bool {
    value.as_object().is_some() && !is_data(value) && !methods::is_own(value)
}

fn is_data(value: &Value) -> bool {
    use super::super::value::{PyDict, PyList, PySet, as_tuple};
    value.downcast_object_ref::<PyDict>().is_some()
        || value.downcast_object_ref::<PyList>().is_some()
        || value.downcast_object_ref::<PySet>().is_some()
        || as_tuple(value).is_some()
        || value.downcast_object_ref::<Cycler>().is_some()
}
