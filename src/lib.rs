//! Headwater: a dbt-compatible SQL model compiler and runner.

pub mod diag;
pub mod source;
pub mod value;
