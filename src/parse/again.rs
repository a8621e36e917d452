//! The node of one file, when all else is as it was.

use std::sync::Arc;

use super::Parser;
use super::assemble::OwnedPatch;
use crate::diag::Sink;
use crate::manifest::Node;
use crate::project::{FileKind, Package, PackageFile};

impl<'a> Parser<'a> {
    /// What a file makes now; `before` is what it made before its text changed, and how its entry in
    /// YAML is found. Problems go to the sink. None when there was one, and when the file's node has
    /// another place among the others.
    pub fn node_again(
        &self,
        package: &'a Arc<Package>,
        file: &'a PackageFile,
        before: &Node,
    ) -> Option<Node> {
        if !self.broken_python([(package, file)].into_iter()).is_empty() {
            return None;
        }
        let raw = self.raws_of(package, file, super::files::kind_of(file.kind)?).pop()?;
        self.keep(file.file, &raw);
        // What there is to say about the entries has been said, and they have not changed.
        let unheard = Sink::default();
        let reader = Parser::new(self.project, self.run.clone(), self.flags, (self.sources, &unheard));
        let patches = match &before.patch_path {
            Some(path) => reader.patches_of(path)?,
            None => vec![],
        };
        let node = reader.finish_one(raw, &patches, |raw, patch, version| {
            self.finish_node(raw, patch, version).map_err(|problem| self.sink.push(problem)).ok()
        })?;
        stands_for(&node, before).then_some(node)
    }

    /// The entries of a properties file, by the path that its nodes state.
    fn patches_of(&self, path: &str) -> Option<Vec<OwnedPatch<'a>>> {
        let (name, path) = path.split_once("://")?;
        let package = self.project.packages.iter().find(|package| &*package.config.name == name)?;
        let is_meant =
            |file: &&PackageFile| file.kind == FileKind::Properties && &*file.original_file_path == path;
        let file = package.files.iter().find(is_meant)?;
        Some(self.read_file(package, file, &self.properties_tree(file)?).patches)
    }
}

/// Whether nothing that other nodes depend on differs: they find it by name, version and package, and
/// may refer to it by group and access.
fn stands_for(node: &Node, before: &Node) -> bool {
    let versions = |node: &Node| {
        node.model().map(|model| (model.version.clone(), model.latest_version.clone(), model.access.clone()))
    };
    node.config.enabled()
        && node.unique_id == before.unique_id
        && node.name == before.name
        && node.package == before.package
        && node.fqn == before.fqn
        && node.patch_path == before.patch_path
        && node.group == before.group
        && versions(node) == versions(before)
}
