//! A contract compares the types that the warehouse states for a query without rows.

use super::Recorded;

const FILES: &[(&str, &str)] = &[
    ("models/a.sql", "{{ config(materialized='table') }}\nselect '{}'::json as payload, 1.5 as price"),
    (
        "models/a.yml",
        "models:\n- name: a\n  config: {contract: {enforced: true}}\n  columns:\n  - {name: payload, data_type: int}\n  - {name: price, data_type: int}\n",
    ),
];

/// Answers in which the model has one type for both columns, and the contract another.
fn answers(given: &str, declared: &str) -> String {
    let columns = |kind: &str| format!(r#"{{"payload": {kind}, "price": {kind}}}"#);
    format!(
        r#"[{{"sql": "cast\\(null as int\\) as payload", "columns": {}}}, {{"sql": "select '\\{{\\}}'::json as payload.*limit 0", "columns": {}}}]"#,
        columns(declared),
        columns(given)
    )
}

#[test]
fn types_are_named_as_the_driver_names_them() {
    let postgres = "{type: postgres, host: h, user: u, password: pw, dbname: db, schema: s, port: 1}";
    let shop = Recorded::new(postgres, "HEADWATER_DRIVER_POSTGRESQL", FILES);
    let kind = |name: &str, arrow: &str| {
        format!(r#"{{"type": "{arrow}", "metadata": {{"POSTGRESQL:type": "{name}"}}}}"#)
    };
    let (call, sent) = shop.call(&answers(&kind("jsonb", "Utf8"), &kind("int4", "Int32")), &["run"]);
    call.exits(1).says("| payload     | JSONB           | INTEGER       | data type mismatch |");
    assert!(!sent.iter().any(|sql| sql.contains("create  table")), "{sent:#?}");
    // Text as well as JSON are texts in Arrow.
    let (call, _) = shop.call(&answers(&kind("json", "Utf8"), &kind("text", "Utf8")), &["run"]);
    call.exits(1).says("| payload     | JSON            | STRING        | data type mismatch |");
    let (call, sent) = shop.call(&answers(&kind("int4", "Int32"), &kind("int4", "Int32")), &["run"]);
    call.exits(0);
    assert!(sent.iter().any(|sql| sql.contains("create  table")), "{sent:#?}");
}
