//! `adapter` at parse time: `dispatch` and facts work, nothing reaches a warehouse.

use std::sync::Arc;

use minijinja::value::Value as Jinja;
use minijinja::{Error, ErrorKind};

use super::host::ExecutionHost;
use super::{Invocation, Message, NodeContext};
use crate::adapter::{
    Adapter, AdapterError, AdapterResponse, Cell, Connection, Execute, Policy, QueryResult,
};
use crate::jinja::macros::Dispatch;
use crate::project::Project;

struct ParseHost {
    context: Arc<NodeContext>,
}

pub fn value(context: &Arc<NodeContext>) -> Jinja {
    super::adapter::AdapterObject::value(Arc::new(ParseHost { context: context.clone() }))
}

/// `adapter.dispatch(name, namespace)` in a node's context.
///
/// # Errors
/// When no macro fits, with the names that were tried.
pub fn dispatch(
    run: &Invocation,
    package: &str,
    name: &str,
    namespace: Option<&str>,
) -> Result<Jinja, Error> {
    let search = Dispatch::of(&run.project, namespace);
    match run.macros.dispatch(package, name, &search) {
        Ok(entry) => Ok(entry.value.clone()),
        Err(attempts) => Err(Error::new(
            ErrorKind::InvalidOperation,
            format!(
                "In dispatch: No macro named '{name}' found within namespace: '{}'\n    Searched for: {}",
                namespace.unwrap_or("None"),
                attempts.join(", ")
            ),
        )),
    }
}

fn unreachable_warehouse() -> AdapterError {
    AdapterError::runtime("the warehouse is not asked while the project is parsed")
}

impl ExecutionHost for ParseHost {
    fn adapter(&self) -> &dyn Adapter {
        &*self.context.run.adapter
    }

    fn executing(&self) -> bool {
        false
    }

    fn quoting(&self) -> Policy {
        self.context.run.quoting()
    }

    fn project(&self) -> Option<&Project> {
        Some(&self.context.run.project)
    }

    fn project_name(&self) -> &str {
        &self.context.run.project.root().config.name
    }

    fn execute(&self, _: &str, _: Execute) -> Result<QueryResult, AdapterError> {
        Err(unreachable_warehouse())
    }

    fn add_query(&self, _: &str, _: &[Cell], _: bool, _: bool) -> Result<AdapterResponse, AdapterError> {
        Err(unreachable_warehouse())
    }

    fn with_connection(
        &self,
        _: &mut dyn FnMut(&mut dyn Connection) -> Result<(), AdapterError>,
    ) -> Result<(), AdapterError> {
        Err(unreachable_warehouse())
    }

    fn macro_named(&self, name: &str) -> Option<Jinja> {
        self.context.run.macros.find(name).map(|entry| entry.value.clone())
    }

    fn dispatch(&self, name: &str, namespace: Option<&str>) -> Result<Jinja, Error> {
        let run = &self.context.run;
        // A generic test's template dispatches among the macros of all packages.
        if self.context.visible.is_some()
            && namespace.is_none()
            && let Some(id) = run.macros.resolve_dispatch(name, &Dispatch::of(&run.project, None))
            && let Some(entry) = run.macros.by_unique_id(&id)
        {
            return Ok(entry.value.clone());
        }
        dispatch(run, &self.context.node.package, name, namespace)
    }

    fn warn(&self, _: &'static str, message: &str) {
        (self.context.run.messages)(Message::Warn {
            text: message.into(),
            node: self.context.node.unique_id.clone(),
        });
    }

    fn behavior(&self, flag: &str) -> Option<bool> {
        self.context.run.behaviour.get(flag).map(crate::value::Value::is_truthy)
    }
}
