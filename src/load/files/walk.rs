//! Lists the files of a folder.

use std::path::Path;

use rayon::prelude::*;

/// Paths of all files below `folder`, relative to it, with forward slashes, in no particular order.
/// Empty when the folder does not exist. Links to files are followed, links to folders are not.
pub fn files_below(folder: &Path) -> Vec<String> {
    list(folder, "")
}

fn list(folder: &Path, prefix: &str) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return vec![] };
    let (mut files, mut folders) = (vec![], vec![]);
    for entry in entries.flatten() {
        // dbt cannot name a file that is not Unicode either.
        let (Ok(name), Ok(kind)) = (entry.file_name().into_string(), entry.file_type()) else { continue };
        let path = format!("{prefix}{name}");
        if kind.is_dir() {
            folders.push((entry.path(), path + "/"));
        } else if name.starts_with(['.', '#', '~']) {
            // Editors' temporary and hidden files.
            continue;
        } else if kind.is_file() || entry.path().is_file() {
            files.push(path);
        }
    }
    let below: Vec<Vec<String>> = folders.par_iter().map(|(folder, prefix)| list(folder, prefix)).collect();
    files.extend(below.into_iter().flatten());
    files
}
