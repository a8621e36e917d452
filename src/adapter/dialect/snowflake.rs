//! Snowflake, after dbt-snowflake
//! (<https://docs.getdbt.com/docs/core/connect-data-platform/snowflake-setup>).

use std::path::Path;

use arrow_array::RecordBatch;
use arrow_schema::Field;

use super::super::column::Column;
use super::super::credentials::Credentials;
use super::super::error::{AdapterError, Result};
use super::super::grants::{Grant, GrantRow};
use super::super::relation::{EventTimeFilter, Policy, RelationType};
use super::super::response::AdapterResponse;
use super::super::table::Cell;
use super::result_type::{standard, stated};
use super::{Capability, ConstraintKind, ConstraintSupport, Dialect, OpenPlan, required};
use crate::value::Value;

pub struct Snowflake;

/// The size of a VARCHAR without one.
const MAX_VARCHAR: i64 = 16_777_216;

impl Dialect for Snowflake {
    fn type_name(&self) -> &'static str {
        "snowflake"
    }

    fn driver(&self) -> &'static str {
        "snowflake"
    }

    fn relation_class(&self) -> &'static str {
        "SnowflakeRelation"
    }

    /// Unquoted names fold to upper case, so that dbt's lower-case names meet Snowflake's own.
    fn quote_policy(&self) -> Policy {
        Policy::NONE
    }

    fn folds_up(&self) -> bool {
        true
    }

    fn warehouse_setting(&self) -> Option<&'static str> {
        Some("snowflake_warehouse")
    }

    fn schema_column(&self) -> Option<&'static str> {
        Some("name")
    }

    fn missing_schema(&self) -> Option<&'static str> {
        Some("002043 (02000)")
    }

    fn relation_type(&self, name: &str) -> Option<RelationType> {
        [RelationType::DynamicTable, RelationType::InteractiveTable]
            .into_iter()
            .find(|kind| kind.name() == name)
            .or_else(|| RelationType::from_name(name))
    }

    fn renameable(&self) -> &'static [RelationType] {
        &[RelationType::Table, RelationType::View, RelationType::DynamicTable, RelationType::InteractiveTable]
    }

    fn replaceable(&self) -> &'static [RelationType] {
        &[RelationType::DynamicTable, RelationType::Table, RelationType::View, RelationType::InteractiveTable]
    }

    fn grant(&self, row: &GrantRow) -> Option<Grant> {
        let to = row.column("granted_to")?;
        row.grant("privilege", "grantee_name")
            .filter(|grant| grant.privilege != "OWNERSHIP" && !matches!(&*to, "SHARE" | "DATABASE_ROLE"))
    }

    fn event_time_condition(&self, filter: &EventTimeFilter) -> String {
        let field = &filter.field;
        match (&filter.start, &filter.end) {
            (Some(start), Some(end)) => {
                format!("{field} >= to_timestamp_tz('{start}') and {field} < to_timestamp_tz('{end}')")
            }
            (Some(start), None) => format!("{field} >= to_timestamp_tz('{start}')"),
            (None, Some(end)) => format!("{field} < to_timestamp_tz('{end}')"),
            (None, None) => String::new(),
        }
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
            Capability::GetCatalogForSingleRelation,
            Capability::MicrobatchConcurrency,
        ]
    }

    fn incremental_strategies(&self) -> &'static [&'static str] {
        &["append", "merge", "delete+insert", "microbatch", "insert_overwrite"]
    }

    fn behaviour_flags(&self) -> &'static [(&'static str, bool)] {
        &[("enable_iceberg_materializations", false), ("snowflake_default_transient_dynamic_tables", false)]
    }

    fn catalog_types(&self) -> &'static [&'static str] {
        &["BUILT_IN", "ICEBERG_REST", "INFO_SCHEMA"]
    }

    fn date_function(&self) -> &'static str {
        "CURRENT_TIMESTAMP()"
    }

    fn result_type(&self, field: &Field) -> String {
        if let Some(name) = stated(field, &["logicalType", "SNOWFLAKE_TYPE"]) {
            return name.to_uppercase();
        }
        let name = standard(field.data_type());
        match name.as_str() {
            "SMALLINT" | "INTEGER" | "BIGINT" | "DECIMAL" => "FIXED".into(),
            "DOUBLE" => "REAL".into(),
            "TIMESTAMP" => "TIMESTAMP_NTZ".into(),
            "TIMESTAMP WITH TIME ZONE" => "TIMESTAMP_TZ".into(),
            _ => name,
        }
    }

    /// Macros write `begin` and `commit` themselves, around what changes rows.
    fn has_transactions(&self) -> bool {
        false
    }

    fn appends_query_comment(&self) -> bool {
        true
    }

    fn quotes_seed_columns(&self) -> bool {
        false
    }

    /// As Snowflake's connector for Python writes them: numbers and dates as texts, which take the type of
    /// the column.
    fn written_value(&self, value: &Cell) -> Option<String> {
        Some(match value {
            Cell::Null => "NULL".to_string(),
            Cell::Bool(value) => value.to_string().to_uppercase(),
            other => {
                let text = other.py_str().replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r");
                format!("'{}'", text.replace('\'', "\\'"))
            }
        })
    }

    fn error_text<'m>(&self, message: &'m str) -> &'m str {
        message.strip_prefix("[Snowflake] ").unwrap_or(message)
    }

    fn writes_values(&self) -> bool {
        true
    }

    fn response(&self, _sql: &str, rows: Option<i64>) -> AdapterResponse {
        let rows = rows.unwrap_or(0);
        AdapterResponse {
            message: format!("SUCCESS {rows}"),
            code: Some("SUCCESS".into()),
            rows_affected: Some(rows),
            ..AdapterResponse::default()
        }
    }

    /// A statement that changes rows returns their numbers, in one row.
    fn response_to(&self, sql: &str, rows: Option<i64>, returned: &[RecordBatch]) -> AdapterResponse {
        let Some(touched) = returned.first().and_then(touched_rows) else { return self.response(sql, rows) };
        AdapterResponse { counts: touched.counts, ..self.response(sql, Some(touched.all)) }
    }

    /// All that smells like an integer is a NUMBER(38, 0).
    fn integer_types(&self) -> &'static [&'static str] {
        &[]
    }

    fn numeric_types(&self) -> &'static [&'static str] {
        &["int", "integer", "bigint", "smallint", "tinyint", "byteint", "numeric", "decimal", "number"]
    }

    fn float_types(&self) -> &'static [&'static str] {
        &["float", "float4", "float8", "double", "double precision", "real"]
    }

    fn default_string_size(&self) -> i64 {
        MAX_VARCHAR
    }

    fn column_from_description(&self, name: &str, raw: &str) -> Option<Column> {
        let lower = raw.to_lowercase();
        if ["array", "object", "map", "vector"].iter().any(|kind| lower.starts_with(kind)) {
            let dtype = raw.replace("VARCHAR(134217728)", &format!("VARCHAR({MAX_VARCHAR})"));
            return Some(Column::new(&Snowflake, name, dtype));
        }
        let at = lower.find("collate '")?;
        let (collation, rest) = raw[at + 9..].split_once('\'')?;
        let rest = rest.trim_start();
        let rest =
            rest.get(..5).filter(|word| word.eq_ignore_ascii_case("rtrim")).map_or(rest, |_| &rest[5..]);
        let plain = format!("{}{rest}", &raw[..at]);
        let mut column = Column::from_description(&Snowflake, name, plain.trim()).ok()?;
        let is_text = ["varchar", "character", "text"].iter().any(|kind| lower.starts_with(kind));
        if is_text {
            column.extra.insert("collation".into(), collation.into());
        }
        Some(column)
    }

    fn secret_keys(&self) -> &'static [&'static str] {
        &["password", "token", "private_key", "private_key_passphrase", "oauth_client_secret"]
    }

    fn connection_keys(&self) -> &'static [&'static str] {
        &[
            "account",
            "user",
            "database",
            "warehouse",
            "role",
            "schema",
            "authenticator",
            "oauth_client_id",
            "query_tag",
            "client_session_keep_alive",
            "host",
            "port",
            "proxy_host",
            "proxy_port",
            "protocol",
            "connect_retries",
            "connect_timeout",
            "retry_on_database_errors",
            "retry_all",
            "insecure_mode",
            "reuse_connections",
            "s3_stage_vpce_dns_name",
        ]
    }

    fn text_literal(&self, text: &str) -> String {
        format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
    }

    fn unconnected_fields(&self) -> &'static [(&'static str, &'static str)] {
        &[("account", "unconnected")]
    }

    fn complete(&self, credentials: &mut Credentials) -> Result<()> {
        for key in ["database", "schema"] {
            required(&credentials.fields, key, self.type_name())?;
        }
        let account = required(&credentials.fields, "account", self.type_name())?.replace('_', "-");
        credentials.fields.insert("account".into(), account.as_str().into());
        let defaults = [
            ("client_session_keep_alive", false.into()),
            ("connect_retries", Value::Int(1)),
            ("retry_on_database_errors", false.into()),
            ("retry_all", false.into()),
            ("insecure_mode", false.into()),
        ];
        for (key, value) in defaults {
            credentials.fields.entry(key.into()).or_insert(value);
        }
        Ok(())
    }

    fn unique_field(&self, credentials: &Credentials) -> String {
        credentials.text("account").unwrap_or_default().to_string()
    }

    fn open_plan(&self, credentials: &Credentials, base: &Path) -> Result<OpenPlan> {
        let mut options = vec![];
        let mut push = |name: &str, value: String| options.push((name.to_string(), value));
        let keys = [
            ("user", "username"),
            ("password", "password"),
            ("account", "adbc.snowflake.sql.account"),
            ("database", "adbc.snowflake.sql.db"),
            ("schema", "adbc.snowflake.sql.schema"),
            ("warehouse", "adbc.snowflake.sql.warehouse"),
            ("role", "adbc.snowflake.sql.role"),
            ("host", "adbc.snowflake.sql.uri.host"),
            ("port", "adbc.snowflake.sql.uri.port"),
            ("protocol", "adbc.snowflake.sql.uri.protocol"),
        ];
        for (key, name) in keys {
            if let Some(value) = credentials.text(key) {
                push(name, value.to_string());
            }
        }
        if credentials.flag("client_session_keep_alive") {
            push("adbc.snowflake.sql.client_option.keep_session_alive", "enabled".into());
        }
        if let Some(timeout) = credentials.text("connect_timeout") {
            push("adbc.snowflake.sql.client_option.login_timeout", format!("{timeout}s"));
        }
        let token = |push: &mut dyn FnMut(&str, String)| {
            if let Some(token) = credentials.text("token") {
                push("adbc.snowflake.sql.client_option.auth_token", token.to_string());
            }
        };
        let authenticator = credentials.text("authenticator").unwrap_or_default();
        let auth = match authenticator.to_lowercase().as_str() {
            _ if credentials.get("private_key_path").is_some()
                || credentials.get("private_key").is_some() =>
            {
                key_pair(credentials, base, &mut push);
                "auth_jwt"
            }
            "" | "snowflake" => "auth_snowflake",
            "oauth" | "jwt" => {
                token(&mut push);
                "auth_oauth"
            }
            "programmatic_access_token" => {
                token(&mut push);
                "auth_pat"
            }
            "externalbrowser" => "auth_ext_browser",
            "username_password_mfa" => "auth_mfa",
            "workload_identity" => {
                token(&mut push);
                if let Some(provider) = credentials.text("workload_identity_provider") {
                    push("adbc.snowflake.sql.client_option.identity_provider", provider.to_string());
                }
                "auth_wif"
            }
            url if url.starts_with("https://") => {
                push("adbc.snowflake.sql.client_option.okta_url", authenticator.to_string());
                "auth_okta"
            }
            _ => {
                return Err(AdapterError::profile(format!("`authenticator: {authenticator}` is not known"))
                    .help(
                        "known are snowflake, oauth, jwt, externalbrowser, username_password_mfa, \
                     programmatic_access_token, workload_identity, and an Okta address",
                    ));
            }
        };
        push("adbc.snowflake.sql.auth_type", auth.into());
        let tag = credentials.text("query_tag").filter(|tag| !tag.is_empty());
        let on_connection = tag
            .map(|tag| format!("alter session set query_tag = '{}'", tag.replace('\'', "''")))
            .into_iter()
            .collect();
        let attempts =
            credentials.get("connect_retries").and_then(Value::as_i64).unwrap_or(1).clamp(0, 20) as u32 + 1;
        Ok(OpenPlan { options, on_connection, attempts, ..OpenPlan::default() })
    }
}

/// What a statement did to the rows of a table.
struct Touched {
    /// dbt's `rows_affected`, which counts rows with several matches once more.
    all: i64,
    counts: Vec<(&'static str, i64)>,
}

/// None where the columns are those of a query, or of a statement that changes no rows.
fn touched_rows(returned: &RecordBatch) -> Option<Touched> {
    let mut touched =
        Touched { all: 0, counts: vec![("rows_inserted", 0), ("rows_deleted", 0), ("rows_updated", 0)] };
    for (field, column) in returned.schema_ref().fields().iter().zip(returned.columns()) {
        let name = field.name();
        let slot = match name.as_str() {
            "number of rows updated" => Some(2),
            "number of rows deleted" => Some(1),
            "number of multi-joined rows updated" => None,
            _ if name.starts_with("number of rows inserted") => Some(0),
            _ => return None,
        };
        let rows: i64 = arrow_cast::display::array_value_to_string(column, 0).ok()?.parse().ok()?;
        touched.all += rows;
        if let Some(slot) = slot {
            touched.counts[slot].1 += rows;
        }
    }
    (returned.num_columns() > 0).then_some(touched)
}

fn key_pair(credentials: &Credentials, base: &Path, push: &mut dyn FnMut(&str, String)) {
    if let Some(path) = credentials.text("private_key_path") {
        let path = base.join(&*path).to_string_lossy().into_owned();
        push("adbc.snowflake.sql.client_option.jwt_private_key", path);
    } else if let Some(key) = credentials.text("private_key") {
        push("adbc.snowflake.sql.client_option.jwt_private_key_pkcs8_value", key.to_string());
    }
    if let Some(phrase) = credentials.text("private_key_passphrase") {
        push("adbc.snowflake.sql.client_option.jwt_private_key_pkcs8_password", phrase.to_string());
    }
}
