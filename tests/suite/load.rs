//! Projects are loaded as dbt loads them.

use std::path::Path;
use std::sync::Arc;

use headwater::diag::{Diagnostic, Sink};
use headwater::env::Env;
use headwater::flags::Flags;
use headwater::invocation::Invocation;
use headwater::load::{LoadRequest, load};
use headwater::project::Project;
use headwater::source::SourceMap;
use headwater::value::{Map, Value};
use serde_json::{Value as Json, json};

/// Writes `files` (path and content) below `root`.
fn write(root: &Path, files: &[(&str, &[u8])]) {
    for (path, content) in files {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, content).expect("written");
    }
}

/// Loads the project in `root`; `change` adapts the flags. The warnings come second.
fn load_in(
    root: &Path,
    env: Env,
    change: impl FnOnce(&mut Flags),
) -> (Result<Project, Diagnostic>, Vec<Diagnostic>) {
    let mut flags = Flags { which: "run".into(), project_dir: root.to_path_buf(), ..Flags::default() };
    flags.profiles.profiles_dir = root.to_path_buf();
    flags.parse.version_check = true;
    change(&mut flags);
    let (sources, sink) = (SourceMap::default(), Sink::default());
    let invocation = Arc::new(Invocation::start(&env, &flags));
    let request =
        LoadRequest { flags: &flags, env: &env, invocation: &invocation, messages: Arc::new(|_| ()) };
    let loaded = load(&request, &sources, &sink);
    (loaded, sink.drain())
}

fn shown(project: &Project) -> Json {
    let config = &project.root().config;
    let tree = |key: &str| config.trees.get(key).map_or(json!({}), Value::to_json);
    let mut docs_paths = config.docs_paths.clone();
    docs_paths.sort();
    let quoting: serde_json::Map<String, Json> = ["database", "schema", "identifier"]
        .iter()
        .zip(config.quoting)
        .filter_map(|(key, value)| Some((key.to_string(), json!(value?))))
        .collect();
    let dispatch: Vec<Json> = config
        .dispatch
        .iter()
        .map(|entry| json!({"macro_namespace": *entry.macro_namespace, "search_order": entry.search_order}))
        .collect();
    json!({
        "project_name": *config.name,
        "profile_name": config.profile,
        "model_paths": config.model_paths,
        "macro_paths": config.macro_paths,
        "seed_paths": config.seed_paths,
        "test_paths": config.test_paths,
        "analysis_paths": config.analysis_paths,
        "snapshot_paths": config.snapshot_paths,
        "function_paths": config.function_paths,
        "asset_paths": config.asset_paths,
        "clean_targets": config.clean_targets,
        "packages_install_path": *config.packages_install_path,
        "docs_paths": docs_paths,
        "quoting": quoting,
        "models": tree("models"),
        "seeds": tree("seeds"),
        "snapshots": tree("snapshots"),
        "sources": tree("sources"),
        "data_tests": tree("data_tests"),
        "unit_tests": tree("unit_tests"),
        "on_run_start": config.on_run_start,
        "on_run_end": config.on_run_end,
        "dispatch": dispatch,
        "restrict_access": config.restrict_access,
        "version": config.version.as_ref().map(Value::py_str),
        "vars": Value::Map(config.vars.clone()).to_json(),
        "dbt_version": config.require_dbt_version,
        "target": Value::Map(project.profile.target.clone()).to_json(),
    })
}

/// What differs between the recorded settings and ours.
fn differences(wanted: &Json, got: &Json) -> Vec<String> {
    let mut found = vec![];
    for (key, wanted) in wanted.as_object().expect("settings") {
        if key == "query_comment" {
            continue;
        }
        // BigQuery's `project` is kept as the database.
        let wanted = if key == "quoting" && wanted.get("project").is_some() {
            json!({"database": wanted["project"]})
        } else {
            wanted.clone()
        };
        if wanted != got[key] {
            found.push(format!("{key}: wanted {wanted}, got {}", got[key]));
        }
    }
    found
}

/// The sentence of dbt's error that readers look for.
fn sentence(error: &str) -> &str {
    let mut lines = error.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default();
    let line = match first {
        "Runtime Error" | "Parsing Error" | "Compilation Error" => lines.next().unwrap_or_default(),
        other => other,
    };
    line.trim_start_matches("at path []: ")
}

/// Errors that we word in another way.
const REWORDED: &[&str] = &[
    "both names",
    "both seed names",
    "requires impossible",
    "no profile",
    "profile empty",
    "target odd",
    "target strange",
    "target unknown",
    "quoting unknown",
    "quoting text",
    "comment unknown",
    "template syntax",
];

#[test]
fn settings_are_dbts() {
    let recorded: Json =
        serde_json::from_str(include_str!("../cases/load/settings.json")).expect("recorded cases");
    let profiles = recorded["profiles"].as_str().expect("profiles");
    let mut wrong = vec![];
    let cases = recorded["cases"].as_array().expect("cases");
    assert!(cases.len() > 80, "the recording is complete");
    for case in cases {
        let name = case["name"].as_str().expect("a name");
        let options = &case["options"];
        let folder = tempfile::tempdir().expect("a folder");
        let project = case["project"].as_str().expect("a project");
        write(
            folder.path(),
            &[("dbt_project.yml", project.as_bytes()), ("profiles.yml", profiles.as_bytes())],
        );
        let env: Env = options["env"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_string()))
            .collect();
        let (loaded, _) = load_in(folder.path(), env, |flags| {
            let text = |key: &str| options[key].as_str().map(Into::into);
            flags.profiles.target = text("target");
            flags.profiles.profile = text("profile");
            flags.profiles.threads = options["threads"].as_u64().map(|threads| threads as usize);
            flags.parse.version_check = options["version_check"].as_bool().unwrap_or(true);
            flags.vars = Value::from_json(&options["vars"]).as_map().cloned().unwrap_or_default();
        });
        match (loaded, case["error"].as_str()) {
            (Ok(project), None) => {
                let found = differences(&case["settings"], &shown(&project));
                wrong.extend(found.into_iter().map(|difference| format!("{name}: {difference}")));
            }
            (Err(error), Some(wanted)) => {
                let said =
                    format!("{}\n{}\n{}", error.message, error.notes.join("\n"), error.help.join("\n"));
                if !REWORDED.contains(&name) && !said.contains(sentence(wanted)) {
                    wrong.push(format!("{name}: wanted `{}`, got:\n{said}", sentence(wanted)));
                }
            }
            (Ok(_), Some(wanted)) => wrong.push(format!("{name}: wanted the error {wanted}")),
            (Err(error), None) => wrong.push(format!("{name}: {} {:?}", error.message, error.notes)),
        }
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn deprecated_keys_warn_and_work() {
    let folder = tempfile::tempdir().expect("a folder");
    write(
        folder.path(),
        &[("dbt_project.yml", b"name: p\nsource-paths: [m]\nlog-path: l\ntarget-path: target\nname: p\n")],
    );
    let (loaded, warnings) = load_in(folder.path(), Env::default(), |_| {});
    assert_eq!(*loaded.expect("loaded").root().config.model_paths, ["m".into()]);
    let events: Vec<_> = warnings.iter().filter_map(|warning| warning.event).collect();
    assert_eq!(
        events,
        ["ConfigSourcePathDeprecation", "ConfigLogPathDeprecation", "DuplicateYAMLKeysDeprecation"]
    );
}

#[test]
fn without_profiles_there_is_an_embedded_database() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), &[("project.yml", b"name: p\nprofile: elsewhere\n")]);
    let (loaded, _) = load_in(folder.path(), Env::default(), |_| {});
    let profile = loaded.expect("loaded").profile;
    assert_eq!((&*profile.adapter_type, &*profile.target_name, &*profile.schema), ("duckdb", "dev", "main"));
    assert_eq!(profile.target.get("path"), Some(&Value::str("target/p.duckdb")));
    assert_eq!(profile.database.as_deref(), Some("p"));
    let (refused, _) =
        load_in(folder.path(), Env::default(), |flags| flags.profiles.target = Some("prod".into()));
    assert_eq!(refused.expect_err("refused").code, "target-not-found");
}

/// The kinds and paths of the root's files.
fn listing(project: &Project) -> Vec<String> {
    let line = |file: &headwater::project::PackageFile| {
        format!("{:?} {} {}", file.kind, file.original_file_path, file.path)
    };
    project.root().files.iter().map(line).collect()
}

#[test]
fn files_lie_where_dbt_looks() {
    let folder = tempfile::tempdir().expect("a folder");
    let files: &[(&str, &[u8])] = &[
        ("dbt_project.yml", b"name: p\n"),
        (".dbtignore", b"# not these\nmodels/old/\n*.bak.sql\n"),
        ("models/a.sql", b"\xef\xbb\xbfselect 1,\r\n2\r\n"),
        ("models/deep/er/b c.SQL", b"select 2"),
        ("models/deep/.hidden/c.sql", b"select 3"),
        ("models/.d.sql", b""),
        ("models/#e.sql", b""),
        ("models/~f.sql", b""),
        ("models/g.py", b""),
        ("models/h.txt", b""),
        ("models/i.yml", b"{}"),
        ("models/j.md", b""),
        ("models/old/k.sql", b""),
        ("models/l.bak.sql", b""),
        ("models/m.csv", b""),
        ("macros/a.sql", b""),
        ("macros/b.yaml", b""),
        ("seeds/a.csv", b"\xff"),
        ("seeds/b.sql", b""),
        ("snapshots/a.sql", b""),
        ("analyses/a.sql", b""),
        ("functions/a.sql", b""),
        ("functions/b.py", b""),
        ("tests/a.sql", b""),
        ("tests/sub/b.sql", b""),
        ("tests/generic/c.sql", b""),
        ("tests/fixtures/d.sql", b""),
        ("tests/fixtures/sub/e.csv", b"a\n1"),
        ("tests/f.csv", b""),
        ("tests/generic/g.yml", b""),
        ("tests/sub/generic/h.sql", b""),
        ("elsewhere/a.sql", b""),
    ];
    write(folder.path(), files);
    let (loaded, problems) = load_in(folder.path(), Env::default(), |_| {});
    let project = loaded.expect("loaded");
    assert_eq!(problems, []);
    let expected = [
        "Macro macros/a.sql a.sql",
        "Model models/a.sql a.sql",
        "Model models/deep/.hidden/c.sql deep/.hidden/c.sql",
        "Model models/deep/er/b c.SQL deep/er/b c.SQL",
        "Model models/g.py g.py",
        "Snapshot snapshots/a.sql a.sql",
        "Analysis analyses/a.sql a.sql",
        "SingularTest tests/a.sql a.sql",
        "SingularTest tests/sub/b.sql sub/b.sql",
        "SingularTest tests/sub/generic/h.sql sub/generic/h.sql",
        "GenericTest tests/generic/c.sql c.sql",
        "Seed seeds/a.csv a.csv",
        "Documentation models/j.md j.md",
        "Properties macros/b.yaml b.yaml",
        "Properties models/i.yml i.yml",
        "Properties tests/generic/g.yml generic/g.yml",
        "Fixture tests/fixtures/d.sql d.sql",
        "Fixture tests/fixtures/sub/e.csv sub/e.csv",
        "Function functions/a.sql a.sql",
        "Function functions/b.py b.py",
    ];
    assert_eq!(listing(&project), expected);
    let model = &project.root().files[1];
    assert_eq!(&*model.text, "select 1,\r\n2", "stripped at the end");
    assert!(model.modified > 1e9);
}

#[test]
fn a_file_that_is_not_utf8_is_reported_and_left_out() {
    let folder = tempfile::tempdir().expect("a folder");
    write(
        folder.path(),
        &[
            ("dbt_project.yml", b"name: p\n"),
            ("models/a.sql", b"select 1"),
            ("models/b.sql", b"select\n'caf\xe9'"),
        ],
    );
    let (loaded, problems) = load_in(folder.path(), Env::default(), |_| {});
    assert_eq!(listing(&loaded.expect("loaded")), ["Model models/a.sql a.sql"]);
    let [problem] = problems.as_slice() else { panic!("one problem: {problems:?}") };
    assert_eq!(problem.code, "not-utf8");
    assert_eq!(
        problem.message,
        "`models/b.sql` is not UTF-8: the byte at position 11 is part of no character"
    );
    assert_eq!(problem.span.map(|span| span.start), Some(11));
}

#[test]
fn packages_must_be_installed_and_differ() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    write(root, &[
        ("dbt_project.yml", b"name: p\n"),
        ("packages.yml", b"packages:\n  - local: ../x\n  - package: a/b\n    version: 1.0.0\n"),
        ("dbt_packages/zeta/dbt_project.yml", b"name: zeta\nvars: {a: \"{{ var('x', 'none') }}\"}\nmodels: {zeta: {+schema: \"{{ var('x', 'none') }}\"}}\n"),
        ("dbt_packages/zeta/models/z.sql", b"select 1"),
        ("dbt_packages/__pycache__/x", b""),
    ]);
    let with_vars = |flags: &mut Flags| flags.vars = Map::from_iter([("x".into(), Value::str("cli"))]);
    let (missing, _) = load_in(root, Env::default(), with_vars);
    assert_eq!(missing.expect_err("missing").code, "packages-not-installed");
    write(root, &[("dbt_packages/alpha/dbt_project.yml", b"name: alpha\n")]);
    let project = load_in(root, Env::default(), with_vars).0.expect("loaded");
    let names: Vec<&str> = project.packages.iter().map(|package| &*package.config.name).collect();
    assert_eq!(names, ["p", "alpha", "zeta", "dbt_duckdb", "dbt"]);
    let zeta = project.package("zeta").expect("zeta");
    assert_eq!(
        zeta.config.trees.get("models").map(Value::py_repr),
        Some("{'zeta': {'+schema': 'none'}}".into())
    );
    assert_eq!(&*zeta.files[0].original_file_path, "models/z.sql");
    assert!(project.package("dbt").is_some_and(|dbt| dbt.builtin && !dbt.files.is_empty()));
    write(root, &[("dbt_packages/beta/dbt_project.yml", b"name: zeta\n")]);
    let (twice, _) = load_in(root, Env::default(), with_vars);
    assert_eq!(twice.expect_err("twice").code, "duplicate-package");
}

#[test]
fn an_error_points_at_the_key() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), &[("dbt_project.yml", b"name: p\n\nmodel_paths: [m]\n")]);
    let error = load_in(folder.path(), Env::default(), |_| {}).0.expect_err("refused");
    assert_eq!(error.message, "`model_paths` is not a key of a project file");
    assert_eq!(error.help, ["did you mean `model-paths`?"]);
    assert_eq!(error.span.map(|span| (span.start, span.end)), Some((9, 20)));
    write(folder.path(), &[("dbt_project.yml", b"name: p\nmodels: {p: {+schema: \"x_{{ nope() }}\"}}\n")]);
    let error = load_in(folder.path(), Env::default(), |_| {}).0.expect_err("refused");
    assert_eq!(error.message, "'nope' is undefined");
    assert_eq!(error.span.map(|span| (span.start, span.end)), Some((36, 42)));
}
