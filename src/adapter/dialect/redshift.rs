//! Amazon Redshift, after dbt-redshift; reached through PostgreSQL's protocol
//! (<https://docs.getdbt.com/docs/core/connect-data-platform/redshift-setup>).

use std::path::Path;

use arrow_schema::Field;

use super::super::credentials::Credentials;
use super::super::error::{AdapterError, Result};
use super::super::grants::{Grant, GrantRow};
use super::super::relation::RelationType;
use super::super::response::AdapterResponse;
use super::super::table::{ColumnType, Table};
use super::result_type::standard;
use super::{Capability, ConstraintKind, ConstraintSupport, Dialect, OpenPlan, postgres, required};

pub struct Redshift;

impl Dialect for Redshift {
    fn type_name(&self) -> &'static str {
        "redshift"
    }

    fn driver(&self) -> &'static str {
        "postgresql"
    }

    fn parents(&self) -> &'static [&'static str] {
        &["postgres"]
    }

    fn relation_class(&self) -> &'static str {
        "RedshiftRelation"
    }

    fn max_identifier_length(&self) -> Option<usize> {
        Some(127)
    }

    fn renameable(&self) -> &'static [RelationType] {
        &[RelationType::View, RelationType::Table]
    }

    fn replaceable(&self) -> &'static [RelationType] {
        &[RelationType::View]
    }

    fn constraint_support(&self, kind: ConstraintKind) -> ConstraintSupport {
        match kind {
            ConstraintKind::Check | ConstraintKind::Custom => ConstraintSupport::NotSupported,
            ConstraintKind::NotNull => ConstraintSupport::Enforced,
            _ => ConstraintSupport::NotEnforced,
        }
    }

    fn capabilities(&self) -> &'static [Capability] {
        &[
            Capability::SchemaMetadataByRelations,
            Capability::TableLastModifiedMetadata,
            Capability::TableLastModifiedMetadataBatch,
        ]
    }

    fn incremental_strategies(&self) -> &'static [&'static str] {
        &["append", "delete+insert", "merge", "microbatch"]
    }

    fn behaviour_flags(&self) -> &'static [(&'static str, bool)] {
        &[
            ("restrict_direct_pg_catalog_access", false),
            ("redshift_skip_autocommit_transaction_statements", true),
            ("redshift_grants_extended", false),
        ]
    }

    fn grant(&self, row: &GrantRow) -> Option<Grant> {
        let Some(name) = row.column("identity_name") else {
            return row.grant("privilege_type", "grantee");
        };
        let kind = row.column("identity_type")?.to_lowercase();
        let is_own = kind == "user" && name.eq_ignore_ascii_case(row.user);
        if is_own || kind == "public" || name.starts_with("ds:") || name.starts_with("sys:") {
            return None;
        }
        let grantee = if !(row.flag)("redshift_grants_extended") {
            (kind == "user").then_some(name)?
        } else if let (Some(group), "role") = (name.strip_prefix('/'), &*kind) {
            // Groups are listed as roles with a slash before their name.
            format!("group:{group}")
        } else {
            format!("{kind}:{name}")
        };
        Some(Grant { privilege: row.column("privilege_type")?.to_lowercase(), grantee })
    }

    fn date_function(&self) -> &'static str {
        "getdate()"
    }

    fn longest_name(&self) -> Option<usize> {
        Some(127)
    }

    fn writes_values(&self) -> bool {
        true
    }

    fn counts_rows(&self) -> bool {
        true
    }

    fn response(&self, sql: &str, rows: Option<i64>) -> AdapterResponse {
        postgres::command_response(sql, rows)
    }

    /// Redshift sizes text by its bytes.
    fn links_macro(&self) -> Option<&'static str> {
        Some("redshift__get_relations")
    }

    fn result_type(&self, field: &Field) -> String {
        let Some(name) = postgres::pg_type(field) else { return standard(field.data_type()) };
        match name {
            "bool" => "BOOLEAN".into(),
            "int2" => "SMALLINT".into(),
            "int4" => "INTEGER".into(),
            "int8" => "BIGINT".into(),
            "float4" => "REAL".into(),
            "float8" => "FLOAT".into(),
            "varchar" => "STRING".into(),
            "bytea" => "BYTES".into(),
            other => other.to_uppercase(),
        }
    }

    fn seed_type(&self, table: &Table, column: usize) -> String {
        match table.column_types().get(column) {
            Some(ColumnType::Text) | None => {
                let longest = table.column(column).filter_map(|cell| cell.as_str().map(str::len)).max();
                format!("varchar({})", longest.unwrap_or(64))
            }
            _ => postgres::Postgres.seed_type(table, column),
        }
    }

    fn aliases(&self) -> &'static [(&'static str, &'static str)] {
        &[("dbname", "database"), ("pass", "password")]
    }

    fn secret_keys(&self) -> &'static [&'static str] {
        &["password", "access_key_id", "secret_access_key", "token_endpoint"]
    }

    fn connection_keys(&self) -> &'static [&'static str] {
        &[
            "host",
            "user",
            "port",
            "database",
            "method",
            "cluster_id",
            "iam_profile",
            "schema",
            "sslmode",
            "region",
            "autocreate",
            "db_groups",
            "ra3_node",
            "connect_timeout",
            "role",
            "retries",
            "autocommit",
        ]
    }

    fn complete(&self, credentials: &mut Credentials) -> Result<()> {
        for key in ["host", "port", "database", "schema"] {
            required(&credentials.fields, key, self.type_name())?;
        }
        credentials.fields.entry("method".into()).or_insert_with(|| "database".into());
        credentials.fields.entry("sslmode".into()).or_insert_with(|| "prefer".into());
        Ok(())
    }

    fn unique_field(&self, credentials: &Credentials) -> String {
        credentials.text("host").unwrap_or_default().to_string()
    }

    fn open_plan(&self, credentials: &Credentials, _base: &Path) -> Result<OpenPlan> {
        match credentials.text("method").as_deref() {
            None | Some("database") => {
                required(&credentials.fields, "user", self.type_name())?;
                required(&credentials.fields, "password", self.type_name())?;
                Ok(postgres::libpq_plan(credentials))
            }
            Some(method) => {
                Err(AdapterError::profile(format!("`method: {method}` is not supported for Redshift"))
                    .help("use `method: database` with `user` and `password`"))
            }
        }
    }
}
