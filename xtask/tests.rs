//! The promises of the data: the same bytes, the stated sizes, every edge case, figures that agree.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::args::{self, Faults, Task};
use crate::date::Day;
use crate::generate::roster::Size;
use crate::recompute::{Figures, rules};
use crate::table::{Reader, Record};
use crate::{check, generate, judge, recompute};

/// SHA-256 of `manifest.json`, which itself holds the sums of all files. A change of the generator changes them;
/// then the numbers that the project's tests store for scale 1 have to be looked at again.
const SUM_AT_TENTH: &str = "78fc510cc63071c9e3930b43565a910d30d1ecb7aa31fea4cad9ef6d8c7569d9";
const SUM_AT_ONE: &str = "d3d426d856680bf212dcd727b94e41906c0d5e8d14fae452c4f22c80c1e88f45";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn size(permille: u64) -> Size {
    Size { seed: 20_210_801, permille }
}

/// A clean data set.
fn data(permille: u64) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    generate::generate(size(permille), dir.path(), None).unwrap();
    dir
}

fn sum(path: &Path) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(fs::read(path).unwrap()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Rows of each file of a data set, by its path.
fn rows(dir: &Path) -> HashMap<String, u64> {
    let manifest: serde_json::Value =
        serde_json::from_slice(&fs::read(dir.join("manifest.json")).unwrap()).unwrap();
    let files = manifest["files"].as_array().unwrap();
    files
        .iter()
        .map(|file| (file["path"].as_str().unwrap().to_owned(), file["rows"].as_u64().unwrap()))
        .collect()
}

fn read(path: &Path) -> (Vec<String>, Vec<Record>) {
    let mut reader = Reader::open(path.to_owned()).unwrap();
    let mut rows = Vec::new();
    while let Some(record) = reader.record().unwrap() {
        rows.push(record);
    }
    (reader.columns, rows)
}

#[test]
fn every_run_writes_the_same_bytes() {
    let (once, again) = (data(100), data(100));
    for (path, _) in rows(once.path()) {
        assert_eq!(
            fs::read(once.path().join(&path)).unwrap(),
            fs::read(again.path().join(&path)).unwrap(),
            "{path}"
        );
    }
    assert_eq!(sum(&once.path().join("manifest.json")), SUM_AT_TENTH);
    assert_eq!(sum(&data(1000).path().join("manifest.json")), SUM_AT_ONE);
}

#[test]
fn another_seed_gives_other_data() {
    let other = tempfile::tempdir().unwrap();
    generate::generate(Size { seed: 1, permille: 100 }, other.path(), None).unwrap();
    let charges = "zuora_stitch/rateplancharge.csv";
    assert_ne!(sum(&other.path().join(charges)), sum(&data(100).path().join(charges)));
}

#[test]
fn tables_have_the_stated_sizes_at_scale_1() {
    let dir = data(1000);
    let rows = rows(dir.path());
    // Doubled rows come on top: five in each of the first three, seven among the charges.
    let stated = [
        ("salesforce_stitch/account", 400 + 5),
        ("zuora_stitch/account", 420 + 5),
        ("zuora_stitch/subscription", 1100 + 5),
        ("zuora_stitch/rateplancharge", 3200 + 7),
        ("zuora_stitch/rateplan", 2600),
        ("zuora_stitch/contact", 420),
        ("zuora_stitch/product", 45),
        ("zuora_stitch/productrateplan", 70),
        ("zuora_stitch/productrateplancharge", 80),
        ("zuora_stitch/productrateplanchargetier", 110),
        ("zuora_stitch/invoice", 2400),
        ("zuora_stitch/invoiceitem", 4000),
        ("salesforce_stitch/contact", 900),
        ("salesforce_stitch/lead", 300),
        ("salesforce_stitch/user", 40),
        ("salesforce_stitch/opportunity", 900),
        ("salesforce_stitch/executive_business_review__c", 250),
        ("gainsight/customer_attributes", 300),
        ("gainsight/success_plan", 350),
        ("gainsight/cta", 1200),
        ("gainsight/timeline_activity", 3500),
        ("gainsight/survey_response", 700),
        ("gainsight/webinar_attendance", 1500),
        ("gainsight/email_event", 12_000),
        ("product_usage/license_utilization_monthly", 8000),
        ("product_usage/use_case_usage_monthly", 6500),
    ];
    for (table, count) in stated {
        assert_eq!(rows[&format!("{table}.csv")], count, "{table}");
    }
}

#[test]
fn every_edge_case_is_there_at_scale_1() {
    let dir = data(1000);
    for case in check::check(dir.path()).unwrap() {
        assert!(case.holds(), "{}: {} of {}", case.name, case.found, case.minimum);
    }
}

#[test]
fn rows_stand_in_key_order_and_no_moment_is_in_the_future() {
    let dir = data(100);
    for spec in crate::schema::ALL {
        let (columns, records) = read(&spec.path(dir.path()));
        assert_eq!(columns, spec.columns().collect::<Vec<_>>());
        let place = |name: &str| columns.iter().position(|column| column == name).unwrap();
        let keys: Vec<usize> = spec.key.iter().map(|column| place(column)).collect();
        let key = |record: &Record| keys.iter().map(|at| record[*at].clone()).collect::<Vec<_>>();
        assert!(records.is_sorted_by_key(key), "{}.{}", spec.schema, spec.table);
        let loaded = records.iter().filter_map(|record| record[place("_sdc_batched_at")].as_deref());
        assert_eq!(loaded.max(), Some("2021-08-01 00:00:00"), "{}.{}", spec.schema, spec.table);
    }
}

#[test]
fn null_and_empty_text_survive_a_round_trip() {
    let dir = data(1000);
    let (columns, records) = read(&dir.path().join("zuora_stitch/subscription.csv"));
    let flag = columns.iter().position(|column| column == "excludefromanalysis__c").unwrap();
    let count =
        |value: Option<&str>| records.iter().filter(|record| record[flag].as_deref() == value).count();
    assert!(count(None) > 50 && count(Some("")) > 500 && count(Some("False")) > 200);
}

#[test]
fn the_project_excludes_the_accounts_that_the_data_is_made_for() {
    let made = fs::read_to_string(data(100).path().join("seeds/zuora_excluded_accounts.csv")).unwrap();
    assert_eq!(made, fs::read_to_string(root().join("seeds/rules/zuora_excluded_accounts.csv")).unwrap());
}

#[test]
fn rules_agree_with_the_cases_of_the_project() {
    let (_, cases) = read(&root().join("seeds/cases/product_rule_cases.csv"));
    for case in &cases {
        let category = rules::product_category(case[1].as_deref());
        assert_eq!(Some(category), case[2].as_deref(), "{case:?}");
        assert_eq!(rules::delivery(category), case[3].as_deref(), "{case:?}");
    }
    let (_, segments) = read(&root().join("seeds/cases/sales_segment_cases.csv"));
    for case in &segments {
        assert_eq!(Some(rules::sales_segment(case[1].as_deref()).as_str()), case[3].as_deref(), "{case:?}");
    }
    assert_eq!((cases.len(), segments.len()), (40, 20));
    assert_eq!(rules::owner_team("MM-EMEA"), rules::owner_team("MM - EMEA"));
}

/// The golden data in the layout of raw data.
fn golden() -> (TempDir, Vec<Figures>) {
    let dir = tempfile::tempdir().unwrap();
    let golden = root().join("tests/golden");
    for (from, to) in [
        ("raw/zuora_stitch", "zuora_stitch"),
        ("raw/salesforce_stitch", "salesforce_stitch"),
        ("seeds", "seeds"),
    ] {
        fs::create_dir_all(dir.path().join(to)).unwrap();
        for file in fs::read_dir(golden.join(from)).unwrap() {
            let file = file.unwrap();
            fs::copy(file.path(), dir.path().join(to).join(file.file_name())).unwrap();
        }
    }
    let figures = recompute::recompute(dir.path(), Day::ymd(2021, 12, 31)).unwrap();
    (dir, figures)
}

/// Compares a table of figures with a golden file on the file's columns, under their names here; numbers by value.
#[track_caller]
fn assert_golden(figures: &Figures, file: &str, names: &[(&str, &str)]) {
    let (columns, expected) = read(&root().join("tests/golden/expected").join(file));
    let ours: Vec<usize> = names
        .iter()
        .map(|(name, _)| figures.columns.iter().position(|column| column == name).unwrap())
        .collect();
    let theirs: Vec<usize> =
        names.iter().map(|(_, name)| columns.iter().position(|column| column == name).unwrap()).collect();
    assert!(!expected.is_empty());
    for row in expected {
        let wanted: Vec<Option<String>> = theirs.iter().map(|at| row[*at].clone()).collect();
        let found = figures
            .rows
            .iter()
            .any(|row| ours.iter().zip(&wanted).all(|(at, wanted)| row[*at].same(wanted.as_deref())));
        assert!(found, "{file}: no row {wanted:?}");
    }
}

#[test]
fn golden_data_give_the_golden_figures() {
    let (_dir, figures) = golden();
    let [months, dimensions, quarters, retention] = figures.try_into().ok().unwrap();
    let same = |name| (name, name);
    assert_golden(
        &months,
        "customer_count_month.csv",
        &[
            same("arr_month"),
            same("arr"),
            same("customer_count_unique"),
            same("customer_count_summed_over_segments"),
        ],
    );
    assert_golden(
        &quarters,
        "quarter_growth_total.csv",
        &[
            same("fiscal_quarter_name_fy"),
            same("ty_arr"),
            same("ly_arr"),
            same("ty_customer_count"),
            same("ly_customer_count"),
            same("arr_growth_rate"),
        ],
    );
    assert_golden(
        &retention,
        "retention_summary.csv",
        &[
            same("retention_month"),
            ("prior_year_customers", "prior_year_customer_count"),
            same("prior_year_arr"),
            same("net_retention_arr"),
            same("gross_retention_arr"),
            same("net_retention_rate"),
            same("gross_retention_rate"),
        ],
    );
    let mart_rows: f64 = months.rows.iter().map(|row| row[2].number().unwrap()).sum();
    assert_eq!(mart_rows, 94.0);
    let june = |row: &&Vec<recompute::Cell>| row[0].same(Some("2021-06-01")) && row[1].same(Some("delivery"));
    let june: Vec<_> = dimensions.rows.iter().filter(june).collect();
    assert_eq!(june.len(), 3, "SaaS, Self-Managed and Missing");
}

#[test]
fn figures_add_up_at_scale_1() {
    let figures = recompute::recompute(data(1000).path(), Day::ymd(2024, 12, 31)).unwrap();
    let [months, dimensions, _, _] = figures.try_into().ok().unwrap();
    let rows: f64 = months.rows.iter().map(|row| row[2].number().unwrap()).sum();
    assert!((25_000.0..40_000.0).contains(&rows), "{rows} rows in the mart");
    let complete: Vec<_> = months.rows.iter().filter(|row| row[5].number().is_some()).collect();
    assert_eq!(complete.len(), 36);
    for row in complete {
        let month = row[0].text().unwrap();
        for dimension in
            ["product_category", "delivery", "industry", "account_owner_team", "territory", "sales_segment"]
        {
            let of = dimensions.rows.iter().filter(|d| d[0].same(Some(month)) && d[1].same(Some(dimension)));
            let arr: f64 = of.map(|d| d[3].number().unwrap()).sum();
            assert!((arr - row[1].number().unwrap()).abs() < 0.01, "{month} {dimension}");
        }
    }
}

#[test]
fn each_fault_changes_what_it_names_and_nothing_else() {
    let clean = data(100);
    for fault in crate::faults::ids(size(100)) {
        let dir = tempfile::tempdir().unwrap();
        let wanted = Faults { only: Some(fault.to_owned()), project: root() };
        generate::generate(size(100), dir.path(), Some(&wanted)).unwrap();
        let (_, list) = read(&dir.path().join("faults/faults.csv"));
        assert!(list.iter().all(|row| row[0].as_deref() == Some(fault)), "{fault}");
        let places: Vec<String> = list
            .iter()
            .filter(|row| row[1].as_deref() == Some("raw"))
            .map(|row| row[3].clone().unwrap().replacen('.', "/", 1) + ".csv")
            .collect();
        for path in rows(clean.path()).keys() {
            let same = fs::read(clean.path().join(path)).unwrap() == fs::read(dir.path().join(path)).unwrap();
            assert_eq!(!same, places.contains(path), "{fault}: {path}");
        }
    }
}

/// A target folder with the results of three tests, and what two judges say of it.
#[test]
fn judges_tell_found_missed_broad_and_stray() {
    let dir = tempfile::tempdir().unwrap();
    let node = |id: &str, name: &str| {
        format!(r#""{name}": {{"name": "{name}", "config": {{"meta": {{"test_id": "{id}"}}}}}}"#)
    };
    let nodes =
        [node("T-04", "a"), node("T-09", "b"), node("T-09", "c"), node("T-12", "d"), node("T-06", "e")];
    fs::write(dir.path().join("manifest.json"), format!(r#"{{"nodes": {{{}}}}}"#, nodes.join(","))).unwrap();
    let result = |name: &str, status: &str| {
        format!(r#"{{"unique_id": "{name}", "status": "{status}", "failures": 5}}"#)
    };
    let results = [
        result("a", "fail"),
        result("b", "fail"),
        result("c", "error"),
        result("d", "fail"),
        result("e", "warn"),
    ];
    fs::write(dir.path().join("run_results.json"), format!(r#"{{"results": [{}]}}"#, results.join(",")))
        .unwrap();
    fs::create_dir(dir.path().join("faults")).unwrap();
    let faults = "test_id,kind,fault,place,row_key\nT-04,raw,four,x,\nT-08,raw,eight,x,\nT-09,raw,nine,x,\n";
    fs::write(dir.path().join("faults/faults.csv"), faults).unwrap();

    let faulty = judge::faulty(dir.path(), dir.path()).unwrap();
    assert_eq!(
        faulty.lines,
        [
            "T-04  found   four: a",
            "T-08  MISSED  eight: no test is red",
            "T-09  BROAD   nine: b, c",
            "T-12  STRAY   no fault was placed: d",
        ]
    );
    assert!(!faulty.holds);

    fs::write(dir.path().join("warnings.csv"), "scale,test_id,test,rows\n1,T-06,e,4\n0.1,T-06,e,5\n")
        .unwrap();
    let clean = judge::clean(&dir.path().join("warnings.csv"), "1", dir.path()).unwrap();
    assert_eq!(clean.lines.last().unwrap(), "T-06  CHANGED e: 5 rows, 4 stored");
    assert_eq!(clean.lines.iter().filter(|line| line.contains("RED")).count(), 4);
    assert!(!clean.holds);
}

#[test]
fn the_command_line_names_what_is_wrong() {
    let error = |line: &str| match args::parse(line.split_whitespace().map(str::to_owned)) {
        Err(message) => message,
        Ok(_) => String::new(),
    };
    assert_eq!(error("generate"), "`generate` needs `--out DIR`");
    assert_eq!(error("generate --scale 2 --out x"), "`--scale` is 0.1, 1, 10 or 100, not `2`");
    assert_eq!(error("generate --out"), "`--out` needs a value");
    assert_eq!(error("paint"), "unknown task `paint`");
    let parsed = args::parse("generate --out x --fault T-04".split_whitespace().map(str::to_owned));
    assert!(matches!(parsed, Ok(Task::Generate { faults: Some(Faults { only: Some(_), .. }), .. })));
}
