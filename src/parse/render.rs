//! Parse-phase rendering: what the stage asks of the template engine.

use std::sync::Arc;

use minijinja::Value as Jinja;
use rustc_hash::FxHashSet;

use super::properties::{Entry, RenderText};
use super::{Parser, RawNode};
use crate::adapter::Relation;
use crate::diag::Diagnostic;
use crate::jinja::context::{Capture, NodeContext, NodeFacts, NodeScope, Phase, test_kwargs};
use crate::jinja::engine::{JinjaError, Undefined, from_jinja, to_jinja};
use crate::jinja::errors::diagnostic;
use crate::jinja::visible::Visible;
use crate::manifest::{Node, NodeKind, ResourceType};
use crate::project::Package;
use crate::value::{Map, Str, Value};

impl Parser<'_> {
    fn facts(&self, package: &Str, unique_id: &Str, name: &Str, resource_type: ResourceType) -> NodeFacts {
        NodeFacts {
            unique_id: unique_id.clone(),
            name: name.clone(),
            resource_type,
            alias: name.clone(),
            ..NodeFacts::of_package(package, &self.project.profile)
        }
    }

    /// The facts of a settled node.
    pub fn node_facts(&self, node: &Node) -> NodeFacts {
        NodeFacts {
            path: node.path.clone(),
            original_file_path: node.original_file_path.clone(),
            fqn: node.fqn.clone(),
            raw_code: node.raw_code.clone(),
            version: node.version().cloned(),
            tags: node.tags.clone(),
            ..self.facts(&node.package, &node.unique_id, &node.name, node.resource_type)
        }
    }

    /// Renders a file's code and keeps what it mentions.
    ///
    /// # Errors
    /// Template errors, with place and macro stack.
    pub fn capture_code(&self, raw: &RawNode) -> Result<Capture, Diagnostic> {
        let _span = crate::trace::node(&raw.unique_id);
        let facts = NodeFacts {
            path: raw.path.clone(),
            original_file_path: raw.original_file_path.clone(),
            fqn: raw.fqn.clone(),
            raw_code: raw.raw_code.clone(),
            tags: raw.tags.clone(),
            ..self.facts(&raw.package.config.name, &raw.unique_id, &raw.name, raw.resource_type)
        };
        let context = NodeContext::parse(&self.run, facts, Capture::default());
        let rendered = self.run.engine.template(&raw.unique_id, raw.raw_code.clone()).and_then(|template| {
            self.run.engine.render(&template, NodeScope::shared(&context), Undefined::Lenient)?;
            Ok(template)
        });
        match rendered {
            Ok(template) => {
                let mut captured = context.take_captured();
                if raw.resource_type == ResourceType::Model && super::references::are_plain(&raw.raw_code) {
                    // dbt reads such a model without rendering it, and then notes each source once.
                    let mut seen: FxHashSet<[Str; 2]> = FxHashSet::default();
                    captured.sources.retain(|source| seen.insert(source.clone()));
                } else if self.flags.behaviour("state_modified_compare_more_unrendered_values")
                    && !captured.config.is_empty()
                {
                    let written = template.unrendered_config().unwrap_or_default();
                    let written = written.into_iter().map(|(key, value)| (key.into(), Value::str(value)));
                    captured.unrendered_config = written.collect();
                }
                Ok(captured)
            }
            Err(error) => Err(self.template_error(error, raw.span, &raw.unique_id)),
        }
    }

    /// The arguments of a `config(…)` call as dbt keeps them unrendered; none where there is no call.
    pub fn config_as_written(&self, code: &Str) -> Map {
        let template = self.run.engine.template("config", Arc::from(&**code));
        let written = template.ok().and_then(|template| template.unrendered_config()).unwrap_or_default();
        written.into_iter().map(|(key, value)| (key.into(), Value::str(value))).collect()
    }

    fn template_error(
        &self,
        error: JinjaError,
        span: Option<crate::source::Span>,
        unique_id: &str,
    ) -> Diagnostic {
        diagnostic(&error, self.sources, span).node(unique_id)
    }

    /// Renders the `ref(...)` lines of an exposure.
    pub fn render_references(&self, entry: &Entry<'_>, text: &str) -> Result<Capture, Diagnostic> {
        let name = Str::from(entry.name());
        let unique_id = Str::from(format!("exposure.{}.{name}", entry.package.config.name));
        let facts = self.facts(&entry.package.config.name, &unique_id, &name, ResourceType::Exposure);
        let context = NodeContext::parse(&self.run, facts, Capture::default());
        self.render_text(text, &context)
            .map_err(|error| self.template_error(error, Some(entry.span_of("depends_on")), &unique_id))?;
        Ok(context.take_captured())
    }

    fn render_text(&self, text: &str, context: &Arc<NodeContext>) -> Result<String, JinjaError> {
        let template = self.run.engine.template(&context.node.unique_id, Arc::from(text))?;
        self.run.engine.render(&template, NodeScope::shared(context), Undefined::Lenient)
    }

    /// Renders a generic test's arguments and code; continues from what is captured already.
    pub fn capture_test(
        &self,
        package: &Arc<Package>,
        node: &Node,
        captured: Capture,
        visible: Arc<Visible>,
    ) -> Result<Capture, Diagnostic> {
        let NodeKind::GenericTest(test) = &node.kind else { return Ok(captured) };
        let mut facts = self.node_facts(node);
        facts.package = package.config.name.clone();
        let error = |error: JinjaError| self.template_error(error, node.span, &node.unique_id);
        let bare = NodeContext::of(&self.run, Phase::Parse, facts, captured);
        let bare = Arc::new(NodeContext { visible: Some(visible), ..bare });
        let kwargs = test_kwargs::rendered(&test.kwargs, &bare).map_err(error)?;
        let context = bare.with(test_kwargs::NAME, kwargs);
        self.render_text(&node.raw_code, &context).map_err(error)?;
        Ok(context.take_captured())
    }

    /// Renders the node's hooks, whose refs and macros count as its own.
    pub fn render_hooks(&self, node: &mut Node) -> Result<(), Diagnostic> {
        let hooks: Vec<Str> = ["pre-hook", "post-hook"]
            .iter()
            .filter_map(|key| node.config.values.get(*key).and_then(Value::as_list))
            .flatten()
            .filter_map(|hook| hook.get("sql").and_then(Value::as_shared_str).cloned())
            .filter(|sql| super::properties::has_jinja(sql))
            .collect();
        if hooks.is_empty() {
            return Ok(());
        }
        let captured = Capture {
            refs: std::mem::take(&mut node.refs),
            sources: std::mem::take(&mut node.sources),
            metrics: std::mem::take(&mut node.metrics),
            functions: std::mem::take(&mut node.functions),
            macros: std::mem::take(&mut node.depends_on.macros),
            vars: std::mem::take(&mut node.reads.vars),
            env_vars: std::mem::take(&mut node.reads.env_vars),
            ..Capture::default()
        };
        let context = NodeContext::parse(&self.run, self.node_facts(node), captured);
        for hook in hooks {
            self.render_text(&hook, &context)
                .map_err(|error| self.template_error(error, node.span, &node.unique_id))?;
        }
        let captured = context.take_captured();
        (node.refs, node.sources, node.metrics) = (captured.refs, captured.sources, captured.metrics);
        (node.functions, node.depends_on.macros) = (captured.functions, captured.macros);
        (node.reads.vars, node.reads.env_vars) = (captured.vars, captured.env_vars);
        Ok(())
    }

    /// Renders strings of properties files: `var`, `env_var`, `target` and the like, but no macros.
    pub fn yaml_renderer<'a>(&'a self, package: &'a Arc<Package>) -> Box<RenderText<'a>> {
        Box::new(move |text, span| {
            let facts = self.facts(&package.config.name, &"".into(), &"".into(), ResourceType::Model);
            let context = NodeContext::parse(&self.run, facts, Capture::default());
            let scope = Arc::new(crate::jinja::context::YamlScope(context.clone()));
            let value = self
                .run
                .engine
                .render_native("properties", text, scope, Undefined::Strict)
                .map_err(|error| diagnostic(&error, self.sources, Some(span)))?;
            from_jinja(&value).map_err(|error| diagnostic(&error, self.sources, Some(span)))
        })
    }

    /// Settles database, schema, alias and the relation's name through the `generate_*_name` macros.
    ///
    /// # Errors
    /// What those macros raise.
    pub fn relation_names(&self, node: &mut Node) -> Result<(), Diagnostic> {
        let text = |key: &str| node.config.get(key).and_then(Value::as_shared_str).cloned();
        let (database, schema, alias) = (text("database"), text("schema"), text("alias"));
        let (target_database, target_schema) = (text("target_database"), text("target_schema"));
        node.alias = node.name.clone();
        node.database = self.project.profile.database.clone();
        node.schema = self.project.profile.schema.clone();
        let database = self.names.database(self, node, database)?;
        node.database = database;
        node.schema = self.names.schema(self, node, schema)?.unwrap_or_else(|| "".into());
        node.alias = self.names.alias(self, node, alias)?.unwrap_or_else(|| node.name.clone());
        if node.resource_type == ResourceType::Snapshot {
            if let Some(database) = target_database.filter(|name| !name.is_empty()) {
                node.database = Some(database);
            }
            if let Some(schema) = target_schema.filter(|name| !name.is_empty()) {
                node.schema = schema;
            }
        }
        let stores_failures =
            || node.config.get_bool("store_failures").unwrap_or(false) || self.flags.run.store_failures;
        let relational = match node.resource_type {
            ResourceType::Test => stores_failures(),
            kind => kind.is_refable(),
        };
        node.relation_name =
            if relational && !node.is_ephemeral() { Some(self.relation_of(node, None)) } else { None };
        Ok(())
    }

    /// A source's relation as rendered SQL names it.
    pub fn source_relation(&self, node: &Node) -> Str {
        self.relation_of(node, node.source().map(|source| &source.quoting))
    }

    fn relation_of(&self, node: &Node, quoting: Option<&Map>) -> Str {
        let path = [node.database.clone(), Some(node.schema.clone()), Some(node.alias.clone())];
        let own = quoting.or_else(|| node.config.values.get("quoting").and_then(Value::as_map));
        let part = |key: &str| own.and_then(|quoting| quoting.get(key)).and_then(Value::as_bool);
        let project = self.project.root().config.quoting;
        let relation = Relation::new(self.run.dialect, path).quote(project).quote([
            part("database"),
            part("schema"),
            part("identifier"),
        ]);
        relation.render().into()
    }

    /// Calls a `generate_*_name` macro.
    pub fn call_name_macro(
        &self,
        value: &Jinja,
        custom: Option<&Str>,
        node: &Node,
    ) -> Result<Option<Str>, Diagnostic> {
        let context = NodeContext::parse(&self.run, self.node_facts(node), Capture::default());
        let context = context.with("var", crate::jinja::context::var::required(&context));
        let mut facts = crate::jinja::context::model::facts(&context);
        let config: Map =
            node.config.effective().map(|(key, value)| (Str::from(key), value.clone())).collect();
        facts.insert("config".into(), Value::Map(config));
        facts.insert("meta".into(), Value::Map(node.meta.clone()));
        facts.insert("group".into(), node.group.clone().map_or(Value::Null, Value::Str));
        let custom = custom.map_or_else(|| to_jinja(&Value::Null), |name| Jinja::from(&**name));
        let returned = self
            .run
            .engine
            .call(value, &[custom, to_jinja(&Value::Map(facts))], NodeScope::shared(&context))
            .map_err(|error| self.template_error(error, node.span, &node.unique_id))?;
        let returned =
            from_jinja(&returned).map_err(|error| self.template_error(error, node.span, &node.unique_id))?;
        Ok(match returned {
            Value::Null => None,
            Value::Str(text) => Some(text.trim().into()),
            other => Some(other.py_str().trim().into()),
        })
    }
}
