//! Python's regular expressions spelled for `fancy_regex`.

use super::super::super::error::{R, Raise};

/// Flags of `re`.
pub(super) const IGNORECASE: u32 = 2;
pub(super) const MULTILINE: u32 = 8;
pub(super) const DOTALL: u32 = 16;
pub(super) const UNICODE: u32 = 32;
pub(super) const VERBOSE: u32 = 64;
pub(super) const ASCII: u32 = 256;

struct Translator<'p> {
    rest: std::iter::Peekable<std::str::Chars<'p>>,
    out: String,
    flags: u32,
}

/// The expression and the flags that hold for all of it, global inline flags included.
pub(super) fn translate(pattern: &str, flags: u32) -> R<(String, u32)> {
    let (pattern, inline) = global_flags(pattern);
    let flags = flags | inline;
    let mut translator = Translator { rest: pattern.chars().peekable(), out: String::new(), flags };
    translator.run()?;
    let mut prefix = String::new();
    for (flag, letter) in [(IGNORECASE, 'i'), (DOTALL, 's'), (VERBOSE, 'x')] {
        if flags & flag != 0 {
            prefix.push(letter);
        }
    }
    let body = if prefix.is_empty() { translator.out } else { format!("(?{prefix}:{})", translator.out) };
    Ok((body, flags))
}

/// `(?im)` at the start holds for the whole expression.
fn global_flags(pattern: &str) -> (&str, u32) {
    let inline = pattern.strip_prefix("(?").and_then(|rest| rest.split_once(')'));
    let Some((letters, rest)) = inline else { return (pattern, 0) };
    let mut flags = 0;
    for letter in letters.chars() {
        flags |= match letter {
            'i' => IGNORECASE,
            'm' => MULTILINE,
            's' => DOTALL,
            'x' => VERBOSE,
            'a' => ASCII,
            'u' => UNICODE,
            _ => return (pattern, 0),
        };
    }
    (rest, flags)
}

impl Translator<'_> {
    fn has(&self, flag: u32) -> bool {
        self.flags & flag != 0
    }

    fn run(&mut self) -> R<()> {
        while let Some(c) = self.rest.next() {
            match c {
                '\\' => self.escape(false)?,
                '[' => self.class()?,
                '$' if self.has(MULTILINE) => self.out.push_str("(?m:$)"),
                '$' => self.out.push_str(r"(?=\n?\z)"),
                '^' if self.has(MULTILINE) => self.out.push_str("(?m:^)"),
                '^' => self.out.push_str(r"\A"),
                '{' => self.brace(),
                '}' => self.out.push_str(r"\}"),
                '(' => self.group(),
                '#' if self.has(VERBOSE) => while self.rest.next_if(|c| *c != '\n').is_some() {},
                c => self.out.push(c),
            }
        }
        Ok(())
    }

    /// A count such as `{2,3}`, or a brace that stands for itself.
    fn brace(&mut self) {
        let ahead: String = self.rest.clone().take_while(|c| *c != '}').collect();
        let closed = self.rest.clone().any(|c| c == '}');
        let (low, high) = ahead.split_once(',').unwrap_or((&ahead, "0"));
        let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let counts = closed && number(low) && number(high) && !ahead.is_empty() && ahead != ",";
        if !counts || self.out.is_empty() {
            self.out.push_str(r"\{");
            return;
        }
        self.rest.nth(ahead.chars().count());
        let low = if low.is_empty() { "0" } else { low };
        let count = match ahead.split_once(',') {
            Some((_, high)) => format!("{{{low},{high}}}"),
            None => format!("{{{low}}}"),
        };
        self.out.push_str(&count);
    }

    fn group(&mut self) {
        self.out.push('(');
        if self.rest.next_if_eq(&'?').is_none() {
            return;
        }
        if self.rest.peek() == Some(&'#') {
            // A remark.
            for c in self.rest.by_ref() {
                if c == ')' {
                    break;
                }
            }
            self.out.push_str("?:)");
            return;
        }
        self.out.push('?');
    }

    fn escape(&mut self, in_class: bool) -> R<()> {
        let Some(c) = self.rest.next() else {
            return Err(Raise::value_error("bad escape (end of pattern)"));
        };
        let ascii = self.has(ASCII);
        match c {
            'Z' if !in_class => self.out.push_str(r"\z"),
            'd' | 'w' | 's' if ascii => {
                let class = match c {
                    'd' => "0-9",
                    'w' => "a-zA-Z0-9_",
                    _ => r" \t\n\r\x0c\x0b",
                };
                self.out.push_str(&if in_class { class.to_string() } else { format!("[{class}]") });
            }
            'D' | 'W' | 'S' if ascii && !in_class => {
                let class = match c {
                    'D' => "0-9",
                    'W' => "a-zA-Z0-9_",
                    _ => r" \t\n\r\x0c\x0b",
                };
                self.out.push_str(&format!("[^{class}]"));
            }
            'b' if in_class => self.out.push_str(r"\x08"),
            'A' | 'b' | 'B' | 'd' | 'D' | 's' | 'S' | 'w' | 'W' | 'n' | 'r' | 't' | 'f' | 'v' | 'a' => {
                self.out.push('\\');
                self.out.push(c);
            }
            'x' | 'u' | 'U' => self.code(c)?,
            '0' => {
                let mut code = 0;
                for _ in 0..2 {
                    match self.rest.next_if(|c| ('0'..='7').contains(c)) {
                        Some(digit) => code = code * 8 + digit.to_digit(8).unwrap_or(0),
                        None => break,
                    }
                }
                self.out.push_str(&format!("\\x{{{code:x}}}"));
            }
            '1'..='9' if !in_class => {
                self.out.push('\\');
                self.out.push(c);
                // The digit of a back-reference must not run into a digit that follows it.
                if self.rest.peek().is_some_and(char::is_ascii_digit) {
                    self.out.extend(self.rest.next());
                }
                self.out.push_str("(?:)");
            }
            c if c.is_ascii_alphanumeric() => {
                return Err(Raise::value_error(format!("bad escape \\{c}")));
            }
            c => self.literal(c),
        }
        Ok(())
    }

    fn literal(&mut self, c: char) {
        if c.is_ascii() && !c.is_ascii_alphanumeric() && !c.is_ascii_whitespace() && c != '_' {
            self.out.push('\\');
            self.out.push(c);
        } else if c.is_whitespace() && self.has(VERBOSE) {
            self.out.push_str(&format!("\\x{{{:x}}}", c as u32));
        } else {
            self.out.push(c);
        }
    }

    fn code(&mut self, kind: char) -> R<()> {
        let count = match kind {
            'x' => 2,
            'u' => 4,
            _ => 8,
        };
        let digits: String = self.rest.by_ref().take(count).collect();
        match u32::from_str_radix(&digits, 16) {
            Ok(code) if digits.len() == count => {
                self.out.push_str(&format!("\\x{{{code:x}}}"));
                Ok(())
            }
            _ => Err(Raise::value_error(format!("incomplete escape \\{kind}{digits}"))),
        }
    }

    /// A class in brackets, in which Python knows no nesting and no set operators.
    fn class(&mut self) -> R<()> {
        self.out.push('[');
        if self.rest.next_if_eq(&'^').is_some() {
            self.out.push('^');
        }
        let mut first = true;
        loop {
            let Some(c) = self.rest.next() else {
                return Err(Raise::value_error("unterminated character set"));
            };
            match c {
                ']' if !first => break,
                '\\' => self.escape(true)?,
                '-' => self.out.push('-'),
                c => self.literal(c),
            }
            first = false;
        }
        // A hyphen beside a bracket stands for itself; `&&`, `--` and `~~` cannot arise, because
        // punctuation is escaped.
        if self.out.ends_with('-') {
            self.out.pop();
            self.out.push_str(r"\-");
        }
        self.out.push(']');
        Ok(())
    }
}
