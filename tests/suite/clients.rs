//! Programs around dbt, from PyPI, with Headwater under the name of `dbt`.
//!
//! They run where `HEADWATER_CLIENTS` names a folder for their environments (`make test` sets it),
//! and are skipped with a note where that is missing or PyPI cannot be reached.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value as Json;

use crate::program::{Call, write};

const PROJECT: &[(&str, &str)] = &[
    ("dbt_project.yml", "name: shop\nversion: '1.0'\nprofile: shop\n"),
    (
        "profiles.yml",
        "shop:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: shop.duckdb, threads: 1}\n",
    ),
    ("seeds/raw_orders.csv", "id,amount\n1,10\n2,20\n2,30\n"),
    (
        "models/stg_orders.sql",
        "{{ config(tags=['staging']) }}\nselect id, amount from {{ ref('raw_orders') }}",
    ),
    ("models/orders.sql", "select id, sum(amount) as amount from {{ ref('stg_orders') }} group by 1"),
    (
        "models/schema.yml",
        "sources:\n  - name: shop\n    schema: main\n    tables: [{name: raw_orders}]\n\
         models:\n  - name: stg_orders\n    columns: [{name: id, data_tests: [unique]}]\n  - name: orders\n    \
         description: One row an order.\n    columns: [{name: id, description: Its key., data_tests: [unique, not_null]}, \
         {name: amount}]\n",
    ),
];

/// A project, and Headwater called `dbt` beside it.
struct Shop(tempfile::TempDir);

impl Shop {
    fn new() -> Shop {
        let folder = tempfile::tempdir().expect("a folder");
        write(&folder.path().join("shop"), PROJECT);
        std::fs::create_dir(folder.path().join("bin")).expect("made");
        let shop = Shop(folder);
        if std::fs::hard_link(env!("CARGO_BIN_EXE_headwater"), shop.dbt()).is_err() {
            std::fs::copy(env!("CARGO_BIN_EXE_headwater"), shop.dbt()).expect("copied");
        }
        shop
    }

    fn project(&self) -> PathBuf {
        self.0.path().join("shop")
    }

    fn dbt(&self) -> PathBuf {
        self.0.path().join("bin/dbt")
    }

    /// Runs a program in the project; `dbt` is on the path.
    fn run(&self, program: &Path, arguments: &[&str]) -> Call {
        let path =
            format!("{}:{}", self.0.path().join("bin").display(), std::env::var("PATH").unwrap_or_default());
        let mut command = Command::new(program);
        command.current_dir(self.project()).args(arguments).env("PATH", path).env("DO_NOT_TRACK", "1");
        command.env("DBT_PROFILES_DIR", self.project());
        Call::of(&mut command)
    }
}

/// The folder of programs of a client's environment, made when it is not there yet.
fn client(name: &str, packages: &[&str]) -> Option<PathBuf> {
    let Some(root) = std::env::var_os("HEADWATER_CLIENTS") else {
        eprintln!("skipped: HEADWATER_CLIENTS names no folder to install {name} into");
        return None;
    };
    let folder = Path::new(&root).join(name);
    let (programs, done) = (folder.join("bin"), folder.join("installed"));
    let wanted = packages.join(" ");
    if std::fs::read_to_string(&done).is_ok_and(|known| known == wanted) {
        return Some(programs);
    }
    let environment = Call::of(Command::new("python3").args(["-m", "venv"]).arg(&folder)).exits(0);
    drop(environment);
    let mut pip = Command::new(programs.join("pip"));
    pip.args(["install", "-q", "--disable-pip-version-check", "--retries", "1", "--timeout", "20"])
        .args(packages);
    let installed = Call::of(&mut pip);
    if installed.code != 0 {
        eprintln!("skipped: {name} cannot be installed\n{}", installed.output());
        return None;
    }
    std::fs::write(done, wanted).expect("written");
    Some(programs)
}

fn last_line(call: &Call) -> Json {
    let line = call.stdout.lines().last().unwrap_or_default();
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in `{line}`\n{}", call.output()))
}

#[test]
fn the_version_reads_as_tools_expect() {
    let shop = Shop::new();
    let said = shop.run(&shop.dbt(), &["--version"]).exits(0);
    let installed = said.stdout.lines().find_map(|line| line.trim().strip_prefix("- installed: "));
    assert_eq!(installed, Some("1.11.16"), "{}", said.stdout);
    assert!(said.stdout.lines().any(|line| line.trim().starts_with("- duckdb: 1.")), "{}", said.stdout);
}

/// dagster-dbt makes an asset of every model and seed, and a check of every test, from the events
/// that a build streams.
#[test]
fn dagster_builds_assets() {
    let packages = ["dagster==1.13.*", "dagster-dbt==0.29.*", "python-dateutil"];
    let Some(programs) = client("dagster", &packages) else { return };
    let shop = Shop::new();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients/dagster_build.py");
    let (project, dbt) = (shop.project(), shop.dbt());
    let (project, dbt) = (project.to_str().expect("text"), dbt.to_str().expect("text"));
    let said = last_line(&shop.run(&programs.join("python"), &[script, project, dbt]).exits(0));
    assert_eq!(said["assets"], serde_json::json!(["orders", "raw_orders", "stg_orders"]));
    // The doubled id fails a test: what lies below is skipped, and the command fails.
    assert_eq!(said["success"], false);
    assert_eq!(said["materialized"], serde_json::json!(["raw_orders", "stg_orders"]));
    assert_eq!(said["checks"]["unique_stg_orders_id"], false, "{said}");
}

/// The listing that Astronomer Cosmos makes its tasks of, with its very arguments.
#[test]
fn cosmos_lists_nodes() {
    let shop = Shop::new();
    let keys = "name unique_id resource_type depends_on original_file_path tags config freshness fqn";
    let mut arguments = vec!["ls", "--output", "json", "--output-keys"];
    arguments.extend(keys.split(' '));
    let said = shop.run(&shop.dbt(), &arguments).exits(0);
    let nodes: Vec<Json> = said.stdout.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let named = |id: &str| {
        nodes
            .iter()
            .find(|node| node["unique_id"] == id)
            .unwrap_or_else(|| panic!("no {id} in\n{}", said.stdout))
    };
    assert_eq!(nodes.len(), 7, "{}", said.stdout);
    let staging = named("model.shop.stg_orders");
    assert_eq!(staging["resource_type"], "model");
    assert_eq!(staging["depends_on"]["nodes"], serde_json::json!(["seed.shop.raw_orders"]));
    assert_eq!(staging["original_file_path"], "models/stg_orders.sql");
    assert_eq!(staging["tags"], serde_json::json!(["staging"]));
    assert_eq!(staging["config"]["materialized"], "view");
    assert_eq!(staging["fqn"], serde_json::json!(["shop", "stg_orders"]));
    assert_eq!(named("source.shop.shop.raw_orders")["freshness"]["warn_after"]["count"], Json::Null);
}

/// dbt-coverage reads manifest.json and catalog.json.
#[test]
fn coverage_counts_described_columns() {
    let Some(programs) = client("dbt-coverage", &["dbt-coverage==0.5.0"]) else { return };
    let shop = Shop::new();
    shop.run(&shop.dbt(), &["run"]);
    shop.run(&shop.dbt(), &["seed"]).exits(0);
    shop.run(&shop.dbt(), &["run"]).exits(0);
    shop.run(&shop.dbt(), &["docs", "generate"]).exits(0);
    let said = shop.run(&programs.join("dbt-coverage"), &["compute", "doc"]).exits(0);
    let line = said.stdout.lines().find(|line| line.contains("main.orders")).unwrap_or_default();
    assert!(line.contains("1/2"), "one of the two columns is described:\n{}", said.output());
}

/// `dbt-ol` runs the program that is called `dbt` and makes OpenLineage events of its artifacts.
#[test]
fn openlineage_reports_runs() {
    let Some(programs) = client("openlineage-dbt", &["openlineage-dbt==1.54.0", "dbt-core==1.11.16"]) else {
        return;
    };
    let shop = Shop::new();
    shop.run(&shop.dbt(), &["seed"]).exits(0);
    let events = shop.0.path().join("events.jsonl");
    write(
        &shop.project(),
        &[(
            "openlineage.yml",
            &format!("transport: {{type: file, log_file_path: {}, append: true}}\n", events.display()),
        )],
    );
    shop.run(&programs.join("dbt-ol"), &["run"]).exits(0);
    let text = std::fs::read_to_string(&events).expect("dbt-ol wrote events");
    let read: Vec<Json> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let built = |name: &str| {
        read.iter().any(|event| {
            let outputs = event["outputs"].as_array().into_iter().flatten();
            event["eventType"] == "COMPLETE"
                && outputs
                    .into_iter()
                    .any(|output| output["name"].as_str().is_some_and(|at| at.ends_with(name)))
        })
    };
    assert!(built("main.stg_orders") && built("main.orders"), "{text}");
}

/// Elementary's reader asks the warehouse by `run-operation`, and reads the rows from log lines.
#[test]
fn elementary_reads_tables() {
    let Some(programs) = client("elementary-data", &["elementary-data==0.26.1", "PyYAML==6.0.3"]) else {
        return;
    };
    let shop = Shop::new();
    write(
        &shop.project(),
        &[
            ("packages.yml", "packages: [{local: elementary}]\n"),
            ("elementary/dbt_project.yml", "name: elementary\nversion: '1.0'\n"),
            (
                "elementary/macros/results.sql",
                "{% macro log_macro_results(macro_name, macro_args) %}{% set package, name = macro_name.split('.') %}\
                 {% set rows = context[package][name](**macro_args) %}{% do log('Elementary: --ELEMENTARY-MACRO-OUTPUT-START--' \
                 ~ tojson(rows) ~ '--ELEMENTARY-MACRO-OUTPUT-END--', info=true) %}{% endmacro %}",
            ),
            (
                "macros/totals.sql",
                "{% macro totals(least) %}{% set rows = [] %}\
                 {% for row in run_query('select id, amount::decimal(9, 2) as amount from orders where amount >= ' ~ least).rows %}\
                 {% do rows.append({'id': row['id'] | int, 'amount': row['amount'].normalize() | string | float}) %}{% endfor %}\
                 {{ return(rows) }}{% endmacro %}",
            ),
        ],
    );
    shop.run(&shop.dbt(), &["deps"]).exits(0);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients/elementary_reader.py");
    let project = shop.project();
    let said =
        last_line(&shop.run(&programs.join("python"), &[script, project.to_str().expect("text")]).exits(0));
    // The doubled id fails a test.
    assert_eq!(said["ran"], serde_json::json!([true, true, false]));
    assert_eq!(said["listed"], serde_json::json!(["shop.orders", "shop.stg_orders"]));
    let mut totals: Vec<Json> = said["totals"][0].as_array().cloned().unwrap_or_default();
    totals.sort_by_key(|row| row["id"].as_i64());
    assert_eq!(
        totals,
        [serde_json::json!({"id": 1, "amount": 10.0}), serde_json::json!({"id": 2, "amount": 50.0})]
    );
}
