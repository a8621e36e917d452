//! Source files and positions in them.
//!
//! Every YAML, Jinja and SQL position is a [`Span`] into the [`SourceMap`]; line and column are
//! derived only when a diagnostic is printed.

use std::sync::{Arc, RwLock};

/// Index of a file in the [`SourceMap`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u32);

/// A half-open byte range of one source file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    pub file: FileId,
    pub start: u32,
    pub end: u32,
}

impl Span {
    pub fn new(file: FileId, start: usize, end: usize) -> Span {
        let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Span { file, start: clamp(start), end: clamp(end.max(start)) }
    }
}

/// One file's text, under the path that messages show (relative to the project's root).
#[derive(Debug)]
pub struct SourceFile {
    pub path: Arc<str>,
    pub text: Arc<str>,
}

/// One-based line and column, the column counted in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineCol {
    pub line: usize,
    pub column: usize,
}

impl SourceFile {
    /// Position of a byte offset; offsets past the end or inside a character are clamped.
    pub fn line_col(&self, offset: u32) -> LineCol {
        let mut offset = (offset as usize).min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let before = &self.text[..offset];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        LineCol {
            line: before.bytes().filter(|byte| *byte == b'\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }

    /// The text of a one-based line, without its line break.
    pub fn line(&self, number: usize) -> Option<&str> {
        self.text.lines().nth(number.checked_sub(1)?)
    }

    /// Byte offset at which a one-based line begins; the file's end when there are fewer lines.
    pub fn line_start(&self, number: usize) -> usize {
        let Some(skip) = number.checked_sub(1).filter(|skip| *skip > 0) else { return 0 };
        self.text
            .bytes()
            .enumerate()
            .filter(|(_, byte)| *byte == b'\n')
            .nth(skip - 1)
            .map_or(self.text.len(), |(at, _)| at + 1)
    }
}

/// All source files of an invocation. Files are only ever added, so ids stay valid.
#[derive(Debug, Default)]
pub struct SourceMap {
    files: RwLock<Vec<Arc<SourceFile>>>,
}

impl SourceMap {
    pub fn add(&self, path: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> FileId {
        let file = Arc::new(SourceFile { path: path.into(), text: text.into() });
        let mut files = self.files.write().unwrap_or_else(|poisoned| poisoned.into_inner());
        files.push(file);
        FileId(u32::try_from(files.len() - 1).unwrap_or(u32::MAX))
    }

    /// The file with this path; only for messages, it looks at every file.
    pub fn find(&self, path: &str) -> Option<FileId> {
        let files = self.files.read().unwrap_or_else(|poisoned| poisoned.into_inner());
        let index = files.iter().position(|file| &*file.path == path)?;
        u32::try_from(index).ok().map(FileId)
    }

    /// The paths of all files, by their ids.
    pub fn paths(&self) -> Vec<Arc<str>> {
        let files = self.files.read().unwrap_or_else(|poisoned| poisoned.into_inner());
        files.iter().map(|file| file.path.clone()).collect()
    }

    /// The path that messages show.
    pub fn path(&self, id: FileId) -> std::sync::Arc<str> {
        self.get(id).map_or_else(|| "".into(), |file| file.path.clone())
    }

    pub fn get(&self, id: FileId) -> Option<Arc<SourceFile>> {
        let files = self.files.read().unwrap_or_else(|poisoned| poisoned.into_inner());
        files.get(id.0 as usize).cloned()
    }
}
