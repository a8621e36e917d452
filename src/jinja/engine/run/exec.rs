//! Statements.

use std::sync::Arc;

use minijinja::Value;

use super::super::error::{R, Raise};
use super::super::syntax::Pos;
use super::super::syntax::ast::{Expr, ExprKind, Scope as Slots, Stmt, StmtKind, Target, Var};
use super::super::value::namespace::Namespace;
use super::super::value::{Key, iter, text, type_name};
use super::{Act, Out, Vm};

/// How a sequence of statements ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flow {
    Done,
    Break,
    Continue,
}

impl Vm<'_, '_, '_> {
    pub fn exec<'u>(&mut self, act: &mut Act<'u>, stmts: &'u [Stmt], out: &mut Out) -> R<Flow> {
        for stmt in stmts {
            match &stmt.kind {
                StmtKind::Data(data) => match &mut out.native {
                    None => out.text.push_str(data),
                    Some(nodes) => nodes.constant(data),
                },
                StmtKind::Emit(expr) => {
                    let value = self.eval(act, expr)?;
                    match &mut out.native {
                        None => text::write_str(&value, &mut out.text),
                        Some(nodes) => nodes.emit(expr, value),
                    }
                }
                _ => {
                    if let Some(nodes) = &mut out.native {
                        nodes.statement();
                    }
                    match self.statement(act, stmt, out)? {
                        Flow::Done => {}
                        flow => return Ok(flow),
                    }
                }
            }
        }
        Ok(Flow::Done)
    }

    fn statement<'u>(&mut self, act: &mut Act<'u>, stmt: &'u Stmt, out: &mut Out) -> R<Flow> {
        match &stmt.kind {
            StmtKind::Data(_) | StmtKind::Emit(_) => {}
            StmtKind::Do(expr) => {
                self.eval(act, expr)?;
            }
            StmtKind::Set(target, value) => {
                let value = self.eval(act, value)?;
                self.assign(act, target, value, stmt.pos)?;
            }
            StmtKind::If { arms, otherwise } => {
                for (test, body) in arms {
                    if self.eval(act, test)?.is_true() {
                        return self.exec(act, body, out);
                    }
                }
                return self.exec(act, otherwise, out);
            }
            StmtKind::For(node) => self.for_loop(act, node, stmt.pos, out)?,
            StmtKind::SetBlock { target, filter, body, scope } => {
                let value = self.captured(act, scope, body, filter.as_ref())?;
                self.assign(act, target, value, stmt.pos)?;
            }
            StmtKind::FilterBlock { filter, body, scope } => {
                let value = self.captured(act, scope, body, Some(filter))?;
                out.emit(&value).map_err(|error| error.at(&act.unit.origin, stmt.pos))?;
            }
            StmtKind::Block { body, scope } => {
                act.enter(scope);
                return self.exec(act, body, out);
            }
            StmtKind::With { assigns, body, scope } => {
                let values: R<Vec<Value>> = assigns.iter().map(|(_, value)| self.eval(act, value)).collect();
                let values = values?;
                act.enter(scope);
                for ((target, _), value) in assigns.iter().zip(values) {
                    self.assign(act, target, value, stmt.pos)?;
                }
                return self.exec(act, body, out);
            }
            StmtKind::Macro(definition) => {
                let (name, function) = &**definition;
                let value = self.closure(act, function);
                if let Var::Slot(slot) = name.var {
                    act.store(slot, value);
                }
            }
            StmtKind::CallBlock(node) => {
                let (function, call) = &**node;
                let caller = self.closure(act, function);
                let value = match &call.kind {
                    ExprKind::Call(call_node) => self.eval_call(act, call, call_node, Some(caller))?,
                    _ => self.eval(act, call)?,
                };
                out.emit(&value).map_err(|error| error.at(&act.unit.origin, stmt.pos))?;
            }
            StmtKind::Break => return Ok(Flow::Break),
            StmtKind::Continue => return Ok(Flow::Continue),
            StmtKind::NeedsLoader(template) => {
                self.eval(act, template)?;
                let error = Raise::type_error("no loader for this environment specified");
                return Err(error.at(&act.unit.origin, stmt.pos));
            }
        }
        Ok(Flow::Done)
    }

    /// The text of a body, through the filter if there is one.
    fn captured<'u>(
        &mut self,
        act: &mut Act<'u>,
        scope: &Slots,
        body: &'u [Stmt],
        filter: Option<&'u Expr>,
    ) -> R<Value> {
        act.enter(scope);
        let mut out = Out::default();
        self.exec(act, body, &mut out)?;
        let text = Value::from(out.text);
        match filter {
            Some(filter) => self.eval_filter_on(act, filter, Some(text)),
            None => Ok(text),
        }
    }

    pub fn assign(&mut self, act: &mut Act<'_>, target: &Target, value: Value, pos: Pos) -> R<()> {
        match target {
            Target::Name(name) => {
                if let Var::Slot(slot) = name.var {
                    act.store(slot, value);
                }
                Ok(())
            }
            Target::Attr(name, attr) => {
                let holder = act.load(self, name);
                let Some(namespace) = holder.downcast_object_ref::<Namespace>() else {
                    let error = Raise::runtime("cannot assign attribute on non-namespace object");
                    return Err(error.at(&act.unit.origin, pos));
                };
                namespace.attrs.insert(Key::text(attr), value);
                Ok(())
            }
            Target::Tuple(targets, pos) => {
                let items =
                    unpack(&value, targets.len()).map_err(|error| error.at(&act.unit.origin, *pos))?;
                for (target, item) in targets.iter().zip(items) {
                    self.assign(act, target, item, *pos)?;
                }
                Ok(())
            }
        }
    }
}

impl Out {
    /// A value that a statement prints. Jinja2 joins it unconverted, so that only text will do.
    fn emit(&mut self, value: &Value) -> R<()> {
        match (&mut self.native, value.as_str()) {
            (Some(nodes), _) => nodes.value(value.clone()),
            (None, Some(text)) => self.text.push_str(text),
            (None, None) => {
                let name = type_name(value);
                return Err(Raise::type_error(format!(
                    "sequence item 0: expected str instance, {name} found"
                )));
            }
        }
        Ok(())
    }
}

/// `a, b = value`
fn unpack(value: &Value, count: usize) -> R<Vec<Value>> {
    let mut iter = iter::iterate(value)
        .map_err(|_| Raise::type_error(format!("cannot unpack non-iterable {} object", type_name(value))))?;
    let mut items = Vec::with_capacity(count);
    while items.len() < count {
        match iter.next() {
            Some(item) => items.push(item?),
            None => {
                return Err(Raise::value_error(format!(
                    "not enough values to unpack (expected {count}, got {})",
                    items.len()
                )));
            }
        }
    }
    if iter.next().is_some() {
        return Err(Raise::value_error(format!("too many values to unpack (expected {count})")));
    }
    Ok(items)
}

/// The upvalues of a nested function.
pub(super) fn capture(act: &Act<'_>, captures: &[(bool, u16)]) -> Arc<[super::Cell]> {
    captures
        .iter()
        .map(|(own, index)| {
            let cell = if *own { act.cell(*index) } else { act.upvalues.get(usize::from(*index)).cloned() };
            cell.unwrap_or_default()
        })
        .collect()
}
