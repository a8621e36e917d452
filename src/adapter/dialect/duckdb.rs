//! DuckDB: the embedded default. Behaviour after dbt-duckdb
//! (<https://docs.getdbt.com/docs/core/connect-data-platform/duckdb-setup>).

use std::path::Path;

use super::super::credentials::Credentials;
use super::super::error::{AdapterError, ErrorKind, Result};
use super::{Capability, ConstraintKind, ConstraintSupport, Dialect, OpenPlan, duckdb_open};
use crate::value::{Str, Value};

pub use super::duckdb_external::{read_location, write_options};
pub use duckdb_open::{ducklake_databases, escape, is_motherduck};

pub struct DuckDb;

impl Dialect for DuckDb {
    fn type_name(&self) -> &'static str {
        "duckdb"
    }

    fn driver(&self) -> &'static str {
        "duckdb"
    }

    fn relation_class(&self) -> &'static str {
        "DuckDBRelation"
    }

    fn constraint_support(&self, kind: ConstraintKind) -> ConstraintSupport {
        match kind {
            ConstraintKind::Custom => ConstraintSupport::NotSupported,
            _ => ConstraintSupport::Enforced,
        }
    }

    /// DuckDB takes no catalog before the schema here, not even its own.
    fn constraint_target(&self, to: &str) -> String {
        match to.split_once('.') {
            Some((_, rest)) if rest.contains('.') => rest.to_string(),
            _ => to.to_string(),
        }
    }

    fn capabilities(&self) -> &'static [Capability] {
        &[Capability::SchemaMetadataByRelations, Capability::MicrobatchConcurrency]
    }

    fn incremental_strategies(&self) -> &'static [&'static str] {
        &["append", "delete+insert", "merge", "microbatch"]
    }

    fn date_function(&self) -> &'static str {
        "now()"
    }

    fn multiple_statements(&self) -> bool {
        true
    }

    /// They run in this process, and end soon.
    fn cancels_queries(&self) -> bool {
        false
    }

    fn float_types(&self) -> &'static [&'static str] {
        &["real", "float", "float4", "float8", "double"]
    }

    fn integer_types(&self) -> &'static [&'static str] {
        &[
            "tinyint",
            "smallint",
            "integer",
            "bigint",
            "hugeint",
            "utinyint",
            "usmallint",
            "uinteger",
            "ubigint",
            "int1",
            "int2",
            "int4",
            "int8",
            "short",
            "int",
            "signed",
            "long",
        ]
    }

    /// `STRUCT(a VARCHAR, b STRUCT(c INTEGER))`: the commas of nested types do not split.
    fn struct_fields(&self, dtype: &str) -> Vec<(Str, Str)> {
        let inside = dtype.get(..7).filter(|head| head.eq_ignore_ascii_case("struct(")).and_then(|_| {
            let end = dtype.rfind(')')?;
            dtype.get(7..end)
        });
        let Some(inside) = inside else { return vec![] };
        let mut fields = vec![];
        let (mut depth, mut start) = (0i32, 0);
        for (at, c) in inside.char_indices() {
            match c {
                '(' => depth += 1,
                ')' => depth -= 1,
                ',' if depth == 0 => {
                    fields.push(&inside[start..at]);
                    start = at + 1;
                }
                _ => {}
            }
        }
        fields.push(&inside[start..]);
        let split = |field: &str| {
            let (name, kind) = field.trim().split_once(' ')?;
            Some((name.into(), kind.into()))
        };
        fields.into_iter().filter_map(split).collect()
    }

    fn explain(&self, error: AdapterError) -> AdapterError {
        if error.kind == ErrorKind::Connect {
            return locked(&error.message).unwrap_or(error);
        }
        match error.message.contains("write-write conflict on create") {
            true => error.help(
                "two nodes made a relation of this name at once: where two names are one to the warehouse (unlike in case \
                 alone), give one of them another alias",
            ),
            false => error,
        }
    }

    fn secret_keys(&self) -> &'static [&'static str] {
        &["motherduck_token", "secrets", "flights"]
    }

    fn connection_keys(&self) -> &'static [&'static str] {
        &[
            "database",
            "schema",
            "path",
            "config_options",
            "extensions",
            "settings",
            "external_root",
            "use_credential_provider",
            "attach",
            "filesystems",
            "remote",
            "plugins",
            "disable_transactions",
        ]
    }

    fn complete(&self, credentials: &mut Credentials) -> Result<()> {
        let path = credentials.text("path").unwrap_or_else(|| ":memory:".into());
        let derived = database_name(&path);
        match &credentials.database {
            None => credentials.database = Some(derived.into()),
            Some(name) if **name != *derived => {
                let attached = credentials.get("attach").and_then(Value::as_list).unwrap_or_default();
                let alias = |item: &Value| item.get("alias").and_then(Value::as_str).map(str::to_string);
                let is_alias = attached.iter().filter_map(alias).any(|alias| alias == **name);
                if !is_alias && credentials.get("remote").is_none() {
                    return Err(AdapterError::profile(format!(
                        "`database: {name}` does not fit `path: {path}`, whose database is `{derived}`"
                    ))
                    .help(format!("leave `database` out, or set it to `{derived}` or to the alias of an attached database")));
                }
            }
            Some(_) => {}
        }
        credentials.schema = credentials.text("schema").unwrap_or_else(|| "main".into());
        let fields = &mut credentials.fields;
        let mut default = |key: &str, value: Value| {
            if fields.get(key).is_none_or(Value::is_null) {
                fields.insert(key.into(), value);
            }
        };
        default("path", Value::Str(path));
        default("schema", "main".into());
        default("external_root", ".".into());
        default("disable_transactions", false.into());
        default("settings", Value::Map(Default::default()));
        duckdb_open::merge_motherduck_token(credentials)
    }

    fn unique_field(&self, credentials: &Credentials) -> String {
        match credentials.get("remote") {
            Some(remote) => {
                ["host", "port"].iter().filter_map(|key| remote.get(key)).map(Value::py_str).collect()
            }
            None => ["path", "external_root"]
                .iter()
                .filter_map(|key| credentials.text(key))
                .map(|s| s.to_string())
                .collect(),
        }
    }

    fn open_plan(&self, credentials: &Credentials, base: &Path) -> Result<OpenPlan> {
        duckdb_open::plan(credentials, base)
    }
}

/// Of a message that tells of another process at the database's file.
fn locked(message: &str) -> Option<AdapterError> {
    let (_, rest) = message.split_once("Could not set lock on file \"")?;
    let (file, rest) = rest.split_once("\":")?;
    let holder = rest.split_once("Conflicting lock is held in ").and_then(|(_, rest)| rest.split_once(')'));
    let by = holder.map(|(holder, _)| format!(" by {holder})")).unwrap_or_default();
    let error = AdapterError::new(ErrorKind::Locked, format!("the database file `{file}` is in use{by}"))
        .help(
            "close the other program, or wait until it is done; only one process may write to a DuckDB file",
        )
        .help("`retries: {connect_attempts: 5}` in the profile waits for it");
    Some(error)
}

/// What DuckDB calls the database of a path: the file's name up to its first dot, `memory` for none.
pub fn database_name(path: &str) -> String {
    if path == ":memory:" {
        return "memory".into();
    }
    let (scheme, rest) = match path.split_once(':') {
        // A single letter is a Windows drive.
        Some((scheme, rest)) if scheme.len() > 1 && scheme.chars().all(|c| c.is_ascii_alphanumeric()) => {
            (scheme.to_lowercase(), rest)
        }
        _ => (String::new(), path),
    };
    let plain = rest.split(['?', '#']).next().unwrap_or(rest);
    let file = plain.rsplit(['/', '\\']).next().unwrap_or(plain);
    match scheme.as_str() {
        "md" | "motherduck" => match file.rsplit_once('.').map_or(file, |(stem, _)| stem) {
            "" => "my_db".into(),
            stem => stem.into(),
        },
        "ducklake" => {
            let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
            stem.rsplit(':').next().unwrap_or(stem).into()
        }
        _ => file.trim_start_matches('.').split('.').next().unwrap_or_default().into(),
    }
}
