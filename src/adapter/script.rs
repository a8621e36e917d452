//! A warehouse that is not there: what would be sent to it is written down.
//!
//! Nothing that asks for rows has an answer. The relation cache says what stands already, and at first
//! that is nothing. What the statements tell of the columns of relations is remembered.

use std::sync::{Arc, Mutex, MutexGuard};

use super::cache::RelationCache;
use super::column::Column;
use super::connection::{Adapter, Canceller, Connection, Execute, already_open, none_open};
use super::credentials::Credentials;
use super::dialect::Dialect;
use super::error::{AdapterError, ErrorKind, Result};
use super::known::KnownColumns;
use super::memo::Memo;
use super::relation::Relation;
use super::response::{AdapterResponse, QueryResult};
use super::sql_text;
use super::table::{Cell, Table};
use crate::value::Str;

/// Words that begin a statement which is sent for its rows.
const QUESTIONS: [&str; 9] =
    ["select", "with", "show", "describe", "desc", "explain", "values", "from", "pragma"];

/// An adapter whose connections write down what they get.
pub struct ScriptAdapter {
    credentials: Credentials,
    cache: RelationCache,
    memo: Memo,
    written: Arc<Mutex<Vec<String>>>,
    known: Arc<Mutex<KnownColumns>>,
}

impl ScriptAdapter {
    pub fn new(credentials: Credentials) -> ScriptAdapter {
        ScriptAdapter {
            credentials,
            cache: RelationCache::default(),
            memo: Memo::default(),
            written: Arc::default(),
            known: Arc::default(),
        }
    }

    /// Columns that the project declares: names and types, which may be empty.
    pub fn declare(&self, relation: &str, columns: impl Iterator<Item = (Str, Str)>) {
        lock(&self.known).declare(relation, columns);
    }

    /// The statements since the last call, in the order in which they came.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut *lock(&self.written))
    }
}

impl Adapter for ScriptAdapter {
    fn dialect(&self) -> &'static dyn Dialect {
        self.credentials.dialect
    }

    fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    fn cache(&self) -> &RelationCache {
        &self.cache
    }

    fn memo(&self) -> &Memo {
        &self.memo
    }

    fn is_connected(&self) -> bool {
        false
    }

    fn known_columns(&self, relation: &Relation) -> Option<Vec<Column>> {
        lock(&self.known).get(&relation.render(), self.dialect())
    }

    fn connect(&self, name: &str) -> Box<dyn Connection> {
        Box::new(ScriptConnection {
            name: name.to_string(),
            dialect: self.credentials.dialect,
            written: self.written.clone(),
            known: self.known.clone(),
            transaction_open: false,
        })
    }
}

struct ScriptConnection {
    name: String,
    dialect: &'static dyn Dialect,
    written: Arc<Mutex<Vec<String>>>,
    known: Arc<Mutex<KnownColumns>>,
    transaction_open: bool,
}

impl ScriptConnection {
    fn write(&mut self, sql: &str, auto_begin: bool) {
        self.transaction_open |= auto_begin;
        // Hooks outside of a transaction first end the one that a driver may have opened.
        let is_commit = sql.trim().trim_end_matches(';').trim_end().eq_ignore_ascii_case("commit");
        if sql_text::has_statement(sql) && !is_commit {
            lock(&self.known).learn(sql);
            lock(&self.written).push(sql.to_string());
        }
    }
}

impl Connection for ScriptConnection {
    fn name(&self) -> &str {
        &self.name
    }

    fn set_name(&mut self, name: &str) {
        self.name = name.to_string();
    }

    fn execute(&mut self, sql: &str, how: Execute) -> Result<QueryResult> {
        let asks = || {
            let first = sql_text::words(sql, 1).first().map(|word| word.to_lowercase());
            first.is_some_and(|word| QUESTIONS.contains(&&*word))
        };
        if how.fetch && asks() {
            return Err(unconnected(sql));
        }
        self.write(sql, how.auto_begin);
        Ok(QueryResult { response: AdapterResponse::ok(), table: Table::empty() })
    }

    fn execute_with(&mut self, sql: &str, bindings: &[Cell], auto_begin: bool) -> Result<AdapterResponse> {
        let literals: Vec<String> = bindings.iter().map(|cell| literal(cell, self.dialect)).collect();
        let sql = if literals.is_empty() { sql.to_string() } else { sql_text::fill(sql, &literals) };
        self.write(&sql, auto_begin);
        Ok(AdapterResponse::ok())
    }

    fn transaction_open(&self) -> bool {
        self.transaction_open
    }

    fn begin(&mut self) -> Result<()> {
        if self.transaction_open {
            return Err(already_open(&self.name));
        }
        self.transaction_open = true;
        Ok(())
    }

    fn commit(&mut self) -> Result<()> {
        if !std::mem::take(&mut self.transaction_open) {
            return Err(none_open(&self.name));
        }
        Ok(())
    }

    fn rollback_if_open(&mut self) {
        self.transaction_open = false;
    }

    fn release(&mut self) {
        self.transaction_open = false;
    }

    fn canceller(&self) -> Arc<dyn Canceller> {
        Arc::new(Nothing)
    }
}

/// Nothing runs, so there is nothing to cancel.
struct Nothing;

impl Canceller for Nothing {
    fn cancel(&self) -> bool {
        false
    }
}

/// Something asks for what only the warehouse knows.
pub fn unconnected(question: &str) -> AdapterError {
    let start: String = question.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(120).collect();
    AdapterError::new(ErrorKind::Unconnected, "it asks the warehouse, and no warehouse is connected")
        .help(format!("the question is: {start}"))
        .help("leave the node out with `--exclude`, or have it do without the answer")
}

/// A value as the dialect writes it.
pub fn literal(cell: &Cell, dialect: &dyn Dialect) -> String {
    match cell {
        Cell::Null => "null".into(),
        Cell::Bool(value) => value.to_string(),
        Cell::Int(value) => value.to_string(),
        Cell::BigInt(digits) => digits.to_string(),
        Cell::Decimal(value) => value.to_string(),
        Cell::Str(text) => dialect.text_literal(text),
        Cell::Date(date) => format!("date '{date}'"),
        Cell::DateTime(time) => format!("timestamp '{}'", time.format("%Y-%m-%d %H:%M:%S%.f")),
        Cell::DateTimeTz(time) => format!("timestamp '{}'", time.format("%Y-%m-%d %H:%M:%S%.f%:z")),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapter::dialect::dialect;

    fn adapter() -> ScriptAdapter {
        let duckdb = dialect("duckdb").expect("a dialect");
        let profile = [("schema".into(), "main".into())].into_iter().collect();
        ScriptAdapter::new(Credentials::new(duckdb, &profile, ".").expect("a profile"))
    }

    #[test]
    fn statements_are_kept_and_questions_refused() {
        let adapter = adapter();
        let mut connection = adapter.connect("test");
        connection.execute("create table t(a int, b text)", Execute::fetch()).unwrap();
        connection.execute("  commit;\n", Execute::default()).unwrap();
        connection.execute("-- nothing\n;", Execute::default()).unwrap();
        let row = [Cell::Null, Cell::str("it's %s")];
        connection.execute_with("insert into t (\"%s\") values (%s,%s)", &row, true).unwrap();
        let error = connection.execute("/* c */ select 1", Execute::fetch()).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Unconnected);
        connection.execute("select 1", Execute::default()).unwrap();
        let written = adapter.take();
        assert_eq!(
            written,
            ["create table t(a int, b text)", "insert into t (\"%s\") values (null,'it''s %s')", "select 1"]
        );
        assert!(adapter.take().is_empty());
    }
}
