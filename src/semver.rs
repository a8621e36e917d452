//! Semantic versions and ranges of them, with dbt's rules: `require-dbt-version` and packages'
//! `version`.

use std::cmp::Ordering;
use std::fmt;
use std::sync::LazyLock;

use regex::Regex;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matcher {
    Above,
    AtLeast,
    Below,
    AtMost,
    Exactly,
}

impl Matcher {
    fn as_str(self) -> &'static str {
        match self {
            Matcher::Above => ">",
            Matcher::AtLeast => ">=",
            Matcher::Below => "<",
            Matcher::AtMost => "<=",
            Matcher::Exactly => "=",
        }
    }

    fn is_lower(self) -> bool {
        matches!(self, Matcher::Above | Matcher::AtLeast)
    }

    fn is_upper(self) -> bool {
        matches!(self, Matcher::Below | Matcher::AtMost)
    }
}

/// A version with how it is meant: `>=1.0.0`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Specifier {
    pub matcher: Matcher,
    pub major: u64,
    pub minor: u64,
    pub patch: u64,
    pub prerelease: Option<String>,
    pub build: Option<String>,
}

/// The text is no semantic version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid(pub String);

impl fmt::Display for Invalid {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "`{}` is not a semantic version such as `>=1.2.3`", self.0)
    }
}

static SPECIFIER: LazyLock<Regex> = LazyLock::new(|| {
    let number = r"(0|[1-9][0-9]*)";
    let label = r"(?:0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)";
    let build = r"[0-9A-Za-z-]*";
    let text = format!(
        r"^(>=|>|<=|<|=)?{number}\.{number}\.{number}(?:-?({label}(?:\.{label})*))?(?:\+({build}(?:\.{build})*))?$"
    );
    #[expect(clippy::expect_used, reason = "a constant pattern, compiled by the tests below")]
    Regex::new(&text).expect("constant pattern")
});

impl Specifier {
    /// Reads `1.2.3`, `>=1.2.3`, `1.2.3-rc1`; blanks around are dropped.
    pub fn parse(text: &str) -> Result<Specifier, Invalid> {
        let invalid = || Invalid(text.to_string());
        let parts = SPECIFIER.captures(text.trim()).ok_or_else(invalid)?;
        let number = |index: usize| parts[index].parse::<u64>().map_err(|_| invalid());
        let label = |index: usize| parts.get(index).map(|found| found.as_str().to_string());
        Ok(Specifier {
            matcher: match parts.get(1).map(|found| found.as_str()) {
                Some(">") => Matcher::Above,
                Some(">=") => Matcher::AtLeast,
                Some("<") => Matcher::Below,
                Some("<=") => Matcher::AtMost,
                _ => Matcher::Exactly,
            },
            major: number(2)?,
            minor: number(3)?,
            patch: number(4)?,
            prerelease: label(5),
            build: label(6),
        })
    }

    /// The version without its matcher.
    pub fn version(&self) -> String {
        let part = |mark: &str, text: &Option<String>| {
            text.as_ref()
                .filter(|text| !text.is_empty())
                .map_or(String::new(), |text| format!("{mark}{text}"))
        };
        let Specifier { major, minor, patch, .. } = self;
        format!("{major}.{minor}.{patch}{}{}", part("-", &self.prerelease), part("+", &self.build))
    }

    /// Order of two specifiers; bounds at the same version are ordered by what they leave out.
    pub fn compare(&self, other: &Specifier) -> Ordering {
        let numbers = |specifier: &Specifier| (specifier.major, specifier.minor, specifier.patch);
        numbers(self)
            .cmp(&numbers(other))
            .then_with(|| self.compare_prerelease(other))
            .then_with(|| self.compare_matchers(other))
    }

    fn compare_prerelease(&self, other: &Specifier) -> Ordering {
        match (&self.prerelease, &other.prerelease) {
            (None, None) => Ordering::Equal,
            // `<2.0.0` keeps out `2.0.0-rc1`.
            (None, Some(_)) if self.matcher == Matcher::Below => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
            (Some(a), Some(b)) => compare_labels(a, b),
        }
    }

    fn compare_matchers(&self, other: &Specifier) -> Ordering {
        use Matcher::{Above, AtLeast, AtMost, Below};
        match (self.matcher, other.matcher) {
            (AtLeast, AtMost) | (AtMost, AtLeast) => Ordering::Equal,
            (Below, AtMost) | (AtLeast, Above) => Ordering::Less,
            (AtMost, Below) | (Above, AtLeast) => Ordering::Greater,
            (a, b) if a.is_upper() && b.is_lower() => Ordering::Less,
            (a, b) if a.is_lower() && b.is_upper() => Ordering::Greater,
            _ => Ordering::Equal,
        }
    }
}

impl fmt::Display for Specifier {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}{}", self.matcher.as_str(), self.version())
    }
}

/// Dotted labels, numbers before words, numbers by value.
fn compare_labels(a: &str, b: &str) -> Ordering {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    for (a, b) in a.split('.').zip(b.split('.')) {
        let order = match (is_number(a), is_number(b)) {
            (true, true) => {
                let (a, b) = (a.trim_start_matches('0'), b.trim_start_matches('0'));
                a.len().cmp(&b.len()).then_with(|| a.cmp(b))
            }
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => a.cmp(b),
        };
        if order.is_ne() {
            return order;
        }
    }
    a.len().cmp(&b.len())
}

/// What several specifiers leave: bounds, none where open.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Range {
    pub start: Option<Specifier>,
    pub end: Option<Specifier>,
}

impl Range {
    fn of(specifier: &Specifier) -> Range {
        let bound = || Some(specifier.clone());
        match specifier.matcher {
            Matcher::Exactly => Range { start: bound(), end: bound() },
            matcher if matcher.is_lower() => Range { start: bound(), end: None },
            _ => Range { start: None, end: bound() },
        }
    }

    /// What all specifiers leave; none when nothing can satisfy them all.
    pub fn reduce<'a>(specifiers: impl IntoIterator<Item = &'a Specifier>) -> Option<Range> {
        let mut ranges = specifiers.into_iter().map(Range::of);
        let first = ranges.next().unwrap_or_default();
        ranges.try_fold(first, |range, next| range.intersect(&next))
    }

    fn intersect(&self, other: &Range) -> Option<Range> {
        let is_exact =
            |bound: &Option<Specifier>| bound.as_ref().is_some_and(|bound| bound.matcher == Matcher::Exactly);
        let range = if is_exact(&self.start) && is_exact(&other.start) {
            let same = self.start.as_ref()?.compare(other.start.as_ref()?).is_eq();
            same.then(|| self.clone())?
        } else {
            Range {
                start: combine(&self.start, &other.start, Ordering::Less, Matcher::AtLeast)?,
                end: combine(&self.end, &other.end, Ordering::Greater, Matcher::AtMost)?,
            }
        };
        match (&range.start, &range.end) {
            (Some(start), Some(end)) if start.compare(end).is_gt() => None,
            _ => Some(range),
        }
    }

    /// Whether a version lies within.
    pub fn contains(&self, version: &Specifier) -> bool {
        Range::reduce([Some(version), self.start.as_ref(), self.end.as_ref()].into_iter().flatten()).is_some()
    }

    /// The bounds as text, for messages.
    pub fn bounds(&self) -> Vec<String> {
        [&self.start, &self.end].into_iter().flatten().map(Specifier::to_string).collect()
    }
}

/// The narrower of two bounds. `outer` is the order of the wider one to the narrower, `inclusive`
/// the matcher that admits its own version.
fn combine(
    a: &Option<Specifier>,
    b: &Option<Specifier>,
    outer: Ordering,
    inclusive: Matcher,
) -> Option<Option<Specifier>> {
    let (Some(a), Some(b)) = (a, b) else { return Some(a.clone().or_else(|| b.clone())) };
    let admit = |bound: &Specifier, exact: &Specifier| {
        let order = bound.compare(exact);
        (order == outer || (order.is_eq() && bound.matcher == inclusive)).then(|| Some(exact.clone()))
    };
    match (a.matcher == Matcher::Exactly, b.matcher == Matcher::Exactly) {
        (true, _) => admit(b, a),
        (false, true) => admit(a, b),
        (false, false) if a.compare(b) == outer => Some(Some(b.clone())),
        (false, false) => Some(Some(a.clone())),
    }
}

/// Whether some version satisfies all specifiers.
pub fn compatible<'a>(specifiers: impl IntoIterator<Item = &'a Specifier>) -> bool {
    Range::reduce(specifiers).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn specifier(text: &str) -> Specifier {
        Specifier::parse(text).expect(text)
    }

    fn reduced(texts: &[&str]) -> Option<Vec<String>> {
        let specifiers: Vec<Specifier> = texts.iter().map(|text| specifier(text)).collect();
        Range::reduce(&specifiers).map(|range| range.bounds())
    }

    #[test]
    fn reads_what_python_reads() {
        assert_eq!(specifier("1.0.0beta1").to_string(), "=1.0.0-beta1");
        assert_eq!(specifier("=1.0.0-rc.1+x").to_string(), "=1.0.0-rc.1+x");
        assert_eq!(specifier("<=1.2.3").to_string(), "<=1.2.3");
        for wrong in ["1.0", ">= 1.0.0", "01.0.0", "", "abc"] {
            assert_eq!(Specifier::parse(wrong), Err(Invalid(wrong.into())));
        }
    }

    #[test]
    fn bounds_meet_or_do_not() {
        assert_eq!(reduced(&[">=1.0.0", "<2.0.0", ">1.5.0"]), Some(vec![">1.5.0".into(), "<2.0.0".into()]));
        assert_eq!(reduced(&[">=1.0.0", "<1.0.0"]), None);
        assert_eq!(reduced(&[">=1.0.0", "<=1.0.0"]), Some(vec![">=1.0.0".into(), "<=1.0.0".into()]));
        assert_eq!(reduced(&[">1.0.0", "1.0.0"]), None);
        assert_eq!(reduced(&[">=1.0.0", "1.0.0"]), Some(vec!["=1.0.0".into(), "=1.0.0".into()]));
        assert_eq!(reduced(&["1.0.0", "1.0.1"]), None);
        assert_eq!(reduced(&[]), Some(vec![]));
    }

    #[test]
    fn prereleases_lie_before_their_release() {
        assert!(specifier("1.0.0-rc1").compare(&specifier("1.0.0")).is_lt());
        assert!(specifier("1.0.0-rc.2").compare(&specifier("1.0.0-rc.10")).is_lt());
        assert_eq!(reduced(&["<2.0.0", "2.0.0-rc1"]), None);
    }
}
