//! YAML is read as PyYAML reads it: every recorded snippet gives the same value, or an error on the
//! line that Python names.

use headwater::source::FileId;
use headwater::value::Value;
use headwater::yaml::{Yaml, YamlKind, parse};

/// Python's repr of the tree, keys as the values they are.
fn repr(yaml: &Yaml) -> String {
    match &yaml.kind {
        YamlKind::Scalar(value) => value.py_repr(),
        YamlKind::List(items) => format!("[{}]", items.iter().map(repr).collect::<Vec<_>>().join(", ")),
        YamlKind::Map(entries) => {
            let entry = |entry: &headwater::yaml::YamlEntry| {
                format!("{}: {}", entry.key_value.py_repr(), repr(&entry.value))
            };
            format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
    }
}

fn line_of(text: &str, offset: u32) -> usize {
    text.get(..offset as usize).map_or(0, |before| before.matches('\n').count() + 1)
}

/// Python names the line where it gave up; an open quote or bracket is better shown where it began.
fn at_the_problem(line: Option<usize>, python: Option<u64>) -> bool {
    match (line, python) {
        (Some(line), Some(python)) => (python.saturating_sub(2)..=python).contains(&(line as u64)),
        (line, _) => line.is_some(),
    }
}

fn outcome(text: &str) -> Result<String, (Option<usize>, String)> {
    match parse(text, FileId(0)) {
        Ok((tree, _)) => Ok(tree.map_or_else(|| Value::Null.py_repr(), |tree| repr(&tree))),
        Err(error) => Err((error.span.map(|span| line_of(text, span.start)), error.message)),
    }
}

#[test]
fn agrees_with_pyyaml() {
    let records: Vec<serde_json::Value> =
        serde_json::from_str(include_str!("../cases/yaml/pyyaml.json")).expect("recorded cases");
    assert!(records.len() > 900, "the recording is complete");
    let mut wrong = vec![];
    for record in &records {
        let text = record["text"].as_str().expect("a snippet");
        let got = outcome(text);
        let same = match (&got, record["value"].as_str()) {
            (Ok(got), Some(wanted)) => got == wanted,
            (Err((line, _)), None) => at_the_problem(*line, record["error"].as_u64()),
            _ => false,
        };
        if !same {
            wrong.push(format!(
                "{text:?}\n   wanted {}\n   got    {got:?}",
                if record["value"].is_null() { &record["error"] } else { &record["value"] }
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), records.len(), wrong.join("\n"));
}

#[test]
fn nodes_and_keys_know_their_place() {
    let text = "a:\n  - é: 'x y'\n    b: [1, 2]\n  - >\n    folded\n";
    let tree = parse(text, FileId(0)).expect("valid").0.expect("a document");
    let shown = |yaml: &Yaml| text[yaml.span.start as usize..yaml.span.end as usize].to_string();
    let list = tree.get("a").expect("a");
    let items = list.as_list().expect("a list");
    let key = items[0].entry("b").expect("b");
    assert_eq!(&text[key.key_span.start as usize..key.key_span.end as usize], "b");
    assert_eq!(shown(&key.value), "[1, 2]");
    assert_eq!(shown(items[0].get("é").expect("é")), "'x y'");
    assert_eq!(shown(&items[0]), "é: 'x y'\n    b: [1, 2]");
    assert_eq!(shown(list), "- é: 'x y'\n    b: [1, 2]\n  - >\n    folded");
}

#[test]
fn duplicate_keys_are_warned_of() {
    let warnings = |text: &str| -> Vec<String> {
        let warnings = parse(text, FileId(0)).expect("valid").1;
        warnings.iter().map(|warning| warning.message.clone()).collect()
    };
    assert_eq!(warnings("a: 1\nb: 2\na: 3"), ["the key `a` is given twice; the last one counts"]);
    assert_eq!(warnings("x: &d {a: 1}\ny:\n  <<: *d\n  a: 2"), Vec::<String>::new());
    assert_eq!(warnings("a: {b: 1, b: 2, b: 3}").len(), 2);
}

#[test]
fn bombs_are_refused() {
    let mut laughs = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let items = vec![format!("*a{}", level - 1); 10].join(", ");
        laughs += &format!("a{level}: &a{level} [{items}]\n");
    }
    let message = |text: &str| parse(text, FileId(0)).expect_err("refused").message;
    assert_eq!(message(&laughs), "the aliases of this file expand to too many nodes");
    assert_eq!(message(&"[".repeat(100_000)), "YAML is nested deeper than 128 levels");
    assert_eq!(message(&"- ".repeat(100_000)), "YAML is nested deeper than 128 levels");
    assert_eq!(message(&"? ".repeat(100_000)), "YAML is nested deeper than 128 levels");
}

/// Whatever the text, the reader answers: it neither panics nor hangs.
#[test]
fn mangled_text_never_panics() {
    let records: Vec<serde_json::Value> =
        serde_json::from_str(include_str!("../cases/yaml/pyyaml.json")).expect("recorded cases");
    let inserts = [
        "'", "\"", "\n", "\t", ":", ": ", "- ", "[", "{", "}", "]", ",", "|", "> ", "&a ", "*a", "!", "é",
        "\\", "#", "%",
    ];
    for record in records.iter().step_by(3) {
        let text = record["text"].as_str().expect("a snippet");
        if text.len() > 200 {
            continue;
        }
        for (at, _) in text.char_indices() {
            let _ = parse(&text[..at], FileId(0));
            let _ = parse(&text[at..], FileId(0));
            for insert in inserts {
                let _ = parse(&format!("{}{insert}{}", &text[..at], &text[at..]), FileId(0));
            }
        }
    }
}
