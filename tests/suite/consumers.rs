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

/// Our manifest, with dbt's own macros as dbt wrote them: these belong to the program, and a node that
/// calls a macro of another text counts as modified.
fn with_macros_of(ours: &Path, theirs: &Path) -> Json {
    let read = |path: &Path| -> Json { serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap() };
    let (mut ours, theirs) = (read(ours), read(theirs));
    let is_own = |id: &String| !id.starts_with("macro.dbt.") && !id.starts_with("macro.dbt_duckdb.");
    let macros = ours["macros"].as_object_mut().unwrap();
    macros.retain(|id, _| is_own(id));
    let builtin = theirs["macros"].as_object().unwrap().iter().filter(|(id, _)| !is_own(id));
    macros.extend(builtin.map(|(id, definition)| (id.clone(), definition.clone())));
    ours
}

/// Given our manifest, in which one model has another text, Python dbt finds nothing new and nothing
/// modified but this model.
fn check_unmodified(program: &Path, project: &Path) {
    call(project, &[], &["parse", "--profiles-dir", "."]).exits(0);
    dbt(program, project, &["parse"]);
    let manifest = |folder: &str| project.join(folder).join("manifest.json");
    let mut state = with_macros_of(&manifest("target"), &manifest("target-dbt"));
    let nodes = state["nodes"].as_object_mut().unwrap();
    let is_plain = |node: &Json| node["resource_type"] == "model" && node["version"].is_null();
    let model = nodes.values_mut().find(|node| is_plain(node)).unwrap();
    model["raw_code"] = "select 'another text'".into();
    let name = model["name"].as_str().unwrap().to_string();
    std::fs::create_dir_all(project.join("state")).unwrap();
    std::fs::write(manifest("state"), state.to_string()).unwrap();
    let listed = dbt(
        program,
        project,
        &[
            &["ls", "--output", "name", "--indirect-selection", "empty", "--state", "state"][..],
            &["--select", "state:modified", "state:new"],
        ]
        .concat(),
    );
    assert_eq!(listed.trim(), name);
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
