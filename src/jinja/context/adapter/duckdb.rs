//! What dbt-duckdb adds to the `adapter` object.

use minijinja::{Error, State, Value};
use serde_json::json;

use super::super::agate::TableValue;
use super::super::args::{CallArgs, items, text, type_error};
use super::super::host::ExecutionHost;
use super::super::relation::{RelationValue, raised};
use super::super::relation_parts::PathValue;
use super::query::table_of;
use super::{Answer, CallGet, index, plain};
use crate::adapter::dialect::duckdb::{
    ducklake_databases, escape, is_motherduck, read_location, write_options,
};
use crate::adapter::{ColumnType, ErrorKind, Execute, Table};
use crate::jinja::engine::{list, py_str};
use crate::value::{Map, Value as Plain};

pub(super) fn call(
    host: &dyn ExecutionHost,
    state: &mut State<'_, '_>,
    method: &str,
    args: &[Value],
) -> Answer {
    if method == "parse_index" {
        return index::parse(&CallArgs::new(args).one(method, "raw_index")?).map(Some);
    }
    if host.adapter().dialect().type_name() != "duckdb" {
        return Ok(None);
    }
    let credentials = host.adapter().credentials();
    let args = CallArgs::new(args);
    Ok(Some(match method {
        "is_motherduck" => args.none(method).map(|()| Value::from(is_motherduck(credentials)))?,
        "disable_transactions" => {
            args.none(method).map(|()| Value::from(credentials.flag("disable_transactions")))?
        }
        "external_root" => Value::from(&*credentials.text("external_root").unwrap_or_else(|| ".".into())),
        "get_binding_char" => Value::from("?"),
        "escape_sql_string" => Value::from(escape(&py_str(&args.one(method, "value")?))),
        "ensure_transaction" => {
            args.none(method)?;
            ensure_transaction(host)?;
            Value::from(())
        }
        "is_ducklake" => Value::from(is_ducklake(host, &args.one(method, "relation")?)),
        "use_ducklake_table_workarounds" => {
            let lake = is_ducklake(host, &args.one(method, "relation")?);
            Value::from(lake && engine_version(host)? < [1, 5, 3])
        }
        "convert_datetimes_to_strs" => convert_datetimes(&args.one(method, "table")?)?,
        "get_seed_file_path" => {
            let model = args.one(method, "model")?;
            let part = |name: &str| model.call_get(name).map(|part| py_str(&part)).unwrap_or_default();
            let path = std::path::Path::new(&part("root_path")).join(part("original_file_path"));
            Value::from(path.display().to_string())
        }
        "location_exists" => {
            let location = text(&args.one(method, "location")?, "the location")?;
            let probe = format!("select 1 from '{location}' where 1=0");
            match host.execute(&probe, Execute::default()) {
                Ok(_) => Value::from(true),
                Err(error) if error.kind == ErrorKind::Database => Value::from(false),
                Err(error) => return Err(raised(error)),
            }
        }
        "external_write_options" | "external_read_location" => {
            let [location, options] = args.bind(method, ["write_location", "rendered_options"], 2)?;
            let location = text(&location.unwrap_or_default(), "write_location")?;
            external(state, method, &location, &options.unwrap_or_default())?
        }
        "warn_once" => {
            let message = text(&args.one(method, "msg")?, "the message")?;
            if host.adapter().memo().is_first(&message) {
                host.warn("AdapterEventWarning", &message);
            }
            Value::from(())
        }
        "catalog_supports_foreign_keys" => {
            let database = text(&args.one(method, "database")?, "the database")?;
            Value::from(supports_foreign_keys(host, &database)?)
        }
        "existing_key_constraint_types" => key_constraints(host, &args.one(method, "relation")?)?,
        "batch_id_for_model" => Value::from(batch_id(&args.one(method, "model")?)),
        "get_temp_relation_path" => {
            let [model, batch] = args.bind(method, ["model", "batch_id"], 1)?;
            temp_path(host, &model.unwrap_or_default(), batch.map(|batch| py_str(&batch)).unwrap_or_default())
        }
        "store_relation" => {
            let params = ["plugin_name", "relation", "column_list", "path", "format", "config"];
            let [plugin, relation, columns, path, format, _] = args.bind(method, params, 5)?;
            let [plugin, path, format] = [plugin, path, format].map(|part| py_str(&part.unwrap_or_default()));
            let target = stored(&relation.unwrap_or_default(), &columns.unwrap_or_default(), &path, &format)?;
            host.store_by_plugin(&plugin, target).map_err(raised)?;
            Value::from(())
        }
        _ => return Ok(None),
    }))
}

fn ensure_transaction(host: &dyn ExecutionHost) -> Result<(), Error> {
    let mut opened = false;
    let begin = host.with_connection(&mut |connection| {
        if connection.transaction_open() {
            return Ok(());
        }
        opened = true;
        connection.begin()
    });
    begin.map_err(raised)?;
    let off = host.adapter().credentials().flag("disable_transactions");
    if opened && off && host.adapter().memo().is_first("ensure_transaction") {
        let message = "disable_transactions is set, but a table with foreign keys is rebuilt in a transaction \
                       all the same, so that a failed build does not lose it";
        host.warn("AdapterEventWarning", message);
    }
    Ok(())
}

fn is_ducklake(host: &dyn ExecutionHost, relation: &Value) -> bool {
    let database = RelationValue::of(relation).and_then(|relation| relation.path[0].clone());
    database.is_some_and(|database| {
        ducklake_databases(host.adapter().credentials()).iter().any(|lake| **lake == *database)
    })
}

/// DuckDB's version, asked once.
fn engine_version(host: &dyn ExecutionHost) -> Result<[u32; 3], Error> {
    let memo = host.adapter().memo();
    let text = match memo.get("version") {
        Some(version) => version.py_str(),
        None => {
            let result = host.execute("select version()", Execute::fetch()).map_err(raised)?;
            let version = result.table.scalar().map(|cell| cell.py_str()).unwrap_or_default();
            memo.set("version", version.as_str().into());
            version
        }
    };
    let mut numbers = text.trim_start_matches('v').split(['.', '-']).map(|part| part.parse().unwrap_or(0));
    Ok([(); 3].map(|()| numbers.next().unwrap_or(0)))
}

fn convert_datetimes(value: &Value) -> Result<Value, Error> {
    let mut table: Table = table_of(value)?.clone();
    for column in 0..table.column_types().len() {
        if matches!(table.column_types()[column], ColumnType::DateTime | ColumnType::IsoDateTime) {
            table = table.column_as_text(column);
        }
    }
    Ok(TableValue::value(table))
}

fn external(
    state: &mut State<'_, '_>,
    method: &str,
    location: &str,
    options: &Value,
) -> Result<Value, Error> {
    let mut map: Map = match plain(options)? {
        Plain::Map(map) => map,
        _ => return Err(type_error("rendered_options is a mapping")),
    };
    if method == "external_read_location" {
        return Ok(Value::from(read_location(location, &map)));
    }
    let before = map.clone();
    let text = write_options(location, &mut map);
    // The caller's dict learns what was found out: reading back depends on the format.
    let learnt: Map = map.into_iter().filter(|(key, value)| before.get(key) != Some(value)).collect();
    options.call_method(state, "update", &[crate::jinja::engine::map_to_jinja(&learnt)])?;
    Ok(Value::from(text))
}

/// Foreign keys are handled in DuckDB's own catalogs; others keep them as declared.
fn supports_foreign_keys(host: &dyn ExecutionHost, database: &str) -> Result<bool, Error> {
    let memo = host.adapter().memo();
    let types = match memo.get("catalog types") {
        Some(types) => types,
        None => {
            let sql = "select lower(database_name), lower(type) from duckdb_databases()";
            let table = host.execute(sql, Execute::fetch()).map_err(raised)?.table;
            let entries = table
                .rows()
                .filter_map(|row| Some((row.first()?.py_str().into(), row.get(1)?.py_str().as_str().into())));
            let types = Plain::Map(entries.collect());
            memo.set("catalog types", types.clone());
            types
        }
    };
    let kind = types.get(&database.to_lowercase()).and_then(Plain::as_str);
    Ok(matches!(kind, Some("duckdb" | "motherduck")))
}

/// The kinds of key constraints on a relation, as they stood before the run touched its schema.
fn key_constraints(host: &dyn ExecutionHost, value: &Value) -> Result<Value, Error> {
    let relation = RelationValue::of(value).ok_or_else(|| type_error("expected a relation"))?;
    let (Some(database), Some(schema), Some(name)) =
        (relation.database(), relation.schema(), relation.identifier())
    else {
        return Err(type_error("a relation with key constraints has a database, a schema and a name"));
    };
    if !supports_foreign_keys(host, database)? {
        return Ok(list(vec![]));
    }
    let memo = host.adapter().memo();
    let key = format!("key constraints of {}.{}", database.to_lowercase(), schema.to_lowercase());
    let known = match memo.get(&key) {
        Some(known) => known,
        None => {
            let sql = format!(
                "select lower(table_name), list_sort(list(distinct lower(replace(constraint_type, ' ', '_'))))
                 from duckdb_constraints()
                 where lower(database_name) = lower('{}') and lower(schema_name) = lower('{}')
                   and constraint_type in ('PRIMARY KEY', 'UNIQUE', 'FOREIGN KEY')
                 group by 1",
                escape(database),
                escape(schema)
            );
            let table = host.execute(&sql, Execute::fetch()).map_err(raised)?.table;
            let kinds = |json: &str| {
                serde_json::from_str(json).map(|json| Plain::from_json(&json)).unwrap_or_default()
            };
            let entries = table
                .rows()
                .filter_map(|row| Some((row.first()?.py_str().into(), kinds(row.get(1)?.as_str()?))));
            let known = Plain::Map(entries.collect());
            memo.set(key.as_str(), known.clone());
            known
        }
    };
    let kinds = known.get(&name.to_lowercase()).and_then(Plain::as_list).unwrap_or_default();
    Ok(list(kinds.iter().map(crate::jinja::engine::to_jinja).collect()))
}

/// What a plugin is told of a finished model.
fn stored(relation: &Value, columns: &Value, path: &str, format: &str) -> Result<serde_json::Value, Error> {
    let relation = RelationValue::of(relation).ok_or_else(|| type_error("expected a relation"))?;
    let column = |column: &Value| {
        let part = |name: &str| column.get_attr(name).map(|part| py_str(&part)).unwrap_or_default();
        json!({"column": part("column"), "dtype": part("dtype")})
    };
    let columns: Vec<serde_json::Value> = items(columns)?.iter().map(column).collect();
    Ok(json!({
        "relation": {"database": relation.database(), "schema": relation.schema(), "identifier": relation.identifier()},
        "columns": columns,
        "location": {"path": path, "format": format},
    }))
}

/// What tells the temporary tables of a microbatch's batches apart.
fn batch_id(model: &Value) -> String {
    let part = |value: &Value, name: &str| {
        value
            .call_get(name)
            .or_else(|| value.get_attr(name).ok().filter(|found| !found.is_undefined() && !found.is_none()))
    };
    let start = part(model, "batch").and_then(|batch| part(&batch, "event_time_start"));
    start.map(|start| py_str(&start).replace(['-', ':', '+'], "").replace(' ', "_")).unwrap_or_default()
}

/// The stand-in for a temporary table where the database has none, unique within the run.
fn temp_path(host: &dyn ExecutionHost, model: &Value, batch: String) -> Value {
    let part = |name: &str| {
        let value = model.get_attr(name).ok().filter(|value| !value.is_undefined() && !value.is_none());
        value.or_else(|| model.call_get(name)).map(|value| py_str(&value))
    };
    let identifier = part("identifier").or_else(|| part("alias")).unwrap_or_default();
    let memo = host.adapter().memo();
    let fresh = || {
        let id = uuid::Uuid::new_v4().simple().to_string();
        Plain::str(&id[20..])
    };
    let unique = memo.get_or_insert_with(&format!("temp {identifier}"), fresh).py_str();
    let mut name = format!("{identifier}__{unique}");
    if !batch.is_empty() {
        name += &format!("__{batch}");
    }
    let schema = memo.get("temp schema").map_or_else(|| "dbt_temp".to_string(), |schema| schema.py_str());
    PathValue::value([part("database").map(Into::into), Some(schema.into()), Some(name.into())])
}
