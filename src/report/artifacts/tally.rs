//! What a manifest's file must look like to be the one that was written.

use std::hash::Hasher;

use rayon::prelude::*;
use rustc_hash::FxHasher;
use serde::{Deserialize, Serialize};

/// Lengths and sums of the stretches between a manifest's metadata and its closing brace.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    pieces: Vec<(usize, u64)>,
}

impl Tally {
    /// Length and sum of one stretch.
    pub fn of(bytes: &[u8]) -> (usize, u64) {
        let mut hasher = FxHasher::default();
        hasher.write(bytes);
        (bytes.len(), hasher.finish())
    }

    pub fn push(&mut self, facts: (usize, u64)) {
        self.pieces.push(facts);
    }

    /// All that follows the metadata, when that is what was written.
    pub fn body<'a>(&self, file: &'a [u8]) -> Option<&'a [u8]> {
        let lengths = self.pieces.iter().try_fold(1_usize, |sum, (len, _)| sum.checked_add(*len))?;
        let body = file.get(file.len().checked_sub(lengths)?..)?;
        let mut rest = body;
        let mut pieces = Vec::with_capacity(self.pieces.len());
        for facts in &self.pieces {
            let (piece, after) = rest.split_at_checked(facts.0)?;
            pieces.push((piece, facts));
            rest = after;
        }
        let same = rest == b"}" && pieces.par_iter().all(|(piece, facts)| Tally::of(piece) == **facts);
        same.then_some(body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_bytes_are_the_body() {
        let mut tally = Tally::default();
        tally.push(Tally::of(b"one,"));
        tally.push(Tally::of(b"two"));
        assert_eq!(tally.body(b"{head:1,one,two}"), Some(&b"one,two}"[..]));
        assert_eq!(tally.body(b"{another head,one,two}"), Some(&b"one,two}"[..]));
        for other in ["{head:1,one,twx}", "{head:1,one,two", "{head:1,one,two} ", "two}", ""] {
            assert_eq!(tally.body(other.as_bytes()), None, "{other}");
        }
    }
}
