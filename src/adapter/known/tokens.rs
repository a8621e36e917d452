//! Words, quoted names and punctuation of SQL text; comments and blanks are left out.

/// A piece of SQL.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Token<'s> {
    /// A name or keyword as it stands.
    Word(&'s str),
    /// A name without its quotes.
    Quoted(&'s str),
    /// A text or number.
    Literal,
    Mark(char),
}

impl<'s> Token<'s> {
    /// The name that a column or relation may have.
    pub fn name(self) -> Option<&'s str> {
        match self {
            Token::Word(name) | Token::Quoted(name) => Some(name),
            _ => None,
        }
    }

    pub fn is(self, keyword: &str) -> bool {
        matches!(self, Token::Word(word) if word.eq_ignore_ascii_case(keyword))
    }

    pub fn is_one_of(self, keywords: &[&str]) -> bool {
        keywords.iter().any(|keyword| self.is(keyword))
    }
}

/// Splits the text; none when a quote or comment does not end.
pub fn tokens(sql: &str) -> Option<Vec<Token<'_>>> {
    let mut found = vec![];
    let mut at = 0;
    while let Some(first) = sql[at..].chars().next() {
        let rest = &sql[at..];
        let (token, length) = match first {
            '-' if rest.starts_with("--") => (None, rest.find('\n').unwrap_or(rest.len())),
            '/' if rest.starts_with("/*") => (None, rest.find("*/")? + 2),
            '\'' => (Some(Token::Literal), closed(rest, '\'')?),
            '"' | '`' => {
                let length = closed(rest, first)?;
                (Some(Token::Quoted(&rest[1..length - 1])), length)
            }
            _ if first.is_whitespace() => (None, first.len_utf8()),
            _ if first.is_ascii_digit() => {
                let is_part = |c: char| c.is_ascii_alphanumeric() || c == '.';
                (Some(Token::Literal), rest.find(|c| !is_part(c)).unwrap_or(rest.len()))
            }
            _ if first.is_alphabetic() || first == '_' => {
                let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
                let length = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
                (Some(Token::Word(&rest[..length])), length)
            }
            mark => (Some(Token::Mark(mark)), mark.len_utf8()),
        };
        found.extend(token);
        at += length;
    }
    Some(found)
}

/// Length of the quoted text at the start; a doubled or escaped quote stays inside.
fn closed(text: &str, quote: char) -> Option<usize> {
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c == '\\' && quote == '\'' && chars.peek().is_some_and(|(_, next)| *next == quote) {
            // Where a backslash escapes nothing the text ends here, and one more quote follows or does not.
            let after = text[at + 2..].trim_start();
            if !after.starts_with([',', ')']) && !after.is_empty() {
                chars.next();
            }
        } else if c == quote {
            if chars.peek().is_none_or(|(_, next)| *next != quote) {
                return Some(at + 1);
            }
            chars.next();
        }
    }
    None
}
