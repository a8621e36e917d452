//! What Snowflake is sent where a fake of it cannot follow: dynamic and interactive tables, catalogs, and
//! warehouses of single models.

use super::Recorded;

const PROFILE: &str = "{type: snowflake, account: acc, user: u, password: pass, database: db1, schema: s1, \
                       warehouse: wh, threads: 1}";
const DRIVER: &str = "HEADWATER_DRIVER_SNOWFLAKE";

/// Answers: which relations stand, and what `show` says of each.
fn answers(shown: serde_json::Value) -> String {
    let text = |names: &[&str]| {
        let columns = names.iter().map(|name| (name.to_string(), "Utf8".into()));
        serde_json::Value::Object(columns.collect())
    };
    let objects = ["created_on", "name", "database_name", "schema_name", "kind", "is_dynamic", "is_iceberg"];
    let stands = |name: &str, kind: &str, dynamic: &str, iceberg: &str| {
        serde_json::json!(["2026-01-01", name, "DB1", "S1", kind, dynamic, iceberg])
    };
    let rows = [
        stands("CHANGED", "TABLE", "Y", "N"),
        stands("SAME", "TABLE", "Y", "N"),
        stands("FROZEN", "TABLE", "N", "Y"),
        stands("QUICK", "INTERACTIVE_TABLE", "N", "N"),
    ];
    let dynamic = [
        "name",
        "schema_name",
        "database_name",
        "text",
        "target_lag",
        "warehouse",
        "initialization_warehouse",
        "refresh_mode",
        "immutable_where",
        "cluster_by",
        "scheduler",
    ];
    let interactive =
        ["name", "schema_name", "database_name", "text", "target_lag", "refresh_warehouse", "cluster_by"];
    let list = serde_json::json!([
        {"sql": "^show terse schemas", "columns": text(&["created_on", "name"]), "rows": [["2026-01-01", "S1"]]},
        {"sql": "^show objects in db1.s1", "columns": text(&objects), "rows": rows},
        {"sql": "^show objects", "columns": text(&objects), "rows": []},
        {"sql": "^show dynamic tables", "columns": text(&dynamic), "rows": [shown]},
        {"sql": "^show interactive tables", "columns": text(&interactive),
         "rows": [["QUICK", "S1", "DB1", "x", "1 minute", "WH", "LINEAR(ID)"]]},
        {"sql": "^select current_warehouse", "columns": text(&["WAREHOUSE"]), "rows": [["WH0"]]},
        {"sql": "^describe table", "columns": text(&["name", "type"]), "rows": [["ID", "NUMBER(38,0)"]]},
        {"sql": "", "columns": text(&["status"]), "rows": [["done"]]},
    ]);
    list.to_string()
}

/// What one model is sent, but for what only asks.
fn sent(model: &str, files: &[(&str, &str)], shown: serde_json::Value) -> Vec<String> {
    let sql = format!("models/{model}.sql");
    let text = files.iter().find(|(path, _)| *path == "model").map_or("", |(_, text)| text);
    let mut all = vec![(sql.as_str(), text)];
    all.extend(files.iter().filter(|(path, _)| *path != "model"));
    let project = Recorded::new(PROFILE, DRIVER, &all);
    let (call, sent) = project.call(&answers(shown), &["run"]);
    assert_eq!(call.code, 0, "{}{}", call.stdout, call.stderr);
    let words = |sql: &String| sql.split_whitespace().collect::<Vec<_>>().join(" ");
    let asks = |sql: &String| ["show ", "select ", "describe "].iter().any(|word| sql.starts_with(word));
    sent.iter().map(words).filter(|sql| !asks(sql)).collect()
}

fn standing(name: &str) -> serde_json::Value {
    serde_json::json!([
        name,
        "S1",
        "DB1",
        "x",
        "1 hour",
        "WH",
        "OTHER",
        "INCREMENTAL",
        "IMMUTABLE WHERE (id < 3)",
        "",
        "ENABLE"
    ])
}

#[test]
fn a_dynamic_table_that_changed_is_altered() {
    let model = "{{ config(materialized='dynamic_table', target_lag='2 hours', snowflake_warehouse='wh', \
                 immutable_where='id < 5', cluster_by='id') }}\nselect 1 as id";
    let sent = sent("changed", &[("model", model)], standing("CHANGED"));
    let table = r#"alter dynamic table "DB1"."S1"."CHANGED""#;
    let expected = [
        format!("{table} set target_lag = '2 hours' warehouse = wh"),
        format!("{table} unset initialization_warehouse"),
        format!("{table} set immutable where (id < 5)"),
        format!("{table} cluster by (id)"),
    ];
    assert_eq!(sent, expected);
}

#[test]
fn another_refresh_mode_makes_a_dynamic_table_anew() {
    let model = "{{ config(materialized='dynamic_table', target_lag='1 hour', snowflake_warehouse='other', \
                 refresh_mode='full') }}\nselect 1 as id";
    let sent = sent("changed", &[("model", model)], standing("CHANGED"));
    let expected = [
        "use warehouse other",
        "create or replace dynamic table db1.s1.changed target_lag = '1 hour' warehouse = other \
         refresh_mode = FULL initialize = ON_CREATE scheduler = 'ENABLE' as ( select 1 as id )",
        "use warehouse WH0",
    ];
    assert_eq!(sent, expected);
}

#[test]
fn a_dynamic_table_as_it_should_be_is_left_alone() {
    let model = "{{ config(materialized='dynamic_table', target_lag='1 hour', snowflake_warehouse='WH', \
                 snowflake_initialization_warehouse='OTHER', immutable_where='id < 3') }}\nselect 1 as id";
    assert_eq!(
        sent("same", &[("model", model)], standing("SAME")),
        ["use warehouse WH", "use warehouse WH0"]
    );
}

#[test]
fn an_interactive_table_is_altered_or_made_anew() {
    let altered = "{{ config(materialized='interactive_table', cluster_by='id', target_lag='5 minutes', \
                   snowflake_warehouse='wh') }}\nselect 1 as id";
    let anew = altered.replace("'id'", "['id', 'day']");
    let alter = r#"alter interactive table "DB1"."S1"."QUICK" set target_lag = '5 minutes'"#;
    assert_eq!(sent("quick", &[("model", altered)], standing("QUICK")), [alter]);
    let create = "create or replace interactive table db1.s1.quick cluster by (id, day) target_lag = '5 minutes' \
                  warehouse = wh as ( select 1 as id )";
    assert_eq!(sent("quick", &[("model", &anew)], standing("QUICK")), [create]);
}

const CATALOGS: &str = "catalogs:
  - name: lake
    active_write_integration: own
    write_integrations:
      - name: own
        catalog_type: built_in
        table_format: iceberg
        external_volume: vol
        adapter_properties: {change_tracking: true, storage_serialization_policy: COMPATIBLE}
  - name: linked
    active_write_integration: rest
    write_integrations:
      - name: rest
        catalog_type: iceberg_rest
        table_format: iceberg
        adapter_properties: {catalog_linked_database: linked_db, target_file_size: 64MB}
";

#[test]
fn tables_go_to_the_catalog_that_their_config_names() {
    let catalogs = ("catalogs.yml", CATALOGS);
    let lake = "{{ config(materialized='table', catalog_name='lake', partition_by='id') }}\nselect 1 as id";
    let created = sent("fresh", &[("model", lake), catalogs], standing("X"));
    let expected = "create or replace iceberg table db1.s1.fresh external_volume = 'vol' catalog = 'SNOWFLAKE' \
                    base_location = '_dbt/s1/fresh' partition by (id) storage_serialization_policy = 'COMPATIBLE' \
                    change_tracking = TRUE as ( select 1 as id )";
    assert_eq!(created, [expected]);

    let linked =
        "{{ config(materialized='table', catalog_name='linked', database='linked_db') }}\nselect 1 as id";
    let created = sent("fresh", &[("model", linked), catalogs], standing("X"));
    let expected = "create iceberg table linked_db.s1.fresh target_file_size = '64MB' as ( select 1 as id )";
    assert_eq!(created.last().map(String::as_str), Some(expected));
}

#[test]
fn whole_numbers_are_integers() {
    let count = "{% macro count() %}{% for _ in range(run_query('select count(*)')[0][0]) %}{% do print('row') %}{% endfor %}{% endmacro %}";
    let shop = Recorded::new(PROFILE, DRIVER, &[("macros/count.sql", count)]);
    let answers = r#"[{"sql": "select count", "rows": [[2]], "columns": {"N": {"type": "Decimal128(38, 0)", "metadata": {"logicalType": "FIXED"}}}}]"#;
    let (call, _) = shop.call(answers, &["run-operation", "count"]);
    assert_eq!(call.output().matches("row\n").count(), 2, "{}", call.output());
}
