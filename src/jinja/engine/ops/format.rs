//! `str.format`, `format_map`, and the format specifications they share.

use minijinja::Value;

use super::super::error::{ErrorKind, R, Raise};
use super::super::modules;
use super::super::run::access::mapping_entries;
use super::super::run::{Args, Vm};
use super::super::value::{Num, int, number, text, type_name};
use super::numbers::{float_digits, group, int_digits};

const MAX_WIDTH: usize = 1_000_000;

struct Fields {
    args: Args,
    next: usize,
    automatic: Option<bool>,
}

/// `template.format(*args, **kwargs)`
///
/// # Errors
/// Python's, for a bad template or a value that does not fit its specification.
pub(crate) fn format(vm: &mut Vm<'_, '_, '_>, template: &str, args: Args) -> R<String> {
    let mut fields = Fields { args, next: 0, automatic: None };
    expand(vm, template, &mut fields, 2)
}

/// `template.format_map(mapping)`
pub(crate) fn format_map(vm: &mut Vm<'_, '_, '_>, template: &str, mapping: &Value) -> R<String> {
    let Some(entries) = mapping_entries(mapping) else {
        return Err(Raise::type_error(format!("'{}' object is not subscriptable", type_name(mapping))));
    };
    let kw = entries.into_iter().filter_map(|(key, value)| Some((key.to_str()?, value))).collect();
    format(vm, template, Args { pos: vec![], kw })
}

fn expand(vm: &mut Vm<'_, '_, '_>, template: &str, fields: &mut Fields, depth: i32) -> R<String> {
    if depth < 0 {
        return Err(Raise::value_error("Max string recursion exceeded"));
    }
    let mut out = String::with_capacity(template.len() + 16);
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        out.push_str(&rest[..at]);
        let brace = &rest[at..=at];
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix(brace) {
            out.push_str(brace);
            rest = after;
            continue;
        }
        if brace == "}" {
            return Err(Raise::value_error("Single '}' encountered in format string"));
        }
        let end = field_end(rest)?;
        let field = &rest[..end];
        rest = &rest[end + 1..];
        out.push_str(&replace(vm, field, fields, depth)?);
    }
    out.push_str(rest);
    Ok(out)
}

/// Offset of the `}` that closes a field.
fn field_end(text: &str) -> R<usize> {
    let mut open = 1;
    let mut bracket = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'[' if open == 1 => bracket = true,
            b']' => bracket = false,
            b'{' if !bracket => open += 1,
            b'}' if !bracket => open -= 1,
            _ => {}
        }
        if open == 0 {
            return Ok(at);
        }
    }
    let message = if text.is_empty() {
        "Single '{' encountered in format string"
    } else {
        "expected '}' before end of string"
    };
    Err(Raise::value_error(message))
}

fn replace(vm: &mut Vm<'_, '_, '_>, field: &str, fields: &mut Fields, depth: i32) -> R<String> {
    let name_end = name_length(field);
    let (name, mut rest) = field.split_at(name_end);
    let mut conversion = None;
    if let Some(after) = rest.strip_prefix('!') {
        conversion = after.chars().next();
        if conversion.is_none() {
            return Err(Raise::value_error("end of string while looking for conversion specifier"));
        }
        rest = &after[conversion.map_or(0, char::len_utf8)..];
        if !(rest.is_empty() || rest.starts_with(':')) {
            return Err(Raise::value_error("expected ':' after conversion specifier"));
        }
    }
    let value = lookup(vm, name, fields)?;
    let spec = expand(vm, rest.strip_prefix(':').unwrap_or(""), fields, depth - 1)?;
    let value = match conversion {
        None => value,
        Some('s') => Value::from(text::str(&value)),
        Some('r') => Value::from(text::repr(&value)),
        Some('a') => Value::from(ascii(&text::repr(&value))),
        Some(other) => {
            return Err(Raise::value_error(format!("Unknown conversion specifier {other}")));
        }
    };
    format_value(&value, &spec)
}

/// Length of the part of a field before `!` or `:`, either of which may stand in brackets.
fn name_length(field: &str) -> usize {
    let mut bracket = false;
    for (at, byte) in field.bytes().enumerate() {
        match byte {
            b'[' => bracket = true,
            b']' => bracket = false,
            b'!' | b':' if !bracket => return at,
            _ => {}
        }
    }
    field.len()
}

fn lookup(vm: &mut Vm<'_, '_, '_>, name: &str, fields: &mut Fields) -> R<Value> {
    let first_end = name.find(['.', '[']).unwrap_or(name.len());
    let (first, mut rest) = name.split_at(first_end);
    let automatic = first.is_empty();
    let mut value = if automatic || first.bytes().all(|byte| byte.is_ascii_digit()) {
        if fields.automatic.is_some_and(|was| was != automatic) {
            return Err(Raise::value_error(
                "cannot switch from manual field specification to automatic field numbering",
            ));
        }
        fields.automatic = Some(automatic);
        let at = if automatic { fields.next } else { first.parse().unwrap_or(usize::MAX) };
        fields.next += usize::from(automatic);
        let value = fields.args.pos.get(at).cloned();
        value.ok_or_else(|| Raise::new(ErrorKind::Index, "tuple index out of range"))?
    } else {
        let value = fields.args.kw.iter().find(|(key, _)| **key == *first).map(|(_, value)| value.clone());
        value.ok_or_else(|| Raise::new(ErrorKind::Key, text::repr(&Value::from(first))))?
    };
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('.') {
            let end = after.find(['.', '[']).unwrap_or(after.len());
            if end == 0 {
                return Err(Raise::value_error("Empty attribute in format string"));
            }
            value = vm.getattr(&value, &after[..end], false)?;
            rest = &after[end..];
        } else {
            let after = &rest[1..];
            let end = after.find(']').ok_or_else(|| Raise::value_error("Missing ']' in format string"))?;
            let key = &after[..end];
            let key = match key.parse::<i128>() {
                Ok(number) if key.bytes().all(|byte| byte.is_ascii_digit()) => int(number),
                _ => Value::from(key),
            };
            value = vm.getitem(&value, &key, false)?;
            rest = &after[end + 1..];
            if !(rest.is_empty() || rest.starts_with(['.', '['])) {
                return Err(Raise::value_error("Only '.' or '[' may follow ']' in format field specifier"));
            }
        }
    }
    Ok(value)
}

/// `repr` with everything beyond ASCII escaped.
pub(crate) fn ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c as u32 {
            0..0x80 => out.push(c),
            code @ 0x80..0x100 => out += &format!("\\x{code:02x}"),
            code @ 0x100..0x10000 => out += &format!("\\u{code:04x}"),
            code => out += &format!("\\U{code:08x}"),
        }
    }
    out
}

#[derive(Default)]
struct Spec {
    fill: Option<char>,
    align: Option<char>,
    sign: Option<char>,
    alternate: bool,
    zero: bool,
    width: usize,
    grouping: Option<char>,
    precision: Option<usize>,
    kind: Option<char>,
}

impl Spec {
    fn parse(text: &str) -> R<Spec> {
        let mut spec = Spec::default();
        let mut chars: Vec<char> = text.chars().collect();
        let is_align = |c: Option<&char>| matches!(c, Some('<' | '>' | '=' | '^'));
        if is_align(chars.get(1)) {
            spec.fill = Some(chars[0]);
            spec.align = Some(chars[1]);
            chars.drain(..2);
        } else if is_align(chars.first()) {
            spec.align = Some(chars.remove(0));
        }
        let mut rest = chars.into_iter().peekable();
        spec.sign = rest.next_if(|c| matches!(c, '+' | '-' | ' '));
        rest.next_if_eq(&'z');
        spec.alternate = rest.next_if_eq(&'#').is_some();
        spec.zero = rest.next_if_eq(&'0').is_some();
        let mut number = || {
            let mut digits = String::new();
            while let Some(digit) = rest.next_if(char::is_ascii_digit) {
                digits.push(digit);
            }
            (!digits.is_empty()).then(|| digits.parse::<usize>().unwrap_or(usize::MAX))
        };
        spec.width = number().unwrap_or(0);
        spec.grouping = rest.next_if(|c| matches!(c, ',' | '_'));
        if rest.next_if_eq(&'.').is_some() {
            let mut digits = String::new();
            while let Some(digit) = rest.next_if(char::is_ascii_digit) {
                digits.push(digit);
            }
            if digits.is_empty() {
                return Err(Raise::value_error("Format specifier missing precision"));
            }
            spec.precision = Some(digits.parse().unwrap_or(usize::MAX));
        }
        spec.kind = rest.next();
        if rest.next().is_some() {
            return Err(Raise::value_error("Invalid format specifier"));
        }
        if spec.width > MAX_WIDTH || spec.precision.is_some_and(|precision| precision > MAX_WIDTH) {
            return Err(Raise::value_error("Too many decimal digits in format string"));
        }
        Ok(spec)
    }

    fn pad(&self, text: &str, default: char) -> String {
        let fill = self.width.saturating_sub(text.chars().count());
        let c = self.fill.unwrap_or(if self.zero { '0' } else { ' ' });
        let align = self.align.unwrap_or(default);
        let left = match align {
            '<' => 0,
            '^' => fill / 2,
            _ => fill,
        };
        let mut out = String::with_capacity(text.len() + fill);
        out.extend(std::iter::repeat_n(c, left));
        out.push_str(text);
        out.extend(std::iter::repeat_n(c, fill - left));
        out
    }

    /// Sign and prefix, then digits; zeros and `=` go between them.
    fn number(&self, negative: bool, prefix: &str, digits: &str) -> String {
        let sign = match (negative, self.sign) {
            (true, _) => "-",
            (false, Some('+')) => "+",
            (false, Some(' ')) => " ",
            _ => "",
        };
        let head = format!("{sign}{prefix}");
        let size = if matches!(self.kind, Some('x' | 'X' | 'o' | 'b')) { 4 } else { 3 };
        let inner = self.align == Some('=') || (self.zero && self.align.is_none());
        if inner {
            let fill = self.fill.unwrap_or(if self.zero { '0' } else { ' ' });
            let width = self.width.saturating_sub(head.len());
            let mut digits = digits.to_string();
            if let Some(separator) = self.grouping {
                if fill == '0' {
                    // Zeros are grouped with the digits.
                    let mut padded = digits.clone();
                    while group(&padded, separator, size).len() < width {
                        padded.insert(0, '0');
                    }
                    let grouped = group(&padded, separator, size);
                    return format!("{head}{grouped}");
                }
                digits = group(&digits, separator, size);
            }
            let missing = width.saturating_sub(digits.chars().count());
            return format!("{head}{}{digits}", fill.to_string().repeat(missing));
        }
        let digits = match self.grouping {
            Some(separator) => group(digits, separator, size),
            None => digits.to_string(),
        };
        self.pad(&format!("{head}{digits}"), '>')
    }
}

/// `format(value, spec)`
pub(crate) fn format_value(value: &Value, spec: &str) -> R<String> {
    if spec.is_empty() {
        return Ok(text::str(value));
    }
    if let Some(formatted) = modules::format(value, spec) {
        return formatted;
    }
    let unsupported =
        || Raise::type_error(format!("unsupported format string passed to {}.__format__", type_name(value)));
    if let Some(text) = value.as_str() {
        return format_str(text, &Spec::parse(spec)?);
    }
    match number(value) {
        Some(Num::Int(number)) => {
            let spec = Spec::parse(spec)?;
            match spec.kind {
                Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%') => format_float(number as f64, &spec),
                _ => format_int(number, &spec),
            }
        }
        Some(Num::Float(number)) => format_float(number, &Spec::parse(spec)?),
        None => Err(unsupported()),
    }
}

fn unknown(kind: char, name: &str) -> Raise {
    Raise::value_error(format!("Unknown format code '{kind}' for object of type '{name}'"))
}

fn format_str(text: &str, spec: &Spec) -> R<String> {
    if let Some(kind) = spec.kind.filter(|kind| *kind != 's') {
        return Err(unknown(kind, "str"));
    }
    if spec.sign.is_some() {
        return Err(Raise::value_error("Sign not allowed in string format specifier"));
    }
    if spec.align == Some('=') {
        return Err(Raise::value_error("'=' alignment not allowed in string format specifier"));
    }
    if let Some(separator) = spec.grouping {
        return Err(Raise::value_error(format!("Cannot specify '{separator}' with 's'.")));
    }
    let text: String = text.chars().take(spec.precision.unwrap_or(usize::MAX)).collect();
    Ok(spec.pad(&text, '<'))
}

fn format_int(value: i128, spec: &Spec) -> R<String> {
    if spec.precision.is_some() {
        return Err(Raise::value_error("Precision not allowed in integer format specifier"));
    }
    let kind = spec.kind.unwrap_or('d');
    let prefix = match kind {
        'c' => {
            let c = u32::try_from(value).ok().and_then(char::from_u32);
            let c = c.ok_or_else(|| Raise::new(ErrorKind::Overflow, "%c arg not in range(0x110000)"))?;
            return Ok(spec.pad(&c.to_string(), '<'));
        }
        'd' | 'n' => "",
        'x' | 'X' | 'o' | 'b' if !spec.alternate => "",
        'x' => "0x",
        'X' => "0X",
        'o' => "0o",
        'b' => "0b",
        other => return Err(unknown(other, "int")),
    };
    if let (Some(','), 'x' | 'X' | 'o' | 'b') = (spec.grouping, kind) {
        return Err(Raise::value_error(format!("Cannot specify ',' with '{kind}'.")));
    }
    Ok(spec.number(value < 0, prefix, &int_digits(value.unsigned_abs(), kind)))
}

fn format_float(value: f64, spec: &Spec) -> R<String> {
    let negative = value.is_sign_negative() && !value.is_nan();
    let magnitude = value.abs();
    let kind = spec.kind.unwrap_or('r');
    if !matches!(kind, 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'n' | '%' | 'r') || spec.kind == Some('r') {
        return Err(unknown(kind, "float"));
    }
    if !magnitude.is_finite() {
        let text = if magnitude.is_nan() { "nan" } else { "inf" };
        let text = if kind.is_ascii_uppercase() { text.to_uppercase() } else { text.to_string() };
        return Ok(spec.number(negative, "", &text));
    }
    let digits = match (kind, spec.precision) {
        ('%', precision) => {
            float_digits(magnitude * 100.0, 'f', precision.unwrap_or(6), spec.alternate, false) + "%"
        }
        ('r', Some(precision)) => float_digits(magnitude, 'g', precision, spec.alternate, true),
        ('r', None) => float_digits(magnitude, 'r', 0, spec.alternate, true),
        ('n', precision) => float_digits(magnitude, 'g', precision.unwrap_or(6), spec.alternate, false),
        (kind, precision) => float_digits(magnitude, kind, precision.unwrap_or(6), spec.alternate, false),
    };
    Ok(spec.number(negative, "", &digits))
}
