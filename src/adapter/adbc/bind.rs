//! Values in place of placeholders, as the one-row batch that ADBC takes.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Int64Array, NullArray, RecordBatch, StringArray,
    TimestampMicrosecondArray,
};
use arrow_schema::{Field, Schema};
use chrono::NaiveDate;

use super::super::table::Cell;

/// One row of the values. Numbers beyond 64 bits and decimals go as text: the statement casts them.
pub(super) fn batch(values: &[Cell]) -> adbc_core::error::Result<RecordBatch> {
    let columns: Vec<ArrayRef> = values.iter().map(column).collect();
    let fields: Vec<Field> = columns
        .iter()
        .enumerate()
        .map(|(index, column)| Field::new(index.to_string(), column.data_type().clone(), true))
        .collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(Into::into)
}

fn column(value: &Cell) -> ArrayRef {
    match value {
        Cell::Null => Arc::new(NullArray::new(1)),
        Cell::Bool(value) => Arc::new(BooleanArray::from(vec![*value])),
        Cell::Int(value) => Arc::new(Int64Array::from(vec![*value])),
        Cell::Date(date) => {
            let epoch = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap_or_default();
            Arc::new(Date32Array::from(vec![(*date - epoch).num_days() as i32]))
        }
        Cell::DateTime(time) => {
            Arc::new(TimestampMicrosecondArray::from(vec![time.and_utc().timestamp_micros()]))
        }
        Cell::BigInt(_) | Cell::Decimal(_) | Cell::Str(_) | Cell::DateTimeTz(_) => {
            Arc::new(StringArray::from(vec![value.py_str()]))
        }
    }
}
