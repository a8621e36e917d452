//! What may have been meant by a name that is not there.

use std::sync::Arc;

use minijinja::Value;
use minijinja::value::ValueKind;

use super::globals;
use super::run::Scope;
use super::syntax::ast::{Code, Function, Name, Stmt, StmtKind, Target};
use crate::diag::nearest;

/// A name that was used and is not there. Looked into only when the error is told.
#[derive(Clone)]
pub(crate) enum Missing {
    /// A variable of a template or macro.
    Variable(String, Arc<Code>),
    /// An attribute or item of a value.
    Member(String, Value),
}

impl Missing {
    /// The hint that leads to what was meant; none when nothing is near.
    pub fn hint(&self, scope: Option<&dyn Scope>) -> Option<String> {
        let (name, known) = match self {
            Missing::Variable(name, code) => {
                let mut known = vec![];
                functions(&code.main, &mut known);
                if known.contains(name) {
                    return Some(format!(
                        "`{name}` is set in another block or further down, and is not known here; a `namespace()` \
                         carries values out of a block"
                    ));
                }
                known.extend(scope.map(Scope::names).unwrap_or_default());
                known.extend(globals::NAMES.iter().map(ToString::to_string));
                (name, known)
            }
            Missing::Member(name, owner) => (name, members(owner)),
        };
        let near = match name.strip_prefix("test_") {
            // What is looked for as `test_<name>` was written as `<name>`.
            Some(test) => nearest(test, known.iter().filter_map(|known| known.strip_prefix("test_"))),
            None => None,
        };
        let near = near.or_else(|| nearest(name, known.iter().map(String::as_str)));
        near.map(|near| format!("did you mean `{near}`?"))
    }
}

/// Names of what a value has, as far as it can be asked.
fn members(owner: &Value) -> Vec<String> {
    // Objects of a context layer that are no mappings say themselves what they have.
    let named = owner.as_object().and_then(|object| object.get_value_by_str("__names__"));
    let names = match named {
        Some(names) => names.try_iter(),
        None if owner.kind() == ValueKind::Map => owner.try_iter(),
        None => return vec![],
    };
    names.map(|keys| keys.filter_map(|key| key.as_str().map(str::to_string)).collect()).unwrap_or_default()
}

/// Parameters and variables of a function, and of those inside of it.
fn functions(function: &Function, known: &mut Vec<String>) {
    known.extend(function.params.iter().map(|param| param.name.to_string()));
    statements(&function.body, known);
}

fn statements(body: &[Stmt], known: &mut Vec<String>) {
    for stmt in body {
        match &stmt.kind {
            StmtKind::Set(target, _) => targets(target, known),
            StmtKind::SetBlock { target, body, .. } => {
                targets(target, known);
                statements(body, known);
            }
            StmtKind::If { arms, otherwise } => {
                arms.iter().for_each(|(_, body)| statements(body, known));
                statements(otherwise, known);
            }
            StmtKind::For(each) => {
                targets(&each.target, known);
                statements(&each.body, known);
                statements(&each.otherwise, known);
            }
            StmtKind::With { assigns, body, .. } => {
                assigns.iter().for_each(|(target, _)| targets(target, known));
                statements(body, known);
            }
            StmtKind::FilterBlock { body, .. } | StmtKind::Block { body, .. } => statements(body, known),
            StmtKind::Macro(own) => {
                known.push(own.0.sym.to_string());
                functions(&own.1, known);
            }
            StmtKind::CallBlock(call) => functions(&call.0, known),
            StmtKind::Data(_)
            | StmtKind::Emit(_)
            | StmtKind::Do(_)
            | StmtKind::Break
            | StmtKind::Continue
            | StmtKind::NeedsLoader(_) => {}
        }
    }
}

fn targets(target: &Target, known: &mut Vec<String>) {
    match target {
        Target::Name(Name { sym, .. }) => known.push(sym.to_string()),
        Target::Attr(..) => {}
        Target::Tuple(parts, _) => parts.iter().for_each(|part| targets(part, known)),
    }
}
