//! The relation cache.

use headwater::adapter::dialect::dialect;
use headwater::adapter::{AdapterError, Relation, RelationCache, RelationType};

fn relation(schema: &str, name: &str) -> Relation {
    Relation::new(dialect("postgres").unwrap(), [Some("db".into()), Some(schema.into()), Some(name.into())])
        .with_kind(Some(RelationType::View))
}

fn names(cache: &RelationCache, schema: &str) -> Vec<String> {
    cache.relations(Some("DB"), Some(schema)).iter().map(|r| r.identifier().unwrap().to_string()).collect()
}

#[test]
fn a_schema_is_listed_once() {
    let cache = RelationCache::default();
    let mut calls = 0;
    for _ in 0..2 {
        cache
            .fill(Some("db"), Some("S"), || {
                calls += 1;
                Ok::<_, AdapterError>(vec![relation("s", "a"), relation("s", "B")])
            })
            .unwrap();
    }
    assert_eq!((calls, names(&cache, "s")), (1, vec!["a".to_string(), "B".to_string()]));
    assert!(cache.get(Some("db"), Some("s"), "b").is_some(), "names ignore case");
    let failed = cache.fill(Some("db"), Some("t"), || Err(AdapterError::runtime("no")));
    assert!(failed.is_err() && !cache.contains_schema(Some("db"), Some("t")));
    cache.fill(Some("db"), Some("t"), || Ok::<_, AdapterError>(vec![])).unwrap();
    assert!(cache.contains_schema(Some("DB"), Some("T")));
}

#[test]
fn dropping_takes_along_what_refers_to_it() {
    let cache = RelationCache::default();
    for name in ["a", "b", "c", "d"] {
        cache.add(relation("s", name));
    }
    cache.add_link(&relation("s", "a"), &relation("s", "b"));
    cache.add_link(&relation("s", "b"), &relation("s", "c"));
    cache.drop_relation(&relation("s", "A"));
    assert_eq!(names(&cache, "s"), ["d"]);
    cache.drop_relation(&relation("s", "nosuch"));
    // A link to a schema that was never listed is none of our business.
    cache.add_link(&relation("elsewhere", "x"), &relation("s", "d"));
    assert!(cache.get(Some("db"), Some("elsewhere"), "x").is_none());
    // One to an unknown relation of a known schema takes both in.
    cache.add_link(&relation("s", "x"), &relation("other", "y"));
    assert_eq!(cache.get(Some("db"), Some("other"), "y").unwrap().kind, Some(RelationType::External));
    cache.drop_schema(Some("db"), Some("s"));
    assert!(!cache.contains_schema(Some("db"), Some("s")));
    assert!(names(&cache, "other").is_empty(), "its referrers went too");
}

#[test]
fn renaming_keeps_the_links() {
    let cache = RelationCache::default();
    for name in ["a", "b"] {
        cache.add(relation("s", name));
    }
    cache.add_link(&relation("s", "a"), &relation("s", "b"));
    assert!(cache.rename(&relation("s", "a"), &relation("s", "b")).is_err());
    cache.rename(&relation("s", "a"), &relation("s", "a2")).unwrap();
    cache.rename(&relation("s", "b"), &relation("s", "b2")).unwrap();
    assert_eq!(names(&cache, "s"), ["a2", "b2"]);
    cache.rename(&relation("s", "tmp"), &relation("s", "new")).unwrap();
    cache.drop_relation(&relation("s", "a2"));
    assert_eq!(names(&cache, "s"), ["new"]);
    cache.clear();
    assert!(!cache.contains_schema(Some("db"), Some("s")));
}
