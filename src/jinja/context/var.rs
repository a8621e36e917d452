//! `var`: <https://docs.getdbt.com/reference/dbt-jinja-functions/var>.

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Object, ObjectRepr, Value as Jinja};
use minijinja::{Error, ErrorKind, State};

use super::capture::note;
use super::function::Arguments;
use super::{NodeContext, NodeScope, Phase};
use crate::jinja::engine;
use crate::jinja::errors::nested;
use crate::project::{Package, Project};
use crate::value::{Map, Value};

struct Var {
    context: Arc<NodeContext>,
    /// A variable without a value is an error.
    is_required: bool,
    /// In YAML a variable's own Jinja stays as it is.
    in_yaml: bool,
}

/// In SQL and macros: while they are parsed, a variable that nobody gives is `None`.
pub fn value(context: &Arc<NodeContext>) -> Jinja {
    let is_required = context.phase == Phase::Execute;
    Jinja::from_object(Var { context: context.clone(), is_required, in_yaml: false })
}

/// In macros that name relations: they run while nodes are parsed, and need what they ask for.
pub fn required(context: &Arc<NodeContext>) -> Jinja {
    Jinja::from_object(Var { context: context.clone(), is_required: true, in_yaml: false })
}

/// In YAML, where a variable without a value is an error at once.
pub fn in_yaml(context: &Arc<NodeContext>) -> Jinja {
    Jinja::from_object(Var { context: context.clone(), is_required: true, in_yaml: true })
}

/// A variable's value for a node of `package`: command line, root project, the package itself; in
/// each project file the scope named after the package wins over the general one.
pub fn lookup<'a>(project: &'a Project, package: &str, name: &str) -> Option<&'a Value> {
    if let Some(value) = project.cli_vars.get(name) {
        return Some(value);
    }
    let of = |owner: &'a Package| -> Option<&'a Value> {
        let vars = &owner.config.vars;
        vars.get(package)
            .and_then(Value::as_map)
            .and_then(|scoped| scoped.get(name))
            .or_else(|| vars.get(name))
    };
    of(project.root()).or_else(|| project.package(package).and_then(|own| of(own)))
}

/// All variables that a node of `package` sees, for messages.
fn all(project: &Project, package: &str) -> Map {
    let mut vars = Map::default();
    let mut add = |owner: &Package| {
        vars.extend(owner.config.vars.iter().map(|(key, value)| (key.clone(), value.clone())));
        if let Some(Value::Map(scoped)) = owner.config.vars.get(package) {
            vars.extend(scoped.iter().map(|(key, value)| (key.clone(), value.clone())));
        }
    };
    if let Some(own) = project.package(package) {
        add(own);
    }
    add(project.root());
    vars.extend(project.cli_vars.iter().map(|(key, value)| (key.clone(), value.clone())));
    vars
}

/// The error about a variable that nobody gives. It shows all that there are, but not the values of those
/// that are named as secrets.
pub fn missing(name: &str, asker: &str, mut vars: Map) -> Error {
    for (_, value) in vars.iter_mut().filter(|(key, _)| key.starts_with(super::env_var::SECRET_PREFIX)) {
        *value = "*****".into();
    }
    // Dates have no form in JSON of their own.
    let plain = Value::from_json(&Value::Map(vars).to_json());
    let shown = engine::to_shown_json(&engine::to_jinja(&plain)).unwrap_or_default();
    let message = format!("Required var '{name}' not found in config:\nVars supplied to {asker} = {shown}");
    Error::new(ErrorKind::InvalidOperation, message)
}

impl Var {
    fn find(&self, name: &str) -> Result<Option<Jinja>, Error> {
        let context = &self.context;
        let project = &context.run.project;
        note(&mut context.captured().vars, name);
        match lookup(project, &context.node.package, name) {
            None => Ok(None),
            Some(Value::Str(text)) if !self.in_yaml && engine::has_jinja(text) => {
                let rendered = context
                    .run
                    .engine
                    .render_str("var", text, NodeScope::shared(context), engine::Undefined::Strict)
                    .map_err(nested)?;
                Ok(Some(Jinja::from(rendered)))
            }
            Some(value) => Ok(Some(engine::to_jinja(value))),
        }
    }

    fn missing(&self, name: &str) -> Error {
        let node = &self.context.node;
        missing(name, &node.name, all(&self.context.run.project, &node.package))
    }
}

impl fmt::Debug for Var {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<var>")
    }
}

impl Object for Var {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn call(self: &Arc<Self>, _: &mut State<'_, '_>, args: &[Jinja]) -> Result<Jinja, Error> {
        let args = Arguments::from_values(args)?;
        let name = args.required("var", 0, "var_name")?.to_string();
        match self.find(&name)? {
            Some(value) => Ok(value),
            None => match args.get(1, "default") {
                Some(default) if !default.is_none() => Ok(default.clone()),
                Some(default) if args.positional.len() > 1 || !args.keyword.is_empty() => Ok(default.clone()),
                _ if self.is_required => Err(self.missing(&name)),
                _ => Ok(engine::to_jinja(&Value::Null)),
            },
        }
    }

    fn call_method(
        self: &Arc<Self>,
        _: &mut State<'_, '_>,
        method: &str,
        args: &[Jinja],
    ) -> Result<Jinja, Error> {
        if method != "has_var" {
            return Err(Error::from(ErrorKind::UnknownMethod));
        }
        let name = Arguments::from_values(args)?.required("has_var", 0, "var_name")?.to_string();
        Ok(Jinja::from(self.find(&name)?.is_some()))
    }
}
