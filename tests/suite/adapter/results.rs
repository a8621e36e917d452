//! DuckDB's types as dbt's table shows them. Expectations were read off dbt-duckdb.

use headwater::adapter::{Cell, ColumnType, Table};
use headwater::value::Value;

use super::{memory, query, texts};

/// One row: each column's type and text.
fn row(sql: &str) -> Vec<(&'static str, String)> {
    let (_adapter, mut connection) = memory();
    let table = query(&mut *connection, sql);
    assert_eq!(table.len(), 1);
    table.column_types().iter().zip(table.row(0)).map(|(kind, cell)| (kind.name(), cell.py_str())).collect()
}

#[track_caller]
fn check(sql: &str, expected: &[(&str, &str)]) {
    let expected: Vec<_> = expected.iter().map(|(kind, text)| (*kind, text.to_string())).collect();
    assert_eq!(row(sql), expected, "{sql}");
}

#[test]
fn numbers() {
    check(
        "select 1::tinyint, 2::ubigint, 18446744073709551615::ubigint, 5::hugeint, sum(x), (-1)::hugeint from range(3) r(x)",
        &[
            ("Integer", "1"),
            ("Integer", "2"),
            ("Integer", "18446744073709551615"),
            ("Integer", "5"),
            ("Integer", "3"),
            ("Integer", "-1"),
        ],
    );
    check(
        "select 1.1::float, 1e20::double, 1.50::decimal(5,2), 1e-7::double, 'nan'::double, 1::double,
            123456789.123456789::decimal(20,9), -1.5::decimal(3,1), '-inf'::double",
        &[
            ("Number", "1.100000023841858"),
            ("Number", "1E+20"),
            ("Number", "1.50"),
            ("Number", "1E-7"),
            ("Number", "NaN"),
            ("Number", "1.0"),
            ("Number", "123456789.123456789"),
            ("Number", "-1.5"),
            ("Number", "-Infinity"),
        ],
    );
    check(
        "select '123456789012345678901234567890123456789012345678901'::bignum, (-255)::bignum, 170141183460469231731687303715884105728::uhugeint",
        &[
            ("Text", "123456789012345678901234567890123456789012345678901"),
            ("Text", "-255"),
            ("Integer", "170141183460469231731687303715884105728"),
        ],
    );
}

#[test]
fn texts_and_odd_types() {
    check(
        r#"select '' as e, 'null' as n, '  x' as p, '101'::bit, uuid '6a2f41a3-c54c-fce8-32d2-0324e1c32e22',
            '10:11:12+02'::timetz, '10:11:12.5'::time, interval '1 month 2 days 3 seconds', interval '-1 hour',
            'x\x00y'::blob, 'a'::enum('a','b'), '{"a":1}'::json, union_value(k := 1)"#,
        &[
            ("Text", ""),
            ("Text", "null"),
            ("Text", "  x"),
            ("Text", "101"),
            ("Text", "6a2f41a3-c54c-fce8-32d2-0324e1c32e22"),
            ("Text", "10:11:12+02:00"),
            ("Text", "10:11:12.500000"),
            ("Text", "32 days, 0:00:03"),
            ("Text", "-1 day, 23:00:00"),
            ("Text", r"b'x\x00y'"),
            ("Text", "a"),
            ("Text", r#"{"a":1}"#),
            ("Integer", "1"),
        ],
    );
}

#[test]
fn nested_values_are_json() {
    check(
        "select [1, 2], {'a': 1, 'b': 'x'}, row(1, 'a'), map {'k': 1}, map {1: 1.5::decimal(5,2)}, [1, 2]::int[2],
            [1.5::double, 'nan'::double, 'infinity'::double], ['é'], [date '2020-01-02'],
            [timestamp '2020-01-02 03:04:05.6'], [null, true], [interval '1 hour'],
            [uuid '6a2f41a3-c54c-fce8-32d2-0324e1c32e22'], ['x'::blob], [1.50::decimal(5,2)], {'a': [{'b': null}]}",
        &[
            ("Text", "[1, 2]"),
            ("Text", r#"{"a": 1, "b": "x"}"#),
            ("Text", r#"[1, "a"]"#),
            ("Text", r#"{"k": 1}"#),
            ("Text", r#"{"1": 1.5}"#),
            ("Text", "[1, 2]"),
            ("Text", "[1.5, NaN, Infinity]"),
            ("Text", r#"["\u00e9"]"#),
            ("Text", r#"["2020-01-02"]"#),
            ("Text", r#"["2020-01-02T03:04:05.600000"]"#),
            ("Text", "[null, true]"),
            ("Text", r#"["1:00:00"]"#),
            ("Text", r#"["6a2f41a3-c54c-fce8-32d2-0324e1c32e22"]"#),
            ("Text", r#"["b'x'"]"#),
            ("Text", "[1.5]"),
            ("Text", r#"{"a": [{"b": null}]}"#),
        ],
    );
}

#[test]
fn dates_and_times() {
    check(
        "select date '2020-01-02', timestamp '2020-01-02', timestamp_s '2020-01-02 03:04:05',
            timestamp_ns '2020-01-02 03:04:05.123456789', timestamp 'infinity', date 'infinity'",
        &[
            ("Date", "2020-01-02"),
            ("DateTime", "2020-01-02 00:00:00"),
            ("DateTime", "2020-01-02 03:04:05"),
            ("DateTime", "2020-01-02 03:04:05.123456"),
            ("DateTime", "9999-12-31 23:59:59.999999"),
            ("Date", "9999-12-31"),
        ],
    );
    let (_adapter, mut connection) = memory();
    query(&mut *connection, "set TimeZone = 'America/New_York'");
    let table = query(
        &mut *connection,
        "select timestamptz '2020-07-02 03:04:05.6+02' a, timestamptz '2020-01-02 03:00:00+02' b",
    );
    assert_eq!(texts(&table), [["2020-07-01 21:04:05.600000-04:00", "2020-01-01 20:00:00-05:00"]]);
}

#[test]
fn nothing_but_nulls_is_an_integer_column() {
    let (_adapter, mut connection) = memory();
    let table = query(&mut *connection, "select null::varchar as a, true as b, 1 as c from range(2)");
    assert_eq!(table.column_types(), [ColumnType::Integer, ColumnType::Boolean, ColumnType::Integer]);
    let table = query(&mut *connection, "select 'x' as a where false");
    assert_eq!(table.column_types(), [ColumnType::Integer]);
    assert_eq!((table.len(), table.column_names().len()), (0, 1));
}

#[test]
fn repeated_names_are_numbered() {
    let (_adapter, mut connection) = memory();
    let table = query(&mut *connection, "select 1 a, 2 a, 3 \"A\", 4 a");
    let names: Vec<_> = table.column_names().iter().map(|name| &**name).collect();
    assert_eq!(names, ["a", "a_2", "A", "a_3"]);
}

#[test]
fn many_batches_are_one_table() {
    let (_adapter, mut connection) = memory();
    let table = query(&mut *connection, "select x, 'row ' || x as t from range(10000) r(x)");
    assert_eq!(table.len(), 10_000);
    for row in [0, 2047, 2048, 4096, 9_999] {
        assert_eq!(table.row(row), [Cell::Int(row as i64), Cell::str(format!("row {row}"))]);
    }
    assert_eq!(table.cell(10_000, 0), Cell::Null);
    assert_eq!(table.column(0).filter_map(|cell| cell.as_i64()).sum::<i64>(), 49_995_000);
}

#[test]
fn tables_are_cut_and_renamed() {
    let (_adapter, mut connection) = memory();
    let table = query(&mut *connection, "select x as a, x * 2 as b, 'z' as c from range(3) r(x)");
    assert_eq!(texts(&table.select(&[2, 0])), [["z", "0"], ["z", "1"], ["z", "2"]]);
    assert_eq!(texts(&table.take(&[2, 0])), [["2", "4", "z"], ["0", "0", "z"]]);
    assert_eq!(table.rename(vec!["x".into(), "y".into(), "".into()]).column_names()[2], "c".into());
    assert_eq!(table.scalar(), Some(Cell::Int(0)));
    assert_eq!(table.column_index("b"), Some(1));
    let stamps = query(&mut *connection, "select timestamp '2020-01-02 03:04:05' as t, null::timestamp as u");
    let text = stamps.column_as_text(0);
    assert_eq!(text.column_types()[0], ColumnType::Text);
    assert_eq!(text.cell(0, 0), Cell::str("2020-01-02 03:04:05"));
}

#[test]
fn json_rows_come_back() {
    let rows = serde_json::json!([{"a": 1, "b": "x"}, {"b": "y", "c": [1]}]);
    let rows: Vec<_> = rows.as_array().unwrap().iter().filter_map(|row| row.as_object().cloned()).collect();
    let table = Table::from_json(&rows);
    assert_eq!(texts(&table), [["1", "x", "None"], ["None", "y", "[1]"]]);
    assert_eq!(Cell::from_value(&Value::Float(0.5)), Cell::Decimal("0.5".parse().unwrap()));
}
