//! Shell patterns as Python's `fnmatch` reads them: `*`, `?`, `[abc]`, `[!a-z]`; case counts, and
//! neither `/` nor `.` is special.

/// A pattern, taken apart once and matched against many names.
#[derive(Clone, Debug)]
pub struct Glob {
    /// The text itself when nothing in it is special.
    literal: Option<String>,
    steps: Vec<Step>,
}

#[derive(Clone, Debug)]
enum Step {
    Char(char),
    Any,
    Star,
    Set { negated: bool, ranges: Vec<(char, char)> },
}

impl Glob {
    pub fn new(pattern: &str) -> Glob {
        let steps = parse(&pattern.chars().collect::<Vec<_>>());
        let literal = steps.iter().all(|step| matches!(step, Step::Char(_))).then(|| pattern.to_string());
        Glob { literal, steps }
    }

    /// Whether the whole of `text` matches.
    pub fn matches(&self, text: &str) -> bool {
        match &self.literal {
            Some(literal) => literal == text,
            None => self.walk(text),
        }
    }

    /// Goes back only to the last star, so a pattern costs at most its length times the text's.
    fn walk(&self, text: &str) -> bool {
        let (mut step, mut rest) = (0, text);
        let mut retry: Option<(usize, &str)> = None;
        loop {
            let mut chars = rest.chars();
            let next = chars.next();
            match (self.steps.get(step), next) {
                (Some(Step::Star), _) => {
                    step += 1;
                    retry = Some((step, rest));
                    continue;
                }
                (Some(single), Some(c)) if single.accepts(c) => {
                    step += 1;
                    rest = chars.as_str();
                    continue;
                }
                (None, None) => return true,
                _ => {}
            }
            let Some((after_star, from)) = retry else { return false };
            let mut chars = from.chars();
            if chars.next().is_none() {
                return false;
            }
            step = after_star;
            rest = chars.as_str();
            retry = Some((after_star, rest));
        }
    }
}

impl Step {
    fn accepts(&self, c: char) -> bool {
        match self {
            Step::Char(own) => *own == c,
            Step::Any | Step::Star => true,
            Step::Set { negated, ranges } => {
                ranges.iter().any(|(low, high)| (*low..=*high).contains(&c)) != *negated
            }
        }
    }
}

fn parse(pattern: &[char]) -> Vec<Step> {
    let mut steps = vec![];
    let mut at = 0;
    while let Some(c) = pattern.get(at) {
        at += 1;
        match c {
            '*' if matches!(steps.last(), Some(Step::Star)) => {}
            '*' => steps.push(Step::Star),
            '?' => steps.push(Step::Any),
            '[' => match set_end(pattern, at) {
                Some(end) => {
                    steps.push(parse_set(&pattern[at..end]));
                    at = end + 1;
                }
                None => steps.push(Step::Char('[')),
            },
            c => steps.push(Step::Char(*c)),
        }
    }
    steps
}

/// Where the `]` of a set stands that opens before `from`; one directly after `[` or `[!` is a member.
fn set_end(pattern: &[char], from: usize) -> Option<usize> {
    let mut at = from;
    if pattern.get(at) == Some(&'!') {
        at += 1;
    }
    if pattern.get(at) == Some(&']') {
        at += 1;
    }
    (at..pattern.len()).find(|at| pattern[*at] == ']')
}

fn parse_set(body: &[char]) -> Step {
    let (negated, body) = match body.split_first() {
        Some(('!', rest)) => (true, rest),
        _ => (false, body),
    };
    let mut ranges = vec![];
    let mut at = 0;
    while at < body.len() {
        match (body.get(at + 1), body.get(at + 2)) {
            (Some('-'), Some(high)) => {
                // A range that runs backwards is empty.
                ranges.push((body[at], *high));
                at += 3;
            }
            _ => {
                ranges.push((body[at], body[at]));
                at += 1;
            }
        }
    }
    Step::Set { negated, ranges }
}

#[cfg(test)]
mod tests {
    use super::Glob;

    #[test]
    fn agrees_with_fnmatch() {
        // Expectations come from Python's `fnmatch.fnmatchcase`.
        for (pattern, text, expected) in [
            ("*", "", true),
            ("a*c", "abbc", true),
            ("a*c", "abbd", false),
            ("*.sql", "x/y.sql", true),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("[ab]x", "bx", true),
            ("[!ab]x", "bx", false),
            ("[!ab]x", "cx", true),
            ("[a-c]1", "b1", true),
            ("[c-a]1", "b1", false),
            ("[]]", "]", true),
            ("[!]]", "]", false),
            ("[abc", "[abc", true),
            ("[a-]", "-", true),
            ("[-a]", "-", true),
            ("**x**", "axb", true),
            ("A*", "abc", false),
            ("stg_*_v[0-9]", "stg_orders_v2", true),
            ("*a*b*c", "xxaxxbxxc", true),
            ("*a*b*c", "xxaxxbxx", false),
            ("é?", "éa", true),
        ] {
            assert_eq!(Glob::new(pattern).matches(text), expected, "{pattern} on {text}");
        }
    }

    #[test]
    fn many_stars_stay_fast() {
        let pattern = "*a".repeat(40) + "b";
        assert!(!Glob::new(&pattern).matches(&"a".repeat(5000)));
    }
}
