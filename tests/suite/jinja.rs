//! Templates render as dbt's own Jinja renders them; tests/oracles/jinja_cases.py records the
//! outcomes in tests/cases/jinja.

use std::collections::HashMap;
use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

use headwater::jinja::engine::{
    Engine, JinjaError, Scope, Undefined, dict, function, modules, py_repr, to_jinja,
};
use minijinja::Value;

/// The scope of tests/oracles/jinja_cases.py.
struct Names {
    values: HashMap<String, Value>,
}

impl Scope for Names {
    fn get(&self, name: &str) -> Option<Value> {
        self.values.get(name).cloned()
    }
}

const FUNCTIONS: [&str; 9] = [
    "set",
    "set_strict",
    "zip",
    "zip_strict",
    "tojson",
    "fromjson",
    "toyaml",
    "fromyaml",
    "diff_of_two_dicts",
];

fn names(engine: &Engine, context: &str, macros: &str) -> Names {
    let context: serde_json::Value = serde_json::from_str(context).expect("the context");
    let plain = headwater::value::Value::from_json(&context);
    let mut values = HashMap::new();
    for (name, value) in plain.as_map().expect("a map") {
        values.insert(name.to_string(), to_jinja(value));
    }
    for name in FUNCTIONS {
        if let Some(value) = function(name) {
            values.insert(name.to_string(), value);
        }
    }
    values.insert("modules".into(), modules());
    let file = engine.macro_file("macros.sql", macros.into()).expect("macros that split");
    let macros: Vec<(String, Value)> = file
        .macros
        .iter()
        .map(|found| (found.name.to_string(), found.bind(format!("macro.pkg.{}", found.name))))
        .collect();
    values.insert("pkg".into(), dict(macros.clone()));
    values.extend(macros);
    let scope = dict(values.clone());
    values.insert("context".into(), scope);
    Names { values }
}

struct Case {
    line: usize,
    template: String,
    flags: Vec<String>,
    macros: String,
    outcome: String,
}

fn cases(text: &str) -> Vec<Case> {
    let (mut cases, mut template, mut flags) = (vec![], vec![], vec![]);
    let (mut macros, mut in_macros) = (String::new(), false);
    let mut start = 0;
    for (number, line) in text.split('\n').enumerate() {
        if line.starts_with("#!") || (line.is_empty() && template.is_empty()) {
        } else if line.starts_with("@macros") {
            macros.clear();
            in_macros = true;
        } else if line.starts_with("@end") {
            in_macros = false;
        } else if in_macros {
            writeln!(macros, "{line}").expect("a string takes text");
        } else if let (Some(found), true) = (line.strip_prefix('@'), template.is_empty()) {
            flags.extend(found.split_whitespace().map(str::to_string));
        } else if line.starts_with("=> ") || line.starts_with("=! ") {
            cases.push(Case {
                line: start,
                template: template.join("\n"),
                flags: std::mem::take(&mut flags),
                macros: macros.clone(),
                outcome: line.to_string(),
            });
            template.clear();
        } else {
            if template.is_empty() {
                start = number + 1;
            }
            template.push(line);
        }
    }
    cases
}

fn outcome(engine: &Engine, case: &Case, context: &str) -> Result<String, JinjaError> {
    let scope = Arc::new(names(engine, context, &case.macros));
    let has = |flag: &str| case.flags.iter().any(|known| known == flag);
    let undefined = if has("lenient") { Undefined::Lenient } else { Undefined::Strict };
    if has("native") {
        return engine.render_native("case", &case.template, scope, undefined).map(|value| py_repr(&value));
    }
    let template = engine.template("case", case.template.as_str().into())?;
    engine.render(&template, scope, undefined)
}

/// All cases of one file; returns how many there are.
pub(crate) fn check(file: &str) -> usize {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/jinja");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).expect("a case file");
    let (text, context) = (read(file), read("context.json"));
    let engine = Engine::new();
    let mut wrong = String::new();
    let cases = cases(&text);
    for case in &cases {
        let (kind, wanted) = case.outcome.split_at(3);
        let wanted: String = serde_json::from_str(wanted).expect("a recorded outcome");
        let got = outcome(&engine, case, &context);
        let same = match (&got, kind) {
            (Ok(text), "=> ") => *text == wanted,
            (Err(error), "=! ") => {
                wanted.split_once(": ").is_some_and(|(_, message)| message == error.message)
            }
            _ => false,
        };
        if !same {
            let got = got.map_err(|error| error.message);
            writeln!(
                wrong,
                "{file}:{}: {}\n   wanted {kind}{wanted:?}\n   got    {got:?}",
                case.line, case.template
            )
            .expect("a string takes text");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    cases.len()
}

/// Deep recursion needs the stack that worker threads have.
fn on_large_stack(body: fn()) {
    std::thread::Builder::new()
        .stack_size(8 << 20)
        .spawn(body)
        .expect("a thread")
        .join()
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
}

macro_rules! files {
    ($($name:ident: $least:literal),+ $(,)?) => {$(
        #[test]
        fn $name() {
            on_large_stack(|| assert!(check(concat!(stringify!($name), ".case")) >= $least));
        }
    )+};
}

files! {
    containers: 280,
    datetime: 200,
    filters: 120,
    formatting: 140,
    itertools: 40,
    language: 128,
    lenient: 40,
    macros: 100,
    native: 120,
    numbers: 210,
    regex: 120,
    statements: 180,
    strings: 200,
    syntax: 120,
    tests: 100,
}
