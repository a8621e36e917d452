//! What only BigQuery's adapter has. dbt-bigquery does much of it by the REST API; here SQL does all of it.
//!
//! <https://docs.getdbt.com/reference/resource-configs/bigquery-configs>

mod copy;
mod descriptions;
mod layout;
mod load;
mod materialized_view;
mod options;
mod partition;
mod schema;
mod structs;

use std::sync::Arc;

use minijinja::{Error, State, Value};

use super::super::agate::TableValue;
use super::super::args::{CallArgs, flag, items, optional_text, text, texts, type_error};
use super::super::exceptions;
use super::super::host::ExecutionHost;
use super::super::relation::RelationValue;
use super::relations::{relation_arg, relation_of, schema_event, two_relations};
use super::{Answer, plain};
use crate::adapter::{Execute, Relation};
use crate::jinja::engine::{dict, is_undefined, to_jinja};
use crate::value::Value as Plain;
use options::Options;
use partition::{Partitioning, partitioning};

pub(in super::super) use materialized_view::call_class;

pub(super) fn call(
    host: &dyn ExecutionHost,
    state: &mut State<'_, '_>,
    method: &str,
    args: &[Value],
) -> Answer {
    if host.adapter().dialect().type_name() != "bigquery" {
        return Ok(None);
    }
    if let Some(value) = of_the_project(state, method, CallArgs::new(args))? {
        return Ok(Some(value));
    }
    if !host.executing() {
        // Nothing may reach the warehouse: as dbt answers while it parses.
        return Ok(while_parsing(method, CallArgs::new(args)));
    }
    if let Some(value) = of_the_dataset(host, method, CallArgs::new(args))? {
        return Ok(Some(value));
    }
    of_a_table(host, state, method, CallArgs::new(args))
}

/// Methods that follow from the project alone.
fn of_the_project(state: &mut State<'_, '_>, method: &str, args: CallArgs) -> Answer {
    Ok(Some(match method {
        "parse_partition_by" => partitioning(&args.one(method, "raw_partition_by")?)?,
        "get_common_options" | "get_table_options" => {
            let [config, node, temporary] = args.bind(method, ["config", "node", "temporary"], 2)?;
            let of = Options { config: config.unwrap_or_default(), node: node.unwrap_or_default() };
            let temporary = flag(temporary, false);
            if method == "get_table_options" {
                of.table(state, temporary)?
            } else {
                dict(of.common(state, temporary)?)
            }
        }
        "get_view_options" => {
            let [config, node] = args.bind(method, ["config", "node"], 2)?;
            let of = Options { config: config.unwrap_or_default(), node: node.unwrap_or_default() };
            dict(of.common(state, false)?)
        }
        "nest_column_data_types" => {
            let [columns, _] = args.bind(method, ["columns", "constraints"], 1)?;
            nested(&plain(&columns.unwrap_or_default())?)
        }
        _ => return Ok(None),
    }))
}

fn while_parsing(method: &str, args: CallArgs) -> Option<Value> {
    Some(match method {
        "is_replaceable" => Value::from(true),
        "get_columns_in_select_sql" | "copy_table" | "list_schemas" | "list_relations_without_caching" => {
            Value::from(Vec::<Value>::new())
        }
        "add_time_ingestion_partition_column" => Value::from(Vec::<Value>::new()),
        "sync_struct_columns" => args.positional.into_iter().nth(3).unwrap_or_default(),
        "get_dataset_location"
        | "load_dataframe"
        | "upload_file"
        | "update_columns"
        | "update_table_description"
        | "grant_access_to"
        | "alter_table_add_columns"
        | "alter_table_add_remove_columns"
        | "describe_relation" => Value::from(()),
        _ => return None,
    })
}

/// Methods about datasets, and about whole relations in them.
fn of_the_dataset(host: &dyn ExecutionHost, method: &str, args: CallArgs) -> Answer {
    Ok(Some(match method {
        "list_schemas" => schema::schemas(host, &text(&args.one(method, "database")?, "the database")?)?,
        "check_schema_exists" => {
            let [database, name] = args.bind(method, ["database", "schema"], 2)?;
            let part =
                |part: Option<Value>, what| Ok::<_, Error>(optional_text(part, what)?.unwrap_or_default());
            let (database, name) = (part(database, "the database")?, part(name, "the schema")?);
            Value::from(schema::exists(host, &database, &name)?)
        }
        "get_dataset_location" => schema::location(host, &*relation_arg(args, method, "relation")?)?,
        "drop_schema" => {
            let dataset = relation_arg(args, method, "relation")?.without_identifier();
            host.tell(schema_event(method, &dataset));
            schema::run(host, &format!("drop schema if exists {} cascade", dataset.render()))?;
            host.adapter().cache().drop_schema(dataset.database(), dataset.schema());
            Value::from(())
        }
        "list_relations_without_caching" => {
            let dataset = relation_arg(args, method, "schema_relation")?;
            schema::relation_values(schema::relations(host, &dataset)?)
        }
        "get_columns_in_relation" if host.adapter().is_connected() => {
            let relation = relation_arg(args, method, "relation")?;
            schema::column_values(schema::columns(host, &relation)?)
        }
        "drop_relation" => {
            schema::drop_relation(host, &*relation_arg(args, method, "relation")?)?;
            Value::from(())
        }
        "rename_relation" => {
            let (from, to) = two_relations(args, method, ["from_relation", "to_relation"])?;
            schema::rename(host, &from, &to)?;
            Value::from(())
        }
        // Types grow by themselves.
        "expand_target_column_types" => Value::from(()),
        "grant_access_to" => return Err(authorized_view(args)?),
        "upload_file" => {
            return Err(exceptions::raised(
                "BigQuery loads a file of this machine through its API alone; make it a seed, or put it in Cloud Storage \
                 and run LOAD DATA"
                    .into(),
            ));
        }
        _ => return Ok(None),
    }))
}

/// Methods about one table: its layout, columns and rows.
fn of_a_table(host: &dyn ExecutionHost, state: &mut State<'_, '_>, method: &str, args: CallArgs) -> Answer {
    Ok(Some(match method {
        "is_replaceable" => {
            let params = ["relation", "conf_partition", "conf_cluster"];
            let [relation, partition, clusters] = args.bind(method, params, 3)?;
            Value::from(is_replaceable(host, relation, partition.as_ref(), clusters)?)
        }
        "get_columns_in_select_sql" => {
            let sql = text(&args.one(method, "select_sql")?, "the SQL")?;
            schema::column_values(columns_of_select(host, &sql)?)
        }
        "add_time_ingestion_partition_column" => {
            let [partition, columns] = args.bind(method, ["partition_by", "columns"], 2)?;
            let partition = Partitioning::of(partition.as_ref());
            let partition = partition.ok_or_else(|| type_error("partition_by is no partitioning"))?;
            structs::with_ingestion_time(host, partition, items(&columns.unwrap_or_default())?)
        }
        "update_columns" => {
            let [relation, columns] = args.bind(method, ["relation", "columns"], 2)?;
            let relation = relation_of(&relation.unwrap_or_default(), method, "relation")?;
            descriptions::describe_columns(host, &relation, &columns.unwrap_or_default())?;
            Value::from(())
        }
        "update_table_description" => {
            let params = ["database", "schema", "identifier", "description", "type"];
            let [database, schema, identifier, description, kind] = args.bind(method, params, 4)?;
            let mut relation = named(host, [database, schema, identifier])?;
            let kind = optional_text(kind, "the type")?;
            relation.kind = kind.and_then(|kind| host.adapter().dialect().relation_type(&kind));
            let text = optional_text(description, "the description")?.unwrap_or_default();
            descriptions::describe(host, relation, &text)?;
            Value::from(())
        }
        "load_dataframe" => {
            let params =
                ["database", "schema", "table_name", "agate_table", "column_override", "field_delimiter"];
            let [database, schema, name, table, types, _] = args.bind(method, params, 5)?;
            let relation = named(host, [database, schema, name])?;
            let table = table.unwrap_or_default();
            let table = TableValue::of(&table).ok_or_else(|| type_error("agate_table is a table"))?;
            load::load(host, &relation, table, &types.unwrap_or_default())?;
            Value::from(())
        }
        "copy_table" => copied(host, args)?,
        "alter_table_add_columns" | "alter_table_add_remove_columns" => {
            let params = ["relation", "add_columns", "remove_columns"];
            let [relation, added, removed] = if method == "alter_table_add_columns" {
                let [relation, added] = args.bind(method, ["relation", "columns"], 2)?;
                [relation, added, None]
            } else {
                args.bind(method, params, 3)?
            };
            let relation = relation_of(&relation.unwrap_or_default(), method, "relation")?;
            let (added, removed) = (structs::given(added.as_ref())?, structs::given(removed.as_ref())?);
            structs::change(host, state, &relation, (&added, &removed))?;
            Value::from(())
        }
        "sync_struct_columns" => {
            let params = ["on_schema_change", "source_relation", "target_relation", "schema_changes_dict"];
            let [how, source, target, changes] = args.bind(method, params, 4)?;
            let changes = changes.unwrap_or_default();
            let how = optional_text(how, "on_schema_change")?.unwrap_or_default();
            if !matches!(&*how, "append_new_columns" | "sync_all_columns") {
                return Ok(Some(changes));
            }
            let source = relation_of(&source.unwrap_or_default(), method, "source_relation")?;
            let target = relation_of(&target.unwrap_or_default(), method, "target_relation")?;
            structs::sync(host, state, (&source, &target), &changes)?
        }
        "describe_relation" => materialized_view::described(host, &*relation_arg(args, method, "relation")?)?,
        _ => return Ok(None),
    }))
}

fn named(host: &dyn ExecutionHost, parts: [Option<Value>; 3]) -> Result<Relation, Error> {
    let [database, schema, identifier] = parts.map(|part| optional_text(part, "a part of a relation's name"));
    let path = [database?, schema?, identifier?].map(|part| part.map(Into::into));
    Ok(Relation::new(host.adapter().dialect(), path))
}

fn is_replaceable(
    host: &dyn ExecutionHost,
    relation: Option<Value>,
    partition: Option<&Value>,
    clusters: Option<Value>,
) -> Result<bool, Error> {
    let Some(relation) = relation.as_ref().and_then(RelationValue::of) else { return Ok(true) };
    let Some(layout) = layout::layout_of(host, &relation)? else { return Ok(true) };
    let clusters = clusters.filter(|clusters| !clusters.is_none() && !is_undefined(clusters));
    let clusters = clusters.map(|clusters| texts(&clusters));
    Ok(layout.allows(Partitioning::of(partition), clusters.as_deref()))
}

/// The columns of a query, structs whole.
fn columns_of_select(host: &dyn ExecutionHost, sql: &str) -> Result<Vec<crate::adapter::Column>, Error> {
    let dialect = host.adapter().dialect();
    let result = host.execute(&dialect.columns_query(sql), Execute::fetch());
    let table = result.map_err(super::super::relation::raised)?.table;
    Ok(table.fields().iter().filter_map(|field| dialect.arrow_column(field)).collect())
}

fn copied(host: &dyn ExecutionHost, args: CallArgs) -> Result<Value, Error> {
    let [source, destination, materialization] =
        args.bind("copy_table", ["source", "destination", "materialization"], 3)?;
    let source = source.unwrap_or_default();
    let sources = match RelationValue::of(&source) {
        Some(relation) => vec![relation],
        None => {
            let sources = items(&source)?;
            sources
                .iter()
                .map(|source| relation_of(source, "copy_table", "source"))
                .collect::<Result<_, _>>()?
        }
    };
    let sources: Vec<Relation> = sources.into_iter().map(Arc::unwrap_or_clone).collect();
    let target = relation_of(&destination.unwrap_or_default(), "copy_table", "destination")?;
    let how = optional_text(materialization, "the materialization")?.unwrap_or_default();
    let replaces = match how.as_str() {
        "table" => true,
        "incremental" => false,
        other => {
            return Err(exceptions::raised(format!(
                "`copy_materialization` is `table` or `incremental`, not `{other}`"
            )));
        }
    };
    copy::copy(host, &sources, &target, replaces)?;
    Ok(Value::from(format!("COPY TABLE with materialization: {how}")))
}

/// Authorized views are entries of a dataset's access list, which no statement changes.
fn authorized_view(args: CallArgs) -> Result<Error, Error> {
    let [entity, _, _, target] =
        args.bind("grant_access_to", ["entity", "entity_type", "role", "grant_target_dict"], 4)?;
    let target = plain(&target.unwrap_or_default())?;
    let part = |key: &str| target.get(key).map_or("?".into(), Plain::py_str);
    let entity = entity.as_ref().and_then(RelationValue::of);
    let entity = entity.map_or("the view".into(), |entity| entity.render());
    Ok(exceptions::raised(format!(
        "BigQuery authorizes views through its API alone, so {entity} gets no access to {}.{}; authorize it, or the dataset \
         that it stands in, in the console, by bq or by Terraform, and take `grant_access_to` out of the project",
        part("project"),
        part("dataset")
    )))
}

/// A column of a struct, with those inside it.
#[derive(Default)]
struct Field {
    data_type: Option<String>,
    fields: indexmap::IndexMap<String, Field>,
}

impl Field {
    fn insert(&mut self, path: &str, data_type: Option<&str>) {
        match path.split_once('.') {
            Some((first, rest)) => self.fields.entry(first.into()).or_default().insert(rest, data_type),
            None => {
                self.fields.entry(path.into()).or_default().data_type = data_type.map(str::to_string);
            }
        }
    }

    /// The type, with what follows it: `array<struct<a int64>> not null`.
    fn rendered(&self) -> Option<String> {
        if self.fields.is_empty() {
            return self.data_type.clone();
        }
        let inside = self.fields.iter().map(|(name, field)| match field.rendered() {
            Some(data_type) => format!("{name} {data_type}"),
            None => name.clone(),
        });
        let inside = format!("struct<{}>", inside.collect::<Vec<_>>().join(", "));
        let own = self.data_type.as_deref().unwrap_or_default();
        let (kind, constraints) = own.split_once(' ').unwrap_or((own, ""));
        let whole = if kind.eq_ignore_ascii_case("array") { format!("array<{inside}>") } else { inside };
        Some(format!("{whole} {constraints}").trim_end().to_string())
    }
}

/// Columns whose names have dots become structs.
fn nested(columns: &Plain) -> Value {
    let mut root = Field::default();
    let columns = columns.as_map().cloned().unwrap_or_default();
    for column in columns.values() {
        let text = |key: &str| column.get(key).and_then(Plain::as_str);
        root.insert(text("name").unwrap_or_default(), text("data_type"));
    }
    let entry = |(name, field): (&String, &Field)| {
        let mut shown = columns.get(&**name).and_then(Plain::as_map).cloned().unwrap_or_default();
        shown.insert("name".into(), Plain::str(&**name));
        shown.insert("data_type".into(), field.rendered().map_or(Plain::Null, Plain::str));
        (name.clone(), to_jinja(&Plain::Map(shown)))
    };
    dict(root.fields.iter().map(entry))
}
