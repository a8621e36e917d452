//! Python models of DuckDB, and what dbt-duckdb's plugins load and store, run in the user's own Python.
//!
//! One process alone may write to a DuckDB file, and this one does. So Python gets databases of its own in a folder
//! that goes when it is done: the model's inputs are copied there, under the names that they have in the warehouse,
//! and the tables that it made are copied back.

mod interpreter;

use std::fs::{self, DirBuilder};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value as Json, json};

pub use interpreter::interpreter;

use super::connection::{Adapter, Connection, Execute};
use super::dialect::duckdb::escape;
use super::error::{AdapterError, Result};
use super::relation::Relation;
use crate::value::{Str, Value};

/// What Python runs beside the model's code.
const RUNNER: &str = include_str!("run.py");

/// What there is to do.
pub enum Work<'a> {
    /// The compiled code of a model: the user's, its `dbt` object, and what makes a table of its frame.
    Model(&'a str),
    /// Loads a source: `plugin` is the profile's entry, `source` has the fields of dbt-duckdb's `SourceConfig`.
    Source { plugin: Json, source: Json },
    /// Hands a model's file on: `target` has the fields of dbt-duckdb's `TargetConfig`. `again` tells that the plugin
    /// has written before.
    Store { plugin: Json, target: Json, again: bool },
}

/// One model's turn, or one source's.
pub struct PythonJob<'a> {
    /// What a model's module is called.
    pub name: &'a str,
    pub work: Work<'a>,
    /// The tables and views that it may read.
    pub inputs: &'a [Relation],
    /// Where the table will be.
    pub target: &'a Relation,
    pub interpreter: &'a Path,
    /// Where Python runs.
    pub folder: &'a Path,
}

impl PythonJob<'_> {
    /// How a message about its failure begins.
    fn failure(&self) -> String {
        match &self.work {
            Work::Model(_) => "Python model failed".into(),
            Work::Source { plugin, .. } => {
                let module = plugin["module"].as_str().unwrap_or_default();
                format!("The plugin `{module}` could not load the source `{}`", self.name)
            }
            Work::Store { plugin, .. } => {
                let module = plugin["module"].as_str().unwrap_or_default();
                format!("The plugin `{module}` could not store `{}`", self.name)
            }
        }
    }
}

/// Runs the job, and makes the tables in the warehouse on the connection that `with_connection` hands out.
///
/// Errors: an input that cannot be read, a module that is missing, what Python raises with its trace, a table that
/// cannot be made.
pub fn run(
    adapter: &dyn Adapter,
    job: &PythonJob<'_>,
    with_connection: impl FnOnce(&mut dyn FnMut(&mut dyn Connection) -> Result<()>) -> Result<()>,
) -> Result<()> {
    let exchange = Exchange::new(adapter, job)?;
    exchange.fill(adapter, job)?;
    let made = exchange.python(adapter, job)?;
    let create = if matches!(job.work, Work::Source { .. }) { "create or replace" } else { "create" };
    with_connection(&mut |connection| exchange.take_back(connection, create, &made))
}

/// A database that Python has: the warehouse's name of it, and its file.
struct Copied {
    name: Str,
    path: PathBuf,
    /// What it is called here while it is attached.
    alias: String,
}

/// A table that Python made.
struct Made {
    database: String,
    schema: String,
    name: String,
    temporary: bool,
}

/// The folder of one model's turn. It goes in the end.
struct Exchange {
    folder: PathBuf,
    /// The profile's own database is the first.
    databases: Vec<Copied>,
}

impl Drop for Exchange {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Exchange {
    fn new(adapter: &dyn Adapter, job: &PythonJob<'_>) -> Result<Exchange> {
        let id = uuid::Uuid::new_v4().simple().to_string();
        let folder = std::env::temp_dir().join(format!("headwater-python-{id}"));
        let mut builder = DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&folder).map_err(|error| failed("make the folder", &folder, &error))?;
        let mut exchange = Exchange { folder, databases: vec![] };
        let own = adapter.credentials().database.iter();
        let others =
            [job.target].into_iter().chain(job.inputs).filter_map(|relation| relation.path[0].as_ref());
        for name in own.chain(others) {
            if exchange.database(name).is_none() {
                let number = exchange.databases.len();
                // DuckDB names the first after its file.
                let file = if number == 0 { name.to_string() } else { format!("{number}-{name}") };
                let path = exchange.folder.join(format!("{}.duckdb", file.replace(['/', '\\'], "_")));
                exchange.databases.push(Copied {
                    name: name.clone(),
                    path,
                    alias: format!("python_{number}_{id}"),
                });
            }
        }
        Ok(exchange)
    }

    fn database(&self, name: &str) -> Option<&Copied> {
        self.databases.iter().find(|database| database.name.eq_ignore_ascii_case(name))
    }

    /// Copies the inputs into the databases, by a connection of its own: a transaction writes to one database alone,
    /// and the node's may be open.
    fn fill(&self, adapter: &dyn Adapter, job: &PythonJob<'_>) -> Result<()> {
        let mut connection = adapter.connect(&format!("python.{}", job.name));
        let mut execute = |sql: &str| connection.execute(sql, Execute::default()).map(|_| ());
        for database in &self.databases {
            let Copied { name, path, alias } = database;
            execute(&format!("attach '{}' as {alias}", escape(&text(path))))?;
            let here = |relation: &&Relation| {
                relation.external.is_none()
                    && relation.path[0].as_deref().is_some_and(|own| own.eq_ignore_ascii_case(name))
            };
            for relation in [job.target].into_iter().chain(job.inputs).filter(here) {
                if let Some(schema) = &relation.path[1] {
                    execute(&format!("create schema if not exists {alias}.{}", quoted(schema)))?;
                }
            }
            for relation in job.inputs.iter().filter(here) {
                let [_, Some(schema), Some(name)] = &relation.path else { continue };
                let copy = format!("{alias}.{}.{}", quoted(schema), quoted(name));
                execute(&format!(
                    "create table if not exists {copy} as select * from {}",
                    relation.render()
                ))?;
            }
            execute(&format!("detach {alias}"))?;
        }
        Ok(())
    }

    /// Runs Python to its end.
    fn python(&self, adapter: &dyn Adapter, job: &PythonJob<'_>) -> Result<Vec<Made>> {
        let write = |name: &str, text: &str| {
            let path = self.folder.join(name);
            fs::write(&path, text).map_err(|error| failed("write", &path, &error)).map(|()| path)
        };
        let runner = write("run.py", RUNNER)?;
        let work = match &job.work {
            Work::Model(code) => json!({"code": text(&write("model.py", code.trim_start())?)}),
            Work::Source { plugin, source } => {
                json!({"plugin": plugin, "profile": profile(adapter), "source": source})
            }
            Work::Store { plugin, target, again } => {
                json!({"plugin": plugin, "profile": profile(adapter), "target": target, "again": again})
            }
        };
        let answer = self.folder.join("answer.json");
        let Some((own, attached)) = self.databases.split_first() else {
            return Err(AdapterError::runtime("the profile names no database"));
        };
        let paths = adapter.credentials().get("module_paths").and_then(Value::as_list).unwrap_or_default();
        let input = json!({
            "name": job.name,
            "work": work,
            "answer": text(&answer),
            "default": &*own.name,
            "database": text(&own.path),
            "attached": attached.iter().map(|other| json!([&*other.name, text(&other.path)])).collect::<Vec<_>>(),
            "settings": settings(adapter, job.folder)?,
            "module_paths": paths.iter().map(Value::py_str).collect::<Vec<_>>(),
        });
        let mut child = Command::new(job.interpreter)
            .arg(runner)
            .current_dir(job.folder)
            .stdin(Stdio::piped())
            .spawn()
            .map_err(|error| failed("start", job.interpreter, &error))?;
        if let Some(mut stdin) = child.stdin.take() {
            // A Python that ends at once closes its input: its exit tells more.
            let _ = stdin.write_all(input.to_string().as_bytes());
        }
        let status = child.wait().map_err(|error| failed("wait for", job.interpreter, &error))?;
        let Some(answer) = fs::read(&answer).ok().and_then(|text| serde_json::from_slice::<Json>(&text).ok())
        else {
            return Err(AdapterError::runtime(format!("{}:\nPython ended early: {status}", job.failure())));
        };
        made(&answer, job)
    }

    /// Copies what Python made into the warehouse.
    fn take_back(&self, connection: &mut dyn Connection, create: &str, made: &[Made]) -> Result<()> {
        let mut execute = |sql: &str| connection.execute(sql, Execute::default()).map(|_| ());
        for Copied { name, path, alias } in &self.databases {
            let here = |made: &&Made| made.database.eq_ignore_ascii_case(name);
            let tables: Vec<&Made> = made.iter().filter(here).collect();
            if tables.is_empty() {
                continue;
            }
            execute(&format!("attach '{}' as {alias} (read_only)", escape(&text(path))))?;
            for Made { schema, name: table, temporary, .. } in tables {
                let (schema, table) = (quoted(schema), quoted(table));
                let target = if *temporary {
                    format!("temporary table {table}")
                } else {
                    format!("table {}.{schema}.{table}", quoted(name))
                };
                execute(&format!("{create} {target} as select * from {alias}.{schema}.{table}"))?;
            }
            execute(&format!("detach {alias}"))?;
        }
        Ok(())
    }
}

/// What Python answers: the tables that it made.
fn made(answer: &Json, job: &PythonJob<'_>) -> Result<Vec<Made>> {
    if let Some(trace) = answer["failed"].as_str() {
        return Err(AdapterError::runtime(format!("{}:\n{trace}", job.failure())));
    }
    if let Some(missing) = answer["missing"].as_str() {
        let message = format!("{}:\n{missing} (in `{}`)", job.failure(), job.interpreter.display());
        let package = if matches!(job.work, Work::Model(_)) { "duckdb" } else { "dbt-duckdb" };
        return Err(AdapterError::runtime(message)
            .help(format!("install it there: `pip install {package}`"))
            .help("or name another Python in HEADWATER_PYTHON"));
    }
    let part = |row: &Json, at: usize| row[at].as_str().unwrap_or_default().to_string();
    let table = |row: &Json| Made {
        database: part(row, 0),
        schema: part(row, 1),
        name: part(row, 2),
        temporary: row[3].as_bool().unwrap_or_default(),
    };
    Ok(answer["made"].as_array().into_iter().flatten().map(table).collect())
}

/// The statements of the profile that Python's databases take as well. What it attaches is in use here.
fn settings(adapter: &dyn Adapter, folder: &Path) -> Result<Vec<String>> {
    let plan = adapter.dialect().open_plan(adapter.credentials(), folder)?;
    let theirs = ["install ", "load ", "create or replace "];
    let of_database =
        plan.on_database.into_iter().filter(|sql| theirs.iter().any(|start| sql.starts_with(start)));
    Ok(of_database.chain(plan.on_connection).collect())
}

fn profile(adapter: &dyn Adapter) -> Json {
    Value::Map(adapter.credentials().fields.clone()).to_json()
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn failed(what: &str, path: &Path, error: &std::io::Error) -> AdapterError {
    AdapterError::runtime(format!("cannot {what} `{}`: {error}", path.display()))
}
