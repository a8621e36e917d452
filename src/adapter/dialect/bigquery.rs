//! Google BigQuery, after dbt-bigquery
//! (<https://docs.getdbt.com/docs/core/connect-data-platform/bigquery-setup>).

use std::path::Path;

use super::super::column::Column;
use super::super::credentials::Credentials;
use super::super::error::{AdapterError, Result};
use super::super::relation::{EventTimeFilter, Relation, RelationType};
use super::super::table::{ColumnType, Table};
use super::{Capability, ConstraintKind, ConstraintSupport, Dialect, OpenPlan, required};
use crate::value::Value;

pub struct BigQuery;

impl Dialect for BigQuery {
    fn type_name(&self) -> &'static str {
        "bigquery"
    }

    fn driver(&self) -> &'static str {
        "bigquery"
    }

    fn relation_class(&self) -> &'static str {
        "BigQueryRelation"
    }

    fn quote_character(&self) -> char {
        '`'
    }

    fn renameable(&self) -> &'static [RelationType] {
        &[RelationType::Table]
    }

    fn replaceable(&self) -> &'static [RelationType] {
        &[RelationType::View, RelationType::Table]
    }

    fn approximate_match_is_error(&self) -> bool {
        false
    }

    fn adjust_information_schema(&self, of: &Relation, schema: &mut Relation) {
        let view = schema.information_schema_view.clone().flatten();
        schema.path[1].clone_from(&of.path[1]);
        schema.include_policy = of.include_policy;
        schema.include_policy.schema =
            !matches!(view.as_deref(), None | Some("SCHEMATA" | "SCHEMATA_OPTIONS"));
        schema.include_policy.identifier = view.as_deref() != Some("__TABLES__");
        if matches!(view.as_deref(), Some("OBJECT_PRIVILEGES" | "TABLE_STORAGE")) {
            schema.location.clone_from(&of.location);
        }
    }

    fn event_time_condition(&self, filter: &EventTimeFilter) -> String {
        let field = format!("cast({} as timestamp)", filter.field);
        match (&filter.start, &filter.end) {
            (Some(start), Some(end)) => format!("{field} >= '{start}' and {field} < '{end}'"),
            (Some(start), None) => format!("{field} >= '{start}'"),
            (None, Some(end)) => format!("{field} < '{end}'"),
            (None, None) => String::new(),
        }
    }

    fn constraint_support(&self, kind: ConstraintKind) -> ConstraintSupport {
        match kind {
            ConstraintKind::NotNull => ConstraintSupport::Enforced,
            ConstraintKind::PrimaryKey | ConstraintKind::ForeignKey => ConstraintSupport::NotEnforced,
            _ => ConstraintSupport::NotSupported,
        }
    }

    fn constraint_suffix(&self, kind: ConstraintKind) -> &'static str {
        match kind {
            ConstraintKind::PrimaryKey | ConstraintKind::ForeignKey => " not enforced",
            _ => "",
        }
    }

    fn capabilities(&self) -> &'static [Capability] {
        &[
            Capability::TableLastModifiedMetadata,
            Capability::SchemaMetadataByRelations,
            Capability::TableLastModifiedMetadataBatch,
            Capability::MicrobatchConcurrency,
        ]
    }

    fn behaviour_flags(&self) -> &'static [(&'static str, bool)] {
        &[
            ("bigquery_use_batch_source_freshness", false),
            ("bigquery_reject_wildcard_metadata_source_freshness", false),
        ]
    }

    fn catalog_types(&self) -> &'static [&'static str] {
        &["biglake_metastore", "INFO_SCHEMA"]
    }

    fn date_function(&self) -> &'static str {
        "CURRENT_TIMESTAMP()"
    }

    fn multiple_statements(&self) -> bool {
        true
    }

    fn has_transactions(&self) -> bool {
        false
    }

    fn type_labels(&self) -> &'static [(&'static str, &'static str)] {
        &[("TEXT", "STRING"), ("FLOAT", "FLOAT64"), ("INTEGER", "INT64")]
    }

    fn string_types(&self) -> &'static [&'static str] {
        &["string"]
    }

    fn integer_types(&self) -> &'static [&'static str] {
        &["int64"]
    }

    fn float_types(&self) -> &'static [&'static str] {
        &["float64"]
    }

    fn numeric_types(&self) -> &'static [&'static str] {
        &["numeric"]
    }

    fn strings_expand_freely(&self) -> bool {
        true
    }

    fn numeric_type(&self, dtype: &str, _precision: Option<i64>, _scale: Option<i64>) -> String {
        dtype.to_string()
    }

    /// Records spell out their fields, repeated columns are arrays.
    fn data_type(&self, column: &Column) -> String {
        let plain = if column.dtype.eq_ignore_ascii_case("record") {
            let fields: Vec<String> = column
                .fields
                .iter()
                .map(|field| format!("{} {}", field.quoted(), field.data_type()))
                .collect();
            format!("STRUCT<{}>", fields.join(", "))
        } else {
            column.dtype.to_string()
        };
        let repeated = column.mode.as_deref().is_some_and(|mode| mode.eq_ignore_ascii_case("repeated"));
        if repeated { format!("ARRAY<{plain}>") } else { plain }
    }

    fn literal(&self, value: &str, column: &Column) -> String {
        format!("cast({value} as {})", column.dtype)
    }

    fn seed_type(&self, table: &Table, column: usize) -> String {
        match table.column_types().get(column) {
            Some(ColumnType::Number) if table.max_precision(column) != 0 => "float64",
            Some(ColumnType::Number | ColumnType::Integer) => "int64",
            Some(ColumnType::Boolean) => "bool",
            Some(ColumnType::DateTime | ColumnType::IsoDateTime) => "datetime",
            Some(ColumnType::Date) => "date",
            Some(ColumnType::Text) | None => "string",
        }
        .to_string()
    }

    fn aliases(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("project", "database"),
            ("dataset", "schema"),
            ("target_project", "target_database"),
            ("target_dataset", "target_schema"),
            ("retries", "job_retries"),
            ("timeout_seconds", "job_execution_timeout_seconds"),
            ("dataproc_region", "compute_region"),
        ]
    }

    fn secret_keys(&self) -> &'static [&'static str] {
        &["keyfile_json", "token", "refresh_token", "client_secret", "token_endpoint"]
    }

    fn connection_keys(&self) -> &'static [&'static str] {
        &[
            "method",
            "database",
            "execution_project",
            "schema",
            "location",
            "priority",
            "maximum_bytes_billed",
            "reservation",
            "impersonate_service_account",
            "job_retry_deadline_seconds",
            "job_retries",
            "job_creation_timeout_seconds",
            "job_execution_timeout_seconds",
            "timeout_seconds",
            "client_id",
            "token_uri",
            "compute_region",
            "dataproc_cluster_name",
            "gcs_bucket",
            "dataproc_batch",
        ]
    }

    /// A backslash escapes.
    fn text_literal(&self, text: &str) -> String {
        super::backslashed_literal(text)
    }

    fn unconnected_fields(&self) -> &'static [(&'static str, &'static str)] {
        &[("method", "oauth")]
    }

    fn complete(&self, credentials: &mut Credentials) -> Result<()> {
        required(&credentials.fields, "method", self.type_name())?;
        required(&credentials.fields, "schema", self.type_name())?;
        credentials.fields.entry("job_retries".into()).or_insert(Value::Int(1));
        Ok(())
    }

    fn unique_field(&self, credentials: &Credentials) -> String {
        credentials.database.as_deref().unwrap_or("None").to_string()
    }

    fn open_plan(&self, credentials: &Credentials, base: &Path) -> Result<OpenPlan> {
        let mut options = vec![];
        let mut push =
            |name: &str, value: &str| options.push((format!("adbc.bigquery.sql.{name}"), value.to_string()));
        let project = credentials.text("execution_project").or_else(|| credentials.database.clone());
        if let Some(project) = project {
            push("project_id", &project);
        }
        push("dataset_id", &credentials.schema);
        if let Some(location) = credentials.text("location") {
            push("location", &location);
        }
        let method = credentials.text("method").unwrap_or_default();
        match &*method {
            "oauth" => push("auth_type", "adbc.bigquery.sql.auth_type.auth_bigquery"),
            "service-account" => {
                let path = required(&credentials.fields, "keyfile", self.type_name())?;
                push("auth_type", "adbc.bigquery.sql.auth_type.json_credential_file");
                push("auth_credentials", &base.join(&*path).to_string_lossy());
            }
            "service-account-json" => {
                let json = credentials.get("keyfile_json").ok_or_else(|| {
                    AdapterError::profile(
                        "the profile of type `bigquery` needs `keyfile_json` for this method",
                    )
                })?;
                let text = json.as_str().map_or_else(|| json.to_json().to_string(), str::to_string);
                push("auth_type", "adbc.bigquery.sql.auth_type.json_credential_string");
                push("auth_credentials", &text);
            }
            "oauth-secrets" => {
                push("auth_type", "adbc.bigquery.sql.auth_type.user_authentication");
                for key in ["client_id", "client_secret", "refresh_token"] {
                    push(&format!("auth.{key}"), &required(&credentials.fields, key, self.type_name())?);
                }
            }
            other => {
                return Err(AdapterError::profile(format!(
                    "`method: {other}` is not supported for BigQuery"
                ))
                .help("known are oauth, oauth-secrets, service-account and service-account-json"));
            }
        }
        Ok(OpenPlan { options, attempts: 1, ..OpenPlan::default() })
    }
}
