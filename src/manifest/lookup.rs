//! Finding nodes by the names that `ref`, `source`, `metric`, `function` and `doc` use.

use rustc_hash::FxHashMap;

use crate::manifest::{Manifest, Node, NodeId, NodeVersion, ResourceType, compare_versions};
use crate::value::Str;

/// Names of one kind, by package; packages in order of first mention.
type ByPackage<T> = FxHashMap<Str, Vec<(Str, T)>>;

/// Lookup tables over a manifest. They hold ids, so the manifest may be changed meanwhile.
#[derive(Debug, Default)]
pub struct Lookup {
    refs: ByPackage<NodeId>,
    sources: ByPackage<NodeId>,
    metrics: ByPackage<NodeId>,
    functions: ByPackage<NodeId>,
    docs: ByPackage<Str>,
    disabled: ByPackage<()>,
    /// The highest version of each versioned model, by the model's name.
    newest: FxHashMap<Str, NodeVersion>,
    root: Str,
    /// The behaviour flag `require_ref_searches_node_package_before_root`.
    node_package_first: bool,
}

/// How a lookup ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Found<T> {
    One(T),
    /// Only a disabled node has the name.
    Disabled,
    Missing,
    /// Several packages have it, and none was named.
    Ambiguous(Vec<T>),
}

impl Lookup {
    pub fn of(manifest: &Manifest, node_package_first: bool) -> Lookup {
        let mut lookup =
            Lookup { root: manifest.project.name.clone(), node_package_first, ..Lookup::default() };
        for (id, node) in manifest.iter() {
            lookup.add(id, node);
        }
        for node in &manifest.disabled {
            lookup.disabled.entry(disabled_name(node)).or_default().push((node.package.clone(), ()));
        }
        lookup.add_docs(manifest);
        lookup
    }

    /// A lookup of docs blocks alone.
    pub fn of_docs(manifest: &Manifest, node_package_first: bool) -> Lookup {
        let mut lookup =
            Lookup { root: manifest.project.name.clone(), node_package_first, ..Lookup::default() };
        lookup.add_docs(manifest);
        lookup
    }

    fn add_docs(&mut self, manifest: &Manifest) {
        for doc in manifest.docs.values() {
            insert(&mut self.docs, doc.name.clone(), &doc.package, doc.unique_id.clone());
        }
    }

    /// Makes a node known.
    pub fn add(&mut self, id: NodeId, node: &Node) {
        match node.resource_type {
            kind if kind.is_refable() => {
                let versioned = node.is_versioned();
                if let Some(version) = node.version() {
                    let newest = self.newest.entry(node.name.clone()).or_insert_with(|| version.clone());
                    if compare_versions(newest, version).is_lt() {
                        *newest = version.clone();
                    }
                    insert(&mut self.refs, node.search_name().into(), &node.package, id);
                }
                if !versioned || node.is_latest_version() {
                    insert(&mut self.refs, node.name.clone(), &node.package, id);
                }
            }
            ResourceType::Source => insert(&mut self.sources, disabled_name(node), &node.package, id),
            ResourceType::Metric => insert(&mut self.metrics, node.name.clone(), &node.package, id),
            ResourceType::Function => insert(&mut self.functions, node.name.clone(), &node.package, id),
            _ => {}
        }
    }

    /// What `ref(package, name, version)` in a node of `node_package` means.
    pub fn resolve_ref(
        &self,
        name: &str,
        package: Option<&str>,
        version: Option<&NodeVersion>,
        node_package: &str,
    ) -> Found<NodeId> {
        let versioned;
        let key = match version {
            Some(version) => {
                versioned = format!("{name}.v{}", version.py_str());
                &*versioned
            }
            None => name,
        };
        self.find(&self.refs, key, package, node_package)
    }

    /// The highest version of a versioned model.
    pub fn newest_version(&self, name: &str) -> Option<&NodeVersion> {
        self.newest.get(name)
    }

    pub fn resolve_source(&self, source: &str, table: &str, node_package: &str) -> Found<NodeId> {
        self.find(&self.sources, &format!("{source}.{table}"), None, node_package)
    }

    /// `args`: the name, or package and name.
    pub fn resolve_metric(&self, args: &[Str], node_package: &str) -> Found<NodeId> {
        self.find_args(&self.metrics, args, node_package)
    }

    pub fn resolve_function(&self, args: &[Str], node_package: &str) -> Found<NodeId> {
        self.find_args(&self.functions, args, node_package)
    }

    /// The unique id of a docs block.
    pub fn resolve_doc(&self, name: &str, package: Option<&str>, node_package: &str) -> Found<Str> {
        self.find(&self.docs, name, package, node_package)
    }

    fn find_args(&self, table: &ByPackage<NodeId>, args: &[Str], node_package: &str) -> Found<NodeId> {
        match args {
            [name] => self.find(table, name, None, node_package),
            [package, name] => self.find(table, name, Some(package), node_package),
            _ => Found::Missing,
        }
    }

    /// Names of all refable nodes, for hints.
    pub fn ref_names(&self) -> impl Iterator<Item = &str> {
        self.refs.keys().map(|name| &**name)
    }

    /// `source.table` of all sources, for hints.
    pub fn source_names(&self) -> impl Iterator<Item = &str> {
        self.sources.keys().map(|name| &**name)
    }

    /// Which packages are searched, in order; none means any.
    fn candidates<'a>(
        &'a self,
        package: Option<&'a str>,
        node_package: &'a str,
    ) -> [Option<Option<&'a str>>; 3] {
        let root = &*self.root;
        match package {
            Some(package) => [Some(Some(package)), None, None],
            None if root == node_package => [Some(Some(root)), Some(None), None],
            None if self.node_package_first => [Some(Some(node_package)), Some(Some(root)), Some(None)],
            None => [Some(Some(root)), Some(Some(node_package)), Some(None)],
        }
    }

    fn find<T: Clone>(
        &self,
        table: &ByPackage<T>,
        key: &str,
        package: Option<&str>,
        node_package: &str,
    ) -> Found<T> {
        let mut disabled = false;
        for candidate in self.candidates(package, node_package).into_iter().flatten() {
            let entries = table.get(key).map(Vec::as_slice).unwrap_or_default();
            match candidate {
                Some(package) => {
                    if let Some((_, found)) = entries.iter().find(|(name, _)| &**name == package) {
                        return Found::One(found.clone());
                    }
                }
                None if entries.len() > 1 => {
                    return Found::Ambiguous(entries.iter().map(|(_, found)| found.clone()).collect());
                }
                None => {
                    if let Some((_, found)) = entries.first() {
                        return Found::One(found.clone());
                    }
                }
            }
            disabled |= self.disabled.get(key).is_some_and(|entries| {
                candidate.is_none_or(|package| entries.iter().any(|(name, ())| &**name == package))
            });
        }
        if disabled { Found::Disabled } else { Found::Missing }
    }
}

fn insert<T>(table: &mut ByPackage<T>, name: Str, package: &Str, value: T) {
    let entries = table.entry(name).or_default();
    match entries.iter_mut().find(|(existing, _)| existing == package) {
        Some(entry) => entry.1 = value,
        None => entries.push((package.clone(), value)),
    }
}

fn disabled_name(node: &Node) -> Str {
    match node.source() {
        Some(source) => format!("{}.{}", source.source_name, node.name).into(),
        None if node.is_versioned() => node.search_name().into(),
        None => node.name.clone(),
    }
}
