//! Names: dbt's rules for matching a (partial) fully qualified name.

use super::Glob;
use crate::manifest::Node;
use crate::value::Str;

/// A name or a dotted path of names, each maybe with wildcards.
pub struct FqnPattern {
    whole: String,
    parts: Vec<String>,
    /// The first part that has a wildcard; from there on, names are joined and matched as one.
    wildcard: Option<Wildcard>,
    /// The last two parts joined by `_`: `orders.v2` also is `orders_v2`.
    versioned: String,
}

struct Wildcard {
    part: usize,
    rest: Glob,
    /// A pattern without dots may match the last name alone.
    leaf: Option<Glob>,
}

impl FqnPattern {
    pub fn new(pattern: &str) -> FqnPattern {
        let parts: Vec<String> = pattern.split('.').map(String::from).collect();
        let wildcard =
            parts.iter().position(|part| part.contains(['*', '?', '[', ']'])).map(|part| Wildcard {
                part,
                rest: Glob::new(&parts[part..].join(".")),
                leaf: (parts.len() == 1).then(|| Glob::new(pattern)),
            });
        let versioned = parts[parts.len().saturating_sub(2)..].join("_");
        FqnPattern { whole: pattern.to_string(), parts, wildcard, versioned }
    }

    /// Whether the pattern takes the node, with or without its package's name in front.
    pub fn matches(&self, node: &Node) -> bool {
        let versioned = node.is_versioned();
        self.takes(&node.fqn, versioned) || node.fqn.get(1..).is_some_and(|fqn| self.takes(fqn, versioned))
    }

    fn takes(&self, fqn: &[Str], versioned: bool) -> bool {
        let Some(leaf) = leaf(fqn, versioned) else { return false };
        if **leaf == *self.whole || (versioned && self.takes_version(fqn)) {
            return true;
        }
        match &self.wildcard {
            None => self.takes_prefix(flat(fqn), self.parts.len()),
            Some(wildcard) => self.takes_wildcard(fqn, leaf, wildcard),
        }
    }

    fn takes_version(&self, fqn: &[Str]) -> bool {
        match fqn {
            [.., name, version] => {
                self.versioned.strip_prefix(&**name).and_then(|rest| rest.strip_prefix('_'))
                    == Some(&**version)
            }
            _ => false,
        }
    }

    fn takes_prefix<'a>(&self, mut flat: impl Iterator<Item = &'a str>, count: usize) -> bool {
        self.parts[..count].iter().all(|part| flat.next() == Some(part))
    }

    fn takes_wildcard(&self, fqn: &[Str], leaf: &str, wildcard: &Wildcard) -> bool {
        // A name with more parts than there are cannot match, not even by its leaf.
        if flat(fqn).count() < self.parts.len() || !self.takes_prefix(flat(fqn), wildcard.part) {
            return false;
        }
        let rest: Vec<&str> = flat(fqn).skip(wildcard.part).collect();
        wildcard.rest.matches(&rest.join("."))
            || wildcard.leaf.as_ref().is_some_and(|glob| glob.matches(leaf))
    }
}

/// The node's own name: for a versioned model it stands before the version.
fn leaf(fqn: &[Str], versioned: bool) -> Option<&Str> {
    let from_end = if versioned { 2 } else { 1 };
    fqn.len().checked_sub(from_end).map(|at| &fqn[at])
}

/// Dots within a name part it, as those between names do.
fn flat(fqn: &[Str]) -> impl Iterator<Item = &str> {
    fqn.iter().flat_map(|name| name.split('.'))
}
