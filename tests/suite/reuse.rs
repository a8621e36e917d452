//! What an earlier invocation has parsed stands in for a parse only where a parse would give the same.

use std::collections::BTreeMap;
use std::io::{Read as _, Seek as _};
use std::path::Path;
use std::sync::{Arc, LazyLock};

use headwater::cache::{Found, Key, Stored, key};
use headwater::cli::flags_of;
use headwater::diag::Sink;
use headwater::env::Env;
use headwater::event::CompiledNodes;
use headwater::invocation::Invocation;
use headwater::pipeline::{Request, open, reuse};
use headwater::report::artifacts::manifest_bytes;
use headwater::source::SourceMap;
use regex::Regex;

/// A project, and all from outside that its parse may read.
#[derive(Clone, Default)]
struct World {
    files: BTreeMap<String, String>,
    vars: BTreeMap<String, String>,
    env: BTreeMap<String, String>,
}

/// How a project was opened.
struct Opened {
    sources: SourceMap,
    /// The manifest without its metadata and without times, and what was said.
    manifest: String,
    said: String,
    reused: bool,
    why_not: Option<&'static str>,
    /// All but some nodes come from an earlier parse.
    partly: bool,
    failed: bool,
    key: Option<Key>,
}

fn start() -> World {
    let files = [
        (
            "dbt_project.yml",
            "name: shop\nprofile: shop\nvars: {days: 3, unused: 1}\nmodels:\n  shop:\n    +tags: [all]\n",
        ),
        ("profiles.yml", "shop:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: shop.duckdb}\n"),
        (
            "macros/m.sql",
            "{% macro tag() %}first{% endmacro %}\n{% macro outer() %}{{ tag() }}{% endmacro %}\n",
        ),
        ("seeds/days.csv", "id,day\n1,monday\n"),
        ("models/docs.md", "{% docs about %}About orders.{% enddocs %}\n"),
        ("models/a.sql", "select 1 as id\n"),
        (
            "models/b.sql",
            "{{ config(tags=[outer()]) }}\nselect * from {{ ref('a') }} where d > {{ var('days') }}\n",
        ),
        ("models/sub/c.sql", "select * from {{ ref('b') }} join {{ source('raw', 't') }} using (id)\n"),
        ("models/d.sql", "{{ config(alias=env_var('PLACE', 'here')) }}\nselect * from {{ ref('days') }}\n"),
        (
            "models/_models.yml",
            "models:\n  - name: a\n    description: '{{ doc(\"about\") }}'\n    columns:\n      - name: id\n        tests: \
             [unique, not_null, {accepted_values: {arguments: {values: [1, 2]}}}]\n  - name: b\n    columns:\n      - name: id\n        \
             tests:\n          - relationships: {arguments: {to: ref('a'), field: id}}\nsources:\n  - name: raw\n    tables: [{name: t}]\n",
        ),
        (
            "models/_rest.yml",
            "groups:\n  - {name: crew, owner: {name: Ann}}\nmodels:\n  - name: e\n    latest_version: 1\n    description: \"{{ \
             doc('about') }}\"\n    versions: [{v: 1}, {v: 2, config: {materialized: table}}]\n  - name: d\n    config: {group: crew}\n    \
             columns: [{name: id, data_type: integer, tests: [unique]}]\nunit_tests:\n  - name: one\n    model: a\n    given: []\n    \
             expect: {rows: [{id: 1}]}\nexposures:\n  - {name: board, type: dashboard, owner: {name: Ann}, depends_on: [ref('d')]}\n",
        ),
        ("models/e_v1.sql", "select 1 as id from {{ ref('d') }}\n"),
        ("models/e_v2.sql", "select 2 as id from {{ ref('e', v=1) }}\n"),
        ("models/f.sql", "select * from {{ ref('e') }}\n"),
        ("analyses/look.sql", "select * from {{ ref('f') }}\n"),
        ("tests/none.sql", "select * from {{ ref('f') }} where false\n"),
        (
            "snapshots/s.sql",
            "{% snapshot s %}{{ config(strategy='check', unique_key='id', check_cols='all') }}select * from {{ ref('a') }}{% endsnapshot %}\n",
        ),
    ];
    let files = files.map(|(path, text)| (path.to_owned(), text.to_owned()));
    World { files: files.into(), ..World::default() }
}

impl World {
    /// Brings the folder to this state.
    fn write(&self, root: &Path, before: &World) {
        for path in before.files.keys().filter(|path| !self.files.contains_key(*path)) {
            std::fs::remove_file(root.join(path)).unwrap();
        }
        for (path, text) in self.files.iter().filter(|(path, text)| before.files.get(*path) != Some(text)) {
            let path = root.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
    }

    fn open(&self, root: &Path, partial_parse: bool) -> Opened {
        let env: Env = self.env.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        let (sources, sink) = (SourceMap::default(), Sink::default());
        let vars = serde_json::to_string(&self.vars).unwrap();
        let parsing = if partial_parse { "--partial-parse" } else { "--no-partial-parse" };
        let folder = root.to_str().unwrap();
        let arguments =
            ["parse", "--project-dir", folder, "--profiles-dir", folder, "--vars", &vars, parsing];
        let flags = flags_of(&arguments, env.clone(), root, &sink).unwrap();
        let invocation = Arc::new(Invocation::start(&env, &flags));
        let id = invocation.id.clone();
        let request = Request {
            flags: Arc::new(flags),
            env,
            invocation: invocation.clone(),
            messages: Arc::new(|_| {}),
        };
        let opened = open(request, &sources, &sink);
        let failed = opened.is_err() || sink.has_errors();
        let key = opened.as_ref().ok().and_then(|opened| key(&opened.run.project, &opened.request.flags));
        let mut said: Vec<String> = sink.drain().iter().map(|found| format!("{found:?}\n")).collect();
        let (mut manifest, mut reused, mut partly, mut why_not) = (String::new(), false, false, None);
        match &opened {
            Ok(opened) => {
                let bytes = manifest_bytes(&opened.graph, &CompiledNodes::default(), &invocation);
                let text = String::from_utf8(bytes).unwrap();
                let body = &text[text.find("\"nodes\":").unwrap()..];
                manifest = TIME.replace_all(body, "\"created_at\":0").into_owned();
                let spans = opened.graph.manifest.nodes.iter().map(|node| {
                    let place = node
                        .span
                        .and_then(|span| Some((sources.get(span.file)?.path.clone(), span.start, span.end)));
                    format!("{} {place:?} {:?} {:?}\n", node.unique_id, node.reads, node.config_call)
                });
                manifest.extend(spans);
                reused = opened.parsed_by != id;
                partly = opened.renewed.is_some();
                why_not = opened.parsed_anew;
            }
            Err(error) => said.push(format!("{error:?}")),
        }
        drop(opened);
        Opened { sources, manifest, said: said.concat(), reused, why_not, partly, failed, key }
    }
}

static TIME: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#""created_at":[0-9.e+]+"#).unwrap());

/// Numbers that look random and are always the same.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }

    fn of<'t>(&mut self, items: &[&'t str]) -> &'t str {
        items[self.below(items.len())]
    }
}

/// A random change.
fn edit(world: &mut World, chance: &mut Chance, number: usize) {
    let own = |path: &&String| {
        !path.starts_with("macros/") && !path.starts_with("snapshots/") && path.ends_with(".sql")
    };
    let models: Vec<String> = world.files.keys().filter(own).cloned().collect();
    let model = models.get(chance.below(models.len().max(1))).cloned();
    let mut replace = |path: &str, old: &str, new: &str| {
        if let Some(text) = world.files.get_mut(path) {
            *text = text.replacen(old, new, 1);
        }
    };
    match (chance.below(22), model) {
        (16..=19, Some(path)) => {
            let config = chance.of(&[
                "",
                "{{ config(alias='other') }}",
                "{{ config(alias='shared') }}",
                "{{ config(enabled=false) }}",
                "{{ config(group='crew') }}",
                "{{ config(group='nobody') }}",
                "{{ config(access='private', group='crew') }}",
                "{{ config(access='public') }}",
                "{{ config(materialized='ephemeral') }}",
                "{{ config(materialized='table', tags=['t'], meta={'k': [1, 2.5]}) }}",
                "{{ config(materialized='incremental', incremental_strategy='microbatch') }}",
                "{{ config(schema='far', pre_hook='select 1') }}",
                "{{ config(contract={'enforced': true}) }}",
                "{{ config(severity='warn') }}",
            ]);
            let text = world.files.get(&path).cloned().unwrap_or_default();
            let rest =
                text.lines().filter(|line| !line.starts_with("{{ config")).collect::<Vec<_>>().join("\n");
            world.files.insert(path, format!("{config}\n{rest}\n"));
        }
        (20, Some(path)) => {
            let target = chance.of(&["a", "b", "c", "d", "e", "f", "days", "s"]);
            let text = world.files.get(&path).cloned().unwrap_or_default();
            let rest = text.lines().filter(|line| !line.starts_with("-- to")).collect::<Vec<_>>().join("\n");
            world.files.insert(path, format!("{rest}\n-- to {{{{ ref('{target}') }}}}\n"));
        }
        (21, _) => {
            // Two at once.
            for path in ["models/f.sql", "models/sub/c.sql"] {
                if let Some(text) = world.files.get_mut(path) {
                    text.push_str(&format!("-- {number}\n"));
                }
            }
        }
        (0, Some(path)) => replace(&path, "select", &format!("select {number} as n{number},")),
        (1, Some(path)) => {
            let call = chance.of(&[
                "{{ ref('a') }}",
                "{{ var('days') }}",
                "{{ env_var('PLACE', 'x') }}",
                "{{ tag() }}",
                "{{ source('raw', 't') }}",
                "{{ var('gone', 'default') }}",
                "{{ ref('missing') }}",
                "{{ outer() }}",
                "{% if var('days') == 4 %}{{ ref('a') }}{% endif %}",
                "{{ modules.datetime.datetime.now() }}",
                "{{ invocation_id }}",
                "{{ log('said', info=True) }}",
                "{{ broken( }}",
            ]);
            let text = world.files.get(&path).cloned().unwrap_or_default();
            // What breaks the project goes away again.
            let text = text.lines().filter(|line| !line.starts_with("-- x")).collect::<Vec<_>>().join("\n");
            world.files.insert(path, format!("{text}\n-- x {call}\n"));
        }
        (2, _) => {
            world.files.insert(format!("models/new_{number}.sql"), "select * from {{ ref('a') }}\n".into());
        }
        (3, Some(path)) if path.contains("new_") => {
            world.files.remove(&path);
        }
        (4, Some(path)) if path.contains("new_") => {
            let text = world.files.remove(&path).unwrap();
            world.files.insert(format!("models/sub/renamed_new_{number}.sql"), text);
        }
        (5, _) => {
            let body = chance.of(&["first", "second", "{{ var('days') }}", "{{ target.schema }}"]);
            let text = format!(
                "{{% macro tag() %}}{body}{{% endmacro %}}\n{{% macro outer() %}}{{{{ tag() }}}}{{% endmacro %}}\n"
            );
            world.files.insert("macros/m.sql".into(), text);
        }
        (6, _) => {
            world.files.insert(
                "macros/more.sql".into(),
                format!("{{% macro more_{number}() %}}{{{{ outer() }}}}{{% endmacro %}}\n"),
            );
        }
        (7, _) => replace(
            "models/_models.yml",
            "  - name: b\n",
            &format!("  - name: b\n    meta: {{n: {number}}}\n    # \n").replace("    # \n", ""),
        ),
        (8, _) => {
            let values = chance.of(&["[1, 2]", "[1]", "['x']"]);
            for old in ["[1, 2]", "[1]", "['x']"] {
                replace("models/_models.yml", &format!("values: {old}"), &format!("values: {values} "));
            }
        }
        (9, _) => replace("models/docs.md", "About", chance.of(&["About all", "About"])),
        (10, _) => {
            let days = chance.of(&["3", "4", "five"]);
            world.files.insert(
                "dbt_project.yml".into(),
                format!(
                    "name: shop\nprofile: shop\nvars: {{days: {days}}}\nmodels:\n  shop:\n    +tags: [all]\n"
                ),
            );
        }
        (11, _) => {
            world.vars.insert(chance.of(&["days", "other"]).into(), chance.of(&["3", "4", "x"]).into());
        }
        (12, _) => world.vars.clear(),
        (13, _) => {
            world
                .env
                .insert(chance.of(&["PLACE", "UNREAD"]).into(), chance.of(&["there", "elsewhere"]).into());
        }
        (14, _) => {
            world.files.insert("seeds/days.csv".into(), format!("id,day\n{},monday\n", chance.below(3)));
        }
        (15, _) => {
            let tag = chance.of(&["all", "some"]);
            world.files.insert("dbt_project.yml".into(), format!("name: shop\nprofile: shop\nvars: {{days: 3}}\nmodels:\n  shop:\n    +tags: [{tag}]\n    sub: {{+materialized: table}}\n"));
        }
        _ => {}
    }
}

/// `HEADWATER_EDITS` sets the number of edits.
#[test]
fn after_any_edit_the_cached_parse_is_the_cold_one() {
    let edits = std::env::var("HEADWATER_EDITS").ok().and_then(|count| count.parse().ok()).unwrap_or(15);
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let mut chance = Chance(7);
    let (mut world, mut history) = (start(), vec![start()]);
    world.write(root, &World::default());
    let (mut reused, mut partly, mut failed) = (0, 0, 0);
    for number in 0..edits {
        let before = world.clone();
        if chance.below(8) == 0 {
            world = history[chance.below(history.len())].clone();
        } else {
            edit(&mut world, &mut chance, number);
        }
        world.write(root, &before);
        let first = world.open(root, true);
        let cold = world.open(root, false);
        let again = world.open(root, true);
        assert!(!cold.reused && !cold.partly);
        for found in [&first, &again] {
            assert_eq!(found.manifest, cold.manifest, "edit {number}");
            assert_eq!(found.said, cold.said, "edit {number}");
        }
        let fleeting = world
            .files
            .values()
            .any(|text| ["now()", "invocation_id", "log("].iter().any(|call| text.contains(call)));
        assert_eq!(again.reused, !cold.failed && !fleeting, "edit {number}: {}", cold.said);
        reused += usize::from(again.reused);
        partly += usize::from(first.partly);
        failed += usize::from(cold.failed);
        if !cold.failed {
            history.push(world.clone());
        } else if chance.below(3) == 0 {
            let before = world.clone();
            world = history[history.len() - 1].clone();
            world.write(root, &before);
        }
    }
    let counts = format!("{edits} edits: {reused} reused, {partly} parsed in part, {failed} failed");
    assert!(reused * 4 > edits && partly * 10 > edits, "{counts}");
    println!("{counts}");
}

#[test]
fn what_depends_on_the_day_is_parsed_each_time() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let mut world = start();
    let text = "models:\n  - name: c\n    deprecation_date: 2999-01-01\n";
    world.files.insert("models/sub/c.yml".into(), text.into());
    world.write(root, &World::default());
    assert!(!world.open(root, true).failed);
    assert!(!world.open(root, true).reused);
}

#[test]
fn a_damaged_or_foreign_cache_is_left_aside() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let world = start();
    world.write(root, &World::default());
    let cold = world.open(root, true);
    assert!(!cold.failed, "{}", cold.said);
    let file = root.join("target").join(reuse::FILE);
    let whole = std::fs::read(&file).unwrap();
    let key = cold.key.clone().unwrap();
    let read = |bytes: &[u8]| match Stored::read(bytes.to_vec(), bytes.len().is_multiple_of(2)) {
        Ok(stored) => stored.found(&key, &Env::default(), &cold.sources, true),
        Err(found) => found,
    };
    assert!(matches!(read(&whole), Found::Entry(_)));
    for at in (0..whole.len()).step_by(4093).chain(0..280).chain(whole.len() - 40..whole.len()) {
        assert!(matches!(read(&whole[..at]), Found::Damaged), "cut at {at}");
        let mut flipped = whole.clone();
        flipped[at] ^= 0x10;
        match read(&flipped) {
            Found::Damaged => assert!(!(8..200).contains(&at), "{at}"),
            Found::Other(_) => assert!((8..200).contains(&at), "{at}"),
            Found::Entry(_) => panic!("the byte at {at} does not count"),
        }
    }
    for bytes in [b"something else".to_vec(), [&*whole, b"more"].concat(), whole[..whole.len() / 2].to_vec()]
    {
        std::fs::write(&file, &bytes).unwrap();
        let found = world.open(root, true);
        assert!(!found.reused);
        assert_eq!(found.manifest, cold.manifest);
        assert!(found.said.contains("is damaged"), "{}", found.said);
        assert!(world.open(root, true).reused, "it is written anew");
    }
}

/// Models enough that manifest.json is written in many stretches.
#[test]
fn a_changed_model_changes_its_own_part_of_the_manifest() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let mut world = start();
    for number in 0..200 {
        let text = format!(
            "select * from {{{{ ref('{}') }}}}\n",
            if number == 0 { "a".into() } else { format!("m{}", number - 1) }
        );
        world.files.insert(format!("models/m{number}.sql"), text);
    }
    world.write(root, &World::default());
    let parse = |flag: &str| {
        crate::program::call(root, &[], &["parse", flag]).exits(0);
        let text = std::fs::read_to_string(root.join("target/manifest.json")).unwrap();
        let body = text.split_once("\"nodes\":").unwrap().1.to_owned();
        (
            TIME.replace_all(&body, "").into_owned(),
            TIME.find_iter(&body).map(|time| time.as_str().to_owned()).collect::<Vec<_>>(),
        )
    };
    let (mut body, mut times) = parse("--partial-parse");
    for (path, target) in
        [("models/m7.sql", "m3"), ("models/m199.sql", "a"), ("models/m120.sql", "f"), ("models/m7.sql", "m6")]
    {
        let before = world.clone();
        world.files.insert(
            path.into(),
            format!("{{{{ config(tags=['new']) }}}} select 1 from {{{{ ref('{target}') }}}}"),
        );
        world.write(root, &before);
        let (now, then) = (parse("--partial-parse"), (body, times));
        assert_ne!(now.0, then.0);
        let kept = now.1.iter().filter(|time| then.1.contains(time)).count();
        assert_eq!(kept, now.1.len() - 1, "one node is new");
        body = now.0;
        assert_eq!(parse("--no-partial-parse").0, body, "{path}");
        // The next one starts from the manifest of a whole parse.
        times = parse("--partial-parse").1;
    }
}

#[test]
fn an_unchanged_manifest_gets_new_metadata_only() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let mut world = start();
    world.write(root, &World::default());
    let parse = || {
        crate::program::call(root, &[], &["parse"]).exits(0);
        let text = std::fs::read_to_string(root.join("target/manifest.json")).unwrap();
        let (metadata, body) = text.split_once("\"nodes\":").unwrap();
        (metadata.to_owned(), body.to_owned())
    };
    let (first, second) = (parse(), parse());
    assert_ne!(first.0, second.0, "the invocation is another one");
    assert_eq!(first.1, second.1, "times of nodes stay as well");
    // Another name of the file is somebody's copy.
    let (path, copy) = (root.join("target/manifest.json"), root.join("copy.json"));
    std::fs::hard_link(&path, &copy).unwrap();
    let before = std::fs::read(&copy).unwrap();
    assert_eq!(parse().1, first.1);
    assert_eq!(std::fs::read(&copy).unwrap(), before);
    // A file that someone has changed is made anew.
    let same_size = format!("{}\"nodes\":{}", first.0, first.1.replace("here", "xxxx"));
    std::fs::write(&path, same_size).unwrap();
    assert_eq!(parse().1, first.1);
    let before = world.clone();
    world.files.insert("models/a.sql".into(), "select 2 as id\n".into());
    world.write(root, &before);
    let third = parse().1;
    assert!(third.contains("select 2 as id"));
    assert_eq!(parse().1, third);
}

#[test]
fn metadata_are_written_in_place() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    start().write(root, &World::default());
    let parse = || {
        crate::program::call(root, &[], &["parse"]).exits(0);
        let file = std::fs::File::open(root.join("target/manifest.json")).unwrap();
        let json: serde_json::Value = serde_json::from_reader(&file).unwrap();
        (file, json["metadata"]["invocation_id"].as_str().unwrap().to_owned())
    };
    let (mut first, id) = parse();
    let (_, other) = parse();
    assert_ne!(id, other);
    let mut text = String::new();
    first.rewind().unwrap();
    first.read_to_string(&mut text).unwrap();
    assert!(text.contains(&other), "the file is still the same");
    std::fs::remove_file(root.join("target/semantic_manifest.json")).unwrap();
    parse();
    assert!(root.join("target/semantic_manifest.json").exists());
}

#[test]
fn compiled_files_hold_what_was_compiled_last() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let mut world = start();
    world.write(root, &World::default());
    for text in ["select 11 as id", "select 1 as id", "select 1 as id", "select 2 as id", "select 222 as id"]
    {
        let before = world.clone();
        world.files.insert("models/a.sql".into(), text.into());
        world.write(root, &before);
        crate::program::call(root, &[], &["compile", "--select", "a"]).exits(0);
        let file = walkdir::WalkDir::new(root.join("target/compiled"));
        let path = file.into_iter().flatten().find(|entry| entry.file_name() == "a.sql").unwrap();
        assert_eq!(std::fs::read_to_string(path.path()).unwrap(), text);
    }
}

#[test]
fn files_may_be_left_uncompared() {
    let project = crate::program::Project::new(&[("models/a.sql", "select 1 as id")]);
    let models = |arguments: &[&str]| {
        project.call(arguments).exits(0);
        let manifest = project.json("target/manifest.json");
        manifest["nodes"].as_object().map(|nodes| nodes.keys().cloned().collect::<Vec<String>>())
    };
    assert_eq!(models(&["parse"]), Some(vec!["model.shop.a".into()]));
    project.write(&[
        ("models/a.sql", "select 2 as id"),
        ("models/b.sql", "select 1 as id"),
        ("macros/m.sql", "{% macro m() %}{% endmacro %}"),
    ]);
    assert_eq!(models(&["--no-partial-parse-file-diff", "parse"]), Some(vec!["model.shop.a".into()]));
    assert_eq!(project.json("target/manifest.json")["nodes"]["model.shop.a"]["raw_code"], "select 1 as id");
    assert_eq!(models(&["parse"]), Some(vec!["model.shop.a".into(), "model.shop.b".into()]));
}

#[test]
fn why_everything_is_parsed_is_said_as_dbt_says_it() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let mut world = start();
    world.write(root, &World::default());
    assert_eq!(world.open(root, true).why_not, Some("saved manifest not found. Starting full parse."));
    let edit = |world: &mut World, path: &str, text: &str, why: Option<&str>| {
        let before = world.clone();
        world.files.insert(path.into(), text.into());
        world.write(root, &before);
        let opened = world.open(root, true);
        assert!(!opened.reused, "{path}");
        assert_eq!(opened.why_not, why, "{path}");
    };
    edit(&mut world, "models/a.sql", "select 2 as id\n", None);
    edit(
        &mut world,
        "macros/ref.sql",
        "{% macro mine() %}{% endmacro %}\n",
        Some("a macro has changed. Starting full parse."),
    );
    let profile = "shop:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: shop.duckdb, schema: b}\n";
    edit(&mut world, "profiles.yml", profile, Some("profile has changed"));
    world.vars.insert("days".into(), "4".into());
    let opened = world.open(root, true);
    assert_eq!(opened.why_not, Some("config vars, config profile, or config target have changed"));
}
