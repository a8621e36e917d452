//! The tree of a template. It owns its names, so compiled templates are shared across threads
//! without borrowing the source; positions are byte ranges of the file.

use std::sync::Arc;

use minijinja::Value;

use super::Pos;

pub(crate) type Sym = Arc<str>;

#[derive(Debug)]
pub(crate) struct Expr {
    pub kind: ExprKind,
    pub pos: Pos,
}

/// Where a name's value lies, decided once by `scope.rs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Var {
    /// Not resolved yet.
    Unresolved,
    /// A slot of the running function.
    Slot(u16),
    /// A variable of an enclosing function.
    Upvalue(u16),
    /// The context.
    Global,
}

/// What to look at when a variable has no value yet: an index into [`Code::chains`].
pub(crate) const TO_CONTEXT: u32 = 0;
pub(crate) const NOWHERE: u32 = u32::MAX;

#[derive(Debug)]
pub(crate) struct Name {
    pub sym: Sym,
    pub var: Var,
    pub next: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BinOp {
    Add,
    Sub,
    Mul,
    Div,
    FloorDiv,
    Mod,
    Pow,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CmpOp {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    In,
    NotIn,
}

#[derive(Debug, Default)]
pub(crate) struct Args {
    pub pos: Vec<Expr>,
    pub kw: Vec<(Sym, Expr)>,
    pub star: Option<Box<Expr>>,
    pub double_star: Option<Box<Expr>>,
}

/// `node | name(args)` or `node is name(args)`.
#[derive(Debug)]
pub(crate) struct Apply {
    /// Absent for the filter of `{% filter %}` and of a block `{% set %}`.
    pub node: Option<Expr>,
    pub name: Sym,
    pub args: Args,
}

#[derive(Debug)]
pub(crate) enum ExprKind {
    Const(Value),
    Name(Name),
    Tuple(Vec<Expr>),
    List(Vec<Expr>),
    Dict(Vec<(Expr, Expr)>),
    Cond {
        test: Box<Expr>,
        yes: Box<Expr>,
        no: Option<Box<Expr>>,
    },
    Not(Box<Expr>),
    Neg(Box<Expr>),
    Plus(Box<Expr>),
    Bin(BinOp, Box<(Expr, Expr)>),
    And(Box<(Expr, Expr)>),
    Or(Box<(Expr, Expr)>),
    Compare(Box<Expr>, Vec<(CmpOp, Expr)>),
    Concat(Vec<Expr>),
    Attr(Box<Expr>, Sym),
    Item(Box<(Expr, Expr)>),
    /// Only inside an [`ExprKind::Item`].
    Slice(Box<[Option<Expr>; 3]>),
    Call(Box<(Expr, Args)>),
    Filter(Box<Apply>),
    Test(Box<Apply>),
}

#[derive(Debug)]
pub(crate) enum Target {
    Name(Name),
    /// `{% set ns.attr = … %}`
    Attr(Name, Sym),
    Tuple(Vec<Target>, Pos),
}

/// The type written after a macro's parameter, `optional[int]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Annotation {
    pub name: String,
    pub params: Vec<Annotation>,
}

#[derive(Debug)]
pub(crate) struct Param {
    pub name: Sym,
    pub slot: u16,
    pub annotation: Option<Annotation>,
    pub default: Option<Expr>,
}

/// A macro or the body of `{% call %}`.
#[derive(Debug)]
pub(crate) struct Function {
    pub name: Sym,
    pub params: Vec<Param>,
    pub body: Vec<Stmt>,
    pub scope: Scope,
    /// Slots the function needs.
    pub slots: u16,
    /// Slot of `caller`, `kwargs`, `varargs` when the body uses them.
    pub caller: Option<u16>,
    pub kwargs: Option<u16>,
    pub varargs: Option<u16>,
    /// For each upvalue: whether it is a slot of the directly enclosing function, and its index.
    pub captures: Vec<(bool, u16)>,
    pub pos: Pos,
}

/// The slots that a block of code clears on entry, and those a nested function captures.
#[derive(Debug, Default, Clone)]
pub(crate) struct Scope {
    pub first: u16,
    pub count: u16,
    pub cells: Vec<u16>,
}

#[derive(Debug)]
pub(crate) struct For {
    pub target: Target,
    pub iter: Expr,
    pub test: Option<Expr>,
    pub recursive: bool,
    pub body: Vec<Stmt>,
    pub otherwise: Vec<Stmt>,
    pub scope: Scope,
    pub else_scope: Scope,
    /// The slot of `loop` when it is used.
    pub loop_slot: Option<u16>,
}

#[derive(Debug)]
pub(crate) struct Stmt {
    pub kind: StmtKind,
    pub pos: Pos,
}

#[derive(Debug)]
pub(crate) enum StmtKind {
    Data(Arc<str>),
    Emit(Expr),
    Do(Expr),
    Set(Target, Expr),
    SetBlock {
        target: Target,
        filter: Option<Expr>,
        body: Vec<Stmt>,
        scope: Scope,
    },
    If {
        arms: Vec<(Expr, Vec<Stmt>)>,
        otherwise: Vec<Stmt>,
    },
    For(Box<For>),
    With {
        assigns: Vec<(Target, Expr)>,
        body: Vec<Stmt>,
        scope: Scope,
    },
    /// `{% filter %}`, and with no filter a plain scope (`{% block %}`, `{% autoescape %}`).
    FilterBlock {
        filter: Expr,
        body: Vec<Stmt>,
        scope: Scope,
    },
    Block {
        body: Vec<Stmt>,
        scope: Scope,
    },
    Macro(Box<(Name, Arc<Function>)>),
    CallBlock(Box<(Arc<Function>, Expr)>),
    Break,
    Continue,
    /// A tag that needs a template loader, which dbt has not: its expression is evaluated first.
    NeedsLoader(Expr),
}

/// A whole parsed text.
#[derive(Debug)]
pub(crate) struct Code {
    pub main: Arc<Function>,
    /// Where a variable without a value falls back to: `(variable, next chain)`.
    pub chains: Vec<(Var, u32)>,
}
