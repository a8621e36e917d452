//! What a warehouse refuses is told with its words, and without what must not be shown.

use super::Recorded;

#[test]
fn a_refusal_is_told_without_the_password() {
    let profile =
        "{type: postgres, host: h, user: u, password: not-for-eyes, dbname: db, schema: s, port: 1}";
    let files = [("models/a.sql", "{{ config(materialized='table') }}\nselect 1 as id")];
    let recorded = Recorded::new(profile, "HEADWATER_DRIVER_POSTGRESQL", &files);
    let answers = r#"[{"sql": "create  table", "error": "FATAL: `not-for-eyes` has no right here"}]"#;
    let (call, sent) = recorded.call(answers, &["run"]);
    let call = call.exits(1).says("FATAL: `********` has no right here");
    assert!(!call.output().contains("not-for-eyes"));
    assert!(sent.iter().any(|sql| sql.contains("create  table \"db\".\"s\".\"a__dbt_tmp\"")), "{sent:#?}");
}
