//! Arguments of context functions, bound to parameters as Python binds them.

use minijinja::value::{Kwargs, ValueKind};
use minijinja::{Error, ErrorKind, Value};

use crate::jinja::engine::{is_undefined, py_str, py_type_name};

/// Positional and keyword arguments of one call.
#[derive(Clone, Debug, Default)]
pub struct CallArgs {
    pub positional: Vec<Value>,
    pub keyword: Vec<(String, Value)>,
}

impl CallArgs {
    /// From minijinja's convention: keyword arguments come as one last value.
    pub fn new(values: &[Value]) -> CallArgs {
        let mut args = CallArgs::default();
        for value in values {
            match Kwargs::try_from(value.clone()) {
                Ok(kwargs) if value.is_kwargs() => {
                    let names: Vec<String> = kwargs.args().map(str::to_string).collect();
                    args.keyword.extend(names.into_iter().map(|name| {
                        let value = kwargs.peek(&name).unwrap_or_default();
                        (name, value)
                    }));
                }
                _ => args.positional.push(value.clone()),
            }
        }
        args
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
    ) -> Result<[Option<Value>; N], Error> {
        let (bound, rest) = self.bind_some(function, params, required)?;
        match rest.first() {
            Some((name, _)) => {
                Err(type_error(format!("{function}() got an unexpected keyword argument '{name}'")))
            }
            None => Ok(bound),
        }
    }

    /// As [`CallArgs::bind`], for a function that takes further keyword arguments: they come apart.
    ///
    /// # Errors
    /// Python's `TypeError` for missing, repeated or surplus arguments.
    #[allow(clippy::type_complexity)]
    pub fn bind_some<const N: usize>(
        self,
        function: &str,
        params: [&str; N],
        required: usize,
    ) -> Result<([Option<Value>; N], Vec<(String, Value)>), Error> {
        let mut bound: [Option<Value>; N] = [const { None }; N];
        let given = self.positional.len();
        if given > N {
            return Err(type_error(format!(
                "{function}() takes {N} positional arguments but {given} were given"
            )));
        }
        for (slot, value) in bound.iter_mut().zip(self.positional) {
            *slot = Some(value);
        }
        let mut rest = vec![];
        for (name, value) in self.keyword {
            match params.iter().position(|param| **param == name) {
                None => rest.push((name, value)),
                Some(at) if bound[at].is_none() => bound[at] = Some(value),
                Some(_) => {
                    return Err(type_error(format!(
                        "{function}() got multiple values for argument '{name}'"
                    )));
                }
            }
        }
        let missing = params.iter().zip(&bound).take(required).find(|(_, value)| value.is_none());
        if let Some((param, _)) = missing {
            return Err(type_error(format!("{function}() missing required argument: '{param}'")));
        }
        Ok((bound, rest))
    }

    /// For a function of one argument.
    ///
    /// # Errors
    /// As [`CallArgs::bind`].
    pub fn one(self, function: &str, param: &str) -> Result<Value, Error> {
        let [value] = self.bind(function, [param], 1)?;
        Ok(value.unwrap_or_default())
    }

    /// For a function without arguments.
    ///
    /// # Errors
    /// As [`CallArgs::bind`].
    pub fn none(self, function: &str) -> Result<(), Error> {
        self.bind::<0>(function, [], 0).map(|_| ())
    }
}

/// Python's `TypeError`, worded by the caller.
pub fn type_error(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidOperation, message.into())
}

/// The error that minijinja expects of an object without such a method.
pub fn unknown_method(type_name: &str, method: &str) -> Error {
    Error::new(ErrorKind::UnknownMethod, format!("'{type_name}' object has no attribute '{method}'"))
}

/// An argument that is text or nothing; undefined values count as nothing.
///
/// # Errors
/// The value is something else.
pub fn optional_text(value: Option<Value>, what: &str) -> Result<Option<String>, Error> {
    match value {
        None => Ok(None),
        Some(value) if value.is_none() || is_undefined(&value) => Ok(None),
        Some(value) => match value.as_str() {
            Some(text) => Ok(Some(text.to_string())),
            None => Err(type_error(format!("{what} must be a string, not '{}'", py_type_name(&value)))),
        },
    }
}

/// An argument that is text.
///
/// # Errors
/// The value is something else.
pub fn text(value: &Value, what: &str) -> Result<String, Error> {
    match value.as_str() {
        Some(text) => Ok(text.to_string()),
        None => Err(type_error(format!("{what} must be a string, not '{}'", py_type_name(value)))),
    }
}

/// A flag: Python's truth of the value, or the default.
pub fn flag(value: Option<Value>, default: bool) -> bool {
    match value {
        None => default,
        Some(value) if value.is_none() => default,
        Some(value) => value.is_true(),
    }
}

/// `True`, `False`, or neither.
pub fn optional_bool(value: Option<Value>) -> Option<bool> {
    value.filter(|value| value.kind() == ValueKind::Bool).map(|value| value.is_true())
}

/// A number of things: none for nothing and for `None`.
pub fn optional_count(value: Option<Value>) -> Option<usize> {
    value.filter(|value| !value.is_none()).and_then(|value| value.as_usize())
}

/// The items of any iterable value.
///
/// # Errors
/// The value is not iterable.
pub fn items(value: &Value) -> Result<Vec<Value>, Error> {
    Ok(value.try_iter()?.collect())
}

/// The texts of a list, or of one value that is no list.
pub fn texts(value: &Value) -> Vec<String> {
    match (value.as_str(), value.try_iter()) {
        (None, Ok(items)) => items.map(|item| py_str(&item)).collect(),
        _ => vec![py_str(value)],
    }
}
