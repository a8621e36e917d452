//! Expressions spelled as Jinja2's node classes, which is how dbt keeps an unrendered `config`.

use super::ast::{Apply, Args, BinOp, CmpOp, Expr, ExprKind};
use crate::jinja::engine::value::text;

/// The name of an expression's node class.
pub(crate) fn class(expr: &Expr) -> &'static str {
    match &expr.kind {
        ExprKind::Const(_) => "Const",
        ExprKind::Name(_) => "Name",
        ExprKind::Tuple(_) => "Tuple",
        ExprKind::List(_) => "List",
        ExprKind::Dict(_) => "Dict",
        ExprKind::Cond { .. } => "CondExpr",
        ExprKind::Not(_) => "Not",
        ExprKind::Neg(_) => "Neg",
        ExprKind::Plus(_) => "Pos",
        ExprKind::Bin(op, _) => match op {
            BinOp::Add => "Add",
            BinOp::Sub => "Sub",
            BinOp::Mul => "Mul",
            BinOp::Div => "Div",
            BinOp::FloorDiv => "FloorDiv",
            BinOp::Mod => "Mod",
            BinOp::Pow => "Pow",
        },
        ExprKind::And(_) => "And",
        ExprKind::Or(_) => "Or",
        ExprKind::Compare(..) => "Compare",
        ExprKind::Concat(_) => "Concat",
        ExprKind::Attr(..) => "Getattr",
        ExprKind::Item(_) => "Getitem",
        ExprKind::Slice(_) => "Slice",
        ExprKind::Call(_) => "Call",
        ExprKind::Filter(_) => "Filter",
        ExprKind::Test(_) => "Test",
    }
}

/// `Keyword(key='…', value=…)`
pub(crate) fn keyword(key: &str, value: &Expr) -> String {
    format!("Keyword(key={}, value={})", quoted(key), dump(value))
}

fn quoted(text: &str) -> String {
    let mut out = String::new();
    crate::value::write_str_repr(text, &mut out);
    out
}

fn list<'e>(items: impl IntoIterator<Item = &'e Expr>) -> String {
    let items: Vec<String> = items.into_iter().map(dump).collect();
    format!("[{}]", items.join(", "))
}

fn optional(expr: Option<&Expr>) -> String {
    expr.map_or_else(|| "None".to_string(), dump)
}

fn args(args: &Args) -> String {
    let keywords: Vec<String> = args.kw.iter().map(|(key, value)| keyword(key, value)).collect();
    format!(
        "args={}, kwargs=[{}], dyn_args={}, dyn_kwargs={}",
        list(&args.pos),
        keywords.join(", "),
        optional(args.star.as_deref()),
        optional(args.double_star.as_deref())
    )
}

fn apply(apply: &Apply) -> String {
    format!("node={}, name={}, {}", optional(apply.node.as_ref()), quoted(&apply.name), args(&apply.args))
}

/// Jinja2's `repr` of the expression.
pub(crate) fn dump(expr: &Expr) -> String {
    let fields = match &expr.kind {
        ExprKind::Const(value) => format!("value={}", text::repr(value)),
        ExprKind::Name(name) => format!("name={}, ctx='load'", quoted(&name.sym)),
        ExprKind::Tuple(items) => format!("items={}, ctx='load'", list(items)),
        ExprKind::List(items) => format!("items={}", list(items)),
        ExprKind::Dict(items) => {
            let pairs: Vec<String> = items
                .iter()
                .map(|(key, value)| format!("Pair(key={}, value={})", dump(key), dump(value)))
                .collect();
            format!("items=[{}]", pairs.join(", "))
        }
        ExprKind::Cond { test, yes, no } => {
            format!("test={}, expr1={}, expr2={}", dump(test), dump(yes), optional(no.as_deref()))
        }
        ExprKind::Not(node) | ExprKind::Neg(node) | ExprKind::Plus(node) => format!("node={}", dump(node)),
        ExprKind::Bin(_, both) | ExprKind::And(both) | ExprKind::Or(both) => {
            format!("left={}, right={}", dump(&both.0), dump(&both.1))
        }
        ExprKind::Compare(first, rest) => {
            let operands: Vec<String> = rest
                .iter()
                .map(|(op, operand)| format!("Operand(op='{}', expr={})", comparison(*op), dump(operand)))
                .collect();
            format!("expr={}, ops=[{}]", dump(first), operands.join(", "))
        }
        ExprKind::Concat(items) => format!("nodes={}", list(items)),
        ExprKind::Attr(node, name) => format!("node={}, attr={}, ctx='load'", dump(node), quoted(name)),
        ExprKind::Item(both) => format!("node={}, arg={}, ctx='load'", dump(&both.0), dump(&both.1)),
        ExprKind::Slice(parts) => {
            let [start, stop, step] = &**parts;
            format!(
                "start={}, stop={}, step={}",
                optional(start.as_ref()),
                optional(stop.as_ref()),
                optional(step.as_ref())
            )
        }
        ExprKind::Call(call) => format!("node={}, {}", dump(&call.0), args(&call.1)),
        ExprKind::Filter(node) | ExprKind::Test(node) => apply(node),
    };
    format!("{}({fields})", class(expr))
}

fn comparison(op: CmpOp) -> &'static str {
    match op {
        CmpOp::Eq => "eq",
        CmpOp::Ne => "ne",
        CmpOp::Lt => "lt",
        CmpOp::Le => "lteq",
        CmpOp::Gt => "gt",
        CmpOp::Ge => "gteq",
        CmpOp::In => "in",
        CmpOp::NotIn => "notin",
    }
}
