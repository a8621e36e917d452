//! The macros of an installed Python dbt, for manifests that both tools compare.
//!
//! dbt takes a node for modified when a macro that it calls has another text than in the earlier manifest,
//! and the built-in macros of two programs are two texts. They are read for manifest.json alone, and never run.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::contract::Checked;
use super::packages::{self, Loading};
use crate::adapter::library;
use crate::diag::Diagnostic;
use crate::project::Package;

/// The package that every installation has, as its folder is called.
const COMMON: &str = "global_project";

/// The packages of macros that the dbt in `place` has for an adapter: `dbt` and the adapter's own.
///
/// `place` is a virtual environment, its `site-packages`, or the folder `dbt/include` in there.
///
/// # Errors
/// No dbt in that place, or none with this adapter.
pub fn read(place: &Path, adapter_type: &str, loading: &Loading) -> Checked<Vec<Arc<Package>>> {
    let Some(include) = include_folder(place) else {
        let message = format!("`--macro-texts-of`: there is no dbt in `{}`", place.display());
        return Err(Diagnostic::error("no-dbt", message)
            .help("name a virtual environment, its `site-packages`, or the folder `dbt/include` in there"));
    };
    let names = library::packages_for(adapter_type).iter();
    names.map(|name| read_package(&include, name, loading)).collect()
}

fn read_package(include: &Path, name: &str, loading: &Loading) -> Checked<Arc<Package>> {
    let folder = include.join(name.strip_prefix("dbt_").unwrap_or(COMMON));
    if !folder.is_dir() {
        let message = format!("`--macro-texts-of`: the dbt in `{}` has no `{name}`", include.display());
        return Err(Diagnostic::error("no-dbt", message).help("install this adapter of dbt beside it"));
    }
    let package = packages::load_folder(&folder, &format!("{}/", folder.display()), loading)?;
    Ok(Arc::new(Package { builtin: true, ..package }))
}

/// The folder of dbt's packages: `place` itself, or where installations have it below.
fn include_folder(place: &Path) -> Option<PathBuf> {
    let below = ["", "include", "dbt/include", "Lib/site-packages/dbt/include"].map(|path| place.join(path));
    // `lib/python3.11`, whatever the version is.
    let pythons = std::fs::read_dir(place.join("lib")).into_iter().flatten().flatten();
    let mut pythons: Vec<PathBuf> =
        pythons.map(|entry| entry.path().join("site-packages/dbt/include")).collect();
    pythons.sort_unstable();
    below.into_iter().chain(pythons).find(|folder| folder.join(COMMON).is_dir())
}
