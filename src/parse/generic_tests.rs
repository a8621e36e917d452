//! From a test as written in YAML to the name, id and code of its node.
//!
//! Names and hashes are dbt's to the letter: selection, stored failures and the tools around dbt
//! know tests by them. <https://docs.getdbt.com/reference/resource-properties/data-tests>

use md5::{Digest, Md5};

use crate::diag::Diagnostic;
use crate::source::Span;
use crate::value::{Map, Str, Value, hex, write_str_repr};

/// What a test hangs on.
#[derive(Clone, Debug)]
pub enum Target<'a> {
    /// A model, seed or snapshot by name; the version when it has one.
    Ref { name: &'a str, version: Option<&'a Value> },
    /// A source's table.
    Source { source: &'a str, table: &'a str },
}

/// The parts of a test definition, sorted out.
#[derive(Clone, Debug)]
pub struct TestBuilder {
    pub name: Str,
    pub namespace: Option<Str>,
    /// Arguments of the test macro, `model` and `column_name` included.
    pub kwargs: Map,
    pub config: Map,
    pub description: Str,
    /// At most 63 characters where the full name is longer; the file's name.
    pub short_name: Str,
    pub full_name: Str,
    pub span: Span,
}

/// Keys that may stand beside the arguments instead of under `config:`.
pub const CONFIG_KEYS: [&str; 14] = [
    "severity",
    "tags",
    "enabled",
    "where",
    "limit",
    "warn_if",
    "error_if",
    "fail_calc",
    "store_failures",
    "store_failures_as",
    "meta",
    "database",
    "schema",
    "alias",
];

/// What the builder needs to know around the definition.
pub struct Request<'a> {
    pub definition: &'a Value,
    pub span: Span,
    pub target: Target<'a>,
    /// Quoted where the column says so.
    pub column_name: Option<&'a str>,
    /// The behaviour flag `require_generic_test_arguments_property` (on by default in dbt 1.11).
    pub arguments_property: bool,
    pub render: &'a super::properties::RenderText<'a>,
}

/// Sorts out a definition.
///
/// # Errors
/// `invalid-test` for shapes that dbt refuses.
pub fn build(request: &Request<'_>) -> Result<TestBuilder, Diagnostic> {
    let fail = |message: String| Diagnostic::error("invalid-test", message).at(request.span);
    let (test_name, given) = split_definition(request.definition).map_err(fail)?;
    let mut args = given;
    if let Some(column) = request.column_name {
        args.insert("column_name".into(), column.into());
    }
    if request.arguments_property
        && let Some(arguments) = args.shift_remove("arguments")
        && let Value::Map(arguments) = arguments
    {
        args.extend(arguments);
    }
    if args.contains_key("model") {
        return Err(fail("Test arguments include \"model\", which is a reserved argument".into()));
    }
    args.insert("model".into(), model_text(&request.target).into());
    let (namespace, name) = split_name(&test_name)
        .ok_or_else(|| fail(format!("Test name string did not match expected pattern: {test_name}")))?;
    let mut config = take_config(&mut args, request)?;
    let description = match args.shift_remove("description") {
        Some(Value::Str(text)) => text,
        _ => "".into(),
    };
    let (short_name, full_name) = match args.shift_remove("name") {
        Some(custom) => {
            let custom = Str::from(custom.py_str());
            (custom.clone(), custom)
        }
        None => synthesize_names(&name, namespace.as_deref(), &request.target, &args),
    };
    if short_name != full_name && !config.contains_key("alias") {
        config.insert("alias".into(), Value::Str(short_name.clone()));
    }
    Ok(TestBuilder {
        name,
        namespace,
        kwargs: args,
        config,
        description,
        short_name,
        full_name,
        span: request.span,
    })
}

fn split_definition(definition: &Value) -> Result<(String, Map), String> {
    match definition {
        Value::Str(name) => Ok((name.to_string(), Map::default())),
        Value::Map(map) if map.contains_key("test_name") => {
            let mut args = map.clone();
            match args.shift_remove("test_name") {
                Some(Value::Str(name)) => Ok((name.to_string(), args)),
                _ => Err("test name must be a string".into()),
            }
        }
        Value::Map(map) => {
            let mut entries = map.iter();
            let (Some((name, args)), None) = (entries.next(), entries.next()) else {
                return Err(format!(
                    "test definition dictionary must have exactly one key, got {} keys instead",
                    map.len()
                ));
            };
            match args {
                Value::Map(args) => Ok((name.to_string(), args.clone())),
                other => Err(format!(
                    "test arguments must be a dictionary, got {} (value {})",
                    other.type_name(),
                    other.py_str()
                )),
            }
        }
        other => Err(format!(
            "test must be a dictionary or a string, got {} (value {})",
            other.type_name(),
            other.py_str()
        )),
    }
}

/// `pkg.test` or `test`; what follows a valid prefix is ignored, as dbt's pattern does.
fn split_name(text: &str) -> Option<(Option<Str>, Str)> {
    fn identifier(text: &str) -> Option<&str> {
        let first = text.chars().next()?;
        if !(first.is_ascii_alphabetic() || first == '_') {
            return None;
        }
        let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(text.len());
        Some(&text[..end])
    }
    let first = identifier(text)?;
    match text[first.len()..].strip_prefix('.').and_then(identifier) {
        Some(name) => Some((Some(first.into()), name.into())),
        None => Some((None, first.into())),
    }
}

fn model_text(target: &Target<'_>) -> String {
    let inner = match target {
        Target::Ref { name, version: Some(version) } if version.is_truthy() => {
            format!("ref('{name}', version='{}')", version.py_str())
        }
        Target::Ref { name, .. } => format!("ref('{name}')"),
        Target::Source { source, table } => format!("source('{source}', '{table}')"),
    };
    format!("{{{{ get_where_subquery({inner}) }}}}")
}

/// Takes the configuration out of the arguments: old-style keys first, then `config:`.
fn take_config(args: &mut Map, request: &Request<'_>) -> Result<Map, Diagnostic> {
    let mut nested = match args.get("config") {
        Some(Value::Map(map)) => map.clone(),
        _ => Map::default(),
    };
    let has_nested = args.contains_key("config");
    let mut config = Map::default();
    for key in CONFIG_KEYS {
        let mut value = args.shift_remove(key).unwrap_or_default();
        if value.is_truthy() && has_nested && nested.contains_key(key) {
            return Err(Diagnostic::error(
                "invalid-test",
                "Test cannot have the same key at the top-level and in config",
            )
            .at(request.span)
            .note(format!("the key is `{key}`")));
        }
        if !value.is_truthy() && has_nested {
            value = nested.shift_remove(key).unwrap_or_default();
        }
        render_into(&mut config, key.into(), value, request)?;
    }
    args.shift_remove("config");
    for (key, value) in nested {
        render_into(&mut config, key, value, request)?;
    }
    Ok(config)
}

fn render_into(config: &mut Map, key: Str, value: Value, request: &Request<'_>) -> Result<(), Diagnostic> {
    let value = match &value {
        Value::Str(text) if super::properties::is_rendered(text) => (request.render)(text, request.span)?,
        _ => value,
    };
    if !value.is_null() {
        config.insert(key, value);
    }
    Ok(())
}

/// The short (file) name and the full name.
fn synthesize_names(name: &str, namespace: Option<&str>, target: &Target<'_>, args: &Map) -> (Str, Str) {
    let (kind, target_name) = match target {
        Target::Ref { name: model, version: Some(version) } if version.is_truthy() => {
            (name.to_string(), format!("{model}_v{}", version.py_str()))
        }
        Target::Ref { name: model, .. } => (name.to_string(), model.to_string()),
        Target::Source { source, table } => (format!("source_{name}"), format!("{source}_{table}")),
    };
    let kind = namespace.map_or(kind.clone(), |namespace| format!("{namespace}_{kind}"));
    let mut keys: Vec<&Str> = args.keys().filter(|key| &***key != "model").collect();
    keys.sort();
    let mut parts = Vec::new();
    for key in keys {
        match &args[&**key] {
            Value::Map(map) => parts.extend(map.values().map(|part| clean(&part.py_str()))),
            Value::List(items) => parts.extend(items.iter().map(|part| clean(&part.py_str()))),
            other => parts.push(clean(&other.py_str())),
        }
    }
    let identifier = format!("{kind}_{target_name}");
    let full = format!("{identifier}_{}", parts.join("__"));
    if full.chars().count() < 64 {
        let full = Str::from(full);
        return (full.clone(), full);
    }
    let start: String = identifier.chars().take(30).collect();
    (format!("{start}_{}", md5_hex(&full)).into(), full.into())
}

/// Runs of anything but ASCII letters, digits and underscores become one underscore.
fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut in_run = false;
    for c in text.chars() {
        if c.is_ascii_alphanumeric() || c == '_' {
            out.push(c);
            in_run = false;
        } else if !in_run {
            out.push('_');
            in_run = true;
        }
    }
    out
}

/// Lower-case hexadecimal md5 of a text.
pub fn md5_hex(text: &str) -> String {
    hex(&Md5::digest(text.as_bytes()))
}

impl TestBuilder {
    /// The last ten digits of the hash that tells tests of one name apart.
    pub fn hash(&self) -> String {
        let mut text = self.full_name.to_string();
        text.push_str("{'kwargs': ");
        hashable_map(&self.kwargs, &mut text);
        text.push_str(", 'name': ");
        write_str_repr(&self.name, &mut text);
        text.push_str(", 'namespace': ");
        write_str_repr(self.namespace.as_deref().unwrap_or("None"), &mut text);
        text.push('}');
        md5_hex(&text).split_off(22)
    }

    /// `test_not_null` or `dbt_utils.test_expression_is_true`.
    pub fn macro_name(&self) -> String {
        match &self.namespace {
            Some(namespace) => format!("{namespace}.test_{}", self.name),
            None => format!("test_{}", self.name),
        }
    }

    /// The node's code: the macro call, and the configuration as a `config` call.
    pub fn raw_code(&self) -> String {
        let mut code = format!("{{{{ {}(**_dbt_generic_test_kwargs) }}}}", self.macro_name());
        if !self.config.is_empty() {
            let options: Vec<String> = self
                .config
                .iter()
                .map(|(key, value)| match value {
                    Value::Str(text) => format!("{key}=\"{}\"", text.replace('"', "\\\"")),
                    other => format!("{key}={}", other.py_str()),
                })
                .collect();
            code += &format!("{{{{ config({}) }}}}", options.join(","));
        }
        code
    }
}

/// Python's `repr` of the metadata with sorted keys and every leaf as text.
fn hashable_map(map: &Map, out: &mut String) {
    let mut keys: Vec<&Str> = map.keys().collect();
    keys.sort();
    out.push('{');
    for (index, key) in keys.into_iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        write_str_repr(key, out);
        out.push_str(": ");
        hashable(&map[&**key], out);
    }
    out.push('}');
}

fn hashable(value: &Value, out: &mut String) {
    match value {
        Value::Map(map) => hashable_map(map, out),
        Value::List(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                hashable(item, out);
            }
            out.push(']');
        }
        Value::Str(text) => write_str_repr(text, out),
        other => write_str_repr(&other.py_str(), out),
    }
}
