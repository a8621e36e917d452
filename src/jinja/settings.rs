//! The context of settings: project files, profiles.yml, packages.yml, selectors.yml.
//!
//! It has no node and no macros: variables of the command line, the environment, `target`, and the
//! functions over plain values.

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Kwargs, Object, ObjectRepr};
use minijinja::{Error, ErrorKind, State, Value as Jinja};

use super::context::function::function;
use super::context::misc::free_of_nodes;
use super::context::var::missing;
use super::context::{Message, Messages};
use super::engine::{self, Scope};
use crate::env::Env;
use crate::invocation::{DBT_VERSION, Invocation};
use crate::value::{Map, Str, Value};

/// Variables whose names begin so hold secrets: only profiles and packages may read them.
pub const SECRET_PREFIX: &str = "DBT_ENV_SECRET";

/// What templates in settings find.
#[derive(Clone)]
pub struct Settings {
    pub env: Env,
    pub invocation: Arc<Invocation>,
    /// `--vars`.
    pub vars: Map,
    /// A missing variable is an error; else it is none.
    pub require_vars: bool,
    pub target: Target,
    /// `flags`.
    pub flags: Map,
    /// Secrets may be read: as marks, which [`reveal`] replaces.
    pub secrets: bool,
    /// Where `log` and `print` go.
    pub messages: Messages,
}

/// What `target` is.
#[derive(Clone)]
pub enum Target {
    /// There is none: profiles.yml is what makes it.
    None,
    /// No profile is read: every key is empty text.
    Blank,
    Known(Map),
}

impl Scope for Settings {
    fn get(&self, name: &str) -> Option<Jinja> {
        let this = || Arc::new(self.clone());
        Some(match name {
            "var" => Jinja::from_object(Var(this())),
            "env_var" => Jinja::from_object(EnvVar(this())),
            "target" | "env" => match &self.target {
                Target::None => return None,
                Target::Blank => Jinja::from_object(Blank),
                Target::Known(target) => engine::to_jinja(&Value::Map(target.clone())),
            },
            "dbt_version" => Jinja::from(DBT_VERSION),
            "invocation_id" => Jinja::from(&*self.invocation.id),
            "run_started_at" => {
                engine::to_jinja(&Value::DateTimeTz(self.invocation.started_at.fixed_offset()))
            }
            "thread_id" => Jinja::from("MainThread"),
            "flags" => engine::to_jinja(&Value::Map(self.flags.clone())),
            "dbt_metadata_envs" => {
                let envs = self.invocation.metadata_env.iter();
                engine::to_jinja(&Value::Map(
                    envs.map(|(key, value)| (key.clone(), Value::Str(value.clone()))).collect(),
                ))
            }
            "log" => {
                let messages = self.messages.clone();
                function("log", move |_, args| {
                    let text = veiled(&args.required("log", 0, "msg")?.to_string());
                    messages(Message::Log { text, info: args.flag(1, "info"), node: Str::default() });
                    Ok(Jinja::from(""))
                })
            }
            "print" => {
                let messages = self.messages.clone();
                function("print", move |_, args| {
                    let text = veiled(&args.required("print", 0, "msg")?.to_string());
                    messages(Message::Print { text, node: Str::default() });
                    Ok(Jinja::from(""))
                })
            }
            other => return free_of_nodes(other),
        })
    }
}

/// Stars in the place of the marks of secrets.
fn veiled(text: &str) -> String {
    let [start, end] = MARK;
    let mut parts = text.split(start);
    let mut out = parts.next().unwrap_or_default().to_string();
    for part in parts {
        out.push_str("*****");
        out.push_str(part.split_once(end).map_or("", |(_, rest)| rest));
    }
    out
}

/// Puts secrets in the place of their marks.
pub fn reveal(text: &str, env: &Env) -> String {
    let mut out = text.to_string();
    for (name, value) in env.iter().filter(|(name, _)| name.starts_with(SECRET_PREFIX)) {
        let mark = mark(name);
        if out.contains(&mark) {
            out = out.replace(&mark, value);
        }
    }
    out
}

/// What stands around the name of a secret.
const MARK: [&str; 2] = ["$$$DBT_SECRET_START$$$", "$$$DBT_SECRET_END$$$"];

/// What stands for a secret while a template renders, so that no filter can leak parts of it.
fn mark(name: &str) -> String {
    let [start, end] = MARK;
    format!("{start}{name}{end}")
}

fn raise(message: String) -> Error {
    Error::new(ErrorKind::InvalidOperation, message)
}

/// The name and default of `var` and `env_var`.
fn arguments(function: &str, args: &[Jinja]) -> Result<(String, Option<Jinja>), Error> {
    let (positional, keyword): (&[Jinja], Kwargs) = minijinja::value::from_args(args)?;
    let named = |names: &[&str]| names.iter().find_map(|name| keyword.peek::<Jinja>(name).ok());
    let name = positional.first().cloned().or_else(|| named(&["var", "var_name"]));
    let name =
        name.ok_or_else(|| raise(format!("{function}() missing 1 required positional argument: 'var'")))?;
    Ok((engine::py_str(&name), positional.get(1).cloned().or_else(|| named(&["default"]))))
}

macro_rules! function_object {
    ($type:ident, $name:literal) => {
        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!("<function ", $name, ">"))
            }
        }
    };
}

struct Var(Arc<Settings>);
function_object!(Var, "var");

impl Object for Var {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn call(self: &Arc<Self>, _: &mut State<'_, '_>, args: &[Jinja]) -> Result<Jinja, Error> {
        let (name, default) = arguments("var", args)?;
        match (self.0.vars.get(name.as_str()), default) {
            (Some(value), _) => Ok(engine::to_jinja(value)),
            (None, Some(default)) => Ok(default),
            (None, None) if !self.0.require_vars => Ok(Jinja::from(())),
            (None, None) => Err(missing(&name, "<Configuration>", self.0.vars.clone())),
        }
    }

    fn call_method(
        self: &Arc<Self>,
        _: &mut State<'_, '_>,
        method: &str,
        args: &[Jinja],
    ) -> Result<Jinja, Error> {
        match method {
            "has_var" => Ok(Jinja::from(self.0.vars.contains_key(arguments("has_var", args)?.0.as_str()))),
            _ => Err(Error::from(ErrorKind::UnknownMethod)),
        }
    }
}

struct EnvVar(Arc<Settings>);
function_object!(EnvVar, "env_var");

impl Object for EnvVar {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn call(self: &Arc<Self>, _: &mut State<'_, '_>, args: &[Jinja]) -> Result<Jinja, Error> {
        let (name, default) = arguments("env_var", args)?;
        let found = self.0.env.get(&name);
        if name.starts_with(SECRET_PREFIX) {
            if !self.0.secrets {
                return Err(raise(format!(
                    "Secret env vars are allowed only in profiles.yml or packages.yml. Found '{name}' referenced elsewhere."
                )));
            }
            if found.is_some() {
                return Ok(Jinja::from(mark(&name)));
            }
        }
        match (found, default.filter(|default| !default.is_none())) {
            (Some(value), _) => Ok(Jinja::from(value)),
            (None, Some(default)) => Ok(default),
            (None, None) => Err(raise(format!("Env var required but not provided: '{name}'"))),
        }
    }
}

/// A `target` whose every key is empty text.
struct Blank;
function_object!(Blank, "target");

impl Object for Blank {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Map
    }

    fn get_value(self: &Arc<Self>, _: &Jinja) -> Option<Jinja> {
        Some(Jinja::from(""))
    }
}

/// A text whose secrets are in their places; other values are as they were.
pub fn reveal_value(value: Value, env: &Env) -> Value {
    match value {
        Value::Str(text) if text.contains(MARK[0]) => Value::Str(Str::from(reveal(&text, env))),
        other => other,
    }
}
