//! The built-in macros: packages of Jinja files, embedded in the binary.
//!
//! They are packages like any other, with a `dbt_project.yml` of their own, and enter through the
//! same loader, so that a project overrides a macro by its name. Package `dbt` holds what is true
//! of every warehouse; `dbt_<type>` holds a warehouse's own forms.

/// A macro package inside the binary.
#[derive(Debug)]
pub struct EmbeddedPackage {
    /// The package's name, as in its `dbt_project.yml` and in unique ids (`macro.dbt_duckdb.…`).
    pub name: &'static str,
    /// Path below the package's root, with forward slashes, and text; sorted by path.
    pub files: &'static [(&'static str, &'static str)],
}

impl EmbeddedPackage {
    /// The files that an invocation loads. Those below `macros/emit` are for the command `emit` alone, so that
    /// every other command knows as many macros as with dbt.
    pub fn files_for(&self, emits: bool) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.files.iter().copied().filter(move |(path, _)| emits || !path.starts_with("macros/emit/"))
    }
}

static PACKAGES: &[EmbeddedPackage] = &include!(concat!(env!("OUT_DIR"), "/library.rs"));

/// All packages, sorted by name.
pub fn packages() -> &'static [EmbeddedPackage] {
    PACKAGES
}

/// The package of that name, if it is built in.
pub fn package(name: &str) -> Option<&'static EmbeddedPackage> {
    PACKAGES.iter().find(|package| package.name == name)
}

/// The names of the packages that an adapter type uses, the one whose macros win first.
///
/// An unknown type gets package `dbt` alone.
pub fn packages_for(adapter_type: &str) -> &'static [&'static str] {
    match adapter_type {
        "duckdb" => &["dbt_duckdb", "dbt"],
        "postgres" => &["dbt_postgres", "dbt"],
        "redshift" => &["dbt_redshift", "dbt_postgres", "dbt"],
        "snowflake" => &["dbt_snowflake", "dbt"],
        "bigquery" => &["dbt_bigquery", "dbt"],
        "spark" => &["dbt_spark", "dbt"],
        "databricks" => &["dbt_databricks", "dbt_spark", "dbt"],
        _ => &["dbt"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_package_has_a_project_file_and_macros() {
        for package in packages() {
            let names: Vec<_> = package.files.iter().map(|(path, _)| *path).collect();
            assert!(names.contains(&"dbt_project.yml"), "{}", package.name);
            assert!(names.iter().any(|path| path.starts_with("macros/")), "{}", package.name);
            let project = package.files.iter().find(|(path, _)| *path == "dbt_project.yml");
            let named = format!("name: {}\n", package.name);
            assert!(project.is_some_and(|(_, text)| text.contains(&named)), "{}", package.name);
        }
    }

    #[test]
    fn an_adapter_finds_its_packages_and_ends_with_the_common_one() {
        for own in packages().iter().map(|package| package.name) {
            let adapter = own.strip_prefix("dbt_").unwrap_or("unheard_of");
            let names = packages_for(adapter);
            assert_eq!(names.first(), Some(&own));
            assert_eq!(names.last(), Some(&"dbt"));
            assert!(names.iter().all(|name| package(name).is_some()), "{adapter}");
        }
    }
}
