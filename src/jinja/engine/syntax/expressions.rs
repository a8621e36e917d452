//! Jinja2's expression grammar, precedence as in Jinja2 (which differs from Python's).

use minijinja::Value;

use super::Pos;
use super::ast::{Apply, Args, BinOp, CmpOp, Expr, ExprKind};
use super::lexer::Tok;
use super::parser::{Parser, quoted};
use crate::jinja::engine::error::R;

impl<'s> Parser<'s> {
    pub(super) fn expression(&mut self) -> R<Expr> {
        self.nested(Self::conditional)
    }

    fn conditional(&mut self) -> R<Expr> {
        let start = self.pos();
        let mut expr = self.or()?;
        let mut length = 0;
        while self.skip_name("if")? {
            self.chain(&mut length)?;
            let test = Box::new(self.or()?);
            let no =
                if self.skip_name("else")? { Some(Box::new(self.nested(Self::conditional)?)) } else { None };
            expr = self.expr(ExprKind::Cond { test, yes: Box::new(expr), no }, start);
        }
        Ok(expr)
    }

    fn or(&mut self) -> R<Expr> {
        let start = self.pos();
        let mut left = self.and()?;
        let mut length = 0;
        while self.skip_name("or")? {
            self.chain(&mut length)?;
            let right = self.and()?;
            left = self.expr(ExprKind::Or(Box::new((left, right))), start);
        }
        Ok(left)
    }

    fn and(&mut self) -> R<Expr> {
        let start = self.pos();
        let mut left = self.not()?;
        let mut length = 0;
        while self.skip_name("and")? {
            self.chain(&mut length)?;
            let right = self.not()?;
            left = self.expr(ExprKind::And(Box::new((left, right))), start);
        }
        Ok(left)
    }

    fn not(&mut self) -> R<Expr> {
        let start = self.pos();
        if self.skip_name("not")? {
            let inner = self.nested(Self::not)?;
            return Ok(self.expr(ExprKind::Not(Box::new(inner)), start));
        }
        self.compare()
    }

    fn compare(&mut self) -> R<Expr> {
        let start = self.pos();
        let first = self.sum()?;
        let mut rest = vec![];
        loop {
            let op = match self.peek() {
                Tok::Op("==") => CmpOp::Eq,
                Tok::Op("!=") => CmpOp::Ne,
                Tok::Op("<") => CmpOp::Lt,
                Tok::Op("<=") => CmpOp::Le,
                Tok::Op(">") => CmpOp::Gt,
                Tok::Op(">=") => CmpOp::Ge,
                Tok::Name("in") => CmpOp::In,
                Tok::Name("not") if matches!(self.look(), Tok::Name("in")) => {
                    self.advance()?;
                    CmpOp::NotIn
                }
                _ => break,
            };
            self.advance()?;
            rest.push((op, self.sum()?));
        }
        if rest.is_empty() {
            return Ok(first);
        }
        Ok(self.expr(ExprKind::Compare(Box::new(first), rest), start))
    }

    fn sum(&mut self) -> R<Expr> {
        let start = self.pos();
        let mut left = self.concat()?;
        let mut length = 0;
        loop {
            let op = match self.peek() {
                Tok::Op("+") => BinOp::Add,
                Tok::Op("-") => BinOp::Sub,
                _ => return Ok(left),
            };
            self.chain(&mut length)?;
            self.advance()?;
            let right = self.concat()?;
            left = self.expr(ExprKind::Bin(op, Box::new((left, right))), start);
        }
    }

    fn concat(&mut self) -> R<Expr> {
        let start = self.pos();
        let first = self.product()?;
        if !self.is_op("~") {
            return Ok(first);
        }
        let mut parts = vec![first];
        while self.skip_op("~")? {
            parts.push(self.product()?);
        }
        Ok(self.expr(ExprKind::Concat(parts), start))
    }

    fn product(&mut self) -> R<Expr> {
        let start = self.pos();
        let mut left = self.power()?;
        let mut length = 0;
        loop {
            let op = match self.peek() {
                Tok::Op("*") => BinOp::Mul,
                Tok::Op("/") => BinOp::Div,
                Tok::Op("//") => BinOp::FloorDiv,
                Tok::Op("%") => BinOp::Mod,
                _ => return Ok(left),
            };
            self.chain(&mut length)?;
            self.advance()?;
            let right = self.power()?;
            left = self.expr(ExprKind::Bin(op, Box::new((left, right))), start);
        }
    }

    fn power(&mut self) -> R<Expr> {
        let start = self.pos();
        let mut left = self.unary(true)?;
        let mut length = 0;
        while self.skip_op("**")? {
            self.chain(&mut length)?;
            let right = self.unary(true)?;
            left = self.expr(ExprKind::Bin(BinOp::Pow, Box::new((left, right))), start);
        }
        Ok(left)
    }

    fn unary(&mut self, with_filter: bool) -> R<Expr> {
        let start = self.pos();
        let mut node = if self.skip_op("-")? {
            let inner = self.nested(|parser| parser.unary(false))?;
            self.expr(ExprKind::Neg(Box::new(inner)), start)
        } else if self.skip_op("+")? {
            let inner = self.nested(|parser| parser.unary(false))?;
            self.expr(ExprKind::Plus(Box::new(inner)), start)
        } else {
            self.primary()?
        };
        node = self.postfix(node)?;
        if with_filter {
            node = self.filters(node)?;
        }
        Ok(node)
    }

    pub(super) fn primary(&mut self) -> R<Expr> {
        let start = self.pos();
        let kind = match self.peek() {
            Tok::Name(name) => {
                let name = *name;
                self.advance()?;
                match name {
                    "true" | "True" => ExprKind::Const(Value::from(true)),
                    "false" | "False" => ExprKind::Const(Value::from(false)),
                    "none" | "None" => ExprKind::Const(Value::from(())),
                    _ => ExprKind::Name(self.name(name)),
                }
            }
            Tok::Str(_) => ExprKind::Const(Value::from(self.adjacent_strings()?)),
            Tok::Int(value) => {
                let value = *value;
                self.advance()?;
                ExprKind::Const(crate::jinja::engine::value::int(value))
            }
            Tok::Float(value) => {
                let value = *value;
                self.advance()?;
                ExprKind::Const(Value::from(value))
            }
            Tok::Op("(") => {
                self.advance()?;
                let inner = self.nested(|parser| parser.tuple(true, true, &[]))?;
                self.expect_op(")")?;
                // The parentheses belong to a tuple's span.
                if let ExprKind::Tuple(_) = inner.kind { inner.kind } else { return Ok(inner) }
            }
            Tok::Op("[") => self.list()?,
            Tok::Op("{") => self.dict()?,
            tok => {
                let message = format!("unexpected {}", quoted(tok.describe()));
                return Err(self.fail(message));
            }
        };
        Ok(self.expr(kind, start))
    }

    fn adjacent_strings(&mut self) -> R<String> {
        let mut text = String::new();
        while let Tok::Str(_) = self.peek() {
            if let (Tok::Str(part), _) = self.advance()? {
                if text.is_empty() { text = part } else { text.push_str(&part) }
            }
        }
        Ok(text)
    }

    /// One expression, or several with commas between them. `parens` allows `()`; `ends` are
    /// words that close the list.
    pub(super) fn tuple(&mut self, parens: bool, conditional: bool, ends: &[&str]) -> R<Expr> {
        let start = self.pos();
        let mut items = vec![];
        let mut is_tuple = false;
        loop {
            if !items.is_empty() {
                self.expect_op(",")?;
            }
            let at_end = match self.peek() {
                Tok::VarEnd | Tok::BlockEnd | Tok::Op(")") => true,
                Tok::Name(name) => ends.contains(name),
                _ => false,
            };
            if at_end {
                break;
            }
            items.push(if conditional { self.expression()? } else { self.nested(Self::or)? });
            if self.is_op(",") {
                is_tuple = true;
            } else {
                break;
            }
        }
        if !is_tuple {
            if let Some(only) = items.pop() {
                return Ok(only);
            }
            if !parens {
                let got = quoted(self.peek().describe());
                return Err(self.fail(format!("Expected an expression, got {got}")));
            }
        }
        Ok(self.expr(ExprKind::Tuple(items), start))
    }

    fn list(&mut self) -> R<ExprKind> {
        self.advance()?;
        let mut items = vec![];
        while !self.is_op("]") {
            if !items.is_empty() {
                self.expect_op(",")?;
                if self.is_op("]") {
                    break;
                }
            }
            items.push(self.expression()?);
        }
        self.expect_op("]")?;
        Ok(ExprKind::List(items))
    }

    fn dict(&mut self) -> R<ExprKind> {
        self.advance()?;
        let mut items = vec![];
        while !self.is_op("}") {
            if !items.is_empty() {
                self.expect_op(",")?;
                if self.is_op("}") {
                    break;
                }
            }
            let key = self.expression()?;
            self.expect_op(":")?;
            items.push((key, self.expression()?));
        }
        self.expect_op("}")?;
        Ok(ExprKind::Dict(items))
    }

    pub(super) fn postfix(&mut self, mut node: Expr) -> R<Expr> {
        let start = node.pos;
        let mut length = 0;
        loop {
            let kind = match self.peek() {
                Tok::Op(".") => self.attribute(node)?,
                Tok::Op("[") => self.subscript(node)?,
                Tok::Op("(") => {
                    let args = self.call_args()?;
                    ExprKind::Call(Box::new((node, args)))
                }
                _ => return Ok(node),
            };
            self.chain(&mut length)?;
            node = self.expr(kind, start);
        }
    }

    fn filters(&mut self, mut node: Expr) -> R<Expr> {
        let start = node.pos;
        let mut length = 0;
        loop {
            self.chain(&mut length)?;
            match self.peek() {
                Tok::Op("|") => {
                    self.advance()?;
                    node = self.filter(Some(node), start)?;
                }
                Tok::Name("is") => node = self.test(node)?,
                Tok::Op("(") => {
                    let args = self.call_args()?;
                    node = self.expr(ExprKind::Call(Box::new((node, args))), start);
                }
                _ => return Ok(node),
            }
        }
    }

    /// A filter's name and arguments, standing after `|`.
    pub(super) fn filter(&mut self, node: Option<Expr>, start: Pos) -> R<Expr> {
        let name = self.dotted()?;
        let args = if self.is_op("(") { self.call_args()? } else { Args::default() };
        Ok(self.expr(ExprKind::Filter(Box::new(Apply { node, name: name.into(), args })), start))
    }

    fn dotted(&mut self) -> R<String> {
        let mut name = self.expect_name()?.0.to_string();
        while self.skip_op(".")? {
            name.push('.');
            name.push_str(self.expect_name()?.0);
        }
        Ok(name)
    }

    fn test(&mut self, node: Expr) -> R<Expr> {
        let start = node.pos;
        self.advance()?;
        let negated = self.skip_name("not")?;
        let name = self.dotted()?;
        let mut args = Args::default();
        match self.peek() {
            Tok::Op("(") => args = self.call_args()?,
            Tok::Name("else" | "or" | "and") => {}
            Tok::Name("is") => return Err(self.fail("You cannot chain multiple tests with is")),
            Tok::Name(_) | Tok::Str(_) | Tok::Int(_) | Tok::Float(_) | Tok::Op("[" | "{") => {
                let argument = self.primary()?;
                args.pos.push(self.postfix(argument)?);
            }
            _ => {}
        }
        let test =
            self.expr(ExprKind::Test(Box::new(Apply { node: Some(node), name: name.into(), args })), start);
        if negated {
            return Ok(self.expr(ExprKind::Not(Box::new(test)), start));
        }
        Ok(test)
    }

    fn attribute(&mut self, node: Expr) -> R<ExprKind> {
        self.advance()?;
        let start = self.pos();
        match *self.peek() {
            Tok::Name(name) => {
                self.advance()?;
                Ok(ExprKind::Attr(Box::new(node), self.sym(name)))
            }
            Tok::Int(index) => {
                self.advance()?;
                let value = crate::jinja::engine::value::int(index);
                let index = self.expr(ExprKind::Const(value), start);
                Ok(ExprKind::Item(Box::new((node, index))))
            }
            _ => {
                self.advance()?;
                Err(self.fail_at("expected name or number", start))
            }
        }
    }

    fn subscript(&mut self, node: Expr) -> R<ExprKind> {
        let start = self.pos();
        self.advance()?;
        let mut items = vec![];
        while !self.is_op("]") {
            if !items.is_empty() {
                self.expect_op(",")?;
            }
            items.push(self.subscribed()?);
        }
        self.expect_op("]")?;
        let index = match items.pop() {
            Some(only) if items.is_empty() => only,
            last => {
                items.extend(last);
                self.expr(ExprKind::Tuple(items), start)
            }
        };
        Ok(ExprKind::Item(Box::new((node, index))))
    }

    fn subscribed(&mut self) -> R<Expr> {
        let start = self.pos();
        let mut parts = [None, None, None];
        if !self.is_op(":") {
            let first = self.expression()?;
            if !self.is_op(":") {
                return Ok(first);
            }
            parts[0] = Some(first);
        }
        self.advance()?;
        if !(self.is_op(":") || self.is_op("]") || self.is_op(",")) {
            parts[1] = Some(self.expression()?);
        }
        if self.skip_op(":")? && !(self.is_op("]") || self.is_op(",")) {
            parts[2] = Some(self.expression()?);
        }
        Ok(self.expr(ExprKind::Slice(Box::new(parts)), start))
    }

    pub(super) fn call_args(&mut self) -> R<Args> {
        let open = self.pos();
        self.advance()?;
        let mut args = Args::default();
        let mut first = true;
        while !self.is_op(")") {
            if !first {
                self.expect_op(",")?;
                if self.is_op(")") {
                    break;
                }
            }
            first = false;
            let bad = if self.is_op("*") {
                let bad = args.star.is_some() || args.double_star.is_some();
                self.advance()?;
                args.star = Some(Box::new(self.expression()?));
                bad
            } else if self.is_op("**") {
                let bad = args.double_star.is_some();
                self.advance()?;
                args.double_star = Some(Box::new(self.expression()?));
                bad
            } else if let (Tok::Name(name), Tok::Op("=")) = (self.peek(), self.look()) {
                let name = *name;
                self.advance()?;
                self.advance()?;
                let value = self.expression()?;
                let key = self.sym(name);
                args.kw.push((key, value));
                args.double_star.is_some()
            } else {
                let bad = args.star.is_some() || args.double_star.is_some() || !args.kw.is_empty();
                args.pos.push(self.expression()?);
                bad
            };
            if bad {
                return Err(self.fail_at("invalid syntax for function call expression", open));
            }
        }
        self.expect_op(")")?;
        Ok(args)
    }
}
