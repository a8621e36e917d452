//! `.dbtignore`: git's pattern language, read as Python's `pathspec` does, which dbt uses.
//!
//! It differs from git in one thing: the last pattern that matches decides, so that `!` brings back
//! a file from an ignored folder.

use regex::Regex;

/// The patterns of one `.dbtignore`.
#[derive(Debug, Default)]
pub struct IgnoreRules {
    /// Pattern, and whether it ignores (or brings back).
    rules: Vec<(Regex, bool)>,
}

impl IgnoreRules {
    pub fn parse(text: &str) -> IgnoreRules {
        let rules = text.lines().filter_map(|line| {
            let (pattern, ignores) = translate(line)?;
            Some((Regex::new(&pattern).ok()?, ignores))
        });
        IgnoreRules { rules: rules.collect() }
    }

    /// `path` is relative to the project's root, with forward slashes.
    pub fn ignores(&self, path: &str) -> bool {
        let matching = self.rules.iter().rev().find(|(pattern, _)| pattern.is_match(path));
        matching.is_some_and(|(_, ignores)| *ignores)
    }
}

/// The regular expression of a line, and whether it ignores; none for blank lines and comments.
fn translate(line: &str) -> Option<(String, bool)> {
    let line = if line.ends_with("\\ ") { line.trim_start() } else { line.trim() };
    if line.is_empty() || line.starts_with('#') || line == "/" {
        return None;
    }
    let (line, ignores) = match line.strip_prefix('!') {
        Some(rest) => (rest, false),
        None => (line, true),
    };
    let mut segments: Vec<&str> = line.split('/').collect();
    segments.dedup_by(|next, previous| *next == "**" && *previous == "**");
    if segments == ["**", ""] {
        return Some(("^.+/.*$".into(), ignores));
    }
    if segments[0].is_empty() {
        segments.remove(0);
    } else if (segments.len() == 1 || (segments.len() == 2 && segments[1].is_empty())) && segments[0] != "**"
    {
        // A name without a slash matches at any depth.
        segments.insert(0, "**");
    }
    if segments.len() > 1 && segments.last() == Some(&"") {
        segments.pop();
        segments.push("**");
    }
    let last = segments.len().checked_sub(1)?;
    let mut out = String::from("^");
    let mut needs_slash = false;
    for (index, segment) in segments.iter().enumerate() {
        match *segment {
            "**" if last == 0 => out += "[^/]+(?:/.*)?",
            "**" if index == 0 => out += "(?:.+/)?",
            "**" if index == last => out += "/.*",
            "**" => {
                out += "(?:/.+)?";
                needs_slash = true;
            }
            segment => {
                if needs_slash {
                    out.push('/');
                }
                if segment == "*" {
                    out += "[^/]+";
                } else {
                    translate_segment(segment, &mut out);
                }
                if index == last {
                    out += "(?:/.*)?";
                }
                needs_slash = true;
            }
        }
    }
    out.push('$');
    Some((out, ignores))
}

fn translate_segment(segment: &str, out: &mut String) {
    let chars: Vec<char> = segment.chars().collect();
    let mut at = 0;
    while let Some(c) = chars.get(at) {
        at += 1;
        match c {
            '\\' => {
                if let Some(escaped) = chars.get(at) {
                    *out += &regex::escape(&escaped.to_string());
                    at += 1;
                }
            }
            '*' => *out += "[^/]*",
            '?' => *out += "[^/]",
            '[' => match translate_class(&chars[at..]) {
                Some((class, length)) => {
                    *out += &class;
                    at += length;
                }
                None => *out += "\\[",
            },
            other => *out += &regex::escape(&other.to_string()),
        }
    }
}

/// A bracket expression, from behind its `[`, with the number of characters it takes.
fn translate_class(chars: &[char]) -> Option<(String, usize)> {
    let negated = matches!(chars.first(), Some('!' | '^'));
    let start = usize::from(negated);
    // A `]` at the start stands for itself.
    let close = start + 1 + chars.get(start + 1..)?.iter().position(|c| *c == ']')?;
    let mut class = String::from(if negated { "[^" } else { "[" });
    for c in &chars[start..close] {
        match c {
            '-' => class.push('-'),
            '\\' => class += "\\\\",
            other => class += &regex::escape(&other.to_string()),
        }
    }
    class.push(']');
    Some((class, close + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rules: &str, ignored: &[&str], kept: &[&str]) {
        let rules = IgnoreRules::parse(rules);
        for path in ignored {
            assert!(rules.ignores(path), "{path} is ignored");
        }
        for path in kept {
            assert!(!rules.ignores(path), "{path} is kept");
        }
    }

    #[test]
    fn a_name_matches_at_any_depth() {
        check("tmp.sql\n# note\n\n*.bak", &["models/tmp.sql", "tmp.sql", "a/b.bak"], &["models/tmp2.sql"]);
        check("scratch/", &["models/scratch/a.sql"], &["models/scratch.sql", "scratch"]);
    }

    #[test]
    fn a_slash_anchors() {
        check("models/old", &["models/old/a.sql", "models/old"], &["x/models/old/a.sql"]);
        check("/a.sql", &["a.sql"], &["models/a.sql"]);
        check("models/**/x.sql", &["models/x.sql", "models/a/b/x.sql"], &["x.sql"]);
        check("models/**", &["models/x.sql"], &["models"]);
    }

    #[test]
    fn the_last_match_decides() {
        check("models/old/\n!models/old/keep.sql", &["models/old/a.sql"], &["models/old/keep.sql"]);
    }

    #[test]
    fn wildcards_stay_within_a_folder() {
        check("models/*.sql", &["models/a.sql"], &["models/x/a.sql"]);
        check("[!a-c]?.sql", &["models/dx.sql"], &["models/ax.sql"]);
        check("a\\*.sql", &["a*.sql"], &["ab.sql"]);
    }
}
