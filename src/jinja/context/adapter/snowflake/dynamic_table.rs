//! The configuration of a dynamic table, as the project wants it and as it stands in the warehouse.
//!
//! <https://docs.getdbt.com/reference/resource-configs/snowflake-configs#dynamic-tables>

use minijinja::{Error, ErrorKind, Value};

use super::super::super::agate::{TableValue, cell_value};
use super::super::super::args::type_error;
use super::{clustering, or, part, setting};
use crate::jinja::engine::{dict, py_str};

/// One dynamic table. Values are none where nothing is said.
pub struct DynamicTable {
    name: Value,
    schema_name: Value,
    database_name: Value,
    query: Value,
    snowflake_warehouse: Value,
    refresh_warehouse: Value,
    pub target_lag: Value,
    pub snowflake_initialization_warehouse: Value,
    pub refresh_mode: Value,
    initialize: Value,
    pub scheduler: Value,
    row_access_policy: Value,
    table_tag: Value,
    pub cluster_by: Value,
    copy_grants: Value,
    pub immutable_where: Value,
    pub transient: Value,
}

impl DynamicTable {
    /// The warehouse that refreshes the table, which may be another than the one that makes it.
    pub fn warehouse(&self) -> Value {
        or(self.refresh_warehouse.clone(), || self.snowflake_warehouse.clone())
    }

    /// What templates see, under dbt's names.
    pub fn to_value(&self) -> Value {
        dict([
            ("name", self.name.clone()),
            ("schema_name", self.schema_name.clone()),
            ("database_name", self.database_name.clone()),
            ("query", self.query.clone()),
            ("snowflake_warehouse", self.snowflake_warehouse.clone()),
            ("refresh_warehouse", self.refresh_warehouse.clone()),
            ("warehouse_parameter", self.warehouse()),
            ("target_lag", self.target_lag.clone()),
            ("snowflake_initialization_warehouse", self.snowflake_initialization_warehouse.clone()),
            ("refresh_mode", self.refresh_mode.clone()),
            ("initialize", self.initialize.clone()),
            ("scheduler", self.scheduler.clone()),
            ("row_access_policy", self.row_access_policy.clone()),
            ("table_tag", self.table_tag.clone()),
            ("cluster_by", self.cluster_by.clone()),
            ("copy_grants", self.copy_grants.clone()),
            ("immutable_where", self.immutable_where.clone()),
            ("transient", self.transient.clone()),
        ])
    }
}

/// The table that a model's configuration asks for.
///
/// # Errors
/// There is no warehouse, or a value that Snowflake does not know.
pub fn wanted(model: &Value) -> Result<DynamicTable, Error> {
    let warehouse = setting(model, "snowflake_warehouse");
    if warehouse.is_none() {
        return Err(invalid("a dynamic table needs the config `snowflake_warehouse`"));
    }
    let target_lag = setting(model, "target_lag");
    Ok(DynamicTable {
        name: part(model, "alias"),
        schema_name: part(model, "schema"),
        database_name: part(model, "database"),
        query: part(model, "compiled_code"),
        snowflake_warehouse: warehouse,
        refresh_warehouse: setting(model, "refresh_warehouse"),
        snowflake_initialization_warehouse: setting(model, "snowflake_initialization_warehouse"),
        refresh_mode: one_of(model, "refresh_mode", &["AUTO", "FULL", "INCREMENTAL"])?,
        initialize: one_of(model, "initialize", &["ON_CREATE", "ON_SCHEDULE"])?,
        scheduler: scheduler(model, &target_lag)?,
        row_access_policy: setting(model, "row_access_policy"),
        table_tag: setting(model, "table_tag"),
        cluster_by: clustering(model)?,
        copy_grants: setting(model, "copy_grants"),
        immutable_where: setting(model, "immutable_where"),
        transient: setting(model, "transient"),
        target_lag,
    })
}

/// A setting in upper case; the first of the words where it is not set.
fn one_of(model: &Value, key: &str, words: &[&str]) -> Result<Value, Error> {
    let set = setting(model, key);
    if !set.is_true() {
        return Ok(Value::from(words[0]));
    }
    let upper = py_str(&set).to_uppercase();
    if !words.contains(&upper.as_str()) {
        return Err(invalid(&format!("`{key}: {set}` is not known; known are {}", words.join(", "))));
    }
    Ok(Value::from(upper))
}

/// A table with a lag is refreshed by Snowflake's scheduler, and one without is not.
fn scheduler(model: &Value, target_lag: &Value) -> Result<Value, Error> {
    let set = setting(model, "scheduler");
    if !set.is_true() {
        return Ok(Value::from(if target_lag.is_true() { "ENABLE" } else { "DISABLE" }));
    }
    let upper = py_str(&set).to_uppercase();
    match (upper.as_str(), target_lag.is_none()) {
        ("ENABLE", true) => {
            Err(invalid("Invalid dynamic table config: `scheduler='ENABLE'` requires `target_lag`."))
        }
        ("DISABLE", false) => Err(invalid(
            "Invalid dynamic table config: `scheduler='DISABLE'` requires `target_lag` to be omitted.",
        )),
        ("ENABLE" | "DISABLE", _) => Ok(Value::from(upper)),
        _ => Err(invalid(&format!(
            "Invalid value for `scheduler`: '{set}'. Expected one of: ENABLE, DISABLE."
        ))),
    }
}

/// The table that `adapter.describe_dynamic_table` found.
///
/// # Errors
/// The description is another's, or there is no such table.
pub fn standing(described: &Value) -> Result<DynamicTable, Error> {
    let row = Row::of(described, "dynamic_table")?;
    let target_lag = row.get("target_lag");
    let scheduler = row.get("scheduler");
    let has_lag = target_lag.is_true();
    Ok(DynamicTable {
        name: row.get("name"),
        schema_name: row.get("schema_name"),
        database_name: row.get("database_name"),
        query: row.get("text"),
        snowflake_warehouse: row.get("warehouse"),
        refresh_warehouse: Value::from(()),
        snowflake_initialization_warehouse: row.said("initialization_warehouse"),
        refresh_mode: or(row.get("refresh_mode"), || Value::from("AUTO")),
        initialize: Value::from("ON_CREATE"),
        scheduler: match scheduler.is_none() {
            true => Value::from(if has_lag { "ENABLE" } else { "DISABLE" }),
            false => scheduler,
        },
        row_access_policy: row.get("row_access_policy"),
        table_tag: row.get("table_tag"),
        cluster_by: row.said("cluster_by"),
        copy_grants: Value::from(()),
        immutable_where: immutable(row.said("immutable_where")),
        transient: row.get("transient"),
        target_lag,
    })
}

/// The condition alone, of `IMMUTABLE WHERE (condition)`.
fn immutable(shown: Value) -> Value {
    const HEAD: &str = "IMMUTABLE WHERE (";
    let Some(text) = shown.as_str().map(str::trim) else { return shown };
    let is_clause = text.get(..HEAD.len()).is_some_and(|start| start.eq_ignore_ascii_case(HEAD));
    if !is_clause {
        return shown;
    }
    let condition = &text[HEAD.len()..];
    Value::from(condition.strip_suffix(')').unwrap_or(condition))
}

/// The one row of a description.
pub(super) struct Row(crate::adapter::Table);

impl Row {
    /// # Errors
    /// There is no such table.
    pub fn of(described: &Value, key: &str) -> Result<Row, Error> {
        let table = described.get_item(&Value::from(key))?;
        let table = TableValue::of(&table).filter(|table| !table.is_empty()).cloned();
        let missing = || type_error(format!("the warehouse shows no such {}", key.replace('_', " ")));
        table.map(Row).ok_or_else(missing)
    }

    /// A cell; none where the column is missing.
    pub fn get(&self, name: &str) -> Value {
        self.0.column_index(name).map_or(Value::from(()), |column| cell_value(&self.0.cell(0, column)))
    }

    /// A cell that says something: Snowflake also writes nothing as an empty text, or as `NONE`.
    pub fn said(&self, name: &str) -> Value {
        let cell = self.get(name);
        let text = cell.as_str().map(str::trim);
        if text.is_none_or(|text| text.is_empty() || text.eq_ignore_ascii_case("none")) {
            return Value::from(());
        }
        Value::from(text)
    }
}

pub(super) fn invalid(message: &str) -> Error {
    Error::new(ErrorKind::InvalidOperation, message.to_string())
}
