//! Relations: how names are written and compared.

use headwater::adapter::dialect::dialect;
use headwater::adapter::{EventTimeFilter, Relation, RelationType};

fn relation(adapter: &str, path: [&str; 3]) -> Relation {
    let path = path.map(|part| (!part.is_empty()).then(|| part.into()));
    Relation::new(dialect(adapter).unwrap(), path)
}

#[test]
fn names_are_written_as_each_warehouse_wants() {
    let path = ["db", "main", "Orders"];
    assert_eq!(relation("duckdb", path).to_string(), r#""db"."main"."Orders""#);
    assert_eq!(relation("snowflake", path).to_string(), "db.main.Orders");
    assert_eq!(relation("bigquery", path).to_string(), "`db`.`main`.`Orders`");
    assert_eq!(relation("spark", ["", "main", "Orders"]).to_string(), "main.Orders");
    assert_eq!(relation("databricks", path).to_string(), "`db`.`main`.`orders`");
    assert_eq!(relation("duckdb", ["", "main", ""]).render(), "\"main\"");
    assert_eq!(relation("duckdb", ["", "", ""]).render(), "");
    let orders = relation("duckdb", path);
    assert_eq!(orders.include([Some(false), None, None]).render(), r#""main"."Orders""#);
    assert_eq!(orders.quote([Some(false), None, Some(false)]).render(), r#"db."main".Orders"#);
    assert_eq!(orders.without_identifier().render(), r#""db"."main""#);
    assert_eq!(format!("{orders:?}"), r#"<DuckDBRelation "db"."main"."Orders">"#);
    assert_eq!(Relation::ephemeral(dialect("duckdb").unwrap(), "stg").render(), "__dbt__cte__stg");
}

#[test]
fn limits_and_windows_wrap_the_name() {
    let mut orders = relation("postgres", ["db", "s", "t"]);
    orders.limit = Some(0);
    assert_eq!(orders.to_string(), r#"(select * from "db"."s"."t" where false limit 0) _dbt_limit_subq_t"#);
    orders.limit = Some(5);
    let mut duck = relation("duckdb", ["db", "s", "t"]);
    duck.limit = Some(5);
    assert_eq!(duck.to_string(), r#"(select * from "db"."s"."t" limit 5)"#);
    let window = |start: Option<&str>, end: Option<&str>| {
        Some(EventTimeFilter { field: "at".into(), start: start.map(Into::into), end: end.map(Into::into) })
    };
    orders.event_time_filter = window(Some("2024-01-01"), Some("2024-01-02"));
    assert_eq!(
        orders.to_string(),
        r#"(select * from (select * from "db"."s"."t" limit 5) _dbt_limit_subq_t where at >= '2024-01-01' and at < '2024-01-02') _dbt_et_filter_subq_t"#
    );
    duck.limit = None;
    duck.event_time_filter = window(None, Some("2024-01-02"));
    assert_eq!(duck.to_string(), r#"(select * from "db"."s"."t" where at < '2024-01-02')"#);
    duck.event_time_filter = window(None, None);
    assert_eq!(duck.to_string(), r#""db"."s"."t""#);
    let mut big = relation("bigquery", ["p", "d", "t"]);
    big.event_time_filter = window(Some("x"), None);
    assert!(big.to_string().ends_with("where cast(at as timestamp) >= 'x')"), "{big}");
    duck.kind = Some(RelationType::Function);
    duck.limit = Some(1);
    assert_eq!(duck.to_string(), r#""db"."s"."t""#, "functions are never wrapped");
    duck.external = Some("'a.parquet'".into());
    assert_eq!(duck.to_string(), "'a.parquet'");
}

#[test]
fn the_information_schema_is_the_databases() {
    let orders = relation("duckdb", ["db", "s", "t"]);
    assert_eq!(orders.information_schema(Some("tables")).render(), r#""db".INFORMATION_SCHEMA.tables"#);
    assert_eq!(orders.information_schema(None).render(), r#""db".INFORMATION_SCHEMA"#);
    assert_eq!(
        relation("duckdb", ["", "s", "t"]).information_schema(Some("columns")).render(),
        "INFORMATION_SCHEMA.columns"
    );
    let big = relation("bigquery", ["p", "d", "t"]);
    assert_eq!(big.information_schema(Some("COLUMNS")).render(), "`p`.`d`.INFORMATION_SCHEMA.COLUMNS");
    assert_eq!(big.information_schema(Some("SCHEMATA")).render(), "`p`.INFORMATION_SCHEMA.SCHEMATA");
    assert_eq!(big.information_schema(Some("__TABLES__")).render(), "`p`.`d`.__TABLES__");
}

#[test]
fn matches_are_exact_or_an_error() {
    let mut orders = relation("duckdb", ["db", "main", "Orders"]);
    assert!(orders.matches([Some("db"), None, Some("Orders")]).unwrap());
    assert!(!orders.matches([Some("db"), None, Some("customers")]).unwrap());
    let error = orders.matches([None, None, Some("orders")]).unwrap_err();
    assert!(error.message.contains("case or quoting"), "{error}");
    assert!(orders.matches([None, None, None]).is_err());
    orders.dbt_created = true;
    assert!(orders.matches([None, None, Some("orders")]).is_err(), "quoted names keep their case");
    orders.quote_policy.identifier = false;
    assert!(orders.matches([None, None, Some("ORDERS")]).unwrap());
    assert!(!relation("bigquery", ["p", "d", "T"]).matches([None, None, Some("t")]).unwrap());
}

#[test]
fn names_that_are_too_long_are_refused() {
    let long = "x".repeat(64);
    let table =
        |adapter, name: &str| relation(adapter, ["db", "s", name]).with_kind(Some(RelationType::Table));
    let error = table("postgres", &long).checked().unwrap_err();
    assert_eq!(error.message, format!("Relation name '{long}' is longer than 63 characters"));
    assert!(relation("postgres", ["db", "s", &long]).checked().is_ok(), "without a type there is no check");
    assert!(table("redshift", &long).checked().is_ok());
    assert!(table("duckdb", &"x".repeat(300)).checked().is_ok());
    assert!(relation("spark", ["other", "s", "t"]).checked().is_err());
    assert!(relation("spark", ["s", "s", "t"]).checked().is_ok());
}

#[test]
fn equality_looks_at_everything_and_hashes_at_the_name() {
    let orders = relation("duckdb", ["db", "s", "t"]);
    assert_eq!(orders, orders.clone());
    assert_ne!(orders, orders.clone().with_kind(Some(RelationType::View)));
    assert_ne!(orders, relation("postgres", ["db", "s", "t"]));
    assert!(relation("postgres", ["db", "s", "t"]).with_kind(Some(RelationType::View)).can_be_renamed());
    assert!(!orders.with_kind(Some(RelationType::View)).can_be_renamed());
}
