//! What the log is told of a connection and of what goes over it, in dbt's words.

use std::time::Instant;

use super::{Execution, lock};
use crate::adapter::{AdapterError, Connection};
use crate::event::{Event, EventKind};
use crate::value::Str;

/// The name of a connection that no node has had yet.
pub const NEW_CONNECTION: &str = "worker";

impl Execution {
    pub fn emit(&self, kind: EventKind) {
        self.tell(Event::new(kind));
    }

    /// Tells something about the node whose turn it is.
    pub fn tell(&self, event: Event) {
        let node = lock(&self.info).clone();
        (self.runtime.emit)(Event { node, ..event });
    }

    /// From now on the connection goes by another name.
    pub fn rename_connection(&self, name: &str) {
        let mut connection = self.connection();
        let former = connection.name().to_string();
        connection.set_name(name);
        drop(connection);
        if former == NEW_CONNECTION {
            self.acquired();
        } else if former != name {
            let text =
                format!("Re-using an available connection from the pool (formerly {former}, now {name})");
            let event = Event::message("ConnectionReused", text);
            (self.runtime.emit)(event.data("orig_conn_name", former.as_str()).data("conn_name", name));
        }
    }

    /// The connection is a new one.
    pub fn acquired(&self) {
        self.emit(EventKind::NewConnection {
            conn_type: self.connection_type(),
            conn_name: self.connection_name().into(),
        });
    }

    /// A statement is about to be sent.
    pub(super) fn sends(&self, connection: &dyn Connection, sql: &str) {
        let conn_name: Str = connection.name().into();
        self.emit(EventKind::ConnectionUsed {
            conn_type: self.connection_type(),
            conn_name: conn_name.clone(),
        });
        self.emit(EventKind::SqlQuery { conn_name, sql: sql.into() });
        if !connection.is_open() {
            self.tell(Event::opening());
        }
    }

    /// Begins a transaction before a statement that wants one.
    pub(super) fn begin_before(&self, connection: &mut dyn Connection) -> Result<(), AdapterError> {
        let adapter = &self.runtime.adapter;
        if connection.transaction_open()
            || !adapter.dialect().has_transactions()
            || adapter.credentials().flag("disable_transactions")
        {
            return Ok(());
        }
        self.sends(connection, "BEGIN");
        let started = Instant::now();
        connection.begin()?;
        self.answered(started);
        Ok(())
    }

    /// A transaction has begun, or has been committed, since `started`.
    pub(super) fn transaction_changed(&self, connection: &dyn Connection, started: Instant) {
        if !self.runtime.adapter.dialect().has_transactions() {
            return;
        }
        if connection.transaction_open() {
            self.sends(connection, "BEGIN");
        } else {
            self.emit(EventKind::SqlCommit { conn_name: connection.name().into() });
            self.sends(connection, "COMMIT");
        }
        self.answered(started);
    }

    /// Brings the connection out of any transaction. One that cannot fails with its first statement.
    pub fn clear_transaction(&self) {
        self.roll_back();
        let mut connection = self.connection();
        if self.begin_before(&mut **connection).is_ok() && connection.transaction_open() {
            let started = Instant::now();
            if connection.commit().is_ok() {
                self.transaction_changed(&**connection, started);
            }
        }
    }

    /// Ends what was left open.
    pub fn roll_back(&self) {
        let mut connection = self.connection();
        if connection.transaction_open() {
            let conn_name = connection.name().into();
            connection.rollback_if_open();
            drop(connection);
            self.emit(EventKind::Rollback { conn_name });
        }
    }

    /// Closes the connection, which nobody needs any more.
    pub fn close_connection(&self) {
        let mut connection = self.connection();
        let (name, was_open) = (Str::from(connection.name()), connection.is_open());
        connection.release();
        drop(connection);
        if was_open {
            (self.runtime.emit)(Event::new(EventKind::ConnectionClosed { conn_name: name.clone() }));
        }
        if &*name != NEW_CONNECTION {
            (self.runtime.emit)(Event::closed(&name));
        }
    }

    fn answered(&self, started: Instant) {
        let elapsed = started.elapsed().as_secs_f64();
        self.emit(EventKind::SqlQueryStatus { status: "OK".into(), elapsed, query_id: Str::default() });
    }

    fn connection_type(&self) -> Str {
        self.runtime.adapter.dialect().type_name().into()
    }
}
