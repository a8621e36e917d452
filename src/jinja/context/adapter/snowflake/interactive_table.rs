//! The configuration of an interactive table, as the project wants it and as it stands in the warehouse.
//! One with a lag refreshes itself.
//!
//! <https://docs.snowflake.com/en/sql-reference/sql/create-interactive-table>

use minijinja::{Error, Value};

use super::dynamic_table::{Row, invalid};
use super::{ICEBERG_FORMAT, clustering, or, part, setting};
use crate::jinja::engine::{dict, py_str};

/// One interactive table. Values are none where nothing is said.
pub struct InteractiveTable {
    name: Value,
    schema_name: Value,
    database_name: Value,
    query: Value,
    pub cluster_by: Value,
    pub target_lag: Value,
    snowflake_warehouse: Value,
    pub refresh_warehouse: Value,
    pub snowflake_initialization_warehouse: Value,
}

impl InteractiveTable {
    /// The warehouse that refreshes the table.
    pub fn warehouse(&self) -> Value {
        or(self.refresh_warehouse.clone(), || self.snowflake_warehouse.clone())
    }

    pub fn is_dynamic(&self) -> bool {
        said(&self.target_lag).is_some()
    }

    /// What templates see, under dbt's names.
    pub fn to_value(&self) -> Value {
        dict([
            ("name", self.name.clone()),
            ("schema_name", self.schema_name.clone()),
            ("database_name", self.database_name.clone()),
            ("query", self.query.clone()),
            ("cluster_by", self.cluster_by.clone()),
            ("target_lag", self.target_lag.clone()),
            ("snowflake_warehouse", self.snowflake_warehouse.clone()),
            ("refresh_warehouse", self.refresh_warehouse.clone()),
            ("warehouse_parameter", self.warehouse()),
            ("snowflake_initialization_warehouse", self.snowflake_initialization_warehouse.clone()),
            ("is_dynamic", Value::from(self.is_dynamic())),
        ])
    }
}

/// The table that a model's configuration asks for.
///
/// # Errors
/// There is no clustering, a lag without a warehouse, or what such tables cannot be.
pub fn wanted(model: &Value) -> Result<InteractiveTable, Error> {
    let name = part(model, "alias");
    let refuse = |why: &str| invalid(&format!("the interactive table `{name}` {why}"));
    let cluster_by = clustering(model)?;
    if cluster_by.as_str().is_none_or(|columns| columns.trim().is_empty()) {
        return Err(refuse("needs the config `cluster_by`"));
    }
    let format = setting(model, "table_format");
    if format.as_str().is_some_and(|format| format.trim().eq_ignore_ascii_case(ICEBERG_FORMAT)) {
        return Err(refuse("cannot have `table_format: iceberg`"));
    }
    if setting(model, "transient").is_true() {
        return Err(refuse("cannot be transient"));
    }
    let table = InteractiveTable {
        schema_name: part(model, "schema"),
        database_name: part(model, "database"),
        query: part(model, "compiled_code"),
        cluster_by,
        target_lag: setting(model, "target_lag"),
        snowflake_warehouse: setting(model, "snowflake_warehouse"),
        refresh_warehouse: setting(model, "refresh_warehouse"),
        snowflake_initialization_warehouse: setting(model, "snowflake_initialization_warehouse"),
        name: name.clone(),
    };
    if table.is_dynamic() && !table.warehouse().is_true() {
        return Err(refuse("has a `target_lag`, so it needs a `refresh_warehouse` or `snowflake_warehouse`"));
    }
    Ok(table)
}

/// The table that `adapter.describe_interactive_table` found.
///
/// # Errors
/// The description is another's, or there is no such table.
pub fn standing(described: &Value) -> Result<InteractiveTable, Error> {
    let row = Row::of(described, "interactive_table")?;
    Ok(InteractiveTable {
        name: row.get("name"),
        schema_name: row.get("schema_name"),
        database_name: row.get("database_name"),
        query: Value::from(()),
        cluster_by: row.said("cluster_by"),
        target_lag: row.said("target_lag"),
        snowflake_warehouse: Value::from(()),
        refresh_warehouse: row.said("refresh_warehouse"),
        snowflake_initialization_warehouse: row.said("initialization_warehouse"),
    })
}

/// A value for comparing: none where it says nothing, without regard to case.
pub fn said(value: &Value) -> Option<String> {
    let text = if value.is_none() { return None } else { py_str(value).trim().to_lowercase() };
    (!matches!(text.as_str(), "" | "none")).then_some(text)
}

/// A lag for comparing: in seconds where that is clear, since Snowflake shows 60 seconds as a minute.
pub fn lag(value: &Value) -> Option<String> {
    let text = said(value)?;
    let words: Vec<&str> = text.split_whitespace().collect();
    let seconds = match words[..] {
        [number, unit] => number.parse::<u64>().ok().zip(match unit.trim_end_matches('s') {
            "second" => Some(1),
            "minute" => Some(60),
            "hour" => Some(3600),
            "day" => Some(86400),
            _ => None,
        }),
        _ => None,
    };
    Some(seconds.map_or_else(|| words.join(" "), |(number, unit)| number.saturating_mul(unit).to_string()))
}

/// Clustering for comparing: Snowflake shows `LINEAR(ID, DAY)` or `(ID, DAY)` for `id, day`.
pub fn keys(value: &Value) -> Option<String> {
    let text = said(value)?;
    let list = text.strip_prefix("linear").map(str::trim_start).filter(|rest| is_one_group(rest));
    let list = list.unwrap_or(&text);
    let list = if is_one_group(list) { &list[1..list.len() - 1] } else { list };
    let keys: Vec<&str> = list.split(',').map(str::trim).filter(|key| !key.is_empty()).collect();
    Some(keys.join(", "))
}

/// Whether one pair of parentheses holds the whole text.
fn is_one_group(text: &str) -> bool {
    let mut depth = 0;
    for (at, letter) in text.char_indices() {
        depth += match letter {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        if depth == 0 {
            return letter == ')' && at + 1 == text.len();
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_snowflake_shows_compares_equal_to_what_was_asked_for() {
        let text = |text: &str| Value::from(text);
        assert_eq!(lag(&text("60 seconds")), lag(&text("1 minute")));
        assert_ne!(lag(&text("2 hours")), lag(&text("2 minutes")));
        assert_eq!(lag(&text("DOWNSTREAM")), lag(&text("downstream")));
        assert_eq!(lag(&text("NONE")), None);
        assert_eq!(keys(&text("LINEAR(ID,DAY)")), keys(&text("id, day")));
        assert_eq!(keys(&text("(to_date(at))")), keys(&text("to_date(at)")));
        assert_ne!(keys(&text("linear(a), b")), keys(&text("a, b")));
    }
}
