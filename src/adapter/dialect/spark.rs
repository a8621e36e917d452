//! Apache Spark, after dbt-spark; reached through Spark Connect
//! (<https://docs.getdbt.com/docs/core/connect-data-platform/spark-setup>).

use std::path::Path;

use arrow_schema::Field;

use super::super::column::Column;
use super::super::credentials::Credentials;
use super::super::error::{AdapterError, Result};
use super::super::grants::{Grant, GrantRow};
use super::super::relation::{Policy, Relation};
use super::super::table::{ColumnType, Table};
use super::result_type::{standard, stated};
use super::{ConstraintKind, ConstraintSupport, Dialect, OpenPlan, required};

pub struct Spark;

impl Dialect for Spark {
    fn type_name(&self) -> &'static str {
        "spark"
    }

    fn driver(&self) -> &'static str {
        "spark"
    }

    fn relation_class(&self) -> &'static str {
        "SparkRelation"
    }

    fn quote_character(&self) -> char {
        '`'
    }

    fn quote_policy(&self) -> Policy {
        Policy::NONE
    }

    /// Database and schema are one in Spark.
    fn include_policy(&self) -> Policy {
        Policy { database: false, ..Policy::ALL }
    }

    fn check_relation(&self, relation: &Relation) -> Result<()> {
        match relation.database() {
            Some(database) if !database.is_empty() && relation.schema() != Some(database) => {
                Err(AdapterError::runtime("Cannot set database in spark!"))
            }
            _ => Ok(()),
        }
    }

    fn constraint_support(&self, _kind: ConstraintKind) -> ConstraintSupport {
        ConstraintSupport::NotEnforced
    }

    /// Views are tables here.
    fn grant(&self, row: &GrantRow) -> Option<Grant> {
        let object = row.column("ObjectType")?;
        row.grant("ActionType", "Principal").filter(|grant| object == "TABLE" && grant.privilege != "OWN")
    }

    fn date_function(&self) -> &'static str {
        "current_timestamp()"
    }

    fn has_transactions(&self) -> bool {
        false
    }

    fn type_labels(&self) -> &'static [(&'static str, &'static str)] {
        &[]
    }

    fn strings_expand_freely(&self) -> bool {
        true
    }

    fn numeric_type(&self, _dtype: &str, precision: Option<i64>, scale: Option<i64>) -> String {
        match (precision, scale) {
            (Some(precision), Some(scale)) => format!("decimal({precision},{scale})"),
            _ => "decimal".into(),
        }
    }

    fn data_type(&self, column: &Column) -> String {
        column.dtype.to_string()
    }

    fn literal(&self, value: &str, column: &Column) -> String {
        format!("cast({value} as {})", column.dtype)
    }

    fn result_type(&self, field: &Field) -> String {
        if let Some(name) = stated(field, &["Spark:DataType:SqlName"]) {
            return name.to_lowercase();
        }
        let name = standard(field.data_type());
        match name.as_str() {
            "SMALLINT" => "smallint".into(),
            "INTEGER" => "int".into(),
            "REAL" => "float".into(),
            "TEXT" => "string".into(),
            "TIMESTAMP" => "timestamp_ntz".into(),
            "TIMESTAMP WITH TIME ZONE" => "timestamp".into(),
            _ => name.to_lowercase(),
        }
    }

    fn seed_type(&self, table: &Table, column: usize) -> String {
        match table.column_types().get(column) {
            Some(ColumnType::Number) if table.max_precision(column) != 0 => "double",
            Some(ColumnType::Number | ColumnType::Integer) => "bigint",
            Some(ColumnType::Boolean) => "boolean",
            Some(ColumnType::DateTime | ColumnType::IsoDateTime) => "timestamp",
            Some(ColumnType::Date) => "date",
            Some(ColumnType::Text) | None => "string",
        }
        .to_string()
    }

    fn connection_keys(&self) -> &'static [&'static str] {
        &["host", "port", "cluster", "endpoint", "schema", "organization"]
    }

    /// A backslash escapes.
    fn text_literal(&self, text: &str) -> String {
        super::backslashed_literal(text)
    }

    fn unconnected_fields(&self) -> &'static [(&'static str, &'static str)] {
        &[("method", "thrift"), ("host", "unconnected")]
    }

    fn complete(&self, credentials: &mut Credentials) -> Result<()> {
        for key in ["method", "host", "schema"] {
            required(&credentials.fields, key, self.type_name())?;
        }
        if let Some(database) = &credentials.database
            && **database != *credentials.schema
        {
            return Err(AdapterError::profile("on Spark, `database` is left out or the same as `schema`"));
        }
        credentials.database = None;
        Ok(())
    }

    fn unique_field(&self, credentials: &Credentials) -> String {
        credentials.text("host").unwrap_or_default().to_string()
    }

    fn open_plan(&self, credentials: &Credentials, _base: &Path) -> Result<OpenPlan> {
        let host = credentials.text("host").unwrap_or_default();
        let uri = if host.contains("://") {
            host.to_string()
        } else {
            let port = credentials.text("port").unwrap_or_else(|| "15002".into());
            format!("sc://{}:{port}", host.trim_end_matches('/'))
        };
        let mut options = vec![("uri".to_string(), uri)];
        if let Some(token) = credentials.text("token") {
            options.push(("adbc.spark.token".into(), token.to_string()));
        }
        if let Some(tls) = credentials.get("use_ssl") {
            options.push(("adbc.spark.tls.enabled".into(), tls.is_truthy().to_string()));
        }
        if let Some(user) = credentials.text("user") {
            options.push(("adbc.spark.user_id".into(), user.to_string()));
        }
        let on_connection = vec!["set spark.sql.ansi.enabled = false".to_string()];
        Ok(OpenPlan { options, on_connection, attempts: 1, ..OpenPlan::default() })
    }
}
