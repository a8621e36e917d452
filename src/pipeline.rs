//! The stages in order. This file reads like the table in docs/architecture.md.

pub mod catalog;
pub mod emit;
pub mod operation;
pub mod partial;
pub mod reuse;
pub mod run;
pub mod state;

use std::sync::Arc;

use crate::adapter::dialect::Capability;
use crate::adapter::{Adapter, adapter_for};
use crate::cache::{Carried, Entry, Head, Parsed};
use crate::dag::Graph;
use crate::diag::{Diagnostic, Severity, Sink, nearest};
use crate::env::Env;
use crate::flags::Flags;
use crate::invocation;
use crate::jinja::context::{Invocation, Messages, NodeContext, NodeFacts, Observed, descriptions};
use crate::jinja::engine::{self, Engine, to_jinja};
use crate::load::{self, LoadRequest};
use crate::manifest::Manifest;
use crate::parse::{Parser, macros};
use crate::project::Project;
use crate::resolve::{self, Found, Lookup};
use crate::source::SourceMap;
use crate::trace;
use crate::value::{Str, Value};

/// Who asked, and where its messages go.
pub struct Request {
    pub flags: Arc<Flags>,
    pub env: Env,
    pub invocation: Arc<invocation::Invocation>,
    /// `log`, `print` and warnings of templates.
    pub messages: Messages,
}

/// A project that is parsed and resolved, with all that later stages need.
pub struct Opened<'a> {
    pub request: Request,
    pub sources: &'a SourceMap,
    pub run: Arc<Invocation>,
    pub graph: Arc<Graph>,
    /// Id of the invocation that parsed the project: an earlier one when nothing has changed since.
    pub parsed_by: Str,
    /// Why an earlier parse could not be used, in dbt's words; none where it was, or files changed.
    pub parsed_anew: Option<&'static str>,
    /// How it came from an earlier parse, when only some nodes are others.
    pub renewed: Option<partial::Renewed>,
    /// The parse on its way into the cache; dropping it waits.
    pub saving: Option<reuse::Saving>,
}

impl Opened<'_> {
    /// Whether a later invocation may find this parse in the cache.
    pub fn is_kept(&self) -> bool {
        self.saving.is_some() || self.parsed_by != self.request.invocation.id
    }
}

/// Load, parse, resolve; where nothing has changed since an earlier invocation, its results stand in for
/// the last two, and where models have, for all other nodes. Problems are in `sink` either way.
///
/// # Errors
/// A project that cannot be loaded at all.
pub fn open<'a>(request: Request, sources: &'a SourceMap, sink: &Sink) -> Result<Opened<'a>, Diagnostic> {
    Ok(begin(request, sources, sink)?.open(sink))
}

/// A project that is loaded, with what an earlier invocation has kept of it.
pub struct Begun<'a> {
    pub request: Request,
    pub run: Arc<Invocation>,
    sources: &'a SourceMap,
    macros: macros::MacroSet,
    reuse: reuse::Reuse,
    earlier: Option<Box<Entry>>,
    parsed_anew: Option<&'static str>,
}

/// The first half of [`open`].
///
/// # Errors
/// A project that cannot be loaded at all.
pub fn begin<'a>(request: Request, sources: &'a SourceMap, sink: &Sink) -> Result<Begun<'a>, Diagnostic> {
    let load_request = LoadRequest {
        flags: &request.flags,
        env: &request.env,
        invocation: &request.invocation,
        messages: request.messages.clone(),
    };
    let early = reuse::Early::start(&request.flags);
    let span = trace::stage("load");
    let project = Arc::new(load::load(&load_request, sources, sink)?);
    drop(span);
    let (run, macros) = invocation(&request, project.clone(), sources, sink)?;
    let reuse = reuse::Reuse::of(&request, &project);
    let (earlier, parsed_anew) = match reuse.find(early, &run, (sources, sink)) {
        Ok(entry) => (Some(entry), None),
        Err(reason) => (None, reason),
    };
    Ok(Begun { request, run, sources, macros, reuse, earlier, parsed_anew })
}

impl<'a> Begun<'a> {
    /// What there is to know without the nodes, when nothing has changed.
    pub fn unchanged(&self) -> Option<&Head> {
        self.earlier.as_ref().filter(|entry| entry.changed.is_empty()).map(|entry| &entry.head)
    }

    /// The second half of [`open`].
    pub fn open(self, sink: &Sink) -> Opened<'a> {
        let Begun { request, run, sources, macros, reuse, earlier, parsed_anew } = self;
        let mut changed = vec![];
        let earlier = earlier.and_then(|mut entry| {
            changed = std::mem::take(&mut entry.changed);
            let opened = entry.open();
            if opened.is_none() {
                reuse.say_damaged(sink);
            }
            opened
        });
        let earlier = match earlier {
            Some((parsed, _)) if changed.is_empty() => {
                let Parsed { graph, diagnostics, checks, made_by: parsed_by } = parsed;
                let checks = checks.into_iter().map(|check| judged(check, &request.flags));
                sink.extend(diagnostics.into_iter().chain(checks));
                let (renewed, saving) = (None, None);
                return Opened { request, sources, run, graph, parsed_by, parsed_anew, renewed, saving };
            }
            earlier => earlier,
        };
        let fleeting_reads = engine::fleeting_reads();
        let itertools_calls = engine::itertools_calls();
        let found = Sink::default();
        let parser = Parser::new(&run.project, run.clone(), &request.flags, (sources, &found));
        let renewed = earlier.and_then(|earlier| partial::renew(earlier, &changed, &parser));
        let (parsed, renewed, carried) = match renewed {
            Some((parsed, renewed, carried)) => (parsed, Some(renewed), carried),
            None => {
                // What an attempt has found, a parse of everything finds as well.
                found.drain();
                (parse_all(&parser, macros, itertools_calls), None, Carried::default())
            }
        };
        let graph = parsed.graph.clone();
        let checks = parsed.checks.iter().cloned().map(|check| judged(check, &request.flags));
        sink.extend(parsed.diagnostics.iter().cloned().chain(checks));
        let saving = if sink.has_errors() || fleeting_reads != engine::fleeting_reads() {
            None
        } else {
            reuse.save(parsed, carried, &run, sources)
        };
        let parsed_by = request.invocation.id.clone();
        Opened { request, sources, run, graph, parsed_by, parsed_anew, renewed, saving }
    }
}

/// A cycle stops only what goes by the order of the graph.
pub fn judged(check: Diagnostic, flags: &Flags) -> Diagnostic {
    let in_any_order = match &*flags.which {
        "parse" => true,
        "generate" => !flags.docs.compile,
        _ => false,
    };
    if check.code == "cycle" && in_any_order {
        return Diagnostic { severity: Severity::Warning, ..check };
    }
    check
}

/// `itertools_calls`: how often templates had asked for that module before.
fn parse_all(parser: &Parser<'_>, macros: macros::MacroSet, itertools_calls: usize) -> Parsed {
    let span = trace::stage("parse");
    let manifest = parser.parse(macros);
    drop(span);
    for _ in itertools_calls..engine::itertools_calls() {
        let text = "Usage of itertools modules is deprecated; Jinja's own functions and filters do the same";
        parser
            .sink
            .push(Diagnostic::warning("deprecated-module", text).event("ModulesItertoolsUsageDeprecation"));
    }
    let _span = trace::stage("resolve");
    let checked = Sink::default();
    let graph = binding(manifest, parser, |manifest, request| {
        let graph = resolve::bind(manifest, request, parser.sink);
        resolve::check(&graph, &request.rules, &checked);
        graph
    });
    Parsed {
        graph: Arc::new(graph),
        diagnostics: parser.sink.drain(),
        checks: checked.drain(),
        made_by: parser.run.invocation_id.clone(),
    }
}

/// Reads the macros and sets up what every render shares.
fn invocation(
    request: &Request,
    project: Arc<Project>,
    sources: &SourceMap,
    sink: &Sink,
) -> Result<(Arc<Invocation>, macros::MacroSet), Diagnostic> {
    let adapter = &*project.profile.adapter_type;
    let profile = &project.profile;
    let opened = adapter_for(adapter, &profile.credentials, &profile.base)
        .map_err(|error| Diagnostic::error("invalid-profile", error.to_string()))?;
    let engine = Engine::new();
    let now = request.invocation.started_at.timestamp_micros() as f64 / 1e6;
    let _span = trace::step("macros");
    let (set, table) = macros::read(&project, &engine, now, (sources, sink));
    let messages = request.messages.clone();
    let observed: Arc<Observed> = Arc::default();
    let said = observed.clone();
    let run = Invocation {
        engine,
        target: to_jinja(&Value::Map(project.profile.target.clone())),
        project,
        dialect: opened.dialect(),
        adapter: Arc::new(opened),
        behaviour: request.flags.behaviour.clone(),
        macros: table,
        env: request.env.clone(),
        flags: request.flags.template.clone(),
        invocation_args: request.flags.args.clone(),
        invocation_id: request.invocation.id.clone(),
        run_started_at: request.invocation.started_at,
        observed,
        messages: Box::new(move |message| {
            // A parse that says something must say it the next time too.
            said.fleeting();
            messages(message);
        }),
    };
    Ok((Arc::new(run), set))
}

/// Binds a manifest through `bind`, which is told how this project wants it.
fn binding<T>(
    manifest: Manifest,
    parser: &Parser<'_>,
    bind: impl FnOnce(Manifest, &resolve::Request<'_>) -> T,
) -> T {
    let Parser { run, flags, sources, .. } = parser;
    let node_package_first = flags.behaviour("require_ref_searches_node_package_before_root");
    let lookup = Lookup::of_docs(&manifest, node_package_first);
    let docs = manifest.docs.clone();
    let find = |package: &Str, name: &str, owner: Option<&str>| match lookup.resolve_doc(name, owner, package)
    {
        Found::One(id) => docs.get(&id).map(|doc| (id.clone(), doc.contents.clone())),
        _ => None,
    };
    let facts = |package: &Str| NodeFacts::of_package(package, &run.project.profile);
    let render = |text: &str, package: &Str| {
        let context = NodeContext::parse(run, facts(package), Default::default());
        let found = descriptions::render(text, &context, &|name, owner| find(package, name, owner), sources);
        found.map_err(|problem| {
            let asked = problem.data.get("name").and_then(Value::as_str).unwrap_or_default();
            let known = docs.keys().filter_map(|id| id.rsplit('.').next());
            match nearest(asked, known).map(|near| format!("did you mean `{near}`?")) {
                Some(help) => problem.help(help),
                None => problem,
            }
        })
    };
    let restricted =
        |package: &str| run.project.package(package).is_some_and(|found| found.config.restrict_access);
    let rules = rules(run, flags);
    bind(manifest, &resolve::Request { restricted: &restricted, render_description: &render, rules })
}

fn rules(run: &Invocation, flags: &Flags) -> resolve::Rules {
    let microbatch = run.macros.find("get_incremental_microbatch_sql");
    let package = microbatch.and_then(|entry| entry.unique_id.split('.').nth(1));
    resolve::Rules {
        node_package_first: flags.behaviour("require_ref_searches_node_package_before_root"),
        require_unique_names: flags.behaviour("require_unique_project_resource_names"),
        names_without_spaces: flags.behaviour("require_resource_names_without_spaces"),
        nested_cumulative_params: flags.behaviour("require_nested_cumulative_type_params"),
        configured_time_spines: flags.behaviour("require_yaml_configuration_for_mf_time_spines"),
        batched_custom_microbatch: flags
            .behaviour("require_batched_execution_for_custom_microbatch_strategy"),
        custom_microbatch: package
            .and_then(|package| run.project.package(package))
            .is_some_and(|package| !package.builtin),
        sequential_batches: (!run.dialect.capabilities().contains(&Capability::MicrobatchConcurrency))
            .then(|| run.dialect.type_name()),
        debug: flags.log.debug,
        now: run.run_started_at,
    }
}
