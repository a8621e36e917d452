//! Python's code as text: strings, brackets and logical lines, as far as they can be told apart
//! without a parser.

use std::ops::Range;

/// What keeps the code from being read.
#[derive(Debug, PartialEq, Eq)]
pub struct Fault {
    pub message: String,
    pub at: usize,
}

/// A string in the code.
pub struct Text {
    /// Behind its closing quotes.
    pub end: usize,
    /// The expressions of an f-string.
    pub expressions: Vec<Range<usize>>,
}

/// A statement, or the head of one, over as many lines as it takes.
#[derive(Debug, PartialEq)]
pub struct Line {
    pub indent: usize,
    pub range: Range<usize>,
}

fn fault(message: impl Into<String>, at: usize) -> Fault {
    Fault { message: message.into(), at }
}

/// Where the line that `at` stands in ends.
fn line_end(code: &str, at: usize) -> usize {
    code[at..].find('\n').map_or(code.len(), |length| at + length)
}

/// The string that begins with the quote at `at`.
///
/// # Errors
/// It has no end.
pub fn text(code: &str, at: usize) -> Result<Text, Fault> {
    let rest = &code[at..];
    let quote = &rest[..1];
    let is_triple = rest.starts_with(&quote.repeat(3));
    let close = if is_triple { quote.repeat(3) } else { quote.to_string() };
    let formatted = is_formatted(code, at);
    let mut found = Text { end: at + close.len(), expressions: vec![] };
    while let Some(c) = code[found.end..].chars().next() {
        match c {
            '\\' => found.end += 1 + code[found.end + 1..].chars().next().map_or(0, char::len_utf8),
            '\n' if !is_triple => break,
            '{' if formatted => {
                let end = matching(code, found.end, false)?;
                found.expressions.push(found.end + 1..end - 1);
                found.end = end;
            }
            _ if code[found.end..].starts_with(&close) => {
                found.end += close.len();
                return Ok(found);
            }
            c => found.end += c.len_utf8(),
        }
    }
    let kind = if is_triple { "triple-quoted string" } else { "string" };
    Err(fault(format!("unterminated {kind} literal"), at))
}

/// Whether the quote at `at` begins an f-string.
fn is_formatted(code: &str, at: usize) -> bool {
    let name = |c: char| c.is_alphanumeric() || c == '_';
    let start = code[..at]
        .rfind(|c| !name(c))
        .map_or(0, |found| found + code[found..].chars().next().map_or(1, char::len_utf8));
    let prefix = &code[start..at];
    prefix.len() <= 2 && prefix.contains(['f', 'F', 't', 'T'])
}

/// Behind the bracket that closes the one at `at`.
///
/// # Errors
/// Brackets that do not match, a string without an end.
pub fn closing(code: &str, at: usize) -> Result<usize, Fault> {
    matching(code, at, true)
}

/// As [`closing`]; `comments`: there may be some, which is not so inside of an f-string.
fn matching(code: &str, at: usize, comments: bool) -> Result<usize, Fault> {
    let mut open: Vec<(char, usize)> = vec![];
    let mut place = at;
    while let Some(c) = code[place..].chars().next() {
        match c {
            '#' if comments => {
                place = line_end(code, place);
                continue;
            }
            '\'' | '"' => {
                place = text(code, place)?.end;
                continue;
            }
            '(' | '[' | '{' => open.push((c, place)),
            ')' | ']' | '}' => {
                close(&mut open, c, place)?;
                if open.is_empty() {
                    return Ok(place + 1);
                }
            }
            _ => {}
        }
        place += c.len_utf8();
    }
    let (bracket, place) = open.first().copied().unwrap_or(('(', at));
    Err(fault(format!("'{bracket}' was never closed"), place))
}

fn close(open: &mut Vec<(char, usize)>, bracket: char, at: usize) -> Result<(), Fault> {
    let partner = match bracket {
        ')' => '(',
        ']' => '[',
        _ => '{',
    };
    match open.pop() {
        Some((opening, _)) if opening == partner => Ok(()),
        Some((opening, _)) => Err(fault(
            format!("closing parenthesis '{bracket}' does not match opening parenthesis '{opening}'"),
            at,
        )),
        None => Err(fault(format!("unmatched '{bracket}'"), at)),
    }
}

/// The parts of a text between separators that stand outside of brackets, strings and comments.
pub fn parts(list: &str, separator: char) -> Vec<&str> {
    let mut parts = vec![];
    let (mut start, mut at) = (0, 0);
    while let Some(c) = list[at..].chars().next() {
        at = match c {
            '\'' | '"' => text(list, at).map_or(list.len(), |text| text.end),
            '(' | '[' | '{' => closing(list, at).unwrap_or(list.len()),
            '#' => line_end(list, at),
            c => {
                let next = at + c.len_utf8();
                if c == separator {
                    parts.push(&list[start..at]);
                    start = next;
                }
                next
            }
        };
    }
    parts.push(&list[start..]);
    parts
}

/// The logical lines of the code; those that are blank or comments are left out.
///
/// # Errors
/// As [`closing`].
pub fn lines(code: &str) -> Result<Vec<Line>, Fault> {
    let mut lines = vec![];
    let mut at = 0;
    while at < code.len() {
        let physical = &code[at..line_end(code, at)];
        let content = physical.trim_start();
        if content.is_empty() || content.starts_with('#') {
            at += physical.len() + 1;
            continue;
        }
        let blanks = &physical[..physical.len() - content.len()];
        let indent = blanks.chars().fold(0, |width, c| if c == '\t' { width / 8 * 8 + 8 } else { width + 1 });
        let start = at + blanks.len();
        let end = statement_end(code, start)?;
        lines.push(Line { indent, range: start..end });
        at = line_end(code, end) + 1;
    }
    Ok(lines)
}

/// The line break or comment that ends the statement, or the end of the code.
fn statement_end(code: &str, start: usize) -> Result<usize, Fault> {
    let mut at = start;
    while let Some(c) = code[at..].chars().next() {
        match c {
            '\n' | '#' => return Ok(at),
            '\\' => at += 1 + code[at + 1..].chars().next().map_or(0, char::len_utf8),
            '\'' | '"' => at = text(code, at)?.end,
            '(' | '[' | '{' => at = closing(code, at)?,
            ')' | ']' | '}' => return Err(fault(format!("unmatched '{c}'"), at)),
            c => at += c.len_utf8(),
        }
    }
    Ok(code.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(code: &str) -> Vec<(usize, &str)> {
        let lines = lines(code).expect("lines");
        lines.into_iter().map(|line| (line.indent, &code[line.range])).collect()
    }

    #[test]
    fn lines_go_on_where_brackets_and_strings_do() {
        let code = "a = (1, # one\n  2)\nif a: # why\n\tb = '''x\ny''' \\\n + 'it\\'s'\n\n# end\n";
        let expected = [(0, "a = (1, # one\n  2)"), (0, "if a: "), (8, "b = '''x\ny''' \\\n + 'it\\'s'")];
        assert_eq!(read(code), expected);
        let code = "f\"{d['#']:#x} {x[\"a\"]}\" # c";
        assert_eq!(read(code), [(0, code.trim_end_matches("# c"))]);
    }

    #[test]
    fn faults_have_their_place() {
        let found = |code: &str| lines(code).map(|_| ()).expect_err("a fault");
        assert_eq!(found("x = (1,\n"), fault("'(' was never closed", 4));
        assert_eq!(
            found("x = [1)"),
            fault("closing parenthesis ')' does not match opening parenthesis '['", 6)
        );
        assert_eq!(found("x = 'a\ny"), fault("unterminated string literal", 4));
        assert_eq!(found("x)"), fault("unmatched ')'", 1));
    }

    #[test]
    fn expressions_of_f_strings_are_found() {
        let code = "f'a {dbt.ref(\"x\")} b'";
        let found = text(code, 1).expect("a string");
        let expressions: Vec<&str> = found.expressions.into_iter().map(|range| &code[range]).collect();
        assert_eq!(expressions, ["dbt.ref(\"x\")"]);
        assert!(text("'a {b}'", 0).expect("a string").expressions.is_empty());
    }
}
