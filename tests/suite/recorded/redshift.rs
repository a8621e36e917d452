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

const VIEW: &str =
    "materialized='materialized_view', dist='id', sort=['id', 'at'], backup=false, auto_refresh='true'";

/// A materialized view that stands with these settings in the warehouse, and what is sent for the model `v`.
fn view(config: &str, (diststyle, autorefresh): (&str, &str)) -> (crate::program::Call, Vec<String>) {
    let profile = PROFILE.replace("datasharing: true", "threads: 1");
    let model = format!("{{{{ config({config}) }}}}\nselect 1 as id, 2 as at");
    let shop = Recorded::new(&profile, "HEADWATER_DRIVER_POSTGRESQL", &[("models/v.sql", &model)]);
    let path = serde_json::json!({"database": "Utf8", "name": "Utf8", "schema": "Utf8", "type": "Utf8"});
    let stands: Vec<_> = match diststyle {
        "" => vec![],
        _ => vec![["db", "v", "s", "materialized_view"]],
    };
    let keys = serde_json::json!({"column": "Utf8", "is_dist_key": "Boolean", "sort_key_position": "Int32"});
    let answers = serde_json::json!([
        {"sql": "from information_schema.views", "columns": path, "rows": stands},
        {"sql": "svv_mv_info", "columns": {"table": "Utf8", "diststyle": "Utf8", "autorefresh": "Utf8"},
         "rows": [["v", diststyle, autorefresh]]},
        {"sql": "mv_tbl__v__", "columns": keys, "rows": [["at", "false", 2], ["id", "true", 1], ["x", "false", 0]]},
        // The list of schemas; what lists relations and keys names pg_namespace as well, and stands before.
        {"sql": "pg_namespace.*nspname", "columns": {"schema": "Utf8"}, "rows": [["s"]]}
    ]);
    let (call, sent) = shop.call(&answers.to_string(), &["run"]);
    (call, words(&sent))
}

#[test]
fn a_materialized_view_is_made_refreshed_altered_or_replaced() {
    let has = |sent: &[String], part: &str| sent.iter().any(|sql| sql.contains(part));
    let (call, sent) = view(VIEW, ("", ""));
    call.exits(0);
    let made = "create materialized view \"db\".\"s\".\"v\" backup no diststyle key distkey (id) sortkey (id,at) auto refresh yes as ( select 1 as id, 2 as at )";
    assert!(has(&sent, made), "{sent:#?}");

    let (call, sent) = view(VIEW, ("KEY(id)", "t"));
    call.exits(0);
    assert!(has(&sent, "refresh materialized view \"db\".\"s\".\"v\""), "{sent:#?}");

    let (call, sent) = view(VIEW, ("KEY(id)", "f"));
    call.exits(0);
    assert!(has(&sent, "alter materialized view \"db\".\"s\".\"v\" auto refresh yes"), "{sent:#?}");

    let (call, sent) = view(VIEW, ("EVEN", "t"));
    call.exits(0);
    assert!(has(&sent, made) && has(&sent, "drop materialized view"), "{sent:#?}");

    let (call, _) = view(&VIEW.replace("dist='id'", "dist='auto'"), ("", ""));
    call.exits(1).says("materialized views have no `dist` of `auto`");
}
