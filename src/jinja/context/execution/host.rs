//! What `adapter` needs of a node's turn: its connection, its macros, its log.

use std::sync::Arc;
use std::time::Instant;

use minijinja::{Error, Value as Jinja};

use super::{Execution, query_comment};
use crate::adapter::{
    Adapter, AdapterError, AdapterResponse, Cell, Connection, Execute, Policy, QueryResult,
};
use crate::event::{Event, EventKind, Level};
use crate::flags::Verdict;
use crate::jinja::context::host::ExecutionHost;
use crate::jinja::context::parse_adapter::dispatch;
use crate::project::Project;
use crate::value::Value;

impl Execution {
    /// The package whose macros come first.
    fn search_package(&self) -> &str {
        self.node().map_or(&self.runtime.run.project.root().config.name, |node| &node.package)
    }

    /// The statement with dbt's comment in front or behind.
    fn commented(self: &Arc<Self>, sql: &str) -> String {
        let comment = self.comment.get_or_init(|| query_comment::of(self));
        if self.runtime.adapter.dialect().appends_query_comment() {
            return comment.add_to_each(sql);
        }
        comment.add_to(sql)
    }

    /// Sends a statement and tells the log of it.
    fn send<T>(
        &self,
        sql: &str,
        auto_begin: bool,
        work: impl FnOnce(&mut dyn Connection) -> Result<(AdapterResponse, T), AdapterError>,
    ) -> Result<T, AdapterError> {
        let flags = &self.runtime.flags;
        if !flags.run.introspect && &*flags.which == "compile" {
            let thread = crate::event::thread_name();
            return Err(AdapterError::runtime(format!(
                "connection never acquired for thread {thread}: `--no-introspect` allows no queries"
            )));
        }
        let mut connection = self.connection();
        if auto_begin {
            self.begin_before(&mut **connection)?;
        }
        self.sends(&**connection, sql);
        *super::lock(&self.last_sql) = Some(sql.to_string());
        let started = Instant::now();
        let in_transaction = connection.transaction_open();
        let (response, value) = work(&mut **connection).inspect_err(|_| {
            if in_transaction && !connection.transaction_open() {
                self.emit(EventKind::Rollback { conn_name: connection.name().into() });
            }
        })?;
        self.emit(EventKind::SqlQueryStatus {
            status: response.message.as_str().into(),
            elapsed: started.elapsed().as_secs_f64(),
            query_id: response.query_id.as_deref().unwrap_or_default().into(),
        });
        Ok(value)
    }
}

/// Behavior flags that all adapters have, beside those of the project.
const COMMON_FLAGS: &[(&str, bool)] = &[("enable_truthy_nulls_equals_macro", false)];

/// A node's turn as the host of its `adapter` object.
pub struct Host(pub Arc<Execution>);

impl ExecutionHost for Host {
    fn adapter(&self) -> &dyn Adapter {
        &*self.0.runtime.adapter
    }

    fn executing(&self) -> bool {
        true
    }

    fn quoting(&self) -> Policy {
        let config = &self.0.runtime.run.project.root().config;
        self.0.runtime.adapter.dialect().quote_policy().replace(config.quoting)
    }

    fn project(&self) -> Option<&Project> {
        Some(&self.0.runtime.run.project)
    }

    fn project_name(&self) -> &str {
        &self.0.runtime.run.project.root().config.name
    }

    fn execute(&self, sql: &str, how: Execute) -> Result<QueryResult, AdapterError> {
        let sql = self.0.commented(sql);
        self.0.send(&sql, how.auto_begin, |connection| {
            let result = connection.execute(&sql, how)?;
            Ok((result.response.clone(), result))
        })
    }

    fn add_query(
        &self,
        sql: &str,
        bindings: &[Cell],
        auto_begin: bool,
        abridged: bool,
    ) -> Result<AdapterResponse, AdapterError> {
        let sql = self.0.commented(sql);
        let shown = if abridged { sql.chars().take(512).collect::<String>() + "..." } else { sql.clone() };
        self.0.send(&shown, auto_begin, |connection| {
            let response = connection.execute_with(&sql, bindings, auto_begin)?;
            Ok((response.clone(), response))
        })
    }

    fn with_connection(
        &self,
        work: &mut dyn FnMut(&mut dyn Connection) -> Result<(), AdapterError>,
    ) -> Result<(), AdapterError> {
        let mut connection = self.0.connection();
        let in_transaction = connection.transaction_open();
        let started = Instant::now();
        let outcome = work(&mut **connection);
        // Macros begin and commit by way of this; only a failure rolls back.
        if outcome.is_ok() && connection.transaction_open() != in_transaction {
            self.0.transaction_changed(&**connection, started);
        }
        outcome
    }

    fn store_by_plugin(&self, plugin: &str, target: serde_json::Value) -> Result<(), AdapterError> {
        self.0.store_by_plugin(plugin, target)
    }

    fn macro_named(&self, name: &str) -> Option<Jinja> {
        self.0.runtime.run.macros.find(name).map(|entry| entry.value.clone())
    }

    fn dispatch(&self, name: &str, namespace: Option<&str>) -> Result<Jinja, Error> {
        dispatch(&self.0.runtime.run, self.0.search_package(), name, namespace)
    }

    fn warn(&self, event: &'static str, message: &str) {
        match self.0.runtime.flags.warnings.verdict(event) {
            Verdict::Silent => {}
            Verdict::Warn => {
                let node = super::lock(&self.0.info).clone();
                (self.0.runtime.emit)(Event { node, ..Event::message(event, message).level(Level::Warn) });
            }
            // There is no way back into the template from here: the turn fails when it ends.
            Verdict::Error => *super::lock(&self.0.escalated) = Some(message.to_string()),
        }
    }

    fn tell(&self, event: Event) {
        self.0.tell(event);
    }

    fn behavior(&self, flag: &str) -> Option<bool> {
        let run = &self.0.runtime;
        if let Some(value) = run.flags.behaviour.get(flag) {
            return Some(value.is_truthy());
        }
        let own = run.adapter.dialect().behaviour_flags();
        let (_, default) = own.iter().chain(COMMON_FLAGS).find(|(name, _)| *name == flag)?;
        Some(run.run.project.flags.get(flag).and_then(Value::as_bool).unwrap_or(*default))
    }
}
