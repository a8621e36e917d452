//! PostgreSQL, after dbt-postgres
//! (<https://docs.getdbt.com/docs/core/connect-data-platform/postgres-setup>).

use std::path::Path;

use arrow_schema::Field;

use super::super::credentials::Credentials;
use super::super::error::Result;
use super::super::relation::RelationType;
use super::super::response::AdapterResponse;
use super::super::sql_text::words;
use super::result_type::{standard, stated};
use super::{
    Capability, Column, ConstraintKind, ConstraintSupport, Dialect, OpenPlan, default_data_type, required,
};
use crate::value::Value;

pub struct Postgres;

/// PostgreSQL's name of a column's type, as the driver states it.
pub(super) fn pg_type(field: &Field) -> Option<&str> {
    stated(field, &["POSTGRESQL:type", "ADBC:postgresql:typname"])
}

/// What psycopg2 calls a type; those that it does not know keep PostgreSQL's name.
fn psycopg_name(name: &str) -> &str {
    match name {
        "bool" => "BOOLEAN",
        "int2" | "int4" => "INTEGER",
        "int8" => "LONGINTEGER",
        "float4" | "float8" => "FLOAT",
        "numeric" => "DECIMAL",
        "text" | "varchar" | "bpchar" | "char" | "name" => "STRING",
        "bytea" => "BINARY",
        "date" => "DATE",
        "time" | "timetz" => "TIME",
        "timestamp" => "DATETIME",
        "timestamptz" => "DATETIMETZ",
        "interval" => "INTERVAL",
        "json" => "JSON",
        "jsonb" => "JSONB",
        "oid" => "ROWID",
        "unknown" => "UNKNOWN",
        other => other,
    }
}

impl Dialect for Postgres {
    fn type_name(&self) -> &'static str {
        "postgres"
    }

    fn driver(&self) -> &'static str {
        "postgresql"
    }

    fn relation_class(&self) -> &'static str {
        "PostgresRelation"
    }

    fn require_alias(&self) -> bool {
        true
    }

    fn max_identifier_length(&self) -> Option<usize> {
        Some(63)
    }

    fn renameable(&self) -> &'static [RelationType] {
        &[RelationType::View, RelationType::Table]
    }

    fn replaceable(&self) -> &'static [RelationType] {
        &[RelationType::View, RelationType::Table]
    }

    fn constraint_support(&self, kind: ConstraintKind) -> ConstraintSupport {
        match kind {
            ConstraintKind::Custom => ConstraintSupport::NotSupported,
            _ => ConstraintSupport::Enforced,
        }
    }

    fn capabilities(&self) -> &'static [Capability] {
        &[Capability::SchemaMetadataByRelations]
    }

    fn incremental_strategies(&self) -> &'static [&'static str] {
        &["append", "delete+insert", "merge", "microbatch"]
    }

    fn date_function(&self) -> &'static str {
        "now()"
    }

    fn longest_name(&self) -> Option<usize> {
        Some(63)
    }

    fn writes_values(&self) -> bool {
        true
    }

    fn counts_rows(&self) -> bool {
        true
    }

    fn links_macro(&self) -> Option<&'static str> {
        Some("postgres__get_relations")
    }

    fn result_type(&self, field: &Field) -> String {
        let Some(name) = pg_type(field) else { return standard(field.data_type()) };
        match name.strip_prefix('_') {
            Some(item) => psycopg_name(item).to_string() + "ARRAY",
            None => psycopg_name(name).to_string(),
        }
    }

    fn response(&self, sql: &str, rows: Option<i64>) -> AdapterResponse {
        command_response(sql, rows)
    }

    fn data_type(&self, column: &Column) -> String {
        postgres_data_type(self, column)
    }

    fn aliases(&self) -> &'static [(&'static str, &'static str)] {
        &[("dbname", "database"), ("pass", "password")]
    }

    fn connection_keys(&self) -> &'static [&'static str] {
        &[
            "host",
            "port",
            "user",
            "database",
            "schema",
            "connect_timeout",
            "role",
            "search_path",
            "keepalives_idle",
            "sslmode",
            "sslcert",
            "sslkey",
            "sslrootcert",
            "application_name",
            "autocommit",
            "retries",
        ]
    }

    fn unconnected_fields(&self) -> &'static [(&'static str, &'static str)] {
        &[("host", "unconnected"), ("port", "5432"), ("user", "unconnected"), ("password", "")]
    }

    fn complete(&self, credentials: &mut Credentials) -> Result<()> {
        for key in ["host", "port", "user", "password", "database", "schema"] {
            required(&credentials.fields, key, self.type_name())?;
        }
        let defaults = [
            ("connect_timeout", Value::Int(10)),
            ("keepalives_idle", Value::Int(0)),
            ("application_name", "dbt".into()),
            ("autocommit", false.into()),
            ("retries", Value::Int(1)),
        ];
        for (key, value) in defaults {
            credentials.fields.entry(key.into()).or_insert(value);
        }
        Ok(())
    }

    fn unique_field(&self, credentials: &Credentials) -> String {
        credentials.text("host").unwrap_or_default().to_string()
    }

    fn open_plan(&self, credentials: &Credentials, _base: &Path) -> Result<OpenPlan> {
        Ok(libpq_plan(credentials))
    }
}

/// `text` and unsized `character varying` stay as they are.
pub(super) fn postgres_data_type(dialect: &dyn Dialect, column: &Column) -> String {
    let unsized_text = column.dtype.eq_ignore_ascii_case("text")
        || (column.dtype.eq_ignore_ascii_case("character varying") && column.char_size.is_none());
    if unsized_text {
        return column.dtype.to_string();
    }
    default_data_type(dialect.string_type_of(column), column)
}

/// The server's command tag: `SELECT 5`, `INSERT 0 5`, `CREATE VIEW`.
pub(super) fn command_response(sql: &str, rows: Option<i64>) -> AdapterResponse {
    let words: Vec<String> = words(sql, 6).into_iter().map(|word| word.to_uppercase()).collect();
    let rows = rows.filter(|rows| *rows >= 0);
    let what =
        ["TABLE", "VIEW", "SCHEMA", "INDEX", "FUNCTION", "SEQUENCE", "TYPE", "DATABASE", "ROLE", "EXTENSION"];
    let object = || match words.iter().position(|word| what.contains(&word.as_str())) {
        Some(at) if at > 0 && words[at - 1] == "MATERIALIZED" => format!("MATERIALIZED {}", words[at]),
        at => at.map(|at| words[at].clone()).unwrap_or_default(),
    };
    let (code, zero) = match (words.first().map(String::as_str).unwrap_or_default(), rows) {
        ("WITH" | "VALUES" | "TABLE" | "SELECT", _) => ("SELECT".to_string(), ""),
        ("CREATE", Some(_)) => ("SELECT".to_string(), ""),
        ("INSERT", _) => ("INSERT".to_string(), "0 "),
        (verb @ ("CREATE" | "DROP" | "ALTER" | "REFRESH"), _) => {
            (format!("{verb} {}", object()).trim_end().to_string(), "")
        }
        ("TRUNCATE", _) => ("TRUNCATE TABLE".to_string(), ""),
        (verb, _) => (verb.to_string(), ""),
    };
    let counted = matches!(code.as_str(), "SELECT" | "INSERT" | "UPDATE" | "DELETE" | "MERGE" | "COPY");
    let message = match rows.filter(|_| counted) {
        Some(rows) => format!("{code} {zero}{rows}"),
        None => code.clone(),
    };
    AdapterResponse {
        message,
        code: Some(code),
        rows_affected: Some(rows.unwrap_or(-1)),
        ..AdapterResponse::default()
    }
}

/// A libpq connection string of the profile's keys.
pub(super) fn libpq_plan(credentials: &Credentials) -> OpenPlan {
    let mut words = vec![];
    let mut push = |name: &str, value: &str| {
        let value = value.replace('\\', "\\\\").replace('\'', "\\'");
        words.push(format!("{name}='{value}'"));
    };
    let keys = [
        ("host", "host"),
        ("port", "port"),
        ("user", "user"),
        ("password", "password"),
        ("database", "dbname"),
        ("connect_timeout", "connect_timeout"),
        ("sslmode", "sslmode"),
        ("sslcert", "sslcert"),
        ("sslkey", "sslkey"),
        ("sslrootcert", "sslrootcert"),
        ("application_name", "application_name"),
    ];
    for (key, name) in keys {
        if let Some(value) = credentials.text(key) {
            push(name, &value);
        }
    }
    if let Some(idle) = credentials.get("keepalives_idle").filter(|idle| idle.is_truthy()) {
        push("keepalives_idle", &idle.py_str());
    }
    if let Some(path) = credentials.text("search_path").filter(|path| !path.is_empty()) {
        push("options", &format!("-c search_path={}", path.replace(' ', "\\ ")));
    }
    let role = credentials.text("role").filter(|role| !role.is_empty());
    let retries = credentials.get("retries").and_then(Value::as_i64).unwrap_or(1);
    OpenPlan {
        options: vec![("uri".into(), words.join(" "))],
        on_connection: role.map(|role| format!("set role {role}")).into_iter().collect(),
        attempts: retries.clamp(0, 20) as u32 + 1,
        ..OpenPlan::default()
    }
}
