//! Redshift with `datasharing`, where SHOW tells what stands, in other databases too.

use super::Recorded;

const PROFILE: &str =
    "{type: redshift, host: h, user: me, password: p, dbname: db, schema: s, port: 1, datasharing: true}";

const ANSWERS: &str = r#"[
    {"sql": "show schemas from database", "columns": {"schema_name": "Utf8"}, "rows": [["s"]]},
    {"sql": "show tables from schema \"db\"", "columns": {"database_name": "Utf8", "schema_name": "Utf8", "table_name": "Utf8",
        "table_type": "Utf8", "table_subtype": "Utf8", "remarks": "Utf8", "owner": "Utf8"},
     "rows": [["db", "s", "a", "TABLE", "REGULAR TABLE", null, "me"], ["db", "s", "grown", "TABLE", "REGULAR TABLE", null, "me"]]},
    {"sql": "show columns from table", "columns": {"column_name": "Utf8", "data_type": "Utf8",
        "character_maximum_length": "Int32", "numeric_precision": "Int32", "numeric_scale": "Int32"},
     "rows": [["id", "integer", null, 32, 0], ["pg.dropped.1", "integer", null, 32, 0]]},
    {"sql": "show grants on table", "columns": {"identity_name": "Utf8", "identity_type": "Utf8", "privilege_type": "Utf8"},
     "rows": [["others", "user", "SELECT"], ["me", "user", "SELECT"], ["/all", "role", "SELECT"]]},
    {"sql": "information_schema.\"columns\"", "columns": {"column_name": "Utf8", "data_type": "Utf8",
        "character_maximum_length": "Int32", "numeric_precision": "Int32", "numeric_scale": "Int32"},
     "rows": [["id", "integer", null, 32, 0]]},
    {"sql": "svv_redshift_columns", "columns": {"database_name": "Utf8", "schema_name": "Utf8", "table_name": "Utf8",
        "column_name": "Utf8", "ordinal_position": "Int32", "data_type": "Utf8", "remarks": "Utf8"},
     "rows": [["db", "s", "a", "id", 1, "integer", "the key"]]},
    {"sql": "has_table_privilege\\(current_user", "columns": {"can_select": "Boolean"}, "rows": [["false"]]}
]"#;

fn project() -> Recorded {
    let files = [
        (
            "models/a.sql",
            "{{ config(materialized='table', grants={'select': ['analysts']}) }}\nselect 1 as id",
        ),
        (
            "models/grown.sql",
            "{{ config(materialized='incremental', unique_key='id', incremental_strategy='delete+insert') }}\nselect 1 as id",
        ),
        (
            "models/shared.sql",
            "{{ config(materialized='view', database='other') }}\nselect * from {{ ref('a') }}",
        ),
    ];
    Recorded::new(PROFILE, "HEADWATER_DRIVER_POSTGRESQL", &files)
}

fn words(sent: &[String]) -> Vec<String> {
    sent.iter().map(|sql| sql.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn what_show_tells_decides_what_is_sent() {
    let (call, sent) = project().call(ANSWERS, &["run"]);
    let said = call.output().to_string();
    call.exits(0);
    let sent = words(&sent);
    let has = |start: &str| sent.iter().any(|sql| sql.starts_with(start));
    // The table stands, so that it is swapped; the incremental one is added to.
    assert!(has("alter table \"db\".\"s\".\"a\" rename to \"a__dbt_backup\""), "{sent:#?}\n{said}");
    assert!(has("delete from \"db\".\"s\".\"grown\""), "{sent:#?}");
    assert!(has("grant select on \"db\".\"s\".\"a\" to analysts"), "{sent:#?}");
    assert!(!sent.iter().any(|sql| sql.contains("pg.dropped")), "{sent:#?}");
}

#[test]
fn a_schema_of_another_database_is_made_there() {
    let answers = ANSWERS.replacen("\"rows\": [[\"s\"]]", "\"rows\": []", 1);
    let (call, sent) = project().call(&answers, &["run", "--select", "shared"]);
    call.exits(0);
    let sent = words(&sent);
    let at = |wanted: &str| sent.iter().position(|sql| sql == wanted);
    let made = at("create schema if not exists \"other\".\"s\"");
    let (used, left) = (at("USE \"other\""), at("RESET USE"));
    assert!(used.is_some() && used < made && made < left, "{sent:#?}");
}

#[test]
fn the_catalog_is_joined_from_two_answers() {
    let recorded = project();
    let (call, sent) = recorded.call(ANSWERS, &["docs", "generate", "--select", "a"]);
    call.exits(0);
    assert!(sent.iter().any(|sql| sql.contains("svv_redshift_columns")), "{sent:#?}");
    let catalog =
        std::fs::read_to_string(recorded.project.root().join("target/catalog.json")).expect("a catalog");
    let catalog: serde_json::Value = serde_json::from_str(&catalog).expect("JSON");
    let table = &catalog["nodes"]["model.shop.a"];
    assert_eq!(table["metadata"]["type"], "BASE TABLE", "{catalog}");
    assert_eq!(table["metadata"]["owner"], "me");
    assert_eq!(table["columns"]["id"]["comment"], "the key");
}
