//! The settings of a relation as its model wants them.

use minijinja::{Error, Value};

use super::super::super::args::type_error;
use super::super::super::host::ExecutionHost;
use super::schedule::Schedule;
use super::settings::{Constraints, Kind, Part, RowFilter, Settings};
use super::{cleaned, constraints, formats, part};
use crate::value::{Map, Str, Value as Plain};

/// A model, as far as its settings need it.
struct Model<'v> {
    value: &'v Value,
    config: Map,
    columns: Map,
}

impl<'v> Model<'v> {
    fn new(value: &'v Value) -> Result<Model<'v>, Error> {
        let map = |key: &str| part(value, key).map(|found| found.as_map().cloned().unwrap_or_default());
        Ok(Model { value, config: map("config")?, columns: map("columns")? })
    }

    fn text(&self, key: &str) -> Option<Str> {
        let found = self.value.get_attr(key).ok()?;
        found.as_str().filter(|text| !text.is_empty()).map(Str::from)
    }

    fn setting(&self, key: &str) -> Option<&Plain> {
        self.config.get(key).filter(|value| value.is_truthy())
    }

    /// One text or several.
    fn texts(&self, key: &str) -> Vec<Str> {
        match self.setting(key) {
            None => vec![],
            Some(Plain::List(items)) => items.iter().map(|item| item.py_str().into()).collect(),
            Some(one) => vec![one.py_str().into()],
        }
    }

    /// What the second form of comments goes by, for columns too.
    fn persists(&self) -> bool {
        self.config.get("persist_docs").and_then(|docs| docs.get("relation")).is_some_and(Plain::is_truthy)
    }

    /// Catalog and schema.
    fn place(&self) -> [Str; 2] {
        ["database", "schema"].map(|key| self.text(key).unwrap_or_default())
    }

    fn name(&self) -> Str {
        self.text("identifier").or_else(|| self.text("alias")).unwrap_or_default()
    }
}

/// `adapter.get_config_from_model`: of a node, given as `config.model`.
///
/// # Errors
/// A materialization without settings, or settings that make no sense.
pub(super) fn settings(host: &dyn ExecutionHost, model: &Value) -> Result<Settings, Error> {
    let model = Model::new(model)?;
    let materialized = model.config.get("materialized").map(Plain::py_str).unwrap_or_default();
    let kind = Kind::of_materialization(&materialized)
        .ok_or_else(|| type_error(format!("Materialization {materialized} is not supported.")))?;
    let parts = kind.parts().iter().map(|name| Ok((*name, wanted(host, kind, name, &model)?)));
    Ok(Settings { kind, parts: parts.collect::<Result<_, Error>>()? })
}

fn wanted(host: &dyn ExecutionHost, kind: Kind, name: &str, model: &Model<'_>) -> Result<Part, Error> {
    Ok(match name {
        "comment" => Part::Comment { comment: model.text("description"), persist: model.persists() },
        "column_comments" => {
            let text =
                |column: &Plain| Plain::str(column.get("description").map(Plain::py_str).unwrap_or_default());
            let comments = model.columns.iter().map(|(name, column)| (name.clone(), text(column))).collect();
            Part::ColumnComments { comments, persist: model.persists() }
        }
        "column_masks" => column_masks(model)?,
        "column_tags" => tags_of_columns(&model.columns)?,
        "constraints" => Part::Constraints(declared(model)?),
        "row_filter" => Part::RowFilter(row_filter(model)?),
        "tags" => Part::Tags(texts_of(model.setting("databricks_tags"), "databricks_tags")?),
        "tblproperties" => properties(host, model)?,
        "liquid_clustering" => {
            let mut columns = model.texts("liquid_clustered_by");
            let managed = host.behavior("use_managed_iceberg") == Some(true);
            let format = model.setting("table_format").and_then(Plain::as_str).unwrap_or_default();
            // Managed Iceberg tables cluster by what they are partitioned by.
            if columns.is_empty() && managed && format.eq_ignore_ascii_case("iceberg") {
                columns = model.texts("partition_by");
            }
            Part::Clustering { auto: model.setting("auto_liquid_cluster").is_some(), columns }
        }
        "partition_by" => Part::Partitioning(model.texts("partition_by")),
        "refresh" => Part::Refresh(Schedule::configured(model.setting("schedule"))?),
        _ => {
            let code = model.text("compiled_code");
            let code = code.ok_or_else(|| type_error(format!("the model {} has no query", model.name())))?;
            match kind {
                Kind::MetricView => Part::Measures(code.trim().into()),
                _ => Part::Query(cleaned(&code).into()),
            }
        }
    })
}

/// `adapter.get_column_tags_from_model`.
///
/// # Errors
/// Tags that are no dictionary.
pub(super) fn column_tags(model: &Value) -> Result<Part, Error> {
    let columns = part(model, "columns")?;
    tags_of_columns(columns.as_map().unwrap_or(&Map::default()))
}

fn tags_of_columns(columns: &Map) -> Result<Part, Error> {
    let mut found = Map::default();
    for (name, column) in columns {
        let tags = texts_of(column.get("databricks_tags"), "databricks_tags")?;
        if !tags.is_empty() {
            found.insert(name.clone(), Plain::Map(tags));
        }
    }
    Ok(Part::ColumnTags(found))
}

/// A mapping whose values are made texts; what is null is an empty one.
fn texts_of(value: Option<&Plain>, key: &str) -> Result<Map, Error> {
    let Some(value) = value.filter(|value| value.is_truthy()) else { return Ok(Map::default()) };
    let map = value.as_map().ok_or_else(|| type_error(format!("{key} must be a dictionary")))?;
    let text = |value: &Plain| if value.is_null() { String::new() } else { value.py_str() };
    Ok(map.iter().map(|(name, value)| (name.clone(), Plain::str(text(value)))).collect())
}

fn properties(host: &dyn ExecutionHost, model: &Model<'_>) -> Result<Part, Error> {
    let given = match model.setting("tblproperties") {
        None => Map::default(),
        Some(given) => {
            given.as_map().cloned().ok_or_else(|| type_error("tblproperties must be a dictionary"))?
        }
    };
    let mut properties: Map =
        given.into_iter().map(|(key, value)| (key, Plain::str(value.py_str()))).collect();
    let is_iceberg = model.setting("table_format").and_then(Plain::as_str) == Some("iceberg");
    if is_iceberg && host.behavior("use_managed_iceberg") != Some(true) {
        properties.extend(formats::uniform().map(|(key, value)| (key.into(), value.into())));
    }
    Ok(Part::Properties { properties, pipeline: None })
}

fn column_masks(model: &Model<'_>) -> Result<Part, Error> {
    let mut set = Map::default();
    for (name, column) in &model.columns {
        let Some(mask) = column.get("column_mask").filter(|mask| mask.is_truthy()) else { continue };
        let function = mask.get("function").map(Plain::py_str);
        let (mut mask, function) = mask.as_map().cloned().zip(function).ok_or_else(|| {
            type_error(format!("the `column_mask` of `{name}` is a dictionary with a `function`"))
        })?;
        if !function.contains('.') {
            let [database, schema] = model.place();
            mask.insert("function".into(), Plain::str(format!("`{database}`.`{schema}`.`{function}`")));
        }
        set.insert(name.clone(), Plain::Map(mask));
    }
    Ok(Part::ColumnMasks { set, unset: vec![] })
}

/// Constraints count under an enforced contract alone.
fn declared(model: &Model<'_>) -> Result<Constraints, Error> {
    let enforced = model.config.get("contract").and_then(|contract| contract.get("enforced"));
    if !enforced.is_some_and(Plain::is_truthy) {
        return Ok(Constraints::default());
    }
    let of_model = part(model.value, "constraints")?;
    let (set_non_nulls, mut set) =
        constraints::parse(&model.columns, of_model.as_list().unwrap_or_default())?;
    for constraint in set.iter_mut().filter(|constraint| constraint.name.is_none()) {
        constraint.name = constraints::made_up_name(constraint, &model.name());
    }
    Ok(Constraints { set, set_non_nulls, ..Constraints::default() })
}

fn row_filter(model: &Model<'_>) -> Result<RowFilter, Error> {
    let filter = model.setting("row_filter");
    let function = filter.and_then(|filter| filter.get("function")).filter(|name| name.is_truthy());
    let Some((filter, function)) = filter.zip(function.map(Plain::py_str)) else {
        return Ok(RowFilter::default());
    };
    let columns: Vec<Str> = match filter.get("columns") {
        Some(Plain::List(names)) => names.iter().map(|name| name.py_str().into()).collect(),
        Some(one) if one.is_truthy() => vec![one.py_str().into()],
        _ => vec![],
    };
    if columns.is_empty() || columns.iter().any(|name| name.trim().is_empty()) {
        return Err(type_error(format!("Row filter function '{function}' names no 'columns'.")));
    }
    let bare = function.replace('`', "");
    let full = match bare.split('.').count() {
        1 => {
            let [database, schema] = model.place();
            format!("{database}.{schema}.{bare}")
        }
        3 => bare,
        _ => {
            return Err(type_error(format!(
                "Row filter function '{function}': give its name alone, or with catalog and schema."
            )));
        }
    };
    Ok(RowFilter { function: Some(full.into()), columns, ..RowFilter::default() })
}
