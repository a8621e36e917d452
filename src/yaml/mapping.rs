//! A mapping's keys: merge keys spread out, duplicates dropped, the last one winning.

use rustc_hash::FxHashMap;

use super::{Yaml, YamlEntry, YamlKind};
use crate::diag::Diagnostic;
use crate::value::{Str, Value};

/// One key and its value as written; `merge` for a plain `<<`.
pub struct Pair {
    pub entry: YamlEntry,
    pub merge: bool,
}

/// Below this many keys a scan is faster than a table.
const SCAN_LIMIT: usize = 12;

/// The entries of a mapping. Duplicate keys are reported to `warnings`, but not in a mapping that
/// begins with a merge key: there an override is meant.
///
/// # Errors
/// A merge key whose value is neither a mapping nor a list of mappings.
pub fn entries(pairs: Vec<Pair>, warnings: &mut Vec<Diagnostic>) -> Result<Vec<YamlEntry>, Box<Diagnostic>> {
    let overrides = pairs.first().is_some_and(|pair| pair.merge);
    let pairs = if pairs.iter().any(|pair| pair.merge) {
        spread(pairs)?
    } else {
        pairs.into_iter().map(|pair| pair.entry).collect()
    };
    let mut unique = Unique::new(pairs.len());
    for entry in pairs {
        if let Some(repeated) = unique.insert(entry)
            && !overrides
        {
            warnings.push(duplicate(&repeated));
        }
    }
    Ok(unique.entries)
}

fn duplicate(entry: &YamlEntry) -> Diagnostic {
    Diagnostic::warning(
        "duplicate-yaml-key",
        format!("the key `{}` is given twice; the last one counts", entry.key),
    )
    .at(entry.key_span)
    .event("DuplicateYAMLKeysDeprecation")
}

/// Merged entries come first, so that the mapping's own keys override them; of a list of mappings
/// the earlier override the later.
fn spread(pairs: Vec<Pair>) -> Result<Vec<YamlEntry>, Box<Diagnostic>> {
    let mut merged = vec![];
    let mut own = vec![];
    for Pair { entry, merge } in pairs {
        if !merge {
            own.push(entry);
            continue;
        }
        match entry.value.kind {
            YamlKind::Map(entries) => merged.extend(entries),
            YamlKind::List(items) => {
                for item in items.into_iter().rev() {
                    match item.kind {
                        YamlKind::Map(entries) => merged.extend(entries),
                        _ => return Err(not_a_mapping(&item)),
                    }
                }
            }
            YamlKind::Scalar(_) => return Err(not_a_mapping(&entry.value)),
        }
    }
    merged.extend(own);
    Ok(merged)
}

fn not_a_mapping(found: &Yaml) -> Box<Diagnostic> {
    Diagnostic::error("yaml-syntax", "`<<` merges a mapping or a list of mappings")
        .at(found.span)
        .label(format!("this is a {}", found.type_name()))
        .into()
}

/// Entries in order of first appearance, each with the value given last.
struct Unique {
    entries: Vec<YamlEntry>,
    places: Option<FxHashMap<Str, usize>>,
}

impl Unique {
    fn new(expected: usize) -> Unique {
        let places = (expected > SCAN_LIMIT)
            .then(|| FxHashMap::with_capacity_and_hasher(expected, rustc_hash::FxBuildHasher));
        Unique { entries: Vec::with_capacity(expected), places }
    }

    /// Adds the entry; returns it when it repeats a key.
    fn insert(&mut self, entry: YamlEntry) -> Option<YamlEntry> {
        let place = match &mut self.places {
            Some(places) => match places.entry(identity(&entry)) {
                std::collections::hash_map::Entry::Occupied(found) => Some(*found.get()),
                std::collections::hash_map::Entry::Vacant(free) => {
                    free.insert(self.entries.len());
                    None
                }
            },
            None => self.entries.iter().position(|known| same_key(known, &entry)),
        };
        match place.and_then(|place| self.entries.get_mut(place)) {
            Some(known) => {
                // Python keeps the first key object and its place, and takes the last value.
                known.key_span = entry.key_span;
                known.value = entry.value.clone();
                Some(entry)
            }
            None => {
                self.entries.push(entry);
                None
            }
        }
    }
}

fn same_key(a: &YamlEntry, b: &YamlEntry) -> bool {
    match (&a.key_value, &b.key_value) {
        (Value::Str(a), Value::Str(b)) => a == b,
        (Value::Str(_), _) | (_, Value::Str(_)) => false,
        _ => identity(a) == identity(b),
    }
}

/// Text that two keys share exactly when Python holds them equal: `1`, `1.0` and `true` are one key.
fn identity(entry: &YamlEntry) -> Str {
    match &entry.key_value {
        Value::Str(text) => text.clone(),
        Value::Bool(value) => number_identity(&i64::from(*value).to_string()),
        Value::Int(value) => number_identity(&value.to_string()),
        Value::BigInt(digits) => number_identity(digits),
        Value::Float(value) if value.fract() == 0.0 => number_identity(&format!("{value:.0}")),
        Value::DateTimeTz(time) => format!("\0instant {}", time.to_utc()).into(),
        other => format!("\0{} {}", other.type_name(), other.py_str()).into(),
    }
}

fn number_identity(digits: &str) -> Str {
    // The zero byte keeps numbers apart from strings, which cannot hold one in YAML.
    format!("\0number {digits}").into()
}
