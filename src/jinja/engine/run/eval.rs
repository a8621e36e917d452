//! Expressions.

use minijinja::Value;

use super::super::error::{R, Raise};
use super::super::ops::{arith, compare};
use super::super::syntax::ast::{Apply, Args as ArgExprs, BinOp, CmpOp, Expr, ExprKind};
use super::super::value::dict::Entries;
use super::super::value::{Key, PyDict, iter, list, text, tuple, undefined};
use super::super::{filters, tests};
use super::{Act, Args, Vm};

impl Vm<'_, '_, '_> {
    pub fn eval<'u>(&mut self, act: &mut Act<'u>, expr: &'u Expr) -> R<Value> {
        match &expr.kind {
            ExprKind::Const(value) => Ok(value.clone()),
            ExprKind::Name(name) => Ok(act.load(self, name)),
            ExprKind::Attr(node, name) => {
                let value = self.eval(act, node)?;
                self.getattr(&value, name, act.lenient).map_err(|error| error.at(&act.unit.origin, expr.pos))
            }
            ExprKind::Call(call) => self.eval_call(act, expr, call, None),
            ExprKind::Cond { test, yes, no } => match (self.eval(act, test)?.is_true(), no) {
                (true, _) => self.eval(act, yes),
                (false, Some(no)) => self.eval(act, no),
                (false, None) => {
                    Ok(undefined::Undef::inline_if(act.unit.origin.source.clone(), expr.pos.start))
                }
            },
            ExprKind::And(both) => {
                let left = self.eval(act, &both.0)?;
                if left.is_true() { self.eval(act, &both.1) } else { Ok(left) }
            }
            ExprKind::Or(both) => {
                let left = self.eval(act, &both.0)?;
                if left.is_true() { Ok(left) } else { self.eval(act, &both.1) }
            }
            ExprKind::Not(node) => Ok(Value::from(!self.eval(act, node)?.is_true())),
            _ => {
                let value = self.eval_other(act, expr);
                value.map_err(|error| error.at(&act.unit.origin, expr.pos))
            }
        }
    }

    /// The less frequent expressions, apart to keep the stack frame of [`Self::eval`] small.
    #[inline(never)]
    fn eval_other<'u>(&mut self, act: &mut Act<'u>, expr: &'u Expr) -> R<Value> {
        match &expr.kind {
            ExprKind::Tuple(items) => Ok(tuple(self.eval_all(act, items)?)),
            ExprKind::List(items) => Ok(list(self.eval_all(act, items)?)),
            ExprKind::Dict(items) => self.eval_dict(act, items),
            ExprKind::Neg(node) => arith::negate(&self.eval(act, node)?),
            ExprKind::Plus(node) => arith::plus(&self.eval(act, node)?),
            ExprKind::Bin(op, both) => self.eval_bin(act, *op, both),
            ExprKind::Compare(first, rest) => self.eval_compare(act, first, rest),
            ExprKind::Concat(parts) => {
                let mut joined = String::new();
                for part in parts {
                    text::write_str(&self.eval(act, part)?, &mut joined);
                }
                Ok(Value::from(joined))
            }
            ExprKind::Item(both) => self.eval_item(act, both),
            ExprKind::Slice(_) => Err(Raise::type_error("a slice stands alone")),
            ExprKind::Filter(_) => self.eval_filter_on(act, expr, None),
            ExprKind::Test(apply) => self.eval_test(act, apply),
            // Handled by `eval`.
            _ => Err(Raise::runtime("unknown expression")),
        }
    }

    fn eval_all<'u>(&mut self, act: &mut Act<'u>, exprs: &'u [Expr]) -> R<Vec<Value>> {
        let mut values = Vec::with_capacity(exprs.len());
        for expr in exprs {
            values.push(self.eval(act, expr)?);
        }
        Ok(values)
    }

    #[inline(never)]
    fn eval_dict<'u>(&mut self, act: &mut Act<'u>, items: &'u [(Expr, Expr)]) -> R<Value> {
        let mut entries = Entries::with_capacity_and_hasher(items.len(), rustc_hash::FxBuildHasher);
        for (key, value) in items {
            let key = Key::new(self.eval(act, key)?)?;
            entries.insert(key, self.eval(act, value)?);
        }
        Ok(PyDict::value(entries))
    }

    #[inline(never)]
    fn eval_bin<'u>(&mut self, act: &mut Act<'u>, op: BinOp, both: &'u (Expr, Expr)) -> R<Value> {
        let left = self.eval(act, &both.0)?;
        let right = self.eval(act, &both.1)?;
        arith::binary(self, op, &left, &right)
    }

    #[inline(never)]
    fn eval_compare<'u>(
        &mut self,
        act: &mut Act<'u>,
        first: &'u Expr,
        rest: &'u [(CmpOp, Expr)],
    ) -> R<Value> {
        let mut left = self.eval(act, first)?;
        for (op, operand) in rest {
            let right = self.eval(act, operand)?;
            if !compare::compare(*op, &left, &right)? {
                return Ok(Value::from(false));
            }
            left = right;
        }
        Ok(Value::from(true))
    }

    #[inline(never)]
    fn eval_item<'u>(&mut self, act: &mut Act<'u>, both: &'u (Expr, Expr)) -> R<Value> {
        let (node, index) = both;
        let value = self.eval(act, node)?;
        if let ExprKind::Slice(parts) = &index.kind {
            let mut bounds = [const { None }; 3];
            for (bound, part) in bounds.iter_mut().zip(parts.iter()) {
                if let Some(part) = part {
                    *bound = Some(self.eval(act, part)?);
                }
            }
            return self.slice(&value, &bounds, act.lenient);
        }
        let index = self.eval(act, index)?;
        self.getitem(&value, &index, act.lenient)
    }

    /// Evaluates the arguments of a call behind those that stand already in `pos`.
    pub(super) fn eval_args<'u>(
        &mut self,
        act: &mut Act<'u>,
        exprs: &'u ArgExprs,
        mut pos: Vec<Value>,
    ) -> R<Args> {
        pos.reserve(exprs.pos.len());
        for expr in &exprs.pos {
            pos.push(self.eval(act, expr)?);
        }
        let mut kw = Vec::with_capacity(exprs.kw.len());
        for (name, expr) in &exprs.kw {
            kw.push((name.clone(), self.eval(act, expr)?));
        }
        let mut args = Args { pos, kw };
        if exprs.star.is_some() || exprs.double_star.is_some() {
            self.eval_splats(act, exprs, &mut args)?;
        }
        Ok(args)
    }

    #[inline(never)]
    fn eval_splats<'u>(&mut self, act: &mut Act<'u>, exprs: &'u ArgExprs, args: &mut Args) -> R<()> {
        if let Some(star) = &exprs.star {
            let value = self.eval(act, star)?;
            args.pos.extend(iter::collect(&value).map_err(|error| {
                let name = super::super::value::type_name(&value);
                match error.has_place() {
                    true => error,
                    false => Raise::type_error(format!("Value after * must be an iterable, not {name}")),
                }
            })?);
        }
        if let Some(double_star) = &exprs.double_star {
            let value = self.eval(act, double_star)?;
            for (key, item) in super::access::mapping_entries(&value).ok_or_else(|| {
                let name = super::super::value::type_name(&value);
                Raise::type_error(format!("argument after ** must be a mapping, not {name}"))
            })? {
                let Some(name) = key.to_str() else {
                    return Err(Raise::type_error("keywords must be strings"));
                };
                if args.kw.iter().any(|(known, _)| **known == *name) {
                    return Err(Raise::type_error(format!(
                        "got multiple values for keyword argument '{name}'"
                    )));
                }
                args.kw.push((name, item));
            }
        }
        Ok(())
    }

    /// A filter expression; `input` is what the innermost filter without a node works on.
    #[inline(never)]
    pub(super) fn eval_filter_on<'u>(
        &mut self,
        act: &mut Act<'u>,
        expr: &'u Expr,
        input: Option<Value>,
    ) -> R<Value> {
        let ExprKind::Filter(apply) = &expr.kind else { return self.eval(act, expr) };
        let value = match &apply.node {
            Some(node) if input.is_some() => self.eval_filter_on(act, node, input)?,
            Some(node) => self.eval(act, node)?,
            None => input.unwrap_or_default(),
        };
        let args = self.eval_args(act, &apply.args, vec![value])?;
        self.call_filter(&apply.name, args, act.lenient).map_err(|error| error.at(&act.unit.origin, expr.pos))
    }

    #[inline(never)]
    fn eval_test<'u>(&mut self, act: &mut Act<'u>, apply: &'u Apply) -> R<Value> {
        let value = match &apply.node {
            Some(node) => self.eval(act, node)?,
            None => Value::UNDEFINED,
        };
        let args = self.eval_args(act, &apply.args, vec![value])?;
        self.call_test(&apply.name, args).map(Value::from)
    }

    pub fn call_filter(&mut self, name: &str, args: Args, lenient: bool) -> R<Value> {
        match filters::get(name) {
            Some(filter) => {
                let outer = std::mem::replace(&mut self.lenient, lenient);
                let value = filter(self, args);
                self.lenient = outer;
                let value = value?;
                // Filters that find nothing say so with a bare undefined.
                Ok(if value.is_undefined() { filters::nothing(name, lenient) } else { value })
            }
            None => Err(Raise::runtime(format!("No filter named '{name}'.")).near(name, filters::names())),
        }
    }

    pub fn call_test(&mut self, name: &str, args: Args) -> R<bool> {
        match tests::get(name) {
            Some(test) => test(self, args),
            None => Err(Raise::runtime(format!("No test named '{name}'.")).near(name, tests::names())),
        }
    }
}
