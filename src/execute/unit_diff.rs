//! How the rows of a model differ from those that a unit test expects, as a table for people.
//!
//! The form is that of daff, which dbt uses: `→` a row with changed cells, `+++` one too many, `---`
//! one that is missing, `...` rows left out. <https://github.com/paulfitz/daff>

use std::cmp::Ordering;

use crate::adapter::{Cell, Table};
use crate::jinja::context::agate::compare_cells;

/// Unchanged rows shown on either side of a change.
const CONTEXT: usize = 1;

enum Line {
    Same(Vec<Cell>),
    Changed(Vec<Cell>, Vec<Cell>),
    TooMuch(Vec<Cell>),
    Missing(Vec<Cell>),
}

/// The difference; none when both have the same rows, whatever their order.
pub fn difference(expected: &Table, actual: &Table) -> Option<String> {
    let (wanted, found) = (sorted(expected), sorted(actual));
    let lines = aligned(wanted, found);
    if lines.iter().all(|line| matches!(line, Line::Same(_))) {
        return None;
    }
    Some(printed(expected, &lines))
}

fn sorted(table: &Table) -> Vec<Vec<Cell>> {
    let mut rows: Vec<Vec<Cell>> = table.rows().collect();
    rows.sort_by(|a, b| compare_rows(a, b));
    rows
}

fn compare_rows(a: &[Cell], b: &[Cell]) -> Ordering {
    a.iter().zip(b).map(|(a, b)| compare_cells(a, b)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

/// Pairs equal rows first, then rows that share cells which no other row has, the most alike first.
fn aligned(wanted: Vec<Vec<Cell>>, found: Vec<Vec<Cell>>) -> Vec<Line> {
    let mut partner: Vec<Option<usize>> = vec![None; wanted.len()];
    let mut taken = vec![false; found.len()];
    let mut at = 0;
    for (row, partner) in wanted.iter().zip(&mut partner) {
        while at < found.len() && compare_rows(&found[at], row) == Ordering::Less {
            at += 1;
        }
        if at < found.len() && compare_rows(&found[at], row) == Ordering::Equal {
            *partner = Some(at);
            taken[at] = true;
            at += 1;
        }
    }
    pair_alike(&wanted, &found, &mut partner, &mut taken);
    let mut lines = vec![];
    let mut extra = (0..found.len()).filter(|at| !taken[*at]).peekable();
    for (row, partner) in wanted.into_iter().zip(partner) {
        while let Some(at) = extra.next_if(|at| compare_rows(&found[*at], &row) == Ordering::Less) {
            lines.push(Line::TooMuch(found[at].clone()));
        }
        lines.push(match partner {
            None => Line::Missing(row),
            Some(at) if compare_rows(&found[at], &row) == Ordering::Equal => Line::Same(row),
            Some(at) => Line::Changed(row, found[at].clone()),
        });
    }
    lines.extend(extra.map(|at| Line::TooMuch(found[at].clone())));
    let is_whole = |line: &Line| matches!(line, Line::Same(_) | Line::Changed(..));
    for block in lines.chunk_by_mut(|a, b| !is_whole(a) && !is_whole(b)) {
        block.sort_by_key(|line| matches!(line, Line::Missing(_)));
    }
    lines
}

/// Beyond this many pairs looking for the most alike takes longer than it is worth.
const MAX_PAIRS: usize = 250_000;

fn pair_alike(wanted: &[Vec<Cell>], found: &[Vec<Cell>], partner: &mut [Option<usize>], taken: &mut [bool]) {
    let free: Vec<usize> = (0..found.len()).filter(|at| !taken[*at]).collect();
    let open: Vec<usize> = (0..wanted.len()).filter(|at| partner[*at].is_none()).collect();
    if free.len() * open.len() > MAX_PAIRS {
        return;
    }
    let alike = |a: &[Cell], b: &[Cell]| {
        a.iter().zip(b).filter(|(a, b)| !a.is_null() && compare_cells(a, b) == Ordering::Equal).count()
    };
    let mut pairs: Vec<(usize, usize, usize)> = vec![];
    for row in &open {
        for other in &free {
            let score = alike(&wanted[*row], &found[*other]);
            if score > 0 {
                pairs.push((usize::MAX - score, *row, *other));
            }
        }
    }
    pairs.sort_unstable();
    // Rows are known by what they share when nothing else has it.
    let are_known = |row: usize, other: usize| {
        let shared = |column: usize| {
            !wanted[row][column].is_null()
                && compare_cells(&wanted[row][column], &found[other][column]) == Ordering::Equal
        };
        let columns: Vec<usize> = (0..wanted[row].len()).filter(|column| shared(*column)).collect();
        let like = |rows: &[Vec<Cell>]| {
            let is_like = |cells: &&Vec<Cell>| {
                columns.iter().all(|at| compare_cells(&cells[*at], &wanted[row][*at]) == Ordering::Equal)
            };
            rows.iter().filter(is_like).take(2).count()
        };
        like(wanted) == 1 && like(found) == 1
    };
    for (_, row, other) in pairs {
        if partner[row].is_none() && !taken[other] && are_known(row, other) {
            partner[row] = Some(other);
            taken[other] = true;
        }
    }
}

fn printed(table: &Table, lines: &[Line]) -> String {
    let header: Vec<String> = table.column_names().iter().map(|name| name.to_string()).collect();
    let mut rows = vec![("@@".to_string(), header.clone())];
    let near = |at: usize| {
        let (from, to) = (at.saturating_sub(CONTEXT), (at + CONTEXT + 1).min(lines.len()));
        lines[from..to].iter().any(|line| !matches!(line, Line::Same(_)))
    };
    let mut gap = false;
    for (at, line) in lines.iter().enumerate() {
        if !near(at) {
            gap = true;
            continue;
        }
        if std::mem::take(&mut gap) {
            rows.push(("...".into(), vec!["...".into(); header.len()]));
        }
        rows.push(match line {
            Line::Same(row) => (String::new(), row.iter().map(text).collect()),
            Line::TooMuch(row) => ("+++".into(), row.iter().map(plain).collect()),
            Line::Missing(row) => ("---".into(), row.iter().map(plain).collect()),
            Line::Changed(wanted, found) => {
                let cells =
                    wanted.iter().zip(found).map(|(wanted, found)| match compare_cells(wanted, found) {
                        Ordering::Equal => text(wanted),
                        _ => format!("{}→{}", text(wanted), text(found)),
                    });
                ("→".into(), cells.collect())
            }
        });
    }
    if gap {
        rows.push(("...".into(), vec!["...".into(); header.len()]));
    }
    let rows: Vec<Vec<String>> =
        rows.into_iter().map(|(mark, cells)| std::iter::once(mark).chain(cells).collect()).collect();
    grid(&rows)
}

/// A cell of a row that both have, where `NULL` is more than the word.
fn text(cell: &Cell) -> String {
    if cell.is_null() { "NULL".into() } else { cell.py_str() }
}

/// A cell of a row that one of them has.
fn plain(cell: &Cell) -> String {
    if cell.is_null() { "null".into() } else { cell.py_str() }
}

/// Columns of one width each; the last is left as it is.
fn grid(rows: &[Vec<String>]) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let columns = rows.first().map_or(0, Vec::len);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut out = String::new();
    for row in rows {
        for (column, cell) in row.iter().enumerate() {
            if column + 1 == columns {
                out.push_str(cell);
            } else {
                let pad = widths[column] - cell.chars().count();
                out.push_str(&format!("{cell}{},", " ".repeat(pad)));
            }
        }
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[(i64, Option<&str>)]) -> Table {
        let rows = rows.iter().map(|(id, name)| vec![Cell::Int(*id), name.map_or(Cell::Null, Cell::str)]);
        Table::from_rows(vec!["id".into(), "name".into()], rows.collect())
    }

    fn diff(expected: &[(i64, Option<&str>)], actual: &[(i64, Option<&str>)]) -> String {
        difference(&table(expected), &table(actual)).unwrap_or_default()
    }

    /// Expectations come from daff.
    #[test]
    fn looks_like_daff() {
        let (a, b, c) = ((1, Some("a")), (2, Some("b")), (3, Some("c")));
        assert_eq!(diff(&[a, b], &[b, a]), "");
        assert_eq!(diff(&[a, b, c], &[a, (2, Some("x")), c]), "@@,id,name\n  ,1 ,a\n→ ,2 ,b→x\n  ,3 ,c\n");
        assert_eq!(diff(&[a, b], &[a]), "@@ ,id,name\n   ,1 ,a\n---,2 ,b\n");
        assert_eq!(diff(&[a], &[a, b]), "@@ ,id,name\n   ,1 ,a\n+++,2 ,b\n");
        assert_eq!(diff(&[a, a], &[a]), "@@ ,id,name\n   ,1 ,a\n---,1 ,a\n");
        assert_eq!(diff(&[(1, None)], &[a]), "@@,id,name\n→ ,1 ,NULL→a\n");
        assert_eq!(diff(&[a, (2, None)], &[a]), "@@ ,id,name\n   ,1 ,a\n---,2 ,null\n");
        let (same, other) = ((2, Some("a")), (9, Some("a")));
        assert_eq!(diff(&[a, same], &[a, other]), "@@ ,id,name\n   ,1 ,a\n+++,9 ,a\n---,2 ,a\n");
        assert_eq!(diff(&[same], &[other]), "@@,id ,name\n→ ,2→9,a\n");
        let many = [a, b, c, (4, Some("d")), (5, Some("e")), (6, Some("f"))];
        let mut other = many;
        other[5] = (6, Some("z"));
        assert_eq!(diff(&many, &other), "@@ ,id ,name\n...,...,...\n   ,5  ,e\n→  ,6  ,f→z\n");
    }
}
