//! Writes a build down instead of running it: each node's statements, in an order that keeps to the DAG
//! and else to kind and name, so that two commits differ only where their projects do.
//!
//! The adapter must be a [`ScriptAdapter`]. Its cache says what stands in the warehouse: nothing, or for
//! the next build the tables that keep their rows.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};
use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use minijinja::Value as Jinja;
use rustc_hash::FxHashMap;

use super::batches::{Window, batches, size_of};
use super::hooks::{HookKind, hook_ids, hook_sql, schemas_of};
use super::turn::SharedConnection;
use super::{materialize, unit_test};
use crate::adapter::{Adapter, Relation, RelationType, ScriptAdapter};
use crate::compile::{Compiler, Failed};
use crate::diag::Diagnostic;
use crate::jinja::context::execution::{BatchContext, Execution, Host};
use crate::jinja::context::function::function;
use crate::jinja::context::host::ExecutionHost;
use crate::jinja::context::relation::RelationValue;
use crate::jinja::context::{NodeFacts, NodeScope};
use crate::jinja::engine::Undefined;
use crate::manifest::{Language, Manifest, Node, NodeId, ResourceType};
use crate::selector::NodeSet;
use crate::value::Str;

/// What is to be written.
pub struct Emit<'a> {
    pub compiler: &'a Compiler<'a>,
    /// The adapter of the compiler's runtime.
    pub script: &'a ScriptAdapter,
    pub selected: &'a NodeSet,
    /// Incremental models and snapshots stand already: their next build.
    pub next_build: bool,
}

/// The statements that a node comes to.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    pub node: NodeId,
    pub statements: Vec<String>,
}

/// A build as SQL.
#[derive(Debug, Default)]
pub struct Script {
    /// What makes the schemas.
    pub schemas: Vec<String>,
    pub pieces: Vec<Piece>,
    /// Tests that ask the warehouse what to test.
    pub left_out: Vec<NodeId>,
    /// Why nodes could not be written.
    pub failed: Vec<Diagnostic>,
}

/// Writes all that is selected.
pub fn emit(emit: &Emit<'_>) -> Script {
    let manifest = &emit.compiler.runtime.graph.manifest;
    let order = ordered(emit);
    let connection: SharedConnection = Arc::new(Mutex::new(emit.compiler.runtime.adapter.connect("script")));
    let mut script = Script::default();
    for id in emit.compiler.runtime.graph.manifest.ids() {
        let node = manifest.node(id);
        if let Some(relation) = &node.relation_name {
            let columns = node.columns.values();
            let declared =
                columns.map(|column| (column.name.clone(), column.data_type.clone().unwrap_or_default()));
            emit.script.declare(relation, declared);
        }
        if has_relation(node) {
            emit.script.cache().add_schema(node.database.as_deref(), Some(&node.schema));
            if emit.next_build && keeps_rows(node) {
                emit.script.cache().add(stored(emit, node));
            }
        }
    }
    let mut writer = Writer { emit, connection, script: &mut script };
    writer.schemas(&order);
    writer.hooks(HookKind::Start, &order);
    for id in &order {
        writer.node(*id);
    }
    writer.hooks(HookKind::End, &order);
    script
}

fn has_relation(node: &Node) -> bool {
    (node.resource_type.is_refable() || node.resource_type == ResourceType::Function) && !node.is_ephemeral()
}

fn keeps_rows(node: &Node) -> bool {
    node.resource_type == ResourceType::Snapshot || node.materialized() == "incremental"
}

fn stored(emit: &Emit<'_>, node: &Node) -> Relation {
    let path = [node.database.clone(), Some(node.schema.clone()), Some(node.alias.clone())];
    Relation::new(emit.script.dialect(), path).with_kind(Some(RelationType::Table))
}

/// Kinds in the order in which they are written where the DAG leaves it open; none for those that come
/// to no SQL of their own.
fn rank(node: &Node) -> Option<u8> {
    match node.resource_type {
        ResourceType::Seed => Some(0),
        ResourceType::Function => Some(1),
        ResourceType::Model | ResourceType::Snapshot if !node.is_ephemeral() => Some(2),
        ResourceType::Test | ResourceType::UnitTest => Some(3),
        _ => None,
    }
}

/// The selected nodes, parents first. Paths through nodes that are not written count.
fn ordered(emit: &Emit<'_>) -> Vec<NodeId> {
    let graph = &emit.compiler.runtime.graph;
    let manifest = &graph.manifest;
    let written = |id: NodeId| emit.selected.contains(id).then(|| rank(manifest.node(id))).flatten();
    // Nodes that are not written pass as soon as they can, before all others.
    let key = |id: NodeId| {
        Reverse((written(id).map_or(0, |rank| rank + 1), manifest.node(id).unique_id.clone(), id))
    };
    let mut waiting: Vec<usize> = manifest.ids().map(|id| graph.dag.parents(id).count()).collect();
    let mut ready: BinaryHeap<Reverse<(u8, Str, NodeId)>> =
        manifest.ids().filter(|id| waiting[id.index()] == 0).map(key).collect();
    let mut order = vec![];
    while let Some(Reverse((_, _, id))) = ready.pop() {
        if written(id).is_some() {
            order.push(id);
        }
        for child in graph.dag.children(id) {
            waiting[child.index()] -= 1;
            if waiting[child.index()] == 0 {
                ready.push(key(child));
            }
        }
    }
    order
}

/// A batch after the first adds to the table.
fn again() -> FxHashMap<Str, Jinja> {
    let answer =
        |name: &'static str, value: bool| (name.into(), function(name, move |_, _| Ok(Jinja::from(value))));
    FxHashMap::from_iter([answer("is_incremental", true), answer("should_full_refresh", false)])
}

fn window_unknown(node: &Node) -> Diagnostic {
    let message = "which batches the next build has depends on the time at which it runs";
    Diagnostic::error("microbatch", message)
        .at(node.span)
        .help("say which with `--event-time-start` and `--event-time-end`")
        .help("or leave the model out with `--exclude`")
}

struct Writer<'w, 'a> {
    emit: &'w Emit<'a>,
    connection: SharedConnection,
    script: &'w mut Script,
}

impl Writer<'_, '_> {
    fn manifest(&self) -> &Manifest {
        &self.emit.compiler.runtime.graph.manifest
    }

    fn schemas(&mut self, order: &[NodeId]) {
        let runtime = &self.emit.compiler.runtime;
        let nodes = order.iter().map(|id| self.manifest().node(*id)).filter(|node| has_relation(node));
        let needed: BTreeSet<(Option<Str>, Str)> =
            nodes.map(|node| (node.database.clone(), node.schema.clone())).collect();
        let execution = Arc::new(Execution::new(runtime, None, &self.connection));
        let quoting = runtime.run.project.root().config.quoting;
        for (database, schema) in needed.into_iter().filter(|(_, schema)| !schema.is_empty()) {
            let relation = Relation::new(runtime.adapter.dialect(), [database, Some(schema), None]);
            let relation = RelationValue::value(relation.quote(quoting).without_identifier());
            let extra = FxHashMap::from_iter([(Str::from("relation"), relation)]);
            let facts =
                NodeFacts::of_package(&runtime.run.project.root().config.name, &runtime.run.project.profile);
            let context = execution.context(facts, extra);
            let template = "{% do emit_schema(relation) %}";
            let scope = NodeScope::shared(&context);
            if let Err(error) = runtime.run.engine.render_str("schemas", template, scope, Undefined::Strict) {
                let failed = Failed::of_render(&error, &execution, self.emit.compiler.sources);
                self.script.failed.push(*failed.diagnostic);
            }
        }
        self.script.schemas = self.emit.script.take();
    }

    fn hooks(&mut self, kind: HookKind, order: &[NodeId]) {
        let extra = match kind {
            HookKind::Start => FxHashMap::default(),
            HookKind::End => {
                let nodes = order.iter().map(|id| self.manifest().node(*id));
                let mut extra = schemas_of(nodes);
                extra.insert("results".into(), crate::jinja::engine::list(vec![]));
                extra
            }
        };
        for id in hook_ids(&self.emit.compiler.runtime.graph, kind) {
            let execution = self.turn(id);
            let sent = hook_sql(&execution, self.emit.compiler.sources, &extra).and_then(|sql| {
                let sent = Host(execution.clone()).execute(&sql, Default::default());
                sent.map(|_| ()).map_err(|error| Failed::of(error.into()))
            });
            self.keep(id, sent);
        }
    }

    fn is_test(&self, id: NodeId) -> bool {
        matches!(self.manifest().node(id).resource_type, ResourceType::Test | ResourceType::UnitTest)
    }

    fn turn(&self, id: NodeId) -> Arc<Execution> {
        Arc::new(Execution::new(&self.emit.compiler.runtime, Some(id), &self.connection))
    }

    fn node(&mut self, id: NodeId) {
        let outcome = self.statements(id);
        self.keep(id, outcome);
    }

    fn statements(&self, id: NodeId) -> Result<(), Failed> {
        let compiler = self.emit.compiler;
        let node = self.manifest().node(id);
        if node.language != Language::Sql && node.resource_type == ResourceType::Model {
            return Err(Failed::of(
                Diagnostic::error("not-sql", format!("a {} model has no SQL", node.language.as_str()))
                    .help("leave it out with `--exclude`"),
            ));
        }
        if node.resource_type == ResourceType::UnitTest {
            return unit_test::write(&self.turn(id), compiler);
        }
        if let Some(batches) = self.batches(id)? {
            return batches.into_iter().try_for_each(|batch| {
                let incremental = batch.incremental;
                let mut turn = Execution::new(&compiler.runtime, Some(id), &self.connection);
                turn.batch = Some(batch);
                self.materialize(&Arc::new(turn), if incremental { again() } else { FxHashMap::default() })?;
                self.emit.script.cache().add(stored(self.emit, node));
                Ok(())
            });
        }
        self.materialize(&self.turn(id), FxHashMap::default())
    }

    fn materialize(&self, execution: &Arc<Execution>, extra: FxHashMap<Str, Jinja>) -> Result<(), Failed> {
        let compiler = self.emit.compiler;
        let Some(node) = execution.node() else { return Ok(()) };
        if node.resource_type != ResourceType::Seed {
            compiler.compile_node(execution)?;
        }
        let twin = format!("emit_{}", node.materialized());
        let named = materialize::exists(execution, &twin).then_some(&*twin);
        materialize::run(execution, compiler.sources, named, extra).map(|_| ())
    }

    /// The batches of a microbatch model whose window is named; none for what is written in one go.
    fn batches(&self, id: NodeId) -> Result<Option<Vec<BatchContext>>, Failed> {
        let (node, runtime) = (self.manifest().node(id), &self.emit.compiler.runtime);
        let flags = &runtime.flags.run;
        if node.materialized() != "incremental"
            || node.config.get_str("incremental_strategy") != Some("microbatch")
        {
            return Ok(None);
        }
        let incremental =
            self.emit.next_build && !node.config.get_bool("full_refresh").unwrap_or(flags.full_refresh);
        let (Some(start), Some(end)) = (flags.event_time_start, flags.event_time_end) else {
            return if incremental { Err(Failed::of(window_unknown(node))) } else { Ok(None) };
        };
        let (start, end) = (start.and_utc(), end.and_utc());
        let window = Window { start: Some(start), end: Some(end), now: end, is_incremental: incremental };
        let size = size_of(node).map_err(Failed::of)?;
        let batches = batches(node, &window).map_err(Failed::of)?;
        let last = batches.len();
        let context = |(at, (start, end)): (usize, (DateTime<Utc>, DateTime<Utc>))| BatchContext {
            id: size.id(start).into(),
            label: size.label(start).into(),
            start,
            end,
            incremental: incremental || at > 0,
            is_first: at == 0,
            is_last: at + 1 == last,
        };
        Ok(Some(batches.into_iter().enumerate().map(context).collect()))
    }

    fn keep(&mut self, id: NodeId, outcome: Result<(), Failed>) {
        let statements = self.emit.script.take();
        match outcome {
            Ok(()) if statements.is_empty() => {}
            Ok(()) => self.script.pieces.push(Piece { node: id, statements }),
            Err(failed) if self.is_test(id) && failed.diagnostic.code == "needs-warehouse" => {
                self.script.left_out.push(id);
            }
            Err(failed) => {
                let failed = failed.about(self.manifest().node(id));
                self.script.failed.push(*failed.diagnostic);
            }
        }
    }
}
