//! Just enough reading of SQL text to send it: whether it says anything, and where statements end.

/// Calls `visit` with the byte index of every character outside quotes and comments; stops early
/// when it returns false.
fn scan_code(sql: &str, mut visit: impl FnMut(usize, char) -> bool) {
    let bytes = sql.as_bytes();
    let mut at = 0;
    while at < sql.len() {
        let rest = &sql[at..];
        let skip = match bytes[at] {
            b'-' if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
            b'/' if rest.starts_with("/*") => block_comment(rest),
            quote @ (b'\'' | b'"' | b'`') => {
                if !visit(at, quote as char) {
                    return;
                }
                quoted(rest, quote as char)
            }
            b'$' => dollar_quoted(rest),
            _ => 0,
        };
        if skip > 0 {
            at += skip;
            continue;
        }
        let Some(c) = rest.chars().next() else { return };
        if !visit(at, c) {
            return;
        }
        at += c.len_utf8();
    }
}

/// Length of the (nesting) block comment at the start.
fn block_comment(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut depth, mut at) = (0, 0);
    while at < bytes.len() {
        if bytes[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if bytes[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    text.len()
}

/// Length of the quoted text at the start; doubled quotes stay inside.
fn quoted(text: &str, quote: char) -> usize {
    text[1..].find(quote).map_or(text.len(), |end| end + 2)
}

/// Length of the `$tag$ … $tag$` text at the start, zero when it is none.
fn dollar_quoted(text: &str) -> usize {
    let Some(end) = text[1..].find('$') else { return 0 };
    let tag = &text[..end + 2];
    let name = &tag[1..tag.len() - 1];
    if name.starts_with(|c: char| c.is_ascii_digit())
        || !name.chars().all(|c| c.is_alphanumeric() || c == '_')
    {
        return 0;
    }
    text[tag.len()..].find(tag).map_or(text.len(), |at| at + 2 * tag.len())
}

/// Whether the text holds anything but blanks, comments and semicolons.
pub(super) fn has_statement(sql: &str) -> bool {
    let mut found = false;
    scan_code(sql, |_, c| {
        found = !(c.is_whitespace() || c == ';');
        !found
    });
    found
}

/// Whether the statement is COMMIT and nothing more.
pub(super) fn ends_transaction(sql: &str) -> bool {
    matches!(words(sql, 2)[..], [word] if word.eq_ignore_ascii_case("commit"))
}

/// The first words of a statement, comments and punctuation left out.
pub(super) fn words(sql: &str, count: usize) -> Vec<&str> {
    let mut words: Vec<(usize, usize)> = vec![];
    let mut open = false;
    scan_code(sql, |at, c| {
        let is_word = c.is_alphanumeric() || c == '_';
        let full = words.len() == count;
        match words.last_mut() {
            Some((_, end)) if is_word && open && *end == at => *end = at + c.len_utf8(),
            _ if is_word && full => return false,
            _ if is_word => words.push((at, at + c.len_utf8())),
            _ => {}
        }
        open = is_word;
        true
    });
    words.into_iter().map(|(start, end)| &sql[start..end]).collect()
}

/// The statements of a text, without their semicolons; those that say nothing are left out.
pub fn statements(sql: &str) -> Vec<&str> {
    let mut parts = vec![];
    let mut start = 0;
    scan_code(sql, |at, c| {
        if c == ';' {
            parts.push(&sql[start..at]);
            start = at + 1;
        }
        true
    });
    parts.push(&sql[start..]);
    parts.retain(|part| has_statement(part));
    parts
}

/// Puts texts in place of each `%s` outside quotes, in order.
pub(super) fn fill(sql: &str, texts: &[String]) -> String {
    replaced(sql, &mut |count| texts.get(count).cloned())
}

/// Replaces each `%s` outside quotes by what `text` gives for its number, from zero.
fn replaced(sql: &str, text: &mut dyn FnMut(usize) -> Option<String>) -> String {
    let mut out = String::with_capacity(sql.len());
    let mut copied = 0;
    let mut places = vec![];
    scan_code(sql, |at, c| {
        if c == '%' && sql[at..].starts_with("%s") {
            places.push(at);
        }
        true
    });
    for (count, at) in places.into_iter().enumerate() {
        let Some(text) = text(count) else { break };
        out.push_str(&sql[copied..at]);
        out += &text;
        copied = at + 2;
    }
    out + &sql[copied..]
}
