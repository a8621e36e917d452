//! Python models: finds `dbt.ref`, `dbt.source` and `dbt.config` without running Python.
//!
//! Arguments must be literals, as dbt demands.
//! <https://docs.getdbt.com/docs/build/python-models>

mod calls;
mod literals;
mod shape;
pub mod syntax;
mod text;

use super::{Capture, RawNode};
use crate::diag::Diagnostic;
use crate::manifest::RefArgs;
use crate::source::Span;
use crate::value::{Map, Value};
use literals::Arguments;
use text::Fault;

/// What the code of a Python model mentions.
///
/// # Errors
/// Brackets or strings without an end, no `model` function or several, one of another form than dbt
/// wants, arguments that are not literals, Jinja.
pub fn capture(raw: &RawNode) -> Result<Capture, Diagnostic> {
    read(&raw.raw_code).map_err(|fault| problem(raw, fault))
}

fn problem(raw: &RawNode, fault: Fault) -> Diagnostic {
    let at = |span: Span| span.start as usize + fault.at;
    let span = raw.span.map(|span| Span::new(span.file, at(span), at(span)));
    Diagnostic::error("invalid-python-model", fault.message).at(span).node(&*raw.unique_id)
}

fn read(code: &str) -> Result<Capture, Fault> {
    // dbt renders the code, strings and comments included, to see whether that changes it.
    if let Some(at) = ["{{", "{%", "{#"].iter().filter_map(|mark| code.find(mark)).min() {
        return Err(Fault { message: "No jinja in python model code is allowed".into(), at });
    }
    let mut capture = Capture::default();
    let lines = text::lines(code)?;
    if lines.is_empty() {
        return Ok(capture);
    }
    shape::check(code, &lines)?;
    let mut keys = Keys::default();
    let mut found = vec![];
    calls::find(code, 0, &mut found);
    for call in found {
        let fault = |message: String| Fault { message, at: call.at };
        let arguments = literals::arguments(call.arguments).ok_or_else(|| {
            fault(format!(
                "the arguments of `dbt.{}` must be literals, because they are read without running the code",
                call.function
            ))
        })?;
        record(call.function, arguments, &mut capture, &mut keys).map_err(fault)?;
    }
    keys.into_config(&mut capture.config);
    Ok(capture)
}

/// The configuration keys that the code reads, which dbt passes to the running model.
#[derive(Default)]
struct Keys {
    used: Vec<Value>,
    defaults: Vec<Value>,
    meta_used: Vec<Value>,
    meta_defaults: Vec<Value>,
}

impl Keys {
    fn into_config(self, config: &mut Map) {
        if self.used.is_empty() && self.meta_used.is_empty() {
            return;
        }
        for (key, list) in [
            ("config_keys_used", self.used),
            ("config_keys_defaults", self.defaults),
            ("meta_keys_used", self.meta_used),
            ("meta_keys_defaults", self.meta_defaults),
        ] {
            config.insert(key.into(), Value::List(list));
        }
    }
}

fn record(
    function: &str,
    arguments: Arguments,
    capture: &mut Capture,
    keys: &mut Keys,
) -> Result<(), String> {
    let Arguments { positional, keyword } = arguments;
    let text = |value: &Value| {
        value.as_shared_str().cloned().ok_or_else(|| format!("`dbt.{function}` takes strings"))
    };
    match (function, positional.as_slice()) {
        ("ref", [name] | [_, name]) => {
            let package = if positional.len() == 2 { Some(text(&positional[0])?) } else { None };
            let version = keyword
                .iter()
                .find(|(key, _)| matches!(&**key, "v" | "version"))
                .map(|(_, value)| value.clone());
            capture.refs.push(RefArgs { name: text(name)?, package, version, span: None });
        }
        ("ref", given) => {
            return Err(format!("ref() takes at most two arguments ({} given)", given.len()));
        }
        ("source", [source, table]) => capture.sources.push([text(source)?, text(table)?]),
        ("source", given) => {
            return Err(format!("source() takes exactly two arguments ({} given)", given.len()));
        }
        ("config", []) => {
            crate::jinja::context::config::merge_call(&mut capture.config, keyword.into_iter().collect())?
        }
        ("config", [Value::Map(config)]) if keyword.is_empty() => {
            crate::jinja::context::config::merge_call(&mut capture.config, config.clone())?
        }
        ("config.get", [key, rest @ ..]) if rest.len() < 2 => {
            keys.used.push(key.clone());
            keys.defaults.push(rest.first().cloned().unwrap_or_default());
        }
        ("config.meta_get", [key, rest @ ..]) if rest.len() < 2 => {
            keys.meta_used.push(key.clone());
            keys.meta_defaults.push(rest.first().cloned().unwrap_or_default());
        }
        ("config", _) => return Err("`dbt.config` takes keyword arguments, or one mapping".into()),
        (function, []) => return Err(format!("dbt.{function}() requires at least one argument")),
        (function, given) => {
            return Err(format!("dbt.{function}() takes at most 2 arguments ({} given)", given.len()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(code: &str) -> Vec<String> {
        let capture = read(code).unwrap_or_else(|fault| panic!("{fault:?}"));
        let refs = capture.refs.iter().map(|found| match &found.version {
            Some(version) => format!("{}.v{}", found.name, version.py_str()),
            None => found.name.to_string(),
        });
        refs.chain(capture.sources.iter().map(|[source, table]| format!("{source}:{table}"))).collect()
    }

    fn fault(code: &str) -> String {
        read(code).map(|_| String::new()).unwrap_or_else(|fault| fault.message)
    }

    const MODEL: &str = "def model(dbt, session):\n    return dbt.ref('a')\n";

    #[test]
    fn calls_are_found_where_python_has_them() {
        assert_eq!(names(MODEL), ["a"]);
        let code = "x = \"dbt.ref('no')\" # dbt.ref('no')\ndef model(dbt, session):\n    dbt.config(materialized='table')\n    \
                    y = [dbt.source('s', 't'), foo(dbt.ref('a', v=2))]\n    s = f\"{dbt.ref('b').alias} x\"\n    \
                    other.dbt.ref('no')\n    return y\n";
        assert_eq!(names(code), ["a.v2", "b", "s:t"]);
        assert!(names("# nothing yet\n").is_empty());
    }

    #[test]
    fn faults_are_dbts() {
        assert!(fault("x = 1\n").contains("exactly one model defined per python file, found 0"));
        assert!(fault(&format!("{MODEL}{MODEL}")).contains("found 2"));
        let last = "def model(dbt, session):\n    x = 1\n";
        assert!(fault(last).contains("should return only one dataframe"));
        assert!(fault("def model(dbt, session):\n    return 1, 2\n").contains("only one dataframe"));
        assert_eq!(fault("def model(dbt, session: Dict[str, int] = {}) -> int: return f(1, 2)\n"), "");
        let both = fault("def model(session):\n    return 1\n");
        assert!(both.contains("'dbt' not provided") && both.contains("should have two args"), "{both}");
        assert!(fault(&MODEL.replace("'a'", "name")).contains("must be literals"));
        assert!(fault(&MODEL.replace("'a'", "'a', 'b', 'c'")).contains("at most two arguments (3 given)"));
        assert!(fault(&MODEL.replace("ref('a')", "config.get()")).contains("at least one argument"));
        assert!(fault("x = '{{ a }}'\n").contains("No jinja"));
        assert!(fault("def model(dbt, session:\n  return 1").contains("never closed"));
    }
}
