//! `time_spine:` of a model: <https://docs.getdbt.com/docs/build/metricflow-time-spine>.

use crate::diag::Diagnostic;
use crate::parse::columns::ColumnProps;
use crate::parse::properties::Entry;
use crate::value::{Map, Str, Value};

/// The time spine that an entry declares, in manifest shape.
///
/// # Errors
/// Columns that the entry does not have, or a standard column without granularity.
pub fn read(entry: &Entry<'_>, columns: &[ColumnProps]) -> Result<Option<Map>, Diagnostic> {
    if entry.data.get("time_spine").is_none_or(Value::is_null) {
        return Ok(None);
    }
    let mut spine = entry.map("time_spine")?;
    let fail = |message: String| entry.error("invalid-time-spine", "time_spine", message);
    let find = |name: &str| columns.iter().find(|column| *column.info.name == *name);
    let standard = spine.get("standard_granularity_column").map(Value::py_str).unwrap_or_default();
    let Some(column) = find(&standard) else {
        return Err(fail(format!(
            "Time spine standard granularity column must be defined on the model. Got invalid column name '{standard}' \
             for model '{}'.",
            entry.name()
        )));
    };
    if column.info.granularity.is_none() {
        return Err(fail("Time spine standard granularity column must have a granularity defined.".into()));
    }
    let given = spine.get("custom_granularities").and_then(Value::as_list).unwrap_or_default();
    let (mut custom, mut missing) = (vec![], vec![]);
    for granularity in given.iter().filter_map(Value::as_map) {
        let part = |key: &str| (Str::from(key), granularity.get(key).cloned().unwrap_or_default());
        let name = ["column_name", "name"].iter().find_map(|key| granularity.get(*key)?.as_str());
        missing.extend(name.filter(|name| find(name).is_none()));
        custom.push(Value::Map(Map::from_iter([part("name"), part("column_name")])));
    }
    if !missing.is_empty() {
        return Err(fail(format!(
            "Time spine custom granularity columns do not exist in the model. Columns not found: {}; model '{}'",
            missing.join(", "),
            entry.name()
        )));
    }
    spine.insert("custom_granularities".into(), Value::List(custom));
    Ok(Some(spine))
}
