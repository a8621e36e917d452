//! What dbt-redshift adds to the `adapter` object: facts of the profile and of the project's flags.

use minijinja::{State, Value};

use super::super::args::CallArgs;
use super::super::host::ExecutionHost;
use super::Answer;

pub(super) fn call(host: &dyn ExecutionHost, _: &mut State<'_, '_>, method: &str, args: &[Value]) -> Answer {
    if host.adapter().dialect().type_name() != "redshift" {
        return Ok(None);
    }
    let credentials = host.adapter().credentials();
    let fact = match method {
        "use_show_apis" => credentials.flag("datasharing"),
        "drop_without_cascade" => credentials.flag("drop_without_cascade"),
        "use_grants_extended" => host.behavior("redshift_grants_extended") == Some(true),
        _ => return Ok(None),
    };
    CallArgs::new(args).none(method).map(|()| Some(Value::from(fact)))
}
