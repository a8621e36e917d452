//! BigQuery's types: as INFORMATION_SCHEMA writes them, and as the driver's Arrow has them. Columns carry the names that
//! the warehouse's API gives them: a struct is a `RECORD`, an array is the type of its elements with the mode `REPEATED`.

use arrow_schema::{DataType, Field, IntervalUnit};

use super::super::column::Column;
use super::Dialect;

/// The column of a described type: `ARRAY<STRUCT<name STRING(10), at TIMESTAMP>>`.
pub(super) fn column(dialect: &'static dyn Dialect, name: &str, raw: &str) -> Column {
    let raw = raw.trim();
    if let Some(element) = within(raw, "ARRAY") {
        return Column { mode: Some("REPEATED".into()), ..column(dialect, name, element) };
    }
    let mut made = match within(raw, "STRUCT") {
        Some(fields) => {
            let fields = split(fields).into_iter().map(|field| {
                let (name, raw) = name_and_type(field);
                column(dialect, name, raw)
            });
            Column { fields: fields.collect(), ..Column::new(dialect, name, "RECORD") }
        }
        None => Column::new(dialect, name, plain_name(raw)),
    };
    made.mode = Some("NULLABLE".into());
    made
}

/// The column of a result, with the name that the API gives its type.
pub(super) fn arrow_column(dialect: &'static dyn Dialect, field: &Field) -> Column {
    let mut made = match field.data_type() {
        DataType::List(element) | DataType::LargeList(element) => {
            let element = arrow_column(dialect, element);
            let mode = Some("REPEATED".into());
            return Column { name: field.name().as_str().into(), mode, ..element };
        }
        DataType::Struct(fields) if annotation(field).is_none() => {
            let fields = fields.iter().map(|field| arrow_column(dialect, field)).collect();
            Column { fields, ..Column::new(dialect, field.name().as_str(), "RECORD") }
        }
        _ => Column::new(dialect, field.name().as_str(), arrow_type(field)),
    };
    made.mode = Some("NULLABLE".into());
    made
}

/// What the storage API says of a type that Arrow has no own type for: `json` of `google:sqlType:json`.
fn annotation(field: &Field) -> Option<&str> {
    field.metadata().get("ARROW:extension:name")?.strip_prefix("google:sqlType:")
}

fn arrow_type(field: &Field) -> String {
    if let Some(annotated) = annotation(field) {
        return annotated.to_uppercase();
    }
    let name = match field.data_type() {
        DataType::Boolean => "BOOLEAN",
        kind if kind.is_integer() => "INT64",
        kind if kind.is_floating() => "FLOAT64",
        DataType::Decimal256(..) => "BIGNUMERIC",
        kind if kind.is_decimal() => "NUMERIC",
        DataType::Date32 | DataType::Date64 => "DATE",
        DataType::Time32(_) | DataType::Time64(_) => "TIME",
        DataType::Timestamp(_, Some(_)) => "TIMESTAMP",
        DataType::Timestamp(_, None) => "DATETIME",
        DataType::Interval(IntervalUnit::MonthDayNano) => "INTERVAL",
        kind if kind.is_binary() => "BYTES",
        _ => "STRING",
    };
    name.to_string()
}

/// `X` of `KIND<X>`.
fn within<'a>(raw: &'a str, kind: &str) -> Option<&'a str> {
    let head = raw.get(..kind.len()).filter(|head| head.eq_ignore_ascii_case(kind))?;
    raw[head.len()..].trim_start().strip_prefix('<')?.trim_end().strip_suffix('>')
}

/// A type without its size and what follows it, under the API's name.
fn plain_name(raw: &str) -> String {
    let range = within(raw, "RANGE").is_some();
    let end = if range { raw.len() } else { raw.find(['(', ' ']).unwrap_or(raw.len()) };
    match raw[..end].to_uppercase().as_str() {
        "BOOL" => "BOOLEAN".into(),
        name => name.into(),
    }
}

/// The parts between the commas that stand in no brackets.
fn split(text: &str) -> Vec<&str> {
    let (mut depth, mut start, mut quoted) = (0i32, 0, false);
    let mut parts = vec![];
    for (at, c) in text.char_indices() {
        match c {
            '`' => quoted = !quoted,
            '<' | '(' if !quoted => depth += 1,
            '>' | ')' if !quoted => depth -= 1,
            ',' if depth == 0 && !quoted => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts.retain(|part| !part.trim().is_empty());
    parts
}

fn name_and_type(field: &str) -> (&str, &str) {
    let field = field.trim();
    match field.strip_prefix('`').and_then(|rest| rest.split_once('`')) {
        Some((name, rest)) => (name, rest.trim()),
        None => field.split_once(' ').unwrap_or(("", field)),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::adapter::dialect::dialect;

    fn described(raw: &str) -> String {
        column(dialect("bigquery").unwrap(), "c", raw).data_type().to_string()
    }

    #[test]
    fn types_of_the_information_schema() {
        assert_eq!(described("INT64"), "INT64");
        assert_eq!(described("BOOL"), "BOOLEAN");
        assert_eq!(described("STRING(10)"), "STRING");
        assert_eq!(described("NUMERIC(10, 2)"), "NUMERIC");
        assert_eq!(described("RANGE<DATE>"), "RANGE<DATE>");
        assert_eq!(described("ARRAY<STRING>"), "ARRAY<STRING>");
        let nested = "STRUCT<a INT64, `or,der` ARRAY<STRUCT<x NUMERIC(3, 1), y BYTES>>, z STRUCT<q JSON>>";
        let expected =
            "STRUCT<`a` INT64, `or,der` ARRAY<STRUCT<`x` NUMERIC, `y` BYTES>>, `z` STRUCT<`q` JSON>>";
        assert_eq!(described(nested), expected);
    }

    #[test]
    fn types_of_results() {
        let bigquery = dialect("bigquery").unwrap();
        let shown = |field: &Field| arrow_column(bigquery, field).data_type().to_string();
        let json = HashMap::from([("ARROW:extension:name".to_string(), "google:sqlType:json".to_string())]);
        assert_eq!(shown(&Field::new("c", DataType::Utf8, true).with_metadata(json)), "JSON");
        assert_eq!(shown(&Field::new("c", DataType::Decimal128(38, 9), true)), "NUMERIC");
        assert_eq!(shown(&Field::new("c", DataType::Decimal256(76, 38), true)), "BIGNUMERIC");
        let micros = arrow_schema::TimeUnit::Microsecond;
        assert_eq!(
            shown(&Field::new("c", DataType::Timestamp(micros, Some("UTC".into())), true)),
            "TIMESTAMP"
        );
        assert_eq!(shown(&Field::new("c", DataType::Timestamp(micros, None), true)), "DATETIME");
        let fields = vec![Field::new("a", DataType::Int64, true), Field::new("b", DataType::Binary, true)];
        let element = Field::new("item", DataType::Struct(fields.into()), true);
        let list = Field::new("c", DataType::List(element.into()), true);
        assert_eq!(shown(&list), "ARRAY<STRUCT<`a` INT64, `b` BYTES>>");
    }
}
