//! From a place in compiled SQL back to the line of the template that made it.
//!
//! Made only when something went wrong: lines that stand unchanged on both sides are matched up, and
//! what lies between two matched lines belongs to what lies between them on the other side.

use super::narrow;

/// A one-based line of the template, and the first column and the number of characters where that is known:
/// no characters stand for a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub line: usize,
    pub columns: Option<(usize, usize)>,
}

/// Beyond this many lines matching would take too long for what it gives.
const MAX_LINES: usize = 4_000;

/// Where the one-based `line` and `column` of `compiled` come from in `template`.
///
/// Within a piece that no line connects, the first line that is not blank stands for all.
pub fn origin(template: &str, compiled: &str, line: usize, column: usize) -> Option<Place> {
    let (from, to): (Vec<&str>, Vec<&str>) = (compiled.lines().collect(), template.lines().collect());
    if from.len() > MAX_LINES || to.len() > MAX_LINES {
        return None;
    }
    let wanted = line.checked_sub(1).filter(|wanted| *wanted < from.len())?;
    let matches = matched(&from, &to);
    if let Some((own, theirs)) = matches.iter().find(|(own, _)| *own == wanted) {
        // Indentation may differ: columns count from the first character that shows.
        let indent = |text: &str| text.chars().take_while(|c| c.is_whitespace()).count();
        let shifted = (column + indent(to[*theirs])).checked_sub(indent(from[*own]));
        let columns = shifted.filter(|column| *column > 0).map(|column| (column, 0));
        return Some(Place { line: theirs + 1, columns });
    }
    let before = matches.iter().rev().find(|(own, _)| *own < wanted).map_or(0, |(_, theirs)| theirs + 1);
    let after = matches.iter().find(|(own, _)| *own > wanted).map_or(to.len(), |(_, theirs)| *theirs);
    let between = before..after.max(before);
    let place = |at: usize, columns| Place { line: at + 1, columns };
    if let Some((at, columns)) = narrow::find(&to, between.clone(), from[wanted], column) {
        return Some(place(at, Some(columns)));
    }
    let inside = between
        .clone()
        .find(|at| is_template(to[*at]))
        .or_else(|| between.clone().find(|at| !to[*at].trim().is_empty()));
    let at = inside.unwrap_or_else(|| before.saturating_sub(1));
    Some(place(at, to.get(at).and_then(|line| narrow::only_tag(line))))
}

fn is_template(line: &str) -> bool {
    line.contains("{{") || line.contains("{%")
}

/// Pairs of equal lines, in order on both sides: a longest common subsequence over lines that say
/// something.
fn matched(from: &[&str], to: &[&str]) -> Vec<(usize, usize)> {
    let says = |lines: &[&str]| -> Vec<usize> {
        (0..lines.len()).filter(|at| lines[*at].chars().any(char::is_alphanumeric)).collect()
    };
    let (rows, columns) = (says(from), says(to));
    let width = columns.len() + 1;
    let mut lengths = vec![0_u16; (rows.len() + 1) * width];
    for (i, row) in rows.iter().enumerate().rev() {
        for (j, column) in columns.iter().enumerate().rev() {
            lengths[i * width + j] = if from[*row].trim() == to[*column].trim() {
                lengths[(i + 1) * width + j + 1] + 1
            } else {
                lengths[(i + 1) * width + j].max(lengths[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut pairs = vec![];
    while i < rows.len() && j < columns.len() {
        if from[rows[i]].trim() == to[columns[j]].trim() {
            pairs.push((rows[i], columns[j]));
            (i, j) = (i + 1, j + 1);
        } else if lengths[(i + 1) * width + j] >= lengths[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = "{{ config(materialized='table') }}\n\nselect\n    a,\n{% for x in ['p', 'q'] %}\n    {{ x }} as {{ x }}_x,\n{% endfor %}\n    b\nfrom {{ ref('t') }}\nwhere c";
    const COMPILED: &str =
        "\n\nselect\n  a,\n\n    p as p_x,\n\n    q as q_x,\n\n    b\nfrom \"db\".\"main\".\"t\"\nwhere c";

    fn place(line: usize, column: usize) -> Option<(usize, Option<(usize, usize)>)> {
        origin(TEMPLATE, COMPILED, line, column).map(|place| (place.line, place.columns))
    }

    #[test]
    fn finds_the_line_that_made_a_line() {
        assert_eq!(place(4, 3), Some((4, Some((5, 0)))), "indented otherwise");
        assert_eq!(place(12, 7), Some((10, Some((7, 0)))), "unchanged");
        assert_eq!(place(6, 5), Some((6, Some((5, 7)))), "made by an expression in a loop");
        assert_eq!(place(8, 10), Some((6, Some((16, 7)))), "made by the second expression");
        assert_eq!(place(11, 6), Some((9, Some((6, 14)))), "made by a ref");
        assert_eq!(place(11, 1), Some((9, Some((1, 0)))), "text beside a ref");
        assert_eq!(place(99, 1), None);
    }
}
