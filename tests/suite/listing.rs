//! `ls` output forms against Python dbt 1.11.16 (recorded by tests/oracles/record_listing.py).

use std::path::PathBuf;

use headwater::dag::{Dag, Graph};
use headwater::manifest::NodeId;
use headwater::report::artifacts::read_manifest;
use headwater::report::listing::{ListingForm, listing};
use serde_json::Value as Json;

use crate::json::assert_same;

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/expected/every_field").join(name)
}

#[test]
fn every_form_lists_as_dbt_does() {
    let recorded: Json = serde_json::from_slice(&std::fs::read(file("ls.json")).unwrap()).unwrap();
    let lines = |form: &str| -> Vec<String> {
        recorded[form].as_array().unwrap().iter().map(|line| line.as_str().unwrap().into()).collect()
    };
    let manifest = read_manifest(&file("parse.manifest.json")).unwrap();
    let graph = Graph { dag: Dag::of(&manifest), manifest };
    let parsed = |lines: &[String]| -> Vec<Json> {
        lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let json = parsed(&lines("json"));
    // In reverse, because the listing sorts.
    let selected: Vec<NodeId> = json
        .iter()
        .rev()
        .map(|line| graph.manifest.id_of(line["unique_id"].as_str().unwrap()).unwrap())
        .collect();
    for word in ["selector", "name", "path"] {
        let form = ListingForm::parse(word).unwrap();
        assert_eq!(listing(&graph, &selected, form, &[]), lines(word), "{word}");
    }
    assert_same(
        &Json::Array(parsed(&listing(&graph, &selected, ListingForm::Json, &[]))),
        &Json::Array(json),
    );
    let keys = ["name", "unique_id", "config.materialized", "config.nothing", "columns", "nonsense"];
    let keys = keys.map(Into::into);
    let ours = listing(&graph, &selected, ListingForm::Json, &keys);
    assert_same(&Json::Array(parsed(&ours)), &Json::Array(parsed(&lines("keys"))));
    assert_eq!(ours[2], lines("keys")[2], "with the spaces and the order of Python's");
}
