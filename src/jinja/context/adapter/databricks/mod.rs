//! What dbt-databricks adds to the `adapter` object.
//!
//! <https://docs.getdbt.com/reference/resource-configs/databricks-configs>

mod changes;
mod columns;
mod constraints;
mod describe;
mod formats;
pub(in crate::jinja::context) mod relation;
mod relations;
mod runtime;
mod schedule;
mod settings;
mod standing;
mod wanted;

use minijinja::{Error, State, Value};

use super::super::args::{CallArgs, flag, optional_text, text, type_error};
use super::super::host::ExecutionHost;
use super::relations::relation_of;
use super::{Answer, plain};
use crate::jinja::engine::map_to_jinja;
use crate::value::Map;

pub(super) use columns::of_relation as columns_of_relation;
pub(in crate::jinja::context) use columns::render_for_create;
pub(super) use formats::catalog_relation;
pub(super) use relations::{listed, with_information};

pub(super) fn call(
    host: &dyn ExecutionHost,
    state: &mut State<'_, '_>,
    method: &str,
    args: &[Value],
) -> Answer {
    if host.adapter().dialect().type_name() != "databricks" {
        return Ok(None);
    }
    if !host.executing()
        && let Some(value) = while_parsing(method)
    {
        return Ok(Some(value));
    }
    let args = CallArgs::new(args);
    Ok(Some(match method {
        "has_dbr_capability" => {
            let name = text(&args.one(method, "capability_name")?, "the capability")?;
            Value::from(runtime::has_capability(host, &name)?)
        }
        "compare_dbr_version" => {
            let [major, minor] = args.bind(method, ["major", "minor"], 2)?;
            let number = |value: Option<Value>| value.and_then(|value| value.as_i64()).unwrap_or_default();
            Value::from(runtime::compare(host, (number(major), number(minor)))?)
        }
        "is_cluster" => {
            args.none(method).map(|()| Value::from(runtime::is_cluster(host.adapter().credentials())))?
        }
        "clean_sql" => Value::from(cleaned(&text(&args.one(method, "sql")?, "the SQL")?)),
        "yaml_quote_backtick_values" => {
            let yaml = text(&args.one(method, "yaml_body")?, "the YAML")?;
            Value::from(formats::quote_sources(&yaml))
        }
        "get_behavior_flag_no_warn" => {
            let name = text(&args.one(method, "behavior_flag_name")?, "the flag")?;
            let set =
                host.behavior(&name).ok_or_else(|| type_error(format!("No such behavior flag: {name}")))?;
            Value::from(set)
        }
        "generate_unique_temporary_table_suffix" => {
            let [start] = args.bind(method, ["suffix_initial"], 0)?;
            let start = optional_text(start, "the suffix")?.unwrap_or_else(|| "__dbt_tmp".into());
            let unique = uuid::Uuid::new_v4().hyphenated().to_string().replace('-', "_");
            Value::from(format!("{start}_{unique}"))
        }
        "resolve_file_format" => Value::from(formats::of_files(host, state, &args.one(method, "config")?)?),
        "is_uniform" => Value::from(formats::is_uniform(host, state, &args.one(method, "config")?)?),
        "update_tblproperties_for_uniform_iceberg" => {
            let [config, properties] = args.bind(method, ["config", "tblproperties"], 1)?;
            formats::uniform_properties(state, &config.unwrap_or_default(), properties)?
        }
        "compute_external_path" => {
            let [config, model, incremental] = args.bind(method, ["config", "model", "is_incremental"], 2)?;
            let (config, model) = (config.unwrap_or_default(), model.unwrap_or_default());
            Value::from(formats::external_path(state, &config, &model, flag(incremental, false))?)
        }
        "parse_columns_and_constraints" => columns::parse(host, args)?,
        "get_persist_doc_columns" => {
            let [existing, columns] = args.bind(method, ["existing_columns", "columns"], 2)?;
            columns::undocumented(&existing.unwrap_or_default(), &columns.unwrap_or_default())?
        }
        "get_relations_without_caching" => {
            let relation = relation_of(&args.one(method, "relation")?, method, "relation")?;
            relations::rows(host, state, &relation)?
        }
        "get_column_tags_from_model" => {
            settings::value_of(&wanted::column_tags(&args.one(method, "model")?)?)
        }
        "get_config_from_model" => {
            settings::Settings::value(wanted::settings(host, &args.one(method, "model")?)?)
        }
        "get_relation_config" => {
            let [relation, wanted] = args.bind(method, ["relation", "model_config"], 1)?;
            let relation = relation_of(&relation.unwrap_or_default(), method, "relation")?;
            let wanted = wanted.as_ref().and_then(|wanted| settings::Settings::of(wanted));
            settings::Settings::value(standing::settings(host, state, &relation, wanted)?)
        }
        "redact_credentials" => args.one(method, "sql")?,
        _ => return Ok(None),
    }))
}

/// What is asked of the warehouse, or compared with what stands there, while the project is only parsed.
fn while_parsing(method: &str) -> Option<Value> {
    Some(match method {
        "get_config_from_model" | "get_relation_config" | "get_persist_doc_columns" => {
            map_to_jinja(&Map::default())
        }
        "is_uniform"
        | "compare_dbr_version"
        | "update_tblproperties_for_uniform_iceberg"
        | "compute_external_path" => Value::from(0),
        _ => return None,
    })
}

/// A statement without white space around it and without its closing semicolon.
pub(super) fn cleaned(sql: &str) -> &str {
    let sql = sql.trim();
    sql.strip_suffix(';').unwrap_or(sql)
}

/// A key of what `config` says, when it says something.
fn setting(state: &mut State<'_, '_>, config: &Value, key: &str) -> Result<Option<Value>, Error> {
    let found = config.call_method(state, "get", &[Value::from(key)])?;
    Ok((!found.is_none() && !crate::jinja::engine::is_undefined(&found)).then_some(found))
}

/// A part of a node as plain data.
fn part(node: &Value, key: &str) -> Result<crate::value::Value, Error> {
    let found = node.get_attr(key).unwrap_or_default();
    if crate::jinja::engine::is_undefined(&found) {
        return Ok(crate::value::Value::Null);
    }
    plain(&found)
}
