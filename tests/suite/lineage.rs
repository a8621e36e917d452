//! `lineage`: every format has the nodes and edges of the manifest, and the programs that read a
//! format agree. Those that are not installed are named on stderr.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value as Json;

use crate::program::{call, tool, write};

/// Nodes and edges by unique id.
#[derive(Debug, Default, PartialEq)]
struct Parts {
    nodes: BTreeSet<String>,
    edges: BTreeSet<(String, String)>,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn lineage(project: &Path, target: &Path, arguments: &[&str]) -> String {
    let target = target.to_string_lossy();
    let mut all = vec!["lineage", "--target-path", &*target, "--log-path", &*target];
    all.extend(arguments);
    call(project, &[], &all).exits(0).stdout
}

fn parsed(project: &Path, target: &Path) -> Json {
    let folder = target.to_string_lossy();
    call(project, &[], &["parse", "--target-path", &folder, "--log-path", &folder]).exits(0);
    serde_json::from_slice(&std::fs::read(target.join("manifest.json")).unwrap()).unwrap()
}

/// What the manifest's `child_map` says of the nodes that `keep` keeps.
fn of_manifest(manifest: &Json, keep: impl Fn(&str) -> bool) -> Parts {
    let mut parts = Parts::default();
    for (from, children) in manifest["child_map"].as_object().unwrap() {
        if !keep(from) {
            continue;
        }
        parts.nodes.insert(from.clone());
        let children = children.as_array().unwrap().iter().filter_map(Json::as_str);
        parts.edges.extend(children.filter(|to| keep(to)).map(|to| (from.clone(), to.to_string())));
    }
    parts
}

fn of_json(text: &str) -> Parts {
    let json: Json = serde_json::from_str(text).unwrap();
    let items = |key: &str| json[key].as_array().unwrap().clone();
    let text = |json: &Json| json.as_str().unwrap().to_string();
    Parts {
        nodes: items("nodes").iter().map(|node| text(&node["unique_id"])).collect(),
        edges: items("edges").iter().map(|edge| (text(&edge["from"]), text(&edge["to"]))).collect(),
    }
}

/// Only for unique ids without commas and quotes.
fn of_csv(text: &str) -> Parts {
    let mut parts = Parts::default();
    for line in text.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        parts.nodes.insert(fields[0].into());
        if !fields[2].is_empty() {
            parts.nodes.insert(fields[2].into());
            parts.edges.insert((fields[0].into(), fields[2].into()));
        }
    }
    parts
}

/// Only for unique ids whose plain forms differ.
fn of_mermaid(text: &str, ids: &BTreeMap<String, String>) -> Parts {
    let mut parts = Parts::default();
    for line in text.lines().skip(1).map(str::trim).filter(|line| !line.starts_with("classDef")) {
        match line.split_once(" --> ") {
            Some((from, to)) => {
                parts.edges.insert((ids[from].clone(), ids[to].clone()));
            }
            None => {
                parts.nodes.insert(ids[line.split(['[', '(']).next().unwrap()].clone());
            }
        }
    }
    parts
}

/// What a program prints about a document: JSON with `nodes` and `edges`.
fn of_program(program: &Path, arguments: &[&str]) -> Parts {
    let output = Command::new(program).args(arguments).output().expect("the program starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program:?} {arguments:?}: {said}");
    let json: Json = serde_json::from_slice(&output.stdout).unwrap();
    let text = |json: &Json| json.as_str().unwrap().to_string();
    Parts {
        nodes: json["nodes"].as_array().unwrap().iter().map(text).collect(),
        edges: json["edges"]
            .as_array()
            .unwrap()
            .iter()
            .map(|edge| (text(&edge[0]), text(&edge[1])))
            .collect(),
    }
}

fn plain(id: &str) -> String {
    id.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

/// Graphviz reads a document; its nodes are the names that it lays out.
fn of_graphviz(path: &Path) -> Option<Parts> {
    let output = match Command::new("dot").arg("-Tjson0").arg(path).output() {
        Ok(output) => output,
        Err(_) => {
            eprintln!("skipped: Graphviz is not installed");
            return None;
        }
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let json: Json = serde_json::from_slice(&output.stdout).unwrap();
    let objects = json["objects"].as_array().unwrap();
    let name = |place: &Json| {
        let place = place.as_u64().unwrap();
        let found = objects.iter().find(|object| object["_gvid"].as_u64() == Some(place)).unwrap();
        found["name"].as_str().unwrap().to_string()
    };
    let edges = json["edges"].as_array().into_iter().flatten();
    Some(Parts {
        nodes: objects.iter().map(|object| object["name"].as_str().unwrap().to_string()).collect(),
        edges: edges.map(|edge| (name(&edge["tail"]), name(&edge["head"]))).collect(),
    })
}

const NETWORKX: &str = "import json, sys, networkx
graph = networkx.read_graphml(sys.argv[1])
assert graph.is_directed()
print(json.dumps({'nodes': list(graph.nodes), 'edges': list(graph.edges)}))";

/// All formats say what is expected.
fn check(project: &Path, target: &Path, arguments: &[&str], expected: &Parts) {
    let format = |name: &str| {
        let mut all = vec!["--format", name];
        all.extend(arguments);
        lineage(project, target, &all)
    };
    assert_eq!(of_json(&format("json")), *expected);
    assert_eq!(of_csv(&format("csv")), *expected);
    let ids: BTreeMap<String, String> = expected.nodes.iter().map(|id| (plain(id), id.clone())).collect();
    let mermaid = format("mermaid");
    assert_eq!(of_mermaid(&mermaid, &ids), *expected);
    let text = format("text");
    for id in &expected.nodes {
        let name = id.split('.').nth(2).unwrap();
        assert!(text.contains(name), "{name} is not in:\n{text}");
    }
    let file = |name: &str, content: &str| {
        let path = target.join(name);
        std::fs::write(&path, content).unwrap();
        path
    };
    let path = file("lineage.dot", &format("dot"));
    if let Some(found) = of_graphviz(&path) {
        assert_eq!(found, *expected);
        assert!(format("svg").contains("</svg>"));
    }
    let path = file("lineage.graphml", &format("graphml"));
    if let Some(python) = tool("HEADWATER_TOOLS_PYTHON", "reading GraphML with networkx") {
        assert_eq!(of_program(&python, &["-c", NETWORKX, &path.to_string_lossy()]), *expected);
    }
    let path = file("lineage.mmd", &mermaid);
    if let Some(found) = of_mermaid_parser(&path) {
        let named = |id: &String| ids[id].clone();
        let edges = found.edges.iter().map(|(from, to)| (named(from), named(to))).collect();
        assert_eq!(Parts { nodes: found.nodes.iter().map(named).collect(), edges }, *expected);
    }
}

/// What Mermaid's own parser finds in a document.
fn of_mermaid_parser(path: &Path) -> Option<Parts> {
    let folder = tool("HEADWATER_MERMAID", "reading Mermaid with its own parser")?;
    // It finds its modules beside itself; tests that run at once each have their own.
    let script = tempfile::Builder::new().suffix(".mjs").tempfile_in(folder).unwrap();
    std::fs::copy(root().join("tests/oracles/parse_mermaid.mjs"), script.path()).unwrap();
    Some(of_program(Path::new("node"), &[&script.path().to_string_lossy(), &path.to_string_lossy()]))
}

#[test]
fn the_reference_projects_mart_has_the_manifests_edges() {
    let target = tempfile::tempdir().unwrap();
    let manifest = parsed(&root(), target.path());
    let mart = "model.segmentation.mart_arr";
    let kept = |map: &str| {
        let (mut found, mut waiting) = (BTreeSet::new(), vec![mart.to_string()]);
        while let Some(id) = waiting.pop() {
            waiting
                .extend(manifest[map][&id].as_array().unwrap().iter().map(|id| id.as_str().unwrap().into()));
            found.insert(id);
        }
        found
    };
    let related: BTreeSet<String> = kept("parent_map").union(&kept("child_map")).cloned().collect();
    let expected = of_manifest(&manifest, |id| related.contains(id) && !id.starts_with("test."));
    assert!(expected.nodes.len() > 50 && expected.edges.len() > 50);
    check(&root(), target.path(), &["--select", "+mart_arr+"], &expected);
}

#[test]
fn every_kind_of_node_is_there_tests_on_request() {
    let target = tempfile::tempdir().unwrap();
    let project = root().join("tests/projects/every_kind");
    let manifest = parsed(&project, target.path());
    let is_test = |id: &str| id.starts_with("test.") || id.starts_with("unit_test.");
    // As dbt's `ls` does, it lists no analyses unless asked to.
    let is_unlisted = |id: &str| id.starts_with("operation.") || id.starts_with("analysis.");
    check(&project, target.path(), &[], &of_manifest(&manifest, |id| !is_test(id) && !is_unlisted(id)));
    let all = of_manifest(&manifest, |id| !is_unlisted(id));
    assert!(all.nodes.iter().any(|id| is_test(id)));
    assert_eq!(of_json(&lineage(&project, target.path(), &["--format", "json", "--tests"])), all);
}

const HARD: &[(&str, &str)] = &[
    ("dbt_project.yml", "{name: shop, version: '1.0.0', config-version: 2}"),
    ("models/orders.sql", "select 1 as order_id, 2 as customer_id, 3 as parent_id"),
    ("models/customers.sql", "select 2 as customer_id from {{ source('a \"b\"', 'c <&> \\\\ #d`e') }}"),
    ("models/lines.sql", "select 1 as order_id, 1 as line"),
    ("models/lonely.sql", "select 1 as id"),
    (
        "models/schema.yml",
        r#"
sources:
  - name: 'a "b"'
    tables: [{name: 'c <&> \ #d`e'}]
models:
  - name: customers
    columns:
      - {name: customer_id, data_type: integer, data_tests: [unique, not_null]}
  - name: orders
    columns:
      - {name: order_id, data_type: "decimal(18, 0)", data_tests: [unique, not_null]}
      - name: customer_id
        data_type: integer
        data_tests:
          - not_null
          - relationships: {arguments: {to: ref('customers'), field: customer_id}}
      - name: parent_id
        data_tests:
          - relationships: {arguments: {to: ref('orders'), field: order_id}}
  - name: lines
    config: {contract: {enforced: true}}
    constraints:
      - {type: primary_key, columns: [order_id, line]}
      - {type: foreign_key, columns: [order_id], to: ref('orders'), to_columns: [order_id]}
    columns:
      - {name: order_id, data_type: integer}
      - {name: line, data_type: integer}
"#,
    ),
];

#[test]
fn names_are_escaped_for_each_format() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), HARD);
    let target = folder.path().join("target");
    let manifest = parsed(folder.path(), &target);
    let expected = of_manifest(&manifest, |id| !id.starts_with("test."));
    assert!(expected.nodes.iter().any(|id| id.contains("<&>")));
    assert_eq!(of_json(&lineage(folder.path(), &target, &["--format", "json"])), expected);
    let csv = lineage(folder.path(), &target, &["--format", "csv"]);
    assert!(csv.contains("\"source.shop.a \"\"b\"\".c <&> \\ #d`e\",source,model.shop.customers"), "{csv}");
    let file = |name: &str, format: &str| {
        let path = target.join(name);
        std::fs::write(&path, lineage(folder.path(), &target, &["--format", format])).unwrap();
        path
    };
    if let Some(found) = of_graphviz(&file("hard.dot", "dot")) {
        assert_eq!((found.nodes.len(), found.edges.len()), (expected.nodes.len(), expected.edges.len()));
    }
    let path = file("hard.graphml", "graphml");
    if let Some(python) = tool("HEADWATER_TOOLS_PYTHON", "reading GraphML with networkx") {
        assert_eq!(of_program(&python, &["-c", NETWORKX, &path.to_string_lossy()]), expected);
    }
    if let Some(found) = of_mermaid_parser(&file("hard.mmd", "mermaid")) {
        assert_eq!((found.nodes.len(), found.edges.len()), (expected.nodes.len(), expected.edges.len()));
    }
}

#[test]
fn keys_and_relationships_make_the_entity_diagram() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), HARD);
    let target = folder.path().join("target");
    let erd = lineage(folder.path(), &target, &["--format", "erd"]);
    let expected = "erDiagram
  customers {
    integer customer_id PK
  }
  lines {
    integer order_id PK, FK
    integer line PK
  }
  orders {
    decimal(18__0) order_id PK
    integer customer_id FK \"not null\"
    unknown parent_id FK
  }
  customers ||--o{ orders : \"customer_id\"
  orders ||--o{ lines : \"order_id\"
  orders |o--o{ orders : \"parent_id = order_id\"
";
    assert_eq!(erd, expected);
    let picked = lineage(folder.path(), &target, &["--format", "erd", "--select", "lonely orders"]);
    assert!(picked.contains("lonely") && !picked.contains("customers {"), "{picked}");
    let dot = lineage(folder.path(), &target, &["--format", "erd", "--erd-format", "dot"]);
    let path = target.join("erd.dot");
    std::fs::write(&path, dot).unwrap();
    if let Some(found) = of_graphviz(&path) {
        assert_eq!((found.nodes.len(), found.edges.len()), (3, 3));
    }
    let path = target.join("erd.mmd");
    std::fs::write(&path, erd).unwrap();
    if let Some(found) = of_mermaid_parser(&path) {
        assert_eq!((found.nodes.len(), found.edges.len()), (3, 3));
    }
}

#[test]
fn without_graphviz_svg_says_so() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), HARD);
    call(folder.path(), &[("PATH", "")], &["lineage", "--format", "svg"])
        .exits(2)
        .says("`svg` needs Graphviz")
        .says("install the package `graphviz`");
}
