//! The environment as it was when the invocation began.

use std::sync::Arc;

use indexmap::IndexMap;

/// A snapshot of the environment variables, in the process's order: threads read it without races, tests
/// set their own.
#[derive(Clone, Debug, Default)]
pub struct Env {
    vars: Arc<IndexMap<String, String>>,
}

impl Env {
    /// The process's variables; those that are not UTF-8 are left out.
    pub fn of_process() -> Env {
        std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect()
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.vars.get(name).map(String::as_str)
    }

    /// The value when it is set and not empty.
    pub fn filled(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.is_empty())
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.vars.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// dbt 1.11 knows each of its variables under two prefixes, `DBT_` and `DBT_ENGINE_`: this sets
    /// the missing one of each pair, the new name winning.
    pub fn with_engine_names<'a>(&self, names: impl IntoIterator<Item = &'a str>) -> Env {
        let mut vars = (*self.vars).clone();
        for name in names {
            let Some(rest) = name.strip_prefix("DBT_") else { continue };
            let engine = format!("DBT_ENGINE_{rest}");
            if let Some(value) = vars.get(&engine).cloned() {
                vars.insert(name.into(), value);
            } else if let Some(value) = vars.get(name).cloned() {
                vars.insert(engine, value);
            }
        }
        Env { vars: Arc::new(vars) }
    }
}

impl FromIterator<(String, String)> for Env {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(vars: I) -> Env {
        Env { vars: Arc::new(vars.into_iter().collect()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_prefixes_name_the_same_variable() {
        let env: Env = [("DBT_TARGET", "old"), ("DBT_ENGINE_TARGET", "new"), ("DBT_QUIET", "1")]
            .map(|(name, value)| (name.to_string(), value.to_string()))
            .into_iter()
            .collect();
        let env = env.with_engine_names(["DBT_TARGET", "DBT_QUIET", "DBT_DEBUG"]);
        assert_eq!(env.get("DBT_TARGET"), Some("new"));
        assert_eq!(env.get("DBT_ENGINE_QUIET"), Some("1"));
        assert_eq!(env.get("DBT_ENGINE_DEBUG"), None);
        let names: Vec<&str> = env.iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["DBT_TARGET", "DBT_ENGINE_TARGET", "DBT_QUIET", "DBT_ENGINE_QUIET"]);
    }
}
