//! Where in the statement a warehouse's error message points.

use super::error::Position;

/// The place that `message` names in `sql`, in any of the forms that warehouses use:
/// `LINE 3: … ^` (DuckDB, PostgreSQL), `line 3 at position 4` (Snowflake), `[3:4]` (BigQuery),
/// `line 3, pos 4` (Spark).
pub(super) fn find(message: &str, sql: &str) -> Option<Position> {
    caret(message, sql).or_else(|| words(message))
}

fn caret(message: &str, sql: &str) -> Option<Position> {
    let mut lines = message.lines();
    let excerpt = lines.find(|line| line.starts_with("LINE "))?;
    let (number, shown) = excerpt.strip_prefix("LINE ")?.split_once(": ")?;
    let line: usize = number.parse().ok()?;
    let prefix = excerpt.len() - shown.len();
    let pointer = lines.next().filter(|line| line.trim() == "^")?;
    // The caret stands below a character of the excerpt.
    let offset = pointer.chars().count().checked_sub(1)?.checked_sub(prefix)?;
    let column = match shown.strip_prefix("...") {
        None => offset + 1,
        Some(cut) => {
            let cut = cut.strip_suffix("...").unwrap_or(cut);
            let text = sql.lines().nth(line.checked_sub(1)?)?;
            let start = text.find(cut)?;
            text[..start].chars().count() + offset.checked_sub(3)? + 1
        }
    };
    Some(Position { line, column })
}

fn words(message: &str) -> Option<Position> {
    let after = |mark: &str, text: &str| Some(text.split_once(mark)?.1.to_string());
    let number =
        |text: &str| text.trim_start().split(|c: char| !c.is_ascii_digit()).next()?.parse::<usize>().ok();
    if let Some(rest) = after("error line ", message) {
        let column = number(&after(" at position ", &rest)?)?;
        return Some(Position { line: number(&rest)?, column: column + 1 });
    }
    if let Some(rest) = after("at [", message)
        && let Some((line, column)) = rest.split_once(']')?.0.split_once(':')
    {
        return Some(Position { line: line.parse().ok()?, column: column.parse().ok()? });
    }
    let rest = after("(line ", message)?;
    Some(Position { line: number(&rest)?, column: number(&after(", pos ", &rest)?)? + 1 })
}
