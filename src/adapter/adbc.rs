//! The one implementation of [`Adapter`]: every warehouse through its ADBC driver
//! (<https://arrow.apache.org/adbc>).

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, Weak};
use std::time::Duration;

use adbc_core::options::{OptionDatabase, OptionValue};
use adbc_core::{CancelHandle, Connection as _, Database as _, Driver as _, Statement as _};
use adbc_driver_manager::{ManagedConnection, ManagedDatabase};
use arrow_array::{RecordBatch, RecordBatchReader};
use arrow_schema::{Schema, SchemaRef};

use super::bind;
use super::cache::RelationCache;
use super::connection::{Adapter, Canceller, Connection, Execute, already_open, none_open};
use super::credentials::Credentials;
use super::dialect::{Dialect, OpenPlan};
use super::driver;
use super::error::{AdapterError, ErrorKind, Result};
use super::memo::Memo;
use super::position;
use super::response::{AdapterResponse, QueryResult};
use super::sql_text;
use super::table::{Cell, Table};

/// Database files open in this process: a second instance of the same file would corrupt it.
static OPEN_FILES: LazyLock<Mutex<HashMap<PathBuf, Weak<ManagedDatabase>>>> = LazyLock::new(Mutex::default);

/// A warehouse behind an ADBC driver.
pub struct AdbcAdapter {
    shared: Arc<Shared>,
    cache: RelationCache,
    memo: Memo,
}

struct Shared {
    credentials: Credentials,
    /// Opened by the first connection that runs something.
    database: Mutex<Option<Arc<ManagedDatabase>>>,
    plan: OpenPlan,
}

impl AdbcAdapter {
    /// Errors: the profile's keys make no sense. The driver is looked for when it is needed.
    pub fn new(credentials: Credentials) -> Result<AdbcAdapter> {
        let plan = credentials.dialect.open_plan(&credentials, &credentials.base)?;
        let shared = Shared { credentials, database: Mutex::new(None), plan };
        Ok(AdbcAdapter { shared: Arc::new(shared), cache: RelationCache::default(), memo: Memo::default() })
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

impl Shared {
    fn database(&self) -> Result<Arc<ManagedDatabase>> {
        let mut database = lock(&self.database);
        if let Some(open) = &*database {
            return Ok(open.clone());
        }
        let opened = self.open()?;
        *database = Some(opened.clone());
        Ok(opened)
    }

    fn open(&self) -> Result<Arc<ManagedDatabase>> {
        let Some(file) = &self.plan.file else { return self.open_new() };
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder).map_err(|error| {
                AdapterError::new(
                    ErrorKind::Connect,
                    format!("cannot make the folder `{}`: {error}", folder.display()),
                )
            })?;
        }
        let folder = file.parent().and_then(|folder| folder.canonicalize().ok());
        let key = match (folder, file.file_name()) {
            (Some(folder), Some(name)) => folder.join(name),
            _ => file.clone(),
        };
        let mut open_files = lock(&OPEN_FILES);
        if let Some(open) = open_files.get(&key).and_then(Weak::upgrade) {
            return Ok(open);
        }
        let database = self.open_new()?;
        open_files.insert(key, Arc::downgrade(&database));
        Ok(database)
    }

    fn open_new(&self) -> Result<Arc<ManagedDatabase>> {
        let dialect = self.credentials.dialect;
        let mut driver = driver::load(dialect.driver(), self.credentials.text("driver").as_deref())?;
        let mut attempt = 0;
        let database = loop {
            let options =
                self.plan.options.iter().map(|(key, value)| {
                    (OptionDatabase::from(key.as_str()), OptionValue::String(value.clone()))
                });
            match driver.new_database_with_opts(options) {
                Ok(database) => break database,
                Err(error) => {
                    attempt += 1;
                    if attempt >= self.plan.attempts {
                        return Err(self.connect_error(&error));
                    }
                    std::thread::sleep(Duration::from_secs(1 << (attempt - 1).min(5)));
                }
            }
        };
        if !self.plan.on_database.is_empty() {
            let mut connection = database.new_connection().map_err(|error| self.connect_error(&error))?;
            for sql in &self.plan.on_database {
                run(&mut connection, sql, Run::Fetch).map_err(|error| self.opening_error(&error))?;
            }
        }
        Ok(Arc::new(database))
    }

    fn connection(&self) -> Result<ManagedConnection> {
        let database = self.database()?;
        let mut connection = database.new_connection().map_err(|error| self.connect_error(&error))?;
        for sql in &self.plan.on_connection {
            run(&mut connection, sql, Run::Fetch).map_err(|error| self.opening_error(&error))?;
        }
        Ok(connection)
    }

    fn opening_error(&self, error: &adbc_core::error::Error) -> AdapterError {
        AdapterError::new(ErrorKind::Connect, self.clean(&error.message)).help(
            "the profile's `extensions`, `secrets`, `attach` and `settings` run when the database is opened",
        )
    }

    fn connect_error(&self, error: &adbc_core::error::Error) -> AdapterError {
        let message = self.clean(&error.message);
        if let Some(file) = &self.plan.file
            && message.contains("Could not set lock on file")
        {
            let holder = message.split_once("Conflicting lock is held in ").map(|(_, rest)| rest);
            let holder =
                holder.and_then(|rest| rest.split_once(')')).map(|(holder, _)| format!(" by {holder})"));
            return AdapterError::new(
                ErrorKind::Locked,
                format!("the database file `{}` is in use{}", file.display(), holder.unwrap_or_default()),
            )
            .help("close the other program, or wait until it is done; only one process may write to a DuckDB file")
            .help("`retries: {connect_attempts: 5}` in the profile waits for it");
        }
        AdapterError::new(ErrorKind::Connect, message)
    }

    /// The driver's message without what must not be shown.
    fn clean(&self, message: &str) -> String {
        let mut message = message.to_string();
        for key in self.credentials.dialect.secret_keys() {
            if let Some(secret) = self.credentials.text(key).filter(|secret| secret.len() > 3) {
                message = message.replace(&*secret, "********");
            }
        }
        message
    }
}

/// What a statement gave.
struct Answer {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
    /// Rows touched, or returned.
    rows: Option<i64>,
}

/// Runs one text and reads what it returns to the end, so that late errors show here.
fn run(connection: &mut ManagedConnection, sql: &str, how: Run<'_>) -> adbc_core::error::Result<Answer> {
    let mut statement = connection.new_statement()?;
    statement.set_sql_query(sql)?;
    match how {
        Run::Count => {
            let rows = statement.execute_update()?;
            return Ok(Answer { schema: Arc::new(Schema::empty()), batches: vec![], rows });
        }
        Run::With(bindings) => {
            statement.prepare()?;
            statement.bind(bind::batch(bindings)?)?;
        }
        Run::Fetch => {}
    }
    let reader = statement.execute()?;
    let schema = reader.schema();
    let batches =
        reader.collect::<std::result::Result<Vec<_>, _>>().map_err(adbc_core::error::Error::from)?;
    // Without columns it was no query, and no rows say nothing of what it touched.
    let rows =
        (!schema.fields().is_empty()).then(|| batches.iter().map(|batch| batch.num_rows() as i64).sum());
    Ok(Answer { schema, batches, rows })
}

/// What a statement is run for.
#[derive(Clone, Copy)]
enum Run<'a> {
    Fetch,
    /// The number of rows it touches; there is no result to read.
    Count,
    /// With values in place of its placeholders.
    With(&'a [Cell]),
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
        let outcome = run(self.handle()?, sql, how);
        outcome.map_err(|error| self.database_error(&error, sql))
    }

    fn database_error(&self, error: &adbc_core::error::Error, sql: &str) -> AdapterError {
        if self.canceller.requested.swap(false, Ordering::SeqCst) {
            return AdapterError::new(ErrorKind::Cancelled, "the statement was cancelled");
        }
        let message = self.shared.clean(error.message.trim());
        let position = position::find(&message, sql);
        AdapterError { position, ..AdapterError::new(ErrorKind::Database, message) }
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
            last = self.send(statement, run).map(|answer| Some((answer, *statement)));
            if last.is_err() {
                break;
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
        let response = self.dialect().response(last, rows);
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
        let numbered = self.dialect().numbered_placeholders().then(|| sql_text::number_placeholders(sql));
        let sql = numbered.as_deref().unwrap_or(sql);
        let answer = self.send(sql, Run::With(bindings)).inspect_err(|_| self.rollback_if_open())?;
        Ok(self.dialect().response(sql, answer.rows))
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
        self.handle = None;
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

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}
