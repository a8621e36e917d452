//! Which `generate_database_name`, `generate_schema_name` and `generate_alias_name` apply.
//!
//! The built-in ones are computed here without a template: they run three times for every node.
//! A project's own macro, or its override of the dispatched default, is called.

use super::Parser;
use crate::diag::Diagnostic;
use crate::jinja::context::Invocation;
use crate::manifest::{Node, NodeVersion};
use crate::value::Str;

/// The components for which no built-in shortcut may be taken.
#[derive(Debug, Default)]
pub struct RelationNames {
    dispatch_overridden: [bool; 3],
}

const COMPONENTS: [&str; 3] = ["database", "schema", "alias"];

impl RelationNames {
    pub fn of(run: &Invocation) -> RelationNames {
        let adapter = &*run.project.profile.adapter_type;
        let dispatch_overridden = COMPONENTS.map(|component| {
            [adapter, "default"].iter().any(|prefix| {
                let name = format!("{prefix}__generate_{component}_name");
                match run.macros.find(&name) {
                    Some(entry) => {
                        *entry.unique_id != *format!("macro.dbt.default__generate_{component}_name")
                    }
                    None => false,
                }
            })
        });
        RelationNames { dispatch_overridden }
    }

    /// Calls the macro that applies to the node, unless it is the built-in one.
    fn custom(
        &self,
        parser: &Parser<'_>,
        node: &Node,
        component: usize,
        given: Option<&Str>,
    ) -> Option<Result<Option<Str>, Diagnostic>> {
        let name = COMPONENTS[component];
        let entry = parser.run.macros.generate_name_macro(name, &node.package)?;
        let builtin = entry.unique_id.strip_prefix("macro.dbt.generate_").is_some();
        if builtin && !self.dispatch_overridden[component] {
            return None;
        }
        Some(parser.call_name_macro(&entry.value, given, node))
    }

    pub fn database(
        &self,
        parser: &Parser<'_>,
        node: &Node,
        given: Option<Str>,
    ) -> Result<Option<Str>, Diagnostic> {
        self.custom(parser, node, 0, given.as_ref()).unwrap_or_else(|| {
            Ok(given.map(|name| name.trim().into()).or_else(|| parser.project.profile.database.clone()))
        })
    }

    pub fn schema(
        &self,
        parser: &Parser<'_>,
        node: &Node,
        given: Option<Str>,
    ) -> Result<Option<Str>, Diagnostic> {
        self.custom(parser, node, 1, given.as_ref()).unwrap_or_else(|| {
            let default = &parser.project.profile.schema;
            Ok(Some(match given {
                Some(name) => format!("{default}_{}", name.trim()).into(),
                None => default.clone(),
            }))
        })
    }

    pub fn alias(
        &self,
        parser: &Parser<'_>,
        node: &Node,
        given: Option<Str>,
    ) -> Result<Option<Str>, Diagnostic> {
        self.custom(parser, node, 2, given.as_ref()).unwrap_or_else(|| {
            Ok(Some(match (given.filter(|name| !name.is_empty()), node.version()) {
                (Some(name), _) => name.trim().into(),
                (None, Some(version)) => versioned(&node.name, version),
                (None, None) => node.name.clone(),
            }))
        })
    }
}

fn versioned(name: &str, version: &NodeVersion) -> Str {
    format!("{name}_v{}", version.py_str().replace('.', "_")).into()
}
