//! Which part of a template's line made a place of the compiled SQL: a word of the text, or an expression.

use std::ops::Range;

/// A piece of a line: text that comes out as it stands, or a tag that makes something else. Bytes.
#[derive(Clone, Debug, PartialEq)]
struct Piece {
    range: Range<usize>,
    is_tag: bool,
}

/// Among lines `between` of a template, the line and the columns (first, number; none for a word) that made
/// `column` of the compiled line.
pub fn find(
    template: &[&str],
    between: Range<usize>,
    compiled: &str,
    column: usize,
) -> Option<(usize, (usize, usize))> {
    let at = compiled.char_indices().nth(column.checked_sub(1)?).map_or(compiled.len(), |(at, _)| at);
    let texts = |at: usize| -> usize {
        let text = pieces(template[at]).into_iter().filter(|piece| !piece.is_tag);
        text.map(|piece| template[at][piece.range].trim().len()).sum()
    };
    // The line that has most text in common says most.
    let mut lines: Vec<usize> = between.clone().filter(|at| !template[*at].trim().is_empty()).collect();
    lines.sort_by_key(|at| std::cmp::Reverse(texts(*at)));
    let sure = lines.iter().filter(|line| texts(**line) > 0 || lines.len() == 1);
    let aligned = sure.filter_map(|line| Some((*line, aligned(template[*line], compiled, at)?))).next();
    aligned.or_else(|| word(template, between, compiled, at))
}

/// The columns of the only tag in a line; of several none can be told.
pub fn only_tag(line: &str) -> Option<(usize, usize)> {
    let tags: Vec<Piece> = pieces(line).into_iter().filter(|piece| piece.is_tag).collect();
    match tags.as_slice() {
        [tag] => Some(columns(line, tag.range.clone())),
        _ => None,
    }
}

fn columns(line: &str, range: Range<usize>) -> (usize, usize) {
    (line[..range.start].chars().count() + 1, line[range].chars().count())
}

/// Splits a line at its tags; one that is not closed goes to the end of the line.
fn pieces(line: &str) -> Vec<Piece> {
    let mut found = vec![];
    let mut at = 0;
    while at < line.len() {
        let opened = ["{{", "{%", "{#"].iter().filter_map(|mark| line[at..].find(mark)).min();
        let start = opened.map_or(line.len(), |start| at + start);
        if start > at {
            found.push(Piece { range: at..start, is_tag: false });
        }
        if start == line.len() {
            break;
        }
        let close = match &line[start..start + 2] {
            "{{" => "}}",
            "{%" => "%}",
            _ => "#}",
        };
        let end = line[start..].find(close).map_or(line.len(), |end| start + end + 2);
        found.push(Piece { range: start..end, is_tag: true });
        at = end;
    }
    found
}

/// Lays the pieces of a template's line over a compiled line, and tells which one lies at byte `at`.
fn aligned(line: &str, compiled: &str, at: usize) -> Option<(usize, usize)> {
    let trimmed = line.trim();
    let shift = line.len() - line.trim_start().len();
    let pieces = pieces(trimmed);
    let start = compiled.len() - compiled.trim_start().len();
    let end = compiled.trim_end().len();
    let mut from = start;
    // Tags since the last text, and where what they made begins.
    let mut open: Option<(Range<usize>, usize)> = None;
    let mut answer = None;
    for (number, piece) in pieces.iter().enumerate() {
        let range = piece.range.start + shift..piece.range.end + shift;
        if piece.is_tag {
            open = match open {
                Some((tags, from)) => Some((tags.start..range.end, from)),
                None => Some((range, from)),
            };
            continue;
        }
        let text = &trimmed[piece.range.clone()];
        let rest = compiled.get(from..end)?;
        let found = match (&open, number + 1 == pieces.len()) {
            (None, _) => rest.starts_with(text).then_some(0),
            (Some(_), true) => rest.ends_with(text).then(|| rest.len() - text.len()),
            (Some(_), false) => rest.find(text),
        };
        let begin = from + found?;
        if let Some((tags, made_from)) = open.take()
            && (made_from..begin).contains(&at)
        {
            answer = Some(columns(line, tags));
        }
        if (begin..begin + text.len()).contains(&at) {
            let place = range.start + (at - begin);
            answer = Some((line.get(..place)?.chars().count() + 1, 0));
        }
        from = begin + text.len();
    }
    match open {
        Some((tags, made_from)) if (made_from..=end).contains(&at) => Some(columns(line, tags)),
        Some(_) => answer,
        None => answer.filter(|_| from == end),
    }
}

/// The word at byte `at` of the compiled line, when the template's lines have it just once.
fn word(
    template: &[&str],
    between: Range<usize>,
    compiled: &str,
    at: usize,
) -> Option<(usize, (usize, usize))> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let rest = compiled.get(at..)?;
    let word = &rest[..rest.find(|c: char| !is_word(c)).unwrap_or(rest.len())];
    if word.is_empty() {
        return None;
    }
    let mut places = between.flat_map(|number| {
        let line = template[number];
        line.match_indices(word)
            .filter(move |(start, _)| {
                !line[..*start].ends_with(is_word) && !line[start + word.len()..].starts_with(is_word)
            })
            .map(move |(start, _)| (number, columns(line, start..start + word.len())))
    });
    match (places.next(), places.next()) {
        (Some(place), None) => Some(place),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, compiled: &str, word: &str, expected: Option<&str>) {
        let column = compiled.find(word).map_or(1, |at| compiled[..at].chars().count() + 1);
        let found = find(&[line], 0..1, compiled, column)
            .map(|(_, (first, length))| line.chars().skip(first - 1).take(length.max(1)).collect::<String>());
        assert_eq!(found.as_deref(), expected, "{word} of {compiled}");
    }

    #[test]
    fn a_place_leads_to_its_piece() {
        check("from {{ ref('t') }} as x", "from \"db\".\"t\" as x", "db", Some("{{ ref('t') }}"));
        check("from {{ ref('t') }} as x", "from \"db\".\"t\" as x", "as", Some("a"));
        check("  {{ a }} + {{ b }} as é", "1 + nope as é", "nope", Some("{{ b }}"));
        check("{{ a }}{{ b }}", "nope", "nope", Some("{{ a }}{{ b }}"));
        check("{% if x %} nope {% endif %}", "other nope", "nope", Some("nope"));
        check("select {{ a }}, b", "something else", "else", None);
    }

    #[test]
    fn a_lone_tag_stands_for_its_line() {
        assert_eq!(only_tag("  x, {{ star() }} "), Some((6, 12)));
        assert_eq!(only_tag("{{ a }} {{ b }}"), None);
        assert_eq!(only_tag("plain"), None);
        assert_eq!(only_tag("{{ config("), Some((1, 10)));
    }
}
