//! Escapes in string literals, as Python's `unicode-escape` codec reads them.

/// Decodes the inside of a string literal. Unknown escapes keep their backslash.
///
/// # Errors
/// The wording of Python's codec, for a truncated or impossible escape.
pub(crate) fn unescape(text: &str) -> Result<String, String> {
    if !text.contains('\\') {
        return Ok(text.to_string());
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let Some(kind) = after.chars().next() else { return Err("\\ at end of string".into()) };
        rest = &after[kind.len_utf8()..];
        let simple = match kind {
            '\n' => None,
            'a' => Some('\x07'),
            'b' => Some('\x08'),
            'f' => Some('\x0c'),
            'n' => Some('\n'),
            'r' => Some('\r'),
            't' => Some('\t'),
            'v' => Some('\x0b'),
            '\\' | '\'' | '"' => Some(kind),
            'x' => Some(hex(&mut rest, 2, "truncated \\xXX escape")?),
            'u' => Some(hex(&mut rest, 4, "truncated \\uXXXX escape")?),
            'U' => Some(hex(&mut rest, 8, "truncated \\UXXXXXXXX escape")?),
            '0'..='7' => Some(octal(kind, &mut rest)),
            _ => {
                out.push('\\');
                Some(kind)
            }
        };
        out.extend(simple);
    }
    out.push_str(rest);
    Ok(out)
}

fn hex(rest: &mut &str, count: usize, truncated: &str) -> Result<char, String> {
    let digits = rest.get(..count).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let digits = digits.ok_or(truncated)?;
    *rest = &rest[count..];
    let code = u32::from_str_radix(digits, 16).map_err(|_| truncated)?;
    // Lone surrogates have no place in UTF-8.
    if (0xD800..0xE000).contains(&code) {
        return Ok('\u{fffd}');
    }
    char::from_u32(code).ok_or_else(|| "illegal Unicode character".to_string())
}

fn octal(first: char, rest: &mut &str) -> char {
    let mut code = first as u32 - '0' as u32;
    for _ in 0..2 {
        match rest.chars().next() {
            Some(digit @ '0'..='7') => {
                code = code * 8 + (digit as u32 - '0' as u32);
                *rest = &rest[1..];
            }
            _ => break,
        }
    }
    char::from_u32(code).unwrap_or('\u{fffd}')
}
