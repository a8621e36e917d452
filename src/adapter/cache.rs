//! dbt's relation cache: what stands in each schema, asked once and kept up to date.
//!
//! Keys ignore case. Links between relations say what a `drop … cascade` takes along.

use std::cell::Cell;
use std::sync::{Arc, Mutex, MutexGuard};

use rustc_hash::{FxHashMap, FxHashSet};

use super::error::{AdapterError, Result};
use super::relation::Relation;

thread_local! {
    /// Whether this thread is listing a schema already.
    static FILLING: Cell<bool> = const { Cell::new(false) };
}

/// Restores the thread's mark at the end.
struct Filling(bool);

impl Drop for Filling {
    fn drop(&mut self) {
        FILLING.set(self.0);
    }
}

/// Lower-case database, schema and identifier.
type Key = [Option<String>; 3];
type SchemaKey = [Option<String>; 2];

#[derive(Debug, Default)]
struct State {
    /// The known schemas with their relations by identifier.
    schemas: FxHashMap<SchemaKey, FxHashMap<Option<String>, Entry>>,
    /// For each relation, those that refer to it.
    referrers: FxHashMap<Key, FxHashSet<Key>>,
    /// Counts additions: relations are listed in the order in which they became known.
    additions: u64,
}

#[derive(Debug)]
struct Entry {
    order: u64,
    relation: Arc<Relation>,
}

/// The relations known, shared by all threads.
#[derive(Debug, Default)]
pub struct RelationCache {
    state: Mutex<State>,
    /// Held while a schema is being listed, so that it is listed once.
    filling: Mutex<()>,
}

impl RelationCache {
    /// Whether the schema was listed or made known.
    pub fn contains_schema(&self, database: Option<&str>, schema: Option<&str>) -> bool {
        self.lock().schemas.contains_key(&schema_key(database, schema))
    }

    pub fn add_schema(&self, database: Option<&str>, schema: Option<&str>) {
        self.lock().schemas.entry(schema_key(database, schema)).or_default();
    }

    /// Fills the cache with what `list` finds in the schema, unless it was listed before. `list` is
    /// called by one thread at a time, and may fill other schemas.
    ///
    /// Errors: those of `list`; the schema then stays unknown.
    pub fn fill<E>(
        &self,
        database: Option<&str>,
        schema: Option<&str>,
        list: impl FnOnce() -> std::result::Result<Vec<Relation>, E>,
    ) -> std::result::Result<(), E> {
        if self.contains_schema(database, schema) {
            return Ok(());
        }
        let nested = FILLING.replace(true);
        let _again = Filling(nested);
        let _alone = (!nested).then(|| self.filling.lock().unwrap_or_else(|poisoned| poisoned.into_inner()));
        if self.contains_schema(database, schema) {
            return Ok(());
        }
        let relations = list()?;
        let mut state = self.lock();
        for relation in relations {
            state.add(relation);
        }
        state.schemas.entry(schema_key(database, schema)).or_default();
        Ok(())
    }

    /// Makes a relation known; one known already stays as it is.
    pub fn add(&self, relation: Relation) {
        self.lock().add(relation);
    }

    /// Says that `dependent` refers to `referenced`. Relations unknown so far are taken in as
    /// external; a schema that was never listed is none of our business.
    pub fn add_link(&self, referenced: &Relation, dependent: &Relation) {
        let mut state = self.lock();
        let [database, schema, _] = key(referenced);
        if !state.schemas.contains_key(&[database, schema]) {
            return;
        }
        for relation in [referenced, dependent] {
            if !state.contains(&key(relation)) {
                state.add(relation.clone().with_kind(Some(super::relation::RelationType::External)));
            }
        }
        state.referrers.entry(key(referenced)).or_default().insert(key(dependent));
    }

    /// Forgets a relation and all that refers to it. Unknown ones are ignored.
    pub fn drop_relation(&self, relation: &Relation) {
        self.lock().drop_key(&key(relation));
    }

    /// Forgets a schema with all that is in it.
    pub fn drop_schema(&self, database: Option<&str>, schema: Option<&str>) {
        let mut state = self.lock();
        let wanted = schema_key(database, schema);
        let Some(inside) = state.schemas.get(&wanted) else { return };
        let [database, schema] = &wanted;
        let keys: Vec<Key> =
            inside.keys().map(|name| [database.clone(), schema.clone(), name.clone()]).collect();
        for key in keys {
            state.drop_key(&key);
        }
        state.schemas.remove(&wanted);
    }

    /// Moves what is known of `old` to the name of `new`; an unknown `old` makes `new` known.
    ///
    /// Errors: `new` is known already.
    pub fn rename(&self, old: &Relation, new: &Relation) -> Result<()> {
        let (old_key, new_key) = (key(old), key(new));
        let mut state = self.lock();
        if state.contains(&new_key) {
            return Err(AdapterError::runtime(format!(
                "cannot rename {} to {}: a relation of that name is known already",
                old.render(),
                new.render()
            ))
            .help("two models make relations whose names are one to the warehouse (cut to the same length, or unlike in case alone): give one of them another alias"));
        }
        let Some(known) = state.remove(&old_key) else {
            state.add(new.clone());
            return Ok(());
        };
        state.add(known.relation.replace_path(new.path.clone()));
        for referrers in state.referrers.values_mut() {
            if referrers.remove(&old_key) {
                referrers.insert(new_key.clone());
            }
        }
        if let Some(referrers) = state.referrers.remove(&old_key) {
            state.referrers.insert(new_key, referrers);
        }
        Ok(())
    }

    /// The relations of a schema, in the order they became known.
    pub fn relations(&self, database: Option<&str>, schema: Option<&str>) -> Vec<Arc<Relation>> {
        let state = self.lock();
        let Some(inside) = state.schemas.get(&schema_key(database, schema)) else { return vec![] };
        let mut entries: Vec<&Entry> = inside.values().collect();
        entries.sort_unstable_by_key(|entry| entry.order);
        entries.into_iter().map(|entry| entry.relation.clone()).collect()
    }

    /// The relation of that name, whatever its case.
    pub fn get(
        &self,
        database: Option<&str>,
        schema: Option<&str>,
        identifier: &str,
    ) -> Option<Arc<Relation>> {
        let state = self.lock();
        let entry =
            state.schemas.get(&schema_key(database, schema))?.get(&Some(identifier.to_lowercase()))?;
        Some(entry.relation.clone())
    }

    /// Forgets everything.
    pub fn clear(&self) {
        *self.lock() = State::default();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl State {
    fn contains(&self, [database, schema, identifier]: &Key) -> bool {
        let inside = self.schemas.get(&[database.clone(), schema.clone()]);
        inside.is_some_and(|inside| inside.contains_key(identifier))
    }

    fn add(&mut self, relation: Relation) {
        let [database, schema, identifier] = key(&relation);
        self.additions += 1;
        let entry = Entry { order: self.additions, relation: Arc::new(relation) };
        self.schemas.entry([database, schema]).or_default().entry(identifier).or_insert(entry);
    }

    fn remove(&mut self, [database, schema, identifier]: &Key) -> Option<Entry> {
        self.schemas.get_mut(&[database.clone(), schema.clone()])?.remove(identifier)
    }

    /// Drops a relation with all that refers to it, however far away.
    fn drop_key(&mut self, key: &Key) {
        if self.remove(key).is_none() {
            return;
        }
        let mut doomed = vec![key.clone()];
        let mut next = 0;
        while let Some(key) = doomed.get(next).cloned() {
            next += 1;
            for referrer in self.referrers.remove(&key).into_iter().flatten() {
                if self.remove(&referrer).is_some() {
                    doomed.push(referrer);
                }
            }
        }
        for referrers in self.referrers.values_mut() {
            referrers.retain(|key| !doomed.contains(key));
        }
    }
}

fn lower(part: Option<&str>) -> Option<String> {
    part.map(str::to_lowercase)
}

fn schema_key(database: Option<&str>, schema: Option<&str>) -> SchemaKey {
    [lower(database), lower(schema)]
}

fn key(relation: &Relation) -> Key {
    [lower(relation.database()), lower(relation.schema()), lower(relation.identifier())]
}
