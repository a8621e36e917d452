//! `clean`: deletes the folders in `clean-targets`.
//!
//! It never deletes a folder that holds sources, nor (unless told so) one outside of the project.
//! <https://docs.getdbt.com/reference/commands/clean>

use std::path::{Path, PathBuf};

use super::{Exit, Outcome};
use crate::cli::session::Session;
use crate::diag::Diagnostic;
use crate::event::Event;
use crate::load::load_settings;
use crate::parse::judge_project_file;
use crate::project::ProjectConfig;

pub fn run(session: &Session) -> Outcome {
    let settings = load_settings(&session.load_request(), session.sources, session.sink)?;
    let source = settings.config.source.iter();
    session.sink.extend(source.flat_map(|tree| judge_project_file(tree, &session.flags.project_dir)));
    let project = resolved(&session.flags.project_dir);
    let targets = targets(&settings.config, &project);
    if settings.config.clean_targets.iter().any(|target| &**target == "dbt_modules")
        && !settings.config.clean_targets.contains(&settings.config.packages_install_path)
    {
        let text =
            "`clean-targets` names `dbt_modules`: the path has changed from `dbt_modules` to `dbt_packages`.";
        let warning = Diagnostic::warning("deprecated-key", text).event("PackageInstallPathDeprecation");
        session.sink.push(warning.help("clean `dbt_packages`, or set `packages-install-path: dbt_modules`"));
        if session.report() {
            return Ok(Exit::Stopped);
        }
    }
    check_inside(&targets, &project, session.flags.operation.clean_project_files_only)?;
    check_sources(&targets, &settings.config, &project)?;
    for target in &targets {
        let shown = target.display().to_string();
        let say = |event, verb: &str| {
            session.emit(Event::message(event, format!("{verb} {shown}/*")).data("path", shown.as_str()));
        };
        say("CheckCleanPath", "Checking");
        remove(target)?;
        say("ConfirmCleanPath", "Cleaned");
    }
    session.say("FinishedCleanPaths", "Finished cleaning all paths.");
    Ok(Exit::Fine)
}

/// The folders to delete.
fn targets(config: &ProjectConfig, project: &Path) -> Vec<PathBuf> {
    let below = |path: &str| resolved(&project.join(path));
    let mut targets: Vec<PathBuf> = config.clean_targets.iter().map(|path| below(path)).collect();
    targets.sort();
    targets.dedup();
    targets
}

/// None of the folders holds sources, or is above one that does.
fn check_sources(targets: &[PathBuf], config: &ProjectConfig, project: &Path) -> Result<(), Diagnostic> {
    let below = |path: &str| resolved(&project.join(path));
    let sources: Vec<PathBuf> = config.source_paths().map(|path| below(path)).collect();
    let kept: Vec<String> = targets
        .iter()
        .filter(|target| sources.iter().any(|source| source.starts_with(target)))
        .map(|target| format!("'{}'", target.display()))
        .collect();
    if kept.is_empty() {
        return Ok(());
    }
    Err(Diagnostic::error("unsafe-clean", "`clean-targets` names folders of sources; nothing was deleted")
        .help("take them out of `clean-targets` in the project file")
        .note(format!("dbt will not clean the following source paths: [{}]", kept.join(", "))))
}

fn check_inside(targets: &[PathBuf], project: &Path, only_inside: bool) -> Result<(), Diagnostic> {
    let is_inside = |target: &&PathBuf| target.starts_with(project) && *target != project;
    let outside: Vec<String> = targets
        .iter()
        .filter(|target| !is_inside(target))
        .map(|target| format!("'{}'", target.display()))
        .collect();
    if outside.is_empty() || !only_inside {
        return Ok(());
    }
    Err(Diagnostic::error(
        "unsafe-clean",
        "`clean-targets` names folders outside of the project; nothing was deleted",
    )
    .help("delete them too with `--no-clean-project-files-only`")
    .note(format!(
        "dbt will not clean the following directories outside the project: [{}]",
        outside.join(", ")
    )))
}

/// The absolute path with links followed as far as it exists.
fn resolved(path: &Path) -> PathBuf {
    let mut missing = vec![];
    let mut at = path;
    loop {
        if let Ok(real) = at.canonicalize() {
            return missing.iter().rev().fold(real, |path, name| path.join(name));
        }
        match (at.parent(), at.file_name()) {
            (Some(parent), Some(name)) => {
                missing.push(name);
                at = parent;
            }
            _ => return path.to_path_buf(),
        }
    }
}

/// Deletes a folder with all in it; what is not there is fine.
fn remove(target: &Path) -> Result<(), Diagnostic> {
    let removed = if target.is_dir() { std::fs::remove_dir_all(target) } else { Ok(()) };
    match removed {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Diagnostic::error("clean", format!("cannot delete `{}`: {error}", target.display())))
        }
        _ => Ok(()),
    }
}
