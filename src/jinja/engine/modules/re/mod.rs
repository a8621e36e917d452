//! `modules.re`

mod replace;
mod translate;

use std::cmp::Ordering;
use std::fmt;
use std::sync::{Arc, LazyLock, Mutex};

use fancy_regex::Regex;
use minijinja::Value;
use minijinja::value::{Object, ObjectRepr};
use rustc_hash::FxHashMap;

use super::super::error::{R, Raise};
use super::super::methods::Method;
use super::super::run::args::{int, int_or};
use super::super::run::{Args, Vm};
use super::super::value::callable::{Native, NativeFn};
use super::super::value::dict::dict;
use super::super::value::iter::PyIter;
use super::super::value::{index, list, lock, none, text, tuple, type_name as python_type};
use translate::translate;

/// A compiled expression.
pub(crate) struct Pattern {
    regex: Regex,
    source: Arc<str>,
    flags: u32,
    /// Names of the groups, by number.
    names: Vec<Option<String>>,
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "re.compile({})", text::repr(&Value::from(self.source.clone())))
    }
}

/// Byte ranges of the groups of one match; group 0 is the whole.
pub(crate) type Spans = Vec<Option<(usize, usize)>>;

#[derive(Debug)]
pub(crate) struct Match {
    pattern: Arc<Pattern>,
    subject: Arc<str>,
    spans: Spans,
}

static CACHE: LazyLock<Mutex<FxHashMap<(String, u32), Arc<Pattern>>>> = LazyLock::new(Mutex::default);

/// Most expressions that are kept compiled.
const CACHED: usize = 500;

fn compile(source: &str, flags: u32) -> R<Arc<Pattern>> {
    let key = (source.to_string(), flags);
    if let Some(known) = lock(&CACHE).get(&key) {
        return Ok(known.clone());
    }
    let (expression, all_flags) = translate(source, flags)?;
    let regex = Regex::new(&expression).map_err(|error| Raise::value_error(short_error(&error)))?;
    let names = regex.capture_names().map(|name| name.map(str::to_string)).collect();
    let pattern = Arc::new(Pattern {
        regex,
        source: source.into(),
        flags: all_flags | if all_flags & translate::ASCII == 0 { translate::UNICODE } else { 0 },
        names,
    });
    let mut cache = lock(&CACHE);
    if cache.len() >= CACHED {
        cache.clear();
    }
    cache.insert(key, pattern.clone());
    Ok(pattern)
}

fn short_error(error: &fancy_regex::Error) -> String {
    error.to_string().lines().last().unwrap_or_default().trim().to_string()
}

fn pattern_of(value: &Value, flags: u32) -> R<Arc<Pattern>> {
    if let Some(pattern) = value.downcast_object::<Pattern>() {
        return Ok(pattern);
    }
    match value.as_str() {
        Some(source) => compile(source, flags),
        None => Err(Raise::type_error("first argument must be string or compiled pattern")),
    }
}

fn subject_of(value: &Value) -> R<Arc<str>> {
    value.to_str().filter(|_| value.as_str().is_some()).ok_or_else(|| {
        Raise::type_error(format!("expected string or bytes-like object, got '{}'", python_type(value)))
    })
}

impl Pattern {
    fn groups(&self) -> usize {
        self.names.len() - 1
    }

    /// The first match at or after a byte.
    fn find(&self, subject: &str, from: usize) -> R<Option<Spans>> {
        if from > subject.len() {
            return Ok(None);
        }
        match self.regex.captures_from_pos(subject, from) {
            Ok(found) => Ok(found.map(|found| {
                (0..found.len())
                    .map(|group| found.get(group).map(|part| (part.start(), part.end())))
                    .collect()
            })),
            Err(error) => Err(Raise::runtime(format!("regular expression: {}", short_error(&error)))),
        }
    }

    /// A match that starts at the beginning, and with `whole` ends at the end.
    fn find_anchored(&self, subject: &str, whole: bool) -> R<Option<Spans>> {
        let body = self.regex.as_str();
        let anchored = if whole { format!(r"\A(?:{body})\z") } else { format!(r"\A(?:{body})") };
        // Kept compiled under a name no expression of a user has.
        let key = (format!("\0{anchored}"), self.flags);
        let known = lock(&CACHE).get(&key).cloned();
        let pattern = match known {
            Some(pattern) => pattern,
            None => {
                let regex = Regex::new(&anchored).map_err(|error| Raise::value_error(short_error(&error)))?;
                let pattern = Arc::new(Pattern {
                    regex,
                    source: self.source.clone(),
                    flags: self.flags,
                    names: self.names.clone(),
                });
                lock(&CACHE).insert(key, pattern.clone());
                pattern
            }
        };
        pattern.find(subject, 0)
    }

    /// All matches, as Python walks them: an empty match may follow a longer one directly.
    fn find_all(&self, subject: &str, limit: usize) -> R<Vec<Spans>> {
        let mut found = vec![];
        let mut from = 0;
        while found.len() < limit {
            let Some(spans) = self.find(subject, from)? else { break };
            let Some((start, end)) = spans.first().copied().flatten() else { break };
            from = if start == end {
                end + subject[end..].chars().next().map_or(1, char::len_utf8)
            } else {
                end
            };
            found.push(spans);
        }
        Ok(found)
    }

    fn group_number(&self, group: &Value) -> R<usize> {
        let number = match group.as_str() {
            Some(name) => self.names.iter().position(|known| known.as_deref() == Some(name)),
            None => index(group)
                .and_then(|number| usize::try_from(number).ok())
                .filter(|number| *number < self.names.len()),
        };
        number.ok_or_else(|| Raise::new(super::super::error::ErrorKind::Index, "no such group"))
    }
}

impl Match {
    fn value(pattern: &Arc<Pattern>, subject: &Arc<str>, spans: Spans) -> Value {
        Value::from_object(Match { pattern: pattern.clone(), subject: subject.clone(), spans })
    }

    fn group(&self, number: usize, default: &Value) -> Value {
        match self.spans.get(number).copied().flatten() {
            Some((start, end)) => Value::from(&self.subject[start..end]),
            None => default.clone(),
        }
    }

    /// Characters before a byte.
    fn position(&self, byte: usize) -> usize {
        self.subject[..byte].chars().count()
    }

    fn span(&self, number: usize) -> (i64, i64) {
        match self.spans.get(number).copied().flatten() {
            Some((start, end)) => (self.position(start) as i64, self.position(end) as i64),
            None => (-1, -1),
        }
    }

    fn attribute(&self, name: &str) -> Option<Value> {
        let last = (1..self.spans.len()).rev().find(|group| self.spans[*group].is_some());
        Some(match name {
            "string" => Value::from(self.subject.clone()),
            "re" => Value::from_dyn_object(self.pattern.clone()),
            "pos" => Value::from(0),
            "endpos" => Value::from(self.subject.chars().count()),
            "lastindex" => last.map_or_else(none, Value::from),
            "lastgroup" => last
                .and_then(|group| self.pattern.names.get(group)?.as_deref())
                .map_or_else(none, Value::from),
            _ => return None,
        })
    }
}

pub(super) fn type_name(value: &Value) -> Option<&'static str> {
    if value.downcast_object_ref::<Pattern>().is_some() {
        Some("Pattern")
    } else {
        value.downcast_object_ref::<Match>().map(|_| "Match")
    }
}

pub(super) fn compare(left: &Value, right: &Value) -> Option<Option<Ordering>> {
    let (left, right) = (left.downcast_object_ref::<Pattern>()?, right.downcast_object_ref::<Pattern>()?);
    Some((left.source == right.source && left.flags == right.flags).then_some(Ordering::Equal))
}

/// `match[group]`
pub(super) fn item(value: &Value, at: &Value) -> Option<Value> {
    let found = value.downcast_object_ref::<Match>()?;
    let group = found.pattern.group_number(at).ok()?;
    Some(found.group(group, &none()))
}

impl Object for Pattern {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        Some(match key.as_str()? {
            "pattern" => Value::from(self.source.clone()),
            "flags" => Value::from(self.flags),
            "groups" => Value::from(self.groups()),
            "groupindex" => dict(
                self.names
                    .iter()
                    .enumerate()
                    .filter_map(|(group, name)| Some((name.as_deref()?, Value::from(group)))),
            ),
            _ => return None,
        })
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "re.compile({}", text::repr(&Value::from(self.source.clone())))?;
        let names = [
            (translate::IGNORECASE, "re.IGNORECASE"),
            (translate::MULTILINE, "re.MULTILINE"),
            (translate::DOTALL, "re.DOTALL"),
            (translate::VERBOSE, "re.VERBOSE"),
            (translate::ASCII, "re.ASCII"),
        ];
        let flags: Vec<&str> =
            names.iter().filter(|(flag, _)| self.flags & flag != 0).map(|(_, name)| *name).collect();
        if !flags.is_empty() {
            write!(f, ", {}", flags.join("|"))?;
        }
        f.write_str(")")
    }
}

impl Object for Match {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.attribute(key.as_str()?)
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (start, end) = self.span(0);
        let shown = text::repr(&self.group(0, &none()));
        write!(f, "<re.Match object; span=({start}, {end}), match={shown}>")
    }
}

pub(super) fn exports() -> Vec<(&'static str, Value)> {
    const FUNCTIONS: [(&str, Native); 11] = [
        ("match", |_, args| module_find(args, "match", Kind::Match)),
        ("fullmatch", |_, args| module_find(args, "fullmatch", Kind::Full)),
        ("search", |_, args| module_find(args, "search", Kind::Search)),
        ("findall", |_, args| module_find(args, "findall", Kind::All)),
        ("finditer", |_, args| module_find(args, "finditer", Kind::Iter)),
        ("sub", |vm, args| replace::module_sub(vm, args, false)),
        ("subn", |vm, args| replace::module_sub(vm, args, true)),
        ("split", |_, args| replace::module_split(args)),
        ("compile", |_, args| {
            let [pattern, flags] = args.bind("compile", ["pattern", "flags"], 1)?;
            pattern_of(&pattern.unwrap_or_default(), flags_of(flags)?).map(Value::from_dyn_object)
        }),
        ("escape", |_, args| escape(args)),
        ("purge", |_, args| {
            args.none("purge")?;
            Ok(none())
        }),
    ];
    const FLAGS: [(&str, u32); 12] = [
        ("A", 256),
        ("ASCII", 256),
        ("I", 2),
        ("IGNORECASE", 2),
        ("M", 8),
        ("MULTILINE", 8),
        ("S", 16),
        ("DOTALL", 16),
        ("X", 64),
        ("VERBOSE", 64),
        ("U", 32),
        ("UNICODE", 32),
    ];
    let functions =
        FUNCTIONS.iter().map(|(name, call)| (*name, Value::from_object(NativeFn { name, call: *call })));
    let flags = FLAGS.iter().map(|(name, flag)| (*name, Value::from(*flag)));
    functions.chain(flags).chain([("NOFLAG", Value::from(0))]).collect()
}

fn flags_of(flags: Option<Value>) -> R<u32> {
    Ok(u32::try_from(int_or(flags, 0)?).unwrap_or(0))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Match,
    Full,
    Search,
    All,
    Iter,
}

fn module_find(args: Args, name: &str, kind: Kind) -> R<Value> {
    let [pattern, subject, flags] = args.bind(name, ["pattern", "string", "flags"], 2)?;
    let pattern = pattern_of(&pattern.unwrap_or_default(), flags_of(flags)?)?;
    find(&pattern, &subject_of(&subject.unwrap_or_default())?, kind)
}

fn find(pattern: &Arc<Pattern>, subject: &Arc<str>, kind: Kind) -> R<Value> {
    let found = match kind {
        Kind::Match => pattern.find_anchored(subject, false)?,
        Kind::Full => pattern.find_anchored(subject, true)?,
        Kind::Search => pattern.find(subject, 0)?,
        Kind::All => {
            let all = pattern.find_all(subject, usize::MAX)?;
            let part = |span: Option<(usize, usize)>| {
                Value::from(span.map_or("", |(start, end)| &subject[start..end]))
            };
            let shown = |spans: &Spans| match spans.len() {
                1 => part(spans[0]),
                2 => part(spans[1]),
                _ => tuple(spans[1..].iter().map(|span| part(*span)).collect()),
            };
            return Ok(list(all.iter().map(shown).collect()));
        }
        Kind::Iter => {
            let all = pattern.find_all(subject, usize::MAX)?;
            let matches = all.into_iter().map(|spans| Match::value(pattern, subject, spans)).collect();
            return Ok(PyIter::value(
                super::super::value::iter::Iter::Values(Vec::into_iter(matches)),
                "callable_iterator",
            ));
        }
    };
    Ok(found.map_or_else(none, |spans| Match::value(pattern, subject, spans)))
}

fn escape(args: Args) -> R<Value> {
    let subject = subject_of(&args.one("escape", "pattern")?)?;
    let mut out = String::with_capacity(subject.len());
    for c in subject.chars() {
        if "()[]{}?*+-|^$\\.&~# \t\n\r\x0b\x0c".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    Ok(Value::from(out))
}

fn pattern_ref(value: &Value) -> R<Arc<Pattern>> {
    pattern_of(value, 0)
}

fn method_find(receiver: &Value, args: Args, name: &str, kind: Kind) -> R<Value> {
    let [subject, pos, endpos] = args.bind(name, ["string", "pos", "endpos"], 1)?;
    let subject = subject_of(&subject.unwrap_or_default())?;
    let pattern = pattern_ref(receiver)?;
    if pos.is_none() && endpos.is_none() {
        return find(&pattern, &subject, kind);
    }
    // Positions cut the text; look-behind across the cut is rare enough to be left out.
    let cut = |at: Option<Value>, default: usize| -> R<usize> {
        Ok(usize::try_from(int_or(at, default as i128)?.max(0)).unwrap_or(usize::MAX))
    };
    let length = subject.chars().count();
    let (start, end) = (cut(pos, 0)?.min(length), cut(endpos, length)?.min(length));
    let part: String = subject.chars().take(end).skip(start).collect();
    find(&pattern, &part.into(), kind)
}

pub(super) fn method(value: &Value, name: &str) -> Option<Method> {
    if value.downcast_object_ref::<Pattern>().is_some() {
        return Some(match name {
            "match" => |_, receiver, args| method_find(receiver, args, "match", Kind::Match),
            "fullmatch" => |_, receiver, args| method_find(receiver, args, "fullmatch", Kind::Full),
            "search" => |_, receiver, args| method_find(receiver, args, "search", Kind::Search),
            "findall" => |_, receiver, args| method_find(receiver, args, "findall", Kind::All),
            "finditer" => |_, receiver, args| method_find(receiver, args, "finditer", Kind::Iter),
            "sub" => |vm, receiver, args| replace::method_sub(vm, receiver, args, false),
            "subn" => |vm, receiver, args| replace::method_sub(vm, receiver, args, true),
            "split" => |_, receiver, args| replace::method_split(receiver, args),
            _ => return None,
        });
    }
    value.downcast_object_ref::<Match>()?;
    match_method(name)
}

fn with(receiver: &Value, call: impl FnOnce(&Match) -> R<Value>) -> R<Value> {
    match receiver.downcast_object_ref::<Match>() {
        Some(found) => call(found),
        None => Err(Raise::type_error("expected a match")),
    }
}

fn match_method(name: &str) -> Option<Method> {
    Some(match name {
        "group" => |_, receiver, args| {
            with(receiver, |found| {
                let groups = args.positional("group")?;
                let mut parts = vec![];
                for group in &groups {
                    parts.push(found.group(found.pattern.group_number(group)?, &none()));
                }
                Ok(match parts.len() {
                    0 => found.group(0, &none()),
                    1 => parts.remove(0),
                    _ => tuple(parts),
                })
            })
        },
        "groups" => |_, receiver, args| {
            with(receiver, |found| {
                let [default] = args.bind("groups", ["default"], 0)?;
                let default = default.unwrap_or_else(none);
                Ok(tuple((1..found.spans.len()).map(|group| found.group(group, &default)).collect()))
            })
        },
        "groupdict" => |_, receiver, args| {
            with(receiver, |found| {
                let [default] = args.bind("groupdict", ["default"], 0)?;
                let default = default.unwrap_or_else(none);
                let names = found.pattern.names.iter().enumerate();
                Ok(dict(
                    names.filter_map(|(group, name)| Some((name.as_deref()?, found.group(group, &default)))),
                ))
            })
        },
        "start" => |_, receiver, args| span_part(receiver, args, "start"),
        "end" => |_, receiver, args| span_part(receiver, args, "end"),
        "span" => |_, receiver, args| span_part(receiver, args, "span"),
        "expand" => |_, receiver, args| {
            with(receiver, |found| {
                let template = subject_of(&args.one("expand", "template")?)?;
                let template = replace::Template::parse(&template, &found.pattern)?;
                Ok(Value::from(template.expand(&found.subject, &found.spans)))
            })
        },
        _ => return None,
    })
}

fn span_part(receiver: &Value, args: Args, name: &str) -> R<Value> {
    with(receiver, |found| {
        let [group] = args.bind(name, ["group"], 0)?;
        let group = match group {
            Some(group) => found.pattern.group_number(&group)?,
            None => 0,
        };
        let (start, end) = found.span(group);
        Ok(match name {
            "start" => Value::from(start),
            "end" => Value::from(end),
            _ => tuple(vec![Value::from(start), Value::from(end)]),
        })
    })
}

/// A count argument, where zero means all.
fn limit(count: Option<Value>) -> R<usize> {
    match count {
        None => Ok(usize::MAX),
        Some(count) => match usize::try_from(int(&count)?) {
            Ok(0) => Ok(usize::MAX),
            Ok(count) => Ok(count),
            Err(_) => Ok(0),
        },
    }
}

/// What replaces a match: a template's text, or what a function makes of the match.
enum Replacement {
    Template(replace::Template),
    Function(Value),
}

impl Replacement {
    fn of(value: &Value, pattern: &Pattern) -> R<Replacement> {
        match value.as_str() {
            Some(template) => replace::Template::parse(template, pattern).map(Replacement::Template),
            None => Ok(Replacement::Function(value.clone())),
        }
    }

    fn text(
        &self,
        vm: &mut Vm<'_, '_, '_>,
        pattern: &Arc<Pattern>,
        subject: &Arc<str>,
        spans: &Spans,
    ) -> R<String> {
        match self {
            Replacement::Template(template) => Ok(template.expand(subject, spans)),
            Replacement::Function(function) => {
                let found = Match::value(pattern, subject, spans.clone());
                Ok(text::str(&vm.call(function, Args::of(vec![found]))?))
            }
        }
    }
}
