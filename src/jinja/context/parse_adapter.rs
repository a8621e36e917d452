//! `adapter` at parse time: `dispatch` works, everything else answers with nothing.

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Object, ObjectRepr, Value as Jinja};
use minijinja::{Error, ErrorKind, State};

use super::NodeContext;
use super::function::Arguments;
use crate::jinja::macros::Dispatch;

struct ParseAdapter {
    context: Arc<NodeContext>,
}

pub fn value(context: &Arc<NodeContext>) -> Jinja {
    Jinja::from_object(ParseAdapter { context: context.clone() })
}

impl fmt::Debug for ParseAdapter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<adapter>")
    }
}

/// `adapter.dispatch(name, namespace)` for a node's context.
///
/// # Errors
/// When no macro fits, with the names that were tried.
pub fn dispatch(context: &NodeContext, args: &Arguments) -> Result<Jinja, Error> {
    let fail = |message: String| Error::new(ErrorKind::InvalidOperation, message);
    let name = args.required("dispatch", 0, "macro_name")?.to_string();
    if let Some((package, bare)) = name.split_once('.') {
        return Err(fail(format!(
            "In adapter.dispatch, got a macro name of \"{name}\", but \".\" is not a valid macro name component. Did you \
             mean `adapter.dispatch(\"{bare}\", macro_namespace=\"{package}\")`?"
        )));
    }
    let namespace = args.get(1, "macro_namespace").filter(|value| !value.is_none()).map(Jinja::to_string);
    let search = Dispatch::of(&context.run.project, namespace.as_deref());
    match context.run.macros.dispatch(&context.node.package, &name, &search) {
        Ok(entry) => Ok(entry.value.clone()),
        Err(attempts) => Err(fail(format!(
            "In dispatch: No macro named '{name}' found within namespace: '{}'\n    Searched for: {}",
            namespace.as_deref().unwrap_or("None"),
            attempts.join(", ")
        ))),
    }
}

impl Object for ParseAdapter {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn call_method(
        self: &Arc<Self>,
        _: &mut State<'_, '_>,
        method: &str,
        args: &[Jinja],
    ) -> Result<Jinja, Error> {
        let args = Arguments::from_values(args)?;
        match method {
            "dispatch" => dispatch(&self.context, &args),
            "type" => Ok(Jinja::from(&*self.context.run.project.profile.adapter_type)),
            "quote" => Ok(Jinja::from(
                self.context.run.dialect.quote(&args.required("quote", 0, "identifier")?.to_string()),
            )),
            _ => Ok(Jinja::from(())),
        }
    }
}
