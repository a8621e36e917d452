//! Query items of the semantic layer in filters and saved queries: `Dimension('order__kind')`,
//! `TimeDimension('metric_time', 'day')`, `Entity('order')`, `Metric('revenue', group_by=['order'])`.
//!
//! <https://docs.getdbt.com/docs/build/metrics-overview#filters>

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use minijinja::value::{Object, ObjectRepr};
use minijinja::{Error, State, Value as Jinja};

use crate::jinja::context::args::{CallArgs, type_error};
use crate::jinja::engine::{Engine, Scope, Undefined, py_str};
use crate::manifest::TIME_GRAINS;

const DATE_PARTS: [&str; 6] = ["year", "quarter", "month", "day", "dow", "doy"];

/// What an item names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Dimension,
    TimeDimension,
    Entity,
    Metric,
}

impl Kind {
    fn of(name: &str) -> Option<Kind> {
        Some(match name {
            "Dimension" => Kind::Dimension,
            "TimeDimension" => Kind::TimeDimension,
            "Entity" => Kind::Entity,
            "Metric" => Kind::Metric,
            _ => return None,
        })
    }

    fn word(self) -> &'static str {
        match self {
            Kind::Dimension => "Dimension",
            Kind::TimeDimension => "TimeDimension",
            Kind::Entity => "Entity",
            Kind::Metric => "Metric",
        }
    }
}

/// One call, and the methods after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    pub kind: Kind,
    pub name: String,
    path: Vec<String>,
    grain: Option<String>,
    date_part: Option<String>,
    group_by: Vec<String>,
    descending: Option<bool>,
}

/// The items that a template prints, each once. `in_order` is for `order_by`, where each kind of item can
/// be `descending`.
///
/// # Errors
/// What is wrong with the template or one of its calls.
pub fn collect(template: &str, in_order: bool) -> Result<Vec<Item>, String> {
    let scope = Arc::new(Builders { seen: Arc::default(), unknown: Mutex::default(), in_order });
    let engine = Engine::new();
    let rendered = engine.render_str("filter", template, scope.clone(), Undefined::Strict);
    rendered.map_err(|error| error.message)?;
    if let Some(name) = scope.unknown.lock().unwrap_or_else(PoisonError::into_inner).first() {
        return Err(format!("`{name}` is not defined"));
    }
    Ok(scope.seen.lock().unwrap_or_else(PoisonError::into_inner).clone())
}

impl Item {
    /// The item without its direction.
    pub fn unordered(self) -> Item {
        Item { descending: None, ..self }
    }

    /// The element that the item means, and its time granularity; `custom` are granularities beside the
    /// standard ones.
    ///
    /// # Errors
    /// A name without its entity, two granularities that differ, or a metric without `group_by`.
    pub fn element(&self, custom: &[&str]) -> Result<(&str, Option<String>), String> {
        let is_time = self.kind == Kind::TimeDimension || self.grain.is_some() || self.date_part.is_some();
        let is_dimension = matches!(self.kind, Kind::Dimension | Kind::TimeDimension);
        if self.kind == Kind::Metric {
            return match self.group_by.is_empty() {
                true => Err(format!("`Metric('{}')` needs a `group_by`", self.name)),
                false => Ok((&self.name, None)),
            };
        }
        let name = Dundered::of(&self.name, if is_time && is_dimension { custom } else { &[] });
        if is_dimension && name.links != 1 && name.element != "metric_time" {
            return Err(format!("`{}` is not of the form <primary entity>__<dimension>", self.name));
        }
        if self.kind == Kind::Entity && name.grain.is_some() {
            return Err(format!("the entity `{}` has a granularity in its name", self.name));
        }
        if !is_time {
            return Ok((name.element, None));
        }
        if let (Some(own), Some(given)) = (name.grain, &self.grain)
            && own != given
        {
            return Err(format!(
                "`{}` is asked for by `{given}`, but has the granularity `{own}` in its name",
                self.name
            ));
        }
        if let Some(part) = &self.date_part
            && !DATE_PARTS.contains(&&*part.to_lowercase())
        {
            return Err(format!("`{part}` is not a date part: {}", DATE_PARTS.join(", ")));
        }
        Ok((name.element, name.grain.map(str::to_string).or_else(|| self.grain.clone())))
    }
}

/// `entity__dimension__grain`, taken apart.
struct Dundered<'a> {
    links: usize,
    element: &'a str,
    grain: Option<&'a str>,
}

impl<'a> Dundered<'a> {
    fn of(name: &'a str, custom: &[&str]) -> Dundered<'a> {
        let parts: Vec<&str> = name.split("__").collect();
        match &*parts {
            [before @ .., element, last] if TIME_GRAINS.contains(last) || custom.contains(last) => {
                Dundered { links: before.len(), element, grain: Some(last) }
            }
            [before @ .., element] => Dundered { links: before.len(), element, grain: None },
            [] => Dundered { links: 0, element: name, grain: None },
        }
    }
}

/// The names of a filter, and what was made of them.
struct Builders {
    seen: Arc<Mutex<Vec<Item>>>,
    unknown: Mutex<Vec<String>>,
    in_order: bool,
}

impl Scope for Builders {
    fn get(&self, name: &str) -> Option<Jinja> {
        let Some(kind) = Kind::of(name) else {
            self.unknown.lock().unwrap_or_else(PoisonError::into_inner).push(name.to_string());
            return None;
        };
        Some(Jinja::from_object(Builder { kind, seen: self.seen.clone(), in_order: self.in_order }))
    }

    fn names(&self) -> Vec<String> {
        ["Dimension", "TimeDimension", "Entity", "Metric"].map(String::from).to_vec()
    }
}

/// The function `Dimension` and its like.
#[derive(Debug)]
struct Builder {
    kind: Kind,
    seen: Arc<Mutex<Vec<Item>>>,
    in_order: bool,
}

fn strings(value: Option<Jinja>) -> Vec<String> {
    let Some(items) = value.as_ref().and_then(|value| value.try_iter().ok()) else { return vec![] };
    items.map(|item| py_str(&item)).collect()
}

fn string(value: Option<Jinja>) -> Option<String> {
    value.filter(|value| !value.is_none()).map(|value| py_str(&value))
}

impl Object for Builder {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn call(self: &Arc<Self>, _: &mut State<'_, '_>, args: &[Jinja]) -> Result<Jinja, Error> {
        let (args, word) = (CallArgs::new(args), self.kind.word());
        let mut item = Item {
            kind: self.kind,
            name: String::new(),
            path: vec![],
            grain: None,
            date_part: None,
            group_by: vec![],
            descending: None,
        };
        let name = match self.kind {
            Kind::Dimension | Kind::Entity => {
                let param = if self.kind == Kind::Entity { "entity_name" } else { "name" };
                let [name, path] = args.bind(word, [param, "entity_path"], 1)?;
                item.path = strings(path);
                name
            }
            Kind::Metric => {
                let [name, group_by] = args.bind(word, ["metric_name", "group_by"], 1)?;
                item.group_by = strings(group_by);
                name
            }
            Kind::TimeDimension => {
                let params = [
                    "time_dimension_name",
                    "time_granularity_name",
                    "entity_path",
                    "descending",
                    "date_part_name",
                ];
                let [name, grain, path, descending, part] = args.bind(word, params, 1)?;
                (item.grain, item.date_part, item.path) = (string(grain), string(part), strings(path));
                item.descending = descending.filter(|value| !value.is_none()).map(|value| value.is_true());
                name
            }
        };
        item.name = string(name).unwrap_or_default();
        Ok(Jinja::from_object(Built { item, seen: self.seen.clone(), in_order: self.in_order }))
    }
}

/// An item in a template; printed, it counts as used.
#[derive(Debug)]
struct Built {
    item: Item,
    seen: Arc<Mutex<Vec<Item>>>,
    in_order: bool,
}

impl Object for Built {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn call_method(
        self: &Arc<Self>,
        _: &mut State<'_, '_>,
        method: &str,
        args: &[Jinja],
    ) -> Result<Jinja, Error> {
        let kind = self.item.kind;
        let allowed = kind == Kind::Dimension || method == "descending" && self.in_order;
        let mut item = self.item.clone();
        let args = CallArgs::new(args);
        match method {
            "grain" => item.grain = Some(py_str(&args.one(method, "time_granularity")?)),
            "date_part" => item.date_part = Some(py_str(&args.one(method, "date_part_name")?)),
            "descending" => item.descending = Some(args.one(method, "_is_descending")?.is_true()),
            _ => return Err(type_error(format!("`{}` has no method `{method}`", kind.word()))),
        }
        if !allowed {
            return Err(type_error(format!("`{method}` cannot be used with `{}` here", kind.word())));
        }
        Ok(Jinja::from_object(Built { item, seen: self.seen.clone(), in_order: self.in_order }))
    }

    fn render(self: &Arc<Self>, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if !seen.contains(&self.item) {
            seen.push(self.item.clone());
        }
        Ok(())
    }
}
