//! The interface to a warehouse: [`Adapter`] opens connections, [`Connection`] runs statements and
//! keeps the state of the transaction as dbt does.

use std::sync::Arc;

use super::cache::RelationCache;
use super::column::Column;
use super::credentials::Credentials;
use super::dialect::Dialect;
use super::error::{AdapterError, Result};
use super::memo::Memo;
use super::relation::Relation;
use super::response::{AdapterResponse, QueryResult};
use super::table::Cell;

/// A warehouse with its profile. Shared by all threads.
pub trait Adapter: Send + Sync {
    fn dialect(&self) -> &'static dyn Dialect;

    fn credentials(&self) -> &Credentials;

    /// What is known of the warehouse's relations.
    fn cache(&self) -> &RelationCache;

    /// What was found out in this invocation.
    fn memo(&self) -> &Memo;

    /// Whether there is a warehouse that answers.
    fn is_connected(&self) -> bool {
        true
    }

    /// What is known of a relation's columns without a warehouse; types may be empty. Only asked where
    /// nothing is connected.
    fn known_columns(&self, _relation: &Relation) -> Option<Vec<Column>> {
        None
    }

    /// A connection of that name; it opens with its first statement.
    fn connect(&self, name: &str) -> Box<dyn Connection>;
}

/// How a statement is to be run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Execute {
    /// Begin a transaction first when none is open.
    pub auto_begin: bool,
    /// Return the rows.
    pub fetch: bool,
    /// At most so many rows.
    pub limit: Option<usize>,
}

impl Execute {
    pub fn fetch() -> Execute {
        Execute { fetch: true, ..Execute::default() }
    }
}

/// One connection, used by one thread at a time.
pub trait Connection: Send {
    fn name(&self) -> &str;

    fn set_name(&mut self, name: &str);

    /// Runs one text of SQL, which may hold several statements; rows are those of the last.
    ///
    /// Errors: the connection does not open, the warehouse refuses the statement. An open transaction
    /// is rolled back then, as dbt does.
    fn execute(&mut self, sql: &str, how: Execute) -> Result<QueryResult>;

    /// Runs a statement with values in place of its placeholders (`?` or `%s`).
    fn execute_with(&mut self, sql: &str, bindings: &[Cell], auto_begin: bool) -> Result<AdapterResponse>;

    /// Whether the warehouse has been reached already.
    fn is_open(&self) -> bool {
        true
    }

    fn transaction_open(&self) -> bool;

    /// Errors: one is open already.
    fn begin(&mut self) -> Result<()>;

    /// Errors: none is open; the warehouse refuses.
    fn commit(&mut self) -> Result<()>;

    /// Rolls back when a transaction is open. Failures are swallowed: the connection is given up then.
    fn rollback_if_open(&mut self);

    /// Ends the current transaction by rollback, then begins and commits one: what dbt does to see
    /// that the connection is clean.
    fn clear_transaction(&mut self) -> Result<()> {
        self.rollback_if_open();
        self.begin()?;
        self.commit()
    }

    /// Rolls back and closes. The next statement opens the connection anew; temporary tables are gone.
    fn release(&mut self);

    /// Cancels the running statement, from any thread.
    fn canceller(&self) -> Arc<dyn Canceller>;
}

/// Cancels what a connection runs.
pub trait Canceller: Send + Sync {
    /// Whether the warehouse took the request. The statement then fails as cancelled.
    fn cancel(&self) -> bool;
}

pub(super) fn already_open(name: &str) -> AdapterError {
    AdapterError::runtime(format!("tried to begin a transaction on connection `{name}`, which has one open"))
}

pub(super) fn none_open(name: &str) -> AdapterError {
    AdapterError::runtime(format!(
        "tried to commit a transaction on connection `{name}`, which has none open"
    ))
}
