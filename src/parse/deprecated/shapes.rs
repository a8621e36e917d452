//! Which keys an entry of a properties file may have, as shapes.txt lists them.

use std::ops::Deref;
use std::sync::LazyLock;

use rustc_hash::FxHashMap;

/// What stands below a key.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Below {
    /// Nothing that is looked into.
    Anything,
    /// One of these words, with `|` between them.
    Word(&'static str),
    /// A mapping of such words.
    Words(&'static str),
    /// A number, zero or more.
    Count,
    One(&'static str),
    Many(&'static str),
    /// One, or something else altogether.
    Maybe(&'static str),
}

/// The keys of one kind of entry.
#[derive(Clone, Debug, Default)]
pub struct Shape {
    keys: FxHashMap<&'static str, Below>,
    /// Those that no entry goes without.
    pub required: Vec<&'static str>,
}

impl Deref for Shape {
    type Target = FxHashMap<&'static str, Below>;

    fn deref(&self) -> &Self::Target {
        &self.keys
    }
}

/// The kinds of entries by name.
pub type Shapes = FxHashMap<&'static str, Shape>;

static SHAPES: LazyLock<Shapes> = LazyLock::new(|| read(include_str!("shapes.txt")));

/// The shape of that name.
pub fn shape(name: &str) -> Option<&'static Shape> {
    SHAPES.get(name)
}

/// Reads a list in the form of shapes.txt.
pub fn read(text: &'static str) -> Shapes {
    let mut shapes = Shapes::default();
    let mut name = "";
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let words = match line.strip_prefix("  ") {
            Some(more) => more,
            None => {
                let (head, words) = line.split_once(": ").unwrap_or((line, ""));
                name = head;
                words
            }
        };
        for word in words.split_whitespace() {
            let added = match word.strip_prefix('*') {
                Some(other) => shapes.get(other).cloned().unwrap_or_default().keys,
                None => [key(word)].into_iter().collect(),
            };
            let shape = shapes.entry(name).or_default();
            for (key, below) in added {
                let plain = key.trim_end_matches('!');
                shape.required.extend((plain != key).then_some(plain));
                shape.keys.insert(plain, below);
            }
        }
    }
    shapes
}

fn key(word: &'static str) -> (&'static str, Below) {
    if let Some(key) = word.strip_suffix(">=0") {
        return (key, Below::Count);
    }
    if let Some((key, words)) = word.split_once("*=") {
        return (key, Below::Words(words));
    }
    if let Some((key, words)) = word.split_once('=') {
        return (key, Below::Word(words));
    }
    if let Some((key, kind)) = word.strip_suffix(']').and_then(|word| word.split_once('[')) {
        return (key, Below::Many(kind));
    }
    if let Some((key, kind)) = word.split_once(':') {
        return (key, Below::One(kind));
    }
    match word.split_once('?') {
        Some((key, kind)) => (key, Below::Maybe(kind)),
        None => (word, Below::Anything),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_that_is_named_is_there() {
        for shapes in [&*SHAPES, &*super::super::strict::SHAPES] {
            for (name, below) in
                shapes.iter().flat_map(|(name, shape)| shape.values().map(move |b| (name, b)))
            {
                if let Below::One(kind) | Below::Many(kind) | Below::Maybe(kind) = below {
                    assert!(shapes.contains_key(kind), "{name}: {kind}");
                }
            }
        }
        let model = shape("model_properties").unwrap();
        assert_eq!(model["columns"], Below::Many("column_properties"));
        assert_eq!(model["config"], Below::Maybe("model_config"));
        assert!(shape("seed_config").unwrap().contains_key("snowflake_warehouse"));
    }
}
