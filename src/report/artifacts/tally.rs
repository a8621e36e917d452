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

    /// Bytes of all stretches.
    pub fn bytes(&self) -> u64 {
        self.pieces.iter().fold(0, |sum: u64, (len, _)| sum.saturating_add(*len as u64))
    }

    /// Copies all that follows the metadata, as long as it is what was written; tells whether it was,
    /// to its end.
    ///
    /// # Errors
    /// What `file` and `out` answer.
    pub fn copy_body(&self, file: &mut (impl Read + Seek), out: &mut dyn Write) -> io::Result<bool> {
        Ok(self.update_body(file, self.pieces.len(), &|_| None, out)?.is_some())
    }

    /// As [`Self::copy_body`], with the stretches that `make` gives in place of the ones that were
    /// there; the new tally, or none when the file is not what was written or has not `count` stretches.
    ///
    /// # Errors
    /// What `file` and `out` answer.
    pub fn update_body(
        &self,
        file: &mut (impl Read + Seek),
        count: usize,
        make: &dyn Fn(usize) -> Option<Vec<u8>>,
        out: &mut dyn Write,
    ) -> io::Result<Option<Tally>> {
        let start = file.seek(SeekFrom::End(0))?.checked_sub(self.bytes().saturating_add(1));
        let Some(start) = start.filter(|_| count == self.pieces.len()) else { return Ok(None) };
        file.seek(SeekFrom::Start(start))?;
        let mut updated = Tally::default();
        let mut piece = vec![];
        for (index, facts) in self.pieces.iter().enumerate() {
            piece.resize(facts.0, 0);
            file.read_exact(&mut piece)?;
            if Tally::of(&piece) != *facts {
                return Ok(None);
            }
            let made = make(index);
            let bytes = made.as_ref().unwrap_or(&piece);
            out.write_all(bytes)?;
            updated.push(if made.is_some() { Tally::of(bytes) } else { *facts });
        }
        piece.resize(1, 0);
        file.read_exact(&mut piece)?;
        out.write_all(&piece)?;
        Ok((piece == b"}").then_some(updated))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_that_is_made_anew_takes_the_place_of_the_old() {
        let tally = Tally { pieces: [&b"one,"[..], b"two"].map(Tally::of).into() };
        let updated = |count, make: &dyn Fn(usize) -> Option<Vec<u8>>| {
            let mut out = vec![];
            let found =
                tally.update_body(&mut io::Cursor::new("{head,one,two}"), count, make, &mut out).unwrap();
            found.map(|found| (found, String::from_utf8(out).unwrap()))
        };
        let (found, text) = updated(2, &|index| (index == 1).then(|| b"three".into())).unwrap();
        assert_eq!(text, "one,three}");
        assert_eq!(found.pieces, [&b"one,"[..], b"three"].map(Tally::of));
        assert_eq!(updated(3, &|_| None), None, "another plan");
    }

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
