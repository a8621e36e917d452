//! Google BigQuery, after dbt-bigquery
//! (<https://docs.getdbt.com/docs/core/connect-data-platform/bigquery-setup>).

use std::path::Path;

use arrow_schema::Field;

use super::super::column::Column;
use super::super::credentials::Credentials;
use super::super::error::{AdapterError, Result};
use super::super::relation::{EventTimeFilter, Relation, RelationType};
use super::super::response::AdapterResponse;
use super::super::sql_text;
use super::super::table::{ColumnType, Table};
use super::bigquery_types;
use super::{Capability, ConstraintKind, ConstraintSupport, Dialect, OpenPlan, StatementOption, required};
use crate::value::Value;

/// What dbt asks access to when a profile does not say.
const SCOPES: [&str; 4] = [
    "https://www.googleapis.com/auth/bigquery",
    "https://www.googleapis.com/auth/cloud-platform",
    "https://www.googleapis.com/auth/drive",
    "https://www.googleapis.com/auth/userinfo.email",
];

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

    fn missing_schema(&self) -> Option<&'static str> {
        Some("not found: dataset")
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

    fn catalog_by_schema(&self) -> bool {
        true
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
            ("bigquery_noop_alter_relation_comment", false),
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

    /// The driver tells no more than how many rows a query returns.
    fn response(&self, sql: &str, rows: Option<i64>) -> AdapterResponse {
        let statements = sql_text::statements(sql);
        let code = match statements.as_slice() {
            [statement] => statement_type(statement),
            _ => Some("SCRIPT"),
        };
        let Some(code) = code else { return AdapterResponse::ok() };
        let rows = rows.filter(|_| code == "SELECT");
        let message = rows.map_or_else(|| code.to_string(), |rows| format!("{code} ({rows}.0 rows)"));
        AdapterResponse {
            message,
            code: Some(code.into()),
            rows_affected: rows,
            ..AdapterResponse::default()
        }
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

    fn column_from_description(&self, name: &str, raw: &str) -> Option<Column> {
        Some(bigquery_types::column(&BigQuery, name, raw))
    }

    fn arrow_column(&self, field: &Field) -> Option<Column> {
        Some(bigquery_types::arrow_column(&BigQuery, field))
    }

    /// The driver tells no columns of a result without rows: the query is joined to one row.
    fn columns_query(&self, sql: &str) -> String {
        let statements = sql_text::statements(sql);
        let Some((query, header)) = statements.split_last() else { return sql.to_string() };
        let header: String = header.iter().map(|statement| format!("{};\n", statement.trim())).collect();
        let query = query.trim();
        format!("{header}select __dbt_q.* from (select 1) left join (\n{query}\n) as __dbt_q on true")
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
        for (key, name) in [("location", "location"), ("quota_project", "auth.quota_project")] {
            if let Some(value) = credentials.text(key).filter(|value| !value.is_empty()) {
                push(name, &value);
            }
        }
        let method = credentials.text("method").unwrap_or_default();
        let service_account = matches!(&*method, "service-account" | "service-account-json");
        match &*method {
            "oauth" => push("auth_type", "adbc.bigquery.sql.auth_type.auth_bigquery"),
            "service-account" => {
                let path = required(&credentials.fields, "keyfile", self.type_name())?;
                push("auth_type", "adbc.bigquery.sql.auth_type.json_credential_file");
                push("auth_credentials", &base.join(&*path).to_string_lossy());
            }
            "service-account-json" => {
                push("auth_type", "adbc.bigquery.sql.auth_type.json_credential_string");
                push("auth_credentials", &key_of(credentials)?);
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
        if let Some(principal) = credentials.text("impersonate_service_account") {
            if &*method != "oauth" {
                return Err(AdapterError::profile(
                    "`impersonate_service_account` works with `method: oauth` alone: the driver takes the application's \
                     default credentials for it",
                ));
            }
            push("impersonate.target_principal", &principal);
            push("impersonate.scopes", &scopes(credentials));
        }
        if service_account {
            options.push(("bigquery.auth.credentials_type".into(), "service_account".into()));
        }
        Ok(OpenPlan { options, on_statement: on_statement(credentials)?, attempts: 1, ..OpenPlan::default() })
    }
}

/// What the API calls a statement, for those whose names dbt shows.
fn statement_type(statement: &str) -> Option<&'static str> {
    let words: Vec<String> = sql_text::words(statement, 4).iter().map(|word| word.to_uppercase()).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    Some(match words.as_slice() {
        ["SELECT" | "WITH", ..] => "SELECT",
        ["INSERT", ..] => "INSERT",
        ["DELETE", ..] => "DELETE",
        ["MERGE", ..] => "MERGE",
        ["UPDATE", ..] => "UPDATE",
        ["CREATE", "VIEW", ..] | ["CREATE", "OR", "REPLACE", "VIEW"] => "CREATE VIEW",
        ["CREATE", "TABLE", ..] | ["CREATE", "OR", "REPLACE", "TABLE"] => "CREATE TABLE",
        _ => return None,
    })
}

/// The key of a service account as JSON text; it may be given as a mapping, as JSON, or as that in base 64.
fn key_of(credentials: &Credentials) -> Result<String> {
    let key = credentials.get("keyfile_json").ok_or_else(|| {
        AdapterError::profile("the profile of type `bigquery` needs `keyfile_json` for this method")
    })?;
    let Some(text) = key.as_str() else {
        let mut key = key.clone();
        if let Value::Map(key) = &mut key
            && let Some(private) = key.get("private_key").map(|private| private.py_str().replace("\\n", "\n"))
        {
            key.insert("private_key".into(), Value::str(private));
        }
        return Ok(key.to_json().to_string());
    };
    Ok(base_64(text).unwrap_or_else(|| text.to_string()))
}

/// The text that base 64 stands for; none when it is no base 64.
fn base_64(text: &str) -> Option<String> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bytes, mut bits, mut count) = (vec![], 0u32, 0);
    for c in text.trim().trim_end_matches('=').bytes().filter(|c| !c.is_ascii_whitespace()) {
        bits = (bits << 6) | u32::try_from(ALPHABET.iter().position(|own| *own == c)?).ok()?;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    String::from_utf8(bytes).ok()
}

fn scopes(credentials: &Credentials) -> String {
    let given = credentials
        .get("scopes")
        .and_then(Value::as_list)
        .map(|scopes| scopes.iter().map(Value::py_str).collect::<Vec<_>>());
    given.unwrap_or_else(|| SCOPES.map(String::from).to_vec()).join(",")
}

/// Priority, and the limits of bytes and of time.
fn on_statement(credentials: &Credentials) -> Result<Vec<(String, StatementOption)>> {
    let mut options = vec![];
    if let Some(priority) = credentials.text("priority") {
        options.push(("priority", StatementOption::Text(priority.to_uppercase())));
    }
    for (key, name, unit) in [
        ("maximum_bytes_billed", "max_bytes_billed", 1),
        ("job_execution_timeout_seconds", "job_timeout", 1000),
    ] {
        let Some(text) = credentials.text(key) else { continue };
        let number: i64 = text.parse().map_err(|_| {
            AdapterError::profile(format!("the profile's `{key}` is a whole number, not `{text}`"))
        })?;
        options.push((name, StatementOption::Number(number.saturating_mul(unit))));
    }
    let named = |(name, value)| (format!("adbc.bigquery.sql.query.{name}"), value);
    Ok(options.into_iter().map(named).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Map;

    #[test]
    fn keys_may_be_base_64() {
        assert_eq!(
            base_64("eyJ0eXBlIjogInNlcnZpY2VfYWNjb3VudCJ9").as_deref(),
            Some(r#"{"type": "service_account"}"#)
        );
        assert_eq!(base_64("eyJhIjoxfQ==").as_deref(), Some(r#"{"a":1}"#));
        assert_eq!(base_64(r#"{"a": 1}"#), None);
    }

    #[test]
    fn columns_are_asked_for_by_a_row() {
        let asked = BigQuery.columns_query("create temp function f() as (1); select f() as a limit 0");
        let expected = "create temp function f() as (1);\nselect __dbt_q.* from (select 1) left join (\n\
                        select f() as a limit 0\n) as __dbt_q on true";
        assert_eq!(asked, expected);
    }

    #[test]
    fn statements_are_named() {
        let message = |sql: &str, rows| BigQuery.response(sql, rows).message;
        assert_eq!(
            message("/* {} */ create or replace table `a`.`b` as (select 1);", Some(0)),
            "CREATE TABLE"
        );
        assert_eq!(message("create view v as select 1", None), "CREATE VIEW");
        assert_eq!(message("merge into a using b on false when not matched then insert row", None), "MERGE");
        assert_eq!(message("declare a int64; select 1;", Some(1)), "SCRIPT");
        assert_eq!(message("select 1", Some(1)), "SELECT (1.0 rows)");
        assert_eq!(message("alter table a drop column b", None), "OK");
    }

    #[test]
    fn profiles_become_options() {
        let plan = |yaml: &[(&str, &str)]| {
            let mut fields = Map::default();
            for (key, value) in [("project", "proj"), ("dataset", "shop")].iter().chain(yaml) {
                fields.insert((*key).into(), Value::str(*value));
            }
            let credentials = Credentials::new(&BigQuery, &fields, Path::new("/base"));
            credentials.and_then(|credentials| BigQuery.open_plan(&credentials, Path::new("/base")))
        };
        let limits = [
            ("method", "service-account"),
            ("keyfile", "key.json"),
            ("priority", "batch"),
            ("maximum_bytes_billed", "1000"),
            ("job_execution_timeout_seconds", "60"),
        ];
        let plan_of_limits = plan(&limits).unwrap();
        let has = |name: &str, value: &str| {
            plan_of_limits.options.iter().any(|(own, set)| own == name && set == value)
        };
        assert!(has("bigquery.auth.credentials_type", "service_account"));
        assert!(has("adbc.bigquery.sql.auth_credentials", "/base/key.json"));
        let named = |name: &str| format!("adbc.bigquery.sql.query.{name}");
        let expected = vec![
            (named("priority"), StatementOption::Text("BATCH".into())),
            (named("max_bytes_billed"), StatementOption::Number(1000)),
            (named("job_timeout"), StatementOption::Number(60_000)),
        ];
        assert_eq!(plan_of_limits.on_statement, expected);
        let principal = ("impersonate_service_account", "x@p.iam.gserviceaccount.com");
        assert!(plan(&[("method", "oauth"), principal]).is_ok());
        assert!(plan(&[("method", "service-account"), ("keyfile", "key.json"), principal]).is_err());
    }
}
