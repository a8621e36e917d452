//! Names that a unit test replaces while its model compiles.
//!
//! <https://docs.getdbt.com/reference/resource-properties/unit-test-overrides>

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Enumerator, Object, ObjectRepr};
use minijinja::{Error, State, Value as Jinja};
use rustc_hash::FxHashMap;

use super::Stubs;
use crate::jinja::context::function::{Arguments, function};
use crate::jinja::context::{NodeContext, NodeScope};
use crate::jinja::engine::{Scope, to_jinja};
use crate::value::{Map, Str};

/// The replaced names with their values; `context` says what they stand for otherwise.
pub fn values(context: &Arc<NodeContext>, stubs: &Stubs) -> FxHashMap<Str, Jinja> {
    let scope = NodeScope(context.clone());
    let mut names: FxHashMap<Str, Jinja> = FxHashMap::default();
    let mut packages: FxHashMap<Str, FxHashMap<Str, Jinja>> = FxHashMap::default();
    // A plain name wins over the same name in package `dbt`, so it comes later.
    let (scoped, plain): (Vec<_>, Vec<_>) = stubs.macros.iter().partition(|(name, _)| name.contains('.'));
    for (name, value) in scoped.into_iter().chain(plain) {
        let returned = to_jinja(value);
        let (package, bare) = name.split_once('.').unwrap_or(("dbt", name));
        // `invocation_id` and its like are values, and stay values.
        if plain_value(&scope, name) {
            names.insert(name.clone(), returned);
            continue;
        }
        let replacement = function("override", move |_, _| Ok(returned.clone()));
        packages.entry(package.into()).or_default().insert(bare.into(), replacement.clone());
        if package == "dbt" {
            names.insert(bare.into(), replacement);
        }
    }
    for (package, members) in packages {
        let base = scope.get(&package).unwrap_or_default();
        names.insert(package, Jinja::from_object(PackageView { base, members }));
    }
    for (name, values) in [("var", &stubs.vars), ("env_var", &stubs.env_vars)] {
        if !values.is_empty() {
            let base = scope.get(name).unwrap_or_default();
            names.insert(name.into(), Jinja::from_object(ValuesView { base, values: values.clone() }));
        }
    }
    names
}

/// Whether the context has something under the name that cannot be called.
fn plain_value(scope: &NodeScope, name: &str) -> bool {
    use minijinja::value::ValueKind::{Bool, Bytes, Iterable, Map, None, Number, Seq, String};
    let known = scope.get(name).map(|value| value.kind());
    matches!(known, Some(None | Bool | Number | String | Bytes | Seq | Map | Iterable))
}

/// A package some of whose macros are replaced.
struct PackageView {
    base: Jinja,
    members: FxHashMap<Str, Jinja>,
}

impl fmt::Debug for PackageView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.base)
    }
}

impl Object for PackageView {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Map
    }

    fn get_value(self: &Arc<Self>, key: &Jinja) -> Option<Jinja> {
        let own = key.as_str().and_then(|name| self.members.get(name)).cloned();
        own.or_else(|| self.base.get_item(key).ok().filter(|value| !value.is_undefined()))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.base.try_iter().map(Iterator::collect).unwrap_or_default())
    }
}

/// `var` or `env_var` with some values fixed.
struct ValuesView {
    base: Jinja,
    values: Map,
}

impl ValuesView {
    fn find(&self, args: &[Jinja]) -> Result<Option<Jinja>, Error> {
        let args = Arguments::from_values(args)?;
        let name = args.get(0, "var_name").or_else(|| args.get(0, "var")).or_else(|| args.get(0, "name"));
        Ok(name.and_then(Jinja::as_str).and_then(|name| self.values.get(name)).map(to_jinja))
    }
}

impl fmt::Debug for ValuesView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.base)
    }
}

impl Object for ValuesView {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn call(self: &Arc<Self>, state: &mut State<'_, '_>, args: &[Jinja]) -> Result<Jinja, Error> {
        match self.find(args)? {
            Some(value) => Ok(value),
            None => self.base.call(state, args),
        }
    }

    fn call_method(
        self: &Arc<Self>,
        state: &mut State<'_, '_>,
        method: &str,
        args: &[Jinja],
    ) -> Result<Jinja, Error> {
        match self.find(args)? {
            Some(_) if method == "has_var" => Ok(Jinja::from(true)),
            _ => self.base.call_method(state, method, args),
        }
    }
}
