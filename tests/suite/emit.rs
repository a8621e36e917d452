//! `emit`: the scripts run elsewhere, and give what a build gives. Programs that are not installed are
//! named on stderr.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::drivers;
use crate::program::{Call, call, tool, write};
use crate::script_servers::{Duck, Postgres};

fn emit(folder: &Path, arguments: &[&str]) -> Call {
    call(folder, &[], &[&["emit"], arguments].concat())
}

/// Calls the program with DuckDB at hand.
fn connected(folder: &Path, arguments: &[&str]) -> Call {
    call(folder, &[("HEADWATER_DRIVER_DUCKDB", &drivers::duckdb())], arguments)
}

const KINDS: &[(&str, &str)] = &[
    (
        "dbt_project.yml",
        "name: kinds
version: 1.0.0
config-version: 2
on-run-start: \"create table if not exists {{ target.schema }}.runs (moment varchar(10))\"
on-run-end: [\"insert into {{ target.schema }}.runs values ('{{ schemas | length }}')\"]
models: {kinds: {+persist_docs: {relation: true, columns: true}}}
",
    ),
    (
        "seeds/raw.csv",
        "id,name,updated,ok,amount\n1,\"it's a \\ \"\"q\"\"\",2024-01-02,true,1.5\n2,,2024-01-03,false,\n3,x,2024-01-04,true,2.25\n",
    ),
    (
        "models/grows.sql",
        "{{ config(materialized='incremental', unique_key='id', indexes=[{'columns': ['id']}],
            post_hook='delete from {{ this }} where id = 99') }}
        select id, name, amount from {{ ref('raw') }}
        {% if is_incremental() %} where id >= (select max(id) from {{ this }}) {% endif %}",
    ),
    ("models/inside.sql", "{{ config(materialized='ephemeral') }} select id, amount from {{ ref('raw') }} -- end"),
    (
        "models/held.sql",
        "{{ config(materialized='table', contract={'enforced': true}) }} select id, amount from {{ ref('inside') }}",
    ),
    (
        "models/seen.sql",
        "select held.id, versions.name from {{ ref('held') }} as held
        join {{ ref('versions') }} as versions on held.id = versions.id -- the last line",
    ),
    (
        "models/schema.yml",
        "models:
  - name: held
    description: It's a table
    columns:
      - {name: id, data_type: integer, description: The 'key', data_tests: [unique, {not_null: {config: {severity: warn}}}]}
      - {name: amount, data_type: double precision}
snapshots:
  - name: versions
    relation: ref('raw')
    config: {unique_key: id, strategy: timestamp, updated_at: updated, hard_deletes: invalidate}
  - name: checked
    relation: ref('raw')
    config: {unique_key: id, strategy: check, check_cols: [name, amount]}
",
    ),
];

#[test]
fn scripts_name_what_they_hold_and_do_not_change() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), KINDS);
    let first = emit(folder.path(), &[]).exits(0).stdout;
    assert_eq!(first, emit(folder.path(), &[]).exits(0).stdout);
    assert!(
        first.starts_with("-- Written by `headwater emit`.\n-- Project kinds, first build, for duckdb.\n")
    );
    assert!(first.contains("-- model.kinds.seen\n-- file:      models/seen.sql\n"), "{first}");
    assert!(
        first.contains("-- upstreams: model.kinds.held\n--            snapshot.kinds.versions\n"),
        "{first}"
    );
    let headers: Vec<&str> = first.lines().filter_map(|line| line.strip_prefix("-- ")).collect();
    let place = |id: &str| headers.iter().position(|line| *line == id).unwrap_or_else(|| panic!("no {id}"));
    assert!(place("operation.kinds.kinds-on-run-start-0") < place("seed.kinds.raw"));
    assert!(place("seed.kinds.raw") < place("snapshot.kinds.versions"));
    assert!(place("snapshot.kinds.versions") < place("model.kinds.seen"));
    assert!(!first.contains("-- model.kinds.inside\n"), "ephemeral models stand in others");
    emit(folder.path(), &["--output", "one/all.sql"]).exits(0);
    assert_eq!(std::fs::read_to_string(folder.path().join("one/all.sql")).unwrap(), first);
    let files = folder.path().join("many");
    write(&files, &[("0099_old.sql", "-- Written by `headwater emit`.\n"), ("own.sql", "select 1;")]);
    emit(folder.path(), &["--output-dir", "many"]).exits(0);
    let mut names: Vec<String> = std::fs::read_dir(&files)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert_eq!(names[0], "0001_schemas.sql");
    assert!(names.contains(&"0003_seed_raw.sql".to_string()), "{names:?}");
    assert!(
        names.contains(&"own.sql".to_string()) && !names.contains(&"0099_old.sql".to_string()),
        "{names:?}"
    );
    emit(folder.path(), &["--output-dir", "many", "--output", "x.sql"]).exits(2).says("exclude each other");
}

#[test]
fn each_dialect_has_its_own_ddl() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), KINDS);
    for (dialect, texts) in [
        ("duckdb", ["create view \"kinds\".\"main\".\"seen\" as (", "'it''s a \\ \"q\"', date '2024-01-02'"]),
        ("postgres", ["drop table if exists \"kinds\".\"main\".\"held\" cascade;", "create index \""]),
        ("snowflake", ["create or replace transient table kinds.main.grows", "'it''s a \\\\ \"q\"'"]),
        (
            "bigquery",
            ["create or replace table `kinds`.`main`.`grows`", "cast('it\\'s a \\\\ \"q\"' as string)"],
        ),
        ("spark", ["create or replace view main.seen", "cast('it\\'s a \\\\ \"q\"' as string)"]),
    ] {
        let script = emit(folder.path(), &["--dialect", dialect]).exits(0).stdout;
        for text in texts {
            assert!(script.contains(text), "`{text}` is not in {dialect}'s script:\n{script}");
        }
        emit(folder.path(), &["--dialect", dialect, "--incremental"]).exits(0).says("next build");
    }
}

#[test]
fn the_next_build_gives_what_a_second_build_gives() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), KINDS);
    let Some(duck) = Duck::find() else { return };
    let (built, scripted) =
        (folder.path().join("target/kinds.duckdb"), folder.path().join("other/kinds.duckdb"));
    std::fs::create_dir_all(folder.path().join("other")).unwrap();
    let changed = "id,name,updated,ok,amount\n2,two,2024-02-01,false,7\n3,x,2024-01-04,true,2.25\n4,new,2024-02-02,true,4\n";
    for (options, seed) in [(&[][..], None), (&["--incremental"][..], Some(changed))] {
        if let Some(seed) = seed {
            write(folder.path(), &[("seeds/raw.csv", seed)]);
        }
        connected(folder.path(), &["build"]).exits(0);
        let mut arguments = vec!["--output", "script.sql"];
        arguments.extend(options);
        emit(folder.path(), &arguments).exits(0);
        duck.run(&scripted, &folder.path().join("script.sql"));
    }
    // Times of the run differ.
    let volatile = ["dbt_valid_to", "dbt_valid_from", "dbt_updated_at", "dbt_scd_id"];
    let differing = duck.differing(&built, &scripted, &volatile);
    assert_eq!(differing, Vec::<String>::new());
    let versions = "select id, name, dbt_valid_to is null as holds from main.versions order by 1, 3, 2";
    let rows = duck.query(&scripted, versions);
    assert_eq!(rows.len(), 5, "{rows:?}");
    assert_eq!(rows, duck.query(&built, versions));
}

/// Next builds that need more than the key: some columns, conditions, batches, all columns, deletions.
const STRATEGIES: &[(&str, &str)] = &[
    ("dbt_project.yml", "{name: kinds, version: 1.0.0, config-version: 2, models: {kinds: {+materialized: incremental}}}"),
    (
        "seeds/raw.csv",
        "id,part,name,amount,moment\n1,1,a,1,2024-01-01 01:00:00\n2,1,b,2,2024-01-01 02:00:00\n3,2,c,3,2024-01-02 01:00:00\n",
    ),
    (
        "models/some.sql",
        "{{ config(unique_key='id', incremental_strategy='merge', merge_update_columns=['name']) }}
        select id, part, name, amount from {{ ref('raw') }}",
    ),
    (
        "models/but.sql",
        "{{ config(unique_key='id', incremental_strategy='merge', merge_exclude_columns=['name']) }}
        select * exclude (moment) from {{ ref('raw') }}",
    ),
    (
        "models/conditions.sql",
        "{{ config(unique_key=['id'], incremental_strategy='merge', incremental_predicates=['DBT_INTERNAL_DEST.part = 1']) }}
        with rows as (select * from {{ ref('raw') }}) select * from rows",
    ),
    (
        "models/conditions_of_deletes.sql",
        "{{ config(unique_key='id', incremental_strategy='delete+insert', incremental_predicates=['part = 1']) }}
        select raw.* from {{ ref('raw') }} as raw",
    ),
    (
        "models/slices.sql",
        "{{ config(incremental_strategy='microbatch', event_time='moment', batch_size='day', begin='2024-01-01') }}
        select id, name, cast(moment as timestamp) as moment, '{{ model.batch.id if model.batch }}' as batch from {{ ref('raw') }}",
    ),
    (
        "models/schema.yml",
        "seeds: [{name: raw, config: {event_time: moment, column_types: {moment: timestamp}}}]
snapshots:
  - {name: all_columns, relation: ref('raw'), config: {unique_key: id, strategy: check, check_cols: all}}
  - {name: deletions, relation: ref('raw'), config: {unique_key: [id], strategy: timestamp, updated_at: moment, hard_deletes: new_record}}
  - {name: deletions_of_all, relation: ref('raw'), config: {unique_key: id, strategy: check, check_cols: all, hard_deletes: new_record}}
",
    ),
];

#[test]
fn next_builds_with_columns_conditions_and_batches_give_what_builds_give() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), STRATEGIES);
    emit(folder.path(), &["--incremental"]).exits(1).says("say which with `--event-time-start` and");
    let Some(duck) = Duck::find() else { return };
    let (built, scripted) =
        (folder.path().join("target/kinds.duckdb"), folder.path().join("other/kinds.duckdb"));
    std::fs::create_dir_all(folder.path().join("other")).unwrap();
    let head = "id,part,name,amount,moment\n";
    let changed = "1,1,A,10,2024-01-01 03:00:00\n3,2,C,30,2024-01-02 02:00:00\n4,2,d,4,2024-01-03 01:00:00\n";
    let back = "1,1,A,10,2024-01-01 03:00:00\n2,1,b,2,2024-01-05 02:00:00\n3,2,C,30,2024-01-02 02:00:00\n4,2,d,4,2024-01-03 01:00:00\n";
    for (round, seed) in [None, Some(changed), Some(back), Some(back)].into_iter().enumerate() {
        let mut window = vec!["--event-time-start", "2024-01-01", "--event-time-end", "2024-01-04"];
        if let Some(seed) = seed {
            write(folder.path(), &[("seeds/raw.csv", &(head.to_string() + seed))]);
            window[1] = "2024-01-02";
        }
        connected(folder.path(), &[&["build"], &window[..]].concat()).exits(0);
        let next = if round == 0 { &[][..] } else { &["--incremental"] };
        emit(folder.path(), &[&["--output", "script.sql"], next, &window].concat()).exits(0);
        duck.run(&scripted, &folder.path().join("script.sql"));
        let volatile = ["dbt_valid_to", "dbt_valid_from", "dbt_updated_at", "dbt_scd_id"];
        assert_eq!(duck.differing(&built, &scripted, &volatile), Vec::<String>::new(), "round {round}");
        for (snapshot, more) in
            [("all_columns", "1"), ("deletions", "dbt_is_deleted"), ("deletions_of_all", "dbt_is_deleted")]
        {
            let versions = format!(
                "select id, name, {more}, dbt_valid_to is null as holds from main.{snapshot} order by all"
            );
            assert_eq!(
                duck.query(&scripted, &versions),
                duck.query(&built, &versions),
                "{snapshot}, round {round}"
            );
        }
    }
    let batches = duck.query(&scripted, "select distinct batch from main.slices order by 1");
    assert_eq!(batches, [["20240101"], ["20240102"], ["20240103"]]);
}

#[test]
fn partitions_are_overwritten_as_each_dialect_does() {
    let folder = tempfile::tempdir().unwrap();
    let model = "{{ config(materialized='incremental', incremental_strategy='insert_overwrite', file_format='parquet',
        partition_by={'field': 'day', 'data_type': 'date'} if target.type == 'bigquery' else 'day') }}
        select 1 as id, current_date as day, 2 as amount";
    write(
        folder.path(),
        &[
            ("dbt_project.yml", "{name: kinds, version: 1.0.0, config-version: 2}"),
            ("models/parts.sql", model),
        ],
    );
    for (dialect, texts) in [
        (
            "bigquery",
            &["where date(day) in (select distinct date(day) from `kinds`.`main`.`parts__incoming`)"][..],
        ),
        ("snowflake", &["insert overwrite into kinds.main.parts"]),
        (
            "spark",
            &[
                "set spark.sql.sources.partitionOverwriteMode = dynamic;",
                "insert overwrite table main.parts partition (day)\nselect id, amount, day from parts__incoming",
            ],
        ),
    ] {
        let script = emit(folder.path(), &["--dialect", dialect, "--incremental"]).exits(0).stdout;
        for text in texts {
            assert!(script.contains(text), "`{text}` is not in {dialect}'s script:\n{script}");
        }
    }
    emit(folder.path(), &["--dialect", "postgres", "--incremental"])
        .exits(1)
        .says("does not exist on postgres");
}

#[test]
fn unit_tests_compare_expected_with_actual_rows() {
    let folder = tempfile::tempdir().unwrap();
    let unit_test = |name: &str, doubled: &str| {
        format!(
            "  - name: {name}
    model: grown
    given:
      - {{input: ref('raw'), rows: [{{id: 1, name: it's, day: 2024-01-01}}, {{id: 2, amount: 2.5}}, {{id: 2, amount: 2.5}}]}}
      - {{input: ref('other'), format: sql, rows: select 1 as id}}
      - {{input: this, rows: [{{id: 0}}]}}
    overrides: {{macros: {{is_incremental: true}}}}
    expect: {{rows: [{{id: 1, day: 2024-01-01, doubled: null}}, {{id: 2, doubled: {doubled}}}, {{id: 2, doubled: 5}}]}}
"
        )
    };
    let none =
        "  - {name: nothing, model: other, given: [{input: ref('raw'), rows: []}], expect: {rows: []}}\n";
    let tests = format!("unit_tests:\n{}{}{none}", unit_test("well", "5"), unit_test("badly", "6"));
    write(
        folder.path(),
        &[
            ("dbt_project.yml", "{name: units, version: 1.0.0, config-version: 2}"),
            ("seeds/raw.csv", "id,name,day,amount\n7,x,2024-01-01,1.5\n"),
            ("models/other.sql", "select id from {{ ref('raw') }}"),
            (
                "models/grown.sql",
                "{{ config(materialized='incremental') }}
                select raw.id, raw.day, raw.amount * 2 as doubled from {{ ref('raw') }} as raw
                left join {{ ref('other') }} as other on raw.id = other.id
                {% if is_incremental() %} where raw.id > (select max(id) from {{ this }}) {% endif %}",
            ),
            ("models/schema.yml", &tests),
        ],
    );
    for dialect in ["postgres", "snowflake", "bigquery", "spark"] {
        emit(folder.path(), &["--dialect", dialect]).exits(0).says("unit_test.units.grown.badly");
    }
    emit(folder.path(), &["--output", "script.sql"]).exits(0);
    let Some(duck) = Duck::find() else { return };
    let answers = duck.answers(&folder.path().join("units.duckdb"), &folder.path().join("script.sql"));
    assert_eq!(answers, [["2", "true", "true"], ["0", "false", "false"], ["0", "false", "false"]]);
}

#[test]
fn what_asks_the_warehouse_is_told() {
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        &[
            ("dbt_project.yml", "{name: questions, version: 1.0.0, config-version: 2}"),
            ("models/plain.sql", "select 1 as id"),
            (
                "models/asks.sql",
                "select {% if execute %}{{ run_query('select 42').columns[0].values()[0] }}{% endif %} as n",
            ),
            (
                "tests/asks_too.sql",
                "{% if execute %}{% do run_query('select 1') %}{% endif %} select 1 from {{ ref('plain') }}",
            ),
            (
                "tests/knows.sql",
                "select {% for column in adapter.get_columns_in_relation(ref('plain')) %}{{ column.name }}{% endfor %} as known",
            ),
        ],
    );
    emit(folder.path(), &["--output", "all.sql"])
        .exits(1)
        .says("it asks the warehouse, and no warehouse is connected")
        .says("models/asks.sql:1:")
        .says("select 42")
        .says("nothing was written: 1 node has no SQL");
    assert!(!folder.path().join("all.sql").exists());
    let script = emit(folder.path(), &["--exclude", "asks", "--output", "all.sql"])
        .exits(0)
        .says("1 test asks the warehouse what to test");
    assert!(script.stdout.is_empty() || !script.stdout.contains("create"));
    let text = std::fs::read_to_string(folder.path().join("all.sql")).unwrap();
    assert!(text.contains("select id as known"), "{text}");
    assert!(text.contains("-- Left out") && text.contains("-- test.questions.asks_too"), "{text}");
}

/// Names statements that sqlglot does not understand.
const PARSE: &str = "import sys, sqlglot
for path, dialect in zip(sys.argv[1::2], sys.argv[2::2]):
    statements = [one for one in sqlglot.parse(open(path).read(), read=dialect) if one]
    assert statements, path
    for one in statements:
        if isinstance(one, sqlglot.exp.Command):
            print(dialect, one.sql()[:200])";

/// The scripts of a project in all dialects, first and next build, as sqlglot reads them.
fn check_syntax(project: &Path, into: &Path) {
    let Some(python) = tool("HEADWATER_TOOLS_PYTHON", "parsing scripts with sqlglot") else { return };
    let mut scripts = vec![];
    for dialect in ["duckdb", "postgres", "snowflake", "bigquery", "spark"] {
        for next in [
            &[][..],
            &["--incremental", "--event-time-start", "2024-01-01", "--event-time-end", "2024-01-03"],
        ] {
            let path = into.join(format!("{dialect}{}.sql", next.len())).to_string_lossy().into_owned();
            let target = into.join("target").to_string_lossy().into_owned();
            let fixed =
                ["--dialect", dialect, "--output", &path, "--target-path", &target, "--log-path", &target];
            emit(project, &[&fixed[..], next].concat()).exits(0);
            scripts.extend([path, dialect.to_string()]);
        }
    }
    let output = Command::new(python).args(["-c", PARSE]).args(scripts).output().expect("Python starts");
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.is_empty(), "{said}");
}

#[test]
fn scripts_parse_in_every_dialect() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), KINDS);
    check_syntax(folder.path(), folder.path());
}

#[test]
#[ignore = "long; `make test` runs it"]
fn the_reference_projects_scripts_parse_in_every_dialect() {
    let folder = tempfile::tempdir().unwrap();
    check_syntax(Path::new(env!("CARGO_MANIFEST_DIR")), folder.path());
}

/// The reference project on generated data of scale 0.1: built by the program, and made by the script.
#[test]
fn the_reference_projects_scripts_give_what_a_build_gives() {
    let Some(duck) = Duck::find() else { return };
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::Builder::new().prefix("emit").tempdir_in(std::env::temp_dir()).unwrap();
    let at = |name: &str| folder.path().join(name);
    let raw = at("raw").to_string_lossy().into_owned();
    let generated = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["generate", "--scale", "0.1", "--out", &raw])
        .output();
    assert!(generated.expect("xtask runs").status.success());
    let vars = format!("{{raw_data_dir: {raw}, data_scale: 0.1}}");
    let headwater = |arguments: &[&str]| {
        let target = at("built").to_string_lossy().into_owned();
        let mut all = arguments.to_vec();
        all.extend(["--vars", &vars, "--target-path", &target, "--log-path", &target]);
        connected(&root, &all)
    };
    headwater(&["run-operation", "load_raw_data"]).exits(0);
    let database = at("built").join("segmentation.duckdb");
    let scripted = at("scripted").join("segmentation.duckdb");
    std::fs::create_dir_all(at("scripted")).unwrap();
    std::fs::copy(&database, &scripted).unwrap();
    let postgres = Postgres::start();
    if let Some(postgres) = &postgres {
        postgres.load(&duck, &database, &at("csv"));
    }
    let tables = ["--exclude-resource-type", "test", "unit_test"];
    headwater(&[&["build"], &tables[..]].concat()).exits(0);
    for dialect in ["duckdb", "postgres"] {
        let output = at(&format!("{dialect}.sql")).to_string_lossy().into_owned();
        headwater(&["emit", "--dialect", dialect, "--output", &output]).exits(0);
    }
    let script = std::fs::read_to_string(at("duckdb.sql")).unwrap();
    assert!(!script.contains("-- Left out"), "a test asks the warehouse what to test");
    duck.run(&scripted, &at("duckdb.sql"));
    assert_eq!(duck.differing(&database, &scripted, &[]), Vec::<String>::new());
    let Some(postgres) = postgres else { return };
    postgres.run(&at("postgres.sql"));
    for (table, key) in
        [("mart_arr", "primary_key"), ("cs_scorecard", "fiscal_quarter_name_fy, cs_segment, phase, metric")]
    {
        let sql = format!("select * from main.{table} order by {key}");
        let (ours, theirs) = (duck.query(&database, &sql), postgres.query(&sql));
        assert!(ours.len() > 10, "{table} is nearly empty");
        assert_eq!(ours.len(), theirs.len(), "{table}");
        for (ours, theirs) in ours.iter().zip(&theirs) {
            let same = ours.iter().zip(theirs).all(|(a, b)| same(a, b));
            assert!(same && ours.len() == theirs.len(), "{table}:\n{ours:?}\n{theirs:?}");
        }
    }
}

/// Numbers are compared as numbers, booleans in either spelling.
fn same(a: &str, b: &str) -> bool {
    let boolean = |text: &str| match text {
        "t" => "true".to_string(),
        "f" => "false".to_string(),
        other => other.to_string(),
    };
    match (a.parse::<f64>(), b.parse::<f64>()) {
        (Ok(a), Ok(b)) => (a - b).abs() <= 1e-9 * a.abs().max(1.0),
        _ => boolean(a) == boolean(b),
    }
}
