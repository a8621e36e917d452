//! Artifacts as others read them: `dbt-artifacts-parser`, and Python dbt, which is given our manifest as
//! its state. What is not installed is named on stderr.

use std::path::Path;
use std::process::Command;

use serde_json::Value as Json;

use crate::drivers;
use crate::program::{call, tool};
use crate::reference::{Reference, lay_over, repository};

const PARSE: &str = "import json, sys
from dbt_artifacts_parser import parser
for path in sys.argv[2:]:
    kind = path.rsplit('/', 1)[1].removesuffix('.json')
    parsed = getattr(parser, 'parse_' + kind)(json.load(open(path)))
    print(kind, type(parsed).__name__)";

/// All four artifacts are read, as the newest version of each.
fn check_parsed(python: &Path, target: &Path) {
    let kinds = ["manifest", "run_results", "catalog", "sources"];
    let paths = kinds.map(|kind| target.join(format!("{kind}.json")));
    let output = Command::new(python).args(["-c", PARSE, "-"]).args(paths).output().expect("Python starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let found = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(
        found.lines().collect::<Vec<_>>(),
        ["manifest ManifestV12", "run_results RunResultsV6", "catalog CatalogV1", "sources SourcesV3"]
    );
}

/// A copy of the project that has every kind of node.
fn every_kind() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    lay_over(&repository().join("tests/projects/every_kind"), folder.path());
    folder
}

#[test]
fn artifacts_of_every_kind_parse() {
    let Some(python) = tool("HEADWATER_TOOLS_PYTHON", "parsing artifacts with dbt-artifacts-parser") else {
        return;
    };
    let folder = every_kind();
    let headwater = |arguments: &[&str]| {
        call(folder.path(), &[("HEADWATER_DRIVER_DUCKDB", &drivers::duckdb())], arguments)
    };
    headwater(&["docs", "generate"]);
    headwater(&["source", "freshness"]);
    // Results of all statuses: DuckDB has neither functions nor Python models here.
    headwater(&["build"]).exits(1);
    check_parsed(&python, &folder.path().join("target"));
}

#[test]
fn artifacts_of_the_reference_project_parse() {
    let Some(python) = tool("HEADWATER_TOOLS_PYTHON", "parsing artifacts with dbt-artifacts-parser") else {
        return;
    };
    let project = Reference::copy("{data_scale: 0}");
    project.load(&repository().join("tests/golden/raw"), true);
    project.call(&["seed"]).exits(0);
    project.call(&["docs", "generate", "--no-compile"]).exits(0);
    project.call(&["source", "freshness"]);
    project.call(&["build", "--select", "dim_dates", "dim_product_details"]);
    check_parsed(&python, &project.path().join("target"));
}

/// Python dbt in the project, quiet, and what it lists.
fn dbt(program: &Path, project: &Path, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(["--quiet", "--no-send-anonymous-usage-stats"])
        .args(arguments)
        .args(["--profiles-dir", ".", "--target-path", "target-dbt", "--log-path", "target-dbt"])
        .current_dir(project)
        .output()
        .expect("dbt starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
    text(&output.stdout)
}

/// The arguments of `ls` that list what is modified or new beside an earlier state.
fn listing<'a>(state: &'a str, extra: &[&'a str]) -> Vec<&'a str> {
    let listing = ["ls", "--output", "name", "--indirect-selection", "empty", "--state", state];
    [&listing[..], &["--select", "state:modified", "state:new"], extra].concat()
}

/// With the texts of dbt's macros in our manifest, neither tool finds anything modified beside what the
/// other has parsed; and of two models that differ, just these.
fn check_unmodified(program: &Path, project: &Path) {
    let venv = program.parent().and_then(Path::parent).expect("a virtual environment");
    let texts = ["--macro-texts-of", venv.to_str().unwrap()];
    let headwater = |arguments: &[&str]| {
        call(project, &[], &[arguments, &["--profiles-dir", "."], &texts].concat()).exits(0)
    };
    headwater(&["parse"]);
    dbt(program, project, &["parse"]);
    let path = |folder: &str| project.join(folder).join("manifest.json");
    let read =
        |folder: &str| -> Json { serde_json::from_slice(&std::fs::read(path(folder)).unwrap()).unwrap() };
    let (mut ours, theirs) = (read("target"), read("target-dbt"));
    check_same_macros(&ours, &theirs);
    std::fs::create_dir_all(project.join("state")).unwrap();
    std::fs::copy(path("target"), path("state")).unwrap();
    assert_eq!(dbt(program, project, &listing("state", &[])).trim(), "", "dbt, beside our manifest");
    std::fs::copy(path("target-dbt"), path("state")).unwrap();
    let back = [&listing("state", &[])[..], &["--quiet"]].concat();
    assert_eq!(headwater(&back).stdout.trim(), "", "Headwater, beside dbt's manifest");

    let nodes = ours["nodes"].as_object_mut().unwrap();
    let is_plain = |node: &Json| node["resource_type"] == "model" && node["version"].is_null();
    let model = nodes.values_mut().find(|node| is_plain(node)).unwrap();
    model["raw_code"] = "select 'another text'".into();
    let name = model["name"].as_str().unwrap().to_string();
    std::fs::write(path("state"), ours.to_string()).unwrap();
    assert_eq!(dbt(program, project, &listing("state", &[])).trim(), name);
    assert_eq!(headwater(&back).stdout.trim(), name);
}

/// Each macro is there under the same id, with the same text and place, and calls the same ones.
fn check_same_macros(ours: &Json, theirs: &Json) {
    let facts = |manifest: &Json| -> Vec<String> {
        let macros = manifest["macros"].as_object().unwrap();
        let fact = |(id, found): (&String, &Json)| {
            let keys = ["macro_sql", "original_file_path", "path", "name", "package_name", "arguments"];
            let mut calls: Vec<String> =
                found["depends_on"]["macros"].as_array().unwrap().iter().map(Json::to_string).collect();
            calls.sort();
            format!("{id} {calls:?} {:?}", keys.map(|key| found[key].to_string()))
        };
        let mut facts: Vec<String> = macros.iter().map(fact).collect();
        facts.sort();
        facts
    };
    for (ours, theirs) in facts(ours).iter().zip(&facts(theirs)) {
        assert_eq!(ours, theirs);
    }
    assert_eq!(facts(ours).len(), facts(theirs).len());
    // No node calls a macro that is not there.
    let nodes = ours["nodes"].as_object().unwrap().values();
    for id in nodes.flat_map(|node| node["depends_on"]["macros"].as_array().into_iter().flatten()) {
        assert!(ours["macros"].get(id.as_str().unwrap()).is_some(), "{id}");
    }
}

#[test]
fn dbt_finds_nothing_else_modified_in_every_kind() {
    let Some(program) = tool("HEADWATER_DBT", "comparing manifests with Python dbt") else { return };
    check_unmodified(&program, every_kind().path());
}

#[test]
fn dbt_finds_nothing_else_modified_in_the_reference_project() {
    let Some(program) = tool("HEADWATER_DBT", "comparing manifests with Python dbt") else { return };
    let project = Reference::copy("{}");
    let settings = std::fs::read_to_string(project.path().join("project.yml")).unwrap();
    // Python dbt knows the file by this name only, and needs a profile.
    std::fs::remove_file(project.path().join("project.yml")).unwrap();
    std::fs::write(project.path().join("dbt_project.yml"), format!("profile: segmentation\n{settings}"))
        .unwrap();
    std::fs::write(
        project.path().join("profiles.yml"),
        "segmentation: {target: dev, outputs: {dev: {type: duckdb, path: segmentation.duckdb, schema: main}}}\n",
    )
    .unwrap();
    check_unmodified(&program, project.path());
}
