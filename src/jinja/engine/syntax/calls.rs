//! What dbt reads of a template without rendering it.

use std::sync::Arc;

use minijinja::Value;

use super::ast::{Args, Code, Expr, ExprKind, Function, Stmt, StmtKind, Target};
use crate::jinja::engine::error::{R, Raise};
use crate::jinja::engine::value::{int, text};

/// A call that could be of a macro.
#[derive(Clone, Debug, PartialEq)]
pub enum StaticCall {
    /// `name(…)`
    Name(String),
    /// `package.name(…)`
    Qualified { package: String, name: String },
    /// `adapter.dispatch('name', 'namespace')`
    Dispatch { name: String, namespace: Option<String> },
}

/// Visits expressions in the order of Jinja2's `find_all`: a node before its children, children in
/// the order of their fields.
pub(crate) fn walk<'c>(stmts: &'c [Stmt], visit: &mut dyn FnMut(&'c Expr)) {
    for stmt in stmts {
        match &stmt.kind {
            StmtKind::Data(_) | StmtKind::Break | StmtKind::Continue => {}
            StmtKind::Emit(expr) | StmtKind::Do(expr) | StmtKind::NeedsLoader(expr) => walk_expr(expr, visit),
            StmtKind::Set(_, value) => walk_expr(value, visit),
            StmtKind::SetBlock { filter, body, .. } => {
                if let Some(filter) = filter {
                    walk_expr(filter, visit);
                }
                walk(body, visit);
            }
            StmtKind::FilterBlock { filter, body, .. } => {
                walk(body, visit);
                walk_expr(filter, visit);
            }
            StmtKind::If { arms, otherwise } => {
                for (test, body) in arms {
                    walk_expr(test, visit);
                    walk(body, visit);
                }
                walk(otherwise, visit);
            }
            StmtKind::For(node) => {
                walk_expr(&node.iter, visit);
                walk(&node.body, visit);
                walk(&node.otherwise, visit);
                if let Some(test) = &node.test {
                    walk_expr(test, visit);
                }
            }
            StmtKind::With { assigns, body, .. } => {
                for (_, value) in assigns {
                    walk_expr(value, visit);
                }
                walk(body, visit);
            }
            StmtKind::Block { body, .. } => walk(body, visit),
            StmtKind::Macro(definition) => walk_function(&definition.1, visit),
            StmtKind::CallBlock(node) => {
                walk_expr(&node.1, visit);
                walk_function(&node.0, visit);
            }
        }
    }
}

fn walk_function<'c>(function: &'c Arc<Function>, visit: &mut dyn FnMut(&'c Expr)) {
    for param in &function.params {
        if let Some(default) = &param.default {
            walk_expr(default, visit);
        }
    }
    walk(&function.body, visit);
}

fn walk_args<'c>(args: &'c Args, visit: &mut dyn FnMut(&'c Expr)) {
    let values = args.pos.iter().chain(args.kw.iter().map(|(_, value)| value));
    for expr in values.chain(args.star.as_deref()).chain(args.double_star.as_deref()) {
        walk_expr(expr, visit);
    }
}

fn walk_expr<'c>(expr: &'c Expr, visit: &mut dyn FnMut(&'c Expr)) {
    visit(expr);
    match &expr.kind {
        ExprKind::Const(_) | ExprKind::Name(_) => {}
        ExprKind::Tuple(items) | ExprKind::List(items) | ExprKind::Concat(items) => {
            items.iter().for_each(|item| walk_expr(item, visit));
        }
        ExprKind::Dict(items) => {
            for (key, value) in items {
                walk_expr(key, visit);
                walk_expr(value, visit);
            }
        }
        ExprKind::Cond { test, yes, no } => {
            walk_expr(test, visit);
            walk_expr(yes, visit);
            if let Some(no) = no {
                walk_expr(no, visit);
            }
        }
        ExprKind::Not(node) | ExprKind::Neg(node) | ExprKind::Plus(node) | ExprKind::Attr(node, _) => {
            walk_expr(node, visit);
        }
        ExprKind::Bin(_, both) | ExprKind::And(both) | ExprKind::Or(both) | ExprKind::Item(both) => {
            walk_expr(&both.0, visit);
            walk_expr(&both.1, visit);
        }
        ExprKind::Compare(first, rest) => {
            walk_expr(first, visit);
            rest.iter().for_each(|(_, operand)| walk_expr(operand, visit));
        }
        ExprKind::Slice(parts) => parts.iter().flatten().for_each(|part| walk_expr(part, visit)),
        ExprKind::Call(call) => {
            walk_expr(&call.0, visit);
            walk_args(&call.1, visit);
        }
        ExprKind::Filter(apply) | ExprKind::Test(apply) => {
            if let Some(node) = &apply.node {
                walk_expr(node, visit);
            }
            walk_args(&apply.args, visit);
        }
    }
}

/// All calls that could be of macros, each once.
pub(crate) fn macro_calls(code: &Code) -> R<Vec<StaticCall>> {
    let mut found: Vec<StaticCall> = vec![];
    let mut failed = None;
    walk(&code.main.body, &mut |expr| {
        let ExprKind::Call(call) = &expr.kind else { return };
        let (callee, args) = &**call;
        let static_call = match &callee.kind {
            ExprKind::Name(name) => StaticCall::Name(name.sym.to_string()),
            ExprKind::Filter(apply) | ExprKind::Test(apply) => StaticCall::Name(apply.name.to_string()),
            ExprKind::Attr(node, name) => {
                let ExprKind::Name(package) = &node.kind else { return };
                match (&*package.sym, &**name) {
                    ("adapter", "dispatch") => match dispatch(args) {
                        Ok(Some(dispatch)) => dispatch,
                        Ok(None) => return,
                        Err(error) => {
                            failed.get_or_insert(error);
                            return;
                        }
                    },
                    ("adapter", _) => return,
                    (package, name) => {
                        StaticCall::Qualified { package: package.to_string(), name: name.to_string() }
                    }
                }
            }
            _ => return,
        };
        if !found.contains(&static_call) {
            found.push(static_call);
        }
    });
    failed.map_or(Ok(found), Err)
}

fn constant(expr: &Expr) -> Option<&Value> {
    match &expr.kind {
        ExprKind::Const(value) => Some(value),
        _ => None,
    }
}

fn dispatch(args: &Args) -> R<Option<StaticCall>> {
    let mut name = args.pos.first().and_then(constant).map(text::str);
    let mut namespace = args.pos.get(1).and_then(constant).filter(|value| !value.is_none()).map(text::str);
    for (key, value) in &args.kw {
        match &**key {
            "macro_name" => match constant(value) {
                Some(value) => name = Some(text::str(value)),
                None => {
                    return Err(Raise::runtime(
                        "The macro_name parameter to adapter.dispatch was not a string",
                    ));
                }
            },
            "macro_namespace" => match constant(value) {
                Some(value) => namespace = Some(value).filter(|value| !value.is_none()).map(text::str),
                None => {
                    return Err(Raise::runtime(format!(
                        "The macro_namespace parameter to adapter.dispatch is a {}, not a string",
                        super::dump::class(value)
                    )));
                }
            },
            _ => {}
        }
    }
    Ok(name.map(|name| StaticCall::Dispatch { name, namespace }))
}

/// Whether the template names `name` at all.
pub(crate) fn mentions(code: &Code, name: &str) -> bool {
    let mut found = false;
    walk(&code.main.body, &mut |expr| {
        found |= matches!(&expr.kind, ExprKind::Name(known) if *known.sym == *name);
    });
    found || code.main.body.iter().any(|stmt| stores(stmt, name))
}

fn stores(stmt: &Stmt, name: &str) -> bool {
    fn targets(target: &Target, name: &str) -> bool {
        match target {
            Target::Name(known) => *known.sym == *name,
            Target::Attr(..) => false,
            Target::Tuple(items, _) => items.iter().any(|item| targets(item, name)),
        }
    }
    matches!(&stmt.kind, StmtKind::Set(target, _) | StmtKind::SetBlock { target, .. } if targets(target, name))
}

/// The keyword arguments of the first `config(…)` call, as dbt records them unrendered.
pub(crate) fn unrendered_config(code: &Code) -> Option<Vec<(String, String)>> {
    let mut first = None;
    walk(&code.main.body, &mut |expr| {
        if let ExprKind::Call(call) = &expr.kind
            && let ExprKind::Name(name) = &call.0.kind
            && &*name.sym == "config"
            && first.is_none()
        {
            first = Some(&call.1);
        }
    });
    let args: &Args = first?;
    Some(args.kw.iter().map(|(key, value)| (key.to_string(), super::dump::keyword(key, value))).collect())
}

/// A `ref(…)` or `source(…)` written out with constants.
#[derive(Clone, Debug, PartialEq)]
pub enum StaticRef {
    Ref { package: Option<String>, name: String, version: Option<Value> },
    Source { source: String, table: String },
}

/// Reads the first `ref` or `source` call of an expression, if all its arguments are constants.
pub(crate) fn ref_or_source(code: &Code) -> Option<StaticRef> {
    let mut found = None;
    let mut broken = false;
    walk(&code.main.body, &mut |expr| {
        let ExprKind::Call(call) = &expr.kind else { return };
        let ExprKind::Name(name) = &call.0.kind else {
            broken = true;
            return;
        };
        let read = match &*name.sym {
            "ref" => static_ref(&call.1),
            "source" => static_source(&call.1),
            _ => None,
        };
        broken |= read.is_none();
        if found.is_none() {
            found = read;
        }
    });
    found.filter(|_| !broken)
}

fn static_ref(args: &Args) -> Option<StaticRef> {
    let names: Option<Vec<String>> =
        args.pos.iter().map(|expr| constant(expr)?.as_str().map(str::to_string)).collect();
    let mut version = None;
    for (key, value) in &args.kw {
        if !matches!(&**key, "version" | "v") {
            return None;
        }
        version = Some(signed_constant(value)?);
    }
    match names?.as_slice() {
        [name] => Some(StaticRef::Ref { package: None, name: name.clone(), version }),
        [package, name] => {
            Some(StaticRef::Ref { package: Some(package.clone()), name: name.clone(), version })
        }
        _ => None,
    }
}

fn signed_constant(expr: &Expr) -> Option<Value> {
    match &expr.kind {
        ExprKind::Neg(node) => {
            let value = constant(node)?;
            crate::jinja::engine::value::index(value).map(|value| int(-value))
        }
        _ => constant(expr).cloned(),
    }
}

fn static_source(args: &Args) -> Option<StaticRef> {
    let text = |expr: &Expr| constant(expr)?.as_str().map(str::to_string);
    let mut parts: [Option<String>; 2] = [None, None];
    for (part, expr) in parts.iter_mut().zip(&args.pos) {
        *part = Some(text(expr)?);
    }
    for (key, value) in &args.kw {
        match &**key {
            "source_name" => parts[0] = Some(text(value)?),
            "table_name" => parts[1] = Some(text(value)?),
            _ => return None,
        }
    }
    let [Some(source), Some(table)] = parts else { return None };
    (args.pos.len() <= 2).then_some(StaticRef::Source { source, table })
}
