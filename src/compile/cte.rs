//! Puts ephemeral models in front of the SQL that uses them, as common table expressions.
//!
//! Byte for byte what dbt makes of it: <https://docs.getdbt.com/docs/build/materializations#ephemeral>.

use crate::event::ExtraCte;

/// The name that an ephemeral model has inside of other models.
pub fn cte_name(identifier: &str) -> String {
    format!("__dbt__cte__{identifier}")
}

/// The text of one CTE: `sql` is the ephemeral model's own, without those that it uses.
pub fn cte_sql(identifier: &str, sql: &str) -> String {
    format!(" {} as (\n{sql}\n)", cte_name(identifier))
}

/// Adds CTEs that are not there yet, in order.
pub fn extend(ctes: &mut Vec<ExtraCte>, more: impl IntoIterator<Item = ExtraCte>) {
    for cte in more {
        match ctes.iter_mut().find(|known| known.id == cte.id) {
            Some(known) => known.sql = cte.sql,
            None => ctes.push(cte),
        }
    }
}

/// Writes the CTEs into the first statement of `sql`; like dbt, what follows that is left out.
pub fn inject(sql: &str, ctes: &[ExtraCte]) -> String {
    if ctes.is_empty() {
        return sql.to_string();
    }
    let shape = Shape::of(sql);
    let statement = &sql[..shape.end];
    let joined = ctes.iter().map(|cte| &*cte.sql).collect::<Vec<_>>().join(", ");
    match shape.after_with {
        Some(at) => {
            let rest = skip_blank(statement, at);
            format!("{}{joined}, {}", &statement[..rest], &statement[rest..])
        }
        None => {
            let start = skip_blank(statement, 0);
            format!("{}with{joined} {}", &statement[..start], &statement[start..])
        }
    }
}

fn skip_blank(sql: &str, from: usize) -> usize {
    sql.len() - sql[from..].trim_start().len()
}

/// Where the first statement of a text ends, and where its `with` or `with recursive` does.
struct Shape {
    end: usize,
    after_with: Option<usize>,
}

impl Shape {
    fn of(sql: &str) -> Shape {
        let mut shape = Shape { end: sql.len(), after_with: None };
        let mut scan = Scan { sql, at: 0 };
        let mut depth = 0_i64;
        let mut seen = Seen::Nothing;
        while let Some(token) = scan.next() {
            match token {
                Token::Open => depth += 1,
                Token::Close => depth -= 1,
                Token::Semicolon if depth <= 0 => {
                    shape.end = end_of_statement(sql, scan.at);
                    break;
                }
                _ => {}
            }
            seen = match (seen, token) {
                (seen, Token::Blank) => seen,
                (Seen::Nothing, Token::Comment) => Seen::Nothing,
                (Seen::Nothing, Token::Word(word)) if word.eq_ignore_ascii_case("with") => {
                    shape.after_with = Some(scan.at);
                    Seen::With
                }
                (Seen::With, Token::Word(word)) if word.eq_ignore_ascii_case("recursive") => {
                    shape.after_with = Some(scan.at);
                    Seen::Rest
                }
                _ => Seen::Rest,
            };
        }
        shape
    }
}

#[derive(Clone, Copy)]
enum Seen {
    Nothing,
    With,
    Rest,
}

/// Blanks and line comments on the line of the semicolon still belong to the statement.
fn end_of_statement(sql: &str, from: usize) -> usize {
    let mut at = from;
    loop {
        let rest = &sql[at..];
        let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let after = &rest[blanks..];
        if !after.starts_with("--") && !after.starts_with("# ") {
            return at + blanks;
        }
        at += blanks + after.find('\n').map_or(after.len(), |line| line + 1);
    }
}

enum Token<'a> {
    Blank,
    Comment,
    Word(&'a str),
    Open,
    Close,
    Semicolon,
    Other,
}

/// Just enough of a lexer: strings, quoted names and comments hide what they hold.
struct Scan<'a> {
    sql: &'a str,
    at: usize,
}

impl<'a> Scan<'a> {
    fn next(&mut self) -> Option<Token<'a>> {
        let rest = &self.sql[self.at..];
        let first = rest.chars().next()?;
        let (token, len) = match first {
            c if c.is_whitespace() => (Token::Blank, rest.len() - rest.trim_start().len()),
            '-' if rest.starts_with("--") => (Token::Comment, line_len(rest)),
            '#' if rest.starts_with("# ") => (Token::Comment, line_len(rest)),
            '/' if rest.starts_with("/*") => {
                (Token::Comment, rest[2..].find("*/").map_or(rest.len(), |end| end + 4))
            }
            '\'' | '"' | '`' => (Token::Other, quoted_len(rest, first)),
            '$' => match dollar_len(rest) {
                Some(len) => (Token::Other, len),
                None => (Token::Other, 1),
            },
            '(' => (Token::Open, 1),
            ')' => (Token::Close, 1),
            ';' => (Token::Semicolon, 1),
            c if c.is_alphanumeric() || c == '_' => {
                let len = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
                (Token::Word(&rest[..len]), len)
            }
            c => (Token::Other, c.len_utf8()),
        };
        self.at += len;
        Some(token)
    }
}

fn line_len(rest: &str) -> usize {
    rest.find('\n').map_or(rest.len(), |end| end + 1)
}

/// A doubled quote, and a backslash before one, stand for the quote itself.
fn quoted_len(rest: &str, quote: char) -> usize {
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c == '\\' && quote == '\'' {
            chars.next();
        } else if c == quote {
            if chars.peek().is_some_and(|(_, next)| *next == quote) {
                chars.next();
            } else {
                return at + c.len_utf8();
            }
        }
    }
    rest.len()
}

/// PostgreSQL's `$tag$ … $tag$`.
fn dollar_len(rest: &str) -> Option<usize> {
    let tag_end = rest[1..].find('$')? + 2;
    let tag = &rest[..tag_end];
    let inner = &tag[1..tag_end - 1];
    if !inner.chars().all(|c| c.is_alphanumeric() || c == '_') {
        return None;
    }
    Some(rest[tag_end..].find(tag).map_or(rest.len(), |end| tag_end + end + tag.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_two(sql: &str) -> String {
        let ctes = ["a", "b"].map(|name| ExtraCte {
            id: format!("model.p.{name}").into(),
            sql: cte_sql(name, &format!("select '{name}'")).into(),
        });
        inject(sql, &ctes)
    }

    const A_B: &str = " __dbt__cte__a as (\nselect 'a'\n),  __dbt__cte__b as (\nselect 'b'\n)";

    /// Expectations were recorded from dbt's own function.
    #[test]
    fn ctes_go_where_dbt_puts_them() {
        for (sql, expected) in [
            ("select 1", format!("with{A_B} select 1")),
            ("\n\n  select 1\n", format!("\n\n  with{A_B} select 1\n")),
            ("with x as (select 1) select 2", format!("with {A_B}, x as (select 1) select 2")),
            ("WITH\n  x as (select 1) select 2", format!("WITH\n  {A_B}, x as (select 1) select 2")),
            (
                "with recursive x as (select 1) select 2",
                format!("with recursive {A_B}, x as (select 1) select 2"),
            ),
            ("-- c\nwith x as (select 1) select 2", format!("-- c\nwith {A_B}, x as (select 1) select 2")),
            ("/* with */ select 1", format!("with{A_B} /* with */ select 1")),
            (
                "with /* c */ x as (select 1) select 2",
                format!("with {A_B}, /* c */ x as (select 1) select 2"),
            ),
            ("select ';' as a; -- end\nselect 2", format!("with{A_B} select ';' as a; -- end\n")),
            ("select 1;\nselect 2", format!("with{A_B} select 1;")),
            (
                "select * from (with x as (select 1) select 2)",
                format!("with{A_B} select * from (with x as (select 1) select 2)"),
            ),
            ("select \"with\" from t", format!("with{A_B} select \"with\" from t")),
        ] {
            assert_eq!(with_two(sql), expected, "{sql}");
        }
    }
}
