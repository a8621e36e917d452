//! Files of macros: their blocks, named as dbt names them, compiled when first called.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use minijinja::Value;

use super::JinjaError;
use super::error::{Origin, R, Raise};
use super::run::Unit;
use super::run::macros::MacroRef;
use super::syntax::ast::{Annotation, ExprKind, Function, Param, StmtKind};
use super::syntax::calls::{StaticCall, macro_calls};
pub use super::syntax::split::Stray;
use super::syntax::split::{Block, split};
use super::syntax::{self};

/// What a block of a macro file defines.
#[derive(Clone, Debug, PartialEq)]
pub enum MacroKind {
    Macro,
    /// `{% materialization name, adapter='…' %}`; the adapter is `default` unless given.
    Materialization {
        name: String,
        adapter: String,
        supported_languages: Vec<String>,
    },
    /// `{% test %}`
    Test {
        name: String,
    },
    /// `{% data_test %}`
    DataTest {
        name: String,
    },
}

/// A parameter of a macro.
#[derive(Clone, Debug, PartialEq)]
pub struct MacroParam {
    pub name: Arc<str>,
    /// The type written behind the name, `optional[int]`.
    pub annotation: Option<Annotation>,
    pub has_default: bool,
}

/// One macro, test or materialization of a file. Its body is parsed when it is first needed.
#[derive(Debug)]
pub struct MacroDef {
    /// dbt's name: `not_null` of a test is `test_not_null`, a materialization is
    /// `materialization_table_default`.
    pub name: Arc<str>,
    pub kind: MacroKind,
    /// Bytes of the whole block, which are dbt's `macro_sql`.
    pub block_span: Range<usize>,
    /// Bytes of the name in the opening tag.
    pub name_span: Range<usize>,
    pub params: Vec<MacroParam>,
    origin: Origin,
    compiled: OnceLock<R<(Arc<Unit>, Arc<Function>)>>,
}

/// The macros of a file, and the tags beside them that dbt warns of.
#[derive(Debug, Default)]
pub struct MacroFile {
    pub macros: Vec<Arc<MacroDef>>,
    /// Name and bytes of each tag outside of all blocks.
    pub stray: Vec<Stray>,
}

/// A `{% snapshot name %}` or `{% docs name %}` block.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedBlock {
    pub name: String,
    /// Bytes of the whole block.
    pub block_span: Range<usize>,
    /// Bytes between its tags: the snapshot's query, the text of the documentation.
    pub contents: Range<usize>,
}

impl MacroDef {
    /// The file name given to the engine.
    pub fn file(&self) -> &Arc<str> {
        &self.origin.file
    }

    /// dbt's `macro_sql`.
    pub fn sql(&self) -> &str {
        self.origin.source.get(self.block_span.clone()).unwrap_or_default()
    }

    /// The macro as a callable value. It runs in the scope of the render that calls it, and
    /// `unique_id` is what [`super::Scope::on_macro_call`] is told.
    pub fn bind(self: &Arc<Self>, unique_id: impl Into<Arc<str>>) -> Value {
        Value::from_object(MacroRef { def: self.clone(), unique_id: unique_id.into() })
    }

    /// Parses the body.
    ///
    /// # Errors
    /// What is wrong in it.
    pub fn check(&self) -> Result<(), JinjaError> {
        self.compiled(&self.name).map(|_| ()).map_err(Raise::into_public)
    }

    /// The calls in the body that could be of macros, in dbt's order: what its
    /// `statically_extract_macro_calls` finds before it asks the context.
    ///
    /// # Errors
    /// When the body does not parse.
    pub fn static_calls(&self) -> Result<Vec<StaticCall>, JinjaError> {
        let (unit, _) = self.compiled(&self.name).map_err(Raise::into_public)?;
        macro_calls(&unit.code).map_err(|error| error.at(&unit.origin, Default::default()).into_public())
    }

    pub(crate) fn compiled(&self, unique_id: &Arc<str>) -> R<(&Arc<Unit>, &Arc<Function>)> {
        let compiled = self.compiled.get_or_init(|| {
            let origin = Origin { name: unique_id.clone(), ..self.origin.clone() };
            let code = syntax::parse(&origin, self.block_span.clone())?;
            let function = code.main.body.iter().find_map(|stmt| match &stmt.kind {
                StmtKind::Macro(definition) => Some(definition.1.clone()),
                _ => None,
            });
            let function = function.ok_or_else(|| Raise::runtime("the block defines no macro"))?;
            Ok((Arc::new(Unit { origin, code }), function))
        });
        match compiled {
            Ok((unit, function)) => Ok((unit, function)),
            Err(error) => Err(error.clone()),
        }
    }
}

fn origin(name: &str, source: &Arc<str>) -> Origin {
    Origin { name: name.into(), file: name.into(), source: source.clone() }
}

/// Splits a file into the blocks of the given kinds and reads their heads.
pub(super) fn macro_file(name: &str, source: &Arc<str>, kinds: &[&str]) -> R<MacroFile> {
    let origin = origin(name, source);
    let found = split(&origin, kinds)?;
    let macros: R<Vec<_>> = found.blocks.iter().map(|block| define(&origin, block).map(Arc::new)).collect();
    Ok(MacroFile { macros: macros?, stray: found.stray })
}

fn define(origin: &Origin, block: &Block) -> R<MacroDef> {
    let head = syntax::head(origin, block.open.clone())?;
    let (name, kind) = match block.kind.as_str() {
        "materialization" => {
            let adapter = head.adapter.unwrap_or_else(|| "default".into());
            let kind = MacroKind::Materialization {
                name: head.name.to_string(),
                supported_languages: languages(&head.params),
                adapter: adapter.clone(),
            };
            (format!("materialization_{}_{adapter}", head.name), kind)
        }
        "test" => (format!("test_{}", head.name), MacroKind::Test { name: head.name.to_string() }),
        "data_test" => (format!("test_{}", head.name), MacroKind::DataTest { name: head.name.to_string() }),
        _ => (head.name.to_string(), MacroKind::Macro),
    };
    let params = head
        .params
        .iter()
        .map(|param| MacroParam {
            name: param.name.clone(),
            annotation: param.annotation.clone(),
            has_default: param.default.is_some(),
        })
        .collect();
    Ok(MacroDef {
        name: name.into(),
        kind,
        block_span: stripped(&origin.source, &block.full),
        name_span: head.name_pos.start as usize..head.name_pos.end as usize,
        params,
        origin: origin.clone(),
        compiled: OnceLock::new(),
    })
}

/// dbt strips files: what `{%-` and `-%}` eat at the two ends of one is not part of a block.
fn stripped(source: &str, block: &Range<usize>) -> Range<usize> {
    let leading = source.len() - source.trim_start().len();
    block.start.max(leading)..block.end.min(source.trim_end().len())
}

fn languages(params: &[Param]) -> Vec<String> {
    let default = params.first().and_then(|param| param.default.as_ref());
    match default.map(|expr| &expr.kind) {
        Some(ExprKind::List(items)) => items
            .iter()
            .filter_map(|item| match &item.kind {
                ExprKind::Const(value) => value.as_str().map(str::to_string),
                _ => None,
            })
            .collect(),
        _ => vec![],
    }
}

/// The blocks of one kind in a file, and the tags that belong to none.
pub(super) fn named_blocks(name: &str, source: &Arc<str>, kind: &str) -> R<(Vec<NamedBlock>, Vec<Stray>)> {
    let found = split(&origin(name, source), &[kind])?;
    let named = |block: Block| NamedBlock {
        name: block.name.unwrap_or_default(),
        block_span: block.full,
        contents: block.contents,
    };
    Ok((found.blocks.into_iter().map(named).collect(), found.stray))
}
