//! dbt's Jinja: Jinja2's language and Python's values, as dbt 1.11 sets them up.
//!
//! The engine has its own grammar and evaluator; values are [`minijinja::Value`]s, and everything a
//! context offers is a [`minijinja::value::Object`]. See docs/jinja.md.

mod error;
mod filters;
mod fleeting;
mod functions;
mod globals;
mod literal;
mod macro_file;
mod methods;
mod modules;
mod ops;
mod run;
mod suggest;
mod syntax;
mod tests;
mod value;

use std::sync::Arc;

use minijinja::{Environment, Value};

pub use error::{ErrorKind, Frame, JinjaError};
pub use fleeting::count as fleeting_reads;
pub use functions::{from_json, function, to_json, to_shown_json};
pub use macro_file::{MacroDef, MacroFile, MacroKind, MacroParam, NamedBlock, Stray};
pub use modules::decimal::{as_decimal, decimal};
pub use modules::itertools_calls;
pub use modules::modules;
pub use run::{Scope, scope_of};
pub use syntax::ast::Annotation;
pub use syntax::calls::{StaticCall, StaticRef};
pub use value::convert::{from_jinja, map_to_jinja, to_jinja};
pub use value::dict::dict;
pub use value::{list, tuple};

use error::{Origin, R, Raise};
use run::native::Nodes;
use run::{Act, Args, Out, Unit, Vm};
use value::callable::is_callable;

/// How undefined values behave where a template uses them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undefined {
    /// Jinja2's default: printing one is nothing, an attribute or a call of one is an error.
    Strict,
    /// dbt's parse phase: attributes, items and calls of one are undefined again. Macros are strict
    /// all the same.
    Lenient,
}

/// A parsed template, shared by threads.
#[derive(Clone, Debug)]
pub struct Template(Arc<Unit>);

/// Parses and renders. One serves a whole invocation, on all threads.
#[derive(Debug)]
pub struct Engine {
    /// Only for the [`minijinja::State`] that context functions are called with.
    env: Environment<'static>,
}

impl Default for Engine {
    fn default() -> Engine {
        Engine::new()
    }
}

impl Engine {
    pub fn new() -> Engine {
        let mut env = Environment::empty();
        env.set_debug(false);
        Engine { env }
    }

    /// Parses a template. `name` is shown in errors: a file, or what the text belongs to.
    ///
    /// # Errors
    /// Jinja2's syntax errors.
    pub fn template(&self, name: &str, source: Arc<str>) -> Result<Template, JinjaError> {
        unit(name, source).map(Template).map_err(Raise::into_public)
    }

    /// Renders a template to text.
    ///
    /// # Errors
    /// Whatever went wrong, with its place and the macros that led there.
    pub fn render(
        &self,
        template: &Template,
        scope: Arc<dyn Scope>,
        undefined: Undefined,
    ) -> Result<String, JinjaError> {
        self.run(&template.0, scope, undefined, Out::default())
            .map(|out| out.text)
            .map_err(Raise::into_public)
    }

    /// Renders text as if it were the body of a macro, which may `return` another text.
    ///
    /// # Errors
    /// As [`Self::template`] and [`Self::render`].
    pub fn render_body(
        &self,
        name: &str,
        text: &str,
        scope: Arc<dyn Scope>,
        undefined: Undefined,
    ) -> Result<String, JinjaError> {
        let template = self.template(name, text.into())?;
        let rendered = self.run(&template.0, scope, undefined, Out::default()).map(|out| out.text);
        rendered
            .or_else(|raised| raised.into_return().map(|value| value.to_string()))
            .map_err(Raise::into_public)
    }

    /// Renders text; what holds no Jinja comes back as it is.
    ///
    /// # Errors
    /// As [`Self::template`] and [`Self::render`].
    pub fn render_str(
        &self,
        name: &str,
        text: &str,
        scope: Arc<dyn Scope>,
        undefined: Undefined,
    ) -> Result<String, JinjaError> {
        if !has_jinja(text) {
            return Ok(text.to_string());
        }
        self.render(&self.template(name, text.into())?, scope, undefined)
    }

    /// Renders a text of YAML as dbt does: a lone expression keeps its type, more become text.
    ///
    /// # Errors
    /// As [`Self::render`], and `JinjaRenderingError` for `as_bool` and `as_number`.
    pub fn render_native(
        &self,
        name: &str,
        text: &str,
        scope: Arc<dyn Scope>,
        undefined: Undefined,
    ) -> Result<Value, JinjaError> {
        if !has_jinja(text) {
            return Ok(Value::from(text.strip_suffix('\n').unwrap_or(text)));
        }
        let native = || -> R<Value> {
            let unit = unit(name, text.into())?;
            let out = Out { native: Some(Nodes::default()), ..Out::default() };
            let out = self.run(&unit, scope, undefined, out)?;
            out.native.unwrap_or_default().finish()
        };
        native().map_err(Raise::into_public)
    }

    /// Calls a macro or another callable value from outside of any template.
    ///
    /// # Errors
    /// As [`Self::render`].
    pub fn call(&self, function: &Value, args: &[Value], scope: Arc<dyn Scope>) -> Result<Value, JinjaError> {
        let mut state = self.env.empty_state();
        let mut vm = Vm::start(&mut state, scope.clone(), false);
        let called = vm.call(function, Args::from_values(args));
        called.map_err(|error| error.hinted(&*scope).into_public())
    }

    /// The macros, tests and materializations of a file. Bodies are not parsed yet; see
    /// [`MacroDef::check`].
    ///
    /// # Errors
    /// dbt's: blocks that are nested, not closed, or inside of `if` and `for`; bad heads.
    pub fn macro_file(&self, name: &str, source: Arc<str>) -> Result<MacroFile, JinjaError> {
        let kinds = ["macro", "materialization", "test", "data_test"];
        macro_file::macro_file(name, &source, &kinds).map_err(Raise::into_public)
    }

    /// The `{% snapshot %}` blocks of a file, and its tags outside of them.
    ///
    /// # Errors
    /// As [`Self::macro_file`].
    pub fn snapshot_blocks(
        &self,
        name: &str,
        source: &Arc<str>,
    ) -> Result<(Vec<NamedBlock>, Vec<Stray>), JinjaError> {
        macro_file::named_blocks(name, source, "snapshot").map_err(Raise::into_public)
    }

    /// The `{% docs %}` blocks of a file.
    ///
    /// # Errors
    /// As [`Self::macro_file`].
    pub fn docs_blocks(&self, name: &str, source: &Arc<str>) -> Result<Vec<NamedBlock>, JinjaError> {
        let found = macro_file::named_blocks(name, source, "docs").map_err(Raise::into_public)?;
        Ok(found.0)
    }

    /// Reads an expression such as `ref('orders', v=2)` without running it: dbt's
    /// `statically_parse_ref_or_source`. `None` when it is no such call of constants.
    pub fn static_ref_or_source(&self, expression: &str) -> Option<StaticRef> {
        let unit = unit("expression", format!("{{{{ {expression} }}}}").into()).ok()?;
        syntax::calls::ref_or_source(&unit.code)
    }

    fn run(&self, unit: &Arc<Unit>, scope: Arc<dyn Scope>, undefined: Undefined, mut out: Out) -> R<Out> {
        let mut state = self.env.empty_state();
        let mut vm = Vm::start(&mut state, scope.clone(), out.native.is_some());
        let main = unit.code.main.clone();
        let mut act = Act::new(unit, main.slots, Arc::from([]), undefined == Undefined::Lenient);
        act.enter(&main.scope);
        vm.exec(&mut act, &unit.code.main.body, &mut out).map_err(|error| error.hinted(&*scope))?;
        Ok(out)
    }
}

impl Template {
    /// Whether the template names a variable at all: dbt's `statically_extract_has_name_this`.
    pub fn mentions(&self, name: &str) -> bool {
        syntax::calls::mentions(&self.0.code, name)
    }

    /// The keyword arguments of its `config(…)` call, spelled as dbt keeps them in
    /// `unrendered_config`. `None` without such a call.
    pub fn unrendered_config(&self) -> Option<Vec<(String, String)>> {
        syntax::calls::unrendered_config(&self.0.code)
    }

    /// The calls that could be of macros, as [`MacroDef::static_calls`] finds them.
    ///
    /// # Errors
    /// For an `adapter.dispatch` whose name is not constant.
    pub fn static_calls(&self) -> Result<Vec<StaticCall>, JinjaError> {
        syntax::calls::macro_calls(&self.0.code).map_err(Raise::into_public)
    }
}

fn unit(name: &str, source: Arc<str>) -> R<Arc<Unit>> {
    let name: Arc<str> = name.into();
    let range = 0..source.len();
    let origin = Origin { name: name.clone(), file: name, source };
    let code = syntax::parse(&origin, range)?;
    Ok(Arc::new(Unit { origin, code }))
}

/// Whether dbt would render the text at all.
pub fn has_jinja(text: &str) -> bool {
    text.as_bytes()
        .windows(2)
        .any(|pair| matches!(pair, [b'{', b'{' | b'%' | b'#'] | [b'}' | b'%' | b'#', b'}']))
}

/// Python's `str()` of a template's value.
pub fn py_str(value: &Value) -> String {
    value::text::str(value)
}

/// Python's `repr()` of a template's value.
pub fn py_repr(value: &Value) -> String {
    value::text::repr(value)
}

/// Python's `callable()`.
pub fn py_callable(value: &Value) -> bool {
    is_callable(value)
}

/// Python's `type(value).__name__`.
pub fn py_type_name(value: &Value) -> String {
    value::type_name(value)
}

/// Whether a template would call the value undefined.
pub fn is_undefined(value: &Value) -> bool {
    value::is_undefined(value)
}
