//! Python's operators.

pub(crate) mod arith;
pub(crate) mod compare;
pub(crate) mod format;
pub(crate) mod json;
pub(crate) mod numbers;
pub(crate) mod percent;
