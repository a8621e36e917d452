//! Columns that a table lacks, and fields that its structs lack. DDL adds columns, but no fields to a struct: for those the
//! table is written anew from itself, as for a change of type.

use minijinja::{Error, State, Value};

use super::super::super::args::{items, type_error};
use super::super::super::column::ColumnValue;
use super::super::super::exceptions;
use super::super::super::host::ExecutionHost;
use super::super::super::relation::RelationValue;
use super::super::{CallGet, execute_macro};
use super::layout::{Partitions, layout_of};
use super::partition::Partitioning;
use super::schema::{column_values, columns, run};
use crate::adapter::{Column, Relation};
use crate::jinja::engine::{dict, list, py_str};

/// The columns in a template's list; none for none.
pub(super) fn given(value: Option<&Value>) -> Result<Vec<Column>, Error> {
    let Some(value) = value.filter(|value| value.is_true()) else { return Ok(vec![]) };
    let column = |value: &Value| {
        ColumnValue::of(value).cloned().ok_or_else(|| type_error("this takes a list of columns"))
    };
    items(value)?.iter().map(column).collect()
}

/// Drops columns and adds others; a name with dots is that of a field in a struct.
pub(super) fn change(
    host: &dyn ExecutionHost,
    state: &mut State<'_, '_>,
    relation: &Relation,
    (added, removed): (&[Column], &[Column]),
) -> Result<(), Error> {
    let table = relation.render();
    let quote = |name: &str| host.adapter().dialect().quote(name);
    let (fields, whole): (Vec<&Column>, Vec<&Column>) =
        removed.iter().partition(|column| column.name.contains('.'));
    if !fields.is_empty() {
        let names: Vec<&str> = fields.iter().map(|column| &*column.name).collect();
        let message =
            format!("{table}: BigQuery drops no fields of structs, so these stay: {}", names.join(", "));
        host.warn("AdapterEventWarning", &message);
    }
    if !whole.is_empty() {
        let dropped: Vec<String> =
            whole.iter().map(|column| format!("drop column {}", quote(&column.name))).collect();
        run(host, &format!("alter table {table} {}", dropped.join(", ")))?;
    }
    let (fields, whole): (Vec<&Column>, Vec<&Column>) =
        added.iter().partition(|column| column.name.contains('.'));
    if !fields.is_empty() {
        let standing = columns(host, relation)?;
        let mut wanted = standing.clone();
        for field in fields {
            insert(&mut wanted, &field.name, field);
        }
        rewrite(host, state, relation, (&standing, &wanted))?;
    }
    if whole.is_empty() {
        return Ok(());
    }
    let added: Vec<String> = whole
        .iter()
        .map(|column| format!("add column {} {}", quote(&column.name), column.data_type()))
        .collect();
    run(host, &format!("alter table {table} {}", added.join(", ")))
}

/// Puts a field in the struct that its path leads to, behind those that are there.
fn insert(columns: &mut Vec<Column>, path: &str, field: &Column) {
    match path.split_once('.') {
        Some((first, rest)) => {
            if let Some(parent) = columns.iter_mut().find(|column| *column.name == *first) {
                insert(&mut parent.fields, rest, field);
            }
        }
        None if columns.iter().any(|column| *column.name == *path) => {}
        None => columns.push(Column { name: path.into(), ..field.clone() }),
    }
}

/// Gives the target's structs the fields that the source's have, and takes those changes off the list of what is left to do.
pub(super) fn sync(
    host: &dyn ExecutionHost,
    state: &mut State<'_, '_>,
    (source, target): (&Relation, &Relation),
    changes: &Value,
) -> Result<Value, Error> {
    let known = |key: &str, relation: &Relation| match changes.call_get(key) {
        Some(known) => given(Some(&known)),
        None => columns(host, relation),
    };
    let (source_columns, standing) = (known("source_columns", source)?, known("target_columns", target)?);
    let list_of = |key: &str| changes.call_get(key).map_or_else(|| Ok(vec![]), |value| items(&value));
    let retyped: Vec<String> = list_of("new_target_types")?.iter().filter_map(struct_of_change).collect();
    let lacks = |own: &Column, new: &Column| {
        retyped.iter().any(|name| **name == *own.name) || !missing(&own.fields, &new.fields).is_empty()
    };
    let mut handled: Vec<String> = vec![];
    let mut wanted = vec![];
    for own in &standing {
        match source_columns.iter().find(|new| new.name == own.name) {
            Some(new) if lacks(own, new) => {
                handled.push(own.name.to_string());
                wanted.push(new.clone());
            }
            _ => wanted.push(own.clone()),
        }
    }
    if handled.is_empty() {
        return Ok(changes.clone());
    }
    rewrite(host, state, target, (&standing, &wanted))?;
    let is_handled = |name: &str| {
        let first = name.split('.').next().unwrap_or_default();
        handled.iter().any(|handled| handled == first)
    };
    let added: Vec<Value> = list_of("source_not_in_target")?
        .into_iter()
        .filter(|column| !ColumnValue::of(column).is_some_and(|column| is_handled(&column.name)))
        .collect();
    let types: Vec<Value> = list_of("new_target_types")?
        .into_iter()
        .filter(|change| !change.call_get("column_name").is_some_and(|name| is_handled(&py_str(&name))))
        .collect();
    let removed = list_of("target_not_in_source")?;
    let changed = !(added.is_empty() && types.is_empty() && removed.is_empty());
    let mut left: Vec<(String, Value)> = vec![];
    for key in changes.try_iter()? {
        let key = py_str(&key);
        let value = match key.as_str() {
            "source_not_in_target" => list(added.clone()),
            "new_target_types" => list(types.clone()),
            "target_columns" => column_values(wanted.clone()),
            "schema_changed" if !changed => Value::from(false),
            _ => changes.get_item(&Value::from(key.as_str()))?,
        };
        left.push((key, value));
    }
    Ok(dict(left))
}

/// The column of a change of type, when the new type is a struct's.
fn struct_of_change(change: &Value) -> Option<String> {
    let kind = py_str(&change.call_get("new_type")?).to_uppercase();
    let name = py_str(&change.call_get("column_name")?);
    let is_struct = kind.contains("STRUCT<") || kind.contains("RECORD");
    is_struct.then(|| name.split('.').next().unwrap_or_default().to_string())
}

/// The names of the fields, however deep, that `new` has and `own` has not.
fn missing<'c>(own: &'c [Column], new: &'c [Column]) -> Vec<&'c str> {
    let beside = |field: &'c Column| match own.iter().find(|own| own.name == field.name) {
        Some(own) => missing(&own.fields, &field.fields),
        None => vec![&*field.name],
    };
    new.iter().flat_map(beside).collect()
}

/// Writes the table anew with the wanted columns, by the project's own CREATE TABLE.
fn rewrite(
    host: &dyn ExecutionHost,
    state: &mut State<'_, '_>,
    relation: &Relation,
    (standing, wanted): (&[Column], &[Column]),
) -> Result<(), Error> {
    let layout = layout_of(host, relation)?.unwrap_or_default();
    let field = match &layout.partitions {
        Some(Partitions::Time { field: None, .. }) => {
            return Err(exceptions::raised(format!(
                "{}: SQL adds no fields to a struct, and a table that is partitioned by the time of ingestion cannot be \
                 written anew from itself; add the fields by the API, or rebuild it with --full-refresh",
                relation.render()
            )));
        }
        Some(Partitions::Time { field: Some(field), .. } | Partitions::Range { field, .. }) => Some(field),
        None => None,
    };
    let mut selected = vec![];
    for own in standing {
        let Some(new) = wanted.iter().find(|new| new.name == own.name) else { continue };
        let expression = converted(&own.quoted(), own, new, 1)?;
        let plain = expression == own.quoted();
        selected.push(if plain { expression } else { format!("{expression} as {}", own.quoted()) });
    }
    // Tables that require a filter on their partitions take one that is always true.
    let filter = field.map(|field| format!("\nwhere (`{field}` is null or `{field}` is not null)"));
    let query =
        format!("select {}\nfrom {}{}", selected.join(", "), relation.render(), filter.unwrap_or_default());
    let kwargs = vec![
        ("temporary", Value::from(false)),
        ("relation", RelationValue::value(relation.clone())),
        ("compiled_code", Value::from(query)),
    ];
    let sql = execute_macro(host, state, "create_table_as", kwargs)?;
    run(host, &py_str(&sql))
}

/// The expression that makes the type `new` of one of the type `own`; `depth` tells names apart.
fn converted(expression: &str, own: &Column, new: &Column, depth: usize) -> Result<String, Error> {
    if own.data_type() == new.data_type() {
        return Ok(expression.to_string());
    }
    if own.mode != new.mode || own.fields.is_empty() != new.fields.is_empty() {
        return Err(type_error(format!(
            "the column `{}` cannot change from {} to {}",
            own.name,
            own.data_type(),
            new.data_type()
        )));
    }
    if new.fields.is_empty() {
        return Ok(format!("cast({expression} as {})", new.data_type()));
    }
    if let Some(lost) = missing(&new.fields, &own.fields).first() {
        return Err(type_error(format!("the column `{}` cannot lose its field `{lost}`", own.name)));
    }
    let is_array = new.mode.as_deref() == Some("REPEATED");
    let element = if is_array { format!("__e{depth}") } else { expression.to_string() };
    let mut fields = vec![];
    for field in &new.fields {
        let value = match own.fields.iter().find(|own| own.name == field.name) {
            Some(own) => converted(&format!("{element}.{}", own.quoted()), own, field, depth + 1)?,
            None => format!("cast(null as {})", field.data_type()),
        };
        fields.push(format!("{value} as {}", field.quoted()));
    }
    let made = format!("struct({})", fields.join(", "));
    Ok(if is_array {
        format!(
            "array(select {made} from unnest({expression}) as {element} with offset as __o{depth} order by __o{depth})"
        )
    } else {
        format!("if({expression} is null, null, {made})")
    })
}

/// The columns, with that of the time of ingestion behind them.
pub(super) fn with_ingestion_time(
    host: &dyn ExecutionHost,
    partitioning: &Partitioning,
    mut columns: Vec<Value>,
) -> Value {
    let dialect = host.adapter().dialect();
    let column = Column::new(dialect, "_PARTITIONTIME", partitioning.data_type.clone());
    columns.push(ColumnValue::value(Column { mode: Some("NULLABLE".into()), ..column }));
    list(columns)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapter::dialect::dialect;

    fn column(raw: &str) -> Column {
        Column::from_description(dialect("bigquery").unwrap(), "c", raw).unwrap()
    }

    fn conversion(own: &str, new: &str) -> String {
        converted("`c`", &column(own), &column(new), 1).unwrap_or_else(|error| error.to_string())
    }

    #[test]
    fn structs_grow() {
        assert_eq!(conversion("STRUCT<a INT64>", "STRUCT<a INT64>"), "`c`");
        assert_eq!(
            conversion("STRUCT<a INT64>", "STRUCT<a FLOAT64, b ARRAY<STRING>>"),
            "if(`c` is null, null, struct(cast(`c`.`a` as FLOAT64) as `a`, cast(null as ARRAY<STRING>) as `b`))"
        );
        assert_eq!(
            conversion("ARRAY<STRUCT<a STRUCT<x INT64>>>", "ARRAY<STRUCT<a STRUCT<x INT64, y INT64>>>"),
            "array(select struct(if(__e1.`a` is null, null, struct(__e1.`a`.`x` as `x`, cast(null as INT64) as `y`)) as `a`) \
             from unnest(`c`) as __e1 with offset as __o1 order by __o1)"
        );
    }

    #[test]
    fn structs_do_not_shrink() {
        assert!(
            conversion("STRUCT<a INT64, b INT64>", "STRUCT<a INT64>").contains("cannot lose its field `b`")
        );
        assert!(conversion("STRUCT<a INT64>", "ARRAY<STRUCT<a INT64>>").contains("cannot change from"));
    }

    #[test]
    fn fields_find_their_struct() {
        let mut columns = vec![column("STRUCT<a INT64, s STRUCT<x INT64>>")];
        insert(&mut columns, "c.s.y", &column("STRING"));
        assert_eq!(columns[0].data_type(), "STRUCT<`a` INT64, `s` STRUCT<`x` INT64, `y` STRING>>");
    }
}
