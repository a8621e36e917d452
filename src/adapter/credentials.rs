//! A profile's output as the warehouse layer needs it.

use std::fmt;
use std::path::PathBuf;

use super::dialect::Dialect;
use super::error::{AdapterError, Result};
use super::secret;
use crate::value::{Map, Str, Value};

/// The keys of one profile output, aliases resolved, defaults filled in. Has no printed form: it may
/// hold secrets.
#[derive(Clone)]
pub struct Credentials {
    pub dialect: &'static dyn Dialect,
    /// All keys under their own names.
    pub fields: Map,
    pub database: Option<Str>,
    pub schema: Str,
    /// What relative paths are relative to.
    pub base: PathBuf,
}

impl Credentials {
    /// Reads a profile output. `base` is the project's folder.
    ///
    /// Errors: unknown type, a missing or contradictory key.
    pub fn new(
        dialect: &'static dyn Dialect,
        profile: &Map,
        base: impl Into<PathBuf>,
    ) -> Result<Credentials> {
        let mut fields = Map::default();
        for (key, value) in profile {
            let name =
                dialect.aliases().iter().find(|(alias, _)| **alias == **key).map_or(&**key, |(_, name)| name);
            if name != &**key && profile.contains_key(name) {
                return Err(AdapterError::profile(format!(
                    "the profile has both `{key}` and `{name}`, which mean the same"
                )));
            }
            fields.insert(name.into(), value.clone());
        }
        let mut credentials = Credentials {
            dialect,
            database: fields
                .get("database")
                .filter(|value| !value.is_null())
                .map(|value| value.py_str().into()),
            schema: fields
                .get("schema")
                .filter(|value| !value.is_null())
                .map(|value| value.py_str().into())
                .unwrap_or_default(),
            fields,
            base: base.into(),
        };
        dialect.complete(&mut credentials)?;
        Ok(credentials)
    }

    pub fn get(&self, key: &str) -> Option<&Value> {
        self.fields.get(key).filter(|value| !value.is_null())
    }

    pub fn text(&self, key: &str) -> Option<Str> {
        self.get(key).map(|value| value.py_str().into())
    }

    pub fn flag(&self, key: &str) -> bool {
        self.get(key).is_some_and(Value::is_truthy)
    }

    /// Keys and values that may be shown, in dbt's order.
    pub fn connection_info(&self) -> Vec<(&'static str, Value)> {
        let secret = |key: &str| self.dialect.secret_keys().contains(&key);
        let keys = self.dialect.connection_keys().iter().filter(|key| !secret(key));
        keys.map(|key| (*key, secret::masked(self.shown(key), self.dialect.secret_keys()))).collect()
    }

    /// Values that must not be shown, the longest first.
    pub fn secrets(&self) -> Vec<String> {
        secret::secrets(&self.fields, self.dialect.secret_keys())
    }

    /// What `target` offers to templates: the same keys, their values as they stand.
    pub fn target_fields(&self) -> Map {
        let mut shown = Map::default();
        for key in self.dialect.connection_keys() {
            shown.insert((*key).into(), self.shown(key));
        }
        for (alias, name) in self.dialect.aliases() {
            if let Some(value) = shown.get(*name).cloned() {
                shown.insert((*alias).into(), value);
            }
        }
        shown
    }

    fn shown(&self, key: &str) -> Value {
        match key {
            "database" => self.database.clone().map_or(Value::Null, Value::Str),
            "schema" => Value::Str(self.schema.clone()),
            _ => self.fields.get(key).cloned().unwrap_or_default(),
        }
    }

    pub fn unique_field(&self) -> String {
        self.dialect.unique_field(self)
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Credentials({}, {:?}, {})", self.dialect.type_name(), self.database, self.schema)
    }
}
