//! What a build leaves behind: the same files and tables every time, and nothing half-made when it is killed.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use headwater::adapter::{Adapter, Execute};
use serde_json::json;

use crate::adapter::{open, texts};
use crate::drivers;
use crate::program::{call, write};
use crate::reference::{Reference, lay_over, repository};

/// Rows and a hash of the contents of each table and view.
fn tables(folder: &Path, file: &str) -> BTreeMap<String, Vec<String>> {
    let adapter = open(json!({"path": file}), folder);
    let mut connection = adapter.connect("tables");
    let mut query = |sql: &str| match connection.execute(sql, Execute::fetch()) {
        Ok(result) => texts(&result.table),
        Err(error) => panic!("{sql}\n{error}"),
    };
    let names = query(
        "select table_schema || '.' || table_name from information_schema.tables \
         where table_catalog = current_database() order by 1",
    );
    let mut facts = |name: &str| {
        let (schema, table) = name.split_once('.').expect("a schema");
        query(&format!("select count(*), sum(hash(t)) from \"{schema}\".\"{table}\" as t")).remove(0)
    };
    names.into_iter().map(|mut row| row.remove(0)).map(|name| (name.clone(), facts(&name))).collect()
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let (mut found, mut folders) = (BTreeMap::new(), vec![folder.to_path_buf()]);
    while let Some(next) = folders.pop() {
        for entry in next.read_dir().expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("below").display().to_string();
                found.insert(name, std::fs::read(&path).expect("a file"));
            }
        }
    }
    found
}

#[test]
fn two_builds_are_the_same() {
    let data = repository().join("tests/golden");
    let build = |threads: &str| {
        let project = Reference::copy("{spine_end: 2021-12-31, data_scale: 0}");
        lay_over(&data.join("seeds"), &project.path().join("seeds/rules"));
        project.load(&data.join("raw"), true);
        project.call(&["build", "--threads", threads]).exits(0);
        let compiled = files(&project.path().join("target/compiled"));
        // Two nodes of one file name would write over each other, whichever comes last.
        let text = std::fs::read_to_string(project.path().join("target/manifest.json")).expect("a manifest");
        let manifest: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let nodes = manifest["nodes"].as_object().expect("nodes").values();
        let mut places: Vec<String> =
            nodes.map(|node| format!("{}/{}", node["original_file_path"], node["path"])).collect();
        places.sort();
        assert!(places.windows(2).all(|pair| pair[0] != pair[1]), "two nodes write one file");
        (compiled, tables(project.path(), "target/segmentation.duckdb"))
    };
    let (once, again) = (build("1"), build("4"));
    assert!(once.0.len() > 400 && once.1.len() > 100);
    assert!(once.0.keys().eq(again.0.keys()));
    for (name, text) in &once.0 {
        assert_eq!(
            String::from_utf8_lossy(text),
            String::from_utf8_lossy(&again.0[name]),
            "compiled {name} differs"
        );
    }
    assert_eq!(once.1, again.1);
}

/// A project with models of each kind that take forever when `slow` is set.
fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let slow = "select count(*) as n, {{ var('slow', false) }} as slow \
                from range({{ 100000 if var('slow', false) else 1 }}) as a, \
                range({{ 10000000 if var('slow', false) else 1 }}) as b where (a.range * b.range) % 7 = 0";
    let slow = |materialized: &str| format!("{{{{ config(materialized='{materialized}') }}}}\n{slow}");
    write(
        folder.path(),
        &[
            ("dbt_project.yml", "name: shop\n"),
            (
                "models/first.sql",
                "{{ config(materialized='table') }}\nselect {{ var('slow', false) }} as slow",
            ),
            ("models/slow_table.sql", &format!("{}\n-- {{{{ ref('first') }}}}", slow("table"))),
            ("models/slow_rows.sql", &format!("{}\n-- {{{{ ref('first') }}}}", slow("incremental"))),
            ("models/after.sql", "{{ config(materialized='table') }}\nselect * from {{ ref('slow_table') }}"),
        ],
    );
    folder
}

/// Starts a run that takes forever, and stops it with this signal once both slow models are running. Gives the
/// exit code (none when killed).
fn stopped_by(signal: &str, folder: &Path) -> Option<i32> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_headwater"));
    command.args(["run", "--threads", "4", "--vars", "slow: true"]).current_dir(folder).env("HOME", folder);
    command.env("HEADWATER_DRIVER_DUCKDB", drivers::duckdb()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().expect("the program runs");
    let lines = BufReader::new(child.stdout.take().expect("its output")).lines().map_while(Result::ok);
    let started = lines.filter(|line| line.contains("START") && line.contains("main.slow_"));
    assert_eq!(started.take(2).count(), 2, "both slow models start");
    // The statements are on their way to the warehouse by then.
    std::thread::sleep(Duration::from_millis(700));
    let sent = Command::new("kill").args([signal, &child.id().to_string()]).status();
    assert!(sent.expect("kill runs").success());
    let asked = Instant::now();
    loop {
        if let Some(status) = child.try_wait().expect("a child") {
            return status.code();
        }
        assert!(asked.elapsed() < Duration::from_secs(60), "it does not stop");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn check(signal: &str, code: Option<i32>) {
    let folder = project();
    // Where nothing stood, nothing stands.
    assert_eq!(stopped_by(signal, folder.path()), code);
    let left = tables(folder.path(), "target/shop.duckdb");
    assert_eq!(left.keys().collect::<Vec<_>>(), ["main.first"], "after {signal}");
    // What stood before stands still.
    let driver = drivers::duckdb();
    call(folder.path(), &[("HEADWATER_DRIVER_DUCKDB", &driver)], &["run"]).exits(0);
    let before = tables(folder.path(), "target/shop.duckdb");
    assert_eq!(before.len(), 4);
    assert_eq!(stopped_by(signal, folder.path()), code);
    let after = tables(folder.path(), "target/shop.duckdb");
    for name in ["main.slow_table", "main.slow_rows", "main.after"] {
        assert_eq!(before[name], after[name], "{name} after {signal}");
    }
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>(), "after {signal}");
}

#[test]
fn a_killed_build_leaves_nothing_half_made() {
    check("-KILL", None);
}

#[test]
fn an_interrupted_build_leaves_nothing_half_made() {
    check("-INT", Some(2));
}
