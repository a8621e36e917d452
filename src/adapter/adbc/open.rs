//! Opening the database of a profile, once, and connections to it.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, Weak};
use std::time::Duration;

use adbc_core::options::{OptionDatabase, OptionValue};
use adbc_core::{Database as _, Driver as _};
use adbc_driver_manager::{ManagedConnection, ManagedDatabase, ManagedDriver};

use super::super::credentials::Credentials;
use super::super::dialect::OpenPlan;
use super::super::driver;
use super::super::error::{AdapterError, ErrorKind, Result};
use super::super::secret::{HIDDEN, without};
use super::statement::{Run, run};
use super::workers;
use crate::trace;

/// Database files open in this process: a second instance of the same file would corrupt it.
static OPEN_FILES: LazyLock<Mutex<HashMap<PathBuf, Weak<ManagedDatabase>>>> = LazyLock::new(Mutex::default);

/// What the connections of an adapter share.
pub(super) struct Shared {
    pub credentials: Credentials,
    /// Opened by the first connection that runs something.
    database: Mutex<Option<Arc<ManagedDatabase>>>,
    pub plan: OpenPlan,
}

impl Shared {
    pub fn new(credentials: Credentials, plan: OpenPlan) -> Shared {
        Shared { credentials, database: Mutex::new(None), plan }
    }

    fn database(&self) -> Result<Arc<ManagedDatabase>> {
        let mut database = lock(&self.database);
        if let Some(open) = &*database {
            return Ok(open.clone());
        }
        let _span = trace::statement("open the database");
        let opened = workers::waiting_their_turn(|| self.open())?;
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
        let mut attempt = 1;
        loop {
            match self.try_open(&mut driver) {
                Ok(database) => return Ok(Arc::new(database)),
                Err(refusal) if attempt < self.plan.attempts && self.may_reopen(&refusal.message) => {
                    std::thread::sleep(pause(attempt));
                    attempt += 1;
                }
                Err(refusal) => return Err(self.explained(&refusal)),
            }
        }
    }

    fn try_open(&self, driver: &mut ManagedDriver) -> std::result::Result<ManagedDatabase, Refusal> {
        let options = self.plan.options.iter();
        let options = options
            .map(|(key, value)| (OptionDatabase::from(key.as_str()), OptionValue::String(value.clone())));
        let database = driver.new_database_with_opts(options).map_err(Refusal::of_driver)?;
        if !self.plan.on_database.is_empty() {
            prepared(&database, &self.plan.on_database)?;
        }
        Ok(database)
    }

    /// A connection, set up as the profile says.
    pub fn connection(&self) -> Result<ManagedConnection> {
        let database = self.database()?;
        let _span = trace::statement("connect");
        prepared(&database, &self.plan.on_connection).map_err(|refusal| self.explained(&refusal))
    }

    /// Ends a connection; the last one of a database may take long, since DuckDB then writes its file.
    pub fn close(&self, connection: ManagedConnection) {
        let _span = trace::statement("disconnect");
        drop(connection);
    }

    fn explained(&self, refusal: &Refusal) -> AdapterError {
        let message = match refusal.of_profile {
            // The statement was made of the profile: where the message quotes it, a secret may be there cut in two.
            true => refusal.message.split("\nLINE ").next().unwrap_or_default(),
            false => &refusal.message,
        };
        let message = without(&self.clean(message.trim_end()));
        let error = self.credentials.dialect.explain(AdapterError::new(ErrorKind::Connect, message));
        match refusal.of_profile {
            true => error
                .help("the profile asks for this: see its extensions, secrets, attached databases, role or settings"),
            false => error,
        }
    }

    /// Whether to open again after this error; some profiles say which are worth it.
    fn may_reopen(&self, message: &str) -> bool {
        self.plan.retryable.is_empty() || self.may_retry(message)
    }

    /// Whether the profile wants a statement tried again after this error: `IO Error: …` is dbt-duckdb's
    /// `IOException`.
    pub fn may_retry(&self, message: &str) -> bool {
        let kind =
            message.split(" Error:").next().unwrap_or_default().replace("TransactionContext", "Transaction");
        let kind = kind.replace(' ', "") + "Exception";
        self.plan.retryable.iter().any(|name| name.eq_ignore_ascii_case(&kind))
    }

    /// The driver's message without what must not be shown.
    pub fn clean(&self, message: &str) -> String {
        let secrets = self.credentials.secrets();
        secrets.iter().fold(message.to_string(), |message, secret| message.replace(secret, HIDDEN))
    }
}

/// Why a database or a connection was not opened.
struct Refusal {
    message: String,
    /// A statement that the profile asks for was refused.
    of_profile: bool,
}

impl Refusal {
    fn of_driver(error: adbc_core::error::Error) -> Refusal {
        Refusal { message: error.message, of_profile: false }
    }

    fn of_profile(error: adbc_core::error::Error) -> Refusal {
        Refusal { message: error.message, of_profile: true }
    }
}

/// A new connection on which these statements have been run.
fn prepared(
    database: &ManagedDatabase,
    statements: &[String],
) -> std::result::Result<ManagedConnection, Refusal> {
    let mut connection = database.new_connection().map_err(Refusal::of_driver)?;
    for sql in statements {
        run(&mut connection, sql, Run::Fetch, &[]).map_err(Refusal::of_profile)?;
    }
    Ok(connection)
}

impl Drop for Shared {
    fn drop(&mut self) {
        let _span = trace::statement("close the database");
        lock(&self.database).take();
    }
}

/// One second after the first failure, twice as long after each further one.
pub(super) fn pause(attempt: u32) -> Duration {
    Duration::from_secs(1 << (attempt.max(1) - 1).min(5))
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}
