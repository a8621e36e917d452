//! Databricks, after dbt-databricks; reached through its Flight SQL or ADBC driver
//! (<https://docs.getdbt.com/docs/core/connect-data-platform/databricks-setup>).

use std::path::Path;

use arrow_schema::Field;

use super::super::column::Column;
use super::super::credentials::Credentials;
use super::super::error::{AdapterError, Result};
use super::super::grants::{Grant, GrantRow};
use super::super::relation::{Relation, RelationType};
use super::super::table::Table;
use super::{Capability, ConstraintKind, ConstraintSupport, Dialect, OpenPlan, required, spark};
use crate::value::Value;

pub struct Databricks;

impl Dialect for Databricks {
    fn type_name(&self) -> &'static str {
        "databricks"
    }

    fn driver(&self) -> &'static str {
        "databricks"
    }

    fn parents(&self) -> &'static [&'static str] {
        &["spark"]
    }

    fn relation_class(&self) -> &'static str {
        "DatabricksRelation"
    }

    fn quote_character(&self) -> char {
        '`'
    }

    /// A name with a mark in it is quoted already.
    fn quote(&self, identifier: &str) -> String {
        if identifier.contains('`') { identifier.to_string() } else { format!("`{identifier}`") }
    }

    fn lowers_names(&self) -> bool {
        true
    }

    fn check_relation(&self, relation: &Relation) -> Result<()> {
        match relation.identifier() {
            Some(name) if relation.kind.is_some() && name.chars().count() > 255 => {
                Err(AdapterError::runtime(format!(
                    "the name `{name}` is longer than the 255 characters that Databricks takes"
                ))
                .help("use a shorter name or configure an `alias`"))
            }
            _ => Ok(()),
        }
    }

    fn relation_type(&self, name: &str) -> Option<RelationType> {
        match name {
            "managed" | "managed_shallow_clone" | "external_shallow_clone" | "external" => {
                Some(RelationType::Table)
            }
            _ => [
                RelationType::Foreign,
                RelationType::StreamingTable,
                RelationType::MetricView,
                RelationType::Unknown,
            ]
            .into_iter()
            .find(|kind| kind.name() == name)
            .or_else(|| RelationType::from_name(name)),
        }
    }

    fn grant(&self, row: &GrantRow) -> Option<Grant> {
        spark::Spark.grant(row)
    }

    fn renameable(&self) -> &'static [RelationType] {
        &[RelationType::Table, RelationType::View]
    }

    fn replaceable(&self) -> &'static [RelationType] {
        &[RelationType::Table, RelationType::View, RelationType::MaterializedView]
    }

    /// Of tables those alone whose format knows versions.
    fn can_be_replaced(&self, relation: &Relation) -> bool {
        let provider = relation.extra.get("metadata").and_then(|facts| facts.get("Provider"));
        let is_iceberg = provider.and_then(Value::as_str) == Some("iceberg");
        let is_delta = relation.extra.get("is_delta").is_some_and(Value::is_truthy);
        match relation.kind {
            Some(RelationType::Table) => is_delta || is_iceberg,
            kind => matches!(kind, Some(RelationType::View | RelationType::MaterializedView)),
        }
    }

    fn constraint_support(&self, kind: ConstraintKind) -> ConstraintSupport {
        match kind {
            ConstraintKind::Check | ConstraintKind::NotNull => ConstraintSupport::Enforced,
            ConstraintKind::Unique => ConstraintSupport::NotSupported,
            _ => ConstraintSupport::NotEnforced,
        }
    }

    fn capabilities(&self) -> &'static [Capability] {
        &[Capability::TableLastModifiedMetadata, Capability::SchemaMetadataByRelations]
    }

    fn incremental_strategies(&self) -> &'static [&'static str] {
        &["append", "merge", "insert_overwrite", "replace_where", "delete+insert", "microbatch"]
    }

    fn behaviour_flags(&self) -> &'static [(&'static str, bool)] {
        &[
            ("use_info_schema_for_columns", false),
            ("use_user_folder_for_python", true),
            ("use_materialization_v2", false),
            ("use_replace_on_for_insert_overwrite", true),
            ("use_managed_iceberg", false),
            ("use_concurrent_microbatch", false),
            ("use_describe_as_json_for_relation_metadata", false),
        ]
    }

    fn catalog_types(&self) -> &'static [&'static str] {
        &["unity", "hive_metastore"]
    }

    fn date_function(&self) -> &'static str {
        "current_timestamp()"
    }

    fn has_transactions(&self) -> bool {
        false
    }

    fn type_labels(&self) -> &'static [(&'static str, &'static str)] {
        &[("LONG", "BIGINT")]
    }

    fn strings_expand_freely(&self) -> bool {
        true
    }

    fn numeric_type(&self, dtype: &str, precision: Option<i64>, scale: Option<i64>) -> String {
        spark::Spark.numeric_type(dtype, precision, scale)
    }

    fn data_type(&self, column: &Column) -> String {
        Column::translate_type(column.dialect, &column.dtype).to_string()
    }

    fn writes_values(&self) -> bool {
        true
    }

    /// A backslash escapes.
    fn text_literal(&self, text: &str) -> String {
        spark::Spark.text_literal(text)
    }

    fn literal(&self, value: &str, column: &Column) -> String {
        spark::Spark.literal(value, column)
    }

    fn result_type(&self, field: &Field) -> String {
        spark::Spark.result_type(field)
    }

    fn seed_type(&self, table: &Table, column: usize) -> String {
        spark::Spark.seed_type(table, column)
    }

    fn aliases(&self) -> &'static [(&'static str, &'static str)] {
        &[("catalog", "database"), ("target_catalog", "target_database")]
    }

    fn connection_keys(&self) -> &'static [&'static str] {
        &["host", "http_path", "database", "schema", "session_properties"]
    }

    fn complete(&self, credentials: &mut Credentials) -> Result<()> {
        for key in ["host", "http_path", "schema"] {
            required(&credentials.fields, key, self.type_name())?;
        }
        if credentials.database.is_none() {
            credentials.database = Some("hive_metastore".into());
        }
        Ok(())
    }

    fn unique_field(&self, credentials: &Credentials) -> String {
        credentials.text("host").unwrap_or_default().to_string()
    }

    fn open_plan(&self, credentials: &Credentials, _base: &Path) -> Result<OpenPlan> {
        let Some(token) = credentials.text("token") else {
            return Err(AdapterError::profile("the profile of type `databricks` needs `token`"));
        };
        let part = |key: &str| credentials.text(key).unwrap_or_default();
        let uri = format!(
            "databricks://token:{token}@{}:443/{}?catalog={}&schema={}",
            part("host"),
            part("http_path").trim_start_matches('/'),
            credentials.database.as_deref().unwrap_or_default(),
            credentials.schema
        );
        Ok(OpenPlan { options: vec![("uri".into(), uri)], attempts: 1, ..OpenPlan::default() })
    }
}
