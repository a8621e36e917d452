//! The macros that a generic test can name while it is parsed.
//!
//! dbt gives such a template the test's own macro, `get_where_subquery` and whatever these call, no
//! more. Any other name is undefined there, so what an argument calls does not count as a
//! dependency of the test; at execution all macros are there.

use minijinja::Value as Jinja;
use rustc_hash::FxHashMap;

use super::macros::{MacroTable, Namespace, namespace_value};
use crate::value::Str;

/// Names and what they mean: macros without their package, and packages with some of their macros.
#[derive(Debug, Default)]
pub struct Visible(FxHashMap<Str, Jinja>);

impl Visible {
    /// `roots`, and all that they call; `calls` gives the ids of what a macro calls.
    pub fn of<'a>(
        table: &MacroTable,
        roots: impl IntoIterator<Item = Str>,
        calls: impl Fn(&str) -> &'a [Str],
    ) -> Visible {
        let mut order: Vec<Str> = vec![];
        let mut known: FxHashMap<Str, ()> = FxHashMap::default();
        let mut waiting: Vec<Str> = roots.into_iter().collect();
        waiting.reverse();
        while let Some(id) = waiting.pop() {
            if known.insert(id.clone(), ()).is_some() {
                continue;
            }
            waiting.extend(calls(&id).iter().rev().cloned());
            order.push(id);
        }
        let mut names: FxHashMap<Str, Jinja> = FxHashMap::default();
        let mut packages: FxHashMap<&str, Namespace> = FxHashMap::default();
        for id in &order {
            let Some(entry) = table.by_unique_id(id) else { continue };
            let Some((package, name)) = id.strip_prefix("macro.").and_then(|id| id.split_once('.')) else {
                continue;
            };
            names.insert(name.into(), entry.value.clone());
            packages.entry(package).or_default().insert(name.into(), entry.clone());
        }
        for (package, macros) in packages {
            names.insert(package.into(), namespace_value(package, &macros.into()));
        }
        Visible(names)
    }

    pub fn get(&self, name: &str) -> Option<Jinja> {
        self.0.get(name).cloned()
    }
}
