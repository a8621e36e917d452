//! What `metric()` gives: while parsing a name, at execution the metric with its properties.
//!
//! Printed, the properties look as dbt's objects do, since templates show them in comments and logs.

use std::fmt;
use std::sync::Arc;

use minijinja::Value as Jinja;
use minijinja::value::{Object, ObjectRepr};

use crate::jinja::engine::to_jinja;
use crate::value::{Map, Str, Value};

/// A metric by name alone: `metric_name` and `package_name`.
pub fn reference(name: &Str, package: &Value) -> Jinja {
    let properties = Map::from_iter([
        ("metric_name".into(), Value::Str(name.clone())),
        ("package_name".into(), package.clone()),
    ]);
    Jinja::from_object(Metric { name: name.clone(), properties })
}

/// A metric with all that the manifest says of it.
pub fn resolved(name: &Str, mut properties: Map) -> Jinja {
    properties.insert("metric_name".into(), Value::Str(name.clone()));
    Jinja::from_object(Metric { name: name.clone(), properties })
}

struct Metric {
    name: Str,
    properties: Map,
}

impl fmt::Debug for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl Object for Metric {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Jinja) -> Option<Jinja> {
        let key = key.as_str()?;
        let value = self.properties.get(key)?;
        Some(match class_of(key) {
            Some(class) => part(class, value),
            None => to_jinja(value),
        })
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// The name of dbt's class for a property of a metric; words of closed lists are marked by `Enum`.
#[derive(Clone, Copy)]
enum Class {
    Record(&'static str),
    Enum(&'static str),
}

fn class_of(key: &str) -> Option<Class> {
    Some(match key {
        "type" => Class::Enum("MetricType"),
        "calculation" => Class::Enum("ConversionCalculationType"),
        "period_agg" => Class::Enum("PeriodAggregation"),
        "type_params" => Class::Record("MetricTypeParams"),
        "filter" => Class::Record("WhereFilterIntersection"),
        "where_filters" => Class::Record("WhereFilter"),
        "measure" | "input_measures" | "base_measure" | "conversion_measure" => {
            Class::Record("MetricInputMeasure")
        }
        "numerator" | "denominator" | "metrics" | "metric" => Class::Record("MetricInput"),
        "window" | "offset_window" => Class::Record("MetricTimeWindow"),
        "conversion_type_params" => Class::Record("ConversionTypeParams"),
        "cumulative_type_params" => Class::Record("CumulativeTypeParams"),
        "constant_properties" => Class::Record("ConstantPropertyInput"),
        _ => return None,
    })
}

/// A property as a template value: an object with attributes where dbt has one.
fn part(class: Class, value: &Value) -> Jinja {
    match (class, value) {
        (_, Value::List(items)) => {
            crate::jinja::engine::list(items.iter().map(|item| part(class, item)).collect())
        }
        (Class::Record(class), Value::Map(map)) => Jinja::from_object(Record { class, map: map.clone() }),
        (Class::Enum(class), Value::Str(word)) => Jinja::from_object(Word { class, word: word.clone() }),
        _ => to_jinja(value),
    }
}

/// One of dbt's data classes.
struct Record {
    class: &'static str,
    map: Map,
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&record_text(self.class, &self.map))
    }
}

impl Object for Record {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Jinja) -> Option<Jinja> {
        let key = key.as_str()?;
        let value = self.map.get(key)?;
        Some(class_of(key).map_or_else(|| to_jinja(value), |class| part(class, value)))
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&record_text(self.class, &self.map))
    }
}

fn record_text(class: &str, map: &Map) -> String {
    let field = |(key, value): (&Str, &Value)| {
        let text = class_of(key).map_or_else(|| value.py_repr(), |class| text(class, value));
        format!("{key}={text}")
    };
    format!("{class}({})", map.iter().map(field).collect::<Vec<_>>().join(", "))
}

fn text(class: Class, value: &Value) -> String {
    match (class, value) {
        (_, Value::List(items)) => {
            let items: Vec<String> = items.iter().map(|item| text(class, item)).collect();
            format!("[{}]", items.join(", "))
        }
        (Class::Record(class), Value::Map(map)) => record_text(class, map),
        (Class::Enum(class), Value::Str(word)) => format!("<{class}.{}: '{word}'>", word.to_uppercase()),
        _ => value.py_repr(),
    }
}

/// A member of one of dbt's enumerations.
#[derive(Debug)]
struct Word {
    class: &'static str,
    word: Str,
}

impl Object for Word {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Jinja) -> Option<Jinja> {
        match key.as_str()? {
            "value" => Some(Jinja::from(self.word.clone())),
            "name" => Some(Jinja::from(self.word.to_uppercase())),
            _ => None,
        }
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.class, self.word.to_uppercase())
    }
}
