//! How a DuckDB profile becomes options and opening statements: `config_options`, `extensions`,
//! `secrets`, `attach`, `settings`.

use std::path::Path;

use super::super::credentials::Credentials;
use super::super::error::{AdapterError, Result};
use super::OpenPlan;
use crate::value::{Map, Value};

/// Whether a path leads to MotherDuck.
fn is_motherduck_path(path: &str) -> bool {
    path.split_once(':')
        .is_some_and(|(scheme, _)| matches!(scheme.to_lowercase().as_str(), "md" | "motherduck"))
}

/// Whether the profile's database or any attached one is MotherDuck's.
pub fn is_motherduck(credentials: &Credentials) -> bool {
    let attached = credentials.get("attach").and_then(Value::as_list).unwrap_or_default();
    credentials.text("path").is_some_and(|path| is_motherduck_path(&path))
        || attached.iter().filter_map(|item| item.get("path")?.as_str()).any(is_motherduck_path)
}

/// Names of the databases that a DuckLake catalogue backs.
pub fn ducklake_databases(credentials: &Credentials) -> Vec<String> {
    let lake = |path: &str| path.to_lowercase().contains("ducklake:");
    let mut names = vec![];
    if let Some(path) = credentials.text("path")
        && (credentials.flag("is_ducklake") || lake(&path))
    {
        names.push(super::duckdb::database_name(&path));
    }
    for item in credentials.get("attach").and_then(Value::as_list).unwrap_or_default() {
        let path = item.get("path").and_then(Value::as_str).unwrap_or_default();
        if item.get("is_ducklake").and_then(Value::as_bool) == Some(true) || lake(path) {
            let alias = item.get("alias").and_then(Value::as_str).map(str::to_string);
            names.push(alias.unwrap_or_else(|| super::duckdb::database_name(path)));
        }
    }
    names
}

/// Puts `motherduck_token` among the settings.
///
/// Errors: the settings hold another token.
pub(super) fn merge_motherduck_token(credentials: &mut Credentials) -> Result<()> {
    let Some(token) = credentials.get("motherduck_token").cloned() else { return Ok(()) };
    let settings = credentials.fields.entry("settings".into()).or_insert_with(|| Value::Map(Map::default()));
    let Some(settings) = settings.as_map_mut() else { return Ok(()) };
    if settings.get("motherduck_token").is_some_and(|known| *known != token) {
        return Err(AdapterError::profile("the profile has two different values of `motherduck_token`")
            .help("set it in one place only"));
    }
    settings.insert("motherduck_token".into(), token);
    Ok(())
}

/// The plan of opening the profile's database.
///
/// Errors: a key of the wrong shape, options given twice.
pub(super) fn plan(credentials: &Credentials, base: &Path) -> Result<OpenPlan> {
    let path = credentials.text("path").unwrap_or_else(|| ":memory:".into());
    let mut plan = OpenPlan { attempts: 1, ..OpenPlan::default() };
    let resolved = if path.starts_with(":memory:") || is_url(&path) {
        path.to_string()
    } else {
        let file = base.join(&*path);
        let text = file.to_string_lossy().into_owned();
        plan.file = Some(file);
        text
    };
    plan.options.push(("path".into(), resolved));
    for (key, value) in map_of(credentials, "config_options")? {
        plan.options.push((key.to_string(), value.py_str()));
    }
    if let Some(retries) = credentials.get("retries") {
        let attempts = |key: &str| retries.get(key).and_then(Value::as_i64).unwrap_or(1).clamp(1, 20) as u32;
        plan.attempts = attempts("connect_attempts");
        plan.query_attempts = attempts("query_attempts");
        plan.retryable = match retries.get("retryable_exceptions").and_then(Value::as_list) {
            Some(names) => names.iter().map(Value::py_str).collect(),
            None => vec!["IOException".into()],
        };
    }
    // Keeps 128-bit integers, UUIDs and the like apart from decimals and text on their way here.
    plan.on_database.push("set arrow_lossless_conversion = true".into());
    for extension in list_of(credentials, "extensions")? {
        plan.on_database.extend(extension_sql(extension)?);
    }
    if credentials.text("use_credential_provider").as_deref() == Some("aws") {
        plan.on_database.push(secret_sql(&aws_chain(), list_of(credentials, "secrets")?.len()));
    }
    for (index, secret) in list_of(credentials, "secrets")?.iter().enumerate() {
        let map = secret
            .as_map()
            .ok_or_else(|| AdapterError::profile("each of `secrets` is a mapping with a `type`"))?;
        plan.on_database.push(secret_sql(map, index));
    }
    for attachment in list_of(credentials, "attach")? {
        plan.on_database.push(attach_sql(attachment, base)?);
    }
    if is_motherduck(credentials) {
        plan.on_database.push("create schema if not exists dbt_temp".into());
    }
    for (key, value) in map_of(credentials, "settings")? {
        plan.on_connection.push(format!("set {key} = '{}'", escape(&value.py_str())));
    }
    Ok(plan)
}

fn is_url(path: &str) -> bool {
    // A single letter before the colon is a Windows drive.
    path.split_once(':')
        .is_some_and(|(scheme, _)| scheme.len() > 1 && scheme.chars().all(|c| c.is_ascii_alphanumeric()))
}

fn list_of<'a>(credentials: &'a Credentials, key: &str) -> Result<&'a [Value]> {
    match credentials.get(key) {
        None => Ok(&[]),
        Some(value) => {
            value.as_list().ok_or_else(|| AdapterError::profile(format!("`{key}` of the profile is a list")))
        }
    }
}

fn map_of<'a>(credentials: &'a Credentials, key: &str) -> Result<impl Iterator<Item = (&'a str, &'a Value)>> {
    let map = match credentials.get(key) {
        None => None,
        Some(value) => Some(
            value
                .as_map()
                .ok_or_else(|| AdapterError::profile(format!("`{key}` of the profile is a mapping")))?,
        ),
    };
    Ok(map.into_iter().flatten().map(|(key, value)| (&**key, value)))
}

fn extension_sql(extension: &Value) -> Result<[String; 2]> {
    if let Some(name) = extension.as_str() {
        return Ok([format!("install {name}"), format!("load {name}")]);
    }
    let part = |key: &str| extension.get(key).and_then(Value::as_str);
    match (part("name"), part("repo")) {
        (Some(name), Some(repo)) => Ok([format!("install {name} from {repo}"), format!("load {name}")]),
        _ => {
            Err(AdapterError::profile("each of `extensions` is a name, or a mapping with `name` and `repo`"))
        }
    }
}

fn aws_chain() -> Map {
    [("type".into(), "s3".into()), ("provider".into(), "credential_chain".into())].into_iter().collect()
}

fn secret_sql(secret: &Map, index: usize) -> String {
    let name = secret.get("name").map_or_else(|| format!("_dbt_secret_{}", index + 1), Value::py_str);
    let persistent =
        if secret.get("persistent").and_then(Value::as_bool) == Some(true) { " persistent" } else { "" };
    let mut parts = vec![];
    for (key, value) in secret {
        match (&**key, value) {
            ("name" | "persistent", _) | (_, Value::Null) => {}
            ("scope", Value::List(scopes)) => {
                parts.extend(scopes.iter().map(|scope| format!("scope '{}'", escape(&scope.py_str()))));
            }
            (key, Value::Map(map)) => {
                let entries: Vec<String> = map
                    .iter()
                    .map(|(key, value)| format!("'{}': '{}'", escape(key), escape(&value.py_str())))
                    .collect();
                parts.push(format!("{key} map {{{}}}", entries.join(", ")));
            }
            (key, Value::List(items)) => {
                let items: Vec<String> =
                    items.iter().map(|item| format!("'{}'", escape(&item.py_str()))).collect();
                parts.push(format!("{key} array [{}]", items.join(", ")));
            }
            (key @ ("type" | "provider" | "extra_http_headers"), value) => {
                parts.push(format!("{key} {}", value.py_str()))
            }
            (key, value) => parts.push(format!("{key} '{}'", escape(&value.py_str()))),
        }
    }
    format!("create or replace{persistent} secret {name} ({})", parts.join(", "))
}

fn attach_sql(attachment: &Value, base: &Path) -> Result<String> {
    let malformed = || AdapterError::profile("each of `attach` is a mapping with a `path`");
    let map = attachment.as_map().ok_or_else(malformed)?;
    let path = map.get("path").and_then(Value::as_str).ok_or_else(malformed)?;
    let path = if is_motherduck_path(path) {
        path.split('?').next().unwrap_or(path).to_string()
    } else if is_url(path)
        || path.starts_with(":memory:")
        || map.get("type").is_some_and(|kind| !kind.is_null())
    {
        path.to_string()
    } else {
        base.join(path).to_string_lossy().into_owned()
    };
    let mut sql = format!("attach if not exists '{}'", escape(&path));
    if let Some(alias) = map.get("alias").filter(|alias| !alias.is_null()) {
        sql += &format!(" as {}", alias.py_str());
    }
    let none = Map::default();
    let options = map.get("options").and_then(Value::as_map).unwrap_or(&none);
    let mut parts = vec![];
    for key in ["type", "secret", "read_only"] {
        let direct = map.get(key).filter(|value| value.is_truthy());
        if direct.is_some() && options.contains_key(key) {
            return Err(AdapterError::profile(format!(
                "an attached database sets `{key}` twice, beside `options` and in it"
            )));
        }
        match (key, direct.or_else(|| options.get(key).filter(|value| value.is_truthy()))) {
            (_, None) => {}
            ("read_only", Some(_)) => parts.push("READ_ONLY".to_string()),
            (key, Some(value)) => parts.push(format!("{} {}", key.to_uppercase(), value.py_str())),
        }
    }
    for (key, value) in options {
        let name = key.to_uppercase();
        match value {
            _ if matches!(&**key, "type" | "secret" | "read_only") => {}
            Value::Null | Value::Bool(false) => {}
            Value::Bool(true) => parts.push(name),
            Value::Str(text) if is_quoted(text) => parts.push(format!("{name} {text}")),
            Value::Str(text) => parts.push(format!("{name} '{}'", escape(text))),
            other => parts.push(format!("{name} {}", other.py_str())),
        }
    }
    if !parts.is_empty() {
        sql += &format!(" ({})", parts.join(", "));
    }
    Ok(sql)
}

fn is_quoted(text: &str) -> bool {
    let text = text.trim();
    text.len() >= 2 && ['\'', '"'].iter().any(|mark| text.starts_with(*mark) && text.ends_with(*mark))
}

/// The text inside a SQL string literal.
pub fn escape(text: &str) -> String {
    text.replace('\'', "''")
}
