//! Names for the types of a result's columns: what the driver's metadata say, or what the Arrow type stands for.

use arrow_schema::{DataType, Field, IntervalUnit};

/// What the metadata of a field say under the first of `keys` that it has.
pub(super) fn stated<'f>(field: &'f Field, keys: &[&str]) -> Option<&'f str> {
    keys.iter().find_map(|key| field.metadata().get(key)).map(String::as_str)
}

/// The SQL standard's name.
pub(super) fn standard(kind: &DataType) -> String {
    let name = match kind {
        DataType::Boolean => "BOOLEAN",
        DataType::Int8 | DataType::UInt8 | DataType::Int16 | DataType::UInt16 => "SMALLINT",
        DataType::Int32 | DataType::UInt32 => "INTEGER",
        DataType::Int64 | DataType::UInt64 => "BIGINT",
        DataType::Float16 | DataType::Float32 => "REAL",
        DataType::Float64 => "DOUBLE",
        DataType::Decimal32(..)
        | DataType::Decimal64(..)
        | DataType::Decimal128(..)
        | DataType::Decimal256(..) => "DECIMAL",
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => "TEXT",
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => {
            "BINARY"
        }
        DataType::Date32 | DataType::Date64 => "DATE",
        DataType::Time32(_) | DataType::Time64(_) => "TIME",
        DataType::Timestamp(_, Some(_)) => "TIMESTAMP WITH TIME ZONE",
        DataType::Timestamp(_, None) => "TIMESTAMP",
        DataType::Duration(_)
        | DataType::Interval(IntervalUnit::DayTime | IntervalUnit::MonthDayNano | IntervalUnit::YearMonth) => {
            "INTERVAL"
        }
        DataType::List(item) | DataType::LargeList(item) | DataType::FixedSizeList(item, _) => {
            return format!("ARRAY<{}>", standard(item.data_type()));
        }
        DataType::Struct(fields) => {
            let fields: Vec<String> = fields
                .iter()
                .map(|field| format!("{} {}", field.name(), standard(field.data_type())))
                .collect();
            return format!("STRUCT<{}>", fields.join(", "));
        }
        DataType::Map(..) => "MAP",
        DataType::Dictionary(_, value) => return standard(value),
        other => return other.to_string().to_uppercase(),
    };
    name.to_string()
}
