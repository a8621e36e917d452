//! What is particular to each warehouse: one file each, one line each in [`DIALECTS`].
//!
//! The defaults are dbt's own for adapters that override nothing.

mod bigquery;
mod bigquery_types;
mod databricks;
pub mod duckdb;
mod duckdb_external;
mod duckdb_open;
mod postgres;
mod redshift;
mod result_type;
mod snowflake;
mod spark;

use std::path::Path;

use arrow_array::RecordBatch;
use arrow_schema::Field;

use super::column::Column;
use super::credentials::Credentials;
use super::error::{AdapterError, Result};
use super::grants::{Grant, GrantRow};
use super::relation::{EventTimeFilter, Policy, Relation, RelationType};
use super::response::AdapterResponse;
use super::table::{Cell, ColumnType, Table};
use crate::value::{Map, Str};

/// Every warehouse known. A new one is a file here, a macro package, and a line in this list.
pub static DIALECTS: &[&dyn Dialect] = &[
    &duckdb::DuckDb,
    &postgres::Postgres,
    &snowflake::Snowflake,
    &bigquery::BigQuery,
    &redshift::Redshift,
    &spark::Spark,
    &databricks::Databricks,
];

/// The dialect of a profile's `type:`.
pub fn dialect(type_name: &str) -> Option<&'static dyn Dialect> {
    DIALECTS.iter().copied().find(|dialect| dialect.type_name() == type_name)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConstraintKind {
    Check,
    NotNull,
    Unique,
    PrimaryKey,
    ForeignKey,
    Custom,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConstraintSupport {
    Enforced,
    NotEnforced,
    NotSupported,
}

/// What a warehouse can do beyond SQL's core, under dbt's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capability {
    SchemaMetadataByRelations,
    TableLastModifiedMetadata,
    TableLastModifiedMetadataBatch,
    GetCatalogForSingleRelation,
    MicrobatchConcurrency,
}

/// The value of an option of a statement.
#[derive(Clone, Debug, PartialEq)]
pub enum StatementOption {
    Text(String),
    Number(i64),
}

/// How to reach the warehouse through ADBC: database options, and statements to run once on the
/// database and on each connection.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OpenPlan {
    pub options: Vec<(String, String)>,
    pub on_database: Vec<String>,
    pub on_connection: Vec<String>,
    /// Options of each statement.
    pub on_statement: Vec<(String, StatementOption)>,
    /// The file behind the database, which is opened once only in this process.
    pub file: Option<std::path::PathBuf>,
    /// How often to try to open, with growing pauses.
    pub attempts: u32,
    /// How often to try a statement, with growing pauses, after errors of the kinds below.
    pub query_attempts: u32,
    /// Python's names of the driver's errors after which to try again, `IOException`; to open is tried again after any
    /// error where there are none.
    pub retryable: Vec<String>,
}

/// The facts of one warehouse.
pub trait Dialect: Send + Sync {
    /// The profile's `type:`.
    fn type_name(&self) -> &'static str;

    /// Name in [`super::driver::DRIVERS`].
    fn driver(&self) -> &'static str;

    /// Adapter types whose macros stand in where this one has none, nearest first.
    fn parents(&self) -> &'static [&'static str] {
        &[]
    }

    /// The Python class of its relations; packages compare it.
    fn relation_class(&self) -> &'static str;

    fn quote_character(&self) -> char {
        '"'
    }

    fn quote(&self, identifier: &str) -> String {
        let mark = self.quote_character();
        format!("{mark}{identifier}{mark}")
    }

    fn quote_policy(&self) -> Policy {
        Policy::ALL
    }

    /// Whether names of relations and types are written in lower case, and relations compared without regard to case.
    fn lowers_names(&self) -> bool {
        false
    }

    fn include_policy(&self) -> Policy {
        Policy::ALL
    }

    /// Whether a limited or filtered relation in `from` needs an alias.
    fn require_alias(&self) -> bool {
        false
    }

    /// The longest identifier, in characters, where longer ones are an error.
    fn max_identifier_length(&self) -> Option<usize> {
        None
    }

    fn check_relation(&self, relation: &Relation) -> Result<()> {
        match (self.max_identifier_length(), relation.identifier(), relation.kind.is_some()) {
            (Some(limit), Some(name), true) if name.chars().count() > limit => Err(AdapterError::runtime(
                format!("Relation name '{name}' is longer than {limit} characters"),
            )),
            _ => Ok(()),
        }
    }

    /// Whether the warehouse keeps names that are not quoted in upper case.
    fn folds_up(&self) -> bool {
        false
    }

    /// What an error says, in lower case, when relations are listed of a schema that is not there, where that is an error.
    fn missing_schema(&self) -> Option<&'static str> {
        None
    }

    /// The config that names the warehouse to use for a node alone.
    fn warehouse_setting(&self) -> Option<&'static str> {
        None
    }

    /// The column of `list_schemas` that has the names, where it is not the first.
    fn schema_column(&self) -> Option<&'static str> {
        None
    }

    /// The type of a relation as macros name it; adapters know names of their own.
    fn relation_type(&self, name: &str) -> Option<RelationType> {
        RelationType::from_name(name)
    }

    fn renameable(&self) -> &'static [RelationType] {
        &[]
    }

    fn replaceable(&self) -> &'static [RelationType] {
        &[]
    }

    /// Whether one statement can put a new relation in the place of this one.
    fn can_be_replaced(&self, relation: &Relation) -> bool {
        relation.kind.is_some_and(|kind| self.replaceable().contains(&kind))
    }

    /// Whether a match that differs only in case or quotes is an error.
    fn approximate_match_is_error(&self) -> bool {
        true
    }

    /// What this warehouse's information schema has of its own.
    fn adjust_information_schema(&self, _of: &Relation, _schema: &mut Relation) {}

    /// Whether each schema has an information schema of its own.
    fn catalog_by_schema(&self) -> bool {
        false
    }

    /// The condition of an event-time filter.
    fn event_time_condition(&self, filter: &EventTimeFilter) -> String {
        let field = &filter.field;
        match (&filter.start, &filter.end) {
            (Some(start), Some(end)) => format!("{field} >= '{start}' and {field} < '{end}'"),
            (Some(start), None) => format!("{field} >= '{start}'"),
            (None, Some(end)) => format!("{field} < '{end}'"),
            (None, None) => String::new(),
        }
    }

    fn constraint_support(&self, kind: ConstraintKind) -> ConstraintSupport {
        match kind {
            ConstraintKind::Check | ConstraintKind::Custom => ConstraintSupport::NotSupported,
            ConstraintKind::NotNull | ConstraintKind::ForeignKey => ConstraintSupport::Enforced,
            ConstraintKind::Unique | ConstraintKind::PrimaryKey => ConstraintSupport::NotEnforced,
        }
    }

    /// The relation of a foreign key, as DDL takes it.
    fn constraint_target(&self, to: &str) -> String {
        to.to_string()
    }

    /// What follows a constraint in DDL.
    fn constraint_suffix(&self, _kind: ConstraintKind) -> &'static str {
        ""
    }

    fn capabilities(&self) -> &'static [Capability] {
        &[]
    }

    fn incremental_strategies(&self) -> &'static [&'static str] {
        &["append"]
    }

    /// Behavior flags of the adapter's own, which a project's `flags:` may set, with their defaults.
    fn behaviour_flags(&self) -> &'static [(&'static str, bool)] {
        &[]
    }

    fn date_function(&self) -> &'static str;

    /// Whether one statement text may hold several statements.
    fn multiple_statements(&self) -> bool {
        false
    }

    /// The longest name that a relation may have, where macros ask for it.
    fn longest_name(&self) -> Option<usize> {
        None
    }

    /// Whether values are written into the statement in place of `%s`, as psycopg2 does. Bound to the rows of one
    /// `values`, they would be text to PostgreSQL, whatever the columns are.
    fn writes_values(&self) -> bool {
        false
    }

    /// Whether a statement whose rows are not wanted is asked for the number of rows it touched.
    fn counts_rows(&self) -> bool {
        false
    }

    /// The answer to a statement, as the console shows it. `rows` were returned or touched, where that
    /// is known.
    fn response(&self, _sql: &str, _rows: Option<i64>) -> AdapterResponse {
        AdapterResponse::ok()
    }

    /// The answer to a statement that returned these rows, where they tell what it did.
    fn response_to(&self, sql: &str, rows: Option<i64>, _returned: &[RecordBatch]) -> AdapterResponse {
        self.response(sql, rows)
    }

    /// Whether statements that run are cancelled when `--fail-fast` ends a run; if not, they end first.
    fn cancels_queries(&self) -> bool {
        true
    }

    /// Whether the query comment stands after the statement where the project does not say; each statement
    /// of a text has it then. Snowflake drops what stands before one.
    fn appends_query_comment(&self) -> bool {
        false
    }

    /// Whether the columns of a seed are quoted where its config does not say.
    fn quotes_seed_columns(&self) -> bool {
        true
    }

    /// A value bound to a placeholder as it is written into the statement, where that is not its literal.
    fn written_value(&self, _value: &Cell) -> Option<String> {
        None
    }

    /// What an error says, without what the driver puts before it.
    fn error_text<'m>(&self, message: &'m str) -> &'m str {
        message
    }

    /// An error of the driver, with what this warehouse's users can do about it.
    fn explain(&self, error: AdapterError) -> AdapterError {
        error
    }

    /// Whether `begin` and `commit` are sent at all.
    fn has_transactions(&self) -> bool {
        true
    }

    // Columns.

    fn type_labels(&self) -> &'static [(&'static str, &'static str)] {
        &[("STRING", "TEXT")]
    }

    fn string_types(&self) -> &'static [&'static str] {
        &["text", "character varying", "character", "varchar"]
    }

    fn float_types(&self) -> &'static [&'static str] {
        &["real", "float4", "float", "double precision", "float8", "double"]
    }

    fn integer_types(&self) -> &'static [&'static str] {
        &[
            "smallint",
            "integer",
            "bigint",
            "smallserial",
            "serial",
            "bigserial",
            "int2",
            "int4",
            "int8",
            "serial2",
            "serial4",
            "serial8",
        ]
    }

    fn numeric_types(&self) -> &'static [&'static str] {
        &["numeric", "decimal"]
    }

    fn default_string_size(&self) -> i64 {
        256
    }

    /// Whether any string column may become any other.
    fn strings_expand_freely(&self) -> bool {
        false
    }

    fn string_type(&self, size: i64) -> String {
        format!("character varying({size})")
    }

    fn numeric_type(&self, dtype: &str, precision: Option<i64>, scale: Option<i64>) -> String {
        match (precision, scale) {
            (Some(precision), Some(scale)) => format!("{dtype}({precision},{scale})"),
            _ => dtype.to_string(),
        }
    }

    fn data_type(&self, column: &Column) -> String {
        default_data_type(self.string_type_of(column), column)
    }

    /// `string_type` of a string column, none for others.
    fn string_type_of(&self, column: &Column) -> Option<String> {
        column.string_size().ok().map(|size| self.string_type(size))
    }

    fn literal(&self, value: &str, column: &Column) -> String {
        format!("{value}::{}", self.data_type(column))
    }

    /// A text as it stands in SQL.
    fn text_literal(&self, text: &str) -> String {
        format!("'{}'", text.replace('\'', "''"))
    }

    /// What a profile must say beside database and schema, filled with words that stand for nothing: for
    /// SQL that is written without a connection.
    fn unconnected_fields(&self) -> &'static [(&'static str, &'static str)] {
        &[]
    }

    /// Names and types of the fields of a struct type; empty for others.
    fn struct_fields(&self, _dtype: &str) -> Vec<(Str, Str)> {
        vec![]
    }

    /// A described type that this warehouse reads in its own way.
    fn column_from_description(&self, _name: &str, _raw: &str) -> Option<Column> {
        None
    }

    /// The column of a result's field, where the types of a result say more than those of a seed.
    fn arrow_column(&self, _field: &Field) -> Option<Column> {
        None
    }

    /// The statement whose result tells the columns of a query that is to return no rows.
    fn columns_query(&self, sql: &str) -> String {
        sql.to_string()
    }

    /// The SQL type of a seed's column.
    fn seed_type(&self, table: &Table, column: usize) -> String {
        let decimals = || table.max_precision(column) != 0;
        match table.column_types().get(column) {
            Some(ColumnType::Number) if decimals() => "float8",
            Some(ColumnType::Integer | ColumnType::Number) => "integer",
            Some(ColumnType::Boolean) => "boolean",
            Some(ColumnType::DateTime | ColumnType::IsoDateTime) => "timestamp without time zone",
            Some(ColumnType::Date) => "date",
            Some(ColumnType::Text) | None => "text",
        }
        .to_string()
    }

    /// The type of a result's column, for contracts: as dbt's driver names it where ours tells, else the standard's
    /// name of what came.
    fn result_type(&self, field: &Field) -> String {
        result_type::standard(field.data_type())
    }

    /// The macro that tells which relations stand on which, where dropping one takes others along.
    fn links_macro(&self) -> Option<&'static str> {
        None
    }

    /// What a row of the query for grants says; none where it is no grant that a project can give.
    fn grant(&self, row: &GrantRow) -> Option<Grant> {
        row.grant("privilege_type", "grantee")
    }

    /// Types of the catalogs that a project may define in catalogs.yml.
    fn catalog_types(&self) -> &'static [&'static str] {
        &[]
    }

    // Connections.

    /// Other names of profile keys, `(alias, name)`.
    fn aliases(&self) -> &'static [(&'static str, &'static str)] {
        &[]
    }

    /// Keys whose values must never be shown.
    fn secret_keys(&self) -> &'static [&'static str] {
        &["password", "token", "private_key", "client_secret", "refresh_token"]
    }

    /// Keys that `debug` shows, in order.
    fn connection_keys(&self) -> &'static [&'static str];

    /// Checks the profile and fills in what follows from it; keys already carry their own names.
    fn complete(&self, credentials: &mut Credentials) -> Result<()>;

    /// What identifies the account or file (dbt's `unique_field`).
    fn unique_field(&self, credentials: &Credentials) -> String;

    /// The ADBC options and opening statements of the profile. `base` is what relative paths are
    /// relative to.
    fn open_plan(&self, credentials: &Credentials, base: &Path) -> Result<OpenPlan>;
}

/// dbt's `data_type`: sized for strings and numerics, as it stands for the rest.
fn default_data_type(string_type: Option<String>, column: &Column) -> String {
    match string_type {
        Some(string_type) => string_type,
        None if column.is_numeric() => {
            column.dialect.numeric_type(&column.dtype, column.numeric_precision, column.numeric_scale)
        }
        None => column.dtype.to_string(),
    }
}

/// A text whose backslashes, quotes and line feeds are escaped by a backslash.
fn backslashed_literal(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('\'', "\\'").replace('\n', "\\n");
    format!("'{escaped}'")
}

/// The text of a required profile key.
///
/// Errors: the key is missing or not text.
fn required(fields: &Map, key: &str, type_name: &str) -> Result<Str> {
    text(fields, key)
        .ok_or_else(|| AdapterError::profile(format!("the profile of type `{type_name}` needs `{key}`")))
}

/// A key's value as text; numbers and booleans as Python prints them.
fn text(fields: &Map, key: &str) -> Option<Str> {
    fields.get(key).filter(|value| !value.is_null()).map(|value| value.py_str().into())
}
