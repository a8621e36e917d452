//! What has to change for a relation to become as its model wants it.

use super::constraints::to_plain;
use super::settings::{Constraints, Kind, Part, RowFilter, Settings};
use crate::adapter::constraint::Constraint;
use crate::adapter::dialect::ConstraintKind;
use crate::source::FileId;
use crate::value::{Map, Str, Value};

type Parts = Vec<(&'static str, Part)>;

/// The settings to apply, and whether the relation has to be built anew for them; none when all is well.
pub(super) fn between(wanted: &Settings, standing: &Settings) -> Option<(Parts, bool)> {
    let mut changed: Parts = vec![];
    let (mut differs, mut rebuild) = (false, false);
    for (name, part) in &wanted.parts {
        let change = standing.part(name).and_then(|standing| change(part, standing));
        if let Some(change) = change {
            differs = true;
            rebuild |= rebuilds(wanted.kind, name);
            changed.push((*name, change));
        } else if wanted.kind == Kind::StreamingTable && !matches!(*name, "tags" | "column_tags") {
            // Its CREATE OR REFRESH says all again.
            changed.push((*name, part.clone()));
        }
    }
    differs.then_some((changed, rebuild))
}

fn rebuilds(kind: Kind, part: &str) -> bool {
    match kind {
        Kind::MaterializedView => !matches!(part, "refresh" | "tags" | "column_tags" | "row_filter"),
        Kind::StreamingTable => part == "partition_by",
        Kind::View => part == "comment",
        Kind::Incremental | Kind::MetricView => false,
    }
}

fn change(wanted: &Part, standing: &Part) -> Option<Part> {
    let whole = |differs: bool| differs.then(|| wanted.clone());
    match (wanted, standing) {
        (Part::Comment { comment, persist }, Part::Comment { comment: standing, .. }) => {
            whole(*persist && comment != standing)
        }
        (
            Part::ColumnComments { comments, persist: true },
            Part::ColumnComments { comments: standing, .. },
        ) => {
            let changed = comments.iter().filter(|(name, text)| ignoring_case(standing, name) != Some(text));
            let comments: Map =
                changed.map(|(name, text)| (format!("`{name}`").into(), text.clone())).collect();
            (!comments.is_empty()).then_some(Part::ColumnComments { comments, persist: true })
        }
        (Part::ColumnMasks { set, .. }, Part::ColumnMasks { set: standing, .. }) => masks(set, standing),
        (Part::ColumnTags(tags), Part::ColumnTags(standing)) => column_tags(tags, standing),
        (Part::Constraints(wanted), Part::Constraints(standing)) => constraints(wanted, standing),
        (Part::RowFilter(wanted), Part::RowFilter(standing)) => row_filter(wanted, standing),
        (Part::Tags(tags), Part::Tags(standing)) => {
            let changed: Map = differing(tags, standing);
            (!changed.is_empty()).then_some(Part::Tags(changed))
        }
        // The server has properties of its own, so that those alone count which the model names.
        (Part::Properties { properties, .. }, Part::Properties { properties: standing, .. }) => {
            whole(!differing(properties, standing).is_empty())
        }
        (Part::Clustering { auto, columns }, Part::Clustering { auto: standing_auto, columns: standing }) => {
            whole(auto != standing_auto || columns != standing)
        }
        (Part::Partitioning(columns), Part::Partitioning(standing)) => whole(columns != standing),
        (Part::Query(query), Part::Query(standing)) => whole(query.trim() != standing.trim()),
        (Part::Measures(yaml), Part::Measures(standing)) => whole(!is_same_yaml(yaml, standing)),
        (Part::Refresh(schedule), Part::Refresh(standing)) => {
            schedule.change_from(standing).map(Part::Refresh)
        }
        _ => None,
    }
}

fn ignoring_case<'m>(map: &'m Map, name: &str) -> Option<&'m Value> {
    let lower = name.to_lowercase();
    map.iter().rev().find(|(own, _)| own.to_lowercase() == lower).map(|(_, value)| value)
}

/// The entries that the other map lacks or has otherwise.
fn differing(wanted: &Map, standing: &Map) -> Map {
    let changed = wanted.iter().filter(|(key, value)| standing.get(*key) != Some(*value));
    changed.map(|(key, value)| (key.clone(), value.clone())).collect()
}

fn masks(wanted: &Map, standing: &Map) -> Option<Part> {
    let gone = standing.keys().filter(|column| ignoring_case(wanted, column).is_none());
    let unset: Vec<Str> = gone.cloned().collect();
    let changed = wanted.iter().filter(|(column, mask)| ignoring_case(standing, column) != Some(mask));
    let set: Map = changed.map(|(column, mask)| (column.clone(), mask.clone())).collect();
    (!set.is_empty() || !unset.is_empty()).then_some(Part::ColumnMasks { set, unset })
}

/// Tags are set and never taken away.
fn column_tags(wanted: &Map, standing: &Map) -> Option<Part> {
    let none = Map::default();
    let mut changed = Map::default();
    for (column, tags) in wanted {
        let (tags, known) = (tags.as_map(), ignoring_case(standing, column).and_then(Value::as_map));
        let tags = differing(tags.unwrap_or(&none), known.unwrap_or(&none));
        if !tags.is_empty() {
            changed.insert(column.clone(), Value::Map(tags));
        }
    }
    (!changed.is_empty()).then_some(Part::ColumnTags(changed))
}

fn row_filter(wanted: &RowFilter, standing: &RowFilter) -> Option<Part> {
    let bare = |name: &Str| name.to_lowercase().replace('`', "");
    let known = |filter: &RowFilter| {
        (filter.function.as_ref().map(bare), filter.columns.iter().map(bare).collect::<Vec<_>>())
    };
    let change = match (&wanted.function, &standing.function) {
        (None, None) => return None,
        (None, Some(_)) => RowFilter { should_unset: true, ..RowFilter::default() },
        (Some(_), _) if known(wanted) == known(standing) => return None,
        (Some(_), _) => wanted.clone(),
    };
    Some(Part::RowFilter(RowFilter { is_change: true, ..change }))
}

fn constraints(wanted: &Constraints, standing: &Constraints) -> Option<Part> {
    let keyed = |found: &[Constraint]| -> Vec<(Value, Constraint)> {
        found.iter().map(|constraint| (key(constraint), constraint.clone())).collect()
    };
    let (own, known) = (keyed(&wanted.set), keyed(&standing.set));
    let lacking = |from: &[(Value, Constraint)], other: &[(Value, Constraint)]| -> Vec<Constraint> {
        let lacking = from.iter().filter(|(key, _)| !other.iter().any(|(known, _)| known == key));
        lacking.map(|(_, constraint)| constraint.clone()).collect()
    };
    let (mut set, mut unset) = (lacking(&own, &known), lacking(&known, &own));
    // A foreign key of the same name may point elsewhere. One written as an expression cannot be compared.
    for (key, constraint) in own.iter().filter(|(_, one)| one.kind == ConstraintKind::ForeignKey) {
        let Some((_, before)) = known.iter().find(|(known, _)| known == key) else { continue };
        let moved = constraint.to != before.to || constraint.to_columns != before.to_columns;
        if constraint.to.is_some() && moved {
            set.push(constraint.clone());
            unset.push(before.clone());
        }
    }
    let without = |names: &[Str], others: &[Str]| -> Vec<Str> {
        names.iter().filter(|name| !others.contains(name)).cloned().collect()
    };
    let set_non_nulls = without(&wanted.set_non_nulls, &standing.set_non_nulls);
    let unset_non_nulls = without(&standing.set_non_nulls, &wanted.set_non_nulls);
    let same = set.is_empty() && unset.is_empty() && set_non_nulls.is_empty() && unset_non_nulls.is_empty();
    (!same).then_some(Part::Constraints(Constraints { set, unset, set_non_nulls, unset_non_nulls }))
}

/// What of a constraint the server gives back, so that both sides can be compared.
fn key(constraint: &Constraint) -> Value {
    let mut own = constraint.clone();
    (own.warn_unenforced, own.warn_unsupported) = (true, true);
    let declared = (own.kind == ConstraintKind::Custom).then(|| primary_key(&own)).flatten();
    if let Some(columns) = declared {
        (own.kind, own.columns, own.expression) = (ConstraintKind::PrimaryKey, columns, None);
    }
    match own.kind {
        ConstraintKind::Check => {
            own.columns = vec![];
            own.expression = own.expression.map(|expression| normal(&expression).into());
        }
        ConstraintKind::PrimaryKey | ConstraintKind::ForeignKey => {
            (own.expression, own.to, own.to_columns) = (None, None, vec![]);
        }
        _ => {}
    }
    to_plain(&own)
}

/// The columns of `PRIMARY KEY (a, b TIMESERIES)`, written as a constraint of the user's own.
fn primary_key(constraint: &Constraint) -> Option<Vec<Str>> {
    let expression = constraint.expression.as_deref()?;
    let lower = expression.to_lowercase();
    let rest = lower.trim_start().strip_prefix("primary")?.trim_start().strip_prefix("key")?;
    let open = rest.trim_start().strip_prefix('(')?;
    // Lower case may be longer than what it comes from, so that the place is counted from the end.
    let inside = expression.get(expression.len().checked_sub(open.len())?..)?.split_once(')')?.0;
    let column = |part: &str| {
        let mut words = part.split_whitespace();
        let name = words.next()?.trim_matches(['`', '"']);
        let rest = words.next();
        let fits = rest.is_none_or(|word| word.eq_ignore_ascii_case("timeseries")) && words.next().is_none();
        (fits && !name.is_empty()).then(|| Str::from(name))
    };
    inside.split(',').map(column).collect()
}

/// A condition in lower case but for what is quoted, with single spaces.
fn normal(expression: &str) -> String {
    let mut out = String::new();
    let mut quote = None;
    for c in expression.trim().chars() {
        match quote {
            Some(open) => {
                out.push(c);
                quote = (c != open).then_some(open);
            }
            None if c.is_whitespace() => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            None => {
                quote = matches!(c, '\'' | '"').then_some(c);
                out.extend(c.to_lowercase());
            }
        }
    }
    out
}

/// The server writes a metric view's YAML in its own way.
fn is_same_yaml(one: &str, other: &str) -> bool {
    let read = |text: &str| match crate::yaml::parse(text, FileId(u32::MAX)) {
        Ok((tree, _)) => tree.map(|tree| tree.to_value()),
        Err(_) => None,
    };
    match (read(one), read(other)) {
        (Some(one), Some(other)) => one == other,
        _ => one.split_whitespace().eq(other.split_whitespace()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn constraint(json: serde_json::Value) -> Constraint {
        Constraint::parse(&Value::from_json(&json)).expect("a constraint")
    }

    #[test]
    fn a_check_is_the_same_however_it_is_written() {
        let one = constraint(
            serde_json::json!({"type": "check", "name": "c", "expression": "Amount  > 0 and s = 'A'"}),
        );
        let other = constraint(
            serde_json::json!({"type": "check", "name": "c", "expression": "amount > 0 AND s = 'A'"}),
        );
        assert_eq!(key(&one), key(&other));
    }

    #[test]
    fn a_primary_key_may_be_written_by_hand() {
        let by_hand = serde_json::json!({"type": "custom", "name": "pk", "expression": "PRIMARY KEY (`id`, at TIMESERIES)"});
        let declared = serde_json::json!({"type": "primary_key", "name": "pk", "columns": ["id", "at"]});
        assert_eq!(key(&constraint(by_hand)), key(&constraint(declared)));
    }

    #[test]
    fn a_foreign_key_that_points_elsewhere_is_set_anew() {
        let pointing = |to: &str| {
            let json = serde_json::json!({"type": "foreign_key", "name": "fk", "columns": ["a"], "to": to, "to_columns": ["b"]});
            Constraints { set: vec![constraint(json)], ..Constraints::default() }
        };
        assert!(constraints(&pointing("`m`.`s`.`t`"), &pointing("`m`.`s`.`t`")).is_none());
        let Some(Part::Constraints(changed)) = constraints(&pointing("x"), &pointing("y")) else {
            panic!("constraints change");
        };
        assert_eq!((changed.set.len(), changed.unset.len()), (1, 1));
    }

    #[test]
    fn measures_are_compared_by_what_they_say() {
        assert!(is_same_yaml("a: [1, 2]\nsource: x", "source: \"x\"\na:\n  - 1\n  - 2\n"));
        assert!(!is_same_yaml("a: 1", "a: 2"));
    }
}
