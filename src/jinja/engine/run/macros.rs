//! Macros as values: those of the context, and those a template defines for itself.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use minijinja::value::{Object, ObjectRepr};
use minijinja::{Error, State, Value};

use super::super::error::{R, Raise};
use super::super::macro_file::MacroDef;
use super::super::syntax::ast::{Function, Param};
use super::super::value::dict::{Entries, PyDict};
use super::super::value::{Key, Undef, tuple};
use super::{Act, Args, Cell, Out, Unit, Vm};
use crate::diag::nearest;

/// A macro of the context: dbt's `MacroGenerator`. It runs in the scope of whoever calls it.
pub(crate) struct MacroRef {
    pub def: Arc<MacroDef>,
    pub unique_id: Arc<str>,
}

impl MacroRef {
    pub fn invoke(&self, vm: &mut Vm<'_, '_, '_>, args: Args) -> R<Value> {
        let depth = vm.render.macros.fetch_add(1, Ordering::Relaxed);
        vm.render.scope.on_macro_call(&self.unique_id, depth);
        let result = vm.deeper(|vm| {
            let (unit, function) = self.def.compiled(&self.unique_id)?;
            let upvalues = function.captures.iter().map(|_| Cell::default()).collect();
            run(vm, unit, function, upvalues, (args, false))
        });
        vm.render.macros.fetch_sub(1, Ordering::Relaxed);
        result.or_else(Raise::into_return)
    }
}

impl fmt::Debug for MacroRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<macro {}>", self.unique_id)
    }
}

impl Object for MacroRef {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn call(self: &Arc<Self>, state: &mut State<'_, '_>, args: &[Value]) -> Result<Value, Error> {
        let mut vm = Vm::resume(state)?;
        Ok(self.invoke(&mut vm, Args::from_values(args))?)
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<dbt.clients.jinja.MacroGenerator object at 0x{:012x}>", Arc::as_ptr(self) as usize)
    }
}

/// A macro defined inside a template, and the body of a `{% call %}` block: Jinja2's `Macro`.
pub(crate) struct LocalMacro {
    unit: Arc<Unit>,
    function: Arc<Function>,
    upvalues: Arc<[Cell]>,
    lenient: bool,
}

impl Vm<'_, '_, '_> {
    /// A nested function as a value, holding the variables it uses of its surroundings.
    pub(super) fn closure(&mut self, act: &Act<'_>, function: &Arc<Function>) -> Value {
        Value::from_object(LocalMacro {
            unit: act.unit.clone(),
            function: function.clone(),
            upvalues: super::exec::capture(act, &function.captures),
            lenient: act.lenient,
        })
    }
}

impl LocalMacro {
    pub fn invoke(&self, vm: &mut Vm<'_, '_, '_>, args: Args) -> R<Value> {
        vm.deeper(|vm| run(vm, &self.unit, &self.function, self.upvalues.clone(), (args, self.lenient)))
    }

    fn name(&self) -> Option<&str> {
        // The body of a call block has no name.
        (!self.is_caller()).then_some(&*self.function.name)
    }

    fn is_caller(&self) -> bool {
        &*self.function.name == "caller"
    }
}

impl fmt::Debug for LocalMacro {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<macro {}>", self.function.name)
    }
}

impl Object for LocalMacro {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let function = &self.function;
        Some(match key.as_str()? {
            "name" => self.name().map_or_else(super::super::value::none, Value::from),
            "arguments" => {
                tuple(function.params.iter().map(|param| Value::from(param.name.clone())).collect())
            }
            "catch_kwargs" => Value::from(function.kwargs.is_some()),
            "catch_varargs" => Value::from(function.varargs.is_some()),
            "caller" => Value::from(function.caller.is_some()),
            _ => return None,
        })
    }

    fn call(self: &Arc<Self>, state: &mut State<'_, '_>, args: &[Value]) -> Result<Value, Error> {
        let mut vm = Vm::resume(state)?;
        Ok(self.invoke(&mut vm, Args::from_values(args))?)
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "<Macro '{name}'>"),
            None => f.write_str("<Macro anonymous>"),
        }
    }
}

/// Runs a function's body with arguments; the text it prints is the result. The flag says whether
/// undefined values are lenient.
fn run(
    vm: &mut Vm<'_, '_, '_>,
    unit: &Arc<Unit>,
    function: &Function,
    upvalues: Arc<[Cell]>,
    (args, lenient): (Args, bool),
) -> R<Value> {
    let mut act = Act::new(unit, function.slots, upvalues, lenient);
    act.enter(&function.scope);
    let missing = bind(&mut act, function, args)?;
    for param in function.params.iter().skip(missing) {
        if act.is_missing(param.slot) {
            let value = match &param.default {
                Some(default) => vm.eval(&mut act, default)?,
                None => {
                    let hint = format!("parameter '{}' was not provided", param.name);
                    Undef::hint(hint, &param.name, lenient)
                }
            };
            act.store(param.slot, value);
        }
    }
    let mut out = Out::default();
    vm.exec(&mut act, &function.body, &mut out)?;
    Ok(Value::from(out.text))
}

/// Jinja2's order: positional arguments, then keywords, then `caller`, `kwargs`, `varargs`.
/// Returns the number of the first parameter that may still need its default.
fn bind(act: &mut Act<'_>, function: &Function, args: Args) -> R<usize> {
    let params = &function.params;
    let name: String =
        if &*function.name == "caller" { "None".into() } else { format!("'{}'", function.name) };
    let Args { mut pos, mut kw } = args;
    let given = pos.len().min(params.len());
    let surplus = pos.split_off(given);
    for (param, value) in params.iter().zip(pos) {
        act.store(param.slot, value);
    }
    let mut found_caller = given == params.len() && params.iter().any(|param| &*param.name == "caller");
    for param in &params[given..] {
        if let Some(at) = kw.iter().position(|(key, _)| *key == param.name) {
            act.store(param.slot, kw.remove(at).1);
        }
        found_caller |= &*param.name == "caller";
    }
    if let Some(slot) = function.caller.filter(|_| !found_caller) {
        let caller = match kw.iter().position(|(key, _)| &**key == "caller") {
            Some(at) => kw.remove(at).1,
            None => Value::from(()),
        };
        let caller =
            if caller.is_none() { Undef::hint("No caller defined", "caller", act.lenient) } else { caller };
        act.store(slot, caller);
    }
    if let Some(slot) = function.kwargs {
        let entries: Entries = kw.into_iter().map(|(key, value)| (Key::text(&key), value)).collect();
        act.store(slot, PyDict::value(entries));
    } else if let Some((key, _)) = kw.first() {
        if kw.iter().any(|(key, _)| &**key == "caller") {
            return Err(Raise::type_error(format!(
                "macro {name} was invoked with two values for the special caller argument. This is most \
                 likely a bug."
            )));
        }
        let known = params.iter().map(|param| &*param.name);
        let help = match nearest(key, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => signature(function),
        };
        return Err(Raise::type_error(format!("macro {name} takes no keyword argument '{key}'")).help(help));
    }
    match function.varargs {
        Some(slot) => act.store(slot, tuple(surplus)),
        None if !surplus.is_empty() => {
            return Err(Raise::type_error(format!(
                "macro {name} takes not more than {} argument(s)",
                params.len()
            ))
            .help(signature(function)));
        }
        None => {}
    }
    Ok(given)
}

/// How a macro is to be called, for hints.
fn signature(function: &Function) -> String {
    let param = |param: &Param| match param.default {
        Some(_) => format!("{}=…", param.name),
        None => param.name.to_string(),
    };
    let params: Vec<String> = function.params.iter().map(param).collect();
    match params.is_empty() {
        true => format!("`{}` takes no arguments", function.name),
        false => format!("call it as `{}({})`", function.name, params.join(", ")),
    }
}
