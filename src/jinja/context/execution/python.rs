//! What runs in the user's Python: models, and the plugins of dbt-duckdb that load sources.
//!
//! <https://docs.getdbt.com/docs/build/python-models>, <https://github.com/duckdb/dbt-duckdb#using-plugins>

use std::sync::{Arc, Mutex};

use minijinja::{Error, Value as Jinja};
use serde_json::{Value as Json, json};

use super::super::adapter::ResponseValue;
use super::super::external;
use super::super::function::function;
use super::super::host::ExecutionHost;
use super::super::relation::raised;
use super::Execution;
use super::host::Host;
use crate::adapter::dialect::duckdb::escape;
use crate::adapter::python::{self, PythonJob, Work};
use crate::adapter::{AdapterError, AdapterResponse, Execute, Relation};
use crate::manifest::{Node, ResourceType};
use crate::value::{Map, Value};

/// Held while a plugin works: a source is loaded once.
static PLUGINS: Mutex<()> = Mutex::new(());

pub fn get(execution: &Arc<Execution>) -> Jinja {
    let execution = execution.clone();
    function("submit_python_job", move |_, args| {
        let code = args.required("submit_python_job", 1, "compiled_code")?.to_string();
        execution.run_python(&code)?;
        Ok(ResponseValue::value(AdapterResponse::ok()))
    })
}

impl Execution {
    /// Runs the code of the model whose turn it is.
    fn run_python(self: &Arc<Self>, code: &str) -> Result<(), Error> {
        let runtime = &self.runtime;
        let Some(node) = self.node() else {
            return Err(raised(AdapterError::runtime("Python code belongs to a model")));
        };
        let dialect = runtime.adapter.dialect().type_name();
        if dialect != "duckdb" {
            let message = format!("Python models run on DuckDB alone so far, and not on `{dialect}`");
            return Err(raised(AdapterError::runtime(message)));
        }
        let target = runtime.relation_of(node);
        let inputs = self.python_inputs(&target)?;
        let interpreter = python::interpreter(&runtime.run.env).map_err(raised)?;
        let job = PythonJob {
            name: &node.alias,
            work: Work::Model(code),
            inputs: &inputs,
            target: &target,
            interpreter: &interpreter,
            folder: &runtime.project_root,
        };
        let host = Host(self.clone());
        python::run(&*runtime.adapter, &job, |work| host.with_connection(work)).map_err(raised)
    }

    /// What the model may read: its parents, and its own table where there is one.
    fn python_inputs(&self, target: &Relation) -> Result<Vec<Relation>, Error> {
        let runtime = &self.runtime;
        let [database, schema, name] = &target.path;
        let own = runtime.adapter.cache().get(
            database.as_deref(),
            schema.as_deref(),
            name.as_deref().unwrap_or_default(),
        );
        let mut inputs: Vec<Relation> = own.map(|_| target.clone()).into_iter().collect();
        for id in self.node().into_iter().flat_map(|node| &node.depends_on.nodes) {
            let parent = runtime.graph.manifest.node(*id);
            let is_stored = matches!(
                parent.resource_type,
                ResourceType::Model | ResourceType::Seed | ResourceType::Snapshot | ResourceType::Source
            );
            if is_stored && !parent.is_ephemeral() {
                // Neither `--empty` nor `--sample` cuts down what Python reads.
                let relation = self.relation_for(*id)?;
                inputs.push(Relation { limit: None, event_time_filter: None, ..relation });
            }
        }
        Ok(inputs)
    }

    /// Makes the table of a source that one of the profile's plugins loads, once in a run.
    pub(super) fn load_by_plugin(self: &Arc<Self>, node: &Node, relation: &Relation) -> Result<(), Error> {
        let settings = external::settings(node);
        let Some(wanted) = settings.get("plugin").map(Value::py_str) else { return Ok(()) };
        let runtime = &self.runtime;
        // What is only compiled needs the name alone.
        if !runtime.adapter.is_connected() || matches!(&*runtime.flags.which, "compile" | "generate") {
            return Ok(());
        }
        let _alone = super::lock(&PLUGINS);
        let key = format!("loaded {}", node.unique_id);
        if runtime.adapter.memo().get(&key).is_none() {
            self.load_source(node, relation, (&wanted, &settings)).map_err(raised)?;
            runtime.adapter.memo().set(key, Value::Bool(true));
        }
        Ok(())
    }

    fn load_source(
        self: &Arc<Self>,
        node: &Node,
        relation: &Relation,
        (wanted, settings): (&str, &Map),
    ) -> Result<(), AdapterError> {
        let runtime = &self.runtime;
        let plugin = self.plugin(wanted)?;
        let name = relation.include([Some(false), None, None]).render();
        let host = Host(self.clone());
        let execute = |sql: &str| host.execute(sql, Execute::fetch()).map(|result| result.table.len());
        execute(&format!("create schema if not exists {}", node.schema))?;
        let save_mode = settings.get("save_mode").map(Value::py_str).unwrap_or_default();
        if matches!(&*save_mode, "ignore" | "error_if_exists") {
            let [database, schema, table] =
                [node.database.as_deref().unwrap_or_default(), &node.schema, &node.alias].map(escape);
            let stands = format!(
                "select 1 from system.information_schema.tables \
                 where table_catalog = '{database}' and table_schema = '{schema}' and table_name = '{table}'"
            );
            match (execute(&stands)? > 0, &*save_mode) {
                (true, "ignore") => return Ok(()),
                (true, _) => return Err(AdapterError::runtime(format!("Source {name} already exists!"))),
                (false, _) => {}
            }
        }
        let source = json!({
            "name": &*node.name,
            "identifier": &*node.alias,
            "schema": &*node.schema,
            "database": node.database.as_deref(),
            "meta": Value::Map(settings.clone()).to_json(),
            "tags": node.tags.iter().map(|tag| &**tag).collect::<Vec<_>>(),
        });
        let interpreter = python::interpreter(&runtime.run.env)?;
        let job = PythonJob {
            name: &name,
            work: Work::Source { plugin, source },
            inputs: &[],
            target: relation,
            interpreter: &interpreter,
            folder: &runtime.project_root,
        };
        python::run(&*runtime.adapter, &job, |work| host.with_connection(work))
    }

    /// Hands a finished model to a plugin.
    pub(super) fn store_by_plugin(&self, wanted: &str, mut target: Json) -> Result<(), AdapterError> {
        let runtime = &self.runtime;
        let Some(node) = self.node() else {
            return Err(AdapterError::runtime("a plugin stores models alone"));
        };
        // AWS Glue's needs no entry in the profile.
        let plugin = match wanted.strip_prefix("glue|") {
            Some(database) => {
                json!({"module": "glue", "alias": wanted, "config": {"glue_database": database}})
            }
            None => self.plugin(wanted)?,
        };
        target["config"] = Value::Map(node.config.values.clone()).to_json();
        let interpreter = python::interpreter(&runtime.run.env)?;
        // Plugins that write to one place do so one after the other.
        let _alone = super::lock(&PLUGINS);
        let job = PythonJob {
            name: &node.alias,
            work: Work::Store {
                plugin,
                target,
                again: !runtime.adapter.memo().is_first(&format!("stored {wanted}")),
            },
            inputs: &[],
            target: &runtime.relation_of(node),
            interpreter: &interpreter,
            folder: &runtime.project_root,
        };
        python::run(&*runtime.adapter, &job, |_| Ok(()))
    }

    /// The profile's entry of a plugin.
    fn plugin(&self, wanted: &str) -> Result<Json, AdapterError> {
        let entries = self.runtime.adapter.credentials().get("plugins").and_then(Value::as_list);
        let entries: Vec<Json> = entries.unwrap_or_default().iter().map(Value::to_json).collect();
        entries.iter().find(|plugin| plugin_name(plugin) == wanted).cloned().ok_or_else(|| {
            let known: Vec<&str> = entries.iter().map(plugin_name).collect();
            AdapterError::runtime(format!(
                "Plugin {wanted} not found; known plugins are: {}",
                known.join(",")
            ))
        })
    }
}

/// What sources call a plugin: its alias, or the last part of its module.
fn plugin_name(plugin: &Json) -> &str {
    let text = |key: &str| plugin[key].as_str().filter(|text| !text.is_empty());
    let module = text("module").unwrap_or_default();
    text("alias").unwrap_or_else(|| module.rsplit('.').next().unwrap_or(module))
}
