//! Small values that `adapter` hands out.

use std::fmt;
use std::sync::Arc;

use minijinja::Value;
use minijinja::value::{Object, ObjectRepr};

use super::super::host::ExecutionHost;
use crate::adapter::AdapterResponse;
use crate::jinja::engine::to_jinja;

/// dbt's `AdapterResponse`. Prints as its message.
#[derive(Debug)]
pub struct ResponseValue(pub AdapterResponse);

impl ResponseValue {
    pub fn value(response: AdapterResponse) -> Value {
        Value::from_object(ResponseValue(response))
    }
}

/// The response that a template's value is: one handed out here, or the text that a macro made.
pub fn response_of(value: &Value) -> AdapterResponse {
    match value.downcast_object_ref::<ResponseValue>() {
        Some(response) => response.0.clone(),
        None => {
            AdapterResponse { message: crate::jinja::engine::py_str(value), ..AdapterResponse::default() }
        }
    }
}

impl Object for ResponseValue {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        match key.as_str()? {
            "__name__" => Some(Value::from("AdapterResponse")),
            "__callable__" => Some(Value::from(false)),
            name @ ("_message" | "code" | "rows_affected" | "query_id") => {
                Some(self.0.to_map().get(name).map_or(Value::from(()), to_jinja))
            }
            _ => None,
        }
    }

    fn render(self: &Arc<Self>, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0.message)
    }
}

/// `adapter.behavior`: the behavior flags by name.
pub(super) struct BehaviorValue(Arc<dyn ExecutionHost>);

impl BehaviorValue {
    pub fn value(host: Arc<dyn ExecutionHost>) -> Value {
        Value::from_object(BehaviorValue(host))
    }
}

impl fmt::Debug for BehaviorValue {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("<Behavior>")
    }
}

impl Object for BehaviorValue {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let name = key.as_str()?;
        match name {
            "__name__" => Some(Value::from("Behavior")),
            "__callable__" => Some(Value::from(false)),
            _ => self.0.behavior(name).map(|on| Value::from_object(FlagValue(name.to_string(), on))),
        }
    }

    fn render(self: &Arc<Self>, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, out)
    }
}

/// One behavior flag: true when it is on.
#[derive(Debug)]
struct FlagValue(String, bool);

impl Object for FlagValue {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        match key.as_str()? {
            "name" => Some(Value::from(self.0.as_str())),
            "setting" | "no_warn" => Some(Value::from(self.1)),
            "__name__" => Some(Value::from("BehaviorFlagRendered")),
            "__callable__" => Some(Value::from(false)),
            _ => None,
        }
    }

    fn is_true(self: &Arc<Self>) -> bool {
        self.1
    }

    fn render(self: &Arc<Self>, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(if self.1 { "True" } else { "False" })
    }
}
