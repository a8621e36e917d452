//! The golden data: inputs worked through by hand, and the tables that the project must make of them.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value as Json;

use crate::reference::{Reference, Row, lay_over, repository};

/// Files that are not named like the table they belong to: file, table, condition.
const OTHER_NAMES: &[(&str, &str, &str)] = &[
    ("retention_parent_month", "mart_retention_parent_account", "true"),
    ("retention_summary", "cs_retention_summary", "cs_segment = 'All'"),
    ("cs_metrics_fy22_q1", "cs_scorecard", "true"),
    ("dim_crm_accounts", "dim_crm_accounts", "crm_account_id <> '-1'"),
];

/// Files that hold only some of the table's rows.
const PARTIAL: &[&str] = &["golden/cs_metrics_fy22_q1", "golden_edge/cs_scorecard"];

/// The golden project `name`, loaded and built, with the status of each node.
fn built(name: &str) -> (Reference, BTreeMap<String, String>) {
    let data = repository().join("tests").join(name);
    let project = Reference::copy("{spine_end: 2021-12-31, data_scale: 0}");
    lay_over(&data.join("seeds"), &project.path().join("seeds/rules"));
    project.load(&data.join("raw"), true);
    project.call(&["build"]).exits(0);
    let statuses = project.statuses();
    (project, statuses)
}

/// A number with these decimals, any other text as it is.
fn rounded(text: &str, decimals: usize) -> String {
    text.parse::<f64>().map_or_else(|_| text.into(), |number| format!("{number:.decimals$}"))
}

/// A value as text. Numbers get the decimals; texts that look like numbers stay as they are.
fn text(value: Option<&Json>, decimals: usize) -> String {
    match value {
        None => "<no such column>".into(),
        Some(Json::Null) => String::new(),
        Some(Json::String(text)) => text.clone(),
        Some(other) => rounded(&other.to_string(), decimals),
    }
}

/// Decimals that a column is compared with: four for rates, two for all other numbers, none for texts.
fn decimals(column: &str, rows: &[Row]) -> Option<usize> {
    let number = rows.iter().any(|row| row.get(column).is_some_and(Json::is_number));
    let rate = ["rate", "nrr_growth", "value", "target"].iter().any(|word| column.contains(word));
    number.then_some(if rate { 4 } else { 2 })
}

/// How often each row occurs, as text.
fn counted(rows: impl Iterator<Item = Vec<String>>) -> BTreeMap<Vec<String>, isize> {
    let mut counted = BTreeMap::new();
    for row in rows {
        *counted.entry(row).or_default() += 1;
    }
    counted
}

/// The differences between an expected file and the rows of its table.
pub fn differences(file: &Path, rows: &[Row], partial: bool) -> Vec<String> {
    let mut reader = csv::Reader::from_path(file).expect("the expected file");
    let columns: Vec<String> = reader.headers().expect("a header").iter().map(String::from).collect();
    let expected: Vec<Vec<String>> =
        reader.records().map(|record| record.expect("a row").iter().map(String::from).collect()).collect();
    assert!(!expected.is_empty(), "{} expects nothing", file.display());
    let decimals: Vec<_> = columns.iter().map(|column| decimals(column, rows)).collect();
    let expected = expected.into_iter().map(|row| {
        let cells = row.into_iter().zip(&decimals);
        cells.map(|(cell, decimals)| decimals.map_or(cell.clone(), |n| rounded(&cell, n))).collect()
    });
    let actual = rows.iter().map(|row| {
        let cells = columns.iter().zip(&decimals);
        cells.map(|(column, decimals)| text(row.get(column), decimals.unwrap_or(0))).collect()
    });
    let (mut missing, mut surplus) = (counted(expected), counted(actual));
    for (row, count) in &mut missing {
        if let Some(found) = surplus.get_mut(row) {
            let common = (*count).min(*found);
            (*count, *found) = (*count - common, *found - common);
        }
    }
    let lines = |rows: &BTreeMap<Vec<String>, isize>, mark: &str| -> Vec<String> {
        rows.iter()
            .filter(|(_, count)| **count > 0)
            .map(|(row, n)| format!("{mark} {} (×{n})", row.join(",")))
            .collect()
    };
    let mut found = lines(&missing, "missing");
    if !partial {
        found.extend(lines(&surplus, "surplus"));
    } else if !found.is_empty() {
        found.extend(lines(&surplus, "there"));
    }
    found
}

fn check(name: &str) -> (Reference, BTreeMap<String, String>) {
    let (project, statuses) = built(name);
    let folder = repository().join("tests").join(name).join("expected");
    let mut wrong = vec![];
    let mut files: Vec<_> =
        folder.read_dir().expect("expected files").map(|file| file.expect("a file").path()).collect();
    files.sort();
    for file in &files {
        let stem = file.file_stem().expect("a name").to_string_lossy().into_owned();
        let other = OTHER_NAMES.iter().find(|(known, ..)| *known == stem);
        let (table, condition) = other.map_or((&*stem, "true"), |(_, table, condition)| (*table, *condition));
        let rows = project.query(&format!("select * from {{{{ ref('{table}') }}}} where {condition}"));
        let partial = PARTIAL.contains(&&*format!("{name}/{stem}"));
        let found = differences(file, &rows, partial);
        if !found.is_empty() {
            wrong.push(format!("{stem}:\n  {}", found.join("\n  ")));
        }
    }
    assert!(wrong.is_empty(), "{} of {} tables differ:\n{}", wrong.len(), files.len(), wrong.join("\n"));
    (project, statuses)
}

#[test]
fn the_golden_data_gives_the_expected_tables() {
    let (project, statuses) = check("golden");
    // The worked example of the specification: from 2020-07-01 to 2021-07-01 are twelve months.
    let months = project.query(
        "select cast(arr_month as varchar) as month from {{ ref('mart_arr') }} \
         where product_category = 'SaaS - Bronze' order by 1",
    );
    let months: Vec<&str> = months.iter().map(|row| row["month"].as_str().unwrap_or_default()).collect();
    assert_eq!((months.len(), months[0], months[11]), (12, "2020-07-01", "2021-06-01"));
    for (seed, test, count) in [
        ("product_rule_cases", "product_rule_cases_hold", 40),
        ("sales_segment_cases", "sales_segment_cases_hold", 20),
    ] {
        assert_eq!(project.table(seed).len(), count, "{seed}");
        assert_eq!(statuses[&format!("test.segmentation.{test}")], "pass", "{test}");
    }
}

#[test]
fn the_edge_cases_give_the_expected_tables() {
    check("golden_edge");
}
