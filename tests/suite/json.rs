//! Comparing JSON documents, with the paths where they differ.

use serde_json::Value as Json;

/// The places where two JSON documents differ, as `path: ours instead of theirs`.
pub fn differences(ours: &Json, theirs: &Json, path: &str, found: &mut Vec<String>) {
    match (ours, theirs) {
        (Json::Object(a), Json::Object(b)) => {
            for key in a.keys().chain(b.keys().filter(|key| !a.contains_key(*key))) {
                let path = format!("{path}/{key}");
                match (a.get(key), b.get(key)) {
                    (Some(a), Some(b)) => differences(a, b, &path, found),
                    (Some(a), None) => found.push(format!("{path}: {a} where nothing was expected")),
                    (None, b) => {
                        found.push(format!("{path}: nothing instead of {}", b.unwrap_or(&Json::Null)))
                    }
                }
            }
        }
        (Json::Array(a), Json::Array(b)) if a.len() == b.len() => {
            for (index, (a, b)) in a.iter().zip(b).enumerate() {
                differences(a, b, &format!("{path}/{index}"), found);
            }
        }
        (a, b) if a == b => {}
        (a, b) => found.push(format!("{path}: {a} instead of {b}")),
    }
}

#[track_caller]
pub fn assert_same(ours: &Json, theirs: &Json) {
    let mut found = vec![];
    differences(ours, theirs, "", &mut found);
    assert!(found.is_empty(), "{} differences:\n{}", found.len(), found.join("\n"));
}
