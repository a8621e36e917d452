//! `path:` patterns, as Python's `pathlib` globs them below the project's root.

use std::cell::RefCell;

use rustc_hash::FxHashMap;

use super::Glob;
use crate::diag::Diagnostic;
use crate::manifest::Node;
use crate::value::Str;

/// A path pattern; `**` stands for any number of folders, and only whole components match.
pub struct PathPattern<'a> {
    components: Vec<Component>,
    folders_only: bool,
    exists: &'a dyn Fn(&str) -> bool,
    /// Many nodes share a folder: each is looked at once.
    folders: RefCell<FxHashMap<Str, bool>>,
}

enum Component {
    Folders,
    Name(Glob),
}

impl<'a> PathPattern<'a> {
    /// `exists` says whether a path relative to the project's root is there: like a glob, a pattern
    /// matches only what is.
    ///
    /// # Errors
    /// An empty or absolute pattern, and `**` within a component.
    pub fn new(pattern: &str, exists: &'a dyn Fn(&str) -> bool) -> Result<PathPattern<'a>, Diagnostic> {
        if pattern.starts_with('/') {
            return Err(invalid(pattern, "it must be relative to the project"));
        }
        let names: Vec<&str> = pattern.split('/').filter(|name| !matches!(*name, "" | ".")).collect();
        if names.is_empty() {
            return Err(invalid(pattern, "it names no file or folder"));
        }
        let mut components = vec![];
        for name in names {
            components.push(match name {
                "**" => Component::Folders,
                name if name.contains("**") => {
                    return Err(invalid(pattern, "`**` must be a whole component of the path"));
                }
                name => Component::Name(Glob::new(name)),
            });
        }
        // pathlib's `**` yields folders alone.
        let folders_only = pattern.ends_with('/') || matches!(components.last(), Some(Component::Folders));
        Ok(PathPattern { components, folders_only, exists, folders: RefCell::default() })
    }

    /// Whether the pattern takes the node's file, the YAML file that describes it, or a folder above.
    pub fn matches(&self, node: &Node) -> bool {
        let file = &*node.original_file_path;
        let patch = node.patch_path.as_deref().and_then(|path| path.split_once("://")).map(|(_, path)| path);
        if self.folder_matches(file.rsplit_once('/').map_or("", |(folder, _)| folder)) {
            return true;
        }
        !self.folders_only && [Some(file), patch].into_iter().flatten().any(|path| self.takes(path))
    }

    fn folder_matches(&self, folder: &str) -> bool {
        if let Some(known) = self.folders.borrow().get(folder) {
            return *known;
        }
        let above = folder.rsplit_once('/').map(|(above, _)| above).or((!folder.is_empty()).then_some(""));
        let matched = self.takes(folder) || above.is_some_and(|above| self.folder_matches(above));
        self.folders.borrow_mut().insert(folder.into(), matched);
        matched
    }

    fn takes(&self, path: &str) -> bool {
        let names: Vec<&str> = path.split('/').filter(|name| !name.is_empty()).collect();
        let mut reached = vec![false; names.len() + 1];
        reached[0] = true;
        for component in &self.components {
            let mut next = vec![false; names.len() + 1];
            for at in (0..=names.len()).filter(|at| reached[*at]) {
                match component {
                    Component::Folders => next[at..].fill(true),
                    Component::Name(glob) => {
                        if names.get(at).is_some_and(|name| glob.matches(name)) {
                            next[at + 1] = true;
                        }
                    }
                }
            }
            reached = next;
        }
        reached[names.len()] && (path.is_empty() || (self.exists)(path))
    }
}

fn invalid(pattern: &str, why: &str) -> Diagnostic {
    Diagnostic::error("invalid-selector", format!("the path pattern `{pattern}` is not valid: {why}"))
}
