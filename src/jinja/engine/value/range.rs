//! Python's `range`.

use std::fmt;
use std::sync::Arc;

use minijinja::Value;
use minijinja::value::{Enumerator, Object, ObjectRepr};

use super::int;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct PyRange {
    pub start: i128,
    pub stop: i128,
    /// Never zero.
    pub step: i128,
}

impl PyRange {
    pub fn len(&self) -> usize {
        let (span, step) = if self.step > 0 {
            (self.stop.saturating_sub(self.start), self.step)
        } else {
            (self.start.saturating_sub(self.stop), self.step.saturating_neg())
        };
        if span <= 0 { 0 } else { usize::try_from((span - 1) / step + 1).unwrap_or(usize::MAX) }
    }

    pub fn get(&self, at: usize) -> Option<Value> {
        (at < self.len()).then(|| int(self.start.saturating_add(self.step.saturating_mul(at as i128))))
    }

    pub fn contains(&self, value: i128) -> bool {
        let inside = if self.step > 0 {
            self.start <= value && value < self.stop
        } else {
            self.stop < value && value <= self.start
        };
        inside && value.checked_sub(self.start).is_some_and(|offset| offset % self.step == 0)
    }
}

impl Object for PyRange {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Seq
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let at = key.as_i64()?;
        let at = if at < 0 { at.checked_add(i64::try_from(self.len()).ok()?)? } else { at };
        self.get(usize::try_from(at).ok()?)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Seq(self.len())
    }

    fn enumerator_len(self: &Arc<Self>) -> Option<usize> {
        Some(self.len())
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "range({}, {}", self.start, self.stop)?;
        if self.step != 1 {
            write!(f, ", {}", self.step)?;
        }
        f.write_str(")")
    }
}
