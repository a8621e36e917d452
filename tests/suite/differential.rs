//! Projects of one area each, through Python dbt and through Headwater: manifests, compiled SQL, listings, results,
//! exit codes and tables must be the same. `HEADWATER_DBT` names the program of dbt 1.11.16; without it, nothing
//! is compared.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use headwater::adapter::{Adapter, Cell, Execute};
use serde_json::{Value as Json, json};

use crate::adapter::{open, texts};
use crate::drivers;
use crate::json::differences;
use crate::program::{Call, call};
use crate::reference::{lay_over, repository};

const WAREHOUSE: &str = "warehouse.duckdb";
/// Packages whose macros are each program's own.
const OWN: &[&str] = &["dbt", "dbt_duckdb"];

/// What no two runs share, and what takes its place.
const FLEETING: &[&str] = &[
    "created_at",
    "execution_time",
    "elapsed_time",
    "generated_at",
    "invocation_id",
    "_invocation_id",
    "invocation_started_at",
    "invocation_command",
    "thread_id",
    "timing",
    "snapshotted_at",
    "max_loaded_at_time_ago_in_s",
    "env",
    "user_id",
    "project_id",
    "send_anonymous_usage_stats",
    "adapter_response",
    "run_started_at",
    "root_path",
    // Of hooks: dbt numbers them anew when it runs them.
    "index",
];

/// Where the user's part of a Python model ends.
const BELOW_PYTHON: &str = "# COMMAND ----------";

/// A document without what is fleeting.
fn settled(value: &Json, root: &str) -> Json {
    match value {
        Json::Object(map) => map
            .iter()
            .filter(|(key, _)| !FLEETING.contains(&key.as_str()))
            .map(|(key, value)| {
                // Sets have no order.
                let sorted = matches!(key.as_str(), "tags" | "macros" | "doc_blocks") && value.is_array();
                let mut value = settled(value, root);
                if let (true, Json::Array(items)) = (sorted, &mut value) {
                    items.sort_by_key(Json::to_string);
                }
                (key.clone(), value)
            })
            .collect(),
        Json::Array(items) => items.iter().map(|item| settled(item, root)).collect(),
        Json::String(text) => json!(text.replace(root, "<root>")),
        other => other.clone(),
    }
}

/// SQL without its blanks: the text of the built-in tests is each program's own.
fn squeezed(sql: &str) -> String {
    sql.split_whitespace().collect()
}

/// A manifest with the parts that both programs must agree on. To what a test depends on dbt adds the
/// macros that running it happened to call, and so it does to whatever it clones.
fn manifest(value: &Json, root: &str, line: &str) -> Json {
    let ran = !line.contains("parse") && !line.contains("ls");
    let cloned = line.starts_with("clone");
    let mut value = settled(value, root);
    let nodes = value["nodes"].as_object_mut().into_iter().flatten().map(|(_, node)| node);
    for node in nodes {
        if cloned {
            node["depends_on"]["macros"].take();
        }
        if node["resource_type"] != "test" {
            continue;
        }
        if let Some(sql) = node["compiled_code"].as_str() {
            node["compiled_code"] = json!(squeezed(sql));
        }
        if ran {
            node["depends_on"]["macros"].take();
        }
        // dbt knows the table of stored failures only of tests that ran.
        node["relation_name"].take();
    }
    // What is written below the code of a Python model is each program's own, and dbt counts the macro that writes it.
    let nodes = value["nodes"].as_object_mut().into_iter().flatten().map(|(_, node)| node);
    for node in nodes.filter(|node| node["language"] == "python") {
        node["compiled_code"].take();
        node["depends_on"]["macros"].take();
    }
    // Sources that dbt finds without rendering come in the order of a set.
    let nodes = value["nodes"].as_object_mut().into_iter().flatten().map(|(_, node)| node);
    for node in nodes {
        for path in ["/sources", "/depends_on/nodes"] {
            if let Some(list) = node.pointer_mut(path).and_then(Json::as_array_mut) {
                list.sort_by_key(Json::to_string);
            }
        }
    }
    let Some(map) = value.as_object_mut() else { return value };
    // Of built-in macros the names must agree.
    let names = map.get("macros").and_then(Json::as_object).map(|macros| {
        let mut names: Vec<&String> = macros.keys().filter(|name| name.starts_with("macro.dbt.")).collect();
        names.sort();
        json!(names)
    });
    map.insert("names of macros".into(), json!(names));
    for part in ["macros", "docs"] {
        if let Some(entries) = map.get_mut(part).and_then(Json::as_object_mut) {
            entries.retain(|_, entry| !OWN.contains(&entry["package_name"].as_str().unwrap_or_default()));
        }
    }
    for part in ["group_map", "child_map", "parent_map"] {
        let lists = map.get_mut(part).and_then(Json::as_object_mut).into_iter().flatten();
        for list in lists.filter_map(|(_, list)| list.as_array_mut()) {
            list.sort_by_key(Json::to_string);
        }
    }
    value
}

/// Results by unique id. Of a failed node's message the first line, for what follows is the warehouse's own; but the
/// whole of it where a contract is broken.
fn results(value: &Json, root: &str) -> Json {
    let Some(list) = value.as_array() else { return Json::Null };
    let line = |text: &str| {
        let text = text.replace(root, "<root>");
        let whole = text.contains("enforced contract");
        // Behind the table dbt names the macros that it went through.
        let end = if whole { text.find("\n  \n  \n") } else { text.find('\n') };
        text[..end.unwrap_or(text.len())].to_string()
    };
    let result = |result: &Json| {
        let id = result["unique_id"].as_str().unwrap_or_default();
        let code = result["compiled_code"].as_str().filter(|code| !code.contains(BELOW_PYTHON));
        let code = code.map(|sql| {
            if id.starts_with("test.") || id.starts_with("unit_test.") { squeezed(sql) } else { sql.into() }
        });
        json!({
            "status": result["status"],
            "failures": result["failures"],
            "message": result["message"].as_str().map(line),
            "compiled_code": code,
            "relation_name": result["relation_name"],
        })
    };
    list.iter()
        .map(|entry| (entry["unique_id"].as_str().unwrap_or_default().to_string(), result(entry)))
        .collect()
}

/// A step of Headwater's in the form of the oracle's.
fn step(folder: &Path, line: &str) -> Json {
    let words = shlex(line);
    let at = words.iter().position(|word| !is_variable(word)).unwrap_or(words.len());
    let driver = drivers::duckdb();
    let mut variables: Vec<(&str, &str)> =
        vec![("HEADWATER_DRIVER_DUCKDB", &driver), ("DBT_LOG_FORMAT_FILE", "json")];
    // Python models run in the same Python.
    let python = dbt().map(|dbt| dbt.with_file_name("python").display().to_string()).unwrap_or_default();
    variables.push(("HEADWATER_PYTHON", &python));
    variables.extend(words[..at].iter().filter_map(|word| word.split_once('=')));
    let arguments: Vec<&str> = words[at..].iter().map(String::as_str).collect();
    let called = call(folder, &variables, &arguments);
    let listing = (called.code == 0 && matches!(arguments[0], "ls" | "list")).then(|| {
        let mut lines: Vec<&str> = called.stdout.lines().filter(|line| !is_log(line)).collect();
        lines.sort();
        lines
    });
    let artifact = |name: &str| -> Json {
        let path = folder.join("target").join(name);
        let Ok(text) = std::fs::read(&path) else { return Json::Null };
        std::fs::remove_file(&path).expect("removed");
        serde_json::from_slice(&text).expect("JSON")
    };
    json!({
        "step": line,
        "code": called.code,
        "error": called.output(),
        "warnings": warnings(folder),
        "listing": listing,
        "results": artifact("run_results.json")["results"],
        "freshness": artifact("sources.json"),
        "manifest": artifact("manifest.json"),
    })
}

/// The events of level `warn` in the log of the last step, which goes.
fn warnings(folder: &Path) -> Vec<String> {
    let path = folder.join("logs/dbt.log");
    let Ok(text) = std::fs::read_to_string(&path) else { return vec![] };
    std::fs::remove_file(&path).expect("removed");
    let events = text.lines().filter_map(|line| serde_json::from_str::<Json>(line).ok());
    let warnings = events.filter(|event| event["info"]["level"] == "warn");
    let mut names: Vec<String> =
        warnings.map(|event| event["info"]["name"].as_str().unwrap_or_default().to_string()).collect();
    names.sort();
    names
}

/// dbt tells of deprecations when it parses a file, which it does once.
fn repeated(warnings: &Json, is_first: bool) -> Json {
    let deprecation = |name: &Json| name.as_str().is_some_and(|name| name.contains("Deprecation"));
    let names = warnings.as_array().into_iter().flatten();
    names.filter(|name| is_first || !deprecation(name)).cloned().collect()
}

fn is_variable(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| name.chars().all(|c| c.is_alphanumeric() || c == '_'))
}

/// `12:34:56  …`, a line of talk.
fn is_log(line: &str) -> bool {
    line.get(2..3) == Some(":") && line.get(5..6) == Some(":")
}

/// Splits a command line at blanks outside of quotes.
fn shlex(line: &str) -> Vec<String> {
    let (mut words, mut quote, mut started) = (vec![String::new()], None, false);
    for letter in line.chars() {
        let word = words.last_mut().expect("a word");
        match letter {
            _ if quote == Some(letter) => quote = None,
            '\'' | '"' if quote.is_none() => (quote, started) = (Some(letter), true),
            ' ' if quote.is_none() && (started || !word.is_empty()) => {
                words.push(String::new());
                started = false;
            }
            ' ' if quote.is_none() => {}
            _ => word.push(letter),
        }
    }
    words
}

/// All tables of the warehouse: kind, columns and rows as text.
fn tables(folder: &Path) -> Json {
    if !folder.join(WAREHOUSE).exists() {
        return json!({});
    }
    let adapter = open(json!({"path": WAREHOUSE}), folder);
    let mut connection = adapter.connect("tables");
    let mut query = |sql: &str| match connection.execute(sql, Execute::fetch()) {
        Ok(result) => result.table,
        Err(error) => panic!("{sql}\n{error}"),
    };
    let names = texts(&query(
        "select table_schema, table_name, table_type from information_schema.tables \
         where table_catalog = 'warehouse' order by all",
    ));
    let mut found = serde_json::Map::new();
    for name in names {
        let relation = format!("\"{}\".\"{}\"", name[0], name[1]);
        let columns = texts(&query(&format!("describe {relation}")));
        let casts: Vec<String> =
            columns.iter().map(|column| format!("cast(\"{}\" as varchar)", column[0])).collect();
        let rows = query(&format!("select {} from {relation} order by all", casts.join(", ")));
        let text = |cell: &Cell| if cell.is_null() { Json::Null } else { json!(cell.py_str()) };
        let rows: Vec<Vec<Json>> = rows.rows().map(|row| row.iter().map(text).collect()).collect();
        let columns: Vec<String> =
            columns.iter().map(|column| format!("{} {}", column[0], column[1])).collect();
        found.insert(
            format!("{}.{}", name[0], name[1]),
            json!({"kind": name[2], "columns": columns, "rows": rows}),
        );
    }
    Json::Object(found)
}

/// Comments, constraints and indexes of the warehouse's tables, views and columns. `tests/oracles/differential.py`
/// asks the same.
const ADDITIONS: &str = "\
    select schema_name || '.' || table_name, 'comment', comment from duckdb_tables() \
    where database_name = 'warehouse' and comment is not null \
    union all select schema_name || '.' || view_name, 'comment', comment from duckdb_views() \
    where database_name = 'warehouse' and comment is not null \
    union all select schema_name || '.' || table_name || '.' || column_name, 'comment', comment from duckdb_columns() \
    where database_name = 'warehouse' and comment is not null \
    union all select schema_name || '.' || table_name, 'constraint', constraint_text from duckdb_constraints() \
    where database_name = 'warehouse' \
    union all select schema_name || '.' || table_name, 'index', is_unique || ' ' || expressions from duckdb_indexes() \
    where database_name = 'warehouse' \
    order by all";

fn additions(folder: &Path) -> Json {
    if !folder.join(WAREHOUSE).exists() {
        return json!([]);
    }
    let adapter = open(json!({"path": WAREHOUSE}), folder);
    let result = adapter.connect("additions").execute(ADDITIONS, Execute::fetch());
    json!(texts(&result.expect("what stands beside the tables").table))
}

/// Compiled files, those of generic tests without blanks.
fn settled_files(files: &Json, root: &str) -> Json {
    let files = files.as_object().into_iter().flatten();
    let text = |path: &str, text: &str| {
        if path.contains(".yml/") { squeezed(text) } else { text.replace(root, "<root>") }
    };
    let files = files.filter(|(path, _)| !path.ends_with(".py"));
    files.map(|(path, content)| (path.clone(), text(path, content.as_str().unwrap_or_default()))).collect()
}

/// Tables without moments of the run, which are the only ones with fractions of a second, and hashes of them.
fn timeless(mut tables: Json) -> Json {
    let now = |text: &str| text.len() > 20 && text.starts_with("20") && text[19..].starts_with('.');
    for (_, table) in tables.as_object_mut().into_iter().flatten() {
        let columns = table["columns"].as_array().cloned().unwrap_or_default();
        for row in table["rows"].as_array_mut().into_iter().flatten() {
            for (cell, column) in row.as_array_mut().into_iter().flatten().zip(&columns) {
                if cell.as_str().is_some_and(now) || column == "dbt_scd_id VARCHAR" {
                    *cell = json!("<now>");
                }
            }
        }
        if let Some(rows) = table["rows"].as_array_mut() {
            rows.sort_by_key(Json::to_string);
        }
    }
    tables
}

fn compiled(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.join("target/compiled")];
    while let Some(next) = folders.pop() {
        for entry in next.read_dir().into_iter().flatten() {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("below").display().to_string();
                found.insert(name, std::fs::read_to_string(&path).expect("text"));
            }
        }
    }
    found
}

/// The program of Python dbt.
fn dbt() -> Option<PathBuf> {
    std::env::var_os("HEADWATER_DBT").map(PathBuf::from)
}

/// What Python dbt makes of the copy of a project, or `None` without it.
fn oracle(folder: &Path, out: &Path) -> Option<Json> {
    let Some(dbt) = dbt() else {
        eprintln!("skipped: HEADWATER_DBT names no dbt to compare with");
        return None;
    };
    let mut command = Command::new(dbt.with_file_name("python"));
    command.arg(repository().join("tests/oracles/differential.py")).arg(folder).arg(out);
    command.env("DBT_SEND_ANONYMOUS_USAGE_STATS", "false").env("DO_NOT_TRACK", "1");
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    Call::of(&mut command).exits(0);
    Some(serde_json::from_slice(&std::fs::read(out).expect("the record")).expect("JSON"))
}

/// The listing, sorted, since dbt's order is that of its sets.
fn sorted(list: &Json) -> Json {
    let Some(list) = list.as_array() else { return Json::Null };
    let mut list: Vec<Json> = list.clone();
    list.sort_by_key(Json::to_string);
    Json::Array(list)
}

fn check(name: &str) {
    let project = repository().join("tests/projects/differential").join(name);
    let folder = tempfile::tempdir().expect("a folder");
    let (theirs, ours) = (folder.path().join("theirs"), folder.path().join("ours"));
    lay_over(&project, &theirs);
    lay_over(&project, &ours);
    let Some(mut record) = oracle(&theirs, &folder.path().join("record.json")) else { return };
    let mut found = vec![];
    let root = ours.display().to_string();
    let other = record["root"].as_str().expect("the folder of the record").to_string();
    for (index, expected) in record["steps"].as_array().expect("steps").iter().enumerate() {
        let is_first = index == 0;
        let line = expected["step"].as_str().expect("a command line");
        let actual = step(&ours, line);
        let mut compare = |part: &str, ours: Json, theirs: Json| {
            let mut differing = vec![];
            differences(&ours, &theirs, "", &mut differing);
            found.extend(differing.iter().map(|text| format!("[{line}] {part}{text}")));
        };
        compare("exit code ", actual["code"].clone(), expected["code"].clone());
        if actual["code"] != expected["code"] {
            let texts = [&actual["error"], &expected["error"]].map(|text| text.as_str().unwrap_or_default());
            found.push(format!("ours: {}\ntheirs: {}", texts[0], texts[1]));
            continue;
        }
        compare(
            "warnings",
            repeated(&actual["warnings"], is_first),
            repeated(&expected["warnings"], is_first),
        );
        compare("listing", sorted(&actual["listing"]), sorted(&expected["listing"]));
        compare("results", results(&actual["results"], &root), results(&expected["results"], &other));
        compare(
            "freshness",
            results(&actual["freshness"]["results"], &root),
            results(&expected["freshness"]["results"], &other),
        );
        let manifests = [(actual, &root), (expected.clone(), &other)];
        let [ours, theirs] = manifests.map(|(step, root)| manifest(&step["manifest"], root, line));
        compare("manifest", ours, theirs);
    }
    let mut compare = |part: &str, ours: Json, theirs: Json| {
        let mut differing = vec![];
        differences(&ours, &theirs, "", &mut differing);
        found.extend(differing.iter().map(|text| format!("{part}{text}")));
    };
    // dbt keeps the SQL of unit tests, and of their fixtures, in places of its own; the results have it too.
    if name != "unit_tests" {
        let theirs = settled_files(&record["compiled"], &other);
        compare("compiled ", settled_files(&json!(compiled(&ours)), &root), theirs);
    }
    compare("tables ", timeless(tables(&ours)), timeless(record["tables"].take()));
    compare("additions ", additions(&ours), record["additions"].take());
    let shown: Vec<&str> = found.iter().take(60).map(|text| text.get(..900).unwrap_or(text)).collect();
    assert!(found.is_empty(), "{name}: {} differences\n{}", found.len(), shown.join("\n"));
}

macro_rules! projects {
    ($($name:ident),* $(,)?) => {
        /// One folder each.
        const PROJECTS: &[&str] = &[$(stringify!($name)),*];

        $(#[test]
        fn $name() {
            check(stringify!($name));
        })*
    };
}

projects!(
    aliases,
    changing,
    cloned,
    configuration,
    contracts,
    docs_and_yaml,
    ephemeral,
    failures,
    generic_tests,
    hooks,
    incremental,
    jinja_context,
    packages,
    persisted,
    python_models,
    seeds,
    selectors,
    snapshots,
    sources,
    stored,
    unit_tests,
);

#[test]
fn every_project_is_compared() {
    let folder = repository().join("tests/projects/differential");
    let mut names: Vec<String> = folder
        .read_dir()
        .expect("projects")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert_eq!(names, PROJECTS);
}
