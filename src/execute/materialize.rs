//! Runs a node's materialization: a macro that knows how such a node is built.
//!
//! <https://docs.getdbt.com/guides/create-new-materializations>

use std::sync::Arc;

use minijinja::Value as Jinja;
use rustc_hash::FxHashMap;

use super::warehouse;
use crate::adapter::Relation;
use crate::compile::Failed;
use crate::diag::nearest;
use crate::event::Event;
use crate::flags::Verdict;
use crate::jinja::context::execution::{Execution, facts_of};
use crate::jinja::context::relation::RelationValue;
use crate::jinja::context::{NodeContext, NodeScope};
use crate::jinja::engine::{JinjaError, py_repr, py_type_name};
use crate::jinja::macros::{Materialization, prefixes};
use crate::manifest::Node;
use crate::manifest::written::{self, Written};
use crate::source::SourceMap;
use crate::value::Str;

/// Runs the materialization of the node whose turn it is, or the one named, and gives what it returns.
///
/// # Errors
/// There is none of that name, it does not take the node's language, or it fails.
pub fn run(
    execution: &Arc<Execution>,
    sources: &SourceMap,
    named: Option<&str>,
    extra: FxHashMap<Str, Jinja>,
) -> Result<Jinja, Failed> {
    let node = execution.node().ok_or_else(|| Failed::internal("there is no node to build"))?;
    let name = named.unwrap_or_else(|| node.materialized());
    let Materialization { entry, overrides } = find(execution, node, name).map_err(|mut failed| {
        failed.diagnostic.span = written::config_value(&Written::of(node), "materialized", name, sources);
        failed
    })?;
    if let Some(package) = overrides {
        warn_of_override(execution, package, name)?;
    }
    let context = execution.context(facts_of(node), extra);
    warehouse::with_own(execution, sources, || {
        call(&context, &entry.value).map_err(|error| Failed::of_render(&error, execution, sources))
    })
}

fn call(context: &Arc<NodeContext>, function: &Jinja) -> Result<Jinja, JinjaError> {
    context.run.engine.call(function, &[], NodeScope::shared(context))
}

/// Whether there is a materialization of that name for the node whose turn it is.
pub fn exists(execution: &Execution, name: &str) -> bool {
    execution.node().is_some_and(|node| find(execution, node, name).is_ok())
}

/// Packages' are used for names that dbt does not have itself, or when the project allows it.
fn find<'a>(execution: &'a Execution, node: &Node, name: &str) -> Result<Materialization<'a>, Failed> {
    let runtime = &execution.runtime;
    let adapter = runtime.adapter.dialect().type_name();
    let adapters = prefixes(adapter);
    let adapters: Vec<&str> = adapters.iter().map(|name| &**name).collect();
    let packages_override =
        !runtime.flags.behaviour("require_explicit_package_overrides_for_builtin_materializations");
    let found = runtime.run.macros.materialization(name, &adapters, packages_override).ok_or_else(|| {
        let message = format!("No materialization '{name}' was found for adapter {adapter}! (searched types 'default' and '{adapter}')");
        let mut failed = Failed::compilation(message);
        let known = runtime.run.macros.names_for(&node.package).filter_map(|known| {
            adapters.iter().find_map(|adapter| {
                known.strip_prefix("materialization_")?.strip_suffix(adapter)?.strip_suffix('_')
            })
        });
        failed.diagnostic.help.extend(nearest(name, known).map(|near| format!("did you mean `{near}`?")));
        failed
    })?;
    let entry = found.entry;
    let languages = runtime
        .graph
        .manifest
        .macros
        .get(&entry.unique_id)
        .and_then(|definition| definition.supported_languages.as_ref());
    let language = node.language.as_str();
    match languages {
        Some(languages) if !languages.iter().any(|known| &**known == language) => {
            let known: Vec<&str> = languages.iter().map(|known| &**known).collect();
            Err(Failed::runtime(format!(
                "Materialization \"{}\" only supports languages {}; got \"{language}\"",
                entry.unique_id.rsplit('.').next().unwrap_or(name),
                known.join(", ")
            )))
        }
        _ => Ok(found),
    }
}

/// dbt says so each time.
fn warn_of_override(execution: &Execution, package: &str, name: &str) -> Result<(), Failed> {
    const EVENT: &str = "PackageMaterializationOverrideDeprecation";
    let text = format!("the installed package `{package}` replaces the built-in materialization `{name}`");
    match execution.runtime.flags.warnings.verdict(EVENT) {
        Verdict::Silent => {}
        Verdict::Error => return Err(Failed::compilation(text)),
        Verdict::Warn => {
            let event =
                Event::message(EVENT, format!("[WARNING][{EVENT}]: Deprecated functionality\n{text}"));
            execution.tell(event.data("package_name", package).data("materialization_name", name));
        }
    }
    Ok(())
}

/// The relations that a materialization made, as it must return them.
///
/// # Errors
/// It returned something else.
pub fn relations(returned: &Jinja, node: &Node) -> Result<Vec<Relation>, Failed> {
    if returned.as_str().is_some() {
        return Err(Failed::compilation(format!(
            "The materialization (\"{}\") did not explicitly return a list of relations to add to the cache.",
            node.materialized()
        )));
    }
    let invalid =
        |what: String| Failed::compilation(format!("Invalid return value from materialization, {what}"));
    let list = returned.get_attr("relations").unwrap_or_default();
    if list.is_undefined() {
        return Err(invalid(format!("expected a dict with key \"relations\", got: {}", py_repr(returned))));
    }
    if py_type_name(&list) != "list" {
        return Err(invalid(format!("\"relations\" not a list, got: {}", py_repr(&list))));
    }
    let items = list.try_iter().map_err(|_| invalid("\"relations\" is not a list".into()))?;
    items
        .map(|item| match RelationValue::of(&item) {
            Some(relation) => Ok(Relation { dbt_created: true, ..(*relation).clone() }),
            None => Err(invalid(format!("\"relations\" contains non-Relation: {}", py_repr(&item)))),
        })
        .collect()
}
