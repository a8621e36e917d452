//! Where the project file is.

use std::path::{Path, PathBuf};

use crate::diag::Diagnostic;

/// Names of the project file, the first one found counts.
pub const FILE_NAMES: [&str; 2] = ["dbt_project.yml", "project.yml"];

/// The project file in `folder`.
pub fn project_file(folder: &Path) -> Option<PathBuf> {
    FILE_NAMES.iter().map(|name| folder.join(name)).find(|path| path.exists())
}

/// The nearest folder from `start` upward that holds a project file; `start` when there is none.
pub fn project_folder(start: &Path) -> PathBuf {
    start.ancestors().find(|folder| project_file(folder).is_some()).unwrap_or(start).to_path_buf()
}

/// The folder of profiles.yml when the user names none: `start`, then the project's folder, then
/// `~/.dbt`.
pub fn profiles_folder(start: &Path, project: &Path, home: Option<&Path>) -> PathBuf {
    let home = home.map(|home| home.join(".dbt"));
    [Some(start), Some(project)]
        .into_iter()
        .flatten()
        .find(|folder| folder.join("profiles.yml").exists())
        .map(Path::to_path_buf)
        .or(home)
        .unwrap_or_else(|| start.to_path_buf())
}

pub fn missing(folder: &Path) -> Diagnostic {
    let expected = folder.join(FILE_NAMES[0]);
    Diagnostic::error(
        "no-project",
        format!("there is no `dbt_project.yml` or `project.yml` in `{}`", folder.display()),
    )
    .help("go to the project's folder, name it with `--project-dir`, or make a new project with `init`")
    .note(format!("No dbt_project.yml found at expected path {}", expected.display()))
}
