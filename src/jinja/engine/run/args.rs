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
        super::super::value::undefined::undefined_error(value).unwrap_or_else(|| {
            let name = super::super::value::type_name(value);
            Raise::type_error(format!("'{name}' object cannot be interpreted as an integer"))
        })
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
