//! `config.KEY[.KEY…]:VALUE`.

use crate::manifest::Config;
use crate::value::{Str, Value};

/// A path into a node's configuration and the value that it must have, or that its list must hold.
pub struct ConfigPattern {
    path: Vec<Str>,
    wanted: Value,
    /// The value read as a flag, in any case: text on the command line is compared with booleans so.
    flag: Option<bool>,
    ignore_case: bool,
}

impl ConfigPattern {
    pub fn new(path: Vec<Str>, wanted: Value) -> ConfigPattern {
        let flag = match wanted.py_str().to_lowercase().as_str() {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        };
        let ignore_case = matches!(&path[..], [key] if &**key == "severity");
        ConfigPattern { path, wanted, flag, ignore_case }
    }

    pub fn matches(&self, config: &Config) -> bool {
        let Some((first, rest)) = self.path.split_first() else { return false };
        // Hooks are attributes by another name than their key.
        let first = match &**first {
            "pre_hook" => "pre-hook",
            "post_hook" => "post-hook",
            key => key,
        };
        let found = rest.iter().try_fold(config.get(first), |value, key| Some(value?.get(key)));
        match found.flatten() {
            Some(Value::List(items)) => items.iter().any(|item| {
                self.equals(item) || self.flag.is_some_and(|flag| py_eq(item, &Value::Bool(flag)))
            }),
            Some(value) => self.equals(value) || self.flag.is_some_and(|flag| *value == Value::Bool(flag)),
            None => false,
        }
    }

    fn equals(&self, value: &Value) -> bool {
        match (&self.wanted, value) {
            (Value::Str(wanted), Value::Str(text)) if self.ignore_case => {
                wanted.to_uppercase() == text.to_uppercase()
            }
            (wanted, value) => py_eq(wanted, value),
        }
    }
}

/// Python's `==`: numbers and booleans compare by value.
pub fn py_eq(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::List(a), Value::List(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| py_eq(a, b)),
        (Value::Map(a), Value::Map(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| py_eq(a, b)))
        }
        _ => match (as_number(a), as_number(b)) {
            (Some(a), Some(b)) => a == b,
            _ => a == b,
        },
    }
}

fn as_number(value: &Value) -> Option<f64> {
    match value {
        Value::Bool(value) => Some(f64::from(u8::from(*value))),
        // Beyond 2^53 two integers may seem equal; configuration holds none such.
        Value::Int(value) => Some(*value as f64),
        Value::Float(value) => Some(*value),
        _ => None,
    }
}
