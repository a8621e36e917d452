//! What a script tells of the relations that it makes: their columns, for templates that ask without a warehouse.

mod select;
mod tokens;

use rustc_hash::FxHashMap;

use super::column::Column;
use super::dialect::Dialect;
use crate::value::Str;
use select::{split, within_parentheses};
use tokens::{Token, tokens};

/// Columns of relations, by their parts joined with dots, in lower case.
#[derive(Default)]
pub struct KnownColumns(FxHashMap<String, Vec<Known>>);

/// A column; the type is empty where only the name is known.
#[derive(Clone, Debug, PartialEq)]
struct Known {
    name: String,
    kind: String,
}

impl KnownColumns {
    /// Columns that somebody declares, for a relation of which nothing else tells.
    pub fn declare(&mut self, relation: &str, columns: impl Iterator<Item = (Str, Str)>) {
        let columns: Vec<Known> =
            columns.map(|(name, kind)| Known { name: name.to_string(), kind: kind.to_string() }).collect();
        if !columns.is_empty() {
            self.0.insert(key(relation), columns);
        }
    }

    /// The columns of a relation; none when nothing tells.
    pub fn get(&self, relation: &str, dialect: &'static dyn Dialect) -> Option<Vec<Column>> {
        let columns = self.0.get(&key(relation))?;
        Some(columns.iter().map(|column| Column::new(dialect, &*column.name, &*column.kind)).collect())
    }

    /// Learns from CREATE TABLE, CREATE VIEW and INSERT.
    pub fn learn(&mut self, statement: &str) {
        let Some(tokens) = tokens(statement) else { return };
        let Some((relation, mut columns)) = self.made(&tokens) else { return };
        // Types that were declared hold for columns that only a query names.
        let before = self.0.get(&relation).map_or(&[][..], Vec::as_slice);
        for column in columns.iter_mut().filter(|column| column.kind.is_empty()) {
            let same = before.iter().find(|known| known.name.eq_ignore_ascii_case(&column.name));
            if let Some(known) = same {
                column.kind.clone_from(&known.kind);
            }
        }
        self.0.insert(relation, columns);
    }

    fn made(&self, tokens: &[Token<'_>]) -> Option<(String, Vec<Known>)> {
        let inserts = tokens.first()?.is("insert");
        if !inserts && !tokens.first()?.is("create") {
            return None;
        }
        let kind = tokens
            .iter()
            .take(8)
            .position(|token| if inserts { token.is("into") } else { token.is_one_of(&["table", "view"]) })?;
        let mut rest = &tokens[kind + 1..];
        while rest.first()?.is_one_of(&["if", "not", "exists"]) {
            rest = &rest[1..];
        }
        let mut path = rest.first()?.name()?.to_lowercase();
        rest = &rest[1..];
        while let [Token::Mark('.'), next, after @ ..] = rest {
            path = format!("{path}.{}", next.name()?.to_lowercase());
            rest = after;
        }
        if let [Token::Mark('('), second, ..] = rest
            && !second.is_one_of(&["select", "with"])
        {
            if inserts {
                return None;
            }
            let inside = within_parentheses(rest)?;
            let defined: Vec<Known> =
                split(inside, |token| token == Token::Mark(',')).filter_map(defined).collect();
            return (!defined.is_empty()).then_some((path, defined));
        }
        let outside = |name: &str| {
            let columns = self.0.get(name)?;
            Some(columns.iter().map(|column| column.name.clone()).collect())
        };
        let query = if inserts { rest } else { &rest[rest.iter().position(|token| token.is("as"))? + 1..] };
        let names = select::columns(query, &outside)?;
        Some((path, names.into_iter().map(|name| Known { name, kind: String::new() }).collect()))
    }
}

/// A column of a list of definitions; constraints are none.
fn defined(definition: &[Token<'_>]) -> Option<Known> {
    let (name, kind) = definition.split_first()?;
    if name.is_one_of(&["constraint", "primary", "unique", "foreign", "check"]) {
        return None;
    }
    let end = kind.iter().position(|token| {
        token.is_one_of(&[
            "not",
            "null",
            "constraint",
            "primary",
            "unique",
            "references",
            "check",
            "default",
            "comment",
            "options",
        ])
    });
    let kind: Option<Vec<&str>> =
        kind[..end.unwrap_or(kind.len())].iter().map(|token| token.name()).collect();
    // A type with sizes is left out: it would have to be put together again.
    Some(Known { name: name.name()?.to_string(), kind: kind.unwrap_or_default().join(" ") })
}

/// The key of a relation as it is rendered.
fn key(relation: &str) -> String {
    let tokens = tokens(relation).unwrap_or_default();
    let names: Vec<String> = tokens.iter().filter_map(|token| token.name()).map(str::to_lowercase).collect();
    names.join(".")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapter::dialect::dialect;

    #[test]
    fn relations_are_learned_from_what_makes_them() {
        let mut known = KnownColumns::default();
        known.declare("\"db\".\"s\".\"m\"", [("ID".into(), "bigint".into())].into_iter());
        for sql in [
            "create table db.s.seed (id integer not null, name double precision, primary key (id), price decimal(5, 2))",
            "/* c */ create or replace temporary view \"db\".\"s\".\"v\" as (select * from \"db\".s.seed)",
            "create table if not exists db.s.m as select id, 1 as one from db.s.v;",
            "insert into db.s.i select * from db.s.m",
            "insert into db.s.seed (a, b) values (1, 2)",
            "delete from db.s.seed",
        ] {
            known.learn(sql);
        }
        let duckdb = dialect("duckdb").unwrap();
        let told = |name: &str| {
            let columns = known.get(name, duckdb).unwrap_or_default().into_iter();
            columns.map(|column| format!("{} {}", column.name, column.dtype)).collect::<Vec<_>>().join(", ")
        };
        assert_eq!(told("db.s.seed"), "id integer, name double precision, price ");
        assert_eq!(told("\"DB\".s.v"), "id , name , price ");
        assert_eq!(told("db.s.m"), "id bigint, one ");
        assert_eq!(told("db.s.i"), "id , one ");
        assert_eq!(told("db.s.other"), "");
    }
}
