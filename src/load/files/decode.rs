//! Bytes of a file to its text.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use super::Unreadable;

/// A file's text, and when it was changed last in Unix seconds.
pub fn read_text(path: &Path) -> Result<(Arc<str>, f64), Unreadable> {
    let mut bytes = vec![];
    let modified = append(path, &mut bytes).map_err(Unreadable::Io)?;
    Ok((decode(&bytes)?, modified))
}

/// Adds a file's bytes to others; gives when it was changed last.
pub fn append(path: &Path, bytes: &mut Vec<u8>) -> io::Result<f64> {
    let mut file = File::open(path)?;
    let metadata = file.metadata()?;
    bytes.reserve(usize::try_from(metadata.len()).unwrap_or(0) + 1);
    file.read_to_end(bytes)?;
    Ok(modified(&metadata))
}

pub fn modified(metadata: &Metadata) -> f64 {
    metadata
        .modified()
        .ok()
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok())
        .map_or(0.0, |since| since.as_secs_f64())
}

/// UTF-8, a byte order mark dropped. White space at the end goes too, as in dbt: a block scalar that
/// ends a YAML file has no line break.
pub fn decode(bytes: &[u8]) -> Result<Arc<str>, Unreadable> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let position = error.valid_up_to();
        let valid = String::from_utf8_lossy(bytes.get(..position).unwrap_or_default()).into_owned();
        Unreadable::NotUtf8 { valid, position }
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text).trim_end().into())
}
