//! Names: dbt's rules for matching a (partial) fully qualified name.

use std::cell::RefCell;

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
    /// Joined names, kept for their room.
    scratch: RefCell<String>,
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
        FqnPattern { whole: pattern.to_string(), parts, wildcard, versioned, scratch: RefCell::default() }
    }

    /// Whether the pattern takes the node, with or without its package's name in front.
    pub fn matches(&self, node: &Node) -> bool {
        let versioned = node.is_versioned();
        let fqn = &*node.fqn;
        let Some(leaf) = leaf(fqn, versioned) else { return false };
        // Below the package, a name that stands directly under it is still there.
        let unscoped = fqn.get(1..).filter(|rest| self::leaf(rest, versioned).is_some());
        if **leaf == *self.whole || (versioned && self.takes_version(fqn)) {
            return true;
        }
        self.takes(fqn, leaf) || unscoped.is_some_and(|fqn| self.takes(fqn, leaf))
    }

    fn takes(&self, fqn: &[Str], leaf: &str) -> bool {
        match &self.wildcard {
            None => self.takes_prefix(fqn, self.parts.len()).is_some(),
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

    /// Matches the first `count` parts; dots within a name part it, as those between names do. Gives
    /// where the rest begins: a name and an offset into it.
    fn takes_prefix(&self, fqn: &[Str], count: usize) -> Option<(usize, usize)> {
        let (mut name, mut offset) = (0, 0);
        for part in &self.parts[..count] {
            let text = fqn.get(name)?;
            let after = text.get(offset..)?.strip_prefix(&**part)?;
            match after.strip_prefix('.') {
                Some(rest) => offset = text.len() - rest.len(),
                None if after.is_empty() => (name, offset) = (name + 1, 0),
                None => return None,
            }
        }
        Some((name, offset))
    }

    fn takes_wildcard(&self, fqn: &[Str], leaf: &str, wildcard: &Wildcard) -> bool {
        let Some((name, offset)) = self.takes_prefix(fqn, wildcard.part) else { return false };
        // A pattern with more parts than there are names cannot match, not even by its leaf.
        let dots = || fqn.iter().map(|name| name.matches('.').count()).sum::<usize>();
        if fqn.len() < self.parts.len() && fqn.len() + dots() < self.parts.len() {
            return false;
        }
        let mut rest = self.scratch.borrow_mut();
        rest.clear();
        for (at, text) in fqn.iter().enumerate().skip(name) {
            if at > name {
                rest.push('.');
            }
            rest.push_str(if at == name { text.get(offset..).unwrap_or_default() } else { text });
        }
        wildcard.rest.matches(&rest) || wildcard.leaf.as_ref().is_some_and(|glob| glob.matches(leaf))
    }
}

/// The node's own name: for a versioned model it stands before the version.
fn leaf(fqn: &[Str], versioned: bool) -> Option<&Str> {
    let from_end = if versioned { 2 } else { 1 };
    fqn.len().checked_sub(from_end).map(|at| &fqn[at])
}
