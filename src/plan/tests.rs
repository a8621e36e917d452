use super::*;
use crate::dag::Dag;
use crate::manifest::{
    Checksum, Config, DependsOn, Docs, Language, Manifest, Node, NodeKind, Reads, ResourceType,
};
use crate::value::{Map, Str};

/// `model b < a, c` reads: the model `b` depends on `a` and `c`, which stand above.
fn graph(lines: &str) -> Graph {
    let mut manifest = Manifest::default();
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (head, parents) = line.split_once('<').unwrap_or((line, ""));
        let (kind, name) = head.trim().split_once(' ').expect("a type and a name");
        let mut node = bare(ResourceType::parse(kind).expect("a resource type"), name);
        for parent in parents.split(',').map(str::trim).filter(|parent| !parent.is_empty()) {
            node.depends_on.nodes.push(find(&manifest, parent));
        }
        manifest.nodes.push(node);
    }
    let dag = Dag::of(&manifest);
    Graph { manifest, dag }
}

fn bare(resource_type: ResourceType, name: &str) -> Node {
    let kind = match resource_type {
        ResourceType::Test => NodeKind::SingularTest,
        ResourceType::UnitTest => NodeKind::UnitTest(Box::default()),
        ResourceType::Exposure => NodeKind::Exposure(Box::default()),
        ResourceType::Function => NodeKind::Function(Box::default()),
        _ => NodeKind::Model(Box::default()),
    };
    Node {
        unique_id: name.into(),
        name: name.into(),
        resource_type,
        package: "p".into(),
        path: "".into(),
        original_file_path: "".into(),
        fqn: vec![],
        raw_code: "".into(),
        language: Language::Sql,
        checksum: Checksum::default(),
        database: None,
        schema: Str::from(""),
        alias: Str::from(""),
        relation_name: None,
        description: "".into(),
        doc_blocks: vec![],
        columns: Default::default(),
        meta: Map::default(),
        tags: vec![],
        group: None,
        docs: Docs::default(),
        patch_path: None,
        config: Config::new(resource_type),
        unrendered_config: Map::default(),
        config_call: Map::default(),
        unrendered_config_call: Map::default(),
        created_at: 0.0,
        refs: vec![],
        sources: vec![],
        metrics: vec![],
        functions: vec![],
        depends_on: DependsOn::default(),
        reads: Reads::default(),
        span: None,
        kind,
    }
}

fn find(manifest: &Manifest, name: &str) -> NodeId {
    manifest.iter().find(|(_, node)| &*node.name == name).map(|(id, _)| id).expect("a node of that name")
}

/// What the queue gives when each round finishes all that is ready, rounds parted by ` | `.
fn rounds(graph: &Graph, selected: &str, options: Options) -> String {
    let selected = selected.split_whitespace().map(|name| find(&graph.manifest, name)).collect();
    let plan = plan(graph, &selected, options);
    let mut queue = plan.queue();
    let mut rounds = vec![];
    loop {
        let round: Vec<NodeId> = std::iter::from_fn(|| queue.pop()).collect();
        if round.is_empty() {
            break;
        }
        rounds.push(round.iter().map(|id| &*graph.manifest.node(*id).name).collect::<Vec<_>>().join(" "));
        round.into_iter().for_each(|id| queue.done(id));
    }
    assert!(queue.is_finished());
    rounds.join(" | ")
}

const BUILD: Options = Options { tests_guard: true, independent: false };

const SHOP: &str = "
    model a
    model b < a
    model c < b
    model d
    test on_a < a
    test on_b < b
    test a_and_d < a, d
    model e < c, d
    exposure board < e
    unit_test of_c < c
";

#[test]
fn orders_through_nodes_that_are_not_selected() {
    let graph = graph(SHOP);
    assert_eq!(rounds(&graph, "e a", Options::default()), "a | e");
    assert_eq!(rounds(&graph, "e a d", Options::default()), "a d | e");
    assert_eq!(rounds(&graph, "e a d", Options { independent: true, ..Options::default() }), "a d e");
    assert_eq!(rounds(&graph, "a on_a b", Options::default()), "a | b on_a");
}

#[test]
fn tests_hold_up_a_build() {
    let graph = graph(SHOP);
    // The test of `a` and `d` guards `e` alone: only `e` lies below both.
    assert_eq!(
        rounds(&graph, "a b c d e on_a on_b a_and_d board of_c", BUILD),
        "a d | a_and_d on_a | b | on_b | c | e | board"
    );
    // A test guards what lies below nodes that are not selected, too.
    assert_eq!(rounds(&graph, "a on_a c", BUILD), "a | on_a | c");
    let plan = plan(&graph, &graph.manifest.ids().collect(), BUILD);
    assert_eq!(plan.unit_tests_of(find(&graph.manifest, "c")).len(), 1);
    assert_eq!(plan.len(), 10);
}

#[test]
fn a_failed_test_takes_down_what_waits_for_it() {
    let graph = graph(SHOP);
    let plan = plan(&graph, &graph.manifest.ids().collect(), BUILD);
    let mut skipped = NodeSet::default();
    plan.mark_downstream(find(&graph.manifest, "on_b"), &mut skipped);
    let names: Vec<&str> = skipped.iter().map(|id| &*graph.manifest.node(id).name).collect();
    assert_eq!(names, ["c", "e", "board", "of_c"]);
}

#[test]
fn functions_pass_the_wait_on() {
    let graph = graph(
        "
        model a
        test on_a < a
        function f < a
        model b < f
    ",
    );
    assert_eq!(rounds(&graph, "a on_a f b", BUILD), "a | f on_a | b");
}

#[test]
fn long_chains_go_first() {
    let mut lines = String::from("model alone\nmodel m0\n");
    for at in 1..20 {
        lines += &format!("model m{at} < m{}\n", at - 1);
    }
    let graph = graph(&lines);
    let plan = plan(&graph, &graph.manifest.ids().collect(), Options::default());
    assert_eq!(plan.queue().pop(), Some(find(&graph.manifest, "m0")));
}
