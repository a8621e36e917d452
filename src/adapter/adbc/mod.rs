//! The one implementation of [`Adapter`]: every warehouse through its ADBC driver
//! (<https://arrow.apache.org/adbc>).

mod bind;
mod open;
mod statement;
mod workers;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use adbc_core::{CancelHandle, Connection as _};
use adbc_driver_manager::ManagedConnection;
use arrow_array::RecordBatch;

use super::cache::RelationCache;
use super::connection::{Adapter, Canceller, Connection, Execute, already_open, none_open};
use super::credentials::Credentials;
use super::dialect::Dialect;
use super::error::{AdapterError, ErrorKind, Result};
use super::memo::Memo;
use super::position;
use super::response::{AdapterResponse, QueryResult};
use super::script::literal;
use super::sql_text;
use super::table::{Cell, Table};
use open::{Shared, lock, pause};
use statement::{Answer, Run, run};

/// A warehouse behind an ADBC driver.
pub struct AdbcAdapter {
    shared: Arc<Shared>,
    cache: RelationCache,
    memo: Memo,
}

impl AdbcAdapter {
    /// Errors: the profile's keys make no sense. The driver is looked for when it is needed.
    pub fn new(credentials: Credentials) -> Result<AdbcAdapter> {
        let plan = credentials.dialect.open_plan(&credentials, &credentials.base)?;
        Ok(AdbcAdapter {
            shared: Arc::new(Shared::new(credentials, plan)),
            cache: RelationCache::default(),
            memo: Memo::default(),
        })
    }
}

impl Adapter for AdbcAdapter {
    fn dialect(&self) -> &'static dyn Dialect {
        self.shared.credentials.dialect
    }

    fn credentials(&self) -> &Credentials {
        &self.shared.credentials
    }

    fn cache(&self) -> &RelationCache {
        &self.cache
    }

    fn memo(&self) -> &Memo {
        &self.memo
    }

    fn connect(&self, name: &str) -> Box<dyn Connection> {
        Box::new(AdbcConnection {
            name: name.to_string(),
            shared: self.shared.clone(),
            handle: None,
            transaction_open: false,
            canceller: Arc::default(),
        })
    }
}

#[derive(Default)]
struct AdbcCanceller {
    handle: Mutex<Option<Box<dyn CancelHandle>>>,
    requested: AtomicBool,
}

impl Canceller for AdbcCanceller {
    fn cancel(&self) -> bool {
        self.requested.store(true, Ordering::SeqCst);
        lock(&self.handle).as_ref().is_some_and(|handle| handle.try_cancel().is_ok())
    }
}

struct AdbcConnection {
    name: String,
    shared: Arc<Shared>,
    handle: Option<ManagedConnection>,
    transaction_open: bool,
    canceller: Arc<AdbcCanceller>,
}

impl AdbcConnection {
    fn dialect(&self) -> &'static dyn Dialect {
        self.shared.credentials.dialect
    }

    fn handle(&mut self) -> Result<&mut ManagedConnection> {
        let handle = match self.handle.take() {
            Some(handle) => handle,
            None => {
                let handle = self.shared.connection()?;
                *lock(&self.canceller.handle) = Some(handle.get_cancel_handle());
                handle
            }
        };
        Ok(self.handle.insert(handle))
    }

    fn send(&mut self, sql: &str, how: Run<'_>) -> Result<Answer> {
        self.canceller.requested.store(false, Ordering::SeqCst);
        let _span = crate::trace::statement(sql);
        let mut attempt = 1;
        let shared = self.shared.clone();
        loop {
            match run(self.handle()?, sql, how, &shared.plan.on_statement) {
                Err(error)
                    if attempt < self.shared.plan.query_attempts && self.shared.may_retry(&error.message) =>
                {
                    std::thread::sleep(pause(attempt));
                    attempt += 1;
                }
                outcome => return outcome.map_err(|error| self.database_error(&error, sql)),
            }
        }
    }

    fn database_error(&self, error: &adbc_core::error::Error, sql: &str) -> AdapterError {
        if self.canceller.requested.swap(false, Ordering::SeqCst) {
            return AdapterError::new(ErrorKind::Cancelled, "the statement was cancelled");
        }
        let message = self.shared.clean(self.dialect().error_text(error.message.trim()));
        let position = position::find(&message, sql);
        let error = AdapterError { position, ..AdapterError::new(ErrorKind::Database, message) };
        self.dialect().explain(error)
    }

    /// Runs `sql`, statement by statement where the driver takes one at a time; the answer is the last
    /// one's, with its statement.
    fn send_all<'s>(&mut self, sql: &'s str, how: Execute) -> Result<Option<(Answer, &'s str)>> {
        self.begin_if(how.auto_begin)?;
        if !sql_text::has_statement(sql) {
            return Ok(None);
        }
        let dialect = self.dialect();
        let effect = if dialect.counts_rows() { Run::Count } else { Run::Fetch };
        let statements = if dialect.multiple_statements() { vec![sql] } else { sql_text::statements(sql) };
        let mut last = Ok(None);
        for (index, statement) in statements.iter().enumerate() {
            // What stands before the last statement is run for its effect.
            let run = if how.fetch && index + 1 == statements.len() { Run::Fetch } else { effect };
            match self.send(statement, run) {
                // Where macros end transactions themselves, the answer is that of what stands in them.
                Ok(_) if !dialect.has_transactions() && sql_text::ends_transaction(statement) => {}
                Ok(answer) => last = Ok(Some((answer, *statement))),
                Err(error) => {
                    last = Err(error);
                    break;
                }
            }
        }
        last.inspect_err(|_| self.rollback_if_open())
    }

    fn begin_if(&mut self, auto_begin: bool) -> Result<()> {
        if auto_begin && !self.transaction_open && !self.shared.credentials.flag("disable_transactions") {
            self.begin()?;
        }
        Ok(())
    }

    fn plain(&mut self, sql: &str) -> Result<()> {
        let effect = if self.dialect().counts_rows() { Run::Count } else { Run::Fetch };
        self.send(sql, effect).map(|_| ())
    }
}

impl Connection for AdbcConnection {
    fn name(&self) -> &str {
        &self.name
    }

    fn set_name(&mut self, name: &str) {
        self.name = name.to_string();
    }

    fn execute(&mut self, sql: &str, how: Execute) -> Result<QueryResult> {
        let answer = self.send_all(sql, how)?;
        let (last, rows) =
            answer.as_ref().map_or((sql, None), |(answer, statement)| (*statement, answer.rows));
        let batches = answer.as_ref().map_or(&[][..], |(answer, _)| &answer.batches);
        let response = self.dialect().response_to(last, rows, batches);
        let table = match answer {
            Some((answer, _)) if how.fetch => {
                Table::from_arrow(&answer.schema, limited(answer.batches, how.limit))
            }
            _ => Table::empty(),
        };
        Ok(QueryResult { response, table })
    }

    fn execute_with(&mut self, sql: &str, bindings: &[Cell], auto_begin: bool) -> Result<AdapterResponse> {
        if bindings.is_empty() {
            let how = Execute { auto_begin, ..Execute::default() };
            return self.execute(sql, how).map(|result| result.response);
        }
        self.begin_if(auto_begin)?;
        if self.dialect().writes_values() {
            let values: Vec<String> = bindings.iter().map(|cell| written(cell, self.dialect())).collect();
            let filled = sql_text::fill(sql, &values);
            let effect = if self.dialect().counts_rows() { Run::Count } else { Run::Fetch };
            let answer = self.send(&filled, effect).inspect_err(|_| self.rollback_if_open())?;
            return Ok(self.dialect().response_to(sql, answer.rows, &answer.batches));
        }
        let answer = self.send(sql, Run::With(bindings)).inspect_err(|_| self.rollback_if_open())?;
        Ok(self.dialect().response(sql, answer.rows))
    }

    fn is_open(&self) -> bool {
        self.handle.is_some()
    }

    fn transaction_open(&self) -> bool {
        self.transaction_open
    }

    fn begin(&mut self) -> Result<()> {
        if self.transaction_open {
            return Err(already_open(&self.name));
        }
        if self.dialect().has_transactions() {
            self.plain("BEGIN")?;
        }
        self.transaction_open = true;
        Ok(())
    }

    fn commit(&mut self) -> Result<()> {
        if !self.transaction_open {
            return Err(none_open(&self.name));
        }
        if self.dialect().has_transactions() {
            self.plain("COMMIT").inspect_err(|_| self.rollback_if_open())?;
        }
        self.transaction_open = false;
        Ok(())
    }

    fn rollback_if_open(&mut self) {
        if std::mem::take(&mut self.transaction_open) && self.dialect().has_transactions() {
            let rolled_back = self.plain("ROLLBACK");
            // DuckDB ends the transaction by itself when a commit fails: nothing to roll back is fine.
            if rolled_back.is_err_and(|error| !error.message.contains("no transaction is active")) {
                self.handle = None;
            }
        }
    }

    fn release(&mut self) {
        self.rollback_if_open();
        *lock(&self.canceller.handle) = None;
        if let Some(handle) = self.handle.take() {
            self.shared.close(handle);
        }
    }

    fn canceller(&self) -> Arc<dyn Canceller> {
        self.canceller.clone()
    }
}

impl Drop for AdbcConnection {
    fn drop(&mut self) {
        self.release();
    }
}

/// A value within a statement.
fn written(cell: &Cell, dialect: &dyn Dialect) -> String {
    if let Some(written) = dialect.written_value(cell) {
        return written;
    }
    match cell {
        Cell::DateTimeTz(time) => format!("timestamptz '{}'", time.format("%Y-%m-%d %H:%M:%S%.f%:z")),
        cell => literal(cell, dialect),
    }
}

fn limited(batches: Vec<RecordBatch>, limit: Option<usize>) -> Vec<RecordBatch> {
    // dbt takes a limit of zero for none.
    let Some(mut left) = limit.filter(|limit| *limit > 0) else { return batches };
    let cut = batches.into_iter().map(|batch| {
        let taken = batch.num_rows().min(left);
        left -= taken;
        batch.slice(0, taken)
    });
    cut.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapter::dialect::dialect;

    #[test]
    fn postgres_gets_values_within_the_statement() {
        let postgres = dialect("postgres").expect("a dialect");
        assert!(postgres.writes_values());
        let time = chrono::DateTime::parse_from_rfc3339("2020-01-01T10:00:00+02:00").expect("a time");
        let row = [Cell::Int(1), Cell::str("it's"), Cell::Null, Cell::DateTimeTz(time)];
        let values: Vec<String> = row.iter().map(|cell| written(cell, postgres)).collect();
        let expected = ["1", "'it''s'", "null", "timestamptz '2020-01-01 10:00:00+02:00'"];
        assert_eq!(values, expected);
    }
}
