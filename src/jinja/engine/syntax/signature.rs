//! Parameters of macros and call blocks, with dbt's type annotations, and the options of a
//! materialization.

use std::sync::Arc;

use super::Pos;
use super::ast::{Annotation, Expr, ExprKind, Function, Param, Scope, Stmt, Sym};
use super::lexer::Tok;
use super::parser::Parser;
use crate::jinja::engine::error::{Origin, R};

impl Function {
    pub(super) fn new(name: Sym, params: Vec<Param>, body: Vec<Stmt>, pos: Pos) -> Function {
        Function {
            name,
            params,
            body,
            scope: Scope::default(),
            slots: 0,
            caller: None,
            kwargs: None,
            varargs: None,
            captures: vec![],
            pos,
        }
    }
}

impl<'s> Parser<'s> {
    pub(super) fn origin(&self) -> &'s Origin {
        self.origin
    }

    /// `(a, b: string, c=none)`
    pub(super) fn signature(&mut self) -> R<Vec<Param>> {
        self.expect_op("(")?;
        let mut params: Vec<Param> = vec![];
        while !self.is_op(")") {
            if !params.is_empty() {
                self.expect_op(",")?;
                if self.is_op(")") {
                    // Jinja2 refuses a trailing comma here.
                    return Err(self.fail("expected token 'name', got ')'"));
                }
            }
            let (name, _) = self.expect_name()?;
            let annotation = if self.skip_op(":")? { Some(self.annotation()?) } else { None };
            let default = if self.skip_op("=")? {
                Some(self.expression()?)
            } else if params.last().is_some_and(|param| param.default.is_some()) {
                return Err(self.fail("non-default argument follows default argument"));
            } else {
                None
            };
            let name = self.sym(name);
            params.push(Param { name, slot: 0, annotation, default });
        }
        self.expect_op(")")?;
        Ok(params)
    }

    fn annotation(&mut self) -> R<Annotation> {
        let (name, _) = self.expect_name()?;
        let mut params = vec![];
        if self.skip_op("[")? {
            while !self.is_op("]") {
                if !params.is_empty() {
                    self.expect_op(",")?;
                }
                params.push(self.nested(Self::annotation)?);
            }
            self.expect_op("]")?;
        }
        Ok(Annotation { name: name.to_string(), params })
    }

    /// `, default`, `, adapter='duckdb'`, `, supported_languages=['sql', 'python']`: the adapter
    /// and the one parameter that a materialization has.
    pub(super) fn materialization_options(&mut self, name: &str) -> R<(String, Vec<Param>)> {
        let mut adapter = "default".to_string();
        let mut languages = None;
        while self.skip_op(",")? {
            let (option, pos) = self.expect_name()?;
            match option {
                "default" => {}
                "adapter" => {
                    self.expect_op("=")?;
                    let value = self.expression()?;
                    match &value.kind {
                        ExprKind::Const(text) if text.as_str().is_some() => {
                            adapter = text.as_str().unwrap_or_default().to_string();
                        }
                        _ => {
                            return Err(
                                self.fail_at("the adapter of a materialization is a string", value.pos)
                            );
                        }
                    }
                }
                "supported_languages" => {
                    self.expect_op("=")?;
                    languages = Some(self.expression()?);
                }
                other => {
                    let message = format!("materialization '{name}' received unknown argument '{other}'.");
                    return Err(self.fail_at(message, pos));
                }
            }
        }
        let here = self.pos();
        let default = languages.unwrap_or_else(|| sql_only(here));
        let name: Arc<str> = "supported_languages".into();
        Ok((adapter, vec![Param { name, slot: 0, annotation: None, default: Some(default) }]))
    }

    /// Reads only the head of a block: `{% tag name(params)`, as [`super::split`] needs it.
    pub(crate) fn head(mut self) -> R<Head<'s>> {
        self.advance()?;
        let (tag, _) = self.expect_name()?;
        let (name, name_pos) = self.expect_name()?;
        let mut head = Head { name, name_pos, adapter: None, params: vec![] };
        match tag {
            "materialization" => {
                let (adapter, params) = self.materialization_options(name)?;
                head.adapter = Some(adapter);
                head.params = params;
            }
            "macro" | "test" | "data_test" => head.params = self.signature()?,
            _ => {}
        }
        if !matches!(self.peek(), Tok::BlockEnd | Tok::Op(":")) {
            self.expect_end(false)?;
        }
        Ok(head)
    }
}

/// The head of a macro-like block.
pub(crate) struct Head<'s> {
    pub name: &'s str,
    pub name_pos: Pos,
    pub adapter: Option<String>,
    pub params: Vec<Param>,
}

fn sql_only(pos: Pos) -> Expr {
    let sql = Expr { kind: ExprKind::Const(minijinja::Value::from("sql")), pos };
    Expr { kind: ExprKind::List(vec![sql]), pos }
}
