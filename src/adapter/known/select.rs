//! The names of the columns that a query gives, read from its text. Whatever is not plain gives no answer:
//! better none than a wrong one.

use super::tokens::Token;

/// Column names of relations that stand outside of the query, by their parts joined with dots, in lower case.
pub type Outside<'o> = &'o dyn Fn(&str) -> Option<Vec<String>>;

type Tokens<'t, 's> = &'t [Token<'s>];

/// What ends the list of what is selected, or the relations that it is selected from.
const CLAUSES: [&str; 12] = [
    "where", "group", "having", "order", "limit", "qualify", "window", "fetch", "offset", "for", "using",
    "into",
];
const SET_OPERATORS: [&str; 4] = ["union", "except", "intersect", "minus"];
const JOINS: [&str; 7] = ["join", "inner", "left", "right", "full", "cross", "outer"];
/// Words in front of a name that make it an operand.
const OPERATORS: [&str; 16] = [
    "and", "or", "not", "is", "in", "like", "ilike", "then", "else", "when", "case", "between", "from", "by",
    "distinct", "interval",
];

/// What the query knows of itself: the names of its WITH, each with its columns where they are known.
#[derive(Clone)]
struct Scope<'o> {
    within: Vec<(String, Option<Vec<String>>)>,
    outside: Outside<'o>,
}

/// The names in order; none when the text does not tell.
pub fn columns(query: Tokens<'_, '_>, outside: Outside<'_>) -> Option<Vec<String>> {
    columns_in(query, &Scope { within: vec![], outside })
}

fn columns_in(query: Tokens<'_, '_>, scope: &Scope<'_>) -> Option<Vec<String>> {
    let mut scope = scope.clone();
    let mut rest = query;
    while let [body @ .., Token::Mark(';')] = rest {
        rest = body;
    }
    if rest.first()?.is("with") {
        rest = with(&rest[1..], &mut scope)?;
    }
    let first = &rest[..first_end(rest)];
    if rest.get(first.len() + 1..).is_some_and(|after| after.iter().take(3).any(|token| token.is("name"))) {
        return None;
    }
    if first.first()? == &Token::Mark('(') {
        let inside = within_parentheses(first)?;
        return columns_in(inside, &scope);
    }
    selected(first, &scope)
}

/// Where a set operator ends the first query; EXCEPT behind a star names columns.
fn first_end(query: Tokens<'_, '_>) -> usize {
    let mut depth = 0_usize;
    for (at, token) in query.iter().enumerate() {
        match token {
            Token::Mark('(') => depth += 1,
            Token::Mark(')') => depth = depth.saturating_sub(1),
            _ if depth > 0 || !token.is_one_of(&SET_OPERATORS) => {}
            _ if at > 0 && query[at - 1] == Token::Mark('*') => {}
            _ => return at,
        }
    }
    query.len()
}

/// Reads `name [(columns)] as (query), …`, and gives what comes after.
fn with<'t, 's>(mut rest: Tokens<'t, 's>, scope: &mut Scope<'_>) -> Option<Tokens<'t, 's>> {
    if rest.first()?.is("recursive") {
        rest = &rest[1..];
    }
    loop {
        let name = rest.first()?.name()?.to_lowercase();
        rest = &rest[1..];
        let mut named = None;
        if rest.first()? == &Token::Mark('(') {
            let inside = within_parentheses(rest)?;
            named =
                Some(split(inside, |token| token == Token::Mark(',')).map(name_of).collect::<Option<_>>()?);
            rest = &rest[inside.len() + 2..];
        }
        let open = rest.iter().position(|token| *token == Token::Mark('('))?;
        if open > 3 || !rest.first()?.is("as") {
            return None;
        }
        let inside = within_parentheses(&rest[open..])?;
        let found = named.or_else(|| columns_in(inside, scope));
        scope.within.push((name, found));
        rest = &rest[open + inside.len() + 2..];
        match rest.first()? {
            Token::Mark(',') => rest = &rest[1..],
            _ => return Some(rest),
        }
    }
}

fn name_of(tokens: Tokens<'_, '_>) -> Option<String> {
    match tokens {
        [one] => one.name().map(str::to_string),
        _ => None,
    }
}

/// The columns of `select … from …`.
fn selected(query: Tokens<'_, '_>, scope: &Scope<'_>) -> Option<Vec<String>> {
    let mut rest = query.strip_prefix(&[query.first().copied().filter(|token| token.is("select"))?])?;
    if rest.first()?.is_one_of(&["distinct", "all"]) {
        rest = &rest[1..];
        if rest.first()?.is("on") {
            rest = &rest[within_parentheses(&rest[1..])?.len() + 3..];
        }
    }
    if rest.first()?.is_one_of(&["top", "as"]) {
        return None;
    }
    let end = list_end(rest);
    let relations = rest.get(end + 1..).unwrap_or_default();
    let mut names = vec![];
    for item in split(&rest[..end], |token| token == Token::Mark(',')) {
        // A comma may stand behind the last item.
        if item.is_empty() && !names.is_empty() {
            continue;
        }
        match item {
            [Token::Mark('*'), rules @ ..] => names.extend(all_but(star(relations, None, scope)?, rules)?),
            [of, Token::Mark('.'), Token::Mark('*'), rules @ ..] => {
                names.extend(all_but(star(relations, Some(of.name()?), scope)?, rules)?);
            }
            _ => names.push(item_name(item)?.to_string()),
        }
    }
    (!names.is_empty()).then_some(names)
}

/// Where FROM or another clause ends the list.
fn list_end(rest: Tokens<'_, '_>) -> usize {
    let mut depth = 0_usize;
    for (at, token) in rest.iter().enumerate() {
        match token {
            Token::Mark('(' | '[') => depth += 1,
            Token::Mark(')' | ']') => depth = depth.saturating_sub(1),
            // `is distinct from` compares.
            _ if depth == 0 && token.is("from") && !(at > 0 && rest[at - 1].is("distinct")) => return at,
            _ if depth == 0 && token.is_one_of(&CLAUSES) => return at,
            _ => {}
        }
    }
    rest.len()
}

/// The name of an expression: its alias, or the column that it is.
fn item_name<'s>(item: Tokens<'_, 's>) -> Option<&'s str> {
    let (last, before) = item.split_last()?;
    let name = last.name()?;
    let Some(previous) = before.last() else { return Some(name) };
    match previous {
        Token::Mark('.') => {
            // A path of names alone; anything in front would make it an operand.
            let is_path = before.iter().rev().enumerate().all(|(at, token)| {
                if at % 2 == 0 { *token == Token::Mark('.') } else { token.name().is_some() }
            });
            (is_path && before.len() % 2 == 0).then_some(name)
        }
        Token::Mark(')' | ']') | Token::Literal | Token::Quoted(_) => (!last.is("end")).then_some(name),
        Token::Word(_) if previous.is("as") || previous.is("end") => Some(name),
        Token::Word(_) if previous.is_one_of(&OPERATORS) || last.is("end") => None,
        Token::Word(_) => Some(name),
        Token::Mark(_) => None,
    }
}

/// The columns of all relations, or of the one with that alias.
fn star(relations: Tokens<'_, '_>, alias: Option<&str>, scope: &Scope<'_>) -> Option<Vec<String>> {
    let end = list_end(relations);
    // A join's USING ends the list too early, and merges columns.
    if relations.get(end).is_some_and(|token| token.is("using")) {
        return None;
    }
    let mut names = vec![];
    let mut found = false;
    let is_join = |token: Token<'_>| token == Token::Mark(',') || token.is("join");
    for part in split(&relations[..end], is_join) {
        let part = match part.iter().position(|token| token.is("on")) {
            Some(on) => &part[..on],
            None => part,
        };
        let kept = part.len() - part.iter().rev().take_while(|token| token.is_one_of(&JOINS)).count();
        let (name, columns) = relation(&part[..kept], scope)?;
        if alias.is_none_or(|alias| alias.eq_ignore_ascii_case(&name)) {
            names.extend(columns?);
            found = true;
        }
    }
    found.then_some(names)
}

/// The name by which a relation goes, and its columns.
fn relation(part: Tokens<'_, '_>, scope: &Scope<'_>) -> Option<(String, Option<Vec<String>>)> {
    let (columns, mut name, mut rest) = if part.first()? == &Token::Mark('(') {
        let inside = within_parentheses(part)?;
        (columns_in(inside, scope), String::new(), &part[inside.len() + 2..])
    } else {
        let mut path = vec![part.first()?.name()?];
        let mut rest = &part[1..];
        while let [Token::Mark('.'), next, after @ ..] = rest {
            path.push(next.name()?);
            rest = after;
        }
        let whole = path.join(".").to_lowercase();
        let within = scope.within.iter().rev().find(|(name, _)| path.len() == 1 && *name == whole);
        let columns = within.map_or_else(|| (scope.outside)(&whole), |(_, columns)| columns.clone());
        (columns, path.last()?.to_lowercase(), rest)
    };
    if rest.first().is_some_and(|token| token.is("as")) {
        rest = &rest[1..];
    }
    if let [alias, after @ ..] = rest {
        name = alias.name().filter(|_| after.is_empty() && !alias.is("natural"))?.to_string();
    }
    Some((name, columns))
}

/// What `*` gives with `exclude (…)` or `except (…)` behind it.
fn all_but(names: Vec<String>, rules: Tokens<'_, '_>) -> Option<Vec<String>> {
    let [kind, list @ ..] = rules else { return Some(names) };
    if !kind.is_one_of(&["exclude", "except"]) {
        return None;
    }
    let list = match list {
        [one] => std::slice::from_ref(one),
        _ => within_parentheses(list).filter(|inside| inside.len() + 2 == list.len())?,
    };
    let gone: Option<Vec<String>> = split(list, |token| token == Token::Mark(',')).map(name_of).collect();
    let gone = gone?;
    Some(names.into_iter().filter(|name| !gone.iter().any(|gone| gone.eq_ignore_ascii_case(name))).collect())
}

/// What stands between the parenthesis at the start and the one that closes it.
pub fn within_parentheses<'t, 's>(tokens: Tokens<'t, 's>) -> Option<Tokens<'t, 's>> {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Mark('(') => depth += 1,
            Token::Mark(')') => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return tokens.get(1..at);
        }
    }
    None
}

/// The parts between separators that stand outside of all parentheses.
pub fn split<'t, 's>(
    tokens: Tokens<'t, 's>,
    separates: impl Fn(Token<'s>) -> bool,
) -> impl Iterator<Item = Tokens<'t, 's>> {
    let mut depth = 0_i32;
    tokens.split(move |token| {
        match token {
            Token::Mark('(' | '[' | '{') => depth += 1,
            Token::Mark(')' | ']' | '}') => depth -= 1,
            _ => {}
        }
        depth == 0 && separates(*token)
    })
}

#[cfg(test)]
mod tests {
    use super::super::tokens::tokens;

    #[track_caller]
    fn check(sql: &str, expected: &str) {
        let outside =
            |name: &str| (name == "db.raw.orders").then(|| vec!["id".to_string(), "Day".to_string()]);
        let found = super::columns(&tokens(sql).unwrap(), &outside);
        assert_eq!(found.map_or("?".to_string(), |names| names.join(" ")), expected, "{sql}");
    }

    #[test]
    fn names_of_expressions() {
        check(
            "select a, t.b, 1 as c, count(*) n, \"D e\", sum(x) over (partition by y) as f",
            "a b c n D e f",
        );
        check("select case when a then b end as x, case when a then b end y from t", "x y");
        check("select a is distinct from b as c, extract(year from d) as e from t;", "c e");
        check("select distinct on (a, b) c, d, from t", "c d");
        check("select 'it''s, from' as a /* , b */ -- , c\nfrom t", "a");
        check("(select a from t) union all (select b from t)", "a");
        check("select a + b from t", "?");
        check("select count(*) from t", "?");
        check("select a::date from t", "?");
        check("select case when a then b end from t", "?");
    }

    #[test]
    fn stars_are_looked_up() {
        check("select * from \"db\".\"raw\".\"orders\"", "id Day");
        check(
            "with o as (select *, 1 as one from db.raw.orders), final as (select * from o) select * from final",
            "id Day one",
        );
        check("with o (x, y) as (select * from unknown) select * from o where x > 1", "x y");
        check(
            "select o.*, c.name from db.raw.orders as o left join unknown as c on o.id = c.id and c.x",
            "id Day name",
        );
        check("select * from db.raw.orders a inner join (select 2 as two) b on a.id = b.two", "id Day two");
        check("select * exclude (day), 1 as x from db.raw.orders", "id x");
        check("select * except (id) from db.raw.orders", "Day");
        check("select *, 1 as a from (select * from db.raw.orders where id > 0) sbq", "id Day a");
        check("select * from db.raw.orders natural join x", "?");
        check("select * from db.raw.orders join db.raw.orders b using (id)", "?");
        check("select * from unknown", "?");
        check("select * from db.raw.orders pivot (sum(a) for b in (1))", "?");
        check("select * replace (1 as id) from db.raw.orders", "?");
        check("values (1, 2)", "?");
    }
}
