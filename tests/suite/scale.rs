//! Generated raw data through the whole project: figures worked out without SQL must come out of the tables,
//! clean data must warn exactly as stored, and each fault must turn its own test red.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use crate::drivers;
use crate::golden::differences;
use crate::program::Call;
use crate::reference::{Reference, repository};

/// Calls the development tasks in the repository.
fn xtask(arguments: &[&str]) -> Call {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.current_dir(repository()).args(arguments);
    Call::of(command.env("HEADWATER_DRIVER_DUCKDB", drivers::duckdb()))
}

/// Tables of figures, and the query that gives the same from the built tables.
const FIGURES: &[(&str, &str)] = &[
    (
        "months",
        "with cells as (
            select arr_month, count(*) as cells from {{ ref('customer_segmentation') }} group by 1
        )
        select
            mart.arr_month, sum(mart.arr) as arr, count(*) as mart_rows, sum(mart.quantity) as quantity,
            count(distinct mart.ultimate_parent_account_id) as customer_count_unique,
            max(counts.customer_count_summed_over_segments) as customer_count_summed_over_segments,
            max(cells.cells) as cells
        from {{ ref('mart_arr') }} as mart
        left join {{ ref('customer_count_month') }} as counts on mart.arr_month = counts.arr_month
        left join cells on mart.arr_month = cells.arr_month
        group by 1",
    ),
    (
        "dimensions",
        "select arr_month, dimension, value, arr, customer_count from {{ ref('customer_segmentation_by_dimension') }}",
    ),
    ("quarters", "select * from {{ ref('quarter_growth_total') }}"),
    (
        "retention",
        "select
            summary.retention_month, summary.prior_year_customer_count as prior_year_customers,
            summary.prior_year_arr, summary.net_retention_arr, summary.gross_retention_arr,
            summary.net_retention_rate, summary.gross_retention_rate,
            {% for change in ['Churn', 'Contraction', 'Expansion', 'No Impact'] %}
            count(case when parents.type_of_arr_change = '{{ change }}' then 1 end)
                as {{ change | lower | replace(' ', '_') }}{{ ',' if not loop.last }}
            {% endfor %}
        from {{ ref('cs_retention_summary') }} as summary
        inner join {{ ref('mart_retention_parent_account') }} as parents
            on summary.retention_month = parents.retention_month
        where summary.cs_segment = 'All'
        group by 1, 2, 3, 4, 5, 6, 7",
    ),
];

fn text(path: &Path) -> &str {
    path.to_str().expect("a path of letters")
}

fn check(scale: &str) {
    let raw = tempfile::tempdir().expect("a folder");
    let (figures, target) = (raw.path().join("figures"), "target");
    xtask(&["generate", "--scale", scale, "--out", text(raw.path())]).exits(0);
    xtask(&["recompute", "--raw", text(raw.path()), "--out", text(&figures)]).exits(0);
    let project = Reference::copy(&format!("{{data_scale: {scale}}}"));
    project.load(raw.path(), false);
    project.call(&["build"]).exits(0);
    project.call(&["source", "freshness"]).exits(0);
    let target = project.path().join(target);
    let warnings = "xtask/expected/warnings.csv";
    xtask(&["judge", "--warnings", warnings, "--scale", scale, "--target", text(&target)]).exits(0);
    let mut wrong = vec![];
    for (name, sql) in FIGURES {
        let found = differences(&figures.join(format!("{name}.csv")), &project.query(sql), false);
        if !found.is_empty() {
            wrong.push(format!("{name}, {} rows:\n  {}", found.len(), found.join("\n  ")));
        }
    }
    assert!(wrong.is_empty(), "figures differ from the tables at scale {scale}:\n{}", wrong.join("\n"));
}

#[test]
fn tables_hold_the_figures_at_scale_a_tenth() {
    check("0.1");
}

#[test]
#[ignore = "long; `make test` runs it"]
fn tables_hold_the_figures_at_scale_1() {
    check("1");
}

#[test]
#[ignore = "long; `make test` runs it"]
fn each_fault_turns_its_own_test_red() {
    let folder = tempfile::tempdir().expect("a folder");
    let trial = xtask(&["faults", "--scale", "0.1", "--out", text(&folder.path().join("trials"))]).exits(0);
    let found = trial.stdout.lines().filter(|line| line.contains(" found ")).count();
    assert!(found >= 28 && found == trial.stdout.lines().count(), "{}", trial.stdout);
}

/// Tests of the project that only warn, and those of which some warn.
const WARN: [&str; 7] = ["T-05", "T-11", "T-16", "T-20", "T-23", "T-35", "T-36"];
const MIXED: [&str; 2] = ["T-06", "T-18"];

#[test]
fn every_test_of_the_design_is_there_with_tag_and_severity() {
    let project = Reference::copy("{}");
    project.call(&["parse"]).exits(0);
    let manifest = std::fs::read(project.path().join("target/manifest.json")).expect("a manifest");
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).expect("JSON");
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for node in manifest["nodes"].as_object().expect("nodes").values() {
        let Some(id) = node["config"]["meta"]["test_id"].as_str() else { continue };
        let tagged = node["tags"].as_array().expect("tags").iter().any(|tag| tag == "tdf");
        assert!(tagged, "{} lacks the tag tdf", node["unique_id"]);
        let severity = node["config"]["severity"].as_str().unwrap_or_default().to_lowercase();
        found.entry(id.into()).or_default().insert(severity);
    }
    for number in 1..=36 {
        let id = format!("T-{number:02}");
        let severities = found.remove(&id).unwrap_or_default().into_iter().collect::<Vec<_>>().join(" ");
        let expected = match &*id {
            // Freshness, which is no node.
            "T-03" => "",
            id if WARN.contains(&id) => "warn",
            id if MIXED.contains(&id) => "error warn",
            _ => "error",
        };
        assert_eq!(severities, expected, "{id}");
    }
    assert!(found.is_empty(), "{found:?}");
}
