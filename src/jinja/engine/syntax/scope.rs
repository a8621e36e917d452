//! Decides for every name where its value lies, by Jinja2's scoping: a loop, a macro, a `with`, a
//! filter, call or set block opens a scope; `if` does not. A name stored in a scope is local to
//! it, and until it has a value the next scope outward is asked, then the context.

use std::sync::Arc;

use super::Pos;
use super::ast::{
    Args, Code, Expr, ExprKind, For, Function, NOWHERE, Name, Scope, Stmt, StmtKind, Sym, TO_CONTEXT, Target,
    Var,
};
use crate::jinja::engine::error::{ErrorKind, Origin, R, Raise};
use crate::jinja::engine::{filters, tests};

/// What dbt puts before the name of every macro.
pub(crate) const MACRO_PREFIX: &str = "dbt_macro__";

struct Open {
    names: Vec<Sym>,
    first: u16,
    cells: Vec<u16>,
    /// What `soft` was outside.
    soft: bool,
}

#[derive(Default)]
struct Frame {
    scopes: Vec<Open>,
    next: u16,
    slots: u16,
    captures: Vec<(bool, u16)>,
}

struct Resolver<'a> {
    origin: &'a Origin,
    frames: Vec<Frame>,
    chains: Vec<(Var, u32)>,
    has_macros: bool,
    /// Loops around the statement at hand.
    loops: usize,
    /// Whether an unknown filter may wait for the render to be an error: inside `if`.
    soft: bool,
}

/// Resolves a parsed body as a whole template.
pub(super) fn resolve(origin: &Origin, body: Vec<Stmt>) -> R<Code> {
    let mut main = Function::new("<template>".into(), vec![], body, Pos::default());
    let mut resolver = Resolver {
        origin,
        frames: vec![],
        chains: vec![(Var::Global, NOWHERE)],
        has_macros: false,
        loops: 0,
        soft: false,
    };
    resolver.function(&mut main)?;
    Ok(Code { main: Arc::new(main), chains: resolver.chains })
}

impl Resolver<'_> {
    fn too_many(&self, pos: Pos) -> Raise {
        Raise::new(ErrorKind::Syntax, "too many variables").at(self.origin, pos)
    }

    fn function(&mut self, function: &mut Function) -> R<()> {
        let mut names: Vec<Sym> = vec![];
        for param in &function.params {
            names.push(param.name.clone());
        }
        for (name, used) in
            [("caller", function.caller), ("kwargs", function.kwargs), ("varargs", function.varargs)]
        {
            if used.is_some() && !names.iter().any(|known| **known == *name) {
                names.push(name.into());
            }
        }
        let own = names.len();
        self.collect(&function.body, &mut names);
        self.frames.push(Frame::default());
        self.open(names, function.pos)?;
        let slot_of = |name: &str, frame: &Frame| -> Option<u16> {
            let at = frame.scopes[0].names[..own].iter().position(|known| **known == *name)?;
            u16::try_from(at).ok()
        };
        let frame = self.frame();
        for param in &mut function.params {
            param.slot = slot_of(&param.name, frame).unwrap_or_default();
        }
        let special = |used: Option<u16>, name: &str, params: &[super::ast::Param]| {
            // A parameter of that name takes the special value's place.
            used.filter(|_| !params.iter().any(|param| *param.name == *name))
                .and_then(|_| slot_of(name, frame))
        };
        let caller = function.caller.and_then(|_| slot_of("caller", frame));
        let kwargs = special(function.kwargs, "kwargs", &function.params);
        let varargs = special(function.varargs, "varargs", &function.params);
        (function.caller, function.kwargs, function.varargs) = (caller, kwargs, varargs);
        for param in &mut function.params {
            if let Some(default) = &mut param.default {
                self.expr(default)?;
            }
        }
        self.stmts(&mut function.body)?;
        function.scope = self.close();
        if let Some(frame) = self.frames.pop() {
            function.slots = frame.slots;
            function.captures = frame.captures;
        }
        Ok(())
    }

    fn frame(&mut self) -> &mut Frame {
        if self.frames.is_empty() {
            self.frames.push(Frame::default());
        }
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    /// The names that statements store in their own scope.
    fn collect(&mut self, stmts: &[Stmt], out: &mut Vec<Sym>) {
        for stmt in stmts {
            match &stmt.kind {
                StmtKind::Set(target, _) | StmtKind::SetBlock { target, .. } => stored(target, out),
                StmtKind::Macro(definition) => {
                    self.has_macros = true;
                    add(&definition.0.sym, out);
                }
                StmtKind::If { arms, otherwise } => {
                    for (_, body) in arms {
                        self.collect(body, out);
                    }
                    self.collect(otherwise, out);
                }
                _ => {}
            }
        }
    }

    fn open(&mut self, names: Vec<Sym>, pos: Pos) -> R<()> {
        let soft = std::mem::take(&mut self.soft);
        let too_many = self.too_many(pos);
        let frame = self.frame();
        let first = frame.next;
        let next = u16::try_from(names.len()).ok().and_then(|count| first.checked_add(count));
        frame.next = next.ok_or(too_many)?;
        frame.slots = frame.slots.max(frame.next);
        frame.scopes.push(Open { names, first, cells: vec![], soft });
        Ok(())
    }

    fn close(&mut self) -> Scope {
        let frame = self.frame();
        match frame.scopes.pop() {
            Some(open) => {
                frame.next = open.first;
                self.soft = open.soft;
                Scope { first: open.first, count: open.names.len() as u16, cells: open.cells }
            }
            None => Scope::default(),
        }
    }

    /// Statements in a scope of their own, with `names` known in it beforehand.
    fn scoped(&mut self, mut names: Vec<Sym>, body: &mut [Stmt], pos: Pos) -> R<Scope> {
        self.collect(body, &mut names);
        self.open(names, pos)?;
        self.stmts(body)?;
        Ok(self.close())
    }

    fn stmts(&mut self, stmts: &mut [Stmt]) -> R<()> {
        for stmt in stmts {
            self.stmt(stmt)?;
        }
        Ok(())
    }

    fn stmt(&mut self, stmt: &mut Stmt) -> R<()> {
        let pos = stmt.pos;
        match &mut stmt.kind {
            StmtKind::Data(_) | StmtKind::Break | StmtKind::Continue => {}
            StmtKind::Emit(expr) | StmtKind::Do(expr) | StmtKind::NeedsLoader(expr) => self.expr(expr)?,
            StmtKind::Set(target, value) => {
                self.expr(value)?;
                self.target(target, pos)?;
            }
            StmtKind::SetBlock { target, filter, body, scope } => {
                *scope = self.filtered(filter.as_mut(), body, pos)?;
                self.target(target, pos)?;
            }
            StmtKind::FilterBlock { filter, body, scope } => {
                *scope = self.filtered(Some(filter), body, pos)?;
            }
            StmtKind::If { arms, otherwise } => {
                let soft = std::mem::replace(&mut self.soft, true);
                for (test, body) in arms {
                    self.expr(test)?;
                    self.stmts(body)?;
                }
                self.stmts(otherwise)?;
                self.soft = soft;
            }
            StmtKind::For(node) => self.for_loop(node, pos)?,
            StmtKind::With { assigns, body, scope } => {
                let mut names = vec![];
                for (target, value) in assigns.iter_mut() {
                    self.expr(value)?;
                    stored(target, &mut names);
                }
                self.collect(body, &mut names);
                self.open(names, pos)?;
                for (target, _) in assigns {
                    self.target(target, pos)?;
                }
                self.stmts(body)?;
                *scope = self.close();
            }
            StmtKind::Block { body, scope } => *scope = self.scoped(vec![], body, pos)?,
            StmtKind::Macro(definition) => {
                let (name, function) = &mut **definition;
                self.nested_function(function)?;
                self.resolve_store(name);
            }
            StmtKind::CallBlock(node) => {
                self.nested_function(&mut node.0)?;
                self.expr(&mut node.1)?;
            }
        }
        Ok(())
    }

    fn filtered(&mut self, filter: Option<&mut Expr>, body: &mut [Stmt], pos: Pos) -> R<Scope> {
        let mut names = vec![];
        self.collect(body, &mut names);
        self.open(names, pos)?;
        self.stmts(body)?;
        if let Some(filter) = filter {
            self.expr(filter)?;
        }
        Ok(self.close())
    }

    fn nested_function(&mut self, function: &mut Arc<Function>) -> R<()> {
        match Arc::get_mut(function) {
            Some(function) => self.function(function),
            None => Err(self.too_many(function.pos)),
        }
    }

    fn for_loop(&mut self, node: &mut For, pos: Pos) -> R<()> {
        self.expr(&mut node.iter)?;
        let mut names = vec![];
        stored(&node.target, &mut names);
        let uses_loop = node.loop_slot.is_some() || node.recursive;
        if uses_loop {
            names.push("loop".into());
        }
        let loop_index = names.len().wrapping_sub(1) as u16;
        self.collect(&node.body, &mut names);
        self.open(names, pos)?;
        let first = self.frame().scopes.last().map_or(0, |open| open.first);
        node.loop_slot = uses_loop.then_some(first + loop_index);
        self.loops += 1;
        self.target(&mut node.target, pos)?;
        if let Some(test) = &mut node.test {
            self.expr(test)?;
        }
        self.stmts(&mut node.body)?;
        self.loops -= 1;
        node.scope = self.close();
        node.else_scope = self.scoped(vec![], &mut node.otherwise, pos)?;
        Ok(())
    }

    fn target(&mut self, target: &mut Target, pos: Pos) -> R<()> {
        match target {
            Target::Name(name) if self.loops > 0 && &*name.sym == "loop" => {
                let message = "Can't assign to special loop variable in for-loop target";
                Err(Raise::new(ErrorKind::Assertion, message).at(self.origin, pos))
            }
            Target::Name(name) => {
                self.resolve_store(name);
                Ok(())
            }
            Target::Attr(name, _) => {
                self.resolve_load(name);
                Ok(())
            }
            Target::Tuple(items, _) => items.iter_mut().try_for_each(|item| self.target(item, pos)),
        }
    }

    /// A stored name is always in the innermost scope of its function.
    fn resolve_store(&mut self, name: &mut Name) {
        let frame = self.frame();
        if let Some(open) = frame.scopes.last()
            && let Some(at) = open.names.iter().position(|known| same(known, &name.sym))
        {
            name.var = Var::Slot(open.first + at as u16);
        }
    }

    fn resolve_load(&mut self, name: &mut Name) {
        let mut found: Vec<Var> = vec![];
        self.candidates(&mut found, |known| same(known, &name.sym));
        let before_context = found.len();
        if self.has_macros {
            let sym = name.sym.clone();
            self.candidates(&mut found, |known| known.strip_prefix(MACRO_PREFIX) == Some(&*sym));
        }
        let mut next = NOWHERE;
        for var in found.drain(before_context..).rev() {
            next = self.chain(var, next);
        }
        let context = if next == NOWHERE { TO_CONTEXT } else { self.chain(Var::Global, next) };
        let Some(first) = found.first().copied() else {
            (name.var, name.next) = self.chains[context as usize];
            return;
        };
        let mut next = context;
        for var in found[1..].iter().rev() {
            next = self.chain(*var, next);
        }
        (name.var, name.next) = (first, next);
    }

    fn chain(&mut self, var: Var, next: u32) -> u32 {
        // Chains are few, and most names of a scope share theirs.
        if let Some(at) = self.chains.iter().rposition(|known| *known == (var, next)) {
            return at as u32;
        }
        self.chains.push((var, next));
        self.chains.len() as u32 - 1
    }

    /// The variables that `matches` a name, innermost first.
    fn candidates(&mut self, out: &mut Vec<Var>, matches: impl Fn(&Sym) -> bool) {
        let current = self.frames.len() - 1;
        for level in (0..self.frames.len()).rev() {
            for scope in (0..self.frames[level].scopes.len()).rev() {
                let open = &mut self.frames[level].scopes[scope];
                let Some(at) = open.names.iter().position(&matches) else { continue };
                let slot = open.first + at as u16;
                if level == current {
                    out.push(Var::Slot(slot));
                } else {
                    if !open.cells.contains(&slot) {
                        open.cells.push(slot);
                    }
                    out.push(Var::Upvalue(self.capture(current, level, slot)));
                }
            }
        }
    }

    /// Index of the upvalue of function `level` that holds `slot` of the enclosing `owner`.
    fn capture(&mut self, level: usize, owner: usize, slot: u16) -> u16 {
        let entry =
            if owner + 1 == level { (true, slot) } else { (false, self.capture(level - 1, owner, slot)) };
        let captures = &mut self.frames[level].captures;
        let at = captures.iter().position(|known| *known == entry).unwrap_or_else(|| {
            captures.push(entry);
            captures.len() - 1
        });
        at as u16
    }

    fn exprs(&mut self, exprs: &mut [Expr]) -> R<()> {
        exprs.iter_mut().try_for_each(|expr| self.expr(expr))
    }

    fn args(&mut self, args: &mut Args) -> R<()> {
        self.exprs(&mut args.pos)?;
        for (_, value) in &mut args.kw {
            self.expr(value)?;
        }
        for splat in [&mut args.star, &mut args.double_star].into_iter().flatten() {
            self.expr(splat)?;
        }
        Ok(())
    }

    fn expr(&mut self, expr: &mut Expr) -> R<()> {
        let pos = expr.pos;
        let (is_filter, known) = match &expr.kind {
            ExprKind::Filter(apply) => (true, filters::get(&apply.name).is_some()),
            ExprKind::Test(apply) => (false, tests::get(&apply.name).is_some()),
            _ => (false, true),
        };
        match &mut expr.kind {
            ExprKind::Const(_) => Ok(()),
            ExprKind::Name(name) => {
                self.resolve_load(name);
                Ok(())
            }
            ExprKind::Tuple(items) | ExprKind::List(items) | ExprKind::Concat(items) => self.exprs(items),
            ExprKind::Dict(items) => items.iter_mut().try_for_each(|(key, value)| {
                self.expr(key)?;
                self.expr(value)
            }),
            ExprKind::Cond { test, yes, no } => {
                let soft = std::mem::replace(&mut self.soft, true);
                self.expr(test)?;
                self.expr(yes)?;
                no.as_mut().map_or(Ok(()), |no| self.expr(no))?;
                self.soft = soft;
                Ok(())
            }
            ExprKind::Not(inner)
            | ExprKind::Neg(inner)
            | ExprKind::Plus(inner)
            | ExprKind::Attr(inner, _) => self.expr(inner),
            ExprKind::Bin(_, both) | ExprKind::And(both) | ExprKind::Or(both) | ExprKind::Item(both) => {
                self.expr(&mut both.0)?;
                self.expr(&mut both.1)
            }
            ExprKind::Compare(first, rest) => {
                self.expr(first)?;
                rest.iter_mut().try_for_each(|(_, operand)| self.expr(operand))
            }
            ExprKind::Slice(parts) => parts.iter_mut().flatten().try_for_each(|part| self.expr(part)),
            ExprKind::Call(call) => {
                self.expr(&mut call.0)?;
                self.args(&mut call.1)
            }
            ExprKind::Filter(apply) | ExprKind::Test(apply) => {
                if !self.soft && !known {
                    let kind = if is_filter { "filter" } else { "test" };
                    let message = format!("No {kind} named '{}'.", apply.name);
                    let known: Vec<&str> =
                        if is_filter { filters::names().collect() } else { tests::names().collect() };
                    let raised = Raise::new(ErrorKind::Assertion, message).near(&apply.name, known);
                    return Err(raised.at(self.origin, pos));
                }
                if let Some(node) = &mut apply.node {
                    self.expr(node)?;
                }
                self.args(&mut apply.args)
            }
        }
    }
}

/// Names of one parse are interned; only generated ones need a comparison of text.
fn same(left: &Sym, right: &Sym) -> bool {
    Arc::ptr_eq(left, right) || left == right
}

fn add(sym: &Sym, out: &mut Vec<Sym>) {
    if !out.iter().any(|known| same(known, sym)) {
        out.push(sym.clone());
    }
}

fn stored(target: &Target, out: &mut Vec<Sym>) {
    match target {
        Target::Name(name) => add(&name.sym, out),
        Target::Attr(..) => {}
        Target::Tuple(items, _) => items.iter().for_each(|item| stored(item, out)),
    }
}
