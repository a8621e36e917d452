//! Arguments and configuration of a generic test that stand where they used to.

use crate::diag::Diagnostic;
use crate::parse::generic_tests::CONFIG_KEYS;
use crate::source::Span;
use crate::value::{Map, Value};

/// A test's definition and where it stands.
pub struct Written<'a> {
    pub definition: &'a Value,
    pub span: Span,
    /// What is tested, and in which package and file.
    pub tested: &'a str,
    pub package: &'a str,
    pub file: &'a str,
    /// The behaviour flag `require_generic_test_arguments_property`.
    pub arguments_property: bool,
}

/// What there is to warn of.
pub fn warnings(test: &Written<'_>) -> Vec<Diagnostic> {
    let Some((name, given)) = named(test.definition) else { return vec![] };
    if !test.arguments_property {
        return given.get("arguments").map(|arguments| early(test, name, arguments)).into_iter().collect();
    }
    let is_config = |key: &str| CONFIG_KEYS.contains(&key);
    let mut found: Vec<Diagnostic> =
        given.keys().filter(|key| is_config(key)).map(|key| moved(test, name, key)).collect();
    let is_known = |key: &str| {
        matches!(key, "arguments" | "config" | "column_name" | "description" | "name" | "test_name")
            || is_config(key)
    };
    let has_arguments = given.get("arguments").is_some_and(Value::is_truthy);
    if !has_arguments && given.keys().any(|key| !is_known(key)) {
        let shown =
            format!("`{name}` defined on '{}' in package '{}' ({})", test.tested, test.package, test.file);
        let message = format!("the arguments of the test {shown} stand beside its configuration");
        found.push(
            Diagnostic::warning("deprecated-test", message)
                .at(test.span)
                .help("move them below `arguments:`")
                .event("MissingArgumentsPropertyInGenericTestDeprecation")
                .data("test_name", shown),
        );
    }
    found
}

/// The test's name and what is given to it.
fn named(definition: &Value) -> Option<(&str, &Map)> {
    let definition = definition.as_map()?;
    if let Some(name) = definition.get("test_name") {
        return Some((name.as_str()?, definition));
    }
    let (name, given) = definition.iter().next()?;
    Some((name, given.as_map()?))
}

fn moved(test: &Written<'_>, name: &str, key: &str) -> Diagnostic {
    Diagnostic::warning("deprecated-test", format!("`{key}` of the test `{name}` belongs below `config:`"))
        .at(test.span)
        .event("PropertyMovedToConfigDeprecation")
        .data("key", key)
        .data("key_path", format!("data_tests.{name}.{key}"))
        .data("file", test.file)
}

fn early(test: &Written<'_>, name: &str, arguments: &Value) -> Diagnostic {
    let message = format!(
        "the test `{name}` has `arguments`, which is an argument like any other while the flag is off"
    );
    Diagnostic::warning("deprecated-test", message)
        .at(test.span)
        .help("set the flag `require_generic_test_arguments_property`, or give the argument another name")
        .event("ArgumentsPropertyInGenericTestDeprecation")
        .data("test_name", format!("`{name}` ({})", arguments.py_str()))
}
