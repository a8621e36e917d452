//! All macros of an invocation, and how names find them.
//!
//! dbt's order: the node's own package, the root project, packages by name, then the built-in
//! packages, the adapter's before the common one.

use std::fmt;
use std::sync::Arc;

use minijinja::Value as Jinja;
use minijinja::value::{Enumerator, Object, ObjectRepr};
use rustc_hash::FxHashMap;

use crate::project::Project;
use crate::value::Str;

/// The macro values of one package by name.
pub type Namespace = FxHashMap<Str, Entry>;

/// A macro as a value, and its identity.
#[derive(Clone, Debug)]
pub struct Entry {
    pub unique_id: Str,
    pub value: Jinja,
}

/// A materialization as it was found.
pub struct Materialization<'t> {
    pub entry: &'t Entry,
    /// The installed package that has it in the place of a built-in one.
    pub overrides: Option<&'t Str>,
}

/// Where a dispatched macro is looked for.
#[derive(Clone, Debug)]
pub struct Dispatch {
    /// In order; none stands for the caller's own view of all macros.
    packages: Vec<Option<Str>>,
    /// `duckdb`, `default`: the adapter, those it builds on, and the default.
    prefixes: Vec<Str>,
}

impl Dispatch {
    /// The search order for a namespace: the project's `dispatch:` setting, or the root project
    /// before the package named.
    pub fn of(project: &Project, namespace: Option<&str>) -> Dispatch {
        let root = project.root();
        let configured = namespace.and_then(|namespace| {
            root.config.dispatch.iter().find(|dispatch| &*dispatch.macro_namespace == namespace)
        });
        let packages = match (namespace, configured) {
            (_, Some(dispatch)) => dispatch.search_order.iter().cloned().map(Some).collect(),
            (Some(namespace), None) if project.package(namespace).is_some() => {
                vec![Some(root.config.name.clone()), Some(namespace.into())]
            }
            _ => vec![None],
        };
        Dispatch { packages, prefixes: prefixes(&project.profile.adapter_type) }
    }
}

/// The prefixes under which an adapter's versions of a macro are named.
pub fn prefixes(adapter: &str) -> Vec<Str> {
    let base = match adapter {
        "redshift" => Some("postgres"),
        "databricks" => Some("spark"),
        _ => None,
    };
    [Some(adapter), base, Some("default")].into_iter().flatten().map(Str::from).collect()
}

/// Macros of all packages. Shared by all threads.
#[derive(Debug, Default)]
pub struct MacroTable {
    root: Str,
    /// Built-in packages, the most specific first.
    internal: Vec<Str>,
    packages: FxHashMap<Str, Arc<Namespace>>,
    /// Built-in macros by name, the adapter's winning.
    builtin: Arc<Namespace>,
    /// Package order of the project, for lookups over all packages.
    order: Vec<Str>,
}

impl MacroTable {
    /// `order`: all packages, root first; `internal`: the built-in ones, most specific first.
    pub fn new(
        root: Str,
        internal: Vec<Str>,
        order: Vec<Str>,
        packages: FxHashMap<Str, Namespace>,
    ) -> MacroTable {
        let mut builtin = Namespace::default();
        for package in internal.iter().rev() {
            if let Some(namespace) = packages.get(package) {
                builtin.extend(namespace.iter().map(|(name, entry)| (name.clone(), entry.clone())));
            }
        }
        let packages = packages.into_iter().map(|(name, namespace)| (name, Arc::new(namespace))).collect();
        MacroTable { root, internal, packages, builtin: Arc::new(builtin), order }
    }

    fn is_internal(&self, package: &str) -> bool {
        self.internal.iter().any(|name| &**name == package)
    }

    /// What `name` means in a node or macro call of `package`: a macro, or a package's namespace.
    pub fn lookup(&self, package: &str, name: &str) -> Option<Jinja> {
        if !self.is_internal(package)
            && let Some(entry) = self.in_package(package, name)
        {
            return Some(entry.value.clone());
        }
        if let Some(entry) = self.in_package(&self.root, name) {
            return Some(entry.value.clone());
        }
        if !self.is_internal(name)
            && let Some(namespace) = self.packages.get(name)
        {
            return Some(namespace_value(name, namespace));
        }
        if name == "dbt" {
            return Some(namespace_value(name, &self.builtin));
        }
        self.builtin.get(name).map(|entry| entry.value.clone())
    }

    fn in_package(&self, package: &str, name: &str) -> Option<&Entry> {
        self.packages.get(package)?.get(name)
    }

    /// The macro that `adapter.dispatch(name, namespace)` means for a node of `caller`.
    ///
    /// # Errors
    /// The names that were searched for, when there is none.
    pub fn dispatch(&self, caller: &str, name: &str, search: &Dispatch) -> Result<&Entry, Vec<String>> {
        self.dispatch_by(name, search, |candidate| self.entry(caller, candidate))
    }

    /// The unique id that a dispatch in a macro's body is listed under. Without a namespace, dbt then
    /// looks among all macros by name, whichever package the macro is in.
    pub fn resolve_dispatch(&self, name: &str, search: &Dispatch) -> Option<Str> {
        let found = self.dispatch_by(name, search, |candidate| self.by_name(candidate));
        found.ok().map(|entry| entry.unique_id.clone())
    }

    fn dispatch_by<'t>(
        &'t self,
        name: &str,
        search: &Dispatch,
        anywhere: impl Fn(&str) -> Option<&'t Entry>,
    ) -> Result<&'t Entry, Vec<String>> {
        let mut attempts = vec![];
        for package in &search.packages {
            for prefix in &search.prefixes {
                let candidate = format!("{prefix}__{name}");
                let found = match package.as_deref() {
                    None => anywhere(&candidate),
                    Some("dbt") => self.builtin.get(&*candidate),
                    Some(package) => self.in_package(package, &candidate),
                };
                if let Some(entry) = found {
                    return Ok(entry);
                }
                attempts.push(match package {
                    Some(package) => format!("'{package}.{candidate}'"),
                    None => format!("'{candidate}'"),
                });
            }
        }
        Err(attempts)
    }

    /// A macro by its bare name as a node of `package` sees it.
    fn entry(&self, package: &str, name: &str) -> Option<&Entry> {
        let own = if self.is_internal(package) { None } else { self.in_package(package, name) };
        own.or_else(|| self.in_package(&self.root, name)).or_else(|| self.builtin.get(name))
    }

    /// The unique id of a macro as dbt's resolver finds it: in the given package, then by name with
    /// the root project over packages over built-in ones.
    pub fn resolve(&self, package: &str, name: &str) -> Option<Str> {
        if let Some(entry) = self.in_package(package, name) {
            return Some(entry.unique_id.clone());
        }
        self.by_name(name).map(|entry| entry.unique_id.clone())
    }

    /// The unique id of the generic test `name` for a test in `package`.
    pub fn resolve_test(&self, package: &str, name: &str) -> Option<Str> {
        self.resolve(package, &format!("test_{name}"))
    }

    fn by_name(&self, name: &str) -> Option<&Entry> {
        if let Some(entry) = self.in_package(&self.root, name) {
            return Some(entry);
        }
        // Of several packages the last one wins, as in dbt's table.
        let installed =
            self.order.iter().rev().filter(|package| **package != self.root && !self.is_internal(package));
        installed
            .filter_map(|package| self.in_package(package, name))
            .next()
            .or_else(|| self.builtin.get(name))
    }

    /// The `generate_<component>_name` macro for a node of `package`: an installed package's own,
    /// else the root project's, else the built-in one.
    pub fn generate_name_macro(&self, component: &str, package: &str) -> Option<&Entry> {
        let name = format!("generate_{component}_name");
        if package != &*self.root
            && !self.is_internal(package)
            && let Some(entry) = self.in_package(package, &name)
        {
            return Some(entry);
        }
        self.in_package(&self.root, &name).or_else(|| self.builtin.get(&*name))
    }

    /// The materialization for a node under an adapter's type and the adapters it builds on (`redshift`,
    /// `postgres`, `default`): the nearest adapter's first, and for one adapter the root project's before
    /// those of packages, and these before the built-in one.
    /// `packages_override`: a package may replace what is built in, as a behaviour flag of dbt's has it.
    pub fn materialization(
        &self,
        name: &str,
        adapters: &[&str],
        packages_override: bool,
    ) -> Option<Materialization<'_>> {
        let names: Vec<String> =
            adapters.iter().map(|adapter| format!("materialization_{name}_{adapter}")).collect();
        let builtin_exists = names.iter().any(|name| self.builtin.contains_key(&**name));
        let installed =
            || self.order.iter().rev().filter(|package| **package != self.root && !self.is_internal(package));
        for name in &names {
            if let Some(entry) = self.in_package(&self.root, name) {
                return Some(Materialization { entry, overrides: None });
            }
            if packages_override || !builtin_exists {
                let found = installed().find_map(|package| Some((package, self.in_package(package, name)?)));
                if let Some((package, entry)) = found {
                    return Some(Materialization { entry, overrides: builtin_exists.then_some(package) });
                }
            }
            if let Some(entry) = self.builtin.get(&**name) {
                return Some(Materialization { entry, overrides: None });
            }
        }
        None
    }

    /// A macro by name from the root project, packages, or the built-in ones.
    pub fn find(&self, name: &str) -> Option<&Entry> {
        self.by_name(name)
    }

    /// The macro with a unique id `macro.<package>.<name>`.
    pub fn by_unique_id(&self, unique_id: &str) -> Option<&Entry> {
        let (package, name) = unique_id.strip_prefix("macro.")?.split_once('.')?;
        self.in_package(package, name)
    }

    /// Names of all macros that a node of any package could call, for hints.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.packages.values().flat_map(|namespace| namespace.keys().map(|name| &**name))
    }

    /// Names that a node of `package` can call, and the packages that it can name.
    pub fn names_for(&self, package: &str) -> impl Iterator<Item = &str> {
        let own = if self.is_internal(package) { None } else { self.packages.get(package) };
        let macros = own.into_iter().chain(self.packages.get(&self.root)).chain([&self.builtin]);
        let packages = self.order.iter().filter(|name| !self.is_internal(name));
        macros.flat_map(|macros| macros.keys()).chain(packages).map(|name| &**name)
    }

    /// Names of the macros of the project and of installed packages.
    pub fn own_names(&self) -> impl Iterator<Item = &str> {
        let own = self.packages.iter().filter(|(package, _)| !self.is_internal(package));
        own.flat_map(|(_, namespace)| namespace.keys().map(|name| &**name))
    }
}

/// A package's macros as one value: `dbt_utils.star`.
struct PackageNamespace {
    name: Str,
    macros: Arc<Namespace>,
}

pub(super) fn namespace_value(name: &str, macros: &Arc<Namespace>) -> Jinja {
    Jinja::from_object(PackageNamespace { name: name.into(), macros: macros.clone() })
}

impl fmt::Debug for PackageNamespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<package {}>", self.name)
    }
}

impl Object for PackageNamespace {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Map
    }

    fn get_value(self: &Arc<Self>, key: &Jinja) -> Option<Jinja> {
        self.macros.get(key.as_str()?).map(|entry| entry.value.clone())
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        let mut names: Vec<&Str> = self.macros.keys().collect();
        names.sort();
        Enumerator::Values(names.into_iter().map(|name| Jinja::from(&**name)).collect())
    }
}
