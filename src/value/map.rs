//! A map that costs one word while it is empty.

use std::fmt;
use std::ops::{Deref, DerefMut};

use indexmap::{IndexMap, map};
use rustc_hash::FxBuildHasher;

use super::Str;

type Entries<T> = IndexMap<Str, T, FxBuildHasher>;

/// An insertion-ordered map with string keys; everything that `IndexMap` does. A node has many maps and most of
/// them are empty: those take the room of a pointer and no memory of their own.
#[derive(Clone)]
pub struct StrMap<T>(Option<Box<Entries<T>>>);

impl<T: 'static> StrMap<T> {
    pub const EMPTY: StrMap<T> = StrMap(None);
    const NO_ENTRIES: &'static Entries<T> = &Entries::with_hasher(FxBuildHasher);

    /// Room for so many entries.
    pub fn with_capacity(entries: usize) -> StrMap<T> {
        StrMap((entries > 0).then(|| Box::new(Entries::with_capacity_and_hasher(entries, FxBuildHasher))))
    }
}

impl<T: 'static> Default for StrMap<T> {
    fn default() -> StrMap<T> {
        StrMap::EMPTY
    }
}

impl<T: 'static> Deref for StrMap<T> {
    type Target = Entries<T>;

    fn deref(&self) -> &Entries<T> {
        self.0.as_deref().unwrap_or(Self::NO_ENTRIES)
    }
}

impl<T: 'static> DerefMut for StrMap<T> {
    fn deref_mut(&mut self) -> &mut Entries<T> {
        self.0.get_or_insert_default()
    }
}

impl<T: fmt::Debug + 'static> fmt::Debug for StrMap<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(out)
    }
}

impl<T: PartialEq + 'static> PartialEq for StrMap<T> {
    fn eq(&self, other: &StrMap<T>) -> bool {
        **self == **other
    }
}

impl<T: 'static> FromIterator<(Str, T)> for StrMap<T> {
    fn from_iter<I: IntoIterator<Item = (Str, T)>>(entries: I) -> StrMap<T> {
        let mut made = StrMap::EMPTY;
        made.extend(entries);
        made
    }
}

impl<T: 'static, const N: usize> From<[(Str, T); N]> for StrMap<T> {
    fn from(entries: [(Str, T); N]) -> StrMap<T> {
        entries.into_iter().collect()
    }
}

impl<T: 'static> Extend<(Str, T)> for StrMap<T> {
    fn extend<I: IntoIterator<Item = (Str, T)>>(&mut self, entries: I) {
        let mut entries = entries.into_iter().peekable();
        if entries.peek().is_some() {
            self.deref_mut().extend(entries);
        }
    }
}

impl<T: 'static> IntoIterator for StrMap<T> {
    type Item = (Str, T);
    type IntoIter = map::IntoIter<Str, T>;

    fn into_iter(self) -> map::IntoIter<Str, T> {
        self.0.map(|entries| *entries).unwrap_or_default().into_iter()
    }
}

impl<'m, T: 'static> IntoIterator for &'m StrMap<T> {
    type Item = (&'m Str, &'m T);
    type IntoIter = map::Iter<'m, Str, T>;

    fn into_iter(self) -> map::Iter<'m, Str, T> {
        self.iter()
    }
}

impl<'m, T: 'static> IntoIterator for &'m mut StrMap<T> {
    type Item = (&'m Str, &'m mut T);
    type IntoIter = map::IterMut<'m, Str, T>;

    fn into_iter(self) -> map::IterMut<'m, Str, T> {
        self.deref_mut().iter_mut()
    }
}
