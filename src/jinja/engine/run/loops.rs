//! `{% for %}` and its `loop`.

use std::fmt;
use std::sync::{Arc, Mutex};

use minijinja::Value;
use minijinja::value::{Object, ObjectRepr};

use super::super::error::{R, Raise};
use super::super::ops::compare::equal;
use super::super::syntax::Pos;
use super::super::syntax::ast::{For, Target, Var};
use super::super::value::iter::{Iter, iterate};
use super::super::value::{Undef, lock, tuple};
use super::{Act, Args, Flow, Out, Slot, Vm};

/// The special variable `loop`.
pub(crate) struct LoopContext {
    state: Mutex<LoopState>,
    depth0: usize,
    lenient: bool,
}

struct LoopState {
    iter: Iter,
    /// Items before the first one count as -1.
    index0: i64,
    length: Option<i64>,
    before: Option<Value>,
    current: Option<Value>,
    after: Option<Option<R<Value>>>,
    changed: Option<Vec<Value>>,
}

impl LoopState {
    fn peek(&mut self) -> Option<&R<Value>> {
        if self.after.is_none() {
            self.after = Some(self.iter.next());
        }
        self.after.as_ref().and_then(Option::as_ref)
    }

    fn length(&mut self) -> i64 {
        if let Some(length) = self.length {
            return length;
        }
        let rest: Vec<R<Value>> = std::mem::replace(&mut self.iter, Iter::Empty).collect();
        let waiting = i64::from(matches!(self.after, Some(Some(_))));
        let length = rest.len() as i64 + self.index0 + 1 + waiting;
        let mut rest = rest.into_iter();
        self.iter = Iter::lazy(move || rest.next());
        self.length = Some(length);
        length
    }
}

impl LoopContext {
    fn new(iter: Iter, depth0: usize, lenient: bool) -> LoopContext {
        let length = iter.known_len().map(|length| length as i64);
        let state =
            LoopState { iter, index0: -1, length, before: None, current: None, after: None, changed: None };
        LoopContext { state: Mutex::new(state), depth0, lenient }
    }

    fn advance(&self) -> Option<R<Value>> {
        let mut state = lock(&self.state);
        let next = match state.after.take() {
            Some(after) => after,
            None => state.iter.next(),
        };
        let next = match next? {
            Ok(next) => next,
            Err(error) => return Some(Err(error)),
        };
        state.index0 += 1;
        state.before = state.current.replace(next.clone());
        Some(Ok(next))
    }

    /// An attribute of `loop`.
    pub fn attribute(&self, name: &str) -> Option<Value> {
        let mut state = lock(&self.state);
        Some(match name {
            "index" => Value::from(state.index0 + 1),
            "index0" => Value::from(state.index0),
            "revindex" => Value::from(state.length() - state.index0),
            "revindex0" => Value::from(state.length() - state.index0 - 1),
            "first" => Value::from(state.index0 == 0),
            "last" => Value::from(state.peek().is_none()),
            "length" => Value::from(state.length()),
            "depth" => Value::from(self.depth0 + 1),
            "depth0" => Value::from(self.depth0),
            "previtem" => match state.before.clone().filter(|_| state.index0 > 0) {
                Some(item) => item,
                None => Undef::hint("there is no previous item", "previtem", self.lenient),
            },
            "nextitem" => match state.peek() {
                Some(Ok(item)) => item.clone(),
                _ => Undef::hint("there is no next item", "nextitem", self.lenient),
            },
            _ => return None,
        })
    }

    pub fn cycle(&self, items: &[Value]) -> R<Value> {
        let index = lock(&self.state).index0.max(0) as usize;
        match items.get(index % items.len().max(1)) {
            Some(item) => Ok(item.clone()),
            None => Err(Raise::type_error("no items for cycling given")),
        }
    }

    pub fn changed(&self, items: Vec<Value>) -> bool {
        let mut state = lock(&self.state);
        let same = state.changed.as_ref().is_some_and(|last| {
            last.len() == items.len() && last.iter().zip(&items).all(|(left, right)| equal(left, right))
        });
        if !same {
            state.changed = Some(items);
        }
        !same
    }
}

impl fmt::Debug for LoopContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<LoopContext>")
    }
}

impl Object for LoopContext {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.attribute(key.as_str()?)
    }

    fn enumerator_len(self: &Arc<Self>) -> Option<usize> {
        usize::try_from(lock(&self.state).length()).ok()
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut state = lock(&self.state);
        write!(f, "<LoopContext {}/{}>", state.index0 + 1, state.length())
    }
}

impl Vm<'_, '_, '_> {
    pub(super) fn for_loop<'u>(
        &mut self,
        act: &mut Act<'u>,
        node: &'u For,
        pos: Pos,
        out: &mut Out,
    ) -> R<()> {
        let items = self.eval(act, &node.iter)?;
        let iter = iterate(&items).map_err(|error| error.at(&act.unit.origin, pos))?;
        if node.recursive {
            // A recursive loop prints into its own buffer, as the calls inside it do.
            let mut inner = Out::default();
            self.loop_over(act, node, (iter, 0), pos, &mut inner)?;
            match &mut out.native {
                None => out.text.push_str(&inner.text),
                Some(nodes) => nodes.value(Value::from(inner.text)),
            }
            return Ok(());
        }
        self.loop_over(act, node, (iter, 0), pos, out)
    }

    fn loop_over<'u>(
        &mut self,
        act: &mut Act<'u>,
        node: &'u For,
        (iter, depth): (Iter, usize),
        pos: Pos,
        out: &mut Out,
    ) -> R<()> {
        let ran = match node.loop_slot {
            None => self.plain_loop(act, node, iter, pos, out)?,
            Some(slot) => {
                let iter = self.filtered(act, node, iter, pos)?;
                let context = Arc::new(LoopContext::new(iter, depth, act.lenient));
                if node.recursive {
                    act.recursive.push((Arc::as_ptr(&context) as usize, node));
                }
                let ran = self.counted_loop(act, node, (&context, slot), pos, out);
                if node.recursive {
                    act.recursive.pop();
                }
                ran?
            }
        };
        if !ran && !node.otherwise.is_empty() {
            act.enter(&node.else_scope);
            self.exec(act, &node.otherwise, out)?;
        }
        Ok(())
    }

    fn plain_loop<'u>(
        &mut self,
        act: &mut Act<'u>,
        node: &'u For,
        iter: Iter,
        pos: Pos,
        out: &mut Out,
    ) -> R<bool> {
        let mut ran = false;
        for item in iter {
            let item = item.map_err(|error| error.at(&act.unit.origin, pos))?;
            act.enter(&node.scope);
            self.bind_target(act, &node.target, item, pos)?;
            if let Some(test) = &node.test
                && !self.eval(act, test)?.is_true()
            {
                continue;
            }
            match self.exec(act, &node.body, out)? {
                // As Jinja2 compiles it, a round that does not reach the end of the body does not
                // count for `else`.
                Flow::Done => ran = true,
                Flow::Continue => {}
                Flow::Break => break,
            }
        }
        Ok(ran)
    }

    fn counted_loop<'u>(
        &mut self,
        act: &mut Act<'u>,
        node: &'u For,
        (context, slot): (&Arc<LoopContext>, u16),
        pos: Pos,
        out: &mut Out,
    ) -> R<bool> {
        let mut ran = false;
        while let Some(item) = context.advance() {
            let item = item.map_err(|error| error.at(&act.unit.origin, pos))?;
            act.enter(&node.scope);
            act.store(slot, Value::from_dyn_object(context.clone()));
            self.bind_target(act, &node.target, item, pos)?;
            match self.exec(act, &node.body, out)? {
                // As Jinja2 compiles it, a round that does not reach the end of the body does not
                // count for `else`.
                Flow::Done => ran = true,
                Flow::Continue => {}
                Flow::Break => break,
            }
        }
        Ok(ran)
    }

    fn bind_target(&mut self, act: &mut Act<'_>, target: &Target, item: Value, pos: Pos) -> R<()> {
        if let Target::Name(name) = target
            && let Var::Slot(slot) = name.var
        {
            act.store(slot, item);
            return Ok(());
        }
        self.assign(act, target, item, pos)
    }

    /// The items that pass the loop's `if`, which `loop` then counts.
    fn filtered<'u>(&mut self, act: &mut Act<'u>, node: &'u For, iter: Iter, pos: Pos) -> R<Iter> {
        let Some(test) = &node.test else { return Ok(iter) };
        let mut kept = vec![];
        for item in iter {
            let item = item.map_err(|error| error.at(&act.unit.origin, pos))?;
            act.enter(&node.scope);
            self.bind_target(act, &node.target, item.clone(), pos)?;
            if self.eval(act, test)?.is_true() {
                kept.push(item);
            }
        }
        // Filtered items come from a generator, so their number is not known beforehand.
        Ok(Iter::Values(kept.into_iter()))
    }

    /// `loop(items)` inside a recursive loop.
    pub(super) fn recurse(&mut self, act: &mut Act<'_>, context: &LoopContext, args: Args) -> R<Value> {
        let items = args.one("loop", "iterable")?;
        let address = std::ptr::from_ref(context) as usize;
        let Some((_, node)) = act.recursive.iter().rfind(|(known, _)| *known == address).copied() else {
            return Err(Raise::type_error(
                "The loop must have the 'recursive' marker to be called recursively.",
            ));
        };
        let iter = iterate(&items)?;
        let scope = &node.scope;
        let range = usize::from(scope.first)..act.slots.len();
        let saved: Vec<Slot> = act
            .slots
            .get_mut(range.clone())
            .map(|slots| {
                slots.iter_mut().map(|slot| std::mem::replace(slot, Slot::Value(Value::UNDEFINED))).collect()
            })
            .unwrap_or_default();
        let mut out = Out::default();
        let depth = context.depth0 + 1;
        let result = self.deeper(|vm| vm.loop_over(act, node, (iter, depth), node.iter.pos, &mut out));
        if let Some(slots) = act.slots.get_mut(range) {
            for (slot, value) in slots.iter_mut().zip(saved) {
                *slot = value;
            }
        }
        result?;
        Ok(Value::from(out.text))
    }
}

/// `loop.cycle(…)` and `loop.changed(…)`.
pub(crate) fn method(name: &str) -> Option<super::super::methods::Method> {
    match name {
        "cycle" => Some(|_, receiver, args| with(receiver, |context| context.cycle(&args.pos))),
        "changed" => Some(|_, receiver, args| {
            with(receiver, |context| Ok(Value::from(context.changed(args.pos.clone()))))
        }),
        _ => None,
    }
}

fn with(receiver: &Value, call: impl FnOnce(&LoopContext) -> R<Value>) -> R<Value> {
    match receiver.downcast_object_ref::<LoopContext>() {
        Some(context) => call(context),
        None => Ok(tuple(vec![])),
    }
}
