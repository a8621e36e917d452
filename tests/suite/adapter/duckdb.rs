//! Opening, statements, transactions, errors, cancellation.

use std::path::Path;
use std::time::{Duration, Instant};

use headwater::adapter::{Adapter, Cell, ErrorKind, Execute, adapter_for};
use serde_json::json;

use super::{memory, open, profile, query, texts};

#[test]
fn a_memory_database_is_shared_by_its_connections() {
    let (adapter, mut first) = memory();
    query(&mut *first, "create table t as select 1 as a");
    let mut second = adapter.connect("second");
    assert_eq!(texts(&query(&mut *second, "select * from t")), [["1"]]);
    assert_eq!(adapter.credentials().database.as_deref(), Some("memory"));
    let (_other, mut other) = memory();
    assert!(
        other.execute("select * from t", Execute::fetch()).is_err(),
        "another adapter has its own memory"
    );
}

#[test]
fn files_are_relative_to_the_project_and_named_by_their_stem() {
    let folder = tempfile::tempdir().unwrap();
    let adapter = open(json!({"path": "target/dev.data.duckdb"}), folder.path());
    let mut connection = adapter.connect("test");
    query(&mut *connection, "create table t as select 42 as a");
    assert_eq!(texts(&query(&mut *connection, "select current_database()")), [["dev"]]);
    assert_eq!(adapter.credentials().database.as_deref(), Some("dev"));
    assert!(folder.path().join("target/dev.data.duckdb").is_file());
    // A second adapter of the same process shares the open file.
    let twin = open(json!({"path": "target/dev.data.duckdb"}), folder.path());
    assert_eq!(texts(&query(&mut *twin.connect("twin"), "select a from t")), [["42"]]);
}

#[test]
fn attach_and_settings_hold_on_every_connection() {
    let folder = tempfile::tempdir().unwrap();
    let adapter = open(
        json!({
            "path": "main.duckdb",
            "attach": [{"path": "other.duckdb", "alias": "side"}],
            "settings": {"TimeZone": "Asia/Tokyo"},
        }),
        folder.path(),
    );
    let mut first = adapter.connect("first");
    query(&mut *first, "create table side.main.t as select 1 as a");
    let mut second = adapter.connect("second");
    assert_eq!(texts(&query(&mut *second, "select a from side.main.t")), [["1"]]);
    assert_eq!(texts(&query(&mut *second, "select current_setting('TimeZone')")), [["Asia/Tokyo"]]);
}

#[test]
fn a_profile_that_contradicts_itself_is_refused() {
    let refused = |json| match adapter_for("duckdb", &profile(json), Path::new(".")) {
        Ok(_) => panic!("accepted"),
        Err(error) => error,
    };
    let error = refused(json!({"path": "a.duckdb", "database": "b"}));
    assert_eq!(error.kind, ErrorKind::Profile);
    assert!(error.message.contains("`a`"), "{error}");
    let error =
        refused(json!({"attach": [{"path": "x.db", "type": "sqlite", "options": {"type": "sqlite"}}]}));
    assert!(error.message.contains("twice"), "{error}");
    let error = adapter_for("duckbd", &Default::default(), Path::new(".")).err().unwrap();
    assert_eq!(error.help, ["did you mean `duckdb`?"]);
}

#[test]
fn a_missing_driver_names_the_command() {
    let mut profile = profile(json!({}));
    profile.insert("driver".into(), "/nowhere/libduckdb.so".into());
    let adapter = adapter_for("duckdb", &profile, Path::new(".")).unwrap();
    let error = adapter.connect("test").execute("select 1", Execute::fetch()).unwrap_err();
    assert_eq!(error.kind, ErrorKind::MissingDriver);
    assert!(error.message.contains("/nowhere/libduckdb.so"), "{error}");
}

#[test]
fn a_locked_file_says_who_holds_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("locked.duckdb");
    // The lock is per process, so another one must hold it.
    if let Ok(path) = std::env::var("HEADWATER_TEST_HOLD") {
        let adapter = open(json!({"path": path}), Path::new("/"));
        query(&mut *adapter.connect("holder"), "select 1");
        println!("held");
        std::thread::sleep(Duration::from_secs(60));
        return;
    }
    let mut holder = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "adapter::duckdb::a_locked_file_says_who_holds_it", "--nocapture"])
        .env("HEADWATER_TEST_HOLD", &path)
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = std::io::BufReader::new(holder.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("held") {
        line.clear();
        assert!(std::io::BufRead::read_line(&mut output, &mut line).unwrap() > 0, "the holder ended early");
    }
    let path = path.to_str().unwrap();
    let profiles = [json!({"path": path}), json!({"attach": [{"path": path}]})];
    let errors = profiles.map(|profile| {
        let adapter = open(profile, Path::new("/"));
        adapter.connect("test").execute("select 1", Execute::fetch()).unwrap_err()
    });
    let waits = |exception: &str| {
        let retries = json!({"connect_attempts": 2, "retryable_exceptions": [exception]});
        let adapter = open(json!({"attach": [{"path": path}], "retries": retries}), Path::new("/"));
        let start = Instant::now();
        adapter.connect("test").execute("select 1", Execute::fetch()).unwrap_err();
        start.elapsed() >= Duration::from_secs(1)
    };
    assert!(waits("IOException") && !waits("HTTPException"), "only what the profile names is tried again");
    holder.kill().unwrap();
    holder.wait().unwrap();
    for error in errors {
        assert_eq!(error.kind, ErrorKind::Locked);
        assert!(error.message.contains("locked.duckdb"), "{error}");
        assert!(error.message.contains("PID"), "{error}");
    }
}

#[test]
fn several_statements_and_none() {
    let (_adapter, mut connection) = memory();
    let table = query(
        &mut *connection,
        "create table t(a int); insert into t values (1), (2); select sum(a) as s from t;",
    );
    assert_eq!(texts(&table), [["3"]]);
    for nothing in ["", "  ;\n", "-- only a comment", "/* a /* nested */ one */ ;"] {
        assert_eq!(query(&mut *connection, nothing).len(), 0, "{nothing}");
    }
    assert_eq!(texts(&query(&mut *connection, "insert into t values (3)")), [["1"]]);
    let result = connection
        .execute("select * from range(10)", Execute { limit: Some(3), ..Execute::fetch() })
        .unwrap();
    assert_eq!(result.table.len(), 3);
    assert_eq!(result.response.message, "OK");
    assert!(connection.execute("select * from range(10)", Execute::default()).unwrap().table.is_empty());
}

#[test]
fn transactions_keep_dbts_book() {
    let (adapter, mut connection) = memory();
    query(&mut *connection, "create table t(a int)");
    let begin = Execute { auto_begin: true, ..Execute::fetch() };
    connection.execute("insert into t values (1)", begin).unwrap();
    assert!(connection.transaction_open());
    connection.execute("insert into t values (2)", begin).unwrap();
    assert!(connection.begin().is_err(), "one is open");
    connection.rollback_if_open();
    assert!(!connection.transaction_open());
    connection.rollback_if_open();
    assert_eq!(texts(&query(&mut *connection, "select count(*) from t")), [["0"]]);
    assert!(connection.commit().is_err(), "none is open");
    connection.execute("insert into t values (1)", begin).unwrap();
    connection.commit().unwrap();
    // An error rolls back and leaves the connection usable.
    connection.execute("insert into t values (2)", begin).unwrap();
    connection.execute("select nosuch", begin).unwrap_err();
    assert!(!connection.transaction_open());
    assert_eq!(texts(&query(&mut *adapter.connect("other"), "select count(*) from t")), [["1"]]);
    connection.clear_transaction().unwrap();
    // Released connections forget temporary tables and what was not committed.
    connection.execute("insert into t values (3)", begin).unwrap();
    connection.execute("create temp table tmp as select 1", begin).unwrap();
    connection.release();
    assert_eq!(texts(&query(&mut *connection, "select count(*) from t")), [["1"]]);
    assert!(connection.execute("select * from tmp", Execute::fetch()).is_err());
}

#[test]
fn transactions_can_be_switched_off() {
    let adapter = open(json!({"disable_transactions": true}), Path::new("."));
    let mut connection = adapter.connect("test");
    connection.execute("select 1", Execute { auto_begin: true, ..Execute::fetch() }).unwrap();
    assert!(!connection.transaction_open());
}

#[test]
fn errors_keep_the_databases_words_and_point_into_the_statement() {
    let (_adapter, mut connection) = memory();
    let mut fail = |sql: &str| connection.execute(sql, Execute::fetch()).unwrap_err();
    let error = fail("select\n  1 as a,\n  nosuch\nfrom range(3)");
    assert_eq!(error.kind, ErrorKind::Database);
    assert!(error.message.starts_with("Binder Error: Referenced column \"nosuch\" not found"), "{error}");
    assert_eq!(error.position.map(|at| (at.line, at.column)), Some((3, 3)));
    assert_eq!(fail("selec 1").position.map(|at| (at.line, at.column)), Some((1, 1)));
    // A long line is shown in part only; the column is that of the whole line.
    let long = format!(
        "select {} nosuch, {} from range(3)",
        "1 as a, ".repeat(40),
        "2 as b, ".repeat(40) + "3 as c"
    );
    let column = long.find("nosuch").unwrap() + 1;
    assert_eq!(fail(&long).position.map(|at| (at.line, at.column)), Some((1, column)));
    assert_eq!(fail("select error('boom')").position, None);
}

#[test]
fn a_running_statement_is_cancelled_from_another_thread() {
    let (_adapter, mut connection) = memory();
    query(&mut *connection, "select 1");
    let canceller = connection.canceller();
    let thread = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(200));
        canceller.cancel()
    });
    let start = Instant::now();
    let endless = "select count(*) from range(1000000) a, range(1000000) b where a.range * b.range % 7 = 3";
    let error = connection.execute(endless, Execute::fetch()).unwrap_err();
    assert!(thread.join().unwrap(), "the request was taken");
    assert_eq!(error.kind, ErrorKind::Cancelled);
    assert!(start.elapsed() < Duration::from_secs(20));
    assert_eq!(texts(&query(&mut *connection, "select 2")), [["2"]]);
}

#[test]
fn connections_work_at_the_same_time() {
    let (adapter, mut connection) = memory();
    query(&mut *connection, "create table t(worker int, n int)");
    std::thread::scope(|scope| {
        for worker in 0..4 {
            let adapter = &adapter;
            scope.spawn(move || {
                let mut connection = adapter.connect("worker");
                for n in 0..25 {
                    query(
                        &mut *connection,
                        &format!("create or replace table t{worker}_{n} as select {n} as n"),
                    );
                    query(&mut *connection, &format!("insert into t values ({worker}, {n})"));
                }
            });
        }
    });
    assert_eq!(
        texts(&query(&mut *connection, "select count(*), count(distinct worker) from t")),
        [["100", "4"]]
    );
}

#[test]
fn values_stand_in_for_placeholders() {
    let (_adapter, mut connection) = memory();
    query(
        &mut *connection,
        "create table t(a int, b varchar, c decimal(10,2), d date, e boolean, f timestamp)",
    );
    let cells = [
        Cell::Int(7),
        Cell::str("it's"),
        Cell::Decimal("12.50".parse().unwrap()),
        Cell::Date("2024-02-29".parse().unwrap()),
        Cell::Bool(true),
        Cell::Null,
    ];
    connection.execute_with("insert into t values (?, ?, ?, ?, ?, ?)", &cells, true).unwrap();
    connection.commit().unwrap();
    assert_eq!(
        texts(&query(&mut *connection, "select * from t")),
        [["7", "it's", "12.50", "2024-02-29", "True", "None"]]
    );
}

#[test]
fn secrets_are_not_shown() {
    let adapter = open(
        json!({"settings": {"threads": 2, "s3_secret_access_key": "hush-hush"}, "motherduck_token": "tok-tok"}),
        Path::new("."),
    );
    let info = format!("{:?}", adapter.credentials().connection_info());
    assert!(info.contains("threads") && !info.contains("hush") && !info.contains("tok-tok"), "{info}");
    assert!(!format!("{:?}", adapter.credentials()).contains("hush"));
}

#[test]
fn errors_on_opening_quote_no_secrets() {
    let error = |profile: serde_json::Value| {
        let adapter = open(profile, Path::new("."));
        let mut connection = adapter.connect("test");
        connection.execute("select 1", Execute::fetch()).unwrap_err().message
    };
    let quoted =
        json!({"secrets": [{"type": "s3", "key_id": "hush-id", "secret": "hush-hush", "not a key": 1}]});
    let message = error(quoted);
    assert!(message.contains("Error") && !message.contains("hush"), "{message}");
    let message = error(json!({"attach": [{"path": "/nowhere/password=hush-hush"}]}));
    assert!(message.contains("/nowhere/password=********"), "{message}");
}

#[test]
fn statements_are_tried_again_when_the_profile_says_so() {
    let failing = "select * from read_csv('/nowhere/x.csv')";
    let time = |retries: serde_json::Value| {
        let adapter = open(json!({"retries": retries}), Path::new("."));
        let mut connection = adapter.connect("test");
        let start = Instant::now();
        let error = connection.execute(failing, Execute::fetch()).unwrap_err();
        assert!(error.message.starts_with("IO Error"), "{error}");
        start.elapsed()
    };
    assert!(
        time(json!({"query_attempts": 2})) >= Duration::from_secs(1),
        "an IO error is tried again after a second"
    );
    let other = json!({"query_attempts": 2, "retryable_exceptions": ["HTTPException"]});
    assert!(time(other) < Duration::from_secs(1), "others are not");
}
