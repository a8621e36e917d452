//! Columns by dialect.

use headwater::adapter::Column;
use headwater::adapter::dialect::{Dialect, dialect};

fn known(name: &str) -> &'static dyn Dialect {
    dialect(name).expect("a known adapter")
}

#[test]
fn described_types_are_taken_apart() {
    let column = |raw: &str| Column::from_description(known("postgres"), "c", raw).unwrap();
    let sized = column("character varying(16)");
    assert_eq!((&*sized.dtype, sized.char_size), ("character varying", Some(16)));
    assert_eq!(sized.data_type(), "character varying(16)");
    let numeric = column("numeric(10,2)");
    assert_eq!((numeric.numeric_precision, numeric.numeric_scale), (Some(10), Some(2)));
    assert_eq!(numeric.data_type(), "numeric(10,2)");
    assert_eq!(column("timestamp without time zone").data_type(), "timestamp without time zone");
    let error = Column::from_description(known("postgres"), "c", "varchar(max)").unwrap_err();
    assert!(error.message.contains("\"max\""), "{error}");
    assert!(Column::from_description(known("postgres"), "c", "(10)").is_err());
}

#[test]
fn kinds_and_sizes_are_the_warehouses_affair() {
    let column = |adapter: &str, dtype: &str| Column::new(known(adapter), "c", dtype);
    assert!(column("duckdb", "HUGEINT").is_integer());
    assert!(!column("postgres", "hugeint").is_integer());
    assert!(column("duckdb", "DOUBLE").is_float() && column("duckdb", "double").is_number());
    assert!(column("snowflake", "NUMBER").is_numeric() && !column("snowflake", "INTEGER").is_integer());
    assert!(column("bigquery", "STRING").is_string() && !column("bigquery", "text").is_string());
    assert_eq!(column("duckdb", "VARCHAR").data_type(), "character varying(256)");
    assert_eq!(column("postgres", "TEXT").data_type(), "TEXT");
    assert_eq!(column("snowflake", "VARCHAR").data_type(), "character varying(16777216)");
    assert_eq!(column("spark", "varchar").data_type(), "varchar");
    assert_eq!(column("duckdb", "INTEGER").quoted(), "\"c\"");
    assert_eq!(column("bigquery", "INT64").quoted(), "`c`");
    assert_eq!(column("duckdb", "DATE").literal("'2020-01-01'"), "'2020-01-01'::DATE");
    assert_eq!(column("bigquery", "INT64").literal("1"), "cast(1 as INT64)");
    assert!(column("duckdb", "DATE").string_size().is_err());
    assert_eq!(&*Column::create(known("duckdb"), "c", "string").dtype, "TEXT");
    assert_eq!(&*Column::create(known("bigquery"), "c", "integer").dtype, "INT64");
    assert_eq!(&*Column::create(known("spark"), "c", "string").dtype, "string");
}

#[test]
fn strings_grow_where_they_may() {
    let sized =
        |adapter: &str, size| Column { char_size: Some(size), ..Column::new(known(adapter), "c", "varchar") };
    assert!(sized("postgres", 10).can_expand_to(&sized("postgres", 20)).unwrap());
    assert!(!sized("postgres", 20).can_expand_to(&sized("postgres", 20)).unwrap());
    assert!(sized("spark", 20).can_expand_to(&sized("spark", 20)).unwrap());
    assert!(!Column::new(known("duckdb"), "c", "int").can_expand_to(&sized("duckdb", 20)).unwrap());
}

#[test]
fn structs_are_flattened() {
    let column =
        Column::new(known("duckdb"), "s", "STRUCT(a VARCHAR, b DECIMAL(10, 2), c STRUCT(d INTEGER, e DATE))");
    assert!(column.is_struct());
    let leaves: Vec<String> =
        column.flatten().iter().map(|leaf| format!("{} {}", leaf.name, leaf.dtype)).collect();
    assert_eq!(leaves, ["s.a VARCHAR", "s.b DECIMAL(10, 2)", "s.c.d INTEGER", "s.c.e DATE"]);
    assert_eq!(Column::new(known("duckdb"), "x", "INTEGER").flatten().len(), 1);
}

#[test]
fn collation_is_kept_apart_in_snowflake() {
    let column =
        Column::from_description(known("snowflake"), "c", "VARCHAR(100) COLLATE 'en-ci' rtrim").unwrap();
    assert_eq!((&*column.dtype, column.char_size), ("VARCHAR", Some(100)));
    assert_eq!(column.expanded_data_type(), "character varying(100) collate 'en-ci'");
    let nested = Column::from_description(known("snowflake"), "c", "ARRAY(VARCHAR(134217728))").unwrap();
    assert_eq!(nested.data_type(), "ARRAY(VARCHAR(16777216))");
}
