//! Packages out of git repositories.
//!
//! Git is told what to do by arguments that cannot be taken for options, runs no hooks, and does not
//! ask for passwords. Credentials in addresses never reach a message.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::diag::Diagnostic;

/// Fetches one revision of a repository into `folder`, which is made. Returns the commit.
///
/// # Errors
/// No git, or what git says.
pub fn check_out(url: &str, revision: &str, folder: &Path) -> Result<String, Diagnostic> {
    if folder.exists() {
        std::fs::remove_dir_all(folder).map_err(|error| failed(url, &error.to_string()))?;
    }
    std::fs::create_dir_all(folder).map_err(|error| failed(url, &error.to_string()))?;
    let git = |args: &[&str]| run(folder, url, args);
    git(&["init", "--quiet"])?;
    git(&["remote", "add", "--", "origin", url])?;
    let mut problem = None;
    for reference in references(revision) {
        match git(&["fetch", "--quiet", "--depth", "1", "--no-tags", "--", "origin", &reference]) {
            Ok(_) => {
                git(&["checkout", "--quiet", "--detach", "FETCH_HEAD"])?;
                return git(&["rev-parse", "HEAD"]).map(|sha| sha.trim().to_string());
            }
            Err(error) => problem = problem.or(Some(error)),
        }
    }
    let shown = without_credentials(url);
    let error = problem.unwrap_or_else(|| failed(url, "nothing was fetched"));
    Err(error.note(format!("Error checking out spec='{revision}' for repo {shown}")))
}

/// What a revision may mean, a tag before a branch.
fn references(revision: &str) -> Vec<String> {
    let is_commit = revision.len() == 40 && revision.bytes().all(|byte| byte.is_ascii_hexdigit());
    if revision == "HEAD" || is_commit || revision.starts_with("refs/") {
        return vec![revision.to_string()];
    }
    vec![format!("refs/tags/{revision}"), format!("refs/heads/{revision}")]
}

fn run(folder: &Path, url: &str, args: &[&str]) -> Result<String, Diagnostic> {
    let mut command = Command::new("git");
    command
        .current_dir(folder)
        .args([
            "-c",
            "core.hooksPath=/dev/null",
            "-c",
            "protocol.ext.allow=never",
            "-c",
            "core.fsmonitor=false",
        ])
        .args([
            "-c",
            "submodule.recurse=false",
            "-c",
            "advice.detachedHead=false",
            "-c",
            "core.symlinks=true",
        ])
        .args(args)
        .env("LC_ALL", "C")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_ALLOW_PROTOCOL", "file:git:http:https:ssh")
        // A repository around the downloads must not be taken for this one.
        .env("GIT_CEILING_DIRECTORIES", folder.parent().unwrap_or(Path::new("/")))
        .env_remove("GIT_DIR")
        .env_remove("GIT_WORK_TREE")
        .env_remove("GIT_INDEX_FILE")
        .stdin(Stdio::null());
    let output = command.output().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            Diagnostic::error("no-git", "git is needed for a git package and is not installed")
        }
        _ => failed(url, &error.to_string()),
    })?;
    if !output.status.success() {
        return Err(failed(url, &String::from_utf8_lossy(&output.stderr)));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn failed(url: &str, said: &str) -> Diagnostic {
    let shown = without_credentials(url);
    // Git repeats the address in what it says.
    let said = said.replace(url, &shown);
    let said = said.lines().map(without_credentials).collect::<Vec<_>>().join("\n");
    let first = said
        .lines()
        .find(|line| line.starts_with("fatal:") || line.starts_with("error:"))
        .or(said.lines().next());
    let reason = first.unwrap_or("no reason given").trim().to_string();
    Diagnostic::error("git-package", format!("cannot fetch `{shown}`: {reason}"))
}

/// Text with the user and password of every address in it left out.
pub fn without_credentials(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        out += before;
        let end = after.find(['/', '\'', '"', ' ', '\n']).unwrap_or(after.len());
        let (authority, tail) = after.split_at(end);
        out += authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        rest = tail;
    }
    out + rest
}

/// The package's folder in a checked out repository.
///
/// # Errors
/// The folder is missing, or a link leads out of the repository.
pub fn package_folder(checkout: &Path, subdirectory: Option<&str>) -> Result<PathBuf, Diagnostic> {
    let Some(subdirectory) = subdirectory else { return Ok(checkout.to_path_buf()) };
    let folder = checkout.join(subdirectory);
    let inside = match (folder.canonicalize(), checkout.canonicalize()) {
        (Ok(real), Ok(root)) => real.starts_with(root),
        _ => {
            let message = format!("the repository has no folder `{subdirectory}`");
            return Err(Diagnostic::error("git-package", message));
        }
    };
    if inside {
        Ok(folder)
    } else {
        Err(Diagnostic::error(
            "unsafe-package",
            format!("`subdirectory: {subdirectory}` leads out of the repository"),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_left_out() {
        assert_eq!(without_credentials("https://u:p@h.com/x.git"), "https://h.com/x.git");
        assert_eq!(without_credentials("at 'https://token@h/x': no"), "at 'https://h/x': no");
        assert_eq!(without_credentials("https://a@b@h/x https://c:d@e/f"), "https://h/x https://e/f");
        assert_eq!(without_credentials("git@github.com:a/b.git"), "git@github.com:a/b.git");
    }

    #[test]
    fn a_name_is_a_tag_before_it_is_a_branch() {
        assert_eq!(references("1.0"), ["refs/tags/1.0", "refs/heads/1.0"]);
        assert_eq!(references("HEAD"), ["HEAD"]);
        assert_eq!(references(&"a".repeat(40)), ["a".repeat(40)]);
    }
}
