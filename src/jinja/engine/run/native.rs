//! Native rendering, as dbt renders YAML: a lone expression keeps its type.

use std::fmt;
use std::sync::Arc;

use minijinja::Value;
use minijinja::value::{Object, ObjectRepr, ValueKind};

use super::super::error::{ErrorKind, R, Raise};
use super::super::syntax::ast::{Expr, ExprKind};
use super::super::value::range::PyRange;
use super::super::value::{PyDict, PyList, as_tuple, text};

/// The values that a template printed one by one. Neighbouring constants count as one piece of
/// text, as Jinja2's compiler folds them.
#[derive(Default)]
pub(crate) struct Nodes {
    list: Vec<Value>,
    folding: Option<String>,
}

impl Nodes {
    pub fn constant(&mut self, data: &str) {
        self.folding.get_or_insert_default().push_str(data);
    }

    /// The value of a printed expression.
    pub fn emit(&mut self, expr: &Expr, value: Value) {
        if is_constant(expr) && is_literal(&value) {
            let mut shown = self.folding.take().unwrap_or_default();
            text::write_str(&value, &mut shown);
            self.folding = Some(shown);
        } else {
            self.value(value);
        }
    }

    pub fn value(&mut self, value: Value) {
        self.statement();
        self.list.push(value);
    }

    /// A statement ends the folding of constants.
    pub fn statement(&mut self) {
        if let Some(text) = self.folding.take() {
            self.list.push(Value::from(text));
        }
    }

    /// dbt's `quoted_native_concat`.
    pub fn finish(mut self) -> R<Value> {
        self.statement();
        if self.list.len() > 1 {
            let mut joined = String::new();
            for value in &self.list {
                text::write_str(value, &mut joined);
            }
            return Ok(Value::from(joined));
        }
        let Some(value) = self.list.pop() else { return Ok(Value::from("")) };
        match value.downcast_object_ref::<Marker>() {
            Some(marker) => marker.resolve(),
            None => Ok(value),
        }
    }
}

/// Whether Jinja2 can write the value into the code it compiles.
fn is_literal(value: &Value) -> bool {
    if value.as_object().is_none() {
        return !value.is_undefined();
    }
    let all = |items: &[Value]| items.iter().all(is_literal);
    if let Some(items) = value.downcast_object_ref::<PyList>() {
        return all(&items.items());
    }
    if let Some(items) = as_tuple(value) {
        return all(items);
    }
    if let Some(dict) = value.downcast_object_ref::<PyDict>() {
        return dict.entries().iter().all(|(key, item)| is_literal(key) && is_literal(item));
    }
    value.downcast_object_ref::<PyRange>().is_some()
}

/// Whether Jinja2's optimizer turns the expression into a constant.
fn is_constant(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Const(_) => true,
        ExprKind::Name(_) | ExprKind::Call(_) => false,
        ExprKind::Tuple(items) | ExprKind::List(items) | ExprKind::Concat(items) => {
            items.iter().all(is_constant)
        }
        ExprKind::Dict(items) => items.iter().all(|(key, value)| is_constant(key) && is_constant(value)),
        ExprKind::Cond { test, yes, no } => {
            is_constant(test) && is_constant(yes) && no.as_ref().is_some_and(|no| is_constant(no))
        }
        ExprKind::Not(node) | ExprKind::Neg(node) | ExprKind::Plus(node) | ExprKind::Attr(node, _) => {
            is_constant(node)
        }
        ExprKind::Bin(_, both) | ExprKind::And(both) | ExprKind::Or(both) | ExprKind::Item(both) => {
            is_constant(&both.0) && is_constant(&both.1)
        }
        ExprKind::Compare(first, rest) => {
            is_constant(first) && rest.iter().all(|(_, node)| is_constant(node))
        }
        ExprKind::Slice(parts) => parts.iter().flatten().all(is_constant),
        ExprKind::Filter(apply) | ExprKind::Test(apply) => {
            let args = &apply.args;
            apply.node.as_ref().is_some_and(is_constant)
                && args.pos.iter().all(is_constant)
                && args.kw.iter().all(|(_, value)| is_constant(value))
                && args.star.is_none()
                && args.double_star.is_none()
                // These take the context, so Jinja2 does not fold them.
                && !matches!(&*apply.name, "map" | "select" | "reject" | "selectattr" | "rejectattr")
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MarkerKind {
    Text,
    Native,
    Bool,
    Number,
}

/// Text marked by `as_text`, `as_native`, `as_bool` or `as_number`.
#[derive(Debug)]
pub(crate) struct Marker {
    pub kind: MarkerKind,
    pub text: String,
}

impl Marker {
    pub fn value(kind: MarkerKind, value: &Value) -> Value {
        Value::from_object(Marker { kind, text: text::str(value) })
    }

    fn resolve(&self) -> R<Value> {
        if self.kind == MarkerKind::Text {
            return Ok(Value::from(&*self.text));
        }
        let value = super::super::literal::evaluate(&self.text).unwrap_or_else(|| Value::from(&*self.text));
        let (fits, wanted) = match self.kind {
            MarkerKind::Bool => (value.kind() == ValueKind::Bool, "bool"),
            MarkerKind::Number => (value.kind() == ValueKind::Number, "number"),
            MarkerKind::Text | MarkerKind::Native => (true, ""),
        };
        if fits {
            return Ok(value);
        }
        let message = format!("Could not convert value '{}' into type '{wanted}'", self.text);
        Err(Raise::new(ErrorKind::Rendering, message))
    }
}

impl Object for Marker {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn is_true(self: &Arc<Self>) -> bool {
        !self.text.is_empty()
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
