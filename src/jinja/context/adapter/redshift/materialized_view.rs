//! Redshift's materialized views: what a model asks for, how the view stands, and what differs. Auto refresh is changed
//! by an ALTER; other keys are a rebuild.
//!
//! <https://docs.getdbt.com/reference/resource-configs/redshift-configs#materialized-views>

use std::sync::Arc;

use minijinja::{Error, Value};

use super::super::super::agate::TableValue;
use super::super::super::args::{CallArgs, type_error};
use super::super::plain;
use crate::adapter::{Relation, Table};
use crate::jinja::engine::{dict, list, py_str};
use crate::value::Value as Plain;

/// How the rows lie on the nodes of the cluster: a style, and the column for `key`.
#[derive(Debug, PartialEq)]
struct Dist {
    style: String,
    key: Option<String>,
}

/// How the rows are sorted.
#[derive(Debug, PartialEq)]
struct Sort {
    style: String,
    keys: Vec<String>,
}

/// What can change of a view.
struct View {
    autorefresh: bool,
    dist: Dist,
    sort: Sort,
}

impl Dist {
    fn value(&self) -> Value {
        let key = self.key.as_deref().map_or_else(|| Value::from(()), Value::from);
        dict([("diststyle", Value::from(self.style.as_str())), ("distkey", key)])
    }
}

impl Sort {
    fn of(style: Option<String>, keys: Vec<String>) -> Sort {
        let usual = if keys.is_empty() { "auto" } else { "compound" };
        Sort { style: style.unwrap_or_else(|| usual.to_string()), keys }
    }

    fn value(&self) -> Value {
        let keys = self.keys.iter().map(|key| Value::from(key.as_str())).collect();
        dict([("sortstyle", Value::from(self.style.as_str())), ("sortkey", list(keys))])
    }
}

/// A method of a Redshift relation; none where it is none of its own.
///
/// # Errors
/// A configuration that Redshift does not take, arguments of another shape than macros hand over.
pub fn call(_: &Arc<Relation>, method: &str, args: &CallArgs) -> Result<Option<Value>, Error> {
    let args = args.clone();
    Ok(Some(match method {
        "from_config" => {
            let model = args.one(method, "config")?;
            let config = config_of(&model)?;
            let kind = config.get("materialized").map(Plain::py_str).unwrap_or_default();
            if kind != "materialized_view" {
                let message =
                    format!("from_config() is not supported for the provided relation type: {kind}");
                return Err(type_error(message));
            }
            shown(&model, &config)?
        }
        "materialized_view_config_changeset" => {
            let [standing, model] = args.bind(method, ["relation_results", "relation_config"], 2)?;
            changes(
                &standing_view(&standing.unwrap_or_default())?,
                &wanted(&config_of(&model.unwrap_or_default())?)?,
            )
        }
        _ => return Ok(None),
    }))
}

fn config_of(model: &Value) -> Result<Plain, Error> {
    plain(&model.get_attr("config").unwrap_or_default())
}

/// The view that the model asks for, as macros read it.
fn shown(model: &Value, config: &Plain) -> Result<Value, Error> {
    let part = |key: &str| model.get_item(&Value::from(key)).ok().filter(|part| part.is_true());
    let quoted = |key: &str| part(key).map(|name| format!("\"{}\"", py_str(&name)));
    let [database, schema, name] = ["database", "schema", "alias"].map(quoted);
    let path: Vec<&str> = [&database, &schema, &name].into_iter().flatten().map(String::as_str).collect();
    let path = Value::from(path.join("."));
    let or_none = |text: Option<String>| text.map_or_else(|| Value::from(()), Value::from);
    let query = part("compiled_code").map(|code| py_str(&code).trim().to_string());
    let view = wanted(config)?;
    Ok(dict([
        ("path", path),
        ("mv_name", or_none(name)),
        ("schema_name", or_none(schema)),
        ("database_name", or_none(database)),
        ("query", or_none(query)),
        ("backup", Value::from(switch(config, "backup")?.unwrap_or(true))),
        ("dist", view.dist.value()),
        ("sort", view.sort.value()),
        ("autorefresh", Value::from(view.autorefresh)),
    ]))
}

fn wanted(config: &Plain) -> Result<View, Error> {
    let text = |key: &str| config.get(key).filter(|value| value.is_truthy()).map(Plain::py_str);
    let dist = match text("dist") {
        None => Dist { style: "even".into(), key: None },
        Some(given) => match given.to_lowercase().as_str() {
            "auto" => return Err(type_error("Redshift's materialized views have no `dist` of `auto`")),
            style @ ("even" | "all") => Dist { style: style.into(), key: None },
            _ => Dist { style: "key".into(), key: Some(given) },
        },
    };
    let keys = match config.get("sort").filter(|keys| keys.is_truthy()) {
        None => vec![],
        Some(Plain::List(keys)) => keys.iter().map(Plain::py_str).collect(),
        Some(key) => vec![key.py_str()],
    };
    let style = text("sort_type").map(|style| style.to_lowercase()).filter(|_| !keys.is_empty());
    let most = match style.as_deref() {
        None | Some("compound") => 400,
        Some("interleaved") => 8,
        Some(other) => {
            let message =
                format!("`sort_type` is `compound` or `interleaved` where there is `sort`, not `{other}`");
            return Err(type_error(message));
        }
    };
    if keys.len() > most {
        return Err(type_error(format!("`sort` has {} columns; {most} are the most", keys.len())));
    }
    let autorefresh = switch(config, "auto_refresh")?.unwrap_or(false);
    Ok(View { autorefresh, dist, sort: Sort::of(style, keys) })
}

/// A setting that is true or false, as such or as text.
fn switch(config: &Plain, key: &str) -> Result<Option<bool>, Error> {
    match config.get(key).filter(|value| !value.is_null()) {
        None => Ok(None),
        Some(Plain::Bool(on)) => Ok(Some(*on)),
        Some(given) if !given.is_truthy() => Ok(Some(false)),
        Some(given) => match given.py_str().trim().to_lowercase().as_str() {
            "true" => Ok(Some(true)),
            "false" => Ok(Some(false)),
            other => Err(type_error(format!("`{key}` is true or false, not `{other}`"))),
        },
    }
}

/// The view as the warehouse describes it: `materialized_view`, one row, and `columns`.
fn standing_view(described: &Value) -> Result<View, Error> {
    let table = |key: &str| described.get_item(&Value::from(key)).unwrap_or_default();
    let (settings, columns) = (table("materialized_view"), table("columns"));
    let settings =
        TableValue::of(&settings).ok_or_else(|| type_error("`materialized_view` is to be a table"))?;
    let setting = |name: &str| {
        let cell = settings.cell(0, settings.column_index(name).filter(|_| !settings.is_empty())?);
        (!cell.is_null()).then(|| cell.py_str())
    };
    let dist = match setting("diststyle").filter(|style| !style.is_empty()) {
        None => Dist { style: "even".into(), key: None },
        Some(given) => {
            let (style, rest) = given.split_once('(').unwrap_or((&given, ""));
            let key = (style.eq_ignore_ascii_case("key")).then(|| rest.trim_end_matches(')').to_string());
            Dist { style: style.to_lowercase(), key }
        }
    };
    let autorefresh = setting("autorefresh").is_some_and(|on| matches!(on.as_str(), "t" | "True"));
    let keys = TableValue::of(&columns).map(sort_keys).unwrap_or_default();
    Ok(View { autorefresh, dist, sort: Sort::of(None, keys) })
}

/// The columns that rows are sorted by, in the order of their places.
fn sort_keys(columns: &Table) -> Vec<String> {
    let (Some(name), Some(place)) =
        (columns.column_index("column"), columns.column_index("sort_key_position"))
    else {
        return vec![];
    };
    let place = |row: usize| columns.cell(row, place).py_str().parse::<i64>().ok().filter(|place| *place > 0);
    let mut keys: Vec<(i64, String)> =
        (0..columns.len()).filter_map(|row| Some((place(row)?, columns.cell(row, name).py_str()))).collect();
    keys.sort();
    keys.into_iter().map(|(_, name)| name).collect()
}

/// What differs; none where nothing does.
fn changes(standing: &View, wanted: &View) -> Value {
    let change = |differs: bool, context: Value, rebuild: bool| match differs {
        false => Value::from(()),
        true => dict([
            ("action", Value::from("alter")),
            ("context", context),
            ("requires_full_refresh", Value::from(rebuild)),
        ]),
    };
    let rebuild = standing.dist != wanted.dist || standing.sort != wanted.sort;
    if !rebuild && standing.autorefresh == wanted.autorefresh {
        return Value::from(());
    }
    dict([
        (
            "autorefresh",
            change(standing.autorefresh != wanted.autorefresh, Value::from(wanted.autorefresh), false),
        ),
        ("dist", change(standing.dist != wanted.dist, wanted.dist.value(), true)),
        ("sort", change(standing.sort != wanted.sort, wanted.sort.value(), true)),
        ("requires_full_refresh", Value::from(rebuild)),
    ])
}
