//! Cells out of Arrow batches, as Python's database drivers and dbt's table make them.

use arrow_array::cast::AsArray;
use arrow_array::types::*;
use arrow_array::{Array, RecordBatch};
use arrow_schema::{DataType, Field, Schema};
use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime};

use super::nested;
use super::temporal::{
    offset_text, read_date, read_duration, read_interval, read_time, read_timestamp, time_text,
};
use super::{Cell, ColumnType};
use crate::decimal::Decimal;
use crate::value::Str;

/// The batches of one result, with the place where each begins.
#[derive(Debug)]
pub(super) struct Batches {
    fields: Vec<Field>,
    extensions: Vec<Option<Extension>>,
    batches: Vec<RecordBatch>,
    /// Index of each batch's first row.
    starts: Vec<usize>,
    len: usize,
}

impl Batches {
    pub fn new(schema: &Schema, batches: Vec<RecordBatch>) -> Batches {
        let batches: Vec<_> = batches.into_iter().filter(|batch| batch.num_rows() > 0).collect();
        let mut starts = Vec::with_capacity(batches.len());
        let mut len = 0;
        for batch in &batches {
            starts.push(len);
            len += batch.num_rows();
        }
        let fields: Vec<Field> = schema.fields().iter().map(|field| field.as_ref().clone()).collect();
        let extensions = fields.iter().map(extension).collect();
        Batches { fields, extensions, batches, starts, len }
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn width(&self) -> usize {
        self.fields.len()
    }

    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    pub fn cell(&self, row: usize, column: usize) -> Cell {
        if row >= self.len || column >= self.fields.len() {
            return Cell::Null;
        }
        let batch = self.starts.partition_point(|start| *start <= row) - 1;
        let array = self.batches[batch].column(column);
        let row = row - self.starts[batch];
        read_as(array.as_ref(), &self.fields[column], self.extensions[column], row).into_cell()
    }

    /// The first type that takes every value: integer when there is none, as dbt's type tester finds.
    pub fn column_type(&self, column: usize) -> ColumnType {
        let any = self.batches.iter().any(|batch| {
            let array = batch.column(column);
            array.logical_null_count() < array.len()
        });
        if !any {
            return ColumnType::Integer;
        }
        let extension = self.extensions[column];
        match self.fields[column].data_type() {
            _ if extension == Some(Extension::Bool) => ColumnType::Boolean,
            _ if matches!(extension, Some(Extension::HugeInt | Extension::UHugeInt | Extension::Whole)) => {
                ColumnType::Integer
            }
            DataType::Boolean => ColumnType::Boolean,
            kind if kind.is_integer() => ColumnType::Integer,
            kind if kind.is_floating() || kind.is_decimal() => ColumnType::Number,
            DataType::Date32 | DataType::Date64 => ColumnType::Date,
            DataType::Timestamp(..) => ColumnType::DateTime,
            DataType::Union(..) => self.first_type(column),
            _ if extension == Some(Extension::Numeric) => ColumnType::Number,
            _ => ColumnType::Text,
        }
    }

    fn first_type(&self, column: usize) -> ColumnType {
        match (0..self.len).map(|row| self.cell(row, column)).find(|cell| !cell.is_null()) {
            Some(Cell::Bool(_)) => ColumnType::Boolean,
            Some(Cell::Int(_) | Cell::BigInt(_)) => ColumnType::Integer,
            Some(Cell::Decimal(_)) => ColumnType::Number,
            Some(Cell::Date(_)) => ColumnType::Date,
            Some(Cell::DateTime(_) | Cell::DateTimeTz(_)) => ColumnType::DateTime,
            _ => ColumnType::Text,
        }
    }
}

/// What an Arrow extension name says beyond the storage type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extension {
    Bool,
    HugeInt,
    UHugeInt,
    BigNum,
    Bit,
    TimeTz,
    Uuid,
    /// PostgreSQL's arbitrary-precision numbers, sent as text.
    Numeric,
    /// Snowflake's integers, which are numbers of 38 digits without decimals.
    Whole,
}

fn extension(field: &Field) -> Option<Extension> {
    let metadata = field.metadata();
    if metadata.is_empty() {
        return None;
    }
    if matches!(field.data_type(), DataType::Decimal128(_, 0))
        && metadata.get("logicalType").is_some_and(|name| name == "FIXED")
    {
        return Some(Extension::Whole);
    }
    match metadata.get("ARROW:extension:name")?.as_str() {
        "arrow.bool8" => Some(Extension::Bool),
        "arrow.uuid" => Some(Extension::Uuid),
        "arrow.opaque" => {
            let json = metadata.get("ARROW:extension:metadata")?;
            let opaque: serde_json::Value = serde_json::from_str(json).ok()?;
            match opaque.get("type_name")?.as_str()? {
                "hugeint" => Some(Extension::HugeInt),
                "uhugeint" => Some(Extension::UHugeInt),
                "bignum" => Some(Extension::BigNum),
                "bit" => Some(Extension::Bit),
                "time_tz" => Some(Extension::TimeTz),
                "numeric" => Some(Extension::Numeric),
                _ => None,
            }
        }
        _ => None,
    }
}

/// A value as Python's driver hands it out, before the table's conversions.
pub(super) enum Raw<'a> {
    None,
    Bool(bool),
    Int(i128),
    Float(f64),
    Decimal(Decimal),
    Str(&'a str),
    /// Text made here: UUIDs, bit strings.
    Text(String),
    Bytes(&'a [u8]),
    Date(NaiveDate),
    Time(String),
    DateTime(NaiveDateTime),
    DateTimeTz(DateTime<FixedOffset>),
    /// Days and microseconds of a `timedelta`.
    Delta(i64, i64),
    /// A list, tuple or dict, as JSON text.
    Json(String),
}

impl Raw<'_> {
    /// The table's conversion: containers are JSON, what has no column type is text.
    pub fn into_cell(self) -> Cell {
        match self {
            Raw::None => Cell::Null,
            Raw::Bool(value) => Cell::Bool(value),
            Raw::Int(value) => match i64::try_from(value) {
                Ok(value) => Cell::Int(value),
                Err(_) => Cell::BigInt(Str::from(value.to_string())),
            },
            Raw::Float(value) => Cell::Decimal(Decimal::from_f64(value)),
            Raw::Decimal(value) => Cell::Decimal(value),
            Raw::Str(text) => Cell::str(text),
            Raw::Text(text) | Raw::Time(text) | Raw::Json(text) => Cell::str(text),
            Raw::Bytes(bytes) => Cell::str(nested::bytes_repr(bytes)),
            Raw::Date(date) => Cell::Date(date),
            Raw::DateTime(time) => Cell::DateTime(time),
            Raw::DateTimeTz(time) => Cell::DateTimeTz(time),
            Raw::Delta(days, micros) => Cell::str(nested::delta_text(days, micros)),
        }
    }
}

/// The value of `array` at `row`.
pub(super) fn read<'a>(array: &'a dyn Array, field: &Field, row: usize) -> Raw<'a> {
    read_as(array, field, extension(field), row)
}

fn read_as<'a>(array: &'a dyn Array, field: &Field, extension: Option<Extension>, row: usize) -> Raw<'a> {
    if array.is_null(row) {
        return Raw::None;
    }
    if let Some(extension) = extension
        && let Some(raw) = read_extension(array, extension, row)
    {
        return raw;
    }
    match array.data_type() {
        DataType::Null => Raw::None,
        DataType::Boolean => Raw::Bool(array.as_boolean().value(row)),
        DataType::Int8 => Raw::Int(array.as_primitive::<Int8Type>().value(row).into()),
        DataType::Int16 => Raw::Int(array.as_primitive::<Int16Type>().value(row).into()),
        DataType::Int32 => Raw::Int(array.as_primitive::<Int32Type>().value(row).into()),
        DataType::Int64 => Raw::Int(array.as_primitive::<Int64Type>().value(row).into()),
        DataType::UInt8 => Raw::Int(array.as_primitive::<UInt8Type>().value(row).into()),
        DataType::UInt16 => Raw::Int(array.as_primitive::<UInt16Type>().value(row).into()),
        DataType::UInt32 => Raw::Int(array.as_primitive::<UInt32Type>().value(row).into()),
        DataType::UInt64 => Raw::Int(array.as_primitive::<UInt64Type>().value(row).into()),
        DataType::Float16 => Raw::Float(array.as_primitive::<Float16Type>().value(row).to_f64()),
        DataType::Float32 => Raw::Float(array.as_primitive::<Float32Type>().value(row).into()),
        DataType::Float64 => Raw::Float(array.as_primitive::<Float64Type>().value(row)),
        DataType::Decimal128(_, scale) => {
            Raw::Decimal(Decimal::from_i128(array.as_primitive::<Decimal128Type>().value(row), *scale))
        }
        DataType::Decimal32(..) | DataType::Decimal64(..) | DataType::Decimal256(..) => {
            decimal_text(array, row)
        }
        DataType::Utf8 => Raw::Str(array.as_string::<i32>().value(row)),
        DataType::LargeUtf8 => Raw::Str(array.as_string::<i64>().value(row)),
        DataType::Utf8View => Raw::Str(array.as_string_view().value(row)),
        DataType::Binary => Raw::Bytes(array.as_binary::<i32>().value(row)),
        DataType::LargeBinary => Raw::Bytes(array.as_binary::<i64>().value(row)),
        DataType::BinaryView => Raw::Bytes(array.as_binary_view().value(row)),
        DataType::FixedSizeBinary(_) => Raw::Bytes(array.as_fixed_size_binary().value(row)),
        DataType::Date32 | DataType::Date64 => read_date(array, row),
        DataType::Time32(_) | DataType::Time64(_) => read_time(array, row),
        DataType::Timestamp(unit, zone) => read_timestamp(array, *unit, zone.as_deref(), row),
        DataType::Interval(unit) => read_interval(array, *unit, row),
        DataType::Duration(unit) => read_duration(array, *unit, row),
        DataType::Dictionary(..) => {
            let dictionary = array.as_any_dictionary();
            let Raw::Int(key) = read_as(dictionary.keys(), field, None, row) else { return Raw::None };
            read_as(dictionary.values().as_ref(), field, None, usize::try_from(key).unwrap_or_default())
        }
        DataType::Union(fields, _) => {
            let union = array.as_union();
            let (id, offset) = (union.type_id(row), union.value_offset(row));
            let inner = fields.iter().find(|(field_id, _)| *field_id == id).map(|(_, field)| field.as_ref());
            inner.map_or(Raw::None, |inner| read(union.child(id).as_ref(), inner, offset))
        }
        _ => Raw::Json(nested::to_json(array, field, row)),
    }
}

/// Rare decimal widths go through Arrow's own text.
fn decimal_text(array: &dyn Array, row: usize) -> Raw<'static> {
    let text = arrow_cast::display::array_value_to_string(array, row).unwrap_or_default();
    text.parse().map_or(Raw::Text(text), Raw::Decimal)
}

fn read_extension<'a>(array: &'a dyn Array, extension: Extension, row: usize) -> Option<Raw<'a>> {
    match extension {
        Extension::Bool => Some(Raw::Bool(array.as_primitive_opt::<Int8Type>()?.value(row) != 0)),
        Extension::Numeric => {
            let text = array.as_string_opt::<i32>()?.value(row);
            Some(text.parse().map_or(Raw::Str(text), Raw::Decimal))
        }
        Extension::Whole => Some(Raw::Int(array.as_primitive_opt::<Decimal128Type>()?.value(row))),
        Extension::HugeInt => {
            let bytes = array.as_fixed_size_binary_opt()?.value(row).try_into().ok()?;
            Some(Raw::Int(i128::from_le_bytes(bytes)))
        }
        Extension::UHugeInt => {
            let value = u128::from_le_bytes(array.as_fixed_size_binary_opt()?.value(row).try_into().ok()?);
            Some(i128::try_from(value).map_or_else(|_| Raw::Text(value.to_string()), Raw::Int))
        }
        Extension::Uuid => {
            let bytes = array.as_fixed_size_binary_opt()?.value(row).try_into().ok()?;
            Some(Raw::Text(uuid::Uuid::from_bytes(bytes).hyphenated().to_string()))
        }
        Extension::TimeTz => {
            let bits = u64::from_le_bytes(array.as_fixed_size_binary_opt()?.value(row).try_into().ok()?);
            let offset = 57_599 - (bits & 0xff_ffff) as i32;
            Some(Raw::Time(format!("{}{}", time_text((bits >> 24) as i64)?, offset_text(offset))))
        }
        Extension::Bit => {
            let (padding, bytes) = array.as_binary_opt::<i32>()?.value(row).split_first()?;
            let bits: String = bytes.iter().map(|byte| format!("{byte:08b}")).collect();
            Some(Raw::Text(bits.get(usize::from(*padding)..)?.to_string()))
        }
        Extension::BigNum => {
            let bytes = array.as_binary_opt::<i32>()?.value(row);
            let positive = bytes.first()? & 0x80 != 0;
            let digits: Vec<u8> = bytes.get(3..)?.iter().map(|b| if positive { *b } else { !*b }).collect();
            let sign = if positive { "" } else { "-" };
            Some(Raw::Text(format!("{sign}{}", num_bigint::BigUint::from_bytes_be(&digits))))
        }
    }
}
