//! `adapter`: what templates ask of the warehouse.
//!
//! While a project is parsed, whatever would reach the warehouse answers with nothing instead.

mod bigquery;
mod catalog;
mod columns;
pub(super) mod databricks;
mod duckdb;
mod index;
mod names;
mod objects;
mod parse;
mod postgres;
mod query;
mod redshift;
mod relations;
pub(super) mod snowflake;

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Object, ObjectRepr};
use minijinja::{Error, ErrorKind, State, Value};

use super::args::{CallArgs, optional_text, text, type_error, unknown_method};
use super::column::ColumnClass;
use super::host::ExecutionHost;
use super::relation::{RelationClass, raised};
use crate::adapter::{Relation, constraint};
use crate::jinja::engine::{dict, from_jinja, is_undefined, list, map_to_jinja, py_type_name};
use crate::value::Value as Plain;

pub(super) use bigquery::call_class as call_bigquery_class;
pub use objects::{ResponseValue, response_of};
pub use relations::listed_relations;

/// The `adapter` of one node.
pub struct AdapterObject {
    host: Arc<dyn ExecutionHost>,
}

impl AdapterObject {
    pub fn value(host: Arc<dyn ExecutionHost>) -> Value {
        Value::from_object(AdapterObject { host })
    }
}

/// A method that only this warehouse's relations have; none for others.
pub(super) fn call_relation(relation: &Arc<Relation>, method: &str, args: &CallArgs) -> Answer {
    match relation.dialect.type_name() {
        "databricks" => databricks::relation::call(relation, method, args),
        "snowflake" => snowflake::relation::call(relation, method, args),
        "redshift" => redshift::materialized_view::call(relation, method, args),
        "postgres" => postgres::call_relation(relation, method, args),
        _ => Ok(None),
    }
}

/// A method call on its way through the groups of methods: none says "not mine".
type Answer = Result<Option<Value>, Error>;

impl fmt::Debug for AdapterObject {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "<adapter {}>", self.host.adapter().dialect().type_name())
    }
}

impl Object for AdapterObject {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        let dialect = self.host.adapter().dialect();
        match key {
            "Relation" => Some(Value::from_object(RelationClass { dialect, quoting: self.host.quoting() })),
            "Column" => Some(Value::from_object(ColumnClass(dialect))),
            "behavior" => Some(objects::BehaviorValue::value(self.host.clone())),
            "config" => Some(self.config()),
            "__name__" => Some(Value::from("DatabaseWrapper")),
            "__callable__" => Some(Value::from(false)),
            "__names__" => Some(list(names::NAMES.iter().map(|name| Value::from(*name)).collect())),
            _ => None,
        }
    }

    fn call_method(
        self: &Arc<Self>,
        state: &mut State<'_, '_>,
        method: &str,
        args: &[Value],
    ) -> Result<Value, Error> {
        if !self.host.executing()
            && let Some(value) = parse::replacement(method)
        {
            return Ok(value);
        }
        let host = &*self.host;
        let groups = [
            facts,
            bigquery::call,
            query::call,
            relations::call,
            columns::call,
            duckdb::call,
            databricks::call,
            redshift::call,
            snowflake::call,
        ];
        for group in groups {
            if let Some(value) = group(host, state, method, args)? {
                return Ok(value);
            }
        }
        Err(unknown_method("DatabaseWrapper", method))
    }

    fn render(self: &Arc<Self>, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, out)
    }
}

impl AdapterObject {
    fn config(&self) -> Value {
        let quoting = self.host.quoting();
        dict([
            ("project_name", Value::from(self.host.project_name())),
            ("credentials", map_to_jinja(&self.host.adapter().credentials().target_fields())),
            ("flags", self.host.project().map(|project| map_to_jinja(&project.flags)).unwrap_or_default()),
            ("quoting", super::relation_parts::PolicyValue(quoting).to_dict()),
        ])
    }
}

/// Methods that say something about the adapter or render text, and touch nothing.
fn facts(host: &dyn ExecutionHost, state: &mut State<'_, '_>, method: &str, args: &[Value]) -> Answer {
    let dialect = host.adapter().dialect();
    let args = CallArgs::new(args);
    Ok(Some(match method {
        "type" => args.none(method).map(|()| Value::from(dialect.type_name()))?,
        "dispatch" => dispatch(host, args)?,
        "quote" => Value::from(dialect.quote(&text(&args.one(method, "identifier")?, "the identifier")?)),
        "quote_as_configured" => {
            let [identifier, key] = args.bind(method, ["identifier", "quote_key"], 2)?;
            let identifier = text(&identifier.unwrap_or_default(), "the identifier")?;
            let quoting = host.quoting();
            let quotes = match key.as_ref().and_then(Value::as_str) {
                Some("database") => quoting.database,
                Some("schema") => quoting.schema,
                Some("identifier") => quoting.identifier,
                _ => false,
            };
            Value::from(if quotes { dialect.quote(&identifier) } else { identifier })
        }
        "quote_seed_column" => {
            let [column, config] = args.bind(method, ["column", "quote_config"], 2)?;
            let column = text(&column.unwrap_or_default(), "the column")?;
            Value::from(if quotes_columns(config, dialect.quotes_seed_columns())? {
                dialect.quote(&column)
            } else {
                column
            })
        }
        "render_raw_columns_constraints" => {
            let columns = plain(&args.one(method, "raw_columns")?)?;
            let columns = columns.as_map().ok_or_else(|| type_error("raw_columns is a mapping"))?;
            let mut warnings = vec![];
            let lines = constraint::column_lines(dialect, columns, &mut warnings).map_err(raised)?;
            warnings.iter().for_each(|warning| host.warn(warning.event, &warning.message));
            texts(lines)
        }
        "render_raw_model_constraints" => {
            let raw = plain(&args.one(method, "raw_constraints")?)?;
            let mut warnings = vec![];
            let raw = raw.as_list().unwrap_or_default();
            let lines = constraint::model_lines(dialect, raw, &mut warnings).map_err(raised)?;
            warnings.iter().for_each(|warning| host.warn(warning.event, &warning.message));
            texts(lines)
        }
        "valid_incremental_strategies" => {
            args.none(method)?;
            texts(dialect.incremental_strategies().iter().map(|name| name.to_string()).collect())
        }
        "get_incremental_strategy_macro" => incremental_strategy(host, args)?,
        "get_hard_deletes_behavior" => hard_deletes(host, state, &args.one(method, "config")?)?,
        "date_function" => args.none(method).map(|()| Value::from(dialect.date_function()))?,
        "verify_database" => verify_database(host, &args.one(method, "database")?)?,
        "build_catalog_relation" => match dialect.type_name() {
            "snowflake" => snowflake::catalog_relation(host, &args.one(method, "config")?)?,
            name => catalog::relation(name, &args.one(method, "config")?),
        },
        _ => return Ok(None),
    }))
}

fn texts(lines: Vec<String>) -> Value {
    list(lines.into_iter().map(Value::from).collect())
}

/// A template's value as plain data.
fn plain(value: &Value) -> Result<Plain, Error> {
    from_jinja(value).map_err(|error| type_error(error.message))
}

fn dispatch(host: &dyn ExecutionHost, args: CallArgs) -> Result<Value, Error> {
    let [name, namespace, packages] =
        args.bind("dispatch", ["macro_name", "macro_namespace", "packages"], 1)?;
    let name = text(&name.unwrap_or_default(), "macro_name")?;
    if let Some((namespace, rest)) = name.split_once('.') {
        return Err(type_error(format!(
            "in adapter.dispatch, `{name}` is no macro name; did you mean \
             `adapter.dispatch(\"{rest}\", macro_namespace=\"{namespace}\")`?"
        )));
    }
    if packages.is_some_and(|packages| !packages.is_none()) {
        return Err(type_error(format!(
            "the `packages` argument of adapter.dispatch (macro `{name}`) is gone; use `macro_namespace`"
        )));
    }
    if let Some(namespace) = &namespace
        && namespace.as_str().is_none()
        && !namespace.is_none()
    {
        return Err(type_error(format!(
            "in adapter.dispatch, macro_namespace is None or a string, not {}",
            py_type_name(namespace)
        )));
    }
    host.dispatch(&name, namespace.as_ref().and_then(Value::as_str))
}

fn quotes_columns(config: Option<Value>, default: bool) -> Result<bool, Error> {
    match config {
        None => Ok(default),
        Some(config) if config.is_none() || is_undefined(&config) => Ok(default),
        Some(config) if config.kind() == minijinja::value::ValueKind::Bool => Ok(config.is_true()),
        Some(config) => Err(type_error(format!(
            "the seed's config `quote_columns` is a boolean, not {}",
            py_type_name(&config)
        ))),
    }
}

/// The macro that builds the SQL of an incremental strategy.
fn incremental_strategy(host: &dyn ExecutionHost, args: CallArgs) -> Result<Value, Error> {
    let [context, strategy] =
        args.bind("get_incremental_strategy_macro", ["model_context", "strategy"], 2)?;
    let strategy = optional_text(strategy, "the strategy")?.unwrap_or_else(|| "default".into());
    let valid = host.adapter().dialect().incremental_strategies();
    let batched = host.behavior("require_batched_execution_for_custom_microbatch_strategy") == Some(true);
    let builtin = ["append", "delete+insert", "merge", "insert_overwrite"];
    let is_builtin = builtin.contains(&&*strategy) || (strategy == "microbatch" && !batched);
    if is_builtin && !valid.contains(&&*strategy) {
        return Err(type_error(format!(
            "The incremental strategy '{strategy}' is not valid for this adapter"
        )));
    }
    let name = format!("get_incremental_{}_sql", strategy.replace('+', "_"));
    let context = context.unwrap_or_default();
    let found = context.get_item(&Value::from(name.as_str())).ok().filter(|found| !is_undefined(found));
    found.ok_or_else(|| {
        type_error(format!(
            "dbt could not find an incremental strategy macro with the name \"{name}\" in {}",
            host.project_name()
        ))
    })
}

fn hard_deletes(host: &dyn ExecutionHost, state: &mut State<'_, '_>, config: &Value) -> Result<Value, Error> {
    // Templates pass `config` itself or a dict: both know `get`.
    let mut setting = |name: &str| -> Result<Option<Value>, Error> {
        let found = config.call_method(state, "get", &[Value::from(name)])?;
        Ok((!is_undefined(&found) && !found.is_none()).then_some(found))
    };
    let old = setting("invalidate_hard_deletes")?;
    let new = setting("hard_deletes")?;
    match (&old, new.as_ref().and_then(Value::as_str)) {
        (Some(_), Some(_)) => {
            Err(type_error("a snapshot cannot set both `invalidate_hard_deletes` and `hard_deletes`"))
        }
        (Some(_), None) => {
            if host.adapter().memo().is_first("invalidate_hard_deletes") {
                host.warn(
                    "SnapshotTimestampWarning",
                    "`invalidate_hard_deletes` is deprecated; use `hard_deletes`",
                );
            }
            let on = old.is_some_and(|old| old.is_true());
            Ok(Value::from(if on { "invalidate" } else { "ignore" }))
        }
        (None, Some(known @ ("ignore" | "new_record" | "invalidate"))) => Ok(Value::from(known)),
        (None, None) if new.is_none() => Ok(Value::from("ignore")),
        _ => Err(type_error("`hard_deletes` is one of ignore, invalidate, new_record")),
    }
}

/// Reading a key of a dict or of dbt's `config` object alike.
trait CallGet {
    /// The value under `name`; none when it is not set.
    fn call_get(&self, name: &str) -> Option<Value>;
}

impl CallGet for Value {
    fn call_get(&self, name: &str) -> Option<Value> {
        let found = self.get_item(&Value::from(name)).ok()?;
        (!is_undefined(&found) && !found.is_none()).then_some(found)
    }
}

fn verify_database(host: &dyn ExecutionHost, database: &Value) -> Result<Value, Error> {
    let database = text(database, "the database")?;
    let database = database.trim_matches('"');
    let expected = host.adapter().credentials().database.as_deref().unwrap_or_default();
    let credentials = host.adapter().credentials();
    // Redshift reads other databases on nodes of the kind RA3, and where they are shared.
    let reads_others = host.adapter().dialect().type_name() == "redshift"
        && (credentials.flag("ra3_node") || credentials.flag("datasharing"));
    if reads_others || database.to_lowercase() == expected.to_lowercase() {
        return Ok(Value::from(""));
    }
    let adapter = host.adapter().dialect().type_name();
    Err(Error::new(
        ErrorKind::InvalidOperation,
        format!("a reference to the database `{database}` in {adapter}, whose only database is `{expected}`"),
    ))
}

/// Runs the macro that dbt's `execute_macro` would, with keyword arguments.
fn execute_macro(
    host: &dyn ExecutionHost,
    state: &mut State<'_, '_>,
    name: &str,
    kwargs: Vec<(&str, Value)>,
) -> Result<Value, Error> {
    let found = host.macro_named(name).ok_or_else(|| {
        type_error(format!("dbt could not find a macro with the name \"{name}\" in any package"))
    })?;
    let kwargs: minijinja::value::Kwargs = kwargs.into_iter().collect();
    found.call(state, &[Value::from(kwargs)])
}
