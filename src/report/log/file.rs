//! A log file that moves aside when it grows too large.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Older files kept: dbt.log.1 (the newest) to dbt.log.5.
const KEPT: usize = 5;

/// As much is written at once when nobody asks for less.
const BUFFER_BYTES: usize = 1 << 16;

pub struct LogFile {
    path: PathBuf,
    file: File,
    /// Lines that are not in the file yet.
    buffer: Vec<u8>,
    /// With them.
    size: u64,
    /// 0: without limit.
    max_bytes: u64,
}

impl LogFile {
    /// Opens `path` for appending; makes its folder.
    pub fn open(path: &Path, max_bytes: u64) -> io::Result<LogFile> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        let size = file.metadata()?.len();
        Ok(LogFile { path: path.to_path_buf(), file, buffer: vec![], size, max_bytes })
    }

    /// Adds a line; it is in the file after [`Self::flush`] at the latest.
    pub fn write_line(&mut self, line: &str) -> io::Result<()> {
        let length = line.len() as u64 + 1;
        if self.max_bytes > 0 && self.size > 0 && self.size + length >= self.max_bytes {
            self.rotate()?;
        }
        self.buffer.extend_from_slice(line.as_bytes());
        self.buffer.push(b'\n');
        self.size += length;
        if self.buffer.len() >= BUFFER_BYTES { self.flush() } else { Ok(()) }
    }

    pub fn flush(&mut self) -> io::Result<()> {
        let written = self.file.write_all(&self.buffer);
        self.buffer.clear();
        written
    }

    fn rotate(&mut self) -> io::Result<()> {
        self.flush()?;
        for number in (1..KEPT).rev() {
            let (older, newer) = (self.numbered(number + 1), self.numbered(number));
            if newer.exists() {
                fs::rename(newer, older)?;
            }
        }
        fs::rename(&self.path, self.numbered(1))?;
        self.file = File::create(&self.path)?;
        self.size = 0;
        Ok(())
    }

    fn numbered(&self, number: usize) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(format!(".{number}"));
        name.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_file_moves_aside_and_five_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("logs/dbt.log");
        let mut log = LogFile::open(&path, 20).unwrap();
        for number in 0..16 {
            log.write_line(&format!("line {number:02}")).unwrap();
        }
        log.flush().unwrap();
        let read = |name: &str| fs::read_to_string(folder.path().join("logs").join(name)).unwrap();
        assert_eq!(read("dbt.log"), "line 14\nline 15\n");
        assert_eq!(read("dbt.log.1"), "line 12\nline 13\n");
        assert_eq!(read("dbt.log.5"), "line 04\nline 05\n");
        assert_eq!(fs::read_dir(folder.path().join("logs")).unwrap().count(), 6);
        drop(log);
        let mut log = LogFile::open(&path, 0).unwrap();
        log.write_line("appended").unwrap();
        log.flush().unwrap();
        assert!(read("dbt.log").ends_with("line 15\nappended\n"));
    }
}
