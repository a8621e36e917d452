//! Arguments, environment and project flags come to what dbt makes of them.

use std::path::Path;

use headwater::cli::flags_of;
use headwater::diag::Sink;
use headwater::env::Env;
use headwater::value::{Map, Value};
use serde_json::{Map as JsonMap, Value as Json};

/// Values that differ on purpose.
const OWN: &[&str] = &[
    // Nothing is ever sent, so the default is off.
    "send_anonymous_usage_stats",
    // The shell's quoting is lost in dbt's as well.
    "invocation_command",
];

fn shown(map: &Map, root: &str) -> JsonMap<String, Json> {
    fn plain(json: Json, root: &str) -> Json {
        match json {
            Json::String(text) => Json::String(text.replace(root, "<root>")),
            Json::Array(items) => Json::Array(items.into_iter().map(|item| plain(item, root)).collect()),
            Json::Object(map) => {
                Json::Object(map.into_iter().map(|(key, item)| (key, plain(item, root))).collect())
            }
            other => other,
        }
    }
    match plain(Value::Map(map.clone()).to_json(), root) {
        Json::Object(map) => map,
        _ => JsonMap::new(),
    }
}

fn differences(what: &str, wanted: &Json, got: &JsonMap<String, Json>) -> Vec<String> {
    let wanted = wanted.as_object().expect("recorded values");
    let keys = wanted.keys().chain(got.keys().filter(|key| !wanted.contains_key(*key)));
    keys.filter(|key| !OWN.contains(&key.to_lowercase().as_str()))
        .filter(|key| wanted.get(*key) != got.get(*key))
        .map(|key| format!("{what} {key}: wanted {:?}, got {:?}", wanted.get(key), got.get(key)))
        .collect()
}

#[test]
fn flags_are_dbts() {
    let cases: Vec<Json> =
        serde_json::from_str(include_str!("../cases/load/flags.json")).expect("recorded cases");
    assert!(cases.len() > 70, "the recording is complete");
    let mut wrong = vec![];
    for case in &cases {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().canonicalize().expect("a path");
        let write = |name: &str, text: &str| std::fs::write(root.join(name), text).expect("written");
        write(
            "dbt_project.yml",
            &format!("name: p\nprofile: p\n{}\n", case["project"].as_str().unwrap_or_default()),
        );
        write("profiles.yml", "p: {}\n");
        let arguments: Vec<&str> =
            case["arguments"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
        let env: Env = case["env"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_string()))
            .collect();
        let label = format!("{arguments:?} {} {}", case["env"], case["project"]);
        match (flags_of(&arguments, env, Path::new(&root), &Sink::default()), case["error"].as_str()) {
            (Ok(flags), None) => {
                let root = root.display().to_string();
                let mut found = differences("args", &case["args"], &shown(&flags.args, &root));
                found.extend(differences("flags", &case["flags"], &shown(&flags.template, &root)));
                wrong.extend(found.into_iter().map(|difference| format!("{label}: {difference}")));
            }
            (Err(_), Some(_)) => {}
            (Ok(_), Some(error)) => wrong.push(format!("{label}: wanted the error {error}")),
            (Err(error), None) => wrong.push(format!("{label}: {} {:?}", error.message, error.notes)),
        }
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}
