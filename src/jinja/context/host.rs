//! What the `adapter` object needs of whoever renders a node.

use minijinja::{Error, Value};

use crate::adapter::{
    Adapter, AdapterError, AdapterResponse, Cell, Connection, Execute, Policy, QueryResult,
};
use crate::event::Event;
use crate::project::Project;

/// The side of `adapter` that depends on the node: its connection, its macros, its log.
pub trait ExecutionHost: Send + Sync {
    fn adapter(&self) -> &dyn Adapter;

    /// False while the project is parsed: then nothing may reach the warehouse.
    fn executing(&self) -> bool;

    /// The project's quoting over the adapter's own.
    fn quoting(&self) -> Policy;

    fn project_name(&self) -> &str;

    /// Runs a statement on the node's connection, with dbt's query comment.
    ///
    /// # Errors
    /// The warehouse's.
    fn execute(&self, sql: &str, how: Execute) -> Result<QueryResult, AdapterError>;

    /// Runs a statement with values for its placeholders; `abridged` keeps it short in the log.
    ///
    /// # Errors
    /// The warehouse's.
    fn add_query(
        &self,
        sql: &str,
        bindings: &[Cell],
        auto_begin: bool,
        abridged: bool,
    ) -> Result<AdapterResponse, AdapterError>;

    /// Hands the node's connection to `work`.
    ///
    /// # Errors
    /// Those of `work`.
    fn with_connection(
        &self,
        work: &mut dyn FnMut(&mut dyn Connection) -> Result<(), AdapterError>,
    ) -> Result<(), AdapterError>;

    /// The macro that dbt's `execute_macro` finds: the root project's, else any package's, else a
    /// built-in one.
    fn macro_named(&self, name: &str) -> Option<Value>;

    /// `adapter.dispatch(name, namespace)`.
    ///
    /// # Errors
    /// No macro of that name in any of the packages searched.
    fn dispatch(&self, name: &str, namespace: Option<&str>) -> Result<Value, Error>;

    /// Hands the file of a finished external model to one of the profile's plugins. `target` has the fields of
    /// dbt-duckdb's `TargetConfig`, but for the model's configuration.
    ///
    /// # Errors
    /// There is no such plugin, or it fails.
    fn store_by_plugin(&self, plugin: &str, _target: serde_json::Value) -> Result<(), AdapterError> {
        Err(AdapterError::runtime(format!("there is no plugin `{plugin}` here")))
    }

    /// The loaded project; none where there is none, as in tests.
    fn project(&self) -> Option<&Project> {
        None
    }

    /// Lets the log know what was done.
    fn tell(&self, _event: Event) {}

    /// Shows a warning; `event` is dbt's name of it.
    fn warn(&self, event: &'static str, message: &str);

    /// The setting of a behavior flag, when the project or dbt knows one of that name.
    fn behavior(&self, flag: &str) -> Option<bool>;
}
