//! `env_var`: <https://docs.getdbt.com/reference/dbt-jinja-functions/env_var>.

use std::sync::Arc;

use minijinja::value::Value as Jinja;
use minijinja::{Error, ErrorKind};

use super::NodeContext;
use super::capture::note;
use super::function::function;

/// Variables with this prefix may only be read where secrets belong: profiles and packages.
pub const SECRET_PREFIX: &str = "DBT_ENV_SECRET";

pub fn value(context: &Arc<NodeContext>) -> Jinja {
    let context = context.clone();
    function("env_var", move |_, args| {
        let name = args.required("env_var", 0, "var")?.to_string();
        if name.starts_with(SECRET_PREFIX) {
            return Err(Error::new(
                ErrorKind::InvalidOperation,
                format!(
                    "Secret env vars are allowed only in profiles.yml or packages.yml. Found '{name}' referenced elsewhere."
                ),
            ));
        }
        note(&mut context.captured().env_vars, &name);
        context.run.observed.variable(&name);
        match (context.run.env.get(&name), args.get(1, "default")) {
            (Some(found), _) => Ok(Jinja::from(found)),
            (None, Some(default)) if !default.is_none() => Ok(Jinja::from(default.to_string())),
            _ => Err(Error::new(
                ErrorKind::InvalidOperation,
                format!("Env var required but not provided: '{name}'"),
            )),
        }
    })
}
