//! The compile stage: a node's template becomes the SQL that its warehouse gets.
//!
//! Rendering happens in the execute phase, so models that query the warehouse must wait until what
//! they read is built. Ephemeral models are compiled once and put in front of those that use them.

pub mod cte;
pub mod failure;
mod narrow;
mod place;
pub mod source_map;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock};

use rustc_hash::FxHashMap;

use crate::diag::Diagnostic;
use crate::event::{CompiledNode, EventKind, ExtraCte};
use crate::jinja::context::execution::{Execution, Runtime, facts_of, write_file, write_path};
use crate::jinja::context::{NodeContext, NodeScope, test_kwargs};
use crate::jinja::engine::{JinjaError, Undefined};
use crate::manifest::{Language, Node, NodeId, NodeKind, ResourceType};
use crate::source::SourceMap;
use crate::trace;
use crate::value::Str;
pub use failure::Failed;

/// Compiles nodes, on all threads.
pub struct Compiler<'a> {
    pub runtime: Arc<Runtime>,
    pub sources: &'a SourceMap,
    ephemeral: Mutex<FxHashMap<NodeId, Arc<Slot>>>,
}

/// Filled by the first who needs the model; all others wait for it.
type Slot = OnceLock<Result<Ephemeral, Failed>>;

/// A compiled ephemeral model: its own SQL, and those that it uses, in order.
#[derive(Clone)]
pub struct Ephemeral {
    own: Str,
    pub compiled: Arc<CompiledNode>,
}

/// What a render gives before ephemeral models are put in.
struct Rendered {
    code: String,
    ctes: Vec<NodeId>,
}

impl<'a> Compiler<'a> {
    pub fn new(runtime: &Arc<Runtime>, sources: &'a SourceMap) -> Compiler<'a> {
        Compiler { runtime: runtime.clone(), sources, ephemeral: Mutex::default() }
    }

    /// Compiles the node whose turn `execution` is, keeps the outcome there, and writes it to
    /// `target/compiled`.
    ///
    /// # Errors
    /// What the template raises, with its place and macro stack; a file that cannot be written.
    pub fn compile_node(&self, execution: &Arc<Execution>) -> Result<Arc<CompiledNode>, Failed> {
        let Some(node) = execution.node() else {
            return Err(Failed::of(Diagnostic::error("internal", "there is no node to compile")));
        };
        let _span = trace::step("compile");
        let compiled = if let Some(id) =
            execution.node.filter(|_| node.is_ephemeral() && execution.own_node.is_none())
        {
            self.ephemeral(execution, id)?.compiled
        } else {
            let rendered = self.render(execution, node)?;
            self.finish(execution, node, rendered)?.compiled
        };
        *lock(&execution.compiled) = Some(compiled.clone());
        Ok(compiled)
    }

    /// An ephemeral model, compiled when it is first needed.
    fn ephemeral(&self, execution: &Arc<Execution>, id: NodeId) -> Result<Ephemeral, Failed> {
        let slot = lock(&self.ephemeral).entry(id).or_default().clone();
        let compile = || {
            let turn = if execution.node == Some(id) {
                execution.clone()
            } else {
                Arc::new(Execution::new(&self.runtime, Some(id), &execution.connection))
            };
            let node = self.runtime.graph.manifest.node(id);
            let rendered = self.render(&turn, node)?;
            self.finish(&turn, node, rendered)
        };
        slot.get_or_init(compile).clone()
    }

    /// The ephemeral models that were compiled so far, for themselves or for others.
    pub fn ephemerals(&self) -> Vec<(NodeId, Arc<CompiledNode>)> {
        let slots = lock(&self.ephemeral);
        let done = |(id, slot): (&NodeId, &Arc<Slot>)| match slot.get() {
            Some(Ok(ephemeral)) => Some((*id, ephemeral.compiled.clone())),
            _ => None,
        };
        slots.iter().filter_map(done).collect()
    }

    fn render(&self, execution: &Arc<Execution>, node: &Node) -> Result<Rendered, Failed> {
        lock(&execution.ctes).clear();
        let context = execution.context(facts_of(node), FxHashMap::default());
        let code = match node.language {
            Language::Python if node.resource_type == ResourceType::Model => self.python(node, &context),
            _ => self.sql(node, &context),
        };
        let code = code.map_err(|error| Failed::of_render(&error, execution, self.sources))?;
        let mut ctes: Vec<NodeId> = vec![];
        for id in std::mem::take(&mut *lock(&execution.ctes)) {
            if !ctes.contains(&id) {
                ctes.push(id);
            }
        }
        Ok(Rendered { code, ctes })
    }

    fn sql(&self, node: &Node, context: &Arc<NodeContext>) -> Result<String, JinjaError> {
        let engine = &self.runtime.run.engine;
        let NodeKind::GenericTest(test) = &node.kind else {
            return engine.render_str(
                &node.unique_id,
                &node.raw_code,
                NodeScope::shared(context),
                Undefined::Strict,
            );
        };
        let kwargs = test_kwargs::rendered(&test.kwargs, context)?;
        let scope = context.with(test_kwargs::NAME, kwargs);
        engine.render_str(&node.unique_id, &node.raw_code, NodeScope::shared(&scope), Undefined::Strict)
    }

    /// A Python model is no template; what its refs mean is written below it.
    fn python(&self, node: &Node, context: &Arc<NodeContext>) -> Result<String, JinjaError> {
        let scope = NodeScope::shared(context);
        let postfix = self.runtime.run.engine.render_str(
            &node.unique_id,
            "{{ py_script_postfix(model) }}",
            scope,
            Undefined::Strict,
        )?;
        Ok(format!("{}\n\n{postfix}", node.raw_code))
    }

    /// Keeps SQL that was rendered elsewhere, as that of the project's hooks is.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn keep(&self, execution: &Execution, node: &Node, code: &str) -> Result<Arc<CompiledNode>, Failed> {
        let path = self.write(execution, node, code)?;
        Ok(Arc::new(CompiledNode {
            compiled_code: code.into(),
            compiled_path: path.map(|path| path.to_string_lossy().into()),
            ..CompiledNode::default()
        }))
    }

    /// Puts ephemeral models in front and writes the file.
    fn finish(
        &self,
        execution: &Arc<Execution>,
        node: &Node,
        rendered: Rendered,
    ) -> Result<Ephemeral, Failed> {
        let mut extra_ctes: Vec<ExtraCte> = vec![];
        let stubs = execution.stubs.as_ref();
        for id in rendered.ctes {
            let used = self.runtime.graph.manifest.node(id);
            if let Some(stub) = stubs.and_then(|stubs| stubs.fixtures.get(&id)) {
                cte::extend(&mut extra_ctes, [stub.clone()]);
                continue;
            }
            let ephemeral = self.ephemeral(execution, id)?;
            cte::extend(&mut extra_ctes, ephemeral.compiled.extra_ctes.iter().cloned());
            let sql = cte::cte_sql(&used.alias, &ephemeral.own).into();
            cte::extend(&mut extra_ctes, [ExtraCte { id: used.unique_id.clone(), sql }]);
        }
        let inject = self.runtime.flags.run.inject_ephemeral_ctes;
        let own: Str = rendered.code.into();
        let code = if inject && !extra_ctes.is_empty() {
            cte::inject(&own, &extra_ctes).into()
        } else {
            own.clone()
        };
        let path = self.write(execution, node, &code)?;
        let compiled = CompiledNode {
            compiled_code: code,
            compiled_path: path.map(|path| path.to_string_lossy().into()),
            build_path: None,
            extra_ctes,
            relation_name: None,
            foreign_keys: execution.foreign_keys(node),
        };
        Ok(Ephemeral { own, compiled: Arc::new(compiled) })
    }

    fn write(&self, execution: &Execution, node: &Node, code: &str) -> Result<Option<PathBuf>, Failed> {
        let unwritten = [ResourceType::Snapshot, ResourceType::Seed];
        if code.is_empty() || unwritten.contains(&node.resource_type) {
            return Ok(None);
        }
        execution.emit(EventKind::WritingInjectedSql);
        let suffix = execution.batch.as_ref().map(|batch| &*batch.label);
        let path = write_path(node, &self.runtime.target_path, "compiled", suffix);
        write_file(&self.runtime.project_root, &path, code).map_err(|message| {
            Failed::of(Diagnostic::error("write-failed", message).node(&*node.unique_id))
        })?;
        Ok(Some(path))
    }
}

fn lock<T: ?Sized>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}
