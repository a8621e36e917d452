//! Jinja2's statements, and the tags dbt adds.

use super::Pos;
use super::ast::{Expr, ExprKind, For, Function, Scope, Stmt, StmtKind, Target};
use super::lexer::Tok;
use super::parser::{Parser, quoted};
use crate::jinja::engine::error::{ErrorKind, R, Raise};

type Ends = &'static [&'static str];

/// The tags that begin a statement, for hints.
const TAGS: [&str; 12] = [
    "for",
    "if",
    "set",
    "do",
    "macro",
    "test",
    "data_test",
    "materialization",
    "docs",
    "call",
    "filter",
    "with",
];

impl<'s> Parser<'s> {
    /// Text, prints and statements up to a tag named in `ends` (whose name is left to be read),
    /// or to the end of the text when there is none to wait for.
    pub(super) fn body(&mut self, ends: Ends) -> R<Vec<Stmt>> {
        let mut body = vec![];
        loop {
            let start = self.pos();
            match self.peek() {
                Tok::Eof => return Ok(body),
                Tok::Data(_) => {
                    if let (Tok::Data(text), _) = self.advance()? {
                        body.push(self.stmt(StmtKind::Data(text.into()), start));
                    }
                }
                Tok::VarBegin => {
                    self.advance()?;
                    let expr = self.nested(|parser| parser.tuple(false, true, &[]))?;
                    self.expect_end(true)?;
                    body.push(Stmt { pos: expr.pos, kind: StmtKind::Emit(expr) });
                }
                Tok::BlockBegin => {
                    self.advance()?;
                    if let Tok::Name(name) = self.peek()
                        && ends.contains(name)
                    {
                        return Ok(body);
                    }
                    self.nested(|parser| parser.statement(start, &mut body))?;
                    self.expect_end(false)?;
                }
                _ => return Err(self.fail("unexpected token")),
            }
        }
    }

    /// The rest of an opening tag, its body, and the name of the tag that ends it.
    fn block(&mut self, ends: Ends) -> R<(Vec<Stmt>, &'s str)> {
        self.skip_op(":")?;
        self.expect_end(false)?;
        self.waiting.push(ends);
        let body = self.body(ends)?;
        if *self.peek() == Tok::Eof {
            return Err(self.unclosed());
        }
        self.waiting.pop();
        let (name, _) = self.expect_name()?;
        Ok((body, name))
    }

    fn statement(&mut self, start: Pos, out: &mut Vec<Stmt>) -> R<()> {
        let Tok::Name(tag) = *self.peek() else { return Err(self.fail("tag name expected")) };
        self.tags.push(tag);
        let kind = match tag {
            "for" => self.for_loop()?,
            "if" => self.if_chain()?,
            "set" => self.set()?,
            "do" => {
                self.advance()?;
                StmtKind::Do(self.tuple(false, true, &[])?)
            }
            "macro" => self.macro_def()?,
            "test" | "data_test" => self.test_def()?,
            "materialization" => self.materialization_def()?,
            "docs" => self.docs_def()?,
            "call" => self.call_block()?,
            "filter" => self.filter_block()?,
            "with" => self.with()?,
            "break" | "continue" => {
                self.advance()?;
                if tag == "break" { StmtKind::Break } else { StmtKind::Continue }
            }
            "print" => {
                self.print(out)?;
                self.tags.pop();
                return Ok(());
            }
            "block" => self.named_block()?,
            "autoescape" => self.autoescape()?,
            "include" | "import" | "from" | "extends" => self.needs_loader(tag)?,
            _ => {
                self.tags.pop();
                return Err(self.unknown_tag(tag));
            }
        };
        self.tags.pop();
        out.push(self.stmt(kind, start));
        Ok(())
    }

    fn for_loop(&mut self) -> R<StmtKind> {
        self.advance()?;
        let target = self.target(false, &["in"])?;
        self.expect_word("in")?;
        let iter = self.nested(|parser| parser.tuple(false, false, &["recursive"]))?;
        let test = if self.skip_name("if")? { Some(self.expression()?) } else { None };
        let recursive = self.skip_name("recursive")?;
        let seen = self.seen[3];
        let (body, end) = self.block(&["endfor", "else"])?;
        let loop_slot = (self.seen[3] > seen).then_some(0);
        let otherwise = if end == "endfor" { vec![] } else { self.block(&["endfor"])?.0 };
        Ok(StmtKind::For(Box::new(For {
            target,
            iter,
            test,
            recursive,
            body,
            otherwise,
            scope: Scope::default(),
            else_scope: Scope::default(),
            loop_slot,
        })))
    }

    fn if_chain(&mut self) -> R<StmtKind> {
        let mut arms = vec![];
        loop {
            self.advance()?;
            let test = self.nested(|parser| parser.tuple(false, false, &[]))?;
            // The end tag's name is looked at before it is consumed by the next round.
            self.skip_op(":")?;
            self.expect_end(false)?;
            let ends: Ends = &["elif", "else", "endif"];
            self.waiting.push(ends);
            let body = self.body(ends)?;
            if *self.peek() == Tok::Eof {
                return Err(self.unclosed());
            }
            self.waiting.pop();
            arms.push((test, body));
            if self.is_name("elif") {
                continue;
            }
            let (end, _) = self.expect_name()?;
            let otherwise = if end == "else" { self.block(&["endif"])?.0 } else { vec![] };
            return Ok(StmtKind::If { arms, otherwise });
        }
    }

    fn set(&mut self) -> R<StmtKind> {
        self.advance()?;
        let target = self.target(true, &[])?;
        if self.skip_op("=")? {
            let value = self.nested(|parser| parser.tuple(false, true, &[]))?;
            return Ok(StmtKind::Set(target, value));
        }
        let filter = self.filter_chain(None)?;
        let (body, _) = self.block(&["endset"])?;
        Ok(StmtKind::SetBlock { target, filter, body, scope: Scope::default() })
    }

    /// `| a | b(…)` with nothing before it.
    fn filter_chain(&mut self, mut node: Option<Expr>) -> R<Option<Expr>> {
        let mut length = 0;
        while self.is_op("|") {
            self.chain(&mut length)?;
            self.advance()?;
            let start = self.pos();
            node = Some(self.filter(node, start)?);
        }
        Ok(node)
    }

    fn filter_block(&mut self) -> R<StmtKind> {
        self.advance()?;
        let start = self.pos();
        let first = self.filter(None, start)?;
        let filter = match self.filter_chain(Some(first))? {
            Some(filter) => filter,
            None => return Err(self.fail("expected a filter")),
        };
        let (body, _) = self.block(&["endfilter"])?;
        Ok(StmtKind::FilterBlock { filter, body, scope: Scope::default() })
    }

    fn with(&mut self) -> R<StmtKind> {
        self.advance()?;
        let mut assigns = vec![];
        while !matches!(self.peek(), Tok::BlockEnd | Tok::Eof) {
            if !assigns.is_empty() {
                self.expect_op(",")?;
            }
            let target = self.target(false, &[])?;
            self.expect_op("=")?;
            assigns.push((target, self.expression()?));
        }
        let (body, _) = self.block(&["endwith"])?;
        Ok(StmtKind::With { assigns, body, scope: Scope::default() })
    }

    fn print(&mut self, out: &mut Vec<Stmt>) -> R<()> {
        self.advance()?;
        let mut first = true;
        while !matches!(self.peek(), Tok::BlockEnd | Tok::Eof) {
            if !first {
                self.expect_op(",")?;
            }
            first = false;
            let expr = self.expression()?;
            out.push(Stmt { pos: expr.pos, kind: StmtKind::Emit(expr) });
        }
        Ok(())
    }

    fn named_block(&mut self) -> R<StmtKind> {
        self.advance()?;
        let (name, _) = self.expect_name()?;
        self.skip_name("scoped")?;
        let required = self.skip_name("required")?;
        if self.is_op("-") {
            return Err(self.fail(
                "Block names in Jinja have to be valid Python identifiers and may not contain hyphens, \
                 use an underscore instead.",
            ));
        }
        let (body, _) = self.block(&["endblock"])?;
        let blank = |stmt: &Stmt| matches!(&stmt.kind, StmtKind::Data(text) if text.trim().is_empty());
        if required && !body.iter().all(blank) {
            return Err(self.fail("Required blocks can only contain comments or whitespace"));
        }
        self.skip_name(name)?;
        Ok(StmtKind::Block { body, scope: Scope::default() })
    }

    fn autoescape(&mut self) -> R<StmtKind> {
        self.advance()?;
        self.expression()?;
        let (body, _) = self.block(&["endautoescape"])?;
        Ok(StmtKind::Block { body, scope: Scope::default() })
    }

    fn needs_loader(&mut self, tag: &str) -> R<StmtKind> {
        self.advance()?;
        let template = self.expression()?;
        match tag {
            "import" => {
                self.expect_word("as")?;
                self.expect_name()?;
                self.import_context()?;
            }
            "from" => {
                self.expect_word("import")?;
                loop {
                    let (name, pos) = self.expect_name()?;
                    if name.starts_with('_') {
                        let message = "names starting with an underline can not be imported";
                        return Err(Raise::new(ErrorKind::Assertion, message).at(self.origin(), pos));
                    }
                    if self.skip_name("as")? {
                        self.expect_name()?;
                    }
                    if self.import_context()? || !self.skip_op(",")? || self.import_context()? {
                        break;
                    }
                }
            }
            "include" => {
                if self.is_name("ignore") && matches!(self.look(), Tok::Name("missing")) {
                    self.advance()?;
                    self.advance()?;
                }
                self.import_context()?;
            }
            _ => {}
        }
        Ok(StmtKind::NeedsLoader(template))
    }

    fn import_context(&mut self) -> R<bool> {
        let found =
            (self.is_name("with") || self.is_name("without")) && matches!(self.look(), Tok::Name("context"));
        if found {
            self.advance()?;
            self.advance()?;
        }
        Ok(found)
    }

    fn call_block(&mut self) -> R<StmtKind> {
        let start = self.pos();
        self.advance()?;
        let params = if self.is_op("(") { self.signature()? } else { vec![] };
        let call = self.expression()?;
        if !matches!(call.kind, ExprKind::Call(_)) {
            return Err(self.fail_at("expected call", start));
        }
        let seen = self.seen;
        let (body, _) = self.block(&["endcall"])?;
        let function = self.function("caller".into(), params, body, (start, seen));
        Ok(StmtKind::CallBlock(Box::new((function.into(), call))))
    }

    fn macro_def(&mut self) -> R<StmtKind> {
        let start = self.pos();
        self.advance()?;
        let (name, _) = self.expect_name()?;
        let params = self.signature()?;
        let seen = self.seen;
        let (body, _) = self.block(&["endmacro"])?;
        Ok(self.definition(name.to_string(), params, body, (start, seen)))
    }

    fn test_def(&mut self) -> R<StmtKind> {
        let start = self.pos();
        let ends: Ends = if self.is_name("test") { &["endtest"] } else { &["enddata_test"] };
        self.advance()?;
        let (name, _) = self.expect_name()?;
        let params = self.signature()?;
        let seen = self.seen;
        let (body, _) = self.block(ends)?;
        Ok(self.definition(format!("test_{name}"), params, body, (start, seen)))
    }

    fn docs_def(&mut self) -> R<StmtKind> {
        let start = self.pos();
        self.advance()?;
        let (name, _) = self.expect_name()?;
        let seen = self.seen;
        let (body, _) = self.block(&["enddocs"])?;
        Ok(self.definition(format!("dbt_docs__{name}"), vec![], body, (start, seen)))
    }

    fn materialization_def(&mut self) -> R<StmtKind> {
        let start = self.pos();
        self.advance()?;
        let (name, _) = self.expect_name()?;
        let (adapter, params) = self.materialization_options(name)?;
        let seen = self.seen;
        let (body, _) = self.block(&["endmaterialization"])?;
        Ok(self.definition(format!("materialization_{name}_{adapter}"), params, body, (start, seen)))
    }

    /// dbt stores every macro under a prefixed name, so that a macro written inside a model does
    /// not hide one of the context.
    fn definition(
        &mut self,
        name: String,
        params: Vec<super::ast::Param>,
        body: Vec<Stmt>,
        from: (Pos, [u32; 4]),
    ) -> StmtKind {
        let slot = super::ast::Name {
            sym: format!("{}{name}", super::scope::MACRO_PREFIX).into(),
            var: super::ast::Var::Unresolved,
            next: super::ast::NOWHERE,
        };
        let function = self.function(name.into(), params, body, from);
        StmtKind::Macro(Box::new((slot, function.into())))
    }

    /// `from` holds where the function starts and which special names had been seen before its body.
    fn function(
        &mut self,
        name: super::ast::Sym,
        params: Vec<super::ast::Param>,
        body: Vec<Stmt>,
        from: (Pos, [u32; 4]),
    ) -> Function {
        let mut function = Function::new(name, params, body, from.0.to(self.previous()));
        let used = |at: usize| (self.seen[at] > from.1[at]).then_some(0);
        function.caller = used(0);
        function.kwargs = used(1);
        function.varargs = used(2);
        function
    }

    fn unknown_tag(&self, tag: &str) -> Raise {
        let message = self.nesting_message(format!("Encountered unknown tag {}.", quoted(tag)), Some(tag));
        self.fail(message).near(tag, TAGS)
    }

    fn unclosed(&self) -> Raise {
        self.fail(self.nesting_message("Unexpected end of template.".into(), None))
    }

    fn nesting_message(&self, mut message: String, tag: Option<&str>) -> String {
        if let Some(ends) = self.waiting.last() {
            let looking = ends.iter().map(|end| quoted(end)).collect::<Vec<_>>().join(" or ");
            let expected = tag.is_some_and(|tag| self.waiting.iter().any(|ends| ends.contains(&tag)));
            message += &if expected {
                format!(
                    " You probably made a nesting mistake. Jinja is expecting this tag, but currently \
                     looking for {looking}."
                )
            } else {
                format!(" Jinja was looking for the following tags: {looking}.")
            };
        }
        if let Some(tag) = self.tags.last() {
            message += &format!(" The innermost block that needs to be closed is {}.", quoted(tag));
        }
        message
    }

    /// What may stand left of `=` or after `for`.
    pub(super) fn target(&mut self, namespace: bool, ends: &[&str]) -> R<Target> {
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
            items.push(self.target_item(namespace)?);
            if self.is_op(",") {
                is_tuple = true;
            } else {
                break;
            }
        }
        if !is_tuple {
            return items.pop().ok_or_else(|| {
                let got = quoted(self.peek().describe());
                self.fail(format!("Expected an expression, got {got}"))
            });
        }
        Ok(Target::Tuple(items, start.to(self.previous())))
    }

    fn target_item(&mut self, namespace: bool) -> R<Target> {
        let start = self.pos();
        if let (true, Tok::Name(name), Tok::Op(".")) = (namespace, self.peek(), self.look()) {
            let name = *name;
            self.advance()?;
            self.advance()?;
            let (attr, _) = self.expect_name()?;
            return Ok(Target::Attr(self.name(name), self.sym(attr)));
        }
        let expr = self.primary()?;
        self.assignable(expr, start)
    }

    fn assignable(&self, expr: Expr, start: Pos) -> R<Target> {
        let class = match expr.kind {
            ExprKind::Name(name) => return Ok(Target::Name(name)),
            ExprKind::Tuple(items) => {
                let items: R<Vec<_>> = items.into_iter().map(|item| self.assignable(item, start)).collect();
                return Ok(Target::Tuple(items?, start));
            }
            ExprKind::Const(_) => "const",
            ExprKind::List(_) => "list",
            ExprKind::Dict(_) => "dict",
            ExprKind::Attr(..) => "getattr",
            ExprKind::Item(_) => "getitem",
            ExprKind::Call(_) => "call",
            ExprKind::Filter(_) => "filter",
            _ => "expression",
        };
        Err(self.fail_at(format!("can't assign to '{class}'"), start))
    }
}
