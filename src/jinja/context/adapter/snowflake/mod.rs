//! What dbt-snowflake adds to the `adapter` object and to relations.
//!
//! <https://docs.getdbt.com/reference/resource-configs/snowflake-configs>

mod catalogs;
mod changes;
mod describe;
mod dynamic_table;
mod interactive_table;
pub(in crate::jinja::context) mod relation;

use minijinja::{Error, State, Value};

use super::super::args::{CallArgs, flag, text};
use super::super::host::ExecutionHost;
use super::Answer;
use super::relations::relation_of;
use crate::adapter::{Dialect, Policy, Relation, RelationType, Table};
use crate::jinja::engine::is_undefined;
use crate::value::Str;

pub(super) use catalogs::relation as catalog_relation;

/// How a plain table is called among the formats of tables, and an Iceberg one.
const PLAIN_FORMAT: &str = "DEFAULT";
const ICEBERG_FORMAT: &str = "ICEBERG";

pub(super) fn call(host: &dyn ExecutionHost, _: &mut State<'_, '_>, method: &str, args: &[Value]) -> Answer {
    if host.adapter().dialect().type_name() != "snowflake" {
        return Ok(None);
    }
    let args = CallArgs::new(args);
    Ok(Some(match method {
        "describe_dynamic_table" => {
            let [relation, transient] = args.bind(method, ["relation", "include_transient"], 1)?;
            let relation = relation_of(&relation.unwrap_or_default(), method, "relation")?;
            describe::dynamic_table(host, &relation, flag(transient, false))?
        }
        "describe_interactive_table" => {
            let relation = relation_of(&args.one(method, "relation")?, method, "relation")?;
            describe::interactive_table(host, &relation)?
        }
        "get_catalog_integration" => {
            catalogs::integration(host, &text(&args.one(method, "name")?, "the catalog's name")?)?
        }
        _ => return Ok(None),
    }))
}

/// The relations in what `show objects` gives: the columns are known by their names. None where they are
/// others.
pub(super) fn listed(dialect: &'static dyn Dialect, table: &Table) -> Option<Vec<Relation>> {
    let named = |name: &str| table.column_names().iter().position(|own| own.eq_ignore_ascii_case(name));
    let (database, schema) = (named("database_name")?, named("schema_name")?);
    let (name, kind) = (named("name")?, named("kind")?);
    let marks = ["is_dynamic", "is_iceberg"].map(named);
    let relation = |row: usize| {
        let text = |column: usize| Some(table.cell(row, column)).filter(|cell| !cell.is_null());
        let text = |column: usize| text(column).map(|cell| Str::from(cell.py_str()));
        let marked =
            |mark: Option<usize>| mark.and_then(text).is_some_and(|mark| matches!(&*mark, "Y" | "YES"));
        let mut relation = Relation::new(dialect, [text(database), text(schema), text(name)]);
        relation.quote_policy = Policy::ALL;
        let kind = text(kind).unwrap_or_default().to_lowercase();
        let kind = dialect.relation_type(&kind).unwrap_or(RelationType::External);
        let is_dynamic = kind == RelationType::Table && marked(marks[0]);
        relation.kind = Some(if is_dynamic { RelationType::DynamicTable } else { kind });
        if marked(marks[1]) {
            relation.extra.insert("table_format".into(), ICEBERG_FORMAT.into());
        }
        relation
    };
    Some((0..table.len()).map(relation).collect())
}

/// A key of the configuration of `config.model`; none where it is not set.
fn setting(model: &Value, key: &str) -> Value {
    let config = model.get_attr("config").unwrap_or_default();
    let found = config.get_item(&Value::from(key)).unwrap_or_default();
    if is_undefined(&found) { Value::from(()) } else { found }
}

/// A key of the model itself as text.
fn part(model: &Value, key: &str) -> Value {
    let found = model.get_attr(key).unwrap_or_default();
    if is_undefined(&found) { Value::from(()) } else { found }
}

/// Python's `a or b`.
fn or(first: Value, second: impl FnOnce() -> Value) -> Value {
    if first.is_true() { first } else { second() }
}

/// A list of columns as one text.
fn clustering(model: &Value) -> Result<Value, Error> {
    let columns = setting(model, "cluster_by");
    if columns.is_none() || columns.as_str().is_some() {
        return Ok(columns);
    }
    let names: Vec<String> = columns.try_iter()?.map(|name| name.to_string()).collect();
    Ok(Value::from(names.join(", ")))
}
