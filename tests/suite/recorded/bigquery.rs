//! BigQuery: a project with everything that its macros can do, in a new dataset and in one where all of it stands. The
//! statements are those of the golden files; dbt's (dbt_side.py made the lists) are among them, but for what dbt does by the
//! API, which docs/adapters.md names.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::Recorded;

/// Models that no statement can build.
const LACKING: [&str; 1] = ["model.shop.authorized"];

#[test]
fn a_new_dataset_is_filled() {
    check("new");
}

#[test]
fn what_stands_is_replaced_merged_and_altered() {
    check("standing");
}

fn check(world: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorder/bigquery");
    let text =
        |name: String| std::fs::read_to_string(folder.join(&name)).unwrap_or_else(|_| panic!("{name}"));
    let project = recorded(&folder);
    let window = ["--event-time-start", "2026-01-01", "--event-time-end", "2026-01-02"];
    let (call, sent) = project.call(&text(format!("{world}.json")), &[&["build"], &window[..]].concat());
    call.exits(1);
    assert_eq!(failed(&project), LACKING.map(String::from));

    let golden = folder.join(format!("{world}.sql"));
    let lines: String = sent.iter().map(|sql| shown(sql) + "\n").collect();
    if std::env::var_os("HEADWATER_BLESS").is_some() {
        std::fs::write(&golden, &lines).expect("the golden file");
    }
    let expected = text(format!("{world}.sql"));
    let differs = lines.lines().zip(expected.lines()).find(|(ours, golden)| ours != golden);
    assert_eq!(differs, None, "{} (HEADWATER_BLESS=1 writes it)", golden.display());
    assert_eq!(lines.lines().count(), expected.lines().count());

    let ours: BTreeSet<String> = sent.iter().map(|sql| bare(sql)).collect();
    let dbt = text(format!("dbt_{world}.sql"));
    let missing: Vec<&str> =
        dbt.lines().filter(|sql| !by_other_means(sql) && !ours.contains(&bare(sql))).collect();
    assert!(missing.is_empty(), "dbt sends, and this does not: {missing:#?}");
    assert!(dbt.lines().filter(|sql| !by_other_means(sql)).count() > 15, "the list of dbt's is short");
}

#[test]
fn the_catalog_is_asked_of_each_dataset() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorder/bigquery");
    let project = recorded(&folder);
    let answers = serde_json::json!([
        {"sql": "`raw`.__TABLES__", "error": "googleapi: Error 404: Not found: Dataset proj:raw was not found in location EU"},
        {
            "sql": "`shop`.__TABLES__ tables",
            "columns": {
                "table_database": "Utf8", "table_schema": "Utf8", "table_name": "Utf8", "table_type": "Utf8",
                "table_comment": "Utf8", "column_name": "Utf8", "column_index": "Int64", "column_type": "Utf8",
                "column_comment": "Utf8", "stats__num_rows__label": "Utf8", "stats__num_rows__value": "Int64",
                "stats__num_rows__description": "Utf8", "stats__num_rows__include": "Boolean"
            },
            "rows": [["proj", "shop", "plain", "table", null, "id", 1, "INT64", "", "# Rows", 7, "How many", true]]
        }
    ]);
    let (call, sent) = project.call(&answers.to_string(), &["docs", "generate", "--no-compile"]);
    call.exits(0);
    let views = "`proj`.`shop`.INFORMATION_SCHEMA.MATERIALIZED_VIEWS materialized_views";
    assert!(sent.iter().any(|sql| sql.contains(views)), "{sent:#?}");
    let catalog =
        std::fs::read_to_string(project.project.root().join("target/catalog.json")).expect("catalog.json");
    let catalog: serde_json::Value = serde_json::from_str(&catalog).expect("JSON");
    let plain = &catalog["nodes"]["model.shop.plain"];
    assert_eq!(plain["stats"]["num_rows"]["value"], 7.0);
    assert_eq!(plain["columns"]["id"]["type"], "INT64");
}

/// Calls of the API; queries for columns, which need a row here; and tables in the place of a view or of another layout, which
/// dbt 1.11 drops before it builds the new one.
fn by_other_means(sql: &str) -> bool {
    let makes = |table: &str| sql.contains(&format!("create or replace table `proj`.`shop`.`{table}`"));
    sql.starts_with("-- ") || sql.contains("__dbt_sbq") || makes("ranged") || makes("replaced_view")
}

/// A statement on one line, without comments and the time in the names of temporary tables.
fn shown(sql: &str) -> String {
    let [comment, time] = [r"--[^\n]*", r"(__dbt_tmp(?:_\d{8})?)\d{12}"]
        .map(|pattern| regex::Regex::new(pattern).expect("a pattern"));
    let sql = comment.replace_all(sql, "");
    time.replace_all(&sql, "$1").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn bare(sql: &str) -> String {
    let sql: String = shown(sql).to_lowercase().split_whitespace().collect();
    sql.trim_end_matches(';').to_string()
}

fn failed(recorded: &Recorded) -> Vec<String> {
    let results = recorded.project.root().join("target/run_results.json");
    let results = std::fs::read_to_string(results).expect("run_results.json");
    let results: serde_json::Value = serde_json::from_str(&results).expect("JSON");
    let results = results["results"].as_array().expect("results");
    let failed = results.iter().filter(|result| result["status"] != "success" && result["status"] != "pass");
    failed.map(|result| result["unique_id"].as_str().expect("an id").to_string()).collect()
}

/// A copy of the project, whose profile dbt reads too.
fn recorded(folder: &Path) -> Recorded {
    let project = folder.join("project");
    let mut files = vec![];
    let mut folders = vec![project.clone()];
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir().expect("the project") {
            let path: PathBuf = entry.expect("a file").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name =
                path.strip_prefix(&project).expect("below the project").to_str().expect("UTF-8").to_string();
            files.push((name, std::fs::read_to_string(&path).expect("text")));
        }
    }
    let profile = "{type: bigquery, method: oauth, project: proj, dataset: shop, location: EU, threads: 1}";
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (&**name, &**text)).collect();
    Recorded::new(profile, "HEADWATER_DRIVER_BIGQUERY", &files)
}
