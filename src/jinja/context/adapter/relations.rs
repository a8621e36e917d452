//! Relations and schemas: `get_relation` and the cache behind it, and what creates, renames, drops.

use std::sync::Arc;

use minijinja::{Error, State, Value};

use super::super::agate::TableValue;
use super::super::args::{CallArgs, flag, items, optional_text, type_error};
use super::super::host::ExecutionHost;
use super::super::relation::{RelationValue, raised};
use super::query::commit_if_open;
use super::{Answer, databricks, execute_macro, redshift, snowflake};
use crate::adapter::{Cell, Dialect, Policy, Relation, RelationType, Table};
use crate::event::Event;
use crate::jinja::engine::{is_undefined, py_str};
use crate::value::Str;

pub(super) fn call(
    host: &dyn ExecutionHost,
    state: &mut State<'_, '_>,
    method: &str,
    args: &[Value],
) -> Answer {
    let args = CallArgs::new(args);
    let cache = host.adapter().cache();
    Ok(Some(match method {
        "get_relation" => {
            let params = ["database", "schema", "identifier", "needs_information"];
            let [database, schema, identifier, informed] = args.bind(method, params, 3)?;
            let name = Name::new(database, schema, identifier)?;
            let mut found = get_relation(host, state, &name)?;
            if flag(informed, false) && is_databricks(host) {
                found = found.map(|found| databricks::with_information(host, state, found)).transpose()?;
            }
            found.map_or(Value::from(()), RelationValue::shared)
        }
        "already_exists" => {
            let [schema, name] = args.bind(method, ["schema", "name"], 2)?;
            let database = host.adapter().credentials().database.clone().map(Value::from);
            let name = Name::new(database, schema, name)?;
            Value::from(get_relation(host, state, &name)?.is_some())
        }
        "cache_added" => {
            let relation = relation_arg(args, method, "relation")?;
            cache.add(relation.as_ref().clone());
            Value::from("")
        }
        "cache_dropped" => {
            cache.drop_relation(&*relation_arg(args, method, "relation")?);
            Value::from("")
        }
        "cache_renamed" => {
            let (from, to) = two_relations(args, method, ["from_relation", "to_relation"])?;
            cache.rename(&from, &to).map_err(raised)?;
            Value::from("")
        }
        "rename_relation" => {
            let (from, to) = two_relations(args, method, ["from_relation", "to_relation"])?;
            cache.rename(&from, &to).map_err(raised)?;
            let kwargs = vec![
                ("from_relation", RelationValue::shared(from)),
                ("to_relation", RelationValue::shared(to)),
            ];
            execute_macro(host, state, method, kwargs)?;
            Value::from(())
        }
        "drop_relation" => {
            drop(host, state, relation_arg(args, method, "relation")?)?;
            Value::from(())
        }
        "truncate_relation" => {
            let relation = relation_arg(args, method, "relation")?;
            execute_macro(host, state, method, vec![("relation", RelationValue::shared(relation))])?;
            Value::from(())
        }
        "create_schema" | "drop_schema" => {
            let schema = relation_arg(args, method, "relation")?.without_identifier();
            host.tell(schema_event(method, &schema));
            redshift::in_database_of(host, &schema, || {
                execute_macro(host, state, method, vec![("relation", RelationValue::value(schema.clone()))])?;
                commit_if_open(host)
            })?;
            if method == "drop_schema" {
                cache.drop_schema(schema.database(), schema.schema());
            }
            Value::from(())
        }
        "check_schema_exists" => {
            let [database, schema] = args.bind(method, ["database", "schema"], 2)?;
            let (database, schema) = (optional_text(database, "database")?, schema.unwrap_or_default());
            Value::from(schema_exists(host, state, database, &schema)?)
        }
        _ => return Ok(None),
    }))
}

/// Drops a relation, and forgets it.
///
/// # Errors
/// Its type is not known; the warehouse's.
pub(super) fn drop(
    host: &dyn ExecutionHost,
    state: &mut State<'_, '_>,
    relation: Arc<Relation>,
) -> Result<(), Error> {
    if relation.kind.is_none() {
        return Err(type_error(format!("cannot drop {}: its type is not known", relation.render())));
    }
    host.adapter().cache().drop_relation(&relation);
    execute_macro(host, state, "drop_relation", vec![("relation", RelationValue::shared(relation))])
        .map(|_| ())
}

/// Whether the warehouse lists and describes in its own way.
fn is_databricks(host: &dyn ExecutionHost) -> bool {
    host.adapter().dialect().type_name() == "databricks"
}

/// A schema is about to be made or dropped.
pub(super) fn schema_event(method: &str, schema: &Relation) -> Event {
    let (name, verb) =
        if method == "create_schema" { ("SchemaCreation", "Creating") } else { ("SchemaDrop", "Dropping") };
    let part = |part: Option<&str>| part.unwrap_or_default().to_string();
    let (database, own) = (part(schema.database()), part(schema.schema()));
    let text = format!("{verb} schema \"database: \"{database}\"\nschema: \"{own}\"\n\"");
    let named = [("database", database), ("schema", own), ("identifier", String::new())];
    let named = named.into_iter().map(|(key, name)| (key.into(), name.into())).collect();
    Event::message(name, text).data("relation", crate::value::Value::Map(named))
}

/// A relation's name as templates give it.
struct Name {
    database: Option<String>,
    schema: Option<String>,
    identifier: String,
}

impl Name {
    fn new(database: Option<Value>, schema: Option<Value>, identifier: Option<Value>) -> Result<Name, Error> {
        let identifier = optional_text(identifier, "the identifier")?;
        Ok(Name {
            database: optional_text(database, "the database")?,
            schema: optional_text(schema, "the schema")?,
            identifier: identifier.ok_or_else(|| type_error("get_relation() needs an identifier"))?,
        })
    }
}

/// The relation of that name in the warehouse, by way of the cache.
fn get_relation(
    host: &dyn ExecutionHost,
    state: &mut State<'_, '_>,
    name: &Name,
) -> Result<Option<Arc<Relation>>, Error> {
    let cache = host.adapter().cache();
    let (database, schema) = (name.database.as_deref(), name.schema.as_deref());
    let found = if database.is_none() && !cache.contains_schema(None, schema) {
        // Without a database the cache has no place to look: the warehouse's answer says which it is.
        let listed = list_schema(host, state, None, schema)?;
        let same = |relation: &Relation| {
            relation.identifier().is_some_and(|own| own.to_lowercase() == name.identifier.to_lowercase())
        };
        let found = listed.iter().find(|relation| same(relation)).cloned().map(Arc::new);
        listed.into_iter().for_each(|relation| cache.add(relation));
        found
    } else {
        cache.fill(database, schema, || list_schema(host, state, database, schema))?;
        cache.get(database, schema, &name.identifier)
    };
    let Some(found) = found else { return Ok(None) };
    // Names that the project does not quote are looked up in the warehouse's case; a script knows them as they are written.
    let quoting = host.quoting();
    let folds_up = host.adapter().dialect().folds_up() && host.adapter().is_connected();
    let fold = |text: Option<&str>, quoted: bool| {
        text.map(|name| match quoted {
            true => name.to_string(),
            false if folds_up => name.to_uppercase(),
            false => name.to_lowercase(),
        })
    };
    let search = [
        fold(database, quoting.database),
        fold(schema, quoting.schema),
        fold(Some(&name.identifier), quoting.identifier),
    ];
    let matched = found.matches(search.each_ref().map(Option::as_deref)).map_err(raised)?;
    Ok(matched.then_some(found))
}

/// What the warehouse lists in a schema.
fn list_schema(
    host: &dyn ExecutionHost,
    state: &mut State<'_, '_>,
    database: Option<&str>,
    schema: Option<&str>,
) -> Result<Vec<Relation>, Error> {
    let dialect = host.adapter().dialect();
    let mut relation = Relation::new(dialect, [database.map(Into::into), schema.map(Into::into), None]);
    relation.quote_policy = host.quoting();
    if is_databricks(host) {
        return databricks::listed(host, state, &relation.without_identifier());
    }
    let kwargs = vec![("schema_relation", RelationValue::value(relation.without_identifier()))];
    match execute_macro(host, state, "list_relations_without_caching", kwargs) {
        Err(error) if dialect.missing_schema().is_some_and(|code| says(&error, code)) => Ok(vec![]),
        listed => listed_relations(dialect, &listed?),
    }
}

/// Whether an error, or one that it came of, has these words, which are in lower case.
pub(super) fn says(error: &Error, words: &str) -> bool {
    let mut current: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = current {
        if error.to_string().to_lowercase().contains(words) {
            return true;
        }
        current = error.source();
    }
    false
}

/// Database, name, schema and type of each row.
fn rows_of(table: &Table) -> Vec<Vec<Option<Str>>> {
    let text = |cell: Cell| (!cell.is_null()).then(|| Str::from(cell.py_str()));
    table.rows().map(|row| row.into_iter().map(text).collect()).collect()
}

/// The relations in the result of `list_relations_without_caching`: rows of database, name, schema
/// and type, or of columns that are named so.
///
/// # Errors
/// The macro returned something else.
pub fn listed_relations(dialect: &'static dyn Dialect, listed: &Value) -> Result<Vec<Relation>, Error> {
    if let Ok(items) = items(listed)
        && !items.is_empty()
        && let Some(relations) = items.iter().map(RelationValue::of).collect::<Option<Vec<_>>>()
    {
        return Ok(relations.into_iter().map(Arc::unwrap_or_clone).collect());
    }
    if let Some(relations) = TableValue::of(listed).and_then(|table| snowflake::listed(dialect, table)) {
        return Ok(relations);
    }
    let rows: Vec<Vec<Option<Str>>> = match TableValue::of(listed) {
        Some(table) => rows_of(table),
        None => {
            let text =
                |value: &Value| (!value.is_none() && !is_undefined(value)).then(|| Str::from(py_str(value)));
            let rows = items(listed)?;
            rows.iter().map(|row| Ok(items(row)?.iter().map(text).collect())).collect::<Result<_, Error>>()?
        }
    };
    rows.into_iter()
        .map(|row| {
            let [database, name, schema, kind] = <[Option<Str>; 4]>::try_from(row)
                .map_err(|_| type_error("list_relations_without_caching returns rows of four values"))?;
            let mut relation = Relation::new(dialect, [database, schema, name]);
            relation.quote_policy = Policy::ALL;
            let kind = kind.as_deref().unwrap_or_default();
            relation.kind = Some(dialect.relation_type(kind).unwrap_or(RelationType::External));
            Ok(relation)
        })
        .collect()
}

fn schema_exists(
    host: &dyn ExecutionHost,
    state: &mut State<'_, '_>,
    database: Option<String>,
    schema: &Value,
) -> Result<bool, Error> {
    if is_databricks(host) {
        let database = database.unwrap_or_else(|| "hive_metastore".into());
        let kwargs = vec![("database", Value::from(database)), ("schema", schema.clone())];
        let found = execute_macro(host, state, "databricks__check_schema_exists", kwargs)?;
        return Ok(TableValue::of(&found).is_some_and(|found| !found.is_empty()));
    }
    let path = [database.map(Str::from), Some(py_str(schema).into()), Some("INFORMATION_SCHEMA".into())];
    let mut relation = Relation::new(host.adapter().dialect(), path);
    relation.quote_policy = host.quoting();
    let kwargs = vec![
        ("information_schema", RelationValue::value(relation.information_schema(None))),
        ("schema", schema.clone()),
    ];
    let result = execute_macro(host, state, "check_schema_exists", kwargs)?;
    let count = match TableValue::of(&result) {
        Some(table) => table.scalar().and_then(|cell| cell.as_i64()),
        None => {
            let first = result.get_item_by_index(0).and_then(|row| row.get_item_by_index(0)).ok();
            first.and_then(|count| count.as_i64())
        }
    };
    Ok(count.unwrap_or(0) > 0)
}

/// The one argument of a method, which is a relation.
pub(super) fn relation_arg(args: CallArgs, method: &str, param: &str) -> Result<Arc<Relation>, Error> {
    let value = args.one(method, param)?;
    relation_of(&value, method, param)
}

pub(super) fn relation_of(value: &Value, method: &str, param: &str) -> Result<Arc<Relation>, Error> {
    RelationValue::of(value).ok_or_else(|| {
        let kind = crate::jinja::engine::py_type_name(value);
        type_error(format!("adapter.{method}() takes a relation for `{param}`, not {kind}"))
    })
}

pub(super) fn two_relations(
    args: CallArgs,
    method: &str,
    params: [&str; 2],
) -> Result<(Arc<Relation>, Arc<Relation>), Error> {
    let [from, to] = args.bind(method, params, 2)?;
    let (from, to) = (from.unwrap_or_default(), to.unwrap_or_default());
    Ok((relation_of(&from, method, params[0])?, relation_of(&to, method, params[1])?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapter::dialect::dialect;

    #[test]
    fn what_snowflake_shows_is_read_by_its_columns() {
        let names = ["created_on", "name", "database_name", "schema_name", "kind", "is_dynamic"];
        let row = |name: &str, kind: &str, dynamic: &str| {
            ["2026-01-01", name, "DB", "MART", kind, dynamic].map(Cell::str).to_vec()
        };
        let rows = vec![row("ORDERS", "TABLE", "N"), row("SHOWN", "VIEW", "N"), row("FRESH", "TABLE", "Y")];
        let table = Table::from_rows(names.map(Str::from).to_vec(), rows);
        let snowflake = dialect("snowflake").unwrap();
        let listed = listed_relations(snowflake, &TableValue::value(table)).unwrap();
        let listed: Vec<_> = listed.iter().map(|relation| (relation.render(), relation.kind)).collect();
        let kinds = [RelationType::Table, RelationType::View, RelationType::DynamicTable];
        let expected = ["ORDERS", "SHOWN", "FRESH"].map(|name| format!("\"DB\".\"MART\".\"{name}\""));
        assert_eq!(listed, expected.into_iter().zip(kinds.map(Some)).collect::<Vec<_>>());
    }
}
