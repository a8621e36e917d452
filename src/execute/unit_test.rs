//! Unit tests: a model's query over rows that the test gives, compared with rows that it expects.
//!
//! <https://docs.getdbt.com/docs/build/unit-tests>

use std::sync::Arc;

use minijinja::Value as Jinja;
use rustc_hash::FxHashMap;

use super::turn::Done;
use super::{materialize, unit_diff};
use crate::adapter::Table;
use crate::compile::{Compiler, Failed, cte};
use crate::event::{ExtraCte, RunStatus};
use crate::jinja::context::NodeScope;
use crate::jinja::context::execution::{Execution, Runtime, Stubs, facts_of};
use crate::jinja::context::relation::RelationValue;
use crate::jinja::engine::{Undefined, to_jinja};
use crate::manifest::lookup::Found;
use crate::manifest::{Config, Node, NodeId, NodeKind, ResourceType, UnitTestData};
use crate::value::{Str, Value};

/// Runs the unit test whose turn it is.
///
/// # Errors
/// An input that the project does not have, rows that do not fit, a query that fails.
pub fn run(execution: &Arc<Execution>, compiler: &Compiler<'_>) -> Result<Done, Failed> {
    let (turn, node, _) = prepared(execution, compiler, FIXTURE)?;
    materialize::run(&turn, compiler.sources, None, FxHashMap::default())
        .map_err(|failed| explained(failed, node))?;
    let Some(result) = turn.result("main") else {
        return Err(Failed::runtime("main is not being called during running model"));
    };
    let difference = unit_diff::difference(&part(&result.table, "expected"), &part(&result.table, "actual"));
    Ok(Done {
        status: if difference.is_some() { RunStatus::Fail } else { RunStatus::Pass },
        failures: Some(i64::from(difference.is_some())),
        message: difference.map(|diff| format!("\n\nactual differs from expected:\n\n{diff}\n")),
        adapter_response: result.response.to_map(),
        ..Done::default()
    })
}

/// Writes the unit test down: its inputs as tables of the real tables' types, and the query that compares.
///
/// # Errors
/// As [`run`]; nothing is executed.
pub fn write(execution: &Arc<Execution>, compiler: &Compiler<'_>) -> Result<(), Failed> {
    let (turn, _, extra) = prepared(execution, compiler, EMIT_FIXTURE)?;
    materialize::run(&turn, compiler.sources, Some("emit_unit"), extra).map(|_| ())
}

/// How rows of the test become an input: as a query of literals, or as a table of their own.
const FIXTURE: &str = "{{ get_fixture_sql(__fixture_rows, none) }}";
const EMIT_FIXTURE: &str = "{{ emit_fixture(this, __fixture_home, __fixture_name, __fixture_rows) }}";

/// The turn of the test's own materialization, the test, and what `emit_unit` is told.
fn prepared<'r>(
    execution: &'r Arc<Execution>,
    compiler: &Compiler<'_>,
    fixture: &str,
) -> Result<(Arc<Execution>, &'r Node, FxHashMap<Str, Jinja>), Failed> {
    let (id, test) = definition(execution)?;
    let runtime = &execution.runtime;
    let node = runtime.graph.manifest.node(id);
    let tested = test
        .tested_node
        .or_else(|| node.depends_on.nodes.first().copied())
        .ok_or_else(|| Failed::runtime("the unit test checks no model"))?;
    let home = RelationValue::value(runtime.relation_of(runtime.graph.manifest.node(tested)));
    let inputs = Inputs { execution, compiler, test: node, tested, fixture, home: home.clone() };
    let stubs = inputs.stubs(test)?;
    let names = test.given.iter().filter_map(|given| inputs.table_of(given)).map(Jinja::from).collect();
    let extra = [
        ("__fixture_home".into(), home),
        ("__fixture_names".into(), crate::jinja::engine::list(names)),
        ("__fixture_of".into(), Jinja::from(node.unique_id.to_string())),
    ];
    let under_test = Arc::new(node_under_test(runtime, node, test, tested));
    let mut turn = Execution::new(runtime, Some(tested), &execution.connection);
    turn.own_node = Some(under_test.clone());
    turn.stubs = Some(stubs);
    let compiled = compiler.compile_node(&Arc::new(turn))?;
    let mut turn = Execution::new(runtime, Some(id), &execution.connection);
    turn.own_node = Some(under_test);
    let turn = Arc::new(turn);
    *turn.compiled.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = Some(compiled.clone());
    *execution.compiled.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = Some(compiled);
    Ok((turn, node, FxHashMap::from_iter(extra)))
}

fn definition(execution: &Execution) -> Result<(NodeId, &UnitTestData), Failed> {
    let id = execution.node.ok_or_else(|| Failed::internal("there is no unit test to run"))?;
    match &execution.runtime.graph.manifest.node(id).kind {
        NodeKind::UnitTest(test) => Ok((id, test)),
        _ => Err(Failed::internal("the node is no unit test")),
    }
}

fn explained(mut failed: Failed, node: &Node) -> Failed {
    failed.message = format!(
        "Runtime Error\n  An error occurred during execution of unit test '{}'. There may be an error in the unit test \
         definition: check the data types.\n   {}",
        node.name,
        failed.message.replace('\n', "\n  ")
    );
    failed.diagnostic.help.push("check the data types of the test's rows".into());
    failed
}

/// The model's code in the test's place.
fn node_under_test(runtime: &Runtime, node: &Node, test: &UnitTestData, tested: NodeId) -> Node {
    let model = runtime.graph.manifest.node(tested);
    let name: Str = match model.version() {
        Some(version) => format!("{}_v{}", node.name, version.py_str()).into(),
        None => node.name.clone(),
    };
    let mut config = Config::new(ResourceType::UnitTest);
    config.set("materialized", "unit".into());
    let rows = test.expect.get("rows").cloned().unwrap_or_default();
    match test.expect.get("format").and_then(Value::as_str) {
        Some("sql") => {
            config.set("expected_rows", Value::List(vec![]));
            config.set("expected_sql", rows);
        }
        _ => {
            config.set("expected_rows", dates_as_text(rows));
            config.set("expected_sql", Value::Null);
        }
    }
    let folder = node.original_file_path.rsplit_once('/').map(|(folder, _)| format!("{folder}/"));
    Node {
        alias: name.clone(),
        path: format!("{}{name}.sql", folder.unwrap_or_default()).into(),
        name,
        raw_code: model.raw_code.clone(),
        language: model.language,
        database: model.database.clone(),
        schema: model.schema.clone(),
        depends_on: model.depends_on.clone(),
        config,
        ..node.clone()
    }
}

/// Fixtures are literals in SQL, where a date is text.
fn dates_as_text(value: Value) -> Value {
    match value {
        Value::Date(_) | Value::DateTime(_) | Value::DateTimeTz(_) => Value::str(value.py_str()),
        Value::List(items) => Value::List(items.into_iter().map(dates_as_text).collect()),
        Value::Map(map) => {
            Value::Map(map.into_iter().map(|(key, value)| (key, dates_as_text(value))).collect())
        }
        other => other,
    }
}

/// The rows marked `actual` or `expected`, without the mark.
fn part(table: &Table, which: &str) -> Table {
    let names: Vec<Str> = table.column_names().iter().map(|name| name.to_lowercase().into()).collect();
    let table = table.rename(names);
    let Some(mark) = table.column_index("actual_or_expected") else { return table };
    let rows: Vec<usize> =
        (0..table.len()).filter(|row| table.cell(*row, mark).as_str() == Some(which)).collect();
    let columns: Vec<usize> = (0..table.column_names().len()).filter(|column| *column != mark).collect();
    table.take(&rows).select(&columns)
}

struct Inputs<'r, 'a> {
    execution: &'r Arc<Execution>,
    compiler: &'r Compiler<'a>,
    test: &'r Node,
    tested: NodeId,
    /// The template of an input's SQL.
    fixture: &'r str,
    /// The relation of the tested model, beside which inputs may stand.
    home: Jinja,
}

impl Inputs<'_, '_> {
    fn stubs(&self, test: &UnitTestData) -> Result<Stubs, Failed> {
        let part = |key: &str| {
            let part =
                test.overrides.as_ref().and_then(|overrides| overrides.get(key)).and_then(Value::as_map);
            part.cloned().unwrap_or_default()
        };
        let mut stubs = Stubs {
            macros: part("macros"),
            vars: part("vars"),
            env_vars: part("env_vars"),
            ..Stubs::default()
        };
        for given in &test.given {
            let input = given.get("input").and_then(Value::as_str).unwrap_or_default();
            let id = self.original(input)?;
            let original = self.execution.runtime.graph.manifest.node(id);
            let identifier = match original.source() {
                Some(source) => format!("{}__{}", source.source_name, original.name),
                None => original.alias.to_string(),
            };
            let sql = cte::cte_sql(&identifier, &self.fixture(id, given)?);
            // Tables of one name in two sources are two inputs.
            let name = if original.source().is_some() { &*identifier } else { &*original.name };
            let unique_id = format!("model.{}.{name}", original.package);
            stubs.fixtures.insert(id, ExtraCte { id: unique_id.into(), sql: sql.into() });
            let name: Str = cte::cte_name(&identifier).into();
            if id == self.tested {
                stubs.this = Some(name.clone());
            }
            stubs.relations.insert(id, name);
        }
        Ok(stubs)
    }

    /// The node that an input stands for.
    fn original(&self, input: &str) -> Result<NodeId, Failed> {
        use crate::jinja::engine::StaticRef;
        if input.trim() == "this" {
            return Ok(self.tested);
        }
        let runtime = &self.execution.runtime;
        let package = &self.test.package;
        let found = match runtime.run.engine.static_ref_or_source(input) {
            Some(StaticRef::Ref { package: named, name, version }) => {
                let version = version.and_then(|version| crate::jinja::engine::from_jinja(&version).ok());
                let version = version.filter(|version| !version.is_null());
                runtime.lookup.resolve_ref(&name, named.as_deref(), version.as_ref(), package)
            }
            Some(StaticRef::Source { source, table }) => {
                runtime.lookup.resolve_source(&source, &table, package)
            }
            None => {
                return Err(Failed::compilation(format!(
                    "Unit test given inputs must be either a 'ref', 'source' or 'this' call. Got: '{input}'."
                )));
            }
        };
        match found {
            Found::One(id) => Ok(id),
            _ => Err(Failed::compilation(format!(
                "Unit test '{}' had an input ({input}) which was not found in the manifest.",
                self.test.name
            ))),
        }
    }

    /// What names the table of an input in `emit`; none when SQL gives its rows.
    fn table_of(&self, given: &Value) -> Option<String> {
        let input = given.get("input").and_then(Value::as_str).unwrap_or_default();
        let is_sql = given.get("format").and_then(Value::as_str) == Some("sql");
        (!is_sql).then(|| format!("{} {input}", self.test.unique_id))
    }

    /// An input's rows as a query.
    fn fixture(&self, id: NodeId, given: &Value) -> Result<String, Failed> {
        let rows = given.get("rows").cloned().unwrap_or_default();
        if let (Some("sql"), Value::Str(sql)) = (given.get("format").and_then(Value::as_str), &rows) {
            return Ok(sql.to_string());
        }
        let runtime = &self.execution.runtime;
        let original = runtime.graph.manifest.node(id);
        let mut config = Config::new(ResourceType::Model);
        config.set("materialized", "ephemeral".into());
        // Macros see the input as a model of the test's file.
        let node = Node {
            resource_type: ResourceType::Model,
            original_file_path: self.test.original_file_path.clone(),
            config,
            ..original.clone()
        };
        let mut turn = Execution::new(runtime, Some(id), &self.execution.connection);
        let facts = facts_of(&node);
        turn.own_node = Some(Arc::new(node));
        let turn = Arc::new(turn);
        let extra = FxHashMap::from_iter([
            (Str::from("__fixture_rows"), to_jinja(&dates_as_text(rows))),
            (Str::from("__fixture_home"), self.home.clone()),
            (Str::from("__fixture_name"), Jinja::from(self.table_of(given).unwrap_or_default())),
        ]);
        let scope = NodeScope::shared(&turn.context(facts, extra));
        runtime
            .run
            .engine
            .render_str(&self.test.unique_id, self.fixture, scope, Undefined::Strict)
            .map_err(|error| Failed::of_render(&error, &turn, self.compiler.sources))
    }
}
