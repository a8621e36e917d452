//! Which Python runs the project's Python models.

use std::env;
use std::path::{Path, PathBuf};

use super::super::error::{AdapterError, Result};
use crate::env::Env;

/// Names the Python that shall run models; above all other places.
const VARIABLE: &str = "HEADWATER_PYTHON";

/// The first of: what `HEADWATER_PYTHON` names, the active environment's, the one of the environment that this program
/// lies in, `python3` and `python` on the path.
///
/// Errors: the variable names none; there is none.
pub fn interpreter(variables: &Env) -> Result<PathBuf> {
    let path = variables.get("PATH").unwrap_or_default();
    if let Some(named) = variables.filled(VARIABLE) {
        let plain = Path::new(named).components().count() == 1;
        let found = if plain {
            on_path(path, named)
        } else {
            Some(named.into()).filter(|path: &PathBuf| path.is_file())
        };
        return found
            .ok_or_else(|| AdapterError::runtime(format!("{VARIABLE} names `{named}`, which is no file")));
    }
    let active = ["VIRTUAL_ENV", "CONDA_PREFIX"].into_iter().filter_map(|name| variables.filled(name));
    let environments = active.map(PathBuf::from).chain(own_environment());
    environments
        .flat_map(|root| ["bin/python", "Scripts/python.exe", "python.exe"].map(|name| root.join(name)))
        .find(|path| path.is_file())
        .or_else(|| ["python3", "python"].into_iter().find_map(|name| on_path(path, name)))
        .ok_or_else(|| {
            AdapterError::runtime("a Python model needs Python, and there is none on the path")
                .help("activate an environment that has the module `duckdb`")
                .help(format!("or name its Python in {VARIABLE}"))
        })
}

/// The virtual environment that this program was put into, as `dbt` say.
fn own_environment() -> Option<PathBuf> {
    let root = env::current_exe().ok()?.parent()?.parent()?.to_path_buf();
    root.join("pyvenv.cfg").is_file().then_some(root)
}

fn on_path(path: &str, name: &str) -> Option<PathBuf> {
    let names = if cfg!(windows) { vec![format!("{name}.exe")] } else { vec![name.to_string()] };
    env::split_paths(path)
        .flat_map(|folder| names.iter().map(move |name| folder.join(name)).collect::<Vec<_>>())
        .find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(variables: &[(&str, &str)]) -> Result<PathBuf> {
        interpreter(&variables.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect())
    }

    #[test]
    #[cfg(unix)]
    fn the_variable_comes_first_and_then_the_environment() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = |name: &str| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            std::fs::write(&path, "").expect("written");
            path
        };
        let (plain, own) = (file("path/python3"), file("venv/bin/python"));
        let path = folder.path().join("path").display().to_string();
        let environment = folder.path().join("venv").display().to_string();
        assert_eq!(found(&[("PATH", &path)]).as_ref(), Ok(&plain));
        assert_eq!(found(&[("PATH", &path), ("VIRTUAL_ENV", &environment)]).as_ref(), Ok(&own));
        let named = [("PATH", &*path), ("VIRTUAL_ENV", &*environment), ("HEADWATER_PYTHON", "python3")];
        assert_eq!(found(&named).as_ref(), Ok(&plain));
        let wrong = found(&[("PATH", &path), ("HEADWATER_PYTHON", "/nowhere/python")]).expect_err("no file");
        assert_eq!(wrong.message, "HEADWATER_PYTHON names `/nowhere/python`, which is no file");
        let none = found(&[("PATH", &environment)]).expect_err("no Python");
        assert!(none.message.contains("there is none on the path"), "{none}");
    }
}
