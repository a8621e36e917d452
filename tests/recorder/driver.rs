//! A driver for tests that answers from a file and writes down what it is sent, so that the statements for
//! a warehouse that is out of reach can be tested through the binary. It is loaded as any other driver:
//!
//!     HEADWATER_DRIVER_SNOWFLAKE=…/examples/librecorder.so RECORDER_ANSWERS=answers.json RECORDER_LOG=sent.jsonl
//!
//! `RECORDER_ANSWERS` is a list; the first entry whose conditions hold answers, and what none answers
//! succeeds without columns:
//!
//!     [{"sql": "regex that the statement contains, case aside; a dot matches line ends",
//!       "after": "regex: a statement that contains it was sent before",
//!       "until": "regex: none that contains it was sent yet",
//!       "columns": {"name": "Utf8", "rows": "Int64", "at": "Timestamp(Microsecond, None)"},
//!       "rows": [["orders", 3, null]],
//!       "affected": 3,
//!       "error": "what the warehouse says"}]
//!
//! Types are named as Arrow prints them; `{"type": …, "metadata": {…}}` adds what a driver says beside them. A nested value is given as its JSON text. `RECORDER_LOG` gets a line
//! for each statement: `{"sql": …, "bound": rows}`.

use std::collections::{HashMap, HashSet};
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::str::FromStr as _;
use std::sync::{Arc, Mutex};

use adbc_core::error::{Error, Result, Status};
use adbc_core::options::{
    InfoCode, ObjectDepth, OptionConnection, OptionDatabase, OptionStatement, OptionValue,
};
use adbc_core::{Connection, Database, Driver, Optionable, PartitionedResult, Statement};
use arrow_array::{ArrayRef, RecordBatch, RecordBatchIterator, RecordBatchReader, StringArray};
use arrow_schema::{DataType, Field, Schema};
use regex::{Regex, RegexBuilder};
use serde_json::Value;

type Reader = Box<dyn RecordBatchReader + Send + 'static>;

adbc_ffi::export_driver!(RecorderInit, Recorder);

#[derive(Default)]
pub struct Recorder;

impl Driver for Recorder {
    type DatabaseType = Opened;

    fn new_database(&mut self) -> Result<Opened> {
        Ok(Opened(Arc::new(Recording::open()?)))
    }

    fn new_database_with_opts(
        &mut self,
        _options: impl IntoIterator<Item = (OptionDatabase, OptionValue)>,
    ) -> Result<Opened> {
        self.new_database()
    }
}

/// What is answered, and what was sent.
pub struct Recording {
    answers: Vec<Answer>,
    sent: Mutex<(Vec<String>, Option<File>)>,
}

struct Answer {
    sql: Regex,
    after: Option<Regex>,
    until: Option<Regex>,
    outcome: std::result::Result<(RecordBatch, Option<i64>), String>,
}

impl Recording {
    fn open() -> Result<Recording> {
        let answers = match std::env::var("RECORDER_ANSWERS") {
            Ok(file) => read(&file)?,
            Err(_) => vec![],
        };
        let log = match std::env::var("RECORDER_LOG") {
            Ok(file) => Some(OpenOptions::new().create(true).append(true).open(file).map_err(wrong)?),
            Err(_) => None,
        };
        Ok(Recording { answers, sent: Mutex::new((vec![], log)) })
    }

    fn answer(&self, sql: &str, bound: usize) -> Result<(RecordBatch, Option<i64>)> {
        let mut sent = self.sent.lock().map_err(wrong)?;
        let (before, log) = &mut *sent;
        if let Some(log) = log {
            writeln!(log, "{}", serde_json::json!({"sql": sql, "bound": bound})).map_err(wrong)?;
        }
        let was_sent = |wanted: &Regex| before.iter().any(|earlier| wanted.is_match(earlier));
        let found = self.answers.iter().find(|answer| {
            answer.sql.is_match(sql)
                && answer.after.as_ref().is_none_or(was_sent)
                && !answer.until.as_ref().is_some_and(was_sent)
        });
        let outcome = match found {
            Some(answer) => answer.outcome.clone(),
            None => Ok((RecordBatch::new_empty(Arc::new(Schema::empty())), None)),
        };
        before.push(sql.to_string());
        outcome.map_err(|message| Error::with_message_and_status(message, Status::Internal))
    }
}

fn read(file: &str) -> Result<Vec<Answer>> {
    let text = std::fs::read_to_string(file).map_err(wrong)?;
    let entries: Vec<Value> = serde_json::from_str(&text).map_err(wrong)?;
    entries
        .iter()
        .map(|entry| {
            let pattern = |key: &str| -> Result<Option<Regex>> {
                let Some(pattern) = entry[key].as_str() else { return Ok(None) };
                let regex =
                    RegexBuilder::new(pattern).case_insensitive(true).dot_matches_new_line(true).build();
                Ok(Some(regex.map_err(wrong)?))
            };
            let outcome = match entry["error"].as_str() {
                Some(message) => Err(message.to_string()),
                None => Ok((rows(entry)?, entry["affected"].as_i64())),
            };
            let sql = pattern("sql")?.ok_or_else(|| wrong(format!("an answer without `sql`: {entry}")))?;
            Ok(Answer { sql, after: pattern("after")?, until: pattern("until")?, outcome })
        })
        .collect()
}

fn rows(entry: &Value) -> Result<RecordBatch> {
    let columns = entry["columns"].as_object().cloned().unwrap_or_default();
    let rows = entry["rows"].as_array().cloned().unwrap_or_default();
    let mut fields = vec![];
    let mut arrays: Vec<ArrayRef> = vec![];
    for (index, (name, kind)) in columns.iter().enumerate() {
        let type_name = kind.as_str().or_else(|| kind["type"].as_str());
        let data_type = DataType::from_str(type_name.unwrap_or("Utf8")).map_err(wrong)?;
        let text = rows.iter().map(|row| match &row[index] {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        });
        let text: ArrayRef = Arc::new(text.collect::<StringArray>());
        arrays.push(arrow_cast::cast(&text, &data_type).map_err(wrong)?);
        let metadata = kind["metadata"].as_object().into_iter().flatten();
        let metadata =
            metadata.map(|(key, value)| (key.clone(), value.as_str().unwrap_or_default().to_string()));
        fields.push(Field::new(name, data_type, true).with_metadata(metadata.collect::<HashMap<_, _>>()));
    }
    let schema = Arc::new(Schema::new(fields));
    if arrays.is_empty() {
        return Ok(RecordBatch::new_empty(schema));
    }
    RecordBatch::try_new(schema, arrays).map_err(wrong)
}

fn wrong(error: impl std::fmt::Display) -> Error {
    Error::with_message_and_status(format!("recorder: {error}"), Status::InvalidArguments)
}

fn not_here<T>() -> Result<T> {
    Err(Error::with_message_and_status("the recorder does not do this", Status::NotImplemented))
}

pub struct Opened(Arc<Recording>);

impl Database for Opened {
    type ConnectionType = Connected;

    fn new_connection(&self) -> Result<Connected> {
        Ok(Connected(self.0.clone()))
    }

    fn new_connection_with_opts(
        &self,
        _options: impl IntoIterator<Item = (OptionConnection, OptionValue)>,
    ) -> Result<Connected> {
        self.new_connection()
    }
}

pub struct Connected(Arc<Recording>);

impl Connection for Connected {
    type StatementType = Sent;

    fn new_statement(&mut self) -> Result<Sent> {
        Ok(Sent { recording: self.0.clone(), sql: String::new(), bound: 0 })
    }

    fn get_info(&self, _codes: Option<HashSet<InfoCode>>) -> Result<Reader> {
        not_here()
    }

    fn get_objects(
        &self,
        _depth: ObjectDepth,
        _catalog: Option<&str>,
        _schema: Option<&str>,
        _table: Option<&str>,
        _table_types: Option<Vec<&str>>,
        _column: Option<&str>,
    ) -> Result<Reader> {
        not_here()
    }

    fn get_table_schema(
        &self,
        _catalog: Option<&str>,
        _schema: Option<&str>,
        _table: &str,
    ) -> Result<Schema> {
        not_here()
    }

    fn get_table_types(&self) -> Result<Reader> {
        not_here()
    }

    fn get_statistic_names(&self) -> Result<Reader> {
        not_here()
    }

    fn get_statistics(
        &self,
        _catalog: Option<&str>,
        _schema: Option<&str>,
        _table: Option<&str>,
        _approximate: bool,
    ) -> Result<Reader> {
        not_here()
    }

    fn commit(&mut self) -> Result<()> {
        Ok(())
    }

    fn rollback(&mut self) -> Result<()> {
        Ok(())
    }

    fn read_partition(&self, _partition: impl AsRef<[u8]>) -> Result<Reader> {
        not_here()
    }
}

/// One statement.
pub struct Sent {
    recording: Arc<Recording>,
    sql: String,
    bound: usize,
}

impl Statement for Sent {
    fn bind(&mut self, batch: RecordBatch) -> Result<()> {
        self.bound += batch.num_rows();
        Ok(())
    }

    fn bind_stream(&mut self, reader: Box<dyn RecordBatchReader + Send>) -> Result<()> {
        for batch in reader {
            self.bind(batch.map_err(wrong)?)?;
        }
        Ok(())
    }

    fn execute(&mut self) -> Result<Reader> {
        let (batch, _) = self.recording.answer(&self.sql, self.bound)?;
        let schema = batch.schema();
        Ok(Box::new(RecordBatchIterator::new([Ok(batch)], schema)))
    }

    fn execute_update(&mut self) -> Result<Option<i64>> {
        Ok(self.recording.answer(&self.sql, self.bound)?.1)
    }

    fn execute_schema(&mut self) -> Result<Schema> {
        not_here()
    }

    fn execute_partitions(&mut self) -> Result<PartitionedResult> {
        not_here()
    }

    fn get_parameter_schema(&self) -> Result<Schema> {
        not_here()
    }

    fn prepare(&mut self) -> Result<()> {
        Ok(())
    }

    fn set_sql_query(&mut self, query: impl AsRef<str>) -> Result<()> {
        self.sql = query.as_ref().to_string();
        Ok(())
    }

    fn set_substrait_plan(&mut self, _plan: impl AsRef<[u8]>) -> Result<()> {
        not_here()
    }
}

/// Options are taken and forgotten.
macro_rules! takes_options {
    ($($of:ty: $option:ty),*) => {$(
        impl Optionable for $of {
            type Option = $option;

            fn set_option(&mut self, _key: $option, _value: OptionValue) -> Result<()> {
                Ok(())
            }

            fn get_option_string(&self, _key: $option) -> Result<String> {
                not_here()
            }

            fn get_option_bytes(&self, _key: $option) -> Result<Vec<u8>> {
                not_here()
            }

            fn get_option_int(&self, _key: $option) -> Result<i64> {
                not_here()
            }

            fn get_option_double(&self, _key: $option) -> Result<f64> {
                not_here()
            }
        }
    )*};
}

takes_options!(Opened: OptionDatabase, Connected: OptionConnection, Sent: OptionStatement);
