//! What a manifest's file must look like to be the one that was written.

use std::hash::Hasher;
use std::io::{self, Read, Seek, SeekFrom, Write};

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

    /// Copies all that follows the metadata, as long as it is what was written; tells whether it was,
    /// to its end.
    ///
    /// # Errors
    /// What `file` and `out` answer.
    pub fn copy_body(&self, file: &mut (impl Read + Seek), out: &mut dyn Write) -> io::Result<bool> {
        let lengths = self.pieces.iter().fold(1_u64, |sum, (len, _)| sum.saturating_add(*len as u64));
        let Some(start) = file.seek(SeekFrom::End(0))?.checked_sub(lengths) else { return Ok(false) };
        file.seek(SeekFrom::Start(start))?;
        let mut piece = vec![];
        for facts in &self.pieces {
            piece.resize(facts.0, 0);
            file.read_exact(&mut piece)?;
            if Tally::of(&piece) != *facts {
                return Ok(false);
            }
            out.write_all(&piece)?;
        }
        piece.resize(1, 0);
        file.read_exact(&mut piece)?;
        out.write_all(&piece)?;
        Ok(piece == b"}")
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
        let copied = |file: &str| {
            let mut out = vec![];
            let same = tally.copy_body(&mut io::Cursor::new(file), &mut out).unwrap();
            same.then(|| String::from_utf8(out).unwrap())
        };
        assert_eq!(copied("{head:1,one,two}").as_deref(), Some("one,two}"));
        assert_eq!(copied("{another head,one,two}").as_deref(), Some("one,two}"));
        for other in ["{head:1,one,twx}", "{head:1,one,two", "{head:1,one,two} ", "two}", ""] {
            assert_eq!(copied(other), None, "{other}");
        }
    }
}
