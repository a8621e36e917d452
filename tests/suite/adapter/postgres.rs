//! PostgreSQL: the server that is installed, started for each test.

use std::path::Path;
use std::time::Duration;

use headwater::adapter::{Adapter, AdbcAdapter, Cell, ErrorKind, Execute, adapter_for, driver};
use headwater::value::{Map, Value};
use serde_json::json;

use super::{query, texts};
use crate::program::Project;
use crate::script_servers::Postgres;

/// A server and its adapter, none where no server is installed.
fn postgres() -> Option<(Postgres, AdbcAdapter)> {
    let server = Postgres::start()?;
    let json = profile(&server);
    let Value::Map(profile) = Value::from_json(&json) else { return None };
    let profile: Map = profile;
    Some((server, adapter_for("postgres", &profile, Path::new(".")).expect("the profile is fine")))
}

/// The keys of a profile that reach the server.
fn profile(server: &Postgres) -> serde_json::Value {
    let spec = driver::spec("postgresql").unwrap();
    let library = match driver::find(spec, None) {
        Ok(Some(found)) => found.path,
        _ => {
            let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("headwater");
            driver::install_in("postgresql", &folder).expect("the driver installs").path
        }
    };
    json!({
        "type": "postgres", "host": server.host().to_str(), "port": 5432, "user": "postgres", "pass": "unused",
        "dbname": "segmentation", "schema": "public", "driver": library.to_str(), "retries": 0,
    })
}

#[test]
fn a_project_is_built_again_and_again() {
    let Some(server) = Postgres::start() else { return };
    let view = |indexes: &str| {
        format!(
            "{{{{ config(materialized='materialized_view', indexes=[{indexes}]) }}}}\nselect id from {{{{ ref('c') }}}}"
        )
    };
    let project = Project::new(&[
        (
            "profiles.yml",
            &json!({"shop": {"target": "dev", "outputs": {"dev": profile(&server)}}}).to_string(),
        ),
        ("models/a.sql", "select 1 as id"),
        ("models/b.sql", "select id from {{ ref('a') }}"),
        ("models/c.sql", "{{ config(materialized='table') }}\nselect id from {{ ref('b') }}"),
        ("models/d.sql", "select id from {{ ref('c') }}"),
        ("models/e.sql", &view("{'columns': ['id']}")),
    ]);
    project.call(&["run"]).exits(0);
    // Each of these stands on one that is replaced, and is dropped along with it.
    project.call(&["run"]).exits(0);
    let indexes = || server.query("select indexdef from pg_indexes where tablename = 'e'").concat().join("");
    project.write(&[("models/e.sql", &view("{'columns': ['id'], 'unique': true}"))]);
    project.call(&["run", "--select", "e"]).exits(0);
    assert!(indexes().starts_with("CREATE UNIQUE INDEX"), "{}", indexes());
    project.call(&["run", "--select", "e"]).exits(0).says("REFRESH MATERIALIZED VIEW");
}

#[test]
fn statements_transactions_and_errors() {
    let Some((_server, adapter)) = postgres() else { return };
    let mut connection = adapter.connect("test");
    let table = query(
        &mut *connection,
        "select 1 as a, 2::bigint as b, 1.50::numeric(9,2) as c, 1.5::float8 as d, 'x'::text as e, true as f,
            date '2024-01-02' as g, timestamp '2024-01-02 03:04:05.5' as h, null::int as i, 'y'::varchar(3) as j",
    );
    let types: Vec<_> = table.column_types().iter().map(|kind| kind.name()).collect();
    assert_eq!(
        types,
        ["Integer", "Integer", "Number", "Number", "Text", "Boolean", "Date", "DateTime", "Integer", "Text"]
    );
    assert_eq!(
        texts(&table),
        [["1", "2", "1.50", "1.5", "x", "True", "2024-01-02", "2024-01-02 03:04:05.500000", "None", "y"]]
    );
    // Several statements in one text, DDL among them, in a transaction that is given up.
    let begin = Execute { auto_begin: true, ..Execute::fetch() };
    let several =
        "drop table if exists t; create table t(a int, b text); insert into t values (1, 'a;b'), (2, 'c');
        -- a comment; with a semicolon
        select count(*) as n from t;";
    let result = connection.execute(several, begin).unwrap();
    assert_eq!(texts(&result.table), [["2"]]);
    assert_eq!(result.response.message, "SELECT 1");
    connection.rollback_if_open();
    assert!(connection.execute("select * from t", Execute::fetch()).is_err());
    connection.execute("create table t(a int, b text)", begin).unwrap();
    let response = connection
        .execute("insert into t select 1, 'x'", Execute { fetch: false, ..begin })
        .unwrap()
        .response;
    assert_eq!((response.message.as_str(), response.rows_affected), ("INSERT 0 1", Some(1)));
    connection
        .execute_with("insert into t values (%s, %s)", &[Cell::Int(2), Cell::str("it's")], true)
        .unwrap();
    connection.commit().unwrap();
    assert_eq!(
        texts(&query(&mut *adapter.connect("other"), "select b from t order by a")),
        [["x"], ["it's"]]
    );
    let error = connection.execute("select 1,\n  nosuch from t", begin).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Database);
    assert!(error.message.contains("column \"nosuch\" does not exist"), "{error}");
    assert_eq!(error.position.map(|at| (at.line, at.column)), Some((2, 3)));
    assert!(!connection.transaction_open());
    query(&mut *connection, "drop table t");
}

#[test]
fn a_statement_is_cancelled() {
    let Some((_server, adapter)) = postgres() else { return };
    let mut connection = adapter.connect("test");
    query(&mut *connection, "select 1");
    let canceller = connection.canceller();
    let thread = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(300));
        canceller.cancel()
    });
    let error = connection.execute("select pg_sleep(30)", Execute::fetch()).unwrap_err();
    assert!(thread.join().unwrap());
    assert_eq!(error.kind, ErrorKind::Cancelled);
    assert_eq!(texts(&query(&mut *connection, "select 2")), [["2"]]);
}

#[test]
fn a_wrong_password_says_so_and_shows_none() {
    let Some((_server, adapter)) = postgres() else { return };
    let mut fields = adapter.credentials().fields.clone();
    fields.insert("database".into(), "nosuch".into());
    let wrong = adapter_for("postgres", &fields, Path::new(".")).unwrap();
    let error = wrong.connect("test").execute("select 1", Execute::fetch()).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Connect);
    assert!(error.message.contains("nosuch") && !error.message.contains("secret"), "{error}");
}
