//! The command line itself: help, mistakes, precedence, and the commands that need no warehouse.

use crate::program::{call, write};

fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), &[("dbt_project.yml", "name: p\nprofile: p\n"), ("models/a.sql", "select 1 as a")]);
    folder
}

#[test]
fn help_and_version_are_answers() {
    let folder = project();
    call(folder.path(), &[], &["--version"]).exits(0).says("matches dbt 1.11");
    call(folder.path(), &[], &["run", "-h"]).exits(0).says("--full-refresh").says("DBT_FULL_REFRESH");
    for group in [&[][..], &["docs"], &["source"], &["driver"]] {
        call(folder.path(), &[], group).exits(2).says("Usage:");
    }
    call(folder.path(), &[], &["completions", "fish"]).exits(0).says("full-refresh");
    call(folder.path(), &[], &["man", "pages"]).exits(0);
    assert!(folder.path().join("pages/headwater-build.1").exists());
}

#[test]
fn mistakes_stop_before_anything_is_done() {
    let folder = project();
    let cases: &[(&[&str], &str)] = &[
        (&["bogus"], "bogus"),
        (&["run", "--nope"], "--nope"),
        (&["run", "extra"], "extra"),
        (&["run-operation"], "MACRO"),
        (&["run", "--threads", "x"], "`x` is not a valid integer"),
        (&["ls", "--output", "nope"], "nope"),
        (&["ls", "--resource-type", "table"], "`table` is not one of"),
        (&["run", "--vars", "a"], "the YAML provided in the --vars argument is not valid"),
        (&["run", "--vars", "{a: [}"], "the YAML provided in the --vars argument is not valid"),
        (&["--debug", "run", "--debug"], "debug was provided both before and after the subcommand"),
        (&["run", "--project-dir", "nowhere"], "`nowhere` does not exist"),
        (
            &["run", "--event-time-start", "2024-01-01"],
            "When specifying `--event-time-start`, `--event-time-end` must also be present.",
        ),
        (
            &["run", "--event-time-end", "2024-01-01"],
            "When specifying `--event-time-end`, `--event-time-start` must also be present.",
        ),
        (
            &["run", "--event-time-start", "2024-01-02", "--event-time-end", "2024-01-01"],
            "Value for `--event-time-start` must be less than `--event-time-end`",
        ),
        (&["run", "--event-time-start", "soon"], "`soon` is not a date"),
        (&["run", "--sample", "3 weeks"], "Invalid grain size"),
        (&["compile", "--inline", "x", "--select", "a"], "inline: not allowed with argument select"),
        (&["show", "--inline", "x", "--selector", "a"], "inline: not allowed with argument selector"),
        (&["run", "--warn-error", "--warn-error-options", "{error: all}"], "exclude each other"),
        (&["run", "--warn-error-options", "{error: [Nope]}"], "Nope is not a valid dbt error name."),
        (
            &["ls", "--models", "a", "--select", "a"],
            "\"models\" and \"select\" are mutually exclusive arguments",
        ),
    ];
    for (arguments, text) in cases {
        call(folder.path(), &[], arguments).exits(2).says(text);
    }
    call(folder.path(), &[("DBT_DEBUG", "maybe")], &["parse"])
        .exits(2)
        .says("`maybe` is not a valid boolean");
    assert!(!folder.path().join("target").exists());
}

#[test]
fn old_spellings_warn() {
    let folder = project();
    call(folder.path(), &[], &["ls", "-m", "a"]).exits(0).says("p.a").says("are now called `--select`");
    call(folder.path(), &[("DBT_NO_PRINT", "1")], &["parse"])
        .exits(0)
        .says("has been renamed as `DBT_ENGINE_PRINT`");
    call(folder.path(), &[("DBT_ENGINE_NOPE", "1")], &["parse"])
        .exits(0)
        .says("no option has the environment variable `DBT_ENGINE_NOPE`");
}

#[test]
fn the_project_is_found_from_below() {
    let folder = project();
    let below = folder.path().join("models");
    call(&below, &[], &["ls"]).exits(0).says("p.a");
    let beside = tempfile::tempdir().expect("a folder");
    let root = folder.path().display().to_string();
    call(beside.path(), &[], &["ls", "--project-dir", &root]).exits(0).says("p.a");
    call(beside.path(), &[("DBT_PROJECT_DIR", &root)], &["ls"]).exits(0).says("p.a");
    call(beside.path(), &[], &["ls"]).exits(2).says("No dbt_project.yml found at expected path");
}

#[test]
fn multiple_words_follow_one_option() {
    let folder = project();
    write(folder.path(), &[("models/b.sql", "select 1 as b"), ("models/c.sql", "select 1 as c")]);
    let both = "p.a\np.b\n";
    for arguments in [
        &["ls", "-s", "a", "b"][..],
        &["ls", "--select", "a b"],
        &["ls", "--select=a", "b"],
        &["ls", "-s", "a", "-s", "b"],
        &["ls", "--exclude", "c"],
        &["ls", "--select", "a", "b", "--output", "selector"],
    ] {
        assert_eq!(call(folder.path(), &[], arguments).exits(0).stdout, both, "{arguments:?}");
    }
    assert_eq!(call(folder.path(), &[], &["ls", "--output", "path", "-s", "a"]).stdout, "models/a.sql\n");
    let json = call(
        folder.path(),
        &[],
        &["ls", "-s", "a", "--output", "json", "--output-keys", "name", "config.materialized", "nope"],
    );
    assert_eq!(json.stdout, "{\"name\": \"a\", \"config.materialized\": \"view\"}\n");
}

#[test]
fn clean_deletes_only_what_it_may() {
    let folder = project();
    let root = folder.path();
    let set = |targets: &str| {
        write(
            root,
            &[
                ("dbt_project.yml", &format!("name: p\nclean-targets: {targets}\n")),
                ("target/x/y", ""),
                ("out/z", ""),
            ],
        );
    };
    set("[target, out]");
    call(root, &[], &["clean"]).exits(0).says("Finished cleaning all paths.");
    assert!(
        !root.join("target").exists() && !root.join("out").exists() && root.join("models/a.sql").exists()
    );
    for targets in ["[target, models]", "['.']", "[target, models/]"] {
        set(targets);
        call(root, &[], &["clean", "--no-clean-project-files-only"])
            .exits(2)
            .says("dbt will not clean the following source paths");
        assert!(root.join("target/x/y").exists(), "nothing is deleted when something may not be");
    }
    let outside = tempfile::tempdir().expect("a folder");
    let shown = outside.path().display().to_string();
    for targets in ["['..']".to_string(), "['/']".into(), format!("['{shown}']")] {
        set(&targets);
        call(root, &[], &["clean"]).exits(2).says("dbt will not clean the following");
    }
    set(&format!("['{shown}']"));
    call(root, &[], &["clean", "--no-clean-project-files-only"]).exits(0);
    assert!(!outside.path().exists());
    #[cfg(unix)]
    {
        let outside = tempfile::tempdir().expect("a folder");
        set("[link]");
        std::os::unix::fs::symlink(outside.path(), root.join("link")).expect("a link");
        call(root, &[], &["clean"]).exits(2).says("outside the project");
        assert!(outside.path().exists());
    }
}

#[test]
fn init_makes_a_project_that_parses() {
    let folder = tempfile::tempdir().expect("a folder");
    call(folder.path(), &[], &["init", "shop"]).exits(0).says("The project `shop` is in");
    let root = folder.path().join("shop");
    let listed = call(&root, &[], &["ls", "--resource-type", "model", "seed"]).exits(0);
    assert_eq!(listed.stdout, "shop.example.orders\nshop.example.orders_by_month\nshop.raw_orders\n");
    call(folder.path(), &[], &["init", "shop"]).exits(0).says("exists here already");
    call(folder.path(), &[], &["init", "my-shop"]).exits(2).says("is not a valid project name");
    call(folder.path(), &[], &["init", "dbt"]).exits(2).says("is not a valid project name");
    call(folder.path(), &[], &["init", "--profile", "nope", "other"])
        .exits(2)
        .says("Could not find profile named 'nope'");
    call(&root, &[], &["init"]).exits(0).says("is a project");
}

#[test]
fn debug_shows_what_is_wrong() {
    let folder = project();
    let root = folder.path();
    write(
        root,
        &[(
            "profiles.yml",
            "p:\n  outputs:\n    default: {type: postgres, host: h, port: 1, user: u, password: hush, dbname: d, schema: s}\n",
        )],
    );
    let shown = call(root, &[], &["debug"])
        .exits(1)
        .says("profiles.yml file [OK found and valid]")
        .says("host: h")
        .says("1 check failed:");
    assert!(!shown.output().contains("hush"));
    write(
        root,
        &[("profiles.yml", "p:\n  outputs:\n    default: {type: postgres, host: h, password: hush}\n")],
    );
    let shown = call(root, &[], &["ls"]).exits(2).says("profiles.yml:3:");
    assert!(!shown.output().contains("hush"));
    write(root, &[("dbt_project.yml", "name: p-p\nprofile: q\n")]);
    call(root, &[], &["debug"])
        .exits(1)
        .says("profiles.yml file [ERROR not found]")
        .says("dbt_project.yml file [ERROR invalid]")
        .says("2 checks failed:");
    write(root, &[("dbt_project.yml", "name: p\nmodels: {p: {+schema: \"{{ var('s') }}\"}}\n")]);
    call(root, &[], &["debug"]).exits(2).says("Required var 's' not found");
    call(root, &[], &["debug", "--config-dir"]).exits(0).says("To view your profiles.yml file");
}
