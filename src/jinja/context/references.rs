//! `ref`, `source`, `metric`, `function` and `this` at parse time: they record what is named and
//! answer with the node's own relation, as dbt does before anything can be resolved.

use std::sync::Arc;

use minijinja::value::Value as Jinja;
use minijinja::{Error, ErrorKind};

use super::function::{Arguments, function, function_with};
use super::{Invocation, NodeContext, Phase};
use crate::adapter::Relation;
use crate::jinja::engine;
use crate::jinja::errors::nested;
use crate::manifest::RefArgs;
use crate::value::{Map, Str, Value};

/// `ref.config`, which packages ask for the versions of their kin: the project's settings and those
/// of all packages by name.
pub fn settings(run: &Invocation) -> Jinja {
    let of = |package: &crate::project::Package| {
        let config = &package.config;
        let root = Value::str(package.root.to_string_lossy().into_owned());
        let mut facts = Map::default();
        facts.insert("project_name".into(), Value::Str(config.name.clone()));
        facts.insert("version".into(), config.version.clone().unwrap_or_default());
        facts.insert("project_root".into(), root);
        facts.insert("vars".into(), Value::Map(config.vars.clone()));
        facts
    };
    let project = &run.project;
    let dependencies: Map = project
        .packages
        .iter()
        .map(|package| (package.config.name.clone(), Value::Map(of(package))))
        .collect();
    let profile = &project.profile;
    let mut facts = of(project.root());
    facts.insert("dependencies".into(), Value::Map(dependencies));
    facts.insert("profile_name".into(), Value::Str(profile.profile_name.clone()));
    facts.insert("target_name".into(), Value::Str(profile.target_name.clone()));
    facts.insert("credentials".into(), Value::Map(profile.target.clone()));
    facts.insert("args".into(), Value::Map(run.invocation_args.clone()));
    engine::to_jinja(&Value::Map(facts))
}

pub fn get(context: &Arc<NodeContext>, name: &str) -> Option<Jinja> {
    if context.phase != Phase::Parse {
        return None;
    }
    let own = context.clone();
    Some(match name {
        "ref" => {
            let run = context.run.clone();
            function_with("ref", ("config", move || settings(&run)), move |_, args| {
                let reference = ref_args(&args)?;
                own.captured().refs.push(reference);
                Ok(own_relation(&own))
            })
        }
        "source" => function("source", move |_, args| {
            let [source, table] = source_args(&args)?;
            own.captured().sources.push([source, table]);
            Ok(own_relation(&own))
        }),
        "metric" => function("metric", move |_, args| {
            let names = name_args("metric", &args)?;
            let package = if let [package, _] = &*names { Value::Str(package.clone()) } else { Value::Null };
            let name = names.last().cloned().unwrap_or_else(|| "".into());
            own.captured().metrics.push(names);
            Ok(super::metric::reference(&name, &package))
        }),
        "function" => function("function", move |_, args| {
            let names = name_args("function", &args)?;
            own.captured().functions.push(names);
            Ok(own_relation(&own))
        }),
        _ => own_relation(&own),
    })
}

/// The node's own relation.
fn own_relation(context: &NodeContext) -> Jinja {
    let node = &context.node;
    let path = [node.database.clone(), Some(node.schema.clone()), Some(node.alias.clone())];
    super::relation::RelationValue::value(Relation::new(context.run.dialect, path))
}

fn invalid(message: String) -> Error {
    Error::new(ErrorKind::InvalidOperation, message)
}

fn text(value: &Jinja, what: &str) -> Result<Str, Error> {
    value
        .as_str()
        .map(Str::from)
        .ok_or_else(|| invalid(format!("The {what} must be a string, got {}", value.kind())))
}

/// Reads the arguments of `ref`: name, or package and name, and the version.
///
/// # Errors
/// Wrong numbers or types of arguments.
pub fn ref_args(args: &Arguments) -> Result<RefArgs, Error> {
    let (package, name) = match args.positional.as_slice() {
        [name] => (None, name),
        [package, name] => (Some(package), name),
        other => return Err(invalid(format!("ref() takes at most two arguments ({} given)", other.len()))),
    };
    let keyword = |wanted: &str| args.keyword.iter().find(|(key, _)| key == wanted).map(|(_, value)| value);
    if let Some((key, _)) =
        args.keyword.iter().find(|(key, _)| !matches!(key.as_str(), "version" | "v" | "package"))
    {
        return Err(invalid(format!("ref() got an unexpected keyword argument '{key}'")));
    }
    let version = [keyword("version"), keyword("v")].into_iter().flatten().find(|value| value.is_true());
    let package = match package {
        Some(package) if package.is_none() => None,
        Some(package) => Some(text(package, "package argument to ref()")?),
        None => None,
    };
    let version = match version.map(engine::from_jinja).transpose().map_err(nested)? {
        None => None,
        Some(version @ (Value::Int(_) | Value::Float(_) | Value::Str(_))) => Some(version),
        Some(other) => {
            return Err(invalid(format!(
                "The version argument to ref() must be a string, int, float, or None - got {}",
                other.type_name()
            )));
        }
    };
    Ok(RefArgs { name: text(name, "name argument to ref()")?, package, version, span: None })
}

/// Reads the arguments of `source`.
///
/// # Errors
/// Wrong numbers or types of arguments.
pub fn source_args(args: &Arguments) -> Result<[Str; 2], Error> {
    match (args.positional.as_slice(), args.keyword.is_empty()) {
        ([source, table], true) => Ok([
            text(source, "source name (first) argument to source()")?,
            text(table, "table name (second) argument to source()")?,
        ]),
        (other, _) => Err(invalid(format!(
            "source() takes exactly two arguments ({} given)",
            other.len() + args.keyword.len()
        ))),
    }
}

/// Reads the arguments of `metric` and `function`: name, or package and name.
///
/// # Errors
/// Wrong numbers or types of arguments.
pub fn name_args(function: &str, args: &Arguments) -> Result<Vec<Str>, Error> {
    match args.positional.as_slice() {
        given @ ([_] | [_, _]) => {
            given.iter().map(|value| text(value, &format!("argument to {function}()"))).collect()
        }
        other => Err(invalid(format!("{function}() takes at most two arguments ({} given)", other.len()))),
    }
}
