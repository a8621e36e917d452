//! Arguments of a call, and binding them to the parameters of a built-in function.

use std::sync::Arc;

use minijinja::Value;
use minijinja::value::Kwargs;

use super::super::error::{R, Raise};
use super::super::value::{is_undefined, text};

#[derive(Debug, Default, Clone)]
pub(crate) struct Args {
    pub pos: Vec<Value>,
    pub kw: Vec<(Arc<str>, Value)>,
}

impl Args {
    pub fn of(pos: Vec<Value>) -> Args {
        Args { pos, kw: vec![] }
    }

    /// From the convention of [`minijinja`]: keyword arguments come as one last value.
    pub fn from_values(values: &[Value]) -> Args {
        let mut args = Args::default();
        for value in values {
            match Kwargs::try_from(value.clone()) {
                Ok(kwargs) if value.is_kwargs() => {
                    for name in kwargs.args() {
                        args.kw.push((name.into(), kwargs.peek(name).unwrap_or_default()));
                    }
                }
                _ => args.pos.push(value.clone()),
            }
        }
        args
    }

    /// For a context function, which knows undefined values only as `Value::UNDEFINED`.
    pub fn into_values(self) -> Vec<Value> {
        let plain = |value: Value| if is_undefined(&value) { Value::UNDEFINED } else { value };
        let mut values: Vec<Value> = self.pos.into_iter().map(plain).collect();
        if !self.kw.is_empty() {
            let kwargs: Kwargs =
                self.kw.into_iter().map(|(name, value)| (name.to_string(), plain(value))).collect();
            values.push(Value::from(kwargs));
        }
        values
    }

    /// The arguments in the order of `params`, of which the first `required` must be given.
    ///
    /// # Errors
    /// Python's `TypeError` for missing, unknown, repeated or surplus arguments.
    pub fn bind<const N: usize>(
        self,
        function: &str,
        params: [&str; N],
        required: usize,
    ) -> R<[Option<Value>; N]> {
        let mut bound: [Option<Value>; N] = [const { None }; N];
        if self.pos.len() > N {
            return Err(surplus(function, N, required, self.pos.len()));
        }
        for (slot, value) in bound.iter_mut().zip(self.pos) {
            *slot = Some(value);
        }
        for (name, value) in self.kw {
            let Some(at) = params.iter().position(|param| **param == *name) else {
                return Err(Raise::type_error(format!(
                    "{function}() got an unexpected keyword argument '{name}'"
                )));
            };
            if bound[at].replace(value).is_some() {
                return Err(Raise::type_error(format!(
                    "{function}() got multiple values for argument '{name}'"
                )));
            }
        }
        let missing: Vec<_> = params
            .iter()
            .zip(&bound)
            .take(required)
            .filter(|(_, value)| value.is_none())
            .map(|(param, _)| format!("'{param}'"))
            .collect();
        if missing.is_empty() {
            return Ok(bound);
        }
        let names = match missing.as_slice() {
            [only] => only.clone(),
            [first, second] => format!("{first} and {second}"),
            [rest @ .., last] => format!("{}, and {last}", rest.join(", ")),
            [] => String::new(),
        };
        let plural = if missing.len() == 1 { "" } else { "s" };
        Err(Raise::type_error(format!(
            "{function}() missing {} required positional argument{plural}: {names}",
            missing.len()
        )))
    }

    /// For a function without parameters.
    pub fn none(self, function: &str) -> R<()> {
        self.bind::<0>(function, [], 0).map(|_| ())
    }

    pub fn one(self, function: &str, param: &str) -> R<Value> {
        let [value] = self.bind(function, [param], 1)?;
        Ok(value.unwrap_or_default())
    }

    /// As [`Self::bind`], for what is written in C in Python: no keywords, and other wording.
    /// `function` is named with its type, as in `str.replace`.
    pub fn native<const N: usize>(self, function: &str, required: usize) -> R<[Option<Value>; N]> {
        if !self.kw.is_empty() {
            return Err(Raise::type_error(format!("{function}() takes no keyword arguments")));
        }
        let given = self.pos.len();
        let name = function.rsplit('.').next().unwrap_or(function);
        let plural = |count: usize| if count == 1 { "" } else { "s" };
        let message = if N == 0 && given > 0 {
            format!("{function}() takes no arguments ({given} given)")
        } else if N == 1 && required == 1 && given != 1 {
            format!("{function}() takes exactly one argument ({given} given)")
        } else if given < required && required == N {
            format!("{name} expected {N} argument{}, got {given}", plural(N))
        } else if given < required {
            format!("{name} expected at least {required} argument{}, got {given}", plural(required))
        } else if given > N {
            let most = if required == N { "" } else { "at most " };
            format!("{name} expected {most}{N} argument{}, got {given}", plural(N))
        } else {
            let mut bound = [const { None }; N];
            for (slot, value) in bound.iter_mut().zip(self.pos) {
                *slot = Some(value);
            }
            return Ok(bound);
        };
        Err(Raise::type_error(message))
    }

    /// As [`Self::bind`], for functions of C modules that take keywords. An empty `function` is one
    /// whose messages do not name it.
    pub fn clinic<const N: usize>(
        self,
        function: &str,
        params: [&str; N],
        required: usize,
    ) -> R<[Option<Value>; N]> {
        let shown = if function.is_empty() { "function".to_string() } else { format!("{function}()") };
        let given = self.pos.len() + self.kw.len();
        if given > N {
            let (most, plural) =
                (if required == N && N == 1 { "exactly" } else { "at most" }, if N == 1 { "" } else { "s" });
            return Err(Raise::type_error(format!(
                "{shown} takes {most} {N} argument{plural} ({given} given)"
            )));
        }
        let mut bound = [const { None }; N];
        for (slot, value) in bound.iter_mut().zip(self.pos) {
            *slot = Some(value);
        }
        for (name, value) in self.kw {
            let Some(at) = params.iter().position(|param| **param == *name) else {
                let shown = if function.is_empty() { "this function".to_string() } else { shown };
                return Err(Raise::type_error(format!(
                    "'{name}' is an invalid keyword argument for {shown}"
                )));
            };
            if bound[at].replace(value).is_some() {
                return Err(Raise::type_error(format!(
                    "argument for {shown} given by name ('{name}') and position ({})",
                    at + 1
                )));
            }
        }
        match (0..required).find(|at| bound[*at].is_none()) {
            Some(at) => Err(Raise::type_error(format!(
                "{shown} missing required argument '{}' (pos {})",
                params[at],
                at + 1
            ))),
            None => Ok(bound),
        }
    }

    pub fn no_args(self, function: &str) -> R<()> {
        self.native::<0>(function, 0).map(|_| ())
    }

    pub fn one_arg(self, function: &str) -> R<Value> {
        let [value] = self.native(function, 1)?;
        Ok(value.unwrap_or_default())
    }

    /// Refuses keyword arguments.
    pub fn positional(self, function: &str) -> R<Vec<Value>> {
        match self.kw.first() {
            Some(_) => Err(Raise::type_error(format!("{function}() takes no keyword arguments"))),
            None => Ok(self.pos),
        }
    }
}

fn surplus(function: &str, most: usize, required: usize, given: usize) -> Raise {
    let were = if given == 1 { "was" } else { "were" };
    let takes = match (most, required) {
        (0, _) => "0 positional arguments".to_string(),
        (1, 1) => "1 positional argument".to_string(),
        (most, required) if most == required => format!("{most} positional arguments"),
        (most, required) => format!("from {required} to {most} positional arguments"),
    };
    Raise::type_error(format!("{function}() takes {takes} but {given} {were} given"))
}

/// An optional argument as an integer.
pub(crate) fn int_or(value: Option<Value>, default: i128) -> R<i128> {
    match value {
        None => Ok(default),
        Some(value) => int(&value),
    }
}

/// An argument as an integer.
pub(crate) fn int(value: &Value) -> R<i128> {
    super::super::value::index(value).ok_or_else(|| {
        let name = super::super::ops::compare::operand_type(value);
        Raise::type_error(format!("'{name}' object cannot be interpreted as an integer"))
    })
}

/// An optional argument as a truth value.
pub(crate) fn bool_or(value: Option<Value>, default: bool) -> bool {
    value.map_or(default, |value| value.is_true())
}

/// An optional argument as text, made by `str()`.
pub(crate) fn text_or(value: Option<Value>, default: &str) -> String {
    value.map_or_else(|| default.to_string(), |value| text::str(&value))
}
