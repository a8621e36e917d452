//! A set of nodes as a bit set: selections combine whole sets far more often than they ask for one.

use crate::manifest::NodeId;

/// Nodes by index; iterates in order of [`NodeId`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeSet {
    words: Vec<u64>,
}

impl NodeSet {
    /// An empty set with room for `len` nodes; ids beyond grow it.
    pub fn with_len(len: usize) -> NodeSet {
        NodeSet { words: vec![0; len.div_ceil(64)] }
    }

    /// Adds a node; whether it was new.
    pub fn insert(&mut self, id: NodeId) -> bool {
        let (word, bit) = place(id);
        if word >= self.words.len() {
            self.words.resize(word + 1, 0);
        }
        let new = self.words[word] & bit == 0;
        self.words[word] |= bit;
        new
    }

    pub fn remove(&mut self, id: NodeId) {
        let (word, bit) = place(id);
        if let Some(word) = self.words.get_mut(word) {
            *word &= !bit;
        }
    }

    pub fn contains(&self, id: NodeId) -> bool {
        let (word, bit) = place(id);
        self.words.get(word).is_some_and(|word| word & bit != 0)
    }

    pub fn len(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    pub fn union_with(&mut self, other: &NodeSet) {
        if self.words.len() < other.words.len() {
            self.words.resize(other.words.len(), 0);
        }
        for (word, more) in self.words.iter_mut().zip(&other.words) {
            *word |= more;
        }
    }

    pub fn intersect_with(&mut self, other: &NodeSet) {
        for (at, word) in self.words.iter_mut().enumerate() {
            *word &= other.words.get(at).copied().unwrap_or(0);
        }
    }

    pub fn subtract(&mut self, other: &NodeSet) {
        for (word, less) in self.words.iter_mut().zip(&other.words) {
            *word &= !less;
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.words.iter().enumerate().flat_map(|(at, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                if rest == 0 {
                    return None;
                }
                let bit = rest.trailing_zeros() as usize;
                rest &= rest - 1;
                Some(NodeId::new(at * 64 + bit))
            })
        })
    }
}

impl FromIterator<NodeId> for NodeSet {
    fn from_iter<T: IntoIterator<Item = NodeId>>(ids: T) -> NodeSet {
        let mut set = NodeSet::default();
        for id in ids {
            set.insert(id);
        }
        set
    }
}

fn place(id: NodeId) -> (usize, u64) {
    (id.index() / 64, 1 << (id.index() % 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(ids: &[usize]) -> NodeSet {
        ids.iter().map(|id| NodeId::new(*id)).collect()
    }

    fn ids(set: &NodeSet) -> Vec<usize> {
        set.iter().map(NodeId::index).collect()
    }

    #[test]
    fn combines_sets_of_unequal_width() {
        let (small, large) = (set(&[1, 63]), set(&[1, 64, 200]));
        let mut union = small.clone();
        union.union_with(&large);
        assert_eq!(ids(&union), [1, 63, 64, 200]);
        let mut both = large.clone();
        both.intersect_with(&small);
        assert_eq!(ids(&both), [1]);
        let mut less = small.clone();
        less.subtract(&large);
        assert_eq!(ids(&less), [63]);
        assert_eq!(
            (union.len(), union.contains(NodeId::new(200)), large.contains(NodeId::new(999))),
            (4, true, false)
        );
    }
}
