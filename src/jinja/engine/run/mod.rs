//! Evaluation: a walk over the resolved tree.

pub(crate) mod access;
pub(crate) mod args;
pub(crate) mod call;
mod eval;
mod exec;
pub(crate) mod loops;
pub(crate) mod macros;
pub(crate) mod native;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use minijinja::{State, Value};

use super::error::{ErrorKind, Origin, R, Raise};
use super::syntax::ast::{Code, For, NOWHERE, Name, Scope as Slots, Var};
use super::value::{lock, undefined::Undef};
pub(crate) use args::Args;
pub(crate) use exec::Flow;

/// How names resolve while one node renders: the functions, macros and variables it sees.
pub trait Scope: Send + Sync {
    /// The value of a name that the template does not define itself.
    fn get(&self, name: &str) -> Option<Value>;

    /// A macro made by [`super::MacroDef::bind`] is about to run; `depth` counts the macros that
    /// are running already, so dbt's `depends_on.macros` are the calls at depth 0.
    fn on_macro_call(&self, unique_id: &Arc<str>, depth: usize) {
        let _ = (unique_id, depth);
    }

    /// The names that [`Self::get`] knows, for hints; not all of them need to be told.
    fn names(&self) -> Vec<String> {
        vec![]
    }
}

/// Deepest nesting of macro calls, `caller()` and recursive loops.
pub(crate) const MAX_CALLS: usize = 400;
/// Stack that evaluation may use, of the 8 MiB that threads have.
const STACK_BUDGET: usize = 6 << 20;

/// A text and its tree.
#[derive(Debug)]
pub(crate) struct Unit {
    pub origin: Origin,
    pub code: Arc<Code>,
}

/// What the nested evaluations of one render share.
pub(crate) struct Render {
    /// Whether the result is a value (a text of YAML) rather than text.
    native: bool,
    pub scope: Arc<dyn Scope>,
    /// Running macros of the context.
    pub macros: AtomicUsize,
    calls: AtomicUsize,
    stack_base: usize,
}

/// The render a [`State`] belongs to, for context functions that call back.
#[derive(Clone)]
struct Handle(Arc<Render>);

/// The scope of the render that `state` belongs to.
pub fn scope_of(state: &State<'_, '_>) -> Option<Arc<dyn Scope>> {
    state.get_extension::<Handle>().map(|handle| handle.0.scope.clone())
}

impl Render {
    /// Whether what runs is the native template itself, and no macro that it calls.
    pub fn is_native(&self) -> bool {
        self.native && self.macros.load(Ordering::Relaxed) == 0
    }
}

pub(crate) struct Vm<'a, 't, 'e> {
    /// What context functions are called with.
    pub state: &'a mut State<'t, 'e>,
    pub render: Arc<Render>,
    /// Whether the filter that runs makes lenient undefined values.
    pub lenient: bool,
}

impl<'a, 't, 'e> Vm<'a, 't, 'e> {
    /// Starts a render.
    pub fn start(state: &'a mut State<'t, 'e>, scope: Arc<dyn Scope>, native: bool) -> Vm<'a, 't, 'e> {
        let render = Arc::new(Render {
            native,
            scope,
            macros: AtomicUsize::new(0),
            calls: AtomicUsize::new(0),
            stack_base: stack_address(),
        });
        state.get_or_insert_extension(Handle(render.clone())).0 = render.clone();
        Vm { state, render, lenient: false }
    }

    /// Continues the render that called a context function.
    ///
    /// # Errors
    /// When `state` was not made by the engine.
    pub fn resume(state: &'a mut State<'t, 'e>) -> R<Vm<'a, 't, 'e>> {
        match state.get_extension::<Handle>() {
            Some(handle) => {
                let render = handle.0.clone();
                Ok(Vm { state, render, lenient: false })
            }
            None => Err(Raise::runtime("called outside of a render")),
        }
    }

    /// Runs `body` one call deeper.
    ///
    /// # Errors
    /// Python's `RecursionError`, before the stack runs out.
    pub fn deeper<T>(&mut self, body: impl FnOnce(&mut Self) -> R<T>) -> R<T> {
        let calls = self.render.calls.fetch_add(1, Ordering::Relaxed);
        let used = self.render.stack_base.abs_diff(stack_address());
        let result = if calls >= MAX_CALLS || used > STACK_BUDGET {
            Err(Raise::new(ErrorKind::Recursion, "maximum recursion depth exceeded"))
        } else {
            body(self)
        };
        self.render.calls.fetch_sub(1, Ordering::Relaxed);
        result
    }

    pub fn global(&self, name: &str) -> Option<Value> {
        self.render
            .scope
            .get(name)
            .filter(|value| !value.is_undefined())
            .or_else(|| super::globals::get(name))
    }
}

/// About where the stack stands.
#[inline(never)]
fn stack_address() -> usize {
    let marker = 0u8;
    std::ptr::from_ref(std::hint::black_box(&marker)) as usize
}

pub(crate) type Cell = Arc<Mutex<Value>>;

/// A variable's place; captured variables live in cells. Raw `Value::UNDEFINED` is "no value yet".
pub(crate) enum Slot {
    Value(Value),
    Cell(Cell),
}

/// One running function: the template itself, a macro, the body of a call block.
pub(crate) struct Act<'u> {
    pub unit: &'u Arc<Unit>,
    pub slots: Vec<Slot>,
    pub upvalues: Arc<[Cell]>,
    /// Whether undefined values made here are lenient.
    pub lenient: bool,
    /// Recursive loops that are running: the address of their `loop` object, and the loop.
    pub recursive: Vec<(usize, &'u For)>,
}

impl<'u> Act<'u> {
    pub fn new(unit: &'u Arc<Unit>, slots: u16, upvalues: Arc<[Cell]>, lenient: bool) -> Act<'u> {
        let slots = (0..slots).map(|_| Slot::Value(Value::UNDEFINED)).collect();
        Act { unit, slots, upvalues, lenient, recursive: vec![] }
    }

    /// Clears the variables of a scope that begins.
    pub fn enter(&mut self, scope: &Slots) {
        let first = usize::from(scope.first);
        if let Some(slots) = self.slots.get_mut(first..first + usize::from(scope.count)) {
            for slot in slots {
                *slot = Slot::Value(Value::UNDEFINED);
            }
        }
        for cell in &scope.cells {
            if let Some(slot) = self.slots.get_mut(usize::from(*cell)) {
                *slot = Slot::Cell(Arc::new(Mutex::new(Value::UNDEFINED)));
            }
        }
    }

    pub fn store(&mut self, slot: u16, value: Value) {
        match self.slots.get_mut(usize::from(slot)) {
            Some(Slot::Value(old)) => *old = value,
            Some(Slot::Cell(cell)) => *lock(cell) = value,
            None => {}
        }
    }

    pub fn is_missing(&self, slot: u16) -> bool {
        self.local(Var::Slot(slot)).is_none()
    }

    pub fn cell(&self, slot: u16) -> Option<Cell> {
        match self.slots.get(usize::from(slot)) {
            Some(Slot::Cell(cell)) => Some(cell.clone()),
            _ => None,
        }
    }

    fn local(&self, var: Var) -> Option<Value> {
        let value = match var {
            Var::Slot(slot) => match self.slots.get(usize::from(slot))? {
                Slot::Value(value) => value.clone(),
                Slot::Cell(cell) => lock(cell).clone(),
            },
            Var::Upvalue(index) => lock(self.upvalues.get(usize::from(index))?).clone(),
            Var::Global | Var::Unresolved => return None,
        };
        (!value.is_undefined()).then_some(value)
    }

    /// The value of a name, from the innermost scope that has one.
    pub fn find(&self, vm: &Vm<'_, '_, '_>, name: &Name) -> Option<Value> {
        let (mut var, mut next) = (name.var, name.next);
        loop {
            let found = if var == Var::Global { vm.global(&name.sym) } else { self.local(var) };
            if found.is_some() || next == NOWHERE {
                return found;
            }
            (var, next) = *self.unit.code.chains.get(next as usize)?;
        }
    }

    pub fn load(&self, vm: &Vm<'_, '_, '_>, name: &Name) -> Value {
        self.find(vm, name).unwrap_or_else(|| Undef::name(&name.sym, self.lenient, &self.unit.code))
    }
}

/// Where rendered text goes, and in native mode the separate values.
#[derive(Default)]
pub(crate) struct Out {
    pub text: String,
    pub native: Option<native::Nodes>,
}
