//! Taking typed fields out of a parsed JSON object; what is missing or of another type is empty.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::value::{Map, Str, Value};

/// A JSON object whose entries are taken one by one.
#[derive(Default)]
pub struct Fields(Map);

impl Fields {
    pub fn of(value: Value) -> Fields {
        match value {
            Value::Map(map) => Fields(map),
            _ => Fields::default(),
        }
    }

    pub fn take(&mut self, key: &str) -> Value {
        self.0.swap_remove(key).unwrap_or_default()
    }

    pub fn has(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    pub fn str(&mut self, key: &str) -> Str {
        self.opt_str(key).unwrap_or_default()
    }

    pub fn opt_str(&mut self, key: &str) -> Option<Str> {
        match self.take(key) {
            Value::Str(text) => Some(text),
            _ => None,
        }
    }

    pub fn map(&mut self, key: &str) -> Map {
        self.opt_map(key).unwrap_or_default()
    }

    pub fn opt_map(&mut self, key: &str) -> Option<Map> {
        match self.take(key) {
            Value::Map(map) => Some(map),
            _ => None,
        }
    }

    pub fn list(&mut self, key: &str) -> Vec<Value> {
        match self.take(key) {
            Value::List(items) => items,
            _ => vec![],
        }
    }

    pub fn strs(&mut self, key: &str) -> Vec<Str> {
        strs_of(self.list(key))
    }

    pub fn maps(&mut self, key: &str) -> Vec<Map> {
        let maps = self.list(key).into_iter();
        maps.filter_map(|value| if let Value::Map(map) = value { Some(map) } else { None }).collect()
    }

    pub fn float(&mut self, key: &str) -> f64 {
        match self.take(key) {
            Value::Float(value) => value,
            Value::Int(value) => value as f64,
            _ => 0.0,
        }
    }

    pub fn opt(&mut self, key: &str) -> Option<Value> {
        Some(self.take(key)).filter(|value| !value.is_null())
    }

    pub fn fields(&mut self, key: &str) -> Fields {
        Fields(self.map(key))
    }

    /// What nobody took.
    pub fn rest(self) -> Map {
        self.0
    }
}

/// The strings of a list.
pub fn strs_of(items: Vec<Value>) -> Vec<Str> {
    items.into_iter().filter_map(|item| item.as_shared_str().cloned()).collect()
}

/// A value read from JSON without a detour.
pub struct Parsed(pub Value);

impl<'de> Deserialize<'de> for Parsed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Parsed, D::Error> {
        deserializer.deserialize_any(ValueVisitor).map(Parsed)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Int(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(i64::try_from(value).map_or_else(|_| Value::BigInt(value.to_string().into()), Value::Int))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Float(value))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::str(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut items = vec![];
        while let Some(Parsed(item)) = access.next_element()? {
            items.push(item);
        }
        Ok(Value::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut map = Map::default();
        while let Some((key, Parsed(value))) = access.next_entry::<Str, Parsed>()? {
            map.insert(key, value);
        }
        Ok(Value::Map(map))
    }
}
