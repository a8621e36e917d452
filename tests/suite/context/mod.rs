//! The context objects of the warehouse in templates: relations, columns, tables, `adapter`.

mod adapter;
mod relation;
mod table;

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use headwater::adapter::{
    Adapter, AdapterError, AdapterResponse, AdbcAdapter, Cell, Connection, Execute, Policy, QueryResult,
    adapter_for, library,
};
use headwater::jinja::context::adapter::AdapterObject;
use headwater::jinja::context::agate::{TableValue, as_matrix};
use headwater::jinja::context::column::ColumnClass;
use headwater::jinja::context::host::ExecutionHost;
use headwater::jinja::context::relation::RelationClass;
use headwater::jinja::engine::{Engine, JinjaError, Scope, Undefined, dict};
use minijinja::{Error, Value};

/// A host on a real DuckDB with the built-in macros, and macros of the test before them.
pub struct Host {
    adapter: AdbcAdapter,
    connection: Mutex<Box<dyn Connection>>,
    macros: HashMap<String, Value>,
    executing: bool,
    pub warnings: Mutex<Vec<String>>,
}

impl Host {
    pub fn new(executing: bool, own_macros: &str) -> Arc<Host> {
        let profile = crate::adapter::profile(serde_json::json!({}));
        let adapter = adapter_for("duckdb", &profile, Path::new(".")).unwrap();
        let connection = Mutex::new(adapter.connect("test"));
        let engine = Engine::new();
        let mut macros = HashMap::new();
        let mut add = |package: &str, path: &str, text: &str| {
            for found in engine.macro_file(path, text.into()).unwrap().macros {
                macros.insert(found.name.to_string(), found.bind(format!("macro.{package}.{}", found.name)));
            }
        };
        for name in library::packages_for("duckdb").iter().rev() {
            let package = library::package(name).unwrap();
            for (path, text) in package.files.iter().filter(|(path, _)| path.ends_with(".sql")) {
                add(name, path, text);
            }
        }
        add("test", "macros/test.sql", own_macros);
        Arc::new(Host { adapter, connection, macros, executing, warnings: Mutex::default() })
    }
}

impl ExecutionHost for Host {
    fn adapter(&self) -> &dyn Adapter {
        &self.adapter
    }

    fn executing(&self) -> bool {
        self.executing
    }

    fn quoting(&self) -> Policy {
        Policy::ALL
    }

    fn project_name(&self) -> &str {
        "shop"
    }

    fn execute(&self, sql: &str, how: Execute) -> Result<QueryResult, AdapterError> {
        assert!(self.executing, "a statement while parsing: {sql}");
        self.connection.lock().unwrap().execute(sql, how)
    }

    fn add_query(
        &self,
        sql: &str,
        bindings: &[Cell],
        auto_begin: bool,
        _abridged: bool,
    ) -> Result<AdapterResponse, AdapterError> {
        self.connection.lock().unwrap().execute_with(sql, bindings, auto_begin)
    }

    fn with_connection(
        &self,
        work: &mut dyn FnMut(&mut dyn Connection) -> Result<(), AdapterError>,
    ) -> Result<(), AdapterError> {
        work(&mut **self.connection.lock().unwrap())
    }

    fn macro_named(&self, name: &str) -> Option<Value> {
        self.macros.get(name).cloned()
    }

    fn dispatch(&self, name: &str, _namespace: Option<&str>) -> Result<Value, Error> {
        let found =
            ["duckdb", "default"].iter().find_map(|prefix| self.macro_named(&format!("{prefix}__{name}")));
        found.ok_or_else(|| Error::new(minijinja::ErrorKind::InvalidOperation, format!("no macro {name}")))
    }

    fn warn(&self, event: &'static str, message: &str) {
        self.warnings.lock().unwrap().push(format!("{event}: {message}"));
    }

    fn behavior(&self, flag: &str) -> Option<bool> {
        (flag == "require_batched_execution_for_custom_microbatch_strategy").then_some(false)
    }
}

/// The names that the built-in macros need, and the results of `statement`.
struct Names {
    host: Arc<Host>,
    results: Arc<Mutex<HashMap<String, Value>>>,
    printed: Arc<Mutex<Vec<String>>>,
}

impl Scope for Names {
    fn get(&self, name: &str) -> Option<Value> {
        let dialect = self.host.adapter.dialect();
        Some(match name {
            "adapter" => AdapterObject::value(self.host.clone()),
            "api" => dict([
                ("Relation", Value::from_object(RelationClass { dialect, quoting: Policy::ALL })),
                ("Column", Value::from_object(ColumnClass(dialect))),
            ]),
            "execute" => Value::from(self.host.executing),
            "store_result" => {
                let results = self.results.clone();
                Value::from_function(move |name: String, kwargs: minijinja::value::Kwargs| {
                    let table: Value = kwargs.get("agate_table").unwrap_or_default();
                    let response: Value = kwargs.get("response")?;
                    let data = TableValue::of(&table).map_or(Value::from(()), as_matrix);
                    let result = dict([("response", response), ("table", table), ("data", data)]);
                    results.lock().unwrap().insert(name, result);
                    Ok::<_, Error>("")
                })
            }
            "load_result" => {
                let results = self.results.clone();
                Value::from_function(move |name: String| {
                    results.lock().unwrap().get(&name).cloned().unwrap_or_else(|| Value::from(()))
                })
            }
            "print" => {
                let printed = self.printed.clone();
                Value::from_function(move |text: String| {
                    printed.lock().unwrap().push(text);
                    ""
                })
            }
            "context" => {
                let names = self.host.macros.iter().map(|(name, found)| (name.as_str(), found.clone()));
                dict(names)
            }
            name => return self.host.macro_named(name),
        })
    }
}

/// Renders a template with the host's names.
pub fn try_render(host: &Arc<Host>, template: &str) -> Result<String, JinjaError> {
    render_printing(host, template).map(|(text, _)| text)
}

pub fn render_printing(host: &Arc<Host>, template: &str) -> Result<(String, Vec<String>), JinjaError> {
    let printed = Arc::new(Mutex::new(vec![]));
    let names = Names { host: host.clone(), results: Arc::default(), printed: printed.clone() };
    let undefined = if host.executing { Undefined::Strict } else { Undefined::Lenient };
    let text = Engine::new().render_str("test", template, Arc::new(names), undefined)?;
    let printed = printed.lock().unwrap().clone();
    Ok((text, printed))
}

#[track_caller]
pub fn render(host: &Arc<Host>, template: &str) -> String {
    match try_render(host, template) {
        Ok(text) => text,
        Err(error) => panic!("{template}\n{error}"),
    }
}

/// Renders each template on one host and compares.
#[track_caller]
pub fn check_all(host: &Arc<Host>, cases: &[(&str, &str)]) {
    let mut wrong = vec![];
    for (template, expected) in cases {
        match try_render(host, template) {
            Ok(text) if text == *expected => {}
            Ok(text) => wrong.push(format!("{template}\n  is   {text}\n  want {expected}")),
            Err(error) => wrong.push(format!("{template}\n  error {error}\n  want {expected}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
