//! What each selection picks from a project with every kind of node, against Python dbt 1.11.16
//! (recorded by tests/oracles/selection.py).

use std::path::{Path, PathBuf};
use std::sync::Arc;

use headwater::cli::flags_of;
use headwater::dag::Graph;
use headwater::diag::Sink;
use headwater::env::Env;
use headwater::invocation::Invocation;
use headwater::pipeline::{self, Request};
use headwater::project::Project;
use headwater::selector::{self, Command, Context, Definitions, Indirect};
use headwater::source::SourceMap;
use serde_json::{Value as Json, json};

fn project() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/projects/every_kind")
}

/// What `ls` with these arguments comes to: the unique ids, sorted, and the criteria that match nothing.
fn selected(arguments: &[&str], graph: &Graph, project: &Project, root: &Path) -> Json {
    let arguments: Vec<&str> = ["ls"].into_iter().chain(arguments.iter().copied()).collect();
    let Ok(flags) = flags_of(&arguments, Env::default(), root, &Sink::default()) else {
        return json!({"error": true});
    };
    let flags = flags.selection;
    let texts = |list: &[headwater::value::Str]| list.iter().map(|text| text.to_string()).collect::<Vec<_>>();
    let of_models = !flags.models.is_empty();
    let request = selector::Request {
        select: texts(if of_models { &flags.models } else { &flags.select }),
        exclude: texts(&flags.exclude),
        selector: flags.selector.map(|name| name.to_string()),
        resource_types: if of_models { vec!["model".into()] } else { texts(&flags.resource_types) },
        exclude_resource_types: texts(&flags.exclude_resource_types),
        indirect: Indirect::parse(&flags.indirect_selection).unwrap_or_default(),
    };
    let exists = |path: &str| root.join(path).exists();
    let context = Context { previous: None, exists: &exists };
    let file = project.selectors.as_ref().expect("selectors.yml");
    let outcome = Definitions::parse(file, request.indirect).and_then(|definitions| {
        selector::select_for_command(Command::List, &request, &definitions, graph, &context)
    });
    let Ok(outcome) = outcome else { return json!({"error": true}) };
    let mut nodes: Vec<_> =
        outcome.nodes.iter().map(|id| graph.manifest.node(id).unique_id.to_string()).collect();
    nodes.sort();
    let unmatched: Vec<_> = outcome
        .warnings
        .iter()
        .filter(|warning| warning.event == Some("NoNodesForSelectionCriteria"))
        .map(|warning| warning.message.split('\'').nth(1).unwrap_or_default().to_string())
        .collect();
    if unmatched.is_empty() {
        json!({"nodes": nodes})
    } else {
        json!({"nodes": nodes, "unmatched": unmatched})
    }
}

#[test]
fn every_selection_picks_what_dbt_picks() {
    let root = project();
    let recorded = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/oracles/selection.json");
    let cases: Vec<Json> = serde_json::from_slice(&std::fs::read(recorded).unwrap()).unwrap();
    assert!(cases.len() >= 455);
    let (sources, sink) = (SourceMap::default(), Sink::default());
    let flags = flags_of(&["ls"], Env::default(), &root, &sink).unwrap();
    let invocation = Arc::new(Invocation::start(&Env::default(), &flags));
    let request =
        Request { flags: Arc::new(flags), env: Env::default(), invocation, messages: Arc::new(|_| {}) };
    let opened = pipeline::open(request, &sources, &sink).unwrap();
    let mut wrong = vec![];
    for case in &cases {
        let arguments: Vec<&str> =
            case["arguments"].as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
        let mut expected = case.as_object().unwrap().clone();
        expected.remove("arguments");
        let found = selected(&arguments, &opened.graph, &opened.run.project, &root);
        if found != Json::Object(expected.clone()) {
            let expected = Json::Object(expected);
            wrong.push(format!("ls {}\n  gives {found}\n  not   {expected}", arguments.join(" ")));
        }
    }
    assert!(wrong.is_empty(), "{} of {} selections differ:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}
