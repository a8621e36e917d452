//! perf_info.json: how many files a parse had before it, how many it read, and how long it took.

use std::io;
use std::path::Path;

use super::{Json, write_file};
use crate::project::{Package, Project};

/// Writes perf_info.json of a parse: of everything (`anew`), or of so many files as have changed.
///
/// # Errors
/// When the file cannot be written.
pub fn write_perf_info(
    path: &Path,
    project: &Project,
    (anew, renewed): (bool, usize),
    seconds: f64,
) -> io::Result<()> {
    let files = |package: &Package| i64::try_from(package.files.len()).unwrap_or(i64::MAX);
    let total = project.packages.iter().map(|package| files(package)).sum();
    let parsed = if anew { total } else { i64::try_from(renewed).unwrap_or(i64::MAX) };
    let mut json = Json::default();
    json.open().key("path_count").int(total).key("parsed_path_count").int(parsed);
    json.key("static_analysis_path_count").int(0).key("static_analysis_parsed_path_count").int(0);
    json.key("is_partial_parse_enabled").bool(!anew).key("is_static_analysis_enabled").bool(false);
    json.key("load_all_elapsed").float(seconds).key("projects").open_list();
    for package in &project.packages {
        let count = if anew { files(package) } else { 0 };
        json.open().key("project_name").str(&package.config.name).key("elapsed").int(0);
        json.key("parsers").open_list().close_list().key("parsed_path_count").int(count).close();
    }
    json.close_list().close();
    let bytes = json.into_bytes();
    write_file(path, |out| out.write_all(&bytes))
}
