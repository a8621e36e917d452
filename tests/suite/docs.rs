//! `docs generate` and `docs serve`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use serde_json::{Value as Json, json};

use crate::program::Project;

fn project() -> Project {
    Project::new(&[
        ("models/orders.sql", "{{ config(materialized='table') }} select 1 as id, 2.50 as price"),
        (
            "models/report.sql",
            "select id from {{ ref('orders') }} join {{ source('raw', 'people') }} using (id)",
        ),
        ("models/inner.sql", "{{ config(materialized='ephemeral') }} select 1 as id"),
        ("seeds/people.csv", "id,name\n1,Ann\n"),
        (
            "models/schema.yml",
            "models:\n  - name: orders\n    description: All </script> orders\n    config: {persist_docs: {relation: true, columns: true}}\n    \
             columns: [{name: id, description: The key}]\nsources:\n  - {name: raw, schema: main, tables: [{name: people}]}\n",
        ),
    ])
}

fn keys(json: &Json) -> Vec<&String> {
    json.as_object().map(|map| map.keys().collect()).unwrap_or_default()
}

#[test]
fn the_catalog_tells_what_the_warehouse_holds() {
    let project = project();
    project.call(&["seed"]).exits(0);
    project.call(&["run"]).exits(0);
    project.call(&["docs", "generate"]).exits(0).says("Catalog written to");
    let catalog = project.json("target/catalog.json");
    assert_eq!(keys(&catalog["nodes"]), ["model.shop.orders", "seed.shop.people", "model.shop.report"]);
    assert_eq!(keys(&catalog["sources"]), ["source.shop.raw.people"]);
    let orders = &catalog["nodes"]["model.shop.orders"];
    assert_eq!(
        orders["metadata"],
        json!({"type": "BASE TABLE", "schema": "main", "name": "orders", "database": "shop",
               "comment": "All </script> orders", "owner": null})
    );
    assert_eq!(
        orders["columns"]["id"],
        json!({"type": "INTEGER", "index": 1, "name": "id", "comment": "The key"})
    );
    assert_eq!(orders["columns"]["price"]["type"], "DECIMAL(3,2)");
    assert_eq!(orders["stats"]["has_stats"]["value"], false);
    assert_eq!(catalog["errors"], Json::Null);
    assert_eq!(project.json("target/run_results.json")["args"]["which"], "generate");
}

#[test]
fn options_narrow_the_catalog() {
    let project = project();
    project.call(&["seed"]).exits(0);
    project.call(&["run"]).exits(0);
    project.call(&["docs", "generate", "--select", "orders", "source:raw"]).exits(0);
    let catalog = project.json("target/catalog.json");
    assert_eq!(keys(&catalog["nodes"]), ["model.shop.orders"]);
    assert_eq!(keys(&catalog["sources"]), ["source.shop.raw.people"]);
    project.call(&["docs", "generate", "--empty-catalog"]).exits(0);
    let catalog = project.json("target/catalog.json");
    assert!(keys(&catalog["nodes"]).is_empty() && keys(&catalog["sources"]).is_empty());
    std::fs::remove_file(project.root().join("target/run_results.json")).expect("removed");
    project.call(&["docs", "generate", "--no-compile"]).exits(0);
    assert_eq!(keys(&project.json("target/catalog.json")["nodes"]).len(), 3);
    assert!(!project.root().join("target/run_results.json").exists(), "nothing was compiled");
}

#[test]
fn a_model_that_does_not_compile_makes_no_catalog() {
    let project = project();
    project.write(&[(
        "models/broken.sql",
        "{% if execute %}{{ exceptions.raise_compiler_error('no') }}{% endif %}",
    )]);
    let call = project.call(&["docs", "generate"]);
    assert_ne!(call.code, 0);
    assert!(!project.root().join("target/catalog.json").exists());
}

#[test]
fn a_catalog_that_cannot_be_asked_for_is_warned_of() {
    let project = project();
    project.write(&[(
        "macros/catalog.sql",
        "{% macro get_catalog_relations(schema, relations) %}{% do exceptions.raise_compiler_error('rejected') %}{% endmacro %}",
    )]);
    let said = "Encountered an error while generating catalog: Compilation Error";
    project.call(&["docs", "generate"]).exits(1).says(said).says("rejected").says("Catalog written to");
    assert_eq!(project.json("target/catalog.json")["errors"].as_array().map(Vec::len), Some(1));
    std::fs::remove_file(project.root().join("target/catalog.json")).expect("removed");
    project.call(&["--warn-error", "docs", "generate"]).exits(2).says("rejected");
    assert!(!project.root().join("target/catalog.json").exists());
}

#[test]
fn one_file_holds_the_whole_site() {
    let project = project();
    project.call(&["docs", "generate", "--static", "--empty-catalog"]).exits(0);
    let page = project.read("target/static_index.html");
    let data = |id: &str| -> Json {
        let start = format!("<script id=\"{id}\" type=\"application/json\">");
        let text =
            page.split(&start).nth(1).and_then(|rest| rest.split("</script>").next()).expect("it is there");
        serde_json::from_str(text).expect("JSON")
    };
    assert_eq!(data("manifest"), project.json("target/manifest.json"));
    assert_eq!(data("catalog"), project.json("target/catalog.json"));
    assert!(project.read("target/index.html").len() < page.len());
}

#[test]
fn the_site_is_served() {
    let project = project();
    project.call(&["docs", "generate", "--empty-catalog"]).exits(0);
    let mut server = Command::new(env!("CARGO_BIN_EXE_headwater"))
        .args(["docs", "serve", "--no-browser", "--port", "0"])
        .current_dir(project.root())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the server starts");
    let lines = BufReader::new(server.stdout.take().expect("a pipe")).lines();
    let address = lines
        .map_while(Result::ok)
        .find_map(|line| Some(line.split_once("http://localhost:")?.1.to_string()))
        .expect("it says where it listens");
    let get = |path: &str| {
        let mut stream = TcpStream::connect(format!("127.0.0.1:{address}")).expect("it listens");
        write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    };
    let (page, manifest, outside) = (get("/"), get("/manifest.json"), get("/../dbt_project.yml"));
    server.kill().expect("it stops");
    server.wait().expect("it has stopped");
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("<title>Documentation</title>"), "{page}");
    assert!(manifest.contains("Content-Type: application/json"), "{manifest}");
    assert!(manifest.ends_with(&project.read("target/manifest.json")));
    assert!(outside.starts_with("HTTP/1.1 404"), "{outside}");
}
