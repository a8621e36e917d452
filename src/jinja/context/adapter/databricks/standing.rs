//! The settings of a relation as the server tells them.

use minijinja::{Error, State, Value};

use super::super::super::agate::TableValue;
use super::super::super::args::type_error;
use super::super::super::host::ExecutionHost;
use super::super::super::relation::RelationValue;
use super::super::execute_macro;
use super::relation::is_hive;
use super::schedule::Schedule;
use super::settings::{Constraints, Kind, Part, RowFilter, Settings};
use super::{cleaned, describe, runtime};
use crate::adapter::constraint::Constraint;
use crate::adapter::dialect::ConstraintKind;
use crate::adapter::{Relation, RelationType, Table};
use crate::value::{Map, Str, Value as Plain};

/// The answers to all questions about one relation. What was not asked is empty.
#[derive(Default)]
struct Answers {
    described: Table,
    properties: Table,
    tags: Table,
    column_tags: Table,
    column_masks: Table,
    row_filters: Table,
    non_nulls: Table,
    primary_keys: Table,
    foreign_keys: Table,
    view: Option<String>,
}

/// `adapter.get_relation_config`. `wanted` tells which answers nothing would be compared with.
///
/// # Errors
/// The warehouse's, and answers that are not understood.
pub(super) fn settings(
    host: &dyn ExecutionHost,
    state: &mut State<'_, '_>,
    relation: &Relation,
    wanted: Option<&Settings>,
) -> Result<Settings, Error> {
    let kind = match relation.kind {
        Some(RelationType::Table) => Kind::Incremental,
        Some(RelationType::View) => Kind::View,
        Some(RelationType::MetricView) => Kind::MetricView,
        Some(RelationType::MaterializedView) => Kind::MaterializedView,
        Some(RelationType::StreamingTable) => Kind::StreamingTable,
        other => {
            let other = other.map_or("None", RelationType::name);
            return Err(type_error(format!("Relation type {other} is not supported.")));
        }
    };
    let answers = ask(&mut Asking { host, state, relation }, kind, wanted)?;
    let parts = kind.parts().iter().map(|name| Ok((*name, part(kind, name, &answers)?)));
    Ok(Settings { kind, parts: parts.collect::<Result<_, Error>>()? })
}

struct Asking<'a, 's, 'e> {
    host: &'a dyn ExecutionHost,
    state: &'a mut State<'s, 'e>,
    relation: &'a Relation,
}

impl Asking<'_, '_, '_> {
    fn answer(&mut self, name: &str, param: &str) -> Result<Value, Error> {
        let kwargs = vec![(param, RelationValue::value(self.relation.clone()))];
        execute_macro(self.host, self.state, name, kwargs)
    }

    fn table(&mut self, name: &str) -> Result<Table, Error> {
        let answer = self.answer(name, "relation")?;
        Ok(TableValue::of(&answer).cloned().unwrap_or_else(Table::empty))
    }

    /// The description as JSON, where the project asks for that and the server can.
    fn facts(&mut self) -> Result<Option<Plain>, Error> {
        let asked = self.host.behavior("use_describe_as_json_for_relation_metadata") == Some(true);
        let able = !is_hive(self.relation) && !self.relation.is(RelationType::Foreign);
        if !asked || !able || !runtime::has_capability(self.host, "describe_table_extended_as_json")? {
            return Ok(None);
        }
        describe::facts(&self.answer("describe_table_extended_as_json", "relation")?)
    }
}

fn ask(asking: &mut Asking<'_, '_, '_>, kind: Kind, wanted: Option<&Settings>) -> Result<Answers, Error> {
    let mut answers = Answers::default();
    let is_table = kind == Kind::Incremental;
    let describe = |asking: &mut Asking<'_, '_, '_>| {
        let answer = asking.answer("describe_table_extended_without_caching", "table_name")?;
        Ok::<_, Error>(TableValue::of(&answer).cloned().unwrap_or_else(Table::empty))
    };
    // Tables of the metastore have properties alone.
    if !(is_table && is_hive(asking.relation)) {
        let needs = |name: &str| match wanted.and_then(|wanted| wanted.part(name)) {
            Some(Part::Tags(tags) | Part::ColumnTags(tags)) => !tags.is_empty(),
            _ => true,
        };
        if needs("tags") {
            answers.tags = asking.table("fetch_tags")?;
        }
        if kind != Kind::MetricView && needs("column_tags") {
            answers.column_tags = asking.table("fetch_column_tags")?;
        }
        ask_metadata(asking, kind, &mut answers)?;
    }
    answers.properties = asking.table("fetch_tbl_properties")?;
    answers.described = describe(asking)?;
    Ok(answers)
}

fn ask_metadata(asking: &mut Asking<'_, '_, '_>, kind: Kind, answers: &mut Answers) -> Result<(), Error> {
    if kind == Kind::MetricView {
        return Ok(());
    }
    let is_table = kind == Kind::Incremental;
    let has_query = matches!(kind, Kind::View | Kind::MaterializedView);
    let facts = asking.facts()?;
    if is_table {
        match &facts {
            Some(facts) => {
                answers.non_nulls = describe::non_nulls(facts);
                answers.primary_keys = describe::primary_keys(facts);
                answers.foreign_keys = describe::foreign_keys(facts)?;
                answers.column_masks = describe::column_masks(facts);
            }
            None => {
                answers.non_nulls = asking.table("fetch_non_null_constraint_columns")?;
                answers.primary_keys = asking.table("fetch_primary_key_constraints")?;
                answers.foreign_keys = asking.table("fetch_foreign_key_constraints")?;
                answers.column_masks = asking.table("fetch_column_masks")?;
            }
        }
    }
    if has_query {
        answers.view = match &facts {
            Some(facts) => describe::view_text(facts),
            None => {
                let table = asking.table("get_view_description")?;
                let at = table.column_index("view_definition").filter(|_| !table.is_empty());
                at.map(|at| table.cell(0, at)).filter(|cell| !cell.is_null()).map(|cell| cell.py_str())
            }
        };
    }
    if kind != Kind::View {
        answers.row_filters = match &facts {
            Some(facts) => describe::row_filters(facts),
            None => asking.table("fetch_row_filters")?,
        };
    }
    Ok(())
}

/// Each row as texts; what is null is none.
fn rows(table: &Table) -> impl Iterator<Item = Vec<Option<String>>> + '_ {
    let text = |cell: crate::adapter::Cell| (!cell.is_null()).then(|| cell.py_str());
    table.rows().map(move |row| row.into_iter().map(text).collect())
}

/// The first columns of each row, as texts; what is null or not there is empty.
fn texts<const N: usize>(table: &Table) -> impl Iterator<Item = [String; N]> + '_ {
    rows(table).map(|row| {
        let mut row = row.into_iter();
        std::array::from_fn(|_| row.next().flatten().unwrap_or_default())
    })
}

fn part(kind: Kind, name: &str, answers: &Answers) -> Result<Part, Error> {
    Ok(match name {
        "comment" => {
            let comment = line(&answers.described, "Comment").filter(|comment| !comment.is_empty());
            Part::Comment { comment: comment.map(Str::from), persist: false }
        }
        "column_comments" => {
            let columns = texts::<3>(&answers.described).take_while(|[name, _, _]| !name.starts_with('#'));
            let comments = columns.map(|[name, _, text]| (name.to_lowercase().into(), Plain::str(text)));
            Part::ColumnComments { comments: comments.collect(), persist: false }
        }
        "column_masks" => {
            let mask = |[column, function, using]: [String; 3]| {
                let mut mask = Map::from_iter([("function".into(), Plain::str(function))]);
                if !using.is_empty() {
                    mask.insert("using_columns".into(), Plain::str(using));
                }
                (column.into(), Plain::Map(mask))
            };
            Part::ColumnMasks { set: texts::<3>(&answers.column_masks).map(mask).collect(), unset: vec![] }
        }
        "column_tags" => {
            let mut found = Map::default();
            for [column, tag, value] in texts::<3>(&answers.column_tags) {
                let tags = found.entry(column.into()).or_insert_with(|| Plain::Map(Map::default()));
                if let Some(tags) = tags.as_map_mut() {
                    tags.insert(tag.into(), Plain::str(value));
                }
            }
            Part::ColumnTags(found)
        }
        "constraints" => Part::Constraints(constraints(answers)),
        "row_filter" => Part::RowFilter(row_filter(&answers.row_filters)?),
        "tags" => Part::Tags(pairs(&answers.tags)),
        "tblproperties" => {
            let mut properties = pairs(&answers.properties);
            let pipeline = properties.shift_remove("pipelines.pipelineId").map(|id| Str::from(id.py_str()));
            Part::Properties { properties, pipeline }
        }
        "liquid_clustering" => {
            let properties = pairs(&answers.properties);
            let text = |key: &str| properties.get(key).and_then(Plain::as_str).unwrap_or_default();
            let auto = text("clusterByAuto") == "true";
            Part::Clustering { auto, columns: clustering(text("clusteringColumns")) }
        }
        "partition_by" => Part::Partitioning(partitioning(&answers.described)),
        "refresh" => {
            let schedule = line(&answers.described, "Refresh Schedule");
            Part::Refresh(Schedule::described(
                &schedule.ok_or_else(|| type_error("DESCRIBE EXTENDED tells no refresh schedule"))?,
            )?)
        }
        _ => query(kind, answers)?,
    })
}

/// What stands beside a name in the description.
fn line(described: &Table, name: &str) -> Option<String> {
    texts::<2>(described).find(|[own, _]| own == name).map(|[_, text]| text)
}

fn pairs(table: &Table) -> Map {
    texts::<2>(table).map(|[key, value]| (key.into(), Plain::str(value))).collect()
}

/// `[["a"],["b"]]`
fn clustering(text: &str) -> Vec<Str> {
    let inside = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or_default();
    let name = |part: &str| part.trim().trim_start_matches("[\"").trim_end_matches("\"]").into();
    inside.split(',').filter(|part| !part.is_empty()).map(name).collect()
}

fn partitioning(described: &Table) -> Vec<Str> {
    let names = texts::<1>(described).map(|[name]| name);
    let below =
        names.skip_while(|name| name != "# Partition Information").take_while(|name| !name.is_empty());
    below.filter(|name| !name.starts_with("# ")).map(Str::from).collect()
}

fn query(kind: Kind, answers: &Answers) -> Result<Part, Error> {
    let text = match kind {
        Kind::View | Kind::MaterializedView => {
            let view = answers.view.as_deref().unwrap_or_default().trim();
            let inner = view.strip_prefix('(').and_then(|view| view.strip_suffix(')')).unwrap_or(view);
            return Ok(Part::Query(cleaned(inner).into()));
        }
        _ => line(&answers.described, "View Text").unwrap_or_default(),
    };
    if kind == Kind::StreamingTable {
        return Ok(Part::Query(cleaned(&text).into()));
    }
    let text = text.trim();
    if text.is_empty() {
        return Err(type_error("DESCRIBE EXTENDED tells no `View Text` of the metric view"));
    }
    let yaml = text.strip_prefix("$$").and_then(|text| text.strip_suffix("$$")).unwrap_or(text);
    Ok(Part::Measures(yaml.trim().into()))
}

fn row_filter(table: &Table) -> Result<RowFilter, Error> {
    let mut found = texts::<5>(table);
    let Some([_, _, _, function, columns]) = found.next() else { return Ok(RowFilter::default()) };
    if let Some([_, _, _, other, _]) = found.next() {
        return Err(type_error(format!("the table has several row filters: {function}, {other}")));
    }
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).trim(csv::Trim::All).from_reader(columns.as_bytes());
    let record = reader.records().next().and_then(Result::ok).unwrap_or_default();
    let columns = record.iter().map(|name| Str::from(name.trim_matches([' ', '"']))).collect();
    Ok(RowFilter { function: Some(function.into()), columns, ..RowFilter::default() })
}

fn constraints(answers: &Answers) -> Constraints {
    let made = |kind: ConstraintKind, name: &str| Constraint {
        kind,
        name: Some(name.into()),
        expression: None,
        columns: vec![],
        to: None,
        to_columns: vec![],
        warn_unenforced: true,
        warn_unsupported: true,
    };
    let mut set: Vec<Constraint> = vec![];
    for [key, expression] in texts::<2>(&answers.properties) {
        if let Some(name) = key.strip_prefix("delta.constraints.") {
            let expression = Some(expression.into());
            set.push(Constraint { expression, ..made(ConstraintKind::Check, name) });
        }
    }
    let mut named = |kind: ConstraintKind, name: &str| -> usize {
        let is_it = |one: &Constraint| one.kind == kind && one.name.as_deref() == Some(name);
        set.iter().position(is_it).unwrap_or_else(|| {
            set.push(made(kind, name));
            set.len() - 1
        })
    };
    let mut columns: Vec<(usize, [String; 5])> = vec![];
    for [name, column] in texts::<2>(&answers.primary_keys) {
        let none = std::array::from_fn::<_, 4, _>(|_| String::new());
        let [a, b, c, d] = none;
        columns.push((named(ConstraintKind::PrimaryKey, &name), [column, a, b, c, d]));
    }
    for [name, column, catalog, schema, table, to] in texts::<6>(&answers.foreign_keys) {
        columns.push((named(ConstraintKind::ForeignKey, &name), [column, catalog, schema, table, to]));
    }
    for (at, [column, catalog, schema, table, to]) in columns {
        let constraint = &mut set[at];
        constraint.columns.push(column.into());
        if constraint.kind == ConstraintKind::ForeignKey {
            constraint.to.get_or_insert_with(|| format!("`{catalog}`.`{schema}`.`{table}`").into());
            constraint.to_columns.push(to.into());
        }
    }
    let set_non_nulls = texts::<1>(&answers.non_nulls).map(|[name]| name.into()).collect();
    Constraints { set, set_non_nulls, ..Constraints::default() }
}
