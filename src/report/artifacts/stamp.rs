//! Whether a file is still the one that was written.

use std::fs::Metadata;
use std::path::Path;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

/// What the system says of a file, and nobody can set: it is another one after every write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    device: u64,
    inode: u64,
    size: u64,
    /// Seconds and nanoseconds.
    changed: (i64, i64),
}

impl Stamp {
    /// None where the system does not tell, and for a file that has two names: who writes to one of them
    /// does not mean the other.
    #[cfg(unix)]
    pub fn of(file: &Metadata) -> Option<Stamp> {
        use std::os::unix::fs::MetadataExt;
        let stamp = Stamp {
            device: file.dev(),
            inode: file.ino(),
            size: file.size(),
            changed: (file.ctime(), file.ctime_nsec()),
        };
        (file.nlink() == 1).then_some(stamp)
    }

    #[cfg(not(unix))]
    pub fn of(_: &Metadata) -> Option<Stamp> {
        None
    }

    /// That of the file at a path.
    pub fn at(path: &Path) -> Option<Stamp> {
        Stamp::of(&path.symlink_metadata().ok()?)
    }

    /// Whether a write to this file after `moment` gives it another stamp. Clocks of file systems stand
    /// still for milliseconds; until they move on, a second write does not show.
    pub fn is_before(&self, moment: SystemTime) -> bool {
        let (Ok(seconds), Ok(nanos)) = (u64::try_from(self.changed.0), u32::try_from(self.changed.1)) else {
            return false;
        };
        SystemTime::UNIX_EPOCH + Duration::new(seconds, nanos) < moment
    }
}
