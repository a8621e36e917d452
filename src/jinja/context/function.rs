//! Functions of dbt's context as template values.

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Kwargs, Object, ObjectRepr, Value as Jinja};
use minijinja::{Error, ErrorKind, State};

/// What a context function does when it is called.
type Call = dyn Fn(&mut State<'_, '_>, Arguments) -> Result<Jinja, Error> + Send + Sync;

/// Positional and keyword arguments of a call.
#[derive(Debug, Default)]
pub struct Arguments {
    pub positional: Vec<Jinja>,
    pub keyword: Vec<(String, Jinja)>,
}

impl Arguments {
    /// Splits what the engine passes: keywords, if any, come last as one value.
    pub fn from_values(values: &[Jinja]) -> Result<Arguments, Error> {
        let (positional, kwargs): (&[Jinja], Kwargs) = minijinja::value::from_args(values)?;
        let keyword = kwargs
            .args()
            .map(|name| Ok((name.to_string(), kwargs.peek::<Jinja>(name)?)))
            .collect::<Result<_, Error>>()?;
        Ok(Arguments { positional: positional.to_vec(), keyword })
    }

    /// The argument at a position or under a name.
    pub fn get(&self, index: usize, name: &str) -> Option<&Jinja> {
        self.positional
            .get(index)
            .or_else(|| self.keyword.iter().find(|(key, _)| key == name).map(|(_, value)| value))
    }

    /// As [`Arguments::get`]; a missing one is Python's `TypeError`.
    pub fn required(&self, function: &str, index: usize, name: &str) -> Result<&Jinja, Error> {
        self.get(index, name).ok_or_else(|| {
            Error::new(
                ErrorKind::MissingArgument,
                format!("{function}() missing 1 required positional argument: '{name}'"),
            )
        })
    }

    /// A flag, false when not given.
    pub fn flag(&self, index: usize, name: &str) -> bool {
        self.get(index, name).is_some_and(Jinja::is_true)
    }
}

struct Function {
    name: &'static str,
    call: Box<Call>,
    attribute: Option<Attribute>,
}

/// The name of an attribute, and how to make it when it is asked for.
type Attribute = (&'static str, Box<dyn Fn() -> Jinja + Send + Sync>);

/// A callable value.
pub fn function(
    name: &'static str,
    call: impl Fn(&mut State<'_, '_>, Arguments) -> Result<Jinja, Error> + Send + Sync + 'static,
) -> Jinja {
    Jinja::from_object(Function { name, call: Box::new(call), attribute: None })
}

/// A callable value with an attribute.
pub fn function_with(
    name: &'static str,
    attribute: (&'static str, impl Fn() -> Jinja + Send + Sync + 'static),
    call: impl Fn(&mut State<'_, '_>, Arguments) -> Result<Jinja, Error> + Send + Sync + 'static,
) -> Jinja {
    let attribute: Attribute = (attribute.0, Box::new(attribute.1));
    Jinja::from_object(Function { name, call: Box::new(call), attribute: Some(attribute) })
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<function {}>", self.name)
    }
}

impl Object for Function {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Jinja) -> Option<Jinja> {
        let (name, make) = self.attribute.as_ref()?;
        (key.as_str() == Some(name)).then(make)
    }

    fn call(self: &Arc<Self>, state: &mut State<'_, '_>, args: &[Jinja]) -> Result<Jinja, Error> {
        (self.call)(state, Arguments::from_values(args)?)
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<function {}>", self.name)
    }
}
