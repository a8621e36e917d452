//! One statement through ADBC, to its end.

use std::sync::Arc;

use adbc_core::options::{OptionStatement, OptionValue};
use adbc_core::{Connection as _, Optionable as _, Statement as _};
use adbc_driver_manager::ManagedConnection;
use arrow_array::{RecordBatch, RecordBatchReader};
use arrow_schema::{Schema, SchemaRef};

use super::super::dialect::StatementOption;
use super::super::table::Cell;
use super::bind;

/// What a statement gave.
pub(super) struct Answer {
    pub schema: SchemaRef,
    pub batches: Vec<RecordBatch>,
    /// Rows touched, or returned.
    pub rows: Option<i64>,
}

/// Runs one text and reads what it returns to the end, so that late errors show here.
pub(super) fn run(
    connection: &mut ManagedConnection,
    sql: &str,
    how: Run<'_>,
    options: &[(String, StatementOption)],
) -> adbc_core::error::Result<Answer> {
    let mut statement = connection.new_statement()?;
    for (name, value) in options {
        let value = match value {
            StatementOption::Text(text) => OptionValue::String(text.clone()),
            StatementOption::Number(number) => OptionValue::Int(*number),
        };
        statement.set_option(OptionStatement::Other(name.clone()), value)?;
    }
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
pub(super) enum Run<'a> {
    Fetch,
    /// The number of rows it touches; there is no result to read.
    Count,
    /// With values in place of its placeholders.
    With(&'a [Cell]),
}
